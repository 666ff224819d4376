//! How much ran at a time.
