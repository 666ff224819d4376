//! Draws pictures with plotters, on whatever backend: the same code makes what is on the screen, what is saved and what tests look at.
//!
//! Backends count whole px, so on a screen with more px than CSS px everything is drawn larger by their ratio, which keeps it crisp.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::look::{Look, RAMP};
use crate::core::{
    chart::{
        grid::{Grid, level},
        panel::{Dash, Form, Ink, Mark, Series},
        picture::{Bar, Picture, Shape},
        scale::ValueAxis,
    },
    units,
};

/// Of texts on axes, CSS px.
const TEXT_PX: f64 = 11.0;
/// About the width of a character at that size.
pub const CHARACTER_PX: f64 = 6.2;
/// Between the labels and the values' axis.
const LABEL_GAP_PX: f64 = 6.0;
/// Free above the highest mark.
pub const HEAD_PX: f64 = 6.0;
/// For the times below.
pub const FOOT_PX: f64 = 18.0;
/// Between two stripes.
const STRIPE_PX: f64 = 3.0;
const DOT_PX: f64 = 2.5;
const OUTLINE_PX: f64 = 1.5;
/// Of a piece of a line that stands for all of it.
pub const KEY_PX: f64 = 22.0;
const MARK_PX: f64 = 3.0;
/// Of a shade in the key of a heat map, and between its parts.
const SHADE_PX: f64 = 12.0;
const KEY_GAP_PX: f64 = 4.0;

pub type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// How large everything is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Px of the backend per CSS px.
    pub ratio: f64,
    /// Sizes of fonts are multiplied by it: the SVG backend divides them by it.
    pub font: f64,
    /// CSS px left of the plot.
    pub gutter_px: f64,
    /// CSS px below it.
    pub foot_px: f64,
}

impl Measure {
    pub const SVG_FONT: f64 = 1.24;

    fn px(self, css_px: f64) -> f64 {
        css_px * self.ratio
    }

    fn whole(self, css_px: f64) -> i32 {
        self.px(css_px).round() as i32
    }

    fn width(self, css_px: f64) -> u32 {
        (self.px(css_px).round() as u32).max(1)
    }
}

/// The plot within an area, in px of the backend.
#[derive(Clone, Copy)]
struct Plot {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Plot {
    fn of((width, height): (u32, u32), measure: Measure) -> Self {
        let (left, top) = (measure.px(measure.gutter_px), measure.px(HEAD_PX));
        Self {
            left,
            top,
            width: (f64::from(width) - left).max(1.0),
            height: (f64::from(height) - top - measure.px(measure.foot_px)).max(1.0),
        }
    }

    fn x(self, share: f64) -> i32 {
        (self.left + share * self.width).round() as i32
    }

    fn y(self, share: f64) -> i32 {
        (self.top + (1.0 - share) * self.height).round() as i32
    }
}

/// Space for the widest label of some axes, CSS px.
pub fn gutter_px<'a>(axes: impl IntoIterator<Item = &'a ValueAxis>) -> f64 {
    let longest = axes.into_iter().flat_map(|axis| &axis.marks).map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    (longest as f64 * CHARACTER_PX + 2.0 * LABEL_GAP_PX).max(44.0).round()
}

fn text<'a>(look: &'a Look, ink: Ink, measure: Measure, pos: Pos, bold: bool) -> TextStyle<'a> {
    let font = (look.font.as_str(), measure.px(TEXT_PX) * measure.font).into_font();
    let font = if bold { font.style(FontStyle::Bold) } else { font };
    TextStyle { font, color: look.ink(ink).to_backend_color(), pos }
}

/// Words at a place, CSS px from the area's corner; `y_px` is their middle line.
pub fn words<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    look: &Look,
    measure: Measure,
    (x_px, y_px): (f64, f64),
    (what, ink, bold): (&str, Ink, bool),
) -> Outcome<DB> {
    area.draw_text(what, &text(look, ink, measure, Pos::new(HPos::Left, VPos::Center), bold), (measure.whole(x_px), measure.whole(y_px)))
}

/// One chart: grid, labels, shapes, and below it the times where there is room for them.
pub fn panel<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    picture: &Picture,
    times: &[(f64, String)],
    measure: Measure,
    look: &Look,
) -> Outcome<DB> {
    let size = area.dim_in_pixel();
    let plot = Plot::of(size, measure);
    frame(area, &picture.axis, times, plot, measure, look)?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(measure.whole(HEAD_PX))
        .set_label_area_size(LabelAreaPosition::Left, measure.whole(measure.gutter_px))
        .set_label_area_size(LabelAreaPosition::Bottom, measure.whole(measure.foot_px))
        .build_cartesian_2d(0.0..1.0_f64, 0.0..1.0_f64)?;
    for shape in &picture.shapes {
        match shape {
            Shape::Bars { ink, alpha, is_striped, bars } => {
                let colour = look.ink(ink);
                let style = colour.mix(*alpha).filled();
                // What is there is seen, however small.
                let least = measure.px(1.0) / plot.height;
                let corners = |bar: &Bar| [(bar.left, bar.low), (bar.right, bar.high.max((bar.low + least).min(1.0)))];
                chart.draw_series(bars.iter().map(|bar| Rectangle::new(corners(bar), style)))?;
                if *is_striped {
                    let paper = look.ink("--bg-1").stroke_width(measure.width(1.0));
                    let step = measure.px(STRIPE_PX) / plot.height;
                    let stripes = bars.iter().flat_map(|bar| {
                        let count = ((bar.high - bar.low) / step).floor().clamp(0.0, 2_000.0) as usize;
                        (1..=count).map(move |number| {
                            let y = bar.low + number as f64 * step;
                            PathElement::new(vec![(bar.left, y), (bar.right, y)], paper)
                        })
                    });
                    chart.draw_series(stripes)?;
                }
            }
            Shape::Area { ink, alpha, points } => {
                chart.draw_series(AreaSeries::new(points.iter().copied(), 0.0, look.ink(ink).mix(*alpha)))?;
            }
            Shape::Line { ink, width_px, dash, points } => {
                let style = look.ink(ink).stroke_width(measure.width(*width_px));
                let points = points.iter().copied();
                match dashes(*dash) {
                    None => chart.draw_series(LineSeries::new(points, style))?,
                    Some((dash, gap)) => {
                        chart.draw_series(DashedLineSeries::new(points, measure.width(dash), measure.width(gap), style))?
                    }
                };
            }
            Shape::Dots { ink, form: Form::Dot, points } => {
                let style = look.ink(ink).filled();
                chart.draw_series(points.iter().map(|point| Circle::new(*point, measure.width(DOT_PX), style)))?;
            }
            Shape::Dots { ink, form, points } => {
                let style = look.ink(ink).stroke_width(measure.width(OUTLINE_PX));
                let outline = outline(*form, measure);
                chart.draw_series(points.iter().map(|point| EmptyElement::at(*point) + PathElement::new(outline.clone(), style)))?;
            }
            Shape::Rule { ink, at, label } => {
                let style = look.ink(ink).stroke_width(measure.width(1.0));
                chart.draw_series(DashedLineSeries::new([(0.0, *at), (1.0, *at)], measure.width(4.0), measure.width(3.0), style))?;
                rule_label(area, (ink, *at, label), plot, measure, look)?;
            }
        }
    }
    Ok(())
}

/// Px of a dash and of the gap behind it.
fn dashes(dash: Dash) -> Option<(f64, f64)> {
    match dash {
        Dash::Solid => None,
        Dash::Dashed => Some((7.0, 3.0)),
        Dash::Dotted => Some((2.0, 2.0)),
    }
}

/// A form around the origin, closed.
fn outline(form: Form, measure: Measure) -> Vec<(i32, i32)> {
    let corners = form.corners();
    corners.iter().chain(corners.first()).map(|(x, y)| (measure.whole(*x), measure.whole(*y))).collect()
}

/// How a series is drawn, [`KEY_PX`] wide; from the area's corner, CSS px.
pub fn key<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    look: &Look,
    measure: Measure,
    (x_px, y_px): (f64, f64),
    series: &Series,
) -> Outcome<DB> {
    let colour = look.ink(series.ink);
    let place = |x: f64, y: f64| (measure.whole(x_px + x), measure.whole(y_px + y));
    let block = [place(KEY_PX - 10.0, -5.0), place(KEY_PX, 5.0)];
    let middle = place(KEY_PX / 2.0, 0.0);
    match series.mark {
        Mark::Bars { alpha } => area.draw(&Rectangle::new(block, colour.mix(alpha).filled())),
        Mark::Feet => {
            area.draw(&Rectangle::new(block, colour.filled()))?;
            let paper = look.ink("--bg-1").stroke_width(measure.width(1.0));
            [-2.0, 1.0].into_iter().try_for_each(|y| area.draw(&PathElement::new(vec![place(KEY_PX - 10.0, y), place(KEY_PX, y)], paper)))
        }
        Mark::Dots => area.draw(&Circle::new(middle, measure.width(DOT_PX), colour.filled())),
        Mark::Line { dash, width_px, .. } => {
            let style = colour.stroke_width(measure.width(width_px));
            let (length, gap) = dashes(dash).unwrap_or((KEY_PX, 0.0));
            let mut from = 0.0;
            while from < KEY_PX {
                area.draw(&PathElement::new(vec![place(from, 0.0), place((from + length).min(KEY_PX), 0.0)], style))?;
                from += length + gap;
            }
            match dash.alone() {
                Form::Dot => area.draw(&Circle::new(middle, measure.width(DOT_PX), colour.filled())),
                form => {
                    let style = colour.stroke_width(measure.width(1.0));
                    area.draw(&(EmptyElement::at(middle) + PathElement::new(outline(form, measure), style)))
                }
            }
        }
    }
}

/// Words at the right end of a line across the chart, above it where there is room.
fn rule_label<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    (ink, at, label): (Ink, f64, &str),
    plot: Plot,
    measure: Measure,
    look: &Look,
) -> Outcome<DB> {
    let y = f64::from(plot.y(at));
    let middle = if y - plot.top >= measure.px(14.0) { y - measure.px(8.0) } else { y + measure.px(9.0) };
    let right = plot.left + plot.width - measure.px(3.0);
    let width = label.chars().count() as f64 * measure.px(CHARACTER_PX) + measure.px(4.0);
    let corners = [
        ((right - width) as i32, (middle - measure.px(7.0)) as i32),
        ((right + measure.px(2.0)) as i32, (middle + measure.px(7.0)) as i32),
    ];
    area.draw(&Rectangle::new(corners, look.ink("--bg-1").mix(0.8).filled()))?;
    area.draw_text(label, &text(look, ink, measure, Pos::new(HPos::Right, VPos::Center), false), (right as i32, middle.round() as i32))
}

/// Grid, labels and the line at the foot.
fn frame<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    axis: &ValueAxis,
    times: &[(f64, String)],
    plot: Plot,
    measure: Measure,
    look: &Look,
) -> Outcome<DB> {
    let line = measure.width(1.0);
    let (left, right) = (plot.x(0.0), plot.x(1.0));
    let value = text(look, "--axis", measure, Pos::new(HPos::Right, VPos::Center), false);
    let (lowest, highest) = (plot.top, plot.top + plot.height - measure.px(5.0));
    for (share, label) in &axis.marks {
        let y = plot.y(*share);
        area.draw(&PathElement::new(vec![(left, y), (right, y)], look.ink("--grid").stroke_width(line)))?;
        let at = f64::from(y).clamp(lowest, highest.max(lowest));
        area.draw_text(label, &value, (left - measure.whole(LABEL_GAP_PX), at.round() as i32))?;
    }
    let foot = plot.y(0.0);
    area.draw(&PathElement::new(vec![(left, foot), (right, foot)], look.ink("--line-strong").stroke_width(line)))?;
    if measure.foot_px > 0.0 {
        let y = foot + measure.whole(FOOT_PX / 2.0 + 1.0);
        for (share, label) in times {
            // The first one begins at the edge; those in the middle stand below their instant.
            let half = label.chars().count() as f64 * measure.px(CHARACTER_PX) / 2.0;
            let is_first = plot.width * share < half;
            let is_last = plot.width * (1.0 - share) < half;
            let (anchor, x) = match (is_first, is_last) {
                (true, _) => (HPos::Left, plot.x(0.0)),
                (_, true) => (HPos::Right, plot.x(1.0)),
                _ => (HPos::Center, plot.x(*share)),
            };
            area.draw_text(label, &text(look, "--axis", measure, Pos::new(anchor, VPos::Center), false), (x, y))?;
        }
    }
    Ok(())
}

/// A heat map for a file. On the screen its cells are drawn by the browser at once, which is many times faster.
pub fn heat<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    (grid, axis): (&Grid, &ValueAxis),
    times: &[(f64, String)],
    measure: Measure,
    look: &Look,
) -> Outcome<DB> {
    let plot = Plot::of(area.dim_in_pixel(), measure);
    area.draw(&Rectangle::new([(plot.x(0.0), plot.y(1.0)), (plot.x(1.0), plot.y(0.0))], look.ink("--bg-2").filled()))?;
    frame(area, axis, times, plot, measure, look)?;
    let (columns, rows, most) = (grid.columns.max(1) as f64, grid.rows.max(1) as f64, grid.most());
    for cell in &grid.cells {
        let ink = RAMP.get(level(cell.count, most)).copied().unwrap_or("--heat-0");
        let (column, row) = (cell.column as f64, cell.row as f64);
        let gap = measure.whole(1.0);
        let corners =
            [(plot.x(column / columns), plot.y((row + 1.0) / rows)), (plot.x((column + 1.0) / columns) - gap, plot.y(row / rows) - gap)];
        area.draw(&Rectangle::new(corners, look.ink(ink).filled()))?;
        if cell.marked > 0 {
            let middle = (plot.x((column + 0.5) / columns), plot.y((row + 0.5) / rows));
            area.draw(&Circle::new(middle, measure.width(MARK_PX) + measure.width(1.0), look.ink("--bg-1").filled()))?;
            area.draw(&Circle::new(middle, measure.width(MARK_PX), look.ink("--error-solid").filled()))?;
        }
    }
    Ok(())
}

/// What the shades and the dots of a heat map say; from the area's corner, CSS px.
pub fn heat_key<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    look: &Look,
    measure: Measure,
    (x_px, y_px): (f64, f64),
    most: u64,
) -> Outcome<DB> {
    words(area, look, measure, (x_px, y_px), ("1", "--text-3", false))?;
    let mut x_px = x_px + CHARACTER_PX + KEY_GAP_PX;
    for shade in RAMP.into_iter().skip(1) {
        let corners = [(x_px, y_px - 4.0), (x_px + SHADE_PX, y_px + 4.0)].map(|(x, y)| (measure.whole(x), measure.whole(y)));
        area.draw(&Rectangle::new(corners, look.ink(shade).filled()))?;
        x_px += SHADE_PX + 1.0;
    }
    let most = units::count_short(most);
    x_px += KEY_GAP_PX - 1.0;
    words(area, look, measure, (x_px, y_px), (&most, "--text-3", false))?;
    x_px += most.chars().count() as f64 * CHARACTER_PX + 4.0 * KEY_GAP_PX;
    area.draw(&Circle::new((measure.whole(x_px), measure.whole(y_px)), measure.width(MARK_PX), look.ink("--error-solid").filled()))?;
    words(area, look, measure, (x_px + MARK_PX + KEY_GAP_PX, y_px), ("error", "--text-3", false))
}
