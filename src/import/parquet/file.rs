//! One open Parquet file: its columns, and its rows a row group at a time.

use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use ::parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use ::parquet::file::metadata::ParquetMetaData;
use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Fields};

use super::error::ImportError;
use super::footer;
use super::pages::OneRowGroup;
use super::schema::{FileColumn, is_uuid, normal_type, unique_names, with_views};
use super::source::{ByteSource, Windows, unreadable};

/// Rows decoded at once at most; a power of two near what one page holds.
const ROWS_AT_ONCE: u64 = 8192;
/// Expanded bytes decoded at once, by what the file says about its rows.
const BYTES_AT_ONCE: u64 = 4 * 1024 * 1024;
/// Rows looked at to tell text from other bytes.
const SAMPLE_ROWS: usize = 1024;

pub(super) struct ParquetFile<S> {
    pub(super) name: String,
    pub(super) columns: Vec<FileColumn>,
    bytes: Windows<S>,
    metadata: Arc<ParquetMetaData>,
    levels: FieldLevels,
}

impl<S: ByteSource> ParquetFile<S> {
    pub(super) fn open(name: String, source: S) -> Result<Self, ImportError> {
        let bytes = Windows::new(source);
        let metadata = footer::load(&name, &bytes)?;
        let parquet_schema = metadata.file_metadata().schema_descr();
        let explain = |error| footer::explain(&name, &error);
        // What the file says of Arrow types is left aside: dictionaries and the like only matter to their writer.
        let plain = parquet_to_arrow_schema(parquet_schema, None).map_err(explain)?;
        let fields = with_views(plain.fields());
        if fields.is_empty() {
            return Err(ImportError::NoColumns { file: name });
        }
        let levels = parquet_to_arrow_field_levels(parquet_schema, ProjectionMask::all(), Some(&fields)).map_err(explain)?;
        let mut file = Self { name, columns: Vec::new(), bytes, metadata, levels };
        file.columns = file.find_columns(&fields)?;
        Ok(file)
    }

    /// The file's size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.bytes.size()
    }

    pub(super) fn rows(&self) -> u64 {
        (0..self.row_groups()).map(|group| self.group_rows(group)).sum()
    }

    pub(super) fn row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    pub(super) fn group_rows(&self, group: usize) -> u64 {
        let group = self.metadata.row_groups().get(group);
        group.and_then(|group| u64::try_from(group.num_rows()).ok()).unwrap_or(0)
    }

    /// The rows of a row group, all columns, in small batches.
    pub(super) fn read_group(&self, group: usize) -> Result<ParquetRecordBatchReader, ImportError> {
        self.reader(group, &self.levels, usize::MAX)
    }

    fn reader(&self, group: usize, levels: &FieldLevels, most_rows: usize) -> Result<ParquetRecordBatchReader, ImportError> {
        let expanded = self.metadata.row_groups().get(group).map_or(0, |group| group.total_byte_size());
        let row_bytes = u64::try_from(expanded).unwrap_or(0) / self.group_rows(group).max(1);
        let rows = (BYTES_AT_ONCE / row_bytes.max(1)).clamp(1, ROWS_AT_ONCE);
        let rows = usize::try_from(rows).unwrap_or(1).min(most_rows);
        let source = OneRowGroup { file: self.bytes.clone(), metadata: Arc::clone(&self.metadata), index: group };
        ParquetRecordBatchReader::try_new_with_row_groups(levels, &source, rows, None).map_err(|error| footer::explain(&self.name, &error))
    }

    fn find_columns(&self, fields: &Fields) -> Result<Vec<FileColumn>, ImportError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let names = unique_names(fields.iter().map(|field| field.name().as_str()));
        let mut columns = Vec::with_capacity(names.len());
        for (index, (name, field)) in names.into_iter().zip(fields).enumerate() {
            let uuid = is_uuid(schema, index);
            let text = *field.data_type() != DataType::BinaryView || self.looks_like_text(index)?;
            let fits = matches!(field.data_type(), DataType::Decimal128(_, 0)) && self.fits_64_bits(index);
            columns.push(FileColumn { name, target: normal_type(field.data_type(), uuid, text, fits), uuid });
        }
        Ok(columns)
    }

    /// The levels of the root's column `index` alone.
    fn one_column(&self, index: usize) -> Result<FieldLevels, ImportError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let mask = ProjectionMask::roots(schema, [index]);
        parquet_to_arrow_field_levels(schema, mask, None).map_err(|error| footer::explain(&self.name, &error))
    }

    /// Many writers leave text without the mark that says so. Whether the first rows of the column are text.
    fn looks_like_text(&self, index: usize) -> Result<bool, ImportError> {
        let Some(group) = (0..self.row_groups()).find(|group| self.group_rows(*group) > 0) else {
            return Ok(true);
        };
        let mut reader = self.reader(group, &self.one_column(index)?, SAMPLE_ROWS)?;
        let batch = reader.next().transpose().map_err(|error| self.damage(group, &error.to_string()))?;
        let column = batch.as_ref().and_then(|batch| batch.columns().first());
        Ok(column.is_none_or(is_text))
    }

    /// Whether the file's own statistics say that the whole decimals of column `index` fit 64 bits.
    fn fits_64_bits(&self, index: usize) -> bool {
        let schema = self.metadata.file_metadata().schema_descr();
        let leaf = (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == index);
        let Some(leaf) = leaf else { return false };
        let fits = |bytes: Option<&[u8]>| bytes.and_then(big_endian).is_some_and(|value| i64::try_from(value).is_ok());
        self.metadata.row_groups().iter().all(|group| {
            let statistics = group.columns().get(leaf).and_then(|column| column.statistics());
            group.num_rows() == 0
                || statistics.is_some_and(|statistics| {
                    !statistics.is_min_max_deprecated() && fits(statistics.min_bytes_opt()) && fits(statistics.max_bytes_opt())
                })
        })
    }

    /// Reading row group `group` failed with `detail`. Says in which column, by trying each alone.
    pub(super) fn damage(&self, group: usize, detail: &str) -> ImportError {
        if let Some(detail) = unreadable(detail) {
            return ImportError::Unreadable { file: self.name.clone(), detail: detail.to_owned() };
        }
        let broken = self.columns.iter().enumerate().find(|(index, _)| {
            let reader = self.one_column(*index).and_then(|levels| self.reader(group, &levels, usize::MAX));
            reader.map_or(true, |mut reader| reader.any(|batch| batch.is_err()))
        });
        let mut error = ImportError::damaged(&self.name, detail);
        if let (Some((_, column)), ImportError::Damaged { place, .. }) = (broken, &mut error) {
            let groups = self.row_groups();
            *place = format!(" in the column “{}”", column.name);
            if groups > 1 {
                place.push_str(&format!(", row group {} of {groups}", group + 1));
            }
        }
        error
    }
}

/// UTF-8 without the control characters that no text has. A column of nothing but nulls passes.
fn is_text(column: &ArrayRef) -> bool {
    let text = |bytes: &[u8]| {
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}');
        std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(control))
    };
    column.as_binary_opt::<i32>().is_none_or(|values| values.iter().flatten().all(text))
}

/// A number of up to 16 bytes, two's complement, highest byte first.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let negative = first & 0x80 != 0;
    let start: i128 = if negative { -1 } else { 0 };
    (bytes.len() <= 16).then(|| bytes.iter().fold(start, |value, byte| (value << 8) | i128::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_endian_numbers_keep_their_sign() {
        assert_eq!(big_endian(&[0xff, 0xfe]), Some(-2));
        assert_eq!(big_endian(&[0, 1, 0]), Some(256));
        assert_eq!(big_endian(&i128::MIN.to_be_bytes()), Some(i128::MIN));
        assert_eq!(big_endian(&[0; 17]), None);
        assert_eq!(big_endian(&[]), None);
    }
}
