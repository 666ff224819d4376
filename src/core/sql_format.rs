//! SQL in an even layout: clauses on lines of their own, what is nested further in, words of the language in capitals.
//!
//! Only spaces and line breaks between tokens change, and the case of reserved words: never what a statement means. What is not closed is
//! left as it is.

use crate::sql_script::{Token, TokenKind, is_reserved, tokens};

/// Longer lists are broken at their commas and ANDs.
const WIDTH: usize = 88;
const STEP: usize = 2;

/// The script in an even layout. Formatting it again changes nothing.
#[must_use]
pub fn format(sql: &str) -> String {
    let all = tokens(sql);
    if all.iter().any(|token| !token.closed) {
        return sql.to_owned();
    }
    let mut writer = Writer { sql, pieces: pieces(sql, &all), out: String::new(), scopes: vec![Scope::default()] };
    for at in 0..writer.pieces.len() {
        writer.put(at);
    }
    let mut text = writer.out.trim_end().to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A token with what stood before it.
struct Piece {
    token: Token,
    /// Line breaks before it.
    breaks: usize,
    spaced: bool,
}

fn pieces(sql: &str, all: &[Token]) -> Vec<Piece> {
    let (mut found, mut breaks, mut spaced) = (Vec::new(), 0, false);
    for token in all {
        if token.kind == TokenKind::Space {
            (breaks, spaced) = (token.of(sql).matches('\n').count(), true);
        } else {
            found.push(Piece { token: token.clone(), breaks, spaced });
            (breaks, spaced) = (0, false);
        }
    }
    found
}

/// A bracket that is open, or the statement itself.
#[derive(Clone, Default)]
struct Scope {
    /// Holds clauses, each on a line of its own.
    block: bool,
    indent: usize,
    /// The clause is broken: what it lists stands below each other, this far in.
    broken: Option<usize>,
    /// `BETWEEN` waits for its `AND`.
    between: usize,
    /// `CASE`s that are open.
    cases: usize,
    begun: bool,
}

struct Writer<'a> {
    sql: &'a str,
    pieces: Vec<Piece>,
    out: String,
    scopes: Vec<Scope>,
}

const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "HAVING",
    "QUALIFY",
    "WINDOW",
    "LIMIT",
    "OFFSET",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "VALUES",
    "RETURNING",
    "WITH",
];
const JOINS: &[&str] = &["JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ASOF", "SEMI", "ANTI", "POSITIONAL", "NATURAL"];

impl Writer<'_> {
    fn is(&self, at: usize, word: &str) -> bool {
        self.pieces.get(at).is_some_and(|piece| piece.token.is_word(self.sql, word))
    }

    fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    fn text(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |piece| piece.token.of(self.sql))
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.pieces.get(at).map(|piece| piece.token.kind)
    }

    /// A word right behind a dot or AS is a name, whatever it says; before a bracket some are functions.
    fn is_name(&self, at: usize) -> bool {
        let before = at.checked_sub(1);
        before.is_some_and(|before| {
            self.text(before) == "." || (self.is(before, "AS") && !self.is_any(at, &["SELECT", "WITH", "FROM", "VALUES"]))
        }) || self.text(at + 1) == "."
            || matches!(self.text(at + 1), ":" | ":=" | "=>")
            || (self.text(at + 1) == "(" && self.is_any(at, &["LEFT", "RIGHT", "GLOB"]))
    }

    fn starts_clause(&self, at: usize) -> bool {
        if self.kind(at) != Some(TokenKind::Word) || self.is_name(at) {
            return false;
        }
        let before = at.checked_sub(1);
        let after = |words: &[&str]| before.is_some_and(|before| self.is_any(before, words));
        if self.is_any(at, &["GROUP", "ORDER", "PARTITION"]) {
            return self.is(at + 1, "BY") && !self.is(at, "PARTITION");
        }
        if self.is_any(at, JOINS) {
            let mut next = at;
            while self.is_any(next, JOINS) || self.is(next, "OUTER") {
                if self.is(next, "JOIN") {
                    return !after(JOINS) && !after(&["OUTER"]);
                }
                next += 1;
            }
            return false;
        }
        let is_part = (self.is(at, "FROM") && after(&["DISTINCT", "DELETE"]))
            || (self.is(at, "WITH") && self.scopes.last().is_none_or(|scope| scope.begun));
        self.is_any(at, CLAUSES) && !is_part && !(self.is(at, "OFFSET") && after(&["WITH"]))
    }

    /// Where the clause that begins here ends: at the next one, at the end of the bracket or of the statement.
    fn clause_end(&self, from: usize) -> usize {
        let mut depth = 0_usize;
        let mut at = from + 1;
        while at < self.pieces.len() {
            match self.text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return at,
                ")" | "]" | "}" => depth -= 1,
                ";" if depth == 0 => return at,
                _ if depth == 0 && self.starts_clause(at) => return at,
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// Whether what the clause lists has to stand below each other: it is long, or holds clauses or comments of its own.
    fn is_long(&self, from: usize, indent: usize) -> bool {
        let end = self.clause_end(from);
        let mut width = indent;
        for at in from..end {
            if matches!(self.kind(at), Some(TokenKind::LineComment | TokenKind::BlockComment))
                || self.opens_block(at)
                || self.joins_texts(at)
                || self.text(at).contains('\n')
            {
                return true;
            }
            width +=
                self.text(at).chars().count() + usize::from(self.pieces.get(at).is_some_and(|piece| piece.spaced) || self.text(at) == ",");
        }
        width > WIDTH
    }

    fn opens_block(&self, at: usize) -> bool {
        self.text(at) == "(" && self.is_any(at + 1, &["SELECT", "WITH", "FROM", "VALUES"])
    }

    /// Two texts are one where a line break lies between them.
    fn joins_texts(&self, at: usize) -> bool {
        let behind_text = at.checked_sub(1).is_some_and(|before| self.kind(before) == Some(TokenKind::Text));
        behind_text && self.kind(at) == Some(TokenKind::Text) && self.pieces.get(at).is_some_and(|piece| piece.breaks > 0)
    }

    fn line(&mut self, indent: usize) {
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn is_at_line_start(&self) -> bool {
        self.out.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
    }

    fn put(&mut self, at: usize) {
        let Some(kind) = self.kind(at) else { return };
        let scope = self.scopes.last().cloned().unwrap_or_default();
        let is_top = self.scopes.len() == 1;
        let text = self.text(at).to_owned();
        let before = at.checked_sub(1);
        let breaks = self.pieces.get(at).map_or(0, |piece| piece.breaks);
        let after_comment = before.is_some_and(|before| self.kind(before) == Some(TokenKind::LineComment));
        let is_clause = (scope.block || is_top) && self.starts_clause(at);
        let joined_texts = self.joins_texts(at);
        if at > 0 && !scope.begun && is_top {
            // The next statement.
            let comment_goes_on =
                before.is_some_and(|before| matches!(self.kind(before), Some(TokenKind::LineComment | TokenKind::BlockComment)));
            let trails = breaks == 0 && matches!(kind, TokenKind::LineComment | TokenKind::BlockComment);
            match (comment_goes_on, trails) {
                (true, _) => {
                    self.line(0);
                    if breaks > 1 {
                        self.out.push('\n');
                    }
                }
                (false, true) => self.out.push(' '),
                (false, false) => {
                    self.line(0);
                    self.out.push('\n');
                }
            }
        } else if kind == TokenKind::Semicolon {
            if after_comment {
                self.line(0);
            }
        } else if matches!(kind, TokenKind::LineComment | TokenKind::BlockComment) {
            match breaks > 0 && at > 0 || after_comment {
                true => self.line(scope.broken.unwrap_or(scope.indent)),
                false => self.space(at),
            }
        } else if is_clause && at > 0 {
            self.line(scope.indent);
        } else if joined_texts || after_comment {
            self.line(scope.broken.unwrap_or(scope.indent + STEP));
        } else if text == ")" && scope.block {
            self.line(scope.indent.saturating_sub(STEP));
        } else if let (Some(indent), true) = (scope.broken, self.breaks_before(at, &scope)) {
            self.line(indent);
        } else if !self.is_at_line_start() {
            self.space(at);
        }
        let is_reserved_word = kind == TokenKind::Word && is_reserved(&text) && !self.is_name(at);
        self.out.push_str(&if is_reserved_word { text.to_ascii_uppercase() } else { text.clone() });
        self.follow(at, kind, &text, is_clause);
    }

    fn breaks_before(&self, at: usize, scope: &Scope) -> bool {
        let behind_comma = at.checked_sub(1).is_some_and(|before| self.text(before) == ",");
        behind_comma || (scope.between == 0 && scope.cases == 0 && self.is_any(at, &["AND", "OR"]) && !self.is_name(at))
    }

    /// What the token means for those behind it.
    fn follow(&mut self, at: usize, kind: TokenKind, text: &str, is_clause: bool) {
        let breaks_list = is_clause && {
            let indent = self.scopes.last().map_or(0, |scope| scope.indent);
            self.is_long(at, indent)
        };
        let block = self.opens_block(at);
        let Some(scope) = self.scopes.last_mut() else { return };
        if matches!(kind, TokenKind::LineComment | TokenKind::BlockComment) {
            return;
        }
        scope.begun = true;
        if is_clause {
            scope.broken = breaks_list.then_some(scope.indent + STEP);
            (scope.between, scope.cases) = (0, 0);
        }
        let upper = if kind == TokenKind::Word { text.to_ascii_uppercase() } else { String::new() };
        match (text, upper.as_str()) {
            (_, "BETWEEN") => scope.between += 1,
            (_, "AND") => scope.between = scope.between.saturating_sub(1),
            (_, "CASE") => scope.cases += 1,
            (_, "END") => scope.cases = scope.cases.saturating_sub(1),
            ("(" | "[" | "{", _) => {
                let indent = scope.indent + if block { STEP } else { 0 };
                self.scopes.push(Scope { block, indent, begun: !block, ..Scope::default() });
                if block {
                    self.line(indent);
                }
            }
            (")" | "]" | "}", _) if self.scopes.len() > 1 => drop(self.scopes.pop()),
            (";", _) => self.scopes = vec![Scope::default()],
            _ => {}
        }
    }

    /// One space, or none, as it was; but for commas and the insides of brackets.
    fn space(&mut self, at: usize) {
        let before = at.checked_sub(1).map_or("", |before| self.text(before));
        let text = self.text(at);
        let wanted = match (before, text) {
            (_, "," | ")" | "]") | ("(" | "[", _) => false,
            (",", _) => true,
            _ => self.pieces.get(at).is_some_and(|piece| piece.spaced),
        };
        // An operator that would touch another one, or begin a comment, becomes another operator.
        let touches = !wanted && self.pieces.get(at).is_some_and(|piece| piece.spaced) && {
            let is_operator = |at: usize| self.kind(at) == Some(TokenKind::Operator);
            at.checked_sub(1).is_some_and(is_operator) && is_operator(at)
        };
        if (wanted || touches) && !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn essence(sql: &str) -> Vec<(TokenKind, String)> {
        let all = tokens(sql);
        all.iter()
            .filter(|token| token.kind != TokenKind::Space)
            .map(|token| {
                let text = match token.kind {
                    TokenKind::Word => token.of(sql).to_lowercase(),
                    // Spaces behind it are spaces.
                    TokenKind::LineComment => token.of(sql).trim_end().to_owned(),
                    _ => token.of(sql).to_owned(),
                };
                (token.kind, text)
            })
            .collect()
    }

    #[test]
    fn clauses_stand_below_each_other() {
        assert_eq!(
            format(
                "select agent,count( * ) as runs from spans where name='x' and duration_ms between 1 and 2 group by all order by runs desc limit 5;select 1"
            ),
            "SELECT agent, count(*) AS runs\nFROM spans\nWHERE name='x' AND duration_ms BETWEEN 1 AND 2\nGROUP BY ALL\nORDER BY runs DESC\nLIMIT 5;\n\nSELECT 1\n"
        );
    }

    #[test]
    fn what_is_nested_is_further_in() {
        assert_eq!(
            format("-- why\nwith r as (select a from t) select * from r left join (from u) using (id)"),
            "-- why\nWITH r AS (\n  SELECT a\n  FROM t\n)\nSELECT *\nFROM r\nLEFT JOIN (\n  FROM u\n) USING (id)\n"
        );
        let long = format("select aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, f(c, d) as e");
        assert_eq!(
            long.lines().collect::<Vec<_>>(),
            ["SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,", "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,", "  f(c, d) AS e"]
        );
    }

    #[test]
    fn names_keep_their_case_and_joined_texts_their_line_break() {
        assert_eq!(
            format("select t.End, x as Order, 'a'\n'b', left(x, 1), Name"),
            "SELECT t.End,\n  x AS Order,\n  'a'\n  'b',\n  left(x, 1),\n  Name\n"
        );
        assert_eq!(format("select 'open"), "select 'open");
        assert_eq!(format(" "), "");
    }

    proptest! {
        #[test]
        fn only_spaces_and_the_case_of_reserved_words_change(
            words in prop::collection::vec(prop_oneof![
                Just("select"), Just("from"), Just("where"), Just("join"), Just("left"), Just("and"), Just("between"), Just("case"), Just("end"), Just("group by"), Just("with"),
                Just("as"), Just("("), Just(")"), Just("["), Just("{"), Just("}"), Just(","), Just(";"), Just("."), Just("'a'"), Just("$$;$$"), Just("-- c\n"), Just("/* d */"),
                Just("+"), Just("-"), Just("->>"), Just("1"), Just("x"), Just("\"Y\""), Just("::"), Just(":="), Just("e"), Just("union all"), Just("values"), Just("order"),
            ], 0..24),
            gaps in prop::collection::vec(prop_oneof![Just(""), Just(" "), Just("\n"), Just("  \n ")], 24),
        ) {
            let sql: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [*word, *gap]).collect();
            let formatted = format(&sql);
            prop_assert_eq!(essence(&formatted), essence(&sql), "{}", formatted);
            let breaks = |text: &str| {
                let all = tokens(text);
                all.windows(3).filter(|w| w[0].kind == TokenKind::Text && w[2].kind == TokenKind::Text).map(|w| w[1].of(text).contains('\n')).collect::<Vec<_>>()
            };
            prop_assert_eq!(breaks(&formatted), breaks(&sql), "texts that are one stay one: {}", formatted);
            prop_assert_eq!(format(&formatted), formatted.clone(), "formatting again changes nothing");
        }
    }
}
