//! One shop in every format against one reference, files of other projects against their counts, and what is broken, cut or hostile.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

struct Memory(Vec<u8>);

impl ByteSource for Memory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        let start = usize::try_from(start).unwrap();
        self.0.get(start..start + length).map(<[u8]>::to_vec).ok_or_else(|| "beyond the end".to_owned())
    }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)).unwrap()
}

fn expected(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}

type Row = BTreeMap<String, String>;

#[derive(Debug)]
struct Read {
    rows: Vec<Row>,
    warnings: Vec<String>,
    format: String,
}

impl Read {
    #[track_caller]
    fn warned(&self, words: &str) {
        assert!(self.warnings.iter().any(|warning| warning.contains(words)), "{words} in {:?}", self.warnings);
    }
}

fn read_all(files: Vec<(String, Vec<u8>)>) -> Result<Read, SpansError> {
    let mut rows = Vec::new();
    let mut take = |batch: Batch| {
        let before = rows.len();
        for batch in StreamReader::try_new(batch.ipc.as_slice(), None).unwrap() {
            let batch = batch.unwrap();
            rows.extend((0..batch.num_rows()).map(|row| row_of(&batch, row)));
        }
        assert_eq!((rows.len() - before) as u64, batch.rows);
    };
    match open(files.into_iter().map(|(name, bytes)| (name, Memory(bytes))).collect())? {
        Opened::Parquet(mut importer, format) => {
            while let Some(batch) = importer.next_batch()? {
                take(batch);
            }
            Ok(Read { rows, warnings: importer.warnings(), format })
        }
        Opened::Spans(mut importer) => {
            while let Some(batch) = importer.next_batch()? {
                take(batch);
            }
            assert_eq!(importer.bytes_done(), importer.bytes());
            assert!(importer.next_batch().unwrap().is_none());
            Ok(Read { rows, warnings: importer.warnings(), format: importer.format() })
        }
    }
}

fn row_of(batch: &RecordBatch, row: usize) -> Row {
    let schema = batch.schema();
    let cells = schema.fields().iter().zip(batch.columns()).filter(|(_, column)| !column.is_null(row)).filter_map(|(field, column)| {
        let text = match column.as_string_opt::<i32>() {
            Some(texts) => texts.value(row).to_owned(),
            None => column.as_primitive_opt::<Int64Type>()?.value(row).to_string(),
        };
        Some((field.name().clone(), text))
    });
    cells.collect()
}

fn read(names: &[&str]) -> Read {
    read_all(names.iter().map(|name| ((*name).to_owned(), fixture(name))).collect()).unwrap()
}

fn text(document: impl Into<Vec<u8>>) -> Result<Read, SpansError> {
    read_all(vec![("x".to_owned(), document.into())])
}

/// By trace and span.
fn by_ids(rows: &[Row]) -> BTreeMap<(String, String), &Row> {
    let rows: BTreeMap<_, _> = rows.iter().map(|row| ((row["trace_id"].clone(), row["span_id"].clone()), row)).collect();
    rows
}

fn json(row: &Row, column: &str) -> Value {
    serde_json::from_str(&row[column]).unwrap()
}

fn ns(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap()
}

#[test]
fn the_shop_is_the_same_in_every_format() {
    let reference = read(&["shop_flock.parquet"]);
    let want = expected("shop_expected.json");
    // The file or files, the format's words, nanoseconds that its times may be off, whether it keeps links and the types of values.
    let cases: [(&[&str], &str, i64, bool, bool); 12] = [
        (&["shop_otlp.json"], "OTLP JSON", 0, true, true),
        (&["shop_otlp_sdk.jsonl"], "OTLP JSON lines", 0, true, true),
        (&["shop_otlp_collector.jsonl"], "OTLP JSON lines", 0, true, true),
        (&["shop_otlp_collector.jsonl.gz"], "OTLP JSON lines, gzip", 0, true, true),
        (&["shop_two.zip"], "OTLP JSON lines, zip + OTLP JSON lines, zip, gzip", 0, true, true),
        (&["shop_two.tar.gz"], "OTLP JSON lines, tar, gzip, 2 files as one", 0, true, true),
        (&["shop_otlp.pb"], "OTLP protobuf", 0, true, true),
        (&["shop_otlp_framed.pb"], "OTLP protobuf", 0, true, true),
        (&["shop_jaeger.json"], "Jaeger JSON", 2_000, true, true),
        (&["shop_jaeger.json.zst"], "Jaeger JSON, zstd", 2_000, true, true),
        (&["shop_zipkin_v2.json"], "Zipkin JSON", 2_000, false, false),
        (&["shop_parquet.zip"], "zip", 0, true, true),
    ];
    for (names, format, off_ns, has_links, has_types) in cases {
        let found = read(names);
        assert_eq!(found.format, format, "{names:?}");
        assert_eq!(found.rows.len() as u64, want["spans"].as_u64().unwrap(), "{names:?}: {:?}", found.warnings);
        let (found_by, reference_by) = (by_ids(&found.rows), by_ids(&reference.rows));
        let sum_ns: i64 = found.rows.iter().map(|row| ns(row, "end_time") - ns(row, "start_time")).sum();
        assert!((sum_ns - want["sum_duration_ns"].as_i64().unwrap()).abs() <= 264 * off_ns, "{names:?}");
        let errors = found.rows.iter().filter(|row| row["status_code"] == "ERROR").count();
        assert_eq!(errors as u64, want["errors"].as_u64().unwrap());
        let count = |column: &str| found.rows.iter().map(|row| json(row, column).as_array().unwrap().len() as u64).sum::<u64>();
        assert_eq!(count("events"), want["events"].as_u64().unwrap(), "{names:?}");
        assert_eq!(count("links"), if has_links { want["links"].as_u64().unwrap() } else { 0 }, "{names:?}");
        for (ids, expected) in reference_by {
            let row = found_by[&ids];
            for column in ["parent_id", "name", "service", "kind", "status_code", "status_description"] {
                assert_eq!(row.get(column), expected.get(column), "{names:?}: {column} of {ids:?}");
            }
            for column in ["start_time", "end_time"] {
                assert!((ns(row, column) - ns(expected, column)).abs() <= off_ns, "{names:?}: {column} of {ids:?}");
            }
            let (attributes, wanted) = (json(row, "attributes"), json(expected, "attributes"));
            for (key, value) in wanted.as_object().unwrap() {
                let same = if has_types { attributes[key] == *value || attributes[key].is_string() } else { !attributes[key].is_null() };
                assert!(same, "{names:?}: {key} of {ids:?} is {}", attributes[key]);
            }
            assert_eq!(json(row, "resource")["service.name"], expected["service"], "{names:?}");
        }
    }
}

#[test]
fn otlp_keeps_types_digits_scopes_and_the_attributes_of_links() {
    for name in ["shop_otlp.json", "shop_otlp.pb"] {
        let found = read(&[name]);
        let row = found.rows.iter().find(|row| row["name"] == "GET /search").unwrap();
        let attributes = json(row, "attributes");
        assert!(row["attributes"].contains("\"big.int\":9007199254740993"), "{}", row["attributes"]);
        assert_eq!(attributes["sampled"], Value::Bool(true));
        assert_eq!(attributes["sizes"].to_string(), "[1,2,3]");
        assert_eq!(attributes["otel.scope.name"], "shop.gateway");
        assert_eq!(json(row, "events")[0]["attributes"]["bytes"].to_string(), "1234");
        let linked = found.rows.iter().find(|row| row["links"] != "[]").unwrap();
        assert_eq!(json(linked, "links")[0]["attributes"]["why"], "producer");
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    }
}

#[test]
fn files_of_other_projects_give_their_counts() {
    let Value::Object(files) = expected("public_expected.json") else { panic!() };
    let mut checked = 0;
    for (name, want) in files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/public").join(&name);
        let Ok(bytes) = std::fs::read(path) else { continue };
        let spans = want["spans"].as_u64().unwrap();
        let found = text(bytes);
        if spans == 0 {
            assert!(found.is_err(), "{name}");
            continue;
        }
        let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.rows.len() as u64, spans, "{name}: {:?}", found.warnings);
        let distinct =
            |column: &str| found.rows.iter().filter_map(|row| row.get(column)).collect::<std::collections::BTreeSet<_>>().len() as u64;
        assert_eq!(distinct("trace_id"), want["traces"].as_u64().unwrap(), "{name}");
        assert_eq!(distinct("service"), want["services"].as_u64().unwrap(), "{name}");
        if want["format"].as_str().unwrap().starts_with("Zipkin") {
            // The halves of a call are told apart; a few records repeat a half.
            let shared = if name.contains("smartthings") { 4 } else { 0 };
            assert_eq!(by_ids(&found.rows).len() as u64, spans - shared, "{name}");
            let without = found.rows.iter().filter(|row| !row.contains_key("end_time")).count() as u64;
            assert_eq!(without, want["without_duration"].as_u64().unwrap(), "{name}");
        }
        for row in &found.rows {
            for column in ["attributes", "events", "links", "resource"] {
                json(row, column);
            }
        }
        checked += 1;
    }
    assert!(checked > 18, "{checked}");
}

#[test]
fn a_zipkin_server_stands_below_its_client() {
    let document = r#"[{"traceId":"A1","id":"b2","kind":"SERVER","shared":true,"timestamp":2,"duration":1},
        {"traceId":"a1","id":"c3","parentId":"b2","timestamp":2,"duration":1},
        {"traceId":"a1","id":"b2","parentId":"d4","kind":"CLIENT","timestamp":1,"duration":3}]"#;
    let rows = text(document).unwrap().rows;
    let (server, child, client) = (&rows[0], &rows[1], &rows[2]);
    assert_eq!((&server["span_id"], &server["parent_id"]), (&"b2".to_owned(), &client["span_id"]));
    assert_eq!((&child["parent_id"], &client["parent_id"]), (&server["span_id"], &"d4".to_owned()));
}

const SPAN: &str = r#"{"traceId":"aa","spanId":"b1","name":"n","startTimeUnixNano":"5","endTimeUnixNano":"9"}"#;

fn document(spans: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#)
}

#[test]
fn a_resource_may_come_after_its_spans() {
    let late = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{SPAN}],"scope":{{"name":"s"}}}}],"resource":{{"attributes":[{{"value":{{"stringValue":"late"}},"key":"service.name"}}]}}}}]}}"#
    );
    let row = &text(late).unwrap().rows[0];
    assert_eq!((row["service"].as_str(), json(row, "attributes")["otel.scope.name"].as_str()), ("late", Some("s")));
}

#[test]
fn odd_values_cost_themselves_and_are_told() {
    let odd = r#"{"traceId":"AA","traceId":"BB","spanId":7,"name":{"a":1},"kind":"SPAN_KIND_ODD","startTimeUnixNano":"-5","endTimeUnixNano":"NaN",
        "attributes":[{"key":"a","value":{"intValue":"x"}},{"key":"b","value":{"doubleValue":"Infinity"}},{"key":"c","value":{}},
        {"key":"d","value":{"kvlistValue":{"values":[{"key":"e","value":{"arrayValue":{}}}]}}},{"key":"f","value":{"bytesValue":"AQI="}}],
        "events":5,"links":null,"status":{"code":"STATUS_CODE_ERROR","message":"m"}}"#;
    let found = text(document(&odd.replace('\n', ""))).unwrap();
    let row = &found.rows[0];
    assert_eq!((row["trace_id"].as_str(), row["span_id"].as_str(), row["kind"].as_str()), ("bb", "7", "ODD"));
    assert_eq!((row["start_time"].as_str(), row.get("end_time")), ("-5", None));
    assert_eq!(row["attributes"], r#"{"a":"x","b":"Infinity","c":null,"d":{"e":[]},"f":"AQI="}"#);
    assert_eq!((row["status_code"].as_str(), row["status_description"].as_str(), row["events"].as_str()), ("ERROR", "m", "[]"));
    found.warned("2 values are of a type that does not belong there");
    found.warned("1 time is no time");
}

#[test]
fn broken_lines_cost_themselves() {
    let good = document(SPAN);
    let lines =
        ["\u{feff}this is no json", &good, "{incomplete", &good[..80], &good, "", "[]", "{\"other\":1}", "{\"resourceSpans\":[]}", &good]
            .join("\r\n");
    let found = text(lines).unwrap_err();
    // The first line says what the file is; nothing that begins so is JSON.
    assert_eq!(found.code(), "spans-none");
    let lines = [&good, "this is no json", "{incomplete", &good[..80], &good, "", "[]", "{\"other\":1}", "{\"resourceSpans\":[]}", &good]
        .join("\r\n");
    let found = text(format!("\u{feff}{lines}")).unwrap();
    assert_eq!(found.rows.len(), 3, "{:?}", found.warnings);
    found.warned("3 lines are not whole or not JSON");
    found.warned("the first at line 2");
    found.warned("1 value is no span and holds none");
    // A line that is cut keeps what came before, also when it is the first.
    let cut = format!("{}\n{good}\n", good.replace(SPAN, &format!("{SPAN},{SPAN}")).trim_end_matches("]}]}]}"));
    let found = text(cut.replace("b1\",\"name\":\"n\",\"startTimeUnixNano\":\"5\",\"endTimeUnixNano\":\"9\"}\n", "b1\",\"na\n")).unwrap();
    assert_eq!(found.rows.len(), 2, "{:?}", found.warnings);
    found.warned("1 line is not whole");
}

#[test]
fn what_is_cut_keeps_the_spans_before() {
    for (name, at) in [
        ("shop_otlp.json", 150_000),
        ("shop_otlp_collector.jsonl", 100_000),
        ("shop_otlp_collector.jsonl.gz", 9_000),
        ("shop_jaeger.json", 120_000),
        ("shop_zipkin_v2.json", 90_000),
        ("shop_otlp.pb", 40_000),
        ("shop_otlp_framed.pb", 40_000),
        ("shop_two.tar.gz", 9_000),
        ("shop_jaeger.json.zst", 10_000),
    ] {
        let found = text(&fixture(name)[..at]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((40..264).contains(&found.rows.len()), "{name}: {}", found.rows.len());
        assert!(!found.warnings.is_empty(), "{name}");
    }
    assert!(text(&fixture("shop_two.zip")[..5_000]).unwrap_err().to_string().contains("cut off"));
}

#[test]
fn what_holds_no_spans_is_refused_with_words() {
    for (bytes, code) in [
        (b"{\"hello\": \"world\", \"list\": [1, 2, {\"a\": null}]}\n".to_vec(), "spans-none"),
        (b"[{\"a\":1},{\"b\":2}]".to_vec(), "spans-none"),
        ([b"PK\x05\x06".to_vec(), vec![0; 18]].concat(), "ok"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\0".to_vec(), "spans-unreadable"),
        (b"{\"resourceSpans\":[".to_vec(), "spans-unreadable"),
        (b"{\"resourceSpans\":[]}".to_vec(), "ok"),
        (b"[]".to_vec(), "spans-none"),
        (b"\x28\xb5\x2f\xfdnonsense".to_vec(), "spans-unreadable"),
    ] {
        let found = text(bytes.clone());
        assert_eq!(found.as_ref().map_or_else(SpansError::code, |_| "ok"), code, "{bytes:?}: {found:?}");
    }
    let mixed = read_all(["shop_flock.parquet", "shop_otlp.json"].iter().map(|name| ((*name).to_owned(), fixture(name))).collect());
    assert_eq!(mixed.unwrap_err().code(), "spans-mixed");
}

#[test]
fn depth_and_length_are_no_danger() {
    let deep = SPAN.replace("\"name\"", &format!("\"x\":{}{},\"name\"", "[".repeat(300_000), "]".repeat(300_000)));
    assert_eq!(text(document(&deep)).unwrap().rows.len(), 1);
    let unclosed = text(format!("{{\"resourceSpans\":{}", "[".repeat(2_000_000)));
    assert!(unclosed.is_err());
    let nested = format!("{}{{}}{}", "{\"arrayValue\":{\"values\":[".repeat(5_000), "]}}".repeat(5_000));
    let found =
        text(document(&SPAN.replace("\"name\"", &format!("\"attributes\":[{{\"key\":\"k\",\"value\":{nested}}}],\"name\"")))).unwrap();
    found.warned("nested too deeply");
    json(&found.rows[0], "attributes");
    let long = SPAN.replace("\"n\"", &format!("\"{}\"", "x".repeat(70 * 1024 * 1024)));
    let found = text(document(&format!("{SPAN},{long},{}", SPAN.replace("b1", "b2")))).unwrap();
    assert_eq!(found.rows.len(), 2);
    found.warned("longer than 64 MB");
}

#[test]
fn many_broken_lines_take_no_longer_than_their_bytes() {
    let good = document(SPAN);
    let found = text(format!("{good}\n{}{good}", "{x\n{\"traceId\n".repeat(100_000))).unwrap();
    assert_eq!(found.rows.len(), 2);
    found.warned("200000 lines are not whole");
}

#[test]
fn a_bomb_ends_with_words() {
    let mut zeros = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blank = vec![b' '; 1024 * 1024];
    std::io::Write::write_all(&mut zeros, document(SPAN).as_bytes()).unwrap();
    for _ in 0..40 {
        std::io::Write::write_all(&mut zeros, &blank).unwrap();
    }
    let found = text(zeros.finish().unwrap()).unwrap();
    assert_eq!(found.rows.len(), 1);
    found.warned("300 times its own size");
}

#[test]
fn several_files_of_several_formats_are_one_table() {
    let found = read(&["shop_zipkin_v2.json", "shop_otlp.pb", "shop_otlp_sdk.jsonl"]);
    assert_eq!((found.rows.len(), found.format.as_str()), (3 * 264, "OTLP JSON lines + OTLP protobuf + Zipkin JSON"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop_oneof![
            Just(b"".to_vec()), Just(b"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{".to_vec()), Just(b"[{\"traceId\":\"1\",\"id\":\"".to_vec()),
            Just(b"{\"data\":[{\"spans\":[".to_vec()), Just(b"\x0a\x0b\x0a\x09\x0a\x07\x0a\x01a\x12\x02\x0a\x00".to_vec()), Just(b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
            Just(b"PK\x03\x04".to_vec()),
        ],
        rest in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\\n0".to_vec())], 0..300),
    ) {
        let _ = text([start, rest].concat());
    }

    /// Cut anywhere, what is there is a part of the whole, from its beginning.
    #[test]
    fn a_cut_keeps_a_prefix(which in 0..5_usize, share in 0.0..1.0_f64) {
        let name = ["shop_otlp.json", "shop_otlp_collector.jsonl", "shop_jaeger.json", "shop_otlp.pb", "shop_otlp_framed.pb"][which];
        let bytes = fixture(name);
        let whole = text(bytes.clone()).unwrap();
        let at = (bytes.len() as f64 * share) as usize;
        if let Ok(part) = text(&bytes[..at]) {
            prop_assert!(part.rows.len() <= whole.rows.len());
            for (row, want) in part.rows.iter().zip(&whole.rows) {
                prop_assert_eq!(&row["span_id"], &want["span_id"]);
            }
        }
    }

    #[test]
    fn changed_bytes_never_panic(which in 0..6_usize, changes in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..20)) {
        let name = ["shop_otlp.json", "shop_two.zip", "shop_jaeger.json", "shop_otlp.pb", "shop_zipkin_v2.json", "shop_two.tar.gz"][which];
        let mut bytes = fixture(name);
        for (at, byte) in changes {
            let at = at as usize % bytes.len();
            bytes[at] = byte;
        }
        let _ = text(bytes);
    }
}
