//! Coordinates: columns for the layers, and in each column heights near those of the neighbours, without overlaps.

use super::{Spacing, at, layers::Layered, order::as_float};

/// Room of a stand-in in its column, as of a thin box.
pub const LANE: f64 = 12.0;
const SWEEPS: usize = 8;
/// What keeps an item without neighbours where it is.
const FAINT: f64 = 0.05;

/// What an item takes of its column above and below the line on which its arrows end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    pub above: f64,
    pub below: f64,
}

/// The left and right border of a column.
#[derive(Clone, Copy, Debug, Default)]
pub struct Column {
    pub left: f64,
    pub right: f64,
}

/// One column a layer, as wide as its widest box.
pub fn columns(graph: &Layered, widths: &[f64], gap: f64) -> Vec<Column> {
    let mut left = 0.0;
    let of_layer = |items: &Vec<usize>| {
        let width = items.iter().filter_map(|item| widths.get(*item)).fold(0.0_f64, |widest, width| widest.max(*width));
        let column = Column { left, right: left + width };
        left = column.right + gap;
        column
    };
    graph.layers.iter().map(of_layer).collect()
}

/// The height of each item's line. Of all items together none is above 0 by more than its room.
pub fn heights(graph: &Layered, rooms: &[Room], spacing: Spacing) -> Vec<f64> {
    let mut heights = vec![0.0; graph.layer_of.len()];
    let gaps: Vec<Vec<f64>> = graph.layers.iter().map(|layer| distances(layer, graph.nodes, rooms, spacing)).collect();
    for (layer, gaps) in graph.layers.iter().zip(&gaps) {
        let whole: f64 = gaps.iter().sum();
        let mut y = -whole / 2.0;
        for (item, gap) in layer.iter().zip(gaps) {
            y += gap;
            if let Some(slot) = heights.get_mut(*item) {
                *slot = y;
            }
        }
    }
    for sweep in 0..SWEEPS {
        let count = graph.layers.len();
        for step in 0..count {
            let is_forward = sweep % 2 == 0;
            let layer = if is_forward { step } else { count - 1 - step };
            let (Some(items), Some(gaps)) = (graph.layers.get(layer), gaps.get(layer)) else { continue };
            // The last two sweeps look at both sides.
            let sides: &[&Vec<Vec<usize>>] = match (sweep + 2 >= SWEEPS, is_forward) {
                (true, _) => &[&graph.before, &graph.behind],
                (false, true) => &[&graph.before],
                (false, false) => &[&graph.behind],
            };
            let wanted: Vec<(f64, f64)> = items.iter().map(|item| wanted(*item, sides, graph.nodes, &heights)).collect();
            for (item, height) in items.iter().zip(apart(&wanted, gaps)) {
                if let Some(slot) = heights.get_mut(*item) {
                    *slot = height;
                }
            }
        }
    }
    let top = heights.iter().zip(rooms).map(|(height, room)| height - room.above).fold(f64::INFINITY, f64::min);
    let top = if top.is_finite() { top } else { 0.0 };
    heights.iter().map(|height| height - top).collect()
}

/// The least distance of each item's line from that of the one above it; 0 for the first.
fn distances(layer: &[usize], nodes: usize, rooms: &[Room], spacing: Spacing) -> Vec<f64> {
    let mut last: Option<usize> = None;
    let mut distance = |item: usize| {
        let gap = last.map_or(0.0, |above| {
            let between = match (above < nodes, item < nodes) {
                (true, true) => spacing.row_gap,
                (false, false) => 0.0,
                _ => spacing.row_gap / 2.0,
            };
            at(rooms, above).below + between + at(rooms, item).above
        });
        last = Some(item);
        gap
    };
    layer.iter().map(|item| distance(*item)).collect()
}

/// Where an item would like to be, and how much: long edges want to be straight more than short ones.
fn wanted(item: usize, sides: &[&Vec<Vec<usize>>], nodes: usize, heights: &[f64]) -> (f64, f64) {
    let own = at(heights, item);
    let (mut sum, mut weight) = (own * FAINT, FAINT);
    for other in sides.iter().filter_map(|side| side.get(item)).flatten() {
        let strength = match (item < nodes, *other < nodes) {
            (true, true) => 1.0,
            (false, false) => 8.0,
            _ => 2.0,
        };
        sum += at(heights, *other) * strength;
        weight += strength;
    }
    (sum / weight, weight)
}

/// Places in the given order with at least these distances, nearest to what is wanted (least squares): neighbours that come too close form
/// a block, which stands where its members want it on average.
fn apart(wanted: &[(f64, f64)], distances: &[f64]) -> Vec<f64> {
    struct Block {
        sum: f64,
        weight: f64,
        items: usize,
    }
    let mut blocks: Vec<Block> = Vec::with_capacity(wanted.len());
    let mut offset = 0.0;
    for ((place, weight), distance) in wanted.iter().zip(distances) {
        offset += distance;
        let mut block = Block { sum: (place - offset) * weight, weight: *weight, items: 1 };
        while let Some(above) = blocks.pop_if(|above| above.sum / above.weight > block.sum / block.weight) {
            block = Block { sum: above.sum + block.sum, weight: above.weight + block.weight, items: above.items + block.items };
        }
        blocks.push(block);
    }
    let mut offset = 0.0;
    let starts = blocks.iter().flat_map(|block| std::iter::repeat_n(block.sum / block.weight, block.items));
    starts
        .zip(distances)
        .map(|(start, distance)| {
            offset += distance;
            start + offset
        })
        .collect()
}

/// Of `count` arrows on a side of this height: the place of one, from the side's middle.
pub fn port(place: usize, count: usize, height: f64) -> f64 {
    (as_float(place + 1) / as_float(count + 1) - 0.5) * height * 0.8
}
