//! Dates and times of day in UTC, from nanoseconds since 1970.
//!
//! Own integer arithmetic on the proleptic Gregorian calendar; must not ask the system for the time or a time zone.
//! A clock reading is cut, never rounded: 23:59:59.9996 is still that day.

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

/// "22 Nov 2026, 09:31:12.206"
#[must_use]
pub fn instant(instant_ns: i64) -> String {
    let at = civil(instant_ns);
    format!("{}, {}", date_with_year(at), clock_ms(at))
}

/// "22 Nov 2026, 09:31:12.206481923": the same with every nanosecond.
#[must_use]
pub fn instant_full(instant_ns: i64) -> String {
    let at = civil(instant_ns);
    format!("{}, {}.{:09}", date_with_year(at), clock_s(at), at.nanosecond)
}

/// "09:31:12.206"
#[must_use]
pub fn time_of_day(instant_ns: i64) -> String {
    clock_ms(civil(instant_ns))
}

/// "09:05", for axes and places where seconds do not matter.
#[must_use]
pub fn hour_minute(instant_ns: i64) -> String {
    clock_min(civil(instant_ns))
}

/// The time from one instant to another, with what both share written once:
/// "22 Nov 08:02–09:47", "22 Nov 23:50 – 23 Nov 00:10", "31 Dec 2026 23:50 – 1 Jan 2027 00:10".
/// Both in one minute shows seconds, both in one second milliseconds. Bounds in the wrong order are swapped.
#[must_use]
pub fn time_range(start_ns: i64, end_ns: i64) -> String {
    let (from, to) = (civil(start_ns.min(end_ns)), civil(start_ns.max(end_ns)));
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
fn civil_from_days(days: i64) -> (i32, u8, u8) {
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
        assert_eq!(instant_full(SHOWN), "22 Nov 2026, 09:31:12.206481923");
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
