//! The rows of a result as they came: parts of typed columns, one after the other, never copied.
//!
//! Must not put them in order or choose among them: `order` and `find` say which of them are shown.

use crate::engine::{
    Column,
    result::{CellKind, ResultColumn},
    table::Values,
};

/// Rows of which the part is noted: a value is found in a step or two.
const BLOCK: usize = 1_024;

/// Columns and rows; more rows may come.
#[derive(Debug, Default)]
pub struct ResultSet {
    pub columns: Vec<ResultColumn>,
    parts: Vec<Part>,
    /// Of every [`BLOCK`] rows the part that holds the first.
    blocks: Vec<u32>,
    rows: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Part {
    first: usize,
    columns: Vec<Column>,
}

/// One value, not NULL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
}

impl ResultSet {
    /// Without rows yet.
    pub fn of(columns: Vec<ResultColumn>) -> Self {
        Self { columns, ..Self::default() }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes that the rows take, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds rows, at most so many that there are `limit`. Whether all of them were taken.
    pub fn push(&mut self, mut columns: Vec<Column>, limit: Option<usize>) -> bool {
        let come = columns.iter().map(|column| column.values.len()).min().unwrap_or(0);
        // Rows are counted with 32 bits where they are put in order.
        let room = limit.unwrap_or(usize::MAX).min(u32::MAX as usize).saturating_sub(self.rows);
        let taken = come.min(room);
        if taken == 0 {
            return come == 0;
        }
        if taken < come {
            columns.iter_mut().for_each(|column| column.truncate(taken));
        }
        self.bytes += columns.iter().map(Column::bytes).sum::<usize>();
        let number = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        self.parts.push(Part { first: self.rows, columns });
        self.rows += taken;
        self.blocks.resize(self.rows.div_ceil(BLOCK), number);
        taken == come
    }

    pub fn kind(&self, column: usize) -> CellKind {
        self.columns.get(column).map_or(CellKind::Text, |column| column.kind)
    }

    /// The part that holds a row, and its number.
    fn part(&self, row: usize) -> Option<(usize, &Part)> {
        let mut at = *self.blocks.get(row / BLOCK)? as usize;
        while self.parts.get(at + 1).is_some_and(|next| next.first <= row) {
            at += 1;
        }
        self.parts.get(at).map(|part| (at, part))
    }

    /// `None` for NULL and what is not there.
    pub fn value(&self, column: usize, row: usize) -> Option<Value<'_>> {
        let (_, part) = self.part(row)?;
        value(part.columns.get(column)?, row - part.first)
    }

    /// The stretch of a column that begins with this row: as far as it lies in one piece.
    pub fn stretch(&self, column: usize, row: usize) -> Option<Stretch<'_>> {
        let (at, part) = self.part(row)?;
        let column = part.columns.get(column)?;
        let end = self.parts.get(at + 1).map_or(self.rows, |next| next.first);
        (row < end).then_some(Stretch { column, first: part.first, from: row, end })
    }
}

/// Rows of one column that lie together.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    column: &'a Column,
    first: usize,
    from: usize,
    /// The row behind the last one.
    pub end: usize,
}

impl<'a> Stretch<'a> {
    /// Rows with their values up to a row.
    pub fn values(self, end: usize) -> impl Iterator<Item = (usize, Option<Value<'a>>)> {
        (self.from..self.end.min(end)).map(move |row| (row, value(self.column, row - self.first)))
    }
}

fn value(column: &Column, row: usize) -> Option<Value<'_>> {
    if !column.is_present(row) {
        return None;
    }
    match &column.values {
        Values::Int(values) => values.get(row).copied().map(Value::Int),
        Values::Float(values) => values.get(row).copied().map(Value::Float),
        Values::Bool(values) => values.get(row).copied().map(Value::Bool),
        Values::Text(values) => values.get(row).map(Value::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_parts_up_to_a_limit() {
        let mut set = ResultSet::default();
        let part = |numbers: &[i64], texts: &[Option<&str>]| {
            vec![Column::ints(numbers.iter().map(|number| Some(*number))), Column::texts(texts.iter().copied())]
        };
        assert!(set.push(part(&[], &[]), Some(0)));
        assert!(set.push(part(&[1, 2], &[Some("a"), None]), Some(4)));
        assert!(!set.push(part(&[3, 4, 5], &[Some(""), Some("d"), Some("e")]), Some(4)));
        assert!(!set.push(part(&[6], &[None]), Some(4)));
        assert_eq!(set.rows(), 4);
        let texts: Vec<_> = (0..5).map(|row| set.value(1, row)).collect();
        assert_eq!(texts, [Some(Value::Text("a")), None, Some(Value::Text("")), Some(Value::Text("d")), None]);
        assert_eq!(set.value(0, 3), Some(Value::Int(4)));
        assert_eq!(set.value(2, 0), None);
        let stretch = set.stretch(0, 1).unwrap();
        assert_eq!((stretch.end, stretch.values(9).collect::<Vec<_>>()), (2, vec![(1, Some(Value::Int(2)))]));
        assert!(set.stretch(0, 4).is_none());
    }

    #[test]
    fn every_row_is_found_whatever_the_parts() {
        let mut set = ResultSet::default();
        let mut next = 0_i64;
        for length in [1, 1023, 1, 5000, 3, 1024, 7, 2048] {
            set.push(vec![Column::ints((next..next + length).map(Some))], None);
            next += length;
        }
        assert!((0..set.rows()).all(|row| set.value(0, row) == Some(Value::Int(row as i64))));
        assert_eq!(set.value(0, set.rows()), None);
    }
}
