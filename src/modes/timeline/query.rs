//! The Timeline's questions. Pure: text of SQL over the canonical view.
//!
//! The waterfall reads light columns only and first; agents, workflows and events come after the first picture, each from the few rows that
//! have them. Payload is read for the one span in the details.

use crate::{
    core::{
        otlp_json::{self, StoredSpan},
        sql::quote_text,
    },
    engine::{Table, TableError},
};

/// More spans than this are not drawn; the model says so.
pub const SPAN_LIMIT: usize = 500_000;

/// Events of a span that are drawn on its bar.
const EVENTS_DRAWN: usize = 8;
/// Spans of a trace whose events are drawn.
const SPANS_WITH_EVENTS: usize = 20_000;

/// All spans of a trace, without payload.
pub fn spans_sql(trace_id: &str) -> String {
    format!(
        "SELECT span_id, parent_id, coalesce(name, '') AS name, service, operation, kind, start_time, end_time, status_code \
         FROM main.spans WHERE trace_id = {} LIMIT {}",
        quote_text(trace_id),
        SPAN_LIMIT + 1
    )
}

/// Which spans of some traces run an agent, and which roots Flock's `traced_run` made. Both need payload, so each part names its rows by light
/// columns first; in a file whose agents may stand on any span (`agents_anywhere`) the payload of whole traces is read.
pub fn roles_sql(trace_ids: &[String], agents_anywhere: bool) -> String {
    let of_trace = of_traces(trace_ids);
    let runs = if agents_anywhere { "agent IS NOT NULL" } else { "name = 'Agent.execute'" };
    format!(
        "SELECT trace_id, span_id, agent, NULL::VARCHAR AS workflow FROM main.spans WHERE {of_trace} AND {runs} \
         UNION ALL SELECT trace_id, span_id, NULL::VARCHAR, attributes->>'flock.workflow' FROM main.spans WHERE {of_trace} AND parent_id IS NULL"
    )
}

/// When the events of the spans of some traces happened: `times` are the first few as `ns` or, for exceptions, `xns`, with spaces between.
pub fn events_sql(trace_ids: &[String]) -> String {
    let times: Vec<String> = (0..EVENTS_DRAWN)
        .map(|at| format!("CASE WHEN events->>'$[{at}].name' = 'exception' THEN 'x' ELSE '' END || (events->>'$[{at}].timestamp')"))
        .collect();
    format!(
        "SELECT trace_id, span_id, concat_ws(' ', {}) AS times FROM main.spans WHERE {} AND events <> '[]' AND events <> '' LIMIT {SPANS_WITH_EVENTS}",
        times.join(", "),
        of_traces(trace_ids),
    )
}

/// A condition: a span belongs to one trace, or to one of the several of a journey.
pub fn of_traces(trace_ids: &[String]) -> String {
    match trace_ids {
        [one] => format!("trace_id = {}", quote_text(one)),
        several => format!("trace_id IN ({})", several.iter().map(|id| quote_text(id)).collect::<Vec<_>>().join(", ")),
    }
}

/// Everything of the spans of some traces, for a file of their own. Reads all payload.
pub fn export_sql(trace_ids: &[String]) -> String {
    format!(
        "SELECT trace_id, span_id, parent_id, coalesce(name, '') AS name, kind, coalesce(start_time, end_time, 0) AS start_time, coalesce(end_time, start_time, 0) AS end_time, \
         status_code, status_description, attributes, events, links, resource FROM main.spans WHERE {} ORDER BY start_time, span_id",
        of_traces(trace_ids)
    )
}

/// Everything of the spans of some traces, under the names that any opened file is read by. Reads all payload.
pub fn rows_sql(trace_ids: &[String]) -> String {
    format!(
        "SELECT trace_id, span_id, parent_id, name, service, operation, kind, start_time, end_time, duration_ms, status_code, status_description, \
         attributes, events, links, resource FROM main.spans WHERE {} ORDER BY trace_id, start_time, span_id",
        of_traces(trace_ids)
    )
}

/// An answer of [`export_sql`] as an OTLP/JSON document.
///
/// # Errors
/// When the answer is another one.
pub fn otlp_document(table: &Table) -> Result<String, TableError> {
    let text = |name| table.texts(name);
    let (traces, ids, parents, names, kinds) = (text("trace_id")?, text("span_id")?, text("parent_id")?, text("name")?, text("kind")?);
    let (statuses, descriptions) = (text("status_code")?, text("status_description")?);
    let (attributes, events, links, resources) = (text("attributes")?, text("events")?, text("links")?, text("resource")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    Ok(otlp_json::document((0..table.rows()).map(|row| StoredSpan {
        trace_id: traces.text(row),
        span_id: ids.text(row),
        parent_id: parents.get(row),
        name: names.text(row),
        kind: kinds.get(row),
        start_ns: starts.get(row).unwrap_or(0),
        end_ns: ends.get(row).unwrap_or(0),
        status_code: statuses.get(row),
        status_description: descriptions.get(row),
        attributes: attributes.get(row),
        events: events.get(row),
        links: links.get(row),
        resource: resources.get(row),
    })))
}

/// Everything of the spans with this id: several when the id was given twice, in the order of the tree.
pub fn span_sql(trace_id: &str, span_id: &str) -> String {
    format!(
        "SELECT trace_id, span_id, parent_id, name, service, operation, kind, start_time, end_time, duration_ms, status_code, status_description, \
         attributes, events, links, resource, agent \
         FROM main.spans WHERE trace_id = {} AND span_id = {} ORDER BY start_time, end_time DESC",
        quote_text(trace_id),
        quote_text(span_id)
    )
}
