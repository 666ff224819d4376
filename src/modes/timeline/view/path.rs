//! The critical path as a summary and a table.
