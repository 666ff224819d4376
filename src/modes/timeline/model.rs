//! A trace as the waterfall draws it: the answer of `query::spans_sql` with its tree. Pure.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{
    bars::{self, Bar},
    query::SPAN_LIMIT,
};
use crate::{
    core::{
        time_axis::TimeScale,
        trace_tree::{SpanInput, SpanMarks, TraceTree},
        units,
    },
    engine::{
        Table, TableError,
        table::{Ints, Texts},
    },
};

/// One span's light columns. Times in ns since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanRow<'a> {
    pub span_id: &'a str,
    pub name: &'a str,
    pub service: Option<&'a str>,
    pub operation: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub start_ns: i64,
    pub end_ns: i64,
    pub is_error: bool,
    /// The root of a workflow that the user named.
    pub is_workflow: bool,
}

impl SpanRow<'_> {
    pub fn duration_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// Names that the head of the view shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceFacts {
    pub spans: usize,
    pub errors: usize,
    pub agent_runs: usize,
    pub services: usize,
}

/// One trace, ready to draw.
pub struct TraceModel {
    pub trace_id: String,
    table: Rc<Table>,
    /// Where spans whose times could not be read stand: at the trace's start.
    without_time_ns: i64,
    pub tree: TraceTree,
    pub facts: TraceFacts,
    /// Oddities in words, with the first span that has each.
    pub warnings: Vec<(String, Option<u32>)>,
    bars: RefCell<HashMap<u32, Rc<Bar>>>,
}

impl TraceModel {
    /// # Errors
    /// When the answer is not one of `query::spans_sql`.
    pub fn new(trace_id: &str, table: Rc<Table>) -> Result<Self, TableError> {
        let (ids, parents, statuses) = (table.texts("span_id")?, table.texts("parent_id")?, table.texts("status_code")?);
        let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
        for name in ["name", "service", "operation", "agent", "workflow"] {
            table.texts(name)?;
        }
        let shown = table.rows().min(SPAN_LIMIT);
        let without_time_ns = (0..shown).filter_map(|row| starts.get(row).or_else(|| ends.get(row))).min().unwrap_or(0);
        let inputs: Vec<SpanInput<'_>> = (0..shown)
            .map(|row| {
                let (start_ns, end_ns) = times(starts.get(row), ends.get(row), without_time_ns);
                SpanInput {
                    span_id: ids.text(row),
                    parent_id: parents.get(row),
                    start_ns,
                    end_ns,
                    is_error: statuses.get(row) == Some("ERROR"),
                }
            })
            .collect();
        let (tree, tree_warnings) = TraceTree::build(&inputs);
        let (agents, services) = (table.texts("agent")?, table.texts("service")?);
        let mut seen_services: Vec<&str> = (0..shown).filter_map(|row| services.get(row)).collect();
        seen_services.sort_unstable();
        seen_services.dedup();
        let facts = TraceFacts {
            spans: shown,
            errors: inputs.iter().filter(|span| span.is_error).count(),
            agent_runs: (0..shown).filter(|row| agents.get(*row).is_some()).count(),
            services: seen_services.len(),
        };
        let mut warnings: Vec<(String, Option<u32>)> =
            tree_warnings.iter().map(|warning| (warning.to_string(), warning.spans.first().copied())).collect();
        if table.rows() > SPAN_LIMIT {
            warnings.push((format!("Only the first {} spans of this trace are drawn", units::count(SPAN_LIMIT as u64)), None));
        }
        Ok(Self { trace_id: trace_id.to_owned(), table: table.clone(), without_time_ns, tree, facts, warnings, bars: RefCell::default() })
    }

    pub fn span(&self, span: u32) -> Option<SpanRow<'_>> {
        let row = span as usize;
        let text = |name: &str| -> Option<&str> { Texts::get(&self.table.texts(name).ok()?, row) };
        let int = |name: &str| -> Option<i64> { Ints::get(&self.table.ints(name).ok()?, row) };
        if row >= self.facts.spans {
            return None;
        }
        let (start_ns, end_ns) = times(int("start_time"), int("end_time"), self.without_time_ns);
        Some(SpanRow {
            span_id: text("span_id").unwrap_or_default(),
            name: text("name").unwrap_or_default(),
            service: text("service"),
            operation: text("operation"),
            agent: text("agent"),
            start_ns,
            end_ns,
            is_error: text("status_code") == Some("ERROR"),
            is_workflow: text("workflow").is_some_and(|workflow| workflow != "false"),
        })
    }

    /// The span with this id; the first one where the id was given twice.
    pub fn find(&self, span_id: &str) -> Option<u32> {
        let ids = self.table.texts("span_id").ok()?;
        let found = self.tree.preorder.iter().copied().find(|span| ids.get(*span as usize) == Some(span_id));
        // A span of a cut cycle or past the limit is in the preorder too, so nothing else is left to look at.
        found.filter(|span| (*span as usize) < self.facts.spans)
    }

    /// Which of several spans with the same id this one is: its place in the answer of `query::span_sql`.
    pub fn ordinal(&self, span: u32) -> usize {
        let Some(own) = self.span(span) else { return 0 };
        if !self.marks(span).duplicate_id {
            return 0;
        }
        let key = |row: &SpanRow<'_>| (row.start_ns, std::cmp::Reverse(row.end_ns));
        (0..u32::try_from(self.facts.spans).unwrap_or(u32::MAX))
            .filter(|other| *other != span)
            .filter_map(|other| self.span(other).map(|row| (other, row)))
            .filter(|(other, row)| row.span_id == own.span_id && (key(row), *other) < (key(&own), span))
            .count()
    }

    pub fn marks(&self, span: u32) -> SpanMarks {
        self.tree.marks.get(span as usize).copied().unwrap_or_default()
    }

    pub fn self_ns(&self, span: u32) -> i64 {
        self.tree.self_ns.get(span as usize).copied().unwrap_or(0)
    }

    pub fn has_error_below(&self, span: u32) -> bool {
        self.tree.has_error_below.get(span as usize).copied().unwrap_or(false)
    }

    /// The whole trace over a width; the width matters for pixels only, not for percent.
    pub fn scale(&self, width_px: f64) -> TimeScale {
        TimeScale { start_ns: self.tree.start_ns, end_ns: self.tree.end_ns, width_px }
    }

    /// The span's bar in percent of the trace. Computed once: a span may have a hundred thousand children.
    pub fn bar(&self, span: u32) -> Rc<Bar> {
        if let Some(bar) = self.bars.borrow().get(&span) {
            return bar.clone();
        }
        let interval = self.tree.interval.get(span as usize).copied().unwrap_or_default();
        let bar = Rc::new(bars::bar(self.scale(100.0), interval, &self.tree.self_sections(span)));
        self.bars.borrow_mut().insert(span, bar.clone());
        bar
    }

    /// The failed span after (or before) another one in reading order; from the other end when there is none.
    pub fn next_error(&self, from: Option<u32>, backwards: bool) -> Option<u32> {
        let order = &self.tree.preorder;
        let statuses = self.table.texts("status_code").ok()?;
        let failed = |span: &u32| statuses.get(*span as usize) == Some("ERROR");
        let at = from.and_then(|from| self.tree.preorder_pos.get(from as usize).copied()).map(|at| at as usize);
        let (before, after) = match at {
            Some(at) => (order.get(..at).unwrap_or_default(), order.get(at + 1..).unwrap_or_default()),
            None => (&[][..], order.as_slice()),
        };
        if backwards {
            before.iter().rev().chain(after.iter().rev()).copied().find(|span| failed(span))
        } else {
            after.iter().chain(before.iter()).copied().find(|span| failed(span))
        }
    }
}

/// A span without one of its times has no length; without both it stands at `without_time_ns`.
fn times(start_ns: Option<i64>, end_ns: Option<i64>, without_time_ns: i64) -> (i64, i64) {
    let start = start_ns.or(end_ns).unwrap_or(without_time_ns);
    (start, end_ns.unwrap_or(start))
}

impl PartialEq for TraceModel {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.table, &other.table) && self.trace_id == other.trace_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    /// id, parent, start, end, status
    fn model(spans: &[(&str, Option<&str>, i64, i64, &str)]) -> TraceModel {
        let texts = |values: Vec<Option<&str>>| Column::texts(values);
        let none = || Column::texts(spans.iter().map(|_| None));
        let table = Table::new(vec![
            ("span_id".to_owned(), texts(spans.iter().map(|span| Some(span.0)).collect())),
            ("parent_id".to_owned(), texts(spans.iter().map(|span| span.1).collect())),
            ("name".to_owned(), texts(spans.iter().map(|span| Some(span.0)).collect())),
            ("service".to_owned(), none()),
            ("operation".to_owned(), none()),
            ("start_time".to_owned(), Column::ints(spans.iter().map(|span| Some(span.2)))),
            ("end_time".to_owned(), Column::ints(spans.iter().map(|span| Some(span.3)))),
            ("status_code".to_owned(), texts(spans.iter().map(|span| Some(span.4)).collect())),
            ("agent".to_owned(), none()),
            ("workflow".to_owned(), none()),
        ]);
        TraceModel::new("t", Rc::new(table)).unwrap()
    }

    #[test]
    fn errors_are_walked_round_in_reading_order() {
        let model = model(&[
            ("a", None, 0, 100, "OK"),
            ("b", Some("a"), 10, 20, "ERROR"),
            ("c", Some("a"), 30, 40, "OK"),
            ("d", Some("a"), 50, 60, "ERROR"),
        ]);
        assert_eq!(model.next_error(None, false), Some(1));
        assert_eq!(model.next_error(Some(1), false), Some(3));
        assert_eq!(model.next_error(Some(3), false), Some(1));
        assert_eq!(model.next_error(Some(2), true), Some(1));
        assert_eq!(model.next_error(Some(1), true), Some(3));
        assert_eq!(model.facts, TraceFacts { spans: 4, errors: 2, agent_runs: 0, services: 0 });
    }

    #[test]
    fn spans_that_share_an_id_are_told_apart_by_their_place() {
        let model = model(&[("a", None, 0, 100, "OK"), ("b", Some("a"), 50, 60, "OK"), ("b", Some("a"), 10, 20, "OK")]);
        assert_eq!((model.ordinal(2), model.ordinal(1), model.ordinal(0)), (0, 1, 0));
        assert_eq!(model.find("b"), Some(2));
        assert_eq!(model.find("zz"), None);
        assert_eq!(model.warnings.len(), 1);
    }

    #[test]
    fn a_span_without_times_does_not_stretch_the_trace_to_1970() {
        assert_eq!(times(None, None, 50), (50, 50));
        assert_eq!(times(None, Some(7), 50), (7, 7));
        assert_eq!(times(Some(3), None, 50), (3, 3));
    }

    #[test]
    fn nanoseconds_since_1970_stay_exact() {
        let start = 1_772_438_400_000_000_791;
        let model = model(&[("a", None, start, start + 3, "OK"), ("b", Some("a"), start + 1, start + 2, "OK")]);
        assert_eq!(model.self_ns(0), 2);
        assert_eq!(model.span(1).map(|span| (span.start_ns, span.duration_ns())), Some((start + 1, 1)));
    }
}
