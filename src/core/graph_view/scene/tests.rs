use super::{parts::NODE_MOST_PX, *};

pub fn node(name: &str) -> NodeText {
    NodeText {
        key: format!("agent:{name}").into(),
        name: name.into(),
        facts: "52 runs · p95 1.44 s".into(),
        error_rate: if name == "critic" { "13.5 %".into() } else { String::new() },
        error_step: 3,
        error_share: 0.135,
        own_share: Some(0.3),
        mark: Mark::Circle,
        slot: 3,
        is_striped: false,
        is_dashed: name == "external",
        words: format!("{name}: 52 runs"),
    }
}

pub fn edge(source: usize, target: usize) -> EdgeText {
    EdgeText {
        source,
        target,
        width_px: 3.0,
        tint: "r3",
        dots: 3,
        label: ["Draft".into(), "52".into(), "13.5 %".into()],
        words: "writer to critic".into(),
    }
}

pub fn scene() -> Scene {
    let nodes = ["external", "writer", "critic"].map(node).to_vec();
    let edges = vec![edge(0, 1), edge(1, 2), edge(2, 1), edge(2, 2), edge(1, 9)];
    let places = Places {
        centres: vec![(0.0, 0.0), (260.0, 0.0), (520.0, 40.0)],
        routes: vec![vec![(0.0, 0.0), (260.0, 0.0)], vec![], vec![], vec![]],
        is_back: vec![false, false, true, true],
        is_down: false,
    };
    Scene::new(nodes, edges, places, vec![(vec![1, 2], "cycle group of 2 agents".into())], usize::MAX)
}

#[test]
fn every_part_has_its_place_and_an_edge_without_a_node_is_left_out() {
    let scene = scene();
    assert_eq!((scene.nodes.len(), scene.edges.len(), scene.groups.len()), (3, 4, 1));
    assert!(scene.edges[2].is_back && scene.edges[3].is_loop);
    let bounds = scene.bounds();
    for node in &scene.nodes {
        assert!(bounds.holds(node.bounds.centre()));
    }
    assert!(
        scene.groups[0].boxes[0].holds(scene.nodes[1].bounds.centre()) && !scene.groups[0].boxes[0].holds(scene.nodes[0].bounds.centre())
    );
    assert!(scene.edges.iter().all(|edge| edge.label.is_some()));
}

#[test]
fn labels_do_not_lie_on_each_other_where_there_is_room() {
    let scene = scene();
    let labels: Vec<Bounds> = scene
        .edges
        .iter()
        .filter_map(|edge| edge.label.as_ref())
        .map(|label| Bounds::around(label.at, (label.width_px, LABEL_HEIGHT_PX)))
        .collect();
    for (at, one) in labels.iter().enumerate() {
        assert!(labels.iter().skip(at + 1).all(|other| !one.touches(*other)), "label {at}");
    }
}

#[test]
fn a_moved_node_takes_its_edges_along_and_leaves_the_others_alone() {
    let before = scene();
    let after = before.with_moved(&[(2, (50.0, 120.0))]);
    assert_eq!(after.nodes[2].bounds, before.nodes[2].bounds.moved(50.0, 120.0));
    assert!(Rc::ptr_eq(&before.nodes[0], &after.nodes[0]) && Rc::ptr_eq(&before.edges[0], &after.edges[0]));
    assert_ne!(before.edges[1].path, after.edges[1].path);
    assert!(after.groups[0].boxes[0].bottom > before.groups[0].boxes[0].bottom);
    assert_eq!(before.with_moved(&[]), before);
}

#[test]
fn no_label_lies_on_a_box_or_on_another_label() {
    // Many edges between two boxes that stand close: there is no room for all of their labels.
    let nodes = ["writer", "critic"].map(node).to_vec();
    let places = Places { centres: vec![(0.0, 0.0), (180.0, 0.0)], ..Places::default() };
    let tight = Scene::new(nodes, vec![edge(0, 1); 12], places, Vec::new(), usize::MAX);
    assert!(tight.labels_on_others > 0);
    for scene in [tight.clone(), tight.with_moved(&[(1, (20.0, 30.0))])] {
        let labels: Vec<Bounds> = scene.edges.iter().filter_map(|edge| edge.label.as_ref()).map(Label::bounds).collect();
        for (at, one) in labels.iter().enumerate() {
            assert!(scene.nodes.iter().all(|node| !node.bounds.touches(*one)), "label {at} on a box");
            assert!(labels.iter().skip(at + 1).all(|other| !one.touches(*other)), "label {at} on another");
        }
    }
    assert!(tight.edges.iter().all(|edge| edge.label_in_middle().is_some()), "each says it when it is pointed at");
}

#[test]
fn edges_beyond_the_strong_ones_are_there_when_they_are_asked_for() {
    let nodes = ["writer", "critic", "lone"].map(node).to_vec();
    let places = Places { centres: vec![(0.0, 0.0), (260.0, 0.0), (520.0, 0.0)], ..Places::default() };
    let scene = Scene::new(nodes, vec![edge(0, 1), edge(1, 2), edge(2, 0)], places, Vec::new(), 1);
    assert_eq!(scene.edges.len(), 1);
    assert_eq!(scene.around(2).0.iter().map(|edge| edge.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(scene.ends_of(2).1.len(), 2);
    let moved = scene.with_moved(&[(2, (0.0, 300.0))]);
    assert_ne!(moved.weak_of(1).map(|edge| edge.path.clone()), scene.weak_of(1).map(|edge| edge.path.clone()));
}

#[test]
fn neighbours_of_a_node() {
    let (edges, nodes) = scene().around(2);
    assert_eq!((edges.len(), nodes.iter().map(|node| node.number).collect::<Vec<_>>()), (3, vec![1, 2]));
}

#[test]
fn sizes_and_bars_are_within_bounds() {
    let long = NodeText { name: "a_very_long_name_of_an_operation_that_never_ends_at_all".into(), ..node("x") };
    assert!((long.size().0 - NODE_MOST_PX).abs() < 1e-9);
    let drawn = NodeBox::new(0, Rc::new(long.clone()), Bounds::around((0.0, 0.0), long.size()));
    assert!(drawn.name.contains('…'));
    for share in [f64::NAN, -1.0, 0.0, 0.001, 0.5, 7.0] {
        let (left, _, width) = drawn.bar(share, 0);
        assert!(width.is_finite() && width >= 0.0 && left + width <= drawn.text_right() + 1e-9);
    }
    assert!(breadth_px(f64::NAN, 0.0) > 0.0 && breadth_px(10.0, 10.0) > breadth_px(1.0, 10.0));
}

#[test]
fn labels_get_room_beside_the_boxes_unless_there_are_many() {
    let nodes = ["writer", "critic", "lone"].map(node).to_vec();
    let sizes = roomy_sizes(&nodes, &[edge(0, 1), edge(2, 2)]);
    assert!(sizes[0].0 > nodes[0].size().0 && sizes[1].0 > nodes[1].size().0);
    assert_eq!(sizes[2], nodes[2].size());
    assert_eq!(roomy_sizes(&nodes, &vec![edge(0, 1); 99]), nodes.iter().map(NodeText::size).collect::<Vec<_>>());
}

#[test]
fn error_rates_fall_into_four_steps() {
    let steps = [(0, 10), (1, 101), (1, 100), (4, 100), (5, 100), (10, 10), (3, 0)].map(|(errors, calls)| error_step(errors, calls));
    assert_eq!(steps, [0, 1, 2, 2, 3, 3, 0]);
}
