//! The order of the items in each layer: few crossings, by sweeps of barycentres.

use std::cmp::Ordering;

use super::{Budget, at, layers::Layered};

/// Sweeps without a gain before it stops.
const PATIENCE: usize = 4;
const MOST_SWEEPS: usize = 24;

/// Puts the items of each layer in an order with few crossings. `false` when the budget ended it.
pub fn reduce_crossings(graph: &mut Layered, budget: &mut Budget) -> bool {
    let edges: usize = graph.behind.iter().map(Vec::len).sum();
    let cost = u64::try_from((graph.layer_of.len() + edges) * 12).unwrap_or(u64::MAX);
    let mut best = graph.layers.clone();
    let mut fewest = crossings(graph);
    let mut without_gain = 0;
    for sweep in 0..MOST_SWEEPS {
        if fewest == 0 || without_gain >= PATIENCE {
            break;
        }
        if !budget.spend(cost) {
            graph.layers = best;
            return false;
        }
        run_sweep(graph, sweep % 2 == 0);
        let now = crossings(graph);
        if now < fewest {
            fewest = now;
            best.clone_from(&graph.layers);
            without_gain = 0;
        } else {
            without_gain += 1;
        }
    }
    graph.layers = best;
    true
}

fn run_sweep(graph: &mut Layered, is_forward: bool) {
    let mut places = places(graph);
    let count = graph.layers.len();
    for step in 1..count {
        let layer = if is_forward { step } else { count - 1 - step };
        let Some(items) = graph.layers.get_mut(layer) else { continue };
        let neighbours = if is_forward { &graph.before } else { &graph.behind };
        // An item without neighbours stays where it is.
        let mut keyed: Vec<(f64, usize)> = items
            .iter()
            .map(|item| {
                let beside = neighbours.get(*item).map(Vec::as_slice).unwrap_or_default();
                let sum: usize = beside.iter().map(|other| at(&places, *other)).sum();
                let own = at(&places, *item);
                (if beside.is_empty() { as_float(own) } else { as_float(sum) / as_float(beside.len()) }, *item)
            })
            .collect();
        sort_floats(&mut keyed);
        for (place, (slot, (_, item))) in items.iter_mut().zip(keyed).enumerate() {
            *slot = item;
            if let Some(known) = places.get_mut(item) {
                *known = place;
            }
        }
    }
}

fn sort_floats(keyed: &mut Vec<(f64, usize)>) {
    let mut order: Vec<u32> = (0_u32..).zip(keyed.iter()).map(|(place, _)| place).collect();
    let key = |place: u32| keyed.get(place as usize).map_or(0.0, |(key, _)| *key);
    crate::order::sort_numbers(&mut order, &mut |one, other| key(one).partial_cmp(&key(other)).unwrap_or(Ordering::Equal));
    *keyed = order.iter().filter_map(|place| keyed.get(*place as usize)).copied().collect();
}

/// Counts of items and edges are far below what a double holds exactly.
#[allow(clippy::cast_precision_loss)]
pub fn as_float(count: usize) -> f64 {
    count as f64
}

fn places(graph: &Layered) -> Vec<usize> {
    let mut places = vec![0; graph.layer_of.len()];
    for layer in &graph.layers {
        for (place, item) in layer.iter().enumerate() {
            if let Some(slot) = places.get_mut(*item) {
                *slot = place;
            }
        }
    }
    places
}

/// Pairs of edges between neighbouring layers that cross, by a tree of sums: O(edges · log items).
pub fn crossings(graph: &Layered) -> u64 {
    let places = places(graph);
    let mut total = 0;
    for layer in &graph.layers {
        // The right ends in order of the left ones; a crossing is an earlier right end that lies lower.
        let mut ends: Vec<usize> = Vec::new();
        let mut widest = 0;
        for item in layer {
            let own = at(&graph.layer_of, *item);
            let behind = graph.behind.get(*item).map(Vec::as_slice).unwrap_or_default();
            let mut of_item: Vec<usize> =
                behind.iter().filter(|other| at(&graph.layer_of, **other) == own + 1).map(|other| at(&places, *other)).collect();
            crate::order::sort_by_key(&mut of_item, |place| *place);
            widest = of_item.last().copied().unwrap_or(0).max(widest);
            ends.extend(of_item);
        }
        let mut sums = vec![0_u64; widest + 2];
        for (known, end) in ends.iter().enumerate() {
            let mut not_lower = 0;
            let mut at_sum = end + 1;
            while at_sum > 0 {
                not_lower += at(&sums, at_sum);
                at_sum &= at_sum - 1;
            }
            total += u64::try_from(known).unwrap_or(u64::MAX) - not_lower;
            let mut at_sum = end + 1;
            while let Some(sum) = sums.get_mut(at_sum) {
                *sum += 1;
                at_sum += at_sum & at_sum.wrapping_neg();
            }
        }
    }
    total
}
