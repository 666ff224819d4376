//! Everything that is drawn of a graph, in its place. Parts are shared, so that a moved node makes only itself and its edges anew.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Bounds, Place,
    route::{self, Line, Ports},
    words,
};

pub const NODE_HEIGHT_PX: f64 = 52.0;
/// Of the name alone, when the picture is seen from afar.
pub const FAR_FONT_PX: f64 = 24.0;
const NODE_LEAST_PX: f64 = 104.0;
const NODE_MOST_PX: f64 = 232.0;
/// Bold letters are broader by this.
const BOLD: f64 = 1.1;
/// Left and right of the texts in a box.
const PADDING_PX: f64 = 11.0;
/// The mark before the name, with its gap.
const MARK_PX: f64 = 14.0;
pub const NAME_FONT_PX: f64 = 13.0;
pub const SMALL_FONT_PX: f64 = 11.0;
pub const LABEL_HEIGHT_PX: f64 = 18.0;
const LABEL_PADDING_PX: f64 = 6.0;
const LABEL_NAME_MOST_PX: f64 = 110.0;
/// Around the members of a cycle.
const GROUP_MARGIN_PX: f64 = 16.0;
/// Around each of them, where they stand apart.
const MEMBER_MARGIN_PX: f64 = 6.0;
/// With more labels than this, boxes have no room beside them for labels.
pub const LABELS_KEPT: usize = 60;
/// With more than this none is drawn: there would be nothing but labels between the boxes.
const LABELS_MOST: usize = 900;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Services and operations.
    Square,
    /// Agents.
    Circle,
    /// Artifacts.
    Diamond,
}

/// What a box says.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeText {
    /// Unique in the graph.
    pub key: Rc<str>,
    pub name: Rc<str>,
    /// The second line.
    pub facts: String,
    /// At the right of the name; empty without errors.
    pub error_rate: String,
    /// 0 to 3 by its errors, as edges have it.
    pub error_step: u8,
    /// 0 to 1.
    pub error_share: f64,
    pub own_share: Option<f64>,
    pub mark: Mark,
    /// Number of the colour slot; 0 for none.
    pub slot: u8,
    pub is_striped: bool,
    /// Stands for what lies outside, or for several.
    pub is_dashed: bool,
    /// All of it in a sentence.
    pub words: String,
}

impl NodeText {
    /// Of its box: width and height.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let rate = if self.error_rate.is_empty() { 0.0 } else { words::width_px(&self.error_rate, SMALL_FONT_PX) + 12.0 };
        let name = MARK_PX + words::width_px(&self.name, NAME_FONT_PX) * BOLD + rate;
        let facts = words::width_px(&self.facts, SMALL_FONT_PX);
        let width = (name.max(facts) + 2.0 * PADDING_PX).clamp(NODE_LEAST_PX, NODE_MOST_PX);
        (width.ceil(), NODE_HEIGHT_PX)
    }
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeText {
    pub source: usize,
    pub target: usize,
    pub width_px: f64,
    /// Class of its colour: `r0` to `r3` by error rate, `h1` to `h5` by duration.
    pub tint: &'static str,
    /// 0 to 3: how densely the line is dotted, by its error rate.
    pub dots: u8,
    /// Name, calls and error rate; each may be empty.
    pub label: [String; 3],
    /// All of it in a sentence.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NodeBox {
    pub number: usize,
    pub text: Rc<NodeText>,
    /// The name as far as it fits.
    pub name: String,
    /// Likewise in the large letters that can be read from afar.
    pub far_name: String,
    pub bounds: Bounds,
}

impl NodeBox {
    fn new(number: usize, text: Rc<NodeText>, bounds: Bounds) -> Self {
        let rate = if text.error_rate.is_empty() { 0.0 } else { words::width_px(&text.error_rate, SMALL_FONT_PX) + 8.0 };
        let room = bounds.width() - 2.0 * PADDING_PX - MARK_PX - rate;
        let far_name = words::cut(&text.name, FAR_FONT_PX * BOLD, bounds.width() - 8.0);
        Self { number, name: words::cut(&text.name, NAME_FONT_PX * BOLD, room + 1.0), far_name, text, bounds }
    }

    /// Left end of the texts.
    #[must_use]
    pub fn text_left(&self) -> f64 {
        self.bounds.left + PADDING_PX
    }

    #[must_use]
    pub fn name_left(&self) -> f64 {
        self.text_left() + MARK_PX
    }

    /// Right end of the error rate and of the bars.
    #[must_use]
    pub fn text_right(&self) -> f64 {
        self.bounds.right - PADDING_PX
    }

    /// Middle of the mark.
    #[must_use]
    pub fn mark_at(&self) -> Place {
        (self.text_left() + 4.5, self.bounds.top + 15.5)
    }

    #[must_use]
    pub fn name_line(&self) -> f64 {
        self.bounds.top + 20.0
    }

    #[must_use]
    pub fn facts_line(&self) -> f64 {
        self.bounds.top + 35.5
    }

    /// A bar at the foot: left, top and width for a share of 0 to 1. A share above nothing is seen.
    #[must_use]
    pub fn bar(&self, share: f64, line: usize) -> (f64, f64, f64) {
        let (left, right) = (self.text_left(), self.text_right());
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let width = if share > 0.0 { ((right - left) * share).max(2.0) } else { 0.0 };
        (left, self.bounds.bottom - if line == 0 { 12.0 } else { 8.0 }, width)
    }

    #[must_use]
    pub fn bar_width(&self) -> f64 {
        self.text_right() - self.text_left()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Of its middle.
    pub at: Place,
    pub width_px: f64,
    pub parts: [String; 3],
}

#[derive(Clone, Debug, PartialEq)]
pub struct EdgeLine {
    pub number: usize,
    pub text: Rc<EdgeText>,
    pub is_back: bool,
    pub is_loop: bool,
    pub line: Line,
    pub path: String,
    pub head: String,
    pub label: Option<Label>,
}

impl Label {
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::around(self.at, (self.width_px, LABEL_HEIGHT_PX))
    }
}

impl EdgeLine {
    /// What the line says, in its middle, whatever else is there.
    #[must_use]
    pub fn label_in_middle(&self) -> Option<Label> {
        let (parts, width_px) = label_of(&self.text.label)?;
        Some(Label { at: self.line.at(0.5), width_px, parts })
    }

    /// Where a label may stand, best first: on its line, else beside it.
    fn free_places(&self, width_px: f64) -> Vec<Bounds> {
        const SHARES: [f64; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85];
        let on_line = SHARES.map(|share| self.line.at(share));
        let beside = [(width_px / 2.0 + 8.0, 0.0), (-width_px / 2.0 - 8.0, 0.0), (0.0, 14.0), (0.0, -14.0)];
        let aside = beside.iter().flat_map(|(dx, dy)| on_line.iter().take(5).map(move |(x, y)| (x + dx, y + dy)));
        on_line.iter().copied().chain(aside).map(|at| Bounds::around(at, (width_px, LABEL_HEIGHT_PX))).collect()
    }
}

/// What is drawn around the members of a cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub members: Rc<[usize]>,
    pub words: Rc<str>,
    /// One box, or one for each member where a single one would hold others too.
    pub boxes: Vec<Bounds>,
    /// All of them have the caption at the foot of the first.
    pub is_whole: bool,
}

/// Where everything is put: centres of nodes and points between the ends of edges, as the layout found them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    pub centres: Vec<Place>,
    pub routes: Vec<Vec<Place>>,
    pub is_back: Vec<bool>,
    /// Edges lead downwards, else to the right.
    pub is_down: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub nodes: Vec<Rc<NodeBox>>,
    pub edges: Vec<Rc<EdgeLine>>,
    pub groups: Vec<Group>,
    /// Labels that are left out: there was no free place. The line says the same when it is pointed at.
    pub labels_on_others: usize,
    /// Edges after those that are drawn, in the order of their numbers: a line is made of one when it is asked for.
    weak: Rc<Vec<Rc<EdgeText>>>,
    /// The number of the first of them.
    strong: usize,
    places: Rc<Places>,
}

impl Scene {
    /// Puts texts into their places: of the first `strong` edges, without those that name no node.
    #[must_use]
    pub fn new(nodes: Vec<NodeText>, edges: Vec<EdgeText>, places: Places, groups: Vec<(Vec<usize>, String)>, strong: usize) -> Self {
        let boxes: Vec<Rc<NodeBox>> = nodes
            .into_iter()
            .enumerate()
            .map(|(number, text)| {
                let centre = places.centres.get(number).copied().filter(|(x, y)| x.is_finite() && y.is_finite()).unwrap_or_default();
                let bounds = Bounds::around(centre, text.size());
                Rc::new(NodeBox::new(number, Rc::new(text), bounds))
            })
            .collect();
        let mut texts: Vec<Rc<EdgeText>> = edges.into_iter().map(Rc::new).collect();
        let strong = strong.min(texts.len());
        let weak = Rc::new(texts.split_off(strong));
        let mut scene = Self { nodes: boxes, places: Rc::new(places), weak, strong, ..Self::default() };
        let ports = scene.ports(&texts);
        let lines = texts
            .iter()
            .enumerate()
            .filter_map(|(number, text)| scene.edge(number, text, ports.get(number).copied().unwrap_or_default(), (0.0, 0.0), (0.0, 0.0)));
        scene.edges = lines.map(Rc::new).collect();
        scene.place_labels();
        scene.groups = groups
            .into_iter()
            .map(|(members, words)| (Rc::from(members), Rc::from(words)))
            .filter_map(|(members, words)| scene.group(members, words))
            .collect();
        scene
    }

    fn group(&self, members: Rc<[usize]>, words: Rc<str>) -> Option<Group> {
        let own: Vec<Bounds> = members.iter().filter_map(|member| self.nodes.get(*member)).map(|node| node.bounds).collect();
        let whole = Bounds::of_all(own.iter().copied())?.grown(GROUP_MARGIN_PX);
        // Room for its caption at the foot.
        let whole = Bounds { bottom: whole.bottom + 14.0, ..whole };
        let holds_others = self.nodes.iter().any(|node| !members.contains(&node.number) && node.bounds.touches(whole));
        let boxes = if holds_others { own.into_iter().map(|one| one.grown(MEMBER_MARGIN_PX)).collect() } else { vec![whole] };
        Some(Group { members, words, boxes, is_whole: !holds_others })
    }

    /// Edges of one side of a box leave beside each other, in the order of where they lead.
    fn ports(&self, texts: &[Rc<EdgeText>]) -> Vec<Ports> {
        // Downwards they leave from the long sides.
        let (step_px, room_px) = if self.places.is_down { (22.0, NODE_LEAST_PX) } else { (9.0, NODE_HEIGHT_PX) };
        let mut ports = vec![Ports::default(); texts.len()];
        // For every node and side: where each of its edges leads to.
        let mut ends: BTreeMap<(usize, bool), Vec<PortEnd>> = BTreeMap::new();
        for (number, text) in texts.iter().enumerate() {
            let (Some(source), Some(target)) = (self.nodes.get(text.source), self.nodes.get(text.target)) else { continue };
            if text.source == text.target {
                continue;
            }
            let (source, target) = (self.ahead(source.bounds), self.ahead(target.bounds));
            let route = self.route(number);
            let outside = |point: &&Place| !source.grown(2.0).holds(**point) && !target.grown(2.0).holds(**point);
            let (next, before) = (route.iter().find(outside), route.iter().rev().find(outside));
            if next.is_none() && self.places.is_back.get(number).copied().unwrap_or(false) {
                continue;
            }
            let (next, before) = (next.copied().unwrap_or(target.centre()), before.copied().unwrap_or(source.centre()));
            ends.entry((text.source, next.0 >= source.centre().0)).or_default().push((next.1, number, true));
            ends.entry((text.target, before.0 >= target.centre().0)).or_default().push((before.1, number, false));
        }
        for list in ends.values_mut() {
            list.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let step = f64::min(step_px, (room_px - 20.0) / list.len() as f64);
            for (place, (_, number, is_source)) in list.iter().enumerate() {
                let px = (place as f64 - (list.len() - 1) as f64 / 2.0) * step;
                if let Some(port) = ports.get_mut(*number) {
                    if *is_source { port.source_px = px } else { port.target_px = px }
                }
            }
        }
        ports
    }

    /// As if edges led to the right: downwards is the same with the axes exchanged.
    fn ahead(&self, bounds: Bounds) -> Bounds {
        if self.places.is_down { bounds.turned() } else { bounds }
    }

    /// The points of an edge likewise.
    fn route(&self, number: usize) -> Vec<Place> {
        let points = self.places.routes.get(number).map(Vec::as_slice).unwrap_or_default();
        points.iter().map(|(x, y)| if self.places.is_down { (*y, *x) } else { (*x, *y) }).collect()
    }

    /// `from_by` and `to_by`: how far the ends were moved from where the layout put them.
    fn edge(&self, number: usize, text: &Rc<EdgeText>, ports: Ports, from_by: Place, to_by: Place) -> Option<EdgeLine> {
        let (source, target) = (self.ahead(self.nodes.get(text.source)?.bounds), self.ahead(self.nodes.get(text.target)?.bounds));
        let turn = |(x, y): Place| if self.places.is_down { (y, x) } else { (x, y) };
        let (from_by, to_by) = (turn(from_by), turn(to_by));
        let is_loop = text.source == text.target;
        let is_back = self.places.is_back.get(number).copied().unwrap_or(false) || is_loop;
        let line = if is_loop {
            route::self_loop(source, text.width_px)
        } else {
            let points = self.route(number);
            let last = points.len().saturating_sub(1).max(1) as f64;
            let bent: Vec<Place> = points
                .iter()
                .enumerate()
                .map(|(at, (x, y))| {
                    let share = at as f64 / last;
                    (x + from_by.0 * (1.0 - share) + to_by.0 * share, y + from_by.1 * (1.0 - share) + to_by.1 * share)
                })
                .collect();
            route::line(&bent, source, target, is_back, ports, text.width_px)
        };
        let line = if self.places.is_down { line.turned() } else { line };
        Some(EdgeLine { number, path: line.path(), head: line.head_path(), label: None, text: text.clone(), is_back, is_loop, line })
    }

    /// Every label that has none at the first place along its line that is free; without one it is left out.
    fn place_labels(&mut self) {
        if self.edges.len() > LABELS_MOST {
            return;
        }
        let placed = self.edges.iter().filter_map(|edge| edge.label.as_ref()).map(Label::bounds);
        let mut taken: Vec<Bounds> = self.nodes.iter().map(|node| node.bounds.grown(1.0)).chain(placed).collect();
        // Thick lines choose first.
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        order.sort_by(|one, other| {
            let width = |at: &usize| self.edges.get(*at).map_or(0.0, |edge| edge.text.width_px);
            width(other).total_cmp(&width(one)).then(one.cmp(other))
        });
        for at in order {
            let Some(edge) = self.edges.get_mut(at).filter(|edge| edge.label.is_none()) else { continue };
            let Some(label) = edge.label_in_middle() else { continue };
            match edge.free_places(label.width_px).into_iter().find(|wanted| !taken.iter().any(|other| other.touches(*wanted))) {
                Some(free) => {
                    taken.push(free);
                    let label = Some(Label { at: free.centre(), ..label });
                    *edge = Rc::new(EdgeLine { label, ..(**edge).clone() });
                }
                None => self.labels_on_others += 1,
            }
        }
    }

    /// The scene with nodes moved by so much from where the layout put them.
    #[must_use]
    pub fn with_moved(&self, moved: &[(usize, Place)]) -> Self {
        if moved.is_empty() {
            return self.clone();
        }
        let by = |number: usize| moved.iter().find(|(at, _)| *at == number).map(|(_, by)| *by);
        let mut next = self.clone();
        for (number, (dx, dy)) in moved {
            if let Some(node) = next.nodes.get_mut(*number) {
                *node = Rc::new(NodeBox { bounds: node.bounds.moved(*dx, *dy), ..(**node).clone() });
            }
        }
        // Labels that a box has come to lie on look for another place, as those of the edges that were moved along.
        let boxes: Vec<Bounds> = moved.iter().filter_map(|(number, _)| next.nodes.get(*number)).map(|node| node.bounds).collect();
        for edge in &mut next.edges {
            if edge.label.as_ref().is_some_and(|label| boxes.iter().any(|bounds| bounds.touches(label.bounds()))) {
                *edge = Rc::new(EdgeLine { label: None, ..(**edge).clone() });
            }
        }
        let changed = self.edges.iter().enumerate().filter(|(_, edge)| by(edge.text.source).is_some() || by(edge.text.target).is_some());
        for (at, edge) in changed {
            let (from_by, to_by) = (by(edge.text.source).unwrap_or_default(), by(edge.text.target).unwrap_or_default());
            if let Some(line) = next.edge(edge.number, &edge.text, Ports::default(), from_by, to_by)
                && let Some(slot) = next.edges.get_mut(at)
            {
                *slot = Rc::new(line);
            }
        }
        next.place_labels();
        next.groups = self.groups.iter().filter_map(|group| next.group(group.members.clone(), group.words.clone())).collect();
        next
    }

    /// What all of it covers; a point where there is nothing.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let labels = self.edges.iter().filter_map(|edge| edge.label.as_ref()).map(Label::bounds);
        let loops = self.edges.iter().map(|edge| edge.line.bounds());
        let parts = self
            .nodes
            .iter()
            .map(|node| node.bounds)
            .chain(self.groups.iter().flat_map(|group| group.boxes.iter().copied()))
            .chain(labels)
            .chain(loops);
        Bounds::of_all(parts).unwrap_or(Bounds { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 })
    }

    /// The boxes, each with how much leads to and from it.
    #[must_use]
    pub fn weights(&self) -> Vec<(Bounds, f64)> {
        let mut weights: Vec<(Bounds, f64)> = self.nodes.iter().map(|node| (node.bounds, 1.0)).collect();
        for edge in &self.edges {
            for end in [edge.text.source, edge.text.target] {
                if let Some((_, weight)) = weights.get_mut(end) {
                    *weight += edge.text.width_px;
                }
            }
        }
        weights
    }

    #[must_use]
    pub fn centres(&self) -> Vec<Place> {
        self.nodes.iter().map(|node| node.bounds.centre()).collect()
    }

    /// An edge that is not drawn with the others, as a straight line between its nodes, wherever these are.
    fn weak_line(&self, at: usize) -> Option<Rc<EdgeLine>> {
        let text = self.weak.get(at)?;
        self.edge(self.strong + at, text, Ports::default(), (0.0, 0.0), (0.0, 0.0)).map(Rc::new)
    }

    /// Edges of a node that are not drawn with the others.
    #[must_use]
    pub fn weak_around(&self, node: usize) -> Vec<Rc<EdgeLine>> {
        let own = self.weak.iter().enumerate().filter(|(_, text)| text.source == node || text.target == node);
        own.filter_map(|(at, _)| self.weak_line(at)).collect()
    }

    /// An edge that is not drawn with the others, by its number.
    #[must_use]
    pub fn weak_of(&self, number: usize) -> Option<Rc<EdgeLine>> {
        self.weak_line(number.checked_sub(self.strong)?)
    }

    /// An edge by its number, drawn or not.
    #[must_use]
    pub fn line_of(&self, number: usize) -> Option<Rc<EdgeLine>> {
        self.edges.iter().find(|edge| edge.number == number).cloned().or_else(|| self.weak_of(number))
    }

    /// Edges of a node and the nodes at their other ends.
    #[must_use]
    pub fn around(&self, node: usize) -> (Vec<Rc<EdgeLine>>, Vec<Rc<NodeBox>>) {
        let mut edges: Vec<Rc<EdgeLine>> =
            self.edges.iter().filter(|edge| edge.text.source == node || edge.text.target == node).cloned().collect();
        edges.extend(self.weak_around(node));
        let mut others: Vec<usize> = edges.iter().flat_map(|edge| [edge.text.source, edge.text.target]).collect();
        others.push(node);
        others.sort_unstable();
        others.dedup();
        let nodes = others.into_iter().filter_map(|at| self.nodes.get(at).cloned()).collect();
        (edges, nodes)
    }

    /// An edge and the nodes at its ends.
    #[must_use]
    pub fn ends_of(&self, number: usize) -> (Vec<Rc<EdgeLine>>, Vec<Rc<NodeBox>>) {
        let edge = self.line_of(number);
        let nodes =
            edge.iter().flat_map(|edge| [edge.text.source, edge.text.target]).filter_map(|at| self.nodes.get(at).cloned()).collect();
        (edge.into_iter().collect(), nodes)
    }

    /// All nodes as one path, for a small overview.
    #[must_use]
    pub fn overview(&self) -> String {
        self.nodes
            .iter()
            .map(|node| {
                let Bounds { left, top, .. } = node.bounds;
                format!("M{left:.0} {top:.0}h{0:.0}v{1:.0}h-{0:.0}z", node.bounds.width(), node.bounds.height())
            })
            .collect()
    }
}

fn label_of([name, calls, rate]: &[String; 3]) -> Option<([String; 3], f64)> {
    let parts = [words::cut(name, SMALL_FONT_PX, LABEL_NAME_MOST_PX), calls.clone(), rate.clone()];
    let texts: Vec<&String> = parts.iter().filter(|part| !part.is_empty()).collect();
    let gaps = texts.len().saturating_sub(1) as f64 * 4.0 + if rate.is_empty() { 0.0 } else { 6.0 };
    let width = texts.iter().map(|part| words::width_px(part, SMALL_FONT_PX) * 1.03).sum::<f64>() + gaps + 2.0 * LABEL_PADDING_PX;
    (!texts.is_empty()).then(|| (parts.clone(), width.ceil()))
}

/// Where an edge of a side leads to, its number, and whether it leaves there.
type PortEnd = (f64, usize, bool);

/// Sizes of boxes with room beside them for the labels of their edges, for the layout.
#[must_use]
pub fn roomy_sizes(nodes: &[NodeText], edges: &[EdgeText]) -> Vec<(f64, f64)> {
    /// What the layout leaves between layers anyway, without what the line needs for itself.
    const GAP_PX: f64 = 16.0;
    let mut sizes: Vec<(f64, f64)> = nodes.iter().map(NodeText::size).collect();
    if edges.len() > LABELS_KEPT {
        return sizes;
    }
    let mut room = vec![0.0_f64; sizes.len()];
    for edge in edges.iter().filter(|edge| edge.source != edge.target) {
        let width = label_of(&edge.label).map_or(0.0, |(_, width)| (width - GAP_PX).max(0.0));
        for end in [edge.source, edge.target] {
            if let Some(most) = room.get_mut(end) {
                *most = most.max(width);
            }
        }
    }
    for (size, room) in sizes.iter_mut().zip(&room) {
        size.0 += room;
    }
    sizes
}

/// Breadth of a line for a value, the largest of which is `most`: by its root, so that small ones are seen too.
#[must_use]
pub fn breadth_px(value: f64, most: f64) -> f64 {
    const LEAST: f64 = 1.5;
    const MOST: f64 = 7.0;
    let share = if most > 0.0 && value.is_finite() { (value / most).clamp(0.0, 1.0) } else { 0.0 };
    LEAST + (MOST - LEAST) * share.sqrt()
}

/// 0 without errors, 1 below 1 %, 2 below 5 %, 3 from there on.
#[must_use]
pub fn error_step(errors: u64, calls: u64) -> u8 {
    let (errors, calls) = (u128::from(errors), u128::from(calls));
    match (errors, calls) {
        (0, _) | (_, 0) => 0,
        _ if errors * 100 < calls => 1,
        _ if errors * 20 < calls => 2,
        _ => 3,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn node(name: &str) -> NodeText {
        NodeText {
            key: format!("agent:{name}").into(),
            name: name.into(),
            facts: "52 runs · p95 1.44 s".into(),
            error_rate: if name == "critic" { "13.5 %".into() } else { String::new() },
            error_step: 3,
            error_share: 0.135,
            own_share: Some(0.3),
            mark: Mark::Circle,
            slot: 3,
            is_striped: false,
            is_dashed: name == "external",
            words: format!("{name}: 52 runs"),
        }
    }

    pub fn edge(source: usize, target: usize) -> EdgeText {
        EdgeText {
            source,
            target,
            width_px: 3.0,
            tint: "r3",
            dots: 3,
            label: ["Draft".into(), "52".into(), "13.5 %".into()],
            words: "writer to critic".into(),
        }
    }

    pub fn scene() -> Scene {
        let nodes = ["external", "writer", "critic"].map(node).to_vec();
        let edges = vec![edge(0, 1), edge(1, 2), edge(2, 1), edge(2, 2), edge(1, 9)];
        let places = Places {
            centres: vec![(0.0, 0.0), (260.0, 0.0), (520.0, 40.0)],
            routes: vec![vec![(0.0, 0.0), (260.0, 0.0)], vec![], vec![], vec![]],
            is_back: vec![false, false, true, true],
            is_down: false,
        };
        Scene::new(nodes, edges, places, vec![(vec![1, 2], "cycle group of 2 agents".into())], usize::MAX)
    }

    #[test]
    fn every_part_has_its_place_and_an_edge_without_a_node_is_left_out() {
        let scene = scene();
        assert_eq!((scene.nodes.len(), scene.edges.len(), scene.groups.len()), (3, 4, 1));
        assert!(scene.edges[2].is_back && scene.edges[3].is_loop);
        let bounds = scene.bounds();
        for node in &scene.nodes {
            assert!(bounds.holds(node.bounds.centre()));
        }
        assert!(
            scene.groups[0].boxes[0].holds(scene.nodes[1].bounds.centre())
                && !scene.groups[0].boxes[0].holds(scene.nodes[0].bounds.centre())
        );
        assert!(scene.edges.iter().all(|edge| edge.label.is_some()));
    }

    #[test]
    fn labels_do_not_lie_on_each_other_where_there_is_room() {
        let scene = scene();
        let labels: Vec<Bounds> = scene
            .edges
            .iter()
            .filter_map(|edge| edge.label.as_ref())
            .map(|label| Bounds::around(label.at, (label.width_px, LABEL_HEIGHT_PX)))
            .collect();
        for (at, one) in labels.iter().enumerate() {
            assert!(labels.iter().skip(at + 1).all(|other| !one.touches(*other)), "label {at}");
        }
    }

    #[test]
    fn a_moved_node_takes_its_edges_along_and_leaves_the_others_alone() {
        let before = scene();
        let after = before.with_moved(&[(2, (50.0, 120.0))]);
        assert_eq!(after.nodes[2].bounds, before.nodes[2].bounds.moved(50.0, 120.0));
        assert!(Rc::ptr_eq(&before.nodes[0], &after.nodes[0]) && Rc::ptr_eq(&before.edges[0], &after.edges[0]));
        assert_ne!(before.edges[1].path, after.edges[1].path);
        assert!(after.groups[0].boxes[0].bottom > before.groups[0].boxes[0].bottom);
        assert_eq!(before.with_moved(&[]), before);
    }

    #[test]
    fn no_label_lies_on_a_box_or_on_another_label() {
        // Many edges between two boxes that stand close: there is no room for all of their labels.
        let nodes = ["writer", "critic"].map(node).to_vec();
        let places = Places { centres: vec![(0.0, 0.0), (180.0, 0.0)], ..Places::default() };
        let tight = Scene::new(nodes, vec![edge(0, 1); 12], places, Vec::new(), usize::MAX);
        assert!(tight.labels_on_others > 0);
        for scene in [tight.clone(), tight.with_moved(&[(1, (20.0, 30.0))])] {
            let labels: Vec<Bounds> = scene.edges.iter().filter_map(|edge| edge.label.as_ref()).map(Label::bounds).collect();
            for (at, one) in labels.iter().enumerate() {
                assert!(scene.nodes.iter().all(|node| !node.bounds.touches(*one)), "label {at} on a box");
                assert!(labels.iter().skip(at + 1).all(|other| !one.touches(*other)), "label {at} on another");
            }
        }
        assert!(tight.edges.iter().all(|edge| edge.label_in_middle().is_some()), "each says it when it is pointed at");
    }

    #[test]
    fn edges_beyond_the_strong_ones_are_there_when_they_are_asked_for() {
        let nodes = ["writer", "critic", "lone"].map(node).to_vec();
        let places = Places { centres: vec![(0.0, 0.0), (260.0, 0.0), (520.0, 0.0)], ..Places::default() };
        let scene = Scene::new(nodes, vec![edge(0, 1), edge(1, 2), edge(2, 0)], places, Vec::new(), 1);
        assert_eq!(scene.edges.len(), 1);
        assert_eq!(scene.around(2).0.iter().map(|edge| edge.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(scene.ends_of(2).1.len(), 2);
        let moved = scene.with_moved(&[(2, (0.0, 300.0))]);
        assert_ne!(moved.weak_of(1).map(|edge| edge.path.clone()), scene.weak_of(1).map(|edge| edge.path.clone()));
    }

    #[test]
    fn neighbours_of_a_node() {
        let (edges, nodes) = scene().around(2);
        assert_eq!((edges.len(), nodes.iter().map(|node| node.number).collect::<Vec<_>>()), (3, vec![1, 2]));
    }

    #[test]
    fn sizes_and_bars_are_within_bounds() {
        let long = NodeText { name: "a_very_long_name_of_an_operation_that_never_ends_at_all".into(), ..node("x") };
        assert!((long.size().0 - NODE_MOST_PX).abs() < 1e-9);
        let drawn = NodeBox::new(0, Rc::new(long.clone()), Bounds::around((0.0, 0.0), long.size()));
        assert!(drawn.name.contains('…'));
        for share in [f64::NAN, -1.0, 0.0, 0.001, 0.5, 7.0] {
            let (left, _, width) = drawn.bar(share, 0);
            assert!(width.is_finite() && width >= 0.0 && left + width <= drawn.text_right() + 1e-9);
        }
        assert!(breadth_px(f64::NAN, 0.0) > 0.0 && breadth_px(10.0, 10.0) > breadth_px(1.0, 10.0));
    }

    #[test]
    fn labels_get_room_beside_the_boxes_unless_there_are_many() {
        let nodes = ["writer", "critic", "lone"].map(node).to_vec();
        let sizes = roomy_sizes(&nodes, &[edge(0, 1), edge(2, 2)]);
        assert!(sizes[0].0 > nodes[0].size().0 && sizes[1].0 > nodes[1].size().0);
        assert_eq!(sizes[2], nodes[2].size());
        assert_eq!(roomy_sizes(&nodes, &vec![edge(0, 1); 99]), nodes.iter().map(NodeText::size).collect::<Vec<_>>());
    }

    #[test]
    fn error_rates_fall_into_four_steps() {
        let steps = [(0, 10), (1, 101), (1, 100), (4, 100), (5, 100), (10, 10), (3, 0)].map(|(errors, calls)| error_step(errors, calls));
        assert_eq!(steps, [0, 1, 2, 2, 3, 3, 0]);
    }
}
