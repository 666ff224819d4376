//! One chart of a stack: its series over common columns, how each is drawn, and what the crosshair reads.

use std::{collections::BTreeSet, rc::Rc};

use super::{columns::Columns, scale::Unit};
use crate::units::MISSING;

/// A colour by its name in the stylesheet: `--p95`.
pub type Ink = &'static str;

/// Lines are told apart by more than their colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// What stands for a value between two gaps, which has no line. They differ in size too: of equal values none covers another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Dot,
    /// In outline, around a dot.
    Diamond,
    /// In outline, around both.
    Triangle,
}

impl Dash {
    #[must_use]
    pub fn alone(self) -> Form {
        match self {
            Self::Dashed => Form::Dot,
            Self::Solid => Form::Diamond,
            Self::Dotted => Form::Triangle,
        }
    }
}

impl Form {
    /// Its corners from its middle, px, y downwards; a dot has none.
    #[must_use]
    pub fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Dot => &[],
            Self::Diamond => &[(0.0, -4.5), (4.5, 0.0), (0.0, 4.5), (-4.5, 0.0)],
            Self::Triangle => &[(0.0, -8.0), (7.0, 4.0), (-7.0, 4.0)],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// From zero, a column wide; below 1 the grid is seen behind them.
    Bars {
        alpha: f64,
    },
    /// The lower part of the bars of the series before, striped.
    Feet,
    /// From middle to middle; broken where a value is missing.
    Line {
        dash: Dash,
        width_px: f64,
        /// Opacity of what lies below it; 0 for none.
        area: f64,
    },
    Dots,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// In tables and tests: `p95_ms`.
    pub key: Rc<str>,
    /// In the legend.
    pub name: Rc<str>,
    pub ink: Ink,
    pub mark: Mark,
    /// One a column.
    pub values: Vec<Option<f64>>,
}

impl Series {
    /// The value of a column, if there is one that can be drawn.
    #[must_use]
    pub fn value(&self, column: usize) -> Option<f64> {
        self.values.get(column).copied().flatten().filter(|value| value.is_finite())
    }

    pub fn finite(&self) -> impl Iterator<Item = f64> {
        self.values.iter().copied().flatten().filter(|value| value.is_finite())
    }
}

/// A line across the chart at a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    pub value: f64,
    pub label: Rc<str>,
    pub ink: Ink,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    pub key: Rc<str>,
    pub title: Rc<str>,
    /// Behind the title: what is counted.
    pub note: Rc<str>,
    pub unit: Unit,
    pub is_log: bool,
    pub series: Vec<Series>,
    pub thresholds: Vec<Threshold>,
    /// Behind the crosshair's values, one a column or none: "6 of 86".
    pub details: Vec<String>,
    /// The axis reaches at least so far, so that several charts have the same.
    pub reach: f64,
    /// Height against the others.
    pub weight: u32,
    /// In the place of a picture that shows no value.
    pub nothing: &'static str,
}

impl Panel {
    /// The series that are not switched off.
    pub fn shown<'a>(&'a self, hidden: &'a Hidden) -> impl Iterator<Item = &'a Series> + 'a {
        self.series.iter().filter(|series| !hidden.has(&self.key, &series.key))
    }

    /// A sentence for those who do not see the picture.
    #[must_use]
    pub fn sentence(&self, columns: Columns) -> String {
        let Some(last) = columns.count.checked_sub(1) else { return format!("{}: nothing to show", self.title) };
        let part = |series: &Series| {
            let (low, high) =
                series.finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
            (low <= high).then(|| format!("{} from {} to {}", series.name, self.unit.write(low), self.unit.write(high)))
        };
        let parts: Vec<String> = self.series.iter().filter_map(part).collect();
        let what = if parts.is_empty() { "nothing to show".to_owned() } else { parts.join(", ") };
        format!("{} over {}: {what}", self.title, columns.range_label(0, last))
    }
}

/// More of the columns, for the table alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub key: Rc<str>,
    pub name: Rc<str>,
    pub unit: Unit,
    /// One a column.
    pub values: Vec<Option<f64>>,
}

/// Series that the reader has switched off, by panel and key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden(BTreeSet<(Rc<str>, Rc<str>)>);

impl Hidden {
    #[must_use]
    pub fn has(&self, panel: &str, series: &str) -> bool {
        self.0.iter().any(|(of, key)| &**of == panel && &**key == series)
    }

    /// Switches a series off, or on again.
    #[must_use]
    pub fn toggled(mut self, panel: &Rc<str>, series: &Rc<str>) -> Self {
        let entry = (panel.clone(), series.clone());
        if !self.0.remove(&entry) {
            self.0.insert(entry);
        }
        self
    }
}

/// Everything that a crosshair can say, written once, so that moving it writes nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings {
    /// When each column begins.
    pub times: Vec<String>,
    pub panels: Vec<PanelReadings>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelReadings {
    /// By series and column: for the reader, and in full.
    pub series: Vec<Vec<(String, String)>>,
    /// The highest value of each series, for when there is no crosshair.
    pub highest: Vec<(String, String)>,
    pub details: Vec<String>,
}

impl Readings {
    #[must_use]
    pub fn of(columns: Columns, panels: &[Panel]) -> Self {
        let panel = |panel: &Panel| PanelReadings {
            series: panel
                .series
                .iter()
                .map(|series| (0..columns.count).map(|column| reading(panel.unit, series.value(column))).collect())
                .collect(),
            highest: panel.series.iter().map(|series| reading(panel.unit, series.finite().reduce(f64::max))).collect(),
            details: panel.details.clone(),
        };
        Self { times: (0..columns.count).map(|column| columns.label(column)).collect(), panels: panels.iter().map(panel).collect() }
    }

    /// All values of a column in one sentence.
    #[must_use]
    pub fn sentence(&self, panels: &[Panel], column: usize) -> String {
        let mut text = self.times.get(column).cloned().unwrap_or_default();
        for (panel, readings) in panels.iter().zip(&self.panels) {
            for (series, values) in panel.series.iter().zip(&readings.series) {
                if let Some((written, _)) = values.get(column) {
                    text.push_str(&format!(", {} {written}", series.name));
                }
            }
        }
        text
    }
}

/// A value for the reader and in full; nothing in full where it is missing.
#[must_use]
pub fn reading(unit: Unit, value: Option<f64>) -> (String, String) {
    match value {
        Some(value) => (unit.write(value), value.to_string()),
        None => (MISSING.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        let series = |key: &str, values: Vec<Option<f64>>| Series {
            key: key.into(),
            name: key.into(),
            ink: "--series",
            mark: Mark::Line { dash: Dash::Solid, width_px: 1.5, area: 0.0 },
            values,
        };
        Panel {
            key: "duration".into(),
            title: "Duration".into(),
            note: "".into(),
            unit: Unit::Milliseconds,
            is_log: false,
            series: vec![series("p50", vec![Some(1.0), None, Some(f64::NAN)]), series("p95", vec![Some(2_500.0)])],
            thresholds: Vec::new(),
            details: vec!["6 of 86".to_owned()],
            reach: 0.0,
            weight: 1,
            nothing: "nothing",
        }
    }

    #[test]
    fn readings_are_exact_and_gaps_are_told() {
        let columns = Columns { from_ns: 0, step_ns: 60_000_000_000, count: 3 };
        let readings = Readings::of(columns, &[panel()]);
        assert_eq!(readings.times, ["00:00", "00:01", "00:02"]);
        let p50 = &readings.panels[0].series[0];
        assert_eq!(p50[0], ("1.00\u{a0}ms".to_owned(), "1".to_owned()));
        assert_eq!((p50[1].0.as_str(), p50[1].1.as_str(), p50[2].0.as_str()), ("–", "", "–"));
        assert_eq!(readings.panels[0].highest[1].1, "2500");
        assert_eq!(readings.panels[0].series[1].len(), 3, "shorter series are filled up");
        assert_eq!(readings.sentence(&[panel()], 0).replace('\u{a0}', " "), "00:00, p50 1.00 ms, p95 2.50 s");
        assert_eq!(readings.sentence(&[panel()], 9), "");
        assert!(panel().sentence(columns).contains("p50 from 1.00\u{a0}ms to 1.00\u{a0}ms"), "{}", panel().sentence(columns));
        assert!(panel().sentence(Columns { count: 0, ..columns }).ends_with("nothing to show"));
    }

    #[test]
    fn a_series_is_switched_off_and_on() {
        let panel = panel();
        let off = Hidden::default().toggled(&panel.key, &"p50".into());
        assert_eq!(panel.shown(&off).map(|series| &*series.key).collect::<Vec<_>>(), ["p95"]);
        assert_eq!(panel.shown(&off.toggled(&panel.key, &"p50".into())).count(), 2);
    }
}
