//! What was run: each text with its time, its rows and how it ended, the newest first. Pure: the view keeps it in the browser.

use super::tabs::text_of;
use crate::core::json_text;

/// Where it is kept in the browser.
pub const STORAGE_KEY: &str = "sql-history";
const MOST: usize = 200;
/// Of all texts together: a browser gives a site five megabytes.
const MOST_BYTES: usize = 600_000;
/// Longer texts are not kept.
const MOST_TEXT_BYTES: usize = 60_000;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A limit was reached.
    Cut,
    Cancelled,
    Failed,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Done, Self::Cut, Self::Cancelled, Self::Failed];

    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cut => "cut",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub text: String,
    /// Since 1970.
    pub at_ms: u64,
    pub took_ms: u64,
    /// Of all its results.
    pub rows: u64,
    pub outcome: Outcome,
}

/// With another run in front. The same text run again is one entry: the newest.
pub fn with(history: &[Entry], entry: Entry) -> Vec<Entry> {
    if entry.text.trim().is_empty() || entry.text.len() > MOST_TEXT_BYTES {
        return history.to_vec();
    }
    let mut bytes = 0;
    let older = history.iter().filter(|known| known.text.trim() != entry.text.trim()).cloned();
    let mut next = vec![entry.clone()];
    next.extend(older);
    next.truncate(MOST);
    next.retain(|entry| {
        bytes += entry.text.len();
        bytes <= MOST_BYTES
    });
    next
}

/// Those whose text holds all words that are looked for.
pub fn found<'a>(history: &'a [Entry], looked_for: &str) -> Vec<&'a Entry> {
    let words: Vec<String> = looked_for.to_lowercase().split_whitespace().map(str::to_owned).collect();
    history
        .iter()
        .filter(|entry| {
            let text = entry.text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        })
        .collect()
}

pub fn print(history: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let Entry { text, at_ms, took_ms, rows, outcome } = entry;
        serde_json::json!({ "text": text, "at": at_ms, "took": took_ms, "rows": rows, "end": outcome.word() }).to_string()
    };
    format!("[{}]", history.iter().map(line).collect::<Vec<_>>().join(","))
}

/// Reads what [`print`] wrote; what cannot be read is left out.
pub fn parse(text: &str) -> Vec<Entry> {
    let Ok(root) = json_text::read(text) else { return Vec::new() };
    let entry = |node: &crate::core::json_tree::Node| {
        let number = |key: &str| node.child(key).and_then(|node| node.text.parse::<u64>().ok());
        let end = text_of(node, "end")?;
        Some(Entry {
            text: text_of(node, "text").filter(|text| !text.trim().is_empty())?,
            at_ms: number("at")?,
            took_ms: number("took").unwrap_or(0),
            rows: number("rows").unwrap_or(0),
            outcome: Outcome::ALL.into_iter().find(|outcome| outcome.word() == end)?,
        })
    };
    root.children.iter().take(MOST).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, at_ms: u64) -> Entry {
        Entry { text: text.to_owned(), at_ms, took_ms: 3, rows: 9, outcome: Outcome::Done }
    }

    #[test]
    fn a_text_is_there_once_with_its_newest_run() {
        let history = ["a", "b", "a "].iter().zip(0_u64..).fold(Vec::new(), |history, (text, at)| with(&history, entry(text, at)));
        assert_eq!(history.iter().map(|entry| (entry.text.as_str(), entry.at_ms)).collect::<Vec<_>>(), [("a ", 2), ("b", 1)]);
        assert_eq!(parse(&print(&history)), history);
    }

    #[test]
    fn it_is_bounded() {
        let history = (0..300).fold(Vec::new(), |history, at| with(&history, entry(&format!("q{at}"), at)));
        assert_eq!((history.len(), history[0].at_ms), (MOST, 299));
        let long = "x".repeat(MOST_TEXT_BYTES - 2);
        let history = (0..30).fold(Vec::new(), |history, at| with(&history, entry(&format!("{long}{at}"), at)));
        assert_eq!(history.len(), 10);
        assert_eq!(with(&history, entry(&"y".repeat(MOST_TEXT_BYTES + 1), 1)), history);
    }

    #[test]
    fn it_is_searched_by_words() {
        let history = [entry("SELECT a FROM b", 1), entry("SELECT c", 2)];
        let texts = |words: &str| found(&history, words).iter().map(|entry| entry.at_ms).collect::<Vec<_>>();
        assert_eq!((texts("from SEL"), texts(""), texts("zz")), (vec![1], vec![1, 2], vec![]));
        for odd in ["", "{", "[7, {}, {\"text\":\"x\",\"at\":1,\"end\":\"odd\"}]"] {
            assert_eq!(parse(odd), []);
        }
    }
}
