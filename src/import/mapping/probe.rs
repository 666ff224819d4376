//! One cheap look at some rows, for what names and types cannot tell: the unit of a number, the spelling of ids and codes.

use super::{ColumnMapping, DuckType, Field, Source, TableInfo, Unit, UnitFrom, read};
use read::ALL_ZEROS;

/// How many rows are looked at. One vector of DuckDB, so that hardly more than the first row group is touched.
const ROWS: usize = 2048;

/// What the probe's single row said. A value that was not asked for, or was NULL, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Probe {
    /// Greatest start as a plain number.
    pub start_max: Option<f64>,
    /// Greatest end as a plain number.
    pub end_max: Option<f64>,
    /// Greatest duration as a plain number.
    pub duration_max: Option<f64>,
    /// Sum of the durations that are above zero.
    pub duration_sum: Option<f64>,
    /// Sum of end − start over the same rows, in the unit of the columns (ns for timestamps).
    pub extent_sum: Option<f64>,
    /// Rows with an id that is not lower case.
    pub ids_odd: Option<f64>,
    /// 1 when any row of the whole table has a parent that is empty or all zeros, else 0.
    pub parents_blank: Option<f64>,
    /// Rows whose status is not OK, ERROR or UNSET.
    pub status_odd: Option<f64>,
    /// Rows whose kind is not NULL or one of the five words.
    pub kind_odd: Option<f64>,
    /// Rows looked at.
    pub rows: Option<f64>,
}

impl Probe {
    /// Reads the row of [`probe_sql`], whose columns are all DOUBLE: `get` gives a column by its name.
    pub fn from_row(row: impl Fn(&str) -> Option<f64>) -> Self {
        // Durations of "nan" or "inf" say nothing about the others.
        let get = |name| row(name).filter(|value| value.is_finite());
        Self {
            start_max: get("start_max"),
            end_max: get("end_max"),
            duration_max: get("duration_max"),
            duration_sum: get("duration_sum"),
            extent_sum: get("extent_sum"),
            ids_odd: get("ids_odd"),
            parents_blank: get("parents_blank"),
            status_odd: get("status_odd"),
            kind_odd: get("kind_odd"),
            rows: get("rows"),
        }
    }
}

/// One query of one row, every column DOUBLE, over the first rows of the table. `None` when there is nothing to ask.
pub fn probe_sql(table: &TableInfo, mapping: &ColumnMapping) -> Option<String> {
    let mut asks: Vec<String> = Vec::new();
    let mut ask = |sql: String, name: &str| asks.push(format!("({sql})::DOUBLE AS {name}"));
    for (field, name) in [(Field::Start, "start_max"), (Field::End, "end_max"), (Field::Duration, "duration_max")] {
        if let Some(number) = number_of(mapping, field, false) {
            ask(format!("max({number})"), name);
        }
    }
    if let (Some(duration), Some(start), Some(end)) =
        (number_of(mapping, Field::Duration, false), number_of(mapping, Field::Start, true), number_of(mapping, Field::End, true))
    {
        ask(format!("sum({duration}) FILTER ({duration} > 0 AND {end} IS NOT NULL)"), "duration_sum");
        ask(format!("sum({end} - {start}) FILTER ({duration} > 0)"), "extent_sum");
    }
    let ids: Vec<String> = [Field::TraceId, Field::SpanId, Field::ParentId]
        .into_iter()
        .filter_map(|field| mapping.column(field).filter(|c| c.kind() == DuckType::Text))
        .map(read::value_of)
        .map(|x| format!("COALESCE({x} <> lower({x}), false)"))
        .collect();
    if !ids.is_empty() {
        ask(format!("count(*) FILTER ({})", ids.join(" OR ")), "ids_odd");
    }
    if let Some(x) = text_of(mapping, Field::ParentId) {
        // The whole table, yet hardly read: what each row group knows of its least value rules it out.
        let blank = format!("SELECT 1 FROM {} AS t WHERE {x} <= '{ALL_ZEROS}' LIMIT 1", table.sql_name());
        ask(format!("SELECT count(*) FROM ({blank})"), "parents_blank");
    }
    if let Some(x) = text_of(mapping, Field::StatusCode) {
        ask(format!("count(*) FILTER ({x} IS NULL OR {x} NOT IN ('OK', 'ERROR', 'UNSET'))"), "status_odd");
    }
    if let Some(x) = text_of(mapping, Field::Kind) {
        ask(format!("count(*) FILTER ({x} NOT IN ('INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'))"), "kind_odd");
    }
    if asks.is_empty() {
        return None;
    }
    asks.push("count(*)::DOUBLE AS rows".to_owned());
    Some(format!("SELECT {} FROM (SELECT * FROM {} LIMIT {ROWS}) AS t", asks.join(", "), table.sql_name()))
}

fn text_of(mapping: &ColumnMapping, field: Field) -> Option<String> {
    mapping.column(field).filter(|c| c.kind() == DuckType::Text).map(read::value_of)
}

/// The column as a DOUBLE in its own unit; timestamps only where they are wanted, in nanoseconds.
fn number_of(mapping: &ColumnMapping, field: Field, timestamps: bool) -> Option<String> {
    let source = mapping.column(field)?;
    let x = read::value_of(source);
    match source.kind() {
        kind if kind.is_number() => Some(format!("{x}::DOUBLE")),
        DuckType::Text => Some(format!("TRY_CAST({x} AS DOUBLE)")),
        DuckType::Timestamp if timestamps => Some(format!("TRY(epoch_ns({x}))::DOUBLE")),
        _ => None,
    }
}

impl ColumnMapping {
    /// The mapping with what the probe told. Units that a person chose stay.
    #[must_use]
    pub fn with_probe(&self, probe: &Probe) -> Self {
        let mut mapping = self.clone();
        let looked = probe.rows.is_some_and(|rows| rows > 0.0);
        let none_odd = |odd: Option<f64>| looked && odd == Some(0.0);
        mapping.observed.ids_are_lower = none_odd(probe.ids_odd);
        mapping.observed.no_parent_is_null = probe.parents_blank == Some(0.0);
        mapping.observed.status_is_canonical = none_odd(probe.status_odd);
        mapping.observed.kind_is_canonical = none_odd(probe.kind_odd);
        for (field, largest) in [(Field::Start, probe.start_max), (Field::End, probe.end_max)] {
            mapping.learn_unit(field, largest.and_then(unit_of_time));
        }
        let duration = mapping.unit_by_extent(probe).or_else(|| mapping.unit_by_guess(probe));
        mapping.learn_unit(Field::Duration, duration);
        mapping
    }

    fn learn_unit(&mut self, field: Field, unit: Option<Unit>) {
        if let (Some(unit), Some(Source::Column(source))) = (unit, self.fields.get_mut(&field))
            && source.unit_from != UnitFrom::Person
            && (source.kind().is_number() || source.kind() == DuckType::Text)
            && source.unit != Some(unit)
        {
            source.unit = Some(unit);
            source.unit_from = UnitFrom::Values;
        }
    }

    /// The unit in which the durations sum up to end − start.
    fn unit_by_extent(&self, probe: &Probe) -> Option<Unit> {
        let (sum, extent) = (probe.duration_sum?, probe.extent_sum?);
        let start = self.column(Field::Start)?;
        let times = if start.kind() == DuckType::Timestamp { Unit::Nanoseconds } else { start.unit.unwrap_or(Unit::Nanoseconds) };
        let nanoseconds_each = extent * times.nanoseconds() as f64 / sum;
        let close = |unit: &Unit| (nanoseconds_each / unit.nanoseconds() as f64).log10().abs() < 0.3;
        Unit::ALL.into_iter().find(close)
    }

    /// Without a name that says it and an end to compare with: by type and size.
    fn unit_by_guess(&self, probe: &Probe) -> Option<Unit> {
        let source = self.column(Field::Duration)?;
        if source.unit.is_some() {
            return None;
        }
        let whole = matches!(source.kind(), DuckType::Integer { .. } | DuckType::Decimal);
        let start = self.column(Field::Start).filter(|c| c.kind().is_number()).and_then(|c| c.unit);
        match (whole, start, probe.duration_max) {
            (false, ..) => Some(Unit::Milliseconds),
            (true, Some(unit), _) => Some(unit),
            // With timestamps nanoseconds are usual, unless no span at all would have lasted a millisecond.
            (true, None, Some(largest)) if largest < 1e4 => Some(Unit::Milliseconds),
            (true, None, Some(largest)) if largest < 1e6 => Some(Unit::Microseconds),
            (true, None, _) => Some(Unit::Nanoseconds),
        }
    }
}

/// The unit in which `largest` is a time between 1990 and 2100. The four ranges do not touch.
fn unit_of_time(largest: f64) -> Option<Unit> {
    let (from_ns, to_ns) = (6.3e17, 4.2e18);
    Unit::ALL.into_iter().find(|unit| {
        let ns = largest * unit.nanoseconds() as f64;
        ns >= from_ns && ns <= to_ns
    })
}
