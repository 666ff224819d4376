//! Series, the heat map and marks, as charts understand them. Pure.

use std::rc::Rc;

use crate::core::{
    chart::{
        columns::Columns,
        grid::{Area, Cell, Grid},
        panel::{Dash, Figure, Hidden, Mark, Panel, Series as Line, Threshold},
        scale::Unit,
    },
    red::{
        buckets::Buckets,
        heat::HeatMap,
        selection::Selection,
        series::{Point, Series, per_s},
        thresholds::Thresholds,
    },
    units,
};

const CALLS_INK: &str = "--series";
const ERROR_INK: &str = "--error-solid";
/// In a chart without spans.
const NOTHING: &str = "Nothing in this time";
const LIMIT_INK: &str = "--warn";
/// Heights of the charts against each other.
const LOW: u32 = 84;
const HIGH: u32 = 118;

/// What the small charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measured {
    #[default]
    Rate,
    Errors,
    Duration,
}

impl Measured {
    pub const ALL: [Self; 3] = [Self::Rate, Self::Errors, Self::Duration];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Errors => "errors",
            Self::Duration => "p95",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Rate => "Rate",
            Self::Errors => "Errors",
            Self::Duration => "Duration",
        }
    }

    /// What the marks in the small charts are, which have no room for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rate => "spans, failed ones striped",
            Self::Errors => "% of spans that failed",
            Self::Duration => "p50 dashed, p95 solid, p99 dotted",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measured| measured.slug() == slug)
    }
}

pub fn columns(buckets: Buckets) -> Columns {
    Columns { from_ns: buckets.from_ns, step_ns: buckets.step_ns, count: buckets.count }
}

fn line(key: &str, name: &str, ink: &'static str, mark: Mark, series: &Series, value: impl Fn(&Point) -> Option<f64>) -> Line {
    Line { key: key.into(), name: name.into(), ink, mark, values: series.points.iter().map(value).collect() }
}

/// The words behind the title of a rate; none where there is no rate.
fn rate_note(unit: Unit, rated_ns: Option<i64>) -> &'static str {
    match unit {
        _ if rated_ns.is_none() => "",
        Unit::Per("/s", _) => "spans per second",
        Unit::Per("/min", _) => "spans per minute",
        _ => "spans per hour",
    }
}

/// What stands in a chart of rates, of errors or of durations that shows nothing.
fn rate_nothing(rated_ns: Option<i64>) -> &'static str {
    if rated_ns.is_some() { NOTHING } else { "No rate: the time range has no length" }
}

fn errors_nothing(series: &Series) -> &'static str {
    if series.calls() > 0 { "No errors" } else { NOTHING }
}

fn duration_nothing(series: &Series) -> &'static str {
    if series.calls() > 0 { "No durations" } else { NOTHING }
}

fn rate_lines(series: &Series, rated_ns: Option<i64>) -> Vec<Line> {
    let calls = line("rate_per_s", "spans", CALLS_INK, Mark::Bars { alpha: 0.62 }, series, |point| per_s(point.calls, rated_ns));
    let failed = line("errors_per_s", "errors", ERROR_INK, Mark::Feet, series, |point| per_s(point.errors, rated_ns));
    vec![calls, failed]
}

fn error_line(series: &Series) -> Line {
    line("error_pct", "errors", ERROR_INK, Mark::Bars { alpha: 1.0 }, series, Point::error_pct)
}

fn duration_lines(series: &Series) -> Vec<Line> {
    let mark = |dash, width_px, area| Mark::Line { dash, width_px, area };
    vec![
        line("p50_ms", "p50", "--p50", mark(Dash::Dashed, 2.0, 0.0), series, |point| point.p50_ms),
        line("p95_ms", "p95", "--p95", mark(Dash::Solid, 2.0, 0.34), series, |point| point.p95_ms),
        line("p99_ms", "p99", "--p99", mark(Dash::Dotted, 1.0, 0.2), series, |point| point.p99_ms),
    ]
}

fn error_limit(limits: Thresholds) -> Vec<Threshold> {
    let threshold = |value: f64| Threshold { value, label: format!("limit {}", Unit::Percent.write(value)).into(), ink: LIMIT_INK };
    limits.error_pct.map(threshold).into_iter().collect()
}

fn duration_limit(limits: Thresholds) -> Vec<Threshold> {
    let threshold =
        |value: f64| Threshold { value, label: format!("limit p95 {}", Unit::Milliseconds.write_round(value)).into(), ink: LIMIT_INK };
    limits.p95_ms.map(threshold).into_iter().collect()
}

fn failed_of(point: &Point) -> String {
    if point.calls == 0 { String::new() } else { format!("{} of {}", units::count(point.errors), units::count(point.calls)) }
}

/// Rate, errors and duration of one subject; the durations on a logarithmic axis if wanted.
pub fn panels(series: &Series, rated_ns: Option<i64>, limits: Thresholds, is_log: bool) -> Vec<Panel> {
    let unit = Unit::per(per_s(series.most_calls(), rated_ns).unwrap_or(1.0));
    let panel = |key: &str, title: &str, note: &str, unit, weight| Panel {
        key: key.into(),
        title: title.into(),
        note: note.into(),
        unit,
        is_log: false,
        series: Vec::new(),
        thresholds: Vec::new(),
        details: Vec::new(),
        reach: 0.0,
        weight,
        nothing: NOTHING,
    };
    vec![
        Panel {
            series: rate_lines(series, rated_ns),
            nothing: rate_nothing(rated_ns),
            ..panel("rate", "Rate", rate_note(unit, rated_ns), unit, LOW)
        },
        Panel {
            series: vec![error_line(series)],
            thresholds: error_limit(limits),
            details: series.points.iter().map(failed_of).collect(),
            nothing: errors_nothing(series),
            ..panel("errors", "Errors", "% of spans", Unit::Percent, LOW)
        },
        Panel {
            series: duration_lines(series),
            thresholds: duration_limit(limits),
            is_log,
            nothing: duration_nothing(series),
            ..panel("duration", "Duration", "p50, p95, p99", Unit::Milliseconds, HIGH)
        },
    ]
}

/// What the table has besides the lines: exact counts.
pub fn figures(series: &Series) -> Vec<Figure> {
    let figure = |key: &str, name: &str, value: fn(&Point) -> u64| Figure {
        key: key.into(),
        name: name.into(),
        unit: Unit::Count,
        values: series.points.iter().map(|point| Some(value(point) as f64)).collect(),
    };
    vec![figure("count", "Spans", |point| point.calls), figure("errors", "Failed", |point| point.errors)]
}

/// A small chart a subject, all on the same axis.
pub fn small_panels(all: &[Series], rated_ns: Option<i64>, limits: Thresholds, measured: Measured) -> Vec<Panel> {
    let most = all.iter().map(Series::most_calls).max().unwrap_or(0);
    let unit = match measured {
        Measured::Rate => Unit::per(per_s(most, rated_ns).unwrap_or(1.0)),
        Measured::Errors => Unit::Percent,
        Measured::Duration => Unit::Milliseconds,
    };
    let panel = |(number, series): (usize, &Series)| Panel {
        key: number.to_string().into(),
        title: series.name.clone(),
        note: "".into(),
        unit,
        is_log: false,
        series: match measured {
            Measured::Rate => rate_lines(series, rated_ns),
            Measured::Errors => vec![error_line(series)],
            Measured::Duration => duration_lines(series),
        },
        thresholds: match measured {
            Measured::Rate => Vec::new(),
            Measured::Errors => error_limit(limits),
            Measured::Duration => duration_limit(limits),
        },
        details: Vec::new(),
        reach: 0.0,
        weight: 1,
        nothing: match measured {
            Measured::Rate => rate_nothing(rated_ns),
            Measured::Errors => errors_nothing(series),
            Measured::Duration => duration_nothing(series),
        },
    };
    let mut panels: Vec<Panel> = all.iter().enumerate().map(panel).collect();
    let highest = panels.iter().flat_map(|panel| &panel.series).flat_map(Line::finite).fold(0.0, f64::max);
    for panel in &mut panels {
        panel.reach = highest;
    }
    panels
}

/// Series that are switched off, by the names in the address.
pub fn hidden(panels: &[Panel], names: &[String]) -> Hidden {
    let lines = panels.iter().flat_map(|panel| panel.series.iter().map(move |line| (&panel.key, &line.key)));
    lines
        .filter(|(_, key)| names.iter().any(|name| **name == ***key))
        .fold(Hidden::default(), |hidden, (panel, key)| hidden.toggled(panel, key))
}

/// One name more, or one fewer.
pub fn toggled(names: &[String], key: &Rc<str>) -> Vec<String> {
    let mut next: Vec<String> = names.iter().filter(|name| ***name != **key).cloned().collect();
    if next.len() == names.len() {
        next.push(key.to_string());
    }
    next
}

pub fn grid(map: &HeatMap) -> Grid {
    let cell =
        |cell: &crate::core::red::heat::HeatCell| Cell { column: cell.column, row: cell.band, count: cell.count, marked: cell.errors };
    Grid { columns: map.buckets.count, rows: map.bands_ns.len(), cells: map.cells.iter().map(cell).collect() }
}

/// The mark of a box.
pub fn selection_of(map: &HeatMap, area: Area) -> Option<Selection> {
    let (from_ns, to_ns) = columns(map.buckets).range_ns(area.columns.0, area.columns.1);
    let (low, high) = (map.bands_ns.get(area.rows.0)?.0, map.bands_ns.get(area.rows.1)?.1);
    Some(Selection { from_ns, to_ns, durations_ns: Some((low, high)) })
}

/// The box of a mark, where it has one on this map.
pub fn area_of(map: &HeatMap, selection: &Selection) -> Option<Area> {
    let (low, high) = selection.durations_ns?;
    let across = columns(map.buckets).within(selection.from_ns, selection.to_ns)?;
    let rows = || map.bands_ns.iter().enumerate().filter(|(_, band)| band.1 > low && band.0 < high).map(|(row, _)| row);
    Some(Area { columns: across, rows: (rows().min()?, rows().max()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKETS: Buckets = Buckets { from_ns: 0, step_ns: 60_000_000_000, count: 3 };

    fn series() -> Series {
        let mut series = Series::empty("all".into(), 3);
        series.points[1] = Point { calls: 86, errors: 6, p50_ms: Some(186.0), p95_ms: Some(6_030.0), p99_ms: Some(8_340.0) };
        series
    }

    #[test]
    fn three_charts_of_one_subject() {
        let limits = Thresholds { error_pct: Some(5.0), p95_ms: Some(6_000.0) };
        let panels = panels(&series(), Some(BUCKETS.step_ns), limits, false);
        assert_eq!(panels.iter().map(|panel| &*panel.key).collect::<Vec<_>>(), ["rate", "errors", "duration"]);
        assert_eq!((panels[0].unit, &*panels[0].note), (Unit::Per("/s", 1), "spans per second"));
        assert_eq!((panels[1].series[0].value(0), panels[1].series[0].value(1).map(f64::round)), (None, Some(7.0)));
        assert_eq!((panels[1].details[1].as_str(), panels[1].details[0].as_str()), ("6 of 86", ""));
        assert_eq!(panels[2].thresholds[0].label.replace('\u{a0}', " "), "limit p95 6 s");
        assert_eq!(panels[2].series[1].value(0), None, "a gap where nothing was called");
        assert_eq!(figures(&series())[0].values, [Some(0.0), Some(86.0), Some(0.0)]);
        let hidden = hidden(&panels, &["p99_ms".to_owned(), "unknown".to_owned()]);
        assert!(hidden.has("duration", "p99_ms") && !hidden.has("duration", "p95_ms"));
        assert_eq!(toggled(&["p99_ms".to_owned()], &"p99_ms".into()), Vec::<String>::new());
        assert_eq!(toggled(&[], &"p99_ms".into()), ["p99_ms"]);
    }

    #[test]
    fn a_chart_says_why_it_is_empty() {
        let mut calm = Series::empty("calm".into(), 3);
        calm.points[1] = Point { calls: 5, ..Point::default() };
        let words = |series: &Series, rated_ns| -> Vec<&str> {
            panels(series, rated_ns, Thresholds::default(), false).iter().map(|panel| panel.nothing).collect()
        };
        assert_eq!(words(&calm, Some(1_000)), ["Nothing in this time", "No errors", "No durations"]);
        assert_eq!(words(&Series::empty("none".into(), 3), Some(1_000)), ["Nothing in this time"; 3]);
        let instant = panels(&calm, None, Thresholds::default(), false);
        assert_eq!((instant[0].series[0].value(1), instant[0].nothing), (None, "No rate: the time range has no length"));
        assert_eq!(&*instant[0].note, "");
    }

    #[test]
    fn small_charts_share_their_axis() {
        let all = [series(), Series::empty("none".into(), 3)];
        for measured in Measured::ALL {
            let panels = small_panels(&all, Some(BUCKETS.step_ns), Thresholds::default(), measured);
            assert!(panels[0].reach > 0.0 && panels[0].reach == panels[1].reach);
            assert_eq!(Measured::from_slug(measured.slug()), Some(measured));
        }
    }

    #[test]
    fn a_box_is_a_mark_and_a_mark_is_a_box() {
        let map = HeatMap::of(BUCKETS, [(1, 24, 5, 1), (0, 26, 2, 0)]);
        let area = Area { columns: (0, 1), rows: (1, 2) };
        let selection = selection_of(&map, area).unwrap();
        assert_eq!((selection.from_ns, selection.to_ns), (0, 120_000_000_000));
        assert_eq!(area_of(&map, &selection), Some(area));
        assert_eq!(area_of(&map, &Selection { durations_ns: None, ..selection }), None);
        assert_eq!(selection_of(&map, Area { columns: (0, 0), rows: (0, 9) }), None);
        assert_eq!((grid(&map).rows, grid(&map).within(area)), (3, (2, 0)));
    }
}
