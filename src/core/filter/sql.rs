//! A filter as a condition over the columns of `main.spans`. Every value goes through `core::sql`.
//!
//! In an AND, conditions on light columns come first: payload is read for the rows that are left. Each condition is true or false, never
//! NULL, so that NOT gives its opposite also where there is no value. Only where the whole filter stands in a WHERE, NULL is as good as false
//! and conditions stay bare: the engine then skips parts of the file by them, and needs half the time for the others.

use super::{
    AttributeTest, Compare, Condition, Filter, How, Node, Part, Pattern, TextField, TimeField, fold,
    matching::id_beginning,
    need::{Lookup, Need},
    print::print_condition,
    without_none,
};
use crate::{
    order::sort_by_key,
    sql::{LIKE_ESCAPE, like_pattern, quote_text},
};

/// A condition that no column answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} needs the own time of every span, which has not been worked out yet.")]
pub struct NotInSql(pub String);

/// An event is an exception by its name or by the attributes that only exceptions have, as the details see it.
const EXCEPTION: &str = r#""name"\s*:\s*"exception"|"exception\.(type|message)"\s*:"#;

pub(super) fn of_filter(filter: &Filter, columns: Lookup<'_>) -> Result<String, NotInSql> {
    filter.root.as_ref().map_or_else(|| Ok("true".to_owned()), |root| of_node(root, columns))
}

/// NULL where it does not hold, perhaps.
pub(super) fn of_filter_bare(filter: &Filter, columns: Lookup<'_>) -> Result<String, NotInSql> {
    let bare = |node: &Node| match node {
        Node::Is(condition) => condition.sql(columns, str::to_owned),
        other => of_node(other, columns),
    };
    match &filter.root {
        Some(Node::And(nodes)) => joined(nodes, " AND ", bare),
        Some(node) => bare(node),
        None => Ok("true".to_owned()),
    }
}

// Nests as deep as the parser lets brackets nest.
fn of_node(node: &Node, columns: Lookup<'_>) -> Result<String, NotInSql> {
    match node {
        Node::Is(condition) => condition.to_sql_with(columns),
        Node::Not(inner) => Ok(format!("NOT {}", of_node(inner, columns)?)),
        Node::And(nodes) => joined(nodes, " AND ", |node| of_node(node, columns)),
        Node::Or(nodes) => joined(nodes, " OR ", |node| of_node(node, columns)),
    }
}

fn joined(nodes: &[Node], word: &str, of: impl Fn(&Node) -> Result<String, NotInSql>) -> Result<String, NotInSql> {
    let mut ordered: Vec<&Node> = nodes.iter().collect();
    sort_by_key(&mut ordered, |node| cost(node));
    let parts = ordered.into_iter().map(of).collect::<Result<Vec<_>, _>>()?;
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
        self.to_sql_with(&|_| None)
    }

    /// As [`Condition::to_sql`], with the columns that `columns` knows.
    ///
    /// # Errors
    /// For own time without its column.
    pub fn to_sql_with(&self, columns: Lookup<'_>) -> Result<String, NotInSql> {
        self.sql(columns, known)
    }

    /// `whole` is what is made of the condition where it may be NULL.
    fn sql(&self, columns: Lookup<'_>, whole: fn(&str) -> String) -> Result<String, NotInSql> {
        let agent = || columns(&Need::Agent).unwrap_or_else(|| "agent".to_owned());
        Ok(match self {
            Self::Text { field: TextField::Agent, how, values } => whole(&field_text(&agent(), TextField::Agent, *how, values)),
            Self::Text { field: TextField::Workflow, how, values } => match columns(&Need::Workflow) {
                Some(column) => whole(&field_text(&column, TextField::Workflow, *how, values)),
                None => {
                    let test = field_text("name", TextField::Workflow, *how, values);
                    whole(&format!("trace_id IN (SELECT trace_id FROM main.trace_index WHERE {test})"))
                }
            },
            Self::Text { field, how, values } if field.is_id() && *how == How::Is => {
                whole(&any(values.iter().map(|value| glob(column(*field), value, Ends::Start))))
            }
            Self::Text { field, how, values } => whole(&field_text(column(*field), *field, *how, values)),
            Self::Status(values) => {
                let codes: Vec<String> = values.iter().map(|status| quote_text(status.code())).collect();
                whole(&format!("status_code IN ({})", codes.join(", ")))
            }
            Self::Time { of: TimeField::Own, compare, ns } => match columns(&Need::SelfTime) {
                Some(column) => format!("coalesce({column}, 0) {} {ns}", compare.sign()),
                None => return Err(NotInSql(print_condition(self))),
            },
            Self::Time { of: TimeField::Duration, compare, ns } => whole(&duration(*compare, *ns)),
            Self::Root(true) => "parent_id IS NULL".to_owned(),
            Self::Root(false) => "parent_id IS NOT NULL".to_owned(),
            Self::Has(parts) => any(parts.iter().map(|part| match part {
                Part::Agent => format!("{} IS NOT NULL", agent()),
                part => known(&columns(&Need::Has(*part)).unwrap_or_else(|| has(*part))),
            })),
            Self::Attribute { key, test: AttributeTest::Exists } => {
                whole(&columns(&Need::AttributeExists(key.clone())).unwrap_or_else(|| attribute_exists(key)))
            }
            Self::Attribute { key, test } => {
                let value = columns(&Need::Attribute(key.clone())).unwrap_or_else(|| attribute(key));
                whole(&match test {
                    AttributeTest::Exists => format!("{value} IS NOT NULL"),
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
                parts.push(known(&glob(&agent(), word, Ends::Both)));
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

/// The text of an attribute, with the brackets that DuckDB wants around it.
pub(super) fn attribute(key: &str) -> String {
    format!("(attributes->>{})", quote_text(&path(key)))
}

pub(super) fn attribute_exists(key: &str) -> String {
    format!("json_exists(attributes, {})", quote_text(&path(key)))
}

pub(super) fn has(part: Part) -> String {
    match part {
        Part::Exception => format!("regexp_matches(events, {})", quote_text(EXCEPTION)),
        Part::Events => "json_array_length(events) > 0".to_owned(),
        Part::Links => "json_array_length(links) > 0".to_owned(),
        Part::Agent => "agent IS NOT NULL".to_owned(),
    }
}

/// How long a span is, compared with `ns`; NULL without both times. Numbers that hold the difference of any two times are several times slower to
/// work with than plain ones, so `ns` is taken from the end instead. An end that is too early for that is less than `ns` behind any start.
fn duration(compare: Compare, ns: i64) -> String {
    let Some(before) = ns.checked_sub(1).filter(|before| *before >= 0) else {
        return format!("end_time {} start_time", compare.sign());
    };
    let earliest = |ns: i64| i64::MIN.saturating_add(ns);
    let longer = |ns: i64| format!("CASE WHEN end_time >= {} THEN start_time < end_time - {ns} ELSE false END", earliest(ns));
    let not_longer = |ns: i64| {
        format!(
            "CASE WHEN end_time >= {0} THEN start_time >= end_time - {ns} ELSE end_time < {0} AND start_time IS NOT NULL END",
            earliest(ns)
        )
    };
    match (compare, before) {
        (Compare::Greater, _) => longer(ns),
        (Compare::LessOrEqual, _) => not_longer(ns),
        (Compare::GreaterOrEqual, 0) => "end_time > start_time".to_owned(),
        (Compare::Less, 0) => "end_time <= start_time".to_owned(),
        (Compare::GreaterOrEqual, before) => longer(before),
        (Compare::Less, before) => not_longer(before),
        (Compare::Equal, _) => format!("CASE WHEN end_time >= {} THEN start_time = end_time - {ns} ELSE false END", earliest(ns)),
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
        // Not a column of the table; see above.
        TextField::Workflow => "name",
        TextField::Trace => "trace_id",
        TextField::Span => "span_id",
    }
}

/// A path starting so, and a star, is no plain key to the JSON functions; as a pointer any key can be said.
fn path(key: &str) -> String {
    let is_plain = !key.is_empty() && !key.starts_with(['$', '/']) && key != "*";
    if is_plain { key.to_owned() } else { format!("/{}", key.replace('~', "~0").replace('/', "~1")) }
}

/// One of the values fits the column of a field, or there is none where that is asked for.
fn field_text(column: &str, field: TextField, how: How, values: &[Pattern]) -> String {
    let (none, others) = without_none(field, how, values);
    let is_none = none.then(|| format!("{column} IS NULL"));
    any(is_none.into_iter().chain((!others.is_empty()).then(|| text(column, how, &others))))
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
