//! The table of contents at a Parquet file's end: is it there, can it be read, does it describe this file.

use std::sync::Arc;

use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use ::parquet::file::reader::ChunkReader;

use super::error::ImportError;
use super::source::{ByteSource, Windows, unreadable};

/// The smallest thing that can be a Parquet file: mark, length of the table of contents, mark.
const SMALLEST_BYTES: u64 = 12;

/// Rows of one file. The browser's memory holds a part of these, and a run of nulls lets a file of a kilobyte claim as many as it likes.
const MOST_ROWS: u64 = 200_000_000;

/// Reads and checks the table of contents of the file named `name`.
pub(super) fn load<S: ByteSource>(name: &str, file: &Windows<S>) -> Result<Arc<ParquetMetaData>, ImportError> {
    look_at_marks(name, file)?;
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Skip)
        .parse_and_finish(file)
        .map_err(|error| explain(name, &error))?;
    check(name, &metadata, file.size())?;
    Ok(Arc::new(metadata))
}

/// Tells the usual accidents apart before the reader gives them all the same name.
fn look_at_marks<S: ByteSource>(name: &str, file: &Windows<S>) -> Result<(), ImportError> {
    let file_name = || name.to_owned();
    let size = file.size();
    if size == 0 {
        return Err(ImportError::Empty { file: file_name() });
    }
    let read = |start, length| file.get_bytes(start, length).map_err(|error| explain(name, &error));
    let head = read(0, usize::try_from(size.min(4)).unwrap_or(0))?;
    let tail = read(size.saturating_sub(8), usize::try_from(size.min(8)).unwrap_or(0))?;
    let (length, tail_mark) = tail.split_at_checked(4).unwrap_or((&[], &tail));
    match (head.as_ref(), tail_mark) {
        (b"PARE", _) | (_, b"PARE") => return Err(ImportError::Encrypted { file: file_name() }),
        (b"PAR1", b"PAR1") if size >= SMALLEST_BYTES => {}
        (b"PAR1", _) => return Err(ImportError::Truncated { file: file_name() }),
        (_, b"PAR1") => return Err(ImportError::damaged(name, "its beginning is not that of a Parquet file")),
        _ => return Err(ImportError::NotParquet { file: file_name() }),
    }
    let length = length.try_into().map_or(0, u32::from_le_bytes);
    if u64::from(length) + SMALLEST_BYTES > size {
        return Err(ImportError::damaged(name, format!("its table of contents claims {length} bytes, and the whole file has {size}")));
    }
    Ok(())
}

/// The reader trusts these numbers later, and stops the program where they are negative.
fn check(name: &str, metadata: &ParquetMetaData, size: u64) -> Result<(), ImportError> {
    let mut rows = 0i64;
    let leaves = metadata.file_metadata().schema_descr().num_columns();
    for (index, group) in metadata.row_groups().iter().enumerate() {
        let damaged = |detail: &str| ImportError::damaged(name, format!("row group {} {detail}", index + 1));
        if group.num_rows() < 0 {
            return Err(damaged("claims a negative number of rows"));
        }
        rows = rows.checked_add(group.num_rows()).ok_or_else(|| damaged("claims too many rows"))?;
        if group.num_columns() != leaves {
            return Err(damaged("has another number of columns than the schema"));
        }
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
            let range = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
            let end = range.and_then(|(start, length)| start.checked_add(length));
            match end {
                None => return Err(damaged("has a column at a negative place")),
                Some(end) if end > size => {
                    return Err(damaged(&format!("has a column that ends at byte {end}, and the whole file has {size}")));
                }
                Some(_) => {}
            }
        }
    }
    match u64::try_from(rows) {
        Ok(rows) if rows > MOST_ROWS => Err(ImportError::TooManyRows { file: name.to_owned(), rows, most: MOST_ROWS }),
        _ => Ok(()),
    }
}

/// An error of the Parquet reader as one of ours.
pub(super) fn explain(name: &str, error: &ParquetError) -> ImportError {
    let text = error.to_string();
    let file = name.to_owned();
    if let Some(detail) = unreadable(&text) {
        return ImportError::Unreadable { file, detail: detail.to_owned() };
    }
    if text.to_ascii_lowercase().contains("encrypt") {
        return ImportError::Encrypted { file };
    }
    match error {
        ParquetError::NYI(_) => ImportError::Unsupported { file, detail: text },
        _ => ImportError::damaged(name, text),
    }
}
