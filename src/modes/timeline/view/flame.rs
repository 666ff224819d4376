//! The flame graph.
