//! Rate, errors and duration over time: buckets of the time axis, series, the latency heat map, thresholds and objectives.
//!
//! Pure numbers. Must not know where they come from (`modes::red` asks the engine) nor how they are drawn (`ui::chart`).

pub mod buckets;
pub mod heat;
pub mod openmetrics;
pub mod selection;
pub mod series;
pub mod slo;
pub mod thresholds;
