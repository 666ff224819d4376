//! Spans of OTLP's protobuf messages (`TracesData`, `ExportTraceServiceRequest`), and the way through a file of them.
//!
//! Read by hand: eight small messages are less than a library with a code generator, and a message of any size passes without being held whole.
//! Definition: opentelemetry-proto, trace.proto, common.proto and resource.proto.

use super::feed::{Feed, Place};
use super::marks::Marks;
use super::odd::What;
use super::otlp_json::{DEEPEST_VALUE, TOO_DEEP};
use super::rows::{Json, Resource, Row, Status};
use super::values::push_hex;
use super::walk::{Holder, Part, Sink};
use crate::core::base64url;
use crate::core::json_write::push_text;
use crate::import::sniff::{Framing, varint};

const LONGEST_PART: u64 = 64 * 1024 * 1024;

/// The bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoMessage;

type Reading<T> = Result<T, NoMessage>;

/// A field's value.
#[derive(Clone, Copy)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    fn bytes(self) -> &'a [u8] {
        if let Self::Bytes(bytes) = self { bytes } else { &[] }
    }

    fn number(self) -> u64 {
        if let Self::Number(number) = self { number } else { 0 }
    }

    fn text(self) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.bytes())
    }
}

fn fields<'a>(mut bytes: &'a [u8], mut each: impl FnMut(u64, Value<'a>) -> Reading<()>) -> Reading<()> {
    while !bytes.is_empty() {
        let (tag, size) = varint(bytes).ok_or(NoMessage)?;
        bytes = bytes.get(size..).ok_or(NoMessage)?;
        let value = match tag & 7 {
            0 => {
                let (number, size) = varint(bytes).ok_or(NoMessage)?;
                bytes = bytes.get(size..).ok_or(NoMessage)?;
                Value::Number(number)
            }
            1 => {
                let (number, rest) = bytes.split_first_chunk::<8>().ok_or(NoMessage)?;
                bytes = rest;
                Value::Number(u64::from_le_bytes(*number))
            }
            2 => {
                let (length, size) = varint(bytes).ok_or(NoMessage)?;
                let end = usize::try_from(length).ok().and_then(|length| length.checked_add(size)).ok_or(NoMessage)?;
                let value = bytes.get(size..end).ok_or(NoMessage)?;
                bytes = bytes.get(end..).ok_or(NoMessage)?;
                Value::Bytes(value)
            }
            5 => {
                let (number, rest) = bytes.split_first_chunk::<4>().ok_or(NoMessage)?;
                bytes = rest;
                Value::Number(u64::from(u32::from_le_bytes(*number)))
            }
            _ => return Err(NoMessage),
        };
        each(tag >> 3, value)?;
    }
    Ok(())
}

/// One span into `row`, which is empty.
pub(super) fn span(bytes: &[u8], row: &mut Row, marks: &mut Marks) -> Reading<()> {
    fields(bytes, |field, value| {
        match field {
            1 => push_hex(cleared(&mut row.trace_id), value.bytes()),
            2 => push_hex(cleared(&mut row.span_id), value.bytes()),
            3 => marks.trace_state = value.text().into_owned(),
            4 => push_hex(cleared(&mut row.parent_id), value.bytes()),
            5 => cleared(&mut row.name).push_str(&value.text()),
            6 => row.kind = value.number().to_string(),
            7 => row.start_ns = time(value, marks),
            8 => row.end_ns = time(value, marks),
            9 => attribute(value.bytes(), &mut row.attributes, "", 0, marks)?,
            10 => marks.dropped_attributes = value.number().to_string(),
            11 => event(value.bytes(), row, marks)?,
            13 => link(value.bytes(), row, marks)?,
            15 => fields(value.bytes(), |field, value| {
                match field {
                    2 => cleared(&mut row.status_description).push_str(&value.text()),
                    3 => row.status = Status::of(&value.number().to_string()),
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })
}

fn cleared(text: &mut String) -> &mut String {
    text.clear();
    text
}

fn time(value: Value<'_>, marks: &mut Marks) -> Option<i64> {
    let time_ns = i64::try_from(value.number()).ok();
    marks.bad_times += u64::from(time_ns.is_none());
    time_ns.filter(|time_ns| *time_ns != 0)
}

pub(super) fn resource(bytes: &[u8], resource: &mut Resource, marks: &mut Marks) -> Reading<()> {
    fields(bytes, |field, value| {
        if field != 1 {
            return Ok(());
        }
        let (key, inner) = key_value(value.bytes())?;
        if key == "service.name" {
            fields(inner, |field, value| {
                if field == 1 {
                    cleared(&mut resource.service).push_str(&value.text());
                }
                Ok(())
            })?;
        }
        any_value(inner, resource.attributes.member(&key), 0, marks)
    })
}

pub(super) fn scope(bytes: &[u8], out: &mut Json, marks: &mut Marks) -> Reading<()> {
    fields(bytes, |field, value| {
        match field {
            1 if !value.bytes().is_empty() => out.text_member("otel.scope.name", &value.text()),
            2 if !value.bytes().is_empty() => out.text_member("otel.scope.version", &value.text()),
            3 => attribute(value.bytes(), out, "otel.scope.", 0, marks)?,
            _ => {}
        }
        Ok(())
    })
}

fn event(bytes: &[u8], row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut name, mut time_ns, mut members) = (String::new(), None, Json::default());
    fields(bytes, |field, value| {
        match field {
            1 => time_ns = time(value, marks),
            2 => name = value.text().into_owned(),
            3 => attribute(value.bytes(), &mut members, "", 0, marks)?,
            _ => {}
        }
        Ok(())
    })?;
    row.event(&name, time_ns, &members);
    Ok(())
}

fn link(bytes: &[u8], row: &mut Row, marks: &mut Marks) -> Reading<()> {
    let (mut trace_id, mut span_id, mut members) = (String::new(), String::new(), Json::default());
    fields(bytes, |field, value| {
        match field {
            1 => push_hex(cleared(&mut trace_id), value.bytes()),
            2 => push_hex(cleared(&mut span_id), value.bytes()),
            4 => attribute(value.bytes(), &mut members, "", 0, marks)?,
            _ => {}
        }
        Ok(())
    })?;
    row.link(&trace_id, &span_id, &members);
    Ok(())
}

fn key_value(bytes: &[u8]) -> Reading<(std::borrow::Cow<'_, str>, &[u8])> {
    let (mut key, mut inner) = (std::borrow::Cow::default(), [].as_slice());
    fields(bytes, |field, value| {
        match field {
            1 => key = value.text(),
            2 => inner = value.bytes(),
            _ => {}
        }
        Ok(())
    })?;
    Ok((key, inner))
}

fn attribute(bytes: &[u8], out: &mut Json, prefix: &str, depth: u32, marks: &mut Marks) -> Reading<()> {
    let (key, inner) = key_value(bytes)?;
    let name = if prefix.is_empty() { key } else { format!("{prefix}{key}").into() };
    any_value(inner, out.member(&name), depth, marks)
}

fn any_value(bytes: &[u8], out: &mut String, depth: u32, marks: &mut Marks) -> Reading<()> {
    // The last of several kinds counts.
    let mut last = None;
    fields(bytes, |field, value| {
        last = Some((field, value));
        Ok(())
    })?;
    let Some((field, value)) = last else {
        out.push_str("null");
        return Ok(());
    };
    match field {
        1 => push_text(out, &value.text()),
        2 => out.push_str(if value.number() == 0 { "false" } else { "true" }),
        3 => out.push_str(&value.number().cast_signed().to_string()),
        4 => {
            let number = f64::from_bits(value.number());
            if number.is_finite() {
                out.push_str(&format!("{number:?}"));
            } else {
                push_text(out, &number.to_string());
            }
        }
        5 | 6 if depth >= DEEPEST_VALUE => {
            marks.too_deep += 1;
            out.push_str(TOO_DEEP);
        }
        5 => {
            let mut list = Json::default();
            fields(value.bytes(), |field, value| match field {
                1 => any_value(value.bytes(), list.element(), depth + 1, marks),
                _ => Ok(()),
            })?;
            out.extend(list.list());
        }
        6 => {
            let mut object = Json::default();
            fields(value.bytes(), |field, value| match field {
                1 => attribute(value.bytes(), &mut object, "", depth + 1, marks),
                _ => Ok(()),
            })?;
            object.push_object_to(out);
        }
        7 => push_text(out, &base64url::encode(value.bytes()).replace('-', "+").replace('_', "/")),
        _ => out.push_str("null"),
    }
    Ok(())
}

/// The way through a file of messages: enters what holds spans, reads a span whole, passes over the rest.
pub(super) struct PbWalk {
    feed: Feed,
    framing: Framing,
    /// What is open, and where in the stream it ends.
    open: Vec<(Holder, u64)>,
    ended: bool,
    pub(super) documents: u64,
}

impl PbWalk {
    pub(super) fn new(feed: Feed, framing: Framing) -> Self {
        Self { feed, framing, open: Vec::new(), ended: false, documents: 0 }
    }

    pub(super) fn failed(&self) -> Option<&str> {
        self.feed.failed.as_deref()
    }

    pub(super) fn step(&mut self, sink: &mut impl Sink) -> bool {
        if !self.ended
            && let Err(what) = self.advance(sink)
        {
            let place = self.place();
            while let Some((holder, _)) = self.open.pop() {
                sink.leave(holder);
            }
            if self.feed.failed.is_none() {
                sink.odd(what, place);
            }
            self.ended = true;
        }
        !self.ended
    }

    fn place(&self) -> Place {
        Place { line: 0, byte: self.feed.consumed() }
    }

    fn advance(&mut self, sink: &mut impl Sink) -> Result<(), What> {
        let holder = match self.open.last() {
            Some((holder, end)) if self.feed.consumed() >= *end => {
                let holder = *holder;
                self.open.pop();
                sink.leave(holder);
                return Ok(());
            }
            Some((holder, _)) => *holder,
            None if self.feed.peek().is_none() => {
                self.ended = true;
                return Ok(());
            }
            None => match self.framing {
                Framing::Bare => Holder::Document,
                Framing::Varint => {
                    let length = self.number()?;
                    return self.enter(Holder::Document, length, sink);
                }
                Framing::Fixed32 => {
                    if !self.feed.has(4) {
                        return Err(What::CutOff);
                    }
                    let length = self.feed.rest().first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
                    self.feed.consume(4);
                    return self.enter(Holder::Document, u64::from(length), sink);
                }
            },
        };
        let tag = self.number()?;
        let length = match tag & 7 {
            0 => return self.number().map(drop),
            1 => return self.pass(8),
            5 => return self.pass(4),
            2 => self.number()?,
            _ => return Err(What::Damaged),
        };
        match (holder, tag >> 3) {
            (Holder::Document, 1) => self.enter(Holder::ResourceSpans, length, sink),
            (Holder::ResourceSpans, 2 | 1000) => self.enter(Holder::ScopeSpans, length, sink),
            (Holder::ResourceSpans, 1) => self.part(Part::PbResource, length, sink),
            (Holder::ScopeSpans, 1) => self.part(Part::PbScope, length, sink),
            (Holder::ScopeSpans, 2) => self.part(Part::PbSpan, length, sink),
            _ => self.pass(length),
        }
    }

    fn number(&mut self) -> Result<u64, What> {
        let is_long = self.feed.has(10);
        let (number, size) = varint(self.feed.rest()).ok_or(if is_long { What::Damaged } else { What::CutOff })?;
        self.feed.consume(size);
        Ok(number)
    }

    /// Where something of `length` bytes ends, if it ends within what it stands in.
    fn end_of(&self, length: u64) -> Result<u64, What> {
        let end = self.feed.consumed().checked_add(length).ok_or(What::Damaged)?;
        if self.open.last().is_some_and(|(_, outer)| end > *outer) { Err(What::Damaged) } else { Ok(end) }
    }

    fn enter(&mut self, holder: Holder, length: u64, sink: &mut impl Sink) -> Result<(), What> {
        let end = self.end_of(length)?;
        self.documents += u64::from(self.open.is_empty());
        self.open.push((holder, end));
        sink.enter(holder);
        Ok(())
    }

    fn part(&mut self, part: Part, length: u64, sink: &mut impl Sink) -> Result<(), What> {
        self.end_of(length)?;
        let place = self.place();
        let Some(whole) = usize::try_from(length).ok().filter(|_| length <= LONGEST_PART) else {
            sink.odd(What::TooLong, place);
            return self.pass(length);
        };
        if !self.feed.has(whole) {
            return Err(What::CutOff);
        }
        sink.part(part, self.feed.slice(whole), place);
        self.feed.consume(whole);
        Ok(())
    }

    fn pass(&mut self, length: u64) -> Result<(), What> {
        let mut left = length;
        self.end_of(length)?;
        loop {
            let there = (self.feed.rest().len() as u64).min(left);
            self.feed.consume(there as usize);
            left -= there;
            if left == 0 {
                return Ok(());
            }
            if !self.feed.fill() {
                return Err(What::CutOff);
            }
        }
    }
}
