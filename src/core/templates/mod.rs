//! Query templates: statements that answer a question of their own, in groups, with values that are asked for by name.
//!
//! A template is data. It reads `spans` (and whatever else every open file has), never a table that only one file has, and each of its
//! `{{name}}` is a value, quoted by [`fill`]: never a name, never a piece of SQL. Must not know of files, engines or the page.
//! `tests/fixtures/templates.json` is written from here; `tests/e2e/templates.test.mjs` runs every one of them on the real engine.

mod agents;
mod compare;
mod data;
mod failures;
mod offers;
mod slow;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::sql::quote_text;

/// A statement with gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Stands in addresses and in what is kept.
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// With `{{name}}` for each of `params`.
    pub sql: &'static str,
    pub params: &'static [Param],
    /// Why the answer may have no rows although nothing is wrong.
    pub may_be_empty: Option<&'static str>,
}

/// A value that a template asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub kind: ParamKind,
    /// What it is unless the reader says otherwise; empty: the first value that `offers` gives.
    pub default: &'static str,
    /// A query of one text column `value`: values of the open file, the likeliest first.
    pub offers: Option<&'static str>,
}

impl Param {
    /// The name as words: "least ms".
    #[must_use]
    pub fn label(&self) -> String {
        self.name.replace('_', " ")
    }
}

/// What a value is: how it is asked for and how it is written into the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    Agent,
    AttributeKey,
    Correlation,
    /// A date and time in UTC, as DuckDB reads it.
    Moment,
    /// The name of a span.
    Name,
    Service,
    Trace,
    /// A decimal number, not below zero.
    Number,
    /// A number of things.
    Whole,
}

impl ParamKind {
    /// The word in the fixture, and for whoever scripts the page.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::AttributeKey => "attribute key",
            Self::Correlation => "correlation id",
            Self::Moment => "moment",
            Self::Name => "span name",
            Self::Service => "service",
            Self::Trace => "trace",
            Self::Number => "number",
            Self::Whole => "whole number",
        }
    }

    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Whole)
    }
}

const LIMIT: Param = Param { name: "limit", about: "How many rows at most.", kind: ParamKind::Whole, default: "50", offers: None };

/// Templates that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    pub title: &'static str,
    pub templates: &'static [Template],
}

/// The one list, in the order in which it is shown.
pub const GROUPS: &[Group] = &[
    Group { title: "Slow operations", templates: slow::SLOW },
    Group { title: "Errors and their chains", templates: failures::ERRORS },
    Group { title: "Agents", templates: agents::AGENTS },
    Group { title: "Artifacts and lineage", templates: agents::LINEAGE },
    Group { title: "Journeys of a correlation id", templates: agents::JOURNEYS },
    Group { title: "Workflows compared", templates: compare::WORKFLOWS },
    Group { title: "Rates over time", templates: slow::RATES },
    Group { title: "Percentiles", templates: slow::PERCENTILES },
    Group { title: "Tokens, costs and other numbers", templates: compare::NUMBERS },
    Group { title: "Quality of the data", templates: data::QUALITY },
    Group { title: "Biggest payloads", templates: data::PAYLOADS },
    Group { title: "Traces", templates: data::TRACES },
];

/// All templates, group after group.
pub fn all() -> impl Iterator<Item = &'static Template> {
    GROUPS.iter().flat_map(|group| group.templates)
}

#[must_use]
pub fn template(id: &str) -> Option<&'static Template> {
    all().find(|template| template.id == id)
}

/// Why a template has no statement yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    #[error("A value for “{0}” is missing.")]
    Missing(String),
    #[error("“{0}” must be a number such as 3 or 2.5.")]
    NotANumber(String),
    #[error("“{0}” must be a whole number such as 50.")]
    NotWhole(String),
}

/// The statement with the reader's values, by the name of the parameter; what is not given is its default. Texts become literals, numbers are
/// checked and stay as they were typed.
///
/// # Errors
/// A value that is missing, or that is no number where one is needed.
pub fn fill(template: &Template, values: &BTreeMap<String, String>) -> Result<String, FillError> {
    let mut sql = String::with_capacity(template.sql.len() + 64);
    for piece in pieces(template.sql) {
        match piece {
            Piece::Sql(text) => sql.push_str(text),
            Piece::Gap(name) => {
                let param = template.params.iter().find(|param| param.name == name);
                let value = values.get(name).map(String::as_str).or(param.map(|param| param.default)).unwrap_or_default();
                sql.push_str(&written(name, param.map(|param| param.kind), value)?);
            }
        }
    }
    Ok(sql)
}

fn written(name: &str, kind: Option<ParamKind>, value: &str) -> Result<String, FillError> {
    let label = || name.replace('_', " ");
    let number = value.trim();
    match kind {
        None => Err(FillError::Missing(label())),
        Some(kind) if value.is_empty() || (kind.is_number() && number.is_empty()) => Err(FillError::Missing(label())),
        Some(ParamKind::Whole) if is_digits(number) && number.len() <= 15 => Ok(number.to_owned()),
        Some(ParamKind::Whole) => Err(FillError::NotWhole(label())),
        Some(ParamKind::Number) => match number.split_once('.') {
            _ if number.len() > 30 => Err(FillError::NotANumber(label())),
            Some((whole, part)) if is_digits(whole) && is_digits(part) => Ok(number.to_owned()),
            None if is_digits(number) => Ok(number.to_owned()),
            _ => Err(FillError::NotANumber(label())),
        },
        Some(_) => Ok(quote_text(value)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

enum Piece<'a> {
    Sql(&'a str),
    Gap(&'a str),
}

/// What stands between the gaps, and the gaps. An opening `{{` without its end is plain text.
fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, then)) = after.split_once("}}") else { break };
        pieces.push(Piece::Sql(before));
        pieces.push(Piece::Gap(name));
        rest = then;
    }
    pieces.push(Piece::Sql(rest));
    pieces
}
