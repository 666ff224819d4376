//! A reader's own statement: its columns with DuckDB's types, then its rows in parts, while the engine is still at work.
//!
//! Must not know Arrow or JavaScript: `arrow` fills it. What a value looks like is settled by who shows it; here stands what kind it is.

use super::Column;

/// What the values of a column are, and how they lie in [`Column`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// `Values::Bool`.
    Bool,
    /// Whole numbers that fit 64 bits: `Values::Int`.
    Int,
    /// `Values::Float`.
    Float,
    /// Numbers that need more digits (DECIMAL, HUGEINT, UBIGINT, BIGNUM): `Values::Text`, digits as DuckDB writes them.
    Number,
    /// `Values::Text`.
    Text,
    /// Text that holds JSON: the type JSON, and nested types written as JSON: a map is an object whose keys are texts whatever they were, a
    /// union the value of its member; times, bytes and infinity in them are strings with DuckDB's own text. `Values::Text`.
    Json,
    /// Days since 1970: `Values::Int`.
    Date,
    /// Microseconds since midnight: `Values::Int`.
    Time,
    /// Since 1970, in units of so many nanoseconds: `Values::Int`. `zoned` where the type says that it is an instant.
    Timestamp { unit_ns: i64, zoned: bool },
    /// As DuckDB writes it: `Values::Text`.
    Interval,
    /// Hexadecimal digits of the bytes: `Values::Text`.
    Blob,
    /// Anything else as DuckDB writes it (UUID, BIT, ENUM, TIMETZ): `Values::Text`.
    Word,
}

/// A column of a result. Names may repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultColumn {
    pub name: String,
    /// DuckDB's name of the type, as DESCRIBE gives it.
    pub type_name: String,
    pub kind: CellKind,
}

/// What comes of a statement, in this order: the columns once, then rows any number of times.
#[derive(Clone, Debug, PartialEq)]
pub enum ResultPart {
    Columns(Vec<ResultColumn>),
    /// As many columns as were announced, equally long.
    Rows(Vec<Column>),
}

/// What is known of a statement once it has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunEnd {
    /// How long the engine had it, others that ran meanwhile included. `None` where it was stopped.
    pub elapsed_ms: Option<f64>,
}

/// Whether whoever takes the parts wants more of them. `Stop` cancels the statement, which then ends without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    More,
    Stop,
}
