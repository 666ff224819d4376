//! Spans of OTLP/JSON. The names are those of the protocol in either spelling (`traceId`, `trace_id`); 64-bit numbers come as text or number, ids
//! as hex or base64. Definition: opentelemetry-proto, trace.proto and the JSON mapping of protobuf.

use super::json::{Cursor, NotJson, Reading, is_number, push_json};
use super::marks::Marks;
use super::rows::{Json, Resource, Row, Status};
use super::values::{read_id, read_time};
use crate::core::json_write::push_text;

/// Values within values.
pub(super) const DEEPEST_VALUE: u32 = 60;
/// What stands for a value that is nested deeper.
pub(super) const TOO_DEEP: &str = "\"<nested too deeply>\"";

/// One span into `row`, which is empty.
pub(super) fn span(cursor: &mut Cursor<'_>, row: &mut Row, marks: &mut Marks) -> Reading<()> {
    cursor.members(|key, cursor| {
        match key {
            "traceId" | "trace_id" => read_id(cursor, &mut row.trace_id, 16, marks)?,
            "spanId" | "span_id" => read_id(cursor, &mut row.span_id, 8, marks)?,
            "parentSpanId" | "parent_span_id" => read_id(cursor, &mut row.parent_id, 8, marks)?,
            "name" => cursor.text_into(&mut row.name)?,
            "kind" => cursor.text_into(&mut row.kind)?,
            "startTimeUnixNano" | "start_time_unix_nano" => row.start_ns = time(cursor, marks)?,
            "endTimeUnixNano" | "end_time_unix_nano" => row.end_ns = time(cursor, marks)?,
            "attributes" => {
                row.attributes.clear();
                attributes(cursor, &mut row.attributes, 0, marks)?;
            }
            "events" => {
                row.events.clear();
                cursor.items(|cursor| event(cursor, row, marks))?;
            }
            "links" => {
                row.links.clear();
                cursor.items(|cursor| link(cursor, row, marks))?;
            }
            "status" => status(cursor, row)?,
            "traceState" | "trace_state" => marks.trace_state = cursor.text()?.unwrap_or_default().into_owned(),
            "droppedAttributesCount" | "dropped_attributes_count" => {
                marks.dropped_attributes = cursor.text()?.unwrap_or_default().into_owned()
            }
            _ => drop(cursor.value()?),
        }
        Ok(())
    })
}

/// What ran: `{"attributes": [...]}`.
pub(super) fn resource(cursor: &mut Cursor<'_>, resource: &mut Resource, marks: &mut Marks) -> Reading<()> {
    cursor.members(|key, cursor| match key {
        "attributes" => {
            resource.attributes.clear();
            each_attribute(cursor, marks, &mut |key, value, marks| {
                if key == "service.name" {
                    resource.service.clear();
                    let mut text = String::new();
                    any_value(value, &mut text, 0, marks)?;
                    Cursor::new(&text).text_into(&mut resource.service)?;
                    resource.attributes.member(key).push_str(&text);
                    return Ok(());
                }
                any_value(value, resource.attributes.member(key), 0, marks)
            })
        }
        _ => cursor.value().map(drop),
    })
}

/// The scope's name, version and attributes, as attributes of its spans: the names that OpenTelemetry gives to formats without scopes.
pub(super) fn scope(cursor: &mut Cursor<'_>, out: &mut Json, marks: &mut Marks) -> Reading<()> {
    cursor.members(|key, cursor| {
        match key {
            "name" | "version" => {
                if let Some(text) = cursor.text()?.filter(|text| !text.is_empty()) {
                    out.text_member(if key == "name" { "otel.scope.name" } else { "otel.scope.version" }, &text);
                }
            }
            "attributes" => each_attribute(cursor, marks, &mut |key, value, marks| {
                any_value(value, out.member(&format!("otel.scope.{key}")), 0, marks)
            })?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })
}

/// Nanoseconds since 1970; zero is how protobuf says that there is none.
fn time(cursor: &mut Cursor<'_>, marks: &mut Marks) -> Reading<Option<i64>> {
    Ok(read_time(cursor, 1, marks)?.filter(|time_ns| *time_ns != 0))
}

fn status(cursor: &mut Cursor<'_>, row: &mut Row) -> Reading<()> {
    cursor.members(|key, cursor| {
        match key {
            "code" => row.status = Status::of(&cursor.text()?.unwrap_or_default()),
            "message" => cursor.text_into(&mut row.status_description)?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })
}

fn event(cursor: &mut Cursor<'_>, row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut name, mut time_ns, mut members) = (String::new(), None, Json::default());
    cursor.members(|key, cursor| {
        match key {
            "name" => cursor.text_into(&mut name)?,
            "timeUnixNano" | "time_unix_nano" => time_ns = time(cursor, marks)?,
            "attributes" => {
                members.clear();
                attributes(cursor, &mut members, 0, marks)?;
            }
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    row.event(&name, time_ns, &members);
    Ok(())
}

fn link(cursor: &mut Cursor<'_>, row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut trace_id, mut span_id, mut members) = (String::new(), String::new(), Json::default());
    cursor.members(|key, cursor| {
        match key {
            "traceId" | "trace_id" => read_id(cursor, &mut trace_id, 16, marks)?,
            "spanId" | "span_id" => read_id(cursor, &mut span_id, 8, marks)?,
            "attributes" => {
                members.clear();
                attributes(cursor, &mut members, 0, marks)?;
            }
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    row.link(&trace_id, &span_id, &members);
    Ok(())
}

/// A list of keys and values as members of an object.
fn attributes(cursor: &mut Cursor<'_>, out: &mut Json, depth: u32, marks: &mut Marks) -> Reading<()> {
    each_attribute(cursor, marks, &mut |key, value, marks| any_value(value, out.member(key), depth, marks))
}

type Each<'e> = &'e mut dyn FnMut(&str, &mut Cursor<'_>, &mut Marks) -> Reading<()>;

fn each_attribute(cursor: &mut Cursor<'_>, marks: &mut Marks, each: Each<'_>) -> Reading<()> {
    // Not what the protocol says, and what some tools write.
    if cursor.peek() == Some(b'{') {
        return cursor.members(|key, cursor| each(key, cursor, marks));
    }
    let mut key = String::new();
    cursor.items(|cursor| {
        key.clear();
        let (mut early, mut has_key, mut is_done) = (None, false, false);
        cursor.members(|member, cursor| {
            match member {
                "key" => {
                    cursor.text_into(&mut key)?;
                    has_key = true;
                }
                "value" if has_key && !is_done => {
                    is_done = true;
                    each(&key, cursor, marks)?;
                }
                "value" => early = Some(cursor.value()?),
                _ => drop(cursor.value()?),
            }
            Ok(())
        })?;
        if has_key && !is_done {
            each(&key, &mut Cursor::new(early.unwrap_or("null")), marks)?;
        }
        Ok(())
    })
}

/// A value of any kind as JSON. One without a kind is null; one that is not wrapped is taken as it is.
fn any_value(cursor: &mut Cursor<'_>, out: &mut String, depth: u32, marks: &mut Marks) -> Reading<()> {
    if cursor.peek() != Some(b'{') {
        return cursor.copy_into(out);
    }
    let mut is_written = false;
    cursor.members(|kind, cursor| {
        if is_written {
            return cursor.value().map(drop);
        }
        is_written = true;
        match kind {
            "stringValue" | "string_value" | "boolValue" | "bool_value" | "bytesValue" | "bytes_value" => cursor.copy_into(out)?,
            "intValue" | "int_value" => number(cursor, out, |text| text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok())?,
            "doubleValue" | "double_value" => number(cursor, out, |_| true)?,
            "arrayValue" | "array_value" | "kvlistValue" | "kvlist_value" if depth >= DEEPEST_VALUE => {
                cursor.value()?;
                marks.too_deep += 1;
                out.push_str(TOO_DEEP);
            }
            "arrayValue" | "array_value" => {
                let mut list = Json::default();
                cursor.members(|key, cursor| match key {
                    "values" => cursor.items(|cursor| any_value(cursor, list.element(), depth + 1, marks)),
                    _ => cursor.value().map(drop),
                })?;
                out.extend(list.list());
            }
            "kvlistValue" | "kvlist_value" => {
                let mut object = Json::default();
                cursor.members(|key, cursor| match key {
                    "values" => attributes(cursor, &mut object, depth + 1, marks),
                    _ => cursor.value().map(drop),
                })?;
                object.push_object_to(out);
            }
            _ => {
                cursor.value()?;
                is_written = false;
            }
        }
        Ok::<(), NotJson>(())
    })?;
    if !is_written {
        out.push_str("null");
    }
    Ok(())
}

/// A number that may be written as text; text that is no number stays text.
fn number(cursor: &mut Cursor<'_>, out: &mut String, fits: impl Fn(&str) -> bool) -> Reading<()> {
    if cursor.peek() != Some(b'"') {
        return cursor.copy_into(out);
    }
    let raw = cursor.value()?;
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if is_number(inner) && fits(inner) {
        out.push_str(inner);
    } else {
        push_json(out, raw);
    }
    Ok(())
}

/// What a span says of itself besides its attributes, under the names that OpenTelemetry gives them elsewhere.
pub(super) fn add_extras(row: &mut Row, marks: &Marks) {
    if !marks.trace_state.is_empty() {
        row.attributes.text_member("w3c.tracestate", &marks.trace_state);
    }
    if !matches!(marks.dropped_attributes.as_str(), "" | "0") {
        push_text(row.attributes.member("otel.dropped_attributes_count"), &marks.dropped_attributes);
    }
}
