//! A button that copies a text and says so.

use gloo::timers::callback::Timeout;
use yew::{platform::spawn_local, prelude::*};

use super::icon::Icon;
use crate::browser::clipboard;

#[derive(Properties, PartialEq)]
pub struct CopyButtonProps {
    pub text: AttrValue,
    /// What is copied, as in "Copy trace id".
    pub label: AttrValue,
    /// Words beside the icon; without them the button is the icon alone.
    #[prop_or_default]
    pub words: Option<AttrValue>,
    #[prop_or("copy")]
    pub icon: &'static str,
    /// For keys that press it.
    #[prop_or_default]
    pub id: Option<AttrValue>,
}

/// The button says "Copied" for two seconds; a live region repeats it.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let said = use_state(|| "");
    let onclick = {
        let (text, said) = (props.text.clone(), said.setter());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            let (text, said) = (text.clone(), said.clone());
            spawn_local(async move {
                let copied = clipboard::copy(&text).await;
                said.set(if copied { "Copied" } else { "The browser does not allow copying here" });
                Timeout::new(2_000, move || said.set("")).forget();
            });
        })
    };
    let icon = if *said == "Copied" { "check" } else { props.icon };
    let label = if said.is_empty() { props.label.clone() } else { AttrValue::from(*said) };
    html! {
        <>
            <button type="button" id={props.id.clone()} class={if props.words.is_some() { "btn ghost" } else { "icon-btn sm" }} aria-label={label.clone()} title={label} {onclick}>
                <Icon name={icon} class="s" />
                if let Some(words) = &props.words {
                    { if said.is_empty() { words.clone() } else { AttrValue::from(*said) } }
                }
            </button>
            <span class="vh" role="status">{ *said }</span>
        </>
    }
}
