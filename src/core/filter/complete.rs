//! What could be typed next: where the cursor stands in a filter's text, and what a suggestion replaces.

use std::ops::Range;

use super::{
    KEYS, Key, Subject, TextField,
    lex::{Cursor, Sign, is_break, is_keyword},
    print::print_value,
};

/// What the place of the cursor asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The name of a key, or a free word.
    Keys,
    /// A value of this key.
    Values {
        key: &'static str,
    },
    /// The key of an attribute.
    AttrKeys,
    /// A value of this attribute.
    AttrValues {
        key: String,
    },
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Characters of the text that a suggestion takes the place of.
    pub replace: Range<usize>,
    pub wants: Wants,
    /// What is typed of it already, without its quotes.
    pub prefix: String,
}

impl Wants {
    /// The column whose values are wanted, for those that a file knows.
    pub fn text_field(&self) -> Option<TextField> {
        match self {
            Self::Values { key } => match Key::of(key)?.subject {
                Subject::Text(field) => Some(field),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Completion {
    fn nothing(at: usize) -> Self {
        Self { replace: at..at, wants: Wants::Nothing, prefix: String::new() }
    }

    /// What a suggestion looks like in the text: a key with its sign, a value with the quotes it needs.
    pub fn written(&self, suggestion: &str) -> String {
        match &self.wants {
            Wants::Keys => match Key::of(suggestion).map(|key| key.subject) {
                Some(Subject::Attribute) => format!("{suggestion}."),
                Some(Subject::Time(_)) => format!("{suggestion}>"),
                Some(_) => format!("{suggestion}:"),
                None => print_value(suggestion),
            },
            Wants::AttrKeys => format!("attr.{}:", print_value(suggestion)),
            Wants::AttrValues { .. } if suggestion.eq_ignore_ascii_case("exists") => format!("\"{suggestion}\""),
            Wants::Values { .. } | Wants::AttrValues { .. } | Wants::Nothing => print_value(suggestion),
        }
    }

    /// The text with the suggestion in it, and where the cursor then stands. A finished value is followed by a space.
    pub fn apply(&self, text: &str, suggestion: &str) -> (String, usize) {
        let is_value = matches!(self.wants, Wants::Values { .. } | Wants::AttrValues { .. });
        self.put(text, &self.written(suggestion), is_value)
    }

    /// The text with `written` in its place, and where the cursor then stands.
    pub fn put(&self, text: &str, written: &str, is_finished: bool) -> (String, usize) {
        let before: String = text.chars().take(self.replace.start).collect();
        let after: String = text.chars().skip(self.replace.end).collect();
        let space = if is_finished && after.is_empty() { " " } else { "" };
        let cursor = self.replace.start + written.chars().count() + space.len();
        (before + written + space + &after, cursor)
    }
}

/// What is wanted at `cursor`, in characters. Answers for every text, also for one that is no filter (yet).
pub fn complete(text: &str, cursor: usize) -> Completion {
    let chars: Vec<char> = text.chars().collect();
    let target = cursor.min(chars.len());
    let mut lexer = Cursor::new(&chars);
    loop {
        while lexer.at < target && lexer.peek().is_some_and(|next| next.is_whitespace() || matches!(next, '(' | ')' | '-' | ',')) {
            lexer.at += 1;
        }
        if lexer.at >= target {
            let word = bare_word(&chars, target);
            return Completion { replace: target..word, wants: Wants::Keys, prefix: String::new() };
        }
        let start = lexer.at;
        if let Some(found) = item(&mut lexer, &chars, start, target) {
            return found;
        }
        // Always forward, whatever stands here.
        if lexer.at == start {
            lexer.at += 1;
        }
    }
}

/// Where the word that `at` stands in or before ends.
fn bare_word(chars: &[char], at: usize) -> usize {
    let mut end = at;
    while chars.get(end).is_some_and(|next| !is_break(*next) && !matches!(next, ':' | '=' | '~' | '<' | '>' | '!' | ',')) {
        end += 1;
    }
    end
}

fn part(chars: &[char], range: Range<usize>) -> String {
    chars.get(range).unwrap_or_default().iter().collect()
}

/// Reads one condition; answers when the cursor stands in it.
fn item(lexer: &mut Cursor<'_>, chars: &[char], start: usize, target: usize) -> Option<Completion> {
    let word = lexer.key_word();
    let is_attribute = word.split_once('.').is_some_and(|(prefix, _)| Key::of(prefix).is_some_and(|key| key.subject == Subject::Attribute));
    let mut attribute = is_attribute.then(|| word.split_once('.').map(|(_, key)| key.to_owned()).unwrap_or_default());
    if is_attribute && word.ends_with('.') && lexer.peek() == Some('"') {
        let open = lexer.at;
        match lexer.quoted() {
            Ok(key) => attribute = Some(key),
            // Still open: all that follows is the key.
            Err(_) => {
                let prefix = part(chars, open + 1..target.max(open + 1));
                return Some(Completion { replace: start..chars.len(), wants: Wants::AttrKeys, prefix });
            }
        }
    }
    if target <= lexer.at {
        let end = lexer.at;
        return Some(match attribute {
            Some(_) => {
                let typed = part(chars, start..target);
                let key = typed.split_once('.').map(|(_, key)| key).unwrap_or_default();
                Completion { replace: start..end, wants: Wants::AttrKeys, prefix: key.trim_matches('"').to_owned() }
            }
            None if is_keyword(&word) && target == end => Completion::nothing(target),
            None => Completion { replace: start..end, wants: Wants::Keys, prefix: part(chars, start..target) },
        });
    }
    let Some(sign) = lexer.sign() else {
        // A free text; in or right after its quotes there is nothing to suggest.
        lexer.at = start;
        let read = lexer.value(false);
        let end = if read.is_err() { chars.len() } else { lexer.at };
        lexer.at = end;
        return (target <= end).then(|| Completion::nothing(target));
    };
    if target < lexer.at {
        return Some(Completion::nothing(target));
    }
    let wants = match (attribute, Key::of(&word)) {
        (Some(key), _) => Wants::AttrValues { key },
        (None, Some(key)) => Wants::Values { key: key.name },
        (None, None) if word.contains('.') => Wants::AttrValues { key: word },
        (None, None) => Wants::Nothing,
    };
    let wants = if matches!(sign, Sign::Compare(compare) if compare != super::Compare::Equal) { Wants::Nothing } else { wants };
    values(lexer, chars, target, wants)
}

fn values(lexer: &mut Cursor<'_>, chars: &[char], target: usize, wants: Wants) -> Option<Completion> {
    let in_brackets = lexer.take('(');
    loop {
        if in_brackets {
            while lexer.at < target && lexer.peek().is_some_and(char::is_whitespace) {
                lexer.at += 1;
            }
        }
        let start = lexer.at;
        let read = lexer.value(true);
        let end = if read.is_err() { chars.len() } else { lexer.at };
        lexer.at = end;
        if target <= end {
            let typed = part(chars, start..target);
            let prefix = typed.trim_start_matches('"').trim_end_matches('"').to_owned();
            return Some(match wants {
                Wants::Nothing => Completion::nothing(target),
                wants => Completion { replace: start..end, wants, prefix },
            });
        }
        while in_brackets && lexer.at < target && lexer.peek().is_some_and(char::is_whitespace) {
            lexer.at += 1;
        }
        if !lexer.take(',') {
            // Before the closing bracket a value may be missing still.
            if in_brackets && lexer.at < target && lexer.peek().is_some_and(|next| next != ')') && lexer.at > start {
                continue;
            }
            return None;
        }
    }
}

impl Key {
    /// Keys of which some spelling begins so, capitals or not.
    pub fn beginning(prefix: &str) -> Vec<&'static Self> {
        let prefix = prefix.to_lowercase();
        let begins = |key: &&Self| std::iter::once(&key.name).chain(key.also).any(|spelling| spelling.starts_with(&prefix));
        KEYS.iter().filter(begins).collect()
    }
}
