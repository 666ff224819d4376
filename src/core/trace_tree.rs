//! The tree of one trace: who called whom, in the order a reader sees, with the odd data named and never refused.
//!
//! Iterative throughout, O(n log n): 200,000 spans in one chain or under one parent are ordinary input. Must not know how the tree is
//! shown (`tree_rows` does) and must not drop a span, whatever its ids and times say.

use std::cmp::Reverse;
use std::fmt;

use super::fast_map::FastMap;
use super::self_time::{self, Interval};
use super::units;

/// What the tree needs to know of a span. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanInput<'a> {
    pub span_id: &'a str,
    /// `None` for a root.
    pub parent_id: Option<&'a str>,
    pub start_ns: i64,
    pub end_ns: i64,
    pub is_error: bool,
}

/// What is odd about a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanMarks {
    /// Its parent is not in the trace; it stands as a root.
    pub orphan: bool,
    /// Another span of the trace has the same id.
    pub duplicate_id: bool,
    /// It was the earliest of a circle of parents, or its own parent; it stands as a root.
    pub cycle_cut: bool,
    /// Some of it lies outside its parent's interval. Usual where work goes on after a call has returned, so no warning by itself.
    pub outside_parent: bool,
    /// It starts before its parent: the clocks disagree.
    pub starts_before_parent: bool,
    /// It ends before it starts; it counts as zero long.
    pub negative_duration: bool,
}

/// The tree of one trace. Spans are named by their `u32` index in the input; every `Vec` whose comment says "per span" has one entry for
/// each of them, in input order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceTree {
    /// Spans without a parent, in reading order.
    pub roots: Vec<u32>,
    /// Per span: its parent after orphans, duplicates and circles have been resolved.
    pub parent: Vec<Option<u32>>,
    /// Per span: 0 for a root.
    pub depth: Vec<u32>,
    /// The children of span `i` are `child_list[child_offsets[i]..child_offsets[i + 1]]`; see [`TraceTree::children`].
    pub child_offsets: Vec<u32>,
    /// Children of all spans, each group in (start, end descending, span id) order.
    pub child_list: Vec<u32>,
    /// Every span once, by (start, end descending, span id).
    pub by_start: Vec<u32>,
    /// Every span once, parents before their children, siblings in order.
    pub preorder: Vec<u32>,
    /// Per span: where it stands in `preorder`; its subtree follows it without a gap.
    pub preorder_pos: Vec<u32>,
    /// Per span: number of spans in its subtree, itself included.
    pub subtree_size: Vec<u32>,
    /// Per span: its interval, with an end that is never before its start.
    pub interval: Vec<Interval>,
    /// Per span: own time in nanoseconds, from 0 to the span's length.
    pub self_ns: Vec<i64>,
    /// Per span: the latest end in its subtree.
    pub subtree_end_ns: Vec<i64>,
    /// Per span: whether a span below it, not itself, has failed.
    pub has_error_below: Vec<bool>,
    /// Per span: what is odd about it.
    pub marks: Vec<SpanMarks>,
    /// The earliest start of the trace; 0 for a trace without spans.
    pub start_ns: i64,
    /// The latest end of the trace; 0 for a trace without spans.
    pub end_ns: i64,
}

/// One kind of oddity found in a trace and the spans that have it, in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeWarning {
    pub kind: TreeWarningKind,
    pub spans: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreeWarningKind {
    Orphans,
    DuplicateIds,
    CyclesCut,
    StartBeforeParent,
    NegativeDurations,
}

impl TreeWarningKind {
    const ALL: [Self; 5] = [Self::Orphans, Self::DuplicateIds, Self::CyclesCut, Self::StartBeforeParent, Self::NegativeDurations];

    fn marked(self, marks: SpanMarks) -> bool {
        match self {
            Self::Orphans => marks.orphan,
            Self::DuplicateIds => marks.duplicate_id,
            Self::CyclesCut => marks.cycle_cut,
            Self::StartBeforeParent => marks.starts_before_parent,
            Self::NegativeDurations => marks.negative_duration,
        }
    }
}

impl fmt::Display for TreeWarning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = units::count(self.spans.len() as u64);
        let one = self.spans.len() == 1;
        let pick = |singular: &'static str, plural: &'static str| if one { singular } else { plural };
        match self.kind {
            TreeWarningKind::Orphans => write!(
                out,
                "{number} {}",
                pick(
                    "orphan, shown as a root: its parent is not in this trace",
                    "orphans, shown as roots: their parents are not in this trace"
                )
            ),
            TreeWarningKind::DuplicateIds => {
                write!(out, "{number} {} an id with another span of this trace", pick("span shares", "spans share"))
            }
            TreeWarningKind::CyclesCut => write!(out, "{number} {} of parents, cut at the earliest span", pick("circle", "circles")),
            TreeWarningKind::StartBeforeParent => {
                write!(out, "{number} {} before the parent: the clocks disagree", pick("span starts", "spans start"))
            }
            TreeWarningKind::NegativeDurations => {
                write!(out, "{number} {} before the start, counted as zero long", pick("span ends", "spans end"))
            }
        }
    }
}

impl TraceTree {
    /// Builds the tree of one trace. Never fails; at most `u32::MAX` spans are taken.
    #[must_use]
    pub fn build(spans: &[SpanInput<'_>]) -> (Self, Vec<TreeWarning>) {
        let count = u32::try_from(spans.len()).unwrap_or(u32::MAX);
        let spans = spans.get(..count as usize).unwrap_or(spans);
        let mut tree = Self {
            interval: spans.iter().map(|span| Interval::of_span(span.start_ns, span.end_ns)).collect(),
            marks: vec![SpanMarks::default(); spans.len()],
            ..Self::default()
        };
        tree.start_ns = tree.interval.iter().map(|interval| interval.start_ns).min().unwrap_or(0);
        tree.end_ns = tree.interval.iter().map(|interval| interval.end_ns).max().unwrap_or(0);

        let order = tree.reading_order(spans, count);
        tree.find_parents(spans, &order);
        tree.cut_cycles(&order);
        tree.group_children(&order);
        tree.by_start = order;
        tree.walk_down();
        tree.sum_up(spans);
        tree.compare_with_parents(spans);
        let warnings = tree.warnings();
        (tree, warnings)
    }

    /// Number of spans.
    #[must_use]
    pub fn len(&self) -> usize {
        self.preorder.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.preorder.is_empty()
    }

    /// The children of a span in reading order; empty for a leaf and for an index that does not exist.
    #[must_use]
    pub fn children(&self, span: u32) -> &[u32] {
        let from = at(&self.child_offsets, span) as usize;
        let to = self.child_offsets.get(span as usize + 1).copied().unwrap_or(0) as usize;
        self.child_list.get(from..to).unwrap_or(&[])
    }

    #[must_use]
    pub fn parent_of(&self, span: u32) -> Option<u32> {
        self.parent.get(span as usize).copied().flatten()
    }

    /// The subtree of a span as a slice of `preorder`, itself first.
    #[must_use]
    pub fn subtree(&self, span: u32) -> &[u32] {
        let from = at(&self.preorder_pos, span) as usize;
        self.preorder.get(from..from + at(&self.subtree_size, span) as usize).unwrap_or(&[])
    }

    /// The parents of a span, nearest first.
    pub fn ancestors(&self, span: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.parent_of(span), |&above| self.parent_of(above))
    }

    /// The stretches in which a span worked itself, none of its children running; their lengths sum to `self_ns`.
    #[must_use]
    pub fn self_sections(&self, span: u32) -> Vec<Interval> {
        let children = self.children(span).iter().map(|&child| at(&self.interval, child));
        self_time::self_sections(at(&self.interval, span), children)
    }

    /// Hands on the stretches of [`TraceTree::self_sections`] one by one.
    pub fn each_self_section(&self, span: u32, found: impl FnMut(Interval)) {
        let children = self.children(span).iter().map(|&child| at(&self.interval, child));
        self_time::each_own_section(at(&self.interval, span), children, found);
    }

    /// All spans by (start, end descending, span id); what is still equal is told apart by its other values, so that the order of the
    /// input matters only between spans that are equal in all of them.
    fn reading_order(&self, spans: &[SpanInput<'_>], count: u32) -> Vec<u32> {
        // Keys side by side sort faster than keys looked up; most spans differ in their times.
        let mut order: Vec<(i64, Reverse<i64>, u32)> =
            (0..count).zip(&self.interval).map(|(index, own)| (own.start_ns, Reverse(own.end_ns), index)).collect();
        let rest = |index: u32| {
            let span = spans.get(index as usize);
            (span.map(|span| (span.span_id, span.parent_id, span.is_error, span.end_ns)), index)
        };
        order.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| rest(a.2).cmp(&rest(b.2))));
        order.into_iter().map(|(_, _, index)| index).collect()
    }

    fn find_parents(&mut self, spans: &[SpanInput<'_>], order: &[u32]) {
        let mut first_with_id: FastMap<&str, u32> = FastMap::with_capacity_and_hasher(spans.len(), Default::default());
        for &index in order {
            let Some(span) = spans.get(index as usize) else {
                continue;
            };
            let first = *first_with_id.entry(span.span_id).or_insert(index);
            if first != index {
                mark(&mut self.marks, first, |marks| marks.duplicate_id = true);
                mark(&mut self.marks, index, |marks| marks.duplicate_id = true);
            }
        }
        self.parent = spans
            .iter()
            .zip(self.marks.iter_mut())
            .map(|(span, marks)| {
                let parent_id = span.parent_id?;
                // Also among duplicates: a span that names its own id is its own parent, not the child of its double.
                if parent_id == span.span_id {
                    marks.cycle_cut = true;
                    return None;
                }
                let parent = first_with_id.get(parent_id).copied();
                marks.orphan = parent.is_none();
                parent
            })
            .collect();
    }

    /// Walks up from every span; meeting the walk's own trail closes a circle, which is cut at its earliest span.
    fn cut_cycles(&mut self, order: &[u32]) {
        let mut rank = vec![0_u32; order.len()];
        for (position, &index) in (0_u32..).zip(order) {
            set(&mut rank, index, position);
        }
        // 0: not seen yet; otherwise the number of the walk that came by.
        let mut seen_by = vec![0_u32; order.len()];
        for (walk, &start) in (1_u32..).zip(order) {
            let mut here = Some(start);
            while let Some(index) = here.filter(|&index| at(&seen_by, index) == 0) {
                set(&mut seen_by, index, walk);
                here = self.parent_of(index);
            }
            let Some(closing) = here.filter(|&index| at(&seen_by, index) == walk) else {
                continue;
            };
            let circle = std::iter::successors(Some(closing), |&index| self.parent_of(index).filter(|&next| next != closing));
            let Some(earliest) = circle.min_by_key(|&index| at(&rank, index)) else {
                continue;
            };
            set(&mut self.parent, earliest, None);
            mark(&mut self.marks, earliest, |marks| marks.cycle_cut = true);
        }
    }

    fn group_children(&mut self, order: &[u32]) {
        let mut offsets = vec![0_u32; order.len() + 1];
        for parent in self.parent.iter().flatten() {
            mark(&mut offsets, parent + 1, |children| *children += 1);
        }
        let mut total = 0;
        for offset in &mut offsets {
            total += *offset;
            *offset = total;
        }
        let mut next_free = offsets.clone();
        self.child_list = vec![0; total as usize];
        for &index in order {
            let Some(parent) = self.parent_of(index) else {
                self.roots.push(index);
                continue;
            };
            let slot = at(&next_free, parent);
            set(&mut self.child_list, slot, index);
            set(&mut next_free, parent, slot + 1);
        }
        self.child_offsets = offsets;
    }

    fn walk_down(&mut self) {
        let count = self.interval.len();
        self.depth = vec![0; count];
        self.preorder_pos = vec![0; count];
        self.preorder = Vec::with_capacity(count);
        let mut to_visit: Vec<u32> = self.roots.iter().rev().copied().collect();
        let mut position = 0;
        while let Some(index) = to_visit.pop() {
            set(&mut self.preorder_pos, index, position);
            position += 1;
            self.preorder.push(index);
            if let Some(parent) = self.parent_of(index) {
                let depth = at(&self.depth, parent) + 1;
                set(&mut self.depth, index, depth);
            }
            to_visit.extend(self.children(index).iter().rev());
        }
    }

    /// What a span has from the spans below it: backwards through the preorder, children come before their parents.
    fn sum_up(&mut self, spans: &[SpanInput<'_>]) {
        self.subtree_size = vec![1; spans.len()];
        self.subtree_end_ns = self.interval.iter().map(|interval| interval.end_ns).collect();
        self.has_error_below = vec![false; spans.len()];
        for &index in self.preorder.iter().rev() {
            let Some(parent) = self.parent.get(index as usize).copied().flatten() else {
                continue;
            };
            let size = at(&self.subtree_size, index);
            let end_ns = at(&self.subtree_end_ns, index);
            let own_error = spans.get(index as usize).is_some_and(|span| span.is_error);
            let failed = own_error || at(&self.has_error_below, index);
            mark(&mut self.subtree_size, parent, |whole| *whole += size);
            mark(&mut self.subtree_end_ns, parent, |latest| *latest = end_ns.max(*latest));
            mark(&mut self.has_error_below, parent, |below| *below |= failed);
        }
        self.self_ns = (0_u32..)
            .zip(&self.interval)
            .map(|(index, &own)| {
                let children = self.children(index).iter().map(|&child| at(&self.interval, child));
                self_time::self_time_ns(own, children)
            })
            .collect();
    }

    fn compare_with_parents(&mut self, spans: &[SpanInput<'_>]) {
        for ((span, own), (parent, marks)) in spans.iter().zip(&self.interval).zip(self.parent.iter().zip(self.marks.iter_mut())) {
            marks.negative_duration = span.end_ns < span.start_ns;
            if let Some(parent) = parent {
                let above = at(&self.interval, *parent);
                marks.starts_before_parent = own.start_ns < above.start_ns;
                marks.outside_parent = marks.starts_before_parent || own.end_ns > above.end_ns;
            }
        }
    }

    fn warnings(&self) -> Vec<TreeWarning> {
        TreeWarningKind::ALL
            .into_iter()
            .map(|kind| TreeWarning {
                kind,
                spans: self.preorder.iter().copied().filter(|&index| kind.marked(at(&self.marks, index))).collect(),
            })
            .filter(|warning| !warning.spans.is_empty())
            .collect()
    }
}

/// The entry of a per-span column; its default for an index that does not exist, which no caller here has.
pub(super) fn at<T: Copy + Default>(column: &[T], index: u32) -> T {
    column.get(index as usize).copied().unwrap_or_default()
}

fn set<T>(column: &mut [T], index: u32, value: T) {
    if let Some(entry) = column.get_mut(index as usize) {
        *entry = value;
    }
}

fn mark<T>(column: &mut [T], index: u32, change: impl FnOnce(&mut T)) {
    if let Some(entry) = column.get_mut(index as usize) {
        change(entry);
    }
}

#[cfg(test)]
mod tests;
