use super::*;
use crate::engine::Column as Values;

/// A group: its name, spans, errors, median in ms.
type Group = (Option<&'static str>, i64, i64, f64);

fn table(rows: &[Group]) -> Table {
    let floats = |of: fn(&Group) -> f64| Values::floats(rows.iter().map(|row| Some(of(row))));
    Table::new(vec![
        ("g".to_owned(), Values::texts(rows.iter().map(|row| row.0))),
        ("h".to_owned(), Values::texts(rows.iter().map(|_| None))),
        ("count".to_owned(), Values::ints(rows.iter().map(|row| Some(row.1)))),
        ("errors".to_owned(), Values::ints(rows.iter().map(|row| Some(row.2)))),
        ("p50_ms".to_owned(), floats(|row| row.3)),
        ("p95_ms".to_owned(), floats(|row| row.3 * 2.0)),
        ("mean_ms".to_owned(), floats(|row| row.3)),
        ("total_ms".to_owned(), floats(|row| row.3 * row.1 as f64)),
        ("self_ms".to_owned(), Values::floats(rows.iter().map(|_| None))),
    ])
}

/// A has 100 spans, B has 200.
fn comparison() -> Comparison {
    let a = table(&[(Some("slower"), 40, 0, 10.0), (Some("same"), 40, 4, 1.0), (Some("gone"), 10, 0, 5.0), (None, 10, 0, 0.0)]);
    let b = table(&[(Some("slower"), 80, 8, 15.0), (Some("same"), 80, 8, 1.0), (Some("new"), 20, 0, 3.0), (None, 20, 0, 0.0)]);
    Comparison::new(&a, &b, false, false, 100).unwrap()
}

fn pair<'a>(comparison: &'a Comparison, name: &str) -> &'a Pair {
    comparison.pairs.iter().find(|pair| pair.first.as_deref() == Some(name)).unwrap()
}

fn names(comparison: &Comparison, sort: &str) -> Vec<String> {
    let order = comparison.order(Sort::read(sort).unwrap());
    order.iter().map(|at| comparison.pairs[*at as usize].first.clone().unwrap_or("-".to_owned())).collect()
}

#[test]
fn groups_of_both_sides_are_paired() {
    let comparison = comparison();
    assert_eq!((comparison.count_a, comparison.count_b, comparison.scale()), (100, 200, 2.0));
    assert_eq!(comparison.new_and_vanished(), (1, 1));
    assert_eq!(pair(&comparison, "new").presence(), Presence::New);
    assert_eq!(pair(&comparison, "gone").presence(), Presence::Vanished);
    assert!(pair(&comparison, "gone").is_uncertain() && !pair(&comparison, "slower").is_uncertain());
}

#[test]
fn time_is_added_by_what_traffic_does_not_explain() {
    let comparison = comparison();
    let added = |name| comparison.value(pair(&comparison, name), Column::Added);
    assert_eq!(added("slower"), Some(80.0 * 15.0 - 2.0 * 400.0));
    assert_eq!(added("same"), Some(0.0), "twice the spans of twice the traffic");
    assert_eq!(added("new"), Some(60.0));
    assert_eq!(added("gone"), Some(-100.0));
    assert_eq!(names(&comparison, "-added_ms"), ["slower", "new", "-", "same", "gone"]);
}

#[test]
fn what_cannot_be_divided_is_missing() {
    let comparison = comparison();
    let of = |name, slug| comparison.value(pair(&comparison, name), Column::from_slug(slug).unwrap());
    assert_eq!(
        (of("slower", "p95_a_ms"), of("slower", "p95_b_ms"), of("slower", "p95_diff_ms"), of("slower", "p95_change_pct")),
        (Some(20.0), Some(30.0), Some(10.0), Some(50.0))
    );
    assert_eq!((of("slower", "error_a_pct"), of("slower", "error_b_pct"), of("slower", "error_change_pct")), (Some(0.0), Some(10.0), None));
    assert_eq!((of("new", "count_a"), of("new", "count_b"), of("new", "count_change_pct")), (Some(0.0), Some(20.0), None));
    assert_eq!((of("new", "p95_a_ms"), of("new", "p95_diff_ms"), of("new", "error_a_pct")), (None, None, None));
    assert_eq!(of("gone", "count_change_pct"), Some(-100.0));
    let without = comparison.pairs.iter().find(|pair| pair.first.is_none()).unwrap();
    assert_eq!(comparison.value(without, Column::Of(Measure::P50, Part::Change)), Some(0.0), "nothing is as long as nothing");
    assert_eq!(names(&comparison, "p95_change_pct"), ["-", "same", "slower", "gone", "new"], "what is missing comes last");
    assert_eq!(names(&comparison, "-p95_change_pct"), ["slower", "-", "same", "gone", "new"]);
    assert_eq!(names(&comparison, "name"), ["-", "gone", "new", "same", "slower"]);
}

#[test]
fn numbers_that_are_none_harm_nothing() {
    let odd = table(&[(Some("nan"), 1, 0, f64::NAN), (Some("endless"), 1, 0, f64::INFINITY)]);
    let comparison = Comparison::new(&odd, &table(&[(Some("nan"), 1, 0, 2.0)]), false, false, 100).unwrap();
    assert_eq!(comparison.value(pair(&comparison, "nan"), Column::Added), None);
    assert_eq!(comparison.value(pair(&comparison, "nan"), Column::Of(Measure::P95, Part::B)), Some(4.0));
    assert_eq!(comparison.value(pair(&comparison, "endless"), Column::Of(Measure::P95, Part::A)), None);
    assert_eq!(comparison.order(Sort::default()).len(), 2);
}

#[test]
fn an_empty_side_makes_everything_new_or_gone() {
    let (some, none) = (table(&[(Some("x"), 4, 0, 2.0)]), table(&[]));
    let appeared = Comparison::new(&none, &some, false, false, 100).unwrap();
    assert_eq!((appeared.scale(), appeared.value(&appeared.pairs[0], Column::Added)), (1.0, Some(8.0)));
    let left = Comparison::new(&some, &none, false, false, 100).unwrap();
    assert_eq!((left.scale(), left.value(&left.pairs[0], Column::Added)), (0.0, Some(0.0)));
    assert!(Comparison::new(&none, &none, false, false, 100).unwrap().pairs.is_empty());
}

#[test]
fn more_groups_than_the_limit_are_cut_and_said_to_be() {
    let many = table(&[(Some("a"), 4, 0, 2.0), (Some("b"), 3, 0, 2.0)]);
    let comparison = Comparison::new(&many, &many, false, false, 1).unwrap();
    assert!(comparison.is_cut && comparison.pairs.len() == 1);
}

#[test]
fn what_is_shown_can_be_taken_elsewhere() {
    let comparison = comparison();
    let sheet = comparison.sheet(&comparison.order(Sort::default()), &[Measure::Count], "Service", None);
    assert_eq!(sheet.columns, ["Service", "presence", "added_ms", "count_a", "count_b", "count_diff", "count_change_pct"]);
    assert_eq!(sheet.rows[0][..3], [Cell::Text("slower".to_owned()), Cell::Text("both".to_owned()), Cell::Float(400.0)]);
    assert_eq!(sheet.rows[0][3..], [Cell::Int(40), Cell::Int(80), Cell::Int(40), Cell::Float(100.0)], "counts are whole");
    assert_eq!(sheet.rows[1][6], Cell::Null);
}

#[test]
fn every_column_is_found_by_its_word() {
    let all = Measure::ALL.into_iter().flat_map(|measure| Part::ALL.map(|part| Column::Of(measure, part)));
    for column in all.chain([Column::Name, Column::Added, Column::AddedOwn]) {
        assert_eq!(Column::from_slug(&column.slug()), Some(column));
    }
    assert_eq!(Sort::default().pressed(Column::Added), Sort { column: Column::Added, descending: false });
    assert_eq!(Sort::default().pressed(Column::Name).print(), "name");
}
