//! The open file: its engine, its figures, its list of traces.

use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
    rc::Rc,
};

use super::{
    agent_runs::AgentRuns,
    exports::Exports,
    extras::store::Extras,
    helper_views::HelperViews,
    kept::Kept,
    reading::Reading,
    traces::{Totals, TraceIndex},
    url::SourceRef,
};
use crate::{
    core::colour::{Kind, Slots},
    engine::{Engine, Table},
};

/// Answers kept for Back, Forward and re-opened details. Answers may be large, so few are kept.
const KEPT_ANSWERS: usize = 24;

/// Everything known of the open file. Immutable but for the cache.
pub struct Session {
    /// Distinguishes this opening from every other one on this page.
    pub id: u32,
    /// The same for a session that follows one whose database stopped: what is on the page may stay.
    pub line: u32,
    pub name: String,
    /// Bytes, where known.
    pub size: Option<u64>,
    pub source: SourceRef,
    pub engine: Rc<dyn Engine>,
    pub engine_version: String,
    /// From the reader's choice to the list of traces.
    pub opened_in_ms: f64,
    pub reading: Reading,
    pub traces: TraceIndex,
    pub totals: Totals,
    /// Services with their numbers of spans, most first.
    pub services: Vec<(String, u64)>,
    pub service_slots: Slots,
    /// What the mapping could not find or had to convert, in words.
    pub mapping_notes: Vec<String>,
    /// Any span may name its agent, so that all payload must be read to know them; else only `Agent.execute` spans do.
    pub agents_anywhere: bool,
    /// No row of `spandeck.span_rows` has this number or a greater one.
    pub rows: u64,
    pub agent_runs: AgentRuns,
    /// Views that a reader's own statements may name.
    pub helper_views: HelperViews,
    /// Values of spans that were worked out for this file.
    pub extras: Rc<Extras>,
    pub exports: Exports,
    /// What modes keep beside it.
    pub kept: Kept,
    answers: RefCell<VecDeque<(String, Rc<Table>)>>,
}

/// What is needed to make a session; the rest follows from it.
pub struct Opened {
    pub id: u32,
    pub name: String,
    pub size: Option<u64>,
    pub source: SourceRef,
    pub engine: Rc<dyn Engine>,
    pub engine_version: String,
    pub opened_in_ms: f64,
    pub reading: Reading,
    pub traces: TraceIndex,
    pub services: Vec<(String, u64)>,
    pub mapping_notes: Vec<String>,
    pub agents_anywhere: bool,
    pub rows: u64,
}

impl Session {
    /// Names of traces: the operations that begin one.
    pub fn root_names(&self) -> Rc<BTreeSet<String>> {
        let traces = (0_u32..).map_while(|number| self.traces.get(number));
        Rc::new(traces.map(|trace| trace.name.to_owned()).collect())
    }

    pub fn new(opened: Opened) -> Self {
        let Opened {
            id,
            name,
            size,
            source,
            engine,
            engine_version,
            opened_in_ms,
            reading,
            traces,
            services,
            mapping_notes,
            agents_anywhere,
            rows,
        } = opened;
        let totals = traces.totals();
        let service_slots = Slots::assign(Kind::Service, services.iter().map(|(name, _)| name.as_str()));
        Self {
            id,
            line: id,
            name,
            size,
            source,
            engine,
            engine_version,
            opened_in_ms,
            reading,
            traces,
            totals,
            services,
            service_slots,
            mapping_notes,
            agents_anywhere,
            rows,
            agent_runs: AgentRuns::default(),
            helper_views: HelperViews::default(),
            extras: Rc::default(),
            exports: Exports::default(),
            kept: Kept::default(),
            answers: RefCell::default(),
        }
    }

    /// Goes on where one left off whose database stopped: the same file, another database.
    #[must_use]
    pub fn following(mut self, stopped: &Self) -> Self {
        self.line = stopped.line;
        self.kept.take_over(&stopped.kept);
        self
    }

    /// An earlier answer to the same statement. The file does not change while it is open.
    pub fn remembered(&self, sql: &str) -> Option<Rc<Table>> {
        let mut answers = self.answers.borrow_mut();
        let at = answers.iter().position(|(question, _)| question == sql)?;
        let entry = answers.remove(at)?;
        let table = entry.1.clone();
        answers.push_back(entry);
        Some(table)
    }

    pub fn remember(&self, sql: &str, table: Rc<Table>) {
        let mut answers = self.answers.borrow_mut();
        answers.retain(|(question, _)| question != sql);
        answers.push_back((sql.to_owned(), table));
        while answers.len() > KEPT_ANSWERS {
            answers.pop_front();
        }
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
