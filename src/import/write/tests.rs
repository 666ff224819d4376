//! Files written and read back: every type that the engine sends, and texts that a file format can stumble over.

use std::{io, sync::Arc};

use arrow_array::{ArrayRef, BinaryArray, Float32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, types::Int32Type};
use arrow_ipc::{reader::StreamReader, writer::StreamWriter};
use serde_json::Value;

use super::*;
use crate::import::parquet::{Importer, tests::Memory};

const CSV: ExportFormat = ExportFormat::Csv { bom: false };

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

fn stream(batches: &[RecordBatch], schema_of: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &schema_of.schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

/// The file that comes of a stream in parts of `cut` bytes, and the number of its rows.
fn file(format: ExportFormat, bytes: &[u8], cut: usize) -> Result<(Vec<u8>, u64), WriteError> {
    let mut writer = Writer::new(format);
    let mut file = Vec::new();
    for part in bytes.chunks(cut) {
        file.extend(writer.push(part.to_vec())?);
    }
    file.extend(writer.finish()?);
    Ok((file, writer.rows()))
}

fn text(format: ExportFormat, batch: RecordBatch) -> String {
    String::from_utf8(file(format, &stream(std::slice::from_ref(&batch), &batch), usize::MAX).unwrap().0).unwrap()
}

fn table<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// What DuckDB's own texts become in JSON where they are not the text itself.
fn nested(name: &str, row: usize) -> Option<&'static str> {
    let found = match name {
        "int_array" => ["[]", "[42,999,null,null,-42]"],
        "double_array" => ["[]", "[42.0,null,null,null,null,-42.0]"],
        "date_array" => ["[]", r#"["1970-01-01","infinity","-infinity",null,"2022-05-12"]"#],
        "timestamp_array" => ["[]", r#"["1970-01-01 00:00:00","infinity","-infinity",null,"2022-05-12 16:23:45"]"#],
        "timestamptz_array" => ["[]", r#"["1970-01-01 00:00:00+00","infinity","-infinity",null,"2022-05-12 23:23:45+00"]"#],
        "varchar_array" => ["[]", r#"["🦆🦆🦆🦆🦆🦆","goose",null,""]"#],
        "nested_int_array" => ["[]", "[[],[42,999,null,null,-42],null,[],[42,999,null,null,-42]]"],
        "struct" => [r#"{"a":null,"b":null}"#, r#"{"a":42,"b":"🦆🦆🦆🦆🦆🦆"}"#],
        "struct_of_arrays" => [r#"{"a":null,"b":null}"#, r#"{"a":[42,999,null,null,-42],"b":["🦆🦆🦆🦆🦆🦆","goose",null,""]}"#],
        "array_of_structs" => ["[]", r#"[{"a":null,"b":null},{"a":42,"b":"🦆🦆🦆🦆🦆🦆"},null]"#],
        "map" => ["{}", r#"{"key1":"🦆🦆🦆🦆🦆🦆","key2":"goose"}"#],
        "fixed_int_array" => ["[null,2,3]", "[4,5,6]"],
        "fixed_varchar_array" => [r#"["a",null,"c"]"#, r#"["d","e","f"]"#],
        "fixed_nested_int_array" => ["[[null,2,3],null,[null,2,3]]", "[[4,5,6],[null,2,3],[4,5,6]]"],
        "fixed_nested_varchar_array" => [r#"[["a",null,"c"],null,["a",null,"c"]]"#, r#"[["d","e","f"],["a",null,"c"],["d","e","f"]]"#],
        "fixed_struct_array" => [
            r#"[{"a":null,"b":null},{"a":42,"b":"🦆🦆🦆🦆🦆🦆"},{"a":null,"b":null}]"#,
            r#"[{"a":42,"b":"🦆🦆🦆🦆🦆🦆"},{"a":null,"b":null},{"a":42,"b":"🦆🦆🦆🦆🦆🦆"}]"#,
        ],
        "struct_of_fixed_array" => [r#"{"a":[null,2,3],"b":["a",null,"c"]}"#, r#"{"a":[4,5,6],"b":["d","e","f"]}"#],
        "fixed_array_of_int_list" => ["[[],[42,999,null,null,-42],[]]", "[[42,999,null,null,-42],[],[42,999,null,null,-42]]"],
        "list_of_fixed_int_array" => ["[[null,2,3],[4,5,6],[null,2,3]]", "[[4,5,6],[null,2,3],[4,5,6]]"],
        _ => return None,
    };
    found.get(row).copied()
}

/// Names and DuckDB's texts of the columns, row by row.
fn all_types() -> Vec<Vec<(String, Option<String>)>> {
    let rows: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(&fixture("export_types.json")).unwrap();
    let row =
        |row: serde_json::Map<String, Value>| row.into_iter().map(|(name, value)| (name, value.as_str().map(str::to_owned))).collect();
    rows.into_iter().map(row).collect()
}

#[test]
fn every_type_of_the_engine_is_csv() {
    let bytes = fixture("export_types.arrows");
    let (csv, rows) = file(CSV, &bytes, bytes.len()).unwrap();
    assert_eq!(rows, 3);
    let mut expected = String::new();
    let all = all_types();
    expected.push_str(&all[0].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(","));
    expected.push_str("\r\n");
    for (at, row) in all.iter().enumerate() {
        for (column, (name, value)) in row.iter().enumerate() {
            expected.push_str(if column > 0 { "," } else { "" });
            match (name.as_str(), value, nested(name, at)) {
                (_, None, _) => {}
                (_, Some(_), Some(json)) => crate::core::csv::push_value(&mut expected, json),
                // The same numbers, written as Rust does.
                ("float" | "double", Some(number), None) => expected.push_str(&number.replace("e+", "e")),
                // Text here, though it looks like a number: the engine was asked to send it so.
                ("bignum", Some(number), None) => crate::core::csv::push_text(&mut expected, number),
                (_, Some(value), None) => crate::core::csv::push_value(&mut expected, &value.replace("\\x00se", "\0se")),
            }
        }
        expected.push_str("\r\n");
    }
    assert_eq!(String::from_utf8(csv).unwrap(), expected);
}

#[test]
fn every_type_of_the_engine_is_json() {
    let bytes = fixture("export_types.arrows");
    let json = String::from_utf8(file(ExportFormat::Json, &bytes, bytes.len()).unwrap().0).unwrap();
    let mut lines = json.lines();
    assert_eq!(lines.next(), Some("["));
    for (at, row) in all_types().iter().enumerate() {
        let line = lines.next().unwrap();
        let found: serde_json::Map<String, Value> = serde_json::from_str(line.trim_end_matches(',')).unwrap();
        assert_eq!(found.len(), row.len());
        for (name, value) in row {
            let expected = match (name.as_str(), value, nested(name, at)) {
                (_, None, _) => "null".to_owned(),
                (_, Some(_), Some(json)) => json.to_owned(),
                ("bool", Some(value), None) => value.clone(),
                ("varchar", Some(value), None) => Value::from(value.replace("\\x00se", "\0se")).to_string(),
                ("union", Some(value), None) if value == "5" => "5".to_owned(),
                (number, Some(value), None)
                    if number.ends_with("int") && number != "uhugeint"
                        || number.starts_with("dec")
                        || matches!(number, "float" | "double") =>
                {
                    value.clone()
                }
                (_, Some(value), None) => Value::from(value.as_str()).to_string(),
            };
            assert_eq!(found.get(name).unwrap().to_string(), expected, "{name} of row {at}");
        }
    }
    assert_eq!((lines.next(), lines.next()), (Some("]"), None));
}

#[test]
fn every_type_of_the_engine_is_parquet() {
    let bytes = fixture("export_types.arrows");
    let (written, rows) = file(ExportFormat::Parquet, &bytes, bytes.len()).unwrap();
    assert_eq!(rows, 3);
    // Read back as any file of a reader is, and put as CSV, in which the import's own changes are few.
    let mut importer = Importer::open(vec![("all.parquet".to_owned(), Memory(written))]).unwrap();
    let types: Vec<(String, String)> = importer.columns().into_iter().map(|column| (column.name, column.type_name)).collect();
    let back = importer.next_batch().unwrap().unwrap();
    assert_eq!(importer.warnings(), Vec::<String>::new());
    let json: Vec<serde_json::Map<String, Value>> =
        serde_json::from_slice(&file(ExportFormat::Json, &back.ipc, back.ipc.len()).unwrap().0).unwrap();
    for (found, row) in json.iter().zip(all_types()) {
        for (name, value) in row {
            let (_, type_name) = types.iter().find(|(column, _)| *column == name).unwrap();
            let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let found = found.get(&name).map(plain);
            match (name.as_str(), value) {
                (_, None) => assert_eq!(found.as_deref(), Some("null"), "{name}"),
                // Instants of the year 294247 in milliseconds pass what the file can say.
                ("timestamp_s", Some(value)) if value.starts_with("29") => assert_eq!(type_name, "TIMESTAMP_MS"),
                ("varchar", Some(value)) => assert_eq!(found, Some(value.replace("\\x00se", "\0se"))),
                ("timestamp_tz", Some(value)) => assert_eq!(found.as_deref(), value.strip_suffix("+00"), "{name}"),
                (_, Some(value)) if !value.starts_with(['[', '{']) => assert_eq!(found, Some(value), "{name}"),
                _ => {}
            }
        }
    }
}

#[test]
fn nasty_texts_pass_through_csv() {
    let batch = table([
        ("plain", texts(&[Some("a"), None, Some("")])),
        ("=name, \"quoted\"", texts(&[Some("say \"hi\", you"), Some("one\r\ntwo"), Some(" =cmd|' /C calc'!A0")])),
        ("n", Arc::new(Int64Array::from(vec![-5, i64::MAX, 0]))),
        ("bytes", Arc::new(BinaryArray::from(vec![&b"=1+1"[..], b"a,b", b"\xff"]))),
    ]);
    assert_eq!(
        text(CSV, batch.clone()),
        concat!(
            "plain,\"'=name, \"\"quoted\"\"\",n,bytes\r\n",
            "a,\"say \"\"hi\"\", you\",-5,'=1+1\r\n",
            ",\"one\r\ntwo\",9223372036854775807,\"a,b\"\r\n",
            "\"\",' =cmd|' /C calc'!A0,0,\\xFF\r\n"
        )
    );
    let with_mark = text(ExportFormat::Csv { bom: true }, batch.clone());
    assert_eq!(with_mark.strip_prefix('\u{feff}'), Some(text(CSV, batch).as_str()));
}

#[test]
fn nasty_texts_pass_through_json() {
    let numbers = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let batch = table([
        ("a\"b", texts(&[Some("\u{0}\u{1f}\"\\\n🦆"), None])),
        ("a", Arc::new(Float64Array::from(vec![f64::NAN, 0.1]))),
        ("a", Arc::new(Float32Array::from(vec![f32::NEG_INFINITY, 0.1]))),
        ("list", Arc::new(numbers)),
    ]);
    assert_eq!(
        text(ExportFormat::Json, batch),
        concat!(
            "[\n{\"a\\\"b\":\"\\u0000\\u001f\\\"\\\\\\n🦆\",\"a\":null,\"a_1\":null,\"list\":[1,null]},\n",
            "{\"a\\\"b\":null,\"a\":0.1,\"a_1\":0.1,\"list\":null}\n]\n"
        )
    );
}

fn spans(rows: std::ops::Range<i64>) -> RecordBatch {
    table([
        ("trace_id", Arc::new(StringArray::from_iter_values(rows.clone().map(|row| format!("{row:032x}"))))),
        ("start_time", Arc::new(Int64Array::from_iter(rows.clone().map(|row| (row % 7 != 0).then_some(1_772_438_400_000_000_791 + row))))),
        ("attributes", Arc::new(StringArray::from_iter(rows.map(|row| (row % 3 != 0).then(|| format!("{{\"é\":{row}}}")))))),
    ])
}

#[test]
fn a_parquet_file_gives_back_what_was_written() {
    let batches: Vec<RecordBatch> = (0..40).map(|at| spans(at * 2_048..(at + 1) * 2_048)).collect();
    let bytes = stream(&batches, &batches[0]);
    for cut in [usize::MAX, 1_000, 77_777] {
        let (file, rows) = file(ExportFormat::Parquet, &bytes, cut.min(bytes.len())).unwrap();
        let mut importer = Importer::open(vec![("out.parquet".to_owned(), Memory(file))]).unwrap();
        assert_eq!((importer.rows(), rows), (40 * 2_048, 40 * 2_048));
        let mut back = Vec::new();
        while let Some(part) = importer.next_batch().unwrap() {
            back.extend(StreamReader::try_new(io::Cursor::new(part.ipc), None).unwrap().map(Result::unwrap));
        }
        let all = |batches: &[RecordBatch]| arrow_select::concat::concat_batches(&batches[0].schema(), batches).unwrap();
        assert_eq!(all(&back).columns(), all(&batches).columns());
        assert_eq!(importer.warnings(), Vec::<String>::new());
    }
}

#[test]
fn however_the_stream_is_cut_the_text_is_the_same() {
    let batches: Vec<RecordBatch> = (0..3).map(|at| spans(at * 100..(at + 1) * 100)).collect();
    let bytes = stream(&batches, &batches[0]);
    for format in [CSV, ExportFormat::Json] {
        let whole = file(format, &bytes, bytes.len()).unwrap();
        assert_eq!(whole.1, 300);
        for cut in [1, 1_000] {
            assert_eq!(file(format, &bytes, cut).unwrap(), whole);
        }
    }
    let json: Vec<Value> = serde_json::from_slice(&file(ExportFormat::Json, &bytes, 999).unwrap().0).unwrap();
    assert_eq!(json.len(), 300);
    assert_eq!(json[1]["start_time"].to_string(), "1772438400000000792");
}

#[test]
fn no_rows_make_a_file_with_columns() {
    let bytes = stream(&[], &spans(0..1));
    assert_eq!(file(CSV, &bytes, 64).unwrap().0, b"trace_id,start_time,attributes\r\n");
    assert_eq!(file(ExportFormat::Json, &bytes, 64).unwrap().0, b"[]\n");
    let parquet = file(ExportFormat::Parquet, &bytes, 64).unwrap().0;
    let importer = Importer::open(vec![("out.parquet".to_owned(), Memory(parquet))]).unwrap();
    assert_eq!((importer.rows(), importer.columns().len()), (0, 3));
}

#[test]
fn a_stream_needs_no_end_mark() {
    for batches in [&[][..], &[spans(0..10)]] {
        let whole = stream(batches, &spans(0..1));
        let without = whole.strip_suffix(&END_OF_STREAM).unwrap();
        for format in [CSV, ExportFormat::Json, ExportFormat::Parquet] {
            assert_eq!(file(format, without, 1_000), file(format, &whole, 1_000));
        }
    }
    let (names, rows) = (stream(&[], &spans(0..1)).len(), stream(&[spans(0..10)], &spans(0..1)));
    for end in names..rows.len() - END_OF_STREAM.len() {
        assert!(file(CSV, &rows[..end], 1_000).is_err(), "cut within the rows, at {end}");
    }
}

#[test]
fn what_is_no_stream_is_an_error() {
    let whole = stream(&[spans(0..10)], &spans(0..1));
    for format in [CSV, ExportFormat::Json, ExportFormat::Parquet] {
        assert!(file(format, b"", 1).is_err());
        assert!(file(format, &[7; 100], 100).is_err());
        assert!(file(format, &whole[..whole.len() / 2], 64).is_err(), "cut within a message");
    }
}

#[test]
fn two_columns_of_one_name_get_two_names_in_parquet() {
    let batch = table([("a", texts(&[Some("x")])), ("A", texts(&[Some("y")]))]);
    let bytes = stream(std::slice::from_ref(&batch), &batch);
    let file = file(ExportFormat::Parquet, &bytes, bytes.len()).unwrap().0;
    let importer = Importer::open(vec![("out.parquet".to_owned(), Memory(file))]).unwrap();
    let names: Vec<String> = importer.columns().into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["a", "A_1"]);
}

#[test]
fn lines_markdown_and_arrow() {
    let rows = || table([("n", Arc::new(Int64Array::from(vec![Some(1), None])) as ArrayRef), ("a|b", texts(&[Some("x\n|"), Some("")]))]);
    assert_eq!(text(ExportFormat::NdJson, rows()), "{\"n\":1,\"a|b\":\"x\\n|\"}\n{\"n\":null,\"a|b\":\"\"}\n");
    assert_eq!(text(ExportFormat::NdJson, rows().slice(0, 0)), "");
    assert_eq!(text(ExportFormat::Markdown, rows()), "| n | a\\|b |\n| ---: | --- |\n| 1 | x<br>\\| |\n|  |  |\n");
    let (bytes, count) = file(ExportFormat::Arrow, &stream(&[rows()], &rows()), 7).unwrap();
    assert_eq!(count, 2);
    let read = arrow_ipc::reader::FileReader::try_new(io::Cursor::new(bytes), None).unwrap();
    assert_eq!(read.collect::<Result<Vec<_>, _>>().unwrap(), [rows()]);
}
