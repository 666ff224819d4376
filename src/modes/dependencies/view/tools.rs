//! The line above the graph: which graph, what its lines mean, the focus, what is hidden, the search.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        drawn::{find_focus, find_key},
        params::{DependencyParams, GraphKind, Thickness, Tint, Way},
    },
    names::Palette,
    set_params,
};
use crate::{
    core::{graph::Graph, units},
    state::store::{Nav, Store},
    ui::{
        icon::Icon,
        picker::{PickOption, Picker},
        segments::Segments,
    },
};

const ALL_HOPS: &str = "all";
const HOPS: [(&str, u32); 3] = [("1", 1), ("2", 2), ("3", 3)];

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub store: Store,
    pub params: DependencyParams,
    /// The graph in view, chosen or not.
    pub kind: GraphKind,
    pub graph: Option<Rc<Graph>>,
    pub palette: Palette,
    pub is_stale: bool,
    pub waits_for: Option<String>,
    pub typed: AttrValue,
    /// Nodes that the search finds.
    pub found: usize,
    pub ontype: Callback<String>,
    /// Which of them is chosen.
    pub found_at: Option<usize>,
    /// Enter in the search: the next one, or with Shift the one before.
    pub onsearch: Callback<bool>,
    /// At the end of the line.
    #[prop_or_default]
    pub children: Html,
}

fn options<T: Copy>(all: &[T], slug: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Rc<Vec<PickOption>> {
    Rc::new(all.iter().map(|each| PickOption { value: slug(*each).into(), label: label(*each).into(), note: None }).collect())
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { store, params, kind, graph, palette, .. } = props;
    let set = |nav: Nav, change: fn(&mut DependencyParams, &str)| {
        let store = store.clone();
        move |value: &str| {
            let value = value.to_owned();
            set_params(&store, nav, move |params| change(params, &value));
        }
    };
    let onkind = {
        let set = set(Nav::Push, |params, slug| {
            if let Some(kind) = GraphKind::from_slug(slug) {
                params.show(kind);
            }
        });
        Callback::from(move |slug: &'static str| set(slug))
    };
    let onwidth = {
        let set = set(Nav::Replace, |params, slug| params.thickness = Thickness::from_slug(slug).unwrap_or(Thickness::Calls));
        Callback::from(move |slug: AttrValue| set(&slug))
    };
    let ontint = {
        let set = set(Nav::Replace, |params, slug| params.tint = Tint::from_slug(slug).unwrap_or(Tint::ErrorRate));
        Callback::from(move |slug: AttrValue| set(&slug))
    };
    let onway = {
        let set = set(Nav::Replace, |params, slug| params.way = Way::from_slug(slug).unwrap_or(Way::Both));
        Callback::from(move |slug: AttrValue| set(&slug))
    };
    let onhops = {
        let set = set(Nav::Replace, |params, word| params.hops = HOPS.iter().find(|(each, _)| *each == word).map(|(_, hops)| *hops));
        Callback::from(move |word: &'static str| set(word))
    };
    let unfocus = {
        let set = set(Nav::Push, |params, _| params.focus = None);
        Callback::from(move |_: MouseEvent| set(""))
    };
    let unhide = {
        let set = set(Nav::Push, |params, _| params.hidden.clear());
        Callback::from(move |_: MouseEvent| set(""))
    };
    let onloops = {
        let set = set(Nav::Replace, |params, _| params.with_loops = !params.with_loops);
        Callback::from(move |_: MouseEvent| set(""))
    };
    let close_all = {
        let set = set(Nav::Push, |params, _| params.opened.clear());
        Callback::from(move |_: MouseEvent| set(""))
    };
    let focused = params.focus.as_ref().map(|key| {
        let node = graph.as_ref().and_then(|graph| find_key(graph, key).and_then(|at| graph.nodes.get(at)));
        node.map_or_else(
            || {
                let name = key.split_once(':').map_or(key.as_str(), |(_, name)| name);
                let count = graph.as_ref().map_or(0, |graph| find_focus(graph, key).len());
                if count > 0 {
                    return html! { <span class="dn"><span>{ format!("{name}: {}", units::counted(count as u64, "operation")) }</span></span> };
                }
                html! { <span class="dn" title="No node of this name is in the graph: all nodes are shown."><span class="dim">{ if graph.is_some() { format!("{name}: not in the graph") } else { name.to_owned() } }</span></span> }
            },
            |node| palette.named(node),
        )
    });
    let hops: &'static str =
        params.hops.map_or(ALL_HOPS, |hops| HOPS.iter().find(|(_, each)| *each == hops).map_or("more", |(word, _)| *word));
    let mut hop_choices: Vec<(&'static str, AttrValue)> = HOPS.iter().map(|(word, _)| (*word, AttrValue::from(*word))).collect();
    if let (Some(hops), "more") = (params.hops, hops) {
        hop_choices.push(("more", hops.to_string().into()));
    }
    hop_choices.push((ALL_HOPS, "All hops".into()));
    let oninput = props
        .ontype
        .reform(|event: InputEvent| event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default());
    let onkeydown = {
        let (onsearch, ontype) = (props.onsearch.clone(), props.ontype.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "Enter" => onsearch.emit(event.shift_key()),
                "Escape" => ontype.emit(String::new()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let found = match props.found_at {
        Some(at) => format!("{} of {}", units::count(at as u64 + 1), units::count(props.found as u64)),
        None => units::count(props.found as u64),
    };
    let has_typed = !props.typed.trim().is_empty();
    html! {
        <div class="tool">
            <Segments name="depkind" label="Nodes" choices={GraphKind::ALL.iter().map(|each| (each.slug(), AttrValue::from(each.label()))).collect::<Vec<_>>()} chosen={kind.slug()} onchoose={onkind} />
            <span class="cap">{ "Thickness" }</span>
            <Picker id="dep-width" label="Thickness of the edges" text={params.thickness.label()} options={options(Thickness::ALL, Thickness::slug, Thickness::label)} chosen={Some(AttrValue::from(params.thickness.slug()))} onpick={onwidth} />
            <span class="cap">{ "Colour" }</span>
            <Picker id="dep-tint" label="Colour of the edges" text={params.tint.label()} options={options(Tint::ALL, Tint::slug, Tint::label)} chosen={Some(AttrValue::from(params.tint.slug()))} onpick={ontint} />
            if matches!(kind, GraphKind::Services | GraphKind::Operations) {
                <button type="button" class="sw-toggle" role="switch" aria-checked={params.with_loops.to_string()} title="Draw calls of a node to itself" onclick={onloops}><i></i>{ "Self calls" }</button>
            }
            if let Some(focused) = focused {
                <span class="sepv"></span>
                <span class="cap">{ "Focus" }</span>
                <span class="chip" data-testid="dependency-focus" data-key={params.focus.clone()}>{ focused }<button type="button" class="chip-x" aria-label="Clear focus" title="Clear focus (F)" onclick={unfocus}><Icon name="x" /></button></span>
                <Segments name="dephops" label="Hops" choices={hop_choices} chosen={hops} onchoose={onhops} />
                <Picker id="dep-way" label="Direction of the hops" text={params.way.label()} options={options(Way::ALL, Way::slug, Way::label)} chosen={Some(AttrValue::from(params.way.slug()))} onpick={onway} />
            }
            if !params.hidden.is_empty() {
                <span class="chip" data-testid="dependency-hidden"><span>{ format!("{} hidden", units::count(params.hidden.len() as u64)) }</span><button type="button" class="chip-x" aria-label="Show hidden nodes" title="Show hidden nodes" onclick={unhide}><Icon name="x" /></button></span>
            }
            if !params.opened.is_empty() {
                <span class="chip" data-testid="dependency-opened"><span>{ format!("{} expanded", units::count(params.opened.len() as u64)) }</span><button type="button" class="chip-x" aria-label="Show services as one node again" title="Show services as one node again" onclick={close_all}><Icon name="x" /></button></span>
            }
            <span class="grow"></span>
            if props.is_stale {
                <span class="busy late"><i class="spin"></i>{ props.waits_for.clone().unwrap_or_else(|| "counting calls".to_owned()) }</span>
            }
            <div class="inwrap find-node"><Icon name="search" class="s" />
                <input id="dep-find" class="in" type="search" placeholder="Find a node" aria-label="Find a node" title="Enter: the next one, Shift Enter: the one before" autocomplete="off" spellcheck="false" value={props.typed.clone()} {oninput} {onkeydown} />
                if has_typed { <span class="find-c" role="status" data-testid="dependency-found">{ found }</span> }
            </div>
            { props.children.clone() }
        </div>
    }
}
