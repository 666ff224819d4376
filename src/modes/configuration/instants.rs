//! A moment as a reader types it: a date and time, a time of day, a distance from the file's start or end; to the nanosecond. And as it is
//! written into the field. Pure; the reader's time zone comes in as a number.

use crate::core::calendar::{Civil, civil, instant_from_civil};

/// What texts without all of their parts are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// First moment of the file: `+5min` is counted from it, a time of day is of its date.
    pub start_ns: i64,
    /// Last one: `-5min` is counted back from it.
    pub end_ns: i64,
    /// How far the reader's clock is east of Greenwich.
    pub zone_ns: i64,
}

const DAY_NS: i64 = 86_400_000_000_000;
const UNITS: [(&str, i128); 12] = [
    ("days", DAY_NS as i128),
    ("day", DAY_NS as i128),
    ("d", DAY_NS as i128),
    ("hours", 3_600_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("ns", 1),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
];

/// Said under a field whose text is no moment.
pub const HELP: &str = "Write a date and time such as 2026-11-22 08:02:11.5, a time of day, +5min from the start or -5min from the end.";

/// "2026-11-22 08:02:11.206481923", as short as it says the same.
pub fn written(at_ns: i64, zone_ns: i64) -> String {
    let at = civil(at_ns.saturating_add(zone_ns));
    let fraction = match at.nanosecond {
        0 => String::new(),
        nanosecond => format!(".{nanosecond:09}").trim_end_matches('0').to_owned(),
    };
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{fraction}", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// # Errors
/// What is wrong, for the field.
pub fn read(text: &str, reference: Reference) -> Result<i64, String> {
    let text = text.trim().replace('\u{2212}', "-").replace('\u{a0}', " ");
    if let Some(distance) = text.strip_prefix('+') {
        return shifted(reference.start_ns, distance_ns(distance)?);
    }
    if let Some(distance) = text.strip_prefix('-') {
        return shifted(reference.end_ns, -distance_ns(distance)?);
    }
    // As exports have it: nanoseconds since 1970.
    if text.len() >= 15 && text.chars().all(|digit| digit.is_ascii_digit()) {
        return text.parse().map_err(|_| "This moment lies outside of what can be said, the years 1677 to 2262.".to_owned());
    }
    let (text, zone_ns) = split_zone(&text, reference.zone_ns)?;
    let (date, clock) = split_clock(text);
    let clock = clock.map(read_clock).transpose()?;
    match (date, clock) {
        (Some(date), clock) => put_together(read_date(date)?, clock.unwrap_or_default(), zone_ns),
        (None, Some(clock)) => {
            // The date of the start; of the next day where the file began later than that.
            let first = civil(reference.start_ns.saturating_add(zone_ns));
            let at_ns = put_together((first.year, first.month, first.day), clock, zone_ns)?;
            let next = at_ns.checked_add(DAY_NS);
            Ok(next.filter(|next| at_ns < reference.start_ns && *next <= reference.end_ns).unwrap_or(at_ns))
        }
        (None, None) => Err(HELP.to_owned()),
    }
}

fn shifted(from_ns: i64, by_ns: i128) -> Result<i64, String> {
    i64::try_from(i128::from(from_ns) + by_ns)
        .map_err(|_| "This moment lies outside of what can be said, the years 1677 to 2262.".to_owned())
}

/// `1h 30min`, `1.5s`
fn distance_ns(text: &str) -> Result<i128, String> {
    let help = || "Write a number and a unit, such as 5min or 1.5s.".to_owned();
    let mut rest = text.trim_start();
    let mut sum = 0_i128;
    if rest.is_empty() {
        return Err(help());
    }
    while !rest.is_empty() {
        let end = rest.find(|character: char| !(character.is_ascii_digit() || character == '.')).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let after = after.trim_start();
        let unit_end = after.find(|character: char| !character.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let unit_ns = UNITS.iter().find(|(known, _)| *known == unit).map(|(_, ns)| *ns).ok_or_else(help)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if number.is_empty() || whole.len() > 18 || fraction.contains('.') {
            return Err(help());
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| help())? };
        let kept: String = fraction.chars().take(12).collect();
        let parts: i128 = if kept.is_empty() { 0 } else { kept.parse().map_err(|_| help())? };
        sum += whole * unit_ns + parts * unit_ns / 10_i128.pow(u32::try_from(kept.len()).unwrap_or(0));
        rest = after.trim_start();
    }
    Ok(sum)
}

/// A zone at the end: `Z`, `UTC`, `+01:00`, `+0100`.
fn split_zone(text: &str, reader_ns: i64) -> Result<(&str, i64), String> {
    for utc in ["UTC", "utc", "Z", "z"] {
        if let Some(rest) = text.strip_suffix(utc) {
            return Ok((rest.trim_end(), 0));
        }
    }
    let Some(sign_at) = text.rfind(['+', '-']) else { return Ok((text, reader_ns)) };
    let (rest, zone) = text.split_at(sign_at);
    let digits: String = zone.chars().skip(1).filter(|character| *character != ':').collect();
    // The last dash of a date is no zone: a zone follows a clock.
    if !rest.contains(':') || digits.len() != 4 || !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return match rest.contains(':') {
            true => Err("The time zone is written Z or +01:00.".to_owned()),
            false => Ok((text, reader_ns)),
        };
    }
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|digits| digits.parse::<i64>().ok()).unwrap_or(0);
    let (hours, minutes) = (number(0..2), number(2..4));
    if hours > 18 || minutes > 59 {
        return Err("There is no such time zone.".to_owned());
    }
    let east = (hours * 60 + minutes) * 60_000_000_000;
    Ok((rest.trim_end(), if zone.starts_with('-') { -east } else { east }))
}

/// The date and the clock of a text, whichever there is.
fn split_clock(text: &str) -> (Option<&str>, Option<&str>) {
    let Some(colon) = text.find(':') else { return (Some(text).filter(|text| !text.is_empty()), None) };
    let before = text.get(..colon).unwrap_or_default();
    match before.rfind([' ', 'T', 't', ',']) {
        Some(at) => {
            let date = text.get(..at).unwrap_or_default().trim_end_matches([',', ' ']);
            (Some(date).filter(|date| !date.is_empty()), text.get(at + 1..).map(str::trim))
        }
        None => (None, Some(text)),
    }
}

/// Hour, minute, second, nanosecond.
type Clock = (u8, u8, u8, u32);

fn read_clock(text: &str) -> Result<Clock, String> {
    let wrong = || format!("“{text}” is no time of day: write it as 08:02, 08:02:11 or 08:02:11.206.");
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let mut next = |most: u8| -> Option<u8> {
        let part = parts.next()?;
        let fits = (1..=2).contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit());
        part.parse::<u8>().ok().filter(|value| fits && *value <= most)
    };
    let (hour, minute) = (next(23).ok_or_else(wrong)?, next(59).ok_or_else(wrong)?);
    let has_second = whole.matches(':').count() >= 2;
    let second = if has_second { next(59).ok_or_else(wrong)? } else { 0 };
    let digits = fraction.chars().all(|digit| digit.is_ascii_digit());
    if parts.next().is_some() || !digits || fraction.len() > 9 || (!fraction.is_empty() && !has_second) || text.ends_with('.') {
        return Err(if fraction.len() > 9 { "Times have nine digits behind the point at most: nanoseconds.".to_owned() } else { wrong() });
    }
    let nanosecond = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    Ok((hour, minute, second, nanosecond))
}

/// `2026-11-22` or `22 Nov 2026`
fn read_date(text: &str) -> Result<(i32, u8, u8), String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let wrong = || HELP.to_owned();
    let parts: Vec<&str> = text.split(['-', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return Err(wrong()) };
    let month_name = second.to_lowercase();
    let named = MONTHS.iter().position(|month| month_name.starts_with(month)).and_then(|at| u8::try_from(at + 1).ok());
    match named {
        Some(month) => Ok((third.parse().map_err(|_| wrong())?, month, first.parse().map_err(|_| wrong())?)),
        None if first.len() == 4 => {
            Ok((first.parse().map_err(|_| wrong())?, second.parse().map_err(|_| wrong())?, third.parse().map_err(|_| wrong())?))
        }
        None => Err(wrong()),
    }
}

fn put_together((year, month, day): (i32, u8, u8), (hour, minute, second, nanosecond): Clock, zone_ns: i64) -> Result<i64, String> {
    if !(1677..=2262).contains(&year) {
        return Err("Times lie in the years 1677 to 2262.".to_owned());
    }
    let at = Civil { year, month, day, hour, minute, second, nanosecond };
    let utc = instant_from_civil(at).and_then(|at_ns| at_ns.checked_sub(zone_ns));
    utc.ok_or_else(|| format!("There is no {year:04}-{month:02}-{day:02} in the calendar, or it lies outside of what can be said."))
}

/// A range that a reader wants, with what stands against it.
///
/// # Errors
/// When the end is not behind the start.
pub fn check_range(from_ns: Option<i64>, to_ns: Option<i64>) -> Result<(), String> {
    match (from_ns, to_ns) {
        (Some(from), Some(to)) if to <= from => Err("The end must be behind the start.".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: i64 = 1_795_334_531_000_000_000; // 2026-11-22T08:02:11Z
    const S: i64 = 1_000_000_000;
    const REFERENCE: Reference = Reference { start_ns: START, end_ns: START + 6_292 * S, zone_ns: 0 };

    fn at(text: &str) -> i64 {
        read(text, REFERENCE).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_spelling_of_a_moment_is_read() {
        for text in [
            "2026-11-22 08:02:11",
            "2026-11-22T08:02:11Z",
            "2026-11-22T09:02:11+01:00",
            "2026-11-22 03:32:11.000 -0430",
            "22 Nov 2026, 08:02:11.000",
            "22 November 2026 08:02:11 UTC",
            "2026/11/22 8:02:11",
            "08:02:11",
            " 08:02:11.0 ",
            "+0s",
            "1795334531000000000",
        ] {
            assert_eq!(at(text), START, "{text}");
        }
        assert_eq!(at("2026-11-22 08:02:11.206481923"), START + 206_481_923);
        assert_eq!(at("08:02:11,5"), START + S / 2);
        assert_eq!(at("2026-11-22"), START - (8 * 3600 + 131) * S);
        assert_eq!(at("+5m"), START + 300 * S);
        assert_eq!(at("+1h 30min 1.5s"), START + 5_401 * S + S / 2);
        assert_eq!(at("-5 min"), REFERENCE.end_ns - 300 * S);
        assert_eq!(at("09:00"), START + 3_469 * S);
    }

    #[test]
    fn a_time_of_day_may_be_of_the_next_day() {
        let late = Reference { start_ns: START + 15 * 3600 * S, end_ns: START + 20 * 3600 * S, zone_ns: 0 };
        assert_eq!(read("00:30", late), Ok(START + (86_400 - 8 * 3600 - 131 + 1800) * S));
        assert_eq!(read("08:00", REFERENCE), Ok(START - 131 * S), "before the start, and the file has no next day");
    }

    #[test]
    fn the_readers_zone_counts_where_none_is_written() {
        let berlin = Reference { zone_ns: 3_600 * S, ..REFERENCE };
        assert_eq!(read("2026-11-22 09:02:11", berlin), Ok(START));
        assert_eq!(read("09:02:11", berlin), Ok(START));
        assert_eq!(read("2026-11-22 08:02:11Z", berlin), Ok(START));
        assert_eq!(written(START, 3_600 * S), "2026-11-22 09:02:11");
    }

    #[test]
    fn what_is_no_moment_is_refused_with_help() {
        for (text, part) in [
            ("", "Write a date"),
            ("soon", "Write a date"),
            ("2026-02-30", "no 2026-02-30"),
            ("2026-13-01 08:00", "no 2026-13-01"),
            ("25:00", "no time of day"),
            ("08:60", "no time of day"),
            ("08:02:11.1234567891", "nine digits"),
            ("8:2:1:1", "no time of day"),
            ("+5", "number and a unit"),
            ("+", "number and a unit"),
            ("-5 parsecs", "number and a unit"),
            ("9999-01-01", "1677 to 2262"),
            ("08:02+99:00", "no such time zone"),
            ("08:02+1", "time zone"),
            ("99999999999999999999", "1677 to 2262"),
            ("+999999999999d", "1677 to 2262"),
            ("08:02.5", "no time of day"),
        ] {
            let error = read(text, REFERENCE).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(check_range(Some(5), Some(5)).is_err());
        assert!(check_range(Some(5), None).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(ns in any::<i64>(), hours in -12_i64..=14) {
            let zone_ns = hours * 3_600 * S;
            prop_assume!(ns.checked_add(zone_ns).is_some());
            let reference = Reference { zone_ns, ..REFERENCE };
            prop_assert_eq!(read(&written(ns, zone_ns), reference), Ok(ns));
        }

        #[test]
        fn nothing_that_is_typed_ends_the_page(text in ".{0,40}") {
            drop(read(&text, REFERENCE));
        }

        #[test]
        fn nor_what_looks_like_a_moment(text in "[-+0-9:. TZdhms/]{0,24}") {
            drop(read(&text, REFERENCE));
        }
    }
}
