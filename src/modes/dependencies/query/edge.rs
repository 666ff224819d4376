//! What is behind one edge: the same spans that were counted on it.

use super::{FIGURES, agents::taken_sql, services::Services};
use crate::{
    core::sql::quote_text,
    state::{extras::Extra, scope::Scope},
};

/// Bars of the histogram, evenly on a logarithmic scale: ten for each power of ten.
pub const BARS_OF_TEN: i32 = 10;
const OPERATION_LIMIT: usize = 200;
const EXEMPLAR_LIMIT: usize = 20;

/// An edge of the graph of services. `None` is a service that is not opened; the empty text one without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceEnd {
    pub service: String,
    pub operation: Option<String>,
}

/// An edge between agents, or from or to an artifact type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentEdge {
    /// Who made it; `None` is anybody.
    pub source: Option<String>,
    /// The source is outside of all agents.
    pub is_external: bool,
    /// The type of the artifact; `None` is any.
    pub label: Option<String>,
    /// Who took it; `None` is anybody.
    pub target: Option<String>,
}

/// The spans of an edge, as the FROM and WHERE of a question. Every row has `trace_id`, `span_id`, `name`, `start_time`, `duration_ms`,
/// `status_code`, `caller` (operation or agent) and `callee`.
fn of_services(question: &Services, source: &ServiceEnd, target: &ServiceEnd) -> String {
    let mut beside: Vec<Extra> = question.scope.extras().into_iter().collect();
    beside.extend([Extra::PARENT_SERVICE, Extra::PARENT_NAME]);
    let (parent, parent_name) = (Extra::PARENT_SERVICE.column(), Extra::PARENT_NAME.column());
    let mut conditions = vec![
        question.scope.condition(),
        format!("{parent} = {}", quote_text(&source.service)),
        format!("coalesce(service, '') = {}", quote_text(&target.service)),
    ];
    conditions.extend(source.operation.as_ref().map(|name| format!("{parent_name} = {}", quote_text(name))));
    conditions.extend(target.operation.as_ref().map(|name| format!("coalesce(name, '') = {}", quote_text(name))));
    format!(
        "spans_of AS (SELECT trace_id, span_id, name, start_time, duration_ms, status_code, {parent_name} AS caller, coalesce(name, '') AS callee \
         FROM {} WHERE {})",
        question.scope.source(&beside),
        conditions.join(" AND ")
    )
}

fn of_agents(scope: &Scope, edge: &AgentEdge) -> String {
    let mut conditions = vec!["true".to_owned()];
    match (edge.is_external, &edge.source) {
        (true, _) => conditions.push("source_kind = 'external'".to_owned()),
        (false, Some(source)) => conditions.push(format!("source_kind = 'agent' AND source = {}", quote_text(source))),
        (false, None) => {}
    }
    conditions.extend(edge.label.as_ref().map(|label| format!("type = {}", quote_text(label))));
    conditions.extend(edge.target.as_ref().map(|target| format!("agent = {}", quote_text(target))));
    format!(
        "{}, spans_of AS (SELECT trace_id, span_id, name, start_time, duration_ms, status_code, source || CASE WHEN type = '' THEN '' ELSE ': ' || type END AS caller, agent AS callee \
         FROM taken WHERE {})",
        taken_sql(scope),
        conditions.join(" AND ")
    )
}

/// The questions about one edge. Made by [`Behind::services`] or [`Behind::agents`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    with: String,
}

impl Behind {
    /// Needs [`Extra::PARENT_SERVICE`] and [`Extra::PARENT_NAME`].
    pub fn services(question: &Services, source: &ServiceEnd, target: &ServiceEnd) -> Self {
        Self { with: of_services(question, source, target) }
    }

    /// Needs what the graph of agents needs.
    pub fn agents(scope: &Scope, edge: &AgentEdge) -> Self {
        Self { with: of_agents(scope, edge) }
    }

    /// The pairs of operations (or maker with type, and agent), most calls first: `caller`, `callee`, `calls`, `errors`, `mean_ms`, `p50_ms`,
    /// `p95_ms`, `p99_ms`.
    pub fn operations_sql(&self) -> String {
        format!(
            "WITH {} SELECT caller, callee, calls, errors, mean_ms, q[1] AS p50_ms, q[2] AS p95_ms, q[3] AS p99_ms FROM (\
             SELECT caller, callee, {FIGURES} FROM spans_of GROUP BY 1, 2) ORDER BY calls DESC, caller, callee LIMIT {OPERATION_LIMIT}",
            self.with
        )
    }

    /// `bar`, `calls`, `errors`, in order: bar `n` holds durations from 10^(n/10) to 10^((n+1)/10) milliseconds; NULL those of no length.
    pub fn histogram_sql(&self) -> String {
        format!(
            "WITH {} SELECT CASE WHEN duration_ms > 0 AND isfinite(duration_ms) THEN floor(log10(duration_ms) * {BARS_OF_TEN})::BIGINT END AS bar, \
             count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors FROM spans_of GROUP BY 1 ORDER BY bar NULLS FIRST",
            self.with
        )
    }

    /// `trace_id`, `span_id`, `caller`, `callee`, `start_time`, `duration_ms`, `status_code`: failed ones first, then the slowest; one a trace.
    pub fn exemplars_sql(&self) -> String {
        format!(
            "WITH {} SELECT trace_id, span_id, caller, callee, start_time, duration_ms::DOUBLE AS duration_ms, status_code FROM spans_of \
             QUALIFY row_number() OVER (PARTITION BY trace_id ORDER BY status_code = 'ERROR' DESC, duration_ms DESC, span_id) = 1 \
             ORDER BY status_code = 'ERROR' DESC, duration_ms DESC, span_id LIMIT {EXEMPLAR_LIMIT}",
            self.with
        )
    }
}

/// From and to of a bar in milliseconds.
pub fn bar_ms(bar: i64) -> (f64, f64) {
    // Durations lie far within these powers.
    #[allow(clippy::cast_precision_loss)]
    let power = |bar: i64| 10_f64.powf(bar.clamp(-3_000, 3_000) as f64 / f64::from(BARS_OF_TEN));
    (power(bar), power(bar + 1))
}
