//! RED Metrics: rate, errors and durations of services, agents, operations or any other groups of spans; over time, against limits and
//! against an objective.

pub mod columns;
pub mod exemplars;
pub mod failures;
pub mod figures;
pub mod minutes;
pub mod panels;
pub mod params;
pub mod query;
pub mod series;
pub mod sparks;
mod view;

use yew::prelude::*;

use super::ModeInfo;

pub const MODE: ModeInfo = ModeInfo {
    slug: "red",
    name: "RED Metrics",
    short: "RED",
    icon: "red",
    about: "Is it healthy: rate, errors and durations of services, agents and operations, over time and against limits.",
    keys: &[
        ("← →", "previous, next card"),
        ("Enter", "choose the card, the row"),
        ("↑ ↓", "previous, next row of a table"),
        ("Home End PgUp PgDn", "far moves in a table"),
        ("G", "cards of something else"),
        ("← → in a chart", "move the crosshair, with Shift choose a range"),
        ("Enter in a chart", "list its spans"),
        ("Z in a chart", "make it the time range"),
        ("0", "the whole time range"),
        ("Esc", "take the mark away"),
    ],
    first_question: |_| None,
    view: |props| html! { <view::RedView ..props.clone() /> },
};
