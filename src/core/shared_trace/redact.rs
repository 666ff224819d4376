//! What of a trace must not travel, taken out of its spans before anything is packed.
//!
//! What cannot be understood is left out whole: nothing may slip through because it was written in an unusual way.

use std::collections::BTreeSet;

use serde_json::Value;

use super::SharedSpan;

/// JSON within texts within JSON, so many times: Flock writes payload as JSON in a text. A text further down that names a key is left out.
const NESTED_TEXTS: usize = 6;

/// How much of each span travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payload {
    Everything,
    /// Attributes without what went into a call and what came out of it.
    #[default]
    WithoutInputsAndOutputs,
    /// Neither attributes nor events nor links nor words about a status.
    NamesAndTimes,
}

impl Payload {
    pub const ALL: [Self; 3] = [Self::NamesAndTimes, Self::WithoutInputsAndOutputs, Self::Everything];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::WithoutInputsAndOutputs => "no-io",
            Self::NamesAndTimes => "names",
        }
    }

    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|payload| payload.slug() == slug)
    }
}

/// What travels and what does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    pub payload: Payload,
    /// Keys whose values are left out wherever they stand, at any depth.
    pub keys: BTreeSet<String>,
}

impl Redaction {
    /// What is left out, for whoever gets the trace; empty for nothing.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = Vec::new();
        match self.payload {
            Payload::Everything => {}
            Payload::WithoutInputsAndOutputs => parts.push("inputs and outputs".to_owned()),
            Payload::NamesAndTimes => parts.push("attributes, events, links and status texts".to_owned()),
        }
        if !self.keys.is_empty() && self.payload != Payload::NamesAndTimes {
            parts.push(format!("the values of {}", self.keys.iter().map(String::as_str).collect::<Vec<_>>().join(", ")));
        }
        parts.join(", and ")
    }

    pub fn apply(&self, span: &mut SharedSpan) {
        if self.payload == Payload::NamesAndTimes {
            (span.attributes, span.events, span.links, span.resource, span.status_description) = (None, None, None, None, None);
            return;
        }
        if self.payload == Payload::Everything && self.keys.is_empty() {
            return;
        }
        for text in [&mut span.attributes, &mut span.events, &mut span.links, &mut span.resource] {
            *text = text.take().and_then(|text| self.cleaned(&text));
        }
    }

    /// A text of JSON without what must not travel; `None` where it is no JSON.
    fn cleaned(&self, text: &str) -> Option<String> {
        let mut value: Value = serde_json::from_str(text).ok()?;
        self.clean(&mut value, NESTED_TEXTS);
        Some(value.to_string())
    }

    fn clean(&self, value: &mut Value, texts_left: usize) {
        match value {
            Value::Object(members) => {
                members.retain(|key, _| !self.is_left_out(key));
                members.values_mut().for_each(|member| self.clean(member, texts_left));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item, texts_left)),
            Value::String(text) => {
                if let Some(clean) = self.cleaned_text(text, texts_left) {
                    *text = clean;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A value that is a text and may be JSON itself, or look like it. `None` where it may stay as it is.
    fn cleaned_text(&self, text: &str, texts_left: usize) -> Option<String> {
        let lower = text.to_ascii_lowercase();
        if !self.keys.iter().any(|key| lower.contains(&key.to_ascii_lowercase()) || text.contains('\\')) {
            return None;
        }
        if text.trim_start().starts_with(['{', '[', '"'])
            && let Ok(mut value) = serde_json::from_str::<Value>(text)
        {
            let Some(texts_left) = texts_left.checked_sub(1) else { return Some(String::new()) };
            self.clean(&mut value, texts_left);
            return Some(value.to_string());
        }
        self.keys.iter().any(|key| is_assigned(&lower, &key.to_ascii_lowercase())).then(String::new)
    }

    fn is_left_out(&self, key: &str) -> bool {
        self.keys.iter().any(|wanted| is_named(key, wanted)) || self.payload_leaves_out(key)
    }

    /// Whether a key is left out whatever the reader chooses besides.
    #[must_use]
    pub fn payload_leaves_out(&self, key: &str) -> bool {
        self.payload == Payload::WithoutInputsAndOutputs && is_input_or_output(key)
    }
}

/// Whether a key is the wanted one, or has it as a part between dots (`user.email` is left out with `email`), in upper or lower case.
fn is_named(key: &str, wanted: &str) -> bool {
    let (key, wanted) = (key.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    key.match_indices(wanted.as_str()).any(|(at, found)| {
        let (before, after) = (key.get(..at).unwrap_or_default(), key.get(at + found.len()..).unwrap_or_default());
        (before.is_empty() || before.ends_with('.')) && (after.is_empty() || after.starts_with('.'))
    })
}

/// Whether a text that is no JSON seems to give a key its value, as `email='ann'`, `'email': 'ann'` and JSON that was cut do.
fn is_assigned(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let after = text.get(at + key.len()..).unwrap_or_default();
        after.trim_start_matches(['\'', '"', '`', '\\', ' ']).starts_with([':', '='])
    })
}

/// Words of a key that say that its value went into a call or came out of it: in Flock's words, in those of the conventions for language models,
/// databases and HTTP, and of the tracing libraries around them.
const PAYLOAD_WORDS: [&str; 40] = [
    "input",
    "inputs",
    "output",
    "outputs",
    "prompt",
    "prompts",
    "completion",
    "completions",
    "messages",
    "content",
    "contents",
    "argument",
    "arguments",
    "args",
    "kwargs",
    "parameters",
    "params",
    "result",
    "results",
    "response",
    "responses",
    "body",
    "statement",
    "query",
    "text",
    "answer",
    "question",
    "instruction",
    "instructions",
    "payload",
    "document",
    "documents",
    "embedding",
    "embeddings",
    "header",
    "headers",
    "cookie",
    "cookies",
    "transcript",
    "artifacts",
];
/// Those that say so alone between dots.
const PAYLOAD_PARTS: [&str; 12] = [
    "input",
    "inputs",
    "output",
    "outputs",
    "prompt",
    "prompts",
    "completion",
    "completions",
    "messages",
    "content",
    "arguments",
    "result",
];
/// Words that say that the value measures or names such a thing and is none.
const MEASURE_WORDS: [&str; 22] = [
    "token", "tokens", "count", "counts", "cost", "size", "length", "bytes", "duration", "ms", "type", "types", "mime", "id", "ids",
    "status", "code", "method", "model", "reason", "reasons", "name",
];

/// Whether a key holds what went into a call or came out of it. In doubt it does.
#[must_use]
pub fn is_input_or_output(key: &str) -> bool {
    // A part of its own between dots says it, whatever follows: `output.type` may be a part of the output.
    if key.split('.').any(|part| PAYLOAD_PARTS.iter().any(|word| part.eq_ignore_ascii_case(word))) {
        return true;
    }
    let words = words_of(key);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    any(&PAYLOAD_WORDS) && !any(&MEASURE_WORDS)
}

/// The words of a key, in lower case: `mlflow.spanInputs` has mlflow, span and inputs.
fn words_of(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in key.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = letter.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// Words of keys that readers mostly want to leave out: they are offered before the heavy ones.
const PRIVATE_WORDS: [&str; 19] = [
    "password",
    "passwd",
    "secret",
    "secrets",
    "token",
    "authorization",
    "auth",
    "apikey",
    "key",
    "credential",
    "credentials",
    "email",
    "mail",
    "user",
    "username",
    "phone",
    "address",
    "cookie",
    "ip",
];

/// Keys of the attributes of some spans with the bytes of their values, those that sound private first, then the heaviest: what a reader may want
/// to leave out.
#[must_use]
pub fn keys_by_weight<'a>(attributes: impl Iterator<Item = &'a str>) -> Vec<(String, u64)> {
    let mut weights: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
    for text in attributes {
        let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text) else { continue };
        for (key, value) in members {
            let bytes = value.as_str().map_or_else(|| value.to_string().len(), str::len);
            *weights.entry(key).or_default() += bytes as u64;
        }
    }
    let mut all: Vec<(String, u64)> = weights.into_iter().collect();
    let is_plain = |key: &str| !words_of(key).iter().any(|word| PRIVATE_WORDS.contains(&word.as_str()));
    all.sort_by(|(name, weight), (other_name, other_weight)| {
        is_plain(name).cmp(&is_plain(other_name)).then_with(|| other_weight.cmp(weight)).then_with(|| name.cmp(other_name))
    });
    all
}
