//! The Timeline's questions. Pure: text of SQL over the canonical view.
//!
//! The waterfall reads light columns only; payload is read for the one span in the details.

use crate::core::sql::quote_text;

/// More spans than this are not drawn; the model says so.
pub const SPAN_LIMIT: usize = 500_000;

/// All spans of a trace, without payload. `workflow` is present for roots that Flock's `traced_run` made.
pub fn spans_sql(trace_id: &str) -> String {
    format!(
        "SELECT span_id, parent_id, coalesce(name, '') AS name, service, operation, start_time, end_time, \
         status_code, agent, CASE WHEN parent_id IS NULL THEN attributes->>'flock.workflow' END AS workflow \
         FROM main.spans WHERE trace_id = {} LIMIT {}",
        quote_text(trace_id),
        SPAN_LIMIT + 1
    )
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
