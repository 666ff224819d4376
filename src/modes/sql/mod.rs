//! DuckDB SQL: an editor with tabs, what can be named beside it, the results below.
//!
//! A text that came with a link is shown and never run unasked.

pub mod catalog;
pub mod history;
pub mod made;
pub mod params;
pub mod results;
pub mod runs;
pub mod saved;
pub mod tabs;
mod view;

use yew::prelude::*;

use super::ModeInfo;

pub const MODE: ModeInfo = ModeInfo {
    slug: "sql",
    name: "DuckDB SQL",
    short: "SQL",
    icon: "sql",
    about: "The whole of the data to hand: any statement, its result as a grid, a chart or a plan.",
    keys: &[
        ("Ctrl Enter", "run the statement at the caret, or what is selected"),
        ("Ctrl Shift Enter", "run all statements"),
        ("Ctrl .", "cancel"),
        ("Ctrl S", "save the query under a name"),
        ("Ctrl Shift F", "format"),
        ("Ctrl Space", "suggest what could be typed"),
        ("Ctrl /", "comment or not"),
        ("Alt ↑ ↓", "older, newer query of the history"),
        ("Esc then Tab", "leave the editor"),
        ("E", "to the editor"),
        ("← →", "on a tab: previous, next query; F2 renames, Del closes"),
        ("Enter", "in the schema: write into the editor; with Shift show the first rows"),
    ],
    first_question: |_| None,
    view: |props| html! { <view::SqlView ..props.clone() /> },
};
