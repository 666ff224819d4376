//! Input and output of a span.
