//! Who feeds whom: each artifact that an execution takes is a call from who made it. What the orchestrator published because an agent failed is
//! from that agent: its failure is why others ran. What no agent made comes from "external".

use std::collections::BTreeSet;

use super::{EDGE_LIMIT, NODE_LIMIT, maker};
use crate::state::{
    extras::{ARTIFACTS_TAKEN, Extra},
    scope::Scope,
};

/// The name of what is outside of all agents.
pub const EXTERNAL: &str = "external";

/// What the graph of agents depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agents {
    pub scope: Scope,
    /// Artifact types are nodes; else they are labels, and each has an edge of its own.
    pub types_as_nodes: bool,
    /// Own time is worked out for the file.
    pub with_own: bool,
}

impl Agents {
    /// The columns that must stand beside `main.spans` before the questions.
    pub fn extras(&self) -> BTreeSet<Extra> {
        let mut all = self.scope.extras();
        all.extend([Extra::TraceNo, Extra::AGENT, Extra::Artifacts]);
        if self.with_own {
            all.insert(Extra::SELF_TIME);
        }
        all
    }

    /// The artifacts that executions in scope took: `runs` (executions) and `taken` (one row an artifact), for a WITH.
    pub fn taken(&self) -> String {
        taken_sql(&self.scope)
    }

    /// `source`, `source_kind`, `target`, `target_kind` (agent, external, artifact), `label`, `calls`, `errors`, `mean_ms`, `p50_ms`,
    /// `p95_ms`, `p99_ms` (durations of the executions that take), `wait_mean_ms`, `wait_p50_ms`, `wait_p95_ms`, `wait_p99_ms` (from the
    /// making of the artifact to the start of the execution), `traces`, `outside` (different artifacts from outside of all agents).
    pub fn edges_sql(&self) -> String {
        const TAKEN: &str = "count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, avg(duration_ms)::DOUBLE AS mean_ms, \
            quantile_cont(duration_ms::DOUBLE, [0.5, 0.95, 0.99]) AS q, avg(wait_ms)::DOUBLE AS wait_mean_ms, \
            quantile_cont(wait_ms, [0.5, 0.95, 0.99]) AS w, count(DISTINCT trace_no) AS traces";
        // An artifact is made once, however often it is taken; what its making took is not known here.
        const MADE: &str = "count(DISTINCT coalesce(id, '')) AS calls, 0::BIGINT AS errors, NULL::DOUBLE AS mean_ms, NULL::DOUBLE[] AS q, NULL::DOUBLE AS wait_mean_ms, \
            NULL::DOUBLE[] AS w, count(DISTINCT trace_no) AS traces";
        let groups = match self.types_as_nodes {
            false => format!(
                "SELECT source, source_kind, agent AS target, 'agent' AS target_kind, type AS label, {TAKEN} FROM taken GROUP BY 1, 2, 3, 4, 5"
            ),
            true => format!(
                "SELECT source, source_kind, type AS target, 'artifact' AS target_kind, NULL::VARCHAR AS label, {MADE} FROM taken GROUP BY 1, 2, 3 \
                 UNION ALL SELECT type AS source, 'artifact' AS source_kind, agent AS target, 'agent' AS target_kind, NULL::VARCHAR AS label, {TAKEN} FROM taken GROUP BY 1, 3"
            ),
        };
        format!(
            "WITH {} SELECT source, source_kind, target, target_kind, label, calls, errors, mean_ms, q[1] AS p50_ms, q[2] AS p95_ms, q[3] AS p99_ms, \
             wait_mean_ms, w[1] AS wait_p50_ms, w[2] AS wait_p95_ms, w[3] AS wait_p99_ms, traces, (SELECT count(DISTINCT coalesce(id, '')) FROM taken WHERE source_kind = 'external') AS outside FROM ({groups}) \
             ORDER BY calls DESC, source, target, label LIMIT {}",
            self.taken(),
            EDGE_LIMIT + 1
        )
    }

    /// `agent`, `calls`, `errors`, `p95_ms`, `self_ms` of the executions.
    pub fn nodes_sql(&self) -> String {
        let own = if self.with_own { format!("sum({})::DOUBLE / 1e6", Extra::SELF_TIME.column()) } else { "NULL::DOUBLE".to_owned() };
        let mut beside = vec![Extra::AGENT];
        if self.with_own {
            beside.push(Extra::SELF_TIME);
        }
        format!(
            "SELECT coalesce({agent}, '') AS agent, count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, \
             quantile_cont(duration_ms::DOUBLE, 0.95)::DOUBLE AS p95_ms, {own} AS self_ms FROM {from} WHERE {condition} AND name = 'Agent.execute' \
             GROUP BY 1 ORDER BY calls DESC, 1 LIMIT {limit}",
            agent = Extra::AGENT.column(),
            from = self.scope.source(&beside),
            condition = self.scope.condition(),
            limit = NODE_LIMIT + 1,
        )
    }
}

/// See [`Agents::taken`]. A type that is missing is the empty text.
pub(super) fn taken_sql(scope: &Scope) -> String {
    let [no, agent, artifacts] = [Extra::TraceNo, Extra::AGENT, Extra::Artifacts];
    format!(
        "runs AS (SELECT {} AS trace_no, trace_id, span_id, coalesce({}, '') AS agent, name, start_time, end_time, duration_ms, status_code, {} AS run_no \
         FROM {} WHERE {} AND {2} IS NOT NULL), \
         taken AS (SELECT runs.*, coalesce({maker}, '{EXTERNAL}') AS source, CASE WHEN ({maker}) IS NULL THEN 'external' ELSE 'agent' END AS source_kind, \
         coalesce(a.type, '') AS type, a.id AS id, (start_time - a.created_ns)::DOUBLE / 1e6 AS wait_ms FROM runs JOIN {ARTIFACTS_TAKEN} a USING (run_no))",
        no.column(),
        agent.column(),
        artifacts.column(),
        scope.source(&[no.clone(), agent.clone(), artifacts.clone()]),
        scope.condition(),
        maker = maker("a.produced_by"),
    )
}
