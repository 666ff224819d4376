use super::*;
use crate::{core::filter::Compare, engine::Column as Values};
use proptest::prelude::*;

/// Group, group below, a count, a time in ms.
type Line<'a> = (Option<&'a str>, Option<&'a str>, i64, Option<f64>);

fn table(rows: &[Line<'_>]) -> Table {
    let column = |name: &str, values: Values| (name.to_owned(), values);
    let floats = |name: &str| column(name, Values::floats(rows.iter().map(|row| row.3)));
    let ints = |name: &str| column(name, Values::ints(rows.iter().map(|row| Some(row.2))));
    let mut columns = vec![
        column("g", Values::texts(rows.iter().map(|row| row.0))),
        column("h", Values::texts(rows.iter().map(|row| row.1))),
        column("service", Values::texts(rows.iter().map(|_| None))),
    ];
    columns.extend(["count", "errors", "first_ns", "last_ns"].map(ints));
    columns.extend(["total_ms", "self_ms", "min_ms", "mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "stddev_ms"].map(floats));
    Table::new(columns)
}

fn groups() -> Groups {
    Groups::read(&table(&[
        (Some("b"), None, 5, Some(30.0)),
        (Some("a"), None, 5, None),
        (None, None, 2, Some(10.0)),
        (Some("C"), None, 9, Some(60.0)),
    ]))
    .unwrap()
}

fn names(rows: &Rows, groups: &Groups, children: &Children) -> Vec<String> {
    let name = |row: &Row| match row.child {
        Some(child) => format!("  {}", children.get(child).unwrap().label()),
        None => groups.get(row.group).unwrap().label().to_owned(),
    };
    rows.rows.iter().map(name).collect()
}

fn built(wanted: &Wanted) -> Vec<String> {
    let groups = groups();
    names(&Rows::build(&groups, &Children::default(), wanted, None), &groups, &Children::default())
}

#[test]
fn several_levels_of_sorting_and_the_missing_last() {
    use Direction::{Ascending, Descending};
    let sorted = |sort: &[(Column, Direction)]| built(&Wanted { sort: sort.to_vec(), ..Wanted::default() });
    assert_eq!(sorted(&[(Column::Count, Descending), (Column::Name, Ascending)]), ["C", "a", "b", "—"]);
    assert_eq!(sorted(&[(Column::Count, Descending), (Column::Name, Descending)]), ["C", "b", "a", "—"]);
    assert_eq!(sorted(&[(Column::P95, Ascending)]), ["—", "b", "C", "a"]);
    assert_eq!(sorted(&[(Column::P95, Descending)]), ["C", "b", "—", "a"]);
    assert_eq!(sorted(&[(Column::Name, Ascending)]), ["C", "a", "b", "—"]);
}

#[test]
fn own_time_stands_in_for_itself_when_it_is_there() {
    assert_eq!(sort_in_force(&[], false), [(Column::Total, Direction::Descending)]);
    assert_eq!(sort_in_force(&[], true), [(Column::Own, Direction::Descending)]);
    let by_count = [(Column::Count, Direction::Ascending)];
    assert_eq!(sort_in_force(&by_count, false), by_count);
}

#[test]
fn names_and_bounds_narrow_the_groups() {
    let bound = |column, compare, value| (column, Bound::number(compare, value));
    assert_eq!(built(&Wanted { names: Some("c".into()), ..Wanted::default() }), ["C"]);
    assert_eq!(built(&Wanted { names: Some("—".into()), ..Wanted::default() }), ["—"], "those without a value have a name too");
    assert_eq!(
        built(&Wanted {
            bounds: vec![bound(Column::Count, Compare::GreaterOrEqual, 5.0), bound(Column::Total, Compare::Less, 60.0)],
            ..Wanted::default()
        }),
        ["b"]
    );
}

#[test]
fn opened_groups_hold_the_second_level_in_the_same_order() {
    let groups = groups();
    let children = Children::read(
        &table(&[(Some("b"), Some("y"), 1, Some(1.0)), (Some("b"), None, 4, Some(29.0)), (None, Some("z"), 2, Some(10.0))]),
        &groups,
    )
    .unwrap();
    let wanted = Wanted {
        open: vec![Some("b".into()), Some("a".into())],
        sort: vec![(Column::Count, Direction::Descending)],
        has_second: true,
        ..Wanted::default()
    };
    let rows = Rows::build(&groups, &children, &wanted, None);
    assert_eq!(names(&rows, &groups, &children), ["C", "a", "b", "  —", "  y", "—"]);
    assert!(rows.rows[1].is_waiting && !rows.rows[2].is_waiting, "what is below a has not come");
    assert_eq!((rows.rows[4].place, rows.rows[4].of), (2, 2));
    let key = GroupKey { first: Some("b".into()), second: Some(None) };
    assert_eq!(rows.find(&key, &groups, &children), Some(3));
    assert_eq!(rows.key(3, &groups, &children), Some(key));
    let gone = GroupKey { first: Some("b".into()), second: Some(Some("q".into())) };
    assert_eq!(rows.find(&gone, &groups, &children), Some(2));
    assert_eq!(children.groups[1].figures.share_pct, Some(29.0), "of the whole, not of the group above");
}

#[test]
fn totals_are_of_the_groups_that_are_shown() {
    let groups = groups();
    let wanted = Wanted { names: Some("b".into()), ..Wanted::default() };
    let rows = Rows::build(&groups, &Children::default(), &wanted, None);
    let sums = rows.sums(&groups);
    assert_eq!((sums.count, sums.total_ms, sums.own_ms, sums.max_ms, sums.p95_ms), (5, None, Some(30.0), Some(30.0), None));
    assert_eq!(rows.shown_values(&groups), ShownValues::Only(vec![Some("b".into())]));
    let most = Rows::build(
        &groups,
        &Children::default(),
        &Wanted { bounds: vec![(Column::Count, Bound::number(Compare::Greater, 2.0))], ..Wanted::default() },
        None,
    );
    assert_eq!(most.shown_values(&groups), ShownValues::AllBut(vec![None]));
    assert_eq!(with_totals(sums, &table(&[(None, None, 1, Some(7.5))])).unwrap().p95_ms, Some(7.5));
}

#[test]
fn heat_rises_with_the_logarithm() {
    let groups = groups();
    let rows = Rows::build(&groups, &Children::default(), &Wanted::default(), Some(Column::P95));
    let heat = rows.heat.unwrap();
    let step = |at| heat.step(&groups.get(at).unwrap().figures);
    assert_eq!([step(2), step(0), step(3), step(1)], [0, 3, 5, 0]);
}

proptest! {
    #[test]
    fn every_group_has_one_row_and_the_order_holds(values in prop::collection::vec(prop::option::of(-50_i32..50), 0..40), is_descending in any::<bool>()) {
        let labels: Vec<String> = (0..values.len()).map(|at| format!("g{at:02}")).collect();
        let rows: Vec<_> = labels.iter().zip(&values).map(|(label, value)| (Some(label.as_str()), None, 1, value.map(f64::from))).collect();
        let groups = Groups::read(&table(&rows)).unwrap();
        let direction = if is_descending { Direction::Descending } else { Direction::Ascending };
        let built = Rows::build(&groups, &Children::default(), &Wanted { sort: vec![(Column::Max, direction)], ..Wanted::default() }, None);
        let mut seen: Vec<u32> = built.shown.clone();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..values.len() as u32).collect::<Vec<_>>());
        let figures: Vec<Option<f64>> = built.shown.iter().map(|at| groups.get(*at).unwrap().figures.max_ms).collect();
        for pair in figures.windows(2) {
            let fine = match (pair[0], pair[1]) {
                (Some(one), Some(other)) => if is_descending { one >= other } else { one <= other },
                (None, Some(_)) => false,
                _ => true,
            };
            prop_assert!(fine, "{:?}", pair);
        }
    }
}

#[test]
fn groups_are_counted_by_what_they_are_called() {
    let groups = Groups::read(&table(&[(Some("a"), None, 1, None), (None, None, 2, None), (Some("b"), None, 1, None)])).unwrap();
    assert_eq!(counted(&groups, &[0, 1, 2], &Dimension::Agent), "2 agents and —", "those without one are no agent");
    assert_eq!(counted(&groups, &[0], &Dimension::Status), "1 status");
    assert_eq!(counted(&groups, &[0, 2], &Dimension::Attribute("input.tags".into())), "2 values of input.tags");
    let rows = Rows::build(&groups, &Children::default(), &Wanted { names: Some("a".into()), ..Wanted::default() }, None);
    assert_eq!(
        caption(&groups, &rows, &Dimension::Agent, &[(Column::Count, Direction::Descending)]),
        "1 agent, of 2 agents and —, sorted by count descending"
    );
}
