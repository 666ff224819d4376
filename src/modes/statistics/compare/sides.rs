//! What is compared: two scopes, each of a file. Pure.

use std::{ops::Range, rc::Rc};

use super::{
    moment,
    params::{CompareParams, SideFilter, SplitBy},
};
use crate::{
    core::calendar,
    state::{scope::Scope, session::Session},
};

/// One side of a comparison.
#[derive(Clone, PartialEq)]
pub struct Side {
    pub session: Rc<Session>,
    pub scope: Rc<Scope>,
    /// In words.
    pub label: String,
}

/// Why there are no two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSides {
    /// No span of the file says when it started.
    NoTimes,
    /// The filter of A or of B cannot be read.
    Filter(&'static str, String),
    /// Another file is to be opened first.
    NoSecondFile,
}

/// The times that can be split.
pub fn range_of(session: &Session, scope: &Scope) -> Option<Range<i64>> {
    let from = scope.from_ns.or(session.totals.start_ns)?;
    let to = scope.to_ns.or(session.totals.end_ns.map(|end| end.saturating_add(1)))?;
    (from < to).then_some(from..to)
}

/// A time range in words; `None` for any time.
pub fn range_words(from_ns: Option<i64>, to_ns: Option<i64>) -> Option<String> {
    match (from_ns, to_ns) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {}", calendar::instant(from))),
        (None, Some(to)) => Some(format!("before {}", calendar::instant(to))),
        (Some(from), Some(to)) => Some(format!("{} to {}", calendar::instant(from), calendar::instant(to))),
    }
}

/// A and B as the address asks for them.
pub fn sides_of(
    params: &CompareParams,
    session: &Rc<Session>,
    second: Option<&Rc<Session>>,
    scope: &Rc<Scope>,
) -> Result<[Side; 2], NoSides> {
    let here = |scope: Scope, label: String| Side { session: session.clone(), scope: Rc::new(scope), label };
    match params.split {
        SplitBy::Moment(at) => {
            let range = range_of(session, scope).ok_or(NoSides::NoTimes)?;
            let at = at.unwrap_or_else(|| moment::middle(&range)).clamp(range.start, range.end);
            let words = calendar::instant(at);
            Ok([
                here(Scope { to_ns: Some(at), ..(**scope).clone() }, format!("before {words}")),
                here(Scope { from_ns: Some(at), ..(**scope).clone() }, format!("from {words}")),
            ])
        }
        SplitBy::Filters => {
            let side = |name: &'static str, side: &SideFilter| {
                let narrowed = side.within(scope).map_err(|error| NoSides::Filter(name, error.to_string()))?;
                let filter = Some(side.text.trim().to_owned()).filter(|text| !text.is_empty());
                let words: Vec<String> = filter.into_iter().chain(range_words(side.from_ns, side.to_ns)).collect();
                Ok(here(narrowed, if words.is_empty() { "all in scope".to_owned() } else { words.join(", ") }))
            };
            Ok([side("A", &params.a)?, side("B", &params.b)?])
        }
        SplitBy::File => {
            let second = second.ok_or(NoSides::NoSecondFile)?;
            // The other file was written at another time: the filter is for both, the time range is not.
            let other = Side { session: second.clone(), scope: Rc::new(scope.at_any_time()), label: second.name.clone() };
            Ok([here((**scope).clone(), session.name.clone()), other])
        }
    }
}
