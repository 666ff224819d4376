//! Pictures of charts as files: SVG as text, PNG from a canvas with twice the px.

use plotters::{coord::Shift, prelude::*};

use super::{
    look::Look,
    paint::{self, FOOT_PX, Measure, Outcome},
    surface,
};
use crate::{
    browser::{canvas, save},
    core::chart::{
        columns::Columns,
        grid::Grid,
        panel::{Hidden, Ink, Panel},
        picture::Picture,
        scale::ValueAxis,
    },
};

/// Of a picture in a file, CSS px.
pub const WIDTH_PX: f64 = 900.0;
const PANEL_PX: f64 = 150.0;
const HEAT_PX: f64 = 320.0;
const TITLE_PX: f64 = 26.0;
const MARGIN_PX: f64 = 12.0;
/// Between two times below.
const TIME_GAP_PX: f64 = 80.0;
/// Of a bold letter, which is wider than others.
const BOLD_PX: f64 = paint::CHARACTER_PX * 1.15;
/// PNG files have so many px per CSS px.
const PNG_RATIO: f64 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Svg,
}

/// What a file shows.
pub enum Sheet<'a> {
    Stack {
        heading: &'a str,
        columns: Columns,
        panels: &'a [Panel],
        hidden: &'a Hidden,
    },
    Heat {
        heading: &'a str,
        title: &'a str,
        columns: Columns,
        grid: &'a Grid,
        axis: &'a ValueAxis,
    },
    /// One picture over whatever axis: `marks` gives what stands below it for a width.
    Plain {
        heading: &'a str,
        title: &'a str,
        series: &'a [(String, Ink)],
        picture: &'a Picture,
        marks: &'a dyn Fn(f64) -> Vec<(f64, String)>,
    },
}

impl Sheet<'_> {
    fn height_px(&self) -> f64 {
        let charts = match self {
            Self::Stack { panels, .. } => panels.len() as f64 * (TITLE_PX + PANEL_PX),
            Self::Heat { .. } | Self::Plain { .. } => TITLE_PX + HEAT_PX,
        };
        let heading = if self.heading().is_empty() { 0.0 } else { TITLE_PX };
        heading + charts + FOOT_PX + 2.0 * MARGIN_PX
    }

    /// Of what, from which file and when: a picture is looked at far from the page.
    fn heading(&self) -> &str {
        match self {
            Self::Stack { heading, .. } | Self::Heat { heading, .. } | Self::Plain { heading, .. } => heading,
        }
    }

    /// Draws all of it.
    pub fn draw<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>, measure: Measure, look: &Look) -> Outcome<DB> {
        root.fill(&look.ink("--bg-1"))?;
        let px = |css_px: f64| (css_px * measure.ratio).round() as i32;
        let mut inner = root.margin(px(MARGIN_PX), px(MARGIN_PX), px(MARGIN_PX), px(MARGIN_PX));
        if !self.heading().is_empty() {
            let (head, below) = inner.split_vertically(px(TITLE_PX));
            paint::words(&head, look, measure, (0.0, TITLE_PX / 2.0), (&fitting(self.heading()), "--text-1", true))?;
            inner = below;
        }
        let width_px = WIDTH_PX - 2.0 * MARGIN_PX - measure.gutter_px;
        match self {
            Self::Plain { title, series, picture, marks, .. } => {
                let (head, below) = inner.split_vertically(px(TITLE_PX));
                let title = fitting(title);
                paint::words(&head, look, measure, (0.0, TITLE_PX / 2.0), (&title, "--text-1", true))?;
                let mut x_px = title.chars().count() as f64 * BOLD_PX + 16.0;
                for (name, ink) in series.iter().filter(|_| series.len() > 1) {
                    paint::words(&head, look, measure, (x_px, TITLE_PX / 2.0), (name, ink, true))?;
                    x_px += name.chars().count() as f64 * BOLD_PX + 12.0;
                }
                let gutter_px = paint::gutter_px([&picture.axis]);
                let times = marks(WIDTH_PX - 2.0 * MARGIN_PX - gutter_px);
                paint::panel(&below, picture, &times, Measure { foot_px: FOOT_PX, gutter_px, ..measure }, look)
            }
            Self::Stack { columns, panels, hidden, .. } => {
                let pictures: Vec<Picture> = panels.iter().map(|panel| Picture::of(panel, *columns, hidden, PANEL_PX)).collect();
                let measure = Measure { gutter_px: paint::gutter_px(pictures.iter().map(|picture| &picture.axis)), ..measure };
                let times = columns.marks(width_px, TIME_GAP_PX);
                let mut rest = inner;
                for (number, (panel, picture)) in panels.iter().zip(&pictures).enumerate() {
                    let (head, below) = rest.split_vertically(px(TITLE_PX));
                    let is_last = number + 1 == panels.len();
                    title(&head, panel, hidden, measure, look)?;
                    let foot_px = if is_last { FOOT_PX } else { 0.0 };
                    let (chart, below) = below.split_vertically(px(PANEL_PX + foot_px));
                    paint::panel(&chart, picture, &times, Measure { foot_px, ..measure }, look)?;
                    rest = below;
                }
                Ok(())
            }
            Self::Heat { title, columns, grid, axis, .. } => {
                let (head, below) = inner.split_vertically(px(TITLE_PX));
                paint::words(&head, look, measure, (0.0, TITLE_PX / 2.0), (title, "--text-1", true))?;
                let key_px = title.chars().count() as f64 * BOLD_PX + 16.0;
                if grid.most() > 0 {
                    paint::heat_key(&head, look, measure, (key_px, TITLE_PX / 2.0), grid.most())?;
                }
                let measure = Measure { foot_px: FOOT_PX, gutter_px: paint::gutter_px([*axis]), ..measure };
                paint::heat(&below, (grid, axis), &columns.marks(width_px, TIME_GAP_PX), measure, look)
            }
        }
    }

    /// As the text of an SVG file.
    pub fn svg(&self, look: &Look) -> String {
        let mut text = String::new();
        {
            let root = SVGBackend::with_string(&mut text, (WIDTH_PX as u32, self.height_px() as u32)).into_drawing_area();
            let measure = Measure { ratio: 1.0, font: Measure::SVG_FONT, gutter_px: 0.0, foot_px: 0.0 };
            // Writing into a string does not fail.
            let _ = self.draw(&root, measure, look);
            let _ = root.present();
        }
        text
    }

    /// Gives the reader a file in the colours of the page.
    pub fn save(&self, name: &str, format: Format, look: &Look) {
        match format {
            Format::Svg => {
                save::text(&format!("{name}.svg"), &self.svg(look), "image/svg+xml");
            }
            Format::Png => {
                let Some(canvas) = canvas::detached() else { return };
                let measure = Measure { ratio: PNG_RATIO, font: 1.0, gutter_px: 0.0, foot_px: 0.0 };
                let drawn = surface::on_canvas(&canvas, (WIDTH_PX, self.height_px()), PNG_RATIO, |area| self.draw(area, measure, look));
                if drawn.is_some() {
                    save::png(&format!("{name}.png"), &canvas);
                }
            }
        }
    }
}

/// Title, note, and what the lines mean.
fn title<DB: DrawingBackend>(head: &DrawingArea<DB, Shift>, panel: &Panel, hidden: &Hidden, measure: Measure, look: &Look) -> Outcome<DB> {
    let y_px = TITLE_PX / 2.0;
    let mut x_px = 0.0;
    let width_px = |what: &str| what.chars().count() as f64 * paint::CHARACTER_PX + 10.0;
    for (what, ink, bold) in [(&panel.title, "--text-1", true), (&panel.note, "--text-3", false)] {
        paint::words(head, look, measure, (x_px, y_px), (what, ink, bold))?;
        x_px += width_px(what);
    }
    if panel.series.len() > 1 {
        for series in panel.shown(hidden) {
            paint::key(head, look, measure, (x_px, y_px), series)?;
            x_px += paint::KEY_PX + 6.0;
            paint::words(head, look, measure, (x_px, y_px), (&series.name, "--text-1", false))?;
            x_px += width_px(&series.name) + 4.0;
        }
    }
    Ok(())
}

/// As much of a line as a picture has room for.
fn fitting(text: &str) -> String {
    let most = ((WIDTH_PX - 2.0 * MARGIN_PX) / BOLD_PX) as usize;
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::chart::{
        grid::{Cell, duration_axis},
        panel::{Dash, Mark, Series, Threshold},
        scale::Unit,
    };

    const COLUMNS: Columns = Columns { from_ns: 0, step_ns: 60_000_000_000, count: 5 };

    fn panel(key: &str, unit: Unit, series: Vec<(&str, Mark, Vec<Option<f64>>)>, limit: Option<f64>) -> Panel {
        let series = series.into_iter().map(|(key, mark, values)| Series { key: key.into(), name: key.into(), ink: "--p95", mark, values });
        Panel {
            key: key.into(),
            title: key.into(),
            note: "<b>note & more</b>".into(),
            unit,
            is_log: false,
            series: series.collect(),
            thresholds: limit.map(|value| Threshold { value, label: "limit".into(), ink: "--warn" }).into_iter().collect(),
            details: Vec::new(),
            reach: 0.0,
            weight: 1,
            nothing: "nothing",
        }
    }

    fn svg(panels: &[Panel], columns: Columns) -> String {
        Sheet::Stack { heading: "All spans of a file", columns, panels, hidden: &Hidden::default() }
            .svg(&Look { font: "sans-serif".into(), ..Look::default() })
    }

    const LINE: Mark = Mark::Line { dash: Dash::Solid, width_px: 2.0, area: 0.2 };

    #[test]
    fn a_stack_becomes_a_picture() {
        let panels = [
            panel(
                "Rate",
                Unit::Per("/min", 60),
                vec![("calls", Mark::Bars { alpha: 0.6 }, vec![Some(4.0), Some(2.0), Some(0.0), None, Some(1.0)])],
                None,
            ),
            panel("Duration", Unit::Milliseconds, vec![("p95", LINE, vec![Some(4.0), Some(2.0), None, Some(3.0), Some(5.0)])], Some(4.5)),
        ];
        let svg = svg(&panels, COLUMNS);
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert_eq!(
            svg.matches("<polyline").count() - svg.matches("opacity=\"1\" stroke=\"#000000\" stroke-width=\"1\" points=").count(),
            2,
            "two runs: {svg}"
        );
        assert!(svg.contains("limit") && svg.contains("00:01") && svg.contains("&lt;b&gt;note &amp; more"), "{svg}");
        assert_eq!(svg.matches("<polygon").count(), 2, "two areas");
        assert!(svg.contains("All spans of a file"), "{svg}");
        let title = "x".repeat(900);
        let sheet = Sheet::Stack { heading: &title, columns: COLUMNS, panels: &panels, hidden: &Hidden::default() };
        assert!(!sheet.svg(&Look::default()).contains(&"x".repeat(140)), "what does not fit is cut");
    }

    #[test]
    fn the_key_of_a_picture_is_drawn_as_the_lines_are() {
        let line = |key, dash| (key, Mark::Line { dash, width_px: 1.0, area: 0.0 }, vec![]);
        let panels = [panel(
            "Duration",
            Unit::Milliseconds,
            vec![line("p50", Dash::Dashed), line("p95", Dash::Solid), line("p99", Dash::Dotted)],
            None,
        )];
        let svg = svg(&panels, COLUMNS);
        assert!(!svg.contains('■') && svg.contains("p99"), "{svg}");
        let lines = svg.matches("stroke-width=\"1\" points=").count();
        assert!(lines > 3 + 1 + 6, "dashes and dots: {lines}");
        assert_eq!(svg.matches("<circle").count(), 1, "the dot of p50");
    }

    #[test]
    fn odd_values_make_pictures_without_odd_numbers() {
        let odd = [
            vec![],
            vec![Some(0.0)],
            vec![Some(7.0); 5],
            vec![None; 5],
            vec![Some(f64::NAN), Some(f64::INFINITY), Some(f64::MAX), Some(f64::MIN), Some(-1.0)],
        ];
        for values in odd {
            for count in [0, 1, 5] {
                let panels = [
                    panel(
                        "bars",
                        Unit::Count,
                        vec![("a", Mark::Bars { alpha: 0.6 }, values.clone()), ("b", Mark::Feet, values.clone())],
                        Some(f64::NAN),
                    ),
                    panel("lines", Unit::Milliseconds, vec![("c", LINE, values.clone()), ("d", Mark::Dots, values.clone())], Some(1.0)),
                ];
                let svg = svg(&panels, Columns { count, ..COLUMNS });
                for word in ["NaN", "inf", "Infinity", "-2147483648", "2147483647"] {
                    assert!(!svg.contains(word), "{word} for {values:?}: {svg}");
                }
            }
        }
    }

    #[test]
    fn a_heat_map_becomes_a_picture() {
        let grid = Grid {
            columns: 5,
            rows: 2,
            cells: vec![Cell { column: 1, row: 1, count: 3, marked: 1 }, Cell { column: 4, row: 0, count: 48, marked: 0 }],
        };
        let axis = duration_axis(&[(1_000_000, 1_778_279), (1_778_279, 3_162_277)]);
        let svg = Sheet::Heat { heading: "", title: "Durations", columns: COLUMNS, grid: &grid, axis: &axis }.svg(&Look::default());
        assert_eq!(svg.matches("<circle").count(), 2 + 1, "of the cell and of the key: {svg}");
        assert!(svg.contains("Durations") && svg.contains("error") && svg.contains("48") && !svg.contains("NaN"));
    }
}
