//! Files that the reader gets: handed to the browser's own download, which asks where to put them.

use gloo::{timers::callback::Timeout, utils::document};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// Long enough for the browser to have taken the file.
const KEEP_MS: u32 = 60_000;

/// Saves a text under a name. Whether the browser took it.
pub fn text(name: &str, mime: &str, text: &str) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options).is_ok_and(|blob| save(name, &blob))
}

/// Saves bytes under a name, given in parts that belong one behind the other. Whether the browser took them.
pub fn bytes(name: &str, mime: &str, parts: &[Vec<u8>]) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts: Array = parts.iter().map(|part| Uint8Array::from(part.as_slice())).collect();
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).is_ok_and(|blob| save(name, &blob))
}

fn save(name: &str, blob: &Blob) -> bool {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return false };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok());
    let saved = link.is_some_and(|link| {
        let set = |key: &str, value: &str| link.set_attribute(key, value).is_ok();
        let ready = set("href", &url) && set("download", name);
        if ready {
            link.click();
        }
        ready
    });
    Timeout::new(KEEP_MS, move || drop(Url::revoke_object_url(&url))).forget();
    saved
}
