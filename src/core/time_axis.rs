//! From time to the horizontal: scales, round steps and the labels of a ruler.
//!
//! Floating point begins only at offsets from the scale's own start: absolute nanoseconds since 1970 do not fit a double. Must not know
//! what is drawn at the positions.

use super::units::{self, NO_BREAK_SPACE};

const S: i64 = 1_000_000_000;
const MIN: i64 = 60 * S;
const H: i64 = 60 * MIN;
const DAY: i64 = 24 * H;

/// No screen is wider; bounds the number of ticks whatever width is asked for.
const WIDEST_RULER_PX: f64 = 100_000.0;

/// Steps from a second up that clocks are divided by; below a second it is 1, 2, 5 × 10ⁿ ns, above a day 1, 2, 5 × 10ⁿ days.
const CLOCK_STEPS_NS: [i64; 18] =
    [S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN, H, 2 * H, 3 * H, 6 * H, 12 * H, DAY];

/// A range of time laid over a width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    /// Instant at the left edge, nanoseconds since 1970.
    pub start_ns: i64,
    /// Instant at the right edge.
    pub end_ns: i64,
    pub width_px: f64,
}

/// A mark of a ruler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where it stands, nanoseconds since 1970.
    pub at_ns: i64,
    /// Offset from the origin of the labels: "0", "2 s", "−500 ms"; or the time of day.
    pub label: String,
}

impl TimeScale {
    /// Distance from the left edge in px, outside 0 to `width_px` for instants outside the range. 0 where the range is empty.
    #[must_use]
    pub fn x_px(self, at_ns: i64) -> f64 {
        self.fraction(at_ns) * self.width_px
    }

    /// Distance from the left edge in percent of the width.
    #[must_use]
    pub fn x_percent(self, at_ns: i64) -> f64 {
        self.fraction(at_ns) * 100.0
    }

    /// Width in px of the time from one instant to another; never negative.
    #[must_use]
    pub fn width_px_of(self, from_ns: i64, to_ns: i64) -> f64 {
        self.share(from_ns, to_ns) * self.width_px
    }

    /// Width in percent of the time from one instant to another; never negative.
    #[must_use]
    pub fn width_percent_of(self, from_ns: i64, to_ns: i64) -> f64 {
        self.share(from_ns, to_ns) * 100.0
    }

    /// The instant at a distance from the left edge, held within the range.
    #[must_use]
    pub fn ns_at_px(self, x_px: f64) -> i64 {
        let length = self.length();
        if !(self.width_px > 0.0 && x_px > 0.0) || length <= 0 {
            return self.start_ns;
        }
        // The cast saturates; the offset is then held within the range.
        let offset = ((x_px / self.width_px * length as f64).round() as i128).min(length);
        i64::try_from(i128::from(self.start_ns) + offset).unwrap_or(self.end_ns)
    }

    /// Marks on round steps counted from `origin_ns` (the trace's start), within the range, at least `min_gap_px` apart.
    /// Their labels share one unit. Empty where the range or the width is.
    #[must_use]
    pub fn ticks(self, origin_ns: i64, min_gap_px: f64) -> Vec<Tick> {
        match self.tick_step_ns(min_gap_px) {
            Some(step_ns) => self.ticks_on(origin_ns, step_ns, self.farthest_ns(origin_ns)),
            None => Vec::new(),
        }
    }

    /// The round step on which marks are at least `min_gap_px` apart, in nanoseconds. `None` where the range or the width is empty.
    pub(super) fn tick_step_ns(self, min_gap_px: f64) -> Option<i64> {
        let length = self.length();
        if length <= 0 || !self.width_px.is_finite() || self.width_px <= 0.0 {
            return None;
        }
        let gap_px = if min_gap_px >= 1.0 { min_gap_px } else { 1.0 };
        let least_ns = (length as f64 * gap_px / self.width_px.min(WIDEST_RULER_PX)).ceil();
        Some(round_step_at_least(least_ns as i64))
    }

    /// Marks on a step counted from `origin_ns`, within the range; `farthest_ns` is the largest offset of the ruler that they belong to
    /// and decides the unit of its labels.
    pub(super) fn ticks_on(self, origin_ns: i64, step_ns: i64, farthest_ns: i128) -> Vec<Tick> {
        let step_ns = i128::from(step_ns.max(1));
        let from = i128::from(self.start_ns) - i128::from(origin_ns);
        let to = i128::from(self.end_ns) - i128::from(origin_ns);
        let unit = LabelUnit::fitting(step_ns, farthest_ns);
        let mut ticks = Vec::new();
        let mut offset = -(-from).div_euclid(step_ns) * step_ns;
        while offset <= to {
            if let Ok(at_ns) = i64::try_from(offset + i128::from(origin_ns)) {
                ticks.push(Tick { at_ns, label: unit.label(offset) });
            }
            offset += step_ns;
        }
        ticks
    }

    /// The larger of the two ends' distances from an origin.
    pub(super) fn farthest_ns(self, origin_ns: i64) -> i128 {
        let distance = |at_ns: i64| (i128::from(at_ns) - i128::from(origin_ns)).abs();
        distance(self.start_ns).max(distance(self.end_ns))
    }

    fn length(self) -> i128 {
        i128::from(self.end_ns) - i128::from(self.start_ns)
    }

    fn fraction(self, at_ns: i64) -> f64 {
        let length = self.length();
        if length <= 0 {
            return 0.0;
        }
        (i128::from(at_ns) - i128::from(self.start_ns)) as f64 / length as f64
    }

    fn share(self, from_ns: i64, to_ns: i64) -> f64 {
        let length = self.length();
        if length <= 0 || to_ns <= from_ns {
            return 0.0;
        }
        (i128::from(to_ns) - i128::from(from_ns)) as f64 / length as f64
    }
}

/// The smallest round step that is not below `least_ns`: 1, 2, 5 × 10ⁿ ns below a second, then the divisions of a clock, then 1, 2, 5 ×
/// 10ⁿ days. At least 1.
#[must_use]
pub fn round_step_at_least(least_ns: i64) -> i64 {
    if least_ns <= S / 2 {
        return decimal_step(1, least_ns);
    }
    CLOCK_STEPS_NS.into_iter().find(|&step| step >= least_ns).unwrap_or_else(|| decimal_step(DAY, least_ns))
}

/// 1, 2 or 5 × 10ⁿ of a unit, the first that reaches `least`; the greatest that fits `i64` where none does.
fn decimal_step(unit: i64, least: i64) -> i64 {
    let mut step = unit;
    loop {
        for factor in [1, 2, 5] {
            match step.checked_mul(factor) {
                Some(candidate) if candidate >= least => return candidate,
                Some(_) => {}
                None => return step,
            }
        }
        match step.checked_mul(10) {
            Some(next) => step = next,
            None => return step,
        }
    }
}

/// The unit that all labels of a ruler share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LabelUnit {
    ns: i128,
    name: &'static str,
    decimals: u32,
}

impl LabelUnit {
    const SECOND_AND_BELOW: [(i128, &'static str); 4] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns")];

    /// Whole steps of a second or more have the largest unit that divides them. Below that the largest label decides, so that a zoomed
    /// ruler reads "17.201 s", not "17,201 ms"; the step decides how many decimals it takes. A unit that the reader has chosen goes before.
    fn fitting(step_ns: i128, largest_ns: i128) -> Self {
        if let Some((ns, name)) = units::fixed_unit().and_then(|(ns, name)| Some((i128::try_from(ns).ok()?, name))) {
            return Self { ns, name, decimals: decimals_for(step_ns, ns) };
        }
        let larger = [(i128::from(DAY), "d"), (i128::from(H), "h"), (i128::from(MIN), "min"), (i128::from(S), "s")];
        if let Some((ns, name)) = larger.into_iter().find(|(ns, _)| step_ns % ns == 0) {
            return Self { ns, name, decimals: 0 };
        }
        let (ns, name) = Self::SECOND_AND_BELOW.into_iter().find(|(ns, _)| largest_ns >= *ns).unwrap_or((1, "ns"));
        Self { ns, name, decimals: decimals_for(step_ns, ns) }
    }

    fn label(self, offset_ns: i128) -> String {
        if offset_ns == 0 {
            return "0".to_owned();
        }
        let sign = if offset_ns < 0 { "−" } else { "" };
        let magnitude = offset_ns.unsigned_abs();
        let unit = self.ns.unsigned_abs();
        let whole = units::count(u64::try_from(magnitude / unit).unwrap_or(u64::MAX));
        if self.decimals == 0 {
            return format!("{sign}{whole}{NO_BREAK_SPACE}{}", self.name);
        }
        let fraction = magnitude % unit * 10_u128.pow(self.decimals) / unit;
        format!("{sign}{whole}.{fraction:0width$}{NO_BREAK_SPACE}{}", self.name, width = self.decimals as usize)
    }
}

/// How many decimals write every multiple of a step exactly; units are powers of ten of nanoseconds.
fn decimals_for(step_ns: i128, unit_ns: i128) -> u32 {
    let mut decimals = 0;
    while (step_ns * 10_i128.pow(decimals)) % unit_ns != 0 {
        decimals += 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{self, Display, Units};
    use proptest::prelude::*;

    /// An instant of today, where a double is 256 ns off.
    const START: i64 = 1_795_339_872_206_481_923;

    fn labels(from_ns: i64, to_ns: i64, width_px: f64, gap_px: f64) -> Vec<String> {
        let scale = TimeScale { start_ns: START + from_ns, end_ns: START + to_ns, width_px };
        scale.ticks(START, gap_px).into_iter().map(|tick| tick.label.replace(NO_BREAK_SPACE, " ")).collect()
    }

    #[test]
    fn labels_are_round_and_share_a_unit() {
        assert_eq!(labels(0, 18_400_000_000, 920.0, 90.0), ["0", "2 s", "4 s", "6 s", "8 s", "10 s", "12 s", "14 s", "16 s", "18 s"]);
        assert_eq!(labels(0, 3 * S, 600.0, 100.0), ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"]);
        assert_eq!(labels(0, 412_000, 500.0, 100.0), ["0", "100 µs", "200 µs", "300 µs", "400 µs"]);
        assert_eq!(labels(0, 4, 500.0, 100.0), ["0", "1 ns", "2 ns", "3 ns", "4 ns"]);
        assert_eq!(labels(0, 3 * MIN, 600.0, 100.0), ["0", "30 s", "60 s", "90 s", "120 s", "150 s", "180 s"]);
        assert_eq!(labels(0, 40 * MIN, 500.0, 100.0), ["0", "10 min", "20 min", "30 min", "40 min"]);
        assert_eq!(labels(0, 9 * H, 400.0, 100.0), ["0", "3 h", "6 h", "9 h"]);
        assert_eq!(labels(0, 40 * DAY, 300.0, 100.0), ["0", "20 d", "40 d"]);
    }

    #[test]
    fn a_zoomed_ruler_keeps_offsets_from_the_traces_start() {
        assert_eq!(labels(17_200_000_000, 17_203_000_000, 300.0, 100.0), ["17.200 s", "17.201 s", "17.202 s", "17.203 s"]);
        assert_eq!(labels(-300, 250, 550.0, 200.0), ["−200 ns", "0", "200 ns"]);
        assert_eq!(labels(3_600 * S + 1, 3_602 * S, 200.0, 100.0), ["3,601 s", "3,602 s"]);
    }

    #[test]
    fn a_chosen_unit_is_that_of_every_ruler() {
        display::with(Display { units: Units::Milliseconds, ..Display::default() }, || {
            assert_eq!(labels(0, 3 * S, 600.0, 200.0), ["0", "1,000 ms", "2,000 ms", "3,000 ms"]);
            assert_eq!(labels(0, 4, 500.0, 250.0), ["0", "0.000002 ms", "0.000004 ms"]);
        });
        display::with(Display { units: Units::Seconds, ..Display::default() }, || {
            assert_eq!(labels(0, 40 * MIN, 500.0, 200.0), ["0", "1,800 s"]);
        });
    }

    #[test]
    fn steps_are_those_of_a_clock() {
        for (least_ns, step_ns) in [
            (i64::MIN, 1),
            (0, 1),
            (3, 5),
            (11, 20),
            (500_000_000, 500_000_000),
            (500_000_001, S),
            (11 * S, 15 * S),
            (31 * S, MIN),
            (16 * MIN, 30 * MIN),
            (31 * MIN, H),
            (4 * H, 6 * H),
            (13 * H, DAY),
            (3 * DAY, 5 * DAY),
        ] {
            assert_eq!(round_step_at_least(least_ns), step_ns, "{least_ns}");
        }
        assert_eq!(round_step_at_least(i64::MAX), 100_000 * DAY, "the greatest round step there is");
    }

    #[test]
    fn single_nanoseconds_keep_their_place() {
        let scale = TimeScale { start_ns: START, end_ns: START + 10, width_px: 1_000.0 };
        assert_eq!((scale.x_px(START + 3), scale.x_percent(START + 3)), (300.0, 30.0));
        assert_eq!((scale.width_px_of(START + 3, START + 4), scale.width_percent_of(START + 3, START + 4)), (100.0, 10.0));
        assert_eq!(scale.x_px(START - 1), -100.0);
        assert_eq!(scale.ns_at_px(300.0), START + 3);
    }

    #[test]
    fn empty_and_odd_scales_answer_too() {
        let empty = TimeScale { start_ns: START, end_ns: START, width_px: 100.0 };
        assert_eq!((empty.x_px(START + 9), empty.ns_at_px(50.0), empty.width_px_of(START, START + 9)), (0.0, START, 0.0));
        assert!(empty.ticks(START, 50.0).is_empty());
        for width_px in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            let scale = TimeScale { start_ns: 0, end_ns: 10, width_px };
            assert!(scale.ticks(0, 50.0).is_empty(), "{width_px}");
            assert!((0..=10).contains(&scale.ns_at_px(5.0)));
        }
        let all = TimeScale { start_ns: i64::MIN, end_ns: i64::MAX, width_px: 100.0 };
        assert_eq!(all.x_percent(i64::MAX), 100.0);
        assert_eq!((all.ns_at_px(100.0), all.ns_at_px(0.0), all.ns_at_px(f64::NAN)), (i64::MAX, i64::MIN, i64::MIN));
        assert!(!all.ticks(i64::MAX, f64::NAN).is_empty());
        let wide = TimeScale { start_ns: 0, end_ns: i64::MAX, width_px: 1e300 };
        assert!(wide.ticks(0, 0.0).len() <= 100_001);
    }

    proptest! {
        #[test]
        fn ticks_are_even_round_and_apart(start in -1_000_000_000_000_i64..1_000_000_000_000, length in 1_i64..4_000_000_000_000_000, gap_px in 20.0_f64..200.0) {
            let scale = TimeScale { start_ns: START + start, end_ns: START + start + length, width_px: 900.0 };
            let ticks = scale.ticks(START, gap_px);
            for pair in ticks.windows(2) {
                let step_ns = pair[1].at_ns - pair[0].at_ns;
                prop_assert_eq!(round_step_at_least(step_ns), step_ns, "a round step");
                prop_assert_eq!((pair[0].at_ns - START) % step_ns, 0, "on multiples of it");
                prop_assert!(scale.width_px_of(pair[0].at_ns, pair[1].at_ns) >= gap_px - 1e-6);
                prop_assert_ne!(&pair[0].label, &pair[1].label);
                let unit = |label: &str| label.split_once(NO_BREAK_SPACE).map(|(_, unit)| unit.to_owned());
                prop_assert!(pair.iter().any(|tick| tick.label == "0") || unit(&pair[0].label) == unit(&pair[1].label));
            }
            prop_assert!(ticks.iter().all(|tick| (scale.start_ns..=scale.end_ns).contains(&tick.at_ns)));
            if length > 1_000 {
                prop_assert!(ticks.len() as f64 >= (900.0 / gap_px / 4.0).floor(), "{} of {}", ticks.len(), gap_px);
            }
        }

        #[test]
        fn a_place_leads_back_to_its_time(offset in 0_i64..1_000_000, width_px in 1.0_f64..3_000.0) {
            let scale = TimeScale { start_ns: START, end_ns: START + 1_000_000, width_px };
            prop_assert_eq!(scale.ns_at_px(scale.x_px(START + offset)), START + offset);
        }
    }
}
