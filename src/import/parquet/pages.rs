//! The pages of one row group, checked before they are decoded.
//!
//! The Parquet reader takes some of what a page says for granted and stops the program where it is not so: counts that
//! memory is reserved by, levels shorter than said, values that refer to a dictionary which is not there.

use std::sync::Arc;

use ::parquet::arrow::arrow_reader::RowGroups;
use ::parquet::basic::{Compression, Encoding, Type};
use ::parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use ::parquet::file::reader::SerializedPageReader;
use ::parquet::schema::types::ColumnDescPtr;

use super::expand;
use super::page_header::varint;
use super::source::{ByteSource, Claim, Claims, Windows};

/// Values in one page of a repeated column. A run of nulls costs no bytes, so the bytes alone do not bound it.
const MOST_REPEATED_VALUES: u32 = 64 * 1024 * 1024;

/// One row group of a file.
pub(super) struct OneRowGroup<S> {
    pub(super) file: Windows<S>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) index: usize,
}

impl<S> OneRowGroup<S> {
    fn group(&self) -> Option<&RowGroupMetaData> {
        self.metadata.row_groups().get(self.index)
    }
}

impl<S: ByteSource> RowGroups for OneRowGroup<S> {
    fn num_rows(&self) -> usize {
        self.group().and_then(|group| usize::try_from(group.num_rows()).ok()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let missing = || ParquetError::General(format!("column {column} is missing"));
        let group = self.group().ok_or_else(missing)?;
        let chunk = group.columns().get(column).ok_or_else(missing)?;
        let codec = chunk.compression();
        let claimed = Claim::default();
        let file = Arc::new(Claims { file: self.file.clone(), last: claimed.clone() });
        let inner = if expand::is_ours(codec) {
            // As if it were stored plainly: the pages come as they are.
            let plain = chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
            SerializedPageReader::new(file, &plain, self.num_rows(), None)?
        } else {
            SerializedPageReader::new(file, chunk, self.num_rows(), None)?
        };
        let pages = CheckedPages { inner, codec, claimed, column: chunk.column_descr_ptr(), dictionary: false };
        Ok(Box::new(OneChunk(Some(Box::new(pages)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.group().into_iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

struct OneChunk(Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}

struct CheckedPages<S: ByteSource> {
    inner: SerializedPageReader<Claims<S>>,
    codec: Compression,
    /// Of the page that came last.
    claimed: Claim,
    column: ColumnDescPtr,
    dictionary: bool,
}

impl<S: ByteSource> Iterator for CheckedPages<S> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<S: ByteSource> PageReader for CheckedPages<S> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        let page = match page {
            Some(page) if expand::is_ours(self.codec) => {
                Some(expanded(page, self.codec, self.claimed.bytes()).map_err(ParquetError::General)?)
            }
            page => page,
        };
        if let Some(page) = &page {
            self.dictionary = check(page, &self.column, self.dictionary).map_err(ParquetError::General)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }
}

/// A page as it came, with its content expanded. The levels of the second kind of page are never packed, and its values may not be either.
fn expanded(mut page: Page, codec: Compression, size: usize) -> std::result::Result<Page, String> {
    match &mut page {
        Page::DictionaryPage { buf, .. } | Page::DataPage { buf, .. } => *buf = expand::expand(codec, buf, size)?.into(),
        Page::DataPageV2 { is_compressed: false, .. } => {}
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, is_compressed, .. } => {
            let levels = u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len);
            let levels = usize::try_from(levels).ok().filter(|levels| *levels <= size);
            let (plain, packed) = levels.and_then(|levels| buf.split_at_checked(levels)).ok_or("a page is shorter than its levels")?;
            let content = expand::expand(codec, packed, size - plain.len())?;
            *buf = [plain, content.as_slice()].concat().into();
            *is_compressed = false;
        }
    }
    Ok(page)
}

/// Whether the column has a dictionary after this page, or what is wrong with the page.
fn check(page: &Page, column: &ColumnDescPtr, dictionary: bool) -> std::result::Result<bool, String> {
    let (bytes, values, encoding) = match page {
        Page::DictionaryPage { buf, num_values, .. } => {
            return match usize::try_from(*num_values) {
                _ if dictionary => Err("a column has two dictionaries".to_owned()),
                // The smallest entry is one byte, and bytes without entries are none.
                Ok(entries) if entries <= buf.len() && (entries > 0 || buf.is_empty()) => Ok(true),
                _ => Err(format!("a dictionary claims {num_values} entries in {} bytes", buf.len())),
            };
        }
        Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } => {
            let mut rest = buf.as_ref();
            for (level, encoding) in [(column.max_rep_level(), rep_level_encoding), (column.max_def_level(), def_level_encoding)] {
                if level > 0 {
                    skip_levels(&mut rest, level, *encoding, *num_values)?;
                }
            }
            (rest, *num_values, *encoding)
        }
        Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let mut rest = buf.as_ref();
            for (level, length) in [(column.max_rep_level(), rep_levels_byte_len), (column.max_def_level(), def_levels_byte_len)] {
                let length = usize::try_from(*length).ok();
                let (levels, after) = length.and_then(|length| rest.split_at_checked(length)).ok_or("a page is shorter than its levels")?;
                if level > 0 {
                    check_runs(levels, level_width(level), u64::from(*num_values), 0)?;
                }
                rest = after;
            }
            (rest, *num_values, *encoding)
        }
    };
    if column.max_rep_level() > 0 && values > MOST_REPEATED_VALUES {
        return Err(format!("a page claims {values} repeated values"));
    }
    check_values(bytes, values, encoding, column.physical_type(), dictionary)?;
    Ok(dictionary)
}

/// Bits that a level of at most `level` takes.
fn level_width(level: i16) -> u64 {
    u64::from(i16::BITS - level.leading_zeros())
}

/// Walks the runs of an RLE/bit-packed hybrid of at most `count` numbers. A packed run must have the bytes of the numbers
/// that are still wanted of it, but for `slack` of them: a writer may cut its last group of eight, and where nulls are
/// left out `count` is more than there are.
fn check_runs(bytes: &[u8], width: u64, count: u64, slack: u64) -> std::result::Result<(), String> {
    let broken = || "a page's levels or indices break off".to_owned();
    let mut rest = bytes;
    let mut left = count;
    while left > 0 && !rest.is_empty() {
        let header = varint(&mut rest).filter(|header| *header <= u64::from(u32::MAX)).ok_or_else(broken)?;
        let (numbers, length) = if header & 1 == 1 {
            let numbers = (header >> 1) * 8;
            if (rest.len() as u64) < (numbers.min(left).saturating_sub(slack) * width).div_ceil(8) {
                return Err(broken());
            }
            (numbers, (numbers * width).div_ceil(8).min(rest.len() as u64))
        } else {
            (header >> 1, width.div_ceil(8))
        };
        rest = usize::try_from(length).ok().and_then(|length| rest.get(length..)).ok_or_else(broken)?;
        left = left.saturating_sub(numbers);
    }
    Ok(())
}

fn skip_levels(rest: &mut &[u8], level: i16, encoding: Encoding, values: u32) -> std::result::Result<(), String> {
    let width = level_width(level);
    let length = match encoding {
        Encoding::RLE => {
            let (length, after) = rest.split_first_chunk::<4>().ok_or("a page is shorter than its levels")?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok();
            let levels = length.and_then(|length| after.get(..length)).ok_or("a page is shorter than its levels")?;
            check_runs(levels, width, u64::from(values), 0)?;
            Some(4 + levels.len())
        }
        #[expect(deprecated, reason = "old files have it")]
        Encoding::BIT_PACKED => usize::try_from((u64::from(values) * width).div_ceil(8)).ok(),
        other => return Err(format!("levels in the encoding {other}")),
    };
    *rest = length.and_then(|length| rest.get(length..)).ok_or("a page is shorter than its levels")?;
    Ok(())
}

fn check_values(bytes: &[u8], values: u32, encoding: Encoding, physical: Type, dictionary: bool) -> std::result::Result<(), String> {
    let text = matches!(physical, Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
    match encoding {
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
            if !dictionary {
                return Err("values refer to a dictionary that is not there".to_owned());
            }
            match bytes.split_first() {
                Some((width, _)) if *width > 32 => Err(format!("dictionary indices of {width} bits")),
                Some((width, runs)) => check_runs(runs, u64::from(*width), u64::from(values), 7),
                None => Ok(()),
            }
        }
        Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => delta_packed_end(bytes, u64::from(values)).map(|_| ()),
        Encoding::DELTA_BYTE_ARRAY if text => {
            let prefixes = delta_packed_end(bytes, u64::from(values))?;
            let rest = bytes.get(prefixes..).unwrap_or_default();
            delta_packed_end(rest, u64::from(values)).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Walks a DELTA_BINARY_PACKED run and gives the byte after it. The run may hold `most` values.
fn delta_packed_end(bytes: &[u8], most: u64) -> std::result::Result<usize, String> {
    let cut = || "a page ends within its numbers".to_owned();
    if bytes.is_empty() {
        // Some writers leave a page of nothing but nulls without a run.
        return Ok(0);
    }
    let mut rest = bytes;
    let block = varint(&mut rest).ok_or_else(cut)?;
    let minis = varint(&mut rest).ok_or_else(cut)?;
    let count = varint(&mut rest).ok_or_else(cut)?;
    varint(&mut rest).ok_or_else(cut)?;
    if count > most {
        return Err(format!("a page of {most} values claims {count} numbers"));
    }
    if minis == 0 || block == 0 || block % minis != 0 || !(block / minis).is_multiple_of(32) || block > 1 << 24 {
        return Err(format!("blocks of {block} numbers in {minis} parts"));
    }
    let per_mini = block / minis;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        varint(&mut rest).ok_or_else(cut)?;
        let widths = usize::try_from(minis).ok().and_then(|minis| rest.split_at_checked(minis));
        let (widths, after) = widths.ok_or_else(cut)?;
        rest = after;
        for width in widths {
            if left == 0 {
                break;
            }
            let length = (per_mini * u64::from(*width)).div_ceil(8);
            // A last part may be cut to the values that are there.
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
            rest = rest.get(length..).unwrap_or_default();
            left = left.saturating_sub(per_mini);
        }
    }
    Ok(bytes.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_must_have_their_bytes() {
        // Nine times the value 1, then one packed group of eight, two bits each.
        let runs = [18, 1, 0b11, 0xe4, 0xe4];
        assert_eq!(check_runs(&runs, 2, 17, 0), Ok(()));
        assert!(check_runs(&runs[..4], 2, 17, 0).is_err());
        assert_eq!(check_runs(&runs[..4], 2, 13, 0), Ok(()), "a cut last group with all that is wanted");
        assert_eq!(check_runs(&runs[..4], 2, 17, 7), Ok(()));
        assert!(check_runs(&[0xff; 12], 2, 17, 0).is_err(), "a run's length of more than 64 bits");
    }

    #[test]
    fn a_delta_run_cannot_claim_more_than_its_page() {
        // 128 numbers a block in 4 parts, 3 numbers, first 5, least delta 0, widths 0.
        let run = [0x80, 0x01, 4, 3, 10, 0, 0, 0, 0, 0, 0x77];
        assert_eq!(delta_packed_end(&run, 3), Ok(10));
        assert!(delta_packed_end(&run, 2).is_err());
        assert!(delta_packed_end(&[0x80, 0x01, 0, 3, 10], 3).is_err());
        assert!(delta_packed_end(&run[..7], 3).is_err());
    }

    #[test]
    fn a_dictionary_must_be_there_and_fit_its_bytes() {
        let column = || {
            let schema = ::parquet::schema::parser::parse_message_type("message m { required binary a (UTF8); }");
            ::parquet::schema::types::SchemaDescriptor::new(Arc::new(schema.unwrap())).column(0)
        };
        let dictionary =
            |num_values| Page::DictionaryPage { buf: vec![0; 8].into(), num_values, encoding: Encoding::PLAIN, is_sorted: false };
        let data = Page::DataPage {
            buf: vec![1, 2, 0].into(),
            num_values: 1,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        assert_eq!(check(&dictionary(2), &column(), false), Ok(true));
        assert!(check(&dictionary(2_000_000_000), &column(), false).is_err());
        assert_eq!(check(&data, &column(), true), Ok(true));
        assert!(check(&data, &column(), false).is_err_and(|text| text.contains("not there")));
    }
}
