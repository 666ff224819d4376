//! Everything that is drawn of a graph, in its place. Parts are shared, so that a moved node makes only itself and its edges anew.

mod parts;
#[cfg(test)]
pub(super) mod tests;

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Bounds, Place,
    route::{self, Ports},
};

pub use self::parts::*;
use self::parts::{NODE_LEAST_PX, label_of};

/// Around the members of a cycle.
const GROUP_MARGIN_PX: f64 = 16.0;
/// Around each of them, where they stand apart.
const MEMBER_MARGIN_PX: f64 = 6.0;
/// With more labels than this, boxes have no room beside them for labels.
pub const LABELS_KEPT: usize = 60;
/// With more than this none is drawn: there would be nothing but labels between the boxes.
const LABELS_MOST: usize = 900;

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
