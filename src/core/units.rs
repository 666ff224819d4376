//! Numbers and their units as a reader sees them: durations, counts, shares, rates and sizes.
//!
//! Integer arithmetic only, for every value of the type; rounds half away from zero, and rounding up into the next unit changes the
//! unit. A no-break space joins number and unit. Durations are in the unit of [`super::display`]. Must not be used for exports or
//! `data-value`, which are never rounded.

pub use super::calendar::{hour_minute, instant, instant_full, time_of_day, time_range};
use super::display::{self, Times, Units};

/// Joins a number and its unit so that a line never breaks between them.
pub const NO_BREAK_SPACE: char = '\u{a0}';
/// Stands for a value that is missing; the reason belongs into the title.
pub const MISSING: &str = "–";
/// The typographic minus sign, as wide as a digit.
pub(crate) const MINUS: &str = "−";

const NS_PER_US: u128 = 1_000;
const NS_PER_MS: u128 = 1_000_000;
const NS_PER_S: u128 = 1_000_000_000;
const NS_PER_MIN: u128 = 60 * NS_PER_S;
const NS_PER_HOUR: u128 = 60 * NS_PER_MIN;

/// A duration in three significant digits: "412 ns", "412 µs", "38.0 ms", "3.69 s", "1 min 43 s", "1 h 44 min", "240 d 00 h". In the one unit that the
/// reader has chosen digits before the point are never lost, and none is shown below the nanosecond: "103,500 ms", "0.000412 s".
#[must_use]
pub fn duration(duration_ns: i64) -> String {
    let ns = u128::from(duration_ns.unsigned_abs());
    let magnitude = match fixed_unit() {
        Some((unit_ns, unit)) => with_unit(&three_digits_within(ns, unit_ns, decimals_of(unit_ns)), unit),
        None => duration_magnitude(ns),
    };
    signed(duration_ns, &magnitude)
}

/// The one unit of all durations, if the reader has chosen one.
pub(super) fn fixed_unit() -> Option<(u128, &'static str)> {
    match display::present().units {
        Units::Automatic => None,
        Units::Milliseconds => Some((NS_PER_MS, "ms")),
        Units::Seconds => Some((NS_PER_S, "s")),
    }
}

/// A duration without rounding, in the unit that [`duration`] would choose up to seconds: "1.049381204 s", "412 µs", "103.5 s".
#[must_use]
pub fn duration_full(duration_ns: i64) -> String {
    let ns = u128::from(duration_ns.unsigned_abs());
    let (unit_ns, unit) = fixed_unit().unwrap_or(match ns {
        0..NS_PER_US => (1, "ns"),
        NS_PER_US..NS_PER_MS => (NS_PER_US, "µs"),
        NS_PER_MS..NS_PER_S => (NS_PER_MS, "ms"),
        _ => (NS_PER_S, "s"),
    });
    let decimals = decimals_of(unit_ns);
    let number = without_trailing_zeros(&fixed(ns, unit_ns, decimals));
    signed(duration_ns, &with_unit(&number, unit))
}

/// The distance from a trace's start: "+17.2 s", "−412 µs".
#[must_use]
pub fn offset(offset_ns: i64) -> String {
    let text = duration(offset_ns);
    if offset_ns < 0 { text } else { format!("+{text}") }
}

/// A moment of a trace: its distance from the start, or the time of day where the reader wants that.
#[must_use]
pub fn moment(at_ns: i64, start_ns: i64) -> String {
    match display::present().times {
        Times::Relative => offset(at_ns.saturating_sub(start_ns)),
        Times::Absolute => time_of_day(at_ns),
    }
}

/// The same without rounding, for titles.
#[must_use]
pub fn moment_full(at_ns: i64, start_ns: i64) -> String {
    match display::present().times {
        Times::Relative => duration_full(at_ns.saturating_sub(start_ns)),
        Times::Absolute => instant_full(at_ns),
    }
}

/// A count with thousands commas: "4,812".
#[must_use]
pub fn count(value: u64) -> String {
    with_commas(u128::from(value))
}

/// A count with its noun: "1 error", "2 errors".
#[must_use]
pub fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A count for tight places: in full below 100,000, then "148 k", "1.20 M". The title shows [`count`].
#[must_use]
pub fn count_short(value: u64) -> String {
    const UNITS: [&str; 7] = ["", "k", "M", "G", "T", "P", "E"];
    if value < 100_000 {
        return count(value);
    }
    let (number, unit) = scaled_by_thousands(u128::from(value), &UNITS);
    with_unit(&number, unit)
}

/// A share in at most three significant digits, without trailing zeros: "0 %", "0.93 %", "13.5 %", "100 %"; [`MISSING`] of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return MISSING.to_owned();
    }
    let number = without_trailing_zeros(&three_digits(u128::from(part) * 100, u128::from(whole)));
    with_unit(&number, "%")
}

/// A number of things within a window of time: in the first unit of second, minute, hour, day and year in which there is one; "14.8 /min".
/// [`MISSING`] where the window is not longer than zero.
#[must_use]
pub fn rate(events: u64, window_ns: i64) -> String {
    let window = match u128::try_from(window_ns) {
        Ok(window) if window > 0 => window,
        _ => return MISSING.to_owned(),
    };
    if events == 0 {
        return with_unit("0", "/s");
    }
    let events = u128::from(events);
    // 0.9995 of a unit already reads 1.00.
    let reads_one = |unit_ns: u128| events * unit_ns * 2_000 >= window * 1_999;
    let (unit_ns, unit) = if reads_one(NS_PER_S) {
        (NS_PER_S, "/s")
    } else if reads_one(NS_PER_MIN) {
        (NS_PER_MIN, "/min")
    } else if reads_one(NS_PER_HOUR) {
        (NS_PER_HOUR, "/h")
    } else if reads_one(24 * NS_PER_HOUR) {
        (24 * NS_PER_HOUR, "/d")
    } else {
        (365 * 24 * NS_PER_HOUR, "/y")
    };
    with_unit(&three_digits(events * unit_ns, window), unit)
}

/// A size in decimal units, at most three significant digits without trailing zeros: "412 B", "86 kB", "79.2 MB".
#[must_use]
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if size < 1_000 {
        return with_unit(&size.to_string(), "B");
    }
    let (number, unit) = scaled_by_thousands(u128::from(size), &UNITS);
    with_unit(&without_trailing_zeros(&number), unit)
}

fn duration_magnitude(ns: u128) -> String {
    // Each bound is the first value that would round up into the next unit's 1.00.
    match ns {
        0..NS_PER_US => with_unit(&ns.to_string(), "ns"),
        NS_PER_US..999_500 => with_unit(&three_digits(ns, NS_PER_US), "µs"),
        999_500..999_500_000 => with_unit(&three_digits(ns, NS_PER_MS), "ms"),
        999_500_000..59_950_000_000 => with_unit(&three_digits(ns, NS_PER_S), "s"),
        59_950_000_000..3_599_500_000_000 => {
            // Between 59.95 s and 60 s three digits already read 60.0 s.
            let seconds = div_round(ns, NS_PER_S);
            two_parts(seconds / 60, "min", seconds % 60, "s")
        }
        // Up to two days, hours are what people count in.
        3_599_500_000_000..172_770_000_000_000 => {
            let minutes = div_round(ns, NS_PER_MIN);
            two_parts(minutes / 60, "h", minutes % 60, "min")
        }
        _ => {
            let hours = div_round(ns, NS_PER_HOUR);
            two_parts(hours / 24, "d", hours % 24, "h")
        }
    }
}

/// The smaller part has two digits, so that a column of durations lines up: "5 min 07 s".
fn two_parts(large: u128, large_unit: &str, small: u128, small_unit: &str) -> String {
    let large = with_unit(&with_commas(large), large_unit);
    let small = with_unit(&format!("{small:02}"), small_unit);
    format!("{large}{NO_BREAK_SPACE}{small}")
}

fn with_unit(number: &str, unit: &str) -> String {
    format!("{number}{NO_BREAK_SPACE}{unit}")
}

fn signed(value: i64, magnitude: &str) -> String {
    if value < 0 { format!("{MINUS}{magnitude}") } else { magnitude.to_owned() }
}

/// `numerator / denominator`, rounded half up (both are magnitudes, so this is half away from zero).
fn div_round(numerator: u128, denominator: u128) -> u128 {
    let quotient = numerator / denominator;
    let rest = numerator % denominator;
    quotient + u128::from(rest >= denominator - rest)
}

/// How many decimals write `1 / unit_ns` exactly; units of nanoseconds are powers of ten here.
fn decimals_of(unit: u128) -> u32 {
    unit.ilog10()
}

/// `numerator / denominator` with a fixed number of decimals and thousands commas.
fn fixed(numerator: u128, denominator: u128, decimals: u32) -> String {
    let power = 10_u128.pow(decimals);
    let rounded = div_round(numerator * power, denominator);
    let whole = with_commas(rounded / power);
    if decimals == 0 {
        return whole;
    }
    format!("{whole}.{:0width$}", rounded % power, width = decimals as usize)
}

/// A fraction in three significant digits: "412", "38.0", "3.69", "0.928"; "0" for zero.
/// Numbers of four and more digits before the point are rounded to a whole number only.
fn three_digits(numerator: u128, denominator: u128) -> String {
    three_digits_within(numerator, denominator, u32::MAX)
}

/// The same with at most so many decimals.
fn three_digits_within(numerator: u128, denominator: u128, most_decimals: u32) -> String {
    if numerator == 0 {
        return "0".to_owned();
    }
    // The fewest decimals that leave three digits; from 99.95 on the next rounding reads 100. The loop ends long before it overflows,
    // because the product stays below a thousand denominators of 64 bits.
    let mut decimals = 0;
    while decimals < most_decimals && numerator * 10_u128.pow(decimals) * 20 < denominator * 1_999 {
        decimals += 1;
    }
    fixed(numerator, denominator, decimals)
}

/// A value of 1,000 or more in three digits with the unit of its power of a thousand.
fn scaled_by_thousands<'a>(value: u128, units: &[&'a str]) -> (String, &'a str) {
    let mut scale = 1_u128;
    let mut chosen = "";
    for unit in units {
        chosen = unit;
        // 999.5 of a unit is 1.00 of the next.
        if value * 2 < scale * 1_999 {
            break;
        }
        scale *= 1_000;
    }
    (three_digits(value, scale), chosen)
}

fn without_trailing_zeros(number: &str) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number.to_owned() }
}

fn with_commas(value: u128) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Compares with a plain space for the no-break one, after making sure that no plain space is in the text.
    fn check(shown: &str, expected: &str) {
        assert!(!shown.contains(' '), "{shown:?} may break between number and unit");
        assert_eq!(shown.replace(NO_BREAK_SPACE, " "), expected);
    }

    #[test]
    fn durations_have_three_digits() {
        for (ns, expected) in [
            (0, "0 ns"),
            (7, "7 ns"),
            (999, "999 ns"),
            (1_000, "1.00 µs"),
            (412_000, "412 µs"),
            (41_250, "41.3 µs"),
            (38_000_000, "38.0 ms"),
            (3_690_000_000, "3.69 s"),
            (17_249_999_999, "17.2 s"),
            (17_250_000_000, "17.3 s"),
            (103_000_000_000, "1 min 43 s"),
            (307_000_000_000, "5 min 07 s"),
            (6_240_000_000_000, "1 h 44 min"),
            (90_000_000_000_000, "25 h 00 min"),
            (172_769_999_999_999, "47 h 59 min"),
            (172_770_000_000_000, "2 d 00 h"),
            (20_736_000_000_000_000, "240 d 00 h"),
        ] {
            check(&duration(ns), expected);
            if ns > 0 {
                check(&duration(-ns), &format!("−{expected}"));
            }
        }
    }

    #[test]
    fn rounding_up_to_the_next_unit_changes_the_unit() {
        for (ns, expected) in [
            (999_499, "999 µs"),
            (999_500, "1.00 ms"),
            (999_600, "1.00 ms"),
            (9_995_000, "10.0 ms"),
            (99_949_999, "99.9 ms"),
            (99_950_000, "100 ms"),
            (999_499_999, "999 ms"),
            (999_500_000, "1.00 s"),
            (59_949_999_999, "59.9 s"),
            (59_950_000_000, "1 min 00 s"),
            (119_499_999_999, "1 min 59 s"),
            (119_500_000_000, "2 min 00 s"),
            (3_599_499_999_999, "59 min 59 s"),
            (3_599_500_000_000, "1 h 00 min"),
            (7_169_999_999_999, "1 h 59 min"),
            (7_170_000_000_000, "2 h 00 min"),
        ] {
            check(&duration(ns), expected);
        }
    }

    #[test]
    fn stands_the_ends_of_the_range() {
        check(&duration(i64::MAX), "106,752 d 00 h");
        check(&duration(i64::MIN), "−106,752 d 00 h");
        check(&duration_full(i64::MIN), "−9,223,372,036.854775808 s");
        check(&count(u64::MAX), "18,446,744,073,709,551,615");
        check(&count_short(u64::MAX), "18.4 E");
        check(&bytes(u64::MAX), "18.4 EB");
        check(&percent(u64::MAX, u64::MAX), "100 %");
        check(&percent(1, u64::MAX), "0.00000000000000000542 %");
        check(&percent(u64::MAX, 1), "1,844,674,407,370,955,161,500 %");
        check(&rate(u64::MAX, 1), "18,446,744,073,709,551,615,000,000,000 /s");
        check(&rate(1, i64::MAX), "0.00342 /y");
    }

    #[test]
    fn full_durations_are_exact() {
        for (ns, expected) in [
            (0, "0 ns"),
            (412, "412 ns"),
            (412_000, "412 µs"),
            (412_050, "412.05 µs"),
            (999_999_999, "999.999999 ms"),
            (1_049_381_204, "1.049381204 s"),
            (103_500_000_000, "103.5 s"),
            (-1_000_000_000, "−1 s"),
        ] {
            check(&duration_full(ns), expected);
        }
    }

    #[test]
    fn offsets_have_a_sign() {
        check(&offset(17_200_000_000), "+17.2 s");
        check(&offset(0), "+0 ns");
        check(&offset(-412_000), "−412 µs");
    }

    fn written<T>(units: Units, times: Times, run: impl FnOnce() -> T) -> T {
        display::with(display::Display { units, times, ..Default::default() }, run)
    }

    #[test]
    fn one_unit_for_all_loses_no_digit_before_the_point() {
        for (ns, ms, s) in [
            (0, "0 ms", "0 s"),
            (1, "0.000001 ms", "0.000000001 s"),
            (999, "0.000999 ms", "0.000000999 s"),
            (412_345, "0.412 ms", "0.000412 s"),
            (38_000_000, "38.0 ms", "0.0380 s"),
            (999_500_000, "1,000 ms", "1.00 s"),
            (3_690_000_000, "3,690 ms", "3.69 s"),
            (103_500_400_000, "103,500 ms", "104 s"),
            (6_240_000_000_000, "6,240,000 ms", "6,240 s"),
        ] {
            written(Units::Milliseconds, Times::Relative, || check(&duration(ns), ms));
            written(Units::Seconds, Times::Relative, || check(&duration(ns), s));
        }
        written(Units::Milliseconds, Times::Relative, || {
            check(&duration(i64::MIN), "−9,223,372,036,855 ms");
            check(&duration_full(412), "0.000412 ms");
            check(&duration_full(103_500_400_000), "103,500.4 ms");
            check(&offset(17_200_000_000), "+17,200 ms");
        });
        written(Units::Seconds, Times::Relative, || check(&duration_full(-412_000), "−0.000412 s"));
    }

    #[test]
    fn a_moment_is_a_distance_or_a_time_of_day() {
        const START: i64 = 1_795_339_872_206_481_923;
        let at = START + 17_249_999_999;
        check(&moment(at, START), "+17.2 s");
        check(&moment_full(at, START), "17.249999999 s");
        written(Units::Automatic, Times::Absolute, || {
            assert_eq!(moment(at, START), "09:31:29.456");
            assert_eq!(moment_full(at, START), "22 Nov 2026, 09:31:29.456481922 UTC");
        });
    }

    #[test]
    fn counts_get_short_from_a_hundred_thousand() {
        check(&count(4_812), "4,812");
        check(&count(12), "12");
        for (value, expected) in [
            (0, "0"),
            (99_999, "99,999"),
            (100_000, "100 k"),
            (148_210, "148 k"),
            (999_499, "999 k"),
            (999_500, "1.00 M"),
            (1_204_000, "1.20 M"),
            (10_000_000_000, "10.0 G"),
        ] {
            check(&count_short(value), expected);
        }
    }

    #[test]
    fn shares_have_at_most_three_digits() {
        for (part, whole, expected) in [
            (0, 7, "0 %"),
            (93, 10_000, "0.93 %"),
            (135, 1_000, "13.5 %"),
            (1, 1, "100 %"),
            (1, 2, "50 %"),
            (2, 3, "66.7 %"),
            (3, 1, "300 %"),
            (1, 4_812, "0.0208 %"),
            (9_999_999, 10_000_000, "100 %"),
            (9_995, 1_000_000, "1 %"),
            (5, 0, "–"),
        ] {
            check(&percent(part, whole), expected);
        }
    }

    #[test]
    fn rates_choose_their_window() {
        const HOUR: i64 = 3_600_000_000_000;
        for (events, window_ns, expected) in [
            (148, 600_000_000_000, "14.8 /min"),
            (60, 60_000_000_000, "1.00 /s"),
            (59, 60_000_000_000, "59.0 /min"),
            (3_599, HOUR, "1.00 /s"),
            (3_590, HOUR, "59.8 /min"),
            (30, HOUR, "30.0 /h"),
            (1, 10 * HOUR, "2.40 /d"),
            (1, 24 * 100 * HOUR, "3.65 /y"),
            (0, HOUR, "0 /s"),
            (5, 0, "–"),
            (5, -1, "–"),
        ] {
            check(&rate(events, window_ns), expected);
        }
    }

    #[test]
    fn sizes_are_decimal() {
        for (size, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (86_000, "86 kB"),
            (12_441, "12.4 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (79_200_000, "79.2 MB"),
            (3_100_000_000, "3.1 GB"),
        ] {
            check(&bytes(size), expected);
        }
    }

    proptest! {
        #[test]
        fn a_duration_is_within_half_a_unit_of_its_last_digit(ns in 1_000_i64..59_950_000_000) {
            let shown = duration(ns);
            let (number, unit) = shown.split_once(NO_BREAK_SPACE).unwrap();
            let unit_ns: i128 = match unit { "µs" => 1_000, "ms" => 1_000_000, "s" => 1_000_000_000, other => panic!("{other}") };
            let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let digits: i128 = number.replace('.', "").parse().unwrap();
            prop_assert!((100..1_000).contains(&digits), "{} has three digits", shown);
            let last_digit_ns = unit_ns / 10_i128.pow(decimals as u32);
            prop_assert!(i128::from(ns) * 100 >= last_digit_ns * 9_995, "{} could have shown one more digit of {}", shown, ns);
            prop_assert!((digits * last_digit_ns - i128::from(ns)).abs() * 2 <= last_digit_ns, "{} for {}", shown, ns);
        }

        #[test]
        fn a_full_duration_can_be_read_back(ns in any::<i64>()) {
            let shown = duration_full(ns).replace(',', "").replace('−', "-");
            let (number, unit) = shown.split_once(NO_BREAK_SPACE).unwrap();
            let decimals = match unit { "ns" => 0, "µs" => 3, "ms" => 6, _ => 9 };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            prop_assert_eq!(format!("{whole}{fraction:0<decimals$}").parse::<i128>().unwrap(), i128::from(ns));
        }

        #[test]
        fn commas_only_group(value in any::<u64>()) {
            prop_assert_eq!(count(value).replace(',', ""), value.to_string());
        }
    }
}
