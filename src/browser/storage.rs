//! Preferences of this browser: small texts under one prefix. Private windows and full disks refuse; the preference then lasts until the page is closed.

use gloo::utils::window;

const PREFIX: &str = "spandeck.";

pub fn read(key: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

pub fn write(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        drop(storage.set_item(&format!("{PREFIX}{key}"), value));
    }
}
