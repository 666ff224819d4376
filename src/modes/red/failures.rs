//! Exceptions of failed spans, grouped by their type and message: how often, when first and last, and spans that recorded them. Pure.
//!
//! Records are read as the details of a span read them, so that an error that was recorded twice counts once for its span.

use super::query::FAILURES;
use crate::{
    core::{
        events::{Exception, parse_events},
        export::{Cell, Sheet},
        fast_map::FastMap,
        order::sort_by_key,
    },
    engine::{Table, TableError},
};

/// Spans that are linked.
const LINKS: usize = 5;

/// Spans that recorded the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// `None`: the span failed without an exception.
    pub kind: Option<String>,
    pub message: Option<String>,
    pub spans: u64,
    pub traces: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// Trace and span of the latest few, the latest first.
    pub examples: Vec<(String, String)>,
}

/// The most frequent first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Failures {
    pub failures: Vec<Failure>,
    /// Spans that were read.
    pub spans: u64,
    /// There are more spans than were read.
    pub is_cut: bool,
}

#[derive(Default)]
struct Found {
    spans: u64,
    traces: FastMap<String, ()>,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    latest: Vec<(i64, String, String)>,
}

impl Failures {
    /// # Errors
    /// When the answer is another one.
    pub fn read(table: &Table) -> Result<Self, TableError> {
        let (traces, spans, starts) = (table.texts("trace_id")?, table.texts("span_id")?, table.ints("start_time")?);
        let (failed, messages, events) = (table.ints("failed")?, table.texts("status_description")?, table.texts("events")?);
        let mut found: FastMap<(Option<String>, Option<String>), Found> = FastMap::default();
        let rows = table.rows().min(FAILURES);
        for row in 0..rows {
            let start_ns = starts.get(row);
            let mut records: Vec<(Option<String>, Option<String>, Option<i64>)> = Vec::new();
            for event in parse_events(events.text(row)).0 {
                if let Some(Exception { kind, message, .. }) = event.exception
                    && !records.iter().any(|(other, text, _)| *other == kind && *text == message)
                {
                    records.push((kind, message, event.timestamp_ns.or(start_ns)));
                }
            }
            if records.is_empty() && failed.get(row) == Some(1) {
                let message = messages.get(row).filter(|text| !text.is_empty()).map(str::to_owned);
                records.push((None, message, start_ns));
            }
            for (kind, message, at_ns) in records {
                let here = found.entry((kind, message)).or_default();
                here.spans += 1;
                here.traces.insert(traces.text(row).to_owned(), ());
                here.first_ns = here.first_ns.into_iter().chain(at_ns).min();
                here.last_ns = here.last_ns.into_iter().chain(at_ns).max();
                let at_ns = at_ns.unwrap_or(i64::MIN);
                let place = here.latest.partition_point(|(other, ..)| *other >= at_ns);
                if place < LINKS {
                    here.latest.insert(place, (at_ns, traces.text(row).to_owned(), spans.text(row).to_owned()));
                    here.latest.truncate(LINKS);
                }
            }
        }
        let mut failures: Vec<Failure> = found
            .into_iter()
            .map(|((kind, message), found)| Failure {
                kind,
                message,
                spans: found.spans,
                traces: found.traces.len() as u64,
                first_ns: found.first_ns,
                last_ns: found.last_ns,
                examples: found.latest.into_iter().map(|(_, trace, span)| (trace, span)).collect(),
            })
            .collect();
        sort_by_key(&mut failures, |failure| (std::cmp::Reverse(failure.spans), failure.kind.clone(), failure.message.clone()));
        Ok(Self { failures, spans: rows as u64, is_cut: table.rows() > FAILURES })
    }

    pub fn sheet(&self) -> Sheet {
        let text = |text: &Option<String>| text.clone().map_or(Cell::Null, Cell::Text);
        let int = |value: u64| Cell::Int(i64::try_from(value).unwrap_or(i64::MAX));
        let time = |at: Option<i64>| at.map_or(Cell::Null, Cell::Int);
        let row = |failure: &Failure| {
            vec![
                text(&failure.kind),
                text(&failure.message),
                int(failure.spans),
                int(failure.traces),
                time(failure.first_ns),
                time(failure.last_ns),
            ]
        };
        Sheet {
            columns: ["type", "message", "spans", "traces", "first_ns", "last_ns"].map(str::to_owned).to_vec(),
            rows: self.failures.iter().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn spans_go_by_what_they_recorded() {
        let event = |at: i64, kind: &str| {
            format!(
                "{{\"name\":\"exception\",\"timestamp\":{at},\"attributes\":{{\"exception.type\":\"{kind}\",\"exception.message\":\"m\"}}}}"
            )
        };
        let twice = format!("[{},{}]", event(5, "A"), event(6, "A"));
        let once = format!("[{},{}]", event(9, "A"), event(9, "B"));
        let table = Table::new(vec![
            ("trace_id".to_owned(), Column::texts([Some("t1"), Some("t1"), Some("t2")])),
            ("span_id".to_owned(), Column::texts([Some("s1"), Some("s2"), Some("s3")])),
            ("start_time".to_owned(), Column::ints([Some(1), Some(2), None])),
            ("failed".to_owned(), Column::ints([Some(1), Some(0), Some(1)])),
            ("status_description".to_owned(), Column::texts([Some("x"), None, Some("late")])),
            ("events".to_owned(), Column::texts([Some(twice.as_str()), Some(once.as_str()), Some("[]")])),
        ]);
        let all = Failures::read(&table).unwrap();
        assert_eq!((all.failures.len(), all.spans, all.is_cut), (3, 3, false));
        let first = &all.failures[0];
        assert_eq!((first.kind.as_deref(), first.spans, first.traces, first.first_ns, first.last_ns), (Some("A"), 2, 1, Some(5), Some(9)));
        assert_eq!(first.examples[0].1, "s2", "the latest first");
        let without = all.failures.iter().find(|failure| failure.kind.is_none()).unwrap();
        assert_eq!((without.message.as_deref(), without.first_ns), (Some("late"), None));
        assert_eq!(all.sheet().rows.len(), 3);
    }
}
