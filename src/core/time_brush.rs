//! A time axis with two handles: the extent it shows, the range that is chosen on it, how pointers and keys move it.
//!
//! Instants are nanoseconds since 1970 anywhere in `i64`; only distances on the screen are floating point. Must not know what is drawn
//! above the axis.

use super::{
    calendar,
    time_axis::{TimeScale, round_step_at_least},
};

/// What an axis shows: from the first nanosecond to the one behind the last. At the end of `i64` the last nanosecond is within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub start_ns: i64,
    pub end_ns: i64,
}

/// On a longer axis a date needs its year.
const YEAR_NS: i128 = 300 * 86_400_000_000_000;
/// No axis has more marks than this.
const MOST_MARKS: usize = 6;
/// Between two labels there is at least this much.
const MARK_GAP_PX: f64 = 12.0;
/// Zooming in ends here.
const SHORTEST_NS: i128 = 10;

impl Extent {
    /// The extent of spans that start and end within these times; never empty. Times in the wrong order are swapped.
    #[must_use]
    pub fn of(first_ns: i64, last_ns: i64) -> Self {
        let (first_ns, last_ns) = (first_ns.min(last_ns), first_ns.max(last_ns));
        match last_ns.checked_add(1) {
            Some(end_ns) => Self { start_ns: first_ns, end_ns },
            None => Self { start_ns: first_ns.min(i64::MAX - 1), end_ns: i64::MAX },
        }
    }

    /// Nanoseconds; may be more than fit `i64`.
    #[must_use]
    pub fn length_ns(self) -> i128 {
        (i128::from(self.end_ns) - i128::from(self.start_ns)).max(0)
    }

    #[must_use]
    pub fn scale(self, width_px: f64) -> TimeScale {
        TimeScale { start_ns: self.start_ns, end_ns: self.end_ns, width_px }
    }

    #[must_use]
    pub fn hold(self, at_ns: i64) -> i64 {
        at_ns.max(self.start_ns).min(self.end_ns)
    }

    /// Held within the extent, however far outside.
    fn hold_wide(self, at_ns: i128) -> i64 {
        let held = at_ns.max(i128::from(self.start_ns)).min(i128::from(self.end_ns));
        i64::try_from(held).unwrap_or(self.start_ns)
    }

    /// Parts in a thousand of the length, counted from the start.
    #[must_use]
    pub fn at_permille(self, permille: i64) -> i64 {
        self.hold_wide(i128::from(self.start_ns) + self.length_ns() * i128::from(permille) / 1000)
    }

    /// The part of `whole` that is shown after zooming by `permille` of the present length (500 halves it) around an instant that stays
    /// where it is.
    #[must_use]
    pub fn zoomed(self, whole: Self, around_ns: i64, permille: u32) -> Self {
        let around = i128::from(self.hold(around_ns));
        let (before, after) = (around - i128::from(self.start_ns), i128::from(self.end_ns) - around);
        let permille = i128::from(permille);
        let (start, end) = (around - before * permille / 1000, around + after * permille / 1000);
        if end - start < SHORTEST_NS {
            return self;
        }
        Self { start_ns: whole.hold_wide(start), end_ns: whole.hold_wide(end) }
    }

    /// The same length further on by so many parts in a thousand, within `whole`.
    #[must_use]
    pub fn panned(self, whole: Self, permille: i64) -> Self {
        let by = self.length_ns() * i128::from(permille) / 1000;
        let least = i128::from(whole.start_ns) - i128::from(self.start_ns);
        let most = i128::from(whole.end_ns) - i128::from(self.end_ns);
        let by = if least > most { 0 } else { by.clamp(least, most) };
        Self { start_ns: self.hold_shifted(self.start_ns, by), end_ns: self.hold_shifted(self.end_ns, by) }
    }

    /// Marks below the axis, about so many, on round times of day: their place in percent, and the time.
    #[must_use]
    pub fn clock_marks(self, about: usize) -> Vec<(f64, String)> {
        self.clock_marks_all(about).into_iter().filter(|(at, _)| *at <= 92.0).collect()
    }

    fn clock_marks_all(self, about: usize) -> Vec<(f64, String)> {
        let scale = self.scale(100.0);
        let ticks = scale.ticks(calendar::clock_origin_ns(self.start_ns), 100.0 / about.max(1) as f64);
        let step_ns = match ticks.as_slice() {
            [first, second, ..] => second.at_ns.saturating_sub(first.at_ns),
            _ => 1_000_000_000,
        };
        let dated = self.length_ns() > 86_400_000_000_000;
        let long = self.length_ns() > YEAR_NS;
        let label = |at_ns: i64| if long { calendar::date_mark(at_ns) } else { calendar::clock_mark(at_ns, step_ns, dated) };
        ticks.iter().map(|tick| (scale.x_px(tick.at_ns), label(tick.at_ns))).collect()
    }

    /// Marks below an axis of a width: where the middle of each stands in px, and its time. As many as stand beside each other without
    /// touching, none beyond the ends.
    #[must_use]
    pub fn marks_within(self, width_px: f64, letter_px: f64) -> Vec<(f64, String)> {
        for about in (1..=MOST_MARKS).rev() {
            let marks: Vec<(f64, f64, String)> = self
                .clock_marks_all(about)
                .into_iter()
                .map(|(percent, text)| (percent / 100.0 * width_px, (text.chars().count() as f64 * letter_px) / 2.0, text))
                .filter(|(at, half, _)| at - half >= 0.0 && at + half <= width_px)
                .collect();
            let apart = |pair: &[(f64, f64, String)]| match pair {
                [one, other] => one.0 + one.1 + MARK_GAP_PX <= other.0 - other.1,
                _ => true,
            };
            if !marks.is_empty() && marks.windows(2).all(apart) {
                return marks.into_iter().map(|(at, _, text)| (at, text)).collect();
            }
        }
        Vec::new()
    }

    fn hold_shifted(self, at_ns: i64, by: i128) -> i64 {
        i64::try_from(i128::from(at_ns) + by).unwrap_or(at_ns)
    }
}

/// The two ends of a range on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    From,
    To,
}

/// How a key moves a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Parts in a thousand of the axis.
    By(i64),
    /// To the start of the axis, or as far left as the other handle lets it.
    First,
    Last,
}

impl Step {
    /// Arrows move by a hundredth, with Shift (and the page keys) by a tenth of the axis.
    #[must_use]
    pub fn of_key(key: &str, shift: bool) -> Option<Self> {
        let far = if shift { 100 } else { 10 };
        match key {
            "ArrowLeft" | "ArrowDown" => Some(Self::By(-far)),
            "ArrowRight" | "ArrowUp" => Some(Self::By(far)),
            "PageDown" => Some(Self::By(-100)),
            "PageUp" => Some(Self::By(100)),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }
}

/// What a pointer has taken hold of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grab {
    /// A new range from here on.
    Select,
    Pull(Handle),
    /// The whole range.
    Move,
}

/// A pointer this near to a handle takes hold of it.
const HANDLE_PX: f64 = 7.0;
/// A shorter way is a click, not a drag.
const CLICK_PX: f64 = 3.0;

/// A drag under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drag {
    pub grab: Grab,
    /// The range before it.
    before: Brush,
    width_px: f64,
    start_px: f64,
}

impl Drag {
    /// A pointer goes down on an axis of this width.
    #[must_use]
    pub fn start(before: Brush, width_px: f64, x_px: f64) -> Self {
        let of = |handle: Handle| before.extent.scale(width_px).x_px(before.at(handle));
        let (from, to) = (of(Handle::From), of(Handle::To));
        // Where both are near, the one on whose side the pointer is.
        let near_from = (x_px - from).abs() <= HANDLE_PX && (x_px - from).abs() <= (x_px - to).abs();
        let grab = if near_from && !(before.is_whole() && x_px > from + HANDLE_PX / 2.0) {
            Grab::Pull(Handle::From)
        } else if (x_px - to).abs() <= HANDLE_PX {
            Grab::Pull(Handle::To)
        } else if !before.is_whole() && x_px > from && x_px < to {
            Grab::Move
        } else {
            Grab::Select
        };
        Self { grab, before, width_px, start_px: x_px }
    }

    /// The range while the pointer is here; `None` while it has not moved far enough to mean anything.
    #[must_use]
    pub fn to(self, x_px: f64) -> Option<Brush> {
        if (x_px - self.start_px).abs() < CLICK_PX {
            return None;
        }
        Some(match self.grab {
            Grab::Select => Brush::dragged(self.before.extent, self.width_px, self.start_px, x_px),
            Grab::Pull(handle) => self.before.pulled(handle, self.width_px, x_px),
            Grab::Move => self.before.shifted(self.width_px, x_px - self.start_px),
        })
    }
}

/// A range chosen on an axis: `[from_ns, to_ns)`, always within it and never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brush {
    pub extent: Extent,
    pub from_ns: i64,
    pub to_ns: i64,
}

impl Brush {
    /// The range of an address laid over the axis; an end that it leaves open is the axis's own.
    #[must_use]
    pub fn of(extent: Extent, from_ns: Option<i64>, to_ns: Option<i64>) -> Self {
        let from = extent.hold(from_ns.unwrap_or(extent.start_ns));
        let to = extent.hold(to_ns.unwrap_or(extent.end_ns));
        Self { extent, from_ns: from, to_ns: to }.opened()
    }

    /// Between two places on an axis that is `width_px` wide, wherever the pointer went down and up; on instants as round as the screen
    /// can tell apart.
    #[must_use]
    pub fn dragged(extent: Extent, width_px: f64, one_px: f64, other_px: f64) -> Self {
        let at = |x_px: f64| snapped(extent, width_px, x_px);
        let (from, to) = (at(one_px.min(other_px)), at(one_px.max(other_px)));
        Self { extent, from_ns: from, to_ns: to }.opened()
    }

    /// One handle put to a place on the axis; it pushes against the other one and does not pass it.
    #[must_use]
    pub fn pulled(self, handle: Handle, width_px: f64, x_px: f64) -> Self {
        self.with(handle, i128::from(snapped(self.extent, width_px, x_px)))
    }

    /// One handle moved by a key.
    #[must_use]
    pub fn stepped(self, handle: Handle, step: Step) -> Self {
        let at = self.at(handle);
        match step {
            Step::By(permille) => self.with(handle, i128::from(at) + self.extent.length_ns() * i128::from(permille) / 1000),
            Step::First => self.with(handle, i128::from(self.extent.start_ns)),
            Step::Last => self.with(handle, i128::from(self.extent.end_ns)),
        }
    }

    /// The whole range moved, its length kept.
    #[must_use]
    pub fn shifted(self, width_px: f64, by_px: f64) -> Self {
        let length = self.extent.length_ns();
        if !(width_px > 0.0 && by_px.is_finite()) {
            return self;
        }
        // The cast saturates, and the range is held within the axis.
        let by = (by_px / width_px * length as f64).round() as i128;
        let by = by
            .max(i128::from(self.extent.start_ns) - i128::from(self.from_ns))
            .min(i128::from(self.extent.end_ns) - i128::from(self.to_ns));
        let moved = |at_ns: i64| self.extent.hold_wide(i128::from(at_ns) + by);
        Self { extent: self.extent, from_ns: moved(self.from_ns), to_ns: moved(self.to_ns) }
    }

    #[must_use]
    pub fn at(self, handle: Handle) -> i64 {
        match handle {
            Handle::From => self.from_ns,
            Handle::To => self.to_ns,
        }
    }

    #[must_use]
    pub fn is_whole(self) -> bool {
        self.from_ns <= self.extent.start_ns && self.to_ns >= self.extent.end_ns
    }

    /// For the address: an end at the end of `whole` (the file) is left open.
    #[must_use]
    pub fn to_url(self, whole: Extent) -> (Option<i64>, Option<i64>) {
        (Some(self.from_ns).filter(|from| *from > whole.start_ns), Some(self.to_ns).filter(|to| *to < whole.end_ns))
    }

    /// As [`Brush::to_url`], where this axis shows a part of `whole` only: an end of the range that lies outside of the axis and was not
    /// moved stays where it is.
    #[must_use]
    pub fn to_url_from(self, whole: Extent, from_ns: Option<i64>, to_ns: Option<i64>) -> (Option<i64>, Option<i64>) {
        let (from, to) = self.to_url(whole);
        let from_stays = self.from_ns == self.extent.start_ns && from_ns.unwrap_or(whole.start_ns) < self.extent.start_ns;
        let to_stays = self.to_ns == self.extent.end_ns && to_ns.unwrap_or(whole.end_ns) > self.extent.end_ns;
        (if from_stays { from_ns } else { from }, if to_stays { to_ns } else { to })
    }

    #[must_use]
    pub fn length_ns(self) -> i128 {
        i128::from(self.to_ns) - i128::from(self.from_ns)
    }

    /// What an axis shows that is zoomed to this range: the range with a twentieth of room at either side.
    #[must_use]
    pub fn zoom_target(self, whole: Extent) -> Extent {
        let room = (self.length_ns() / 20).max(SHORTEST_NS);
        let (start, end) = (i128::from(self.from_ns) - room, i128::from(self.to_ns) + room);
        Extent { start_ns: whole.hold_wide(start), end_ns: whole.hold_wide(end) }
    }

    /// Distance of a handle from the right in percent of the axis.
    #[must_use]
    pub fn percent_right(self, handle: Handle) -> f64 {
        100.0 - self.percent(handle)
    }

    /// Distance of a handle from the left in percent of the axis.
    #[must_use]
    pub fn percent(self, handle: Handle) -> f64 {
        self.extent.scale(100.0).x_px(self.at(handle))
    }

    /// Where a handle stands in a thousand parts of the axis: for `aria-valuenow`.
    #[must_use]
    pub fn permille(self, handle: Handle) -> i64 {
        let length = self.extent.length_ns().max(1);
        i64::try_from((i128::from(self.at(handle)) - i128::from(self.extent.start_ns)) * 1000 / length).unwrap_or(0)
    }

    fn with(self, handle: Handle, at_ns: i128) -> Self {
        let at_ns = self.extent.hold_wide(at_ns);
        match handle {
            Handle::From => Self { from_ns: at_ns.min(self.to_ns.saturating_sub(1)).max(self.extent.start_ns), ..self },
            Handle::To => Self { to_ns: at_ns.max(self.from_ns.saturating_add(1)).min(self.extent.end_ns), ..self },
        }
    }

    /// A range without length gets a nanosecond of it.
    fn opened(self) -> Self {
        if self.to_ns > self.from_ns {
            return self;
        }
        match self.from_ns < self.extent.end_ns {
            true => Self { to_ns: self.from_ns + 1, ..self },
            false => Self { from_ns: self.extent.end_ns.saturating_sub(1), to_ns: self.extent.end_ns, ..self },
        }
    }
}

/// The instant at a place of the axis, on a round step that is not longer than a px. The ends of the axis stay as they are.
fn snapped(extent: Extent, width_px: f64, x_px: f64) -> i64 {
    let scale = extent.scale(width_px);
    if x_px >= width_px {
        return extent.end_ns;
    }
    let at_ns = scale.ns_at_px(x_px);
    if at_ns <= extent.start_ns || width_px.is_nan() || width_px < 1.0 {
        return at_ns;
    }
    let px_ns = (extent.length_ns() as f64 / width_px).floor() as i64;
    let step_ns = i128::from(round_step_at_most(px_ns));
    let half = step_ns / 2;
    extent.hold_wide((i128::from(at_ns) + half).div_euclid(step_ns) * step_ns)
}

/// The greatest round step that is not above `most_ns`; at least 1.
fn round_step_at_most(most_ns: i64) -> i64 {
    if most_ns <= 1 {
        return 1;
    }
    let above = round_step_at_least(most_ns);
    if above == most_ns {
        return above;
    }
    // Round steps are at most 2.5 times as long as the one before.
    let mut step = round_step_at_least(most_ns / 4);
    loop {
        let next = round_step_at_least(step.saturating_add(1));
        if next > most_ns || next <= step {
            return step.min(most_ns).max(1);
        }
        step = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const S: i64 = 1_000_000_000;
    const FILE: Extent = Extent { start_ns: 0, end_ns: 1000 * S };

    #[test]
    fn an_extent_holds_its_last_nanosecond_and_is_never_empty() {
        assert_eq!(Extent::of(5, 9), Extent { start_ns: 5, end_ns: 10 });
        assert_eq!(Extent::of(9, 5), Extent { start_ns: 5, end_ns: 10 });
        assert_eq!(Extent::of(7, 7).length_ns(), 1);
        assert_eq!(Extent::of(i64::MAX, i64::MAX).length_ns(), 1);
        assert_eq!(Extent::of(i64::MIN, i64::MAX).length_ns(), i128::from(u64::MAX));
    }

    #[test]
    fn a_drag_selects_between_its_ends_on_round_instants() {
        let brush = Brush::dragged(FILE, 100.0, 70.2, 20.4);
        assert_eq!((brush.from_ns, brush.to_ns), (200 * S, 700 * S), "a px is ten seconds");
        assert_eq!(Brush::dragged(FILE, 100.0, -5.0, 30.0).from_ns, 0);
        assert_eq!(Brush::dragged(FILE, 100.0, 30.0, 300.0).to_url(FILE), (Some(300 * S), None));
        assert!(Brush::dragged(FILE, 100.0, -1.0, 101.0).is_whole());
    }

    #[test]
    fn keys_move_a_handle_by_a_hundredth_or_a_tenth() {
        let brush = Brush::of(FILE, Some(200 * S), Some(700 * S));
        let step = |key, shift| Step::of_key(key, shift).unwrap();
        assert_eq!(brush.stepped(Handle::From, step("ArrowRight", false)).from_ns, 210 * S);
        assert_eq!(brush.stepped(Handle::From, step("ArrowLeft", true)).from_ns, 100 * S);
        assert_eq!(brush.stepped(Handle::To, step("ArrowUp", true)).to_ns, 800 * S);
        assert_eq!(brush.stepped(Handle::To, step("End", false)).to_ns, 1000 * S);
        assert_eq!(brush.stepped(Handle::From, Step::Last).from_ns, 700 * S - 1, "it does not pass the other one");
        assert_eq!(brush.stepped(Handle::To, Step::First).to_ns, 200 * S + 1);
        assert_eq!(Step::of_key("a", false), None);
    }

    #[test]
    fn a_range_of_the_address_is_held_within_the_axis() {
        let brush = Brush::of(FILE, Some(-5), Some(2000 * S));
        assert!(brush.is_whole());
        assert_eq!(brush.to_url(FILE), (None, None));
        let outside = Brush::of(FILE, Some(2000 * S), None);
        assert_eq!((outside.from_ns, outside.to_ns), (1000 * S - 1, 1000 * S));
        assert_eq!(brush.permille(Handle::To), 1000);
    }

    #[test]
    fn the_range_is_moved_without_changing_its_length() {
        let brush = Brush::of(FILE, Some(200 * S), Some(300 * S));
        assert_eq!(brush.shifted(100.0, 10.0).from_ns, 300 * S);
        assert_eq!(brush.shifted(100.0, -90.0), Brush::of(FILE, None, Some(100 * S)));
        assert_eq!(brush.shifted(100.0, 1e9), Brush::of(FILE, Some(900 * S), None));
    }

    #[test]
    fn a_pointer_takes_hold_of_what_is_under_it() {
        let brush = Brush::of(FILE, Some(200 * S), Some(700 * S));
        let grab = |x_px: f64| Drag::start(brush, 1000.0, x_px).grab;
        assert_eq!((grab(203.0), grab(695.0)), (Grab::Pull(Handle::From), Grab::Pull(Handle::To)));
        assert_eq!((grab(400.0), grab(100.0), grab(800.0)), (Grab::Move, Grab::Select, Grab::Select));
        let drag = Drag::start(brush, 1000.0, 203.0);
        assert_eq!((drag.to(204.0), drag.to(300.0)), (None, Some(Brush::of(FILE, Some(300 * S), Some(700 * S)))));
        assert_eq!(Drag::start(brush, 1000.0, 400.0).to(450.0), Some(Brush::of(FILE, Some(250 * S), Some(750 * S))));
        let whole = Drag::start(Brush::of(FILE, None, None), 1000.0, 500.0);
        assert_eq!((whole.grab, whole.to(100.0)), (Grab::Select, Some(Brush::of(FILE, Some(100 * S), Some(500 * S)))));
    }

    #[test]
    fn labels_stand_at_their_times_at_every_width() {
        let minute = Extent::of(1_795_339_750_000_000_000, 1_795_339_810_000_000_000);
        let centuries = Extent::of(-9_000_000_000_000_000_000, 9_000_000_000_000_000_000);
        for whole in [minute, centuries] {
            for width in [60.0, 120.0, 180.0, 300.0, 420.0, 1000.0] {
                let marks = whole.marks_within(width, 6.2);
                assert!(width < 100.0 || !marks.is_empty(), "{width}");
                for (at_px, text) in &marks {
                    let half = text.chars().count() as f64 * 3.1;
                    assert!(at_px - half >= 0.0 && at_px + half <= width, "{text} at {at_px} of {width}");
                }
                assert!(marks.windows(2).all(|pair| pair[1].0 - pair[0].0 > pair[0].1.chars().count() as f64 * 6.2));
            }
        }
        let (at_px, text) = minute.marks_within(300.0, 6.2).remove(0);
        let seconds: f64 = text.rsplit(':').next().and_then(|seconds| seconds.parse().ok()).unwrap();
        assert!(((at_px / 300.0 * 60.0 + 10.0) % 60.0 - seconds).abs() < 0.1 || seconds == 0.0, "{text} at {at_px}");
        let (_, text) = centuries.marks_within(300.0, 6.2).remove(0);
        assert!(text.split(' ').next_back().is_some_and(|year| year.len() == 4), "{text}");
    }

    #[test]
    fn an_axis_of_a_part_leaves_the_ends_beyond_it_alone() {
        let part = Extent { start_ns: 300 * S, end_ns: 500 * S };
        let brush = Brush::of(part, Some(200 * S), None);
        assert_eq!(brush.to_url_from(FILE, Some(200 * S), None), (Some(200 * S), None));
        let pulled = brush.stepped(Handle::To, Step::By(-100));
        assert_eq!(pulled.to_url_from(FILE, Some(200 * S), None), (Some(200 * S), Some(480 * S)));
        assert_eq!(Brush::of(FILE, Some(200 * S), Some(300 * S)).zoom_target(FILE), Extent { start_ns: 195 * S, end_ns: 305 * S });
        let marks = FILE.clock_marks(4);
        assert_eq!(marks.first(), Some(&(0.0, "00:00".to_owned())));
        assert!(marks.len() >= 3, "{marks:?}");
    }

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer() {
        let near = FILE.zoomed(FILE, 250 * S, 500);
        assert_eq!(near, Extent { start_ns: 125 * S, end_ns: 625 * S });
        assert_eq!(near.zoomed(FILE, 250 * S, 2000), FILE);
        assert_eq!(near.zoomed(FILE, 250 * S, 100_000), FILE);
        let tiny = Extent { start_ns: 0, end_ns: 12 };
        assert_eq!(tiny.zoomed(FILE, 6, 500), tiny, "no further");
        assert_eq!(near.panned(FILE, 100), Extent { start_ns: 175 * S, end_ns: 675 * S });
        assert_eq!(near.panned(FILE, 5000).end_ns, FILE.end_ns);
        assert_eq!(FILE.panned(FILE, 100), FILE);
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_axis_anywhere_in_time(
            one in any::<i64>(), other in any::<i64>(), from in any::<Option<i64>>(), to in any::<Option<i64>>(),
            x in -10.0_f64..2000.0, y in -10.0_f64..2000.0, width in 0.0_f64..2000.0, permille in -2000_i64..2000,
        ) {
            let extent = Extent::of(one, other);
            let brush = Brush::of(extent, from, to);
            let all = [
                brush, Brush::dragged(extent, width, x, y), brush.pulled(Handle::From, width, x), brush.pulled(Handle::To, width, y),
                brush.stepped(Handle::From, Step::By(permille)), brush.stepped(Handle::To, Step::By(permille)), brush.shifted(width, x - y),
            ];
            for brush in all {
                prop_assert!(extent.start_ns <= brush.from_ns && brush.from_ns < brush.to_ns && brush.to_ns <= extent.end_ns, "{brush:?}");
            }
            let zoomed = extent.zoomed(extent, one, 300);
            prop_assert!(zoomed.start_ns >= extent.start_ns && zoomed.end_ns <= extent.end_ns && zoomed.length_ns() > 0);
            let panned = zoomed.panned(extent, permille);
            prop_assert_eq!(panned.length_ns(), zoomed.length_ns());
        }

        #[test]
        fn the_step_below_is_round_and_not_above(most in 1_i64..i64::MAX) {
            let step = round_step_at_most(most);
            prop_assert!(step >= 1 && step <= most && round_step_at_least(step) == step, "{step}");
            let next = round_step_at_least(step.saturating_add(1));
            prop_assert!(next > most || next <= step, "{next} fits too");
        }
    }
}
