//! What a condition asks of a span that the light columns do not hold. It can be worked out once a file and then stands in a column of its
//! own; [`Filter::to_sql_with`] takes that column where there is one. Must not know where such columns are kept.

use std::collections::BTreeSet;

use super::{AttributeTest, Condition, Filter, Part, TextField, TimeField, sql};

/// A value per span.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Text: the agent that ran.
    Agent,
    /// Text: the name of the trace.
    Workflow,
    /// Integer: own time in nanoseconds, known to the whole trace only.
    SelfTime,
    /// Text: the attribute with this key.
    Attribute(String),
    /// Whether the attribute with this key is there, be it null.
    AttributeExists(String),
    /// Whether the span has this part.
    Has(Part),
}

/// The column of a need, as an SQL expression; `None` where there is none (yet).
pub type Lookup<'a> = &'a dyn Fn(&Need) -> Option<String>;

impl Need {
    /// The value as an expression over `main.spans`, for working it out row by row; `None` for what no row holds: own time
    /// and the name of the trace.
    #[must_use]
    pub fn expression(&self) -> Option<String> {
        match self {
            Self::Agent => Some("agent".to_owned()),
            Self::SelfTime | Self::Workflow => None,
            Self::Attribute(key) => Some(sql::attribute(key)),
            Self::AttributeExists(key) => Some(sql::attribute_exists(key)),
            Self::Has(part) => Some(sql::has(*part)),
        }
    }
}

impl Filter {
    /// What the conditions ask for beyond the light columns.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Need> {
        self.conditions().into_iter().flat_map(Condition::needs).collect()
    }
}

impl Condition {
    fn needs(&self) -> Vec<Need> {
        match self {
            Self::Text { field: TextField::Agent, .. } | Self::Free(_) => vec![Need::Agent],
            Self::Text { field: TextField::Workflow, .. } => vec![Need::Workflow],
            Self::Time { of: TimeField::Own, .. } => vec![Need::SelfTime],
            Self::Has(parts) => parts.iter().map(|part| if *part == Part::Agent { Need::Agent } else { Need::Has(*part) }).collect(),
            Self::Attribute { key, test: AttributeTest::Exists } => vec![Need::AttributeExists(key.clone())],
            Self::Attribute { key, .. } => vec![Need::Attribute(key.clone())],
            _ => Vec::new(),
        }
    }
}
