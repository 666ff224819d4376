//! DuckDB's Arrow IPC stream → the parts of a reader's own result: columns with their types, then rows batch by batch, of every type there is.
//!
//! Must not know statements: which columns were cast on the way, and DuckDB's names of their types, it is told.

use std::fmt::Write as _;

use arrow2::{
    array::{Array, BinaryArray, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, Utf8Array},
    datatypes::{DataType, IntervalUnit, PhysicalType, PrimitiveType, TimeUnit},
    io::ipc::read::{StreamReader, StreamState, read_stream_metadata},
    types::{NativeType, days_ms, months_days_ns},
};

use super::{Builder, Queue, json};
use crate::{
    core::duck_text::{self, Unit},
    engine::{
        result::{CellKind, ResultColumn, ResultPart},
        table::{Column, TableError, TextBuffer, Values},
    },
};

/// Names that DuckDB gives to the one column of a statement that answers nothing, or only how many rows it changed.
const OF_NO_QUERY: [&str; 2] = ["Success", "Count"];

/// Makes parts of a stream while it arrives.
pub struct CellDecoder {
    queue: Queue,
    /// Names and DuckDB's types of the columns, where they are known.
    described: Option<Vec<(String, String)>>,
    stream: Option<Stream>,
    /// Columns that are told once a row comes: without one there is no result.
    held: Option<ResultPart>,
}

struct Stream {
    reader: StreamReader<Queue>,
    kinds: Vec<CellKind>,
}

impl CellDecoder {
    /// `described`: the columns' names and types as DESCRIBE gives them, before casts; without it both are told from the stream.
    pub fn new(described: Option<Vec<(String, String)>>) -> Self {
        Self { queue: Queue::default(), described, stream: None, held: None }
    }

    /// Takes the next bytes, one message of the stream or several, each whole, and gives what they complete.
    ///
    /// # Errors
    /// `Decode` when the bytes do not go on as a stream does.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<ResultPart>, TableError> {
        let refused = |error: arrow2::error::Error| TableError::Decode(error.to_string());
        self.queue.fill(bytes);
        let mut parts = Vec::new();
        if self.stream.is_none() {
            let metadata = read_stream_metadata(&mut self.queue).map_err(refused)?;
            let fields = &metadata.schema.fields;
            let described = self.described.take().filter(|described| described.len() == fields.len());
            let columns: Vec<ResultColumn> = match &described {
                Some(described) => {
                    let column = |((name, type_name), kind): (&(String, String), CellKind)| ResultColumn {
                        name: name.clone(),
                        type_name: type_name.clone(),
                        kind,
                    };
                    let kinds = fields.iter().zip(described).map(|(field, (_, type_name))| kind_of(field.data_type(), type_name));
                    described.iter().zip(kinds).map(column).collect()
                }
                None => fields
                    .iter()
                    .map(|field| {
                        let type_name = type_name(field.data_type());
                        ResultColumn { name: field.name.clone(), kind: kind_of(field.data_type(), &type_name), type_name }
                    })
                    .collect(),
            };
            let kinds = columns.iter().map(|column| column.kind).collect();
            let answers_nothing = described.is_none() && matches!(columns.as_slice(), [only] if OF_NO_QUERY.contains(&only.name.as_str()));
            match answers_nothing {
                true => self.held = Some(ResultPart::Columns(columns)),
                false => parts.push(ResultPart::Columns(columns)),
            }
            self.stream = Some(Stream { reader: StreamReader::new(self.queue.clone(), metadata, None), kinds });
        }
        let Some(Stream { reader, kinds }) = &mut self.stream else { return Ok(parts) };
        for state in reader.by_ref() {
            let StreamState::Some(chunk) = state.map_err(refused)? else { break };
            if chunk.is_empty() {
                continue;
            }
            parts.extend(self.held.take());
            let columns = chunk.arrays().iter().zip(&*kinds).map(|(array, kind)| column_of(array.as_ref(), *kind));
            parts.push(ResultPart::Rows(columns.collect::<Result<_, _>>().map_err(TableError::Decode)?));
        }
        Ok(parts)
    }
}

/// What a column holds, by how it came and, where that does not tell, by DuckDB's name of its type.
fn kind_of(data_type: &DataType, type_name: &str) -> CellKind {
    match data_type {
        DataType::Boolean => CellKind::Bool,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => CellKind::Float,
        DataType::UInt64 | DataType::Decimal(..) | DataType::Decimal256(..) => CellKind::Number,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
            CellKind::Int
        }
        DataType::Date32 => CellKind::Date,
        DataType::Time64(TimeUnit::Microsecond) => CellKind::Time,
        DataType::Timestamp(unit, zone) => CellKind::Timestamp { unit_ns: nanoseconds(*unit), zoned: zone.is_some() },
        DataType::Interval(_) | DataType::Duration(_) => CellKind::Interval,
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => CellKind::Blob,
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Struct(_)
        | DataType::Map(..)
        | DataType::Union(..) => CellKind::Json,
        DataType::Utf8 | DataType::LargeUtf8 => match type_name {
            "VARCHAR" => CellKind::Text,
            "JSON" => CellKind::Json,
            "UHUGEINT" | "BIGNUM" => CellKind::Number,
            _ => CellKind::Word,
        },
        _ => CellKind::Word,
    }
}

fn nanoseconds(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// DuckDB's name of a type, as far as the stream tells it.
fn type_name(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Decimal(38, 0) => "HUGEINT",
        DataType::Decimal(width, scale) => return format!("DECIMAL({width},{scale})"),
        DataType::Date32 => "DATE",
        DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Timestamp(TimeUnit::Second, None) => "TIMESTAMP_S",
        DataType::Timestamp(TimeUnit::Millisecond, None) => "TIMESTAMP_MS",
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(TimeUnit::Nanosecond, None) => "TIMESTAMP_NS",
        DataType::Interval(_) => "INTERVAL",
        DataType::Utf8 | DataType::LargeUtf8 => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) => "BLOB",
        DataType::List(item) | DataType::LargeList(item) => return format!("{}[]", type_name(item.data_type())),
        DataType::FixedSizeList(item, length) => return format!("{}[{length}]", type_name(item.data_type())),
        DataType::Struct(_) => "STRUCT",
        DataType::Map(..) => "MAP",
        DataType::Union(..) => "UNION",
        _ => "",
    };
    name.to_owned()
}

/// One column of a batch.
fn column_of(array: &dyn Array, kind: CellKind) -> Result<Column, String> {
    match kind {
        CellKind::Bool | CellKind::Text | CellKind::Date | CellKind::Time | CellKind::Int | CellKind::Timestamp { .. } => plain(array),
        CellKind::Float => match array.as_any().downcast_ref::<PrimitiveArray<f32>>() {
            Some(values) => {
                Ok(Column { values: Values::Float(values.values().iter().map(|value| widened(*value)).collect()), present: present(array) })
            }
            None => plain(array),
        },
        CellKind::Number | CellKind::Json | CellKind::Interval | CellKind::Blob | CellKind::Word => {
            if matches!(array.data_type().to_physical_type(), PhysicalType::Utf8 | PhysicalType::LargeUtf8) {
                return plain(array);
            }
            let write = writer(array)?;
            let mut texts = TextBuffer::default();
            let mut text = String::new();
            let is_union = array.data_type().to_physical_type() == PhysicalType::Union;
            // Of a union only the member that a value has knows whether it is NULL.
            let mut present = if is_union { Some(Vec::with_capacity(array.len())) } else { present(array) };
            for row in 0..array.len() {
                text.clear();
                if array.is_valid(row) {
                    write(&mut text, row);
                }
                if let (true, Some(present)) = (is_union, &mut present) {
                    present.push(text != "null");
                }
                texts.push(&text);
            }
            Ok(Column { values: Values::Text(texts), present })
        }
    }
}

fn plain(array: &dyn Array) -> Result<Column, String> {
    let mut builder = Builder::new(array.data_type());
    builder.append(array)?;
    Ok(builder.finish())
}

fn present(array: &dyn Array) -> Option<Vec<bool>> {
    if array.data_type().to_physical_type() == PhysicalType::Null {
        return Some(vec![false; array.len()]);
    }
    array.validity().filter(|bits| bits.unset_bits() > 0).map(|bits| bits.iter().collect())
}

/// The number with the same shortest text: in 64 bits it would get digits that it does not have.
pub(super) fn widened(value: f32) -> f64 {
    match value.is_finite() {
        true => format!("{value:?}").parse().unwrap_or(f64::from(value)),
        false => f64::from(value),
    }
}

/// Adds the value of a row, which is not NULL.
pub(super) type Write<'a> = Box<dyn Fn(&mut String, usize) + 'a>;

/// How values are written as text that stands alone.
fn writer(array: &dyn Array) -> Result<Write<'_>, String> {
    match array.data_type().to_physical_type() {
        PhysicalType::Struct
        | PhysicalType::List
        | PhysicalType::LargeList
        | PhysicalType::FixedSizeList
        | PhysicalType::Map
        | PhysicalType::Union => json::writer(array),
        _ => scalar(array),
    }
}

/// How values that are neither nested nor text are written, as DuckDB writes them; bytes as hexadecimal digits.
pub(super) fn scalar(array: &dyn Array) -> Result<Write<'_>, String> {
    let data_type = array.data_type();
    if let DataType::Timestamp(unit, zone) = data_type.to_logical_type() {
        let push = if zone.is_some() { duck_text::push_timestamp_utc } else { duck_text::push_timestamp };
        let unit = unit_of(*unit);
        return values(array, move |out, value: i64| push(out, value, unit));
    }
    match (data_type, data_type.to_physical_type()) {
        (DataType::Null, _) => Ok(Box::new(|_, _| ())),
        (DataType::Date32, _) => values(array, duck_text::push_date),
        (DataType::Time64(unit), _) => {
            let unit = unit_of(*unit);
            values(array, move |out, value: i64| duck_text::push_time(out, value, unit))
        }
        (DataType::Decimal(_, scale), _) => {
            let scale = *scale;
            values(array, move |out, value: i128| push_decimal(out, value, scale))
        }
        (DataType::Interval(IntervalUnit::MonthDayNano), _) => {
            values(array, |out, value: months_days_ns| duck_text::push_interval(out, value.months(), value.days(), value.ns()))
        }
        (DataType::Interval(IntervalUnit::YearMonth), _) => values(array, |out, months: i32| duck_text::push_interval(out, months, 0, 0)),
        (DataType::Interval(IntervalUnit::DayTime), _) => values(array, |out, value: days_ms| {
            duck_text::push_interval(out, 0, value.days(), i64::from(value.milliseconds()) * 1_000_000);
        }),
        (_, PhysicalType::Boolean) => {
            let array = array.as_any().downcast_ref::<BooleanArray>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| out.push_str(if array.value(row) { "true" } else { "false" })))
        }
        (_, PhysicalType::Utf8) => {
            let array = array.as_any().downcast_ref::<Utf8Array<i32>>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| out.push_str(array.value(row))))
        }
        (_, PhysicalType::LargeUtf8) => {
            let array = array.as_any().downcast_ref::<Utf8Array<i64>>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| out.push_str(array.value(row))))
        }
        (_, PhysicalType::Binary) => {
            let array = array.as_any().downcast_ref::<BinaryArray<i32>>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| push_hex(out, array.value(row))))
        }
        (_, PhysicalType::LargeBinary) => {
            let array = array.as_any().downcast_ref::<BinaryArray<i64>>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| push_hex(out, array.value(row))))
        }
        (_, PhysicalType::FixedSizeBinary) => {
            let array = array.as_any().downcast_ref::<FixedSizeBinaryArray>().ok_or_else(|| unknown(array))?;
            Ok(Box::new(move |out, row| push_hex(out, array.value(row))))
        }
        (_, PhysicalType::Primitive(kind)) => match kind {
            PrimitiveType::Int8 => values(array, push_number::<i8>),
            PrimitiveType::Int16 => values(array, push_number::<i16>),
            PrimitiveType::Int32 => values(array, push_number::<i32>),
            PrimitiveType::Int64 => values(array, push_number::<i64>),
            PrimitiveType::Int128 => values(array, push_number::<i128>),
            PrimitiveType::UInt8 => values(array, push_number::<u8>),
            PrimitiveType::UInt16 => values(array, push_number::<u16>),
            PrimitiveType::UInt32 => values(array, push_number::<u32>),
            PrimitiveType::UInt64 => values(array, push_number::<u64>),
            PrimitiveType::Float32 => values(array, |out, value: f32| push_float(out, widened(value))),
            PrimitiveType::Float64 => values(array, push_float),
            _ => Err(unknown(array)),
        },
        _ => Err(unknown(array)),
    }
}

pub(super) fn unknown(array: &dyn Array) -> String {
    format!("type {:?} is not read by the page: cast it to VARCHAR", array.data_type())
}

fn values<T: NativeType>(array: &dyn Array, push: impl Fn(&mut String, T) + 'static) -> Result<Write<'_>, String> {
    let array = array.as_any().downcast_ref::<PrimitiveArray<T>>().ok_or_else(|| unknown(array))?;
    Ok(Box::new(move |out, row| push(out, array.value(row))))
}

fn unit_of(unit: TimeUnit) -> Unit {
    match unit {
        TimeUnit::Second => Unit::Second,
        TimeUnit::Millisecond => Unit::Millisecond,
        TimeUnit::Microsecond => Unit::Microsecond,
        TimeUnit::Nanosecond => Unit::Nanosecond,
    }
}

fn push_number<T: std::fmt::Display>(out: &mut String, value: T) {
    let _ = write!(out, "{value}");
}

/// With as many digits as tell it from every other number; "nan", "inf" and "-inf" as DuckDB has them.
fn push_float(out: &mut String, value: f64) {
    let _ = match value.is_nan() {
        true => out.write_str("nan"),
        false => write!(out, "{value:?}"),
    };
}

fn push_decimal(out: &mut String, value: i128, scale: usize) {
    if value < 0 {
        out.push('-');
    }
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    out.push_str(whole);
    if scale > 0 {
        out.push('.');
        out.push_str(fraction);
    }
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests;
