//! The system's own way of handing something on, where there is one.

use gloo::utils::window;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether the browser has it: mostly on phones, and only on secure pages.
pub fn is_there() -> bool {
    offer().is_some()
}

/// Offers an address to the reader's other programs. Closing the offer is no error.
pub async fn address(title: &str, url: &str) {
    let data = Object::new();
    for (key, value) in [("title", title), ("url", url)] {
        // Setting a property of a new plain object cannot fail.
        drop(Reflect::set(&data, &key.into(), &value.into()));
    }
    let asked = offer().and_then(|offer| offer.call1(&window().navigator(), &data).ok());
    if let Some(closed) = asked.and_then(|asked: JsValue| asked.dyn_into::<Promise>().ok()) {
        drop(JsFuture::from(closed).await);
    }
}

/// `navigator.share`.
fn offer() -> Option<Function> {
    Reflect::get(&window().navigator(), &"share".into()).ok()?.dyn_into().ok()
}
