//! The values of one column as text: cells of a CSV row or values of a JSON object.
//!
//! Numbers keep every digit. Dates, times, intervals and bytes are what DuckDB's own cast to VARCHAR makes of them; lists, structs and maps
//! are JSON in both formats. Unlike the import's JSON a struct keeps its missing fields, because nothing is to be lost here.

use std::{fmt::Write as _, ops::Range};

use arrow_array::{
    Array,
    cast::AsArray,
    types::{
        ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, Float32Type,
        Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType, Time64MicrosecondType, Time64NanosecondType,
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, IntervalUnit, TimeUnit};

use super::WriteError;
use crate::core::{
    csv,
    duck_text::{self, Unit},
    json_write,
};

/// What a value is written for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Csv,
    Json,
    /// The bare text, for a column of texts.
    Text,
}

/// Adds the value of a row, which is not NULL.
type Push<'a> = Box<dyn Fn(&mut String, usize) + 'a>;

/// One column, or one part of a nested one, ready to be written row by row.
pub(super) struct Cells<'a> {
    nulls: Option<NullBuffer>,
    target: Target,
    push: Push<'a>,
}

impl Cells<'_> {
    pub(super) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Adds the value of a row; NULL is `null` in JSON and else nothing.
    pub(super) fn push(&self, out: &mut String, row: usize) {
        if !self.is_null(row) {
            (self.push)(out, row);
        } else if self.target == Target::Json {
            out.push_str("null");
        }
    }
}

/// How to write the rows of a column.
///
/// # Errors
/// Names a type that is not expected from the engine.
pub(super) fn cells(array: &dyn Array, target: Target) -> Result<Cells<'_>, WriteError> {
    use DataType as T;
    let push: Push<'_> = match array.data_type() {
        T::Null => plain(target, |_, _| ()),
        T::Boolean => {
            let values = array.as_boolean_opt().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| out.push_str(if values.value(row) { "true" } else { "false" }))
        }
        T::Int8 => number::<Int8Type>(array)?,
        T::Int16 => number::<Int16Type>(array)?,
        T::Int32 => number::<Int32Type>(array)?,
        T::Int64 => number::<Int64Type>(array)?,
        T::UInt8 => number::<UInt8Type>(array)?,
        T::UInt16 => number::<UInt16Type>(array)?,
        T::UInt32 => number::<UInt32Type>(array)?,
        T::UInt64 => number::<UInt64Type>(array)?,
        T::Float32 => {
            let values = array.as_primitive_opt::<Float32Type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| match values.value(row) {
                // In 64 bits it would get digits that it does not have.
                value if value.is_finite() => {
                    let _ = write!(out, "{value:?}");
                }
                value => push_float(out, value.into(), target),
            })
        }
        T::Float64 => {
            let values = array.as_primitive_opt::<Float64Type>().ok_or_else(|| unknown(array))?;
            Box::new(move |out, row| push_float(out, values.value(row), target))
        }
        T::Decimal32(..) => decimal::<Decimal32Type>(array)?,
        T::Decimal64(..) => decimal::<Decimal64Type>(array)?,
        T::Decimal128(..) => decimal::<Decimal128Type>(array)?,
        T::Decimal256(..) => decimal::<Decimal256Type>(array)?,
        T::Date32 => {
            let values = array.as_primitive_opt::<Date32Type>().ok_or_else(|| unknown(array))?;
            plain(target, move |out, row| duck_text::push_date(out, values.value(row)))
        }
        T::Time64(TimeUnit::Microsecond) => {
            let values = array.as_primitive_opt::<Time64MicrosecondType>().ok_or_else(|| unknown(array))?;
            plain(target, move |out, row| duck_text::push_time(out, values.value(row), Unit::Microsecond))
        }
        T::Time64(TimeUnit::Nanosecond) => {
            let values = array.as_primitive_opt::<Time64NanosecondType>().ok_or_else(|| unknown(array))?;
            plain(target, move |out, row| duck_text::push_time(out, values.value(row), Unit::Nanosecond))
        }
        T::Timestamp(TimeUnit::Second, zone) => timestamp::<TimestampSecondType>(array, Unit::Second, zone.is_some(), target)?,
        T::Timestamp(TimeUnit::Millisecond, zone) => {
            timestamp::<TimestampMillisecondType>(array, Unit::Millisecond, zone.is_some(), target)?
        }
        T::Timestamp(TimeUnit::Microsecond, zone) => {
            timestamp::<TimestampMicrosecondType>(array, Unit::Microsecond, zone.is_some(), target)?
        }
        T::Timestamp(TimeUnit::Nanosecond, zone) => timestamp::<TimestampNanosecondType>(array, Unit::Nanosecond, zone.is_some(), target)?,
        T::Interval(IntervalUnit::MonthDayNano) => {
            let values = array.as_primitive_opt::<IntervalMonthDayNanoType>().ok_or_else(|| unknown(array))?;
            plain(target, move |out, row| {
                let value = values.value(row);
                duck_text::push_interval(out, value.months, value.days, value.nanoseconds);
            })
        }
        T::Utf8 => {
            let values = array.as_string_opt::<i32>().ok_or_else(|| unknown(array))?;
            text(target, move |row| values.value(row))
        }
        T::LargeUtf8 => {
            let values = array.as_string_opt::<i64>().ok_or_else(|| unknown(array))?;
            text(target, move |row| values.value(row))
        }
        T::Binary => {
            let values = array.as_binary_opt::<i32>().ok_or_else(|| unknown(array))?;
            bytes(target, move |row| values.value(row))
        }
        T::FixedSizeBinary(_) => {
            let values = array.as_fixed_size_binary_opt().ok_or_else(|| unknown(array))?;
            bytes(target, move |row| values.value(row))
        }
        T::Union(..) => one_of(array, target)?,
        T::List(_) | T::FixedSizeList(..) | T::Struct(_) | T::Map(..) => nested(json(array)?, target),
        _ => return Err(unknown(array)),
    };
    // Of a UNION the members know.
    Ok(Cells { nulls: array.logical_nulls(), target, push })
}

fn unknown(array: &dyn Array) -> WriteError {
    WriteError::new(format!("a column of type {} has no place in it", array.data_type()))
}

fn number<T: ArrowPrimitiveType<Native: std::fmt::Display>>(array: &dyn Array) -> Result<Push<'_>, WriteError> {
    let values = array.as_primitive_opt::<T>().ok_or_else(|| unknown(array))?;
    Ok(Box::new(move |out, row| {
        let _ = write!(out, "{}", values.value(row));
    }))
}

fn decimal<T: DecimalType>(array: &dyn Array) -> Result<Push<'_>, WriteError> {
    let values = array.as_primitive_opt::<T>().ok_or_else(|| unknown(array))?;
    Ok(Box::new(move |out, row| out.push_str(&values.value_as_string(row))))
}

fn timestamp<T: ArrowPrimitiveType<Native = i64>>(
    array: &dyn Array,
    unit: Unit,
    is_utc: bool,
    target: Target,
) -> Result<Push<'_>, WriteError> {
    let values = array.as_primitive_opt::<T>().ok_or_else(|| unknown(array))?;
    let push = if is_utc { duck_text::push_timestamp_utc } else { duck_text::push_timestamp };
    Ok(plain(target, move |out, row| push(out, values.value(row), unit)))
}

fn push_float(out: &mut String, value: f64, target: Target) {
    match target {
        Target::Csv | Target::Text => csv::push_float(out, value),
        Target::Json => json_write::push_float(out, value),
    }
}

/// What is made here and needs no quoting but JSON's.
fn plain<'a>(target: Target, push: impl Fn(&mut String, usize) + 'a) -> Push<'a> {
    match target {
        Target::Csv | Target::Text => Box::new(push),
        Target::Json => Box::new(move |out, row| {
            out.push('"');
            push(out, row);
            out.push('"');
        }),
    }
}

fn text<'a>(target: Target, value: impl Fn(usize) -> &'a str + 'a) -> Push<'a> {
    match target {
        Target::Csv => Box::new(move |out, row| csv::push_text(out, value(row))),
        Target::Json => Box::new(move |out, row| json_write::push_text(out, value(row))),
        Target::Text => Box::new(move |out, row| out.push_str(value(row))),
    }
}

/// Bytes become text, and such text may be a formula as any other.
fn bytes<'a>(target: Target, value: impl Fn(usize) -> &'a [u8] + 'a) -> Push<'a> {
    let push = match target {
        Target::Csv => csv::push_text,
        Target::Json => json_write::push_text,
        Target::Text => String::push_str,
    };
    Box::new(move |out, row| {
        let mut words = String::new();
        duck_text::push_bytes(&mut words, value(row));
        push(out, &words);
    })
}

/// The member that a value of a UNION is, as such.
fn one_of(array: &dyn Array, target: Target) -> Result<Push<'_>, WriteError> {
    let values = array.as_union_opt().ok_or_else(|| unknown(array))?;
    let DataType::Union(fields, _) = array.data_type() else { return Err(unknown(array)) };
    let members =
        fields.iter().map(|(id, _)| Ok((id, cells(values.child(id).as_ref(), target)?))).collect::<Result<Vec<_>, WriteError>>()?;
    Ok(Box::new(move |out, row| {
        let id = values.type_id(row);
        if let Some((_, member)) = members.iter().find(|(member, _)| *member == id) {
            member.push(out, values.value_offset(row));
        }
    }))
}

/// JSON, whatever it is for.
fn nested(json: Push<'_>, target: Target) -> Push<'_> {
    match target {
        Target::Json | Target::Text => json,
        Target::Csv => Box::new(move |out, row| {
            let mut text = String::new();
            json(&mut text, row);
            csv::push_value(out, &text);
        }),
    }
}

fn json(array: &dyn Array) -> Result<Push<'_>, WriteError> {
    if let Some(list) = array.as_list_opt::<i32>() {
        let (items, offsets) = (cells(list.values().as_ref(), Target::Json)?, list.value_offsets());
        return Ok(Box::new(move |out, row| push_items(out, range(offsets, row), &items)));
    }
    if let Some(list) = array.as_fixed_size_list_opt() {
        let items = cells(list.values().as_ref(), Target::Json)?;
        let length = usize::try_from(list.value_length()).unwrap_or(0);
        return Ok(Box::new(move |out, row| push_items(out, row * length..(row + 1) * length, &items)));
    }
    if let Some(map) = array.as_map_opt() {
        let (keys, values) = (cells(map.keys().as_ref(), Target::Json)?, cells(map.values().as_ref(), Target::Json)?);
        let offsets = map.value_offsets();
        return Ok(Box::new(move |out, row| {
            out.push('{');
            for (at, entry) in range(offsets, row).enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                push_key(out, &keys, entry);
                values.push(out, entry);
            }
            out.push('}');
        }));
    }
    let object = array.as_struct_opt().ok_or_else(|| unknown(array))?;
    let mut fields = Vec::new();
    for (field, column) in object.fields().iter().zip(object.columns()) {
        let mut key = String::from(if fields.is_empty() { "" } else { "," });
        json_write::push_text(&mut key, field.name());
        key.push(':');
        fields.push((key, cells(column.as_ref(), Target::Json)?));
    }
    Ok(Box::new(move |out, row| {
        out.push('{');
        for (key, value) in &fields {
            out.push_str(key);
            value.push(out, row);
        }
        out.push('}');
    }))
}

fn push_items(out: &mut String, items: Range<usize>, cells: &Cells) {
    out.push('[');
    for (at, item) in items.enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        cells.push(out, item);
    }
    out.push(']');
}

/// A key and its colon. JSON's keys are text, so what is none is put in quotes.
fn push_key(out: &mut String, keys: &Cells, entry: usize) {
    let mut key = String::new();
    keys.push(&mut key, entry);
    if key.starts_with('"') {
        out.push_str(&key);
    } else {
        json_write::push_text(out, &key);
    }
    out.push(':');
}

fn range(offsets: &[i32], row: usize) -> Range<usize> {
    let at = |index: usize| offsets.get(index).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    at(row)..at(row + 1)
}
