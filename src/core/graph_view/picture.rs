//! A scene as a file: plain shapes with plain colours, written as SVG that needs no stylesheet, or painted by whoever can paint shapes.

use std::{fmt::Write as _, rc::Rc};

use super::{
    Bounds, Place,
    route::Line,
    scene::{LABEL_HEIGHT_PX, Mark, NAME_FONT_PX, SMALL_FONT_PX, Scene},
};

const MARGIN_PX: f64 = 24.0;
/// Half of a mark.
const MARK_HALF_PX: f64 = 4.5;

/// The colours of a theme, each a colour of CSS without variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    pub ground: Rc<str>,
    pub node: Rc<str>,
    pub node_line: Rc<str>,
    pub track: Rc<str>,
    pub text: Rc<str>,
    pub quiet: Rc<str>,
    pub error: Rc<str>,
    pub accent: Rc<str>,
    pub group: Rc<str>,
    pub label_line: Rc<str>,
    /// Class of an edge's tint, and its colour.
    pub tints: Vec<(&'static str, Rc<str>)>,
    /// By the number of the slot; the first is for none.
    pub slots: Vec<Rc<str>>,
    /// A list of families, as in CSS.
    pub font: String,
}

/// Where a text's `x` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Box {
        bounds: Bounds,
        radius_px: f64,
        fill: Option<Rc<str>>,
        stroke: Option<(Rc<str>, f64)>,
        dash: Option<(f64, f64)>,
    },
    Line {
        line: Line,
        stroke: Rc<str>,
        width_px: f64,
        dash: Option<(f64, f64)>,
        is_round: bool,
    },
    Polygon {
        corners: Vec<Place>,
        fill: Rc<str>,
    },
    Circle {
        at: Place,
        radius_px: f64,
        fill: Rc<str>,
    },
    Text {
        /// On the line that letters stand on.
        at: Place,
        text: String,
        font_px: f64,
        is_bold: bool,
        fill: Rc<str>,
        anchor: Anchor,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub bounds: Bounds,
    pub ground: Rc<str>,
    pub font: String,
    pub shapes: Vec<Shape>,
}

/// Gaps of a line that leads back.
pub const BACK_DASH: (f64, f64) = (6.0, 4.0);

/// Dots on a line by its step of errors: length and gap; `None` without errors.
#[must_use]
pub fn dots(step: u8) -> Option<(f64, f64)> {
    match step {
        0 => None,
        1 => Some((0.1, 22.0)),
        2 => Some((0.1, 12.0)),
        _ => Some((0.1, 6.0)),
    }
}

impl Picture {
    #[must_use]
    pub fn of(scene: &Scene, palette: &Palette) -> Self {
        let mut shapes = Vec::new();
        for group in &scene.groups {
            for bounds in &group.boxes {
                shapes.push(Shape::Box {
                    bounds: *bounds,
                    radius_px: 14.0,
                    fill: Some(palette.group.clone()),
                    stroke: Some((palette.accent.clone(), 1.0)),
                    dash: Some((3.0, 3.0)),
                });
            }
            if let Some(whole) = group.boxes.first().filter(|_| group.is_whole) {
                shapes.push(text((whole.left + 10.0, whole.bottom - 6.0), &group.words, false, &palette.accent, Anchor::Start));
            }
        }
        for edge in &scene.edges {
            let tint = palette.tints.iter().find(|(class, _)| *class == edge.text.tint).map_or(&palette.quiet, |(_, colour)| colour);
            let stroke = if edge.is_back && edge.text.dots == 0 { &palette.accent } else { tint };
            let line = |stroke: &Rc<str>, width_px: f64, dash: Option<(f64, f64)>, is_round: bool| Shape::Line {
                line: edge.line.clone(),
                stroke: stroke.clone(),
                width_px,
                dash,
                is_round,
            };
            shapes.push(line(stroke, edge.text.width_px, edge.is_back.then_some(BACK_DASH), false));
            if let Some(dots) = dots(edge.text.dots) {
                shapes.push(line(&palette.ground, (edge.text.width_px * 0.45).max(1.0), Some(dots), true));
            }
            shapes.push(Shape::Polygon { corners: edge.line.head.to_vec(), fill: stroke.clone() });
        }
        for node in &scene.nodes {
            let said = &node.text;
            let colour = palette.slots.get(usize::from(said.slot)).unwrap_or(&palette.quiet);
            shapes.push(Shape::Box {
                bounds: node.bounds,
                radius_px: 8.0,
                fill: Some(palette.node.clone()),
                stroke: Some((palette.node_line.clone(), 1.0)),
                dash: said.is_dashed.then_some((4.0, 3.0)),
            });
            shapes.push(mark(said.mark, node.mark_at(), colour));
            shapes.push(Shape::Text {
                at: (node.name_left(), node.name_line()),
                text: node.name.clone(),
                font_px: NAME_FONT_PX,
                is_bold: true,
                fill: palette.text.clone(),
                anchor: Anchor::Start,
            });
            if !said.error_rate.is_empty() {
                let class = format!("r{}", said.error_step);
                let colour = palette.tints.iter().find(|(tint, _)| *tint == class).map_or(&palette.error, |(_, colour)| colour);
                shapes.push(text((node.text_right(), node.name_line()), &said.error_rate, true, colour, Anchor::End));
            }
            shapes.push(text((node.text_left(), node.facts_line()), &said.facts, false, &palette.quiet, Anchor::Start));
            let bars = [(said.own_share.unwrap_or(0.0), colour), (said.error_share, &palette.error)];
            for (line, (share, fill)) in bars.into_iter().enumerate() {
                let (left, top, width) = node.bar(share, line);
                let bar = |width: f64, fill: &Rc<str>| Shape::Box {
                    bounds: Bounds { left, top, right: left + width, bottom: top + 2.0 },
                    radius_px: 1.0,
                    fill: Some(fill.clone()),
                    stroke: None,
                    dash: None,
                };
                if line == 0 {
                    shapes.push(bar(node.bar_width(), &palette.track));
                }
                if width > 0.0 {
                    shapes.push(bar(width, fill));
                }
            }
        }
        for label in scene.edges.iter().filter_map(|edge| edge.label.as_ref()) {
            shapes.push(Shape::Box {
                bounds: Bounds::around(label.at, (label.width_px, LABEL_HEIGHT_PX)),
                radius_px: 4.0,
                fill: Some(palette.node.clone()),
                stroke: Some((palette.label_line.clone(), 1.0)),
                dash: None,
            });
            let words: Vec<&str> = label.parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            shapes.push(text((label.at.0, label.at.1 + 4.0), &words.join(" "), false, &palette.text, Anchor::Middle));
        }
        let bounds = scene.bounds().grown(MARGIN_PX);
        Self { bounds, ground: palette.ground.clone(), font: palette.font.clone(), shapes }
    }

    /// A file of its own: no stylesheet, no script, no link.
    #[must_use]
    pub fn svg(&self) -> String {
        let Bounds { left, top, .. } = self.bounds;
        let (width, height) = (self.bounds.width(), self.bounds.height());
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{left:.1} {top:.1} {width:.1} {height:.1}\" font-family=\"{}\">",
            escaped(&self.font)
        );
        let _ = writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{}\"/>",
            escaped(&self.ground)
        );
        for shape in &self.shapes {
            push_shape(&mut out, shape);
        }
        out.push_str("</svg>\n");
        out
    }
}

fn text(at: Place, text: &str, is_bold: bool, fill: &Rc<str>, anchor: Anchor) -> Shape {
    Shape::Text { at, text: text.to_owned(), font_px: SMALL_FONT_PX, is_bold, fill: fill.clone(), anchor }
}

fn mark(mark: Mark, at: Place, fill: &Rc<str>) -> Shape {
    match mark {
        Mark::Circle => Shape::Circle { at, radius_px: MARK_HALF_PX, fill: fill.clone() },
        Mark::Square => Shape::Box {
            bounds: Bounds::around(at, (2.0 * MARK_HALF_PX - 0.5, 2.0 * MARK_HALF_PX - 0.5)),
            radius_px: 2.0,
            fill: Some(fill.clone()),
            stroke: None,
            dash: None,
        },
        Mark::Diamond => Shape::Polygon { corners: diamond(at).to_vec(), fill: fill.clone() },
    }
}

/// The mark of an artifact.
#[must_use]
pub fn diamond((x, y): Place) -> [Place; 4] {
    let half = MARK_HALF_PX + 0.8;
    [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
}

fn push_shape(out: &mut String, shape: &Shape) {
    let dashed = |dash: &Option<(f64, f64)>| dash.map_or_else(String::new, |(dash, gap)| format!(" stroke-dasharray=\"{dash} {gap}\""));
    let _ = match shape {
        Shape::Box { bounds, radius_px, fill, stroke, dash } => {
            let stroke = stroke
                .as_ref()
                .map_or_else(String::new, |(colour, width)| format!(" stroke=\"{}\" stroke-width=\"{width}\"", escaped(colour)));
            writeln!(
                out,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{radius_px}\" fill=\"{}\"{stroke}{}/>",
                bounds.left,
                bounds.top,
                bounds.width(),
                bounds.height(),
                fill.as_deref().map_or_else(|| "none".to_owned(), escaped),
                dashed(dash)
            )
        }
        Shape::Line { line, stroke, width_px, dash, is_round } => {
            let cap = if *is_round { " stroke-linecap=\"round\"" } else { "" };
            writeln!(
                out,
                "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width_px:.1}\"{cap}{}/>",
                line.path(),
                escaped(stroke),
                dashed(dash)
            )
        }
        Shape::Polygon { corners, fill } => {
            let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            writeln!(out, "<polygon points=\"{}\" fill=\"{}\"/>", points.join(" "), escaped(fill))
        }
        Shape::Circle { at, radius_px, fill } => {
            writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius_px}\" fill=\"{}\"/>", at.0, at.1, escaped(fill))
        }
        Shape::Text { at, text, font_px, is_bold, fill, anchor } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let weight = if *is_bold { " font-weight=\"600\"" } else { "" };
            writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{font_px}\" text-anchor=\"{anchor}\"{weight} fill=\"{}\">{}</text>",
                at.0,
                at.1,
                escaped(fill),
                escaped(text)
            )
        }
    };
}

/// Text as XML has it. Characters that XML does not know are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::scene::tests::scene, *};

    #[test]
    fn the_file_holds_every_part_and_no_markup_of_the_data() {
        let palette = Palette {
            ground: "#fff".into(),
            tints: vec![("r3", "#c00".into())],
            slots: vec!["#888".into(); 13],
            font: "\"Segoe UI\", sans-serif".into(),
            ..Palette::default()
        };
        let svg = Picture::of(&scene(), &palette).svg();
        assert!(svg.starts_with("<?xml") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<text ").count(), 3 + 3 + 1 + 1 + 4, "names, facts, the error rate, the group, labels");
        for wanted in [">critic<", "Draft 52 13.5 %", "cycle group of 2 agents", "stroke-dasharray=\"6 4\"", "&quot;Segoe UI&quot;"] {
            assert!(svg.contains(wanted), "{wanted}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("var("));
        assert_eq!(escaped("<a href=\"x\">&\u{0}</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;\u{fffd}&lt;/a&gt;");
    }
}
