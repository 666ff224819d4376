//! Which edges lead back: those against an order of the nodes in which little leads back.

use std::collections::VecDeque;

use super::at;
use crate::graph::cycles::components;

/// In components of more nodes than this the order is that of a walk, not of weighing.
const WEIGHED: usize = 1_500;

/// Per edge, whether it leads back. The others hold no circle. Edges that carry little lead back before those that carry much.
pub fn back_edges(nodes: usize, edges: &[(usize, usize)], weights: &[u64]) -> Vec<bool> {
    let depths = depths(nodes, edges);
    let mut rank = vec![0_usize; nodes];
    let mut component_of = vec![0_usize; nodes];
    let all = components(nodes, edges);
    for (component, members) in all.iter().enumerate() {
        for member in members {
            if let Some(slot) = component_of.get_mut(*member) {
                *slot = component;
            }
        }
    }
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (edge, (source, target)) in edges.iter().enumerate() {
        let component = at(&component_of, *source);
        if source != target
            && component == at(&component_of, *target)
            && let Some(list) = inside.get_mut(component)
        {
            list.push(edge);
        }
    }
    for (members, own) in all.iter().zip(&inside).filter(|(members, _)| members.len() > 1) {
        let local: Vec<Part> = own
            .iter()
            .filter_map(|edge| {
                let (source, target) = edges.get(*edge)?;
                let weight = weights.get(*edge).copied().unwrap_or(1).clamp(1, 1 << 40);
                Some(Part {
                    source: members.binary_search(source).ok()?,
                    target: members.binary_search(target).ok()?,
                    weight: weight.cast_signed(),
                })
            })
            .collect();
        let entry: Vec<usize> = members.iter().map(|member| at(&depths, *member)).collect();
        let order = if members.len() > WEIGHED { walked(members.len(), &local) } else { weighed(&entry, &local) };
        for (place, member) in order.into_iter().enumerate() {
            if let Some(slot) = members.get(member).and_then(|member| rank.get_mut(*member)) {
                *slot = place;
            }
        }
    }
    let leads_back = |(source, target): &(usize, usize)| {
        source == target || (at(&component_of, *source) == at(&component_of, *target) && at(&rank, *source) > at(&rank, *target))
    };
    edges.iter().map(leads_back).collect()
}

/// An edge inside a component.
struct Part {
    source: usize,
    target: usize,
    weight: i64,
}

/// Steps from the nodes that nothing leads to; the largest number for what is not reached from them.
fn depths(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut is_entered = vec![false; nodes];
    for (source, target) in edges.iter().filter(|(source, target)| source != target) {
        if let (Some(list), Some(entered)) = (next.get_mut(*source), is_entered.get_mut(*target)) {
            list.push(*target);
            *entered = true;
        }
    }
    let mut depths = vec![usize::MAX; nodes];
    let mut waiting = VecDeque::new();
    for (node, depth) in depths.iter_mut().enumerate() {
        if !at(&is_entered, node) {
            *depth = 0;
            waiting.push_back(node);
        }
    }
    while let Some(here) = waiting.pop_front() {
        let depth = at(&depths, here) + 1;
        for target in next.get(here).into_iter().flatten() {
            if let Some(slot) = depths.get_mut(*target).filter(|slot| **slot == usize::MAX) {
                *slot = depth;
                waiting.push_back(*target);
            }
        }
    }
    depths
}

/// The order of Eades, Lin and Smyth: ends go last, beginnings first, then whoever gives more than it takes; of equals who is entered first.
fn weighed(entry: &[usize], edges: &[Part]) -> Vec<usize> {
    let count = entry.len();
    let (mut gives, mut takes) = (vec![0_i64; count], vec![0_i64; count]);
    let mut touching: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, edge) in edges.iter().enumerate() {
        for (node, sum) in [(edge.source, &mut gives), (edge.target, &mut takes)] {
            if let (Some(sum), Some(list)) = (sum.get_mut(node), touching.get_mut(node)) {
                *sum += edge.weight;
                list.push(index);
            }
        }
    }
    let mut left: Vec<usize> = (0..count).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut is_gone = vec![false; count];
    while !left.is_empty() {
        let best = left.iter().enumerate().max_by_key(|(_, node)| {
            let (out, into) = (at(&gives, **node), at(&takes, **node));
            let rank = if out == 0 { 2 } else { i32::from(into == 0) };
            (rank, out - into, std::cmp::Reverse((at(entry, **node), **node)))
        });
        let Some((place, _)) = best else { break };
        let node = left.swap_remove(place);
        if at(&gives, node) == 0 {
            last.push(node)
        } else {
            first.push(node)
        }
        if let Some(slot) = is_gone.get_mut(node) {
            *slot = true;
        }
        for edge in touching.get(node).into_iter().flatten().filter_map(|index| edges.get(*index)) {
            let (other, sum) = if edge.source == node { (edge.target, &mut takes) } else { (edge.source, &mut gives) };
            if let Some(sum) = sum.get_mut(other).filter(|_| !at(&is_gone, other)) {
                *sum -= edge.weight;
            }
        }
    }
    last.reverse();
    first.extend(last);
    first
}

/// The order in which a walk in depth leaves the nodes, reversed.
fn walked(count: usize, edges: &[Part]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in edges {
        if let Some(list) = next.get_mut(edge.source) {
            list.push(edge.target);
        }
    }
    let mut seen = vec![false; count];
    let mut left = Vec::with_capacity(count);
    for start in 0..count {
        let mut path = if std::mem::replace(seen.get_mut(start).unwrap_or(&mut true), true) { Vec::new() } else { vec![(start, 0)] };
        while let Some((node, done)) = path.last_mut() {
            match next.get(*node).and_then(|list| list.get(*done)).copied() {
                Some(target) => {
                    *done += 1;
                    if !std::mem::replace(seen.get_mut(target).unwrap_or(&mut true), true) {
                        path.push((target, 0));
                    }
                }
                None => {
                    left.push(*node);
                    path.pop();
                }
            }
        }
    }
    left.reverse();
    left
}
