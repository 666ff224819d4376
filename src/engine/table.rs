//! A query's answer: named columns of four plain kinds, nullable. Readers state the kind they expect, so that a mismatch fails at once and in one place.
//!
//! Must not know Arrow or JavaScript: `arrow` fills it from DuckDB's stream, tests fill it by hand.

/// A column that is missing or of another kind than the reader expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("The answer has no column {0}.")]
    Missing(String),
    #[error("Column {column} holds {found}, not {expected}.")]
    Kind { column: String, expected: &'static str, found: &'static str },
    #[error("The answer could not be decoded: {0}")]
    Decode(String),
}

/// Text values in one buffer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextBuffer {
    text: String,
    ends: Vec<usize>,
}

impl TextBuffer {
    pub fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len());
    }

    /// Adds several values that lie in `text` one after the other; `ends` says where in it each of them ends.
    pub fn extend(&mut self, text: &str, ends: impl IntoIterator<Item = usize>) {
        let before = self.text.len();
        self.text.push_str(text);
        self.ends.extend(ends.into_iter().map(|end| before + end));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The first `count` values alone.
    pub fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        self.text.get(start..end)
    }
}

/// The values of one column; a null row holds a filler.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(TextBuffer),
}

impl Values {
    fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "integers",
            Self::Float(_) => "floating point numbers",
            Self::Bool(_) => "booleans",
            Self::Text(_) => "text",
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Int(v) => v.len(),
            Self::Float(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One column: values and which of them are present (`None`: all).
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub values: Values,
    pub present: Option<Vec<bool>>,
}

impl Column {
    pub fn ints(values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let (values, present): (Vec<i64>, Vec<bool>) = values.into_iter().map(|v| (v.unwrap_or(0), v.is_some())).unzip();
        Self { values: Values::Int(values), present: Some(present) }
    }

    pub fn floats(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let (values, present): (Vec<f64>, Vec<bool>) = values.into_iter().map(|v| (v.unwrap_or(0.0), v.is_some())).unzip();
        Self { values: Values::Float(values), present: Some(present) }
    }

    pub fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut buffer = TextBuffer::default();
        let mut present = Vec::new();
        for value in values {
            buffer.push(value.unwrap_or(""));
            present.push(value.is_some());
        }
        Self { values: Values::Text(buffer), present: Some(present) }
    }

    /// The first `rows` values alone.
    pub fn truncate(&mut self, rows: usize) {
        match &mut self.values {
            Values::Int(values) => values.truncate(rows),
            Values::Float(values) => values.truncate(rows),
            Values::Bool(values) => values.truncate(rows),
            Values::Text(values) => values.truncate(rows),
        }
        if let Some(present) = &mut self.present {
            present.truncate(rows);
        }
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        let values = match &self.values {
            Values::Int(values) => values.len() * 8,
            Values::Float(values) => values.len() * 8,
            Values::Bool(values) => values.len(),
            Values::Text(values) => values.text.len() + values.ends.len() * size_of::<usize>(),
        };
        values + self.present.as_ref().map_or(0, Vec::len)
    }

    pub fn is_present(&self, row: usize) -> bool {
        self.present.as_ref().is_none_or(|present| present.get(row).copied().unwrap_or(false))
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
}

/// Integers of a column, by row.
#[derive(Clone, Copy)]
pub struct Ints<'a>(&'a Column, &'a [i64]);

impl Ints<'_> {
    /// `None` for NULL and past the end.
    pub fn get(&self, row: usize) -> Option<i64> {
        self.0.is_present(row).then(|| self.1.get(row).copied()).flatten()
    }
}

/// Floating point numbers of a column, by row.
#[derive(Clone, Copy)]
pub struct Floats<'a>(&'a Column, &'a [f64]);

/// Texts of a column, by row.
#[derive(Clone, Copy)]
pub struct Texts<'a>(&'a Column, &'a TextBuffer);

impl Floats<'_> {
    /// `None` for NULL and past the end.
    pub fn get(&self, row: usize) -> Option<f64> {
        self.0.is_present(row).then(|| self.1.get(row).copied()).flatten()
    }
}

impl<'a> Texts<'a> {
    /// `None` for NULL and past the end.
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.0.is_present(row).then(|| self.1.get(row)).flatten()
    }

    /// NULL as the empty text.
    pub fn text(&self, row: usize) -> &'a str {
        self.get(row).unwrap_or("")
    }
}

impl Table {
    /// Columns must be equally long; the shortest decides otherwise.
    pub fn new(columns: Vec<(String, Column)>) -> Self {
        let rows = columns.iter().map(|(_, column)| column.values.len()).min().unwrap_or(0);
        let (names, columns) = columns.into_iter().unzip();
        Self { names, columns, rows }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn column(&self, name: &str) -> Result<&Column, TableError> {
        let at = self.names.iter().position(|n| n == name);
        at.and_then(|at| self.columns.get(at)).ok_or_else(|| TableError::Missing(name.to_owned()))
    }

    pub fn ints(&self, name: &str) -> Result<Ints<'_>, TableError> {
        let column = self.column(name)?;
        match &column.values {
            Values::Int(values) => Ok(Ints(column, values)),
            other => Err(TableError::Kind { column: name.to_owned(), expected: "integers", found: other.kind() }),
        }
    }

    pub fn floats(&self, name: &str) -> Result<Floats<'_>, TableError> {
        let column = self.column(name)?;
        match &column.values {
            Values::Float(values) => Ok(Floats(column, values)),
            other => Err(TableError::Kind { column: name.to_owned(), expected: "floating point numbers", found: other.kind() }),
        }
    }

    pub fn texts(&self, name: &str) -> Result<Texts<'_>, TableError> {
        let column = self.column(name)?;
        match &column.values {
            Values::Text(values) => Ok(Texts(column, values)),
            other => Err(TableError::Kind { column: name.to_owned(), expected: "text", found: other.kind() }),
        }
    }

    /// Where a column of text stands, for readers that look at single values often; see [`Table::text_at`].
    ///
    /// # Errors
    /// When there is no such column, or it holds something else.
    pub fn text_column(&self, name: &str) -> Result<usize, TableError> {
        self.texts(name)?;
        self.names.iter().position(|own| own == name).ok_or_else(|| TableError::Missing(name.to_owned()))
    }

    /// A value of a column that [`Table::text_column`] found; `None` for NULL and past the end.
    pub fn text_at(&self, column: usize, row: usize) -> Option<&str> {
        let column = self.columns.get(column)?;
        match &column.values {
            Values::Text(values) => column.is_present(row).then(|| values.get(row)).flatten(),
            _ => None,
        }
    }

    /// Any value as text, for views that show what is there whatever it is; `None` for NULL.
    pub fn display(&self, name: &str, row: usize) -> Option<String> {
        let column = self.column(name).ok()?;
        if !column.is_present(row) {
            return None;
        }
        match &column.values {
            Values::Int(values) => values.get(row).map(i64::to_string),
            Values::Float(values) => values.get(row).map(f64::to_string),
            Values::Bool(values) => values.get(row).map(bool::to_string),
            Values::Text(values) => values.get(row).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::new(vec![
            ("n".to_owned(), Column::ints([Some(i64::MAX), None, Some(-1)])),
            ("t".to_owned(), Column::texts([Some("a"), Some(""), None])),
        ])
    }

    #[test]
    fn nulls_and_values_are_told_apart() {
        let table = table();
        let (n, t) = (table.ints("n").unwrap(), table.texts("t").unwrap());
        assert_eq!((0..4).map(|row| n.get(row)).collect::<Vec<_>>(), [Some(i64::MAX), None, Some(-1), None]);
        assert_eq!((0..4).map(|row| t.get(row)).collect::<Vec<_>>(), [Some("a"), Some(""), None, None]);
        let t = table.text_column("t").unwrap();
        assert_eq!((table.text_at(t, 0), table.text_at(t, 2), table.text_at(9, 0)), (Some("a"), None, None));
        assert_eq!(table.display("n", 0).as_deref(), Some("9223372036854775807"));
    }

    #[test]
    fn a_wrong_expectation_fails_at_once() {
        assert_eq!(table().ints("t").err(), Some(TableError::Kind { column: "t".into(), expected: "integers", found: "text" }));
        assert_eq!(table().texts("gone").err(), Some(TableError::Missing("gone".into())));
    }
}
