//! Rows as a table in Markdown, for documents and messages.

use std::mem;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};

use super::{
    Format, WriteError,
    cells::{Cells, Target, cells},
};
use crate::core::export::markdown_cell;

#[derive(Default)]
pub(super) struct MarkdownFile {
    out: String,
}

impl Format for MarkdownFile {
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError> {
        let (mut names, mut marks) = (String::from("|"), String::from("|"));
        for field in schema.fields() {
            names.push(' ');
            names.push_str(&markdown_cell(field.name()));
            names.push_str(" |");
            let kind = field.data_type();
            let is_number = kind.is_numeric() && !matches!(kind, DataType::Timestamp(..));
            marks.push_str(if is_number { " ---: |" } else { " --- |" });
        }
        self.out = format!("{names}\n{marks}\n");
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let columns: Vec<Cells> = batch.columns().iter().map(|column| cells(column, Target::Text)).collect::<Result<_, _>>()?;
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            self.out.push('|');
            for column in &columns {
                text.clear();
                column.push(&mut text, row);
                self.out.push(' ');
                self.out.push_str(&markdown_cell(&text));
                self.out.push_str(" |");
            }
            self.out.push('\n');
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        let room = String::with_capacity(self.out.len());
        mem::replace(&mut self.out, room).into_bytes()
    }
}
