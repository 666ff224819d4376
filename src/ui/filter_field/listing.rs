//! What lies below the field: what could be typed next, and what is wrong.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::document,
    core::filter::{FilterError, Suggestion},
    ui::icon::Icon,
};

/// So much of a text is shown on each side of the place where it broke.
const AROUND: usize = 48;

#[derive(Properties, PartialEq)]
pub struct BubbleProps {
    pub error: FilterError,
    /// The text that it is about.
    pub text: AttrValue,
    pub id: AttrValue,
    pub testid: AttrValue,
    pub onclose: Callback<()>,
}

/// What is wrong, over the page. What lies below can be clicked all the same.
#[component]
pub fn Bubble(props: &BubbleProps) -> Html {
    let onclick = props.onclose.reform(|_: MouseEvent| ());
    // The field keeps the focus.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <div class="find-e pop" id={props.id.clone()} role="alert" data-testid={props.testid.clone()}>
            { message(&props.error, &props.text) }
            <button type="button" class="icon-btn sm" aria-label="Close the message" title="Close" {onmousedown} {onclick}><Icon name="x" class="s" /></button>
        </div>
    }
}

/// The message, and the text with the place that it is about.
fn message(error: &FilterError, text: &str) -> Html {
    let (before, bad, after) = around(error, text);
    html! {
        <>
            <Icon name="err" class="s err" />
            <div><p>{ error.message.clone() }</p><code>{ before }<u>{ bad }</u>{ after }</code></div>
        </>
    }
}

/// What stands before, at and behind the place of an error, cut where it is long.
fn around(error: &FilterError, text: &str) -> (String, String, String) {
    let part = |from: usize, to: usize| text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>();
    let (length, end) = (text.chars().count(), error.at.saturating_add(error.len));
    let (first, last) = (error.at.saturating_sub(AROUND), end.saturating_add(AROUND));
    let before = format!("{}{}", if first > 0 { "…" } else { "" }, part(first, error.at));
    let after = format!("{}{}", part(end, last), if last < length { "…" } else { "" });
    let bad = match (error.len, error.len > AROUND) {
        // Where something is missing, the gap is marked.
        (0, _) => "\u{a0}\u{a0}".to_owned(),
        (_, true) => format!("{}…", part(error.at, error.at.saturating_add(AROUND))),
        (_, false) => part(error.at, end),
    };
    (before, bad, after)
}

#[derive(Properties, PartialEq)]
pub struct SuggestionListProps {
    pub id: AttrValue,
    pub testid: AttrValue,
    pub offered: Rc<Vec<Suggestion>>,
    pub active: Option<usize>,
    pub onaccept: Callback<usize>,
    /// What is wrong, and with which text: it stands above the suggestions.
    pub error: Option<(FilterError, AttrValue)>,
    pub error_id: AttrValue,
    pub error_testid: AttrValue,
}

#[component]
pub fn SuggestionList(props: &SuggestionListProps) -> Html {
    let SuggestionListProps { id, testid, offered, active, onaccept, error, error_id, error_testid } = props;
    use_effect_with((*active, id.clone()), |(active, id)| {
        let option = active.and_then(|active| document::element(&format!("{id}-{active}")));
        if let Some((option, list)) = option.zip(document::element(id)) {
            let (row, frame) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
            let (above, below) = (frame.top() - row.top(), row.bottom() - frame.bottom());
            let by = if above > 0.0 { -above } else { below.max(0.0) };
            list.set_scroll_top(list.scroll_top().saturating_add(by.round() as i32));
        }
    });
    // The field keeps the focus.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <div class="find-list pop" {onmousedown}>
            if let Some((error, text)) = error {
                <div class="find-le" id={error_id.clone()} role="alert" data-testid={error_testid.clone()}>{ message(error, text) }</div>
            }
            <div class="menu" id={id.clone()} role="listbox" aria-label="Suggestions" data-testid={testid.clone()}>
                { for offered.iter().enumerate().map(|(index, suggestion)| html! {
                    <div role="option" id={format!("{id}-{index}")} aria-selected={(*active == Some(index)).to_string()} onclick={onaccept.reform(move |_: MouseEvent| index)}>
                        <span class="cut">{ suggestion.label.clone() }</span>
                        if !suggestion.hint.is_empty() { <span class="cap cut">{ suggestion.hint }</span> }
                        // Enter takes only what was chosen; this key takes the first, too.
                        if index == active.unwrap_or(0) { <kbd aria-hidden="true">{ "Tab" }</kbd> }
                    </div>
                }) }
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_around_the_place() {
        let error = |at, len| FilterError { at, len, message: String::new() };
        assert_eq!(around(&error(4, 3), "dur>abc op:x"), ("dur>".into(), "abc".into(), " op:x".into()));
        assert_eq!(around(&error(4, 0), "dur>"), ("dur>".into(), "\u{a0}\u{a0}".into(), String::new()));
        let (before, bad, after) = around(&error(40, 1), &"(".repeat(3000));
        assert_eq!((before.len(), bad.as_str(), after.chars().count()), (40, "(", 49));
        let (before, bad, _) = around(&error(100, 500), &"x".repeat(3000));
        assert_eq!((before.chars().count(), bad.chars().count()), (49, 49));
    }
}
