//! What may be typed next, as a list to choose from. Must not ask for values; they are handed in.

use super::{Completion, Key, Part, Status, Subject, Wants, words::NONE};

/// Suggestions that are shown at once.
const SUGGESTIONS: usize = 200;

/// Something that may be typed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub label: String,
    /// What it means; empty for values.
    pub hint: &'static str,
    /// As it stands in the filter's text.
    pub written: String,
    /// Nothing of the condition is missing then.
    pub is_finished: bool,
}

/// What goes on from the cursor's place. `values` are those of the key that the place wants, or the keys of attributes; an empty value of a
/// key is that of spans without one. What only the language knows is offered without them.
pub fn suggestions(completion: &Completion, values: &[String]) -> Vec<Suggestion> {
    let of_value =
        |value: &String, is_finished: bool| Suggestion { label: value.clone(), hint: "", written: completion.written(value), is_finished };
    match &completion.wants {
        Wants::Keys => {
            let of_key = |key: &&Key| Suggestion {
                label: key.name.to_owned(),
                hint: key.meaning,
                written: completion.written(key.name),
                is_finished: false,
            };
            Key::beginning(&completion.prefix).iter().map(of_key).collect()
        }
        Wants::AttrKeys => like(values, &completion.prefix).map(|value| of_value(value, false)).collect(),
        Wants::Values { key } => {
            let fixed = fixed_values(key);
            let named = |suggestion: Suggestion| match suggestion.label.is_empty() {
                true => Suggestion { label: NONE.to_owned(), hint: "Spans without one", ..suggestion },
                false => suggestion,
            };
            like(if fixed.is_empty() { values } else { &fixed }, &completion.prefix).map(|value| named(of_value(value, true))).collect()
        }
        Wants::AttrValues { .. } => {
            let exists = Suggestion {
                label: "exists".to_owned(),
                hint: "Where the attribute is there",
                written: "exists".to_owned(),
                is_finished: true,
            };
            let is_meant = "exists".starts_with(&completion.prefix.to_lowercase());
            let values = like(values, &completion.prefix).map(|value| of_value(value, true));
            is_meant.then_some(exists).into_iter().chain(values).collect()
        }
        Wants::Nothing => Vec::new(),
    }
}

/// Those that begin so, then those that hold it; capitals or not.
fn like<'a>(values: &'a [String], typed: &str) -> impl Iterator<Item = &'a String> {
    let typed = typed.to_lowercase();
    let at = |value: &&'a String| value.to_lowercase().find(&typed);
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for value in values {
        match at(&value) {
            Some(0) => first.push(value),
            Some(_) => later.push(value),
            None => {}
        }
    }
    first.into_iter().chain(later).take(SUGGESTIONS)
}

/// The values of a key that the language itself knows.
fn fixed_values(key: &str) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match Key::of(key).map(|key| key.subject) {
        Some(Subject::Status) => words(&Status::ALL.map(Status::word)),
        Some(Subject::Has) => words(&Part::ALL.map(Part::word)),
        Some(Subject::Root) => words(&["true", "false"]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::complete;

    #[test]
    fn spans_without_a_value_have_a_name_in_the_list() {
        let values = ["Agent".to_owned(), String::new()];
        let text = "service:";
        let completion = complete(text, 8);
        let offered = suggestions(&completion, &values);
        let none = offered.last().unwrap();
        assert_eq!((none.label.as_str(), none.written.as_str(), none.is_finished), ("(none)", "\"\"", true));
        assert_eq!(completion.put(text, &none.written, none.is_finished).0, "service:\"\" ");
        assert_eq!(suggestions(&complete("service:a", 9), &values).len(), 1);
    }
}
