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
use crate::ui::menu::{MenuButton, MenuItem};

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
    let items = use_callback((model.clone(), found.clone(), *chosen, onchoose.clone()), |(), (model, found, chosen, onchoose)| {
        let item = |label: &'static str, key: Option<&'static str>, span: Option<u32>| {
            let onchoose = onchoose.clone();
            MenuItem {
                label: label.into(),
                key,
                onpick: span.map(|span| Callback::from(move |()| onchoose.emit((span, true)))),
                ..MenuItem::default()
            }
        };
        let has_matches = found.as_ref().is_some_and(|found| !found.is_empty());
        vec![
            item(if has_matches { "Slowest match" } else { "Most own time" }, None, find::slowest(model, found.as_deref())),
            item("First error", None, find::first_error(model)),
            item("Next error", Some("E"), model.next_error(*chosen, false)),
        ]
    });
    html! { <MenuButton id="find-jump" icon="target" label="Jump to" title="Jump to the slowest span or an error" {items} focus_after={Some(AttrValue::from(ROWS))} /> }
}
