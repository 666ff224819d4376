//! Agents, the artifacts between them and the journeys of a correlation id.

use super::{LIMIT, Param, ParamKind, Template, offers};

pub const AGENTS: &[Template] = &[
    Template {
        id: "agent-runs",
        title: "Runs of every agent",
        about: "How often each agent ran, failed and how long it took.",
        sql: "\
SELECT agent, count(*) AS runs, count(*) FILTER (WHERE status_code = 'ERROR') AS failed, sum(duration_ms) AS total_ms,
  quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms, max(duration_ms) AS max_ms
FROM spans
WHERE name = 'Agent.execute'
GROUP BY agent
ORDER BY total_ms DESC",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "slowest-runs",
        title: "The slowest runs of one agent",
        about: "The runs of an agent by their length, with what they took.",
        sql: "\
SELECT trace_id, span_id, duration_ms, status_code, json_array_length(attributes->>'input.artifacts') AS artifacts_taken,
  make_timestamp_ns(start_time) AS started
FROM spans
WHERE name = 'Agent.execute' AND agent = {{agent}}
ORDER BY duration_ms DESC
LIMIT {{limit}}",
        params: &[Param { name: "agent", about: "The agent.", kind: ParamKind::Agent, default: "", offers: Some(offers::AGENTS) }, LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "inside-an-agent",
        title: "What an agent spends its time on",
        about: "The spans directly under the runs of one agent, by operation.",
        sql: "\
SELECT c.name, count(*) AS calls, sum(c.duration_ms) AS total_ms, quantile_cont(c.duration_ms, 0.95) AS p95_ms,
  count(*) FILTER (WHERE c.status_code = 'ERROR') AS failed
FROM spans r JOIN spans c ON c.trace_id = r.trace_id AND c.parent_id = r.span_id
WHERE r.name = 'Agent.execute' AND r.agent = {{agent}}
GROUP BY c.name
ORDER BY total_ms DESC",
        params: &[Param { name: "agent", about: "The agent.", kind: ParamKind::Agent, default: "", offers: Some(offers::AGENTS) }],
        may_be_empty: None,
    },
    Template {
        id: "runs-at-once",
        title: "How many runs of an agent at once",
        about: "The most runs of each agent that were under way at one moment, over all traces.",
        sql: "\
WITH steps AS (
  SELECT agent, start_time AS moment, 1 AS step FROM spans WHERE name = 'Agent.execute'
  UNION ALL
  SELECT agent, end_time, -1 FROM spans WHERE name = 'Agent.execute'
), running AS (
  SELECT agent, moment, sum(step) OVER (PARTITION BY agent ORDER BY moment, step ROWS UNBOUNDED PRECEDING) AS runs FROM steps
)
SELECT agent, max(runs) AS most_at_once, make_timestamp_ns(arg_max(moment, runs)) AS since
FROM running
GROUP BY agent
ORDER BY most_at_once DESC, agent",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "runaway-agents",
        title: "Agents that run too often in one trace",
        about: "A sign of a loop that does not end: runs of one agent in one trace.",
        sql: "\
SELECT trace_id, agent, count(*) AS runs, sum(duration_ms) AS total_ms, make_timestamp_ns(min(start_time)) AS first_run
FROM spans
WHERE name = 'Agent.execute'
GROUP BY trace_id, agent
HAVING count(*) >= {{least}}
ORDER BY runs DESC
LIMIT 200",
        params: &[Param {
            name: "least",
            about: "The number of runs from which on it is worth a look.",
            kind: ParamKind::Whole,
            default: "2",
            offers: None,
        }],
        may_be_empty: None,
    },
];

pub const LINEAGE: &[Template] = &[
    Template {
        id: "artifact-edges",
        title: "Which agent feeds which",
        about: "Artifacts by type, who published them and who took them.",
        sql: "\
WITH runs AS (
  SELECT trace_id, span_id, agent, start_time, attributes->>'input.artifacts' AS list
  FROM spans WHERE name = 'Agent.execute'
), taken AS (
  SELECT trace_id, span_id, agent, start_time, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place FROM runs)
)
SELECT artifact->>'produced_by' AS from_agent, agent AS to_agent, artifact->>'type' AS type,
  count(*) AS taken, count(DISTINCT artifact->>'id') AS artifacts, count(DISTINCT trace_id) AS traces
FROM taken
GROUP BY ALL
ORDER BY taken DESC",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "lineage-of-a-trace",
        title: "Lineage of a trace",
        about: "Every agent run of one trace in order, with each artifact that it took and who made it.",
        sql: "\
WITH runs AS (
  SELECT trace_id, span_id, agent, start_time, attributes->>'input.artifacts' AS list
  FROM spans WHERE name = 'Agent.execute' AND trace_id = {{trace}}
), taken AS (
  SELECT trace_id, span_id, agent, start_time, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place FROM runs)
)
SELECT trace_id, span_id, make_timestamp_ns(start_time) AS started, agent, artifact->>'type' AS took, artifact->>'produced_by' AS made_by,
  artifact->>'id' AS artifact_id
FROM taken
ORDER BY start_time, span_id",
        params: &[Param { name: "trace", about: "The trace.", kind: ParamKind::Trace, default: "", offers: Some(offers::TRACE_AGENTS) }],
        may_be_empty: None,
    },
    Template {
        id: "artifact-waits",
        title: "How long artifacts wait",
        about: "From the publishing of an artifact to the start of the run that takes it.",
        sql: "\
WITH runs AS (
  SELECT trace_id, span_id, agent, start_time, attributes->>'input.artifacts' AS list
  FROM spans WHERE name = 'Agent.execute'
), taken AS (
  SELECT trace_id, span_id, agent, start_time, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place FROM runs)
), waits AS (
  SELECT artifact->>'produced_by' AS from_agent, agent AS to_agent, artifact->>'type' AS type,
    (start_time - epoch_ns(TRY_CAST(artifact->>'created_at' AS TIMESTAMP))) / 1e6 AS wait_ms
  FROM taken
)
SELECT from_agent, to_agent, type, count(*) AS taken, quantile_cont(wait_ms, 0.5) AS p50_wait_ms, max(wait_ms) AS max_wait_ms
FROM waits
WHERE wait_ms IS NOT NULL
GROUP BY ALL
ORDER BY max_wait_ms DESC",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "feedback-pairs",
        title: "Agents that feed each other",
        about: "Pairs where each takes what the other published: the shortest loops.",
        sql: "\
WITH runs AS (
  SELECT trace_id, span_id, agent, start_time, attributes->>'input.artifacts' AS list
  FROM spans WHERE name = 'Agent.execute'
), taken AS (
  SELECT trace_id, span_id, agent, start_time, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place FROM runs)
), edges AS (
  SELECT artifact->>'produced_by' AS from_agent, agent AS to_agent, trace_id, count(*) AS taken FROM taken GROUP BY ALL
)
SELECT a.from_agent AS one, a.to_agent AS other, count(DISTINCT a.trace_id) AS traces, sum(a.taken) AS forth, sum(b.taken) AS back
FROM edges a JOIN edges b ON a.from_agent = b.to_agent AND a.to_agent = b.from_agent AND a.trace_id = b.trace_id
WHERE a.from_agent < a.to_agent
GROUP BY ALL
ORDER BY forth + back DESC",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "unused-artifacts",
        title: "Artifacts that nobody took",
        about: "What agents published in this file and no agent of it took, by type.",
        sql: "\
WITH runs AS (
  SELECT trace_id, span_id, agent, start_time, attributes->>'input.artifacts' AS list
  FROM spans WHERE name = 'Agent.execute'
), taken AS (
  SELECT trace_id, span_id, agent, start_time, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place FROM runs)
), published AS (
  SELECT agent, json_extract(list, '$[' || place || ']') AS artifact
  FROM (SELECT *, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place
    FROM (SELECT agent, attributes->>'output.value' AS list FROM spans WHERE name = 'Agent.execute'))
)
SELECT agent AS published_by, artifact->>'type' AS type, count(DISTINCT artifact->>'id') AS artifacts
FROM published
WHERE (artifact->>'id') IS NOT NULL AND (artifact->>'id') NOT IN (SELECT artifact->>'id' FROM taken WHERE (artifact->>'id') IS NOT NULL)
GROUP BY ALL
ORDER BY artifacts DESC",
        params: &[],
        may_be_empty: None,
    },
];

pub const JOURNEYS: &[Template] = &[
    Template {
        id: "journeys",
        title: "All journeys",
        about: "Every correlation id with its traces, agents, errors and length.",
        sql: "\
SELECT attributes->>'correlation_id' AS correlation_id, count(DISTINCT trace_id) AS traces, count(*) AS spans,
  list_sort(list(DISTINCT agent) FILTER (WHERE agent IS NOT NULL)) AS agents, count(*) FILTER (WHERE status_code = 'ERROR') AS failed,
  (max(end_time) - min(start_time)) / 1e6 AS length_ms, make_timestamp_ns(min(start_time)) AS began
FROM spans
WHERE (attributes->>'correlation_id') IS NOT NULL
GROUP BY 1
ORDER BY began DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "follow-a-correlation",
        title: "Follow one correlation id",
        about: "The agent runs of one journey through all its traces, in order.",
        sql: "\
SELECT trace_id, span_id, make_timestamp_ns(start_time) AS started, agent, duration_ms, status_code,
  (start_time - min(start_time) OVER ()) / 1e6 AS since_ms
FROM spans
WHERE name = 'Agent.execute' AND (attributes->>'correlation_id') = {{correlation}}
ORDER BY start_time",
        params: &[Param { name: "correlation", about: "The correlation id.", kind: ParamKind::Correlation, default: "", offers: Some(offers::CORRELATIONS) }],
        may_be_empty: None,
    },
    Template {
        id: "journeys-across-traces",
        title: "Journeys through several traces",
        about: "Correlation ids that more than one trace carries.",
        sql: "\
SELECT attributes->>'correlation_id' AS correlation_id, count(DISTINCT trace_id) AS traces, count(*) AS spans, list(DISTINCT trace_id) AS trace_ids
FROM spans
WHERE (attributes->>'correlation_id') IS NOT NULL
GROUP BY 1
HAVING count(DISTINCT trace_id) > 1
ORDER BY traces DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];
