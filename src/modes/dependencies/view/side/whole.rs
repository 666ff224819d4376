//! A field for a whole number. What is none is said in words, and the number before stays in force.

use yew::prelude::*;

use crate::core::units;

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
    // What was typed, and the number that stayed in force: another one, by the link or by Back, replaces what was typed.
    let typed = use_state(|| None::<(u32, String)>);
    let refused = typed.as_ref().filter(|(stays, _)| *stays == value).map(|(_, text)| text.clone());
    let onchange = {
        let (typed, onset) = (typed.setter(), onset.clone());
        Callback::from(move |event: Event| {
            let Some(text) = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()) else { return };
            match text.trim().replace(',', "").parse::<u32>().ok().filter(|number| (1..=most).contains(number)) {
                Some(number) => {
                    typed.set(None);
                    onset.emit(number);
                }
                None => typed.set(Some((value, text))),
            }
        })
    };
    let text = refused.clone().unwrap_or_else(|| value.to_string());
    let why = refused.as_ref().map(|text| {
        let most = units::count(u64::from(most));
        let said =
            if text.trim().is_empty() { "Nothing".to_owned() } else { format!("“{}”", text.chars().take(40).collect::<String>()) };
        format!("{said} is no whole number from 1 to {most}: {} stays in force.", units::count(u64::from(value)))
    });
    html! {
        <>
            <input {id} class="in" type="text" inputmode="numeric" autocomplete="off" value={text} aria-invalid={why.is_some().then_some("true")} aria-describedby={why.is_some().then(|| format!("{id}-why"))} {onchange} />
            if let Some(why) = why { <span id={format!("{id}-why")} class="why err" role="alert">{ why }</span> }
        </>
    }
}
