//! A choice of a few, side by side: one of them is always chosen. Arrow keys choose, Tab goes past.

use yew::prelude::*;

use crate::browser::document;

#[derive(Properties, PartialEq)]
pub struct SegmentsProps {
    /// Prefix of the ids: `{name}-{word}`.
    pub name: &'static str,
    pub label: AttrValue,
    /// Each choice as a word and as the reader sees it.
    pub choices: Vec<(&'static str, AttrValue)>,
    pub chosen: &'static str,
    pub onchoose: Callback<&'static str>,
}

#[component]
pub fn Segments(props: &SegmentsProps) -> Html {
    let SegmentsProps { name, label, choices, chosen, onchoose } = props;
    let (name, chosen) = (*name, *chosen);
    let onkeydown = {
        let words: Vec<&'static str> = choices.iter().map(|(word, _)| *word).collect();
        let onchoose = onchoose.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (at, count) = (words.iter().position(|word| *word == chosen).unwrap_or(0), words.len().max(1));
            let next = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (at + 1) % count,
                "ArrowLeft" | "ArrowUp" => (at + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(word) = words.get(next) {
                onchoose.emit(word);
                document::focus(&format!("#{name}-{word}"));
            }
        })
    };
    html! {
        <div class="seg" role="radiogroup" aria-label={label.clone()} {onkeydown}>
            { for choices.iter().map(|(word, shown)| {
                let (word, is_chosen) = (*word, *word == chosen);
                let onclick = onchoose.reform(move |_: MouseEvent| word);
                html! {
                    <button type="button" role="radio" key={word} id={format!("{name}-{word}")} aria-checked={is_chosen.to_string()} tabindex={if is_chosen { "0" } else { "-1" }} {onclick}>{ shown.clone() }</button>
                }
            }) }
        </div>
    }
}
