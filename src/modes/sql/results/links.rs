//! Cells that lead into the Timeline, and a result as a filter: which columns hold ids of traces and spans.

use std::collections::BTreeSet;

use super::result_set::{ResultSet, Value};
use crate::{core::filter::print_value, engine::result::CellKind};

/// Ids that one filter takes, and their letters: the filter's own limit is a little higher.
pub const MOST_IDS: usize = 1_100;
const MOST_LETTERS: usize = 19_500;
/// Rows that are looked at for them.
const MOST_ROWS: usize = 200_000;

/// Where a cell leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Trace(String),
    Span {
        trace_id: String,
        span_id: String,
    },
    /// The trace is not in the row and must be looked up.
    SpanAlone(String),
}

/// The columns of a result that hold ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdColumns {
    traces: Vec<usize>,
    spans: Vec<usize>,
}

impl IdColumns {
    pub fn of(set: &ResultSet) -> Self {
        let texts = set.columns.iter().enumerate().filter(|(_, column)| matches!(column.kind, CellKind::Text | CellKind::Word));
        let named: Vec<(usize, String)> = texts.map(|(at, column)| (at, column.name.to_lowercase())).collect();
        let is_trace = |name: &str| name.contains("trace") && !name.contains("name") && !name.contains("state") && !name.contains("stack");
        let is_span = |name: &str| name.ends_with("span_id") || name.ends_with("spanid") || matches!(name, "parent_id" | "parent_span");
        let having = |is: &dyn Fn(&str) -> bool| named.iter().filter(|(_, name)| is(name)).map(|(at, _)| *at).collect();
        Self { traces: having(&is_trace), spans: having(&is_span) }
    }

    pub fn is_empty(&self) -> bool {
        self.traces.is_empty() && self.spans.is_empty()
    }

    /// Where a cell leads, if it holds an id.
    pub fn target(&self, set: &ResultSet, column: usize, row: usize) -> Option<Target> {
        let own = id_at(set, column, row)?;
        if self.spans.contains(&column) {
            // The trace of the same name before others: `a_trace_id` beside `a_span_id`.
            let name = |column: usize| set.columns.get(column).map(|column| column.name.to_lowercase()).unwrap_or_default();
            let stem = name(column).replace("span_id", "").replace("parent_id", "");
            let same = self.traces.iter().find(|trace| name(**trace).replace("trace_id", "") == stem);
            let trace = same.or(self.traces.first()).and_then(|trace| id_at(set, *trace, row));
            return Some(match trace {
                Some(trace_id) => Target::Span { trace_id: trace_id.to_owned(), span_id: own.to_owned() },
                None => Target::SpanAlone(own.to_owned()),
            });
        }
        self.traces.contains(&column).then(|| Target::Trace(own.to_owned()))
    }

    /// The rows as a filter: of the spans where there are any, else of the traces. With how many ids there are, and whether that is all.
    pub fn filter(&self, set: &ResultSet, rows: impl Iterator<Item = usize>) -> Option<(String, usize, bool)> {
        let own_span = |column: &&usize| set.columns.get(**column).is_some_and(|column| !column.name.to_lowercase().contains("parent"));
        let (key, column) = match (self.spans.iter().find(own_span), self.traces.first()) {
            (Some(span), _) => ("span", *span),
            (None, Some(trace)) => ("trace", *trace),
            (None, None) => return None,
        };
        let (mut seen, mut ids, mut is_all, mut letters) = (BTreeSet::new(), Vec::new(), true, 0_usize);
        for (at, row) in rows.enumerate() {
            let Some(id) = id_at(set, column, row) else { continue };
            if seen.insert(id) {
                let text = print_value(id);
                letters += text.chars().count() + 1;
                if ids.len() == MOST_IDS || letters > MOST_LETTERS {
                    is_all = false;
                    break;
                }
                ids.push(text);
            }
            if at >= MOST_ROWS {
                is_all = false;
                break;
            }
        }
        (!ids.is_empty()).then(|| (format!("{key}={}", ids.join(",")), ids.len(), is_all))
    }
}

/// The text of a cell if it may be an id: 16 or 32 hexadecimal digits, or whatever stands in a column that has an id's very name.
fn id_at(set: &ResultSet, column: usize, row: usize) -> Option<&str> {
    let Some(Value::Text(text)) = set.value(column, row) else { return None };
    let name = &set.columns.get(column)?.name;
    let is_hex = matches!(text.len(), 16 | 32) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_named =
        ["trace_id", "span_id", "parent_id"].iter().any(|id| name.eq_ignore_ascii_case(id)) && !text.is_empty() && text.len() <= 128;
    (is_hex || is_named).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::filter::Filter,
        engine::{Column, result::ResultColumn},
    };

    fn set(names: &[&str], rows: &[&[Option<&str>]]) -> ResultSet {
        let column = |name: &&str| ResultColumn { name: (*name).to_owned(), type_name: "VARCHAR".to_owned(), kind: CellKind::Text };
        let mut set = ResultSet::of(names.iter().map(column).collect());
        set.push((0..names.len()).map(|at| Column::texts(rows.iter().map(|row| row[at]))).collect(), None);
        set
    }

    const T: &str = "0123456789abcdef0123456789abcdef";
    const S: &str = "0123456789abcdef";

    #[test]
    fn ids_lead_to_their_trace() {
        let set = set(
            &["name", "trace_id", "span_id", "slowest_trace", "parent_id"],
            &[&[Some(T), Some("t-1"), Some(S), Some(T), None], &[None, None, Some(S), Some("no id"), None]],
        );
        let ids = IdColumns::of(&set);
        assert_eq!(ids.target(&set, 0, 0), None);
        assert_eq!(ids.target(&set, 1, 0), Some(Target::Trace("t-1".to_owned())));
        assert_eq!(ids.target(&set, 2, 0), Some(Target::Span { trace_id: "t-1".to_owned(), span_id: S.to_owned() }));
        assert_eq!(ids.target(&set, 2, 1), Some(Target::SpanAlone(S.to_owned())));
        assert_eq!(ids.target(&set, 3, 0), Some(Target::Trace(T.to_owned())));
        assert_eq!(ids.target(&set, 3, 1), None);
        assert_eq!(ids.target(&set, 4, 0), None);
    }

    #[test]
    fn a_result_becomes_a_filter() {
        let spans = set(&["trace_id", "span_id"], &[&[Some(T), Some(S)], &[Some(T), Some("a b")], &[Some(T), Some(S)], &[None, None]]);
        let (text, count, is_all) = IdColumns::of(&spans).filter(&spans, 0..4).unwrap();
        assert_eq!((text.as_str(), count, is_all), ("span=0123456789abcdef,\"a b\"", 2, true));
        assert!(Filter::parse(&text).is_ok());
        for (width, most) in [(16, MOST_IDS), (32, MOST_LETTERS / 33)] {
            let many: Vec<String> = (0..1_200).map(|at| format!("{at:0width$x}")).collect();
            let rows: Vec<Vec<Option<&str>>> = many.iter().map(|id| vec![Some(id.as_str())]).collect();
            let traces = set(&["trace_id"], &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let found = IdColumns::of(&traces).filter(&traces, 0..1_200).unwrap();
            assert_eq!((found.1, found.2), (most, false));
            let filter = Filter::parse(&found.0).unwrap();
            assert_eq!(filter.print(), found.0);
        }
        assert_eq!(IdColumns::of(&set(&["name"], &[])).filter(&spans, 0..4), None);
    }
}
