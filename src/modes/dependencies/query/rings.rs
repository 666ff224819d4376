//! Where cycles go round, and agents that run too often in one trace.

use std::collections::BTreeSet;

use super::agents::taken_sql;
use crate::{
    core::sql::quote_text,
    state::{
        extras::{ARTIFACTS_TAKEN, Extra, artifacts_of},
        scope::Scope,
    },
};

/// So many traces of a cycle are looked at: those with the most calls on it. The page says so.
pub const TRACE_LIMIT: usize = 500;
/// So many spans of them.
pub const SPAN_LIMIT: usize = 200_000;
const RUNAWAY_LIMIT: usize = 200;

/// The steps of a ring: each member to the next, the last one to the first.
fn steps(ring: &[String]) -> Vec<(&str, &str)> {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).map(|(from, to)| (from.as_str(), to.as_str())).collect()
}

fn is_step(ring: &[String], source: &str, target: &str) -> String {
    let pairs: Vec<String> =
        steps(ring).iter().map(|(from, to)| format!("({source} = {} AND {target} = {})", quote_text(from), quote_text(to))).collect();
    if pairs.is_empty() { "false".to_owned() } else { format!("({})", pairs.join(" OR ")) }
}

/// Traces in scope that have every step of a ring of services, most steps first: `trace_no`, `calls`. Needs [`Extra::PARENT_SERVICE`].
pub fn traces_of_services_sql(scope: &Scope, ring: &[String]) -> String {
    let (no, parent) = (Extra::TraceNo.column(), Extra::PARENT_SERVICE.column());
    format!(
        "SELECT {no} AS trace_no, count(*) AS calls FROM {} WHERE {} AND {no} IS NOT NULL AND {} GROUP BY 1 HAVING count(DISTINCT ({parent}, coalesce(service, ''))) >= {} \
         ORDER BY calls DESC, trace_no LIMIT {}",
        scope.source(&[Extra::TraceNo, Extra::PARENT_SERVICE]),
        scope.condition(),
        is_step(ring, &parent, "coalesce(service, '')"),
        steps(ring).len(),
        TRACE_LIMIT + 1
    )
}

/// Likewise of a ring of agents. Needs what the graph of agents needs.
pub fn traces_of_agents_sql(scope: &Scope, ring: &[String]) -> String {
    format!(
        "WITH {} SELECT trace_no, count(*) AS calls FROM taken WHERE trace_no IS NOT NULL AND source_kind = 'agent' AND {} GROUP BY 1 \
         HAVING count(DISTINCT (source, agent)) >= {} ORDER BY calls DESC, trace_no LIMIT {}",
        taken_sql(scope),
        is_step(ring, "source", "agent"),
        steps(ring).len(),
        TRACE_LIMIT + 1
    )
}

fn list(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    if numbers.is_empty() { "NULL".to_owned() } else { numbers.join(", ") }
}

/// The spans of some traces, for `model::rings::of_services`: `trace_no`, `trace_id`, `span_id`, `parent_id`, `node`, `start_time`, `end_time`.
/// All spans of the traces, in scope or not: the way from one to the next may lead outside of it.
pub fn spans_sql(trace_nos: &[u32]) -> String {
    let no = Extra::TraceNo;
    format!(
        "SELECT {0} AS trace_no, trace_id, span_id, parent_id, coalesce(service, '') AS node, start_time, end_time FROM main.spans POSITIONAL JOIN {1} \
         WHERE {0} IN ({2}) ORDER BY trace_no LIMIT {SPAN_LIMIT}",
        no.column(),
        no.table(),
        list(trace_nos)
    )
}

/// The executions of some agents in some traces with their artifacts, for `model::rings::of_agents`: `trace_no`, `trace_id`, `span_id`, `agent`,
/// `start_time`, `end_time`, `status_code`, `side`, `artifact_id`, `artifact_type`, `produced_by`, `created_ns`. A row for each artifact that
/// was taken ("in") or made ("out"), or one without. What they made is read from their payload: ask for few traces.
pub fn runs_sql(trace_nos: &[u32], ring: &[String]) -> String {
    let [no, agent, artifacts] = [Extra::TraceNo, Extra::AGENT, Extra::Artifacts];
    let members: Vec<String> = ring.iter().map(|member| quote_text(member)).collect();
    format!(
        "WITH runs AS MATERIALIZED (SELECT {no} AS trace_no, trace_id, span_id, {agent} AS agent, start_time, end_time, status_code, {artifacts} AS run_no FROM {from} \
         WHERE {no} IN ({list}) AND {artifacts} IS NOT NULL AND coalesce({agent}, '') IN ({members})), \
         made AS ({made}) \
         SELECT trace_no, trace_id, span_id, agent, start_time, end_time, status_code, a.side AS side, a.id AS artifact_id, a.type AS artifact_type, \
         a.produced_by AS produced_by, a.created_ns AS created_ns FROM runs LEFT JOIN (\
         SELECT 'in' AS side, * FROM {ARTIFACTS_TAKEN} UNION ALL SELECT 'out' AS side, * FROM made) a USING (run_no) \
         ORDER BY trace_no, start_time, span_id, run_no, side, place LIMIT {SPAN_LIMIT}",
        no = no.column(),
        agent = agent.column(),
        artifacts = artifacts.column(),
        from = crate::state::extras::source(&BTreeSet::from([no.clone(), agent.clone(), artifacts.clone()])),
        list = list(trace_nos),
        members = if members.is_empty() { "NULL".to_owned() } else { members.join(", ") },
        made = artifacts_of(
            "SELECT row_no AS run_no, attributes->>'output.value' AS list FROM spandeck.span_rows WHERE row_no IN (SELECT run_no FROM runs)"
        ),
    )
}

/// Agents that ran more than `threshold` times in one trace, the most first: `agent`, `trace_no`, `trace_id`, `runs`, `fed_itself` (runs that
/// took an artifact of the same agent), `start_time`, `end_time`. Needs what the graph of agents needs.
pub fn runaways_sql(scope: &Scope, threshold: u32) -> String {
    let [no, agent, artifacts] = [Extra::TraceNo, Extra::AGENT, Extra::Artifacts];
    format!(
        "SELECT agent, trace_no, min(trace_id) AS trace_id, count(*) AS runs, count(a.run_no) AS fed_itself, min(start_time) AS start_time, max(end_time) AS end_time FROM (\
         SELECT {} AS agent, {} AS trace_no, trace_id, start_time, end_time, {} AS run_no FROM {} WHERE {} AND {2} IS NOT NULL) r \
         LEFT JOIN (SELECT DISTINCT run_no, produced_by FROM {ARTIFACTS_TAKEN}) a ON r.run_no = a.run_no AND r.agent = a.produced_by \
         WHERE agent IS NOT NULL AND trace_no IS NOT NULL GROUP BY agent, trace_no HAVING count(*) > {threshold} ORDER BY runs DESC, agent, trace_no LIMIT {}",
        agent.column(),
        no.column(),
        artifacts.column(),
        scope.source(&[no.clone(), agent.clone(), artifacts.clone()]),
        scope.condition(),
        RUNAWAY_LIMIT + 1
    )
}
