//! Groups of two sides in pairs, and what changed between them. Pure. Times are ms as doubles, as the file has them; `None` is what cannot be
//! said: no span, no number, a division by nothing.

use std::{cmp::Ordering, collections::HashMap};

use super::super::params::GroupValue;
use crate::{
    core::export::{Cell, Sheet},
    core::order::sort_numbers,
    engine::{Table, TableError},
};

/// A group with fewer spans than this on a side is marked as uncertain: its 95th percentile is the work of a single span.
pub const FEW_SPANS: u64 = 20;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Count,
    Errors,
    P50,
    P95,
    Mean,
    Total,
    Own,
}

/// The unit of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Spans,
    /// In hundred parts; differences are percentage points.
    Percent,
    Milliseconds,
}

impl Measure {
    pub const ALL: [Self; 7] = [Self::Count, Self::Errors, Self::P50, Self::P95, Self::Mean, Self::Total, Self::Own];
    pub const DEFAULT: [Self; 4] = [Self::Count, Self::Errors, Self::P95, Self::Total];

    /// The word in the address and in names of columns.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Errors => "error",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::Mean => "mean",
            Self::Total => "total",
            Self::Own => "self",
        }
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Errors => "Error %",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::Mean => "Mean",
            Self::Total => "Total",
            Self::Own => "Own time",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.slug() == slug)
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Count => Unit::Spans,
            Self::Errors => Unit::Percent,
            _ => Unit::Milliseconds,
        }
    }
}

/// Which figure of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    A,
    B,
    /// B less A.
    Difference,
    /// The difference in hundred parts of A.
    Change,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::Difference, Self::Change];
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Of(Measure, Part),
    /// See the documentation of `compare`.
    Added,
    /// The same of own time.
    AddedOwn,
}

impl Column {
    /// The word in the address and in `data-col`: `p95_a_ms`, `p95_change_pct`.
    pub fn slug(self) -> String {
        let (measure, part) = match self {
            Self::Name => return "name".to_owned(),
            Self::Added => return "added_ms".to_owned(),
            Self::AddedOwn => return "added_self_ms".to_owned(),
            Self::Of(measure, part) => (measure, part),
        };
        let unit = match measure.unit() {
            Unit::Spans => "",
            Unit::Percent => "_pct",
            Unit::Milliseconds => "_ms",
        };
        match part {
            Part::A => format!("{}_a{unit}", measure.slug()),
            Part::B => format!("{}_b{unit}", measure.slug()),
            Part::Difference => format!("{}_diff{unit}", measure.slug()),
            Part::Change => format!("{}_change_pct", measure.slug()),
        }
    }

    /// Its figures are whole numbers of spans.
    pub fn is_count(self) -> bool {
        matches!(self, Self::Of(Measure::Count, part) if part != Part::Change)
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        let of = Measure::ALL.into_iter().flat_map(|measure| Part::ALL.map(|part| Self::Of(measure, part)));
        [Self::Name, Self::Added, Self::AddedOwn].into_iter().chain(of).find(|column| column.slug() == slug)
    }
}

/// By what groups are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Default for Sort {
    /// What got worse first.
    fn default() -> Self {
        Self { column: Column::Added, descending: true }
    }
}

impl Sort {
    pub fn read(text: &str) -> Option<Self> {
        let (slug, descending) = text.strip_prefix('-').map_or((text, false), |slug| (slug, true));
        Column::from_slug(slug).map(|column| Self { column, descending })
    }

    pub fn print(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.slug())
    }

    #[must_use]
    pub fn pressed(self, column: Column) -> Self {
        let descending = if self.column == column { !self.descending } else { column != Column::Name };
        Self { column, descending }
    }
}

/// Figures of a group on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    pub count: u64,
    pub errors: u64,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub total_ms: Option<f64>,
    pub self_ms: Option<f64>,
}

impl Figures {
    fn get(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Count => Some(self.count as f64),
            Measure::Errors => finite(self.errors as f64 / self.count as f64 * 100.0),
            Measure::P50 => self.p50_ms,
            Measure::P95 => self.p95_ms,
            Measure::Mean => self.mean_ms,
            Measure::Total => self.total_ms,
            Measure::Own => self.self_ms,
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// On which sides a group has spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Both,
    /// Only in B.
    New,
    /// Only in A.
    Vanished,
}

/// A group with its figures on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub first: GroupValue,
    /// `None` without a second dimension.
    pub second: Option<GroupValue>,
    pub a: Option<Figures>,
    pub b: Option<Figures>,
}

impl Pair {
    pub fn presence(&self) -> Presence {
        match (&self.a, &self.b) {
            (None, _) => Presence::New,
            (_, None) => Presence::Vanished,
            _ => Presence::Both,
        }
    }

    /// Too few spans on a side where it has some.
    pub fn is_uncertain(&self) -> bool {
        [self.a, self.b].into_iter().flatten().any(|figures| figures.count < FEW_SPANS)
    }

    pub fn key(&self) -> (GroupValue, Option<GroupValue>) {
        (self.first.clone(), self.second.clone())
    }

    fn figure(&self, measure: Measure, part: Part) -> Option<f64> {
        // No spans are a count of 0, but no duration.
        let nothing = (measure == Measure::Count).then_some(0.0);
        let of = |side: &Option<Figures>| side.as_ref().map_or(nothing, |figures| figures.get(measure));
        let (a, b) = (of(&self.a), of(&self.b));
        match part {
            Part::A => a,
            Part::B => b,
            Part::Difference => finite(b? - a?),
            Part::Change => match (a?, b?) {
                (0.0, 0.0) => Some(0.0),
                (a, b) => finite((b - a) / a.abs() * 100.0),
            },
        }
    }
}

/// Both sides, group by group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    pub pairs: Vec<Pair>,
    /// Spans of the sides.
    pub count_a: u64,
    pub count_b: u64,
    pub has_own: bool,
    /// A side has more groups than are compared.
    pub is_cut: bool,
}

impl Comparison {
    /// Of the answers to `figures_sql` for A and for B; at most `limit` groups of each.
    ///
    /// # Errors
    /// When an answer has other columns.
    pub fn new(a: &Table, b: &Table, has_second: bool, has_own: bool, limit: usize) -> Result<Self, TableError> {
        let (read_a, read_b) = (read(a, has_second, limit)?, read(b, has_second, limit)?);
        let sum = |side: &[(Key, Figures)]| side.iter().map(|(_, figures)| figures.count).sum();
        let mut comparison = Self {
            count_a: sum(&read_a),
            count_b: sum(&read_b),
            has_own,
            is_cut: a.rows() > limit || b.rows() > limit,
            pairs: Vec::with_capacity(read_a.len().max(read_b.len())),
        };
        let mut places: HashMap<Key, usize> = HashMap::with_capacity(read_a.len());
        for (key, figures) in read_a {
            places.insert(key.clone(), comparison.pairs.len());
            comparison.pairs.push(Pair { first: key.0, second: key.1, a: Some(figures), b: None });
        }
        for (key, figures) in read_b {
            match places.get(&key).and_then(|at| comparison.pairs.get_mut(*at)) {
                Some(pair) => pair.b = Some(figures),
                None => comparison.pairs.push(Pair { first: key.0, second: key.1, a: None, b: Some(figures) }),
            }
        }
        Ok(comparison)
    }

    /// What A's times are multiplied by to be those of as many spans as B has; 1 where A has none.
    pub fn scale(&self) -> f64 {
        finite(self.count_b as f64 / self.count_a as f64).unwrap_or(1.0)
    }

    /// What the reader must know to read added time: that A's total is not taken as it is.
    pub fn scale_words(&self) -> String {
        match self.count_a == self.count_b {
            true => "added time is B's total less A's".to_owned(),
            false => format!("added time is B's total less A's × {:.3}, as if A had as many spans as B", self.scale()),
        }
    }

    /// A figure of a group; `None` where it cannot be said. See `compare` for added time.
    pub fn value(&self, pair: &Pair, column: Column) -> Option<f64> {
        let added = |measure: Measure| {
            // A side without the group took none of its time.
            let of = |side: &Option<Figures>| side.as_ref().map_or(Some(0.0), |figures| figures.get(measure));
            finite(of(&pair.b)? - of(&pair.a)? * self.scale())
        };
        match column {
            Column::Name => None,
            Column::Of(measure, part) => pair.figure(measure, part),
            Column::Added => added(Measure::Total),
            Column::AddedOwn => added(Measure::Own),
        }
    }

    /// Places of the groups in an order; what is missing comes last, equal ones follow by name.
    pub fn order(&self, sort: Sort) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).take(self.pairs.len()).collect();
        let values: Vec<Option<f64>> = self.pairs.iter().map(|pair| self.value(pair, sort.column)).collect();
        let value = |at: u32| values.get(at as usize).copied().flatten();
        let pair = |at: u32| self.pairs.get(at as usize);
        let name = |at: u32| pair(at).map(|pair| (&pair.first, &pair.second));
        sort_numbers(&mut order, &mut |one, other| {
            let names = name(one).cmp(&name(other));
            let turn = |ordering: Ordering| if sort.descending { ordering.reverse() } else { ordering };
            match (value(one), value(other)) {
                _ if sort.column == Column::Name => turn(names),
                (Some(one), Some(other)) => turn(one.total_cmp(&other)).then(names),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => names,
            }
        });
        order
    }

    /// How many groups are new, and how many vanished.
    pub fn new_and_vanished(&self) -> (usize, usize) {
        let count = |presence: Presence| self.pairs.iter().filter(|pair| pair.presence() == presence).count();
        (count(Presence::New), count(Presence::Vanished))
    }

    /// The columns that are shown of some measures, after the names.
    pub fn columns(&self, measures: &[Measure]) -> Vec<Column> {
        let mut columns = vec![Column::Added];
        if self.has_own {
            columns.push(Column::AddedOwn);
        }
        let shown = measures.iter().filter(|measure| **measure != Measure::Own || self.has_own);
        columns.extend(shown.flat_map(|measure| Part::ALL.map(|part| Column::Of(*measure, part))));
        columns
    }

    /// What is shown, for other programs: in the order given and in full figures. `first` and `second` name the dimensions.
    pub fn sheet(&self, order: &[u32], measures: &[Measure], first: &str, second: Option<&str>) -> Sheet {
        let columns = self.columns(measures);
        let names = [Some(first), second, Some("presence")].into_iter().flatten().map(str::to_owned);
        let text = |value: Option<&str>| value.map_or(Cell::Null, |text| Cell::Text(text.to_owned()));
        let row = |pair: &Pair| {
            let mut cells = vec![text(pair.first.as_deref())];
            if second.is_some() {
                cells.push(text(pair.second.as_ref().and_then(Option::as_deref)));
            }
            cells.push(text(Some(match pair.presence() {
                Presence::Both => "both",
                Presence::New => "new",
                Presence::Vanished => "vanished",
            })));
            cells.extend(columns.iter().map(|column| match (self.value(pair, *column), column.is_count()) {
                (None, _) => Cell::Null,
                // A count is whole, and small enough for a float to hold it so.
                (Some(value), true) => Cell::Int(value as i64),
                (Some(value), false) => Cell::Float(value),
            }));
            cells
        };
        Sheet {
            columns: names.chain(columns.iter().map(|column| column.slug())).collect(),
            rows: order.iter().filter_map(|at| self.pairs.get(*at as usize)).map(row).collect(),
        }
    }
}

type Key = (GroupValue, Option<GroupValue>);

fn read(table: &Table, has_second: bool, limit: usize) -> Result<Vec<(Key, Figures)>, TableError> {
    let (g, h) = (table.texts("g")?, table.texts("h")?);
    let (count, errors) = (table.ints("count")?, table.ints("errors")?);
    let floats = ["p50_ms", "p95_ms", "mean_ms", "total_ms", "self_ms"].map(|name| table.floats(name));
    let [p50, p95, mean, total, own] = floats;
    let (p50, p95, mean, total, own) = (p50?, p95?, mean?, total?, own?);
    let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    let row = |row: usize| {
        let key = (g.get(row).map(str::to_owned), has_second.then(|| h.get(row).map(str::to_owned)));
        let figures = Figures {
            count: natural(count.get(row)),
            errors: natural(errors.get(row)),
            p50_ms: p50.get(row).and_then(finite),
            p95_ms: p95.get(row).and_then(finite),
            mean_ms: mean.get(row).and_then(finite),
            total_ms: total.get(row).and_then(finite),
            self_ms: own.get(row).and_then(finite),
        };
        (key, figures)
    };
    Ok((0..table.rows().min(limit)).map(row).collect())
}

#[cfg(test)]
mod tests;
