//! A script of SQL as DuckDB's parser cuts it: tokens, statements, the statement at a caret.
//!
//! Places are bytes of the text. Every text has an answer: what is not closed reaches to the end. Must not know what the words mean; only
//! [`is_reserved`] tells names from words of the language.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Spaces and line breaks, as many as there are.
    Space,
    /// Up to the line break, without it.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// A keyword or a name without quotes.
    Word,
    /// `"…"`.
    QuotedName,
    /// `'…'`, `E'…'`, `X'…'`, `$$…$$`, `$tag$…$tag$`.
    Text,
    Number,
    /// `$1`, `$name`, `?`.
    Parameter,
    /// As many operator characters as stand together.
    Operator,
    Semicolon,
    /// A single character of another kind: brackets, commas, dots, colons.
    Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
    /// False for a text, a name or a comment that lacks its end.
    pub closed: bool,
}

impl Token {
    #[must_use]
    pub fn of<'a>(&self, sql: &'a str) -> &'a str {
        sql.get(self.range.clone()).unwrap_or("")
    }

    /// Whether DuckDB's grammar sees it.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !matches!(self.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
    }

    #[must_use]
    pub fn is_word(&self, sql: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.of(sql).eq_ignore_ascii_case(word)
    }

    #[must_use]
    pub fn is_mark(&self, sql: &str, mark: &str) -> bool {
        self.kind == TokenKind::Mark && self.of(sql) == mark
    }
}

/// All of the text as tokens, one after the other without gaps.
#[must_use]
pub fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sql.len() {
        let (kind, length, closed) = next_token(sql.get(at..).unwrap_or(""));
        // Never without a step, and never into a character.
        let mut end = (at + length.max(1)).min(sql.len());
        while !sql.is_char_boundary(end) {
            end += 1;
        }
        found.push(Token { kind, range: at..end, closed });
        at = end;
    }
    found
}

/// Characters of which DuckDB makes operators.
const OPERATOR: &str = "+-*/<>=~!@#%^&|`";

fn next_token(rest: &str) -> (TokenKind, usize, bool) {
    let first = rest.chars().next().unwrap_or(' ');
    let second = rest.chars().nth(1);
    match first {
        _ if first.is_whitespace() => (TokenKind::Space, length_while(rest, char::is_whitespace), true),
        '-' if second == Some('-') => (TokenKind::LineComment, rest.find(['\n', '\r']).unwrap_or(rest.len()), true),
        '/' if second == Some('*') => block_comment(rest),
        '\'' => quoted(rest, 0, '\'', false, TokenKind::Text),
        '"' => quoted(rest, 0, '"', false, TokenKind::QuotedName),
        'e' | 'E' if second == Some('\'') => quoted(rest, 1, '\'', true, TokenKind::Text),
        'x' | 'X' | 'b' | 'B' if second == Some('\'') => quoted(rest, 1, '\'', false, TokenKind::Text),
        '$' => dollar(rest),
        '?' => (TokenKind::Parameter, 1, true),
        ';' => (TokenKind::Semicolon, 1, true),
        _ if first.is_ascii_digit() || (first == '.' && second.is_some_and(|c| c.is_ascii_digit())) => {
            (TokenKind::Number, number(rest), true)
        }
        _ if is_name_start(first) => (TokenKind::Word, length_while(rest, is_name_part), true),
        _ if OPERATOR.contains(first) => (TokenKind::Operator, operator(rest), true),
        _ => (TokenKind::Mark, first.len_utf8(), true),
    }
}

fn is_name_start(character: char) -> bool {
    character == '_' || character.is_ascii_alphabetic() || !character.is_ascii()
}

fn is_name_part(character: char) -> bool {
    is_name_start(character) && !character.is_whitespace() || character.is_ascii_digit() || character == '$'
}

fn length_while(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|character| !fits(character)).unwrap_or(text.len())
}

/// A quote that is doubled, or escaped by a backslash where that is the rule, belongs to the text.
fn quoted(rest: &str, prefix: usize, quote: char, backslashes: bool, kind: TokenKind) -> (TokenKind, usize, bool) {
    let mut characters = rest.char_indices().skip(prefix + 1).peekable();
    while let Some((at, character)) = characters.next() {
        if backslashes && character == '\\' {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return (kind, at + quote.len_utf8(), true);
            }
        }
    }
    (kind, rest.len(), false)
}

fn block_comment(rest: &str) -> (TokenKind, usize, bool) {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (2, 1_usize);
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return (TokenKind::BlockComment, at, true);
                }
            }
            _ => at += 1,
        }
    }
    (TokenKind::BlockComment, rest.len(), false)
}

fn dollar(rest: &str) -> (TokenKind, usize, bool) {
    let after = rest.get(1..).unwrap_or("");
    let is_tag_start = after.starts_with(|c: char| is_name_start(c) || c == '$');
    let tag = length_while(after, |c| is_name_part(c) && c != '$');
    if is_tag_start && after.get(tag..).is_some_and(|behind| behind.starts_with('$')) {
        let open = tag + 2;
        let mark = rest.get(..open).unwrap_or("");
        return match rest.get(open..).and_then(|body| body.find(mark)) {
            Some(end) => (TokenKind::Text, open + end + open, true),
            None => (TokenKind::Text, rest.len(), false),
        };
    }
    let name = length_while(after, |c| is_name_part(c) && c != '$');
    (if name == 0 { TokenKind::Mark } else { TokenKind::Parameter }, 1 + name, true)
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| length_while(text, |c| c.is_ascii_digit() || c == '_');
    let is_radix = rest.get(..2).is_some_and(|start| matches!(start, "0x" | "0X"));
    if is_radix {
        return 2 + length_while(rest.get(2..).unwrap_or(""), |c| c.is_ascii_hexdigit() || c == '_');
    }
    let mut end = digits(rest);
    let behind = |end: usize| rest.get(end..).unwrap_or("");
    if behind(end).starts_with('.') && !behind(end).starts_with("..") {
        end += 1;
        end += digits(behind(end));
    }
    if behind(end).starts_with(['e', 'E']) {
        let sign = usize::from(behind(end + 1).starts_with(['+', '-']));
        let exponent = length_while(behind(end + 1 + sign), |c| c.is_ascii_digit());
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// Ends where a comment begins.
fn operator(rest: &str) -> usize {
    let length = length_while(rest, |c| OPERATOR.contains(c));
    let run = rest.get(..length).unwrap_or("");
    let comment = ["--", "/*"].iter().filter_map(|start| run.find(start)).min();
    comment.filter(|at| *at > 0).unwrap_or(length)
}

/// The statements of a script, without the spaces and comments around them and without their semicolons. Empty ones are none.
#[must_use]
pub fn statements(sql: &str) -> Vec<Range<usize>> {
    cut(sql).into_iter().map(|part| part.body).collect()
}

struct Part {
    /// From behind the semicolon before to behind its own.
    whole: Range<usize>,
    body: Range<usize>,
}

fn cut(sql: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut start, mut body) = (0, None::<Range<usize>>);
    for token in tokens(sql) {
        if token.kind == TokenKind::Semicolon {
            parts.extend(body.take().map(|body| Part { whole: start..token.range.end, body }));
            start = token.range.end;
        } else if token.counts() {
            let from = body.as_ref().map_or(token.range.start, |body| body.start);
            body = Some(from..token.range.end);
        }
    }
    parts.extend(body.map(|body| Part { whole: start..sql.len(), body }));
    parts
}

/// The statement that a caret stands in or just behind: on the line of a semicolon it is the one that ended there, in the space before a statement
/// the one that follows, behind the last one the last.
#[must_use]
pub fn statement_at(sql: &str, caret: usize) -> Option<Range<usize>> {
    let parts = cut(sql);
    let within = parts.iter().position(|part| caret < part.whole.end).unwrap_or(parts.len().saturating_sub(1));
    let before = within.checked_sub(1).and_then(|at| parts.get(at));
    let found = parts.get(within)?;
    let is_behind =
        before.is_some_and(|before| caret < found.body.start && sql.get(before.whole.end..caret).is_some_and(|gap| !gap.contains('\n')));
    Some(if let (true, Some(before)) = (is_behind, before) { before.body.clone() } else { found.body.clone() })
}

/// Whether a script names a table or view, by a word or in quotes.
#[must_use]
pub fn mentions(sql: &str, name: &str) -> bool {
    let quoted = crate::sql::quote_ident(name);
    tokens(sql)
        .iter()
        .any(|token| token.is_word(sql, name) || (token.kind == TokenKind::QuotedName && token.of(sql).eq_ignore_ascii_case(&quoted)))
}

/// Whether a script may change which tables there are.
#[must_use]
pub fn changes_tables(sql: &str) -> bool {
    let all = tokens(sql);
    all.iter().any(|token| ["CREATE", "DROP", "ALTER"].iter().any(|word| token.is_word(sql, word)))
}

/// The byte of a place that is counted in UTF-16 units, as JavaScript counts; the end where it is beyond.
#[must_use]
pub fn byte_of_utf16(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(character.len_utf16());
    }
    text.len()
}

/// The place of a byte in UTF-16 units.
#[must_use]
pub fn utf16_of_byte(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).map(|(_, character)| character.len_utf16()).sum()
}

/// Words that cannot be names without quotes, in capitals, in order. DuckDB's reserved keywords, and those of joins.
const RESERVED: &[&str] = &[
    "ALL",
    "ANALYSE",
    "ANALYZE",
    "AND",
    "ANTI",
    "ANY",
    "ARRAY",
    "AS",
    "ASC",
    "ASOF",
    "ASYMMETRIC",
    "BETWEEN",
    "BOTH",
    "BY",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "DEFAULT",
    "DEFERRABLE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "DO",
    "ELSE",
    "END",
    "EXCEPT",
    "FALSE",
    "FETCH",
    "FOR",
    "FOREIGN",
    "FROM",
    "FULL",
    "GLOB",
    "GRANT",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INITIALLY",
    "INNER",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "LAMBDA",
    "LATERAL",
    "LEADING",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NATURAL",
    "NOT",
    "NOTNULL",
    "NULL",
    "OFFSET",
    "ON",
    "ONLY",
    "OR",
    "ORDER",
    "OUTER",
    "OVERLAPS",
    "PIVOT",
    "PIVOT_LONGER",
    "PIVOT_WIDER",
    "PLACING",
    "POSITIONAL",
    "PRIMARY",
    "QUALIFY",
    "REFERENCES",
    "RETURNING",
    "RIGHT",
    "SELECT",
    "SEMI",
    "SHOW",
    "SIMILAR",
    "SOME",
    "SUMMARIZE",
    "SYMMETRIC",
    "TABLE",
    "THEN",
    "TO",
    "TRAILING",
    "TRUE",
    "UNION",
    "UNIQUE",
    "UNPIVOT",
    "USING",
    "VARIADIC",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// Whether a word cannot be a name without quotes.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
}

/// A name as it can stand in a statement: quoted only where it has to be.
#[must_use]
pub fn written(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c == '_' || c.is_ascii_lowercase())
        && name.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
        && !is_reserved(name);
    if is_plain { name.to_owned() } else { crate::sql::quote_ident(name) }
}

#[cfg(test)]
mod tests;
