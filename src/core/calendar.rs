//! Dates and times of day, from nanoseconds since 1970.
//!
//! Own integer arithmetic on the proleptic Gregorian calendar; must not ask the system for the time or a time zone. Taking apart and putting
//! together is in UTC; what is written is in the zone of [`super::display`]. A clock reading is cut, never rounded: 23:59:59.9996 is still that
//! day.

use super::display::{self, Zone};

const NS_PER_S: i64 = 1_000_000_000;
const NS_PER_MIN: i64 = 60 * NS_PER_S;
const NS_PER_DAY: i64 = 86_400_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An instant taken apart. `month` is 1–12, `day` 1–31, `nanosecond` below 10⁹.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
}

/// The UTC date and time of day of an instant. The whole range of `i64` lies in the years 1677 to 2262.
#[must_use]
pub fn civil(instant_ns: i64) -> Civil {
    let (year, month, day) = civil_from_days(instant_ns.div_euclid(NS_PER_DAY));
    let in_day_ns = instant_ns.rem_euclid(NS_PER_DAY);
    let in_day_s = in_day_ns / 1_000_000_000;
    Civil {
        year,
        month,
        day,
        hour: small(in_day_s / 3_600),
        minute: small(in_day_s / 60 % 60),
        second: small(in_day_s % 60),
        nanosecond: u32::try_from(in_day_ns % 1_000_000_000).unwrap_or(0),
    }
}

/// The instant of a UTC date and time in nanoseconds since 1970, the inverse of [`civil`].
/// `None` where a part is out of its range, the date does not exist, or the instant does not fit `i64`.
#[must_use]
pub fn instant_from_civil(at: Civil) -> Option<i64> {
    let in_range = at.hour < 24 && at.minute < 60 && at.second < 60 && at.nanosecond < 1_000_000_000;
    if !in_range || at.day == 0 || at.day > days_in_month(at.year, at.month)? {
        return None;
    }
    let days = days_from_civil(at.year, at.month, at.day);
    let seconds = i128::from(days) * 86_400 + i128::from(at.hour) * 3_600 + i128::from(at.minute) * 60 + i128::from(at.second);
    i64::try_from(seconds * 1_000_000_000 + i128::from(at.nanosecond)).ok()
}

/// How far the reader's zone is east of Greenwich at an instant.
fn zone_offset_ns(instant_ns: i64) -> i64 {
    match display::present().zone {
        Zone::Utc => 0,
        Zone::Local(offset_s) => i64::from(offset_s(instant_ns)) * NS_PER_S,
    }
}

/// An instant as the reader's wall clock counts: read as a UTC instant it shows what hangs on their wall.
#[must_use]
pub fn wall_clock_ns(instant_ns: i64) -> i64 {
    instant_ns.saturating_add(zone_offset_ns(instant_ns))
}

/// What a clock and a calendar on the reader's wall show. Within a day of the ends of `i64` the reading stands still.
fn reading(instant_ns: i64) -> Civil {
    civil(instant_ns.saturating_add(zone_offset_ns(instant_ns)))
}

/// An instant at which it is midnight by the offset that holds at `near_ns`: marks on a clock's round steps are counted from it.
#[must_use]
pub fn clock_origin_ns(near_ns: i64) -> i64 {
    -zone_offset_ns(near_ns)
}

/// The zone of a time at this instant, without a name that would have to be known: "UTC", "+02:00", "-03:30".
#[must_use]
pub fn zone_mark(instant_ns: i64) -> String {
    let Zone::Local(offset_s) = display::present().zone else { return "UTC".to_owned() };
    let offset_s = offset_s(instant_ns);
    let (sign, east_s) = (if offset_s < 0 { '-' } else { '+' }, offset_s.unsigned_abs());
    let (hours, minutes, seconds) = (east_s / 3_600, east_s / 60 % 60, east_s % 60);
    // Before time zones every town had its own.
    let rest = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    format!("{sign}{hours:02}:{minutes:02}{rest}")
}

/// "22 Nov 2026, 09:31:12.206"
#[must_use]
pub fn instant(instant_ns: i64) -> String {
    let at = reading(instant_ns);
    format!("{}, {}", date_with_year(at), clock_ms(at))
}

/// "22 Nov 2026, 09:31:12.206 UTC": where nothing near it says the zone.
#[must_use]
pub fn instant_zoned(instant_ns: i64) -> String {
    format!("{} {}", instant(instant_ns), zone_mark(instant_ns))
}

/// "22 Nov 2026, 10:31:12.206481923 +01:00": every nanosecond, and the zone, so that it can be told to somebody elsewhere.
#[must_use]
pub fn instant_full(instant_ns: i64) -> String {
    let at = reading(instant_ns);
    format!("{}, {}.{:09} {}", date_with_year(at), clock_s(at), at.nanosecond, zone_mark(instant_ns))
}

/// "09:31:12.206"
#[must_use]
pub fn time_of_day(instant_ns: i64) -> String {
    clock_ms(reading(instant_ns))
}

/// "09:05", for axes and places where seconds do not matter.
#[must_use]
pub fn hour_minute(instant_ns: i64) -> String {
    clock_min(reading(instant_ns))
}

/// A mark of a ruler whose marks are `step_ns` apart, as precise as they need it: "22 Nov", "09:05", "09:31:12", "09:31:12.25".
/// `dated` where the ruler is longer than a day: "22 Nov 18:00".
#[must_use]
pub fn clock_mark(instant_ns: i64, step_ns: i64, dated: bool) -> String {
    let (at, step_ns) = (reading(instant_ns), step_ns.max(1));
    let clock = match step_ns {
        step if step % NS_PER_DAY == 0 => return date(at),
        step if step % NS_PER_MIN == 0 => clock_min(at),
        step if step % NS_PER_S == 0 => clock_s(at),
        step => {
            let mut decimals = 9_u32;
            while decimals > 1 && step % 10_i64.pow(10 - decimals) == 0 {
                decimals -= 1;
            }
            let fraction = at.nanosecond / 10_u32.pow(9 - decimals);
            format!("{}.{fraction:0width$}", clock_s(at), width = decimals as usize)
        }
    };
    if dated { format!("{} {clock}", date(at)) } else { clock }
}

/// "22 Nov 2026", for a ruler of years.
#[must_use]
pub fn date_mark(instant_ns: i64) -> String {
    date_with_year(reading(instant_ns))
}

/// The time from one instant to another, with what both share written once:
/// "22 Nov 08:02–09:47", "22 Nov 23:50 – 23 Nov 00:10", "31 Dec 2026 23:50 – 1 Jan 2027 00:10".
/// Both in one minute shows seconds, both in one second milliseconds. Bounds in the wrong order are swapped.
#[must_use]
pub fn time_range(start_ns: i64, end_ns: i64) -> String {
    let (from, to) = (reading(start_ns.min(end_ns)), reading(start_ns.max(end_ns)));
    if from.year != to.year {
        return format!("{} {} – {} {}", date_with_year(from), clock_min(from), date_with_year(to), clock_min(to));
    }
    if (from.month, from.day) != (to.month, to.day) {
        return format!("{} {} – {} {}", date(from), clock_min(from), date(to), clock_min(to));
    }
    let clock = if (from.hour, from.minute) != (to.hour, to.minute) {
        clock_min
    } else if from.second != to.second {
        clock_s
    } else {
        clock_ms
    };
    format!("{} {}–{}", date(from), clock(from), clock(to))
}

fn date(at: Civil) -> String {
    let month = MONTHS.get(usize::from(at.month.saturating_sub(1))).copied().unwrap_or("");
    format!("{} {month}", at.day)
}

fn date_with_year(at: Civil) -> String {
    format!("{} {}", date(at), at.year)
}

fn clock_min(at: Civil) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

fn clock_s(at: Civil) -> String {
    format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
}

fn clock_ms(at: Civil) -> String {
    format!("{}.{:03}", clock_s(at), at.nanosecond / 1_000_000)
}

/// Parts of a day are below 60, so the conversion cannot fail.
fn small(value: i64) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

fn days_in_month(year: i32, month: u8) -> Option<u8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Days since 1970-01-01 → (year, month, day), after Howard Hinnant's "chrono-compatible low-level date algorithms":
/// years begin in March, so that the leap day is the last day of a year, in eras of 400 years = 146,097 days.
pub(crate) fn civil_from_days(days: i64) -> (i32, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (i32::try_from(year).unwrap_or(0), small(month), small(day))
}

/// The inverse of [`civil_from_days`].
fn days_from_civil(year: i32, month: u8, day: u8) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOWN: i64 = 1_795_339_872_206_481_923; // 2026-11-22T09:31:12.206481923Z

    fn at(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> i64 {
        instant_from_civil(Civil { year, month, day, hour, minute, second, nanosecond: 0 }).unwrap()
    }

    #[test]
    fn shows_an_instant_as_the_guide_does() {
        assert_eq!(instant(SHOWN), "22 Nov 2026, 09:31:12.206");
        assert_eq!(instant_full(SHOWN), "22 Nov 2026, 09:31:12.206481923 UTC");
        assert_eq!(instant_zoned(SHOWN), "22 Nov 2026, 09:31:12.206 UTC");
        assert_eq!(time_of_day(SHOWN), "09:31:12.206");
        assert_eq!(hour_minute(SHOWN), "09:31");
    }

    #[test]
    fn knows_the_edges_of_the_calendar() {
        assert_eq!(instant(0), "1 Jan 1970, 00:00:00.000");
        assert_eq!(instant(-1), "31 Dec 1969, 23:59:59.999");
        assert_eq!(instant(i64::MAX), "11 Apr 2262, 23:47:16.854");
        assert_eq!(instant(i64::MIN), "21 Sep 1677, 00:12:43.145");
        assert_eq!(instant(951_782_400_000_000_000), "29 Feb 2000, 00:00:00.000");
        assert_eq!(instant(4_107_542_400_000_000_000), "1 Mar 2100, 00:00:00.000");
    }

    #[test]
    fn cuts_a_clock_instead_of_rounding_into_the_next_day() {
        assert_eq!(instant(at(2026, 12, 31, 23, 59, 59) + 999_999_999), "31 Dec 2026, 23:59:59.999");
    }

    #[test]
    fn a_range_says_once_what_both_ends_share() {
        let morning = at(2026, 11, 22, 8, 2, 11);
        assert_eq!(time_range(morning, at(2026, 11, 22, 9, 47, 3)), "22 Nov 08:02–09:47");
        assert_eq!(time_range(at(2026, 11, 22, 9, 47, 3), morning), "22 Nov 08:02–09:47");
        assert_eq!(time_range(morning, at(2026, 11, 22, 8, 2, 59)), "22 Nov 08:02:11–08:02:59");
        assert_eq!(time_range(morning, morning + 5_000_000), "22 Nov 08:02:11.000–08:02:11.005");
        assert_eq!(time_range(at(2026, 11, 22, 23, 50, 0), at(2026, 11, 23, 0, 10, 0)), "22 Nov 23:50 – 23 Nov 00:10");
        assert_eq!(time_range(at(2026, 12, 31, 23, 50, 0), at(2027, 1, 1, 0, 10, 0)), "31 Dec 2026 23:50 – 1 Jan 2027 00:10");
    }

    /// Central Europe in 2026: an hour east of Greenwich, two from 29 March 01:00 to 25 October 01:00 UTC.
    fn berlin(instant_ns: i64) -> i32 {
        let summer = at(2026, 3, 29, 1, 0, 0)..at(2026, 10, 25, 1, 0, 0);
        if summer.contains(&instant_ns) { 7_200 } else { 3_600 }
    }

    fn in_zone<T>(offset_s: fn(i64) -> i32, run: impl FnOnce() -> T) -> T {
        display::with(display::Display { zone: Zone::Local(offset_s), ..Default::default() }, run)
    }

    #[test]
    fn the_readers_zone_decides_what_is_written() {
        in_zone(berlin, || {
            assert_eq!(instant(SHOWN), "22 Nov 2026, 10:31:12.206");
            assert_eq!(instant_full(SHOWN), "22 Nov 2026, 10:31:12.206481923 +01:00");
            assert_eq!((time_of_day(SHOWN).as_str(), hour_minute(SHOWN).as_str()), ("10:31:12.206", "10:31"));
            let summer = at(2026, 7, 1, 22, 30, 0);
            assert_eq!(instant_zoned(summer), "2 Jul 2026, 00:30:00.000 +02:00", "the date is the reader's too");
            assert_eq!(time_range(summer, summer + 3_600 * NS_PER_S), "2 Jul 00:30–01:30");
            assert_eq!(civil(SHOWN).hour, 9, "taking apart stays in UTC");
        });
        assert_eq!(time_of_day(SHOWN), "09:31:12.206", "and nothing is left of it");
    }

    #[test]
    fn clocks_jump_where_daylight_saving_begins_and_ends() {
        in_zone(berlin, || {
            let spring = at(2026, 3, 29, 1, 0, 0);
            assert_eq!((time_of_day(spring - 1).as_str(), time_of_day(spring).as_str()), ("01:59:59.999", "03:00:00.000"));
            let autumn = at(2026, 10, 25, 1, 0, 0);
            assert_eq!(instant_full(autumn - 1), "25 Oct 2026, 02:59:59.999999999 +02:00");
            assert_eq!(instant_full(autumn), "25 Oct 2026, 02:00:00.000000000 +01:00", "the same hour again: the offset tells them apart");
        });
    }

    #[test]
    fn offsets_of_every_kind_are_written() {
        for (offset_s, expected) in [
            ((|_| 0) as fn(i64) -> i32, "+00:00"),
            (|_| 19_800, "+05:30"),
            (|_| -12_600, "-03:30"),
            (|_| 50_400, "+14:00"),
            (|_| 3_208, "+00:53:28"),
        ] {
            assert_eq!(in_zone(offset_s, || zone_mark(0)), expected);
        }
        assert_eq!(in_zone(|_| 50_400, || instant(i64::MAX)), "11 Apr 2262, 23:47:16.854", "the end of time stands still");
    }

    #[test]
    fn marks_of_a_ruler_are_as_precise_as_their_step() {
        for (step_ns, dated, expected) in [
            (NS_PER_DAY, true, "22 Nov"),
            (6 * 3_600 * NS_PER_S, true, "22 Nov 09:31"),
            (5 * NS_PER_MIN, false, "09:31"),
            (NS_PER_S, false, "09:31:12"),
            (500_000_000, false, "09:31:12.2"),
            (20_000_000, false, "09:31:12.20"),
            (1_000_000, false, "09:31:12.206"),
            (1, false, "09:31:12.206481923"),
            (0, false, "09:31:12.206481923"),
        ] {
            assert_eq!(clock_mark(SHOWN, step_ns, dated), expected);
        }
    }

    #[test]
    fn refuses_dates_that_do_not_exist() {
        let base = civil(SHOWN);
        assert_eq!(instant_from_civil(Civil { month: 13, ..base }), None);
        assert_eq!(instant_from_civil(Civil { month: 2, day: 29, ..base }), None);
        assert_eq!(instant_from_civil(Civil { day: 0, ..base }), None);
        assert_eq!(instant_from_civil(Civil { hour: 24, ..base }), None);
        assert_eq!(instant_from_civil(Civil { year: 2263, ..base }), None);
        assert!(instant_from_civil(Civil { year: 2024, month: 2, day: 29, ..base }).is_some());
    }

    proptest! {
        #[test]
        fn taking_apart_and_putting_together_gives_the_instant_back(ns in any::<i64>()) {
            prop_assert_eq!(instant_from_civil(civil(ns)), Some(ns));
        }

        #[test]
        fn later_instants_have_later_dates(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(a.cmp(&b), civil(a).cmp(&civil(b)));
        }
    }
}
