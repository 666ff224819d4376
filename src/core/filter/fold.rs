//! Text without regard to capitals, as DuckDB's `lower` sees it, and patterns with `*`. Nothing is allocated while a span is tested.

/// A lower-case letter for each letter, one to one: texts keep their number of characters.
pub(super) fn fold_char(character: char) -> char {
    if character.is_ascii() { character.to_ascii_lowercase() } else { character.to_lowercase().next().unwrap_or(character) }
}

pub(super) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// A text in which `*` stands for any text, also for none: the parts between the stars. There is at least one part, and only the first and
/// the last may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Just this text; a star in it is a star.
    pub fn literal(text: &str) -> Self {
        Self { parts: vec![text.to_owned()] }
    }

    /// The parts between the stars. Stars side by side are one.
    pub fn of_parts(parts: Vec<String>) -> Self {
        let last = parts.len().saturating_sub(1);
        let mut kept: Vec<String> =
            parts.into_iter().enumerate().filter(|(at, part)| *at == 0 || *at == last || !part.is_empty()).map(|(_, part)| part).collect();
        if kept.is_empty() {
            kept.push(String::new());
        }
        Self { parts: kept }
    }

    /// Without stars at its ends: for a search within a text.
    #[must_use]
    pub(super) fn trimmed(self) -> Self {
        let mut parts: Vec<String> = self.parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            parts.push(String::new());
        }
        Self { parts }
    }

    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The text, when there is no star in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// A part of a pattern, ready to be looked for.
#[derive(Clone, Debug)]
struct Needle {
    folded: String,
    is_ascii: bool,
}

impl Needle {
    /// What follows after the first place where it stands.
    fn after_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        let needle = self.folded.as_bytes();
        let Some(first) = needle.first() else { return Some(text) };
        if text.is_ascii() {
            let last_start = text.len().checked_sub(needle.len()).filter(|_| self.is_ascii)?;
            let starts = text.as_bytes().get(..=last_start)?.iter().enumerate();
            let mut fitting = starts.filter(|(_, byte)| byte.to_ascii_lowercase() == *first).map(|(at, _)| at);
            return fitting.find_map(|at| self.after_start_of(text.get(at..)?));
        }
        text.char_indices().find_map(|(at, _)| self.after_start_of(text.get(at..)?))
    }

    /// What follows, when the text begins with it.
    fn after_start_of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut rest = text.chars();
        for wanted in self.folded.chars() {
            if rest.next().map(fold_char) != Some(wanted) {
                return None;
            }
        }
        Some(rest.as_str())
    }

    fn ends(&self, text: &str) -> bool {
        let mut rest = text.chars().rev();
        self.folded.chars().rev().all(|wanted| rest.next().map(fold_char) == Some(wanted))
    }
}

/// A pattern, ready to test many texts.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    parts: Vec<Needle>,
    /// Any text may stand before and after.
    open_start: bool,
    open_end: bool,
}

impl Glob {
    /// The whole text fits.
    pub(super) fn whole(pattern: &Pattern) -> Self {
        Self::new(pattern, false, false)
    }

    /// The text begins so.
    pub(super) fn beginning(pattern: &Pattern) -> Self {
        Self::new(pattern, false, true)
    }

    /// A part of the text fits.
    pub(super) fn within(pattern: &Pattern) -> Self {
        Self::new(pattern, true, true)
    }

    fn new(pattern: &Pattern, open_start: bool, open_end: bool) -> Self {
        let needle = |part: &String| {
            let folded = fold(part);
            Needle { is_ascii: folded.is_ascii(), folded }
        };
        Self { parts: pattern.parts.iter().map(needle).collect(), open_start, open_end }
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else { return true };
        let after_first = if self.open_start { first.after_in(text) } else { first.after_start_of(text) };
        let Some(mut rest) = after_first else { return false };
        let Some((last, middle)) = others.split_last() else {
            return self.open_end || rest.is_empty();
        };
        for part in middle {
            let Some(after) = part.after_in(rest) else { return false };
            rest = after;
        }
        if self.open_end { last.after_in(rest).is_some() } else { last.ends(rest) }
    }
}
