//! Arrow IPC stream in, Parquet file out, piece by piece: what the page saves.
//!
//! The file is made for being read in parts: sorted as its rows come, row groups of moderate size, statistics of every column and bloom
//! filters for the ids, so that a reader who looks for one trace fetches little.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use ::parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use ::parquet::schema::types::ColumnPath;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;

use super::error::ImportError;

/// Rows of one group.
const GROUP_ROWS: usize = 32_768;
/// Encoded bytes of one group: rows with much payload make smaller groups.
const GROUP_BYTES: usize = 16 * 1024 * 1024;
/// Columns by whose single values files are searched.
const SEARCHED: [&str; 2] = ["trace_id", "span_id"];

/// Bytes of the file that have been written and not been taken yet.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Outbox {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is being written.
#[derive(Default)]
pub struct Writer {
    decoder: StreamDecoder,
    writer: Option<ArrowWriter<Outbox>>,
    outbox: Outbox,
}

impl Writer {
    /// Takes the next bytes of the stream, cut anywhere, and gives the bytes of the file that are final by now: often none.
    ///
    /// # Errors
    /// `Output` where the bytes are no Arrow stream or hold a type that has no place in a Parquet file.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>, ImportError> {
        let mut buffer = Buffer::from_vec(bytes);
        while let Some(batch) = self.decoder.decode(&mut buffer).map_err(ImportError::output)? {
            let writer = self.open()?;
            writer.write(&batch).map_err(ImportError::output)?;
            if writer.in_progress_size() > GROUP_BYTES {
                writer.flush().map_err(ImportError::output)?;
            }
        }
        Ok(self.outbox.take())
    }

    /// Ends the file and gives the rest of its bytes.
    ///
    /// # Errors
    /// `Output` where the stream has not even named its columns, or ended within a message.
    pub fn finish(mut self) -> Result<Vec<u8>, ImportError> {
        // A stream without its end mark is complete when its last message is.
        self.decoder.finish().map_err(ImportError::output)?;
        self.open()?;
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(ImportError::output)?;
        }
        Ok(self.outbox.take())
    }

    /// The writer, which begins when the columns are known.
    fn open(&mut self) -> Result<&mut ArrowWriter<Outbox>, ImportError> {
        if self.writer.is_none() {
            let schema = self.decoder.schema().ok_or_else(|| ImportError::output("the rows came without their columns"))?;
            let mut properties = WriterProperties::builder()
                .set_created_by(concat!("spandeck ", env!("CARGO_PKG_VERSION")).to_owned())
                .set_compression(Compression::SNAPPY)
                .set_max_row_group_row_count(Some(GROUP_ROWS));
            for name in SEARCHED.into_iter().filter(|name| schema.column_with_name(name).is_some()) {
                properties = properties.set_column_bloom_filter_enabled(ColumnPath::from(name), true);
            }
            let options = ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
            let writer = ArrowWriter::try_new_with_options(self.outbox.clone(), schema, options).map_err(ImportError::output)?;
            self.writer = Some(writer);
        }
        self.writer.as_mut().ok_or_else(|| ImportError::output("the file could not be begun"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use arrow_ipc::writer::StreamWriter;

    use super::super::{Importer, tests::Memory};
    use super::*;

    fn batch(rows: std::ops::Range<i64>) -> RecordBatch {
        let ids: ArrayRef = Arc::new(StringArray::from_iter_values(rows.clone().map(|row| format!("{row:032x}"))));
        let starts: ArrayRef =
            Arc::new(Int64Array::from_iter(rows.clone().map(|row| (row % 7 != 0).then_some(1_772_438_400_000_000_791 + row))));
        let texts: ArrayRef = Arc::new(StringArray::from_iter(rows.map(|row| (row % 3 != 0).then(|| format!("{{\"é\":{row}}}")))));
        RecordBatch::try_from_iter_with_nullable([("trace_id", ids, true), ("start_time", starts, true), ("attributes", texts, true)])
            .unwrap()
    }

    fn stream(batches: &[RecordBatch], schema_of: &RecordBatch) -> Vec<u8> {
        let mut writer = StreamWriter::try_new(Vec::new(), &schema_of.schema()).unwrap();
        for batch in batches {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner().unwrap()
    }

    fn written(bytes: &[u8], cut: usize) -> Result<Vec<u8>, ImportError> {
        let mut writer = Writer::default();
        let mut file = Vec::new();
        for part in bytes.chunks(cut) {
            file.extend(writer.push(part.to_vec())?);
        }
        file.extend(writer.finish()?);
        Ok(file)
    }

    #[test]
    fn a_file_gives_back_what_was_written() {
        let batches: Vec<RecordBatch> = (0..40).map(|at| batch(at * 2_048..(at + 1) * 2_048)).collect();
        let bytes = stream(&batches, &batches[0]);
        for cut in [usize::MAX, 1_000, 77_777] {
            let file = written(&bytes, cut.min(bytes.len())).unwrap();
            let mut importer = Importer::open(vec![("out.parquet".to_owned(), Memory(file))]).unwrap();
            assert_eq!(importer.rows(), 40 * 2_048);
            let mut back = Vec::new();
            while let Some(part) = importer.next_batch().unwrap() {
                back.extend(arrow_ipc::reader::StreamReader::try_new(io::Cursor::new(part.ipc), None).unwrap().map(Result::unwrap));
            }
            let all = |batches: &[RecordBatch]| arrow_select::concat::concat_batches(&batches[0].schema(), batches).unwrap();
            assert_eq!(all(&back).columns(), all(&batches).columns());
            assert_eq!(importer.warnings(), Vec::<String>::new());
        }
    }

    #[test]
    fn no_rows_make_a_file_with_columns() {
        let file = written(&stream(&[], &batch(0..1)), 64).unwrap();
        let importer = Importer::open(vec![("out.parquet".to_owned(), Memory(file))]).unwrap();
        assert_eq!((importer.rows(), importer.columns().len()), (0, 3));
    }

    #[test]
    fn what_is_no_stream_is_an_error() {
        assert!(written(b"", 1).is_err());
        assert!(written(&[7; 100], 100).is_err());
        let whole = stream(&[batch(0..10)], &batch(0..1));
        assert!(written(&whole[..whole.len() / 2], 64).is_err(), "cut within a message");
    }
}
