//! Addresses that lead from one mode into another.

use std::cell::Cell;

use super::url::UrlState;

/// The mode that shows a span.
const TIMELINE: &str = "timeline";
/// A statement of the page's own that the reader has asked to run, on its way to the SQL mode: it goes with the press, never with a link.
#[derive(Default)]
pub struct ToRun(Cell<Option<String>>);

impl ToRun {
    pub fn ask(&self, sql: String) {
        self.0.set(Some(sql));
    }

    /// Once.
    pub fn take(&self) -> Option<String> {
        self.0.take()
    }
}

/// Keys of the address that belong to the trace that the Timeline showed before.
const OF_A_TRACE: [&str; 4] = ["zoom", "root", "cmp", "journey"];

/// Leaves the trace that is shown: what belonged to it goes too.
pub fn leave_trace(url: &mut UrlState) {
    url.params.retain(|key, _| !OF_A_TRACE.contains(&key.as_str()));
    url.span = None;
}

/// The full address of a span in the Timeline; of the whole trace without a span's id.
pub fn timeline_address(url: &UrlState, trace_id: &str, span_id: &str) -> String {
    let mut url = url.clone();
    lead_to_timeline(&mut url, trace_id, span_id);
    url.print()
}

/// The same as a change of the address.
pub fn lead_to_timeline(url: &mut UrlState, trace_id: &str, span_id: &str) {
    url.params.retain(|key, _| !OF_A_TRACE.contains(&key.as_str()));
    url.mode = TIMELINE.to_owned();
    url.trace = Some(trace_id.to_owned());
    url.span = Some(span_id.to_owned()).filter(|id| !id.is_empty());
}
