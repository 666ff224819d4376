//! What the answers behind an edge say: pairs of operations, how durations are spread, exemplar spans. Pure.

use super::query::edge::bar_ms;
use crate::engine::{Table, TableError};

/// The picture of a histogram, in its own units.
pub const WIDTH: f64 = 300.0;
pub const HEIGHT: f64 = 64.0;
/// Wider gaps between bars are not drawn bar by bar.
const BARS_MOST: i64 = 120;

#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub caller: String,
    pub callee: String,
    pub calls: u64,
    pub errors: u64,
    pub mean_ms: Option<f64>,
    pub p95_ms: Option<f64>,
}

fn natural(value: Option<i64>) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
}

/// # Errors
/// When the answer is another one.
pub fn read_pairs(table: &Table) -> Result<Vec<Pair>, TableError> {
    let (callers, callees, calls, errors) = (table.texts("caller")?, table.texts("callee")?, table.ints("calls")?, table.ints("errors")?);
    let (mean, p95) = (table.floats("mean_ms")?, table.floats("p95_ms")?);
    let row = |row| Pair {
        caller: callers.get(row).unwrap_or_default().to_owned(),
        callee: callees.get(row).unwrap_or_default().to_owned(),
        calls: natural(calls.get(row)),
        errors: natural(errors.get(row)),
        mean_ms: mean.get(row).filter(|ms| ms.is_finite()),
        p95_ms: p95.get(row).filter(|ms| ms.is_finite()),
    };
    Ok((0..table.rows()).map(row).collect())
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub from_ms: f64,
    pub to_ms: f64,
    pub calls: u64,
    pub errors: u64,
    /// Left, top, width and height in the picture; of the failed ones the last two.
    pub place: [f64; 4],
    pub failed: [f64; 2],
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    pub bars: Vec<Bar>,
    /// Calls that took no time.
    pub no_length: u64,
}

/// # Errors
/// When the answer is another one.
pub fn read_histogram(table: &Table) -> Result<Histogram, TableError> {
    let (numbers, calls, errors) = (table.ints("bar")?, table.ints("calls")?, table.ints("errors")?);
    let mut rows: Vec<(i64, u64, u64)> = Vec::new();
    let mut no_length = 0;
    for row in 0..table.rows() {
        match numbers.get(row) {
            Some(number) => rows.push((number, natural(calls.get(row)), natural(errors.get(row)))),
            None => no_length += natural(calls.get(row)),
        }
    }
    let (first, last) =
        (rows.iter().map(|(number, ..)| *number).min().unwrap_or(0), rows.iter().map(|(number, ..)| *number).max().unwrap_or(0));
    let count = last.saturating_sub(first).saturating_add(1).clamp(1, BARS_MOST) as f64;
    let most = rows.iter().map(|(_, calls, _)| *calls).max().unwrap_or(0).max(1) as f64;
    let step = WIDTH / count;
    let high = |calls: u64| if calls == 0 { 0.0 } else { (calls as f64 / most * (HEIGHT - 4.0)).max(2.0) };
    let bars = rows
        .into_iter()
        .map(|(number, calls, errors)| {
            let (from_ms, to_ms) = bar_ms(number);
            let (height, failed) = (high(calls), high(errors));
            Bar {
                from_ms,
                to_ms,
                calls,
                errors,
                place: [number.saturating_sub(first).min(BARS_MOST) as f64 * step + 0.5, HEIGHT - height, (step - 1.0).max(0.5), height],
                failed: [HEIGHT - failed, failed],
            }
        })
        .collect();
    Ok(Histogram { bars, no_length })
}

#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    pub trace_id: String,
    pub span_id: String,
    pub callee: String,
    pub start_ns: Option<i64>,
    pub duration_ms: Option<f64>,
    pub is_error: bool,
}

/// # Errors
/// When the answer is another one.
pub fn read_exemplars(table: &Table) -> Result<Vec<Exemplar>, TableError> {
    let (traces, spans, callees, status) =
        (table.texts("trace_id")?, table.texts("span_id")?, table.texts("callee")?, table.texts("status_code")?);
    let (starts, durations) = (table.ints("start_time")?, table.floats("duration_ms")?);
    let row = |row| Exemplar {
        trace_id: traces.get(row).unwrap_or_default().to_owned(),
        span_id: spans.get(row).unwrap_or_default().to_owned(),
        callee: callees.get(row).unwrap_or_default().to_owned(),
        start_ns: starts.get(row),
        duration_ms: durations.get(row).filter(|ms| ms.is_finite()),
        is_error: status.get(row) == Some("ERROR"),
    };
    Ok((0..table.rows()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn bars_fill_the_picture_and_calls_without_length_are_counted_apart() {
        let table = Table::new(vec![
            ("bar".into(), Column::ints([None, Some(3), Some(5)])),
            ("calls".into(), Column::ints([Some(4), Some(10), Some(1)])),
            ("errors".into(), Column::ints([Some(0), Some(5), Some(0)])),
        ]);
        let histogram = read_histogram(&table).unwrap();
        assert_eq!((histogram.no_length, histogram.bars.len()), (4, 2));
        let [first, last] = histogram.bars.as_slice() else { panic!("two bars") };
        assert!(first.place[0] < 1.0 && (last.place[0] + last.place[2] - WIDTH).abs() < 1.0);
        assert!(first.place[3] > last.place[3] && first.failed[1] < first.place[3] && last.failed[1] == 0.0);
    }
}
