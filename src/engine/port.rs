//! One worker: numbered requests out, replies in, and one clear moment of death. Speaks the protocol of `worker/worker.mjs` and of the import worker.
//!
//! Must not interpret replies: `client` and `app`'s importer do.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::{Rc, Weak},
};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
};
use gloo::timers::callback::Interval;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{ErrorEvent, MessageEvent, Worker};

#[wasm_bindgen(module = "/src/browser/own_scripts.js")]
extern "C" {
    /// As `new Worker(url)`, for programs of the page's own site alone.
    #[wasm_bindgen(js_name = startWorker, catch)]
    fn start_worker(url: &str) -> Result<Worker, JsValue>;
}

/// A worker with something to do that has been silent for this long is asked for a sign of life, and is dead when the same time passes again.
const SILENCE_MS: f64 = 7_000.0;
const CHECK_MS: u32 = 1_000;

/// What a worker said about one request.
pub struct Reply(JsValue);

impl Reply {
    pub fn text(&self, key: &str) -> String {
        self.get(key).as_string().unwrap_or_default()
    }

    pub fn number(&self, key: &str) -> f64 {
        self.get(key).as_f64().unwrap_or(0.0)
    }

    pub fn get(&self, key: &str) -> JsValue {
        Reflect::get(&self.0, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
    }
}

type OnDeath = Box<dyn FnOnce(String)>;
type Listener = Closure<dyn FnMut(JsValue)>;

struct Inner {
    worker: Worker,
    waiting: RefCell<HashMap<u32, UnboundedSender<Result<Reply, String>>>>,
    next_id: Cell<u32>,
    heard_ms: Cell<f64>,
    asked_for_life: Cell<bool>,
    dead: RefCell<Option<String>>,
    on_death: RefCell<Option<OnDeath>>,
    watch: RefCell<Option<Interval>>,
    // Kept alive as long as the worker may call them.
    listeners: RefCell<Vec<Listener>>,
}

/// A handle; the worker is terminated when the last handle goes.
#[derive(Clone)]
pub struct Port(Rc<Inner>);

impl Port {
    /// Starts the worker script at `url`. `on_death` is called once, when the worker throws outside a request, falls silent or is declared dead.
    pub fn start(url: &str, on_death: impl FnOnce(String) + 'static) -> Result<Self, String> {
        let worker = start_worker(url).map_err(|error| message_of(&error))?;
        let inner = Rc::new(Inner {
            worker,
            waiting: RefCell::default(),
            next_id: Cell::new(1),
            heard_ms: Cell::new(now_ms()),
            asked_for_life: Cell::new(false),
            dead: RefCell::default(),
            on_death: RefCell::new(Some(Box::new(on_death))),
            watch: RefCell::default(),
            listeners: RefCell::default(),
        });
        let port = Self(inner);
        port.listen();
        Ok(port)
    }

    fn listen(&self) {
        let weak = Rc::downgrade(&self.0);
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let (Some(inner), Some(event)) = (weak.upgrade(), event.dyn_ref::<MessageEvent>()) {
                inner.hear(event.data());
            }
        });
        let weak = Rc::downgrade(&self.0);
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(inner) = weak.upgrade() {
                let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).filter(|message| !message.is_empty());
                inner.die(message.unwrap_or_else(|| "its worker could not be started or was ended by the browser".to_owned()));
            }
        });
        self.0.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.0.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.0.listeners.borrow_mut().extend([on_message, on_error]);
    }

    /// Sends `{id, op, ...fields}` and returns the stream of replies to it. Dropping it before `finish` sends a cancel.
    pub fn ask(&self, op: &str, fields: &[(&str, JsValue)], transfer: &[JsValue]) -> Replies {
        let id = self.0.next_id.get();
        self.0.next_id.set(id.wrapping_add(1).max(1));
        let (sender, receiver) = unbounded();
        let refusal = self.0.dead.borrow().clone().or_else(|| {
            let message = request(id, op, fields);
            self.0.worker.post_message_with_transfer(&message, &transfer.iter().collect::<Array>()).err().map(|error| message_of(&error))
        });
        match refusal {
            Some(reason) => drop(sender.unbounded_send(Err(reason))),
            None => {
                if self.0.waiting.borrow().is_empty() {
                    self.0.heard_ms.set(now_ms());
                }
                self.0.waiting.borrow_mut().insert(id, sender);
                self.watch();
            }
        }
        Replies { id, receiver, inner: Rc::downgrade(&self.0) }
    }

    /// Declares the worker dead: everything that waits fails with the reason.
    pub fn kill(&self, reason: String) {
        self.0.die(reason);
    }

    /// Ends the worker without telling `on_death`.
    pub fn terminate(&self) {
        self.0.on_death.borrow_mut().take();
        self.0.die("it was closed".to_owned());
    }

    fn watch(&self) {
        let weak = Rc::downgrade(&self.0);
        let mut watch = self.0.watch.borrow_mut();
        if watch.is_none() {
            *watch = Some(Interval::new(CHECK_MS, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.check();
                }
            }));
        }
    }
}

impl Inner {
    fn hear(&self, data: JsValue) {
        self.heard_ms.set(now_ms());
        self.asked_for_life.set(false);
        let reply = Reply(data);
        let id = reply.number("id");
        if id == 0.0 {
            // Not about a request: a greeting, or the worker's last words.
            if reply.text("kind") == "error" {
                self.die(reply.text("message"));
            }
            return;
        }
        let sender = self.waiting.borrow().get(&(id as u32)).cloned();
        if let Some(sender) = sender {
            // A reader that went away has already cancelled.
            drop(sender.unbounded_send(Ok(reply)));
        }
    }

    fn check(&self) {
        if self.waiting.borrow().is_empty() {
            self.watch.borrow_mut().take();
            return;
        }
        if now_ms() - self.heard_ms.get() < SILENCE_MS {
            return;
        }
        if self.asked_for_life.replace(true) {
            self.die(format!("it has not answered for {} s", (2.0 * SILENCE_MS / 1000.0) as u32));
        } else {
            self.heard_ms.set(now_ms());
            drop(self.worker.post_message(&request(u32::MAX, "ping", &[])));
        }
    }

    fn tell(&self, op: &str, target: u32, fields: &[(&str, JsValue)]) {
        if self.dead.borrow().is_none() {
            let target = ("target", JsValue::from_f64(f64::from(target)));
            drop(self.worker.post_message(&request(0, op, &[&[target], fields].concat())));
        }
    }

    fn die(&self, reason: String) {
        if self.dead.borrow().is_some() {
            return;
        }
        *self.dead.borrow_mut() = Some(reason.clone());
        self.worker.terminate();
        for (_, sender) in self.waiting.borrow_mut().drain() {
            drop(sender.unbounded_send(Err(reason.clone())));
        }
        if let Some(on_death) = self.on_death.borrow_mut().take() {
            on_death(reason);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// The replies to one request, in order. `Err` is the reason why the worker died.
pub struct Replies {
    id: u32,
    receiver: UnboundedReceiver<Result<Reply, String>>,
    inner: Weak<Inner>,
}

impl Replies {
    pub async fn next(&mut self) -> Result<Reply, String> {
        self.receiver.next().await.unwrap_or_else(|| Err("it was closed".to_owned()))
    }

    /// Sends a word about this request, to which nothing is replied.
    pub fn tell(&self, op: &str, fields: &[(&str, JsValue)]) {
        if let Some(inner) = self.inner.upgrade() {
            inner.tell(op, self.id, fields);
        }
    }

    /// The request is answered: nothing more will come, so nothing needs cancelling.
    pub fn finish(self) {
        if let Some(inner) = self.inner.upgrade() {
            inner.waiting.borrow_mut().remove(&self.id);
        }
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        let Some(inner) = self.inner.upgrade() else { return };
        let unanswered = inner.waiting.borrow_mut().remove(&self.id).is_some();
        if unanswered {
            inner.tell("cancel", self.id, &[]);
        }
    }
}

fn request(id: u32, op: &str, fields: &[(&str, JsValue)]) -> Object {
    let message = Object::new();
    let own = [("id", JsValue::from_f64(f64::from(id))), ("op", JsValue::from_str(op))];
    for (key, value) in own.iter().chain(fields) {
        // Setting a property of a plain object cannot fail.
        drop(Reflect::set(&message, &JsValue::from_str(key), value));
    }
    message
}

fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// What a thrown JavaScript value says of itself.
pub fn message_of(error: &JsValue) -> String {
    let message = Reflect::get(error, &JsValue::from_str("message")).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}
