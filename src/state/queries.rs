//! Questions to the engine as hooks: keyed by their statement, the latest wins, the earlier answer stays in view while the next is under way.

use std::rc::Rc;

use futures::future::{AbortHandle, Abortable};
use yew::{platform::spawn_local, prelude::*};

use super::{busy::Busy, session::Session};
use crate::engine::{Engine, EngineError, LocalFuture, Table};

/// What there is of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The newest table; of an earlier statement while `pending`.
    pub table: Option<Rc<Table>>,
    /// The statement that `table` answers.
    pub question: Option<Rc<str>>,
    pub error: Option<EngineError>,
    pub pending: bool,
    retry: UseStateSetter<u32>,
    round: u32,
}

impl Answer {
    /// The table, if it answers this very statement.
    pub fn of(&self, sql: &str) -> Option<&Rc<Table>> {
        self.table.as_ref().filter(|_| self.question.as_deref() == Some(sql))
    }

    /// Asks again after an error.
    pub fn retry(&self) {
        self.retry.set(self.round.wrapping_add(1));
    }
}

#[derive(Clone, PartialEq, Default)]
struct Slot {
    table: Option<Rc<Table>>,
    question: Option<Rc<str>>,
    error: Option<EngineError>,
}

/// Asks `sql` (nothing while it is `None`) of the open file. A new statement cancels the one under way, in the engine too.
#[hook]
pub fn use_query(session: &Rc<Session>, sql: Option<Rc<str>>) -> Answer {
    use_asked(session, sql, |engine, sql| engine.query(sql))
}

/// As [`use_query`], for what is short and seen at once: the other questions of the same moment let it pass.
#[hook]
pub fn use_first_query(session: &Rc<Session>, sql: Option<Rc<str>>) -> Answer {
    use_asked(session, sql, |engine, sql| engine.query_first(sql))
}

/// As [`use_query`], for what completes a picture that is there already: it never holds up what the reader asks for meanwhile.
#[hook]
pub fn use_later_query(session: &Rc<Session>, sql: Option<Rc<str>>) -> Answer {
    use_asked(session, sql, |engine, sql| engine.query_later(sql))
}

type Ask = fn(&dyn Engine, &str) -> LocalFuture<Result<Table, EngineError>>;

#[hook]
fn use_asked(session: &Rc<Session>, sql: Option<Rc<str>>, ask_engine: Ask) -> Answer {
    let slot = use_state(Slot::default);
    let round = use_state(|| 0_u32);
    {
        let (slot, session) = (slot.setter(), session.clone());
        use_effect_with((session.id, sql.clone(), *round), move |(_, sql, _)| {
            let (abort, registration) = AbortHandle::new_pair();
            match sql.clone() {
                None => slot.set(Slot::default()),
                Some(sql) => match session.remembered(&sql) {
                    Some(table) => slot.set(Slot { table: Some(table), question: Some(sql), error: None }),
                    None => {
                        let busy = Busy::start();
                        let ask = async move {
                            let answer = match session.agent_runs.gathered_for(&sql, &session.engine).await {
                                Ok(()) => ask_engine(&*session.engine, &sql).await,
                                Err(error) => Err(error),
                            };
                            match answer {
                                Ok(table) => {
                                    let table = Rc::new(table);
                                    session.remember(&sql, table.clone());
                                    slot.set(Slot { table: Some(table), question: Some(sql), error: None });
                                }
                                Err(EngineError::Cancelled) => {}
                                Err(error) => slot.set(Slot { table: None, question: Some(sql), error: Some(error) }),
                            }
                        };
                        spawn_local(async move {
                            // Aborted: a newer statement or an unmounted view. Dropping the future cancels in the engine.
                            let _ = Abortable::new(ask, registration).await;
                            drop(busy);
                        });
                    }
                },
            }
            move || abort.abort()
        });
    }
    let pending = sql.is_some() && slot.question != sql;
    Answer {
        table: slot.table.clone(),
        question: slot.question.clone(),
        error: slot.error.clone().filter(|_| !pending),
        pending,
        retry: round.setter(),
        round: *round,
    }
}
