use proptest::prelude::*;

use super::*;

pub fn graph(names: &[&str], edges: &[(usize, usize, u64)]) -> Graph {
    Graph {
        nodes: names.iter().map(|name| Node { name: Rc::from(*name), calls: 1, ..Node::default() }).collect(),
        edges: edges
            .iter()
            .map(|(source, target, calls)| Edge {
                source: *source,
                target: *target,
                calls: *calls,
                mean_ms: Some(1.0),
                p95_ms: Some(2.0),
                ..Edge::default()
            })
            .collect(),
    }
}

fn names(shown: &Shown) -> Vec<&str> {
    shown.graph.nodes.iter().map(|node| &*node.name).collect()
}

#[test]
fn a_focus_keeps_every_edge_between_what_it_keeps() {
    // a → b → c → d, and a → c, c → a, d → b
    let whole = graph(&["a", "b", "c", "d"], &[(0, 1, 1), (1, 2, 1), (2, 3, 1), (0, 2, 1), (2, 0, 1), (3, 1, 1)]);
    let focus = |up, down| Wanted { focus: Some(Focus { names: vec!["b".into()], up, down }), ..Wanted::default() };
    let shown = Shown::of(&whole, &focus(Some(0), Some(1)));
    assert_eq!(names(&shown), ["b", "c"]);
    let shown = Shown::of(&whole, &focus(Some(1), Some(1)));
    assert_eq!((names(&shown).len(), shown.graph.edges.len()), (4, 6), "d → b and a → b are one step up");
    assert_eq!(Shown::of(&whole, &focus(None, None)).graph, whole);
    let nobody = Wanted { focus: Some(Focus { names: vec!["x".into()], ..Focus::default() }), ..Wanted::default() };
    assert_eq!(Shown::of(&whole, &nobody).graph, whole);
}

#[test]
fn what_is_left_out_is_counted() {
    let whole = graph(&["shop.a", "shop.b", "mail", "pay.x", "idle"], &[(0, 2, 5), (1, 2, 7), (0, 1, 3), (3, 2, 2), (2, 2, 9)]);
    let shown = Shown::of(&whole, &Wanted { bundle_at: Some('.'), hidden: vec!["idle".into()], ..Wanted::default() });
    assert_eq!(names(&shown), ["shop.*", "mail", "pay.x"], "a bundle of one is none");
    assert_eq!(shown.left_out, LeftOut { hidden: 1, bundled: 2, calls: 12, ..LeftOut::default() });
    let edge = &shown.graph.edges[0];
    assert_eq!((edge.calls, edge.mean_ms, edge.p95_ms), (12, Some(1.0), None));
    assert_eq!(shown.edges[0], [0, 1]);
    assert_eq!((shown.graph.nodes[0].kind, shown.graph.nodes[0].calls), (NodeKind::Bundle, 2));
    let shown = Shown::of(&whole, &Wanted { top: Some(2), with_loops: true, ..Wanted::default() });
    assert_eq!((names(&shown), shown.left_out.beyond_top, shown.left_out.calls), (vec!["shop.b", "mail"], 3, 10));
    assert_eq!(shown.graph.edges.len(), 2);
}

#[test]
fn labels_stay_apart() {
    let mut whole = graph(&["a.x", "a.y", "b"], &[(0, 2, 1), (1, 2, 1), (1, 2, 1)]);
    whole.edges[0].label = Some("Draft".into());
    whole.edges[2].label = Some("Draft".into());
    let shown = Shown::of(&whole, &Wanted { bundle_at: Some('.'), ..Wanted::default() });
    assert_eq!(shown.edges, [vec![0, 2], vec![1]]);
}

proptest! {
    #[test]
    fn no_edge_between_kept_nodes_is_lost(
        count in 0_usize..9,
        ends in prop::collection::vec((0_usize..9, 0_usize..9, 1_u64..9), 0..30),
        hidden in prop::collection::vec(0_usize..9, 0..3),
        start in prop::option::of(0_usize..9),
        hops in prop::option::of(0_u32..3),
        top in prop::option::of(0_usize..9),
    ) {
        let all: Vec<String> = (0..count).map(|node| format!("{}.{node}", node % 3)).collect();
        let whole = graph(&all.iter().map(String::as_str).collect::<Vec<_>>(), &ends);
        for bundle_at in [None, Some('.')] {
            let wanted = Wanted {
                hidden: hidden.iter().filter_map(|node| all.get(*node)).cloned().collect(),
                focus: start.map(|start| Focus { names: all.get(start).cloned().into_iter().collect(), up: hops, down: hops }),
                bundle_at,
                top,
                with_loops: true,
            };
            let shown = Shown::of(&whole, &wanted);
            let place = |node: usize| shown.stands_for.iter().position(|members| members.contains(&node));
            let mut drawn = 0;
            for (index, edge) in whole.edges.iter().enumerate() {
                let kept = place(edge.source).is_some() && place(edge.target).is_some();
                let found = shown.edges.iter().position(|behind| behind.contains(&index));
                prop_assert_eq!(kept, found.is_some());
                if let Some(found) = found {
                    prop_assert_eq!(Some(shown.graph.edges[found].source), place(edge.source));
                    prop_assert_eq!(Some(shown.graph.edges[found].target), place(edge.target));
                    drawn += edge.calls;
                }
            }
            prop_assert_eq!(shown.graph.edges.iter().map(|edge| edge.calls).sum::<u64>(), drawn);
            prop_assert_eq!(whole.edges.iter().map(|edge| edge.calls).sum::<u64>(), drawn + shown.left_out.calls);
            let left = shown.left_out;
            prop_assert_eq!(shown.stands_for.iter().map(Vec::len).sum::<usize>() + left.hidden + left.out_of_focus + left.beyond_top, count);
        }
    }
}

#[test]
fn where_the_busiest_do_not_call_each_other_those_that_do_are_kept() {
    // Twenty pairs, all as busy as each other; one of the pairs calls most.
    let mut whole = Graph::default();
    for at in 0..40_u64 {
        whole.nodes.push(Node { name: format!("n{at}").into(), calls: if at % 2 == 0 { 9 } else { 4 }, ..Node::default() });
    }
    whole.edges = (0..20).map(|at| Edge { source: 2 * at, target: 2 * at + 1, calls: 2, ..Edge::default() }).collect();
    let shown = Shown::of(&whole, &Wanted { top: Some(6), ..Wanted::default() });
    assert_eq!((shown.graph.nodes.len(), shown.graph.edges.len()), (6, 3));
    assert!(shown.left_out.is_connected);
    assert_eq!(shown.left_out.beyond_top, 34);
}
