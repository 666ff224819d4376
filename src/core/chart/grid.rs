//! A heat map: cells of columns and rows with a count each, how strong each is shown, and a box over them that pointer and keys draw.

use super::scale::{Unit, ValueAxis};
use crate::units;

/// A cell that is not empty. Rows are counted from below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub column: usize,
    pub row: usize,
    pub count: u64,
    /// Of them, those that need a mark.
    pub marked: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    pub columns: usize,
    pub rows: usize,
    pub cells: Vec<Cell>,
}

/// Steps of the ramp.
pub const LEVELS: usize = 5;

impl Grid {
    /// Count of the fullest cell.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.cells.iter().map(|cell| cell.count).max().unwrap_or(0)
    }

    #[must_use]
    pub fn cell(&self, column: usize, row: usize) -> Option<Cell> {
        self.cells.iter().copied().find(|cell| cell.column == column && cell.row == row)
    }

    /// Counts within a box, and of them the marked ones.
    #[must_use]
    pub fn within(&self, area: Area) -> (u64, u64) {
        let inside = self.cells.iter().filter(|cell| area.holds(cell.column, cell.row));
        inside.fold((0, 0), |(count, marked), cell| (cell.count.saturating_add(count), cell.marked.saturating_add(marked)))
    }

    /// Counts of each row over all columns, and of them the marked ones.
    #[must_use]
    pub fn row_sums(&self) -> Vec<(u64, u64)> {
        let mut sums = vec![(0_u64, 0_u64); self.rows];
        for cell in &self.cells {
            if let Some((count, marked)) = sums.get_mut(cell.row) {
                *count = count.saturating_add(cell.count);
                *marked = marked.saturating_add(cell.marked);
            }
        }
        sums
    }

    /// The cell at shares of the width and of the height (upwards), held within; `None` where there is none.
    #[must_use]
    pub fn at(&self, across: f64, up: f64) -> Option<(usize, usize)> {
        let place = |share: f64, count: usize| {
            let last = count.checked_sub(1)?;
            let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
            Some(((share * count as f64) as usize).min(last))
        };
        Some((place(across, self.columns)?, place(up, self.rows)?))
    }
}

/// How strong a count is shown beside the greatest one: 1 to [`LEVELS`], by the logarithm, so that few beside many can be seen.
#[must_use]
pub fn level(count: u64, most: u64) -> usize {
    if count == 0 {
        return 0;
    }
    if most <= 1 {
        return LEVELS.div_ceil(2);
    }
    let share = (count as f64).ln() / (most as f64).ln();
    1 + ((share * LEVELS as f64) as usize).min(LEVELS - 1)
}

/// An axis for rows that are bands of duration in equal steps of the logarithm, `[from, to)` in ns from below. Its shares are those of rows.
#[must_use]
pub fn duration_axis(bands_ns: &[(i64, i64)]) -> ValueAxis {
    let (Some((low, first_high)), Some((_, high))) = (bands_ns.first(), bands_ns.last()) else {
        return ValueAxis::log(Unit::Milliseconds, 1.0, 10.0);
    };
    let rows = bands_ns.len() as f64;
    // The lowest band may reach down to nothing: it is drawn as high as the others.
    let low = match *low {
        low if low > 0 => low as f64,
        _ if rows > 1.0 => *first_high as f64 / (*high as f64 / *first_high as f64).powf(1.0 / (rows - 1.0)),
        _ => *first_high as f64 / 10.0,
    };
    let axis = ValueAxis::log(Unit::Milliseconds, low / 1e6, *high as f64 / 1e6);
    if !axis.marks.is_empty() {
        return axis;
    }
    // A few narrow bands may hold no round duration: their own ends are said then.
    let ends = [(0.0, low / 1e6), (1.0, *high as f64 / 1e6)];
    ValueAxis { marks: ends.map(|(share, at)| (share, units::duration((at * 1e6).round() as i64))).to_vec(), ..axis }
}

/// Cells from one corner to the other, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub columns: (usize, usize),
    pub rows: (usize, usize),
}

impl Area {
    #[must_use]
    pub fn between(one: (usize, usize), other: (usize, usize)) -> Self {
        Self { columns: (one.0.min(other.0), one.0.max(other.0)), rows: (one.1.min(other.1), one.1.max(other.1)) }
    }

    #[must_use]
    pub fn holds(self, column: usize, row: usize) -> bool {
        (self.columns.0..=self.columns.1).contains(&column) && (self.rows.0..=self.rows.1).contains(&row)
    }
}

/// The cell that pointer or keys stand on, and the other corner of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoxPick {
    pub at: Option<(usize, usize)>,
    pub anchor: Option<(usize, usize)>,
}

/// What follows from a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxWish {
    Nothing,
    Moved,
    /// Show what lies in these cells.
    List(Area),
    /// Let go of what is shown.
    Clear,
    /// Back to the axis before.
    Reset,
}

impl BoxPick {
    #[must_use]
    pub fn area(self) -> Option<Area> {
        let at = self.at?;
        Some(Area::between(at, self.anchor.unwrap_or(at)))
    }

    /// A key, over a grid of so many columns and rows. Arrows move, with Shift they draw a box, Enter lists it, Escape lets go.
    #[must_use]
    pub fn pressed_key(self, key: &str, shift: bool, columns: usize, rows: usize) -> (Self, BoxWish) {
        let (Some(last_column), Some(last_row)) = (columns.checked_sub(1), rows.checked_sub(1)) else {
            return (Self::default(), BoxWish::Nothing);
        };
        let held = |(column, row): (usize, usize)| (column.min(last_column), row.min(last_row));
        let at = self.at.map(held);
        let moved = |column: usize, row: usize| {
            let to = held((column, row));
            let anchor = if shift { self.anchor.map(held).or(at).or(Some(to)) } else { None };
            (Self { at: Some(to), anchor }, BoxWish::Moved)
        };
        let is_move = matches!(key, "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown" | "Home" | "End");
        let Some((column, row)) = at else {
            return match key {
                // The first key shows where one is.
                _ if is_move => moved(if matches!(key, "ArrowLeft" | "End") { last_column } else { 0 }, rows / 2),
                "Escape" => (Self::default(), BoxWish::Clear),
                "0" => (Self::default(), BoxWish::Reset),
                _ => (self, BoxWish::Nothing),
            };
        };
        match key {
            "ArrowRight" => moved(column + 1, row),
            "ArrowLeft" => moved(column.saturating_sub(1), row),
            "ArrowUp" => moved(column, row + 1),
            "ArrowDown" => moved(column, row.saturating_sub(1)),
            "Home" => moved(0, row),
            "End" => moved(last_column, row),
            "Enter" => (self, self.area().map_or(BoxWish::Nothing, BoxWish::List)),
            "Escape" => (Self::default(), BoxWish::Clear),
            "0" => (Self::default(), BoxWish::Reset),
            _ => (self, BoxWish::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid() -> Grid {
        let cell = |column, row, count, marked| Cell { column, row, count, marked };
        Grid { columns: 4, rows: 3, cells: vec![cell(0, 0, 1, 0), cell(1, 1, 48, 2), cell(3, 2, 6, 6)] }
    }

    #[test]
    fn a_box_counts_what_it_holds() {
        let grid = grid();
        assert_eq!(grid.within(Area::between((1, 2), (0, 0))), (49, 2));
        assert_eq!(grid.within(Area::between((3, 2), (3, 2))), (6, 6));
        assert_eq!((grid.most(), grid.row_sums()), (48, vec![(1, 0), (48, 2), (6, 6)]));
        assert_eq!((grid.at(0.0, 0.0), grid.at(0.99, 0.4), grid.at(5.0, -1.0)), (Some((0, 0)), Some((3, 1)), Some((3, 0))));
        assert_eq!(Grid::default().at(0.5, 0.5), None);
    }

    #[test]
    fn few_beside_many_can_be_seen() {
        assert_eq!((level(0, 48), level(1, 48), level(48, 48), level(1, 1), level(7, 48)), (0, 1, 5, 3, 3));
    }

    #[test]
    fn rows_of_equal_logarithm_have_an_axis() {
        let bands: Vec<(i64, i64)> =
            (24..44).map(|n| (10_f64.powf(f64::from(n) / 4.0) as i64, 10_f64.powf(f64::from(n + 1) / 4.0) as i64)).collect();
        let axis = duration_axis(&bands);
        let marks: Vec<&str> = axis.marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(marks[..3], ["1\u{a0}ms", "10\u{a0}ms", "100\u{a0}ms"]);
        assert!((axis.marks[1].0 - 4.0 / 20.0).abs() < 1e-6, "{axis:?}");
        assert!(duration_axis(&[(0, 1_779), (1_779, 3_163)]).marks.iter().all(|(share, _)| (0.0..=1.0).contains(share)));
        assert!(duration_axis(&[]).marks.iter().all(|(share, _)| share.is_finite()));
        assert!(duration_axis(&[(0, 1)]).marks.iter().all(|(share, _)| share.is_finite()));
    }

    #[test]
    fn keys_draw_a_box() {
        let key = |pick: BoxPick, key: &str, shift: bool| pick.pressed_key(key, shift, 4, 3);
        let (pick, _) = key(BoxPick::default(), "ArrowRight", false);
        assert_eq!(pick.at, Some((0, 1)));
        let (pick, _) = key(pick, "ArrowRight", true);
        let (pick, wish) = key(pick, "ArrowUp", true);
        assert_eq!((pick.area(), wish), (Some(Area { columns: (0, 1), rows: (1, 2) }), BoxWish::Moved));
        assert_eq!(key(pick, "Enter", false).1, BoxWish::List(Area { columns: (0, 1), rows: (1, 2) }));
        assert_eq!(key(pick, "ArrowLeft", false).0, BoxPick { at: Some((0, 2)), anchor: None });
        assert_eq!(key(pick, "Escape", false), (BoxPick::default(), BoxWish::Clear));
        assert_eq!(BoxPick::default().pressed_key("ArrowUp", true, 0, 3).1, BoxWish::Nothing);
    }

    proptest! {
        #[test]
        fn levels_grow_with_counts(one in 1_u64..u64::MAX, other in 1_u64..u64::MAX, most in 1_u64..u64::MAX) {
            let (low, high) = (one.min(other).min(most), one.max(other).min(most));
            prop_assert!(level(low, most) <= level(high, most) && (1..=LEVELS).contains(&level(low, most)) && level(high, most) <= LEVELS);
        }

        #[test]
        fn the_box_stays_on_the_grid(keys in proptest::collection::vec((0_usize..8, any::<bool>()), 0..40), columns in 0_usize..9, rows in 0_usize..9) {
            const KEYS: [&str; 8] = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End", "Enter", "Escape"];
            let mut pick = BoxPick { at: Some((30, 30)), anchor: None };
            for (key, shift) in keys {
                pick = pick.pressed_key(KEYS[key], shift, columns, rows).0;
                if KEYS[key] != "Enter" && let Some(area) = pick.area() {
                    prop_assert!(area.columns.1 < columns && area.rows.1 < rows, "{area:?}");
                }
            }
        }
    }
}
