//! Two graphs of the same kind, as of two time ranges: new, vanished and slower edges.

use std::rc::Rc;

use super::{Edge, Graph, NodeKind};
use crate::{fast_map::FastMap, order::sort_by_key};

/// An edge slower by less than this part is not called slower, if nobody says otherwise.
pub const SLOWER_PART: f64 = 0.2;
/// Nor one slower by less than this time.
pub const SLOWER_MS: f64 = 1.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    New,
    Vanished,
    Slower,
    Faster,
    Same,
}

/// An edge of either graph. Ends are named, because the two graphs number their nodes differently.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeChange {
    pub source: Rc<str>,
    pub target: Rc<str>,
    pub label: Option<Rc<str>>,
    pub change: Change,
    /// Index of the edge in each graph.
    pub before: Option<usize>,
    pub now: Option<usize>,
    /// p95 now without p95 before.
    pub p95_change_ms: Option<f64>,
}

type End<'a> = (&'a str, NodeKind, Option<&'a str>);
type Key<'a> = (End<'a>, End<'a>, Option<&'a str>);

fn keys(graph: &Graph) -> Vec<(Key<'_>, usize, &Edge)> {
    let name = |node: usize| graph.nodes.get(node).map(|node| (&*node.name, node.kind, node.group.as_deref()));
    let key = |edge: &'_ Edge| Some((name(edge.source)?, name(edge.target)?));
    let all = graph.edges.iter().enumerate();
    all.filter_map(|(index, edge)| key(edge).map(|(source, target)| ((source, target, edge.label.as_deref()), index, edge))).collect()
}

/// The edges of both graphs, `slower_part` being how much slower (0.2 is a fifth) an edge must be to be called so: new, vanished, slower, faster, the same; within each those that changed most, then by calls.
#[must_use]
pub fn compare(before: &Graph, now: &Graph, slower_part: f64) -> Vec<EdgeChange> {
    let old = keys(before);
    let mut known: FastMap<Key<'_>, (usize, &Edge)> = old.iter().map(|(key, index, edge)| (*key, (*index, *edge))).collect();
    let made = |key: Key<'_>, change, before, now, p95_change_ms| EdgeChange {
        source: key.0.0.into(),
        target: key.1.0.into(),
        label: key.2.map(Rc::from),
        change,
        before,
        now,
        p95_change_ms,
    };
    let mut changes: Vec<(u64, EdgeChange)> = Vec::new();
    for (key, index, edge) in keys(now) {
        let Some((old_index, old_edge)) = known.remove(&key) else {
            changes.push((edge.calls, made(key, Change::New, None, Some(index), None)));
            continue;
        };
        let difference = edge.p95_ms.zip(old_edge.p95_ms).map(|(now, before)| now - before).filter(|difference| difference.is_finite());
        let is_notable =
            difference.zip(old_edge.p95_ms).is_some_and(|(by, of)| by.abs() >= SLOWER_MS && by.abs() >= of.abs() * slower_part);
        let change = match difference {
            Some(by) if is_notable && by > 0.0 => Change::Slower,
            Some(_) if is_notable => Change::Faster,
            _ => Change::Same,
        };
        changes.push((edge.calls, made(key, change, Some(old_index), Some(index), difference)));
    }
    for (key, index, edge) in old {
        if known.remove(&key).is_some() {
            changes.push((edge.calls, made(key, Change::Vanished, Some(index), None, None)));
        }
    }
    // Millionths of a millisecond order floats well enough.
    #[allow(clippy::cast_possible_truncation)]
    let size = |change: &EdgeChange| change.p95_change_ms.map_or(0, |by| (by.abs() * 1e6).min(1e18) as i64);
    sort_by_key(&mut changes, |(calls, change)| (change.change, std::cmp::Reverse(size(change)), std::cmp::Reverse(*calls)));
    changes.into_iter().map(|(_, change)| change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;

    fn graph(names: &[&str], edges: &[(usize, usize, f64)]) -> Graph {
        Graph {
            nodes: names.iter().map(|name| Node { name: Rc::from(*name), ..Node::default() }).collect(),
            edges: edges
                .iter()
                .map(|(source, target, p95)| Edge { source: *source, target: *target, calls: 1, p95_ms: Some(*p95), ..Edge::default() })
                .collect(),
        }
    }

    #[test]
    fn edges_are_known_by_their_names() {
        let before = graph(&["a", "b", "c"], &[(0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (0, 0, 0.1)]);
        let now = graph(&["c", "a", "b", "d"], &[(1, 2, 12.5), (2, 0, 11.0), (1, 3, 1.0), (1, 1, 0.9)]);
        let changes = compare(&before, &now, SLOWER_PART);
        let read: Vec<_> = changes.iter().map(|edge| (&*edge.source, &*edge.target, edge.change)).collect();
        assert_eq!(
            read,
            [
                ("a", "d", Change::New),
                ("c", "a", Change::Vanished),
                ("a", "b", Change::Slower),
                ("b", "c", Change::Same),
                ("a", "a", Change::Same)
            ]
        );
        assert_eq!((changes[2].before, changes[2].now, changes[2].p95_change_ms), (Some(0), Some(0), Some(2.5)));
        assert!(compare(&Graph::default(), &Graph::default(), SLOWER_PART).is_empty());
        assert!(compare(&before, &before, SLOWER_PART).iter().all(|edge| edge.change == Change::Same));
    }
}
