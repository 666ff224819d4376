//! The Timeline on the page: puts the address, the questions and the three panes together.

mod bars;
mod compare;
mod details;
mod embed_foot;
mod events;
mod find_bar;
mod flame;
mod head;
mod io;
mod keys;
mod lineage;
mod links;
mod list;
mod minimap;
mod noise_rules;
mod overview;
mod path;
mod payload;
mod row;
mod scope;
mod spans;
mod tools;
mod trace;
mod waterfall;
mod zoom;

use std::rc::Rc;

use yew::prelude::*;

use self::{
    compare::CompareView,
    details::Details,
    embed_foot::EmbedFoot,
    find_bar::{FindBar, use_find},
    flame::FlameGraph,
    head::Head,
    keys::{Keys, use_keys},
    list::TraceList,
    path::CriticalPathView,
    scope::{hide_trace, list_order, scope_note, use_in_scope},
    spans::SpanTable,
    tools::Tools,
    trace::{Found, Trace, use_trace},
    waterfall::{Folds, Look, Waterfall},
};
use super::{
    in_scope::{Shown, without_frame},
    model::TraceModel,
    params::{TimelineParams, TraceView},
};
use crate::{
    browser::{document, storage},
    core::{
        colour::{Kind, Slots},
        noise::NoiseRules,
        tree_rows,
    },
    modes::ModeProps,
    state::{
        queries::{use_later_query, use_query},
        store::{Action, Nav, Pane, Panes, Store, go},
        traces::{self, Lookup},
        url::UrlState,
    },
    ui::{icon::Icon, split::Splitter},
};

/// Where the reader's rules for hooks are kept in the browser.
const NOISE_KEY: &str = "noise-rules";

/// Writes the mode's own keys into the address.
fn set_params(store: &Store, nav: Nav, change: impl FnOnce(&mut TimelineParams) + 'static) {
    go(store, nav, move |url| {
        let mut params = TimelineParams::read(&url.params);
        change(&mut params);
        params.write(&mut url.params);
    });
}

/// Chooses a trace; its span and everything else that belonged to the one before goes.
fn choose_trace(store: &Store, nav: Nav, trace_id: &str) {
    choose_span(store, nav, trace_id, None);
}

/// Chooses a trace and a span in it.
fn choose_span(store: &Store, nav: Nav, trace_id: &str, span_id: Option<&str>) {
    let (trace_id, span_id) = (trace_id.to_owned(), span_id.map(str::to_owned));
    go(store, nav, move |url| put_choice(url, trace_id, span_id));
}

fn put_choice(url: &mut UrlState, trace_id: String, span_id: Option<String>) {
    let mut params = TimelineParams::read(&url.params);
    if url.trace.as_ref() != Some(&trace_id) || params.journey.is_some() {
        params.forget_trace();
        params.write(&mut url.params);
    }
    url.trace = Some(trace_id);
    url.span = span_id;
}

/// A span as the panes pass it on: its number in the model, and whether a click chose it (arrow keys leave no trail in the history).
type Choice = (u32, bool);

#[component]
pub fn TimelineView(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let params = TimelineParams::read(&store.url.params);
    let panes = store.panes;

    // Agents keep their colours through the whole file. Asked after the first picture: it reads payload, and the engine answers one question
    // after another.
    let shown_once = use_state(|| false);
    let agents = use_later_query(session, (*shown_once || session.traces.is_empty()).then(|| traces::AGENTS_SQL.into()));
    let agents_gathered = agents.table.is_some();
    // The list: what the search found, in the wanted order.
    let search = use_query(session, params.find.as_deref().map(|text| traces::search_sql(text, agents_gathered).into()));
    let order = {
        let key = (
            session.id,
            params.sort,
            params.failed_only,
            search.table.clone().map(|table| Rc::as_ptr(&table) as usize),
            params.find.is_some(),
            scope.counts.clone(),
        );
        let (session, search, params) = (session.clone(), search.clone(), params.clone());
        let counts = scope.counts.clone();
        use_memo(key, move |_| list_order(&session, &search, &params, counts.as_deref()))
    };
    let agent_slots = {
        let table = agents.table.clone();
        use_memo((session.id, table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |_| {
            let names = table.as_ref().and_then(|table| table.texts("name").ok().map(|names| (table.rows(), names)));
            Slots::assign(Kind::Agent, names.into_iter().flat_map(|(rows, names)| (0..rows).filter_map(move |row| names.get(row))))
        })
    };

    // The trace: the link's, else the first of the list, once it is known what the filter leaves in the list.
    let asked = store.url.trace.clone();
    let number = asked.as_deref().and_then(|id| session.traces.find(id));
    {
        let (store, session, order) = (store.clone(), session.clone(), order.clone());
        let missing = asked.is_none() && params.journey.is_none() && !scope.is_counting;
        use_effect_with((missing, session.id, order.first().copied()), move |(missing, _, first)| {
            if *missing && let Some(trace) = first.and_then(|first| session.traces.get(first)) {
                let trace_id = trace.trace_id.to_owned();
                go(&store, Nav::Replace, move |url| url.trace = Some(trace_id));
            }
        });
    }
    let trace_id: Option<String> = number.and_then(|number| session.traces.get(number)).map(|trace| trace.trace_id.to_owned());
    let rules_text = use_state(|| storage::read(NOISE_KEY).filter(|text| !text.is_empty()));
    let rules = use_memo((*rules_text).clone(), |text| text.as_deref().map_or_else(NoiseRules::default, |text| NoiseRules::parse(text).0));
    let Found { trace, events, flows, spans, error } = use_trace(session, trace_id, &params, &rules);
    let model: Option<Rc<TraceModel>> = trace.as_ref().map(|trace| trace.model.clone());
    {
        let shown = model.as_ref().map(|model| model.trace_id.clone());
        // A link may name a trace that is not there: then the list is the first picture.
        let settled = shown.is_some() || asked.is_some() && number.is_none();
        let shown_once = shown_once.setter();
        use_effect_with((shown, settled), move |(shown, settled)| {
            if shown.is_some() {
                document::after_paint(|| document::mark("spandeck:trace-shown"));
            }
            if *settled {
                shown_once.set(true);
            }
        });
    }

    // What the reader has opened and closed goes with the trace.
    let folds = use_state(|| (String::new(), Rc::new(Folds::default())));
    let shown_id = model.as_ref().map(|model| model.trace_id.clone()).unwrap_or_default();
    let present_folds = if folds.0 == shown_id { folds.1.clone() } else { Rc::default() };
    let onfold = {
        let folds = folds.setter();
        use_callback(shown_id.clone(), move |next: Rc<Folds>, id| folds.set((id.clone(), next)))
    };
    // The chosen span; without one the details show the root.
    let chosen = use_memo((model.clone(), store.url.span.clone()), |(model, id)| {
        model.as_ref().zip(id.as_ref()).and_then(|(model, id)| model.find(id))
    });
    let chosen = *chosen;
    let root = use_memo((model.clone(), params.root.clone()), |(model, id)| {
        model.as_ref().zip(id.as_ref()).and_then(|(model, id)| model.find(id))
    });
    let root = *root;
    let choose = {
        let (store, folds) = (store.clone(), present_folds.clone());
        use_callback((model.clone(), folds, onfold.clone(), root), move |(span, clicked): Choice, (model, folds, onfold, root)| {
            let Some((model, row)) = model.as_ref().and_then(|model| Some((model, model.span(span)?))) else { return };
            let mut open = (**folds).clone();
            if tree_rows::expand_ancestors(&model.tree, span, &mut open.collapsed) {
                onfold.emit(Rc::new(open));
            }
            let span_id = row.span_id.to_owned();
            // A span outside of the subtree in view brings the whole trace back.
            let leave_root = root.is_some_and(|root| !model.tree.subtree(root).contains(&span));
            go(&store, if clicked { Nav::Push } else { Nav::Replace }, move |url| {
                url.span = Some(span_id);
                if leave_root {
                    let mut params = TimelineParams::read(&url.params);
                    params.root = None;
                    params.write(&mut url.params);
                }
            });
        })
    };

    let find = use_find(session, model.as_ref(), params.matching.as_deref());
    let in_scope = use_in_scope(session, model.as_ref(), &scope.scope);
    let shown = use_memo((find.found.clone(), model.clone(), params.matches_only, in_scope.clone(), params.dim_rest), |key| {
        let (found, model, only, in_scope, dim) = key;
        model.as_ref().map(|model| Shown::new(model, found.as_deref(), *only, in_scope.as_deref(), *dim)).unwrap_or_default()
    });

    let hooks = trace.as_ref().filter(|_| !params.show_hooks).map(|trace| trace.noise.clone());
    let no_frame =
        use_memo((model.clone(), hooks, shown.alone.clone(), params.view == TraceView::Flame), |(model, hooks, alone, is_flame)| {
            let model = model.as_ref().filter(|_| *is_flame)?;
            without_frame(model, hooks.as_ref().map(|noise| &noise.spans), alone.as_deref()).map(Rc::new)
        });

    let path_at = use_state(|| None::<u32>);
    let onat = {
        let path_at = path_at.setter();
        use_callback((), move |at, ()| path_at.set(Some(at)))
    };
    use_keys(Keys {
        find: find.clone(),
        store: store.clone(),
        session: session.clone(),
        order: order.clone(),
        trace: trace.clone(),
        chosen,
        choose: choose.clone(),
        params: params.clone(),
        path_at: path_at.clone(),
    });

    let set_panes = {
        let store = store.clone();
        Callback::from(move |panes: Panes| store.dispatch(Action::SetPanes(panes)))
    };
    let resize = |pane: Pane| {
        let set_panes = set_panes.clone();
        Callback::from(move |px: i32| set_panes.emit(panes.with_width(pane, px)))
    };
    let class = classes!("tlm", (!panes.list_open).then_some("no-list"), (!panes.details_open).then_some("no-details"));
    let not_found = asked.filter(|_| number.is_none() && params.journey.is_none());
    let begin_so = not_found.as_deref().map_or(Lookup::None, |id| session.traces.lookup(id));
    let error = spans.error.as_ref().map(ToString::to_string).or(error);
    let (chosen_or_root, retry) = (chosen.or_else(|| model.as_ref().and_then(|model| model.tree.roots.first().copied())), spans.clone());
    let look = Look {
        show_hooks: params.show_hooks,
        show_path: params.show_path,
        show_flow: params.show_flow,
        fold_gaps: params.fold_gaps,
        zoom: params.zoom,
        root,
        matches: shown.bright.clone(),
        only: shown.rows.clone(),
    };
    let onrules = {
        let rules_text = rules_text.setter();
        Callback::from(move |text: Option<String>| {
            storage::write(NOISE_KEY, text.as_deref().unwrap_or_default());
            rules_text.set(text.filter(|text| !text.is_empty()));
        })
    };
    let view = |trace: &Rc<Trace>| {
        if let Some(other) = &params.compare {
            return html! { <CompareView session={session.clone()} store={store.clone()} model={trace.model.clone()} other={other.clone()} rules={(!params.show_hooks).then(|| rules.clone())} /> };
        }
        let (session, store, model, agent_slots, onchoose) =
            (session.clone(), store.clone(), trace.model.clone(), agent_slots.clone(), choose.clone());
        let find_session = session.clone();
        match params.view {
            TraceView::Waterfall => html! {
                <Waterfall {session} store={store.clone()} trace={trace.clone()} events={events.clone()} flows={flows.clone()} look={look.clone()} {chosen}
                    folds={present_folds.clone()} stale={spans.pending} names_px={panes.names_px} {agent_slots} {onchoose} onfold={onfold.clone()} onresize={resize(Pane::Names)}>
                    <FindBar session={find_session} store={store.clone()} {model} text={params.matching.clone().map(AttrValue::from)} only={params.matches_only} state={find.clone()} {chosen} onchoose={choose.clone()} />
                    <Tools {store} params={params.clone()} trace={trace.clone()} has_flows={!flows.is_empty()} folds={present_folds.clone()} onfold={onfold.clone()} rules={rules.clone()} onrules={onrules.clone()} />
                </Waterfall>
            },
            TraceView::Flame => {
                html! { <FlameGraph {session} {store} {model} {chosen} {agent_slots} {onchoose} hidden={(*no_frame).clone()} /> }
            }
            TraceView::Spans => {
                let only = shown.alone.clone();
                html! {
                    <>
                        <div class="findline"><FindBar session={session.clone()} store={store.clone()} model={model.clone()} text={params.matching.clone().map(AttrValue::from)} only={params.matches_only} state={find.clone()} {chosen} onchoose={choose.clone()} /></div>
                        <SpanTable {session} {store} {model} {only} {chosen} {agent_slots} {onchoose} />
                    </>
                }
            }
            TraceView::Path => {
                let path = trace.shown_path(&params);
                let look_through = {
                    let store = store.clone();
                    Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, |params| params.through = !params.through))
                };
                html! {
                    <>
                        if trace.through.is_some() {
                            <div class="note i0 through" role="status"><Icon name="info" /><span class="grow">{ if params.through {
                                "Spans that only poll until the agents are done are looked through: this is the chain of work that they waited for."
                            } else {
                                "A span on this path only polls until the agents are done."
                            } }</span>
                            <button type="button" class="btn sm" aria-pressed={params.through.to_string()} onclick={look_through}>{ if params.through { "Show the path as recorded" } else { "Look through the wait" } }</button></div>
                        }
                        <CriticalPathView {session} {model} {path} concurrency={trace.work.clone()} {chosen} at={*path_at} onat={onat.clone()} {agent_slots} {onchoose} />
                    </>
                }
            }
        }
    };
    let onhide = {
        let (store, session, order, scope) = (store.clone(), session.clone(), order.clone(), scope.scope.clone());
        Callback::from(move |id: String| hide_trace(&store, &scope, &session, &order, &id))
    };
    let whole_trace = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Push, |params| params.root = None))
    };
    html! {
        <div {class} style={widths(&[("--w-list", panes.list_px), ("--w-details", panes.details_px)])}>
            <TraceList session={session.clone()} store={store.clone()} params={params.clone()} order={order.clone()} in_scope={scope.counts.as_ref().and_then(|counts| counts.by_trace.clone())} chosen={number}
                searching={search.pending || scope.is_counting} search_error={search.error.as_ref().map(ToString::to_string)} agent_slots={agent_slots.clone()} {agents_gathered} />
            <Splitter class="list" label="Width of the trace list" value={panes.list_px.unwrap_or(256)} min={180} max={520} onresize={resize(Pane::List)} />
            <section class="pane centre" aria-label="Selected trace">
                if let Some(error) = error {
                    <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                        <b>{ "The spans of this trace could not be read" }</b><p>{ error }</p>
                        <div class="note-a"><button type="button" class="lk" onclick={Callback::from(move |_| retry.retry())}>{ "Try again" }</button></div>
                    </div></div>
                } else if let (Some(id), Lookup::Several(numbers)) = (&not_found, &begin_so) {
                    <list::Candidates session={session.clone()} store={store.clone()} id={id.clone()} numbers={numbers.clone()} />
                } else if let Some(id) = not_found {
                    <div class="empty" role="status" data-testid="notice"><Icon name="timeline" /><b>{ "This file has no such trace" }</b>
                        <p>{ "The link names " }<code>{ id }</code>{ ". Choose a trace from the list, or open the file that the link was made for." }</p>
                    </div>
                } else if session.traces.is_empty() {
                    <div class="empty"><Icon name="timeline" /><b>{ "The file holds no spans" }</b><p>{ "Its table of spans is there, but it has no rows yet." }</p></div>
                } else if let Some(correlation) = params.journey.as_ref().filter(|_| trace.as_ref().is_some_and(|trace| trace.model.facts.spans == 0)) {
                    <div class="empty" role="status" data-testid="notice"><Icon name="route" /><b>{ "No span of this file belongs to that journey" }</b>
                        <p>{ "The link asks for the correlation id " }<code>{ correlation.clone() }</code>{ ". Choose a trace from the list, or open the file that the link was made for." }</p>
                    </div>
                } else if let Some(trace) = &trace {
                    if !store.url.embed {
                        <Head session={session.clone()} store={store.clone()} params={params.clone()} trace={trace.clone()} stale={spans.pending} onchoose={choose.clone()} {onhide} />
                    }
                    if let Some(id) = store.url.span.as_ref().filter(|_| chosen.is_none() && !spans.pending) {
                        <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><span>{ "The link names the span " }<code>{ id.clone() }</code>{ ", which is not in this trace." }</span></div>
                    }
                    if let Some(name) = root.and_then(|root| trace.model.span(root)).map(|row| row.name.to_owned()) {
                        <div class="note i0 through" role="status"><Icon name="info" /><span class="grow">{ "Only " }<bdi>{ name }</bdi>{ " and what is below it has rows." }</span>
                            <button type="button" class="btn sm" title="F" onclick={whole_trace}>{ "Show the whole trace" }</button></div>
                    }
                    if let Some(in_scope) = &in_scope {
                        { scope_note(store, in_scope.spans.len(), trace.model.facts.spans, params.dim_rest) }
                    }
                    { view(trace) }
                    if let Some(span) = chosen_or_root.filter(|_| store.url.embed) {
                        <EmbedFoot session={session.clone()} store={store.clone()} model={trace.model.clone()} {span} agent_slots={agent_slots.clone()} />
                    }
                } else if scope.hides_everything() {
                    <div class="empty"><Icon name="timeline" /><p>{ "A trace is shown here as soon as one has a span in view." }</p></div>
                }
            </section>
            <Splitter class="det" label="Width of the details" reversed=true value={panes.details_px.unwrap_or(360)} min={260} max={800} onresize={resize(Pane::Details)} />
            if let (Some(model), Some(span)) = (&model, chosen_or_root) {
                <Details session={session.clone()} store={store.clone()} model={model.clone()} {span} trace_id={params.journey.as_ref().map(|_| Rc::<str>::from(model.trace_of(span)))} tab={params.tab} agent_slots={agent_slots} onchoose={choose} />
            } else {
                <aside class="pane details" aria-label="Span details" data-testid="span-details"></aside>
            }
            <div class="scrim" aria-hidden="true" onclick={set_panes.reform(move |_: MouseEvent| Panes { list_drawer: false, ..panes })}></div>
        </div>
    }
}

/// Only widths that the reader chose are written; the stylesheet knows the others.
fn widths(widths: &[(&str, Option<i32>)]) -> String {
    widths.iter().filter_map(|(name, px)| px.map(|px| format!("{name}:{px}px;"))).collect()
}
