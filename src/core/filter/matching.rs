//! Tests spans that are on the page. What the page cannot know is `Unknown`, so that the caller asks the engine.

use super::{Compare, Condition, Filter, How, Node, Part, Status, TextField, TimeField, fold::Glob, without_none};

/// A free word is taken for the beginning of an id from so many characters on.
pub(super) const ID_CHARS: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    Yes,
    No,
    /// Not to be said from what is on the page.
    Unknown,
}

impl From<bool> for Truth {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

impl Truth {
    fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// What the page knows of a span. Facts of `Option<Option<…>>` are `None` where the page does not know them.
pub trait SpanFacts {
    fn name(&self) -> &str;
    fn service(&self) -> Option<&str>;
    fn operation(&self) -> Option<&str>;
    fn agent(&self) -> Option<&str>;
    fn trace_id(&self) -> &str;
    fn span_id(&self) -> &str;
    fn kind(&self) -> Option<Option<&str>>;
    fn description(&self) -> Option<Option<&str>>;
    fn is_error(&self) -> bool;
    /// `None` where only [`SpanFacts::is_error`] is known; no status where the file has another word.
    fn status(&self) -> Option<Option<Status>>;
    /// Nanoseconds.
    fn duration_ns(&self) -> Option<i64>;
    /// Nanoseconds; `None` where there is no tree.
    fn self_ns(&self) -> Option<i64>;
    /// Whether the span has no parent. One whose parent is not in the file has one.
    fn is_root(&self) -> bool;
    /// What the engine said of a condition, by its place in [`Filter::conditions`]; `None` before it was asked.
    fn answer(&self, _condition: usize) -> Option<bool> {
        None
    }
}

/// A filter, ready to test many spans; nothing is allocated for a span.
#[derive(Clone, Debug)]
pub struct Matcher {
    root: Option<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    And(Vec<Step>),
    Or(Vec<Step>),
    Not(Box<Step>),
    Is(usize, Test),
}

#[derive(Clone, Debug)]
enum Test {
    Exact {
        field: TextField,
        values: Vec<String>,
    },
    Text {
        field: TextField,
        /// Spans without one fit too.
        none: bool,
        values: Vec<Glob>,
    },
    Status(Vec<Status>),
    Time {
        of: TimeField,
        compare: Compare,
        ns: i64,
    },
    Root(bool),
    /// Whether having an agent is enough.
    Has {
        agent: bool,
        others: bool,
    },
    Attribute,
    Free {
        word: Glob,
        id: Option<String>,
    },
}

impl Matcher {
    pub(super) fn new(filter: &Filter) -> Self {
        let mut next = 0;
        Self { root: filter.root.as_ref().map(|root| step(root, &mut next)) }
    }

    pub fn matches(&self, span: &impl SpanFacts) -> Truth {
        self.root.as_ref().map_or(Truth::Yes, |root| root.holds(span))
    }
}

// Nests as deep as the parser lets brackets nest.
fn step(node: &Node, next: &mut usize) -> Step {
    match node {
        Node::And(nodes) => Step::And(nodes.iter().map(|node| step(node, next)).collect()),
        Node::Or(nodes) => Step::Or(nodes.iter().map(|node| step(node, next)).collect()),
        Node::Not(inner) => Step::Not(Box::new(step(inner, next))),
        Node::Is(condition) => {
            let place = *next;
            *next += 1;
            Step::Is(place, Test::new(condition))
        }
    }
}

impl Step {
    fn holds(&self, span: &impl SpanFacts) -> Truth {
        match self {
            Self::And(steps) => first_that_decides(steps, span, Truth::No, Truth::Yes),
            Self::Or(steps) => first_that_decides(steps, span, Truth::Yes, Truth::No),
            Self::Not(inner) => inner.holds(span).negate(),
            Self::Is(place, test) => match test.holds(span) {
                Truth::Unknown => span.answer(*place).map_or(Truth::Unknown, Truth::from),
                known => known,
            },
        }
    }
}

fn first_that_decides(steps: &[Step], span: &impl SpanFacts, decides: Truth, otherwise: Truth) -> Truth {
    let mut result = otherwise;
    for step in steps {
        match step.holds(span) {
            found if found == decides => return decides,
            Truth::Unknown => result = Truth::Unknown,
            _ => {}
        }
    }
    result
}

/// The beginning of an id, where a free word may be one.
pub(super) fn id_beginning(word: &super::Pattern) -> Option<String> {
    let literal = word.as_literal()?;
    let is_hex = literal.len() >= ID_CHARS && literal.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| literal.to_ascii_lowercase())
}

impl Test {
    fn new(condition: &Condition) -> Self {
        match condition {
            Condition::Text { field, how: How::Exactly, values } => {
                Self::Exact { field: *field, values: values.iter().map(|value| value.parts().join("*")).collect() }
            }
            Condition::Text { field, how, values } => {
                let glob = match how {
                    How::Contains => Glob::within,
                    _ if field.is_id() => Glob::beginning,
                    _ => Glob::whole,
                };
                let (none, values) = without_none(*field, *how, values);
                Self::Text { field: *field, none, values: values.iter().map(glob).collect() }
            }
            Condition::Status(values) => Self::Status(values.clone()),
            Condition::Time { of, compare, ns } => Self::Time { of: *of, compare: *compare, ns: *ns },
            Condition::Root(is_root) => Self::Root(*is_root),
            Condition::Has(parts) => {
                Self::Has { agent: parts.contains(&Part::Agent), others: parts.iter().any(|part| *part != Part::Agent) }
            }
            Condition::Attribute { .. } => Self::Attribute,
            Condition::Free(word) => Self::Free { word: Glob::within(word), id: id_beginning(word) },
        }
    }

    fn holds(&self, span: &impl SpanFacts) -> Truth {
        match self {
            Self::Exact { field, values } => text_of(span, *field, false, |text| values.iter().any(|value| value == text)),
            Self::Text { field, none, values } => text_of(span, *field, *none, |text| values.iter().any(|value| value.fits(text))),
            Self::Status(values) => match (span.is_error(), span.status()) {
                (true, _) => values.contains(&Status::Error).into(),
                (false, Some(status)) => status.is_some_and(|status| values.contains(&status)).into(),
                (false, None) if values.iter().all(|status| *status == Status::Error) => Truth::No,
                (false, None) => Truth::Unknown,
            },
            Self::Time { of, compare, ns } => {
                let (length, otherwise) = match of {
                    // Without a start or an end nothing is known of its length, now or later.
                    TimeField::Duration => (span.duration_ns(), Truth::No),
                    TimeField::Own => (span.self_ns(), Truth::Unknown),
                };
                length.map_or(otherwise, |length| compare.holds(length, *ns).into())
            }
            Self::Root(is_root) => (span.is_root() == *is_root).into(),
            Self::Has { agent, others } => match (*agent && span.agent().is_some(), others) {
                (true, _) => Truth::Yes,
                (false, true) => Truth::Unknown,
                (false, false) => Truth::No,
            },
            Self::Attribute => Truth::Unknown,
            Self::Free { word, id } => {
                let has = |text: Option<&str>| text.is_some_and(|text| word.fits(text));
                let begins = |text: &str| id.as_deref().is_some_and(|id| text.starts_with(id));
                if has(Some(span.name()))
                    || has(span.service())
                    || has(span.operation())
                    || has(span.agent())
                    || begins(span.span_id())
                    || begins(span.trace_id())
                {
                    return Truth::Yes;
                }
                span.description().map_or(Truth::Unknown, |description| has(description).into())
            }
        }
    }
}

fn text_of(span: &impl SpanFacts, field: TextField, none: bool, test: impl Fn(&str) -> bool) -> Truth {
    let known = match field {
        TextField::Service => Some(span.service()),
        TextField::Operation => Some(span.operation()),
        TextField::Agent => Some(span.agent()),
        TextField::Name => Some(Some(span.name())),
        TextField::Kind => span.kind(),
        TextField::Description => span.description(),
        // The list of traces knows.
        TextField::Workflow => None,
        TextField::Trace => Some(Some(span.trace_id())),
        TextField::Span => Some(Some(span.span_id())),
    };
    known.map_or(Truth::Unknown, |text| text.map_or(none, test).into())
}

impl Compare {
    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
        }
    }
}
