//! What of a panel is drawn where, in shares of its width and height: finite whatever its values are.

use super::{
    columns::Columns,
    panel::{Dash, Form, Hidden, Ink, Mark, Panel, Series},
    scale::{Unit, ValueAxis},
};

/// Marks of the values are at least so far apart.
const MARK_GAP_PX: f64 = 34.0;
/// A threshold that is higher than so many times the highest value does not stretch the axis.
const THRESHOLD_REACH: f64 = 2.0;
/// Of a column's width, what is left free between two bars.
const BAR_GAP: f64 = 0.14;

/// A rectangle: left and right, low and high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub left: f64,
    pub right: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Bars {
        ink: Ink,
        alpha: f64,
        is_striped: bool,
        bars: Vec<Bar>,
    },
    /// From the foot of the chart up to a line.
    Area {
        ink: Ink,
        alpha: f64,
        points: Vec<(f64, f64)>,
    },
    Line {
        ink: Ink,
        width_px: f64,
        dash: Dash,
        points: Vec<(f64, f64)>,
    },
    Dots {
        ink: Ink,
        form: Form,
        points: Vec<(f64, f64)>,
    },
    /// A line across with words at its right end.
    Rule {
        ink: Ink,
        at: f64,
        label: String,
    },
}

/// A panel, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub axis: ValueAxis,
    /// From the back to the front.
    pub shapes: Vec<Shape>,
}

impl Picture {
    #[must_use]
    pub fn of(panel: &Panel, columns: Columns, hidden: &Hidden, height_px: f64) -> Self {
        let axis = axis(panel, hidden, height_px);
        let mut shapes = Vec::new();
        let shown: Vec<&Series> = panel.shown(hidden).collect();
        // Areas lie behind everything, the highest first.
        for series in shown.iter().rev() {
            if let Mark::Line { area, .. } = series.mark
                && area > 0.0
            {
                let runs = runs(series, columns, &axis).into_iter().filter(|run| run.len() > 1);
                shapes.extend(runs.map(|points| Shape::Area { ink: series.ink, alpha: area, points }));
            }
        }
        for series in shown {
            match series.mark {
                Mark::Bars { alpha } => {
                    shapes.push(Shape::Bars { ink: series.ink, alpha, is_striped: false, bars: bars(series, columns, &axis) })
                }
                Mark::Feet => {
                    shapes.push(Shape::Bars { ink: series.ink, alpha: 1.0, is_striped: true, bars: bars(series, columns, &axis) })
                }
                Mark::Dots => shapes.push(Shape::Dots { ink: series.ink, form: Form::Dot, points: runs(series, columns, &axis).concat() }),
                Mark::Line { dash, width_px, .. } => {
                    let mut alone = Vec::new();
                    for points in runs(series, columns, &axis) {
                        // One value between two gaps has no line.
                        match points.as_slice() {
                            [only] => alone.push(*only),
                            _ => shapes.push(Shape::Line { ink: series.ink, width_px, dash, points }),
                        }
                    }
                    if !alone.is_empty() {
                        shapes.push(Shape::Dots { ink: series.ink, form: dash.alone(), points: alone });
                    }
                }
            }
        }
        for threshold in panel.thresholds.iter().filter(|threshold| threshold.value.is_finite()) {
            let at = axis.scale.share(threshold.value);
            let is_above = threshold.value > axis.scale.value(1.0) * (1.0 + 1e-9);
            let label = if is_above { format!("{}, above", threshold.label) } else { threshold.label.to_string() };
            shapes.push(Shape::Rule { ink: threshold.ink, at, label });
        }
        Self { axis, shapes }
    }

    /// Whether a shape shows a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shapes.iter().all(|shape| match shape {
            Shape::Bars { bars, .. } => bars.is_empty(),
            Shape::Area { points, .. } | Shape::Line { points, .. } | Shape::Dots { points, .. } => points.is_empty(),
            Shape::Rule { .. } => true,
        })
    }
}

fn axis(panel: &Panel, hidden: &Hidden, height_px: f64) -> ValueAxis {
    let parts = if height_px.is_finite() { (height_px / MARK_GAP_PX).floor().clamp(1.0, 6.0) as usize } else { 1 };
    // Two parts read better than three on a small chart.
    let parts = if parts == 3 { 2 } else { parts };
    let values: Vec<f64> = panel.shown(hidden).flat_map(Series::finite).collect();
    let highest = values.iter().copied().chain(Some(panel.reach)).filter(|value| value.is_finite()).fold(0.0, f64::max);
    if panel.is_log {
        let low = values.iter().copied().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        if low.is_finite() {
            // Whole powers of ten.
            let floor = 10_f64.powf(low.log10().floor());
            let ceiling = 10_f64.powf(highest.log10().ceil()).max(floor * 10.0);
            return ValueAxis::log(panel.unit, floor, ceiling).thinned(height_px, MARK_GAP_PX / 2.0);
        }
    }
    let reached = panel.thresholds.iter().map(|threshold| threshold.value);
    let reached = reached.filter(|value| value.is_finite() && (highest <= 0.0 || *value <= highest * THRESHOLD_REACH));
    // Dots alone may stand anywhere; `reach` is of axes from zero.
    let from_zero = panel.reach > 0.0 || panel.unit != Unit::Plain || panel.series.iter().any(|series| series.mark != Mark::Dots);
    ValueAxis::linear(panel.unit, values.iter().copied().chain(reached).chain((panel.reach > 0.0).then_some(panel.reach)), from_zero, parts)
}

/// Neighbouring values, cut at the gaps.
fn runs(series: &Series, columns: Columns, axis: &ValueAxis) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut is_open = false;
    for column in 0..columns.count {
        match series.value(column) {
            Some(value) => {
                let point = (columns.middle(column), axis.scale.share(value));
                match runs.last_mut().filter(|_| is_open) {
                    Some(run) => run.push(point),
                    None => runs.push(vec![point]),
                }
                is_open = true;
            }
            None => is_open = false,
        }
    }
    runs
}

fn bars(series: &Series, columns: Columns, axis: &ValueAxis) -> Vec<Bar> {
    let gap = BAR_GAP / columns.count.max(1) as f64 / 2.0;
    let zero = axis.scale.share(0.0);
    (0..columns.count)
        .filter_map(|column| {
            let value = series.value(column).filter(|value| *value != 0.0)?;
            let at = axis.scale.share(value);
            let (left, right) = (columns.left(column) + gap, columns.left(column + 1) - gap);
            Some(Bar { left, right, low: zero.min(at), high: zero.max(at) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::panel::Threshold, *};
    use proptest::prelude::*;

    fn panel(marks: &[(Mark, Vec<Option<f64>>)], limit: Option<f64>) -> Panel {
        let series = marks.iter().enumerate().map(|(number, (mark, values))| Series {
            key: number.to_string().into(),
            name: number.to_string().into(),
            ink: "--series",
            mark: *mark,
            values: values.clone(),
        });
        Panel {
            key: "p".into(),
            title: "P".into(),
            note: "".into(),
            unit: Unit::Milliseconds,
            is_log: false,
            series: series.collect(),
            thresholds: limit.map(|value| Threshold { value, label: "limit".into(), ink: "--warn" }).into_iter().collect(),
            details: Vec::new(),
            reach: 0.0,
            weight: 1,
            nothing: "nothing",
        }
    }

    const LINE: Mark = Mark::Line { dash: Dash::Solid, width_px: 2.0, area: 0.3 };
    const COLUMNS: Columns = Columns { from_ns: 0, step_ns: 1_000_000_000, count: 4 };

    #[test]
    fn lines_break_at_gaps() {
        let panel = panel(&[(LINE, vec![Some(1.0), Some(2.0), None, Some(2.0)])], None);
        let picture = Picture::of(&panel, COLUMNS, &Hidden::default(), 100.0);
        let lines: Vec<usize> = picture
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Line { points, .. } => Some(points.len()),
                _ => None,
            })
            .collect();
        assert_eq!(lines, [2]);
        assert!(
            picture.shapes.iter().any(|shape| matches!(shape, Shape::Dots { points, .. } if points.as_slice() == [(0.875, 1.0)])),
            "{picture:?}"
        );
    }

    #[test]
    fn values_alone_are_told_apart_without_colour() {
        let line = |dash| (Mark::Line { dash, width_px: 1.0, area: 0.0 }, vec![Some(2.0)]);
        let panel = panel(&[line(Dash::Dashed), line(Dash::Solid), line(Dash::Dotted)], None);
        let picture = Picture::of(&panel, COLUMNS, &Hidden::default(), 100.0);
        let forms: Vec<Form> =
            picture.shapes.iter().filter_map(|shape| if let Shape::Dots { form, .. } = shape { Some(*form) } else { None }).collect();
        assert_eq!(forms, [Form::Dot, Form::Diamond, Form::Triangle]);
    }

    #[test]
    fn a_threshold_far_above_is_named_at_the_top() {
        let near = Picture::of(&panel(&[(Mark::Bars { alpha: 0.6 }, vec![Some(4.0)])], Some(6.0)), COLUMNS, &Hidden::default(), 100.0);
        assert!(
            near.shapes.iter().any(|shape| matches!(shape, Shape::Rule { at, label, .. } if *at > 0.5 && *at < 1.0 && label == "limit")),
            "{near:?}"
        );
        let far = Picture::of(&panel(&[(Mark::Bars { alpha: 0.6 }, vec![Some(4.0)])], Some(60.0)), COLUMNS, &Hidden::default(), 100.0);
        assert!(
            far.shapes.iter().any(|shape| matches!(shape, Shape::Rule { at, label, .. } if *at == 1.0 && label == "limit, above")),
            "{far:?}"
        );
        let alone = Picture::of(&panel(&[], Some(60.0)), COLUMNS, &Hidden::default(), 100.0);
        assert!(alone.is_empty() && alone.shapes.len() == 1);
    }

    #[test]
    fn a_hidden_series_does_not_stretch_the_axis() {
        let panel = panel(&[(LINE, vec![Some(1.0)]), (LINE, vec![Some(900.0)])], None);
        let all = Picture::of(&panel, COLUMNS, &Hidden::default(), 100.0);
        let one = Picture::of(&panel, COLUMNS, &Hidden::default().toggled(&panel.key, &"1".into()), 100.0);
        assert!(all.axis.scale.value(1.0) >= 900.0 && one.axis.scale.value(1.0) <= 2.0);
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_lies_within(
            values in proptest::collection::vec(any::<Option<f64>>(), 0..8), more in proptest::collection::vec(any::<Option<f64>>(), 0..8),
            limit in any::<Option<f64>>(), count in 0_usize..9, height in 0.0_f64..400.0, is_log in any::<bool>(),
        ) {
            let mut panel = panel(&[(LINE, values.clone()), (Mark::Bars { alpha: 0.6 }, more.clone()), (Mark::Feet, more), (Mark::Dots, values)], limit);
            panel.is_log = is_log;
            let picture = Picture::of(&panel, Columns { count, ..COLUMNS }, &Hidden::default(), height);
            let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
            for shape in &picture.shapes {
                let fine = match shape {
                    Shape::Bars { bars, .. } => bars.iter().all(|bar| inside(bar.left) && bar.left < bar.right && inside(bar.right) && inside(bar.low) && bar.low <= bar.high && inside(bar.high)),
                    Shape::Area { points, .. } | Shape::Line { points, .. } | Shape::Dots { points, .. } => points.iter().all(|(x, y)| inside(*x) && inside(*y)),
                    Shape::Rule { at, .. } => inside(*at),
                };
                prop_assert!(fine, "{shape:?}");
            }
        }
    }
}
