use super::*;
use crate::engine::Column;

fn texts(name: &str, values: &[Option<&str>]) -> (String, Column) {
    (name.to_owned(), Column::texts(values.iter().copied()))
}

fn ints(name: &str, values: &[i64]) -> (String, Column) {
    (name.to_owned(), Column::ints(values.iter().copied().map(Some)))
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// A span as (id, parent, service, start, end).
type Span = (&'static str, &'static str, &'static str, i64, i64);

fn spans(list: &[Span]) -> Table {
    let text = |name: &str, read: fn(&Span) -> &'static str| {
        texts(name, &list.iter().map(|span| Some(read(span)).filter(|text| !text.is_empty())).collect::<Vec<_>>())
    };
    Table::new(vec![
        ints("trace_no", &vec![7; list.len()]),
        texts("trace_id", &vec![Some("t"); list.len()]),
        text("span_id", |span| span.0),
        text("parent_id", |span| span.1),
        text("node", |span| span.2),
        ints("start_time", &list.iter().map(|span| span.3).collect::<Vec<_>>()),
        ints("end_time", &list.iter().map(|span| span.4).collect::<Vec<_>>()),
    ])
}

#[test]
fn services_go_round_down_the_tree() {
    // a → b → a (through a child of its own) → b → a
    let table = spans(&[
        ("1", "", "a", 0, 100),
        ("2", "1", "b", 10, 90),
        ("3", "2", "a", 20, 80),
        ("4", "3", "a", 25, 75),
        ("5", "4", "b", 30, 70),
        ("6", "5", "a", 40, 60),
        ("7", "1", "x", 0, 5),
        ("8", "7", "b", 1, 4),
    ]);
    let rounds = of_services(&table, &names(&["a", "b"])).unwrap();
    assert_eq!((rounds.returns, rounds.most_rounds, rounds.looked_at), (2, 2, 1));
    let trace = &rounds.traces[0];
    assert_eq!((trace.span_id.as_str(), trace.trace_no, trace.added_ns), ("6", 7, 60), "what span 3 took");
    assert_eq!(of_services(&table, &names(&["b", "a"])).unwrap().most_rounds, 2, "wherever the ring begins");
    assert_eq!(of_services(&table, &names(&["a", "x", "b"])).unwrap().traces, []);
    let alone = of_services(&table, &names(&["a"])).unwrap();
    assert_eq!((alone.returns, alone.most_rounds), (1, 1));
    assert!(of_services(&Table::default(), &names(&["a"])).is_err());
}

#[test]
fn time_added_by_spans_one_after_the_other_is_that_of_agents() {
    // Each begins half a second after the one that caused it has ended: 500 ms long, every second.
    let ids: Vec<String> = (0..60).map(|number| format!("s{number}")).collect();
    let list: Vec<(&str, &str, i64)> =
        (0..60).map(|at| (ids[at].as_str(), if at == 0 { "" } else { ids[at - 1].as_str() }, at as i64 * 1000)).collect();
    let text = |values: Vec<Option<&str>>, name: &str| texts(name, &values);
    let table = Table::new(vec![
        ints("trace_no", &[7; 60]),
        text(vec![Some("t"); 60], "trace_id"),
        text(list.iter().map(|span| Some(span.0)).collect(), "span_id"),
        text(list.iter().map(|span| Some(span.1).filter(|id| !id.is_empty())).collect(), "parent_id"),
        text(vec![Some("a"); 60], "node"),
        ints("start_time", &list.iter().map(|span| span.2).collect::<Vec<_>>()),
        ints("end_time", &list.iter().map(|span| span.2 + 500).collect::<Vec<_>>()),
    ]);
    let rounds = of_services(&table, &names(&["a"])).unwrap();
    assert_eq!((rounds.most_rounds, rounds.added_ns), (59, 59_000));
}

/// Runs as (id, agent, start, end, takes "id by agent", gives).
fn executions(list: &[(&str, &str, i64, i64, &str, &str)]) -> Table {
    let mut rows: Vec<(usize, &str, &str, &str)> = Vec::new();
    for (run, (_, agent, _, _, takes, gives)) in list.iter().enumerate() {
        for item in takes.split_whitespace() {
            let (id, by) = item.split_once('@').unwrap();
            rows.push((run, "in", id, by));
        }
        rows.push((run, "out", *gives, *agent));
    }
    let run = |row: &(usize, &str, &str, &str)| list[row.0];
    Table::new(vec![
        ints("trace_no", &vec![1; rows.len()]),
        texts("trace_id", &vec![Some("t"); rows.len()]),
        texts("span_id", &rows.iter().map(|row| Some(run(row).0)).collect::<Vec<_>>()),
        texts("agent", &rows.iter().map(|row| Some(run(row).1)).collect::<Vec<_>>()),
        texts("status_code", &vec![Some("OK"); rows.len()]),
        texts("side", &rows.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
        texts("artifact_id", &rows.iter().map(|row| Some(row.2)).collect::<Vec<_>>()),
        texts("artifact_type", &vec![Some("T"); rows.len()]),
        texts("produced_by", &rows.iter().map(|row| Some(row.3)).collect::<Vec<_>>()),
        ints("start_time", &rows.iter().map(|row| run(row).2).collect::<Vec<_>>()),
        ints("end_time", &rows.iter().map(|row| run(row).3).collect::<Vec<_>>()),
        ints("created_ns", &rows.iter().map(|row| run(row).2).collect::<Vec<_>>()),
    ])
}

#[test]
fn agents_go_round_by_their_artifacts() {
    let table = executions(&[
        ("w1", "writer", 0, 10, "b@external", "d1"),
        ("c1", "critic", 20, 30, "d1@writer", "r1"),
        ("w2", "writer", 40, 50, "r1@critic", "d2"),
        ("c2", "critic", 60, 70, "d2@writer", "r2"),
        ("w3", "writer", 80, 95, "r2@critic b@external", "d3"),
        ("w4", "writer", 81, 90, "b@external", "d4"),
    ]);
    let rounds = of_agents(&table, &names(&["writer", "critic"])).unwrap();
    assert_eq!((rounds.returns, rounds.most_rounds, rounds.added_ns), (2, 2, 85), "from the end of w1 to that of w3");
    assert_eq!(rounds.traces[0].span_id, "w3");
    assert_eq!(rounds.histogram(), [(2, 1)]);
    assert!(of_agents(&table, &names(&["writer"])).unwrap().traces.is_empty());
    let own = executions(&[("r1", "r", 0, 10, "b@external", "n1"), ("r2", "r", 20, 30, "n1@r", "n2"), ("r3", "r", 40, 50, "n2@r", "n3")]);
    let rounds = of_agents(&own, &names(&["r"])).unwrap();
    assert_eq!((rounds.returns, rounds.most_rounds, rounds.added_ns), (2, 2, 40));
}

/// tests/data/dependencies_expected.py counted the rounds of the sample.
#[test]
fn rounds_are_those_that_are_counted_elsewhere() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/dependencies_expected.json");
    let all: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rows = all["sample"]["ring_rows"].as_array().unwrap();
    let text = |name: &str, place: usize| texts(name, &rows.iter().map(|row| row[place].as_str()).collect::<Vec<_>>());
    let int =
        |name: &str, place: usize| ints(name, &rows.iter().map(|row| row[place].as_str().unwrap().parse().unwrap()).collect::<Vec<_>>());
    let mut known: Vec<&str> = Vec::new();
    let mut numbers = Vec::new();
    for row in rows {
        let trace = row[0].as_str().unwrap();
        numbers.push(known.iter().position(|other| *other == trace).unwrap_or(known.len()) as i64);
        if !known.contains(&trace) {
            known.push(trace);
        }
    }
    let table = Table::new(vec![
        ints("trace_no", &numbers),
        text("trace_id", 0),
        text("span_id", 1),
        text("agent", 2),
        int("start_time", 3),
        int("end_time", 4),
        texts("status_code", &vec![Some("OK"); rows.len()]),
        text("side", 5),
        text("artifact_id", 6),
        text("artifact_type", 7),
        text("produced_by", 8),
        int("created_ns", 9),
    ]);
    let rounds = of_agents(&table, &names(&["critic", "writer"])).unwrap();
    let mut found: Vec<serde_json::Value> = rounds
        .traces
        .iter()
        .map(|trace| serde_json::json!([trace.trace_id, trace.returns, trace.most_rounds, trace.added_ns.to_string()]))
        .collect();
    found.sort_by_key(|row| row[0].as_str().unwrap().to_owned());
    assert_eq!(serde_json::Value::Array(found), all["sample"]["ring_rounds"]);
    assert!(rounds.returns > 0);
}
