//! A look at a page header before the Parquet reader acts on it: it reserves the memory that the header claims.

/// A page of more expanded bytes than this is refused. Writers stay near 1 MB; DuckDB may write 100 MB.
const LARGEST_PAGE_BYTES: i64 = 512 * 1024 * 1024;

const TYPE_I32: u8 = 5;

/// Checks the two sizes at the front of a page header (Thrift compact protocol: fields 1 to 3 are the page's type, its
/// expanded size and its stored size, all i32). What is not a header at all is left to the reader to refuse.
/// Gives the expanded size.
pub(super) fn check(bytes: &[u8]) -> Result<Option<usize>, String> {
    let mut rest = bytes;
    let mut expanded = None;
    for field in 1..=3 {
        // Each of the three follows the one before: a field header of "next field, i32", then a zigzag number.
        if take(&mut rest) != Some(0x10 | TYPE_I32) {
            return Ok(None);
        }
        let Some(value) = varint(&mut rest) else {
            return Err("a page header is cut off".to_owned());
        };
        let value = zigzag(value);
        if field == 2 {
            let fits = (0..=LARGEST_PAGE_BYTES).contains(&value);
            expanded = usize::try_from(value).ok().filter(|_| fits);
            if !fits {
                let limit = LARGEST_PAGE_BYTES / 1024 / 1024;
                return Err(format!("a page claims to expand to {value} bytes, and {limit} MB are the most that is read"));
            }
        }
    }
    Ok(expanded)
}

/// The next byte.
fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// An unsigned number of seven bits a byte, the lowest first; `None` where the bytes end or it passes 64 bits.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes)?;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn zigzag(value: u64) -> i64 {
    let half = i64::try_from(value >> 1).unwrap_or(i64::MAX);
    if value & 1 == 0 { half } else { !half }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A v1 data page header: type 0, expanded 100, stored 50.
    const HEADER: [u8; 8] = [0x15, 0x00, 0x15, 0xc8, 0x01, 0x15, 0x64, 0x2c];

    #[test]
    fn an_honest_header_passes() {
        assert_eq!(check(&HEADER), Ok(Some(100)));
    }

    #[test]
    fn claims_of_gigabytes_and_negative_sizes_are_refused() {
        let two_gigabytes = [0x15, 0x00, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x64];
        assert!(check(&two_gigabytes).is_err_and(|text| text.contains("2147483647") && text.contains("512 MB")));
        assert!(check(&[0x15, 0x00, 0x15, 0x01, 0x15, 0x64]).is_err_and(|text| text.contains("-1")));
    }

    #[test]
    fn what_is_no_header_is_left_to_the_reader() {
        assert_eq!(check(b"PAR1"), Ok(None));
        assert_eq!(check(&[]), Ok(None));
    }
}
