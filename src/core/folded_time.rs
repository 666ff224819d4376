//! The horizontal axis of a trace: real time with its long idle gaps folded to narrow breaks, and the window of it that is in view.
//!
//! Folded time counts nanoseconds from the extent's start and runs as fast as real time except inside a break. Must not know what is
//! drawn along the axis, nor which spans count as working: callers hand in the busy stretches.

use std::rc::Rc;

use super::{
    calendar,
    display::{self, Times},
    self_time::Interval,
    time_axis::{Tick, TimeScale},
};

/// The smallest window that can be zoomed to, in nanoseconds of folded time: 1 µs, or the whole extent where that is shorter.
pub const SMALLEST_WINDOW_NS: i64 = 1_000;

const NS_PER_DAY: i128 = 86_400_000_000_000;

/// How much of the folded length a break keeps, unless there are so many that they would take more than half of it.
const KEPT_SHARE: f64 = 0.02;

/// Parts of the extent that are looked at for gaps, each clearly shorter than the shortest gap.
const SLICES: usize = 128;

/// An idle gap that is shown narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The gap in real time, nanoseconds since 1970.
    pub start_ns: i64,
    pub end_ns: i64,
    /// Where it begins in folded time.
    pub at_folded: i64,
    /// How much folded time it takes; at least 1 ns and at most the gap itself.
    pub kept_ns: i64,
}

impl Break {
    /// Length of the gap in real nanoseconds, `i64::MAX` where it is longer than that.
    #[must_use]
    pub fn length_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }

    fn end_folded(&self) -> i64 {
        self.at_folded.saturating_add(self.kept_ns)
    }
}

/// Real time and folded time of one extent. Positions that do not fit `i64` are held at its ends: no trace is 292 years long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedTime {
    start_ns: i64,
    end_ns: i64,
    /// In order of time, disjoint.
    breaks: Vec<Break>,
    length: i64,
}

impl FoldedTime {
    /// Nothing folded: folded time is the offset from the start.
    #[must_use]
    pub fn plain(start_ns: i64, end_ns: i64) -> Self {
        let end_ns = end_ns.max(start_ns);
        Self { start_ns, end_ns, breaks: Vec::new(), length: end_ns.saturating_sub(start_ns) }
    }

    /// Folds the stretches longer than `min_share` of the extent (0.05 is 5 %; less than 2 % counts as 2 %) that no busy interval
    /// touches. The intervals may come in any order, overlap and reach beyond the extent. Nothing is folded where nothing is busy.
    #[must_use]
    pub fn new(start_ns: i64, end_ns: i64, busy: impl Iterator<Item = Interval>, min_share: f64) -> Self {
        let plain = Self::plain(start_ns, end_ns);
        let extent = exact(plain.start_ns, plain.end_ns);
        let share = if min_share > KEPT_SHARE { min_share } else { KEPT_SHARE };
        let gaps = gaps(plain.start_ns, plain.end_ns, busy, (extent as f64 * share) as i128);
        let left = extent - gaps.iter().map(|gap| exact(gap.start_ns, gap.end_ns)).sum::<i128>();
        if gaps.is_empty() || left <= 0 {
            return plain;
        }
        // Each break is this share of the folded length, and what is left is the rest of it.
        let number = gaps.len() as f64;
        let kept_share = KEPT_SHARE.min(0.5 / number);
        let kept = (left as f64 / (1.0 - kept_share * number) * kept_share) as i128;
        let mut folded = Self { breaks: Vec::with_capacity(gaps.len()), ..plain };
        let mut taken_out = 0_i128;
        for gap in gaps {
            let length = exact(gap.start_ns, gap.end_ns);
            let kept = kept.clamp(1, length);
            let at = exact(folded.start_ns, gap.start_ns) - taken_out;
            folded.breaks.push(Break { start_ns: gap.start_ns, end_ns: gap.end_ns, at_folded: narrow(at), kept_ns: narrow(kept) });
            taken_out += length - kept;
        }
        folded.length = narrow(extent - taken_out);
        folded
    }

    #[must_use]
    pub fn start_ns(&self) -> i64 {
        self.start_ns
    }

    #[must_use]
    pub fn end_ns(&self) -> i64 {
        self.end_ns
    }

    /// In order of time.
    #[must_use]
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }

    /// Length of the extent in folded time.
    #[must_use]
    pub fn folded_length(&self) -> i64 {
        self.length
    }

    /// Where an instant stands in folded time: 0 at the start, negative before it. Never decreases; exact outside breaks, linear inside.
    #[must_use]
    pub fn to_folded(&self, at_ns: i64) -> i64 {
        let before = self.breaks.partition_point(|gap| gap.start_ns <= at_ns);
        let Some(gap) = before.checked_sub(1).and_then(|index| self.breaks.get(index)) else {
            return narrow(exact(self.start_ns, at_ns));
        };
        if at_ns >= gap.end_ns {
            return narrow(i128::from(gap.end_folded()) + exact(gap.end_ns, at_ns));
        }
        // No overflow: both factors are below 2⁶⁴, and the second below 2⁶³.
        let inside = exact(gap.start_ns, at_ns) * i128::from(gap.kept_ns) / exact(gap.start_ns, gap.end_ns).max(1);
        narrow(i128::from(gap.at_folded) + inside)
    }

    /// The instant at a place of folded time. The inverse of [`Self::to_folded`]; of the many instants of a break that share a place it
    /// is the first.
    #[must_use]
    pub fn to_real(&self, folded: i64) -> i64 {
        let before = self.breaks.partition_point(|gap| gap.at_folded <= folded);
        let Some(gap) = before.checked_sub(1).and_then(|index| self.breaks.get(index)) else {
            return narrow(i128::from(self.start_ns) + i128::from(folded));
        };
        if folded >= gap.end_folded() {
            return narrow(i128::from(gap.end_ns) + exact(gap.end_folded(), folded));
        }
        let kept = i128::from(gap.kept_ns).max(1);
        let inside = exact(gap.at_folded, folded) * exact(gap.start_ns, gap.end_ns);
        // Rounded up: the next place down would lead back to the place before.
        narrow(i128::from(gap.start_ns) + (inside + kept - 1) / kept)
    }
}

/// The stretches of an extent that no interval touches and that are longer than `more_than` ns, in order of time. `more_than` is at least
/// [`KEPT_SHARE`] of the extent.
fn gaps(start_ns: i64, end_ns: i64, busy: impl Iterator<Item = Interval>, more_than: i128) -> Vec<Interval> {
    // A gap is longer than a slice, so it never lies between two intervals that start in the same one: of these only the earliest start and
    // the latest end matter, and nothing has to be sorted.
    let mut slices = [None::<Interval>; SLICES];
    let extent = exact(start_ns, end_ns) as f64;
    for one in busy.filter(|one| one.start_ns <= end_ns && one.end_ns >= start_ns) {
        let place = exact(start_ns, one.start_ns.max(start_ns)) as f64 / extent * SLICES as f64;
        if let Some(slice) = slices.get_mut((place as usize).min(SLICES - 1)) {
            let known = slice.unwrap_or(one);
            *slice = Some(Interval { start_ns: known.start_ns.min(one.start_ns), end_ns: known.end_ns.max(one.end_ns) });
        }
    }
    let mut gaps = Vec::new();
    let mut reached_ns = start_ns;
    let last = Interval { start_ns: end_ns, end_ns };
    for one in slices.into_iter().flatten().chain([last]) {
        if exact(reached_ns, one.start_ns) > more_than {
            gaps.push(Interval { start_ns: reached_ns, end_ns: one.start_ns });
        }
        reached_ns = reached_ns.max(one.end_ns);
    }
    gaps
}

fn exact(from_ns: i64, to_ns: i64) -> i128 {
    i128::from(to_ns) - i128::from(from_ns)
}

/// Held within `i64`.
fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// A window of folded time laid over a width in px. Cheap to clone and to compare.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeAxis {
    fold: Rc<FoldedTime>,
    /// The window in folded nanoseconds, within the extent; empty only where the extent is.
    from: i64,
    to: i64,
    width_px: f64,
}

impl TimeAxis {
    /// `window` in real nanoseconds since 1970; `None` is everything. A window that reaches out of the extent is cut, one that is shorter
    /// than [`SMALLEST_WINDOW_NS`] or the wrong way round is widened about its start. A width that is no positive number counts as 0.
    #[must_use]
    pub fn new(fold: Rc<FoldedTime>, window: Option<(i64, i64)>, width_px: f64) -> Self {
        let whole = fold.folded_length();
        let (from, to) = match window {
            None => (0, whole),
            Some((from_ns, to_ns)) => {
                let (from, to) = (fold.to_folded(from_ns).clamp(0, whole), fold.to_folded(to_ns).clamp(0, whole));
                let length = to.saturating_sub(from).max(SMALLEST_WINDOW_NS.min(whole));
                let from = from.min(whole - length);
                (from, from + length)
            }
        };
        let width_px = if width_px.is_finite() { width_px.max(0.0) } else { 0.0 };
        Self { fold, from, to, width_px }
    }

    #[must_use]
    pub fn fold(&self) -> &Rc<FoldedTime> {
        &self.fold
    }

    #[must_use]
    pub fn width_px(&self) -> f64 {
        self.width_px
    }

    /// Distance of an instant from the left edge in px; below 0 or above the width where it is out of view.
    #[must_use]
    pub fn x_px(&self, at_ns: i64) -> f64 {
        self.scale().x_px(self.fold.to_folded(at_ns))
    }

    /// Width in px of the time from one instant to another; never negative.
    #[must_use]
    pub fn width_px_of(&self, from_ns: i64, to_ns: i64) -> f64 {
        self.scale().width_px_of(self.fold.to_folded(from_ns), self.fold.to_folded(to_ns))
    }

    /// The instant at a distance from the left edge, held within the window.
    #[must_use]
    pub fn ns_at_px(&self, x_px: f64) -> i64 {
        self.fold.to_real(self.scale().ns_at_px(x_px))
    }

    /// The window in real nanoseconds since 1970.
    #[must_use]
    pub fn window_ns(&self) -> (i64, i64) {
        (self.fold.to_real(self.from), self.fold.to_real(self.to))
    }

    /// Whether all of the extent is in view.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.from <= 0 && self.to >= self.fold.folded_length()
    }

    /// The window, in real time, after zooming in by a factor (2 shows half as much, 0.5 twice as much); what is at `at_px` stays there
    /// as far as the extent allows.
    #[must_use]
    pub fn zoomed(&self, factor: f64, at_px: f64) -> (i64, i64) {
        let whole = self.fold.folded_length();
        let length = self.to - self.from;
        if !(factor > 0.0 && factor.is_finite()) {
            return self.window_ns();
        }
        // The cast saturates.
        let wanted = ((length as f64 / factor).round() as i64).clamp(SMALLEST_WINDOW_NS.min(whole), whole);
        let share = if self.width_px > 0.0 && at_px > 0.0 { (at_px / self.width_px).min(1.0) } else { 0.0 };
        let moved = ((i128::from(length) - i128::from(wanted)) as f64 * share).round() as i128;
        self.window_from(i128::from(self.from) + moved, wanted)
    }

    /// The window, in real time, after moving by a number of px, later for positive ones; it stops at the ends of the extent.
    #[must_use]
    pub fn panned(&self, by_px: f64) -> (i64, i64) {
        let length = self.to - self.from;
        // The cast below saturates.
        let by = if self.width_px > 0.0 { by_px / self.width_px * length as f64 } else { 0.0 };
        self.window_from(i128::from(self.from) + i128::from(by.round() as i64), length)
    }

    fn window_from(&self, from: i128, length: i64) -> (i64, i64) {
        let last = self.fold.folded_length().saturating_sub(length).max(0);
        let from = narrow(from.clamp(0, i128::from(last)));
        (self.fold.to_real(from), self.fold.to_real(from.saturating_add(length)))
    }

    /// Marks of the ruler with their distance from the left edge in px: offsets from `origin_ns` in real time, on one round step, in one
    /// unit, at least `min_gap_px` apart, none inside a break. Where moments are written as times of day the marks are on round ones.
    #[must_use]
    pub fn ticks(&self, origin_ns: i64, min_gap_px: f64) -> Vec<(f64, Tick)> {
        let Some(step_ns) = self.scale().tick_step_ns(min_gap_px) else {
            return Vec::new();
        };
        let (start_ns, end_ns) = self.window_ns();
        let by_clock = display::present().times == Times::Absolute;
        let origin_ns = if by_clock { calendar::clock_origin_ns(start_ns) } else { origin_ns };
        let dated = exact(start_ns, end_ns) > NS_PER_DAY;
        let farthest_ns = TimeScale { start_ns, end_ns, width_px: self.width_px }.farthest_ns(origin_ns);
        let mut marks: Vec<(f64, Tick)> = Vec::new();
        let mut piece_start_ns = start_ns;
        let gaps = self.fold.breaks().iter().filter(|gap| gap.end_ns > start_ns && gap.start_ns < end_ns);
        let pieces = gaps.map(|gap| (gap.start_ns, gap.end_ns)).chain([(end_ns, end_ns)]);
        for (piece_end_ns, next_start_ns) in pieces {
            if piece_end_ns >= piece_start_ns {
                let piece = TimeScale { start_ns: piece_start_ns, end_ns: piece_end_ns, width_px: self.width_px };
                for mut tick in piece.ticks_on(origin_ns, step_ns, farthest_ns) {
                    if by_clock {
                        tick.label = calendar::clock_mark(tick.at_ns, step_ns, dated);
                    }
                    let x_px = self.x_px(tick.at_ns);
                    // A ten-thousandth of a px for the rounding of even steps.
                    if marks.last().is_none_or(|(before_px, _)| x_px - before_px >= min_gap_px.max(1.0) - 1e-4) {
                        marks.push((x_px, tick));
                    }
                }
            }
            piece_start_ns = next_start_ns;
        }
        marks
    }

    /// As [`Self::ticks`], as far apart as their labels need at `char_px` a character and a gap of two: deep in a trace labels are long.
    #[must_use]
    pub fn labelled_ticks(&self, origin_ns: i64, min_gap_px: f64, char_px: f64) -> Vec<(f64, Tick)> {
        let mut ticks = self.ticks(origin_ns, min_gap_px);
        // Fewer ticks never have longer labels, so once is enough; twice where the unit changes with the step.
        for _ in 0..2 {
            let longest = ticks.iter().map(|(_, tick)| tick.label.chars().count()).max().unwrap_or(0);
            let needed_px = (longest as f64 + 2.0) * char_px;
            if needed_px <= min_gap_px {
                break;
            }
            ticks = self.ticks(origin_ns, needed_px);
        }
        ticks
    }

    /// The breaks of which something is in view, with their left and right edges in px (not cut at the window).
    #[must_use]
    pub fn break_marks(&self) -> Vec<(f64, f64, &Break)> {
        let seen = self.fold.breaks().iter().filter(|gap| gap.end_folded() > self.from && gap.at_folded < self.to);
        seen.map(|gap| (self.scale().x_px(gap.at_folded), self.scale().x_px(gap.end_folded()), gap)).collect()
    }

    fn scale(&self) -> TimeScale {
        TimeScale { start_ns: self.from, end_ns: self.to, width_px: self.width_px }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        display::{Display, Zone},
        units::NO_BREAK_SPACE,
    };
    use proptest::prelude::*;

    /// An instant of today, where a double is 256 ns off.
    const START: i64 = 1_795_339_872_206_481_923;
    const S: i64 = 1_000_000_000;

    fn busy(pairs: &[(i64, i64)]) -> Vec<Interval> {
        pairs.iter().map(|&(from, to)| Interval { start_ns: START + from, end_ns: START + to }).collect()
    }

    fn fold(length: i64, pairs: &[(i64, i64)]) -> FoldedTime {
        FoldedTime::new(START, START + length, busy(pairs).into_iter(), 0.05)
    }

    fn labels(axis: &TimeAxis, gap_px: f64) -> Vec<String> {
        axis.ticks(START, gap_px).into_iter().map(|(_, tick)| tick.label.replace(NO_BREAK_SPACE, " ")).collect()
    }

    #[test]
    fn labels_deep_in_a_trace_do_not_touch() {
        let fold = Rc::new(FoldedTime::plain(START, START + 20_000_000_000));
        let axis = TimeAxis::new(fold, Some((START + 12_345_678_000, START + 12_345_688_000)), 400.0);
        let ticks = axis.labelled_ticks(START, 60.0, 6.0);
        assert!(ticks.len() >= 2, "{ticks:?}");
        for pair in ticks.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= pair[0].1.label.chars().count() as f64 * 6.0, "{pair:?}");
        }
    }

    #[test]
    fn marks_of_a_clock_are_on_its_round_times() {
        // 09:31:12.206 UTC, read an hour and a half further east.
        let zone = Zone::Local(|_| 5_400);
        display::with(Display { zone, times: Times::Absolute, ..Display::default() }, || {
            let axis = |from: i64, to: i64| {
                TimeAxis::new(Rc::new(FoldedTime::plain(START, START + 90_000 * S)), Some((START + from, START + to)), 400.0)
            };
            assert_eq!(labels(&axis(0, 20 * S), 100.0), ["11:01:15", "11:01:20", "11:01:25", "11:01:30"]);
            assert_eq!(labels(&axis(0, 2 * S), 100.0), ["11:01:12.5", "11:01:13.0", "11:01:13.5", "11:01:14.0"]);
            assert_eq!(labels(&axis(0, 3_600 * S), 100.0), ["11:15", "11:30", "11:45", "12:00"]);
            assert_eq!(labels(&axis(0, 90_000 * S), 100.0), ["22 Nov 12:00", "23 Nov 00:00", "23 Nov 12:00"]);
        });
        let folded = Rc::new(fold(100 * S, &[(0, 2 * S), (96 * S, 100 * S)]));
        display::with(Display { times: Times::Absolute, ..Display::default() }, || {
            assert_eq!(labels(&TimeAxis::new(folded, None, 400.0), 100.0), ["09:31:14", "09:32:50", "09:32:52"]);
        });
    }

    #[test]
    fn a_long_gap_becomes_a_break_of_two_percent() {
        let folded = fold(100 * S, &[(96 * S, 100 * S), (0, 2 * S), (S, 3 * S), (5 * S, 6 * S)]);
        let [gap] = folded.breaks() else { panic!("{:?}", folded.breaks()) };
        assert_eq!((gap.start_ns - START, gap.end_ns - START, gap.at_folded), (6 * S, 96 * S, 6 * S), "2 s idle is too short to fold");
        let share = gap.kept_ns as f64 / folded.folded_length() as f64;
        assert!((share - 0.02).abs() < 1e-6, "{share}");
        assert_eq!(folded.folded_length(), 10 * S + gap.kept_ns);
        assert_eq!(folded.to_folded(START + 97 * S), 7 * S + gap.kept_ns);
        assert_eq!(folded.to_folded(START + 51 * S), 6 * S + gap.kept_ns / 2);
        assert_eq!((folded.to_folded(START - 9), folded.to_real(-9)), (-9, START - 9), "time goes on outside");
    }

    #[test]
    fn idle_ends_fold_and_nothing_busy_does_not() {
        let folded = fold(100, &[(40, 60)]);
        assert_eq!(folded.breaks().iter().map(|gap| (gap.start_ns - START, gap.end_ns - START)).collect::<Vec<_>>(), [(0, 40), (60, 100)]);
        assert_eq!(fold(100, &[]), FoldedTime::plain(START, START + 100));
        assert_eq!(fold(100, &[(0, 0), (100, 100)]), FoldedTime::plain(START, START + 100), "no work, no measure");
        assert_eq!(fold(0, &[(0, 0)]), FoldedTime::plain(START, START));
        assert_eq!(FoldedTime::plain(9, 5), FoldedTime::plain(9, 9));
    }

    #[test]
    fn the_ends_of_the_range_answer() {
        let all = FoldedTime::plain(i64::MIN, i64::MAX);
        assert_eq!((all.folded_length(), all.to_folded(i64::MIN), all.to_folded(i64::MAX)), (i64::MAX, 0, i64::MAX));
        assert_eq!((all.to_real(0), all.to_real(i64::MAX)), (i64::MIN, -1));
        let edges = [Interval { start_ns: i64::MIN, end_ns: i64::MIN + 9 }, Interval { start_ns: i64::MAX - 9, end_ns: i64::MAX }];
        let folded = FoldedTime::new(i64::MIN, i64::MAX, edges.into_iter(), f64::NAN);
        assert_eq!((folded.folded_length(), folded.to_real(folded.folded_length())), (19, i64::MAX));
        let axis = TimeAxis::new(Rc::new(all), Some((i64::MAX, i64::MIN)), f64::INFINITY);
        assert_eq!((axis.x_px(0), axis.width_px()), (0.0, 0.0));
        assert!(axis.ticks(0, 50.0).is_empty());
        let axis = TimeAxis::new(Rc::new(folded), None, 100.0);
        assert_eq!((axis.x_px(i64::MIN), axis.x_px(i64::MAX), axis.ns_at_px(100.0)), (0.0, 100.0, i64::MAX));
        drop((axis.ticks(i64::MAX, f64::NAN), axis.zoomed(f64::NAN, 9.0), axis.panned(f64::NAN)));
    }

    #[test]
    fn a_trace_without_length_has_an_axis() {
        let axis = TimeAxis::new(Rc::new(FoldedTime::plain(START, START)), Some((START - 5, START + 5)), 100.0);
        assert_eq!((axis.x_px(START), axis.ns_at_px(50.0), axis.window_ns()), (0.0, START, (START, START)));
        assert!(axis.is_whole() && axis.ticks(START, 50.0).is_empty());
        assert_eq!((axis.zoomed(2.0, 10.0), axis.panned(50.0)), ((START, START), (START, START)));
    }

    #[test]
    fn rulers_skip_breaks_and_share_a_unit() {
        let axis = TimeAxis::new(Rc::new(fold(100 * S, &[(0, 6 * S), (96 * S, 100 * S)])), None, 1_020.0);
        assert_eq!(labels(&axis, 90.0), ["0", "1 s", "2 s", "3 s", "4 s", "5 s", "6 s", "97 s", "98 s", "99 s", "100 s"]);
        let [(from_px, to_px, gap)] = axis.break_marks()[..] else { panic!() };
        assert!((to_px - from_px - 20.4).abs() < 0.1 && gap.length_ns() == 90 * S);
        let zoomed = TimeAxis::new(axis.fold().clone(), Some((START + 50 * S, START + 97 * S)), 100.0);
        assert_eq!(labels(&zoomed, 40.0), ["96.0 s", "96.5 s", "97.0 s"], "a window that starts in a break");
    }

    #[test]
    fn windows_keep_their_limits() {
        let axis = TimeAxis::new(Rc::new(FoldedTime::plain(START, START + 10_000)), None, 1_000.0);
        assert!(axis.is_whole());
        assert_eq!(axis.zoomed(2.0, 500.0), (START + 2_500, START + 7_500));
        assert_eq!(axis.zoomed(1e9, 0.0), (START, START + SMALLEST_WINDOW_NS));
        assert_eq!(axis.zoomed(0.1, 300.0), (START, START + 10_000));
        let half = TimeAxis::new(axis.fold().clone(), Some((START + 2_500, START + 7_500)), 1_000.0);
        assert!(!half.is_whole());
        assert_eq!(half.panned(100.0), (START + 3_000, START + 8_000));
        assert_eq!((half.panned(-1e300), half.panned(f64::INFINITY)), ((START, START + 5_000), (START + 5_000, START + 10_000)));
        let point = TimeAxis::new(axis.fold().clone(), Some((START + 10_000, START + 10_000)), 1_000.0);
        assert_eq!(point.window_ns(), (START + 9_000, START + 10_000));
    }

    fn pieces() -> impl Strategy<Value = (i64, Vec<(i64, i64)>)> {
        (1_i64..4_000_000_000, prop::collection::vec((0.0_f64..1.0, 0.0_f64..0.1), 0..12)).prop_map(|(length, shares)| {
            let part = |share: f64| (length as f64 * share) as i64;
            (length, shares.into_iter().map(|(from, span)| (part(from), part(from + span))).collect())
        })
    }

    proptest! {
        #[test]
        fn folding_is_monotone_and_reversible((length, busy) in pieces(), places in prop::collection::vec(-0.1_f64..1.1, 1..40)) {
            let folded = fold(length, &busy);
            let mut instants: Vec<i64> = places.iter().map(|place| START + (length as f64 * place) as i64).collect();
            instants.extend(folded.breaks().iter().flat_map(|gap| [gap.start_ns - 1, gap.start_ns, gap.start_ns + 1, gap.end_ns - 1, gap.end_ns]));
            instants.extend([START, START + length]);
            instants.sort_unstable();
            for pair in instants.windows(2) {
                let (a, b) = (folded.to_folded(pair[0]), folded.to_folded(pair[1]));
                prop_assert!(a <= b);
                prop_assert!(b - a <= pair[1] - pair[0], "folding never stretches");
            }
            for &at_ns in &instants {
                let place = folded.to_folded(at_ns);
                let gap = folded.breaks().iter().find(|gap| gap.start_ns < at_ns && at_ns < gap.end_ns);
                prop_assert_eq!(folded.to_folded(folded.to_real(place)), place);
                match gap {
                    None => prop_assert_eq!(folded.to_real(place), at_ns),
                    Some(gap) => prop_assert!((at_ns - folded.to_real(place)).abs() <= gap.length_ns() / gap.kept_ns + 1),
                }
            }
            prop_assert_eq!(folded.to_folded(START + length), folded.folded_length());
            let taken_out: i64 = folded.breaks().iter().map(|gap| gap.length_ns() - gap.kept_ns).sum();
            prop_assert_eq!(folded.folded_length() + taken_out, length);
            for gap in folded.breaks() {
                prop_assert!(gap.kept_ns >= 1 && gap.kept_ns <= gap.length_ns() && gap.length_ns() as f64 > 0.049 * length as f64);
                prop_assert!(busy.iter().all(|(from, to)| START + to <= gap.start_ns || START + from >= gap.end_ns), "no work is folded away");
            }
        }

        #[test]
        fn windows_stay_within_the_extent((length, busy) in pieces(), a in -0.1_f64..1.1, b in -0.1_f64..1.1, factor in 0.01_f64..100.0, at_px in -10.0_f64..910.0) {
            let fold = Rc::new(fold(length, &busy));
            let real = |place: f64| START + (length as f64 * place) as i64;
            let axis = TimeAxis::new(fold.clone(), Some((real(a), real(b))), 900.0);
            let (from, to) = axis.window_ns();
            prop_assert!(START <= from && from < to && to <= START + length);
            for (from, to) in [axis.zoomed(factor, at_px), axis.panned(at_px)] {
                prop_assert!(START <= from && from < to && to <= START + length);
                let next = TimeAxis::new(fold.clone(), Some((from, to)), 900.0);
                prop_assert_eq!(next.window_ns(), (from, to), "a window leads back to itself");
                prop_assert!(next.to - next.from >= SMALLEST_WINDOW_NS.min(fold.folded_length()));
            }
            let back = axis.x_px(axis.ns_at_px(at_px.clamp(0.0, 900.0)));
            prop_assert!((back - at_px.clamp(0.0, 900.0)).abs() <= 900.0 / (axis.to - axis.from) as f64 + 1e-6);
        }

        #[test]
        fn ticks_are_apart_and_outside_breaks((length, busy) in pieces(), a in 0.0_f64..1.0, b in 0.0_f64..1.0, gap_px in 30.0_f64..120.0) {
            let real = |place: f64| START + (length as f64 * place) as i64;
            let axis = TimeAxis::new(Rc::new(fold(length, &busy)), Some((real(a), real(b))), 900.0);
            let ticks = axis.ticks(START, gap_px);
            for pair in ticks.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= gap_px - 1e-3);
            }
            let (from, to) = axis.window_ns();
            for (x_px, tick) in &ticks {
                prop_assert!((from..=to).contains(&tick.at_ns) && (-1e-6..=900.0 + 1e-6).contains(x_px));
                prop_assert!(axis.fold().breaks().iter().all(|gap| tick.at_ns <= gap.start_ns || tick.at_ns >= gap.end_ns));
            }
            for (from_px, to_px, _) in axis.break_marks() {
                prop_assert!(from_px < to_px && to_px > 0.0 && from_px < 900.0);
            }
        }
    }
}
