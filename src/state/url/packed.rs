//! Values of an address that are long: written compressed, where that makes them shorter.
//!
//! A value that begins with `~` is not what it seems: `~z…` is DEFLATE in base64url, `~~…` is a text that itself begins with `~`.

use super::UrlWarning;
use crate::core::{base64url, deflated, percent};

const MARK: char = '~';
/// Shorter ones stay readable.
const LONG_CHARS: usize = 200;
/// A short link must not fill the memory. SQL, the longest that a link holds, is not read beyond this either.
const MOST_BYTES: usize = 250_000;

/// The value as it is written, before percent-encoding.
pub fn pack(value: &str) -> String {
    let plain = match value.strip_prefix(MARK) {
        Some(_) => format!("{MARK}{value}"),
        None => value.to_owned(),
    };
    let written = percent::encode(&plain).len();
    if written < LONG_CHARS || value.len() > MOST_BYTES {
        return plain;
    }
    let packed = format!("{MARK}z{}", base64url::encode(&deflated::deflate(value.as_bytes())));
    // An address that is only a little shorter is not worth being unreadable.
    if packed.len() < written / 4 * 3 { packed } else { plain }
}

/// Whether what [`pack`] made needs a reader of version 2.
pub fn is_marked(written: &str) -> bool {
    written.starts_with(MARK)
}

/// The value that was written.
pub fn unpack(key: &str, written: String) -> Result<String, UrlWarning> {
    let Some(rest) = written.strip_prefix(MARK) else { return Ok(written) };
    if rest.starts_with(MARK) {
        return Ok(rest.to_owned());
    }
    let damaged = || UrlWarning::DamagedValue(key.to_owned());
    let bytes = rest.strip_prefix('z').and_then(base64url::decode).ok_or_else(damaged)?;
    match deflated::inflate(&bytes, MOST_BYTES) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| damaged()),
        Err(deflated::InflateError::TooLarge(limit)) => Err(UrlWarning::LargeValue { key: key.to_owned(), limit }),
        Err(deflated::InflateError::Damaged) => Err(damaged()),
    }
}
