//! One JSON text to one tree, exactly as written: digits, order and doubled keys stay.
//!
//! A general JSON library settles on values ("1E5" becomes "1e+5", the second of two equal keys wins); a viewer must not. The library
//! still decides what JSON is, here its text is only cut. Iterative. Must not look inside strings, that is for `json_tree`.

use serde_json::Value;

use super::json_tree::{Kind, Node, Problem};

/// Containers within containers up to this number, the library's own limit: recursion over a tree, its `drop` among them, fits a page's
/// small stack.
pub const MAX_DEPTH: usize = 127;

/// Reads a text.
///
/// # Errors
/// [`Problem`] where it is not JSON, or nested more than [`MAX_DEPTH`] levels deep.
pub fn read(text: &str) -> Result<Node, Problem> {
    check(text)?;
    let mut reading = Reading::default();
    reading.step(text, usize::MAX).unwrap_or(Err(Problem::NotJson))
}

/// A text that is read in slices, so that one of megabytes does not stop the page. The text must have passed [`is_json`]; it is handed in
/// for each step and must stay the same.
#[derive(Debug, Default)]
pub struct Reading {
    at: usize,
    open: Vec<Node>,
    key: Option<String>,
    outermost: Option<Node>,
}

impl Reading {
    /// Reads on until about so many bytes have been taken; the result once the text is at its end, `None` before.
    pub fn step(&mut self, text: &str, bytes: usize) -> Option<Result<Node, Problem>> {
        let until = self.at.saturating_add(bytes);
        let mut rest = text.get(self.at..).unwrap_or_default();
        // The text is JSON, so commas and colons stand where they must and can be stepped over.
        while let Some(first) = rest.chars().next() {
            if text.len() - rest.len() >= until {
                self.at = text.len() - rest.len();
                return None;
            }
            let (token, after) = rest.split_at_checked(token_length(rest, first))?;
            rest = after;
            if let Err(problem) = self.take(token, first) {
                return Some(Err(problem));
            }
        }
        self.at = text.len();
        Some(self.outermost.take().ok_or(Problem::NotJson))
    }

    fn take(&mut self, token: &str, first: char) -> Result<(), Problem> {
        let in_object = self.open.last().is_some_and(|parent| matches!(parent.kind, Kind::Object(_)));
        let complete = match first {
            '{' | '[' => {
                if self.open.len() == MAX_DEPTH {
                    return Err(Problem::TooDeep);
                }
                let kind = if first == '{' { Kind::Object(0) } else { Kind::Array(0) };
                let key = self.own_key();
                self.open.push(Node { key, kind, ..Node::default() });
                None
            }
            '}' | ']' => self.open.pop().map(closed),
            '"' if self.key.is_none() && in_object => {
                self.key = Some(unquoted(token));
                None
            }
            '"' => Some(scalar(self.own_key(), Kind::String, unquoted(token))),
            't' | 'f' => Some(scalar(self.own_key(), Kind::Bool, token.to_owned())),
            'n' => Some(scalar(self.own_key(), Kind::Null, token.to_owned())),
            '-' | '0'..='9' => Some(scalar(self.own_key(), Kind::Number, token.to_owned())),
            _ => None,
        };
        if let Some(node) = complete {
            match self.open.last_mut() {
                Some(parent) => parent.children.push(node),
                None => self.outermost = Some(node),
            }
        }
        Ok(())
    }

    /// The name of the value that begins now: the key read before it, or its position in the array.
    fn own_key(&mut self) -> String {
        self.key.take().unwrap_or_else(|| self.open.last().map_or_else(String::new, |parent| parent.children.len().to_string()))
    }
}

/// Whether a text is JSON, at any depth; much cheaper than reading it. Half a surrogate pair passes.
#[must_use]
pub fn is_json(text: &str) -> bool {
    /// What may come next.
    #[derive(PartialEq)]
    enum Next {
        Value,
        /// Right after an opening bracket.
        ValueOrEnd,
        Key,
        /// Right after an opening brace.
        KeyOrEnd,
        Colon,
        CommaOrEnd,
    }
    let mut open: Vec<char> = Vec::new();
    let mut next = Next::Value;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let Some((token, after)) = rest.split_at_checked(token_length(rest, first)) else { return false };
        rest = after;
        next = match (first, next) {
            (' ' | '\t' | '\r' | '\n', next) => next,
            ('{', Next::Value | Next::ValueOrEnd) => {
                open.push('{');
                Next::KeyOrEnd
            }
            ('[', Next::Value | Next::ValueOrEnd) => {
                open.push('[');
                Next::ValueOrEnd
            }
            ('}', Next::KeyOrEnd | Next::CommaOrEnd) if open.pop() == Some('{') => Next::CommaOrEnd,
            (']', Next::ValueOrEnd | Next::CommaOrEnd) if open.pop() == Some('[') => Next::CommaOrEnd,
            ('"', Next::Key | Next::KeyOrEnd) if is_string(token) => Next::Colon,
            ('"', Next::Value | Next::ValueOrEnd) if is_string(token) => Next::CommaOrEnd,
            (':', Next::Colon) => Next::Value,
            (',', Next::CommaOrEnd) => match open.last() {
                Some('{') => Next::Key,
                Some(_) => Next::Value,
                None => return false,
            },
            ('t' | 'f' | 'n', Next::Value | Next::ValueOrEnd) if matches!(token, "true" | "false" | "null") => Next::CommaOrEnd,
            ('-' | '0'..='9', Next::Value | Next::ValueOrEnd) if is_number(token) => Next::CommaOrEnd,
            _ => return false,
        };
    }
    open.is_empty() && next == Next::CommaOrEnd
}

fn is_string(token: &str) -> bool {
    let Some(inner) = token.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) else { return false };
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            0..0x20 => false,
            b'\\' => match bytes.next() {
                Some(b'u') => (0..4).all(|_| bytes.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
                escaped => escaped.is_some_and(|escaped| b"\"\\/bfnrt".contains(&escaped)),
            },
            _ => true,
        };
        if !fine {
            return false;
        }
    }
    true
}

fn is_number(token: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = token.split_once(['e', 'E']).map_or((token, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// The entries of an object as they are written, unread: key and the value's own text. `None` where the text is not a JSON object.
#[must_use]
pub fn entries(text: &str) -> Option<Vec<(String, &str)>> {
    if !text.trim_start().starts_with('{') || !is_json(text) {
        return None;
    }
    let mut found = Vec::new();
    let (mut depth, mut key, mut value_at) = (0_usize, None, 0);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (token, after) = rest.split_at_checked(token_length(rest, first))?;
        rest = after;
        let end = text.len() - rest.len();
        let complete = match first {
            '{' | '[' => {
                if depth == 1 {
                    value_at = at;
                }
                depth += 1;
                false
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                depth == 1
            }
            '"' if depth == 1 && key.is_none() => {
                key = Some(unquoted(token));
                false
            }
            ',' | ':' | ' ' | '\t' | '\r' | '\n' => false,
            _ => {
                if depth == 1 {
                    value_at = at;
                }
                depth == 1
            }
        };
        if complete && let Some(key) = key.take() {
            found.push((key, text.get(value_at..end)?));
        }
    }
    Some(found)
}

/// Whether a text is JSON. The value itself is dropped: it has lost what this file is here to keep.
fn check(text: &str) -> Result<(), Problem> {
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Ok(()),
        // The library gives its reasons as text only.
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => Err(Problem::TooDeep),
        Err(_) => Err(Problem::NotJson),
    }
}

fn scalar(key: String, kind: Kind, text: String) -> Node {
    Node { key, kind, text, ..Node::default() }
}

fn closed(mut container: Node) -> Node {
    let number = container.children.len();
    container.kind = if matches!(container.kind, Kind::Object(_)) { Kind::Object(number) } else { Kind::Array(number) };
    container
}

/// Bytes of the token at the beginning of a text that is JSON.
fn token_length(text: &str, first: char) -> usize {
    match first {
        '"' => {
            let mut escaped = false;
            let end = text.bytes().skip(1).position(|byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |end| end + 2)
        }
        '-' | '+' | '.' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
            text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'))).unwrap_or(text.len())
        }
        other => other.len_utf8(),
    }
}

/// The characters of a quoted text.
fn unquoted(token: &str) -> String {
    serde_json::from_str(token).unwrap_or_else(|_| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(node: &Node) -> String {
        let inner: Vec<String> = node.children.iter().map(|child| format!("{}={}", child.key, drawn(child))).collect();
        match node.kind {
            Kind::Object(number) => format!("{{{number}: {}}}", inner.join(" ")),
            Kind::Array(number) => format!("[{number}: {}]", inner.join(" ")),
            Kind::String => format!("“{}”", node.text),
            Kind::Number | Kind::Bool | Kind::Null => node.text.clone(),
        }
    }

    fn shows(text: &str, expected: &str) {
        assert_eq!(read(text).map(|node| drawn(&node)).as_deref(), Ok(expected));
    }

    #[test]
    fn keeps_digits_order_and_doubled_keys() {
        shows(
            "[1.0, 12345678901234567890123, 1E400, 1e5, -0, 0.10, 1e-07]",
            "[7: 0=1.0 1=12345678901234567890123 2=1E400 3=1e5 4=-0 5=0.10 6=1e-07]",
        );
        shows(r#"{"z": 1, "a": 2, "z": {"z": null}}"#, "{3: z=1 a=2 z={1: z=null}}");
    }

    #[test]
    fn tells_keys_from_values() {
        shows(r#"{"": "", "a:b,c}": "d]\"{\\", "é\u00e9": [[], {}, "x"]}"#, r#"{3: =“” a:b,c}=“d]"{\” éé=[3: 0=[0: ] 1={0: } 2=“x”]}"#);
        shows(" \t\r\n\"plain\" \n", "“plain”");
        shows("true", "true");
        shows("-1.5e+3", "-1.5e+3");
    }

    #[test]
    fn half_a_surrogate_pair_is_no_text() {
        assert_eq!(read(r#"{"a": "x\ud800y"}"#), Err(Problem::NotJson));
        shows(r#"["\ud83d\ude00"]"#, "[1: 0=“😀”]");
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", " ", "{", "[1,]", "{\"a\"}", "01", "nul", "'a'", "1 2", "\"a", "[\"\u{1}\"]", "NaN", "\u{feff}1"] {
            assert_eq!(read(text), Err(Problem::NotJson), "{text:?}");
        }
    }

    #[test]
    fn a_text_read_in_slices_is_the_same() {
        let text = r#"{"a": [1, {"b": "x,y"}, []], "c": null, "a": "é\u00e9", "d": {}}"#;
        for bytes in [1, 2, 7, 1000] {
            let mut reading = Reading::default();
            let whole = std::iter::from_fn(|| Some(reading.step(text, bytes))).take(1000).find_map(|result| result);
            assert_eq!(whole, Some(read(text)), "{bytes}");
        }
    }

    #[test]
    fn checking_alone_agrees_with_reading() {
        let texts = [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\"}",
            "01",
            "nul",
            "'a'",
            "1 2",
            "\"a",
            "[\"\u{1}\"]",
            "NaN",
            "\u{feff}1",
            "1.",
            "-",
            "1e",
            "1e+5",
            "-0.5E-3",
            ".5",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "[}",
            "{]",
            "]",
            "[1]]",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u00e9\"",
            "[[],{}]",
            "{\"a\":{\"b\":[true,null]}}",
            "true false",
            "tru",
            "+1",
            "\"a\"b",
        ];
        for text in texts {
            assert_eq!(is_json(text), check(text).is_ok(), "{text:?}");
        }
        assert!(is_json(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), "however deep");
    }

    proptest::proptest! {
        #[test]
        fn checking_alone_agrees_with_reading_on_anything(text in r#"[\[\]{}",:\\0-9eE.+\-tn u]{0,14}"#) {
            proptest::prop_assert_eq!(is_json(&text), check(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn entries_are_cut_and_not_read() {
        let found = entries(r#" {"a" : [1, {"b": "}"}] , "c\n":"x\"y", "n": -1.50, "t":true, "o": {}} "#);
        let expected = [("a", r#"[1, {"b": "}"}]"#), ("c\n", r#""x\"y""#), ("n", "-1.50"), ("t", "true"), ("o", "{}")];
        assert_eq!(found, Some(expected.map(|(key, value)| (key.to_owned(), value)).to_vec()));
        assert_eq!(entries("{}"), Some(vec![]));
        for odd in ["", "[]", "{", "{\"a\"}", "null", "{} {}"] {
            assert_eq!(entries(odd), None, "{odd}");
        }
    }

    #[test]
    fn stops_where_it_gets_too_deep() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(read(&deep(MAX_DEPTH + 1)), Err(Problem::TooDeep));
        assert_eq!(read(&deep(1_000_000)), Err(Problem::TooDeep));
        assert!(read(&format!("[{}[]]", "[[]],".repeat(100_000))).is_ok(), "wide is not deep");
    }
}
