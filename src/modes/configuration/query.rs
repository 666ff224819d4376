//! The questions of the Configuration: how many spans conditions match, values of fields with their counts, durations, attributes.

use crate::{
    core::{
        filter::{Filter, Lookup, Node, TextField},
        sql::quote_text,
    },
    engine::{Table, TableError},
    state::{
        extras::{self, Extra},
        scope::Scope,
    },
};

use std::collections::BTreeSet;

/// The columns that these conditions read.
pub fn needs(nodes: &[Node]) -> BTreeSet<Extra> {
    nodes.iter().flat_map(|node| Filter { root: Some(node.clone()) }.needs()).map(Extra::Of).collect()
}

/// Whether the payload of every span is read to work a column out: slow on large files.
pub fn reads_payload(extra: &Extra, agents_anywhere: bool) -> bool {
    extra.reads_payload(agents_anywhere)
}

fn condition(node: &Node) -> String {
    let lookup: Lookup<'_> = &|need| Some(Extra::Of(need.clone()).column());
    // Every need has its column, so nothing is left that SQL cannot say.
    Filter { root: Some(node.clone()) }.to_where_with(lookup).unwrap_or_else(|_| "false".to_owned())
}

/// How many spans of the whole file each condition matches by itself: one row, a column for each.
pub fn counts_sql(nodes: &[Node]) -> Option<String> {
    if nodes.is_empty() {
        return None;
    }
    let columns: Vec<String> =
        nodes.iter().enumerate().map(|(at, node)| format!("count(*) FILTER (WHERE {}) AS c{at}", condition(node))).collect();
    Some(format!("SELECT {} FROM {}", columns.join(", "), extras::source(&needs(nodes))))
}

/// The answer to [`counts_sql`], in the order of the conditions.
pub fn counts(table: &Table, conditions: usize) -> Vec<Option<u64>> {
    let count = |at: usize| table.ints(&format!("c{at}")).ok()?.get(0).and_then(|count| u64::try_from(count).ok());
    (0..conditions).map(count).collect()
}

/// A column of values, as an expression.
pub fn value_column(field: TextField) -> Option<(String, Option<Extra>)> {
    let plain = |name: &str| Some((name.to_owned(), None));
    let extra = |extra: Extra| Some((extra.column(), Some(extra)));
    match field {
        TextField::Service => plain("service"),
        TextField::Operation => plain("operation"),
        TextField::Name => plain("name"),
        TextField::Kind => plain("kind"),
        TextField::Agent => extra(Extra::AGENT),
        TextField::Workflow => extra(Extra::WORKFLOW),
        TextField::Description | TextField::Trace | TextField::Span => None,
    }
}

/// Values of a column with spans and errors of the file and of the scope, most spans first. The scope's own columns must be there.
pub fn values_sql(column: &str, extra: Option<&Extra>, scope: &Scope, most: usize) -> String {
    let more: Vec<Extra> = extra.into_iter().cloned().collect();
    let failed = "status_code = 'ERROR'";
    let in_scope = match scope.is_everything() {
        true => "true".to_owned(),
        false => format!("({})", scope.condition()),
    };
    format!(
        "SELECT {column} AS value, count(*) AS spans, count(*) FILTER (WHERE {failed}) AS errors, count(*) FILTER (WHERE {in_scope}) AS shown, \
         count(*) FILTER (WHERE {failed} AND {in_scope}) AS shown_errors FROM {} GROUP BY value ORDER BY spans DESC, value LIMIT {most}",
        scope.source(&more)
    )
}

/// A value and how often it occurs. `None` for spans without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valued {
    pub value: Option<String>,
    pub spans: u64,
    pub errors: u64,
    /// In scope.
    pub shown: u64,
    pub shown_errors: u64,
}

/// # Errors
/// When the answer is not one of [`values_sql`].
pub fn values(table: &Table) -> Result<Vec<Valued>, TableError> {
    let names = table.texts("value")?;
    let (spans, errors, shown, failed) = (table.ints("spans")?, table.ints("errors")?, table.ints("shown")?, table.ints("shown_errors")?);
    let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    Ok((0..table.rows())
        .map(|row| Valued {
            value: names.get(row).map(str::to_owned),
            spans: natural(spans.get(row)),
            errors: natural(errors.get(row)),
            shown: natural(shown.get(row)),
            shown_errors: natural(failed.get(row)),
        })
        .collect())
}

/// Values to suggest, most frequent first: one column.
pub fn suggestions_sql(column: &str, extra: Option<&Extra>) -> String {
    format!(
        "SELECT {column} AS value, count(*) AS spans FROM {} WHERE {column} IS NOT NULL GROUP BY value ORDER BY spans DESC, value LIMIT {SUGGESTED}",
        extras::source(extra)
    )
}

/// The answers to [`suggestions_sql`] and [`attribute_keys_sql`]; empty where it is another answer.
pub fn suggestions(table: &Table) -> Vec<(String, u64)> {
    let (Ok(values), Ok(spans)) = (table.texts("value"), table.ints("spans")) else { return Vec::new() };
    let spans = |row: usize| spans.get(row).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    (0..table.rows()).filter_map(|row| Some((values.get(row)?.to_owned(), spans(row)))).collect()
}

const SUGGESTED: usize = 2_000;

/// Spans of a file whose attributes are looked through for keys; of larger files stretches all over it.
pub const SAMPLED_SPANS: u64 = 40_000;
const STRETCHES: u64 = 16;

/// Keys of attributes with the number of spans that have them, of a sample where the file is large; [`sample_of`] says how many were read.
pub fn attribute_keys_sql(spans: u64) -> String {
    let rows = match spans > SAMPLED_SPANS {
        false => String::new(),
        true => {
            let (each, apart) = (SAMPLED_SPANS / STRETCHES, spans / STRETCHES);
            let stretches: Vec<String> =
                (0..STRETCHES).map(|at| format!("row_no BETWEEN {} AND {}", at * apart, at * apart + each - 1)).collect();
            format!(" WHERE {}", stretches.join(" OR "))
        }
    };
    format!(
        "SELECT key AS value, count(*) AS spans FROM (SELECT unnest(json_keys(attributes)) AS key FROM spandeck.span_rows{rows}) \
         GROUP BY key ORDER BY spans DESC, key LIMIT {SUGGESTED}"
    )
}

/// How many spans [`attribute_keys_sql`] reads.
pub fn sample_of(spans: u64) -> u64 {
    if spans > SAMPLED_SPANS { SAMPLED_SPANS / STRETCHES * STRETCHES } else { spans }
}

/// What is left of a scope without its conditions on the duration.
pub fn without_duration(scope: &Scope) -> Scope {
    without(scope, super::figures::is_duration)
}

/// What is left of a scope without its conditions on the status: what each of the switches stands for, also where it is off.
pub fn without_status(scope: &Scope) -> Scope {
    without(scope, super::figures::is_status)
}

fn without(scope: &Scope, is_one: fn(&Node) -> bool) -> Scope {
    use crate::state::scope::{of_parts, parts_of};
    let parts = parts_of(&scope.filter).into_iter().filter(|part| !is_one(part)).collect();
    Scope { filter: of_parts(parts), ..scope.clone() }
}

/// Durations in steps of their logarithm, [`super::figures::STEPS`] a decade; −1 for none: `bucket`, `spans`, `errors`.
pub fn durations_sql(scope: &Scope) -> String {
    // Wide numbers, which hold any difference, only where plain ones do not.
    let ns = "coalesce(TRY(end_time - start_time)::DOUBLE, (end_time::HUGEINT - start_time::HUGEINT)::DOUBLE)";
    // A hair more than the logarithm: 1,000 ns must not lie below its own step.
    format!(
        "SELECT CASE WHEN end_time > start_time THEN floor(log10({ns}) * {} + 1e-9)::INTEGER ELSE -1 END AS bucket, count(*) AS spans, \
         count(*) FILTER (WHERE status_code = 'ERROR') AS errors {} GROUP BY bucket",
        super::figures::STEPS,
        without_duration(scope).from_where(&[])
    )
}

/// Spans by status, of the file and of the scope.
pub fn statuses_sql(scope: &Scope) -> String {
    values_sql("CASE WHEN status_code IN ('OK', 'ERROR', 'UNSET') THEN status_code END", None, scope, 10)
}

/// How many services are left.
pub fn services_left_sql(scope: &Scope) -> String {
    format!("SELECT count(DISTINCT service) AS services, min(start_time) AS first_ns, max(start_time) AS last_ns {}", scope.from_where(&[]))
}

/// What is left of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    pub services: u64,
    /// Starts of the first and the last span.
    pub extent_ns: Option<(i64, i64)>,
}

/// The answer to [`services_left_sql`].
pub fn services_left(table: &Table) -> Option<Left> {
    let int = |name: &str| table.ints(name).ok()?.get(0);
    let services = int("services").and_then(|count| u64::try_from(count).ok())?;
    Some(Left { services, extent_ns: int("first_ns").zip(int("last_ns")) })
}

/// How many spans of the file each of some whole filters with their time ranges lets through.
pub fn scopes_sql(scopes: &[Scope]) -> Option<String> {
    if scopes.is_empty() {
        return None;
    }
    let columns: Vec<String> =
        scopes.iter().enumerate().map(|(at, scope)| format!("count(*) FILTER (WHERE {}) AS c{at}", scope.condition())).collect();
    let extras: BTreeSet<Extra> = scopes.iter().flat_map(Scope::extras).collect();
    Some(format!("SELECT {} FROM {}", columns.join(", "), extras::source(&extras)))
}

/// Names of traces by the beginnings of their ids: `trace_id`, `name`.
pub fn traces_sql(ids: &[&str]) -> Option<String> {
    if ids.is_empty() {
        return None;
    }
    let tests: Vec<String> = ids.iter().map(|id| format!("starts_with(trace_id, {})", quote_text(&id.to_ascii_lowercase()))).collect();
    Some(format!("SELECT trace_id, coalesce(name, '') AS name FROM main.trace_index WHERE {} LIMIT 200", tests.join(" OR ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    fn nodes(filter: &str) -> Vec<Node> {
        crate::state::scope::parts_of(&Filter::parse(filter).unwrap())
    }

    #[test]
    fn conditions_are_counted_in_one_question() {
        let nodes = nodes("service:A agent:w -status:error");
        let sql = counts_sql(&nodes).unwrap();
        assert_eq!(sql.matches("count(*) FILTER").count(), 3);
        assert!(sql.ends_with("FROM main.spans POSITIONAL JOIN spandeck.\"x:agent\""), "{sql}");
        assert_eq!(counts_sql(&[]), None);
        let table = Table::new(vec![("c0".to_owned(), Column::ints([Some(7)])), ("c1".to_owned(), Column::ints([None]))]);
        assert_eq!(counts(&table, 3), [Some(7), None, None]);
    }

    #[test]
    fn values_are_counted_in_the_file_and_in_scope() {
        let scope = Scope { filter: Filter::parse("dur>1s").unwrap(), from_ns: Some(5), to_ns: None };
        let sql = values_sql("service", None, &scope, 50);
        assert!(sql.contains("FILTER (WHERE (start_time >= 5 AND ") && sql.contains("FROM main.spans GROUP BY value"), "{sql}");
        let (column, extra) = value_column(TextField::Agent).unwrap();
        assert!(values_sql(&column, extra.as_ref(), &scope, 50).contains("POSITIONAL JOIN spandeck.\"x:agent\""));
        assert_eq!(value_column(TextField::Span), None);
    }

    #[test]
    fn keys_of_a_large_file_are_those_of_a_sample() {
        assert!(!attribute_keys_sql(SAMPLED_SPANS).contains("WHERE"));
        let sql = attribute_keys_sql(1_000_000);
        assert_eq!(sql.matches("BETWEEN").count(), 16);
        assert!(sql.contains("BETWEEN 937500 AND 939999"), "{sql}");
        assert_eq!((sample_of(1_000_000), sample_of(99)), (40_000, 99));
    }

    #[test]
    fn durations_are_asked_without_the_conditions_on_them() {
        let scope = Scope { filter: Filter::parse("dur>1s service:A dur<2s").unwrap(), from_ns: None, to_ns: None };
        let sql = durations_sql(&scope);
        assert!(sql.contains("WHERE lower(service) = 'a' GROUP BY"), "{sql}");
        assert_eq!(without_duration(&scope).filter.print(), "service:A");
        let scope = Scope { filter: Filter::parse("status:error dur>1s -status:ok").unwrap(), from_ns: Some(5), to_ns: None };
        let rest = without_status(&scope);
        assert_eq!((rest.filter.print().as_str(), rest.from_ns), ("dur>1s", Some(5)), "the switches count what the other conditions leave");
    }
}
