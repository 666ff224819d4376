//! The filter as rows: one for each condition that must hold (or of which one must), each with a field, an operator and a value. Rows that are
//! switched off stay in the list and leave the filter; rows without a value wait outside of it.
//!
//! What a row cannot take apart it keeps as it is: no edit of one row changes or loses another.

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

/// What stands in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A condition or a group.
    Known(Node),
    /// Begun, without a value yet.
    Draft(Simple),
    /// A group that is being written.
    DraftText(String),
}

impl Item {
    pub fn of(simple: Simple) -> Self {
        match simple.node() {
            Some(node) => Self::Known(node),
            None => Self::Draft(simple),
        }
    }

    /// The row taken apart; `None` for groups and for what has to be shown as text.
    pub fn simple(&self) -> Option<Simple> {
        match self {
            Self::Known(node) => Simple::of(node),
            Self::Draft(simple) => Some(simple.clone()),
            Self::DraftText(_) => None,
        }
    }

    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Known(node) => Some(node),
            Self::Draft(_) | Self::DraftText(_) => None,
        }
    }

    /// As it would stand alone in a filter.
    pub fn text(&self) -> String {
        match self {
            Self::Known(node) => print_node(node),
            Self::Draft(_) => String::new(),
            Self::DraftText(text) => text.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub item: Item,
    pub is_on: bool,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// One of the rows must hold, not all of them.
    pub any: bool,
    pub rows: Vec<Row>,
}

/// A row that the filter does not hold, and its place in the list.
pub type Placed = (usize, Item);

pub fn print_node(node: &Node) -> String {
    Filter { root: Some(node.clone()) }.print()
}

/// One condition or group of a text; `None` for a text that says nothing.
///
/// # Errors
/// The parser's words.
pub fn parse_node(text: &str) -> Result<Option<Node>, crate::core::filter::FilterError> {
    Ok(Filter::parse(text)?.root)
}

impl Rows {
    /// `off` and `matching` as [`Rows::off`] and [`Rows::matching`] wrote them; what cannot be read of them is passed over. `drafts` are the
    /// page's own.
    pub fn read(filter: &Filter, off: &str, matching: &str, drafts: &[Placed]) -> Self {
        let (any, nodes) = match (&filter.root, matching) {
            (Some(Node::And(nodes)), _) => (false, nodes.clone()),
            (Some(root @ Node::Or(_)), "all") => (false, vec![root.clone()]),
            (Some(Node::Or(nodes)), _) => (true, nodes.clone()),
            (Some(node), _) => (matching == "any", vec![node.clone()]),
            (None, _) => (matching == "any", Vec::new()),
        };
        let mut rows: Vec<Row> = nodes.into_iter().map(|node| Row { item: Item::Known(node), is_on: true }).collect();
        let is_draft = |item: &Item| item.node().is_none();
        let switched_off = off.lines().filter_map(|line| {
            let (place, text) = line.split_once(' ')?;
            Some((place.parse().ok()?, Row { item: Item::Known(parse_node(text).ok()??), is_on: false }))
        });
        let begun = drafts.iter().filter(|(_, item)| is_draft(item)).map(|(place, item)| (*place, Row { item: item.clone(), is_on: true }));
        let mut others: Vec<(usize, Row)> = switched_off.chain(begun).collect();
        crate::core::order::sort_by_key(&mut others, |(place, _)| *place);
        for (place, row) in others {
            rows.insert(place.min(rows.len()), row);
        }
        Self { any, rows }
    }

    /// The filter of the rows that are on.
    pub fn filter(&self) -> Filter {
        let nodes = self.rows.iter().filter(|row| row.is_on).filter_map(|row| row.item.node().cloned()).collect();
        Filter { root: if self.any { Node::any(nodes) } else { Node::all(nodes) } }
    }

    /// The rows that are switched off, for the address: a line each, with its place.
    pub fn off(&self) -> Option<String> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| !row.is_on);
        let lines: Vec<String> =
            rows.filter_map(|(place, row)| row.item.node().map(|node| format!("{place} {}", print_node(node)))).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// For the address, where the filter alone does not tell whether all or any must hold.
    pub fn matching(&self) -> Option<&'static str> {
        match (self.any, &self.filter().root) {
            (false, Some(Node::Or(_))) => Some("all"),
            (true, Some(Node::Or(_))) | (false, _) => None,
            (true, _) => Some("any"),
        }
    }

    /// The rows that are begun.
    pub fn drafts(&self) -> Vec<Placed> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| row.item.node().is_none());
        rows.map(|(place, row)| (place, row.item.clone())).collect()
    }

    #[must_use]
    pub fn with(&self, place: usize, item: Item) -> Self {
        let mut next = self.clone();
        match next.rows.get_mut(place) {
            Some(row) => row.item = item,
            None => next.rows.push(Row { item, is_on: true }),
        }
        next
    }

    #[must_use]
    pub fn without(&self, place: usize) -> Self {
        let mut next = self.clone();
        if place < next.rows.len() {
            next.rows.remove(place);
        }
        next
    }

    #[must_use]
    pub fn switched(&self, place: usize) -> Self {
        let mut next = self.clone();
        if let Some(row) = next.rows.get_mut(place) {
            row.is_on = !row.is_on;
        }
        next
    }

    #[must_use]
    pub fn matching_any(&self, any: bool) -> Self {
        Self { any, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CONDITIONS: [&str; 24] = [
        "service:A",
        "service:A,\"B C\"",
        "op:on_*",
        "agent=writer",
        "name~fetch",
        "kind:server",
        "desc~timeout",
        "workflow:w*",
        "trace:7c41e09b",
        "span:aa",
        "status:error,unset",
        "dur>=100ms",
        "dur<1s",
        "self>10us",
        "attr.k:v",
        "attr.\"a b\"~x",
        "attr.n>5",
        "attr.k:exists",
        "attr.k:\"exists\"",
        "has:agent,events",
        "root:true",
        "word",
        "\"two words\"",
        "dur=0ms",
    ];

    fn node(text: &str) -> Node {
        Filter::parse(text).unwrap().root.unwrap()
    }

    fn any_node() -> impl Strategy<Value = Node> {
        let leaf = (prop::sample::select(CONDITIONS.to_vec()), any::<bool>())
            .prop_map(|(text, negated)| if negated { node(text).negate() } else { node(text) });
        leaf.prop_recursive(3, 16, 4, |inner| {
            (prop::collection::vec(inner, 1..4), 0..3_u8).prop_map(|(nodes, kind)| match kind {
                0 => Node::all(nodes).unwrap(),
                1 => Node::any(nodes).unwrap(),
                _ => Node::all(nodes).unwrap().negate(),
            })
        })
    }

    fn rows(filter: &str) -> Rows {
        Rows::read(&Filter::parse(filter).unwrap(), "", "", &[])
    }

    #[test]
    fn a_filter_is_taken_apart_into_rows() {
        let rows = rows("service:A,B dur>=100ms -op:on_* (status:error OR dur>1s)");
        let simple: Vec<Option<Simple>> = rows.rows.iter().map(|row| row.item.simple()).collect();
        let first = simple[0].as_ref().unwrap();
        assert_eq!((first.field.slug(), first.operator), ("service", Operator::Is));
        assert_eq!(simple[1].as_ref().unwrap().value, Value::Time(Some(100_000_000)));
        assert_eq!(simple[2].as_ref().unwrap().operator, Operator::IsNot);
        assert_eq!(simple[3], None, "a group is text");
        assert_eq!(rows.rows[3].item.text(), "status:error OR dur>1s");
        assert!(!rows.any);
    }

    #[test]
    fn a_row_that_is_off_keeps_its_place_and_leaves_the_filter() {
        let off = rows("service:A status:error dur>1s").switched(1);
        assert_eq!(off.filter().print(), "service:A dur>1s");
        assert_eq!(off.off().as_deref(), Some("1 status:error"));
        let again = Rows::read(&off.filter(), &off.off().unwrap(), "", &[]);
        assert_eq!(again, off);
        assert_eq!(again.switched(1).filter().print(), "service:A status:error dur>1s");
        assert_eq!(Rows::read(&Filter::default(), "x\n1\n7 service:\n9 root:true", "", &[]).rows.len(), 1, "nonsense is passed over");
    }

    #[test]
    fn any_and_all_are_remembered_where_the_filter_does_not_say() {
        let any = rows("service:A status:error").matching_any(true);
        assert_eq!((any.filter().print().as_str(), any.matching()), ("service:A OR status:error", None));
        let one = any.without(0);
        assert_eq!((one.filter().print().as_str(), one.matching()), ("status:error", Some("any")));
        assert!(Rows::read(&one.filter(), "", "any", &[]).any);
        // One group that is on and a row that is off: the group stays a group.
        let group = rows("(a OR b) c").switched(1);
        assert_eq!(group.matching(), Some("all"));
        let again = Rows::read(&group.filter(), &group.off().unwrap(), group.matching().unwrap(), &[]);
        assert_eq!(again.switched(1).filter().print(), "(a OR b) c");
        assert!(!Rows::read(&Filter::parse("a b").unwrap(), "", "any", &[]).any, "the filter says all");
    }

    #[test]
    fn a_row_without_a_value_waits_outside_of_the_filter() {
        let begun = rows("service:A").with(usize::MAX, Item::of(Simple::new(Field::Text(TextField::Agent))));
        assert_eq!(begun.filter().print(), "service:A");
        let again = Rows::read(&begun.filter(), "", "", &begun.drafts());
        assert_eq!(again, begun);
        let Some(Item::Draft(draft)) = again.rows.get(1).map(|row| row.item.clone()) else { panic!("a draft") };
        let done = Simple { value: Value::Texts(vec![draft.pattern("wri*")]), ..draft };
        assert_eq!(again.with(1, Item::of(done)).filter().print(), "service:A agent:wri*");
    }

    #[test]
    fn another_field_or_operator_keeps_what_it_understands() {
        let row = Simple::of(&node("service:A,on_*")).unwrap();
        assert_eq!(print_node(&row.with_field(Field::Text(TextField::Operation)).node().unwrap()), "op:A,on_*");
        assert_eq!(print_node(&row.with_operator(Operator::Exactly).node().unwrap()), "service=A,\"on_*\"");
        assert_eq!(print_node(&row.with_operator(Operator::NotContains).node().unwrap()), "-service~A,on_");
        assert_eq!(row.with_field(Field::Status).node(), None);
        let number = Simple::of(&node("attr.n:5")).unwrap();
        assert_eq!(print_node(&number.with_operator(Operator::AtLeast).node().unwrap()), "attr.n>=5");
        assert_eq!(number.with_operator(Operator::Exists).node(), Some(node("attr.n:exists")));
        let time = Simple::of(&node("dur>1s")).unwrap();
        assert_eq!(print_node(&time.with_field(Field::Time(TimeField::Own)).with_operator(Operator::LessThan).node().unwrap()), "self<1s");
    }

    #[test]
    fn durations_are_read_and_written_as_the_filter_does() {
        assert_eq!(parse_time(" 1.5 s "), Ok(1_500_000_000));
        assert_eq!(time_text(1_500_000_000), "1500ms");
        assert_eq!(parse_time(&time_text(0)), Ok(0));
        for wrong in ["", "1", "1s service:A", "1s OR 2s", "soon", "-1s"] {
            assert!(parse_time(wrong).unwrap_err().contains("unit"), "{wrong}");
        }
        assert!(parse_time("99999999999h").unwrap_err().contains("too long"));
        assert_eq!(parse_number("-0"), Some(0.0));
        assert_eq!(parse_number("inf"), None);
    }

    #[test]
    fn every_field_and_operator_has_a_word() {
        for (field, slug, label) in FIELDS {
            assert_eq!(Field::of_slug(slug), Some(field));
            assert!(!label.is_empty());
            for operator in field.operators() {
                assert_eq!(Operator::of_slug(operator.slug()), Some(*operator));
                assert!(!operator.label(field).is_empty());
                assert!(Simple::new(field).with_operator(*operator).operator == *operator);
            }
        }
    }

    proptest! {
        #[test]
        fn rows_give_the_filter_back(root in prop::option::of(any_node()), off in prop::collection::vec((0_usize..6, any_node()), 0..3)) {
            let filter = Filter { root };
            let text: Vec<String> = off.iter().map(|(place, node)| format!("{place} {}", print_node(node))).collect();
            let rows = Rows::read(&filter, &text.join("\n"), "", &[]);
            prop_assert_eq!(rows.filter(), filter);
            let again = Rows::read(&rows.filter(), rows.off().as_deref().unwrap_or(""), rows.matching().unwrap_or(""), &[]);
            prop_assert_eq!(again, rows);
        }

        #[test]
        fn a_row_taken_apart_is_the_same_condition(node in any_node()) {
            if let Some(simple) = Simple::of(&node) {
                prop_assert_eq!(simple.node(), Some(node));
            } else if let Node::Is(condition) = &node {
                prop_assert!(false, "{condition:?} has no row");
            }
        }

        #[test]
        fn no_edit_touches_another_row(filter in any_node(), place in 0_usize..5, edit in 0_u8..4) {
            let rows = Rows::read(&Filter { root: Some(filter) }, "", "", &[]);
            prop_assume!(place < rows.rows.len());
            let other = Item::Known(node("service:new"));
            let next = match edit {
                0 => rows.switched(place),
                1 => rows.without(place),
                2 => rows.with(place, other),
                _ => rows.with(usize::MAX, other),
            };
            let kept: Vec<&Row> = rows.rows.iter().enumerate().filter(|(at, _)| edit == 3 || *at != place).map(|(_, row)| row).collect();
            let conditions = next.filter().print();
            for row in kept {
                prop_assert!(next.rows.contains(row));
                for condition in (Filter { root: row.item.node().cloned() }).conditions() {
                    prop_assert!(conditions.contains(&print_condition(condition)), "{conditions}");
                }
            }
        }
    }
}
