//! The comparison's statements: both sides are asked the same, each of its own scope and file. Pure: SQL text only.

use std::collections::BTreeSet;

use super::super::{grouping::Dimension, params::GroupValue};
use crate::{
    core::filter::Filter,
    state::{extras::Extra, scope::Scope},
};

/// More groups than this of a side are not compared: those with the most spans are.
pub const GROUP_LIMIT: usize = 100_000;

/// The columns that must stand beside `main.spans` before [`figures_sql`] can be asked.
pub fn extras_of(scope: &Scope, first: &Dimension, second: Option<&Dimension>) -> BTreeSet<Extra> {
    let of_dimensions = [Some(first), second].into_iter().flatten().filter_map(Dimension::extra);
    scope.extras().into_iter().chain(of_dimensions).collect()
}

/// A row for each group of a side: `g` and `h` (NULL without a second dimension), `count`, `errors`, `p50_ms`, `p95_ms`, `mean_ms`, `total_ms`, `self_ms`
/// (NULL where `with_own` is not set). One group more than [`GROUP_LIMIT`] where there are more.
pub fn figures_sql(scope: &Scope, first: &Dimension, second: Option<&Dimension>, with_own: bool) -> String {
    let mut beside: Vec<Extra> = extras_of(scope, first, second).into_iter().collect();
    let own = match with_own {
        true => format!("sum({})::DOUBLE / 1e6", Extra::SELF_TIME.column()),
        false => "NULL::DOUBLE".to_owned(),
    };
    if with_own {
        beside.push(Extra::SELF_TIME);
    }
    let h = second.map_or_else(|| "NULL::VARCHAR".to_owned(), Dimension::expression);
    format!(
        "SELECT g, h, count, errors, q[1] AS p50_ms, q[2] AS p95_ms, mean_ms, total_ms, self_ms FROM (\
         SELECT {} AS g, {h} AS h, count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, \
         quantile_cont(duration_ms::DOUBLE, [0.5, 0.95]) AS q, avg(duration_ms)::DOUBLE AS mean_ms, sum(duration_ms)::DOUBLE AS total_ms, {own} AS self_ms {} GROUP BY 1, 2) \
         ORDER BY count DESC, g, h LIMIT {}",
        first.expression(),
        scope.from_where(&beside),
        GROUP_LIMIT + 1
    )
}

/// The spans of one group of a side.
pub fn group_scope(scope: &Scope, first: &Dimension, second: Option<&Dimension>, group: &(GroupValue, Option<GroupValue>)) -> Scope {
    let one = |dimension: &Dimension, value: &GroupValue| Filter { root: Some(dimension.condition(value.as_deref())) };
    let scope = scope.and(one(first, &group.0));
    match (second, &group.1) {
        (Some(second), Some(value)) => scope.and(one(second, value)),
        _ => scope,
    }
}

/// Three spans that stand for a group, `what` being `median`, `p95` or `slowest`: `trace_id`, `span_id`, `duration_ms`, `duration_ns`.
pub fn exemplars_sql(group: &Scope) -> String {
    let from = group.from_where(&[]);
    let one = |what: &str, order: &str| {
        format!(
            "(SELECT '{what}' AS what, trace_id, span_id, duration_ms, TRY_CAST(round(duration_ms * 1e6) AS BIGINT) AS duration_ns FROM picked ORDER BY {order}, start_time, span_id LIMIT 1)"
        )
    };
    let near = |quantile: f64| format!("abs(duration_ms - (SELECT quantile_cont(duration_ms::DOUBLE, {quantile}) FROM picked)) NULLS LAST");
    format!(
        "WITH picked AS MATERIALIZED (SELECT trace_id, span_id, start_time, duration_ms {from}) {} UNION ALL {} UNION ALL {}",
        one("median", &near(0.5)),
        one("p95", &near(0.95)),
        one("slowest", "duration_ms DESC NULLS LAST")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_levels_and_own_time_are_one_question() {
        let scope = Scope { filter: Filter::parse("status:error").unwrap(), from_ns: None, to_ns: Some(9) };
        let sql = figures_sql(&scope, &Dimension::Agent, Some(&Dimension::Workflow), true);
        for extra in [Extra::AGENT, Extra::WORKFLOW, Extra::SELF_TIME] {
            assert_eq!(sql.matches(&format!("POSITIONAL JOIN {}", extra.table())).count(), 1, "{sql}");
        }
        assert!(sql.contains("start_time < 9 AND status_code IN ('ERROR')"), "{sql}");
        let plain = figures_sql(&Scope::default(), &Dimension::Operation, None, false);
        assert!(plain.contains("SELECT name AS g, NULL::VARCHAR AS h") && plain.contains("FROM main.spans GROUP BY"), "{plain}");
    }

    #[test]
    fn exemplars_are_of_the_group_alone() {
        let scope = group_scope(
            &Scope::default(),
            &Dimension::Service,
            Some(&Dimension::Status),
            &(Some("it's".to_owned()), Some(Some("ERROR".to_owned()))),
        );
        let sql = exemplars_sql(&scope);
        assert!(sql.contains("it''s") && sql.contains("'ERROR'"), "{sql}");
    }
}
