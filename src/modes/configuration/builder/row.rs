//! One row: a field, an operator and a value, and the condition that they are.

use crate::core::filter::{
    AttributeTest, Compare, Condition, Filter, How, Node, Part, Pattern, Status, TextField, TimeField, print_condition,
};

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Text(TextField),
    Status,
    Time(TimeField),
    Attribute,
    Has,
    Root,
    /// A word anywhere.
    Words,
}

/// All fields with the word in the page's ids and the label, in the order of the list.
pub const FIELDS: [(Field, &str, &str); 16] = [
    (Field::Text(TextField::Service), "service", "Service"),
    (Field::Text(TextField::Operation), "op", "Operation"),
    (Field::Text(TextField::Agent), "agent", "Agent"),
    (Field::Text(TextField::Name), "name", "Name"),
    (Field::Text(TextField::Kind), "kind", "Kind"),
    (Field::Status, "status", "Status"),
    (Field::Time(TimeField::Duration), "dur", "Duration"),
    (Field::Time(TimeField::Own), "self", "Own time"),
    (Field::Attribute, "attr", "Attribute"),
    (Field::Has, "has", "Has"),
    (Field::Root, "root", "Root"),
    (Field::Text(TextField::Workflow), "workflow", "Workflow"),
    (Field::Text(TextField::Trace), "trace", "Trace"),
    (Field::Text(TextField::Span), "span", "Span"),
    (Field::Text(TextField::Description), "desc", "Status text"),
    (Field::Words, "words", "Any text"),
];

impl Field {
    pub fn slug(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, slug, _)| slug)
    }

    pub fn of_slug(slug: &str) -> Option<Self> {
        FIELDS.iter().find(|(_, known, _)| *known == slug).map(|(field, ..)| *field)
    }

    /// What it can be compared by; the first is what a new row begins with.
    pub fn operators(self) -> &'static [Operator] {
        use Operator::{
            AtLeast, AtMost, Contains, Equal, Exactly, Exists, Is, IsNot, LessThan, MoreThan, NotContains, NotExactly, NotExists,
        };
        match self {
            Self::Text(_) => &[Is, IsNot, Contains, NotContains, Exactly, NotExactly],
            Self::Status | Self::Has | Self::Root => &[Is, IsNot],
            Self::Time(_) => &[AtLeast, MoreThan, AtMost, LessThan, Equal],
            Self::Attribute => {
                &[Is, IsNot, Contains, NotContains, Exactly, NotExactly, Exists, NotExists, AtLeast, MoreThan, AtMost, LessThan]
            }
            Self::Words => &[Contains, NotContains],
        }
    }
}

/// How a row compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Is,
    IsNot,
    Exactly,
    NotExactly,
    Contains,
    NotContains,
    Exists,
    NotExists,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Equal,
}

const OPERATORS: [(Operator, &str, &str); 13] = [
    (Operator::Is, "is", "is any of"),
    (Operator::IsNot, "not", "is not"),
    (Operator::Exactly, "exactly", "is exactly"),
    (Operator::NotExactly, "not-exactly", "is not exactly"),
    (Operator::Contains, "contains", "contains"),
    (Operator::NotContains, "not-contains", "does not contain"),
    (Operator::Exists, "exists", "exists"),
    (Operator::NotExists, "not-exists", "does not exist"),
    (Operator::AtLeast, "at-least", "at least"),
    (Operator::MoreThan, "more", "more than"),
    (Operator::AtMost, "at-most", "at most"),
    (Operator::LessThan, "less", "less than"),
    (Operator::Equal, "equal", "exactly"),
];

impl Operator {
    pub fn slug(self) -> &'static str {
        OPERATORS.iter().find(|(operator, ..)| *operator == self).map_or("", |(_, slug, _)| slug)
    }

    pub fn of_slug(slug: &str) -> Option<Self> {
        OPERATORS.iter().find(|(_, known, _)| *known == slug).map(|(operator, ..)| *operator)
    }

    pub fn label(self, field: Field) -> &'static str {
        match (self, field) {
            (Self::Is, Field::Text(text)) if text.is_id() => "begins with",
            (Self::IsNot, Field::Text(text)) if text.is_id() => "does not begin with",
            (Self::Is, Field::Root) => "is",
            (Self::Is, Field::Has) => "any of",
            (Self::IsNot, Field::Has) => "none of",
            _ => OPERATORS.iter().find(|(operator, ..)| *operator == self).map_or("", |(_, _, label)| label),
        }
    }

    /// Whether it says the opposite, and how texts are compared.
    fn text(self) -> Option<(bool, How)> {
        Some(match self {
            Self::Is => (false, How::Is),
            Self::IsNot => (true, How::Is),
            Self::Exactly => (false, How::Exactly),
            Self::NotExactly => (true, How::Exactly),
            Self::Contains => (false, How::Contains),
            Self::NotContains => (true, How::Contains),
            _ => return None,
        })
    }

    fn of_text(negated: bool, how: How) -> Self {
        match (negated, how) {
            (false, How::Is) => Self::Is,
            (true, How::Is) => Self::IsNot,
            (false, How::Exactly) => Self::Exactly,
            (true, How::Exactly) => Self::NotExactly,
            (false, How::Contains) => Self::Contains,
            (true, How::Contains) => Self::NotContains,
        }
    }

    fn compare(self) -> Option<Compare> {
        Some(match self {
            Self::AtLeast => Compare::GreaterOrEqual,
            Self::MoreThan => Compare::Greater,
            Self::AtMost => Compare::LessOrEqual,
            Self::LessThan => Compare::Less,
            Self::Equal => Compare::Equal,
            _ => return None,
        })
    }

    fn of_compare(compare: Compare) -> Self {
        match compare {
            Compare::GreaterOrEqual => Self::AtLeast,
            Compare::Greater => Self::MoreThan,
            Compare::LessOrEqual => Self::AtMost,
            Compare::Less => Self::LessThan,
            Compare::Equal => Self::Equal,
        }
    }
}

/// What a row compares with. Empty lists and `None` are a row that is not finished.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Texts(Vec<Pattern>),
    Statuses(Vec<Status>),
    Parts(Vec<Part>),
    /// Nanoseconds.
    Time(Option<i64>),
    Number(Option<f64>),
    Flag(bool),
    /// The operator says it all.
    Nothing,
}

/// A row taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Simple {
    pub field: Field,
    /// Of the attribute.
    pub key: String,
    pub operator: Operator,
    pub value: Value,
}

impl Simple {
    /// A new row about this field, without a value yet.
    pub fn new(field: Field) -> Self {
        let operator = field.operators().first().copied().unwrap_or(Operator::Is);
        Self { field, key: String::new(), operator, value: empty_value(field, operator) }
    }

    /// A condition or its opposite, if a row can show it.
    pub fn of(node: &Node) -> Option<Self> {
        let (negated, condition) = match node {
            Node::Is(condition) => (false, condition),
            Node::Not(inner) => match inner.as_ref() {
                Node::Is(condition) => (true, condition),
                _ => return None,
            },
            Node::And(_) | Node::Or(_) => return None,
        };
        let is = Operator::of_text(negated, How::Is);
        let simple = |field, operator, value| Self { field, key: String::new(), operator, value };
        Some(match condition {
            Condition::Text { field, how, values } => {
                simple(Field::Text(*field), Operator::of_text(negated, *how), Value::Texts(values.clone()))
            }
            Condition::Status(values) => simple(Field::Status, is, Value::Statuses(values.clone())),
            Condition::Has(parts) => simple(Field::Has, is, Value::Parts(parts.clone())),
            Condition::Root(flag) => simple(Field::Root, is, Value::Flag(*flag)),
            Condition::Free(word) => simple(Field::Words, Operator::of_text(negated, How::Contains), Value::Texts(vec![word.clone()])),
            Condition::Time { of, compare, ns } if !negated => {
                simple(Field::Time(*of), Operator::of_compare(*compare), Value::Time(Some(*ns)))
            }
            Condition::Attribute { key, test } => {
                let (operator, value) = match test {
                    AttributeTest::Exists if negated => (Operator::NotExists, Value::Nothing),
                    AttributeTest::Exists => (Operator::Exists, Value::Nothing),
                    AttributeTest::Text { how, values } => (Operator::of_text(negated, *how), Value::Texts(values.clone())),
                    // Written with = it would be read as a text.
                    AttributeTest::Number { compare, number } if !negated && *compare != Compare::Equal => {
                        (Operator::of_compare(*compare), Value::Number(Some(*number)))
                    }
                    AttributeTest::Number { .. } => return None,
                };
                Self { field: Field::Attribute, key: key.clone(), operator, value }
            }
            Condition::Time { .. } => return None,
        })
    }

    /// The condition; `None` while it is not finished.
    pub fn node(&self) -> Option<Node> {
        let negated = matches!(self.operator, Operator::IsNot | Operator::NotExactly | Operator::NotContains | Operator::NotExists);
        let condition = match (self.field, &self.value) {
            (Field::Text(field), Value::Texts(values)) if !values.is_empty() => {
                Condition::Text { field, how: self.operator.text()?.1, values: values.clone() }
            }
            (Field::Words, Value::Texts(values)) => Condition::Free(values.first()?.clone()),
            (Field::Status, Value::Statuses(values)) if !values.is_empty() => Condition::Status(values.clone()),
            (Field::Has, Value::Parts(parts)) if !parts.is_empty() => Condition::Has(parts.clone()),
            (Field::Root, Value::Flag(flag)) => Condition::Root(*flag),
            (Field::Time(of), Value::Time(Some(ns))) => Condition::Time { of, compare: self.operator.compare()?, ns: *ns },
            (Field::Attribute, value) if !self.key.is_empty() => {
                let test = match value {
                    Value::Nothing => AttributeTest::Exists,
                    Value::Texts(values) if !values.is_empty() => {
                        AttributeTest::Text { how: self.operator.text()?.1, values: values.clone() }
                    }
                    Value::Number(Some(number)) => AttributeTest::Number { compare: self.operator.compare()?, number: *number },
                    _ => return None,
                };
                Condition::Attribute { key: self.key.clone(), test }
            }
            _ => return None,
        };
        let node = Node::Is(condition);
        Some(if negated { node.negate() } else { node })
    }

    /// The row about another field; what the new field understands of it stays.
    #[must_use]
    pub fn with_field(&self, field: Field) -> Self {
        let operator = if field.operators().contains(&self.operator) { self.operator } else { Self::new(field).operator };
        let mut next = Self { field, key: String::new(), operator, value: empty_value(field, operator) };
        if let (Value::Texts(_), Value::Texts(texts)) = (&next.value, &self.value) {
            next.value = Value::Texts(texts.clone());
        }
        if let (Value::Time(_), Value::Time(time)) = (&next.value, &self.value) {
            next.value = Value::Time(*time);
        }
        next.with_operator(operator)
    }

    /// The row compared in another way, its value as far as that understands it.
    #[must_use]
    pub fn with_operator(&self, operator: Operator) -> Self {
        let value = match (empty_value(self.field, operator), &self.value) {
            (Value::Texts(_), Value::Texts(texts)) => {
                let how = operator.text().map_or(How::Is, |(_, how)| how);
                let mut texts: Vec<Pattern> = texts.iter().map(|text| written_as(text, how)).collect();
                if self.field == Field::Words {
                    texts.truncate(1);
                }
                Value::Texts(texts)
            }
            (Value::Texts(_), Value::Number(Some(number))) => Value::Texts(vec![Pattern::literal(&number.to_string())]),
            (Value::Number(_), Value::Texts(texts)) => {
                let only = texts.first().and_then(Pattern::as_literal);
                Value::Number(only.and_then(parse_number))
            }
            (empty, same) if std::mem::discriminant(&empty) == std::mem::discriminant(same) => same.clone(),
            (empty, _) => empty,
        };
        Self { operator, value, ..self.clone() }
    }

    /// A typed text as one of the values of this row: stars stand for any text unless the comparison is exact.
    pub fn pattern(&self, typed: &str) -> Pattern {
        let how = self.operator.text().map_or(How::Is, |(_, how)| how);
        typed_pattern(typed, how)
    }
}

fn empty_value(field: Field, operator: Operator) -> Value {
    match field {
        Field::Text(_) | Field::Words => Value::Texts(Vec::new()),
        Field::Status => Value::Statuses(Vec::new()),
        Field::Has => Value::Parts(Vec::new()),
        Field::Root => Value::Flag(true),
        Field::Time(_) => Value::Time(None),
        Field::Attribute => match operator {
            Operator::Exists | Operator::NotExists => Value::Nothing,
            _ if operator.text().is_some() => Value::Texts(Vec::new()),
            _ => Value::Number(None),
        },
    }
}

/// A text with its stars as they are typed.
pub fn pattern_text(pattern: &Pattern) -> String {
    pattern.parts().join("*")
}

fn typed_pattern(typed: &str, how: How) -> Pattern {
    let parts = || typed.split('*').map(str::to_owned);
    match how {
        How::Exactly => Pattern::literal(typed),
        How::Is => Pattern::of_parts(parts().collect()),
        How::Contains => {
            let inner: Vec<String> = parts().filter(|part| !part.is_empty()).collect();
            Pattern::of_parts(inner)
        }
    }
}

/// The same text for another comparison. A text without stars stays just that text.
fn written_as(pattern: &Pattern, how: How) -> Pattern {
    match pattern.as_literal() {
        Some(text) => Pattern::literal(text),
        None => typed_pattern(&pattern_text(pattern), how),
    }
}

/// A finite number as the filter's language takes it.
pub fn parse_number(text: &str) -> Option<f64> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite())?;
    // Without a sign of its own: -0 is not written.
    Some(if number == 0.0 { 0.0 } else { number })
}

/// A duration as the filter's language writes it: "100ms".
pub fn time_text(ns: i64) -> String {
    let written = print_condition(&Condition::Time { of: TimeField::Duration, compare: Compare::Greater, ns });
    written.trim_start_matches("dur>").to_owned()
}

/// # Errors
/// When the text is no duration, with what would help.
pub fn parse_time(text: &str) -> Result<i64, String> {
    const HELP: &str = "Write a number and a unit, such as 100ms. Units are ns, us, ms, s, min and h.";
    match Filter::parse(&format!("dur>{}", text.trim())) {
        Ok(Filter { root: Some(Node::Is(Condition::Time { ns, .. })) }) => Ok(ns),
        Err(error) if error.message.contains("too long") => Err(error.message),
        _ => Err(HELP.to_owned()),
    }
}
