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
        if !self.keys.iter().any(|key| text.contains(key.as_str()) || text.contains('\\')) {
            return None;
        }
        if text.trim_start().starts_with(['{', '[', '"'])
            && let Ok(mut value) = serde_json::from_str::<Value>(text)
        {
            let Some(texts_left) = texts_left.checked_sub(1) else { return Some(String::new()) };
            self.clean(&mut value, texts_left);
            return Some(value.to_string());
        }
        self.keys.iter().any(|key| is_assigned(text, key)).then(String::new)
    }

    fn is_left_out(&self, key: &str) -> bool {
        self.keys.contains(key) || self.payload_leaves_out(key)
    }

    /// Whether a key is left out whatever the reader chooses besides.
    #[must_use]
    pub fn payload_leaves_out(&self, key: &str) -> bool {
        self.payload == Payload::WithoutInputsAndOutputs && is_input_or_output(key)
    }
}

/// Whether a text that is no JSON seems to give a key its value, as `email='ann'`, `'email': 'ann'` and JSON that was cut do.
fn is_assigned(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let after = text.get(at + key.len()..).unwrap_or_default();
        after.trim_start_matches(['\'', '"', '`', '\\', ' ']).starts_with([':', '='])
    })
}

/// Whether a key holds what went into a call or came out of it: in Flock's words, and in those of the conventions for language models.
#[must_use]
pub fn is_input_or_output(key: &str) -> bool {
    const WORDS: [&str; 17] = [
        "input",
        "inputs",
        "input_messages",
        "input_value",
        "output",
        "outputs",
        "output_messages",
        "output_value",
        "prompt",
        "prompts",
        "completion",
        "completions",
        "messages",
        "content",
        "arguments",
        "result",
        "system_instructions",
    ];
    key.split('.').any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Keys of the attributes of some spans with the bytes of their values, the heaviest first: what a reader may want to leave out.
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
    all.sort_by(|(name, weight), (other_name, other_weight)| other_weight.cmp(weight).then_with(|| name.cmp(other_name)));
    all
}
