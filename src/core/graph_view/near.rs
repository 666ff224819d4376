//! The nearest node in a direction: what the arrow keys go to.

use super::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
    Up,
    Down,
}

impl Side {
    /// Of an arrow key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }

    /// How far a node lies ahead, and how far beside.
    fn ahead_and_beside(self, from: Place, to: Place) -> (f64, f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        match self {
            Self::Left => (-dx, dy.abs()),
            Self::Right => (dx, dy.abs()),
            Self::Up => (-dy, dx.abs()),
            Self::Down => (dy, dx.abs()),
        }
    }
}

/// What lies beside counts this much more than what lies ahead.
const BESIDE: f64 = 2.0;
/// Closer than this is not ahead.
const LEAST_AHEAD: f64 = 1.0;

/// The nearest of `places` seen from the one at `from`; within the right angle of the direction if there is any, else anything ahead.
#[must_use]
pub fn nearest(places: &[Place], from: usize, side: Side) -> Option<usize> {
    let here = *places.get(from)?;
    let ahead = places.iter().enumerate().filter(|(at, _)| *at != from).filter_map(|(at, place)| {
        let (ahead, beside) = side.ahead_and_beside(here, *place);
        (ahead >= LEAST_AHEAD).then_some((at, ahead, beside))
    });
    ahead.min_by(|one, other| rank(one).partial_cmp(&rank(other)).unwrap_or(std::cmp::Ordering::Equal)).map(|(at, ..)| at)
}

fn rank((at, ahead, beside): &(usize, f64, f64)) -> (bool, f64, usize) {
    (beside > ahead, ahead + BESIDE * beside, *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_lead_to_the_nearest_and_back() {
        let grid: Vec<Place> = (0..9).map(|at| (f64::from(at % 3) * 200.0, f64::from(at / 3) * 80.0)).collect();
        assert_eq!(nearest(&grid, 4, Side::Left), Some(3));
        assert_eq!(nearest(&grid, 4, Side::Right), Some(5));
        assert_eq!(nearest(&grid, 4, Side::Up), Some(1));
        assert_eq!(nearest(&grid, 4, Side::Down), Some(7));
        assert_eq!(nearest(&grid, 0, Side::Left), None);
        assert_eq!(nearest(&[], 0, Side::Left), None);
    }

    #[test]
    fn a_node_that_lies_only_aslant_is_reached_too() {
        assert_eq!(nearest(&[(0.0, 0.0), (10.0, 500.0)], 0, Side::Right), Some(1));
        assert_eq!(nearest(&[(0.0, 0.0), (0.0, 500.0)], 0, Side::Right), None);
    }

    #[test]
    fn every_node_of_a_row_is_reached() {
        let row: Vec<Place> = (0..50).map(|at| (f64::from(at) * 180.0, f64::from(at % 7) * 60.0)).collect();
        let mut at = 0;
        let mut seen = std::collections::BTreeSet::from([0]);
        while let Some(next) = nearest(&row, at, Side::Right) {
            seen.insert(next);
            at = next;
        }
        assert_eq!(at, 49);
        assert!(seen.len() > 10);
    }
}
