//! Limits that the reader sets for what counts as healthy, how they are written, and what a subject is by them.

/// Errors per hundred calls, where the reader has not said otherwise.
pub const ERROR_PCT: f64 = 5.0;
/// From this share of a limit on a subject is near it.
const NEAR: f64 = 0.8;

/// `None`: no limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub error_pct: Option<f64>,
    pub p95_ms: Option<f64>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { error_pct: Some(ERROR_PCT), p95_ms: None }
    }
}

/// From the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// There is no limit, or nothing that it could be held against.
    Unknown,
    Within,
    Near,
    Over,
}

impl Health {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "No limit",
            Self::Within => "Within",
            Self::Near => "At risk",
            Self::Over => "Over",
        }
    }

    /// For `data-value` and exports.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Unknown => "none",
            Self::Within => "within",
            Self::Near => "at_risk",
            Self::Over => "over",
        }
    }
}

impl Thresholds {
    #[must_use]
    pub fn health(self, error_pct: Option<f64>, p95_ms: Option<f64>) -> Health {
        let by = |limit: Option<f64>, value: Option<f64>| match limit.zip(value) {
            None => Health::Unknown,
            Some((limit, value)) if value > limit => Health::Over,
            Some((limit, value)) if value > 0.0 && value >= limit * NEAR => Health::Near,
            Some(_) => Health::Within,
        };
        by(self.error_pct, error_pct).max(by(self.p95_ms, p95_ms))
    }

    /// How far a subject is beyond its limits: the largest share of a limit that it takes. Worse is more.
    #[must_use]
    pub fn strain(self, error_pct: Option<f64>, p95_ms: Option<f64>) -> f64 {
        let of = |limit: Option<f64>, value: Option<f64>| match limit.zip(value) {
            Some((limit, value)) if limit > 0.0 => value / limit,
            Some((_, value)) if value > 0.0 => f64::MAX,
            _ => 0.0,
        };
        of(self.error_pct, error_pct).max(of(self.p95_ms, p95_ms))
    }
}

/// A limit is nothing, or at least a nanosecond and at most what the times of a file can hold.
const LEAST: f64 = 1e-6;
const MOST_MS: f64 = 9.2e12;

/// Whether a number of milliseconds can be a limit.
#[must_use]
pub fn is_ms(ms: f64) -> bool {
    ms == 0.0 || (LEAST..=MOST_MS).contains(&ms)
}

/// Whether a number can be a limit per hundred.
#[must_use]
pub fn is_pct(pct: f64) -> bool {
    pct == 0.0 || (LEAST..=100.0).contains(&pct)
}

/// A number of a limit with as many digits as one can read.
#[must_use]
pub fn print_number(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const IN_MS: [(&str, f64); 7] = [("ms", 1.0), ("s", 1e3), ("min", 6e4), ("m", 6e4), ("h", 3.6e6), ("us", 1e-3), ("ns", 1e-6)];

/// A duration as a reader writes it ("6 s", "250ms", "1.5 min"), in milliseconds; a number alone is milliseconds. `None` for anything else.
#[must_use]
pub fn read_ms(text: &str) -> Option<f64> {
    let (number, unit) = number_and_unit(text)?;
    let unit = unit.replace(['µ', 'μ'], "u");
    let scale = if unit.is_empty() { 1.0 } else { IN_MS.iter().find(|(name, _)| *name == unit)?.1 };
    Some(number * scale).filter(|ms| is_ms(*ms))
}

/// Per hundred, with or without its sign, from 0 to 100.
#[must_use]
pub fn read_pct(text: &str) -> Option<f64> {
    let (number, unit) = number_and_unit(text)?;
    (unit.is_empty() || unit == "%").then_some(number).filter(|number| is_pct(*number))
}

fn number_and_unit(text: &str) -> Option<(f64, String)> {
    let text: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let end = text.find(|character: char| !(character.is_ascii_digit() || matches!(character, '.' | ','))).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number = without_thousands(number)?.parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some((number, unit.to_lowercase()))
}

/// "1,500.5" as "1500.5". In "2,5" the comma may be meant as a point: it is not guessed.
fn without_thousands(number: &str) -> Option<String> {
    let whole = number.split('.').next().unwrap_or_default();
    let groups: Vec<&str> = whole.split(',').collect();
    let is_fit = groups.iter().skip(1).all(|group| group.len() == 3)
        && (groups.len() == 1 || groups.first().is_some_and(|group| (1..=3).contains(&group.len())));
    (is_fit && !number.get(whole.len()..).unwrap_or_default().contains(',')).then(|| number.replace(',', ""))
}

/// Milliseconds as [`read_ms`] reads them, in the largest unit that needs few digits: "6 s", "250 ms".
#[must_use]
pub fn print_ms(ms: f64) -> String {
    let fits = |scale: f64| ms >= scale && ((ms / scale * 100.0).round() / 100.0 * scale - ms).abs() < f64::EPSILON * ms;
    let (name, scale) = [("h", 3.6e6), ("min", 6e4), ("s", 1e3)].into_iter().find(|(_, scale)| fits(*scale)).unwrap_or(("ms", 1.0));
    format!("{} {name}", print_number(ms / scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_stands_before_thousands_or_nowhere() {
        for (text, ms) in [
            ("1,500", Some(1_500.0)),
            ("1,500.5 ms", Some(1_500.5)),
            ("12,345,678", Some(12_345_678.0)),
            ("2,5", None),
            ("1,5 s", None),
            ("0,50", None),
            ("1500,000", None),
            (",500", None),
            ("1.5,000", None),
        ] {
            assert_eq!(read_ms(text), ms, "{text}");
        }
        assert_eq!((read_pct("2,5 %"), read_pct("2.5 %")), (None, Some(2.5)));
    }

    #[test]
    fn limits_are_read_as_they_are_written() {
        for (text, ms) in [("6 s", 6_000.0), ("250ms", 250.0), ("1.5 min", 90_000.0), ("80 µs", 0.08), ("40", 40.0), ("1,000 ms", 1_000.0)]
        {
            assert_eq!(read_ms(text), Some(ms), "{text}");
            assert_eq!(read_ms(&print_ms(ms)), Some(ms), "{}", print_ms(ms));
        }
        assert_eq!((print_ms(6_000.0), print_ms(90_000.0), print_ms(1_234.5)), ("6 s".into(), "1.5 min".into(), "1234.5 ms".into()));
        assert_eq!((read_pct("5 %"), read_pct("0.1"), read_pct("101"), read_pct("5 s")), (Some(5.0), Some(0.1), None, None));
        assert_eq!(
            (print_number(33.333_333_333_333_336), print_number(0.0), print_number(100.0)),
            ("33.333333".into(), "0".into(), "100".into())
        );
        for text in ["", "s", "-5 s", "5 parsecs", "1.2.3", "9999999999999 h", "0.0000001 ns"] {
            assert_eq!(read_ms(text), None, "{text}");
        }
    }

    #[test]
    fn the_worse_of_two_limits_decides() {
        let limits = Thresholds { error_pct: Some(5.0), p95_ms: Some(6_000.0) };
        assert_eq!(limits.health(Some(5.0), Some(1.0)), Health::Near);
        assert_eq!(limits.health(Some(5.01), Some(1.0)), Health::Over);
        assert_eq!(limits.health(Some(0.0), Some(4_799.0)), Health::Within);
        assert_eq!(limits.health(Some(0.0), Some(6_001.0)), Health::Over);
        assert_eq!(limits.health(None, None), Health::Unknown);
        assert_eq!(Thresholds { error_pct: None, p95_ms: None }.health(Some(100.0), Some(9.0)), Health::Unknown);
        let none_allowed = Thresholds { error_pct: Some(0.0), p95_ms: None };
        assert_eq!((none_allowed.health(Some(0.0), None), none_allowed.health(Some(0.1), None)), (Health::Within, Health::Over));
        assert!(none_allowed.strain(Some(0.1), None) > limits.strain(Some(100.0), Some(60_000.0)));
        assert_eq!(limits.strain(Some(10.0), Some(3_000.0)), 2.0);
    }
}
