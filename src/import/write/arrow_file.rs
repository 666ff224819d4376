//! Rows as an Arrow IPC file: as they come, every type as the engine has it.

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::Schema;

use super::{Format, WriteError, outbox::Outbox};

#[derive(Default)]
pub(super) struct ArrowFile {
    outbox: Outbox,
    open: Option<FileWriter<Outbox>>,
}

impl Format for ArrowFile {
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError> {
        self.open = Some(FileWriter::try_new(self.outbox.clone(), schema).map_err(WriteError::new)?);
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let writer = self.open.as_mut().ok_or_else(|| WriteError::new("the file was not begun"))?;
        writer.write(batch).map_err(WriteError::new)
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.open.take().map_or(Ok(()), |mut writer| writer.finish().map_err(WriteError::new))
    }

    fn take(&mut self) -> Vec<u8> {
        self.outbox.take()
    }
}
