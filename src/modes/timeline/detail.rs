//! One span in full: the answer of `query::span_sql`, its texts parsed. Pure.

use crate::{
    core::{
        events::{Event, parse_events},
        json_tree::Node,
    },
    engine::{Table, TableError},
};

/// Everything the file says of a span. Times in ns since 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanDetail {
    pub kind: Option<String>,
    pub status: String,
    pub status_description: Option<String>,
    pub attributes: Vec<Node>,
    /// The attributes are there but are no JSON object: shown as they are.
    pub odd_attributes: Option<String>,
    pub events: Vec<Event>,
    pub event_warnings: Vec<String>,
    pub links: Option<Node>,
    pub resource: Option<Node>,
    /// Every column with its value as stored; `None` for NULL.
    pub columns: Vec<(String, Option<String>)>,
}

impl SpanDetail {
    /// `ordinal` chooses among spans that share an id. `None` when the answer has no such row.
    ///
    /// # Errors
    /// When the answer is not one of `query::span_sql`.
    pub fn new(table: &Table, ordinal: usize) -> Result<Option<Self>, TableError> {
        let text = |name: &str| -> Result<Option<String>, TableError> { Ok(table.texts(name)?.get(ordinal).map(str::to_owned)) };
        if ordinal >= table.rows() {
            return Ok(None);
        }
        let attributes = text("attributes")?.map(|attributes| Node::parse_attributes(&attributes));
        let (events, warnings) = text("events")?.map(|events| parse_events(&events)).unwrap_or_default();
        let filled = |name: &str| -> Result<Option<Node>, TableError> {
            Ok(text(name)?.map(|json| Node::parse(&json)).filter(|node| !node.children.is_empty() || node.is_invalid()))
        };
        let (attributes, odd_attributes) = match attributes {
            None => (Vec::new(), None),
            Some(node) if matches!(node.kind, crate::core::json_tree::Kind::Object(_)) => (node.children, None),
            Some(node) => (Vec::new(), Some(node.text)),
        };
        Ok(Some(Self {
            kind: text("kind")?,
            status: text("status_code")?.unwrap_or_else(|| "UNSET".to_owned()),
            status_description: text("status_description")?.filter(|text| !text.is_empty()),
            attributes,
            odd_attributes,
            events,
            event_warnings: warnings.iter().map(ToString::to_string).collect(),
            links: filled("links")?,
            resource: filled("resource")?,
            columns: table.names().iter().map(|name| (name.clone(), table.display(name, ordinal))).collect(),
        }))
    }

    /// A top-level attribute as text.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|node| node.key == key).map(|node| node.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The record as one JSON object, for the clipboard: texts as stored.
    pub fn to_json(&self) -> String {
        let fields: Vec<String> = self
            .columns
            .iter()
            .map(|(name, value)| {
                let key = serde_json::Value::from(name.as_str());
                let value = match value {
                    None => "null".to_owned(),
                    Some(value) if matches!(name.as_str(), "start_time" | "end_time" | "duration_ms") => value.clone(),
                    Some(value) => serde_json::Value::from(value.as_str()).to_string(),
                };
                format!("  {key}: {value}")
            })
            .collect();
        format!("{{\n{}\n}}", fields.join(",\n"))
    }
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
        ])
    }

    #[test]
    fn twice_encoded_values_are_unwrapped() {
        let detail = SpanDetail::new(&table(r#"{"agent.name":"critic","output.value":"{\"score\":7}"}"#, "[]"), 0).unwrap().unwrap();
        assert_eq!(detail.attribute("agent.name"), Some("critic"));
        let output = detail.attributes.iter().find(|node| node.key == "output.value").unwrap();
        assert_eq!((output.decoded, output.children.len()), (1, 1));
        assert_eq!((detail.links, detail.resource, detail.status_description), (None, None, None));
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
}
