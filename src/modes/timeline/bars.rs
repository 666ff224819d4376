//! Where a span's bar and its own time lie, in percent of the trace. Pure.

use crate::core::{self_time::Interval, time_axis::TimeScale};

/// Own-time pieces closer than this, in percent of the trace, are drawn as one: they would share a pixel.
const MERGE_PERCENT: f64 = 0.04;

/// A stretch along the bar's lane, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub left: f64,
    pub width: f64,
}

/// A bar: its place in the lane, and its own time in percent of the bar itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub place: Stretch,
    pub own: Vec<Stretch>,
}

/// `own` are the span's stretches without a running child, in order and disjoint.
pub fn bar(scale: TimeScale, span: Interval, own: &[Interval]) -> Bar {
    let place = Stretch { left: scale.x_percent(span.start_ns), width: scale.width_percent_of(span.start_ns, span.end_ns) };
    // A bar without length is a line: all of it is its own.
    if span.length_ns() == 0 {
        return Bar { place, own: vec![Stretch { left: 0.0, width: 100.0 }] };
    }
    let mut merged: Vec<Interval> = Vec::new();
    for piece in own {
        match merged.last_mut() {
            Some(last) if scale.width_percent_of(last.end_ns, piece.start_ns) < MERGE_PERCENT => last.end_ns = piece.end_ns,
            _ => merged.push(*piece),
        }
    }
    let within = TimeScale { start_ns: span.start_ns, end_ns: span.end_ns, width_px: 100.0 };
    let own = merged
        .iter()
        .map(|piece| Stretch { left: within.x_percent(piece.start_ns), width: within.width_percent_of(piece.start_ns, piece.end_ns) })
        .collect();
    Bar { place, own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start_ns: i64, end_ns: i64) -> Interval {
        Interval { start_ns, end_ns }
    }

    #[test]
    fn own_time_is_relative_to_the_bar() {
        let scale = TimeScale { start_ns: 0, end_ns: 1_000, width_px: 100.0 };
        let bar = bar(scale, interval(200, 600), &[interval(200, 300), interval(500, 600)]);
        assert_eq!(bar.place, Stretch { left: 20.0, width: 40.0 });
        assert_eq!(bar.own, [Stretch { left: 0.0, width: 25.0 }, Stretch { left: 75.0, width: 25.0 }]);
    }

    #[test]
    fn a_hundred_thousand_gaps_do_not_become_a_hundred_thousand_elements() {
        let scale = TimeScale { start_ns: 0, end_ns: 1_000_000, width_px: 100.0 };
        let own: Vec<Interval> = (0..100_000).map(|at| interval(at * 10, at * 10 + 5)).collect();
        assert_eq!(bar(scale, interval(0, 1_000_000), &own).own.len(), 1);
    }

    #[test]
    fn a_span_without_length_is_all_its_own() {
        let scale = TimeScale { start_ns: 0, end_ns: 10, width_px: 100.0 };
        assert_eq!(bar(scale, interval(5, 5), &[]).own.len(), 1);
        let empty = TimeScale { start_ns: 5, end_ns: 5, width_px: 100.0 };
        assert!(bar(empty, interval(5, 5), &[]).place.left.is_finite());
    }
}
