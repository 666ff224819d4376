//! What the columns are called and which type they have on the way out, for one file and for several together.

use std::collections::{BTreeSet, HashMap, HashSet};

use ::parquet::basic::LogicalType;
use ::parquet::schema::types::SchemaDescriptor;
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};

/// A column on the way out: its name and the engine's name of its type, such as `VARCHAR` or `DECIMAL(20,0)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub type_name: String,
}

/// A column of one file: how it is called and what it becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FileColumn {
    pub(super) name: String,
    pub(super) target: DataType,
    /// 16 bytes that are to be shown as a UUID's text.
    pub(super) uuid: bool,
}

/// The same schema with strings and bytes as views into the pages. A page's dictionary of one large text then costs
/// that text once, however many rows have it, until the rows are cut into batches.
pub(super) fn with_views(fields: &Fields) -> Fields {
    fields.iter().map(view_field).collect()
}

fn view_field(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        DataType::Struct(fields) => DataType::Struct(with_views(fields)),
        DataType::List(item) => DataType::List(view_field(item)),
        DataType::Map(entries, sorted) => DataType::Map(view_field(entries), *sorted),
        other => other.clone(),
    };
    Field::clone(field).with_data_type(data_type).into()
}

/// Whether the column at the root's place `index` is marked as a UUID.
pub(super) fn is_uuid(schema: &SchemaDescriptor, index: usize) -> bool {
    let root = schema.root_schema().get_fields().get(index);
    root.is_some_and(|field| matches!(field.get_basic_info().logical_type_ref(), Some(LogicalType::Uuid)))
}

/// The type that the engine reads without extensions. `text` tells whether bytes without a mark are text, `fits`
/// whether every whole decimal of the column fits 64 bits.
pub(super) fn normal_type(data_type: &DataType, uuid: bool, text: bool, fits: bool) -> DataType {
    use DataType as T;
    match data_type {
        T::Boolean | T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => data_type.clone(),
        T::Float32 | T::Float64 | T::Date32 => data_type.clone(),
        T::Float16 => T::Float32,
        T::Time32(_) | T::Time64(_) => T::Time64(TimeUnit::Microsecond),
        // The engine has no time zones without an extension; the values are UTC either way.
        T::Timestamp(unit, _) => T::Timestamp(*unit, None),
        T::Decimal128(precision, 0) if *precision <= 18 || fits => T::Int64,
        T::Decimal128(..) => data_type.clone(),
        T::Binary | T::BinaryView if !text => T::Binary,
        T::FixedSizeBinary(_) if !uuid => T::Binary,
        _ => T::Utf8,
    }
}

/// The engine's name of a type that [`normal_type`] gives.
pub(super) fn type_name(data_type: &DataType) -> String {
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
        DataType::Date32 => "DATE",
        DataType::Time64(_) => "TIME",
        DataType::Timestamp(TimeUnit::Second, _) => "TIMESTAMP_S",
        DataType::Timestamp(TimeUnit::Millisecond, _) => "TIMESTAMP_MS",
        DataType::Timestamp(TimeUnit::Microsecond, _) => "TIMESTAMP",
        DataType::Timestamp(TimeUnit::Nanosecond, _) => "TIMESTAMP_NS",
        DataType::Decimal128(precision, scale) => return format!("DECIMAL({precision},{scale})"),
        DataType::Binary => "BLOB",
        _ => "VARCHAR",
    };
    name.to_owned()
}

/// Names as the engine can have them side by side: not empty, without zero bytes, each once whatever its case.
pub(in crate::import) fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut unique = Vec::new();
    for (index, name) in names.enumerate() {
        let base = match name.replace('\0', "_") {
            empty if empty.trim().is_empty() => format!("column_{}", index + 1),
            name => name,
        };
        let mut candidate = base.clone();
        let mut copy = 1;
        while !taken.insert(candidate.to_lowercase()) {
            candidate = format!("{base}_{copy}");
            copy += 1;
        }
        unique.push(candidate);
    }
    unique
}

/// Several files' columns side by side.
pub(super) struct Union {
    pub(super) columns: Vec<(String, DataType)>,
    /// For each file, for each column of the union, where the file has it.
    pub(super) places: Vec<Vec<Option<usize>>>,
    pub(super) warnings: BTreeSet<String>,
}

/// Puts the files' columns together by name, whatever its case. Types that do not go together become text.
pub(super) fn union(files: &[(&str, &[FileColumn])]) -> Union {
    let mut columns: Vec<(String, DataType)> = Vec::new();
    let mut index_of: HashMap<String, usize> = HashMap::new();
    let mut warnings = BTreeSet::new();
    for (file, file_columns) in files {
        for column in *file_columns {
            let index = *index_of.entry(column.name.to_lowercase()).or_insert_with(|| {
                columns.push((column.name.clone(), column.target.clone()));
                columns.len() - 1
            });
            let Some((name, target)) = columns.get_mut(index) else { continue };
            let common = common_type(target, &column.target);
            if common == DataType::Utf8 && (*target != DataType::Utf8 || column.target != DataType::Utf8) {
                warnings.insert(format!(
                    "The column {name} is {} in “{file}” and {} elsewhere; it was read as text.",
                    type_name(&column.target),
                    type_name(target)
                ));
            }
            *target = common;
        }
    }
    let places = files
        .iter()
        .map(|(_, file_columns)| {
            let mut places = vec![None; columns.len()];
            for (place, column) in file_columns.iter().enumerate() {
                let index = index_of.get(&column.name.to_lowercase());
                if let Some(slot) = index.and_then(|index| places.get_mut(*index)) {
                    *slot = Some(place);
                }
            }
            places
        })
        .collect();
    Union { columns, places, warnings }
}

/// The narrowest type that holds both without loss that a reader would notice; text where there is none.
fn common_type(a: &DataType, b: &DataType) -> DataType {
    use DataType as T;
    let whole = |t: &T| matches!(t, T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32);
    let float = |t: &T| matches!(t, T::Float32 | T::Float64);
    match (a, b) {
        _ if a == b => a.clone(),
        _ if whole(a) && whole(b) => T::Int64,
        _ if float(a) && float(b) => T::Float64,
        (T::Timestamp(a, None), T::Timestamp(b, None)) => T::Timestamp((*a).max(*b), None),
        (T::UInt64, other) | (other, T::UInt64) if whole(other) => T::Decimal128(20, 0),
        (T::Decimal128(precision, 0), other) | (other, T::Decimal128(precision, 0))
            if whole(other) || *other == T::UInt64 || matches!(other, T::Decimal128(_, 0)) =>
        {
            let other = if let T::Decimal128(precision, 0) = other { *precision } else { 20 };
            T::Decimal128((*precision).max(other), 0)
        }
        _ => T::Utf8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_unique_whatever_their_case() {
        let names = unique_names(["a", "A", "a_1", "", "x\0y", "a"].into_iter());
        assert_eq!(names, ["a", "A_1", "a_1_1", "column_4", "x_y", "a_2"]);
    }

    fn column(name: &str, target: DataType) -> FileColumn {
        FileColumn { name: name.to_owned(), target, uuid: false }
    }

    #[test]
    fn a_union_widens_and_falls_back_to_text_with_a_warning() {
        let one = [column("id", DataType::Int32), column("at", DataType::Timestamp(TimeUnit::Millisecond, None))];
        let two = [
            column("AT", DataType::Timestamp(TimeUnit::Nanosecond, None)),
            column("ID", DataType::Int64),
            column("new", DataType::Boolean),
        ];
        let both = union(&[("one", &one), ("two", &two)]);
        assert_eq!(
            both.columns,
            [
                ("id".to_owned(), DataType::Int64),
                ("at".to_owned(), DataType::Timestamp(TimeUnit::Nanosecond, None)),
                ("new".to_owned(), DataType::Boolean)
            ]
        );
        assert_eq!(both.places, [[Some(0), Some(1), None], [Some(1), Some(0), Some(2)]]);
        assert!(both.warnings.is_empty());

        let clash = union(&[("one", &one), ("two", &[column("id", DataType::Boolean)])]);
        assert_eq!(clash.columns.first(), Some(&("id".to_owned(), DataType::Utf8)));
        assert_eq!(clash.warnings.len(), 1);
    }
}
