//! What is found in a small trace, and what is offered.

use std::rc::Rc;

use super::*;
use crate::{
    core::filter::{complete, suggestions},
    engine::Column,
};

/// `a` over `b` and `c`, `d` below `b`; read a, b, d, c.
fn model() -> TraceModel {
    let none = || Column::texts([None; 4]);
    let table = Table::new(vec![
        ("span_id".to_owned(), Column::texts(["a", "b", "c", "d"].map(Some))),
        ("parent_id".to_owned(), Column::texts([None, Some("a"), Some("a"), Some("b")])),
        ("name".to_owned(), Column::texts(["Flow.run", "Agent.execute", "Store.put", "Agent.call"].map(Some))),
        ("service".to_owned(), Column::texts(["Flow", "Agent", "Store", "Agent"].map(Some))),
        ("operation".to_owned(), Column::texts(["run", "execute", "put", "call"].map(Some))),
        ("start_time".to_owned(), Column::ints([0, 10, 70, 20].map(Some))),
        ("end_time".to_owned(), Column::ints([100, 60, 75, 30].map(Some))),
        ("status_code".to_owned(), Column::texts(["OK", "OK", "ERROR", "OK"].map(Some))),
        ("kind".to_owned(), none()),
    ]);
    TraceModel::new("t", Rc::new(table)).unwrap()
}

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

fn found(text: &str) -> Found {
    find(&model(), &filter(text), None).unwrap()
}

#[test]
fn the_page_answers_from_light_columns_in_reading_order() {
    assert_eq!(found("service:agent").matches, [1, 3]);
    assert_eq!(found("status:error OR op:call").matches, [3, 2]);
    assert_eq!(found("-service:agent root:false").matches, [2]);
    assert_eq!(found("dur>=50ns").matches, [0, 1]);
    assert_eq!(found("service:nobody"), Found { places: vec![0; 4], ..Found::default() });
}

#[test]
fn the_engine_is_asked_only_for_what_the_page_does_not_have() {
    let ask = |text: &str| find_sql(&["t'1".to_owned()], &filter(text));
    for text in ["service:Agent", "status:error dur>1ms", "self>1ms OR root:true", "has:agent", "agent:writer", ""] {
        assert_eq!(ask(text), None, "{text}");
    }
    for text in ["attr.x:1", "word", "desc~timeout", "has:events,agent"] {
        assert!(ask(text).is_some_and(|sql| sql.contains("AS c0") && sql.contains("'t''1'")), "{text}");
    }
    let sql = ask("service:Agent attr.x:1").unwrap();
    assert!(sql.contains("AS c1") && !sql.contains("AS c0"), "{sql}");
}

#[test]
fn without_the_engines_answer_the_others_are_open_and_with_it_they_are_not() {
    let wanted = filter("service:agent attr.x:1");
    let before = find(&model(), &wanted, None).unwrap();
    assert_eq!((before.len(), before.undecided), (0, 2));
    let answer = Table::new(vec![
        ("span_id".to_owned(), Column::texts([Some("d")])),
        ("first_time".to_owned(), Column::ints([Some(20)])),
        ("c1".to_owned(), Column::ints([Some(1)])),
    ]);
    let after = find(&model(), &wanted, Some(&answer)).unwrap();
    assert_eq!((after.matches.as_slice(), after.undecided), (&[3][..], 0));
    assert!(find(&model(), &filter("attr.x:1"), Some(&answer)).is_err(), "another question's answer");
}

#[test]
fn the_next_match_goes_round() {
    let (model, found) = (model(), found("service:agent OR service:store"));
    assert_eq!(found.matches, [1, 3, 2]);
    let forwards = [None, Some(0), Some(1), Some(3), Some(2)].map(|from| found.next(&model, from, false));
    assert_eq!(forwards, [Some(1), Some(1), Some(3), Some(2), Some(1)]);
    let backwards = [None, Some(0), Some(1), Some(3), Some(2)].map(|from| found.next(&model, from, true));
    assert_eq!(backwards, [Some(2), Some(2), Some(2), Some(1), Some(3)]);
    assert_eq!([1, 3, 2, 0].map(|span| found.position(span)), [Some(0), Some(1), Some(2), None]);
    assert_eq!(Found::default().next(&model, Some(1), false), None);
}

#[test]
fn jumps_lead_to_the_longest_and_to_failures() {
    let model = model();
    // Own time: a 45, b 40, d 10, c 5.
    assert_eq!(slowest(&model, None), Some(0));
    assert_eq!(slowest(&model, Some(&found("service:agent"))), Some(1));
    assert_eq!(slowest(&model, Some(&found("service:nobody"))), Some(0));
    assert_eq!(first_error(&model), Some(2));
}

#[test]
fn what_may_follow_comes_from_the_language_and_the_trace() {
    let offered = |text: &str| {
        let completion = complete(text, text.chars().count());
        let values = match &completion.wants {
            wants if wants.text_field().is_some() => wants.text_field().map(|field| values_of(&model(), field)).unwrap_or_default(),
            _ => vec!["http.url".to_owned(), "url".to_owned()],
        };
        suggestions(&completion, &values).into_iter().map(|suggestion| suggestion.written).collect::<Vec<_>>()
    };
    assert_eq!(offered("ser"), ["service:"]);
    assert_eq!(offered("service:"), ["Agent", "Flow", "Store"]);
    assert_eq!(offered("svc:o"), ["Flow", "Store"]);
    assert_eq!(offered("status:e"), ["error", "unset"]);
    assert_eq!(offered("attr.u"), ["attr.url:", "attr.http.url:"]);
    assert_eq!(offered("attr.url:ex"), ["exists"]);
    assert_eq!(offered("trace:"), Vec::<String>::new());
}
