//! Where the parts of a picture go: in rows, so that all of it fits a view of some shape as large as may be.

use super::{Point, order::as_float};

/// So many widths of the rows are tried.
const TRIES: usize = 24;

/// The upper left corner of each part, from their widths and heights. `shape` is width by height of the view.
pub fn pack(parts: &[(f64, f64)], gap: f64, shape: f64) -> Vec<Point> {
    let area: f64 = parts.iter().map(|(width, height)| (width + gap) * (height + gap)).sum();
    let widest = parts.iter().map(|(width, _)| *width).fold(0.0, f64::max);
    let square = (area * shape).sqrt();
    let mut whole = -gap;
    let side_by_side = parts.iter().take(TRIES).map(|(width, _)| {
        whole += width + gap;
        whole
    });
    let shares = (0..8).map(|step| square * (1.0 + as_float(step) * 0.08));
    let mut best: Option<(f64, Vec<Point>)> = None;
    for width in side_by_side.chain(shares) {
        let (corners, extent) = in_rows(parts, gap, width.max(widest));
        let size = (extent.x / shape).max(extent.y);
        if best.as_ref().is_none_or(|(least, _)| size < *least - 0.01) {
            best = Some((size, corners));
        }
    }
    best.map(|(_, corners)| corners).unwrap_or_default()
}

fn in_rows(parts: &[(f64, f64)], gap: f64, most: f64) -> (Vec<Point>, Point) {
    let (mut corner, mut row_height, mut extent) = (Point::default(), 0.0_f64, Point::default());
    let mut corners = Vec::with_capacity(parts.len());
    for (width, height) in parts {
        if corner.x > 0.0 && corner.x + width > most + 0.01 {
            corner = Point { x: 0.0, y: corner.y + row_height + gap };
            row_height = 0.0;
        }
        corners.push(corner);
        extent = Point { x: extent.x.max(corner.x + width), y: extent.y.max(corner.y + height) };
        corner.x += width + gap;
        row_height = row_height.max(*height);
    }
    (corners, extent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(parts: &[(f64, f64)], shape: f64) -> (f64, f64) {
        let corners = pack(parts, 10.0, shape);
        let ends = corners.iter().zip(parts).map(|(corner, (width, height))| (corner.x + width, corner.y + height));
        ends.fold((0.0, 0.0), |(right, bottom): (f64, f64), (x, y)| (right.max(x), bottom.max(y)))
    }

    #[test]
    fn parts_fill_the_shape() {
        let parts = vec![(100.0, 40.0); 12];
        let (wide, tall) = (extent(&parts, 3.0), extent(&parts, 0.5));
        assert!(wide.0 / wide.1 > 2.0 && tall.0 / tall.1 < 1.0, "{wide:?} {tall:?}");
        assert_eq!(extent(&[(500.0, 20.0), (30.0, 20.0)], 0.2), (500.0, 50.0));
        assert!(pack(&[], 10.0, 1.0).is_empty());
    }
}
