//! Nested columns as JSON text: STRUCT, MAP and key/value lists become objects, other lists arrays.
//!
//! Times inside become whole nanoseconds since 1970, as everywhere in the page. Missing fields of a STRUCT are left
//! out, because a writer that gives every attribute a field leaves most of them empty.

use std::fmt::Write as _;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, StringArray, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::core::json_write::{push_float, push_text};

/// Writes the value of a row, which is known not to be null.
type Write<'a> = Box<dyn Fn(&mut String, usize) + 'a>;

/// One column, or one part of a nested one, ready to be written row by row.
pub(super) struct Writer<'a> {
    nulls: Option<&'a NullBuffer>,
    write: Write<'a>,
}

impl Writer<'_> {
    fn is_null(&self, row: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }

    pub(super) fn write(&self, out: &mut String, row: usize) {
        if self.is_null(row) { out.push_str("null") } else { (self.write)(out, row) }
    }
}

/// Each row of `array` as JSON, a null row as a null; `None` where the text passes `budget` bytes.
pub(super) fn to_json(array: &dyn Array, budget: usize) -> Result<Option<StringArray>, String> {
    let writer = writer(array)?;
    let mut texts = StringBuilder::with_capacity(array.len(), 0);
    let mut text = String::new();
    let mut size = 0usize;
    for row in 0..array.len() {
        if writer.is_null(row) {
            texts.append_null();
            continue;
        }
        text.clear();
        writer.write(&mut text, row);
        size = size.saturating_add(text.len());
        if size > budget {
            return Ok(None);
        }
        texts.append_value(&text);
    }
    Ok(Some(texts.finish()))
}

/// How to write the rows of `array`. An error names a type that has no JSON.
pub(super) fn writer(array: &dyn Array) -> Result<Writer<'_>, String> {
    macro_rules! display {
        ($type:ty) => {{
            let values = array.as_primitive_opt::<$type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out: &mut String, row| {
                let _ = write!(out, "{}", values.value(row));
            })
        }};
    }
    macro_rules! float {
        ($type:ty) => {{
            let values = array.as_primitive_opt::<$type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out: &mut String, row| push_float(out, f64::from(values.value(row))))
        }};
    }
    macro_rules! decimal {
        ($type:ty) => {{
            let values = array.as_primitive_opt::<$type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out: &mut String, row| out.push_str(&values.value_as_string(row)))
        }};
    }
    macro_rules! nanoseconds {
        ($type:ty, $factor:expr) => {{
            let values = array.as_primitive_opt::<$type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out: &mut String, row| {
                let _ = write!(out, "{}", i128::from(values.value(row)) * $factor);
            })
        }};
    }
    macro_rules! time {
        ($type:ty) => {{
            let values = array.as_primitive_opt::<$type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out: &mut String, row| match values.value_as_time(row) {
                Some(time) => push_text(out, &time.to_string()),
                None => out.push_str("null"),
            })
        }};
    }
    let write: Write<'_> = match array.data_type() {
        DataType::Null => Box::new(|out, _| out.push_str("null")),
        DataType::Boolean => {
            let values = array.as_boolean_opt().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| out.push_str(if values.value(row) { "true" } else { "false" }))
        }
        DataType::Int8 => display!(Int8Type),
        DataType::Int16 => display!(Int16Type),
        DataType::Int32 => display!(Int32Type),
        DataType::Int64 => display!(Int64Type),
        DataType::UInt8 => display!(UInt8Type),
        DataType::UInt16 => display!(UInt16Type),
        DataType::UInt32 => display!(UInt32Type),
        DataType::UInt64 => display!(UInt64Type),
        DataType::Float16 => float!(Float16Type),
        DataType::Float32 => float!(Float32Type),
        DataType::Float64 => float!(Float64Type),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        DataType::Timestamp(TimeUnit::Millisecond, _) => nanoseconds!(TimestampMillisecondType, 1_000_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => nanoseconds!(TimestampMicrosecondType, 1_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => nanoseconds!(TimestampNanosecondType, 1),
        DataType::Time32(TimeUnit::Millisecond) => time!(Time32MillisecondType),
        DataType::Time64(TimeUnit::Microsecond) => time!(Time64MicrosecondType),
        DataType::Time64(TimeUnit::Nanosecond) => time!(Time64NanosecondType),
        DataType::Date32 => {
            let values = array.as_primitive_opt::<Date32Type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| match values.value_as_date(row) {
                Some(date) => push_text(out, &date.to_string()),
                None => out.push_str("null"),
            })
        }
        DataType::Utf8View => {
            let values = array.as_string_view_opt().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| push_text(out, values.value(row)))
        }
        DataType::Utf8 => {
            let values = array.as_string_opt::<i32>().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| push_text(out, values.value(row)))
        }
        DataType::BinaryView => {
            let values = array.as_binary_view_opt().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| bytes(out, values.value(row)))
        }
        DataType::Binary => {
            let values = array.as_binary_opt::<i32>().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| bytes(out, values.value(row)))
        }
        DataType::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary_opt().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| hex(out, values.value(row)))
        }
        DataType::Struct(_) => {
            let fields = fields(array.as_struct_opt().ok_or_else(|| unknown(array))?)?;
            Box::new(move |out, row| object(out, row, &fields))
        }
        DataType::Map(..) => {
            let map = array.as_map_opt().ok_or_else(|| unknown(array))?;
            let (keys, values) = (writer(map.keys())?, writer(map.values())?);
            let offsets = map.value_offsets();
            Box::new(move |out, row| {
                entries(out, range(offsets, row), |out, entry| {
                    key(out, &keys, entry);
                    values.write(out, entry);
                });
            })
        }
        DataType::List(_) => {
            let list = array.as_list_opt::<i32>().ok_or_else(|| unknown(array))?;
            let offsets = list.value_offsets();
            match KeyValues::find(list.values().as_ref())? {
                Some(pairs) => Box::new(move |out, row| {
                    entries(out, range(offsets, row), |out, entry| {
                        key(out, &pairs.keys, entry);
                        pairs.value(out, entry);
                    });
                }),
                None => {
                    let items = writer(list.values().as_ref())?;
                    Box::new(move |out, row| items_of(out, range(offsets, row), &items))
                }
            }
        }
        _ => return Err(unknown(array)),
    };
    Ok(Writer { nulls: array.nulls(), write })
}

fn unknown(array: &dyn Array) -> String {
    format!("a column of type {}", array.data_type())
}

fn range(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let at = |index: usize| offsets.get(index).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    at(row)..at(row + 1)
}

fn fields(array: &StructArray) -> Result<Vec<(String, Writer<'_>)>, String> {
    let names = array.fields().iter();
    names.zip(array.columns()).map(|(field, column)| Ok((field.name().clone(), writer(column.as_ref())?))).collect()
}

fn object(out: &mut String, row: usize, fields: &[(String, Writer<'_>)]) {
    out.push('{');
    let mut first = true;
    for (name, value) in fields {
        if value.is_null(row) {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        push_text(out, name);
        out.push(':');
        value.write(out, row);
    }
    out.push('}');
}

fn entries(out: &mut String, rows: std::ops::Range<usize>, mut entry: impl FnMut(&mut String, usize)) {
    out.push('{');
    let start = rows.start;
    for row in rows {
        if row > start {
            out.push(',');
        }
        entry(out, row);
    }
    out.push('}');
}

fn items_of(out: &mut String, rows: std::ops::Range<usize>, items: &Writer<'_>) {
    out.push('[');
    let start = rows.start;
    for row in rows {
        if row > start {
            out.push(',');
        }
        items.write(out, row);
    }
    out.push(']');
}

/// A key and its colon. JSON's keys are text, so a number as key is put in quotes.
fn key(out: &mut String, keys: &Writer<'_>, row: usize) {
    let start = out.len();
    keys.write(out, row);
    if !out.get(start..).is_some_and(|written| written.starts_with('"')) {
        let bare = out.split_off(start);
        push_text(out, &bare);
    }
    out.push(':');
}

/// A list of STRUCT(key, value) as OTLP has it, or of a key with a value in one of several typed fields as Tempo has it.
struct KeyValues<'a> {
    keys: Writer<'a>,
    /// Of these fields the first that is set counts.
    values: Vec<ValueField<'a>>,
}

struct ValueField<'a> {
    nulls: Option<&'a NullBuffer>,
    kind: ValueKind<'a>,
}

enum ValueKind<'a> {
    One(Writer<'a>),
    /// Lists of one item for a single value.
    Many(&'a [i32], Writer<'a>),
    /// STRUCT(string_value, int_value, …).
    Any(Vec<(String, Writer<'a>)>),
}

impl<'a> KeyValues<'a> {
    fn find(items: &'a dyn Array) -> Result<Option<Self>, String> {
        let Some(items) = items.as_struct_opt() else { return Ok(None) };
        let mut keys = None;
        let mut values: Vec<&'a dyn Array> = Vec::new();
        for (field, column) in items.fields().iter().zip(items.columns()) {
            match field.name().to_ascii_lowercase().as_str() {
                "key" if matches!(column.data_type(), DataType::Utf8 | DataType::Utf8View | DataType::BinaryView) => {
                    keys = Some(writer(column.as_ref())?);
                }
                "isarray" | "is_array" => {}
                name if name.starts_with("value") => values.push(column.as_ref()),
                _ => return Ok(None),
            }
        }
        let Some(keys) = keys.filter(|_| !values.is_empty()) else { return Ok(None) };
        let typed = values.len() > 1;
        let values = values.into_iter().map(|column| ValueField::new(column, typed)).collect::<Result<_, _>>()?;
        Ok(Some(Self { keys, values }))
    }

    fn value(&self, out: &mut String, row: usize) {
        match self.values.iter().find(|value| value.is_set(row)) {
            None => out.push_str("null"),
            Some(ValueField { kind: ValueKind::One(value), .. }) => value.write(out, row),
            Some(ValueField { kind: ValueKind::Many(offsets, items), .. }) => {
                let rows = range(offsets, row);
                if rows.len() == 1 { items.write(out, rows.start) } else { items_of(out, rows, items) }
            }
            Some(ValueField { kind: ValueKind::Any(fields), .. }) => match fields.iter().find(|(_, field)| !field.is_null(row)) {
                Some((_, field)) => field.write(out, row),
                None => out.push_str("null"),
            },
        }
    }
}

impl<'a> ValueField<'a> {
    fn new(column: &'a dyn Array, typed: bool) -> Result<Self, String> {
        let kind = if let Some(list) = column.as_list_opt::<i32>().filter(|_| typed) {
            ValueKind::Many(list.value_offsets(), writer(list.values().as_ref())?)
        } else if let Some(any) = column.as_struct_opt().filter(|any| is_any_value(any)) {
            ValueKind::Any(fields(any)?)
        } else {
            ValueKind::One(writer(column)?)
        };
        Ok(Self { nulls: column.nulls(), kind })
    }

    fn is_set(&self, row: usize) -> bool {
        let null = self.nulls.is_some_and(|nulls| nulls.is_null(row));
        !null && !matches!(&self.kind, ValueKind::Many(offsets, _) if range(offsets, row).is_empty())
    }
}

fn is_any_value(value: &StructArray) -> bool {
    let named = |name: &str| name.len() > "value".len() && name.to_ascii_lowercase().ends_with("value");
    !value.fields().is_empty() && value.fields().iter().all(|field| named(field.name()))
}

fn bytes(out: &mut String, value: &[u8]) {
    match std::str::from_utf8(value) {
        Ok(text) => push_text(out, text),
        Err(_) => hex(out, value),
    }
}

fn hex(out: &mut String, value: &[u8]) {
    out.push('"');
    for byte in value {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::builder::{Int64Builder, ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::{ArrayRef, Float64Array, Int64Array, TimestampMicrosecondArray};
    use arrow_schema::Field;
    use std::sync::Arc;

    fn lines(array: &dyn Array) -> Vec<Option<String>> {
        let texts = to_json(array, 1 << 20).unwrap().unwrap();
        texts.iter().map(|text| text.map(str::to_owned)).collect()
    }

    fn pairs(columns: Vec<(&str, ArrayRef)>, lengths: &[usize]) -> arrow_array::ListArray {
        let items = StructArray::try_from(columns).unwrap();
        let field = Arc::new(Field::new("item", items.data_type().clone(), true));
        let offsets = arrow_buffer::OffsetBuffer::from_lengths(lengths.iter().copied());
        arrow_array::ListArray::new(field, offsets, Arc::new(items), None)
    }

    #[test]
    fn a_struct_leaves_missing_fields_out_and_times_are_nanoseconds() {
        let fields: Vec<(&str, ArrayRef)> = vec![
            ("a.b", Arc::new(Int64Array::from(vec![Some(1), None]))),
            ("at", Arc::new(TimestampMicrosecondArray::from(vec![5, 6]).with_timezone("UTC"))),
            ("x", Arc::new(Float64Array::from(vec![0.5, f64::NAN]))),
        ];
        let array = StructArray::try_from(fields).unwrap();
        assert_eq!(lines(&array), [Some(r#"{"a.b":1,"at":5000,"x":0.5}"#.to_owned()), Some(r#"{"at":6000,"x":null}"#.to_owned())]);
    }

    #[test]
    fn a_map_is_an_object_even_with_numbers_as_keys() {
        let mut map = MapBuilder::new(None, Int64Builder::new(), StringBuilder::new());
        map.keys().append_value(7);
        map.values().append_value("x\"\u{1}\n");
        map.append(true).unwrap();
        map.append(false).unwrap();
        map.append(true).unwrap();
        assert_eq!(lines(&map.finish()), [Some(r#"{"7":"x\"\u0001\n"}"#.to_owned()), None, Some("{}".to_owned())]);
    }

    #[test]
    fn key_value_lists_are_objects() {
        let text = |texts: Vec<Option<&str>>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let any = StructArray::try_from(vec![
            ("string_value", text(vec![Some("s"), None, None])),
            ("int_value", Arc::new(Int64Array::from(vec![None, Some(3), None])) as ArrayRef),
        ])
        .unwrap();
        let keys = text(vec![Some("a"), Some("b"), Some("c")]);
        let list = pairs(vec![("key", Arc::clone(&keys)), ("value", Arc::new(any))], &[2, 1]);
        assert_eq!(lines(&list), [Some(r#"{"a":"s","b":3}"#.to_owned()), Some(r#"{"c":null}"#.to_owned())]);

        let mut texts = ListBuilder::new(StringBuilder::new());
        texts.append_value([Some("one")]);
        texts.append_value([None::<&str>; 0]);
        texts.append_value([Some("p"), Some("q")]);
        let mut numbers = ListBuilder::new(Int64Builder::new());
        numbers.append_value([None; 0]);
        numbers.append_value([Some(9)]);
        numbers.append_value([None; 0]);
        let columns: Vec<(&str, ArrayRef)> =
            vec![("Key", keys), ("Value", Arc::new(texts.finish())), ("ValueInt", Arc::new(numbers.finish()))];
        assert_eq!(lines(&pairs(columns, &[3])), [Some(r#"{"a":"one","b":9,"c":["p","q"]}"#.to_owned())]);
    }

    #[test]
    fn a_list_with_other_fields_stays_a_list() {
        let text = Arc::new(StringArray::from(vec!["a"])) as ArrayRef;
        let list = pairs(vec![("key", Arc::clone(&text)), ("time", text)], &[1]);
        assert_eq!(lines(&list), [Some(r#"[{"key":"a","time":"a"}]"#.to_owned())]);
    }

    #[test]
    fn the_budget_stops_it() {
        let list = pairs(vec![("x", Arc::new(StringArray::from(vec!["12345"; 4])))], &[2, 2]);
        assert!(to_json(&list, 20).unwrap().is_none());
    }
}
