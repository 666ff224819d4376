//! Cycles: strongly connected components of more than one node, and edges of a node to itself.

use std::collections::{BTreeSet, VecDeque};

use petgraph::{algo::kosaraju_scc, graph::DiGraph, graph::NodeIndex};

use super::Graph;
use crate::order::sort_by_key;

/// Rings of one component that are listed.
const MOST_RINGS: usize = 24;
/// Steps that the search for the rings of one component may take: what is found by then is listed.
const STEPS: usize = 4_000_000;

/// A component in which everybody reaches everybody, or a node that calls itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// Nodes, in order of their index.
    pub members: Vec<usize>,
    /// A shortest way round, each node once, beginning with the smallest index; the last one leads back to the first.
    pub concrete: Vec<usize>,
    /// For each edge of the component a shortest way round that uses it: every one once, `concrete` first, the shortest first, at most
    /// [`MOST_RINGS`]. Each begins with its smallest index.
    pub rings: Vec<Vec<usize>>,
    /// Edges between different members, or those of the one member to itself, in order of their index.
    pub edges: Vec<usize>,
    /// Calls on these edges.
    pub calls: u64,
}

/// The strongly connected components of a graph, single nodes too: members in order, components in order of their first member. Edges that
/// name no node are passed over. Iterative: a chain of any length is fine.
#[must_use]
pub fn components(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), (), u32>::with_capacity(nodes, edges.len());
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (source, target) in edges.iter().filter(|(source, target)| *source < nodes && *target < nodes) {
        graph.add_edge(NodeIndex::new(*source), NodeIndex::new(*target), ());
    }
    // petgraph's Tarjan recurses; this one walks twice, and finds the same.
    let mut found: Vec<Vec<usize>> =
        kosaraju_scc(&graph).into_iter().map(|members| members.into_iter().map(NodeIndex::index).collect()).collect();
    for members in &mut found {
        sort_by_key(members, |member| *member);
    }
    sort_by_key(&mut found, |members| members.first().copied());
    found
}

/// The cycles of a graph: components of several nodes first, those with the most calls first; then nodes that call themselves likewise.
#[must_use]
pub fn find(graph: &Graph) -> Vec<Cycle> {
    let pairs = graph.pairs();
    let nodes = graph.nodes.len();
    let calls_of = |edges: &[usize]| edges.iter().filter_map(|edge| graph.edges.get(*edge)).map(|edge| edge.calls).sum();
    let mut component_of = vec![usize::MAX; nodes];
    let large: Vec<Vec<usize>> = components(nodes, &pairs).into_iter().filter(|members| members.len() > 1).collect();
    for (component, members) in large.iter().enumerate() {
        for member in members {
            if let Some(slot) = component_of.get_mut(*member) {
                *slot = component;
            }
        }
    }
    let mut edges_of: Vec<Vec<usize>> = vec![Vec::new(); large.len()];
    let mut loops: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (edge, (source, target)) in pairs.iter().enumerate() {
        if source == target {
            if let Some(list) = loops.get_mut(*source) {
                list.push(edge);
            }
            continue;
        }
        let (one, other) = (component_of.get(*source), component_of.get(*target));
        if let Some(list) = one.filter(|_| one == other).and_then(|component| edges_of.get_mut(*component)) {
            list.push(edge);
        }
    }
    let mut cycles: Vec<Cycle> = Vec::new();
    for (members, edges) in large.into_iter().zip(edges_of) {
        let inside: Vec<(usize, usize)> = edges.iter().filter_map(|edge| pairs.get(*edge)).copied().collect();
        let rings = rings(&members, &inside);
        let concrete = rings.first().cloned().unwrap_or_default();
        cycles.push(Cycle { concrete, rings, calls: calls_of(&edges), members, edges });
    }
    for (node, edges) in loops.into_iter().enumerate().filter(|(_, edges)| !edges.is_empty()) {
        cycles.push(Cycle { members: vec![node], concrete: vec![node], rings: vec![vec![node]], calls: calls_of(&edges), edges });
    }
    sort_by_key(&mut cycles, |cycle| (cycle.members.len() == 1, std::cmp::Reverse(cycle.calls)));
    cycles
}

/// A shortest ring through each edge, all different.
fn rings(members: &[usize], edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let place = |node: usize| members.binary_search(&node).ok();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (source, target) in edges {
        if let (Some(source), Some(target)) = (place(*source), place(*target))
            && let Some(list) = next.get_mut(source)
        {
            list.push(target);
        }
    }
    for list in &mut next {
        sort_by_key(list, |target| *target);
        list.dedup();
    }
    let mut steps = STEPS;
    let mut found: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
    for start in 0..members.len() {
        // A way back to the start from every node: one walk for all the edges that leave it.
        let Some(ways) = ways_from(start, &next, &mut steps) else { break };
        for (end, before) in next.iter().enumerate() {
            if before.contains(&start)
                && let Some(ring) = way_to(end, start, &ways)
            {
                let ring = turned(ring);
                found.insert((ring.len(), ring));
            }
        }
        steps = steps.saturating_sub(next.len());
    }
    found.into_iter().take(MOST_RINGS).map(|(_, ring)| ring.iter().filter_map(|at| members.get(*at)).copied().collect()).collect()
}

/// From which node each one is reached first, walking breadth first. `None` when there are no steps left (but never for the first walk).
fn ways_from(start: usize, next: &[Vec<usize>], steps: &mut usize) -> Option<Vec<usize>> {
    if *steps == 0 {
        return None;
    }
    let mut from = vec![usize::MAX; next.len()];
    let mut waiting = VecDeque::from([start]);
    while let Some(here) = waiting.pop_front() {
        for target in next.get(here).into_iter().flatten() {
            *steps = steps.saturating_sub(1);
            if let Some(slot) = from.get_mut(*target).filter(|slot| **slot == usize::MAX && *target != start) {
                *slot = here;
                waiting.push_back(*target);
            }
        }
    }
    Some(from)
}

fn way_to(end: usize, start: usize, from: &[usize]) -> Option<Vec<usize>> {
    let mut way = vec![end];
    let mut here = end;
    while here != start {
        here = *from.get(here).filter(|before| **before != usize::MAX)?;
        way.push(here);
    }
    way.reverse();
    Some(way)
}

/// The same ring, from its smallest node on.
fn turned(mut ring: Vec<usize>) -> Vec<usize> {
    let smallest = ring.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(place, _)| place);
    ring.rotate_left(smallest);
    ring
}

#[cfg(test)]
mod tests;
