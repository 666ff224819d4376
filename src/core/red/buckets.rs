//! The time in view and its equal parts, which begin on round instants.

use crate::time_axis::round_step_at_least;

/// The stretch of time that is in view: rates are of it. Both ends are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from_ns: i64,
    /// What starts at this very instant is still within where the file ends here: see [`Buckets::over`].
    pub to_ns: i64,
}

/// More buckets than this are never made.
pub const MOST: usize = 200;
/// Fewer are not offered where the window allows more.
pub const LEAST: usize = 30;
/// As many as a chart reads well with.
const MOST_BY_ITSELF: usize = 100;
/// Below this a rate says nothing: one span would be millions a second.
pub const SHORTEST_NS: i64 = 1_000_000;

impl Window {
    /// Nanoseconds, never negative; may be more than fit `i64`.
    #[must_use]
    pub fn length_ns(self) -> i128 {
        (i128::from(self.to_ns) - i128::from(self.from_ns)).max(0)
    }

    #[must_use]
    pub fn length_s(self) -> f64 {
        self.length_ns() as f64 / 1e9
    }

    /// Spans a second; `None` where the window has no length.
    #[must_use]
    pub fn rate_per_s(self, count: u64) -> Option<f64> {
        let length = self.length_ns();
        (length > 0).then(|| count as f64 * 1e9 / length as f64)
    }
}

/// Equal parts of a round length. The first and the last may reach beyond the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Start of the first one.
    pub from_ns: i64,
    pub step_ns: i64,
    pub count: usize,
}

impl Buckets {
    /// Over a window, both of its ends included. `step_ns` is the reader's wish; one that gives more than [`MOST`] buckets is raised to the
    /// next round one that does not, one that is shorter than [`SHORTEST_NS`] to that.
    #[must_use]
    pub fn over(window: Window, step_ns: Option<i64>) -> Self {
        let by_itself = Self::at_least(window, least_step(window, MOST_BY_ITSELF));
        match step_ns {
            None => by_itself,
            Some(step_ns) => {
                let wished = Self::at_least(window, step_ns.max(1));
                if wished.count <= MOST { wished } else { Self::at_least(window, least_step(window, MOST)) }
            }
        }
    }

    /// Round steps that give a chart neither too few nor too many buckets, the shortest first.
    #[must_use]
    pub fn choices(window: Window) -> Vec<Self> {
        let mut choices: Vec<Self> = Vec::new();
        let mut step_ns = least_step(window, MOST);
        while choices.len() < 8 {
            let buckets = Self::at_least(window, step_ns);
            if buckets.count < LEAST && !choices.is_empty() {
                break;
            }
            if buckets.count <= MOST {
                choices.push(buckets);
            }
            let Some(above) = buckets.step_ns.checked_add(1) else { break };
            let next = round_step_at_least(above);
            if next <= buckets.step_ns {
                break;
            }
            step_ns = next;
        }
        choices
    }

    fn at_least(window: Window, least_ns: i64) -> Self {
        let step_ns = round_step_at_least(least_ns.max(SHORTEST_NS));
        let (step, from, to) = (i128::from(step_ns), i128::from(window.from_ns), i128::from(window.to_ns.max(window.from_ns)));
        // A round instant before the first of i64 is none.
        let from_ns = i64::try_from(from.div_euclid(step) * step).unwrap_or(window.from_ns);
        let count = (to - i128::from(from_ns)).div_euclid(step) + 1;
        Self { from_ns, step_ns, count: usize::try_from(count).unwrap_or(usize::MAX) }
    }

    /// By how many nanoseconds the spans of a bucket make a rate: its length, or that of the window where it is shorter. `None` where the
    /// window has no length, as for [`Window::rate_per_s`].
    #[must_use]
    pub fn rated_ns(self, window: Window) -> Option<i64> {
        let length = window.length_ns();
        (length > 0).then(|| i64::try_from(length).unwrap_or(i64::MAX).min(self.step_ns))
    }

    /// First instant of a bucket; of the one behind the last, the end of all.
    #[must_use]
    pub fn start_ns(self, bucket: usize) -> i64 {
        let bucket = i64::try_from(bucket).unwrap_or(i64::MAX);
        self.from_ns.saturating_add(self.step_ns.saturating_mul(bucket))
    }

    /// The instant behind a bucket's last one.
    #[must_use]
    pub fn end_ns(self, bucket: usize) -> i64 {
        self.start_ns(bucket.saturating_add(1))
    }

    /// Behind the last bucket.
    #[must_use]
    pub fn to_ns(self) -> i64 {
        self.start_ns(self.count)
    }

    /// The bucket of an instant, if it has one.
    #[must_use]
    pub fn at(self, at_ns: i64) -> Option<usize> {
        let number = (i128::from(at_ns) - i128::from(self.from_ns)).div_euclid(i128::from(self.step_ns.max(1)));
        usize::try_from(number).ok().filter(|number| *number < self.count)
    }
}

/// Units of a step, the largest first, as they stand in an address and as a reader sees them.
const STEP_UNITS: [(i64, &str, &str); 7] = [
    (86_400_000_000_000, "d", "d"),
    (3_600_000_000_000, "h", "h"),
    (60_000_000_000, "min", "min"),
    (1_000_000_000, "s", "s"),
    (1_000_000, "ms", "ms"),
    (1_000, "us", "µs"),
    (1, "ns", "ns"),
];

/// A length in the largest unit that divides it, for an address: "30s", "2min".
#[must_use]
pub fn print_step(step_ns: i64) -> String {
    let (unit_ns, word, _) = unit_of(step_ns);
    format!("{}{word}", step_ns / unit_ns)
}

/// The same for the reader: "30 s", "2 min".
#[must_use]
pub fn step_label(step_ns: i64) -> String {
    let (unit_ns, _, word) = unit_of(step_ns);
    format!("{}{}{word}", step_ns / unit_ns, crate::units::NO_BREAK_SPACE)
}

/// The inverse of [`print_step`].
#[must_use]
pub fn read_step(text: &str) -> Option<i64> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (unit_ns, ..) = STEP_UNITS.into_iter().find(|(_, word, _)| *word == unit)?;
    number.parse::<i64>().ok()?.checked_mul(unit_ns).filter(|step_ns| *step_ns > 0)
}

fn unit_of(step_ns: i64) -> (i64, &'static str, &'static str) {
    STEP_UNITS.into_iter().find(|(unit_ns, ..)| step_ns % unit_ns == 0).unwrap_or((1, "ns", "ns"))
}

/// The shortest step that gives at most so many buckets, wherever they begin.
fn least_step(window: Window, most: usize) -> i64 {
    let most = i128::try_from(most.max(3)).unwrap_or(3);
    // One more than fits may be cut by the ends, and the last instant is within.
    let least = (window.length_ns() + most - 2) / (most - 2);
    i64::try_from(least).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const S: i64 = 1_000_000_000;
    const MIN: i64 = 60 * S;

    #[test]
    fn buckets_begin_on_round_instants() {
        let window = Window { from_ns: 61 * S, to_ns: 61 * S + 105 * MIN };
        let buckets = Buckets::over(window, None);
        assert_eq!((buckets.step_ns, buckets.from_ns, buckets.count), (2 * MIN, 0, 54));
        let wished = Buckets::over(window, Some(5 * MIN));
        assert_eq!((wished.step_ns, wished.from_ns, wished.count), (5 * MIN, 0, 22));
        assert_eq!(Buckets::over(window, Some(1)).step_ns, MIN, "not more than {MOST}");
        assert_eq!((wished.start_ns(1), wished.end_ns(1), wished.to_ns()), (5 * MIN, 10 * MIN, 110 * MIN));
        assert_eq!((wished.at(299 * S), wished.at(300 * S), wished.at(-1), wished.at(110 * MIN)), (Some(0), Some(1), None, None));
    }

    #[test]
    fn one_instant_has_one_bucket() {
        let buckets = Buckets::over(Window { from_ns: 7, to_ns: 7 }, None);
        assert_eq!((buckets.count, buckets.at(7), buckets.step_ns), (1, Some(0), SHORTEST_NS));
        assert_eq!(Window { from_ns: 7, to_ns: 7 }.rate_per_s(5), None);
        assert_eq!(Window { from_ns: 0, to_ns: 2 * S }.rate_per_s(5), Some(2.5));
    }

    #[test]
    fn short_windows_have_few_buckets_and_no_absurd_rates() {
        let window = Window { from_ns: 0, to_ns: 5 * SHORTEST_NS };
        let buckets = Buckets::over(window, Some(1));
        assert_eq!((buckets.step_ns, buckets.count, buckets.rated_ns(window)), (SHORTEST_NS, 6, Some(SHORTEST_NS)));
        let short = Window { from_ns: 0, to_ns: 1_000 };
        assert_eq!(Buckets::over(short, None).rated_ns(short), Some(1_000), "the same as of the window");
        let instant = Window { from_ns: 7, to_ns: 7 };
        assert_eq!(Buckets::over(instant, None).rated_ns(instant), None);
        assert!(Buckets::choices(instant).iter().all(|buckets| buckets.step_ns >= SHORTEST_NS));
    }

    #[test]
    fn steps_go_through_an_address() {
        for (step_ns, text) in [(30 * S, "30s"), (2 * MIN, "2min"), (86_400 * S, "1d"), (500_000, "500us"), (1, "1ns")] {
            assert_eq!((print_step(step_ns).as_str(), read_step(text)), (text, Some(step_ns)));
        }
        assert_eq!(step_label(500_000), "500\u{a0}µs");
        for text in ["", "5", "s", "0s", "-1s", "1.5s", "9999999999999999999s", "99999999999999d", "5 s"] {
            assert_eq!(read_step(text), None, "{text}");
        }
    }

    #[test]
    fn the_choices_are_round_and_neither_few_nor_many() {
        let choices = Buckets::choices(Window { from_ns: 0, to_ns: 105 * MIN });
        let steps: Vec<i64> = choices.iter().map(|buckets| buckets.step_ns / S).collect();
        assert_eq!(steps, [60, 120]);
        assert!(!Buckets::choices(Window { from_ns: 5, to_ns: 5 }).is_empty());
    }

    proptest! {
        #[test]
        fn every_instant_of_the_window_has_a_bucket(one in any::<i64>(), other in any::<i64>(), step in proptest::option::of(any::<i64>())) {
            let window = Window { from_ns: one.min(other), to_ns: one.max(other) };
            let buckets = Buckets::over(window, step);
            prop_assert!(buckets.count >= 1 && buckets.count <= MOST, "{buckets:?}");
            prop_assert_eq!(buckets.at(window.from_ns), Some(0));
            prop_assert!(buckets.at(window.to_ns).is_some(), "{:?} {:?}", window, buckets);
            prop_assert!(!Buckets::choices(window).is_empty());
        }

        #[test]
        fn a_common_window_has_many_enough(from in 0_i64..1_800_000_000_000_000_000, length in 32_000_000_i64..31_536_000_000_000_000) {
            let buckets = Buckets::over(Window { from_ns: from, to_ns: from + length }, None);
            prop_assert!(buckets.count >= LEAST && buckets.count <= MOST, "{buckets:?}");
        }
    }
}
