//! The pure core: numbers, trees, windows, colours, JSON, SQL text and names, computed without a browser, an engine or a clock.
//!
//! Nothing here may use any other layer, `web_sys`, `wasm_bindgen`, threads or the system time. Times are `i64`
//! nanoseconds since 1970 (UTC) and never floating point; every function answers for every input, odd data becomes a mark or a warning
//! beside the value.

pub mod calendar;
pub mod colour;
pub mod compare;
pub mod concurrency;
pub mod critical_path;
pub mod events;
pub mod fast_map;
pub mod filter;
pub mod fingerprint;
pub mod flame;
pub mod folded_time;
pub mod json_rows;
pub mod json_text;
pub mod json_tree;
pub mod lineage;
pub mod list_window;
pub mod noise;
pub mod order;
pub mod otlp_json;
pub mod percent;
pub mod self_time;
pub mod span_name;
pub mod span_set;
pub mod sql;
pub mod stack_trace;
pub mod time_axis;
pub mod trace_tree;
pub mod tree_rows;
pub mod units;
