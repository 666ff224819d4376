//! An example as a card with its button.

use yew::prelude::*;

use super::{super::block::Example, dom_id};
use crate::{core::templates::template, modes::mode, ui::icon::Icon};

/// `is_place`: the address leads to this card, and not to another one of the same example.
pub fn card(
    example: &'static Example,
    is_place: bool,
    missing: Option<&'static str>,
    on_sample: bool,
    run: &Callback<&'static str>,
) -> Html {
    let of = mode(example.mode);
    let (run, id) = (run.clone(), example.id);
    let onclick = Callback::from(move |_: MouseEvent| run.emit(id));
    let line = example.line();
    let where_to = if on_sample { "on the sample" } else { "on the open file" };
    html! {
        <article class="exc" key={id} id={is_place.then(|| dom_id(id))} tabindex={is_place.then_some("-1")} data-place={is_place.then_some("")}>
            <header><Icon name={of.icon} /><h4>{ example.title }</h4></header>
            <p class="sub">{ example.about }</p>
            if missing == Some(id) {
                <p class="err" role="alert">{ "This file has nothing of the kind." }</p>
            }
            <footer><span class="badge">{ of.name }</span>
                if let Some(template) = example.template.and_then(template) {
                    <code class="cut" title={template.sql}>{ template.sql.split_whitespace().take(12).collect::<Vec<_>>().join(" ") }</code>
                } else if !line.is_empty() {
                    <code class="cut" title={line.clone()}>{ line }</code>
                }
                <span class="grow"></span>
                <button type="button" class="btn sm primary" data-run={id} aria-label={format!("Run: {}", example.title)} title={format!("Opens {} {where_to}", of.name)} {onclick}><Icon name="play" class="s" />{ "Run" }</button>
            </footer>
        </article>
    }
}
