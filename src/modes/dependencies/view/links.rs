//! Ways into the Timeline.

use crate::state::url::UrlState;

const TIMELINE: &str = "timeline";
/// Keys of the address that belong to the trace that the Timeline showed before.
const OF_A_TRACE: [&str; 4] = ["zoom", "root", "cmp", "journey"];

/// The full address of a trace, or of a span in it, in the Timeline.
pub fn timeline_address(url: &UrlState, trace_id: &str, span_id: &str) -> String {
    let mut params = url.params.clone();
    params.retain(|key, _| !OF_A_TRACE.contains(&key.as_str()));
    let span = Some(span_id.to_owned()).filter(|id| !id.is_empty());
    UrlState { mode: TIMELINE.to_owned(), trace: Some(trace_id.to_owned()), span, params, ..url.clone() }.print()
}

/// The beginning of an id.
pub fn short(id: &str) -> String {
    id.chars().take(8).collect()
}
