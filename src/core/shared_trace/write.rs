//! Spans to text.
//!
//! Version 1, after inflating, all numbers as in `numbers`:
//! the number of spans; the number of texts, their lengths in bytes, their bytes; which text is the title, which says what was left out;
//! then column after column, a number a span each but for the first:
//! - span ids: a byte 1 and eight bytes a span where all are sixteen small hex digits, else a byte 0 and the number of a text (0 for none)
//! - parents: 0 for none, `2 × fold(distance) + 1` where the span `distance` rows further up has that id, else `2 × number of a text`
//! - starts: a byte 1 where all have one, else a byte 0 and a byte 1 or 0 a span; then `fold(difference to the start before)` of those that have one
//! - ends: the same, as a difference to the own start
//! - each of the twelve texts: its number, 0 for none. A text's number is its place in the list plus one.

use std::collections::HashMap;

use super::{
    SharedSpan, SharedTrace, TEXTS, VERSION,
    numbers::{fold, push},
};
use crate::{base64url, deflated::deflate_checked};

/// The text that [`super::unpack`] makes the trace of.
#[must_use]
pub fn pack(trace: &SharedTrace) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(deflate_checked(&columns(trace)));
    base64url::encode(&bytes)
}

/// Texts, each once, in the order in which they are first named.
#[derive(Default)]
struct Texts<'a> {
    numbers: HashMap<&'a str, u64>,
    lengths: Vec<u8>,
    bytes: Vec<u8>,
}

impl<'a> Texts<'a> {
    fn number(&mut self, text: Option<&'a str>) -> u64 {
        let Some(text) = text else { return 0 };
        let next = self.numbers.len() as u64 + 1;
        *self.numbers.entry(text).or_insert_with(|| {
            push(&mut self.lengths, text.len() as u64);
            self.bytes.extend(text.as_bytes());
            next
        })
    }
}

pub(super) fn columns(trace: &SharedTrace) -> Vec<u8> {
    let spans = &trace.spans;
    let mut texts = Texts::default();
    let mut body = Vec::new();
    push(&mut body, texts.number(Some(&trace.title)));
    push(&mut body, texts.number(Some(&trace.left_out)));
    push_ids(&mut body, spans, &mut texts);
    push_parents(&mut body, spans, &mut texts);
    push_times(
        &mut body,
        spans.iter().scan(0, |latest_ns, span| {
            let before_ns = std::mem::replace(latest_ns, span.start_ns.unwrap_or(*latest_ns));
            Some((span.start_ns, before_ns))
        }),
    );
    push_times(&mut body, spans.iter().map(|span| (span.end_ns, span.start_ns.unwrap_or(0))));
    for column in 0..TEXTS {
        for span in spans {
            let text = span.texts().get(column).copied().flatten();
            push(&mut body, texts.number(text));
        }
    }
    let mut out = Vec::new();
    push(&mut out, spans.len() as u64);
    push(&mut out, texts.numbers.len() as u64);
    out.extend(texts.lengths);
    out.extend(texts.bytes);
    out.extend(body);
    out
}

fn push_ids<'a>(out: &mut Vec<u8>, spans: &'a [SharedSpan], texts: &mut Texts<'a>) {
    let usual: Option<Vec<[u8; 8]>> = spans.iter().map(|span| span.span_id.as_deref().and_then(usual_id)).collect();
    match usual {
        Some(ids) => {
            out.push(1);
            out.extend(ids.into_iter().flatten());
        }
        None => {
            out.push(0);
            for span in spans {
                push(out, texts.number(span.span_id.as_deref()));
            }
        }
    }
}

/// The bytes of sixteen small hex digits.
fn usual_id(id: &str) -> Option<[u8; 8]> {
    let usual = id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    usual.then(|| u64::from_str_radix(id, 16).ok()).flatten().map(u64::to_be_bytes)
}

fn push_parents<'a>(out: &mut Vec<u8>, spans: &'a [SharedSpan], texts: &mut Texts<'a>) {
    let mut rows: HashMap<&str, usize> = HashMap::with_capacity(spans.len());
    for (row, span) in spans.iter().enumerate() {
        if let Some(id) = span.span_id.as_deref() {
            rows.entry(id).or_insert(row);
        }
    }
    for (row, span) in spans.iter().enumerate() {
        let number = match span.parent_id.as_deref() {
            None => 0,
            Some(parent) => match rows.get(parent) {
                // Rows are far fewer than 2^62.
                Some(of_parent) => fold(row as i64 - *of_parent as i64) << 1 | 1,
                None => texts.number(Some(parent)) << 1,
            },
        };
        push(out, number);
    }
}

/// Differences wrap: any two times have one. A missing time has none.
fn push_times(out: &mut Vec<u8>, times_ns: impl Iterator<Item = (Option<i64>, i64)> + Clone) {
    let all = times_ns.clone().all(|(time_ns, _)| time_ns.is_some());
    out.push(u8::from(all));
    if !all {
        out.extend(times_ns.clone().map(|(time_ns, _)| u8::from(time_ns.is_some())));
    }
    for (time_ns, before_ns) in times_ns.filter_map(|(time_ns, before_ns)| Some((time_ns?, before_ns))) {
        push(out, fold(time_ns.wrapping_sub(before_ns)));
    }
}
