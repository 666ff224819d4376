//! The search within a trace: a filter that is typed, what it finds, and the way from match to match.
//!
//! What is typed is the reader's own; the address follows when they pause, and the matches follow the address. Holds no SQL and no grammar.

mod jumps;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use self::jumps::Jumps;
use super::{
    super::{
        find::{self, Found, Suggestion, attribute_keys_sql, find_sql, suggestions, values_of},
        model::TraceModel,
    },
    Choice, set_params,
};
use crate::{
    browser::document,
    core::{
        filter::{Completion, Filter, FilterError, Wants, complete},
        trace_tree::TraceTree,
        units,
    },
    state::{
        busy::Busy,
        queries::use_query,
        session::Session,
        store::{Nav, Store},
    },
    ui::icon::Icon,
};

/// Typing settles this long before anything is searched.
const SETTLE_MS: u32 = 150;
const ROWS: &str = "#waterfall";
const LIST: &str = "find-list";

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

/// What is in the field, beyond the address.
#[derive(Clone, Default, PartialEq)]
struct Field {
    typed: Option<String>,
    /// The address is yet to follow.
    settling: bool,
    /// In characters.
    cursor: usize,
    /// Suggestions may be shown; `asked` also where nothing is typed of them yet.
    open: bool,
    asked: bool,
    active: Option<usize>,
}

#[component]
pub fn FindBar(props: &FindBarProps) -> Html {
    let FindBarProps { store, model, text, only, state, chosen, onchoose, .. } = props;
    let field = use_state(Field::default);
    // For the pause: the list may have been walked meanwhile.
    let latest = use_mut_ref(Field::default);
    *latest.borrow_mut() = (*field).clone();
    let waiting = use_mut_ref(|| None::<Timeout>);
    // A step that was asked for before the search had its answer; true for backwards.
    let wanted_step = use_mut_ref(|| None::<bool>);
    let input = use_node_ref();

    let in_address = text.as_deref().unwrap_or_default();
    // A space at the end belongs to the reader and is not in the address.
    let value = match &field.typed {
        Some(typed) if field.settling || typed.trim() == in_address => typed.clone(),
        _ => in_address.to_owned(),
    };
    let (completion, offered) = use_suggestions(props, &field, &value);
    let is_listed = !offered.is_empty();

    let commit = {
        let (store, field) = (store.clone(), field.setter());
        move |next: Field| {
            let typed = next.typed.clone().unwrap_or_default();
            let wanted = Some(typed.trim().to_owned()).filter(|text| !text.is_empty());
            set_params(&store, Nav::Replace, |params| params.matching = wanted);
            field.set(Field { settling: false, ..next });
        }
    };
    let edit = {
        let (field, waiting, commit) = (field.setter(), waiting.clone(), commit.clone());
        move |text: String, cursor: usize| {
            let next = Field { typed: Some(text), settling: true, cursor, open: true, ..Field::default() };
            field.set(next);
            let (commit, latest, busy) = (commit.clone(), latest.clone(), Busy::start());
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                commit(latest.take());
                drop(busy);
            }));
        }
    };
    let oninput = {
        let (edit, wanted_step) = (edit.clone(), wanted_step.clone());
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            *wanted_step.borrow_mut() = None;
            edit(input.value(), cursor_of(&input));
        })
    };
    let onselect = {
        let field = field.clone();
        Callback::from(move |event: Event| {
            let cursor = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| cursor_of(&input));
            if let Some(cursor) = cursor.filter(|cursor| *cursor != field.cursor && !field.settling) {
                field.set(Field { cursor, open: false, active: None, ..(*field).clone() });
            }
        })
    };
    let accept = {
        let (edit, input, value, completion, offered) = (edit, input.clone(), value.clone(), completion, offered.clone());
        Callback::from(move |index: usize| {
            let (Some(suggestion), Some(input)) = (offered.get(index), input.cast::<web_sys::HtmlInputElement>()) else { return };
            let (text, cursor) = completion.put(&value, &suggestion.written, suggestion.is_finished);
            // Before the view follows, so that the cursor is where the text goes on.
            input.set_value(&text);
            let units = u32::try_from(text.chars().take(cursor).map(char::len_utf16).sum::<usize>()).unwrap_or(u32::MAX);
            drop(input.set_selection_range(units, units));
            edit(text, cursor);
        })
    };
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
        let is_answered = !field.settling && !state.pending && field.typed.as_deref().is_none_or(|typed| typed.trim() == in_address);
        use_effect_with((is_answered, state.clone()), move |(is_answered, state)| {
            if *is_answered {
                let wanted = wanted_step.borrow_mut().take();
                if let Some(backwards) = wanted.filter(|_| state.error.is_none()) {
                    walk.emit(backwards);
                }
            }
        });
    }
    let onkeydown = {
        let (field, waiting, commit, accept, walk, pending) = (field.clone(), waiting, commit, accept.clone(), walk.clone(), state.pending);
        let count = offered.len();
        Callback::from(move |event: KeyboardEvent| {
            // The rows and the mode have keys of the same names.
            event.stop_propagation();
            if event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let set = |change: fn(&mut Field)| {
                let mut next = (*field).clone();
                change(&mut next);
                field.set(next);
            };
            match event.key().as_str() {
                "ArrowDown" if count == 0 => set(|field| (field.open, field.asked) = (true, true)),
                "ArrowDown" => {
                    let active = field.active.map_or(0, |active| active.saturating_add(1));
                    field.set(Field { active: Some(active).filter(|active| *active < count), ..(*field).clone() });
                }
                "ArrowUp" if count > 0 => {
                    let active = field.active.map_or(count.checked_sub(1), |active| active.checked_sub(1));
                    field.set(Field { active, ..(*field).clone() });
                }
                "Tab" if count > 0 && !event.shift_key() => accept.emit(field.active.unwrap_or(0)),
                "Enter" => match field.active.filter(|active| *active < count) {
                    Some(active) => accept.emit(active),
                    None if field.settling || pending => {
                        *wanted_step.borrow_mut() = Some(event.shift_key());
                        let pause = waiting.borrow_mut().take();
                        if field.settling {
                            commit(Field { open: false, ..(*field).clone() });
                        }
                        drop(pause);
                    }
                    None => {
                        set(|field| field.open = false);
                        walk.emit(event.shift_key());
                    }
                },
                "Escape" if field.active.is_some() || field.asked => set(|field| {
                    (field.open, field.asked, field.active) = (false, false, None);
                }),
                "Escape" => {
                    *waiting.borrow_mut() = None;
                    *wanted_step.borrow_mut() = None;
                    commit(Field::default());
                    document::focus(ROWS);
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onblur = {
        let field = field.clone();
        Callback::from(move |_: FocusEvent| {
            if field.open {
                field.set(Field { open: false, asked: false, active: None, ..(*field).clone() });
            }
        })
    };
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
    let error = state.error.as_ref().filter(|_| !is_listed && !field.settling);
    let active = field.active.filter(|active| *active < offered.len());
    html! {
        <div class="wh-find" role="search" aria-label="Spans of this trace" onkeydown={on_button}>
            <div class="inwrap grow" style={format!("--find-n:{}", count.chars().count())}>
                <Icon name="search" class="s" />
                <input ref={input} class="in" id="trace-find" type="search" role="combobox" data-testid="trace-find" aria-label="Find in this trace" placeholder="Find in trace"
                    {value} {oninput} {onselect} {onkeydown} {onblur} autocomplete="off" autocapitalize="off" spellcheck="false" aria-autocomplete="list"
                    aria-expanded={is_listed.to_string()} aria-controls={is_listed.then_some(LIST)} aria-activedescendant={active.map(|active| format!("{LIST}-{active}"))}
                    aria-invalid={error.is_some().then_some("true")} aria-describedby={error.is_some().then_some("find-error")} />
                <span class="find-n" role="status" data-testid="find-count" data-value={matches}>{ count }</span>
            </div>
            <button type="button" class="icon-btn sm" aria-label="Previous match" title="Previous match (Shift N)" disabled={!can_step} onclick={walk.reform(|_: MouseEvent| true)}><Icon name="up" class="s" /></button>
            <button type="button" class="icon-btn sm" aria-label="Next match" title="Next match (N)" disabled={!can_step} onclick={walk.reform(|_: MouseEvent| false)}><Icon name="down" class="s" /></button>
            <button type="button" class={classes!("icon-btn", "sm", only.then_some("on"))} role="switch" aria-checked={only.to_string()} aria-label="Only matches" title="Show only matches and their parents" data-testid="matches-only" onclick={ononly}><Icon name="filter" class="s" /></button>
            <Jumps model={model.clone()} found={state.found.clone()} chosen={*chosen} onchoose={onchoose.clone()} />
            if is_listed {
                <SuggestionList {offered} {active} onaccept={accept} />
            }
            if let Some(error) = error {
                { error_line(error, in_address) }
            }
        </div>
    }
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

/// The message, and the text with the place that it is about.
fn error_line(error: &FilterError, text: &str) -> Html {
    let part = |skip: usize, take: usize| text.chars().skip(skip).take(take).collect::<String>();
    // Where something is missing, the gap is marked.
    let bad = Some(part(error.at, error.len)).filter(|bad| !bad.is_empty()).unwrap_or_else(|| "\u{a0}\u{a0}".to_owned());
    html! {
        <div class="find-e pop" id="find-error" role="alert" data-testid="find-error"><Icon name="err" class="s err" />
            <div><p>{ error.message.clone() }</p><code>{ part(0, error.at) }<u>{ bad }</u>{ part(error.at.saturating_add(error.len), usize::MAX) }</code></div>
        </div>
    }
}

/// The cursor's place in the field, in characters; the browser counts UTF-16 units.
fn cursor_of(input: &web_sys::HtmlInputElement) -> usize {
    let units = input.selection_end().ok().flatten().map_or(usize::MAX, |units| units as usize);
    let mut before = 0_usize;
    input
        .value()
        .chars()
        .take_while(|next| {
            before = before.saturating_add(next.len_utf16());
            before <= units
        })
        .count()
}

/// What could be typed next, while the reader types.
#[hook]
fn use_suggestions(props: &FindBarProps, field: &Field, value: &str) -> (Completion, Rc<Vec<Suggestion>>) {
    let model = &props.model;
    let completion = complete(value, field.cursor);
    let wants = completion.wants.clone();
    let asks_keys = field.open && wants == Wants::AttrKeys;
    let keys = use_query(&props.session, asks_keys.then(|| attribute_keys_sql(&model.traces()).into()));
    let table = keys.table.clone().filter(|_| asks_keys && !keys.pending);
    let key = match &wants {
        Wants::Values { key } if field.open => Some(*key),
        _ => None,
    };
    let values = use_memo((model.clone(), key, table.as_ref().map(|table| Rc::as_ptr(table) as usize)), move |(model, key, _)| {
        match (key, table.as_ref().and_then(|table| table.texts("key").ok().map(|keys| (table.rows(), keys)))) {
            (Some(key), _) => values_of(model, key),
            (None, Some((rows, keys))) => (0..rows).filter_map(|row| keys.get(row)).map(str::to_owned).collect(),
            (None, None) => Vec::new(),
        }
    });
    // A list that nobody asked for would hide the rows.
    let shown = field.open && (field.asked || wants != Wants::Keys || !completion.prefix.is_empty());
    let mut offered = if shown { suggestions(&completion, &values) } else { Vec::new() };
    // What stands there already needs no help.
    let typed: String = value.chars().skip(completion.replace.start).take(completion.replace.len()).collect();
    if offered.len() == 1 && offered.first().is_some_and(|only| only.written == typed) {
        offered.clear();
    }
    (completion, Rc::new(offered))
}

#[derive(Properties, PartialEq)]
struct SuggestionListProps {
    offered: Rc<Vec<Suggestion>>,
    active: Option<usize>,
    onaccept: Callback<usize>,
}

#[component]
fn SuggestionList(props: &SuggestionListProps) -> Html {
    let SuggestionListProps { offered, active, onaccept } = props;
    use_effect_with(*active, |active| {
        let option = active.and_then(|active| document::element(&format!("{LIST}-{active}")));
        if let Some((option, list)) = option.zip(document::element(LIST)) {
            let (row, frame) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
            let (above, below) = (frame.top() - row.top(), row.bottom() - frame.bottom());
            let by = if above > 0.0 { -above } else { below.max(0.0) };
            list.set_scroll_top(list.scroll_top().saturating_add(by.round() as i32));
        }
    });
    // The field keeps the focus.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <div class="menu pop find-list" id={LIST} role="listbox" aria-label="Suggestions" data-testid="find-list" {onmousedown}>
            { for offered.iter().enumerate().map(|(index, suggestion)| html! {
                <div role="option" id={format!("{LIST}-{index}")} aria-selected={(*active == Some(index)).to_string()} onclick={onaccept.reform(move |_: MouseEvent| index)}>
                    <span class="cut">{ suggestion.label.clone() }</span>
                    if !suggestion.hint.is_empty() { <span class="cap cut">{ suggestion.hint }</span> }
                </div>
            }) }
        </div>
    }
}
