//! The light columns of traces, slice by slice, for their critical paths.

use crate::state::{extras::Extra, scope::Scope};

/// Spans of one slice.
pub const SLICE_SPANS: u64 = 50_000;
/// Spans of all slices: beyond it the longest traces only are looked at, and the page says so.
pub const SPAN_LIMIT: u64 = 300_000;

/// What nodes of the graph are, for the spans of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Service,
    Operation,
    /// The agent whose execution the span is, or lies in.
    Agent,
}

/// Traces that have spans in scope, the longest first: `trace_no`, `spans` (all of the trace's).
pub fn traces_sql(scope: &Scope) -> String {
    let no = Extra::TraceNo;
    format!(
        "SELECT i.trace_no AS trace_no, i.spans::BIGINT AS spans FROM main.trace_index i SEMI JOIN (SELECT {} AS trace_no {}) s USING (trace_no) \
         ORDER BY i.end_time - i.start_time DESC, trace_no",
        no.column(),
        scope.from_where(std::slice::from_ref(&no))
    )
}

/// The traces cut into slices, and how many are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slices {
    pub slices: Vec<Vec<u32>>,
    pub traces: u64,
    pub left_out: u64,
}

/// `traces` with their numbers of spans, the longest first. One trace is always looked at, whatever its size.
pub fn slices(traces: impl IntoIterator<Item = (u32, u64)>) -> Slices {
    let mut made = Slices::default();
    let (mut all, mut here) = (0_u64, 0_u64);
    for (trace, spans) in traces {
        if made.traces > 0 && all.saturating_add(spans) > SPAN_LIMIT {
            made.left_out += 1;
            continue;
        }
        if made.slices.is_empty() || (here > 0 && here.saturating_add(spans) > SLICE_SPANS) {
            made.slices.push(Vec::new());
            here = 0;
        }
        if let Some(slice) = made.slices.last_mut() {
            slice.push(trace);
        }
        made.traces += 1;
        all = all.saturating_add(spans);
        here = here.saturating_add(spans);
    }
    made
}

/// All spans of a slice's traces: `trace_no`, `span_id`, `parent_id`, `node`, `kind`, `start_time`, `end_time`. `node` is NULL for spans that
/// are no execution when nodes are agents. Needs [`Extra::TraceNo`], and [`Extra::AGENT`] for agents.
pub fn spans_sql(slice: &[u32], by: By) -> String {
    let no = Extra::TraceNo;
    let numbers: Vec<String> = slice.iter().map(ToString::to_string).collect();
    let (node, extras) = match by {
        By::Service => ("coalesce(service, '')".to_owned(), vec![no.clone()]),
        By::Operation => ("coalesce(name, '')".to_owned(), vec![no.clone()]),
        By::Agent => {
            (format!("CASE WHEN name = 'Agent.execute' THEN coalesce({}, '') END", Extra::AGENT.column()), vec![no.clone(), Extra::AGENT])
        }
    };
    format!(
        "SELECT {no} AS trace_no, span_id, parent_id, {node} AS node, kind, start_time, end_time FROM {from} WHERE {no} IN ({list})",
        no = no.column(),
        from = crate::state::extras::source(&extras),
        list = if numbers.is_empty() { "NULL".to_owned() } else { numbers.join(", ") }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_end_at_the_limits_and_say_what_is_left_out() {
        let made = slices([(1, 40_000), (2, 20_000), (3, 400_000), (4, 10)]);
        assert_eq!(made, Slices { slices: vec![vec![1], vec![2, 4]], traces: 3, left_out: 1 });
        assert_eq!(slices([(7, 900_000)]).slices, [[7]]);
        assert_eq!(slices([]), Slices::default());
    }
}
