//! The figures of a group, as the engine gave them, and as a reader sees them. Pure.

use std::cmp::Ordering;

use super::columns::{Column, Measure};
use crate::{
    core::units,
    engine::{
        Table, TableError,
        table::{Floats, Ints},
    },
};

/// Of one group or of all that are shown. `None` where there is nothing to say it of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub count: u64,
    pub errors: u64,
    pub total_ms: Option<f64>,
    /// Of the durations of all spans in scope, per hundred.
    pub share_pct: Option<f64>,
    pub own_ms: Option<f64>,
    pub min_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p90_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub stddev_ms: Option<f64>,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

/// One figure, unrounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    Whole(i64),
    Real(f64),
}

impl Figure {
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Real(value) => value,
        }
    }

    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            (one, other) => one.as_f64().total_cmp(&other.as_f64()),
        }
    }

    /// In full, for `data-value` and exports.
    pub fn print(self) -> String {
        match self {
            Self::Whole(value) => value.to_string(),
            Self::Real(value) => value.to_string(),
        }
    }
}

impl Figures {
    pub fn get(&self, column: Column) -> Option<Figure> {
        let whole = |value: u64| Some(Figure::Whole(i64::try_from(value).unwrap_or(i64::MAX)));
        match column {
            Column::Name | Column::Trend => None,
            Column::Count => whole(self.count),
            Column::Errors => whole(self.errors),
            Column::ErrorPct => (self.count > 0).then(|| Figure::Real(100.0 * self.errors as f64 / self.count as f64)),
            Column::Total => self.total_ms.map(Figure::Real),
            Column::Share => self.share_pct.map(Figure::Real),
            Column::Own => self.own_ms.map(Figure::Real),
            Column::Min => self.min_ms.map(Figure::Real),
            Column::Mean => self.mean_ms.map(Figure::Real),
            Column::P50 => self.p50_ms.map(Figure::Real),
            Column::P90 => self.p90_ms.map(Figure::Real),
            Column::P95 => self.p95_ms.map(Figure::Real),
            Column::P99 => self.p99_ms.map(Figure::Real),
            Column::Max => self.max_ms.map(Figure::Real),
            Column::Stddev => self.stddev_ms.map(Figure::Real),
            Column::First => self.first_ns.map(Figure::Whole),
            Column::Last => self.last_ns.map(Figure::Whole),
        }
    }

    /// As it stands in a cell.
    pub fn show(&self, column: Column) -> String {
        let Some(figure) = self.get(column) else { return units::MISSING.to_owned() };
        match (column, figure) {
            (Column::ErrorPct, _) => units::percent(self.errors, self.count),
            (Column::First | Column::Last, Figure::Whole(at)) => units::time_of_day(at),
            _ => show(column.measure(), figure),
        }
    }

    /// In full, for the title of a cell.
    pub fn show_full(&self, column: Column) -> Option<String> {
        let figure = self.get(column)?;
        Some(match (column.measure(), figure) {
            (Measure::Count, Figure::Whole(count)) => units::count(count.unsigned_abs()),
            (Measure::Instant, Figure::Whole(at)) => units::instant_full(at),
            (Measure::Milliseconds, _) => format!("{} ms", figure.print()),
            _ => format!("{} %", figure.print()),
        })
    }

    /// How bad the share of errors is: 0 none, 1 under 1 %, 2 under 5 %, 3 from there on.
    pub fn error_rate_step(&self) -> u8 {
        let per_mille_of_errors = u128::from(self.errors) * 1_000;
        let count = u128::from(self.count);
        match () {
            () if self.errors == 0 => 0,
            () if per_mille_of_errors < count * 10 => 1,
            () if per_mille_of_errors < count * 50 => 2,
            () => 3,
        }
    }
}

fn show(measure: Measure, figure: Figure) -> String {
    match (measure, figure) {
        (Measure::Count, Figure::Whole(count)) => units::count(count.unsigned_abs()),
        (Measure::Percent, _) => percent(figure.as_f64()),
        (Measure::Milliseconds, _) => units::duration(ns_of_ms(figure.as_f64())),
        _ => figure.print(),
    }
}

/// A share that is no quotient of counts.
pub fn percent(per_hundred: f64) -> String {
    const WHOLE: u64 = 1_000_000_000;
    if !per_hundred.is_finite() || per_hundred < 0.0 {
        return units::MISSING.to_owned();
    }
    units::percent((per_hundred / 100.0 * WHOLE as f64).round() as u64, WHOLE)
}

/// Saturates; the nearest whole nanosecond.
pub fn ns_of_ms(ms: f64) -> i64 {
    (ms * 1e6).round() as i64
}

/// The columns of an answer that hold figures.
pub struct FigureColumns<'a> {
    count: Ints<'a>,
    errors: Ints<'a>,
    first_ns: Ints<'a>,
    last_ns: Ints<'a>,
    total_ms: Floats<'a>,
    self_ms: Floats<'a>,
    min_ms: Floats<'a>,
    mean_ms: Floats<'a>,
    p50_ms: Floats<'a>,
    p90_ms: Floats<'a>,
    p95_ms: Floats<'a>,
    p99_ms: Floats<'a>,
    max_ms: Floats<'a>,
    stddev_ms: Floats<'a>,
}

impl<'a> FigureColumns<'a> {
    /// # Errors
    /// When the answer is another one.
    pub fn of(table: &'a Table) -> Result<Self, TableError> {
        Ok(Self {
            count: table.ints("count")?,
            errors: table.ints("errors")?,
            first_ns: table.ints("first_ns")?,
            last_ns: table.ints("last_ns")?,
            total_ms: table.floats("total_ms")?,
            self_ms: table.floats("self_ms")?,
            min_ms: table.floats("min_ms")?,
            mean_ms: table.floats("mean_ms")?,
            p50_ms: table.floats("p50_ms")?,
            p90_ms: table.floats("p90_ms")?,
            p95_ms: table.floats("p95_ms")?,
            p99_ms: table.floats("p99_ms")?,
            max_ms: table.floats("max_ms")?,
            stddev_ms: table.floats("stddev_ms")?,
        })
    }

    /// Without the share, which needs all groups.
    pub fn row(&self, row: usize) -> Figures {
        let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
        Figures {
            count: natural(self.count.get(row)),
            errors: natural(self.errors.get(row)),
            total_ms: self.total_ms.get(row),
            share_pct: None,
            own_ms: self.self_ms.get(row),
            min_ms: self.min_ms.get(row),
            mean_ms: self.mean_ms.get(row),
            p50_ms: self.p50_ms.get(row),
            p90_ms: self.p90_ms.get(row),
            p95_ms: self.p95_ms.get(row),
            p99_ms: self.p99_ms.get(row),
            max_ms: self.max_ms.get(row),
            stddev_ms: self.stddev_ms.get(row),
            first_ns: self.first_ns.get(row),
            last_ns: self.last_ns.get(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_short_and_in_full() {
        let figures = Figures {
            count: 284,
            errors: 10,
            total_ms: Some(598_000.25),
            share_pct: Some(12.345),
            p95_ms: Some(5_020.0),
            ..Figures::default()
        };
        let shown = |column| figures.show(column).replace(units::NO_BREAK_SPACE, " ");
        assert_eq!(shown(Column::Count), "284");
        assert_eq!(shown(Column::ErrorPct), "3.52 %");
        assert_eq!(shown(Column::Total), "9 min 58 s");
        assert_eq!(shown(Column::Share), "12.3 %");
        assert_eq!(shown(Column::P95), "5.02 s");
        assert_eq!(shown(Column::Own), "–");
        assert_eq!(figures.show_full(Column::Total).as_deref(), Some("598000.25 ms"));
        assert_eq!(figures.get(Column::ErrorPct).map(Figure::print).as_deref(), Some("3.5211267605633805"));
    }

    #[test]
    fn rates_of_errors_have_four_steps() {
        let step = |errors, count| Figures { errors, count, ..Figures::default() }.error_rate_step();
        assert_eq!([step(0, 5), step(1, 101), step(1, 100), step(1, 21), step(1, 20)], [0, 1, 2, 2, 3]);
    }
}
