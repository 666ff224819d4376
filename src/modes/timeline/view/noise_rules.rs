//! The reader's rules for framework hooks.
