//! Whether the page can be seen: as a part of another page it may lie far below what the reader looks at.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    // As web-sys has it, without one more of its features, each of which costs every build.
    type IntersectionObserver;

    #[wasm_bindgen(constructor, catch)]
    fn new(callback: &Closure<dyn FnMut(Array)>) -> Result<IntersectionObserver, JsValue>;
    #[wasm_bindgen(method)]
    fn observe(this: &IntersectionObserver, target: &Element);
    #[wasm_bindgen(method)]
    fn disconnect(this: &IntersectionObserver);
}

/// Watches until it is dropped.
pub struct SightWatch {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

impl SightWatch {
    /// `seen` is called when a part of the element is in view, through every page around this one. `None` where the browser cannot tell.
    pub fn start(element: &Element, seen: impl Fn() + 'static) -> Option<Self> {
        let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            let is_in_view = |entry: JsValue| Reflect::get(&entry, &"isIntersecting".into()).is_ok_and(|value| value.is_truthy());
            if entries.iter().any(is_in_view) {
                seen();
            }
        });
        let observer = IntersectionObserver::new(&callback).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SightWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
