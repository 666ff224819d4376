//! What a JSON object is, by the names of its members, and whether documents are written one a line. Looks only at the bytes that it is given.

use memchr::{memchr, memchr2};

use super::walk::{Holder, Part};

pub(super) enum Seen {
    Holder(Holder),
    Part(Part),
}

/// By the names of an object's members, in order; and whether the object ends within `bytes`.
pub(super) fn seen(bytes: &[u8]) -> (Option<Seen>, bool) {
    let (mut depth, mut at) = (0_u64, 0);
    let (mut has_trace_id, mut expects_name) = (false, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let start = at + 1;
                at = start;
                loop {
                    let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) else { return (None, false) };
                    at += found;
                    if bytes.get(at) == Some(&b'"') {
                        break;
                    }
                    at += 2;
                }
                if depth == 1 && expects_name {
                    expects_name = false;
                    let found = match bytes.get(start..at).unwrap_or_default() {
                        b"resourceSpans" | b"resource_spans" | b"data" | b"result" => Some(Seen::Holder(Holder::Document)),
                        b"scopeSpans" | b"scope_spans" | b"instrumentationLibrarySpans" => Some(Seen::Holder(Holder::ResourceSpans)),
                        b"processes" | b"spans" => Some(Seen::Holder(Holder::JaegerTrace)),
                        b"spanID" | b"operationName" => Some(Seen::Part(Part::JaegerSpan)),
                        b"spanId" | b"span_id" => Some(Seen::Part(Part::OtlpSpan)),
                        b"id" | b"localEndpoint" | b"parentId" | b"annotations" if has_trace_id => Some(Seen::Part(Part::ZipkinSpan)),
                        name => {
                            has_trace_id |= name == b"traceId";
                            None
                        }
                    };
                    if found.is_some() {
                        return (found, false);
                    }
                }
            }
            b'{' | b'[' => {
                depth += 1;
                expects_name = depth == 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (None, true);
                }
            }
            b',' if depth == 1 => expects_name = true,
            _ => {}
        }
        at += 1;
    }
    (None, false)
}

/// Whether the first line is a document of its own: it is closed at its end, or the next one begins as no document could go on.
pub(super) fn begins_with_line(head: &[u8]) -> bool {
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
    let head = head.get(start..).unwrap_or_default();
    if head.first() == Some(&b'[') {
        return false;
    }
    let Some(end) = memchr(b'\n', head) else { return false };
    let line = head.get(..end).unwrap_or_default().trim_ascii_end();
    let after = head.get(end..).unwrap_or_default().trim_ascii_start();
    let goes_on = matches!(line.last(), Some(b'{' | b'[' | b',' | b':'));
    seen_whole(line) || (!goes_on && after.first() == Some(&b'{'))
}

fn seen_whole(line: &[u8]) -> bool {
    let mut cut = line;
    // `seen` stops at the first name that it knows; here only the brackets count.
    let (mut depth, mut closed) = (0_u64, false);
    while let Some((byte, rest)) = cut.split_first() {
        cut = rest;
        match byte {
            b'"' => {
                while let Some(found) = memchr2(b'"', b'\\', cut) {
                    let is_end = cut.get(found) == Some(&b'"');
                    cut = cut.get(found + if is_end { 1 } else { 2 }..).unwrap_or_default();
                    if is_end {
                        break;
                    }
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                closed = depth == 0;
            }
            _ => {}
        }
    }
    closed && depth == 0
}
