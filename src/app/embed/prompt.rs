//! The question whether the page around the frame may hand it a file. Takes no focus: the reader may be at work elsewhere.

use yew::prelude::*;

use crate::{core::units, state::embed::gate::Consent, ui::icon::Icon};

/// Who asks, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub origin: String,
    pub name: String,
    pub bytes: u64,
}

#[derive(Properties, PartialEq)]
pub struct PromptProps {
    pub asked: Asked,
    pub onanswer: Callback<Consent>,
}

#[component]
pub fn Prompt(props: &PromptProps) -> Html {
    let Asked { origin, name, bytes } = &props.asked;
    let answer = |consent: Consent| props.onanswer.reform(move |_: MouseEvent| consent);
    html! {
        <div class="cover">
            <section class="ask pop" role="alertdialog" aria-labelledby="ask-h" aria-describedby="ask-p" data-testid="embed-ask">
                <h2 id="ask-h"><Icon name="shield" /><span>{ "Open a file here?" }</span></h2>
                <p id="ask-p"><b class="origin">{ origin.clone() }</b>{ " wants to open " }<bdi>{ name.clone() }</bdi>{ format!(" ({}) in this frame. It stays in your browser.", units::bytes(*bytes)) }</p>
                <div class="ask-b">
                    <button type="button" class="btn primary" onclick={answer(Consent::Once)}>{ "Allow once" }</button>
                    <button type="button" class="btn" onclick={answer(Consent::Always)}>{ "Always" }</button>
                    <button type="button" class="btn" onclick={answer(Consent::Deny)}>{ "Deny" }</button>
                </div>
            </section>
        </div>
    }
}
