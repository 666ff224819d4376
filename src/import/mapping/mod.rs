//! Maps any table of spans to the canonical view `spans`, and says what it found and what is missing.
//!
//! The way: [`catalog_sql`] → [`tables_from_rows`] → [`candidates`] → [`probe_sql`] → [`ColumnMapping::with_probe`] → [`view_sql`].
//! A [`ColumnMapping`] is plain data (field → column and unit), so that a person can change it; everything derived is decided
//! when the SQL is written. It must not run SQL, and no name from a file may reach an SQL text except quoted.
//!
//! The SQL uses DuckDB's core functions and what the page's engine adds to them: the operator `->>` and the scalar function
//! `json_quote(text)`, which gives its argument as a JSON string. The extensions json and icu are not there.

mod catalog;
mod field;
mod names;
mod nested;
mod probe;
mod read;
mod report;
mod rules;
mod types;
mod view;

use std::collections::BTreeMap;

pub use catalog::{CatalogRow, ColumnInfo, TableInfo, catalog_sql, tables_from_rows};
pub use field::{Field, Unit};
pub use probe::{Probe, probe_sql};
pub use report::{FieldReport, MappingReport};
pub use rules::Rule;
pub use types::DuckType;
pub use view::{check_sql, rows_view_sql, view_sql};

/// The column that a field is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSource {
    /// The column's name, unquoted.
    pub column: String,
    /// Its type as DuckDB names it.
    pub duckdb_type: String,
    /// The struct fields to follow inside the column, mostly none.
    pub path: Vec<String>,
    /// For times and durations held as numbers.
    pub unit: Option<Unit>,
    /// How the unit is known.
    pub unit_from: UnitFrom,
}

/// How the unit of a number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitFrom {
    /// Not known; nanoseconds are assumed.
    #[default]
    Assumed,
    /// The column's name says it.
    Name,
    /// The size of its values says it.
    Values,
    /// A person said it.
    Person,
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One column.
    Column(ColumnSource),
    /// Columns that hold one list each, one element an event or a link: `Events.Name`, `Events.Timestamp`, `Events.Attributes`.
    /// The key is the part that the list holds.
    Lists(BTreeMap<ListPart, ColumnSource>),
}

/// What one of several parallel lists holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListPart {
    /// The event's name.
    Name,
    /// The event's time.
    Timestamp,
    /// The event's or link's attributes.
    Attributes,
    /// The trace that a link points to.
    TraceId,
    /// The span that a link points to.
    SpanId,
}

/// Which column of a table is which field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMapping {
    /// What the table has. A field that is not here is derived (see [`Rule`]) or NULL.
    pub fields: BTreeMap<Field, Source>,
    /// What a look at some rows told.
    pub observed: Observed,
}

/// What the probe saw, where it changes how a column is read. The default is the careful reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// All sampled ids were lower case, so that they can be passed through.
    pub ids_are_lower: bool,
    /// No parent in the whole table is empty or all zeros: roots have NULL.
    pub no_parent_is_null: bool,
    /// All sampled status codes were OK, ERROR or UNSET.
    pub status_is_canonical: bool,
    /// All sampled kinds were NULL or one of the five canonical words.
    pub kind_is_canonical: bool,
}

/// A table that can be read as spans, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Index into the slice that [`candidates`] was given.
    pub table: usize,
    /// Higher is better; only for comparing.
    pub score: i32,
    /// The mapping, before any probe.
    pub mapping: ColumnMapping,
}

/// The tables that have at least a trace id, a span id and a time with an end or a duration, the likeliest first.
pub fn candidates(tables: &[TableInfo]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = tables
        .iter()
        .enumerate()
        .filter_map(|(index, table)| {
            let mapping = ColumnMapping::of_table(table);
            mapping.lacks().is_empty().then(|| Candidate { table: index, score: score(table, &mapping), mapping })
        })
        .collect();
    // Stable: tables of the same score keep the order of the file.
    found.sort_by_key(|c| std::cmp::Reverse(c.score));
    found
}

fn score(table: &TableInfo, mapping: &ColumnMapping) -> i32 {
    let mut score = 0;
    for (field, source) in &mapping.fields {
        let exact = matches!(source, Source::Column(c) if c.column == field.column());
        score += if exact { 13 } else { 10 };
    }
    let name = names::words_of(&table.name).whole;
    score += match name.as_str() {
        "spans" => 60,
        "oteltraces" | "traces" | "otelspans" => 40,
        "importedrows" => 30,
        n if n.contains("span") => 30,
        n if n.contains("trace") => 20,
        _ => 0,
    };
    if ["backup", "old", "copy", "tmp", "temp", "test"].iter().any(|word| name.ends_with(word) || name.starts_with(word)) {
        score -= 15;
    }
    if table.schema.is_empty() || table.schema == "main" {
        score += 5;
    }
    if table.is_view {
        score -= 10;
    }
    if table.row_estimate == Some(0) {
        score -= 50;
    }
    score
}

impl ColumnMapping {
    /// What can be told from the names and types of the table's columns. May lack what is needed: see [`Self::lacks`].
    pub fn of_table(table: &TableInfo) -> Self {
        let words: Vec<(names::Words, DuckType, &ColumnInfo)> =
            table.columns.iter().map(|c| (names::words_of(&c.name), DuckType::parse(&c.duckdb_type), c)).collect();
        let mut mapping = Self::default();
        for field in Field::ALL {
            let best = words
                .iter()
                .filter_map(|(words, kind, column)| {
                    let rank = names::rank(field, words)?;
                    // Of two equal spellings the one that says nanoseconds is the more precise.
                    let imprecise = field != Field::Duration && words.unit != Some(Unit::Nanoseconds);
                    rules::accepts(field, kind, words).then_some(((rank, imprecise, column.name != field.column()), words, *column))
                })
                .min_by_key(|(order, ..)| *order);
            if let Some((_, words, column)) = best {
                mapping.fields.insert(field, Source::Column(ColumnSource::new(column, words.unit.filter(|_| field.is_timed()))));
            }
        }
        mapping.add_struct_parts(&words);
        for (field, parts) in names::LISTS {
            if mapping.fields.contains_key(field) {
                continue;
            }
            let lists: BTreeMap<ListPart, ColumnSource> = words
                .iter()
                .filter(|(_, kind, _)| matches!(kind, DuckType::List(_) | DuckType::Text | DuckType::Json))
                .filter_map(|(words, _, column)| {
                    let (part, _) = parts.iter().find(|(_, spelling)| *spelling == words.whole)?;
                    Some((*part, ColumnSource::new(column, None)))
                })
                .collect();
            let enough = if *field == Field::Events { lists.contains_key(&ListPart::Name) } else { lists.contains_key(&ListPart::SpanId) };
            if enough {
                mapping.fields.insert(*field, Source::Lists(lists));
            }
        }
        mapping
    }

    /// Fields that some writers nest in a struct: OTLP's `status`, Jaeger's `process`, Zipkin's `localEndpoint`.
    fn add_struct_parts(&mut self, columns: &[(names::Words, DuckType, &ColumnInfo)]) {
        for (outer, field, inside) in names::PARTS {
            let found = columns.iter().filter(|(words, ..)| words.whole == *outer).find_map(|(_, kind, column)| {
                let (name, _) = inside.iter().find_map(|name| kind.field(name))?;
                Some(ColumnSource { path: vec![name.to_owned()], ..ColumnSource::new(column, None) })
            });
            if let Some(source) = found {
                self.fields.entry(*field).or_insert(Source::Column(source));
            }
        }
    }

    /// The fields that are still needed before a view can be made. Start stands for "a start time, or an end and a duration",
    /// End for "an end time or a duration".
    pub fn lacks(&self) -> Vec<Field> {
        let has = |field| self.fields.contains_key(&field);
        let mut lacking: Vec<Field> = [Field::TraceId, Field::SpanId].into_iter().filter(|f| !has(*f)).collect();
        match (has(Field::Start), has(Field::End), has(Field::Duration)) {
            (true, true, _) | (true, _, true) | (_, true, true) => {}
            (true, ..) => lacking.push(Field::End),
            (_, true, _) => lacking.push(Field::Start),
            _ => lacking.extend([Field::Start, Field::End]),
        }
        lacking
    }

    /// A person's choice: read `field` from this column, or from none. What a probe saw is forgotten, since it saw other columns.
    pub fn assign(&mut self, field: Field, column: Option<&ColumnInfo>) {
        match column {
            Some(column) => {
                let unit = names::words_of(&column.name).unit.filter(|_| field.is_timed());
                self.fields.insert(field, Source::Column(ColumnSource::new(column, unit)));
            }
            None => {
                self.fields.remove(&field);
            }
        }
        self.observed = Observed::default();
    }

    /// A person's choice of a unit. Without effect on fields that have none.
    pub fn set_unit(&mut self, field: Field, unit: Unit) {
        if let Some(Source::Column(source)) = self.fields.get_mut(&field)
            && field.is_timed()
        {
            source.unit = Some(unit);
            source.unit_from = UnitFrom::Person;
        }
    }

    fn column(&self, field: Field) -> Option<&ColumnSource> {
        match self.fields.get(&field) {
            Some(Source::Column(source)) => Some(source),
            _ => None,
        }
    }
}

impl ColumnSource {
    /// A whole column; `unit` is what its name says.
    pub fn new(column: &ColumnInfo, unit: Option<Unit>) -> Self {
        Self {
            column: column.name.clone(),
            duckdb_type: column.duckdb_type.clone(),
            path: Vec::new(),
            unit,
            unit_from: if unit.is_some() { UnitFrom::Name } else { UnitFrom::Assumed },
        }
    }

    /// The type of what is read: the column's, or that of the struct field inside it.
    pub fn kind(&self) -> DuckType {
        let mut kind = DuckType::parse(&self.duckdb_type);
        for step in &self.path {
            kind = kind.field(step).map_or(DuckType::Other, |(_, inner)| inner.clone());
        }
        kind
    }
}

#[cfg(test)]
mod tests;
