//! The document's own attributes, its build's file names, its clock marks, and listeners on the whole page.

use gloo::{
    events::{EventListener, EventListenerOptions, EventListenerPhase},
    utils::{document, document_element, window},
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlMetaElement, KeyboardEvent};

use super::embedder;

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

/// What the page's HTML says under a `<meta name>`; empty where it does not.
pub fn meta(name: &str) -> String {
    let selector = format!("meta[name=\"{name}\"]");
    let found = document().query_selector(&selector).ok().flatten().and_then(|meta| meta.dyn_into::<HtmlMetaElement>().ok());
    found.map(|meta| meta.content()).unwrap_or_default()
}

/// The address of a file that the build put beside the page. The build writes the (hashed) name into a `<meta name>`.
pub fn asset_url(meta_name: &str, file: &str) -> String {
    resolve(&format!("{}{file}", meta(meta_name)))
}

/// Whether the build put such a file beside the page.
pub fn has_asset(meta_name: &str) -> bool {
    document().query_selector(&format!("meta[name=\"{meta_name}\"]")).ok().flatten().is_some()
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

/// Distance of a pointer from the left and the top edge of an element, as shares of its width and height. From its press on the pointer
/// stays that element's.
pub fn pointer_share(event: &web_sys::PointerEvent, element: &web_sys::Element) -> (f64, f64) {
    let x_px = pointer_x(event, element);
    let place = element.get_bounding_client_rect();
    (x_px / place.width().max(1.0), (f64::from(event.client_y()) - place.top()) / place.height().max(1.0))
}

/// What matches, of the element that an event happened on and those around it.
pub fn closest(event: &Event, selector: &str) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok().flatten()
}

/// The place of a pointer within an element, in px from its left and top edge.
pub fn pointer_in(event: &web_sys::MouseEvent, element: &web_sys::Element) -> (f64, f64) {
    let place = element.get_bounding_client_rect();
    (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top())
}

pub fn as_element(target: &web_sys::EventTarget) -> Option<web_sys::Element> {
    target.dyn_ref::<web_sys::Element>().cloned()
}

pub fn as_wheel(event: &Event) -> Option<&web_sys::WheelEvent> {
    event.dyn_ref()
}

/// What is to run before the next frame is painted; dropped before that, it never runs.
pub struct BeforePaint(#[expect(dead_code, reason = "dropping it is what counts")] gloo::render::AnimationFrame);

/// Runs before the next frame is painted: what an event changed is laid out only then, once, and the work on it does not hold up the event.
pub fn before_paint(run: impl FnOnce() + 'static) -> BeforePaint {
    BeforePaint(gloo::render::request_animation_frame(move |_| run()))
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

/// The element that has the focus, also within a shadow root: the code editor is in one.
fn focused() -> Option<web_sys::Element> {
    let mut active = document().active_element()?;
    // web-sys has no `activeElement` of shadow roots without one more of its features, which costs every build.
    while let Some(inner) = js_sys::Reflect::get(&active, &"shadowRoot".into())
        .and_then(|root| js_sys::Reflect::get(&root, &"activeElement".into()))
        .ok()
        .and_then(|inner| inner.dyn_into().ok())
    {
        active = inner;
    }
    Some(active)
}

/// Whether the reader is typing: keys then belong to the field.
pub fn typing() -> bool {
    let Some(active) = focused() else { return false };
    matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
}

/// Whether the element that has the focus matches.
pub fn focus_is(selector: &str) -> bool {
    document().active_element().is_some_and(|active| active.matches(selector).unwrap_or(false))
}

/// Whether the reader is at work elsewhere, on the page around this one: its focus, its keys and its wheel are not to be taken.
pub fn is_elsewhere() -> bool {
    embedder::is_framed() && !document().has_focus().unwrap_or(true)
}

/// Whether a turn of the wheel is the page's around this one: it scrolls, until the reader comes in here or asks for more with Ctrl.
pub fn scrolls_around(wheel: &web_sys::WheelEvent) -> bool {
    !wheel.ctrl_key() && is_elsewhere()
}

/// The height that the window would need so that the first of the elements that match has no need to scroll, in CSS px. `None` where none of
/// them is seen.
pub fn height_to_show(selectors: &[&str]) -> Option<u32> {
    let all = selectors.iter().filter_map(|selector| document().query_selector(selector).ok().flatten());
    let scroller = all.into_iter().find(|element| element.client_height() > 0)?;
    let (mut child, mut bottom_px) = (scroller.first_element_child(), 0.0_f64);
    while let Some(element) = child {
        bottom_px = bottom_px.max(element.get_bounding_client_rect().bottom());
        child = element.next_element_sibling();
    }
    let content_px = bottom_px - scroller.get_bounding_client_rect().top() + f64::from(scroller.scroll_top());
    let window_px = window().inner_height().ok()?.as_f64()?;
    Some((window_px - f64::from(scroller.client_height()) + content_px).ceil().max(0.0) as u32)
}

/// Moves the focus to the first element that matches; not away from the page around this one.
pub fn focus(selector: &str) {
    if is_elsewhere() {
        return;
    }
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        drop(element.focus());
    }
}

/// Marks the text of the first field that matches: what is typed next takes its place.
pub fn select_all(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(field) = found.and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        field.select();
    }
}

/// Whether the first element that matches takes neither focus nor pointer, as what lies behind a dialog.
pub fn set_inert(selector: &str, inert: bool) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        drop(if inert { element.set_attribute("inert", "") } else { element.remove_attribute("inert") });
    }
}

/// Scrolls the element with this id into the view of what it lies in, as little as possible.
pub fn reveal(id: &str) {
    if let Some(element) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls what matches so that the element with this id stands at its top, with a margin in CSS px; nothing around it moves.
pub fn scroll_to(scroller: &str, id: &str, margin_px: f64) {
    let found = document().query_selector(scroller).ok().flatten().zip(element(id));
    if let Some((scroller, element)) = found {
        let below = element.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().top() - margin_px;
        scroller.set_scroll_top(scroller.scroll_top() + below.round() as i32);
    }
}

/// How far what matches is scrolled, in CSS px.
pub fn scroll_top(scroller: &str) -> i32 {
    document().query_selector(scroller).ok().flatten().map_or(0, |scroller| scroller.scroll_top())
}

/// The id of the last element that matches and whose top is at most so far below that of its scroller, in CSS px: where a reader of a long
/// text is.
pub fn reached(scroller: &str, selector: &str, below_top_px: f64) -> Option<String> {
    let scroller = document().query_selector(scroller).ok().flatten()?;
    let limit = scroller.get_bounding_client_rect().top() + below_top_px;
    let all = scroller.query_selector_all(selector).ok()?;
    let elements = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<web_sys::Element>().ok());
    elements.take_while(|element| element.get_bounding_client_rect().top() <= limit).last().map(|element| element.id())
}

/// Opens every `<details>` that matches.
pub fn open_all(selector: &str) {
    let Ok(all) = document().query_selector_all(selector) else { return };
    let elements = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<web_sys::Element>().ok());
    elements.for_each(|element| drop(element.set_attribute("open", "")));
}

/// The browser's own dialog for printing.
pub fn print() {
    drop(window().print());
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
