//! The document's own attributes, its build's file names, its clock marks, and listeners on the whole page.

use gloo::{
    events::{EventListener, EventListenerOptions, EventListenerPhase},
    utils::{document, document_element, window},
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlMetaElement, KeyboardEvent};

/// Sets an attribute of `<html>`: the phase, the theme, whether work is under way.
pub fn set_root_attribute(name: &str, value: &str) {
    if document_element().get_attribute(name).as_deref() != Some(value) {
        // Fails for invalid names only, and ours are constants.
        drop(document_element().set_attribute(name, value));
    }
}

pub fn remove_root_attribute(name: &str) {
    drop(document_element().remove_attribute(name));
}

pub fn element(id: &str) -> Option<web_sys::Element> {
    document().get_element_by_id(id)
}

pub fn set_title(title: &str) {
    document().set_title(title);
}

/// The address of a file that the build put beside the page. The build writes the (hashed) name into a `<meta name>`.
pub fn asset_url(meta_name: &str, file: &str) -> String {
    let selector = format!("meta[name=\"{meta_name}\"]");
    let content = document()
        .query_selector(&selector)
        .ok()
        .flatten()
        .and_then(|meta| meta.dyn_into::<HtmlMetaElement>().ok())
        .map(|meta| meta.content());
    resolve(&format!("{}{file}", content.unwrap_or_default()))
}

/// An address relative to the page.
pub fn resolve(relative: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    web_sys::Url::new_with_base(relative, &base).map_or_else(|_| relative.to_owned(), |url| url.href())
}

/// Leaves a mark that the benchmark reads.
pub fn mark(name: &str) {
    if let Some(performance) = window().performance() {
        drop(performance.mark(name));
    }
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Whether the system asks for the dark theme.
pub fn system_is_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// Distance of a pointer from the left edge of an element, in px. From its press on the pointer stays that element's.
pub fn pointer_x(event: &web_sys::PointerEvent, element: &web_sys::Element) -> f64 {
    if event.type_() == "pointerdown" {
        // Refused only for a pointer that has already gone.
        drop(element.set_pointer_capture(event.pointer_id()));
    }
    f64::from(event.client_x()) - element.get_bounding_client_rect().left()
}

pub fn as_wheel(event: &Event) -> Option<&web_sys::WheelEvent> {
    event.dyn_ref()
}

/// Runs after the next frame has been painted.
pub fn after_paint(run: impl FnOnce() + 'static) {
    let frame = gloo::render::request_animation_frame(move |_| {
        gloo::timers::callback::Timeout::new(0, run).forget();
    });
    // The frame's own callback frees it.
    std::mem::forget(frame);
}

/// Keys pressed anywhere, until the listener is dropped.
pub fn on_key(handle: impl Fn(&KeyboardEvent) + 'static) -> EventListener {
    let options = EventListenerOptions { phase: EventListenerPhase::Bubble, passive: false };
    EventListener::new_with_options(&window(), "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            handle(event);
        }
    })
}

/// Any other event on the window; `passive: false`, so that it may be prevented.
pub fn on_window(name: &'static str, handle: impl Fn(&Event) + 'static) -> EventListener {
    let options = EventListenerOptions { phase: EventListenerPhase::Bubble, passive: false };
    EventListener::new_with_options(&window(), name, options, handle)
}

/// Whether the reader is typing: keys then belong to the field.
pub fn typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
}

/// Whether the element that has the focus matches.
pub fn focus_is(selector: &str) -> bool {
    document().active_element().is_some_and(|active| active.matches(selector).unwrap_or(false))
}

/// Moves the focus to the first element that matches.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
    }
}

/// Whether the focus goes on to an element outside of what matches; not where it goes nowhere, as with buttons that take none when clicked.
pub fn focus_leaves(event: &web_sys::FocusEvent, selector: &str) -> bool {
    let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Element>().ok());
    next.is_some_and(|next| next.closest(selector).ok().flatten().is_none())
}

/// Presses the first element that matches.
pub fn click(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

pub fn reload() {
    drop(window().location().reload());
}

/// Whether the browser believes that there is a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Whether the page itself came by https.
pub fn is_secure() -> bool {
    window().location().protocol().is_ok_and(|protocol| protocol == "https:")
}

/// A length token of the stylesheet in CSS px, as it holds for the root now.
pub fn token_px(name: &str, fallback: u32) -> u32 {
    let style = window().get_computed_style(&document_element()).ok().flatten();
    let value = style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default();
    value.trim().trim_end_matches("px").parse().unwrap_or(fallback)
}

/// Milliseconds since 1970.
pub fn date_ms() -> f64 {
    js_sys::Date::now()
}
