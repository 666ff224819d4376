//! The flame graph of the chosen trace as it is drawn: names as numbers, the frames in view, the way from one frame to the next. Pure.

use std::ops::Range;

use super::model::TraceModel;
use crate::core::{
    fast_map::FastMap,
    flame::{self, Merged, MergedFrame, NameSum, TimeFrames, Traits},
    span_set::SpanSet,
    time_axis::TimeScale,
    trace_tree::TraceTree,
};

/// Frames narrower than this are left out, with everything below them, px.
const NARROWEST_PX: f64 = 0.4;
/// Levels of callers that are told apart.
const CALLER_ROWS: u32 = 24;

/// What spans are merged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameName {
    pub name: String,
    pub service: Option<String>,
    pub operation: Option<String>,
    /// The agent that ran, for executions.
    pub agent: Option<String>,
    pub is_workflow: bool,
    /// Its spans wait for agents; their own time is no work.
    pub waits: bool,
}

/// The names of one or more traces under one numbering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameNames {
    names: Vec<FrameName>,
    /// Per trace and span; `None` for a hidden one.
    keys: Vec<Vec<Option<u32>>>,
}

impl FrameNames {
    /// With `by_agent` the executions of different agents have different names. Spans of the set beside a trace are left out.
    pub fn new(models: &[(&TraceModel, Option<&SpanSet>)], by_agent: bool) -> Self {
        let mut numbers: FastMap<(&str, Option<&str>, bool), u32> = FastMap::default();
        let mut found = Self::default();
        for (model, hidden) in models {
            let mut keys = Vec::with_capacity(model.facts.spans);
            for span in 0..u32::try_from(model.facts.spans).unwrap_or(u32::MAX) {
                let Some(row) = model.span(span).filter(|_| !hidden.is_some_and(|hidden| hidden.contains(span))) else {
                    keys.push(None);
                    continue;
                };
                let agent = row.agent.filter(|_| by_agent);
                let new = u32::try_from(found.names.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry((row.name, agent, row.is_workflow)).or_insert(new);
                if number == new {
                    found.names.push(FrameName {
                        name: row.name.to_owned(),
                        service: row.service.map(str::to_owned),
                        operation: row.operation.map(str::to_owned),
                        agent: agent.map(str::to_owned),
                        is_workflow: row.is_workflow,
                        waits: row.is_waiting(),
                    });
                }
                keys.push(Some(number));
            }
            found.keys.push(keys);
        }
        found
    }

    /// The number of a span's name, `None` for a hidden span; `trace` is the place of its trace among those that were given.
    pub fn key(&self, trace: usize, span: u32) -> Option<u32> {
        self.keys.get(trace)?.get(span as usize).copied().flatten()
    }

    pub fn get(&self, key: u32) -> Option<&FrameName> {
        self.names.get(key as usize)
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Spans of a trace merged by the names given to them.
pub fn merged(model: &TraceModel, names: &FrameNames, trace: usize) -> Merged {
    Merged::by_path(&model.tree, |span| names.key(trace, span), |span| traits(model, span))
}

/// Sums of the first trace by name, most own time first.
pub fn by_name(model: &TraceModel, names: &FrameNames) -> Vec<NameSum> {
    flame::by_name(&model.tree, |span| names.key(0, span), |span| traits(model, span))
}

fn traits(model: &TraceModel, span: u32) -> Traits {
    model.span(span).map_or_else(Traits::default, |row| Traits { is_error: row.is_error, waits: row.is_waiting() })
}

/// How frames are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Merged,
    Time,
}

/// What the width of a merged frame says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// Work of everything below.
    #[default]
    Total,
    /// Own time, with the callers below.
    Own,
    Spans,
}

impl Layout {
    pub const ALL: [(Self, &'static str, &'static str); 2] =
        [(Self::Merged, "merged", "Merged by name"), (Self::Time, "time", "In time order")];

    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == slug).map_or_else(Self::default, |(layout, ..)| layout)
    }
}

impl Weight {
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::Total, "total", "Total time"), (Self::Own, "own", "Own time"), (Self::Spans, "spans", "Spans")];

    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == slug).map_or_else(Self::default, |(weight, ..)| weight)
    }
}

/// A frame in view. Lengths in px, from the left edge of the graph; it may reach out of view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    pub frame: u32,
    pub row: u32,
    pub x: f64,
    pub width: f64,
}

/// A step with the arrow keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Above,
    Below,
    Before,
    After,
    First,
}

/// What is known of a frame. Times in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Number of the name.
    pub key: u32,
    /// The span that stands for the frame: itself, or the longest.
    pub span: u32,
    pub count: u64,
    pub errors: u64,
    pub total_ns: i64,
    pub own_ns: i64,
    /// Own time of it and of everything below.
    pub work_ns: i64,
    /// Spans of it and of everything below.
    pub spans: u64,
    pub depth: u32,
}

/// A flame graph. Frames are numbered: merged ones by their place, others by their span.
pub enum Graph {
    Merged(Merged, Weight),
    /// Own times with their callers.
    Callers(Merged),
    Time(TimeFrames),
}

impl Graph {
    pub fn new(model: &TraceModel, names: &FrameNames, layout: Layout, weight: Weight) -> Self {
        if layout == Layout::Time {
            return Self::Time(TimeFrames::pack(&model.tree, |span| names.key(0, span).is_some()));
        }
        let merged = merged(model, names, 0);
        match weight {
            // Spans that took no time have no width by time.
            _ if merged.work_ns == 0 => Self::Merged(merged, Weight::Spans),
            Weight::Own => Self::Callers(merged.callers(CALLER_ROWS)),
            other => Self::Merged(merged, other),
        }
    }

    pub fn rows(&self) -> usize {
        match self {
            Self::Merged(merged, _) | Self::Callers(merged) => merged.rows as usize,
            Self::Time(frames) => frames.rows(),
        }
    }

    /// The frames of some rows, where `zoom` is as wide as the graph; narrow ones left out.
    pub fn tiles(&self, tree: &TraceTree, zoom: Option<u32>, width_px: f64, rows: Range<u32>) -> Vec<Tile> {
        match self {
            Self::Merged(merged, weight) => merged_tiles(merged, *weight, zoom, width_px, &rows),
            Self::Callers(merged) => merged_tiles(merged, Weight::Own, zoom, width_px, &rows),
            Self::Time(frames) => time_tiles(frames, tree, zoom, width_px, &rows),
        }
    }

    pub fn figures(&self, model: &TraceModel, names: &FrameNames, frame: u32) -> Option<Figures> {
        match self {
            Self::Merged(merged, _) | Self::Callers(merged) => {
                let MergedFrame { key, slowest, count, errors, total_ns, own_ns, work_ns, spans, depth, .. } =
                    *merged.frames.get(frame as usize)?;
                Some(Figures { key, span: slowest, count, errors, total_ns, own_ns, work_ns, spans, depth })
            }
            Self::Time(_) => {
                let light = self.figures_light(model, names, frame)?;
                let shown = model.tree.subtree(frame).iter().filter(|below| names.key(0, **below).is_some());
                let work_ns = shown.fold(0_i64, |sum, below| sum.saturating_add(span_work_ns(model, *below)));
                Some(Figures { work_ns, ..light })
            }
        }
    }

    /// [`Self::figures`] without looking below the frame: for the frames of a picture, where `work_ns` of single spans is not written.
    pub fn figures_light(&self, model: &TraceModel, names: &FrameNames, frame: u32) -> Option<Figures> {
        match self {
            Self::Merged(..) | Self::Callers(_) => self.figures(model, names, frame),
            Self::Time(_) => {
                let span = model.span(frame)?;
                let own_ns = model.self_ns(frame);
                let spans = model.tree.subtree(frame).len() as u64;
                let depth = model.tree.depth.get(frame as usize).copied().unwrap_or(0);
                let total_ns = span.duration_ns().max(0);
                Some(Figures {
                    key: names.key(0, frame)?,
                    span: frame,
                    count: 1,
                    errors: u64::from(span.is_error),
                    total_ns,
                    own_ns,
                    work_ns: own_ns,
                    spans,
                    depth,
                })
            }
        }
    }

    /// The frame that a span belongs to; that of its parent where it is hidden.
    pub fn frame_of(&self, tree: &TraceTree, names: &FrameNames, span: u32) -> Option<u32> {
        let key = |span: u32| names.key(0, span);
        match self {
            Self::Time(_) => std::iter::once(span).chain(tree.ancestors(span)).find(|span| key(*span).is_some()),
            Self::Callers(merged) => merged.children(None).find(|(_, frame)| Some(frame.key) == key(span)).map(|(index, _)| index),
            Self::Merged(merged, _) => {
                let mut path: Vec<u32> = tree.ancestors(span).filter_map(key).collect();
                path.reverse();
                merged.find(path.into_iter().chain(key(span)))
            }
        }
    }

    /// In which row a frame stands.
    pub fn row_of(&self, frame: u32) -> u32 {
        match self {
            Self::Merged(merged, _) | Self::Callers(merged) => merged.frames.get(frame as usize).map_or(0, |frame| frame.depth),
            Self::Time(frames) => frames.all().iter().find(|one| one.span == frame).map_or(0, |one| one.row),
        }
    }

    /// Whether one frame is another or stands above it.
    pub fn holds(&self, tree: &TraceTree, above: u32, frame: u32) -> bool {
        match self {
            Self::Merged(merged, _) | Self::Callers(merged) => {
                merged.frames.get(above as usize).is_some_and(|one| (above..above.saturating_add(one.subtree)).contains(&frame))
            }
            Self::Time(_) => above == frame || tree.ancestors(frame).any(|one| one == above),
        }
    }

    /// The frame that an arrow key leads to.
    pub fn step(&self, tree: &TraceTree, from: Option<u32>, step: Step) -> Option<u32> {
        let parent = |frame: u32| match self {
            Self::Merged(merged, _) | Self::Callers(merged) => merged.frames.get(frame as usize)?.parent,
            Self::Time(_) => tree.parent_of(frame),
        };
        let children = |frame: Option<u32>| -> Vec<u32> {
            match (self, frame) {
                (Self::Merged(merged, _) | Self::Callers(merged), frame) => merged.children(frame).map(|(index, _)| index).collect(),
                (Self::Time(_), Some(frame)) => tree.children(frame).to_vec(),
                (Self::Time(_), None) => tree.roots.clone(),
            }
        };
        let first = || children(None).first().copied();
        let Some(from) = from.filter(|_| step != Step::First) else { return first() };
        match step {
            Step::Above => parent(from),
            Step::Below => children(Some(from)).first().copied(),
            Step::Before | Step::After | Step::First => {
                let siblings = children(parent(from));
                let at = siblings.iter().position(|one| *one == from)?;
                let next = if step == Step::After { at.checked_add(1) } else { at.checked_sub(1) };
                next.and_then(|next| siblings.get(next)).copied()
            }
        }
    }
}

fn merged_tiles(merged: &Merged, weight: Weight, zoom: Option<u32>, width_px: f64, rows: &Range<u32>) -> Vec<Tile> {
    let place = |frame: &MergedFrame| match weight {
        Weight::Spans => (i128::from(frame.spans_before), i128::from(frame.spans)),
        Weight::Total | Weight::Own => (i128::from(frame.work_before_ns), i128::from(frame.work_ns)),
    };
    let all = match weight {
        Weight::Spans => i128::from(merged.spans),
        Weight::Total | Weight::Own => i128::from(merged.work_ns),
    };
    let zoomed = zoom.and_then(|zoom| merged.frames.get(zoom as usize)).map(place).filter(|(_, length)| *length > 0);
    let (from, length) = zoomed.unwrap_or((0, all));
    if length <= 0 || width_px <= 0.0 {
        return Vec::new();
    }
    let px = |value: i128| value as f64 / length as f64 * width_px;
    let mut tiles = Vec::new();
    let mut index = 0;
    while let Some(frame) = merged.frames.get(index) {
        let (before, own) = place(frame);
        let out_of_view = before >= from + length || before + own <= from || frame.depth >= rows.end;
        if out_of_view || px(own) < NARROWEST_PX {
            index += (frame.subtree as usize).max(1);
            continue;
        }
        if frame.depth >= rows.start {
            tiles.push(Tile { frame: u32::try_from(index).unwrap_or(u32::MAX), row: frame.depth, x: px(before - from), width: px(own) });
        }
        index += 1;
    }
    tiles
}

fn time_tiles(frames: &TimeFrames, tree: &TraceTree, zoom: Option<u32>, width_px: f64, rows: &Range<u32>) -> Vec<Tile> {
    let zoomed = zoom.and_then(|span| tree.interval.get(span as usize)).filter(|interval| interval.length_ns() > 0);
    let (start_ns, end_ns) = zoomed.map_or((tree.start_ns, tree.end_ns), |interval| (interval.start_ns, interval.end_ns));
    let scale = TimeScale { start_ns, end_ns, width_px };
    let mut tiles = Vec::new();
    for row in rows.start..rows.end.min(u32::try_from(frames.rows()).unwrap_or(u32::MAX)) {
        let mut drawn_to_px = f64::NEG_INFINITY;
        for frame in frames.row_between(row as usize, start_ns, end_ns) {
            let x = scale.x_px(frame.start_ns);
            let width = scale.width_px_of(frame.start_ns, frame.end_ns);
            // Within a px that already has a frame there is nothing to see.
            if x + width < drawn_to_px + NARROWEST_PX {
                continue;
            }
            drawn_to_px = x + width.max(1.0);
            tiles.push(Tile { frame: frame.span, row, x, width: width.max(1.0) });
        }
    }
    tiles
}

/// The tile at a place; the narrowest where several share a px.
pub fn tile_at(tiles: &[Tile], row: u32, x: f64) -> Option<Tile> {
    let hit = tiles.iter().filter(|tile| tile.row == row && tile.x - 0.5 <= x && x <= tile.x + tile.width + 0.5);
    hit.min_by(|one, other| one.width.total_cmp(&other.width)).copied()
}

/// A part in percent of a whole, 0 of nothing.
pub fn percent(part_ns: i64, whole_ns: i64) -> f64 {
    TimeScale { start_ns: 0, end_ns: whole_ns, width_px: 100.0 }.width_percent_of(0, part_ns)
}

/// The own time of all spans that do not wait for others.
pub fn work_ns(model: &TraceModel) -> i64 {
    model.tree.preorder.iter().fold(0, |sum, span| sum.saturating_add(span_work_ns(model, *span)))
}

/// Own time of a span as far as it is work.
pub fn span_work_ns(model: &TraceModel, span: u32) -> i64 {
    if traits(model, span).waits { 0 } else { model.self_ns(span) }
}

#[cfg(test)]
mod tests;
