//! What takes long, how durations are spread and how they change over time.

use super::{LIMIT, Param, ParamKind, Template, offers};

pub const SLOW: &[Template] = &[
    Template {
        id: "slowest-spans",
        title: "The slowest spans",
        about: "Single spans by their length, each with its trace.",
        sql: "\
SELECT trace_id, span_id, name, agent, duration_ms, status_code, make_timestamp_ns(start_time) AS started
FROM spans
ORDER BY duration_ms DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "time-by-operation",
        title: "Where the time goes",
        about: "Operations by the sum of their durations, with exact percentiles.",
        sql: "\
SELECT name, count(*) AS calls, sum(duration_ms) AS total_ms, avg(duration_ms) AS mean_ms,
  quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms, max(duration_ms) AS max_ms
FROM spans
GROUP BY name
ORDER BY total_ms DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "own-time",
        title: "Own time by operation",
        about: "What spans did themselves: their length without what their children cover.",
        sql: "\
WITH children AS (
  SELECT p.trace_id, p.span_id, greatest(c.start_time, p.start_time) AS s, least(c.end_time, p.end_time) AS e
  FROM spans c JOIN spans p ON c.trace_id = p.trace_id AND c.parent_id = p.span_id AND c.span_id <> p.span_id
  WHERE least(c.end_time, p.end_time) > greatest(c.start_time, p.start_time)
), ordered AS (
  -- How far the earlier children reach, so that nothing is taken off twice.
  SELECT *, max(e) OVER (PARTITION BY trace_id, span_id ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM children
), covered AS (
  SELECT trace_id, span_id, sum(e - greatest(s, coalesce(reached, s))) / 1e6 AS covered_ms
  FROM ordered WHERE reached IS NULL OR e > reached GROUP BY ALL
)
SELECT name, count(*) AS calls, sum(duration_ms - coalesce(covered_ms, 0)) AS own_ms, sum(duration_ms) AS total_ms,
  round(100 * own_ms / sum(own_ms) OVER (), 1) AS own_pct
FROM spans LEFT JOIN covered USING (trace_id, span_id)
GROUP BY name
ORDER BY own_ms DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "slower-than-usual",
        title: "Slower than usual",
        about: "Spans that took many times the median of their own operation.",
        sql: "\
WITH usual AS (
  SELECT name, median(duration_ms) AS median_ms FROM spans GROUP BY name HAVING count(*) >= 5
)
SELECT trace_id, span_id, name, agent, duration_ms, median_ms, round(duration_ms / median_ms, 1) AS times
FROM spans JOIN usual USING (name)
WHERE median_ms > 0 AND duration_ms > {{least_ms}} AND duration_ms > {{times}} * median_ms
ORDER BY times DESC
LIMIT 200",
        params: &[Param { name: "times", about: "How many times the median.", kind: ParamKind::Number, default: "3", offers: None }, Param { name: "least_ms", about: "Leave out what is shorter, in milliseconds.", kind: ParamKind::Number, default: "10", offers: None }],
        may_be_empty: None,
    },
    Template {
        id: "idle-between-runs",
        title: "Pauses between the runs of an agent",
        about: "How long an agent did nothing from the end of one run to the start of the next, by trace.",
        sql: "\
SELECT trace_id, span_id, agent, pause_ms, make_timestamp_ns(start_time) AS started
FROM (
  SELECT trace_id, span_id, agent, start_time,
    (start_time - max(end_time) OVER (PARTITION BY trace_id, agent ORDER BY start_time ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) / 1e6 AS pause_ms
  FROM spans WHERE name = 'Agent.execute'
)
WHERE pause_ms > 0
ORDER BY pause_ms DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "framework-hooks",
        title: "What framework hooks cost",
        about: "Spans and time of each hook of the framework.",
        sql: "\
SELECT operation, count(*) AS spans, sum(duration_ms) AS total_ms, quantile_cont(duration_ms, 0.95) AS p95_ms, max(duration_ms) AS max_ms
FROM spans
WHERE starts_with(operation, 'on_')
GROUP BY operation
ORDER BY total_ms DESC
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];

pub const PERCENTILES: &[Template] = &[
    Template {
        id: "percentiles-by-attribute",
        title: "Percentiles by an attribute",
        about: "How long spans take, by the value of any attribute.",
        sql: "\
SELECT attributes->>{{key}} AS value, count(*) AS calls, quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms,
  quantile_cont(duration_ms, 0.99) AS p99_ms, count(*) FILTER (WHERE status_code = 'ERROR') AS failed
FROM spans
WHERE (attributes->>{{key}}) IS NOT NULL
GROUP BY 1
ORDER BY calls DESC
LIMIT {{limit}}",
        params: &[Param { name: "key", about: "The whole name of the attribute, dots and all.", kind: ParamKind::AttributeKey, default: "", offers: Some(offers::KEYS) }, LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "percentiles-of-one-operation",
        title: "Percentiles of one operation over time",
        about: "How one operation's times develop, in ten parts of the file's time.",
        sql: "\
WITH calls AS (
  SELECT duration_ms, start_time, ntile(10) OVER (ORDER BY start_time) AS part FROM spans WHERE name = {{name}}
)
SELECT part, make_timestamp_ns(min(start_time)) AS began, count(*) AS calls, quantile_cont(duration_ms, 0.5) AS p50_ms,
  quantile_cont(duration_ms, 0.95) AS p95_ms, max(duration_ms) AS max_ms
FROM calls
GROUP BY part
ORDER BY part",
        params: &[Param { name: "name", about: "The name of the span.", kind: ParamKind::Name, default: "", offers: Some(offers::NAMES) }],
        may_be_empty: None,
    },
    Template {
        id: "duration-histogram",
        title: "How durations are spread",
        about: "Spans of one operation by length, each class twice as long as the one before.",
        sql: "\
SELECT pow(2, floor(log2(greatest(duration_ms, 0.001)))) AS from_ms, 2 * from_ms AS to_ms, count(*) AS spans,
  count(*) FILTER (WHERE status_code = 'ERROR') AS failed
FROM spans
WHERE name = {{name}}
GROUP BY from_ms
ORDER BY from_ms",
        params: &[Param { name: "name", about: "The name of the span.", kind: ParamKind::Name, default: "", offers: Some(offers::NAMES) }],
        may_be_empty: None,
    },
];

pub const RATES: &[Template] = &[
    Template {
        id: "hourly-rates",
        title: "Spans per hour",
        about: "Calls, errors and the 95th percentile, hour by hour (UTC).",
        sql: "\
SELECT time_bucket(INTERVAL 1 HOUR, make_timestamp_ns(start_time)::TIMESTAMP) AS hour, count(*) AS calls,
  count(DISTINCT trace_id) AS traces, count(*) FILTER (WHERE status_code = 'ERROR') AS failed,
  round(100 * failed / calls, 2) AS failed_pct, quantile_cont(duration_ms, 0.95) AS p95_ms
FROM spans
GROUP BY hour
ORDER BY hour",
        params: &[],
        may_be_empty: None,
    },
    Template {
        id: "service-rate",
        title: "The rate of one service",
        about: "Calls of a service in steps of so many seconds.",
        sql: "\
SELECT time_bucket(to_seconds({{seconds}}), make_timestamp_ns(start_time)::TIMESTAMP) AS began, count(*) AS calls,
  count(*) / {{seconds}} AS per_second, count(*) FILTER (WHERE status_code = 'ERROR') AS failed,
  quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms
FROM spans
WHERE service = {{service}}
GROUP BY began
ORDER BY began",
        params: &[
            Param { name: "service", about: "The service.", kind: ParamKind::Service, default: "", offers: Some(offers::SERVICES) },
            Param { name: "seconds", about: "The length of a step in seconds.", kind: ParamKind::Whole, default: "60", offers: None },
        ],
        may_be_empty: None,
    },
    Template {
        id: "busiest-minutes",
        title: "The busiest minutes",
        about: "Minutes by the number of spans that began in them.",
        sql: "\
SELECT time_bucket(INTERVAL 1 MINUTE, make_timestamp_ns(start_time)::TIMESTAMP) AS minute, count(*) AS spans,
  count(DISTINCT trace_id) AS traces, count(*) FILTER (WHERE status_code = 'ERROR') AS failed
FROM spans
GROUP BY minute
ORDER BY spans DESC, minute
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
];
