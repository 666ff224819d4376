//! What could be typed next in a statement: columns of the tables that it names, tables, functions, words of the language, keys of attributes.
//!
//! Works on tokens, not on a grammar: a statement that is being written is none yet. Must not know where the names come from.

use std::ops::Range;

use crate::sql_script::{Token, TokenKind, is_reserved, statement_at, tokens, written};

/// A table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogTable {
    /// As it is written in a statement: `spans`, `file."My table"`.
    pub written: String,
    /// The last part of its name, as it is.
    pub name: String,
    /// `table` or `view`.
    pub kind: String,
    /// One sentence; may be empty.
    pub about: String,
    pub columns: Vec<CatalogColumn>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogColumn {
    pub name: String,
    pub type_name: String,
    pub about: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogFunction {
    pub name: String,
    /// `scalar`, `aggregate`, `table`, `macro`.
    pub kind: String,
    /// With its parameters: `round(x, precision)`.
    pub signature: String,
    pub about: String,
}

/// All that can be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub tables: Vec<CatalogTable>,
    pub functions: Vec<CatalogFunction>,
    /// Keys of the attributes, the most frequent first.
    pub keys: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    Column,
    Table,
    Function,
    Word,
    Key,
}

impl OptionKind {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Table => "table",
            Self::Function => "function",
            Self::Word => "keyword",
            Self::Key => "key",
        }
    }
}

/// Something that could be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    /// What is written when it is chosen.
    pub apply: String,
    pub kind: OptionKind,
    /// Beside the label: its type, and where it is from.
    pub detail: String,
    /// One or two sentences.
    pub about: String,
    /// Higher ones come first, among those that fit equally well.
    pub rank: i32,
}

/// What fits at a caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is typed of it and would be replaced, in bytes.
    pub range: Range<usize>,
    pub choices: Vec<Choice>,
}

/// What could be typed at a caret (in bytes).
#[must_use]
pub fn complete(sql: &str, caret: usize, names: &Names) -> Completion {
    let all = tokens(sql);
    let within = all.iter().position(|token| token.range.start < caret && caret <= token.range.end);
    let token = within.and_then(|at| all.get(at));
    if let (Some(at), Some(token)) = (within, token) {
        match token.kind {
            TokenKind::Text if caret > token.range.start && (!token.closed || caret < token.range.end) => {
                return keys(sql, &all, at, names);
            }
            TokenKind::LineComment | TokenKind::Number | TokenKind::Parameter | TokenKind::Text => return Completion::default(),
            TokenKind::BlockComment | TokenKind::QuotedName if !token.closed || caret < token.range.end => return Completion::default(),
            _ => {}
        }
    }
    let is_typed = token.is_some_and(|token| token.kind == TokenKind::Word);
    let start = token.filter(|_| is_typed).map_or(caret, |token| token.range.start);
    let before: Vec<&Token> = all.iter().filter(|token| token.range.end <= start && token.counts()).collect();
    let here = statement_at(sql, caret).unwrap_or(0..sql.len());
    let statement: Vec<&Token> =
        all.iter().filter(|token| token.counts() && token.range.start >= here.start && token.range.end <= here.end).collect();
    let named = named_tables(sql, &statement, names);
    let range = start..caret;
    if let [.., owner, dot] = before.as_slice()
        && dot.is_mark(sql, ".")
    {
        return Completion { range, choices: behind_dot(&plain(owner.of(sql)), &named, names) };
    }
    let last = before.last().map_or(String::new(), |token| token.of(sql).to_ascii_uppercase());
    let wants_table = matches!(last.as_str(), "FROM" | "JOIN" | "INTO" | "TABLE" | "DESCRIBE" | "SUMMARIZE" | "UPDATE");
    let mut choices = Vec::new();
    if !wants_table {
        for (table, _) in &named {
            choices.extend(table.columns.iter().map(|column| column_choice(column, &table.name, 30)));
        }
        if named.is_empty() {
            let spans = names.tables.iter().find(|table| table.written == "spans");
            choices.extend(spans.iter().flat_map(|table| table.columns.iter().map(|column| column_choice(column, &table.name, 20))));
        }
        // A column that several tables have is one choice.
        let mut seen = std::collections::BTreeSet::new();
        choices.retain(|choice: &Choice| seen.insert(choice.label.clone()));
    }
    choices.extend(names.tables.iter().map(|table| table_choice(table, if wants_table { 40 } else { 10 })));
    choices.extend(written_before(sql, &statement).into_iter().map(|name| Choice {
        apply: name.clone(),
        label: name,
        kind: OptionKind::Table,
        detail: "in this statement".to_owned(),
        about: String::new(),
        rank: if wants_table { 45 } else { 15 },
    }));
    choices.extend(names.functions.iter().filter(|function| !wants_table || function.kind.starts_with("table")).map(|function| Choice {
        label: function.name.clone(),
        apply: format!("{}(", function.name),
        kind: OptionKind::Function,
        detail: function.kind.clone(),
        about: format!("{}\n{}", function.signature, function.about).trim().to_owned(),
        rank: 0,
    }));
    choices.extend(WORDS.iter().map(|word| Choice {
        label: (*word).to_owned(),
        apply: (*word).to_owned(),
        kind: OptionKind::Word,
        detail: String::new(),
        about: String::new(),
        rank: 5,
    }));
    Completion { range, choices }
}

/// Within a text: keys, where the text says which attribute is read.
fn keys(sql: &str, all: &[Token], at: usize, names: &Names) -> Completion {
    let Some(token) = all.get(at) else { return Completion::default() };
    let before: Vec<&Token> = all.iter().take(at).filter(|token| token.counts()).collect();
    let reads_attributes = |token: &Token| plain(token.of(sql)).eq_ignore_ascii_case("attributes");
    let is_path = match before.as_slice() {
        [.., owner, operator] if matches!(operator.of(sql), "->>" | "->") => reads_attributes(owner),
        [.., owner, comma] if comma.is_mark(sql, ",") => reads_attributes(owner),
        _ => false,
    };
    if !is_path || !token.of(sql).starts_with('\'') {
        return Completion::default();
    }
    let end = if token.closed { token.range.end - 1 } else { token.range.end };
    let closing = if token.closed { "" } else { "'" };
    let choice = |(at, key): (usize, &String)| Choice {
        label: key.clone(),
        apply: format!("{}{closing}", key.replace('\'', "''")),
        kind: OptionKind::Key,
        detail: "attribute".to_owned(),
        about: String::new(),
        rank: 90 - i32::try_from(at).unwrap_or(90).min(90),
    };
    Completion { range: token.range.start + 1..end, choices: names.keys.iter().enumerate().map(choice).collect() }
}

fn behind_dot(owner: &str, named: &[(&CatalogTable, Option<String>)], names: &Names) -> Vec<Choice> {
    let same = |one: &str| one.eq_ignore_ascii_case(owner);
    let by_alias = named.iter().find(|(table, alias)| alias.as_deref().map_or(same(&table.name), same)).map(|(table, _)| *table);
    if let Some(table) = by_alias.or_else(|| names.tables.iter().find(|table| same(&table.name))) {
        return table.columns.iter().map(|column| column_choice(column, &table.name, 30)).collect();
    }
    // A schema: what is written as `schema.table`.
    let prefix = format!("{}.", owner.to_lowercase());
    let tables = names.tables.iter().filter(|table| table.written.to_lowercase().starts_with(&prefix));
    tables
        .map(|table| {
            let mut choice = table_choice(table, 40);
            choice.apply = table.written.get(prefix.len()..).unwrap_or("").to_owned();
            choice
        })
        .collect()
}

/// The tables that a statement names, each with its other name.
fn named_tables<'a>(sql: &str, statement: &[&Token], names: &'a Names) -> Vec<(&'a CatalogTable, Option<String>)> {
    let mut found: Vec<(&CatalogTable, Option<String>)> = Vec::new();
    for (at, token) in statement.iter().enumerate() {
        if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) {
            continue;
        }
        let behind_table_word = at.checked_sub(1).and_then(|before| statement.get(before)).is_some_and(|before| {
            before.is_mark(sql, ".")
                || before.is_mark(sql, ",")
                || matches!(before.of(sql).to_ascii_uppercase().as_str(), "FROM" | "JOIN" | "INTO" | "UPDATE" | "DESCRIBE" | "SUMMARIZE")
        });
        let name = plain(token.of(sql));
        let Some(table) = names.tables.iter().find(|table| table.name.eq_ignore_ascii_case(&name)).filter(|_| behind_table_word) else {
            continue;
        };
        let next = |more: usize| statement.get(at + more).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName));
        let alias = match next(1) {
            Some(word) if word.is_word(sql, "AS") => next(2),
            word => word,
        };
        let alias = alias.map(|token| token.of(sql)).filter(|word| !is_reserved(word)).map(plain);
        if !found.iter().any(|(known, other)| known.written == table.written && *other == alias) {
            found.push((table, alias));
        }
    }
    found
}

/// Names that the statement gives itself: `WITH name AS (`.
fn written_before(sql: &str, statement: &[&Token]) -> Vec<String> {
    let is_query_name = |window: &&[&Token]| matches!(window, [name, word, open] if name.kind == TokenKind::Word && !is_reserved(name.of(sql)) && word.is_word(sql, "AS") && open.is_mark(sql, "("));
    statement.windows(3).filter(is_query_name).filter_map(|window| window.first()).map(|token| token.of(sql).to_owned()).collect()
}

fn plain(name: &str) -> String {
    match name.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

fn column_choice(column: &CatalogColumn, table: &str, rank: i32) -> Choice {
    Choice {
        label: column.name.clone(),
        apply: written(&column.name),
        kind: OptionKind::Column,
        detail: format!("{} {table}", column.type_name),
        about: column.about.clone(),
        rank,
    }
}

fn table_choice(table: &CatalogTable, rank: i32) -> Choice {
    Choice {
        label: if table.written.contains('.') { table.written.clone() } else { table.name.clone() },
        apply: table.written.clone(),
        kind: OptionKind::Table,
        detail: table.kind.clone(),
        about: table.about.clone(),
        rank,
    }
}

/// Words that are offered; more are understood.
const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "GROUP BY ALL",
    "ORDER BY",
    "HAVING",
    "QUALIFY",
    "LIMIT",
    "OFFSET",
    "WITH",
    "RECURSIVE",
    "AS",
    "JOIN",
    "LEFT JOIN",
    "RIGHT JOIN",
    "FULL JOIN",
    "CROSS JOIN",
    "ASOF JOIN",
    "SEMI JOIN",
    "ANTI JOIN",
    "ON",
    "USING",
    "UNION ALL",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "DISTINCT",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "FILTER (WHERE",
    "OVER (PARTITION BY",
    "EXCLUDE",
    "REPLACE",
    "VALUES",
    "CREATE TABLE",
    "CREATE VIEW",
    "CREATE OR REPLACE TABLE",
    "DROP TABLE",
    "DESCRIBE",
    "SUMMARIZE",
    "EXPLAIN",
    "PIVOT",
    "UNPIVOT",
    "DESC",
    "ASC",
    "NULLS LAST",
    "TRUE",
    "FALSE",
    "NULL",
    "CAST",
    "INTERVAL",
    "UNNEST",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let column = |name: &str| CatalogColumn { name: name.into(), type_name: "VARCHAR".into(), about: String::new() };
        let table = |written: &str, name: &str, columns: &[&str]| CatalogTable {
            written: written.into(),
            name: name.into(),
            kind: "view".into(),
            about: String::new(),
            columns: columns.iter().map(|name| column(name)).collect(),
        };
        Names {
            tables: vec![
                table("spans", "spans", &["trace_id", "attributes", "end"]),
                table("traces", "traces", &["trace_id", "root_name"]),
                table("file.\"My t\"", "My t", &["x"]),
            ],
            functions: vec![CatalogFunction {
                name: "trim".into(),
                kind: "scalar".into(),
                signature: "trim(s)".into(),
                about: "Cuts spaces.".into(),
            }],
            keys: vec!["agent.name".into(), "it's".into()],
        }
    }

    /// `|` is the caret.
    fn at(sql: &str) -> Completion {
        let caret = sql.find('|').unwrap();
        complete(&sql.replace('|', ""), caret, &names())
    }

    fn labels(completion: &Completion, kind: OptionKind) -> Vec<&str> {
        completion.choices.iter().filter(|choice| choice.kind == kind).map(|choice| choice.label.as_str()).collect()
    }

    #[test]
    fn columns_are_those_of_the_tables_named() {
        let found = at("SELECT tr| FROM traces t");
        assert_eq!(found.range, 7..9);
        assert_eq!(labels(&found, OptionKind::Column), ["trace_id", "root_name"]);
        assert_eq!(labels(&at("SELECT t.| FROM traces AS t"), OptionKind::Column), ["trace_id", "root_name"]);
        assert_eq!(labels(&at("SELECT | FROM traces; SELECT 1 FROM spans"), OptionKind::Column), ["trace_id", "root_name"]);
        assert_eq!(labels(&at("SELECT |"), OptionKind::Column), ["trace_id", "attributes", "end"]);
        assert!(at("SELECT |").choices.iter().any(|choice| choice.label == "end" && choice.apply == "\"end\""));
    }

    #[test]
    fn tables_come_behind_from_and_schemas() {
        let found = at("WITH mine AS (SELECT 1) SELECT * FROM |");
        assert!(labels(&found, OptionKind::Column).is_empty() && labels(&found, OptionKind::Function).is_empty());
        assert_eq!(labels(&found, OptionKind::Table), ["spans", "traces", "file.\"My t\"", "mine"]);
        assert_eq!(at("FROM file.|").choices.first().map(|choice| choice.apply.as_str()), Some("\"My t\""));
    }

    #[test]
    fn keys_stand_in_the_texts_that_name_attributes() {
        let open = at("SELECT attributes->>'ag|");
        assert_eq!((open.range.clone(), labels(&open, OptionKind::Key)), (21..23, vec!["agent.name", "it's"]));
        assert_eq!(open.choices.iter().map(|choice| choice.apply.as_str()).collect::<Vec<_>>(), ["agent.name'", "it''s'"]);
        let closed = at("SELECT s.attributes->>'a|g' FROM spans s");
        assert_eq!((closed.range.clone(), closed.choices[0].apply.as_str()), (23..25, "agent.name"));
        assert_eq!(at("SELECT json_extract_string(attributes, '|')").choices.len(), 2);
        assert!(
            at("SELECT name = '|'").choices.is_empty() && at("-- attributes|").choices.is_empty() && at("SELECT 12|").choices.is_empty()
        );
    }
}
