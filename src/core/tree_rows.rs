//! The visible rows of a trace tree when some spans are collapsed, and what a tree grid says of each row.
//!
//! O(visible rows) for each change: a collapsed subtree is stepped over, not walked. Must not know about pixels or markup.

use std::collections::HashSet;

use super::trace_tree::{TraceTree, at};

/// A visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Index of the span in the tree's input.
    pub span: u32,
    /// 0 for a root; `aria-level` is one more.
    pub depth: u32,
    /// Position among its siblings, from 1 (`aria-posinset`).
    pub pos_in_set: u32,
    /// Number of siblings, itself included (`aria-setsize`).
    pub set_size: u32,
    pub has_children: bool,
    /// Whether its children are shown; false for a leaf.
    pub expanded: bool,
    /// Bit `l` (`l` < 64 and < `depth`): the line in the column of level `l` goes on below this row, because the row itself or an
    /// ancestor of it at depth `l + 1` has a later sibling. The bit of level `depth - 1` is the row's own: set is ├, clear is └.
    pub guides: u64,
}

/// The rows of a tree under a set of collapsed spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisibleRows {
    pub rows: Vec<Row>,
}

impl VisibleRows {
    /// The rows of `tree` in reading order. Leaves and unknown spans in `collapsed` have no effect.
    #[must_use]
    pub fn new(tree: &TraceTree, collapsed: &HashSet<u32>) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        // One entry a level of the current path: how many siblings have been seen there and the guides its children inherit.
        let mut path: Vec<Level> = Vec::new();
        let mut position = 0_usize;
        while let Some(&span) = tree.preorder.get(position) {
            let depth = at(&tree.depth, span);
            let siblings = match tree.parent_of(span) {
                Some(parent) => tree.children(parent).len(),
                None => tree.roots.len(),
            };
            let set_size = u32::try_from(siblings).unwrap_or(u32::MAX);
            path.truncate(depth as usize + 1);
            let inherited = depth.checked_sub(1).and_then(|above| path.get(above as usize)).map_or(0, |level| level.guides);
            if path.len() <= depth as usize {
                path.push(Level { seen: 0, guides: 0 });
            }
            let mut pos_in_set = 1;
            let mut guides = inherited;
            if let Some(level) = path.last_mut() {
                level.seen += 1;
                pos_in_set = level.seen;
                if pos_in_set < set_size {
                    guides |= depth.checked_sub(1).map_or(0, level_bit);
                }
                level.guides = guides;
            }
            let has_children = !tree.children(span).is_empty();
            let expanded = has_children && !collapsed.contains(&span);
            rows.push(Row { span, depth, pos_in_set, set_size, has_children, expanded, guides });
            position += if expanded { 1 } else { at(&tree.subtree_size, span).max(1) as usize };
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

    /// The row of a span; `None` while an ancestor of it is collapsed. O(log rows).
    #[must_use]
    pub fn row_of_span(&self, tree: &TraceTree, span: u32) -> Option<usize> {
        let row = self.row_that_holds(tree, span)?;
        self.rows.get(row).is_some_and(|found| found.span == span).then_some(row)
    }

    /// The row of a span or, while it is hidden, of the collapsed ancestor that hides it. `None` for a span that does not exist.
    #[must_use]
    pub fn row_that_holds(&self, tree: &TraceTree, span: u32) -> Option<usize> {
        let wanted = *tree.preorder_pos.get(span as usize)?;
        // Rows follow the preorder, and what lies between two rows is hidden inside the first of them.
        self.rows.partition_point(|row| at(&tree.preorder_pos, row.span) <= wanted).checked_sub(1)
    }
}

#[derive(Clone, Copy)]
struct Level {
    seen: u32,
    guides: u64,
}

fn level_bit(level: u32) -> u64 {
    1_u64.checked_shl(level).unwrap_or(0)
}

/// Makes a span visible: opens all its ancestors. Returns whether anything changed.
pub fn expand_ancestors(tree: &TraceTree, span: u32, collapsed: &mut HashSet<u32>) -> bool {
    let mut changed = false;
    for ancestor in tree.ancestors(span) {
        changed |= collapsed.remove(&ancestor);
    }
    changed
}

/// The set that shows rows down to `depth` (0: only the roots) and hides what is below.
#[must_use]
pub fn collapse_to_depth(tree: &TraceTree, depth: u32) -> HashSet<u32> {
    tree.preorder.iter().copied().filter(|&span| at(&tree.depth, span) >= depth && !tree.children(span).is_empty()).collect()
}

/// Collapses (or opens) a span and everything below it.
pub fn set_subtree_collapsed(tree: &TraceTree, span: u32, collapse: bool, collapsed: &mut HashSet<u32>) {
    for &below in tree.subtree(span) {
        if collapse && !tree.children(below).is_empty() {
            collapsed.insert(below);
        } else {
            collapsed.remove(&below);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace_tree::SpanInput;
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
            format!("{guides}{sign}{} {}/{}", row.span, row.pos_in_set, row.set_size)
        };
        rows.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// 0 ─ 1 ─ 2, 3;  0 ─ 4 ─ 5;  6
    const FAMILY: [Option<usize>; 7] = [None, Some(0), Some(1), Some(1), Some(0), Some(4), None];

    #[test]
    fn draws_an_open_tree() {
        let rows = VisibleRows::new(&tree(&FAMILY), &HashSet::new());
        assert_eq!(drawn(&rows), "-0 1/2\n├-1 1/2\n│├2 1/2\n│└3 2/2\n└-4 2/2\n └5 1/1\n6 2/2");
    }

    #[test]
    fn steps_over_what_is_collapsed() {
        let tree = tree(&FAMILY);
        let rows = VisibleRows::new(&tree, &HashSet::from([1, 3, 99]));
        assert_eq!(drawn(&rows), "-0 1/2\n├+1 1/2\n└-4 2/2\n └5 1/1\n6 2/2");
        assert_eq!(rows.row_of_span(&tree, 5), Some(3));
        assert_eq!(rows.row_of_span(&tree, 3), None);
        assert_eq!(rows.row_that_holds(&tree, 3), Some(1));
        assert_eq!(rows.row_that_holds(&tree, 99), None);
        assert_eq!(drawn(&VisibleRows::new(&tree, &HashSet::from([0]))), "+0 1/2\n6 2/2");
    }

    #[test]
    fn shows_a_tree_down_to_a_level() {
        let tree = tree(&FAMILY);
        let to_depth = |depth| drawn(&VisibleRows::new(&tree, &collapse_to_depth(&tree, depth)));
        assert_eq!(to_depth(0), "+0 1/2\n6 2/2");
        assert_eq!(to_depth(1), "-0 1/2\n├+1 1/2\n└+4 2/2\n6 2/2");
        assert_eq!(to_depth(9), drawn(&VisibleRows::new(&tree, &HashSet::new())));
    }

    #[test]
    fn opens_the_way_to_a_span_and_no_more() {
        let tree = tree(&FAMILY);
        let mut collapsed = collapse_to_depth(&tree, 0);
        assert!(expand_ancestors(&tree, 2, &mut collapsed));
        assert_eq!(collapsed, HashSet::from([4]));
        assert!(!expand_ancestors(&tree, 2, &mut collapsed));
    }

    #[test]
    fn collapses_and_opens_a_whole_subtree() {
        let tree = tree(&FAMILY);
        let mut collapsed = HashSet::from([4]);
        set_subtree_collapsed(&tree, 0, true, &mut collapsed);
        assert_eq!(collapsed, HashSet::from([0, 1, 4]));
        set_subtree_collapsed(&tree, 1, false, &mut collapsed);
        assert_eq!(collapsed, HashSet::from([0, 4]));
    }

    #[test]
    fn deep_chains_have_guides_for_64_levels_only() {
        let count = 50_000;
        let mut parents: Vec<Option<usize>> = (0..count).map(|index: usize| index.checked_sub(1)).collect();
        parents.push(Some(63));
        parents.push(Some(64));
        let rows = VisibleRows::new(&tree(&parents), &HashSet::new());
        assert_eq!(rows.len(), count + 2);
        assert_eq!(rows.rows[count - 1].guides, level_bit(63), "the last level with a bit goes on, the one after has none");
        assert_eq!(rows.rows[63].guides, 0);
    }

    prop_compose! {
        fn family()(picks in prop::collection::vec(any::<prop::sample::Index>(), 0..24)) -> Vec<Option<usize>> {
            picks.iter().enumerate().map(|(index, pick)| pick.index(index + 1).checked_sub(1)).collect()
        }
    }

    proptest! {
        #[test]
        fn rows_are_the_spans_without_a_collapsed_ancestor(parents in family(), collapsed in prop::collection::hash_set(0_u32..24, 0..8)) {
            let tree = tree(&parents);
            let rows = VisibleRows::new(&tree, &collapsed);
            let shown = |span: &u32| !tree.ancestors(*span).any(|above| collapsed.contains(&above));
            let expected: Vec<u32> = tree.preorder.iter().copied().filter(shown).collect();
            prop_assert_eq!(rows.rows.iter().map(|row| row.span).collect::<Vec<_>>(), expected);
            for span in 0..parents.len() as u32 {
                let row = rows.row_of_span(&tree, span);
                prop_assert_eq!(row, rows.rows.iter().position(|row| row.span == span));
                let holder = std::iter::once(span).chain(tree.ancestors(span)).filter(shown).find_map(|span| rows.row_of_span(&tree, span));
                prop_assert_eq!(rows.row_that_holds(&tree, span), holder);
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
