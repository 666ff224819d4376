use super::super::{
    model::Roles,
    tables::{Column, Sort, span_order},
};
use super::*;
use crate::engine::{Column as TableColumn, Table};
use std::rc::Rc;

/// id, parent, name, agent, start, end
type Line = (&'static str, Option<&'static str>, &'static str, Option<&'static str>, i64, i64);

fn model(lines: &[Line]) -> TraceModel {
    let none = || TableColumn::texts(lines.iter().map(|_| None));
    let table = Table::new(vec![
        ("span_id".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(line.0)))),
        ("parent_id".to_owned(), TableColumn::texts(lines.iter().map(|line| line.1))),
        ("name".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(line.2)))),
        ("service".to_owned(), none()),
        ("operation".to_owned(), none()),
        ("kind".to_owned(), none()),
        ("start_time".to_owned(), TableColumn::ints(lines.iter().map(|line| Some(line.4)))),
        ("end_time".to_owned(), TableColumn::ints(lines.iter().map(|line| Some(line.5)))),
        ("status_code".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(if line.0 == "c" { "ERROR" } else { "OK" })))),
    ]);
    let roles = Table::new(vec![
        ("trace_id".to_owned(), TableColumn::texts(lines.iter().map(|_| Some("t")))),
        ("span_id".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(line.0)))),
        ("agent".to_owned(), TableColumn::texts(lines.iter().map(|line| line.3))),
        ("workflow".to_owned(), none()),
    ]);
    let model = TraceModel::new("t", Rc::new(table)).unwrap();
    let roles = Roles::new(&model, &roles).unwrap();
    model.with_roles(Rc::new(roles))
}

const LINES: [Line; 5] = [
    ("a", None, "run", None, 0, 100),
    ("b", Some("a"), "execute", Some("writer"), 0, 40),
    ("c", Some("a"), "execute", Some("critic"), 40, 90),
    ("d", Some("b"), "evaluate", None, 0, 30),
    ("e", Some("c"), "evaluate", None, 40, 60),
];

#[test]
fn executions_are_told_apart_by_agent_where_wanted() {
    let model = model(&LINES);
    assert_eq!(FrameNames::new(&[(&model, None)], true).len(), 4);
    let names = FrameNames::new(&[(&model, None), (&model, None)], false);
    assert_eq!(names.len(), 3);
    assert_eq!(names.key(0, 1), names.key(1, 2));
    assert_eq!((names.key(2, 0), names.key(0, 5)), (None, None));
}

#[test]
fn tiles_fill_the_width_of_what_is_zoomed_to() {
    let model = model(&LINES);
    let names = FrameNames::new(&[(&model, None)], true);
    let graph = Graph::new(&model, &names, Layout::Merged, Weight::Total);
    let tiles = graph.tiles(&model.tree, None, 1_000.0, 0..9);
    let shown: Vec<_> = tiles.iter().map(|tile| (tile.row, tile.x.round(), tile.width.round())).collect();
    assert_eq!(shown, [(0, 0.0, 1_000.0), (1, 0.0, 500.0), (2, 0.0, 200.0), (1, 500.0, 400.0), (2, 500.0, 300.0)]);
    assert_eq!(tile_at(&tiles, 1, 600.0).map(|tile| tile.frame), Some(3));
    assert_eq!(tile_at(&tiles, 1, 950.0), None);
    let zoomed = graph.tiles(&model.tree, Some(3), 1_000.0, 1..9);
    assert_eq!(zoomed.iter().map(|tile| (tile.frame, tile.x, tile.width)).collect::<Vec<_>>(), [(3, 0.0, 1_000.0), (4, 0.0, 750.0)]);
    assert_eq!(graph.figures(&model, &names, 1).map(|figures| (figures.span, figures.errors, figures.work_ns)), Some((2, 1, 50)));
    assert_eq!(graph.frame_of(&model.tree, &names, 4), Some(2));
    let time = Graph::new(&model, &names, Layout::Time, Weight::Total);
    assert_eq!(
        time.tiles(&model.tree, Some(2), 500.0, 0..9).iter().filter(|tile| tile.frame == 4).map(|tile| (tile.x, tile.width)).next(),
        Some((0.0, 200.0))
    );
    let own = Graph::new(&model, &names, Layout::Merged, Weight::Own);
    let evaluate = own.frame_of(&model.tree, &names, 3).unwrap();
    assert_eq!(own.figures(&model, &names, evaluate).map(|figures| (figures.count, figures.own_ns)), Some((2, 50)));
}

#[test]
fn hidden_spans_and_waiting_are_no_frames_and_no_work() {
    let mut lines = LINES;
    lines[3] = ("d", Some("b"), "Flock.run_until_idle", None, 0, 30);
    let model = model(&lines);
    let hidden: SpanSet = [2].into_iter().collect();
    let names = FrameNames::new(&[(&model, Some(&hidden))], true);
    let graph = Graph::new(&model, &names, Layout::Merged, Weight::Total);
    assert_eq!(work_ns(&model), 70);
    assert_eq!(
        graph.tiles(&model.tree, None, 500.0, 0..9).iter().map(|tile| (tile.row, tile.width)).collect::<Vec<_>>(),
        [(0, 500.0), (1, 250.0), (1, 125.0)]
    );
    let time = Graph::new(&model, &names, Layout::Time, Weight::Total);
    assert_eq!((time.frame_of(&model.tree, &names, 2), time.rows()), (Some(0), 3));
    assert_eq!(time.figures(&model, &names, 0).map(|figures| figures.work_ns), Some(40));
    let sums = by_name(&model, &names);
    assert_eq!(sums.iter().map(|sum| sum.own_ns).collect::<Vec<_>>(), [20, 10, 10, 0]);
}

#[test]
fn arrow_keys_walk_the_graph() {
    let model = model(&LINES);
    let names = FrameNames::new(&[(&model, None)], true);
    for layout in [Layout::Merged, Layout::Time] {
        let graph = Graph::new(&model, &names, layout, Weight::Total);
        let step = |from, step| graph.step(&model.tree, from, step);
        let root = step(None, Step::Below);
        let left = step(root, Step::Below);
        let right = step(left, Step::After);
        assert!(root.is_some() && left.is_some() && right.is_some() && left != right);
        assert_eq!((step(right, Step::Before), step(right, Step::After), step(right, Step::Above)), (left, None, root));
        assert_eq!((step(root, Step::Above), step(right, Step::First)), (None, root));
        assert!(graph.holds(&model.tree, root.unwrap(), right.unwrap()) && !graph.holds(&model.tree, left.unwrap(), right.unwrap()));
    }
}

#[test]
fn spans_are_ordered_by_every_column() {
    let model = model(&LINES);
    let order = |text: &str| {
        let columns = [Column::Name, Column::Agent, Column::Start, Column::Own, Column::Status, Column::Depth];
        span_order(&model, Sort::read(text, &columns).unwrap())
    };
    assert_eq!(order("start"), [0, 1, 3, 2, 4]);
    assert_eq!(order("-own"), [3, 2, 4, 0, 1]);
    assert_eq!(order("name"), [3, 4, 1, 2, 0]);
    assert_eq!(order("-agent"), [1, 2, 0, 3, 4]);
    assert_eq!(order("-status").first(), Some(&2));
    assert_eq!(order("-depth").first(), Some(&3));
    let sort = Sort { column: Column::Own, descending: true };
    assert_eq!(
        (sort.pressed(Column::Own).print(), sort.pressed(Column::Name).print(), sort.pressed(Column::Total).print()),
        ("own".into(), "name".into(), "-total".into())
    );
    assert_eq!((sort.aria(Column::Own), sort.aria(Column::Name), Sort::read("x", &[])), (Some("descending"), None, None));
}

#[test]
fn a_trace_that_took_no_time_is_drawn_by_spans() {
    let model = model(&[("a", None, "run", None, 5, 5), ("b", Some("a"), "x", None, 5, 5)]);
    let names = FrameNames::new(&[(&model, None)], true);
    let graph = Graph::new(&model, &names, Layout::Merged, Weight::Total);
    assert_eq!(graph.tiles(&model.tree, None, 100.0, 0..9).len(), 2);
    assert!(!Graph::new(&model, &names, Layout::Time, Weight::Total).tiles(&model.tree, None, 100.0, 0..9).is_empty());
}
