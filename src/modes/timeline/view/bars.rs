//! The canvases of the bars, each of a few rows and scrolled with them, so that names and bars never part and a row that stays in view is
//! not drawn again.

use std::{cell::RefCell, ops::Range, rc::Rc};

use yew::prelude::*;

use super::{
    super::{
        model::EventMarks,
        scene::{Flows, Ink, Memo, Pen, Scene, Stroke},
    },
    trace::Trace,
};
use crate::{
    browser::{
        canvas::{self, Canvas2d, ThemeListener},
        document::{self, BeforePaint},
    },
    core::{fast_map::FastMap, folded_time::TimeAxis, list_window::ListWindow, span_set::SpanSet, tree_rows::VisibleRows},
    state::session::Session,
};

/// Texts whose widths are remembered; durations repeat.
const WIDTHS_KEPT: usize = 4_000;

/// Opacity of what a search does not match; that of the rows' names.
const FADED: f64 = 0.45;

/// Everything on the canvas that does not change with the scroll position.
#[derive(Clone, PartialEq)]
pub struct BarsInput {
    pub session: Rc<Session>,
    pub trace: Rc<Trace>,
    pub rows: Rc<VisibleRows>,
    pub axis: TimeAxis,
    pub events: Option<Rc<EventMarks>>,
    pub flows: Rc<Flows>,
    pub show_path: bool,
    pub chosen: Option<u32>,
    pub matches: Option<Rc<SpanSet>>,
    pub pad_px: f64,
    pub width_px: f64,
    pub row_px: f64,
}

impl BarsInput {
    fn draw(&self, pen: &mut CanvasPen, rows: Range<usize>, memo: &Memo) {
        let first = rows.start;
        let rows = self.rows.rows.get(rows).unwrap_or_default();
        Scene {
            model: &self.trace.model,
            service_slots: &self.session.service_slots,
            axis: &self.axis,
            path: self.show_path.then_some(&*self.trace.path),
            through: self.trace.through.as_deref(),
            noise: Some(&self.trace.noise),
            events: self.events.as_deref(),
            flows: &self.flows,
            memo,
            chosen: self.chosen,
            matches: self.matches.as_deref(),
            pad_px: self.pad_px,
            width_px: self.width_px,
            row_px: self.row_px,
        }
        .draw(pen, rows, first);
    }
}

#[derive(Properties, PartialEq)]
pub struct BarsProps {
    pub input: BarsInput,
    pub window: ListWindow,
}

/// Rows of one canvas. Their height is a multiple of a dash and its gap at every density, so that dashed lines go on from canvas to canvas.
const TILE_ROWS: usize = 12;

#[component]
pub fn Bars(props: &BarsProps) -> Html {
    let BarsProps { input, window } = props;
    let memo = use_memo(input.trace.clone(), |_| Memo::default());
    let theme = use_theme();
    let style = use_memo(theme, |_| PenStyle::default());
    let tiles = window.rows.start / TILE_ROWS..window.rows.end.div_ceil(TILE_ROWS);
    // A canvas whose rows went out of view takes the next ones: a new one would have to look up its font, which costs more than the bars.
    let most = use_mut_ref(|| 1_usize);
    let pool = (*most.borrow()).max((tiles.len() + 1).next_power_of_two());
    *most.borrow_mut() = pool;
    let tile = |place: usize| {
        let number = tiles.clone().find(|number| number % pool == place);
        let first = number.unwrap_or_default() * TILE_ROWS;
        let top_px = window.offset_px + (first as f64 - window.rows.start as f64) * input.row_px;
        html! { <Tile key={place} input={input.clone()} {number} {top_px} memo={Kept(memo.clone())} style={Kept(style.clone())} /> }
    };
    // In the order of the canvases, which stay where they are in the document.
    html! { <div class="vbars" role="presentation">{ for (0..pool).map(tile) }</div> }
}

/// Shared with every tile; equal when it is the same.
struct Kept<T>(Rc<T>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
struct TileProps {
    input: BarsInput,
    /// `None` while it is not needed.
    number: Option<usize>,
    top_px: f64,
    memo: Kept<Memo>,
    style: Kept<PenStyle>,
}

#[component]
fn Tile(props: &TileProps) -> Html {
    let TileProps { input, number, top_px, memo, style } = props;
    let element = use_node_ref();
    let pen = use_mut_ref(|| None::<CanvasPen>);
    let rows = number.map(|number| (number * TILE_ROWS).min(input.rows.len())..((number + 1) * TILE_ROWS).min(input.rows.len()));
    // Always as high, also for fewer rows: another size would empty the canvas and its state.
    let height_px = TILE_ROWS as f64 * input.row_px;
    {
        let element = element.clone();
        let waiting = use_mut_ref(|| None::<BeforePaint>);
        use_effect_with((input.clone(), rows, memo.clone(), style.clone()), move |(input, rows, memo, style)| {
            let Some(rows) = rows.clone() else { return };
            let (input, memo, style) = (input.clone(), memo.clone(), style.clone());
            // Writing on a canvas lays the page out. In the middle of a scroll that would keep the next rows waiting.
            *waiting.borrow_mut() = Some(document::before_paint(move || {
                let mut pen = pen.borrow_mut();
                if pen.as_ref().is_none_or(|pen| !Rc::ptr_eq(&pen.style, &style.0)) {
                    let canvas = element.cast::<web_sys::Element>().as_ref().and_then(Canvas2d::of);
                    *pen = canvas.map(|canvas| CanvasPen::new(canvas, style.0.clone()));
                }
                if let Some(pen) = pen.as_mut() {
                    pen.begin(input.width_px, height_px);
                    input.draw(pen, rows, &memo.0);
                }
            }));
        });
    }
    let style = match number {
        Some(number) => format!("order:{number};width:{}px;height:{height_px}px;transform:translateY({top_px}px)", input.width_px),
        None => "display:none".to_owned(),
    };
    html! { <canvas ref={element} class="bars" aria-hidden="true" {style}></canvas> }
}

/// A number that changes with the theme.
#[hook]
pub fn use_theme() -> u32 {
    let theme = use_state(|| 0_u32);
    let changes = use_mut_ref(|| 0_u32);
    {
        let theme = theme.setter();
        use_effect_with((), move |()| {
            let listener: ThemeListener = canvas::on_theme_change(move || {
                *changes.borrow_mut() += 1;
                theme.set(*changes.borrow());
            });
            move || drop(listener)
        });
    }
    *theme
}

/// The look of a pen in the present theme, found as it is needed and shared by all pens of a view.
pub struct PenStyle {
    colours: RefCell<FastMap<Ink, Rc<str>>>,
    font: String,
    widths: RefCell<FastMap<Box<str>, f64>>,
}

impl Default for PenStyle {
    fn default() -> Self {
        Self { colours: RefCell::default(), font: canvas::font("11px"), widths: RefCell::default() }
    }
}

impl PenStyle {
    fn colour(&self, ink: Ink) -> Rc<str> {
        self.colours.borrow_mut().entry(ink).or_insert_with(|| canvas::token(token(ink))).clone()
    }
}

/// The pen of the page.
pub struct CanvasPen {
    canvas: Canvas2d,
    style: Rc<PenStyle>,
    /// Opacity of everything, 0 to 1.
    strength: f64,
}

impl CanvasPen {
    pub fn new(canvas: Canvas2d, style: Rc<PenStyle>) -> Self {
        Self { canvas, style, strength: 1.0 }
    }

    /// Empties the canvas for a new picture.
    pub fn begin(&mut self, width_px: f64, height_px: f64) {
        self.canvas.fit(width_px, height_px);
        self.canvas.font(&self.style.font);
    }

    fn fill(&self, ink: Ink) {
        self.canvas.fill(&self.style.colour(ink));
    }

    /// A filled shape: the steps of a lane.
    pub fn area(&mut self, ink: Ink, alpha: f64, corners: &[(f64, f64)]) {
        self.fill(ink);
        self.canvas.alpha(alpha * self.strength);
        self.canvas.polygon(corners);
        self.canvas.alpha(self.strength);
    }

    /// A line through points.
    pub fn outline(&mut self, ink: Ink, points: &[(f64, f64)]) {
        self.canvas.stroke(&self.style.colour(ink), 1.0);
        self.canvas.dash(0.0, 0.0);
        self.canvas.begin();
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 { self.canvas.move_to(*x, *y) } else { self.canvas.line_to(*x, *y) }
        }
        self.canvas.stroke_path();
    }
}

impl Pen for CanvasPen {
    fn rect(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64) {
        self.fill(ink);
        self.canvas.fill_rect(x, y, width, height);
    }

    fn stripes(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.fill(Ink::Ground);
        self.canvas.alpha(0.35 * self.strength);
        let mut at = x + (8.0 - x.rem_euclid(8.0));
        while at + 2.0 < x + width {
            self.canvas.fill_rect(at, y, 2.0, height);
            at += 8.0;
        }
        self.canvas.alpha(self.strength);
    }

    fn frame(&mut self, ink: Ink, x: f64, y: f64, width: f64, height: f64) {
        self.fill(ink);
        self.canvas.fill_rect(x, y, width, 1.0);
        self.canvas.fill_rect(x, y + height - 1.0, width, 1.0);
        self.canvas.fill_rect(x, y, 1.0, height);
        self.canvas.fill_rect(x + width - 1.0, y, 1.0, height);
    }

    fn line(&mut self, ink: Ink, stroke: Stroke, from: (f64, f64), to: (f64, f64)) {
        // On the middle of a pixel a line of one pixel is crisp.
        let crisp = |(x, y): (f64, f64)| (x.floor() + 0.5, y.floor() + 0.5);
        let (width, dash, gap) = match stroke {
            Stroke::Solid => (1.0, 0.0, 0.0),
            Stroke::Dashed => (1.0, 3.0, 3.0),
            Stroke::Dotted => (2.0, 2.0, 3.0),
        };
        self.canvas.stroke(&self.style.colour(ink), width);
        self.canvas.dash(dash, gap);
        self.canvas.stroke_line(crisp(from), crisp(to));
    }

    fn diamond(&mut self, ink: Ink, x: f64, y: f64, hollow: bool) {
        let corners = |r: f64| [(x - r, y), (x, y - r), (x + r, y), (x, y + r)];
        self.fill(Ink::Ground);
        self.canvas.polygon(&corners(7.0));
        self.fill(ink);
        self.canvas.polygon(&corners(5.5));
        if hollow {
            self.fill(Ink::Ground);
            self.canvas.polygon(&corners(3.5));
        }
    }

    fn arrow(&mut self, ink: Ink, x: f64, y: f64) {
        self.fill(ink);
        self.canvas.polygon(&[(x - 5.0, y - 3.5), (x, y), (x - 5.0, y + 3.5)]);
    }

    fn text(&mut self, ink: Ink, text: &str, x: f64, y: f64) {
        self.fill(ink);
        self.canvas.text(text, x, y + 0.5);
    }

    fn fade(&mut self, weaker: bool) {
        self.strength = if weaker { FADED } else { 1.0 };
        self.canvas.alpha(self.strength);
    }

    fn text_width(&mut self, text: &str) -> f64 {
        let mut widths = self.style.widths.borrow_mut();
        if let Some(width) = widths.get(text) {
            return *width;
        }
        if widths.len() >= WIDTHS_KEPT {
            widths.clear();
        }
        let width = self.canvas.measure(text);
        widths.insert(text.into(), width);
        width
    }
}

/// The token of the stylesheet that an ink is.
fn token(ink: Ink) -> &'static str {
    const SLOTS: [&str; 13] =
        ["--s-noise", "--s1", "--s2", "--s3", "--s4", "--s5", "--s6", "--s7", "--s8", "--s9", "--s10", "--s11", "--s12"];
    const TINTS: [&str; 13] = [
        "--s-noise-tint",
        "--s1-tint",
        "--s2-tint",
        "--s3-tint",
        "--s4-tint",
        "--s5-tint",
        "--s6-tint",
        "--s7-tint",
        "--s8-tint",
        "--s9-tint",
        "--s10-tint",
        "--s11-tint",
        "--s12-tint",
    ];
    let of = |list: &[&'static str; 13], number: u8| list.get(usize::from(number)).copied().unwrap_or("--s-noise");
    match ink {
        Ink::Slot(number) => of(&SLOTS, number),
        Ink::SlotTint(number) => of(&TINTS, number),
        Ink::Root => "--s-root",
        Ink::RootTint => "--s-root-tint",
        Ink::Noise => "--s-noise",
        Ink::Error => "--error-solid",
        Ink::Critical => "--critical",
        Ink::Accent => "--accent",
        Ink::Text1 => "--text-1",
        Ink::Text2 => "--text-2",
        Ink::Text3 => "--text-3",
        Ink::Line => "--line-control",
        Ink::Ground => "--bg-1",
        Ink::GroundSelected => "--bg-selected",
    }
}
