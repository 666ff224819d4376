//! The database as the rest of the page sees it: text of SQL in, typed tables out.
//!
//! Architecture invariant: no JavaScript value, no Arrow type and no worker message leaves this folder (the two openers that take a browser
//! `File` in `client` are the exception, and only `app` calls them). Nothing here knows what a span is.

#[cfg(feature = "page")]
mod arrow;
#[cfg(feature = "page")]
pub mod client;
#[cfg(feature = "page")]
pub mod fake;
#[cfg(feature = "page")]
pub mod port;
pub mod table;

use std::{future::Future, pin::Pin};

pub use table::{Column, Table, TableError};

/// A future on the page's own thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Why the engine did not give what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The caller asked for it, or a newer question replaced this one.
    #[error("The query was cancelled.")]
    Cancelled,
    /// DuckDB's own words about the statement or the file.
    #[error("{0}")]
    Sql(String),
    /// A file or an address could not be read.
    #[error("{0}")]
    Io(String),
    /// The worker is gone; the page starts a new one.
    #[error("The database stopped: {0}")]
    Stopped(String),
    /// The answer did not have the columns that the caller reads.
    #[error(transparent)]
    Shape(#[from] TableError),
}

/// What a mode may do with the open file. Implemented by the worker's client and by the fake of the view tests.
pub trait Engine {
    /// Runs one statement. Dropping the future cancels the statement in the worker.
    fn query(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>>;

    /// As [`Engine::query`], for what nobody waits for: it rests while other statements run.
    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>>;

    /// Runs one statement and writes its rows as a Parquet file; the parts belong one behind the other. The rows never pass through the page.
    fn parquet(&self, sql: &str) -> LocalFuture<Result<Vec<Vec<u8>>, EngineError>>;
}
