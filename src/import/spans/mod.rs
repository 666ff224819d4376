//! Trace files of other tools in, Arrow IPC streams out: OTLP as JSON and as protobuf, Jaeger's JSON, Zipkin's JSON; each plain, in gzip or zstd, or
//! several of them in a zip or tar archive. Parquet that is packed is unpacked here and read by its own reader.
//!
//! The way: `packed` gives streams, [`document`] tells what one holds, `walk` (JSON) and `otlp_pb` (protobuf) find the spans in it, `otlp_json`,
//! `otlp_pb`, `jaeger` and `zipkin` read one span each, `assemble` gives it what it belongs to, `rows` makes the columns that the mapping knows.
//!
//! *Invariant*: no browser here, and no file is ever whole in memory: one span is, and what waits for its surroundings.
//! *Invariant*: every byte is hostile. What cannot be read is counted and told with its place; what can be read is kept.

mod assemble;
mod document;
mod error;
mod feed;
mod jaeger;
mod json;
mod marks;
mod odd;
mod otlp_json;
mod otlp_pb;
mod packed;
mod recognise;
mod rows;
#[cfg(test)]
mod tests;
mod values;
mod walk;
mod zipkin;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assemble::Assembler;
use document::{Document, Documents, Held};
pub use error::SpansError;
use feed::Feed;
use otlp_pb::PbWalk;
use packed::{BytesRead, Tally};
use walk::Walk;

pub use packed::Whole;

use super::parquet::{Batch, ByteSource, Importer as ParquetImporter, plain};

/// Sentences about single files; the rest is counted.
const MOST_WARNINGS: usize = 40;

/// What files turned out to be.
pub enum Opened<S> {
    /// Parquet, unpacked where it was packed; what was taken off: "zip".
    Parquet(Box<ParquetImporter<Whole<S>>>, String),
    Spans(Box<SpanImporter<S>>),
}

/// Looks into `files` (name and bytes each).
///
/// # Errors
/// Where there is nothing in them that can be opened, or kinds that cannot be opened together.
pub fn open<S: ByteSource>(files: Vec<(String, S)>) -> Result<Opened<S>, SpansError> {
    let files: Vec<(String, Arc<S>)> = files.into_iter().map(|(name, source)| (name, Arc::new(source))).collect();
    let mut parquets = Vec::new();
    let mut layers = BTreeSet::new();
    let mut others = Vec::new();
    for (name, source) in &files {
        match document::parquet_in(name, source, &mut parquets, &mut layers)? {
            true => {}
            false => others.push(name.clone()),
        }
    }
    if let Some(other) = others.first() {
        if !parquets.is_empty() {
            return Err(SpansError::Mixed { file: other.clone() });
        }
        return Ok(Opened::Spans(Box::new(SpanImporter::new(files))));
    }
    let layers = layers.into_iter().collect::<Vec<_>>().join(", ");
    Ok(Opened::Parquet(Box::new(ParquetImporter::open(parquets)?), layers))
}

/// Several files of spans as one table, pulled stream by stream.
pub struct SpanImporter<S> {
    files: std::vec::IntoIter<(String, Arc<S>)>,
    documents: Option<Documents<S>>,
    open: Option<Open>,
    assembler: Assembler,
    read: Tally,
    bytes: u64,
    warnings: Vec<String>,
    /// Sentences that did not find room.
    left_out: u64,
    /// "OTLP JSON lines, gzip", and how many documents are so.
    formats: BTreeMap<String, u64>,
    foreign: Vec<String>,
    handed_out: bool,
    is_done: bool,
}

/// The document that is being read.
struct Open {
    name: String,
    layers: String,
    walk: AnyWalk,
    rows_before: u64,
}

enum AnyWalk {
    Json(Box<Walk>),
    Protobuf(PbWalk),
}

impl AnyWalk {
    fn step(&mut self, assembler: &mut Assembler) -> bool {
        match self {
            Self::Json(walk) => walk.step(assembler),
            Self::Protobuf(walk) => walk.step(assembler),
        }
    }

    fn failed(&self) -> Option<&str> {
        match self {
            Self::Json(walk) => walk.failed(),
            Self::Protobuf(walk) => walk.failed(),
        }
    }
}

impl<S: ByteSource> SpanImporter<S> {
    fn new(files: Vec<(String, Arc<S>)>) -> Self {
        Self {
            bytes: files.iter().map(|(_, source)| source.size()).sum(),
            files: files.into_iter(),
            documents: None,
            open: None,
            assembler: Assembler::new(),
            read: packed::tally(),
            warnings: Vec::new(),
            left_out: 0,
            formats: BTreeMap::new(),
            foreign: Vec::new(),
            handed_out: false,
            is_done: false,
        }
    }

    /// Size of all files together, in bytes, as they are given.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many of them were read.
    pub fn bytes_done(&self) -> u64 {
        self.read.bytes().min(self.bytes)
    }

    /// What was odd so far, a sentence each. Complete when [`Self::next_batch`] has given `None`.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        if self.left_out > 0 {
            warnings.push(format!("{} more oddities of other files are not listed.", self.left_out));
        }
        warnings
    }

    /// "OTLP JSON lines, gzip". Complete when [`Self::next_batch`] has given `None`.
    pub fn format(&self) -> String {
        let one = |(format, count): (&String, &u64)| if *count > 1 { format!("{format}, {count} files as one") } else { format.clone() };
        self.formats.iter().map(one).collect::<Vec<_>>().join(" + ")
    }

    /// The next stream; `None` after the last. Files whose documents hold no span give one stream of no rows.
    ///
    /// # Errors
    /// Where no file holds any spans that can be read.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, SpansError> {
        loop {
            if let Some(detail) = self.assembler.rows.failed.take() {
                return Err(SpansError::Output { detail });
            }
            if let Some((ipc, rows)) = self.assembler.rows.take() {
                self.handed_out = true;
                return Ok(Some(Batch { ipc, rows }));
            }
            if self.is_done {
                return Ok(None);
            }
            match &mut self.open {
                Some(open) => {
                    let mut goes_on = true;
                    while goes_on && !self.assembler.rows.has_ready() {
                        goes_on = open.walk.step(&mut self.assembler);
                    }
                    if !goes_on {
                        self.close();
                    }
                }
                None => self.open_next()?,
            }
        }
    }

    fn open_next(&mut self) -> Result<(), SpansError> {
        if self.documents.is_none() {
            let Some((name, source)) = self.files.next() else { return self.end() };
            match Documents::of(&name, &source, &self.read) {
                Ok(documents) => self.documents = Some(documents),
                Err(detail) => self.warn(format!("“{name}” could not be read: {detail}.")),
            }
        }
        let Some(documents) = &mut self.documents else { return Ok(()) };
        match documents.next() {
            Some(Ok(document)) => self.begin(document),
            Some(Err((name, detail))) => self.warn(format!("“{name}” could not be read: {detail}.")),
            None => self.documents = None,
        }
        Ok(())
    }

    fn begin(&mut self, document: Document) {
        let Document { name, held, layers, read } = document;
        let walk = match held {
            Held::Json => AnyWalk::Json(Box::new(Walk::new(Feed::new(read)))),
            Held::Protobuf(framing) => AnyWalk::Protobuf(PbWalk::new(Feed::new(read), framing)),
            other => {
                self.foreign.push(name.clone());
                let what = other.words();
                return self.warn(format!("“{name}” was left out: it is {what}."));
            }
        };
        self.open = Some(Open { name, layers, walk, rows_before: self.assembler.rows.total });
    }

    /// The document that was open has been read.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.assembler.release();
        let odd = std::mem::take(&mut self.assembler.odd);
        let formats = std::mem::take(&mut self.assembler.formats);
        let rows = self.assembler.rows.total - open.rows_before;
        let (is_known, suffix) = match &open.walk {
            AnyWalk::Json(walk) => (walk.is_known(), if walk.by_line && walk.documents > 1 { " lines" } else { "" }),
            AnyWalk::Protobuf(_) => (true, ""),
        };
        if !is_known {
            self.foreign.push(open.name.clone());
        }
        let failed = open
            .walk
            .failed()
            .map(|detail| format!("“{}” could not be read to its end: {}. The spans before are here.", open.name, plain(detail)));
        for sentence in failed.into_iter().chain(odd.sentences(&open.name)) {
            self.warn(sentence);
        }
        if rows == 0 && is_known && !odd.has_damage() {
            self.warn(format!("“{}” holds no spans.", open.name));
        }
        let names: Vec<String> = formats.into_iter().map(|format| format!("{format}{suffix}")).collect();
        if !names.is_empty() {
            *self.formats.entry(format!("{}{}", names.join(" and "), open.layers)).or_insert(0) += 1;
        }
    }

    /// All files have been read.
    fn end(&mut self) -> Result<(), SpansError> {
        self.is_done = true;
        if self.assembler.rows.has_rest() {
            self.assembler.rows.finish();
        } else if !self.handed_out {
            let detail = self.warnings().join(" ");
            match self.foreign.first() {
                Some(file) => return Err(SpansError::NoSpans { file: file.clone(), detail }),
                None if !detail.is_empty() && !detail.contains("holds no spans") => return Err(SpansError::Unreadable { detail }),
                None => self.assembler.rows.finish(),
            }
        }
        Ok(())
    }

    fn warn(&mut self, sentence: String) {
        if self.warnings.len() < MOST_WARNINGS { self.warnings.push(sentence) } else { self.left_out += 1 }
    }
}
