//! The colours of agents, the same in every mode.

use std::rc::Rc;

use yew::prelude::*;

use super::{queries::use_later_query, session::Session, traces};
use crate::core::colour::{Kind, Slots};

/// Empty until the file's agents are known, and where they are not wanted.
#[hook]
pub fn use_agent_slots(session: &Rc<Session>, is_wanted: bool) -> Rc<Slots> {
    let agents = use_later_query(session, is_wanted.then(|| traces::AGENTS_SQL.into()));
    let table = agents.table.clone();
    use_memo((session.id, table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |_| {
        let names = table.as_ref().and_then(|table| table.texts("name").ok().map(|names| (table.rows(), names)));
        Slots::assign(Kind::Agent, names.into_iter().flat_map(|(rows, names)| (0..rows).filter_map(move |row| names.get(row))))
    })
}
