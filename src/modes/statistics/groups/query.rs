//! The questions of the table of groups. Pure: text of SQL over the canonical view.
//!
//! Every figure is exact; percentiles are `quantile_cont` of the durations of the group itself. Levels are asked apart: grouping sets and
//! ROLLUP with percentiles take seconds where two plain groupings take tenths.

use std::collections::BTreeSet;

use super::super::{
    grouping::Dimension,
    params::{GroupKey, GroupValue, StatScope},
};
pub use crate::state::dimension::is_any_of;
use crate::{
    core::filter::{Condition, Filter, How, Node, Pattern, TextField},
    state::{extras::Extra, scope::Scope},
};

/// More groups than this are not shown: those with the most spans are.
pub const GROUP_LIMIT: usize = 200_000;
/// Longer lists of groups are not written into a statement.
const LIST_LIMIT: usize = 5_000;

/// What the figures of one grouping depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    pub scope: Scope,
    pub first: Dimension,
    pub second: Option<Dimension>,
    /// Own time is worked out for the file.
    pub with_own: bool,
}

/// The part of the page's scope that the table is about. Without a trace in the address "one trace" is everything.
#[must_use]
pub fn narrowed(scope: &Scope, by: &StatScope, trace: Option<&str>) -> Scope {
    let is = |field, value: &str| Filter {
        root: Some(Node::Is(Condition::Text { field, how: How::Exactly, values: vec![Pattern::literal(value)] })),
    };
    match (by, trace) {
        (StatScope::Trace, Some(trace)) => scope.and(is(TextField::Trace, trace)),
        (StatScope::Workflow(name), _) => scope.and(is(TextField::Workflow, name)),
        _ => scope.clone(),
    }
}

impl Grouping {
    /// The columns that must stand beside `main.spans` before the first question.
    pub fn extras(&self) -> BTreeSet<Extra> {
        let of_dimensions = [Some(&self.first), self.second.as_ref()].into_iter().flatten().filter_map(Dimension::extra);
        self.scope.extras().into_iter().chain(of_dimensions).collect()
    }

    /// `FROM … WHERE …` with the dimensions beside it and one more condition.
    pub fn from_where(&self, more: &[Extra], condition: Option<&str>) -> String {
        let mut beside: Vec<Extra> = self.extras().into_iter().collect();
        beside.extend(more.iter().cloned());
        match condition {
            None => self.scope.from_where(&beside),
            Some(condition) => format!("FROM {} WHERE {} AND {condition}", self.scope.source(&beside), self.scope.condition()),
        }
    }

    fn own(&self) -> (Vec<Extra>, String) {
        match self.with_own {
            true => (vec![Extra::SELF_TIME], format!("sum({})::DOUBLE / 1e6", Extra::SELF_TIME.column())),
            false => (Vec::new(), "NULL::DOUBLE".to_owned()),
        }
    }

    /// The groups of the first level, those with the most spans first: one more than the limit where there are more.
    pub fn groups_sql(&self) -> String {
        self.figures_sql(&[("g", &self.first)], None)
    }

    /// The groups below some groups, in one question.
    pub fn children_sql(&self, open: &[GroupValue]) -> Option<String> {
        let second = self.second.as_ref().filter(|_| !open.is_empty())?;
        let condition = is_any_of(&self.first.expression(), open.iter().map(Option::as_deref));
        Some(self.figures_sql(&[("g", &self.first), ("h", second)], Some(&condition)))
    }

    fn figures_sql(&self, levels: &[(&str, &Dimension)], condition: Option<&str>) -> String {
        let (more, own) = self.own();
        let keys: Vec<String> = levels.iter().map(|(name, dimension)| format!("{} AS {name}", dimension.expression())).collect();
        let names: Vec<&str> = levels.iter().map(|(name, _)| *name).collect();
        let is_operation = levels.last().is_some_and(|(_, dimension)| **dimension == Dimension::Operation);
        let service = if is_operation { "min(service)" } else { "NULL::VARCHAR" };
        format!(
            "SELECT {names}, service, count, errors, total_ms, self_ms, min_ms, mean_ms, q[1] AS p50_ms, q[2] AS p90_ms, q[3] AS p95_ms, q[4] AS p99_ms, max_ms, stddev_ms, first_ns, last_ns \
             FROM (SELECT {keys}, {service} AS service, {own} AS self_ms, {FIGURES} {from} GROUP BY {places}) ORDER BY count DESC, {names} LIMIT {limit}",
            names = names.join(", "),
            keys = keys.join(", "),
            from = self.from_where(&more, condition),
            places = (1..=levels.len()).map(|place| place.to_string()).collect::<Vec<_>>().join(", "),
            limit = GROUP_LIMIT + 1,
        )
    }

    /// What no sum of groups gives: percentiles, mean and deviation of all spans that are shown. `None` where the groups cannot be named in
    /// one statement.
    pub fn totals_sql(&self, shown: Shown<'_>) -> Option<String> {
        let expression = self.first.expression();
        let listed = |values: &[GroupValue]| is_any_of(&expression, values.iter().map(Option::as_deref));
        let condition = match shown {
            Shown::All => None,
            Shown::Only(values) if values.len() <= LIST_LIMIT => Some(listed(values)),
            Shown::AllBut(values) if values.len() <= LIST_LIMIT => Some(format!("NOT coalesce({}, false)", listed(values))),
            _ => return None,
        };
        Some(format!(
            "SELECT mean_ms, stddev_ms, q[1] AS p50_ms, q[2] AS p90_ms, q[3] AS p95_ms, q[4] AS p99_ms FROM (SELECT {FIGURES} {})",
            self.from_where(&[], condition.as_deref())
        ))
    }

    /// The condition of the spans of one group.
    pub fn group_condition(&self, key: &GroupKey) -> String {
        let one = |dimension: &Dimension, value: &GroupValue| is_any_of(&dimension.expression(), [value.as_deref()]);
        match (&self.second, &key.second) {
            (Some(second), Some(value)) => format!("{} AND {}", one(&self.first, &key.first), one(second, value)),
            _ => one(&self.first, &key.first),
        }
    }
}

/// Which groups of the first level are shown.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    All,
    Only(&'a [GroupValue]),
    AllBut(&'a [GroupValue]),
}

const FIGURES: &str = "count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, sum(duration_ms)::DOUBLE AS total_ms, min(duration_ms)::DOUBLE AS min_ms, \
    max(duration_ms)::DOUBLE AS max_ms, avg(duration_ms)::DOUBLE AS mean_ms, stddev_samp(duration_ms) FILTER (WHERE abs(duration_ms) < 1e15) AS stddev_ms, \
    min(start_time) AS first_ns, max(start_time) AS last_ns, quantile_cont(duration_ms::DOUBLE, [0.5, 0.9, 0.95, 0.99]) AS q";

#[cfg(test)]
mod tests {
    use super::*;

    fn grouping(second: Option<Dimension>, with_own: bool) -> Grouping {
        Grouping { scope: Scope::default(), first: Dimension::Operation, second, with_own }
    }

    #[test]
    fn one_statement_a_level_without_what_is_not_there_yet() {
        let sql = grouping(None, false).groups_sql();
        assert!(
            sql.contains("FROM (SELECT name AS g, min(service) AS service, NULL::DOUBLE AS self_ms")
                && sql.contains("FROM main.spans GROUP BY 1)"),
            "{sql}"
        );
        assert!(sql.ends_with("ORDER BY count DESC, g LIMIT 200001") && !sql.contains("POSITIONAL"), "{sql}");
        let sql = grouping(None, true).groups_sql();
        assert!(
            sql.contains("sum(\"x:self_ns\")::DOUBLE / 1e6 AS self_ms") && sql.contains("POSITIONAL JOIN spandeck.\"x:self_ns\""),
            "{sql}"
        );
    }

    #[test]
    fn all_opened_groups_are_asked_at_once() {
        let grouping = grouping(Some(Dimension::Agent), false);
        assert_eq!(grouping.children_sql(&[]), None);
        let sql = grouping.children_sql(&[Some("a'b".into()), None]).unwrap();
        assert!(sql.contains("name AS g, \"x:agent\" AS h, NULL::VARCHAR AS service"), "{sql}");
        assert!(sql.contains("WHERE true AND (name = 'a''b' OR name IS NULL) GROUP BY 1, 2"), "{sql}");
    }

    #[test]
    fn the_total_is_of_the_groups_that_are_shown() {
        let grouping = grouping(None, true);
        assert!(!grouping.totals_sql(Shown::All).unwrap().contains("x:self_ns"), "own time is a sum of the groups");
        let hidden = [Some("a".to_owned()), None];
        assert!(grouping.totals_sql(Shown::AllBut(&hidden)).unwrap().contains("NOT coalesce((name = 'a' OR name IS NULL), false)"));
        assert!(grouping.totals_sql(Shown::Only(&[])).unwrap().contains("AND false"));
        let many = vec![Some("a".to_owned()); 6_000];
        assert_eq!(grouping.totals_sql(Shown::Only(&many)), None);
    }

    #[test]
    fn the_scope_is_narrowed_to_a_trace_or_a_workflow() {
        let all = Scope::default();
        assert_eq!(narrowed(&all, &StatScope::Trace, None), all);
        assert_eq!(narrowed(&all, &StatScope::Trace, Some("t1")).filter.print(), "trace=t1");
        assert_eq!(narrowed(&all, &StatScope::Workflow("a b".into()), None).filter.print(), "workflow=\"a b\"");
    }

    #[test]
    fn a_group_is_a_condition() {
        let grouping = grouping(Some(Dimension::Service), false);
        let key = GroupKey { first: Some("x".into()), second: Some(None) };
        assert_eq!(grouping.group_condition(&key), "(name = 'x') AND (service IS NULL)");
    }
}
