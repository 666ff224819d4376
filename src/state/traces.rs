//! The list of traces of the open file: one table in the engine, made once, and its rows on the page.
//!
//! Pure: SQL text and the reading of its answer. `trace_no` numbers the traces newest first; a search answers with numbers.

use crate::{
    core::{
        order::sort_by_key,
        sql::{contains_ignoring_case, quote_text},
        time_axis::TimeScale,
    },
    engine::{Table, TableError},
};

/// One pass over the light columns. A trace's name is that of its earliest root, or of its earliest span where the root is not in the file.
pub const CREATE_SQL: &str = "CREATE OR REPLACE TABLE main.trace_index AS \
SELECT (row_number() OVER (ORDER BY start_time DESC, trace_id) - 1)::INTEGER AS trace_no, trace_id, start_time, end_time, spans, errors, coalesce(root_name, first_name) AS name \
FROM (SELECT trace_id, min(start_time) AS start_time, greatest(max(end_time), max(start_time)) AS end_time, count(*) AS spans, \
count(*) FILTER (WHERE status_code = 'ERROR') AS errors, arg_min(name, start_time) FILTER (WHERE parent_id IS NULL) AS root_name, arg_min(name, start_time) AS first_name \
FROM main.spans WHERE trace_id IS NOT NULL GROUP BY trace_id)";

pub const READ_SQL: &str =
    "SELECT trace_id, coalesce(name, '') AS name, start_time, end_time, spans, errors FROM main.trace_index ORDER BY trace_no";

/// The number behind that of the last row of `spandeck.span_rows`.
pub const ROWS_SQL: &str = "SELECT coalesce(max(row_no) + 1, 0)::BIGINT AS rows FROM spandeck.span_rows";

/// Services with their numbers of spans, most spans first.
pub const SERVICES_SQL: &str =
    "SELECT service AS name, count(*) AS spans FROM main.spans WHERE service IS NOT NULL GROUP BY service ORDER BY spans DESC, name";

/// Agents with their numbers of runs, most first.
pub const AGENTS_SQL: &str = "SELECT agent AS name, count(*) AS spans FROM main.agent_runs GROUP BY agent ORDER BY spans DESC, agent";

/// An id is searched by its beginning, from so many characters on.
const ID_CHARS: usize = 6;

/// Numbers of the traces in which `text` occurs: in their id, in the name or service of any span, or as an agent that ran (once the runs
/// have been gathered); a text that may be the beginning of a span's id is looked for there too. Upper and lower case are
/// the same.
pub fn search_sql(text: &str, agents_gathered: bool) -> String {
    let like = |column: &str| contains_ignoring_case(column, text);
    let mut of_spans = vec![like("name"), like("service")];
    if is_id_like(text) {
        of_spans.push(format!("starts_with(span_id, {})", quote_text(&text.to_ascii_lowercase())));
    }
    let agents = match agents_gathered {
        true => format!(" OR trace_id IN (SELECT trace_id FROM main.agent_runs WHERE {})", like("agent")),
        false => String::new(),
    };
    format!(
        "SELECT trace_no FROM main.trace_index WHERE {} OR trace_id IN (SELECT trace_id FROM main.spans WHERE {}){agents} ORDER BY trace_no",
        like("trace_id"),
        of_spans.join(" OR "),
    )
}

/// Distinct agents of some traces, for the marks in the list.
pub fn agents_of_sql(trace_ids: &[&str]) -> String {
    let list: Vec<String> = trace_ids.iter().map(|id| quote_text(id)).collect();
    format!(
        "SELECT trace_id, agent FROM main.agent_runs WHERE trace_id IN ({}) GROUP BY trace_id, agent ORDER BY trace_id, min(start_time), agent",
        list.join(", ")
    )
}

/// Whether a text that was typed or pasted is meant as the beginning of an id.
pub fn is_id_like(text: &str) -> bool {
    text.len() >= ID_CHARS && text.chars().all(|character| character.is_ascii_hexdigit())
}

/// What a file has of traces whose id begins in a certain way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    None,
    One(u32),
    /// Their numbers, in the order of the list.
    Several(Vec<u32>),
}

/// A row of the list. Times in ns since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceRow<'a> {
    pub trace_id: &'a str,
    pub name: &'a str,
    pub start_ns: i64,
    pub end_ns: i64,
    pub spans: u64,
    pub errors: u64,
}

impl TraceRow<'_> {
    pub fn duration_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns).max(0)
    }

    /// Length of the row's bar, where the slowest trace of the file has 100.
    pub fn share_percent(&self, slowest_ns: i64) -> f64 {
        TimeScale { start_ns: 0, end_ns: slowest_ns, width_px: 100.0 }.width_percent_of(0, self.duration_ns())
    }
}

/// All traces, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceIndex {
    table: Table,
}

/// How the list is ordered; each has one direction that people want first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceSort {
    #[default]
    Newest,
    Oldest,
    Slowest,
    Fastest,
    MostSpans,
    MostErrors,
}

impl TraceSort {
    pub const ALL: [Self; 6] = [Self::Newest, Self::Oldest, Self::Slowest, Self::Fastest, Self::MostSpans, Self::MostErrors];

    /// The word in the address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Slowest => "slowest",
            Self::Fastest => "fastest",
            Self::MostSpans => "spans",
            Self::MostErrors => "errors",
        }
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Newest => "Newest",
            Self::Oldest => "Oldest",
            Self::Slowest => "Slowest",
            Self::Fastest => "Fastest",
            Self::MostSpans => "Most spans",
            Self::MostErrors => "Most errors",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.slug() == slug)
    }
}

impl TraceIndex {
    /// # Errors
    /// When the answer is not one of `READ_SQL`.
    pub fn new(table: Table) -> Result<Self, TableError> {
        for name in ["trace_id", "name"] {
            table.texts(name)?;
        }
        for name in ["start_time", "end_time", "spans", "errors"] {
            table.ints(name)?;
        }
        Ok(Self { table })
    }

    pub fn len(&self) -> usize {
        self.table.rows()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, number: u32) -> Option<TraceRow<'_>> {
        let row = number as usize;
        if row >= self.len() {
            return None;
        }
        let int = |name| self.table.ints(name).ok()?.get(row);
        let text = |name| self.table.texts(name).ok()?.get(row);
        let start_ns = int("start_time").unwrap_or(0);
        Some(TraceRow {
            trace_id: text("trace_id")?,
            name: text("name").unwrap_or_default(),
            start_ns,
            end_ns: int("end_time").unwrap_or(start_ns),
            spans: int("spans").and_then(|n| n.try_into().ok()).unwrap_or(0),
            errors: int("errors").and_then(|n| n.try_into().ok()).unwrap_or(0),
        })
    }

    /// The number of a trace by its id, or by the only id that starts so (links and messages often carry short ones).
    pub fn find(&self, id: &str) -> Option<u32> {
        let ids = self.table.texts("trace_id").ok()?;
        let mut by_prefix = None;
        let mut several = false;
        for row in 0..self.len() {
            let Some(candidate) = ids.get(row) else { continue };
            if candidate == id {
                return u32::try_from(row).ok();
            }
            if id.len() >= 6 && candidate.starts_with(id) {
                several |= by_prefix.is_some();
                by_prefix = u32::try_from(row).ok();
            }
        }
        by_prefix.filter(|_| !several)
    }

    /// The whole id of the only trace whose id begins so.
    pub fn complete(&self, id: &str) -> Option<String> {
        match self.lookup(id) {
            Lookup::One(number) => self.get(number).map(|trace| trace.trace_id.to_owned()),
            Lookup::None | Lookup::Several(_) => None,
        }
    }

    /// The traces with this id, or with ids that begin so. Upper and lower case are the same where ids are hex digits.
    pub fn lookup(&self, id: &str) -> Lookup {
        let (id, Ok(ids)) = (id.trim(), self.table.texts("trace_id")) else { return Lookup::None };
        if id.is_empty() {
            return Lookup::None;
        }
        let lower = id.to_ascii_lowercase();
        let begins = |candidate: &str| candidate.starts_with(id) || candidate.starts_with(&lower);
        let mut found = Vec::new();
        for row in 0..self.len() {
            let (Some(candidate), Ok(number)) = (ids.get(row), u32::try_from(row)) else { continue };
            if candidate == id || candidate == lower {
                return Lookup::One(number);
            }
            if begins(candidate) {
                found.push(number);
            }
        }
        match found.as_slice() {
            [] => Lookup::None,
            [one] => Lookup::One(*one),
            _ => Lookup::Several(found),
        }
    }

    /// Numbers in the wanted order: all, or those that a search found; failed ones only on request.
    pub fn order(&self, sort: TraceSort, found: Option<&[u32]>, errors_only: bool) -> Vec<u32> {
        let all = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut numbers: Vec<u32> = match found {
            Some(found) => found.iter().copied().filter(|number| *number < all).collect(),
            None => (0..all).collect(),
        };
        let (Ok(start), Ok(end), Ok(spans), Ok(errors)) =
            (self.table.ints("start_time"), self.table.ints("end_time"), self.table.ints("spans"), self.table.ints("errors"))
        else {
            return numbers;
        };
        let of = |ints: crate::engine::table::Ints<'_>, number: u32| ints.get(number as usize).unwrap_or(0);
        if errors_only {
            numbers.retain(|number| of(errors, *number) > 0);
        }
        let duration = |number: u32| of(end, number).saturating_sub(of(start, number));
        match sort {
            TraceSort::Newest => sort_by_key(&mut numbers, |number| *number),
            TraceSort::Oldest => sort_by_key(&mut numbers, |number| std::cmp::Reverse(*number)),
            TraceSort::Slowest => sort_by_key(&mut numbers, |number| (std::cmp::Reverse(duration(*number)), *number)),
            TraceSort::Fastest => sort_by_key(&mut numbers, |number| (duration(*number), *number)),
            TraceSort::MostSpans => sort_by_key(&mut numbers, |number| (std::cmp::Reverse(of(spans, *number)), *number)),
            TraceSort::MostErrors => sort_by_key(&mut numbers, |number| (std::cmp::Reverse(of(errors, *number)), *number)),
        }
        numbers
    }

    /// Figures of the whole file.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for number in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            let Some(trace) = self.get(number) else { continue };
            totals.start_ns = Some(totals.start_ns.map_or(trace.start_ns, |start| start.min(trace.start_ns)));
            totals.end_ns = Some(totals.end_ns.map_or(trace.end_ns, |end| end.max(trace.end_ns)));
            totals.spans += trace.spans;
            totals.errors += trace.errors;
            totals.slowest_ns = totals.slowest_ns.max(trace.duration_ns());
        }
        totals
    }
}

/// Sums and extent over all traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub spans: u64,
    pub errors: u64,
    pub start_ns: Option<i64>,
    pub end_ns: Option<i64>,
    /// Duration of the longest trace: the full width of the list's bars.
    pub slowest_ns: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    fn index() -> TraceIndex {
        let ids = ["aaaaaa01", "aaaaaa02", "bbbbbb03"];
        TraceIndex::new(Table::new(vec![
            ("trace_id".to_owned(), Column::texts(ids.map(Some))),
            ("name".to_owned(), Column::texts([Some("run"), Some("run"), Some("stop")])),
            ("start_time".to_owned(), Column::ints([300, 200, 100].map(Some))),
            ("end_time".to_owned(), Column::ints([350, 700, 110].map(Some))),
            ("spans".to_owned(), Column::ints([5, 1, 9].map(Some))),
            ("errors".to_owned(), Column::ints([0, 2, 1].map(Some))),
        ]))
        .unwrap()
    }

    #[test]
    fn every_order_is_by_what_it_says() {
        let index = index();
        let order = |sort| index.order(sort, None, false);
        assert_eq!(order(TraceSort::Newest), [0, 1, 2]);
        assert_eq!(order(TraceSort::Oldest), [2, 1, 0]);
        assert_eq!(order(TraceSort::Slowest), [1, 0, 2]);
        assert_eq!(order(TraceSort::Fastest), [2, 0, 1]);
        assert_eq!(order(TraceSort::MostSpans), [2, 0, 1]);
        assert_eq!(order(TraceSort::MostErrors), [1, 2, 0]);
    }

    #[test]
    fn search_and_errors_narrow_the_list() {
        let index = index();
        assert_eq!(index.order(TraceSort::Oldest, Some(&[0, 2, 99]), false), [2, 0]);
        assert_eq!(index.order(TraceSort::Newest, None, true), [1, 2]);
    }

    #[test]
    fn a_trace_is_found_by_its_id_or_an_unmistakable_beginning() {
        let index = index();
        assert_eq!(index.find("aaaaaa02"), Some(1));
        assert_eq!(index.find("bbbbbb"), Some(2));
        assert_eq!(index.find("aaaaaa"), None, "two ids start so");
        assert_eq!(index.find("bbb"), None, "too short to be meant");
    }

    #[test]
    fn every_beginning_of_an_id_is_looked_up() {
        let index = index();
        assert_eq!(index.lookup("aaaaaa02"), Lookup::One(1));
        assert_eq!(index.lookup(" B "), Lookup::One(2));
        assert_eq!(index.lookup("aaaa"), Lookup::Several(vec![0, 1]));
        assert_eq!((index.lookup("c"), index.lookup(""), index.lookup("aaaaaa021")), (Lookup::None, Lookup::None, Lookup::None));
        assert!(is_id_like("0AF765") && !is_id_like("0af76") && !is_id_like("writer"));
    }

    #[test]
    fn a_search_asks_for_span_ids_and_agents_only_where_that_can_help() {
        let sql = search_sql("Writer's", false);
        assert!(!sql.contains("span_id") && !sql.contains("agent_runs"), "{sql}");
        assert!(sql.contains("'%Writer''s%'"), "{sql}");
        assert!(search_sql("DB9171", true).contains("starts_with(span_id, 'db9171')"));
        assert!(search_sql("writer", true).contains("agent_runs"));
    }

    #[test]
    fn totals_add_up() {
        assert_eq!(index().totals(), Totals { spans: 15, errors: 3, start_ns: Some(100), end_ns: Some(700), slowest_ns: 500 });
    }

    #[test]
    fn sort_words_round_trip() {
        for sort in TraceSort::ALL {
            assert_eq!(TraceSort::from_slug(sort.slug()), Some(sort));
        }
    }
}
