//! Keys of the keyboard as caps: "← → in a chart" is two of them and three words.

use yew::prelude::*;

/// Words in small letters and dots between keys are no keys.
fn is_key(word: &str) -> bool {
    word != "…" && (word.chars().count() == 1 || !word.chars().all(char::is_lowercase)) && word != "a"
}

pub fn keycaps(keys: &str) -> Html {
    let cap = |word: &str| match is_key(word) {
        true => html! { <kbd>{ word.to_owned() }</kbd> },
        false => html! { <span class="dim">{ format!(" {word} ") }</span> },
    };
    html! { { for keys.split(' ').map(cap) } }
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn words_between_keys_are_no_keys() {
        assert!(["←", "Ctrl", "Z", "PgUp", "0", "Enter", "?"].into_iter().all(is_key));
        assert!(["in", "a", "chart", "…"].into_iter().all(|word| !is_key(word)));
    }
}
