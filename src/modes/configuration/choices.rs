//! A list of the values of one field, each of which the filter lets through or not: read from the filter, and changed in it by "only",
//! "hide" and the boxes. Parts of the filter that are about other fields are never touched.

use crate::core::{
    fast_map::FastSet,
    filter::{AttributeTest, Condition, Filter, How, Node, Pattern, SpanFacts, Status, TextField, Truth},
};

/// A value of a list; `None` for spans that have none.
pub type Entry<'a> = Option<&'a str>;

/// A change of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing but this value.
    Only(Option<String>),
    /// Everything but this value, of what is let through now.
    Hide(Option<String>),
    /// This value too.
    Show(Option<String>),
    All,
    None,
}

/// The parts of a filter that are about one field alone.
struct OfField {
    field: TextField,
    parts: Vec<Node>,
}

/// A span of which only one field is known.
struct Probe<'a> {
    field: TextField,
    value: Entry<'a>,
}

impl<'a> Probe<'a> {
    fn of(&self, field: TextField) -> Entry<'a> {
        if self.field == field { self.value } else { None }
    }
}

impl SpanFacts for Probe<'_> {
    fn name(&self) -> &str {
        self.of(TextField::Name).unwrap_or_default()
    }
    fn service(&self) -> Option<&str> {
        self.of(TextField::Service)
    }
    fn operation(&self) -> Option<&str> {
        self.of(TextField::Operation)
    }
    fn agent(&self) -> Option<&str> {
        self.of(TextField::Agent)
    }
    fn trace_id(&self) -> &str {
        ""
    }
    fn span_id(&self) -> &str {
        ""
    }
    fn kind(&self) -> Option<Option<&str>> {
        Some(self.of(TextField::Kind))
    }
    fn description(&self) -> Option<Option<&str>> {
        Some(None)
    }
    fn is_error(&self) -> bool {
        false
    }
    fn status(&self) -> Option<Option<Status>> {
        Some(None)
    }
    fn duration_ns(&self) -> Option<i64> {
        None
    }
    fn self_ns(&self) -> Option<i64> {
        None
    }
    fn is_root(&self) -> bool {
        false
    }
}

fn is_about(node: &Node, field: TextField) -> bool {
    match node {
        Node::Is(Condition::Text { field: found, .. }) => *found == field,
        Node::Is(_) => false,
        Node::Not(inner) => is_about(inner, field),
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().all(|node| is_about(node, field)),
    }
}

impl OfField {
    fn lets(&self, value: Entry<'_>) -> bool {
        lets(&self.parts, self.field, value)
    }
}

fn lets(parts: &[Node], field: TextField, value: Entry<'_>) -> bool {
    let filter = Filter { root: Node::all(parts.to_vec()) };
    filter.matches(&Probe { field, value }) == Truth::Yes
}

/// Which of the values the filter lets through, as far as it speaks of this field alone.
pub fn checked(parts: &[Node], field: TextField, values: &[Entry<'_>]) -> Vec<bool> {
    let own: Vec<Node> = parts.iter().filter(|part| is_about(part, field)).cloned().collect();
    if own.is_empty() {
        return vec![true; values.len()];
    }
    let matcher = Filter { root: Node::all(own) }.matcher();
    values.iter().map(|value| matcher.matches(&Probe { field, value: *value }) == Truth::Yes).collect()
}

/// Whether any part is about this field alone.
pub fn is_narrowed(parts: &[Node], field: TextField) -> bool {
    parts.iter().any(|part| is_about(part, field))
}

/// Spans that have a value at all.
fn some_value(field: TextField) -> Node {
    let anything = Pattern::of_parts(vec![String::new(), String::new()]);
    Node::Is(Condition::Text { field, how: How::Is, values: vec![anything] })
}

/// One of these values; exactly where another value of the file differs in capitals only.
fn one_of(field: TextField, values: &[&str], all: &[Entry<'_>]) -> Option<Node> {
    if values.is_empty() {
        return None;
    }
    let mut folded: FastSet<String> = FastSet::default();
    let doubled: FastSet<String> =
        all.iter().flatten().map(|value| value.to_lowercase()).filter(|value| !folded.insert(value.clone())).collect();
    let how = if values.iter().any(|value| doubled.contains(&value.to_lowercase())) { How::Exactly } else { How::Is };
    Some(Node::Is(Condition::Text { field, how, values: values.iter().map(|value| Pattern::literal(value)).collect() }))
}

/// The values of a list of texts without stars; `None` for any other condition.
fn literals(node: &Node) -> Option<(How, Vec<&str>)> {
    let Node::Is(Condition::Text { how, values, .. }) = node else { return None };
    if *how == How::Contains {
        return None;
    }
    Some((*how, values.iter().map(Pattern::as_literal).collect::<Option<_>>()?))
}

/// What "only these" may look like: a list, spans without a value, or either.
struct Only<'a> {
    values: Vec<&'a str>,
    with_none: bool,
}

impl<'a> Only<'a> {
    fn read(node: &'a Node, field: TextField) -> Option<Self> {
        let none = some_value(field).negate();
        if *node == none {
            return Some(Self { values: Vec::new(), with_none: true });
        }
        if let Some((_, values)) = literals(node) {
            return Some(Self { values, with_none: false });
        }
        let Node::Or(nodes) = node else { return None };
        match nodes.as_slice() {
            [list, other] if *other == none => literals(list).map(|(_, values)| Self { values, with_none: true }),
            _ => None,
        }
    }

    fn write(&self, field: TextField, all: &[Entry<'_>]) -> Option<Node> {
        let list = one_of(field, &self.values, all);
        let none = self.with_none.then(|| some_value(field).negate());
        Node::any(list.into_iter().chain(none).collect())
    }
}

/// The parts of the filter after a change of a list with these values.
pub fn changed(parts: &[Node], field: TextField, all: &[Entry<'_>], change: &Change) -> Vec<Node> {
    let others = || parts.iter().filter(|part| !is_about(part, field)).cloned().collect::<Vec<_>>();
    match change {
        Change::All => others(),
        Change::None => {
            // Nothing has no value and has one; where every span has one, the first is enough.
            let contradiction = [Some(some_value(field).negate()), all.contains(&None).then(|| some_value(field))];
            others().into_iter().chain(contradiction.into_iter().flatten()).collect()
        }
        Change::Only(value) => {
            let only = Only { values: value.as_deref().into_iter().collect(), with_none: value.is_none() };
            others().into_iter().chain(only.write(field, all)).collect()
        }
        Change::Hide(value) => hidden(parts, field, all, value.as_deref()),
        Change::Show(value) => shown(parts, field, all, value.as_deref()),
    }
}

fn hidden(parts: &[Node], field: TextField, all: &[Entry<'_>], value: Entry<'_>) -> Vec<Node> {
    let mut next: Vec<Node> = Vec::new();
    // Out of the lists that name it.
    for part in parts {
        let Some(mut only) = is_about(part, field).then(|| Only::read(part, field)).flatten() else {
            next.push(part.clone());
            continue;
        };
        only.values.retain(|named| Some(*named) != value);
        only.with_none &= value.is_some();
        match only.write(field, all) {
            Some(node) => next.push(node),
            // The last one: nothing is left.
            None => next.extend([some_value(field).negate(), some_value(field)]),
        }
    }
    if !lets(&own_of(&next, field), field, value) {
        return next;
    }
    let Some(value) = value else {
        next.push(some_value(field));
        return next;
    };
    let list = next.iter().position(|part| matches!(part, Node::Not(inner) if is_about(part, field) && literals(inner).is_some()));
    let mut values: Vec<&str> = Vec::new();
    if let Some(Node::Not(inner)) = list.and_then(|at| parts_at(&next, at)) {
        values = literals(inner).map(|(_, values)| values).unwrap_or_default();
    }
    values.push(value);
    let node = one_of(field, &values, all).map(Node::negate);
    match (list, node) {
        (Some(at), Some(node)) => replace(next, at, node),
        (None, Some(node)) => next.into_iter().chain([node]).collect(),
        (_, None) => next,
    }
}

fn shown(parts: &[Node], field: TextField, all: &[Entry<'_>], value: Entry<'_>) -> Vec<Node> {
    // A list of all there is would say nothing.
    let mut next: Vec<Node> = Vec::new();
    for part in parts {
        let of_field = is_about(part, field);
        if !of_field || lets(std::slice::from_ref(part), field, value) {
            next.push(part.clone());
            continue;
        }
        if let Node::Not(inner) = part
            && let (Some((_, mut values)), Some(value)) = (literals(inner), value)
        {
            values.retain(|named| !named.eq_ignore_ascii_case(value) && named.to_lowercase() != value.to_lowercase());
            next.extend(one_of(field, &values, all).map(Node::negate));
            continue;
        }
        if let Some(mut only) = Only::read(part, field) {
            // "None of them" is where a choice begins: it goes with the first that is chosen.
            let nothing = only.values.is_empty() && only.with_none && !all.contains(&None);
            only.with_none = value.is_none() || (only.with_none && !nothing);
            only.values.extend(value);
            next.extend(only.write(field, all));
            continue;
        }
        // A pattern, or spans with any value: it cannot be widened by one value but only left out.
        let own = OfField { field, parts: vec![part.clone()] };
        let mut values: Vec<&str> = all.iter().copied().flatten().filter(|other| own.lets(Some(other))).collect();
        values.extend(value);
        let with_none = value.is_none() || own.lets(None);
        let everything = all.iter().all(|entry| entry.map_or(with_none, |entry| values.contains(&entry)));
        if !everything {
            next.extend(Only { values, with_none }.write(field, all));
        }
    }
    next
}

fn own_of(parts: &[Node], field: TextField) -> Vec<Node> {
    parts.iter().filter(|part| is_about(part, field)).cloned().collect()
}

fn parts_at(parts: &[Node], at: usize) -> Option<&Node> {
    parts.get(at)
}

fn replace(parts: Vec<Node>, at: usize, node: Node) -> Vec<Node> {
    parts.into_iter().enumerate().map(|(place, part)| if place == at { node.clone() } else { part }).collect()
}

/// So many are offered at a time.
const OFFERED: usize = 60;

/// Suggestions for what is typed: those that begin so before those that hold it, the frequent before the rare; never one that is taken.
pub fn suggested<'a>(options: &'a [(String, u64)], typed: &str, taken: &[String]) -> Vec<&'a (String, u64)> {
    let typed = typed.trim().to_lowercase();
    let free = options.iter().filter(|(value, _)| !taken.contains(value));
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for option in free {
        let value = option.0.to_lowercase();
        if value.starts_with(&typed) {
            first.push(option);
        } else if value.contains(&typed) {
            later.push(option);
        }
    }
    first.into_iter().chain(later).take(OFFERED).collect()
}

/// Whether a part tests this attribute and nothing else.
fn is_of_key(node: &Node, key: &str) -> bool {
    match node {
        Node::Is(Condition::Attribute { key: found, .. }) => found == key,
        Node::Not(inner) => is_of_key(inner, key),
        _ => false,
    }
}

/// The parts of the filter with another test of an attribute in place of those it had; `None` takes them out.
pub fn with_attribute(parts: &[Node], key: &str, node: Option<Node>) -> Vec<Node> {
    parts.iter().filter(|part| !is_of_key(part, key)).cloned().chain(node).collect()
}

/// Values of an attribute that the filter hides by name.
pub fn hidden_values(parts: &[Node], key: &str) -> Vec<String> {
    parts.iter().filter(|part| is_of_key(part, key)).filter_map(negated_values).flatten().collect()
}

fn negated_values(part: &Node) -> Option<Vec<String>> {
    let Node::Not(inner) = part else { return None };
    match inner.as_ref() {
        Node::Is(Condition::Attribute { test: AttributeTest::Text { how: How::Is, values }, .. }) => {
            values.iter().map(|value| value.as_literal().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// The condition that an attribute has one of these values.
pub fn attribute_is(key: &str, values: &[String]) -> Option<Node> {
    let test = AttributeTest::Text { how: How::Is, values: values.iter().map(|value| Pattern::literal(value)).collect() };
    (!values.is_empty()).then(|| Node::Is(Condition::Attribute { key: key.to_owned(), test }))
}

/// The condition that an attribute is there.
pub fn attribute_exists(key: &str) -> Node {
    Node::Is(Condition::Attribute { key: key.to_owned(), test: AttributeTest::Exists })
}

/// The parts of the filter after one value of an attribute was hidden, or brought back.
pub fn attribute_toggled(parts: &[Node], key: &str, value: &str) -> Vec<Node> {
    let mut hidden = hidden_values(parts, key);
    match hidden.iter().position(|known| known == value) {
        Some(at) => drop(hidden.remove(at)),
        None => hidden.push(value.to_owned()),
    }
    let others = parts.iter().filter(|part| !is_of_key(part, key) || negated_values(part).is_none()).cloned();
    others.chain(attribute_is(key, &hidden).map(Node::negate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::scope::{of_parts, parts_of};
    use proptest::prelude::*;

    const ALL: [Entry<'static>; 4] = [Some("A"), Some("B"), Some("C"), None];
    const F: TextField = TextField::Service;

    fn after(filter: &str, change: Change) -> String {
        of_parts(changed(&parts_of(&Filter::parse(filter).unwrap()), F, &ALL, &change)).print()
    }

    fn boxes(filter: &str) -> Vec<bool> {
        checked(&parts_of(&Filter::parse(filter).unwrap()), F, &ALL)
    }

    fn v(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn the_boxes_follow_the_filter() {
        assert_eq!(boxes(""), [true; 4]);
        assert_eq!(boxes("service:a,B dur>1s op:x"), [true, true, false, false]);
        assert_eq!(boxes("-service:A"), [false, true, true, true]);
        assert_eq!(boxes("service:*"), [true, true, true, false]);
        assert_eq!(boxes("service~b OR service:C"), [false, true, true, false]);
        assert_eq!(boxes("service:A OR status:error"), [true; 4], "not about the service alone");
    }

    #[test]
    fn only_and_hide_write_what_a_reader_would() {
        assert_eq!(after("dur>1s service:B", Change::Only(v("A"))), "dur>1s service:A");
        assert_eq!(after("", Change::Only(None)), "-service:*");
        assert_eq!(after("status:error", Change::Hide(v("A"))), "status:error -service:A");
        assert_eq!(after("-service:A x", Change::Hide(v("B"))), "-service:A,B x");
        assert_eq!(after("service:A,B", Change::Hide(v("B"))), "service:A");
        assert_eq!(after("", Change::Hide(None)), "service:*");
        assert_eq!(after("service:A dur>1s -service:B", Change::All), "dur>1s");
        assert_eq!(after("-service:A,B", Change::Show(v("B"))), "-service:A");
        assert_eq!(after("-service:A x", Change::Show(v("A"))), "x");
        assert_eq!(after("service:A", Change::Show(v("B"))), "service:A,B");
        assert_eq!(after("service:A", Change::Show(None)), "service:A OR -service:*");
        assert_eq!(after("service:*", Change::Show(None)), "");
        assert_eq!(after("service:A*", Change::Show(v("B"))), "service:A,B");
    }

    #[test]
    fn names_that_differ_in_capitals_are_told_apart() {
        let all = [Some("agent"), Some("Agent")];
        let parts = changed(&[], F, &all, &Change::Hide(v("Agent")));
        assert_eq!(of_parts(parts.clone()).print(), "-service=Agent");
        assert_eq!(checked(&parts, F, &all), [true, false]);
    }

    #[test]
    fn attributes_are_narrowed_by_their_values() {
        let parts = |text: &str| parts_of(&Filter::parse(text).unwrap());
        let after = |text: &str, value: &str| of_parts(attribute_toggled(&parts(text), "k", value)).print();
        assert_eq!(after("op:x attr.k:exists", "a b"), "op:x attr.k:exists -attr.k:\"a b\"");
        assert_eq!(after("-attr.k:a op:x", "b"), "op:x -attr.k:a,b");
        assert_eq!(after("-attr.k:a,b op:x", "a"), "op:x -attr.k:b");
        assert_eq!(after("-attr.k:a op:x", "a"), "op:x");
        let only = with_attribute(&parts("attr.k:a attr.n>5 -attr.k:b"), "k", attribute_is("k", &["exists".to_owned()]));
        assert_eq!(of_parts(only).print(), "attr.n>5 attr.k:\"exists\"");
        assert_eq!(of_parts(with_attribute(&[], "k", Some(attribute_exists("k").negate()))).print(), "-attr.k:exists");
    }

    #[test]
    fn suggestions_begin_with_what_is_typed_first() {
        let options: Vec<(String, u64)> = ["reader", "Writer", "rewriter"].iter().map(|name| ((*name).to_owned(), 1)).collect();
        let names =
            |typed: &str, taken: &[String]| suggested(&options, typed, taken).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("wri", &[]), ["Writer", "rewriter"]);
        assert_eq!(names("", &["reader".to_owned()]), ["Writer", "rewriter"]);
        assert_eq!(names("x", &[]), Vec::<&str>::new());
    }

    #[test]
    fn none_is_where_a_choice_begins() {
        let all = [Some("A"), Some("B")];
        let none = changed(&[], F, &all, &Change::None);
        assert_eq!(checked(&none, F, &all), [false, false]);
        assert_eq!(of_parts(changed(&none, F, &all, &Change::Show(v("B")))).print(), "service:B");
        assert_eq!(boxes(&after("", Change::None)), [false; 4]);
    }

    proptest! {
        #[test]
        fn a_box_changes_that_box_alone(
            filter in prop::sample::select(vec!["", "service:A", "service:A,B op:x", "-service:C", "service:* -service:B", "service:A OR -service:*",
                "-service:*", "service~a,c", "-(service:A OR service:B) dur>1s", "service=A,C -service:B", "-service:* service:*"]),
            at in 0_usize..4,
        ) {
            let parts = parts_of(&Filter::parse(filter).unwrap());
            let value = ALL[at].map(str::to_owned);
            let before = checked(&parts, F, &ALL);
            let change = if before[at] { Change::Hide(value) } else { Change::Show(value) };
            let next = changed(&parts, F, &ALL, &change);
            let mut expected = before;
            expected[at] = !expected[at];
            prop_assert_eq!(checked(&next, F, &ALL), expected, "{} {:?}", of_parts(next.clone()).print(), change);
            let others = |parts: &[Node]| parts.iter().filter(|part| !is_about(part, F)).cloned().collect::<Vec<_>>();
            prop_assert_eq!(others(&next), others(&parts));
        }
    }
}
