//! The importer: opens files, pulls their rows through, and cuts them into Arrow IPC streams.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, new_null_array};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::convert::{Converted, convert};
use super::error::ImportError;
use super::file::ParquetFile;
use super::schema::{Column, type_name, union};
use super::source::ByteSource;

/// Rows in one stream at most.
const STREAM_ROWS: usize = 65_536;
/// Bytes in one stream, as far as single rows allow.
const STREAM_BYTES: usize = 16 * 1024 * 1024;
/// Bytes that one conversion may make; rows are halved until they stay below it.
const PIECE_BYTES: usize = 8 * 1024 * 1024;
/// A single row may pass the limits above, up to this.
const ROW_BYTES: usize = 512 * 1024 * 1024;

/// A part of the rows.
#[derive(Debug)]
pub struct Batch {
    /// One complete Arrow IPC stream: schema, record batches, end.
    pub ipc: Vec<u8>,
    /// Rows in it.
    pub rows: u64,
}

/// Several Parquet files as one table, pulled stream by stream.
pub struct Importer<S> {
    files: Vec<ParquetFile<S>>,
    /// For each file, for each column of the table, where the file has it.
    places: Vec<Vec<Option<usize>>>,
    schema: SchemaRef,
    warnings: BTreeSet<String>,
    /// File and row group to be opened next.
    next_file: usize,
    next_group: usize,
    group: Option<OpenGroup>,
    pieces: VecDeque<RecordBatch>,
    handed_out: bool,
    failed: Option<ImportError>,
}

struct OpenGroup {
    file: usize,
    index: usize,
    rows_left: u64,
    reader: ParquetRecordBatchReader,
}

impl<S: ByteSource> Importer<S> {
    /// Reads the tables of contents of `files` (name and bytes each) and settles the columns. Decodes no rows but the
    /// first of columns whose bytes may or may not be text.
    pub fn open(files: Vec<(String, S)>) -> Result<Self, ImportError> {
        if files.is_empty() {
            return Err(ImportError::NoFiles);
        }
        let open = |(name, source)| ParquetFile::open(name, source);
        let files = files.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let sides: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.columns.as_slice())).collect();
        let union = union(&sides);
        let fields: Vec<_> = union.columns.into_iter().map(|(name, target)| Field::new(name, target, true)).collect();
        Ok(Self {
            files,
            places: union.places,
            schema: Arc::new(Schema::new(fields)),
            warnings: union.warnings,
            next_file: 0,
            next_group: 0,
            group: None,
            pieces: VecDeque::new(),
            handed_out: false,
            failed: None,
        })
    }

    /// Rows of all files together, as they themselves say.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(ParquetFile::rows).sum()
    }

    /// Size of all files together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(ParquetFile::size).sum()
    }

    /// The table's columns, in order.
    pub fn columns(&self) -> Vec<Column> {
        let column = |field: &Arc<Field>| Column { name: field.name().clone(), type_name: type_name(field.data_type()) };
        self.schema.fields().iter().map(column).collect()
    }

    /// What was odd so far, a sentence each. Complete when [`Importer::next_batch`] has given `None`.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.iter().cloned().collect()
    }

    /// The next stream; `None` after the last. Files without rows give one stream of no rows, so that the table can be
    /// made. After an error the same error comes again.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, ImportError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.pull().inspect_err(|error| self.fail(error.clone()))
    }

    fn fail(&mut self, error: ImportError) {
        self.group = None;
        self.pieces.clear();
        self.failed = Some(error);
    }

    fn pull(&mut self) -> Result<Option<Batch>, ImportError> {
        let mut stream = Vec::new();
        let (mut rows, mut bytes) = (0, 0);
        loop {
            let Some(piece) = self.pieces.pop_front() else { if self.decode()? { continue } else { break } };
            let size = size(&piece);
            let full = rows + piece.num_rows() > STREAM_ROWS || bytes + size > STREAM_BYTES;
            if full && rows > 0 {
                self.pieces.push_front(piece);
                break;
            }
            rows += piece.num_rows();
            bytes += size;
            stream.push(piece);
        }
        if stream.is_empty() && self.handed_out {
            return Ok(None);
        }
        self.handed_out = true;
        let ipc = self.write(&stream, bytes)?;
        Ok(Some(Batch { ipc, rows: rows as u64 }))
    }

    fn write(&self, stream: &[RecordBatch], bytes: usize) -> Result<Vec<u8>, ImportError> {
        // Headers and padding come on top; growing a buffer of this size would double it.
        let room = bytes + bytes / 32 + 64 * 1024;
        let mut writer = StreamWriter::try_new(Vec::with_capacity(room), &self.schema).map_err(ImportError::output)?;
        for batch in stream {
            writer.write(batch).map_err(ImportError::output)?;
        }
        writer.into_inner().map_err(ImportError::output)
    }

    /// Decodes some more rows into pieces; false at the end of the last file.
    fn decode(&mut self) -> Result<bool, ImportError> {
        let Some(mut group) = self.group.take().map_or_else(|| self.open_group(), |group| Ok(Some(group)))? else {
            return Ok(false);
        };
        let Some(file) = self.files.get(group.file) else { return Ok(false) };
        match group.reader.next() {
            Some(Ok(batch)) => {
                let rows = batch.num_rows() as u64;
                let Some(left) = group.rows_left.checked_sub(rows) else {
                    return Err(file.damage(group.index, "it holds more rows than it says"));
                };
                self.cut(group.file, group.index, batch)?;
                group.rows_left = left;
                self.group = Some(group);
                Ok(true)
            }
            Some(Err(error)) => Err(file.damage(group.index, &error.to_string())),
            None if group.rows_left > 0 => {
                let detail = format!("{} rows are missing", group.rows_left);
                Err(ImportError::damaged(&file.name, detail))
            }
            None => Ok(true),
        }
    }

    fn open_group(&mut self) -> Result<Option<OpenGroup>, ImportError> {
        while let Some(file) = self.files.get(self.next_file) {
            let index = self.next_group;
            if index >= file.row_groups() {
                self.next_file += 1;
                self.next_group = 0;
                continue;
            }
            self.next_group += 1;
            let rows_left = file.group_rows(index);
            if rows_left > 0 {
                let reader = file.read_group(index)?;
                return Ok(Some(OpenGroup { file: self.next_file, index, rows_left, reader }));
            }
        }
        Ok(None)
    }

    /// Converts decoded rows to the table's columns, halving them where they would make too large a piece.
    fn cut(&mut self, file: usize, group: usize, batch: RecordBatch) -> Result<(), ImportError> {
        let mut waiting = vec![batch];
        while let Some(batch) = waiting.pop() {
            let rows = batch.num_rows();
            let text: usize = batch.columns().iter().map(view_bytes).sum();
            let converted = match rows {
                2.. if text > PIECE_BYTES => None,
                2.. => self.convert(file, group, &batch, PIECE_BYTES)?,
                _ => Some(self.convert(file, group, &batch, ROW_BYTES)?.ok_or_else(|| self.too_large(file))?),
            };
            match converted {
                Some(piece) => self.pieces.push_back(piece),
                None => {
                    let half = rows / 2;
                    waiting.push(batch.slice(half, rows - half));
                    waiting.push(batch.slice(0, half));
                }
            }
        }
        Ok(())
    }

    fn too_large(&self, file: usize) -> ImportError {
        let file = self.files.get(file).map_or_else(String::new, |file| file.name.clone());
        ImportError::TooLarge { file, detail: format!("one row is over {} MB", ROW_BYTES / 1024 / 1024) }
    }

    /// The table's columns for `batch`, `None` where one of them would pass `budget` bytes.
    fn convert(&mut self, file_index: usize, group: usize, batch: &RecordBatch, budget: usize) -> Result<Option<RecordBatch>, ImportError> {
        let Some((file, places)) = self.files.get(file_index).zip(self.places.get(file_index)) else {
            return Ok(None);
        };
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(places.len());
        for (field, place) in self.schema.fields().iter().zip(places) {
            let source = place.and_then(|place| batch.columns().get(place).zip(file.columns.get(place)));
            let Some((array, column)) = source else {
                columns.push(new_null_array(field.data_type(), batch.num_rows()));
                continue;
            };
            let mut lossy = false;
            let converted = convert(array, field.data_type(), column.uuid, budget, &mut lossy);
            match converted {
                Ok(Converted::Column(array)) => columns.push(array),
                Ok(Converted::TooLarge) => return Ok(None),
                Err(detail) => {
                    let place = format!(" in the column “{}”, row group {}", column.name, group + 1);
                    return Err(ImportError::Damaged { file: file.name.clone(), place, detail });
                }
            }
            if lossy {
                self.warnings.insert(format!(
                    "The column {} of “{}” holds bytes that are not text; they were replaced by �.",
                    column.name, file.name
                ));
            }
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map(Some).map_err(ImportError::output)
    }
}

/// Bytes of text that a column's rows refer to, which the column itself may hold only once.
fn view_bytes(column: &ArrayRef) -> usize {
    let sum = |lengths: &mut dyn Iterator<Item = u32>| lengths.map(|length| length as usize).sum();
    match column.data_type() {
        DataType::Utf8View => column.as_string_view_opt().map_or(0, |values| sum(&mut values.lengths())),
        DataType::BinaryView => column.as_binary_view_opt().map_or(0, |values| sum(&mut values.lengths())),
        _ => 0,
    }
}

fn size(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}
