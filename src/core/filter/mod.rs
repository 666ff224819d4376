//! The one language in which spans are searched and filtered, in every mode: `service:Agent dur>100ms -op:on_* "free text"`.
//!
//! A text is read by [`Filter::parse`] and written by [`Filter::print`]; the same filter is a condition in SQL ([`Filter::to_sql`]) and a
//! test of spans that are on the page already ([`Filter::matcher`]). Both answer alike. Nothing here asks the engine.
//!
//! | Text | Means |
//! |---|---|
//! | `a b`, `a AND b` | both |
//! | `a OR b` | one of them; AND binds closer, brackets group |
//! | `NOT a`, `-a` | the opposite, also where there is no value |
//! | `key:value` | equal, capitals or not; `*` stands for any text; ids: begins so |
//! | `key=value`, `key!=value` | equal to the letter; the opposite of `:` |
//! | `key:""` | there is none (of service, operation, agent, name, kind, description, workflow), as `-key:*` |
//! | `key~value` | contains, capitals or not |
//! | `key:A,B`, `key:(A, "B C")` | any of these |
//! | `dur>=1.5s`, `attr.n>5` | compared as a time, as a number |
//! | `"free text"`, `word` | in the name, service, operation, agent or status description, or the beginning of an id |
//!
//! A span without one of its times has no length (0 ns), as on the page.

mod complete;
mod fold;
mod lex;
mod matching;
mod need;
mod parse;
mod print;
mod sql;
mod suggest;
mod words;

pub use complete::{Completion, Wants, complete};
pub use fold::Pattern;
pub use matching::{Matcher, SpanFacts, Truth};
pub use need::{Lookup, Need};
pub use print::{print_condition, print_value};
pub use sql::NotInSql;
pub use suggest::{Suggestion, suggestions};
pub use words::{Words, field_word};

/// A filter of spans. Without conditions it lets everything through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub root: Option<Node>,
}

/// Conditions and how they go together. The parser gives the plainest form, as the functions [`Node::all`], [`Node::any`] and
/// [`Node::negate`] do: no group of one, no group directly in one of its own kind, nothing negated twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Is(Condition),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// One of the values fits.
    Text {
        field: TextField,
        how: How,
        values: Vec<Pattern>,
    },
    /// One of these.
    Status(Vec<Status>),
    /// Nanoseconds, never negative.
    Time {
        of: TimeField,
        compare: Compare,
        ns: i64,
    },
    Root(bool),
    /// One of these is there.
    Has(Vec<Part>),
    Attribute {
        key: String,
        test: AttributeTest,
    },
    /// A word anywhere in the light columns.
    Free(Pattern),
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeTest {
    Exists,
    Text {
        how: How,
        values: Vec<Pattern>,
    },
    /// Finite.
    Number {
        compare: Compare,
        number: f64,
    },
}

/// A column of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextField {
    Service,
    Operation,
    Agent,
    Name,
    Kind,
    Description,
    /// The name of the trace: that of its root.
    Workflow,
    Trace,
    Span,
}

impl TextField {
    /// Ids are given by their beginning.
    pub fn is_id(self) -> bool {
        matches!(self, Self::Trace | Self::Span)
    }
}

/// `key:""` asks for spans without one: whether it is among the values, and the others.
fn without_none(field: TextField, how: How, values: &[Pattern]) -> (bool, Vec<Pattern>) {
    if how != How::Is || field.is_id() {
        return (false, values.to_vec());
    }
    let (none, others): (Vec<Pattern>, Vec<Pattern>) = values.iter().cloned().partition(|value| value.as_literal() == Some(""));
    (!none.is_empty(), others)
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `:`
    Is,
    /// `=`
    Exactly,
    /// `~`
    Contains,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    Duration,
    /// Time that is not the children's; known to the trace's tree only.
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

impl Compare {
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok,
    Error,
    Unset,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Ok, Self::Error, Self::Unset];

    /// The word in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Unset => "unset",
        }
    }

    /// The status that a value of the column says.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The value of the column.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Error => "ERROR",
            Self::Unset => "UNSET",
        }
    }
}

/// What a span may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Exception,
    Events,
    Links,
    Agent,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Exception, Self::Events, Self::Links, Self::Agent];

    pub fn word(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Events => "events",
            Self::Links => "links",
            Self::Agent => "agent",
        }
    }
}

/// What a key is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Text(TextField),
    Status,
    Time(TimeField),
    Root,
    Has,
    /// The key of the attribute follows.
    Attribute,
}

/// A key of the language, for lists of suggestions and for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    /// Other spellings that are understood.
    pub also: &'static [&'static str],
    pub subject: Subject,
    pub example: &'static str,
    pub meaning: &'static str,
}

/// All keys, the most used first.
pub const KEYS: &[Key] = &[
    key("service", &["svc"], Subject::Text(TextField::Service), "service:Agent", "Service of the span"),
    key("op", &["operation", "method"], Subject::Text(TextField::Operation), "op:execute", "Operation, the name after its first dot"),
    key("agent", &[], Subject::Text(TextField::Agent), "agent:writer", "Agent that ran"),
    key("status", &[], Subject::Status, "status:error", "ok, error or unset"),
    key("dur", &["duration"], Subject::Time(TimeField::Duration), "dur>100ms", "Duration"),
    key("self", &["own"], Subject::Time(TimeField::Own), "self>10ms", "Own time, without the children's"),
    key("name", &[], Subject::Text(TextField::Name), "name:Agent.execute", "Name of the span"),
    key("kind", &[], Subject::Text(TextField::Kind), "kind:server", "Kind of the span"),
    key(
        "attr",
        &["attribute", "attributes"],
        Subject::Attribute,
        "attr.correlation_id~c-12",
        "An attribute; attr.key:exists where it is there",
    ),
    key("has", &[], Subject::Has, "has:exception", "exception, events, links or agent"),
    key("root", &[], Subject::Root, "root:true", "Whether the span has no parent"),
    key(
        "desc",
        &["description", "message", "status_description"],
        Subject::Text(TextField::Description),
        "desc~timeout",
        "Status description",
    ),
    key("workflow", &["flow", "trace_name"], Subject::Text(TextField::Workflow), "workflow:article_pipeline", "Name of the trace's root"),
    key("trace", &["trace_id", "traceid"], Subject::Text(TextField::Trace), "trace:7c41e09b", "Trace id, or how it begins"),
    key("span", &["span_id", "spanid"], Subject::Text(TextField::Span), "span:b81d40c7", "Span id, or how it begins"),
];

const fn key(name: &'static str, also: &'static [&'static str], subject: Subject, example: &'static str, meaning: &'static str) -> Key {
    Key { name, also, subject, example, meaning }
}

impl Key {
    /// The key with this name or other spelling, capitals or not.
    pub fn of(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| std::iter::once(&key.name).chain(key.also).any(|spelling| spelling.eq_ignore_ascii_case(name)))
    }
}

/// Why a text is no filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The first character that it is about, counted in characters.
    pub at: usize,
    /// How many characters; 0 where something is missing.
    pub len: usize,
    pub message: String,
}

impl Filter {
    /// # Errors
    /// When the text cannot be understood, with the place and what would help. Never panics.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// The filter as canonical text; empty for the filter that lets everything through.
    pub fn print(&self) -> String {
        print::print(self)
    }

    /// A condition over the columns of `main.spans`. It is true or false, never NULL, so it may stand after NOT and in a SELECT.
    ///
    /// # Errors
    /// When a condition asks for own time, which the table does not hold.
    pub fn to_sql(&self) -> Result<String, NotInSql> {
        self.to_sql_with(&|_| None)
    }

    /// As [`Filter::to_sql`], with the columns that `columns` knows for what the table holds in its payload or not at all.
    ///
    /// # Errors
    /// When a condition asks for own time and there is no column of it.
    pub fn to_sql_with(&self, columns: Lookup<'_>) -> Result<String, NotInSql> {
        sql::of_filter(self, columns)
    }

    /// The same for a WHERE, where what is NULL is left out: it may be NULL where it does not hold, and is faster.
    ///
    /// # Errors
    /// As [`Filter::to_sql_with`].
    pub fn to_where_with(&self, columns: Lookup<'_>) -> Result<String, NotInSql> {
        sql::of_filter_bare(self, columns)
    }

    /// Whether a part of the filter can only be answered from columns that are slow to read.
    pub fn needs_payload(&self) -> bool {
        self.conditions().iter().any(|condition| condition.is_payload())
    }

    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Ready to test many spans.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(self)
    }

    /// Tests one span; for many take [`Filter::matcher`].
    pub fn matches(&self, span: &impl SpanFacts) -> Truth {
        self.matcher().matches(span)
    }

    /// All conditions in the order in which they stand. Their places are the numbers that [`SpanFacts::answer`] is asked with.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut found = Vec::new();
        let mut to_visit: Vec<&Node> = self.root.iter().collect();
        while let Some(node) = to_visit.pop() {
            match node {
                Node::Is(condition) => found.push(condition),
                Node::Not(inner) => to_visit.push(inner),
                Node::And(nodes) | Node::Or(nodes) => to_visit.extend(nodes.iter().rev()),
            }
        }
        found
    }

    /// This and the other one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { root: Node::all(self.root.into_iter().chain(other.root).collect()) }
    }
}

impl Condition {
    /// Whether it reads attributes, events or links. The agent does not count: the page has it.
    pub fn is_payload(&self) -> bool {
        match self {
            Self::Attribute { .. } => true,
            Self::Has(parts) => parts.iter().any(|part| *part != Part::Agent),
            _ => false,
        }
    }
}

impl Node {
    /// All of these; `None` for none.
    pub fn all(nodes: Vec<Self>) -> Option<Self> {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::And(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// One of these; `None` for none.
    pub fn any(nodes: Vec<Self>) -> Option<Self> {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }

    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

fn one_or(mut nodes: Vec<Node>, group: fn(Vec<Node>) -> Node) -> Option<Node> {
    match nodes.len() {
        0 | 1 => nodes.pop(),
        _ => Some(group(nodes)),
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
