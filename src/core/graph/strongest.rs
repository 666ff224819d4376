//! Which edges of a dense graph are drawn: more lines than can be told apart are a solid block, and slow to paint.

use std::cmp::Reverse;

use super::Graph;
use crate::order::sort_by_key;

/// The order in which edges deserve to be drawn: first the busiest one of each node, then those with the most calls. Where many have as many,
/// they come as if at random, but always alike: not a few nodes have all of their edges and the others none. Edges that name no node come last.
#[must_use]
pub fn ranked(graph: &Graph) -> Vec<usize> {
    let nodes = graph.nodes.len();
    let mut keys: Vec<(Reverse<u64>, u64, usize)> = Vec::with_capacity(graph.edges.len());
    for (at, edge) in graph.edges.iter().enumerate() {
        let is_known = edge.source < nodes && edge.target < nodes;
        keys.push((Reverse(if is_known { edge.calls } else { 0 }), mixed(edge.source, edge.target), at));
    }
    sort_by_key(&mut keys, |key| *key);
    let mut seen = vec![false; nodes];
    let (first, others): (Vec<usize>, Vec<usize>) = keys.into_iter().map(|(_, _, at)| at).partition(|at| {
        let Some(edge) = graph.edges.get(*at).filter(|edge| edge.source < nodes && edge.target < nodes) else { return false };
        let is_new = [edge.source, edge.target].iter().any(|end| seen.get(*end) == Some(&false));
        for end in [edge.source, edge.target] {
            if let Some(slot) = seen.get_mut(end) {
                *slot = true;
            }
        }
        is_new
    });
    first.into_iter().chain(others).collect()
}

/// A number for a pair that says nothing about its order.
fn mixed(source: usize, target: usize) -> u64 {
    let one = (source as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let two = (target as u64).wrapping_add(one).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (two ^ (two >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Edge, Node};

    fn graph(nodes: usize, edges: &[(usize, usize, u64)]) -> Graph {
        Graph {
            nodes: vec![Node::default(); nodes],
            edges: edges
                .iter()
                .map(|(source, target, calls)| Edge { source: *source, target: *target, calls: *calls, ..Edge::default() })
                .collect(),
        }
    }

    #[test]
    fn each_node_keeps_its_busiest_edge_before_the_others_come_by_calls() {
        let busy = graph(4, &[(0, 1, 90), (0, 1, 80), (0, 1, 70), (2, 3, 1), (0, 9, 99)]);
        assert_eq!(ranked(&busy), [0, 3, 1, 2, 4]);
    }

    #[test]
    fn edges_with_as_many_calls_are_spread_over_the_nodes() {
        let all: Vec<(usize, usize, u64)> =
            (0..30).flat_map(|one| (0..30).filter(move |other| *other != one).map(move |other| (one, other, 1))).collect();
        let dense = graph(30, &all);
        let mut drawn = [0; 30];
        for at in ranked(&dense).into_iter().take(120) {
            drawn[dense.edges[at].source] += 1;
            drawn[dense.edges[at].target] += 1;
        }
        assert!(drawn.iter().all(|count| (1..=40).contains(count)), "{drawn:?}");
    }
}
