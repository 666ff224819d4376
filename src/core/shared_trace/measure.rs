//! Whether a trace can fit into an address, before its payload is read: packing a trace of a hundred megabytes only to throw it away would
//! stop the page.

use super::MOST_CHARS;

/// Bytes of a span that no packing makes smaller: its id and its two times.
const FIXED_BYTES: u64 = 12;
/// Text of traces has been seen to become up to forty times smaller; no more than this is hoped for.
const BEST_RATIO: u64 = 100;

/// Whether there is hope for a trace of so many spans with so many bytes of text.
#[must_use]
pub fn may_fit(spans: u64, text_bytes: u64) -> bool {
    let least_bytes = spans.saturating_mul(FIXED_BYTES).max(text_bytes / BEST_RATIO);
    least_bytes <= (MOST_CHARS / 4 * 3) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hope_ends_where_ids_alone_fill_the_address() {
        assert!(may_fit(200, 50_000));
        assert!(may_fit(3_000, 0));
        assert!(!may_fit(4_000, 0));
        assert!(!may_fit(10, 100_000_000));
        assert!(!may_fit(u64::MAX, u64::MAX));
    }
}
