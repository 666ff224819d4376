//! The horizontal of charts over time: equal columns, what lies under a pointer, clock marks in the reader's zone.

use super::scale::Unit;
use crate::{calendar, time_brush::Extent};

/// Of a letter of the times below a chart, and between two of them.
const LETTER_PX: f64 = 6.2;
const WORDS_GAP_PX: f64 = 10.0;

/// Columns of one length, side by side, from the first one's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    pub from_ns: i64,
    pub step_ns: i64,
    pub count: usize,
}

impl Columns {
    /// The instant at which a column begins; that of `count` is the end of all.
    #[must_use]
    pub fn start_ns(self, column: usize) -> i64 {
        let start = i128::from(self.from_ns) + i128::from(self.step_ns.max(1)) * column as i128;
        i64::try_from(start).unwrap_or(i64::MAX)
    }

    /// The instants from one column to another, both included: `[from, to)`.
    #[must_use]
    pub fn range_ns(self, one: usize, other: usize) -> (i64, i64) {
        (self.start_ns(one.min(other)), self.start_ns(one.max(other).saturating_add(1)))
    }

    /// The columns that lie within `[from_ns, to_ns)` at least partly, first and last.
    #[must_use]
    pub fn within(self, from_ns: i64, to_ns: i64) -> Option<(usize, usize)> {
        if to_ns <= from_ns || to_ns <= self.from_ns || from_ns >= self.start_ns(self.count) {
            return None;
        }
        let number = |at_ns: i64| {
            let number = (i128::from(at_ns) - i128::from(self.from_ns)).div_euclid(i128::from(self.step_ns.max(1))).max(0);
            usize::try_from(number).unwrap_or(usize::MAX).min(self.count.saturating_sub(1))
        };
        Some((number(from_ns), number(to_ns.saturating_sub(1))))
    }

    /// Left edge of a column as a share of the width.
    #[must_use]
    pub fn left(self, column: usize) -> f64 {
        column.min(self.count) as f64 / self.count.max(1) as f64
    }

    /// Middle of a column as a share of the width.
    #[must_use]
    pub fn middle(self, column: usize) -> f64 {
        ((column as f64 + 0.5) / self.count.max(1) as f64).min(1.0)
    }

    /// The column at a share of the width, held within; `None` where there is no column.
    #[must_use]
    pub fn at(self, share: f64) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        let place = if share.is_finite() { share.clamp(0.0, 1.0) * self.count as f64 } else { 0.0 };
        Some((place as usize).min(last))
    }

    /// Marks on round times of day, at least `gap_px` apart and as far as their words need: their place as a share of the width, and the time.
    #[must_use]
    pub fn marks(self, width_px: f64, gap_px: f64) -> Vec<(f64, String)> {
        let words_px = |marks: &[(f64, String)]| marks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0) as f64 * LETTER_PX;
        let mut marks = self.marks_apart(width_px, gap_px);
        let needed_px = words_px(&marks) + WORDS_GAP_PX;
        if needed_px > gap_px {
            marks = self.marks_apart(width_px, needed_px);
        }
        // Words at the very left are moved to the right, where the next ones may stand.
        let words_px = words_px(&marks);
        if let [(first, _), (next, _), _, ..] = marks.as_slice()
            && (first * width_px).max(words_px / 2.0) + words_px + WORDS_GAP_PX / 2.0 > next * width_px
        {
            marks.remove(0);
        }
        marks
    }

    fn marks_apart(self, width_px: f64, gap_px: f64) -> Vec<(f64, String)> {
        let about = if width_px.is_finite() && gap_px > 0.0 { (width_px / gap_px).floor().clamp(1.0, 40.0) as usize } else { 1 };
        // A mark at the very end would be cut off.
        let marks = self.extent().clock_marks(about).into_iter().map(|(percent, text)| (percent / 100.0, text));
        marks.filter(|(share, _)| (1.0 - share) * width_px >= gap_px / 2.0 || about == 1).collect()
    }

    /// When a column begins, as short as its length allows: "09:05", "22 Nov 18:00", "09:31:12.25".
    #[must_use]
    pub fn label(self, column: usize) -> String {
        calendar::clock_mark(self.start_ns(column), self.step_ns, self.is_dated())
    }

    /// From when to when: "22 Nov 09:05–09:14".
    #[must_use]
    pub fn range_label(self, one: usize, other: usize) -> String {
        let (from_ns, to_ns) = self.range_ns(one, other);
        calendar::time_range(from_ns, to_ns)
    }

    /// The length of a column in words: "2 min", "500 ms".
    #[must_use]
    pub fn step_label(self) -> String {
        Unit::Milliseconds.write_round(self.step_ns as f64 / 1e6)
    }

    fn extent(self) -> Extent {
        Extent { start_ns: self.from_ns, end_ns: self.start_ns(self.count).max(self.from_ns.saturating_add(1)) }
    }

    fn is_dated(self) -> bool {
        self.extent().length_ns() > 86_400_000_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIN: i64 = 60_000_000_000;
    const HOUR: Columns = Columns { from_ns: 0, step_ns: 5 * MIN, count: 12 };

    #[test]
    fn columns_lie_side_by_side() {
        assert_eq!((HOUR.start_ns(2), HOUR.range_ns(3, 1)), (10 * MIN, (5 * MIN, 20 * MIN)));
        assert_eq!((HOUR.left(3), HOUR.middle(0)), (0.25, 0.5 / 12.0));
        assert_eq!(
            (HOUR.at(0.0), HOUR.at(0.2499), HOUR.at(0.25), HOUR.at(1.0), HOUR.at(7.0)),
            (Some(0), Some(2), Some(3), Some(11), Some(11))
        );
        assert_eq!(Columns { count: 0, ..HOUR }.at(0.5), None);
        assert_eq!(HOUR.within(5 * MIN, 10 * MIN), Some((1, 1)));
        assert_eq!(HOUR.within(5 * MIN - 1, 10 * MIN + 1), Some((0, 2)));
        assert_eq!((HOUR.within(60 * MIN, 70 * MIN), HOUR.within(9, 9)), (None, None));
        assert_eq!(HOUR.label(3), "00:15");
        assert_eq!(HOUR.step_label().replace('\u{a0}', " "), "5 min");
    }

    #[test]
    fn marks_are_times_of_day() {
        let marks = HOUR.marks(400.0, 70.0);
        assert_eq!(marks.first(), Some(&(0.0, "00:00".to_owned())));
        assert!(marks.len() >= 3 && marks.len() <= 7, "{marks:?}");
        let short = Columns { from_ns: 0, step_ns: 1_000_000, count: 1 };
        let marks = short.marks(712.0, 70.0);
        assert!(marks.len() >= 3, "{marks:?}");
        for pair in marks.windows(2) {
            assert!((pair[1].0 - pair[0].0) * 712.0 > pair[1].1.chars().count() as f64 * LETTER_PX, "{marks:?}");
        }
        assert!(HOUR.marks(0.0, 70.0).len() <= 2);
        assert!(HOUR.marks(f64::NAN, 0.0).len() <= 2);
    }

    proptest! {
        #[test]
        fn a_column_is_found_by_its_middle(from in any::<i64>(), step in 1_i64..i64::MAX, count in 1_usize..300, column in 0_usize..300) {
            let columns = Columns { from_ns: from, step_ns: step, count };
            let column = column % count;
            prop_assert_eq!(columns.at(columns.middle(column)), Some(column));
            prop_assert!((0.0..=1.0).contains(&columns.left(column)) && columns.left(column) < columns.middle(column));
            let (start, end) = columns.range_ns(column, column);
            if start < end && end < i64::MAX {
                prop_assert_eq!(columns.within(start, end), Some((column, column)));
            }
            for (share, _) in columns.marks(700.0, 70.0) {
                prop_assert!((0.0..=1.0).contains(&share));
            }
        }
    }
}
