//! All keys, from the lists that the help and the modes themselves have.

use yew::prelude::*;

use crate::{
    browser::document,
    modes::{EVERYWHERE, MODES},
    ui::{icon::Icon, keycaps::keycaps},
};

#[component]
pub fn Keyboard() -> Html {
    let print = Callback::from(|_: MouseEvent| document::print());
    html! {
        <aside class="pane gdk" aria-label="Keyboard">
            <div class="pane-h"><Icon name="kbd" /><h2>{ "Keyboard" }</h2><span class="grow"></span>
                <button type="button" class="btn sm ghost" title="Print the guide" onclick={print}>{ "Print" }</button></div>
            <div class="scroll kb" tabindex="0">{ lists() }</div>
        </aside>
    }
}

/// A table for the page and one for each mode.
pub fn lists() -> Html {
    let table = |title: &'static str, slug: &'static str, keys: &'static [(&'static str, &'static str)]| {
        html! {
            <><h3>{ title }</h3><table class="kt" data-testid="guide-keys" data-of={slug}><tbody>
                { for keys.iter().map(|(keys, what)| html! { <tr><td data-col="keys" data-value={*keys}>{ keycaps(keys) }</td><td>{ *what }</td></tr> }) }
            </tbody></table></>
        }
    };
    html! {
        <>
            { table("Everywhere", "", EVERYWHERE) }
            { for MODES.iter().filter(|mode| !mode.keys.is_empty()).map(|mode| table(mode.name, mode.slug, mode.keys)) }
        </>
    }
}
