//! The visible rows of a trace tree: what is collapsed, folded as noise or left out by a search has none, and what a tree grid says of each row.
//!
//! O(visible rows) for each change: a collapsed subtree is stepped over, not walked. Must not know about pixels or markup.

use super::{
    noise::{self, Noise},
    span_set::SpanSet,
    trace_tree::{TraceTree, at},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// Stands for the framework hooks below a parent; its `span` is the first of them.
    Hooks,
    Span,
}

/// A visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: RowKind,
    /// Index of the span in the tree's input.
    pub span: u32,
    /// 0 for a root; `aria-level` is one more.
    pub depth: u32,
    /// Position among its siblings, from 1 (`aria-posinset`).
    pub pos_in_set: u32,
    /// Number of siblings, itself included (`aria-setsize`).
    pub set_size: u32,
    pub has_children: bool,
    /// Whether its children (of a row of hooks: the hooks) are shown; false for a leaf.
    pub expanded: bool,
    /// Bit `l` (`l` < 64 and < `depth`): the line in the column of level `l` goes on below this row, because the row itself or an
    /// ancestor of it at depth `l + 1` has a later sibling. The bit of level `depth - 1` is the row's own: set is ├, clear is └.
    pub guides: u64,
}

/// What decides which rows there are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// Spans whose children have no rows. Leaves and unknown spans have no effect.
    pub collapsed: Option<&'a SpanSet>,
    /// Framework hooks, each group one row that stands before its first hook; the set holds the parents (see [`noise::holder`]) whose hooks are opened.
    pub hooks: Option<(&'a Noise, &'a SpanSet)>,
    /// Only these spans have rows: matches and all their ancestors. Hooks among them are not folded.
    pub only: Option<&'a SpanSet>,
    /// Only this span and what is below it has rows; its depth counts as 0.
    pub root: Option<u32>,
}

impl<'a> Shown<'a> {
    fn is_collapsed(self, span: u32) -> bool {
        self.collapsed.is_some_and(|collapsed| collapsed.contains(span))
    }

    fn hooks(self) -> Option<(&'a Noise, &'a SpanSet)> {
        self.hooks.filter(|_| self.only.is_none())
    }

    /// How many rows of their own the children of a span have, an opened or closed row of hooks included.
    fn children_rows(self, tree: &TraceTree, parent: u32) -> usize {
        let all = noise::held(tree, parent);
        if let Some(only) = self.only {
            return all.iter().filter(|child| only.contains(**child)).count();
        }
        match self.hooks().and_then(|(noise, opened)| Some((noise.group(parent)?, opened.contains(parent)))) {
            Some((_, true)) => all.len() + 1,
            Some((group, false)) => all.len() - group.tops.len() + 1,
            None => all.len(),
        }
    }
}

/// The rows of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisibleRows {
    pub rows: Vec<Row>,
}

impl VisibleRows {
    /// The rows of `tree` in reading order.
    #[must_use]
    pub fn new(tree: &TraceTree, shown: Shown<'_>) -> Self {
        // Mostly open trees are large; closed ones are made in no time.
        let mut rows: Vec<Row> = Vec::with_capacity(if shown.collapsed.is_none_or(SpanSet::is_empty) { tree.len() } else { 0 });
        // One entry a level of the current path: how many siblings have been seen there and the guides its children inherit.
        let mut path: Vec<Level> = Vec::new();
        let (mut position, end, base_depth) = match shown.root {
            Some(root) => {
                let from = at(&tree.preorder_pos, root) as usize;
                (from, from + at(&tree.subtree_size, root) as usize, at(&tree.depth, root))
            }
            None => (0, tree.preorder.len(), 0),
        };
        let root_rows = match shown.root {
            Some(_) => 1,
            None => shown.children_rows(tree, tree.roots.first().map_or(0, |root| noise::holder(tree, *root))),
        };
        while let Some(&span) = tree.preorder.get(position).filter(|_| position < end) {
            let step_over = at(&tree.subtree_size, span).max(1) as usize;
            if shown.only.is_some_and(|only| !only.contains(span)) {
                position += step_over;
                continue;
            }
            let depth = at(&tree.depth, span).saturating_sub(base_depth);
            let parent = tree.parent_of(span).filter(|_| depth > 0);
            let holder = if shown.root == Some(span) { None } else { Some(noise::holder(tree, span)) };
            path.truncate(depth as usize + 1);
            if path.len() <= depth as usize {
                // The first row below its parent: how many there are is counted once.
                let of = parent.map_or(root_rows, |parent| shown.children_rows(tree, parent));
                path.push(Level { seen: 0, of: u32::try_from(of).unwrap_or(u32::MAX), guides: 0 });
            }
            let inherited = depth.checked_sub(1).and_then(|above| path.get(above as usize)).map_or(0, |level| level.guides);
            let mut push = |kind: RowKind, has_children: bool, expanded: bool| {
                let (mut pos_in_set, mut set_size, mut guides) = (1, 1, inherited);
                if let Some(level) = path.last_mut() {
                    level.seen += 1;
                    (pos_in_set, set_size) = (level.seen, level.of);
                    if pos_in_set < set_size {
                        guides |= depth.checked_sub(1).map_or(0, level_bit);
                    }
                    level.guides = guides;
                }
                rows.push(Row { kind, span, depth, pos_in_set, set_size, has_children, expanded, guides });
            };
            if let (Some(holder), Some((noise, opened))) = (holder, shown.hooks().filter(|(noise, _)| noise.spans.contains(span)))
                && let Some(group) = noise.group(holder)
            {
                let is_open = opened.contains(holder);
                if group.tops.first() == Some(&span) {
                    push(RowKind::Hooks, true, is_open);
                }
                if !is_open {
                    position += step_over;
                    continue;
                }
            }
            // Folded hooks leave a row, so only a search can leave a parent without any.
            let children = tree.children(span);
            let has_children = shown.only.map_or(!children.is_empty(), |only| children.iter().any(|child| only.contains(*child)));
            let expanded = has_children && !shown.is_collapsed(span);
            push(RowKind::Span, has_children, expanded);
            position += if expanded { 1 } else { step_over };
        }
        Self { rows }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of a span; `None` while it has none. O(log rows).
    #[must_use]
    pub fn row_of_span(&self, tree: &TraceTree, span: u32) -> Option<usize> {
        let row = self.last_row_until(tree, span, RowKind::Span)?;
        self.rows.get(row).is_some_and(|found| found.span == span && found.kind == RowKind::Span).then_some(row)
    }

    /// The row of a span or, while it has none, of what hides it: a collapsed ancestor or a closed row of hooks. `None` for a span that
    /// does not exist, or that a search or another root leaves out.
    #[must_use]
    pub fn row_that_holds(&self, tree: &TraceTree, shown: Shown<'_>, span: u32) -> Option<usize> {
        if shown.only.is_some_and(|only| !only.contains(span)) {
            return None;
        }
        let closed = shown.hooks().and_then(|(noise, opened)| {
            let parent = noise.group_of(tree, span).filter(|parent| !opened.contains(*parent))?;
            noise.group(parent)?.tops.first().copied()
        });
        let row = match closed {
            Some(first) => self.last_row_until(tree, first, RowKind::Hooks)?,
            None => self.last_row_until(tree, span, RowKind::Span)?,
        };
        let holder = self.rows.get(row)?;
        // What lies between two rows is hidden inside the first of them, unless another root left it out.
        let holds = holder.kind == RowKind::Hooks || is_within(tree, span, holder.span);
        holds.then_some(row)
    }

    /// Rows follow the preorder, a row of hooks right before its first hook.
    fn last_row_until(&self, tree: &TraceTree, span: u32, kind: RowKind) -> Option<usize> {
        let wanted = (*tree.preorder_pos.get(span as usize)?, kind);
        self.rows.partition_point(|row| (at(&tree.preorder_pos, row.span), row.kind) <= wanted).checked_sub(1)
    }
}

/// Whether a span is another one or lies below it: a subtree follows its span in the preorder without a gap.
fn is_within(tree: &TraceTree, span: u32, above: u32) -> bool {
    let (at_span, at_above) = (at(&tree.preorder_pos, span), at(&tree.preorder_pos, above));
    (at_above..at_above.saturating_add(at(&tree.subtree_size, above))).contains(&at_span)
}

#[derive(Clone, Copy)]
struct Level {
    seen: u32,
    /// Rows of this level below the same parent.
    of: u32,
    guides: u64,
}

fn level_bit(level: u32) -> u64 {
    1_u64.checked_shl(level).unwrap_or(0)
}

/// Makes a span visible: opens all its ancestors. Returns whether anything changed.
pub fn expand_ancestors(tree: &TraceTree, span: u32, collapsed: &mut SpanSet) -> bool {
    let mut changed = false;
    for ancestor in tree.ancestors(span) {
        changed |= collapsed.remove(ancestor);
    }
    changed
}

/// The set that shows rows down to `depth` (0: only the roots) and hides what is below.
#[must_use]
pub fn collapse_to_depth(tree: &TraceTree, depth: u32) -> SpanSet {
    let is_parent = |span: &u32| at(&tree.depth, *span) >= depth && !tree.children(*span).is_empty();
    // Rising indices fill the set from its front.
    (0..u32::try_from(tree.len()).unwrap_or(u32::MAX)).filter(is_parent).collect()
}

/// Collapses (or opens) a span and everything below it.
pub fn set_subtree_collapsed(tree: &TraceTree, span: u32, collapse: bool, collapsed: &mut SpanSet) {
    for &below in tree.subtree(span) {
        if collapse && !tree.children(below).is_empty() {
            collapsed.insert(below);
        } else {
            collapsed.remove(below);
        }
    }
}

/// Spans and all their ancestors: what a search shows.
#[must_use]
pub fn with_ancestors(tree: &TraceTree, spans: &[u32]) -> SpanSet {
    let mut set = SpanSet::default();
    for &span in spans {
        if !set.insert(span) {
            continue;
        }
        // Above a span that was there already, all others are.
        for above in tree.ancestors(span) {
            if !set.insert(above) {
                break;
            }
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::super::{
        noise::{NoiseFacts, NoiseRules},
        trace_tree::SpanInput,
    };
    use super::*;
    use proptest::prelude::*;

    /// A tree from each span's parent, which comes before it.
    fn tree(parents: &[Option<usize>]) -> TraceTree {
        let ids: Vec<String> = (0..parents.len()).map(|index| index.to_string()).collect();
        let spans: Vec<SpanInput<'_>> = parents
            .iter()
            .enumerate()
            .map(|(index, parent)| SpanInput {
                span_id: &ids[index],
                parent_id: parent.map(|above| ids[above].as_str()),
                start_ns: index as i64,
                end_ns: 1_000_000,
                is_error: false,
            })
            .collect();
        TraceTree::build(&spans).0
    }

    fn set<const N: usize>(spans: [u32; N]) -> SpanSet {
        spans.into_iter().collect()
    }

    fn collapsed_rows(tree: &TraceTree, collapsed: &SpanSet) -> VisibleRows {
        VisibleRows::new(tree, Shown { collapsed: Some(collapsed), ..Shown::default() })
    }

    /// The rows as a terminal would draw them.
    fn drawn(rows: &VisibleRows) -> String {
        let line = |row: &Row| {
            let column = |level: u32| match (row.guides & level_bit(level) != 0, level + 1 == row.depth) {
                (true, true) => "├",
                (false, true) => "└",
                (true, false) => "│",
                (false, false) => " ",
            };
            let guides: String = (0..row.depth).map(column).collect();
            let sign = match (row.has_children, row.expanded) {
                (true, true) => "-",
                (true, false) => "+",
                (false, _) => "",
            };
            let sign = if row.kind == RowKind::Hooks { if row.expanded { "v" } else { ">" } } else { sign };
            format!("{guides}{sign}{} {}/{}", row.span, row.pos_in_set, row.set_size)
        };
        rows.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// 0 ─ 1 ─ 2, 3;  0 ─ 4 ─ 5;  6
    const FAMILY: [Option<usize>; 7] = [None, Some(0), Some(1), Some(1), Some(0), Some(4), None];

    #[test]
    fn draws_an_open_tree() {
        let rows = VisibleRows::new(&tree(&FAMILY), Shown::default());
        assert_eq!(drawn(&rows), "-0 1/2\n├-1 1/2\n│├2 1/2\n│└3 2/2\n└-4 2/2\n └5 1/1\n6 2/2");
    }

    #[test]
    fn steps_over_what_is_collapsed() {
        let tree = tree(&FAMILY);
        let hidden = set([1, 3, 99]);
        let shown = Shown { collapsed: Some(&hidden), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), "-0 1/2\n├+1 1/2\n└-4 2/2\n └5 1/1\n6 2/2");
        assert_eq!(rows.row_of_span(&tree, 5), Some(3));
        assert_eq!(rows.row_of_span(&tree, 3), None);
        assert_eq!(rows.row_that_holds(&tree, shown, 3), Some(1));
        assert_eq!(rows.row_that_holds(&tree, shown, 99), None);
        assert_eq!(drawn(&collapsed_rows(&tree, &set([0]))), "+0 1/2\n6 2/2");
    }

    #[test]
    fn shows_a_tree_down_to_a_level() {
        let tree = tree(&FAMILY);
        let to_depth = |depth| drawn(&collapsed_rows(&tree, &collapse_to_depth(&tree, depth)));
        assert_eq!(to_depth(0), "+0 1/2\n6 2/2");
        assert_eq!(to_depth(1), "-0 1/2\n├+1 1/2\n└+4 2/2\n6 2/2");
        assert_eq!(to_depth(9), drawn(&VisibleRows::new(&tree, Shown::default())));
    }

    #[test]
    fn opens_the_way_to_a_span_and_no_more() {
        let tree = tree(&FAMILY);
        let mut collapsed = collapse_to_depth(&tree, 0);
        assert!(expand_ancestors(&tree, 2, &mut collapsed));
        assert_eq!(collapsed, set([4]));
        assert!(!expand_ancestors(&tree, 2, &mut collapsed));
    }

    #[test]
    fn collapses_and_opens_a_whole_subtree() {
        let tree = tree(&FAMILY);
        let mut collapsed = set([4]);
        set_subtree_collapsed(&tree, 0, true, &mut collapsed);
        assert_eq!(collapsed, set([0, 1, 4]));
        set_subtree_collapsed(&tree, 1, false, &mut collapsed);
        assert_eq!(collapsed, set([0, 4]));
    }

    #[test]
    fn deep_chains_have_guides_for_64_levels_only() {
        let count = 50_000;
        let mut parents: Vec<Option<usize>> = (0..count).map(|index: usize| index.checked_sub(1)).collect();
        parents.push(Some(63));
        parents.push(Some(64));
        let rows = VisibleRows::new(&tree(&parents), Shown::default());
        assert_eq!(rows.len(), count + 2);
        assert_eq!(rows.rows[count - 1].guides, level_bit(63), "the last level with a bit goes on, the one after has none");
        assert_eq!(rows.rows[63].guides, 0);
    }

    /// Spans 1, 3 and 5 of the family are hooks: 3 below 1, 5 below 4.
    fn hooks_of(tree: &TraceTree) -> Noise {
        let names = ["root", "on_a", "work", "on_b", "work", "on_c", "root"];
        let facts = |span: u32| names.get(span as usize).map(|name| NoiseFacts { name, operation: None, is_error: false, stays: false });
        Noise::find(tree, &NoiseRules::parse("on_* <1s").0, facts)
    }

    #[test]
    fn hooks_have_one_row_per_parent_and_open_in_place() {
        let tree = tree(&FAMILY);
        let (noise, closed) = (hooks_of(&tree), SpanSet::default());
        assert_eq!(noise.spans, set([3, 5]), "1 has work below it");
        let shown = Shown { hooks: Some((&noise, &closed)), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), "-0 1/2\n├-1 1/2\n│├2 1/2\n│└>3 2/2\n└-4 2/2\n └>5 1/1\n6 2/2");
        assert_eq!((rows.row_of_span(&tree, 3), rows.row_that_holds(&tree, shown, 3)), (None, Some(3)));
        let opened = set([1]);
        let shown = Shown { hooks: Some((&noise, &opened)), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), "-0 1/2\n├-1 1/2\n│├2 1/3\n│├v3 2/3\n│└3 3/3\n└-4 2/2\n └>5 1/1\n6 2/2");
        assert_eq!((rows.row_of_span(&tree, 3), rows.row_that_holds(&tree, shown, 3)), (Some(4), Some(4)));
    }

    #[test]
    fn hooks_among_the_roots_have_a_row_too() {
        let tree = tree(&[None, None, Some(1), None]);
        let names = ["on_a", "on_b", "on_c", "work"];
        let facts = |span: u32| names.get(span as usize).map(|name| NoiseFacts { name, operation: None, is_error: false, stays: false });
        let (noise, closed) = (Noise::find(&tree, &NoiseRules::parse("on_* <1s").0, facts), SpanSet::default());
        let shown = Shown { hooks: Some((&noise, &closed)), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), ">0 1/2\n3 2/2");
        assert_eq!(rows.row_that_holds(&tree, shown, 2), Some(0));
        let opened = set([noise::holder(&tree, 0)]);
        let shown = Shown { hooks: Some((&noise, &opened)), ..Shown::default() };
        assert_eq!(drawn(&VisibleRows::new(&tree, shown)), "v0 1/4\n0 2/4\n-1 3/4\n└2 1/1\n3 4/4");
    }

    #[test]
    fn a_search_shows_matches_below_their_parents() {
        let tree = tree(&FAMILY);
        let noise = hooks_of(&tree);
        let (only, none) = (with_ancestors(&tree, &[3, 6]), SpanSet::default());
        let shown = Shown { only: Some(&only), hooks: Some((&noise, &none)), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), "-0 1/2\n└-1 1/1\n └3 1/1\n6 2/2");
        assert_eq!(rows.row_that_holds(&tree, shown, 5), None);
    }

    #[test]
    fn any_span_can_stand_for_the_trace() {
        let tree = tree(&FAMILY);
        let shown = Shown { root: Some(1), ..Shown::default() };
        let rows = VisibleRows::new(&tree, shown);
        assert_eq!(drawn(&rows), "-1 1/1\n├2 1/2\n└3 2/2");
        assert_eq!((rows.row_of_span(&tree, 2), rows.row_that_holds(&tree, shown, 4)), (Some(1), None));
    }

    prop_compose! {
        fn family()(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..24)) -> Vec<Option<usize>> {
            picks.iter().enumerate().map(|(index, pick)| pick.index(index + 1).checked_sub(1)).collect()
        }
    }

    proptest! {
        #[test]
        fn siblings_are_numbered_without_a_gap(parents in family(), collapsed in prop::collection::vec(0_u32..24, 0..8), hooks in prop::collection::hash_set(0_u32..24, 0..12), opened in prop::collection::vec(0_u32..24, 0..6), only in prop::collection::vec(0_u32..24, 0..4), search in any::<bool>()) {
            let tree = tree(&parents);
            let (collapsed, opened): (SpanSet, SpanSet) = (collapsed.into_iter().collect(), opened.into_iter().collect());
            let facts = |span: u32| Some(NoiseFacts { name: if hooks.contains(&span) { "on_x" } else { "work" }, operation: None, is_error: false, stays: false });
            let noise = Noise::find(&tree, &NoiseRules::parse("on_* <1s").0, facts);
            let matches: Vec<u32> = only.into_iter().filter(|span| (*span as usize) < parents.len()).collect();
            let only = with_ancestors(&tree, &matches);
            let shown = Shown { collapsed: Some(&collapsed), hooks: Some((&noise, &opened)), only: search.then_some(&only), root: None };
            let rows = VisibleRows::new(&tree, shown);
            let mut seen: Vec<u32> = Vec::new();
            for (index, row) in rows.rows.iter().enumerate() {
                seen.truncate(row.depth as usize + 1);
                if seen.len() == row.depth as usize { seen.push(0); }
                seen[row.depth as usize] += 1;
                prop_assert_eq!(row.pos_in_set, seen[row.depth as usize]);
                let ends = rows.rows[index + 1..].iter().find(|later| later.depth <= row.depth).is_none_or(|later| later.depth < row.depth);
                prop_assert_eq!(ends, row.pos_in_set == row.set_size);
                prop_assert_eq!(row.expanded && row.kind == RowKind::Span, rows.rows.get(index + 1).is_some_and(|next| next.depth > row.depth));
            }
            for span in 0..parents.len() as u32 {
                prop_assert_eq!(rows.row_of_span(&tree, span), rows.rows.iter().position(|row| row.span == span && row.kind == RowKind::Span));
                let holder = rows.row_that_holds(&tree, shown, span);
                prop_assert_eq!(holder.is_some(), !search || only.contains(span), "{}", span);
            }
        }

        #[test]
        fn rows_are_the_spans_without_a_collapsed_ancestor(parents in family(), collapsed in prop::collection::hash_set(0_u32..24, 0..8)) {
            let tree = tree(&parents);
            let collapsed: SpanSet = collapsed.into_iter().collect();
            let rows = collapsed_rows(&tree, &collapsed);
            let all = Shown { collapsed: Some(&collapsed), ..Shown::default() };
            let shown = |span: &u32| !tree.ancestors(*span).any(|above| collapsed.contains(above));
            let expected: Vec<u32> = tree.preorder.iter().copied().filter(shown).collect();
            prop_assert_eq!(rows.rows.iter().map(|row| row.span).collect::<Vec<_>>(), expected);
            for span in 0..parents.len() as u32 {
                let row = rows.row_of_span(&tree, span);
                prop_assert_eq!(row, rows.rows.iter().position(|row| row.span == span));
                let holder = std::iter::once(span).chain(tree.ancestors(span)).filter(shown).find_map(|span| rows.row_of_span(&tree, span));
                prop_assert_eq!(rows.row_that_holds(&tree, all, span), holder);
            }
            for (index, row) in rows.rows.iter().enumerate() {
                let siblings = tree.parent_of(row.span).map_or(&tree.roots[..], |parent| tree.children(parent));
                prop_assert_eq!(siblings.get(row.pos_in_set as usize - 1), Some(&row.span));
                prop_assert_eq!(row.set_size as usize, siblings.len());
                for level in 0..row.depth {
                    // A line goes on when the next row that is not deeper than its children is one of them.
                    let next = rows.rows[index + 1..].iter().find(|later| later.depth <= level + 1);
                    prop_assert_eq!(row.guides & level_bit(level) != 0, next.is_some_and(|later| later.depth == level + 1));
                }
            }
        }
    }
}
