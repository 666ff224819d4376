//! A row of the plain table, read from the answers to the two questions of `query`. Pure.

use std::rc::Rc;

use crate::engine::{Table, TableError};

/// What the codes hold of a span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Light {
    pub name: Option<Rc<str>>,
    pub service: Option<Rc<str>>,
    pub status: Option<Rc<str>>,
    pub start_ns: Option<i64>,
    /// As the file has it, unrounded.
    pub duration_ms: Option<String>,
    pub duration_ns: Option<i64>,
}

/// What comes later: the ids, and what was worked out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rest {
    pub trace_id: Option<Rc<str>>,
    pub span_id: Option<Rc<str>>,
    pub agent: Option<Rc<str>>,
    /// It is known whether the span has an agent.
    pub knows_agent: bool,
    /// It is known whether the span has own time.
    pub knows_own: bool,
    /// Unrounded.
    pub self_ms: Option<String>,
    pub self_ns: Option<i64>,
}

fn shared(text: Option<&str>) -> Option<Rc<str>> {
    text.map(Rc::from)
}

/// Rows of `light_sql` with their places in the order.
///
/// # Errors
/// When the answer has other columns.
pub fn lights(table: &Table) -> Result<Vec<(usize, Light)>, TableError> {
    let at = table.ints("at")?;
    let (name, service, status) = (table.texts("name")?, table.texts("service")?, table.texts("status")?);
    let (start, duration) = (table.ints("start_ns")?, table.ints("duration_ns")?);
    let row = |row: usize| {
        let light = Light {
            name: shared(name.get(row)),
            service: shared(service.get(row)),
            status: shared(status.get(row)),
            start_ns: start.get(row),
            duration_ms: table.display("duration_ms", row),
            duration_ns: duration.get(row),
        };
        Some((usize::try_from(at.get(row)?).ok()?, light))
    };
    Ok((0..table.rows()).filter_map(row).collect())
}

/// Rows of `rest_sql` with their places in the order.
///
/// # Errors
/// When the answer lacks the ids.
pub fn rests(table: &Table) -> Result<Vec<(usize, Rest)>, TableError> {
    let at = table.ints("at")?;
    let (trace, span) = (table.texts("trace_id")?, table.texts("span_id")?);
    let (agent, own) = (table.texts("agent").ok(), table.ints("self_ns").ok());
    let row = |row: usize| {
        let rest = Rest {
            trace_id: shared(trace.get(row)),
            span_id: shared(span.get(row)),
            agent: shared(agent.and_then(|agent| agent.get(row))),
            knows_agent: agent.is_some(),
            knows_own: own.is_some(),
            self_ms: table.display("self_ms", row),
            self_ns: own.and_then(|own| own.get(row)),
        };
        Some((usize::try_from(at.get(row)?).ok()?, rest))
    };
    Ok((0..table.rows()).filter_map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn what_was_not_worked_out_is_missing() {
        let table = Table::new(vec![
            ("at".to_owned(), Column::ints([Some(7), Some(8)])),
            ("trace_id".to_owned(), Column::texts([Some("t"), None])),
            ("span_id".to_owned(), Column::texts([Some("s"), Some("u")])),
        ]);
        let rows = rests(&table).unwrap();
        assert_eq!(rows[0], (7, Rest { trace_id: Some("t".into()), span_id: Some("s".into()), ..Rest::default() }));
        assert_eq!(rows[1].1.trace_id, None);
        assert!(lights(&table).is_err());
    }
}
