//! The import worker's client: files of spans or a trace out of an address in, Arrow IPC streams out, one at a time and only when asked.

use js_sys::{Array, ArrayBuffer, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    browser::files::LocalFile,
    engine::port::{Port, Reply},
};

/// Why an import ended.
pub enum ImportError {
    /// The worker's own words: a stable code and a message for the reader.
    Refused { code: String, message: String },
    /// The worker is gone.
    Stopped,
}

/// What `next` gives.
pub enum Step {
    Batch { bytes: ArrayBuffer, done: Extent },
    End { warnings: Vec<String>, format: String },
}

/// How much there is, or is done.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Not known before the end where the files have no table of contents.
    pub rows: Option<u64>,
    pub bytes: u64,
}

/// What is known of a shared trace before its rows are there.
pub struct Shared {
    pub rows: u64,
    pub title: String,
    /// What was left out by whoever made the address; empty for nothing.
    pub left_out: String,
}

pub struct Importer {
    port: Port,
}

impl Importer {
    pub fn start(url: &str) -> Result<Self, ImportError> {
        // The death of the worker reaches whoever waits for a reply; nobody else needs to know.
        Port::start(url, |_| ()).map(|port| Self { port }).map_err(|_| ImportError::Stopped)
    }

    /// How much all the files hold, before any of them is decoded.
    pub async fn open(&self, files: &[LocalFile]) -> Result<Extent, ImportError> {
        let list: Array = files
            .iter()
            .map(|file| {
                let entry = Object::new();
                drop(Reflect::set(&entry, &"name".into(), &JsValue::from_str(&file.name)));
                drop(Reflect::set(&entry, &"file".into(), &file.blob));
                entry
            })
            .collect();
        let reply = self.ask("open", &[("files", list.into())]).await?;
        Ok(Extent { rows: reply.get("rows").as_f64().map(|rows| rows as u64), bytes: reply.number("bytes") as u64 })
    }

    /// The trace that an address holds.
    pub async fn open_shared(&self, text: &str) -> Result<Shared, ImportError> {
        let reply = self.ask("openShared", &[("text", JsValue::from_str(text))]).await?;
        Ok(Shared { rows: reply.number("rows") as u64, title: reply.text("title"), left_out: reply.text("leftOut") })
    }

    pub async fn next(&self) -> Result<Step, ImportError> {
        let reply = self.ask("next", &[]).await?;
        if reply.text("kind") == "end" {
            let warnings = Array::from(&reply.get("warnings"));
            let warnings = warnings.iter().filter_map(|warning| warning.as_string()).collect();
            return Ok(Step::End { warnings, format: reply.text("format") });
        }
        let bytes = reply.get("bytes").dyn_into().map_err(|_| ImportError::Stopped)?;
        let done = Extent { rows: Some(reply.number("rowsDone") as u64), bytes: reply.number("bytesDone") as u64 };
        Ok(Step::Batch { bytes, done })
    }

    async fn ask(&self, op: &str, fields: &[(&str, JsValue)]) -> Result<Reply, ImportError> {
        let mut replies = self.port.ask(op, fields, &[]);
        let reply = replies.next().await.map_err(|_| ImportError::Stopped)?;
        replies.finish();
        match reply.text("kind").as_str() {
            "error" => Err(ImportError::Refused { code: reply.text("code"), message: reply.text("message") }),
            _ => Ok(reply),
        }
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        self.port.terminate();
    }
}
