//! The words of the open file that a filter may use: services, operations, agents, keys of attributes and their values, the most used first.
//!
//! Asked when somebody types that far, and remembered by the session. Payload is read of some spans only, spread over the file; `rows` is the session's.

use std::rc::Rc;

use yew::prelude::*;

use super::{queries::use_query, session::Session};
use crate::core::filter::{Need, TextField, Wants};

/// So many words of a kind are offered.
const OFFERED: usize = 1000;
/// Spans whose payload is read for words: so many stretches of the file, each so long.
const STRETCHES: u64 = 8;
const STRETCH_SPANS: u64 = 1_250;

/// The statement for the words that a place in a filter wants: columns `value` and `spans`. `None` where the file knows none.
pub fn words_sql(wants: &Wants, rows: u64) -> Option<String> {
    match wants {
        Wants::AttrKeys => Some(attribute_keys_sql(rows)),
        Wants::AttrValues { key } => Some(attribute_values_sql(key, rows)),
        _ => field_sql(wants.text_field()?),
    }
}

/// The values of a column with their numbers of spans, most first, then the empty one for spans that have none. `None` for ids and descriptions, of which a list is of no help.
pub fn field_sql(field: TextField) -> Option<String> {
    let column = match field {
        TextField::Service => "service",
        TextField::Operation => "operation",
        TextField::Name => "name",
        TextField::Kind => "kind",
        TextField::Agent => {
            // The empty value is that of spans without one.
            return Some(format!(
                "SELECT value, spans FROM (SELECT agent AS value, count(*) AS spans FROM main.agent_runs GROUP BY agent UNION ALL \
                 SELECT '', (SELECT count(*) FROM main.spans) - (SELECT count(*) FROM main.agent_runs)) \
                 WHERE spans > 0 ORDER BY value = '', spans DESC, value LIMIT {OFFERED}"
            ));
        }
        TextField::Workflow => {
            return Some(format!(
                "SELECT name AS value, sum(spans)::BIGINT AS spans FROM main.trace_index WHERE name IS NOT NULL GROUP BY name ORDER BY spans DESC, value LIMIT {OFFERED}"
            ));
        }
        TextField::Description | TextField::Trace | TextField::Span => return None,
    };
    Some(format!(
        "SELECT coalesce({column}, '') AS value, count(*) AS spans FROM main.spans WHERE {column} IS DISTINCT FROM '' GROUP BY {column} ORDER BY value = '', spans DESC, value LIMIT {OFFERED}"
    ))
}

/// Keys of attributes with the number of spans that have them, among those that are read.
pub fn attribute_keys_sql(rows: u64) -> String {
    format!(
        "SELECT key AS value, count(*) AS spans FROM (SELECT unnest(json_keys(attributes)) AS key FROM ({})) GROUP BY key ORDER BY spans DESC, value LIMIT {OFFERED}",
        some_spans(rows)
    )
}

/// Values of an attribute with their numbers of spans, among those that are read.
pub fn attribute_values_sql(key: &str, rows: u64) -> String {
    let expression = Need::Attribute(key.to_owned()).expression().unwrap_or_default();
    format!(
        "SELECT value, count(*) AS spans FROM (SELECT {expression} AS value FROM ({})) WHERE value IS NOT NULL GROUP BY value ORDER BY spans DESC, value LIMIT {OFFERED}",
        some_spans(rows)
    )
}

/// Stretches of rows, evenly spread: of a small file they are all of it.
fn some_spans(rows: u64) -> String {
    let stretch = |number: u64| {
        let from = (number * STRETCH_SPANS).max(rows / STRETCHES * number);
        format!("(SELECT attributes FROM spandeck.span_rows WHERE row_no >= {from} AND row_no < {})", from + STRETCH_SPANS)
    };
    (0..STRETCHES).map(stretch).collect::<Vec<_>>().join(" UNION ALL ")
}

/// The words that a field of the filter wants to offer, of the whole file.
#[hook]
pub fn use_words(session: &Rc<Session>, wants: Option<&Wants>) -> Rc<Vec<String>> {
    let sql: Option<Rc<str>> = wants.and_then(|wants| words_sql(wants, session.rows)).map(Into::into);
    let asked = use_query(session, sql.clone());
    let table = sql.as_ref().and_then(|sql| asked.of(sql)).cloned();
    use_memo(table.as_ref().map(|table| Rc::as_ptr(table) as usize), move |_| match &table {
        Some(table) => table
            .texts("value")
            .map(|values| (0..table.rows()).filter_map(|row| values.get(row)).map(str::to_owned).collect())
            .unwrap_or_default(),
        None => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_do_not_overlap_in_small_files() {
        let sql = some_spans(5_000);
        assert_eq!(sql.matches("UNION ALL").count(), 7);
        assert!(sql.contains("row_no >= 1250 AND row_no < 2500"), "{sql}");
        assert!(some_spans(800_000).contains("row_no >= 700000 AND row_no < 701250"));
    }

    #[test]
    fn ids_are_not_listed() {
        assert_eq!(field_sql(TextField::Trace), None);
        assert!(words_sql(&Wants::Values { key: "service" }, 9).is_some());
        assert_eq!(words_sql(&Wants::Values { key: "status" }, 9), None);
    }
}
