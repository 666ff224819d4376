//! Quoting: names, texts and search patterns as DuckDB SQL.
//!
//! Everything that comes from a file, a link or a reader and ends up in SQL goes through here. Must not build statements.

/// The character that [`like_pattern`] escapes with; it stands behind `ESCAPE` in the statement.
pub const LIKE_ESCAPE: char = '\\';

/// A quoted identifier, also for names that are keywords or hold quotes, dots or spaces.
///
/// DuckDB cannot name anything with a NUL character in SQL; one becomes U+FFFD, which then names nothing and fails plainly.
#[must_use]
pub fn quote_ident(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "\u{fffd}").replace('"', "\"\""))
}

/// A text as an SQL expression with exactly this value.
///
/// A plain literal, except that DuckDB's parser ends a statement at a NUL character, so texts with one are put together with `chr(0)`.
#[must_use]
pub fn quote_text(text: &str) -> String {
    let literal = |part: &str| format!("'{}'", part.replace('\'', "''"));
    if !text.contains('\0') {
        return literal(text);
    }
    let parts: Vec<String> = text.split('\0').map(literal).collect();
    format!("({})", parts.join(" || chr(0) || "))
}

/// A text as a `LIKE` pattern that matches just this text; `%` around it is the caller's. Not yet quoted.
#[must_use]
pub fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_') || character == LIKE_ESCAPE {
            pattern.push(LIKE_ESCAPE);
        }
        pattern.push(character);
    }
    pattern
}

/// A condition: the text of `expression_sql` contains `text`, capitals or not. `expression_sql` is SQL already.
#[must_use]
pub fn contains_ignoring_case(expression_sql: &str, text: &str) -> String {
    let pattern = quote_text(&format!("%{}%", like_pattern(text)));
    format!("{expression_sql} ILIKE {pattern} ESCAPE '{LIKE_ESCAPE}'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What DuckDB makes of the expression that `quote_text` writes.
    fn evaluate(sql: &str) -> Option<String> {
        let sql = sql.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(sql);
        let mut value = String::new();
        let mut rest = sql;
        loop {
            if let Some(after) = rest.strip_prefix("chr(0)") {
                value.push('\0');
                rest = after;
            } else {
                rest = rest.strip_prefix('\'')?;
                loop {
                    let end = rest.find('\'')?;
                    value.push_str(&rest[..end]);
                    rest = &rest[end + 1..];
                    match rest.strip_prefix('\'') {
                        Some(after) => {
                            value.push('\'');
                            rest = after;
                        }
                        None => break,
                    }
                }
            }
            if rest.is_empty() {
                return Some(value);
            }
            rest = rest.strip_prefix(" || ")?;
        }
    }

    /// `LIKE … ESCAPE '\'` by its definition.
    fn like(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
            ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
            [LIKE_ESCAPE, literal, rest @ ..] | [literal, rest @ ..] => text.first() == Some(literal) && like(&text[1..], rest),
        }
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn quotes_names() {
        assert_eq!(quote_ident("spans"), "\"spans\"");
        assert_eq!(quote_ident("a\"; DROP TABLE x; --"), "\"a\"\"; DROP TABLE x; --\"");
        assert_eq!(quote_ident("a\0b"), "\"a\u{fffd}b\"");
    }

    #[test]
    fn quotes_texts() {
        assert_eq!(quote_text("O'Neil"), "'O''Neil'");
        assert_eq!(quote_text("back\\slash"), "'back\\slash'");
        assert_eq!(quote_text("\0a"), "('' || chr(0) || 'a')");
    }

    #[test]
    fn escapes_wildcards() {
        assert_eq!(like_pattern("50%_\\"), "50\\%\\_\\\\");
        assert_eq!(contains_ignoring_case("name", "a'%"), "name ILIKE '%a''\\%%' ESCAPE '\\'");
    }

    proptest! {
        #[test]
        fn a_quoted_text_has_its_own_value(text in prop_oneof![any::<String>(), "['\0a|() ]{0,12}"]) {
            prop_assert_eq!(evaluate(&quote_text(&text)), Some(text));
        }

        #[test]
        fn a_quoted_name_ends_where_it_ends(name in "[\"a. ]{0,12}") {
            let quoted = quote_ident(&name);
            let inner = &quoted[1..quoted.len() - 1];
            prop_assert_eq!(inner.replace("\"\"", ""), name.replace('"', ""), "quotes stand in pairs only");
            prop_assert_eq!(inner.replace("\"\"", "\""), name);
        }

        #[test]
        fn a_pattern_matches_its_own_text_only(text in "[ab%_\\\\]{0,6}", other in "[ab%_\\\\]{0,6}") {
            let pattern = chars(&like_pattern(&text));
            prop_assert!(like(&chars(&text), &pattern));
            prop_assert_eq!(like(&chars(&other), &pattern), text == other);
        }
    }
}
