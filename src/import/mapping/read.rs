//! The SQL that reads one column as one field: ids, times, durations, kinds, status codes and plain text.
//!
//! Every function takes an SQL expression that is already quoted, and the type of its value. A value that cannot be read
//! becomes NULL (`TRY`, `TRY_CAST`): one odd row must not make every query fail.

use super::{ColumnSource, DuckType, Field, Unit};
use crate::core::sql::{quote_ident, quote_text};

/// The source's value as SQL, `t` being the table.
pub(super) fn value_of(source: &ColumnSource) -> String {
    let column = format!("t.{}", quote_ident(&source.column));
    source.path.iter().fold(column, |inner, step| format!("struct_extract({inner}, {})", quote_text(step)))
}

/// VARCHAR, lower-case hex. `is_lower`: text is known to be lower case already.
pub(super) fn id(x: &str, kind: &DuckType, field: Field, is_lower: bool) -> String {
    let bytes = if field == Field::TraceId { 16 } else { 8 };
    let hex_digits = bytes * 2;
    match kind {
        DuckType::Text if is_lower => x.to_owned(),
        DuckType::Text => format!("lower({x})"),
        // Bytes as OTLP has them, or text that was stored as bytes.
        DuckType::Blob => format!("CASE WHEN octet_length({x}) = {bytes} THEN lower(hex({x})) ELSE lower({x}::VARCHAR) END"),
        DuckType::Uuid => format!("replace(lower({x}::VARCHAR), '-', '')"),
        DuckType::Integer { wide: true, .. } => format!("lpad(lower(hex({x})), 32, '0')"),
        DuckType::Integer { .. } => format!("lpad(lower(hex({x})), {hex_digits}, '0')"),
        DuckType::Decimal => format!("lpad(lower(hex(TRY_CAST({x} AS UHUGEINT))), 32, '0')"),
        _ => format!("lower({x}::VARCHAR)"),
    }
}

/// What some exporters write for "no parent". No text of digits is less.
pub(super) const ALL_ZEROS: &str = "0000000000000000";

/// The id of a parent: empty and all zeros mean that there is none.
pub(super) fn parent_id(id: &str) -> String {
    format!("NULLIF(NULLIF({id}, ''), '{ALL_ZEROS}')")
}

/// BIGINT, nanoseconds since 1970.
pub(super) fn time_ns(x: &str, kind: &DuckType, unit: Option<Unit>) -> String {
    let factor = unit.unwrap_or(Unit::Nanoseconds).nanoseconds();
    match kind {
        DuckType::Timestamp => format!("TRY(epoch_ns({x}))"),
        DuckType::Text => {
            let number = scaled(&format!("TRY_CAST({x} AS BIGINT)"), factor);
            format!("COALESCE({number}, TRY(epoch_ns(TRY_CAST({x} AS TIMESTAMP_NS))))")
        }
        _ => number_ns(x, kind, factor),
    }
}

/// BIGINT, a duration in nanoseconds.
pub(super) fn duration_ns(x: &str, kind: &DuckType, unit: Option<Unit>) -> String {
    let factor = unit.unwrap_or(Unit::Nanoseconds).nanoseconds();
    match kind {
        DuckType::Interval => format!("TRY(epoch_ns({x}))"),
        DuckType::Text => format!("TRY_CAST(round(TRY_CAST({x} AS DOUBLE) * {factor}) AS BIGINT)"),
        DuckType::Float { .. } | DuckType::Decimal => format!("TRY_CAST(round({x}::DOUBLE * {factor}) AS BIGINT)"),
        _ => number_ns(x, kind, factor),
    }
}

/// DOUBLE, a duration in milliseconds.
pub(super) fn duration_ms(x: &str, kind: &DuckType, unit: Option<Unit>) -> String {
    let unit = unit.unwrap_or(Unit::Nanoseconds);
    let number = match kind {
        DuckType::Float { double: true } => x.to_owned(),
        DuckType::Interval => return format!("TRY(epoch_ns({x})) / 1e6"),
        DuckType::Text => format!("TRY_CAST({x} AS DOUBLE)"),
        _ => format!("{x}::DOUBLE"),
    };
    match unit {
        Unit::Nanoseconds => format!("{number} / 1e6"),
        Unit::Microseconds => format!("{number} / 1e3"),
        Unit::Milliseconds => number,
        Unit::Seconds => format!("{number} * 1e3"),
    }
}

fn number_ns(x: &str, kind: &DuckType, factor: i64) -> String {
    match kind {
        DuckType::Integer { bigint: true, .. } => scaled(x, factor),
        DuckType::Float { .. } | DuckType::Decimal if factor > 1 => {
            // A double holds a time of today to a quarter of a microsecond: finer digits are noise.
            let micros = factor / 1_000;
            scaled(&format!("TRY_CAST(round({x}::DOUBLE * {micros}) AS BIGINT)"), 1_000)
        }
        _ => scaled(&format!("TRY_CAST({x} AS BIGINT)"), factor),
    }
}

fn scaled(x: &str, factor: i64) -> String {
    if factor == 1 { x.to_owned() } else { format!("TRY({x} * {factor})") }
}

/// VARCHAR: INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER; unknown words in capitals; NULL for nothing.
pub(super) fn kind(x: &str, kind: &DuckType, is_canonical: bool) -> String {
    if is_canonical && *kind == DuckType::Text {
        return x.to_owned();
    }
    let word = match kind {
        DuckType::Integer { .. } => format!("{x}::VARCHAR"),
        _ => format!("replace(upper({}), 'SPAN_KIND_', '')", text(x, kind)),
    };
    format!(
        "CASE {word} WHEN '' THEN NULL WHEN '0' THEN 'INTERNAL' WHEN 'UNSPECIFIED' THEN 'INTERNAL' WHEN '1' THEN 'INTERNAL' WHEN '2' THEN 'SERVER' \
         WHEN '3' THEN 'CLIENT' WHEN '4' THEN 'PRODUCER' WHEN '5' THEN 'CONSUMER' ELSE {word} END"
    )
}

/// VARCHAR: OK, ERROR or UNSET, never NULL unless the column is passed through.
pub(super) fn status(x: &str, kind: &DuckType, is_canonical: bool) -> String {
    match kind {
        DuckType::Text if is_canonical => return x.to_owned(),
        DuckType::Bool => return format!("CASE WHEN {x} THEN 'ERROR' ELSE 'UNSET' END"),
        _ => {}
    }
    let word = match kind {
        DuckType::Integer { .. } => format!("{x}::VARCHAR"),
        _ => format!("replace(upper({}), 'STATUS_CODE_', '')", text(x, kind)),
    };
    format!(
        "CASE {word} WHEN 'OK' THEN 'OK' WHEN '1' THEN 'OK' WHEN 'SUCCESS' THEN 'OK' WHEN 'ERROR' THEN 'ERROR' WHEN '2' THEN 'ERROR' \
         WHEN 'ERR' THEN 'ERROR' WHEN 'FAILED' THEN 'ERROR' WHEN 'FAILURE' THEN 'ERROR' ELSE 'UNSET' END"
    )
}

/// VARCHAR, the text itself.
pub(super) fn text(x: &str, kind: &DuckType) -> String {
    match kind {
        DuckType::Text => x.to_owned(),
        DuckType::Blob => format!("TRY(decode({x}))"),
        _ => format!("{x}::VARCHAR"),
    }
}
