//! The address's fragment and the history entries behind it.

use gloo::{events::EventListener, utils::window};
use wasm_bindgen::JsValue;

/// The fragment with its `#`, or nothing.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The whole address of the page without its fragment.
pub fn page_address() -> String {
    let href = window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// Writes the fragment: as a new entry that Back returns from, or over the present one.
pub fn write(fragment: &str, push: bool) {
    let Ok(history) = window().history() else { return };
    let url = if fragment.is_empty() { page_address() } else { format!("#{}", fragment.trim_start_matches('#')) };
    // Browsers refuse more than some hundred writes in a few seconds; the address is then late, nothing else is lost.
    drop(if push {
        history.push_state_with_url(&JsValue::NULL, "", Some(&url))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&url))
    });
}

/// Back, Forward, and fragments that the reader edits by hand.
pub fn on_change(handle: impl Fn(String) + Clone + 'static) -> [EventListener; 2] {
    let second = handle.clone();
    [
        EventListener::new(&window(), "popstate", move |_| handle(fragment())),
        EventListener::new(&window(), "hashchange", move |_| second(fragment())),
    ]
}
