//! Tests that need a real browser but not the whole page: the worker's port, files, storage, and how components meet the document.
#![cfg(target_arch = "wasm32")]

mod components;
mod files;
mod port;
mod timeline;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
