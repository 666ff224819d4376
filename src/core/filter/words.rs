//! A part of a filter in the words of a chip: what it is about, how it is compared, with what.

use super::{AttributeTest, Compare, Condition, Filter, How, Node, Pattern, Status, TextField, TimeField, without_none};
use crate::units;

/// A part of a filter in words. Names and values are as the file or the reader wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub subject: String,
    /// `is`, `is not`, `≥`; empty where the subject says it all.
    pub relation: &'static str,
    pub value: String,
}

/// So many values are named; of more only the number.
const NAMED_VALUES: usize = 2;

/// In place of a value, of spans that have none.
pub(super) const NONE: &str = "(none)";

impl Node {
    /// The part in words; one that has no plain form is its own text.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::Is(condition) => of_condition(condition, true),
            Self::Not(inner) => match &**inner {
                Self::Is(condition) => of_condition(condition, false),
                group => Words { relation: "not", value: Filter { root: Some(group.clone()) }.print(), ..Words::default() },
            },
            group => Words { value: Filter { root: Some(group.clone()) }.print(), ..Words::default() },
        }
    }
}

fn of_condition(condition: &Condition, is_so: bool) -> Words {
    let words = |subject: &str, relation: &'static str, value: String| Words { subject: subject.to_owned(), relation, value };
    let is = if is_so { "is" } else { "is not" };
    match condition {
        Condition::Text { field, how, values } => match without_none(*field, *how, values) {
            (true, others) if others.is_empty() => words(field_word(*field), if is_so { "is missing" } else { "exists" }, String::new()),
            (true, _) => {
                let named: Vec<Pattern> = values
                    .iter()
                    .map(|value| if value.as_literal() == Some("") { Pattern::literal(NONE) } else { value.clone() })
                    .collect();
                text(field_word(*field), *how, &named, is_so)
            }
            (false, _) => text(field_word(*field), *how, values, is_so),
        },
        Condition::Status(values) => words("status", is, values.iter().map(|status| status.word()).collect::<Vec<_>>().join(", ")),
        Condition::Time { of, compare, ns } => {
            let subject = match of {
                TimeField::Duration => "duration",
                TimeField::Own => "own time",
            };
            words(subject, sign(*compare, is_so), units::duration(*ns))
        }
        Condition::Root(root) => words("", "", if *root == is_so { "root spans".to_owned() } else { "not root spans".to_owned() }),
        Condition::Has(parts) => {
            words("", if is_so { "has" } else { "has no" }, parts.iter().map(|part| part.word()).collect::<Vec<_>>().join(" or "))
        }
        Condition::Attribute { key, test: AttributeTest::Exists } => words(key, if is_so { "exists" } else { "is missing" }, String::new()),
        Condition::Attribute { key, test: AttributeTest::Text { how, values } } => text(key, *how, values, is_so),
        Condition::Attribute { key, test: AttributeTest::Number { compare, number } } => {
            words(key, sign(*compare, is_so), number.to_string())
        }
        Condition::Free(word) => words("text", if is_so { "contains" } else { "lacks" }, shown(word)),
    }
}

fn text(subject: &str, how: How, values: &[Pattern], is_so: bool) -> Words {
    let relation = match (how, is_so) {
        (How::Contains, true) => "contains",
        (How::Contains, false) => "lacks",
        (_, true) => "is",
        (_, false) => "is not",
    };
    let is_anything = |value: &Pattern| value.as_literal().is_none() && value.parts().iter().all(String::is_empty);
    if how == How::Is && values.iter().any(is_anything) {
        return Words { subject: subject.to_owned(), relation: if is_so { "exists" } else { "is missing" }, value: String::new() };
    }
    let value = match values.len() {
        count if count > NAMED_VALUES => format!("{} values", units::count(count as u64)),
        _ => values.iter().map(shown).collect::<Vec<_>>().join(", "),
    };
    Words { subject: subject.to_owned(), relation, value }
}

fn shown(pattern: &Pattern) -> String {
    pattern.parts().join("*")
}

fn sign(compare: Compare, is_so: bool) -> &'static str {
    match (compare, is_so) {
        (Compare::Less, true) | (Compare::GreaterOrEqual, false) => "<",
        (Compare::LessOrEqual, true) | (Compare::Greater, false) => "≤",
        (Compare::Greater, true) | (Compare::LessOrEqual, false) => ">",
        (Compare::GreaterOrEqual, true) | (Compare::Less, false) => "≥",
        (Compare::Equal, true) => "=",
        (Compare::Equal, false) => "≠",
    }
}

/// The word for a field on the page.
pub fn field_word(field: TextField) -> &'static str {
    match field {
        TextField::Service => "service",
        TextField::Operation => "operation",
        TextField::Agent => "agent",
        TextField::Name => "name",
        TextField::Kind => "kind",
        TextField::Description => "description",
        TextField::Workflow => "workflow",
        TextField::Trace => "trace",
        TextField::Span => "span",
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [self.subject.as_str(), self.relation, self.value.as_str()];
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        f.write_str(parts.next().unwrap_or_default())?;
        parts.try_for_each(|part| write!(f, " {part}"))
    }
}

impl Status {
    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Error => "Error",
            Self::Unset => "Unset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_say_what_the_filter_says() {
        let words = |text: &str| Filter::parse(text).unwrap().root.unwrap().words().to_string().replace('\u{a0}', " ");
        for (text, expected) in [
            ("service:Agent", "service is Agent"),
            ("-op:on_*", "operation is not on_*"),
            ("service:A,B,C", "service is 3 values"),
            ("dur>=100ms", "duration ≥ 100 ms"),
            ("-dur<2s", "duration ≥ 2.00 s"),
            ("status:error,unset", "status is error, unset"),
            ("-service:*", "service is missing"),
            ("service:\"\"", "service is missing"),
            ("-agent:\"\"", "agent exists"),
            ("service:A,\"\"", "service is A, (none)"),
            ("attr.k:exists", "k exists"),
            ("attr.n>5", "n > 5"),
            ("has:exception,links", "has exception or links"),
            ("root:true", "root spans"),
            ("-root:true", "not root spans"),
            ("timeout", "text contains timeout"),
            ("-(op:a dur<1ms)", "not op:a dur<1ms"),
            ("op:a OR op:b", "op:a OR op:b"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
