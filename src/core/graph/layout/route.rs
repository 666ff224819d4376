//! The corners of arrows. In a column every arrow runs level, at a height of its own; it changes height between columns only, so it never
//! crosses a box.

use super::{
    Point, at,
    layers::Layered,
    order::as_float,
    place::{Column, port},
};
use crate::order::sort_numbers;

/// Half width and height of the loop of an edge from a node to itself, and how much larger the next one is.
const LOOP: (f64, f64) = (16.0, 24.0);
const LOOP_STEP: f64 = 10.0;
/// Distance of the lanes above a box in which arrows that lead back run.
const BACK_LANE: f64 = 14.0;

/// What stands above each box: loops, and above them a lane for each end of an arrow that leads back.
#[derive(Clone, Debug, Default)]
pub struct Tops {
    /// Per node, its edges to itself.
    pub loops: Vec<Vec<usize>>,
    /// Per node, the edges that lead back and end or begin here.
    pub lanes: Vec<Vec<usize>>,
}

impl Tops {
    pub fn new(nodes: usize, edges: &[(usize, usize)], is_back: &[bool]) -> Self {
        let mut tops = Self { loops: vec![Vec::new(); nodes], lanes: vec![Vec::new(); nodes] };
        for (edge, ((source, target), _)) in edges.iter().zip(is_back).enumerate().filter(|(_, (_, back))| **back) {
            if source == target {
                tops.loops.get_mut(*source).into_iter().for_each(|list| list.push(edge));
            } else {
                tops.lanes.get_mut(*source).into_iter().for_each(|list| list.push(edge));
                tops.lanes.get_mut(*target).into_iter().for_each(|list| list.push(edge));
            }
        }
        tops
    }

    fn loops_height(&self, node: usize) -> f64 {
        match self.loops.get(node).map_or(0, Vec::len) {
            0 => 0.0,
            count => LOOP.1 + LOOP_STEP * as_float(count - 1),
        }
    }

    /// Room above a box.
    pub fn height(&self, node: usize) -> f64 {
        self.loops_height(node) + BACK_LANE * as_float(self.lanes.get(node).map_or(0, Vec::len))
    }

    /// The lane of an edge above a node: its distance from the box's upper border, and its number.
    fn lane(&self, node: usize, edge: usize) -> (f64, usize) {
        let place = self.lanes.get(node).and_then(|list| list.iter().position(|other| *other == edge)).unwrap_or(0);
        (self.loops_height(node) + BACK_LANE * as_float(place + 1), place)
    }
}

/// What routes are made of.
pub struct Ground<'a> {
    pub sizes: &'a [(f64, f64)],
    pub edges: &'a [(usize, usize)],
    pub is_back: &'a [bool],
    pub graph: &'a Layered,
    pub columns: &'a [Column],
    /// Of all items; a node's is that of its box's middle.
    pub heights: &'a [f64],
    pub tops: &'a Tops,
}

impl Ground<'_> {
    /// The middle of a box: boxes stand in the middle of their column.
    pub fn centre(&self, node: usize) -> Point {
        let column = self.column(node);
        Point { x: f64::midpoint(column.left, column.right), y: at(self.heights, node) }
    }

    fn column(&self, item: usize) -> Column {
        at(self.columns, at(&self.graph.layer_of, item))
    }

    pub fn routes(&self) -> Vec<Vec<Point>> {
        let (outgoing, incoming) = (self.ports(true), self.ports(false));
        let route = |edge: usize, (source, target): (usize, usize)| {
            if source == target {
                self.around(source, edge)
            } else if at(self.is_back, edge) {
                self.back(edge, source, target)
            } else {
                self.forward(edge, source, target, (at(&outgoing, edge), at(&incoming, edge)))
            }
        };
        self.edges.iter().enumerate().map(|(edge, ends)| tidy(route(edge, *ends))).collect()
    }

    /// The height, from its box's middle, at which each arrow leaves (or enters): in the order of where they come from, so that they do not
    /// cross at the box.
    fn ports(&self, leaving: bool) -> Vec<f64> {
        let mut at_node: Vec<Vec<u32>> = vec![Vec::new(); self.sizes.len()];
        for (number, ((source, target), back)) in (0_u32..).zip(self.edges.iter().zip(self.is_back)) {
            if !back && let Some(list) = at_node.get_mut(if leaving { *source } else { *target }) {
                list.push(number);
            }
        }
        let neighbour = |edge: u32| {
            let chain = self.graph.chains.get(edge as usize).map(Vec::as_slice).unwrap_or_default();
            let beside = if leaving { chain.get(1) } else { chain.iter().rev().nth(1) };
            beside.map_or(0.0, |item| at(self.heights, *item))
        };
        let mut ports = vec![0.0; self.edges.len()];
        for (node, list) in at_node.iter_mut().enumerate() {
            sort_numbers(list, &mut |one, other| neighbour(one).total_cmp(&neighbour(other)));
            for (place, edge) in list.iter().enumerate() {
                if let Some(slot) = ports.get_mut(*edge as usize) {
                    *slot = port(place, list.len(), at(self.sizes, node).1);
                }
            }
        }
        ports
    }

    /// Level through the columns of the stand-ins between two ends.
    fn through(&self, chain: &[usize], points: &mut Vec<Point>) {
        let between = chain.get(1..chain.len().saturating_sub(1)).unwrap_or_default();
        for item in between {
            let (column, y) = (self.column(*item), at(self.heights, *item));
            points.extend([Point { x: column.left, y }, Point { x: column.right, y }]);
        }
    }

    fn forward(&self, edge: usize, source: usize, target: usize, (leaves, enters): (f64, f64)) -> Vec<Point> {
        let (from, to) = (self.centre(source), self.centre(target));
        let (out_y, in_y) = (from.y + leaves, to.y + enters);
        let mut points =
            vec![Point { x: from.x + at(self.sizes, source).0 / 2.0, y: out_y }, Point { x: self.column(source).right, y: out_y }];
        self.through(self.graph.chains.get(edge).map(Vec::as_slice).unwrap_or_default(), &mut points);
        points.extend([Point { x: self.column(target).left, y: in_y }, Point { x: to.x - at(self.sizes, target).0 / 2.0, y: in_y }]);
        points
    }

    /// Up from the box, to the left in lanes, and down onto the other box.
    fn back(&self, edge: usize, source: usize, target: usize) -> Vec<Point> {
        let end = |node: usize, side: f64| {
            let (centre, (width, height)) = (self.centre(node), at(self.sizes, node));
            let (above, place) = self.tops.lane(node, edge);
            let aside = (LOOP.0 + 8.0 + 7.0 * as_float(place)).min(width / 2.0 - 4.0).max(0.0);
            let top = centre.y - height / 2.0;
            (Point { x: centre.x + side * aside, y: top }, top - above)
        };
        let ((from, from_lane), (to, to_lane)) = (end(source, -1.0), end(target, 1.0));
        let mut points = vec![from, Point { x: from.x, y: from_lane }, Point { x: self.column(source).left, y: from_lane }];
        let from_here = points.len();
        // The chain runs from the left; the arrow comes from the right.
        self.through(self.graph.chains.get(edge).map(Vec::as_slice).unwrap_or_default(), &mut points);
        if let Some(middle) = points.get_mut(from_here..) {
            middle.reverse();
        }
        points.extend([Point { x: self.column(target).right, y: to_lane }, Point { x: to.x, y: to_lane }, to]);
        points
    }

    /// A loop above the box.
    fn around(&self, node: usize, edge: usize) -> Vec<Point> {
        let (centre, (width, height)) = (self.centre(node), at(self.sizes, node));
        let place = self.tops.loops.get(node).and_then(|list| list.iter().position(|other| *other == edge)).unwrap_or(0);
        let half = (LOOP.0 + LOOP_STEP / 2.0 * as_float(place)).min(width / 2.0);
        let top = centre.y - height / 2.0;
        let above = top - LOOP.1 - LOOP_STEP * as_float(place) + 4.0;
        [(-half, top), (-half, above), (half, above), (half, top)].map(|(aside, y)| Point { x: centre.x + aside, y }).to_vec()
    }
}

/// Without corners that are none.
fn tidy(points: Vec<Point>) -> Vec<Point> {
    let near = |one: f64, other: f64| (one - other).abs() < 0.01;
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last().is_some_and(|last| near(last.x, point.x) && near(last.y, point.y)) {
            continue;
        }
        if let [.., first, middle] = kept.as_mut_slice()
            && ((near(first.y, middle.y) && near(middle.y, point.y)) || (near(first.x, middle.x) && near(middle.x, point.x)))
        {
            *middle = point;
            continue;
        }
        kept.push(point);
    }
    // Two boxes without room between them still have an arrow.
    if let [only] = kept.as_slice() {
        let only = *only;
        kept.push(only);
    }
    kept
}
