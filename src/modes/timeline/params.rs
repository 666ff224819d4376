//! The Timeline's own keys in the address: how the list of traces is ordered and narrowed, how the trace is shown, which tab of the details is
//! open. Pure.

use std::collections::BTreeMap;

use crate::state::traces::TraceSort;

const SORT: &str = "sort";
const FIND: &str = "find";
const FAILED: &str = "failed";
const TAB: &str = "tab";
const VIEW: &str = "view";
const MATCH: &str = "match";
const ONLY: &str = "only";
const REST: &str = "rest";
const ZOOM: &str = "zoom";
const FOLD: &str = "fold";
const HOOKS: &str = "hooks";
const PATH: &str = "path";
const THROUGH: &str = "through";
const FLOW: &str = "flow";
const ROOT: &str = "root";
const COMPARE: &str = "cmp";
const JOURNEY: &str = "journey";

/// In place of a trace id: the trace to compare with is yet to be chosen.
pub const PICK: &str = "pick";

/// A tab of the span's details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetailsTab {
    #[default]
    Overview,
    Io,
    Attributes,
    Events,
    Links,
    Raw,
}

impl DetailsTab {
    pub const ALL: [Self; 6] = [Self::Overview, Self::Io, Self::Attributes, Self::Events, Self::Links, Self::Raw];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Io => "io",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Links => "links",
            Self::Raw => "raw",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.slug() == slug)
    }
}

/// How the chosen trace is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceView {
    #[default]
    Waterfall,
    Flame,
    Spans,
    Path,
}

impl TraceView {
    pub const ALL: [Self; 4] = [Self::Waterfall, Self::Flame, Self::Spans, Self::Path];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Waterfall => "waterfall",
            Self::Flame => "flame",
            Self::Spans => "spans",
            Self::Path => "path",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.slug() == slug)
    }
}

/// Read tolerantly: a word that is not known gives the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineParams {
    pub sort: TraceSort,
    /// What the traces are searched for; never only spaces.
    pub find: Option<String>,
    pub failed_only: bool,
    pub tab: DetailsTab,
    pub view: TraceView,
    /// What the spans of the trace are searched for, in the filter language; never only spaces.
    pub matching: Option<String>,
    /// Only what matches is shown, with its parents.
    pub matches_only: bool,
    /// Spans out of the page's scope are shown, but weaker.
    pub dim_rest: bool,
    /// The range in view, nanoseconds from the trace's start, end after start; `None` is the whole trace.
    pub zoom: Option<(i64, i64)>,
    /// Idle gaps are folded.
    pub fold_gaps: bool,
    /// Framework hooks are shown.
    pub show_hooks: bool,
    /// The critical path is drawn.
    pub show_path: bool,
    /// The critical path as a table looks through spans that poll.
    pub through: bool,
    /// The flow of artifacts is drawn.
    pub show_flow: bool,
    /// Span id of the subtree that stands for the trace.
    pub root: Option<String>,
    /// Trace id to compare with.
    pub compare: Option<String>,
    /// Correlation id whose spans, of all traces, are shown in place of a trace.
    pub journey: Option<String>,
}

impl Default for TimelineParams {
    fn default() -> Self {
        Self {
            sort: TraceSort::default(),
            find: None,
            failed_only: false,
            tab: DetailsTab::default(),
            view: TraceView::default(),
            matching: None,
            matches_only: false,
            dim_rest: false,
            zoom: None,
            fold_gaps: false,
            show_hooks: false,
            show_path: true,
            through: false,
            show_flow: true,
            root: None,
            compare: None,
            journey: None,
        }
    }
}

impl TimelineParams {
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let text = |key: &str| Some(word(key).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            sort: TraceSort::from_slug(word(SORT)).unwrap_or_default(),
            find: text(FIND),
            failed_only: word(FAILED) == "1",
            tab: DetailsTab::from_slug(word(TAB)).unwrap_or_default(),
            view: TraceView::from_slug(word(VIEW)).unwrap_or_default(),
            matching: text(MATCH),
            matches_only: word(ONLY) == "1",
            dim_rest: word(REST) == "dim",
            zoom: read_zoom(word(ZOOM)),
            fold_gaps: word(FOLD) == "1",
            show_hooks: word(HOOKS) == "1",
            show_path: word(PATH) != "0",
            through: word(THROUGH) == "1",
            show_flow: word(FLOW) != "0",
            root: text(ROOT),
            compare: text(COMPARE),
            journey: text(JOURNEY),
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
        set(VIEW, (self.view != TraceView::default()).then(|| self.view.slug()));
        set(MATCH, self.matching.as_deref());
        set(ONLY, self.matches_only.then_some("1"));
        set(REST, self.dim_rest.then_some("dim"));
        set(ZOOM, self.zoom.map(|(from, to)| format!("{from}-{to}")).as_deref());
        set(FOLD, self.fold_gaps.then_some("1"));
        set(HOOKS, self.show_hooks.then_some("1"));
        set(PATH, (!self.show_path).then_some("0"));
        set(THROUGH, self.through.then_some("1"));
        set(FLOW, (!self.show_flow).then_some("0"));
        set(ROOT, self.root.as_deref());
        set(COMPARE, self.compare.as_deref());
        set(JOURNEY, self.journey.as_deref());
    }

    /// What belongs to one trace only: gone when another one is chosen.
    pub fn forget_trace(&mut self) {
        self.zoom = None;
        self.root = None;
        self.compare = None;
        self.journey = None;
    }
}

/// `from-to`, two offsets in nanoseconds.
fn read_zoom(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (0 <= from && from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip_and_leave_other_keys_alone() {
        let params = TimelineParams {
            sort: TraceSort::Slowest,
            find: Some("writer & co".into()),
            failed_only: true,
            tab: DetailsTab::Events,
            view: TraceView::Flame,
            matching: Some("service:Agent dur>1s".into()),
            matches_only: true,
            dim_rest: true,
            zoom: Some((0, 1_500_000_000)),
            fold_gaps: true,
            show_hooks: true,
            show_path: false,
            through: true,
            show_flow: false,
            root: Some("a1".into()),
            compare: Some("b2".into()),
            journey: Some("c-3".into()),
        };
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
            ("view".to_owned(), "upside-down".to_owned()),
        ]);
        assert_eq!(TimelineParams::read(&map), TimelineParams::default());
    }

    #[test]
    fn a_range_that_is_none_is_the_whole_trace() {
        for text in ["", "5", "9-5", "5-5", "-5-9", "a-b", "1-99999999999999999999"] {
            assert_eq!(read_zoom(text), None, "{text}");
        }
        assert_eq!(read_zoom("5-9"), Some((5, 9)));
    }
}
