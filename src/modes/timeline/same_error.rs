//! Where else in the file an exception was recorded. The question and the reading of its answer. Pure.

use crate::{
    core::sql::quote_text,
    engine::{Table, TableError},
};

/// So many are listed.
const SHOWN: usize = 6;

/// A failed span with an exception of the same type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub trace_id: String,
    pub span_id: String,
    pub start_ns: Option<i64>,
    /// What the span says about its failure, else its name.
    pub message: String,
}

/// The failures that are listed, the latest first, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub listed: Vec<Failure>,
    pub spans: u64,
    pub traces: u64,
}

/// Failed spans of other traces that recorded an exception of a type: within its own trace an error is recorded by every span that it passed. Events are stored as JSON text, in which the type stands as
/// one of two spellings; only failed spans' events are read.
pub fn same_error_sql(exception_type: &str, trace_id: &str) -> String {
    let value = serde_json::Value::from(exception_type).to_string();
    let spelt = |blank: &str| format!("contains(events, {})", quote_text(&format!("\"exception.type\":{blank}{value}")));
    format!(
        "WITH hits AS MATERIALIZED (SELECT trace_id, span_id, start_time, coalesce(nullif(status_description, ''), name) AS message FROM main.spans \
         WHERE status_code = 'ERROR' AND trace_id <> {} AND ({} OR {})) \
         SELECT trace_id, span_id, start_time, left(message, 300) AS message, (SELECT count(*) FROM hits) AS spans, \
         (SELECT count(DISTINCT trace_id) FROM hits) AS traces FROM hits ORDER BY start_time DESC NULLS LAST, span_id LIMIT {SHOWN}",
        quote_text(trace_id),
        spelt(" "),
        spelt(""),
    )
}

/// # Errors
/// When the table is not an answer of [`same_error_sql`].
pub fn read_failures(table: &Table) -> Result<Failures, TableError> {
    let (traces, ids, messages) = (table.texts("trace_id")?, table.texts("span_id")?, table.texts("message")?);
    let (starts, all_spans, all_traces) = (table.ints("start_time")?, table.ints("spans")?, table.ints("traces")?);
    let failure = |row: usize| Failure {
        trace_id: traces.text(row).to_owned(),
        span_id: ids.text(row).to_owned(),
        start_ns: starts.get(row),
        message: messages.text(row).to_owned(),
    };
    let count = |of: Option<i64>| of.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    Ok(Failures { listed: (0..table.rows()).map(failure).collect(), spans: count(all_spans.get(0)), traces: count(all_traces.get(0)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn a_type_is_searched_for_as_json_writes_it() {
        let sql = same_error_sql("it's \"odd\"", "t");
        assert!(sql.contains(r#"'"exception.type": "it''s \"odd\""'"#), "{sql}");
        assert!(sql.contains(r#"'"exception.type":"it''s \"odd\""'"#), "{sql}");
    }

    #[test]
    fn failures_are_read_with_their_numbers() {
        let table = Table::new(vec![
            ("trace_id".to_owned(), Column::texts([Some("t")])),
            ("span_id".to_owned(), Column::texts([Some("s")])),
            ("start_time".to_owned(), Column::ints([None])),
            ("message".to_owned(), Column::texts([Some("no")])),
            ("spans".to_owned(), Column::ints([Some(9)])),
            ("traces".to_owned(), Column::ints([Some(4)])),
        ]);
        let failures = read_failures(&table).unwrap();
        let listed = [Failure { trace_id: "t".to_owned(), span_id: "s".to_owned(), start_ns: None, message: "no".to_owned() }];
        assert_eq!(failures, Failures { listed: listed.to_vec(), spans: 9, traces: 4 });
    }
}
