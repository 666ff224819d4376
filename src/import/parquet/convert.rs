//! One decoded column into the type that it has on the way out.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    ArrowTimestampType, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray, new_null_array};
use arrow_schema::{DataType, TimeUnit};

use super::json_text;

/// What came of a column.
pub(super) enum Converted {
    Column(ArrayRef),
    /// Its text would pass the budget: convert fewer rows at once.
    TooLarge,
}

/// Converts `array` to `target`. `lossy` is set where bytes that are not UTF-8 became replacement characters. The error
/// says in words what there is no way to convert, or which value does not fit.
pub(super) fn convert(array: &ArrayRef, target: &DataType, uuid: bool, budget: usize, lossy: &mut bool) -> Result<Converted, String> {
    let source = array.data_type();
    if source == target {
        return Ok(Converted::Column(Arc::clone(array)));
    }
    let converted: ArrayRef = match (source, target) {
        (DataType::Null, _) => new_null_array(target, array.len()),
        (_, DataType::Utf8) => return to_text(array, uuid, budget, lossy),
        (_, DataType::Binary) => Arc::new(to_binary(array).ok_or_else(|| no_way(source, target))?),
        (_, DataType::Int64) => Arc::new(to_i64(array).ok_or_else(|| no_way(source, target))??),
        (_, DataType::Decimal128(precision, 0)) => {
            let values = to_i128(array).ok_or_else(|| no_way(source, target))?;
            let values = values.with_precision_and_scale(*precision, 0).map_err(|error| error.to_string())?;
            values.validate_decimal_precision(*precision).map_err(|error| error.to_string())?;
            Arc::new(values)
        }
        (DataType::Float16, DataType::Float32) => {
            let values = array.as_primitive_opt::<Float16Type>().ok_or_else(|| no_way(source, target))?;
            Arc::new(values.unary::<_, Float32Type>(f32::from))
        }
        (DataType::Float32, DataType::Float64) => {
            let values = array.as_primitive_opt::<Float32Type>().ok_or_else(|| no_way(source, target))?;
            Arc::new(values.unary::<_, Float64Type>(f64::from))
        }
        (_, DataType::Time64(TimeUnit::Microsecond)) => {
            if let Some(values) = array.as_primitive_opt::<Time32MillisecondType>() {
                Arc::new(values.unary::<_, Time64MicrosecondType>(|value| i64::from(value) * 1000))
            } else if let Some(values) = array.as_primitive_opt::<Time64NanosecondType>() {
                Arc::new(values.unary::<_, Time64MicrosecondType>(|value| value / 1000))
            } else {
                return Err(no_way(source, target));
            }
        }
        (DataType::Timestamp(..), DataType::Timestamp(unit, None)) => match unit {
            TimeUnit::Millisecond => timestamp::<TimestampMillisecondType>(array),
            TimeUnit::Microsecond => timestamp::<TimestampMicrosecondType>(array),
            TimeUnit::Nanosecond => timestamp::<TimestampNanosecondType>(array),
            TimeUnit::Second => None,
        }
        .ok_or_else(|| no_way(source, target))?,
        _ => return Err(no_way(source, target)),
    };
    Ok(Converted::Column(converted))
}

fn no_way(source: &DataType, target: &DataType) -> String {
    format!("there is no way from {source} to {target}")
}

fn to_i64(array: &ArrayRef) -> Option<Result<PrimitiveArray<Int64Type>, String>> {
    macro_rules! widen {
        ($($type:ty),*) => {
            $(if let Some(values) = array.as_primitive_opt::<$type>() {
                return Some(Ok(values.unary::<_, Int64Type>(i64::from)));
            })*
        };
    }
    widen!(Int8Type, Int16Type, Int32Type, UInt8Type, UInt16Type, UInt32Type);
    let values = array.as_primitive_opt::<Decimal128Type>()?;
    let narrow = |value| i64::try_from(value).map_err(|_| format!("the number {value} is outside the column's own bounds"));
    Some(values.try_unary::<_, Int64Type, _>(narrow))
}

fn to_i128(array: &ArrayRef) -> Option<PrimitiveArray<Decimal128Type>> {
    macro_rules! widen {
        ($($type:ty),*) => {
            $(if let Some(values) = array.as_primitive_opt::<$type>() {
                return Some(values.unary::<_, Decimal128Type>(i128::from));
            })*
        };
    }
    widen!(Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type);
    array.as_primitive_opt::<Decimal128Type>().cloned()
}

/// Nanoseconds in one unit of a timestamp.
fn unit_ns(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// To an equal or finer unit, without zone. What does not fit (years past 2262 in ns) becomes NULL.
fn timestamp<T: ArrowTimestampType>(array: &ArrayRef) -> Option<ArrayRef> {
    let DataType::Timestamp(unit, _) = array.data_type() else { return None };
    let factor = unit_ns(*unit) / unit_ns(T::UNIT);
    if factor == 1 {
        let values = array.as_primitive_opt::<T>()?.clone();
        return Some(Arc::new(values.with_timezone_opt(None::<Arc<str>>)));
    }
    let scale = |value: i64| value.checked_mul(factor);
    let values: PrimitiveArray<T> = match unit {
        TimeUnit::Millisecond => array.as_primitive_opt::<TimestampMillisecondType>()?.unary_opt(scale),
        TimeUnit::Microsecond => array.as_primitive_opt::<TimestampMicrosecondType>()?.unary_opt(scale),
        TimeUnit::Second | TimeUnit::Nanosecond => return None,
    };
    Some(Arc::new(values))
}

/// The bytes of each row of a binary column.
fn bytes_of(array: &ArrayRef) -> Option<Box<dyn Iterator<Item = Option<&[u8]>> + '_>> {
    if let Some(values) = array.as_binary_view_opt() {
        return Some(Box::new(values.iter()));
    }
    if let Some(values) = array.as_fixed_size_binary_opt() {
        return Some(Box::new(values.iter()));
    }
    array.as_binary_opt::<i32>().map(|values| Box::new(values.iter()) as Box<dyn Iterator<Item = _>>)
}

fn to_binary(array: &ArrayRef) -> Option<arrow_array::BinaryArray> {
    let mut out = BinaryBuilder::with_capacity(array.len(), 0);
    bytes_of(array)?.for_each(|value| out.append_option(value));
    Some(out.finish())
}

fn to_text(array: &ArrayRef, uuid: bool, budget: usize, lossy: &mut bool) -> Result<Converted, String> {
    let mut out = StringBuilder::with_capacity(array.len(), 0);
    if let Some(values) = array.as_string_view_opt() {
        let size: usize = values.lengths().map(|length| length as usize).sum();
        out = StringBuilder::with_capacity(array.len(), size);
        values.iter().for_each(|value| out.append_option(value));
    } else if array.data_type().is_nested() {
        return Ok(match json_text::to_json(array.as_ref(), budget)? {
            Some(texts) => Converted::Column(Arc::new(texts)),
            None => Converted::TooLarge,
        });
    } else if let Some(values) = bytes_of(array) {
        for value in values {
            match value {
                None => out.append_null(),
                Some(id) if uuid => out.append_value(uuid_text(id)),
                Some(bytes) => {
                    let text = String::from_utf8_lossy(bytes);
                    *lossy |= matches!(text, Cow::Owned(_));
                    out.append_value(text);
                }
            }
        }
    } else if let DataType::Timestamp(unit, _) = array.data_type() {
        let (unit, text) = (*unit, timestamp::<TimestampNanosecondType>(array));
        let text = text.ok_or_else(|| no_way(&DataType::Timestamp(unit, None), &DataType::Utf8))?;
        for value in text.as_primitive::<TimestampNanosecondType>() {
            out.append_option(value.and_then(as_datetime::<TimestampNanosecondType>).map(|time| time.to_string()));
        }
    } else {
        let writer = json_text::writer(array.as_ref())?;
        let mut text = String::new();
        for row in 0..array.len() {
            if array.is_null(row) {
                out.append_null();
                continue;
            }
            text.clear();
            writer.write(&mut text, row);
            out.append_value(text.trim_matches('"'));
        }
    }
    Ok(Converted::Column(Arc::new(out.finish())))
}

fn uuid_text(id: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in id.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.extend([byte >> 4, byte & 15].iter().filter_map(|half| char::from_digit(u32::from(*half), 16)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BinaryArray, Decimal128Array, FixedSizeBinaryArray, Int32Array, TimestampMillisecondArray, UInt64Array};

    fn converted(array: ArrayRef, target: &DataType) -> Result<ArrayRef, String> {
        match convert(&array, target, false, usize::MAX, &mut false)? {
            Converted::Column(array) => Ok(array),
            Converted::TooLarge => Err("too large".to_owned()),
        }
    }

    #[test]
    fn decimals_become_whole_numbers_or_an_error() {
        let decimals = |value| {
            let array = Decimal128Array::from(vec![Some(value), None]);
            Arc::new(array.with_precision_and_scale(20, 0).unwrap()) as ArrayRef
        };
        let array = converted(decimals(1_772_438_400_000_000_791), &DataType::Int64).unwrap();
        assert_eq!(array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(1_772_438_400_000_000_791), None]);
        assert!(converted(decimals(i128::from(i64::MAX) + 1), &DataType::Int64).is_err());
        let wide = converted(Arc::new(UInt64Array::from(vec![u64::MAX])), &DataType::Decimal128(20, 0)).unwrap();
        assert_eq!(wide.as_primitive::<Decimal128Type>().value(0), i128::from(u64::MAX));
    }

    #[test]
    fn timestamps_lose_their_zone_and_gain_precision() {
        let array = TimestampMillisecondArray::from(vec![Some(1), None, Some(i64::MAX)]).with_timezone("UTC");
        let target = DataType::Timestamp(TimeUnit::Nanosecond, None);
        let array = converted(Arc::new(array), &target).unwrap();
        assert_eq!(array.data_type(), &target);
        let values: Vec<_> = array.as_primitive::<TimestampNanosecondType>().iter().collect();
        assert_eq!(values, [Some(1_000_000), None, None]);
    }

    #[test]
    fn scalars_have_a_text() {
        let text = |array: ArrayRef| converted(array, &DataType::Utf8).unwrap().as_string::<i32>().value(0).to_owned();
        assert_eq!(text(Arc::new(Int32Array::from(vec![-5]))), "-5");
        assert_eq!(text(Arc::new(TimestampMillisecondArray::from(vec![1500]))), "1970-01-01 00:00:01.500");
        let mut lossy = false;
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![&b"a\xff"[..]]));
        convert(&bytes, &DataType::Utf8, false, usize::MAX, &mut lossy).unwrap();
        assert!(lossy);
    }

    #[test]
    fn a_uuid_is_written_as_one() {
        let id: Vec<u8> = (0..16).collect();
        let array: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter([id].into_iter()).unwrap());
        let Ok(Converted::Column(text)) = convert(&array, &DataType::Utf8, true, usize::MAX, &mut false) else {
            panic!("a UUID has a text");
        };
        assert_eq!(text.as_string::<i32>().value(0), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
