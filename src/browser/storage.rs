//! Preferences of this browser: small texts under one prefix. Private windows and full disks refuse; the preference then lasts until the page is closed.

use gloo::{events::EventListener, utils::window};
use web_sys::Storage;

const PREFIX: &str = "spandeck.";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(&format!("{PREFIX}{key}"), value));
    }
}

/// Keeps a value, or nothing of it at all.
pub fn keep(key: &str, value: Option<&str>) {
    match (value, storage()) {
        (Some(value), _) => write(key, value),
        (None, Some(storage)) => drop(storage.remove_item(&format!("{PREFIX}{key}"))),
        (None, None) => {}
    }
}

/// A text of this browser tab alone: it is still there after a reload.
pub fn read_of_tab(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(&format!("{PREFIX}{key}")).ok().flatten()
}

pub fn write_of_tab(key: &str, value: &str) {
    if let Some(storage) = window().session_storage().ok().flatten() {
        drop(storage.set_item(&format!("{PREFIX}{key}"), value));
    }
}

/// The keys that are kept, in order, without the prefix. Other pages of the same site have theirs, which are not ours to see.
pub fn keys() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    let mut own: Vec<String> = all.filter_map(|key| key.strip_prefix(PREFIX).map(str::to_owned)).collect();
    own.sort();
    own
}

/// Forgets all of them.
pub fn clear() {
    for key in keys() {
        keep(&key, None);
    }
}

/// After another tab of the same site has changed something; until it is dropped. What changed is for the listener to read: by the time it
/// hears of one change there may have been the next.
pub fn on_change(changed: impl Fn() + 'static) -> EventListener {
    EventListener::new(&window(), "storage", move |_| changed())
}
