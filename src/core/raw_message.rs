//! What another page has sent, as plain values with limits: nothing of it is trusted and nothing of it is a JavaScript object any more.

use std::collections::BTreeMap;

/// Maps in maps: a message, and a map in it.
pub const MOST_DEPTH: usize = 3;
/// Entries of one map; a message with more is not ours.
pub const MOST_ENTRIES: u32 = 64;
/// UTF-16 units of one text; a longer one is [`Raw::Other`].
pub const MOST_TEXT: u32 = 64_000;

/// A value of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// `null` or `undefined`.
    Nothing,
    Flag(bool),
    Number(f64),
    Text(String),
    /// Bytes that can be read as a file, and how many. They themselves stay with the browser.
    Bytes(u64),
    /// The value's own entries.
    Map(BTreeMap<String, Raw>),
    /// Anything else, and what is over a limit.
    Other,
}

impl Raw {
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number that is whole, not negative and exactly known.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Self::Number(number) if number.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(number) => Some(*number as u64),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_count() {
        for (number, whole) in [(0.0, Some(0)), (7.0, Some(7)), (9_007_199_254_740_991.0, Some(9_007_199_254_740_991))] {
            assert_eq!(Raw::Number(number).whole(), whole);
        }
        for odd in [-1.0, 0.5, f64::NAN, f64::INFINITY, 1e300, 9_007_199_254_740_992.0] {
            assert_eq!(Raw::Number(odd).whole(), None, "{odd}");
        }
        assert_eq!(Raw::Text("7".into()).whole(), None);
    }
}
