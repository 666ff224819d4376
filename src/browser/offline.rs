//! The copy of the page that the browser keeps for times without network: a service worker, put up and taken down, and what becomes of it.
//!
//! Must not decide whether there is one; the reader does. Where the browser has no service workers the state stays [`Offline::Missing`].

use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};

use super::{document, storage};

#[wasm_bindgen(module = "/src/browser/offline.js")]
extern "C" {
    #[wasm_bindgen(js_name = present)]
    fn js_present() -> String;
    #[wasm_bindgen(js_name = watch)]
    fn js_watch(listener: &JsValue);
    #[wasm_bindgen(js_name = unwatch)]
    fn js_unwatch(listener: &JsValue);
    #[wasm_bindgen(js_name = start, catch)]
    async fn js_start(address: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = stop, catch)]
    async fn js_stop(address: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = takeUpdate)]
    fn js_take_update();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    /// This browser, or this way of reaching the page, has no service workers.
    Missing,
    /// The reader wants none.
    Off,
    /// Being fetched.
    Preparing,
    Ready,
    /// The browser would not keep it, or the host did not give all of it.
    Failed,
    /// A newer version is there and waits.
    Update,
}

impl Offline {
    fn of_word(word: &str) -> Self {
        match word {
            "off" => Self::Off,
            "preparing" => Self::Preparing,
            "ready" => Self::Ready,
            "failed" => Self::Failed,
            "update" => Self::Update,
            _ => Self::Missing,
        }
    }
}

pub fn state() -> Offline {
    Offline::of_word(&js_present())
}

/// Hears of every change until it is dropped.
pub struct Watch(Closure<dyn Fn(String)>);

impl Drop for Watch {
    fn drop(&mut self) {
        js_unwatch(self.0.as_ref());
    }
}

pub fn watch(changed: impl Fn(Offline) + 'static) -> Watch {
    let listener = Closure::<dyn Fn(String)>::new(move |word: String| changed(Offline::of_word(&word)));
    js_watch(listener.as_ref());
    Watch(listener)
}

/// The address of the service worker's program; a build for looking at has none.
fn program() -> Option<String> {
    document::has_asset(META).then(|| document::asset_url(META, ""))
}

const META: &str = "spandeck-offline";
/// The reader's choice among what the browser keeps of the page.
const KEY: &str = "offline";

/// Whether the reader wants a copy: unless they have said otherwise.
pub fn is_wanted() -> bool {
    storage::read(KEY).as_deref() != Some("off")
}

/// Keeps the reader's choice and does what follows from it.
pub async fn want(is_wanted: bool) {
    storage::keep(KEY, (!is_wanted).then_some("off"));
    settle().await;
}

/// Puts the copy up or drops it, as the reader wants. Whether it is there.
pub async fn settle() -> bool {
    if is_wanted() {
        return start().await;
    }
    stop().await;
    false
}

/// Whether the copy is there, or was there already. Waits until all of it has been fetched.
async fn start() -> bool {
    let Some(program) = program() else { return false };
    js_start(&program).await.is_ok_and(|there| there.is_truthy())
}

/// Drops the copy.
async fn stop() {
    if let Some(program) = program() {
        drop(js_stop(&program).await);
    }
}

/// Shows the same address with the newer version.
pub fn take_update() {
    js_take_update();
}
