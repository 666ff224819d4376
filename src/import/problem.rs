//! What a reader is told when something cannot be opened: one clear message for each case and what to do next.
//!
//! Plain data, so that the page, a test and the "Copy details" button show the same thing. It must not decide *whether*
//! something is wrong (that is `sniff`, the engine and the import worker) and it must not know how a message is drawn.

mod address;

pub use address::UrlFailure;

use super::mapping::TableInfo;
use crate::core::sql::quote_text;

/// Why something cannot be opened, in the reader's words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{title}: {message}")]
pub struct Problem {
    /// A stable short code, for example `E-DUCKDB-NEWER`. Shown small, searched for, never translated.
    pub code: &'static str,
    /// One line: "orders.duckdb can't be opened".
    pub title: String,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to do next, one sentence each. Never empty.
    pub steps: Vec<String>,
    /// Statements or commands to copy, in the order in which the steps name them.
    pub commands: Box<[String]>,
    /// The tables that were found, where the reader may pick one. Empty in most cases.
    pub tables: Box<[TableInfo]>,
}

const READS: &str = "Spandeck opens DuckDB databases (.duckdb) and Parquet files (.parquet) with a table of spans, and traces as OTLP (JSON, JSON lines, protobuf), \
                     Jaeger JSON and Zipkin JSON; packed in gzip, zstd, zip or tar too.";
const TO_PARQUET: &str = "COPY spans TO 'traces.parquet' (FORMAT parquet);";

impl Problem {
    fn new(code: &'static str, title: String, message: impl Into<String>) -> Self {
        Self { code, title, message: message.into(), steps: Vec::new(), commands: Box::default(), tables: Box::default() }
    }

    fn cant_open(code: &'static str, name: &str, message: impl Into<String>) -> Self {
        Self::new(code, format!("{} can't be opened", shown_name(name)), message)
    }

    fn step(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    fn command(mut self, command: impl Into<String>) -> Self {
        self.commands = self.commands.into_iter().chain([command.into()]).collect();
        self
    }

    /// The whole problem as text, for "Copy details".
    pub fn details(&self) -> String {
        let mut out = format!("{} [{}]\n{}\n", self.title, self.code, self.message);
        for step in &self.steps {
            out.push_str(&format!("- {step}\n"));
        }
        for command in &self.commands {
            out.push_str(&format!("\n{command}\n"));
        }
        for table in &self.tables {
            let columns: Vec<String> = table.columns.iter().map(|c| format!("{} {}", c.name, c.duckdb_type)).collect();
            out.push_str(&format!("\n{}: {}\n", table.label(), columns.join(", ")));
        }
        out
    }

    // ------------------------------------------------------------------ files, told by their first bytes

    /// The file has no bytes.
    pub fn empty(name: &str) -> Self {
        Self::cant_open("E-FILE-EMPTY", name, "The file is empty: it has 0 bytes.")
            .step("If it was downloaded or copied, do that again.")
            .step("If Flock is still running, wait until it has written its first spans.")
    }

    /// Bytes that are none of the formats we know by sight.
    pub fn unknown_format(name: &str) -> Self {
        Self::cant_open(
            "E-FILE-UNKNOWN",
            name,
            "It is neither a DuckDB database nor a Parquet file nor a trace of another tool. Its first bytes are those of no format we know.",
        )
        .step(READS)
        .step("With Flock, that is the file .flock/traces.duckdb.")
    }

    /// A format that we recognise and do not read. `what` completes "It is …".
    pub fn other_format(name: &str, what: &str) -> Self {
        Self::cant_open("E-FILE-FORMAT", name, format!("It is {what}.")).step(READS)
    }

    /// Compressed as a whole in a way that is not unpacked here (bzip2, xz, 7-Zip …). `what` completes "It is …".
    pub fn compressed(name: &str, what: &str) -> Self {
        Self::cant_open("E-FILE-COMPRESSED", name, format!("It is {what}.")).step("Unpack it first and open what is inside.").step(READS)
    }

    /// Some other text: CSV, SQL, a log.
    pub fn text(name: &str) -> Self {
        Self::cant_open("E-FILE-TEXT", name, "It is a text file.")
            .step(READS)
            .step("If it is CSV with one span a row, DuckDB can turn it into Parquet.")
            .command("COPY (FROM read_csv('spans.csv')) TO 'traces.parquet' (FORMAT parquet);")
    }

    /// A web page instead of a file: the usual answer to a link to a page about a file.
    pub fn web_page(name: &str) -> Self {
        Self::cant_open("E-FILE-HTML", name, "It is a web page, not a trace file.")
            .step("Use the address of the file itself. On GitHub that is the \"Raw\" or \"Download\" link.")
            .step("If the file needs a login, download it and drop it here.")
    }

    /// An SQLite database.
    pub fn sqlite(name: &str) -> Self {
        Self::cant_open("E-FILE-SQLITE", name, "It is an SQLite database, not a DuckDB one.")
            .step("Copy its table of spans to Parquet with DuckDB, then open that.")
            .command("ATTACH 'traces.db' AS old (TYPE sqlite);\nCOPY old.spans TO 'traces.parquet' (FORMAT parquet);")
    }

    // ------------------------------------------------------------------ DuckDB

    /// The header says DuckDB and the file ends before the headers do, or before its blocks do.
    pub fn duckdb_truncated(name: &str, size_bytes: u64) -> Self {
        Self::cant_open("E-DUCKDB-TRUNCATED", name, format!("It starts like a DuckDB database and is cut off after {size_bytes} bytes."))
            .step("Copy or download the file again, and compare the sizes.")
            .step("If a program is still writing it, stop that program or make a copy first.")
    }

    /// The header is that of a DuckDB database, and what it says makes no sense.
    pub fn duckdb_damaged_header(name: &str) -> Self {
        Self::cant_open("E-DUCKDB-HEADER", name, "It starts like a DuckDB database, but its header is damaged.")
            .step("Copy or download the file again.")
            .step("If you have the program that wrote it, export the spans once more.")
    }

    /// Written in a storage format newer than this page's engine reads. `writer` is the text in the header ("v2.0.0") and may be empty.
    pub fn duckdb_newer(name: &str, writer: &str) -> Self {
        let by = if writer.is_empty() { "a newer DuckDB".to_owned() } else { format!("DuckDB {writer}") };
        Self::cant_open(
            "E-DUCKDB-NEWER",
            name,
            format!("It was written by {by}, in a storage format newer than this page reads. What DuckDB 1.0 to 1.5 write by default can be read."),
        )
        .step("With the DuckDB that wrote it, copy it into a file of the older format:")
        .step("Or save the table of spans as Parquet:")
        .command(copy_database(name, ""))
        .command(TO_PARQUET)
    }

    /// Written by a DuckDB before 1.0 whose storage is no longer read.
    pub fn duckdb_older(name: &str, writer: &str, storage_version: u64) -> Self {
        let by = if writer.is_empty() { "an old DuckDB, before 0.10".to_owned() } else { format!("DuckDB {writer}") };
        Self::cant_open(
            "E-DUCKDB-OLDER",
            name,
            format!("It was written by {by}, in a storage format (number {storage_version}) that is no longer read."),
        )
        .step("With the DuckDB that wrote it, save the table of spans as Parquet:")
        .command(TO_PARQUET)
    }

    /// The header says that the database is encrypted.
    pub fn duckdb_encrypted(name: &str, writer: &str) -> Self {
        let by = if writer.is_empty() { String::new() } else { format!(" by DuckDB {writer}") };
        Self::cant_open("E-DUCKDB-ENCRYPTED", name, format!("The database was encrypted{by}. Spandeck doesn't ask for keys."))
            .step("Make a copy without encryption, then open that:")
            .command(copy_database(name, " (ENCRYPTION_KEY '…')"))
    }

    /// A write-ahead log was dropped without its database.
    pub fn wal_alone(name: &str) -> Self {
        let database = name.strip_suffix(".wal").unwrap_or("traces.duckdb");
        Self::cant_open("E-WAL-ALONE", name, "It is the write-ahead log of a DuckDB database: it holds only the latest changes.")
            .step(format!("Drop {} and {} together.", shown_name(database), shown_name(name)))
    }

    /// DuckDB refused the file, or a block of it failed its checksum. `engine_message` is what it said.
    pub fn duckdb_damaged(name: &str, engine_message: &str) -> Self {
        Self::cant_open(
            "E-DUCKDB-DAMAGED",
            name,
            format!("Part of the database is damaged or missing. DuckDB says: {}", one_line(engine_message)),
        )
        .step("Copy or download the file again.")
        .step("If that doesn't help, save what DuckDB can still read as Parquet:")
        .command(TO_PARQUET)
    }

    /// DuckDB could not attach the file, for a reason that is not damage.
    pub fn duckdb_refused(name: &str, engine_message: &str) -> Self {
        Self::cant_open("E-DUCKDB-REFUSED", name, format!("DuckDB can't read it. It says: {}", one_line(engine_message)))
            .step("Open the file with the DuckDB that wrote it, and save the table of spans as Parquet:")
            .command(TO_PARQUET)
    }

    /// Opening took longer than the page waits.
    pub fn attach_timed_out(name: &str, seconds: u32) -> Self {
        Self::cant_open(
            "E-DUCKDB-TIMEOUT",
            name,
            format!("DuckDB didn't finish opening it within {seconds} seconds. The database was restarted."),
        )
        .step("The file may be damaged. Copy or download it again.")
        .step("If it is at an address on a slow network, download it and drop it here.")
    }

    /// The worker that runs DuckDB ended: out of memory, or a fault in the engine.
    pub fn database_stopped(engine_message: &str) -> Self {
        let said = one_line(engine_message);
        let cause = if said.is_empty() { String::new() } else { format!(" It said: {said}") };
        Self::new(
            "E-ENGINE-STOPPED",
            "The database stopped".to_owned(),
            format!("DuckDB ended in this tab, most often for want of memory.{cause}"),
        )
        .step("Restart it. The mode, the selection and the filter are kept.")
        .step("If it stops again, close other tabs, or narrow the time range.")
    }

    /// DuckDB itself could not be loaded.
    pub fn engine_not_loaded(message: &str) -> Self {
        Self::new("E-ENGINE-LOAD", "The database can't be started".to_owned(), format!("DuckDB could not be loaded: {}", one_line(message)))
            .step("Reload the page.")
            .step("If the page is served by yourself, check that the engine's files lie beside it.")
    }

    // ------------------------------------------------------------------ Parquet and the import worker

    /// The file starts as Parquet and has no end.
    pub fn parquet_truncated(name: &str, size_bytes: u64) -> Self {
        Self::cant_open(
            "E-PARQUET-TRUNCATED",
            name,
            format!("It starts like a Parquet file and is cut off after {size_bytes} bytes: the footer is missing."),
        )
        .step("Copy or download the file again, and compare the sizes.")
        .step("If a program is still writing it, let it finish: Parquet can be read only when it is complete.")
    }

    /// The footer's length does not fit the file.
    pub fn parquet_bad_footer(name: &str, footer_bytes: u64, size_bytes: u64) -> Self {
        Self::cant_open(
            "E-PARQUET-FOOTER",
            name,
            format!("Its footer is damaged: it claims {footer_bytes} bytes in a file of {size_bytes}."),
        )
        .step("Copy or download the file again.")
        .step("If you have the program that wrote it, export the spans once more.")
    }

    /// Parquet with an encrypted footer.
    pub fn parquet_encrypted(name: &str) -> Self {
        Self::cant_open("E-PARQUET-ENCRYPTED", name, "The Parquet file is encrypted. Spandeck doesn't ask for keys.")
            .step("Write it again without encryption, then open that.")
    }

    /// The import worker refused the file. `message` is its own, written for the reader; `code` is its own too.
    pub fn import_failed(name: &str, code: &str, message: &str) -> Self {
        match code {
            "spans-none" => return Self::cant_open("E-SPANS-NONE", name, one_line(message)).step(READS),
            "spans-unreadable" | "spans-packed" => {
                return Self::cant_open("E-SPANS-UNREADABLE", name, one_line(message))
                    .step("Copy or download the file again, and compare the sizes.")
                    .step("If a program is still writing it, let it finish, or unpack the file and open what is inside.");
            }
            "spans-mixed" => {
                return Self::new("E-FILES-MIXED", "These files can't be opened together".to_owned(), one_line(message))
                    .step("Drop the Parquet files alone, or the others alone.");
            }
            _ => {}
        }
        let code = match code {
            "encrypted" => "E-IMPORT-ENCRYPTED",
            "truncated" => "E-IMPORT-TRUNCATED",
            "damaged" => "E-IMPORT-DAMAGED",
            "unsupported" => "E-IMPORT-UNSUPPORTED",
            "schema" => "E-IMPORT-SCHEMA",
            "memory" => "E-IMPORT-MEMORY",
            _ => "E-IMPORT",
        };
        Self::cant_open(code, name, one_line(message))
            .step("Copy or download the file again.")
            .step("If that doesn't help, read it with DuckDB and write it anew:")
            .command("COPY (FROM read_parquet('traces.parquet')) TO 'export.parquet' (FORMAT parquet);")
    }

    /// The trace that a link holds cannot be read. `message` is written for the reader; `code` is `core::shared_trace`'s.
    pub fn shared_trace(code: &str, message: &str) -> Self {
        let code = match code {
            "link-newer" => "E-LINK-NEWER",
            "link-too-large" => "E-LINK-TOO-LARGE",
            _ => "E-LINK-DAMAGED",
        };
        Self::cant_open(code, "The trace of this link", one_line(message))
            .step("Copy the whole link again, from where it was made.")
            .step("If that doesn't help, ask for the trace as a Parquet file and drop it here.")
    }

    /// The import worker ended without an answer.
    pub fn import_stopped(name: &str) -> Self {
        Self::cant_open(
            "E-IMPORT-STOPPED",
            name,
            "Reading it ended unexpectedly, most often for want of memory or because the file is damaged.",
        )
        .step("Close other tabs and open it again.")
        .step("If that doesn't help, save a part of it and open that:")
        .command("COPY (FROM read_parquet('traces.parquet') LIMIT 1000000) TO 'export.parquet' (FORMAT parquet);")
    }

    /// The reader pressed Cancel. Not a fault; told so that the page can say that nothing was opened.
    pub fn import_cancelled(name: &str) -> Self {
        Self::new("E-CANCELLED", format!("{} was not opened", shown_name(name)), "You cancelled it. Nothing was kept.")
            .step("Open it again, or choose another file.")
    }

    /// Files of several kinds, or several databases, were dropped together.
    /// A link names a sample that this page does not bring.
    pub fn no_such_sample(name: &str) -> Self {
        Self::new(
            "E-SAMPLE",
            format!("There is no sample called {}", shown_name(name)),
            "The link names a sample that this page does not have.",
        )
        .step("Open the sample that is offered below, or a file of your own.")
    }

    pub fn mixed_files(names: &[&str]) -> Self {
        let list: Vec<String> = names.iter().map(|n| shown_name(n)).collect();
        Self::new(
            "E-FILES-MIXED",
            "These files can't be opened together".to_owned(),
            format!(
                "You dropped {}. One database, with its .wal, or one or more files of other formats can be opened at a time.",
                list.join(", ")
            ),
        )
        .step("Drop one of them.")
    }

    // ------------------------------------------------------------------ what the file holds

    /// The file is fine and no table looks like spans. The reader may pick one of `tables`.
    pub fn no_span_table(name: &str, tables: Vec<TableInfo>) -> Self {
        let mut problem = if tables.is_empty() {
            Self::cant_open("E-SCHEMA-EMPTY", name, "The database holds no table.")
                .step("If there is a file of the same name with .wal at its end, drop both together: the rows may still be in it.")
                .step("With Flock, open .flock/traces.duckdb after a run.")
        } else {
            let held: Vec<String> = tables.iter().map(|t| format!("{} ({})", t.label(), columns_of(t, 6))).collect();
            let holds = match tables.as_slice() {
                [only] if only.name == "imported_rows" => format!("Its columns are {}.", columns_of(only, 24)),
                _ => format!("No table in it looks like spans. It holds: {}.", shortened(&held, 8)),
            };
            Self::cant_open(
                "E-SCHEMA-NONE",
                name,
                format!("{holds} The columns trace_id, span_id, start_time and end_time (or a duration) are needed."),
            )
            .step("If it does hold spans, choose the table and say which column is which.")
            .step("Or open another file.")
        };
        problem.tables = tables.into();
        problem
    }

    /// The view over the chosen table could not be made or read. `engine_message` is DuckDB's.
    pub fn mapping_failed(name: &str, table: &TableInfo, engine_message: &str) -> Self {
        let mut problem = Self::cant_open(
            "E-SCHEMA-MAP",
            name,
            format!("The table {} can't be read as spans. DuckDB says: {}", table.label(), one_line(engine_message)),
        )
        .step("Choose another table, or say which column is which.");
        problem.title = format!("{} can't be read with these columns", shown_name(name));
        problem.tables = [table.clone()].into();
        problem
    }
}

/// A file's name as shown in a title: without folders, without control characters, cut in the middle when long.
fn shown_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    if base.is_empty() { "This file".to_owned() } else { cut_middle(base, 60) }
}

fn cut_middle(text: &str, most: usize) -> String {
    let chars: Vec<char> = text.chars().filter(|c| !c.is_control()).collect();
    if chars.len() <= most {
        return chars.into_iter().collect();
    }
    let half = most.saturating_sub(1) / 2;
    let head = chars.iter().take(half);
    let tail = chars.iter().skip(chars.len().saturating_sub(half));
    head.chain(std::iter::once(&'…')).chain(tail).collect()
}

/// The first line of an engine's message, cut at 300 characters: the rest is its stack or a copy of the statement.
fn one_line(message: &str) -> String {
    let line = message.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("");
    let mut out: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    if line.chars().count() > 300 {
        out.push('…');
    }
    out
}

/// Copies the database into a file that every DuckDB since 1.0 reads. `options` go to the ATTACH of the old file.
fn copy_database(name: &str, options: &str) -> String {
    let shown = shown_name(name);
    let file = if shown.contains('…') || name.chars().any(char::is_control) { "traces.duckdb".to_owned() } else { shown };
    format!(
        "ATTACH {} AS old{options};\nATTACH 'export.duckdb' (STORAGE_VERSION 'v1.0.0');\nCOPY FROM DATABASE old TO export;",
        quote_text(&file)
    )
}

fn columns_of(table: &TableInfo, most: usize) -> String {
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    shortened(&names, most)
}

fn shortened(names: &[String], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
    let rest = names.len().saturating_sub(most);
    if rest == 0 { shown.join(", ") } else { format!("{} and {rest} more", shown.join(", ")) }
}

#[cfg(test)]
mod tests;
