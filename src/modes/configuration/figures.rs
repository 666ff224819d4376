//! Durations as a histogram over their logarithm, and the range that is chosen on it. Must not know the page or SQL.

use crate::{
    core::filter::{Compare, Condition, Node, Status, TimeField},
    engine::{Table, TableError},
};

/// Bars a decade.
pub const STEPS: i32 = 8;
/// Longer spans than 10^16 ns (115 days) share the last bar.
const MOST_BUCKET: i32 = 16 * STEPS;

/// A bar: spans of one step of the logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// −1 for spans without a length.
    pub bucket: i32,
    pub spans: u64,
    pub errors: u64,
}

/// The bars from the shortest to the longest, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    pub steps: Vec<Step>,
}

/// A bar on the page, in percent of the width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationBar {
    pub step: Step,
    pub x: f64,
    pub width: f64,
    pub height: f64,
    pub error_height: f64,
}

/// A part of a whole in percent, for a bar; what is there at all is seen.
pub fn share_percent(part: u64, whole: u64) -> f64 {
    match (part, whole) {
        (0, _) | (_, 0) => 0.0,
        (part, whole) => (part as f64 / whole as f64 * 100.0).clamp(1.0, 100.0),
    }
}

/// Whole milliseconds from one reading of the page's clock to another; at least one.
pub fn elapsed_ms(from_ms: f64, to_ms: f64) -> f64 {
    (to_ms - from_ms).round().max(1.0)
}

/// The share of the file's time between the first and the last span that is left.
pub fn covered(left: super::query::Left, start_ns: Option<i64>, end_ns: Option<i64>) -> Option<String> {
    let (first, last) = left.extent_ns?;
    let length = |from: i64, to: i64| u64::try_from(i128::from(to) - i128::from(from)).unwrap_or(0);
    Some(crate::core::units::percent(length(first, last), length(start_ns?, end_ns?)))
}

/// Whether a part of the filter is a plain bound of the duration.
pub fn is_duration(node: &Node) -> bool {
    matches!(node, Node::Is(Condition::Time { of: TimeField::Duration, .. }))
}

/// The bounds that a filter sets: at least, and less than, in ns.
pub fn bounds(parts: &[Node]) -> (Option<i64>, Option<i64>) {
    let (mut least, mut below): (Option<i64>, Option<i64>) = (None, None);
    for part in parts {
        let Node::Is(Condition::Time { of: TimeField::Duration, compare, ns }) = part else { continue };
        let (from, to) = match compare {
            Compare::GreaterOrEqual => (Some(*ns), None),
            Compare::Greater => (ns.checked_add(1), None),
            Compare::Less => (None, Some(*ns)),
            Compare::LessOrEqual => (None, ns.checked_add(1)),
            Compare::Equal => (Some(*ns), ns.checked_add(1)),
        };
        least = least.max(from);
        below = match (below, to) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    (least, below)
}

/// Why no duration can lie between these bounds, where none can.
pub fn nothing_between(least_ns: Option<i64>, below_ns: Option<i64>) -> Option<&'static str> {
    let (least, below) = (least_ns.unwrap_or(0), below_ns?);
    (below <= least).then_some("No duration is both: nothing can match.")
}

/// The parts of a filter with other bounds of the duration, where the first of them stood.
pub fn with_bounds(parts: &[Node], least_ns: Option<i64>, below_ns: Option<i64>) -> Vec<Node> {
    let bound = |compare, ns| Node::Is(Condition::Time { of: TimeField::Duration, compare, ns });
    let new = least_ns
        .filter(|ns| *ns > 0)
        .map(|ns| bound(Compare::GreaterOrEqual, ns))
        .into_iter()
        .chain(below_ns.map(|ns| bound(Compare::Less, ns)));
    let place = parts.iter().position(is_duration).unwrap_or(parts.len());
    let mut next: Vec<Node> = parts.iter().take(place).cloned().collect();
    next.extend(new);
    next.extend(parts.iter().skip(place).filter(|part| !is_duration(part)).cloned());
    next
}

impl Durations {
    /// # Errors
    /// When the answer has other columns.
    pub fn read(table: &Table) -> Result<Self, TableError> {
        let (buckets, spans, errors) = (table.ints("bucket")?, table.ints("spans")?, table.ints("errors")?);
        let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
        let found = (0..table.rows()).filter_map(|row| {
            let bucket = i32::try_from(buckets.get(row)?).ok()?.clamp(-1, MOST_BUCKET);
            Some(Step { bucket, spans: natural(spans.get(row)), errors: natural(errors.get(row)) })
        });
        let found: Vec<Step> = found.collect();
        let (Some(first), Some(last)) = (found.iter().map(|step| step.bucket).min(), found.iter().map(|step| step.bucket).max()) else {
            return Ok(Self::default());
        };
        let mut steps: Vec<Step> = (first..=last).map(|bucket| Step { bucket, spans: 0, errors: 0 }).collect();
        for step in found {
            if let Some(place) = usize::try_from(step.bucket - first).ok().and_then(|at| steps.get_mut(at)) {
                place.spans += step.spans;
                place.errors += step.errors;
            }
        }
        Ok(Self { steps })
    }

    pub fn bars(&self) -> Vec<DurationBar> {
        let most = self.steps.iter().map(|step| step.spans).max().unwrap_or(0);
        let width = 100.0 / self.steps.len().max(1) as f64;
        let filled = self.steps.iter().enumerate().filter(|(_, step)| step.spans > 0);
        filled
            .map(|(at, step)| {
                let height = ((step.spans as f64 / most as f64).sqrt() * 100.0).max(3.0);
                let failed = if step.errors == 0 { 0.0 } else { (step.errors as f64 / step.spans as f64 * height).max(3.0).min(height) };
                DurationBar { step: *step, x: at as f64 * width, width: width * 0.86, height, error_height: failed }
            })
            .collect()
    }

    /// Marks at powers of ten, as many as fit.
    pub fn marks(&self) -> Vec<DurationMark> {
        let (Some(first), false) = (self.steps.first(), self.steps.is_empty()) else { return Vec::new() };
        let decades = (self.steps.len() as i32 / STEPS).max(1);
        let every = (decades / 6 + 1).max(1);
        let of_decade = |step: &Step| step.bucket >= 0 && step.bucket % (STEPS * every) == 0;
        let width = 100.0 / self.steps.len() as f64;
        let marks = self.steps.iter().filter(|step| of_decade(step));
        marks.map(|step| DurationMark { at: f64::from(step.bucket - first.bucket) * width, ns: edge_ns(step.bucket) }).collect()
    }

    /// The duration at a place, in percent of the width: two digits, so that it can be said.
    pub fn ns_at(&self, percent: f64) -> Option<i64> {
        let first = self.steps.first()?.bucket;
        let at = f64::from(first) + (percent / 100.0).clamp(0.0, 1.0) * self.steps.len() as f64;
        if at <= 0.0 {
            return Some(0);
        }
        Some(two_digits(10_f64.powf(at / f64::from(STEPS))))
    }

    /// Where a duration stands, in percent; held within the picture.
    pub fn percent_of(&self, ns: i64) -> f64 {
        let Some(first) = self.steps.first() else { return 0.0 };
        let at = if ns <= 0 { -1.0 } else { (ns as f64).log10() * f64::from(STEPS) };
        ((at - f64::from(first.bucket)) / self.steps.len() as f64 * 100.0).clamp(0.0, 100.0)
    }
}

/// A mark below the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationMark {
    /// In percent of the width.
    pub at: f64,
    pub ns: i64,
}

/// Behind this there is no room for a label on a narrow page.
const LABEL_BEFORE_PERCENT: f64 = 80.0;

impl DurationMark {
    pub fn label(&self) -> String {
        crate::core::units::duration(self.ns).replace(".00", "").replace(".0", "")
    }

    /// The label begins at its place; at the right end of the picture it ends there.
    pub fn style(&self) -> String {
        match self.at > LABEL_BEFORE_PERCENT {
            true => format!("right:{:.2}%", 100.0 - self.at),
            false => format!("left:{:.2}%", self.at),
        }
    }
}

/// Bounds of the duration, in ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DurationRange {
    pub least_ns: Option<i64>,
    pub below_ns: Option<i64>,
}

/// A shorter way of the pointer is a click, in percent.
const CLICK: f64 = 0.5;

impl Durations {
    /// The range between two places, in percent; an end at the end of the picture is no bound. `None` for a click.
    pub fn dragged(&self, one: f64, other: f64) -> Option<DurationRange> {
        if self.steps.is_empty() || (one - other).abs() < CLICK {
            return None;
        }
        let (from, to) = (one.min(other), one.max(other));
        let least_ns = self.ns_at(from).filter(|_| from > CLICK);
        let below_ns = self.ns_at(to).filter(|_| to < 100.0 - CLICK);
        Some(DurationRange { least_ns, below_ns })
    }

    /// Where a handle stands, in percent.
    pub fn handle_percent(&self, range: DurationRange, is_least: bool) -> f64 {
        match (is_least, range.least_ns, range.below_ns) {
            (true, Some(ns), _) | (false, _, Some(ns)) => self.percent_of(ns),
            (true, None, _) => 0.0,
            (false, _, None) => 100.0,
        }
    }

    /// The same for the longest, counted from the right.
    pub fn handle_percent_right(&self, range: DurationRange) -> f64 {
        100.0 - self.handle_percent(range, false)
    }

    /// A handle moved by so many bars; it does not pass the other one.
    pub fn stepped(&self, range: DurationRange, is_least: bool, steps: i32) -> DurationRange {
        let share = 100.0 / self.steps.len().max(1) as f64;
        let to = self.handle_percent(range, is_least) + f64::from(steps) * share;
        let other = self.handle_percent(range, !is_least);
        let passes = if is_least { to >= other - share / 2.0 } else { to <= other + share / 2.0 };
        if passes {
            return range;
        }
        let bound = self.ns_at(to).filter(|_| to > CLICK && to < 100.0 - CLICK);
        if is_least { DurationRange { least_ns: bound, ..range } } else { DurationRange { below_ns: bound, ..range } }
    }
}

/// A place on the page in percent of a width.
pub fn percent_at(x_px: f64, width_px: f64) -> f64 {
    if width_px > 0.0 { (x_px / width_px * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

/// Which statuses the filter lets through, as far as its parts speak of the status alone.
pub fn statuses(parts: &[Node]) -> Vec<Status> {
    let mut shown = Status::ALL.to_vec();
    for part in parts {
        match part {
            Node::Is(Condition::Status(values)) => shown.retain(|status| values.contains(status)),
            Node::Not(inner) => {
                if let Node::Is(Condition::Status(values)) = inner.as_ref() {
                    shown.retain(|status| !values.contains(status));
                }
            }
            _ => {}
        }
    }
    shown
}

/// Whether a part of the filter speaks of the status alone.
pub fn is_status(part: &Node) -> bool {
    match part {
        Node::Is(Condition::Status(_)) => true,
        Node::Not(inner) => matches!(inner.as_ref(), Node::Is(Condition::Status(_))),
        _ => false,
    }
}

/// The parts of the filter that lets these statuses through. All three are no condition; so are none, of which nothing would be left.
pub fn with_statuses(parts: &[Node], shown: &[Status]) -> Vec<Node> {
    let node = (!shown.is_empty() && shown.len() < Status::ALL.len()).then(|| Node::Is(Condition::Status(shown.to_vec())));
    parts.iter().filter(|part| !is_status(part)).cloned().chain(node).collect()
}

/// Shortest duration of a bar; 0 for the bar of spans without a length.
pub fn edge_ns(bucket: i32) -> i64 {
    if bucket < 0 { 0 } else { 10_f64.powf(f64::from(bucket) / f64::from(STEPS)).ceil() as i64 }
}

fn two_digits(ns: f64) -> i64 {
    if ns < 10.0 {
        return ns.round() as i64;
    }
    let scale = 10_f64.powi(ns.log10().floor() as i32 - 1);
    ((ns / scale).round() * scale).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::filter::Filter,
        engine::Column,
        state::scope::{of_parts, parts_of},
    };

    fn parts(text: &str) -> Vec<Node> {
        parts_of(&Filter::parse(text).unwrap())
    }

    fn durations() -> Durations {
        Durations::read(&Table::new(vec![
            ("bucket".to_owned(), Column::ints([Some(48), Some(56), Some(63)])),
            ("spans".to_owned(), Column::ints([Some(100), Some(25), Some(1)])),
            ("errors".to_owned(), Column::ints([Some(0), Some(5), Some(1)])),
        ]))
        .unwrap()
    }

    #[test]
    fn bounds_are_read_and_written_in_their_place() {
        assert_eq!(bounds(&parts("dur>=1s x dur<5s dur<=3s")), (Some(1_000_000_000), Some(3_000_000_001)));
        assert_eq!(bounds(&parts("-dur>1s")), (None, None));
        assert_eq!(
            of_parts(with_bounds(&parts("a dur>1s b dur<2s"), Some(10_000_000), Some(20_000_000))).print(),
            "a dur>=10ms dur<20ms b"
        );
        assert_eq!(of_parts(with_bounds(&parts("a dur>1s b"), None, None)).print(), "a b");
        assert_eq!(of_parts(with_bounds(&parts("a"), Some(0), Some(5))).print(), "a dur<5ns");
    }

    #[test]
    fn bounds_that_shut_everything_out_are_told() {
        assert_eq!(nothing_between(Some(100_000_000), Some(200_000_000)), None);
        assert_eq!(nothing_between(Some(100_000_000), None), None);
        assert_eq!(nothing_between(None, Some(1)), None);
        for (least, below) in [(Some(100_000_000), 1_000_000), (Some(5), 5), (None, 0)] {
            assert!(nothing_between(least, Some(below)).is_some(), "{least:?} {below}");
        }
    }

    #[test]
    fn bars_run_from_the_shortest_to_the_longest() {
        let durations = durations();
        assert_eq!(durations.steps.len(), 16);
        let bars = durations.bars();
        assert_eq!(bars.len(), 3);
        assert_eq!((bars[0].x, bars[0].height, bars[1].height, bars[1].x), (0.0, 100.0, 50.0, 50.0));
        assert_eq!(durations.marks(), [DurationMark { at: 0.0, ns: 1_000_000 }, DurationMark { at: 50.0, ns: 10_000_000 }]);
        assert_eq!(DurationMark { at: 96.0, ns: 1_000_000 }.style(), "right:4.00%", "the label is not cut off");
        assert!(Durations::default().bars().is_empty() && Durations::default().marks().is_empty());
    }

    #[test]
    fn statuses_are_switched() {
        assert_eq!(statuses(&parts("x")), Status::ALL);
        assert_eq!(statuses(&parts("status:error,ok -status:ok")), [Status::Error]);
        assert_eq!(of_parts(with_statuses(&parts("a -status:ok b"), &[Status::Ok, Status::Error])).print(), "a b status:ok,error");
        assert_eq!(of_parts(with_statuses(&parts("a status:ok"), &Status::ALL)).print(), "a");
    }

    #[test]
    fn places_are_durations_of_two_digits() {
        let durations = durations();
        assert_eq!(durations.ns_at(0.0), Some(1_000_000));
        assert_eq!(durations.ns_at(50.0), Some(10_000_000));
        assert_eq!(durations.ns_at(54.3), Some(12_000_000));
        assert_eq!(durations.percent_of(10_000_000), 50.0);
        assert_eq!(durations.percent_of(0), 0.0);
        let range = DurationRange { least_ns: Some(10_000_000), below_ns: None };
        assert_eq!(durations.stepped(range, true, 1).least_ns, Some(13_000_000));
        assert_eq!(durations.stepped(range, true, -9).least_ns, None);
        assert_eq!(durations.stepped(range, true, 20), range, "it does not pass the other one");
        assert_eq!(durations.stepped(range, false, -1).below_ns, Some(75_000_000));
        assert_eq!(durations.dragged(50.0, 0.0), Some(DurationRange { least_ns: None, below_ns: Some(10_000_000) }));
        assert_eq!((durations.dragged(50.0, 50.1), Durations::default().dragged(0.0, 50.0)), (None, None));
        assert_eq!(two_digits(9.4), 9);
    }
}
