//! A trace that travels inside an address: its spans packed into text, and unpacked again.
//!
//! The text is base64url of one byte with the version and a compressed stream of columns (`write` and `read` say what is in it) with a checksum:
//! an address that was changed on its way is refused. Names and payload
//! stand once in a list of texts, times as differences, ids of the usual length as bytes. `redact` takes out what must not travel, before
//! anything is packed.
//!
//! *Invariant*: an address is hostile. Every size is checked against a limit before anything is made by it, and the message names the limit.

pub mod measure;
mod numbers;
mod read;
pub mod redact;
mod write;

use thiserror::Error;

pub use read::unpack;
pub use write::pack;

/// Longer ones are not made: browsers and chat programs cut addresses.
pub const MOST_CHARS: usize = 60_000;
/// Longer ones are not read. More than is made, so that another program's may be a little longer.
pub const MOST_READ_CHARS: usize = 500_000;
/// Spans in one address.
pub const MOST_SPANS: usize = 20_000;
/// Bytes that the columns may unpack to.
pub const MOST_UNPACKED_BYTES: usize = 16_000_000;
/// Bytes of all texts of all spans, each as often as it is named.
pub const MOST_TEXT_BYTES: usize = 64_000_000;
/// The first byte of what is packed. The first version's streams had no checksum.
const VERSION: u8 = 2;
const UNCHECKED_VERSION: u8 = 1;

/// A span as the view `spans` has it. Times in ns since 1970; `attributes`, `events`, `links` and `resource` hold JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedSpan {
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub parent_id: Option<String>,
    pub name: Option<String>,
    pub service: Option<String>,
    pub operation: Option<String>,
    pub kind: Option<String>,
    pub start_ns: Option<i64>,
    pub end_ns: Option<i64>,
    pub status_code: Option<String>,
    pub status_description: Option<String>,
    pub attributes: Option<String>,
    pub events: Option<String>,
    pub links: Option<String>,
    pub resource: Option<String>,
    pub agent: Option<String>,
}

/// Of [`SharedSpan`]s, the columns that are plain texts, in the order in which they are packed.
const TEXTS: usize = 12;

impl SharedSpan {
    fn texts(&self) -> [Option<&str>; TEXTS] {
        [
            &self.trace_id,
            &self.name,
            &self.service,
            &self.operation,
            &self.kind,
            &self.status_code,
            &self.status_description,
            &self.agent,
            &self.resource,
            &self.attributes,
            &self.events,
            &self.links,
        ]
        .map(|text| text.as_deref())
    }

    fn texts_mut(&mut self) -> [&mut Option<String>; TEXTS] {
        [
            &mut self.trace_id,
            &mut self.name,
            &mut self.service,
            &mut self.operation,
            &mut self.kind,
            &mut self.status_code,
            &mut self.status_description,
            &mut self.agent,
            &mut self.resource,
            &mut self.attributes,
            &mut self.events,
            &mut self.links,
        ]
    }
}

/// What travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedTrace {
    /// The trace's name.
    pub title: String,
    /// What was left out, in words; empty for nothing.
    pub left_out: String,
    pub spans: Vec<SharedSpan>,
}

/// Why a text is no trace. Sentences for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SharedTraceError {
    #[error(
        "The link holds a trace, but a part of it is missing or changed: {0}. Ask for the link again; chat programs sometimes cut long ones."
    )]
    Damaged(&'static str),
    #[error("The link holds a trace in a form that a newer version of this page made ({0}). Open it where it was made.")]
    NewerVersion(u8),
    #[error("The link's trace is too large: {what}, and at most {limit} are read. Ask for the trace as a file.")]
    TooLarge { what: &'static str, limit: String },
}

impl SharedTraceError {
    /// Stable name of the kind of error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "link-damaged",
            Self::NewerVersion(_) => "link-newer",
            Self::TooLarge { .. } => "link-too-large",
        }
    }
}

#[cfg(test)]
mod tests;
