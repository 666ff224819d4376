//! The documents of a file: itself, or those that it packs, one after the other.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use super::error::SpansError;
use super::packed::{self, Opened, SourceRead, Tally, TarStream, Whole, ZipEntry};
use crate::import::parquet::{ByteSource, plain};
use crate::import::sniff::{self, FileKind, Framing};

/// Parquet is read at random, so it has to be in memory where it is packed.
const PARQUET_BYTES: u64 = 512 * 1024 * 1024;

/// What a document holds, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Json,
    Protobuf(Framing),
    Parquet,
    Tar,
    Zip,
    DuckDb,
    Other,
}

impl Held {
    fn of(head: &[u8]) -> Self {
        if packed::is_tar(head) {
            return Self::Tar;
        }
        // The end is not known, so Parquet and databases are told by their marks alone.
        match head {
            _ if head.starts_with(b"PAR1") => Self::Parquet,
            _ if head.get(8..12) == Some(b"DUCK") => Self::DuckDb,
            _ if packed::is_zip(head) => Self::Zip,
            _ => {
                let size = if head.len() < sniff::HEAD_BYTES { head.len() as u64 } else { u64::MAX };
                match sniff::sniff("", size, head, &[]) {
                    Ok(FileKind::Json) => Self::Json,
                    Ok(FileKind::Protobuf(framing)) => Self::Protobuf(framing),
                    _ => Self::Other,
                }
            }
        }
    }

    /// Completes "It is …".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Protobuf(_) => "OTLP protobuf",
            Self::Parquet => "Parquet, which can't be opened together with other formats",
            Self::Tar | Self::Zip => "an archive within an archive; unpack the outer one first",
            Self::DuckDb => "a DuckDB database; unpack it first and open it by itself",
            Self::Other => "none of the formats that hold spans",
        }
    }
}

pub(super) struct Document {
    pub(super) name: String,
    pub(super) held: Held,
    /// ", gzip"
    pub(super) layers: String,
    pub(super) read: Box<dyn Read>,
}

/// A name and what is wrong with it.
type Failure = (String, String);

/// The documents of one file.
pub(super) struct Documents<S> {
    file: String,
    layers: Vec<&'static str>,
    tally: Tally,
    rest: Rest<S>,
}

enum Rest<S> {
    One(Opened),
    Tar(TarStream),
    Zip(Arc<S>, std::vec::IntoIter<ZipEntry>),
    Nothing,
}

impl<S: ByteSource> Documents<S> {
    /// # Errors
    /// In words, where the file cannot be unpacked.
    pub(super) fn of(file: &str, source: &Arc<S>, tally: &Tally) -> Result<Self, String> {
        let words = |error: std::io::Error| plain(&error.to_string());
        let whole = SourceRead::new(source, 0, source.size(), tally);
        let opened = packed::unpacked(Box::new(whole), tally).map_err(words)?;
        let mut layers = opened.layers.clone();
        let rest = match Held::of(&opened.head) {
            Held::Tar => {
                layers.insert(0, "tar");
                Rest::Tar(TarStream::new(opened.read))
            }
            Held::Zip if layers.is_empty() => {
                layers.push("zip");
                Rest::Zip(Arc::clone(source), packed::entries(&**source)?.into_iter())
            }
            _ => Rest::One(opened),
        };
        Ok(Self { file: file.to_owned(), layers, tally: Arc::clone(tally), rest })
    }

    /// The next document, or what kept it from being read.
    pub(super) fn next(&mut self) -> Option<Result<Document, Failure>> {
        loop {
            let (name, read) = match &mut self.rest {
                Rest::Nothing => return None,
                Rest::One(_) => {
                    let Rest::One(opened) = std::mem::replace(&mut self.rest, Rest::Nothing) else { return None };
                    return Some(Ok(self.document(self.file.clone(), opened)));
                }
                Rest::Tar(tar) => match tar.next() {
                    Ok(Some(entry)) => entry,
                    Ok(None) => return None,
                    Err(error) => {
                        self.rest = Rest::Nothing;
                        return Some(Err((self.file.clone(), plain(&error.to_string()))));
                    }
                },
                Rest::Zip(source, entries) => {
                    let entry = entries.next()?;
                    let name = entry.name.clone();
                    match entry.open(source, &self.tally) {
                        Ok(read) => (name, packed::bounded(read, &self.tally)),
                        Err(_) if is_beside_the_point(&name) => continue,
                        Err(detail) => return Some(Err((self.inner_name(&name), detail))),
                    }
                }
            };
            if is_beside_the_point(&name) {
                continue;
            }
            let name = self.inner_name(&name);
            return Some(match packed::unpacked(read, &self.tally) {
                Ok(opened) => Ok(self.document(name, opened)),
                Err(error) => Err((name, plain(&error.to_string()))),
            });
        }
    }

    fn inner_name(&self, name: &str) -> String {
        format!("{} › {name}", self.file)
    }

    fn document(&self, name: String, opened: Opened) -> Document {
        let mut layers: Vec<&str> = self.layers.clone();
        // A file that is no archive has its layers counted already.
        layers.extend(opened.layers.iter().filter(|_| name != self.file));
        let layers = layers.iter().map(|layer| format!(", {layer}")).collect();
        Document { name, held: Held::of(&opened.head), layers, read: opened.read }
    }
}

/// What systems put into archives by themselves.
fn is_beside_the_point(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || last.starts_with("._") || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini" | "")
}

/// Adds the Parquet files of `file`; false where it holds something else. What Parquet was packed in goes to `layers`.
///
/// # Errors
/// Where it holds both, or Parquet that cannot be unpacked.
pub(super) fn parquet_in<S: ByteSource>(
    file: &str,
    source: &Arc<S>,
    found: &mut Vec<(String, Whole<S>)>,
    layers: &mut BTreeSet<String>,
) -> Result<bool, SpansError> {
    let tally = packed::tally();
    let head = source.read_at(0, source.size().min(4) as usize).unwrap_or_default();
    if head.starts_with(b"PAR1") {
        found.push((file.to_owned(), Whole::Given(Arc::clone(source))));
        return Ok(true);
    }
    // What cannot be opened is told when it is read.
    let Ok(mut documents) = Documents::of(file, source, &tally) else { return Ok(false) };
    let is_stream = matches!(documents.rest, Rest::Tar(_));
    let (mut parquets, mut others) = (0_u32, None);
    while let Some(next) = documents.next() {
        let Ok(document) = next else { continue };
        if document.held != Held::Parquet {
            if matches!(document.held, Held::Json | Held::Protobuf(_)) {
                others.get_or_insert(document.name);
                // A whole archive would be unpacked to look at its last file.
                if is_stream && parquets == 0 {
                    break;
                }
            }
            continue;
        }
        parquets += 1;
        let refused = |error: std::io::Error| SpansError::Packed { file: document.name.clone(), detail: plain(&error.to_string()) };
        let bytes = packed::in_memory(document.read, PARQUET_BYTES).map_err(refused)?;
        layers.insert(document.layers.trim_start_matches(", ").to_owned());
        found.push((document.name, Whole::Unpacked(bytes)));
    }
    match others {
        Some(other) if parquets > 0 => Err(SpansError::Mixed { file: other }),
        _ => Ok(parquets > 0),
    }
}
