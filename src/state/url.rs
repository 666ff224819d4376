//! The address of a view: what is behind `#`, read and written.
//!
//! `#/<mode>?v=1&data=<trace>|src=<url>|file=<name>&fp=<fingerprint>|sample=<name>&trace=<id>&span=<id>&q=<filter>&from=<ns>&to=<ns>&embed=1&theme=dark&…`
//! (with `embed=1` also the keys of `frame`)
//!
//! Long values are compressed (`packed`). An address that needs nothing of a newer version says the older one, so that older pages read it.
//! Reading never fails: a bad argument becomes a warning and spoils none of the others. Keys that are not known here belong to the mode,
//! or to a newer version, and are kept. Must not check an argument against the file that is open, nor know which modes exist.

mod packed;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

use thiserror::Error;

use super::frame::{self, Frame};
use crate::core::percent;

/// What an address asks for. It may ask for things that do not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrlState {
    /// The mode's slug; empty for the first mode.
    pub mode: String,
    pub source: Option<SourceRef>,
    /// Trace id. Here and in the other texts an empty one is the same as none.
    pub trace: Option<String>,
    /// Span id.
    pub span: Option<String>,
    /// The filter's text.
    pub filter: Option<String>,
    /// Start of the time range in view, nanoseconds since 1970.
    pub from_ns: Option<i64>,
    /// End of the time range in view.
    pub to_ns: Option<i64>,
    /// Whether the page is to look as a part of another page.
    pub embed: bool,
    /// How, then; at its default otherwise.
    pub frame: Frame,
    /// `None` follows the reader's system.
    pub theme: Option<Theme>,
    /// All other keys: the mode's own, and unknown ones, which are kept. Keys of the grammar and empty keys are not printed.
    pub params: BTreeMap<String, String>,
}

/// The file that a link speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceRef {
    /// Absolute http(s), or relative to the page.
    Url(String),
    /// On the reader's own disk: the page can only ask for it by name.
    File { name: String, fingerprint: Option<String> },
    /// A file that comes with the page.
    Sample(String),
    /// A trace in the address itself, as `core::shared_trace` packs it. Shared, because addresses are copied often.
    Data(Rc<str>),
}

/// The sample that comes with every page.
pub const FIRST_SAMPLE: &str = "showcase";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// What could not be used of an address. The text is what the reader sees.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UrlWarning {
    #[error("This link was made by a newer version ({0}); what this version does not know is ignored.")]
    NewerVersion(u32),
    #[error("The link's version “{0}” is not a number; it is read as the current one.")]
    BadVersion(String),
    #[error("The address “{0}” in the link is not an http, https or relative address; open the file yourself.")]
    BadSource(String),
    #[error("The link names more than one file; only “{kept}” is used.")]
    SeveralSources { kept: &'static str },
    #[error("“{key}” in the link should be a time in nanoseconds, not “{value}”; it is ignored.")]
    BadTime { key: &'static str, value: String },
    #[error("“{key}” in the link cannot be “{value}”; it is ignored.")]
    BadChoice { key: &'static str, value: String },
    #[error("“{0}” is in the link more than once; the first one is used.")]
    RepeatedKey(String),
    #[error("A part of the link is damaged: “{0}”.")]
    Damaged(String),
    #[error("“{0}” in the link is compressed, and a part of it is missing or changed; it is ignored.")]
    DamagedValue(String),
    #[error("“{key}” in the link unpacks to more than {limit} bytes; it is ignored.")]
    LargeValue { key: String, limit: usize },
}

/// An address taken apart but not yet understood, as upgraders see it. Keys and values are decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawUrl {
    pub mode: String,
    pub params: BTreeMap<String, String>,
}

type Upgrader = fn(&mut RawUrl);

/// Upgrader `i` rewrites an address of version `i + 1` to version `i + 2`. A change of the grammar's meaning appends one; none is ever
/// removed or changed, because links live for years.
const UPGRADERS: &[Upgrader] = &[v2_marks_values];

/// Version 2 gives a meaning to values that begin with `~`. Until then they meant themselves.
fn v2_marks_values(raw: &mut RawUrl) {
    for value in raw.params.values_mut().filter(|value| value.starts_with('~')) {
        value.insert(0, '~');
    }
}

/// Names of the grammar's own keys, in the order in which they are printed.
const KEYS: [&str; 13] = ["v", "data", "src", "file", "fp", "sample", "trace", "span", "q", "from", "to", "embed", "theme"];

/// Reads what is behind `#` (with or without the `#`, the `/` and a mode). Never fails.
#[must_use]
pub fn parse(fragment: &str) -> (UrlState, Vec<UrlWarning>) {
    let mut warnings = Vec::new();
    let mut raw = take_apart(fragment, &mut warnings);
    upgrade(&mut raw, UPGRADERS, &mut warnings);
    raw.params = unpack_values(raw.params, &mut warnings);
    (understand(raw, &mut warnings), warnings)
}

impl UrlState {
    /// The address as text beginning with `#`, without what is at its default; empty where all is. Reading it gives the same state.
    #[must_use]
    pub fn print(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        match &self.source {
            Some(SourceRef::Url(url)) => pairs.push(("src", url.clone())),
            Some(SourceRef::File { name, fingerprint }) => {
                pairs.push(("file", name.clone()));
                pairs.extend(fingerprint.clone().map(|fingerprint| ("fp", fingerprint)));
            }
            Some(SourceRef::Sample(name)) => pairs.push(("sample", name.clone())),
            // It comes last: it is long, and people look at the beginning of an address.
            Some(SourceRef::Data(_)) | None => {}
        }
        let texts = [("trace", &self.trace), ("span", &self.span), ("q", &self.filter)];
        pairs.extend(texts.into_iter().filter_map(|(key, text)| Some((key, text.clone()?))));
        let times = [("from", self.from_ns), ("to", self.to_ns)];
        pairs.extend(times.into_iter().filter_map(|(key, time)| Some((key, time?.to_string()))));
        if self.embed {
            pairs.push(("embed", "1".to_owned()));
            pairs.extend(self.frame.pairs());
        }
        match self.theme {
            Some(Theme::Light) => pairs.push(("theme", "light".to_owned())),
            Some(Theme::Dark) => pairs.push(("theme", "dark".to_owned())),
            None => {}
        }
        pairs.retain(|(_, value)| !value.is_empty());
        let own = self.params.iter().filter(|(key, _)| !key.is_empty() && !self.is_key(key));
        pairs.extend(own.map(|(key, value)| (key.as_str(), value.clone())));
        for (_, value) in &mut pairs {
            *value = packed::pack(value);
        }
        let has_marks = pairs.iter().any(|(_, value)| packed::is_marked(value));
        let data = match &self.source {
            Some(SourceRef::Data(data)) if !data.is_empty() => Some(data),
            _ => None,
        };

        let mut text = String::new();
        if !self.mode.is_empty() || !pairs.is_empty() || data.is_some() {
            text.push_str("#/");
            text.push_str(&percent::encode(&self.mode).replace('/', "%2F"));
        }
        if !pairs.is_empty() || data.is_some() {
            text.push_str(if has_marks { "?v=2" } else { "?v=1" });
        }
        for (key, value) in pairs.iter().map(|(key, value)| (*key, value.as_str())).chain(data.map(|data| ("data", &**data))) {
            text.push('&');
            text.push_str(&percent::encode(key));
            text.push('=');
            text.push_str(&percent::encode(value));
        }
        text
    }

    /// Whether a key is one of the grammar's own in this address.
    fn is_key(&self, key: &str) -> bool {
        is_grammar_key(key) || self.embed && frame::KEYS.contains(&key)
    }

    /// The same view as a page of its own: without what concerns the frame, and in the reader's own theme.
    #[must_use]
    pub fn in_full(&self) -> Self {
        Self { embed: false, frame: Frame::default(), theme: None, ..self.clone() }
    }
}

/// Whether a key is one of the grammar's own in every address.
#[must_use]
pub fn is_grammar_key(key: &str) -> bool {
    KEYS.contains(&key)
}

/// Puts an address for `src` right the way browsers read one, and says whether the page may open it: http, https or relative.
///
/// # Errors
/// [`UrlWarning::BadSource`] for every other scheme, `javascript:`, `data:`, `blob:` and `file:` among them.
pub fn check_source_url(url: &str) -> Result<String, UrlWarning> {
    // Browsers drop these characters before they look for the scheme, so "java\nscript:" must not get past.
    let outside = |character: char| character <= ' ';
    let clean: String = url.trim_matches(outside).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let clean = clean.trim_matches(outside);
    let scheme = clean.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let allowed = scheme.is_none_or(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"));
    if allowed && !clean.is_empty() { Ok(clean.to_owned()) } else { Err(UrlWarning::BadSource(url.to_owned())) }
}

fn take_apart(fragment: &str, warnings: &mut Vec<UrlWarning>) -> RawUrl {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let fragment = fragment.strip_prefix('/').unwrap_or(fragment);
    let (mode, query) = fragment.split_once('?').unwrap_or((fragment, ""));
    let mut raw = RawUrl { mode: decode(mode, warnings), params: BTreeMap::new() };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decode(key, warnings), decode(value, warnings));
        if key.is_empty() {
            warnings.push(UrlWarning::Damaged(pair.to_owned()));
            continue;
        }
        match raw.params.entry(key) {
            Entry::Occupied(first) => warnings.push(UrlWarning::RepeatedKey(first.key().clone())),
            Entry::Vacant(free) => {
                free.insert(value);
            }
        }
    }
    raw
}

fn decode(text: &str, warnings: &mut Vec<UrlWarning>) -> String {
    let decoded = percent::decode(text);
    if decoded.damaged {
        warnings.push(UrlWarning::Damaged(text.to_owned()));
    }
    decoded.text
}

/// The version that a table of upgraders leads to.
fn current_version(upgraders: &[Upgrader]) -> u32 {
    u32::try_from(upgraders.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Takes `v` out of an address and brings the rest to the current version. Without a version it is read as current.
fn upgrade(raw: &mut RawUrl, upgraders: &[Upgrader], warnings: &mut Vec<UrlWarning>) {
    let current = current_version(upgraders);
    let Some(written) = raw.params.remove("v") else {
        return;
    };
    let version = match written.parse::<u32>() {
        Ok(version) if version > current => {
            warnings.push(UrlWarning::NewerVersion(version));
            current
        }
        Ok(version) if version > 0 => version,
        _ => {
            warnings.push(UrlWarning::BadVersion(written));
            current
        }
    };
    for upgrader in upgraders.iter().skip(version as usize - 1) {
        upgrader(raw);
    }
}

/// Values as they were before they were packed; what cannot be brought back is left out. The trace in `data` has a form of its own.
fn unpack_values(params: BTreeMap<String, String>, warnings: &mut Vec<UrlWarning>) -> BTreeMap<String, String> {
    let unpacked = |(key, value): (String, String)| match key.as_str() {
        "data" => Some((key, value)),
        _ => packed::unpack(&key, value).map_err(|warning| warnings.push(warning)).ok().map(|value| (key, value)),
    };
    params.into_iter().filter_map(unpacked).collect()
}

fn understand(mut raw: RawUrl, warnings: &mut Vec<UrlWarning>) -> UrlState {
    let mut take = |key: &str| raw.params.remove(key).filter(|value| !value.is_empty());
    let source = understand_source(&mut take, warnings);
    let (trace, span, filter) = (take("trace"), take("span"), take("q"));
    let mut time = |key: &'static str| {
        let value = take(key)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            warnings.push(UrlWarning::BadTime { key, value });
        }
        parsed
    };
    let (from_ns, to_ns) = (time("from"), time("to"));
    let mut bad_choice = |key: &'static str, value: &str| {
        warnings.push(UrlWarning::BadChoice { key, value: value.to_owned() });
    };
    let embed = match take("embed").as_deref() {
        None | Some("0" | "false") => false,
        Some("1" | "true") => true,
        Some(other) => {
            bad_choice("embed", other);
            false
        }
    };
    let theme = match take("theme").as_deref() {
        None | Some("auto") => None,
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        Some(other) => {
            bad_choice("theme", other);
            None
        }
    };
    raw.params.retain(|key, _| !KEYS.contains(&key.as_str()));
    // Without the frame these keys belong to the mode.
    let (frame, refused) = if embed { Frame::take(&mut raw.params) } else { (Frame::default(), Vec::new()) };
    warnings.extend(refused.into_iter().map(|(key, value)| UrlWarning::BadChoice { key, value }));
    UrlState { mode: raw.mode, source, trace, span, filter, from_ns, to_ns, embed, frame, theme, params: raw.params }
}

/// The trace itself wins over an address, an address over a file's name, a name over a sample.
fn understand_source(take: &mut impl FnMut(&str) -> Option<String>, warnings: &mut Vec<UrlWarning>) -> Option<SourceRef> {
    let (data, src, file, fingerprint, sample) = (take("data"), take("src"), take("file"), take("fp"), take("sample"));
    let url = src.and_then(|src| check_source_url(&src).map_err(|warning| warnings.push(warning)).ok());
    let found = [
        data.is_some().then_some("data"),
        url.is_some().then_some("src"),
        file.is_some().then_some("file"),
        sample.is_some().then_some("sample"),
    ];
    let mut named = found.into_iter().flatten();
    if let (Some(kept), Some(_)) = (named.next(), named.next()) {
        warnings.push(UrlWarning::SeveralSources { kept });
    }
    data.map(|data| SourceRef::Data(data.into()))
        .or_else(|| url.map(SourceRef::Url))
        .or_else(|| file.map(|name| SourceRef::File { name, fingerprint }))
        .or_else(|| sample.map(SourceRef::Sample))
}

#[cfg(test)]
mod tests;
