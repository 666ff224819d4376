//! What the Guide is made of: sections of typed blocks, and the small markup of their texts. Pure data, no components.
//!
//! A text may hold `` `code` ``, `{Key}` for a key of the keyboard, `**strong**` and `[words](id)`, which leads to another place of the Guide.

use crate::state::url::UrlState;

/// What the contents are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Start,
    Modes,
    Stories,
    Reference,
    Help,
}

impl Part {
    pub const ALL: [Self; 5] = [Self::Start, Self::Modes, Self::Stories, Self::Reference, Self::Help];

    pub fn title(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Modes => "Modes",
            Self::Stories => "Debugging",
            Self::Reference => "Reference",
            Self::Help => "Help",
        }
    }
}

/// A section: a heading that addresses lead to, and what stands below it.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The word in the address; that of a mode's section is the mode's own.
    pub id: &'static str,
    pub part: Part,
    pub title: &'static str,
    pub blocks: &'static [Block],
}

#[derive(Clone, Copy, Debug)]
pub enum Block {
    Text(&'static str),
    /// A heading below that of the section; addresses lead to it too.
    Head(&'static str, &'static str),
    List(&'static [&'static str]),
    /// One after the other.
    Steps(&'static [&'static str]),
    /// To copy as it is.
    Code(&'static str),
    Table(&'static [&'static str], &'static [&'static [&'static str]]),
    /// A term and what it means, with a picture.
    Term(&'static Term),
    /// Examples by their id.
    Run(&'static [&'static str]),
    /// All examples.
    Examples,
    /// Filters and what each lets through.
    Filters(&'static [(&'static str, &'static str)]),
    /// A symptom and what to do; closed until it is asked for.
    Symptom(&'static Symptom),
    /// The templates of the SQL mode by group.
    Templates,
    /// All keys.
    Keys,
}

/// A definition.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    pub id: &'static str,
    pub title: &'static str,
    pub text: &'static str,
    pub picture: Option<&'static Picture>,
}

#[derive(Clone, Copy, Debug)]
pub struct Symptom {
    pub id: &'static str,
    /// What the reader sees, with the message where there is one.
    pub title: &'static str,
    /// Codes of messages that it is about.
    pub codes: &'static [&'static str],
    pub text: &'static str,
    pub code: Option<&'static str>,
}

/// A small drawing on a grid of 300 units in width, in the colours of the page.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// The same in words.
    pub alt: &'static str,
    pub height: u16,
    pub strokes: &'static [Stroke],
}

#[derive(Clone, Copy, Debug)]
pub enum Stroke {
    /// x, y, width, height, class.
    Bar(u16, u16, u16, u16, &'static str),
    /// The `d` of a path, class.
    Path(&'static str, &'static str),
    /// x, y, words.
    Words(u16, u16, &'static str),
    /// x, y, radius, class.
    Dot(u16, u16, u16, &'static str),
}

/// Something to try: an address within the page.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    pub id: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub mode: &'static str,
    pub filter: &'static str,
    /// The mode's own keys of the address.
    pub params: &'static [(&'static str, &'static str)],
    /// What of the file it is about, where any will not do.
    pub aim: Option<&'static Aim>,
    /// A template of the SQL mode.
    pub template: Option<&'static str>,
}

/// What of a file an example is about.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// One row of text columns: `trace_id` and `span_id`, or the name of a key of the address.
    pub sql: &'static str,
    /// The same for the sample.
    pub sample: &'static [(&'static str, &'static str)],
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Plain(&'a str),
    Code(&'a str),
    Key(&'a str),
    Strong(&'a str),
    Link { words: &'a str, to: &'a str },
}

/// The pieces of a text. What is not closed stays as it is.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut plain, mut at) = (Vec::new(), 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some((piece, len)) = marked(rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if let Some(before) = text.get(plain..at).filter(|before| !before.is_empty()) {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(piece);
        at += len;
        plain = at;
    }
    if let Some(rest) = text.get(plain..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// The piece that the text begins with, and its length with its marks.
fn marked(text: &str) -> Option<(Piece<'_>, usize)> {
    let enclosed = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?;
        inner.split_once(close).map(|(inner, _)| inner).filter(|inner| !inner.is_empty())
    };
    if let Some(code) = enclosed("`", "`") {
        return Some((Piece::Code(code), code.len() + 2));
    }
    if let Some(key) = enclosed("{", "}") {
        return Some((Piece::Key(key), key.len() + 2));
    }
    if let Some(strong) = enclosed("**", "**") {
        return Some((Piece::Strong(strong), strong.len() + 4));
    }
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (to, _) = rest.split_once(')')?;
    Some((Piece::Link { words, to }, words.len() + to.len() + 4))
}

/// A text without its marks.
pub fn plain(text: &str) -> String {
    let words = |piece: Piece<'_>| match piece {
        Piece::Plain(text) | Piece::Code(text) | Piece::Key(text) | Piece::Strong(text) => text.to_owned(),
        Piece::Link { words, .. } => words.to_owned(),
    };
    pieces(text).into_iter().map(words).collect()
}

impl Example {
    /// Where it leads from an address: its own mode, filter and keys, and of the rest only the file and how the page looks. `found` is what
    /// its aim is in the file.
    pub fn address(&self, from: &UrlState, found: &[(String, String)]) -> UrlState {
        let mut url = UrlState {
            mode: self.mode.to_owned(),
            source: from.source.clone(),
            theme: from.theme,
            embed: from.embed,
            frame: from.frame.clone(),
            ..UrlState::default()
        };
        url.filter = Some(self.filter.to_owned()).filter(|filter| !filter.is_empty());
        url.params = self.params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        for (key, value) in found {
            match key.as_str() {
                "trace_id" => url.trace = Some(value.clone()),
                "span_id" => url.span = Some(value.clone()),
                _ => drop(url.params.insert(key.clone(), value.clone())),
            }
        }
        url
    }

    /// What its aim is in the sample.
    pub fn in_sample(&self) -> Vec<(String, String)> {
        self.aim.map(|aim| aim.sample.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()).unwrap_or_default()
    }

    /// The example in a line: its filter and its keys.
    pub fn line(&self) -> String {
        let filter = Some(self.filter.to_owned()).filter(|filter| !filter.is_empty());
        let params = self.params.iter().map(|(key, value)| format!("{key}={value}"));
        filter.into_iter().chain(params).collect::<Vec<_>>().join(" ")
    }
}
