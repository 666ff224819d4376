//! What comes of a statement, as long as the page keeps it: rows, their order, their figures, charts and plans. Pure: views ask here.

pub mod cell;
pub mod chart;
pub mod copy;
pub mod find;
pub mod keys;
pub mod links;
pub mod order;
pub mod plan;
pub mod profile;
pub mod result_set;
