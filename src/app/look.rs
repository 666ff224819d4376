//! The first look at what the reader wants opened: which files, what they are, how they are named from then on. No engine is needed for it.

use std::rc::Rc;

use web_sys::Blob;

use super::progress::{Reporter, between};
use crate::{
    browser::{
        document,
        download::{self, FetchError},
        files::{self, LocalFile},
    },
    core::{fingerprint, units},
    import::{
        problem::{Problem, UrlFailure},
        sniff::{self, FileKind},
    },
    state::url::{FIRST_SAMPLE, SourceRef},
};

/// Files that come with the page.
pub const SAMPLES: [&str; 1] = [FIRST_SAMPLE];
/// How a gzip file begins.
const GZIP_MARK: [u8; 2] = [0x1f, 0x8b];
/// Parts in a thousand of the bar at which the look ends.
pub const AFTER_LOOK: u32 = 30;

/// What the reader wants opened.
#[derive(Clone, PartialEq)]
pub enum Request {
    Local(Vec<LocalFile>),
    Url(String),
    Sample(String),
    /// A trace that the address itself holds.
    Shared(Rc<str>),
}

/// What a shared trace is called until its own name is known.
pub const SHARED_NAME: &str = "Shared trace";

impl Request {
    pub fn name(&self) -> String {
        match self {
            Self::Local(files) => local_name(files),
            Self::Url(url) => name_of_url(url),
            Self::Sample(name) => format!("{name}.duckdb"),
            Self::Shared(_) => SHARED_NAME.to_owned(),
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

/// What the first look found, before an engine is there.
pub struct Look {
    pub found: Found,
    /// "DuckDB storage 64, written by v1.4.3"
    pub format: String,
    pub source: SourceRef,
    /// Bytes, where known.
    pub size: Option<u64>,
}

pub enum Found {
    Database(Vec<(String, Blob)>),
    RemoteDatabase(String),
    /// What the import worker reads: Parquet, or spans of other tools, or either of them packed.
    Imported(Vec<LocalFile>),
    Shared(Rc<str>),
}

/// Recognises what was given, without an engine.
pub async fn look(request: &Request, reporter: &Reporter) -> Result<Look, Problem> {
    match request {
        Request::Local(files) => {
            let (found, format, fingerprint) = look_local(files).await?;
            let source = SourceRef::File { name: request.name(), fingerprint: Some(fingerprint) };
            Ok(Look { found, format, source, size: request.size() })
        }
        Request::Sample(name) => {
            // The sample ships compressed: a small download from the page's own site.
            if !SAMPLES.contains(&name.as_str()) {
                return Err(Problem::no_such_sample(name));
            }
            let url = document::asset_url("spandeck-sample", &format!("{name}.duckdb.gz"));
            let packed = download::whole(&url, |_, _| ()).await.map_err(|error| url_problem(&url, &error))?;
            // Some hosts say of a .gz that it is another file, compressed on the way: the browser has expanded it then.
            let is_packed = files::read(&packed, 0, 2).await.is_some_and(|head| head == GZIP_MARK);
            let blob = if is_packed { files::gunzip(&packed).await.ok_or_else(|| Problem::unknown_format(name))? } else { packed };
            let size = blob.size() as u64;
            reporter.size(size);
            let (found, format, _) = look_local(&[LocalFile { name: request.name(), blob, handle: None }]).await?;
            Ok(Look { found, format, source: SourceRef::Sample(name.clone()), size: Some(size) })
        }
        Request::Shared(text) => Ok(Look {
            found: Found::Shared(text.clone()),
            format: "A trace in the link".to_owned(),
            source: SourceRef::Data(text.clone()),
            size: Some(text.len() as u64),
        }),
        Request::Url(url) => {
            let absolute = document::resolve(url);
            let source = SourceRef::Url(url.clone());
            let head = download::head(&absolute, sniff::HEAD_BYTES as u32).await.map_err(|error| url_problem(url, &error))?;
            // Without its length a file counts as long enough; its end is looked at when it is all here.
            let size = head.size.unwrap_or(u64::MAX);
            let database = head.bytes.get(8..12) == Some(b"DUCK") && head.ranges;
            if database {
                let format = sniff::sniff(&request.name(), size, &head.bytes, &[])?.words();
                return Ok(Look { found: Found::RemoteDatabase(absolute), format, source, size: head.size });
            }
            if head.bytes.is_empty() || !(head.bytes.starts_with(b"PAR1") || head.bytes.get(8..12) == Some(b"DUCK")) {
                sniff::sniff(&request.name(), if head.bytes.is_empty() { 0 } else { size }, &head.bytes, &[])?;
            }
            let blob = fetch_whole(&absolute, reporter).await?;
            let size = blob.size() as u64;
            reporter.size(size);
            let (found, format, _) = look_local(&[LocalFile { name: request.name(), blob, handle: None }]).await?;
            Ok(Look { found, format, source, size: Some(size) })
        }
    }
}

pub async fn fetch_whole(url: &str, reporter: &Reporter) -> Result<Blob, Problem> {
    let blob = download::whole(url, |done, total| {
        let words = total.map_or_else(|| units::bytes(done), |total| format!("{} of {}", units::bytes(done), units::bytes(total)));
        reporter.detail(words, total.map_or(0, |total| between(0, AFTER_LOOK, done, total)));
    });
    blob.await.map_err(|error| url_problem(url, &error))
}

/// What the files are, in words too, and what they are known by.
async fn look_local(local: &[LocalFile]) -> Result<(Found, String, String), Problem> {
    let mut databases = Vec::new();
    let mut logs = Vec::new();
    let mut parquets = Vec::new();
    let mut others = Vec::new();
    let mut marks: Vec<String> = Vec::new();
    let mut format = String::new();
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
        if kind != FileKind::Wal {
            format = kind.words();
        }
        match kind {
            FileKind::DuckDb { .. } => databases.push(file.clone()),
            FileKind::Parquet => parquets.push(file.clone()),
            FileKind::Json | FileKind::Protobuf(_) | FileKind::Packed(_) => others.push(file.clone()),
            FileKind::Wal => logs.push(file.clone()),
        }
    }
    let names: Vec<&str> = local.iter().map(|file| file.name.as_str()).collect();
    match (parquets.len(), logs.first()) {
        (2.., _) => format = format!("{format}, {} files as one", units::count(parquets.len() as u64)),
        (0, Some(_)) => format.push_str(", with its log"),
        _ => {}
    }
    // What is packed may be Parquet as well; the import worker tells when it has looked.
    parquets.extend(others);
    let found = match (databases.len(), parquets.len(), logs.first()) {
        (1, 0, _) => Found::Database(databases.into_iter().chain(logs).map(|file| (file.name, file.blob)).collect()),
        (0, 1.., None) => Found::Imported(parquets),
        (0, 0, Some(log)) => return Err(Problem::wal_alone(&log.name)),
        _ => return Err(Problem::mixed_files(&names)),
    };
    let fingerprint = match marks.as_slice() {
        [one] => one.clone(),
        all => fingerprint::fingerprint(all.len() as u64, all.concat().as_bytes(), &[]),
    };
    Ok((found, format, fingerprint))
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
