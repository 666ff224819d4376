//! A field for a whole number. What is none is said in words, and the number before stays in force.

use yew::prelude::*;

use crate::{
    core::units,
    ui::draft::{Draft, use_draft},
};

#[derive(Properties, PartialEq)]
pub struct WholeFieldProps {
    pub id: &'static str,
    pub value: u32,
    pub most: u32,
    pub onset: Callback<u32>,
}

/// Takes effect when it is left or Enter is pressed.
#[component]
pub fn WholeField(props: &WholeFieldProps) -> Html {
    let WholeFieldProps { id, value, most, onset } = props;
    let (id, value, most) = (*id, *value, *most);
    let Draft { text, oninput, forget } = use_draft(value.to_string());
    // What was refused, and the number that stayed in force.
    let refused = use_state(|| None::<(u32, String)>);
    let onchange = {
        let (refused, onset) = (refused.setter(), onset.clone());
        Callback::from(move |event: Event| {
            let Some(text) = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()) else { return };
            match text.trim().replace(',', "").parse::<u32>().ok().filter(|number| (1..=most).contains(number)) {
                Some(number) => {
                    forget.emit(());
                    onset.emit(number);
                }
                None => refused.set(Some((value, text))),
            }
        })
    };
    let why = refused.as_ref().filter(|(stays, refused)| *stays == value && *refused == text).map(|(_, text)| {
        let most = units::count(u64::from(most));
        let said =
            if text.trim().is_empty() { "Nothing".to_owned() } else { format!("“{}”", text.chars().take(40).collect::<String>()) };
        format!("{said} is no whole number from 1 to {most}: {} stays in force.", units::count(u64::from(value)))
    });
    html! {
        <>
            <input {id} class="in" type="text" inputmode="numeric" autocomplete="off" value={text} aria-invalid={why.is_some().then_some("true")} aria-describedby={why.is_some().then(|| format!("{id}-why"))} {oninput} {onchange} />
            if let Some(why) = why { <span id={format!("{id}-why")} class="why err" role="alert">{ why }</span> }
        </>
    }
}
