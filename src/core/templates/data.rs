//! The traces as they are, what is odd among them and what takes the room.

use super::{LIMIT, Param, ParamKind, Template, offers};

pub const QUALITY: &[Template] = &[
    Template {
        id: "quality",
        title: "What is odd in this file",
        about: "Counts of orphans, doubled ids, impossible times and missing names.",
        sql: "\
SELECT 'spans' AS what, count(*) AS spans FROM spans
UNION ALL SELECT 'without a trace id', count(*) FROM spans WHERE trace_id IS NULL OR trace_id = ''
UNION ALL SELECT 'without a service', count(*) FROM spans WHERE service IS NULL OR service = ''
UNION ALL SELECT 'end before they start', count(*) FROM spans WHERE end_time < start_time
UNION ALL SELECT 'name themselves as parent', count(*) FROM spans WHERE parent_id = span_id
UNION ALL SELECT 'share their id with another', coalesce(sum(n), 0)
  FROM (SELECT count(*) AS n FROM spans GROUP BY trace_id, span_id HAVING count(*) > 1)
UNION ALL SELECT 'parent is not in the file', count(*)
  FROM spans c ANTI JOIN spans p ON p.trace_id = c.trace_id AND p.span_id = c.parent_id WHERE c.parent_id <> ''
UNION ALL SELECT 'without a status', count(*) FROM spans WHERE status_code IS NULL OR status_code = 'UNSET'",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "orphans",
        title: "Spans without their parent",
        about: "Their parent is named but not in the file: cut off, filtered or still being written.",
        sql: "\
SELECT c.trace_id, c.span_id, c.name, c.parent_id AS missing_parent, c.duration_ms, make_timestamp_ns(c.start_time) AS started
FROM spans c ANTI JOIN spans p ON p.trace_id = c.trace_id AND p.span_id = c.parent_id
WHERE c.parent_id <> ''
ORDER BY c.start_time
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: Some("In a whole file every parent is there."),
    },
    Template {
        id: "starts-after-parent",
        title: "Children that start after their parent ended",
        about: "No mistake on a blackboard: publish returns, and the agent runs later.",
        sql: "\
SELECT p.name AS parent, c.name AS child, count(*) AS spans, quantile_cont((c.start_time - p.end_time) / 1e6, 0.5) AS p50_later_ms,
  max((c.start_time - p.end_time) / 1e6) AS max_later_ms
FROM spans c JOIN spans p ON c.trace_id = p.trace_id AND c.parent_id = p.span_id
WHERE c.start_time > p.end_time
GROUP BY ALL
ORDER BY spans DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "attribute-keys",
        title: "All attribute keys",
        about: "Every key with how many spans have it, how many values and one of them.",
        sql: "\
SELECT key, count(*) AS spans, count(DISTINCT value) AS differing, left(any_value(value), 80) AS example
FROM (SELECT key, attributes->>key AS value FROM (SELECT attributes, unnest(json_keys(attributes)) AS key FROM spans))
GROUP BY key
ORDER BY spans DESC, key
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];

pub const PAYLOADS: &[Template] = &[
    Template {
        id: "biggest-spans",
        title: "The biggest spans",
        about: "Spans by the size of their attributes and events.",
        sql: "\
SELECT trace_id, span_id, name, agent, strlen(attributes) AS attribute_bytes, strlen(events) AS event_bytes
FROM spans
ORDER BY coalesce(strlen(attributes), 0) + coalesce(strlen(events), 0) DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "biggest-attributes",
        title: "Which attributes take the room",
        about: "Attribute keys by the bytes of all their values.",
        sql: "\
SELECT key, count(*) AS spans, sum(strlen(value)) AS bytes, round(avg(strlen(value))) AS mean_bytes, max(strlen(value)) AS most_bytes
FROM (SELECT key, attributes->>key AS value FROM (SELECT attributes, unnest(json_keys(attributes)) AS key FROM spans))
GROUP BY key
ORDER BY bytes DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];

pub const TRACES: &[Template] = &[
    Template {
        id: "traces",
        title: "All traces",
        about: "One row a trace: its first span, how many spans, how long, how many failed.",
        sql: "\
SELECT trace_id, arg_min(name, start_time) AS name, count(*) AS spans, count(DISTINCT service) AS services,
  count(*) FILTER (WHERE status_code = 'ERROR') AS failed, (max(end_time) - min(start_time)) / 1e6 AS length_ms,
  make_timestamp_ns(min(start_time)) AS began
FROM spans
GROUP BY trace_id
ORDER BY began DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "spans-of-a-trace",
        title: "The spans of one trace as a tree",
        about: "In the order of the tree, with the depth of each.",
        sql: "\
WITH RECURSIVE one AS (
  SELECT * FROM spans WHERE trace_id = {{trace}}
), tree AS (
  SELECT 0 AS depth, [start_time] AS place, * FROM one s
  WHERE coalesce(parent_id, '') = '' OR NOT EXISTS (SELECT 1 FROM one p WHERE p.span_id = s.parent_id)
  UNION ALL
  SELECT depth + 1, list_append(place, one.start_time), one.* FROM tree JOIN one ON one.parent_id = tree.span_id
  WHERE depth < 100
)
SELECT trace_id, span_id, depth, repeat('  ', depth) || name AS name, agent, duration_ms, status_code
FROM tree
ORDER BY place
LIMIT 5000",
        params: &[Param { name: "trace", about: "The trace.", kind: ParamKind::Trace, default: "", offers: Some(offers::TRACE_BIG) }],
        may_be_empty: None,
    },
    Template {
        id: "service-calls",
        title: "Who calls whom",
        about: "Services by parent and child, with errors and the 95th percentile.",
        sql: "\
SELECT p.service AS caller, c.service AS callee, count(*) AS calls, count(*) FILTER (WHERE c.status_code = 'ERROR') AS failed,
  quantile_cont(c.duration_ms, 0.95) AS p95_ms
FROM spans c JOIN spans p ON c.trace_id = p.trace_id AND c.parent_id = p.span_id
WHERE c.service IS DISTINCT FROM p.service
GROUP BY ALL
ORDER BY calls DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];
