use arrow2::{
    array::{Float32Array, Int64Array, ListArray, MapArray, StructArray},
    datatypes::Field,
    offset::OffsetsBuffer,
};

use super::*;
use crate::engine::Table;

/// A column of DuckDB's `test_all_types()`: its type, and its values as native DuckDB 1.4.3 writes them (bytes in hexadecimal digits, nested
/// values through `to_json`, but infinity in quotes; without ICU, which loses a millisecond in the year 294247).
fn all_types() -> Vec<(String, String, Vec<Option<String>>)> {
    let text = std::fs::read_to_string("tests/fixtures/result_types.json").unwrap();
    let columns: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let column = |column: &serde_json::Value| {
        let values = column["values"].as_array().unwrap().iter().map(text).collect();
        (text(&column["name"]).unwrap(), text(&column["type"]).unwrap(), values)
    };
    columns.iter().map(column).collect()
}

/// A value as DuckDB writes it.
fn shown(kind: CellKind, column: &Column, row: usize) -> Option<String> {
    let table = Table::new(vec![("c".to_owned(), column.clone())]);
    let text = table.display("c", row)?;
    let int = || text.parse::<i64>().unwrap();
    let mut out = String::new();
    match kind {
        CellKind::Date => duck_text::push_date(&mut out, int().try_into().unwrap()),
        CellKind::Time => duck_text::push_time(&mut out, int(), Unit::Microsecond),
        CellKind::Timestamp { unit_ns, zoned } => {
            let unit = match unit_ns {
                1 => Unit::Nanosecond,
                1_000 => Unit::Microsecond,
                1_000_000 => Unit::Millisecond,
                _ => Unit::Second,
            };
            let push = if zoned { duck_text::push_timestamp_utc } else { duck_text::push_timestamp };
            push(&mut out, int(), unit);
        }
        CellKind::Float => out = format!("{:?}", text.parse::<f64>().unwrap()),
        _ => out = text,
    }
    Some(out)
}

fn decoded(bytes: Vec<u8>, described: Option<Vec<(String, String)>>) -> (Vec<ResultColumn>, Vec<Vec<Column>>) {
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for part in CellDecoder::new(described).push(bytes).unwrap() {
        match part {
            ResultPart::Columns(all) => columns.extend(all),
            ResultPart::Rows(batch) => rows.push(batch),
        }
    }
    (columns, rows)
}

#[test]
fn every_type_of_the_engine_is_right() {
    let expected = all_types();
    let bytes = std::fs::read("tests/fixtures/export_types.arrows").unwrap();
    let described = expected.iter().map(|(name, type_name, _)| (name.clone(), type_name.clone())).collect();
    let (columns, batches) = decoded(bytes.clone(), Some(described));
    assert_eq!((columns.len(), batches.len()), (expected.len(), 1));
    for ((column, values), (name, type_name, texts)) in columns.iter().zip(&batches[0]).zip(&expected) {
        assert_eq!((&column.name, &column.type_name), (name, type_name));
        for (row, text) in texts.iter().enumerate() {
            let text = text.as_ref().map(|text| if column.kind == CellKind::Float { text.replace("e+", "e") } else { text.clone() });
            assert_eq!(shown(column.kind, values, row), text, "{name} of row {row}");
        }
    }
    let kind = |name: &str| columns.iter().find(|column| column.name == name).unwrap().kind;
    for (names, expected) in [
        (&["bool"] as &[&str], CellKind::Bool),
        (&["tinyint", "bigint", "utinyint", "uint"], CellKind::Int),
        (&["ubigint", "hugeint", "uhugeint", "bignum", "dec_4_1", "dec38_10"], CellKind::Number),
        (&["float", "double"], CellKind::Float),
        (&["varchar"], CellKind::Text),
        (&["uuid", "bit", "time_tz", "small_enum", "large_enum"], CellKind::Word),
        (&["int_array", "struct", "map", "union", "fixed_struct_array"], CellKind::Json),
        (&["timestamp_ns"], CellKind::Timestamp { unit_ns: 1, zoned: false }),
        (&["timestamp_tz"], CellKind::Timestamp { unit_ns: 1_000, zoned: true }),
        (&["timestamp_s"], CellKind::Timestamp { unit_ns: 1_000_000_000, zoned: false }),
        (&["date"], CellKind::Date),
        (&["time"], CellKind::Time),
        (&["interval"], CellKind::Interval),
        (&["blob"], CellKind::Blob),
    ] {
        for name in names {
            assert_eq!(kind(name), expected, "{name}");
        }
    }
    // Nobody says the types: the stream tells most of them.
    let (told, _) = decoded(bytes, None);
    for (told, column) in told.iter().zip(&columns) {
        if !matches!(column.kind, CellKind::Word | CellKind::Json) && !matches!(column.type_name.as_str(), "BIGNUM" | "UHUGEINT") {
            assert_eq!(told, column);
        }
    }
}

#[test]
fn names_may_repeat_and_what_answers_nothing_has_no_columns() {
    let stream = |names: [&str; 2], rows: Option<i64>| {
        let arrays = names.map(|name| (name, Int64Array::from(rows.map(|rows| vec![Some(rows)]).unwrap_or_default()).boxed()));
        super::super::tests::stream(arrays.into_iter().filter(|(name, _)| !name.is_empty()).collect(), 1)
    };
    let names = |bytes: Vec<u8>| decoded(bytes, None).0.into_iter().map(|column| column.name).collect::<Vec<_>>();
    assert_eq!(names(stream(["a", "a"], Some(1))), ["a", "a"]);
    assert_eq!(names(stream(["Count", ""], None)), [""; 0]);
    assert_eq!(names(stream(["Count", ""], Some(2))), ["Count"]);
    assert_eq!(names(stream(["a", ""], None)), ["a"]);
    // A query that calls its column so is described, and then it is one without rows.
    let described = Some(vec![("Count".to_owned(), "BIGINT".to_owned())]);
    assert_eq!(decoded(stream(["Count", ""], None), described).0.len(), 1);
}

#[test]
fn nested_values_are_json_whatever_they_hold() {
    let json = |array: &dyn Array| {
        let column = column_of(array, CellKind::Json).unwrap();
        let table = Table::new(vec![("c".to_owned(), column)]);
        (0..table.rows()).map(|row| table.display("c", row)).collect::<Vec<_>>()
    };
    let list = |items: Box<dyn Array>, ends: Vec<i32>| {
        let data_type = ListArray::<i32>::default_datatype(items.data_type().clone());
        ListArray::<i32>::new(data_type, OffsetsBuffer::try_from(ends).unwrap(), items, None)
    };
    let floats = Float32Array::from([Some(0.1), Some(f32::NAN), Some(f32::NEG_INFINITY), None, Some(1.0)]).boxed();
    assert_eq!(json(&list(floats, vec![0, 4, 4, 5])), [Some(r#"[0.1,"nan","-inf",null]"#.into()), Some("[]".into()), Some("[1.0]".into())]);

    let keys = Int64Array::from([Some(1), Some(2)]).boxed();
    let values = Utf8Array::<i32>::from([Some("a\"b"), None]).boxed();
    let fields = vec![Field::new("key", DataType::Int64, false), Field::new("value", DataType::Utf8, true)];
    let entries = StructArray::new(DataType::Struct(fields.clone()), vec![keys, values], None);
    let data_type = DataType::Map(Box::new(Field::new("entries", DataType::Struct(fields), false)), false);
    let map = MapArray::new(data_type, OffsetsBuffer::try_from(vec![0, 2]).unwrap(), entries.boxed(), None);
    assert_eq!(json(&map), [Some(r#"{"1":"a\"b","2":null}"#.into())]);
}

#[test]
fn short_numbers_stay_short() {
    assert_eq!(widened(0.1).to_string(), "0.1");
    assert_eq!(widened(f32::MAX).to_string(), f64::to_string(&3.402_823_5e38));
    let mut out = String::new();
    push_decimal(&mut out, -5, 3);
    push_decimal(&mut out, 12_345, 2);
    push_decimal(&mut out, 7, 0);
    assert_eq!(out, "-0.005123.457");
}
