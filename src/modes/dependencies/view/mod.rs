//! The Dependencies on the page: puts the address, the graph, the tables and the panel together.

mod data;
mod exports;
mod keys;
mod links;
mod names;
mod pane;
mod side;
mod tables;
mod tools;

use std::rc::Rc;

use yew::prelude::*;

use self::{
    data::use_graph,
    exports::Exports,
    keys::{Ask, use_keys},
    names::use_palette,
    pane::{GraphPane, SharedDrawn},
    side::Side,
    tables::{SharedSubject, Tables},
    tools::Tools,
};
use super::{
    drawn::{find_key, find_ring, key_of, ring_keys, rings},
    params::{DependencyParams, GraphKind, Picked, TableKind},
    pipeline::{Drawn, Narrowing},
};
use crate::{
    browser::document,
    core::graph::NodeKind,
    modes::ModeProps,
    state::store::{Nav, Store, go},
    ui::{
        graph::{SharedScene, clear_of},
        icon::Icon,
        ignored::Ignored,
    },
};

/// Writes the mode's own keys into the address.
fn set_params(store: &Store, nav: Nav, change: impl FnOnce(&mut DependencyParams) + 'static) {
    go(store, nav, move |url| {
        let mut params = DependencyParams::read(&url.params);
        change(&mut params);
        params.write(&mut url.params);
    });
}

#[component]
pub fn DependenciesView(props: &ModeProps) -> Html {
    let ModeProps { session, store, .. } = props;
    let params = DependencyParams::read(&store.url.params);
    let palette = use_palette(session);
    // Without a choice: agents, where there are any.
    let kind = params.graph.or(palette.has_agents.map(|has_agents| if has_agents { GraphKind::Agents } else { GraphKind::Services }));
    let found = use_graph(session, Some(&props.scope.scope), kind, &params.opened);
    let kind = found.kind;
    let drawn = {
        let key = (found.graph.as_ref().map(|graph| Rc::as_ptr(graph) as usize), Narrowing::of(&params, kind));
        let graph = found.graph.clone();
        use_memo(key, move |(_, narrowing)| {
            graph.map(|graph| {
                document::mark("spandeck:graph-known");
                SharedDrawn(Rc::new(Drawn::of(&graph, narrowing)))
            })
        })
    };
    // Until the view is measured: about what it is.
    let view = use_state(|| (1040.0_f64, 440.0_f64));
    let onview = {
        let view = view.clone();
        // In steps: not every pixel is worth another layout.
        let step = |side: f64| (side / 40.0).round() * 40.0;
        Callback::from(move |(width, height): (f64, f64)| {
            let next = (step(width), step(height));
            if next.0 > 0.0 && next.1 > 0.0 && next != *view {
                view.set(next);
            }
        })
    };
    let laid = use_memo(((*drawn).clone(), palette.clone(), kind, *view), |(drawn, palette, kind, view)| {
        let laid = drawn.as_ref().map(|drawn| drawn.0.lay_out(palette.colours(), *kind, *view, clear_of(*view)));
        document::mark("spandeck:graph-laid-out");
        laid.unwrap_or_default()
    });
    let scene = {
        let key = ((*drawn).clone(), (*laid).clone(), params.thickness, params.tint, palette.clone(), kind);
        let params = params.clone();
        use_memo(key, move |(drawn, laid, _, _, palette, kind)| {
            SharedScene(drawn.as_ref().map(|drawn| Rc::new(drawn.0.scene(laid, &params, palette.colours(), *kind))).unwrap_or_default())
        })
    };
    // What the reader sees, with dragged nodes.
    let seen = use_state(|| None::<SharedScene>);
    let onscene = {
        let seen = seen.setter();
        use_callback((), move |scene: SharedScene, ()| seen.set(Some(scene)))
    };
    let asked_fits = use_state(|| 0_u32);
    // Another set of nodes begins anew, and so does another layout of them.
    let shape = use_memo(((*drawn).clone(), laid.is_down), |(drawn, is_down)| {
        let keys = drawn.as_ref().map(|drawn| drawn.0.graph.nodes.iter().map(key_of).collect::<Vec<_>>());
        (keys.unwrap_or_default(), *is_down)
    });
    let shapes = use_mut_ref(|| ((Vec::<String>::new(), false), 0_u32));
    let fresh = {
        let mut shapes = shapes.borrow_mut();
        if shapes.0 != *shape {
            *shapes = ((*shape).clone(), shapes.1.wrapping_add(1));
        }
        shapes.1
    };
    let active = use_state(|| None::<AttrValue>);
    let typed = use_state(String::new);
    // The panel as a drawer, on narrow pages.
    let is_open = use_state(|| false);

    let onpick = {
        let (store, is_open) = (store.clone(), is_open.setter());
        use_callback((), move |picked: Option<Picked>, ()| {
            is_open.set(picked.is_some());
            set_params(&store, Nav::Push, move |params| {
                if params.picked != picked {
                    params.tab = None;
                }
                // A node that calls itself: the call is to be seen.
                params.with_loops |= matches!(&picked, Some(Picked::Cycle(keys)) if keys.len() == 1);
                params.picked = picked;
            });
        })
    };
    let onactive = {
        let active = active.setter();
        use_callback((), move |key: Option<AttrValue>, ()| active.set(key))
    };
    let found_keys = use_memo(((*drawn).clone(), (*typed).clone()), |(drawn, typed)| {
        let drawn = drawn.as_ref().map(|drawn| drawn.0.subject.graph.clone());
        let keys = drawn.map(|graph| graph.search(typed).into_iter().filter_map(|at| graph.nodes.get(at)).map(key_of).collect::<Vec<_>>());
        keys.unwrap_or_default()
    });
    // Which of the found nodes is chosen.
    let found_at = match &params.picked {
        Some(Picked::Node(key)) => found_keys.iter().position(|found| found == key),
        _ => None,
    };
    let ontype = {
        let typed = typed.setter();
        Callback::from(move |text: String| typed.set(text))
    };
    let onsearch = {
        let (found, onpick, active, at) = (found_keys.clone(), onpick.clone(), active.setter(), found_at);
        Callback::from(move |is_back: bool| {
            let next = match (at, is_back) {
                (None, false) => Some(0),
                (None, true) => found.len().checked_sub(1),
                (Some(at), false) => (at + 1).checked_rem(found.len()),
                (Some(at), true) => at.checked_sub(1).or(found.len().checked_sub(1)),
            };
            if let Some(key) = next.and_then(|next| found.get(next)) {
                active.set(Some(AttrValue::from(key.clone())));
                onpick.emit(Some(Picked::Node(key.clone())));
            }
        })
    };
    let does = {
        let (store, drawn, params, active, onpick) = (store.clone(), drawn.clone(), params.clone(), active.clone(), onpick.clone());
        let (asked_fits, is_open) = (asked_fits.clone(), is_open.clone());
        Callback::from(move |ask: Ask| {
            match ask {
                Ask::Focus => {
                    let on = active
                        .as_ref()
                        .map(ToString::to_string)
                        .or_else(|| if let Some(Picked::Node(key)) = &params.picked { Some(key.clone()) } else { None });
                    if on.is_none() && params.focus.is_none() {
                        return false;
                    }
                    set_params(&store, Nav::Push, move |params| params.focus = if params.focus == on { None } else { on });
                }
                Ask::MoreHops | Ask::FewerHops if params.focus.is_some() => {
                    set_params(&store, Nav::Replace, move |params| params.step_hops(ask == Ask::MoreHops))
                }
                Ask::NextCycle => {
                    let Some(drawn) = (*drawn).as_ref().filter(|drawn| !drawn.0.subject.cycles.is_empty()) else { return false };
                    let subject = &drawn.0.subject;
                    let all = rings(&subject.cycles);
                    let at = match &params.picked {
                        Some(Picked::Cycle(keys)) => find_ring(&subject.graph, &subject.cycles, keys),
                        _ => None,
                    };
                    let next = all.get(at.map_or(0, |at| (at + 1) % all.len().max(1)));
                    let keys = next.map(|(_, ring)| ring_keys(&subject.graph, ring));
                    active.set(keys.as_ref().and_then(|keys| keys.first()).map(|key| AttrValue::from(key.clone())));
                    let picked = keys.map(Picked::Cycle);
                    onpick.emit(picked);
                }
                Ask::Hide | Ask::Open => {
                    let chosen = match &params.picked {
                        Some(Picked::Node(key)) => Some(key.clone()),
                        _ => active.as_ref().map(ToString::to_string),
                    };
                    let graph = (*drawn).as_ref().map(|drawn| drawn.0.subject.graph.clone());
                    let node = graph.as_ref().zip(chosen.as_ref()).and_then(|(graph, key)| graph.nodes.get(find_key(graph, key)?));
                    let can_open = node.is_some_and(|node| node.kind == NodeKind::Service);
                    let Some(key) = chosen.filter(|_| node.is_some() && (ask == Ask::Hide || can_open)) else { return false };
                    active.set(None);
                    set_params(&store, Nav::Push, move |params| if ask == Ask::Hide { params.hide(key) } else { params.open(key) });
                }
                Ask::Fit => asked_fits.set(asked_fits.wrapping_add(1)),
                Ask::Leave if params.picked.is_some() || *is_open => {
                    onpick.emit(None);
                    document::focus("#dep-graph");
                }
                _ => return false,
            }
            true
        })
    };
    use_keys(store, &does);

    let onclose = {
        let is_open = is_open.setter();
        Callback::from(move |_: MouseEvent| is_open.set(false))
    };
    let onpanel = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let onforget = {
        let store = store.clone();
        // What is written is only what was understood.
        Callback::from(move |()| set_params(&store, Nav::Replace, |_| ()))
    };
    let retry = found.retry.reform(|_: MouseEvent| ());
    let is_empty = found.graph.as_ref().is_some_and(|graph| graph.nodes.is_empty());
    let drawn_now = (*drawn).clone();
    let body = html! {
        <>
            if let Some(error) = &found.error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                    <b>{ "The graph could not be worked out" }</b><p>{ error.clone() }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div>
                </div></div>
            }
            if found.is_cut {
                <div class="note w" role="status"><Icon name="warn" /><span>{ "There are more edges than are shown here: these are the 50,000 with the most calls. A filter brings the others into view." }</span></div>
            }
            if let Some(drawn) = drawn_now.clone().filter(|_| !is_empty) {
                <GraphPane store={store.clone()} params={params.clone()} {kind} drawn={drawn.clone()} laid={(*laid).clone()} scene={(*scene).clone()} {fresh} fit={*asked_fits} {onview} active={(*active).clone()} found={found_keys.clone()} is_stale={found.is_stale}
                    {onactive} onpick={onpick.clone()} {onscene} />
                <Tables store={store.clone()} params={params.clone()} subject={SharedSubject(drawn.0.subject.clone())} palette={palette.clone()} is_stale={found.is_stale} about={about(kind, params.table)}
                    chosen={drawn.0.subject.chosen(params.picked.as_ref())} onpick={onpick.clone()} />
            } else if is_empty {
                { nothing(store, kind, props.scope.scope.is_everything()) }
            } else if found.error.is_none() {
                <div class="empty" role="status"><span class="busy"><i class="spin"></i>{ found.waits_for.clone().unwrap_or_else(|| "counting calls".to_owned()) }</span></div>
            }
        </>
    };
    html! {
        <div class={classes!("dpm", is_open.then_some("with-side"))}>
            <section class="pane" aria-label="Graph">
                <Tools store={store.clone()} params={params.clone()} {kind} graph={found.graph.clone()} palette={palette.clone()} is_stale={found.is_stale && found.graph.is_some()} waits_for={found.waits_for.clone()}
                    typed={(*typed).clone()} found={found_keys.len()} {found_at} {ontype} {onsearch}>
                    if let Some(drawn) = &drawn_now {
                        <Exports session={session.clone()} params={params.clone()} {kind} subject={SharedSubject(drawn.0.subject.clone())} scene={(*seen).clone().unwrap_or_else(|| (*scene).clone())} />
                    }
                    <button type="button" class="btn sm only-narrow" aria-expanded={is_open.to_string()} onclick={onpanel}><Icon name="cycle" class="s" />{ "Panel" }</button>
                </Tools>
                <Ignored ignored={DependencyParams::ignored(&store.url.params)} {onforget} />
                { body }
            </section>
            if let Some(drawn) = drawn_now.filter(|_| !is_empty) {
                <Side mode={props.clone()} params={params.clone()} {kind} subject={SharedSubject(drawn.0.subject.clone())} palette={palette.clone()} {onpick} onclose={onclose.clone()} />
            }
            <div class="scrim" aria-hidden="true" onclick={onclose}></div>
        </div>
    }
}

fn about(kind: GraphKind, table: TableKind) -> &'static str {
    match (kind, table) {
        (_, TableKind::Cycles) => "members reach each other in both directions",
        (GraphKind::Agents, TableKind::Edges) => "from artifact producers to consumers",
        (GraphKind::Artifacts, TableKind::Edges) => "from agents to what they publish, and on to who takes it",
        (GraphKind::Services | GraphKind::Operations, TableKind::Edges) => "from callers to who is called",
        (_, TableKind::Nodes) => "everything in the graph",
    }
}

/// There is no graph: why, and what to do.
fn nothing(store: &Store, kind: GraphKind, is_everything: bool) -> Html {
    let show = |kind: GraphKind| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Push, move |params| params.show(kind)))
    };
    let is_of_agents = matches!(kind, GraphKind::Agents | GraphKind::Artifacts);
    let (title, words) = match (is_of_agents, is_everything) {
        (true, true) => (
            "No agent in this file",
            "No span is the execution of an agent with artifacts. The services and operations of the file have their own graphs.",
        ),
        (true, false) => (
            "No agent in view",
            "The filter and the time range leave no execution of an agent. Services and operations may still be there.",
        ),
        (false, true) => ("No span to draw", "The file has no span that belongs to a service."),
        (false, false) => ("No span matches", "The filter and the time range leave no span to draw."),
    };
    html! {
        <div class="empty" role="status" data-testid="dependency-empty"><Icon name="deps" /><b>{ title }</b><p>{ words }</p>
            if is_of_agents {
                <button type="button" class="btn sm" onclick={show(GraphKind::Services)}>{ "Show services" }</button>
            }
        </div>
    }
}
