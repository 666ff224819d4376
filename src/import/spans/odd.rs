//! What was odd in a file: counted by kind, the first place of each kept, told in sentences.

use std::collections::BTreeMap;

use super::feed::Place;

/// A kind of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A line that is no JSON, or not whole.
    MalformedLine,
    /// An object that is no span and holds none.
    ForeignObject,
    /// A span that is no JSON or no message.
    MalformedSpan,
    /// A resource, scope or list of processes that is no JSON or no message.
    MalformedSurroundings,
    TooLong,
    NoId,
    OddId,
    NoTime,
    NoDuration,
    Mistyped,
    TooDeep,
    NotText,
    /// The rest of a document is missing.
    CutOff,
    /// The rest of a document cannot be read.
    Damaged,
}

#[derive(Debug, Default)]
pub(super) struct Odd {
    found: BTreeMap<What, (u64, Place)>,
}

impl Odd {
    pub(super) fn add(&mut self, what: What, times: u64, place: Place) {
        if times > 0 {
            self.found.entry(what).or_insert((0, place)).0 += times;
        }
    }

    pub(super) fn has_damage(&self) -> bool {
        [What::CutOff, What::Damaged, What::MalformedLine, What::MalformedSpan, What::TooLong, What::NoId]
            .iter()
            .any(|what| self.found.contains_key(what))
    }

    /// A sentence a kind.
    pub(super) fn sentences(&self, file: &str) -> Vec<String> {
        self.found.iter().map(|(what, (count, place))| format!("“{file}”: {}.", words(*what, *count, *place))).collect()
    }
}

fn words(what: What, count: u64, place: Place) -> String {
    let at = match place {
        Place { line: 0, byte } => format!("byte {byte}"),
        Place { line, byte } => format!("line {line} (byte {byte})"),
    };
    let first = if count == 1 { format!("at {at}") } else { format!("the first at {at}") };
    let of = |one: &str, more: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {more}") };
    match what {
        What::MalformedLine => {
            let rest = if count == 1 { "the rest of it" } else { "the rest of each" };
            format!("{} not whole or not JSON; {rest} was skipped, {first}", of("line is", "lines are"))
        }
        What::ForeignObject => format!("{} no span and holds none; skipped, {first}", of("value is", "values are")),
        What::MalformedSpan => format!("{} not be read and was skipped, {first}", of("span could", "spans could")),
        What::MalformedSurroundings => format!(
            "{} of some spans could not be read and stayed empty, {first}",
            of("resource, scope or list of processes", "resources, scopes or lists of processes")
        ),
        What::TooLong => format!("{} longer than 64 MB and was skipped, {first}", of("span is", "spans are")),
        What::NoId => format!("{} no trace id or no span id and was skipped, {first}", of("span has", "spans have")),
        What::OddId => format!("{} neither hex nor base64 and was kept as it is, {first}", of("id is", "ids are")),
        What::NoTime => format!("{} no time between the years 1677 and 2262 and was left empty, {first}", of("time is", "times are")),
        What::NoDuration => format!("{} no duration; the end stays empty, {first}", of("span has", "spans have")),
        What::Mistyped => format!("{} of a type that does not belong there and was left out, {first}", of("value is", "values are")),
        What::TooDeep => format!("{} nested too deeply and was left out, {first}", of("attribute value is", "attribute values are")),
        What::NotText => format!("{} bytes that are not text; they were replaced by �, {first}", of("span holds", "spans hold")),
        What::CutOff => format!("it is cut off at {at}; the spans before are here"),
        What::Damaged => format!("it is damaged at {at}, and what follows was not read; the spans before are here"),
    }
}
