//! The conversation with the page around the frame: messages come in through the gate, commands are carried out, and that page is told what it
//! may know.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use gloo::timers::callback::Timeout;

use yew::prelude::*;

use super::{
    offer::{not_offered, offered},
    prompt::Asked,
    start,
};
use crate::{
    app::OpenerHandle,
    browser::{
        document,
        embedder::{self, Handed, Received},
        files::LocalFile,
        storage,
    },
    core::filter::Filter,
    import::problem::Problem,
    state::{
        busy,
        embed::{
            gate::{Consent, Gate, Verdict},
            message::{Change, Command, Message, Refusal},
            report::{self, Counts, Seen},
        },
        session::Session,
        store::{Action, Nav, Phase, Store, go},
        url::{SourceRef, UrlState},
    },
};

/// Origins that the deployer allows to hand files to the page.
const DEPLOYED_META: &str = "spandeck-embedders";
/// Those that the reader allows, in the browser's storage.
pub const ALLOWED_KEY: &str = "embedders";

/// What scrolls in each mode; the first that is seen tells how high the frame would like to be.
const SCROLLERS: [&str; 2] = ["#waterfall", "#panel > .scroll"];

/// A command to open something, until it has ended.
struct Pending {
    id: Option<u64>,
    change: Change,
    /// The file that was open before.
    session: Option<u32>,
    /// The page handed the bytes, so that what comes of them is its own.
    given: bool,
    has_begun: bool,
}

struct Host {
    me: Weak<Host>,
    gate: RefCell<Gate>,
    /// What waits for the reader's answer.
    held: RefCell<Option<(Message, Handed)>>,
    pending: RefCell<Option<Pending>>,
    /// The file that came from the page around the frame.
    given: RefCell<Option<SourceRef>>,
    latest: RefCell<Store>,
    opener: OpenerHandle,
    asked: UseStateSetter<Option<Asked>>,
    started: UseStateSetter<bool>,
    is_started: RefCell<bool>,
    told_state: RefCell<String>,
    told_height_px: RefCell<Option<u32>>,
}

/// What the frame shows of the conversation.
#[derive(Clone, PartialEq)]
pub struct HostView {
    pub asked: Option<Asked>,
    pub onanswer: Callback<Consent>,
}

/// Listens to the page around the frame while the page is one.
#[hook]
pub fn use_host(store: &Store, opener: &OpenerHandle, started: &UseStateHandle<bool>) -> HostView {
    let asked = use_state(|| None::<Asked>);
    let host = {
        let (store, opener, asked, started) = (store.clone(), opener.clone(), asked.setter(), started.clone());
        use_memo((), move |()| {
            let allowed = storage::read(ALLOWED_KEY).unwrap_or_default();
            Rc::new_cyclic(|me| Host {
                me: me.clone(),
                gate: RefCell::new(Gate::new(&embedder::own_origin(), &document::meta(DEPLOYED_META), &allowed)),
                held: RefCell::default(),
                pending: RefCell::default(),
                given: RefCell::default(),
                latest: RefCell::new(store),
                opener,
                asked,
                is_started: RefCell::new(*started),
                started: started.setter(),
                told_state: RefCell::default(),
                told_height_px: RefCell::default(),
            })
        })
    };
    host.latest.borrow_mut().clone_from(store);
    *host.is_started.borrow_mut() = **started;
    {
        let host = host.clone();
        use_effect_with(store.url.embed && embedder::is_framed(), move |listens| {
            let listener = listens.then(|| {
                let host = host.clone();
                embedder::listen(move |received| host.hear(received))
            });
            if *listens {
                embedder::tell_anybody(report::HELLO);
            }
            move || drop(listener)
        });
    }
    {
        let host = host.clone();
        let key = (store.session.as_ref().map(|session| session.id), store.problem.clone(), store.opening.is_some());
        use_effect_with(key, move |_| host.follow());
    }
    {
        let host = host.clone();
        let key = (store.url.clone(), store.phase(), store.problem.is_some(), **started);
        use_effect_with(key, move |_| host.tell_state());
    }
    use_height((*host).clone());
    let onanswer = {
        let host = host.clone();
        use_callback((), move |consent, ()| host.answer(consent))
    };
    HostView { asked: (*asked).clone(), onanswer }
}

/// Tells how high the frame would like to be: when work has ended, and after the reader has pressed something.
#[hook]
fn use_height(host: Rc<Host>) {
    use_effect_with((), move |()| {
        let look = move || {
            let host = host.clone();
            document::after_paint(move || host.tell_height());
        };
        let idle = {
            let look = look.clone();
            busy::listen(move |is_busy| {
                if !is_busy {
                    look();
                }
            })
        };
        let pressed = ["click", "keyup", "resize"].map(|name| {
            let look = look.clone();
            document::on_window(name, move |_| look())
        });
        move || drop((idle, pressed))
    });
}

impl Host {
    fn store(&self) -> Store {
        self.latest.borrow().clone()
    }

    fn tell(&self, json: &str) {
        if let Some(origin) = self.gate.borrow().peer() {
            embedder::tell(json, origin);
        }
    }

    /// After the state that the command has led to, so that whoever waits for the answer knows that too. Once what is under way has been drawn; a frame
    /// that is not seen draws no frames.
    fn done(&self, id: Option<u64>) {
        if let Some((id, host)) = id.zip(self.me.upgrade()) {
            Timeout::new(0, move || {
                host.tell_state();
                host.tell(&report::done(id));
            })
            .forget();
        }
    }

    /// Carries a change out, with a short id made whole.
    fn change(&self, store: &Store, change: Change) {
        let traces = store.session.clone();
        go(store, Nav::Replace, move |url| {
            change.apply(url);
            if let Some(whole) = url.trace.as_deref().zip(traces).and_then(|(id, session)| session.traces.complete(id)) {
                url.trace = Some(whole);
            }
        });
    }

    /// Why a change leads nowhere. Whether the file has a trace is told only to those who may know the file.
    fn dead_end(&self, store: &Store, change: &Change) -> Option<Refusal> {
        let mode = change.mode.clone().unwrap_or_else(|| store.url.mode.clone());
        if change.mode.is_some() && offered(&store.url).iter().all(|known| known.slug != mode) {
            return Some(Refusal::NotOffered);
        }
        if change.filter.iter().flatten().any(|filter| Filter::parse(filter).is_err()) {
            return Some(Refusal::Argument("filter"));
        }
        None
    }

    fn has_no_trace(&self, store: &Store, change: &Change) -> bool {
        let Some(session) = &store.session else { return false };
        let knows = self.may_know(Some(&session.source)) && store.opening.is_none();
        knows && change.trace.iter().flatten().any(|id| session.traces.complete(id).is_none())
    }

    fn may_know(&self, source: Option<&SourceRef>) -> bool {
        let given = source.is_some() && *self.given.borrow() == source.cloned();
        self.gate.borrow().may_know(source, given)
    }

    fn hear(&self, received: Received) {
        let Received { is_parent, origin, raw, handed } = received;
        let verdict = self.gate.borrow_mut().receive(is_parent, &origin, &raw);
        match verdict {
            Verdict::Ignore => {}
            Verdict::Ready(id) => {
                let store = self.store();
                let modes: Vec<&str> = offered(&store.url).iter().map(|mode| mode.slug).collect();
                self.tell(&report::ready(id, self.phase(&store), &modes));
                self.told_state.borrow_mut().clear();
                self.told_height_px.borrow_mut().take();
                self.tell_state();
                self.tell_height();
            }
            // Another version may be answered without a handshake: there is nothing in the answer.
            Verdict::Refuse(id, refusal) => embedder::tell(&report::refused(id, refusal), &origin),
            Verdict::Run(message) => self.run(message, handed),
            Verdict::Ask(message) => {
                if let Command::OpenBytes { name, bytes, .. } = &message.command {
                    self.asked.set(Some(Asked { origin, name: name.clone(), bytes: *bytes }));
                }
                *self.held.borrow_mut() = Some((message, handed));
            }
        }
    }

    fn answer(&self, consent: Consent) {
        self.asked.set(None);
        let Some((message, handed)) = self.held.borrow_mut().take() else { return };
        let is_allowed = self.gate.borrow_mut().answer(consent);
        if consent == Consent::Always {
            storage::write(ALLOWED_KEY, &self.gate.borrow().allowed());
        }
        match is_allowed {
            true => self.run(message, handed),
            false => self.tell(&report::refused(message.id, Refusal::NotAllowed)),
        }
    }

    fn run(&self, message: Message, handed: Handed) {
        let (store, id) = (self.store(), message.id);
        let refuse = |refusal| self.tell(&report::refused(id, refusal));
        let wanted = match &message.command {
            Command::Navigate(change) | Command::OpenUrl(_, change) | Command::OpenBytes { change, .. } => Some(change),
            Command::Ping | Command::Start | Command::Theme(_) => None,
        };
        if let Some(refusal) = wanted.and_then(|change| self.dead_end(&store, change)) {
            return refuse(refusal);
        }
        match message.command {
            // The gate has answered it.
            Command::Ping => {}
            Command::Start => {
                self.started.set(true);
                self.done(id);
            }
            Command::Theme(theme) => {
                go(&store, Nav::Replace, move |url| url.theme = theme);
                self.done(id);
            }
            Command::Navigate(change) if self.has_no_trace(&store, &change) => refuse(Refusal::NoTrace),
            Command::Navigate(change) => {
                self.change(&store, change);
                self.done(id);
            }
            Command::OpenUrl(address, change) => {
                self.started.set(true);
                let source = SourceRef::Url(address);
                let is_open = store.session.as_ref().is_some_and(|session| session.source == source);
                let is_asked = store.url.source.as_ref() == Some(&source);
                {
                    let source = source.clone();
                    go(&store, Nav::Replace, move |url| point_at(url, source, change));
                }
                if is_open && store.opening.is_none() {
                    store.dispatch(Action::DismissProblem);
                    return self.done(id);
                }
                self.wait(Pending { id, change: Change::default(), session: session_of(&store), given: false, has_begun: false });
                // An address that failed is tried again; another one is followed because it is another one.
                if is_asked && store.opening.is_none() && *self.is_started.borrow() {
                    self.opener.follow(&source);
                }
            }
            Command::OpenBytes { name, change, .. } => {
                let Some(blob) = handed.into_blob() else { return refuse(Refusal::Argument("bytes")) };
                self.started.set(true);
                self.wait(Pending { id, change, session: session_of(&store), given: true, has_begun: false });
                self.opener.open_local(vec![LocalFile { name, blob, handle: None }]);
            }
        }
    }

    /// The command under way is another one now.
    fn wait(&self, pending: Pending) {
        if let Some(Pending { id: Some(id), .. }) = self.pending.replace(Some(pending)) {
            self.tell(&report::refused(Some(id), Refusal::Superseded));
        }
    }

    /// Whether the command under way has ended, and what else went wrong.
    fn follow(&self) {
        let store = self.store();
        if store.opening.is_some() {
            if let Some(pending) = self.pending.borrow_mut().as_mut() {
                pending.has_begun = true;
            }
            return;
        }
        let Some(pending) = self.pending.borrow_mut().take() else {
            if let Some(problem) = &store.problem {
                self.tell_failure(None, problem, self.may_know(store.url.source.as_ref()));
            }
            return;
        };
        let Pending { id, change, session, given, has_begun } = pending;
        match (&store.session, &store.problem) {
            (Some(open), None) if Some(open.id) != session => {
                if given {
                    *self.given.borrow_mut() = Some(open.source.clone());
                    self.change(&store, change);
                }
                self.done(id);
            }
            (_, Some(problem)) if has_begun => {
                self.tell_failure(id, problem, given || self.may_know(store.url.source.as_ref()));
            }
            _ if has_begun => self.tell(&report::failed(id, "cancelled", None)),
            // It has yet to begin.
            _ => *self.pending.borrow_mut() = Some(Pending { id, change, session, given, has_begun }),
        }
    }

    /// Why a file could not be opened says what is in it and who answers for it: not for those who may not read it.
    fn tell_failure(&self, id: Option<u64>, problem: &Problem, knows: bool) {
        self.tell(&match knows {
            true => report::failed(id, problem.code, Some(&problem.title)),
            false => report::failed(id, "failed", None),
        });
    }

    fn phase(&self, store: &Store) -> &'static str {
        match () {
            () if start::is_waiting(store, *self.is_started.borrow()) => "waiting",
            // The file before may still be open behind the message.
            () if store.problem.is_some() && store.opening.is_none() => Phase::Error.word(),
            () => store.phase().word(),
        }
    }

    fn tell_state(&self) {
        let store = self.store();
        let mode = not_offered(&store.url).unwrap_or_else(|| crate::modes::mode(&store.url.mode)).slug;
        // The file before may still be open behind the message that another one could not be: its figures are not of what the address names.
        let is_of_address = |session: &&Rc<Session>| store.problem.is_none() || store.url.source.as_ref() == Some(&session.source);
        let counts = store.session.as_ref().filter(is_of_address).map(|session| Counts {
            spans: session.totals.spans,
            traces: session.traces.len() as u64,
            errors: session.totals.errors,
        });
        let open = store.session.as_ref().map(|session| &session.source).or(store.url.source.as_ref());
        let mut url = store.url.clone();
        if store.session.is_some() && counts.is_none() {
            (url.trace, url.span) = (None, None);
        }
        let seen = Seen { phase: self.phase(&store), mode, url, counts };
        // The address may still name the next file while this one is in view.
        let knows = self.may_know(open) && self.may_know(store.url.source.as_ref());
        let told = report::state(&seen, knows);
        if self.told_state.replace(told.clone()) != told {
            self.tell(&told);
        }
    }

    fn tell_height(&self) {
        let height_px = document::height_to_show(&SCROLLERS);
        if let Some(px) = height_px.filter(|_| self.told_height_px.replace(height_px) != height_px) {
            self.tell(&report::resize(px));
        }
    }
}

fn session_of(store: &Store) -> Option<u32> {
    store.session.as_ref().map(|session| session.id)
}

/// Leads to another file, or to the same one.
fn point_at(url: &mut UrlState, source: SourceRef, change: Change) {
    if url.source.as_ref() != Some(&source) {
        let (mode, theme, frame) = (url.mode.clone(), url.theme, url.frame.clone());
        *url = UrlState { mode, theme, frame, embed: true, source: Some(source), ..UrlState::default() };
    }
    change.apply(url);
}
