//! Files that the reader gets: handed to the browser's own download, which asks where to put them. Names may come from data and are made safe here.

use gloo::{timers::callback::Timeout, utils::document};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Blob, BlobPropertyBag, HtmlCanvasElement, HtmlElement, Url};

use crate::core::file_name;

/// Long enough for the browser to have taken the file.
const KEEP_MS: u32 = 60_000;

/// Saves a file under a name. Whether the browser took it.
pub fn file<F>(name: &str, file: &F) -> bool
where
    for<'a> Blob: TryFrom<&'a F>,
{
    Blob::try_from(file).is_ok_and(|blob| save(name, &blob))
}

/// Saves what is on a canvas as PNG, as soon as the browser has written it.
pub fn png(name: &str, canvas: &HtmlCanvasElement) {
    let name = name.to_owned();
    let taken = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            save(&name, &blob);
        }
    });
    // Refused only for canvases that hold pictures of other origins.
    drop(canvas.to_blob(taken.unchecked_ref()));
}

/// Saves a text under a name and a media type.
pub fn text(name: &str, text: &str, media_type: &str) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options).is_ok_and(|blob| save(name, &blob))
}

/// Saves what is in the browser's hands already.
pub fn blob(name: &str, blob: &Blob) -> bool {
    save(name, blob)
}

fn save(name: &str, blob: &Blob) -> bool {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return false };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok());
    let saved = link.is_some_and(|link| {
        let set = |key: &str, value: &str| link.set_attribute(key, value).is_ok();
        let ready = set("href", &url) && set("download", &file_name::safe(name));
        if ready {
            link.click();
        }
        ready
    });
    Timeout::new(KEEP_MS, move || drop(Url::revoke_object_url(&url))).forget();
    saved
}
