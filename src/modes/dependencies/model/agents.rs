//! The graph of agents and artifacts.

use std::rc::Rc;

use super::{Figures, Nodes, Read, finite, natural, share};
use crate::{
    core::graph::{Edge, Graph, Handover, Node, NodeKind},
    engine::{Table, TableError},
    modes::dependencies::query::{EDGE_LIMIT, NODE_LIMIT, edge::AgentEdge},
};

/// Answers to `Agents::edges_sql` and `nodes_sql`. An agent without a name has the empty one.
///
/// # Errors
/// When the answers are not to these questions.
pub fn read(edges: &Table, nodes: &Table) -> Result<Read, TableError> {
    let mut all = Nodes::default();
    let agents = nodes.texts("agent")?;
    let (figures, p95, own) = (Figures::of(nodes)?, nodes.floats("p95_ms")?, nodes.floats("self_ms")?);
    let mut own_ms = Vec::new();
    for row in 0..nodes.rows().min(NODE_LIMIT) {
        let place = all.place(agents.text(row), NodeKind::Agent, None);
        if let Some(node) = all.nodes.get_mut(place) {
            node.calls = natural(figures.calls.get(row));
            node.errors = natural(figures.errors.get(row));
            node.p95_ms = finite(&p95, row);
        }
        own_ms.extend(finite(&own, row).map(|own| (place, own.max(0.0))));
    }
    share(&mut all.nodes, &own_ms);
    let (sources, source_kinds) = (edges.texts("source")?, edges.texts("source_kind")?);
    let (targets, target_kinds, labels) = (edges.texts("target")?, edges.texts("target_kind")?, edges.texts("label")?);
    let (figures, traces) = (Figures::of(edges)?, edges.ints("traces")?);
    let float = |name: &str| edges.floats(name);
    let (mean, p50, p95, p99) = (float("mean_ms")?, float("p50_ms")?, float("p95_ms")?, float("p99_ms")?);
    let (wait_mean, wait_p50, wait_p95, wait_p99) =
        (float("wait_mean_ms")?, float("wait_p50_ms")?, float("wait_p95_ms")?, float("wait_p99_ms")?);
    let mut read = Vec::new();
    for row in 0..edges.rows().min(EDGE_LIMIT) {
        let handover = Handover {
            mean_ms: finite(&wait_mean, row),
            p50_ms: finite(&wait_p50, row),
            p95_ms: finite(&wait_p95, row),
            p99_ms: finite(&wait_p99, row),
        };
        read.push(Edge {
            source: all.place(sources.text(row), kind(source_kinds.text(row)), None),
            target: all.place(targets.text(row), kind(target_kinds.text(row)), None),
            label: labels.get(row).filter(|label| !label.is_empty()).map(Rc::from),
            calls: natural(figures.calls.get(row)),
            errors: natural(figures.errors.get(row)),
            mean_ms: finite(&mean, row),
            p50_ms: finite(&p50, row),
            p95_ms: finite(&p95, row),
            p99_ms: finite(&p99, row),
            traces: natural(traces.get(row)),
            handover: handover.mean_ms.is_some().then_some(handover),
        });
    }
    // What does not run itself is as many artifacts as there are, however often each is taken. A type has those that are made of it.
    let has_types = all.nodes.iter().any(|node| node.kind == NodeKind::ArtifactType);
    for edge in &read {
        if let Some(node) = all.nodes.get_mut(edge.target).filter(|node| node.kind == NodeKind::ArtifactType) {
            node.calls += edge.calls;
        }
        if let Some(node) = all.nodes.get_mut(edge.source).filter(|node| matches!(node.kind, NodeKind::External | NodeKind::ArtifactType)) {
            match node.kind {
                NodeKind::External if has_types => node.calls += edge.calls,
                _ => node.uses += edge.calls,
            }
        }
    }
    let outside = edges.ints("outside")?;
    for node in all.nodes.iter_mut().filter(|node| node.kind == NodeKind::External && !has_types) {
        node.calls = natural(outside.get(0));
    }
    Ok(Read { graph: Graph { nodes: all.nodes, edges: read }, is_cut: edges.rows() > EDGE_LIMIT || nodes.rows() > NODE_LIMIT })
}

fn kind(word: &str) -> NodeKind {
    match word {
        "external" => NodeKind::External,
        "artifact" => NodeKind::ArtifactType,
        _ => NodeKind::Agent,
    }
}

/// What an edge stands for, for the questions behind it.
pub fn edge(source: &Node, target: &Node, label: Option<&str>) -> AgentEdge {
    let named = |node: &Node, kind: NodeKind| (node.kind == kind).then(|| node.name.to_string());
    let of_type = named(source, NodeKind::ArtifactType).or_else(|| named(target, NodeKind::ArtifactType));
    let has_type_node = of_type.is_some();
    AgentEdge {
        source: named(source, NodeKind::Agent),
        is_external: source.kind == NodeKind::External,
        // Where types are labels, a missing label is a missing type.
        label: of_type.or_else(|| (!has_type_node).then(|| label.unwrap_or_default().to_owned())),
        target: named(target, NodeKind::Agent),
    }
}

/// Why an agent that feeds itself may run on for ever, and what stops it.
pub const RUNAWAY_HINT: &str =
    "An agent that consumes what it publishes starts itself again. In Flock, .prevent_self_trigger(True) on the agent stops that.";

/// What to say where none of the agents took what it had made itself.
pub const RUNAWAY_BY_OTHERS: &str = "None of these was started by an artifact of its own, so .prevent_self_trigger(True), which in Flock stops an agent from \
     starting itself, would not stop it: others start it again. The cycles show which.";

/// An agent that ran more often in one trace than the reader's threshold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runaway {
    pub agent: String,
    pub trace_no: u32,
    pub trace_id: String,
    pub runs: u64,
    /// Runs that took an artifact which the agent itself had made: the hint is for these.
    pub fed_itself: u64,
    pub start_ns: i64,
    pub end_ns: i64,
}

/// An answer to `rings::runaways_sql`.
///
/// # Errors
/// When the answer is not to this question.
pub fn runaways(table: &Table) -> Result<Vec<Runaway>, TableError> {
    let (agents, traces, numbers) = (table.texts("agent")?, table.texts("trace_id")?, table.ints("trace_no")?);
    let (runs, fed_itself) = (table.ints("runs")?, table.ints("fed_itself")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    let rows = (0..table.rows()).map(|row| Runaway {
        agent: agents.text(row).to_owned(),
        trace_no: numbers.get(row).and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        trace_id: traces.text(row).to_owned(),
        runs: natural(runs.get(row)),
        fed_itself: natural(fed_itself.get(row)),
        start_ns: starts.get(row).unwrap_or(0),
        end_ns: ends.get(row).unwrap_or(0),
    });
    Ok(rows.collect())
}
