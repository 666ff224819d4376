//! What the waterfall's canvas shows, as strokes of a pen: bars, critical path, events, the flow of artifacts. Pure: the pen is a trait, the
//! page's is a canvas, the tests' is a log.
//!
//! Nothing is allocated for a frame: strokes go straight to the pen, texts and own times are kept from the first time they are asked for.

use std::{cell::RefCell, rc::Rc};

use super::model::{EventMarks, SpanRow, TraceModel};
use crate::core::{
    colour::{Kind, Slot, Slots},
    critical_path::{CriticalPath, SectionKind},
    fast_map::FastMap,
    folded_time::TimeAxis,
    noise::{self, Noise},
    order::sort_by_key,
    self_time::Interval,
    span_set::SpanSet,
    tree_rows::{Row, RowKind},
    units,
};

/// A colour by its meaning; the pen knows its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// 1 to 12, or 0 for a span without a service.
    Slot(u8),
    /// The same, weaker: time spent in children.
    SlotTint(u8),
    Root,
    RootTint,
    Noise,
    Error,
    Critical,
    Accent,
    /// Text and marks from strong to weak.
    Text1,
    Text2,
    Text3,
    Line,
    /// The row's own ground, plain or selected.
    Ground,
    GroundSelected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    Solid,
    Dashed,
    /// Two pixels wide.
    Dotted,
}

/// Where things are drawn. Positions and sizes in CSS px from the canvas's corner.
pub trait Pen {
    fn rect(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64);
    /// Diagonal stripes over a bar whose colour another name has too.
    fn stripes(&mut self, x: f64, y: f64, width: f64, height: f64);
    /// A rectangle's outline, one pixel wide, inside its edges.
    fn frame(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64);
    /// A horizontal or vertical line.
    fn line(&mut self, ink: Ink, stroke: Stroke, from: (f64, f64), to: (f64, f64));
    /// A diamond around a point; `hollow` shows the ground within.
    fn diamond(&mut self, ink: Ink, x: f64, y: f64, hollow: bool);
    /// An arrowhead whose point, to the right, is at the given place.
    fn arrow(&mut self, ink: Ink, x: f64, y: f64);
    /// Text that begins at `x`, its middle at `y`.
    fn text(&mut self, ink: Ink, text: &str, x: f64, y: f64);
    /// Everything from now on is drawn weaker, or at full strength again.
    fn fade(&mut self, weaker: bool);
    /// Width of a text.
    fn text_width(&mut self, text: &str) -> f64;
}

/// An artifact on its way from the run that published it to one that took it, between visible rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowLine {
    pub from_row: usize,
    pub to_row: usize,
    pub from_ns: i64,
    pub to_ns: i64,
    pub from_span: u32,
    pub to_span: u32,
}

/// An artifact's way between two spans of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowEnds {
    pub from_span: u32,
    pub to_span: u32,
}

/// Where more flows than this pass between two rows, only those of the chosen span are drawn.
const MANY_FLOWS: i32 = 120;

/// All flows between the rows that are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    pub lines: Vec<FlowLine>,
    /// There are so many side by side that they would hide the bars.
    crowded: bool,
}

impl Flows {
    pub fn new(lines: Vec<FlowLine>) -> Self {
        let mut changes: Vec<(usize, i32)> = Vec::with_capacity(lines.len() * 2);
        for line in &lines {
            changes.push((line.from_row.min(line.to_row), 1));
            changes.push((line.from_row.max(line.to_row), -1));
        }
        sort_by_key(&mut changes, |change| *change);
        let side_by_side = changes.iter().scan(0, |open, (_, change)| {
            *open += change;
            Some(*open)
        });
        let crowded = side_by_side.max().is_some_and(|most| most > MANY_FLOWS);
        Self { lines, crowded }
    }
}

const BAR_PX: f64 = 12.0;
/// A failed bar's end.
const ERROR_PX: f64 = 4.0;
/// Between a bar's end and its label.
const LABEL_GAP_PX: f64 = 6.0;
/// Events closer than this are one mark.
const EVENTS_MERGE_PX: f64 = 4.0;

/// What stays the same while the rows scroll.
pub struct Scene<'a> {
    pub model: &'a TraceModel,
    pub service_slots: &'a Slots,
    pub axis: &'a TimeAxis,
    pub path: Option<&'a CriticalPath>,
    /// The path with polling spans looked through, drawn in its place; the sections of the spans that poll are dotted.
    pub through: Option<&'a CriticalPath>,
    pub noise: Option<&'a Noise>,
    pub events: Option<&'a EventMarks>,
    pub flows: &'a Flows,
    pub memo: &'a Memo,
    pub chosen: Option<u32>,
    /// Matches of a search: bars of other spans are weaker.
    pub matches: Option<&'a SpanSet>,
    /// Left of the lane, and the canvas's whole width.
    pub pad_px: f64,
    pub width_px: f64,
    pub row_px: f64,
}

/// Texts and own times, kept while a model is shown.
#[derive(Default)]
pub struct Memo {
    labels: RefCell<FastMap<u32, Rc<str>>>,
    own: RefCell<FastMap<u32, Rc<[Interval]>>>,
    below: RefCell<FastMap<u32, Rc<[Interval]>>>,
}

impl Memo {
    fn label(&self, span: u32, duration_ns: i64) -> Rc<str> {
        self.labels.borrow_mut().entry(span).or_insert_with(|| units::duration(duration_ns).into()).clone()
    }

    /// A span may have a hundred thousand children, so its own stretches are found once.
    fn own(&self, model: &TraceModel, span: u32) -> Rc<[Interval]> {
        self.own.borrow_mut().entry(span).or_insert_with(|| model.tree.self_sections(span).into()).clone()
    }

    fn below(&self, path: &CriticalPath, span: u32) -> Rc<[Interval]> {
        self.below.borrow_mut().entry(span).or_insert_with(|| path.intervals_below(span).into()).clone()
    }
}

/// How a span is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    pub full: Ink,
    pub tint: Ink,
    pub striped: bool,
}

/// The colour of a span's service, or that of workflow roots.
pub fn colour(span: &SpanRow<'_>, slots: &Slots) -> Colour {
    if span.is_workflow {
        return Colour { full: Ink::Root, tint: Ink::RootTint, striped: false };
    }
    let slot = span.service.map(|service| slots.get(service).unwrap_or_else(|| Slot::of_name(Kind::Service, service)));
    let number = slot.map_or(0, |slot| slot.number);
    Colour { full: Ink::Slot(number), tint: Ink::SlotTint(number), striped: slot.is_some_and(|slot| slot.striped) }
}

impl Scene<'_> {
    /// Draws a run of rows, `first` being the number of the first of them, each `row_px` high from the canvas's top on.
    pub fn draw(&self, pen: &mut impl Pen, rows: &[Row], first: usize) {
        // Behind the bars and their labels.
        self.draw_flows(pen, first, rows.len());
        for (index, row) in rows.iter().enumerate() {
            let top = index as f64 * self.row_px;
            match row.kind {
                RowKind::Span => {
                    pen.fade(self.matches.is_some_and(|matches| !matches.contains(row.span)));
                    self.draw_span(pen, row, top);
                }
                RowKind::Hooks => {
                    pen.fade(false);
                    self.draw_hooks(pen, row, top);
                }
            }
        }
        pen.fade(false);
    }

    fn x(&self, at_ns: i64) -> f64 {
        self.pad_px + self.axis.x_px(at_ns)
    }

    /// Left edge and width of a stretch as far as it is on the canvas; `None` where it is not.
    fn stretch(&self, from_ns: i64, to_ns: i64, least_px: f64) -> Option<(f64, f64)> {
        let (from, to) = (self.x(from_ns), self.x(to_ns));
        let to = to.max(from + least_px);
        if to < 0.0 || from > self.width_px {
            return None;
        }
        // Browsers lose precision far outside; what is not seen need not be drawn.
        let (from, to) = (from.max(-8.0), to.min(self.width_px + 8.0));
        Some((from, to - from))
    }

    fn draw_span(&self, pen: &mut impl Pen, row: &Row, top: f64) {
        let Some(span) = self.model.span(row.span) else { return };
        let interval = self.model.tree.interval.get(row.span as usize).copied().unwrap_or_default();
        let colour = colour(&span, self.service_slots);
        let (middle, bar_top) = (top + self.row_px / 2.0, top + (self.row_px - BAR_PX) / 2.0);
        self.draw_joint(pen, row, interval, middle);
        let is_chosen = self.chosen == Some(row.span);
        if let Some((x, width)) = self.stretch(interval.start_ns, interval.end_ns, 2.0) {
            if span.is_waiting() {
                pen.frame(colour.full, x, bar_top, width, BAR_PX);
                self.draw_inside(pen, "waits for agents", x, width, middle);
            } else {
                pen.rect(colour.tint, x, bar_top, width, BAR_PX);
                self.draw_own(pen, row.span, interval, colour, bar_top);
                if colour.striped {
                    pen.stripes(x, bar_top, width, BAR_PX);
                }
            }
            if span.is_error {
                let end = self.x(interval.end_ns).max(self.x(interval.start_ns) + 2.0);
                let width = ERROR_PX.min(width);
                pen.rect(Ink::Error, end - width, bar_top, width, BAR_PX);
                if width == ERROR_PX {
                    pen.rect(Ink::Ground, end - width - 1.0, bar_top, 1.0, BAR_PX);
                }
            }
        }
        self.draw_path(pen, row, bar_top);
        let label_end = self.draw_label(pen, &span, row.span, interval, middle, is_chosen);
        self.draw_tail(pen, row.span, interval, colour, label_end, middle);
        self.draw_events(pen, row.span, middle);
    }

    /// Own time at full strength, over the tint of the whole bar; pieces that share a pixel are one.
    fn draw_own(&self, pen: &mut impl Pen, span: u32, interval: Interval, colour: Colour, bar_top: f64) {
        if interval.length_ns() == 0 {
            if let Some((x, width)) = self.stretch(interval.start_ns, interval.end_ns, 2.0) {
                pen.rect(colour.full, x, bar_top, width, BAR_PX);
            }
            return;
        }
        let own = self.memo.own(self.model, span);
        self.merged(&own, 1.0, |x, width| pen.rect(colour.full, x, bar_top, width, BAR_PX));
    }

    /// Stretches in order of time, those less than half a pixel apart as one, only what is in view.
    fn merged(&self, intervals: &[Interval], least_px: f64, mut draw: impl FnMut(f64, f64)) {
        let (from_ns, to_ns) = self.axis.window_ns();
        let first = intervals.partition_point(|piece| piece.end_ns < from_ns);
        let mut pending: Option<(f64, f64)> = None;
        for piece in intervals.iter().skip(first).take_while(|piece| piece.start_ns <= to_ns) {
            let Some((x, width)) = self.stretch(piece.start_ns, piece.end_ns, least_px) else { continue };
            match &mut pending {
                Some((start, end)) if x - *end < 0.5 => *end = end.max(x + width).max(*start),
                other => {
                    if let Some((start, end)) = other.replace((x, x + width)) {
                        draw(start, end - start);
                    }
                }
            }
        }
        if let Some((start, end)) = pending {
            draw(start, end - start);
        }
    }

    /// A child outside of its parent's interval hangs on a thin line.
    fn draw_joint(&self, pen: &mut impl Pen, row: &Row, own: Interval, middle: f64) {
        let parent = self.model.tree.parent_of(row.span).filter(|_| row.depth > 0);
        let Some(above) = parent.and_then(|parent| self.model.tree.interval.get(parent as usize).copied()) else { return };
        let (from_ns, to_ns) = if own.start_ns > above.end_ns { (above.end_ns, own.start_ns) } else { (own.end_ns, above.start_ns) };
        if from_ns < to_ns
            && let Some((x, width)) = self.stretch(from_ns, to_ns, 0.0)
        {
            pen.line(Ink::Line, Stroke::Solid, (x, middle), (x + width, middle));
        }
    }

    fn draw_path(&self, pen: &mut impl Pen, row: &Row, bar_top: f64) {
        let Some(defined) = self.path else { return };
        let path = self.through.unwrap_or(defined);
        let y = bar_top + BAR_PX + 1.0;
        if self.through.is_some() && self.model.span(row.span).is_some_and(|span| span.is_waiting()) {
            for section in defined.sections_of(row.span) {
                if let Some((x, width)) = self.stretch(section.start_ns, section.end_ns, 2.0) {
                    pen.line(Ink::Critical, Stroke::Dotted, (x, y + 0.5), (x + width, y + 0.5));
                }
            }
        }
        if row.has_children && !row.expanded {
            self.merged(&self.memo.below(path, row.span), 2.0, |x, width| pen.rect(Ink::Critical, x, y, width, 2.0));
            return;
        }
        for section in path.sections_of(row.span) {
            if section.kind == SectionKind::SelfTime
                && let Some((x, width)) = self.stretch(section.start_ns, section.end_ns, 2.0)
            {
                pen.rect(Ink::Critical, x, y, width, 2.0);
            }
        }
    }

    /// The duration beside the bar: right of it, left where there is no room, else inside. Returns where it ends, if right.
    fn draw_label(&self, pen: &mut impl Pen, row: &SpanRow<'_>, span: u32, own: Interval, middle: f64, is_chosen: bool) -> Option<f64> {
        let (from, to) = (self.x(own.start_ns), self.x(own.end_ns).max(self.x(own.start_ns) + 2.0));
        if to < 0.0 || from > self.width_px {
            return None;
        }
        let label = if row.lacks_time { Rc::from("no time") } else { self.memo.label(span, row.duration_ns()) };
        let width = pen.text_width(&label);
        let right = to.max(0.0) + LABEL_GAP_PX;
        let left = from - LABEL_GAP_PX - width;
        let (x, end) = if right + width <= self.width_px {
            (right, Some(right + width))
        } else if left >= 0.0 {
            (left, None)
        } else {
            ((self.width_px.min(to) - width - LABEL_GAP_PX).max(0.0), None)
        };
        let ground = if is_chosen { Ink::GroundSelected } else { Ink::Ground };
        pen.rect(ground, x - 3.0, middle - 8.0, width + 6.0, 16.0);
        pen.text(Ink::Text2, &label, x, middle);
        end
    }

    fn draw_inside(&self, pen: &mut impl Pen, text: &str, x: f64, width: f64, middle: f64) {
        let start = x.max(0.0) + 6.0;
        let text_px = pen.text_width(text);
        if start + text_px + 6.0 < (x + width).min(self.width_px) {
            pen.text(Ink::Text3, text, start, middle);
        }
    }

    /// What runs below a span after it has ended itself.
    fn draw_tail(&self, pen: &mut impl Pen, span: u32, own: Interval, colour: Colour, label_end: Option<f64>, middle: f64) {
        let last_ns = self.model.tree.subtree_end_ns.get(span as usize).copied().unwrap_or(own.end_ns);
        if last_ns <= own.end_ns {
            return;
        }
        let from = label_end.map_or(self.x(own.end_ns), |end| end + 4.0).max(0.0);
        let to = self.x(last_ns).min(self.width_px);
        if to - from < 6.0 {
            return;
        }
        pen.line(colour.full, Stroke::Dotted, (from, middle), (to, middle));
        const WORD: &str = "async";
        let width = pen.text_width(WORD);
        if to + LABEL_GAP_PX + width <= self.width_px {
            pen.text(Ink::Text3, WORD, to + LABEL_GAP_PX, middle);
        }
    }

    fn draw_events(&self, pen: &mut impl Pen, span: u32, middle: f64) {
        let Some(marks) = self.events.and_then(|events| events.get(&span)) else { return };
        let mut last = f64::NEG_INFINITY;
        for mark in marks {
            let x = self.x(mark.at_ns);
            // An exception is recorded twice at nearly the same time.
            if (x - last).abs() < EVENTS_MERGE_PX || x < 0.0 || x > self.width_px {
                continue;
            }
            last = x;
            pen.diamond(if mark.is_exception { Ink::Error } else { Ink::Text1 }, x, middle, !mark.is_exception);
        }
    }

    /// A tick where each hook starts.
    fn draw_hooks(&self, pen: &mut impl Pen, row: &Row, top: f64) {
        let holder = noise::holder(&self.model.tree, row.span);
        let Some(group) = self.noise.and_then(|noise| noise.group(holder)) else { return };
        let y = top + self.row_px / 2.0 - 3.0;
        let mut last = f64::NEG_INFINITY;
        for top in &group.tops {
            let start_ns = self.model.tree.interval.get(*top as usize).map_or(0, |interval| interval.start_ns);
            let x = self.x(start_ns).round();
            if x > last && (0.0..=self.width_px).contains(&x) {
                pen.rect(Ink::Noise, x, y, 1.0, 6.0);
                last = x;
            }
        }
    }

    fn draw_flows(&self, pen: &mut impl Pen, first: usize, count: usize) {
        let in_view = |flow: &&FlowLine| flow.from_row.min(flow.to_row) < first + count && flow.from_row.max(flow.to_row) >= first;
        for flow in self.flows.lines.iter().filter(in_view) {
            if self.flows.crowded && self.chosen != Some(flow.from_span) && self.chosen != Some(flow.to_span) {
                continue;
            }
            let y = |row: usize| (row as f64 - first as f64 + 0.5) * self.row_px;
            let (from_x, to_x) = (self.x(flow.from_ns), self.x(flow.to_ns));
            let strong = self.chosen.is_some_and(|chosen| chosen == flow.from_span || chosen == flow.to_span);
            let ink = if strong { Ink::Accent } else { Ink::Text3 };
            // Beyond the canvas a line ends at its edge.
            let (top, bottom) = (-self.row_px, (count as f64 + 1.0) * self.row_px);
            if (0.0..=self.width_px).contains(&from_x) {
                pen.line(ink, Stroke::Dashed, (from_x, y(flow.from_row).clamp(top, bottom)), (from_x, y(flow.to_row).clamp(top, bottom)));
            }
            if (first..first + count).contains(&flow.to_row) && to_x >= 0.0 && from_x <= self.width_px {
                let (left, right) = (from_x.clamp(0.0, self.width_px), (to_x - 1.0).clamp(0.0, self.width_px));
                pen.line(ink, Stroke::Dashed, (left, y(flow.to_row)), (right, y(flow.to_row)));
                if right > left {
                    pen.arrow(ink, right, y(flow.to_row));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
