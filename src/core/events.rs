//! The events of a span, with exceptions taken out and doubled records shown once.
//!
//! The exporter records every error twice, and the two records differ in their time and in frames of the tracing library. Never fails:
//! what is odd becomes a warning. Must not decide how an event is drawn.

use std::fmt;

use super::fast_map::FastMap;
use super::json_text;
use super::json_tree::{Kind, Node};
use super::order::sort_by_key;

/// Where an event's time may stand, nanoseconds since 1970 as a number or as digits in a string.
const TIME_KEYS: [&str; 4] = ["timestamp", "timeUnixNano", "time_unix_nano", "time"];

/// What happened during a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    /// The earliest recorded time, nanoseconds since 1970; `None` where none could be read.
    pub timestamp_ns: Option<i64>,
    /// All attributes in the order found.
    pub attributes: Vec<(String, Node)>,
    pub exception: Option<Exception>,
    /// Number of records that say the same, this one included.
    pub times_recorded: u32,
    /// Times of the further records.
    pub repeats_ns: Vec<i64>,
}

/// The error an event reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// `exception.type`
    pub kind: Option<String>,
    pub message: Option<String>,
    /// Of several records of one error the shortest, which has the fewest frames of the tracing library.
    pub stacktrace: Option<String>,
    /// Whether it left the span; `None` where that was not recorded.
    pub escaped: Option<bool>,
}

/// What was odd about the events of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventWarning {
    /// The text is not JSON, or not an array.
    NotAList,
    /// An entry is not an object; its position in the list.
    NotAnEvent(usize),
    /// The time of the entry at this position could not be read.
    NoTime(usize),
    /// The attributes of the entry at this position are not an object.
    OddAttributes(usize),
}

impl fmt::Display for EventWarning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAList => out.write_str("The events of this span are not a JSON list; see them in Raw."),
            Self::NotAnEvent(place) => write!(out, "Entry {} of the events is not an object; see it in Raw.", place + 1),
            Self::NoTime(place) => write!(out, "Event {} has no readable time, so it has no place on the bar.", place + 1),
            Self::OddAttributes(place) => {
                write!(out, "The attributes of event {} are not an object; see them in Raw.", place + 1)
            }
        }
    }
}

/// Reads the events of a span. Empty text and `null` are no events. Events come in the order of their first record.
#[must_use]
pub fn parse_events(text: &str) -> (Vec<Event>, Vec<EventWarning>) {
    let mut warnings = Vec::new();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return (Vec::new(), warnings);
    }
    let records = match json_text::read(trimmed) {
        Ok(Node { kind: Kind::Array(_), children, .. }) => children,
        Ok(Node { kind: Kind::Null, .. }) => return (Vec::new(), warnings),
        _ => return (Vec::new(), vec![EventWarning::NotAList]),
    };
    let mut merged = Merged::default();
    for (place, record) in records.into_iter().enumerate() {
        if matches!(record.kind, Kind::Object(_)) {
            merged.add(read_event(place, record, &mut warnings));
        } else {
            warnings.push(EventWarning::NotAnEvent(place));
        }
    }
    (merged.events, warnings)
}

fn read_event(place: usize, record: Node, warnings: &mut Vec<EventWarning>) -> Event {
    let name = text_of(&record, "name").unwrap_or_default();
    let timestamp_ns = TIME_KEYS.iter().find_map(|key| record.child(key)).and_then(|time| time.text.trim().parse().ok());
    if timestamp_ns.is_none() {
        warnings.push(EventWarning::NoTime(place));
    }
    let attributes = match record.children.into_iter().find(|field| field.key == "attributes") {
        None | Some(Node { kind: Kind::Null, .. }) => Node::default(),
        Some(attributes) if matches!(attributes.kind, Kind::Object(_)) => attributes,
        Some(_) => {
            warnings.push(EventWarning::OddAttributes(place));
            Node::default()
        }
    };
    let exception = read_exception(&name, &attributes);
    let attributes = attributes.children.into_iter().map(|node| (node.key.clone(), node.into_attribute())).collect();
    Event { name, timestamp_ns, attributes, exception, times_recorded: 1, repeats_ns: Vec::new() }
}

/// The text of a field that is a plain value; `None` where it is missing, null or has fields itself.
fn text_of(object: &Node, key: &str) -> Option<String> {
    let field = object.child(key)?;
    matches!(field.kind, Kind::String | Kind::Number | Kind::Bool).then(|| field.text.clone())
}

fn read_exception(name: &str, attributes: &Node) -> Option<Exception> {
    let exception = Exception {
        kind: text_of(attributes, "exception.type"),
        message: text_of(attributes, "exception.message"),
        stacktrace: text_of(attributes, STACKTRACE),
        // Python's exporter writes the word "False".
        escaped: text_of(attributes, "exception.escaped").and_then(|word| word.to_ascii_lowercase().parse().ok()),
    };
    let is_exception = name == "exception" || exception.kind.is_some() || exception.message.is_some();
    is_exception.then_some(exception)
}

/// Events so far and where to look for one that says the same.
#[derive(Default)]
struct Merged {
    events: Vec<Event>,
    /// Positions in `events` by all that must be equal; exceptions of one group may still differ in their stack.
    groups: FastMap<String, Vec<usize>>,
}

impl Merged {
    fn add(&mut self, event: Event) {
        let group = self.groups.entry(group_key(&event)).or_default();
        // Doubled records stand close together; the bound keeps thousands of errors with one message from being compared all with all.
        let same = group
            .iter()
            .rev()
            .take(COMPARED_STACKS)
            .copied()
            .find(|&place| self.events.get(place).is_some_and(|known| same_error(known.exception.as_ref(), event.exception.as_ref())));
        match same.and_then(|place| self.events.get_mut(place)) {
            Some(known) => merge(known, event),
            None => {
                group.push(self.events.len());
                self.events.push(event);
            }
        }
    }
}

/// Everything of an event but its time and its stack, in an order that does not depend on the record.
fn group_key(event: &Event) -> String {
    let mut attributes: Vec<&(String, Node)> =
        event.attributes.iter().filter(|(key, _)| event.exception.is_none() || key != STACKTRACE).collect();
    sort_by_key(&mut attributes, |(key, _)| key);
    format!("{:?}", (&event.name, attributes))
}

/// With how many errors that are equal but for their stack a record is compared.
const COMPARED_STACKS: usize = 32;

const STACKTRACE: &str = "exception.stacktrace";

fn same_error(a: Option<&Exception>, b: Option<&Exception>) -> bool {
    let (a, b) = (a.and_then(|a| a.stacktrace.as_deref()), b.and_then(|b| b.stacktrace.as_deref()));
    match (a, b) {
        (Some(a), Some(b)) => same_stack(a, b),
        _ => true,
    }
}

/// Whether the longer stack is the shorter one with frames put in at one place: the tracing library's own, which stand where the call
/// passed through it.
fn same_stack(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let same_head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let same_tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    same_head + same_tail >= a.len().min(b.len())
}

fn merge(known: &mut Event, event: Event) {
    known.times_recorded = known.times_recorded.saturating_add(event.times_recorded);
    let mut times: Vec<i64> = known.timestamp_ns.into_iter().chain(known.repeats_ns.drain(..)).chain(event.timestamp_ns).collect();
    times.sort_unstable();
    let mut times = times.into_iter();
    known.timestamp_ns = times.next();
    known.repeats_ns = times.collect();

    let length = |exception: &Option<Exception>| {
        exception.as_ref().and_then(|exception| exception.stacktrace.as_ref()).map_or(usize::MAX, String::len)
    };
    if length(&event.exception) < length(&known.exception) {
        known.attributes = event.attributes;
        known.exception = event.exception;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn clean(value: &Value) -> Vec<Event> {
        let (events, warnings) = parse_events(&value.to_string());
        assert_eq!(warnings, []);
        events
    }

    const STACK: &str = "Traceback (most recent call last):\n  File \"trace.py\", line 233\n    call()\n  File \"app.py\", line 145\n    raise TimeoutError()\nTimeoutError: no answer";
    const STACK_WITH_LIBRARY: &str = "Traceback (most recent call last):\n  File \"opentelemetry/trace.py\", line 602\n    yield span\n  File \"trace.py\", line 233\n    call()\n  File \"app.py\", line 145\n    raise TimeoutError()\nTimeoutError: no answer";

    fn exception(timestamp: i64, stack: &str) -> Value {
        json!({"name": "exception", "timestamp": timestamp, "attributes":
            {"exception.type": "TimeoutError", "exception.message": "no answer", "exception.stacktrace": stack, "exception.escaped": "False"}})
    }

    #[test]
    fn an_error_recorded_twice_is_shown_once() {
        for records in [
            json!([exception(9, STACK), exception(12, STACK_WITH_LIBRARY)]),
            json!([exception(12, STACK_WITH_LIBRARY), exception(9, STACK)]),
        ] {
            let events = clean(&records);
            assert_eq!(events.len(), 1);
            assert_eq!((events[0].timestamp_ns, events[0].times_recorded, events[0].repeats_ns.as_slice()), (Some(9), 2, &[12][..]));
            let expected = Exception {
                kind: Some("TimeoutError".into()),
                message: Some("no answer".into()),
                stacktrace: Some(STACK.into()),
                escaped: Some(false),
            };
            assert_eq!(events[0].exception, Some(expected), "the stack with fewer frames of the library");
            let attribute = events[0].attributes.iter().find(|(key, _)| key == STACKTRACE).map(|(_, node)| node.text.as_str());
            assert_eq!(attribute, Some(STACK));
        }
    }

    #[test]
    fn errors_from_different_places_stay_apart() {
        let elsewhere = STACK.replace("line 145", "line 999");
        assert_eq!(clean(&json!([exception(1, STACK), exception(2, &elsewhere), exception(3, STACK_WITH_LIBRARY)])).len(), 2);
        let mut other_message = exception(2, STACK);
        other_message["attributes"]["exception.message"] = json!("too late");
        assert_eq!(clean(&json!([exception(1, STACK), other_message])).len(), 2);
    }

    #[test]
    fn equal_records_merge_whatever_the_order_of_their_attributes() {
        let events = clean(&json!([
            {"name": "retry", "timestamp": 5, "attributes": {"a": 1, "b": "x"}},
            {"name": "other", "timestamp": 6},
            {"name": "retry", "timestamp": 3, "attributes": {"b": "x", "a": 1}},
            {"name": "retry", "timestamp": 4, "attributes": {"a": 1.0, "b": "x"}},
            {"name": "retry", "timestamp": 4, "attributes": {"a": 1, "b": "x"}},
        ]));
        let seen: Vec<_> =
            events.iter().map(|event| (event.name.as_str(), event.timestamp_ns, event.times_recorded, event.repeats_ns.clone())).collect();
        assert_eq!(seen, [("retry", Some(3), 3, vec![4, 5]), ("other", Some(6), 1, vec![]), ("retry", Some(4), 1, vec![])]);
        assert!(events.iter().all(|event| event.exception.is_none()));
        assert_eq!(events[0].attributes.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn reads_times_as_number_or_text() {
        let event = |time: Value| json!([{"name": "e", "timestamp": time}]).to_string();
        assert_eq!(parse_events(&event(json!("1795338551488111709"))).0[0].timestamp_ns, Some(1_795_338_551_488_111_709));
        assert_eq!(clean(&json!([{"name": "e", "timeUnixNano": "7"}]))[0].timestamp_ns, Some(7));
        for odd in [json!(1.5), json!("soon"), json!(null), json!([1]), json!("99999999999999999999")] {
            let (events, warnings) = parse_events(&event(odd));
            assert_eq!((events.len(), events[0].timestamp_ns), (1, None));
            assert_eq!(warnings, [EventWarning::NoTime(0)]);
        }
    }

    #[test]
    fn odd_lists_are_warnings() {
        for nothing in ["", "  ", "[]", "null"] {
            assert_eq!(parse_events(nothing), (vec![], vec![]), "{nothing:?}");
        }
        for odd in ["{}", "7", "[", "oops"] {
            assert_eq!(parse_events(odd), (vec![], vec![EventWarning::NotAList]), "{odd:?}");
        }
        let (events, warnings) =
            parse_events(r#"[1, {"timestamp": 1, "attributes": "x"}, {"name": 5, "timestamp": 2, "attributes": null}]"#);
        assert_eq!(events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["", "5"]);
        assert_eq!(warnings, [EventWarning::NotAnEvent(0), EventWarning::OddAttributes(1)]);
        assert_eq!(warnings[1].to_string(), "The attributes of event 2 are not an object; see them in Raw.");
    }

    #[test]
    fn an_exception_needs_no_stack() {
        let events = clean(
            &json!([{"name": "exception", "timestamp": 1}, {"name": "error", "timestamp": 2, "attributes": {"exception.type": "E", "exception.escaped": true}}]),
        );
        assert_eq!(events[0].exception, Some(Exception::default()));
        assert_eq!(events[1].exception, Some(Exception { kind: Some("E".into()), escaped: Some(true), ..Exception::default() }));
    }

    proptest! {
        #[test]
        fn no_record_is_lost(names in prop::collection::vec(("[ab]", prop::option::of(0_i64..3), prop::option::of(0_i64..2)), 0..12)) {
            let records: Vec<Value> = names.iter().map(|(name, time, value)| json!({"name": name, "timestamp": time, "attributes": {"v": value}})).collect();
            let (events, warnings) = parse_events(&Value::Array(records).to_string());
            let recorded: u32 = events.iter().map(|event| event.times_recorded).sum();
            prop_assert_eq!(recorded as usize, names.len());
            let times = events.iter().map(|event| event.repeats_ns.len() + usize::from(event.timestamp_ns.is_some())).sum::<usize>();
            prop_assert_eq!(times + warnings.len(), names.len());
            let distinct: std::collections::HashSet<_> = names.iter().map(|(name, _, value)| (name, value)).collect();
            prop_assert_eq!(events.len(), distinct.len());
        }

        #[test]
        fn any_text_is_answered(text in prop_oneof![".{0,30}", "\\[([{}\":,a0]{0,8},?){0,4}\\]"]) {
            let (events, _) = parse_events(&text);
            prop_assert!(events.len() <= text.len());
        }
    }
}
