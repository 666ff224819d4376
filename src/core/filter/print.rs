//! Writes a filter as canonical text: reading it again gives the same filter.

use super::{
    AttributeTest, Condition, Filter, How, KEYS, Node, Pattern, Subject, TextField, TimeField,
    parse::{UNITS, has_other_meaning},
};

pub(super) fn print(filter: &Filter) -> String {
    let mut text = String::new();
    if let Some(root) = &filter.root {
        write_node(root, &mut text);
    }
    text
}

// Nests as deep as the parser lets brackets nest.
fn write_node(node: &Node, text: &mut String) {
    match node {
        Node::And(nodes) => write_all(nodes, " ", |node| matches!(node, Node::Or(_)), text),
        Node::Or(nodes) => write_all(nodes, " OR ", |_| false, text),
        Node::Not(inner) => {
            text.push('-');
            write_grouped(inner, matches!(**inner, Node::And(_) | Node::Or(_)), text);
        }
        Node::Is(condition) => text.push_str(&print_condition(condition)),
    }
}

fn write_all(nodes: &[Node], between: &str, in_brackets: impl Fn(&Node) -> bool, text: &mut String) {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        write_grouped(node, in_brackets(node), text);
    }
}

fn write_grouped(node: &Node, in_brackets: bool, text: &mut String) {
    if in_brackets {
        text.push('(');
    }
    write_node(node, text);
    if in_brackets {
        text.push(')');
    }
}

/// One condition as it stands in a filter.
pub fn print_condition(condition: &Condition) -> String {
    match condition {
        Condition::Text { field, how, values } => format!("{}{}{}", field_key(*field), sign(*how), list(values)),
        Condition::Status(values) => format!("status:{}", words(values, |status| status.word())),
        Condition::Time { of, compare, ns } => {
            let key = match of {
                TimeField::Duration => "dur",
                TimeField::Own => "self",
            };
            format!("{key}{}{}", compare.sign(), print_time(*ns))
        }
        Condition::Root(is_root) => format!("root:{is_root}"),
        Condition::Has(parts) => format!("has:{}", words(parts, |part| part.word())),
        Condition::Attribute { key, test } => {
            let key = format!("attr.{}", if is_plain_key(key) { key.clone() } else { quoted(key) });
            match test {
                AttributeTest::Exists => format!("{key}:exists"),
                AttributeTest::Text { how: How::Is, values } => match values.as_slice() {
                    [only] if only.as_literal().is_some_and(|text| text.eq_ignore_ascii_case("exists")) => {
                        format!("{key}:{}", quoted(only.as_literal().unwrap_or_default()))
                    }
                    _ => format!("{key}:{}", list(values)),
                },
                AttributeTest::Text { how, values } => format!("{key}{}{}", sign(*how), list(values)),
                AttributeTest::Number { compare, number } => format!("{key}{}{number}", compare.sign()),
            }
        }
        Condition::Free(pattern) => match pattern.as_literal() {
            Some(word) if has_other_meaning(word) => quoted(word),
            _ => {
                let text = print_pattern(pattern);
                // Quotes around the first part keep a dash from being a NOT.
                match pattern.parts().split_first() {
                    Some((first, rest)) if first.starts_with('-') => {
                        format!("{}*{}", quoted(first), print_parts(rest))
                    }
                    _ => text,
                }
            }
        },
    }
}

fn field_key(field: TextField) -> &'static str {
    KEYS.iter().find(|key| key.subject == Subject::Text(field)).map_or("name", |key| key.name)
}

fn sign(how: How) -> char {
    match how {
        How::Is => ':',
        How::Exactly => '=',
        How::Contains => '~',
    }
}

fn words<T: Copy>(values: &[T], word: impl Fn(T) -> &'static str) -> String {
    values.iter().map(|value| word(*value)).collect::<Vec<_>>().join(",")
}

fn list(values: &[Pattern]) -> String {
    values.iter().map(print_pattern).collect::<Vec<_>>().join(",")
}

fn print_pattern(pattern: &Pattern) -> String {
    match pattern.as_literal() {
        Some(text) => print_value(text),
        None => print_parts(pattern.parts()),
    }
}

fn print_parts(parts: &[String]) -> String {
    let printed: Vec<String> = parts.iter().map(|part| if part.is_empty() { String::new() } else { print_value(part) }).collect();
    printed.join("*")
}

/// A text as a value that means just this text: in quotes where it has to be.
pub fn print_value(text: &str) -> String {
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut printed = String::with_capacity(text.len() + 2);
    printed.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            printed.push('\\');
        }
        printed.push(character);
    }
    printed.push('"');
    printed
}

/// Means nothing but itself in a word or a value.
fn is_plain(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || matches!(character, '(' | ')' | '"' | '\\' | ',' | '*' | ':' | '=' | '~' | '<' | '>' | '!' | '|' | '&' | ';'))
}

fn is_plain_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_plain)
}

/// In the longest unit that needs no fraction.
fn print_time(ns: i64) -> String {
    let fitting = UNITS.iter().find(|(unit_ns, _)| ns != 0 && ns % unit_ns == 0);
    match fitting {
        Some((unit_ns, spellings)) => format!("{}{}", ns / unit_ns, spellings.first().copied().unwrap_or_default()),
        None => format!("{ns}ms"),
    }
}
