//! By what spans are put together: the words in the address, the SQL of the group, and the filter that a group is. Pure.

use super::extras::Extra;
use crate::core::{
    filter::{AttributeTest, Condition, How, Node, Pattern, Status, TextField},
    sql::quote_text,
    units,
};

/// A value that spans have in common; `None` where they have none.
pub type GroupValue = Option<String>;

/// In place of a text: the spans that have none.
const NO_VALUE: &str = "\\0";

/// One thing that spans can have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The span's whole name.
    Operation,
    Service,
    Agent,
    Status,
    Kind,
    /// Name of the trace's root.
    Workflow,
    /// The attribute with this key.
    Attribute(String),
}

const ATTRIBUTE: &str = "attr.";

impl Dimension {
    /// Without attributes, of which there are as many as the file has keys.
    pub const PLAIN: [Self; 6] = [Self::Operation, Self::Service, Self::Agent, Self::Status, Self::Kind, Self::Workflow];

    /// The word in the address.
    pub fn slug(&self) -> String {
        match self {
            Self::Operation => "operation".to_owned(),
            Self::Service => "service".to_owned(),
            Self::Agent => "agent".to_owned(),
            Self::Status => "status".to_owned(),
            Self::Kind => "kind".to_owned(),
            Self::Workflow => "workflow".to_owned(),
            Self::Attribute(key) => format!("{ATTRIBUTE}{key}"),
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug.strip_prefix(ATTRIBUTE) {
            Some("") => None,
            Some(key) => Some(Self::Attribute(key.to_owned())),
            None => Self::PLAIN.into_iter().find(|dimension| dimension.slug() == slug),
        }
    }

    /// The word on the page.
    pub fn label(&self) -> &str {
        match self {
            Self::Operation => "Operation",
            Self::Service => "Service",
            Self::Agent => "Agent",
            Self::Status => "Status",
            Self::Kind => "Kind",
            Self::Workflow => "Workflow",
            Self::Attribute(key) => key,
        }
    }

    /// `3 operations`, `1 agent`, `2 statuses`, `2 values of input.tags`.
    pub fn counted(&self, count: u64) -> String {
        let is_one = count == 1;
        match self {
            Self::Status => format!("{} status{}", units::count(count), if is_one { "" } else { "es" }),
            Self::Attribute(key) => format!("{} of {key}", units::counted(count, "value")),
            _ => units::counted(count, &self.label().to_lowercase()),
        }
    }

    /// The columns beside `main.spans` that [`Dimension::expression`] reads.
    pub fn extra(&self) -> Option<Extra> {
        match self {
            Self::Agent => Some(Extra::AGENT),
            Self::Workflow => Some(Extra::WORKFLOW),
            Self::Attribute(key) => Some(Extra::attribute(key)),
            _ => None,
        }
    }

    /// The group of a span as text, NULL where it has none.
    pub fn expression(&self) -> String {
        match self.extra() {
            Some(extra) => extra.column(),
            None => match self {
                Self::Service => "service",
                Self::Status => "status_code",
                Self::Kind => "kind",
                _ => "name",
            }
            .to_owned(),
        }
    }

    /// The condition that the spans of a group fulfil, and no others; `None` is the group of those without a value.
    pub fn condition(&self, value: Option<&str>) -> Node {
        let how = if value.is_some() { How::Exactly } else { How::Is };
        // Without a value: not one that is anything.
        let values = vec![value.map_or_else(|| Pattern::of_parts(vec![String::new(), String::new()]), Pattern::literal)];
        let is = Node::Is(match self {
            Self::Status => match value.and_then(Status::of_code) {
                Some(status) => Condition::Status(vec![status]),
                None => Condition::Status(Status::ALL.to_vec()),
            },
            Self::Attribute(key) => Condition::Attribute { key: key.clone(), test: AttributeTest::Text { how, values } },
            Self::Operation => Condition::Text { field: TextField::Name, how, values },
            Self::Service => Condition::Text { field: TextField::Service, how, values },
            Self::Agent => Condition::Text { field: TextField::Agent, how, values },
            Self::Kind => Condition::Text { field: TextField::Kind, how, values },
            Self::Workflow => Condition::Text { field: TextField::Workflow, how, values },
        });
        let is_other_status = *self == Self::Status && value.is_some_and(|value| Status::of_code(value).is_none());
        if value.is_none() || is_other_status { is.negate() } else { is }
    }
}

/// A value on one line; see [`read_value`].
pub fn print_value(value: &GroupValue) -> String {
    match value {
        None => NO_VALUE.to_owned(),
        Some(text) => text.replace('\\', "\\\\").replace('\n', "\\n"),
    }
}

pub fn read_value(text: &str) -> GroupValue {
    if text == NO_VALUE {
        return None;
    }
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some(other) => value.push(other),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    Some(value)
}

/// A condition in brackets: the expression is one of these values, `None` being NULL.
pub fn is_any_of<'a>(expression: &str, values: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let (mut texts, mut has_null) = (Vec::new(), false);
    for value in values {
        match value {
            Some(text) => texts.push(quote_text(text)),
            None => has_null = true,
        }
    }
    let is_text = match texts.as_slice() {
        [] => None,
        [only] => Some(format!("{expression} = {only}")),
        several => Some(format!("{expression} IN ({})", several.join(", "))),
    };
    match (is_text, has_null) {
        (Some(is_text), true) => format!("({is_text} OR {expression} IS NULL)"),
        (Some(is_text), false) => format!("({is_text})"),
        (None, true) => format!("({expression} IS NULL)"),
        (None, false) => "false".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::filter::Filter;

    fn text(dimension: &Dimension, value: Option<&str>) -> String {
        let filter = Filter { root: Some(dimension.condition(value)) };
        let text = filter.print();
        assert_eq!(Filter::parse(&text).unwrap(), filter, "{text}");
        text
    }

    #[test]
    fn slugs_lead_back() {
        let attribute = Dimension::Attribute("agent.name".to_owned());
        for dimension in Dimension::PLAIN.into_iter().chain([attribute]) {
            assert_eq!(Dimension::from_slug(&dimension.slug()), Some(dimension));
        }
        assert_eq!(Dimension::from_slug("attr."), None);
        assert_eq!(Dimension::from_slug("nothing"), None);
    }

    #[test]
    fn a_group_is_a_filter() {
        assert_eq!(text(&Dimension::Service, Some("A*b")), r#"service="A*b""#);
        assert_eq!(text(&Dimension::Service, None), "-service:*");
        assert_eq!(text(&Dimension::Status, Some("ERROR")), "status:error");
        assert_eq!(text(&Dimension::Attribute("k".to_owned()), None), "-attr.k:*");
        assert_eq!(text(&Dimension::Operation, Some("Agent.execute")), "name=Agent.execute");
    }
}
