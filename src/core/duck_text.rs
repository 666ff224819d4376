//! Dates, times, intervals and bytes as DuckDB's own cast to VARCHAR writes them, so that a saved file says what a query shows, and reads back.
//!
//! Covers the whole range of DuckDB's types, which is far wider than that of nanoseconds in 64 bits. Must not be used on the page, where
//! times are nanoseconds (`calendar`).

use std::fmt::Write as _;

use super::calendar::civil_from_days;

const DAY_S: i64 = 86_400;

/// How finely an instant or a time of day is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Unit {
    fn per_second(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Millisecond => 1_000,
            Self::Microsecond => 1_000_000,
            Self::Nanosecond => 1_000_000_000,
        }
    }

    fn digits(self) -> usize {
        match self {
            Self::Second => 0,
            Self::Millisecond => 3,
            Self::Microsecond => 6,
            Self::Nanosecond => 9,
        }
    }
}

/// "2026-11-22", from days since 1970; "5877642-06-25 (BC)".
pub fn push_date(out: &mut String, days: i32) {
    if !push_infinity(out, days == i32::MAX, days == -i32::MAX) {
        push_day(out, days.into());
    }
}

/// "2026-11-22 09:31:12.206", from units since 1970 in UTC, without zeros at the end.
pub fn push_timestamp(out: &mut String, instant: i64, unit: Unit) {
    if !push_infinity(out, instant == i64::MAX, instant == -i64::MAX) {
        let per_day = DAY_S * unit.per_second();
        push_day(out, instant.div_euclid(per_day));
        out.push(' ');
        push_time(out, instant.rem_euclid(per_day), unit);
    }
}

/// The same, where the instant is one of UTC by its type: "2026-11-22 09:31:12.206+00".
pub fn push_timestamp_utc(out: &mut String, instant: i64, unit: Unit) {
    push_timestamp(out, instant, unit);
    if !out.ends_with("infinity") {
        out.push_str("+00");
    }
}

/// "09:31:12.206", from units since midnight.
pub fn push_time(out: &mut String, units: i64, unit: Unit) {
    let seconds = units / unit.per_second();
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    push_fraction(out, units % unit.per_second(), unit.digits());
}

/// "1 year 2 months -3 days 00:00:01.5".
pub fn push_interval(out: &mut String, months: i32, days: i32, nanoseconds: i64) {
    let start = out.len();
    for (value, name) in [(months / 12, "year"), (months % 12, "month"), (days, "day")] {
        if value != 0 {
            let blank = if out.len() > start { " " } else { "" };
            let plural = if value.unsigned_abs() == 1 { "" } else { "s" };
            let _ = write!(out, "{blank}{value} {name}{plural}");
        }
    }
    if nanoseconds != 0 || out.len() == start {
        if out.len() > start {
            out.push(' ');
        }
        if nanoseconds < 0 {
            out.push('-');
        }
        // The smallest value has no positive twin; DuckDB counts microseconds, so it cannot come.
        push_time(out, nanoseconds.saturating_abs(), Unit::Nanosecond);
    }
}

/// Printable ASCII as it is, all else as `\xAA`.
pub fn push_bytes(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        match byte {
            b'\\' | b'\'' | b'"' | 0..0x20 | 0x7f.. => {
                let _ = write!(out, "\\x{byte:02X}");
            }
            _ => out.push(char::from(*byte)),
        }
    }
}

fn push_infinity(out: &mut String, positive: bool, negative: bool) -> bool {
    if positive {
        out.push_str("infinity");
    } else if negative {
        out.push_str("-infinity");
    }
    positive || negative
}

fn push_day(out: &mut String, days: i64) {
    let (year, month, day) = civil_from_days(days);
    // There is no year 0: before 1 comes 1 BC.
    let (shown, era) = if year > 0 { (year, "") } else { (1_i32.saturating_sub(year), " (BC)") };
    let _ = write!(out, "{shown:04}-{month:02}-{day:02}{era}");
}

fn push_fraction(out: &mut String, value: i64, digits: usize) {
    if value != 0 {
        let _ = write!(out, ".{value:0digits$}");
        out.truncate(out.trim_end_matches('0').len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(push: impl Fn(&mut String)) -> String {
        let mut out = String::from("|");
        push(&mut out);
        out.split_off(1)
    }

    #[test]
    fn dates_reach_as_far_as_the_engine() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-719_162, "0001-01-01"),
            (-719_163, "0001-12-31 (BC)"),
            (i32::MIN + 2, "5877642-06-25 (BC)"),
            (i32::MAX - 1, "5881580-07-10"),
            (i32::MAX, "infinity"),
            (-i32::MAX, "-infinity"),
        ] {
            assert_eq!(written(|out| push_date(out, days)), text);
        }
    }

    #[test]
    fn instants_lose_only_zeros() {
        for (instant, unit, text) in [
            (0, Unit::Second, "1970-01-01 00:00:00"),
            (-1, Unit::Microsecond, "1969-12-31 23:59:59.999999"),
            (1_500, Unit::Millisecond, "1970-01-01 00:00:01.5"),
            (1_795_339_872_206_481_923, Unit::Nanosecond, "2026-11-22 09:31:12.206481923"),
            (i64::MAX - 1, Unit::Microsecond, "294247-01-10 04:00:54.775806"),
            (-9_223_372_022_400_000_000, Unit::Microsecond, "290309-12-22 (BC) 00:00:00"),
            (i64::MAX, Unit::Nanosecond, "infinity"),
            (-i64::MAX, Unit::Second, "-infinity"),
        ] {
            assert_eq!(written(|out| push_timestamp(out, instant, unit)), text);
        }
        assert_eq!(written(|out| push_timestamp_utc(out, 250, Unit::Millisecond)), "1970-01-01 00:00:00.25+00");
        assert_eq!(written(|out| push_timestamp_utc(out, -i64::MAX, Unit::Microsecond)), "-infinity");
        assert_eq!(written(|out| push_time(out, DAY_S * 1_000_000, Unit::Microsecond)), "24:00:00");
    }

    #[test]
    fn intervals_are_in_words() {
        for ((months, days, nanoseconds), text) in [
            ((0, 0, 0), "00:00:00"),
            ((1, 0, 0), "1 month"),
            ((-13, -1, 0), "-1 year -1 month -1 day"),
            ((999, 999, 999_999_999_000), "83 years 3 months 999 days 00:16:39.999999"),
            ((0, 2, -1_500_000_000), "2 days -00:00:01.5"),
            ((0, 0, 360_000_000_000_000), "100:00:00"),
        ] {
            assert_eq!(written(|out| push_interval(out, months, days, nanoseconds)), text);
        }
    }

    #[test]
    fn bytes_are_readable_where_they_can_be() {
        assert_eq!(written(|out| push_bytes(out, b"a b\\'\"\x00\xff~\x7f")), r"a b\x5C\x27\x22\x00\xFF~\x7F");
    }
}
