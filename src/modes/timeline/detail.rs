//! One span in full: the answer of `query::span_sql`, its texts taken apart as far as they are looked at. Pure.
//!
//! Values of megabytes occur: an attribute is cut out of the record as text at once and read as JSON when someone asks for it.

use std::{cell::OnceCell, rc::Rc};

use crate::{
    core::{
        events::{Event, parse_events},
        json_text,
        json_tree::{Kind, Node},
        lineage::short_type,
    },
    engine::{Table, TableError},
};

/// An attribute with more bytes is not read as JSON in one go.
pub const BIG_BYTES: usize = 200_000;
/// So much of a big value is searched and shown before it is opened.
const HEAD_BYTES: usize = 2_000;

/// An attribute as stored.
#[derive(Debug)]
pub struct Attribute {
    pub key: String,
    /// The value's own JSON text.
    pub raw: Rc<str>,
    node: OnceCell<Rc<Node>>,
}

impl Attribute {
    fn new(key: String, raw: &str) -> Self {
        Self { key, raw: raw.into(), node: OnceCell::new() }
    }

    /// Whether reading it takes so long that the page would stop.
    pub fn is_big(&self) -> bool {
        self.raw.len() > BIG_BYTES
    }

    /// The value, read on first use.
    pub fn node(&self) -> Rc<Node> {
        let read = || match json_text::read(&self.raw) {
            Ok(node) => Rc::new(Node { key: self.key.clone(), ..node }.into_attribute()),
            Err(problem) => Rc::new(Node {
                key: self.key.clone(),
                kind: Kind::String,
                text: self.raw.to_string(),
                problem: Some(problem),
                ..Node::default()
            }),
        };
        self.node.get_or_init(read).clone()
    }

    /// The beginning of the value as stored.
    pub fn head(&self) -> &str {
        let end = (0..=HEAD_BYTES.min(self.raw.len())).rev().find(|end| self.raw.is_char_boundary(*end)).unwrap_or(0);
        self.raw.get(..end).unwrap_or_default()
    }

    /// Whether key or value contain `needle`, which is in small letters. Of a big value only the beginning is searched.
    pub fn matches(&self, needle: &str) -> bool {
        let value = if self.is_big() { self.head() } else { &self.raw };
        needle.is_empty()
            || self.key.to_lowercase().contains(needle)
            || value.to_lowercase().contains(needle)
            || (!self.is_big() && self.node().text.to_lowercase().contains(needle))
    }
}

/// A link to another span, as OpenTelemetry knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub trace_id: String,
    pub span_id: String,
    pub attributes: Option<Node>,
}

/// An artifact with its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub id: String,
    /// "Draft" of "__main__.Draft".
    pub type_name: String,
    pub produced_by: Option<String>,
    pub version: Option<String>,
    pub visibility: Option<String>,
    /// As stored.
    pub created_at: Option<String>,
    pub tags: Vec<String>,
    pub payload: Rc<Node>,
    /// Bytes of the payload as JSON.
    pub bytes: usize,
}

/// Everything the file says of a span. Times in ns since 1970.
#[derive(Debug)]
pub struct SpanDetail {
    pub kind: Option<String>,
    pub status: String,
    pub status_description: Option<String>,
    pub attributes: Vec<Attribute>,
    /// The attributes are there but are no JSON object: shown as they are.
    pub odd_attributes: Option<String>,
    pub events: Vec<Event>,
    pub event_warnings: Vec<String>,
    pub links: Vec<Link>,
    /// Links that could not be read as such.
    pub odd_links: Option<Node>,
    pub resource: Option<Rc<Node>>,
    /// Every column with its value as stored; `None` for NULL.
    pub columns: Vec<(String, Option<Rc<str>>)>,
    json: OnceCell<Rc<str>>,
}

/// The same record only if it is the same value: comparing megabytes for each drawing would cost more than drawing.
impl PartialEq for SpanDetail {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl SpanDetail {
    /// `ordinal` chooses among spans that share an id. `None` when the answer has no such row.
    ///
    /// # Errors
    /// When the answer is not one of `query::span_sql`.
    pub fn new(table: &Table, ordinal: usize) -> Result<Option<Self>, TableError> {
        let text = |name: &str| -> Result<Option<&str>, TableError> { Ok(table.texts(name)?.get(ordinal)) };
        if ordinal >= table.rows() {
            return Ok(None);
        }
        let stored = text("attributes")?;
        let entries = stored.and_then(json_text::entries);
        let odd_attributes = stored.filter(|text| entries.is_none() && !matches!(text.trim(), "" | "null")).map(str::to_owned);
        let (events, warnings) = text("events")?.map(parse_events).unwrap_or_default();
        let (links, odd_links) = text("links")?.map(read_links).unwrap_or_default();
        let resource = text("resource")?.map(Node::parse).filter(|node| !node.children.is_empty() || node.is_invalid());
        Ok(Some(Self {
            kind: text("kind")?.map(str::to_owned),
            status: text("status_code")?.unwrap_or("UNSET").to_owned(),
            status_description: text("status_description")?.filter(|text| !text.is_empty()).map(str::to_owned),
            attributes: entries.unwrap_or_default().into_iter().map(|(key, raw)| Attribute::new(key, raw)).collect(),
            odd_attributes,
            events,
            event_warnings: warnings.iter().map(ToString::to_string).collect(),
            links,
            odd_links,
            resource: resource.map(Rc::new),
            columns: table.names().iter().map(|name| (name.clone(), table.display(name, ordinal).map(Rc::from))).collect(),
            json: OnceCell::new(),
        }))
    }

    pub fn find(&self, key: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.key == key)
    }

    /// A top-level attribute as text, where it is not a big one.
    pub fn attribute(&self, key: &str) -> Option<String> {
        self.find(key)
            .filter(|attribute| !attribute.is_big())
            .map(|attribute| attribute.node().text.clone())
            .filter(|text| !text.is_empty())
    }

    /// The agent whose execution this span is.
    pub fn agent(&self) -> Option<String> {
        let name = self.columns.iter().find(|(name, _)| name == "agent")?.1.as_deref()?;
        Some(name).filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// A column as stored; `None` for NULL and where there is none of this name.
    pub fn column(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|(own, _)| own == name).and_then(|(_, value)| value.as_deref())
    }

    /// The record as one JSON object, for the clipboard: texts as stored.
    pub fn to_json(&self) -> Rc<str> {
        self.json.get_or_init(|| self.written().into()).clone()
    }

    fn written(&self) -> String {
        let fields: Vec<String> = self
            .columns
            .iter()
            .map(|(name, value)| {
                let key = quoted(name);
                let value = match value {
                    None => "null".to_owned(),
                    Some(value) if matches!(name.as_str(), "start_time" | "end_time" | "duration_ms") => value.to_string(),
                    Some(value) => quoted(value),
                };
                format!("  {key}: {value}")
            })
            .collect();
        format!("{{\n{}\n}}", fields.join(",\n"))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value as JSON in one line. Trees have no more levels than `json_text::MAX_DEPTH` twice.
pub fn to_json(node: &Node) -> String {
    match node.kind {
        Kind::Object(_) => {
            let entries: Vec<String> = node.children.iter().map(|child| format!("{}: {}", quoted(&child.key), to_json(child))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Kind::Array(_) => format!("[{}]", node.children.iter().map(to_json).collect::<Vec<_>>().join(", ")),
        Kind::String => quoted(&node.text),
        Kind::Number | Kind::Bool | Kind::Null => node.text.clone(),
    }
}

/// The artifacts in a value; `None` where it is no list of them.
pub fn artifacts(value: &Node) -> Option<Vec<Artifact>> {
    if !matches!(value.kind, Kind::Array(_)) || value.children.is_empty() {
        return None;
    }
    let text = |item: &Node, key: &str| item.child(key).map(|field| field.text.clone()).filter(|text| !text.is_empty() && text != "null");
    value
        .children
        .iter()
        .map(|item| {
            let payload = item.child("payload")?;
            let visibility = item
                .child("visibility")
                .and_then(|value| text(value, "kind").or_else(|| Some(value.text.clone()).filter(|text| !text.is_empty())));
            Some(Artifact {
                id: text(item, "id")?,
                type_name: text(item, "type").map(|name| short_type(&name).to_owned()).unwrap_or_default(),
                produced_by: text(item, "produced_by"),
                version: text(item, "version"),
                visibility,
                created_at: text(item, "created_at"),
                tags: item.child("tags").map(|tags| tags.children.iter().map(|tag| tag.text.clone()).collect()).unwrap_or_default(),
                payload: Rc::new(Node { key: String::new(), ..payload.clone() }),
                bytes: to_json(payload).len(),
            })
        })
        .collect()
}

/// Ids of links under every spelling that exporters use; the value itself where it is a list of something else.
fn read_links(text: &str) -> (Vec<Link>, Option<Node>) {
    let value = Node::parse(text);
    if matches!(value.kind, Kind::Null) || (value.children.is_empty() && !value.is_invalid()) {
        return (Vec::new(), None);
    }
    let links: Option<Vec<Link>> = value.children.iter().map(read_link).collect();
    match links {
        Some(links) if !value.is_invalid() => (links, None),
        _ => (Vec::new(), Some(value)),
    }
}

fn read_link(item: &Node) -> Option<Link> {
    let field = |names: &[&str]| {
        let places = [Some(item), item.child("context"), item.child("spanContext"), item.child("span_context")];
        let found = places.into_iter().flatten().find_map(|place| names.iter().find_map(|name| place.child(name)));
        found.map(|field| field.text.strip_prefix("0x").unwrap_or(&field.text).to_ascii_lowercase()).filter(|text| !text.is_empty())
    };
    let attributes = ["attributes", "Attributes", "tags"].iter().find_map(|name| item.child(name)).filter(|node| !node.children.is_empty());
    Some(Link {
        trace_id: field(&["trace_id", "traceId", "traceID", "TraceId"])?,
        span_id: field(&["span_id", "spanId", "spanID", "SpanId"]).unwrap_or_default(),
        attributes: attributes.cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    fn table(attributes: &str, events: &str) -> Table {
        let text = |value: Option<&str>| Column::texts([value]);
        Table::new(vec![
            ("kind".to_owned(), text(Some("INTERNAL"))),
            ("start_time".to_owned(), Column::ints([Some(1_772_438_400_000_000_791)])),
            ("status_code".to_owned(), text(Some("ERROR"))),
            ("status_description".to_owned(), text(Some(""))),
            ("attributes".to_owned(), text(Some(attributes))),
            ("events".to_owned(), text(Some(events))),
            ("links".to_owned(), text(Some("[]"))),
            ("resource".to_owned(), text(None)),
            ("agent".to_owned(), text(Some("critic"))),
        ])
    }

    #[test]
    fn twice_encoded_values_are_unwrapped() {
        let detail = SpanDetail::new(&table(r#"{"agent.name":"critic","output.value":"{\"score\":7}"}"#, "[]"), 0).unwrap().unwrap();
        assert_eq!(detail.attribute("agent.name").as_deref(), Some("critic"));
        assert_eq!(detail.agent().as_deref(), Some("critic"));
        let output = detail.find("output.value").unwrap().node();
        assert_eq!((output.decoded, output.children.len()), (1, 1));
        assert_eq!((detail.links.len(), detail.odd_links, detail.resource, detail.status_description), (0, None, None, None));
    }

    #[test]
    fn attributes_that_are_no_object_are_kept_as_they_are() {
        let detail = SpanDetail::new(&table("not json", "also not"), 0).unwrap().unwrap();
        assert_eq!(detail.odd_attributes.as_deref(), Some("not json"));
        assert_eq!(detail.event_warnings.len(), 1);
    }

    #[test]
    fn the_raw_record_keeps_every_digit_and_is_json() {
        let detail = SpanDetail::new(&table(r#"{"a":"\"<b>"}"#, "[]"), 0).unwrap().unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&detail.to_json()).unwrap();
        assert_eq!(parsed["start_time"].to_string(), "1772438400000000791");
        assert_eq!(parsed["resource"], serde_json::Value::Null);
    }

    #[test]
    fn a_row_that_is_not_there_is_none() {
        assert_eq!(SpanDetail::new(&table("{}", "[]"), 1), Ok(None));
    }

    #[test]
    fn a_value_of_megabytes_is_cut_out_and_not_read() {
        let big = format!("[{}1]", "{\"a\": \"é\"}, ".repeat(300_000));
        let attributes = format!("{{\"small\": 1, \"output.value\": {}}}", quoted(&big));
        let detail = SpanDetail::new(&table(&attributes, "[]"), 0).unwrap().unwrap();
        let output = detail.find("output.value").unwrap();
        assert!(output.is_big() && output.node.get().is_none());
        assert!(output.matches("value") && !output.matches("zzz") && output.node.get().is_none(), "searching reads nothing");
        assert_eq!(detail.attribute("small").as_deref(), Some("1"));
        assert_eq!(detail.attribute("output.value"), None);
        assert!(output.head().len() <= HEAD_BYTES);
    }

    #[test]
    fn artifacts_are_told_from_other_lists() {
        let value = Node::parse(
            r#"[{"id": "1", "type": "__main__.Draft", "payload": {"n": 1.50}, "produced_by": "writer", "version": 2, "visibility": {"kind": "Public"}, "tags": ["a"], "partition_key": null}]"#,
        );
        let found = artifacts(&value).unwrap();
        let first = found.first().unwrap();
        assert_eq!(
            (first.type_name.as_str(), first.version.as_deref(), first.visibility.as_deref(), first.bytes),
            ("Draft", Some("2"), Some("Public"), 11)
        );
        assert_eq!(to_json(&first.payload), r#"{"n": 1.50}"#);
        for other in ["[]", "null", "[1]", r#"[{"id": "1"}]"#, r#"{"id": "1", "payload": 1}"#] {
            assert_eq!(artifacts(&Node::parse(other)), None, "{other}");
        }
    }

    #[test]
    fn links_are_read_in_every_spelling() {
        let ids = |text: &str| read_links(text).0.into_iter().map(|link| (link.trace_id, link.span_id)).collect::<Vec<_>>();
        for text in [
            r#"[{"trace_id": "aa", "span_id": "bb", "attributes": {}}]"#,
            r#"[{"traceId": "AA", "spanId": "0xbb"}]"#,
            r#"[{"context": {"trace_id": "0xaa", "span_id": "0xbb"}, "attributes": {"k": 1}}]"#,
            r#"[{"traceID": "aa", "spanID": "bb", "refType": "FOLLOWS_FROM"}]"#,
        ] {
            assert_eq!(ids(text), [("aa".to_owned(), "bb".to_owned())], "{text}");
        }
        assert!(read_links("[]") == (vec![], None) && read_links("null") == (vec![], None));
        assert!(read_links("oops").1.is_some() && read_links("[7]").1.is_some());
    }
}
