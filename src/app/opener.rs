//! Who opens files: at most one at a time, the open one stays until the next is there, and a database that died is brought back.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures::future::{AbortHandle, Abortable};
use yew::{platform::spawn_local, prelude::UseReducerDispatcher};

use super::{
    opening::{self, Candidate, Refusal, Request},
    progress::Reporter,
};
use crate::{
    browser::{document, files::LocalFile, recents},
    engine::client::CompiledEngine,
    import::{
        mapping::{ColumnMapping, TableInfo},
        problem::Problem,
    },
    state::{
        session::Session,
        store::{Action, Notice, NoticeKind, State},
        url::{SourceRef, UrlState},
    },
};

/// A database that dies again within this time is not brought back by itself: the file may be what kills it.
const REVIVE_AGAIN_AFTER_MS: f64 = 30_000.0;

pub struct Opener {
    dispatcher: UseReducerDispatcher<State>,
    compiled: RefCell<Option<CompiledEngine>>,
    next_id: Cell<u32>,
    running: RefCell<Option<(u32, AbortHandle)>>,
    /// What is open, so that it can be opened again.
    current: RefCell<Option<(u32, Request)>>,
    /// Files of this visit by how the address names them: Back may ask for one again.
    known: RefCell<HashMap<String, Request>>,
    choice: RefCell<Option<(Request, Candidate)>>,
    revived_ms: Cell<f64>,
}

impl PartialEq for Opener {
    /// There is one.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Opener {
    pub fn new(dispatcher: UseReducerDispatcher<State>) -> Rc<Self> {
        Rc::new(Self {
            dispatcher,
            compiled: RefCell::default(),
            next_id: Cell::new(1),
            running: RefCell::default(),
            current: RefCell::default(),
            known: RefCell::default(),
            choice: RefCell::default(),
            revived_ms: Cell::new(f64::MIN),
        })
    }

    /// Files from the picker, a drop or a remembered handle.
    pub fn open_local(self: &Rc<Self>, files: Vec<LocalFile>) {
        if !files.is_empty() {
            self.start(Request::Local(files));
        }
    }

    pub fn open_url(self: &Rc<Self>, url: String) {
        self.start(Request::Url(url));
    }

    pub fn open_sample(self: &Rc<Self>, name: &str) {
        self.start(Request::Sample(name.to_owned()));
    }

    /// What the address asks for and is not open. A local file that this visit has not seen cannot be opened without the reader: the start page asks for it.
    pub fn follow(self: &Rc<Self>, source: &SourceRef) {
        let request = match source {
            SourceRef::Url(url) => Some(Request::Url(url.clone())),
            SourceRef::Sample(name) => Some(Request::Sample(name.clone())),
            SourceRef::File { .. } => self.known.borrow().get(&key_of(source)).cloned(),
        };
        match request {
            Some(request) => self.start(request),
            None => {
                self.close();
                self.dispatcher.dispatch(Action::CloseFile);
            }
        }
    }

    /// Gives up the opening under way; its worker goes with it.
    pub fn cancel(&self) {
        if let Some((_, abort)) = self.running.borrow_mut().take() {
            abort.abort();
        }
        self.dispatcher.dispatch(Action::OpenCancelled);
    }

    /// Forgets what is open. The session's own drop ends its worker.
    pub fn close(&self) {
        self.current.borrow_mut().take();
        self.choice.borrow_mut().take();
        if let Some((_, abort)) = self.running.borrow_mut().take() {
            abort.abort();
        }
    }

    /// Opens again what is open, after its database stopped.
    pub fn reopen(self: &Rc<Self>) {
        let request = self.current.borrow().as_ref().map(|(_, request)| request.clone());
        if let Some(request) = request {
            self.start(request);
        }
    }

    /// Tables from which the reader may choose, when the last file had none that looks like spans.
    pub fn choice(&self) -> Option<Vec<TableInfo>> {
        self.choice.borrow().as_ref().map(|(_, candidate)| candidate.tables.clone())
    }

    /// The reader's choice for a file in which no table of spans was recognised.
    pub fn choose(self: &Rc<Self>, table: TableInfo, columns: ColumnMapping) {
        let Some((request, candidate)) = self.choice.borrow().clone() else { return };
        self.run(request.clone(), move |_, reporter| {
            Box::pin(async move { opening::finish(candidate.base, &table, &columns, &reporter).await.map_err(Refusal::Problem) })
        });
    }

    fn start(self: &Rc<Self>, request: Request) {
        self.choice.borrow_mut().take();
        let wanted = request.clone();
        self.run(request, move |opener, reporter| {
            Box::pin(async move {
                let id = reporter.id();
                let compiled = opener.compiled.borrow().clone();
                let weak = Rc::downgrade(&opener);
                let on_death = move |reason: String| {
                    if let Some(opener) = weak.upgrade() {
                        opener.database_died(id, &reason);
                    }
                };
                let keep = |compiled: CompiledEngine| *opener.compiled.borrow_mut() = Some(compiled);
                let answer = opening::open(wanted.clone(), &reporter, compiled, on_death, keep).await;
                if let Err(Refusal::Choice(_, candidate)) = &answer {
                    *opener.choice.borrow_mut() = Some((wanted, candidate.clone()));
                }
                answer
            })
        });
    }

    fn run(
        self: &Rc<Self>,
        request: Request,
        work: impl FnOnce(Rc<Self>, Rc<Reporter>) -> std::pin::Pin<Box<dyn Future<Output = Result<Session, Refusal>>>>,
    ) {
        if let Some((_, abort)) = self.running.borrow_mut().take() {
            abort.abort();
        }
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        let (abort, registration) = AbortHandle::new_pair();
        *self.running.borrow_mut() = Some((id, abort));
        let reporter = Rc::new(Reporter::new(self.dispatcher.clone(), id, request.name(), request.size()));
        let (opener, work) = (self.clone(), work(self.clone(), reporter.clone()));
        spawn_local(async move {
            let Ok(answer) = Abortable::new(work, registration).await else { return };
            opener.running.borrow_mut().take_if(|(running, _)| *running == id);
            match answer {
                Ok(session) => opener.opened(id, request, session),
                Err(Refusal::Problem(problem) | Refusal::Choice(problem, _)) => {
                    opener.dispatcher.dispatch(Action::OpenFailed(id, Rc::new(problem)))
                }
            }
            drop(reporter);
        });
    }

    fn opened(self: &Rc<Self>, id: u32, request: Request, session: Session) {
        self.choice.borrow_mut().take();
        self.known.borrow_mut().insert(key_of(&session.source), request.clone());
        let session = Rc::new(session);
        if let Request::Local(files) = &request
            && let Some(file) = files.iter().find(|file| file.name == session.name && files.len() == 1)
            && let Some(handle) = file.handle.clone()
        {
            let recent = recents::Recent {
                name: session.name.clone(),
                size: file.size(),
                spans: session.totals.spans,
                traces: session.traces.len() as u64,
                opened_ms: document::date_ms(),
                handle,
            };
            spawn_local(recents::remember(recent));
        }
        *self.current.borrow_mut() = Some((id, request));
        self.dispatcher.dispatch(Action::Opened(session));
        document::mark("spandeck:file-ready");
    }

    /// The worker of an opening ended by itself. Before the session is there its own call fails and says so.
    fn database_died(self: &Rc<Self>, id: u32, reason: &str) {
        if self.current.borrow().as_ref().is_none_or(|(open, _)| *open != id) {
            return;
        }
        let now_ms = document::now_ms();
        if now_ms - self.revived_ms.replace(now_ms) < REVIVE_AGAIN_AFTER_MS {
            self.dispatcher.dispatch(Action::OpenFailed(id, Rc::new(Problem::database_stopped(reason))));
            return;
        }
        self.reopen();
        self.dispatcher.dispatch(Action::Tell(Notice {
            kind: NoticeKind::Warning,
            text: format!("The database stopped ({reason}) and was started again with the same file."),
        }));
    }
}

/// How two addresses name the same file.
fn key_of(source: &SourceRef) -> String {
    UrlState { source: Some(source.clone()), ..UrlState::default() }.print()
}
