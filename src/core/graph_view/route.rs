//! The line of an edge: a smooth curve from border to border, its arrow head, the places along it where a label may stand.

use std::fmt::Write as _;

use super::{Bounds, Place};

/// Length of an arrow head, and half of its breadth beyond the line's own.
const HEAD_PX: f64 = 9.0;
const HEAD_HALF_PX: f64 = 3.5;
/// Between the head's tip and the box.
const GAP_PX: f64 = 1.5;
/// How far an edge back between neighbours bows, at least.
const BOW_PX: f64 = 38.0;
/// The loop of an edge from a node to itself.
const LOOP_HALF_PX: f64 = 30.0;
const LOOP_HIGH_PX: f64 = 52.0;

/// A cubic curve on from where the one before ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    pub first: Place,
    pub second: Place,
    pub to: Place,
}

/// A line of curves with its head.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub from: Place,
    pub curves: Vec<Curve>,
    /// Tip and the two corners behind it.
    pub head: [Place; 3],
}

/// On which side of a box an edge leaves or arrives, and how far from the middle of that side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ports {
    pub source_px: f64,
    pub target_px: f64,
}

fn finite((x, y): Place) -> bool {
    x.is_finite() && y.is_finite()
}

/// The line of an edge through the points between its boxes. `points` may hold the ends; they are found anew at the borders.
#[must_use]
pub fn line(points: &[Place], source: Bounds, target: Bounds, is_back: bool, ports: Ports, width_px: f64) -> Line {
    let between: Vec<Place> = points
        .iter()
        .copied()
        .filter(|point| finite(*point) && !source.grown(2.0).holds(*point) && !target.grown(2.0).holds(*point))
        .collect();
    let ((sx, sy), (tx, ty)) = (source.centre(), target.centre());
    if between.is_empty() && is_back {
        return bow(source, target, width_px);
    }
    let (next, before) = (between.first().copied().unwrap_or((tx, ty)), between.last().copied().unwrap_or((sx, sy)));
    let (from, leaving) = border(source, next, ports.source_px);
    let (to, arriving) = border(target, before, ports.target_px);
    let (tip, end) = (moved(to, arriving, GAP_PX), moved(to, arriving, GAP_PX + HEAD_PX - 1.0));
    let mut stops = vec![from];
    stops.extend(between);
    stops.push(end);
    let last = stops.len() - 1;
    let mut curves = Vec::with_capacity(last);
    for (at, pair) in stops.windows(2).enumerate() {
        let &[one, other] = pair else { continue };
        let out = if at == 0 { leaving } else { along(&stops, at) };
        let back = if at + 1 == last { arriving } else { opposite(along(&stops, at + 1)) };
        // A steep piece in a narrow gap stays in it.
        let reach = (distance(one, other) * 0.45).min((one.0 - other.0).abs() * 0.7 + 14.0).max(6.0);
        curves.push(Curve { first: moved(one, out, reach), second: moved(other, back, reach), to: other });
    }
    Line { from, curves, head: head(tip, opposite(arriving), width_px) }
}

/// From a node to itself: a loop above its box.
#[must_use]
pub fn self_loop(node: Bounds, width_px: f64) -> Line {
    let (x, top) = (node.centre().0, node.top);
    let half = LOOP_HALF_PX.min(node.width() / 2.5);
    let (from, to) = ((x - half, top), (x + half * 0.8, top));
    let direction = unit((-0.25, -1.0));
    let end = moved(to, direction, HEAD_PX);
    let curve = Curve { first: (x - half * 1.6, top - LOOP_HIGH_PX), second: (x + half * 1.5, top - LOOP_HIGH_PX), to: end };
    Line { from, curves: vec![curve], head: head(moved(to, direction, GAP_PX), opposite(direction), width_px) }
}

/// Back to a neighbour: over the tops of both, clear of the line that leads forth.
fn bow(source: Bounds, target: Bounds, width_px: f64) -> Line {
    let ((sx, sy), (tx, ty)) = (source.centre(), target.centre());
    let is_level = (sy - ty).abs() < (source.height() + target.height()) / 2.0;
    let (from, to, up) = match is_level {
        true => ((sx - source.width() * 0.2, source.top), (tx + target.width() * 0.2, target.top), (0.0, -1.0)),
        // One above the other: round their right sides.
        false => ((source.right, sy), (target.right, ty), (1.0, 0.0)),
    };
    let reach = (distance(from, to) * 0.3).max(BOW_PX);
    let end = moved(to, up, GAP_PX + HEAD_PX - 1.0);
    let curve = Curve { first: moved(from, up, reach), second: moved(to, up, reach), to: end };
    Line { from, curves: vec![curve], head: head(moved(to, up, GAP_PX), opposite(up), width_px) }
}

/// Where an edge to `towards` leaves a box, and which way: at a side that faces it.
fn border(node: Bounds, towards: Place, port_px: f64) -> (Place, Place) {
    let (x, y) = node.centre();
    let (dx, dy) = (towards.0 - x, towards.1 - y);
    // Left and right unless it lies plainly above or below.
    if towards.0 > node.left - 8.0 && towards.0 < node.right + 8.0 && dy.abs() > node.height() / 2.0 {
        let side = if dy >= 0.0 { (node.bottom, 1.0) } else { (node.top, -1.0) };
        return ((x + port_px, side.0), (0.0, side.1));
    }
    let side = if dx >= 0.0 { (node.right, 1.0) } else { (node.left, -1.0) };
    ((side.0, y + port_px), (side.1, 0.0))
}

/// The way of the line where it passes a stop: from the one before to the one behind, mostly along the layers.
fn along(stops: &[Place], at: usize) -> Place {
    let before = at.checked_sub(1).and_then(|at| stops.get(at));
    let (Some(before), Some(behind)) = (before, stops.get(at + 1)) else { return (1.0, 0.0) };
    let (dx, dy) = (behind.0 - before.0, behind.1 - before.1);
    if dx.abs() > dy.abs() * 0.4 { (dx.signum(), 0.0) } else { unit((dx, dy)) }
}

fn head(tip: Place, way: Place, width_px: f64) -> [Place; 3] {
    let base = moved(tip, opposite(way), HEAD_PX);
    let half = HEAD_HALF_PX + width_px / 2.0;
    let beside = (-way.1, way.0);
    [tip, moved(base, beside, half), moved(base, beside, -half)]
}

fn moved(from: Place, way: Place, by: f64) -> Place {
    (from.0 + way.0 * by, from.1 + way.1 * by)
}

fn opposite((x, y): Place) -> Place {
    (-x, -y)
}

fn unit((x, y): Place) -> Place {
    let length = x.hypot(y);
    if length > 1e-9 { (x / length, y / length) } else { (1.0, 0.0) }
}

fn distance(one: Place, other: Place) -> f64 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

impl Line {
    /// With the axes exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        let turn = |(x, y): Place| (y, x);
        let curves =
            self.curves.into_iter().map(|curve| Curve { first: turn(curve.first), second: turn(curve.second), to: turn(curve.to) });
        Self { from: turn(self.from), curves: curves.collect(), head: self.head.map(turn) }
    }

    /// In the words of SVG.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = format!("M{:.1} {:.1}", self.from.0, self.from.1);
        for Curve { first, second, to } in &self.curves {
            let _ = write!(path, "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", first.0, first.1, second.0, second.1, to.0, to.1);
        }
        path
    }

    #[must_use]
    pub fn head_path(&self) -> String {
        let [tip, one, other] = self.head;
        format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}z", tip.0, tip.1, one.0, one.1, other.0, other.1)
    }

    /// A place on the line, by a share of its curves from 0 to 1.
    #[must_use]
    pub fn at(&self, share: f64) -> Place {
        let whole = share.clamp(0.0, 1.0) * self.curves.len() as f64;
        let number = (whole.floor() as usize).min(self.curves.len().saturating_sub(1));
        let Some(curve) = self.curves.get(number) else { return self.from };
        let start = number.checked_sub(1).and_then(|before| self.curves.get(before)).map_or(self.from, |before| before.to);
        let t = (whole - number as f64).clamp(0.0, 1.0);
        let u = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
        (mix(start.0, curve.first.0, curve.second.0, curve.to.0), mix(start.1, curve.first.1, curve.second.1, curve.to.1))
    }

    /// What it covers, roughly: the corners of its curves.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let places = self.curves.iter().flat_map(|curve| [curve.first, curve.second, curve.to]).chain([self.from, self.head[0]]);
        Bounds::of_all(places.map(|place| Bounds::around(place, (0.0, 0.0)))).unwrap_or(Bounds::around(self.from, (0.0, 0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(x: f64, y: f64) -> Bounds {
        Bounds::around((x, y), (140.0, 56.0))
    }

    #[test]
    fn a_line_goes_from_border_to_border_and_ends_with_its_head() {
        let (one, other) = (node(0.0, 0.0), node(300.0, 100.0));
        let forth = line(&[(0.0, 0.0), (150.0, 40.0), (300.0, 100.0)], one, other, false, Ports::default(), 2.0);
        assert_eq!(forth.from, (70.0, 0.0));
        assert_eq!(forth.curves.len(), 2, "the ends are found anew, the point between stays");
        assert!((forth.head[0].0 - (230.0 - GAP_PX)).abs() < 1e-9 && (forth.head[0].1 - 100.0).abs() < 1e-9);
        assert!(forth.path().starts_with("M70.0 0.0C") && !forth.path().contains("NaN"));
        assert_eq!(forth.at(0.0), forth.from);
        assert_eq!(forth.at(1.0), forth.curves[1].to);
        let middle = forth.at(0.5);
        assert!((middle.0 - 150.0).abs() < 1.0 && (middle.1 - 40.0).abs() < 1.0);
    }

    #[test]
    fn an_edge_back_to_a_neighbour_does_not_lie_on_the_one_forth() {
        let (one, other) = (node(0.0, 0.0), node(300.0, 0.0));
        let forth = line(&[], one, other, false, Ports::default(), 2.0);
        let back = line(&[], other, one, true, Ports::default(), 2.0);
        assert!((forth.at(0.5).1 - back.at(0.5).1).abs() > 30.0);
        let below = node(0.0, 200.0);
        let up = line(&[], below, one, true, Ports::default(), 2.0);
        assert!(up.at(0.5).0 > 70.0, "round the side");
    }

    #[test]
    fn a_loop_stands_above_its_node() {
        let loops = self_loop(node(10.0, 10.0), 3.0);
        assert!(loops.bounds().top < -18.0 && (loops.from.1 - -18.0).abs() < 1e-9);
    }

    #[test]
    fn odd_points_give_a_line_all_the_same() {
        let one = node(0.0, 0.0);
        for points in [vec![(f64::NAN, 0.0)], vec![], vec![(0.0, 0.0); 4]] {
            for back in [false, true] {
                let path = line(&points, one, one, back, Ports::default(), 1.0).path();
                assert!(!path.contains("NaN") && !path.contains("inf"), "{path}");
            }
        }
    }
}
