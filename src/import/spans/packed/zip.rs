//! The table of contents of a zip archive and the files in it, stored, deflated or packed with zstd. Definition: PKWARE's APPNOTE, 4.3 and 4.5.
//!
//! Read by hand: a crate for it is several times this, for methods and encryption that nobody packs traces with.

use std::io::{self, Read};
use std::sync::Arc;

use super::source::{SourceRead, Tally};
use crate::import::parquet::ByteSource;

/// The end record, and the longest comment behind it.
const TAIL_BYTES: u64 = 22 + 65_535;
/// A table of contents larger than this is none.
const MOST_TABLE_BYTES: u64 = 32 * 1024 * 1024;
pub(in crate::import::spans) const MOST_ENTRIES: usize = 10_000;

pub struct ZipEntry {
    pub name: String,
    method: u16,
    is_encrypted: bool,
    packed: u64,
    size: u64,
    header_at: u64,
}

pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// The files of the archive, without folders.
///
/// # Errors
/// In words, where it has no readable table of contents.
pub fn entries(source: &impl ByteSource) -> Result<Vec<ZipEntry>, String> {
    let size = source.size();
    let tail_at = size.saturating_sub(TAIL_BYTES);
    let tail = source.read_at(tail_at, (size - tail_at) as usize)?;
    let cut = || "it is cut off: a zip archive ends with its table of contents, and here that is missing".to_owned();
    let end = (0..tail.len().saturating_sub(21)).rev().find(|at| tail.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06")));
    let end = end.and_then(|at| tail.get(at..).map(|record| (at, record))).ok_or_else(cut)?;
    let (at, record) = end;
    let mut count = u64::from(u16_at(record, 10).ok_or_else(cut)?);
    let mut table_bytes = u64::from(u32_at(record, 12).ok_or_else(cut)?);
    let mut table_at = u64::from(u32_at(record, 16).ok_or_else(cut)?);
    if table_at == u64::from(u32::MAX) || count == u64::from(u16::MAX) {
        // The larger form: a pointer right before this record.
        let pointer = at.checked_sub(20).and_then(|at| tail.get(at..)).filter(|record| record.starts_with(b"PK\x06\x07"));
        if let Some(place) = pointer.and_then(|record| u64_at(record, 8)) {
            let record = read(source, place, 56)?;
            count = u64_at(&record, 32).ok_or_else(cut)?;
            table_bytes = u64_at(&record, 40).ok_or_else(cut)?;
            table_at = u64_at(&record, 48).ok_or_else(cut)?;
        }
    }
    if count > MOST_ENTRIES as u64 {
        return Err(format!("it holds {count} files, and {MOST_ENTRIES} are the most that are opened at once"));
    }
    if table_bytes > MOST_TABLE_BYTES {
        return Err("its table of contents is damaged".to_owned());
    }
    let table = read(source, table_at, table_bytes)?;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(record) = table.get(at..).filter(|record| record.starts_with(b"PK\x01\x02")) {
        let (entry, length) = entry(record).ok_or("its table of contents is damaged")?;
        at += length;
        if !entry.name.ends_with('/') {
            found.push(entry);
        }
        if found.len() > MOST_ENTRIES {
            break;
        }
    }
    Ok(found)
}

fn entry(record: &[u8]) -> Option<(ZipEntry, usize)> {
    let flags = u16_at(record, 8)?;
    let (name_bytes, extra_bytes, comment_bytes) = (u16_at(record, 28)?, u16_at(record, 30)?, u16_at(record, 32)?);
    let name_end = 46 + usize::from(name_bytes);
    let extra_end = name_end + usize::from(extra_bytes);
    let name = String::from_utf8_lossy(record.get(46..name_end)?).into_owned();
    let mut sizes = [u64::from(u32_at(record, 24)?), u64::from(u32_at(record, 20)?), u64::from(u32_at(record, 42)?)];
    let mut extra = record.get(name_end..extra_end)?;
    while let (Some(kind), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let body = extra.get(4..4 + usize::from(length)).unwrap_or_default();
        if kind == 1 {
            // What does not fit 32 bits stands here, in this order.
            let mut place = 0;
            for size in sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX)) {
                *size = u64_at(body, place)?;
                place += 8;
            }
        }
        extra = extra.get(4 + usize::from(length)..).unwrap_or_default();
    }
    let [size, packed, header_at] = sizes;
    let entry = ZipEntry { name, method: u16_at(record, 10)?, is_encrypted: flags & 1 != 0, packed, size, header_at };
    Some((entry, extra_end + usize::from(comment_bytes)))
}

impl ZipEntry {
    /// The file's bytes.
    ///
    /// # Errors
    /// In words, where it cannot be unpacked.
    pub fn open<S: ByteSource>(&self, source: &Arc<S>, tally: &Tally) -> Result<Box<dyn Read>, String> {
        if self.is_encrypted {
            return Err("it is encrypted, and a password is not something to give to a web page".to_owned());
        }
        let header = read(&**source, self.header_at, 30)?;
        let skip =
            header.starts_with(b"PK\x03\x04").then(|| Some(u64::from(u16_at(&header, 26)?) + u64::from(u16_at(&header, 28)?))).flatten();
        let skip = skip.ok_or("its place in the archive is damaged")?;
        let packed = SourceRead::new(source, self.header_at.saturating_add(30 + skip), self.packed, tally);
        let exactly = |read: Box<dyn Read>| Box::new(Exactly { read, left: self.size });
        match self.method {
            0 => Ok(exactly(Box::new(packed))),
            8 => Ok(exactly(Box::new(flate2::read::DeflateDecoder::new(packed)))),
            93 => Ok(exactly(Box::new(zstd::stream::read::Decoder::new(packed).map_err(|error| error.to_string())?))),
            other => Err(format!("it is packed by method {other}, which is not read here; deflate is what everybody reads")),
        }
    }
}

/// A stream that has to be as long as the table of contents says.
struct Exactly {
    read: Box<dyn Read>,
    left: u64,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.read.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is shorter than the archive says"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn read(source: &impl ByteSource, start: u64, length: u64) -> Result<Vec<u8>, String> {
    let is_within = start.checked_add(length).is_some_and(|end| end <= source.size());
    if is_within { source.read_at(start, length as usize) } else { Err("its table of contents points beyond its end".to_owned()) }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|field| u16::from_le_bytes(*field))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|field| u32::from_le_bytes(*field))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|field| u64::from_le_bytes(*field))
}
