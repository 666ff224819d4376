//! Rows as a Parquet file.
//!
//! It is made for being read in parts: sorted as its rows come, row groups of moderate size, statistics of every column and bloom
//! filters for the ids, so that a reader who looks for one trace fetches little. Types that Parquet has no word for become text.

use std::sync::Arc;

use ::parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use ::parquet::schema::types::ColumnPath;
use arrow_array::{
    Array, ArrayRef, RecordBatch,
    builder::StringBuilder,
    cast::AsArray,
    types::{TimestampMillisecondType, TimestampSecondType},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::{
    super::parquet::unique_names,
    Format, WriteError,
    cells::{Target, cells},
    outbox::Outbox,
};

/// Rows of one group.
const GROUP_ROWS: usize = 32_768;
/// Encoded bytes of one group: rows with much payload make smaller groups.
const GROUP_BYTES: usize = 16 * 1024 * 1024;
/// Columns by whose single values files are searched.
const SEARCHED: [&str; 2] = ["trace_id", "span_id"];

#[derive(Default)]
pub(super) struct ParquetFile {
    outbox: Outbox,
    open: Option<(SchemaRef, ArrowWriter<Outbox>)>,
}

impl Format for ParquetFile {
    fn begin(&mut self, schema: &Schema) -> Result<(), WriteError> {
        let names = unique_names(schema.fields().iter().map(|field| field.name().as_str()));
        let field = |(name, field): (String, &Arc<Field>)| Field::new(name, stored_type(field.data_type()), true);
        let stored = Arc::new(Schema::new(names.into_iter().zip(schema.fields()).map(field).collect::<Vec<_>>()));
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("spandeck ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS));
        for name in SEARCHED.into_iter().filter(|name| stored.column_with_name(name).is_some()) {
            properties = properties.set_column_bloom_filter_enabled(ColumnPath::from(name), true);
        }
        let options = ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(self.outbox.clone(), Arc::clone(&stored), options).map_err(WriteError::new)?;
        self.open = Some((stored, writer));
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let Some((schema, writer)) = &mut self.open else { return Err(WriteError::new("the file was not begun")) };
        let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| stored(column, field.data_type()));
        let batch = RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?).map_err(WriteError::new)?;
        writer.write(&batch).map_err(WriteError::new)?;
        if writer.in_progress_size() > GROUP_BYTES {
            writer.flush().map_err(WriteError::new)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.open.take().map_or(Ok(()), |(_, writer)| writer.close().map(drop).map_err(WriteError::new))
    }

    fn take(&mut self) -> Vec<u8> {
        self.outbox.take()
    }
}

/// The type that a column has in the file.
fn stored_type(source: &DataType) -> DataType {
    match source {
        // Parquet's instants begin with milliseconds.
        DataType::Timestamp(TimeUnit::Second, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
        source if has_a_place(source) => source.clone(),
        _ => DataType::Utf8,
    }
}

fn has_a_place(source: &DataType) -> bool {
    match source {
        DataType::Union(..) | DataType::Interval(_) | DataType::Timestamp(TimeUnit::Second, _) => false,
        DataType::List(item) | DataType::FixedSizeList(item, _) | DataType::Map(item, _) => has_a_place(item.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| has_a_place(field.data_type())),
        _ => true,
    }
}

fn stored(column: &ArrayRef, target: &DataType) -> Result<ArrayRef, WriteError> {
    if column.data_type() == target {
        return Ok(Arc::clone(column));
    }
    if let (Some(seconds), DataType::Timestamp(_, zone)) = (column.as_primitive_opt::<TimestampSecondType>(), target) {
        // What does not fit is not finite, or some 300 million years away.
        let milliseconds = seconds.unary_opt::<_, TimestampMillisecondType>(|value| value.checked_mul(1_000));
        return Ok(Arc::new(milliseconds.with_timezone_opt(zone.clone())));
    }
    let cells = cells(column.as_ref(), Target::Text)?;
    let mut texts = StringBuilder::with_capacity(column.len(), 0);
    let mut text = String::new();
    for row in 0..column.len() {
        text.clear();
        cells.push(&mut text, row);
        texts.append_option((!cells.is_null(row)).then_some(text.as_str()));
    }
    Ok(Arc::new(texts.finish()))
}
