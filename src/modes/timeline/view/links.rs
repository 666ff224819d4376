//! Links of a span.
