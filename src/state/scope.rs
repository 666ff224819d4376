//! Which spans every mode speaks of: the filter and the time range of the address, as one condition over `main.spans`.
//!
//! A filter that cannot be read is none; the filter bar lets only those into the address that can. Pure but for the hook in `use_scope`. Must not know a mode.

use std::{collections::BTreeSet, rc::Rc};

use super::extras::{self, Extra};
use crate::core::filter::{Filter, Node};

pub mod check;
pub mod edit;
mod hook;
pub use hook::{Counts, ScopeState, use_scope};

/// A filter and a time range that are in force. A span lies in the range when it starts in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    pub filter: Filter,
    /// First nanosecond since 1970.
    pub from_ns: Option<i64>,
    /// First nanosecond behind the range.
    pub to_ns: Option<i64>,
}

impl Scope {
    pub fn is_everything(&self) -> bool {
        self.filter.is_empty() && self.from_ns.is_none() && self.to_ns.is_none()
    }

    /// The same filter over all times.
    #[must_use]
    pub fn at_any_time(&self) -> Self {
        Self { filter: self.filter.clone(), from_ns: None, to_ns: None }
    }

    /// This scope and another filter.
    #[must_use]
    pub fn and(&self, filter: Filter) -> Self {
        Self { filter: self.filter.clone().and(filter), ..self.clone() }
    }

    /// The columns that its condition reads.
    pub fn extras(&self) -> BTreeSet<Extra> {
        self.filter.needs().into_iter().map(Extra::Of).collect()
    }

    /// The condition, for a WHERE or a FILTER: it may be NULL where it does not hold. Every column of [`Scope::extras`] stands beside `main.spans`.
    pub fn condition(&self) -> String {
        let mut parts = Vec::new();
        if let Some(from_ns) = self.from_ns {
            parts.push(format!("start_time >= {from_ns}"));
        }
        if let Some(to_ns) = self.to_ns {
            parts.push(format!("start_time < {to_ns}"));
        }
        if !self.filter.is_empty() {
            // Every need has its column, so nothing is left that SQL cannot say.
            parts.push(self.filter.to_where_with(&|need| Some(Extra::Of(need.clone()).column())).unwrap_or_else(|_| "false".to_owned()));
        }
        if parts.is_empty() { "true".to_owned() } else { parts.join(" AND ") }
    }

    /// `main.spans` with the columns of the condition and `more` beside it.
    pub fn source(&self, more: &[Extra]) -> String {
        let mut all = self.extras();
        all.extend(more.iter().cloned());
        extras::source(&all)
    }

    /// `FROM … WHERE …`: the spans in scope, with the columns `more` beside them.
    pub fn from_where(&self, more: &[Extra]) -> String {
        let from = self.source(more);
        match self.is_everything() {
            true => format!("FROM {from}"),
            false => format!("FROM {from} WHERE {}", self.condition()),
        }
    }

    /// The conditions that must all hold, each as it could stand alone.
    pub fn parts(&self) -> Vec<Node> {
        parts_of(&self.filter)
    }
}

/// The parts of a filter that must all hold.
pub fn parts_of(filter: &Filter) -> Vec<Node> {
    match &filter.root {
        Some(Node::And(nodes)) => nodes.clone(),
        Some(node) => vec![node.clone()],
        None => Vec::new(),
    }
}

/// The filter of these parts.
pub fn of_parts(parts: Vec<Node>) -> Filter {
    Filter { root: Node::all(parts) }
}

/// How many spans of each trace are in scope: `trace_no`, `spans`, `errors`. Spans without a trace id have a row of their own.
pub fn counts_sql(scope: &Scope) -> String {
    let no = Extra::TraceNo;
    format!(
        "SELECT {0} AS trace_no, count(*) AS spans, count(*) FILTER (WHERE status_code = 'ERROR') AS errors {1} GROUP BY ALL",
        no.column(),
        scope.from_where(&[no])
    )
}

/// How many spans there would be without each part of the filter: `w0`, `w1` … and, without the range, `wt`.
pub fn without_each_sql(scope: &Scope) -> String {
    let parts = scope.parts();
    let mut columns: Vec<String> = (0..parts.len())
        .map(|without| {
            let mut others = parts.clone();
            others.remove(without);
            let other = Scope { filter: of_parts(others), ..scope.clone() };
            format!("count(*) FILTER (WHERE {}) AS w{without}", other.condition())
        })
        .collect();
    if scope.from_ns.is_some() || scope.to_ns.is_some() {
        columns.push(format!("count(*) FILTER (WHERE {}) AS wt", scope.at_any_time().condition()));
    }
    if columns.is_empty() {
        columns.push("count(*) AS spans".to_owned());
    }
    format!("SELECT {} FROM {}", columns.join(", "), scope.source(&[]))
}

/// What the address says, with what is wrong in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub filter: Result<Filter, crate::core::filter::FilterError>,
    pub from_ns: Option<i64>,
    pub to_ns: Option<i64>,
}

impl Asked {
    /// A range that ends before it begins is none.
    pub fn read(url: &super::url::UrlState) -> Rc<Self> {
        let range = match (url.from_ns, url.to_ns) {
            (Some(from), Some(to)) if to <= from => (None, None),
            range => range,
        };
        Rc::new(Self { filter: Filter::parse(url.filter.as_deref().unwrap_or_default()), from_ns: range.0, to_ns: range.1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(filter: &str, from_ns: Option<i64>, to_ns: Option<i64>) -> Scope {
        Scope { filter: Filter::parse(filter).unwrap(), from_ns, to_ns }
    }

    #[test]
    fn the_whole_file_needs_no_condition() {
        assert_eq!(Scope::default().from_where(&[]), "FROM main.spans");
        assert_eq!(counts_sql(&Scope::default()).matches("WHERE").count(), 1, "only that of the errors");
    }

    #[test]
    fn range_and_filter_are_one_condition() {
        let sql = scope("status:error", Some(5), Some(9)).from_where(&[]);
        assert_eq!(sql, "FROM main.spans WHERE start_time >= 5 AND start_time < 9 AND status_code IN ('ERROR')");
    }

    #[test]
    fn what_the_table_does_not_hold_is_read_from_its_own_column() {
        let scope = scope("attr.k=v self>1ms -has:exception agent:a", None, None);
        let sql = scope.from_where(&[Extra::AGENT]);
        for extra in scope.extras() {
            assert_eq!(sql.matches(&format!("POSITIONAL JOIN {}", extra.table())).count(), 1, "{sql}");
        }
        assert!(sql.contains("\"x:self_ns\", 0) > 1000000"), "{sql}");
        assert!(!sql.contains("attributes") && !sql.contains("events"), "{sql}");
    }

    #[test]
    fn a_filter_is_its_parts() {
        let filter = Filter::parse("service:A (status:error OR dur>1s) -op:x").unwrap();
        let parts = parts_of(&filter);
        assert_eq!(parts.len(), 3);
        assert_eq!(of_parts(parts), filter);
        assert_eq!(of_parts(parts_of(&Filter::default())), Filter::default());
    }
}
