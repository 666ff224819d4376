//! Two times of the same graph: what they are, and which edges are new, gone or slower. Pure.

use super::params::Compare;
use crate::{
    core::{
        graph::{
            Graph,
            compare::{self, Change},
        },
        units,
    },
    state::scope::Scope,
};

/// The scopes before and now; `None` where there is no time to compare.
pub fn scopes(scope: &Scope, extent: Option<(i64, i64)>, with: Compare) -> Option<(Scope, Scope)> {
    let at = |from_ns: i64, to_ns: i64| Scope { from_ns: Some(from_ns), to_ns: Some(to_ns), ..scope.clone() };
    let (first, last) = extent?;
    let is_ranged = scope.from_ns.is_some() || scope.to_ns.is_some();
    let (from, to) = (scope.from_ns.unwrap_or(first), scope.to_ns.unwrap_or_else(|| last.saturating_add(1)));
    if to <= from {
        return None;
    }
    match with {
        Compare::Range { from_ns, to_ns } => Some((at(from_ns, to_ns), scope.clone())),
        Compare::Before if is_ranged => Some((at(from.saturating_sub(to.saturating_sub(from)), from), at(from, to))),
        Compare::Before => {
            let middle = from.midpoint(to);
            Some((at(from, middle), at(middle, to)))
        }
    }
}

/// Both times with the same precision, fine enough to tell their ends apart: "09:08:50.123 – 09:09:17.500".
pub fn times(before: &Scope, now: &Scope) -> [String; 2] {
    let ends = |scope: &Scope| scope.from_ns.zip(scope.to_ns);
    let all = [ends(before), ends(now)];
    let length = |(from, to): (i64, i64)| to.saturating_sub(from);
    let shortest = all.iter().flatten().map(|ends| length(*ends)).min().unwrap_or(0);
    let is_long = shortest >= 48 * 3600 * 1_000_000_000;
    let first = all.iter().flatten().map(|(from, _)| *from).min().unwrap_or(0);
    let last = all.iter().flatten().map(|(_, to)| *to).max().unwrap_or(0);
    let with_day = units::instant(first).split(',').next() != units::instant(last).split(',').next();
    let at = |ns: i64| if is_long || with_day { units::instant(ns) } else { units::time_of_day(ns) };
    all.map(|ends| ends.map_or_else(|| "all of the file".to_owned(), |(from, to)| format!("{} – {}", at(from), at(to))))
}

/// In words, for the list of what may be compared.
pub fn label(scope: &Scope, with: Compare) -> String {
    match with {
        Compare::Before if scope.from_ns.is_some() || scope.to_ns.is_some() => "the time before".to_owned(),
        Compare::Before => "halves of the file".to_owned(),
        Compare::Range { from_ns, to_ns } => units::time_range(from_ns, to_ns),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    New,
    Vanished,
    Slower,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::New, Self::Vanished, Self::Slower];

    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New edges",
            Self::Vanished => "Vanished edges",
            Self::Slower => "Slower edges",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Vanished => "vanished",
            Self::Slower => "slower",
        }
    }
}

/// An edge that changed, by its number in each graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Changed {
    pub kind: Kind,
    pub before: Option<usize>,
    pub now: Option<usize>,
}

/// Most calls first, of slower ones those that lost most time.
pub fn find(before: &Graph, now: &Graph, slower_pct: u32) -> Vec<Changed> {
    let found = compare::compare(before, now, f64::from(slower_pct) / 100.0);
    let mut changed: Vec<(f64, Changed)> = found
        .iter()
        .filter_map(|edge| {
            let calls = |graph: &Graph, at: Option<usize>| at.and_then(|at| graph.edges.get(at)).map_or(0.0, |edge| edge.calls as f64);
            let (kind, weight) = match edge.change {
                Change::New => (Kind::New, calls(now, edge.now)),
                Change::Vanished => (Kind::Vanished, calls(before, edge.before)),
                Change::Slower => (Kind::Slower, edge.p95_change_ms.unwrap_or(0.0)),
                Change::Faster | Change::Same => return None,
            };
            Some((weight, Changed { kind, before: edge.before, now: edge.now }))
        })
        .collect();
    changed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    changed.into_iter().map(|(_, changed)| changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::graph::{Edge, Node};

    #[test]
    fn without_a_range_halves_are_compared_and_with_one_the_time_before() {
        let all = Scope::default();
        let (before, now) = scopes(&all, Some((0, 99)), Compare::Before).unwrap();
        assert_eq!((before.from_ns, before.to_ns, now.from_ns, now.to_ns), (Some(0), Some(50), Some(50), Some(100)));
        let ranged = Scope { from_ns: Some(40), to_ns: Some(60), ..Scope::default() };
        let (before, now) = scopes(&ranged, Some((0, 99)), Compare::Before).unwrap();
        assert_eq!((before.from_ns, before.to_ns, now.from_ns, now.to_ns), (Some(20), Some(40), Some(40), Some(60)));
        let (before, now) = scopes(&ranged, Some((0, 99)), Compare::Range { from_ns: 1, to_ns: 5 }).unwrap();
        assert_eq!((before.from_ns, now), (Some(1), ranged));
        assert_eq!(scopes(&all, None, Compare::Before), None);
        assert_eq!(scopes(&all, Some((i64::MIN, i64::MAX)), Compare::Before).map(|(before, _)| before.from_ns), Some(Some(i64::MIN)));
    }

    #[test]
    fn both_times_have_the_same_precision() {
        let all = Scope::default();
        let (before, now) = scopes(&all, Some((0, 59_999_999_999)), Compare::Before).unwrap();
        assert_eq!(times(&before, &now), ["00:00:00.000 – 00:00:30.000", "00:00:30.000 – 00:01:00.000"]);
    }

    #[test]
    fn edges_are_new_gone_or_slower() {
        let node = |name: &str| Node { name: name.into(), ..Node::default() };
        let edge = |source, target, p95_ms| Edge { source, target, p95_ms: Some(p95_ms), calls: 1, ..Edge::default() };
        let before = Graph { nodes: ["a", "b", "c"].map(node).to_vec(), edges: vec![edge(0, 1, 10.0), edge(1, 2, 10.0), edge(0, 2, 0.1)] };
        let now = Graph { nodes: ["c", "b", "a"].map(node).to_vec(), edges: vec![edge(2, 1, 14.0), edge(2, 0, 0.9), edge(0, 1, 5.0)] };
        let kinds = |pct| find(&before, &now, pct).iter().map(|changed| changed.kind).collect::<Vec<_>>();
        assert_eq!(kinds(20), [Kind::Slower, Kind::New, Kind::Vanished]);
        assert_eq!(kinds(50), [Kind::New, Kind::Vanished]);
    }
}
