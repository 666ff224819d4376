//! DuckDB's type names as a tree, parsed from the text that `duckdb_columns()` gives.
//!
//! Only what the mapping has to tell apart. A name it does not know becomes [`DuckType::Other`]; nothing here fails.

/// A column's type, as far as reading it as a span's field depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DuckType {
    /// VARCHAR and its other names.
    Text,
    /// JSON, the alias of VARCHAR.
    Json,
    /// An ENUM, whatever its values.
    Enum,
    /// BLOB.
    Blob,
    /// UUID.
    Uuid,
    /// BOOLEAN.
    Bool,
    /// Any integer type of at most 64 bits; `wide` are HUGEINT and UHUGEINT.
    Integer {
        /// 128 bits instead of at most 64.
        wide: bool,
        /// The type is exactly BIGINT, so that it needs no cast.
        bigint: bool,
    },
    /// DECIMAL.
    Decimal,
    /// DOUBLE or FLOAT; `double` when it needs no cast.
    Float {
        /// 64 bits.
        double: bool,
    },
    /// TIMESTAMP of any precision, with or without zone.
    Timestamp,
    /// INTERVAL.
    Interval,
    /// A list or array of one type.
    List(Box<DuckType>),
    /// MAP(key, value).
    Map(Box<DuckType>, Box<DuckType>),
    /// STRUCT with its fields in order.
    Struct(Vec<(String, DuckType)>),
    /// Anything else, DATE, TIME, UNION and BIT among it.
    Other,
}

/// Nesting deeper than this is treated as [`DuckType::Other`]: no writer of spans goes there, and it bounds the recursion.
const DEEPEST: usize = 24;

impl DuckType {
    /// Parses a type's name. What is not understood is `Other`.
    pub fn parse(text: &str) -> Self {
        parse_at(text.trim(), 0)
    }

    /// Any integer, decimal or floating point type.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Decimal | Self::Float { .. })
    }

    /// Text in itself: VARCHAR, JSON or an ENUM.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Json | Self::Enum)
    }

    /// A list, map or struct.
    pub fn is_nested(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(..) | Self::Struct(_))
    }

    /// The struct's field of this name, ASCII case ignored as DuckDB does.
    pub fn field(&self, name: &str) -> Option<(&str, &DuckType)> {
        match self {
            Self::Struct(fields) => fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(n, t)| (n.as_str(), t)),
            _ => None,
        }
    }
}

fn parse_at(text: &str, depth: usize) -> DuckType {
    if depth > DEEPEST {
        return DuckType::Other;
    }
    // A list or array: the outermost brackets are the last ones, "INTEGER[3][]" is a list of arrays.
    if text.ends_with(']') {
        return match text.rfind('[').and_then(|at| text.get(..at)) {
            Some(inner) => DuckType::List(Box::new(parse_at(inner.trim(), depth + 1))),
            None => DuckType::Other,
        };
    }
    let (head, arguments) = match text.find('(') {
        Some(at) if text.ends_with(')') => (text.get(..at).unwrap_or(text), text.get(at + 1..text.len() - 1)),
        _ => (text, None),
    };
    match (head.trim().to_ascii_uppercase().as_str(), arguments) {
        ("VARCHAR" | "TEXT" | "STRING" | "CHAR" | "BPCHAR", _) => DuckType::Text,
        ("JSON", _) => DuckType::Json,
        ("ENUM", _) => DuckType::Enum,
        ("BLOB" | "BYTEA" | "BINARY" | "VARBINARY", _) => DuckType::Blob,
        ("UUID", _) => DuckType::Uuid,
        ("BOOLEAN" | "BOOL", _) => DuckType::Bool,
        ("BIGINT" | "INT8" | "LONG", _) => DuckType::Integer { wide: false, bigint: true },
        ("TINYINT" | "SMALLINT" | "INTEGER" | "INT" | "UTINYINT" | "USMALLINT" | "UINTEGER" | "UBIGINT", _) => {
            DuckType::Integer { wide: false, bigint: false }
        }
        ("HUGEINT" | "UHUGEINT", _) => DuckType::Integer { wide: true, bigint: false },
        ("DECIMAL" | "NUMERIC", _) => DuckType::Decimal,
        ("DOUBLE" | "FLOAT8", _) => DuckType::Float { double: true },
        ("FLOAT" | "REAL" | "FLOAT4", _) => DuckType::Float { double: false },
        (
            "TIMESTAMP"
            | "DATETIME"
            | "TIMESTAMP_NS"
            | "TIMESTAMP_MS"
            | "TIMESTAMP_S"
            | "TIMESTAMP_US"
            | "TIMESTAMPTZ"
            | "TIMESTAMP WITH TIME ZONE",
            _,
        ) => DuckType::Timestamp,
        ("INTERVAL", _) => DuckType::Interval,
        ("MAP", Some(inner)) => match split_top(inner).as_slice() {
            [key, value] => DuckType::Map(Box::new(parse_at(key.trim(), depth + 1)), Box::new(parse_at(value.trim(), depth + 1))),
            _ => DuckType::Other,
        },
        ("STRUCT", Some(inner)) => {
            let fields: Option<Vec<_>> = split_top(inner).into_iter().map(|part| field_of(part, depth + 1)).collect();
            fields.map_or(DuckType::Other, DuckType::Struct)
        }
        _ => DuckType::Other,
    }
}

/// `"key" VARCHAR` or `key VARCHAR`.
fn field_of(part: &str, depth: usize) -> Option<(String, DuckType)> {
    let part = part.trim();
    if let Some(rest) = part.strip_prefix('"') {
        let mut name = String::new();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '"' {
                name.push(c);
            } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                name.push('"');
            } else {
                return Some((name, parse_at(rest.get(at + 1..)?.trim(), depth)));
            }
        }
        return None;
    }
    let (name, kind) = part.split_once(char::is_whitespace)?;
    Some((name.to_owned(), parse_at(kind.trim(), depth)))
}

/// Splits at commas that are outside quotes and brackets.
fn split_top(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut from) = (0_i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.extend(text.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(from..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_types_that_writers_use() {
        let text = Box::new(DuckType::Text);
        assert_eq!(DuckType::parse("VARCHAR"), DuckType::Text);
        assert_eq!(DuckType::parse("DECIMAL(20,0)"), DuckType::Decimal);
        assert_eq!(DuckType::parse("TIMESTAMP WITH TIME ZONE"), DuckType::Timestamp);
        assert_eq!(DuckType::parse("TIMESTAMP WITH TIME ZONE[]"), DuckType::List(Box::new(DuckType::Timestamp)));
        assert_eq!(DuckType::parse("MAP(VARCHAR, VARCHAR)[]"), DuckType::List(Box::new(DuckType::Map(text.clone(), text.clone()))));
        assert_eq!(DuckType::parse("ENUM('a, b', 'c''d')"), DuckType::Enum);
        assert_eq!(DuckType::parse("INTEGER[3]"), DuckType::List(Box::new(DuckType::Integer { wide: false, bigint: false })));
        assert_eq!(DuckType::parse("UNION(a INTEGER, b VARCHAR)"), DuckType::Other);
    }

    #[test]
    fn reads_field_names_with_dots_quotes_and_nesting() {
        let parsed =
            DuckType::parse(r#"STRUCT("name" VARCHAR, "a""b, c" MAP(VARCHAR, ENUM('x', 'y,')), attributes STRUCT("k.v" BIGINT)[])"#);
        let DuckType::Struct(fields) = &parsed else { panic!("not a struct: {parsed:?}") };
        assert_eq!(fields.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["name", "a\"b, c", "attributes"]);
        assert_eq!(fields[1].1, DuckType::Map(Box::new(DuckType::Text), Box::new(DuckType::Enum)));
        assert!(matches!(&fields[2].1, DuckType::List(inner) if inner.field("K.V").is_some()));
    }

    #[test]
    fn very_deep_nesting_ends() {
        let deep = format!("{}INTEGER{}", "STRUCT(a ".repeat(5000), ")".repeat(5000));
        assert!(matches!(DuckType::parse(&deep), DuckType::Struct(_)));
        assert!(matches!(DuckType::parse(&"[]".repeat(5000)), DuckType::List(_)));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = DuckType::parse(&text);
        }

        #[test]
        fn any_field_name_comes_back(names in proptest::collection::vec("[^\\x00]{1,12}", 1..5)) {
            let fields: Vec<String> = names.iter().map(|n| format!("\"{}\" VARCHAR", n.replace('"', "\"\""))).collect();
            let DuckType::Struct(parsed) = DuckType::parse(&format!("STRUCT({})", fields.join(", "))) else {
                return Err(TestCaseError::fail("not a struct"));
            };
            prop_assert_eq!(parsed.into_iter().map(|f| f.0).collect::<Vec<_>>(), names);
        }
    }
}
