//! The Timeline's own keys in the address: how the list of traces is ordered and narrowed, which tab of the details is open. Pure.

use std::collections::BTreeMap;

use crate::state::traces::TraceSort;

const SORT: &str = "sort";
const FIND: &str = "find";
const FAILED: &str = "failed";
const TAB: &str = "tab";

/// A tab of the span's details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetailsTab {
    #[default]
    Overview,
    Attributes,
    Events,
    Raw,
}

impl DetailsTab {
    pub const ALL: [Self; 4] = [Self::Overview, Self::Attributes, Self::Events, Self::Raw];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Raw => "raw",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.slug() == slug)
    }
}

/// Read tolerantly: a word that is not known gives the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineParams {
    pub sort: TraceSort,
    /// What the traces are searched for; never only spaces.
    pub find: Option<String>,
    pub failed_only: bool,
    pub tab: DetailsTab,
}

impl TimelineParams {
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        Self {
            sort: TraceSort::from_slug(word(SORT)).unwrap_or_default(),
            find: Some(word(FIND).trim()).filter(|text| !text.is_empty()).map(str::to_owned),
            failed_only: word(FAILED) == "1",
            tab: DetailsTab::from_slug(word(TAB)).unwrap_or_default(),
        }
    }

    /// Writes what differs from the default; other keys stay.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let mut set = |key: &str, value: Option<&str>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value.to_owned())),
            None => drop(params.remove(key)),
        };
        set(SORT, (self.sort != TraceSort::default()).then(|| self.sort.slug()));
        set(FIND, self.find.as_deref());
        set(FAILED, self.failed_only.then_some("1"));
        set(TAB, (self.tab != DetailsTab::default()).then(|| self.tab.slug()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip_and_leave_other_keys_alone() {
        let params =
            TimelineParams { sort: TraceSort::Slowest, find: Some("writer & co".into()), failed_only: true, tab: DetailsTab::Events };
        let mut map = BTreeMap::from([("other".to_owned(), "kept".to_owned())]);
        params.write(&mut map);
        assert_eq!(TimelineParams::read(&map), params);
        TimelineParams::default().write(&mut map);
        assert_eq!(map, BTreeMap::from([("other".to_owned(), "kept".to_owned())]));
    }

    #[test]
    fn unknown_words_give_the_default() {
        let map = BTreeMap::from([
            ("sort".to_owned(), "sideways".to_owned()),
            ("find".to_owned(), "  ".to_owned()),
            ("tab".to_owned(), "".to_owned()),
        ]);
        assert_eq!(TimelineParams::read(&map), TimelineParams::default());
    }
}
