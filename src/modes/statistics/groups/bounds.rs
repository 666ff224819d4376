//! Bounds that a reader puts on a column: `≥ 20`, `100ms`, `<= 5 %`, `> 10:32:10`. Without a sign the figure must be at least this. Pure.

use super::{
    super::compare::moment,
    columns::{Column, Measure},
    figures::Figure,
};
use crate::core::{calendar, filter::Compare};

/// A bound that was understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    compare: Compare,
    against: Against,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Against {
    /// In the column's own unit.
    Number(f64),
    /// The reader's wall clock in ns: of the day alone, or since 1970. All that begins as it was written is equal to it.
    Clock { from_ns: i64, length_ns: i64, is_daily: bool },
}

const DAY_NS: i64 = 86_400_000_000_000;

/// What can be written into the field of a column, for those who wrote something else.
pub fn help(measure: Measure) -> &'static str {
    match measure {
        Measure::Count => "Write a number: 20, ≥ 1,200 or < 2k.",
        Measure::Percent => "Write a share: 5 %, ≥ 0.5 or < 10 %.",
        Measure::Milliseconds => "Write a duration: 100ms, ≥ 1.5 s or < 2 min.",
        Measure::Instant => "Write a time: > 10:32:10 of any day, or > 2026-11-22 10:32:10.",
        Measure::Text | Measure::Line => "Nothing can be written here.",
    }
}

/// The bound of an entry that stands in an address, `p95_ms:≥ 5s`, with its column and its text.
pub fn read_entry(text: &str) -> Option<(Column, String, Bound)> {
    let (slug, text) = text.split_once(':')?;
    let column = Column::from_slug(slug)?;
    let bound = Bound::read(text, column.measure())?;
    Some((column, text.trim().to_owned(), bound))
}

/// The longer sign first.
const SIGNS: [(&str, Compare); 7] = [
    (">=", Compare::GreaterOrEqual),
    ("<=", Compare::LessOrEqual),
    ("≥", Compare::GreaterOrEqual),
    ("≤", Compare::LessOrEqual),
    (">", Compare::Greater),
    ("<", Compare::Less),
    ("=", Compare::Equal),
];

const IN_MS: [(&str, f64); 8] = [("", 1.0), ("ms", 1.0), ("s", 1e3), ("m", 6e4), ("min", 6e4), ("h", 3.6e6), ("us", 1e-3), ("ns", 1e-6)];

impl Bound {
    pub fn number(compare: Compare, value: f64) -> Self {
        Self { compare, against: Against::Number(value) }
    }

    /// `None` where the text is not (yet) a bound; [`help`] says what would be one.
    pub fn read(text: &str, measure: Measure) -> Option<Self> {
        let text = text.trim();
        let signed = SIGNS.iter().find_map(|(sign, compare)| Some((text.strip_prefix(sign)?, *compare)));
        let (rest, compare) = signed.unwrap_or((text, Compare::GreaterOrEqual));
        if measure == Measure::Instant {
            return Some(Self { compare, against: read_clock(rest.trim())? });
        }
        let rest = rest.trim().replace([',', '\u{a0}'], "");
        let end = rest.find(|character: char| !(character.is_ascii_digit() || matches!(character, '.' | '-'))).unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite())?;
        let unit = unit.trim().to_lowercase().replace(['µ', 'μ'], "u");
        let scale = match measure {
            Measure::Milliseconds => IN_MS.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale)?,
            Measure::Percent if unit.is_empty() || unit == "%" => 1.0,
            Measure::Count => match unit.as_str() {
                "" => 1.0,
                "k" => 1e3,
                "m" => 1e6,
                _ => return None,
            },
            _ => return None,
        };
        Some(Self::number(compare, number * scale))
    }

    /// What is missing is within no bound.
    pub fn holds(&self, figure: Option<Figure>) -> bool {
        match (self.against, figure) {
            (Against::Number(bound), Some(figure)) => {
                let value = figure.as_f64();
                self.is_within(value < bound, value == bound)
            }
            (Against::Clock { from_ns, length_ns, is_daily }, Some(Figure::Whole(at_ns))) => {
                let wall_ns = calendar::wall_clock_ns(at_ns);
                let at_ns = if is_daily { wall_ns.rem_euclid(DAY_NS) } else { wall_ns };
                let is_equal = at_ns >= from_ns && at_ns < from_ns.saturating_add(length_ns);
                match self.compare {
                    // `> 10:32:10` is read by somebody who sees 10:32:10.206 as what lies behind it.
                    Compare::Greater => at_ns > from_ns,
                    Compare::LessOrEqual => at_ns <= from_ns,
                    _ => self.is_within(at_ns < from_ns, is_equal),
                }
            }
            _ => false,
        }
    }

    fn is_within(&self, is_less: bool, is_equal: bool) -> bool {
        match self.compare {
            Compare::Less => is_less,
            Compare::LessOrEqual => is_less || is_equal,
            Compare::Greater => !is_less && !is_equal,
            Compare::GreaterOrEqual => !is_less,
            Compare::Equal => is_equal,
        }
    }
}

/// A time of day, or a date with or without one.
fn read_clock(text: &str) -> Option<Against> {
    let is_daily = text.contains(':') && !text.contains(['-', ' ', 'T']);
    let from_ns = moment::read(text, 0)?;
    let fraction = text.rsplit_once('.').map_or(0, |(_, digits)| digits.len());
    let length_ns = match (text.matches(':').count(), u32::try_from(fraction).unwrap_or(9).min(9)) {
        // Digits alone are an instant and no reading of a clock.
        (0, _) if text.contains('-') => DAY_NS,
        (0, _) => return None,
        (1, _) => 60_000_000_000,
        (_, decimals) => 10_i64.pow(9 - decimals),
    };
    Some(Against::Clock { from_ns, length_ns, is_daily })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::display;

    fn read(text: &str, measure: Measure) -> Option<(&'static str, f64)> {
        match Bound::read(text, measure)? {
            Bound { compare, against: Against::Number(value) } => Some((compare.sign(), value)),
            Bound { .. } => None,
        }
    }

    #[test]
    fn bounds_are_read_with_their_units() {
        use Measure::{Count, Milliseconds, Percent};
        assert_eq!(read("20", Count), Some((">=", 20.0)));
        assert_eq!(read("≥ 1,200", Count), Some((">=", 1_200.0)));
        assert_eq!(read("<2k", Count), Some(("<", 2_000.0)));
        assert_eq!(read("100ms", Milliseconds), Some((">=", 100.0)));
        assert_eq!(read("<= 1.5 s", Milliseconds), Some(("<=", 1_500.0)));
        assert_eq!(read(">2 min", Milliseconds), Some((">", 120_000.0)));
        assert_eq!(read("500µs", Milliseconds), Some((">=", 0.5)));
        assert_eq!(read("= 5 %", Percent), Some(("=", 5.0)));
        for (text, measure) in [
            ("", Count),
            ("≥", Count),
            ("ten", Count),
            ("5 %", Count),
            ("5 apples", Milliseconds),
            ("1.2.3", Percent),
            ("5", Measure::Text),
        ] {
            assert_eq!(read(text, measure), None, "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_within_no_bound() {
        let bound = Bound::read("< 5", Measure::Count).unwrap();
        assert!(bound.holds(Some(Figure::Whole(4))) && !bound.holds(Some(Figure::Real(5.0))) && !bound.holds(None));
    }

    #[test]
    fn times_are_the_readers_own() {
        // 22 Nov 2026, 09:31:12.206 UTC.
        const AT: i64 = 1_795_339_872_206_481_923;
        let east = |_: i64| 3_600;
        let holds = |text: &str| Bound::read(text, Measure::Instant).unwrap().holds(Some(Figure::Whole(AT)));
        for (text, expected) in [
            ("> 09:31:12", true),
            (">09:31:13", false),
            ("09:31", true),
            ("= 09:31:12", true),
            ("=09:31:12.2", true),
            ("=09:31:12.3", false),
            ("< 10:00", true),
            ("<= 2026-11-22 09:31:12.207", true),
            ("> 2026-11-22", true),
            ("= 2026-11-22", true),
            ("> 2026-11-22T10:00", false),
            ("< 2026-11-21 23:59", false),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        let local = display::Display { zone: display::Zone::Local(east), ..Default::default() };
        display::set(local);
        let there = [holds("> 10:31:12"), holds("> 10:31:13")];
        display::set(display::Display::default());
        assert_eq!(there, [true, false]);
        for text in ["", "> soon", "> 25:00", "> 10", "12345678901234567890"] {
            assert_eq!(Bound::read(text, Measure::Instant), None, "{text}");
        }
    }

    #[test]
    fn entries_of_an_address_are_read_whole() {
        assert_eq!(
            read_entry("first_ns:> 10:32:10").map(|(column, text, _)| (column, text)),
            Some((Column::First, "> 10:32:10".to_owned()))
        );
        for text in ["p95_ms:apples", "trend:5", "shoes:5", "p95_ms", "name:x"] {
            assert!(read_entry(text).is_none(), "{text}");
        }
        for column in Column::CHOICES {
            assert_eq!(column.has_bounds(), column != Column::Trend, "{column:?}");
            assert!(help(column.measure()).ends_with('.'));
        }
    }
}
