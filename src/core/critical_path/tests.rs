//! The path against its definition: the cases by hand, random traces against a slow and literal walk, and large ones for time.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::SectionKind::{SelfTime, Wait};
use super::*;
use crate::trace_tree::SpanInput;

/// A span: (id, parent, start, length).
type Fixture = (&'static str, Option<&'static str>, i64, i64);

fn tree_of(fixtures: &[Fixture]) -> TraceTree {
    let span = |&(span_id, parent_id, start_ns, length): &Fixture| SpanInput {
        span_id,
        parent_id,
        start_ns,
        end_ns: start_ns + length,
        is_error: false,
    };
    TraceTree::build(&fixtures.iter().map(span).collect::<Vec<_>>()).0
}

/// Sections as in the definition, the latest first: `X 60–101`, `wait 10–30`.
fn drawn(path: &CriticalPath, fixtures: &[Fixture]) -> String {
    let line = |section: &Section| {
        let name = fixtures[section.span as usize].0;
        let name = if section.kind == Wait { format!("wait({name})") } else { name.to_owned() };
        format!("{name} {}–{}", section.start_ns, section.end_ns)
    };
    path.sections.iter().rev().map(line).collect::<Vec<_>>().join(", ")
}

fn trace(fixtures: &[Fixture]) -> String {
    drawn(&CriticalPath::of_trace(&tree_of(fixtures), &[]), fixtures)
}

#[test]
fn follows_the_cases_of_the_definition() {
    let cases: [(&[Fixture], &str); 6] = [
        (&[("C", None, 1, 100), ("D", Some("C"), 20, 20), ("E", Some("C"), 50, 10)], "C 60–101, E 50–60, C 40–50, D 20–40, C 1–20"),
        (&[("X", None, 1, 100), ("A", Some("X"), 10, 40), ("C", Some("X"), 20, 40)], "X 60–101, C 20–60, X 1–20"),
        (&[("A", None, 1, 100), ("B", Some("A"), 10, 40), ("C", Some("A"), 50, 40)], "A 90–101, C 50–90, B 10–50, A 1–10"),
        (
            &[("A", None, 0, 10), ("B", Some("A"), 30, 20), ("D", Some("A"), 60, 20)],
            "D 60–80, wait(D) 50–60, B 30–50, wait(B) 10–30, A 0–10",
        ),
        (&[("A", None, 1, 29), ("B", Some("A"), 15, 20), ("C", Some("B"), 20, 20)], "C 20–40, B 15–20, A 1–15"),
        (&[("A", None, 10, 20), ("B", Some("A"), 5, 30)], "B 10–35, wait(A) 5–10"),
    ];
    for (fixtures, expected) in cases {
        assert_eq!(trace(fixtures), expected);
    }
    let fixtures = cases[5].0;
    assert_eq!(drawn(&CriticalPath::of_span(&tree_of(fixtures), &[], 0), fixtures), "B 10–35", "a span's own path has no wait before it");
}

#[test]
fn stepping_from_a_span_beside_the_path_leads_past_it() {
    // The path: A 0–10, B 10–50, A 50–60, C 60–90, A 90–100; D is not on it.
    let tree = tree_of(&[("A", None, 0, 100), ("B", Some("A"), 10, 40), ("C", Some("A"), 60, 30), ("D", Some("C"), 65, 1)]);
    let path = CriticalPath::of_trace(&tree, &[]);
    let step = |span: u32, backwards: bool| {
        path.step(path.place_of(&tree, span, backwards), backwards).map(|index| path.sections[index as usize].span)
    };
    assert_eq!((step(1, false), step(1, true)), (Some(0), Some(0)));
    let beside = tree_of(&[("A", None, 0, 100), ("B", Some("A"), 10, 40), ("E", Some("A"), 12, 5)]);
    let path = CriticalPath::of_trace(&beside, &[]);
    let place = |backwards: bool| path.step(path.place_of(&beside, 2, backwards), backwards).map(|index| path.sections[index as usize]);
    assert_eq!(place(false).map(|section| section.start_ns), Some(50), "the next that starts after it");
    assert_eq!(place(true).map(|section| section.start_ns), Some(10), "the last that started before it");
}

#[test]
fn nothing_has_an_empty_path() {
    let path = CriticalPath::of_trace(&tree_of(&[]), &[]);
    assert_eq!(path, CriticalPath::default());
    assert_eq!((path.root, path.length_ns(), path.step(None, false), path.step(Some(3), true)), (None, 0, None, None));
    assert_eq!(path.sections_of(0).count(), 0);
    assert_eq!(path.intervals_below(0), []);
    assert_eq!(path.shares(|span| span), []);
    assert_eq!((path.spans(), path.longest_first(), path.longest_wait()), (0, vec![], None));
    let tree = tree_of(&[("a", None, 5, 5)]);
    assert_eq!(CriticalPath::of_span(&tree, &[], 9), CriticalPath::default(), "a span that does not exist");
}

#[test]
fn a_trace_without_length_has_a_root_and_no_sections() {
    let path = CriticalPath::of_trace(&tree_of(&[("a", None, 5, 0), ("b", Some("a"), 5, 0)]), &[]);
    assert_eq!((path.root, path.sections.len(), path.length_ns()), (Some(0), 0, 0));
}

#[test]
fn the_root_that_ends_last_leads_after_a_wait() {
    assert_eq!(trace(&[("a", None, 0, 10), ("b", None, 20, 10)]), "b 20–30, wait(b) 0–20");
    assert_eq!(trace(&[("a", None, 0, 10), ("x", Some("a"), 12, 28), ("b", None, 20, 10)]), "x 12–40, wait(x) 10–12, a 0–10");
    assert_eq!(trace(&[("a", None, 5, 25), ("b", None, 20, 10)]), "a 5–30", "of equal ends the earlier start");
    assert_eq!(trace(&[("r", None, 0, 10), ("orphan", Some("gone"), 5, 15)]), "orphan 5–20, wait(orphan) 0–5");
}

#[test]
fn a_circle_has_the_root_that_was_cut_free() {
    assert_eq!(trace(&[("b", Some("a"), 10, 30), ("a", Some("b"), 0, 20)]), "b 10–40, a 0–10");
}

#[test]
fn of_two_children_that_end_together_the_later_one_leads() {
    assert_eq!(trace(&[("r", None, 0, 50), ("early", Some("r"), 5, 35), ("late", Some("r"), 20, 20)]), "r 40–50, late 20–40, r 0–20");
    assert_eq!(trace(&[("r", None, 0, 50), ("b", Some("r"), 20, 20), ("a", Some("r"), 20, 20)]), "r 40–50, a 20–40, r 0–20");
    assert_eq!(
        trace(&[("r", None, 0, 9), ("z", Some("r"), 5, 0), ("y", Some("r"), 5, 0)]),
        "r 0–9",
        "children without length change nothing"
    );
}

#[test]
fn a_wait_names_what_followed_it() {
    // The awaited child's own first child starts together with it.
    assert_eq!(trace(&[("a", None, 0, 10), ("b", Some("a"), 30, 20), ("c", Some("b"), 30, 5)]), "b 35–50, c 30–35, wait(c) 10–30, a 0–10");
    // Nothing with a length follows: the child itself.
    assert_eq!(trace(&[("a", None, 0, 10), ("b", Some("a"), 30, 0)]), "wait(b) 10–30, a 0–10");
    // A moment without length inside a wait does not cut it.
    assert_eq!(trace(&[("a", None, 0, 10), ("moment", Some("a"), 15, 0), ("b", Some("a"), 30, 20)]), "b 30–50, wait(b) 10–30, a 0–10");
}

#[test]
fn clocks_that_disagree_are_clamped() {
    assert_eq!(
        trace(&[("p", None, 10, 20), ("before", Some("p"), 0, 5)]),
        "p 10–30, wait(p) 0–10",
        "a child that ends before its parent is left out"
    );
    assert_eq!(
        trace(&[("p", None, 10, 20), ("before", Some("p"), 0, 5), ("after", Some("before"), 40, 2)]),
        "after 40–42, wait(after) 10–40, wait(p) 0–10",
        "but what runs below it is not"
    );
    assert_eq!(trace(&[("p", None, 10, 20), ("c", Some("p"), 0, 25), ("g", Some("c"), 2, 18)]), "p 25–30, c 20–25, g 10–20, wait(p) 0–10");
    assert_eq!(trace(&[("p", None, 10, 20), ("back", Some("p"), 15, -9)]), "p 10–30", "a negative duration is zero long");
}

#[test]
fn two_of_the_kinds_matter() {
    let kinds = ["PRODUCER", "CONSUMER", "INTERNAL", "producer"].map(|kind| CallKind::of_name(Some(kind)));
    assert_eq!(kinds, [CallKind::Producer, CallKind::Consumer, CallKind::Sync, CallKind::Sync]);
    assert_eq!(CallKind::of_name(None), CallKind::Sync);
}

#[test]
fn a_consumer_that_its_producer_outlives_was_not_waited_for() {
    let fixtures: [Fixture; 3] = [("p", None, 0, 100), ("c", Some("p"), 20, 60), ("d", Some("p"), 30, 20)];
    let path = |kinds: &[CallKind]| drawn(&CriticalPath::of_trace(&tree_of(&fixtures), kinds), &fixtures);
    assert_eq!(path(&[]), "p 80–100, c 20–80, p 0–20");
    assert_eq!(path(&[CallKind::Producer, CallKind::Consumer]), "p 50–100, d 30–50, p 0–30");
    assert_eq!(path(&[CallKind::Sync, CallKind::Consumer]), path(&[]));
    assert_eq!(path(&[CallKind::Producer, CallKind::Sync]), path(&[]));

    let outlives: [Fixture; 2] = [("p", None, 0, 10), ("c", Some("p"), 20, 60)];
    let kinds = [CallKind::Producer, CallKind::Consumer];
    assert_eq!(drawn(&CriticalPath::of_trace(&tree_of(&outlives), &kinds), &outlives), "c 20–80, wait(c) 10–20, p 0–10");
}

/// A workflow on a blackboard: agents start after the root has returned.
const WORKFLOW: [Fixture; 6] = [
    ("root", None, 0, 10),
    ("pitch", Some("root"), 20, 30),
    ("hook", Some("pitch"), 20, 5),
    ("model", Some("pitch"), 30, 15),
    ("review", Some("root"), 60, 40),
    ("idle", Some("review"), 62, 0),
];

#[test]
fn knows_the_sections_of_a_span_and_of_what_is_below_it() {
    let tree = tree_of(&WORKFLOW);
    let path = CriticalPath::of_trace(&tree, &[]);
    assert_eq!(
        drawn(&path, &WORKFLOW),
        "review 60–100, wait(review) 50–60, pitch 45–50, model 30–45, pitch 25–30, hook 20–25, wait(hook) 10–20, root 0–10"
    );
    assert_eq!((path.length_ns(), path.work_ns(), path.wait_ns()), (100, 80, 20));
    let pitch: Vec<(i64, i64)> = path.sections_of(1).map(|section| (section.start_ns, section.end_ns)).collect();
    assert_eq!(pitch, [(25, 30), (45, 50)]);
    assert_eq!(path.sections_of(4).map(|section| section.kind).collect::<Vec<_>>(), [Wait, SelfTime]);
    assert_eq!((path.spans(), path.longest_wait()), (5, Some(1)), "of two waits of the same length the earlier one");
    assert_eq!(path.longest_first(), [7, 4, 0, 1, 6, 2, 3, 5]);
    let interval = |start_ns, end_ns| Interval { start_ns, end_ns };
    assert_eq!(path.intervals_below(0), [interval(0, 10), interval(20, 50), interval(60, 100)]);
    assert_eq!(path.intervals_below(1), [interval(20, 50)]);
    assert_eq!(path.intervals_below(2), [interval(20, 25)]);
    assert_eq!(path.intervals_below(5), []);
}

#[test]
fn shares_sum_up_by_key_and_know_their_longest_section() {
    let path = CriticalPath::of_trace(&tree_of(&WORKFLOW), &[]);
    let agents = [None, Some("writer"), Some("writer"), Some("writer"), Some("critic"), Some("critic")];
    let shares = path.shares(|span| agents[span as usize]);
    let shown: Vec<_> = shares.iter().map(|share| (share.key, share.self_ns, share.wait_ns, share.sections)).collect();
    assert_eq!(shown, [(Some("critic"), 40, 10, 2), (Some("writer"), 30, 10, 5), (None, 10, 0, 1)]);
    let longest: Vec<u32> = shares.iter().map(|share| path.sections[share.longest as usize].span).collect();
    assert_eq!(longest, [4, 3, 0]);
    assert_eq!(path.shares(|_| ()).first().map(Share::whole_ns), Some(path.length_ns()));
}

#[test]
fn steps_along_the_path_and_stays_at_its_ends() {
    let path = CriticalPath::of_trace(&tree_of(&WORKFLOW), &[]);
    assert_eq!((path.step(None, false), path.step(None, true)), (Some(0), Some(7)));
    assert_eq!((path.step(Some(3), false), path.step(Some(3), true)), (Some(4), Some(2)));
    assert_eq!((path.step(Some(7), false), path.step(Some(0), true), path.step(Some(99), true)), (Some(7), Some(0), Some(7)));
}

#[test]
fn stands_the_ends_of_the_range_of_time() {
    let span = |span_id, parent_id, start_ns, end_ns| SpanInput { span_id, parent_id, start_ns, end_ns, is_error: false };
    let (tree, _) =
        TraceTree::build(&[span("a", None, i64::MIN, 0), span("b", Some("a"), i64::MAX, i64::MIN), span("c", Some("a"), -5, i64::MAX)]);
    let path = CriticalPath::of_trace(&tree, &[]);
    assert_eq!((path.length_ns(), path.sections.len()), (i64::MAX, 2));
}

/// Ids and spans of a large trace by (parent, start, end) of each index.
fn large(count: usize, span: impl Fn(usize) -> (Option<usize>, i64, i64)) -> TraceTree {
    let ids: Vec<String> = (0..count).map(|index| format!("{index:016x}")).collect();
    let inputs: Vec<SpanInput<'_>> = (0..count)
        .map(|index| {
            let (parent, start_ns, end_ns) = span(index);
            SpanInput { span_id: &ids[index], parent_id: parent.map(|above| ids[above].as_str()), start_ns, end_ns, is_error: false }
        })
        .collect();
    TraceTree::build(&inputs).0
}

#[test]
fn large_traces_take_neither_the_stack_nor_the_square_of_time() {
    const COUNT: usize = 200_000;
    let at = |index: usize| index as i64;
    let below_the_first = |index: usize| (index > 0).then_some(0);
    let traces = [
        ("chain", large(COUNT, |index| (index.checked_sub(1), at(index), 1_000_000 - at(index))), 2 * COUNT - 1),
        // Each runs on after the one above it has ended.
        ("stairs", large(COUNT, |index| (index.checked_sub(1), at(index) * 10, at(index) * 10 + 15)), COUNT),
        ("fan, nested", large(COUNT, |index| (below_the_first(index), at(index), 1_000_000 - at(index))), 3),
        ("fan, in a row with waits", large(COUNT, |index| (below_the_first(index), at(index) * 10, at(index) * 10 + 5)), 2 * COUNT - 1),
        ("fan, all the same", large(COUNT, |index| (below_the_first(index), 0, 100)), 1),
        ("fan, no length", large(COUNT, |index| (below_the_first(index), at(index), at(index))), 1),
        ("roots", large(COUNT, |index| (None, at(index), at(index) + 5)), 2),
    ];
    for (name, tree, sections) in &traces {
        let started = Instant::now();
        let path = CriticalPath::of_trace(tree, &[]);
        let found = started.elapsed();
        assert_eq!(path.sections.len(), *sections, "{name}");
        let started = Instant::now();
        let below: usize = tree.preorder.iter().take(600).map(|&span| path.intervals_below(span).len()).sum();
        let drawn = started.elapsed();
        println!("{name}: path {found:?}, 600 collapsed rows with {below} intervals {drawn:?}");
        // Many times what an unoptimised build takes; anything quadratic takes minutes.
        assert!(found < Duration::from_secs(20) && drawn < Duration::from_secs(5), "{name} took {found:?} and {drawn:?}");
    }
}

const POOL: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "gone"];

prop_compose! {
    fn random_span()(
        id in 0..POOL.len() - 1, parent in prop::option::weighted(0.85, 0..POOL.len()), start_ns in 0_i64..40,
        length in prop_oneof![1 => Just(0_i64), 1 => -3_i64..0, 6 => 1_i64..30],
        kind in prop_oneof![2 => Just(CallKind::Sync), 1 => Just(CallKind::Producer), 1 => Just(CallKind::Consumer)],
    ) -> (SpanInput<'static>, CallKind) {
        let span_id = POOL[id];
        (SpanInput { span_id, parent_id: parent.map(|parent| POOL[parent]), start_ns, end_ns: start_ns + length, is_error: false }, kind)
    }
}

fn random_trace() -> impl Strategy<Value = Vec<(SpanInput<'static>, CallKind)>> {
    prop::collection::vec(random_span(), 0..16)
}

fn built(spans: &[(SpanInput<'static>, CallKind)]) -> (TraceTree, Vec<CallKind>) {
    let inputs: Vec<SpanInput<'_>> = spans.iter().map(|(span, _)| *span).collect();
    (TraceTree::build(&inputs).0, spans.iter().map(|(_, kind)| *kind).collect())
}

/// The definition word for word: recursive, every child looked at for every step. Sections latest first, not merged.
fn literal(tree: &TraceTree, kinds: &[CallKind], span: u32, start_ns: i64, found: &mut Vec<Section>) {
    let end_of = |span: u32| tree.subtree_end_ns[span as usize];
    let own = tree.interval[span as usize];
    let start_of = |child: u32| tree.interval[child as usize].start_ns.max(start_ns);
    let mut unused: Vec<u32> = tree.children(span).to_vec();
    unused.retain(|&child| end_of(child) >= start_ns);
    if kinds[span as usize] == CallKind::Producer {
        unused.retain(|&child| kinds[child as usize] != CallKind::Consumer || end_of(child) > own.end_ns);
    }
    let gap = |from_ns: i64, to_ns: i64, found: &mut Vec<Section>| {
        // Nanosecond by nanosecond.
        for ns in (from_ns..to_ns).rev() {
            let worked = own.start_ns <= ns && ns < own.end_ns;
            let (span, kind) = if worked { (span, SelfTime) } else { (u32::MAX, Wait) };
            found.push(Section { span, start_ns: ns, end_ns: ns + 1, kind });
        }
    };
    let mut reached_ns = end_of(span);
    loop {
        let mut best: Option<usize> = None;
        for (place, &child) in unused.iter().enumerate() {
            let better = |than: usize| (end_of(child), start_of(child)) > (end_of(unused[than]), start_of(unused[than]));
            if end_of(child) <= reached_ns && best.is_none_or(better) {
                best = Some(place);
            }
        }
        let Some(child) = best.map(|place| unused.remove(place)) else { break };
        gap(end_of(child), reached_ns, found);
        literal(tree, kinds, child, start_of(child), found);
        reached_ns = start_of(child);
    }
    gap(start_ns, reached_ns, found);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn covers_the_time_exactly_and_works_inside_spans(spans in random_trace()) {
        let (tree, kinds) = built(&spans);
        let path = CriticalPath::of_trace(&tree, &kinds);
        let Some(root) = path.root else {
            prop_assert!(spans.is_empty());
            return Ok(());
        };
        let end_ns = tree.roots.iter().map(|&root| tree.subtree_end_ns[root as usize]).max().unwrap();
        prop_assert_eq!(tree.subtree_end_ns[root as usize], end_ns);
        prop_assert_eq!(path.length_ns(), end_ns - tree.start_ns);
        prop_assert_eq!(path.work_ns() + path.wait_ns(), path.length_ns());
        prop_assert!(path.sections.len() <= 4 * spans.len());
        let mut reached_ns = tree.start_ns;
        for section in &path.sections {
            prop_assert_eq!(section.start_ns, reached_ns);
            prop_assert!(section.end_ns > section.start_ns);
            reached_ns = section.end_ns;
            let own = tree.interval[section.span as usize];
            let inside = own.start_ns <= section.start_ns && section.end_ns <= own.end_ns;
            prop_assert!(section.kind == Wait || inside);
        }
        prop_assert_eq!(reached_ns, if path.sections.is_empty() { reached_ns } else { end_ns });
        let joined = path.sections.windows(2).any(|pair| (pair[0].span, pair[0].kind) == (pair[1].span, pair[1].kind));
        prop_assert!(!joined, "neighbours of one span and kind are one section");
    }

    #[test]
    fn every_span_has_the_path_of_the_literal_definition(spans in random_trace()) {
        let (tree, kinds) = built(&spans);
        for span in 0..spans.len() as u32 {
            let path = CriticalPath::of_span(&tree, &kinds, span);
            let start_ns = tree.interval[span as usize].start_ns;
            prop_assert_eq!(path.length_ns(), tree.subtree_end_ns[span as usize] - start_ns);
            let mut expected = Vec::new();
            literal(&tree, &kinds, span, start_ns, &mut expected);
            expected.reverse();
            let blur = |section: &Section, ns| match section.kind {
                SelfTime => (ns, Some(section.span)),
                Wait => (ns, None),
            };
            let expected: Vec<_> = expected.iter().map(|section| blur(section, section.start_ns)).collect();
            let found: Vec<_> = path.sections.iter().flat_map(|section| (section.start_ns..section.end_ns).map(|ns| blur(section, ns))).collect();
            prop_assert_eq!(found, expected);
            for pair in path.sections.windows(2) {
                prop_assert!(pair[0].kind == SelfTime || pair[0].span == pair[1].span, "a wait names the section that follows it");
            }
        }
    }

    #[test]
    fn the_index_finds_what_a_look_at_all_sections_finds(spans in random_trace()) {
        let (tree, kinds) = built(&spans);
        let path = CriticalPath::of_trace(&tree, &kinds);
        for span in 0..spans.len() as u32 {
            let own: Vec<Section> = path.sections.iter().copied().filter(|section| section.span == span).collect();
            prop_assert_eq!(path.sections_of(span).collect::<Vec<_>>(), own);
            let subtree = tree.subtree(span);
            let below = |section: &&Section| section.kind == SelfTime && subtree.contains(&section.span);
            let expected: Vec<i64> = path.sections.iter().filter(below).flat_map(|section| section.start_ns..section.end_ns).collect();
            let intervals = path.intervals_below(span);
            let found: Vec<i64> = intervals.iter().flat_map(|interval| interval.start_ns..interval.end_ns).collect();
            prop_assert_eq!(found, expected);
            prop_assert!(intervals.windows(2).all(|pair| pair[0].end_ns < pair[1].start_ns), "touching intervals are one");
        }
        let shares = path.shares(|span| span % 3);
        prop_assert_eq!(shares.iter().map(Share::whole_ns).sum::<i64>(), path.length_ns());
        prop_assert_eq!(shares.iter().map(|share| share.sections).sum::<u64>(), path.sections.len() as u64);
        prop_assert!(shares.is_sorted_by_key(|share| Reverse(share.whole_ns())));
    }

    #[test]
    fn the_order_of_the_input_does_not_matter((spans, shuffled) in random_trace().prop_flat_map(|spans| (Just(spans.clone()), Just(spans).prop_shuffle()))) {
        let shape = |spans: &[(SpanInput<'static>, CallKind)]| {
            let (tree, _) = built(spans);
            // Spans that are equal in all that orders them may differ in kind: the kind goes by the id here.
            let kinds: Vec<CallKind> = spans.iter().map(|(span, _)| match span.span_id {
                "a" | "b" => CallKind::Producer,
                "c" | "d" | "e" => CallKind::Consumer,
                _ => CallKind::Sync,
            }).collect();
            let path = CriticalPath::of_trace(&tree, &kinds);
            path.sections.iter().map(|section| (spans[section.span as usize].0, section.start_ns, section.end_ns, section.kind)).collect::<Vec<_>>()
        };
        prop_assert_eq!(shape(&spans), shape(&shuffled));
    }
}
