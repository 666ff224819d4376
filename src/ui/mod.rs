//! Components that any mode may use. They know no spans, no SQL and no store: everything comes in as props and leaves as callbacks.

pub mod chart;
pub mod copy;
pub mod draft;
pub mod editor;
pub mod export_menu;
pub mod filter_field;
pub mod graph;
pub mod icon;
pub mod ignored;
pub mod json_view;
pub mod keycaps;
pub mod menu;
pub mod picker;
pub mod segments;
pub mod span_name;
pub mod split;
pub mod tabs;
pub mod virtual_list;
pub mod virtual_table;
pub mod working;
