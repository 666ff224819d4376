//! The questions of the Dependencies. Pure: text of SQL over `main.spans` and its extra columns, within the page's scope.
//!
//! Which question answers what, and who reads the answer:
//!
//! - [`services`]: the graph of services, or of operations, or of services some of which are opened into their operations. Two questions,
//!   edges and nodes, read by `model::services::read`.
//! - [`agents`]: the graph of agents, with artifact types as labels or as nodes; read by `model::agents::read`.
//! - [`edge`]: what is behind one edge: operations, a histogram of durations, exemplar spans.
//! - [`rings`]: the traces in which a cycle may go round; `model::rings` tells in which it does. Runaway loops.
//! - [`path`]: the light columns of traces, for `model::bottlenecks`.
//!
//! A comparison of two ranges asks the same question with two scopes; `core::graph::compare` does the rest.

pub mod agents;
pub mod edge;
pub mod path;
pub mod rings;
pub mod services;

/// More edges than this are not read: those with the most calls are. One more is asked for, to know.
pub const EDGE_LIMIT: usize = 50_000;
/// Likewise nodes.
pub const NODE_LIMIT: usize = 50_000;

/// The agent to whom an artifact is due, over the column or field `produced_by`: who made it, or whose failure made the orchestrator publish
/// it ("orchestrator#writer"). NULL for what came from outside.
fn maker(producer: &str) -> String {
    format!(
        "CASE WHEN {producer} IN ('external', '__direct__') THEN NULL WHEN starts_with({producer}, '{BY_FAILURE}') THEN nullif(substr({producer}, {}), '') \
         ELSE {producer} END",
        BY_FAILURE.len() + 1
    )
}

/// What stands before the name of an agent that failed.
pub const BY_FAILURE: &str = "orchestrator#";

/// Calls, errors and durations of a group of calls; percentiles are exact.
const FIGURES: &str = "count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, avg(duration_ms)::DOUBLE AS mean_ms, \
    quantile_cont(duration_ms::DOUBLE, [0.5, 0.95, 0.99]) AS q";

#[cfg(test)]
mod tests;
