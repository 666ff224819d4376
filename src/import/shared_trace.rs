//! A trace out of an address as the rows that the engine takes: one Arrow IPC stream with the columns of the view `spans`.
//!
//! *Invariant*: an address is hostile; `core::shared_trace` has the limits. No browser here.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;

use crate::core::shared_trace::{SharedSpan, SharedTraceError, unpack};

/// Why an address gave no rows: sentences for the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharedRowsError {
    #[error(transparent)]
    Link(#[from] SharedTraceError),
    #[error("The link's rows could not be handed on: {0}.")]
    Output(String),
}

impl SharedRowsError {
    /// Stable name of the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(error) => error.code(),
            Self::Output(_) => "importer-output",
        }
    }
}

/// What an address held.
#[derive(Debug)]
pub struct SharedRows {
    pub title: String,
    /// What was left out by whoever made the address; empty for nothing.
    pub left_out: String,
    pub rows: u64,
    /// One complete Arrow IPC stream.
    pub ipc: Vec<u8>,
}

/// The rows in the text of an address.
///
/// # Errors
/// Where the text is damaged, of a newer version or too large.
pub fn read(text: &str) -> Result<SharedRows, SharedRowsError> {
    let trace = unpack(text)?;
    let ipc = stream(&trace.spans).map_err(|error| SharedRowsError::Output(error.to_string()))?;
    Ok(SharedRows { title: trace.title, left_out: trace.left_out, rows: trace.spans.len() as u64, ipc })
}

fn stream(spans: &[SharedSpan]) -> Result<Vec<u8>, ArrowError> {
    let text = |of: fn(&SharedSpan) -> &Option<String>| -> ArrayRef {
        Arc::new(spans.iter().map(|span| of(span).as_deref()).collect::<StringArray>())
    };
    let time = |of: fn(&SharedSpan) -> Option<i64>| -> ArrayRef { Arc::new(spans.iter().map(of).collect::<Int64Array>()) };
    // Differences of times of the same day are exact in f64.
    let duration_ms = |span: &SharedSpan| Some(span.end_ns?.saturating_sub(span.start_ns?) as f64 / 1e6);
    let columns: [(&str, ArrayRef); 17] = [
        ("trace_id", text(|span| &span.trace_id)),
        ("span_id", text(|span| &span.span_id)),
        ("parent_id", text(|span| &span.parent_id)),
        ("name", text(|span| &span.name)),
        ("service", text(|span| &span.service)),
        ("operation", text(|span| &span.operation)),
        ("kind", text(|span| &span.kind)),
        ("start_time", time(|span| span.start_ns)),
        ("end_time", time(|span| span.end_ns)),
        ("duration_ms", Arc::new(spans.iter().map(duration_ms).collect::<Float64Array>())),
        ("status_code", text(|span| &span.status_code)),
        ("status_description", text(|span| &span.status_description)),
        ("attributes", text(|span| &span.attributes)),
        ("events", text(|span| &span.events)),
        ("links", text(|span| &span.links)),
        ("resource", text(|span| &span.resource)),
        ("agent", text(|span| &span.agent)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(&batch)?;
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use arrow_array::{Array, cast::AsArray, types::Int64Type};
    use arrow_ipc::reader::StreamReader;

    use super::*;
    use crate::core::shared_trace::{SharedTrace, pack};

    #[test]
    fn the_rows_are_those_of_the_address() {
        let span = SharedSpan {
            span_id: Some("a1".into()),
            start_ns: Some(1_795_339_872_206_481_923),
            end_ns: Some(1_795_339_872_207_981_923),
            attributes: Some("{}".into()),
            ..SharedSpan::default()
        };
        let text = pack(&SharedTrace { title: "t".into(), left_out: "x".into(), spans: vec![span, SharedSpan::default()] });
        let rows = read(&text).unwrap();
        assert_eq!((rows.title.as_str(), rows.left_out.as_str(), rows.rows), ("t", "x", 2));
        let batch = StreamReader::try_new(rows.ipc.as_slice(), None).unwrap().next().unwrap().unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap();
        assert_eq!(column("span_id").as_string::<i32>().value(0), "a1");
        assert!(column("span_id").is_null(1) && column("start_time").is_null(1) && column("duration_ms").is_null(1));
        assert_eq!(column("start_time").as_primitive::<Int64Type>().value(0), 1_795_339_872_206_481_923);
        assert_eq!(column("duration_ms").as_primitive::<arrow_array::types::Float64Type>().value(0), 1.5);
    }

    #[test]
    fn an_address_without_spans_still_has_columns() {
        let rows = read(&pack(&SharedTrace::default())).unwrap();
        assert_eq!(rows.rows, 0);
        assert!(StreamReader::try_new(rows.ipc.as_slice(), None).is_ok());
    }

    #[test]
    fn refusals_have_stable_codes() {
        for (text, code) in [("", "link-damaged"), ("CQAA", "link-newer"), (&"A".repeat(600_000), "link-too-large")] {
            assert_eq!(read(text).unwrap_err().code(), code);
        }
    }
}
