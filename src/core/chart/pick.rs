//! The crosshair and the stretch of columns that is being chosen: what a pointer and what a key does to them.

/// Where the crosshair stands and where a choice began. Columns are counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    pub at: Option<usize>,
    /// The other end of what is being chosen.
    pub anchor: Option<usize>,
}

/// What follows from a key or from the end of a drag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The key is not one of ours.
    Nothing,
    /// The crosshair or the choice has moved.
    Moved,
    /// Show what lies in these columns.
    List(usize, usize),
    /// Make these columns the whole axis.
    Zoom(usize, usize),
    /// Back to the axis before.
    Reset,
}

/// Columns that a key with a page moves by, at least.
const PAGE: usize = 10;

impl Pick {
    /// The chosen columns, first and last.
    #[must_use]
    pub fn chosen(self) -> Option<(usize, usize)> {
        self.at.zip(self.anchor).map(|(at, anchor)| (at.min(anchor), at.max(anchor)))
    }

    /// The pointer is over a column, or over none.
    #[must_use]
    pub fn hovered(self, column: Option<usize>) -> Self {
        Self { at: column.or(self.at.filter(|_| self.anchor.is_some())), ..self }
    }

    /// The pointer goes down on a column.
    #[must_use]
    pub fn pressed(column: usize) -> Self {
        Self { at: Some(column), anchor: Some(column) }
    }

    /// The pointer is let go. `dragged`: it has moved far enough to mean a range, be it within one column.
    #[must_use]
    pub fn released(self, dragged: bool) -> (Self, Wish) {
        let rest = Self { at: self.at, anchor: None };
        match self.chosen() {
            Some((first, last)) if dragged => (rest, Wish::Zoom(first, last)),
            Some(_) => (rest, self.at.map_or(Wish::Nothing, |at| Wish::List(at, at))),
            None => (rest, Wish::Nothing),
        }
    }

    /// A key, of a chart with so many columns. Arrows move the crosshair, with Shift they choose; Enter lists, Z zooms, 0 goes back, Escape
    /// lets go of the choice first and of the crosshair then.
    #[must_use]
    pub fn pressed_key(self, key: &str, shift: bool, columns: usize) -> (Self, Wish) {
        let Some(last) = columns.checked_sub(1) else {
            return (Self::default(), if key == "0" { Wish::Reset } else { Wish::Nothing });
        };
        let at = self.at.map(|at| at.min(last));
        let moved = |to: usize| {
            let anchor = if shift { self.anchor.or(at).or(Some(to)) } else { None };
            (Self { at: Some(to.min(last)), anchor: anchor.map(|anchor| anchor.min(last)) }, Wish::Moved)
        };
        let page = (columns / 10).max(PAGE);
        match key {
            "ArrowRight" => moved(at.map_or(0, |at| at.saturating_add(1))),
            "ArrowLeft" => moved(at.map_or(last, |at| at.saturating_sub(1))),
            "PageDown" => moved(at.map_or(0, |at| at.saturating_add(page))),
            "PageUp" => moved(at.map_or(last, |at| at.saturating_sub(page))),
            "Home" => moved(0),
            "End" => moved(last),
            "Enter" => {
                let wish = self.chosen().or(at.zip(at)).map_or(Wish::Nothing, |(first, last)| Wish::List(first, last));
                (self, wish)
            }
            "z" | "Z" => match self.chosen().or(at.zip(at)) {
                Some((first, last)) => (Self { at, anchor: None }, Wish::Zoom(first, last)),
                None => (self, Wish::Nothing),
            },
            "0" => (Self { at, anchor: None }, Wish::Reset),
            "Escape" if self.anchor.is_some() => (Self { at, anchor: None }, Wish::Moved),
            "Escape" if at.is_some() => (Self::default(), Wish::Moved),
            _ => (self, Wish::Nothing),
        }
    }

    /// Held within so many columns.
    #[must_use]
    pub fn held(self, columns: usize) -> Self {
        let hold = |at: Option<usize>| columns.checked_sub(1).and_then(|last| at.map(|at| at.min(last)));
        Self { at: hold(self.at), anchor: hold(self.anchor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_move_choose_list_and_go_back() {
        let key = |pick: Pick, key: &str, shift: bool| pick.pressed_key(key, shift, 20);
        let (first, _) = key(Pick::default(), "ArrowRight", false);
        assert_eq!(first, Pick { at: Some(0), anchor: None });
        let (second, _) = key(first, "ArrowRight", true);
        let (third, wish) = key(second, "ArrowRight", true);
        assert_eq!((third.chosen(), wish), (Some((0, 2)), Wish::Moved));
        assert_eq!(key(third, "Enter", false).1, Wish::List(0, 2));
        assert_eq!(key(third, "z", false), (Pick { at: Some(2), anchor: None }, Wish::Zoom(0, 2)));
        assert_eq!(key(third, "0", false).1, Wish::Reset);
        assert_eq!(key(third, "Escape", false).0, Pick { at: Some(2), anchor: None });
        assert_eq!(key(first, "Escape", false), (Pick::default(), Wish::Moved));
        assert_eq!(key(Pick::default(), "Escape", false).1, Wish::Nothing);
        assert_eq!(key(Pick::default(), "End", true).0, Pick { at: Some(19), anchor: Some(19) });
        assert_eq!(key(Pick::default(), "Enter", false).1, Wish::Nothing);
        assert_eq!(key(first, "ArrowLeft", false).0.at, Some(0), "not beyond the first");
        assert_eq!(key(first, "q", false).1, Wish::Nothing);
        assert_eq!(Pick::default().pressed_key("ArrowLeft", false, 0), (Pick::default(), Wish::Nothing));
    }

    #[test]
    fn a_pointer_chooses_or_clicks() {
        let pressed = Pick::pressed(5);
        assert_eq!(pressed.released(false), (Pick { at: Some(5), anchor: None }, Wish::List(5, 5)));
        assert_eq!(pressed.hovered(Some(2)).released(true).1, Wish::Zoom(2, 5));
        assert_eq!(pressed.hovered(None).at, Some(5), "a drag that leaves the chart keeps its end");
        assert_eq!(Pick { at: Some(1), anchor: None }.hovered(None).at, None);
        assert_eq!(Pick::default().released(true).1, Wish::Nothing);
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_columns(
            keys in proptest::collection::vec((0_usize..10, any::<bool>()), 0..40), columns in 0_usize..30, at in any::<Option<usize>>(),
        ) {
            const KEYS: [&str; 10] = ["ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End", "Enter", "z", "Escape", "0"];
            let mut pick = Pick { at, anchor: None }.held(columns);
            for (key, shift) in keys {
                let (next, wish) = pick.pressed_key(KEYS[key], shift, columns);
                pick = next;
                for place in [pick.at, pick.anchor].into_iter().flatten() {
                    prop_assert!(place < columns);
                }
                if let Wish::List(first, last) | Wish::Zoom(first, last) = wish {
                    prop_assert!(first <= last && last < columns);
                }
            }
        }
    }
}
