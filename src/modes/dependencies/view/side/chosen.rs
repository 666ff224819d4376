//! The chosen node or edge: its figures, who is around it, what can be done with it.

use yew::prelude::*;

use super::super::{
    super::{
        drawn::{self, duration_ms, key_of, pick_edge, pick_node},
        facts::NodeFacts,
        params::{DependencyParams, GraphKind, Picked, Tab},
    },
    names::Palette,
    set_params,
    tables::SharedSubject,
};
use super::behind_panel::BehindEdge;
use crate::{
    core::{
        filter::{Condition, How, Node as FilterNode, Pattern, TextField},
        graph::{Graph, Node, NodeKind},
        units,
    },
    modes::ModeProps,
    state::{scope::edit, store::Nav},
    ui::icon::Icon,
};

/// Neighbours in a row.
const NEIGHBOURS: usize = 8;

#[derive(Properties, PartialEq)]
pub struct NodePanelProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub subject: SharedSubject,
    pub palette: Palette,
    pub node: usize,
    pub onpick: Callback<Option<Picked>>,
}

/// The spans of a node as a condition of the filter.
pub fn condition(node: &Node) -> Option<FilterNode> {
    let text =
        |field: TextField, value: &str| FilterNode::Is(Condition::Text { field, how: How::Exactly, values: vec![Pattern::literal(value)] });
    match node.kind {
        NodeKind::Service if !node.name.is_empty() => Some(text(TextField::Service, &node.name)),
        NodeKind::Agent => Some(text(TextField::Agent, &node.name)),
        NodeKind::Operation => {
            let service = node.group.as_deref().filter(|group| !group.is_empty()).map(|group| text(TextField::Service, group));
            FilterNode::all(std::iter::once(text(TextField::Name, &node.name)).chain(service).collect())
        }
        _ => None,
    }
}

#[component]
pub fn NodePanel(props: &NodePanelProps) -> Html {
    let NodePanelProps { mode, params, subject, palette, node: number, onpick, kind } = props;
    let graph = &subject.0.graph;
    let facts = use_memo((subject.clone(), *number), |(subject, number)| NodeFacts::of(&subject.0.graph, *number));
    let Some(node) = graph.nodes.get(*number) else { return Html::default() };
    let key = key_of(node);
    let noun = drawn::calls_noun(node.kind);
    let is_focused = params.focus.as_ref() == Some(&key);
    let change = |change: fn(&mut DependencyParams, String)| {
        let (store, key) = (mode.store.clone(), key.clone());
        Callback::from(move |_: MouseEvent| {
            let key = key.clone();
            set_params(&store, Nav::Push, move |params| change(params, key));
        })
    };
    let onfocus = change(|params, key| params.focus = if params.focus.as_ref() == Some(&key) { None } else { Some(key) });
    let onhide = change(DependencyParams::hide);
    let onopen = change(DependencyParams::open);
    let onfilter = condition(node).map(|part| {
        let (store, scope) = (mode.store.clone(), mode.scope.scope.clone());
        Callback::from(move |_: MouseEvent| edit::add(&store, &scope, part.clone()))
    });
    let can_open = node.kind == NodeKind::Service && *kind == GraphKind::Services;
    let row = |label: &'static str, value: Html| html! { <><dt>{ label }</dt><dd>{ value }</dd></> };
    let text = |label: &'static str, value: String| row(label, html! { { value } });
    let missing = || units::MISSING.to_owned();
    let calls = match node.errors {
        0 if node.uses > 0 => format!("{}, {}", units::counted(node.calls, noun), units::counted(node.uses, "use")),
        0 => units::counted(node.calls, noun),
        errors => format!("{}, {} failed ({})", units::counted(node.calls, noun), units::count(errors), units::percent(errors, node.calls)),
    };
    let affected = match facts.downstream {
        0 => "Nothing else gets less input".to_owned(),
        count => format!("{} {} downstream", units::count(count as u64), if count == 1 { "node" } else { "nodes" }),
    };
    html! {
        <>
            <div class="sec dsel" data-testid="dependency-node" data-key={key.clone()}>
                <h3>{ palette.named(node) }<span class="dim">{ node.kind.word() }</span></h3>
                <div class="insp-a">
                    <button type="button" class="btn sm" aria-pressed={is_focused.to_string()} title="Only what can be reached from here (F)" onclick={onfocus}><Icon name="target" class="s" />{ "Focus" }</button>
                    if let Some(onfilter) = onfilter {
                        <button type="button" class="btn sm" title="The filter lets only these spans through" onclick={onfilter}><Icon name="filter" class="s" />{ "Add to filter" }</button>
                    }
                    if can_open {
                        <button type="button" class="btn sm" title="Show its operations in its place (E)" onclick={onopen}><Icon name="expand" class="s" />{ "Operations" }</button>
                    }
                    <button type="button" class="btn sm" title="Leave the node out of the graph (H)" onclick={onhide}><Icon name="eyeoff" class="s" />{ "Hide" }</button>
                </div>
                <dl class="kv">
                    { text("Calls", calls) }
                    { text("p95", node.p95_ms.filter(|ms| ms.is_finite()).map_or_else(missing, duration_ms)) }
                    if let Some(own) = node.self_share { { text("Own time", format!("{} of all", drawn::share(own))) } }
                    if let Some(group) = &node.group { { text("Service", group.to_string()) } }
                    if !facts.takes.is_empty() { { text("Consumes", facts.takes.join(", ")) } }
                    if !facts.gives.is_empty() { { text("Publishes", facts.gives.join(", ")) } }
                    { row("Depends on", neighbours(graph, palette, &facts.sources, onpick)) }
                    { row("Feeds", neighbours(graph, palette, &facts.targets, onpick)) }
                    if facts.calls_itself > 0 { { text("Itself", units::counted(facts.calls_itself, "call")) } }
                    { text("If it fails", affected) }
                </dl>
            </div>
            <div class="sec"><h3>{ "Edges" }</h3>{ edges_of(props) }</div>
        </>
    }
}

fn neighbours(graph: &Graph, palette: &Palette, nodes: &[usize], onpick: &Callback<Option<Picked>>) -> Html {
    if nodes.is_empty() {
        return html! { <span class="dim">{ "nothing" }</span> };
    }
    let more = nodes.len().saturating_sub(NEIGHBOURS);
    html! {
        <span class="nbs">
            { for nodes.iter().take(NEIGHBOURS).map(|at| {
                let picked = pick_node(graph, *at);
                let onclick = onpick.reform(move |_: MouseEvent| picked.clone());
                html! { <button type="button" class="lk plain" {onclick}>{ palette.named_at(graph, *at) }</button> }
            }) }
            if more > 0 { <span class="dim">{ format!("and {more} more") }</span> }
        </span>
    }
}

fn edges_of(props: &NodePanelProps) -> Html {
    const MOST: usize = 12;
    let NodePanelProps { subject, palette, node, onpick, .. } = props;
    let graph = &subject.0.graph;
    let touching: Vec<usize> =
        graph.edges.iter().enumerate().filter(|(_, edge)| edge.source == *node || edge.target == *node).map(|(at, _)| at).collect();
    if touching.is_empty() {
        return html! { <p class="sub">{ "No calls from or to it." }</p> };
    }
    html! {
        <ul class="eds">
            { for touching.iter().take(MOST).filter_map(|at| graph.edges.get(*at).map(|edge| (*at, edge))).map(|(at, edge)| {
                let picked = pick_edge(graph, at);
                let onclick = onpick.reform(move |_: MouseEvent| picked.clone());
                html! {
                    <li key={at}><button type="button" class="lk plain" title={drawn::edge_words(graph, edge)} {onclick}>{ palette.named_at(graph, edge.source) }<span class="arr">{ "→" }</span>{ palette.named_at(graph, edge.target) }</button><b>{ units::count_short(edge.calls) }</b></li>
                }
            }) }
            if touching.len() > MOST { <li class="dim">{ format!("and {} more in the table", touching.len() - MOST) }</li> }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
pub struct EdgePanelProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub subject: SharedSubject,
    pub palette: Palette,
    pub edge: usize,
    pub onpick: Callback<Option<Picked>>,
}

#[component]
pub fn EdgePanel(props: &EdgePanelProps) -> Html {
    let EdgePanelProps { mode, params, kind, subject, palette, edge: number, onpick } = props;
    let graph = &subject.0.graph;
    let Some(edge) = graph.edges.get(*number) else { return Html::default() };
    let ms = |label: &'static str, col: &'static str, ms: Option<f64>| {
        let ms = ms.filter(|ms| ms.is_finite());
        html! { <div><dt>{ label }</dt><dd data-col={col} data-value={ms.map(|ms| ms.to_string())}>{ ms.map_or_else(|| units::MISSING.to_owned(), duration_ms) }</dd></div> }
    };
    let end = |at: usize| {
        let picked = pick_node(graph, at);
        let onclick = onpick.reform(move |_: MouseEvent| picked.clone());
        html! { <button type="button" class="lk plain" {onclick}>{ palette.named_at(graph, at) }</button> }
    };
    let onfilter = graph.nodes.get(edge.target).and_then(condition).map(|part| {
        let (store, scope) = (mode.store.clone(), mode.scope.scope.clone());
        Callback::from(move |_: MouseEvent| edit::add(&store, &scope, part.clone()))
    });
    let oncycles = {
        let store = mode.store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, |params| params.tab = Some(Tab::Cycles)))
    };
    let in_cycle = subject.0.cycles.iter().any(|cycle| cycle.edges.contains(number));
    html! {
        <>
        <div class="sec dsel" data-testid="dependency-edge">
            <h3 class="edge-h">{ end(edge.source) }<span class="arr">{ "→" }</span>{ end(edge.target) }</h3>
            if let Some(label) = &edge.label { <p class="sub" title={label.clone()}>{ label.clone() }</p> }
            <div class="insp-a">
                if let Some(onfilter) = onfilter {
                    <button type="button" class="btn sm" title="The filter lets only the spans of the target through" onclick={onfilter}><Icon name="filter" class="s" />{ "Add target to filter" }</button>
                }
                if in_cycle { <button type="button" class="btn sm" onclick={oncycles}><Icon name="cycle" class="s" />{ "Its cycle" }</button> }
            </div>
            <dl class="cy-f figs">
                <div><dt>{ "Calls" }</dt><dd data-col="calls" data-value={edge.calls.to_string()}>{ units::count(edge.calls) }</dd></div>
                <div><dt>{ "Errors" }</dt><dd class={classes!((edge.errors > 0).then_some("err"))} data-col="errors" data-value={edge.errors.to_string()}>{ if edge.errors > 0 { format!("{} ({})", units::count(edge.errors), units::percent(edge.errors, edge.calls)) } else { "0".to_owned() } }</dd></div>
                <div><dt>{ "Traces" }</dt><dd data-col="traces" data-value={edge.traces.to_string()}>{ units::count(edge.traces) }</dd></div>
                { ms("Mean", "mean_ms", edge.mean_ms) }
                { ms("p50", "p50_ms", edge.p50_ms) }
                { ms("p95", "p95_ms", edge.p95_ms) }
                { ms("p99", "p99_ms", edge.p99_ms) }
            </dl>
            if let Some(handover) = edge.handover {
                <p class="cap figs-c">{ "From the artifact to the start of the run that takes it" }</p>
                <dl class="cy-f figs">
                    { ms("Mean", "handover_mean_ms", handover.mean_ms) }
                    { ms("p50", "handover_p50_ms", handover.p50_ms) }
                    { ms("p95", "handover_p95_ms", handover.p95_ms) }
                    { ms("p99", "handover_p99_ms", handover.p99_ms) }
                </dl>
            }
        </div>
            <BehindEdge mode={mode.clone()} kind={*kind} opened={params.opened.clone()} subject={subject.clone()} edge={*number} />
        </>
    }
}
