//! Spans of Jaeger's JSON, as its query service and its UI give them. Times in µs; kind and status are tags; a parent is a reference.
//! Definition: jaegertracing/jaeger, internal/uimodel.

use super::json::{Cursor, Reading};
use super::marks::Marks;
use super::rows::{Json, Resource, Row, Status};
use super::values::{read_id, read_time};

const MICROSECOND_NS: i64 = 1_000;

/// One span into `row`, which is empty; the process that it brings itself, if any, into `own`.
pub(super) fn span(cursor: &mut Cursor<'_>, row: &mut Row, own: &mut Resource, marks: &mut Marks) -> Reading<()> {
    let mut duration_ns = None;
    let mut references: Vec<Reference> = Vec::new();
    let mut is_error = false;
    let mut has_status = false;
    cursor.members(|key, cursor| {
        match key {
            "traceID" => read_id(cursor, &mut row.trace_id, 16, marks)?,
            "spanID" => read_id(cursor, &mut row.span_id, 8, marks)?,
            "parentSpanID" => read_id(cursor, &mut row.parent_id, 8, marks)?,
            "operationName" => cursor.text_into(&mut row.name)?,
            "startTime" => row.start_ns = micros(cursor, marks)?,
            "duration" => duration_ns = micros(cursor, marks)?,
            "references" => cursor.items(|cursor| {
                references.push(reference(cursor, marks)?);
                Ok(())
            })?,
            "tags" => {
                row.attributes.clear();
                each_tag(cursor, &mut |key, value| {
                    match key {
                        "span.kind" => value.text_into(&mut row.kind)?,
                        "otel.status_code" => {
                            row.status = Status::of(&value.text()?.unwrap_or_default());
                            has_status = true;
                        }
                        "otel.status_description" => value.text_into(&mut row.status_description)?,
                        _ => {
                            let text = value.value()?;
                            is_error |= key == "error" && matches!(text, "true" | "\"true\"");
                            Cursor::new(text).copy_into(row.attributes.member(key))?;
                        }
                    }
                    Ok(())
                })?;
            }
            "logs" => {
                row.events.clear();
                cursor.items(|cursor| log(cursor, row, marks))?;
            }
            "processID" => cursor.text_into(&mut marks.process)?,
            "process" => process(cursor, own)?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    if is_error && !has_status {
        row.status = Status::Error;
    }
    row.end_ns = row.start_ns.zip(duration_ns).and_then(|(start_ns, duration_ns)| start_ns.checked_add(duration_ns));
    marks.no_duration += u64::from(duration_ns.is_none());
    place_references(&references, row);
    Ok(())
}

/// All processes of a trace: `each` gets a process's id and what it is.
pub(super) fn processes(cursor: &mut Cursor<'_>, mut each: impl FnMut(&str, Resource)) -> Reading<()> {
    cursor.members(|key, cursor| {
        let mut found = Resource::default();
        process(cursor, &mut found)?;
        each(key, found);
        Ok(())
    })
}

fn process(cursor: &mut Cursor<'_>, out: &mut Resource) -> Reading<()> {
    out.clear();
    let mut tags = Json::default();
    cursor.members(|key, cursor| match key {
        "serviceName" => cursor.text_into(&mut out.service),
        "tags" => each_tag(cursor, &mut |key, value| value.copy_into(tags.member(key))),
        _ => cursor.value().map(drop),
    })?;
    if !out.service.is_empty() {
        out.attributes.text_member("service.name", &out.service);
    }
    out.attributes.append(&tags);
    Ok(())
}

struct Reference {
    is_child: bool,
    trace_id: String,
    span_id: String,
}

fn reference(cursor: &mut Cursor<'_>, marks: &mut Marks) -> Reading<Reference> {
    let mut found = Reference { is_child: true, trace_id: String::new(), span_id: String::new() };
    cursor.members(|key, cursor| {
        match key {
            "refType" => found.is_child = cursor.text()?.is_none_or(|kind| kind != "FOLLOWS_FROM"),
            "traceID" => read_id(cursor, &mut found.trace_id, 16, marks)?,
            "spanID" => read_id(cursor, &mut found.span_id, 8, marks)?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    Ok(found)
}

/// The first CHILD_OF of the same trace is the parent; without one, the first FOLLOWS_FROM of it. All others are links.
fn place_references(references: &[Reference], row: &mut Row) {
    let same_trace = |reference: &&Reference| reference.trace_id == row.trace_id || reference.trace_id.is_empty();
    let of_trace: Vec<usize> = (0..references.len()).filter(|at| references.get(*at).as_ref().is_some_and(same_trace)).collect();
    let is_child = |at: &&usize| references.get(**at).is_some_and(|reference| reference.is_child);
    let parent = if row.parent_id.is_empty() { of_trace.iter().find(is_child).or(of_trace.first()).copied() } else { None };
    for (at, reference) in references.iter().enumerate() {
        if parent == Some(at) {
            row.parent_id.push_str(&reference.span_id);
        } else if !(reference.is_child && reference.span_id == row.parent_id) {
            row.link(&reference.trace_id, &reference.span_id, &Json::default());
        }
    }
}

/// A log is an event, named by its field `event`.
fn log(cursor: &mut Cursor<'_>, row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut name, mut time_ns, mut members) = (String::new(), None, Json::default());
    cursor.members(|key, cursor| {
        match key {
            "timestamp" => time_ns = micros(cursor, marks)?,
            "fields" => each_tag(cursor, &mut |key, value| match key {
                "event" if name.is_empty() => value.text_into(&mut name),
                _ => value.copy_into(members.member(key)),
            })?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    row.event(if name.is_empty() { "log" } else { &name }, time_ns, &members);
    Ok(())
}

fn micros(cursor: &mut Cursor<'_>, marks: &mut Marks) -> Reading<Option<i64>> {
    read_time(cursor, MICROSECOND_NS, marks)
}

type Each<'e> = &'e mut dyn FnMut(&str, &mut Cursor<'_>) -> Reading<()>;

/// Every `{"key", "type", "value"}` of a list, or every member of an object, as Elasticsearch keeps them.
fn each_tag(cursor: &mut Cursor<'_>, each: Each<'_>) -> Reading<()> {
    if cursor.peek() == Some(b'{') {
        return cursor.members(|key, cursor| each(key, cursor));
    }
    let mut key = String::new();
    cursor.items(|cursor| {
        key.clear();
        let mut value = "null";
        cursor.members(|member, cursor| {
            match member {
                "key" => cursor.text_into(&mut key)?,
                "value" => value = cursor.value()?,
                _ => drop(cursor.value()?),
            }
            Ok(())
        })?;
        each(&key, &mut Cursor::new(value))
    })
}
