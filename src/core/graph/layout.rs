//! Where the boxes of a graph stand and how its arrows run: in layers from left to right, or from top to bottom.
//!
//! Weakly connected parts are laid out apart and packed side by side. In a part: edges that lead back are found, nodes get layers by the
//! longest path, edges get a stand-in in each layer they cross, sweeps of barycentres make few crossings, and every column is put near its
//! neighbours. No clock is asked and nothing is drawn by lot: the same graph always has the same picture, and the work is limited by its own
//! count of steps. Above the limit the picture gets plainer, it never fails.

mod acyclic;
mod grid;
mod layers;
mod order;
mod pack;
mod place;
mod route;

use layers::Layered;
use place::{LANE, Room};
use route::{Ground, Tops};

/// A place in the picture, in the unit of the boxes' sizes; x to the right, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    fn turned(self) -> Self {
        Self { x: self.y, y: self.x }
    }
}

/// Which way the arrows lead that do not lead back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Right,
    Down,
}

/// How much may be spent on a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Small steps of work; see the bench for how many a browser does in a second.
    pub steps: u64,
    /// Arrows in one part, above which each is drawn straight.
    pub edges: usize,
    /// Layers that all arrows of one part cross together, above which each is drawn straight.
    pub stand_ins: usize,
}

impl Default for Limit {
    fn default() -> Self {
        Self { steps: 6_000_000, edges: 1_500, stand_ins: 12_000 }
    }
}

/// Distances between boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spacing {
    /// Between layers: room for the arrows' texts.
    pub column_gap: f64,
    /// Between two boxes of a layer.
    pub row_gap: f64,
}

impl Default for Spacing {
    fn default() -> Self {
        Self { column_gap: 110.0, row_gap: 36.0 }
    }
}

/// How a picture came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// In layers, with few crossings; no arrow crosses a box.
    #[default]
    Layered,
    /// The same, but the work on crossings was ended by the limit.
    Hasty,
    /// A part has too many arrows: they are straight between columns and may cross boxes.
    Plain,
    /// In a part nearly everybody reaches everybody: its boxes stand in rows, arrows are straight and may cross boxes.
    Grid,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The centre of each box.
    pub nodes: Vec<Point>,
    /// The corners of each arrow, from the source's border to the target's, at least two; empty for an edge that names no node.
    pub routes: Vec<Vec<Point>>,
    /// Edges that lead back, against the layers; those of a node to itself too.
    pub is_back: Vec<bool>,
    /// The layer of each node within its part, counted from the left.
    pub layers: Vec<usize>,
    /// Extent of everything, from (0, 0).
    pub width: f64,
    pub height: f64,
    pub how: How,
}

/// A rectangle by its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// What a picture is made from.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// Width and height of each box.
    pub sizes: &'a [(f64, f64)],
    pub edges: &'a [(usize, usize)],
    /// How much each edge carries: those that carry little lead back. May be empty.
    pub weights: &'a [u64],
    pub spacing: Spacing,
    pub direction: Direction,
    /// Width by height of the view that the picture is for: parts are packed so that they fill it.
    pub shape: f64,
    pub limit: Limit,
}

/// The shape of a picture when nobody wants another.
const SHAPE: f64 = 1.6;

impl Default for Task<'_> {
    fn default() -> Self {
        Self {
            sizes: &[],
            edges: &[],
            weights: &[],
            spacing: Spacing::default(),
            direction: Direction::Right,
            shape: SHAPE,
            limit: Limit::default(),
        }
    }
}

/// Per edge, whether it leads back in every picture of these edges; those of a node to itself do.
#[must_use]
pub fn back_edges(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let is_there: Vec<bool> = edges.iter().map(|(source, target)| *source < nodes && *target < nodes).collect();
    let known: Vec<(usize, usize)> = edges.iter().zip(&is_there).filter(|(_, there)| **there).map(|(ends, _)| *ends).collect();
    let mut found = acyclic::back_edges(nodes, &known, &vec![1; known.len()]).into_iter();
    is_there.into_iter().map(|there| there && found.next().unwrap_or(false)).collect()
}

/// A picture of boxes with these sizes.
#[must_use]
pub fn lay_out(sizes: &[(f64, f64)], edges: &[(usize, usize)], limit: Limit) -> Layout {
    Task { sizes, edges, limit, ..Task::default() }.lay_out()
}

/// A frame around some boxes, as for the group of a cycle. `None` without boxes.
#[must_use]
pub fn group_box(layout: &Layout, sizes: &[(f64, f64)], members: &[usize], margin: f64) -> Option<Frame> {
    let mut frame: Option<(Point, Point)> = None;
    for member in members {
        let (Some(centre), Some((width, height))) = (layout.nodes.get(*member), sizes.get(*member)) else { continue };
        let (half_width, half_height) = (width / 2.0 + margin, height / 2.0 + margin);
        let low = Point { x: centre.x - half_width, y: centre.y - half_height };
        let high = Point { x: centre.x + half_width, y: centre.y + half_height };
        frame = Some(frame.map_or((low, high), |(first, last)| {
            (Point { x: first.x.min(low.x), y: first.y.min(low.y) }, Point { x: last.x.max(high.x), y: last.y.max(high.y) })
        }));
    }
    frame.map(|(low, high)| Frame { x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y })
}

/// Work that is left.
struct Budget(u64);

impl Budget {
    fn spend(&mut self, steps: u64) -> bool {
        let has = self.0 >= steps;
        self.0 = self.0.saturating_sub(steps);
        has
    }
}

/// An item of a list that is as long as it should be.
fn at<T: Copy + Default>(list: &[T], index: usize) -> T {
    list.get(index).copied().unwrap_or_default()
}

/// A weakly connected part, with its own numbers.
struct Part {
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

impl Task<'_> {
    #[must_use]
    pub fn lay_out(&self) -> Layout {
        let clean = |size: f64| if size.is_finite() { size.clamp(1.0, 1e5) } else { 1.0 };
        let shape = if self.shape.is_finite() { self.shape.clamp(0.05, 20.0) } else { SHAPE };
        let sizes = self.sizes.iter().map(|(width, height)| (clean(*width), clean(*height)));
        // Downwards is to the right with the axes exchanged.
        match self.direction {
            Direction::Right => self.lay_out_rightwards(sizes.collect(), shape),
            Direction::Down => self.lay_out_rightwards(sizes.map(|(width, height)| (height, width)).collect(), 1.0 / shape).turned(),
        }
    }

    fn lay_out_rightwards(&self, sizes: Vec<(f64, f64)>, shape: f64) -> Layout {
        let mut layout = Layout {
            nodes: vec![Point::default(); sizes.len()],
            routes: vec![Vec::new(); self.edges.len()],
            is_back: vec![false; self.edges.len()],
            layers: vec![0; sizes.len()],
            ..Layout::default()
        };
        let mut budget = Budget(self.limit.steps);
        let parts = parts(sizes.len(), self.edges);
        let mut pictures: Vec<(Part, Layout)> = Vec::with_capacity(parts.len());
        for part in parts {
            let picture = self.of_part(&part, &sizes, shape, &mut budget);
            pictures.push((part, picture));
        }
        // Many nodes first; the single ones follow in rows.
        crate::order::sort_by_key(&mut pictures, |(part, _)| std::cmp::Reverse(part.nodes.len()));
        let extents: Vec<(f64, f64)> = pictures.iter().map(|(_, picture)| (picture.width, picture.height)).collect();
        let corners = pack::pack(&extents, self.spacing.row_gap, shape);
        for ((part, picture), corner) in pictures.into_iter().zip(corners) {
            layout.put(&part, picture, corner);
        }
        layout
    }

    fn of_part(&self, part: &Part, sizes: &[(f64, f64)], shape: f64, budget: &mut Budget) -> Layout {
        let local = |node: usize| part.nodes.binary_search(&node).unwrap_or(0);
        let sizes: Vec<(f64, f64)> = part.nodes.iter().map(|node| at(sizes, *node)).collect();
        let edges: Vec<(usize, usize)> =
            part.edges.iter().map(|edge| at(self.edges, *edge)).map(|(source, target)| (local(source), local(target))).collect();
        let weights: Vec<u64> = part.edges.iter().map(|edge| self.weights.get(*edge).copied().unwrap_or(1)).collect();
        let is_back = acyclic::back_edges(sizes.len(), &edges, &weights);
        let node_layers = layers::assign(sizes.len(), &edges, &is_back);
        let is_plain = edges.len() > self.limit.edges || layers::stand_ins(&edges, &node_layers) > self.limit.stand_ins;
        let mut graph = Layered::new(&node_layers, &edges, !is_plain);
        let is_done = order::reduce_crossings(&mut graph, budget);
        let how = if is_plain {
            How::Plain
        } else if is_done {
            How::Layered
        } else {
            How::Hasty
        };
        let tops = Tops::new(sizes.len(), &edges, &is_back);
        let stand_ins = graph.layer_of.len() - sizes.len();
        let of_node = |(node, (_, height)): (usize, &(f64, f64))| Room { above: height / 2.0 + tops.height(node), below: height / 2.0 };
        let rooms: Vec<Room> = sizes
            .iter()
            .enumerate()
            .map(of_node)
            .chain(std::iter::repeat_n(Room { above: LANE / 2.0, below: LANE / 2.0 }, stand_ins))
            .collect();
        let widths: Vec<f64> = sizes.iter().map(|(width, _)| *width).collect();
        let columns = place::columns(&graph, &widths, self.spacing.column_gap);
        let heights = place::heights(&graph, &rooms, self.spacing);
        let ground =
            Ground { sizes: &sizes, edges: &edges, is_back: &is_back, graph: &graph, columns: &columns, heights: &heights, tops: &tops };
        let layered = Layout {
            nodes: (0..sizes.len()).map(|node| ground.centre(node)).collect(),
            routes: ground.routes(),
            width: columns.last().map_or(0.0, |last| last.right),
            height: heights.iter().zip(&rooms).map(|(height, room)| height + room.below).fold(0.0, f64::max),
            is_back,
            layers: node_layers,
            how,
        };
        grid::instead_of(layered, &sizes, &edges, self.spacing, shape)
    }
}

impl Layout {
    /// With the axes exchanged.
    fn turned(mut self) -> Self {
        self.nodes.iter_mut().chain(self.routes.iter_mut().flatten()).for_each(|point| *point = point.turned());
        std::mem::swap(&mut self.width, &mut self.height);
        self
    }

    fn put(&mut self, part: &Part, picture: Layout, corner: Point) {
        let moved = |point: Point| Point { x: point.x + corner.x, y: point.y + corner.y };
        for (place, node) in part.nodes.iter().enumerate() {
            if let (Some(centre), Some(layer)) = (self.nodes.get_mut(*node), self.layers.get_mut(*node)) {
                *centre = moved(at(&picture.nodes, place));
                *layer = at(&picture.layers, place);
            }
        }
        for ((edge, route), back) in part.edges.iter().zip(picture.routes).zip(picture.is_back) {
            if let (Some(slot), Some(is_back)) = (self.routes.get_mut(*edge), self.is_back.get_mut(*edge)) {
                *slot = route.into_iter().map(moved).collect();
                *is_back = back;
            }
        }
        self.width = self.width.max(corner.x + picture.width);
        self.height = self.height.max(corner.y + picture.height);
        self.how = self.how.max(picture.how);
    }
}

/// The weakly connected parts, in the order of their first node.
fn parts(nodes: usize, edges: &[(usize, usize)]) -> Vec<Part> {
    let mut joined = petgraph::unionfind::UnionFind::<usize>::new(nodes);
    let is_there = |(source, target): &(usize, usize)| *source < nodes && *target < nodes;
    for (source, target) in edges.iter().filter(|ends| is_there(ends)) {
        joined.union(*source, *target);
    }
    let mut number_of = vec![usize::MAX; nodes];
    let mut parts: Vec<Part> = Vec::new();
    let mut place_of = |node: usize, parts: &mut Vec<Part>| {
        let root = joined.find_mut(node);
        let number = number_of.get_mut(root)?;
        if *number == usize::MAX {
            *number = parts.len();
            parts.push(Part { nodes: Vec::new(), edges: Vec::new() });
        }
        Some(*number)
    };
    for node in 0..nodes {
        let place = place_of(node, &mut parts);
        if let Some(part) = place.and_then(|place| parts.get_mut(place)) {
            part.nodes.push(node);
        }
    }
    for (edge, (source, _)) in edges.iter().enumerate().filter(|(_, ends)| is_there(ends)) {
        let place = place_of(*source, &mut parts);
        if let Some(part) = place.and_then(|place| parts.get_mut(place)) {
            part.edges.push(edge);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
