//! Timeline: the list of traces, the chosen one as a waterfall, the chosen span in detail.

pub mod detail;
pub mod find;
pub mod frames;
pub mod minimap;
pub mod model;
pub mod others;
pub mod params;
pub mod query;
pub mod runs;
pub mod scene;
pub mod standing;
mod view;

use yew::prelude::*;

use super::ModeInfo;

pub const MODE: ModeInfo = ModeInfo {
    slug: "timeline",
    name: "Timeline",
    short: "Timeline",
    icon: "timeline",
    about: "Which spans ran, when, for how long, and under which parent.",
    keys: &[
        ("↑ ↓", "previous, next span"),
        ("Home End PgUp PgDn", "far moves in a list"),
        ("← →", "collapse, expand; then to the parent, the first child"),
        ("Shift ← Shift →", "collapse all, expand all"),
        ("J K", "next, previous trace"),
        ("E Shift E", "next, previous error"),
        ("[ ]", "show or hide the list, the details"),
        ("/", "search traces"),
    ],
    view: |props| html! { <view::TimelineView session={props.session.clone()} store={props.store.clone()} /> },
};
