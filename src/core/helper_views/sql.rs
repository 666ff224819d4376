//! The SELECT of each view. Compared with native DuckDB (tests/data/helper_views.py), it uses DuckDB's own names only, but for `__json_members(document)`,
//! which gives key, text and type of each member as one list of texts: json_each, a function of a table, would gather the documents first.

pub const TRACES: &str = "\
SELECT trace_id, coalesce(arg_min(name, start_time) FILTER (WHERE parent_id IS NULL), arg_min(name, start_time)) AS name, min(start_time) AS start_time, \
greatest(max(end_time), max(start_time)) AS end_time, TRY(greatest(max(end_time), max(start_time)) - min(start_time))::DOUBLE / 1e6 AS duration_ms, count(*) AS spans, \
count(*) FILTER (WHERE status_code = 'ERROR') AS errors, count(DISTINCT service) AS services, count(*) FILTER (WHERE name = 'Agent.execute') AS agent_runs \
FROM main.spans WHERE trace_id IS NOT NULL GROUP BY trace_id";

pub const SPAN_ATTRIBUTES: &str = "\
SELECT trace_id, span_id, span_name, unnest(l[1:-:3]) AS key, unnest(l[2:-:3]) AS value, unnest(l[3:-:3]) AS type \
FROM (SELECT trace_id, span_id, name AS span_name, __json_members(attributes)::VARCHAR[] AS l FROM main.spans)";

/// An empty list is `[]`; few spans have another one.
pub const SPAN_EVENTS: &str = "\
SELECT trace_id, span_id, span_name, service, place::INTEGER AS place, e->>'name' AS name, \
TRY_CAST(coalesce(e->>'timestamp', e->>'timeUnixNano', e->>'time_unix_nano', e->>'time') AS BIGINT) AS event_time, (e->'attributes')::VARCHAR AS attributes \
FROM (SELECT trace_id, span_id, span_name, service, place, json_extract(events, '$[' || place || ']') AS e FROM (SELECT trace_id, span_id, name AS span_name, service, events, \
unnest(range(coalesce(json_array_length(events), 0)::BIGINT)) AS place FROM main.spans WHERE length(events) > 2)) WHERE json_type(e) = 'OBJECT'";

/// The records of one exception differ in their time and in frames of the tracing library.
pub const EXCEPTIONS: &str = "\
SELECT trace_id, span_id, span_name, service, type, message, arg_min(stacktrace, length(stacktrace)) AS stacktrace, min(event_time) AS event_time, count(*) AS times_recorded \
FROM (SELECT trace_id, span_id, span_name, service, event_time, attributes->>'exception.type' AS type, attributes->>'exception.message' AS message, \
attributes->>'exception.stacktrace' AS stacktrace, name FROM main.span_events) \
WHERE name = 'exception' OR type IS NOT NULL OR message IS NOT NULL GROUP BY trace_id, span_id, span_name, service, type, message";

/// The test on the name comes first: the payload of executions only is read.
pub const AGENT_EXECUTIONS: &str = "\
SELECT trace_id, span_id, agent, start_time, end_time, duration_ms, status_code, attributes->>'correlation_id' AS correlation_id, attributes->>'task_id' AS task_id, \
coalesce(json_array_length(attributes->>'input.artifacts'), 0)::BIGINT AS artifacts_in, coalesce(json_array_length(attributes->>'output.value'), 0)::BIGINT AS artifacts_out \
FROM main.spans WHERE name = 'Agent.execute'";

/// A value that is missing, cut off, `null` or no list has no artifacts. Times without an offset are UTC; DuckDB's own cast passes over offsets.
pub const ARTIFACTS: &str = "\
SELECT trace_id, span_id, agent, side, place, artifact_id, coalesce(nullif(split_part(type, '.', -1), ''), type) AS type, produced_by, correlation_id, \
TRY(epoch_ns(TRY_CAST(created AS TIMESTAMP)) - CASE WHEN regexp_matches(created, '[T ].*[+-][0-9]{2}:?[0-9]{0,2}$') THEN \
TRY_CAST(regexp_extract(created, '([+-])[0-9]{2}:?[0-9]{0,2}$', 1) || '1' AS BIGINT) * 60000000000 * \
(60 * TRY_CAST(regexp_extract(created, '[+-]([0-9]{2}):?[0-9]{0,2}$', 1) AS BIGINT) \
+ coalesce(TRY_CAST(regexp_extract(created, '[+-][0-9]{2}:?([0-9]{0,2})$', 1) AS BIGINT), 0)) ELSE 0 END) AS created_time, payload \
FROM (SELECT trace_id, span_id, agent, side, place::INTEGER AS place, a->>'id' AS artifact_id, a->>'type' AS type, nullif(nullif(a->>'produced_by', 'None'), '') AS produced_by, \
a->>'correlation_id' AS correlation_id, a->>'created_at' AS created, (a->'payload')::VARCHAR AS payload \
FROM (SELECT trace_id, span_id, agent, side, place, json_extract(list, '$[' || place || ']') AS a \
FROM (SELECT trace_id, span_id, agent, side, list, unnest(range(coalesce(json_array_length(list), 0)::BIGINT)) AS place \
FROM (SELECT trace_id, span_id, agent, 'in' AS side, attributes->>'input.artifacts' AS list FROM main.spans WHERE name = 'Agent.execute' UNION ALL \
SELECT trace_id, span_id, agent, 'out', attributes->>'output.value' FROM main.spans WHERE name = 'Agent.execute'))) WHERE json_type(a) = 'OBJECT')";

/// A doubled id is that of its first span.
pub const SERVICE_EDGES: &str = "\
SELECT source, target, calls, errors, mean_ms, q[1] AS p50_ms, q[2] AS p95_ms, q[3] AS p99_ms, total_ms, traces \
FROM (SELECT p.service AS source, s.service AS target, count(*) AS calls, count(*) FILTER (WHERE s.status_code = 'ERROR') AS errors, avg(s.duration_ms) AS mean_ms, \
quantile_cont(s.duration_ms, [0.5, 0.95, 0.99]) AS q, sum(s.duration_ms) AS total_ms, count(DISTINCT s.trace_id) AS traces \
FROM main.spans s JOIN (SELECT trace_id, span_id, arg_min(service, start_time) AS service FROM main.spans GROUP BY trace_id, span_id) p \
ON s.trace_id = p.trace_id AND s.parent_id = p.span_id WHERE p.service <> s.service GROUP BY p.service, s.service)";

/// What the orchestrator published because an agent failed is from that agent; what no agent made comes from "external".
pub const AGENT_EDGES: &str = "\
SELECT source, target, type, calls, errors, mean_ms, q[1] AS p50_ms, q[2] AS p95_ms, wait_mean_ms, traces \
FROM (SELECT CASE WHEN a.produced_by IS NULL OR a.produced_by IN ('external', '__direct__') THEN 'external' WHEN starts_with(a.produced_by, 'orchestrator#') \
THEN coalesce(nullif(substr(a.produced_by, 14), ''), 'external') ELSE a.produced_by END AS source, a.agent AS target, a.type AS type, count(*) AS calls, \
count(*) FILTER (WHERE e.status_code = 'ERROR') AS errors, avg(e.duration_ms) AS mean_ms, quantile_cont(e.duration_ms, [0.5, 0.95]) AS q, \
avg(TRY(e.start_time - a.created_time)::DOUBLE / 1e6) AS wait_mean_ms, count(DISTINCT a.trace_id) AS traces \
FROM main.artifacts a JOIN (SELECT trace_id, span_id, min(status_code) AS status_code, min(duration_ms) AS duration_ms, min(start_time) AS start_time \
FROM main.spans WHERE name = 'Agent.execute' GROUP BY trace_id, span_id) e USING (trace_id, span_id) \
WHERE a.side = 'in' GROUP BY 1, 2, 3)";
