//! Values of spans that the light columns do not hold, worked out once a file and kept in the engine as columns beside `main.spans`: the
//! number of the trace, the agent, own time, attributes that a filter or a grouping asks for.
//!
//! Every such column is a table of one column in the schema `spandeck`, one row for each row of `main.spans` and in its order, so that
//! `POSITIONAL JOIN` puts them side by side without looking anything up. Pure: SQL text only; `store` runs it.

pub mod store;

use crate::core::filter::Need;

/// A value per span.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// Integer: number of the trace in `main.trace_index`; NULL without a trace id.
    TraceNo,
    /// The service of the span's parent, as text: empty where the parent has none, NULL for a root, an orphan and a span that names itself.
    ParentService,
    /// The name (class and operation) of the span's parent, as [`Self::ParentService`] has its service.
    ParentName,
    /// Integer: the `run_no` of an agent's execution in [`ARTIFACTS_TAKEN`]; NULL for all other spans.
    Artifacts,
    /// What a filter's condition needs.
    Of(Need),
}

impl Extra {
    /// The agent of the span, as text.
    pub const AGENT: Self = Self::Of(Need::Agent);
    /// Own time in nanoseconds.
    pub const SELF_TIME: Self = Self::Of(Need::SelfTime);

    /// The name of the trace, as text.
    pub const WORKFLOW: Self = Self::Of(Need::Workflow);
    /// See [`Self::ParentService`]. A span enters its service when this is NULL or another one than `coalesce(service, '')`.
    pub const PARENT_SERVICE: Self = Self::ParentService;
    /// See [`Self::ParentName`].
    pub const PARENT_NAME: Self = Self::ParentName;

    pub fn attribute(key: &str) -> Self {
        Self::Of(Need::Attribute(key.to_owned()))
    }

    /// What is worked out, for the reader.
    pub fn label(&self) -> String {
        match self {
            Self::TraceNo => "traces".to_owned(),
            Self::ParentService => "who calls which service".to_owned(),
            Self::Artifacts => "artifacts".to_owned(),
            Self::ParentName => "who calls which operation".to_owned(),
            Self::Of(Need::Agent) => "agents".to_owned(),
            Self::Of(Need::SelfTime) => "own time".to_owned(),
            Self::Of(Need::Workflow) => "workflows".to_owned(),
            Self::Of(Need::Attribute(key) | Need::AttributeExists(key)) => format!("the attribute {key}"),
            Self::Of(Need::Has(part)) => format!("which spans have {}", part.word()),
        }
    }

    /// The name of its column, unique among all of them and quoted. No column of `main.spans` begins so.
    pub fn column(&self) -> String {
        let name = match self {
            Self::TraceNo => "trace_no".to_owned(),
            Self::ParentService => "parent_service".to_owned(),
            Self::Artifacts => "artifacts".to_owned(),
            Self::ParentName => "parent_name".to_owned(),
            Self::Of(Need::Agent) => "agent".to_owned(),
            Self::Of(Need::SelfTime) => "self_ns".to_owned(),
            Self::Of(Need::Workflow) => "workflow".to_owned(),
            Self::Of(Need::Attribute(key)) => format!("attr:{key}"),
            Self::Of(Need::AttributeExists(key)) => format!("exists:{key}"),
            Self::Of(Need::Has(part)) => format!("has:{}", part.word()),
        };
        // A key may hold any character, and DuckDB takes names as equal that differ in capitals only.
        let capitals: String = name.chars().map(|character| if character.is_uppercase() { '1' } else { '0' }).collect();
        let marks = if capitals.contains('1') { format!(":{capitals}") } else { String::new() };
        crate::core::sql::quote_ident(&format!("x:{name}{marks}"))
    }

    /// The table that holds it.
    pub fn table(&self) -> String {
        format!("spandeck.{}", self.column())
    }

    /// What must be there before.
    pub fn after(&self) -> Option<Self> {
        matches!(self, Self::ParentService | Self::ParentName | Self::Of(Need::SelfTime | Need::Workflow)).then_some(Self::TraceNo)
    }

    /// Whether every row's payload is read for it, part by part: slow on large files.
    pub fn reads_payload(&self, agents_anywhere: bool) -> bool {
        match self {
            Self::TraceNo | Self::ParentService | Self::ParentName | Self::Of(Need::SelfTime | Need::Workflow) => false,
            Self::Of(Need::Agent) => agents_anywhere,
            Self::Artifacts | Self::Of(_) => true,
        }
    }

    /// The statements that make the table, one after the other; no row of `spandeck.span_rows` has a number of
    /// `rows` or more.
    pub fn build_sql(&self, rows: u64, agents_anywhere: bool) -> Vec<String> {
        let (table, column) = (self.table(), self.column());
        match self {
            Self::TraceNo => vec![format!(
                "CREATE OR REPLACE TABLE {table} AS SELECT i.trace_no AS {column} \
                 FROM (SELECT row_number() OVER () AS place, trace_id FROM main.spans) s LEFT JOIN main.trace_index i USING (trace_id) ORDER BY s.place"
            )],
            Self::ParentService => of_parent_sql(&table, &column, "service"),
            Self::Artifacts => artifacts_sql(&table, &column, rows),
            Self::ParentName => of_parent_sql(&table, &column, "name"),
            // Only executions name an agent, and they were gathered already: no payload is read.
            Self::Of(Need::Agent) if !agents_anywhere => vec![format!(
                "CREATE OR REPLACE TABLE {table} AS SELECT r.agent AS {column} \
                     FROM (SELECT row_number() OVER () AS place, trace_id, span_id, start_time FROM main.spans) s \
                     LEFT JOIN (SELECT trace_id, span_id, start_time, min(agent) AS agent FROM main.agent_runs GROUP BY ALL) r \
                     ON s.span_id IS NOT DISTINCT FROM r.span_id AND s.trace_id IS NOT DISTINCT FROM r.trace_id AND s.start_time IS NOT DISTINCT FROM r.start_time ORDER BY s.place"
            )],
            Self::Of(Need::Workflow) => {
                let numbers = Self::TraceNo;
                vec![format!(
                    "CREATE OR REPLACE TABLE {table} AS SELECT i.name AS {column} \
                     FROM (SELECT row_number() OVER () AS place, {} AS trace_no FROM {}) s LEFT JOIN main.trace_index i USING (trace_no) ORDER BY s.place",
                    numbers.column(),
                    numbers.table()
                )]
            }
            Self::Of(Need::SelfTime) => self_time_sql(&table, &column),
            Self::Of(need) => by_rows_sql(&table, &column, &need.expression().unwrap_or_else(|| "NULL".to_owned()), rows),
        }
    }
}

/// Rows whose payload is read in one statement.
const ROWS_AT_ONCE: u64 = 50_000;

/// Part after part, so that the reader sees how far it is and can leave.
fn by_rows_sql(table: &str, column: &str, expression: &str, rows: u64) -> Vec<String> {
    let part = |from: u64| {
        let to = from.saturating_add(ROWS_AT_ONCE);
        format!("SELECT {expression} AS {column} FROM spandeck.span_rows WHERE row_no >= {from} AND row_no < {to}")
    };
    let mut statements = vec![format!("CREATE OR REPLACE TABLE {table} AS {}", part(0))];
    let mut from = ROWS_AT_ONCE;
    while from < rows {
        statements.push(format!("INSERT INTO {table} {}", part(from)));
        from = from.saturating_add(ROWS_AT_ONCE);
    }
    statements
}

/// What the parent of each span says in a light column. One hash join of two columns; a doubled id is that of its first span, as in the tree
/// of a trace, and such ids are looked up apart because they are rare.
fn of_parent_sql(table: &str, column: &str, what: &str) -> Vec<String> {
    let trace_no = Extra::TraceNo;
    let (trace_table, trace_column) = (trace_no.table(), trace_no.column());
    vec![
        // A condition on one side of a left join would make it a loop over all pairs: who names itself has no parent from the beginning.
        format!(
            "CREATE OR REPLACE TABLE spandeck.kin AS SELECT (row_number() OVER ())::INTEGER AS place, {trace_column} AS trace_no, span_id, \
             nullif(parent_id, span_id) AS parent_id, coalesce({what}, '') AS value, start_time AS s, greatest(end_time, start_time) AS e \
             FROM main.spans POSITIONAL JOIN {trace_table}"
        ),
        "CREATE OR REPLACE TABLE spandeck.kin_doubled AS SELECT trace_no, span_id, arg_min(place, ROW(s, -(e::HUGEINT), place)) AS place \
         FROM spandeck.kin WHERE trace_no IS NOT NULL AND span_id IS NOT NULL GROUP BY trace_no, span_id HAVING count(*) > 1"
            .to_owned(),
        format!(
            "CREATE OR REPLACE TABLE {table} AS SELECT p.value AS {column} FROM (SELECT place, trace_no, parent_id FROM spandeck.kin) c LEFT JOIN (\
             SELECT trace_no, span_id, value FROM spandeck.kin ANTI JOIN spandeck.kin_doubled USING (trace_no, span_id) UNION ALL \
             SELECT trace_no, span_id, value FROM spandeck.kin SEMI JOIN spandeck.kin_doubled USING (place)) p \
             ON c.trace_no = p.trace_no AND c.parent_id = p.span_id ORDER BY c.place"
        ),
        "DROP TABLE spandeck.kin; DROP TABLE spandeck.kin_doubled".to_owned(),
    ]
}

/// So many artifacts of one list are looked at: a list is read anew for each.
const MOST_ARTIFACTS: usize = 256;

/// The artifacts that executions took, made with [`Extra::Artifacts`]: `run_no`, `place`, `id`, `type` (its last part), `produced_by` (NULL where
/// nobody is named), `created_ns`. One row an artifact, so none for an execution without.
pub const ARTIFACTS_TAKEN: &str = "spandeck.artifacts_taken";

/// The payload of executions only is read, and only once, part by part. What executions made is not: it is asked for the few traces where it
/// matters.
fn artifacts_sql(table: &str, column: &str, rows: u64) -> Vec<String> {
    let part = |from: u64| {
        let to = from.saturating_add(ROWS_AT_ONCE);
        let runs = format!(
            "SELECT row_no AS run_no, attributes->>'input.artifacts' AS list FROM spandeck.span_rows WHERE row_no >= {from} AND row_no < {to} AND name = 'Agent.execute'"
        );
        artifacts_of(&runs)
    };
    let mut statements = vec![format!("CREATE OR REPLACE TABLE {ARTIFACTS_TAKEN} AS {}", part(0))];
    let mut from = ROWS_AT_ONCE;
    while from < rows {
        statements.push(format!("INSERT INTO {ARTIFACTS_TAKEN} {}", part(from)));
        from = from.saturating_add(ROWS_AT_ONCE);
    }
    statements.push(format!(
        "CREATE OR REPLACE TABLE {table} AS SELECT CASE WHEN name = 'Agent.execute' THEN row_no END AS {column} FROM spandeck.span_rows"
    ));
    statements
}

/// The artifacts in lists: `runs` is a SELECT of `run_no` and `list`, JSON as the file has it. A value that is missing, cut off, `null` or no
/// list has no artifacts. Times without an offset are UTC; DuckDB's own cast to a time passes over offsets.
pub fn artifacts_of(runs: &str) -> String {
    format!(
        "SELECT run_no, place, id, coalesce(nullif(split_part(type, '.', -1), ''), type) AS type, nullif(nullif(produced_by, 'None'), '') AS produced_by, \
         epoch_ns(TRY_CAST(created AS TIMESTAMP)) - CASE WHEN regexp_matches(created, '[T ].*[+-][0-9]{{2}}:?[0-9]{{0,2}}$') THEN \
         TRY_CAST(regexp_extract(created, '([+-])[0-9]{{2}}:?[0-9]{{0,2}}$', 1) || '1' AS BIGINT) * 60000000000 * \
         (60 * TRY_CAST(regexp_extract(created, '[+-]([0-9]{{2}}):?[0-9]{{0,2}}$', 1) AS BIGINT) \
         + coalesce(TRY_CAST(regexp_extract(created, '[+-][0-9]{{2}}:?([0-9]{{0,2}})$', 1) AS BIGINT), 0)) ELSE 0 END AS created_ns FROM (\
         SELECT run_no, place, item->>'id' AS id, item->>'type' AS type, item->>'produced_by' AS produced_by, item->>'created_at' AS created FROM (\
         SELECT run_no, place, json_extract(list, '$[' || place || ']') AS item FROM (\
         SELECT run_no, list, unnest(range(least(coalesce(json_array_length(list), 0), {MOST_ARTIFACTS})::BIGINT)) AS place FROM ({runs}))) \
         WHERE json_type(item) = 'OBJECT')"
    )
}

/// Own time by its definition: the span's length without the union of its children's intervals. A child belongs to the first span with its
/// parent's id; a span that names itself has no parent. (A circle of several parents is not cut here as the tree of a trace cuts it: each of
/// its spans loses what its child covers.)
fn self_time_sql(table: &str, column: &str) -> Vec<String> {
    let trace_no = Extra::TraceNo;
    let (trace_table, trace_column) = (trace_no.table(), trace_no.column());
    vec![
        format!(
            "CREATE OR REPLACE TABLE spandeck.self_spans AS SELECT (row_number() OVER ())::INTEGER AS place, {trace_column} AS trace_no, span_id, parent_id, \
             start_time AS s, greatest(end_time, start_time) AS e FROM main.spans POSITIONAL JOIN {trace_table}"
        ),
        // Doubled ids are rare; the join is plain where there are none.
        "CREATE OR REPLACE TABLE spandeck.self_owners AS SELECT trace_no, span_id, arg_min(place, ROW(s, -(e::HUGEINT), place)) AS place \
         FROM spandeck.self_spans WHERE trace_no IS NOT NULL AND span_id IS NOT NULL GROUP BY trace_no, span_id HAVING count(*) > 1"
            .to_owned(),
        "CREATE OR REPLACE TABLE spandeck.self_children AS SELECT p.place AS parent, greatest(c.s, p.s) AS s, least(c.e, p.e) AS e \
         FROM spandeck.self_spans c JOIN spandeck.self_spans p ON c.trace_no = p.trace_no AND c.parent_id = p.span_id \
         WHERE c.parent_id <> c.span_id AND least(c.e, p.e) > greatest(c.s, p.s)"
            .to_owned(),
        "DELETE FROM spandeck.self_children WHERE parent IN (SELECT s.place FROM spandeck.self_spans s JOIN spandeck.self_owners o USING (trace_no, span_id) WHERE s.place <> o.place)"
            .to_owned(),
        // A child's part that no earlier one covers.
        "CREATE OR REPLACE TABLE spandeck.self_covered AS SELECT parent, sum(TRY(e - greatest(s, coalesce(reached, s)))) AS covered FROM (\
         SELECT parent, s, e, max(e) OVER (PARTITION BY parent ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM spandeck.self_children) \
         WHERE reached IS NULL OR e > reached GROUP BY parent"
            .to_owned(),
        format!(
            "CREATE OR REPLACE TABLE {table} AS SELECT TRY((e - s - coalesce(covered, 0))::BIGINT) AS {column} \
             FROM spandeck.self_spans LEFT JOIN spandeck.self_covered ON parent = place ORDER BY place"
        ),
        "DROP TABLE spandeck.self_spans; DROP TABLE spandeck.self_owners; DROP TABLE spandeck.self_children; DROP TABLE spandeck.self_covered".to_owned(),
    ]
}

/// `main.spans` with these columns beside it, for a FROM.
pub fn source<'a>(extras: impl IntoIterator<Item = &'a Extra>) -> String {
    extras.into_iter().fold("main.spans".to_owned(), |from, extra| format!("{from} POSITIONAL JOIN {}", extra.table()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_of_their_own_whatever_the_keys() {
        let all =
            [Extra::TraceNo, Extra::AGENT, Extra::SELF_TIME, Extra::attribute("Key"), Extra::attribute("key"), Extra::attribute("a\"b")];
        let mut names: Vec<String> = all.iter().map(|extra| extra.column().to_lowercase()).collect();
        assert!(names.iter().all(|name| name.starts_with("\"x:")));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all.len());
        assert_eq!(Extra::attribute("a\"b").column(), r#""x:attr:a""b""#);
    }

    #[test]
    fn payload_is_read_part_by_part_to_the_last_row() {
        let statements = Extra::attribute("k").build_sql(120_000, false);
        assert_eq!(statements.len(), 3);
        assert!(
            statements[0].starts_with("CREATE OR REPLACE TABLE spandeck.\"x:attr:k\" AS SELECT (attributes->>'k')"),
            "{}",
            statements[0]
        );
        assert!(statements[2].ends_with("row_no >= 100000 AND row_no < 150000"));
        assert_eq!(Extra::attribute("k").build_sql(0, false).len(), 1);
    }

    #[test]
    fn only_executions_have_their_artifacts_read() {
        let statements = Extra::Artifacts.build_sql(120_000, false);
        assert_eq!(statements.len(), 4);
        assert!(
            statements[2].contains("row_no >= 100000 AND row_no < 150000 AND name = 'Agent.execute'")
                && statements[0].contains("[0-9]{2}:?")
        );
        assert!(!statements[3].contains("attributes"));
        assert!(Extra::PARENT_SERVICE.build_sql(10, false).iter().all(|sql| !sql.contains("attributes")));
        assert_eq!(Extra::PARENT_NAME.after(), Some(Extra::TraceNo));
    }

    #[test]
    fn the_columns_stand_side_by_side() {
        assert_eq!(source([]), "main.spans");
        assert_eq!(source([&Extra::TraceNo]), "main.spans POSITIONAL JOIN spandeck.\"x:trace_no\"");
    }
}
