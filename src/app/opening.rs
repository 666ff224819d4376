//! The way of one file from its bytes to a session, step by step, each reported to the store. Nothing here outlives the opening.

use std::rc::Rc;

use web_sys::Blob;

use super::{
    importer::{ImportError, Importer, Step as ImportStep},
    progress::{Reporter, between},
};
use crate::{
    browser::{
        document,
        download::{self, FetchError},
        files::{self, LocalFile},
        history,
    },
    core::{fingerprint, units},
    engine::{
        Engine, EngineError, Table,
        client::{CompiledEngine, EngineClient, within},
    },
    import::{
        mapping::{self, CatalogRow, ColumnMapping, Probe, TableInfo},
        problem::{Problem, UrlFailure},
        sniff::{self, FileKind},
    },
    modes,
    state::{
        session::{Opened, Session},
        traces::{self, TraceIndex},
        url::{self, SourceRef},
    },
};

/// Files that come with the page.
pub const SAMPLES: [&str; 1] = ["showcase"];
/// Where imported rows go before the view is laid over them.
const IMPORTED: &str = "imported_rows";
/// A hostile database can keep ATTACH busy for ever.
const ATTACH_LIMIT_S: u32 = 20;
/// A crafted footer can keep its reader busy for ever.
const FOOTER_LIMIT_S: u32 = 30;
/// Parts in a thousand of the bar at which each step ends.
const AFTER_LOOK: u32 = 30;
const AFTER_ENGINE: u32 = 480;
const AFTER_READ: u32 = 900;

/// What the page's own site must give before a file or the sample can be opened.
pub fn needed_files() -> Vec<String> {
    let importer = document::asset_url("spandeck-importer", "");
    vec![
        document::asset_url("spandeck-engine", "engine-worker.js"),
        document::asset_url("spandeck-engine", "duckdb-eh.wasm.gz"),
        document::asset_url("spandeck-sample", &format!("{}.duckdb.gz", SAMPLES[0])),
        importer.replace("importer.js", "importer.wasm"),
        importer,
    ]
}

/// What the reader wants opened.
#[derive(Clone, PartialEq)]
pub enum Request {
    Local(Vec<LocalFile>),
    Url(String),
    Sample(String),
}

impl Request {
    pub fn name(&self) -> String {
        match self {
            Self::Local(files) => local_name(files),
            Self::Url(url) => name_of_url(url),
            Self::Sample(name) => format!("{name}.duckdb"),
        }
    }

    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Local(files) => Some(files.iter().map(LocalFile::size).sum()),
            _ => None,
        }
    }
}

/// A log beside its database has no name of its own; several files that are opened as one have all of theirs.
fn local_name(files: &[LocalFile]) -> String {
    let is_log = |file: &&LocalFile| file.name.to_lowercase().ends_with(".wal");
    let mut names: Vec<&str> = files.iter().filter(|file| !is_log(file)).map(|file| file.name.as_str()).collect();
    names.dedup();
    match names.as_slice() {
        [] => files.first().map(|file| file.name.clone()).unwrap_or_default(),
        [.., _] if names.len() <= 3 => names.join(" + "),
        [first, rest @ ..] => format!("{first} + {} more", rest.len()),
    }
}

/// The last part of an address's path.
fn name_of_url(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(url).to_owned()
}

/// A database that is open but in which no table of spans was recognised: the reader may choose one.
#[derive(Clone)]
pub struct Candidate {
    pub base: Base,
    pub tables: Vec<TableInfo>,
}

/// What is known once the database is open and before spans are found in it.
#[derive(Clone)]
pub struct Base {
    pub name: String,
    pub size: Option<u64>,
    pub source: SourceRef,
    pub client: EngineClient,
    pub engine_version: String,
    pub warnings: Vec<String>,
}

/// Why an opening did not lead to a session.
pub enum Refusal {
    Problem(Problem),
    /// The problem can be solved by choosing a table and its columns.
    Choice(Problem, Candidate),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What the first look found, before an engine is there.
enum Found {
    Database(Vec<(String, Blob)>),
    RemoteDatabase(String),
    Parquet(Vec<LocalFile>),
}

/// The whole way. `start_engine` boots a worker (or hands out one that is warm) and is given the share of progress to report to.
pub async fn open(
    request: Request,
    reporter: &Reporter,
    compiled: Option<CompiledEngine>,
    on_death: impl FnOnce(String) + 'static,
    keep_compiled: impl FnOnce(CompiledEngine),
) -> Result<Session, Refusal> {
    let name = request.name();
    reporter.begin("Look at the file");
    let (found, source, size) = look(&request, reporter).await?;
    reporter.detail(String::new(), AFTER_LOOK);

    reporter.begin("Start DuckDB");
    let client = EngineClient::start(
        &document::asset_url("spandeck-engine", "engine-worker.js"),
        &document::asset_url("spandeck-importer", ""),
        on_death,
    )
    .map_err(|error| Problem::engine_not_loaded(&error.to_string()))?;
    let wasm_url = document::asset_url("spandeck-engine", "duckdb-eh.wasm.gz");
    let boot = client.boot(&wasm_url, compiled.as_ref(), |loaded, total| {
        reporter.detail(format!("{} of {}", units::bytes(loaded), units::bytes(total)), between(AFTER_LOOK, AFTER_ENGINE, loaded, total));
    });
    let booted = boot.await.map_err(|error| Problem::engine_not_loaded(&error.to_string()))?;
    keep_compiled(booted.compiled);
    reporter.detail(String::new(), AFTER_ENGINE);
    document::mark("spandeck:engine-ready");

    let mut base = Base { name: name.clone(), size, source, client: client.clone(), engine_version: booted.version, warnings: Vec::new() };
    match found {
        Found::Database(files) => {
            reporter.begin("Open the database");
            attach(&name, &client, client.attach(&files)).await?.map_err(|error| attach_problem(&name, error))?;
        }
        Found::RemoteDatabase(url) => {
            reporter.begin("Open the database");
            let attached = attach(&name, &client, client.attach_url(&name, &url)).await?;
            if matches!(&attached, Err(EngineError::Io(message)) if message.starts_with("no-range:")) {
                // The server answered the first range and not the next: take the whole file after all.
                let files = vec![(name.clone(), fetch_whole(&url, reporter).await?)];
                attach(&name, &client, client.attach(&files)).await?.map_err(|error| attach_problem(&name, error))?;
            } else {
                attached.map_err(|error| attach_problem(&name, error))?;
            }
        }
        Found::Parquet(files) => {
            reporter.begin("Read the spans");
            base.warnings = import(&name, &files, &client, reporter).await?;
        }
    }
    reporter.detail(String::new(), AFTER_READ);
    let tables = read_catalog(&base).await?;
    let candidates = mapping::candidates(&tables);
    let Some((table, columns)) = candidates.first().and_then(|best| Some((tables.get(best.table)?.clone(), best.mapping.clone()))) else {
        return Err(Refusal::Choice(Problem::no_span_table(&name, tables.clone()), Candidate { base, tables }));
    };
    finish(base, &table, &columns, reporter).await.map_err(Refusal::Problem)
}

/// From a table and a mapping to the session: the view, the sandbox, the list of traces.
pub async fn finish(base: Base, table: &TableInfo, columns: &ColumnMapping, reporter: &Reporter) -> Result<Session, Problem> {
    reporter.begin("Index the traces");
    let damaged = |error: EngineError| reading_problem(&base.name, error);
    let engine = &base.client;
    let mut columns = columns.clone();
    if let Some(sql) = mapping::probe_sql(table, &columns) {
        let probe = engine.query(&sql).await.map_err(damaged)?;
        columns = columns.with_probe(&Probe::from_row(|name| probe.display(name, 0)?.parse().ok()));
    }
    let view = engine.query(&mapping::view_sql(table, &columns)).await;
    view.map_err(|error| Problem::mapping_failed(&base.name, table, &error.to_string()))?;
    engine.lock().await.map_err(damaged)?;
    let list = async {
        engine.query(traces::CREATE_SQL).await?;
        Ok((engine.query(traces::READ_SQL).await?, engine.query(traces::SERVICES_SQL).await?))
    };
    // Where a link leads is read while the traces are listed. What goes wrong with it will go wrong again when the mode asks.
    let (address, _) = url::parse(&history::fragment());
    let ahead = async {
        let sql = (modes::mode(&address.mode).first_question)(&address)?;
        engine.query(&sql).await.ok().map(|table| (sql, table))
    };
    let (list, ahead) = futures::future::join(list, ahead).await;
    let (index, services) = list.map_err(damaged)?;
    let index = TraceIndex::new(index).map_err(|error| Problem::duckdb_refused(&base.name, &error.to_string()))?;
    let mut notes = base.warnings.clone();
    // Imported rows have no table that the reader knows: it is the file.
    let known_as = if table.database.is_empty() || table.name == IMPORTED {
        TableInfo { name: base.name.clone(), ..table.clone() }
    } else {
        table.clone()
    };
    notes.extend(columns.report(&known_as).notice());
    reporter.finish();
    let session = Session::new(Opened {
        id: reporter.id(),
        name: base.name.clone(),
        size: base.size,
        source: base.source.clone(),
        engine: Rc::new(engine.clone()),
        engine_version: base.engine_version.clone(),
        opened_in_ms: reporter.elapsed_ms(),
        traces: index,
        services: name_counts(&services),
        mapping_notes: notes,
        agents_anywhere: columns.rule(mapping::Field::Agent) != Some(mapping::Rule::AgentOfExecution),
    });
    if let Some((sql, table)) = ahead {
        session.remember(&sql, Rc::new(table));
    }
    Ok(session)
}

fn name_counts(table: &Table) -> Vec<(String, u64)> {
    let (Ok(names), Ok(counts)) = (table.texts("name"), table.ints("spans")) else { return Vec::new() };
    (0..table.rows()).filter_map(|row| Some((names.get(row)?.to_owned(), counts.get(row)?.try_into().ok()?))).collect()
}

async fn read_catalog(base: &Base) -> Result<Vec<TableInfo>, Problem> {
    let table = base.client.query(mapping::catalog_sql()).await.map_err(|error| reading_problem(&base.name, error))?;
    let text = |name: &str, row: usize| table.display(name, row).unwrap_or_default();
    Ok(mapping::tables_from_rows((0..table.rows()).map(|row| CatalogRow {
        database: text("database_name", row),
        schema: text("schema_name", row),
        table: text("table_name", row),
        is_view: text("is_view", row) == "true",
        row_estimate: table.display("row_estimate", row).and_then(|rows| rows.parse().ok()),
        column: text("column_name", row),
        duckdb_type: text("data_type", row),
    })))
}

/// Recognises what was given, without an engine.
async fn look(request: &Request, reporter: &Reporter) -> Result<(Found, SourceRef, Option<u64>), Problem> {
    match request {
        Request::Local(files) => {
            let (found, fingerprint) = look_local(files).await?;
            let source = SourceRef::File { name: request.name(), fingerprint: Some(fingerprint) };
            Ok((found, source, request.size()))
        }
        Request::Sample(name) => {
            // The sample ships compressed: a small download from the page's own site.
            if !SAMPLES.contains(&name.as_str()) {
                return Err(Problem::no_such_sample(name));
            }
            let url = document::asset_url("spandeck-sample", &format!("{name}.duckdb.gz"));
            let packed = download::whole(&url, |_, _| ()).await.map_err(|error| url_problem(&url, &error))?;
            let blob = files::gunzip(&packed).await.ok_or_else(|| Problem::unknown_format(name))?;
            let size = blob.size() as u64;
            reporter.size(size);
            Ok((Found::Database(vec![(request.name(), blob)]), SourceRef::Sample(name.clone()), Some(size)))
        }
        Request::Url(url) => {
            let absolute = document::resolve(url);
            let source = SourceRef::Url(url.clone());
            let head = download::head(&absolute, sniff::HEAD_BYTES as u32).await.map_err(|error| url_problem(url, &error))?;
            // Without its length a file counts as long enough; its end is looked at when it is all here.
            let size = head.size.unwrap_or(u64::MAX);
            let database = head.bytes.get(8..12) == Some(b"DUCK") && head.ranges;
            if database {
                sniff::sniff(&request.name(), size, &head.bytes, &[])?;
                return Ok((Found::RemoteDatabase(absolute), source, head.size));
            }
            if head.bytes.is_empty() || !(head.bytes.starts_with(b"PAR1") || head.bytes.get(8..12) == Some(b"DUCK")) {
                sniff::sniff(&request.name(), if head.bytes.is_empty() { 0 } else { size }, &head.bytes, &[])?;
            }
            let blob = fetch_whole(&absolute, reporter).await?;
            let size = blob.size() as u64;
            reporter.size(size);
            let (found, _) = look_local(&[LocalFile { name: request.name(), blob, handle: None }]).await?;
            Ok((found, source, Some(size)))
        }
    }
}

async fn fetch_whole(url: &str, reporter: &Reporter) -> Result<Blob, Problem> {
    let blob = download::whole(url, |done, total| {
        let words = total.map_or_else(|| units::bytes(done), |total| format!("{} of {}", units::bytes(done), units::bytes(total)));
        reporter.detail(words, total.map_or(0, |total| between(0, AFTER_LOOK, done, total)));
    });
    blob.await.map_err(|error| url_problem(url, &error))
}

async fn look_local(local: &[LocalFile]) -> Result<(Found, String), Problem> {
    let mut databases = Vec::new();
    let mut logs = Vec::new();
    let mut parquets = Vec::new();
    let mut marks: Vec<String> = Vec::new();
    for file in local {
        let size = file.size();
        let gone = || {
            Problem::duckdb_refused(&file.name, "The browser can no longer read the file. It was changed or removed since it was chosen.")
        };
        let head = files::read(&file.blob, 0, size.min(sniff::HEAD_BYTES as u64)).await.ok_or_else(gone)?;
        let tail = files::read(&file.blob, size.saturating_sub(sniff::TAIL_BYTES as u64), size).await.ok_or_else(gone)?;
        let kind = sniff::sniff(&file.name, size, &head, &tail)?;
        let mark = fingerprint::fingerprint(size, &head, &tail);
        // The same file twice would double every span.
        if marks.contains(&mark) {
            continue;
        }
        marks.push(mark);
        match kind {
            FileKind::DuckDb { .. } => databases.push(file.clone()),
            FileKind::Parquet => parquets.push(file.clone()),
            FileKind::Wal => logs.push(file.clone()),
        }
    }
    let names: Vec<&str> = local.iter().map(|file| file.name.as_str()).collect();
    let found = match (databases.len(), parquets.len(), logs.first()) {
        (1, 0, _) => Found::Database(databases.into_iter().chain(logs).map(|file| (file.name, file.blob)).collect()),
        (0, 1.., None) => Found::Parquet(parquets),
        (0, 0, Some(log)) => return Err(Problem::wal_alone(&log.name)),
        _ => return Err(Problem::mixed_files(&names)),
    };
    let fingerprint = match marks.as_slice() {
        [one] => one.clone(),
        all => fingerprint::fingerprint(all.len() as u64, all.concat().as_bytes(), &[]),
    };
    Ok((found, fingerprint))
}

/// Row group after row group: the next one is decoded while the engine takes the one before.
async fn import(name: &str, files: &[LocalFile], client: &EngineClient, reporter: &Reporter) -> Result<Vec<String>, Problem> {
    let refused = |error: ImportError| match error {
        ImportError::Refused { code, message } => Problem::import_failed(name, &code, &message),
        ImportError::Stopped => Problem::import_stopped(name),
    };
    let importer = Importer::start(&document::asset_url("spandeck-importer", "")).map_err(refused)?;
    let opened = within(FOOTER_LIMIT_S, importer.open(files)).await;
    let rows = opened.ok_or_else(|| Problem::import_stopped(name))?.map_err(refused)?;
    // Files without rows give one batch without rows, so the table is made all the same.
    let mut create = true;
    let mut step = importer.next().await.map_err(refused)?;
    loop {
        match step {
            ImportStep::End { warnings } => {
                client.commit().await.map_err(|error| reading_problem(name, error))?;
                return Ok(warnings);
            }
            ImportStep::Batch { bytes, rows_done } => {
                let insert = client.insert(IMPORTED, bytes, create);
                let (inserted, next) = futures::future::join(insert, importer.next()).await;
                inserted.map_err(|error| reading_problem(name, error))?;
                create = false;
                step = next.map_err(refused)?;
                reporter.detail(
                    format!("{} of {}", units::count(rows_done), units::count(rows)),
                    between(AFTER_ENGINE, AFTER_READ, rows_done, rows),
                );
            }
        }
    }
}

fn url_problem(url: &str, error: &FetchError) -> Problem {
    let failure = match error {
        FetchError::Status(status) => UrlFailure::Status(*status),
        FetchError::NoCors => UrlFailure::NoCors,
        FetchError::Unreachable | FetchError::Broken => UrlFailure::NoAnswer {
            other_origin: false,
            online: document::is_online(),
            insecure: document::is_secure() && url.starts_with("http:"),
        },
    };
    Problem::url(url, failure)
}

/// A call that opens a database, with its time limit.
async fn attach<T>(name: &str, client: &EngineClient, call: impl Future<Output = T>) -> Result<T, Problem> {
    within(ATTACH_LIMIT_S, call).await.ok_or_else(|| {
        client.kill("opening the file took too long");
        Problem::attach_timed_out(name, ATTACH_LIMIT_S)
    })
}

fn attach_problem(name: &str, error: EngineError) -> Problem {
    match error {
        EngineError::Stopped(message) => Problem::duckdb_damaged(name, &message),
        other => reading_problem(name, other),
    }
}

/// DuckDB's words about a file that it cannot read, sorted by what the reader can do.
fn reading_problem(name: &str, error: EngineError) -> Problem {
    match error {
        EngineError::Stopped(message) => Problem::database_stopped(&message),
        other => {
            let message = other.to_string();
            let lower = message.to_lowercase();
            let damage = ["checksum", "corrupt", "truncated", "could not read", "end of file", "serializ", "fatal"];
            if damage.iter().any(|word| lower.contains(word)) {
                Problem::duckdb_damaged(name, &message)
            } else {
                Problem::duckdb_refused(name, &message)
            }
        }
    }
}
