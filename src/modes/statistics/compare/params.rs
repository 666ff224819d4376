//! The keys of the comparison in the address. Pure.

use std::collections::BTreeMap;

use super::{
    super::params::{GroupValue, print_value, read_value},
    model::{Column, Measure, Sort},
};
use crate::{
    core::{
        filter::{Filter, FilterError},
        ignored::shown_word,
    },
    state::{presets::Preset, scope::Scope},
};

const SPLIT: &str = "vs";
const A: SideKeys = SideKeys { filter: "va", from: "vaf", to: "vat" };
const B: SideKeys = SideKeys { filter: "vb", from: "vbf", to: "vbt" };
const MEASURES: &str = "vm";
const SORT: &str = "vo";
const GROUP: &str = "vg";
const SUBGROUP: &str = "vh";

const MOMENT: &str = "time";
const FILTERS: &str = "filters";
const FILE: &str = "file";

/// Read tolerantly: what is not known gives the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareParams {
    pub split: SplitBy,
    pub a: SideFilter,
    pub b: SideFilter,
    pub measures: Vec<Measure>,
    pub sort: Sort,
    pub chosen: Option<(GroupValue, Option<GroupValue>)>,
}

/// What a side lets through beside the page's filter: a filter as it was written and, from a preset, a time range [from, to) in ns since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideFilter {
    pub text: String,
    pub from_ns: Option<i64>,
    pub to_ns: Option<i64>,
}

impl SideFilter {
    /// What was typed or chosen: the name of a preset, or a filter.
    pub fn of_words(words: &str, presets: &[Preset]) -> Self {
        match presets.iter().find(|preset| preset.name == words.trim()) {
            Some(preset) => Self { text: preset.filter.clone(), from_ns: preset.from_ns, to_ns: preset.to_ns },
            None => Self { text: words.to_owned(), ..Self::default() },
        }
    }

    /// The scope that is left of `scope`. Errors: the filter cannot be read.
    pub fn within(&self, scope: &Scope) -> Result<Scope, FilterError> {
        let scope = scope.and(Filter::parse(&self.text)?);
        let from_ns = self.from_ns.max(scope.from_ns);
        let to_ns = self.to_ns.into_iter().chain(scope.to_ns).min();
        Ok(Scope { from_ns, to_ns, ..scope })
    }
}

/// The keys of a side in the address.
struct SideKeys {
    filter: &'static str,
    from: &'static str,
    to: &'static str,
}

impl SideKeys {
    fn read(&self, params: &BTreeMap<String, String>) -> SideFilter {
        let ns = |key: &str| params.get(key).and_then(|text| text.parse().ok());
        SideFilter { text: params.get(self.filter).cloned().unwrap_or_default(), from_ns: ns(self.from), to_ns: ns(self.to) }
    }

    fn write(&self, side: &SideFilter) -> [(&'static str, Option<String>); 3] {
        let text = Some(side.text.trim().to_owned()).filter(|text| !text.is_empty());
        [(self.filter, text), (self.from, side.from_ns.map(|ns| ns.to_string())), (self.to, side.to_ns.map(|ns| ns.to_string()))]
    }
}

/// What A and B are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitBy {
    /// Spans that start before a moment (ns since 1970), and from then on; `None` is the middle of the range in view.
    Moment(Option<i64>),
    Filters,
    File,
}

impl SplitBy {
    pub fn print(self) -> String {
        match self {
            Self::Moment(None) => MOMENT.to_owned(),
            Self::Moment(Some(ns)) => format!("{MOMENT}:{ns}"),
            Self::Filters => FILTERS.to_owned(),
            Self::File => FILE.to_owned(),
        }
    }

    fn read(text: &str) -> Self {
        match text {
            FILTERS => Self::Filters,
            FILE => Self::File,
            _ => Self::Moment(text.strip_prefix("time:").and_then(|ns| ns.parse().ok())),
        }
    }
}

impl CompareParams {
    /// Keys whose value is not understood, with the value. (A filter of a side that cannot be read is told where it is shown.)
    pub fn ignored(params: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        let told = |key: &'static str, is_read: fn(&str) -> bool| {
            let text = params.get(key).map(|text| text.trim()).filter(|text| !text.is_empty() && !is_read(text))?;
            Some((key, shown_word(text)))
        };
        let found = [
            told(SPLIT, |text| matches!(text, MOMENT | FILTERS | FILE) || SplitBy::read(text) != SplitBy::Moment(None)),
            told(MEASURES, |text| text.split(',').all(|measure| Measure::from_slug(measure).is_some())),
            told(SORT, |text| Sort::read(text).is_some()),
        ];
        found.into_iter().flatten().collect()
    }

    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let mut measures: Vec<Measure> = word(MEASURES).split(',').filter_map(Measure::from_slug).collect();
        measures.dedup();
        if measures.is_empty() {
            measures = Measure::DEFAULT.to_vec();
        }
        let chosen = params.get(GROUP).map(|first| (read_value(first), params.get(SUBGROUP).map(|second| read_value(second))));
        Self {
            split: SplitBy::read(word(SPLIT)),
            a: A.read(params),
            b: B.read(params),
            measures,
            sort: Sort::read(word(SORT)).unwrap_or_default(),
            chosen,
        }
    }

    /// Writes what differs from the default; other keys stay. The split is always written: it says that something is compared.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let mut set = |key: &str, value: Option<String>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value)),
            None => drop(params.remove(key)),
        };
        let slugs = |measures: &[Measure]| measures.iter().map(|measure| measure.slug()).collect::<Vec<_>>().join(",");
        set(SPLIT, Some(self.split.print()));
        for (key, value) in A.write(&self.a).into_iter().chain(B.write(&self.b)) {
            set(key, value);
        }
        set(MEASURES, (self.measures != Measure::DEFAULT).then(|| slugs(&self.measures)));
        set(SORT, (self.sort != Sort::default()).then(|| self.sort.print()));
        set(GROUP, self.chosen.as_ref().map(|(first, _)| print_value(first)));
        set(SUBGROUP, self.chosen.as_ref().and_then(|(_, second)| second.as_ref()).map(print_value));
    }

    /// Shows a measure, or leaves it out; one always stays.
    pub fn toggle(&mut self, measure: Measure) {
        let shown: Vec<Measure> = Measure::ALL.into_iter().filter(|other| self.measures.contains(other) != (*other == measure)).collect();
        if !shown.is_empty() {
            self.measures = shown;
        }
        let is_gone = |column: Column| matches!(column, Column::Of(measure, _) if !self.measures.contains(&measure));
        if is_gone(self.sort.column) {
            self.sort = Sort::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modes::statistics::compare::model::Part;

    #[test]
    fn what_is_written_is_read() {
        let all = CompareParams {
            split: SplitBy::Moment(Some(5)),
            a: SideFilter { text: "status:error".to_owned(), from_ns: Some(-3), to_ns: None },
            b: SideFilter { text: "agent:x".to_owned(), from_ns: None, to_ns: Some(9) },
            measures: vec![Measure::Count, Measure::P50],
            sort: Sort { column: Column::Of(Measure::P50, Part::Change), descending: false },
            chosen: Some((Some("a\nb".to_owned()), Some(None))),
        };
        for params in [all.clone(), CompareParams { split: SplitBy::File, ..all }, CompareParams::read(&BTreeMap::new())] {
            let mut written = BTreeMap::new();
            params.write(&mut written);
            assert_eq!(CompareParams::read(&written), params, "{written:?}");
        }
    }

    #[test]
    fn a_preset_brings_its_filter_and_its_range_within_the_pages() {
        let presets = [Preset { name: "mine".to_owned(), filter: "service:Agent".to_owned(), from_ns: Some(10), to_ns: Some(90) }];
        let side = SideFilter::of_words(" mine ", &presets);
        assert_eq!((side.text.as_str(), side.from_ns, side.to_ns), ("service:Agent", Some(10), Some(90)));
        let page = Scope { filter: Filter::parse("status:error").unwrap(), from_ns: Some(5), to_ns: Some(60) };
        let scope = side.within(&page).unwrap();
        assert_eq!((scope.from_ns, scope.to_ns), (Some(10), Some(60)));
        let scope = side.within(&Scope::default()).unwrap();
        assert_eq!((scope.from_ns, scope.to_ns, scope.filter.print().as_str()), (Some(10), Some(90), "service:Agent"));
        let typed = SideFilter::of_words("name:mine", &presets);
        assert_eq!((typed.text.as_str(), typed.from_ns), ("name:mine", None));
        assert!(SideFilter::of_words("dur>", &presets).within(&page).is_err());
    }

    #[test]
    fn one_measure_always_stays_and_a_sort_goes_with_its_measure() {
        let mut params =
            CompareParams::read(&BTreeMap::from([("vm".to_owned(), "p95,p50".to_owned()), ("vo".to_owned(), "p50_b_ms".to_owned())]));
        params.toggle(Measure::P50);
        assert_eq!((params.measures.clone(), params.sort), (vec![Measure::P95], Sort::default()));
        params.toggle(Measure::P95);
        assert_eq!(params.measures, [Measure::P95]);
        params.toggle(Measure::Count);
        assert_eq!(params.measures, [Measure::Count, Measure::P95], "in the order of the table");
    }
}
