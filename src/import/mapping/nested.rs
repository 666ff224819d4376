//! The SQL that turns any value into JSON text, without the json extension.
//!
//! `json_quote(text)` is a function that the page's engine provides. Objects leave out what is NULL; lists keep it as `null`.

use super::{DuckType, ListPart, Source, read};
use crate::core::sql::quote_text;

/// A column that holds JSON as a whole: text is taken for JSON already, everything else is converted.
pub(super) fn json_column(x: &str, kind: &DuckType) -> String {
    match kind {
        DuckType::Text => x.to_owned(),
        DuckType::Json => format!("{x}::VARCHAR"),
        DuckType::Blob => format!("TRY(decode({x}))"),
        _ => json(x, kind, 0),
    }
}

/// A value inside a list, map or struct as JSON text; SQL NULL where it is NULL. `depth` keeps the lambdas' names apart.
fn json(x: &str, kind: &DuckType, depth: usize) -> String {
    let item = format!("e{depth}");
    match kind {
        DuckType::Bool | DuckType::Integer { .. } | DuckType::Decimal | DuckType::Json => format!("{x}::VARCHAR"),
        DuckType::Float { .. } => format!("CASE WHEN isfinite({x}) THEN {x}::VARCHAR END"),
        DuckType::Text => format!("json_quote({x})"),
        DuckType::Blob => format!("json_quote(lower(hex({x})))"),
        DuckType::Map(key, value) => {
            let pair = pair(&format!("{item}.key"), key, &format!("{item}.value"), value, depth);
            object(x, &format!("map_entries({x})"), &item, &pair)
        }
        DuckType::List(inner) => match key_value(inner) {
            Some((key, value)) => {
                let pair = pair(&extract(&item, key.0), key.1, &extract(&item, value.0), value.1, depth);
                object(x, x, &item, &pair)
            }
            None => {
                let each = json(&item, inner, depth + 1);
                format!("CASE WHEN {x} IS NOT NULL THEN '[' || {} || ']' END", joined(x, &item, &format!("COALESCE({each}, 'null')")))
            }
        },
        DuckType::Struct(fields) => match any_value(x, fields, depth) {
            Some(value) => value,
            None => {
                let parts: Vec<String> = fields
                    .iter()
                    .map(|(name, kind)| format!("{} || {}", quote_text(&json_key(name)), json(&extract(x, name), kind, depth)))
                    .collect();
                format!("CASE WHEN {x} IS NOT NULL THEN '{{' || concat_ws(',', {}) || '}}' END", parts.join(", "))
            }
        },
        _ => format!("json_quote({x}::VARCHAR)"),
    }
}

fn pair(key: &str, key_kind: &DuckType, value: &str, value_kind: &DuckType, depth: usize) -> String {
    format!("json_quote({}) || ':' || COALESCE({}, 'null')", read::text(key, key_kind), json(value, value_kind, depth + 1))
}

fn object(x: &str, list: &str, item: &str, pair: &str) -> String {
    format!("CASE WHEN {x} IS NOT NULL THEN '{{' || {} || '}}' END", joined(list, item, pair))
}

/// The elements of a list, each as `each` says, with commas between. An empty list gives an empty text.
fn joined(list: &str, item: &str, each: &str) -> String {
    format!("COALESCE(array_to_string(list_transform({list}, lambda {item}: {each}), ','), '')")
}

fn extract(x: &str, field: &str) -> String {
    format!("struct_extract({x}, {})", quote_text(field))
}

/// `"name":` with the name as JSON text. Names are known here, so that this needs no engine.
fn json_key(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}

type Named<'a> = (&'a str, &'a DuckType);

/// The key and value fields of a list of pairs: exactly `key` and `value`.
fn key_value(inner: &DuckType) -> Option<(Named<'_>, Named<'_>)> {
    match inner {
        DuckType::Struct(fields) if fields.len() == 2 => {
            let (key, value) = (inner.field("key")?, inner.field("value")?);
            (key.1.is_text() || *key.1 == DuckType::Blob).then_some((key, value))
        }
        _ => None,
    }
}

/// OTLP's AnyValue: a struct of which one field is set. `None` when the struct is not one.
fn any_value(x: &str, fields: &[(String, DuckType)], depth: usize) -> Option<String> {
    const NAMES: &[&str] = &[
        "string_value",
        "stringvalue",
        "int_value",
        "intvalue",
        "double_value",
        "doublevalue",
        "bool_value",
        "boolvalue",
        "bytes_value",
        "bytesvalue",
        "array_value",
        "arrayvalue",
        "kvlist_value",
        "kvlistvalue",
    ];
    let all = fields.len() > 1 && fields.iter().all(|(name, _)| NAMES.contains(&name.to_ascii_lowercase().as_str()));
    all.then(|| {
        let values: Vec<String> = fields.iter().map(|(name, kind)| json(&extract(x, name), kind, depth)).collect();
        format!("COALESCE({})", values.join(", "))
    })
}

/// Events as `[{"name", "timestamp", "attributes"}]`.
pub(super) fn events(source: &Source) -> String {
    match source {
        Source::Column(column) => events_column(&read::value_of(column), &column.kind()),
        Source::Lists(lists) => {
            let Some(names) = lists.get(&ListPart::Name) else { return "NULL::VARCHAR".to_owned() };
            let (list, kind) = as_list(names);
            let mut parts = vec![format!("'\"name\":' || COALESCE(json_quote({}), '\"\"')", read::text("e0", &kind))];
            if let Some(source) = lists.get(&ListPart::Timestamp) {
                let (times, kind) = as_list(source);
                parts.push(format!("'\"timestamp\":' || {}::VARCHAR", read::time_ns(&format!("{times}[i0]"), &kind, source.unit)));
            }
            parts.extend(lists.get(&ListPart::Attributes).map(list_attributes));
            zipped(&list, &parts)
        }
    }
}

/// Links as `[{"context": {"trace_id", "span_id"}, "attributes"}]`.
pub(super) fn links(source: &Source) -> String {
    match source {
        Source::Column(column) => links_column(&read::value_of(column), &column.kind()),
        Source::Lists(lists) => {
            let Some(spans) = lists.get(&ListPart::SpanId) else { return "NULL::VARCHAR".to_owned() };
            let (list, kind) = as_list(spans);
            let span = format!("'\"span_id\":' || json_quote({})", read::id("e0", &kind, super::Field::SpanId, false));
            let trace = lists.get(&ListPart::TraceId).map(|source| {
                let (traces, kind) = as_list(source);
                format!("'\"trace_id\":' || json_quote({})", read::id(&format!("{traces}[i0]"), &kind, super::Field::TraceId, false))
            });
            let context: Vec<String> = trace.into_iter().chain([span]).collect();
            let mut parts = vec![format!("'\"context\":{{' || concat_ws(',', {}) || '}}'", context.join(", "))];
            parts.extend(lists.get(&ListPart::Attributes).map(list_attributes));
            zipped(&list, &parts)
        }
    }
}

/// A list column as a list: what arrives as JSON text is split by DuckDB's own reading of list literals, which leaves objects
/// inside as they are.
fn as_list(source: &super::ColumnSource) -> (String, DuckType) {
    let x = read::value_of(source);
    match source.kind() {
        DuckType::List(inner) => (x, *inner),
        _ => (format!("TRY_CAST({x}::VARCHAR AS VARCHAR[])"), DuckType::Text),
    }
}

fn list_attributes(source: &super::ColumnSource) -> String {
    let (list, kind) = as_list(source);
    let value = format!("{list}[i0]");
    // Attributes that are text are JSON text (otlp2parquet): quoting them would hide them.
    format!(
        "'\"attributes\":' || COALESCE({}, '{{}}')",
        if kind == DuckType::Text { format!("NULLIF({value}, '')") } else { json(&value, &kind, 1) }
    )
}

fn zipped(list: &str, parts: &[String]) -> String {
    format!(
        "CASE WHEN {list} IS NOT NULL THEN '[' || COALESCE(array_to_string(list_transform({list}, lambda e0, i0: '{{' || concat_ws(',', {}) || '}}'), ','), '') || ']' END",
        parts.join(", ")
    )
}

fn events_column(x: &str, kind: &DuckType) -> String {
    let DuckType::List(inner) = kind else { return json_column(x, kind) };
    let find = |names: &[&str]| names.iter().find_map(|n| inner.field(n));
    let Some(name) = find(&["name", "event_name", "eventname"]) else { return json_column(x, kind) };
    let mut parts = vec![format!("'\"name\":' || json_quote({})", read::text(&extract("e0", name.0), name.1))];
    if let Some((field, kind)) = find(&["timestamp", "time", "time_unix_nano", "timeunixnano", "timestamp_ns", "ts"]) {
        parts.push(format!("'\"timestamp\":' || {}::VARCHAR", read::time_ns(&extract("e0", field), kind, None)));
    }
    if let Some((field, kind)) = find(&["attributes", "attrs", "event_attributes"]) {
        let value = extract("e0", field);
        let text = if kind.is_text() { format!("NULLIF({value}::VARCHAR, '')") } else { json(&value, kind, 1) };
        parts.push(format!("'\"attributes\":' || COALESCE({text}, '{{}}')"));
    }
    zipped(x, &parts)
}

fn links_column(x: &str, kind: &DuckType) -> String {
    let DuckType::List(inner) = kind else { return json_column(x, kind) };
    let find = |names: &[&str]| names.iter().find_map(|n| inner.field(n));
    let Some(span) = find(&["span_id", "spanid"]) else { return json_column(x, kind) };
    let mut context = Vec::new();
    if let Some((field, kind)) = find(&["trace_id", "traceid"]) {
        context.push(format!("'\"trace_id\":' || json_quote({})", read::id(&extract("e0", field), kind, super::Field::TraceId, false)));
    }
    context.push(format!("'\"span_id\":' || json_quote({})", read::id(&extract("e0", span.0), span.1, super::Field::SpanId, false)));
    let mut parts = vec![format!("'\"context\":{{' || concat_ws(',', {}) || '}}'", context.join(", "))];
    if let Some((field, kind)) = find(&["attributes", "attrs"]) {
        let value = extract("e0", field);
        let text = if kind.is_text() { format!("NULLIF({value}::VARCHAR, '')") } else { json(&value, kind, 1) };
        parts.push(format!("'\"attributes\":' || COALESCE({text}, '{{}}')"));
    }
    zipped(x, &parts)
}

/// The text of one key of an attributes or resource column.
pub(super) fn lookup(x: &str, kind: &DuckType, key: &str) -> String {
    let key = quote_text(key);
    match kind {
        DuckType::Map(k, v) if k.is_text() && (v.is_text() || **v == DuckType::Blob) => read::text(&format!("({x})[{key}]"), v),
        DuckType::Text => format!("({x} ->> {key})"),
        _ => format!("(({}) ->> {key})", json_column(x, kind)),
    }
}
