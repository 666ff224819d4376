//! Pictures of graphs as files: the shapes painted on a canvas that nobody sees, and the colours of the theme in force.

use gloo::utils::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Blob, Element, HtmlCanvasElement};

use super::{
    canvas::{self, Canvas2d},
    save,
};
use crate::core::graph_view::{
    Place,
    picture::{Anchor, Palette, Picture, Shape},
    route::Curve,
};

/// A quarter of a circle as a cubic curve.
const ROUND: f64 = 0.5523;
/// From the line that letters stand on to their middle, as a part of their size.
const MIDDLE: f64 = 0.35;

/// The colours of the theme in force.
pub fn palette() -> Palette {
    let tints = ["r0", "r1", "r2", "r3"].into_iter().enumerate().map(|(step, class)| (class, canvas::token(&format!("--rate-{step}"))));
    let heats = ["h1", "h2", "h3", "h4", "h5"].into_iter().zip(1..).map(|(class, step)| (class, canvas::token(&format!("--heat-{step}"))));
    let slots = std::iter::once("--s-noise".to_owned()).chain((1..=12).map(|slot| format!("--s{slot}")));
    Palette {
        ground: canvas::token("--bg-1"),
        node: canvas::token("--bg-1"),
        node_line: canvas::token("--line-control"),
        track: canvas::token("--bg-3"),
        text: canvas::token("--text-1"),
        quiet: canvas::token("--text-2"),
        error: canvas::token("--error"),
        accent: canvas::token("--accent"),
        group: canvas::colour("color-mix(in srgb, var(--accent) 5%, var(--bg-1))"),
        label_line: canvas::token("--line-strong"),
        tints: tints.chain(heats).collect(),
        slots: slots.map(|token| canvas::token(&token)).collect(),
        font: "system-ui, \"Segoe UI\", Roboto, \"Liberation Sans\", sans-serif".to_owned(),
    }
}

/// Saves it as PNG, twice as large as it is drawn and as broad as charts are saved at least. Whether it could be painted; the file comes a moment later.
pub fn save_png(name: &str, picture: &Picture) -> bool {
    let Some(element) = document().create_element("canvas").ok() else { return false };
    let (Some(board), Some(canvas)) = (Canvas2d::of(&element), as_canvas(&element)) else { return false };
    paint(&board, picture);
    let name = name.to_owned();
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            save::blob(&name, &blob);
        }
    });
    canvas.to_blob(done.unchecked_ref()).is_ok()
}

fn as_canvas(element: &Element) -> Option<HtmlCanvasElement> {
    element.dyn_ref::<HtmlCanvasElement>().cloned()
}

/// Width of a saved picture at least, in pixels.
const LEAST_WIDTH: f64 = 1800.0;

fn ratio_of(width_px: f64) -> f64 {
    (LEAST_WIDTH / width_px.max(1.0)).clamp(2.0, 8.0)
}

fn paint(board: &Canvas2d, picture: &Picture) {
    let bounds = picture.bounds;
    board.fit_at(bounds.width(), bounds.height(), ratio_of(bounds.width()));
    let at = |(x, y): Place| (x - bounds.left, y - bounds.top);
    board.fill(&picture.ground);
    board.fill_rect(0.0, 0.0, bounds.width(), bounds.height());
    for shape in &picture.shapes {
        match shape {
            Shape::Box { bounds: part, radius_px, fill, stroke, dash } => {
                let (left, top) = at((part.left, part.top));
                round_rect(board, (left, top), part.width(), part.height(), *radius_px);
                if let Some(fill) = fill {
                    board.fill(fill);
                    board.fill_path();
                }
                if let Some((colour, width)) = stroke {
                    let (length, gap) = dash.unwrap_or((0.0, 0.0));
                    board.stroke(colour, *width);
                    board.dash(length, gap);
                    board.stroke_path();
                }
            }
            Shape::Line { line, stroke, width_px, dash, is_round } => {
                let (length, gap) = dash.unwrap_or((0.0, 0.0));
                // Ends are flat here: dots are as long as the line is broad.
                let length = if *is_round { *width_px } else { length };
                board.stroke(stroke, *width_px);
                board.dash(length, gap);
                board.begin();
                let (x, y) = at(line.from);
                board.move_to(x, y);
                for Curve { first, second, to } in &line.curves {
                    board.curve_to(at(*first), at(*second), at(*to));
                }
                board.stroke_path();
            }
            Shape::Polygon { corners, fill } => {
                board.fill(fill);
                board.polygon(&corners.iter().copied().map(at).collect::<Vec<_>>());
            }
            Shape::Circle { at: centre, radius_px, fill } => {
                let (x, y) = at(*centre);
                board.fill(fill);
                board.begin();
                board.circle(x, y, *radius_px);
                board.fill_path();
            }
            Shape::Text { at: place, text, font_px, is_bold, fill, anchor } => {
                board.font(&canvas::font(&format!("{} {font_px}px", if *is_bold { 600 } else { 400 })));
                board.fill(fill);
                let (x, y) = at(*place);
                let shift = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => board.measure(text) / 2.0,
                    Anchor::End => board.measure(text),
                };
                board.text(text, x - shift, y - font_px * MIDDLE);
            }
        }
    }
}

fn round_rect(board: &Canvas2d, (left, top): Place, width: f64, height: f64, radius_px: f64) {
    let radius = radius_px.min(width / 2.0).min(height / 2.0).max(0.0);
    let (right, bottom, inner) = (left + width, top + height, radius * (1.0 - ROUND));
    board.begin();
    board.move_to(left + radius, top);
    board.line_to(right - radius, top);
    board.curve_to((right - inner, top), (right, top + inner), (right, top + radius));
    board.line_to(right, bottom - radius);
    board.curve_to((right, bottom - inner), (right - inner, bottom), (right - radius, bottom));
    board.line_to(left + radius, bottom);
    board.curve_to((left + inner, bottom), (left, bottom - inner), (left, bottom - radius));
    board.line_to(left, top + radius);
    board.curve_to((left, top + inner), (left + inner, top), (left + radius, top));
    board.close();
}
