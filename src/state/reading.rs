//! How the open file is read: what it is, which of its tables holds the spans, which column is which field.

use std::rc::Rc;

use crate::import::mapping::{ColumnMapping, FieldReport, Source, TableInfo};

/// Known once a file is open; another mapping is another session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// "DuckDB storage 64, written by v1.4.3"
    pub format: String,
    /// Every table and view of the file.
    pub tables: Rc<Vec<TableInfo>>,
    /// The one that is read as spans.
    pub table: TableInfo,
    /// Its name for a reader: of an imported file that of the file.
    pub table_label: String,
    pub columns: ColumnMapping,
    /// The reader chose table and columns; they were not recognised.
    pub by_hand: bool,
    /// What the import had to leave out or convert.
    pub warnings: Vec<String>,
}

/// What became of a field of the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldState {
    /// Read from a column.
    Column,
    /// Read from a column whose unit neither its name nor its kind tells.
    Guess,
    /// Made from other fields.
    Derived,
    /// Empty for every span.
    Missing,
}

/// A line of the table of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLine {
    pub field: &'static str,
    /// The column, or how the field is made.
    pub from: Option<String>,
    /// What there is to say of the column: "in nanoseconds (assumed)".
    pub remark: String,
    pub state: FieldState,
}

impl Reading {
    /// One line a field, in the order of the view.
    pub fn fields(&self) -> Vec<FieldLine> {
        let state = |report: &FieldReport| match report.from {
            None => FieldState::Missing,
            Some(_) if report.unit_is_a_guess => FieldState::Guess,
            Some(_) if report.from_column => FieldState::Column,
            Some(_) => FieldState::Derived,
        };
        let line = |report: FieldReport| {
            let state = state(&report);
            let (from, remark) = match (report.from, self.columns.fields.get(&report.field)) {
                // A name may hold anything, so its end is known by its length only.
                (Some(words), Some(Source::Column(source))) => {
                    let name: String = [&source.column].into_iter().chain(&source.path).map(String::as_str).collect::<Vec<_>>().join(".");
                    let remark = words.strip_prefix(&name).unwrap_or_default().trim_start_matches([',', ' ']).to_owned();
                    (Some(name), remark)
                }
                (words, _) => (words, String::new()),
            };
            FieldLine { field: report.field.column(), from, remark, state }
        };
        self.columns.report(&self.table).fields.into_iter().map(line).collect()
    }

    /// Columns of the table that no field uses.
    pub fn unused(&self) -> Vec<String> {
        self.columns.report(&self.table).unused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::mapping::ColumnInfo;

    #[test]
    fn every_field_says_where_it_comes_from() {
        let column = |name: &str, duckdb_type: &str| ColumnInfo { name: name.to_owned(), duckdb_type: duckdb_type.to_owned() };
        let table = TableInfo {
            name: "spans".to_owned(),
            columns: vec![
                column("trace_id", "VARCHAR"),
                column("span_id", "VARCHAR"),
                column("name", "VARCHAR"),
                column("start_time", "BIGINT"),
                column("duration", "BIGINT"),
                column("shoe_size", "INTEGER"),
            ],
            ..TableInfo::default()
        };
        let reading = Reading { columns: ColumnMapping::of_table(&table), table, ..Reading::default() };
        let lines = reading.fields();
        let line = |field: &str| {
            lines.iter().find(|line| line.field == field).map(|line| (line.from.as_deref(), line.remark.as_str(), line.state))
        };
        assert_eq!(line("trace_id"), Some((Some("trace_id"), "", FieldState::Column)));
        assert_eq!(line("duration_ms"), Some((Some("duration"), "in nanoseconds (assumed)", FieldState::Guess)));
        assert_eq!(line("end_time"), Some((Some("the start plus the duration"), "", FieldState::Derived)));
        assert_eq!(line("links"), Some((None, "", FieldState::Missing)));
        assert_eq!(reading.unused(), ["shoe_size"]);
    }
}
