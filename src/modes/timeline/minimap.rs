//! The whole trace in a few pixels: one row a level of the tree, spans that share a pixel as one. Pure.
//!
//! O(spans) and at most one run a pixel and row, whatever the size of the trace.

use super::{
    model::TraceModel,
    scene::{self, Ink},
};
use crate::core::{colour::Slots, folded_time::TimeAxis};

/// Levels that have a row of their own; deeper ones share the last.
pub const ROWS: u32 = 9;

/// A coloured stretch of one row, in px of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    pub row: u32,
    pub from_px: f64,
    pub to_px: f64,
    pub ink: Ink,
}

/// The runs of a trace over an axis that shows all of it. Failed spans are drawn in red where they begin a run.
pub fn runs(model: &TraceModel, slots: &Slots, axis: &TimeAxis) -> Vec<Run> {
    let mut open: Vec<Option<Run>> = vec![None; ROWS as usize];
    let mut done = Vec::new();
    // In order of start, so that a row is filled from left to right as far as its spans do not overlap.
    for &span in &model.tree.by_start {
        let (Some(interval), Some(depth)) = (model.tree.interval.get(span as usize), model.tree.depth.get(span as usize)) else { continue };
        let row = (*depth).min(ROWS - 1);
        let from_px = axis.x_px(interval.start_ns);
        let to_px = axis.x_px(interval.end_ns).max(from_px + 2.0);
        let Some(slot) = open.get_mut(row as usize) else { continue };
        if let Some(run) = slot
            && from_px < run.to_px + 0.5
            && to_px <= run.to_px + 1.0
        {
            run.to_px = run.to_px.max(to_px);
            continue;
        }
        let Some(facts) = model.span(span) else { continue };
        let ink = if facts.is_error { Ink::Error } else { scene::colour(&facts, slots).full };
        if let Some(before) = slot.replace(Run { row, from_px, to_px, ink }) {
            done.push(before);
        }
    }
    done.extend(open.into_iter().flatten());
    done
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::{
        core::folded_time::FoldedTime,
        engine::{Column, Table},
    };

    #[test]
    fn spans_of_a_level_share_runs_and_errors_show() {
        let count = 10_000_i64;
        let ids: Vec<String> = (0..=count).map(|at| at.to_string()).collect();
        let text = |value: &dyn Fn(usize) -> Option<&'static str>| Column::texts((0..ids.len()).map(value));
        let table = Table::new(vec![
            ("span_id".to_owned(), Column::texts(ids.iter().map(|id| Some(id.as_str())))),
            ("parent_id".to_owned(), text(&|row| (row > 0).then_some("0"))),
            ("name".to_owned(), text(&|_| Some("x"))),
            ("service".to_owned(), text(&|_| None)),
            ("operation".to_owned(), text(&|_| None)),
            ("kind".to_owned(), text(&|_| None)),
            ("status_code".to_owned(), text(&|row| Some(if row == 1 { "ERROR" } else { "OK" }))),
            ("start_time".to_owned(), Column::ints((0..=count).map(|at| Some(if at == 0 { 0 } else { (at - 1) * 1_000_000 })))),
            ("end_time".to_owned(), Column::ints((0..=count).map(|at| Some(if at == 0 { count * 1_000_000 } else { at * 1_000_000 })))),
        ]);
        let model = TraceModel::new("t", Rc::new(table)).unwrap();
        let axis = TimeAxis::new(Rc::new(FoldedTime::plain(0, count * 1_000_000)), None, 500.0);
        let runs = runs(&model, &Slots::default(), &axis);
        assert!(runs.len() <= 502, "{} runs", runs.len());
        assert_eq!(runs.iter().filter(|run| run.row == 0).map(|run| (run.from_px, run.to_px)).collect::<Vec<_>>(), [(0.0, 500.0)]);
        assert!(runs.iter().any(|run| run.ink == Ink::Error));
        assert!(runs.iter().all(|run| run.from_px >= 0.0 && run.to_px <= 502.0 && run.to_px - run.from_px >= 2.0));
    }
}
