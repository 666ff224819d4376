//! The database as the rest of the page sees it: text of SQL in, typed tables out.
//!
//! Architecture invariant: no JavaScript value, no Arrow type and no worker message leaves this folder (the two openers that take a browser
//! `File` in `client` are the exception, and only `app` calls them). Nothing here knows what a span is.

#[cfg(feature = "page")]
mod arrow;
#[cfg(feature = "page")]
pub mod client;
#[cfg(feature = "page")]
mod export;
#[cfg(feature = "page")]
pub mod fake;
#[cfg(feature = "page")]
pub mod port;
#[cfg(feature = "page")]
mod reset;
pub mod result;
#[cfg(feature = "page")]
mod sendable;
pub mod table;

use std::{future::Future, pin::Pin};

#[cfg(feature = "page")]
pub use export::FileParts;
pub use table::{Column, Table, TableError};

pub use crate::core::export::ExportFormat;

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
#[cfg(feature = "page")]
pub trait Engine {
    /// Runs one statement. Dropping the future cancels the statement in the worker.
    fn query(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>>;

    /// As [`Engine::query`], for what is short and seen at once: others let it pass.
    fn query_first(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>>;

    /// As [`Engine::query`], for what nobody waits for: it rests while other statements run.
    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>>;

    /// Runs one statement of the reader's own. Statements of one `session` run in order on one connection: temporary tables, variables and
    /// transactions live there. `take` gets the columns, then the rows as they come; a statement without a result gives no columns, one that
    /// changes rows gives their number as a column named "Count". Dropping the future cancels the statement in the worker.
    fn run_statement(
        &self,
        session: &str,
        sql: &str,
        take: std::rc::Rc<dyn Fn(result::ResultPart) -> result::Flow>,
    ) -> LocalFuture<Result<result::RunEnd, EngineError>>;

    /// Runs one statement and writes its rows as a file, which never passes through this program's memory. `on_progress` hears the rows
    /// written so far, some times a second and at the end. Dropping the future cancels statement and writing. With a `session` it runs where
    /// the statements of that one do, and knows what they made.
    fn export(
        &self,
        session: Option<&str>,
        sql: &str,
        format: ExportFormat,
        on_progress: std::rc::Rc<dyn Fn(u64)>,
    ) -> LocalFuture<Result<FileParts, EngineError>>;

    /// Drops all that readers made, and ends their sessions with what runs in them: what is left is the file, everything in `own_schema`, and
    /// what has one of the names `own` in `main`.
    fn reset_reader(&self, own_schema: &str, own: &[&str]) -> LocalFuture<Result<(), EngineError>>;

    /// Ends the database, with all that was made in it, unless it comes to hear the page within this time. A step of DuckDB's work cannot be
    /// interrupted, and some take for ever. Whether it goes on.
    fn end_if_stuck(&self, patience_ms: u32) -> LocalFuture<bool>;

    /// Bytes that the database takes of the browser's memory, whatever of it is in use.
    fn memory(&self) -> LocalFuture<Result<u64, EngineError>>;
}
