//! Rows as one JSON array of objects, each on a line of its own; or as such lines alone (NDJSON).

use std::{collections::HashSet, mem};

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::{
    Format, WriteError,
    cells::{Cells, Target, cells},
};
use crate::core::json_write;

#[derive(Default)]
pub(super) struct JsonFile {
    /// The columns' names as they stand before each value: in quotes, with what comes before and behind.
    keys: Vec<String>,
    has_rows: bool,
    /// Without the array around and between them.
    lines: bool,
    out: String,
}

impl JsonFile {
    pub(super) fn lines() -> Self {
        Self { lines: true, ..Self::default() }
    }
}

impl Format for JsonFile {
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError> {
        let mut taken: HashSet<String> = HashSet::new();
        for field in schema.fields() {
            // Of two equal keys a reader keeps one.
            let mut name = field.name().clone();
            let mut copy = 1;
            while !taken.insert(name.clone()) {
                name = format!("{}_{copy}", field.name());
                copy += 1;
            }
            let mut key = String::from(if self.keys.is_empty() { "{" } else { "," });
            json_write::push_text(&mut key, &name);
            key.push(':');
            self.keys.push(key);
        }
        self.out.extend((!self.lines).then_some('['));
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let columns: Vec<Cells> = batch.columns().iter().map(|column| cells(column, Target::Json)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let is_first = !mem::replace(&mut self.has_rows, true);
            self.out.push_str(match (self.lines, is_first) {
                (true, true) => "",
                (false, false) => ",\n",
                (true, false) | (false, true) => "\n",
            });
            for (key, column) in self.keys.iter().zip(&columns) {
                self.out.push_str(key);
                column.push(&mut self.out, row);
            }
            self.out.push('}');
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.out.push_str(match (self.lines, self.has_rows) {
            (true, false) => "",
            (true, true) => "\n",
            (false, true) => "\n]\n",
            (false, false) => "]\n",
        });
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        // The next batch will be about as long.
        let room = String::with_capacity(self.out.len());
        mem::replace(&mut self.out, room).into_bytes()
    }
}
