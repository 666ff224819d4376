//! Files that the page saves: the engine's Arrow IPC stream in, the bytes of a CSV, JSON, Parquet, Arrow or Markdown file out, piece by piece.
//!
//! [`Writer`] holds no more than the batch at hand (of Parquet one row group), however many rows come. What a value looks like in the text
//! formats is settled in `cells`.
//!
//! *Invariant*: no browser here; all of it runs in native tests.

mod arrow_file;
mod cells;
mod csv_file;
mod json_file;
mod markdown_file;
mod outbox;
mod parquet_file;
#[cfg(test)]
mod tests;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::Schema;

use self::{arrow_file::ArrowFile, csv_file::CsvFile, json_file::JsonFile, markdown_file::MarkdownFile, parquet_file::ParquetFile};
use crate::core::export::ExportFormat;

/// The mark that a stream ends with.
const END_OF_STREAM: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// Why a file could not be written: a sentence for the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The file could not be written: {0}.")]
pub struct WriteError(String);

impl WriteError {
    /// From the words of a library or of the browser.
    pub fn new(detail: impl ToString) -> Self {
        Self(super::parquet::plain(&detail.to_string()))
    }

    /// Stable name of the kind of error.
    pub fn code(&self) -> &'static str {
        "export-write"
    }
}

/// A kind of file while it is written. Each call may make bytes, which `take` hands over.
trait Format {
    /// Called once, before the first rows.
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError>;
    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError>;
    /// Called once, after the last rows.
    fn end(&mut self) -> Result<(), WriteError>;
    fn take(&mut self) -> Vec<u8>;
}

/// A file that is being written.
pub struct Writer {
    decoder: StreamDecoder,
    format: Box<dyn Format>,
    has_begun: bool,
    rows: u64,
}

impl Writer {
    pub fn new(format: ExportFormat) -> Self {
        let format: Box<dyn Format> = match format {
            ExportFormat::Csv { bom } => Box::new(CsvFile::new(bom)),
            ExportFormat::Json => Box::<JsonFile>::default(),
            ExportFormat::NdJson => Box::new(JsonFile::lines()),
            ExportFormat::Arrow => Box::<ArrowFile>::default(),
            ExportFormat::Markdown => Box::<MarkdownFile>::default(),
            ExportFormat::Parquet => Box::<ParquetFile>::default(),
        };
        Self { decoder: StreamDecoder::default(), format, has_begun: false, rows: 0 }
    }

    /// Takes the next bytes of the stream, cut anywhere, and gives the bytes of the file that are final by now: sometimes none.
    ///
    /// # Errors
    /// Where the bytes are no Arrow stream or hold a type that has no place in the file.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, WriteError> {
        let mut buffer = Buffer::from_vec(bytes);
        while let Some(batch) = self.decoder.decode(&mut buffer).map_err(WriteError::new)? {
            self.begin()?;
            self.format.rows(&batch)?;
            self.rows += batch.num_rows() as u64;
        }
        Ok(self.format.take())
    }

    /// Ends the file and gives the rest of its bytes.
    ///
    /// # Errors
    /// Where the stream has not even named its columns, or ended within a message.
    pub fn finish(&mut self) -> Result<Vec<u8>, WriteError> {
        if self.decoder.finish().is_err() {
            // The engine leaves the mark out, and of a message without a body the decoder then still waits for it: of the columns' names
            // where no rows came. Rows that the mark would complete are cut off.
            let cut = self.decoder.decode(&mut Buffer::from_vec(END_OF_STREAM.to_vec())).map_err(WriteError::new)?;
            if cut.is_some() {
                return Err(WriteError::new("the rows are cut off"));
            }
            self.decoder.finish().map_err(WriteError::new)?;
        }
        self.begin()?;
        self.format.end()?;
        Ok(self.format.take())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn begin(&mut self) -> Result<(), WriteError> {
        if !self.has_begun {
            let schema = self.decoder.schema().ok_or_else(|| WriteError::new("the rows came without their columns"))?;
            self.format.begin(&schema)?;
            self.has_begun = true;
        }
        Ok(())
    }
}
