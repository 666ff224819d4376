//! What failed, where it began and what it took along.

use super::{LIMIT, Param, ParamKind, Template, offers};

pub const ERRORS: &[Template] = &[
    Template {
        id: "errors-by-message",
        title: "Errors by operation and message",
        about: "What failed how often, and when first and last.",
        sql: "\
SELECT name, coalesce(status_description, '') AS message, count(*) AS failed, count(DISTINCT trace_id) AS traces,
  make_timestamp_ns(min(start_time)) AS first_seen, make_timestamp_ns(max(start_time)) AS last_seen
FROM spans
WHERE status_code = 'ERROR'
GROUP BY ALL
ORDER BY failed DESC, last_seen DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "error-chain",
        title: "The chain of an error",
        about: "From each place where an error began in one trace, up through all its parents.",
        sql: "\
WITH RECURSIVE failed AS (
  SELECT * FROM spans WHERE trace_id = {{trace}}
), chain AS (
  SELECT span_id AS origin, 0 AS step, * FROM failed f
  WHERE status_code = 'ERROR'
    AND NOT EXISTS (SELECT 1 FROM failed c WHERE c.parent_id = f.span_id AND c.span_id <> f.span_id AND c.status_code = 'ERROR')
  UNION ALL
  SELECT chain.origin, chain.step + 1, parent.*
  FROM chain JOIN failed parent ON parent.span_id = chain.parent_id
  WHERE chain.step < 100
)
SELECT origin, step, trace_id, span_id, name, agent, status_code, status_description, duration_ms
FROM chain
ORDER BY origin, step",
        params: &[Param { name: "trace", about: "The trace.", kind: ParamKind::Trace, default: "", offers: Some(offers::TRACE_FAILED) }],
        may_be_empty: None,
    },
    Template {
        id: "error-origins",
        title: "Where errors begin",
        about: "Failed spans with no failed span below them, by operation.",
        sql: "\
SELECT name, count(*) AS origins, count(DISTINCT trace_id) AS traces, any_value(status_description) AS example
FROM spans s
WHERE status_code = 'ERROR' AND NOT EXISTS (
  SELECT 1 FROM spans c
  WHERE c.trace_id = s.trace_id AND c.parent_id = s.span_id AND c.span_id <> s.span_id AND c.status_code = 'ERROR')
GROUP BY name
ORDER BY origins DESC",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "handled-errors",
        title: "Errors that were handled",
        about: "Failed spans whose parent did not fail.",
        sql: "\
SELECT c.trace_id, c.span_id, c.name, c.status_description, p.name AS parent, p.status_code AS parent_status
FROM spans c JOIN spans p ON c.trace_id = p.trace_id AND c.parent_id = p.span_id
WHERE c.status_code = 'ERROR' AND p.status_code <> 'ERROR'
ORDER BY c.start_time DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "exceptions-by-type",
        title: "Exceptions by type",
        about: "From the events of spans; what a span recorded twice counts once.",
        sql: "\
WITH raised AS (
  SELECT trace_id, span_id, start_time, json_extract(events, '$[' || place || ']') AS event
  FROM (SELECT trace_id, span_id, start_time, events, unnest(range(json_array_length(events)::BIGINT)) AS place
    FROM spans WHERE status_code = 'ERROR' AND json_array_length(events) > 0)
), named AS (
  SELECT trace_id, span_id, start_time, event->>'$.attributes.\"exception.type\"' AS type, event->>'$.attributes.\"exception.message\"' AS message
  FROM raised WHERE (event->>'name') = 'exception'
)
SELECT type, count(DISTINCT span_id) AS spans, count(DISTINCT trace_id) AS traces, any_value(message) AS example,
  make_timestamp_ns(max(start_time)) AS last_seen
FROM named
GROUP BY type
ORDER BY spans DESC",
        params: &[],
        may_be_empty: None,
    },
];
