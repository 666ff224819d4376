//! The parts of the filter as chips over the field; those that do not fit are counted.

use yew::prelude::*;

use crate::{
    browser::resize::SizeWatch,
    core::filter::{Node, Words},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ChipsProps {
    /// The conditions that must all hold.
    pub parts: Vec<Node>,
    pub onremove: Callback<Node>,
}

/// Width of a letter and of a chip's own parts in px; an estimate on the safe side, for what does not fit is counted.
const LETTER_PX: f64 = 6.6;
const FRAME_PX: f64 = 46.0;
const MORE_PX: f64 = 44.0;
/// Longer texts are cut by the stylesheet.
const LETTERS: usize = 42;

#[component]
pub fn Chips(props: &ChipsProps) -> Html {
    let ChipsProps { parts, onremove } = props;
    let frame = use_node_ref();
    let width_px = use_state(|| 0.0_f64);
    {
        let (frame, width) = (frame.clone(), width_px.setter());
        use_effect_with((), move |()| {
            let watch = frame.cast::<web_sys::Element>().and_then(|element| SizeWatch::start(&element, move |px, _| width.set(px)));
            move || drop(watch)
        });
    }
    let words: Vec<Words> = parts.iter().map(Node::words).collect();
    let shown = fitting(&words, *width_px);
    let hidden = parts.len() - shown;
    html! {
        <div class="chips" ref={frame} role="group" aria-label="Conditions">
            { for parts.iter().zip(&words).take(shown).map(|(part, words)| {
                let (part, onremove) = (part.clone(), onremove.clone());
                let onclick = Callback::from(move |_: MouseEvent| onremove.emit(part.clone()));
                html! {
                    <span class="chip" data-testid="chip" title={words.to_string()}>
                        if !words.subject.is_empty() { <span class="chip-k">{ words.subject.clone() }</span> }
                        if !words.relation.is_empty() { <span class="chip-o">{ words.relation }</span> }
                        if !words.value.is_empty() { <bdi class="chip-v cut">{ words.value.clone() }</bdi> }
                        <button type="button" class="chip-x" aria-label={format!("Remove {words}")} title="Remove" {onclick}><Icon name="x" class="xs" /></button>
                    </span>
                }
            }) }
            if hidden > 0 {
                <span class="chip chip-more" title={words.iter().skip(shown).map(ToString::to_string).collect::<Vec<_>>().join("\n")}>{ format!("+{hidden}") }</span>
            }
        </div>
    }
}

/// How many chips fit; all of them before the width is known.
fn fitting(words: &[Words], width_px: f64) -> usize {
    if width_px <= 0.0 {
        return words.len();
    }
    let mut left_px = width_px;
    let mut shown = 0;
    for (at, words_of) in words.iter().enumerate() {
        let letters = words_of.to_string().chars().count().min(LETTERS);
        left_px -= letters as f64 * LETTER_PX + FRAME_PX;
        let more_px = if at + 1 < words.len() { MORE_PX } else { 0.0 };
        if left_px < more_px {
            break;
        }
        shown += 1;
    }
    shown
}
