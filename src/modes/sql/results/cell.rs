//! A value as text: in full, as DuckDB writes it, and as a cell of the grid shows it.

use std::{borrow::Cow, fmt::Write as _};

use super::result_set::Value;
use crate::{
    core::{
        calendar, csv,
        duck_text::{self, Unit},
        json_rows,
    },
    engine::result::CellKind,
};

/// Characters of a text that a cell shows; the inspector shows all of it.
const CELL_CHARS: usize = 160;
/// Digits of a broken number that a cell shows behind the point.
const CELL_DECIMALS: usize = 6;
const NS_PER_MS: i64 = 1_000_000;

/// What stands in place of no value.
pub const NULL: &str = "NULL";

/// Adds the whole value as DuckDB's cast to VARCHAR writes it.
pub fn push(out: &mut String, kind: CellKind, value: Value<'_>) {
    match (kind, value) {
        (CellKind::Date, Value::Int(days)) => {
            duck_text::push_date(out, i32::try_from(days).unwrap_or(if days < 0 { -i32::MAX } else { i32::MAX }))
        }
        (CellKind::Time, Value::Int(micros)) => duck_text::push_time(out, micros, Unit::Microsecond),
        (CellKind::Timestamp { unit_ns, zoned: false }, Value::Int(at)) => duck_text::push_timestamp(out, at, unit(unit_ns)),
        (CellKind::Timestamp { unit_ns, zoned: true }, Value::Int(at)) => duck_text::push_timestamp_utc(out, at, unit(unit_ns)),
        (_, Value::Int(value)) => {
            let _ = write!(out, "{value}");
        }
        (_, Value::Float(value)) => csv::push_float(out, value),
        (_, Value::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
        (_, Value::Text(value)) => out.push_str(value),
    }
}

fn unit(unit_ns: i64) -> Unit {
    match unit_ns {
        1_000_000_000 => Unit::Second,
        1_000_000 => Unit::Millisecond,
        1 => Unit::Nanosecond,
        _ => Unit::Microsecond,
    }
}

/// The whole value.
pub fn text(kind: CellKind, value: Value<'_>) -> String {
    let mut out = String::new();
    push(&mut out, kind, value);
    out
}

/// The value for the grid: in one line, not longer than a cell can show, instants by the reader's clock.
pub fn shown(kind: CellKind, value: Value<'_>) -> Cow<'_, str> {
    match (kind, value) {
        (CellKind::Timestamp { zoned: true, .. }, Value::Int(_)) => match instant_ns(kind, value) {
            Some(at_ns) if at_ns % NS_PER_MS == 0 => calendar::instant_zoned(at_ns).into(),
            Some(at_ns) => calendar::instant_full(at_ns).into(),
            None => text(kind, value).into(),
        },
        (_, Value::Float(value)) => float(value).into(),
        (CellKind::Blob, Value::Text(digits)) => {
            let cut = json_rows::preview(digits, CELL_CHARS);
            format!("0x{}{}", cut.text, if cut.more_chars > 0 { "…" } else { "" }).into()
        }
        (_, Value::Text(value)) => one_line(value),
        (kind, value) => text(kind, value).into(),
    }
}

/// A text in one line, control characters as their pictures.
fn one_line(value: &str) -> Cow<'_, str> {
    if value.len() <= CELL_CHARS && value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return value.into();
    }
    // Of a long text only the beginning is looked at: counting the rest would take as long as it is.
    let head = value.char_indices().nth(CELL_CHARS).map_or(value, |(byte, _)| value.get(..byte).unwrap_or(value));
    let mut shown = json_rows::preview(head, usize::MAX).text.replace(['\n', '\t'], " ");
    if head.len() < value.len() {
        shown.push('…');
    }
    shown.into()
}

fn float(value: f64) -> String {
    let full = format!("{value}");
    if !value.is_finite() {
        return full.to_lowercase();
    }
    let size = value.abs();
    match () {
        () if size != 0.0 && !(1e-6..1e15).contains(&size) => format!("{value:e}"),
        () if full.len() > 14 => {
            let cut = format!("{value:.CELL_DECIMALS$}");
            cut.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        () => full,
    }
}

/// The instant of a timestamp, if nanoseconds in 64 bits reach so far.
pub fn instant_ns(kind: CellKind, value: Value<'_>) -> Option<i64> {
    match (kind, value) {
        (CellKind::Timestamp { .. }, Value::Int(i64::MAX)) => None,
        (CellKind::Timestamp { unit_ns, .. }, Value::Int(at)) => at.checked_mul(unit_ns),
        (CellKind::Date, Value::Int(days)) => days.checked_mul(86_400_000_000_000),
        _ => None,
    }
}

/// The value as a number for pictures and figures, where it is one or a time.
pub fn number(kind: CellKind, value: Value<'_>) -> Option<f64> {
    let number = match (kind, value) {
        (CellKind::Int | CellKind::Date | CellKind::Time | CellKind::Timestamp { .. }, Value::Int(value)) => value as f64,
        (CellKind::Float, Value::Float(value)) => value,
        (CellKind::Number, Value::Text(digits)) => digits.parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Stands at the right.
pub fn is_number(kind: CellKind) -> bool {
    matches!(kind, CellKind::Int | CellKind::Float | CellKind::Number)
}

/// A time on a line: it makes an axis.
pub fn is_time(kind: CellKind) -> bool {
    matches!(kind, CellKind::Date | CellKind::Timestamp { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICROS: CellKind = CellKind::Timestamp { unit_ns: 1_000, zoned: false };

    #[test]
    fn values_are_written_as_duckdb_writes_them() {
        assert_eq!(text(CellKind::Date, Value::Int(0)), "1970-01-01");
        assert_eq!(text(CellKind::Time, Value::Int(34_272_206_000)), "09:31:12.206");
        assert_eq!(text(MICROS, Value::Int(1)), "1970-01-01 00:00:00.000001");
        assert_eq!(text(CellKind::Timestamp { unit_ns: 1, zoned: true }, Value::Int(1)), "1970-01-01 00:00:00.000000001+00");
        assert_eq!(text(MICROS, Value::Int(i64::MAX)), "infinity");
        assert_eq!(text(CellKind::Int, Value::Int(i64::MIN)), "-9223372036854775808");
        assert_eq!(text(CellKind::Float, Value::Float(0.1)), "0.1");
        assert_eq!(text(CellKind::Bool, Value::Bool(true)), "true");
    }

    #[test]
    fn cells_are_short_and_in_one_line() {
        assert_eq!(shown(CellKind::Text, Value::Text("a\nb\u{1}")), "a b\u{2401}");
        assert_eq!(shown(CellKind::Text, Value::Text(&"é".repeat(500))).chars().count(), CELL_CHARS + 1);
        assert_eq!(shown(CellKind::Float, Value::Float(0.1 + 0.2)), "0.3");
        assert_eq!(shown(CellKind::Float, Value::Float(5620.4)), "5620.4");
        assert_eq!(shown(CellKind::Float, Value::Float(1e300)), "1e300");
        assert_eq!(shown(CellKind::Float, Value::Float(f64::NAN)), "nan");
        assert_eq!(shown(CellKind::Blob, Value::Text("00ff")), "0x00ff");
    }

    #[test]
    fn infinite_times_are_no_numbers_of_nanoseconds() {
        assert_eq!(instant_ns(MICROS, Value::Int(i64::MAX)), None);
        assert_eq!(instant_ns(MICROS, Value::Int(2)), Some(2_000));
        assert_eq!(number(CellKind::Number, Value::Text("-1.50")), Some(-1.5));
        assert_eq!(number(CellKind::Text, Value::Text("1")), None);
    }
}
