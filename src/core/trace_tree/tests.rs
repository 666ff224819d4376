//! The tree against its definition: odd traces by hand, random ones against slow and simple counting, and large ones for time.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// A span: (id, parent, start, end); an id ending in "!" has failed.
type Fixture = (&'static str, Option<&'static str>, i64, i64);

fn spans(fixtures: &[Fixture]) -> Vec<SpanInput<'static>> {
    fixtures
        .iter()
        .map(|&(span_id, parent_id, start_ns, end_ns)| SpanInput { span_id, parent_id, start_ns, end_ns, is_error: span_id.ends_with('!') })
        .collect()
}

fn build(fixtures: &[Fixture]) -> (TraceTree, Vec<TreeWarning>) {
    TraceTree::build(&spans(fixtures))
}

/// The tree as indented ids.
fn drawn(fixtures: &[Fixture]) -> String {
    let tree = build(fixtures).0;
    let line = |&index: &u32| "  ".repeat(tree.depth[index as usize] as usize) + fixtures[index as usize].0;
    tree.preorder.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn kinds(warnings: &[TreeWarning]) -> Vec<(TreeWarningKind, Vec<u32>)> {
    warnings.iter().map(|warning| (warning.kind, warning.spans.clone())).collect()
}

#[test]
fn an_empty_trace_has_an_empty_tree() {
    let (tree, warnings) = build(&[]);
    assert!(tree.is_empty() && warnings.is_empty());
    assert_eq!((tree.start_ns, tree.end_ns, tree.children(0), tree.parent_of(0)), (0, 0, &[][..], None));
}

#[test]
fn siblings_come_by_start_then_longest_then_id() {
    let fixtures = [
        ("late", Some("r"), 50, 60),
        ("b", Some("r"), 10, 20),
        ("a", Some("r"), 10, 20),
        ("long", Some("r"), 10, 90),
        ("below", Some("long"), 5, 6),
        ("r", None, 0, 100),
    ];
    assert_eq!(drawn(&fixtures), "r\n  long\n    below\n  a\n  b\n  late");
}

#[test]
fn knows_extent_and_what_lies_below() {
    let (tree, warnings) = build(&[("r", None, 10, 20), ("c", Some("r"), 15, 18), ("d!", Some("c"), 40, 70), ("o", None, 5, 6)]);
    assert_eq!((tree.start_ns, tree.end_ns), (5, 70), "extent is [min start, max end]");
    assert_eq!(tree.roots, [3, 0]);
    assert_eq!(tree.subtree_size, [3, 2, 1, 1]);
    assert_eq!(tree.subtree_end_ns, [70, 70, 70, 6]);
    assert_eq!(tree.has_error_below, [true, true, false, false]);
    assert_eq!(tree.subtree(0), [0, 1, 2]);
    assert_eq!(tree.ancestors(2).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(warnings, [], "children that start after their parent has ended are no error");
    assert!(tree.marks[2].outside_parent && !tree.marks[2].starts_before_parent && !tree.marks[1].outside_parent);
    assert_eq!(tree.self_ns, [7, 3, 30, 1]);
    assert_eq!(tree.self_sections(0), [Interval { start_ns: 10, end_ns: 15 }, Interval { start_ns: 18, end_ns: 20 }]);
}

#[test]
fn an_orphan_is_a_marked_root() {
    let (tree, warnings) = build(&[("r", None, 0, 9), ("x", Some("gone"), 3, 4), ("y", Some("x"), 3, 4)]);
    assert_eq!(tree.roots, [0, 1]);
    assert!(tree.marks[1].orphan && !tree.marks[2].orphan && !tree.marks[0].orphan);
    assert_eq!(kinds(&warnings), [(TreeWarningKind::Orphans, vec![1])]);
    assert_eq!(warnings[0].to_string(), "1 orphan, shown as a root: its parent is not in this trace");
}

#[test]
fn duplicates_are_kept_and_children_go_to_the_first() {
    let fixtures = [("d", None, 20, 30), ("c", Some("d"), 25, 26), ("d", None, 10, 30)];
    assert_eq!(drawn(&fixtures), "d\n  c\nd");
    let (tree, warnings) = build(&fixtures);
    assert_eq!(tree.parent, [None, Some(2), None]);
    assert_eq!(kinds(&warnings), [(TreeWarningKind::DuplicateIds, vec![2, 0])]);
    assert_eq!(warnings[0].to_string(), "2 spans share an id with another span of this trace");
}

#[test]
fn a_span_that_is_its_own_parent_is_a_root() {
    let (tree, warnings) = build(&[("s", Some("s"), 5, 9), ("c", Some("s"), 6, 7), ("s", Some("s"), 1, 2)]);
    assert_eq!(tree.roots, [2, 0], "also the double of a span is not its parent");
    assert_eq!(tree.parent[1], Some(2));
    assert!(tree.marks[0].cycle_cut && tree.marks[2].cycle_cut && !tree.marks[1].cycle_cut);
    assert!(kinds(&warnings).contains(&(TreeWarningKind::CyclesCut, vec![2, 0])));
}

#[test]
fn a_circle_is_cut_at_its_earliest_span() {
    let fixtures = [("a", Some("c"), 30, 40), ("b", Some("a"), 10, 40), ("c", Some("b"), 20, 40), ("tail", Some("a"), 0, 1)];
    assert_eq!(drawn(&fixtures), "b\n  c\n    a\n      tail", "what hangs on a circle stays where it is, however early");
    let (tree, warnings) = build(&fixtures);
    assert!(tree.marks[1].cycle_cut && !tree.marks[0].orphan);
    assert_eq!(kinds(&warnings)[0], (TreeWarningKind::CyclesCut, vec![1]));
    assert_eq!(warnings[0].to_string(), "1 circle of parents, cut at the earliest span");
}

#[test]
fn two_circles_are_two_trees() {
    let fixtures = [("a", Some("b"), 1, 2), ("b", Some("a"), 1, 2), ("x", Some("y"), 0, 2), ("y", Some("x"), 0, 3)];
    assert_eq!(drawn(&fixtures), "y\n  x\na\n  b");
}

#[test]
fn odd_times_are_marked_and_counted() {
    let (tree, warnings) = build(&[("r", None, 10, 20), ("skewed", Some("r"), 5, 15), ("back", Some("r"), 18, 2)]);
    assert_eq!((tree.start_ns, tree.end_ns), (5, 20), "a negative span counts as zero long");
    assert_eq!(tree.self_ns, [5, 10, 0]);
    assert!(tree.marks[1].starts_before_parent && tree.marks[1].outside_parent);
    assert!(tree.marks[2].negative_duration && !tree.marks[2].outside_parent);
    assert_eq!(kinds(&warnings), [(TreeWarningKind::StartBeforeParent, vec![1]), (TreeWarningKind::NegativeDurations, vec![2])]);
}

#[test]
fn stands_the_ends_of_the_range_of_time() {
    let (tree, _) = build(&[("a", None, i64::MIN, i64::MAX), ("b", Some("a"), i64::MAX, i64::MIN), ("c", Some("a"), i64::MIN, 0)]);
    assert_eq!((tree.start_ns, tree.end_ns), (i64::MIN, i64::MAX));
    assert_eq!(tree.self_ns, [i64::MAX, 0, i64::MAX]);
}

/// Ids for large traces.
fn ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{index:016x}")).collect()
}

fn large<'a>(ids: &'a [String], parent: impl Fn(usize) -> Option<usize>) -> Vec<SpanInput<'a>> {
    let span = |index: usize| SpanInput {
        span_id: &ids[index],
        parent_id: parent(index).map(|above| ids[above].as_str()),
        start_ns: index as i64,
        end_ns: 1_000_000 - index as i64,
        is_error: index + 1 == ids.len(),
    };
    (0..ids.len()).map(span).collect()
}

#[test]
fn large_traces_take_neither_the_stack_nor_the_square_of_time() {
    const COUNT: usize = 200_000;
    let ids = ids(COUNT);
    let chain = large(&ids, |index| index.checked_sub(1));
    let fan = large(&ids, |index| (index > 0).then_some(0));
    let circle = large(&ids, |index| Some(index.checked_sub(1).unwrap_or(COUNT - 1)));
    let same_id: Vec<SpanInput<'_>> = chain.iter().map(|span| SpanInput { span_id: "x", parent_id: None, ..*span }).collect();
    for (name, input, depth, roots) in
        [("chain", chain, COUNT - 1, 1), ("fan", fan, 1, 1), ("circle", circle, COUNT - 1, 1), ("same id", same_id, 0, COUNT)]
    {
        let started = Instant::now();
        let (tree, _) = TraceTree::build(&input);
        let took = started.elapsed();
        assert_eq!(tree.len(), COUNT, "{name}");
        assert_eq!(tree.depth.iter().copied().max(), Some(depth as u32), "{name}");
        assert_eq!(tree.roots.len(), roots, "{name}");
        assert_eq!(tree.has_error_below[0], depth > 0, "{name}");
        // Many times what an unoptimised build takes; anything quadratic takes minutes.
        assert!(took < Duration::from_secs(20), "{name} took {took:?}");
    }
}

const POOL: [&str; 7] = ["a", "b", "c", "d", "e", "f", "gone"];

prop_compose! {
    fn random_span()(
        id in 0..POOL.len() - 1, parent in prop::option::weighted(0.8, 0..POOL.len()),
        start_ns in 0_i64..40, length in -3_i64..30, is_error in prop::bool::weighted(0.2),
    ) -> SpanInput<'static> {
        SpanInput { span_id: POOL[id], parent_id: parent.map(|parent| POOL[parent]), start_ns, end_ns: start_ns + length, is_error }
    }
}

fn random_trace() -> impl Strategy<Value = Vec<SpanInput<'static>>> {
    prop::collection::vec(random_span(), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_span_stands_once_below_its_parent(spans in random_trace()) {
        let (tree, _) = TraceTree::build(&spans);
        let mut sorted = tree.preorder.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..spans.len() as u32).collect::<Vec<_>>());
        for (position, &span) in tree.preorder.iter().enumerate() {
            prop_assert_eq!(tree.preorder_pos[span as usize] as usize, position);
            match tree.parent_of(span) {
                None => {
                    prop_assert_eq!(tree.depth[span as usize], 0);
                    prop_assert!(tree.roots.contains(&span));
                }
                Some(parent) => {
                    prop_assert_eq!(tree.depth[span as usize], tree.depth[parent as usize] + 1);
                    prop_assert!(tree.children(parent).contains(&span));
                    prop_assert!(tree.subtree(parent).contains(&span));
                }
            }
            let below: Vec<u32> = tree.preorder.iter().copied().filter(|&other| other == span || tree.ancestors(other).any(|above| above == span)).collect();
            prop_assert_eq!(tree.subtree(span), &below[..], "a subtree is one stretch of the preorder");
        }
        let key = |&span: &u32| (tree.interval[span as usize].start_ns, Reverse(tree.interval[span as usize].end_ns), spans[span as usize].span_id);
        for group in (0..spans.len() as u32).map(|span| tree.children(span)).chain([&tree.roots[..]]) {
            prop_assert!(group.is_sorted_by_key(key));
        }
    }

    #[test]
    fn parents_follow_the_ids(spans in random_trace()) {
        let (tree, warnings) = TraceTree::build(&spans);
        for (index, span) in spans.iter().enumerate() {
            let marks = tree.marks[index];
            let with_id = |id: &str| spans.iter().filter(|other| other.span_id == id).count();
            let known = span.parent_id.is_some_and(|id| with_id(id) > 0);
            prop_assert_eq!(marks.orphan, span.parent_id.is_some() && !known);
            prop_assert_eq!(marks.duplicate_id, with_id(span.span_id) > 1);
            match tree.parent[index] {
                Some(parent) => prop_assert_eq!(Some(spans[parent as usize].span_id), span.parent_id),
                None => prop_assert!(span.parent_id.is_none() || marks.orphan || marks.cycle_cut),
            }
            prop_assert!(!marks.cycle_cut || (known && tree.parent[index].is_none()));
            if marks.cycle_cut {
                // Its parent by id hangs below it: there really was a circle.
                let below = tree.subtree(index as u32).iter().any(|&other| Some(spans[other as usize].span_id) == span.parent_id);
                prop_assert!(below);
            }
        }
        let marked = tree.marks.iter().filter(|marks| marks.orphan).count();
        let warned = warnings.iter().find(|warning| warning.kind == TreeWarningKind::Orphans).map_or(0, |warning| warning.spans.len());
        prop_assert_eq!(marked, warned);
    }

    #[test]
    fn sums_equal_slow_counting(spans in random_trace()) {
        let (tree, _) = TraceTree::build(&spans);
        let end = |span: &SpanInput<'_>| span.end_ns.max(span.start_ns);
        for index in 0..spans.len() as u32 {
            let own = spans[index as usize];
            let below: Vec<SpanInput<'_>> = tree.subtree(index)[1..].iter().map(|&span| spans[span as usize]).collect();
            prop_assert_eq!(tree.subtree_size[index as usize] as usize, below.len() + 1);
            prop_assert_eq!(tree.has_error_below[index as usize], below.iter().any(|span| span.is_error));
            prop_assert_eq!(tree.subtree_end_ns[index as usize], below.iter().map(end).chain([end(&own)]).max().unwrap());
            let busy = |ns: i64| tree.children(index).iter().any(|&child| {
                let child = spans[child as usize];
                child.start_ns <= ns && ns < child.end_ns
            });
            let free = (own.start_ns..end(&own)).filter(|&ns| !busy(ns)).count() as i64;
            prop_assert_eq!(tree.self_ns[index as usize], free);
        }
        prop_assert_eq!(tree.start_ns, spans.iter().map(|span| span.start_ns).min().unwrap_or(0));
        prop_assert_eq!(tree.end_ns, spans.iter().map(end).max().unwrap_or(0));
    }

    #[test]
    fn the_order_of_the_input_does_not_matter((spans, shuffled) in random_trace().prop_flat_map(|spans| (Just(spans.clone()), Just(spans).prop_shuffle()))) {
        let shape = |spans: &[SpanInput<'static>]| {
            let (tree, warnings) = TraceTree::build(spans);
            let rows: Vec<_> = tree.preorder.iter().map(|&span| (spans[span as usize], tree.depth[span as usize], tree.marks[span as usize])).collect();
            let warnings: Vec<_> = warnings.iter().map(|warning| (warning.kind, warning.spans.len())).collect();
            (rows, warnings)
        };
        prop_assert_eq!(shape(&spans), shape(&shuffled));
    }
}
