//! A trace as the waterfall draws it: the answer of `query::spans_sql` with its tree. Pure.

use std::{collections::BTreeSet, rc::Rc};

use super::query::SPAN_LIMIT;
use crate::{
    core::{
        critical_path::CallKind,
        fast_map::{FastMap, FastSet},
        noise::{Noise, NoiseFacts, NoiseRules},
        self_time::Interval,
        span_name,
        span_set::SpanSet,
        trace_tree::{SpanInput, SpanMarks, TraceTree},
        units,
    },
    engine::{Table, TableError},
};

/// One span's light columns. Times in ns since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanRow<'a> {
    pub span_id: &'a str,
    pub name: &'a str,
    pub service: Option<&'a str>,
    pub operation: Option<&'a str>,
    /// `None` also until the trace's roles are known.
    pub agent: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub status: Option<&'a str>,
    pub start_ns: i64,
    pub end_ns: i64,
    pub is_error: bool,
    /// The file has no start of it, or no end; it stands without length.
    pub lacks_time: bool,
    /// The root of a workflow that the user named.
    pub is_workflow: bool,
    /// The trace it belongs to, in a journey through several; else `None`.
    pub trace_id: Option<&'a str>,
}

impl SpanRow<'_> {
    pub fn duration_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }

    /// It only waits for agents to finish.
    pub fn is_waiting(&self) -> bool {
        span_name::is_waiting(self.name)
    }
}

/// Figures that the head of the view shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceFacts {
    pub spans: usize,
    pub errors: usize,
    pub agent_runs: usize,
    pub services: usize,
}

/// An event on a span's bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventMark {
    pub at_ns: i64,
    pub is_exception: bool,
}

/// What the spans of a trace do, beyond their light columns; read after the first picture.
#[derive(Debug, Default, PartialEq)]
pub struct Roles {
    agents: FastMap<u32, String>,
    workflows: SpanSet,
}

impl Roles {
    /// # Errors
    /// When the table is not an answer of `query::roles_sql`.
    pub fn new(model: &TraceModel, table: &Table) -> Result<Self, TableError> {
        let (agents, workflows) = (table.texts("agent")?, table.texts("workflow")?);
        let mut roles = Self::default();
        for (span, row) in model.rows_by_span(table)? {
            if let Some(agent) = agents.get(row) {
                roles.agents.insert(span, agent.to_owned());
            }
            if workflows.get(row).is_some_and(|workflow| workflow != "false") {
                roles.workflows.insert(span);
            }
        }
        Ok(roles)
    }
}

/// Marks per span.
pub type EventMarks = FastMap<u32, Vec<EventMark>>;

/// Reads an answer of `query::events_sql`.
///
/// # Errors
/// When the answer is another one.
pub fn event_marks(model: &TraceModel, table: &Table) -> Result<EventMarks, TableError> {
    let times = table.texts("times")?;
    let mark = |word: &str| {
        let (is_exception, digits) = word.strip_prefix('x').map_or((false, word), |digits| (true, digits));
        Some(EventMark { at_ns: digits.parse().ok()?, is_exception })
    };
    Ok(model.rows_by_span(table)?.into_iter().map(|(span, row)| (span, times.text(row).split(' ').filter_map(mark).collect())).collect())
}

/// Where the columns of the answer stand.
#[derive(Clone, Copy)]
struct Columns {
    span_id: usize,
    parent_id: usize,
    name: usize,
    service: usize,
    operation: usize,
    kind: usize,
    status: usize,
    trace_id: Option<usize>,
}

/// One trace, ready to draw. Cheap to copy: all that is large is shared.
#[derive(Clone)]
pub struct TraceModel {
    pub trace_id: String,
    table: Rc<Table>,
    columns: Columns,
    pub tree: Rc<TraceTree>,
    pub facts: TraceFacts,
    /// Oddities in words, with the first span that has each.
    pub warnings: Vec<(String, Option<u32>)>,
    roles: Rc<Roles>,
    /// Places of failed spans in the preorder, ascending.
    failed_at: Rc<[u32]>,
    without_times: Rc<SpanSet>,
}

impl TraceModel {
    /// # Errors
    /// When the answer is not one of `query::spans_sql` or of a journey.
    pub fn new(trace_id: &str, table: Rc<Table>) -> Result<Self, TableError> {
        let columns = Columns {
            span_id: table.text_column("span_id")?,
            parent_id: table.text_column("parent_id")?,
            name: table.text_column("name")?,
            service: table.text_column("service")?,
            operation: table.text_column("operation")?,
            kind: table.text_column("kind")?,
            status: table.text_column("status_code")?,
            trace_id: table.text_column("trace_id").ok(),
        };
        let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
        let shown = table.rows().min(SPAN_LIMIT);
        // Spans whose times could not be read stand at the trace's start.
        let without_time_ns = (0..shown).filter_map(|row| starts.get(row).or_else(|| ends.get(row))).min().unwrap_or(0);
        let lacks_time = |row: &u32| starts.get(*row as usize).is_none() || ends.get(*row as usize).is_none();
        let without_times: SpanSet = (0..u32::try_from(shown).unwrap_or(u32::MAX)).filter(lacks_time).collect();
        let inputs: Vec<SpanInput<'_>> = (0..shown)
            .map(|row| {
                let (start_ns, end_ns) = times(starts.get(row), ends.get(row), without_time_ns);
                SpanInput {
                    span_id: table.text_at(columns.span_id, row).unwrap_or_default(),
                    parent_id: table.text_at(columns.parent_id, row),
                    start_ns,
                    end_ns,
                    is_error: table.text_at(columns.status, row) == Some("ERROR"),
                }
            })
            .collect();
        let (tree, tree_warnings) = TraceTree::build(&inputs);
        let services: FastSet<&str> = (0..shown).filter_map(|row| table.text_at(columns.service, row)).collect();
        let is_error = |span: u32| inputs.get(span as usize).is_some_and(|input| input.is_error);
        let failed_at: Rc<[u32]> = (0_u32..).zip(&tree.preorder).filter(|(_, span)| is_error(**span)).map(|(place, _)| place).collect();
        let facts = TraceFacts { spans: shown, errors: failed_at.len(), agent_runs: 0, services: services.len() };
        let mut warnings: Vec<(String, Option<u32>)> =
            tree_warnings.iter().map(|warning| (warning.to_string(), warning.spans.first().copied())).collect();
        if !without_times.is_empty() {
            let count = units::counted(without_times.len() as u64, "span");
            warnings.push((format!("{count} without a start or an end, drawn without length"), without_times.iter().next()));
        }
        if table.rows() > SPAN_LIMIT {
            warnings.push((format!("Only the first {} spans of this trace are drawn", units::count(SPAN_LIMIT as u64)), None));
        }
        Ok(Self {
            trace_id: trace_id.to_owned(),
            table: table.clone(),
            columns,
            tree: Rc::new(tree),
            facts,
            warnings,
            roles: Rc::default(),
            failed_at,
            without_times: Rc::new(without_times),
        })
    }

    /// The same trace with what its spans do.
    #[must_use]
    pub fn with_roles(&self, roles: Rc<Roles>) -> Self {
        let facts = TraceFacts { agent_runs: roles.agents.len(), ..self.facts };
        Self { roles, facts, ..self.clone() }
    }

    pub fn span(&self, span: u32) -> Option<SpanRow<'_>> {
        let row = span as usize;
        // The tree has the times with what was missing filled in.
        let interval = *self.tree.interval.get(row)?;
        let text = |column: usize| self.table.text_at(column, row);
        let span_id = text(self.columns.span_id).unwrap_or_default();
        let status = text(self.columns.status);
        let end_ns = self.table.ints("end_time").ok().and_then(|ends| ends.get(row)).unwrap_or(interval.end_ns);
        Some(SpanRow {
            span_id,
            name: text(self.columns.name).unwrap_or_default(),
            service: text(self.columns.service),
            operation: text(self.columns.operation),
            agent: self.roles.agents.get(&span).map(String::as_str),
            kind: text(self.columns.kind),
            status,
            start_ns: interval.start_ns,
            end_ns,
            is_error: status == Some("ERROR"),
            lacks_time: self.without_times.contains(span),
            is_workflow: self.roles.workflows.contains(span),
            trace_id: self.columns.trace_id.and_then(text),
        })
    }

    /// The span with this id; the first one where the id was given twice.
    pub fn find(&self, span_id: &str) -> Option<u32> {
        self.tree.preorder.iter().copied().find(|span| self.id_of(*span) == Some(span_id))
    }

    /// The trace a span belongs to: the model's own, except in a journey.
    pub fn trace_of(&self, span: u32) -> &str {
        self.columns.trace_id.and_then(|column| self.table.text_at(column, span as usize)).unwrap_or(&self.trace_id)
    }

    /// The traces whose spans are here: one, except in a journey.
    pub fn traces(&self) -> Vec<String> {
        let Some(column) = self.columns.trace_id else { return vec![self.trace_id.clone()] };
        let ids: BTreeSet<&str> = (0..self.facts.spans).filter_map(|row| self.table.text_at(column, row)).collect();
        ids.into_iter().map(str::to_owned).collect()
    }

    /// The rows of another answer about these spans, which names them by `trace_id` and `span_id`, in the order of the spans.
    fn rows_by_span(&self, table: &Table) -> Result<Vec<(u32, usize)>, TableError> {
        let (traces, ids) = (table.texts("trace_id")?, table.texts("span_id")?);
        let mut rows: FastMap<(&str, &str), Vec<usize>> = FastMap::default();
        for row in 0..table.rows() {
            rows.entry((traces.text(row), ids.text(row))).or_default().push(row);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let spans = 0..u32::try_from(self.facts.spans).unwrap_or(u32::MAX);
        let of_span = |span: u32| rows.get(&(self.trace_of(span), self.id_of(span)?)).map(|rows| rows.iter().map(move |row| (span, *row)));
        Ok(spans.filter_map(of_span).flatten().collect())
    }

    fn id_of(&self, span: u32) -> Option<&str> {
        self.table.text_at(self.columns.span_id, span as usize)
    }

    fn name_of(&self, span: u32) -> &str {
        self.table.text_at(self.columns.name, span as usize).unwrap_or_default()
    }

    fn is_failed(&self, span: u32) -> bool {
        self.table.text_at(self.columns.status, span as usize) == Some("ERROR")
    }

    /// Which of several spans with the same id this one is: its place in the answer of `query::span_sql`.
    pub fn ordinal(&self, span: u32) -> usize {
        let Some(own) = self.span(span) else { return 0 };
        if !self.marks(span).duplicate_id {
            return 0;
        }
        let key = |row: &SpanRow<'_>| (row.start_ns, std::cmp::Reverse(row.end_ns));
        (0..u32::try_from(self.facts.spans).unwrap_or(u32::MAX))
            .filter(|other| *other != span && self.trace_of(*other) == self.trace_of(span))
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

    /// How each span was called, for the critical path.
    pub fn call_kinds(&self) -> Vec<CallKind> {
        (0..self.facts.spans).map(|row| CallKind::of_name(self.table.text_at(self.columns.kind, row))).collect()
    }

    /// Spans that only poll until agents have finished, with no run of an agent below them.
    pub fn pollers(&self) -> SpanSet {
        let polls = |span: &u32| {
            let below = || self.tree.subtree(*span);
            span_name::is_waiting(self.name_of(*span)) && !below().iter().any(|span| self.roles.agents.contains_key(span))
        };
        self.tree.preorder.iter().copied().filter(polls).collect()
    }

    /// The framework hooks of this trace under some rules.
    pub fn noise(&self, rules: &NoiseRules) -> Noise {
        Noise::find(&self.tree, rules, |span| {
            Some(NoiseFacts {
                name: self.name_of(span),
                operation: self.table.text_at(self.columns.operation, span as usize),
                is_error: self.is_failed(span),
                stays: self.roles.agents.contains_key(&span),
            })
        })
    }

    /// Stretches in which something worked: own time of all spans but those that only wait for agents and the roots of workflows, whose own
    /// time is spent waiting too.
    pub fn busy(&self) -> Vec<Interval> {
        let mut busy = Vec::with_capacity(self.tree.len());
        for &span in &self.tree.preorder {
            if !self.roles.workflows.contains(span) && !span_name::is_waiting(self.name_of(span)) {
                self.tree.each_self_section(span, |section| busy.push(section));
            }
        }
        busy
    }

    /// The runs of agents.
    pub fn agent_intervals(&self) -> Vec<Interval> {
        let runs = self.tree.preorder.iter().filter(|span| self.roles.agents.contains_key(span));
        runs.filter_map(|span| self.tree.interval.get(*span as usize).copied()).collect()
    }

    /// The spans that run an agent, by trace and id; the first one in reading order where the id was given twice.
    pub fn agent_spans(&self) -> FastMap<(&str, &str), u32> {
        let runs = self.tree.preorder.iter().rev().copied().filter(|span| self.roles.agents.contains_key(span));
        runs.filter_map(|span| Some(((self.trace_of(span), self.id_of(span)?), span))).collect()
    }

    /// The failed spans in reading order.
    pub fn failed(&self) -> impl Iterator<Item = u32> + '_ {
        self.failed_at.iter().filter_map(|place| self.tree.preorder.get(*place as usize).copied())
    }

    /// The failed span after (or before) another one in reading order; from the other end when there is none. O(log errors).
    pub fn next_error(&self, from: Option<u32>, backwards: bool) -> Option<u32> {
        let here = from.and_then(|from| self.tree.preorder_pos.get(from as usize).copied());
        let place = match (here, backwards) {
            (Some(here), false) => self.failed_at.get(self.failed_at.partition_point(|place| *place <= here)),
            (Some(here), true) => {
                self.failed_at.partition_point(|place| *place < here).checked_sub(1).and_then(|before| self.failed_at.get(before))
            }
            (None, _) => None,
        };
        let place = place.or(if backwards { self.failed_at.last() } else { self.failed_at.first() })?;
        // Round the whole trace and back at the same span: there is no other.
        self.tree.preorder.get(*place as usize).copied().filter(|span| Some(*span) != from)
    }
}

/// A span without one of its times has no length; without both it stands at `without_time_ns`.
fn times(start_ns: Option<i64>, end_ns: Option<i64>, without_time_ns: i64) -> (i64, i64) {
    let start = start_ns.or(end_ns).unwrap_or(without_time_ns);
    (start, end_ns.unwrap_or(start))
}

impl PartialEq for TraceModel {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.table, &other.table) && Rc::ptr_eq(&self.roles, &other.roles) && self.trace_id == other.trace_id
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
            ("kind".to_owned(), none()),
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
    fn what_spans_do_arrives_later() {
        let model = model(&[("a", None, 0, 100, "OK"), ("b", Some("a"), 10, 20, "OK")]);
        let text = |values: [Option<&str>; 2]| Column::texts(values);
        let answer = Table::new(vec![
            ("trace_id".to_owned(), text([Some("t"), Some("t")])),
            ("span_id".to_owned(), text([Some("b"), Some("a")])),
            ("agent".to_owned(), text([Some("writer"), None])),
            ("workflow".to_owned(), text([None, Some("true")])),
        ]);
        let known = model.with_roles(Rc::new(Roles::new(&model, &answer).unwrap()));
        assert_eq!((known.facts.agent_runs, model.facts.agent_runs), (1, 0));
        assert_eq!(known.span(1).and_then(|span| span.agent), Some("writer"));
        assert!(known.span(0).is_some_and(|span| span.is_workflow));
        assert_eq!(known.busy(), [Interval { start_ns: 10, end_ns: 20 }], "a workflow's own time is waiting");
        assert!(known != model);
    }

    #[test]
    fn times_of_events_are_read() {
        let answer = Table::new(vec![
            ("trace_id".to_owned(), Column::texts([Some("t"), Some("t"), Some("other")])),
            ("span_id".to_owned(), Column::texts([Some("b"), Some("a"), Some("a")])),
            ("times".to_owned(), Column::texts([Some(""), Some("5 x7 soon"), Some("9")])),
        ]);
        let model = model(&[("a", None, 0, 100, "OK"), ("b", Some("a"), 10, 20, "OK")]);
        let marks = event_marks(&model, &answer).unwrap();
        let mark = |at_ns, is_exception| EventMark { at_ns, is_exception };
        assert_eq!((&marks[&0], &marks[&1]), (&vec![mark(5, false), mark(7, true)], &Vec::new()));
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
