//! Who opens files: at most one at a time, the open one stays until the next is there, and a database that died is brought back.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures::future::{AbortHandle, Abortable};
use yew::{platform::spawn_local, prelude::UseReducerDispatcher};

use super::{
    look::Request,
    opening::{self, Candidate, Chosen, Refusal},
    progress::Reporter,
};
use crate::{
    browser::{document, files::LocalFile, recents},
    engine::client::{CompiledEngine, STUCK},
    import::{mapping::TableInfo, problem::Problem},
    modes::sql::made,
    state::{
        busy::Busy,
        session::Session,
        store::{Action, Notice, NoticeKind, State},
        url::{SourceRef, UrlState},
    },
};

/// A database that dies again within this time is not brought back by itself: the file may be what kills it.
const REVIVE_AGAIN_AFTER_MS: f64 = 30_000.0;

/// What becomes of a file that was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It takes the place of the one that is open.
    Page,
    /// It is held beside that one, to compare with.
    Beside,
}

pub struct Opener {
    dispatcher: UseReducerDispatcher<State>,
    compiled: RefCell<Option<CompiledEngine>>,
    next_id: Cell<u32>,
    running: RefCell<Option<(u32, AbortHandle)>>,
    /// What is open, so that it can be opened again.
    current: RefCell<Option<(u32, Wanted)>>,
    /// Files of this visit by how the address names them: Back may ask for one again.
    known: RefCell<HashMap<String, Wanted>>,
    choice: RefCell<Option<(Request, Candidate, Place)>>,
    /// The columns that the reader chose last for the open file and that could not be read.
    tried: RefCell<Option<Chosen>>,
    revived_ms: Cell<f64>,
    /// What is open.
    session: RefCell<Option<Rc<Session>>>,
    /// What was open when its database stopped, and why it did, until it is back.
    stopped: RefCell<Option<(Rc<Session>, String)>>,
}

/// A file, and how it is to be read if the reader has said so.
#[derive(Clone)]
struct Wanted {
    request: Request,
    chosen: Option<Chosen>,
}

impl From<Request> for Wanted {
    fn from(request: Request) -> Self {
        Self { request, chosen: None }
    }
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
            tried: RefCell::default(),
            revived_ms: Cell::new(f64::MIN),
            session: RefCell::default(),
            stopped: RefCell::default(),
        })
    }

    /// Files from the picker, a drop or a remembered handle.
    pub fn open_local(self: &Rc<Self>, files: Vec<LocalFile>) {
        if !files.is_empty() {
            self.start(Request::Local(files).into());
        }
    }

    /// A file to compare the open one with.
    pub fn open_beside(self: &Rc<Self>, files: Vec<LocalFile>) {
        if !files.is_empty() {
            self.start_at(Request::Local(files).into(), Place::Beside);
        }
    }

    pub fn open_url(self: &Rc<Self>, url: String) {
        self.start(Request::Url(url).into());
    }

    pub fn open_sample(self: &Rc<Self>, name: &str) {
        self.start(Request::Sample(name.to_owned()).into());
    }

    /// What the address asks for and is not open. A local file that this visit has not seen cannot be opened without the reader: the start page asks for it.
    pub fn follow(self: &Rc<Self>, source: &SourceRef) {
        let known = self.known.borrow().get(&key_of(source)).cloned();
        let wanted = match source {
            SourceRef::Url(url) => Some(known.unwrap_or_else(|| Request::Url(url.clone()).into())),
            SourceRef::Sample(name) => Some(known.unwrap_or_else(|| Request::Sample(name.clone()).into())),
            SourceRef::Data(text) => Some(known.unwrap_or_else(|| Request::Shared(text.clone()).into())),
            SourceRef::File { .. } => known,
        };
        match wanted {
            Some(wanted) => self.start(wanted),
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
        self.session.borrow_mut().take();
        self.stopped.borrow_mut().take();
        self.choice.borrow_mut().take();
        self.tried.borrow_mut().take();
        if let Some((_, abort)) = self.running.borrow_mut().take() {
            abort.abort();
        }
    }

    /// Opens again what is open, after its database stopped.
    pub fn reopen(self: &Rc<Self>) {
        let wanted = self.current.borrow().as_ref().map(|(_, wanted)| wanted.clone());
        if let Some(wanted) = wanted {
            self.start(wanted);
        }
    }

    /// Reads the open file in another way. In a database of its own: whatever comes of it, the open one is as it was until the new one is
    /// there, and nothing that was made of the old spans is left in the new one.
    pub fn remap(self: &Rc<Self>, chosen: Chosen) {
        let request = self.current.borrow().as_ref().map(|(_, wanted)| wanted.request.clone());
        if let Some(request) = request {
            *self.tried.borrow_mut() = Some(chosen.clone());
            self.start(Wanted { request, chosen: Some(chosen) });
        }
    }

    /// What the reader chose last for the open file, when it could not be read.
    pub fn tried(&self) -> Option<Chosen> {
        self.tried.borrow().clone()
    }

    /// The compiled database program; the next file then brings its own.
    pub fn forget_engine(&self) {
        self.compiled.borrow_mut().take();
    }

    /// Tables from which the reader may choose, when the last file had none that looks like spans.
    pub fn choice(&self) -> Option<Vec<TableInfo>> {
        self.choice.borrow().as_ref().map(|(_, candidate, _)| candidate.tables.clone())
    }

    /// The name of the file that they are in.
    pub fn choice_name(&self) -> String {
        self.choice.borrow().as_ref().map(|(_, candidate, _)| candidate.base.name.clone()).unwrap_or_default()
    }

    /// The reader's choice for a file in which no table of spans was recognised.
    pub fn choose(self: &Rc<Self>, chosen: Chosen) {
        let Some((request, candidate, place)) = self.choice.borrow().clone() else { return };
        self.run(Wanted { request, chosen: Some(chosen.clone()) }, place, move |_, reporter| {
            Box::pin(async move { opening::finish(candidate, chosen, true, &reporter).await.map_err(Refusal::Problem) })
        });
    }

    fn start(self: &Rc<Self>, wanted: Wanted) {
        self.start_at(wanted, Place::Page);
    }

    fn start_at(self: &Rc<Self>, wanted: Wanted, place: Place) {
        self.choice.borrow_mut().take();
        let Wanted { request, chosen } = wanted.clone();
        self.run(wanted, place, move |opener, reporter| {
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
                let answer = opening::open(request.clone(), chosen, &reporter, compiled, on_death, keep).await;
                if let Err(Refusal::Choice(_, candidate)) = &answer {
                    *opener.choice.borrow_mut() = Some((request, (**candidate).clone(), place));
                }
                answer
            })
        });
    }

    fn run(
        self: &Rc<Self>,
        wanted: Wanted,
        place: Place,
        work: impl FnOnce(Rc<Self>, Rc<Reporter>) -> std::pin::Pin<Box<dyn Future<Output = Result<Session, Refusal>>>>,
    ) {
        if let Some((_, abort)) = self.running.borrow_mut().take() {
            abort.abort();
        }
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        let (abort, registration) = AbortHandle::new_pair();
        *self.running.borrow_mut() = Some((id, abort));
        let is_quiet = self.stopped.borrow().as_ref().is_some_and(|(_, reason)| reason == STUCK);
        let reporter = Rc::new(Reporter::new(self.dispatcher.clone(), id, wanted.request.name(), wanted.request.size(), is_quiet));
        let (opener, work) = (self.clone(), work(self.clone(), reporter.clone()));
        spawn_local(async move {
            let Ok(answer) = Abortable::new(work, registration).await else { return };
            opener.running.borrow_mut().take_if(|(running, _)| *running == id);
            match answer {
                Ok(session) if place == Place::Beside => {
                    opener.choice.borrow_mut().take();
                    opener.known.borrow_mut().insert(key_of(&session.source), wanted);
                    opener.dispatcher.dispatch(Action::SecondOpened(Rc::new(session)));
                }
                Ok(session) => opener.opened(id, wanted, session),
                Err(Refusal::Problem(problem) | Refusal::Choice(problem, _)) => {
                    opener.dispatcher.dispatch(Action::OpenFailed(id, Rc::new(problem)))
                }
            }
            drop(reporter);
        });
    }

    fn opened(self: &Rc<Self>, id: u32, wanted: Wanted, session: Session) {
        self.choice.borrow_mut().take();
        self.tried.borrow_mut().take();
        self.known.borrow_mut().insert(key_of(&session.source), wanted.clone());
        let stopped = self.stopped.borrow_mut().take().filter(|(stopped, _)| stopped.source == session.source);
        let session = Rc::new(match &stopped {
            Some((stopped, _)) => session.following(stopped),
            None => session,
        });
        *self.session.borrow_mut() = Some(session.clone());
        if let Request::Local(files) = &wanted.request
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
        *self.current.borrow_mut() = Some((id, wanted));
        self.dispatcher.dispatch(Action::Opened(session.clone()));
        document::mark("spandeck:file-ready");
        if let Some((_, reason)) = stopped {
            self.tell_of_revival(session, reason);
        }
    }

    /// What the reader made is made again; what cannot be is named.
    fn tell_of_revival(&self, session: Rc<Session>, reason: String) {
        let (dispatcher, busy) = (self.dispatcher.clone(), Busy::start());
        spawn_local(async move {
            let said = made::revive(&session).await;
            let text = match said {
                // The reader ended a statement, and sees that it has ended.
                None if reason == STUCK => None,
                None => Some(format!("The database stopped ({reason}) and was started again with the same file.")),
                Some(said) => Some(format!("The database stopped ({reason}) and was started again with the same file. {said}")),
            };
            if let Some(text) = text {
                dispatcher.dispatch(Action::Tell(Notice { kind: NoticeKind::Warning, text }));
            }
            drop(busy);
        });
    }

    /// The worker of an opening ended by itself. Before the session is there its own call fails and says so.
    fn database_died(self: &Rc<Self>, id: u32, reason: &str) {
        if self.current.borrow().as_ref().is_none_or(|(open, _)| *open != id) {
            return;
        }
        if let Some(session) = &*self.session.borrow() {
            *self.stopped.borrow_mut() = Some((session.clone(), reason.to_owned()));
        }
        let now_ms = document::now_ms();
        if reason != STUCK && now_ms - self.revived_ms.replace(now_ms) < REVIVE_AGAIN_AFTER_MS {
            self.dispatcher.dispatch(Action::OpenFailed(id, Rc::new(Problem::database_stopped(reason))));
            return;
        }
        self.reopen();
    }
}

/// How two addresses name the same file.
fn key_of(source: &SourceRef) -> String {
    UrlState { source: Some(source.clone()), ..UrlState::default() }.print()
}
