//! Kept rows as text: what is copied, and files of a result that is whole. Values are those of the page's other files (`import::write`):
//! lists, structs and maps as JSON, times as DuckDB writes them.

use std::{collections::HashSet, fmt::Write as _};

use super::{
    cell,
    result_set::{ResultSet, Value},
};
use crate::{
    core::{
        csv,
        export::{ExportFormat, markdown_cell},
        json_write,
    },
    engine::result::CellKind,
};

/// How rows stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For spreadsheets: one line a row, tabs between.
    Tsv,
    Csv {
        bom: bool,
    },
    /// An array of objects.
    Json,
    /// An object a line.
    NdJson,
    Markdown,
}

impl Form {
    /// `None` for files that are no text.
    pub fn of(format: ExportFormat) -> Option<Self> {
        match format {
            ExportFormat::Csv { bom } => Some(Self::Csv { bom }),
            ExportFormat::Json => Some(Self::Json),
            ExportFormat::NdJson => Some(Self::NdJson),
            ExportFormat::Markdown => Some(Self::Markdown),
            ExportFormat::Parquet | ExportFormat::Arrow => None,
        }
    }
}

/// Writes rows, some at a time.
pub struct Writing {
    form: Form,
    columns: Vec<usize>,
    /// As they stand in JSON, in quotes.
    keys: Vec<String>,
    has_rows: bool,
}

impl Writing {
    /// Begins a text of some columns.
    pub fn start(out: &mut String, set: &ResultSet, form: Form, columns: Vec<usize>) -> Self {
        let names: Vec<&str> = columns.iter().filter_map(|at| set.columns.get(*at)).map(|column| column.name.as_str()).collect();
        match form {
            Form::Tsv => {
                let names: Vec<String> = names.iter().map(|name| tsv(name)).collect();
                out.push_str(&names.join("\t"));
                out.push('\n');
            }
            Form::Csv { bom } => {
                out.extend(bom.then_some(csv::BYTE_ORDER_MARK));
                for (at, name) in names.iter().enumerate() {
                    out.extend((at > 0).then_some(csv::SEPARATOR));
                    csv::push_text(out, name);
                }
                out.push_str(csv::ROW_END);
            }
            Form::Json => out.push('['),
            Form::NdJson => (),
            Form::Markdown => {
                let names: Vec<String> = names.iter().map(|name| markdown_cell(name)).collect();
                let marks = columns.iter().map(|at| if cell::is_number(set.kind(*at)) { " ---: |" } else { " --- |" });
                let _ = writeln!(out, "| {} |\n|{}", names.join(" | "), marks.collect::<String>());
            }
        }
        // Of two equal keys a reader keeps one.
        let mut taken = HashSet::new();
        let mut key = |name: &str| {
            let mut unique = name.to_owned();
            let mut copy = 1;
            while !taken.insert(unique.clone()) {
                unique = format!("{name}_{copy}");
                copy += 1;
            }
            let mut written = String::new();
            json_write::push_text(&mut written, &unique);
            written
        };
        let keys = names.iter().map(|name| key(name)).collect();
        Self { form, columns, keys, has_rows: false }
    }

    pub fn push(&mut self, out: &mut String, set: &ResultSet, row: usize) {
        let is_first = !std::mem::replace(&mut self.has_rows, true);
        match self.form {
            Form::Tsv => {
                for (at, column) in self.columns.iter().enumerate() {
                    out.extend((at > 0).then_some('\t'));
                    if let Some(value) = set.value(*column, row) {
                        out.push_str(&tsv(&cell::text(set.kind(*column), value)));
                    }
                }
                out.push('\n');
            }
            Form::Csv { .. } => {
                for (at, column) in self.columns.iter().enumerate() {
                    out.extend((at > 0).then_some(csv::SEPARATOR));
                    push_csv(out, set.kind(*column), set.value(*column, row), self.columns.len());
                }
                out.push_str(csv::ROW_END);
            }
            Form::Json | Form::NdJson => {
                if self.form == Form::Json {
                    out.push_str(if is_first { "\n" } else { ",\n" });
                }
                for (at, (column, key)) in self.columns.iter().zip(&self.keys).enumerate() {
                    out.push(if at > 0 { ',' } else { '{' });
                    out.push_str(key);
                    out.push(':');
                    push_json(out, set, *column, row);
                }
                out.push_str(if self.columns.is_empty() { "{}" } else { "}" });
                if self.form == Form::NdJson {
                    out.push('\n');
                }
            }
            Form::Markdown => {
                out.push('|');
                for column in &self.columns {
                    let text =
                        set.value(*column, row).map(|value| markdown_cell(&cell::text(set.kind(*column), value))).unwrap_or_default();
                    let _ = write!(out, " {text} |");
                }
                out.push('\n');
            }
        }
    }

    pub fn end(self, out: &mut String) {
        if self.form == Form::Json {
            out.push_str(if self.has_rows { "\n]\n" } else { "]\n" });
        }
    }
}

/// Some rows of some columns as one text.
pub fn rows(set: &ResultSet, form: Form, columns: Vec<usize>, rows: impl IntoIterator<Item = usize>) -> String {
    let mut out = String::new();
    let mut writing = Writing::start(&mut out, set, form, columns);
    for row in rows {
        writing.push(&mut out, set, row);
    }
    writing.end(&mut out);
    out
}

/// One value in full; nothing for NULL.
pub fn value(set: &ResultSet, column: usize, row: usize) -> String {
    set.value(column, row).map(|value| cell::text(set.kind(column), value)).unwrap_or_default()
}

/// A text without what separates cells and rows.
fn tsv(text: &str) -> String {
    if !text.contains(['\t', '\n', '\r', '"']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn push_csv(out: &mut String, kind: CellKind, value: Option<Value<'_>>, columns: usize) {
    match value {
        None => csv::push_null(out, columns),
        Some(Value::Text(text)) if matches!(kind, CellKind::Text | CellKind::Word) => csv::push_text(out, text),
        Some(value) => csv::push_value(out, &cell::text(kind, value)),
    }
}

fn push_json(out: &mut String, set: &ResultSet, column: usize, row: usize) {
    let kind = set.kind(column);
    // The type JSON is text to other programs; lists and the like are values.
    let is_text = set.columns.get(column).is_some_and(|column| column.type_name == "JSON");
    match set.value(column, row) {
        None => out.push_str("null"),
        Some(Value::Float(value)) => json_write::push_float(out, value),
        Some(Value::Text(json)) if kind == CellKind::Number || (kind == CellKind::Json && !is_text) => out.push_str(json),
        Some(value @ (Value::Bool(_) | Value::Int(_))) if matches!(kind, CellKind::Bool | CellKind::Int) => cell::push(out, kind, value),
        Some(value) => json_write::push_text(out, &cell::text(kind, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Column, result::ResultColumn};

    fn set() -> ResultSet {
        let column = |name: &str, type_name: &str, kind| ResultColumn { name: name.to_owned(), type_name: type_name.to_owned(), kind };
        let mut set = ResultSet::of(vec![
            column("n", "BIGINT", CellKind::Int),
            column("t", "VARCHAR", CellKind::Text),
            column("n", "INTEGER[]", CellKind::Json),
            column("d", "DATE", CellKind::Date),
        ]);
        set.push(
            vec![
                Column::ints([Some(1), None]),
                Column::texts([Some("a|b\t\"\n"), Some("=x")]),
                Column::texts([Some("[1,2]"), None]),
                Column::ints([Some(0), Some(1)]),
            ],
            None,
        );
        set
    }

    fn text(form: Form) -> String {
        rows(&set(), form, vec![0, 1, 2, 3], [1, 0])
    }

    #[test]
    fn rows_are_written_in_each_form() {
        assert_eq!(text(Form::Tsv), "n\tt\tn\td\n\t=x\t\t1970-01-02\n1\t\"a|b\t\"\"\n\"\t[1,2]\t1970-01-01\n");
        assert_eq!(text(Form::Csv { bom: false }), "n,t,n,d\r\n,'=x,,1970-01-02\r\n1,\"a|b\t\"\"\n\",\"[1,2]\",1970-01-01\r\n");
        let line = "{\"n\":1,\"t\":\"a|b\\t\\\"\\n\",\"n_1\":[1,2],\"d\":\"1970-01-01\"}";
        let other = "{\"n\":null,\"t\":\"=x\",\"n_1\":null,\"d\":\"1970-01-02\"}";
        assert_eq!(text(Form::Json), format!("[\n{other},\n{line}\n]\n"));
        assert_eq!(text(Form::NdJson), format!("{other}\n{line}\n"));
        assert_eq!(
            text(Form::Markdown),
            "| n | t | n | d |\n| ---: | --- | --- | --- |\n|  | =x |  | 1970-01-02 |\n| 1 | a\\|b \"<br> | \\[1,2\\] | 1970-01-01 |\n"
        );
        assert_eq!(rows(&set(), Form::Json, vec![0], []), "[]\n");
        assert_eq!(value(&set(), 3, 0), "1970-01-01");
    }
}
