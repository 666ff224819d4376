//! A field for the filter language: typing, what could be typed next, where a filter broke.
//!
//! What is typed is the reader's own; the owner is told when they pause, and when they are done. A text that is no filter stays here, with
//! what is wrong in it, until it is mended or discarded. Which values exist is asked of the owner (`onwants`) and handed in (`values`). Must
//! not know spans, nor what the filter is used for.

mod listing;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use self::listing::{Bubble, SuggestionList};
use super::icon::Icon;
use crate::core::filter::{Completion, Filter, FilterError, Suggestion, Wants, complete, suggestions};

/// Typing settles this long before anything is searched.
const SETTLE_MS: u32 = 150;

/// Enter was pressed where no suggestion was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    pub shift: bool,
    /// What is typed was handed on only now.
    pub just_committed: bool,
}

/// Why a text is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The reader pauses while they type.
    Paused,
    /// A suggestion was chosen that leaves nothing of its condition open.
    Chosen,
    Entered,
    /// The field was left.
    Left,
}

/// What is typed, without the spaces around it. It may be no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub text: String,
    pub moment: Moment,
}

#[derive(Properties, PartialEq)]
pub struct FilterFieldProps {
    /// Of the field; its list and its message are named after it.
    pub id: AttrValue,
    pub testid: AttrValue,
    pub list_testid: AttrValue,
    pub error_testid: AttrValue,
    pub label: AttrValue,
    pub placeholder: AttrValue,
    /// The icon in front.
    #[prop_or("search")]
    pub icon: &'static str,
    /// The filter in the address.
    pub text: AttrValue,
    /// What is wrong with it.
    pub error: Option<FilterError>,
    /// Of what was wanted last: values of a key, keys of attributes.
    pub values: Rc<Vec<String>>,
    /// What is to be offered; `None` while nothing is.
    pub onwants: Callback<Option<Wants>>,
    pub oncommit: Callback<Handed>,
    /// The reader types: `true` until what they typed is handed on.
    #[prop_or_default]
    pub onsettling: Callback<bool>,
    #[prop_or_default]
    pub onenter: Callback<Entered>,
    /// What was typed is discarded.
    #[prop_or_default]
    pub onescape: Callback<()>,
    /// What is typed and not in the address is no filter.
    #[prop_or_default]
    pub onbroken: Callback<bool>,
    /// The field has got or lost the focus.
    #[prop_or_default]
    pub onfocus: Callback<bool>,
    /// Held while typing settles.
    pub hold: Callback<(), Rc<dyn std::any::Any>>,
    #[prop_or_default]
    pub style: Option<AttrValue>,
    #[prop_or_default]
    pub class: Classes,
    /// Behind the field, within its frame.
    #[prop_or_default]
    pub children: Html,
}

/// What is in the field, beyond the address.
#[derive(Clone, Default, PartialEq)]
struct Field {
    typed: Option<String>,
    /// The address when it was handed on: a text that is no filter stands over it until there is another.
    over: AttrValue,
    /// The address is yet to follow.
    settling: bool,
    /// In characters.
    cursor: usize,
    /// Suggestions may be shown; `asked` also where nothing is typed of them yet.
    open: bool,
    asked: bool,
    active: Option<usize>,
    /// What is wrong was read and put aside.
    quiet: bool,
}

impl Field {
    /// What is typed, while it is what the field shows.
    fn draft(&self, in_address: &str) -> Option<&str> {
        let typed = self.typed.as_deref()?;
        let is_broken = || self.over.as_str() == in_address && Filter::parse(typed).is_err();
        (self.settling || typed.trim() == in_address || is_broken()).then_some(typed)
    }

    fn closed(&self) -> Self {
        Self { open: false, asked: false, active: None, ..self.clone() }
    }
}

#[component]
pub fn FilterField(props: &FilterFieldProps) -> Html {
    let field = use_state(Field::default);
    // For the pause and for leaving: the list may have been walked, or the text discarded meanwhile.
    let latest = use_mut_ref(Field::default);
    *latest.borrow_mut() = (*field).clone();
    let address = use_mut_ref(AttrValue::default);
    *address.borrow_mut() = props.text.clone();
    let waiting = use_mut_ref(|| None::<Timeout>);
    let input = use_node_ref();

    let in_address = &props.text;
    // A space at the end belongs to the reader and is not in the address.
    let draft = field.draft(in_address);
    let value = draft.map_or_else(|| in_address.to_string(), str::to_owned);
    let error = match draft.filter(|draft| draft.trim() != in_address.as_str()) {
        Some(_) if field.settling => None,
        Some(draft) => Filter::parse(draft).err(),
        None => props.error.clone(),
    };
    let (completion, offered) = offered(&field, &value, &props.values);
    let is_listed = !offered.is_empty();
    {
        let wanted = field.open.then(|| completion.wants.clone());
        let onwants = props.onwants.clone();
        use_effect_with(wanted, move |wanted| onwants.emit(wanted.clone()));
    }
    // Told when they change and only then: an owner that draws itself again hands in other callbacks, and would be told without end.
    let (onsettling, onbroken) = (props.onsettling.clone(), props.onbroken.clone());
    use_effect_with(field.settling, move |settling| onsettling.emit(*settling));
    use_effect_with(error.is_some(), move |broken| onbroken.emit(*broken));

    let put = {
        let (latest, field) = (latest.clone(), field.setter());
        move |next: Field| {
            *latest.borrow_mut() = next.clone();
            field.set(next);
        }
    };
    let commit = {
        let (oncommit, address, put) = (props.oncommit.clone(), address.clone(), put.clone());
        move |next: Field, moment: Moment| {
            let text = next.typed.as_deref().unwrap_or_default().trim().to_owned();
            let over = address.borrow().clone();
            put(Field { settling: false, over, ..next });
            oncommit.emit(Handed { text, moment });
        }
    };
    let edit = {
        let (put, latest, waiting, commit, hold) = (put.clone(), latest.clone(), waiting.clone(), commit.clone(), props.hold.clone());
        move |text: String, cursor: usize| {
            let next = Field { typed: Some(text), settling: true, cursor, open: true, ..Field::default() };
            put(next);
            let (commit, latest, busy) = (commit.clone(), latest.clone(), hold.emit(()));
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                let now = latest.borrow().clone();
                commit(now, Moment::Paused);
                drop(busy);
            }));
        }
    };
    let oninput = {
        let edit = edit.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
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
        let (waiting, latest, commit) = (waiting.clone(), latest.clone(), commit.clone());
        Callback::from(move |index: usize| {
            let (Some(suggestion), Some(input)) = (offered.get(index), input.cast::<web_sys::HtmlInputElement>()) else { return };
            let (text, cursor) = completion.put(&value, &suggestion.written, suggestion.is_finished);
            // Before the view follows, so that the cursor is where the text goes on.
            input.set_value(&text);
            let units = u32::try_from(text.chars().take(cursor).map(char::len_utf16).sum::<usize>()).unwrap_or(u32::MAX);
            drop(input.set_selection_range(units, units));
            edit(text, cursor);
            if suggestion.is_finished {
                let pause = waiting.borrow_mut().take();
                let now = latest.borrow().clone();
                commit(now, Moment::Chosen);
                drop(pause);
            }
        })
    };
    let onkeydown = {
        let (field, waiting, commit, accept, put) = (field.clone(), waiting.clone(), commit.clone(), accept.clone(), put.clone());
        let (latest, address, values) = (latest.clone(), address.clone(), props.values.clone());
        // Of what is typed by now: a key may come before the page has drawn it.
        let (now_typed, now_address) = (latest.clone(), address.clone());
        let is_open = move || {
            let now = latest.borrow();
            let in_address = address.borrow();
            let value = now.draft(&in_address).map_or_else(|| in_address.to_string(), str::to_owned);
            !self::offered(&now, &value, &values).1.is_empty()
        };
        let (onenter, onescape) = (props.onenter.clone(), props.onescape.clone());
        let count = offered.len();
        Callback::from(move |event: KeyboardEvent| {
            // What is around the field has keys of the same names.
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
                    None => {
                        let just_committed = field.settling;
                        let pause = waiting.borrow_mut().take();
                        let now = now_typed.borrow().closed();
                        match now.draft(&now_address.borrow().clone()).is_some() {
                            true => commit(Field { quiet: false, ..now }, Moment::Entered),
                            false => put(now),
                        }
                        onenter.emit(Entered { shift: event.shift_key(), just_committed });
                        drop(pause);
                    }
                },
                "Escape" if is_open() => {
                    let now = now_typed.borrow().closed();
                    put(now);
                }
                "Escape" => {
                    *waiting.borrow_mut() = None;
                    // Leaving the field then hands nothing on.
                    put(Field { quiet: true, ..Field::default() });
                    onescape.emit(());
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onblur = {
        let (onfocus, put) = (props.onfocus.clone(), put.clone());
        Callback::from(move |_: FocusEvent| {
            let pause = waiting.borrow_mut().take();
            let now = Field { quiet: true, ..latest.borrow().closed() };
            match now.draft(&address.borrow().clone()).is_some() {
                true => commit(now, Moment::Left),
                false => put(now),
            }
            onfocus.emit(false);
            drop(pause);
        })
    };
    let onfocus = {
        let (onfocus, field) = (props.onfocus.clone(), field.clone());
        Callback::from(move |_: FocusEvent| {
            field.set(Field { quiet: false, ..(*field).clone() });
            onfocus.emit(true);
        })
    };
    let onquiet = {
        let field = field.clone();
        Callback::from(move |()| field.set(Field { quiet: true, ..(*field).clone() }))
    };
    let active = field.active.filter(|active| *active < offered.len());
    let (list_id, error_id) = (format!("{}-list", props.id), format!("{}-error", props.id));
    let title = error.as_ref().map(|error| error.message.clone());
    let (icon, icon_class) = if error.is_some() { ("err", "s err") } else { (props.icon, "s") };
    html! {
        <>
            <div class={classes!("inwrap", "grow", props.class.clone())} style={props.style.clone()}>
                <Icon name={icon} class={icon_class} />
                <input ref={input} class="in" id={props.id.clone()} type="search" role="combobox" data-testid={props.testid.clone()} aria-label={props.label.clone()} placeholder={props.placeholder.clone()}
                    value={value.clone()} {title} {oninput} {onselect} {onkeydown} {onblur} {onfocus} autocomplete="off" autocapitalize="off" spellcheck="false" aria-autocomplete="list"
                    aria-expanded={is_listed.to_string()} aria-controls={is_listed.then(|| list_id.clone())} aria-activedescendant={active.map(|active| format!("{list_id}-{active}"))}
                    aria-invalid={error.is_some().then_some("true")} aria-describedby={error.is_some().then(|| error_id.clone())} />
                { props.children.clone() }
            </div>
            if is_listed {
                <SuggestionList id={list_id} testid={props.list_testid.clone()} {offered} {active} onaccept={accept} error={error.map(|error| (error, value.into()))} {error_id} error_testid={props.error_testid.clone()} />
            } else if let Some(error) = error.filter(|_| !field.quiet) {
                <Bubble {error} text={value} id={error_id} testid={props.error_testid.clone()} onclose={onquiet} />
            }
        </>
    }
}

/// What could be typed next, while the reader types.
fn offered(field: &Field, value: &str, values: &[String]) -> (Completion, Rc<Vec<Suggestion>>) {
    let completion = complete(value, field.cursor);
    // A list that nobody asked for would hide the rows.
    let shown = field.open && (field.asked || completion.wants != Wants::Keys || !completion.prefix.is_empty());
    let mut offered = if shown { suggestions(&completion, values) } else { Vec::new() };
    // What stands there already needs no help.
    let typed: String = value.chars().skip(completion.replace.start).take(completion.replace.len()).collect();
    if offered.len() == 1 && offered.first().is_some_and(|only| only.written == typed) {
        offered.clear();
    }
    (completion, Rc::new(offered))
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
