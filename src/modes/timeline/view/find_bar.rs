//! The search within a trace.
