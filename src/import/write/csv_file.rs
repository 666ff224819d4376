//! Rows as comma-separated values, the columns' names first. How a single cell is put is `core::csv`'s business.

use std::mem;

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::{
    Format, WriteError,
    cells::{Cells, Target, cells},
};
use crate::core::csv;

pub(super) struct CsvFile {
    bom: bool,
    out: String,
}

impl CsvFile {
    pub(super) fn new(bom: bool) -> Self {
        Self { bom, out: String::new() }
    }
}

impl Format for CsvFile {
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError> {
        self.out.extend(self.bom.then_some(csv::BYTE_ORDER_MARK));
        for (at, field) in schema.fields().iter().enumerate() {
            self.out.extend((at > 0).then_some(csv::SEPARATOR));
            csv::push_text(&mut self.out, field.name());
        }
        self.out.push_str(csv::ROW_END);
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let columns: Vec<Cells> = batch.columns().iter().map(|column| cells(column, Target::Csv)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            for (at, column) in columns.iter().enumerate() {
                if at > 0 {
                    self.out.push(csv::SEPARATOR);
                }
                if column.is_null(row) {
                    csv::push_null(&mut self.out, columns.len());
                } else {
                    column.push(&mut self.out, row);
                }
            }
            self.out.push_str(csv::ROW_END);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        // The next batch will be about as long.
        let room = String::with_capacity(self.out.len());
        mem::replace(&mut self.out, room).into_bytes()
    }
}
