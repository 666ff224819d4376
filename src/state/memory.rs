//! How much memory the database takes: asked when it is looked at and after every time of work, never by polling.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::{busy, session::Session};

/// Bytes of the open file's database; `None` until it has answered. The question is no work that others wait for: the page counts as idle
/// meanwhile.
#[hook]
pub fn use_database_bytes(session: &Rc<Session>) -> Option<u64> {
    let bytes = use_state(|| None::<u64>);
    {
        let (bytes, session) = (bytes.setter(), session.clone());
        use_effect_with(session.id, move |_| {
            let ask = move || {
                let (bytes, session) = (bytes.clone(), session.clone());
                spawn_local(async move {
                    // A database that does not answer any more is told about elsewhere.
                    if let Ok(known) = session.engine.memory().await {
                        bytes.set(Some(known));
                    }
                });
            };
            if !busy::is_busy() {
                ask();
            }
            let listening = busy::listen(move |busy| {
                if !busy {
                    ask();
                }
            });
            move || drop(listening)
        });
    }
    *bytes
}
