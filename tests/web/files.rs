//! Files and storage.

use js_sys::{Array, Uint8Array};
use spandeck::browser::{files, storage};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

#[wasm_bindgen_test]
async fn only_the_asked_bytes_are_read() {
    let blob = blob(b"0123456789");
    assert_eq!(files::read(&blob, 2, 5).await.as_deref(), Some(&b"234"[..]));
    assert_eq!(files::read(&blob, 8, 99).await.as_deref(), Some(&b"89"[..]));
}

#[wasm_bindgen_test]
async fn gzip_is_expanded_and_anything_else_is_none() {
    // "spans" by gzip -n.
    let packed = [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 46, 72, 204, 43, 6, 0, 38, 10, 8, 104, 5, 0, 0, 0];
    let expanded = files::gunzip(&blob(&packed)).await;
    if let Some(expanded) = &expanded {
        assert_eq!(files::read(expanded, 0, 99).await.as_deref(), Some(&b"spans"[..]));
    }
    assert!(expanded.is_some());
    assert!(files::gunzip(&blob(b"no gzip at all")).await.is_none());
}

#[wasm_bindgen_test]
fn preferences_are_kept() {
    storage::write("test", "ü 1");
    assert_eq!(storage::read("test").as_deref(), Some("ü 1"));
    assert_eq!(storage::read("never-written"), None);
}
