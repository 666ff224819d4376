//! The search within a trace: a filter that is typed, what it finds, and the way from match to match.
//!
//! The matches follow the address. Holds no SQL and no grammar.

mod jumps;

use std::rc::Rc;

use yew::prelude::*;

use self::jumps::Jumps;
use super::{
    super::{
        find::{self, Found, attribute_keys_sql, attribute_values_sql, find_sql, values_of},
        model::TraceModel,
    },
    Choice, set_params,
};
use crate::{
    browser::document,
    core::{
        filter::{Filter, FilterError, Wants},
        trace_tree::TraceTree,
        units,
    },
    state::{
        busy::Busy,
        queries::use_query,
        session::Session,
        store::{Nav, Store},
    },
    ui::{
        filter_field::{Entered, FilterField, Handed},
        icon::Icon,
    },
};

const ROWS: &str = "#waterfall";

/// What the search in the address has come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindState {
    /// The newest complete result; while `pending` or with an `error`, that of an earlier text. `None` without a search.
    pub found: Option<Rc<Found>>,
    pub error: Option<FilterError>,
    /// The engine has yet to answer.
    pub pending: bool,
}

/// Searches the trace for `text`, a filter.
#[hook]
pub fn use_find(session: &Rc<Session>, model: Option<&Rc<TraceModel>>, text: Option<&str>) -> FindState {
    let last = use_mut_ref(|| None::<(Rc<TraceTree>, Rc<Found>)>);
    let parsed = use_memo(text.map(str::to_owned), |text| text.as_deref().map(Filter::parse));
    let sql = use_memo((parsed.clone(), model.cloned()), |(parsed, model)| match (&**parsed, model) {
        (Some(Ok(filter)), Some(model)) => find_sql(&model.traces(), filter).map(Rc::<str>::from),
        _ => None,
    });
    let answer = use_query(session, (*sql).clone());
    let table = sql.as_ref().as_ref().and_then(|sql| answer.of(sql)).cloned();
    let is_open = sql.is_some() && table.is_none();
    let fresh = {
        let (parsed, table) = (parsed.clone(), table.clone());
        let key = (parsed.clone(), model.cloned(), table.as_ref().map(|table| Rc::as_ptr(table) as usize), is_open);
        use_memo(key, move |(_, model, _, is_open)| match (&*parsed, model) {
            (Some(Ok(filter)), Some(model)) if !*is_open && !filter.is_empty() => {
                Some(find::find(model, filter, table.as_deref()).map(Rc::new))
            }
            _ => None,
        })
    };
    let plain = |message: String| FilterError { at: 0, len: 0, message };
    let error = match (&*parsed, &*fresh) {
        (Some(Err(error)), _) => Some(error.clone()),
        (_, Some(Err(error))) => Some(plain(error.to_string())),
        _ => answer.error.as_ref().map(|error| plain(error.to_string())),
    };
    let mut last = last.borrow_mut();
    match (&*fresh, model) {
        (Some(Ok(found)), Some(model)) => *last = Some((model.tree.clone(), found.clone())),
        (None, Some(_)) if is_open || error.is_some() => {}
        (Some(Err(_)), Some(_)) => {}
        _ => *last = None,
    }
    // Numbers of spans mean something in their own tree only.
    let found = last.as_ref().zip(model).filter(|((tree, _), model)| Rc::ptr_eq(tree, &model.tree)).map(|((_, found), _)| found.clone());
    FindState { found, pending: is_open && error.is_none(), error }
}

/// The match after (or before) the chosen span.
pub fn step(model: &TraceModel, state: &FindState, chosen: Option<u32>, backwards: bool) -> Option<u32> {
    state.found.as_ref()?.next(model, chosen, backwards)
}

#[derive(Properties, PartialEq)]
pub struct FindBarProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    /// The search in the address.
    pub text: Option<AttrValue>,
    /// Only matches are shown.
    pub only: bool,
    pub state: FindState,
    pub chosen: Option<u32>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn FindBar(props: &FindBarProps) -> Html {
    let FindBarProps { store, model, text, only, state, chosen, onchoose, .. } = props;
    // A step that was asked for before the search had its answer; true for backwards.
    let wanted_step = use_mut_ref(|| None::<bool>);
    let settling = use_state(|| false);
    let wants = use_state(|| None::<Wants>);
    let values = use_values(props, wants.as_ref());
    let walk = {
        let (model, state, chosen, onchoose) = (model.clone(), state.clone(), *chosen, onchoose.clone());
        Callback::from(move |backwards: bool| {
            if let Some(span) = step(&model, &state, chosen, backwards) {
                onchoose.emit((span, false));
            }
        })
    };
    {
        let (wanted_step, walk) = (wanted_step.clone(), walk.clone());
        let is_answered = !*settling && !state.pending;
        use_effect_with((is_answered, state.clone(), text.clone()), move |(is_answered, state, _)| {
            if *is_answered {
                let wanted = wanted_step.borrow_mut().take();
                if let Some(backwards) = wanted.filter(|_| state.error.is_none()) {
                    walk.emit(backwards);
                }
            }
        });
    }
    let set = {
        let store = store.clone();
        Callback::from(move |text: String| {
            set_params(&store, Nav::Replace, |params| params.matching = Some(text).filter(|text| !text.is_empty()));
        })
    };
    let oncommit = set.reform(|handed: Handed| handed.text);
    let onsettling = {
        let (settling, wanted_step) = (settling.setter(), wanted_step.clone());
        Callback::from(move |now: bool| {
            if now {
                *wanted_step.borrow_mut() = None;
            }
            settling.set(now);
        })
    };
    let onenter = {
        let (walk, pending) = (walk.clone(), state.pending);
        Callback::from(move |entered: Entered| match entered.just_committed || pending {
            true => *wanted_step.borrow_mut() = Some(entered.shift),
            false => walk.emit(entered.shift),
        })
    };
    let onescape = {
        Callback::from(move |()| {
            set.emit(String::new());
            document::focus(ROWS);
        })
    };
    let onwants = {
        let wants = wants.setter();
        Callback::from(move |wanted| wants.set(wanted))
    };
    let hold = Callback::from(|()| Rc::new(Busy::start()) as Rc<dyn std::any::Any>);
    let ononly = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, |params| params.matches_only = !params.matches_only))
    };
    // A pressed button is not a row that is opened.
    let on_button = Callback::from(|event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.stop_propagation();
        }
    });
    let count = count_words(state, *chosen);
    let matches = state.found.as_ref().map(|found| found.len().to_string());
    let can_step = state.found.as_ref().is_some_and(|found| !found.is_empty());
    html! {
        <div class="wh-find" role="search" aria-label="Spans of this trace" onkeydown={on_button}>
            <FilterField id="trace-find" testid="trace-find" list_testid="find-list" error_testid="find-error" label="Find in this trace" placeholder="Find in trace"
                text={text.clone().unwrap_or_default()} error={state.error.clone()} {values} {onwants} {oncommit} {onsettling} {onenter} {onescape} {hold} style={format!("--find-n:{}", count.chars().count())}>
                <span class="find-n" role="status" data-testid="find-count" data-value={matches}>{ count }</span>
            </FilterField>
            <button type="button" class="icon-btn sm" aria-label="Previous match" title="Previous match (Shift N)" disabled={!can_step} onclick={walk.reform(|_: MouseEvent| true)}><Icon name="up" class="s" /></button>
            <button type="button" class="icon-btn sm" aria-label="Next match" title="Next match (N)" disabled={!can_step} onclick={walk.reform(|_: MouseEvent| false)}><Icon name="down" class="s" /></button>
            <button type="button" class={classes!("icon-btn", "sm", only.then_some("on"))} role="switch" aria-checked={only.to_string()} aria-label="Only matches" title="Show only matches and their parents" data-testid="matches-only" onclick={ononly}><Icon name="filter" class="s" /></button>
            <Jumps model={model.clone()} found={state.found.clone()} chosen={*chosen} onchoose={onchoose.clone()} />
        </div>
    }
}

/// The values that the field wants to offer, of this trace.
#[hook]
fn use_values(props: &FindBarProps, wants: Option<&Wants>) -> Rc<Vec<String>> {
    let model = &props.model;
    let sql: Option<Rc<str>> = match wants {
        Some(Wants::AttrKeys) => Some(attribute_keys_sql(&model.traces()).into()),
        Some(Wants::AttrValues { key }) => Some(attribute_values_sql(&model.traces(), key).into()),
        _ => None,
    };
    let asked = use_query(&props.session, sql.clone());
    let table = sql.as_ref().and_then(|sql| asked.of(sql)).cloned();
    let field = wants.and_then(Wants::text_field);
    use_memo((model.clone(), field, table.as_ref().map(|table| Rc::as_ptr(table) as usize)), move |(model, field, _)| {
        match (field, table.as_ref().and_then(|table| table.texts("value").ok().map(|values| (table.rows(), values)))) {
            (Some(field), _) => values_of(model, *field),
            (None, Some((rows, values))) => (0..rows).filter_map(|row| values.get(row)).map(str::to_owned).collect(),
            (None, None) => Vec::new(),
        }
    })
}

/// "2 of 3" on a match, else how many there are.
fn count_words(state: &FindState, chosen: Option<u32>) -> String {
    let Some(found) = state.found.as_ref().filter(|_| state.error.is_none()) else {
        return if state.pending { "…".to_owned() } else { String::new() };
    };
    let count = units::count(found.len() as u64);
    match chosen.and_then(|chosen| found.position(chosen)) {
        _ if found.is_empty() => "none".to_owned(),
        Some(place) => format!("{} of {count}", units::count(place as u64 + 1)),
        None => format!("{count} found"),
    }
}
