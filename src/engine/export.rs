//! Rows of a statement as a file: from the engine's worker through the page's hands, unread, into a worker that writes the file.
//!
//! Architecture invariant: neither the rows nor the file enter this program's memory. What comes back is kept by the browser, which may put
//! it on disk.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Date};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

use super::{
    EngineError,
    port::{Port, Replies},
};
use crate::core::export::ExportFormat;

/// Told of progress no more often than this.
const TELL_MS: f64 = 100.0;

/// A file that can be saved: `browser::save` takes it.
#[derive(Clone, Debug, Default)]
pub struct FileParts {
    /// One behind the other.
    parts: Vec<Blob>,
    mime: &'static str,
}

impl FileParts {
    /// A file of one text that the page made.
    pub fn of_text(text: &str, format: ExportFormat) -> Self {
        Self::of_kind(text, format.mime())
    }

    /// The same of a kind that is no table.
    pub fn of_kind(text: &str, mime: &'static str) -> Self {
        let part = Blob::new_with_str_sequence(&Array::of1(&text.into()));
        Self { parts: part.into_iter().collect(), mime }
    }

    fn together(&self) -> Option<Blob> {
        let options = BlobPropertyBag::new();
        options.set_type(self.mime);
        Blob::new_with_blob_sequence_and_options(&self.parts.iter().collect::<Array>(), &options).ok()
    }

    /// Whether the browser still has all of it: it drops files for which it finds no room, and says so only to who reads them.
    async fn is_whole(&self) -> bool {
        let Some(file) = self.together() else { return false };
        let Ok(last_byte) = file.slice_with_f64((file.size() - 1.0).max(0.0)) else { return false };
        JsFuture::from(last_byte.array_buffer()).await.is_ok()
    }
}

impl TryFrom<&FileParts> for Blob {
    type Error = ();

    fn try_from(file: &FileParts) -> Result<Self, ()> {
        file.together().ok_or(())
    }
}

/// A file that is being written by a worker, which ends with this handle.
pub struct FileWriter {
    port: Port,
    format: ExportFormat,
    /// What the worker has not answered yet.
    pending: Option<Replies>,
    file: FileParts,
    on_progress: Rc<dyn Fn(u64)>,
    told_ms: f64,
}

impl FileWriter {
    pub fn start(worker_url: &str, format: ExportFormat, on_progress: Rc<dyn Fn(u64)>) -> Result<Self, EngineError> {
        let port = Port::start(worker_url, |_| ()).map_err(EngineError::Stopped)?;
        Ok(Self { port, format, pending: None, file: FileParts { parts: Vec::new(), mime: format.mime() }, on_progress, told_ms: 0.0 })
    }

    /// Hands over the next piece of the stream, once the worker is done with the one before.
    pub async fn write(&mut self, bytes: ArrayBuffer) -> Result<(), EngineError> {
        self.settle().await?;
        let fields = [("format", JsValue::from_str(self.format.slug())), ("bytes", bytes.clone().into())];
        self.pending = Some(self.port.ask("write", &fields, &[bytes.into()]));
        Ok(())
    }

    pub async fn finish(mut self) -> Result<FileParts, EngineError> {
        self.settle().await?;
        self.told_ms = 0.0;
        self.pending = Some(self.port.ask("finish", &[("format", JsValue::from_str(self.format.slug()))], &[]));
        self.settle().await?;
        if self.file.is_whole().await {
            Ok(std::mem::take(&mut self.file))
        } else {
            Err(EngineError::Io("The browser has no room for the file. Free some disk space, or export fewer rows.".to_owned()))
        }
    }

    /// Waits for the worker's answer and keeps what it wrote.
    async fn settle(&mut self) -> Result<(), EngineError> {
        let Some(mut replies) = self.pending.take() else { return Ok(()) };
        let stopped = |reason| EngineError::Io(format!("The program that writes the file stopped: {reason}"));
        let reply = replies.next().await.map_err(stopped)?;
        replies.finish();
        if reply.text("kind") != "written" {
            return Err(EngineError::Io(reply.text("message")));
        }
        self.file.parts.extend(reply.get("part").dyn_into::<Blob>().ok());
        if Date::now() - self.told_ms >= TELL_MS {
            self.told_ms = Date::now();
            (self.on_progress)(reply.number("rows") as u64);
        }
        Ok(())
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        self.port.terminate();
    }
}
