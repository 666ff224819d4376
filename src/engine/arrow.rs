//! DuckDB's Arrow IPC stream → `Table`. The only file that names arrow2.
//!
//! arrow2 0.18 is no longer developed; decoding IPC is all it is asked to do (RUSTSEC-2025-0038 concerns its sort kernels, which are not compiled in).
//! Integers of every width become i64, timestamps too (in the unit that the statement chose); HUGEINT and DECIMAL(n,0) when they fit.

use arrow2::{
    array::{Array, BooleanArray, PrimitiveArray, Utf8Array},
    datatypes::{DataType, PhysicalType, PrimitiveType},
    io::ipc::read::{StreamReader, StreamState, read_stream_metadata},
    offset::Offset,
    types::NativeType,
};

use super::table::{Column, Table, TableError, TextBuffer, Values};

/// Decodes one whole stream: the chunks of the worker, one after the other.
///
/// # Errors
/// `Decode` when the bytes are not a stream or a column has a type that the page does not read (cast it in the statement).
pub fn decode(bytes: &[u8]) -> Result<Table, TableError> {
    let mut cursor = std::io::Cursor::new(bytes);
    let metadata = read_stream_metadata(&mut cursor).map_err(|error| TableError::Decode(error.to_string()))?;
    let names: Vec<String> = metadata.schema.fields.iter().map(|field| field.name.clone()).collect();
    let mut columns: Vec<Builder> = metadata.schema.fields.iter().map(|field| Builder::new(field.data_type())).collect();
    for state in StreamReader::new(cursor, metadata, None) {
        match state.map_err(|error| TableError::Decode(error.to_string()))? {
            StreamState::Waiting => break,
            StreamState::Some(chunk) => {
                for ((column, array), name) in columns.iter_mut().zip(chunk.arrays()).zip(&names) {
                    column.append(array.as_ref()).map_err(|what| TableError::Decode(format!("column {name}: {what}")))?;
                }
            }
        }
    }
    Ok(Table::new(names.into_iter().zip(columns.into_iter().map(Builder::finish)).collect()))
}

struct Builder {
    values: Values,
    present: Vec<bool>,
    nulls: bool,
}

impl Builder {
    fn new(data_type: &DataType) -> Self {
        let values = match data_type.to_physical_type() {
            PhysicalType::Utf8 | PhysicalType::LargeUtf8 => Values::Text(TextBuffer::default()),
            PhysicalType::Boolean => Values::Bool(Vec::new()),
            PhysicalType::Primitive(PrimitiveType::Float32 | PrimitiveType::Float64) => Values::Float(Vec::new()),
            _ => Values::Int(Vec::new()),
        };
        Self { values, present: Vec::new(), nulls: false }
    }

    fn append(&mut self, array: &dyn Array) -> Result<(), String> {
        match array.validity() {
            Some(bits) => {
                self.nulls |= bits.unset_bits() > 0;
                self.present.extend(bits.iter());
            }
            None => self.present.resize(self.present.len() + array.len(), true),
        }
        let unsupported = || format!("type {:?} is not read by the page", array.data_type());
        match (&mut self.values, array.data_type().to_physical_type()) {
            (Values::Text(out), PhysicalType::Utf8) => push_texts::<i32>(out, array),
            (Values::Text(out), PhysicalType::LargeUtf8) => push_texts::<i64>(out, array),
            (Values::Bool(out), PhysicalType::Boolean) => {
                array.as_any().downcast_ref::<BooleanArray>().map(|a| out.extend(a.values().iter()))
            }
            (Values::Float(out), PhysicalType::Primitive(PrimitiveType::Float32)) => push(out, array, |v: f32| Some(f64::from(v))),
            (Values::Float(out), PhysicalType::Primitive(PrimitiveType::Float64)) => push(out, array, |v: f64| Some(v)),
            (Values::Int(out), PhysicalType::Primitive(kind)) => match kind {
                PrimitiveType::Int8 => push(out, array, |v: i8| Some(v.into())),
                PrimitiveType::Int16 => push(out, array, |v: i16| Some(v.into())),
                PrimitiveType::Int32 => push(out, array, |v: i32| Some(v.into())),
                PrimitiveType::Int64 => push(out, array, |v: i64| Some(v)),
                PrimitiveType::UInt8 => push(out, array, |v: u8| Some(v.into())),
                PrimitiveType::UInt16 => push(out, array, |v: u16| Some(v.into())),
                PrimitiveType::UInt32 => push(out, array, |v: u32| Some(v.into())),
                PrimitiveType::UInt64 => push(out, array, |v: u64| v.try_into().ok()),
                PrimitiveType::Int128 => push(out, array, |v: i128| v.try_into().ok()),
                _ => return Err(unsupported()),
            },
            _ => return Err(unsupported()),
        }
        .ok_or_else(|| "a number does not fit 64 bits".to_owned())
    }

    fn finish(self) -> Column {
        Column { values: self.values, present: self.nulls.then_some(self.present) }
    }
}

/// `None` when a present value does not convert. Null slots hold anything, so they are not converted.
fn push<T: NativeType, U: Default>(out: &mut Vec<U>, array: &dyn Array, convert: impl Fn(T) -> Option<U>) -> Option<()> {
    let array = array.as_any().downcast_ref::<PrimitiveArray<T>>()?;
    out.reserve(array.len());
    for value in array.iter() {
        out.push(match value {
            Some(value) => convert(*value)?,
            None => U::default(),
        });
    }
    Some(())
}

fn push_texts<O: Offset>(out: &mut TextBuffer, array: &dyn Array) -> Option<()> {
    let array = array.as_any().downcast_ref::<Utf8Array<O>>()?;
    for value in array.iter() {
        out.push(value.unwrap_or(""));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use arrow2::{
        array::{Int64Array, UInt64Array},
        chunk::Chunk,
        datatypes::{Field, Schema},
        io::ipc::write::{StreamWriter, WriteOptions},
    };

    use super::*;

    fn stream(arrays: Vec<(&str, Box<dyn Array>)>, copies: usize) -> Vec<u8> {
        let fields: Vec<Field> = arrays.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let mut writer = StreamWriter::new(Vec::new(), WriteOptions { compression: None });
        writer.start(&Schema::from(fields), None).unwrap();
        let chunk = Chunk::new(arrays.into_iter().map(|(_, array)| array).collect());
        for _ in 0..copies {
            writer.write(&chunk, None).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner()
    }

    #[test]
    fn batches_are_joined_and_nanoseconds_keep_every_digit() {
        let bytes = stream(
            vec![
                ("start_time", Int64Array::from([Some(1_772_438_400_000_000_791), None]).boxed()),
                ("name", Utf8Array::<i32>::from([Some("Ä"), None]).boxed()),
            ],
            3,
        );
        let table = decode(&bytes).unwrap();
        assert_eq!(table.rows(), 6);
        let (start, name) = (table.ints("start_time").unwrap(), table.texts("name").unwrap());
        assert_eq!((start.get(4), start.get(5)), (Some(1_772_438_400_000_000_791), None));
        assert_eq!((name.get(2), name.get(3)), (Some("Ä"), None));
    }

    #[test]
    fn numbers_that_do_not_fit_are_an_error() {
        let bytes = stream(vec![("n", UInt64Array::from([Some(u64::MAX)]).boxed())], 1);
        assert!(matches!(decode(&bytes), Err(TableError::Decode(message)) if message.contains("column n")));
    }

    #[test]
    fn bytes_that_are_no_stream_are_an_error() {
        assert!(decode(b"").is_err());
        assert!(decode(&[0xff; 64]).is_err());
    }
}
