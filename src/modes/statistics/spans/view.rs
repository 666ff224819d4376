//! The plain table on the page: the heads that order it, the rows in view, the keyboard.

use std::{collections::BTreeSet, rc::Rc};

use futures::future::{AbortHandle, Abortable};
use yew::{platform::spawn_local, prelude::*};

use super::{
    feed::Feed,
    orders,
    params::{Column, SORT, Sort},
    query,
    row::{self, Piece, SpanRow},
};
use crate::{
    browser::document,
    core::units,
    engine::EngineError,
    state::{
        busy::Busy,
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        scope::Scope,
        session::Session,
        store::{Nav, Store, go},
    },
    ui::{
        icon::Icon,
        virtual_list::{RowView, StandIn, VirtualList},
    },
};

/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 24;
/// The columns' heads: part of the grid for those who hear the page.
const HEADS: &str = "span-heads";
/// Rows that are asked for before the list knows how high it is.
const ROWS_AT_FIRST: usize = 40;

#[derive(Properties, PartialEq)]
pub struct SpanRowsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub scope: Rc<Scope>,
    /// Spans in scope, where they are counted.
    pub total: Option<usize>,
}

/// The rows on the page, and the order that they are in.
#[derive(Clone)]
struct Shown {
    order: Rc<str>,
    /// The order in words.
    words: String,
    feed: Rc<Feed>,
}

#[component]
pub fn SpanRows(props: &SpanRowsProps) -> Html {
    let SpanRowsProps { session, store, scope, total } = props;
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let sort = use_memo(store.url.params.get(SORT).cloned(), |_| Sort::read(&store.url.params));
    let order = use_memo((scope.clone(), sort.clone()), |(scope, sort)| Rc::<str>::from(query::order_sql(scope, sort)));
    let needed = use_memo(sort.clone(), |sort| query::extras_of(sort));
    let needs = use_extras(session, &needed, true);
    let (ready, waits) = use_shown_extras(session);

    let update = use_force_update();
    let shown = use_state(|| None::<Shown>);
    // Of the order that it was chosen in.
    let chosen = use_state(|| None::<(u32, usize)>);
    let failure = use_state(|| None::<EngineError>);
    let round = use_state(|| 0_u32);
    {
        let (session, shown, failure, sort, total) = (session.clone(), shown.clone(), failure.setter(), sort.clone(), *total);
        let chosen = chosen.setter();
        use_effect_with((session.id, (*order).clone(), needs.is_ready, *round), move |(_, order, is_ready, _)| {
            let (abort, registration) = AbortHandle::new_pair();
            let is_here = shown.as_ref().is_some_and(|shown| shown.order == *order && shown.feed.is_complete());
            if *is_ready && !is_here {
                if let Some(shown) = &*shown {
                    shown.feed.close();
                }
                let (busy, order, shown) = (Busy::start(), order.clone(), shown.setter());
                let work = async move {
                    match orders::begin(&session, &order, total).await {
                        Ok((table, count)) => {
                            let feed_of = |table, count| {
                                let update = update.clone();
                                Feed::new(session.clone(), table, count, Callback::from(move |()| update.force_update()))
                            };
                            let show = |feed: &Rc<Feed>| {
                                failure.set(None);
                                // Back from a trace, the list is where it was.
                                if let Some(row) = orders::left_at(&session, &order) {
                                    chosen.set(Some((feed.id, row)));
                                }
                                shown.set(Some(Shown { order: order.clone(), words: sort.words(), feed: feed.clone() }));
                            };
                            let feed = feed_of(table, count);
                            feed.begin(0..ROWS_AT_FIRST).await;
                            show(&feed);
                            if !feed.is_complete() {
                                match orders::table_of(&session, &order).await {
                                    // The count of the scope leaves out spans of no trace.
                                    Ok(whole) if whole.count != count => {
                                        feed.close();
                                        let feed = feed_of(whole, whole.count);
                                        feed.begin(0..ROWS_AT_FIRST).await;
                                        show(&feed);
                                    }
                                    whole => feed.complete(whole),
                                }
                            }
                        }
                        Err(EngineError::Cancelled) => {}
                        Err(error) => failure.set(Some(error)),
                    }
                };
                spawn_local(async move {
                    // Aborted: another order is wanted.
                    let _ = Abortable::new(work, registration).await;
                    drop(busy);
                });
            }
            move || abort.abort()
        });
    }
    let is_old = shown.as_ref().is_none_or(|shown| shown.order != *order);
    let feed = shown.as_ref().map(|shown| shown.feed.clone());
    if let Some(feed) = &feed {
        feed.set_ready(&ready);
    }

    let active = feed.as_ref().and_then(|feed| chosen.filter(|(number, _)| *number == feed.id).map(|(_, row)| row));
    let onmove = {
        let (chosen, number) = (chosen.setter(), feed.as_ref().map(|feed| feed.id));
        Callback::from(move |row: usize| chosen.set(number.map(|number| (number, row))))
    };
    let onview = {
        let feed = feed.clone();
        use_callback(feed.as_ref().map(|feed| feed.id), move |(first, end): (usize, usize), _| {
            if let Some(feed) = &feed {
                feed.look(first..end);
            }
        })
    };
    let url = use_memo(store.url.clone(), Clone::clone);
    let onopen = {
        let (session, order) = (session.clone(), shown.as_ref().map(|shown| shown.order.clone()));
        use_callback((session.id, order), move |row: usize, (_, order)| {
            if let Some(order) = order {
                orders::leave(&session, order, row);
            }
        })
    };
    let roots = use_memo(session.id, |_| session.root_names());
    let rows = feed.clone().map(|feed| {
        let (session, url, onopen, roots) = (session.clone(), url.clone(), onopen.clone(), (*roots).clone());
        RowView::in_slots(move |row, place| {
            html! {
                <SpanRow key={place.slot} session={session.clone()} url={url.clone()} {row} light={Piece(feed.light(row))} rest={Piece(feed.rest(row))} is_active={active == Some(row)} roots={roots.clone()} style={place.style} onopen={onopen.clone()} />
            }
        })
    });
    let stand_in = feed.clone().map(|feed| StandIn::new(move |seen| feed.stand_in(seen)));
    let onkeydown = {
        let (feed, store, onopen) = (feed.clone(), store.clone(), onopen.clone());
        Callback::from(move |event: KeyboardEvent| {
            if let (Some(feed), Some(row), "Enter") = (&feed, active, event.key().as_str())
                && document::focus_is("#span-rows")
            {
                event.prevent_default();
                onopen.emit(row);
                open(feed.clone(), store.clone(), row);
            }
        })
    };
    let press = {
        let (store, sort) = (store.clone(), sort.clone());
        Callback::from(move |(column, is_more): (Column, bool)| {
            let next = sort.pressed(column, is_more);
            go(&store, Nav::Replace, move |url| next.write(&mut url.params));
        })
    };
    let retry = {
        let (feed, round) = (feed.clone(), round.clone());
        Callback::from(move |_: MouseEvent| match &feed {
            Some(feed) if feed.is_complete() => feed.retry(),
            _ => round.set(round.wrapping_add(1)),
        })
    };
    let words = feed.as_ref().and_then(|feed| feed.error.borrow().as_ref().map(ToString::to_string));
    let words = words.or_else(|| failure.as_ref().or(needs.error.as_ref()).map(ToString::to_string));
    let order_words = shown.as_ref().map(|shown| shown.words.clone()).unwrap_or_default();
    let count = feed.as_ref().map_or(0, |feed| feed.count);
    html! {
        <div class="srs" {onkeydown}>
            if let Some(words) = words {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div><b>{ "The spans could not be read" }</b><p>{ words }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div></div></div>
            }
            <div class={classes!("srs-scroll", (is_old && feed.is_some()).then_some("busy-old"))}>
                { heads(&sort, &press, &waits) }
                if let (Some(feed), Some(row)) = (&feed, rows) {
                    <VirtualList key={feed.id} id="span-rows" role="grid" testid="statistics" class="srs-rows" label={format!("{}, {}", units::counted(count as u64, "span"), order_words)}
                        {count} row_px={*row_px} {active} row_id={Callback::from(row::row_id)} {row} {stand_in} {onmove} {onview} owns={HEADS} />
                }
            </div>
            <div class="srs-foot cap" role="status">
                { if feed.is_some() { units::counted(count as u64, "span") } else { "Putting the spans in order".to_owned() } }
                if let Some(working) = working(&needs, &waits) {
                    <span class="busy"><i class="spin"></i>{ working }</span>
                }
            </div>
        </div>
    }
}

/// What can be shown of agents and own time, and how far the rest is.
#[hook]
fn use_shown_extras(session: &Rc<Session>) -> (Rc<BTreeSet<Extra>>, [Progress; 2]) {
    let agent = use_memo((), |()| BTreeSet::from([Extra::AGENT]));
    let own = use_memo((), |()| BTreeSet::from([Extra::SELF_TIME]));
    // Reading every span's payload is nothing to hold the reader up for.
    let agents = use_extras(session, &agent, !session.agents_anywhere);
    let owns = use_extras(session, &own, false);
    let ready = use_memo((agents.is_ready, owns.is_ready), |(agents, owns)| {
        let extras = [(Extra::AGENT, *agents), (Extra::SELF_TIME, *owns)];
        extras.into_iter().filter_map(|(extra, is_ready)| is_ready.then_some(extra)).collect::<BTreeSet<Extra>>()
    });
    (ready, [agents, owns])
}

fn working(needs: &Progress, waits: &[Progress; 2]) -> Option<String> {
    let (extra, permille) = [needs].into_iter().chain(waits).find_map(|progress| progress.working.clone())?;
    Some(format!("Working out {}, {}", extra.label(), units::percent(u64::from(permille), 1000)))
}

fn heads(sort: &Sort, press: &Callback<(Column, bool)>, waits: &[Progress; 2]) -> Html {
    html! {
        <div class="sr-h" role="rowgroup" id={HEADS}><div role="row" class="sr">
            { for Column::ALL.into_iter().map(|column| {
                let place = sort.place(column);
                let aria_sort = place.map(|(_, descending)| if descending { "descending" } else { "ascending" });
                let failed = match column {
                    Column::Agent => waits[0].error.as_ref(),
                    Column::Own => waits[1].error.as_ref(),
                    _ => None,
                };
                let title = failed.map_or_else(|| "Sort; with Shift as a further column".to_owned(), |error| format!("Could not be worked out: {error}"));
                html! {
                    <span role="columnheader" class={row::class_of(column)} aria-sort={aria_sort} data-col={column.slug()}>
                        <button type="button" {title} onclick={press.reform(move |event: MouseEvent| (column, event.shift_key()))}>{ column.label() }
                            if let Some((at, descending)) = place {
                                <Icon name={if descending { "sortdesc" } else { "up" }} class="xs" />
                                if sort.keys().len() > 1 { <small>{ at }</small> }
                            }
                        </button>
                    </span>
                }
            }) }
        </div></div>
    }
}

/// The span of a row, in the Timeline.
fn open(feed: Rc<Feed>, store: Store, row: usize) {
    let busy = Busy::start();
    spawn_local(async move {
        if let Ok(Some(ids)) = feed.ids(row).await
            && let Some(trace_id) = ids.trace_id
        {
            go(&store, Nav::Push, move |url| *url = row::to_span(url, &trace_id, ids.span_id.as_deref()));
        }
        drop(busy);
    });
}
