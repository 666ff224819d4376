//! The critical path: the chain of own work and of waiting that decided when a trace finished.
//!
//! Its sections are disjoint, follow each other without a gap and together cover the time from the root's start to the end of the last
//! span below it. Iterative, O(n log n). Must not know how the path is drawn, and must not drop or invent time.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::order::{sort_by_key, sort_numbers};
use super::self_time::Interval;
use super::span_set::SpanSet;
use super::trace_tree::{TraceTree, at};

/// What a span's kind says about who waits for whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallKind {
    /// Waited for, as every kind but the two below.
    #[default]
    Sync,
    Producer,
    /// Not waited for by a producer that outlives it.
    Consumer,
}

impl CallKind {
    /// From a span's kind as the canonical view has it.
    #[must_use]
    pub fn of_name(kind: Option<&str>) -> Self {
        match kind {
            Some("PRODUCER") => Self::Producer,
            Some("CONSUMER") => Self::Consumer,
            _ => Self::Sync,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// The span's own work, inside its interval.
    SelfTime,
    /// Nothing of the path ran; the path went on with the named span.
    Wait,
}

/// A stretch of the path, never empty, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The span that worked, or the one that was waited for.
    pub span: u32,
    pub start_ns: i64,
    pub end_ns: i64,
    pub kind: SectionKind,
}

impl Section {
    /// Nanoseconds, `i64::MAX` where it is longer than that.
    #[must_use]
    pub fn length_ns(self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// What all sections with the same key have of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share<K> {
    pub key: K,
    pub self_ns: i64,
    pub wait_ns: i64,
    pub sections: u64,
    /// Index of the longest section, own work before waiting; the earliest of equals.
    pub longest: u32,
}

impl<K> Share<K> {
    /// Work and waiting, in nanoseconds.
    #[must_use]
    pub fn whole_ns(&self) -> i64 {
        self.self_ns.saturating_add(self.wait_ns)
    }
}

/// A path and its index by span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CriticalPath {
    /// Where the path starts; `None` for a trace without spans.
    pub root: Option<u32>,
    /// In order of time, each starting where the one before it ends.
    pub sections: Vec<Section>,
    /// The sections that name span `i` are `own_list[own_offsets[i]..own_offsets[i + 1]]`.
    own_offsets: Vec<u32>,
    /// Indices of sections, grouped by span, each group in order of time.
    own_list: Vec<u32>,
    /// Per span: the sections that its subtree put on the path are `sections[first..end]`.
    below: Vec<(u32, u32)>,
    /// Indices of the sections that are waits, in order of time.
    waits: Vec<u32>,
}

impl CriticalPath {
    /// The path of a trace: that of the root whose subtree ends last (of equals the first in reading order), after a wait from the
    /// trace's start. `kinds` per span; a span that it does not reach is [`CallKind::Sync`].
    #[must_use]
    pub fn of_trace(tree: &TraceTree, kinds: &[CallKind]) -> Self {
        let end_ns = |root: &u32| at(&tree.subtree_end_ns, *root);
        // `max_by_key` gives the last of equals, so the walk goes backwards.
        match tree.roots.iter().rev().copied().max_by_key(end_ns) {
            Some(root) => Self::find(tree, kinds, &SpanSet::default(), root, tree.start_ns),
            None => Self::default(),
        }
    }

    /// As [`Self::of_trace`], with some spans and all below them looked through as if they were not there: spans that only poll until others
    /// have finished end last and would take the path for themselves.
    #[must_use]
    pub fn of_trace_without(tree: &TraceTree, kinds: &[CallKind], without: &SpanSet) -> Self {
        let end_ns = |root: &u32| at(&tree.subtree_end_ns, *root);
        match tree.roots.iter().rev().copied().filter(|root| !without.contains(*root)).max_by_key(end_ns) {
            Some(root) => Self::find(tree, kinds, without, root, tree.start_ns),
            None => Self::of_trace(tree, kinds),
        }
    }

    /// The path of the subtree of a span, from the span's start. Empty for a span that does not exist.
    #[must_use]
    pub fn of_span(tree: &TraceTree, kinds: &[CallKind], root: u32) -> Self {
        match tree.interval.get(root as usize) {
            Some(own) => Self::find(tree, kinds, &SpanSet::default(), root, own.start_ns),
            None => Self::default(),
        }
    }

    fn find(tree: &TraceTree, kinds: &[CallKind], without: &SpanSet, root: u32, from_ns: i64) -> Self {
        let mut walk = Walk { tree, kinds, without, sections: Vec::new(), below: vec![(0, 0); tree.len()], last_left: root };
        walk.run(root);
        walk.add_wait(root, from_ns, at(&tree.interval, root).start_ns);
        let Walk { mut sections, mut below, .. } = walk;
        // The walk went backwards in time.
        sections.reverse();
        let count = u32::try_from(sections.len()).unwrap_or(u32::MAX);
        for (first, end) in &mut below {
            (*first, *end) = (count.saturating_sub(*end), count.saturating_sub(*first));
        }
        let (own_offsets, own_list) = by_span(&sections, tree.len());
        let waits = (0_u32..).zip(&sections).filter(|(_, section)| section.kind == SectionKind::Wait).map(|(index, _)| index).collect();
        Self { root: Some(root), sections, own_offsets, own_list, below, waits }
    }

    /// The whole path in nanoseconds, waits included.
    #[must_use]
    pub fn length_ns(&self) -> i64 {
        sum_ns(&self.sections)
    }

    /// Own work on the path in nanoseconds.
    #[must_use]
    pub fn work_ns(&self) -> i64 {
        sum_ns(self.sections.iter().filter(|section| section.kind == SectionKind::SelfTime))
    }

    /// Waiting on the path in nanoseconds.
    #[must_use]
    pub fn wait_ns(&self) -> i64 {
        sum_ns(self.sections.iter().filter(|section| section.kind == SectionKind::Wait))
    }

    /// Number of spans that work on the path or are waited for.
    #[must_use]
    pub fn spans(&self) -> usize {
        self.own_offsets.windows(2).filter(|pair| pair.first() != pair.last()).count()
    }

    /// Indices of all sections by length, the longest first, equals in order of time.
    #[must_use]
    pub fn longest_first(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0_u32..).zip(&self.sections).map(|(index, _)| index).collect();
        sort_numbers(&mut order, &mut |one, other| self.length_of(other).cmp(&self.length_of(one)));
        order
    }

    /// The longest wait of the path, the earliest of equals; `None` when nothing waited.
    #[must_use]
    pub fn longest_wait(&self) -> Option<u32> {
        // `max_by_key` gives the last of equals, so the walk goes backwards.
        self.waits.iter().rev().copied().max_by_key(|&index| self.length_of(index))
    }

    fn length_of(&self, index: u32) -> i64 {
        self.sections.get(index as usize).map_or(0, |section| section.length_ns())
    }

    /// Indices of the sections that name a span, its work and the waits for it, in order of time. O(1).
    #[must_use]
    pub fn indices_of(&self, span: u32) -> &[u32] {
        let from = at(&self.own_offsets, span) as usize;
        let to = self.own_offsets.get(span as usize + 1).copied().unwrap_or(0) as usize;
        self.own_list.get(from..to).unwrap_or(&[])
    }

    /// The sections that name a span, its work and the waits for it, in order of time. O(sections of the span).
    pub fn sections_of(&self, span: u32) -> impl DoubleEndedIterator<Item = Section> + '_ {
        self.indices_of(span).iter().filter_map(|&index| self.sections.get(index as usize).copied())
    }

    /// When the path ran in a span or below it, waits left out, in order of time: what a collapsed row shows.
    ///
    /// Work of different spans that touches is one interval. O(log n + intervals found): a subtree's work is one run of the path, so
    /// only the waits inside the run are looked at.
    #[must_use]
    pub fn intervals_below(&self, span: u32) -> Vec<Interval> {
        let (first, end) = at(&self.below, span);
        let waits = self.waits.partition_point(|&wait| wait < first);
        let inside = self.waits.iter().skip(waits).copied().take_while(|&wait| wait < end);
        let mut intervals = Vec::new();
        let mut from = first;
        for wait in inside.chain([end]) {
            let run = self.sections.get(from as usize..wait as usize).unwrap_or(&[]);
            if let (Some(earliest), Some(latest)) = (run.first(), run.last()) {
                intervals.push(Interval { start_ns: earliest.start_ns, end_ns: latest.end_ns });
            }
            from = wait + 1;
        }
        intervals
    }

    /// How the path is divided between the keys of its spans; most time first, equals by key.
    pub fn shares<K: Ord + Clone>(&self, key: impl Fn(u32) -> K) -> Vec<Share<K>> {
        let mut by_key: BTreeMap<K, Share<K>> = BTreeMap::new();
        for (index, section) in (0_u32..).zip(&self.sections) {
            let name = key(section.span);
            let empty = || Share { key: name.clone(), self_ns: 0, wait_ns: 0, sections: 0, longest: index };
            let share = by_key.entry(name.clone()).or_insert_with(empty);
            let sum = match section.kind {
                SectionKind::SelfTime => &mut share.self_ns,
                SectionKind::Wait => &mut share.wait_ns,
            };
            *sum = sum.saturating_add(section.length_ns());
            share.sections += 1;
            let rank = |section: &Section| (section.kind == SectionKind::SelfTime, section.length_ns());
            if self.sections.get(share.longest as usize).is_some_and(|longest| rank(section) > rank(longest)) {
                share.longest = index;
            }
        }
        let mut shares: Vec<Share<K>> = by_key.into_values().collect();
        sort_by_key(&mut shares, |share| Reverse(share.whole_ns()));
        shares
    }

    /// Where stepping begins from a span: its first section or, for a span that is not on the path, the section beside its start from which
    /// the next step leads past it.
    #[must_use]
    pub fn place_of(&self, tree: &TraceTree, span: u32, backwards: bool) -> Option<u32> {
        if let Some(&own) = self.indices_of(span).first() {
            return Some(own);
        }
        let start_ns = tree.interval.get(span as usize)?.start_ns;
        let after = u32::try_from(self.sections.partition_point(|section| section.start_ns < start_ns)).unwrap_or(u32::MAX);
        if backwards { Some(after) } else { after.checked_sub(1) }
    }

    /// The section after (or before) another one, the same one at the end of the path; without one, the first (or last).
    #[must_use]
    pub fn step(&self, from: Option<u32>, backwards: bool) -> Option<u32> {
        let last = u32::try_from(self.sections.len()).unwrap_or(u32::MAX).checked_sub(1)?;
        Some(match (from, backwards) {
            (None, false) => 0,
            (None, true) => last,
            (Some(from), false) => from.saturating_add(1).min(last),
            (Some(from), true) => from.saturating_sub(1).min(last),
        })
    }
}

fn sum_ns<'a>(sections: impl IntoIterator<Item = &'a Section>) -> i64 {
    let exact: i128 = sections.into_iter().map(|section| i128::from(section.end_ns) - i128::from(section.start_ns)).sum();
    i64::try_from(exact).unwrap_or(i64::MAX)
}

/// The indices of sections grouped by the span that they name, spans in order: offsets and list.
fn by_span(sections: &[Section], spans: usize) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0_u32; spans + 1];
    for section in sections {
        if let Some(count) = offsets.get_mut(section.span as usize + 1) {
            *count += 1;
        }
    }
    let mut total = 0;
    for offset in &mut offsets {
        total += *offset;
        *offset = total;
    }
    let mut next_free = offsets.clone();
    let mut list = vec![0_u32; sections.len()];
    for (index, section) in (0_u32..).zip(sections) {
        let Some(slot) = next_free.get_mut(section.span as usize) else { continue };
        if let Some(entry) = list.get_mut(*slot as usize) {
            *entry = index;
        }
        *slot += 1;
    }
    (offsets, list)
}

/// A span that the walk is in.
struct Frame {
    span: u32,
    /// Own start, not before the parent's.
    start_ns: i64,
    end_ns: i64,
    /// The path is known from here on.
    reached_ns: i64,
    /// Where its children begin in [`Walk`]'s stack of children; they are taken from that stack's end.
    children_from: usize,
    /// Number of sections that were there when the walk came in.
    sections_before: u32,
}

/// The walk backwards in time; its sections are latest first.
struct Walk<'a> {
    tree: &'a TraceTree,
    kinds: &'a [CallKind],
    without: &'a SpanSet,
    sections: Vec<Section>,
    /// Per span: number of sections before and after the walk was in it.
    below: Vec<(u32, u32)>,
    /// The span that the walk left last: what was waited for, when it and all after it have no length.
    last_left: u32,
}

impl Walk<'_> {
    fn run(&mut self, root: u32) {
        let mut frames = Vec::new();
        // Children still to be looked at, of all frames; those of the innermost frame last, its latest end at the very end.
        let mut children: Vec<u32> = Vec::new();
        frames.push(self.enter(root, i64::MIN, &mut children));
        while let Some(frame) = frames.last_mut() {
            let next = if children.len() > frame.children_from { children.pop() } else { None };
            let Some(child) = next else {
                let (span, start_ns, own_end_ns, reached_ns, before) =
                    (frame.span, frame.start_ns, frame.end_ns, frame.reached_ns, frame.sections_before);
                self.add_gap(span, own_end_ns, start_ns, reached_ns);
                self.leave(span, before);
                frames.pop();
                if let Some(parent) = frames.last_mut() {
                    parent.reached_ns = start_ns;
                }
                continue;
            };
            let child_end_ns = at(&self.tree.subtree_end_ns, child);
            // It went on while a later part of the path ran, so it did not decide when that part began.
            if child_end_ns > frame.reached_ns {
                continue;
            }
            let (span, start_ns, own_end_ns, reached_ns) = (frame.span, frame.start_ns, frame.end_ns, frame.reached_ns);
            self.add_gap(span, own_end_ns, child_end_ns, reached_ns);
            frames.push(self.enter(child, start_ns, &mut children));
        }
    }

    /// The walk of a span up to the end of its subtree.
    fn enter(&self, span: u32, not_before_ns: i64, children: &mut Vec<u32>) -> Frame {
        let own = at(&self.tree.interval, span);
        let start_ns = own.start_ns.max(not_before_ns);
        let children_from = children.len();
        let producer = self.kind(span) == CallKind::Producer;
        let end_of = |child: u32| at(&self.tree.subtree_end_ns, child);
        children.extend(self.tree.children(span).iter().rev().filter(|&&child| {
            let end_ns = end_of(child);
            let not_waited_for = producer && self.kind(child) == CallKind::Consumer && end_ns <= own.end_ns;
            end_ns >= start_ns && !not_waited_for && !self.without.contains(child)
        }));
        // Ascending, because they are taken from the end. Of equals the first in reading order is taken first: it stands last already.
        if let Some(group) = children.get_mut(children_from..) {
            let times = |child: u32| (end_of(child), at(&self.tree.interval, child).start_ns.max(start_ns));
            sort_numbers(group, &mut |one, other| times(one).cmp(&times(other)));
        }
        Frame {
            span,
            start_ns,
            end_ns: own.end_ns,
            reached_ns: at(&self.tree.subtree_end_ns, span),
            children_from,
            sections_before: self.count(),
        }
    }

    fn leave(&mut self, span: u32, before: u32) {
        let after = self.count();
        if let Some(entry) = self.below.get_mut(span as usize) {
            *entry = (before, after);
        }
        self.last_left = span;
    }

    fn kind(&self, span: u32) -> CallKind {
        at(self.kinds, span)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.sections.len()).unwrap_or(u32::MAX)
    }

    /// Time of a span in which none of its children is on the path: its own work while it ran, waiting for what follows after that.
    fn add_gap(&mut self, span: u32, own_end_ns: i64, from_ns: i64, to_ns: i64) {
        let worked_until_ns = own_end_ns.clamp(from_ns, to_ns.max(from_ns));
        let awaited = self.sections.last().map_or(self.last_left, |section| section.span);
        self.add_wait(awaited, worked_until_ns, to_ns);
        self.add(Section { span, start_ns: from_ns, end_ns: worked_until_ns, kind: SectionKind::SelfTime });
    }

    fn add_wait(&mut self, span: u32, start_ns: i64, end_ns: i64) {
        self.add(Section { span, start_ns, end_ns, kind: SectionKind::Wait });
    }

    fn add(&mut self, section: Section) {
        if section.end_ns <= section.start_ns {
            return;
        }
        match self.sections.last_mut() {
            Some(later) if (later.span, later.kind, later.start_ns) == (section.span, section.kind, section.end_ns) => {
                later.start_ns = section.start_ns;
            }
            _ => self.sections.push(section),
        }
    }
}

#[cfg(test)]
mod tests;
