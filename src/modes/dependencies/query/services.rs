//! Who calls whom, by parent ids: a child whose parent belongs to another node is a call. Edges of a node to itself are told too.

use std::collections::BTreeSet;

use super::{EDGE_LIMIT, FIGURES, NODE_LIMIT};
use crate::{
    core::sql::quote_text,
    state::{extras::Extra, scope::Scope},
};

/// Which services are shown by their operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opened {
    #[default]
    None,
    /// These; the empty text is what has no service.
    Some(BTreeSet<String>),
    All,
}

/// What the graph of services depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Services {
    pub scope: Scope,
    pub opened: Opened,
    /// Own time is worked out for the file: nodes have their share of it.
    pub with_own: bool,
}

const SERVICE: &str = "coalesce(service, '')";
const OPERATION: &str = "coalesce(name, '')";

impl Services {
    /// The columns that must stand beside `main.spans` before the questions. Own time comes on top when `with_own`.
    pub fn extras(&self) -> BTreeSet<Extra> {
        let mut all = self.scope.extras();
        all.extend([Extra::TraceNo, Extra::PARENT_SERVICE]);
        if !matches!(self.opened, Opened::None) {
            all.insert(Extra::PARENT_NAME);
        }
        if self.with_own {
            all.insert(Extra::SELF_TIME);
        }
        all
    }

    /// The operation of a node, NULL where the service is not opened.
    fn operation(&self, service: &str, name: &str) -> String {
        match &self.opened {
            Opened::None => "NULL::VARCHAR".to_owned(),
            Opened::All => name.to_owned(),
            Opened::Some(services) if services.is_empty() => "NULL::VARCHAR".to_owned(),
            Opened::Some(services) => {
                let list: Vec<String> = services.iter().map(|service| quote_text(service)).collect();
                format!("CASE WHEN {service} IN ({}) THEN {name} END", list.join(", "))
            }
        }
    }

    /// The two ends of a span's edge as expressions: service and operation of the parent, service and operation of the span.
    pub fn ends(&self) -> [String; 4] {
        let (parent, name) = (Extra::PARENT_SERVICE.column(), Extra::PARENT_NAME.column());
        [parent.clone(), self.operation(&parent, &name), SERVICE.to_owned(), self.operation(SERVICE, OPERATION)]
    }

    /// `source`, `source_operation`, `target`, `target_operation`, `calls`, `errors`, `mean_ms`, `p50_ms`, `p95_ms`, `p99_ms`, `traces`.
    pub fn edges_sql(&self) -> String {
        let [source, source_operation, target, target_operation] = self.ends();
        let no = Extra::TraceNo;
        let mut beside: Vec<Extra> = self.extras().into_iter().collect();
        beside.retain(|extra| *extra != Extra::SELF_TIME || self.scope.extras().contains(extra));
        format!(
            "SELECT source, source_operation, target, target_operation, calls, errors, mean_ms, q[1] AS p50_ms, q[2] AS p95_ms, q[3] AS p99_ms, traces FROM (\
             SELECT {source} AS source, {source_operation} AS source_operation, {target} AS target, {target_operation} AS target_operation, \
             {FIGURES}, count(DISTINCT {no}) AS traces FROM {from} WHERE {condition} AND {source} IS NOT NULL GROUP BY 1, 2, 3, 4) \
             ORDER BY calls DESC, source, target, source_operation, target_operation LIMIT {limit}",
            no = no.column(),
            from = self.scope.source(&beside),
            condition = self.scope.condition(),
            limit = EDGE_LIMIT + 1,
        )
    }

    /// `service`, `operation`, `calls`, `errors`, `p95_ms`, `self_ms` (NULL without own time).
    pub fn nodes_sql(&self) -> String {
        let own = if self.with_own { format!("sum({})::DOUBLE / 1e6", Extra::SELF_TIME.column()) } else { "NULL::DOUBLE".to_owned() };
        let beside: Vec<Extra> = if self.with_own { vec![Extra::SELF_TIME] } else { Vec::new() };
        format!(
            "SELECT {SERVICE} AS service, {operation} AS operation, count(*) AS calls, count(*) FILTER (WHERE status_code = 'ERROR') AS errors, \
             quantile_cont(duration_ms::DOUBLE, 0.95)::DOUBLE AS p95_ms, {own} AS self_ms {from} GROUP BY 1, 2 ORDER BY calls DESC, 1, 2 LIMIT {limit}",
            operation = self.operation(SERVICE, OPERATION),
            from = self.scope.from_where(&beside),
            limit = NODE_LIMIT + 1,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_asked_for_where_services_are_opened() {
        let closed = Services::default();
        assert!(!closed.edges_sql().contains("x:parent_name") && !closed.extras().contains(&Extra::PARENT_NAME));
        assert!(closed.edges_sql().contains("WHERE true AND \"x:parent_service\" IS NOT NULL"));
        let one = Services { opened: Opened::Some(BTreeSet::from(["it's".to_owned()])), with_own: true, ..Services::default() };
        assert!(one.edges_sql().contains("CASE WHEN coalesce(service, '') IN ('it''s') THEN coalesce(name, '') END AS target_operation"));
        assert!(!one.edges_sql().contains("x:self_ns") && one.nodes_sql().contains("sum(\"x:self_ns\")"));
        assert!(one.extras().contains(&Extra::SELF_TIME) && one.extras().contains(&Extra::PARENT_NAME));
    }
}
