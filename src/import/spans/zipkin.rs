//! Spans of Zipkin's JSON, version 2. Times in µs; every value is text; the two halves of a call may share one id.
//! Definition: openzipkin/zipkin-api, zipkin2-api.yaml.

use std::collections::HashMap;

use super::json::{Cursor, Reading};
use super::marks::Marks;
use super::rows::{Json, Resource, Row, Status};
use super::values::{read_id, read_time};

const MICROSECOND_NS: i64 = 1_000;

/// Which spans of some records are told by their client and by their server.
#[derive(Default)]
pub(super) struct Halves(HashMap<(String, String), (bool, bool)>);

impl Halves {
    /// Looks at a record before any is read. What is no JSON is told when it is read.
    pub(super) fn note(&mut self, text: &str) {
        let (mut trace_id, mut id, mut kind) = (String::new(), String::new(), String::new());
        let looked = Cursor::new(text).members(|key, cursor| match key {
            "traceId" => cursor.text_into(&mut trace_id),
            "id" => cursor.text_into(&mut id),
            "kind" => cursor.text_into(&mut kind),
            _ => cursor.value().map(drop),
        });
        if looked.is_ok() && matches!(kind.as_str(), "CLIENT" | "SERVER") {
            let found = self.0.entry((trace_id.to_lowercase(), id.to_lowercase())).or_default();
            found.0 |= kind == "CLIENT";
            found.1 |= kind == "SERVER";
        }
    }

    fn are_both(&self, trace_id: &str, id: &str) -> bool {
        !self.0.is_empty() && self.0.get(&(trace_id.to_owned(), id.to_owned())) == Some(&(true, true))
    }
}

/// The id that a client's half gets where its server's half has the same: children name the id, and they are the server's.
fn client_id(id: &str) -> String {
    // The upper half of the digits turned round: another id of the same length, the same for every record.
    let turn = |digit: char| digit.to_digit(16).and_then(|value| char::from_digit(value ^ 15, 16)).unwrap_or('f');
    let digits = id.chars().count().div_ceil(2);
    id.chars().enumerate().map(|(at, digit)| if at < digits { turn(digit) } else { digit }).collect()
}

/// One span into `row`, which is empty; where it ran into `resource`.
pub(super) fn span(cursor: &mut Cursor<'_>, row: &mut Row, resource: &mut Resource, halves: &Halves, marks: &mut Marks) -> Reading<()> {
    let mut duration_ns = None;
    let (mut local, mut remote) = (Endpoint::default(), Endpoint::default());
    let mut service_tag = String::new();
    let mut has_status = false;
    cursor.members(|key, cursor| {
        match key {
            "traceId" => read_id(cursor, &mut row.trace_id, 16, marks)?,
            "id" => read_id(cursor, &mut row.span_id, 8, marks)?,
            "parentId" => read_id(cursor, &mut row.parent_id, 8, marks)?,
            "name" => cursor.text_into(&mut row.name)?,
            "kind" => cursor.text_into(&mut row.kind)?,
            "timestamp" => row.start_ns = micros(cursor, marks)?.filter(|time_ns| *time_ns != 0),
            "duration" => duration_ns = micros(cursor, marks)?,
            "localEndpoint" => local.read(cursor)?,
            "remoteEndpoint" => remote.read(cursor)?,
            "annotations" => {
                row.events.clear();
                cursor.items(|cursor| annotation(cursor, row, marks))?;
            }
            "tags" => {
                row.attributes.clear();
                cursor.members(|key, cursor| {
                    match key {
                        "otel.status_code" => {
                            row.status = Status::of(&cursor.text()?.unwrap_or_default());
                            has_status = true;
                        }
                        "error" => {
                            let text = cursor.text()?.unwrap_or_default();
                            if text != "false" && !has_status {
                                row.status = Status::Error;
                            }
                            // Often only "true": then there are no words.
                            if !matches!(&*text, "true" | "false") {
                                row.status_description.clear();
                                row.status_description.push_str(&text);
                            }
                            row.attributes.text_member(key, &text);
                        }
                        _ => {
                            let value = cursor.value()?;
                            if key == "service.name" {
                                Cursor::new(value).text_into(&mut service_tag)?;
                            }
                            Cursor::new(value).copy_into(row.attributes.member(key))?;
                        }
                    }
                    Ok(())
                })?;
            }
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    row.end_ns = row.start_ns.zip(duration_ns).and_then(|(start_ns, duration_ns)| start_ns.checked_add(duration_ns));
    marks.no_duration += u64::from(duration_ns.is_none());
    if halves.are_both(&row.trace_id, &row.span_id) {
        match row.kind.as_str() {
            "CLIENT" => {
                row.attributes.text_member("zipkin.shared_id", &row.span_id);
                row.span_id = client_id(&row.span_id);
            }
            "SERVER" => row.parent_id = client_id(&row.span_id),
            _ => {}
        }
    }
    resource.clear();
    let service = if local.service.is_empty() { service_tag } else { local.service };
    if !service.is_empty() {
        resource.attributes.text_member("service.name", &service);
    }
    resource.service = service;
    add(&mut resource.attributes, [("host.ip", &local.address), ("host.port", &local.port)]);
    add(
        &mut row.attributes,
        [("peer.service", &remote.service), ("network.peer.address", &remote.address), ("network.peer.port", &remote.port)],
    );
    Ok(())
}

fn add<const N: usize>(out: &mut Json, members: [(&str, &String); N]) {
    for (key, value) in members.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.text_member(key, value);
    }
}

#[derive(Default)]
struct Endpoint {
    service: String,
    address: String,
    port: String,
}

impl Endpoint {
    fn read(&mut self, cursor: &mut Cursor<'_>) -> Reading<()> {
        cursor.members(|key, cursor| match key {
            "serviceName" => cursor.text_into(&mut self.service),
            "ipv4" => cursor.text_into(&mut self.address),
            "ipv6" if self.address.is_empty() => cursor.text_into(&mut self.address),
            "port" => cursor.text_into(&mut self.port),
            _ => cursor.value().map(drop),
        })
    }
}

/// An annotation is an event. OpenTelemetry puts an event with attributes into one as `{"name": {…}}`.
fn annotation(cursor: &mut Cursor<'_>, row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut text, mut time_ns) = (String::new(), None);
    cursor.members(|key, cursor| {
        match key {
            "timestamp" => time_ns = micros(cursor, marks)?,
            "value" => cursor.text_into(&mut text)?,
            _ => drop(cursor.value()?),
        }
        Ok(())
    })?;
    if !text.starts_with('{') || !named_event(&text, time_ns, row) {
        row.event(&text, time_ns, &Json::default());
    }
    Ok(())
}

fn named_event(text: &str, time_ns: Option<i64>, row: &mut Row) -> bool {
    let (mut names, mut members, mut is_object) = (Vec::new(), Json::default(), false);
    let mut inner = Cursor::new(text);
    let read = inner.members(|name, cursor| {
        names.push(name.to_owned());
        is_object = cursor.peek() == Some(b'{');
        cursor.members(|key, cursor| cursor.copy_into(members.member(key)))
    });
    match names.as_slice() {
        [name] if read.is_ok() && is_object && inner.peek().is_none() => {
            row.event(name, time_ns, &members);
            true
        }
        _ => false,
    }
}

fn micros(cursor: &mut Cursor<'_>, marks: &mut Marks) -> Reading<Option<i64>> {
    read_time(cursor, MICROSECOND_NS, marks)
}
