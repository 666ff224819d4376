//! The questions of RED Metrics. Pure: text of SQL over the canonical view.
//!
//! Every percentile is `quantile_cont` of the spans that it is of, never one of other percentiles. Questions with percentiles are one
//! GROUP BY each.

use std::collections::BTreeSet;

use super::params::Which;
use crate::{
    core::red::{
        buckets::{Buckets, Window},
        heat::{BANDS_PER_DECADE, HIGHEST_BAND, LEAST_NS, LOWEST_BAND},
        selection::Selection,
        slo::Slo,
    },
    state::{
        dimension::{Dimension, GroupValue, is_any_of},
        extras::Extra,
        scope::Scope,
    },
};

/// More groups than this are not shown: those with the most spans are.
pub const GROUP_LIMIT: usize = 50_000;
/// Spans of a mark that are listed, the slowest.
pub const EXEMPLARS: usize = 200;
/// Failed spans whose exceptions are read.
pub const FAILURES: usize = 20_000;
/// Parts of the time range that a small line has.
pub const TREND_PARTS: usize = 32;
/// The length of what an objective is checked by.
pub const MINUTE_NS: i64 = 60_000_000_000;

/// What the figures depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub scope: Scope,
    pub which: Which,
    pub by: Dimension,
    /// The chosen group; `None` for all spans.
    pub subject: Option<GroupValue>,
    pub window: Window,
    pub buckets: Buckets,
}

impl Question {
    /// The columns that must stand beside `main.spans` before the first question.
    pub fn extras(&self) -> BTreeSet<Extra> {
        self.scope.extras().into_iter().chain(self.by.extra()).chain(self.which.extra()).collect()
    }

    /// `FROM … WHERE …` of the spans that count, of the subject alone where `of_subject`.
    fn spans_where(&self, more: &[Extra], of_subject: bool, conditions: &[String]) -> String {
        let mut all = Vec::new();
        if !self.scope.is_everything() {
            all.push(self.scope.condition());
        }
        all.extend(self.which.condition());
        let mut beside = more.to_vec();
        beside.extend(self.which.extra());
        if of_subject && let Some(value) = &self.subject {
            beside.extend(self.by.extra());
            all.push(is_any_of(&self.by.expression(), [value.as_deref()]));
        }
        all.extend_from_slice(conditions);
        let from = self.scope.source(&beside);
        if all.is_empty() { format!("FROM {from}") } else { format!("FROM {from} WHERE {}", all.join(" AND ")) }
    }

    /// The groups, those with the most spans first: one more than the limit where there are more.
    pub fn groups_sql(&self) -> String {
        let beside: Vec<Extra> = self.by.extra().into_iter().collect();
        grouped(&self.by, &self.spans_where(&beside, false, &[]), "NULL::DOUBLE")
    }

    /// The same figures of all of them together.
    pub fn total_sql(&self) -> String {
        format!(
            "SELECT NULL::VARCHAR AS g, NULL::VARCHAR AS service, count, errors, total_ms, NULL::DOUBLE AS self_ms, {PERCENTILES} FROM (SELECT {FIGURES} {})",
            self.spans_where(&[], false, &[])
        )
    }

    /// Whether the operations are of the subject alone. A chosen operation is one row among the others.
    pub fn has_own_operations(&self) -> bool {
        self.subject.is_some() && self.by != Dimension::Operation
    }

    /// The operations of the subject, or all where it is one of them; `with_own` where own time is worked out for the file.
    pub fn operations_sql(&self, with_own: bool) -> String {
        let (more, own) = match with_own {
            true => (vec![Extra::SELF_TIME], format!("sum({})::DOUBLE / 1e6", Extra::SELF_TIME.column())),
            false => (Vec::new(), "NULL::DOUBLE".to_owned()),
        };
        grouped(&Dimension::Operation, &self.spans_where(&more, self.has_own_operations(), &[]), &own)
    }

    /// The bucket of a span, a whole number; may lie outside of the buckets.
    fn bucket(&self, from_ns: i64, step_ns: i64) -> String {
        // Wide numbers are many times slower: only where plain ones could overflow.
        let fits = self.window.to_ns.checked_sub(from_ns).is_some();
        let start = if fits { "start_time" } else { "start_time::HUGEINT" };
        format!("(({start} - ({from_ns})) // {})::BIGINT", step_ns.max(1))
    }

    /// The subject bucket by bucket.
    pub fn series_sql(&self) -> String {
        format!(
            "SELECT bucket, count, errors, {PERCENTILES} FROM (SELECT {} AS bucket, {FIGURES} {} GROUP BY 1) ORDER BY bucket",
            self.bucket(self.buckets.from_ns, self.buckets.step_ns),
            self.spans_where(&[], true, &["start_time IS NOT NULL".to_owned()]),
        )
    }

    /// Some groups bucket by bucket, in one question.
    pub fn many_sql(&self, values: &[GroupValue]) -> String {
        let key = self.by.expression();
        let beside: Vec<Extra> = self.by.extra().into_iter().collect();
        let these = is_any_of(&key, values.iter().map(Option::as_deref));
        format!(
            "SELECT g, bucket, count, errors, {PERCENTILES} FROM (SELECT {key} AS g, {} AS bucket, {FIGURES} {} GROUP BY 1, 2)",
            self.bucket(self.buckets.from_ns, self.buckets.step_ns),
            self.spans_where(&beside, false, &["start_time IS NOT NULL".to_owned(), these]),
        )
    }

    /// The length of a part of a small line.
    fn trend_step_ns(&self) -> i64 {
        let parts = TREND_PARTS as i128;
        i64::try_from((self.window.length_ns() + parts) / parts).unwrap_or(i64::MAX).max(1)
    }

    /// Some groups in few equal parts of the window: cards by the dimension, or operations of the subject.
    pub fn trends_sql(&self, of: Trends, values: &[GroupValue]) -> String {
        let (by, of_subject) = match of {
            Trends::Cards => (&self.by, false),
            Trends::Operations => (&Dimension::Operation, self.has_own_operations()),
        };
        let key = by.expression();
        let beside: Vec<Extra> = by.extra().into_iter().collect();
        let these = is_any_of(&key, values.iter().map(Option::as_deref));
        // Cards show no percentile.
        let p95 = if of == Trends::Cards { "NULL::DOUBLE" } else { "quantile_cont(duration_ms::DOUBLE, 0.95)" };
        format!(
            "SELECT {key} AS g, {} AS part, count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, {p95} AS p95_ms {} GROUP BY 1, 2",
            self.bucket(self.window.from_ns, self.trend_step_ns()),
            self.spans_where(&beside, of_subject, &["start_time IS NOT NULL".to_owned(), these]),
        )
    }

    /// All spans of the window in the same parts: the line of the first card.
    pub fn all_trend_sql(&self) -> String {
        format!(
            "SELECT NULL::VARCHAR AS g, {} AS part, count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, NULL::DOUBLE AS p95_ms {} GROUP BY 2",
            self.bucket(self.window.from_ns, self.trend_step_ns()),
            self.spans_where(&[], false, &["start_time IS NOT NULL".to_owned()]),
        )
    }

    /// The subject by buckets and bands of duration.
    pub fn heat_sql(&self) -> String {
        format!(
            "SELECT {} AS bucket, least({HIGHEST_BAND}, greatest({LOWEST_BAND}, floor(log10(greatest({DURATION_NS}, {LEAST_NS}.0)) * {BANDS_PER_DECADE})))::INTEGER AS band, \
             count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors {} GROUP BY 1, 2",
            self.bucket(self.buckets.from_ns, self.buckets.step_ns),
            self.spans_where(&[], true, &["start_time IS NOT NULL".to_owned(), "duration_ms IS NOT NULL".to_owned()]),
        )
    }

    fn marked(selection: &Selection) -> Vec<String> {
        let mut conditions = vec![format!("start_time >= {}", selection.from_ns), format!("start_time < {}", selection.to_ns)];
        if let Some((low, high)) = selection.durations_ns {
            conditions.push(format!("{DURATION_NS} >= {low}"));
            conditions.push(format!("{DURATION_NS} < {high}"));
        }
        conditions
    }

    /// How many spans a mark holds, and how many of them failed.
    pub fn marked_sql(&self, selection: &Selection) -> String {
        format!(
            "SELECT count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors {}",
            self.spans_where(&[], true, &Self::marked(selection))
        )
    }

    /// The slowest spans of a mark, or the failed ones first. `with_agent` where the file's agents are worked out.
    pub fn exemplars_sql(&self, selection: &Selection, failed_first: bool, with_agent: bool) -> String {
        let (more, agent) = match with_agent {
            true => (vec![Extra::AGENT], Extra::AGENT.column()),
            false => (Vec::new(), "NULL::VARCHAR".to_owned()),
        };
        let first = if failed_first { "coalesce(status_code = 'ERROR', false) DESC, " } else { "" };
        format!(
            "SELECT trace_id, span_id, name, service, {agent} AS agent, status_code, start_time, duration_ms::DOUBLE AS duration_ms {} \
             ORDER BY {first}duration_ms DESC NULLS LAST, start_time, span_id LIMIT {EXEMPLARS}",
            self.spans_where(&more, true, &Self::marked(selection))
        )
    }

    /// Spans that failed or recorded an exception, with their events: one more than the limit where there are more.
    pub fn failures_sql(&self) -> String {
        let failed = "(coalesce(status_code = 'ERROR', false) OR coalesce(contains(events, 'exception'), false))".to_owned();
        format!(
            "SELECT trace_id, span_id, start_time, coalesce(status_code = 'ERROR', false)::INTEGER AS failed, status_description, events {} LIMIT {}",
            self.spans_where(&[], true, &[failed]),
            FAILURES + 1
        )
    }

    /// The subject minute by minute, with the spans that are too slow for an objective.
    pub fn minutes_sql(&self, slo: Slo) -> String {
        format!(
            "SELECT start_time // {MINUTE_NS} AS minute, count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, \
             count(*) FILTER (WHERE duration_ms >= {}) AS slow {} GROUP BY 1 ORDER BY 1",
            slo.under_ms,
            self.spans_where(&[], true, &["start_time IS NOT NULL".to_owned()]),
        )
    }
}

/// Of which rows small lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trends {
    Cards,
    Operations,
}

const FIGURES: &str = "count(*) AS count, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, sum(duration_ms)::DOUBLE AS total_ms, \
    quantile_cont(duration_ms::DOUBLE, [0.5, 0.95, 0.99]) AS q";
const PERCENTILES: &str = "q[1] AS p50_ms, q[2] AS p95_ms, q[3] AS p99_ms";
/// Whole nanoseconds, as a double.
const DURATION_NS: &str = "round(duration_ms::DOUBLE * 1e6)";

fn grouped(by: &Dimension, spans_where: &str, own: &str) -> String {
    let service = if *by == Dimension::Operation { "min(service)" } else { "NULL::VARCHAR" };
    format!(
        "SELECT g, service, count, errors, total_ms, self_ms, {PERCENTILES} FROM (SELECT {} AS g, {service} AS service, {own} AS self_ms, {FIGURES} {spans_where} GROUP BY 1) \
         ORDER BY count DESC, g LIMIT {}",
        by.expression(),
        GROUP_LIMIT + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::filter::Filter;

    fn question() -> Question {
        let window = Window { from_ns: 1_000, to_ns: 2_000 };
        Question {
            scope: Scope::default(),
            which: Which::All,
            by: Dimension::Service,
            subject: None,
            window,
            buckets: Buckets { from_ns: 1_000, step_ns: 20, count: 51 },
        }
    }

    #[test]
    fn the_whole_file_is_asked_without_a_condition() {
        let sql = question().groups_sql();
        assert!(sql.contains("FROM main.spans GROUP BY 1) ORDER BY count DESC, g LIMIT 50001") && !sql.contains("HUGEINT"), "{sql}");
        assert!(question().total_sql().ends_with("FROM main.spans)"));
        let sql = question().series_sql();
        assert!(
            sql.contains("((start_time - (1000)) // 20)::BIGINT AS bucket")
                && sql.contains("FROM main.spans WHERE start_time IS NOT NULL GROUP BY 1"),
            "{sql}"
        );
    }

    #[test]
    fn cards_are_of_all_spans_and_charts_of_the_chosen_card() {
        let chosen = Question { subject: Some(Some("a'b".into())), which: Which::Roots, ..question() };
        assert!(!chosen.groups_sql().contains("a''b"));
        for sql in [
            chosen.series_sql(),
            chosen.heat_sql(),
            chosen.operations_sql(false),
            chosen.failures_sql(),
            chosen.minutes_sql(Slo::default()),
        ] {
            assert!(sql.contains("WHERE \"x:parent_service\" IS NULL AND (service = 'a''b')"), "{sql}");
            assert_eq!(sql.matches("POSITIONAL JOIN").count(), 1, "{sql}");
        }
        let without = Question { subject: Some(None), ..question() };
        assert!(without.series_sql().contains("WHERE (service IS NULL) AND"), "{}", without.series_sql());
    }

    #[test]
    fn columns_stand_beside_where_they_are_read() {
        let scope = Scope { filter: Filter::parse("agent:a").unwrap(), ..Scope::default() };
        let by_agent = Question { by: Dimension::Agent, scope, ..question() };
        for sql in [by_agent.groups_sql(), by_agent.many_sql(&[None]), by_agent.trends_sql(Trends::Cards, &[None])] {
            assert_eq!(sql.matches("POSITIONAL JOIN spandeck.\"x:agent\"").count(), 1, "{sql}");
        }
        assert!(question().operations_sql(true).contains("POSITIONAL JOIN spandeck.\"x:self_ns\""));
        assert!(!question().operations_sql(false).contains("x:self_ns"));
    }

    #[test]
    fn a_mark_is_a_box_of_time_and_duration() {
        let selection = Selection { from_ns: 5, to_ns: 9, durations_ns: Some((1_000, 2_000)) };
        let sql = question().exemplars_sql(&selection, true, false);
        assert!(sql.contains("start_time >= 5 AND start_time < 9 AND round(duration_ms::DOUBLE * 1e6) >= 1000"), "{sql}");
        assert!(
            sql.contains("ORDER BY coalesce(status_code = 'ERROR', false) DESC, duration_ms DESC") && sql.ends_with("LIMIT 200"),
            "{sql}"
        );
    }

    #[test]
    fn times_that_are_far_apart_are_counted_in_wide_numbers() {
        let window = Window { from_ns: i64::MIN, to_ns: i64::MAX };
        let far = Question { window, buckets: Buckets::over(window, None), ..question() };
        assert!(far.series_sql().contains("start_time::HUGEINT"));
    }
}
