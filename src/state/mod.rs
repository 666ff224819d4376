//! What the page knows: one store with a pure reducer, the address's grammar, answers of the engine kept by their question.
//!
//! Architecture invariant: no browser API here. Effects (files, history, workers) live in `app`, which dispatches actions.

#[cfg(feature = "page")]
pub mod busy;
#[cfg(feature = "page")]
pub mod queries;
#[cfg(feature = "page")]
pub mod session;
#[cfg(feature = "page")]
pub mod store;
#[cfg(feature = "page")]
pub mod traces;
pub mod url;
