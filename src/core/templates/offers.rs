//! Queries of one column `value`: what the open file has to offer for a parameter, the likeliest first.

/// Agents, the busiest first.
pub const AGENTS: &str = "SELECT agent AS value FROM spans WHERE agent IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// Services, the busiest first.
pub const SERVICES: &str = "SELECT service AS value FROM spans WHERE service IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// Names of spans, what takes most time first.
pub const NAMES: &str = "SELECT name AS value FROM spans WHERE name IS NOT NULL GROUP BY 1 ORDER BY sum(duration_ms) DESC, 1 LIMIT 200";

/// Attribute keys, from the first spans of the file.
pub const KEYS: &str = "SELECT key AS value FROM (SELECT unnest(json_keys(attributes)) AS key FROM (SELECT attributes FROM spans LIMIT 5000)) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// Correlation ids of agent runs.
pub const CORRELATIONS: &str = "SELECT attributes->>'correlation_id' AS value FROM (SELECT attributes FROM spans WHERE name = 'Agent.execute' LIMIT 20000) WHERE (attributes->>'correlation_id') IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// The middle of the file: as many spans before as after.
pub const MIDDLE: &str = "SELECT strftime(make_timestamp_ns(quantile_disc(start_time, 0.5)), '%Y-%m-%d %H:%M:%S') AS value FROM spans";

/// Traces, the one with most spans first.
pub const TRACE_BIG: &str = "SELECT trace_id AS value FROM spans GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// The same without the first.
pub const TRACE_SECOND: &str = "SELECT trace_id AS value FROM spans GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200 OFFSET 1";

/// Traces with agent runs, most runs first.
pub const TRACE_AGENTS: &str =
    "SELECT trace_id AS value FROM spans WHERE name = 'Agent.execute' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";

/// Traces with errors, most errors first.
pub const TRACE_FAILED: &str =
    "SELECT trace_id AS value FROM spans WHERE status_code = 'ERROR' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200";
