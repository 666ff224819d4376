//! The tables behind the graph: columns, cells, order, files. Pure.

use std::{cmp::Ordering, rc::Rc};

use super::{
    drawn::{self, duration_ms, shown_name},
    params::{Order, Picked, TableKind},
};
use crate::core::{
    export::{Cell, Sheet},
    graph::{Edge, Graph, Node, cycles::Cycle},
    graph_view::scene::error_step,
    units,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Source,
    Target,
    Label,
    Name,
    Kind,
    Members,
    Way,
    Size,
    Calls,
    Errors,
    ErrorPct,
    Handover,
    Mean,
    P50,
    P95,
    P99,
    OwnPct,
    In,
    Out,
    Traces,
    Mark,
}

impl Column {
    pub fn slug(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
            Self::Label => "label",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Members => "members",
            Self::Way => "cycle",
            Self::Size => "size",
            Self::Calls => "calls",
            Self::Errors => "errors",
            Self::ErrorPct => "error_pct",
            Self::Handover => "handover_p95_ms",
            Self::Mean => "mean_ms",
            Self::P50 => "p50_ms",
            Self::P95 => "p95_ms",
            Self::P99 => "p99_ms",
            Self::OwnPct => "self_pct",
            Self::In => "in",
            Self::Out => "out",
            Self::Traces => "traces",
            Self::Mark => "mark",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Source => "From",
            Self::Target => "To",
            Self::Label => "Artifact",
            Self::Name => "Name",
            Self::Kind => "Kind",
            Self::Members => "Members",
            Self::Way => "One way round",
            Self::Size => "Nodes",
            Self::Calls => "Calls",
            Self::Errors => "Errors",
            Self::ErrorPct => "Error %",
            Self::Handover => "p95 hand-over",
            Self::Mean => "Mean",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::OwnPct => "Own time",
            Self::In => "In",
            Self::Out => "Out",
            Self::Traces => "Traces",
            Self::Mark => "",
        }
    }

    pub fn width_px(self) -> u32 {
        match self {
            Self::Source | Self::Target | Self::Name | Self::Members | Self::Way => 150,
            Self::Label => 110,
            Self::Mark => 96,
            Self::Handover => 104,
            Self::Calls => 96,
            _ => 76,
        }
    }

    pub fn is_number(self) -> bool {
        !matches!(self, Self::Source | Self::Target | Self::Label | Self::Name | Self::Kind | Self::Members | Self::Way | Self::Mark)
    }

    pub fn is_sortable(self) -> bool {
        self != Self::Mark
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        [EDGES.as_slice(), NODES.as_slice(), CYCLES.as_slice()].concat().into_iter().find(|column| column.slug() == slug)
    }
}

const EDGES: [Column; 13] = [
    Column::Source,
    Column::Target,
    Column::Label,
    Column::Calls,
    Column::Errors,
    Column::ErrorPct,
    Column::Handover,
    Column::Mean,
    Column::P50,
    Column::P95,
    Column::P99,
    Column::Traces,
    Column::Mark,
];
const NODES: [Column; 9] =
    [Column::Name, Column::Kind, Column::Calls, Column::Errors, Column::ErrorPct, Column::P95, Column::OwnPct, Column::In, Column::Out];
const CYCLES: [Column; 5] = [Column::Members, Column::Way, Column::Size, Column::Calls, Column::Errors];

/// A cell's value, unrounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    None,
    Text(Rc<str>),
    Count(u64),
    Ms(f64),
    /// Per hundred.
    Pct(f64),
}

impl Value {
    fn ms(ms: Option<f64>) -> Self {
        ms.filter(|ms| ms.is_finite()).map_or(Self::None, Self::Ms)
    }

    /// For `data-value`.
    pub fn print(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Ms(number) | Self::Pct(number) => number.to_string(),
        }
    }

    pub fn show(&self) -> String {
        match self {
            Self::None => units::MISSING.to_owned(),
            Self::Text(text) => text.to_string(),
            Self::Count(count) => units::count(*count),
            Self::Ms(ms) => duration_ms(*ms),
            Self::Pct(pct) => drawn::share(pct / 100.0),
        }
    }

    fn cell(&self) -> Cell {
        match self {
            Self::None => Cell::Null,
            Self::Text(text) => Cell::Text(text.to_string()),
            Self::Count(count) => Cell::Int(i64::try_from(*count).unwrap_or(i64::MAX)),
            Self::Ms(number) | Self::Pct(number) => Cell::Float(*number),
        }
    }

    /// Nothing comes last, whichever way.
    fn compare(&self, other: &Self, is_descending: bool) -> Ordering {
        let way = |ordering: Ordering| if is_descending { ordering.reverse() } else { ordering };
        match (self, other) {
            (Self::None, Self::None) => Ordering::Equal,
            (Self::None, _) => Ordering::Greater,
            (_, Self::None) => Ordering::Less,
            (Self::Text(one), Self::Text(other)) => way(one.to_lowercase().cmp(&other.to_lowercase()).then_with(|| one.cmp(other))),
            (Self::Count(one), Self::Count(other)) => way(one.cmp(other)),
            (Self::Ms(one) | Self::Pct(one), Self::Ms(other) | Self::Pct(other)) => way(one.total_cmp(other)),
            _ => Ordering::Equal,
        }
    }
}

/// A graph with what is known of its shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    pub graph: Rc<Graph>,
    pub cycles: Rc<Vec<Cycle>>,
    /// Of each edge.
    pub is_back: Rc<Vec<bool>>,
    /// Of each node: edges that come in and that go out.
    degrees: Rc<Vec<(u64, u64)>>,
}

impl Subject {
    pub fn new(graph: Rc<Graph>, cycles: Rc<Vec<Cycle>>, is_back: Vec<bool>) -> Self {
        let mut degrees = vec![(0_u64, 0_u64); graph.nodes.len()];
        for edge in &graph.edges {
            if let Some((_, out)) = degrees.get_mut(edge.source) {
                *out += 1;
            }
            if let Some((into, _)) = degrees.get_mut(edge.target) {
                *into += 1;
            }
        }
        Self { graph, cycles, is_back: Rc::new(is_back), degrees: Rc::new(degrees) }
    }

    fn name(&self, at: usize) -> Rc<str> {
        self.graph.nodes.get(at).map(shown_name).unwrap_or_default()
    }

    /// The columns that have something to say.
    pub fn columns(&self, table: TableKind) -> Vec<Column> {
        let all: &[Column] = match table {
            TableKind::Edges => &EDGES,
            TableKind::Nodes => &NODES,
            TableKind::Cycles => &CYCLES,
        };
        let has_labels = self.graph.edges.iter().any(|edge| edge.label.is_some());
        let has_handover = self.graph.edges.iter().any(|edge| edge.handover.is_some());
        let has_own = self.graph.nodes.iter().any(|node| node.self_share.is_some());
        let has_marks = self.is_back.iter().any(|back| *back) || self.graph.edges.iter().any(Edge::is_self);
        let is_shown = |column: &&Column| match column {
            Column::Label => has_labels,
            Column::Handover => has_handover,
            Column::OwnPct => has_own,
            Column::Mark => has_marks,
            _ => true,
        };
        all.iter().filter(is_shown).copied().collect()
    }

    pub fn count(&self, table: TableKind) -> usize {
        match table {
            TableKind::Edges => self.graph.edges.len(),
            TableKind::Nodes => self.graph.nodes.len(),
            TableKind::Cycles => self.cycles.len(),
        }
    }

    pub fn value(&self, table: TableKind, at: usize, column: Column) -> Value {
        let found = match table {
            TableKind::Edges => self.graph.edges.get(at).map(|edge| self.edge_value(at, edge, column)),
            TableKind::Nodes => self.graph.nodes.get(at).map(|node| self.node_value(at, node, column)),
            TableKind::Cycles => self.cycles.get(at).map(|cycle| self.cycle_value(cycle, column)),
        };
        found.unwrap_or(Value::None)
    }

    fn edge_value(&self, at: usize, edge: &Edge, column: Column) -> Value {
        match column {
            Column::Source => Value::Text(self.name(edge.source)),
            Column::Target => Value::Text(self.name(edge.target)),
            Column::Label => edge.label.clone().map_or(Value::None, Value::Text),
            Column::Calls => Value::Count(edge.calls),
            Column::Errors => Value::Count(edge.errors),
            Column::ErrorPct => Value::Pct(100.0 * drawn::ratio(edge.errors, edge.calls)),
            Column::Handover => Value::ms(edge.handover.and_then(|handover| handover.p95_ms)),
            Column::Mean => Value::ms(edge.mean_ms),
            Column::P50 => Value::ms(edge.p50_ms),
            Column::P95 => Value::ms(edge.p95_ms),
            Column::P99 => Value::ms(edge.p99_ms),
            Column::Traces => Value::Count(edge.traces),
            Column::Mark if edge.is_self() => Value::Text("itself".into()),
            Column::Mark if self.is_back.get(at).copied().unwrap_or(false) => Value::Text("back edge".into()),
            _ => Value::None,
        }
    }

    fn node_value(&self, at: usize, node: &Node, column: Column) -> Value {
        let (into, out) = self.degrees.get(at).copied().unwrap_or_default();
        match column {
            Column::Name => Value::Text(shown_name(node)),
            Column::Kind => Value::Text(node.kind.word().into()),
            Column::Calls => Value::Count(node.calls),
            Column::Errors => Value::Count(node.errors),
            Column::ErrorPct => Value::Pct(100.0 * drawn::ratio(node.errors, node.calls)),
            Column::P95 => Value::ms(node.p95_ms),
            Column::OwnPct => node.self_share.filter(|share| share.is_finite()).map_or(Value::None, |share| Value::Pct(100.0 * share)),
            Column::In => Value::Count(into),
            Column::Out => Value::Count(out),
            _ => Value::None,
        }
    }

    fn cycle_value(&self, cycle: &Cycle, column: Column) -> Value {
        let names = |members: &[usize]| members.iter().map(|member| self.name(*member).to_string()).collect::<Vec<_>>();
        match column {
            Column::Members => {
                let mut names = names(&cycle.members);
                names.sort();
                Value::Text(names.join(",").into())
            }
            Column::Way => Value::Text(self.way(cycle).into()),
            Column::Size => Value::Count(cycle.members.len() as u64),
            Column::Calls => Value::Count(cycle.calls),
            Column::Errors => Value::Count(cycle.edges.iter().filter_map(|edge| self.graph.edges.get(*edge)).map(|edge| edge.errors).sum()),
            _ => Value::None,
        }
    }

    /// A cycle as it goes round: "writer → critic → writer".
    pub fn way(&self, cycle: &Cycle) -> String {
        let round = cycle.concrete.iter().chain(cycle.concrete.first());
        round.map(|member| self.name(*member).to_string()).collect::<Vec<_>>().join(" → ")
    }

    /// Numbers of the rows in order. Equal ones stay in the order of the graph.
    pub fn order(&self, table: TableKind, order: &Order) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.count(table)).collect();
        if let Some(column) = Column::from_slug(&order.column) {
            let values: Vec<Value> = rows.iter().map(|at| self.value(table, *at, column)).collect();
            let none = Value::None;
            let value = |at: &usize| values.get(*at).unwrap_or(&none);
            rows.sort_by(|one, other| value(one).compare(value(other), order.is_descending));
        }
        rows
    }

    /// A row as what is chosen in the address.
    pub fn picked(&self, table: TableKind, at: usize) -> Option<Picked> {
        match table {
            TableKind::Edges => drawn::pick_edge(&self.graph, at),
            TableKind::Nodes => drawn::pick_node(&self.graph, at),
            TableKind::Cycles => self.cycles.get(at).map(|cycle| Picked::Cycle(drawn::ring_keys(&self.graph, &cycle.concrete))),
        }
    }

    /// The row of what is chosen, in each table.
    pub fn chosen(&self, picked: Option<&Picked>) -> [Option<usize>; 3] {
        match picked {
            Some(Picked::Cycle(keys)) => {
                let found = drawn::find_ring(&self.graph, &self.cycles, keys);
                [None, None, found.and_then(|at| drawn::rings(&self.cycles).get(at).map(|(cycle, _)| *cycle))]
            }
            Some(picked) => match drawn::find_picked(&self.graph, picked) {
                Some(drawn::Chosen::Node(node)) => [None, Some(node), None],
                Some(drawn::Chosen::Edge(edge)) => [Some(edge), None, None],
                None => [None, None, None],
            },
            None => [None, None, None],
        }
    }

    /// The table as it is shown, for a file.
    pub fn sheet(&self, table: TableKind, order: &Order) -> Sheet {
        let columns = self.columns(table);
        let row = |at: usize| columns.iter().map(|column| self.value(table, at, *column).cell()).collect();
        Sheet {
            columns: columns.iter().map(|column| column.slug().to_owned()).collect(),
            rows: self.order(table, order).into_iter().map(row).collect(),
        }
    }

    /// Step of the error rate of a row, see `error_step`.
    pub fn rate_step(&self, table: TableKind, at: usize) -> u8 {
        match (self.value(table, at, Column::Errors), self.value(table, at, Column::Calls)) {
            (Value::Count(errors), Value::Count(calls)) => error_step(errors, calls),
            _ => 0,
        }
    }

    /// The greatest number of calls of a row, for bars.
    pub fn most_calls(&self, table: TableKind) -> u64 {
        let calls = |at: usize| if let Value::Count(calls) = self.value(table, at, Column::Calls) { calls } else { 0 };
        (0..self.count(table)).map(calls).max().unwrap_or(0)
    }
}

/// By calls, the most first.
pub fn default_order() -> Order {
    Order { column: Column::Calls.slug().to_owned(), is_descending: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::graph::{Handover, NodeKind};

    fn subject() -> Subject {
        let node = |name: &str| Node { name: name.into(), kind: NodeKind::Agent, calls: 10, ..Node::default() };
        let edge = |source, target, calls, p95_ms| Edge { source, target, calls, p95_ms, ..Edge::default() };
        let mut edges = vec![edge(0, 1, 5, Some(3.0)), edge(1, 0, 9, None), edge(1, 1, 1, Some(f64::NAN))];
        edges[0].handover = Some(Handover { p95_ms: Some(7.5), ..Handover::default() });
        edges[1].errors = 9;
        let cycle = Cycle { members: vec![0, 1], concrete: vec![0, 1], edges: vec![0, 1, 2], calls: 15, ..Cycle::default() };
        let graph = Graph { nodes: vec![node("writer"), node("critic")], edges };
        Subject::new(Rc::new(graph), Rc::new(vec![cycle]), vec![false, true, true])
    }

    #[test]
    fn rows_are_ordered_and_nothing_comes_last() {
        let subject = subject();
        let order = |column: &str, is_descending| subject.order(TableKind::Edges, &Order { column: column.into(), is_descending });
        assert_eq!(order("calls", true), [1, 0, 2]);
        assert_eq!(order("p95_ms", true), [0, 1, 2]);
        assert_eq!(order("p95_ms", false), [0, 1, 2]);
        assert_eq!(order("source", false), [1, 2, 0]);
        assert_eq!(order("no such", false), [0, 1, 2]);
    }

    #[test]
    fn columns_without_anything_are_left_out() {
        let columns = subject().columns(TableKind::Edges);
        assert!(columns.contains(&Column::Handover) && columns.contains(&Column::Mark) && !columns.contains(&Column::Label));
        assert!(!subject().columns(TableKind::Nodes).contains(&Column::OwnPct));
    }

    #[test]
    fn cells_hold_full_values() {
        let subject = subject();
        assert_eq!(subject.value(TableKind::Edges, 1, Column::ErrorPct), Value::Pct(100.0));
        assert_eq!(subject.value(TableKind::Edges, 2, Column::P95), Value::None);
        assert_eq!(subject.value(TableKind::Edges, 2, Column::Mark).print(), "itself");
        assert_eq!(subject.value(TableKind::Cycles, 0, Column::Members).print(), "critic,writer");
        assert_eq!(subject.value(TableKind::Cycles, 0, Column::Way).print(), "writer → critic → writer");
        assert_eq!(subject.value(TableKind::Nodes, 1, Column::In), Value::Count(2));
        assert_eq!((subject.most_calls(TableKind::Edges), subject.rate_step(TableKind::Edges, 1)), (9, 3));
    }

    #[test]
    fn a_file_holds_what_the_table_shows() {
        let sheet = subject().sheet(TableKind::Edges, &default_order());
        assert_eq!(sheet.columns.first().map(String::as_str), Some("source"));
        assert_eq!(sheet.rows.len(), 3);
        assert_eq!(sheet.rows[0][2], Cell::Int(9));
    }
}
