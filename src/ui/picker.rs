//! A button that opens a list to choose from, with a field to search it: arrow keys within, Enter chooses, Escape leads back to the button.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::Icon;
use crate::browser::document;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct PickOption {
    /// What is told when it is chosen.
    pub value: AttrValue,
    pub label: AttrValue,
    /// Stands at the right.
    pub note: Option<AttrValue>,
}

#[derive(Properties, PartialEq)]
pub struct PickerProps {
    /// Of the button; the list's is `{id}-list`.
    pub id: &'static str,
    /// What is chosen here.
    pub label: AttrValue,
    /// The words of the button.
    pub text: AttrValue,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    #[prop_or(classes!("sel"))]
    pub class: Classes,
    /// The button is a radio of a group, chosen or not.
    #[prop_or_default]
    pub radio: Option<bool>,
    pub options: Rc<Vec<PickOption>>,
    pub chosen: Option<AttrValue>,
    /// A line below the list: more is under way, or what is not in it.
    #[prop_or_default]
    pub remark: Option<AttrValue>,
    pub onpick: Callback<AttrValue>,
    /// The list opens, so what it needs may be asked.
    #[prop_or_default]
    pub onopen: Option<Callback<()>>,
}

/// Lists this long are searched.
const SEARCHED_FROM: usize = 9;
/// More lines are not put into the document: the search finds them.
const LINES: usize = 200;

#[component]
pub fn Picker(props: &PickerProps) -> Html {
    let id = props.id;
    let open = use_state(|| false);
    let typed = use_state(String::new);
    let active = use_state(|| 0_usize);
    let needle = typed.trim().to_lowercase();
    let shown: Vec<PickOption> = props
        .options
        .iter()
        .filter(|option| needle.is_empty() || option.label.to_lowercase().contains(&needle))
        .take(LINES)
        .cloned()
        .collect();
    let is_searched = props.options.len() >= SEARCHED_FROM;
    use_effect_with((*open, is_searched), move |(open, _)| {
        if *open {
            document::focus(&format!("#{id}-search, #{id}-list"));
        }
    });
    let close = {
        let open = open.clone();
        Callback::from(move |()| {
            open.set(false);
            document::focus(&format!("#{id}"));
        })
    };
    let pick = {
        let (close, onpick) = (close.clone(), props.onpick.clone());
        Callback::from(move |value: AttrValue| {
            close.emit(());
            onpick.emit(value);
        })
    };
    let toggle = {
        let (open, typed, active, onopen) = (open.clone(), typed.setter(), active.setter(), props.onopen.clone());
        let at = props.options.iter().position(|option| Some(&option.value) == props.chosen.as_ref()).unwrap_or(0);
        Callback::from(move |_: MouseEvent| {
            if !*open {
                typed.set(String::new());
                active.set(at);
                if let Some(onopen) = &onopen {
                    onopen.emit(());
                }
            }
            open.set(!*open);
        })
    };
    let last = shown.len().saturating_sub(1);
    let here = (*active).min(last);
    let onkeydown = {
        let (open, close, pick, active) = (open.clone(), close.clone(), pick.clone(), active.setter());
        let value = shown.get(here).map(|option| option.value.clone());
        Callback::from(move |event: KeyboardEvent| {
            if !*open {
                return;
            }
            let next = match event.key().as_str() {
                "ArrowDown" => (here + 1).min(last),
                "ArrowUp" => here.saturating_sub(1),
                "PageDown" => (here + 8).min(last),
                "PageUp" => here.saturating_sub(8),
                "Escape" => {
                    close.emit(());
                    here
                }
                "Enter" => {
                    if let Some(value) = &value {
                        pick.emit(value.clone());
                    }
                    here
                }
                "Tab" => return open.set(false),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            active.set(next);
        })
    };
    // The line that the arrows lead to comes into view.
    use_effect_with((*open, here), move |(open, here)| {
        if *open {
            document::reveal(&format!("{id}-option-{here}"));
        }
    });
    let onfocusout = {
        let open = open.clone();
        Callback::from(move |event: FocusEvent| {
            if document::focus_leaves(&event, &format!(".menu-of:has(#{id})")) {
                open.set(false);
            }
        })
    };
    let oninput = {
        let (typed, active) = (typed.setter(), active.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                typed.set(input.value());
                active.set(0);
            }
        })
    };
    let descendant = (!shown.is_empty()).then(|| format!("{id}-option-{here}"));
    let line = |at: usize, option: &PickOption| {
        let value = option.value.clone();
        let onclick = pick.reform(move |_: MouseEvent| value.clone());
        html! {
            <div role="option" id={format!("{id}-option-{at}")} class={classes!((at == here).then_some("here"))} aria-selected={(Some(&option.value) == props.chosen.as_ref()).to_string()} data-value={option.value.clone()} {onclick}>
                <span class="cut" title={option.label.clone()}>{ option.label.clone() }</span>
                if let Some(note) = &option.note { <span class="pick-n">{ note.clone() }</span> }
            </div>
        }
    };
    html! {
        <div class="menu-of" {onkeydown} {onfocusout}>
            <button type="button" {id} class={props.class.clone()} role={props.radio.map(|_| "radio")} aria-checked={props.radio.map(|checked| checked.to_string())}
                aria-label={format!("{}: {}", props.label, props.text)} title={props.title.clone()} aria-haspopup="listbox" aria-expanded={props.radio.is_none().then(|| open.to_string())} onclick={toggle}>
                <span class="cut">{ props.text.clone() }</span><Icon name="down" class="xs" />
            </button>
            if *open {
                <div class="menu pop pick">
                    if is_searched {
                        <input id={format!("{id}-search")} class="in" type="text" role="combobox" aria-expanded="true" aria-controls={format!("{id}-list")} aria-activedescendant={descendant.clone()}
                            aria-label={format!("Search: {}", props.label)} placeholder="Search" autocomplete="off" spellcheck="false" value={(*typed).clone()} {oninput} />
                    }
                    <div id={format!("{id}-list")} class="pick-l" role="listbox" tabindex={if is_searched { "-1" } else { "0" }} aria-label={props.label.clone()} aria-activedescendant={descendant}>
                        { for shown.iter().enumerate().map(|(at, option)| line(at, option)) }
                    </div>
                    if shown.is_empty() { <p class="pick-r">{ "Nothing fits" }</p> }
                    if let Some(remark) = &props.remark { <p class="pick-r" role="status">{ remark.clone() }</p> }
                </div>
            }
        </div>
    }
}
