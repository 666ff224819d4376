//! Brings together what stands apart: a span and the resource, scope or process that it belongs to, in whichever order they come.
//!
//! A span whose surroundings are known becomes a row at once. Others wait as they were written, up to a limit; then they go without.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::feed::Place;
use super::json::Cursor;
use super::marks::Marks;
use super::odd::{Odd, What};
use super::rows::{Json, Resource, Row, Rows};
use super::values::is_no_id;
use super::walk::{Holder, Part, Sink};
use super::zipkin::Halves;
use super::{jaeger, otlp_json, otlp_pb, zipkin};

/// Spans that wait take up to so many bytes together.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

struct Waiting {
    part: Part,
    start: usize,
    end: usize,
    scope: usize,
    place: Place,
}

pub(super) struct Assembler {
    pub(super) rows: Rows,
    pub(super) odd: Odd,
    /// The formats that gave spans.
    pub(super) formats: BTreeSet<&'static str>,
    row: Row,
    /// Of the `resourceSpans` that are open.
    resource: Resource,
    has_resource: bool,
    is_in_resource: bool,
    /// Of the same, each `scopeSpans` one; the last is open.
    scopes: Vec<Json>,
    has_scope: bool,
    processes: HashMap<String, Resource>,
    has_processes: bool,
    halves: Halves,
    waiting: Vec<Waiting>,
    waiting_bytes: Vec<u8>,
}

impl Assembler {
    pub(super) fn new() -> Self {
        Self {
            rows: Rows::new(),
            odd: Odd::default(),
            formats: BTreeSet::new(),
            row: Row::default(),
            resource: Resource::default(),
            has_resource: false,
            is_in_resource: false,
            scopes: Vec::new(),
            has_scope: false,
            processes: HashMap::new(),
            has_processes: false,
            halves: Halves::default(),
            waiting: Vec::new(),
            waiting_bytes: Vec::new(),
        }
    }

    /// Makes rows of all that wait. Called when nothing more can come that they belong to.
    pub(super) fn release(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let bytes = std::mem::take(&mut self.waiting_bytes);
        let text = |one: &Waiting| bytes.get(one.start..one.end).unwrap_or_default();
        self.halves = Halves::default();
        for one in waiting.iter().filter(|one| one.part == Part::ZipkinSpan) {
            self.halves.note(&String::from_utf8_lossy(text(one)));
        }
        for one in &waiting {
            self.add(one.part, text(one), one.scope, one.place);
        }
    }

    fn wait(&mut self, part: Part, bytes: &[u8], place: Place) {
        if self.waiting_bytes.len() + bytes.len() > WAITING_BYTES {
            self.release();
        }
        let start = self.waiting_bytes.len();
        self.waiting_bytes.extend_from_slice(bytes);
        self.waiting.push(Waiting { part, start, end: self.waiting_bytes.len(), scope: self.scopes.len(), place });
    }

    /// Reads a span and makes a row of it. `scope`: the number of scopes when it came.
    fn add(&mut self, part: Part, bytes: &[u8], scope: usize, place: Place) {
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        let mut own = Resource::default();
        let mut marks = Marks::default();
        let text = if part == Part::PbSpan { Cow::default() } else { self.text(bytes, place) };
        let mut cursor = Cursor::new(&text);
        let (is_read, format) = match part {
            Part::PbSpan => (otlp_pb::span(bytes, &mut row, &mut marks).is_ok(), "OTLP protobuf"),
            Part::JaegerSpan => (jaeger::span(&mut cursor, &mut row, &mut own, &mut marks).is_ok(), "Jaeger JSON"),
            Part::ZipkinSpan => (zipkin::span(&mut cursor, &mut row, &mut own, &self.halves, &mut marks).is_ok(), "Zipkin JSON"),
            _ => (otlp_json::span(&mut cursor, &mut row, &mut marks).is_ok(), "OTLP JSON"),
        };
        let mistyped = cursor.mistyped;
        self.formats.insert(format);
        if !is_read {
            self.odd.add(What::MalformedSpan, 1, place);
        } else if is_no_id(&row.trace_id) || is_no_id(&row.span_id) {
            self.odd.add(What::NoId, 1, place);
        } else {
            if is_no_id(&row.parent_id) {
                row.parent_id.clear();
            }
            otlp_json::add_extras(&mut row, &marks);
            let resource = match part {
                Part::ZipkinSpan => &own,
                Part::JaegerSpan => self.processes.get(&marks.process).unwrap_or(&own),
                _ => {
                    if let Some(scope) = scope.checked_sub(1).and_then(|at| self.scopes.get(at)) {
                        row.attributes.append(scope);
                    }
                    &self.resource
                }
            };
            self.rows.push(&row, resource);
            self.note(&marks, mistyped, place);
        }
        self.row = row;
    }

    fn note(&mut self, marks: &Marks, mistyped: u64, place: Place) {
        self.odd.add(What::OddId, marks.odd_ids, place);
        self.odd.add(What::NoTime, marks.bad_times, place);
        self.odd.add(What::NoDuration, marks.no_duration, place);
        self.odd.add(What::TooDeep, marks.too_deep, place);
        self.odd.add(What::Mistyped, mistyped, place);
    }

    fn text<'b>(&mut self, bytes: &'b [u8], place: Place) -> Cow<'b, str> {
        let text = String::from_utf8_lossy(bytes);
        self.odd.add(What::NotText, u64::from(matches!(text, Cow::Owned(_))), place);
        text
    }

    fn surroundings(&mut self, part: Part, bytes: &[u8], place: Place) {
        let mut marks = Marks::default();
        let text = if matches!(part, Part::PbResource | Part::PbScope) { Cow::default() } else { self.text(bytes, place) };
        let mut cursor = Cursor::new(&text);
        let mut scope = Json::default();
        let is_read = match part {
            Part::Resource => otlp_json::resource(&mut cursor, &mut self.resource, &mut marks).is_ok(),
            Part::PbResource => otlp_pb::resource(bytes, &mut self.resource, &mut marks).is_ok(),
            Part::Scope => otlp_json::scope(&mut cursor, &mut scope, &mut marks).is_ok(),
            Part::PbScope => otlp_pb::scope(bytes, &mut scope, &mut marks).is_ok(),
            _ => {
                let all = &mut self.processes;
                jaeger::processes(&mut cursor, |key, process| drop(all.insert(key.to_owned(), process))).is_ok()
            }
        };
        let mistyped = cursor.mistyped;
        match part {
            Part::Resource | Part::PbResource => {
                self.has_resource = true;
                if !is_read {
                    self.resource.clear();
                }
            }
            Part::Scope | Part::PbScope => {
                self.has_scope = true;
                if let Some(last) = self.scopes.last_mut().filter(|_| is_read) {
                    *last = scope;
                }
            }
            _ => self.has_processes = true,
        }
        self.odd.add(What::MalformedSurroundings, u64::from(!is_read), place);
        self.note(&marks, mistyped, place);
    }
}

impl Sink for Assembler {
    fn enter(&mut self, holder: Holder) {
        match holder {
            Holder::ResourceSpans => {
                self.resource.clear();
                self.scopes.clear();
                (self.has_resource, self.is_in_resource) = (false, true);
            }
            Holder::ScopeSpans => {
                self.scopes.push(Json::default());
                self.has_scope = false;
            }
            Holder::JaegerTrace => {
                self.processes.clear();
                self.has_processes = false;
            }
            _ => {}
        }
    }

    fn leave(&mut self, holder: Holder) {
        match holder {
            Holder::ScopeSpans => {
                self.has_scope = true;
                if self.has_resource {
                    self.release();
                }
            }
            Holder::ResourceSpans => {
                self.release();
                self.resource.clear();
                self.scopes.clear();
                self.is_in_resource = false;
            }
            Holder::JaegerTrace => {
                self.release();
                self.processes.clear();
                self.has_processes = false;
            }
            // Zipkin's spans of one list are of one answer; those of the next one are not their halves.
            Holder::Documents => self.release(),
            _ => {}
        }
    }

    fn part(&mut self, part: Part, text: &[u8], place: Place) {
        let is_ready = match part {
            Part::OtlpSpan | Part::PbSpan => !self.is_in_resource || (self.has_resource && self.has_scope),
            Part::JaegerSpan => self.has_processes,
            Part::ZipkinSpan => false,
            _ => return self.surroundings(part, text, place),
        };
        if is_ready {
            self.add(part, text, self.scopes.len(), place);
        } else {
            self.wait(part, text, place);
        }
    }

    fn odd(&mut self, what: What, place: Place) {
        self.odd.add(what, 1, place);
    }
}
