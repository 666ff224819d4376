//! One graph of the mode, whatever its nodes are: what is asked and who reads the answers. Pure.

use std::collections::BTreeSet;

use super::{
    drawn::SERVICE_KEY,
    model::{self, Read},
    params::GraphKind,
    query::{
        agents::Agents,
        edge::Behind,
        path::By,
        rings,
        services::{Opened, Services},
    },
};
use crate::{
    core::graph::{Graph, NodeKind},
    engine::{Table, TableError},
    state::{extras::Extra, scope::Scope},
};

#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    Services(Services),
    Agents(Agents),
}

impl Question {
    /// `opened`: keys of services that are shown as their operations.
    pub fn new(scope: &Scope, kind: GraphKind, opened: &[String], with_own: bool) -> Self {
        let scope = scope.clone();
        match kind {
            GraphKind::Agents | GraphKind::Artifacts => {
                Self::Agents(Agents { scope, types_as_nodes: kind == GraphKind::Artifacts, with_own })
            }
            GraphKind::Operations => Self::Services(Services { scope, opened: Opened::All, with_own }),
            GraphKind::Services => {
                let opened: BTreeSet<String> = opened.iter().filter_map(|key| key.strip_prefix(SERVICE_KEY)).map(str::to_owned).collect();
                let opened = if opened.is_empty() { Opened::None } else { Opened::Some(opened) };
                Self::Services(Services { scope, opened, with_own })
            }
        }
    }

    /// The columns that must stand beside the spans before anything is asked.
    pub fn extras(&self) -> BTreeSet<Extra> {
        match self {
            Self::Services(services) => services.extras(),
            Self::Agents(agents) => agents.extras(),
        }
    }

    /// Those that the questions behind an edge need more.
    pub fn extras_behind(&self) -> BTreeSet<Extra> {
        let mut all = self.extras();
        if matches!(self, Self::Services(_)) {
            all.extend([Extra::PARENT_SERVICE, Extra::PARENT_NAME]);
        }
        all
    }

    pub fn edges_sql(&self) -> String {
        match self {
            Self::Services(services) => services.edges_sql(),
            Self::Agents(agents) => agents.edges_sql(),
        }
    }

    pub fn nodes_sql(&self) -> String {
        match self {
            Self::Services(services) => services.nodes_sql(),
            Self::Agents(agents) => agents.nodes_sql(),
        }
    }

    /// # Errors
    /// When the answers are not to these questions.
    pub fn read(&self, edges: &Table, nodes: &Table) -> Result<Read, TableError> {
        match self {
            Self::Services(_) => model::services::read(edges, nodes),
            Self::Agents(_) => model::agents::read(edges, nodes),
        }
    }

    /// What stands behind an edge of the graph.
    pub fn behind(&self, graph: &Graph, edge: usize) -> Option<Behind> {
        let edge = graph.edges.get(edge)?;
        let (source, target) = (graph.nodes.get(edge.source)?, graph.nodes.get(edge.target)?);
        Some(match self {
            Self::Services(services) => Behind::services(services, &model::services::end(source), &model::services::end(target)),
            Self::Agents(agents) => Behind::agents(&agents.scope, &model::agents::edge(source, target, edge.label.as_deref())),
        })
    }

    pub fn scope(&self) -> &Scope {
        match self {
            Self::Services(services) => &services.scope,
            Self::Agents(agents) => &agents.scope,
        }
    }
}

/// How rounds of a cycle are counted; `None` where nodes are not what a trace goes round by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walks {
    OfServices,
    OfAgents,
}

impl Walks {
    pub fn of(kind: GraphKind) -> Option<Self> {
        match kind {
            // A round through artifacts is one of the agents that make and take them.
            GraphKind::Agents | GraphKind::Artifacts => Some(Self::OfAgents),
            GraphKind::Services => Some(Self::OfServices),
            GraphKind::Operations => None,
        }
    }

    /// Names of those members of a ring that are walked by, each step to the next: artifacts lie between agents. `None` where a
    /// node stands for a part of a service or for several: a walk does not know those.
    pub fn members(self, graph: &Graph, ring: &[usize]) -> Option<Vec<String>> {
        let nodes = || ring.iter().filter_map(|at| graph.nodes.get(*at));
        if nodes().any(|node| matches!(node.kind, NodeKind::Operation | NodeKind::Bundle)) {
            return None;
        }
        let is_walked = |kind: NodeKind| self == Self::OfServices || kind == NodeKind::Agent;
        Some(nodes().filter(|node| is_walked(node.kind)).map(|node| node.name.to_string()).collect())
    }

    /// The traces that may go round.
    pub fn traces_sql(self, scope: &Scope, ring: &[String]) -> String {
        match self {
            Self::OfServices => rings::traces_of_services_sql(scope, ring),
            Self::OfAgents => rings::traces_of_agents_sql(scope, ring),
        }
    }

    /// What is walked through in them.
    pub fn steps_sql(self, trace_nos: &[u32], ring: &[String]) -> String {
        match self {
            Self::OfServices => rings::spans_sql(trace_nos),
            Self::OfAgents => rings::runs_sql(trace_nos, ring),
        }
    }

    /// # Errors
    /// When the answer is not to this question.
    pub fn read(self, table: &Table, ring: &[String]) -> Result<model::rings::Rounds, TableError> {
        match self {
            Self::OfServices => model::rings::of_services(table, ring),
            Self::OfAgents => model::rings::of_agents(table, ring),
        }
    }
}

/// Numbers of traces in an answer, as many as are looked at.
pub fn trace_numbers(table: &Table) -> Vec<u32> {
    let Ok(numbers) = table.ints("trace_no") else { return Vec::new() };
    (0..table.rows()).filter_map(|row| numbers.get(row)).filter_map(|number| u32::try_from(number).ok()).take(rings::TRACE_LIMIT).collect()
}

/// What the spans of critical paths are counted by.
pub fn paths_by(kind: GraphKind) -> By {
    match kind {
        GraphKind::Agents | GraphKind::Artifacts => By::Agent,
        GraphKind::Services => By::Service,
        GraphKind::Operations => By::Operation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::graph::Node;

    #[test]
    fn opened_services_are_told_by_their_keys() {
        let question = Question::new(&Scope::default(), GraphKind::Services, &["service:a".to_owned(), "agent:b".to_owned()], false);
        assert!(matches!(&question, Question::Services(Services { opened: Opened::Some(opened), .. }) if opened.iter().eq(["a"])));
        assert!(question.extras().contains(&Extra::PARENT_NAME));
        assert!(matches!(
            Question::new(&Scope::default(), GraphKind::Services, &[], true),
            Question::Services(Services { opened: Opened::None, with_own: true, .. })
        ));
        assert!(matches!(
            Question::new(&Scope::default(), GraphKind::Artifacts, &[], false),
            Question::Agents(Agents { types_as_nodes: true, .. })
        ));
    }

    #[test]
    fn a_round_through_artifacts_is_one_of_their_agents() {
        let node = |name: &str, kind| Node { name: name.into(), kind, ..Node::default() };
        let graph = Graph {
            nodes: vec![
                node("writer", NodeKind::Agent),
                node("Draft", NodeKind::ArtifactType),
                node("critic", NodeKind::Agent),
                node("Critique", NodeKind::ArtifactType),
            ],
            edges: Vec::new(),
        };
        let walks = Walks::of(GraphKind::Artifacts).unwrap();
        assert_eq!(walks.members(&graph, &[0, 1, 2, 3]), Some(vec!["writer".to_owned(), "critic".to_owned()]));
        assert_eq!(Walks::of(GraphKind::Operations), None);
    }

    #[test]
    fn a_round_with_operations_or_bundles_in_the_way_is_not_counted() {
        let node = |name: &str, kind| Node { name: name.into(), kind, ..Node::default() };
        for kind in [NodeKind::Operation, NodeKind::Bundle] {
            let graph = Graph { nodes: vec![node("Agent", NodeKind::Service), node("Flock.invoke", kind)], edges: Vec::new() };
            assert_eq!(Walks::OfServices.members(&graph, &[0, 1]), None);
            assert!(Walks::OfServices.members(&graph, &[0]).is_some());
        }
    }

    #[test]
    fn behind_an_edge_both_columns_of_the_parent_are_needed() {
        let question = Question::new(&Scope::default(), GraphKind::Services, &[], false);
        assert!(!question.extras().contains(&Extra::PARENT_NAME) && question.extras_behind().contains(&Extra::PARENT_NAME));
    }
}
