//! Icons: references to the symbols in index.html.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct IconProps {
    /// The symbol's id without its `i-`.
    pub name: &'static str,
    /// More classes: `s`, `xs`, `err`.
    #[prop_or_default]
    pub class: Classes,
}

/// Decoration beside a text; a button that is only an icon names itself.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    html! { <svg class={classes!("i", props.class.clone())} aria-hidden="true"><use href={format!("#i-{}", props.name)} /></svg> }
}
