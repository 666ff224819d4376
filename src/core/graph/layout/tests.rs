use proptest::prelude::*;

use super::*;

fn boxes(count: usize) -> Vec<(f64, f64)> {
    vec![(140.0, 52.0); count]
}

fn random_edges(nodes: usize, count: usize, seed: u64) -> Vec<(usize, usize)> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    (0..count).map(|_| (next() % nodes, next() % nodes)).collect()
}

/// Whether a stretch runs through the inside of a box, which is level or upright or oblique.
fn crosses(from: Point, to: Point, centre: Point, (width, height): (f64, f64)) -> bool {
    let (low, high) =
        ((centre.x - width / 2.0 + 0.5, centre.y - height / 2.0 + 0.5), (centre.x + width / 2.0 - 0.5, centre.y + height / 2.0 - 0.5));
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (start, end, low, high) in [(from.x, to.x, low.0, high.0), (from.y, to.y, low.1, high.1)] {
        let way = end - start;
        if way.abs() < 1e-9 {
            if start <= low || start >= high {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - start) / way, (high - start) / way);
        enter = enter.max(one.min(other));
        leave = leave.min(one.max(other));
    }
    enter < leave
}

fn check(sizes: &[(f64, f64)], edges: &[(usize, usize)], layout: &Layout) {
    assert_eq!((layout.nodes.len(), layout.layers.len()), (sizes.len(), sizes.len()));
    assert_eq!((layout.routes.len(), layout.is_back.len()), (edges.len(), edges.len()));
    for (node, (centre, size)) in layout.nodes.iter().zip(sizes).enumerate() {
        assert!(centre.x - size.0 / 2.0 >= -0.01 && centre.x + size.0 / 2.0 <= layout.width + 0.01, "{node} {centre:?} {}", layout.width);
        assert!(centre.y - size.1 / 2.0 >= -0.01 && centre.y + size.1 / 2.0 <= layout.height + 0.01, "{node} {centre:?} {}", layout.height);
        for (other, (there, its)) in layout.nodes.iter().zip(sizes).enumerate().skip(node + 1) {
            let apart =
                (centre.x - there.x).abs() >= (size.0 + its.0) / 2.0 - 0.01 || (centre.y - there.y).abs() >= (size.1 + its.1) / 2.0 - 0.01;
            assert!(apart, "{node} and {other} overlap: {centre:?} {there:?}");
        }
    }
    for (edge, ((source, target), route)) in edges.iter().zip(&layout.routes).enumerate() {
        if *source >= sizes.len() || *target >= sizes.len() {
            assert!(route.is_empty());
            continue;
        }
        assert!(route.len() >= 2, "{edge}");
        assert!(route.iter().all(|point| point.x.is_finite()
            && point.y.is_finite()
            && point.x >= -0.01
            && point.y >= -0.01
            && point.x <= layout.width + 0.01));
        for (end, node) in [(route.first(), *source), (route.last(), *target)] {
            let (end, centre, size) = (end.unwrap(), layout.nodes[node], sizes[node]);
            let (aside, over) = ((end.x - centre.x).abs() - size.0 / 2.0, (end.y - centre.y).abs() - size.1 / 2.0);
            assert!(
                aside < 0.01 && over < 0.01 && aside.max(over) > -0.01,
                "edge {edge} does not end at the border of {node}: {aside} {over}"
            );
        }
        if layout.how < How::Plain {
            for (node, (centre, size)) in layout.nodes.iter().zip(sizes).enumerate().filter(|(node, _)| node != source && node != target) {
                for pair in route.windows(2) {
                    assert!(!crosses(pair[0], pair[1], *centre, *size), "edge {edge} runs through {node}: {route:?}");
                }
            }
        }
        let (from, to) = (layout.layers[*source], layout.layers[*target]);
        assert_eq!(layout.is_back[edge], from >= to, "edge {edge}: layers {from} {to}");
    }
}

#[test]
fn the_pipeline_of_the_picture() {
    // external 0, planner 1, researcher 2, writer 3, critic 4, editor 5, publisher 6
    let edges = [(2, 3), (1, 2), (1, 3), (1, 4), (3, 4), (0, 1), (4, 6), (3, 6), (4, 3), (2, 2), (4, 5), (5, 4), (5, 6)];
    let weights = [171, 98, 58, 52, 52, 36, 28, 28, 22, 14, 12, 9, 3];
    let sizes = boxes(7);
    let layout = Task { sizes: &sizes, edges: &edges, weights: &weights, ..Task::default() }.lay_out();
    check(&sizes, &edges, &layout);
    let back: Vec<usize> = (0..edges.len()).filter(|edge| layout.is_back[*edge]).collect();
    assert_eq!(back, [8, 9, 11], "what carries less leads back");
    assert_eq!(layout.layers, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(layout.how, How::Layered);
    let above = layout.routes[9].iter().map(|point| point.y).fold(f64::INFINITY, f64::min);
    assert!(above < layout.nodes[2].y - 26.0, "the loop stands above the box");
    let frame = group_box(&layout, &sizes, &[3, 4, 5], 12.0).unwrap();
    assert!(frame.x < layout.nodes[3].x - 70.0 && frame.x + frame.width > layout.nodes[5].x + 70.0);
    assert_eq!(group_box(&layout, &sizes, &[], 12.0), None);
}

#[test]
fn odd_graphs_have_a_picture() {
    assert_eq!(lay_out(&[], &[], Limit::default()), Layout::default());
    assert_eq!(lay_out(&[], &[(0, 1)], Limit::default()).routes, [Vec::new()]);
    let sizes = [(f64::NAN, -5.0), (f64::INFINITY, 0.0), (10.0, 10.0)];
    let layout = lay_out(&sizes, &[(0, 1), (1, 0), (0, 0), (7, 0), (2, usize::MAX)], Limit::default());
    assert!(layout.nodes.iter().all(|point| point.x.is_finite() && point.y.is_finite()));
    assert!(layout.width.is_finite() && layout.height.is_finite());
}

#[test]
fn single_nodes_stand_in_rows() {
    let sizes = boxes(5_000);
    let layout = lay_out(&sizes, &[], Limit::default());
    assert!(layout.width < layout.height * 3.0 && layout.height < layout.width * 3.0, "{} {}", layout.width, layout.height);
}

#[test]
fn dense_graphs_fall_back_and_long_chains_do_not_recurse() {
    let sizes = boxes(300);
    let dense = random_edges(300, 2_000, 7);
    let layout = lay_out(&sizes, &dense, Limit::default());
    check(&sizes, &dense, &layout);
    assert!(layout.how >= How::Plain);
    let nodes = 20_000;
    let chain: Vec<(usize, usize)> = (1..nodes).map(|node| (node - 1, node)).chain([(nodes - 1, 0)]).collect();
    let layout = lay_out(&boxes(nodes), &chain, Limit::default());
    assert_eq!(layout.is_back.iter().filter(|back| **back).count(), 1);
    let star: Vec<(usize, usize)> = (1..nodes).map(|node| (0, node)).collect();
    assert_eq!(lay_out(&boxes(nodes), &star, Limit::default()).layers[1], 1);
}

#[test]
fn the_limit_ends_the_work_on_crossings_only() {
    let (sizes, edges) = (boxes(60), random_edges(60, 150, 3));
    let layout = lay_out(&sizes, &edges, Limit { steps: 0, ..Limit::default() });
    check(&sizes, &edges, &layout);
    assert_eq!(layout.how, How::Hasty);
}

/// `cargo test --release -p spandeck-core how_long -- --nocapture --ignored`
#[test]
#[ignore = "measures"]
fn how_long_it_takes() {
    for (nodes, edges) in
        [(50, 150), (200, 600), (400, 1_400), (300, 2_000), (500, 5_000), (5_000, 1_400), (5_000, 20_000), (1_000, 1_000_000)]
    {
        let (sizes, list) = (boxes(nodes), random_edges(nodes, edges, 11));
        let start = std::time::Instant::now();
        let layout = lay_out(&sizes, &list, Limit::default());
        println!("{nodes} nodes, {edges} edges: {} ms, {:?}", start.elapsed().as_millis(), layout.how);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn boxes_never_overlap_and_arrows_never_cross_them(
        sizes in prop::collection::vec((1.0..300.0_f64, 1.0..120.0_f64), 0..14),
        ends in prop::collection::vec((0_usize..15, 0_usize..15, 0_u64..9), 0..40),
        steps in prop::option::of(0_u64..20_000),
        is_plain in any::<bool>(),
    ) {
        let edges: Vec<(usize, usize)> = ends.iter().map(|(source, target, _)| (*source, *target)).collect();
        let weights: Vec<u64> = ends.iter().map(|(_, _, weight)| *weight).collect();
        let edge_limit = if is_plain { 3 } else { 1_500 };
        let limit = Limit { steps: steps.unwrap_or(6_000_000), edges: edge_limit, ..Limit::default() };
        let layout = Task { sizes: &sizes, edges: &edges, weights: &weights, limit, ..Task::default() }.lay_out();
        check(&sizes, &edges.iter().map(|(source, target)| if source.max(target) < &sizes.len() { (*source, *target) } else { (99, 99) }).collect::<Vec<_>>(), &layout);
        prop_assert_eq!(&layout, &Task { sizes: &sizes, edges: &edges, weights: &weights, limit, ..Task::default() }.lay_out());
    }
}

#[test]
fn where_everybody_calls_everybody_boxes_stand_in_rows() {
    let sizes = boxes(60);
    let all: Vec<(usize, usize)> =
        (0..60).flat_map(|one| (0..60).filter(move |other| *other != one).map(move |other| (one, other))).collect();
    let layout = Task { sizes: &sizes, edges: &all, shape: 2.0, ..Task::default() }.lay_out();
    check(&sizes, &all, &layout);
    assert_eq!(layout.how, How::Grid);
    assert!((1.0..4.0).contains(&(layout.width / layout.height)), "{} {}", layout.width, layout.height);
}

#[test]
fn downwards_is_to_the_right_with_the_axes_exchanged() {
    let (sizes, edges) = (boxes(12), random_edges(12, 14, 5));
    let layout = Task { sizes: &sizes, edges: &edges, direction: Direction::Down, ..Task::default() }.lay_out();
    for (edge, (source, target)) in edges.iter().enumerate().filter(|(_, (source, target))| source != target) {
        let falls = layout.nodes[*target].y > layout.nodes[*source].y;
        assert_eq!(falls, !layout.is_back[edge], "{source} {target}");
    }
    assert_eq!(back_edges(12, &edges), layout.is_back);
    assert_eq!(back_edges(1, &[(0, 7), (0, 0)]), [false, true]);
}
