//! The limits that health marks go by: a button that says them, and fields to change them.

use yew::prelude::*;

use super::set_params;
use crate::{
    browser::document,
    core::red::thresholds::{Thresholds, print_ms, print_number, read_ms, read_pct},
    state::store::{Nav, Store},
    ui::icon::Icon,
};

/// What a field holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Amount {
    /// Per hundred.
    Share,
    /// Milliseconds.
    Duration,
}

impl Amount {
    /// Why a text is none.
    fn refusal(self, text: &str, value: &str) -> String {
        let said =
            if text.trim().is_empty() { "Nothing".to_owned() } else { format!("“{}”", text.chars().take(40).collect::<String>()) };
        let wanted = match self {
            Self::Share => "no share such as 5 % or 99.9 %, from 0 to 100 %",
            Self::Duration => "no duration such as 250 ms or 2 s",
        };
        let stays = if value.is_empty() { "no limit".to_owned() } else { value.to_owned() };
        format!("{said} is {wanted}: {stays} stays in force.")
    }

    fn read(self, text: &str) -> Option<f64> {
        match self {
            Self::Share => read_pct(text),
            Self::Duration => read_ms(text).filter(|ms| *ms > 0.0),
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct LimitFieldProps {
    pub id: &'static str,
    pub label: &'static str,
    /// As it stands in the address.
    pub value: String,
    pub amount: Amount,
    /// An empty field is no limit, but this one must have a value.
    #[prop_or_default]
    pub is_needed: bool,
    #[prop_or_default]
    pub placeholder: &'static str,
    /// What was understood; `None` for an empty field.
    pub onset: Callback<Option<f64>>,
}

/// Takes effect when it is left or Enter is pressed; what cannot be read is marked and changes nothing.
#[component]
pub fn LimitField(props: &LimitFieldProps) -> Html {
    let typed = use_state(|| None::<String>);
    let text = (*typed).clone().unwrap_or_else(|| props.value.clone());
    let is_empty = text.trim().is_empty();
    let understood = props.amount.read(&text);
    let is_bad = if is_empty { props.is_needed } else { understood.is_none() };
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                typed.set(Some(input.value()));
            }
        })
    };
    // What the field holds at that moment, drawn or not.
    let settle = {
        let (typed, onset, value, amount, is_needed) =
            (typed.setter(), props.onset.clone(), props.value.clone(), props.amount, props.is_needed);
        Callback::from(move |input: web_sys::HtmlInputElement| {
            let text = input.value();
            let understood = amount.read(&text);
            let is_fit = understood.is_some() || (text.trim().is_empty() && !is_needed);
            if text != value && is_fit {
                onset.emit(understood);
                typed.set(None);
            }
        })
    };
    let onblur = {
        let settle = settle.clone();
        Callback::from(move |event: FocusEvent| {
            if let Some(input) = event.target_dyn_into() {
                settle.emit(input);
            }
        })
    };
    let onkeydown = {
        let (settle, typed, value) = (settle.clone(), typed.setter(), props.value.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            match event.key().as_str() {
                "Enter" => {
                    settle.emit(input);
                    event.prevent_default();
                }
                // The first one takes back what was typed.
                "Escape" if input.value() != value => {
                    typed.set(None);
                    event.stop_propagation();
                }
                _ => {}
            }
        })
    };
    let why = is_bad.then(|| props.amount.refusal(&text, &props.value));
    html! {
        <>
        <input class="in lim" type="text" id={props.id} aria-describedby={is_bad.then(|| format!("{}-why", props.id))} aria-label={props.label} placeholder={props.placeholder} value={text} aria-invalid={is_bad.then_some("true")} autocomplete="off" spellcheck="false" {oninput} {onblur} {onkeydown} />
        if let Some(why) = why { <span class="lim-w" id={format!("{}-why", props.id)} role="status">{ why }</span> }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct LimitsProps {
    pub store: Store,
    pub limits: Thresholds,
}

fn words(limits: Thresholds) -> String {
    let parts: Vec<String> = [
        limits.error_pct.map(|pct| format!("errors ≤ {}\u{a0}%", print_number(pct))),
        limits.p95_ms.map(|ms| format!("p95 ≤ {}", print_ms(ms).replace(' ', "\u{a0}"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "no limits".to_owned() } else { parts.join(", ") }
}

#[component]
pub fn Limits(props: &LimitsProps) -> Html {
    let LimitsProps { store, limits } = props;
    let open = use_state(|| false);
    use_effect_with(*open, |open| {
        if *open {
            document::focus("#limit-errors");
        }
    });
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if *open && event.key() == "Escape" {
                open.set(false);
                document::focus("#red-limits");
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let onfocusout = {
        let open = open.clone();
        Callback::from(move |event: FocusEvent| {
            if document::focus_leaves(&event, ".menu-of:has(#red-limits)") {
                open.set(false);
            }
        })
    };
    let set = |change: fn(&mut Thresholds, Option<f64>)| {
        let store = store.clone();
        Callback::from(move |value: Option<f64>| set_params(&store, Nav::Replace, move |params| change(&mut params.limits, value)))
    };
    let words = words(*limits);
    html! {
        <div class="menu-of" {onkeydown} {onfocusout}>
            <button type="button" id="red-limits" class="btn" aria-haspopup="dialog" aria-expanded={open.to_string()} aria-label={format!("Limits: {words}")} title="What counts as healthy" onclick={toggle}><Icon name="target" />{ words.clone() }</button>
            if *open {
                <div class="menu pop lims" role="dialog" aria-label="Limits">
                    <label><span>{ "Errors at most" }</span><LimitField id="limit-errors" label="Errors at most" placeholder="no limit" value={limits.error_pct.map(|pct| format!("{} %", print_number(pct))).unwrap_or_default()} amount={Amount::Share} onset={set(|limits, value| limits.error_pct = value)} /></label>
                    <label><span>{ "p95 at most" }</span><LimitField id="limit-p95" label="p95 at most" placeholder="no limit" value={limits.p95_ms.map(print_ms).unwrap_or_default()} amount={Amount::Duration} onset={set(|limits, value| limits.p95_ms = value)} /></label>
                    <p class="pick-r">{ "Such as 5 % and 250 ms. An empty field is no limit. Marks, charts and the order of the cards follow; the link keeps them." }</p>
                </div>
            }
        </div>
    }
}
