//! What boxes and lines of the graph say, and how they look, from its figures. Pure.

use std::rc::Rc;

use super::params::{DependencyParams, GraphKind, Picked, Thickness, Tint};
use crate::core::{
    colour::{Kind, Slot, Slots},
    graph::{
        Edge, Graph, Node, NodeKind,
        cycles::Cycle,
        layout::{Layout, Point},
    },
    graph_view::scene::{EdgeText, Mark, NodeText, Places, Scene, breadth_px, error_step, roomy_sizes},
    units,
};

/// Classes of edges by error rate and by duration.
const RATE_TINTS: [&str; 4] = ["r0", "r1", "r2", "r3"];
const HEAT_TINTS: [&str; 5] = ["h1", "h2", "h3", "h4", "h5"];

/// The colours of names in this file.
#[derive(Clone, Copy)]
pub struct Colours<'a> {
    pub services: &'a Slots,
    pub agents: &'a Slots,
}

impl Colours<'_> {
    /// Number of the slot, 0 for none, and whether it is striped.
    pub fn slot(&self, node: &Node) -> (u8, bool) {
        let (slots, kind, name) = match node.kind {
            NodeKind::Agent => (self.agents, Kind::Agent, &node.name),
            NodeKind::Service => (self.services, Kind::Service, &node.name),
            NodeKind::Operation => (self.services, Kind::Service, node.group.as_ref().unwrap_or(&node.name)),
            NodeKind::External | NodeKind::ArtifactType | NodeKind::Bundle => return (0, false),
        };
        if name.is_empty() {
            return (0, false);
        }
        let slot = slots.get(name).unwrap_or_else(|| Slot::of_name(kind, name));
        (slot.number, slot.striped)
    }
}

/// Names a node in the address; unique in a graph.
pub fn key_of(node: &Node) -> String {
    match &node.group {
        Some(group) => format!("{}:{group}/{}", node.kind.word(), node.name),
        None => format!("{}:{}", node.kind.word(), node.name),
    }
}

pub fn find_key(graph: &Graph, key: &str) -> Option<usize> {
    graph.nodes.iter().position(|node| key_of(node) == key)
}

/// Before the name of a service in its key.
pub const SERVICE_KEY: &str = "service:";

/// The nodes that a focus is on: the one of this key or, where it is a service that is opened, its operations.
pub fn find_focus(graph: &Graph, key: &str) -> Vec<usize> {
    if let Some(node) = find_key(graph, key) {
        return vec![node];
    }
    let Some(service) = key.strip_prefix(SERVICE_KEY) else { return Vec::new() };
    let is_of_it = |node: &Node| node.kind == NodeKind::Operation && node.group.as_deref() == Some(service);
    graph.nodes.iter().enumerate().filter(|(_, node)| is_of_it(node)).map(|(at, _)| at).collect()
}

/// The name as a reader sees it.
pub fn shown_name(node: &Node) -> Rc<str> {
    if node.name.is_empty() { "(no service)".into() } else { node.name.clone() }
}

/// What calls of a node are named.
pub fn calls_noun(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Agent => "run",
        NodeKind::External | NodeKind::ArtifactType => "artifact",
        NodeKind::Service | NodeKind::Operation | NodeKind::Bundle => "span",
    }
}

pub fn mark_of(kind: NodeKind) -> Mark {
    match kind {
        NodeKind::Agent | NodeKind::External => Mark::Circle,
        NodeKind::ArtifactType => Mark::Diamond,
        NodeKind::Service | NodeKind::Operation | NodeKind::Bundle => Mark::Square,
    }
}

/// Milliseconds as a reader sees them.
pub fn duration_ms(ms: f64) -> String {
    // A float to integer cast saturates.
    units::duration((ms * 1e6).round() as i64)
}

/// A share of 0 to 1 as a reader sees it.
pub fn share(share: f64) -> String {
    let part = if share.is_finite() { (share.clamp(0.0, 1.0) * 1e6).round() as u64 } else { 0 };
    units::percent(part, 1_000_000)
}

pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn node_text(node: &Node, colours: Colours<'_>) -> NodeText {
    let (slot, is_striped) = colours.slot(node);
    let noun = calls_noun(node.kind);
    let p95 = node.p95_ms.filter(|ms| ms.is_finite());
    let calls = if node.calls == 1 { format!("1 {noun}") } else { format!("{} {noun}s", units::count_short(node.calls)) };
    let uses = (node.uses > 0).then(|| format!("{} {}", units::count_short(node.uses), if node.uses == 1 { "use" } else { "uses" }));
    let facts: Vec<String> = std::iter::once(calls).chain(uses).chain(p95.map(|ms| format!("p95 {}", duration_ms(ms)))).collect();
    let error_rate = if node.errors > 0 { units::percent(node.errors, node.calls) } else { String::new() };
    let mut words = format!("{}, {}: {}", shown_name(node), node.kind.word(), units::counted(node.calls, noun));
    if node.uses > 0 {
        words.push_str(&format!(", {}", units::counted(node.uses, "use")));
    }
    if let Some(ms) = p95 {
        words.push_str(&format!(", p95 {}", duration_ms(ms)));
    }
    if node.errors > 0 {
        words.push_str(&format!(", {} ({error_rate})", units::counted(node.errors, "error")));
    }
    if let Some(own) = node.self_share {
        words.push_str(&format!(", {} of own time", share(own)));
    }
    NodeText {
        key: key_of(node).into(),
        name: shown_name(node),
        facts: facts.join(" · "),
        error_share: ratio(node.errors, node.calls),
        error_rate,
        error_step: error_step(node.errors, node.calls),
        own_share: node.self_share.filter(|share| share.is_finite()),
        mark: mark_of(node.kind),
        slot,
        is_striped,
        is_dashed: matches!(node.kind, NodeKind::External | NodeKind::Bundle),
        words,
    }
}

/// What makes an edge thick, as a number.
fn weight(edge: &Edge, by: Thickness) -> f64 {
    match by {
        Thickness::Calls => edge.calls as f64,
        Thickness::Errors => edge.errors as f64,
        Thickness::Traces => edge.traces as f64,
        Thickness::Even => 0.0,
    }
}

/// An edge in a sentence.
pub fn edge_words(graph: &Graph, edge: &Edge) -> String {
    let name = |at: usize| graph.nodes.get(at).map(shown_name).unwrap_or_default();
    let label = edge.label.as_deref().filter(|label| !label.is_empty()).map_or_else(String::new, |label| format!(" {label},"));
    let mut words = format!("{} to {}:{label} {}", name(edge.source), name(edge.target), units::counted(edge.calls, "call"));
    if edge.errors > 0 {
        words.push_str(&format!(", {} ({})", units::counted(edge.errors, "error"), units::percent(edge.errors, edge.calls)));
    }
    if let Some(ms) = edge.p95_ms.filter(|ms| ms.is_finite()) {
        words.push_str(&format!(", p95 {}", duration_ms(ms)));
    }
    words
}

fn edge_text(graph: &Graph, edge: &Edge, params: &DependencyParams, most: f64, longest_ms: f64) -> EdgeText {
    let step = error_step(edge.errors, edge.calls);
    let tint = match params.tint {
        Tint::ErrorRate => RATE_TINTS.get(usize::from(step)).copied().unwrap_or("r0"),
        Tint::P95 => edge.p95_ms.map_or("r0", |ms| heat_tint(ms, longest_ms)),
        Tint::Plain => "r0",
    };
    let width_px = if params.thickness == Thickness::Even { 2.0 } else { breadth_px(weight(edge, params.thickness), most) };
    let third = match params.tint {
        Tint::P95 => edge.p95_ms.map(duration_ms).unwrap_or_default(),
        _ if edge.errors > 0 => units::percent(edge.errors, edge.calls),
        _ => String::new(),
    };
    EdgeText {
        source: edge.source,
        target: edge.target,
        width_px,
        tint,
        dots: if params.tint == Tint::ErrorRate { step } else { 0 },
        label: [edge.label.as_deref().unwrap_or_default().to_owned(), units::count_short(edge.calls), third],
        words: edge_words(graph, edge),
    }
}

/// In five steps by the logarithm, from a thousandth of the longest.
fn heat_tint(ms: f64, longest_ms: f64) -> &'static str {
    let share = if ms > 0.0 && longest_ms > 0.0 { 1.0 + (ms / longest_ms).log10() / 3.0 } else { 0.0 };
    let step = (share.clamp(0.0, 0.999) * HEAT_TINTS.len() as f64).floor() as usize;
    HEAT_TINTS.get(step).copied().unwrap_or("h1")
}

/// The sizes of the boxes for the layout, with room beside them for labels unless edges lead downwards.
pub fn sizes(graph: &Graph, colours: Colours<'_>, is_down: bool) -> Vec<(f64, f64)> {
    let nodes: Vec<NodeText> = graph.nodes.iter().map(|node| node_text(node, colours)).collect();
    let params = DependencyParams::default();
    let edges: Vec<EdgeText> = graph.edges.iter().map(|edge| edge_text(graph, edge, &params, 1.0, 1.0)).collect();
    if is_down { nodes.iter().map(NodeText::size).collect() } else { roomy_sizes(&nodes, &edges) }
}

fn place(point: &Point) -> (f64, f64) {
    (point.x, point.y)
}

/// The drawing, of the first `strong` edges: the others are there when they are asked for. Edges lead downwards where `is_down`.
pub fn scene(
    graph: &Graph,
    cycles: &[Cycle],
    (layout, is_down): (&Layout, bool),
    params: &DependencyParams,
    colours: Colours<'_>,
    (kind, strong): (GraphKind, usize),
) -> Scene {
    let most = graph.edges.iter().map(|edge| weight(edge, params.thickness)).fold(0.0, f64::max);
    let longest_ms = graph.edges.iter().filter_map(|edge| edge.p95_ms).filter(|ms| ms.is_finite()).fold(0.0, f64::max);
    let nodes = graph.nodes.iter().map(|node| node_text(node, colours)).collect();
    let edges = graph.edges.iter().map(|edge| edge_text(graph, edge, params, most, longest_ms)).collect();
    let places = Places {
        centres: layout.nodes.iter().map(place).collect(),
        routes: layout.routes.iter().map(|route| route.iter().map(place).collect()).collect(),
        is_back: layout.is_back.clone(),
        is_down,
    };
    let groups = cycles
        .iter()
        .filter(|cycle| cycle.members.len() > 1)
        .map(|cycle| (cycle.members.clone(), format!("cycle group of {} {}", cycle.members.len(), members_noun(kind))))
        .collect();
    Scene::new(nodes, edges, places, groups, strong)
}

pub fn members_noun(kind: GraphKind) -> &'static str {
    match kind {
        GraphKind::Agents => "agents",
        GraphKind::Artifacts => "nodes",
        GraphKind::Services => "services",
        GraphKind::Operations => "operations",
    }
}

/// How many cycles there are, and of which sort where there are both: "7 cycles: 2 of several services, 5 self calls".
pub fn cycle_words(cycles: &[Cycle], kind: GraphKind) -> String {
    let loops = cycles.iter().filter(|cycle| cycle.members.len() == 1).count();
    let self_calls = units::counted(loops as u64, "self call");
    let all = units::counted(cycles.len() as u64, "cycle");
    match (cycles.len() - loops, loops) {
        (_, 0) => all,
        (0, _) => format!("{all}: {self_calls}"),
        (groups, _) => format!("{all}: {} of several {}, {self_calls}", units::count(groups as u64), members_noun(kind)),
    }
}

/// The graph in a sentence: all of what is looked at, and how many edges of it are drawn.
pub fn caption(graph: &Graph, cycles: &[Cycle], kind: GraphKind, drawn_edges: usize) -> String {
    let counted = |count: usize, one: &str, many: &str| format!("{} {}", units::count(count as u64), if count == 1 { one } else { many });
    let noun = members_noun(kind);
    let drawn = if drawn_edges == graph.edges.len() { String::new() } else { format!(" ({} drawn)", units::count(drawn_edges as u64)) };
    format!(
        "{}, {}{drawn}, {}",
        counted(graph.nodes.len(), noun.trim_end_matches('s'), noun),
        counted(graph.edges.len(), "edge", "edges"),
        cycle_words(cycles, kind)
    )
}

/// What the address names, in a graph: number of the node or of the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Node(usize),
    Edge(usize),
}

pub fn find_picked(graph: &Graph, picked: &Picked) -> Option<Chosen> {
    match picked {
        Picked::Node(key) => find_key(graph, key).map(Chosen::Node),
        Picked::Edge { source, target, label } => {
            let (from, to) = (find_key(graph, source)?, find_key(graph, target)?);
            let fits = |edge: &&Edge| edge.source == from && edge.target == to;
            let exact = graph.edges.iter().position(|edge| fits(&edge) && edge.label.as_deref() == label.as_deref());
            exact.or_else(|| graph.edges.iter().position(|edge| fits(&edge))).map(Chosen::Edge)
        }
        Picked::Cycle(_) => None,
    }
}

pub fn pick_node(graph: &Graph, node: usize) -> Option<Picked> {
    graph.nodes.get(node).map(|node| Picked::Node(key_of(node)))
}

pub fn pick_edge(graph: &Graph, edge: usize) -> Option<Picked> {
    let edge = graph.edges.get(edge)?;
    let key = |at: usize| graph.nodes.get(at).map(key_of);
    Some(Picked::Edge { source: key(edge.source)?, target: key(edge.target)?, label: edge.label.as_deref().map(str::to_owned) })
}

/// Keys of the nodes of a ring, in its order.
pub fn ring_keys(graph: &Graph, ring: &[usize]) -> Vec<String> {
    ring.iter().filter_map(|member| graph.nodes.get(*member)).map(key_of).collect()
}

/// The ways round of all cycles, each with the number of its cycle.
pub fn rings(cycles: &[Cycle]) -> Vec<(usize, &[usize])> {
    let each = cycles.iter().enumerate().flat_map(|(number, cycle)| {
        let alone = cycle.rings.is_empty().then_some((number, cycle.concrete.as_slice()));
        cycle.rings.iter().map(move |ring| (number, ring.as_slice())).chain(alone)
    });
    each.collect()
}

/// The place in [`rings`] of the ring with these keys.
pub fn find_ring(graph: &Graph, cycles: &[Cycle], keys: &[String]) -> Option<usize> {
    rings(cycles).iter().position(|(_, ring)| ring_keys(graph, ring) == keys)
}

/// The edges that lead from each node of a ring to the next. Nodes by their keys.
pub fn ring_edges(graph: &Graph, keys: &[String]) -> Vec<usize> {
    let nodes: Vec<usize> = keys.iter().filter_map(|key| find_key(graph, key)).collect();
    let steps: Vec<(usize, usize)> = nodes.iter().copied().zip(nodes.iter().skip(1).chain(nodes.first()).copied()).collect();
    graph.edges.iter().enumerate().filter(|(_, edge)| steps.contains(&(edge.source, edge.target))).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, kind: NodeKind) -> Node {
        Node { name: name.into(), kind, calls: 52, errors: 7, p95_ms: Some(1440.0), self_share: Some(0.25), ..Node::default() }
    }

    fn graph() -> Graph {
        let nodes = vec![
            node("writer", NodeKind::Agent),
            node("critic", NodeKind::Agent),
            Node { group: Some("s".into()), ..node("get", NodeKind::Operation) },
        ];
        let edge = |source, target, label: Option<&str>, calls| Edge {
            source,
            target,
            label: label.map(Rc::from),
            calls,
            errors: calls / 10,
            p95_ms: Some(calls as f64),
            ..Edge::default()
        };
        Graph {
            nodes,
            edges: vec![edge(0, 1, Some("Draft"), 100), edge(1, 0, Some("Review"), 5), edge(1, 0, Some("Note"), 1), edge(2, 2, None, 20)],
        }
    }

    fn colours(slots: &Slots) -> Colours<'_> {
        Colours { services: slots, agents: slots }
    }

    #[test]
    fn what_is_chosen_is_found_again() {
        let graph = graph();
        for at in 0..graph.nodes.len() {
            assert_eq!(find_picked(&graph, &pick_node(&graph, at).unwrap()), Some(Chosen::Node(at)));
        }
        for at in 0..graph.edges.len() {
            assert_eq!(find_picked(&graph, &pick_edge(&graph, at).unwrap()), Some(Chosen::Edge(at)));
        }
        assert_eq!(find_picked(&graph, &Picked::Node("agent:nobody".into())), None);
    }

    #[test]
    fn boxes_and_lines_say_their_figures() {
        let slots = Slots::default();
        let graph = graph();
        let cycle = Cycle { members: vec![0, 1], concrete: vec![0, 1], edges: vec![0, 1, 2], calls: 106, ..Cycle::default() };
        let drawn = scene(
            &graph,
            std::slice::from_ref(&cycle),
            (&Layout::default(), false),
            &DependencyParams::default(),
            colours(&slots),
            (GraphKind::Agents, usize::MAX),
        );
        let critic = &drawn.nodes[1].text;
        assert_eq!((critic.facts.as_str(), critic.error_rate.as_str()), ("52 runs · p95 1.44\u{a0}s", "13.5\u{a0}%"));
        assert!(critic.words.contains("25\u{a0}% of own time"));
        assert_eq!(drawn.edges[0].text.tint, "r3");
        assert_eq!(drawn.edges[0].text.label, ["Draft".to_owned(), "100".to_owned(), "10\u{a0}%".to_owned()]);
        assert!(drawn.edges[0].text.width_px > drawn.edges[1].text.width_px);
        assert_eq!(&*drawn.groups[0].words, "cycle group of 2 agents");
        let own = Cycle { members: vec![2], concrete: vec![2], edges: vec![3], calls: 20, ..Cycle::default() };
        assert_eq!(caption(&graph, std::slice::from_ref(&cycle), GraphKind::Agents, 4), "3 agents, 4 edges, 1 cycle");
        assert_eq!(
            caption(&graph, &[cycle, own.clone()], GraphKind::Agents, 3),
            "3 agents, 4 edges (3 drawn), 2 cycles: 1 of several agents, 1 self call"
        );
        assert_eq!(cycle_words(&[own], GraphKind::Services), "1 cycle: 1 self call");
    }

    #[test]
    fn odd_figures_give_no_odd_texts() {
        let slots = Slots::default();
        let odd = Node { p95_ms: Some(f64::NAN), self_share: Some(f64::INFINITY), errors: 3, calls: 0, ..Node::default() };
        let edge = Edge { p95_ms: Some(f64::INFINITY), errors: 1, ..Edge::default() };
        let graph = Graph { nodes: vec![odd], edges: vec![edge] };
        let params = DependencyParams { tint: Tint::P95, ..DependencyParams::default() };
        let drawn = scene(&graph, &[], (&Layout::default(), false), &params, colours(&slots), (GraphKind::Services, 1));
        let said = format!("{:?}{:?}", drawn.nodes, drawn.edges);
        assert!(!said.contains("NaN") && !said.contains("inf"), "{said}");
    }

    #[test]
    fn durations_fall_into_five_steps() {
        assert_eq!([0.5, 5.0, 50.0, 500.0, 1000.0].map(|ms| heat_tint(ms, 1000.0)), ["h1", "h2", "h3", "h5", "h5"]);
        assert_eq!(heat_tint(0.0, 0.0), "h1");
    }
}
