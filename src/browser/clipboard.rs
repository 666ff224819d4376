//! Copying text.

use gloo::utils::window;
use wasm_bindgen_futures::JsFuture;

/// Whether the browser let the text be copied (it needs a secure page and a click).
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    if js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
