use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::graph::{Edge, Node};

fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
    Graph {
        nodes: (0..nodes).map(|node| Node { name: Rc::from(node.to_string()), ..Node::default() }).collect(),
        edges: edges.iter().map(|(source, target)| Edge { source: *source, target: *target, calls: 2, ..Edge::default() }).collect(),
    }
}

#[test]
fn groups_and_loops_are_found_with_a_way_round() {
    let graph = graph(7, &[(0, 1), (1, 2), (1, 3), (1, 4), (3, 4), (4, 3), (2, 2), (4, 5), (5, 4), (5, 6), (3, 6), (2, 9)]);
    let cycles = find(&graph);
    assert_eq!(cycles.len(), 2);
    let group = &cycles[0];
    assert_eq!((&*group.members, &*group.concrete, &*group.edges, group.calls), (&[3, 4, 5][..], &[3, 4][..], &[4, 5, 7, 8][..], 8));
    assert_eq!(group.rings, [vec![3, 4], vec![4, 5]]);
    assert_eq!((&*cycles[1].members, &*cycles[1].edges, cycles[1].calls), (&[2][..], &[6][..], 2));
}

#[test]
fn nothing_recurses() {
    let nodes = 100_000;
    let edges: Vec<(usize, usize)> = (0..nodes).map(|node| (node, (node + 1) % nodes)).collect();
    let cycles = find(&graph(nodes, &edges));
    assert_eq!((cycles.len(), cycles[0].concrete.len(), cycles[0].rings.len()), (1, nodes, 1));
    assert!(find(&Graph::default()).is_empty());
}

fn reach(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<Option<usize>>> {
    let mut ways = vec![vec![None; nodes]; nodes];
    for (source, target) in edges {
        ways[*source][*target] = Some(1);
    }
    for over in 0..nodes {
        for from in 0..nodes {
            for to in 0..nodes {
                if let (Some(one), Some(other)) = (ways[from][over], ways[over][to]) {
                    ways[from][to] = Some(ways[from][to].map_or(one + other, |known: usize| known.min(one + other)));
                }
            }
        }
    }
    ways
}

proptest! {
    #[test]
    fn as_by_trying_all_ways(nodes in 1_usize..9, ends in prop::collection::vec((0_usize..9, 0_usize..9), 0..24)) {
        let edges: Vec<(usize, usize)> = ends.into_iter().filter(|(source, target)| *source < nodes && *target < nodes).collect();
        let without_loops: Vec<(usize, usize)> = edges.iter().copied().filter(|(source, target)| source != target).collect();
        let ways = reach(nodes, &without_loops);
        let cycles = find(&graph(nodes, &edges));
        for (one, from_one) in ways.iter().enumerate() {
            for (other, from_other) in ways.iter().enumerate() {
                let together = cycles.iter().any(|cycle| cycle.members.len() > 1 && cycle.members.contains(&one) && cycle.members.contains(&other));
                prop_assert_eq!(together, from_one[other].is_some() && from_other[one].is_some());
            }
            let calls_itself = cycles.iter().any(|cycle| cycle.members == [one]);
            prop_assert_eq!(calls_itself, edges.contains(&(one, one)));
        }
        for cycle in cycles.iter().filter(|cycle| cycle.members.len() > 1) {
            let shortest = cycle.members.iter().filter_map(|member| ways[*member][*member]).min();
            prop_assert_eq!(Some(cycle.concrete.len()), shortest);
            prop_assert_eq!(Some(&cycle.concrete), cycle.rings.first());
            for ring in &cycle.rings {
                prop_assert_eq!(ring.iter().min(), ring.first());
                for (place, node) in ring.iter().enumerate() {
                    prop_assert!(edges.contains(&(*node, ring[(place + 1) % ring.len()])));
                    prop_assert_eq!(ring.iter().filter(|other| *other == node).count(), 1);
                }
            }
            for edge in &cycle.edges {
                let (source, target) = edges[*edge];
                prop_assert!(source != target && cycle.members.contains(&source) && cycle.members.contains(&target));
            }
        }
    }
}
