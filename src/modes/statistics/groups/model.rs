//! The answers as rows: groups with their figures, narrowed, sorted and opened without asking again; the totals; the steps of the heat. Pure.

use std::{cmp::Ordering, collections::BTreeMap, rc::Rc};

use super::super::{
    grouping::Dimension,
    params::{GroupKey, GroupValue},
};
use super::{
    bounds::Bound,
    columns::{Column, Direction},
    figures::{Figure, FigureColumns, Figures},
    query::{GROUP_LIMIT, Shown},
};
use crate::{
    core::{
        export::{Cell, Sheet},
        fast_map::FastMap,
        order::sort_numbers,
    },
    engine::{Table, TableError},
};

/// Spans that have a value in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub value: Option<Rc<str>>,
    /// The service of an operation's spans.
    pub service: Option<Rc<str>>,
    pub figures: Figures,
}

impl Group {
    pub fn label(&self) -> &str {
        self.value.as_deref().unwrap_or(NO_VALUE)
    }

    pub fn is(&self, value: &GroupValue) -> bool {
        self.value.as_deref() == value.as_deref()
    }

    pub fn owned_value(&self) -> GroupValue {
        self.value.as_deref().map(str::to_owned)
    }
}

/// In the place of a value where spans have none.
pub const NO_VALUE: &str = "—";

/// The groups of the first level, in the order of the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    pub groups: Vec<Group>,
    /// There were more than are kept.
    pub is_cut: bool,
    /// Own time is among the figures.
    pub has_own: bool,
    /// Sum of all durations.
    total_ms: f64,
}

impl Groups {
    /// # Errors
    /// When the answer is another one.
    pub fn read(table: &Table) -> Result<Self, TableError> {
        let (values, services) = (table.texts("g")?, table.texts("service")?);
        let columns = FigureColumns::of(table)?;
        let mut groups: Vec<Group> = (0..table.rows().min(GROUP_LIMIT))
            .map(|row| Group { value: values.get(row).map(Rc::from), service: services.get(row).map(Rc::from), figures: columns.row(row) })
            .collect();
        let has_own = groups.iter().any(|group| group.figures.own_ms.is_some());
        let total_ms = groups.iter().filter_map(|group| group.figures.total_ms).sum();
        for group in &mut groups {
            group.figures.share_pct = share(group.figures.total_ms, total_ms);
        }
        Ok(Self { groups, is_cut: table.rows() > GROUP_LIMIT, has_own, total_ms })
    }

    pub fn get(&self, at: u32) -> Option<&Group> {
        self.groups.get(at as usize)
    }

    pub fn find(&self, value: &GroupValue) -> Option<&Group> {
        self.groups.iter().find(|group| group.is(value))
    }

    /// The largest own time: what the bars of all groups are measured by.
    fn largest_own_ms(&self) -> f64 {
        self.groups.iter().filter_map(|group| group.figures.own_ms).fold(0.0, f64::max)
    }
}

fn share(part: Option<f64>, whole: f64) -> Option<f64> {
    part.filter(|_| whole > 0.0).map(|part| 100.0 * part / whole)
}

/// Groups of the second level by the one they are in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Children {
    pub groups: Vec<Group>,
    of: FastMap<Option<Rc<str>>, Vec<u32>>,
}

impl Children {
    /// # Errors
    /// When the answer is another one.
    pub fn read(table: &Table, all: &Groups) -> Result<Self, TableError> {
        let (parents, values, services) = (table.texts("g")?, table.texts("h")?, table.texts("service")?);
        let columns = FigureColumns::of(table)?;
        let mut children = Self::default();
        for row in 0..table.rows().min(GROUP_LIMIT) {
            let mut figures = columns.row(row);
            figures.share_pct = share(figures.total_ms, all.total_ms);
            let at = u32::try_from(children.groups.len()).unwrap_or(u32::MAX);
            children.of.entry(parents.get(row).map(Rc::from)).or_default().push(at);
            children.groups.push(Group { value: values.get(row).map(Rc::from), service: services.get(row).map(Rc::from), figures });
        }
        Ok(children)
    }

    pub fn get(&self, at: u32) -> Option<&Group> {
        self.groups.get(at as usize)
    }

    pub fn find(&self, parent: &GroupValue, value: &GroupValue) -> Option<&Group> {
        let parent = parent.as_deref().map(Rc::<str>::from);
        self.of.get(&parent)?.iter().filter_map(|at| self.get(*at)).find(|group| group.is(value))
    }
}

/// How the rows are narrowed and ordered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Part of a group's name, capitals or not.
    pub names: Option<String>,
    pub bounds: Vec<(Column, Bound)>,
    /// The most important first.
    pub sort: Vec<(Column, Direction)>,
    pub open: Vec<GroupValue>,
    /// Groups have a second level.
    pub has_second: bool,
}

impl Wanted {
    /// Bounds that were not understood are not put.
    pub fn bounds_of(typed: &BTreeMap<Column, String>) -> Vec<(Column, Bound)> {
        typed.iter().filter_map(|(column, text)| Some((*column, Bound::read(text, column.measure())?))).collect()
    }

    pub fn narrows(&self) -> bool {
        self.names.is_some() || !self.bounds.is_empty()
    }
}

/// The order in force: the reader's, else the largest own time first, or the largest total until own time is known.
#[must_use]
pub fn sort_in_force(wanted: &[(Column, Direction)], has_own: bool) -> Vec<(Column, Direction)> {
    let default = [(Column::Own, Direction::Descending)];
    let wanted = if wanted.is_empty() { &default } else { wanted };
    wanted
        .iter()
        .map(|(column, direction)| (if *column == Column::Own && !has_own { Column::Total } else { *column }, *direction))
        .collect()
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Number of the first-level group.
    pub group: u32,
    /// Number of the group below it, of a row of the second level.
    pub child: Option<u32>,
    pub is_open: bool,
    /// Opened, and what is below has not come yet.
    pub is_waiting: bool,
    /// Place among its kind, from 1.
    pub place: u32,
    pub of: u32,
}

/// The rows as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// First-level groups that are shown, in order.
    pub shown: Vec<u32>,
    pub largest_own_ms: f64,
    pub heat: Option<Heat>,
}

impl Rows {
    pub fn build(groups: &Groups, children: &Children, wanted: &Wanted, heat: Option<Column>) -> Self {
        let names = wanted.names.as_deref().map(str::to_lowercase);
        let is_shown = |group: &Group| {
            names.as_ref().is_none_or(|names| group.label().to_lowercase().contains(names))
                && wanted.bounds.iter().all(|(column, bound)| bound.holds(group.figures.get(*column)))
        };
        let mut shown: Vec<u32> = (0_u32..).zip(&groups.groups).filter(|(_, group)| is_shown(group)).map(|(at, _)| at).collect();
        sort_groups(&mut shown, &groups.groups, &wanted.sort);
        let mut rows = Vec::with_capacity(shown.len());
        let of = length(&shown);
        for (place, at) in (1_u32..).zip(&shown) {
            let Some(group) = groups.get(*at) else { continue };
            let is_open = wanted.has_second && wanted.open.iter().any(|open| group.is(open));
            let below = children.of.get(&group.value).filter(|_| is_open);
            rows.push(Row { group: *at, child: None, is_open, is_waiting: is_open && below.is_none(), place, of });
            let Some(below) = below else { continue };
            let mut below = below.clone();
            sort_groups(&mut below, &children.groups, &wanted.sort);
            let of = length(&below);
            rows.extend((1_u32..).zip(&below).map(|(place, child)| Row {
                group: *at,
                child: Some(*child),
                is_open: false,
                is_waiting: false,
                place,
                of,
            }));
        }
        let heat = heat.and_then(|column| Heat::of(column, shown.iter().filter_map(|at| groups.get(*at)).map(|group| &group.figures)));
        Self { rows, shown, largest_own_ms: groups.largest_own_ms(), heat }
    }

    /// What is shown, for other programs: the groups as they stand, in full figures. Rows of the second level name both groups; `first` and
    /// `second` name the dimensions.
    pub fn sheet(&self, groups: &Groups, children: &Children, columns: &[Column], first: &str, second: Option<&str>) -> Sheet {
        let columns: Vec<Column> = columns.iter().copied().filter(|column| column.is_sortable()).collect();
        let names = [Some(first), second].into_iter().flatten().map(str::to_owned);
        let text = |value: &GroupValue| value.as_ref().map_or(Cell::Null, |value| Cell::Text(value.to_string()));
        let figure = |figures: &Figures, column: Column| match figures.get(column) {
            Some(Figure::Whole(value)) => Cell::Int(value),
            Some(Figure::Real(value)) => Cell::Float(value),
            None => Cell::Null,
        };
        let row = |row: &Row| {
            let group = groups.get(row.group)?;
            let child = row.child.and_then(|child| children.get(child));
            let figures = child.map_or(&group.figures, |child| &child.figures);
            let mut cells = vec![text(&group.owned_value())];
            if second.is_some() {
                // A row of the first level is of all that is below it.
                cells.push(child.map_or(Cell::Text("(all)".to_owned()), |child| text(&child.owned_value())));
            }
            cells.extend(columns.iter().map(|column| figure(figures, *column)));
            Some(cells)
        };
        Sheet {
            columns: names.chain(columns.iter().map(|column| column.slug().to_owned())).collect(),
            rows: self.rows.iter().filter_map(row).collect(),
        }
    }

    pub fn get(&self, at: usize) -> Option<Row> {
        self.rows.get(at).copied()
    }

    pub fn key(&self, at: usize, groups: &Groups, children: &Children) -> Option<GroupKey> {
        let row = self.get(at)?;
        let second = match row.child {
            Some(child) => Some(children.get(child)?.owned_value()),
            None => None,
        };
        Some(GroupKey { first: groups.get(row.group)?.owned_value(), second })
    }

    /// The row of a group; of one below a closed group that group's.
    pub fn find(&self, key: &GroupKey, groups: &Groups, children: &Children) -> Option<usize> {
        let is_group = |row: &Row| groups.get(row.group).is_some_and(|group| group.is(&key.first));
        let first = self.rows.iter().position(is_group)?;
        let Some(second) = &key.second else { return Some(first) };
        let below = self.rows.iter().skip(first + 1).take_while(|row| row.child.is_some());
        let place = below.into_iter().position(|row| row.child.and_then(|child| children.get(child)).is_some_and(|group| group.is(second)));
        Some(place.map_or(first, |place| first + 1 + place))
    }

    /// Length of the own time's bar, of the longest one.
    pub fn own_bar(&self, figures: &Figures) -> f64 {
        figures.own_ms.filter(|_| self.largest_own_ms > 0.0).map_or(0.0, |own| (own / self.largest_own_ms).clamp(0.0, 1.0))
    }

    /// What the totals are of: `shown` and `hidden` hold the values when they are needed.
    pub fn shown_values(&self, groups: &Groups) -> ShownValues {
        let all = groups.groups.len();
        if self.shown.len() == all {
            return ShownValues::All;
        }
        let values = |numbers: &mut dyn Iterator<Item = u32>| numbers.filter_map(|at| groups.get(at)).map(Group::owned_value).collect();
        if self.shown.len() * 2 <= all {
            // By number, so that another order is not another question.
            let mut numbers = self.shown.clone();
            numbers.sort_unstable();
            return ShownValues::Only(values(&mut numbers.into_iter()));
        }
        let mut is_shown = vec![false; all];
        for at in &self.shown {
            if let Some(here) = is_shown.get_mut(*at as usize) {
                *here = true;
            }
        }
        ShownValues::AllBut(values(&mut (0_u32..).zip(is_shown).filter(|(_, here)| !here).map(|(at, _)| at)))
    }

    /// Of the groups that are shown, as far as sums and extremes of theirs tell.
    pub fn sums(&self, groups: &Groups) -> Figures {
        let mut sums = Figures::default();
        let figures = || self.shown.iter().filter_map(|at| groups.get(*at)).map(|group| &group.figures);
        for figures in figures() {
            sums.count += figures.count;
            sums.errors += figures.errors;
        }
        let sum = |value: fn(&Figures) -> Option<f64>| {
            figures().filter_map(value).fold(None, |sum: Option<f64>, value| Some(sum.unwrap_or(0.0) + value))
        };
        sums.share_pct = sum(|figures| figures.share_pct);
        sums.own_ms = sum(|figures| figures.own_ms);
        sums.min_ms = figures().filter_map(|figures| figures.min_ms).reduce(f64::min);
        sums.max_ms = figures().filter_map(|figures| figures.max_ms).reduce(f64::max);
        sums.first_ns = figures().filter_map(|figures| figures.first_ns).min();
        sums.last_ns = figures().filter_map(|figures| figures.last_ns).max();
        sums
    }
}

/// [`Shown`] with its values.
#[derive(Clone, Debug, PartialEq)]
pub enum ShownValues {
    All,
    Only(Vec<GroupValue>),
    AllBut(Vec<GroupValue>),
}

impl ShownValues {
    pub fn as_shown(&self) -> Shown<'_> {
        match self {
            Self::All => Shown::All,
            Self::Only(values) => Shown::Only(values),
            Self::AllBut(values) => Shown::AllBut(values),
        }
    }
}

/// Puts what the engine was asked of all shown spans beside the sums.
///
/// # Errors
/// When the answer is another one.
pub fn with_totals(mut sums: Figures, table: &Table) -> Result<Figures, TableError> {
    let first = |name| table.floats(name).map(|column| column.get(0));
    sums.mean_ms = first("mean_ms")?;
    sums.stddev_ms = first("stddev_ms")?;
    sums.p50_ms = first("p50_ms")?;
    sums.p90_ms = first("p90_ms")?;
    sums.p95_ms = first("p95_ms")?;
    sums.p99_ms = first("p99_ms")?;
    Ok(sums)
}

/// Why the total of a column is a dash; `None` where it is a figure.
pub fn no_total_because(column: Column) -> Option<&'static str> {
    (column == Column::Total).then_some("Totals overlap: children run inside their parents")
}

fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// What is missing comes last in either direction; equals stand by their names.
fn sort_groups(numbers: &mut [u32], groups: &[Group], sort: &[(Column, Direction)]) {
    let order = |one: &Group, other: &Group, column: Column, direction: Direction| {
        let ordering = match column {
            Column::Name => {
                return turned(
                    missing_last(one.value.as_deref(), other.value.as_deref(), |one, other| one.cmp(other), direction),
                    direction,
                );
            }
            _ => missing_last(one.figures.get(column), other.figures.get(column), |one, other| one.compare(*other), direction),
        };
        turned(ordering, direction)
    };
    sort_numbers(numbers, &mut |one, other| {
        let (Some(one), Some(other)) = (groups.get(one as usize), groups.get(other as usize)) else { return Ordering::Equal };
        let by_levels = sort.iter().map(|(column, direction)| order(one, other, *column, *direction)).find(|ordering| ordering.is_ne());
        by_levels.unwrap_or_else(|| one.value.cmp(&other.value))
    });
}

fn turned(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}

/// Before it is turned by the direction, so that the missing ends up last.
fn missing_last<T>(one: Option<T>, other: Option<T>, compare: impl Fn(&T, &T) -> Ordering, direction: Direction) -> Ordering {
    match (&one, &other) {
        (Some(one), Some(other)) => compare(one, other),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => turned(Ordering::Greater, direction),
        (Some(_), None) => turned(Ordering::Less, direction),
    }
}

/// Steps of colour for a column, on a scale of logarithms from the smallest to the largest figure that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heat {
    pub column: Column,
    low_ln: f64,
    high_ln: f64,
}

const HEAT_STEPS: f64 = 5.0;

impl Heat {
    fn of<'a>(column: Column, figures: impl Iterator<Item = &'a Figures>) -> Option<Self> {
        let values = figures
            .filter_map(|figures| figures.get(column))
            .map(|figure| figure.as_f64())
            .filter(|value| *value > 0.0 && value.is_finite());
        let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        (high > 0.0).then(|| Self { column, low_ln: low.ln(), high_ln: high.ln() })
    }

    /// 0 is without colour.
    pub fn step(&self, figures: &Figures) -> u8 {
        let Some(value) = figures.get(self.column).map(|figure| figure.as_f64()).filter(|value| *value > 0.0) else { return 0 };
        let range = self.high_ln - self.low_ln;
        let share = if range > 0.0 { ((value.ln() - self.low_ln) / range).clamp(0.0, 1.0) } else { 1.0 };
        // At most five.
        (share * HEAT_STEPS).round() as u8
    }
}

/// What the table says of itself.
pub fn caption(groups: &Groups, rows: &Rows, dimension: &Dimension, sort: &[(Column, Direction)]) -> String {
    let all: Vec<u32> = (0_u32..).take(groups.groups.len()).collect();
    let shown = counted(groups, &rows.shown, dimension);
    let counted = if rows.shown.len() == all.len() { shown } else { format!("{shown}, of {}", counted(groups, &all, dimension)) };
    let sorted: Vec<String> =
        sort.iter().map(|(column, direction)| format!("{} {}", column.label().to_lowercase(), direction.word())).collect();
    format!("{counted}, sorted by {}", sorted.join(", then "))
}

/// How many groups have a name, and that there is one without: `7 agents and —`.
pub fn counted(groups: &Groups, numbers: &[u32], dimension: &Dimension) -> String {
    let named = numbers.iter().filter_map(|at| groups.get(*at)).filter(|group| group.value.is_some()).count();
    let without = if named < numbers.len() { format!(" and {NO_VALUE}") } else { String::new() };
    format!("{}{without}", dimension.counted(named as u64))
}

#[cfg(test)]
mod tests;
