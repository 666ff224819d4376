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
    let mut open: Vec<Node> = Vec::new();
    let mut key: Option<String> = None;
    let mut outermost = None;
    let mut rest = text;
    // The text is JSON, so commas and colons stand where they must and can be stepped over.
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(token_length(rest, first));
        rest = after;
        let complete = match first {
            '{' | '[' => {
                if open.len() == MAX_DEPTH {
                    return Err(Problem::TooDeep);
                }
                let kind = if first == '{' { Kind::Object(0) } else { Kind::Array(0) };
                open.push(Node { key: own_key(&mut key, open.last()), kind, ..Node::default() });
                None
            }
            '}' | ']' => open.pop().map(closed),
            '"' if key.is_none() && open.last().is_some_and(|parent| matches!(parent.kind, Kind::Object(_))) => {
                key = Some(unquoted(token));
                None
            }
            '"' => Some(scalar(own_key(&mut key, open.last()), Kind::String, unquoted(token))),
            't' | 'f' => Some(scalar(own_key(&mut key, open.last()), Kind::Bool, token.to_owned())),
            'n' => Some(scalar(own_key(&mut key, open.last()), Kind::Null, token.to_owned())),
            '-' | '0'..='9' => Some(scalar(own_key(&mut key, open.last()), Kind::Number, token.to_owned())),
            _ => None,
        };
        if let Some(node) = complete {
            match open.last_mut() {
                Some(parent) => parent.children.push(node),
                None => outermost = Some(node),
            }
        }
    }
    outermost.ok_or(Problem::NotJson)
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

/// The name of the value that begins now: the key read before it, or its position in the array.
fn own_key(key: &mut Option<String>, parent: Option<&Node>) -> String {
    key.take().unwrap_or_else(|| parent.map_or_else(String::new, |parent| parent.children.len().to_string()))
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
    fn stops_where_it_gets_too_deep() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(read(&deep(MAX_DEPTH + 1)), Err(Problem::TooDeep));
        assert_eq!(read(&deep(1_000_000)), Err(Problem::TooDeep));
        assert!(read(&format!("[{}[]]", "[[]],".repeat(100_000))).is_ok(), "wide is not deep");
    }
}
