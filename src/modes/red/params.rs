//! The keys of RED Metrics in the address: what the cards are of, which of them is chosen, which spans count, the buckets, the limits, the
//! objective, what is marked and what is hidden. Pure.

use std::collections::BTreeMap;

use super::{
    columns::{Column, Direction},
    panels::Measured,
};
use crate::{
    core::{
        ignored::ignored,
        red::{
            buckets::{print_step, read_step},
            selection::Selection,
            slo::Slo,
            thresholds::{self, Thresholds},
        },
    },
    state::{
        dimension::{Dimension, GroupValue, print_value, read_value},
        extras::Extra,
    },
};

const BY: &str = "cards";
const SUBJECT: &str = "of";
const WHICH: &str = "spans";
const STEP: &str = "bucket";
const ERROR_PCT: &str = "maxerr";
const P95_MS: &str = "maxp95";
const SLO: &str = "slo";
const SELECTION: &str = "mark";
const HIDDEN: &str = "hide";
const BELOW: &str = "below";
const MANY: &str = "many";
const SORT: &str = "rank";
const OPERATIONS_SORT: &str = "oprank";
const AXIS: &str = "axis";
const SMALL: &str = "small";
const FIGURES: &str = "figures";
const CELLS: &str = "cells";

/// A logarithmic axis.
const LOG: &str = "log";
/// Something that is switched on.
const ON: &str = "1";
/// A limit that is switched off.
const NONE: &str = "none";

/// Which spans count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    All,
    /// Spans that enter their service: those without a parent, and those whose parent belongs to another one.
    Entries,
    /// Spans whose parent is not in their trace.
    Roots,
}

impl Which {
    pub const ALL: [Self; 3] = [Self::All, Self::Entries, Self::Roots];

    /// The word in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Entries => "entry",
            Self::Roots => "roots",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All spans",
            Self::Entries => "Entry spans",
            Self::Roots => "Roots",
        }
    }

    /// All of them together.
    pub fn all(self) -> &'static str {
        match self {
            Self::All => "All spans",
            Self::Entries => "All entry spans",
            Self::Roots => "All roots",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.slug() == slug)
    }

    /// What must stand beside `main.spans` to tell them.
    pub fn extra(self) -> Option<Extra> {
        (self != Self::All).then_some(Extra::PARENT_SERVICE)
    }

    /// The condition; `None` where every span fulfils it.
    pub fn condition(self) -> Option<String> {
        let parent = Extra::PARENT_SERVICE.column();
        match self {
            Self::All => None,
            Self::Entries => Some(format!("{parent} IS DISTINCT FROM coalesce(service, '')")),
            Self::Roots => Some(format!("{parent} IS NULL")),
        }
    }
}

/// What stands below the charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Below {
    /// One row a card, all of them.
    Groups,
    #[default]
    Operations,
    Exceptions,
    Objective,
}

impl Below {
    pub const ALL: [Self; 4] = [Self::Operations, Self::Groups, Self::Exceptions, Self::Objective];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Groups => "table",
            Self::Operations => "operations",
            Self::Exceptions => "exceptions",
            Self::Objective => "objective",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|below| below.slug() == slug)
    }
}

/// Read tolerantly: what is not known gives the default.
#[derive(Clone, Debug, PartialEq)]
pub struct RedParams {
    /// What the cards are of.
    pub by: Dimension,
    /// The chosen card; `None` for all of them together.
    pub subject: Option<GroupValue>,
    pub which: Which,
    /// The length of a bucket that the reader chose.
    pub step_ns: Option<i64>,
    pub limits: Thresholds,
    pub slo: Slo,
    /// What is marked in a chart.
    pub selection: Option<Selection>,
    /// Lines that are switched off, by their names.
    pub hidden: Vec<String>,
    pub below: Below,
    /// A small chart for each card in place of the large ones.
    pub many: bool,
    /// Durations on a logarithmic axis.
    pub is_log: bool,
    /// What the small charts show.
    pub small: Measured,
    /// The figures of the charts, and the cells of the heat map, as tables.
    pub figures: bool,
    pub cells: bool,
    /// `None`: by what is worst.
    pub sort: Option<(Column, Direction)>,
    /// `None`: by impact.
    pub operations_sort: Option<(Column, Direction)>,
}

impl Default for RedParams {
    fn default() -> Self {
        Self {
            by: Dimension::Service,
            subject: None,
            which: Which::default(),
            step_ns: None,
            limits: Thresholds::default(),
            slo: Slo::default(),
            selection: None,
            hidden: Vec::new(),
            below: Below::default(),
            many: false,
            is_log: false,
            small: Measured::default(),
            figures: false,
            cells: false,
            sort: None,
            operations_sort: None,
        }
    }
}

impl RedParams {
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let default = Self::default();
        let limit = |key: &str, default: Option<f64>| match word(key) {
            NONE => None,
            text => read_limit(key, text).or(default),
        };
        let limits = Thresholds { error_pct: limit(ERROR_PCT, default.limits.error_pct), p95_ms: limit(P95_MS, default.limits.p95_ms) };
        let mut hidden: Vec<String> = word(HIDDEN).split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        hidden.sort();
        hidden.dedup();
        Self {
            by: Dimension::from_slug(word(BY)).unwrap_or(default.by),
            subject: params.get(SUBJECT).map(|value| read_value(value)),
            which: Which::from_slug(word(WHICH)).unwrap_or_default(),
            step_ns: read_step(word(STEP)),
            limits,
            slo: read_slo(word(SLO)).unwrap_or(default.slo),
            selection: Selection::read(word(SELECTION)),
            hidden,
            below: Below::from_slug(word(BELOW)).unwrap_or_default(),
            many: word(MANY) == ON,
            is_log: word(AXIS) == LOG,
            small: Measured::from_slug(word(SMALL)).unwrap_or_default(),
            figures: word(FIGURES) == ON,
            cells: word(CELLS) == ON,
            sort: read_sort(word(SORT)),
            operations_sort: read_sort(word(OPERATIONS_SORT)),
        }
    }

    /// Keys whose value is not understood or out of its bounds, with the value, long ones cut: they are ignored.
    pub fn ignored(params: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        ignored(params, &CHECKED, |key, text| match key {
            BY => Dimension::from_slug(text).is_some(),
            WHICH => Which::from_slug(text).is_some(),
            STEP => read_step(text).is_some(),
            ERROR_PCT | P95_MS => text == NONE || read_limit(key, text).is_some(),
            SLO => read_slo(text).is_some(),
            SELECTION => Selection::read(text).is_some(),
            BELOW => Below::from_slug(text).is_some(),
            AXIS => text == LOG,
            SMALL => Measured::from_slug(text).is_some(),
            SORT | OPERATIONS_SORT => read_sort(text).is_some(),
            _ => text == ON,
        })
    }

    /// Writes what differs from the default; other keys stay.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let default = Self::default();
        let mut set = |key: &str, value: Option<String>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value)),
            None => drop(params.remove(key)),
        };
        let limit = |limit: Option<f64>, default: Option<f64>| {
            (limit != default).then(|| limit.map_or_else(|| NONE.to_owned(), |limit| limit.to_string()))
        };
        set(BY, (self.by != default.by).then(|| self.by.slug()));
        set(SUBJECT, self.subject.as_ref().map(print_value));
        set(WHICH, (self.which != default.which).then(|| self.which.slug().to_owned()));
        set(STEP, self.step_ns.map(print_step));
        set(ERROR_PCT, limit(self.limits.error_pct, default.limits.error_pct));
        set(P95_MS, limit(self.limits.p95_ms, default.limits.p95_ms));
        set(SLO, (self.slo != default.slo).then(|| format!("{},{},{}", self.slo.fast_pct, self.slo.under_ms, self.slo.error_pct)));
        set(SELECTION, self.selection.map(|selection| selection.print()));
        set(HIDDEN, (!self.hidden.is_empty()).then(|| self.hidden.join(",")));
        set(BELOW, (self.below != default.below).then(|| self.below.slug().to_owned()));
        let on = |is_on: bool| is_on.then(|| ON.to_owned());
        set(MANY, on(self.many));
        set(AXIS, self.is_log.then(|| LOG.to_owned()));
        set(SMALL, (self.small != default.small).then(|| self.small.slug().to_owned()));
        set(FIGURES, on(self.figures));
        set(CELLS, on(self.cells));
        set(SORT, self.sort.map(print_sort));
        set(OPERATIONS_SORT, self.operations_sort.map(print_sort));
    }

    /// Cards of something else: what was chosen and marked was of the ones before.
    pub fn cards_by(&mut self, by: Dimension) {
        if self.by != by {
            self.by = by;
            self.subject = None;
            self.selection = None;
        }
    }
}

/// What can be wrong: names of groups and lines cannot.
const CHECKED: [&str; 15] =
    [BY, WHICH, STEP, ERROR_PCT, P95_MS, SLO, SELECTION, BELOW, MANY, AXIS, SMALL, FIGURES, CELLS, SORT, OPERATIONS_SORT];

/// A limit, as it stands in an address.
fn read_limit(key: &str, text: &str) -> Option<f64> {
    let is_fit = if key == ERROR_PCT { thresholds::is_pct } else { thresholds::is_ms };
    text.parse::<f64>().ok().filter(|number| is_fit(*number))
}

fn read_slo(text: &str) -> Option<Slo> {
    let numbers: Vec<f64> = text.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [fast_pct, under_ms, error_pct] = *numbers.as_slice() else { return None };
    let is_fit = thresholds::is_pct(fast_pct) && thresholds::is_pct(error_pct) && thresholds::is_ms(under_ms) && under_ms > 0.0;
    is_fit.then_some(Slo { fast_pct, under_ms, error_pct })
}

fn read_sort(text: &str) -> Option<(Column, Direction)> {
    let (slug, direction) = match text.strip_prefix('-') {
        Some(slug) => (slug, Direction::Descending),
        None => (text, Direction::Ascending),
    };
    Some((Column::from_slug(slug).filter(|column| column.is_sortable())?, direction))
}

fn print_sort((column, direction): (Column, Direction)) -> String {
    match direction {
        Direction::Ascending => column.slug().to_owned(),
        Direction::Descending => format!("-{}", column.slug()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip_and_leave_other_keys_alone() {
        let params = RedParams {
            by: Dimension::Attribute("agent.name".into()),
            subject: Some(None),
            which: Which::Roots,
            step_ns: Some(30_000_000_000),
            limits: Thresholds { error_pct: None, p95_ms: Some(1_500.5) },
            slo: Slo { fast_pct: 99.9, under_ms: 500.0, error_pct: 0.0 },
            selection: Some(Selection { from_ns: 5, to_ns: 9, durations_ns: Some((0, 1_000)) }),
            hidden: vec!["p50".into(), "p99".into()],
            below: Below::Objective,
            many: true,
            is_log: true,
            small: Measured::Duration,
            figures: true,
            cells: true,
            sort: Some((Column::Errors, Direction::Descending)),
            operations_sort: Some((Column::Name, Direction::Ascending)),
        };
        let mut map = BTreeMap::from([("other".to_owned(), "kept".to_owned())]);
        params.write(&mut map);
        assert_eq!(RedParams::read(&map), params);
        RedParams::default().write(&mut map);
        assert_eq!(map, BTreeMap::from([("other".to_owned(), "kept".to_owned())]));
    }

    #[test]
    fn what_is_not_known_gives_the_default() {
        let words = [
            ("cards", "shoe size"),
            ("spans", "some"),
            ("bucket", "soon"),
            ("maxerr", "NaN"),
            ("maxp95", "-1"),
            ("slo", "99,0,1"),
            ("mark", "9_5"),
            ("below", "stairs"),
            ("rank", "-nothing"),
            ("oprank", "nothing"),
            ("axis", "wooden"),
            ("small", "shoes"),
            ("many", "12"),
            ("figures", "2"),
            ("cells", "no"),
        ];
        let map: BTreeMap<String, String> = words.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(RedParams::read(&map), RedParams::default());
        assert_eq!(RedParams::ignored(&map).len(), CHECKED.len(), "each is told");
    }

    #[test]
    fn numbers_out_of_bounds_are_ignored_and_told() {
        for (key, value) in [
            ("maxerr", "1e400"),
            ("maxerr", "100.1"),
            ("maxerr", "1e-300"),
            ("maxp95", "1e300"),
            ("slo", "99,1e300,1"),
            ("slo", "99,1,1e-9"),
            ("slo", "99,1"),
        ] {
            let map = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            assert_eq!(RedParams::read(&map), RedParams::default(), "{key}={value}");
            assert_eq!(RedParams::ignored(&map), [(CHECKED.into_iter().find(|known| *known == key).unwrap(), value.to_owned())]);
        }
        let long = BTreeMap::from([("maxp95".to_owned(), "9".repeat(300))]);
        assert_eq!(RedParams::ignored(&long)[0].1.chars().count(), crate::core::ignored::SHOWN);
        let fine = BTreeMap::from([("maxerr".to_owned(), "none".to_owned()), ("of".to_owned(), "gone".to_owned())]);
        assert!(RedParams::ignored(&fine).is_empty());
    }

    #[test]
    fn other_cards_forget_the_chosen_one() {
        let mut params = RedParams { subject: Some(Some("a".into())), ..RedParams::default() };
        params.cards_by(Dimension::Service);
        assert!(params.subject.is_some());
        params.cards_by(Dimension::Agent);
        assert_eq!(params.subject, None);
    }
}
