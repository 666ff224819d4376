//! Runs the reader's statements, one after the other, for as long as the file is open: whoever goes to another tab or mode and comes back
//! finds them running, and may still cancel them.
//!
//! Must not draw, and must not choose statements: the editor says which text runs.

pub mod place;
pub mod run;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures::future::{AbortHandle, Abortable, Either, select};
use gloo::timers::{callback::Interval, future::TimeoutFuture};
use yew::{platform::spawn_local, prelude::*};

use self::run::{End, MAX_BYTES, Run};
pub use self::run::{Failure, Limits, Statement};
use crate::{
    browser::document,
    engine::{
        EngineError,
        result::{Flow, ResultPart},
    },
    modes::sql::{made::Made, results::plan},
    state::{busy::Busy, session::Session},
};

/// How often what runs is shown anew.
const TICK_MS: u32 = 100;

/// How long the engine may still be busy with a statement that was ended: a step of its work cannot be interrupted.
const PATIENCE_MS: u32 = 250;

/// The same where tables would be lost with the database.
const PATIENCE_WITH_TABLES_MS: u32 = 1_500;

/// The runs of one open file, by the id of their tab.
#[derive(Default)]
struct AllRuns(RefCell<HashMap<String, Rc<Job>>>);

impl AllRuns {
    /// Bytes that all rows take which are kept.
    fn bytes(&self) -> usize {
        self.0.borrow().values().map(|job| job.runs.borrow().iter().map(|run| run.result.borrow().bytes()).sum::<usize>()).sum()
    }
}

type Listener = Rc<dyn Fn()>;

#[derive(Default)]
struct Job {
    runs: RefCell<Vec<Rc<Run>>>,
    began_ms: Cell<f64>,
    /// The statement of the run whose result the reader chose to see.
    chosen: Cell<Option<usize>>,
    /// The run that is under way, and what ends it.
    abort: RefCell<Option<AbortHandle>>,
    /// Counts runs: what an earlier one still says is not heard.
    number: Cell<u32>,
    listeners: RefCell<Vec<(u32, Listener)>>,
    next_listener: Cell<u32>,
    /// The views are told in ticks, whatever happens between them.
    tick: RefCell<Option<Interval>>,
}

impl Job {
    fn tell(&self) {
        // A listener may leave while it is told.
        let listeners: Vec<Listener> = self.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            listener();
        }
    }
}

/// The statements of one tab.
#[derive(Clone)]
pub struct Runs {
    session: Rc<Session>,
    tab: Rc<str>,
    job: Rc<Job>,
    /// Another one whenever something has changed.
    version: u32,
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.job, &other.job) && self.version == other.version
    }
}

impl Runs {
    /// Runs statements in order and ends with the first that fails. What ran before in this tab is given up.
    pub fn start(&self, statements: Vec<Statement>, limits: Limits) {
        self.run(
            statements
                .into_iter()
                .map(|statement| (plan::as_json(&statement.sql).unwrap_or_else(|| statement.sql.clone()), statement))
                .collect(),
            limits,
        );
    }

    /// Asks for the plan of a statement; with `analyze` it runs, and the plan says what took how long.
    pub fn explain(&self, statement: Statement, analyze: bool) {
        let options = if analyze { "(ANALYZE, FORMAT JSON)" } else { "(FORMAT JSON)" };
        self.run(vec![(format!("EXPLAIN {options} {}", statement.sql), statement)], Limits { rows: None, ..Limits::default() });
    }

    /// Ends what runs; its rows so far stay.
    pub fn cancel(&self) {
        let abort = self.job.abort.borrow_mut().take();
        if let Some(abort) = abort {
            abort.abort();
        }
    }

    pub fn is_running(&self) -> bool {
        self.job.abort.borrow().is_some()
    }

    /// Since the run began, while it runs; how long it took, afterwards.
    pub fn elapsed_ms(&self) -> f64 {
        match self.is_running() {
            true => document::now_ms() - self.job.began_ms.get(),
            false => self.job.runs.borrow().iter().map(|run| *run.took_ms.borrow()).sum(),
        }
    }

    /// The same for the run bar: "2.1 s".
    pub fn elapsed(&self) -> String {
        run::seconds(self.elapsed_ms())
    }

    /// The statement that ended the run with an error.
    pub fn failure(&self) -> Option<Failure> {
        self.job.runs.borrow().iter().find_map(|run| match &*run.end.borrow() {
            End::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    }

    /// The statement whose result the reader chose to see; it stays while another mode is shown.
    pub fn chosen(&self) -> Option<usize> {
        self.job.chosen.get()
    }

    pub fn choose(&self, statement: usize) {
        self.job.chosen.set(Some(statement));
        self.job.tell();
    }

    /// What ran or runs, in order; empty before the first run.
    pub fn all(&self) -> Vec<Rc<Run>> {
        self.job.runs.borrow().clone()
    }

    /// The session of the engine that the statements run in.
    pub fn tab(&self) -> &Rc<str> {
        &self.tab
    }

    /// Counts the runs of the tab, so that what belongs to one is told from what belongs to the next.
    pub fn number(&self) -> u32 {
        self.job.number.get()
    }

    /// The tab is closed: ends what runs and gives up its rows.
    pub fn forget(&self) {
        self.cancel();
        self.session.kept.of::<AllRuns>().0.borrow_mut().remove(&*self.tab);
    }

    fn run(&self, statements: Vec<(String, Statement)>, limits: Limits) {
        self.cancel();
        let runs: Vec<Rc<Run>> = statements.into_iter().map(|(sent, statement)| Run::new(statement, sent)).collect();
        if runs.is_empty() {
            return;
        }
        let job = self.job.clone();
        let number = job.number.get().wrapping_add(1);
        job.number.set(number);
        job.chosen.set(None);
        job.runs.replace(runs.clone());
        job.began_ms.set(document::now_ms());
        let (abort, registration) = AbortHandle::new_pair();
        job.abort.replace(Some(abort));
        let ticking = job.clone();
        job.tick.replace(Some(Interval::new(TICK_MS, move || ticking.tell())));
        job.tell();
        let (session, tab, busy) = (self.session.clone(), self.tab.clone(), Busy::start());
        spawn_local(async move {
            let all = runs.clone();
            let ended = Abortable::new(in_order(&session, &tab, &all, limits), registration).await;
            let is_cancelled = ended.is_err();
            if is_cancelled {
                for run in &runs {
                    let mut end = run.end.borrow_mut();
                    match &*end {
                        End::Running => *end = End::Cancelled,
                        End::Waiting => *end = End::Skipped,
                        _ => (),
                    }
                }
            }
            if job.number.get() == number {
                job.abort.take();
                job.tick.take();
                job.tell();
            }
            if is_cancelled || runs.iter().any(|run| matches!(*run.end.borrow(), End::TimeLimit(_))) {
                let patience_ms = if session.kept.of::<Made>().has_tables() { PATIENCE_WITH_TABLES_MS } else { PATIENCE_MS };
                session.engine.end_if_stuck(patience_ms).await;
            }
            drop(busy);
        });
    }
}

async fn in_order(session: &Session, tab: &str, runs: &[Rc<Run>], limits: Limits) {
    let mut goes_on = true;
    for (number, run) in runs.iter().enumerate() {
        if !goes_on {
            run.end.replace(End::Skipped);
            continue;
        }
        run.began_ms.replace(document::now_ms());
        run.end.replace(End::Running);
        let clock = Clock(run);
        let end = one(session, tab, run, number, limits).await;
        drop(clock);
        goes_on = end.goes_on();
        run.end.replace(end);
    }
}

/// Notes how long a statement took, also when it is dropped in its midst.
struct Clock<'a>(&'a Run);

impl Drop for Clock<'_> {
    fn drop(&mut self) {
        let began_ms = *self.0.began_ms.borrow();
        self.0.took_ms.replace(document::now_ms() - began_ms);
    }
}

async fn one(session: &Session, tab: &str, run: &Rc<Run>, number: usize, limits: Limits) -> End {
    let cut = Rc::new(RefCell::new(None::<End>));
    let room = MAX_BYTES.saturating_sub(session.kept.of::<AllRuns>().bytes());
    let take = {
        let (run, cut) = (run.clone(), cut.clone());
        Rc::new(move |part: ResultPart| {
            let mut result = run.result.borrow_mut();
            match part {
                ResultPart::Columns(columns) => result.columns = columns,
                ResultPart::Rows(columns) => {
                    if !result.push(columns, limits.rows) {
                        cut.replace(Some(End::RowLimit(limits.rows.unwrap_or(result.rows()))));
                        return Flow::Stop;
                    }
                    if result.bytes() > room {
                        cut.replace(Some(End::Memory));
                        return Flow::Stop;
                    }
                }
            }
            Flow::More
        })
    };
    let statement = session.engine.run_statement(tab, &run.sent, take);
    let answer = match limits.seconds {
        None => statement.await,
        Some(seconds) => match select(statement, TimeoutFuture::new(seconds.saturating_mul(1000))).await {
            Either::Left((answer, _)) => answer,
            // The statement is dropped here, which cancels it.
            Either::Right(_) => return End::TimeLimit(seconds),
        },
    };
    if let Some(end) = cut.take() {
        return end;
    }
    match answer {
        Ok(_) => {
            session.kept.of::<Made>().note(tab, &run.sent);
            End::Whole
        }
        Err(EngineError::Cancelled) => End::Cancelled,
        Err(error) => End::of_error(&error, &run.statement, number),
    }
}

/// The statements of a tab; `tab` is the name of its connection. The component is drawn anew whenever they get on.
#[hook]
pub fn use_runs(session: &Rc<Session>, tab: &str) -> Runs {
    let job = use_memo((session.clone(), tab.to_owned()), |(session, tab)| {
        session.kept.of::<AllRuns>().0.borrow_mut().entry(tab.clone()).or_default().clone()
    });
    // Counted outside of what is drawn, so that two changes before a drawing are two.
    let version = use_state_eq(|| 0_u32);
    let counter = use_mut_ref(|| 0_u32);
    {
        let (job, version) = (job.clone(), version.setter());
        use_effect_with((session.id, tab.to_owned()), move |_| {
            let id = job.next_listener.get();
            job.next_listener.set(id.wrapping_add(1));
            let tell = move || {
                let mut count = counter.borrow_mut();
                *count = count.wrapping_add(1);
                version.set(*count);
            };
            tell();
            job.listeners.borrow_mut().push((id, Rc::new(tell)));
            move || job.listeners.borrow_mut().retain(|(known, _)| *known != id)
        });
    }
    Runs { session: session.clone(), tab: tab.into(), job: (*job).clone(), version: *version }
}
