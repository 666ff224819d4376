//! The flame graph of the chosen trace as it is drawn: names as numbers, the frames in view, the way from one frame to the next. Pure.

use std::{cmp::Reverse, collections::HashMap, ops::Range};

use super::model::TraceModel;
use crate::core::{
    flame::{Merged, MergedFrame, NameSum, TimeFrames},
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
}

/// The names of one or more traces under one numbering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameNames {
    names: Vec<FrameName>,
    /// Per trace and span.
    keys: Vec<Vec<u32>>,
}

impl FrameNames {
    /// With `by_agent` the executions of different agents have different names.
    pub fn new(models: &[&TraceModel], by_agent: bool) -> Self {
        let mut numbers: HashMap<(&str, Option<&str>, bool), u32> = HashMap::new();
        let mut found = Self::default();
        for model in models {
            let mut keys = Vec::with_capacity(model.facts.spans);
            for span in 0..u32::try_from(model.facts.spans).unwrap_or(u32::MAX) {
                let Some(row) = model.span(span) else { continue };
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
                    });
                }
                keys.push(number);
            }
            found.keys.push(keys);
        }
        found
    }

    /// The number of a span's name; `trace` is the place of its trace among those that were given.
    pub fn key(&self, trace: usize, span: u32) -> Option<u32> {
        self.keys.get(trace)?.get(span as usize).copied()
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
    Merged::by_path(&model.tree, |span| names.key(trace, span), |span| model.span(span).is_some_and(|span| span.is_error))
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
            return Self::Time(TimeFrames::pack(&model.tree, |_| true));
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
                let work_ns = model.tree.subtree(frame).iter().fold(0_i64, |sum, below| sum.saturating_add(model.self_ns(*below)));
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

    /// The frame that a span belongs to.
    pub fn frame_of(&self, tree: &TraceTree, names: &FrameNames, span: u32) -> Option<u32> {
        let key = |span: u32| names.key(0, span);
        match self {
            Self::Time(_) => Some(span),
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

/// A column of the tables of frames and of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Service,
    Agent,
    Count,
    Start,
    Total,
    Own,
    Share,
    Status,
    Depth,
}

impl Column {
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Count => "count",
            Self::Start => "start",
            Self::Total => "total",
            Self::Own => "own",
            Self::Share => "share",
            Self::Status => "status",
            Self::Depth => "depth",
        }
    }

    /// Texts and starts are wanted from the beginning, amounts from the largest.
    fn descends_first(self) -> bool {
        !matches!(self, Self::Name | Self::Service | Self::Agent | Self::Start | Self::Depth)
    }
}

/// How a table is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Sort {
    /// After a press on a column's head.
    #[must_use]
    pub fn pressed(self, column: Column) -> Self {
        let descending = if self.column == column { !self.descending } else { column.descends_first() };
        Self { column, descending }
    }

    /// `own` or `-own`, among some columns.
    pub fn read(text: &str, columns: &[Column]) -> Option<Self> {
        let (slug, descending) = text.strip_prefix('-').map_or((text, false), |slug| (slug, true));
        columns.iter().find(|column| column.slug() == slug).map(|column| Self { column: *column, descending })
    }

    pub fn print(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.slug())
    }

    /// The value of `aria-sort` at a column.
    pub fn aria(self, column: Column) -> Option<&'static str> {
        (self.column == column).then_some(if self.descending { "descending" } else { "ascending" })
    }
}

/// All spans of the trace in an order; what is equal keeps the order of reading.
pub fn span_order(model: &TraceModel, sort: Sort) -> Vec<u32> {
    let mut order: Vec<u32> = model.tree.preorder.iter().copied().filter(|span| (*span as usize) < model.facts.spans).collect();
    let text = |span: u32, column: Column| {
        let row = model.span(span);
        row.and_then(|row| match column {
            Column::Service => row.service,
            Column::Agent => row.agent,
            _ => Some(row.name),
        })
        .unwrap_or_default()
    };
    let number = |span: u32| {
        let row = model.span(span);
        match sort.column {
            Column::Start => row.map_or(0, |row| row.start_ns),
            Column::Total => row.map_or(0, |row| row.duration_ns()),
            Column::Own | Column::Share => model.self_ns(span),
            Column::Status => row.map_or(0, |row| i64::from(row.is_error)),
            Column::Depth => i64::from(model.tree.depth.get(span as usize).copied().unwrap_or(0)),
            _ => 0,
        }
    };
    match (sort.column, sort.descending) {
        (Column::Name | Column::Service | Column::Agent, false) => order.sort_by_cached_key(|span| text(*span, sort.column)),
        (Column::Name | Column::Service | Column::Agent, true) => order.sort_by_cached_key(|span| Reverse(text(*span, sort.column))),
        (_, false) => order.sort_by_cached_key(|span| number(*span)),
        (_, true) => order.sort_by_cached_key(|span| Reverse(number(*span))),
    }
    order
}

/// Names with their sums in an order; what is equal keeps the order of own time.
pub fn name_order(names: &FrameNames, sums: &[NameSum], sort: Sort) -> Vec<NameSum> {
    let mut order = sums.to_vec();
    let text = |sum: &NameSum| names.get(sum.key).map(|name| name.name.as_str()).unwrap_or_default();
    let number = |sum: &NameSum| match sort.column {
        Column::Count => i64::try_from(sum.count).unwrap_or(i64::MAX),
        Column::Total => sum.total_ns,
        _ => sum.own_ns,
    };
    match (sort.column, sort.descending) {
        (Column::Name, false) => order.sort_by_key(text),
        (Column::Name, true) => order.sort_by_key(|sum| Reverse(text(sum))),
        (_, false) => order.sort_by_key(number),
        (_, true) => order.sort_by_key(|sum| Reverse(number(sum))),
    }
    order
}

/// A part in percent of a whole, 0 of nothing.
pub fn percent(part_ns: i64, whole_ns: i64) -> f64 {
    TimeScale { start_ns: 0, end_ns: whole_ns, width_px: 100.0 }.width_percent_of(0, part_ns)
}

/// The own time of all spans.
pub fn work_ns(tree: &TraceTree) -> i64 {
    tree.self_ns.iter().fold(0, |sum, own| sum.saturating_add(*own))
}

#[cfg(test)]
mod tests {
    use super::super::model::Roles;
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
            ("start_time".to_owned(), TableColumn::ints(lines.iter().map(|line| Some(line.4)))),
            ("end_time".to_owned(), TableColumn::ints(lines.iter().map(|line| Some(line.5)))),
            ("status_code".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(if line.0 == "c" { "ERROR" } else { "OK" })))),
            ("kind".to_owned(), none()),
        ]);
        let roles = Table::new(vec![
            ("span_id".to_owned(), TableColumn::texts(lines.iter().map(|line| Some(line.0)))),
            ("agent".to_owned(), TableColumn::texts(lines.iter().map(|line| line.3))),
            ("workflow".to_owned(), none()),
        ]);
        TraceModel::new("t", Rc::new(table)).unwrap().with_roles(Rc::new(Roles::new(&roles).unwrap()))
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
        assert_eq!(FrameNames::new(&[&model], true).len(), 4);
        let names = FrameNames::new(&[&model, &model], false);
        assert_eq!(names.len(), 3);
        assert_eq!(names.key(0, 1), names.key(1, 2));
        assert_eq!((names.key(2, 0), names.key(0, 5)), (None, None));
    }

    #[test]
    fn tiles_fill_the_width_of_what_is_zoomed_to() {
        let model = model(&LINES);
        let names = FrameNames::new(&[&model], true);
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
    fn arrow_keys_walk_the_graph() {
        let model = model(&LINES);
        let names = FrameNames::new(&[&model], true);
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
        let names = FrameNames::new(&[&model], true);
        let graph = Graph::new(&model, &names, Layout::Merged, Weight::Total);
        assert_eq!(graph.tiles(&model.tree, None, 100.0, 0..9).len(), 2);
        assert!(!Graph::new(&model, &names, Layout::Time, Weight::Total).tiles(&model.tree, None, 100.0, 0..9).is_empty());
    }
}
