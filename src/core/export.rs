//! Files that results are saved as, how far the saving is, and small tables that the page made itself.
//!
//! Must not know who writes a file: large results come from the engine and never pass through the page.

use std::fmt::Write as _;

use super::{
    csv, json_write,
    sql::{quote_ident, quote_text},
};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Csv {
        /// With a mark at its beginning, which Excel needs for anything but ASCII.
        bom: bool,
    },
    /// One array of objects.
    Json,
    /// An object a line.
    NdJson,
    Parquet,
    /// Arrow's IPC file.
    Arrow,
    /// A table for documents.
    Markdown,
}

impl ExportFormat {
    /// Every kind there is.
    pub const ALL: [Self; 7] =
        [Self::Csv { bom: false }, Self::Csv { bom: true }, Self::Json, Self::NdJson, Self::Parquet, Self::Arrow, Self::Markdown];

    /// Its name for the reader.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Csv { .. } => "CSV",
            Self::Json => "JSON",
            Self::NdJson => "NDJSON",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
            Self::Markdown => "Markdown",
        }
    }

    /// Its name among programs: what the page calls it when it asks the worker that writes it.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Csv { bom: false } => "csv",
            Self::Csv { bom: true } => "csv-bom",
            Self::Json => "json",
            Self::NdJson => "ndjson",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Markdown => "markdown",
        }
    }

    /// The inverse of [`ExportFormat::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.slug() == slug)
    }

    /// What a file's name ends with, after the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Json => "json",
            Self::NdJson => "ndjson",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Markdown => "md",
        }
    }

    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv;charset=utf-8",
            Self::Json => "application/json",
            Self::NdJson => "application/x-ndjson",
            Self::Arrow => "application/vnd.apache.arrow.file",
            Self::Markdown => "text/markdown;charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// How far an export is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ExportProgress {
    #[default]
    Idle,
    Running {
        rows: u64,
    },
    Saved,
    /// Why not, in words.
    Failed(String),
}

/// A value of a table that the page made.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
}

/// A small table that the page made: what is drawn, with the full values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub columns: Vec<String>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The table as the text of a file; `None` for what only the engine's writer makes.
    #[must_use]
    pub fn text(&self, format: ExportFormat) -> Option<String> {
        match format {
            ExportFormat::Csv { bom } => Some(self.csv(bom)),
            ExportFormat::Json => Some(self.json()),
            ExportFormat::NdJson | ExportFormat::Parquet | ExportFormat::Arrow | ExportFormat::Markdown => None,
        }
    }

    /// The table as a statement, for files that only the engine's writer makes.
    #[must_use]
    pub fn to_sql(&self) -> String {
        let kind = |column: usize| {
            let first = self.rows.iter().filter_map(|row| row.get(column)).find(|cell| **cell != Cell::Null);
            match first {
                Some(Cell::Int(_)) => "BIGINT",
                Some(Cell::Float(_)) => "DOUBLE",
                Some(Cell::Bool(_)) => "BOOLEAN",
                Some(Cell::Text(_) | Cell::Null) | None => "VARCHAR",
            }
        };
        let columns: Vec<String> =
            self.columns.iter().enumerate().map(|(at, name)| format!("c{at}::{} AS {}", kind(at), quote_ident(name))).collect();
        let names: Vec<String> = (0..self.columns.len()).map(|at| format!("c{at}")).collect();
        let value = |cell: &Cell| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Int(value) => quote_text(&value.to_string()),
            Cell::Float(value) => quote_text(&value.to_string()),
            Cell::Bool(value) => quote_text(&value.to_string()),
            Cell::Text(text) => quote_text(text),
        };
        let row = |cells: &Vec<Cell>| format!("({})", cells.iter().map(value).collect::<Vec<_>>().join(", "));
        // Without rows one that does not count says what the columns are.
        let (rows, none) = match self.rows.is_empty() {
            true => (format!("({})", vec!["NULL"; self.columns.len()].join(", ")), " WHERE false"),
            false => (self.rows.iter().map(row).collect::<Vec<_>>().join(", "), ""),
        };
        format!("SELECT {} FROM (VALUES {rows}) AS t({}){none}", columns.join(", "), names.join(", "))
    }

    fn csv(&self, bom: bool) -> String {
        let mut out = String::new();
        out.extend(bom.then_some(csv::BYTE_ORDER_MARK));
        for (at, name) in self.columns.iter().enumerate() {
            out.extend((at > 0).then_some(csv::SEPARATOR));
            csv::push_text(&mut out, name);
        }
        out.push_str(csv::ROW_END);
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                out.extend((at > 0).then_some(csv::SEPARATOR));
                match cell {
                    Cell::Null => csv::push_null(&mut out, self.columns.len()),
                    Cell::Text(text) => csv::push_text(&mut out, text),
                    Cell::Int(value) => push(&mut out, value),
                    Cell::Bool(value) => push(&mut out, value),
                    Cell::Float(value) => csv::push_float(&mut out, *value),
                }
            }
            out.push_str(csv::ROW_END);
        }
        out
    }

    fn json(&self) -> String {
        let mut out = String::from("[");
        for (number, row) in self.rows.iter().enumerate() {
            out.push_str(if number > 0 { ",\n{" } else { "\n{" });
            for (at, (name, cell)) in self.columns.iter().zip(row).enumerate() {
                out.extend((at > 0).then_some(','));
                json_write::push_text(&mut out, name);
                out.push(':');
                match cell {
                    Cell::Null => out.push_str("null"),
                    Cell::Text(text) => json_write::push_text(&mut out, text),
                    Cell::Int(value) => push(&mut out, value),
                    Cell::Bool(value) => push(&mut out, value),
                    Cell::Float(value) => json_write::push_float(&mut out, *value),
                }
            }
            out.push('}');
        }
        out.push_str(if self.rows.is_empty() { "]\n" } else { "\n]\n" });
        out
    }
}

/// A text as a cell of a Markdown table: in one line, and never markup.
#[must_use]
pub fn markdown_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => (),
            '\n' | '\r' => out.push_str("<br>"),
            '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

fn push(out: &mut String, value: impl std::fmt::Display) {
    let _ = write!(out, "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let text = |text: &str| Cell::Text(text.to_owned());
        Sheet {
            columns: vec!["name".to_owned(), "=p95, ms".to_owned(), "failed".to_owned(), "start_ns".to_owned()],
            rows: vec![
                vec![text("a \"b\"\n"), Cell::Float(-1.5), Cell::Bool(true), Cell::Int(1_772_438_400_000_000_791)],
                vec![text(""), Cell::Float(f64::NAN), Cell::Null, Cell::Int(-1)],
            ],
        }
    }

    #[test]
    fn a_sheet_is_csv() {
        let expected = "name,\"'=p95, ms\",failed,start_ns\r\n\"a \"\"b\"\"\n\",-1.5,true,1772438400000000791\r\n\"\",nan,,-1\r\n";
        assert_eq!(sheet().text(ExportFormat::Csv { bom: false }).as_deref(), Some(expected));
        assert_eq!(sheet().text(ExportFormat::Csv { bom: true }), Some(format!("\u{feff}{expected}")));
    }

    #[test]
    fn a_sheet_is_json() {
        let expected = "[\n{\"name\":\"a \\\"b\\\"\\n\",\"=p95, ms\":-1.5,\"failed\":true,\"start_ns\":1772438400000000791},\n{\"name\":\"\",\"=p95, ms\":null,\"failed\":null,\"start_ns\":-1}\n]\n";
        assert_eq!(sheet().text(ExportFormat::Json).as_deref(), Some(expected));
        assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
        assert_eq!(Sheet::default().text(ExportFormat::Json).as_deref(), Some("[]\n"));
        assert_eq!(sheet().text(ExportFormat::Parquet), None);
    }

    #[test]
    fn a_table_of_the_page_is_a_statement_too() {
        let sheet = Sheet {
            columns: vec!["na\"me".to_owned(), "n".to_owned(), "ms".to_owned()],
            rows: vec![vec![Cell::Text("it's".to_owned()), Cell::Int(5), Cell::Null], vec![Cell::Null, Cell::Null, Cell::Float(1.5)]],
        };
        assert_eq!(
            sheet.to_sql(),
            r#"SELECT c0::VARCHAR AS "na""me", c1::BIGINT AS "n", c2::DOUBLE AS "ms" FROM (VALUES ('it''s', '5', NULL), (NULL, NULL, '1.5')) AS t(c0, c1, c2)"#
        );
        let empty = Sheet { rows: Vec::new(), ..sheet };
        assert!(empty.to_sql().ends_with("FROM (VALUES (NULL, NULL, NULL)) AS t(c0, c1, c2) WHERE false"));
    }

    #[test]
    fn cells_of_markdown_are_text() {
        assert_eq!(markdown_cell("a|b\r\nc\td <b> \\ *x* [y] &"), "a\\|b<br>c d &lt;b> \\\\ \\*x\\* \\[y\\] &amp;");
    }

    #[test]
    fn formats_have_a_name_each() {
        for format in ExportFormat::ALL {
            assert_eq!(ExportFormat::from_slug(format.slug()), Some(format));
        }
        assert_eq!(ExportFormat::from_slug("xls"), None);
    }
}
