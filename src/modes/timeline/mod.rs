//! Timeline: the list of traces, the chosen one as a waterfall, the chosen span in detail.

pub mod detail;
pub mod find;
pub mod frames;
pub mod in_scope;
pub mod minimap;
pub mod model;
pub mod others;
pub mod params;
pub mod query;
pub mod runs;
mod same_error;
pub mod scene;
pub mod standing;
pub mod tables;
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
        ("↑ ↓", "previous, next row"),
        ("Home End PgUp PgDn", "far moves in a list"),
        ("← →", "collapse, expand; then to the parent, the first child"),
        ("Shift ← Shift →", "collapse all, expand all"),
        ("* -", "expand, collapse all below the chosen span"),
        ("Alt 1 … Alt 9", "open the tree to a level"),
        ("W S", "zoom in, out"),
        ("A D", "pan (with Shift farther)"),
        ("Z 0", "zoom to the chosen span, to the whole trace"),
        ("X", "fold idle gaps"),
        ("H P L", "framework hooks, critical path, artifact flow"),
        (". ,", "next, previous span on the critical path"),
        ("M", "find in this trace"),
        ("N Shift N", "next, previous match"),
        ("E Shift E", "next, previous error"),
        ("G C F", "flame graph, compare, make the chosen span the root"),
        ("J K", "next, previous trace"),
        ("Del", "hide the trace (Configuration shows it again)"),
        ("[ ]", "show or hide the list, the details"),
        ("Y", "copy a link to this view"),
        ("Q", "search traces"),
    ],
    first_question: |url| match params::TimelineParams::read(&url.params).journey {
        Some(correlation) => Some(runs::journey_sql(&correlation)),
        None => url.trace.as_deref().map(query::spans_sql),
    },
    view: |props| html! { <view::TimelineView ..props.clone() /> },
};
