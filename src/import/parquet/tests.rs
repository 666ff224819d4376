//! The zoo of Parquet files, read whole: every writer, encoding and accident that has its own file in tests/fixtures.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, TimeUnit};
use proptest::prelude::*;
use serde_json::Value;

use super::{Batch, ByteSource, ImportError, Importer};

/// A file in memory.
pub(in crate::import) struct Memory(pub(in crate::import) Vec<u8>);

impl ByteSource for Memory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        let start = usize::try_from(start).unwrap();
        Ok(self.0.get(start..start + length).ok_or("read beyond the end")?.to_vec())
    }
}

fn zoo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet_zoo")
}

fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(zoo().join("expected.json")).unwrap()).unwrap()
}

fn names(group: &str) -> Vec<String> {
    expected()[group].as_object().unwrap().keys().cloned().collect()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(zoo().join(name)).unwrap()
}

fn open(names: &[&str]) -> Result<Importer<Memory>, ImportError> {
    Importer::open(names.iter().map(|name| ((*name).to_owned(), Memory(bytes(name)))).collect())
}

fn drain(importer: &mut Importer<Memory>) -> Result<Vec<Batch>, ImportError> {
    std::iter::from_fn(|| importer.next_batch().transpose()).collect()
}

/// All rows as one batch, read back from the streams.
fn read_all(importer: &mut Importer<Memory>) -> RecordBatch {
    let mut parts = Vec::new();
    let mut schema = None;
    for batch in drain(importer).unwrap() {
        let reader = StreamReader::try_new(batch.ipc.as_slice(), None).unwrap();
        schema = Some(reader.schema());
        let before = parts.len();
        parts.extend(reader.map(Result::unwrap));
        let rows: usize = parts.iter().skip(before).map(RecordBatch::num_rows).sum();
        assert_eq!(rows as u64, batch.rows);
    }
    arrow_select::concat::concat_batches(&schema.unwrap(), &parts).unwrap()
}

fn read(name: &str) -> RecordBatch {
    read_all(&mut open(&[name]).unwrap())
}

fn texts<'a>(table: &'a RecordBatch, name: &str) -> Vec<Option<&'a str>> {
    table.column_by_name(name).unwrap().as_string::<i32>().iter().collect()
}

/// Times in ns and the unit that they were cut to.
fn times(column: &ArrayRef) -> (Vec<i64>, i64) {
    match column.data_type() {
        DataType::Int64 => (column.as_primitive::<Int64Type>().values().to_vec(), 1),
        DataType::UInt64 => {
            let values = column.as_primitive::<UInt64Type>().values();
            (values.iter().map(|value| i64::try_from(*value).unwrap()).collect(), 1)
        }
        DataType::Decimal128(_, 0) => {
            let values = column.as_primitive::<Decimal128Type>().values();
            (values.iter().map(|value| i64::try_from(*value).unwrap()).collect(), 1)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, None) => (column.as_primitive::<TimestampNanosecondType>().values().to_vec(), 1),
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            let values = column.as_primitive::<TimestampMicrosecondType>().values();
            (values.iter().map(|value| value * 1000).collect(), 1000)
        }
        DataType::Timestamp(TimeUnit::Millisecond, None) => {
            let values = column.as_primitive::<TimestampMillisecondType>().values();
            (values.iter().map(|value| value * 1_000_000).collect(), 1_000_000)
        }
        other => panic!("times of type {other}"),
    }
}

#[test]
fn every_good_file_gives_the_same_spans() {
    let expected = expected();
    let want = &expected["every_file_listed_under_ok"];
    let files = names("ok");
    assert!(files.len() > 30);
    for name in files {
        let table = read(&name);
        assert_eq!(table.num_rows() as u64, want["rows"].as_u64().unwrap(), "{name}");
        for column in table.columns() {
            assert!(!column.data_type().is_nested(), "{name}: {}", column.data_type());
        }
        let errors = texts(&table, "status_code").iter().filter(|code| **code == Some("ERROR")).count();
        assert_eq!(errors as u64, want["errors"].as_u64().unwrap(), "{name}");
        let traces: BTreeSet<_> = texts(&table, "trace_id").into_iter().collect();
        assert_eq!(traces.len() as u64, want["traces"].as_u64().unwrap(), "{name}");
        if let Some(durations) = table.column_by_name("duration_ms") {
            let sum: f64 = durations.as_primitive::<Float64Type>().values().iter().sum();
            let want = want["sum_duration_ms"].as_f64().unwrap();
            assert!((sum - want).abs() < 1e-6, "{name}: {sum}");
        }
        let (starts, unit) = times(table.column_by_name("start_time").unwrap());
        let (ends, _) = times(table.column_by_name("end_time").unwrap());
        let cut = |ns: &Value| ns.as_i64().unwrap() / unit * unit;
        assert_eq!(*starts.iter().min().unwrap(), cut(&want["min_start_time"]), "{name}");
        assert_eq!(*ends.iter().max().unwrap(), cut(&want["max_end_time"]), "{name}");
    }
}

#[test]
fn nested_attributes_have_the_keys_of_the_plain_ones() {
    let keys = |table: &RecordBatch, column: &str| -> Vec<BTreeSet<String>> {
        let keys = |text: &Option<&str>| {
            let value: Value = serde_json::from_str(text.unwrap_or("{}")).unwrap();
            value.as_object().unwrap().keys().cloned().collect()
        };
        texts(table, column).iter().map(keys).collect()
    };
    let plain = read("pyarrow_snappy.parquet");
    for name in [
        "pyarrow_nested_map_list_struct.parquet",
        "pyarrow_nested_struct.parquet",
        "pyarrow_nested_key_value_list.parquet",
        "pyarrow_binary_text.parquet",
        "duckdb_1.4.3_v2_zstd.parquet",
    ] {
        let table = read(name);
        assert_eq!(texts(&table, "span_id"), texts(&plain, "span_id"), "{name}");
        assert_eq!(keys(&table, "attributes"), keys(&plain, "attributes"), "{name}");
    }
    let nested = read("pyarrow_nested_map_list_struct.parquet");
    assert_eq!(keys(&nested, "resource"), keys(&plain, "resource"));
    let events = |table: &RecordBatch| -> Vec<Vec<(Value, Value)>> {
        let events = |text: &Option<&str>| match serde_json::from_str(text.unwrap_or("[]")).unwrap() {
            Value::Array(events) => events.iter().map(|event| (event["name"].clone(), event["timestamp"].clone())).collect(),
            other => panic!("events are {other}"),
        };
        texts(table, "events").iter().map(events).collect()
    };
    assert_eq!(events(&nested), events(&plain));
    assert!(events(&plain).iter().any(|events| !events.is_empty()));
}

#[test]
fn types_are_those_that_the_engine_reads() {
    let type_of = |file: &str, column: &str| {
        let columns = open(&[file]).unwrap().columns();
        columns.into_iter().find(|found| found.name == column).unwrap().type_name
    };
    for (file, column, want) in [
        ("pyarrow_snappy.parquet", "start_time", "BIGINT"),
        ("pyarrow_snappy.parquet", "duration_ms", "DOUBLE"),
        ("pyarrow_uint64.parquet", "start_time", "UBIGINT"),
        ("pyarrow_decimal.parquet", "start_time", "BIGINT"),
        ("pyarrow_timestamp_ms.parquet", "start_time", "TIMESTAMP_MS"),
        ("pyarrow_timestamp_us_utc.parquet", "start_time", "TIMESTAMP"),
        ("pyarrow_timestamp_ns.parquet", "start_time", "TIMESTAMP_NS"),
        ("pyarrow_timestamp_int96.parquet", "start_time", "TIMESTAMP_NS"),
        ("pyarrow_binary_text.parquet", "attributes", "VARCHAR"),
        ("pyarrow_nested_struct.parquet", "attributes", "VARCHAR"),
        ("pyarrow_arrow_schema_dictionary_large.parquet", "service", "VARCHAR"),
        ("duckdb_1.4.3_v1_snappy.parquet", "attributes", "VARCHAR"),
    ] {
        assert_eq!(type_of(file, column), want, "{file} {column}");
    }
}

#[test]
fn a_file_without_rows_still_gives_its_columns() {
    let mut importer = open(&["ok_zero_rows.parquet"]).unwrap();
    assert_eq!(importer.rows(), 0);
    let batches = drain(&mut importer).unwrap();
    assert_eq!(batches.iter().map(|batch| batch.rows).collect::<Vec<_>>(), [0]);
    let reader = StreamReader::try_new(batches.first().unwrap().ipc.as_slice(), None).unwrap();
    assert!(reader.schema().field_with_name("trace_id").is_ok());
}

#[test]
fn several_files_are_one_table() {
    let mut importer = open(&["pyarrow_row_groups_of_40.parquet", "pyarrow_minimal_columns.parquet", "pyarrow_uint64.parquet"]).unwrap();
    assert_eq!(importer.rows(), 600);
    let table = read_all(&mut importer);
    assert_eq!(table.num_rows(), 600);
    let services = texts(&table, "service");
    assert!(services.get(..200).unwrap().iter().all(Option::is_some));
    assert!(services.get(200..400).unwrap().iter().all(Option::is_none));
    let starts = table.column_by_name("start_time").unwrap();
    assert_eq!(starts.data_type(), &DataType::Decimal128(20, 0));
    assert_eq!(times(&starts.slice(0, 200)).0, times(&starts.slice(400, 200)).0);
    assert!(importer.warnings().is_empty());

    let mut clash = open(&["pyarrow_snappy.parquet", "pyarrow_timestamp_us_utc.parquet"]).unwrap();
    let table = read_all(&mut clash);
    let starts = texts(&table, "start_time");
    assert!(starts.first().unwrap().unwrap().starts_with("17724"));
    assert!(starts.last().unwrap().unwrap().starts_with("2026-03-02 08:"));
    assert_eq!(clash.warnings().len(), 2, "{:?}", clash.warnings());
}

#[test]
fn bad_files_are_refused_in_words() {
    for (name, code, word) in [
        ("bad_empty.parquet", "parquet-empty", "0 bytes"),
        ("bad_text.parquet", "parquet-not-parquet", "not a Parquet file"),
        ("bad_truncated.parquet", "parquet-truncated", "cut off"),
        ("bad_huge_footer.parquet", "parquet-damaged", "claims"),
        ("bad_encrypted.parquet", "parquet-encrypted", "encrypted"),
        ("bad_page_bytes.parquet", "parquet-damaged", "in the column “attributes”"),
    ] {
        let error = open(&[name]).and_then(|mut importer| drain(&mut importer)).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        let text = error.to_string();
        assert!(text.contains(name) && text.contains(word), "{text}");
    }
    let table = read("bad_not_spans.parquet");
    assert!(table.num_rows() > 0, "it is good Parquet; that it holds no spans is for the page to say");
    assert_eq!(Importer::<Memory>::open(Vec::new()).err(), Some(ImportError::NoFiles));
}

#[test]
fn an_error_stays() {
    let mut importer = open(&["bad_page_bytes.parquet"]).unwrap();
    let first = importer.next_batch().unwrap_err();
    assert_eq!(importer.next_batch().unwrap_err(), first);
}

/// A source that fails, as a file does that was deleted after it had been chosen.
struct Gone(Memory);

impl ByteSource for Gone {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        // Its ends were read when it was opened.
        let middle = 1000..self.size() - 400_000;
        if middle.contains(&start) { Err("gone".to_owned()) } else { self.0.read_at(start, length) }
    }
}

#[test]
fn a_file_that_goes_away_is_not_called_damaged() {
    let bytes = many_rows(300_000, 4);
    let gone = Gone(Memory(bytes));
    let mut importer = Importer::open(vec![("x".to_owned(), gone)]).unwrap();
    let error = std::iter::from_fn(|| importer.next_batch().transpose()).find_map(Result::err).unwrap();
    assert_eq!(error, ImportError::Unreadable { file: "x".to_owned(), detail: "gone".to_owned() });
}

/// A file of one row group with ids and texts of `length` bytes, the same text in every row, as a dictionary keeps once.
fn many_rows(rows: i64, length: usize) -> Vec<u8> {
    let ids: ArrayRef = Arc::new((0..rows).map(|id| id * 7919 % 1_000_003).collect::<arrow_array::Int64Array>());
    let text = "x".repeat(length);
    let texts: ArrayRef = Arc::new((0..rows).map(|_| Some(text.as_str())).collect::<arrow_array::StringViewArray>());
    let batch = RecordBatch::try_from_iter([("id", ids), ("text", texts)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn streams_stay_small_by_rows_and_by_bytes() {
    let narrow = vec![("narrow".to_owned(), Memory(many_rows(200_000, 4)))];
    let rows: Vec<_> = drain(&mut Importer::open(narrow).unwrap()).unwrap().iter().map(|batch| batch.rows).collect();
    assert_eq!(rows, [65_536, 65_536, 65_536, 3_392]);

    // 300 MB of text in a file of a few kB: the dictionary has it once.
    let file = many_rows(3_000, 100_000);
    assert!(file.len() < 1_000_000);
    let mut importer = Importer::open(vec![("wide".to_owned(), Memory(file))]).unwrap();
    let batches = drain(&mut importer).unwrap();
    assert_eq!(batches.iter().map(|batch| batch.rows).sum::<u64>(), 3_000);
    assert!(batches.iter().all(|batch| batch.ipc.len() < 20 << 20));
    assert!(batches.len() > 15);
}

thread_local! {
    /// Where this thread's last expected panic was; `None` outside of [`survive`].
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Reads everything. An error is fine. So is, natively, a panic below us: the Parquet reader has a few left that only
/// decoding finds, and in the browser the worker's end is a message on the page. A panic of our own comes out as text.
fn survive(file: Vec<u8>) -> Result<(), String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            let expected = PANIC
                .with_borrow_mut(|place| place.as_mut().map(|place| *place = info.location().map(ToString::to_string).unwrap_or_default()));
            if expected.is_none() {
                usual(info);
            }
        }));
    });
    PANIC.set(Some(String::new()));
    let run = || Importer::open(vec![("fuzzed".to_owned(), Memory(file))]).and_then(|mut all| drain(&mut all)).is_ok();
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let place = PANIC.take().unwrap_or_default();
    let below = ["parquet-", "arrow-", "core/src", "alloc/src"].iter().any(|library| place.contains(library));
    if outcome.is_ok() || below { Ok(()) } else { Err(place) }
}

#[derive(Debug, Clone)]
struct Harm {
    file: prop::sample::Index,
    flips: Vec<(prop::sample::Index, u8)>,
    /// Flips within the table of contents rather than anywhere.
    footer: bool,
    cut: Option<prop::sample::Index>,
}

fn harm() -> impl Strategy<Value = Harm> {
    let flip = (any::<prop::sample::Index>(), 1u8..);
    let flips = prop::collection::vec(flip, 1..6);
    let cut = prop::option::weighted(0.1, any::<prop::sample::Index>());
    (any::<prop::sample::Index>(), flips, any::<bool>(), cut).prop_map(|(file, flips, footer, cut)| Harm { file, flips, footer, cut })
}

fn harmed(files: &[Vec<u8>], harm: &Harm) -> Vec<u8> {
    let mut file = harm.file.get(files).clone();
    let tail: [u8; 4] = file.get(file.len() - 8..file.len() - 4).unwrap().try_into().unwrap();
    let footer = u32::from_le_bytes(tail) as usize + 8;
    for (at, mask) in &harm.flips {
        let range = if harm.footer { footer } else { file.len() };
        let from_end = at.index(range) + 1;
        let index = file.len() - from_end;
        *file.get_mut(index).unwrap() ^= mask;
    }
    if let Some(cut) = harm.cut {
        let length = cut.index(file.len());
        // The end stays, so that more than the missing mark is tested.
        let end = file.split_off(file.len() - footer.min(file.len()));
        file.truncate(length);
        file.extend(end);
    }
    file
}

/// A file of one column whose only page expands to `size` bytes of text and claims `claimed`, which must be less.
fn bomb(size: usize, claimed: u16) -> Vec<u8> {
    use ::parquet::arrow::ArrowWriter;
    use ::parquet::basic::{Compression, GzipLevel};
    use ::parquet::file::properties::WriterProperties;
    let column: ArrayRef = Arc::new(arrow_array::StringArray::from(vec!["a".repeat(size)]));
    let batch = RecordBatch::try_from_iter([("attributes", column)]).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::GZIP(GzipLevel::default())).set_dictionary_enabled(false);
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties.build())).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    // After the mark: the page's type, and its expanded size as a zigzag number of seven bits a byte. A longer way to write a small number is
    // valid too, so that nothing moves.
    assert_eq!(file[4..7], [0x15, 0, 0x15], "the header is not the one of a data page");
    let last = (7..).find(|at| file[*at] & 0x80 == 0).unwrap();
    let mut rest = u32::from(claimed) * 2;
    for (at, byte) in file.iter_mut().enumerate().take(last + 1).skip(7) {
        *byte = u8::try_from(rest & 0x7f).unwrap() | if at < last { 0x80 } else { 0 };
        rest >>= 7;
    }
    assert_eq!(rest, 0, "the claim does not fit");
    file
}

#[test]
fn a_page_that_expands_beyond_what_it_claims_is_stopped_there() {
    let file = bomb(200 << 20, 1000);
    assert!(file.len() < 1 << 20, "a small file: {} bytes", file.len());
    let mut importer = Importer::open(vec![("bomb.parquet".to_owned(), Memory(file))]).unwrap();
    let error = drain(&mut importer).unwrap_err();
    assert_eq!(error.code(), "parquet-damaged");
    assert!(error.to_string().contains("claims to expand to 1000 bytes"), "{error}");
}

#[test]
fn more_rows_than_any_browser_holds_are_refused_with_their_number() {
    use ::parquet::file::metadata::{ParquetMetaDataReader, ParquetMetaDataWriter};
    let file = bytes::Bytes::from(bytes("pyarrow_snappy.parquet"));
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
    let mut builder = metadata.into_builder();
    let groups: Vec<_> =
        builder.take_row_groups().into_iter().map(|group| group.into_builder().set_num_rows(3_000_000_000).build().unwrap()).collect();
    let lie = builder.set_row_groups(groups).build();
    let length = u32::from_le_bytes(file[file.len() - 8..file.len() - 4].try_into().unwrap());
    let mut written = file[..file.len() - 8 - usize::try_from(length).unwrap()].to_vec();
    ParquetMetaDataWriter::new(&mut written, &lie).finish().unwrap();
    let error = Importer::open(vec![("rows.parquet".to_owned(), Memory(written))]).err().unwrap();
    assert_eq!(error.code(), "parquet-too-many-rows");
    assert!(error.to_string().contains("3000000000") && error.to_string().contains("200000000"), "{error}");
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_are_an_error_or_other_values_in_bounded_time(harm in harm()) {
        static FILES: std::sync::LazyLock<Vec<Vec<u8>>> =
            std::sync::LazyLock::new(|| names("ok").iter().map(|name| bytes(name)).collect());
        let started = Instant::now();
        let outcome = survive(harmed(&FILES, &harm));
        prop_assert_eq!(outcome, Ok(()));
        prop_assert!(started.elapsed() < Duration::from_secs(20), "took {:?}", started.elapsed());
    }

    #[test]
    fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..200), marks in any::<bool>()) {
        if marks {
            let length = u32::try_from(bytes.len()).unwrap();
            bytes.splice(..0, *b"PAR1");
            bytes.extend(length.to_le_bytes());
            bytes.extend(b"PAR1");
        }
        prop_assert_eq!(survive(bytes), Ok(()));
    }
}
