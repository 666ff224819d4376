//! The Timeline on the page: puts the address, the questions and the three panes together.

mod compare;
mod details;
mod events;
mod find_bar;
mod flame;
mod head;
mod io;
mod lineage;
mod links;
mod list;
mod noise_rules;
mod overview;
mod path;
mod payload;
mod row;
mod spans;
mod waterfall;

use std::{collections::HashSet, rc::Rc};

use gloo::events::EventListener;
use yew::prelude::*;

use self::{details::Details, head::Head, list::TraceList, waterfall::Waterfall};
use super::{model::TraceModel, params::TimelineParams, query};
use crate::{
    browser::document,
    core::{
        colour::{Kind, Slots},
        tree_rows,
    },
    modes::ModeProps,
    state::{
        queries::use_query,
        session::Session,
        store::{Action, Nav, Pane, Panes, Store, go},
        traces,
    },
    ui::{icon::Icon, split::Splitter},
};

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
    let trace_id = trace_id.to_owned();
    go(store, nav, move |url| {
        url.trace = Some(trace_id);
        url.span = None;
    });
}

/// A span as the panes pass it on: its number in the model, and whether a click chose it (arrow keys leave no trail in the history).
type Choice = (u32, bool);

#[component]
pub fn TimelineView(props: &ModeProps) -> Html {
    let ModeProps { session, store } = props;
    let params = TimelineParams::read(&store.url.params);
    let panes = store.panes;

    // Agents keep their colours through the whole file. Asked late: it reads payload.
    let agents = use_query(session, Some(traces::AGENTS_SQL.into()));
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
        );
        let (session, search, params) = (session.clone(), search.clone(), params.clone());
        use_memo(key, move |_| list_order(&session, &search, &params))
    };
    let agent_slots = {
        let table = agents.table.clone();
        use_memo((session.id, table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |_| {
            let names = table.as_ref().and_then(|table| table.texts("name").ok().map(|names| (table.rows(), names)));
            Slots::assign(Kind::Agent, names.into_iter().flat_map(|(rows, names)| (0..rows).filter_map(move |row| names.get(row))))
        })
    };

    // The trace: the link's, else the first of the list.
    let asked = store.url.trace.clone();
    let number = asked.as_deref().and_then(|id| session.traces.find(id));
    {
        let (store, session, order) = (store.clone(), session.clone(), order.clone());
        use_effect_with((asked.clone(), session.id, order.first().copied()), move |(asked, _, first)| {
            if asked.is_none()
                && let Some(trace) = first.and_then(|first| session.traces.get(first))
            {
                choose_trace(&store, Nav::Replace, trace.trace_id);
            }
        });
    }
    let trace_id: Option<String> = number.and_then(|number| session.traces.get(number)).map(|trace| trace.trace_id.to_owned());
    let spans = use_query(session, trace_id.as_deref().map(|id| query::spans_sql(id).into()));
    let model = {
        let (table, trace_id) = (spans.table.clone(), trace_id.clone());
        let current = trace_id.as_deref().is_some_and(|id| spans.of(&query::spans_sql(id)).is_some());
        // While the next trace is on its way the one before stays in view.
        let shown_id = use_mut_ref(String::new);
        if current && let Some(id) = &trace_id {
            shown_id.borrow_mut().clone_from(id);
        }
        let shown = shown_id.borrow().clone();
        use_memo((session.id, table.clone().map(|table| Rc::as_ptr(&table) as usize), shown.clone()), move |_| {
            table.map(|table| TraceModel::new(&shown, table).map(Rc::new))
        })
    };
    let (model, model_error) = match model.as_ref() {
        Some(Ok(model)) => (Some(model.clone()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    {
        let shown = model.as_ref().map(|model| model.trace_id.clone());
        use_effect_with(shown, |shown| {
            if shown.is_some() {
                document::after_paint(|| document::mark("spandeck:trace-shown"));
            }
        });
    }

    let collapsed = use_state(|| Rc::new(HashSet::<u32>::new()));
    {
        let collapsed = collapsed.setter();
        use_effect_with(model.as_ref().map(|model| (model.trace_id.clone(), session.id)), move |_| collapsed.set(Rc::new(HashSet::new())));
    }
    // The chosen span; without one the details show the root.
    let chosen = match (&model, &store.url.span) {
        (Some(model), Some(id)) => model.find(id),
        _ => None,
    };
    let choose = {
        let (store, model, collapsed) = (store.clone(), model.clone(), collapsed.clone());
        Callback::from(move |(span, clicked): Choice| {
            let Some(model) = &model else { return };
            let Some(row) = model.span(span) else { return };
            let mut open = (**collapsed).clone();
            if tree_rows::expand_ancestors(&model.tree, span, &mut open) {
                collapsed.set(Rc::new(open));
            }
            let span_id = row.span_id.to_owned();
            go(&store, if clicked { Nav::Push } else { Nav::Replace }, move |url| url.span = Some(span_id));
        })
    };

    use_keys(Keys {
        store: store.clone(),
        session: session.clone(),
        order: order.clone(),
        number,
        model: model.clone(),
        chosen,
        choose: choose.clone(),
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
    let not_found = asked.filter(|_| number.is_none());
    let error = spans.error.as_ref().map(ToString::to_string).or(model_error);
    let (chosen_or_root, retry) = (chosen.or_else(|| model.as_ref().and_then(|model| model.tree.roots.first().copied())), spans.clone());
    html! {
        <div {class} style={widths(&[("--w-list", panes.list_px), ("--w-details", panes.details_px)])}>
            <TraceList session={session.clone()} store={store.clone()} params={params.clone()} order={order.clone()} chosen={number}
                searching={search.pending} search_error={search.error.as_ref().map(ToString::to_string)} agent_slots={agent_slots.clone()} {agents_gathered} />
            <Splitter class="list" label="Width of the trace list" value={panes.list_px.unwrap_or(256)} min={180} max={520} onresize={resize(Pane::List)} />
            <section class="pane centre" aria-label="Selected trace">
                if let Some(error) = error {
                    <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                        <b>{ "The spans of this trace could not be read" }</b><p>{ error }</p>
                        <div class="note-a"><button type="button" class="lk" onclick={Callback::from(move |_| retry.retry())}>{ "Try again" }</button></div>
                    </div></div>
                } else if let Some(id) = not_found {
                    <div class="empty" role="status" data-testid="notice"><Icon name="timeline" /><b>{ "This file has no such trace" }</b>
                        <p>{ "The link names " }<code>{ id }</code>{ ". Choose a trace from the list, or open the file that the link was made for." }</p>
                    </div>
                } else if session.traces.is_empty() {
                    <div class="empty"><Icon name="timeline" /><b>{ "The file holds no spans" }</b><p>{ "Its table of spans is there, but it has no rows yet." }</p></div>
                } else if let Some(model) = &model {
                    <Head session={session.clone()} store={store.clone()} model={model.clone()} stale={spans.pending} onchoose={choose.clone()} />
                    <Waterfall session={session.clone()} model={model.clone()} chosen={chosen} collapsed={(*collapsed).clone()} stale={spans.pending}
                        names_px={panes.names_px} agent_slots={agent_slots.clone()} onchoose={choose.clone()}
                        oncollapse={let collapsed = collapsed.setter(); Callback::from(move |next| collapsed.set(next))} onresize={resize(Pane::Names)} />
                }
            </section>
            <Splitter class="det" label="Width of the details" reversed=true value={panes.details_px.unwrap_or(360)} min={260} max={800} onresize={resize(Pane::Details)} />
            if let (Some(model), Some(span)) = (&model, chosen_or_root) {
                <Details session={session.clone()} store={store.clone()} model={model.clone()} {span} tab={params.tab} agent_slots={agent_slots} onchoose={choose} />
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

/// Numbers of the traces in the list. While a search runs the earlier result stays.
fn list_order(session: &Session, search: &crate::state::queries::Answer, params: &TimelineParams) -> Vec<u32> {
    let found: Option<Vec<u32>> = params.find.as_ref().and_then(|_| {
        let table = search.table.as_ref()?;
        let numbers = table.ints("trace_no").ok()?;
        Some((0..table.rows()).filter_map(|row| numbers.get(row).and_then(|number| u32::try_from(number).ok())).collect())
    });
    session.traces.order(params.sort, found.as_deref(), params.failed_only)
}

/// The mode's keys. They work when no text field has the focus.
#[hook]
fn use_keys(keys: Keys) {
    let latest = use_mut_ref(|| None::<Keys>);
    *latest.borrow_mut() = Some(keys);
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || (document::typing() && event.key() != "Escape"));
            if plain && latest.borrow().as_ref().is_some_and(|keys| keys.press(&event.key())) {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}

struct Keys {
    store: Store,
    session: Rc<Session>,
    order: Rc<Vec<u32>>,
    number: Option<u32>,
    model: Option<Rc<TraceModel>>,
    chosen: Option<u32>,
    choose: Callback<Choice>,
}

impl Keys {
    /// Whether the key means something here.
    fn press(&self, key: &str) -> bool {
        let panes = self.store.panes;
        match key {
            "j" | "J" => self.step(1),
            "k" | "K" => self.step(-1),
            "e" | "E" => {
                let next = self.model.as_ref().and_then(|model| model.next_error(self.chosen, key == "E"));
                if let Some(span) = next {
                    self.choose.emit((span, true));
                }
            }
            "Escape" if panes.list_drawer => {
                self.store.dispatch(Action::SetPanes(Panes { list_drawer: false, ..panes }));
                document::focus(".th-1 button");
            }
            "[" => self.store.dispatch(Action::SetPanes(Panes { list_open: !panes.list_open, list_drawer: !panes.list_drawer, ..panes })),
            "]" => self.store.dispatch(Action::SetPanes(Panes { details_open: !panes.details_open, ..panes })),
            _ => return false,
        }
        true
    }

    fn step(&self, by: isize) {
        let at = self.number.and_then(|number| self.order.iter().position(|other| *other == number));
        let next = at.map_or(Some(0), |at| at.checked_add_signed(by));
        let trace = next.and_then(|next| self.order.get(next)).and_then(|number| self.session.traces.get(*number));
        if let Some(trace) = trace {
            choose_trace(&self.store, Nav::Push, trace.trace_id);
        }
    }
}
