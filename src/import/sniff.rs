//! Tells what a file is by its first and last bytes, never by its name.
//!
//! This runs before DuckDB or the Parquet reader sees the file, because some files make them hang or fail without a usable
//! message. It must not read more than the two slices it is given, and it must not promise that the rest of the file is sound.

mod protobuf;

pub use protobuf::{Framing, otlp_framing, varint};

use super::problem::Problem;

/// How many bytes from the start the caller should pass, and how many from the end. Fewer are fine for shorter files.
pub const HEAD_BYTES: usize = 8192;
/// See [`HEAD_BYTES`].
pub const TAIL_BYTES: usize = 8;

/// Three headers of 4 KiB: attaching a shorter file may never come back.
const DUCKDB_HEADERS_BYTES: u64 = 12_288;
/// The storage numbers that the engine of this page (DuckDB 1.4) reads: 64 is what 1.0 to 1.5 write by default, 65 to 67 are
/// what 1.2 to 1.4 write when asked for their latest. 1.5's latest is 68.
const DUCKDB_STORAGE_OLDEST: u64 = 64;
const DUCKDB_STORAGE_NEWEST: u64 = 67;
/// Numbers above this were never storage versions: the header is not one. (DuckDB 2.0 writes 999.)
const DUCKDB_STORAGE_PLAUSIBLE: u64 = 9_999;
/// The first flag word's lowest bit says that the database is encrypted.
const DUCKDB_FLAG_ENCRYPTED: u64 = 1;

/// A file that may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// A DuckDB database of a storage version that the engine reads.
    DuckDb {
        /// 64 to 67.
        storage_version: u64,
        /// The library that wrote it, for example `v1.4.3`. May be empty.
        writer: String,
    },
    /// A Parquet file with both its magics and a footer that fits.
    Parquet,
    /// JSON text that may hold spans: OTLP, Jaeger or Zipkin. Which one the import worker finds out.
    Json,
    /// OTLP as protobuf messages.
    Protobuf(Framing),
    /// Packed as a whole, one file or several. What is inside the import worker finds out.
    Packed(&'static str),
    /// The write-ahead log of a DuckDB database. Opened only beside its database.
    Wal,
}

impl FileKind {
    /// "DuckDB storage 64, written by v1.4.3", "Parquet". Of what the import worker has yet to look into, only what is seen from outside.
    pub fn words(&self) -> String {
        match self {
            Self::DuckDb { storage_version, writer } if writer.is_empty() => format!("DuckDB storage {storage_version}"),
            Self::DuckDb { storage_version, writer } => format!("DuckDB storage {storage_version}, written by {writer}"),
            Self::Parquet => "Parquet".to_owned(),
            Self::Json => "JSON".to_owned(),
            Self::Protobuf(_) => "OTLP protobuf".to_owned(),
            Self::Packed(how) => (*how).to_owned(),
            Self::Wal => "DuckDB log".to_owned(),
        }
    }
}

/// What the file `name` of `size` bytes is, from its first bytes `head` (up to [`HEAD_BYTES`]) and its last `tail` (up to
/// [`TAIL_BYTES`]).
///
/// # Errors
/// A [`Problem`] ready to be shown, where the file is none of the kinds that can be opened. `name` is used in messages, and to
/// tell an empty or encrypted write-ahead log, which has no bytes to know it by.
pub fn sniff(name: &str, size: u64, head: &[u8], tail: &[u8]) -> Result<FileKind, Problem> {
    let named_wal = name.to_ascii_lowercase().ends_with(".wal");
    if size == 0 || head.is_empty() {
        return if named_wal { Ok(FileKind::Wal) } else { Err(Problem::empty(name)) };
    }
    if head.get(8..12) == Some(b"DUCK") {
        return duckdb(name, size, head);
    }
    if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
        return parquet(name, size, head, tail);
    }
    if head.starts_with(WAL_VERSION_ENTRY) || named_wal {
        return Ok(FileKind::Wal);
    }
    if let Some((_, how)) = UNPACKED.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Ok(FileKind::Packed(how));
    }
    if head.get(257..262) == Some(b"ustar") {
        return Ok(FileKind::Packed("tar"));
    }
    if is_json(head) {
        return Ok(FileKind::Json);
    }
    if let Some(framing) = otlp_framing(size, head) {
        return Ok(FileKind::Protobuf(framing));
    }
    Err(foreign(name, size, head))
}

/// Whether it begins as a JSON object or list does: blanks, a byte order mark and record separators aside.
fn is_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let Some(start) = head.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != 0x1e) else { return false };
    let next = head.get(start + 1..).unwrap_or_default().iter().find(|byte| !byte.is_ascii_whitespace());
    match head.get(start) {
        // A name, or the end of an object without any; a broken line among whole ones begins with anything.
        Some(b'{') => next.is_none_or(|byte| byte.is_ascii_graphic()),
        Some(b'[') => next.is_none_or(|byte| matches!(byte, b'{' | b'[' | b']')),
        _ => false,
    }
}

/// Compressions and archives that are unpacked here.
const UNPACKED: &[(&[u8], &str)] =
    &[(&[0x1f, 0x8b], "gzip"), (&[0x28, 0xb5, 0x2f, 0xfd], "zstd"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip")];

/// The first entry of every log since DuckDB 0.10: field 100 holds the entry's type, 98 (the log's version), field 101 follows.
const WAL_VERSION_ENTRY: &[u8] = &[100, 0, 98, 101, 0];

fn duckdb(name: &str, size: u64, head: &[u8]) -> Result<FileKind, Problem> {
    let Some(storage_version) = u64_at(head, 12) else {
        return Err(Problem::duckdb_truncated(name, size));
    };
    let writer = head.get(52..84).map(version_text).unwrap_or_default();
    if storage_version == 0 || storage_version > DUCKDB_STORAGE_PLAUSIBLE {
        return Err(Problem::duckdb_damaged_header(name));
    }
    // First, because the way out of encryption leads to a format that can be read as well.
    if u64_at(head, 20).unwrap_or(0) & DUCKDB_FLAG_ENCRYPTED != 0 {
        return Err(Problem::duckdb_encrypted(name, &writer));
    }
    // Before the size: the version explains the file even when it is short.
    if storage_version > DUCKDB_STORAGE_NEWEST {
        return Err(Problem::duckdb_newer(name, &writer));
    }
    if storage_version < DUCKDB_STORAGE_OLDEST {
        return Err(Problem::duckdb_older(name, &writer, storage_version));
    }
    if size < DUCKDB_HEADERS_BYTES {
        return Err(Problem::duckdb_truncated(name, size));
    }
    Ok(FileKind::DuckDb { storage_version, writer })
}

fn parquet(name: &str, size: u64, head: &[u8], tail: &[u8]) -> Result<FileKind, Problem> {
    if head.starts_with(b"PARE") || tail.ends_with(b"PARE") {
        return Err(Problem::parquet_encrypted(name));
    }
    // Magic, footer length and magic are 12 bytes; an empty footer is none.
    if size <= 12 || !tail.ends_with(b"PAR1") {
        return Err(Problem::parquet_truncated(name, size));
    }
    if let Some(footer_bytes) = tail.len().checked_sub(8).and_then(|at| u32_at(tail, at)).map(u64::from)
        && (footer_bytes == 0 || footer_bytes > size.saturating_sub(12))
    {
        return Err(Problem::parquet_bad_footer(name, footer_bytes, size));
    }
    Ok(FileKind::Parquet)
}

/// A file that cannot be opened: what it is, as far as its first bytes tell.
fn foreign(name: &str, size: u64, head: &[u8]) -> Problem {
    if head.starts_with(b"SQLite format 3\0") {
        return Problem::sqlite(name);
    }
    for (magic, what) in PACKED {
        if head.starts_with(magic) {
            return Problem::compressed(name, what);
        }
    }
    for (magic, what) in KNOWN {
        if head.starts_with(magic) {
            return Problem::other_format(name, what);
        }
    }
    let Some(text) = as_text(head, size) else {
        return Problem::unknown_format(name);
    };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let lower: String = start.chars().take(16).collect::<String>().to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") || lower.starts_with("<head") || lower.starts_with("<body") {
        Problem::web_page(name)
    } else if lower.starts_with("<?xml") {
        Problem::other_format(name, "an XML document")
    } else if lower.starts_with("version https:/") {
        Problem::other_format(name, "a Git LFS pointer, a few lines that stand for the file. Fetch the file itself with: git lfs pull")
    } else {
        Problem::text(name)
    }
}

/// Compressions and archives that are not unpacked here: what is inside may well be a trace file.
const PACKED: &[(&[u8], &str)] = &[
    (b"BZh", "compressed with bzip2"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "compressed with xz"),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], "a 7-Zip archive"),
    (&[0x04, 0x22, 0x4d, 0x18], "compressed with LZ4"),
];

/// Formats near ours that are often mistaken for one of them.
const KNOWN: &[(&[u8], &str)] = &[
    (b"ARROW1\0\0", "an Arrow (Feather) file"),
    (&[0xff, 0xff, 0xff, 0xff], "an Arrow stream"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (&[0xff, 0xd8, 0xff], "a picture"),
    (b"GIF8", "a picture"),
    (b"\0asm", "a WebAssembly program"),
];

/// The head as text, if it is text: UTF-8 without control characters. A character cut at the end of the head is forgiven.
fn as_text(head: &[u8], size: u64) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && size > head.len() as u64 => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
    (!text.chars().any(odd)).then_some(text)
}

/// The writer's version: printable ASCII up to the first zero, or nothing if it is not that.
fn version_text(field: &[u8]) -> String {
    let text: Vec<u8> = field.iter().copied().take_while(|b| *b != 0).collect();
    match String::from_utf8(text) {
        Ok(text) if text.chars().all(|c| c.is_ascii_graphic()) => text,
        _ => String::new(),
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let field: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
    Some(u64::from_le_bytes(field))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The start of a DuckDB file: checksum, magic, storage version, four flag words, the writer's name.
    fn duckdb_head(storage: u64, flags: u64, writer: &str) -> Vec<u8> {
        let mut head = vec![0_u8; 4096];
        head[0..8].copy_from_slice(&[9; 8]);
        head[8..12].copy_from_slice(b"DUCK");
        head[12..20].copy_from_slice(&storage.to_le_bytes());
        head[20..28].copy_from_slice(&flags.to_le_bytes());
        head[52..52 + writer.len()].copy_from_slice(writer.as_bytes());
        head
    }

    fn code(name: &str, size: u64, head: &[u8], tail: &[u8]) -> &'static str {
        sniff(name, size, head, tail).map(|_| "opened").unwrap_or_else(|problem| problem.code)
    }

    #[track_caller]
    fn check_whole(bytes: &[u8], expected: &str) {
        let tail = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
        assert_eq!(code("x.duckdb", bytes.len() as u64, &bytes[..bytes.len().min(HEAD_BYTES)], tail), expected);
    }

    #[test]
    fn databases_are_told_by_their_header() {
        let head = duckdb_head(64, 0, "v1.4.3");
        let kind = sniff("any.name", 20_000, &head, b"").expect("a database");
        assert_eq!(kind, FileKind::DuckDb { storage_version: 64, writer: "v1.4.3".to_owned() });
        assert_eq!(kind.words(), "DuckDB storage 64, written by v1.4.3");
        assert_eq!(FileKind::DuckDb { storage_version: 65, writer: String::new() }.words(), "DuckDB storage 65");
        assert_eq!(code("x", 12_288, &duckdb_head(67, 0, "v1.4.3"), b""), "opened");
        assert_eq!(code("x", 12_288, &duckdb_head(68, 0, "v1.5.6"), b""), "E-DUCKDB-NEWER");
        assert_eq!(code("x", 90_000, &duckdb_head(999, 0, "v2.0.0"), b""), "E-DUCKDB-NEWER");
        assert_eq!(code("x", 90_000, &duckdb_head(51, 0, ""), b""), "E-DUCKDB-OLDER");
        assert_eq!(code("x", 90_000, &duckdb_head(64, 1, "v1.5.6"), b""), "E-DUCKDB-ENCRYPTED");
        assert_eq!(code("x", 90_000, &duckdb_head(68, 1, "v1.5.6"), b""), "E-DUCKDB-ENCRYPTED");
        assert_eq!(code("x", 90_000, &duckdb_head(0x3c82_2044_0000_0040, 0, ""), b""), "E-DUCKDB-HEADER");
        assert_eq!(code("x", 12_287, &head, b""), "E-DUCKDB-TRUNCATED");
        assert_eq!(code("x", 16, head.get(..16).unwrap_or_default(), b""), "E-DUCKDB-TRUNCATED");
        assert_eq!(code("x", 12, head.get(..12).unwrap_or_default(), b""), "E-DUCKDB-TRUNCATED");
    }

    #[test]
    fn a_writer_that_is_not_text_is_left_out() {
        let mut head = duckdb_head(64, 0, "");
        head[52..60].copy_from_slice(&[0xff, 0xfe, b'v', 1, 2, 3, 4, 5]);
        assert_eq!(sniff("x", 20_000, &head, b""), Ok(FileKind::DuckDb { storage_version: 64, writer: String::new() }));
    }

    #[test]
    fn parquet_needs_both_ends_and_a_footer_that_fits() {
        let mut file = b"PAR1".to_vec();
        file.extend([0; 100]);
        file.extend(60_u32.to_le_bytes());
        file.extend(b"PAR1");
        check_whole(&file, "opened");
        assert_eq!(sniff("wrong.duckdb", file.len() as u64, &file, &file[file.len() - 8..]), Ok(FileKind::Parquet));
        check_whole(&file[..70], "E-PARQUET-TRUNCATED");
        check_whole(b"PAR1", "E-PARQUET-TRUNCATED");
        check_whole(b"PAR1PAR1", "E-PARQUET-TRUNCATED");
        let at = file.len() - 8;
        file[at..at + 4].copy_from_slice(&0x7FFF_FFF0_u32.to_le_bytes());
        check_whole(&file, "E-PARQUET-FOOTER");
        file[at..].copy_from_slice(b"\x10\0\0\0PARE");
        check_whole(&file, "E-PARQUET-ENCRYPTED");
        check_whole(b"PARE and then anything", "E-PARQUET-ENCRYPTED");
    }

    #[test]
    fn other_files_are_named() {
        let cases: &[(&[u8], &str)] = &[
            (b"", "E-FILE-EMPTY"),
            (b"SQLite format 3\0....", "E-FILE-SQLITE"),
            (b"trace_id,span_id\n1,2\n", "E-FILE-TEXT"),
            (b"SELECT 'this is a text file';\n", "E-FILE-TEXT"),
            (b"[1, 2]", "E-FILE-TEXT"),
            (b"  <!DOCTYPE html><html>", "E-FILE-HTML"),
            (b"<html lang=en>", "E-FILE-HTML"),
            (b"<?xml version='1.0'?>", "E-FILE-FORMAT"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "E-FILE-FORMAT"),
            (b"BZh91AY", "E-FILE-COMPRESSED"),
            (b"\xfd7zXZ\0", "E-FILE-COMPRESSED"),
            (b"ARROW1\0\0", "E-FILE-FORMAT"),
            (&[0x93, 0x12, 0, 7, 0xfe, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "E-FILE-UNKNOWN"),
        ];
        for (bytes, expected) in cases {
            check_whole(bytes, expected);
        }
    }

    #[test]
    fn trace_files_of_other_tools_go_to_the_importer() {
        let kind = |bytes: &[u8]| sniff("x", bytes.len() as u64, bytes, b"").map(|kind| kind.words());
        let cases: &[(&[u8], &str)] = &[
            (b"\xef\xbb\xbf {\"resourceSpans\": []}", "JSON"),
            (b"\n[{\"traceId\": \"1\"}]", "JSON"),
            (b"{}", "JSON"),
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"PK\x03\x04....", "zip"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (&[10, 11, 10, 9, 10, 7, 10, 1, b'a', 18, 2, 10, 0], "OTLP protobuf"),
        ];
        for (bytes, words) in cases {
            assert_eq!(kind(bytes).as_deref(), Ok(*words));
        }
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(kind(&tar).as_deref(), Ok("tar"));
    }

    #[test]
    fn a_log_is_told_by_its_first_entry_or_its_name() {
        let head = [0x64, 0, 0x62, 0x65, 0, 2, 0x66, 0, 0x10];
        assert_eq!(sniff("renamed.bin", 9, &head, &head[1..]), Ok(FileKind::Wal));
        assert_eq!(sniff("x.duckdb.wal", 0, b"", b""), Ok(FileKind::Wal));
        assert_eq!(sniff("x.duckdb.WAL", 3, &[1, 2, 3], &[1, 2, 3]), Ok(FileKind::Wal));
    }

    #[test]
    fn a_character_cut_at_the_end_of_the_head_is_still_text() {
        let text = "größe".as_bytes();
        assert_eq!(code("x", 900, &text[..3], b""), "E-FILE-TEXT");
        assert_eq!(code("x", 3, &text[..3], b""), "E-FILE-UNKNOWN");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_or_hang(
            name in "\\PC{0,12}",
            size in any::<u64>(),
            start in prop_oneof![Just(b"".to_vec()), Just(b"PAR1".to_vec()), Just(b"12345678DUCK".to_vec()), Just(b"{".to_vec())],
            rest in proptest::collection::vec(any::<u8>(), 0..200),
            tail in proptest::collection::vec(any::<u8>(), 0..9),
        ) {
            let head = [start, rest].concat();
            if let Err(problem) = sniff(&name, size, &head, &tail) {
                prop_assert!(!problem.steps.is_empty());
            }
        }

        /// What the engine may hang on never reaches it: no DuckDB verdict for a file shorter than the headers.
        #[test]
        fn short_databases_are_never_opened(size in 1_u64..12_288, storage in 0_u64..2_000, flags in any::<u64>()) {
            prop_assert_ne!(code("x", size, &duckdb_head(storage, flags, "v1"), b""), "opened");
        }
    }
}
