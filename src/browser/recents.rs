//! Handles on files opened before, in IndexedDB. Where the browser has no such handles the list is simply empty.

use js_sys::{Object, Reflect};
use rexie::{ObjectStore, Rexie, TransactionMode};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::FileSystemFileHandle;

const DATABASE: &str = "spandeck";
const STORE: &str = "recent-files";
/// The list is a convenience, not an archive.
const KEPT: usize = 8;

/// A file opened before.
#[derive(Clone, Debug, PartialEq)]
pub struct Recent {
    pub name: String,
    pub size: u64,
    pub spans: u64,
    pub traces: u64,
    /// When it was last opened, in ms since 1970.
    pub opened_ms: f64,
    pub handle: FileSystemFileHandle,
}

/// Newest first.
pub async fn list() -> Vec<Recent> {
    let mut recents = read().await.unwrap_or_default();
    recents.sort_by(|a, b| b.opened_ms.total_cmp(&a.opened_ms));
    recents
}

/// Remembers a file under its name, and forgets the oldest ones.
pub async fn remember(recent: Recent) {
    let mut names: Vec<String> = list().await.into_iter().map(|recent| recent.name).filter(|name| *name != recent.name).collect();
    drop(write(&recent, names.split_off(names.len().min(KEPT - 1))).await);
}

pub async fn clear() {
    let cleared = async {
        let database = open().await?;
        let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
        transaction.store(STORE)?.clear().await?;
        transaction.done().await.map(drop)
    };
    drop(cleared.await);
}

async fn open() -> rexie::Result<Rexie> {
    Rexie::builder(DATABASE).version(1).add_object_store(ObjectStore::new(STORE).key_path("name")).build().await
}

async fn read() -> rexie::Result<Vec<Recent>> {
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
    let values = transaction.store(STORE)?.get_all(None, None).await?;
    Ok(values.iter().filter_map(from_js).collect())
}

async fn write(recent: &Recent, forget: Vec<String>) -> rexie::Result<()> {
    let database = open().await?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    let store = transaction.store(STORE)?;
    store.put(&to_js(recent), None).await?;
    for name in forget {
        store.delete(JsValue::from_str(&name)).await?;
    }
    transaction.done().await.map(drop)
}

fn to_js(recent: &Recent) -> JsValue {
    let fields: [(&str, JsValue); 6] = [
        ("name", JsValue::from_str(&recent.name)),
        ("size", JsValue::from_f64(recent.size as f64)),
        ("spans", JsValue::from_f64(recent.spans as f64)),
        ("traces", JsValue::from_f64(recent.traces as f64)),
        ("opened_ms", JsValue::from_f64(recent.opened_ms)),
        ("handle", recent.handle.clone().into()),
    ];
    let object = Object::new();
    for (key, value) in &fields {
        drop(Reflect::set(&object, &JsValue::from_str(key), value));
    }
    object.into()
}

fn from_js(value: &JsValue) -> Option<Recent> {
    let get = |key: &str| Reflect::get(value, &JsValue::from_str(key)).ok();
    let number = |key: &str| get(key).and_then(|value| value.as_f64()).unwrap_or(0.0);
    Some(Recent {
        name: get("name")?.as_string()?,
        size: number("size") as u64,
        spans: number("spans") as u64,
        traces: number("traces") as u64,
        opened_ms: number("opened_ms"),
        handle: get("handle")?.dyn_into().ok()?,
    })
}
