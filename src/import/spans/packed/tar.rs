//! The files of a tar archive, one after the other as they stream by. Definition: POSIX pax interchange format (ustar and pax headers), and GNU's long names.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

const BLOCK: usize = 512;
/// A name longer than this is cut.
const LONGEST_NAME: u64 = 64 * 1024;

struct State {
    read: Box<dyn Read>,
    /// Bytes of the entry that are still to come, and of the padding behind it.
    left: u64,
    padding: u64,
}

/// An archive; entries are read in order.
pub struct TarStream(Rc<RefCell<State>>);

/// The bytes of one entry. Reads nothing more when the next one was begun.
struct EntryRead {
    state: Rc<RefCell<State>>,
    left: u64,
}

pub fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

impl TarStream {
    pub fn new(read: Box<dyn Read>) -> Self {
        Self(Rc::new(RefCell::new(State { read, left: 0, padding: 0 })))
    }

    /// The next file's name and bytes; directories and links are passed over.
    ///
    /// # Errors
    /// Where the stream fails or is no archive.
    pub fn next(&mut self) -> io::Result<Option<(String, Box<dyn Read>)>> {
        let mut long_name = None;
        loop {
            let mut state = self.0.borrow_mut();
            let pass = state.left + state.padding;
            let passed = io::copy(&mut state.read.by_ref().take(pass), &mut io::sink())?;
            (state.left, state.padding) = (0, 0);
            let mut header = [0; BLOCK];
            let length = read_full(&mut state.read, &mut header)?;
            if passed < pass || (length > 0 && length < BLOCK) {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off"));
            }
            if length == 0 || header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let size = number(header.get(124..136).unwrap_or_default());
            let Some(size) = size.filter(|_| is_tar(&header) || is_checked(&header)) else {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the archive is damaged"));
            };
            let kind = header.get(156).copied().unwrap_or(0);
            state.left = size;
            state.padding = size.next_multiple_of(BLOCK as u64) - size;
            if matches!(kind, b'L' | b'x') {
                let mut text = Vec::new();
                let most = size.min(LONGEST_NAME);
                state.read.by_ref().take(most).read_to_end(&mut text)?;
                state.left -= most;
                let text = String::from_utf8_lossy(&text).into_owned();
                let found = if kind == b'L' { Some(text.trim_end_matches('\0').to_owned()) } else { path_of(&text) };
                long_name = found.or(long_name);
                continue;
            }
            if !matches!(kind, 0 | b'0' | b'7') {
                long_name = None;
                continue;
            }
            let name = long_name.take().unwrap_or_else(|| short_name(&header));
            drop(state);
            return Ok(Some((name, Box::new(EntryRead { state: Rc::clone(&self.0), left: size }))));
        }
    }
}

impl Read for EntryRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state.borrow_mut();
        if self.left == 0 || state.left != self.left {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = state.read.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off"));
        }
        self.left -= read as u64;
        state.left = self.left;
        Ok(read)
    }
}

fn read_full(read: &mut Box<dyn Read>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        let more = read.read(buffer.get_mut(length..).unwrap_or_default())?;
        if more == 0 {
            break;
        }
        length += more;
    }
    Ok(length)
}

/// Octal digits, or a binary number with the highest bit set.
fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|byte| byte & 128 != 0) {
        let low = field.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))?;
        return Some(low).filter(|size| *size < 1 << 50);
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// Archives from before the mark have a sum over their header.
fn is_checked(header: &[u8; BLOCK]) -> bool {
    let sum: u64 = header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    number(header.get(148..156).unwrap_or_default()) == Some(sum)
}

fn short_name(header: &[u8; BLOCK]) -> String {
    let text = |from: usize, to: usize| {
        let field = header.get(from..to).unwrap_or_default();
        String::from_utf8_lossy(field.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
    };
    let prefix = if is_tar(header) { text(345, 500) } else { String::new() };
    if prefix.is_empty() { text(0, 100) } else { format!("{prefix}/{}", text(0, 100)) }
}

/// `path` of a pax header: lines of "length key=value".
fn path_of(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}
