//! How two values of a column compare, as DuckDB's ORDER BY has it: by their type, numbers of any length exactly, NaN above everything.

use std::cmp::Ordering;

use super::result_set::Value;
use crate::engine::result::CellKind;

/// 64 bits that sort as the value does. Where two are equal, [`compare`] decides.
pub fn head(kind: CellKind, value: Value<'_>) -> u64 {
    match value {
        Value::Int(value) => value.cast_unsigned() ^ (1 << 63),
        Value::Float(value) => float_head(value),
        Value::Bool(value) => u64::from(value),
        Value::Text(digits) if kind == CellKind::Number => float_head(digits.parse().unwrap_or(f64::NAN)),
        Value::Text(text) if kind == CellKind::Interval => {
            let micros = interval_micros(text).clamp(i64::MIN.into(), i64::MAX.into());
            (micros as i64).cast_unsigned() ^ (1 << 63)
        }
        Value::Text(text) => text.bytes().take(8).chain(std::iter::repeat(0)).take(8).fold(0, |head, byte| head << 8 | u64::from(byte)),
    }
}

/// Whether texts of this kind sort as their bytes do.
pub fn is_plain_text(kind: CellKind) -> bool {
    !is_exact(kind) && !matches!(kind, CellKind::Number | CellKind::Interval)
}

/// Bytes of a text that a head holds; behind them stands how many there are.
const HEAD_BYTES: usize = 7;

/// The head of a text from this byte on, where all that is sorted is the same before it.
pub fn text_head(text: &str, from: usize) -> u64 {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    let first = bytes.iter().copied().chain(std::iter::repeat(0)).take(HEAD_BYTES).fold(0, |head: u64, byte| head << 8 | u64::from(byte));
    first << 8 | bytes.len().min(HEAD_BYTES + 1) as u64
}

/// Whether texts with this head are equal: it holds all of them.
pub fn is_whole_text(text_head: u64) -> bool {
    text_head & 0xff <= HEAD_BYTES as u64
}

/// Whether equal heads mean equal values.
pub fn is_exact(kind: CellKind) -> bool {
    matches!(kind, CellKind::Bool | CellKind::Int | CellKind::Float | CellKind::Date | CellKind::Time | CellKind::Timestamp { .. })
}

pub fn compare(kind: CellKind, one: Value<'_>, other: Value<'_>) -> Ordering {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => match kind {
            CellKind::Number => compare_digits(one, other),
            CellKind::Interval => interval_micros(one).cmp(&interval_micros(other)),
            _ => one.cmp(other),
        },
        _ => head(kind, one).cmp(&head(kind, other)),
    }
}

fn float_head(value: f64) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    // 0 and -0 are equal.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Two numbers in decimal digits, of any length.
fn compare_digits(one: &str, other: &str) -> Ordering {
    let (one_minus, one) = sign(one);
    let (other_minus, other) = sign(other);
    match (one_minus, other_minus) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => compare_sizes(one, other),
        (true, true) => compare_sizes(other, one),
    }
}

/// Whether it is below zero, and its digits.
fn sign(digits: &str) -> (bool, &str) {
    let rest = digits.strip_prefix('-');
    let is_zero = |digits: &str| !digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    (rest.is_some_and(|rest| !is_zero(rest)), rest.unwrap_or(digits))
}

fn compare_sizes(one: &str, other: &str) -> Ordering {
    let parts = |digits: &str| {
        let (whole, rest) = digits.split_once('.').map_or((digits.to_owned(), ""), |(whole, rest)| (whole.to_owned(), rest));
        (whole.trim_start_matches('0').to_owned(), rest.trim_end_matches('0').to_owned())
    };
    let ((one_whole, one_rest), (other_whole, other_rest)) = (parts(one), parts(other));
    one_whole.len().cmp(&other_whole.len()).then_with(|| one_whole.cmp(&other_whole)).then_with(|| one_rest.cmp(&other_rest))
}

/// An interval as DuckDB compares it: a month has 30 days, a day 24 hours.
fn interval_micros(text: &str) -> i128 {
    const DAY: i128 = 86_400_000_000;
    let mut micros = 0;
    let mut number: Option<i128> = None;
    for word in text.split(' ') {
        match (word.trim_end_matches('s'), number.take()) {
            ("year", Some(count)) => micros += count * 360 * DAY,
            ("month" | "mon", Some(count)) => micros += count * 30 * DAY,
            ("day", Some(count)) => micros += count * DAY,
            (clock, _) if clock.contains(':') => micros += clock_micros(clock),
            (count, _) => number = count.parse().ok(),
        }
    }
    micros
}

/// "-09:31:12.206"
fn clock_micros(text: &str) -> i128 {
    let (factor, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i128>().unwrap_or(0));
    let micros: i128 = format!("{fraction:0<6}").get(..6).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    factor * (seconds * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn heads_of_texts_sort_as_texts_do(one in "[ab\\x00]{0,10}", other in "[ab\\x00]{0,10}") {
            let (own, others) = (text_head(&one, 0), text_head(&other, 0));
            prop_assert!(own.cmp(&others) == one.cmp(&other) || (own == others && !is_whole_text(own)));
            prop_assert_eq!(text_head(&format!("xy{one}"), 2), own);
        }
    }

    fn check_order(kind: CellKind, values: &[Value<'_>]) {
        for (at, one) in values.iter().enumerate() {
            for (other_at, other) in values.iter().enumerate() {
                assert_eq!(compare(kind, *one, *other), at.cmp(&other_at), "{one:?} {other:?}");
                let heads = head(kind, *one).cmp(&head(kind, *other));
                assert!(heads == Ordering::Equal || heads == at.cmp(&other_at), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn each_type_has_its_order() {
        check_order(CellKind::Int, &[i64::MIN, -1, 0, 1, i64::MAX].map(Value::Int));
        check_order(CellKind::Float, &[f64::NEG_INFINITY, -1.5, 0.0, 1e-300, 2.0, f64::INFINITY, f64::NAN].map(Value::Float));
        check_order(CellKind::Text, &["", "A", "a", "a\0", "aaaaaaaaa", "aaaaaaaab", "é"].map(Value::Text));
        let digits = [
            "-170141183460469231731687303715884105728",
            "-2",
            "-1.50",
            "0",
            "0.05",
            "9",
            "10.0001",
            "170141183460469231731687303715884105726",
            "170141183460469231731687303715884105727",
        ];
        check_order(CellKind::Number, &digits.map(Value::Text));
        let intervals =
            ["-1 days", "-00:00:01", "00:00:00", "00:00:00.000001", "23:59:59", "1 day 00:00:01", "1 month", "31 days", "1 year 2 months"];
        check_order(CellKind::Interval, &intervals.map(Value::Text));
        assert_eq!(compare(CellKind::Number, Value::Text("1.50"), Value::Text("1.5")), Ordering::Equal);
        assert_eq!(compare(CellKind::Number, Value::Text("-0.0"), Value::Text("0")), Ordering::Equal);
        assert_eq!(compare(CellKind::Float, Value::Float(-0.0), Value::Float(0.0)), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn heads_never_contradict(one in any::<(i64, f64, String)>(), other in any::<(i64, f64, String)>()) {
            let pairs = [
                (CellKind::Int, Value::Int(one.0), Value::Int(other.0)),
                (CellKind::Float, Value::Float(one.1), Value::Float(other.1)),
                (CellKind::Text, Value::Text(&one.2), Value::Text(&other.2)),
            ];
            for (kind, one, other) in pairs {
                let (heads, values) = (head(kind, one).cmp(&head(kind, other)), compare(kind, one, other));
                prop_assert!(heads == values || heads == Ordering::Equal && !is_exact(kind));
            }
        }

        #[test]
        fn long_digits_compare_as_numbers(one in any::<i128>(), other in any::<i128>()) {
            prop_assert_eq!(compare_digits(&one.to_string(), &other.to_string()), one.cmp(&other));
        }
    }
}
