//! Agent runs with their artifacts, and journeys: everything of one correlation id. The questions and the reading of their answers. Pure.
//!
//! Artifacts are read in the engine and only their light fields leave it; payload stays where it is. A run has a row for each artifact, or
//! one row without any.

use super::query::{SPAN_LIMIT, of_traces};
use crate::{
    core::{
        calendar::{Civil, instant_from_civil},
        fast_map::{FastMap, FastSet},
        lineage::{ArtifactRef, Run, short_type},
        sql::quote_text,
    },
    engine::{Column, Table, TableError},
};

/// So many artifacts of one list are looked at: a list is read anew for each.
const MAX_LISTED: usize = 256;
/// So many ids are searched for in one statement.
const MAX_IDS: usize = 24;
/// So many rows of runs are taken.
const MAX_ROWS: usize = 50_000;

const IN: &str = "in";

/// The order in which [`read_runs`] expects rows.
const ORDER: &str = "ORDER BY start_time, trace_id, span_id, end_time, side, place";

/// Runs of the whole file with their artifacts, as the table `main.agent_lineage`. Reads the payload of every agent run, so it is asked when
/// the whole file is the question, and from one place: two of these under way at once conflict.
pub fn gather_runs_sql() -> String {
    format!("CREATE TABLE IF NOT EXISTS main.agent_lineage AS {}; SELECT count(*) AS rows FROM main.agent_lineage", runs_select(""))
}

/// Runs that produced or consumed any of these artifacts. Only after [`gather_runs_sql`].
pub fn gathered_by_artifact_sql(artifact_ids: &[&str]) -> String {
    gathered(&format!("artifact_id IN ({})", quoted(artifact_ids)))
}

/// Runs whose own attribute or one of whose artifacts has one of these correlation ids. Only after [`gather_runs_sql`].
pub fn gathered_by_correlation_sql(correlation_ids: &[&str]) -> String {
    let list = quoted(correlation_ids);
    gathered(&format!("correlation_id IN ({list}) OR artifact_correlation_id IN ({list})"))
}

/// Whole runs: also the artifacts of theirs that were not asked for.
fn gathered(condition: &str) -> String {
    format!(
        "SELECT * FROM main.agent_lineage WHERE (trace_id, span_id) IN (SELECT (trace_id, span_id) FROM main.agent_lineage WHERE {condition}) \
         {ORDER} LIMIT {MAX_ROWS}"
    )
}

/// The runs of some traces.
pub fn runs_of_traces_sql(trace_ids: &[String]) -> String {
    format!("{} {ORDER} LIMIT {MAX_ROWS}", runs_select(&format!(" AND {}", of_traces(trace_ids))))
}

/// The runs of one trace and those of all others in whose attributes one of the ids stands: artifacts', correlations'. `None` where nothing
/// could be found that way. The text is searched first, so that few attributes are taken apart.
pub fn related_runs_sql(trace_id: &str, ids: &[&str]) -> Option<String> {
    let searched: Vec<String> =
        ids.iter().filter(|id| is_plain(id)).take(MAX_IDS).map(|id| format!("contains(attributes, {})", quote_text(id))).collect();
    if searched.is_empty() {
        return None;
    }
    let condition = format!(" AND (trace_id = {} OR {})", quote_text(trace_id), searched.join(" OR "));
    Some(format!("{} {ORDER} LIMIT {MAX_ROWS}", runs_select(&condition)))
}

/// What [`related_runs_sql`] should look for so that the runs of a trace find their causes and effects in others: what they belong together
/// by, else what has no producer or no consumer among them.
pub fn ids_of(runs: &[Run]) -> Vec<&str> {
    let mut seen = FastSet::default();
    let artifacts = || runs.iter().flat_map(|run| run.inputs.iter().chain(&run.outputs));
    let correlations = artifacts().filter_map(|artifact| artifact.correlation_id.as_deref());
    let ids = artifacts().filter(|artifact| artifact.correlation_id.is_none()).map(|artifact| artifact.id.as_str());
    correlations.chain(ids).filter(|id| !id.is_empty() && seen.insert(*id)).collect()
}

/// JSON writes such a text as it is, so it can be searched for without reading JSON.
fn is_plain(id: &str) -> bool {
    id.len() >= 4 && id.chars().all(|character| character.is_ascii_alphanumeric() || "-_.:@+".contains(character))
}

fn quoted(ids: &[&str]) -> String {
    let list: Vec<String> = ids.iter().map(|id| quote_text(id)).collect();
    if list.is_empty() { "NULL".to_owned() } else { list.join(", ") }
}

/// Materialised where a value is used more than once: the engine would otherwise take the JSON apart once for each use.
///
/// `condition` follows the choice by name, which comes first so that only agent runs' attributes are read. A value that is missing, cut off,
/// `null` or no list has no artifacts.
fn runs_select(condition: &str) -> String {
    format!(
        "WITH runs AS MATERIALIZED (SELECT row_number() OVER () AS run_no, trace_id, span_id, attributes->>'agent.name' AS agent, start_time, end_time, status_code, \
         attributes->>'correlation_id' AS correlation_id, attributes->>'input.artifacts' AS inputs, attributes->>'output.value' AS outputs \
         FROM main.spans WHERE name = 'Agent.execute'{condition}), \
         lists AS (SELECT run_no, '{IN}' AS side, inputs AS list FROM runs UNION ALL SELECT run_no, 'out', outputs FROM runs), \
         places AS (SELECT run_no, side, list, unnest(range(least(coalesce(json_array_length(list), 0), {MAX_LISTED})::BIGINT)) AS place FROM lists), \
         items AS (SELECT run_no, side, place, json_extract(list, '$[' || place || ']') AS item FROM places), \
         artifacts AS (SELECT run_no, side, place, item->>'id' AS artifact_id, item->>'type' AS artifact_type, item->>'produced_by' AS produced_by, \
         item->>'created_at' AS created_at, item->>'correlation_id' AS artifact_correlation_id FROM items WHERE json_type(item) = 'OBJECT') \
         SELECT trace_id, span_id, nullif(nullif(agent, 'None'), '') AS agent, start_time, end_time, status_code, correlation_id, side, place::BIGINT AS place, artifact_id, \
         artifact_type, produced_by, created_at, artifact_correlation_id FROM runs LEFT JOIN artifacts USING (run_no)"
    )
}

/// Runs in order of their start.
///
/// # Errors
/// When the answer is not one of this file's.
pub fn read_runs(table: &Table) -> Result<Vec<Run>, TableError> {
    let text = |name| table.texts(name);
    let (traces, spans, agents, statuses) = (text("trace_id")?, text("span_id")?, text("agent")?, text("status_code")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    let (sides, ids, types, producers) = (text("side")?, text("artifact_id")?, text("artifact_type")?, text("produced_by")?);
    let (created, correlations) = (text("created_at")?, text("artifact_correlation_id")?);
    let mut runs: Vec<Run> = Vec::new();
    for row in 0..table.rows() {
        let start_ns = starts.get(row).or_else(|| ends.get(row)).unwrap_or(0);
        let known =
            runs.last().is_some_and(|run| run.span_id == spans.text(row) && run.trace_id == traces.text(row) && run.start_ns == start_ns);
        if !known {
            runs.push(Run {
                trace_id: traces.text(row).to_owned(),
                span_id: spans.text(row).to_owned(),
                agent: agents.get(row).map(str::to_owned),
                start_ns,
                end_ns: ends.get(row).unwrap_or(start_ns),
                is_error: statuses.get(row) == Some("ERROR"),
                inputs: Vec::new(),
                outputs: Vec::new(),
            });
        }
        let (Some(run), Some(side)) = (runs.last_mut(), sides.get(row)) else { continue };
        let artifact = ArtifactRef {
            id: ids.text(row).to_owned(),
            type_name: short_type(types.text(row)).to_owned(),
            produced_by: producers.get(row).filter(|name| !name.is_empty() && *name != "None").map(str::to_owned),
            created_ns: created.get(row).and_then(parse_instant),
            correlation_id: correlations.get(row).map(str::to_owned),
        };
        let list = if side == IN { &mut run.inputs } else { &mut run.outputs };
        list.push(artifact);
    }
    Ok(runs)
}

/// "2026-11-22 09:08:48.401940+00:00" in nanoseconds since 1970; without an offset it is UTC.
pub fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, time) = text.split_once(['T', ' '])?;
    let mut date = date.splitn(3, '-').map(str::parse::<u16>);
    let mut next = || date.next()?.ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(str::parse::<u8>);
    let (hour, minute) = (clock.next()?.ok()?, clock.next()?.ok()?);
    let second = clock.next().map_or(Some(0), Result::ok)?;
    let nanosecond = format!("{:0<9}", fraction).get(..9)?.parse().ok()?;
    let local = instant_from_civil(Civil {
        year: i32::from(year),
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
        hour,
        minute,
        second,
        nanosecond,
    })?;
    local.checked_sub(zone_ns(zone.trim())?)
}

/// "Z", "+02", "+0200" or "+02:00".
fn zone_ns(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let hours: i64 = hours.parse().ok()?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60) * 1_000_000_000)
}

/// A condition: a span carries this correlation id.
fn carries(correlation_id: &str) -> String {
    let id = quote_text(correlation_id);
    let searched = if is_plain(correlation_id) { format!("contains(attributes, {id}) AND ") } else { String::new() };
    format!("{searched}(attributes->>'correlation_id') = {id}")
}

/// How many spans carry a correlation id and in how many traces: `traces`, `spans`. Searches the attributes of the whole file.
pub fn journey_facts_sql(correlation_id: &str) -> String {
    format!("SELECT count(DISTINCT trace_id) AS traces, count(*) AS spans FROM main.spans WHERE {}", carries(correlation_id))
}

/// The spans of all traces in which spans carry a correlation id; `own` is 1 for those that do. [`journey_table`] takes from the answer what
/// belongs to the journey.
pub fn journey_sql(correlation_id: &str) -> String {
    format!(
        "WITH own AS MATERIALIZED (SELECT DISTINCT trace_id, span_id FROM main.spans WHERE {}) \
         SELECT s.trace_id, s.span_id, s.parent_id, coalesce(s.name, '') AS name, s.service, s.operation, s.kind, s.start_time, s.end_time, s.status_code, \
         CASE WHEN own.span_id IS NULL THEN 0 ELSE 1 END::BIGINT AS own \
         FROM main.spans AS s LEFT JOIN own ON own.trace_id = s.trace_id AND own.span_id = s.span_id \
         WHERE s.trace_id IN (SELECT trace_id FROM own) LIMIT {}",
        carries(correlation_id),
        SPAN_LIMIT + 1
    )
}

/// The journey out of an answer to [`journey_sql`]: spans that carry the id and everything below them, `parent_id` NULL where the parent is
/// not part of it. The columns are the answer's without `own`.
///
/// # Errors
/// When the answer is not one of [`journey_sql`].
pub fn journey_table(table: &Table) -> Result<Table, TableError> {
    let (traces, ids, parents, own) = (table.texts("trace_id")?, table.texts("span_id")?, table.texts("parent_id")?, table.ints("own")?);
    let mut children: FastMap<(&str, &str), Vec<usize>> = FastMap::default();
    for row in 0..table.rows() {
        if let Some(parent) = parents.get(row) {
            children.entry((traces.text(row), parent)).or_default().push(row);
        }
    }
    let mut within = vec![false; table.rows()];
    let mut to_visit: Vec<usize> = (0..table.rows()).filter(|row| own.get(*row) == Some(1)).collect();
    while let Some(row) = to_visit.pop() {
        let Some(seen) = within.get_mut(row) else { continue };
        if !std::mem::replace(seen, true) {
            to_visit.extend(children.get(&(traces.text(row), ids.text(row))).into_iter().flatten());
        }
    }
    let rows: Vec<usize> = (0..table.rows()).filter(|row| within.get(*row) == Some(&true)).collect();
    let inside: FastSet<(&str, &str)> = rows.iter().map(|&row| (traces.text(row), ids.text(row))).collect();
    let mut columns = Vec::new();
    for name in ["trace_id", "span_id", "parent_id", "name", "service", "operation", "kind", "status_code"] {
        let texts = table.texts(name)?;
        let kept = |row: usize| texts.get(row).filter(|value| name != "parent_id" || inside.contains(&(traces.text(row), *value)));
        columns.push((name.to_owned(), Column::texts(rows.iter().map(|&row| kept(row)))));
    }
    for name in ["start_time", "end_time"] {
        let ints = table.ints(name)?;
        columns.push((name.to_owned(), Column::ints(rows.iter().map(|&row| ints.get(row)))));
    }
    Ok(Table::new(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, values: &[Option<&str>]) -> (String, Column) {
        (name.to_owned(), Column::texts(values.iter().copied()))
    }

    fn ints(name: &str, values: &[i64]) -> (String, Column) {
        (name.to_owned(), Column::ints(values.iter().copied().map(Some)))
    }

    /// The texts as the engine runs them in tests/e2e/runs.test.mjs. `UPDATE_FIXTURES=1` writes them.
    #[test]
    fn the_statements_are_those_that_the_engine_tests_run() {
        let id = "3ceaaf30-8142-48ea-91d9-3080f9b439fc";
        let trace = "39fd9305201189e36a5659cffeee91e6";
        let statements = serde_json::json!({
            "runs_of_trace": runs_of_traces_sql(&[trace.to_owned()]),
            "runs_of_odd_trace": runs_of_traces_sql(&["odd".to_owned()]),
            "related": related_runs_sql(trace, &[id]),
            "gather": gather_runs_sql(),
            "gathered_by_artifact": gathered_by_artifact_sql(&["d8f43171-fa1e-4429-bd9a-a84b79963d14"]),
            "gathered_by_correlation": gathered_by_correlation_sql(&[id]),
            "journey": journey_sql(id),
            "journey_facts": journey_facts_sql(id),
            "journey_facts_odd": journey_facts_sql("it's \"odd\" ü"),
        });
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/runs_sql.json");
        let text = format!("{statements:#}\n");
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }

    #[test]
    fn instants_are_read_with_their_zone() {
        let exact = Some(1_795_338_528_401_940_000);
        for text in [
            "2026-11-22 09:08:48.401940+00:00",
            "2026-11-22T09:08:48.40194Z",
            "2026-11-22T10:38:48.401940+01:30",
            "2026-11-22 04:08:48.401940000-0500",
            "2026-11-22T09:08:48.401940",
        ] {
            assert_eq!(parse_instant(text), exact, "{text}");
        }
        assert_eq!(parse_instant("1970-01-01 00:00"), Some(0));
        for odd in [
            "",
            "soon",
            "2026-11-22",
            "2026-13-01 00:00:00",
            "2026-11-22 25:00:00",
            "2026-11-22 09:08:48+x",
            "2026-11-22 09:08:48.1x",
            "é 09:08:48",
            "2026-11-22 09:08:48+99:00",
        ] {
            assert_eq!(parse_instant(odd), None, "{odd}");
        }
    }

    #[test]
    fn rows_become_runs_with_their_artifacts() {
        let table = Table::new(vec![
            text("trace_id", &[Some("t"), Some("t"), Some("t"), Some("u")]),
            text("span_id", &[Some("a"), Some("a"), Some("a"), Some("b")]),
            text("agent", &[Some("writer"), Some("writer"), Some("writer"), None]),
            text("status_code", &[Some("OK"), Some("OK"), Some("OK"), Some("ERROR")]),
            text("side", &[Some("in"), Some("in"), Some("out"), None]),
            text("artifact_id", &[Some("1"), Some("2"), Some("3"), None]),
            text("artifact_type", &[Some("__main__.Brief"), None, Some("Draft"), None]),
            text("produced_by", &[Some("external"), Some("None"), Some("writer"), None]),
            text("created_at", &[Some("1970-01-01 00:00:01"), Some("x"), None, None]),
            text("artifact_correlation_id", &[Some("c"), None, None, None]),
            ints("start_time", &[1, 1, 1, 5]),
            ints("end_time", &[4, 4, 4, 6]),
        ]);
        let runs = read_runs(&table).unwrap();
        assert_eq!(
            runs.iter().map(|run| (run.span_id.as_str(), run.inputs.len(), run.outputs.len(), run.is_error)).collect::<Vec<_>>(),
            [("a", 2, 1, false), ("b", 0, 0, true)]
        );
        let brief = runs[0].inputs[0].clone();
        assert_eq!(
            (brief.type_name.as_str(), brief.produced_by.as_deref(), brief.created_ns),
            ("Brief", Some("external"), Some(1_000_000_000))
        );
        assert_eq!(runs[0].inputs[1].produced_by, None);
        assert_eq!(ids_of(&runs), ["c", "2", "3"]);
        assert!(read_runs(&Table::default()).is_err());
    }

    #[test]
    fn only_plain_ids_are_searched_as_text() {
        assert_eq!(related_runs_sql("t", &["a\"b'c", "ab", ""]), None);
        assert!(related_runs_sql("t'", &["a-1b"]).unwrap().contains("(trace_id = 't''' OR contains(attributes, 'a-1b'))"));
        assert!(!journey_facts_sql("ü-1234").contains("contains"));
    }

    #[test]
    fn a_journey_is_what_carries_the_id_and_what_lies_below() {
        let table = Table::new(vec![
            text("trace_id", &[Some("t"), Some("t"), Some("t"), Some("t"), Some("u"), Some("u")]),
            text("span_id", &[Some("root"), Some("own"), Some("below"), Some("other"), Some("own"), Some("loop")]),
            text("parent_id", &[None, Some("root"), Some("own"), Some("root"), Some("loop"), Some("own")]),
            text("name", &[Some("n"); 6]),
            text("service", &[None; 6]),
            text("operation", &[None; 6]),
            text("kind", &[None; 6]),
            text("status_code", &[Some("OK"); 6]),
            ints("start_time", &[0, 1, 2, 3, 4, 5]),
            ints("end_time", &[9, 9, 9, 9, 9, 9]),
            ints("own", &[0, 1, 0, 0, 1, 0]),
        ]);
        let journey = journey_table(&table).unwrap();
        let rows: Vec<(&str, Option<&str>)> = (0..journey.rows())
            .map(|row| (journey.texts("span_id").unwrap().text(row), journey.texts("parent_id").unwrap().get(row)))
            .collect();
        assert_eq!(rows, [("own", None), ("below", Some("own")), ("own", Some("loop")), ("loop", Some("own"))]);
        assert_eq!(journey.ints("start_time").unwrap().get(3), Some(5));
        assert!(journey.ints("own").is_err());
    }

    #[test]
    fn a_journey_of_one_deep_chain_is_walked_without_recursion() {
        let names: Vec<String> = (0..100_000).map(|at| format!("s{at}")).collect();
        let count = names.len();
        let column = |values: Vec<Option<&str>>| Column::texts(values);
        let mut columns = vec![
            ("trace_id".to_owned(), column(vec![Some("t"); count])),
            ("span_id".to_owned(), column(names.iter().map(|name| Some(name.as_str())).collect())),
            (
                "parent_id".to_owned(),
                column(std::iter::once(None).chain(names.iter().map(|name| Some(name.as_str()))).take(count).collect()),
            ),
        ];
        for name in ["name", "service", "operation", "kind", "status_code"] {
            columns.push((name.to_owned(), column(vec![None; count])));
        }
        for name in ["start_time", "end_time"] {
            columns.push((name.to_owned(), Column::ints(vec![Some(0); count])));
        }
        columns.push(("own".to_owned(), Column::ints((0..count).map(|at| Some(i64::from(at == 10))))));
        assert_eq!(journey_table(&Table::new(columns)).unwrap().rows(), count - 10);
    }
}
