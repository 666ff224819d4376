//! The keys of the Statistics in the address: by what spans are grouped and in which scope, which columns stand in which order, what is opened
//! and chosen. Pure.

use std::collections::BTreeMap;

use super::{
    compare::params::CompareParams,
    grouping::Dimension,
    groups::{
        bounds,
        columns::{Column, Direction},
    },
    spans::params::Sort as SpanSort,
};
use crate::core::ignored::shown_word;
pub use crate::state::dimension::{GroupValue, print_value, read_value};

const FIRST: &str = "by";
const SECOND: &str = "then";
const RAW: &str = "raw";
const SCOPE: &str = "in";
const COLUMNS: &str = "cols";
const SORT: &str = "order";
const HEAT: &str = "heat";
const NAMES: &str = "names";
const BOUNDS: &str = "where";
const OPEN: &str = "open";
const GROUP: &str = "group";
const SUBGROUP: &str = "sub";
const COMPARE: &str = "vs";

const TRACE: &str = "trace";
const WORKFLOW: &str = "workflow:";
const NO_HEAT: &str = "none";
/// More opened groups than this do not fit into a link.
const OPEN_LIMIT: usize = 60;

/// Which part of what the filter lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StatScope {
    #[default]
    All,
    /// The trace of the address.
    Trace,
    /// The traces of this name.
    Workflow(String),
}

/// A group of the table: the value of the first dimension and, of a row below it, of the second.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    pub first: GroupValue,
    pub second: Option<GroupValue>,
}

/// Read tolerantly: what is not known gives the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsParams {
    pub first: Dimension,
    /// Never the same as the first.
    pub second: Option<Dimension>,
    /// The spans themselves in place of groups.
    pub raw: bool,
    pub scope: StatScope,
    /// Without the name, which is always there; each once, never none.
    pub columns: Vec<Column>,
    /// The most important first; empty for the default.
    pub sort: Vec<(Column, Direction)>,
    pub heat: Option<Column>,
    /// What the names of groups contain; never only spaces.
    pub names: Option<String>,
    /// Bounds on columns as they were typed; see `groups::bounds`.
    pub bounds: BTreeMap<Column, String>,
    /// First-level groups whose second level is shown.
    pub open: Vec<GroupValue>,
    pub chosen: Option<GroupKey>,
    /// What the scope is compared with.
    pub compare: Option<String>,
}

impl Default for StatisticsParams {
    fn default() -> Self {
        Self {
            first: Dimension::Operation,
            second: None,
            raw: false,
            scope: StatScope::default(),
            columns: Column::DEFAULT.to_vec(),
            sort: Vec::new(),
            heat: Some(Column::P95),
            names: None,
            bounds: BTreeMap::new(),
            open: Vec::new(),
            chosen: None,
            compare: None,
        }
    }
}

impl StatisticsParams {
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let text = |key: &str| Some(word(key).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let default = Self::default();
        let first = Dimension::from_slug(word(FIRST)).unwrap_or(default.first);
        let chosen =
            params.get(GROUP).map(|group| GroupKey { first: read_value(group), second: params.get(SUBGROUP).map(|sub| read_value(sub)) });
        let open = params.get(OPEN).map(|list| list.split('\n').take(OPEN_LIMIT).map(read_value).collect()).unwrap_or_default();
        Self {
            second: Dimension::from_slug(word(SECOND)).filter(|second| *second != first),
            first,
            raw: word(RAW) == "1",
            scope: match word(SCOPE) {
                TRACE => StatScope::Trace,
                other => other.strip_prefix(WORKFLOW).map_or(StatScope::All, |name| StatScope::Workflow(name.to_owned())),
            },
            columns: read_columns(word(COLUMNS)).unwrap_or(default.columns),
            sort: read_sort(word(SORT)),
            heat: match word(HEAT) {
                NO_HEAT => None,
                other => Column::from_slug(other).filter(|column| column.has_heat()).or(default.heat),
            },
            names: text(NAMES),
            bounds: word(BOUNDS).split(';').filter_map(read_bound).collect(),
            open,
            chosen,
            compare: text(COMPARE),
        }
    }

    /// Writes what differs from the default; other keys stay.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let default = Self::default();
        let mut set = |key: &str, value: Option<String>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value)),
            None => drop(params.remove(key)),
        };
        set(FIRST, (self.first != default.first).then(|| self.first.slug()));
        set(SECOND, self.second.as_ref().map(Dimension::slug));
        set(RAW, self.raw.then(|| "1".to_owned()));
        set(
            SCOPE,
            match &self.scope {
                StatScope::All => None,
                StatScope::Trace => Some(TRACE.to_owned()),
                StatScope::Workflow(name) => Some(format!("{WORKFLOW}{name}")),
            },
        );
        set(COLUMNS, (self.columns != default.columns).then(|| print_columns(&self.columns)));
        let sort: Vec<String> = self.sort.iter().map(|(column, direction)| format!("{}{}", sign(*direction), column.slug())).collect();
        set(SORT, (!sort.is_empty()).then(|| sort.join(",")));
        set(HEAT, (self.heat != default.heat).then(|| self.heat.map_or(NO_HEAT, Column::slug).to_owned()));
        set(NAMES, self.names.clone());
        let bounds: Vec<String> =
            self.bounds.iter().map(|(column, bound)| format!("{}:{}", column.slug(), bound.replace(';', ""))).collect();
        set(BOUNDS, (!bounds.is_empty()).then(|| bounds.join(";")));
        let open: Vec<String> = self.open.iter().take(OPEN_LIMIT).map(print_value).collect();
        set(OPEN, (!open.is_empty()).then(|| open.join("\n")));
        set(GROUP, self.chosen.as_ref().map(|chosen| print_value(&chosen.first)));
        set(SUBGROUP, self.chosen.as_ref().and_then(|chosen| chosen.second.as_ref()).map(print_value));
        set(COMPARE, self.compare.clone());
    }

    /// Keys whose value is not understood, or not in full, with what was not: it is ignored. Names of groups can be any; whether the file has a
    /// workflow of a name is for those who know the file.
    pub fn ignored(params: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let list = |key: &'static str, separator: char, is_read: &dyn Fn(&str) -> bool| {
            let wrong: Vec<&str> = word(key).split(separator).filter(|part| !part.is_empty() && !is_read(part)).collect();
            (!wrong.is_empty()).then(|| (key, shown_word(&wrong.join(&separator.to_string()))))
        };
        let one = |key: &'static str, is_read: &dyn Fn(&str) -> bool| {
            Some(word(key)).filter(|text| !text.is_empty() && !is_read(text)).map(|text| (key, shown_word(text)))
        };
        let first = Self::read(params).first;
        let found = [
            one(FIRST, &|text| Dimension::from_slug(text).is_some()),
            one(SECOND, &|text| Dimension::from_slug(text).is_some_and(|second| second != first)),
            one(RAW, &|text| text == "1"),
            one(SCOPE, &|text| text == TRACE || text.strip_prefix(WORKFLOW).is_some_and(|name| !name.is_empty())),
            list(COLUMNS, ',', &|text| Column::from_slug(text).is_some()),
            list(SORT, ',', &|text| Column::from_slug(text.strip_prefix('-').unwrap_or(text)).is_some_and(|column| column.is_sortable())),
            one(HEAT, &|text| text == NO_HEAT || Column::from_slug(text).is_some_and(|column| column.has_heat())),
            list(BOUNDS, ';', &|text| bounds::read_entry(text).is_some()),
            list(SpanSort::KEY, ',', &SpanSort::knows),
        ];
        found.into_iter().flatten().chain(CompareParams::ignored(params)).collect()
    }

    /// Takes what is ignored out of an address.
    pub fn forget_ignored(params: &mut BTreeMap<String, String>, ignored: &[&str]) {
        let mut understood = Self::read(params);
        understood.bounds.retain(|column, text| bounds::Bound::read(text, column.measure()).is_some());
        if ignored.contains(&SCOPE) {
            understood.scope = StatScope::All;
        }
        if ignored.contains(&GROUP) {
            understood.chosen = None;
        }
        understood.write(params);
        if understood.compare.is_some() {
            CompareParams::read(params).write(params);
        }
        let spans = SpanSort::read(params);
        spans.write(params);
    }

    /// The workflow that the file does not have: its spans cannot be counted, so the scope is everything.
    pub fn without_workflow(&mut self) -> Option<(&'static str, String)> {
        let StatScope::Workflow(name) = std::mem::take(&mut self.scope) else { return None };
        Some((SCOPE, shown_word(&format!("{WORKFLOW}{name}"))))
    }

    /// A chosen group, as it stands in the address.
    pub fn chosen_word(&self) -> Option<(&'static str, String)> {
        let chosen = self.chosen.as_ref()?;
        Some((GROUP, shown_word(&print_value(&chosen.first))))
    }

    /// Another first dimension: what was opened and chosen were groups of the one before.
    pub fn group_by(&mut self, first: Dimension) {
        if self.first != first {
            if self.second.as_ref() == Some(&first) {
                self.second = None;
            }
            self.first = first;
            self.forget_groups();
        }
    }

    pub fn then_by(&mut self, second: Option<Dimension>) {
        let second = second.filter(|second| *second != self.first);
        if self.second != second {
            self.second = second;
            self.open.clear();
            self.chosen = self.chosen.take().map(|chosen| GroupKey { second: None, ..chosen });
        }
    }

    fn forget_groups(&mut self) {
        self.open.clear();
        self.chosen = None;
        self.names = None;
    }
}

/// `None` where the text names no column.
pub fn read_columns(text: &str) -> Option<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for column in text.split(',').filter_map(Column::from_slug).filter(|column| *column != Column::Name) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    (!columns.is_empty()).then_some(columns)
}

pub fn print_columns(columns: &[Column]) -> String {
    columns.iter().map(|column| column.slug()).collect::<Vec<_>>().join(",")
}

fn read_sort(text: &str) -> Vec<(Column, Direction)> {
    let mut levels: Vec<(Column, Direction)> = Vec::new();
    for word in text.split(',') {
        let (slug, direction) = match word.strip_prefix('-') {
            Some(slug) => (slug, Direction::Descending),
            None => (word, Direction::Ascending),
        };
        if let Some(column) = Column::from_slug(slug).filter(|column| column.is_sortable())
            && !levels.iter().any(|(other, _)| *other == column)
        {
            levels.push((column, direction));
        }
    }
    levels
}

fn sign(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "",
        Direction::Descending => "-",
    }
}

fn read_bound(text: &str) -> Option<(Column, String)> {
    let (slug, bound) = text.split_once(':')?;
    let column = Column::from_slug(slug).filter(|column| column.has_bounds())?;
    Some((column, bound.trim().to_owned())).filter(|(_, bound)| !bound.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip_and_leave_other_keys_alone() {
        let params = StatisticsParams {
            first: Dimension::Attribute("agent.name".into()),
            second: Some(Dimension::Agent),
            raw: true,
            scope: StatScope::Workflow("a:b & c".into()),
            columns: vec![Column::Count, Column::P99],
            sort: vec![(Column::ErrorPct, Direction::Descending), (Column::Name, Direction::Ascending)],
            heat: None,
            names: Some("writer".into()),
            bounds: BTreeMap::from([(Column::Count, "≥ 20".into()), (Column::P95, "100ms".into())]),
            open: vec![None, Some("a\nb\\n".into()), Some(String::new())],
            chosen: Some(GroupKey { first: Some("\\0".into()), second: Some(None) }),
            compare: Some("x".into()),
        };
        let mut map = BTreeMap::from([("other".to_owned(), "kept".to_owned())]);
        params.write(&mut map);
        assert_eq!(StatisticsParams::read(&map), params);
        StatisticsParams::default().write(&mut map);
        assert_eq!(map, BTreeMap::from([("other".to_owned(), "kept".to_owned())]));
    }

    #[test]
    fn what_is_not_known_gives_the_default() {
        let words = [
            ("by", "shoe size"),
            ("then", "operation"),
            ("cols", "name,none"),
            ("order", "trend,sideways"),
            ("heat", "first_ns"),
            ("where", "count;x:5;name:3;count: "),
        ];
        let mut map: BTreeMap<String, String> = words.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(StatisticsParams::read(&map), StatisticsParams::default());
        for (key, value) in [("in", "nowhere"), ("raw", "yes"), ("rs", "name,shoes"), ("vs", "shoes")] {
            map.insert(key.to_owned(), value.to_owned());
        }
        let mut told: Vec<(&str, String)> = StatisticsParams::ignored(&map);
        told.sort();
        let expected = [
            ("by", "shoe size"),
            ("cols", "none"),
            ("heat", "first_ns"),
            ("in", "nowhere"),
            ("order", "trend,sideways"),
            ("raw", "yes"),
            ("rs", "shoes"),
            ("then", "operation"),
            ("vs", "shoes"),
            ("where", "count;x:5;name:3;count: "),
        ];
        assert_eq!(told, expected.map(|(key, value)| (key, value.to_owned())), "each is told");
        let keys: Vec<&str> = told.iter().map(|(key, _)| *key).collect();
        StatisticsParams::forget_ignored(&mut map, &keys);
        assert!(StatisticsParams::ignored(&map).is_empty());
        assert_eq!(map.get("rs").map(String::as_str), Some("name"), "what was understood stays");
    }

    #[test]
    fn what_is_understood_is_not_told() {
        let words =
            [("by", "attr.x"), ("then", "agent"), ("cols", "name,count"), ("order", "-count,name"), ("where", "count:≥ 5;first_ns:>10:00")];
        let more = [
            ("in", "workflow:a"),
            ("heat", "none"),
            ("vs", "time:5"),
            ("vm", "count,p95"),
            ("group", "gone"),
            ("rs", "-name"),
            ("raw", "1"),
        ];
        let map = words.into_iter().chain(more).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert!(StatisticsParams::ignored(&map).is_empty());
    }

    #[test]
    fn another_grouping_forgets_the_groups_of_the_one_before() {
        let mut params = StatisticsParams { second: Some(Dimension::Agent), open: vec![None], ..StatisticsParams::default() };
        params.chosen = Some(GroupKey { first: Some("a".into()), second: Some(None) });
        params.then_by(Some(Dimension::Service));
        assert_eq!(params.chosen, Some(GroupKey { first: Some("a".into()), second: None }));
        params.group_by(Dimension::Service);
        assert_eq!((params.chosen.clone(), params.second.clone(), params.open.len()), (None, None, 0));
        params.then_by(Some(Dimension::Service));
        assert_eq!(params.second, None, "not twice by the same");
    }
}
