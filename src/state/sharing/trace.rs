//! The trace that travels in a link: what is asked of the engine for it, and what becomes of the answer. Pure.

use crate::{
    core::{
        export::{Cell, Sheet},
        shared_trace::{
            MOST_CHARS, SharedSpan, SharedTrace, measure, pack,
            redact::{Payload, Redaction, keys_by_weight},
        },
        sql::quote_text,
    },
    engine::{Table, TableError},
};

/// More bytes of payload are not read onto the page, for a file either.
pub const MOST_READ_BYTES: u64 = 10_000_000;

const COLUMNS: [&str; 17] = [
    "trace_id",
    "span_id",
    "parent_id",
    "name",
    "service",
    "operation",
    "kind",
    "start_time",
    "end_time",
    "duration_ms",
    "status_code",
    "status_description",
    "attributes",
    "events",
    "links",
    "resource",
    "agent",
];
/// Columns that hold more than names, times and ids.
const PAYLOAD: [&str; 5] = ["status_description", "attributes", "events", "links", "resource"];

/// How many spans a trace has and how many bytes of text, before any of it is read.
pub fn weight_sql(trace_id: &str) -> String {
    let bytes: Vec<String> = PAYLOAD.iter().map(|column| format!("coalesce(strlen({column}), 0)")).collect();
    format!(
        "SELECT count(*) AS spans, coalesce(sum({}), 0)::BIGINT AS bytes FROM main.spans WHERE trace_id = {}",
        bytes.join(" + "),
        quote_text(trace_id)
    )
}

/// All of a trace, or what is left of it without payload.
pub fn rows_sql(trace_id: &str, payload: Payload) -> String {
    let columns: Vec<String> = COLUMNS
        .iter()
        .map(|column| match payload {
            Payload::NamesAndTimes if PAYLOAD.contains(column) => format!("NULL::VARCHAR AS {column}"),
            _ => (*column).to_owned(),
        })
        .collect();
    format!("SELECT {} FROM main.spans WHERE trace_id = {} ORDER BY start_time, span_id", columns.join(", "), quote_text(trace_id))
}

/// An answer of [`weight_sql`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    pub spans: u64,
    /// Of payload.
    pub bytes: u64,
}

impl Weight {
    pub fn read(table: &Table) -> Result<Self, TableError> {
        let of = |name: &str| Ok(table.ints(name)?.get(0).and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
        Ok(Self { spans: of("spans")?, bytes: of("bytes")? })
    }

    /// Whether a link may hold it.
    pub fn may_fit(self, payload: Payload) -> bool {
        let bytes = if payload == Payload::NamesAndTimes { 0 } else { self.bytes };
        // With inputs and outputs left out, what is left may be little of much.
        let bytes = if payload == Payload::WithoutInputsAndOutputs && bytes <= MOST_READ_BYTES { 0 } else { bytes };
        measure::may_fit(self.spans, bytes)
    }

    /// Whether the page may read it to take values out.
    pub fn may_be_read(self, payload: Payload) -> bool {
        payload == Payload::NamesAndTimes || self.bytes <= MOST_READ_BYTES
    }
}

/// An answer of [`rows_sql`] without what must not travel.
///
/// # Errors
/// When the answer is another one.
pub fn read_spans(table: &Table, redaction: &Redaction) -> Result<Vec<SharedSpan>, TableError> {
    let text = |name| table.texts(name);
    let (traces, ids, parents, names) = (text("trace_id")?, text("span_id")?, text("parent_id")?, text("name")?);
    let (services, operations, kinds, agents) = (text("service")?, text("operation")?, text("kind")?, text("agent")?);
    let (statuses, descriptions) = (text("status_code")?, text("status_description")?);
    let (attributes, events, links, resources) = (text("attributes")?, text("events")?, text("links")?, text("resource")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    Ok((0..table.rows())
        .map(|row| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let mut span = SharedSpan {
                trace_id: own(traces.get(row)),
                span_id: own(ids.get(row)),
                parent_id: own(parents.get(row)),
                name: own(names.get(row)),
                service: own(services.get(row)),
                operation: own(operations.get(row)),
                kind: own(kinds.get(row)),
                start_ns: starts.get(row),
                end_ns: ends.get(row),
                status_code: own(statuses.get(row)),
                status_description: own(descriptions.get(row)),
                attributes: own(attributes.get(row)),
                events: own(events.get(row)),
                links: own(links.get(row)),
                resource: own(resources.get(row)),
                agent: own(agents.get(row)),
            };
            redaction.apply(&mut span);
            span
        })
        .collect())
}

/// A trace made ready to travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// What stands behind `data=`.
    pub text: String,
    pub spans: usize,
}

impl Packed {
    pub fn make(title: &str, spans: Vec<SharedSpan>, redaction: &Redaction) -> Self {
        let count = spans.len();
        let trace = SharedTrace { title: title.to_owned(), left_out: redaction.words(), spans };
        Self { text: pack(&trace), spans: count }
    }

    pub fn fits(&self) -> bool {
        self.text.len() <= MOST_CHARS
    }
}

/// The heaviest attribute keys of an answer of [`rows_sql`].
///
/// # Errors
/// When the answer is another one.
pub fn keys(table: &Table) -> Result<Vec<(String, u64)>, TableError> {
    let attributes = table.texts("attributes")?;
    Ok(keys_by_weight((0..table.rows()).filter_map(|row| attributes.get(row))))
}

/// The spans as the table of a file that opens here again.
pub fn sheet(spans: Vec<SharedSpan>) -> Sheet {
    let text = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
    let time = |time: Option<i64>| time.map_or(Cell::Null, Cell::Int);
    let rows = spans.into_iter().map(|span| {
        // Differences of times of the same day are exact in f64.
        let duration_ms = span.start_ns.zip(span.end_ns).map(|(start, end)| end.saturating_sub(start) as f64 / 1e6);
        vec![
            text(span.trace_id),
            text(span.span_id),
            text(span.parent_id),
            text(span.name),
            text(span.service),
            text(span.operation),
            text(span.kind),
            time(span.start_ns),
            time(span.end_ns),
            duration_ms.map_or(Cell::Null, Cell::Float),
            text(span.status_code),
            text(span.status_description),
            text(span.attributes),
            text(span.events),
            text(span.links),
            text(span.resource),
            text(span.agent),
        ]
    });
    Sheet { columns: COLUMNS.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The name of a file, without its ending: of a trace's name only what every system takes.
pub fn file_stem(title: &str, trace_id: &str) -> String {
    let kept = |text: &str, most: usize| -> String {
        let all = text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' });
        all.take(most).collect::<String>().trim_matches(['.', '_']).to_owned()
    };
    let (title, id) = (kept(title, 60), kept(trace_id, 8));
    [title.as_str(), id.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{core::shared_trace::unpack, engine::Column};

    fn table(attributes: &str) -> Table {
        let text = |name: &str, value: Option<&str>| (name.to_owned(), Column::texts([value]));
        Table::new(vec![
            text("trace_id", Some("t1")),
            text("span_id", Some("a1")),
            text("parent_id", None),
            text("name", Some("Agent.execute")),
            text("service", Some("Agent")),
            text("operation", Some("execute")),
            text("kind", Some("INTERNAL")),
            ("start_time".to_owned(), Column::ints([Some(1_000_000)])),
            ("end_time".to_owned(), Column::ints([Some(3_500_000)])),
            text("status_code", Some("OK")),
            text("status_description", None),
            text("attributes", Some(attributes)),
            text("events", Some("[]")),
            text("links", Some("[]")),
            text("resource", Some("{}")),
            text("agent", Some("writer")),
        ])
    }

    #[test]
    fn what_is_packed_is_what_was_read_less_what_was_left_out() {
        let redaction = Redaction { payload: Payload::WithoutInputsAndOutputs, keys: BTreeSet::from(["b".to_owned()]) };
        let spans = read_spans(&table(r#"{"a":1,"b":"x","input.c":"y"}"#), &redaction).unwrap();
        assert_eq!(spans[0].attributes.as_deref(), Some(r#"{"a":1}"#));
        let packed = Packed::make("review", spans.clone(), &redaction);
        assert!(packed.fits());
        let found = unpack(&packed.text).unwrap();
        assert_eq!((found.title.as_str(), found.left_out.as_str()), ("review", "inputs and outputs, and the values of b"));
        assert_eq!(found.spans, spans);
    }

    #[test]
    fn a_file_has_the_columns_that_any_file_is_read_by() {
        let sheet = sheet(read_spans(&table("{}"), &Redaction::default()).unwrap());
        assert_eq!(sheet.columns, COLUMNS);
        assert_eq!(sheet.rows[0].len(), COLUMNS.len());
        assert_eq!(sheet.rows[0][9], Cell::Float(2.5));
        assert!(sheet.to_sql().contains("BIGINT AS \"start_time\""));
    }

    #[test]
    fn payload_that_does_not_travel_is_not_read() {
        let sql = rows_sql("it's", Payload::NamesAndTimes);
        assert!(sql.contains("NULL::VARCHAR AS attributes") && sql.contains("'it''s'"), "{sql}");
        assert!(!rows_sql("t", Payload::Everything).contains("NULL::"));
    }

    #[test]
    fn a_heavy_trace_is_not_tried() {
        let heavy = Weight { spans: 10, bytes: 500_000_000 };
        assert!(
            heavy.may_fit(Payload::NamesAndTimes)
                && !heavy.may_fit(Payload::WithoutInputsAndOutputs)
                && !heavy.may_fit(Payload::Everything)
        );
        assert!(heavy.may_be_read(Payload::NamesAndTimes) && !heavy.may_be_read(Payload::Everything));
        let light = Weight { spans: 200, bytes: 9_000_000 };
        assert!(light.may_fit(Payload::WithoutInputsAndOutputs) && !light.may_fit(Payload::Everything));
        assert!(!Weight { spans: 100_000, bytes: 0 }.may_fit(Payload::NamesAndTimes));
    }

    #[test]
    fn names_of_files_hold_nothing_odd() {
        assert_eq!(file_stem("content_review.batch", "0af7651916cd"), "content_review.batch-0af76519");
        assert_eq!(file_stem("../../etc/<x>", "0af7651916cd"), "etc__x-0af76519");
        assert_eq!(file_stem("", ""), "");
    }
}
