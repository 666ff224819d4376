//! Bytes made smaller (raw DEFLATE, RFC 1951; with a checksum, RFC 1950) and brought back, never into more than the caller allows.

use miniz_oxide::{
    deflate::{compress_to_vec, compress_to_vec_zlib},
    inflate::{DecompressError, TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit},
};
use thiserror::Error;

/// The hardest: addresses are short, and their length is what counts.
const LEVEL: u8 = 10;

/// Why bytes could not be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InflateError {
    #[error("the compressed part is damaged")]
    Damaged,
    /// More than was allowed.
    #[error("it unpacks to more than {0} bytes")]
    TooLarge(usize),
}

#[must_use]
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, LEVEL)
}

/// # Errors
/// Where the bytes are no DEFLATE stream, or one that gives more than `limit` bytes. No more than that is ever held.
pub fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_with_limit(bytes, limit).map_err(|error| inflate_error(&error, limit))
}

/// With a checksum of what is in it, by which [`inflate_checked`] finds a change.
#[must_use]
pub fn deflate_checked(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, LEVEL)
}

/// # Errors
/// As [`inflate`], and where the checksum is another.
pub fn inflate_checked(bytes: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_zlib_with_limit(bytes, limit).map_err(|error| inflate_error(&error, limit))
}

fn inflate_error(error: &DecompressError, limit: usize) -> InflateError {
    match error.status {
        TINFLStatus::HasMoreOutput => InflateError::TooLarge(limit),
        _ => InflateError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = deflate(&vec![b'a'; 5_000_000]);
        assert!(bomb.len() < 10_000);
        assert_eq!(inflate(&bomb, 1_000_000), Err(InflateError::TooLarge(1_000_000)));
        assert_eq!(inflate(&bomb, 5_000_000).map(|bytes| bytes.len()), Ok(5_000_000), "the limit itself is allowed");
    }

    #[test]
    fn cut_bytes_are_damaged() {
        let whole = deflate(b"a trace of an agent, of an agent, of an agent");
        for end in 0..whole.len() {
            assert!(inflate(&whole[..end], 1_000).is_err(), "{end}");
        }
    }

    #[test]
    fn a_checked_bomb_stops_at_the_limit_too() {
        let bomb = deflate_checked(&vec![b'a'; 5_000_000]);
        assert_eq!(inflate_checked(&bomb, 1_000_000), Err(InflateError::TooLarge(1_000_000)));
        assert_eq!(inflate_checked(&bomb, 5_000_000).map(|bytes| bytes.len()), Ok(5_000_000), "the limit itself is allowed");
    }

    #[test]
    fn any_changed_bit_is_found() {
        let whole = deflate_checked(b"a trace of an agent, of an agent, of an agent, and 0123456789 of what it did");
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[at] ^= 1 << bit;
                // A few bits say nothing: how the stream was made, and what fills its last byte.
                let found = inflate_checked(&changed, 1_000);
                assert!(found.is_err() || found == inflate_checked(&whole, 1_000), "byte {at}, bit {bit}");
            }
        }
    }

    proptest! {
        #[test]
        fn inflating_gives_the_bytes_back(bytes in prop::collection::vec(0_u8..9, 0..300)) {
            prop_assert_eq!(inflate(&deflate(&bytes), bytes.len()), Ok(bytes.clone()));
            prop_assert_eq!(inflate_checked(&deflate_checked(&bytes), bytes.len()), Ok(bytes));
        }

        #[test]
        fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            for found in [inflate(&bytes, 500), inflate_checked(&bytes, 500)].into_iter().flatten() {
                prop_assert!(found.len() <= 500);
            }
        }
    }
}
