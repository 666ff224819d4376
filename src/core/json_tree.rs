//! Attribute values as they were found: JSON text to a tree whose numbers keep their digits and whose objects keep their order.
//!
//! JSON held as text in a string is unwrapped, however often it was encoded, and marked; text that merely looks like a number, `true` or
//! a word is left alone. Never fails: what is not JSON stays text. Must not shorten or escape values, that is for `json_rows`.

use super::json_text;

/// How often a string is unwrapped at most.
pub const MAX_LAYERS: u8 = 8;
/// Below this depth strings are no longer unwrapped. A text has at most as many levels again, so recursion over a tree, however its texts
/// are nested in each other, fits a page's small stack.
const MAX_UNWRAP_DEPTH: usize = json_text::MAX_DEPTH;

/// A value and what is inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Name in the object, position in the array ("0", "1", …), empty for the outermost value.
    pub key: String,
    pub kind: Kind,
    /// A string's characters, a number's digits exactly as stored, "true", "false" or "null"; empty for objects and arrays.
    pub text: String,
    pub children: Vec<Node>,
    /// How many layers of text were unwrapped to get here; 0 for a value that stood there plainly.
    pub decoded: u8,
    /// Why the text could not be read as JSON; then `kind` is `String` and `text` the text as it was.
    pub problem: Option<Problem>,
}

/// What a value is; objects and arrays with their number of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    Object(usize),
    Array(usize),
    String,
    Number,
    Bool,
    #[default]
    Null,
}

/// Why a text was not read as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    NotJson,
    /// Nested more than [`json_text::MAX_DEPTH`] levels deep.
    TooDeep,
}

/// Which texts inside a value count as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Texts {
    /// Objects and arrays.
    Containers,
    /// Everything the exporter encodes a second time under this attribute: also a quoted string and `null`.
    ExporterEncoded,
}

impl Node {
    /// Reads one JSON text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match json_text::read(text) {
            Ok(node) => unwrapped(node, Texts::Containers, 0),
            Err(problem) => Self { kind: Kind::String, text: text.to_owned(), problem: Some(problem), ..Self::default() },
        }
    }

    /// Reads a span's attributes, one JSON object. Under `input.*` and `output.value` the exporter stores JSON text in a string, so
    /// there a quoted string and `null` are unwrapped as well, once.
    #[must_use]
    pub fn parse_attributes(text: &str) -> Self {
        match json_text::read(text) {
            Ok(mut node) if matches!(node.kind, Kind::Object(_)) => {
                node.children = node.children.into_iter().map(Self::into_attribute).collect();
                node
            }
            _ => Self::parse(text),
        }
    }

    /// Unwraps one attribute of a span, read by [`json_text::read`], by the rules of its key.
    #[must_use]
    pub fn into_attribute(self) -> Self {
        let encoded = self.key.starts_with("input.") || self.key == "output.value";
        unwrapped(self, if encoded { Texts::ExporterEncoded } else { Texts::Containers }, 0)
    }

    /// Whether the text was not JSON.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.problem.is_some()
    }

    /// The entry of an object or array; of equal keys the first.
    #[must_use]
    pub fn child(&self, key: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.key == key)
    }
}

/// A tree with the strings in it unwrapped; `texts` is for the outermost value, which stands at `depth`.
fn unwrapped(mut node: Node, texts: Texts, depth: usize) -> Node {
    if node.kind == Kind::String
        && depth < MAX_UNWRAP_DEPTH
        && let Some((inner, layers)) = unwrap_text(&node.text, texts)
    {
        node = Node { key: node.key, decoded: layers, ..inner };
    }
    node.children = node.children.into_iter().map(|child| unwrapped(child, Texts::Containers, depth + 1)).collect();
    node
}

/// What a string holds as JSON text and through how many layers; `None` for a string that means itself.
///
/// Quotes around a text are taken off only on the way to an object or array. Where the exporter put them (`ExporterEncoded`), the
/// outermost pair always comes off; the quotes inside that are the user's.
fn unwrap_text(text: &str, texts: Texts) -> Option<(Node, u8)> {
    let mut unquoted: Vec<Node> = Vec::new();
    for layer in 1..=MAX_LAYERS {
        let current = unquoted.last().map_or(text, |node| node.text.as_str());
        let first = current.trim_start().chars().next();
        let is_null = first == Some('n') && layer == 1 && texts == Texts::ExporterEncoded;
        // Looking at the first character keeps most texts from being read at all.
        if !is_null && !matches!(first, Some('{' | '[' | '"')) {
            break;
        }
        match json_text::read(current) {
            Ok(node) if node.kind == Kind::String => unquoted.push(node),
            Ok(node) => return Some((node, layer)),
            Err(_) => break,
        }
    }
    match texts {
        Texts::ExporterEncoded => unquoted.into_iter().next().map(|node| (node, 1)),
        Texts::Containers => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// A value in one line: kind, text and layers.
    fn drawn(node: &Node) -> String {
        let inner: Vec<String> = node.children.iter().map(|child| format!("{}={}", child.key, drawn(child))).collect();
        let value = match node.kind {
            Kind::Object(number) => format!("{{{number}: {}}}", inner.join(" ")),
            Kind::Array(number) => format!("[{number}: {}]", inner.join(" ")),
            Kind::String => format!("“{}”", node.text),
            Kind::Number | Kind::Bool | Kind::Null => node.text.clone(),
        };
        let layers = "'".repeat(usize::from(node.decoded));
        format!("{layers}{value}{}", if node.is_invalid() { "?" } else { "" })
    }

    fn of(key: &str, value: Value) -> Node {
        Node { key: key.to_owned(), ..json_text::read(&value.to_string()).unwrap() }.into_attribute()
    }

    fn attribute(key: &str, value: Value) -> String {
        drawn(&of(key, value))
    }

    /// A value encoded as JSON text, and that again, `times` times.
    fn encoded(value: &Value, times: usize) -> Value {
        (0..times).fold(value.clone(), |value, _| Value::String(value.to_string()))
    }

    #[test]
    fn keeps_order_and_digits() {
        let text = r#"{"z": 1.0, "a": 12345678901234567890123, "e": 1E400, "m": -0, "s": 0.10, "n": 1e-7, "t": [true, null, "x"]}"#;
        assert_eq!(drawn(&Node::parse(text)), "{7: z=1.0 a=12345678901234567890123 e=1E400 m=-0 s=0.10 n=1e-7 t=[3: 0=true 1=null 2=“x”]}");
    }

    #[test]
    fn unwraps_objects_and_arrays_however_often_they_were_encoded() {
        let value = json!({"a": [1]});
        for times in 0..=8 {
            assert_eq!(attribute("x", encoded(&value, times)), format!("{}{{1: a=[1: 0=1]}}", "'".repeat(times)));
        }
        assert!(attribute("x", encoded(&value, 9)).starts_with('“'), "then it stays text");
        assert_eq!(attribute("x", json!({"deep": "[\"{}\"]"})), "{1: deep='[1: 0='{0: }]}", "strings inside are unwrapped as well");
        assert_eq!(attribute("x", json!(" \n{\"a\": 1} ")), "'{1: a=1}");
    }

    #[test]
    fn leaves_a_users_text_alone() {
        for text in
            ["123", "true", "null", "\"quoted\"", "{not json}", "[link](x)", "", " ", "[1] and more", "<max_depth_reached: T>", "\"{\""]
        {
            assert_eq!(attribute("note", json!(text)), format!("“{text}”"));
            assert_eq!(attribute("x", json!([text])), format!("[1: 0=“{text}”]"));
        }
    }

    #[test]
    fn takes_off_what_the_exporter_put_on() {
        for key in ["input.topic", "output.value"] {
            assert_eq!(attribute(key, json!("\"Volcano tourism\"")), "'“Volcano tourism”");
            assert_eq!(attribute(key, json!("null")), "'null");
            assert_eq!(attribute(key, json!("3")), "“3”");
            assert_eq!(attribute(key, json!("false")), "“false”");
            assert_eq!(attribute(key, json!("\"null\"")), "'“null”", "only the outermost layer is the exporter's");
            assert_eq!(attribute(key, json!("\"\\\"said\\\"\"")), "'“\"said\"”");
            assert_eq!(attribute(key, json!("\"{\\\"a\\\": 1}\"")), "''{1: a=1}");
            assert_eq!(attribute(key, json!("plain")), "“plain”");
        }
        assert_eq!(attribute("input", json!("null")), "“null”");
        assert_eq!(attribute("output.type", json!("\"x\"")), "“\"x\"”");
    }

    #[test]
    fn reads_the_attributes_of_a_span() {
        let node =
            Node::parse_attributes(r#"{"agent.name": "None", "input.limit": "3", "output.value": "null", "input.a": "[{\"id\": 1}]"}"#);
        assert_eq!(drawn(&node), "{4: agent.name=“None” input.limit=“3” output.value='null input.a='[1: 0={1: id=1}]}");
        assert_eq!(node.child("input.limit").map(|child| child.text.as_str()), Some("3"));
        assert_eq!(node.child("missing"), None);
        assert_eq!(drawn(&Node::parse_attributes("[1]")), "[1: 0=1]");
        assert_eq!(drawn(&Node::parse_attributes("oops")), "“oops”?");
    }

    #[test]
    fn what_is_not_json_stays_text() {
        for text in ["", "{", "{\"a\":}", "nan", "{} {}", "'a'"] {
            let node = Node::parse(text);
            assert_eq!((node.kind, node.text.as_str(), node.problem), (Kind::String, text, Some(Problem::NotJson)));
        }
    }

    #[test]
    fn deep_nesting_does_not_take_the_stack() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(Node::parse(&deep(100_000)).problem, Some(Problem::TooDeep));
        assert_eq!(Node::parse(&"{\"a\":".repeat(100_000)).problem, Some(Problem::TooDeep));
        assert_eq!(Node::parse(&deep(127)).problem, None);
        assert_eq!(attribute("x", json!(deep(100_000))), format!("“{}”", deep(100_000)));
        // Text within text within text: each layer may be as deep as the parser allows.
        let mut value = json!("end");
        for _ in 0..6 {
            for _ in 0..120 {
                value = Value::Array(vec![value]);
            }
            value = Value::String(value.to_string());
        }
        let mut depth = 0;
        let mut node = &of("x", value);
        while let Some(inner) = node.children.first() {
            node = inner;
            depth += 1;
        }
        assert_eq!(depth, 240, "unwrapped twice, then left as text");
        assert!(node.text.starts_with("[["));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z \"{\\[é]{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-z.]{1,4}", inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// The plain value of a tree, for trees in which nothing was unwrapped.
    fn value_of(node: &Node) -> Value {
        match node.kind {
            Kind::Object(_) => Value::Object(node.children.iter().map(|child| (child.key.clone(), value_of(child))).collect()),
            Kind::Array(_) => Value::Array(node.children.iter().map(value_of).collect()),
            Kind::String => Value::String(node.text.clone()),
            Kind::Number | Kind::Bool | Kind::Null => serde_json::from_str(&node.text).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn the_tree_holds_the_value(value in any_json()) {
            // No generated string is an object or an array by itself, so nothing is unwrapped.
            prop_assert_eq!(value_of(&Node::parse(&value.to_string())), value);
        }

        #[test]
        fn unwrapping_finds_what_was_encoded(value in any_json().prop_filter("containers", |value| value.is_object() || value.is_array()), times in 1_usize..=8) {
            let node = of("x", encoded(&value, times));
            prop_assert_eq!(usize::from(node.decoded), times);
            prop_assert_eq!(value_of(&node), value);
        }

        #[test]
        fn any_text_gives_a_tree(text in prop_oneof![".{0,40}", "[\\[\\]{}\":,\\\\a0n ]{0,24}"]) {
            let node = Node::parse_attributes(&text);
            prop_assert!(!node.is_invalid() || node.text == text);
            let node = of("input.x", Value::String(text.clone()));
            prop_assert!(node.decoded > 0 || node.text == text);
        }
    }
}
