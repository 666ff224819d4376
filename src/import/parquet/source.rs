//! Where the bytes come from: random access to a file through a few small windows, never the whole of it.
//!
//! A browser answers each read of a file with a message to another process, so pages of a few kilobytes must not cost
//! a read each; a page larger than a window is read directly and not kept.

use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::{Buf, Bytes};

use super::page_header;

/// Random access to one file.
pub trait ByteSource: Send + Sync + 'static {
    /// The file's size in bytes.
    fn size(&self) -> u64;
    /// Exactly `length` bytes from `start`, or what went wrong in words. The caller stays within [`ByteSource::size`].
    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String>;
}

/// Bytes read at once where less is asked for.
const WINDOW_BYTES: u64 = 256 * 1024;
/// Windows kept, the least recently used one goes first: one for each column that is being read, 12 MiB at most.
const WINDOWS: usize = 48;

/// A [`ByteSource`] with its windows, as the Parquet reader wants it. A clone shares the windows.
pub(super) struct Windows<S>(Arc<Shared<S>>);

struct Shared<S> {
    source: S,
    windows: Mutex<Vec<Window>>,
}

struct Window {
    start: u64,
    bytes: Bytes,
}

impl<S> Clone for Windows<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: ByteSource> Windows<S> {
    pub(super) fn new(source: S) -> Self {
        Self(Arc::new(Shared { source, windows: Mutex::new(Vec::new()) }))
    }

    pub(super) fn size(&self) -> u64 {
        self.0.source.size()
    }

    /// At least `length` bytes from `start`, more where a window holds more.
    fn at_least(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let size = self.size();
        let end = start
            .checked_add(length as u64)
            .filter(|end| *end <= size)
            .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "a part lies beyond the end of the file"))?;
        if let Some(found) = self.cached(start, end)? {
            return Ok(found);
        }
        let window_end = start.saturating_add(WINDOW_BYTES).min(size).max(end);
        let wanted = usize::try_from(window_end - start).map_err(io::Error::other)?;
        let bytes = self.0.source.read_at(start, wanted).map_err(|detail| io::Error::other(Unreadable(detail)))?;
        if bytes.len() != wanted {
            return Err(io::Error::other(Unreadable(format!("{} bytes came instead of {wanted}", bytes.len()))));
        }
        let bytes = Bytes::from(bytes);
        if (wanted as u64) <= WINDOW_BYTES {
            let mut windows = self.0.windows.lock().map_err(|_| io::Error::other("the windows are locked"))?;
            if windows.len() >= WINDOWS {
                windows.remove(0);
            }
            windows.push(Window { start, bytes: bytes.clone() });
        }
        Ok(bytes)
    }

    fn cached(&self, start: u64, end: u64) -> io::Result<Option<Bytes>> {
        let mut windows = self.0.windows.lock().map_err(|_| io::Error::other("the windows are locked"))?;
        let covers = |window: &Window| window.start <= start && end <= window.start + window.bytes.len() as u64;
        let Some(index) = windows.iter().rposition(covers) else {
            return Ok(None);
        };
        let window = windows.remove(index);
        let skip = usize::try_from(start - window.start).map_err(io::Error::other)?;
        let bytes = window.bytes.slice(skip..);
        windows.push(window);
        Ok(Some(bytes))
    }
}

/// The source itself failed, as opposed to what it holds. Found again by [`unreadable`].
#[derive(Debug)]
struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{UNREADABLE}{}", self.0)
    }
}

impl std::error::Error for Unreadable {}

/// The Parquet reader turns errors into text and wraps them, so the mark has to survive in the text.
const UNREADABLE: &str = "the file cannot be read: ";

/// What the source said, where an error's text tells that the source failed.
pub(super) fn unreadable(text: &str) -> Option<&str> {
    text.find(UNREADABLE).and_then(|at| text.get(at + UNREADABLE.len()..))
}

impl<S: ByteSource> Length for Windows<S> {
    fn len(&self) -> u64 {
        self.size()
    }
}

impl<S: ByteSource> ChunkReader for Windows<S> {
    type T = Cursor<S>;

    fn get_read(&self, start: u64) -> ParquetResult<Cursor<S>> {
        Ok(Cursor { file: self.clone(), position: start, window: Bytes::new(), checked: false, claim: Claim::default() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let bytes = self.at_least(start, length).map_err(|error| ParquetError::General(error.to_string()))?;
        Ok(bytes.slice(..length))
    }
}

/// The expanded size that the page header says which was read last; nothing is claimed before the first.
#[derive(Clone, Default)]
pub(super) struct Claim(Arc<AtomicUsize>);

impl Claim {
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The file as one column's pages are read from it: what each page claims is kept for whoever expands it.
pub(super) struct Claims<S> {
    pub(super) file: Windows<S>,
    pub(super) last: Claim,
}

impl<S: ByteSource> Length for Claims<S> {
    fn len(&self) -> u64 {
        self.file.size()
    }
}

impl<S: ByteSource> ChunkReader for Claims<S> {
    type T = Cursor<S>;

    fn get_read(&self, start: u64) -> ParquetResult<Cursor<S>> {
        Ok(Cursor { claim: self.last.clone(), ..self.file.get_read(start)? })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.file.get_bytes(start, length)
    }
}

/// Reads on from a position. The Parquet reader uses it for page headers only, so what it reads first is checked as one.
pub(super) struct Cursor<S> {
    file: Windows<S>,
    position: u64,
    window: Bytes,
    checked: bool,
    claim: Claim,
}

impl<S: ByteSource> Read for Cursor<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.window.is_empty() {
            if self.position >= self.file.size() {
                return Ok(0);
            }
            self.window = self.file.at_least(self.position, 1)?;
            self.position += self.window.len() as u64;
        }
        if !self.checked {
            self.checked = true;
            let claimed = page_header::check(&self.window).map_err(io::Error::other)?;
            self.claim.0.store(claimed.unwrap_or(0), Ordering::Relaxed);
        }
        let count = buffer.len().min(self.window.len());
        if let Some(target) = buffer.get_mut(..count) {
            self.window.copy_to_slice(target);
        }
        Ok(count)
    }
}
