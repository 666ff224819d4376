//! Values of nested types as JSON text, written as the exports write them: a struct is an object with all its fields, a map an object whose
//! keys are texts whatever they were, a union its member. Numbers keep every digit; times, intervals and what has no other form in JSON
//! (bytes in hexadecimal digits, infinity) are strings with DuckDB's own text.

use std::ops::Range;

use arrow2::{
    array::{Array, FixedSizeListArray, ListArray, MapArray, StructArray, UnionArray},
    datatypes::{DataType, PhysicalType, PrimitiveType},
    offset::Offset,
};

use super::cells::{Write, scalar, unknown};
use crate::core::json_write;

/// How values are written as JSON.
pub(super) fn writer(array: &dyn Array) -> Result<Write<'_>, String> {
    match array.data_type().to_physical_type() {
        PhysicalType::List => list::<i32>(array),
        PhysicalType::LargeList => list::<i64>(array),
        PhysicalType::FixedSizeList => {
            let array = array.as_any().downcast_ref::<FixedSizeListArray>().ok_or_else(|| unknown(array))?;
            let (items, size) = (values(array.values().as_ref())?, array.size());
            Ok(Box::new(move |out, row| push_items(out, row * size..(row + 1) * size, &items)))
        }
        PhysicalType::Struct => structure(array),
        PhysicalType::Map => map(array),
        PhysicalType::Union => union(array),
        PhysicalType::Boolean => scalar(array),
        PhysicalType::Primitive(kind) => number(array, kind),
        _ => quoted(array),
    }
}

/// The same for values that may be NULL.
fn values(array: &dyn Array) -> Result<Write<'_>, String> {
    // A union's members know.
    if matches!(array.data_type().to_physical_type(), PhysicalType::Union) {
        return writer(array);
    }
    if array.data_type().to_physical_type() == PhysicalType::Null {
        return Ok(Box::new(|out, _| out.push_str("null")));
    }
    let write = writer(array)?;
    Ok(Box::new(move |out, row| if array.is_valid(row) { write(out, row) } else { out.push_str("null") }))
}

fn quoted(array: &dyn Array) -> Result<Write<'_>, String> {
    let write = scalar(array)?;
    Ok(Box::new(move |out, row| {
        let mut text = String::new();
        write(&mut text, row);
        json_write::push_text(out, &text);
    }))
}

fn number(array: &dyn Array, kind: PrimitiveType) -> Result<Write<'_>, String> {
    let is_number = matches!(
        array.data_type(),
        DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Decimal(..)
    );
    if is_number {
        return scalar(array);
    }
    if !matches!(kind, PrimitiveType::Float32 | PrimitiveType::Float64) {
        return quoted(array);
    }
    let write = scalar(array)?;
    Ok(Box::new(move |out, row| {
        let start = out.len();
        write(out, row);
        // "nan", "inf": a number has a digit before anything else.
        if out.get(start..).is_some_and(|text| !text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())) {
            out.insert(start, '"');
            out.push('"');
        }
    }))
}

fn list<O: Offset>(array: &dyn Array) -> Result<Write<'_>, String> {
    let array = array.as_any().downcast_ref::<ListArray<O>>().ok_or_else(|| unknown(array))?;
    let items = values(array.values().as_ref())?;
    Ok(Box::new(move |out, row| {
        let (start, end) = array.offsets().start_end(row);
        push_items(out, start..end, &items);
    }))
}

fn structure(array: &dyn Array) -> Result<Write<'_>, String> {
    let array = array.as_any().downcast_ref::<StructArray>().ok_or_else(|| unknown(array))?;
    let mut fields = Vec::new();
    for (field, column) in array.fields().iter().zip(array.values()) {
        let mut key = String::from(if fields.is_empty() { "" } else { "," });
        json_write::push_text(&mut key, &field.name);
        key.push(':');
        fields.push((key, values(column.as_ref())?));
    }
    Ok(Box::new(move |out, row| {
        out.push('{');
        for (key, value) in &fields {
            out.push_str(key);
            value(out, row);
        }
        out.push('}');
    }))
}

fn map(array: &dyn Array) -> Result<Write<'_>, String> {
    let array = array.as_any().downcast_ref::<MapArray>().ok_or_else(|| unknown(array))?;
    let entries = array.field().as_any().downcast_ref::<StructArray>().ok_or_else(|| unknown(array))?;
    let [keys, items] = entries.values() else { return Err(unknown(array)) };
    let (keys, items) = (values(keys.as_ref())?, values(items.as_ref())?);
    Ok(Box::new(move |out, row| {
        let (start, end) = array.offsets().start_end(row);
        out.push('{');
        for entry in start..end {
            out.push_str(if entry > start { "," } else { "" });
            let mut key = String::new();
            keys(&mut key, entry);
            match key.starts_with('"') {
                true => out.push_str(&key),
                false => json_write::push_text(out, &key),
            }
            out.push(':');
            items(out, entry);
        }
        out.push('}');
    }))
}

fn union(array: &dyn Array) -> Result<Write<'_>, String> {
    let union = array.as_any().downcast_ref::<UnionArray>().ok_or_else(|| unknown(array))?;
    let members = union.fields().iter().map(|member| values(member.as_ref())).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(move |out, row| {
        let (member, at) = union.index(row);
        match members.get(member) {
            Some(member) => member(out, at),
            None => out.push_str("null"),
        }
    }))
}

fn push_items(out: &mut String, items: Range<usize>, write: &Write) {
    out.push('[');
    for (at, item) in items.enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write(out, item);
    }
    out.push(']');
}
