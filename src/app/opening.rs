//! The way of one file from its bytes to a session, step by step, each reported to the store. Nothing here outlives the opening.

use std::rc::Rc;

use super::{
    importer::{Extent, ImportError, Importer, Shared, Step as ImportStep},
    look::{self, AFTER_LOOK, Found, Look, Request, SAMPLES},
    progress::{Reporter, between},
};
use crate::{
    browser::{document, files::LocalFile, history},
    core::{helper_views, units},
    engine::{
        Engine, EngineError, Table,
        client::{CompiledEngine, EngineClient, within},
    },
    import::{
        mapping::{self, CatalogRow, ColumnMapping, Probe, TableInfo},
        problem::Problem,
    },
    modes,
    state::{
        reading::Reading,
        session::{Opened, Session},
        traces::{self, TraceIndex},
        url::{self, SourceRef},
    },
};

/// Where imported rows go before the view is laid over them.
const IMPORTED: &str = "imported_rows";
/// A hostile database can keep ATTACH busy for ever.
const ATTACH_LIMIT_S: u32 = 20;
/// A crafted footer can keep its reader busy for ever.
const FOOTER_LIMIT_S: u32 = 30;
/// Parts in a thousand of the bar at which each step ends.
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
    /// "DuckDB storage 64, written by v1.4.3"
    pub format: String,
    pub warnings: Vec<String>,
}

/// A table and its columns, as the reader chose them.
#[derive(Clone, PartialEq)]
pub struct Chosen {
    pub table: TableInfo,
    pub columns: ColumnMapping,
}

/// Why an opening did not lead to a session.
pub enum Refusal {
    Problem(Problem),
    /// The problem can be solved by choosing a table and its columns.
    Choice(Problem, Box<Candidate>),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The whole way. `chosen` is how the reader wants the file to be read; without it, and where the file does not have that table any more, it
/// is recognised.
pub async fn open(
    request: Request,
    chosen: Option<Chosen>,
    reporter: &Reporter,
    compiled: Option<CompiledEngine>,
    on_death: impl FnOnce(String) + 'static,
    keep_compiled: impl FnOnce(CompiledEngine),
) -> Result<Session, Refusal> {
    let name = request.name();
    reporter.begin("Look at the file");
    let Look { found, format, source, size } = look::look(&request, reporter).await?;
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

    let (engine_version, warnings) = (booted.version, Vec::new());
    let mut base = Base { name: name.clone(), size, source, client: client.clone(), engine_version, format, warnings };
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
                let files = vec![(name.clone(), look::fetch_whole(&url, reporter).await?)];
                attach(&name, &client, client.attach(&files)).await?.map_err(|error| attach_problem(&name, error))?;
            } else {
                attached.map_err(|error| attach_problem(&name, error))?;
            }
        }
        Found::Imported(files) => {
            reporter.begin("Read the spans");
            let (warnings, format) = import(&name, &files, &client, reporter).await?;
            base.warnings = warnings;
            // Parquet is named by its first look already.
            if !format.is_empty() {
                base.format = format;
            }
        }
        Found::Shared(text) => {
            reporter.begin("Unpack the trace of the link");
            let shared = import_shared(&name, &text, &client, reporter).await?;
            if !shared.title.is_empty() {
                base.name = format!("{} · shared", shared.title);
            }
            if !shared.left_out.is_empty() {
                base.warnings.push(format!("Whoever shared this trace left out {}.", shared.left_out));
            }
        }
    }
    reporter.detail(String::new(), AFTER_READ);
    let tables = read_catalog(&base).await?;
    if let Some(chosen) = chosen.filter(|chosen| tables.contains(&chosen.table)) {
        return finish(Candidate { base, tables }, chosen, true, reporter).await.map_err(Refusal::Problem);
    }
    let candidates = mapping::candidates(&tables);
    let recognised = |best: &mapping::Candidate| Some(Chosen { table: tables.get(best.table)?.clone(), columns: best.mapping.clone() });
    let Some(best) = candidates.first().and_then(recognised) else {
        return Err(Refusal::Choice(Problem::no_span_table(&name, tables.clone()), Box::new(Candidate { base, tables })));
    };
    finish(Candidate { base, tables }, best, false, reporter).await.map_err(Refusal::Problem)
}

/// From a table and a mapping to the session: the view, the sandbox, the list of traces. `by_hand`: the reader chose them.
pub async fn finish(candidate: Candidate, chosen: Chosen, by_hand: bool, reporter: &Reporter) -> Result<Session, Problem> {
    let (Candidate { base, tables }, Chosen { table, mut columns }) = (candidate, chosen);
    reporter.begin("Index the traces");
    let damaged = |error: EngineError| reading_problem(&base.name, error);
    let engine = &base.client;
    if let Some(sql) = mapping::probe_sql(&table, &columns) {
        let probe = engine.query(&sql).await.map_err(damaged)?;
        columns = columns.with_probe(&Probe::from_row(|name| probe.display(name, 0)?.parse().ok()));
    }
    let view = engine.query(&mapping::view_sql(&table, &columns)).await;
    let table_label = label_of(&table, &base.name);
    let known_as = TableInfo { name: table_label.clone(), schema: String::new(), ..table.clone() };
    let unreadable = |error: EngineError| Problem::mapping_failed(&base.name, &known_as, &error.to_string());
    view.map_err(unreadable)?;
    if by_hand {
        engine.query(mapping::check_sql()).await.map_err(unreadable)?;
    }
    engine.query(&mapping::rows_view_sql(&table, &columns)).await.map_err(damaged)?;
    engine.lock(helper_views::own_names()).await.map_err(damaged)?;
    let list = async {
        engine.query(traces::CREATE_SQL).await?;
        let rows = engine.query(traces::ROWS_SQL).await?;
        Ok((engine.query(traces::READ_SQL).await?, engine.query(traces::SERVICES_SQL).await?, rows))
    };
    // Where a link leads is read while the traces are listed. What goes wrong with it will go wrong again when the mode asks.
    let (address, _) = url::parse(&history::fragment());
    let ahead = async {
        let sql = (modes::mode(&address.mode).first_question)(&address)?;
        engine.query(&sql).await.ok().map(|table| (sql, table))
    };
    let (list, ahead) = futures::future::join(list, ahead).await;
    let (index, services, rows) = list.map_err(damaged)?;
    let index = TraceIndex::new(index).map_err(|error| Problem::duckdb_refused(&base.name, &error.to_string()))?;
    let mut notes = base.warnings.clone();
    notes.extend(columns.report(&known_as).notice());
    let agents_anywhere = columns.rule(mapping::Field::Agent) != Some(mapping::Rule::AgentOfExecution);
    reporter.finish();
    let session = Session::new(Opened {
        id: reporter.id(),
        name: base.name.clone(),
        size: base.size,
        source: base.source.clone(),
        engine: Rc::new(engine.clone()),
        engine_version: base.engine_version.clone(),
        opened_in_ms: reporter.elapsed_ms(),
        reading: Reading {
            format: base.format.clone(),
            tables: Rc::new(tables),
            table,
            table_label,
            columns,
            by_hand,
            warnings: base.warnings.clone(),
        },
        traces: index,
        services: name_counts(&services),
        mapping_notes: notes,
        rows: rows.ints("rows").ok().and_then(|rows| u64::try_from(rows.get(0)?).ok()).unwrap_or(0),
        agents_anywhere,
    });
    if let Some((sql, table)) = ahead {
        session.remember(&sql, Rc::new(table));
    }
    Ok(session)
}

/// A table's name for the reader. Imported rows have no table that they know: it is the file.
pub fn label_of(table: &TableInfo, file: &str) -> String {
    if table.database.is_empty() || table.name == IMPORTED { file.to_owned() } else { table.label() }
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

/// Part after part: the next one is decoded while the engine takes the one before. Gives what was odd, and the format in words.
async fn import(name: &str, files: &[LocalFile], client: &EngineClient, reporter: &Reporter) -> Result<(Vec<String>, String), Problem> {
    let refused = |error: ImportError| match error {
        ImportError::Refused { code, message } => Problem::import_failed(name, &code, &message),
        ImportError::Stopped => Problem::import_stopped(name),
    };
    let importer = Importer::start(&document::asset_url("spandeck-importer", "")).map_err(refused)?;
    let opened = within(FOOTER_LIMIT_S, importer.open(files)).await;
    let whole = opened.ok_or_else(|| Problem::import_stopped(name))?.map_err(refused)?;
    insert_all(name, &importer, whole, client, reporter).await
}

/// The same for a trace that the address itself holds.
async fn import_shared(name: &str, text: &str, client: &EngineClient, reporter: &Reporter) -> Result<Shared, Problem> {
    let refused = |error: ImportError| match error {
        ImportError::Refused { code, message } => Problem::shared_trace(&code, &message),
        ImportError::Stopped => Problem::shared_trace("link-damaged", "Unpacking it ended unexpectedly."),
    };
    let importer = Importer::start(&document::asset_url("spandeck-importer", "")).map_err(refused)?;
    let opened = within(FOOTER_LIMIT_S, importer.open_shared(text)).await;
    let shared = opened.ok_or_else(|| Problem::shared_trace("link-damaged", "Unpacking it took too long."))?.map_err(refused)?;
    let whole = Extent { rows: Some(shared.rows), bytes: 0 };
    insert_all(name, &importer, whole, client, reporter).await?;
    Ok(shared)
}

/// Rows of the importer into the engine, until there are none left. Gives what was odd about them, and the files' format.
async fn insert_all(
    name: &str,
    importer: &Importer,
    whole: Extent,
    client: &EngineClient,
    reporter: &Reporter,
) -> Result<(Vec<String>, String), Problem> {
    let refused = |error: ImportError| match error {
        ImportError::Refused { code, message } => Problem::import_failed(name, &code, &message),
        ImportError::Stopped => Problem::import_stopped(name),
    };
    // Files without rows give one batch without rows, so the table is made all the same.
    let mut create = true;
    let mut step = importer.next().await.map_err(refused)?;
    loop {
        match step {
            ImportStep::End { warnings, format } => {
                client.commit().await.map_err(|error| reading_problem(name, error))?;
                return Ok((warnings, format));
            }
            ImportStep::Batch { bytes, done } => {
                let insert = client.insert(IMPORTED, bytes, create);
                let (inserted, next) = futures::future::join(insert, importer.next()).await;
                inserted.map_err(|error| reading_problem(name, error))?;
                create = false;
                step = next.map_err(refused)?;
                let rows_done = done.rows.unwrap_or(0);
                match whole.rows {
                    Some(rows) => reporter.detail(
                        format!("{} of {}", units::count(rows_done), units::count(rows)),
                        between(AFTER_ENGINE, AFTER_READ, rows_done, rows),
                    ),
                    None => reporter.detail(
                        format!("{} · {} of {}", units::count(rows_done), units::bytes(done.bytes), units::bytes(whole.bytes)),
                        between(AFTER_ENGINE, AFTER_READ, done.bytes, whole.bytes),
                    ),
                }
            }
        }
    }
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
