//! Groups of spans with their figures: as the engine gave them, in order, as a reader sees them, and as a file. Pure.

use std::{borrow::Cow, cmp::Ordering, rc::Rc};

use super::{
    columns::{Column, Direction},
    query::GROUP_LIMIT,
};
use crate::{
    core::{
        export::{Cell, Sheet},
        order::sort_numbers,
        red::{
            buckets::Window,
            openmetrics::Sample,
            thresholds::{Health, Thresholds},
        },
        units,
    },
    engine::{Table, TableError},
    state::dimension::GroupValue,
};

/// In the place of a value where spans have none, where it is an empty text, and where it is nothing but blanks.
pub const NO_VALUE: &str = "(none)";
const EMPTY: &str = "(empty)";
const BLANK: &str = "(blank)";

/// The word for a value that is no name; `None` where it is one.
pub fn stand_in(value: Option<&str>) -> Option<&'static str> {
    match value {
        None => Some(NO_VALUE),
        Some("") => Some(EMPTY),
        Some(value) if value.trim().is_empty() => Some(BLANK),
        Some(_) => None,
    }
}

/// A value as text alone. A name that reads as one of the words for none is put in quotes.
pub fn label(value: Option<&str>) -> Cow<'_, str> {
    match (stand_in(value), value) {
        (None, Some(value)) if [NO_VALUE, EMPTY, BLANK].contains(&value) => Cow::Owned(format!("“{value}”")),
        (None, Some(value)) => Cow::Borrowed(value),
        (word, _) => Cow::Borrowed(word.unwrap_or(NO_VALUE)),
    }
}

/// Of one group, or of all spans. `None` where there is nothing to say it of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub count: u64,
    pub errors: u64,
    pub total_ms: Option<f64>,
    pub own_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
}

/// What figures are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    pub window: Window,
    pub limits: Thresholds,
    /// The largest own time of the rows.
    pub largest_own_ms: f64,
}

/// The nearest whole nanosecond; saturates.
pub fn ns_of_ms(ms: f64) -> i64 {
    (ms * 1e6).round() as i64
}

pub fn show_ms(ms: Option<f64>) -> String {
    ms.map_or_else(|| units::MISSING.to_owned(), |ms| units::duration(ns_of_ms(ms)))
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

pub fn natural(value: Option<i64>) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
}

/// How bad a share of errors is: 0 none, 1 under 1 %, 2 under 5 %, 3 from there on.
pub fn error_step(errors: u64, count: u64) -> u8 {
    let (permille, count) = (u128::from(errors) * 1_000, u128::from(count));
    match () {
        () if errors == 0 => 0,
        () if permille < count * 10 => 1,
        () if permille < count * 50 => 2,
        () => 3,
    }
}

impl Figures {
    pub fn error_pct(&self) -> Option<f64> {
        (self.count > 0).then(|| 100.0 * self.errors as f64 / self.count as f64)
    }

    pub fn health(&self, limits: Thresholds) -> Health {
        limits.health(self.error_pct(), self.p95_ms)
    }

    /// The unrounded figure.
    pub fn get(&self, column: Column, measure: &Measure) -> Option<f64> {
        match column {
            Column::Name | Column::Calls | Column::Line => None,
            Column::Health => Some(f64::from(self.health(measure.limits) as u8)),
            Column::Rate => measure.window.rate_per_s(self.count),
            Column::Count => Some(self.count as f64),
            Column::Errors => Some(self.errors as f64),
            Column::ErrorPct => self.error_pct(),
            Column::P50 => self.p50_ms,
            Column::P95 => self.p95_ms,
            Column::P99 => self.p99_ms,
            Column::Impact => self.own_ms.filter(|_| measure.largest_own_ms > 0.0).map(|own| own / measure.largest_own_ms),
        }
    }

    /// In full, for `data-value`.
    pub fn print(&self, column: Column, measure: &Measure) -> String {
        match column {
            Column::Health => self.health(measure.limits).slug().to_owned(),
            Column::Count => self.count.to_string(),
            Column::Errors => self.errors.to_string(),
            _ => self.get(column, measure).map(|value| value.to_string()).unwrap_or_default(),
        }
    }

    /// As it stands in a cell.
    pub fn show(&self, column: Column, measure: &Measure) -> String {
        match column {
            Column::Name | Column::Calls | Column::Line => String::new(),
            Column::Health => self.health(measure.limits).word().to_owned(),
            Column::Rate => rate(self.count, measure.window),
            Column::Count => units::count(self.count),
            Column::Errors => units::count(self.errors),
            Column::ErrorPct => units::percent(self.errors, self.count),
            Column::P50 => show_ms(self.p50_ms),
            Column::P95 => show_ms(self.p95_ms),
            Column::P99 => show_ms(self.p99_ms),
            Column::Impact => self.get(column, measure).map_or_else(|| units::MISSING.to_owned(), |share| format!("{share:.2}")),
        }
    }

    /// In full, for the title of a cell.
    pub fn about(&self, column: Column, measure: &Measure) -> Option<String> {
        match column {
            Column::Rate => Some(match self.get(column, measure) {
                Some(rate) => format!("{rate} per second"),
                None => "The time range has no length".to_owned(),
            }),
            Column::ErrorPct => self.error_pct().map(|pct| format!("{pct} %")),
            Column::P50 | Column::P95 | Column::P99 => Some(match self.get(column, measure) {
                Some(ms) => format!("{ms} ms"),
                None => "The spans have no duration".to_owned(),
            }),
            Column::Impact => Some(match self.own_ms {
                Some(own) => format!("{} of own time", units::duration(ns_of_ms(own))),
                None => "Own time is being worked out".to_owned(),
            }),
            _ => None,
        }
    }
}

/// Spans by the length of the window, as a reader sees it.
pub fn rate(count: u64, window: Window) -> String {
    units::rate(count, i64::try_from(window.length_ns()).unwrap_or(i64::MAX))
}

/// Spans that have a value in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub value: Option<Rc<str>>,
    /// The service of an operation's spans.
    pub service: Option<Rc<str>>,
    pub figures: Figures,
}

impl Group {
    pub fn label(&self) -> Cow<'_, str> {
        label(self.value.as_deref())
    }

    pub fn is(&self, value: &GroupValue) -> bool {
        self.value.as_deref() == value.as_deref()
    }

    pub fn owned_value(&self) -> GroupValue {
        self.value.as_deref().map(str::to_owned)
    }
}

/// In the order of the answer: those with the most spans first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    pub groups: Vec<Group>,
    /// There were more than are kept.
    pub is_cut: bool,
}

impl Groups {
    /// # Errors
    /// When the answer is another one.
    pub fn read(table: &Table) -> Result<Self, TableError> {
        let (values, services) = (table.texts("g")?, table.texts("service")?);
        let (count, errors) = (table.ints("count")?, table.ints("errors")?);
        let (total, own) = (table.floats("total_ms")?, table.floats("self_ms")?);
        let (p50, p95, p99) = (table.floats("p50_ms")?, table.floats("p95_ms")?, table.floats("p99_ms")?);
        let group = |row: usize| Group {
            value: values.get(row).map(Rc::from),
            service: services.get(row).map(Rc::from),
            figures: Figures {
                count: natural(count.get(row)),
                errors: natural(errors.get(row)),
                total_ms: finite(total.get(row)),
                own_ms: finite(own.get(row)),
                p50_ms: finite(p50.get(row)),
                p95_ms: finite(p95.get(row)),
                p99_ms: finite(p99.get(row)),
            },
        };
        Ok(Self { groups: (0..table.rows().min(GROUP_LIMIT)).map(group).collect(), is_cut: table.rows() > GROUP_LIMIT })
    }

    pub fn get(&self, at: u32) -> Option<&Group> {
        self.groups.get(at as usize)
    }

    pub fn find(&self, value: &GroupValue) -> Option<&Group> {
        self.groups.iter().find(|group| group.is(value))
    }

    pub fn has_own(&self) -> bool {
        self.groups.iter().any(|group| group.figures.own_ms.is_some())
    }

    pub fn largest_own_ms(&self) -> f64 {
        self.groups.iter().filter_map(|group| group.figures.own_ms).fold(0.0, f64::max)
    }

    /// Numbers of the groups in order; without a column what is worst comes first.
    pub fn order(&self, sort: Option<(Column, Direction)>, measure: &Measure) -> Vec<u32> {
        let mut order: Vec<u32> = (0_u32..).zip(&self.groups).map(|(at, _)| at).collect();
        sort_numbers(&mut order, &mut |one, other| {
            let (Some(one_group), Some(other_group)) = (self.get(one), self.get(other)) else { return Ordering::Equal };
            let by = match sort {
                None => worst_first(&one_group.figures, &other_group.figures, measure.limits),
                Some((column, direction)) => by_column(one_group, other_group, column, direction, measure),
            };
            // Those with more spans came first in the answer.
            by.then(one.cmp(&other))
        });
        order
    }

    /// What is shown, with the full values, in this order.
    pub fn sheet(&self, order: &[u32], columns: &[Column], name: &str, measure: &Measure) -> Sheet {
        let shown: Vec<Column> =
            columns.iter().copied().filter(|column| !matches!(column, Column::Name | Column::Calls | Column::Line)).collect();
        let int = |value: u64| Cell::Int(i64::try_from(value).unwrap_or(i64::MAX));
        let cell = |figures: &Figures, column: Column| match column {
            Column::Count => int(figures.count),
            Column::Errors => int(figures.errors),
            Column::Health => Cell::Text(figures.health(measure.limits).slug().to_owned()),
            _ => figures.get(column, measure).map_or(Cell::Null, Cell::Float),
        };
        let row = |group: &Group| {
            let name = group.value.as_deref().map_or(Cell::Null, |value| Cell::Text(value.to_owned()));
            std::iter::once(name).chain(shown.iter().map(|column| cell(&group.figures, *column))).collect()
        };
        Sheet {
            columns: std::iter::once(name.to_owned()).chain(shown.iter().map(|column| column.slug().to_owned())).collect(),
            rows: order.iter().filter_map(|at| self.get(*at)).map(row).collect(),
        }
    }

    /// The same for OpenMetrics.
    pub fn samples(&self, order: &[u32], window: Window) -> Vec<Sample> {
        let sample = |group: &Group| Sample {
            name: group.owned_value(),
            calls: group.figures.count,
            errors: group.figures.errors,
            rate_per_s: window.rate_per_s(group.figures.count),
            total_ms: group.figures.total_ms,
            p50_ms: group.figures.p50_ms,
            p95_ms: group.figures.p95_ms,
            p99_ms: group.figures.p99_ms,
        };
        order.iter().filter_map(|at| self.get(*at)).map(sample).collect()
    }
}

/// The order of operations: by impact, or, until own time is known, by the number of spans.
pub fn operations_sort(sort: Option<(Column, Direction)>, has_own: bool) -> Option<(Column, Direction)> {
    let first = if has_own { Column::Impact } else { Column::Count };
    Some(sort.filter(|(column, _)| has_own || *column != Column::Impact).unwrap_or((first, Direction::Descending)))
}

fn worst_first(one: &Figures, other: &Figures, limits: Thresholds) -> Ordering {
    let strain = |figures: &Figures| limits.strain(figures.error_pct(), figures.p95_ms);
    other
        .health(limits)
        .cmp(&one.health(limits))
        .then_with(|| strain(other).total_cmp(&strain(one)))
        .then_with(|| other.error_pct().unwrap_or(0.0).total_cmp(&one.error_pct().unwrap_or(0.0)))
}

/// Missing values stand last in either direction.
fn by_column(one: &Group, other: &Group, column: Column, direction: Direction, measure: &Measure) -> Ordering {
    let turned = |ordering: Ordering| if direction == Direction::Descending { ordering.reverse() } else { ordering };
    if column == Column::Name {
        return match (&one.value, &other.value) {
            (Some(one), Some(other)) => turned(one.cmp(other)),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
    }
    match (one.figures.get(column, measure), other.figures.get(column, measure)) {
        (Some(one), Some(other)) => turned(one.total_cmp(&other)),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column as Values;

    fn table() -> Table {
        let ints = |values: [i64; 3]| Values::ints(values.map(Some));
        let floats = |values: [Option<f64>; 3]| Values::floats(values);
        Table::new(vec![
            ("g".to_owned(), Values::texts([Some("busy"), Some("failing"), None])),
            ("service".to_owned(), Values::texts([None, None, None::<&str>])),
            ("count".to_owned(), ints([100, 10, 4])),
            ("errors".to_owned(), ints([0, 1, 0])),
            ("total_ms".to_owned(), floats([Some(5.0), Some(2.0), Some(f64::INFINITY)])),
            ("self_ms".to_owned(), floats([Some(4.0), Some(2.0), None])),
            ("p50_ms".to_owned(), floats([Some(1.0), Some(1.0), None])),
            ("p95_ms".to_owned(), floats([Some(9.0), Some(2.0), None])),
            ("p99_ms".to_owned(), floats([Some(9.5), Some(2.0), Some(f64::NAN)])),
        ])
    }

    fn measure() -> Measure {
        Measure { window: Window { from_ns: 0, to_ns: 2_000_000_000 }, limits: Thresholds::default(), largest_own_ms: 4.0 }
    }

    #[test]
    fn what_is_worst_comes_first() {
        let groups = Groups::read(&table()).unwrap();
        assert_eq!(groups.order(None, &measure()), [1, 0, 2]);
        assert_eq!(groups.order(Some((Column::P95, Direction::Ascending)), &measure()), [1, 0, 2], "what is missing stands last");
        assert_eq!(groups.order(Some((Column::P95, Direction::Descending)), &measure()), [0, 1, 2]);
        assert_eq!(groups.order(Some((Column::Name, Direction::Descending)), &measure()), [1, 0, 2]);
    }

    #[test]
    fn figures_are_shown_and_printed() {
        let groups = Groups::read(&table()).unwrap();
        let shown = |at: u32, column| groups.get(at).unwrap().figures.show(column, &measure()).replace(units::NO_BREAK_SPACE, " ");
        assert_eq!([shown(0, Column::Rate), shown(1, Column::ErrorPct), shown(1, Column::Health)], ["50.0 /s", "10 %", "Over"]);
        assert_eq!([shown(0, Column::Impact), shown(1, Column::Impact), shown(2, Column::Impact)], ["1.00", "0.50", "–"]);
        assert_eq!([shown(2, Column::P95), shown(2, Column::P99)], ["–", "–"], "neither NULL nor NaN is a number");
        assert_eq!(groups.get(1).unwrap().figures.print(Column::Rate, &measure()), "5");
        let instant = Measure { window: Window { from_ns: 5, to_ns: 5 }, ..measure() };
        assert_eq!(groups.get(1).unwrap().figures.show(Column::Rate, &instant), "–");
    }

    #[test]
    fn a_table_is_a_file_too() {
        let groups = Groups::read(&table()).unwrap();
        let sheet = groups.sheet(&[1, 2], &Column::OF_GROUPS, "service", &measure());
        assert_eq!(sheet.columns, ["service", "health", "rate_per_s", "count", "errors", "error_pct", "p50_ms", "p95_ms", "p99_ms"]);
        assert_eq!(sheet.rows[0][..4], [Cell::Text("failing".into()), Cell::Text("over".into()), Cell::Float(5.0), Cell::Int(10)]);
        assert_eq!((&sheet.rows[1][0], &sheet.rows[1][7]), (&Cell::Null, &Cell::Null));
        assert_eq!(groups.samples(&[2], measure().window)[0].name, None);
    }

    #[test]
    fn no_two_values_read_the_same() {
        let values = [None, Some(""), Some(" \t"), Some("(none)"), Some("(empty)"), Some("—"), Some("a")];
        assert_eq!(values.map(label), ["(none)", "(empty)", "(blank)", "“(none)”", "“(empty)”", "—", "a"]);
        assert_eq!(values.map(stand_in).iter().flatten().count(), 3);
    }

    #[test]
    fn rates_of_errors_have_four_steps() {
        assert_eq!([error_step(0, 5), error_step(1, 101), error_step(1, 100), error_step(1, 20)], [0, 1, 2, 3]);
    }
}
