//! Spans of every format as rows: one record with the columns of the view `spans`, gathered into Arrow IPC streams.
//!
//! The names are those that the mapping looks for first. What is not here (operation, duration, agent) it derives. Must not know where a span came from.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;

use crate::core::json_write::push_text;

/// Rows in one stream at most.
const STREAM_ROWS: usize = 65_536;
/// Bytes of text in one stream, as far as single rows allow.
const STREAM_BYTES: usize = 12 * 1024 * 1024;
/// A column's text beyond this does not fit a stream's 32-bit offsets; a span is far shorter.
const COLUMN_BYTES: usize = 1024 * 1024 * 1024;

/// A JSON object or list that grows. Empty until something is added.
#[derive(Debug, Default)]
pub(super) struct Json(String);

impl Json {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Where the value of a new member is to be written.
    pub(super) fn member(&mut self, key: &str) -> &mut String {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        push_text(&mut self.0, key);
        self.0.push(':');
        &mut self.0
    }

    pub(super) fn text_member(&mut self, key: &str, value: &str) {
        push_text(self.member(key), value);
    }

    /// All members of another object.
    pub(super) fn append(&mut self, other: &Self) {
        if let Some(members) = other.0.get(1..).filter(|members| !members.is_empty()) {
            self.0.push(if self.0.is_empty() { '{' } else { ',' });
            self.0.push_str(members);
        }
    }

    /// Where a new element is to be written.
    pub(super) fn element(&mut self) -> &mut String {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        &mut self.0
    }

    /// All members, or `{}`.
    pub(super) fn object(&self) -> [&str; 2] {
        if self.0.is_empty() { ["{}", ""] } else { [&self.0, "}"] }
    }

    /// All elements, or `[]`.
    pub(super) fn list(&self) -> [&str; 2] {
        if self.0.is_empty() { ["[]", ""] } else { [&self.0, "]"] }
    }

    pub(super) fn push_object_to(&self, out: &mut String) {
        out.extend(self.object());
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Status {
    #[default]
    Unset,
    Ok,
    Error,
}

impl Status {
    /// A code of OTLP, as number or name.
    pub(super) fn of(text: &str) -> Self {
        match text.strip_prefix("STATUS_CODE_").unwrap_or(text) {
            "1" | "OK" | "Ok" => Self::Ok,
            "2" | "ERROR" | "Error" => Self::Error,
            _ => Self::Unset,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Unset => "UNSET",
            Self::Ok => "OK",
            Self::Error => "ERROR",
        }
    }
}

/// One span. Its texts keep their room from span to span.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) trace_id: String,
    pub(super) span_id: String,
    /// Empty for a root.
    pub(super) parent_id: String,
    pub(super) name: String,
    /// As written; see [`kind_word`].
    pub(super) kind: String,
    pub(super) start_ns: Option<i64>,
    pub(super) end_ns: Option<i64>,
    pub(super) status: Status,
    pub(super) status_description: String,
    pub(super) attributes: Json,
    pub(super) events: Json,
    pub(super) links: Json,
}

impl Row {
    pub(super) fn clear(&mut self) {
        for text in
            [&mut self.trace_id, &mut self.span_id, &mut self.parent_id, &mut self.name, &mut self.kind, &mut self.status_description]
        {
            text.clear();
        }
        (self.start_ns, self.end_ns, self.status) = (None, None, Status::Unset);
        for list in [&mut self.attributes, &mut self.events, &mut self.links] {
            list.clear();
        }
    }

    /// Adds an event. `attributes`: an object.
    pub(super) fn event(&mut self, name: &str, time_ns: Option<i64>, attributes: &Json) {
        let out = self.events.element();
        out.push_str("{\"name\":");
        push_text(out, name);
        if let Some(time_ns) = time_ns {
            out.push_str(&format!(",\"timestamp\":{time_ns}"));
        }
        out.push_str(",\"attributes\":");
        attributes.push_object_to(out);
        out.push('}');
    }

    pub(super) fn link(&mut self, trace_id: &str, span_id: &str, attributes: &Json) {
        let out = self.links.element();
        out.push_str("{\"context\":{\"trace_id\":");
        push_text(out, trace_id);
        out.push_str(",\"span_id\":");
        push_text(out, span_id);
        out.push_str("},\"attributes\":");
        attributes.push_object_to(out);
        out.push('}');
    }
}

/// INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER, from numbers and names of every spelling; unknown words in capitals. What says nothing is
/// INTERNAL, as it is with all other files.
pub(super) fn kind_word(kind: &str) -> std::borrow::Cow<'static, str> {
    let upper = kind.to_ascii_uppercase();
    let word = upper.strip_prefix("SPAN_KIND_").unwrap_or(&upper);
    match word {
        "" | "0" | "1" | "UNSPECIFIED" | "INTERNAL" => "INTERNAL".into(),
        "2" | "SERVER" => "SERVER".into(),
        "3" | "CLIENT" => "CLIENT".into(),
        "4" | "PRODUCER" => "PRODUCER".into(),
        "5" | "CONSUMER" => "CONSUMER".into(),
        other => other.to_owned().into(),
    }
}

/// Where a span ran.
#[derive(Debug, Default)]
pub(super) struct Resource {
    pub(super) attributes: Json,
    /// Empty: not known.
    pub(super) service: String,
}

impl Resource {
    pub(super) fn clear(&mut self) {
        self.attributes.clear();
        self.service.clear();
    }
}

/// The columns that are text, in order.
const TEXTS: [&str; 12] = [
    "trace_id",
    "span_id",
    "parent_id",
    "name",
    "service",
    "kind",
    "status_code",
    "status_description",
    "attributes",
    "events",
    "links",
    "resource",
];

/// Rows until they are asked for.
pub(super) struct Rows {
    texts: [StringBuilder; TEXTS.len()],
    starts: Int64Builder,
    ends: Int64Builder,
    rows: usize,
    bytes: usize,
    ready: VecDeque<(Vec<u8>, u64)>,
    pub(super) total: u64,
    pub(super) failed: Option<String>,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            texts: std::array::from_fn(|_| StringBuilder::new()),
            starts: Int64Builder::new(),
            ends: Int64Builder::new(),
            rows: 0,
            bytes: 0,
            ready: VecDeque::new(),
            total: 0,
            failed: None,
        }
    }

    pub(super) fn push(&mut self, row: &Row, resource: &Resource) {
        let kind = kind_word(&row.kind);
        let optional = |text: &'_ str| !text.is_empty();
        let values: [([&str; 2], bool); TEXTS.len()] = [
            ([&row.trace_id, ""], true),
            ([&row.span_id, ""], true),
            ([&row.parent_id, ""], optional(&row.parent_id)),
            ([&row.name, ""], true),
            ([&resource.service, ""], optional(&resource.service)),
            ([&kind, ""], true),
            ([row.status.word(), ""], true),
            ([&row.status_description, ""], optional(&row.status_description)),
            (row.attributes.object(), true),
            (row.events.list(), true),
            (row.links.list(), true),
            (resource.attributes.object(), true),
        ];
        let added: usize = values.iter().map(|([text, end], _)| text.len() + end.len()).sum();
        if self.bytes + added > COLUMN_BYTES {
            self.finish();
        }
        for (column, ([text, end], is_there)) in self.texts.iter_mut().zip(values) {
            if !is_there {
                column.append_null();
                continue;
            }
            // Writing to a builder cannot fail; the value ends with the empty text.
            let _ = std::fmt::Write::write_str(column, text);
            column.append_value(end);
        }
        self.starts.append_option(row.start_ns);
        self.ends.append_option(row.end_ns);
        self.rows += 1;
        self.total += 1;
        self.bytes += added;
        if self.rows >= STREAM_ROWS || self.bytes >= STREAM_BYTES {
            self.finish();
        }
    }

    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next full stream.
    pub(super) fn take(&mut self) -> Option<(Vec<u8>, u64)> {
        self.ready.pop_front()
    }

    /// Makes a stream of the rows so far, of none if need be.
    pub(super) fn finish(&mut self) {
        let mut columns: Vec<(&str, ArrayRef, bool)> = TEXTS
            .iter()
            .zip(&mut self.texts)
            .map(|(name, column)| {
                let array: ArrayRef = Arc::new(column.finish());
                (*name, array, true)
            })
            .collect();
        columns.push(("start_time", Arc::new(self.starts.finish()), true));
        columns.push(("end_time", Arc::new(self.ends.finish()), true));
        match stream(columns, self.bytes) {
            Ok(ipc) => self.ready.push_back((ipc, self.rows as u64)),
            Err(error) => self.failed = Some(error.to_string()),
        }
        (self.rows, self.bytes) = (0, 0);
    }

    pub(super) fn has_rest(&self) -> bool {
        self.rows > 0
    }
}

fn stream(columns: Vec<(&str, ArrayRef, bool)>, bytes: usize) -> Result<Vec<u8>, ArrowError> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns)?;
    let mut writer = StreamWriter::try_new(Vec::with_capacity(bytes + bytes / 8 + 64 * 1024), &batch.schema())?;
    writer.write(&batch)?;
    writer.into_inner()
}
