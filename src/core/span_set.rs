//! A set of spans.
