//! The picture as a log of strokes.

use std::fmt::Write;

use super::super::model::EventMark;
use super::*;
use crate::{
    core::{
        folded_time::FoldedTime,
        noise::NoiseRules,
        tree_rows::{Shown, VisibleRows},
    },
    engine::{Column, Table},
    modes::timeline::model::Roles,
};

/// A pen that writes down what it is told, positions in whole px. A character is 6 px wide.
#[derive(Default)]
struct Log(String, bool);

impl Pen for Log {
    fn rect(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64) {
        // The grounds of labels say nothing of the data.
        if !matches!(ink, Ink::Ground | Ink::GroundSelected) {
            writeln!(self.0, "{ink:?} {x:.0}+{width:.0} at {y:.0}+{height:.0}").unwrap();
        }
    }
    fn stripes(&mut self, x: f64, _: f64, width: f64, _: f64) {
        writeln!(self.0, "stripes {x:.0}+{width:.0}").unwrap();
    }
    fn frame(&mut self, ink: Ink, x: f64, y: f64, width: f64, _: f64) {
        writeln!(self.0, "frame {ink:?} {x:.0}+{width:.0} at {y:.0}").unwrap();
    }
    fn line(&mut self, ink: Ink, stroke: Stroke, from: (f64, f64), to: (f64, f64)) {
        writeln!(self.0, "{stroke:?} {ink:?} {:.0},{:.0} to {:.0},{:.0}", from.0, from.1, to.0, to.1).unwrap();
    }
    fn diamond(&mut self, ink: Ink, x: f64, y: f64, hollow: bool) {
        writeln!(self.0, "diamond {ink:?} {x:.0},{y:.0} {}", if hollow { "hollow" } else { "full" }).unwrap();
    }
    fn arrow(&mut self, ink: Ink, x: f64, y: f64) {
        writeln!(self.0, "arrow {ink:?} {x:.0},{y:.0}").unwrap();
    }
    fn text(&mut self, _: Ink, text: &str, x: f64, y: f64) {
        writeln!(self.0, "“{}” {x:.0},{y:.0}", text.replace('\u{a0}', " ")).unwrap();
    }
    fn fade(&mut self, weaker: bool) {
        if weaker != self.1 {
            self.1 = weaker;
            writeln!(self.0, "{}", if weaker { "weaker" } else { "full" }).unwrap();
        }
    }
    fn text_width(&mut self, text: &str) -> f64 {
        text.chars().count() as f64 * 6.0
    }
}

/// name (also the id), parent, start and end in ms, status
type Row5 = (&'static str, Option<&'static str>, i64, i64, &'static str);

fn model(spans: &[Row5]) -> TraceModel {
    let texts = |values: Vec<Option<&str>>| Column::texts(values);
    let none = || Column::texts(spans.iter().map(|_| None));
    let table = Table::new(vec![
        ("span_id".to_owned(), texts(spans.iter().map(|span| Some(span.0)).collect())),
        ("parent_id".to_owned(), texts(spans.iter().map(|span| span.1).collect())),
        ("name".to_owned(), texts(spans.iter().map(|span| Some(span.0)).collect())),
        ("service".to_owned(), texts(spans.iter().map(|_| Some("Agent")).collect())),
        ("operation".to_owned(), none()),
        ("kind".to_owned(), none()),
        ("start_time".to_owned(), Column::ints(spans.iter().map(|span| Some(span.2 * 1_000_000)))),
        ("end_time".to_owned(), Column::ints(spans.iter().map(|span| Some(span.3 * 1_000_000)))),
        ("status_code".to_owned(), texts(spans.iter().map(|span| Some(span.4)).collect())),
    ]);
    TraceModel::new("t", Rc::new(table)).unwrap().with_roles(Rc::new(Roles::default()))
}

#[derive(Default)]
struct Picture {
    window: Option<(i64, i64)>,
    path: bool,
    collapsed: Vec<u32>,
    events: EventMarks,
    flows: Vec<FlowLine>,
    rules: &'static str,
    matches: Option<SpanSet>,
}

impl Picture {
    /// 1 ms is a px, the lane begins at 0, rows are 20 px high, right of the trace is room for a label.
    fn of(&self, model: &TraceModel) -> String {
        let fold = Rc::new(FoldedTime::plain(model.tree.start_ns, model.tree.end_ns));
        let width_px = (model.tree.end_ns - model.tree.start_ns) as f64 / 1e6;
        let axis = TimeAxis::new(fold, self.window, width_px);
        let path = CriticalPath::of_trace(&model.tree, &[]);
        let noise = model.noise(&NoiseRules::parse(self.rules).0);
        let (collapsed, opened) = (self.collapsed.iter().copied().collect(), Default::default());
        let rows = VisibleRows::new(&model.tree, Shown { collapsed: Some(&collapsed), hooks: Some((&noise, &opened)), ..Shown::default() });
        let scene = Scene {
            model,
            service_slots: &Slots::default(),
            axis: &axis,
            path: self.path.then_some(&path),
            through: None,
            noise: Some(&noise),
            events: Some(&self.events),
            flows: &Flows::new(self.flows.clone()),
            memo: &Memo::default(),
            chosen: None,
            matches: self.matches.as_ref(),
            pad_px: 0.0,
            width_px: width_px + 60.0,
            row_px: 20.0,
        };
        let mut log = Log::default();
        scene.draw(&mut log, &rows.rows, 0);
        log.0
    }
}

fn check(drawn: &str, expected: &str) {
    let tidy = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(tidy(drawn), tidy(expected));
}

#[test]
fn own_time_is_strong_and_time_in_children_weak() {
    let model = model(&[("a", None, 0, 400, "OK"), ("b", Some("a"), 100, 300, "ERROR")]);
    check(
        &Picture::default().of(&model),
        "SlotTint(7) 0+400 at 4+12
         Slot(7) 0+100 at 4+12
         Slot(7) 300+100 at 4+12
         “400 ms” 406,10
         SlotTint(7) 100+200 at 24+12
         Slot(7) 100+200 at 24+12
         Error 296+4 at 24+12
         “200 ms” 306,30",
    );
}

#[test]
fn what_runs_outside_of_its_parent_hangs_on_lines() {
    let model = model(&[("root", None, 0, 900, "OK"), ("publish", Some("root"), 0, 100, "OK"), ("agent", Some("publish"), 300, 700, "OK")]);
    check(
        &Picture::default().of(&model),
        "SlotTint(7) 0+900 at 4+12
         Slot(7) 100+800 at 4+12
         “900 ms” 906,10
         SlotTint(7) 0+100 at 24+12
         Slot(7) 0+100 at 24+12
         “100 ms” 106,30
         Dotted Slot(7) 146,30 to 700,30
         “async” 706,30
         Solid Line 100,50 to 300,50
         SlotTint(7) 300+400 at 44+12
         Slot(7) 300+400 at 44+12
         “400 ms” 706,50",
    );
}

#[test]
fn the_critical_path_of_a_collapsed_row_is_that_of_everything_below() {
    let model = model(&[("a", None, 0, 400, "OK"), ("b", Some("a"), 100, 300, "OK"), ("c", Some("b"), 150, 200, "OK")]);
    let path_lines = |collapsed: Vec<u32>| {
        let drawn = Picture { path: true, collapsed, ..Picture::default() }.of(&model);
        drawn.lines().filter(|line| line.starts_with("Critical")).map(|line| line.replace("Critical ", "")).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(path_lines(vec![]), "0+100 at 17+2 | 300+100 at 17+2 | 100+50 at 37+2 | 200+100 at 37+2 | 150+50 at 57+2");
    assert_eq!(path_lines(vec![0]), "0+400 at 17+2");
    assert_eq!(path_lines(vec![1]), "0+100 at 17+2 | 300+100 at 17+2 | 100+200 at 37+2");
}

#[test]
fn waiting_spans_are_outlines() {
    let model = model(&[("Flock.run_until_idle", None, 0, 400, "OK")]);
    check(&Picture::default().of(&model), "frame Slot(7) 0+400 at 4\n“waits for agents” 6,10\n“400 ms” 406,10");
}

#[test]
fn a_zoom_shows_its_window_and_labels_find_their_room() {
    let model = model(&[("a", None, 0, 400, "OK"), ("b", Some("a"), 390, 400, "OK")]);
    let ms = 1_000_000;
    // Ten times larger: from 360 to 400 ms.
    let drawn = Picture { window: Some((360 * ms, 400 * ms)), ..Picture::default() }.of(&model);
    check(
        &drawn,
        "SlotTint(7) -8+408 at 4+12
         Slot(7) -8+308 at 4+12
         “400 ms” 406,10
         SlotTint(7) 300+100 at 24+12
         Slot(7) 300+100 at 24+12
         “10.0 ms” 406,30",
    );
}

#[test]
fn what_a_search_does_not_match_is_weaker() {
    let model = model(&[("a", None, 0, 400, "OK"), ("b", Some("a"), 100, 300, "OK")]);
    check(
        &Picture { matches: Some([1].into_iter().collect()), ..Picture::default() }.of(&model),
        "weaker
         SlotTint(7) 0+400 at 4+12
         Slot(7) 0+100 at 4+12
         Slot(7) 300+100 at 4+12
         “400 ms” 406,10
         full
         SlotTint(7) 100+200 at 24+12
         Slot(7) 100+200 at 24+12
         “200 ms” 306,30",
    );
}

#[test]
fn events_close_to_each_other_are_one_mark() {
    let model = model(&[("a", None, 0, 400, "OK")]);
    let mark = |ms: i64, is_exception| EventMark { at_ns: ms * 1_000_000, is_exception };
    let events = EventMarks::from_iter([(0, vec![mark(100, false), mark(102, false), mark(300, true), mark(9_000, false)])]);
    let drawn = Picture { events, ..Picture::default() }.of(&model);
    let marks: Vec<&str> = drawn.lines().filter(|line| line.starts_with("diamond")).collect();
    assert_eq!(marks, ["diamond Text1 100,10 hollow", "diamond Error 300,10 full"]);
}

#[test]
fn hooks_are_ticks_in_one_row() {
    let model = model(&[
        ("a", None, 0, 400, "OK"),
        ("on_x", Some("a"), 100, 100, "OK"),
        ("on_y", Some("a"), 200, 200, "OK"),
        ("on_z", Some("a"), 200, 200, "OK"),
    ]);
    let drawn = Picture { rules: "on_*", ..Picture::default() }.of(&model);
    let ticks: Vec<&str> = drawn.lines().filter(|line| line.starts_with("Noise")).collect();
    assert_eq!(ticks, ["Noise 100+1 at 27+6", "Noise 200+1 at 27+6"]);
}

#[test]
fn artifacts_flow_from_the_end_of_one_run_to_the_start_of_another() {
    let model = model(&[("r", None, 0, 400, "OK"), ("a", Some("r"), 0, 100, "OK"), ("b", Some("r"), 200, 400, "OK")]);
    let flows = vec![FlowLine { from_row: 1, to_row: 2, from_ns: 100_000_000, to_ns: 200_000_000, from_span: 1, to_span: 2 }];
    let drawn = Picture { flows, ..Picture::default() }.of(&model);
    let lines: Vec<&str> = drawn.lines().filter(|line| line.starts_with("Dashed") || line.starts_with("arrow")).collect();
    assert_eq!(lines, ["Dashed Text3 100,30 to 100,50", "Dashed Text3 100,50 to 199,50", "arrow Text3 199,50"]);
}

#[test]
fn a_hundred_thousand_own_pieces_are_few_strokes() {
    let names: Vec<String> = (0..20_000).map(|at| format!("c{at}")).collect();
    let names: &'static [String] = Box::leak(names.into_boxed_slice());
    let mut spans: Vec<Row5> = vec![("a", None, 0, 40_000, "OK")];
    spans.extend((0_i64..).zip(names).map(|(at, name)| -> Row5 { (name, Some("a"), at * 2, at * 2 + 1, "OK") }));
    let model = model(&spans);
    let fold = Rc::new(FoldedTime::plain(model.tree.start_ns, model.tree.end_ns));
    let axis = TimeAxis::new(fold, None, 1_000.0);
    let rows = VisibleRows::new(&model.tree, Shown::default());
    let scene = Scene {
        model: &model,
        service_slots: &Slots::default(),
        axis: &axis,
        path: None,
        through: None,
        noise: None,
        events: None,
        flows: &Flows::default(),
        memo: &Memo::default(),
        chosen: None,
        matches: None,
        pad_px: 0.0,
        width_px: 1_060.0,
        row_px: 20.0,
    };
    let mut log = Log::default();
    scene.draw(&mut log, &rows.rows[..1], 0);
    assert!(log.0.lines().count() < 10, "{}", log.0);
}
