//! Layers, and the places that a long edge takes in the layers it crosses.

use super::at;

/// A graph of which every edge joins neighbouring layers: its items are the nodes, and behind them a stand-in for each layer that an edge
/// crosses.
#[derive(Debug, Default)]
pub struct Layered {
    pub nodes: usize,
    /// The layer of each item.
    pub layer_of: Vec<usize>,
    /// The items of each layer, from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// Per item: neighbours in the layer before and in the layer behind it.
    pub before: Vec<Vec<usize>>,
    pub behind: Vec<Vec<usize>>,
    /// Per edge the items from its left end to its right end; empty for an edge of a node to itself.
    pub chains: Vec<Vec<usize>>,
}

/// The layer of each node: behind all that leads to it, and no further from what it leads to than need be.
pub fn assign(nodes: usize, edges: &[(usize, usize)], is_back: &[bool]) -> Vec<usize> {
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut entered = vec![0_usize; nodes];
    for ((source, target), back) in edges.iter().zip(is_back).filter(|((source, target), _)| source != target) {
        let (left, right) = if *back { (*target, *source) } else { (*source, *target) };
        if let (Some(list), Some(count)) = (behind.get_mut(left), entered.get_mut(right)) {
            list.push(right);
            *count += 1;
        }
    }
    let took = entered.clone();
    let mut layers = vec![0_usize; nodes];
    let mut order: Vec<usize> = (0..nodes).filter(|node| at(&entered, *node) == 0).collect();
    let mut done = 0;
    while let Some(here) = order.get(done).copied() {
        done += 1;
        for right in behind.get(here).into_iter().flatten() {
            let layer = at(&layers, here) + 1;
            if let Some(slot) = layers.get_mut(*right) {
                *slot = layer.max(*slot);
            }
            if let Some(count) = entered.get_mut(*right) {
                *count -= 1;
                if *count == 0 {
                    order.push(*right);
                }
            }
        }
    }
    // Whoever gives more than it takes moves to those it gives to: its arrows get shorter.
    for here in order.iter().rev() {
        let targets = behind.get(*here).map(Vec::as_slice).unwrap_or_default();
        if let Some(nearest) = targets.iter().map(|target| at(&layers, *target)).min().filter(|_| targets.len() > at(&took, *here))
            && let Some(slot) = layers.get_mut(*here)
        {
            *slot = nearest.saturating_sub(1).max(*slot);
        }
    }
    layers
}

/// How many stand-ins there would be.
pub fn stand_ins(edges: &[(usize, usize)], layers: &[usize]) -> usize {
    edges.iter().map(|(source, target)| at(layers, *source).abs_diff(at(layers, *target)).saturating_sub(1)).sum()
}

impl Layered {
    /// Stand-ins only where `with_stand_ins`; else long edges join distant layers and only direct neighbours count.
    pub fn new(node_layers: &[usize], edges: &[(usize, usize)], with_stand_ins: bool) -> Self {
        let nodes = node_layers.len();
        let mut made = Self { nodes, layer_of: node_layers.to_vec(), ..Self::default() };
        for (source, target) in edges {
            let (from, to) = (at(node_layers, *source), at(node_layers, *target));
            let (left, right) = if from <= to { (*source, *target) } else { (*target, *source) };
            let mut chain = Vec::new();
            if source != target {
                chain.push(left);
                for layer in (from.min(to) + 1)..from.max(to) {
                    if with_stand_ins {
                        chain.push(made.layer_of.len());
                        made.layer_of.push(layer);
                    }
                }
                chain.push(right);
            }
            made.chains.push(chain);
        }
        made.before = vec![Vec::new(); made.layer_of.len()];
        made.behind = vec![Vec::new(); made.layer_of.len()];
        for chain in &made.chains {
            for (left, right) in chain.iter().zip(chain.iter().skip(1)) {
                if let (Some(behind), Some(before)) = (made.behind.get_mut(*left), made.before.get_mut(*right)) {
                    behind.push(*right);
                    before.push(*left);
                }
            }
        }
        made.layers = vec![Vec::new(); made.layer_of.iter().max().map_or(0, |last| last + 1)];
        made.fill();
        made
    }

    /// The first order: a walk through neighbours, so that what belongs together stands together.
    fn fill(&mut self) {
        let mut seen = vec![false; self.layer_of.len()];
        for start in 0..self.layer_of.len() {
            let mut to_visit = vec![start];
            while let Some(item) = to_visit.pop() {
                if std::mem::replace(seen.get_mut(item).unwrap_or(&mut true), true) {
                    continue;
                }
                if let Some(layer) = self.layers.get_mut(at(&self.layer_of, item)) {
                    layer.push(item);
                }
                let neighbours = [&self.before, &self.behind].map(|side| side.get(item).map(Vec::as_slice).unwrap_or_default());
                to_visit.extend(neighbours.into_iter().flatten().rev());
            }
        }
    }
}
