//! Tells OTLP's protobuf messages by their first bytes. There is no mark to know them by: every field seen has to be one that stands there.

/// How messages follow each other in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// One message, as it goes over the wire. Several one after the other are one as well.
    Bare,
    /// The length before each message, as protobuf's own numbers.
    Varint,
    /// The length before each message in four bytes, the highest first: what the collector's file exporter writes.
    Fixed32,
}

/// A kind of message, or of a field that is none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Traces,
    ResourceSpans,
    Resource,
    ScopeSpans,
    Scope,
    Span,
    KeyValue,
    Text,
    Bytes,
    Number,
    Fixed64,
    Fixed32,
}

/// Fields that have to be seen before a file counts as OTLP.
const ENOUGH: u32 = 3;

/// Whether `head`, the start of a file of `size` bytes, is that of OTLP traces.
pub fn otlp_framing(size: u64, head: &[u8]) -> Option<Framing> {
    let is_all = size <= head.len() as u64;
    if is_message(head, size, is_all) {
        return Some(Framing::Bare);
    }
    let framed = |length: u64, skip: usize| {
        let body = head.get(skip..).unwrap_or_default();
        let inside = body.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(body);
        length > 0 && length <= size.saturating_sub(skip as u64) && is_message(inside, length, inside.len() as u64 == length)
    };
    if let Some(length) = head.first_chunk::<4>().map(|bytes| u64::from(u32::from_be_bytes(*bytes)))
        && framed(length, 4)
    {
        return Some(Framing::Fixed32);
    }
    let (length, skip) = varint(head)?;
    framed(length, skip).then_some(Framing::Varint)
}

fn is_message(bytes: &[u8], length: u64, is_all: bool) -> bool {
    let mut seen = 0;
    fits(bytes, length, Kind::Traces, &mut seen, 0) && (seen >= ENOUGH || (is_all && seen >= 2))
}

/// Whether everything that is there of a message of `length` bytes belongs there. Counts the fields.
fn fits(bytes: &[u8], length: u64, kind: Kind, seen: &mut u32, depth: u32) -> bool {
    match kind {
        Kind::Text => return std::str::from_utf8(bytes).is_ok_or_cut(),
        Kind::Bytes => return true,
        _ => {}
    }
    let (mut at, is_all) = (0_usize, bytes.len() as u64 >= length);
    while at < bytes.len() {
        let Some((tag, size)) = varint(bytes.get(at..).unwrap_or_default()) else { return !is_all };
        at += size;
        let (Some(found), wire) = (field(kind, tag >> 3), tag & 7) else { return false };
        *seen += 1;
        match (found, wire) {
            (Kind::Number, 0) => match varint(bytes.get(at..).unwrap_or_default()) {
                Some((_, size)) => at += size,
                None => return !is_all,
            },
            (Kind::Fixed64, 1) => at += 8,
            (Kind::Fixed32, 5) => at += 4,
            (Kind::Number | Kind::Fixed64 | Kind::Fixed32, _) => return false,
            (_, 2) => {
                let Some((inner, size)) = varint(bytes.get(at..).unwrap_or_default()) else { return !is_all };
                at += size;
                if inner > length.saturating_sub(at as u64) {
                    return false;
                }
                let end = usize::try_from(inner).unwrap_or(usize::MAX).saturating_add(at);
                let there = bytes.get(at..end.min(bytes.len())).unwrap_or_default();
                if depth < 8 && !fits(there, inner, found, seen, depth + 1) {
                    return false;
                }
                at = end;
            }
            _ => return false,
        }
    }
    true
}

/// What stands in a field of a message. Definition: opentelemetry-proto, trace.proto, common.proto and resource.proto.
fn field(kind: Kind, number: u64) -> Option<Kind> {
    Some(match (kind, number) {
        (Kind::Traces, 1) => Kind::ResourceSpans,
        (Kind::ResourceSpans, 1) => Kind::Resource,
        (Kind::ResourceSpans, 2 | 1000) => Kind::ScopeSpans,
        (Kind::ResourceSpans | Kind::ScopeSpans, 3) => Kind::Text,
        (Kind::Resource, 1) => Kind::KeyValue,
        (Kind::Resource, 2) => Kind::Number,
        (Kind::Resource, 3) => Kind::Bytes,
        (Kind::ScopeSpans, 1) => Kind::Scope,
        (Kind::ScopeSpans, 2) => Kind::Span,
        (Kind::Scope, 1 | 2) => Kind::Text,
        (Kind::Scope, 3) => Kind::KeyValue,
        (Kind::Scope, 4) => Kind::Number,
        (Kind::Span, 1 | 2 | 4 | 11 | 13 | 15) => Kind::Bytes,
        (Kind::Span, 3 | 5) => Kind::Text,
        (Kind::Span, 6 | 10 | 12 | 14) => Kind::Number,
        (Kind::Span, 7 | 8) => Kind::Fixed64,
        (Kind::Span, 9) => Kind::KeyValue,
        (Kind::Span, 16) => Kind::Fixed32,
        (Kind::KeyValue, 1) => Kind::Text,
        (Kind::KeyValue, 2) => Kind::Bytes,
        _ => return None,
    })
}

/// A number of protobuf and how many bytes it takes.
pub fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 127).checked_shl(7 * at as u32)?;
        if byte & 128 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

/// Text whose last character may be cut.
trait CutText {
    fn is_ok_or_cut(&self) -> bool;
}

impl CutText for Result<&str, std::str::Utf8Error> {
    fn is_ok_or_cut(&self) -> bool {
        self.as_ref().is_ok() || self.as_ref().is_err_and(|error| error.error_len().is_none())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `{resource: {attributes: [{key: "a", value: …}]}}`
    const MESSAGE: &[u8] = &[10, 11, 10, 9, 10, 7, 10, 1, b'a', 18, 2, 10, 0];

    #[test]
    fn messages_are_told_with_and_without_their_length() {
        assert_eq!(otlp_framing(13, MESSAGE), Some(Framing::Bare));
        assert_eq!(otlp_framing(14, &[&[13], MESSAGE].concat()), Some(Framing::Varint));
        assert_eq!(otlp_framing(17, &[&[0, 0, 0, 13], MESSAGE].concat()), Some(Framing::Fixed32));
        for other in [b"".as_slice(), b"\n", b"\n\x02hi", b"text\nmore text", b"\n\n\n\n\n\n\n\n", &[0; 64], &MESSAGE[1..]] {
            assert_eq!(otlp_framing(other.len() as u64, other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(head in proptest::collection::vec(any::<u8>(), 0..300), size in any::<u64>()) {
            let _ = otlp_framing(size, &head);
        }
    }
}
