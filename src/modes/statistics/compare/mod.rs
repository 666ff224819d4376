//! Two sets of spans side by side, group by group: before and after a moment, two filters, or this file and another one.
//!
//! Every figure is exact and asked of each side by the same statement (`query`); `model` pairs the groups and works out what changed.
//!
//! **Added time**, by which groups are sorted unless the reader chooses otherwise: B's total time less A's total time, the latter scaled as if
//! A had as many spans as B (total_b − total_a × spans_b ÷ spans_a, over all spans of the sides). It is positive for what takes more time than its share
//! of the traffic explains, be it slower or called more often; all of a new group's time is added, all of a vanished one's is saved.
//! Times of parents hold those of their children, so a slow child adds to both; added own time, beside it, does not.

pub mod model;
pub mod moment;
pub mod params;
pub mod query;
mod sides;
mod table;
mod view;
pub mod words;

pub use sides::Side;
pub use view::CompareGroups;
