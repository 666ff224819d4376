//! The way through JSON documents of any size: finds the spans and what belongs to them, holding one of them at a time.
//!
//! A document is never a tree here. Known containers are entered, a span or a resource is read whole into the window, everything else is passed
//! over. The same walk does for one large document, a list of documents, and a document a line; in the last a line that is no JSON costs itself.
//! It must not know what a span holds.

use memchr::{memchr, memchr2, memchr3};

use super::feed::{Feed, Place};
use super::odd::What;
use super::recognise::{Seen, begins_with_line, seen};

/// The longest span, in bytes; a longer one is passed over.
const LONGEST_PART: usize = 64 * 1024 * 1024;
/// How far an object is read to see what it is.
const LONGEST_LOOK: usize = 4 * 1024 * 1024;
/// Lists within lists.
const DEEPEST: usize = 16;
/// A file that shows nothing known for so long is given up.
const FOREIGN_BYTES: u64 = 64 * 1024 * 1024;

/// A container that is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A list of documents, Jaeger traces or Zipkin spans.
    Documents,
    /// `{"resourceSpans": …}`, `{"data": …}`
    Document,
    ResourceSpansList,
    ResourceSpans,
    ScopeSpansList,
    ScopeSpans,
    OtlpSpans,
    JaegerTrace,
    JaegerSpans,
}

/// A value that is read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Resource,
    Scope,
    Processes,
    PbResource,
    PbScope,
    PbSpan,
    OtlpSpan,
    JaegerSpan,
    ZipkinSpan,
}

/// Takes what the walk finds.
pub(super) trait Sink {
    fn enter(&mut self, holder: Holder);
    fn leave(&mut self, holder: Holder);
    fn part(&mut self, part: Part, text: &[u8], place: Place);
    fn odd(&mut self, what: What, place: Place);
}

/// Why a value could not be passed over.
enum Broken {
    /// Here stands what JSON does not allow.
    Syntax,
    /// The stream, or the line, ends within it.
    Cut,
}

enum Passed {
    Whole(usize),
    TooLong,
}

pub(super) struct Walk {
    feed: Feed,
    open: Vec<Holder>,
    /// A comma has to come before the next element.
    after_value: bool,
    /// Every document ends with its line.
    pub(super) by_line: bool,
    /// Documents at the top.
    pub(super) documents: u64,
    known: bool,
    ended: bool,
}

impl Walk {
    pub(super) fn new(mut feed: Feed) -> Self {
        feed.has(64 * 1024);
        if feed.rest().starts_with(&[0xef, 0xbb, 0xbf]) {
            feed.consume(3);
        }
        let by_line = begins_with_line(feed.rest());
        Self { feed, open: Vec::new(), after_value: false, by_line, documents: 0, known: false, ended: false }
    }

    /// Why the stream ended early, in the source's words.
    pub(super) fn failed(&self) -> Option<&str> {
        self.feed.failed.as_deref()
    }

    /// Whether anything was found that holds spans.
    pub(super) fn is_known(&self) -> bool {
        self.known
    }

    /// One step on; false when there is nothing left.
    pub(super) fn step(&mut self, sink: &mut impl Sink) -> bool {
        if self.ended {
            return false;
        }
        if let Err(broken) = self.advance(sink) {
            self.recover(&broken, sink);
        }
        if !self.known && self.feed.consumed() > FOREIGN_BYTES {
            self.ended = true;
        }
        !self.ended
    }

    fn recover(&mut self, broken: &Broken, sink: &mut impl Sink) {
        let place = self.feed.place();
        let at_end = matches!(broken, Broken::Cut) && self.feed.peek().is_none();
        while let Some(holder) = self.open.pop() {
            sink.leave(holder);
        }
        self.after_value = false;
        if self.feed.failed.is_some() {
            // Said by whoever opened the stream, in better words.
            self.ended = true;
        } else if self.by_line {
            sink.odd(What::MalformedLine, place);
            self.pass_line();
        } else {
            sink.odd(if at_end { What::CutOff } else { What::Damaged }, place);
            self.ended = true;
        }
    }

    fn pass_line(&mut self) {
        loop {
            let length = self.feed.rest().len();
            match memchr(b'\n', self.feed.rest()) {
                Some(found) => return self.feed.consume(found + 1),
                None => self.feed.consume(length),
            }
            if !self.feed.fill() {
                return;
            }
        }
    }

    fn advance(&mut self, sink: &mut impl Sink) -> Result<(), Broken> {
        let Some(holder) = self.open.last().copied() else { return self.top(sink) };
        let is_object = matches!(holder, Holder::Document | Holder::ResourceSpans | Holder::ScopeSpans | Holder::JaegerTrace);
        let mut byte = self.next_byte()?;
        if byte == if is_object { b'}' } else { b']' } {
            self.feed.consume(1);
            self.open.pop();
            sink.leave(holder);
            self.after_value = true;
            return Ok(());
        }
        if self.after_value {
            if byte != b',' {
                return Err(Broken::Syntax);
            }
            self.feed.consume(1);
            byte = self.next_byte()?;
        }
        self.after_value = false;
        if is_object { self.member(holder, sink) } else { self.element(holder, byte, sink) }
    }

    fn top(&mut self, sink: &mut impl Sink) -> Result<(), Broken> {
        self.after_value = false;
        let Some(byte) = self.blanks(false) else {
            self.ended = true;
            return Ok(());
        };
        // Record separators of JSON text sequences.
        if byte == 0x1e {
            self.feed.consume(1);
            return Ok(());
        }
        if !matches!(byte, b'{' | b'[') {
            return Err(Broken::Syntax);
        }
        self.documents += 1;
        self.element(Holder::Documents, byte, sink)?;
        Ok(())
    }

    /// A value in a list, or at the top.
    fn element(&mut self, holder: Holder, byte: u8, sink: &mut impl Sink) -> Result<(), Broken> {
        match (holder, byte) {
            (Holder::ResourceSpansList, b'{') => self.enter(Holder::ResourceSpans, sink),
            (Holder::ScopeSpansList, b'{') => self.enter(Holder::ScopeSpans, sink),
            (Holder::OtlpSpans, b'{') => self.part(Part::OtlpSpan, sink),
            (Holder::JaegerSpans, b'{') => self.part(Part::JaegerSpan, sink),
            (Holder::Documents, b'[') if self.open.len() < DEEPEST => self.enter(Holder::Documents, sink),
            (Holder::Documents, b'{') => match self.recognise()? {
                Some(Seen::Holder(holder)) => self.enter(holder, sink),
                Some(Seen::Part(part)) => self.part(part, sink),
                None => self.skip(Some(What::ForeignObject), sink),
            },
            _ => self.skip(Some(What::ForeignObject), sink),
        }
    }

    fn member(&mut self, holder: Holder, sink: &mut impl Sink) -> Result<(), Broken> {
        let key = match self.pass(true)? {
            Passed::Whole(length) if length <= 64 => self.feed.slice(length).to_vec(),
            Passed::Whole(_) => Vec::new(),
            Passed::TooLong => return Err(Broken::Syntax),
        };
        if !key.starts_with(b"\"") {
            if self.feed.peek() == Some(b'"') {
                // A name longer than any that is known.
                if let Passed::Whole(length) = self.pass(true)? {
                    self.feed.consume(length);
                }
            } else {
                return Err(Broken::Syntax);
            }
        } else {
            self.feed.consume(key.len());
        }
        if self.next_byte()? != b':' {
            return Err(Broken::Syntax);
        }
        self.feed.consume(1);
        let byte = self.next_byte()?;
        let name = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
        match (holder, name, byte) {
            (Holder::Document, b"resourceSpans" | b"resource_spans", b'[') => self.enter(Holder::ResourceSpansList, sink),
            (Holder::Document, b"data" | b"result", b'[') => self.enter(Holder::Documents, sink),
            (Holder::Document, b"data" | b"result", b'{') if self.open.len() < DEEPEST => match self.recognise()? {
                Some(Seen::Holder(holder)) => self.enter(holder, sink),
                _ => self.skip(None, sink),
            },
            (Holder::ResourceSpans, b"resource", b'{') => self.part(Part::Resource, sink),
            (
                Holder::ResourceSpans,
                b"scopeSpans" | b"scope_spans" | b"instrumentationLibrarySpans" | b"instrumentation_library_spans",
                b'[',
            ) => self.enter(Holder::ScopeSpansList, sink),
            (Holder::ScopeSpans, b"scope" | b"instrumentationLibrary" | b"instrumentation_library", b'{') => self.part(Part::Scope, sink),
            (Holder::ScopeSpans, b"spans", b'[') => self.enter(Holder::OtlpSpans, sink),
            (Holder::JaegerTrace, b"spans", b'[') => self.enter(Holder::JaegerSpans, sink),
            (Holder::JaegerTrace, b"processes", b'{') => self.part(Part::Processes, sink),
            _ => self.skip(None, sink),
        }
    }

    fn enter(&mut self, holder: Holder, sink: &mut impl Sink) -> Result<(), Broken> {
        self.known |= holder != Holder::Documents;
        self.feed.consume(1);
        self.open.push(holder);
        self.after_value = false;
        sink.enter(holder);
        Ok(())
    }

    fn part(&mut self, part: Part, sink: &mut impl Sink) -> Result<(), Broken> {
        self.known = true;
        match self.pass(true)? {
            Passed::Whole(length) => {
                let place = self.feed.place();
                sink.part(part, self.feed.slice(length), place);
                self.feed.consume(length);
            }
            Passed::TooLong => self.skip(Some(What::TooLong), sink)?,
        }
        self.after_value = true;
        Ok(())
    }

    fn skip(&mut self, what: Option<What>, sink: &mut impl Sink) -> Result<(), Broken> {
        let place = self.feed.place();
        if let Passed::Whole(length) = self.pass(false)? {
            self.feed.consume(length);
        }
        if let Some(what) = what {
            sink.odd(what, place);
        }
        self.after_value = true;
        Ok(())
    }

    /// The next byte that is not blank. Within a document the end, or the end of its line, is a cut.
    fn next_byte(&mut self) -> Result<u8, Broken> {
        self.blanks(self.by_line).ok_or(Broken::Cut)
    }

    fn blanks(&mut self, stop_at_line: bool) -> Option<u8> {
        loop {
            // All at once where there are many.
            let blanks = self.feed.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
            self.feed.consume(blanks);
            match self.feed.peek()? {
                b'\n' if stop_at_line => return None,
                b'\n' if self.open.is_empty() && self.documents > 0 => {
                    // A document has ended with its line, and so will the others.
                    self.feed.consume(1);
                    self.by_line = true;
                }
                byte if byte.is_ascii_whitespace() => self.feed.consume(1),
                byte => return Some(byte),
            }
        }
    }

    /// Finds the end of the value that comes next. `keep`: all of it stays in the window, up to [`LONGEST_PART`], and is not consumed;
    /// otherwise it is consumed while it is passed, but for the rest that is answered.
    fn pass(&mut self, keep: bool) -> Result<Passed, Broken> {
        let mut at = 0;
        let mut depth = 0_u64;
        let mut in_string = false;
        loop {
            while at < self.feed.rest().len() {
                let rest = self.feed.rest();
                if in_string {
                    let tail = rest.get(at..).unwrap_or_default();
                    let found = if self.by_line { memchr3(b'"', b'\\', b'\n', tail) } else { memchr2(b'"', b'\\', tail) };
                    let Some(found) = found else {
                        at = rest.len();
                        break;
                    };
                    at += found;
                    match rest.get(at) {
                        Some(b'"') => {
                            in_string = false;
                            at += 1;
                            if depth == 0 {
                                return Ok(Passed::Whole(at));
                            }
                        }
                        // What is escaped may not have arrived; it is no quote either way.
                        Some(b'\\') => at += 2,
                        _ => return self.cut(at),
                    }
                    continue;
                }
                let Some(byte) = rest.get(at).copied() else { break };
                match byte {
                    b'"' => in_string = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth == 0 => return self.end_of_word(at),
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return Ok(Passed::Whole(at + 1));
                        }
                    }
                    b'\n' if self.by_line => return if depth == 0 { self.end_of_word(at) } else { self.cut(at) },
                    b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return self.end_of_word(at),
                    _ => {}
                }
                at += 1;
            }
            if keep && at > LONGEST_PART {
                return Ok(Passed::TooLong);
            }
            if !keep {
                let consumed = at.min(self.feed.rest().len());
                self.feed.consume(consumed);
                at -= consumed;
            }
            if !self.feed.fill() {
                let length = self.feed.rest().len();
                return self.cut(length);
            }
        }
    }

    fn end_of_word(&self, length: usize) -> Result<Passed, Broken> {
        if length == 0 { Err(Broken::Syntax) } else { Ok(Passed::Whole(length)) }
    }

    fn cut(&mut self, length: usize) -> Result<Passed, Broken> {
        self.feed.consume(length);
        Err(Broken::Cut)
    }

    /// What the object that comes next is, by the names of its first members.
    fn recognise(&mut self) -> Result<Option<Seen>, Broken> {
        let mut wanted = 16 * 1024;
        loop {
            let is_all = !self.feed.has(wanted);
            let rest = self.feed.rest();
            // Many broken lines must not each be compared with all that follows.
            let line_end = if self.by_line { memchr(b'\n', rest) } else { None };
            let (seen, is_whole) = seen(rest.get(..line_end.unwrap_or(rest.len())).unwrap_or_default());
            if line_end.is_some() || seen.is_some() || is_whole || is_all || wanted >= LONGEST_LOOK {
                return Ok(seen);
            }
            wanted *= 4;
        }
    }
}
