//! The spans of a trace as frames: side by side in the order of time, merged by the path of their names, and summed by name.
//!
//! Iterative and O(n log n): 200,000 spans in one chain or side by side are ordinary input. Must not know names, colours or pixels: a span
//! is known by its index, its name by a number that the caller gives it.

use std::cmp::Reverse;

use super::fast_map::FastMap;
use super::order::{sort_by_key, sort_numbers};
use super::trace_tree::{TraceTree, at};

/// A span at its place. Times in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeFrame {
    pub span: u32,
    /// 0 is the top; below the row of its parent.
    pub row: u32,
    pub start_ns: i64,
    pub end_ns: i64,
}

/// Spans in rows: a child below its parent, as high as there is room, nothing over anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeFrames {
    /// By row, then by start.
    frames: Vec<TimeFrame>,
    /// The frames of row `r` are `frames[offsets[r]..offsets[r + 1]]`.
    offsets: Vec<usize>,
}

impl TimeFrames {
    /// Packs the spans that are shown. A span stands below its nearest shown parent.
    #[must_use]
    pub fn pack(tree: &TraceTree, shown: impl Fn(u32) -> bool) -> Self {
        let mut order: Vec<(i64, u32)> = Vec::with_capacity(tree.len());
        // A child that starts before its parent waits for it, so that the parent's row is known; where it stands does not change.
        let mut turn_ns = vec![i64::MIN; tree.len()];
        for (position, &span) in (0_u32..).zip(&tree.preorder) {
            let above_ns = tree.parent_of(span).map_or(i64::MIN, |parent| at(&turn_ns, parent));
            let own_ns = at(&tree.interval, span).start_ns.max(above_ns);
            if let Some(turn) = turn_ns.get_mut(span as usize) {
                *turn = own_ns;
            }
            order.push((own_ns, position));
        }
        order.sort_unstable();
        let mut free = FreeRows::new(tree.len());
        // The first row that is free for the children of a span.
        let mut below = vec![0_u32; tree.len()];
        let mut frames = Vec::with_capacity(tree.len());
        for (_, position) in order {
            let span = at(&tree.preorder, position);
            let mut row = tree.parent_of(span).map_or(0, |parent| at(&below, parent));
            if shown(span) {
                let interval = at(&tree.interval, span);
                row = free.take(row, interval.start_ns, interval.end_ns);
                frames.push(TimeFrame { span, row, start_ns: interval.start_ns, end_ns: interval.end_ns });
                row = row.saturating_add(1);
            }
            if let Some(below) = below.get_mut(span as usize) {
                *below = row;
            }
        }
        // Stable: frames of a row that share an instant keep the order in which they were placed.
        sort_by_key(&mut frames, |frame| (frame.row, frame.start_ns));
        let rows = frames.last().map_or(0, |frame| frame.row as usize + 1);
        let mut offsets = Vec::with_capacity(rows + 1);
        for (index, frame) in frames.iter().enumerate() {
            while offsets.len() <= frame.row as usize {
                offsets.push(index);
            }
        }
        offsets.push(frames.len());
        Self { frames, offsets }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// All frames, by row and then by start.
    #[must_use]
    pub fn all(&self) -> &[TimeFrame] {
        &self.frames
    }

    /// The frames of a row by start; none of them overlaps the next.
    #[must_use]
    pub fn row(&self, row: usize) -> &[TimeFrame] {
        let from = self.offsets.get(row).copied().unwrap_or(self.frames.len());
        let to = self.offsets.get(row + 1).copied().unwrap_or(self.frames.len());
        self.frames.get(from..to).unwrap_or(&[])
    }

    /// The frames of a row of which something lies between two instants.
    #[must_use]
    pub fn row_between(&self, row: usize, from_ns: i64, to_ns: i64) -> &[TimeFrame] {
        let frames = self.row(row);
        let first = frames.partition_point(|frame| frame.end_ns < from_ns);
        let end = frames.partition_point(|frame| frame.start_ns <= to_ns);
        frames.get(first..end.max(first)).unwrap_or(&[])
    }
}

/// Until when each row is taken, as a tree of minima: the first free row from a given one on is found in O(log n).
struct FreeRows {
    size: usize,
    /// Node `i` has the children `2 i` and `2 i + 1`; the rows begin at `size`.
    taken_until_ns: Vec<i64>,
}

impl FreeRows {
    fn new(rows: usize) -> Self {
        let size = rows.max(1).next_power_of_two();
        Self { size, taken_until_ns: vec![i64::MIN; size * 2] }
    }

    /// Takes the first row not before `from` that is free at `start_ns`, until `end_ns`. There is one: no row above the last one in use
    /// is empty, so a chain of n spans needs n rows and nothing needs more.
    fn take(&mut self, from: u32, start_ns: i64, end_ns: i64) -> u32 {
        let mut node = self.size + (from as usize).min(self.size - 1);
        while self.until(node) > start_ns {
            while node % 2 == 1 && node > 1 {
                node /= 2;
            }
            if node <= 1 {
                return from;
            }
            node += 1;
        }
        while node < self.size {
            node *= 2;
            if self.until(node) > start_ns {
                node += 1;
            }
        }
        let row = node - self.size;
        self.set(node, end_ns);
        while node > 1 {
            node /= 2;
            let least = self.until(node * 2).min(self.until(node * 2 + 1));
            self.set(node, least);
        }
        u32::try_from(row).unwrap_or(u32::MAX)
    }

    fn until(&self, node: usize) -> i64 {
        self.taken_until_ns.get(node).copied().unwrap_or(i64::MIN)
    }

    fn set(&mut self, node: usize, value_ns: i64) {
        if let Some(entry) = self.taken_until_ns.get_mut(node) {
            *entry = value_ns;
        }
    }
}

/// What the sums need to know of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    pub is_error: bool,
    /// It waits for others: its own time is nobody's work and counts in no sum.
    pub waits: bool,
}

/// All spans that have the same path of names. Sums are held at `i64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedFrame {
    /// The caller's number of its name.
    pub key: u32,
    /// Index of the frame above.
    pub parent: Option<u32>,
    pub depth: u32,
    /// Number of frames from this one on that are its subtree, itself included.
    pub subtree: u32,
    /// Number of spans.
    pub count: u64,
    /// Number of spans in the subtree, itself included.
    pub spans: u64,
    pub errors: u64,
    /// Sum of the durations.
    pub total_ns: i64,
    /// Sum of the own times.
    pub own_ns: i64,
    /// Sum of the own times in the subtree: the work that was done on behalf of the frame.
    pub work_ns: i64,
    /// Work to the left of the frame, from the start of the graph; the children begin where their parent does.
    pub work_before_ns: i64,
    /// Spans to the left of the frame.
    pub spans_before: u64,
    /// The earliest of the spans in reading order.
    pub first: u32,
    /// The longest of the spans.
    pub slowest: u32,
    slowest_ns: i64,
}

/// The frames of a trace merged by the path of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Parents before children, children by work, most first.
    pub frames: Vec<MergedFrame>,
    /// Work of all frames.
    pub work_ns: i64,
    /// Spans of all frames.
    pub spans: u64,
    /// Number of rows.
    pub rows: u32,
}

impl Merged {
    /// Merges the spans that have a key; the children of one that has none go to its parent.
    #[must_use]
    pub fn by_path(tree: &TraceTree, key: impl Fn(u32) -> Option<u32>, traits: impl Fn(u32) -> Traits) -> Self {
        let mut found: FastMap<(Option<u32>, u32), u32> = FastMap::default();
        let mut frames: Vec<MergedFrame> = Vec::new();
        let mut frame_of: Vec<Option<u32>> = vec![None; tree.len()];
        for &span in &tree.preorder {
            let parent = tree.parent_of(span).and_then(|parent| at(&frame_of, parent));
            let own = match key(span) {
                None => parent,
                Some(key) => {
                    let new = u32::try_from(frames.len()).unwrap_or(u32::MAX);
                    let frame = *found.entry((parent, key)).or_insert(new);
                    if frame == new {
                        let depth = parent.and_then(|parent| frames.get(parent as usize)).map_or(0, |parent| parent.depth + 1);
                        frames.push(MergedFrame::empty(key, parent, depth, span));
                    }
                    if let Some(frame) = frames.get_mut(frame as usize) {
                        frame.add(span, at(&tree.interval, span).length_ns(), at(&tree.self_ns, span), traits(span));
                    }
                    Some(frame)
                }
            };
            if let Some(entry) = frame_of.get_mut(span as usize) {
                *entry = own;
            }
        }
        Self::arranged(frames)
    }

    /// The same work seen from its end: in the top row each name with its own time, below it the names that led to it. `rows` is how many
    /// names of a path are told apart at most. Sums are those of the top name's spans.
    #[must_use]
    pub fn callers(&self, rows: u32) -> Self {
        let mut found: FastMap<(Option<u32>, u32), u32> = FastMap::default();
        let mut frames: Vec<MergedFrame> = Vec::new();
        for leaf in self.frames.iter().filter(|frame| frame.own_ns > 0) {
            let mut parent = None;
            let path = std::iter::successors(Some(leaf), |frame| self.frames.get(frame.parent? as usize));
            for (depth, step) in (0..rows).zip(path) {
                let new = u32::try_from(frames.len()).unwrap_or(u32::MAX);
                let frame = *found.entry((parent, step.key)).or_insert(new);
                if frame == new {
                    frames.push(MergedFrame::empty(step.key, parent, depth, step.first));
                }
                if let Some(frame) = frames.get_mut(frame as usize) {
                    frame.count += leaf.count;
                    frame.errors += leaf.errors;
                    frame.total_ns = frame.total_ns.saturating_add(leaf.total_ns);
                    frame.own_ns = frame.own_ns.saturating_add(leaf.own_ns);
                    if step.slowest_ns > frame.slowest_ns {
                        (frame.slowest, frame.slowest_ns) = (step.slowest, step.slowest_ns);
                    }
                }
                parent = Some(frame);
            }
        }
        // A frame has the work of its own rows already; summing up would count it again for every row below.
        for frame in &mut frames {
            (frame.work_ns, frame.spans) = (frame.own_ns, frame.count);
        }
        Self::placed(frames)
    }

    /// Frames in the order they were met (parents first), their sums over the subtrees still to be made.
    fn arranged(mut frames: Vec<MergedFrame>) -> Self {
        for frame in &mut frames {
            (frame.work_ns, frame.spans) = (frame.own_ns, frame.count);
        }
        for index in (0..frames.len()).rev() {
            let Some(frame) = frames.get(index).copied() else { continue };
            if let Some(parent) = frame.parent.and_then(|parent| frames.get_mut(parent as usize)) {
                parent.work_ns = parent.work_ns.saturating_add(frame.work_ns);
                parent.spans += frame.spans;
            }
        }
        Self::placed(frames)
    }

    /// Puts frames in reading order, most work first, and each to the right of the ones before it.
    fn placed(mut frames: Vec<MergedFrame>) -> Self {
        for index in (0..frames.len()).rev() {
            let Some(frame) = frames.get(index).copied() else { continue };
            if let Some(parent) = frame.parent.and_then(|parent| frames.get_mut(parent as usize)) {
                parent.subtree += frame.subtree;
            }
        }
        // Siblings side by side, in their order; then each group is handed to its parent.
        let mut by_parent: Vec<u32> = (0..u32::try_from(frames.len()).unwrap_or(u32::MAX)).collect();
        let order = |index: u32| {
            let frame = frames.get(index as usize);
            frame.map(|frame| (frame.parent, Reverse(frame.work_ns), Reverse(frame.spans), frame.first, frame.key))
        };
        sort_numbers(&mut by_parent, &mut |one, other| order(one).cmp(&order(other)));
        let mut merged = Self::default();
        // Where the next child of a frame goes: its index, the work and the spans to its left.
        let mut next: Vec<Place> = vec![Place::default(); frames.len()];
        let mut top = Place::default();
        let mut new_index = vec![0_u32; frames.len()];
        let mut groups: FastMap<Option<u32>, std::ops::Range<usize>> = FastMap::default();
        for (position, index) in by_parent.iter().enumerate() {
            let parent = frames.get(*index as usize).and_then(|frame| frame.parent);
            groups.entry(parent).or_insert(position..position).end = position + 1;
        }
        let mut to_visit: Vec<u32> = Vec::new();
        let visit = |parent: Option<u32>, to_visit: &mut Vec<u32>| {
            let group = groups.get(&parent).and_then(|group| by_parent.get(group.clone())).unwrap_or(&[]);
            to_visit.extend(group.iter().rev());
        };
        visit(None, &mut to_visit);
        while let Some(index) = to_visit.pop() {
            let Some(mut frame) = frames.get(index as usize).copied() else { continue };
            let number = u32::try_from(merged.frames.len()).unwrap_or(u32::MAX);
            if let Some(entry) = new_index.get_mut(index as usize) {
                *entry = number;
            }
            let place = match frame.parent {
                None => Some(&mut top),
                Some(parent) => next.get_mut(parent as usize),
            };
            if let Some(place) = place {
                (frame.work_before_ns, frame.spans_before) = (place.work_ns, place.spans);
                place.work_ns = place.work_ns.saturating_add(frame.work_ns);
                place.spans += frame.spans;
            }
            if let Some(place) = next.get_mut(index as usize) {
                *place = Place { work_ns: frame.work_before_ns, spans: frame.spans_before };
            }
            visit(Some(index), &mut to_visit);
            frame.parent = frame.parent.map(|parent| at(&new_index, parent));
            merged.rows = merged.rows.max(frame.depth + 1);
            if frame.parent.is_none() {
                merged.work_ns = merged.work_ns.saturating_add(frame.work_ns);
                merged.spans += frame.spans;
            }
            merged.frames.push(frame);
        }
        merged
    }

    /// The frames directly below one, or the top ones; with their indices.
    pub fn children(&self, parent: Option<u32>) -> impl Iterator<Item = (u32, &MergedFrame)> {
        let (mut next, end) = match parent {
            None => (0, self.frames.len()),
            Some(parent) => {
                let subtree = self.frames.get(parent as usize).map_or(0, |frame| frame.subtree);
                (parent as usize + 1, parent as usize + subtree as usize)
            }
        };
        std::iter::from_fn(move || {
            let frame = self.frames.get(next).filter(|_| next < end)?;
            let index = u32::try_from(next).unwrap_or(u32::MAX);
            next += (frame.subtree as usize).max(1);
            Some((index, frame))
        })
    }

    /// The frame whose spans have a span among them: the last frame on its path of keys, from the root down.
    #[must_use]
    pub fn find(&self, path: impl Iterator<Item = u32>) -> Option<u32> {
        let mut here = None;
        for key in path {
            here = Some(self.children(here).find(|(_, frame)| frame.key == key)?.0);
        }
        here
    }
}

#[derive(Clone, Copy, Default)]
struct Place {
    work_ns: i64,
    spans: u64,
}

impl MergedFrame {
    fn empty(key: u32, parent: Option<u32>, depth: u32, first: u32) -> Self {
        Self {
            key,
            parent,
            depth,
            subtree: 1,
            count: 0,
            spans: 0,
            errors: 0,
            total_ns: 0,
            own_ns: 0,
            work_ns: 0,
            work_before_ns: 0,
            spans_before: 0,
            first,
            slowest: first,
            slowest_ns: -1,
        }
    }

    fn add(&mut self, span: u32, duration_ns: i64, own_ns: i64, traits: Traits) {
        self.count += 1;
        self.errors += u64::from(traits.is_error);
        self.total_ns = self.total_ns.saturating_add(duration_ns);
        self.own_ns = self.own_ns.saturating_add(if traits.waits { 0 } else { own_ns });
        if duration_ns > self.slowest_ns {
            (self.slowest, self.slowest_ns) = (span, duration_ns);
        }
    }
}

/// All spans of one name, wherever they stand. Sums are held at `i64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameSum {
    /// The caller's number of the name.
    pub key: u32,
    pub count: u64,
    pub errors: u64,
    /// Sum of the durations; a span within one of the same name counts as well.
    pub total_ns: i64,
    /// Sum of the own times.
    pub own_ns: i64,
    /// The longest of the spans.
    pub slowest: u32,
    slowest_ns: i64,
}

/// Sums by name of the spans that have a key, most own time first.
#[must_use]
pub fn by_name(tree: &TraceTree, key: impl Fn(u32) -> Option<u32>, traits: impl Fn(u32) -> Traits) -> Vec<NameSum> {
    let mut place_of: FastMap<u32, usize> = FastMap::default();
    let mut sums: Vec<NameSum> = Vec::new();
    for &span in &tree.preorder {
        let Some(key) = key(span) else { continue };
        let place = *place_of.entry(key).or_insert(sums.len());
        if place == sums.len() {
            sums.push(NameSum { key, count: 0, errors: 0, total_ns: 0, own_ns: 0, slowest: span, slowest_ns: -1 });
        }
        let Some(sum) = sums.get_mut(place) else { continue };
        let duration_ns = at(&tree.interval, span).length_ns();
        sum.count += 1;
        let traits = traits(span);
        sum.errors += u64::from(traits.is_error);
        sum.total_ns = sum.total_ns.saturating_add(duration_ns);
        sum.own_ns = sum.own_ns.saturating_add(if traits.waits { 0 } else { at(&tree.self_ns, span) });
        if duration_ns > sum.slowest_ns {
            (sum.slowest, sum.slowest_ns) = (span, duration_ns);
        }
    }
    sort_by_key(&mut sums, |sum| (Reverse(sum.own_ns), Reverse(sum.total_ns)));
    sums
}

#[cfg(test)]
mod tests;
