//! Boxes in rows, for parts in which nearly everybody reaches everybody: in layers they would stand in one long row.

use super::{How, Layout, Point, Spacing, at, order::as_float};

/// Parts of fewer boxes are never put into a grid.
const LEAST_NODES: usize = 10;
/// Nor those with fewer arrows a box.
const LEAST_EDGES: usize = 3;
/// The grid must be this much smaller.
const MUCH_SMALLER: f64 = 0.45;

/// The picture itself, or a grid of its boxes in the order of their layers where that is much smaller in a view of this shape.
pub fn instead_of(picture: Layout, sizes: &[(f64, f64)], edges: &[(usize, usize)], spacing: Spacing, shape: f64) -> Layout {
    if sizes.len() < LEAST_NODES || edges.len() < LEAST_EDGES * sizes.len() {
        return picture;
    }
    let (column_gap, row_gap) = (spacing.row_gap, spacing.row_gap);
    let cell = sizes.iter().fold((0.0_f64, 0.0_f64), |cell, size| (cell.0.max(size.0), cell.1.max(size.1)));
    let step = (cell.0 + column_gap, cell.1 + row_gap);
    let size = |width: f64, height: f64| (width / shape).max(height);
    let fitted = |columns: usize| {
        let rows = sizes.len().div_ceil(columns.max(1));
        (as_float(columns) * step.0 - column_gap, as_float(rows) * step.1 - row_gap)
    };
    let best = (1..=sizes.len())
        .map(|columns| (columns, fitted(columns)))
        .reduce(|best, next| if size(next.1.0, next.1.1) < size(best.1.0, best.1.1) { next } else { best });
    let Some((columns, (width, height))) =
        best.filter(|(_, (width, height))| size(*width, *height) < MUCH_SMALLER * size(picture.width, picture.height))
    else {
        return picture;
    };
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    crate::order::sort_by_key(&mut order, |node| (at(&picture.layers, *node), *node));
    let mut nodes = vec![Point::default(); sizes.len()];
    for (place, node) in order.into_iter().enumerate() {
        let (column, row) = (place % columns, place / columns);
        if let Some(slot) = nodes.get_mut(node) {
            *slot = Point { x: as_float(column) * step.0 + cell.0 / 2.0, y: as_float(row) * step.1 + cell.1 / 2.0 };
        }
    }
    let routes = edges
        .iter()
        .map(|(source, target)| straight((at(&nodes, *source), at(sizes, *source)), (at(&nodes, *target), at(sizes, *target))))
        .collect();
    Layout { nodes, routes, width, height, how: How::Grid, ..picture }
}

/// From border to border; an edge of a box to itself stands on its upper border.
fn straight((from, size): (Point, (f64, f64)), (to, its): (Point, (f64, f64))) -> Vec<Point> {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    if dx == 0.0 && dy == 0.0 {
        let y = from.y - size.1 / 2.0;
        return [-0.2, 0.2].map(|aside| Point { x: from.x + aside * size.0, y }).to_vec();
    }
    let reach = |size: (f64, f64)| (size.0 / 2.0 / dx.abs()).min(size.1 / 2.0 / dy.abs());
    let (first, last) = (reach(size), reach(its));
    vec![Point { x: from.x + dx * first, y: from.y + dy * first }, Point { x: to.x - dx * last, y: to.y - dy * last }]
}
