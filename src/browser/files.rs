//! Files of the reader: from the picker, from a drop, from a remembered handle. Nothing is read here but the few bytes asked for.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, File, FileList, FileSystemFileHandle, Response};

/// A file and, where the browser gives one, the handle by which it can be opened again another day.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalFile {
    pub name: String,
    pub blob: Blob,
    pub handle: Option<FileSystemFileHandle>,
}

impl LocalFile {
    pub fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    fn plain(file: File) -> Self {
        Self { name: file.name(), blob: file.into(), handle: None }
    }
}

/// The files of an `<input type=file>`.
pub fn from_list(list: Option<FileList>) -> Vec<LocalFile> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).map(LocalFile::plain).collect()
}

/// Whether a drag carries files at all (text and links do not).
pub fn carries_files(transfer: Option<&DataTransfer>) -> bool {
    transfer.is_some_and(|transfer| transfer.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

/// The files of a drop. Must be called within the event: the browser empties the transfer afterwards; the future may be awaited later.
pub fn from_drop(transfer: &DataTransfer) -> impl Future<Output = Vec<LocalFile>> + use<> {
    let files = from_list(transfer.files());
    let items = transfer.items();
    let handles: Vec<Option<Promise>> = (0..items.length())
        .filter_map(|at| items.get(at))
        .filter(|item| item.kind() == "file")
        .map(|item| promise_of(&item, "getAsFileSystemHandle", &[]))
        .collect();
    async move {
        let mut out = Vec::with_capacity(files.len());
        for (at, mut file) in files.into_iter().enumerate() {
            if let Some(promise) = handles.get(at).cloned().flatten() {
                file.handle = JsFuture::from(promise).await.ok().and_then(|handle| handle.dyn_into().ok());
            }
            out.push(file);
        }
        out
    }
}

/// What came of the browser's own picker.
pub enum Picked {
    Files(Vec<LocalFile>),
    /// Closed without a choice.
    Nothing,
    /// This browser has no picker that gives handles: use the input element.
    Unsupported,
}

pub async fn pick() -> Picked {
    let options = Object::new();
    drop(Reflect::set(&options, &"multiple".into(), &JsValue::TRUE));
    let Some(promise) = promise_of(&gloo::utils::window(), "showOpenFilePicker", &[options.into()]) else { return Picked::Unsupported };
    match JsFuture::from(promise).await {
        Ok(handles) => {
            let mut files = Vec::new();
            for handle in Array::from(&handles).iter().filter_map(|handle| handle.dyn_into::<FileSystemFileHandle>().ok()) {
                files.extend(from_handle(&handle).await);
            }
            if files.is_empty() { Picked::Nothing } else { Picked::Files(files) }
        }
        Err(error) if error_name(&error) == "AbortError" => Picked::Nothing,
        Err(_) => Picked::Unsupported,
    }
}

/// The file behind a handle, or `None` when it is gone or the reader does not allow it.
pub async fn from_handle(handle: &FileSystemFileHandle) -> Option<LocalFile> {
    let mode = Object::new();
    drop(Reflect::set(&mode, &"mode".into(), &"read".into()));
    // Browsers without the question give access without asking.
    if let Some(question) = promise_of(handle, "queryPermission", &[mode.clone().into()])
        && JsFuture::from(question).await.ok()?.as_string().as_deref() != Some("granted")
    {
        let request = promise_of(handle, "requestPermission", &[mode.into()])?;
        if JsFuture::from(request).await.ok()?.as_string().as_deref() != Some("granted") {
            return None;
        }
    }
    let file: File = JsFuture::from(handle.get_file()).await.ok()?.dyn_into().ok()?;
    Some(LocalFile { name: file.name(), blob: file.into(), handle: Some(handle.clone()) })
}

/// Bytes `start..end` of a file. `None` when it can no longer be read (changed or removed since it was chosen).
pub async fn read(blob: &Blob, start: u64, end: u64) -> Option<Vec<u8>> {
    let part = blob.slice_with_f64_and_f64(start as f64, end as f64).ok()?;
    let buffer = JsFuture::from(part.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// The expanded content of a gzip file that the page itself brings.
pub async fn gunzip(blob: &Blob) -> Option<Blob> {
    // web-sys does not have DecompressionStream yet.
    let class = Reflect::get(&js_sys::global(), &"DecompressionStream".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let expander = Reflect::construct(&class, &Array::of1(&"gzip".into())).ok()?;
    let source: JsValue = blob.stream().into();
    let pipe = Reflect::get(&source, &"pipeThrough".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    let stream: web_sys::ReadableStream = pipe.call1(&source, &expander).ok()?.dyn_into().ok()?;
    let response = Response::new_with_opt_readable_stream(Some(&stream)).ok()?;
    JsFuture::from(response.blob().ok()?).await.ok()?.dyn_into().ok()
}

/// Calls a method that this browser may not have.
fn promise_of(target: &JsValue, method: &str, arguments: &[JsValue]) -> Option<Promise> {
    let function = Reflect::get(target, &method.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    Reflect::apply(&function, target, &arguments.iter().collect()).ok()?.dyn_into().ok()
}

fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}
