//! The same filters on the page and in the engine: `tests/fixtures/filter_cases.json` holds a small table, and for each filter its SQL and the
//! spans that it lets through. This test writes the expected spans down by hand and keeps the file in step (`UPDATE_FIXTURES=1` rewrites it);
//! `tests/e2e/filter.test.mjs` asks the real engine.

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::sql::quote_ident;

#[derive(Clone, Copy)]
struct Row {
    id: &'static str,
    trace: &'static str,
    parent: Option<&'static str>,
    name: &'static str,
    service: Option<&'static str>,
    operation: Option<&'static str>,
    agent: Option<&'static str>,
    kind: Option<&'static str>,
    times: Option<(i64, i64)>,
    status: Option<&'static str>,
    description: Option<&'static str>,
    attributes: Option<&'static str>,
    events: Option<&'static str>,
    links: Option<&'static str>,
}

const NOTHING: Row = Row {
    id: "",
    trace: "",
    parent: None,
    name: "",
    service: None,
    operation: None,
    agent: None,
    kind: None,
    times: None,
    status: None,
    description: None,
    attributes: None,
    events: None,
    links: None,
};

const START: i64 = 1_772_438_400_000_000_791;
const ONE: &str = "7c41e09b52d84f0f9a04000000000001";
const TWO: &str = "00ffe09b52d84f0f9a04000000000002";

const ROWS: [Row; 7] = [
    Row {
        id: "aaaa000000000001",
        trace: ONE,
        name: "Agent.execute",
        service: Some("Agent"),
        operation: Some("execute"),
        agent: Some("writer"),
        kind: Some("INTERNAL"),
        times: Some((START, START + 100_000_000)),
        status: Some("OK"),
        attributes: Some(
            r#"{"agent.name":"writer","correlation_id":"c-12","n":5,"$odd":"dollar","/a~b":"slash","":"empty","a\"b":"quote","*":"star","x":"exists"}"#,
        ),
        events: Some("[]"),
        links: Some("[]"),
        ..NOTHING
    },
    Row {
        id: "aaaa000000000002",
        trace: ONE,
        parent: Some("aaaa000000000001"),
        name: "Agent.execute",
        service: Some("Agent"),
        operation: Some("execute"),
        agent: Some("critic"),
        kind: Some("INTERNAL"),
        times: Some((START, START + 2_000_000_000)),
        status: Some("ERROR"),
        description: Some("ValueError: 50% of \"it\" timed_out"),
        attributes: Some(r#"{"agent.name": "Critic","correlation_id": "C-123", "n": "7.5", "list": [1, 2]}"#),
        events: Some(r#"[{"name": "exception", "timestamp": 1, "attributes": {}}]"#),
        links: Some("[]"),
    },
    Row {
        id: "aaaa000000000003",
        trace: ONE,
        parent: Some("aaaa000000000001"),
        name: "O'Neil \"x\" \\ %_*",
        service: Some("100%"),
        operation: Some("a_b"),
        kind: Some("SERVER"),
        times: Some((START, START + 1_500_000_000)),
        status: Some("UNSET"),
        attributes: Some(r#"{"n":-3,"obj":{"name":"exception"},"nul":null,"yes":true,"q":"it's 100% \"_\""}"#),
        events: Some(r#"[{"name":"log","attributes":{"message":"\"name\": \"exception\""}}]"#),
        links: Some(r#"[{"trace_id":"1"}]"#),
        ..NOTHING
    },
    Row {
        id: "bbbb000000000004",
        trace: TWO,
        name: "ÄRGER Σ İ ẞ",
        service: Some("Übung"),
        operation: Some("ñandú 🙂"),
        status: None,
        ..NOTHING
    },
    Row {
        id: "bbbb000000000005",
        trace: TWO,
        parent: Some("ffff000000000000"),
        name: "OutputUtilityComponent.on_initialize",
        service: Some("OutputUtilityComponent"),
        operation: Some("on_initialize"),
        kind: Some("INTERNAL"),
        times: Some((START, START + 200_000)),
        status: Some("OK"),
        attributes: Some("{}"),
        events: Some(r#"[{"name":"error","attributes":{"exception.type":"E"}}]"#),
        ..NOTHING
    },
    Row {
        id: "bbbb000000000006",
        trace: TWO,
        parent: Some("bbbb000000000005"),
        name: "'; DROP TABLE main.spans; --",
        service: Some(""),
        operation: Some("a%b"),
        kind: Some("CLIENT"),
        times: Some((START, START)),
        status: Some("UNSET"),
        description: Some(""),
        attributes: Some(r#"not json at all"#),
        events: Some("nor this"),
        ..NOTHING
    },
    // Times as far apart as numbers go.
    Row { id: "cccc000000000007", trace: TWO, name: "axb", operation: Some("A_B"), times: Some((i64::MIN, i64::MAX)), ..NOTHING },
];

/// A filter and the numbers of the rows that it lets through, from 1.
const CASES: &[(&str, &[usize])] = &[
    ("", &[1, 2, 3, 4, 5, 6, 7]),
    ("service:agent", &[1, 2]),
    ("service=Agent", &[1, 2]),
    ("service=agent", &[]),
    ("-service:agent", &[3, 4, 5, 6, 7]),
    ("service:\"\",agent", &[1, 2, 7]),
    ("-service:\"\"", &[1, 2, 3, 4, 5, 6]),
    ("agent:\"\"", &[3, 4, 5, 6, 7]),
    ("kind:\"\"", &[4, 7]),
    ("service!=agent", &[3, 4, 5, 6, 7]),
    ("service:AGENT,outpututilitycomponent", &[1, 2, 5]),
    ("-service:(Agent, 100%)", &[4, 5, 6, 7]),
    ("service:*", &[1, 2, 3, 4, 5, 6]),
    ("service:\"\"", &[7]),
    ("service:100%", &[3]),
    ("service:1*%", &[3]),
    ("service:übung", &[4]),
    ("service:ÜB*", &[4]),
    ("service~TIL", &[5]),
    ("op:on_*", &[5]),
    ("-op:on_*", &[1, 2, 3, 4, 6, 7]),
    ("op:a_b", &[3, 7]),
    ("op=a_b", &[3]),
    ("op:a%b", &[6]),
    ("op:a*b", &[3, 6, 7]),
    ("op:*e*u*e", &[1, 2]),
    ("op:*_b,execute", &[1, 2, 3, 7]),
    ("op~_", &[3, 5, 7]),
    ("op~%", &[6]),
    ("op~a*z", &[5]),
    ("op~N*Ú", &[4]),
    ("op~🙂", &[4]),
    ("name:\"o'neil \\\"x\\\" \\\\ %_*\"", &[3]),
    ("name:O\"'\"Neil*", &[3]),
    ("name~\"\\\\\"", &[3]),
    ("name~\"*\"", &[3]),
    ("name~\"'; drop table\"", &[6]),
    ("name=\"'; DROP TABLE main.spans; --\"", &[6]),
    ("name:\"' OR true --\"", &[]),
    ("name:\"x' UNION SELECT 1 --\",\"\\\\'; --\"", &[]),
    ("name:\"a\0b\"", &[]),
    ("name~\"ärger σ\"", &[4]),
    ("name~ß", &[4]),
    ("agent:writer", &[1]),
    ("agent:WRITER,critic", &[1, 2]),
    ("-agent:writer", &[2, 3, 4, 5, 6, 7]),
    ("agent~rit", &[1, 2]),
    ("has:agent", &[1, 2]),
    ("-has:agent", &[3, 4, 5, 6, 7]),
    ("kind:server", &[3]),
    ("kind:server,client", &[3, 6]),
    ("-kind:internal", &[3, 4, 6, 7]),
    ("status:error", &[2]),
    ("status:ok", &[1, 5]),
    ("status:ok,unset", &[1, 3, 5, 6]),
    ("-status:error", &[1, 3, 4, 5, 6, 7]),
    ("dur>100ms", &[2, 3, 7]),
    ("dur>=100ms", &[1, 2, 3, 7]),
    ("dur<100ms", &[5, 6]),
    ("dur<=0.2ms", &[5, 6]),
    ("dur=1.5s", &[3]),
    ("-dur>100ms", &[1, 4, 5, 6]),
    ("dur>2000000h", &[7]),
    ("root:true", &[1, 4, 7]),
    ("root:false", &[2, 3, 5, 6]),
    ("trace:7C41", &[1, 2, 3]),
    ("trace:7c41*1", &[1, 2, 3]),
    ("trace:00ff,7c41", &[1, 2, 3, 4, 5, 6, 7]),
    ("span:bbbb", &[4, 5, 6]),
    ("span=aaaa000000000002", &[2]),
    ("span:aaaa%", &[]),
    ("desc~\"50% of\"", &[2]),
    ("desc~timed_out", &[2]),
    ("desc~timed-out", &[]),
    ("-desc~timed_out", &[1, 3, 4, 5, 6, 7]),
    ("desc:*", &[2, 6]),
    ("attr.agent.name=critic", &[]),
    ("attr.agent.name:critic", &[2]),
    ("attr.\"agent.name\":W*,critic", &[1, 2]),
    ("attr.correlation_id~c-12", &[1, 2]),
    ("attr.correlation_id=c-12", &[1]),
    ("-attr.correlation_id~c-12", &[3, 4, 5, 6, 7]),
    ("attr.n>5", &[2]),
    ("attr.n>=5", &[1, 2]),
    ("attr.n<0", &[3]),
    ("attr.n<=-3", &[3]),
    ("-attr.n>5", &[1, 3, 4, 5, 6, 7]),
    ("attr.n>-1e300", &[1, 2, 3]),
    ("attr.n<1e300", &[1, 2, 3]),
    ("attr.agent.name>1", &[]),
    ("attr.n:5", &[1]),
    ("attr.n:exists", &[1, 2, 3]),
    ("attr.nul:exists", &[3]),
    ("-attr.n:exists", &[4, 5, 6, 7]),
    ("attr.x:\"exists\"", &[1]),
    ("attr.yes:true", &[3]),
    ("attr.list~2", &[2]),
    ("attr.q:\"it's 100% \\\"_\\\"\"", &[3]),
    ("attr.\"$odd\":dollar", &[1]),
    ("attr.\"/a~b\":slash", &[1]),
    ("attr.\"a\\\"b\":quote", &[1]),
    ("attr.\"*\":star", &[1]),
    ("attr.\"') OR true --\":x", &[]),
    ("attr.\"$.n\":exists", &[]),
    ("has:exception", &[2, 5]),
    ("-has:exception", &[1, 3, 4, 6, 7]),
    ("has:events", &[2, 3, 5]),
    ("has:links", &[3]),
    ("has:links,exception", &[2, 3, 5]),
    ("execute", &[1, 2]),
    ("-execute", &[3, 4, 5, 6, 7]),
    ("writer", &[1]),
    ("\"50% of\"", &[2]),
    ("timed_out", &[2]),
    ("_", &[2, 3, 5, 7]),
    ("%", &[2, 3, 6]),
    ("on_*ize", &[5]),
    ("ÄRGER", &[4]),
    ("AAAA00", &[1, 2, 3]),
    ("aaaa0", &[]),
    ("7c41e09b", &[1, 2, 3]),
    ("service:Agent dur>1s", &[2]),
    ("service:Agent -dur>1s", &[1]),
    ("status:error OR root:true", &[1, 2, 4, 7]),
    ("-(status:error OR root:true)", &[3, 5, 6]),
    ("(agent:writer OR attr.n<0) -has:links", &[1]),
    ("-(attr.n>5 service:agent)", &[1, 3, 4, 5, 6, 7]),
    ("-(-attr.n>5)", &[2]),
];

impl SpanFacts for Row {
    fn name(&self) -> &str {
        self.name
    }
    fn service(&self) -> Option<&str> {
        self.service
    }
    fn operation(&self) -> Option<&str> {
        self.operation
    }
    fn agent(&self) -> Option<&str> {
        self.agent
    }
    fn trace_id(&self) -> &str {
        self.trace
    }
    fn span_id(&self) -> &str {
        self.id
    }
    fn kind(&self) -> Option<Option<&str>> {
        Some(self.kind)
    }
    fn description(&self) -> Option<Option<&str>> {
        Some(self.description)
    }
    fn is_error(&self) -> bool {
        self.status == Some("ERROR")
    }
    fn status(&self) -> Option<Option<Status>> {
        Some(self.status.and_then(Status::of_code))
    }
    fn duration_ns(&self) -> Option<i64> {
        self.times.map(|(start, end)| end.saturating_sub(start))
    }
    fn self_ns(&self) -> Option<i64> {
        None
    }
    fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}

/// Knows no more than the answer of the Timeline's first question.
struct OnPage(Row);

impl SpanFacts for OnPage {
    fn name(&self) -> &str {
        self.0.name
    }
    fn service(&self) -> Option<&str> {
        self.0.service
    }
    fn operation(&self) -> Option<&str> {
        self.0.operation
    }
    fn agent(&self) -> Option<&str> {
        self.0.agent
    }
    fn trace_id(&self) -> &str {
        self.0.trace
    }
    fn span_id(&self) -> &str {
        self.0.id
    }
    fn kind(&self) -> Option<Option<&str>> {
        None
    }
    fn description(&self) -> Option<Option<&str>> {
        None
    }
    fn is_error(&self) -> bool {
        self.0.is_error()
    }
    fn status(&self) -> Option<Option<Status>> {
        None
    }
    fn duration_ns(&self) -> Option<i64> {
        self.0.duration_ns()
    }
    fn self_ns(&self) -> Option<i64> {
        None
    }
    fn is_root(&self) -> bool {
        self.0.parent.is_none()
    }
}

#[test]
fn the_page_agrees_with_what_is_expected() {
    for (text, expected) in CASES {
        let filter = Filter::parse(text).unwrap();
        let matcher = filter.matcher();
        for (at, row) in ROWS.iter().enumerate() {
            let wanted = Truth::from(expected.contains(&(at + 1)));
            let found = matcher.matches(row);
            let may_be_open = filter.needs_payload();
            assert!(found == wanted || (found == Truth::Unknown && may_be_open), "{text} of row {}: {found:?}", at + 1);
            let with_less = matcher.matches(&OnPage(*row));
            assert!(with_less == wanted || with_less == Truth::Unknown, "{text} of row {} with less: {with_less:?}", at + 1);
        }
    }
}

fn file() -> String {
    let rows: Vec<Value> = ROWS
        .iter()
        .map(|row| {
            json!({
                "span_id": row.id, "trace_id": row.trace, "parent_id": row.parent, "name": row.name, "service": row.service,
                "operation": row.operation, "agent": row.agent, "kind": row.kind,
                // As text: JavaScript reads JSON's numbers as doubles.
                "start_time": row.times.map(|times| times.0.to_string()), "end_time": row.times.map(|times| times.1.to_string()),
                "status_code": row.status, "status_description": row.description,
                "attributes": row.attributes, "events": row.events, "links": row.links,
            })
        })
        .collect();
    let cases: Vec<Value> = CASES
        .iter()
        .map(|(text, expected)| {
            let filter = Filter::parse(text).unwrap();
            let ids: Vec<&str> = expected.iter().map(|number| ROWS[number - 1].id).collect();
            // The same with every need in a column of its own.
            let column = |need: &Need| quote_ident(&format!("x:{need:?}"));
            let needs: Vec<Value> =
                filter.needs().iter().map(|need| json!({ "column": column(need), "expression": need.expression() })).collect();
            let beside = filter.to_sql_with(&|need| Some(column(need))).unwrap();
            let bare = filter.to_where_with(&|need| Some(column(need))).unwrap();
            json!({ "filter": text, "sql": filter.to_sql().unwrap(), "light": filter.light_sql(), "matches": ids, "needs": needs, "beside": beside, "bare": bare })
        })
        .collect();
    serde_json::to_string_pretty(&json!({ "rows": rows, "cases": cases })).unwrap() + "\n"
}

#[test]
fn the_fixture_holds_the_sql_of_today() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/filter_cases.json");
    let wanted = file();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "tests/fixtures/filter_cases.json is not of today: run this test with UPDATE_FIXTURES=1, then tests/e2e/filter.test.mjs"
    );
}
