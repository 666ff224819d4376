//! Who depends on whom: nodes and edges with their figures, and what can be said of them without drawing: cycles, layout, focus, bundles,
//! texts, comparison.
//!
//! Nodes and edges are named by their index. Every function takes any graph: several edges between two nodes, edges of a node to itself,
//! edges that name no node (which are passed over), and circles are ordinary input; nothing recurses. Must not know where the figures come
//! from, nor pixels of a screen beyond the sizes of boxes that it is given.
//!
//! What draws a graph takes it through these steps: [`cycles::find`] on the whole of it, [`view::Shown::of`] (hidden nodes, focus with hops,
//! bundles, the top n; says what it left out), [`layout::Task::lay_out`] with the sizes of the boxes, [`layout::group_box`] around each
//! cycle. [`text`] writes DOT, Mermaid and CSV; [`compare`] is for two ranges.

use std::rc::Rc;

pub mod compare;
pub mod cycles;
pub mod layout;
pub mod strongest;
pub mod text;
pub mod view;

/// What a node stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    #[default]
    Service,
    Operation,
    Agent,
    /// What publishes artifacts and is no agent of the file.
    External,
    ArtifactType,
    /// Several nodes drawn as one.
    Bundle,
}

impl NodeKind {
    /// The word of exports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Operation => "operation",
            Self::Agent => "agent",
            Self::External => "external",
            Self::ArtifactType => "artifact",
            Self::Bundle => "bundle",
        }
    }
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Empty for spans without a service.
    pub name: Rc<str>,
    pub kind: NodeKind,
    /// The service that an operation belongs to.
    pub group: Option<Rc<str>>,
    /// Spans or runs of the node itself; different artifacts of a type.
    pub calls: u64,
    /// Artifacts: how often they were taken, which may be more often than there are artifacts. Nothing for other nodes.
    pub uses: u64,
    pub errors: u64,
    pub p95_ms: Option<f64>,
    /// Own time of the node's spans, as a part (0 to 1) of that of all nodes.
    pub self_share: Option<f64>,
}

/// An arrow. The durations are of the called span on this edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    pub source: usize,
    pub target: usize,
    /// Types of the artifacts that pass here.
    pub label: Option<Rc<str>>,
    pub calls: u64,
    pub errors: u64,
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Different traces in which there are such calls.
    pub traces: u64,
    /// Agents: from the making of the artifact to the start of the run that takes it.
    pub handover: Option<Handover>,
}

/// How long artifacts lay until somebody took them, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Handover {
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
}

impl Edge {
    #[must_use]
    pub fn is_self(&self) -> bool {
        self.source == self.target
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

impl Graph {
    /// The ends of each edge, for [`layout::lay_out`] and [`cycles`].
    #[must_use]
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        self.edges.iter().map(|edge| (edge.source, edge.target)).collect()
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| &*node.name == name)
    }

    /// Indices of nodes in whose name the text occurs, capitals aside; those that begin with it first. Nothing for an empty text.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<usize> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let places = self.nodes.iter().enumerate().filter_map(|(index, node)| Some((node.name.to_lowercase().find(&wanted)?, index)));
        let mut found: Vec<(bool, usize)> = places.map(|(place, index)| (place > 0, index)).collect();
        super::order::sort_by_key(&mut found, |hit| *hit);
        found.into_iter().map(|(_, index)| index).collect()
    }
}
