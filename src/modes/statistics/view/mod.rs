//! The Statistics on the page: puts the address, the questions, the table and the inspector together.

mod columns_menu;
mod data;
mod exports;
mod head;
mod inspector;
mod instead;
mod keys;
mod names;
mod row;
mod sections;
mod table;
mod tools;

use yew::prelude::*;

use self::{
    data::{OwnTime, use_groups, use_trends},
    exports::ExportGroups,
    inspector::Inspector,
    instead::Instead,
    keys::use_keys,
    names::Colours,
    table::GroupTable,
    tools::Tools,
};
use super::{
    grouping::Dimension,
    groups::columns::Column,
    params::{self, GroupKey, StatScope, StatisticsParams},
};
use crate::{
    browser::{document, storage},
    modes::ModeProps,
    state::{
        agent_slots::use_agent_slots,
        session::Session,
        store::{Nav, Store, go},
    },
    ui::{icon::Icon, ignored::Ignored},
};

/// Where the reader's columns are kept in the browser.
const COLUMNS_KEY: &str = "statistics-columns";

/// Writes the mode's own keys into the address.
fn set_params(store: &Store, nav: Nav, change: impl FnOnce(&mut StatisticsParams) + 'static) {
    go(store, nav, move |url| {
        let mut params = StatisticsParams::read(&url.params);
        change(&mut params);
        params.write(&mut url.params);
    });
}

/// Other columns: in the address, and in this browser for the next time.
fn set_columns(store: &Store, columns: Vec<Column>) {
    storage::write(COLUMNS_KEY, &params::print_columns(&columns));
    set_params(store, Nav::Replace, move |params| params.columns = columns);
}

/// The mode's keys as far as this file can follow them, and what it cannot.
fn present_params(session: &Session, store: &Store) -> (StatisticsParams, Vec<(&'static str, String)>) {
    let mut params = StatisticsParams::read(&store.url.params);
    let mut ignored = StatisticsParams::ignored(&store.url.params);
    let has_trace = |name: &str| (0_u32..).map_while(|number| session.traces.get(number)).any(|trace| trace.name == name);
    if matches!(&params.scope, StatScope::Workflow(name) if !has_trace(name)) {
        ignored.extend(params.without_workflow());
    }
    (params, ignored)
}

/// What the link asks in vain, with the way to forget it.
fn ignored_notice(store: &Store, ignored: Vec<(&'static str, String)>) -> Html {
    let keys: Vec<&'static str> = ignored.iter().map(|(key, _)| *key).collect();
    let onforget = {
        let store = store.clone();
        Callback::from(move |()| {
            let keys = keys.clone();
            go(&store, Nav::Replace, move |url| StatisticsParams::forget_ignored(&mut url.params, &keys));
        })
    };
    html! { <Ignored {ignored} {onforget} /> }
}

#[component]
pub fn StatisticsView(props: &ModeProps) -> Html {
    let params = StatisticsParams::read(&props.store.url.params);
    match params.raw || params.compare.is_some() {
        true => html! { <Instead ..props.clone() /> },
        false => html! { <GroupsView ..props.clone() /> },
    }
}

#[component]
fn GroupsView(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let (params, mut ignored) = present_params(session, store);
    // A link that names no columns shows those that this reader chose last.
    {
        let store = store.clone();
        use_effect_with((), move |()| {
            let is_default = params::StatisticsParams::read(&store.url.params).columns == Column::DEFAULT;
            let kept = storage::read(COLUMNS_KEY).and_then(|text| params::read_columns(&text)).filter(|_| is_default);
            if let Some(columns) = kept {
                set_params(&store, Nav::Replace, move |params| params.columns = columns);
            }
        });
    }
    let found = use_groups(props, &params);
    // Only where nothing hides a group it can be said that there is none of that name.
    let is_whole = scope.scope.is_everything() && params.scope == StatScope::All && !found.is_stale;
    let has_chosen =
        |data: &data::TableData| params.chosen.as_ref().is_none_or(|key| data.groups.is_cut || data.groups.find(&key.first).is_some());
    if found.data.as_ref().is_some_and(|data| is_whole && !has_chosen(data)) {
        ignored.extend(params.chosen_word());
    }
    let trace = store.url.trace.clone().filter(|_| params.scope == StatScope::Trace);
    let (lines, onview) = use_trends(session, found.data.as_ref(), trace.as_deref(), params.columns.contains(&Column::Trend));
    let by_agent = [Some(&params.first), params.second.as_ref()].contains(&Some(&Dimension::Agent));
    let agents = use_agent_slots(session, by_agent || params.chosen.is_some());
    let roots = use_memo(session.id, |_| session.root_names());
    let colours = Colours { session: session.clone(), agents, roots: (*roots).clone() };

    // The row that the arrow keys are on; the chosen one until they move.
    let active = use_state(|| None::<GroupKey>);
    let choose = {
        let (store, active) = (store.clone(), active.setter());
        use_callback((), move |key: Option<GroupKey>, ()| {
            if key.is_some() {
                active.set(key.clone());
            }
            set_params(&store, Nav::Push, move |params| params.chosen = key);
        })
    };
    let toggle = {
        let store = store.clone();
        use_callback((), move |(value, is_open): (params::GroupValue, bool), ()| {
            set_params(&store, Nav::Replace, move |params| {
                params.open.retain(|open| *open != value);
                if is_open {
                    params.open.push(value);
                }
            });
        })
    };
    use_keys(store, &params);

    let class = classes!("stm", params.chosen.is_some().then_some("with-insp"));
    let is_empty = found.data.as_ref().is_some_and(|data| data.groups.groups.is_empty());
    let nothing_fits = found.data.as_ref().is_some_and(|data| !data.groups.groups.is_empty() && data.rows.shown.is_empty());
    let clear = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            set_params(&store, Nav::Push, |params| {
                params.names = None;
                params.bounds.clear();
            });
        })
    };
    let retry = found.retry.reform(|_: MouseEvent| ());
    let body = html! {
        <>
            { ignored_notice(store, ignored) }
            if let Some(error) = &found.error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                    <b>{ "The groups could not be worked out" }</b><p>{ error.clone() }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div>
                </div></div>
            }
            if let Some(data) = &found.data {
                if data.groups.is_cut {
                    <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><span>{ "There are more groups than are shown here: these are the 200,000 with the most spans. A filter brings the others into view." }</span></div>
                }
                if is_empty && scope.hides_everything() {
                    // Said once, above all modes.
                } else if is_empty {
                    <div class="empty" role="status"><Icon name="stats" /><b>{ "No span matches" }</b>
                        <p>{ if params.scope == StatScope::All { "The filter and the time range leave no span to count." } else { "The filter and the chosen traces leave no span to count." } }</p>
                    </div>
                } else {
                    <GroupTable store={store.clone()} params={params.clone()} data={data.clone()} sort={found.sort.clone()} totals={found.totals.clone()} no_totals={found.no_totals}
                        own={found.own.clone()} {lines} colours={colours.clone()} is_stale={found.is_stale} active={(*active).clone().or_else(|| params.chosen.clone())}
                        onactive={active_callback(&active)} onchoose={choose.clone()} ontoggle={toggle} {onview} />
                    if nothing_fits {
                        <div class="empty fit" role="status"><b>{ "No group fits the filters of the columns" }</b>
                            <button type="button" class="btn sm" onclick={clear}>{ "Remove them" }</button>
                        </div>
                    }
                }
            } else if found.error.is_none() {
                <div class="empty" role="status"><span class="busy"><i class="spin"></i>{ found.waits_for.clone().unwrap_or_else(|| "counting spans".to_owned()) }</span></div>
            }
        </>
    };
    let close = choose.reform(|_: MouseEvent| None);
    html! {
        <div {class}>
            <section class="pane" aria-label="Statistics">
                <Tools session={session.clone()} store={store.clone()} params={params.clone()} traces={scope.counts.as_ref().map(|counts| counts.traces)}
                    is_stale={found.is_stale && found.data.is_some()} waits_for={found.waits_for.clone()}>
                    if let Some(data) = &found.data {
                        <ExportGroups session={session.clone()} params={params.clone()} data={data.clone()} />
                    }
                </Tools>
                { body }
            </section>
            if let (Some(key), Some(data)) = (&params.chosen, &found.data) {
                <Inspector session={session.clone()} store={store.clone()} scope={scope.scope.clone()} params={params.clone()} data={data.clone()} chosen={key.clone()} colours={colours}
                    is_own_ready={found.own == OwnTime::Ready} onclose={close.clone()} />
            }
            <div class="scrim" aria-hidden="true" onclick={close}></div>
        </div>
    }
}

fn active_callback(active: &UseStateHandle<Option<GroupKey>>) -> Callback<GroupKey> {
    let active = active.setter();
    Callback::from(move |key| active.set(Some(key)))
}

/// Back to the table after something in its head was used.
fn focus_table() {
    document::focus("#statistics-table");
}
