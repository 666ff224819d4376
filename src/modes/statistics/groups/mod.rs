//! Groups of spans: what is asked, how the answers become rows of a table, and what is known of one group. Pure: no component and no browser.

pub mod bounds;
pub mod columns;
pub mod figures;
pub mod inspect;

pub mod model;
pub mod query;
pub mod trend;
pub mod widths;
