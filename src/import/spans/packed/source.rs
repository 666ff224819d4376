//! A part of a file as a stream, read a megabyte at a time and counted.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::import::parquet::ByteSource;

/// A browser answers each read with a message to another process.
const PIECE_BYTES: u64 = 1024 * 1024;

/// Bytes read of a file.
pub type Tally = Arc<AtomicU64>;

/// How far a file was read. Only what is read for the first time counts.
pub trait BytesRead {
    fn bytes(&self) -> u64;
}

impl BytesRead for Tally {
    fn bytes(&self) -> u64 {
        self.load(Ordering::Relaxed)
    }
}

pub struct SourceRead<S> {
    source: Arc<S>,
    next: u64,
    end: u64,
    piece: Vec<u8>,
    at: usize,
    tally: Tally,
}

impl<S: ByteSource> SourceRead<S> {
    pub fn new(source: &Arc<S>, start: u64, length: u64, tally: &Tally) -> Self {
        let end = start.saturating_add(length).min(source.size());
        Self { source: Arc::clone(source), next: start, end, piece: Vec::new(), at: 0, tally: Arc::clone(tally) }
    }
}

impl<S: ByteSource> Read for SourceRead<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.piece.len() {
            let length = PIECE_BYTES.min(self.end.saturating_sub(self.next));
            if length == 0 {
                return Ok(0);
            }
            self.piece = self.source.read_at(self.next, length as usize).map_err(io::Error::other)?;
            if self.piece.len() as u64 != length {
                return Err(io::Error::other("the browser gave another number of bytes than it was asked for"));
            }
            self.at = 0;
            self.next += length;
            self.tally.fetch_add(length, Ordering::Relaxed);
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(target), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            target.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}
