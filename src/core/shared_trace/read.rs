//! Text to spans, of whatever an address holds.

use super::{
    MOST_READ_CHARS, MOST_SPANS, MOST_TEXT_BYTES, MOST_UNPACKED_BYTES, SharedSpan, SharedTrace, SharedTraceError, TEXTS, UNCHECKED_VERSION,
    VERSION,
    numbers::{Input, unfold},
};
use crate::{
    base64url,
    deflated::{InflateError, inflate, inflate_checked},
    units,
};

/// The trace in a text that [`super::pack`] made.
///
/// # Errors
/// A sentence for the reader where the text is cut, changed, of a newer version, or beyond one of the limits.
pub fn unpack(text: &str) -> Result<SharedTrace, SharedTraceError> {
    let too_large = |what, limit: String| SharedTraceError::TooLarge { what, limit };
    if text.len() > MOST_READ_CHARS {
        return Err(too_large("its text is too long", format!("{} characters", units::count(MOST_READ_CHARS as u64))));
    }
    let bytes = base64url::decode(text).ok_or(SharedTraceError::Damaged("it holds characters that do not belong there"))?;
    let (version, packed) = bytes.split_first().ok_or(SharedTraceError::Damaged("it is empty"))?;
    let columns = match *version {
        VERSION => inflate_checked(packed, MOST_UNPACKED_BYTES),
        UNCHECKED_VERSION => inflate(packed, MOST_UNPACKED_BYTES),
        newer if newer > VERSION => return Err(SharedTraceError::NewerVersion(newer)),
        _ => return Err(SharedTraceError::Damaged("it has no version")),
    };
    let columns = columns.map_err(|error| match error {
        InflateError::Damaged => SharedTraceError::Damaged("it cannot be unpacked"),
        InflateError::TooLarge(limit) => too_large("what is packed in it is longer", units::bytes(limit as u64)),
    })?;
    read_columns(&columns)
}

pub(super) fn read_columns(columns: &[u8]) -> Result<SharedTrace, SharedTraceError> {
    let too_large = |what, limit: String| SharedTraceError::TooLarge { what, limit };
    let mut input = Input(columns);
    let rows = input.size()?;
    if rows > MOST_SPANS {
        return Err(too_large("it says that it has more spans", format!("{} spans", units::count(MOST_SPANS as u64))));
    }
    let texts = read_texts(&mut input)?;
    let mut left = MOST_TEXT_BYTES;
    // A short list of long texts can be named by every span.
    let mut text_of = |number: usize| -> Result<Option<String>, SharedTraceError> {
        let Some(at) = number.checked_sub(1) else { return Ok(None) };
        let text = *texts.get(at).ok_or(SharedTraceError::Damaged("it names a text that is not there"))?;
        left = left
            .checked_sub(text.len())
            .ok_or_else(|| too_large("its texts, written out, are longer", units::bytes(MOST_TEXT_BYTES as u64)))?;
        Ok(Some(text.to_owned()))
    };
    let title = text_of(input.size()?)?.unwrap_or_default();
    let left_out = text_of(input.size()?)?.unwrap_or_default();
    let mut spans = vec![SharedSpan::default(); rows];
    if input.byte()? == 1 {
        for (span, id) in spans.iter_mut().zip(input.bytes(rows * 8)?.chunks_exact(8)) {
            span.span_id = Some(id.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    } else {
        for span in &mut spans {
            span.span_id = text_of(input.size()?)?;
        }
    }
    for row in 0..rows {
        let number = input.number()?;
        let parent = match number & 1 {
            0 => text_of(usize::try_from(number >> 1).unwrap_or(usize::MAX))?,
            _ => {
                let at = i64::try_from(row).ok().and_then(|row| row.checked_sub(unfold(number >> 1)));
                let of_parent = at.and_then(|at| spans.get(usize::try_from(at).ok()?));
                of_parent.ok_or(SharedTraceError::Damaged("it names a span that is not there"))?.span_id.clone()
            }
        };
        if let Some(span) = spans.get_mut(row) {
            span.parent_id = parent;
        }
    }
    let present = presence(&mut input, rows)?;
    let mut latest_ns = 0_i64;
    for (span, present) in spans.iter_mut().zip(present) {
        if present {
            latest_ns = latest_ns.wrapping_add(unfold(input.number()?));
            span.start_ns = Some(latest_ns);
        }
    }
    let present = presence(&mut input, rows)?;
    for (span, present) in spans.iter_mut().zip(present) {
        if present {
            span.end_ns = Some(span.start_ns.unwrap_or(0).wrapping_add(unfold(input.number()?)));
        }
    }
    for column in 0..TEXTS {
        for span in &mut spans {
            let text = text_of(input.size()?)?;
            if let Some(place) = span.texts_mut().into_iter().nth(column) {
                *place = text;
            }
        }
    }
    if !input.0.is_empty() {
        return Err(SharedTraceError::Damaged("something stands behind its end"));
    }
    Ok(SharedTrace { title, left_out, spans })
}

fn read_texts<'a>(input: &mut Input<'a>) -> Result<Vec<&'a str>, SharedTraceError> {
    let count = input.size()?;
    // Each has a length of at least a byte, so that no more can be there than there are bytes.
    if count > input.0.len() {
        return Err(SharedTraceError::Damaged("it ends too early"));
    }
    let lengths = (0..count).map(|_| input.size()).collect::<Result<Vec<_>, _>>()?;
    lengths
        .into_iter()
        .map(|length| std::str::from_utf8(input.bytes(length)?).map_err(|_| SharedTraceError::Damaged("a text in it is no text")))
        .collect()
}

/// Which spans have a time.
fn presence(input: &mut Input<'_>, rows: usize) -> Result<Vec<bool>, SharedTraceError> {
    if input.byte()? == 1 {
        return Ok(vec![true; rows]);
    }
    Ok(input.bytes(rows)?.iter().map(|byte| *byte == 1).collect())
}
