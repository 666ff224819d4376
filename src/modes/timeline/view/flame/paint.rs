//! Draws the frames in view. Colours, texts and their widths are looked up once a name, not once a frame.

use std::rc::Rc;

use web_sys::Element;

use super::{
    super::super::{
        frames::{Figures, FrameName, Graph, Tile, Weight},
        model::TraceModel,
    },
    Shown,
};
use crate::{
    browser::canvas::{self, Canvas2d},
    core::{
        colour::{Kind, Slot, Slots},
        fast_map::FastMap,
        span_name, units,
    },
    state::session::Session,
};

/// Between a frame and the row below it.
const GAP_PX: f64 = 1.0;
const EDGE_PX: f64 = 3.0;
const PADDING_PX: f64 = 5.0;
/// Frames narrower than this have no text.
const TEXT_FROM_PX: f64 = 26.0;
/// A name keeps this much before anything else is written.
const NAME_PX: f64 = 24.0;
/// Widths of texts that are remembered; figures differ from frame to frame.
const WIDTHS_KEPT: usize = 8_192;

pub struct Scene<'a> {
    pub shown: &'a Shown,
    pub model: &'a TraceModel,
    pub session: &'a Session,
    pub agent_slots: &'a Slots,
    pub tiles: &'a [Tile],
    pub current: Option<u32>,
    pub hovered: Option<u32>,
    /// Height of a row with the gap below it.
    pub row_px: f64,
}

/// The looks of a name in the theme in force.
struct Ink {
    tint: Rc<str>,
    full: Rc<str>,
    striped: bool,
    /// Only an outline: it waits.
    hollow: bool,
    agent: Option<Rc<str>>,
    /// Agent, else the method; and what is written behind it.
    title: String,
    after: String,
}

pub struct Painter {
    canvas: Canvas2d,
    bold: String,
    plain: String,
    widths: FastMap<String, f64>,
}

impl Painter {
    pub fn new(element: &Element) -> Option<Self> {
        let canvas = Canvas2d::of(element)?;
        Some(Self { canvas, bold: canvas::font("500 11px"), plain: canvas::font("11px"), widths: FastMap::default() })
    }

    pub fn paint(&mut self, scene: &Scene<'_>, (width_px, height_px): (f64, f64), scroll_px: f64) {
        self.canvas.fit(width_px, height_px);
        if self.widths.len() > WIDTHS_KEPT {
            self.widths.clear();
        }
        let (row_px, frame_px) = (scene.row_px, scene.row_px - GAP_PX);
        let mut inks: FastMap<u32, Ink> = FastMap::default();
        let paper = canvas::token("--bg-1");
        let (first, second) = (canvas::token("--text-1"), canvas::token("--text-2"));
        let failed = canvas::token("--error-solid");
        for tile in scene.tiles {
            let Some(figures) = scene.shown.graph.figures_light(scene.model, &scene.shown.names, tile.frame) else { continue };
            let Some(name) = scene.shown.names.get(figures.key) else { continue };
            let ink = inks.entry(figures.key).or_insert_with(|| ink_of(name, scene.session, scene.agent_slots));
            let y = f64::from(tile.row) * row_px - scroll_px;
            let left = tile.x.max(0.0);
            // A px is left between neighbours.
            let width = ((tile.x + tile.width).min(width_px) - left - 1.0).max(1.0);
            if ink.hollow {
                self.canvas.stroke(&ink.full, 1.0);
                self.canvas.stroke_rect(left + 0.5, y + 0.5, (width - 1.0).max(0.0), frame_px - 1.0);
            } else {
                self.canvas.fill(&ink.tint);
                self.canvas.fill_rect(left, y, width, frame_px);
            }
            self.canvas.fill(&ink.full);
            if ink.striped {
                for step in 0..4 {
                    self.canvas.fill_rect(left, y + f64::from(step) * 7.0, EDGE_PX.min(width), 4.0);
                }
            } else {
                self.canvas.fill_rect(left, y, EDGE_PX.min(width), frame_px);
            }
            if figures.errors > 0 {
                self.canvas.fill(&failed);
                self.canvas.fill_rect(left, y + frame_px - 2.0, width, 2.0);
            }
            if width >= TEXT_FROM_PX {
                let amount = amount(scene, &figures);
                self.write(
                    ink,
                    &figures,
                    scene,
                    &amount,
                    (left + EDGE_PX + PADDING_PX, left + width - PADDING_PX, y + frame_px / 2.0 + 0.5),
                    (&first, &second),
                );
            }
        }
        for (frame, token) in [(scene.hovered, "--text-3"), (scene.current, "--accent")] {
            for tile in scene.tiles.iter().filter(|tile| Some(tile.frame) == frame) {
                let left = tile.x.max(0.0);
                let width = ((tile.x + tile.width).min(width_px) - left - 1.0).max(2.0);
                let y = f64::from(tile.row) * row_px - scroll_px;
                self.canvas.stroke(&paper, 4.0);
                self.canvas.stroke_rect(left + 1.0, y + 1.0, width - 2.0, frame_px - 2.0);
                self.canvas.stroke(&canvas::token(token), 2.0);
                self.canvas.stroke_rect(left + 1.0, y + 1.0, width - 2.0, frame_px - 2.0);
            }
        }
    }

    /// The name first, its figure at the right where there is room, then what follows the name.
    fn write(
        &mut self,
        ink: &Ink,
        figures: &Figures,
        scene: &Scene<'_>,
        amount: &str,
        (mut left, mut right, y): (f64, f64, f64),
        (first, second): (&str, &str),
    ) {
        if let Some(agent) = &ink.agent {
            self.canvas.fill(agent);
            self.canvas.begin();
            self.canvas.circle(left + 4.0, y - 0.5, 4.0);
            self.canvas.fill_path();
            left += 12.0;
        }
        let amount_px = self.width(amount, false);
        if right - left - amount_px > NAME_PX + PADDING_PX {
            self.set_font(false);
            self.canvas.fill(second);
            self.canvas.text(amount, right - amount_px, y);
            right -= amount_px + PADDING_PX;
        }
        let written_px = self.fitted(&ink.title, true, left, right, y, first);
        left += written_px + PADDING_PX;
        if right - left > NAME_PX {
            let mut after = ink.after.clone();
            if figures.count > 1 {
                after.push_str(&format!("{}×{}", if after.is_empty() { "" } else { " " }, units::count_short(figures.count)));
            }
            if figures.depth == 0 && matches!(scene.shown.graph, Graph::Merged(_, Weight::Total)) {
                let extent_ns = scene.model.tree.end_ns.saturating_sub(scene.model.tree.start_ns);
                after = format!("{} of work in {}", units::duration(figures.work_ns), units::duration(extent_ns));
            }
            self.fitted(&after, false, left, right, y, second);
        }
    }

    /// Writes a text, cut with an ellipsis where it is too wide; how wide it became.
    fn fitted(&mut self, text: &str, bold: bool, left: f64, right: f64, y: f64, colour: &str) -> f64 {
        let room_px = right - left;
        let width_px = self.width(text, bold);
        if text.is_empty() || room_px <= 0.0 {
            return 0.0;
        }
        self.set_font(bold);
        self.canvas.fill(colour);
        if width_px <= room_px {
            self.canvas.text(text, left, y);
            return width_px;
        }
        let letters = text.chars().count();
        // By the average letter, then letter by letter: few steps, and few widths to remember.
        let mut kept = (letters as f64 * room_px / width_px) as usize;
        while kept > 0 {
            let cut: String = text.chars().take(kept).chain(['…']).collect();
            let cut_px = self.width(&cut, bold);
            if cut_px <= room_px {
                self.canvas.text(&cut, left, y);
                return cut_px;
            }
            kept -= 1;
        }
        0.0
    }

    fn width(&mut self, text: &str, bold: bool) -> f64 {
        // Bold texts are names, others are figures and counts: no text is both.
        if let Some(width) = self.widths.get(text) {
            return *width;
        }
        self.set_font(bold);
        let width = self.canvas.measure(text);
        self.widths.insert(text.to_owned(), width);
        width
    }

    fn set_font(&self, bold: bool) {
        self.canvas.font(if bold { &self.bold } else { &self.plain });
    }
}

/// What a frame says of itself at its right end.
fn amount(scene: &Scene<'_>, figures: &Figures) -> String {
    match &scene.shown.graph {
        Graph::Merged(_, Weight::Spans) => units::count_short(figures.spans),
        Graph::Merged(..) => units::duration(figures.work_ns),
        Graph::Callers(_) => units::duration(figures.own_ns),
        Graph::Time(_) => units::duration(figures.total_ns),
    }
}

fn ink_of(name: &FrameName, session: &Session, agent_slots: &Slots) -> Ink {
    let slot = |slots: &Slots, kind: Kind, name: &str| slots.get(name).unwrap_or_else(|| Slot::of_name(kind, name));
    let (token, striped) = match (&name.service, name.is_workflow) {
        (_, true) => ("--s-root".to_owned(), false),
        (None, false) => ("--s-noise".to_owned(), false),
        (Some(service), false) => {
            let slot = slot(&session.service_slots, Kind::Service, service);
            (format!("--s{}", slot.number), slot.striped)
        }
    };
    let agent = name.agent.as_ref().map(|agent| canvas::token(&format!("--s{}", slot(agent_slots, Kind::Agent, agent).number)));
    let parts = span_name::split_name(&name.name, name.service.as_deref(), name.operation.as_deref());
    let method = if parts.method.is_empty() { "(no name)" } else { parts.method };
    let (title, after) = match &name.agent {
        Some(agent) => (agent.clone(), name.name.clone()),
        None if name.waits => (method.to_owned(), "waits for agents".to_owned()),
        None => (method.to_owned(), String::new()),
    };
    let tint = canvas::colour(&format!("color-mix(in srgb, var({token}) 30%, var(--bg-1))"));
    Ink { tint, full: canvas::token(&token), striped, hollow: name.waits, agent, title, after }
}
