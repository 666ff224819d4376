//! One JSON value that is wholly in memory, read from front to back: no tree, no recursion except where the caller asks for it.
//!
//! Fields come in any order, some twice, some of the wrong type: what does not fit is passed over and counted, so that one odd field costs
//! itself and not its span. Numbers and strings can be copied as they are written, with every digit.

use std::borrow::Cow;

use memchr::memchr2;

use crate::core::json_write::push_text;

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotJson;

pub(super) type Reading<T> = Result<T, NotJson>;

pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Values that had another type than the reader wanted.
    pub(super) mistyped: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, mistyped: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte of what comes next, blanks aside.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.byte()
    }

    fn take(&mut self, byte: u8) -> Reading<()> {
        if self.peek() != Some(byte) {
            return Err(NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// Every member of the object that comes next; `each` has to pass over the value. What is no object is passed over.
    pub(super) fn members(&mut self, mut each: impl FnMut(&str, &mut Self) -> Reading<()>) -> Reading<()> {
        if self.peek() != Some(b'{') {
            return self.other();
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.peek();
            let key = unescaped(self.string_token()?);
            self.take(b':')?;
            each(&key, self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(NotJson),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Every element of the list that comes next; `each` has to pass over it. What is no list is passed over.
    pub(super) fn items(&mut self, mut each: impl FnMut(&mut Self) -> Reading<()>) -> Reading<()> {
        if self.peek() != Some(b'[') {
            return self.other();
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            each(self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(NotJson),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn other(&mut self) -> Reading<()> {
        let value = self.value()?;
        self.mistyped += u64::from(value != "null");
        Ok(())
    }

    /// Passes over a value of any depth; gives it as it is written.
    pub(super) fn value(&mut self) -> Reading<&'a str> {
        let first = self.peek().ok_or(NotJson)?;
        let start = self.at;
        let mut depth = 0_u64;
        match first {
            b'"' => return self.string_token(),
            b'{' | b'[' => loop {
                match self.byte().ok_or(NotJson)? {
                    b'"' => {
                        self.string_token()?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                self.at += 1;
                if depth == 0 {
                    break;
                }
            },
            _ => {
                let ends = |byte: u8| matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'{' | b'[') || byte.is_ascii_whitespace();
                while self.byte().is_some_and(|byte| !ends(byte)) {
                    self.at += 1;
                }
            }
        }
        self.text.get(start..self.at).filter(|value| !value.is_empty()).ok_or(NotJson)
    }

    /// A string with its quotes, as it is written.
    fn string_token(&mut self) -> Reading<&'a str> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if bytes.get(start) != Some(&b'"') {
            return Err(NotJson);
        }
        let mut at = start + 1;
        loop {
            let rest = bytes.get(at..).ok_or(NotJson)?;
            let found = memchr2(b'"', b'\\', rest).ok_or(NotJson)?;
            if rest.get(..found).is_some_and(|plain| plain.iter().any(|byte| *byte < b' ')) {
                return Err(NotJson);
            }
            at += found + 1;
            if rest.get(found) == Some(&b'"') {
                break;
            }
            match rest.get(found + 1) {
                Some(b'u') if rest.get(found + 2..found + 6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) => at += 5,
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 1,
                _ => return Err(NotJson),
            }
        }
        self.at = at;
        self.text.get(start..at).ok_or(NotJson)
    }

    /// The text of a string, number or truth value. `None` for null and for what has parts.
    pub(super) fn text(&mut self) -> Reading<Option<Cow<'a, str>>> {
        match self.peek() {
            Some(b'{' | b'[') => self.other().map(|()| None),
            Some(b'"') => Ok(Some(unescaped(self.string_token()?))),
            _ => Ok(Some(self.value()?).filter(|value| *value != "null").map(Cow::Borrowed)),
        }
    }

    /// The same into a text that is there already.
    pub(super) fn text_into(&mut self, out: &mut String) -> Reading<()> {
        out.clear();
        if let Some(text) = self.text()? {
            out.push_str(&text);
        }
        Ok(())
    }

    /// Copies a value of any kind, so that the copy is JSON whatever it was.
    pub(super) fn copy_into(&mut self, out: &mut String) -> Reading<()> {
        push_json(out, self.value()?);
        Ok(())
    }
}

/// Adds a value as it is written; what is no JSON becomes a string.
pub(super) fn push_json(out: &mut String, raw: &str) {
    let is_json = match raw.as_bytes() {
        [b'"', ..] if !raw.contains("\\ud") && !raw.contains("\\uD") => true,
        [b'"', ..] => return push_text(out, &unescaped(raw)),
        [b'{' | b'[', ..] => serde_json::from_str::<serde_json::Value>(raw).is_ok(),
        _ => matches!(raw, "true" | "false" | "null") || is_number(raw),
    };
    if is_json { out.push_str(raw) } else { push_text(out, raw) }
}

/// A number as JSON spells it.
pub(super) fn is_number(raw: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = raw.strip_prefix('-').unwrap_or(raw);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, part) = match mantissa.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (mantissa, None),
    };
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && part.is_none_or(digits) && exponent.is_none_or(digits)
}

/// What a string says, from its text with quotes. Half a surrogate pair becomes the replacement character.
fn unescaped(token: &str) -> Cow<'_, str> {
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        if !plain.is_empty() {
            flush(&mut units, &mut out);
            out.push_str(plain);
        }
        let mut characters = escape.chars();
        let kind = characters.next();
        if kind == Some('u') {
            units.extend(escape.get(1..5).and_then(|digits| u16::from_str_radix(digits, 16).ok()));
            rest = escape.get(5..).unwrap_or_default();
            continue;
        }
        flush(&mut units, &mut out);
        out.extend(kind.map(|kind| match kind {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            other => other,
        }));
        rest = characters.as_str();
    }
    flush(&mut units, &mut out);
    out.push_str(rest);
    Cow::Owned(out)
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings_are_read_and_copied() {
        for (token, text) in [(r#""a""#, "a"), (r#""\u00e9\n\/""#, "é\n/"), (r#""\ud83d\ude00x""#, "😀x"), (r#""\ud83dx""#, "\u{fffd}x")]
        {
            assert_eq!(Cursor::new(token).text(), Ok(Some(Cow::Owned(text.to_owned()))));
            let mut copy = String::new();
            Cursor::new(token).copy_into(&mut copy).unwrap();
            assert_eq!(serde_json::from_str::<String>(&copy).unwrap(), text);
        }
        for bad in [r#""a"#, r#""\x""#, "\"a\nb\"", r#""\u12g4""#, ""] {
            assert_eq!(Cursor::new(bad).value(), Err(NotJson), "{bad}");
        }
    }

    #[test]
    fn what_is_no_json_is_copied_as_text() {
        for (raw, copy) in
            [("NaN", "\"NaN\""), ("-1.5e9", "-1.5e9"), ("01", "\"01\""), ("[1,{\"a\":2}]", "[1,{\"a\":2}]"), ("[}", "\"[}\"")]
        {
            let mut out = String::new();
            push_json(&mut out, raw);
            assert_eq!(out, copy);
        }
    }

    proptest! {
        #[test]
        fn any_json_is_read_to_its_end(text in any::<String>(), number in any::<f64>()) {
            let document = serde_json::json!({ "a": [text, number, null], "b": { "c": text } }).to_string();
            let mut cursor = Cursor::new(&document);
            let mut seen = Vec::new();
            cursor.members(|key, cursor| { seen.push(key.to_owned()); cursor.value().map(drop) }).unwrap();
            prop_assert_eq!(seen, ["a", "b"]);
            prop_assert_eq!(cursor.peek(), None);
        }

        #[test]
        fn copies_are_json(text in "\\PC{0,30}") {
            let mut out = String::new();
            if Cursor::new(&text).copy_into(&mut out).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{}", out);
            }
        }
    }
}
