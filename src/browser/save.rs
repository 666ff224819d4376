//! Files that the reader gets: handed to the browser's own download, which asks where to put them.

use gloo::{timers::callback::Timeout, utils::document};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// Long enough for the browser to have taken the file.
const KEEP_MS: u32 = 60_000;

/// Saves a text under a name. Whether the browser took it.
pub fn text(name: &str, mime: &str, text: &str) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = js_sys::Array::of1(&text.into());
    let Ok(url) = Blob::new_with_str_sequence_and_options(&parts, &options).and_then(|blob| Url::create_object_url_with_blob(&blob)) else {
        return false;
    };
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
