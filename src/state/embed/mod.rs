//! The frame as a part of another page: what that page may ask for (`message`), whether it may (`gate`), and what it is told (`report`).
//!
//! All of it pure. Must not know JavaScript: what was sent comes as [`crate::core::raw_message::Raw`], what is answered leaves as JSON text.

pub mod gate;
pub mod message;
pub mod report;
