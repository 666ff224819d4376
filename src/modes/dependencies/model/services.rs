//! The graph of services and operations.

use super::{Figures, Nodes, Read, finite, natural, share};
use crate::{
    core::graph::{Edge, NodeKind},
    engine::{Table, TableError},
    modes::dependencies::query::{EDGE_LIMIT, NODE_LIMIT, edge::ServiceEnd},
};

/// Answers to `Services::edges_sql` and `nodes_sql`. A node has the name of its service or, where that is opened, of the operation, and the
/// service as its group. Nodes that are only called from (their spans are out of scope) have no calls of their own.
///
/// # Errors
/// When the answers are not to these questions.
pub fn read(edges: &Table, nodes: &Table) -> Result<Read, TableError> {
    let mut all = Nodes::default();
    let (services, operations) = (nodes.texts("service")?, nodes.texts("operation")?);
    let (figures, p95, own) = (Figures::of(nodes)?, nodes.floats("p95_ms")?, nodes.floats("self_ms")?);
    let mut own_ms = Vec::new();
    for row in 0..nodes.rows().min(NODE_LIMIT) {
        let place = place(&mut all, services.text(row), operations.get(row));
        if let Some(node) = all.nodes.get_mut(place) {
            node.calls = natural(figures.calls.get(row));
            node.errors = natural(figures.errors.get(row));
            node.p95_ms = finite(&p95, row);
        }
        own_ms.extend(finite(&own, row).map(|own| (place, own.max(0.0))));
    }
    share(&mut all.nodes, &own_ms);
    let (sources, source_operations) = (edges.texts("source")?, edges.texts("source_operation")?);
    let (targets, target_operations) = (edges.texts("target")?, edges.texts("target_operation")?);
    let (figures, traces) = (Figures::of(edges)?, edges.ints("traces")?);
    let (mean, p50, p95, p99) = (edges.floats("mean_ms")?, edges.floats("p50_ms")?, edges.floats("p95_ms")?, edges.floats("p99_ms")?);
    let mut read = Vec::new();
    for row in 0..edges.rows().min(EDGE_LIMIT) {
        read.push(Edge {
            source: place(&mut all, sources.text(row), source_operations.get(row)),
            target: place(&mut all, targets.text(row), target_operations.get(row)),
            label: None,
            calls: natural(figures.calls.get(row)),
            errors: natural(figures.errors.get(row)),
            mean_ms: finite(&mean, row),
            p50_ms: finite(&p50, row),
            p95_ms: finite(&p95, row),
            p99_ms: finite(&p99, row),
            traces: natural(traces.get(row)),
            handover: None,
        });
    }
    let is_cut = edges.rows() > EDGE_LIMIT || nodes.rows() > NODE_LIMIT;
    Ok(Read { graph: crate::core::graph::Graph { nodes: all.nodes, edges: read }, is_cut })
}

fn place(all: &mut Nodes, service: &str, operation: Option<&str>) -> usize {
    match operation {
        Some(operation) => all.place(operation, NodeKind::Operation, Some(service)),
        None => all.place(service, NodeKind::Service, None),
    }
}

/// What a node stands for, for the questions behind an edge.
pub fn end(node: &crate::core::graph::Node) -> ServiceEnd {
    match &node.group {
        Some(service) => ServiceEnd { service: service.to_string(), operation: Some(node.name.to_string()) },
        None => ServiceEnd { service: node.name.to_string(), operation: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    fn texts(name: &str, values: &[Option<&str>]) -> (String, Column) {
        (name.to_owned(), Column::texts(values.iter().copied()))
    }

    fn ints(name: &str, values: &[i64]) -> (String, Column) {
        (name.to_owned(), Column::ints(values.iter().copied().map(Some)))
    }

    fn floats(name: &str, values: &[Option<f64>]) -> (String, Column) {
        (name.to_owned(), Column::floats(values.iter().copied()))
    }

    #[test]
    fn nodes_are_told_apart_and_shares_add_up() {
        let nodes = Table::new(vec![
            texts("service", &[Some("a"), Some("a"), Some("")]),
            texts("operation", &[Some("x"), Some("y"), None]),
            ints("calls", &[5, 3, 1]),
            ints("errors", &[0, 1, 0]),
            floats("p95_ms", &[Some(1.0), Some(f64::NAN), None]),
            floats("self_ms", &[Some(3.0), Some(1.0), Some(0.0)]),
        ]);
        let figures = || ["mean_ms", "p50_ms", "p95_ms", "p99_ms"].map(|name| floats(name, &[Some(2.0), Some(f64::INFINITY)]));
        let mut columns = vec![
            texts("source", &[Some("gone"), Some("")]),
            texts("source_operation", &[None, None]),
            texts("target", &[Some("a"), Some("")]),
            texts("target_operation", &[Some("y"), None]),
            ints("calls", &[3, 1]),
            ints("errors", &[1, 0]),
            ints("traces", &[2, 1]),
        ];
        columns.extend(figures());
        let read = read(&Table::new(columns), &nodes).unwrap();
        let names: Vec<_> = read.graph.nodes.iter().map(|node| (&*node.name, node.kind, node.group.as_deref(), node.self_share)).collect();
        assert_eq!(
            names,
            [
                ("x", NodeKind::Operation, Some("a"), Some(0.75)),
                ("y", NodeKind::Operation, Some("a"), Some(0.25)),
                ("", NodeKind::Service, None, Some(0.0)),
                ("gone", NodeKind::Service, None, None),
            ]
        );
        assert_eq!(read.graph.pairs(), [(3, 1), (2, 2)]);
        assert_eq!((read.graph.edges[1].p95_ms, read.graph.nodes[1].p95_ms, read.is_cut), (None, None, false));
        assert_eq!(end(&read.graph.nodes[1]), ServiceEnd { service: "a".to_owned(), operation: Some("y".to_owned()) });
        assert!(super::read(&Table::default(), &Table::default()).is_err());
    }

    /// tests/data/dependencies_expected.py asked networkx.
    #[test]
    fn cycles_are_those_that_networkx_finds() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/dependencies_expected.json");
        let all: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (file, kind) in
            [("sample", "services"), ("sample", "operations"), ("sample", "agents"), ("odd", "services"), ("odd", "operations")]
        {
            let mut nodes = Nodes::default();
            let name = |edge: &serde_json::Value, end: &str| match edge.get(format!("{end}_operation")) {
                Some(operation) => format!("{} {}", edge[end].as_str().unwrap(), operation.as_str().unwrap()),
                None => edge[end].as_str().unwrap().to_owned(),
            };
            let mut edges = Vec::new();
            for edge in all[file][format!("{kind}_edges")].as_array().unwrap() {
                let mut end = |end: &str| nodes.place(&name(edge, end), NodeKind::Service, None);
                edges.push(Edge {
                    source: end("source"),
                    target: end("target"),
                    calls: edge["calls"].as_u64().unwrap(),
                    ..Edge::default()
                });
            }
            let graph = crate::core::graph::Graph { nodes: nodes.nodes, edges };
            let found = crate::core::graph::cycles::find(&graph);
            let names = |members: &[usize]| {
                let mut names: Vec<&str> = members.iter().map(|member| &*graph.nodes[*member].name).collect();
                names.sort_unstable();
                names
            };
            let mut groups: Vec<(Vec<&str>, usize)> =
                found.iter().filter(|cycle| cycle.members.len() > 1).map(|cycle| (names(&cycle.members), cycle.concrete.len())).collect();
            groups.sort();
            let mut loops: Vec<&str> =
                found.iter().filter(|cycle| cycle.members.len() == 1).flat_map(|cycle| names(&cycle.members)).collect();
            loops.sort_unstable();
            let wanted = &all[file][format!("{kind}_cycles")];
            assert_eq!(serde_json::json!(groups.iter().map(|group| &group.0).collect::<Vec<_>>()), wanted["groups"], "{file} {kind}");
            assert_eq!(serde_json::json!(groups.iter().map(|group| group.1).collect::<Vec<_>>()), wanted["shortest"], "{file} {kind}");
            assert_eq!(serde_json::json!(loops), wanted["loops"], "{file} {kind}");
        }
    }
}
