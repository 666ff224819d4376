//! The bar below the app bar: the filter of every mode as chips and as text, how much it lets through, the time range.
//!
//! The text in the field is the whole filter; the chips are another picture of it, shown while nobody edits the text.

mod brush;
mod chips;

use std::{any::Any, cell::RefCell, rc::Rc};

use yew::prelude::*;

use self::{brush::TimeBrush, chips::Chips};
use crate::{
    browser::document,
    core::{
        filter::{Filter, Need, Node, Wants},
        units,
    },
    state::{
        busy::Busy,
        extras::Extra,
        links,
        queries::use_later_query,
        scope::{ScopeState, check::why_nothing, edit, of_parts, parts_of, without_each_sql},
        session::Session,
        store::{Action, Nav, Store, go},
        traces::{self, Lookup},
        vocabulary::use_words,
    },
    ui::{
        filter_field::{FilterField, Handed, Moment},
        icon::Icon,
    },
};

/// The field's id, by which keys reach it.
pub const FIELD: &str = "filter";

#[derive(Properties, PartialEq)]
pub struct FilterBarProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub scope: ScopeState,
}

#[component]
pub fn FilterBar(props: &FilterBarProps) -> Html {
    let FilterBarProps { session, store, scope } = props;
    let editing = use_state_eq(|| false);
    let settling = use_state_eq(|| false);
    let wants = use_state_eq(|| None::<Wants>);
    let values = use_words(session, wants.as_ref());
    let text = store.url.filter.clone().unwrap_or_default();
    let parsed = use_memo(text.clone(), |text| Filter::parse(text).ok());
    // A text that is no filter must be seen as it is.
    let parts: Vec<Node> = parsed.as_ref().as_ref().filter(|_| !*editing).map(parts_of).unwrap_or_default();
    let broken = use_state_eq(|| false);
    let basis = use_mut_ref(Basis::default);
    {
        let basis = basis.clone();
        use_effect_with(store.url.filter.clone(), move |filter| {
            let mut basis = basis.borrow_mut();
            if basis.written != *filter {
                *basis = Basis { entered: filter.clone(), committed: filter.clone(), written: filter.clone() };
            }
        });
    }
    let oncommit = {
        let (store, basis, session) = (store.clone(), basis.clone(), session.clone());
        Callback::from(move |handed: Handed| {
            if let Some(trace_id) = id_of(&session, &handed) {
                // It names a trace: on its way there it must not hide everything else.
                if handed.moment == Moment::Entered || trace_id == handed.text {
                    go(&store, Nav::Push, move |url| links::lead_to_timeline(url, &trace_id, ""));
                    document::focus("#main");
                }
                return;
            }
            let is_filter = Filter::parse(&handed.text).is_ok();
            let text = Some(handed.text).filter(|text| !text.is_empty());
            match (is_filter, handed.moment) {
                (true, Moment::Paused) => {
                    basis.borrow_mut().written.clone_from(&text);
                    go(&store, Nav::Replace, move |url| url.filter = text);
                }
                (true, moment) => commit(&store, &basis, text, moment == Moment::Entered),
                // The last one that could be read stays.
                (false, Moment::Left) => {
                    let last = basis.borrow().written.clone();
                    commit(&store, &basis, last, false);
                }
                (false, _) => {}
            }
        })
    };
    let onescape = {
        let (store, basis) = (store.clone(), basis.clone());
        Callback::from(move |()| {
            let entered = basis.borrow().entered.clone();
            commit(&store, &basis, entered, true);
            document::focus("#main");
        })
    };
    let onbroken = {
        let broken = broken.setter();
        Callback::from(move |now: bool| broken.set(now))
    };
    let onwants = {
        let wants = wants.setter();
        Callback::from(move |wanted| wants.set(wanted))
    };
    let onfocus = {
        let (editing, basis) = (editing.setter(), basis);
        Callback::from(move |now: bool| {
            editing.set(now);
            if now {
                let mut basis = basis.borrow_mut();
                basis.entered = basis.committed.clone();
            }
        })
    };
    let onsettling = {
        let settling = settling.setter();
        Callback::from(move |now: bool| settling.set(now))
    };
    let hold = Callback::from(|()| Rc::new(Busy::start()) as Rc<dyn Any>);
    let onremove = {
        let (store, scope) = (store.clone(), scope.scope.clone());
        Callback::from(move |part: Node| {
            edit::remove(&store, &scope, &part);
            document::focus("#main");
        })
    };
    let onclear = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            edit::set_filter(&store, Nav::Push, &Filter::default());
            document::focus("#main");
        })
    };
    let has_chips = !parts.is_empty() && !*settling && !*broken;
    html! {
        <section class="filterbar" aria-label="Filter of all modes">
            <div class={classes!("filterbox", has_chips.then_some("chipped"), broken.then_some("bad"))}>
                <FilterField id={FIELD} testid="filter" list_testid="filter-list" error_testid="filter-error" icon="filter" label="Filter" placeholder="Filter: agent:critic  status:error  dur>1s"
                    text={text.clone()} error={scope.error.clone()} {values} {onwants} {oncommit} {onsettling} {onbroken} {onescape} {onfocus} {hold}>
                    if has_chips {
                        <Chips {parts} {onremove} />
                    }
                    if !text.is_empty() && !*editing {
                        <button type="button" class="icon-btn sm" aria-label="Remove the whole filter" title="Remove the whole filter" data-testid="filter-clear" onclick={onclear}><Icon name="x" class="s" /></button>
                    } else if !*editing {
                        <kbd aria-hidden="true">{ "/" }</kbd>
                    }
                </FilterField>
            </div>
            { matched(session, scope) }
            <TimeBrush session={session.clone()} store={store.clone()} scope={scope.scope.clone()} />
        </section>
    }
}

/// The trace whose id was typed or pasted in place of a filter: whole, or so much of it that it is the only one. Nothing for an id that the
/// filter in force holds already.
fn id_of(session: &Session, handed: &Handed) -> Option<String> {
    if !traces::is_id_like(&handed.text) || handed.moment == Moment::Left {
        return None;
    }
    match session.traces.lookup(&handed.text) {
        Lookup::One(number) => session.traces.get(number).map(|trace| trace.trace_id.to_owned()),
        Lookup::None | Lookup::Several(_) => None,
    }
}

/// The filters that the field goes back to.
#[derive(Default)]
struct Basis {
    /// In force when the field was entered, or when Enter was last pressed: what Escape brings back.
    entered: Option<String>,
    /// The newest that has an entry in the history.
    committed: Option<String>,
    /// The newest that the field has put into the address. Another one there is somebody else's.
    written: Option<String>,
}

/// Gives the filter an entry of its own, unless it is the newest that has one.
fn commit(store: &Store, basis: &RefCell<Basis>, text: Option<String>, is_entered: bool) {
    let before = {
        let mut basis = basis.borrow_mut();
        basis.written.clone_from(&text);
        if is_entered {
            basis.entered.clone_from(&text);
        }
        std::mem::replace(&mut basis.committed, text.clone())
    };
    store.dispatch(Action::CommitFilter { text, before });
}

/// How much is left, or what the counting waits for.
fn matched(session: &Session, state: &ScopeState) -> Html {
    if let Some((extra, permille)) = &state.progress.working {
        return html! {
            <div class="matchcount" role="status" data-testid="match-count"><i class="spin"></i>{ format!("{} %", permille / 10) }<br /><span>{ waits_for(extra) }</span></div>
        };
    }
    let (all, traces) = (session.totals.spans, session.traces.len() as u64);
    let Some(counts) = &state.counts else {
        return html! { <div class="matchcount" data-testid="match-count"><span>{ "Counting" }</span></div> };
    };
    let is_whole = counts.spans == all && counts.traces == traces;
    html! {
        <div class={classes!("matchcount", state.is_counting.then_some("stale"))} role="status" data-testid="match-count" data-spans={counts.spans.to_string()} data-traces={counts.traces.to_string()} data-errors={counts.errors.to_string()}>
            if is_whole {
                <b>{ units::count(all) }</b>{ if all == 1 { " span" } else { " spans" } }<br /><span>{ units::counted(traces, "trace") }</span>
            } else {
                <b>{ units::count(counts.spans) }</b>{ format!(" of {} spans", units::count(all)) }<br /><span>{ format!("{} of {} traces", units::count(counts.traces), units::count(traces)) }</span>
            }
        </div>
    }
}

fn waits_for(extra: &Extra) -> String {
    match extra {
        Extra::Of(Need::SelfTime) => "Working out own time".to_owned(),
        other => format!("Reading {}", other.label()),
    }
}

/// What keeps the page from showing anything, or from counting. One line, with the way out.
#[component]
pub fn ScopeNotice(props: &FilterBarProps) -> Html {
    let FilterBarProps { session, store, scope } = props;
    let hides = scope.hides_everything() && session.totals.spans > 0;
    let parts = scope.scope.parts();
    let sql = use_memo((hides, scope.scope.clone()), |(hides, scope)| hides.then(|| Rc::<str>::from(without_each_sql(scope))));
    let answer = use_later_query(session, (*sql).clone());
    let best = sql.as_ref().as_ref().and_then(|sql| answer.of(sql)).and_then(|table| {
        // The columns are w0, w1 … for the parts, and wt for the range.
        let of = |name: String| table.ints(&name).ok().and_then(|ints| ints.get(0)).and_then(|count| u64::try_from(count).ok());
        let parts = parts.iter().enumerate().map(|(at, part)| (Some(part.clone()), of(format!("w{at}")).unwrap_or(0)));
        let range = (None, of("wt".to_owned()).unwrap_or(0));
        parts.chain([range]).filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count)
    });
    if let Some(failure) = &scope.failure {
        let retry = {
            let (session, extras) = (session.clone(), scope.wanted_extras.clone());
            Callback::from(move |_: MouseEvent| extras.iter().for_each(|extra| session.extras.retry(extra)))
        };
        return html! {
            <div class="note e" role="alert" data-testid="notice"><Icon name="err" /><span class="grow"><b>{ "The filter could not be applied. " }</b>{ failure.clone() }</span>
                <button type="button" class="btn sm" onclick={retry}>{ "Try again" }</button></div>
        };
    }
    if !hides {
        return Html::default();
    }
    let onclear = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| edit::clear(&store))
    };
    let remove = best.map(|(part, count)| {
        let (store, filter) = (store.clone(), scope.scope.filter.clone());
        let label = part.as_ref().map_or_else(|| "the time range".to_owned(), |part| format!("“{}”", part.words()));
        let onclick = Callback::from(move |_: MouseEvent| match &part {
            Some(part) => {
                let mut parts = parts_of(&filter);
                parts.retain(|other| other != part);
                edit::set_filter(&store, Nav::Push, &of_parts(parts));
            }
            None => edit::set_range(&store, Nav::Push, None, None),
        });
        html! { <button type="button" class="btn sm" {onclick}>{ format!("Remove {label} (adds {})", units::count(count)) }</button> }
    });
    let has_range = scope.scope.from_ns.is_some() || scope.scope.to_ns.is_some();
    let title = match (scope.scope.filter.is_empty(), has_range) {
        (true, _) => "No span lies in the time range. ",
        (false, true) => "No span matches the filter in this time range. ",
        (false, false) => "No span matches the filter. ",
    };
    let why = why_nothing(&scope.scope, &session.services, &session.totals).map(|why| format!("{why} ")).unwrap_or_default();
    html! {
        <div class="note w" role="status" data-testid="notice" data-reason="hides-all"><Icon name="filter" /><span class="grow"><b>{ title }</b>{ format!("{why}All {} spans of the file are hidden.", units::count(session.totals.spans)) }</span>
            { for remove }<button type="button" class="btn sm" data-testid="clear-filter" onclick={onclear}>{ "Clear" }</button></div>
    }
}
