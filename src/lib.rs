//! Spandeck: a static page that opens a file of spans in the reader's own browser.
//!
//! Layers, from the ground up, and whom each may use (`tests/layering.rs` holds the same table as data and checks it):
//!
//! - `core`: pure arithmetic on traces, times, text and addresses. Uses nothing of ours, and is a package of its own (`src/core/Cargo.toml`).
//! - `import`: pure recognition and mapping of files; the Parquet decoder; the writers of exports. Uses `core`.
//! - `engine`: SQL in, tables out; the client of DuckDB's worker. Uses `core`.
//! - `browser`: files, history, storage, clipboard. Uses `core`.
//! - `state`: the store, the address, remembered answers. Uses `core`, `import`'s plain types, `engine`'s trait and tables.
//! - `ui`: components that know no spans. Uses `core`, `browser`.
//! - `modes`: one folder a mode: `query` (View → SQL), `model` (rows → what is drawn), `view` (Yew). A mode never uses another mode.
//! - `app`: the shell, opening files, keys. Uses everything.
//!
//! Two programs are built from this package: the page (feature `page`) and the import worker (feature `importer`).
//!
//! Invariants: times are i64 nanoseconds everywhere; no JavaScript value above `engine` and `browser`; text from a file never becomes markup;
//! nothing is requested from another origin unless the reader gave its address.

pub use spandeck_core as core;

#[cfg(feature = "page")]
pub mod app;
#[cfg(feature = "page")]
pub mod browser;
pub mod engine;
pub mod import;
#[cfg(feature = "page")]
pub mod modes;
pub mod state;
#[cfg(feature = "page")]
pub mod ui;
