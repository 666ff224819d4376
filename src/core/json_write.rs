//! Texts and numbers as JSON. Must not know documents: who calls it puts braces and commas.

use std::fmt::Write as _;

/// Adds a text as a JSON string.
pub fn push_text(out: &mut String, text: &str) {
    out.push('"');
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(written..at).unwrap_or_default());
        written = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push_str(text.get(written..).unwrap_or_default());
    out.push('"');
}

/// Adds a number with as many digits as tell it from every other one; `null` for infinity and not-a-number, for which JSON has no other word.
pub fn push_float(out: &mut String, value: f64) {
    let _ = if value.is_finite() { write!(out, "{value:?}") } else { out.write_str("null") };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_escaped() {
        let mut out = String::new();
        push_text(&mut out, "a\"b\\c\n\r\t\u{1}\u{7f}é");
        assert_eq!(out, "\"a\\\"b\\\\c\\n\\r\\t\\u0001\u{7f}é\"");
    }

    proptest! {
        #[test]
        fn any_text_survives(text in any::<String>()) {
            let mut out = String::new();
            push_text(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }

        #[test]
        fn any_float_is_json(value in any::<f64>()) {
            let mut out = String::new();
            push_float(&mut out, value);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{}", out);
            prop_assert_eq!(out.parse().ok(), value.is_finite().then_some(value));
        }
    }
}
