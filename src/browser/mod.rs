//! The browser's abilities as plain Rust: files, addresses, storage, clipboard, the document's own attributes. Nearly all of web-sys and gloo is here.
//!
//! Architecture invariant: knows nothing of spans, SQL or state; a JavaScript error becomes a Rust value on the way out.

pub mod canvas;
pub mod clipboard;
pub mod code_editor;
pub mod crash;
pub mod document;
pub mod download;
pub mod embedder;
pub mod files;
pub mod history;
pub mod memory;
pub mod offline;
pub mod picture;
pub mod recents;
pub mod resize;
pub mod save;
pub mod share;
pub mod storage;
pub mod visible;
pub mod zone;
