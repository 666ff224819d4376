//! What a scene is made of: boxes, lines, labels and groups, and where the texts stand in them. It must not know where they are put.

use std::rc::Rc;

use super::super::{Bounds, Place, route::Line, words};

pub const NODE_HEIGHT_PX: f64 = 52.0;
/// Of the name alone, when the picture is seen from afar.
pub const FAR_FONT_PX: f64 = 24.0;
pub(super) const NODE_LEAST_PX: f64 = 104.0;
pub(super) const NODE_MOST_PX: f64 = 232.0;
/// Bold letters are broader by this.
const BOLD: f64 = 1.1;
/// Left and right of the texts in a box.
const PADDING_PX: f64 = 11.0;
/// The mark before the name, with its gap.
const MARK_PX: f64 = 14.0;
pub const NAME_FONT_PX: f64 = 13.0;
pub const SMALL_FONT_PX: f64 = 11.0;
pub const LABEL_HEIGHT_PX: f64 = 18.0;
const LABEL_PADDING_PX: f64 = 6.0;
const LABEL_NAME_MOST_PX: f64 = 110.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Services and operations.
    Square,
    /// Agents.
    Circle,
    /// Artifacts.
    Diamond,
}

/// What a box says.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeText {
    /// Unique in the graph.
    pub key: Rc<str>,
    pub name: Rc<str>,
    /// The second line.
    pub facts: String,
    /// At the right of the name; empty without errors.
    pub error_rate: String,
    /// 0 to 3 by its errors, as edges have it.
    pub error_step: u8,
    /// 0 to 1.
    pub error_share: f64,
    pub own_share: Option<f64>,
    pub mark: Mark,
    /// Number of the colour slot; 0 for none.
    pub slot: u8,
    pub is_striped: bool,
    /// Stands for what lies outside, or for several.
    pub is_dashed: bool,
    /// All of it in a sentence.
    pub words: String,
}

impl NodeText {
    /// Of its box: width and height.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let rate = if self.error_rate.is_empty() { 0.0 } else { words::width_px(&self.error_rate, SMALL_FONT_PX) + 12.0 };
        let name = MARK_PX + words::width_px(&self.name, NAME_FONT_PX) * BOLD + rate;
        let facts = words::width_px(&self.facts, SMALL_FONT_PX);
        let width = (name.max(facts) + 2.0 * PADDING_PX).clamp(NODE_LEAST_PX, NODE_MOST_PX);
        (width.ceil(), NODE_HEIGHT_PX)
    }
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeText {
    pub source: usize,
    pub target: usize,
    pub width_px: f64,
    /// Class of its colour: `r0` to `r3` by error rate, `h1` to `h5` by duration.
    pub tint: &'static str,
    /// 0 to 3: how densely the line is dotted, by its error rate.
    pub dots: u8,
    /// Name, calls and error rate; each may be empty.
    pub label: [String; 3],
    /// All of it in a sentence.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NodeBox {
    pub number: usize,
    pub text: Rc<NodeText>,
    /// The name as far as it fits.
    pub name: String,
    /// Likewise in the large letters that can be read from afar.
    pub far_name: String,
    pub bounds: Bounds,
}

impl NodeBox {
    pub(super) fn new(number: usize, text: Rc<NodeText>, bounds: Bounds) -> Self {
        let rate = if text.error_rate.is_empty() { 0.0 } else { words::width_px(&text.error_rate, SMALL_FONT_PX) + 8.0 };
        let room = bounds.width() - 2.0 * PADDING_PX - MARK_PX - rate;
        let far_name = words::cut(&text.name, FAR_FONT_PX * BOLD, bounds.width() - 8.0);
        Self { number, name: words::cut(&text.name, NAME_FONT_PX * BOLD, room + 1.0), far_name, text, bounds }
    }

    /// Left end of the texts.
    #[must_use]
    pub fn text_left(&self) -> f64 {
        self.bounds.left + PADDING_PX
    }

    #[must_use]
    pub fn name_left(&self) -> f64 {
        self.text_left() + MARK_PX
    }

    /// Right end of the error rate and of the bars.
    #[must_use]
    pub fn text_right(&self) -> f64 {
        self.bounds.right - PADDING_PX
    }

    /// Middle of the mark.
    #[must_use]
    pub fn mark_at(&self) -> Place {
        (self.text_left() + 4.5, self.bounds.top + 15.5)
    }

    #[must_use]
    pub fn name_line(&self) -> f64 {
        self.bounds.top + 20.0
    }

    #[must_use]
    pub fn facts_line(&self) -> f64 {
        self.bounds.top + 35.5
    }

    /// A bar at the foot: left, top and width for a share of 0 to 1. A share above nothing is seen.
    #[must_use]
    pub fn bar(&self, share: f64, line: usize) -> (f64, f64, f64) {
        let (left, right) = (self.text_left(), self.text_right());
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let width = if share > 0.0 { ((right - left) * share).max(2.0) } else { 0.0 };
        (left, self.bounds.bottom - if line == 0 { 12.0 } else { 8.0 }, width)
    }

    #[must_use]
    pub fn bar_width(&self) -> f64 {
        self.text_right() - self.text_left()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Of its middle.
    pub at: Place,
    pub width_px: f64,
    pub parts: [String; 3],
}

#[derive(Clone, Debug, PartialEq)]
pub struct EdgeLine {
    pub number: usize,
    pub text: Rc<EdgeText>,
    pub is_back: bool,
    pub is_loop: bool,
    pub line: Line,
    pub path: String,
    pub head: String,
    pub label: Option<Label>,
}

impl Label {
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::around(self.at, (self.width_px, LABEL_HEIGHT_PX))
    }
}

impl EdgeLine {
    /// What the line says, in its middle, whatever else is there.
    #[must_use]
    pub fn label_in_middle(&self) -> Option<Label> {
        let (parts, width_px) = label_of(&self.text.label)?;
        Some(Label { at: self.line.at(0.5), width_px, parts })
    }

    /// Where a label may stand, best first: on its line, else beside it.
    pub(super) fn free_places(&self, width_px: f64) -> Vec<Bounds> {
        const SHARES: [f64; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85];
        let on_line = SHARES.map(|share| self.line.at(share));
        let beside = [(width_px / 2.0 + 8.0, 0.0), (-width_px / 2.0 - 8.0, 0.0), (0.0, 14.0), (0.0, -14.0)];
        let aside = beside.iter().flat_map(|(dx, dy)| on_line.iter().take(5).map(move |(x, y)| (x + dx, y + dy)));
        on_line.iter().copied().chain(aside).map(|at| Bounds::around(at, (width_px, LABEL_HEIGHT_PX))).collect()
    }
}

/// What is drawn around the members of a cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub members: Rc<[usize]>,
    pub words: Rc<str>,
    /// One box, or one for each member where a single one would hold others too.
    pub boxes: Vec<Bounds>,
    /// All of them have the caption at the foot of the first.
    pub is_whole: bool,
}

pub(super) fn label_of([name, calls, rate]: &[String; 3]) -> Option<([String; 3], f64)> {
    let parts = [words::cut(name, SMALL_FONT_PX, LABEL_NAME_MOST_PX), calls.clone(), rate.clone()];
    let texts: Vec<&String> = parts.iter().filter(|part| !part.is_empty()).collect();
    let gaps = texts.len().saturating_sub(1) as f64 * 4.0 + if rate.is_empty() { 0.0 } else { 6.0 };
    let width = texts.iter().map(|part| words::width_px(part, SMALL_FONT_PX) * 1.03).sum::<f64>() + gaps + 2.0 * LABEL_PADDING_PX;
    (!texts.is_empty()).then(|| (parts.clone(), width.ceil()))
}

/// Breadth of a line for a value, the largest of which is `most`: by its root, so that small ones are seen too.
#[must_use]
pub fn breadth_px(value: f64, most: f64) -> f64 {
    const LEAST: f64 = 1.5;
    const MOST: f64 = 7.0;
    let share = if most > 0.0 && value.is_finite() { (value / most).clamp(0.0, 1.0) } else { 0.0 };
    LEAST + (MOST - LEAST) * share.sqrt()
}

/// 0 without errors, 1 below 1 %, 2 below 5 %, 3 from there on.
#[must_use]
pub fn error_step(errors: u64, calls: u64) -> u8 {
    let (errors, calls) = (u128::from(errors), u128::from(calls));
    match (errors, calls) {
        (0, _) | (_, 0) => 0,
        _ if errors * 100 < calls => 1,
        _ if errors * 20 < calls => 2,
        _ => 3,
    }
}
