//! Expands pages of the codecs whose decoders in the Parquet reader go on for as long as there is something to expand: a page of a few kilobytes
//! would take all memory there is. Here it ends at the size that the page's header claims, and one that claims too little is an error.
//!
//! The other codecs (snappy, zstd, LZ4_RAW) are bounded by that size in the reader itself.

use std::io::{self, Read};

use ::parquet::basic::Compression;

/// What brotli reads at once.
const READ_BYTES: usize = 64 * 1024;
/// Room that is made before a byte has been expanded: a claim alone costs no more.
const FIRST_BYTES: usize = 1024 * 1024;
/// How an LZ4 frame begins.
const LZ4_FRAME: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// Whether pages of this codec are expanded here and not by the reader.
pub(super) fn is_ours(codec: Compression) -> bool {
    matches!(codec, Compression::GZIP(_) | Compression::BROTLI(_) | Compression::LZ4)
}

/// The content of `bytes`, which must be `size` bytes.
pub(super) fn expand(codec: Compression, bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
    match codec {
        // A page of nothing but nulls has nothing to expand, and some writers leave even the codec's frame out.
        _ if size == 0 => Ok(Vec::new()),
        Compression::GZIP(_) => read(flate2::read::MultiGzDecoder::new(bytes), size),
        Compression::BROTLI(_) => read(brotli::Decompressor::new(bytes, READ_BYTES), size),
        Compression::LZ4 if bytes.starts_with(&LZ4_FRAME) => read(lz4_flex::frame::FrameDecoder::new(bytes), size),
        Compression::LZ4 => hadoop(bytes, size).or_else(|_| block(bytes, size)),
        other => Err(format!("the codec {other} is not expanded here")),
    }
}

fn read(decoder: impl Read, size: usize) -> Result<Vec<u8>, String> {
    let mut content = Vec::with_capacity(size.min(FIRST_BYTES));
    let limit = (size as u64).saturating_add(1);
    decoder.take(limit).read_to_end(&mut content).map_err(|error: io::Error| error.to_string())?;
    match content.len() {
        length if length > size => Err(format!("a page claims to expand to {size} bytes and does not end there")),
        length if length < size => Err(format!("a page claims to expand to {size} bytes and holds {length}")),
        _ => Ok(content),
    }
}

/// One LZ4 block without a frame, as old writers called the same codec.
fn block(bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let mut content = vec![0; size];
    match lz4_flex::block::decompress_into(bytes, &mut content) {
        Ok(length) if length == size => Ok(content),
        Ok(length) => Err(format!("a page claims to expand to {size} bytes and holds {length}")),
        Err(error) => Err(error.to_string()),
    }
}

/// Hadoop's framing: blocks, each after its expanded and its stored size (big endian, 32 bits).
fn hadoop(bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let broken = || "a page's LZ4 blocks break off".to_owned();
    let mut rest = bytes;
    let mut content = Vec::with_capacity(size.min(FIRST_BYTES));
    while !rest.is_empty() {
        let (expanded, after) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        let (stored, after) = after.split_first_chunk::<4>().ok_or_else(broken)?;
        let expanded = usize::try_from(u32::from_be_bytes(*expanded)).map_err(|_| broken())?;
        let stored = usize::try_from(u32::from_be_bytes(*stored)).map_err(|_| broken())?;
        let (packed, after) = after.split_at_checked(stored).ok_or_else(broken)?;
        if expanded > size - content.len() {
            return Err(format!("a page claims to expand to {size} bytes and does not end there"));
        }
        content.extend(block(packed, expanded)?);
        rest = after;
    }
    if content.len() == size { Ok(content) } else { Err(format!("a page claims to expand to {size} bytes and holds {}", content.len())) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ::parquet::basic::{BrotliLevel, GzipLevel};

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(content: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        brotli::CompressorReader::new(content, 4096, 5, 22).read_to_end(&mut packed).unwrap();
        packed
    }

    fn lz4_frame(content: &[u8]) -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn lz4_hadoop(content: &[u8]) -> Vec<u8> {
        let blocks = content.chunks(1000).map(|part| {
            let packed = lz4_flex::block::compress(part);
            let sizes = [part.len(), packed.len()].map(|size| u32::try_from(size).unwrap().to_be_bytes());
            [sizes.concat(), packed].concat()
        });
        blocks.collect::<Vec<_>>().concat()
    }

    /// Every way in which a page may be packed.
    fn packed(content: &[u8]) -> Vec<(Compression, Vec<u8>)> {
        vec![
            (Compression::GZIP(GzipLevel::default()), gzip(content)),
            (Compression::BROTLI(BrotliLevel::default()), brotli(content)),
            (Compression::LZ4, lz4_frame(content)),
            (Compression::LZ4, lz4_hadoop(content)),
            (Compression::LZ4, lz4_flex::block::compress(content)),
        ]
    }

    #[test]
    fn honest_pages_come_out_whole() {
        let content: Vec<u8> = (0..5000_u32).flat_map(u32::to_le_bytes).collect();
        for (codec, bytes) in packed(&content) {
            assert!(is_ours(codec));
            assert_eq!(expand(codec, &bytes, content.len()).as_ref(), Ok(&content), "{codec}");
            assert_eq!(expand(codec, &bytes, 0), Ok(Vec::new()));
        }
    }

    #[test]
    fn a_bomb_ends_at_the_size_that_it_claims() {
        // 64 MB of nothing in a few kilobytes.
        for (codec, bytes) in packed(&vec![0; 64 << 20]) {
            let refused = expand(codec, &bytes, 1000);
            assert!(refused.as_ref().is_err_and(|words| words.contains("1000") || codec == Compression::LZ4), "{codec}: {refused:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_bytes_are_it_is_the_claimed_size_or_an_error(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
            from in 0_usize..5,
            at in 0_usize..10_000,
            size in 0_usize..5000,
        ) {
            let content = [7; 3000];
            let (codec, honest) = packed(&content).swap_remove(from);
            let mut harmed = honest.clone();
            let at = at % harmed.len();
            harmed[at] ^= bytes.first().copied().unwrap_or(1);
            for input in [bytes, harmed, honest] {
                if let Ok(content) = expand(codec, &input, size) {
                    proptest::prop_assert_eq!(content.len(), size);
                }
            }
        }
    }

    #[test]
    fn a_page_that_holds_less_than_it_claims_is_an_error() {
        for (codec, bytes) in packed(&[7; 3000]) {
            assert!(expand(codec, &bytes, 3001).is_err(), "{codec}");
            assert!(expand(codec, &bytes[..bytes.len() / 2], 3000).is_err(), "{codec}, cut");
        }
    }
}
