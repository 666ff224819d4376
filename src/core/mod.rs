//! The pure core: numbers, trees, windows, colours, JSON, SQL text and names, computed without a browser, an engine or a clock.
//!
//! Nothing here may use any other layer, `web_sys`, `wasm_bindgen`, threads or the system time. Times are `i64`
//! nanoseconds since 1970 (UTC) and never floating point; every function answers for every input, odd data becomes a mark or a warning
//! beside the value.

pub mod base64url;
pub mod calendar;
pub mod chart;
pub mod colour;
pub mod compare;
pub mod concurrency;
pub mod critical_path;
pub mod csv;
pub mod deflated;
pub mod display;
pub mod duck_text;
pub mod events;
pub mod export;
pub mod fast_map;
pub mod file_name;
pub mod filter;
pub mod fingerprint;
pub mod flame;
pub mod folded_time;
pub mod graph;
pub mod graph_view;
pub mod helper_views;
pub mod ignored;
pub mod json_rows;
pub mod json_text;
pub mod json_tree;
pub mod json_write;
pub mod lineage;
pub mod list_window;
pub mod noise;
pub mod order;
pub mod otlp_json;
pub mod percent;
pub mod qr;
pub mod raw_message;
pub mod red;
pub mod self_time;
pub mod shared_trace;
pub mod span_name;
pub mod span_set;
pub mod sql;
pub mod sql_complete;
pub mod sql_format;
pub mod sql_made;
pub mod sql_script;
pub mod stack_trace;
pub mod templates;
pub mod time_axis;
pub mod time_brush;
pub mod trace_tree;
pub mod tree_rows;
pub mod units;
