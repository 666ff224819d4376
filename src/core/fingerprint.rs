//! A short mark by which a link recognises the file it was made for. Not a proof: it covers the size and both ends, not every byte.

/// FNV-1a (64 bit) over the size, the first and the last bytes, as 16 hex digits.
#[must_use]
pub fn fingerprint(size: u64, head: &[u8], tail: &[u8]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in size.to_le_bytes().iter().chain(head).chain(tail) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_both_ends_count() {
        let mark = fingerprint(9, b"head", b"tail");
        assert_eq!(mark.len(), 16);
        assert_ne!(mark, fingerprint(8, b"head", b"tail"));
        assert_ne!(mark, fingerprint(9, b"heap", b"tail"));
        assert_ne!(mark, fingerprint(9, b"head", b"tale"));
    }
}
