//! What was odd in one span, and what it says that has no column.

#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) odd_ids: u64,
    pub(super) bad_times: u64,
    pub(super) too_deep: u64,
    pub(super) no_duration: u64,
    pub(super) trace_state: String,
    pub(super) dropped_attributes: String,
    /// Jaeger: the process that the span refers to.
    pub(super) process: String,
}
