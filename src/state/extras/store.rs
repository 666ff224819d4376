//! Which extra columns the open file has, and the making of those that somebody wants: one after the other, in the engine, with progress.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
    time::Duration,
};

use yew::{
    platform::{spawn_local, time::sleep},
    prelude::*,
};

use super::Extra;
use crate::{
    engine::EngineError,
    state::{busy::Busy, session::Session},
};

/// Attributes that are kept at a time: each takes memory for every span of the file.
const KEPT_ATTRIBUTES: usize = 12;

/// What there is, by session. Starts empty.
#[derive(Default)]
pub struct Extras {
    ready: RefCell<BTreeSet<Extra>>,
    failed: RefCell<BTreeMap<Extra, EngineError>>,
    waiting: RefCell<VecDeque<(Extra, bool)>>,
    now: RefCell<Option<(Extra, u32)>>,
    is_running: Cell<bool>,
    /// Attributes in the order in which they were wanted last.
    used: RefCell<Vec<Extra>>,
    listeners: RefCell<BTreeMap<u32, Callback<()>>>,
    next_listener: Cell<u32>,
}

/// How far the columns are that somebody wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// All of them can be asked for.
    pub is_ready: bool,
    /// What is being worked out, and how far it is in a thousand parts.
    pub working: Option<(Extra, u32)>,
    pub error: Option<EngineError>,
}

impl Extras {
    fn tell(&self) {
        let listeners: Vec<Callback<()>> = self.listeners.borrow().values().cloned().collect();
        for listener in listeners {
            listener.emit(());
        }
    }

    fn listen(&self, listener: Callback<()>) -> u32 {
        let id = self.next_listener.get();
        self.next_listener.set(id.wrapping_add(1));
        self.listeners.borrow_mut().insert(id, listener);
        id
    }

    fn progress(&self, wanted: &BTreeSet<Extra>) -> Progress {
        let (ready, failed) = (self.ready.borrow(), self.failed.borrow());
        let is_ready = wanted.is_subset(&ready);
        Progress {
            is_ready,
            working: if is_ready { None } else { self.now.borrow().clone() },
            error: wanted.iter().find_map(|extra| failed.get(extra).cloned()),
        }
    }

    /// Which of these can be asked for.
    pub fn ready_of(&self, extras: &[Extra]) -> Vec<Extra> {
        let ready = self.ready.borrow();
        extras.iter().filter(|extra| ready.contains(extra)).cloned().collect()
    }

    /// Forgets a failure, so that it is tried again.
    pub fn retry(&self, extra: &Extra) {
        self.failed.borrow_mut().remove(extra);
        self.tell();
    }

    fn want(&self, session: &Rc<Session>, extra: &Extra, is_urgent: bool) {
        if let Some(first) = extra.after() {
            self.want(session, &first, is_urgent);
        }
        if matches!(extra, Extra::Of(crate::core::filter::Need::Attribute(_))) {
            let mut used = self.used.borrow_mut();
            used.retain(|other| other != extra);
            used.push(extra.clone());
        }
        let is_known = self.ready.borrow().contains(extra)
            || self.failed.borrow().contains_key(extra)
            || self.now.borrow().as_ref().is_some_and(|(now, _)| now == extra);
        let mut waiting = self.waiting.borrow_mut();
        let place = waiting.iter().position(|(other, _)| other == extra);
        // What others wait for now goes ahead, or it would stand behind what is made of it.
        let is_promoted = is_urgent && place.and_then(|at| waiting.get(at)).is_some_and(|(_, urgent)| !urgent);
        if is_known || (place.is_some() && !is_promoted) {
            return;
        }
        if let Some(at) = place {
            waiting.remove(at);
        }
        match is_urgent {
            // Before what nobody waits for, behind what others wait for.
            true => {
                let at = waiting.iter().position(|(_, urgent)| !urgent).unwrap_or(waiting.len());
                waiting.insert(at, (extra.clone(), true));
            }
            false => waiting.push_back((extra.clone(), false)),
        }
        drop(waiting);
        if !self.is_running.replace(true) {
            spawn_local(run(session.clone()));
        }
    }
}

/// Works off what is wanted. The session is held only while it does.
async fn run(session: Rc<Session>) {
    let extras = session.extras.clone();
    let busy = Busy::start();
    loop {
        let next = extras.waiting.borrow_mut().pop_front();
        let Some((extra, is_urgent)) = next else { break };
        // Somebody has left the page's file: nobody listens any more.
        if extras.listeners.borrow().is_empty() {
            extras.waiting.borrow_mut().clear();
            break;
        }
        *extras.now.borrow_mut() = Some((extra.clone(), 0));
        extras.tell();
        let made = make(&session, &extra, is_urgent).await;
        *extras.now.borrow_mut() = None;
        match made {
            Ok(()) => {
                extras.ready.borrow_mut().insert(extra);
                forget_old(&session).await;
            }
            Err(error) => {
                extras.failed.borrow_mut().insert(extra, error);
            }
        }
        extras.tell();
    }
    extras.is_running.set(false);
    // Whoever waited now draws, and asks with the new columns: the page is not idle in between.
    sleep(Duration::ZERO).await;
    drop(busy);
}

async fn make(session: &Rc<Session>, extra: &Extra, is_urgent: bool) -> Result<(), EngineError> {
    let ask = |sql: &str| if is_urgent { session.engine.query(sql) } else { session.engine.query_later(sql) };
    let statements = extra.build_sql(session.rows, session.agents_anywhere);
    let count = statements.len().max(1);
    for (done, sql) in statements.iter().enumerate() {
        session.agent_runs.gathered_for(sql, &session.engine).await?;
        ask(sql).await?;
        let permille = u32::try_from((done + 1) * 1000 / count).unwrap_or(1000);
        *session.extras.now.borrow_mut() = Some((extra.clone(), permille));
        session.extras.tell();
    }
    Ok(())
}

async fn forget_old(session: &Rc<Session>) {
    let old = {
        let mut used = session.extras.used.borrow_mut();
        let excess = used.len().saturating_sub(KEPT_ATTRIBUTES);
        used.drain(..excess).collect::<Vec<_>>()
    };
    for extra in old {
        // First out of the list: no new question may name the table.
        if session.extras.ready.borrow_mut().remove(&extra) {
            drop(session.engine.query_later(&format!("DROP TABLE IF EXISTS {}", extra.table())).await);
        }
    }
}

/// The columns `wanted`: asked for at once, said to be ready when all of them are. `is_urgent` where a reader waits for them.
#[hook]
pub fn use_extras(session: &Rc<Session>, wanted: &Rc<BTreeSet<Extra>>, is_urgent: bool) -> Progress {
    let update = use_force_update();
    {
        let extras = session.extras.clone();
        use_effect_with(session.id, move |_| {
            let listener = extras.listen(Callback::from(move |()| update.force_update()));
            move || drop(extras.listeners.borrow_mut().remove(&listener))
        });
    }
    let progress = session.extras.progress(wanted);
    {
        let session = session.clone();
        let missing = !progress.is_ready && progress.error.is_none();
        use_effect_with((session.id, wanted.clone(), is_urgent, missing), move |(_, wanted, is_urgent, missing)| {
            if *missing {
                for extra in wanted.iter() {
                    session.extras.want(&session, extra, *is_urgent);
                }
            }
        });
    }
    progress
}
