//! RED Metrics on the page: puts the address, the questions, the cards, the charts and the tables together.

mod cards;
mod charts;
mod data;
mod exceptions;
mod exemplars;
mod exports;
mod heat;
mod keys;
mod limits;
mod names;
mod objective;
mod spark;
mod table;
mod tools;

use yew::prelude::*;

use self::{
    cards::CardStrip,
    charts::Charts,
    data::{Found, use_marked, use_red},
    exceptions::Exceptions,
    exemplars::ExemplarList,
    heat::Heat,
    keys::use_keys,
    names::use_colours,
    objective::Objective,
    table::{FigureTable, HiddenTable},
    tools::Tools,
};
use super::{
    columns::Column,
    params::{Below, RedParams},
};
use crate::{
    core::red::selection::Selection,
    modes::ModeProps,
    state::{
        dimension::{Dimension, GroupValue},
        scope::edit,
        store::{Nav, Store, go},
    },
    ui::{icon::Icon, ignored::Ignored, segments::Segments},
};

/// Characters of a title: names of data may be of any length.
const TITLE: usize = 400;

/// Writes the mode's own keys into the address.
fn set_params(store: &Store, nav: Nav, change: impl FnOnce(&mut RedParams) + 'static) {
    go(store, nav, move |url| {
        let mut params = RedParams::read(&url.params);
        change(&mut params);
        params.write(&mut url.params);
    });
}

/// The range of the address becomes this; a mark within it is no longer needed.
fn set_range(store: &Store, range: Option<(i64, i64)>) {
    edit::set_range(store, Nav::Push, range.map(|(from_ns, _)| from_ns), range.map(|(_, to_ns)| to_ns));
}

#[component]
pub fn RedView(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let params = RedParams::read(&store.url.params);
    let found = use_red(props, &params);
    let failed_first = use_state(|| false);
    let marked = use_marked(session, found.question.as_ref(), params.selection, *failed_first);
    let colours = use_colours(session, params.by == Dimension::Agent || params.selection.is_some());
    use_keys(store, &params);

    let onsubject = {
        let store = store.clone();
        use_callback((), move |subject: Option<GroupValue>, ()| {
            set_params(&store, Nav::Push, move |params| params.subject = subject);
        })
    };
    let onmark = {
        let store = store.clone();
        use_callback((), move |selection: Option<Selection>, ()| {
            set_params(&store, Nav::Push, move |params| params.selection = selection);
        })
    };
    let onrange = {
        let store = store.clone();
        use_callback((), move |range: Option<(i64, i64)>, ()| set_range(&store, range))
    };
    let onbelow = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            if let Some(below) = Below::from_slug(slug) {
                set_params(&store, Nav::Replace, move |params| params.below = below);
            }
        })
    };
    let is_empty = found.cards.as_ref().is_some_and(|cards| cards.groups.groups.is_empty());
    let retry = found.retry.reform(|_: MouseEvent| ());
    let by = params.by.label().to_lowercase();
    let tabs = Below::ALL
        .map(|below| {
            let label = match below {
                Below::Operations => "Operations".into(),
                Below::Groups => tools::cards_label(&params.by).into(),
                Below::Exceptions => "Exceptions".into(),
                Below::Objective => "Objective".into(),
            };
            (below.slug(), label)
        })
        .to_vec();
    let ignored = RedParams::ignored(&store.url.params);
    let onforget = {
        let store = store.clone();
        // What is written is only what was understood.
        Callback::from(move |()| set_params(&store, Nav::Replace, |_| ()))
    };
    let content = |found: &Found| match params.below {
        Below::Operations => {
            let onchoose = {
                let store = store.clone();
                Callback::from(move |value: GroupValue| {
                    set_params(&store, Nav::Push, move |params| {
                        params.cards_by(Dimension::Operation);
                        params.subject = Some(value);
                    });
                })
            };
            let onsort = sort_callback(store, |params, column| params.operations_sort = Some(column.pressed(params.operations_sort)));
            match &found.operations {
                Some(operations) if !operations.groups.groups.is_empty() => html! {
                    <FigureTable id="red-operations-table" testid="red-operations" dimension={Dimension::Operation} columns={Column::OF_OPERATIONS.to_vec()} groups={operations.groups.clone()} order={operations.order.clone()}
                        measure={operations.measure} sort={super::figures::operations_sort(params.operations_sort, operations.groups.has_own())} sparks={found.operation_sparks.clone()} colours={colours.clone()}
                        chosen={params.subject.clone().filter(|_| params.by == Dimension::Operation)} is_stale={found.are_operations_stale} waits={found.own_waits.clone()} {onchoose} {onsort} />
                },
                Some(_) => html! { <p class="red-none">{ "No span is in view." }</p> },
                None => waiting(),
            }
        }
        Below::Groups => {
            let onsort = sort_callback(store, |params, column| params.sort = Some(column.pressed(params.sort)));
            let onchoose = onsubject.reform(Some);
            match &found.cards {
                Some(cards) => html! {
                    <FigureTable id="red-services-table" testid="red-services" dimension={params.by.clone()} columns={Column::OF_GROUPS.to_vec()} groups={cards.groups.clone()} order={cards.order.clone()}
                        measure={cards.measure} sort={params.sort} sparks={found.card_sparks.clone()} colours={colours.clone()} chosen={params.subject.clone()} is_stale={found.is_stale} waits={None::<String>} {onchoose} {onsort} />
                },
                None => waiting(),
            }
        }
        Below::Exceptions => html! { <Exceptions store={store.clone()} found={found.failures.clone()} /> },
        Below::Objective => {
            html! { <Objective store={store.clone()} slo={params.slo} found={found.kept.clone()} onmark={onmark.clone()} /> }
        }
    };
    html! {
        <div class="redm">
            <Tools session={session.clone()} store={store.clone()} params={params.clone()} found={found.clone()} />
            if let Some(error) = &found.error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                    <b>{ "The figures could not be worked out" }</b><p>{ error.clone() }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div>
                </div></div>
            }
            <Ignored {ignored} {onforget} />
            if is_empty && scope.hides_everything() {
                // Said once, above all modes.
            } else if is_empty {
                <div class="empty" role="status"><Icon name="red" /><b>{ "No span matches" }</b>
                    <p>{ if params.which == super::params::Which::All { "The filter and the time range leave no span to measure." } else { "The filter, the time range and the choice of spans leave none to measure." } }</p>
                </div>
            } else if let Some(cards) = &found.cards {
                if cards.groups.is_cut {
                    <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><span>{ "There are more groups than are shown here: these are the 50,000 with the most spans. A filter brings the others into view." }</span></div>
                }
                <CardStrip by={params.by.clone()} cards={cards.clone()} total={found.total.clone()} sparks={found.card_sparks.clone()} all={found.all_spark.clone()}
                    subject={params.subject.clone()} which={found.question.as_ref().map_or(params.which, |question| question.which)} colours={colours.clone()} is_stale={found.is_stale} onsubject={onsubject.clone()} />
                <div class="redgrid">
                    <Charts store={store.clone()} file={session.name.clone()} found={found.clone()} params={params.clone()} onmark={onmark.clone()} onrange={onrange.clone()} />
                    <div class="redr">
                        <Heat store={store.clone()} file={session.name.clone()} found={found.clone()} params={params.clone()} onmark={onmark.clone()} onrange={onrange} />
                        <ExemplarList store={store.clone()} scope={scope.scope.clone()} {marked} colours={colours.clone()} failed_first={*failed_first}
                            onorder={{ let failed_first = failed_first.setter(); Callback::from(move |first| failed_first.set(first)) }} onclear={onmark.reform(|()| None)} />
                    </div>
                </div>
                <section class="card redt" aria-label="Tables">
                    <div class="card-h"><Segments name="red-below" label="Table of" choices={tabs} chosen={params.below.slug()} onchoose={onbelow} />
                        <span class="grow"></span>
                        { caption(&found, &params, onsubject.reform(|_: MouseEvent| None)) }
                    </div>
                    <div class="redt-b">{ content(&found) }</div>
                </section>
                if params.below != Below::Groups {
                    <HiddenTable testid="red-services" caption={format!("Figures by {by}")} name={by} cards={cards.clone()} />
                }
            } else if found.error.is_none() {
                <div class="empty" role="status"><span class="busy"><i class="spin"></i>{ found.waits_for.clone().unwrap_or_else(|| "counting spans".to_owned()) }</span></div>
            }
        </div>
    }
}

/// What the table below is of; nothing for that of the cards. Where the chosen card is one of its rows, the way back to all of them.
fn caption(found: &Found, params: &RedParams, onall: Callback<MouseEvent>) -> Html {
    let Some(question) = found.question.as_ref().filter(|_| params.below != Below::Groups) else { return Html::default() };
    let is_row = params.below == Below::Operations && question.subject.is_some() && !question.has_own_operations();
    let all = question.which.all();
    let name = match question.subject {
        Some(_) if !is_row => data::subject_name(question),
        _ => all.to_lowercase(),
    };
    html! {
        <>
            <span class="cap cut" title={name.chars().take(TITLE).collect::<String>()}>{ format!("of {name}") }</span>
            if is_row { <button type="button" class="btn sm ghost" title="The charts show them together again" onclick={onall}>{ all }</button> }
        </>
    }
}

fn sort_callback(store: &Store, sort: fn(&mut RedParams, Column)) -> Callback<Column> {
    let store = store.clone();
    Callback::from(move |column: Column| set_params(&store, Nav::Replace, move |params| sort(params, column)))
}

/// Until the first answer.
fn waiting() -> Html {
    html! { <p class="red-none"><span class="busy late" role="status"><i class="spin"></i>{ "working it out" }</span></p> }
}
