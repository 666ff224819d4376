//! Which rows of a long list are drawn, and where, for a scroll position.
//!
//! Browsers clamp the height of an element (Firefox at about 17.9 million px, Chromium at about 33.5 million), so a list whose rows are
//! higher than [`MAX_TOTAL_PX`] together gets an element of that height and the scroll position is stretched over the real one. Must not
//! touch the document; positions from it may be fractional, negative (overscroll) or nonsense and are put right here.

use std::ops::Range;

/// The highest element a list asks the browser for. The higher, the less a turn of the wheel is stretched; up to here every whole pixel has a
/// number of its own in the 32-bit floats that browsers scroll by.
pub const MAX_TOTAL_PX: u64 = 16_000_000;

/// What does not change while a list scrolls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListGeometry {
    /// Height of each row; 0 counts as 1.
    pub row_height_px: u32,
    /// Number of rows.
    pub count: usize,
    /// Height of the part that is seen.
    pub viewport_px: u32,
}

/// What to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct ListWindow {
    /// The rows to draw, overscan included.
    pub rows: Range<usize>,
    /// Where the first of them begins in the scrolled element. In a stretched list overscan rows may lie above its top edge, then
    /// this is negative: place rows with `top` or a transform, not with padding.
    pub offset_px: f64,
    /// Height of the scrolled element.
    pub total_px: f64,
    /// The element is lower than its rows together: their places in it change with the scroll position.
    pub is_stretched: bool,
}

impl ListGeometry {
    /// Height of the scrolled element, at most [`MAX_TOTAL_PX`] (or the viewport's height, where that is more).
    #[must_use]
    pub fn total_px(self) -> u64 {
        self.real_px().min(MAX_TOTAL_PX.max(u64::from(self.viewport_px)))
    }

    /// The rows to draw at a scroll position, with `overscan` rows more on either side.
    #[must_use]
    pub fn window(self, scroll_top_px: f64, overscan: usize) -> ListWindow {
        let scroll_top_px = self.clamp_scroll(scroll_top_px);
        let top_px = self.real_top(scroll_top_px);
        let row_px = self.row_px();
        let bottom_px = top_px.saturating_add(u64::from(self.viewport_px));
        let first = index(top_px / row_px).min(self.count).saturating_sub(overscan);
        let end = index(bottom_px.div_ceil(row_px)).saturating_add(overscan).min(self.count);
        let rows = first.min(end)..end;
        // Rows are placed relative to what is at the top of the viewport, so that they lie right there even where the scale is
        // stretched and `first * row_height` is far outside the element.
        let above_px = top_px as f64 - (rows.start as u64).saturating_mul(row_px) as f64;
        let anchor_px = if self.is_stretched() { scroll_top_px.round() } else { top_px as f64 };
        ListWindow { offset_px: anchor_px - above_px, total_px: self.total_px() as f64, is_stretched: self.is_stretched(), rows }
    }

    /// Where to scroll so that a row is wholly in view, moving as little as possible; `None` where it is already, or does not exist.
    #[must_use]
    pub fn scroll_to_reveal(self, row: usize, scroll_top_px: f64) -> Option<f64> {
        if row >= self.count {
            return None;
        }
        let viewport_px = u64::from(self.viewport_px);
        let row_top_px = (row as u64).saturating_mul(self.row_px());
        let row_end_px = row_top_px.saturating_add(self.row_px());
        let top_px = self.real_top(self.clamp_scroll(scroll_top_px));
        // One pixel of a stretched scroll bar is many of the list, and browsers round positions: stay that far from the edge.
        let spare_px = viewport_px.saturating_sub(self.row_px());
        let margin_px = if self.is_stretched() { (self.real_px() / self.total_px() + 1).min(spare_px / 2) } else { 0 };
        let wanted_px = if row_top_px < top_px || self.row_px() >= viewport_px {
            row_top_px.saturating_sub(margin_px)
        } else if row_end_px > top_px.saturating_add(viewport_px) {
            row_end_px.saturating_add(margin_px).saturating_sub(viewport_px)
        } else {
            return None;
        };
        let wanted_px = wanted_px.min(self.real_range_px());
        (wanted_px != top_px).then(|| self.scroll_for(wanted_px))
    }

    /// Where to scroll so that a row stands in the middle of the viewport, as far as the ends of the list allow.
    #[must_use]
    pub fn scroll_to_centre(self, row: usize) -> f64 {
        let row_top_px = (row.min(self.count) as u64).saturating_mul(self.row_px());
        let above_px = u64::from(self.viewport_px).saturating_sub(self.row_px()) / 2;
        self.scroll_for(row_top_px.saturating_sub(above_px).min(self.real_range_px()))
    }

    /// How many whole rows fit, at least 1: what Page Up and Page Down move by.
    #[must_use]
    pub fn page_rows(self) -> usize {
        index(u64::from(self.viewport_px) / self.row_px()).max(1)
    }

    fn row_px(self) -> u64 {
        u64::from(self.row_height_px.max(1))
    }

    /// Height of all rows together. Kept below 2⁵³, where a double still holds every whole number.
    fn real_px(self) -> u64 {
        (self.count as u64).saturating_mul(self.row_px()).min(1 << 53)
    }

    fn is_stretched(self) -> bool {
        self.real_px() > self.total_px()
    }

    /// How far the list itself can be scrolled.
    fn real_range_px(self) -> u64 {
        self.real_px().saturating_sub(u64::from(self.viewport_px))
    }

    /// How far the element can be scrolled.
    fn scroll_range_px(self) -> u64 {
        self.total_px().saturating_sub(u64::from(self.viewport_px))
    }

    fn clamp_scroll(self, scroll_top_px: f64) -> f64 {
        // `max` and `min` answer the number where the other side is NaN.
        scroll_top_px.max(0.0).min(self.scroll_range_px() as f64)
    }

    /// The list's pixel at the top of the viewport for an already clamped scroll position.
    fn real_top(self, scroll_top_px: f64) -> u64 {
        let range = self.scroll_range_px();
        let real_px = if self.is_stretched() && range > 0 {
            // The quotient is 0 to 1 and reaches both exactly, so that first and last row are within reach.
            (scroll_top_px / range as f64 * self.real_range_px() as f64).round()
        } else {
            scroll_top_px.floor()
        };
        // A float to integer cast saturates.
        (real_px as u64).min(self.real_range_px())
    }

    /// The scroll position that has a pixel of the list at the top of the viewport.
    fn scroll_for(self, real_top_px: u64) -> f64 {
        let real_range = self.real_range_px();
        if self.is_stretched() && real_range > 0 {
            real_top_px as f64 / real_range as f64 * self.scroll_range_px() as f64
        } else {
            real_top_px as f64
        }
    }
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: ListGeometry = ListGeometry { row_height_px: 24, count: 1_000, viewport_px: 240 };
    const LARGE: ListGeometry = ListGeometry { row_height_px: 24, count: 10_000_000, viewport_px: 600 };

    #[test]
    fn draws_what_is_in_view_and_a_little_more() {
        assert_eq!(SMALL.window(0.0, 0), ListWindow { rows: 0..10, offset_px: 0.0, total_px: 24_000.0, is_stretched: false });
        assert_eq!(SMALL.window(2_410.6, 3), ListWindow { rows: 97..114, offset_px: 97.0 * 24.0, total_px: 24_000.0, is_stretched: false });
        assert_eq!(SMALL.window(23_760.0, 5).rows, 985..1_000);
        assert_eq!(ListGeometry { count: 3, ..SMALL }.window(0.0, 5).rows, 0..3);
        assert_eq!(
            ListGeometry { count: 0, ..SMALL }.window(7.0, 5),
            ListWindow { rows: 0..0, offset_px: 0.0, total_px: 0.0, is_stretched: false }
        );
    }

    #[test]
    fn nonsense_positions_are_put_right() {
        for (position, first) in [(f64::NAN, 0), (-50.0, 0), (f64::NEG_INFINITY, 0), (f64::INFINITY, 990), (1e300, 990)] {
            assert_eq!(SMALL.window(position, 0).rows, first..first + 10, "{position}");
        }
        let flat = ListGeometry { row_height_px: 0, count: 5, viewport_px: 0 };
        assert_eq!(flat.window(f64::NAN, 0).rows, 0..0);
        assert_eq!(flat.page_rows(), 1);
    }

    #[test]
    fn a_long_list_is_stretched_but_reaches_both_ends() {
        assert_eq!(LARGE.total_px(), MAX_TOTAL_PX);
        assert_eq!(LARGE.window(0.0, 4).rows, 0..29);
        let end = LARGE.window((MAX_TOTAL_PX - 600) as f64, 4);
        assert_eq!(end.rows, 9_999_971..10_000_000);
        assert_eq!(end.offset_px + 29.0 * 24.0, MAX_TOTAL_PX as f64, "the last row ends where the element ends");
        let second_px = LARGE.window(1.0, 4);
        assert_eq!((second_px.rows.start, second_px.offset_px), (0, -14.0), "15 px of rows lie above the first pixel of the bar");
    }

    #[test]
    fn reveals_with_the_least_movement() {
        assert_eq!(SMALL.scroll_to_reveal(5, 0.0), None);
        assert_eq!(SMALL.scroll_to_reveal(10, 0.0), Some(24.0));
        assert_eq!(SMALL.scroll_to_reveal(3, 500.0), Some(72.0));
        assert_eq!(SMALL.scroll_to_reveal(1_000, 0.0), None, "there is no such row");
        assert_eq!(SMALL.scroll_to_centre(500), 500.0 * 24.0 - 108.0);
        assert_eq!(SMALL.scroll_to_centre(0), 0.0);
        assert_eq!(SMALL.scroll_to_centre(usize::MAX), 23_760.0);
        assert_eq!(SMALL.page_rows(), 10);
    }

    fn geometry() -> impl Strategy<Value = ListGeometry> {
        let count = prop_oneof![0_usize..50, 0_usize..5_000_000, Just(usize::try_from(u32::MAX).unwrap_or(usize::MAX))];
        (1_u32..60, count, 0_u32..2_000).prop_map(|(row_height_px, count, viewport_px)| ListGeometry { row_height_px, count, viewport_px })
    }

    /// Top of a row as it is seen: below the viewport's upper edge.
    fn seen_top(list: ListGeometry, window: &ListWindow, scroll: f64, row: usize) -> f64 {
        window.offset_px + (row - window.rows.start) as f64 * f64::from(list.row_height_px) - scroll
    }

    proptest! {
        #[test]
        fn the_rows_fill_the_viewport(list in geometry(), at in 0.0_f64..=1.0, overscan in 0_usize..20) {
            let range = (list.total_px() as f64 - f64::from(list.viewport_px)).max(0.0);
            let scroll = at * range;
            let window = list.window(scroll, overscan);
            prop_assert!(window.rows.start <= window.rows.end && window.rows.end <= list.count);
            prop_assert!(window.total_px <= MAX_TOTAL_PX as f64);
            prop_assert!(window.rows.len() <= (list.viewport_px / list.row_height_px) as usize + 2 + 2 * overscan);
            let bare = list.window(scroll, 0);
            prop_assert!(window.rows.start <= bare.rows.start && bare.rows.end <= window.rows.end);
            if list.count > 0 && list.viewport_px > 0 {
                prop_assert!(seen_top(list, &window, scroll, window.rows.start) <= 1.0, "no gap at the top");
                let bottom = seen_top(list, &window, scroll, window.rows.end);
                prop_assert!(bottom >= f64::from(list.viewport_px) - 1.0 || window.rows.end == list.count, "no gap at the bottom");
            }
        }

        #[test]
        fn every_row_can_be_brought_into_view(list in geometry(), row in any::<prop::sample::Index>(), at in 0.0_f64..=1.0) {
            prop_assume!(list.count > 0 && list.viewport_px >= 2 * list.row_height_px);
            let row = row.index(list.count);
            let before = at * list.total_px() as f64;
            let after = list.scroll_to_reveal(row, before).unwrap_or(before);
            for scroll in [after, list.scroll_to_centre(row)] {
                let scroll = list.clamp_scroll(scroll);
                let window = list.window(scroll, 0);
                prop_assert!(window.rows.contains(&row), "{window:?} at {scroll} without {row}");
                let top = seen_top(list, &window, scroll, row);
                prop_assert!(top >= -1.0 && top + f64::from(list.row_height_px) <= f64::from(list.viewport_px) + 1.0, "{top} is partly outside");
            }
            prop_assert_eq!(list.scroll_to_reveal(row, after), None, "then it rests");
        }

        #[test]
        fn scrolling_down_never_goes_up(list in geometry(), a in 0.0_f64..9e6, b in 0.0_f64..9e6) {
            let (upper, lower) = (list.window(a.min(b), 0), list.window(a.max(b), 0));
            prop_assert!(upper.rows.start <= lower.rows.start && upper.rows.end <= lower.rows.end);
        }
    }
}
