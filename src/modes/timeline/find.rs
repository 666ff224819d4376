//! Which spans of a trace match. Pure.
//!
//! The page answers from the light columns at once; what it does not have (attributes, events, links, status descriptions) the engine is asked
//! for, condition by condition, and only for the spans that the light conditions leave. Must not ask itself.

use std::collections::BTreeSet;

use super::model::{SpanRow, TraceModel};
use crate::{
    core::{
        fast_map::FastMap,
        filter::{Condition, Filter, Matcher, Need, Part, SpanFacts, Status, TextField, Truth},
        span_name,
        sql::quote_text,
    },
    engine::{Table, TableError, table::Ints},
};

/// What a search found in a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In reading order.
    pub matches: Vec<u32>,
    /// Spans of which only the engine can tell, while it has not answered; none of them is among the matches.
    pub undecided: usize,
    /// Per match: its place in reading order.
    order: Vec<u32>,
    /// Per span: its place among the matches, from 1; 0 for the others.
    places: Vec<u32>,
}

impl Found {
    pub fn len(&self) -> usize {
        self.matches.len()
    }

    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    pub fn contains(&self, span: u32) -> bool {
        self.position(span).is_some()
    }

    /// The place of a span among the matches, from 0.
    pub fn position(&self, span: u32) -> Option<usize> {
        (*self.places.get(span as usize)? as usize).checked_sub(1)
    }

    /// The match after (or before) a span in reading order; from the other end when there is none.
    pub fn next(&self, model: &TraceModel, from: Option<u32>, backwards: bool) -> Option<u32> {
        let at = from.and_then(|from| model.tree.preorder_pos.get(from as usize).copied());
        let wanted = match (at, backwards) {
            (None, false) => Some(0),
            (Some(at), false) => Some(self.order.partition_point(|place| *place <= at)),
            (None, true) => None,
            (Some(at), true) => self.order.partition_point(|place| *place < at).checked_sub(1),
        };
        let other_end = if backwards { self.matches.last() } else { self.matches.first() };
        wanted.and_then(|wanted| self.matches.get(wanted)).or(other_end).copied()
    }
}

/// The question for the spans of which the page cannot tell; `None` where it can tell of all.
///
/// One row a span of which at least one condition holds, with `c<n>` = 1 where condition `n` of [`Filter::conditions`] does.
pub fn find_sql(trace_ids: &[String], filter: &Filter) -> Option<String> {
    let conditions = filter.conditions();
    let mut columns = Vec::new();
    let mut any = Vec::new();
    for (place, condition) in conditions.iter().enumerate().filter(|(_, condition)| !page_knows(condition)) {
        // Own time is known to the page, so nothing is left that SQL cannot say.
        let sql = condition.unseen_sql().ok()?;
        columns.push(format!("({sql})::INTEGER AS c{place}"));
        any.push(format!("c{place} = 1"));
    }
    if columns.is_empty() {
        return None;
    }
    let ids: Vec<String> = trace_ids.iter().map(|id| quote_text(id)).collect();
    let light = filter.light_sql().map(|light| format!(" AND {light}")).unwrap_or_default();
    // Materialized, so that no condition is worked out twice.
    Some(format!(
        "WITH asked AS MATERIALIZED (SELECT span_id, coalesce(start_time, end_time) AS first_time, {} FROM main.spans WHERE trace_id IN ({}){light}) \
         SELECT * FROM asked WHERE {}",
        columns.join(", "),
        ids.join(", "),
        any.join(" OR ")
    ))
}

fn page_knows(condition: &Condition) -> bool {
    match condition {
        Condition::Text { field, .. } => !matches!(field, TextField::Description | TextField::Workflow),
        Condition::Status(_) | Condition::Time { .. } | Condition::Root(_) => true,
        Condition::Has(parts) => parts.iter().all(|part| *part == Part::Agent),
        Condition::Attribute { .. } | Condition::Free(_) => false,
    }
}

/// The spans that match. Without `answer`, the one to [`find_sql`], those of which the page alone can tell.
///
/// # Errors
/// When the answer is one to another question.
pub fn find(model: &TraceModel, filter: &Filter, answer: Option<&Table>) -> Result<Found, TableError> {
    let matcher: Matcher = filter.matcher();
    let answers = answer.map(|table| Answers::new(table, filter)).transpose()?;
    let mut found = Found { places: vec![0; model.facts.spans], ..Found::default() };
    for (place, span) in model.tree.preorder.iter().enumerate() {
        let Some(row) = model.span(*span) else { continue };
        let rows = answers.as_ref().map(|answers| answers.of(&row));
        let marks = model.marks(*span);
        let facts = OnPage {
            trace_id: row.trace_id.unwrap_or(&model.trace_id),
            self_ns: model.self_ns(*span),
            // One whose parent is not here stands as a root, but has one.
            is_root: model.tree.parent_of(*span).is_none() && !marks.orphan && !marks.cycle_cut,
            row,
            answers: answers.as_ref().zip(rows),
        };
        match matcher.matches(&facts) {
            Truth::Yes => {
                found.matches.push(*span);
                found.order.push(u32::try_from(place).unwrap_or(u32::MAX));
                if let Some(own) = found.places.get_mut(*span as usize) {
                    *own = u32::try_from(found.matches.len()).unwrap_or(u32::MAX);
                }
            }
            Truth::Unknown => found.undecided += 1,
            Truth::No => {}
        }
    }
    Ok(found)
}

/// The engine's answer by span.
struct Answers<'a> {
    /// Per condition: its column, where the engine was asked of it.
    columns: Vec<Option<Ints<'a>>>,
    rows: FastMap<(&'a str, Option<i64>), usize>,
}

impl<'a> Answers<'a> {
    fn new(table: &'a Table, filter: &Filter) -> Result<Self, TableError> {
        let (ids, times) = (table.texts("span_id")?, table.ints("first_time")?);
        let conditions = filter.conditions();
        let mut columns = Vec::with_capacity(conditions.len());
        for (place, condition) in conditions.iter().enumerate() {
            columns.push(if page_knows(condition) { None } else { Some(table.ints(&format!("c{place}"))?) });
        }
        let rows = (0..table.rows()).filter_map(|row| Some(((ids.get(row)?, times.get(row)), row))).collect();
        Ok(Self { columns, rows })
    }

    /// The row of a span; ids that were given twice are told apart by their start.
    fn of(&self, span: &SpanRow<'_>) -> Option<usize> {
        self.rows.get(&(span.span_id, Some(span.start_ns))).or_else(|| self.rows.get(&(span.span_id, None))).copied()
    }
}

struct OnPage<'a> {
    row: SpanRow<'a>,
    trace_id: &'a str,
    self_ns: i64,
    is_root: bool,
    answers: Option<(&'a Answers<'a>, Option<usize>)>,
}

impl SpanFacts for OnPage<'_> {
    fn name(&self) -> &str {
        self.row.name
    }
    fn service(&self) -> Option<&str> {
        self.row.service
    }
    fn operation(&self) -> Option<&str> {
        self.row.operation
    }
    fn agent(&self) -> Option<&str> {
        self.row.agent
    }
    fn trace_id(&self) -> &str {
        self.trace_id
    }
    fn span_id(&self) -> &str {
        self.row.span_id
    }
    fn kind(&self) -> Option<Option<&str>> {
        Some(self.row.kind)
    }
    fn description(&self) -> Option<Option<&str>> {
        None
    }
    fn is_error(&self) -> bool {
        self.row.is_error
    }
    fn status(&self) -> Option<Option<Status>> {
        Some(self.row.status.and_then(Status::of_code))
    }
    fn duration_ns(&self) -> Option<i64> {
        (!self.row.lacks_time).then(|| self.row.duration_ns())
    }
    fn self_ns(&self) -> Option<i64> {
        Some(self.self_ns)
    }
    fn is_root(&self) -> bool {
        self.is_root
    }
    fn answer(&self, condition: usize) -> Option<bool> {
        let (answers, row) = self.answers?;
        let column = answers.columns.get(condition)?.as_ref()?;
        // A span without a row fulfils none of the conditions that were asked.
        Some(row.is_some_and(|row| column.get(row) == Some(1)))
    }
}

/// The longest of the matches; without a search the span with the most own time, for the root is always the longest. Spans that only wait for
/// agents do no work of their own.
pub fn slowest(model: &TraceModel, found: Option<&Found>) -> Option<u32> {
    let by_own_time = |span: &u32| model.span(*span).filter(|row| !span_name::is_waiting(row.name)).map(|_| (model.self_ns(*span), *span));
    let by_duration = |span: &u32| model.span(*span).map(|row| (row.duration_ns(), *span));
    // Of equals the first in reading order.
    let longest = |best: Option<(i64, u32)>, next: (i64, u32)| best.filter(|best| best.0 >= next.0).or(Some(next));
    let best = match found.filter(|found| !found.is_empty()) {
        Some(found) => found.matches.iter().filter_map(by_duration).fold(None, longest),
        None => model.tree.preorder.iter().filter_map(by_own_time).fold(None, longest),
    };
    best.map(|(_, span)| span)
}

/// The span that failed first: of all failed spans the one that ended first, for an error is known when its span ends, and is passed up from there.
pub fn first_error(model: &TraceModel) -> Option<u32> {
    let ended = |span: &u32| model.span(*span).map(|row| (row.end_ns, std::cmp::Reverse(row.start_ns), *span));
    model.failed().min_by_key(ended)
}

/// Spans whose attributes are read for their keys and values.
const SPANS_READ: usize = 500;
/// Keys and values of attributes that are offered.
const OFFERED: usize = 300;

/// The keys of the attributes that some spans of these traces have, column `value`.
pub fn attribute_keys_sql(trace_ids: &[String]) -> String {
    format!("SELECT DISTINCT unnest(json_keys(attributes)) AS value FROM ({}) ORDER BY value LIMIT {OFFERED}", some_spans(trace_ids))
}

/// The values of an attribute that some spans of these traces have, column `value`.
pub fn attribute_values_sql(trace_ids: &[String], key: &str) -> String {
    let expression = Need::Attribute(key.to_owned()).expression().unwrap_or_default();
    format!(
        "SELECT DISTINCT value FROM (SELECT {expression} AS value FROM ({})) WHERE value IS NOT NULL ORDER BY value LIMIT {OFFERED}",
        some_spans(trace_ids)
    )
}

fn some_spans(trace_ids: &[String]) -> String {
    let ids: Vec<String> = trace_ids.iter().map(|id| quote_text(id)).collect();
    format!("SELECT attributes FROM main.spans WHERE trace_id IN ({}) LIMIT {SPANS_READ}", ids.join(", "))
}

/// The values of a text that occur in a trace; none where a list would be of no help (ids, descriptions).
pub fn values_of(model: &TraceModel, field: TextField) -> Vec<String> {
    let rows = model.tree.preorder.iter().filter_map(|span| model.span(*span));
    let values: BTreeSet<&str> = rows
        .filter_map(|row| match field {
            TextField::Service => row.service,
            TextField::Operation => row.operation,
            TextField::Agent => row.agent,
            TextField::Name => Some(row.name),
            TextField::Kind => row.kind,
            TextField::Description | TextField::Workflow | TextField::Trace | TextField::Span => None,
        })
        .filter(|value| !value.is_empty())
        .collect();
    values.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
