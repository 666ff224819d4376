//! Guide: what each mode shows and when to use it, words and what they mean, the way to the answers of common questions, examples that run.
//!
//! The text is data (`content`), made of the blocks of `block`; `search` finds places in it. The view knows no words of it.

pub mod block;
pub mod content;
pub mod search;
#[cfg(test)]
mod tests;
mod view;

use yew::prelude::*;

use super::ModeInfo;
pub use view::Guide;

pub const MODE: ModeInfo = ModeInfo {
    slug: "guide",
    name: "Guide",
    short: "Guide",
    icon: "guide",
    about: "What each mode shows, how to find out why, and what to do when something does not work.",
    keys: &[("Q", "search the guide"), ("↑ ↓", "previous, next place found"), ("Enter", "go to the place found")],
    first_question: |_| None,
    view: |props| html! { <Guide store={props.store.clone()} session={props.session.clone()} /> },
};

/// The mode's own key in the address: the place that is shown.
pub const SECTION: &str = "section";
