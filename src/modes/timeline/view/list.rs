//! The list of traces: search, order, and every trace of the file in a virtual list.

use std::{collections::HashMap, rc::Rc};

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{super::params::TimelineParams, choose_trace, set_params};
use crate::{
    browser::document,
    core::{
        calendar,
        colour::{Kind, Slot, Slots},
        units,
    },
    state::{
        busy::Busy,
        queries::use_later_query,
        session::Session,
        store::{Action, Nav, Panes, Store},
        traces::{self, Lookup, TraceSort},
    },
    ui::{
        icon::Icon,
        virtual_list::{RowView, VirtualList},
    },
};

const ROW_PX: u32 = 56;
/// Typing and scrolling settle this long before the engine is asked.
const SETTLE_MS: u32 = 180;
/// Agents are asked for so many traces around the ones in view.
const AGENTS_AROUND: usize = 10;

#[derive(Properties, PartialEq)]
pub struct TraceListProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub params: TimelineParams,
    pub order: Rc<Vec<u32>>,
    /// Spans in the page's scope, by trace; `None` where all are.
    pub in_scope: Option<Rc<Vec<(u32, u64)>>>,
    pub chosen: Option<u32>,
    pub searching: bool,
    pub search_error: Option<String>,
    pub agent_slots: Rc<Slots>,
    /// Which agent ran in which trace is known to the engine.
    pub agents_gathered: bool,
}

#[component]
pub fn TraceList(props: &TraceListProps) -> Html {
    let TraceListProps { session, store, params, order, chosen, .. } = props;
    let panes = store.panes;
    let total = session.traces.len();
    let row_px = use_memo((), |()| document::token_px("--tr-h", ROW_PX));
    use_effect_with(session.id, |_| document::after_paint(|| document::mark("spandeck:trace-list")));

    use_effect_with(panes.list_drawer, |open| {
        if *open {
            document::focus("#trace-search");
        }
    });
    let agents = use_agents(session, order, props.agents_gathered);
    let active = chosen.and_then(|chosen| order.iter().position(|number| *number == chosen));
    let onopen = {
        let (session, store) = (session.clone(), store.clone());
        use_callback((session.id, panes), move |number: u32, (_, panes)| {
            if let Some(trace) = session.traces.get(number) {
                choose_trace(&store, Nav::Push, trace.trace_id);
            }
            if panes.list_drawer {
                store.dispatch(Action::SetPanes(Panes { list_drawer: false, ..*panes }));
            }
        })
    };
    let row = {
        let (session, order, agents, slots) = (session.clone(), order.clone(), agents.found.clone(), props.agent_slots.clone());
        let chosen = *chosen;
        use_memo(
            (session.id, order.clone(), agents.clone(), slots.clone(), chosen, props.in_scope.clone(), onopen.clone()),
            move |(.., in_scope, onopen)| {
                let (onopen, in_scope) = (onopen.clone(), in_scope.clone());
                RowView::new(move |index, style| {
                    let Some(number) = order.get(index).copied() else { return Html::default() };
                    let agents = session.traces.get(number).and_then(|trace| agents.get(trace.trace_id)).cloned().unwrap_or_default();
                    let matching = in_scope
                        .as_ref()
                        .and_then(|all| all.binary_search_by_key(&number, |(number, _)| *number).ok().and_then(|at| Some(all.get(at)?.1)));
                    html! {
                        <TraceRow key={number} {matching} session={session.clone()} onopen={onopen.clone()} {number} {index} count={order.len()} selected={chosen == Some(number)}
                            {agents} slots={slots.clone()} {style} />
                    }
                })
            },
        )
    };
    let onmove = {
        let (session, order, store) = (session.clone(), order.clone(), store.clone());
        Callback::from(move |index: usize| {
            if let Some(trace) = order.get(index).and_then(|number| session.traces.get(*number)) {
                choose_trace(&store, Nav::Replace, trace.trace_id);
            }
        })
    };
    let row_id = {
        let order = order.clone();
        Callback::from(move |index: usize| order.get(index).map(|number| format!("trace-{number}")).unwrap_or_default())
    };
    let onsort = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_dyn_into::<web_sys::HtmlSelectElement>().and_then(|select| TraceSort::from_slug(&select.value()));
            set_params(&store, Nav::Replace, move |params| params.sort = chosen.unwrap_or_default());
        })
    };
    let failed_traces = use_memo(session.id, |_| session.traces.order(TraceSort::Newest, None, true).len());
    let onfailed = {
        let store = store.clone();
        Callback::from(move |_| set_params(&store, Nav::Replace, |params| params.failed_only = !params.failed_only))
    };
    let onhide = {
        let store = store.clone();
        Callback::from(move |_| store.dispatch(Action::SetPanes(Panes { list_open: false, list_drawer: false, ..panes })))
    };
    let clear = {
        let store = store.clone();
        Callback::from(move |_| {
            set_params(&store, Nav::Replace, |params| {
                params.find = None;
                params.failed_only = false;
            });
        })
    };
    let shown = match order.len() {
        shown if shown == total => units::count(total as u64),
        shown => format!("{} of {}", units::count(shown as u64), units::count(total as u64)),
    };
    html! {
        <aside class={classes!("pane", "tracelist", panes.list_drawer.then_some("open"))} id="tracelist" aria-label="Traces">
            <div class="pane-h">
                <h2>{ "Traces" }</h2><span class="badge" role="status">{ shown.clone() }</span>
                if props.searching {
                    <span class="busy" role="status"><i class="spin"></i><span class="vh">{ "Searching" }</span></span>
                }
                <span class="grow"></span>
                <button type="button" class="icon-btn sm" aria-label="Hide the trace list" title="Hide the trace list ([)" onclick={onhide}><Icon name="left" class="s" /></button>
            </div>
            <div class="tl-tools">
                <SearchBox session={session.clone()} store={store.clone()} find={params.find.clone()} />
                <div class="tl-sort">
                    <span class="selwrap">
                        <select class="sel sm" aria-label="Sort traces" onchange={onsort}>
                            { for TraceSort::ALL.into_iter().map(|sort| html! { <option value={sort.slug()} selected={sort == params.sort}>{ sort.label() }</option> }) }
                        </select>
                        <Icon name="down" class="xs" />
                    </span>
                    <button type="button" class={classes!("btn", "sm", "ghost", params.failed_only.then_some("on"))} aria-pressed={params.failed_only.to_string()} onclick={onfailed}>
                        <Icon name="err" class="s err" />{ format!("With errors {}", units::count_short(*failed_traces as u64)) }
                    </button>
                </div>
            </div>
            if let Some(error) = &props.search_error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div><b>{ "The search did not work" }</b><p>{ error }</p></div></div>
            }
            // Where the filter leaves no trace, the page says so once, above all modes.
            if order.is_empty() && !props.searching && total > 0 && (params.find.is_some() || params.failed_only) {
                <div class="empty" role="status"><b>{ "No trace matches" }</b>
                    <p>{ "Searched are ids, and the names, services and agents of all spans." }</p>
                    <button type="button" class="btn sm" onclick={clear}>{ "Show all traces" }</button>
                </div>
            }
            <VirtualList id="traces" role="listbox" testid="trace-list" class="tl" label={format!("{shown} traces, {}", params.sort.label().to_lowercase())}
                count={order.len()} row_px={*row_px} {active} {row_id} row={(*row).clone()} {onmove} onview={agents.onview} />
        </aside>
    }
}

#[derive(Properties, PartialEq)]
struct SearchBoxProps {
    session: Rc<Session>,
    store: Store,
    find: Option<String>,
}

/// Its text is the reader's own while they type; the address follows when they pause. An id that is the only one to begin so opens its trace.
#[component]
fn SearchBox(props: &SearchBoxProps) -> Html {
    let typed = use_state(|| None::<String>);
    let waiting = use_mut_ref(|| None::<Timeout>);
    let oninput = {
        let (typed, store, session) = (typed.clone(), props.store.clone(), props.session.clone());
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            let text = input.value();
            typed.set(Some(text.clone()));
            let (store, session, typed, busy) = (store.clone(), session.clone(), typed.setter(), Busy::start());
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                let wanted = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                let meant = wanted.as_deref().filter(|text| traces::is_id_like(text)).map_or(Lookup::None, |id| session.traces.lookup(id));
                if let Lookup::One(number) = meant
                    && let Some(trace) = session.traces.get(number)
                {
                    choose_trace(&store, Nav::Push, trace.trace_id);
                }
                set_params(&store, Nav::Replace, |params| params.find = wanted);
                typed.set(None);
                drop(busy);
            }));
        })
    };
    let value = (*typed).clone().or_else(|| props.find.clone()).unwrap_or_default();
    html! {
        <div class="inwrap"><Icon name="search" class="s" />
            <input class="in" id="trace-search" type="search" data-testid="search" aria-label="Search traces" placeholder="Id, name, service, agent" {value} {oninput} autocomplete="off" spellcheck="false" />
        </div>
    }
}

/// Traces that are shown of those that a short id may mean.
const CANDIDATES: usize = 50;

#[derive(Properties, PartialEq)]
pub struct CandidatesProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub id: AttrValue,
    /// Of the traces whose ids begin so.
    pub numbers: Vec<u32>,
}

/// The traces that a short id may mean, to choose from.
#[component]
pub fn Candidates(props: &CandidatesProps) -> Html {
    let CandidatesProps { session, store, id, numbers } = props;
    html! {
        <div class="empty cands" role="status" data-testid="notice" data-reason="several-traces"><Icon name="search" />
            <b>{ format!("{} traces begin with ", units::count(numbers.len() as u64)) }<code>{ id.clone() }</code></b>
            <ul data-testid="trace-candidates">{ for numbers.iter().take(CANDIDATES).filter_map(|number| session.traces.get(*number)).map(|trace| {
                let (store, trace_id) = (store.clone(), trace.trace_id.to_owned());
                let onclick = Callback::from(move |_: MouseEvent| choose_trace(&store, Nav::Push, &trace_id));
                html! { <li key={trace.trace_id.to_owned()}><button type="button" class="lk" data-trace-id={trace.trace_id.to_owned()} {onclick}><code>{ trace.trace_id }</code><span>{ trace.name }</span><span class="dim">{ calendar::instant(trace.start_ns) }</span></button></li> }
            }) }</ul>
            if numbers.len() > CANDIDATES {
                <p>{ "More of the id leaves fewer." }</p>
            }
        </div>
    }
}

struct Agents {
    /// Agents by trace id, as far as known.
    found: Rc<HashMap<String, Vec<String>>>,
    onview: Callback<(usize, usize)>,
}

/// Agents of the traces in view, asked when the scrolling has settled, remembered while the file is open.
#[hook]
fn use_agents(session: &Rc<Session>, order: &Rc<Vec<u32>>, gathered: bool) -> Agents {
    let found = use_state(|| (0_u32, Rc::new(HashMap::<String, Vec<String>>::new())));
    let wanted = use_state(Vec::<String>::new);
    let settle = use_mut_ref(|| None::<Timeout>);
    let known = if found.0 == session.id { found.1.clone() } else { Rc::default() };
    let onview = {
        let (session, order, known, wanted) = (session.clone(), order.clone(), known.clone(), wanted.setter());
        use_callback((session.id, order.clone(), known.clone()), move |(first, end): (usize, usize), _| {
            let (session, order, known, wanted) = (session.clone(), order.clone(), known.clone(), wanted.clone());
            let around = first.saturating_sub(AGENTS_AROUND)..end.saturating_add(AGENTS_AROUND).min(order.len());
            *settle.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                let numbers = order.get(around).unwrap_or_default();
                let ids = numbers.iter().filter_map(|number| session.traces.get(*number)).map(|trace| trace.trace_id);
                wanted.set(ids.filter(|id| !known.contains_key(*id)).map(str::to_owned).collect());
            }));
        })
    };
    let ids: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let answer = use_later_query(session, (gathered && !ids.is_empty()).then(|| traces::agents_of_sql(&ids).into()));
    {
        let (wanted, known, id, found) = ((*wanted).clone(), known.clone(), session.id, found.setter());
        let table = answer.table.clone().filter(|_| !answer.pending);
        use_effect_with(table.map(|table| (Rc::as_ptr(&table) as usize, table)), move |table| {
            let Some((_, table)) = table else { return };
            let (Ok(traces), Ok(agents)) = (table.texts("trace_id"), table.texts("agent")) else { return };
            let mut all = (*known).clone();
            for id in wanted {
                all.entry(id).or_default();
            }
            for row in 0..table.rows() {
                all.entry(traces.text(row).to_owned()).or_default().push(agents.text(row).to_owned());
            }
            found.set((id, Rc::new(all)));
        });
    }
    Agents { found: known, onview }
}

#[derive(Properties, PartialEq)]
struct TraceRowProps {
    session: Rc<Session>,
    onopen: Callback<u32>,
    /// Number of the trace in the file's index.
    number: u32,
    /// Spans in scope, where that is not said of all.
    matching: Option<u64>,
    /// Place in the list and the list's length.
    index: usize,
    count: usize,
    selected: bool,
    agents: Vec<String>,
    slots: Rc<Slots>,
    style: AttrValue,
}

#[component]
fn TraceRow(props: &TraceRowProps) -> Html {
    let TraceRowProps { session, number, index, agents, slots, .. } = props;
    let Some(trace) = session.traces.get(*number) else { return Html::default() };
    let slowest_ns = session.totals.slowest_ns;
    let duration = units::duration(trace.duration_ns());
    let started = calendar::time_of_day(trace.start_ns);
    let spans = match props.matching.filter(|matching| *matching < trace.spans) {
        Some(matching) => format!("{} of {}", units::count(matching), units::counted(trace.spans, "span")),
        None => units::counted(trace.spans, "span"),
    };
    let number = *number;
    let onclick = props.onopen.reform(move |_: MouseEvent| number);
    let share = trace.share_percent(slowest_ns);
    html! {
        <div role="option" class="tr" id={format!("trace-{number}")} aria-selected={props.selected.to_string()}
            aria-posinset={(index + 1).to_string()} aria-setsize={props.count.to_string()} data-trace-id={trace.trace_id.to_owned()} style={props.style.clone()} {onclick}>
            <div class="tr-1">
                if trace.errors > 0 {
                    <span class="tr-e err" title={units::counted(trace.errors, "error")} data-col="errors" data-value={trace.errors.to_string()}><Icon name="err" class="s err" />{ units::count_short(trace.errors) }<span class="vh">{ if trace.errors == 1 { " error" } else { " errors" } }</span></span>{ " " }
                }
                <b class="cut" title={trace.name.to_owned()} data-col="name" data-value={trace.name.to_owned()}>{ trace.name }</b>{ " " }
                <span class="tr-d" data-col="duration_ns" data-value={trace.duration_ns().to_string()} title={units::duration_full(trace.duration_ns())}>{ duration }</span>{ " " }
            </div>
            <div class="tr-2">
                <span data-col="start_ns" data-value={trace.start_ns.to_string()} title={calendar::instant_full(trace.start_ns)}>{ started.split('.').next().unwrap_or_default().to_owned() }</span>{ " " }
                <span data-col="spans" data-value={trace.spans.to_string()}>{ spans }</span>{ " " }
                if !agents.is_empty() {
                    <span class="tr-ag" title={agents.join(", ")}><span class="vh">{ format!("agents {} ", agents.join(", ")) }</span>
                        { for agents.iter().take(5).map(|agent| html! { <i class={classes!("agdot", slot_class(slots, Kind::Agent, agent))}></i> }) }
                    </span>
                }
                <code>{ trace.trace_id.chars().take(8).collect::<String>() }</code>
            </div>
            <div class="tr-bar" aria-hidden="true"><i class={(trace.errors > 0).then_some("e")} style={format!("width:{share:.1}%")}></i></div>
        </div>
    }
}

/// The class that carries a name's colour; a name that the file's list does not hold (yet) has the colour of its own hash.
pub fn slot_class(slots: &Slots, kind: Kind, name: &str) -> Classes {
    let slot = slots.get(name).unwrap_or_else(|| Slot::of_name(kind, name));
    classes!(format!("c{}", slot.number), slot.striped.then_some("stripe"))
}
