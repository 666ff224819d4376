//! The plain table's statements. Pure: SQL text only.
//!
//! Three kinds of table in the schema `spandeck`, all made from `main.spans` and in step with its rows:
//! - `span_codes`, once a file: a row for each span in the order of reading, its texts as ranks in `span_names`, `span_services` and
//!   `span_statuses` (sorted lists of the distinct texts). Numbers are sorted and looked up many times faster than texts.
//! - `order_<n>`, one for each order and scope: `place`, the row of `span_codes`, in the wanted order.
//!
//! A window of rows is then read in two steps: [`light_sql`], what the codes hold, which is fast enough to follow a dragged scroll bar; and
//! [`rest_sql`], the ids from the file and what `state::extras` worked out.

use std::{collections::BTreeSet, ops::Range};

use super::params::{Column, Sort};
use crate::state::{extras::Extra, scope::Scope};

/// What makes the codes of a file; nothing where they are there. One statement after the other.
pub fn codes_sql() -> Vec<String> {
    let ranks = |table: &str, column: &str| {
        format!(
            "CREATE TABLE IF NOT EXISTS spandeck.{table} AS SELECT value, (row_number() OVER (ORDER BY value) - 1)::INTEGER AS rank \
             FROM (SELECT DISTINCT {column} AS value FROM main.spans WHERE {column} IS NOT NULL) ORDER BY value"
        )
    };
    vec![
        ranks("span_names", "name"),
        ranks("span_services", "service"),
        ranks("span_statuses", "status_code"),
        // No name of a column is one of `main.spans`: both stand side by side in `order_sql`.
        "CREATE TABLE IF NOT EXISTS spandeck.span_codes AS SELECT row_no AS code_row, n.rank AS code_name, s.rank AS code_service, t.rank AS code_status, \
         start_time AS code_start, duration_ms AS code_duration FROM spandeck.span_rows r LEFT JOIN spandeck.span_names n ON n.value = r.name \
         LEFT JOIN spandeck.span_services s ON s.value = r.service LEFT JOIN spandeck.span_statuses t ON t.value = r.status_code ORDER BY row_no"
            .to_owned(),
    ]
}

/// The columns that must be worked out before rows can be ordered so.
pub fn extras_of(sort: &Sort) -> BTreeSet<Extra> {
    let extra = |column: Column| match column {
        Column::Agent => Some(Extra::AGENT),
        Column::Own => Some(Extra::SELF_TIME),
        Column::Trace => Some(Extra::TraceNo),
        _ => None,
    };
    sort.keys().iter().filter_map(|key| extra(key.column)).collect()
}

/// `SELECT place …`: the places of the spans in scope, in this order. Equal spans follow by start, then by row; what is missing comes last.
pub fn order_sql(scope: &Scope, sort: &Sort) -> String {
    let extras: Vec<Extra> = extras_of(sort).into_iter().collect();
    let (mut from, condition) = match scope.is_everything() {
        true => {
            (extras.iter().fold("spandeck.span_codes".to_owned(), |from, extra| format!("{from} POSITIONAL JOIN {}", extra.table())), None)
        }
        false => (format!("{} POSITIONAL JOIN spandeck.span_codes", scope.source(&extras)), Some(scope.condition())),
    };
    let mut keys: Vec<String> = Vec::new();
    for key in sort.keys() {
        let expression = match key.column {
            Column::Name => "code_name".to_owned(),
            Column::Service => "code_service".to_owned(),
            Column::Status => "code_status".to_owned(),
            Column::Start => "code_start".to_owned(),
            Column::Duration => "code_duration".to_owned(),
            Column::Own => Extra::SELF_TIME.column(),
            Column::Agent => {
                let column = Extra::AGENT.column();
                from.push_str(&format!(
                    " LEFT JOIN (SELECT agent_value, row_number() OVER (ORDER BY agent_value) AS agent_rank FROM \
                     (SELECT DISTINCT {column} AS agent_value FROM {} WHERE {column} IS NOT NULL)) ON agent_value = {column}",
                    Extra::AGENT.table()
                ));
                "agent_rank".to_owned()
            }
            Column::Trace => {
                from.push_str(&format!(
                    " LEFT JOIN (SELECT trace_no AS ranked_no, row_number() OVER (ORDER BY trace_id) AS trace_rank FROM main.trace_index) ON ranked_no = {}",
                    Extra::TraceNo.column()
                ));
                "trace_rank".to_owned()
            }
        };
        keys.push(format!("{expression} {} NULLS LAST", if key.descending { "DESC" } else { "ASC" }));
    }
    if !sort.has(Column::Start) {
        keys.push("code_start ASC NULLS LAST".to_owned());
    }
    keys.push("code_row".to_owned());
    let condition = condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
    format!("SELECT span_codes.rowid::INTEGER AS place FROM {from}{condition} ORDER BY {}", keys.join(", "))
}

fn order_table(number: u32) -> String {
    format!("spandeck.order_{number}")
}

/// Makes the table of an order.
pub fn create_order_sql(number: u32, order_sql: &str) -> String {
    format!("CREATE OR REPLACE TABLE {} AS {order_sql}", order_table(number))
}

/// The first rows of an order: many times faster than all of it.
pub fn first_rows_sql(order_sql: &str, rows: usize) -> String {
    format!("{order_sql} LIMIT {rows}")
}

pub fn drop_order_sql(number: u32) -> String {
    format!("DROP TABLE IF EXISTS {}", order_table(number))
}

/// How many rows an order has: `rows`.
pub fn count_sql(number: u32) -> String {
    format!("SELECT count(*) AS rows FROM {}", order_table(number))
}

fn window(number: u32, rows: &Range<usize>) -> String {
    let last = rows.end.saturating_sub(1);
    format!("(SELECT rowid AS at, place FROM {} WHERE rowid BETWEEN {} AND {last})", order_table(number), rows.start)
}

/// What the codes hold of some rows of an order: `at` (the row's place in the order), `name`, `service`, `status`, `start_ns`,
/// `duration_ms` as the file has it and `duration_ns`.
pub fn light_sql(number: u32, rows: &Range<usize>) -> String {
    format!(
        "SELECT o.at, n.value AS name, s.value AS service, t.value AS status, c.code_start AS start_ns, c.code_duration::DOUBLE AS duration_ms, \
         TRY_CAST(round(c.code_duration * 1e6) AS BIGINT) AS duration_ns FROM {} o JOIN spandeck.span_codes c ON c.rowid = o.place \
         LEFT JOIN spandeck.span_names n ON n.rank = c.code_name LEFT JOIN spandeck.span_services s ON s.rank = c.code_service \
         LEFT JOIN spandeck.span_statuses t ON t.rank = c.code_status ORDER BY o.at",
        window(number, rows)
    )
}

/// The rest of the same rows: `at`, `trace_id`, `span_id`, and of `ready` what the table shows: `agent`, `self_ms`, `self_ns`.
pub fn rest_sql(number: u32, rows: &Range<usize>, ready: &BTreeSet<Extra>) -> String {
    let (mut columns, mut joins) = (String::new(), String::new());
    if ready.contains(&Extra::AGENT) {
        columns.push_str(&format!(", a.{} AS agent", Extra::AGENT.column()));
        joins.push_str(&format!(" JOIN {} a ON a.rowid = o.place", Extra::AGENT.table()));
    }
    if ready.contains(&Extra::SELF_TIME) {
        columns.push_str(&format!(", x.{0} AS self_ns, x.{0} / 1e6 AS self_ms", Extra::SELF_TIME.column()));
        joins.push_str(&format!(" JOIN {} x ON x.rowid = o.place", Extra::SELF_TIME.table()));
    }
    // The rows are known by number before the file is looked into, so that only their parts of it are read.
    format!(
        "SELECT o.at, r.trace_id, r.span_id{columns} FROM {} o JOIN spandeck.span_codes c ON c.rowid = o.place \
         JOIN spandeck.span_rows r ON r.row_no = c.code_row{joins} ORDER BY o.at",
        window(number, rows)
    )
}

/// All rows of an order with all their columns, for a file. The codes are there, and what is in `ready`.
pub fn export_sql(scope: &Scope, sort: &Sort, ready: &BTreeSet<Extra>) -> String {
    let mut joins = String::new();
    let mut column = |extra: Extra, alias: &str, otherwise: &str| match ready.contains(&extra) {
        true => {
            joins.push_str(&format!(" JOIN {} {alias} ON {alias}.rowid = o.place", extra.table()));
            format!("{alias}.{}", extra.column())
        }
        false => otherwise.to_owned(),
    };
    let agent = column(Extra::AGENT, "a", "NULL::VARCHAR");
    let own = column(Extra::SELF_TIME, "x", "NULL::BIGINT");
    format!(
        "SELECT r.name, r.service, {agent} AS agent, r.start_time AS start_ns, r.end_time AS end_ns, r.duration_ms, {own} / 1e6 AS self_ms, \
         r.status_code AS status, r.trace_id, r.span_id FROM (SELECT row_number() OVER () AS at, place FROM ({})) o \
         JOIN spandeck.span_codes c ON c.rowid = o.place JOIN spandeck.span_rows r ON r.row_no = c.code_row{joins} ORDER BY o.at",
        order_sql(scope, sort)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{core::filter::Filter, modes::statistics::spans::params::SORT};

    fn sort(text: &str) -> Sort {
        Sort::read(&BTreeMap::from([(SORT.to_owned(), text.to_owned())]))
    }

    #[test]
    fn the_whole_file_is_ordered_without_reading_it() {
        assert_eq!(
            order_sql(&Scope::default(), &sort("-duration_ms")),
            "SELECT span_codes.rowid::INTEGER AS place FROM spandeck.span_codes ORDER BY code_duration DESC NULLS LAST, code_start ASC NULLS LAST, code_row"
        );
        assert!(
            order_sql(&Scope::default(), &sort("-start_ns,name"))
                .ends_with("ORDER BY code_start DESC NULLS LAST, code_name ASC NULLS LAST, code_row")
        );
    }

    #[test]
    fn a_scope_is_a_condition_and_texts_are_ordered_by_their_ranks() {
        let scope = Scope { filter: Filter::parse("agent:writer").unwrap(), from_ns: Some(5), to_ns: None };
        let sql = order_sql(&scope, &sort("agent,trace_id,self_ms"));
        assert_eq!(sql.matches("POSITIONAL JOIN spandeck.\"x:agent\"").count(), 1, "{sql}");
        assert!(sql.contains("POSITIONAL JOIN spandeck.span_codes LEFT JOIN") && sql.contains("WHERE start_time >= 5 AND "), "{sql}");
        assert!(sql.ends_with("ORDER BY agent_rank ASC NULLS LAST, trace_rank ASC NULLS LAST, \"x:self_ns\" ASC NULLS LAST, code_start ASC NULLS LAST, code_row"), "{sql}");
        assert_eq!(extras_of(&sort("agent,trace_id,self_ms,name")).len(), 3);
    }

    #[test]
    fn only_what_is_ready_is_asked_for() {
        let none = rest_sql(3, &(100..200), &BTreeSet::new());
        assert!(none.contains("order_3 WHERE rowid BETWEEN 100 AND 199") && !none.contains("x:"), "{none}");
        let all = rest_sql(3, &(0..1), &BTreeSet::from([Extra::AGENT, Extra::SELF_TIME]));
        assert!(all.contains("AS agent") && all.contains("AS self_ms"), "{all}");
    }
}
