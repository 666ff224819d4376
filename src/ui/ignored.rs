//! What a link asks that cannot be: said once, with a way to take it out of the link.

use yew::prelude::*;

use super::icon::Icon;

#[derive(Properties, PartialEq)]
pub struct IgnoredProps {
    /// Keys of the address with the words that were not understood.
    pub ignored: Vec<(&'static str, String)>,
    pub onforget: Callback<()>,
}

#[component]
pub fn Ignored(props: &IgnoredProps) -> Html {
    if props.ignored.is_empty() {
        return Html::default();
    }
    let onclick = props.onforget.reform(|_: MouseEvent| ());
    html! {
        <div class="note w" role="status" data-testid="notice" data-reason="ignored"><Icon name="warn" />
            <span class="grow">{ for props.ignored.iter().map(|(key, value)| html! { <span class="ign">{ format!("“{key}” in the link cannot be “{value}”; it is ignored. ") }</span> }) }</span>
            <button type="button" class="icon-btn sm" aria-label="Dismiss" title="Take it out of the link" {onclick}><Icon name="x" class="s" /></button></div>
    }
}
