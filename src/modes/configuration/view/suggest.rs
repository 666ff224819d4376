//! A text field with a list of suggestions below it: arrow keys go through the list, Enter takes one or what is typed, Escape closes it.

use std::rc::Rc;

use yew::prelude::*;

use crate::{browser::document, core::units, modes::configuration::choices};

#[derive(Properties, PartialEq)]
pub struct SuggestProps {
    pub id: AttrValue,
    pub label: AttrValue,
    #[prop_or_default]
    pub placeholder: AttrValue,
    /// What stands in it before anything is typed.
    #[prop_or_default]
    pub value: AttrValue,
    /// Values with their counts, the frequent first; `None` while they are asked for.
    pub options: Option<Rc<Vec<(String, u64)>>>,
    /// Values that are chosen already.
    #[prop_or_default]
    pub taken: Vec<String>,
    /// The field has the focus: suggestions are wanted.
    pub onwant: Callback<()>,
    /// A text, and whether it is one of the suggestions.
    pub onpick: Callback<(String, bool)>,
    /// Backspace in the empty field.
    #[prop_or_default]
    pub onback: Callback<()>,
    #[prop_or_default]
    pub class: Classes,
}

#[component]
pub fn Suggest(props: &SuggestProps) -> Html {
    let SuggestProps { id, label, placeholder, value, options, taken, onwant, onpick, onback, class } = props;
    let typed = use_state(|| None::<String>);
    let open = use_state(|| false);
    let active = use_state(|| None::<usize>);
    let text = (*typed).clone().unwrap_or_default();
    let found: Vec<(String, u64)> = match (&*open, options) {
        (true, Some(options)) => choices::suggested(options, &text, taken).into_iter().cloned().collect(),
        _ => Vec::new(),
    };
    let pick = {
        let (typed, open, active, onpick) = (typed.setter(), open.setter(), active.setter(), onpick.clone());
        Callback::from(move |(text, is_known): (String, bool)| {
            typed.set(None);
            open.set(false);
            active.set(None);
            if !text.trim().is_empty() {
                onpick.emit((text, is_known));
            }
        })
    };
    let oninput = {
        let (typed, open, active) = (typed.setter(), open.setter(), active.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                typed.set(Some(input.value()));
                open.set(true);
                active.set(None);
            }
        })
    };
    let onkeydown = {
        let (open, active, found, pick, onback, id, text) =
            (open.clone(), active.clone(), found.clone(), pick.clone(), onback.clone(), id.clone(), text.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = found.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => {
                    open.set(true);
                    active.set(Some(active.map_or(0, |at| at.saturating_add(1).min(last))).filter(|_| !found.is_empty()));
                }
                "ArrowUp" => active.set(active.and_then(|at| at.checked_sub(1))),
                "Enter" => match active.and_then(|at| found.get(at)) {
                    Some((value, _)) => pick.emit((value.clone(), true)),
                    None if text.trim().is_empty() => return,
                    None => {
                        let known = found.iter().any(|(value, _)| *value == text);
                        pick.emit((text.clone(), known));
                    }
                },
                "Escape" if *open => open.set(false),
                "Backspace" if text.is_empty() => return onback.emit(()),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
            if let Some(at) = *active {
                document::reveal(&format!("{id}-option-{at}"));
            }
        })
    };
    let onfocus = {
        let (open, onwant) = (open.setter(), onwant.clone());
        Callback::from(move |_: FocusEvent| {
            onwant.emit(());
            open.set(true);
        })
    };
    let onblur = {
        // What is typed is not lost.
        let (pick, text) = (pick.clone(), text.clone());
        Callback::from(move |_: FocusEvent| pick.emit((text.clone(), false)))
    };
    let shown = (*typed).clone().map_or_else(|| value.clone(), AttrValue::from);
    let option = |(at, (value, count)): (usize, &(String, u64))| {
        let (pick, picked) = (pick.clone(), value.clone());
        // Before the field loses the focus.
        let onmousedown = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            pick.emit((picked.clone(), true));
        });
        html! {
            <div role="option" key={value.clone()} id={format!("{id}-option-{at}")} aria-selected={(*active == Some(at)).to_string()} {onmousedown}>
                <span class="cut" title={value.clone()}>{ value.clone() }</span><span class="grow"></span><span class="dim">{ units::count(*count) }</span></div>
        }
    };
    let is_open = *open && (!found.is_empty() || options.is_none());
    html! {
        <span class={classes!("cf-sug", class.clone())}>
            <input class="in" id={id.clone()} role="combobox" aria-label={label.clone()} aria-expanded={is_open.to_string()} aria-autocomplete="list" aria-controls={format!("{id}-list")}
                aria-activedescendant={active.filter(|_| is_open).map(|at| format!("{id}-option-{at}"))} autocomplete="off" spellcheck="false" autocapitalize="off"
                placeholder={placeholder.clone()} value={shown} {oninput} {onkeydown} {onfocus} {onblur} />
            if is_open {
                <div class="menu pop" id={format!("{id}-list")} role="listbox" aria-label={label.clone()}>
                    if options.is_none() { <p class="cap">{ "Reading the values…" }</p> }
                    { for found.iter().enumerate().map(option) }
                </div>
            }
        </span>
    }
}
