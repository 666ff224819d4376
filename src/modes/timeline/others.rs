//! Which traces the chosen one is likely to be compared with. Pure.

use std::cmp::Reverse;

use crate::{core::order::sort_by_key, state::traces::TraceIndex};

/// Other traces whose id begins with a text or whose name has it: those of the same name first, and of these the nearest in time.
pub fn candidates(traces: &TraceIndex, trace_id: &str, text: &str, most: usize) -> Vec<u32> {
    let own = traces.find(trace_id).and_then(|number| traces.get(number));
    let text = text.trim().to_lowercase();
    let mut found: Vec<(bool, u64, u32)> = Vec::new();
    for number in 0..u32::try_from(traces.len()).unwrap_or(u32::MAX) {
        let Some(trace) = traces.get(number) else { continue };
        let wanted = text.is_empty() || trace.trace_id.to_lowercase().starts_with(&text) || trace.name.to_lowercase().contains(&text);
        if wanted && trace.trace_id != trace_id {
            let (same, distance) = own.map_or((false, 0), |own| (own.name == trace.name, own.start_ns.abs_diff(trace.start_ns)));
            found.push((same, distance, number));
        }
    }
    sort_by_key(&mut found, |(same, distance, number)| (Reverse(*same), *distance, *number));
    found.into_iter().take(most).map(|(.., number)| number).collect()
}

/// The trace that a comparison begins with; `None` where the file has no other.
pub fn first_candidate(traces: &TraceIndex, trace_id: &str) -> Option<String> {
    let number = candidates(traces, trace_id, "", 1).first().copied()?;
    traces.get(number).map(|trace| trace.trace_id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Column, Table};

    #[test]
    fn the_same_name_comes_first_and_of_it_the_nearest() {
        let column = |values: [i64; 5]| Column::ints(values.map(Some));
        let traces = TraceIndex::new(Table::new(vec![
            ("trace_id".to_owned(), Column::texts(["aa1", "bb2", "cc3", "bb4", "ee5"].map(Some))),
            ("name".to_owned(), Column::texts(["run", "stop", "Run it", "run", "run"].map(Some))),
            ("start_time".to_owned(), column([500, 400, 300, 200, 490])),
            ("end_time".to_owned(), column([500, 400, 300, 200, 490])),
            ("spans".to_owned(), column([1; 5])),
            ("errors".to_owned(), column([0; 5])),
        ]))
        .unwrap();
        assert_eq!(candidates(&traces, "aa1", "", 9), [4, 3, 1, 2]);
        assert_eq!(candidates(&traces, "aa1", " BB", 9), [3, 1]);
        assert_eq!(candidates(&traces, "aa1", "RUN", 2), [4, 3]);
        assert_eq!(candidates(&traces, "gone", "stop", 9), [1]);
        assert_eq!(first_candidate(&traces, "bb2").as_deref(), Some("ee5"));
    }
}
