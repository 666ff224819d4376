//! The spans that a mark in a chart stands for. Pure.

use super::figures::natural;
use crate::{
    core::{red::selection::Selection, units},
    engine::{Table, TableError},
};

/// A span that a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    pub trace_id: String,
    pub span_id: String,
    pub name: Option<String>,
    pub service: Option<String>,
    pub agent: Option<String>,
    pub failed: bool,
    pub start_ns: Option<i64>,
    pub duration_ms: Option<f64>,
}

/// # Errors
/// When the answer is another one.
pub fn read(table: &Table) -> Result<Vec<Exemplar>, TableError> {
    let (traces, spans, names) = (table.texts("trace_id")?, table.texts("span_id")?, table.texts("name")?);
    let (services, agents, codes) = (table.texts("service")?, table.texts("agent")?, table.texts("status_code")?);
    let (starts, durations) = (table.ints("start_time")?, table.floats("duration_ms")?);
    let exemplar = |row: usize| Exemplar {
        trace_id: traces.text(row).to_owned(),
        span_id: spans.text(row).to_owned(),
        name: names.get(row).map(str::to_owned),
        service: services.get(row).map(str::to_owned),
        agent: agents.get(row).map(str::to_owned),
        failed: codes.get(row) == Some("ERROR"),
        start_ns: starts.get(row),
        duration_ms: durations.get(row),
    };
    Ok((0..table.rows()).map(exemplar).collect())
}

/// Spans and failed ones of a mark.
///
/// # Errors
/// When the answer is another one.
pub fn read_count(table: &Table) -> Result<(u64, u64), TableError> {
    Ok((natural(table.ints("count")?.get(0)), natural(table.ints("errors")?.get(0))))
}

/// The mark in words: "09:05–09:14, 3.90 s to 10.0 s".
pub fn words(selection: &Selection) -> String {
    let time = units::time_range(selection.from_ns, selection.to_ns);
    match selection.durations_ns {
        None => time,
        Some((0, high)) => format!("{time}, under {}", units::duration(high)),
        Some((low, high)) => format!("{time}, {} to {}", units::duration(low), units::duration(high)),
    }
}
