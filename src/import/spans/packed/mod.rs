//! Files within files: gzip and zstd around a file, zip and tar around several. Gives streams; what they hold is not known here.
//!
//! *Invariant*: nothing is unpacked into memory but what random access needs, and that up to a limit; a stream that grows without measure ends with an error.

mod source;
mod tar;
mod zip;

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) use source::{BytesRead, SourceRead, Tally};
pub(super) use tar::{TarStream, is_tar};
pub(super) use zip::{ZipEntry, entries, is_zip};

use crate::import::parquet::ByteSource;
use crate::import::sniff::HEAD_BYTES;

/// Layers around one file.
const MOST_LAYERS: usize = 4;
/// What a packed file may always grow to, and how many times its own size beyond that.
const FREE_BYTES: u64 = if cfg!(test) { 4 } else { 1024 } * 1024 * 1024;
const MOST_TIMES: u64 = 300;

/// How a stream is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
}

fn packing(head: &[u8]) -> Option<Packing> {
    match head {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        // A frame to be passed over, as parallel compressors put before each block.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
        _ => None,
    }
}

/// A stream whose first bytes are known.
pub(super) struct Opened {
    pub(super) head: Vec<u8>,
    pub(super) read: Box<dyn Read>,
    /// The layers that were taken off, outermost first: "gzip".
    pub(super) layers: Vec<&'static str>,
}

/// Takes gzip and zstd off, until something else appears.
///
/// # Errors
/// What the decoder said of the first bytes.
pub(super) fn unpacked(read: Box<dyn Read>, packed: &Tally) -> io::Result<Opened> {
    let mut opened = peeked(read, Vec::new())?;
    while let Some(packing) = packing(&opened.head) {
        if opened.layers.len() >= MOST_LAYERS {
            return Err(io::Error::other(format!("it is packed more than {MOST_LAYERS} times over")));
        }
        let Opened { read, mut layers, .. } = opened;
        let inner: Box<dyn Read> = match packing {
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(io::BufReader::with_capacity(64 * 1024, read))),
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(read)?),
        };
        layers.push(match packing {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        });
        opened = peeked(Box::new(Bounded::new(inner, packed)), layers)?;
    }
    Ok(opened)
}

fn peeked(mut read: Box<dyn Read>, layers: Vec<&'static str>) -> io::Result<Opened> {
    let mut head = vec![0; HEAD_BYTES];
    let mut length = 0;
    while length < head.len() {
        match read.read(head.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What came before the damage may still be read; the error comes again.
            Err(_) if length > 0 => break,
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    let read = Box::new(io::Cursor::new(head.clone()).chain(read));
    Ok(Opened { head, read, layers })
}

/// An expanding stream that may not grow beyond measure.
struct Bounded {
    inner: Box<dyn Read>,
    packed: Tally,
    packed_before: u64,
    given: u64,
}

impl Bounded {
    fn new(inner: Box<dyn Read>, packed: &Tally) -> Self {
        Self { inner, packed: Arc::clone(packed), packed_before: packed.load(Ordering::Relaxed), given: 0 }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        let packed = self.packed.load(Ordering::Relaxed).saturating_sub(self.packed_before).max(1);
        if self.given > FREE_BYTES && self.given / MOST_TIMES > packed {
            return Err(io::Error::other(format!(
                "it unpacks to more than {} MB and {MOST_TIMES} times its own size, which no trace file does",
                FREE_BYTES / 1024 / 1024
            )));
        }
        Ok(read)
    }
}

/// A stream that was unpacked, with the same limit.
pub(super) fn bounded(read: Box<dyn Read>, packed: &Tally) -> Box<dyn Read> {
    Box::new(Bounded::new(read, packed))
}

/// All of a stream in memory, up to `most` bytes.
///
/// # Errors
/// Where the stream fails, or is longer.
pub(super) fn in_memory(mut read: Box<dyn Read>, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read.by_ref().take(most).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == most && read.read(&mut [0])? > 0 {
        return Err(io::Error::other(format!(
            "it unpacks to more than {} MB, the most that is unpacked in memory; unpack it first and open what is inside",
            most / 1024 / 1024
        )));
    }
    Ok(bytes)
}

/// A file as it was given, or one that was unpacked.
pub enum Whole<S> {
    Given(Arc<S>),
    Unpacked(Vec<u8>),
}

impl<S: ByteSource> ByteSource for Whole<S> {
    fn size(&self) -> u64 {
        match self {
            Self::Given(source) => source.size(),
            Self::Unpacked(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        match self {
            Self::Given(source) => source.read_at(start, length),
            Self::Unpacked(bytes) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let part = start.checked_add(length).and_then(|end| bytes.get(start..end));
                part.map(<[u8]>::to_vec).ok_or_else(|| "a part lies beyond the end".to_owned())
            }
        }
    }
}

/// A counter that everybody shares who reads the same file.
pub(super) fn tally() -> Tally {
    Arc::new(AtomicU64::new(0))
}
