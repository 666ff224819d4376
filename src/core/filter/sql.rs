//! A filter as a condition over the columns of `main.spans`. Every value goes through `core::sql`.
//!
//! In an AND, conditions on light columns come first: payload is read for the rows that are left. Each condition is true or false, never
//! NULL, so that NOT gives its opposite also where there is no value.

use super::{
    AttributeTest, Condition, Filter, How, Node, Part, Pattern, TextField, TimeField, fold, matching::id_beginning, print::print_condition,
};
use crate::{
    order::sort_by_key,
    sql::{LIKE_ESCAPE, like_pattern, quote_text},
};

/// A condition that no column answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} can be asked of the spans of one trace only: own time comes from its tree. Ask for dur instead.")]
pub struct NotInSql(pub String);

/// An event is an exception by its name or by the attributes that only exceptions have, as the details see it.
const EXCEPTION: &str = r#""name"\s*:\s*"exception"|"exception\.(type|message)"\s*:"#;

pub(super) fn of_filter(filter: &Filter) -> Result<String, NotInSql> {
    filter.root.as_ref().map_or_else(|| Ok("true".to_owned()), of_node)
}

// Nests as deep as the parser lets brackets nest.
fn of_node(node: &Node) -> Result<String, NotInSql> {
    match node {
        Node::Is(condition) => condition.to_sql(),
        Node::Not(inner) => Ok(format!("NOT {}", of_node(inner)?)),
        Node::And(nodes) => joined(nodes, " AND "),
        Node::Or(nodes) => joined(nodes, " OR "),
    }
}

fn joined(nodes: &[Node], word: &str) -> Result<String, NotInSql> {
    let mut ordered: Vec<&Node> = nodes.iter().collect();
    sort_by_key(&mut ordered, |node| cost(node));
    let parts = ordered.into_iter().map(of_node).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("({})", parts.join(word)))
}

/// How slow a condition is to answer; the agent comes from the payload of agent runs.
fn cost(node: &Node) -> u8 {
    match node {
        Node::Not(inner) => cost(inner),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().map(cost).max().unwrap_or(0),
        Node::Is(condition) if condition.is_payload() => 4,
        Node::Is(condition) => match condition {
            Condition::Text { field: TextField::Agent, .. } | Condition::Has(_) => 3,
            Condition::Free(_) => 2,
            Condition::Status(_) | Condition::Time { .. } | Condition::Root(_) => 0,
            _ => 1,
        },
    }
}

impl Filter {
    /// What every span that matches fulfils, said in light columns only: a rough filter before payload is read. `None` where there is none.
    pub fn light_sql(&self) -> Option<String> {
        self.root.as_ref().and_then(|root| light(root, true))
    }
}

/// `wanted` is false under a NOT.
fn light(node: &Node, wanted: bool) -> Option<String> {
    match node {
        Node::Not(inner) => light(inner, !wanted),
        Node::And(nodes) if wanted => all_known(nodes, wanted),
        Node::Or(nodes) if !wanted => all_known(nodes, wanted),
        Node::And(nodes) | Node::Or(nodes) => {
            let parts = nodes.iter().map(|node| light(node, wanted)).collect::<Option<Vec<_>>>()?;
            Some(format!("({})", parts.join(" OR ")))
        }
        Node::Is(_) if cost(node) >= 2 => None,
        Node::Is(condition) => condition.to_sql().ok().map(|sql| if wanted { sql } else { format!("NOT {sql}") }),
    }
}

fn all_known(nodes: &[Node], wanted: bool) -> Option<String> {
    let parts: Vec<String> = nodes.iter().filter_map(|node| light(node, wanted)).collect();
    (!parts.is_empty()).then(|| format!("({})", parts.join(" AND ")))
}

impl Condition {
    /// The condition over the columns of `main.spans`, never NULL.
    ///
    /// # Errors
    /// For own time.
    pub fn to_sql(&self) -> Result<String, NotInSql> {
        Ok(match self {
            Self::Text { field, how, values } if field.is_id() && *how == How::Is => {
                known(&any(values.iter().map(|value| glob(column(*field), value, Ends::Start))))
            }
            Self::Text { field, how, values } => known(&text(column(*field), *how, values)),
            Self::Status(values) => {
                let codes: Vec<String> = values.iter().map(|status| quote_text(status.code())).collect();
                known(&format!("status_code IN ({})", codes.join(", ")))
            }
            Self::Time { of: TimeField::Own, .. } => return Err(NotInSql(print_condition(self))),
            Self::Time { of: TimeField::Duration, compare, ns } => {
                // Wide enough for any two times.
                format!("coalesce(end_time::HUGEINT - start_time::HUGEINT, 0) {} {ns}", compare.sign())
            }
            Self::Root(true) => "parent_id IS NULL".to_owned(),
            Self::Root(false) => "parent_id IS NOT NULL".to_owned(),
            Self::Has(parts) => any(parts.iter().map(|part| match part {
                Part::Exception => known(&format!("regexp_matches(events, {})", quote_text(EXCEPTION))),
                Part::Events => known("json_array_length(events) > 0"),
                Part::Links => known("json_array_length(links) > 0"),
                Part::Agent => "agent IS NOT NULL".to_owned(),
            })),
            Self::Attribute { key, test } => {
                let path = quote_text(&path(key));
                let value = format!("(attributes->>{path})");
                known(&match test {
                    AttributeTest::Exists => format!("json_exists(attributes, {path})"),
                    AttributeTest::Text { how, values } => text(&value, *how, values),
                    AttributeTest::Number { compare, number } => {
                        format!("TRY_CAST({value} AS DOUBLE) {} {}::DOUBLE", compare.sign(), quote_text(&number.to_string()))
                    }
                })
            }
            Self::Free(word) => {
                let mut parts: Vec<String> = ["name", "service", "operation", "status_description"]
                    .iter()
                    .map(|column| known(&glob(column, word, Ends::Both)))
                    .collect();
                if let Some(id) = id_beginning(word) {
                    parts.extend(["span_id", "trace_id"].map(|column| known(&format!("starts_with({column}, {})", quote_text(&id)))));
                }
                parts.push(known(&glob("agent", word, Ends::Both)));
                any(parts.into_iter())
            }
        })
    }

    /// The part of the condition that a page with the light columns of a trace cannot answer itself.
    ///
    /// # Errors
    /// For own time.
    pub fn unseen_sql(&self) -> Result<String, NotInSql> {
        match self {
            Self::Free(word) => Ok(known(&glob("status_description", word, Ends::Both))),
            other => other.to_sql(),
        }
    }
}

/// NULL is false.
fn known(sql: &str) -> String {
    format!("coalesce({sql}, false)")
}

fn any(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [only] => only.clone(),
        [] => "false".to_owned(),
        _ => format!("({})", parts.join(" OR ")),
    }
}

fn column(field: TextField) -> &'static str {
    match field {
        TextField::Service => "service",
        TextField::Operation => "operation",
        TextField::Agent => "agent",
        TextField::Name => "name",
        TextField::Kind => "kind",
        TextField::Description => "status_description",
        TextField::Trace => "trace_id",
        TextField::Span => "span_id",
    }
}

/// A path starting so is no plain key to the JSON functions; as a pointer any key can be said.
fn path(key: &str) -> String {
    match key.chars().next() {
        None | Some('$' | '/') => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Some(_) => key.to_owned(),
    }
}

/// One of the values fits.
fn text(column: &str, how: How, values: &[Pattern]) -> String {
    let plain = |folded: bool| -> Vec<String> {
        let literals = values.iter().filter_map(Pattern::as_literal);
        literals.map(|text| quote_text(&if folded { fold::fold(text) } else { text.to_owned() })).collect()
    };
    let is_in = |column: &str, literals: &[String]| match literals {
        [only] => format!("{column} = {only}"),
        _ => format!("{column} IN ({})", literals.join(", ")),
    };
    match how {
        How::Exactly => is_in(column, &plain(false)),
        How::Contains => any(values.iter().map(|value| glob(column, value, Ends::Both))),
        How::Is => {
            let literals = plain(true);
            let equal = (!literals.is_empty()).then(|| is_in(&format!("lower({column})"), &literals));
            let patterns = values.iter().filter(|value| value.as_literal().is_none()).map(|value| glob(column, value, Ends::None));
            any(equal.into_iter().chain(patterns))
        }
    }
}

/// Where any text may stand before or after a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    None,
    /// The text begins so.
    Start,
    Both,
}

/// The text of `column` fits the pattern, capitals or not; with plain functions where they can say it.
fn glob(column: &str, pattern: &Pattern, ends: Ends) -> String {
    let mut parts: Vec<String> = pattern.parts().iter().map(|part| fold::fold(part)).collect();
    if ends == Ends::Both {
        parts.insert(0, String::new());
    }
    if ends != Ends::None {
        parts.push(String::new());
    }
    let lower = format!("lower({column})");
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [whole] => format!("{lower} = {}", quote_text(whole)),
        [start, ""] => format!("starts_with({lower}, {})", quote_text(start)),
        ["", end] => format!("ends_with({lower}, {})", quote_text(end)),
        ["", inner, ""] => format!("contains({lower}, {})", quote_text(inner)),
        several => {
            let pattern: Vec<String> = several.iter().map(|part| like_pattern(part)).collect();
            format!("{lower} LIKE {} ESCAPE '{LIKE_ESCAPE}'", quote_text(&pattern.join("%")))
        }
    }
}
