//! What can be said of a node from the graph alone. Pure.

use std::{collections::BTreeSet, rc::Rc};

use super::drawn::shown_name;
use crate::core::graph::{Edge, Graph};

/// A node among the others. Nodes by their numbers, each once, in the order of the graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeFacts {
    /// Labels of edges that come in and that go out.
    pub takes: Vec<Rc<str>>,
    pub gives: Vec<Rc<str>>,
    /// At the other end of edges that come in and that go out, itself left out.
    pub sources: Vec<usize>,
    pub targets: Vec<usize>,
    /// Everything that can be reached from it, itself left out.
    pub downstream: usize,
    pub calls_in: u64,
    pub calls_out: u64,
    pub calls_itself: u64,
}

impl NodeFacts {
    pub fn of(graph: &Graph, node: usize) -> Self {
        let labels = |is_end: fn(&Edge) -> usize| -> Vec<Rc<str>> {
            let found: BTreeSet<Rc<str>> = graph
                .edges
                .iter()
                .filter(|edge| is_end(edge) == node)
                .filter_map(|edge| edge.label.clone())
                .filter(|label| !label.is_empty())
                .collect();
            found.into_iter().collect()
        };
        let others = |is_end: fn(&Edge) -> usize, other: fn(&Edge) -> usize| -> Vec<usize> {
            let found: BTreeSet<usize> = graph.edges.iter().filter(|edge| is_end(edge) == node && other(edge) != node).map(other).collect();
            found.into_iter().collect()
        };
        let calls = |is_one: &dyn Fn(&Edge) -> bool| graph.edges.iter().filter(|edge| is_one(edge)).map(|edge| edge.calls).sum();
        Self {
            takes: labels(|edge| edge.target),
            gives: labels(|edge| edge.source),
            sources: others(|edge| edge.target, |edge| edge.source),
            targets: others(|edge| edge.source, |edge| edge.target),
            downstream: downstream(graph, node),
            calls_in: calls(&|edge| edge.target == node),
            calls_out: calls(&|edge| edge.source == node),
            calls_itself: calls(&|edge| edge.source == node && edge.target == node),
        }
    }
}

fn downstream(graph: &Graph, node: usize) -> usize {
    let mut leads: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        if let Some(list) = leads.get_mut(edge.source) {
            list.push(edge.target);
        }
    }
    let mut seen = BTreeSet::from([node]);
    let mut waiting = vec![node];
    while let Some(at) = waiting.pop() {
        for next in leads.get(at).into_iter().flatten() {
            if seen.insert(*next) {
                waiting.push(*next);
            }
        }
    }
    seen.len() - 1
}

/// Names in a row, the first few of them.
pub fn names(graph: &Graph, nodes: &[usize], most: usize) -> String {
    let shown: Vec<String> =
        nodes.iter().take(most).filter_map(|at| graph.nodes.get(*at)).map(|node| shown_name(node).to_string()).collect();
    let more = nodes.len().saturating_sub(shown.len());
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::graph::Node;

    #[test]
    fn a_node_knows_its_neighbours_and_what_hangs_on_it() {
        let node = |name: &str| Node { name: name.into(), ..Node::default() };
        let edge = |source, target, label: &str| Edge { source, target, label: Some(label.into()), calls: 2, ..Edge::default() };
        let graph = Graph {
            nodes: ["a", "b", "c", "d"].map(node).to_vec(),
            edges: vec![edge(0, 1, "X"), edge(0, 1, "Y"), edge(1, 2, "Z"), edge(2, 1, "Z"), edge(1, 1, "W"), edge(3, 0, "V")],
        };
        let facts = NodeFacts::of(&graph, 1);
        assert_eq!(facts.takes.iter().map(|label| &**label).collect::<Vec<_>>(), ["W", "X", "Y", "Z"]);
        assert_eq!((facts.sources, facts.targets, facts.downstream), (vec![0, 2], vec![2], 1));
        assert_eq!((facts.calls_in, facts.calls_out, facts.calls_itself), (8, 4, 2));
        assert_eq!(NodeFacts::of(&graph, 3).downstream, 3);
        assert_eq!(NodeFacts::of(&graph, 99).downstream, 0);
        assert_eq!(names(&graph, &[0, 1, 2, 3], 2), "a, b and 2 more");
    }
}
