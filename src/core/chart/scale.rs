//! From values to the vertical: linear and logarithmic scales, round marks, values as they are written.

use crate::{
    time_axis::round_step_at_least,
    units::{self, MINUS, MISSING, NO_BREAK_SPACE},
};

const NS_PER_MS: f64 = 1e6;
const NS_PER_S: f64 = 1e9;
/// From here on whole seconds become minutes.
const NS_PER_MIN: f64 = 60.0 * NS_PER_S;
/// Marks of a scale, whatever is asked for.
const MOST_MARKS: usize = 24;

/// What a value counts, which decides how it is written and what a round step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Percent,
    /// Written as durations.
    Milliseconds,
    /// Things per second, written per a stretch of time: its name and how many seconds it has.
    Per(&'static str, u32),
    /// A number of which nothing is known.
    Plain,
}

impl Unit {
    /// A rate in the stretch of time that suits the highest of some: per second from 1 on, otherwise per minute, otherwise per hour.
    #[must_use]
    pub fn per(highest_per_s: f64) -> Self {
        match highest_per_s {
            rate if rate >= 0.9995 => Self::Per("/s", 1),
            rate if rate * 60.0 >= 0.9995 => Self::Per("/min", 60),
            _ => Self::Per("/h", 3_600),
        }
    }

    /// A value for the reader.
    #[must_use]
    pub fn write(self, value: f64) -> String {
        if !value.is_finite() {
            return MISSING.to_owned();
        }
        match self {
            Self::Count => number(value, true),
            Self::Percent => with_unit(&number(value, true), "%"),
            // The cast saturates.
            Self::Milliseconds => units::duration((value * NS_PER_MS).round() as i64),
            Self::Per(unit, seconds) => with_unit(&number(value * f64::from(seconds), value == 0.0), unit),
            Self::Plain => number(value, true),
        }
    }

    /// A round value as short as it can be: "2 min", not "2 min 00 s".
    #[must_use]
    pub fn write_round(self, value: f64) -> String {
        if value.is_finite() { self.mark(value) } else { MISSING.to_owned() }
    }

    /// A mark of a scale: without what all marks share.
    fn mark(self, value: f64) -> String {
        match self {
            _ if value == 0.0 => "0".to_owned(),
            Self::Milliseconds => duration_mark(value),
            Self::Percent => with_unit(&number(value, true), "%"),
            Self::Per(_, seconds) => number(value * f64::from(seconds), true),
            _ => number(value, true),
        }
    }

    /// The round step that is not below `least`.
    fn step(self, least: f64) -> f64 {
        match self {
            Self::Milliseconds if least.is_finite() => {
                // Below a nanosecond there is nothing to tell apart, and beyond i64 the cast saturates.
                round_step_at_least((least * NS_PER_MS).ceil().max(1.0) as i64) as f64 / NS_PER_MS
            }
            Self::Count => decimal_step(least).max(1.0),
            Self::Per(_, seconds) => decimal_step(least * f64::from(seconds)) / f64::from(seconds.max(1)),
            _ => decimal_step(least),
        }
    }
}

/// A number in three digits, thousands grouped, from a million on with k, M, G; `trimmed` without zeros behind the point.
#[must_use]
pub fn number(value: f64, trimmed: bool) -> String {
    let magnitude = value.abs();
    let sign = if value < 0.0 { MINUS } else { "" };
    if !magnitude.is_finite() {
        return MISSING.to_owned();
    }
    if magnitude >= 1e15 || (magnitude > 0.0 && magnitude < 1e-4) {
        return format!("{sign}{magnitude:.2e}");
    }
    if magnitude >= 99_999.5 {
        // Exact in a double by then.
        return format!("{sign}{}", units::count_short(magnitude.round() as u64));
    }
    if magnitude >= 999.5 {
        return format!("{sign}{}", units::count(magnitude.round() as u64));
    }
    let decimals = match magnitude {
        0.0 => 0,
        m if m >= 99.95 => 0,
        m if m >= 9.995 => 1,
        m if m >= 0.9995 => 2,
        m => (2.0 - m.log10().floor()).clamp(0.0, 7.0) as usize,
    };
    let text = format!("{magnitude:.decimals$}");
    let text = if trimmed && text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{sign}{text}")
}

fn with_unit(number: &str, unit: &str) -> String {
    format!("{number}{NO_BREAK_SPACE}{unit}")
}

/// A round duration as short as it can be: "5 s", not "5.00 s"; "2 min", not "2 min 00 s".
fn duration_mark(value_ms: f64) -> String {
    let (sign, ns) = (if value_ms < 0.0 { MINUS } else { "" }, (value_ms * NS_PER_MS).abs());
    if units::fixed_unit().is_some() {
        return units::duration((value_ms * NS_PER_MS).round() as i64);
    }
    const SMALL: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (NS_PER_S, "s")];
    const LARGE: [(f64, &str); 3] = [(NS_PER_MIN, "min"), (60.0 * NS_PER_MIN, "h"), (24.0 * 60.0 * NS_PER_MIN, "d")];
    let is_whole = |unit: f64| (ns / unit).fract() == 0.0;
    let large = LARGE.into_iter().rev().find(|(unit, _)| ns >= *unit && is_whole(*unit));
    let small = || SMALL.into_iter().rev().find(|(unit, _)| ns >= *unit);
    match large.or_else(small) {
        Some((unit, name)) => with_unit(&format!("{sign}{}", number(ns / unit, true)), name),
        None => "0".to_owned(),
    }
}

/// 1, 2 or 5 × 10ⁿ, the first that reaches `least`; 1 where that says nothing.
fn decimal_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    let found = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least * (1.0 - 1e-9));
    found.filter(|step| step.is_finite() && *step > 0.0).unwrap_or(least)
}

/// How values are laid over a height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueScale {
    Linear {
        low: f64,
        high: f64,
    },
    /// Both above 0.
    Log {
        low: f64,
        high: f64,
    },
}

impl ValueScale {
    /// Where a value stands: 0 at the foot, 1 at the top, held within. Always finite.
    #[must_use]
    pub fn share(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear { low, high } => (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0),
            Self::Log { low, high } => (value.max(f64::MIN_POSITIVE).ln() - low.ln()) / (high.ln() - low.ln()),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The value at a share of the height.
    #[must_use]
    pub fn value(self, share: f64) -> f64 {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        match self {
            Self::Linear { low, high } => low * (1.0 - share) + high * share,
            Self::Log { low, high } => (low.ln() * (1.0 - share) + high.ln() * share).exp(),
        }
    }
}

/// A scale with its marks: where they stand (0 to 1) and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueAxis {
    pub scale: ValueScale,
    pub marks: Vec<(f64, String)>,
}

impl ValueAxis {
    /// A linear axis over the finite ones of some values, on round marks, about so many parts. `from_zero` for bars and areas.
    #[must_use]
    pub fn linear(unit: Unit, values: impl IntoIterator<Item = f64>, from_zero: bool, parts: usize) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            (low, high) = (0.0, 0.0);
        }
        if from_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high <= low {
            // Values that are all the same stand in the middle of something, or at the foot of it.
            let room = if low == 0.0 { 1.0 } else { (low.abs() / 2.0).max(1e-300) };
            (low, high) = if low >= 0.0 && from_zero { (0.0, low + room) } else { (low - room, high + room) };
        }
        (low, high) = (low.max(f64::MIN), high.min(f64::MAX));
        // Half as large: the span of two doubles may not fit one.
        let least = (high / 2.0 - low / 2.0) / parts.max(1) as f64 * 2.0;
        let step = unit.step(if least.is_finite() { least } else { f64::MAX / 4.0 });
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let scale = ValueScale::Linear { low: finite(first * step, low).min(low), high: finite(last * step, high).max(high) };
        let count = if (last - first).is_finite() { ((last - first) as usize).min(MOST_MARKS) } else { 0 };
        let marks = (0..=count).map(|number| (first + number as f64) * step).filter(|at| at.is_finite());
        Self { scale, marks: marks.map(|at| (scale.share(at), unit.mark(at))).collect() }
    }

    /// A logarithmic axis from one value to another, marked at powers of ten; durations at round ones.
    #[must_use]
    pub fn log(unit: Unit, low: f64, high: f64) -> Self {
        let low = if low.is_finite() && low > 0.0 { low } else { 1.0 };
        let high = if high.is_finite() && high > low { high } else { low * 10.0 };
        let scale = ValueScale::Log { low, high: if high.is_finite() { high } else { f64::MAX } };
        let at: Vec<f64> = match unit {
            Unit::Milliseconds => DURATION_DECADES_MS.into_iter().filter(|at| (low..=high).contains(at)).collect(),
            _ => {
                let first = low.log10().ceil() as i32;
                (first..).map(|power| 10_f64.powi(power)).take_while(|at| *at <= high).take(64).collect()
            }
        };
        Self { scale, marks: at.into_iter().map(|at| (scale.share(at), unit.mark(at))).collect() }
    }

    /// The same without marks that would stand nearer than `gap_px` to the one below.
    #[must_use]
    pub fn thinned(mut self, height_px: f64, gap_px: f64) -> Self {
        let mut last = f64::NEG_INFINITY;
        self.marks.retain(|(share, _)| {
            let stays = (share - last) * height_px >= gap_px;
            if stays {
                last = *share;
            }
            stays
        });
        self
    }
}

/// Durations that people know, about ten times apart.
const DURATION_DECADES_MS: [f64; 17] = [
    1e-6,
    1e-5,
    1e-4,
    1e-3,
    1e-2,
    1e-1,
    1.0,
    10.0,
    100.0,
    1_000.0,
    10_000.0,
    60_000.0,
    600_000.0,
    3_600_000.0,
    36_000_000.0,
    86_400_000.0,
    864_000_000.0,
];

fn finite(value: f64, instead: f64) -> f64 {
    if value.is_finite() { value } else { instead }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marks(axis: &ValueAxis) -> Vec<String> {
        axis.marks.iter().map(|(_, text)| text.replace(NO_BREAK_SPACE, " ")).collect()
    }

    #[test]
    fn marks_are_round() {
        assert_eq!(marks(&ValueAxis::linear(Unit::Per("/min", 60), [34.5 / 60.0, 2.0 / 60.0], true, 2)), ["0", "20", "40"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Percent, [14.0], true, 2)), ["0", "10 %", "20 %"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Milliseconds, [8_340.0], true, 2)), ["0", "5 s", "10 s"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Milliseconds, [0.4], true, 2)), ["0", "200 µs", "400 µs"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Milliseconds, [200_000.0], true, 2)), ["0", "2 min", "4 min"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Count, [1.0], true, 4)), ["0", "1"]);
        assert_eq!(marks(&ValueAxis::linear(Unit::Plain, [-3.0, 4.0], false, 4)), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(marks(&ValueAxis::log(Unit::Milliseconds, 0.9, 20_000.0)), ["1 ms", "10 ms", "100 ms", "1 s", "10 s"]);
        assert_eq!(marks(&ValueAxis::log(Unit::Plain, 5.0, 2_000.0)), ["10", "100", "1,000"]);
    }

    #[test]
    fn nothing_one_and_equal_values_have_an_axis() {
        for values in
            [vec![], vec![0.0], vec![f64::NAN, f64::INFINITY], vec![7.0, 7.0], vec![-7.0], vec![1e300, -1e300], vec![f64::MAX, f64::MIN]]
        {
            for from_zero in [true, false] {
                for unit in [Unit::Count, Unit::Percent, Unit::Milliseconds, Unit::Plain] {
                    let axis = ValueAxis::linear(unit, values.iter().copied(), from_zero, 3);
                    let ValueScale::Linear { low, high } = axis.scale else { panic!() };
                    assert!(low.is_finite() && high.is_finite() && low < high, "{values:?} {axis:?}");
                    assert!(
                        axis.marks
                            .iter()
                            .all(|(share, text)| (0.0..=1.0).contains(share) && !text.contains("NaN") && !text.contains("inf")),
                        "{axis:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn values_are_written_by_their_unit() {
        let write = |unit: Unit, value| unit.write(value).replace(NO_BREAK_SPACE, " ");
        assert_eq!(write(Unit::per(34.5 / 60.0), 34.5 / 60.0), "34.5 /min");
        assert_eq!(write(Unit::Percent, 6.976_744), "6.98 %");
        assert_eq!(write(Unit::Percent, 0.0), "0 %");
        assert_eq!(write(Unit::Count, 1_234_567.0), "1.23 M");
        assert_eq!(write(Unit::Count, 4812.0), "4,812");
        assert_eq!(write(Unit::Milliseconds, 186.0), "186 ms");
        assert_eq!(write(Unit::Plain, f64::NAN), "–");
        assert_eq!(write(Unit::Plain, -0.001_234), "−0.00123");
        assert_eq!(number(999.7, true), "1,000");
        assert_eq!(number(1.5e20, true), "1.50e20");
    }

    #[test]
    fn marks_that_stand_too_close_are_left_out() {
        let axis = ValueAxis::log(Unit::Milliseconds, 1.0, 1e5).thinned(40.0, 15.0);
        assert!(axis.marks.len() <= 3, "{axis:?}");
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_values(values in proptest::collection::vec(any::<f64>(), 0..6), from_zero in any::<bool>(), parts in 0_usize..9) {
            for unit in [Unit::Count, Unit::Percent, Unit::Milliseconds, Unit::Per("/h", 3_600), Unit::Plain] {
                let axis = ValueAxis::linear(unit, values.iter().copied(), from_zero, parts);
                let ValueScale::Linear { low, high } = axis.scale else { panic!() };
                prop_assert!(low.is_finite() && high.is_finite() && low < high, "{axis:?}");
                for value in values.iter().filter(|value| value.is_finite()) {
                    prop_assert!(low <= *value && *value <= high, "{} {:?}", value, axis);
                }
                for value in &values {
                    prop_assert!((0.0..=1.0).contains(&axis.scale.share(*value)));
                    let text = unit.write(*value);
                    prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", text);
                }
                prop_assert!(axis.marks.len() <= MOST_MARKS + 1);
            }
        }

        #[test]
        fn a_scale_is_its_own_inverse(share in 0.0_f64..1.0, low in 0.001_f64..1e6, length in 0.001_f64..1e6) {
            for scale in [ValueScale::Linear { low, high: low + length }, ValueScale::Log { low, high: low + length }] {
                prop_assert!((scale.share(scale.value(share)) - share).abs() < 1e-4);
            }
        }

        #[test]
        fn a_logarithmic_axis_is_sound_for_any_ends(low in any::<f64>(), high in any::<f64>()) {
            for unit in [Unit::Milliseconds, Unit::Plain] {
                let axis = ValueAxis::log(unit, low, high);
                prop_assert!(axis.marks.iter().all(|(share, _)| (0.0..=1.0).contains(share)));
            }
        }
    }
}
