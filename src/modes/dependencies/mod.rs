//! The Dependencies: who talks to whom, which edges fail or are slow, and where it goes round in circles.

pub mod behind;
pub mod changes;
pub mod drawn;
pub mod facts;
pub mod model;
pub mod params;
pub mod pipeline;
pub mod query;
pub mod question;
pub mod rows;
mod view;

use yew::prelude::*;

use super::ModeInfo;

pub const MODE: ModeInfo = ModeInfo {
    slug: "dependencies",
    name: "Dependencies",
    short: "Dependencies",
    icon: "deps",
    about: "Who talks to whom: agents, artifacts, services and operations as a graph, with its cycles.",
    keys: &[
        ("← → ↑ ↓", "the nearest node that way"),
        ("Enter", "details of the node"),
        ("F", "focus on the node, or on all again"),
        ("+ −", "one hop more, fewer"),
        ("C", "next cycle"),
        ("H", "hide the node"),
        ("E", "a service's operations in its place"),
        ("↑ ↓", "previous, next row of a table, Enter chooses it"),
        ("Home End PgUp PgDn", "far moves in a table"),
        ("0", "all of the graph"),
        ("Esc", "nothing chosen"),
    ],
    first_question: |_| None,
    view: |props| html! { <view::DependenciesView ..props.clone() /> },
};
