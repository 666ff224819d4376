//! The spans of a trace as a table.
