//! Which spans of a trace match. Pure.
