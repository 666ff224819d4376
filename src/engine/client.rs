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
    Engine, EngineError, ExportFormat, FileParts, LocalFuture, Table,
    arrow::{Decoder, cells::CellDecoder},
    export::FileWriter,
    port::{Port, Replies, Reply},
    reset,
    result::{Flow, ResultPart, RunEnd},
    sendable,
};

/// Bytes of an export that may lie between the engine and the writer: enough that neither waits for the other's messages, few enough that a
/// slow writer does not fill the memory. A batch that is larger goes alone.
const AHEAD_BYTES: f64 = 8.0 * 1024.0 * 1024.0;

/// The same for rows that the page itself takes: it must be able to stop a statement before the next ones are on their way.
const ROWS_AHEAD_BYTES: f64 = 1024.0 * 1024.0;

/// Why a worker ended that could not stop a statement: the reader asked for it, so nothing is wrong with the file.
pub const STUCK: &str = "a statement that was ended did not let go";

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
    /// The script of the worker that writes files.
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

    /// From here on statements can reach nothing but what is open, and those of readers change nothing that has one of these names in `main`.
    pub async fn lock(&self, own: impl Iterator<Item = &'static str>) -> Result<(), EngineError> {
        let own = own.map(JsValue::from_str).collect::<Array>();
        self.answer("lock", &[("own", own.into())], &[], |_| ()).await.map(drop)
    }

    /// Sessions first: what they hold open would keep tables in use.
    async fn reset(self, own_schema: String, own: Vec<String>) -> Result<(), EngineError> {
        let value = self.answer("endSessions", &[], &[], |_| ()).await?;
        let functions = Reflect::get(&value, &JsValue::from_str("ownFunctions")).ok().and_then(|names| names.dyn_into::<Array>().ok());
        let functions: Vec<String> = functions.iter().flat_map(Array::iter).filter_map(|name| name.as_string()).collect();
        let question = reset::made_by_reader_sql(&own_schema, own.iter().chain(&functions).map(String::as_str));
        let mut before = usize::MAX;
        // Again where something had to go before: a table that another one refers to.
        loop {
            let drops = reset::drop_sqls(&self.clone().run(question.clone(), Turn::Asked).await?)?;
            let mut refusal = Ok(());
            for sql in &drops {
                match self.clone().run(sql.clone(), Turn::Asked).await {
                    Err(EngineError::Sql(message)) => refusal = Err(EngineError::Sql(message)),
                    answer => drop(answer?),
                }
            }
            if refusal.is_ok() || drops.len() >= before {
                return refusal;
            }
            before = drops.len();
        }
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

    /// Runs a statement and hands on the pieces of its Arrow stream while they come. With `ahead` the worker
    /// rests while more bytes than that are not yet taken. An error of `take` cancels the statement.
    async fn stream(
        &self,
        Statement { sql, turn, session, ahead }: Statement<'_>,
        mut take: impl AsyncFnMut(ArrayBuffer) -> Result<(), EngineError>,
    ) -> Result<RunEnd, EngineError> {
        let mut fields = vec![("sql", JsValue::from_str(sql)), ("turn", JsValue::from_str(turn.word()))];
        fields.extend(session.map(|name| ("session", JsValue::from_str(name))));
        fields.extend(ahead.map(|bytes| ("ahead", JsValue::from(bytes))));
        let mut replies = self.port.ask("query", &fields, &[]);
        loop {
            let reply = replies.next().await.map_err(EngineError::Stopped)?;
            match reply.text("kind").as_str() {
                "chunk" => {
                    let bytes: ArrayBuffer = reply.get("bytes").unchecked_into();
                    // Once it is handed on, it has none.
                    let length = JsValue::from(bytes.byte_length());
                    take(bytes).await?;
                    if ahead.is_some() {
                        replies.tell("taken", &[("bytes", length)]);
                    }
                }
                "done" => {
                    replies.finish();
                    let elapsed = Reflect::get(&reply.get("value"), &JsValue::from_str("elapsedMs"));
                    return Ok(RunEnd { elapsed_ms: elapsed.ok().and_then(|elapsed| elapsed.as_f64()) });
                }
                _ => return Err(self.refusal(replies, &reply)),
            }
        }
    }

    async fn table(&self, statement: Statement<'_>) -> Result<Table, EngineError> {
        let mut decoder = Decoder::default();
        self.stream(statement, async |bytes| Ok(decoder.push(Uint8Array::new(&bytes).to_vec())?)).await?;
        Ok(decoder.finish())
    }

    async fn run(self, sql: String, turn: Turn) -> Result<Table, EngineError> {
        self.table(Statement { sql: &sql, turn, session: None, ahead: None }).await
    }

    /// The types first, on the reader's own connection: what is made there, is known there only. A statement that has no types, or is wrong, runs as
    /// it is and says itself what is wrong.
    async fn run_typed(self, session: String, sql: String, take: Rc<dyn Fn(ResultPart) -> Flow>) -> Result<RunEnd, EngineError> {
        let described = self.described(Some(&session), &sql).await?;
        let cast = described.as_ref().and_then(|columns| sendable::with_casts(&sql, columns));
        let mut decoder = CellDecoder::new(described);
        let mut is_stopped = false;
        let asked = cast.as_deref().unwrap_or(&sql);
        let statement = Statement { sql: asked, turn: Turn::Asked, session: Some(&session), ahead: Some(ROWS_AHEAD_BYTES) };
        let end = self.stream(statement, async |bytes| {
            is_stopped = decoder.push(Uint8Array::new(&bytes).to_vec())?.into_iter().any(|part| take(part) == Flow::Stop);
            if is_stopped { Err(EngineError::Cancelled) } else { Ok(()) }
        });
        match end.await {
            Err(EngineError::Cancelled) if is_stopped => Ok(RunEnd::default()),
            Err(EngineError::Sql(message)) if cast.is_some() => Err(EngineError::Sql(sendable::message_a_line_up(&message))),
            end => end,
        }
    }

    async fn write_file(
        self,
        session: Option<String>,
        sql: String,
        format: ExportFormat,
        on_progress: Rc<dyn Fn(u64)>,
    ) -> Result<FileParts, EngineError> {
        let mut writer = FileWriter::start(&self.writer_url, format, on_progress)?;
        let described = self.described(session.as_deref(), &sql).await?;
        let sql = described.and_then(|columns| sendable::with_casts(&sql, &columns)).unwrap_or(sql);
        let statement = Statement { sql: &sql, turn: Turn::Asked, session: session.as_deref(), ahead: Some(AHEAD_BYTES) };
        self.stream(statement, async |bytes| writer.write(bytes).await).await?;
        writer.finish().await
    }

    /// Names and types of a statement's columns; `None` where it is no single query. If it is wrong, it will say so itself, in its own words.
    async fn described(&self, session: Option<&str>, sql: &str) -> Result<Option<Vec<(String, String)>>, EngineError> {
        let question = sendable::describe(sql);
        match self.table(Statement { sql: &question, turn: Turn::Asked, session, ahead: None }).await {
            Err(EngineError::Sql(_)) => Ok(None),
            columns => described(&columns?).map(Some),
        }
    }
}

/// Names and types of columns, as DESCRIBE tells them.
fn described(table: &Table) -> Result<Vec<(String, String)>, EngineError> {
    let (names, types) = (table.texts("column_name")?, table.texts("column_type")?);
    Ok((0..table.rows()).filter_map(|row| Some((names.get(row)?.to_owned(), types.get(row)?.to_owned()))).collect())
}

/// What is asked of the worker.
struct Statement<'a> {
    sql: &'a str,
    turn: Turn,
    /// The connection to run on; any without.
    session: Option<&'a str>,
    ahead: Option<f64>,
}

/// When a statement runs among others.
#[derive(Clone, Copy)]
enum Turn {
    First,
    Asked,
    Later,
}

impl Turn {
    fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Asked => "asked",
            Self::Later => "later",
        }
    }
}

impl Engine for EngineClient {
    fn end_if_stuck(&self, patience_ms: u32) -> LocalFuture<bool> {
        let client = self.clone();
        Box::pin(async move {
            let is_heard = within_ms(patience_ms, client.answer("ping", &[], &[], |_| ())).await.is_some();
            if !is_heard {
                client.kill(STUCK);
            }
            is_heard
        })
    }

    fn memory(&self) -> LocalFuture<Result<u64, EngineError>> {
        let client = self.clone();
        Box::pin(async move {
            let value = client.answer("ping", &[], &[], |_| ()).await?;
            Ok(Reflect::get(&value, &JsValue::from_str("heapBytes")).ok().and_then(|bytes| bytes.as_f64()).unwrap_or(0.0) as u64)
        })
    }

    fn query(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.run(sql, Turn::Asked))
    }

    fn query_first(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.run(sql, Turn::First))
    }

    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        let (client, sql) = (self.clone(), sql.to_owned());
        Box::pin(client.run(sql, Turn::Later))
    }

    fn run_statement(&self, session: &str, sql: &str, take: Rc<dyn Fn(ResultPart) -> Flow>) -> LocalFuture<Result<RunEnd, EngineError>> {
        Box::pin(self.clone().run_typed(session.to_owned(), sql.to_owned(), take))
    }

    fn export(
        &self,
        session: Option<&str>,
        sql: &str,
        format: ExportFormat,
        on_progress: Rc<dyn Fn(u64)>,
    ) -> LocalFuture<Result<FileParts, EngineError>> {
        let (client, session, sql) = (self.clone(), session.map(str::to_owned), sql.to_owned());
        Box::pin(client.write_file(session, sql, format, on_progress))
    }

    fn reset_reader(&self, own_schema: &str, own: &[&str]) -> LocalFuture<Result<(), EngineError>> {
        Box::pin(self.clone().reset(own_schema.to_owned(), own.iter().copied().map(str::to_owned).collect()))
    }
}

/// Gives up after `seconds` with `None`; the call itself is dropped, hence cancelled.
pub async fn within<T>(seconds: u32, call: impl Future<Output = T>) -> Option<T> {
    within_ms(seconds.saturating_mul(1000), call).await
}

async fn within_ms<T>(limit_ms: u32, call: impl Future<Output = T>) -> Option<T> {
    let call = std::pin::pin!(call);
    let limit = TimeoutFuture::new(limit_ms);
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
