//! Spans as OTLP/JSON: the document that collectors and other viewers read.
//!
//! Pure text in, text out. Values keep their types: a text that holds JSON stays a text. What is no JSON where JSON is expected is kept as an
//! attribute rather than lost. Must not know where the rows come from.

use serde_json::{Map, Value, json};

/// A span as the file holds it. Times in ns since 1970; `attributes`, `events`, `links` and `resource` are JSON text.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoredSpan<'a> {
    pub trace_id: &'a str,
    pub span_id: &'a str,
    pub parent_id: Option<&'a str>,
    pub name: &'a str,
    pub kind: Option<&'a str>,
    pub start_ns: i64,
    pub end_ns: i64,
    pub status_code: Option<&'a str>,
    pub status_description: Option<&'a str>,
    pub attributes: Option<&'a str>,
    pub events: Option<&'a str>,
    pub links: Option<&'a str>,
    pub resource: Option<&'a str>,
}

/// One document of all spans, grouped by their resource in the order in which resources first occur.
#[must_use]
pub fn document<'a>(spans: impl IntoIterator<Item = StoredSpan<'a>>) -> String {
    let mut groups: Vec<(&str, Vec<Value>)> = Vec::new();
    for span in spans {
        let resource = span.resource.unwrap_or_default();
        let value = span_value(&span);
        match groups.iter_mut().find(|(known, _)| *known == resource) {
            Some((_, group)) => group.push(value),
            None => groups.push((resource, vec![value])),
        }
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|(resource, spans)| json!({ "resource": { "attributes": attributes(Some(resource), "resource") }, "scopeSpans": [{ "scope": { "name": "spandeck" }, "spans": spans }] }))
        .collect();
    json!({ "resourceSpans": groups }).to_string()
}

fn span_value(span: &StoredSpan<'_>) -> Value {
    let mut value = Map::new();
    let mut put = |key: &str, member: Value| drop(value.insert(key.to_owned(), member));
    put("traceId", span.trace_id.into());
    put("spanId", span.span_id.into());
    if let Some(parent) = span.parent_id {
        put("parentSpanId", parent.into());
    }
    put("name", span.name.into());
    put("kind", kind_number(span.kind).into());
    // 64-bit integers are texts in OTLP/JSON.
    put("startTimeUnixNano", span.start_ns.to_string().into());
    put("endTimeUnixNano", span.end_ns.to_string().into());
    put("attributes", attributes(span.attributes, "attributes").into());
    let events = list(span.events).into_iter().map(|event| event_value(&event)).collect::<Vec<_>>();
    if !events.is_empty() {
        put("events", events.into());
    }
    let links = list(span.links).into_iter().map(|link| link_value(&link)).collect::<Vec<_>>();
    if !links.is_empty() {
        put("links", links.into());
    }
    let code = match span.status_code {
        Some("OK") => 1,
        Some("ERROR") => 2,
        _ => 0,
    };
    let mut status = Map::new();
    status.insert("code".to_owned(), code.into());
    if let Some(message) = span.status_description.filter(|message| !message.is_empty()) {
        status.insert("message".to_owned(), message.into());
    }
    put("status", Value::Object(status));
    Value::Object(value)
}

fn kind_number(kind: Option<&str>) -> u8 {
    match kind {
        Some("INTERNAL") => 1,
        Some("SERVER") => 2,
        Some("CLIENT") => 3,
        Some("PRODUCER") => 4,
        Some("CONSUMER") => 5,
        _ => 0,
    }
}

/// A JSON object as a list of keys and values; anything else under `otherwise`.
fn attributes(text: Option<&str>, otherwise: &str) -> Vec<Value> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Vec::new() };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => key_values(&members),
        Ok(Value::Null) => Vec::new(),
        _ => vec![json!({ "key": otherwise, "value": { "stringValue": text } })],
    }
}

fn key_values(members: &Map<String, Value>) -> Vec<Value> {
    members.iter().map(|(key, value)| json!({ "key": key, "value": any_value(value) })).collect()
}

/// The parser that read the value has bounded its depth.
fn any_value(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Number(number) => {
            let digits = number.to_string();
            if digits.contains(['.', 'e', 'E']) || digits.parse::<i64>().is_err() {
                json!({ "doubleValue": number })
            } else {
                json!({ "intValue": digits })
            }
        }
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => json!({ "arrayValue": { "values": items.iter().map(any_value).collect::<Vec<_>>() } }),
        Value::Object(members) => json!({ "kvlistValue": { "values": key_values(members) } }),
    }
}

fn list(text: Option<&str>) -> Vec<Value> {
    match text.map(serde_json::from_str::<Value>) {
        Some(Ok(Value::Array(items))) => items,
        _ => Vec::new(),
    }
}

/// The first of some keys that an object has.
fn first<'a>(object: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| object.get(key))
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn event_value(event: &Value) -> Value {
    let members = event.get("attributes").and_then(Value::as_object).map(key_values).unwrap_or_default();
    let time = text_of(first(event, &["timestamp", "timeUnixNano", "time_unix_nano", "time"]));
    json!({ "timeUnixNano": time, "name": text_of(event.get("name")), "attributes": members })
}

fn link_value(link: &Value) -> Value {
    // Some writers put the ids into a context of their own.
    let ids = link.get("context").unwrap_or(link);
    let members = link.get("attributes").and_then(Value::as_object).map(key_values).unwrap_or_default();
    json!({ "traceId": text_of(first(ids, &["trace_id", "traceId"])), "spanId": text_of(first(ids, &["span_id", "spanId"])), "attributes": members })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span() -> StoredSpan<'static> {
        StoredSpan {
            trace_id: "t",
            span_id: "s",
            name: "n",
            start_ns: 1_795_339_872_206_481_923,
            end_ns: 1_795_339_872_206_481_924,
            ..StoredSpan::default()
        }
    }

    fn only_span(stored: StoredSpan<'_>) -> Value {
        let document: Value = serde_json::from_str(&document([stored])).unwrap();
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0].clone()
    }

    #[test]
    fn values_keep_their_types_and_every_digit() {
        let stored = StoredSpan {
            attributes: Some(r#"{"a":"x","b":9007199254740993,"c":1.50,"d":[true,null],"e":{"f":"{\"g\":1}"}}"#),
            kind: Some("CLIENT"),
            ..span()
        };
        let value = only_span(stored);
        assert_eq!(value["startTimeUnixNano"], "1795339872206481923");
        assert_eq!(value["kind"], 3);
        let attributes = value["attributes"].to_string();
        for part in [
            r#"{"stringValue":"x"}"#,
            r#"{"intValue":"9007199254740993"}"#,
            r#"{"doubleValue":1.50}"#,
            r#"{"values":[{"boolValue":true},{}]}"#,
            r#"{"stringValue":"{\"g\":1}"}"#,
        ] {
            assert!(attributes.contains(part), "{part} in {attributes}");
        }
        assert!(value.get("parentSpanId").is_none());
    }

    #[test]
    fn status_events_and_links_are_kept() {
        let stored = StoredSpan {
            status_code: Some("ERROR"),
            status_description: Some("no"),
            events: Some(r#"[{"name":"exception","timestamp":7,"attributes":{"exception.type":"E"}}]"#),
            links: Some(r#"[{"context":{"trace_id":"aa","span_id":"bb"}}]"#),
            ..span()
        };
        let value = only_span(stored);
        assert_eq!(value["status"], json!({ "code": 2, "message": "no" }));
        assert_eq!((value["events"][0]["timeUnixNano"].as_str(), value["links"][0]["traceId"].as_str()), (Some("7"), Some("aa")));
    }

    #[test]
    fn spans_of_one_resource_stand_together() {
        let of = |resource| StoredSpan { resource: Some(resource), ..span() };
        let document: Value =
            serde_json::from_str(&document([of(r#"{"service.name":"a"}"#), of("{}"), of(r#"{"service.name":"a"}"#)])).unwrap();
        let groups = document["resourceSpans"].as_array().unwrap();
        assert_eq!(groups.iter().map(|group| group["scopeSpans"][0]["spans"].as_array().unwrap().len()).collect::<Vec<_>>(), [2, 1]);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_document(attributes in ".{0,40}", events in ".{0,40}", name in ".{0,10}") {
            let stored = StoredSpan { attributes: Some(&attributes), events: Some(&events), links: Some(&events), name: &name, ..span() };
            let value = only_span(stored);
            prop_assert_eq!(value["name"].as_str(), Some(name.as_str()));
        }
    }
}
