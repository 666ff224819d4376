//! Components that any mode may use. They know no spans, no SQL and no store: everything comes in as props and leaves as callbacks.

pub mod copy;
pub mod icon;
pub mod json_view;
pub mod menu;
pub mod split;
pub mod tabs;
pub mod virtual_list;
