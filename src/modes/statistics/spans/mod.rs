//! The plain table: every span in scope as a row, in any order, without grouping.
//!
//! Rows are never read all at once. The engine makes a table of places in the wanted order (`query`), windows of it are asked around what
//! is in view (`windows`, `feed`), and the page draws those (`view`). `params` is the order in the address. Must not work out any value
//! of a span: own time and agents are columns of `state::extras`.

mod feed;
pub mod model;
mod orders;
pub mod params;
pub mod query;
mod row;
mod view;
pub mod windows;

pub use row::to_span;
pub use view::SpanRows;
