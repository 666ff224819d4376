//! Characters of a filter's text, one after the other: quotes, words, signs. Knows no grammar.

use super::{Compare, FilterError};

/// What stands between a key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// `:`
    Is,
    /// `~`
    Contains,
    /// `!=`
    Not,
    /// `=` and the comparisons; `:>` and the like are understood as `>`.
    Compare(Compare),
}

/// A value: its parts between stars, and the text as it was written without its quotes.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    pub parts: Vec<String>,
    pub plain: String,
    /// Some of it stood in quotes.
    pub quoted: bool,
    pub at: usize,
    pub len: usize,
}

pub(super) struct Cursor<'a> {
    chars: &'a [char],
    pub at: usize,
}

/// Ends any bare word.
pub(super) fn is_break(character: char) -> bool {
    character.is_whitespace() || matches!(character, '(' | ')' | '"')
}

/// Words that join conditions.
pub(super) fn is_keyword(word: &str) -> bool {
    ["and", "or", "not"].iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

impl<'a> Cursor<'a> {
    pub fn new(chars: &'a [char]) -> Self {
        Self { chars, at: 0 }
    }

    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub fn peek_after(&self, skipped: usize) -> Option<char> {
        self.chars.get(self.at.saturating_add(skipped)).copied()
    }

    pub fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Characters up to the first that `ends` names.
    pub fn run(&mut self, ends: impl Fn(&Self, char) -> bool) -> String {
        let mut found = String::new();
        while let Some(character) = self.peek() {
            if ends(self, character) {
                break;
            }
            found.push(character);
            self.at += 1;
        }
        found
    }

    /// A word that may be a key: up to a space, a bracket, a quote or a sign.
    pub fn key_word(&mut self) -> String {
        self.run(|cursor, character| {
            is_break(character)
                || matches!(character, ':' | '=' | '~' | '<' | '>')
                || (character == '!' && cursor.peek_after(1) == Some('='))
        })
    }

    pub fn sign(&mut self) -> Option<Sign> {
        let (sign, len) = match (self.peek()?, self.peek_after(1)) {
            (':', Some('<' | '>')) => {
                self.at += 1;
                return self.sign();
            }
            (':', _) => (Sign::Is, 1),
            ('~', _) => (Sign::Contains, 1),
            ('!', Some('=')) => (Sign::Not, 2),
            ('<', Some('=')) => (Sign::Compare(Compare::LessOrEqual), 2),
            ('<', _) => (Sign::Compare(Compare::Less), 1),
            ('>', Some('=')) => (Sign::Compare(Compare::GreaterOrEqual), 2),
            ('>', _) => (Sign::Compare(Compare::Greater), 1),
            ('=', _) => (Sign::Compare(Compare::Equal), 1),
            _ => return None,
        };
        self.at += len;
        Some(sign)
    }

    /// A text in quotes; the cursor stands on the first quote. `\` takes the next character as it is.
    pub fn quoted(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(character) = self.peek() else {
                let message = "This quote is not closed. Put a \" after the text.".to_owned();
                return Err(FilterError { at: start, len: 1, message });
            };
            self.at += 1;
            match character {
                '"' => return Ok(text),
                '\\' => match self.peek() {
                    Some(escaped) => {
                        text.push(escaped);
                        self.at += 1;
                    }
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
    }

    /// Bare and quoted pieces without space between them; `*` counts outside quotes. In a list a comma ends it.
    pub fn value(&mut self, in_list: bool) -> Result<Value, FilterError> {
        let mut value = Value { at: self.at, parts: vec![String::new()], ..Value::default() };
        while let Some(character) = self.peek() {
            let mut add = |text: &str| {
                value.plain.push_str(text);
                if let Some(part) = value.parts.last_mut() {
                    part.push_str(text);
                }
            };
            match character {
                '"' => {
                    add(&self.quoted()?);
                    value.quoted = true;
                }
                ',' if in_list => break,
                '*' => {
                    self.at += 1;
                    value.plain.push('*');
                    value.parts.push(String::new());
                }
                other if is_break(other) => break,
                other => {
                    self.at += 1;
                    add(other.encode_utf8(&mut [0; 4]));
                }
            }
        }
        value.len = self.at - value.at;
        Ok(value)
    }
}
