//! DuckDB's Arrow IPC stream → `Table`, and (in `cells`) → a reader's own result. The only folder that names arrow2.
//!
//! arrow2 0.18 is no longer developed; decoding IPC is all it is asked to do (RUSTSEC-2025-0038 concerns its sort kernels, which are not compiled in).
//! In a `Table` integers of every width become i64, timestamps too (in the unit that the statement chose); HUGEINT and DECIMAL(n,0) when they fit.

pub mod cells;
mod json;

use std::{
    cell::RefCell,
    io::{Cursor, Read},
    rc::Rc,
};

use arrow2::{
    array::{Array, BooleanArray, PrimitiveArray, Utf8Array},
    datatypes::{DataType, PhysicalType, PrimitiveType},
    io::ipc::read::{StreamReader, StreamState, read_stream_metadata},
    offset::Offset,
    types::NativeType,
};

use super::table::{Column, Table, TableError, TextBuffer, Values};

/// Puts a table together while its stream arrives, so that the page works while the engine does.
#[derive(Default)]
pub struct Decoder {
    queue: Queue,
    stream: Option<Stream>,
}

struct Stream {
    reader: StreamReader<Queue>,
    names: Vec<String>,
    columns: Vec<Builder>,
}

/// Bytes that have come and have not been read. The reader has one handle on it, the decoder the other.
#[derive(Clone, Default)]
struct Queue(Rc<RefCell<Cursor<Vec<u8>>>>);

impl Queue {
    /// The next bytes, once those before are read.
    fn fill(&self, bytes: Vec<u8>) {
        *self.0.borrow_mut() = Cursor::new(bytes);
    }
}

impl Read for Queue {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Decoder {
    /// Takes the next bytes: one message of the stream or several, each whole.
    ///
    /// # Errors
    /// `Decode` when the bytes do not go on as a stream does, or a column has a type that the page does not read (cast it in the statement).
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<(), TableError> {
        let refused = |error: arrow2::error::Error| TableError::Decode(error.to_string());
        self.queue.fill(bytes);
        if self.stream.is_none() {
            let metadata = read_stream_metadata(&mut self.queue).map_err(refused)?;
            let names = metadata.schema.fields.iter().map(|field| field.name.clone()).collect();
            let columns = metadata.schema.fields.iter().map(|field| Builder::new(field.data_type())).collect();
            self.stream = Some(Stream { reader: StreamReader::new(self.queue.clone(), metadata, None), names, columns });
        }
        let Some(Stream { reader, names, columns }) = &mut self.stream else { return Ok(()) };
        for state in reader.by_ref() {
            let StreamState::Some(chunk) = state.map_err(refused)? else { break };
            for ((column, array), name) in columns.iter_mut().zip(chunk.arrays()).zip(&*names) {
                column.append(array.as_ref()).map_err(|what| TableError::Decode(format!("column {name}: {what}")))?;
            }
        }
        Ok(())
    }

    /// The table of all that was taken. A statement without a result gives no bytes at all, hence a table without columns.
    pub fn finish(self) -> Table {
        let Some(Stream { names, columns, .. }) = self.stream else { return Table::default() };
        Table::new(names.into_iter().zip(columns.into_iter().map(Builder::finish)).collect())
    }
}

struct Builder {
    values: Values,
    /// Empty until the first NULL comes.
    present: Vec<bool>,
}

impl Builder {
    fn new(data_type: &DataType) -> Self {
        let values = match data_type.to_physical_type() {
            PhysicalType::Utf8 | PhysicalType::LargeUtf8 => Values::Text(TextBuffer::default()),
            PhysicalType::Boolean => Values::Bool(Vec::new()),
            PhysicalType::Primitive(PrimitiveType::Float32 | PrimitiveType::Float64) => Values::Float(Vec::new()),
            _ => Values::Int(Vec::new()),
        };
        Self { values, present: Vec::new() }
    }

    fn append(&mut self, array: &dyn Array) -> Result<(), String> {
        let before = self.values.len();
        match array.validity().filter(|bits| bits.unset_bits() > 0) {
            Some(bits) => {
                self.present.resize(before, true);
                self.present.extend(bits.iter());
            }
            None if self.present.is_empty() => {}
            None => self.present.resize(before + array.len(), true),
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
        Column { values: self.values, present: (!self.present.is_empty()).then_some(self.present) }
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
    let offsets = array.offsets().buffer();
    let (first, last) = (offsets.first()?.to_usize(), offsets.last()?.to_usize());
    // What a NULL's place holds is never read.
    let text = std::str::from_utf8(array.values().get(first..last)?).ok()?;
    out.extend(text, offsets.iter().skip(1).map(|end| end.to_usize() - first));
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

    pub(super) fn stream(arrays: Vec<(&str, Box<dyn Array>)>, copies: usize) -> Vec<u8> {
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

    fn decode(bytes: &[u8]) -> Result<Table, TableError> {
        let mut decoder = Decoder::default();
        decoder.push(bytes.to_vec())?;
        Ok(decoder.finish())
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
    fn a_stream_that_comes_in_pieces_gives_the_same_table() {
        let names = || Utf8Array::<i32>::from([Some("one"), Some("zwölf"), Some("")]).boxed();
        let with_null = || Utf8Array::<i32>::from([Some("one"), None, Some("drei")]).boxed();
        let start = stream(vec![("name", names())], 0);
        let batch = |array| {
            let whole = stream(vec![("name", array)], 1);
            // Without the schema before it and the end mark behind it.
            whole[start.len() - 8..whole.len() - 8].to_vec()
        };
        let mut decoder = Decoder::default();
        for piece in [
            start[..start.len() - 8].to_vec(),
            batch(names()),
            [batch(with_null()), batch(names())].concat(),
            start[start.len() - 8..].to_vec(),
        ] {
            decoder.push(piece).unwrap();
        }
        let table = decoder.finish();
        let name = table.texts("name").unwrap();
        let all: Vec<Option<&str>> = (0..table.rows()).map(|row| name.get(row)).collect();
        assert_eq!(all, [Some("one"), Some("zwölf"), Some(""), Some("one"), None, Some("drei"), Some("one"), Some("zwölf"), Some("")]);
    }

    #[test]
    fn nothing_gives_a_table_without_columns() {
        assert_eq!(Decoder::default().finish(), Table::default());
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
