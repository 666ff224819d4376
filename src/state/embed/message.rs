//! Messages of the page around the frame, taken apart: version, kind, and arguments, each checked.
//!
//! Must not decide whether the sender may do what it asks for.

use std::collections::BTreeMap;

use crate::{
    core::raw_message::Raw,
    state::{
        frame, links,
        url::{self, Theme, UrlState, UrlWarning, check_source_url},
    },
};

/// Every message carries it as `spandeck`. A change that old pages would misread makes it another one.
pub const VERSION: u64 = 1;

/// Longest id of a trace or a span, longest word, and longest text of a filter or of a mode's own key.
const ID_CHARS: usize = 200;
const WORD_CHARS: usize = 64;
const TEXT_CHARS: usize = 20_000;
const ADDRESS_CHARS: usize = 8_000;
const NAME_CHARS: usize = 200;
const MOST_PARAMS: usize = 32;

/// A message and the number by which its answer is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: Option<u64>,
    pub command: Command,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Asks who is there; the frame answers `ready`.
    Ping,
    /// Leaves the poster.
    Start,
    Theme(Option<Theme>),
    Navigate(Change),
    OpenUrl(String, Change),
    /// The bytes themselves are with the message. Their name and how many there are.
    OpenBytes {
        name: String,
        bytes: u64,
        change: Change,
    },
}

/// A change of the address: what is `None` stays, `Some(None)` goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub mode: Option<String>,
    pub trace: Option<Option<String>>,
    pub span: Option<Option<String>>,
    pub filter: Option<Option<String>>,
    pub from_ns: Option<Option<i64>>,
    pub to_ns: Option<Option<i64>>,
    /// The mode's own keys.
    pub params: BTreeMap<String, Option<String>>,
}

impl Change {
    /// What the frame itself is about (file, theme, its own keys) cannot be changed by it.
    pub fn apply(self, url: &mut UrlState) {
        if let Some(trace) = self.trace {
            if trace != url.trace {
                links::leave_trace(url);
            }
            url.trace = trace;
        }
        if let Some(mode) = self.mode {
            url.mode = mode;
        }
        if let Some(span) = self.span {
            url.span = span;
        }
        if let Some(filter) = self.filter {
            url.filter = filter;
        }
        if let Some(from_ns) = self.from_ns {
            url.from_ns = from_ns;
        }
        if let Some(to_ns) = self.to_ns {
            url.to_ns = to_ns;
        }
        for (key, value) in self.params {
            match value {
                Some(value) => drop(url.params.insert(key, value)),
                None => drop(url.params.remove(&key)),
            }
        }
    }
}

/// Why a message is not carried out. The words name arguments and never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Of another version than this page speaks.
    Version,
    /// A kind of message that this version does not have.
    Kind,
    /// This argument is missing, of the wrong kind or too long.
    Argument(&'static str),
    /// The frame does not offer this mode.
    NotOffered,
    /// The open file has no trace with this id, or several whose ids begin so.
    NoTrace,
    /// Bytes from an origin that neither the deployer nor the reader has allowed.
    NotAllowed,
    /// The reader is being asked, or another file is on its way.
    Busy,
    /// Another command to open something came before this one had ended.
    Superseded,
}

impl Refusal {
    pub fn code(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Kind => "kind",
            Self::Argument(_) | Self::NotOffered => "argument",
            Self::NoTrace => "no-trace",
            Self::NotAllowed => "not-allowed",
            Self::Busy => "busy",
            Self::Superseded => "superseded",
        }
    }

    pub fn words(self) -> String {
        match self {
            Self::Version => format!("This frame speaks version {VERSION}."),
            Self::Kind => "There is no such message in this version.".to_owned(),
            Self::Argument(name) => format!("“{name}” is missing, of the wrong kind or too long."),
            Self::NotOffered => "“mode” is none of those that this frame offers.".to_owned(),
            Self::NoTrace => "The open file has no such trace, or several whose ids begin so.".to_owned(),
            Self::NotAllowed => "Neither the deployer nor the reader allows this origin to hand files to the frame.".to_owned(),
            Self::Busy => "The reader is still being asked about an earlier file.".to_owned(),
            Self::Superseded => "Another file was asked for meanwhile.".to_owned(),
        }
    }
}

/// Whether a message is for us at all: other programs on a page send messages too.
pub fn is_ours(raw: &Raw) -> bool {
    matches!(raw.get("spandeck"), Some(Raw::Number(_)))
}

/// The number by which an answer is known, if the message has one.
pub fn id_of(raw: &Raw) -> Option<u64> {
    raw.get("id").and_then(Raw::whole)
}

/// # Errors
/// What of the message cannot be used; nothing of it is carried out then.
pub fn parse(raw: &Raw) -> Result<Message, Refusal> {
    if raw.get("spandeck").and_then(Raw::whole) != Some(VERSION) {
        return Err(Refusal::Version);
    }
    let id = match raw.get("id") {
        None | Some(Raw::Nothing) => None,
        Some(number) => Some(number.whole().ok_or(Refusal::Argument("id"))?),
    };
    let command = match raw.get("type").and_then(Raw::text) {
        Some("ping") => Command::Ping,
        Some("start") => Command::Start,
        Some("theme") => Command::Theme(match raw.get("theme").and_then(Raw::text) {
            Some("light") => Some(Theme::Light),
            Some("dark") => Some(Theme::Dark),
            Some("auto") => None,
            _ => return Err(Refusal::Argument("theme")),
        }),
        Some("navigate") => Command::Navigate(change(raw.get("state").ok_or(Refusal::Argument("state"))?)?),
        Some("open") => open(raw)?,
        _ => return Err(Refusal::Kind),
    };
    Ok(Message { id, command })
}

fn open(raw: &Raw) -> Result<Command, Refusal> {
    let change = raw.get("state").map_or_else(|| Ok(Change::default()), change)?;
    match (raw.get("url"), raw.get("bytes")) {
        (Some(Raw::Text(address)), None | Some(Raw::Nothing)) if is_short(address, ADDRESS_CHARS) => {
            check_source_url(address).map(|address| Command::OpenUrl(address, change)).map_err(|_: UrlWarning| Refusal::Argument("url"))
        }
        (None | Some(Raw::Nothing), Some(Raw::Bytes(bytes))) => {
            let name = match raw.get("name") {
                None | Some(Raw::Nothing) => "file".to_owned(),
                Some(name) => name.text().and_then(file_name).ok_or(Refusal::Argument("name"))?,
            };
            Ok(Command::OpenBytes { name, bytes: *bytes, change })
        }
        (Some(_), _) => Err(Refusal::Argument("url")),
        (None, _) => Err(Refusal::Argument("bytes")),
    }
}

/// A name without folders and without what could turn or hide a part of it.
fn file_name(text: &str) -> Option<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let turns = |character: char| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_plain = !name.chars().any(|character| character.is_control() || turns(character));
    (is_plain && !name.is_empty() && is_short(name, NAME_CHARS)).then(|| name.to_owned())
}

fn is_short(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none()
}

fn change(state: &Raw) -> Result<Change, Refusal> {
    let entries = match state {
        Raw::Nothing => return Ok(Change::default()),
        Raw::Map(entries) => entries,
        _ => return Err(Refusal::Argument("state")),
    };
    let text = |key: &'static str, most: usize| match entries.get(key) {
        None => Ok(None),
        Some(Raw::Nothing) => Ok(Some(None)),
        Some(Raw::Text(text)) if is_short(text, most) => Ok(Some(Some(text.clone()).filter(|text| !text.is_empty()))),
        Some(_) => Err(Refusal::Argument(key)),
    };
    let time = |key: &'static str| match entries.get(key) {
        None => Ok(None),
        Some(Raw::Nothing) => Ok(Some(None)),
        // Nanoseconds since 1970 are more than a JavaScript number holds exactly.
        Some(Raw::Text(text)) => text.parse().map(|time| Some(Some(time))).map_err(|_| Refusal::Argument(key)),
        Some(_) => Err(Refusal::Argument(key)),
    };
    let mode = match text("mode", WORD_CHARS)? {
        Some(Some(mode)) if mode.chars().all(|character| character.is_ascii_lowercase() || character == '-') => Some(mode),
        None => None,
        Some(_) => return Err(Refusal::Argument("mode")),
    };
    let mut params = BTreeMap::new();
    match entries.get("params") {
        None | Some(Raw::Nothing) => {}
        Some(Raw::Map(own)) if own.len() <= MOST_PARAMS => {
            for (key, value) in own {
                let is_own =
                    !key.is_empty() && is_short(key, WORD_CHARS) && !url::is_grammar_key(key) && !frame::KEYS.contains(&key.as_str());
                let value = match value {
                    Raw::Nothing => None,
                    Raw::Text(text) if is_short(text, TEXT_CHARS) => Some(text.clone()),
                    _ => return Err(Refusal::Argument("params")),
                };
                if !is_own {
                    return Err(Refusal::Argument("params"));
                }
                params.insert(key.clone(), value);
            }
        }
        Some(_) => return Err(Refusal::Argument("params")),
    }
    Ok(Change {
        mode,
        trace: text("trace", ID_CHARS)?,
        span: text("span", ID_CHARS)?,
        filter: text("filter", TEXT_CHARS)?,
        from_ns: time("from")?,
        to_ns: time("to")?,
        params,
    })
}

#[cfg(test)]
pub(crate) mod tests;
