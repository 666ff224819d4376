//! What of a graph is shown: without hidden nodes, in focus around some of them, in bundles, the busiest only. Nothing is left out silently.

use std::{
    collections::{BinaryHeap, VecDeque},
    rc::Rc,
};

use super::{Edge, Graph, Node, NodeKind};
use crate::{
    fast_map::{FastMap, FastSet},
    order::sort_by_key,
};

/// The nodes around which a graph is shown, and how many steps from them: `None` is any number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    pub names: Vec<String>,
    /// Against the arrows: those who call them.
    pub up: Option<u32>,
    /// Along the arrows: whom they call.
    pub down: Option<u32>,
}

/// What the reader wants to see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Names of nodes that are not shown.
    pub hidden: Vec<String>,
    pub focus: Option<Focus>,
    /// Names up to this character (".", "-", "/") are one node when several nodes share them.
    pub bundle_at: Option<char>,
    /// At most so many nodes: those with the most calls, over their edges and of themselves; or, where more calls are drawn then, those that
    /// hang together by the most calls.
    pub top: Option<usize>,
    /// Edges from a node to itself stay. They always count in [`super::cycles`], which is asked with the whole graph.
    pub with_loops: bool,
}

/// What a graph was reduced to, and by how much.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    pub graph: Graph,
    /// Per node that is shown, the nodes of the whole graph that it stands for; several in a bundle.
    pub stands_for: Vec<Vec<usize>>,
    /// Per edge that is shown, the edges of the whole graph that it stands for.
    pub edges: Vec<Vec<usize>>,
    pub left_out: LeftOut,
}

/// Counts of what is not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Nodes that the reader hid.
    pub hidden: usize,
    /// Nodes out of reach of the focus.
    pub out_of_focus: usize,
    /// Nodes that went into bundles.
    pub bundled: usize,
    /// Nodes with few calls.
    pub beyond_top: usize,
    /// Those that stay were chosen for the calls between them: the busiest ones by themselves would show fewer.
    pub is_connected: bool,
    /// Calls on edges that are not drawn because one of their ends is not, or because they lead from a node to itself.
    pub calls: u64,
}

impl Shown {
    /// Hides, then focuses, then bundles, then cuts. Every edge between two nodes that stay is kept.
    #[must_use]
    pub fn of(whole: &Graph, wanted: &Wanted) -> Self {
        let mut left_out = LeftOut::default();
        let mut stays: Vec<bool> = whole.nodes.iter().map(|node| !wanted.hidden.iter().any(|name| **name == *node.name)).collect();
        left_out.hidden = count(&stays, false);
        if let Some(focus) = &wanted.focus {
            let reached = reach(whole, focus, &stays);
            // A focus on what the file does not have hides nothing: the page says so.
            if let Some(reached) = reached {
                left_out.out_of_focus = count(&stays, true) - count(&reached, true);
                stays = reached;
            }
        }
        let mut groups = groups(whole, &stays, wanted.bundle_at);
        left_out.bundled = groups.iter().map(Vec::len).filter(|members| *members > 1).sum();
        if let Some(top) = wanted.top.filter(|top| *top < groups.len()) {
            let kept = Ranking::of(whole, &stays, &groups);
            let (busiest, connected) = (kept.busiest(top), kept.connected(top));
            left_out.is_connected = kept.calls_within(&connected) > kept.calls_within(&busiest);
            let kept = if left_out.is_connected { connected } else { busiest };
            let mut place = 0;
            groups.retain(|members| {
                let is_kept = kept.contains(&place);
                left_out.beyond_top += if is_kept { 0 } else { members.len() };
                place += 1;
                is_kept
            });
        }
        let mut shown = Self { left_out, ..Self::default() };
        shown.fill(whole, groups, wanted);
        shown
    }

    fn fill(&mut self, whole: &Graph, groups: Vec<Vec<usize>>, wanted: &Wanted) {
        let mut place_of = vec![None; whole.nodes.len()];
        for (place, members) in groups.iter().enumerate() {
            for member in members {
                if let Some(slot) = place_of.get_mut(*member) {
                    *slot = Some(place);
                }
            }
        }
        self.graph.nodes = groups.iter().map(|members| bundle(whole, members, wanted.bundle_at)).collect();
        let mut edge_of: FastMap<(usize, usize, Option<Rc<str>>), usize> = FastMap::default();
        for (index, edge) in whole.edges.iter().enumerate() {
            let end = |node: usize| place_of.get(node).copied().flatten();
            let (Some(source), Some(target)) = (end(edge.source), end(edge.target)) else {
                self.left_out.calls += edge.calls;
                continue;
            };
            if source == target && !wanted.with_loops {
                self.left_out.calls += edge.calls;
                continue;
            }
            let next = self.graph.edges.len();
            let place = *edge_of.entry((source, target, edge.label.clone())).or_insert(next);
            if place == next {
                self.graph.edges.push(Edge { source, target, ..edge.clone() });
                self.edges.push(vec![index]);
            } else if let (Some(known), Some(behind)) = (self.graph.edges.get_mut(place), self.edges.get_mut(place)) {
                merge(known, edge);
                behind.push(index);
            }
        }
        self.stands_for = groups;
    }
}

/// Two edges drawn as one: counts add up; a percentile of both cannot be told from two, and the mean can.
fn merge(known: &mut Edge, other: &Edge) {
    known.mean_ms = match (known.mean_ms, other.mean_ms) {
        (Some(one), Some(two)) => Some(mean(one, known.calls, two, other.calls)),
        (one, two) => one.or(two),
    };
    (known.p50_ms, known.p95_ms, known.p99_ms, known.handover) = (None, None, None, None);
    known.calls += other.calls;
    known.errors += other.errors;
    // At least the larger one; how many traces both have is not known here.
    known.traces = known.traces.max(other.traces);
}

#[allow(clippy::cast_precision_loss)]
fn mean(one: f64, calls: u64, two: f64, other_calls: u64) -> f64 {
    let whole = (calls + other_calls).max(1) as f64;
    one * (calls as f64 / whole) + two * (other_calls as f64 / whole)
}

fn count(list: &[bool], value: bool) -> usize {
    list.iter().filter(|stays| **stays == value).count()
}

/// Which nodes are within reach of the focus, through nodes that stay. `None` when none of its nodes is there.
fn reach(whole: &Graph, focus: &Focus, stays: &[bool]) -> Option<Vec<bool>> {
    let may = |node: usize| stays.get(node).copied().unwrap_or(false);
    let starts: Vec<usize> = focus.names.iter().filter_map(|name| whole.find(name)).filter(|node| may(*node)).collect();
    if starts.is_empty() {
        return None;
    }
    let mut reached = vec![false; whole.nodes.len()];
    for (is_down, hops) in [(false, focus.up), (true, focus.down)] {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); whole.nodes.len()];
        for edge in &whole.edges {
            let (from, to) = if is_down { (edge.source, edge.target) } else { (edge.target, edge.source) };
            if let Some(list) = next.get_mut(from).filter(|_| may(to)) {
                list.push(to);
            }
        }
        let mut seen = vec![false; whole.nodes.len()];
        let mut waiting: VecDeque<(usize, u32)> = starts.iter().map(|node| (*node, 0)).collect();
        while let Some((node, depth)) = waiting.pop_front() {
            if std::mem::replace(seen.get_mut(node).unwrap_or(&mut true), true) {
                continue;
            }
            if let Some(slot) = reached.get_mut(node) {
                *slot = true;
            }
            if hops.is_none_or(|hops| depth < hops) {
                waiting.extend(next.get(node).into_iter().flatten().map(|other| (*other, depth + 1)));
            }
        }
    }
    Some(reached)
}

/// The part of a name that nodes of one bundle share.
fn prefix(name: &str, at: char) -> Option<&str> {
    name.split_once(at).map(|(prefix, _)| prefix).filter(|prefix| !prefix.is_empty())
}

/// The nodes that stay, each alone or in a bundle, in the order of the first of them.
fn groups(whole: &Graph, stays: &[bool], bundle_at: Option<char>) -> Vec<Vec<usize>> {
    let mut place_of: FastMap<(&str, NodeKind), usize> = FastMap::default();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, node) in whole.nodes.iter().enumerate().filter(|(index, _)| stays.get(*index) == Some(&true)) {
        let shared = bundle_at.and_then(|at| prefix(&node.name, at));
        let place = shared.map(|prefix| *place_of.entry((prefix, node.kind)).or_insert(groups.len()));
        match place.and_then(|place| groups.get_mut(place)) {
            Some(members) => members.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// Calls of each node and on its edges.
fn weights(whole: &Graph, stays: &[bool]) -> Vec<u64> {
    let mut weights: Vec<u64> = whole.nodes.iter().map(|node| node.calls).collect();
    for edge in whole.edges.iter().filter(|edge| [edge.source, edge.target].iter().all(|end| stays.get(*end) == Some(&true))) {
        for end in [edge.source, edge.target] {
            if let Some(weight) = weights.get_mut(end) {
                *weight += edge.calls;
            }
        }
    }
    weights
}

/// What the groups weigh, and the calls between them.
struct Ranking {
    weights: Vec<u64>,
    /// Per group: the others that it calls or is called by, and how often.
    beside: Vec<Vec<(usize, u64)>>,
}

impl Ranking {
    fn of(whole: &Graph, stays: &[bool], groups: &[Vec<usize>]) -> Self {
        let of_nodes = weights(whole, stays);
        let mut group_of = vec![None; whole.nodes.len()];
        for (group, members) in groups.iter().enumerate() {
            for member in members {
                if let Some(slot) = group_of.get_mut(*member) {
                    *slot = Some(group);
                }
            }
        }
        let mut beside: Vec<Vec<(usize, u64)>> = vec![Vec::new(); groups.len()];
        for edge in &whole.edges {
            let end = |node: usize| group_of.get(node).copied().flatten();
            let (Some(source), Some(target)) = (end(edge.source), end(edge.target)) else { continue };
            if source != target {
                for (from, to) in [(source, target), (target, source)] {
                    beside.get_mut(from).into_iter().for_each(|list| list.push((to, edge.calls)));
                }
            }
        }
        let weight = |members: &Vec<usize>| members.iter().filter_map(|node| of_nodes.get(*node)).sum();
        Self { weights: groups.iter().map(weight).collect(), beside }
    }

    fn weight(&self, group: usize) -> u64 {
        self.weights.get(group).copied().unwrap_or(0)
    }

    /// Those that weigh most.
    fn busiest(&self, top: usize) -> FastSet<usize> {
        let mut ranked: Vec<usize> = (0..self.weights.len()).collect();
        sort_by_key(&mut ranked, |group| (std::cmp::Reverse(self.weight(*group)), *group));
        ranked.into_iter().take(top).collect()
    }

    /// From the heaviest on always the one with the most calls from and to those that are there already.
    fn connected(&self, top: usize) -> FastSet<usize> {
        let mut kept = FastSet::default();
        let mut pull = vec![0_u64; self.weights.len()];
        // Entries with a pull that has grown since are passed over.
        let mut waiting: BinaryHeap<(u64, u64, std::cmp::Reverse<usize>)> =
            (0..self.weights.len()).map(|group| (0, self.weight(group), std::cmp::Reverse(group))).collect();
        while let Some((by, _, std::cmp::Reverse(group))) = waiting.pop().filter(|_| kept.len() < top) {
            if pull.get(group).copied() != Some(by) || !kept.insert(group) {
                continue;
            }
            for (other, calls) in self.beside.get(group).into_iter().flatten() {
                if let Some(sum) = pull.get_mut(*other).filter(|_| !kept.contains(other)) {
                    *sum = sum.saturating_add((*calls).max(1));
                    waiting.push((*sum, self.weight(*other), std::cmp::Reverse(*other)));
                }
            }
        }
        kept
    }

    /// Calls between groups of a choice.
    fn calls_within(&self, kept: &FastSet<usize>) -> u64 {
        let of = |group: &usize| self.beside.get(*group).into_iter().flatten().filter(|(other, _)| kept.contains(other));
        kept.iter().flat_map(of).map(|(_, calls)| *calls).sum()
    }
}

/// A node for several.
fn bundle(whole: &Graph, members: &[usize], bundle_at: Option<char>) -> Node {
    let nodes = || members.iter().filter_map(|member| whole.nodes.get(*member));
    let Some(first) = nodes().next() else { return Node::default() };
    if members.len() == 1 {
        return first.clone();
    }
    let shared = bundle_at.and_then(|at| Some(format!("{}{at}*", prefix(&first.name, at)?)));
    Node {
        name: shared.map_or_else(|| first.name.clone(), Rc::from),
        kind: NodeKind::Bundle,
        group: None,
        calls: nodes().map(|node| node.calls).sum(),
        uses: nodes().map(|node| node.uses).sum(),
        errors: nodes().map(|node| node.errors).sum(),
        p95_ms: None,
        self_share: nodes().any(|node| node.self_share.is_some()).then(|| nodes().filter_map(|node| node.self_share).sum()),
    }
}

#[cfg(test)]
mod tests;
