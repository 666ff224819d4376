//! What the page's own program takes of the browser's memory.

use js_sys::{ArrayBuffer, WebAssembly::Memory};
use wasm_bindgen::JsCast;

/// Bytes; it never shrinks while the page is open.
pub fn page_bytes() -> u64 {
    let memory = wasm_bindgen::memory().dyn_into::<Memory>();
    memory.ok().and_then(|memory| memory.buffer().dyn_into::<ArrayBuffer>().ok()).map_or(0, |buffer| u64::from(buffer.byte_length()))
}
