//! From the graph of the file to what is drawn: narrowed, its cycles found, laid out. Pure.

use std::rc::Rc;

use super::{
    drawn::{self, Colours, key_of},
    params::{DependencyParams, GraphKind, Way},
    rows::Subject,
};
use crate::core::{
    graph::{
        Graph, Node,
        cycles::{self, Cycle},
        layout::{self, Direction, How, Layout, Limit, Spacing, Task},
        strongest,
        view::{Focus, LeftOut, Shown, Wanted},
    },
    graph_view::{
        camera::{Camera, Clear},
        scene::{LABELS_KEPT, Scene},
    },
    units,
};

/// What of the graph is looked at: everything but how it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    pub focus: Option<String>,
    pub hops: Option<u32>,
    pub way: Way,
    pub hidden: Vec<String>,
    pub top: u32,
    pub bundle: Option<char>,
    pub with_loops: bool,
}

impl Narrowing {
    pub fn of(params: &DependencyParams, kind: GraphKind) -> Self {
        let DependencyParams { focus, hops, way, hidden, top, bundle, .. } = params.clone();
        // An agent that wakes itself is what one looks for.
        let with_loops = params.with_loops || matches!(kind, GraphKind::Agents | GraphKind::Artifacts);
        Self { focus, hops, way, hidden, top, bundle, with_loops }
    }

    fn focus(&self, whole: &Graph) -> Option<Focus> {
        let key = self.focus.as_ref()?;
        let names = drawn::find_focus(whole, key).into_iter().filter_map(|at| whole.nodes.get(at)).map(key_of).collect();
        let hops = |is_wanted: bool| if is_wanted { self.hops } else { Some(0) };
        Some(Focus { names, up: hops(self.way != Way::Down), down: hops(self.way != Way::Up) })
    }
}

/// The part of the graph that is looked at, and what of it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Rows of the tables: without what is hidden or out of focus.
    pub subject: Rc<Subject>,
    /// What is drawn: bundled, and the busiest nodes only.
    pub graph: Rc<Graph>,
    /// So many of its edges, its first ones, are drawn at once; the others where somebody asks for them.
    pub strong: usize,
    pub cycles: Rc<Vec<Cycle>>,
    /// Of the edges that are drawn.
    pub is_back: Vec<bool>,
    /// What is not drawn, in sentences.
    pub left_out: Vec<String>,
}

/// Narrowed by keys: names are not unique, an artifact may be called as an agent is.
fn shown(whole: &Graph, wanted: &Wanted, is_keyed: bool) -> Shown {
    if !is_keyed {
        return Shown::of(whole, wanted);
    }
    let keyed = Graph {
        nodes: whole.nodes.iter().map(|node| Node { name: key_of(node).into(), ..node.clone() }).collect(),
        edges: whole.edges.clone(),
    };
    let mut shown = Shown::of(&keyed, wanted);
    for (node, members) in shown.graph.nodes.iter_mut().zip(&shown.stands_for) {
        if let Some(original) = members.first().and_then(|member| whole.nodes.get(*member)) {
            node.name = original.name.clone();
        }
    }
    shown
}

impl Drawn {
    pub fn of(whole: &Graph, narrowing: &Narrowing) -> Self {
        let wanted =
            Wanted { hidden: narrowing.hidden.clone(), focus: narrowing.focus(whole), bundle_at: None, top: None, with_loops: true };
        let kept = shown(whole, &wanted, true);
        let top = usize::try_from(narrowing.top).ok();
        let wanted = Wanted { hidden: Vec::new(), focus: None, bundle_at: narrowing.bundle, top, with_loops: narrowing.with_loops };
        let mut picture = shown(&kept.graph, &wanted, false);
        let strong = strong_first(&mut picture, narrowing);
        let mut left_out = sentences(narrowing, whole, &kept, &picture);
        let weak = picture.graph.edges.get(strong..).unwrap_or_default();
        if !weak.is_empty() {
            left_out.push(format!(
                "Of {} the {} with the most calls are drawn, and the busiest of each node; {} on the others are not. Point at a node or choose it to see all of its edges.",
                units::counted(picture.graph.edges.len() as u64, "edge"),
                units::count(strong as u64),
                units::counted(weak.iter().map(|edge| edge.calls).sum(), "call")
            ));
        }
        let drawn_back = layout::back_edges(picture.graph.nodes.len(), &picture.graph.pairs());
        let mut is_back = vec![false; kept.graph.edges.len()];
        for (behind, _) in picture.edges.iter().zip(&drawn_back).filter(|(_, back)| **back) {
            for edge in behind {
                if let Some(slot) = is_back.get_mut(*edge) {
                    *slot = true;
                }
            }
        }
        let cycles = Rc::new(cycles::find(&kept.graph));
        let drawn_cycles = Rc::new(cycles::find(&picture.graph));
        let subject = Subject::new(Rc::new(kept.graph), cycles, is_back);
        Self { subject: Rc::new(subject), graph: Rc::new(picture.graph), strong, cycles: drawn_cycles, is_back: drawn_back, left_out }
    }

    /// A layout for a view of this size: of those to the right and downwards the one whose texts can be read best when all of it is in view.
    pub fn lay_out(&self, colours: Colours<'_>, kind: GraphKind, view: (f64, f64), clear: Clear) -> Laid {
        // A layout that minded lines which are not drawn would be no better for the others.
        let pairs: Vec<(usize, usize)> = self.graph.pairs().into_iter().take(self.strong).collect();
        let (width, height) = clear.room(view);
        let task = |direction: Direction| {
            let is_down = direction == Direction::Down;
            let sizes = drawn::sizes(&self.graph, colours, is_down);
            let spacing = match (is_down, pairs.len() > LABELS_KEPT) {
                (true, _) => DOWN,
                (false, false) => RIGHT,
                // Labels get no room of their own then.
                (false, true) => Spacing { column_gap: 100.0, ..RIGHT },
            };
            let layout = Task {
                sizes: &sizes,
                edges: &pairs,
                spacing,
                direction,
                shape: width / height,
                limit: Limit::default(),
                ..Task::default()
            };
            Laid { layout: Rc::new(layout.lay_out()), is_down }
        };
        let right = task(Direction::Right);
        if self.graph.nodes.len() > COMPARED.0 || self.graph.edges.len() > COMPARED.1 {
            return right;
        }
        let down = task(Direction::Down);
        let worth = |laid: &Laid| {
            let scene = self.scene(laid, &DependencyParams::default(), colours, kind);
            let hidden = scene.labels_on_others as f64 / scene.edges.len().max(1) as f64;
            Camera::fit(scene.bounds(), view, clear).scale * (1.0 - LABEL_COST * hidden)
        };
        if worth(&down) > worth(&right) * DOWN_GAIN { down } else { right }
    }

    /// Everything in its place.
    pub fn scene(&self, laid: &Laid, params: &DependencyParams, colours: Colours<'_>, kind: GraphKind) -> Scene {
        drawn::scene(&self.graph, &self.cycles, (&laid.layout, laid.is_down), params, colours, (kind, self.strong))
    }
}

/// A layout of what is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laid {
    pub layout: Rc<Layout>,
    pub is_down: bool,
}

impl Laid {
    /// What the layout could not do with care, in words.
    pub fn remark(&self) -> Option<&'static str> {
        match self.layout.how {
            How::Layered => None,
            How::Hasty => Some("The graph is dense: lines may cross more than they must."),
            How::Plain => Some("The graph is too dense to be laid out with care. Focus on a node, or filter."),
            How::Grid => Some("Nearly everybody calls everybody: the nodes stand in rows. Focus on a node, or filter."),
        }
    }
}

/// Between layers and boxes. Downwards the labels need no more than their height.
const RIGHT: Spacing = Spacing { column_gap: 44.0, row_gap: 24.0 };
const DOWN: Spacing = Spacing { column_gap: 46.0, row_gap: 36.0 };
/// Of more nodes or edges than this only one layout is made.
const COMPARED: (usize, usize) = (250, 600);
/// What it costs when all labels lie on something else.
const LABEL_COST: f64 = 0.5;
/// Downwards must be so much better: graphs are read from left to right.
const DOWN_GAIN: f64 = 1.06;

/// More lines than these are a block that nobody can read, and take seconds to paint.
pub const EDGES_DRAWN: usize = 600;

/// Puts the edges that are drawn before the others, and says how many they are. Those of what has the focus are always drawn.
fn strong_first(picture: &mut Shown, narrowing: &Narrowing) -> usize {
    let all = picture.graph.edges.len();
    if all <= EDGES_DRAWN {
        return all;
    }
    let focused = narrowing.focus.as_ref().map(|key| drawn::find_focus(&picture.graph, key)).unwrap_or_default();
    let is_focused =
        |edge: &usize| picture.graph.edges.get(*edge).is_some_and(|edge| focused.contains(&edge.source) || focused.contains(&edge.target));
    let ranked = strongest::ranked(&picture.graph);
    let (mut order, others): (Vec<usize>, Vec<usize>) = ranked.into_iter().partition(is_focused);
    let strong = order.len().max(EDGES_DRAWN);
    order.extend(others);
    let edges = order.iter().filter_map(|at| picture.graph.edges.get(*at).cloned()).collect();
    let behind = order.iter().filter_map(|at| picture.edges.get(*at).cloned()).collect();
    (picture.graph.edges, picture.edges) = (edges, behind);
    strong
}

fn nodes(count: usize) -> String {
    units::counted(count as u64, "node")
}

fn sentences(narrowing: &Narrowing, whole: &Graph, kept: &Shown, picture: &Shown) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(key) = narrowing.focus.as_ref().filter(|key| drawn::find_focus(whole, key).is_empty()) {
        let name = key.split_once(':').map_or(key.as_str(), |(_, name)| name);
        sentences.push(format!("{name}, which has the focus, is not in view: all nodes are shown."));
    }
    let LeftOut { bundled, beyond_top, calls, .. } = picture.left_out;
    if bundled > 0 {
        sentences.push(format!("{} are drawn together with others whose names begin alike.", nodes(bundled)));
    }
    if beyond_top > 0 {
        let drawn = picture.graph.nodes.len();
        sentences.push(format!(
            "The {} with the most calls{} are drawn; {} with fewer calls are left out, and {}. The tables have all of them.",
            nodes(drawn),
            if picture.left_out.is_connected { " between them" } else { "" },
            units::count(beyond_top as u64),
            units::counted(calls, "call")
        ));
    }
    if kept.graph.nodes.is_empty() && !whole.nodes.is_empty() {
        sentences.push("Everything is hidden.".to_owned());
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::{
        super::params::{DEFAULT_TOP, TableKind},
        *,
    };
    use crate::core::{
        colour::Slots,
        graph::{Edge, NodeKind},
    };

    fn graph() -> Graph {
        let node = |name: &str, kind| Node { name: name.into(), kind, calls: 3, ..Node::default() };
        let edge = |source, target, calls| Edge { source, target, calls, ..Edge::default() };
        Graph {
            nodes: vec![
                node("writer", NodeKind::Agent),
                node("Draft", NodeKind::ArtifactType),
                node("Draft", NodeKind::Agent),
                node("critic", NodeKind::Agent),
                node("lone", NodeKind::Agent),
            ],
            edges: vec![edge(0, 1, 5), edge(1, 3, 5), edge(3, 0, 2), edge(2, 2, 4), edge(0, 3, 1)],
        }
    }

    fn drawn(change: impl FnOnce(&mut DependencyParams), kind: GraphKind) -> Drawn {
        let mut params = DependencyParams::default();
        change(&mut params);
        Drawn::of(&graph(), &Narrowing::of(&params, kind))
    }

    fn names(graph: &Graph) -> Vec<String> {
        graph.nodes.iter().map(key_of).collect()
    }

    #[test]
    fn everything_is_drawn_at_first() {
        let all = drawn(|_| (), GraphKind::Agents);
        assert_eq!((all.graph.nodes.len(), all.graph.edges.len(), all.cycles.len()), (5, 5, 2));
        assert!(all.left_out.is_empty());
        assert_eq!(all.is_back.len(), 5);
    }

    #[test]
    fn a_graph_is_laid_out_for_the_shape_of_its_view() {
        let slots = Slots::default();
        let node = |name: usize| Node { name: format!("agent number {name}").into(), kind: NodeKind::Agent, calls: 3, ..Node::default() };
        let chain = Graph {
            nodes: (0..7).map(node).collect(),
            edges: (0..6).map(|at| Edge { source: at, target: at + 1, calls: 1, ..Edge::default() }).collect(),
        };
        let drawn = Drawn::of(&chain, &Narrowing::of(&DependencyParams::default(), GraphKind::Agents));
        let is_down = |view| {
            let colours = Colours { services: &slots, agents: &slots };
            drawn.lay_out(colours, GraphKind::Agents, view, Clear::default()).is_down
        };
        assert!(is_down((400.0, 700.0)) && !is_down((1600.0, 300.0)));
    }

    #[test]
    fn a_name_that_two_nodes_have_hides_only_one() {
        let less = drawn(|params| params.hidden.push("artifact:Draft".into()), GraphKind::Agents);
        assert_eq!(names(&less.graph), ["agent:writer", "agent:Draft", "agent:critic", "agent:lone"]);
    }

    #[test]
    fn a_focus_keeps_every_edge_between_what_it_keeps() {
        let one = drawn(
            |params| {
                params.focus = Some("agent:writer".into());
                params.hops = Some(1);
                params.way = Way::Down;
            },
            GraphKind::Agents,
        );
        assert_eq!(names(&one.graph), ["agent:writer", "artifact:Draft", "agent:critic"]);
        assert_eq!(one.graph.edges.len(), 4, "also those back");
        let nobody = drawn(|params| params.focus = Some("agent:nobody".into()), GraphKind::Agents);
        assert_eq!(nobody.graph.nodes.len(), 5);
        assert!(nobody.left_out[0].starts_with("nobody, "));
    }

    #[test]
    fn the_tables_have_what_is_not_drawn() {
        let few = drawn(|params| params.top = 2, GraphKind::Services);
        assert_eq!(few.graph.nodes.len(), 2);
        assert_eq!(few.subject.count(TableKind::Edges), 5);
        assert!(few.left_out[0].starts_with("The 2 nodes with the most calls are drawn; 3 with fewer calls"), "{:?}", few.left_out);
        assert_eq!(few.subject.is_back.len(), 5);
    }

    #[test]
    fn of_a_dense_graph_the_strongest_edges_are_drawn() {
        let node = |name: usize| Node { name: format!("n{name}").into(), calls: 9, ..Node::default() };
        let dense = Graph {
            nodes: (0..60).map(node).collect(),
            edges: (0..60_usize)
                .flat_map(|source| (0..60).map(move |target| (source, target)))
                .filter(|(source, target)| source != target)
                .map(|(source, target)| Edge { source, target, calls: (source * target) as u64 + 1, ..Edge::default() })
                .collect(),
        };
        let of = |params: &DependencyParams| Drawn::of(&dense, &Narrowing::of(params, GraphKind::Services));
        let drawn = of(&DependencyParams::default());
        assert_eq!((drawn.graph.edges.len(), drawn.strong, drawn.subject.count(TableKind::Edges)), (3540, EDGES_DRAWN, 3540));
        assert!(drawn.left_out[0].starts_with("Of 3,540 edges the 600 with the most calls"), "{:?}", drawn.left_out);
        let slots = Slots::default();
        let colours = Colours { services: &slots, agents: &slots };
        let laid = drawn.lay_out(colours, GraphKind::Services, (1000.0, 500.0), Clear::default());
        let scene = drawn.scene(&laid, &DependencyParams::default(), colours, GraphKind::Services);
        assert_eq!((scene.edges.len(), scene.around(0).0.len()), (EDGES_DRAWN, 118), "all of a node that is pointed at");
        assert!(scene.line_of(3539).is_some() && scene.line_of(3540).is_none());
        let focused = of(&DependencyParams { focus: Some("service:n0".into()), ..DependencyParams::default() });
        let is_of_it = |edge: &Edge| edge.source == 0 || edge.target == 0;
        assert_eq!(focused.graph.edges.iter().take(focused.strong).filter(|edge| is_of_it(edge)).count(), 118);
    }

    #[test]
    fn a_focus_on_an_opened_service_is_on_its_operations() {
        let operation = |name: &str| Node { name: name.into(), kind: NodeKind::Operation, group: Some("s".into()), ..Node::default() };
        let service = |name: &str| Node { name: name.into(), ..Node::default() };
        let edge = |source, target| Edge { source, target, calls: 1, ..Edge::default() };
        let whole = Graph {
            nodes: vec![operation("get"), operation("put"), service("near"), service("far")],
            edges: vec![edge(0, 2), edge(2, 3), edge(1, 2)],
        };
        let params = DependencyParams { focus: Some("service:s".into()), hops: Some(1), ..DependencyParams::default() };
        let drawn = Drawn::of(&whole, &Narrowing::of(&params, GraphKind::Services));
        assert_eq!(names(&drawn.graph), ["operation:s/get", "operation:s/put", "service:near"]);
        assert!(drawn.left_out.is_empty());
    }

    #[test]
    fn services_calling_themselves_are_drawn_on_demand() {
        let loops = |drawn: &Drawn| drawn.graph.edges.iter().filter(|edge| edge.is_self()).count();
        assert_eq!(loops(&drawn(|_| (), GraphKind::Services)), 0);
        assert_eq!(loops(&drawn(|params| params.with_loops = true, GraphKind::Services)), 1);
        assert_eq!(loops(&drawn(|_| (), GraphKind::Agents)), 1);
    }

    #[test]
    fn everything_hidden_is_said() {
        let none = drawn(|params| params.hidden = names(&graph()), GraphKind::Agents);
        assert_eq!((none.graph.nodes.len(), none.left_out), (0, vec!["Everything is hidden.".to_owned()]));
        assert_eq!(DEFAULT_TOP, 120);
    }
}
