//! The scope of the page while it runs: what is asked, what is in force, how much it lets through.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::{Asked, Scope, counts_sql};
use crate::{
    core::filter::FilterError,
    engine::Table,
    state::{
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        queries::use_first_query,
        session::Session,
        store::Store,
    },
};

/// How much is in scope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    pub spans: u64,
    pub errors: u64,
    /// Per trace that has spans in scope: its number, and how many. `None` where all of the file is in scope.
    pub by_trace: Option<Rc<Vec<(u32, u64)>>>,
    pub traces: u64,
}

/// What modes and the filter bar get.
#[derive(Clone, PartialEq)]
pub struct ScopeState {
    /// In force; its columns are there. Of an earlier address while the next one is worked out.
    pub scope: Rc<Scope>,
    /// Why the filter of the address is not in force.
    pub error: Option<FilterError>,
    /// Of the scope in force; `None` until they are counted for the first time.
    pub counts: Option<Rc<Counts>>,
    /// The counts are of an earlier scope.
    pub is_counting: bool,
    /// Columns that the scope waits for.
    pub progress: Progress,
    /// The columns that the address asks for.
    pub wanted_extras: Rc<BTreeSet<Extra>>,
    /// The engine's words where counting failed.
    pub failure: Option<String>,
}

impl ScopeState {
    /// Nothing of the file is left.
    pub fn hides_everything(&self) -> bool {
        !self.is_counting && !self.scope.is_everything() && self.counts.as_ref().is_some_and(|counts| counts.spans == 0)
    }
}

/// The scope that the address asks for, counted.
#[hook]
pub fn use_scope(session: &Rc<Session>, store: &Store) -> ScopeState {
    let asked = use_memo((store.url.filter.clone(), store.url.from_ns, store.url.to_ns), |_| Asked::read(&store.url));
    // A link may come with a filter that cannot be read: then there is none.
    let wanted: Rc<Scope> = use_memo(asked.clone(), |asked| Scope {
        filter: asked.filter.clone().unwrap_or_default(),
        from_ns: asked.from_ns,
        to_ns: asked.to_ns,
    });
    let extras = use_memo(wanted.clone(), |wanted| {
        let mut all: BTreeSet<Extra> = wanted.extras();
        if !wanted.is_everything() {
            all.insert(Extra::TraceNo);
        }
        all
    });
    let progress = use_extras(session, &extras, true);
    // What is in force stays until the next one has its columns.
    let in_force = use_mut_ref(|| (session.id, Rc::new(Scope::default())));
    let scope = {
        let mut in_force = in_force.borrow_mut();
        if progress.is_ready {
            if in_force.0 != session.id || *in_force.1 != *wanted {
                *in_force = (session.id, wanted.clone());
            }
        } else if in_force.0 != session.id {
            *in_force = (session.id, Rc::default());
        }
        in_force.1.clone()
    };
    let question = use_memo(scope.clone(), |scope| (!scope.is_everything()).then(|| Rc::<str>::from(counts_sql(scope))));
    let answer = use_first_query(session, (*question).clone());
    let table = question.as_ref().as_ref().and_then(|sql| answer.of(sql)).cloned();
    let counts = {
        let session = session.clone();
        let key = (session.id, scope.is_everything(), table.as_ref().map(|table| Rc::as_ptr(table) as usize));
        use_memo(key, move |(_, is_everything, _)| match (is_everything, &table) {
            (true, _) => Some(Rc::new(whole_file(&session))),
            (false, Some(table)) => Some(Rc::new(count(table))),
            (false, None) => None,
        })
    };
    let last_counts = use_mut_ref(|| (session.id, None::<Rc<Counts>>));
    let shown = {
        let mut last = last_counts.borrow_mut();
        if counts.is_some() || last.0 != session.id {
            *last = (session.id, (*counts).clone());
        }
        last.1.clone()
    };
    let failure = progress.error.as_ref().or(answer.error.as_ref()).map(ToString::to_string);
    ScopeState {
        is_counting: (counts.is_none() || !progress.is_ready) && failure.is_none(),
        scope,
        error: asked.filter.as_ref().err().cloned(),
        counts: shown,
        progress,
        wanted_extras: extras,
        failure,
    }
}

fn whole_file(session: &Session) -> Counts {
    Counts { spans: session.totals.spans, errors: session.totals.errors, by_trace: None, traces: session.traces.len() as u64 }
}

fn count(table: &Table) -> Counts {
    let (Ok(numbers), Ok(spans), Ok(errors)) = (table.ints("trace_no"), table.ints("spans"), table.ints("errors")) else {
        return Counts::default();
    };
    let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    let mut counts = Counts::default();
    let mut by_trace = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let here = natural(spans.get(row));
        counts.spans += here;
        counts.errors += natural(errors.get(row));
        if let Some(number) = numbers.get(row).and_then(|number| u32::try_from(number).ok()) {
            by_trace.push((number, here));
        }
    }
    by_trace.sort_unstable();
    counts.traces = by_trace.len() as u64;
    counts.by_trace = Some(Rc::new(by_trace));
    counts
}
