//! The parts of a scene as elements. Each is drawn again only when it changes.

use std::rc::Rc;

use yew::prelude::*;

use super::{SharedScene, Target};
use crate::core::graph_view::{
    picture,
    scene::{EdgeLine, LABEL_HEIGHT_PX, Mark, NodeBox},
};

#[derive(Properties, PartialEq)]
pub struct PartsProps {
    pub id: &'static str,
    pub scene: SharedScene,
    pub picked: Option<Target>,
    pub active: Option<usize>,
    pub found: Rc<Vec<usize>>,
    pub marked: Rc<Vec<usize>>,
}

#[component]
pub fn Parts(props: &PartsProps) -> Html {
    let PartsProps { id, scene, picked, active, found, marked } = props;
    let scene = &scene.0;
    let groups = scene.groups.iter().map(|group| {
        let caption = group.boxes.first().filter(|_| group.is_whole);
        html! {
            <g class="hull">
                <title>{ group.words.clone() }</title>
                { for group.boxes.iter().map(|bounds| html! {
                    <rect x={px(bounds.left)} y={px(bounds.top)} width={px(bounds.width())} height={px(bounds.height())} rx="14" />
                }) }
                { for caption.map(|bounds| html! { <text x={px(bounds.left + 10.0)} y={px(bounds.bottom - 6.0)}>{ group.words.clone() }</text> }) }
            </g>
        }
    });
    // Of a dense graph only the strong edges are drawn, and with them those that the reader has chosen.
    let weak = use_memo((props.scene.clone(), *picked, marked.clone()), |(scene, picked, marked)| {
        let mut weak = match picked {
            Some(Target::Node(node)) => scene.0.weak_around(*node),
            Some(Target::Edge(number)) => scene.0.weak_of(*number).into_iter().collect(),
            None => Vec::new(),
        };
        weak.extend(marked.iter().filter_map(|number| scene.0.weak_of(*number)));
        weak.sort_by_key(|edge| edge.number);
        weak.dedup_by_key(|edge| edge.number);
        weak
    });
    let edges = scene.edges.iter().chain(weak.iter()).map(|edge| {
        let number = edge.number;
        html! { <EdgeView key={number} edge={SharedEdge(edge.clone())} is_picked={*picked == Some(Target::Edge(number))} is_marked={marked.contains(&number)} /> }
    });
    let nodes = scene.nodes.iter().map(|node| {
        let number = node.number;
        html! {
            <NodeView key={number} {id} node={SharedNode(node.clone())} is_picked={*picked == Some(Target::Node(number))} is_active={*active == Some(number)}
                is_found={found.contains(&number)} is_last={number + 1 == scene.nodes.len()} />
        }
    });
    let labels = scene.edges.iter().filter(|edge| edge.label.is_some()).map(|edge| {
        html! { <LabelView key={edge.number} edge={SharedEdge(edge.clone())} is_picked={*picked == Some(Target::Edge(edge.number))} /> }
    });
    html! {
        <>
            <g role="presentation">{ for groups }</g>
            <g role="presentation" aria-hidden="true">{ for edges }</g>
            <g role="presentation">{ for nodes }</g>
            <g role="presentation" aria-hidden="true">{ for labels }</g>
        </>
    }
}

fn px(length: f64) -> String {
    format!("{length:.1}")
}

/// Compared by identity.
#[derive(Clone)]
struct SharedNode(Rc<NodeBox>);

impl PartialEq for SharedNode {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone)]
struct SharedEdge(Rc<EdgeLine>);

impl PartialEq for SharedEdge {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
struct NodeViewProps {
    id: &'static str,
    node: SharedNode,
    is_picked: bool,
    is_active: bool,
    is_found: bool,
    is_last: bool,
}

#[component]
fn NodeView(props: &NodeViewProps) -> Html {
    let node = &props.node.0;
    let (text, bounds, number) = (&node.text, node.bounds, node.number);
    let class = classes!(
        "gn",
        text.is_dashed.then_some("ext"),
        props.is_picked.then_some("sel"),
        props.is_active.then_some("at"),
        props.is_found.then_some("found")
    );
    let (mark_x, mark_y) = node.mark_at();
    let colour = classes!("f", format!("c{}", text.slot), text.is_striped.then_some("stripe"));
    let mark_class = classes!("nm", colour.clone());
    let mark = match text.mark {
        Mark::Circle => html! { <circle class={mark_class.clone()} cx={px(mark_x)} cy={px(mark_y)} r="4.5" /> },
        Mark::Square => {
            html! { <rect class={mark_class.clone()} x={px(mark_x - 4.2)} y={px(mark_y - 4.2)} width="8.5" height="8.5" rx="2" /> }
        }
        Mark::Diamond => {
            let points: Vec<String> = picture::diamond((mark_x, mark_y)).iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            html! { <polygon class={mark_class} points={points.join(" ")} /> }
        }
    };
    let (left, top, own) = node.bar(text.own_share.unwrap_or(0.0), 0);
    let (_, error_top, error) = node.bar(text.error_share, 1);
    // Its title is its name.
    html! {
        <g id={format!("{}-n{number}", props.id)} {class} role="option" aria-selected={props.is_picked.to_string()} data-hit={format!("n{number}")} data-key={text.key.clone()}>
            <title>{ text.words.clone() }</title>
            <rect class="nr" x={px(bounds.left)} y={px(bounds.top)} width={px(bounds.width())} height={px(bounds.height())} rx="8" />
            { mark }
            <text class="nt" x={px(node.name_left())} y={px(node.name_line())}>{ node.name.clone() }</text>
            if !text.error_rate.is_empty() { <text class={format!("ne r{}", text.error_step)} x={px(node.text_right())} y={px(node.name_line())}>{ text.error_rate.clone() }</text> }
            <text class="ns" x={px(node.text_left())} y={px(node.facts_line())}>{ text.facts.clone() }</text>
            <text class="nf" x={px(bounds.centre().0)} y={px(bounds.centre().1 + 8.0)}>{ node.far_name.clone() }</text>
            if text.own_share.is_some() { <rect class="nb" x={px(left)} y={px(top)} width={px(node.bar_width())} height="2" rx="1" /> }
            if own > 0.0 { <rect class={colour} x={px(left)} y={px(top)} width={px(own)} height="2" rx="1" /> }
            if error > 0.0 { <rect class={format!("nbe r{}", text.error_step)} x={px(left)} y={px(error_top)} width={px(error)} height="2" rx="1" /> }
        </g>
    }
}

#[derive(Properties, PartialEq)]
struct EdgeViewProps {
    edge: SharedEdge,
    is_picked: bool,
    is_marked: bool,
}

#[component]
fn EdgeView(props: &EdgeViewProps) -> Html {
    let edge = &props.edge.0;
    let class =
        classes!("ge", edge.text.tint, edge.is_back.then_some("bk"), props.is_picked.then_some("sel"), props.is_marked.then_some("mark"));
    html! {
        <g {class} data-hit={format!("e{}", edge.number)}>
            <title>{ edge.text.words.clone() }</title>
            // Around the line and not in its colour: dashes, dots and colour go on saying what they say.
            if props.is_picked || props.is_marked { <path class="pk" d={edge.path.clone()} stroke-width={px(edge.text.width_px + 8.0)} /> }
            { line(edge) }
            <path class="hit" d={edge.path.clone()} />
        </g>
    }
}

fn line(edge: &EdgeLine) -> Html {
    html! {
        <>
            <path class="ln" d={edge.path.clone()} stroke-width={px(edge.text.width_px)} />
            if let Some((dash, gap)) = picture::dots(edge.text.dots) {
                <path class="dots" d={edge.path.clone()} stroke-width={px((edge.text.width_px * 0.45).max(1.0))} stroke-dasharray={format!("{dash} {gap}")} />
            }
            <path class="hd" d={edge.head.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct LabelViewProps {
    edge: SharedEdge,
    is_picked: bool,
}

#[component]
fn LabelView(props: &LabelViewProps) -> Html {
    let edge = &props.edge.0;
    let Some(label) = &edge.label else { return Html::default() };
    let class = classes!("el", edge.text.tint, edge.is_back.then_some("bk"), props.is_picked.then_some("sel"));
    let [name, calls, rate] = &label.parts;
    let (x, y) = label.at;
    html! {
        <g {class} data-hit={format!("e{}", edge.number)}>
            <rect x={px(x - label.width_px / 2.0)} y={px(y - LABEL_HEIGHT_PX / 2.0)} width={px(label.width_px)} height={px(LABEL_HEIGHT_PX)} rx="4" />
            <text x={px(x)} y={px(y + 4.0)}>
                if !name.is_empty() { <tspan>{ format!("{name} ") }</tspan> }
                <tspan class="ec">{ calls.clone() }</tspan>
                if !rate.is_empty() { <tspan class="ee">{ format!(" · {rate}") }</tspan> }
            </text>
        </g>
    }
}

#[derive(Properties, PartialEq)]
pub struct HotProps {
    pub scene: SharedScene,
    pub hover: Option<Target>,
}

/// What the pointer is at, once more above the rest: a node with its edges and neighbours, an edge with its ends.
#[component]
pub fn Hot(props: &HotProps) -> Html {
    let (edges, nodes) = match props.hover {
        None => return html! { <g class="hot"></g> },
        Some(Target::Node(number)) => props.scene.0.around(number),
        Some(Target::Edge(number)) => props.scene.0.ends_of(number),
    };
    html! {
        <g class="hot" aria-hidden="true">
            { for edges.iter().map(|edge| html! { <g class={classes!("ge", "hot", edge.text.tint, edge.is_back.then_some("bk"))}>{ line(edge) }</g> }) }
            { for nodes.iter().map(|node| {
                let bounds = node.bounds;
                html! { <rect class="halo" x={px(bounds.left)} y={px(bounds.top)} width={px(bounds.width())} height={px(bounds.height())} rx="8" /> }
            }) }
            { for edges.iter().map(|edge| {
                // One that found no free place is read all the same when its own line is pointed at.
                let edge = match (&edge.label, props.hover) {
                    (None, Some(Target::Edge(_))) => Rc::new(EdgeLine { label: edge.label_in_middle(), ..(**edge).clone() }),
                    _ => edge.clone(),
                };
                html! { <LabelView edge={SharedEdge(edge)} is_picked={false} /> }
            }) }
        </g>
    }
}
