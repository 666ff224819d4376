//! What a statement makes, drops or renames in the database in memory, read from its first words.
//!
//! Must not run anything, and need not be right about what DuckDB refuses: it is asked about statements that ended well.

use crate::sql_script::{Token, TokenKind, tokens};

/// What can be made. A table's rows are gone with the database; all else is as good as the statement that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Table,
    View,
    Macro,
    Type,
    Sequence,
    Schema,
}

/// What a statement did. Names are as they were written, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Made { kind: Kind, name: String, is_temporary: bool },
    Dropped { name: String },
    Renamed { from: String, to: String },
}

/// The change that one statement makes, if it makes one.
#[must_use]
pub fn change(sql: &str) -> Option<Change> {
    let all: Vec<Token> = tokens(sql).into_iter().filter(Token::counts).collect();
    let mut words = Words { sql, tokens: &all };
    if words.take("CREATE") {
        let mut is_temporary = false;
        loop {
            if words.take("TEMP") || words.take("TEMPORARY") {
                is_temporary = true;
            } else if !["OR", "REPLACE", "LOCAL", "GLOBAL", "UNLOGGED", "PERSISTENT", "RECURSIVE"].into_iter().any(|word| words.take(word))
            {
                break;
            }
        }
        let kind = words.kind()?;
        for word in ["IF", "NOT", "EXISTS"] {
            words.take(word);
        }
        return Some(Change::Made { kind, name: words.name()?, is_temporary });
    }
    if words.take("DROP") {
        words.kind()?;
        words.take("TABLE");
        for word in ["IF", "EXISTS"] {
            words.take(word);
        }
        return Some(Change::Dropped { name: words.name()? });
    }
    if words.take("ALTER") {
        words.kind()?;
        for word in ["IF", "EXISTS"] {
            words.take(word);
        }
        let from = words.name()?;
        let is_renamed = words.take("RENAME") && words.take("TO");
        return is_renamed.then(|| words.name()).flatten().map(|to| Change::Renamed { from, to });
    }
    None
}

struct Words<'a> {
    sql: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    fn take(&mut self, word: &str) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if first.is_word(self.sql, word) => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn kind(&mut self) -> Option<Kind> {
        let kinds = [
            ("TABLE", Kind::Table),
            ("VIEW", Kind::View),
            ("MACRO", Kind::Macro),
            ("FUNCTION", Kind::Macro),
            ("TYPE", Kind::Type),
            ("SEQUENCE", Kind::Sequence),
            ("SCHEMA", Kind::Schema),
        ];
        kinds.into_iter().find(|(word, _)| self.take(word)).map(|(_, kind)| kind)
    }

    /// A name with what it lies in, but for the database in memory and its main schema.
    fn name(&mut self) -> Option<String> {
        let mut parts = Vec::new();
        loop {
            let (first, rest) = self.tokens.split_first()?;
            let text = first.of(self.sql);
            parts.push(match first.kind {
                TokenKind::Word => text.to_owned(),
                TokenKind::QuotedName => text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""),
                _ => return None,
            });
            self.tokens = rest;
            match rest.split_first() {
                Some((dot, behind)) if dot.is_mark(self.sql, ".") => self.tokens = behind,
                _ => break,
            }
        }
        let is_usual = |part: &String| ["memory", "temp", "main"].iter().any(|usual| part.eq_ignore_ascii_case(usual));
        let from = parts.iter().take(parts.len().saturating_sub(1)).take_while(|part| is_usual(part)).count();
        Some(parts.get(from..)?.join("."))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(kind: Kind, name: &str, is_temporary: bool) -> Option<Change> {
        Some(Change::Made { kind, name: name.to_owned(), is_temporary })
    }

    #[test]
    fn what_is_made_has_its_name() {
        assert_eq!(change("create table mine as select 1"), made(Kind::Table, "mine", false));
        assert_eq!(change("-- x\nCREATE OR REPLACE TEMP VIEW \"a \"\"b\" AS FROM spans"), made(Kind::View, "a \"b", true));
        assert_eq!(change("CREATE TABLE IF NOT EXISTS memory.main.t (a INT)"), made(Kind::Table, "t", false));
        assert_eq!(change("CREATE FUNCTION own.twice(a) AS a * 2"), made(Kind::Macro, "own.twice", false));
        assert_eq!(change("CREATE SCHEMA main"), made(Kind::Schema, "main", false));
        assert_eq!(change("CREATE TEMPORARY SEQUENCE s"), made(Kind::Sequence, "s", true));
        assert_eq!(change("CREATE TYPE mood AS ENUM ('a')"), made(Kind::Type, "mood", false));
    }

    #[test]
    fn what_goes_or_is_renamed_has_its_name() {
        assert_eq!(change("DROP VIEW IF EXISTS v CASCADE"), Some(Change::Dropped { name: "v".into() }));
        assert_eq!(change("DROP MACRO TABLE m"), Some(Change::Dropped { name: "m".into() }));
        assert_eq!(change("ALTER TABLE a RENAME TO \"b c\""), Some(Change::Renamed { from: "a".into(), to: "b c".into() }));
        assert_eq!(change("ALTER TABLE a RENAME x TO y"), None);
        for other in ["SELECT 1", "INSERT INTO t VALUES (1)", "CREATE", "CREATE INDEX i ON t (a)", "DROP", "", "CREATE TABLE 7"] {
            assert_eq!(change(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "(create |drop |alter |table |view |or replace |a|\"|\\.| |;|'){0,8}") {
            drop(change(&text));
        }
    }
}
