//! Statistics: groups of spans with their figures, sortable and filterable; the plain table of all spans; two scopes compared.

pub mod compare;
pub mod groups;
pub mod params;
pub mod spans;
mod view;

use yew::prelude::*;

use super::ModeInfo;
pub use crate::state::dimension as grouping;

pub const MODE: ModeInfo = ModeInfo {
    slug: "statistics",
    name: "Statistics",
    short: "Statistics",
    icon: "stats",
    about: "How often, how long and how reliably: groups of spans with their figures.",
    keys: &[
        ("↑ ↓", "previous, next group"),
        ("Home End PgUp PgDn", "far moves in the table"),
        ("← →", "close, open the groups below"),
        ("Enter", "choose the group"),
        ("G", "group by"),
        ("S", "sort by the focused column (with Shift as one level more)"),
        ("Esc", "close the group's panel"),
    ],
    first_question: |_| None,
    view: |props| html! { <view::StatisticsView ..props.clone() /> },
};
