//! The import worker: takes files of spans, or a trace out of an address, from the page, gives Arrow IPC streams back, one a request; and writes files for it.
//!
//! It lives in a worker of its own so that a hostile file can at worst end this program, never the page. All decoding is
//! `spandeck::import::spans`, `spandeck::import::parquet` and `spandeck::import::shared_trace`, all writing `spandeck::import::write`; here is only the conversation. It writes nothing to the console.
//!
//! Once it can hear it says `{id: 0, kind: 'started'}`; a message sent before that is lost. Then, each reply with the
//! request's id:
//! `open {files: [{name, file}]}` → `ready {rows?, bytes}`, without rows where they are not known before the end,
//! `openShared {text}` → `ready {rows, title, leftOut}`,
//! `next` → `batch {bytes, rows, rowsDone, bytesDone}` or, after the last, `end {warnings, format}`; the format is empty where the page knows it,
//! `cancel` → `end {warnings}`, and the files are let go,
//! `write {format, bytes}` (of an Arrow IPC stream) and at last `finish {format}` → `written {rows, part?}`: the rows so far, and the next
//! part of the file as a `Blob`, which the browser may keep on disk. The format is a slug of `core::export`.
//! Anything may be answered by `error {code, message}`.
//! An error with id 0 and code `importer-panic` means that this program has ended and needs a new worker.

use std::cell::RefCell;

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use spandeck::core::export::ExportFormat;
use spandeck::import::parquet::{ByteSource, Importer};
use spandeck::import::shared_trace;
use spandeck::import::spans::{self, Opened, SpanImporter, SpansError, Whole};
use spandeck::import::write::{WriteError, Writer};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageEvent};

/// Bytes of a file that become a part of it together; a part for every few rows would make many.
const PART_BYTES: usize = 4 * 1024 * 1024;

/// A file that is being written, and what of it is not yet handed on.
struct Output {
    writer: Writer,
    pieces: Array,
    bytes: usize,
}

/// The files of the import that is under way, and how far it is.
enum Job {
    Parquet {
        importer: Box<Importer<Whole<BlobSource>>>,
        /// What it was packed in; empty for nothing.
        layers: String,
        rows_done: u64,
    },
    Spans {
        importer: Box<SpanImporter<BlobSource>>,
        rows_done: u64,
    },
    /// All rows of an address, until they are asked for.
    Shared {
        rows: u64,
        ipc: Option<Vec<u8>>,
    },
}

thread_local! {
    static OUTPUT: RefCell<Option<Output>> = const { RefCell::new(None) };
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
    /// A browser's file cannot be part of a [`ByteSource`], which has to be `Send`; so it stays here, under a number.
    static BLOBS: RefCell<Vec<Blob>> = const { RefCell::new(Vec::new()) };
    static NAMES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The file with this number in `BLOBS`, read by the part.
struct BlobSource {
    number: usize,
    size: u64,
}

impl ByteSource for BlobSource {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, start: u64, length: usize) -> Result<Vec<u8>, String> {
        // Whole numbers up to 2^53 are exact in f64, and a file is never that large.
        let end = start.saturating_add(length as u64) as f64;
        let part = BLOBS.with_borrow(|blobs| blobs.get(self.number).map(|blob| blob.slice_with_f64_and_f64(start as f64, end)).transpose());
        let part = part.map_err(words)?.ok_or("the file was let go")?;
        let buffer = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(&part)).map_err(words)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

/// An exception as text.
fn words(exception: JsValue) -> String {
    let message = Reflect::get(&exception, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "the browser refused".to_owned())
}

fn main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let panic_scope = scope.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let name = NAMES.with(|names| names.try_borrow().map(|names| names.clone()).unwrap_or_default());
        // The whole path would tell about the machine that this was built on.
        let place = panic
            .location()
            .map_or_else(String::new, |place| format!("{}:{}", place.file().rsplit('/').next().unwrap_or_default(), place.line()));
        let words = panic.payload_as_str().unwrap_or("no words");
        let message = if name.is_empty() {
            format!("Writing the file stopped its program. ({place}: {words})")
        } else {
            format!(
                "Reading {name} stopped the import program: the file is most likely damaged. Copy or download it again; if \
                 that does not help, export it again. ({place}: {words})"
            )
        };
        let _ = post(&panic_scope, &failure(0.0, "importer-panic", &message), None);
    }));
    let reply_scope = scope.clone();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let request = event.data();
        let id = get(&request, "id").as_f64().unwrap_or(0.0);
        let (reply, transfer) = answer(id, &request);
        if post(&reply_scope, &reply, transfer.as_ref()).is_err() {
            // Most likely there is no memory left for the message; a short one may still pass.
            let _ = post(&reply_scope, &failure(id, "importer-output", "The decoded rows could not be handed on."), None);
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    let _ = post(&scope, &message(0.0, "started"), None);
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &Object, transfer: Option<&Array>) -> Result<(), JsValue> {
    match transfer {
        Some(transfer) => scope.post_message_with_transfer(message, transfer),
        None => scope.post_message(message),
    }
}

/// The reply to one request, and what of it is transferred.
fn answer(id: f64, request: &JsValue) -> (Object, Option<Array>) {
    match get(request, "op").as_string().as_deref() {
        Some("open") => (open(id, request).unwrap_or_else(|error| refusal(id, &error)), None),
        Some("openShared") => (open_shared(id, request).unwrap_or_else(|error| failure(id, error.code(), &error.to_string())), None),
        Some("next") => next(id),
        Some("write" | "finish") => (write(id, request).unwrap_or_else(|error| failure(id, error.code(), &error.to_string())), None),
        Some("cancel") => {
            let job = JOB.take();
            BLOBS.set(Vec::new());
            let warnings = match job {
                Some(Job::Parquet { importer, .. }) => importer.warnings(),
                Some(Job::Spans { importer, .. }) => importer.warnings(),
                Some(Job::Shared { .. }) | None => Vec::new(),
            };
            (end(id, warnings, ""), None)
        }
        other => {
            let other = other.unwrap_or("nothing");
            (failure(id, "importer-request", &format!("The import program was asked for {other}.")), None)
        }
    }
}

fn open(id: f64, request: &JsValue) -> Result<Object, SpansError> {
    JOB.set(None);
    let mut blobs = Vec::new();
    let mut sources = Vec::new();
    for entry in get(request, "files").dyn_into::<Array>().unwrap_or_default().iter() {
        let name = get(&entry, "name").as_string().unwrap_or_default();
        let blob = get(&entry, "file")
            .dyn_into::<Blob>()
            .map_err(|_| SpansError::Packed { file: name.clone(), detail: "it did not arrive as a file".to_owned() })?;
        // f64 to u64 saturates, and the size of a file is a whole number.
        sources.push((name, BlobSource { number: blobs.len(), size: blob.size() as u64 }));
        blobs.push(blob);
    }
    let names: Vec<_> = sources.iter().map(|(name, _)| format!("“{name}”")).collect();
    NAMES.set(names.join(", "));
    BLOBS.set(blobs);
    let reply = message(id, "ready");
    match spans::open(sources)? {
        Opened::Parquet(importer, layers) => {
            set(&reply, "rows", importer.rows() as f64);
            set(&reply, "bytes", importer.bytes() as f64);
            JOB.set(Some(Job::Parquet { importer, layers, rows_done: 0 }));
        }
        Opened::Spans(importer) => {
            set(&reply, "bytes", importer.bytes() as f64);
            JOB.set(Some(Job::Spans { importer, rows_done: 0 }));
        }
    }
    Ok(reply)
}

fn open_shared(id: f64, request: &JsValue) -> Result<Object, shared_trace::SharedRowsError> {
    JOB.set(None);
    NAMES.set("the trace of the link".to_owned());
    let text = get(request, "text").as_string().unwrap_or_default();
    let shared = shared_trace::read(&text)?;
    let reply = message(id, "ready");
    set(&reply, "rows", shared.rows as f64);
    set(&reply, "title", shared.title);
    set(&reply, "leftOut", shared.left_out);
    JOB.set(Some(Job::Shared { rows: shared.rows, ipc: Some(shared.ipc) }));
    Ok(reply)
}

fn next(id: f64) -> (Object, Option<Array>) {
    JOB.with_borrow_mut(|slot| match slot {
        None => (failure(id, "importer-not-open", "No file is open for import. Choose the file again."), None),
        Some(Job::Parquet { importer, layers, rows_done }) => match importer.next_batch() {
            Ok(Some(batch)) => {
                *rows_done += batch.rows;
                rows(id, &batch.ipc, batch.rows, *rows_done, 0)
            }
            Ok(None) if layers.is_empty() => (end(id, importer.warnings(), ""), None),
            Ok(None) => (end(id, importer.warnings(), &format!("Parquet, {layers}")), None),
            Err(error) => (refusal(id, &error.into()), None),
        },
        Some(Job::Spans { importer, rows_done }) => match importer.next_batch() {
            Ok(Some(batch)) => {
                *rows_done += batch.rows;
                rows(id, &batch.ipc, batch.rows, *rows_done, importer.bytes_done())
            }
            Ok(None) => (end(id, importer.warnings(), &importer.format()), None),
            Err(error) => (refusal(id, &error), None),
        },
        Some(Job::Shared { rows: count, ipc }) => match ipc.take() {
            Some(ipc) => rows(id, &ipc, *count, *count, 0),
            None => (end(id, Vec::new(), ""), None),
        },
    })
}

/// The answer that carries rows: their stream moves to the page.
fn rows(id: f64, ipc: &[u8], count: u64, done: u64, bytes_done: u64) -> (Object, Option<Array>) {
    let bytes = Uint8Array::from(ipc).buffer();
    let reply = message(id, "batch");
    set(&reply, "rows", count as f64);
    set(&reply, "rowsDone", done as f64);
    set(&reply, "bytesDone", bytes_done as f64);
    let transfer = Array::of1(&bytes);
    set(&reply, "bytes", bytes);
    (reply, Some(transfer))
}

/// Takes the next rows, or the last word; after an error a new file may be begun.
fn write(id: f64, request: &JsValue) -> Result<Object, WriteError> {
    let format = get(request, "format").as_string().and_then(|slug| ExportFormat::from_slug(&slug)).unwrap_or(ExportFormat::Parquet);
    let mut output = OUTPUT.take().unwrap_or_else(|| Output { writer: Writer::new(format), pieces: Array::new(), bytes: 0 });
    let rows = get(request, "bytes").dyn_into::<ArrayBuffer>().map(|buffer| Uint8Array::new(&buffer).to_vec()).ok();
    let is_end = rows.is_none();
    let written = match rows {
        Some(rows) => output.writer.push(rows)?,
        None => output.writer.finish()?,
    };
    if !written.is_empty() {
        output.pieces.push(&Uint8Array::from(written.as_slice()));
        output.bytes += written.len();
    }
    let reply = message(id, "written");
    set(&reply, "rows", output.writer.rows() as f64);
    if output.bytes >= PART_BYTES || (is_end && output.bytes > 0) {
        let part = Blob::new_with_u8_array_sequence(&output.pieces).map_err(|exception| WriteError::new(words(exception)))?;
        set(&reply, "part", part);
        (output.pieces, output.bytes) = (Array::new(), 0);
    }
    if !is_end {
        OUTPUT.set(Some(output));
    }
    Ok(reply)
}

fn message(id: f64, kind: &str) -> Object {
    let message = Object::new();
    set(&message, "id", id);
    set(&message, "kind", kind);
    message
}

fn end(id: f64, warnings: Vec<String>, format: &str) -> Object {
    let reply = message(id, "end");
    set(&reply, "format", format);
    set(&reply, "warnings", warnings.into_iter().map(JsValue::from).collect::<Array>());
    reply
}

fn refusal(id: f64, error: &SpansError) -> Object {
    failure(id, error.code(), &error.to_string())
}

fn failure(id: f64, code: &str, text: &str) -> Object {
    let reply = message(id, "error");
    set(&reply, "code", code);
    set(&reply, "message", text);
    reply
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or_default()
}

/// Setting a property of a new plain object cannot fail.
fn set(object: &Object, key: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &key.into(), &value.into());
}
