//! From the answers of `query` to graphs, and to what cannot be said in SQL: rounds of cycles, bottlenecks. Pure.

pub mod agents;
pub mod bottlenecks;
pub mod rings;
pub mod services;

use std::rc::Rc;

use crate::{
    core::{
        fast_map::FastMap,
        graph::{Graph, Node, NodeKind},
    },
    engine::{
        Table, TableError,
        table::{Floats, Ints},
    },
};

/// A graph, and whether the answer was longer than what is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub graph: Graph,
    /// There are more edges or nodes than are read; those with the fewest calls are missing.
    pub is_cut: bool,
}

/// What tells nodes apart: name, kind, and the service of an operation.
type Key = (Rc<str>, NodeKind, Option<Rc<str>>);

/// Nodes by what they stand for.
#[derive(Default)]
struct Nodes {
    known: FastMap<Key, usize>,
    nodes: Vec<Node>,
}

impl Nodes {
    /// The index of a node, which is there from now on.
    fn place(&mut self, name: &str, kind: NodeKind, group: Option<&str>) -> usize {
        let key: Key = (name.into(), kind, group.map(Rc::from));
        let next = self.nodes.len();
        let place = *self.known.entry(key.clone()).or_insert(next);
        if place == next {
            self.nodes.push(Node { name: key.0, kind, group: key.2, ..Node::default() });
        }
        place
    }
}

fn natural(value: Option<i64>) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
}

fn finite(column: &Floats<'_>, row: usize) -> Option<f64> {
    column.get(row).filter(|value| value.is_finite())
}

/// The figures of an edge or node.
struct Figures<'a> {
    calls: Ints<'a>,
    errors: Ints<'a>,
}

impl<'a> Figures<'a> {
    fn of(table: &'a Table) -> Result<Self, TableError> {
        Ok(Self { calls: table.ints("calls")?, errors: table.ints("errors")? })
    }
}

/// Own time as parts of the whole. No parts where nothing has own time, or it was not asked for.
fn share(nodes: &mut [Node], own_ms: &[(usize, f64)]) {
    let whole: f64 = own_ms.iter().map(|(_, own)| own).sum();
    if whole > 0.0 && whole.is_finite() {
        for (place, own) in own_ms {
            if let Some(node) = nodes.get_mut(*place) {
                node.self_share = Some(own / whole);
            }
        }
    }
}
