//! A canvas of the page as a backend of plotters, with as many px as the screen has.

use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use web_sys::HtmlCanvasElement;

use super::{
    look::Look,
    paint::{self, Measure},
};
use crate::{
    browser::canvas::{self, Canvas2d},
    core::chart::picture::Picture,
};

/// Draws a chart anew on a canvas of this size in CSS px. A browser that gives no context leaves it empty: the table says the same.
pub fn draw(
    element: &HtmlCanvasElement,
    (width_px, height_px): (f64, f64),
    picture: &Picture,
    times: &[(f64, String)],
    measure: Measure,
    look: &Look,
) {
    if width_px < 1.0 || height_px < 1.0 {
        return;
    }
    let ratio = canvas::pixel_ratio();
    let _ = on_canvas(element, (width_px, height_px), ratio, |area| {
        paint::panel(area, picture, times, Measure { ratio, font: 1.0, ..measure }, look)
    });
}

/// Gives the canvas its px, empties it, and draws.
pub fn on_canvas<E>(
    element: &HtmlCanvasElement,
    (width_px, height_px): (f64, f64),
    ratio: f64,
    draw: impl FnOnce(&DrawingArea<CanvasBackend, plotters::coord::Shift>) -> Result<(), E>,
) -> Option<()> {
    let pixels = |css_px: f64| ((css_px * ratio).round() as u32).clamp(1, 16_384);
    let (width, height) = (pixels(width_px), pixels(height_px));
    // Setting a size empties the canvas, even the same one, and takes away what was set on its context.
    element.set_width(width);
    element.set_height(height);
    Canvas2d::of(element)?.round_joins();
    let area = CanvasBackend::with_canvas_object(element.clone())?.into_drawing_area();
    draw(&area).ok()
}
