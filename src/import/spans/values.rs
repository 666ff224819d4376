//! Ids and times as the formats spell them. Must not know formats; what cannot be read is said by the return value.

use super::json::{Cursor, Reading};
use super::marks::Marks;
use crate::core::base64url;

/// Writes an id as lower-case hex. OTLP/JSON wants hex, the JSON of protobuf base64, some tools write a `0x` in front.
/// False where it is neither: then it is kept as it is, in small letters.
pub(super) fn push_id(out: &mut String, text: &str, bytes: usize) -> bool {
    out.clear();
    let text = text.trim();
    let hex = text.strip_prefix("0x").unwrap_or(text);
    if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        out.extend(hex.chars().map(|digit| digit.to_ascii_lowercase()));
        return true;
    }
    let decoded = (text.len() <= bytes * 2).then(|| base64url::decode(&text.replace('+', "-").replace('/', "_"))).flatten();
    if let Some(decoded) = decoded.filter(|decoded| decoded.len() == bytes) {
        push_hex(out, &decoded);
        return true;
    }
    out.push_str(&text.to_lowercase());
    false
}

pub(super) fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(DIGITS.get(usize::from(digit)).map_or('0', |digit| char::from(*digit)));
        }
    }
}

/// No id: empty, or nothing but zeros, which is what writers put where there is none.
pub(super) fn is_no_id(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

/// A time or duration in units of `unit_ns`, as nanoseconds. `None` where it is no number or does not fit.
pub(super) fn nanoseconds(text: &str, unit_ns: i64) -> Option<i64> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return whole.checked_mul(unit_ns);
    }
    // Numbers of a double, such as 1.77e15: exact enough for what has been a double before.
    let number = text.parse::<f64>().ok()? * unit_ns as f64;
    (number.is_finite() && number.abs() < 9.2e18).then_some(number.round() as i64)
}

/// The id that comes next, of so many bytes, into `out`.
pub(super) fn read_id(cursor: &mut Cursor<'_>, out: &mut String, bytes: usize, marks: &mut Marks) -> Reading<()> {
    out.clear();
    if let Some(text) = cursor.text()? {
        marks.odd_ids += u64::from(!push_id(out, &text, bytes));
    }
    Ok(())
}

/// The time or duration that comes next, in units of `unit_ns`.
pub(super) fn read_time(cursor: &mut Cursor<'_>, unit_ns: i64, marks: &mut Marks) -> Reading<Option<i64>> {
    let Some(text) = cursor.text()?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let ns = nanoseconds(&text, unit_ns);
    marks.bad_times += u64::from(ns.is_none());
    Ok(ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hex_whatever_they_were() {
        for (text, bytes, hex, is_known) in [
            ("5B8EFFF798038103D269B633813FC60C", 16, "5b8efff798038103d269b633813fc60c", true),
            ("aYQql5kRA2zz6CIIbsqgBw==", 16, "69842a97991103 6cf3e822086ecaa007", true),
            ("Wmn8F4uo+Dc=", 8, "5a69fc178ba8f837", true),
            ("0xABC", 16, "abc", true),
            ("xyz", 8, "xyz", false),
            ("!!!INVALID_BASE64!!!", 16, "!!!invalid_base64!!!", false),
        ] {
            let mut out = String::new();
            assert_eq!((push_id(&mut out, text, bytes), out), (is_known, hex.replace(' ', "")), "{text}");
        }
    }

    #[test]
    fn times_are_numbers_or_nothing() {
        assert_eq!(nanoseconds("1772438400686877", 1000), Some(1_772_438_400_686_877_000));
        assert_eq!(nanoseconds("-5", 1), Some(-5));
        assert_eq!(nanoseconds("1.5", 1000), Some(1500));
        for bad in ["NaN", "", "1e300", "9223372036854775807", "soon"] {
            assert_eq!(nanoseconds(bad, 1000), None, "{bad}");
        }
    }
}
