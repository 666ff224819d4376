//! A menu of jumps within a trace: to the slowest span, to the failed ones.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        super::{
            find::{self, Found},
            model::TraceModel,
        },
        Choice,
    },
    ROWS,
};
use crate::{browser::document, ui::icon::Icon};

#[derive(Properties, PartialEq)]
pub struct JumpsProps {
    pub model: Rc<TraceModel>,
    pub found: Option<Rc<Found>>,
    pub chosen: Option<u32>,
    pub onchoose: Callback<Choice>,
}

/// A menu of the places that are looked for most.
#[component]
pub fn Jumps(props: &JumpsProps) -> Html {
    let JumpsProps { model, found, chosen, onchoose } = props;
    let open = use_state(|| false);
    use_effect_with(*open, |open| {
        if *open {
            document::focus("#find-jumps > button:not(:disabled)");
        }
    });
    let onopen = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            let neighbour = match event.key().as_str() {
                "ArrowDown" => "#find-jumps > button:focus ~ button:not(:disabled)",
                "ArrowUp" => "#find-jumps > button:not(:disabled):has(~ button:focus)",
                "Escape" => {
                    open.set(false);
                    "#find-jump"
                }
                "Tab" => return open.set(false),
                _ => return,
            };
            document::focus(neighbour);
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let onfocusout = {
        let open = open.clone();
        Callback::from(move |event: FocusEvent| {
            if document::focus_leaves(&event, ".find-jump") {
                open.set(false);
            }
        })
    };
    let item = |label: &'static str, key: Option<&'static str>, span: Option<u32>| {
        let (open, onchoose) = (open.clone(), onchoose.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            open.set(false);
            if let Some(span) = span {
                onchoose.emit((span, true));
                document::focus(ROWS);
            }
        });
        html! {
            <button type="button" role="menuitem" tabindex="-1" disabled={span.is_none()} {onclick}>{ label }if let Some(key) = key { <kbd>{ key }</kbd> }</button>
        }
    };
    let has_matches = found.as_ref().is_some_and(|found| !found.is_empty());
    html! {
        <div class="find-jump" {onkeydown} {onfocusout}>
            <button type="button" id="find-jump" class="icon-btn sm" aria-label="Jump to" title="Jump to the slowest span or an error" aria-haspopup="menu" aria-expanded={open.to_string()} onclick={onopen}><Icon name="target" class="s" /></button>
            if *open {
                <div class="menu pop" id="find-jumps" role="menu" aria-label="Jump to">
                    { item(if has_matches { "Slowest match" } else { "Most own time" }, None, find::slowest(model, found.as_deref())) }
                    { item("First error", None, find::first_error(model)) }
                    { item("Next error", Some("E"), model.next_error(*chosen, false)) }
                </div>
            }
        </div>
    }
}
