//! The window around this one: what it sends, as plain values within limits, and what it is told.
//!
//! Must not decide anything: who may ask for what is found by those who listen.

use gloo::{events::EventListener, utils::window};
use js_sys::{Array, ArrayBuffer, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageEvent, Window};

use crate::core::raw_message::{MOST_DEPTH, MOST_ENTRIES, MOST_TEXT, Raw};

/// A message, with what the browser vouches for.
pub struct Received {
    /// It comes from the window around this one.
    pub is_parent: bool,
    /// The origin of the sender.
    pub origin: String,
    pub raw: Raw,
    /// What the message has under `bytes`.
    pub handed: Handed,
}

/// Bytes in whatever form they were sent.
pub struct Handed(JsValue);

impl Handed {
    /// The bytes as a file. Not before somebody wants them: it may copy them.
    pub fn into_blob(self) -> Option<Blob> {
        match self.0.dyn_into::<Blob>() {
            Ok(blob) => Some(blob),
            Err(value) => Blob::new_with_buffer_source_sequence(&Array::of1(&value)).ok(),
        }
    }
}

/// The window around this one, if there is one.
fn parent() -> Option<Window> {
    let own = window();
    let parent = own.parent().ok().flatten()?;
    (AsRef::<JsValue>::as_ref(&parent) != AsRef::<JsValue>::as_ref(&own)).then_some(parent)
}

/// Whether the page is a part of another one.
pub fn is_framed() -> bool {
    parent().is_some()
}

/// The page's own origin.
pub fn own_origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Messages from any window, until the listener is dropped.
pub fn listen(handle: impl Fn(Received) + 'static) -> EventListener {
    EventListener::new(&window(), "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        let source: JsValue = event.source().map(JsValue::from).unwrap_or_default();
        let is_parent = parent().is_some_and(|parent| AsRef::<JsValue>::as_ref(&parent) == &source);
        let data = event.data();
        // The rest is not even looked at: a message may be as large as its sender likes.
        let (raw, handed) = match is_parent {
            true => (read(&data, MOST_DEPTH), Reflect::get(&data, &"bytes".into()).unwrap_or_default()),
            false => (Raw::Other, JsValue::UNDEFINED),
        };
        handle(Received { is_parent, origin: event.origin(), raw, handed: Handed(handed) });
    })
}

/// Tells the window around this one a JSON text as a value, if it is still of that origin.
pub fn tell(json: &str, origin: &str) {
    if let (Some(parent), Ok(value)) = (parent(), js_sys::JSON::parse(json)) {
        // Refused for what is no origin; then nobody hears it.
        drop(parent.post_message(&value, origin));
    }
}

/// Tells the window around this one, whoever it is. For what anybody may hear.
pub fn tell_anybody(json: &str) {
    tell(json, "*");
}

/// A value that a browser has copied over from another window: plain data, without getters and without the sender's prototypes.
fn read(value: &JsValue, depth: usize) -> Raw {
    if value.is_null() || value.is_undefined() {
        return Raw::Nothing;
    }
    if let Some(flag) = value.as_bool() {
        return Raw::Flag(flag);
    }
    if let Some(number) = value.as_f64() {
        return Raw::Number(number);
    }
    if let Some(text) = value.dyn_ref::<JsString>() {
        return if text.length() > MOST_TEXT { Raw::Other } else { Raw::Text(text.into()) };
    }
    if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
        return Raw::Bytes(u64::from(buffer.byte_length()));
    }
    if ArrayBuffer::is_view(value) {
        let length = Reflect::get(value, &"byteLength".into()).ok().and_then(|length| length.as_f64());
        return Raw::Bytes(length.unwrap_or(0.0) as u64);
    }
    if let Some(blob) = value.dyn_ref::<Blob>() {
        return Raw::Bytes(blob.size() as u64);
    }
    let Some(object) = value.dyn_ref::<Object>() else { return Raw::Other };
    let is_plain = Object::get_prototype_of(object) == Object::get_prototype_of(&Object::new());
    let keys = Object::keys(object);
    if !is_plain || depth == 0 || keys.length() > MOST_ENTRIES {
        return Raw::Other;
    }
    let entry = |key: JsValue| {
        let name = key.dyn_ref::<JsString>().filter(|name| name.length() <= MOST_TEXT)?;
        let value = Reflect::get(object, &key).ok()?;
        Some((String::from(name), read(&value, depth - 1)))
    };
    Raw::Map(keys.iter().filter_map(entry).collect())
}
