//! The list of shortcuts: the page's own keys, then those of every mode, from the one list of modes.

use yew::prelude::*;

use crate::{
    browser::document,
    modes::{EVERYWHERE, MODES},
    state::store::{Action, Store},
    ui::{icon::Icon, keycaps::keycaps},
};

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub store: Store,
}

#[component]
pub fn Help(props: &HelpProps) -> Html {
    let store = props.store.clone();
    use_effect_with((), |()| document::focus("#help-close"));
    let close = Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowHelp(false)));
    let keys = |title: &'static str, keys: &'static [(&'static str, &'static str)]| {
        html! {
            <section><h3>{ title }</h3><dl>
                { for keys.iter().map(|(keys, what)| html! { <><dt>{ *what }</dt><dd>{ keycaps(keys) }</dd></> }) }
            </dl></section>
        }
    };
    html! {
        <div class="cover" onclick={close.clone()}>
            <section class="dlg pop" role="dialog" aria-modal="true" aria-labelledby="help-h" onclick={Callback::from(|event: MouseEvent| event.stop_propagation())}>
                <header><h2 id="help-h">{ "Keyboard" }</h2><span class="grow"></span><button type="button" id="help-close" class="icon-btn" aria-label="Close" title="Close (Esc)" onclick={close}><Icon name="x" /></button></header>
                <div class="keys">
                    { keys("Everywhere", EVERYWHERE) }
                    { for MODES.iter().map(|mode| html! { <>{ keys(mode.name, mode.keys) }<p class="dim">{ mode.about }</p></> }) }
                </div>
            </section>
        </div>
    }
}
