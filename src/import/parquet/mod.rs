//! Parquet files in, Arrow IPC streams out: the reading half of the import worker.
//!
//! [`Importer`] opens one or several files and hands out one complete IPC stream per pull, cut so that a stream stays
//! near 16 MiB whatever the file looks like. The types are brought down to those that the engine reads without
//! extensions; nested columns become JSON text. Which column means what is decided elsewhere, in SQL.
//!
//! *Invariant*: no browser here. A file is a [`ByteSource`], so that all of it runs in native tests.
//! *Invariant*: every byte of a file is hostile. Sizes that a file claims are checked before anything is allocated by
//! them, and a damaged file is an [`ImportError`], with what to do about it.

mod convert;
mod error;
mod expand;
mod file;
mod footer;
mod json_text;
mod page_header;
mod pages;
mod schema;
mod source;
mod stream;
#[cfg(test)]
pub(super) mod tests;

pub use error::ImportError;
pub(super) use error::plain;
pub use schema::Column;
pub(super) use schema::unique_names;
pub use source::ByteSource;
pub use stream::{Batch, Importer};
