//! What comes from outside: recognising a file by its content, and mapping the table of spans it holds to the canonical view. And what goes
//! out: the files that results are saved as (`write`).
//!
//! Everything here is pure: bytes and names go in, a verdict, a mapping or the text of an SQL statement comes out. Nothing here
//! may touch the browser, a worker or the engine; running the SQL is the caller's business.

pub mod mapping;
pub mod problem;
pub mod sniff;

#[cfg(feature = "importer")]
pub mod parquet;
#[cfg(feature = "importer")]
pub mod shared_trace;
#[cfg(feature = "importer")]
pub mod spans;
#[cfg(feature = "importer")]
pub mod write;
