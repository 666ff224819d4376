//! Round trips, hostile texts, what is taken out, and how short it gets.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    redact::{Payload, Redaction, is_input_or_output, keys_by_weight},
    *,
};
use crate::{base64url, deflated::deflate_checked};

fn span(row: usize) -> SharedSpan {
    let text = |text: &str| Some(text.to_owned());
    SharedSpan {
        trace_id: text("0af7651916cd43dd8448eb211c80319c"),
        span_id: Some(format!("{:016x}", (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        parent_id: (row > 0).then(|| format!("{:016x}", (row as u64 / 3 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        name: text(["Agent.execute", "Store.publish", "OutputUtilityComponent.on_initialize"][row % 3]),
        service: text(["Agent", "Store", "OutputUtilityComponent"][row % 3]),
        operation: text(["execute", "publish", "on_initialize"][row % 3]),
        kind: text("INTERNAL"),
        start_ns: Some(1_795_339_872_206_481_923 + (row as i64) * 1_234_567_891),
        end_ns: Some(1_795_339_872_206_481_923 + (row as i64) * 1_234_567_891 + 987_654_321),
        status_code: text("OK"),
        attributes: Some(format!(
            r#"{{"agent.name":"writer","correlation_id":"c-{row}","input.artifacts":"[{{\"payload\":{{\"email\":\"ann{row}@example.org\"}}}}]","output.value":"secret-{row}","tokens":{row}}}"#
        )),
        events: text("[]"),
        links: text("[]"),
        resource: text(r#"{"service.name":"flock"}"#),
        ..SharedSpan::default()
    }
}

fn trace(rows: usize) -> SharedTrace {
    SharedTrace { title: "content_review".to_owned(), left_out: String::new(), spans: (0..rows).map(span).collect() }
}

#[test]
fn a_trace_comes_back_as_it_was() {
    for rows in [0, 1, 2, 300] {
        assert_eq!(unpack(&pack(&trace(rows))), Ok(trace(rows)), "{rows}");
    }
}

#[test]
fn odd_spans_come_back_as_they_were() {
    let mut odd = trace(6);
    odd.spans[0].span_id = None;
    odd.spans[1] = SharedSpan::default();
    odd.spans[2].span_id = Some("ABCDEF0123456789".to_owned());
    odd.spans[3].span_id = odd.spans[4].span_id.clone();
    odd.spans[3].parent_id = odd.spans[4].span_id.clone();
    odd.spans[4].parent_id = Some("gone".to_owned());
    odd.spans[5].parent_id = odd.spans[5].span_id.clone();
    (odd.spans[4].start_ns, odd.spans[4].end_ns) = (Some(i64::MIN), Some(i64::MAX));
    (odd.spans[5].start_ns, odd.spans[5].end_ns) = (Some(i64::MAX), Some(i64::MIN));
    odd.spans[2].name = Some("<script>\u{0}ø".to_owned());
    odd.spans[2].status_description = Some(String::new());
    assert_eq!(unpack(&pack(&odd)), Ok(odd));
}

#[test]
fn two_hundred_spans_without_payload_are_short() {
    let mut trace = trace(200);
    let redaction = Redaction { payload: Payload::NamesAndTimes, ..Redaction::default() };
    trace.spans.iter_mut().for_each(|span| redaction.apply(span));
    let names_only = pack(&trace).len();
    assert!(names_only < 5_000, "{names_only}");
}

/// A link that was made by the first version of the page: it is read for ever.
#[test]
fn the_first_versions_links_are_read() {
    let kept = include_str!("version_1.txt").trim_end();
    let expected = SharedTrace { left_out: "inputs and outputs".to_owned(), ..trace(3) };
    assert_eq!(unpack(kept), Ok(expected));
}

#[test]
fn what_is_damaged_or_too_large_is_said_with_its_limit() {
    let whole = pack(&trace(20));
    let words = |text: &str| unpack(text).unwrap_err().to_string();
    for end in 0..whole.len() {
        assert!(unpack(&whole[..end]).is_err(), "{end}");
    }
    assert!(words("").contains("it is empty"));
    assert!(words("<script>").contains("characters that do not belong"));
    assert!(words(&base64url::encode(&[9, 0, 0])).contains("newer version of this page made (9)"));
    assert!(words(&base64url::encode(&[0, 0, 0])).contains("no version"));
    assert!(words(&"A".repeat(MOST_READ_CHARS + 1)).contains("500,000 characters"));
    let packed = |columns: &[u8]| {
        let mut bytes = vec![VERSION];
        bytes.extend(deflate_checked(columns));
        base64url::encode(&bytes)
    };
    assert!(words(&packed(&vec![0; MOST_UNPACKED_BYTES + 1])).contains("16\u{a0}MB"));
    let mut many = Vec::new();
    numbers::push(&mut many, MOST_SPANS as u64 + 1);
    assert!(words(&packed(&many)).contains("20,000 spans"));
    let mut texts = vec![1];
    numbers::push(&mut texts, u64::MAX);
    assert!(words(&packed(&texts)).contains("ends too early"));
}

#[test]
fn a_changed_character_is_found() {
    let whole = pack(&trace(20));
    for at in 0..whole.len() {
        let mut changed = whole.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last character has bits that say nothing.
        assert!(unpack(&changed).is_err() || unpack(&changed) == unpack(&whole), "{at}");
    }
}

#[test]
fn a_long_text_that_every_span_names_stops_at_the_limit() {
    let mut bomb = trace(1_000);
    for span in &mut bomb.spans {
        span.name = Some("x".repeat(100_000));
    }
    let words = unpack(&pack(&bomb)).unwrap_err().to_string();
    assert!(words.contains("64\u{a0}MB"), "{words}");
}

#[test]
fn inputs_and_outputs_are_told_by_their_keys() {
    for key in [
        "input.artifacts",
        "output.value",
        "gen_ai.prompt",
        "gen_ai.input.messages",
        "llm.output_messages",
        "Input",
        "ai.response.text",
        "mlflow.spanInputs",
        "mlflow.spanOutputs",
        "http.request.body",
        "request.body",
        "response",
        "db.statement",
        "db.query.text",
        "http.request.header.authorization",
        "traceloop.entity.input",
        "llm.prompts.0.content",
        "tool.parameters",
        "llm.token_count.prompt",
        "input.mime_type",
        "output.type",
        "requestBody",
    ] {
        assert!(is_input_or_output(key), "{key}");
    }
    for key in [
        "agent.name",
        "gen_ai.usage.input_tokens",
        "correlation_id",
        "outputs_count",
        "http.method",
        "http.response.status_code",
        "http.request.method",
        "exception.message",
        "exception.stacktrace",
        "gen_ai.response.model",
        "gen_ai.response.id",
        "gen_ai.response.finish_reasons",
        "session_id",
        "url.full",
    ] {
        assert!(!is_input_or_output(key), "{key}");
    }
}

#[test]
fn what_is_left_out_is_nowhere_in_the_columns() {
    let holds = |redaction: &Redaction, needle: &str| {
        let mut trace = trace(5);
        trace.spans.iter_mut().for_each(|span| redaction.apply(span));
        let columns = write::columns(&trace);
        columns.windows(needle.len()).any(|window| window == needle.as_bytes())
    };
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
    let everything = Redaction { payload: Payload::Everything, keys: BTreeSet::new() };
    assert!(holds(&everything, "ann3@example.org") && holds(&everything, "secret-3"));
    let no_io = Redaction { payload: Payload::WithoutInputsAndOutputs, keys: BTreeSet::new() };
    assert!(!holds(&no_io, "ann3@example.org") && !holds(&no_io, "secret-3") && holds(&no_io, "c-3"));
    // Deep in a text of JSON within JSON.
    let no_email = Redaction { payload: Payload::Everything, keys: keys(&["email", "correlation_id"]) };
    assert!(!holds(&no_email, "ann3@example.org") && !holds(&no_email, "c-3") && holds(&no_email, "secret-3"));
    for key in ["EMAIL", "Email", "Correlation_ID"] {
        assert_eq!(
            holds(&Redaction { payload: Payload::Everything, keys: keys(&[key]) }, "ann3@example.org"),
            key.starts_with('C'),
            "{key}"
        );
    }
    let names = Redaction { payload: Payload::NamesAndTimes, keys: BTreeSet::new() };
    assert!(!holds(&names, "c-3") && !holds(&names, "flock") && holds(&names, "Store.publish"));
    assert_eq!(no_io.words(), "inputs and outputs");
    assert_eq!(
        Redaction { payload: Payload::WithoutInputsAndOutputs, keys: keys(&["a", "b"]) }.words(),
        "inputs and outputs, and the values of a, b"
    );
    assert_eq!(everything.words(), "");
}

#[test]
fn what_cannot_be_understood_is_left_out_whole() {
    let redaction = Redaction { payload: Payload::Everything, keys: BTreeSet::from(["email".to_owned()]) };
    let after = |attributes: &str| {
        let mut span = SharedSpan { attributes: Some(attributes.to_owned()), ..SharedSpan::default() };
        redaction.apply(&mut span);
        span.attributes
    };
    assert_eq!(after("email=ann"), None);
    assert_eq!(after(r#"{"a":"{\"email\": \"ann"}"#).as_deref(), Some(r#"{"a":""}"#), "JSON that was cut");
    assert_eq!(after(r#"{"a":"my email is short","b":1.50}"#).as_deref(), Some(r#"{"a":"my email is short","b":1.50}"#));
    assert_eq!(
        after(r#"{"a":"Artifact(email='ann')","b":"{'email': 'ann'}"}"#).as_deref(),
        Some(r#"{"a":"","b":""}"#),
        "a text that is no JSON"
    );
    assert_eq!(
        after(r#"{"EMAIL":"ann","user.email":"ann","email.work":"ann","emails":"stays","a":"Email='ann'"}"#).as_deref(),
        Some(r#"{"emails":"stays","a":""}"#),
        "in any case, and as a part of a dotted key"
    );
    // As deep as the loop goes, and one deeper.
    let mut text = r#"{"email":"ann"}"#.to_owned();
    for _ in 0..9 {
        text = serde_json::json!({ "a": text }).to_string();
        assert!(!after(&text).unwrap().contains("ann"), "{text}");
    }
}

#[test]
fn the_heaviest_keys_come_first() {
    let attributes = [r#"{"a":"xx","b":"xxxx"}"#, r#"{"a":"xxxxxx","c":1}"#, "no JSON"];
    let keys = keys_by_weight(attributes.into_iter());
    assert_eq!(keys, [("a".to_owned(), 8), ("b".to_owned(), 4), ("c".to_owned(), 1)]);
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        Just(Some(String::new())),
        "[a-c]{0,3}".prop_map(Some),
        prop::collection::vec(any::<char>(), 0..6).prop_map(|text| Some(text.into_iter().collect()))
    ]
}

fn id() -> impl Strategy<Value = Option<String>> {
    prop_oneof![4 => "[0-9a-f]{16}".prop_map(Some), 1 => "0{15}[0-3]".prop_map(Some), 1 => text()]
}

prop_compose! {
    fn any_span()(
        (trace_id, span_id, parent_id) in (id(), id(), id()),
        (name, service, operation, kind) in (text(), text(), text(), text()),
        (start_ns, end_ns) in (any::<Option<i64>>(), any::<Option<i64>>()),
        (status_code, status_description, attributes, events) in (text(), text(), text(), text()),
        (links, resource, agent) in (text(), text(), text()),
    ) -> SharedSpan {
        SharedSpan { trace_id, span_id, parent_id, name, service, operation, kind, start_ns, end_ns, status_code, status_description, attributes, events, links, resource, agent }
    }
}

proptest! {
    #[test]
    fn unpacking_gives_the_trace_back(spans in prop::collection::vec(any_span(), 0..12), title in ".{0,8}", left_out in ".{0,8}") {
        let trace = SharedTrace { title, left_out, spans };
        prop_assert_eq!(unpack(&pack(&trace)), Ok(trace));
    }

    #[test]
    fn any_columns_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read::read_columns(&bytes);
    }

    #[test]
    fn any_change_of_a_good_trace_gives_an_answer(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut columns = write::columns(&trace(8));
        let at = at.index(columns.len());
        columns[at] = byte;
        let _ = read::read_columns(&columns);
        columns.truncate(cut.index(columns.len()));
        let _ = read::read_columns(&columns);
    }

    #[test]
    fn any_text_gives_an_answer(text in "[A-Za-z0-9_-]{0,80}", json in ".{0,40}") {
        let _ = unpack(&text);
        let redaction = Redaction { payload: Payload::WithoutInputsAndOutputs, keys: BTreeSet::from(["a".to_owned()]) };
        redaction.apply(&mut SharedSpan { attributes: Some(json.clone()), events: Some(json), ..SharedSpan::default() });
    }
}
