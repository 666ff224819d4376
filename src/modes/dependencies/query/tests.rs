use std::collections::BTreeSet;

use super::{
    agents::Agents,
    edge::{AgentEdge, Behind, ServiceEnd, bar_ms},
    path, rings,
    services::{Opened, Services},
};
use crate::{
    core::filter::Filter,
    state::{agent_runs::GATHER_SQL, extras::Extra, scope::Scope},
};

fn narrow() -> Scope {
    Scope {
        filter: Filter::parse("-status:error").unwrap(),
        from_ns: Some(1_795_338_000_000_000_000),
        to_ns: Some(1_999_999_999_000_000_000),
    }
}

/// The texts as the engine runs them in tests/e2e/dependencies_sql.test.mjs. `UPDATE_FIXTURES=1` writes them.
#[test]
fn the_statements_are_those_that_the_engine_tests_run() {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let columns = [Extra::TraceNo, Extra::PARENT_SERVICE, Extra::PARENT_NAME, Extra::AGENT, Extra::Artifacts, Extra::SELF_TIME];
    let columns = columns.into_iter().map(|extra| extra.build_sql(0, false));
    let before: Vec<Vec<String>> = [texts(&[GATHER_SQL])].into_iter().chain(columns).collect();
    let services = Services::default();
    let opened = Services { opened: Opened::Some(BTreeSet::from(["Agent".to_owned()])), with_own: true, ..Services::default() };
    let operations = Services { opened: Opened::All, ..Services::default() };
    let scoped = Services { scope: narrow(), ..Services::default() };
    let agents = Agents::default();
    let of_agent = |name: &str| Some(name.to_owned());
    let behind = Behind::services(
        &services,
        &ServiceEnd { service: "Flock".into(), operation: None },
        &ServiceEnd { service: "Agent".into(), operation: None },
    );
    let behind_agents =
        Behind::agents(&Scope::default(), &AgentEdge { source: of_agent("writer"), target: of_agent("critic"), ..AgentEdge::default() });
    let ring = texts(&["critic", "writer"]);
    let statements = serde_json::json!({
        "extras": before,
        "services_edges": services.edges_sql(),
        "services_nodes": Services { with_own: true, ..services.clone() }.nodes_sql(),
        "scoped_edges": scoped.edges_sql(),
        "scoped_nodes": scoped.nodes_sql(),
        "opened_edges": opened.edges_sql(),
        "opened_nodes": opened.nodes_sql(),
        "operations_edges": operations.edges_sql(),
        "agents_edges": agents.edges_sql(),
        "agents_nodes": agents.nodes_sql(),
        "agents_scoped_edges": Agents { scope: narrow(), ..Agents::default() }.edges_sql(),
        "artifacts_edges": Agents { types_as_nodes: true, ..Agents::default() }.edges_sql(),
        "behind_operations": behind.operations_sql(),
        "behind_histogram": behind.histogram_sql(),
        "behind_exemplars": behind.exemplars_sql(),
        "behind_agents": behind_agents.operations_sql(),
        "ring_agents": rings::traces_of_agents_sql(&Scope::default(), &ring),
        "ring_services": rings::traces_of_services_sql(&Scope::default(), &texts(&["Agent", "Flock"])),
        "ring_spans": rings::spans_sql(&[0, 1, 2]),
        "ring_runs": rings::runs_sql(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], &ring),
        "runaways": rings::runaways_sql(&Scope::default(), 1),
        "path_traces": path::traces_sql(&narrow()),
        "path_spans": path::spans_sql(&[0, 1], path::By::Agent),
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/dependencies_sql.json");
    let text = format!("{statements:#}\n");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn bars_meet() {
    assert_eq!((bar_ms(0).0, bar_ms(10).0, bar_ms(-10).0), (1.0, 10.0, 0.1));
    assert!((bar_ms(3).1 - bar_ms(4).0).abs() < 1e-12);
    assert!(bar_ms(i64::MAX - 1).1.is_finite() || bar_ms(i64::MAX - 1).1.is_infinite());
}
