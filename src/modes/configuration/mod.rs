//! Configuration: the filter as rows, hidden spans, time range, presets, display and data. One card a section: a file in
//! `view/` and a line in its `SECTIONS`.

pub mod address;
pub mod builder;
pub mod choices;
pub mod figures;
pub mod instants;
mod local_data;
pub mod patterns;
pub mod query;
mod view;

use yew::prelude::*;

use super::ModeInfo;

pub const MODE: ModeInfo = ModeInfo {
    slug: "configuration",
    name: "Configuration",
    short: "Configuration",
    icon: "config",
    about: "Which spans every mode speaks of, how the page looks and writes times, what is open, what this browser keeps.",
    keys: &[
        ("N", "new condition"),
        ("Ctrl Enter", "save the filter as a preset"),
        ("↑ ↓", "previous, next section, in their list"),
        ("← →", "another choice of a setting"),
    ],
    first_question: |_| None,
    view: |props| html! { <view::ConfigurationView ..props.clone() /> },
};
