//! One workflow against another, before against after, and sums of numbers among the attributes.

use super::{LIMIT, Param, ParamKind, Template, offers};

pub const WORKFLOWS: &[Template] = &[
    Template {
        id: "workflows",
        title: "Workflows side by side",
        about: "Traces by the name of their first span: how many, how long, how many with errors.",
        sql: "\
WITH traces AS (
  SELECT trace_id, arg_min(name, start_time) AS workflow, count(*) AS spans, (max(end_time) - min(start_time)) / 1e6 AS length_ms,
    count(*) FILTER (WHERE status_code = 'ERROR') AS failed
  FROM spans GROUP BY trace_id
)
SELECT workflow, count(*) AS traces, count(*) FILTER (WHERE failed > 0) AS with_errors, avg(spans) AS mean_spans,
  quantile_cont(length_ms, 0.5) AS p50_ms, quantile_cont(length_ms, 0.95) AS p95_ms, max(length_ms) AS max_ms
FROM traces
GROUP BY workflow
ORDER BY traces DESC, workflow
LIMIT {{limit}}",
        params: &[LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "two-traces",
        title: "Two traces, operation by operation",
        about: "Calls and time of each operation in one trace and in another.",
        sql: "\
SELECT name, count(*) FILTER (WHERE trace_id = {{trace}}) AS calls_a, count(*) FILTER (WHERE trace_id = {{other}}) AS calls_b,
  coalesce(sum(duration_ms) FILTER (WHERE trace_id = {{trace}}), 0) AS total_a_ms,
  coalesce(sum(duration_ms) FILTER (WHERE trace_id = {{other}}), 0) AS total_b_ms, total_b_ms - total_a_ms AS more_ms
FROM spans
WHERE trace_id IN ({{trace}}, {{other}})
GROUP BY name
ORDER BY abs(more_ms) DESC",
        params: &[
            Param { name: "trace", about: "The trace on the left.", kind: ParamKind::Trace, default: "", offers: Some(offers::TRACE_BIG) },
            Param {
                name: "other",
                about: "The trace on the right.",
                kind: ParamKind::Trace,
                default: "",
                offers: Some(offers::TRACE_SECOND),
            },
        ],
        may_be_empty: None,
    },
    Template {
        id: "before-and-after",
        title: "Before and after a moment",
        about: "Calls, errors and percentiles of each operation before and after a change.",
        sql: "\
WITH sides AS (
  SELECT name, duration_ms, status_code, start_time >= epoch_ns({{moment}}::TIMESTAMP) AS is_after FROM spans
)
SELECT name, count(*) FILTER (WHERE NOT is_after) AS calls_before, count(*) FILTER (WHERE is_after) AS calls_after,
  count(*) FILTER (WHERE NOT is_after AND status_code = 'ERROR') AS failed_before,
  count(*) FILTER (WHERE is_after AND status_code = 'ERROR') AS failed_after,
  quantile_cont(duration_ms, 0.95) FILTER (WHERE NOT is_after) AS p95_before_ms,
  quantile_cont(duration_ms, 0.95) FILTER (WHERE is_after) AS p95_after_ms, p95_after_ms - p95_before_ms AS more_ms
FROM sides
GROUP BY name
ORDER BY more_ms DESC NULLS LAST",
        params: &[Param {
            name: "moment",
            about: "The moment in UTC, as 2026-03-02 08:30:00.",
            kind: ParamKind::Moment,
            default: "",
            offers: Some(offers::MIDDLE),
        }],
        may_be_empty: None,
    },
];

pub const NUMBERS: &[Template] = &[
    Template {
        id: "sum-of-an-attribute",
        title: "Sums of a number in the attributes",
        about: "Adds up any attribute that is a number, by operation: rows, tokens, money.",
        sql: "\
SELECT name, count(*) AS spans, sum(number) AS total, avg(number) AS mean, max(number) AS most
FROM (SELECT name, TRY_CAST(attributes->>{{key}} AS DOUBLE) AS number FROM spans)
WHERE number IS NOT NULL
GROUP BY name
ORDER BY total DESC
LIMIT {{limit}}",
        params: &[Param { name: "key", about: "The whole name of the attribute, dots and all.", kind: ParamKind::AttributeKey, default: "output.length", offers: Some(offers::KEYS) }, LIMIT],
        may_be_empty: None,
    },
    Template {
        id: "tokens-by-model",
        title: "Tokens by model",
        about: "Input and output tokens, where spans follow OpenTelemetry's names for generative AI.",
        sql: "\
SELECT coalesce(attributes->>'gen_ai.response.model', attributes->>'gen_ai.request.model', '') AS model, count(*) AS calls,
  sum(TRY_CAST(coalesce(attributes->>'gen_ai.usage.input_tokens', attributes->>'gen_ai.usage.prompt_tokens') AS BIGINT)) AS input_tokens,
  sum(TRY_CAST(coalesce(attributes->>'gen_ai.usage.output_tokens', attributes->>'gen_ai.usage.completion_tokens') AS BIGINT)) AS output_tokens,
  quantile_cont(duration_ms, 0.95) AS p95_ms
FROM spans
WHERE (attributes->>'gen_ai.request.model') IS NOT NULL OR (attributes->>'gen_ai.response.model') IS NOT NULL
GROUP BY model
ORDER BY output_tokens DESC NULLS LAST",
        params: &[],
        may_be_empty: Some("Flock does not count tokens, so that its files have none of these attributes."),
    },
    Template {
        id: "money-by-trace",
        title: "Costs by trace",
        about: "Adds up an attribute that holds money, trace by trace.",
        sql: "\
SELECT trace_id, sum(TRY_CAST(attributes->>{{key}} AS DOUBLE)) AS cost, count(*) AS spans, make_timestamp_ns(min(start_time)) AS began
FROM spans
WHERE TRY_CAST(attributes->>{{key}} AS DOUBLE) IS NOT NULL
GROUP BY trace_id
ORDER BY cost DESC
LIMIT {{limit}}",
        params: &[Param { name: "key", about: "The whole name of the attribute, dots and all.", kind: ParamKind::AttributeKey, default: "budget.eur", offers: Some(offers::KEYS) }, LIMIT],
        may_be_empty: None,
    },
];
