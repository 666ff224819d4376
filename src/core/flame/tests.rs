use super::super::trace_tree::SpanInput;
use super::*;
use proptest::prelude::*;

/// parent, start, length, key
type Line = (Option<usize>, i64, i64, u32);

fn tree(lines: &[Line]) -> TraceTree {
    let ids: Vec<String> = (0..lines.len()).map(|index| format!("{index:06}")).collect();
    let spans: Vec<SpanInput<'_>> = (0..lines.len())
        .map(|index| {
            let (parent, start, length, _) = lines[index];
            let parent_id = parent.map(|parent| ids[parent].as_str());
            SpanInput { span_id: &ids[index], parent_id, start_ns: start, end_ns: start.saturating_add(length), is_error: false }
        })
        .collect();
    TraceTree::build(&spans).0
}

fn merged(lines: &[Line]) -> Merged {
    Merged::by_path(&tree(lines), |span| Some(lines[span as usize].3), failed)
}

fn failed(span: u32) -> Traits {
    Traits { is_error: span % 5 == 4, waits: false }
}

fn rows_of(frames: &TimeFrames) -> Vec<Vec<u32>> {
    (0..frames.rows()).map(|row| frames.row(row).iter().map(|frame| frame.span).collect()).collect()
}

#[test]
fn overlapping_siblings_get_rows_of_their_own() {
    let lines = [(None, 0, 100, 0), (Some(0), 0, 60, 0), (Some(0), 50, 50, 0), (Some(1), 10, 20, 0), (Some(0), 100, 5, 0)];
    let frames = TimeFrames::pack(&tree(&lines), |_| true);
    assert_eq!(rows_of(&frames), [vec![0], vec![1, 4], vec![3, 2]], "3 stands below 1; 2 as high as there is room");
    assert_eq!(frames.row_between(1, 70, 90), [], "between two frames");
    assert_eq!(frames.row_between(1, 60, 99).len(), 1, "edges count");
    let without_1 = TimeFrames::pack(&tree(&lines), |span| span != 1);
    assert_eq!(rows_of(&without_1), [vec![0], vec![3, 2, 4]]);
    assert_eq!(TimeFrames::pack(&TraceTree::default(), |_| true).rows(), 0);
}

#[test]
fn work_adds_up_and_the_largest_comes_first() {
    let lines = [(None, 0, 100, 1), (Some(0), 0, 10, 2), (Some(0), 10, 30, 3), (Some(0), 40, 50, 3), (Some(2), 10, 30, 4)];
    let merged = merged(&lines);
    let rows: Vec<_> =
        merged.frames.iter().map(|frame| (frame.key, frame.count, frame.own_ns, frame.work_ns, frame.work_before_ns)).collect();
    assert_eq!(rows, [(1, 1, 10, 100, 0), (3, 2, 50, 80, 0), (4, 1, 30, 30, 0), (2, 1, 10, 10, 80)]);
    let frame = merged.frames[1];
    assert_eq!((frame.slowest, frame.first, frame.total_ns, frame.spans, frame.subtree, frame.parent), (3, 2, 80, 3, 2, Some(0)));
    assert_eq!(merged.find([1, 3, 4].into_iter()), Some(2));
    assert_eq!((merged.find([1, 9].into_iter()), merged.find([].into_iter())), (None, None));
    let callers = merged.callers(8);
    let rows: Vec<_> = callers.frames.iter().map(|frame| (frame.depth, frame.key, frame.work_ns, frame.work_before_ns)).collect();
    assert_eq!(
        rows,
        [(0, 3, 50, 0), (1, 1, 50, 0), (0, 4, 30, 50), (1, 3, 30, 50), (2, 1, 30, 50), (0, 1, 10, 80), (0, 2, 10, 90), (1, 1, 10, 90)]
    );
}

#[test]
fn a_span_without_a_key_leaves_its_children_to_its_parent() {
    let lines = [(None, 0, 100, 1), (Some(0), 0, 10, 0), (Some(1), 0, 5, 3)];
    let merged = Merged::by_path(&tree(&lines), |span| Some(lines[span as usize].3).filter(|key| *key != 0), |_| Traits::default());
    assert_eq!(merged.frames.iter().map(|frame| (frame.key, frame.depth, frame.work_ns)).collect::<Vec<_>>(), [(1, 0, 95), (3, 1, 5)]);
}

#[test]
fn waiting_is_no_work() {
    let lines = [(None, 0, 100, 1), (Some(0), 0, 90, 2), (Some(1), 0, 30, 3)];
    let traits = |span| Traits { is_error: false, waits: span == 1 };
    let merged = Merged::by_path(&tree(&lines), |span| Some(lines[span as usize].3), traits);
    assert_eq!(
        merged.frames.iter().map(|frame| (frame.total_ns, frame.own_ns, frame.work_ns)).collect::<Vec<_>>(),
        [(100, 10, 40), (90, 0, 30), (30, 30, 30)]
    );
    let sums = by_name(&tree(&lines), |span| Some(lines[span as usize].3), traits);
    assert_eq!(sums.iter().map(|sum| (sum.key, sum.own_ns)).collect::<Vec<_>>(), [(3, 30), (1, 10), (2, 0)]);
}

#[test]
fn chains_and_crowds_are_ordinary() {
    const MANY: usize = 200_000;
    let chain: Vec<Line> = (0..MANY).map(|index| (index.checked_sub(1), 0, MANY as i64, 1)).collect();
    let crowd: Vec<Line> = (0..MANY).map(|index| ((index > 0).then_some(0), index as i64, 3, index as u32)).collect();
    for (lines, rows, frames) in [(chain, MANY, MANY), (crowd, 4, MANY)] {
        let tree = tree(&lines);
        assert!(TimeFrames::pack(&tree, |_| true).rows() <= rows);
        let merged = Merged::by_path(&tree, |span| Some(lines[span as usize].3), |_| Traits::default());
        assert_eq!((merged.frames.len(), merged.spans), (frames, MANY as u64));
        assert_eq!(merged.callers(8).work_ns, merged.work_ns);
    }
}

#[test]
fn the_ends_of_the_range_answer() {
    let lines = [(None, i64::MIN, i64::MAX, 1), (None, -1, i64::MAX, 1), (Some(0), i64::MAX, 0, 2)];
    let merged = merged(&lines);
    assert_eq!((merged.work_ns, merged.frames[0].total_ns), (i64::MAX, i64::MAX));
    assert_eq!(rows_of(&TimeFrames::pack(&tree(&lines), |_| true)), [vec![0, 1], vec![2]]);
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..6, 0_i64..60, 0_i64..30, 0_u32..4), 0..60).prop_map(|drawn| {
        let mut lines: Vec<Line> = Vec::new();
        for (parent, root, start, length, key) in drawn {
            let parent = (!lines.is_empty() && root > 0).then(|| parent.index(lines.len()));
            lines.push((parent, start, length, key));
        }
        lines
    })
}

proptest! {
    #[test]
    fn nothing_overlaps_and_children_stand_below(lines in lines(), hidden in prop::collection::vec(any::<bool>(), 60)) {
        let tree = tree(&lines);
        let shown = |span: u32| !hidden[span as usize];
        let frames = TimeFrames::pack(&tree, shown);
        prop_assert_eq!(frames.all().len(), (0..lines.len()).filter(|span| !hidden[*span]).count());
        let row_of: FastMap<u32, u32> = frames.all().iter().map(|frame| (frame.span, frame.row)).collect();
        for frame in frames.all() {
            let above = tree.ancestors(frame.span).find(|span| shown(*span));
            prop_assert!(above.is_none_or(|above| row_of[&above] < frame.row));
        }
        for row in 0..frames.rows() {
            prop_assert!(!frames.row(row).is_empty(), "no row is empty");
            for pair in frames.row(row).windows(2) {
                prop_assert!(pair[0].end_ns <= pair[1].start_ns);
            }
            for (from, to) in [(0, 10), (17, 17), (30, 90)] {
                let seen: Vec<_> = frames.row(row).iter().copied().filter(|frame| frame.end_ns >= from && frame.start_ns <= to).collect();
                prop_assert_eq!(frames.row_between(row, from, to), &seen[..]);
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_spans(lines in lines()) {
        let tree = tree(&lines);
        let own: i64 = tree.self_ns.iter().sum();
        let merged = merged(&lines);
        prop_assert_eq!((merged.work_ns, merged.spans), (own, lines.len() as u64));
        let callers = merged.callers(64);
        prop_assert_eq!(callers.work_ns, own);
        let sums = by_name(&tree, |span| Some(lines[span as usize].3), failed);
        prop_assert_eq!(sums.iter().map(|sum| sum.own_ns).sum::<i64>(), own);
        prop_assert_eq!(sums.iter().map(|sum| sum.errors).sum::<u64>(), merged.frames.iter().map(|frame| frame.errors).sum::<u64>());
        prop_assert!(sums.windows(2).all(|pair| pair[0].own_ns >= pair[1].own_ns));
        for graph in [&merged, &callers] {
            prop_assert!(graph.frames.iter().all(|frame| frame.depth < graph.rows));
            for (index, frame) in (0_u32..).zip(&graph.frames) {
                let children: Vec<_> = graph.children(Some(index)).collect();
                prop_assert!(children.iter().all(|(_, child)| child.parent == Some(index) && child.depth == frame.depth + 1));
                prop_assert_eq!(children.iter().map(|(_, child)| child.subtree).sum::<u32>() + 1, frame.subtree);
                let mut next_ns = frame.work_before_ns;
                for (_, child) in &children {
                    prop_assert_eq!(child.work_before_ns, next_ns);
                    next_ns += child.work_ns;
                }
                prop_assert!(next_ns <= frame.work_before_ns + frame.work_ns);
                prop_assert!(children.windows(2).all(|pair| pair[0].1.work_ns >= pair[1].1.work_ns && pair[0].1.key != pair[1].1.key));
            }
        }
        for frame in &merged.frames {
            prop_assert_eq!(lines[frame.slowest as usize].3, frame.key);
            let below: i64 = merged.children(None).map(|(_, top)| top.work_ns).sum();
            prop_assert!(frame.work_ns <= below);
        }
    }
}
