//! Framework hooks that fold.
