//! A moment between two ends: as a part in a thousand of a slider, and as text that people type. Pure.

use std::ops::Range;

use crate::core::calendar::{self, Civil};

/// Steps of the slider.
pub const STEPS: u32 = 1000;

/// The middle of a range in ns.
pub fn middle(range: &Range<i64>) -> i64 {
    range.start.midpoint(range.end)
}

/// The moment of a step of the slider.
pub fn of_step(range: &Range<i64>, step: u32) -> i64 {
    let length = i128::from(range.end) - i128::from(range.start);
    let at = i128::from(range.start) + length * i128::from(step.min(STEPS)) / i128::from(STEPS);
    i64::try_from(at).unwrap_or(range.end)
}

/// The nearest step of a moment.
pub fn step_of(range: &Range<i64>, moment_ns: i64) -> u32 {
    let length = (i128::from(range.end) - i128::from(range.start)).max(1);
    let at = (i128::from(moment_ns) - i128::from(range.start)).clamp(0, length);
    u32::try_from((at * i128::from(STEPS) + length / 2) / length).unwrap_or(STEPS)
}

/// `2026-11-22 09:31:12.206481923`, without the zeros at its end: what [`read`] reads.
pub fn print(moment_ns: i64) -> String {
    let at = calendar::civil(moment_ns);
    let fraction = format!("{:09}", at.nanosecond);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{dot}{fraction}", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// A moment in UTC as [`print`] writes it; seconds and their parts may be left out, so may the day where it is that of `day_of_ns`. Whole
/// nanoseconds since 1970 are read too.
pub fn read(text: &str, day_of_ns: i64) -> Option<i64> {
    let text = text.trim().trim_end_matches(['Z', 'z']).trim_end_matches("UTC").trim();
    if text.len() > 9 && text.chars().all(|character| character.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (day, clock) = match text.split_once([' ', 'T']) {
        Some((day, clock)) => (Some(day), clock.trim()),
        None if text.contains(':') => (None, text),
        None => (Some(text), "00:00"),
    };
    let base = calendar::civil(day_of_ns);
    let (year, month, day) = match day {
        None => (base.year, base.month, base.day),
        Some(day) => {
            let mut parts = day.split('-');
            let date = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            parts.next().is_none().then_some(date)?
        }
    };
    let mut parts = clock.split(':');
    let (hour, minute, seconds) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next().unwrap_or("0"));
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if parts.next().is_some() || fraction.len() > 9 || !fraction.chars().all(|character| character.is_ascii_digit()) {
        return None;
    }
    let nanosecond = format!("{fraction:0<9}").parse().ok()?;
    calendar::instant_from_civil(Civil { year, month, day, hour, minute, second: second.parse().ok()?, nanosecond })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_348_800_000_000_000; // 2026-11-22T12:00:00Z

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for moment in [NOON, NOON + 1, NOON + 206_000_000, 0] {
            assert_eq!(read(&print(moment), 0), Some(moment));
        }
        assert_eq!(print(NOON + 500_000_000), "2026-11-22 12:00:00.5");
        assert_eq!(read("12:30", NOON), Some(NOON + 1_800_000_000_000));
        assert_eq!(read("2026-11-22T12:00:00Z", 0), Some(NOON));
        assert_eq!(read("1795348800000000001", 0), Some(NOON + 1));
        for nonsense in ["", "soon", "12", "2026-13-01 00:00", "12:61", "12:00:00.1234567890", "12:00:00:00"] {
            assert_eq!(read(nonsense, NOON), None, "{nonsense}");
        }
    }

    #[test]
    fn the_slider_reaches_both_ends() {
        let range = i64::MIN..i64::MAX;
        assert_eq!((of_step(&range, 0), of_step(&range, STEPS)), (i64::MIN, i64::MAX));
        assert_eq!(middle(&range), 0);
        for step in [0, 1, 333, STEPS] {
            assert_eq!(step_of(&(100..2_000_100), of_step(&(100..2_000_100), step)), step);
        }
        assert_eq!(step_of(&(5..5), 9), STEPS, "a range without length");
    }
}
