//! Files at an address: a first look that costs a few kilobytes, and the whole.

use gloo::utils::window;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, RequestMode, Response};

/// Why an address gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The server answered with this status.
    Status(u16),
    /// The server is there but does not allow other sites to read the file.
    NoCors,
    /// No answer: a wrong host, no network, a closed port.
    Unreachable,
    /// The transfer broke off.
    Broken,
}

/// The first bytes of a remote file.
pub struct Head {
    pub bytes: Vec<u8>,
    /// The server sends parts on request, so the rest need not be downloaded.
    pub ranges: bool,
    /// Whole length in bytes, where the server tells it to us.
    pub size: Option<u64>,
}

/// Asks for the first `length` bytes. Stops the transfer when the server sends more.
pub async fn head(url: &str, length: u32) -> Result<Head, FetchError> {
    let abort = AbortController::new().map_err(|_| FetchError::Broken)?;
    let init = RequestInit::new();
    init.set_signal(Some(&abort.signal()));
    // A part in the cache must not stand for the file of today.
    init.set_cache(RequestCache::NoStore);
    let request = Request::new_with_str_and_init(url, &init).map_err(|_| FetchError::Unreachable)?;
    drop(request.headers().set("Range", &format!("bytes=0-{}", length.saturating_sub(1))));
    let response = send(&request, url).await?;
    // 416 is the answer of an empty file to any range.
    if response.status() == 416 {
        return Ok(Head { bytes: Vec::new(), ranges: false, size: Some(0) });
    }
    check(&response)?;
    let ranges = response.status() == 206;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let size = match ranges {
        true => header("content-range").and_then(|range| range.rsplit('/').next().and_then(|total| total.parse().ok())),
        false => header("content-length").and_then(|length| length.parse().ok()).filter(|_| header("content-encoding").is_none()),
    };
    let mut bytes = Vec::new();
    if let Some(body) = response.body() {
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        while bytes.len() < length as usize {
            let Some(part) = next_part(&reader).await? else { break };
            bytes.extend(part.to_vec());
        }
    }
    abort.abort();
    bytes.truncate(length as usize);
    Ok(Head { bytes, ranges, size })
}

/// Asks the page's own site for a file ahead of need, so that it lies in the browser's cache. What goes wrong is found when it is needed.
pub async fn ahead(url: &str) {
    drop(whole(url, |_, _| ()).await);
}

/// The whole file, with `on_progress(bytes so far, total if known)`. Dropping the future stops the transfer.
pub async fn whole(url: &str, on_progress: impl Fn(u64, Option<u64>)) -> Result<Blob, FetchError> {
    struct Stop(AbortController);
    impl Drop for Stop {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let stop = Stop(AbortController::new().map_err(|_| FetchError::Broken)?);
    let init = RequestInit::new();
    init.set_signal(Some(&stop.0.signal()));
    let request = Request::new_with_str_and_init(url, &init).map_err(|_| FetchError::Unreachable)?;
    let response = send(&request, url).await?;
    check(&response)?;
    let total = response.headers().get("content-length").ok().flatten().and_then(|length| length.parse().ok());
    let parts = Array::new();
    if let Some(body) = response.body() {
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let mut done = 0;
        while let Some(part) = next_part(&reader).await? {
            done += u64::from(part.length());
            parts.push(&part);
            on_progress(done, total);
        }
    }
    Blob::new_with_u8_array_sequence(&parts).map_err(|_| FetchError::Broken)
}

async fn send(request: &Request, url: &str) -> Result<Response, FetchError> {
    if let Ok(response) = JsFuture::from(window().fetch_with_request(request)).await {
        return response.dyn_into().map_err(|_| FetchError::Broken);
    }
    // The browser does not say why. A request without access to the answer succeeds where only the permission is missing.
    let init = RequestInit::new();
    init.set_mode(RequestMode::NoCors);
    init.set_method("HEAD");
    match JsFuture::from(window().fetch_with_str_and_init(url, &init)).await {
        Ok(_) => Err(FetchError::NoCors),
        Err(_) => Err(FetchError::Unreachable),
    }
}

fn check(response: &Response) -> Result<(), FetchError> {
    if response.ok() { Ok(()) } else { Err(FetchError::Status(response.status())) }
}

async fn next_part(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, FetchError> {
    let result = JsFuture::from(reader.read()).await.map_err(|_| FetchError::Broken)?;
    let get = |key: &str| Reflect::get(&result, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED);
    if get("done").is_truthy() {
        return Ok(None);
    }
    get("value").dyn_into().map(Some).map_err(|_| FetchError::Broken)
}
