//! The engine worker's client: boots DuckDB, opens what the reader gave, answers statements.
//!
//! One client is one worker and one database. Opening another file takes another client, so that a file that cannot be opened never costs the one that is.

use std::{future::Future, rc::Rc};

use futures::future::{Either, select};
use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::{
    Engine, EngineError, LocalFuture, Table,
    arrow::Decoder,
    port::{Port, Replies, Reply},
};

/// The compiled database program; later workers start from it without a download.
#[derive(Clone)]
pub struct CompiledEngine(JsValue);

/// What `boot` learned.
#[derive(Clone)]
pub struct Booted {
    pub version: String,
    pub compiled: CompiledEngine,
}

/// A handle on one worker; clones share it.
#[derive(Clone)]
pub struct EngineClient {
    port: Port,
    /// The script of the worker that writes Parquet files.
    writer_url: Rc<str>,
}

impl EngineClient {
    /// `on_death` is called at most once, with the reason, unless `close` came first.
    pub fn start(worker_url: &str, writer_url: &str, on_death: impl FnOnce(String) + 'static) -> Result<Self, EngineError> {
        let port = Port::start(worker_url, on_death).map_err(EngineError::Stopped)?;
        Ok(Self { port, writer_url: writer_url.into() })
    }

    /// Loads and starts DuckDB. `on_progress` gets expanded bytes and their total.
    pub async fn boot(
        &self,
        wasm_url: &str,
        compiled: Option<&CompiledEngine>,
        on_progress: impl Fn(u64, u64),
    ) -> Result<Booted, EngineError> {
        let mut fields = vec![("wasmUrl", JsValue::from_str(wasm_url))];
        if let Some(CompiledEngine(module)) = compiled {
            fields.push(("module", module.clone()));
        }
        let value =
            self.answer("boot", &fields, &[], |reply| on_progress(reply.number("loaded") as u64, reply.number("total") as u64)).await?;
        let get = |key: &str| Reflect::get(&value, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED);
        Ok(Booted { version: get("version").as_string().unwrap_or_default(), compiled: CompiledEngine(get("module")) })
    }

    /// Attaches a local database read-only as `file`; nothing is copied. `files` may hold its write-ahead log beside it.
    pub async fn attach(&self, files: &[(String, Blob)]) -> Result<(), EngineError> {
        let list = files.iter().map(|(name, file)| object(&[("name", JsValue::from_str(name)), ("file", file.into())])).collect::<Array>();
        self.answer("attach", &[("files", list.into())], &[], |_| ()).await.map(drop)
    }

    /// Attaches a remote database as `file`; its blocks are fetched by range as statements need them.
    pub async fn attach_url(&self, name: &str, url: &str) -> Result<(), EngineError> {
        self.answer("attachUrl", &[("name", JsValue::from_str(name)), ("url", JsValue::from_str(url))], &[], |_| ()).await.map(drop)
    }

    /// Adds one complete Arrow IPC stream to a table in memory; the bytes move to the worker.
    pub async fn insert(&self, table: &str, bytes: ArrayBuffer, create: bool) -> Result<(), EngineError> {
        let fields = [("table", JsValue::from_str(table)), ("bytes", bytes.clone().into()), ("create", JsValue::from_bool(create))];
        self.answer("insert", &fields, &[bytes.into()], |_| ()).await.map(drop)
    }

    /// Ends the inserts: until here no statement sees their rows.
    pub async fn commit(&self) -> Result<(), EngineError> {
        self.answer("commit", &[], &[], |_| ()).await.map(drop)
    }

    /// From here on statements can reach nothing but what is open.
    pub async fn lock(&self) -> Result<(), EngineError> {
        self.answer("lock", &[], &[], |_| ()).await.map(drop)
    }

    /// Ends the worker quietly.
    pub fn close(&self) {
        self.port.terminate();
    }

    /// Declares the worker dead, as after a call that ran out of time.
    pub fn kill(&self, reason: &str) {
        self.port.kill(reason.to_owned());
    }

    async fn answer(
        &self,
        op: &str,
        fields: &[(&str, JsValue)],
        transfer: &[JsValue],
        on_progress: impl Fn(&Reply),
    ) -> Result<JsValue, EngineError> {
        let mut replies = self.port.ask(op, fields, transfer);
        loop {
            let reply = replies.next().await.map_err(EngineError::Stopped)?;
            match reply.text("kind").as_str() {
                "progress" => on_progress(&reply),
                "done" => {
                    replies.finish();
                    return Ok(reply.get("value"));
                }
                _ => return Err(self.refusal(replies, &reply)),
            }
        }
    }

    fn refusal(&self, replies: Replies, reply: &Reply) -> EngineError {
        replies.finish();
        let message = reply.text("message");
        match reply.text("name").as_str() {
            "cancelled" => EngineError::Cancelled,
            "io" => EngineError::Io(message),
            "fatal" => {
                self.port.kill(message.clone());
                EngineError::Stopped(message)
            }
            _ => EngineError::Sql(message),
        }
    }

    /// Runs a statement and hands on the pieces of its Arrow stream while they come.
    async fn stream(
        &self,
        sql: &str,
        later: bool,
        mut take: impl AsyncFnMut(ArrayBuffer) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut replies = self.port.ask("query", &[("sql", JsValue::from_str(sql)), ("later", JsValue::from_bool(later))], &[]);
        loop {
            let reply = replies.next().await.map_err(EngineError::Stopped)?;
            match reply.text("kind").as_str() {
                "chunk" => take(reply.get("bytes").unchecked_into()).await?,
                "done" => {
                    replies.finish();
                    return Ok(());
                }
                _ => return Err(self.refusal(replies, &reply)),
            }
        }
    }

    async fn run(self, sql: String, later: bool) -> Result<Table, EngineError> {
        let mut decoder = Decoder::default();
        self.stream(&sql, later, async |bytes| Ok(decoder.push(Uint8Array::new(&bytes).to_vec())?)).await?;
        Ok(decoder.finish())
    }

    async fn write_parquet(self, sql: String) -> Result<Vec<Vec<u8>>, EngineError> {
        let writer = ParquetWriter::start(&self.writer_url)?;
        let mut parts = Vec::new();
        let keep = |part: Vec<u8>, parts: &mut Vec<Vec<u8>>| {
            if !part.is_empty() {
                parts.push(part)
            }
        };
        self.stream(&sql, false, async |bytes| {
            keep(writer.write(bytes).await?, &mut parts);
            Ok(())
        })
        .await?;
        keep(writer.finish().await?, &mut parts);
        Ok(parts)
    }
}

/// A worker that puts one Parquet file together; it ends with this handle.
struct ParquetWriter(Port);

impl ParquetWriter {
    fn start(url: &str) -> Result<Self, EngineError> {
        Port::start(url, |_| ()).map(Self).map_err(EngineError::Stopped)
    }

    async fn write(&self, bytes: ArrayBuffer) -> Result<Vec<u8>, EngineError> {
        self.ask("write", &[("bytes", bytes.clone().into())], &[bytes.into()]).await
    }

    async fn finish(&self) -> Result<Vec<u8>, EngineError> {
        self.ask("finish", &[], &[]).await
    }

    async fn ask(&self, op: &str, fields: &[(&str, JsValue)], transfer: &[JsValue]) -> Result<Vec<u8>, EngineError> {
        let mut replies = self.0.ask(op, fields, transfer);
        let reply = replies.next().await.map_err(EngineError::Stopped)?;
        replies.finish();
        match reply.text("kind").as_str() {
            "written" => Ok(Uint8Array::new(&reply.get("bytes")).to_vec()),
            _ => Err(EngineError::Io(reply.text("message"))),
        }
    }
}

impl Drop for ParquetWriter {
    fn drop(&mut self) {
        self.0.terminate();
    }
}

impl Engine for EngineClient {
    fn parquet(&self, sql: &str) -> LocalFuture<Result<Vec<Vec<u8>>, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.write_parquet(sql))
    }

    fn query(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.run(sql, false))
    }

    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.run(sql, true))
    }
}

/// Gives up after `seconds` with `None`; the call itself is dropped, hence cancelled.
pub async fn within<T>(seconds: u32, call: impl Future<Output = T>) -> Option<T> {
    let call = std::pin::pin!(call);
    let limit = TimeoutFuture::new(seconds.saturating_mul(1000));
    match select(call, limit).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        drop(Reflect::set(&object, &JsValue::from_str(key), value));
    }
    object.unchecked_into()
}
