//! Bytes on their way in: a window over a stream that grows at its end and is let go at its start, and where in the file it is.

use std::io::Read;

use memchr::memchr_iter;

/// Read at once.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A place in a file, for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// From 1; 0 where the file has no lines.
    pub(super) line: u64,
    pub(super) byte: u64,
}

pub(super) struct Feed {
    source: Box<dyn Read>,
    buffer: Vec<u8>,
    /// What comes next, within the buffer.
    at: usize,
    /// Where in the stream the buffer begins.
    base: u64,
    ended: bool,
    lines: u64,
    lines_to: usize,
    /// What the source said when it failed.
    pub(super) failed: Option<String>,
}

impl Feed {
    pub(super) fn new(source: Box<dyn Read>) -> Self {
        Self { source, buffer: Vec::new(), at: 0, base: 0, ended: false, lines: 1, lines_to: 0, failed: None }
    }

    /// What is there and not yet consumed.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, length: usize) -> &[u8] {
        self.rest().get(..length).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, length: usize) {
        self.at = self.at.saturating_add(length).min(self.buffer.len());
    }

    /// Bytes consumed since the stream's start.
    pub(super) fn consumed(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Reads some more behind what is there; false at the end. A source that fails ends there.
    pub(super) fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.at > 0 {
            self.count_lines();
            self.lines_to = 0;
            self.buffer.drain(..self.at);
            self.base += self.at as u64;
            self.at = 0;
        }
        let before = self.buffer.len();
        self.buffer.resize(before + CHUNK_BYTES, 0);
        let read = loop {
            match self.source.read(self.buffer.get_mut(before..).unwrap_or_default()) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error.to_string());
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        self.buffer.truncate(before + read);
        self.ended = read == 0;
        !self.ended
    }

    /// Whether that many bytes are there, after reading as far as it takes.
    pub(super) fn has(&mut self, length: usize) -> bool {
        while self.rest().len() < length {
            if !self.fill() {
                return false;
            }
        }
        true
    }

    pub(super) fn peek(&mut self) -> Option<u8> {
        self.has(1).then(|| self.rest().first().copied()).flatten()
    }

    fn count_lines(&mut self) {
        let passed = self.buffer.get(self.lines_to..self.at).unwrap_or_default();
        self.lines += memchr_iter(b'\n', passed).count() as u64;
        self.lines_to = self.at;
    }

    pub(super) fn place(&mut self) -> Place {
        self.count_lines();
        Place { line: self.lines, byte: self.consumed() }
    }
}
