//! Spans as a flame graph.
