//! What can be named, asked of the engine once the mode is shown, and again after statements that change it.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use crate::{
    core::sql_complete::Names,
    modes::sql::catalog::{self, Catalog},
    state::{attribute_keys, busy::Busy, queries::use_later_query, session::Session},
};

/// The tree's and the editor's view of the same things.
#[derive(Clone, PartialEq)]
pub struct Known {
    pub catalog: Rc<Catalog>,
    pub names: Rc<Names>,
    /// With the number of spans that have them, most first.
    pub keys: Rc<Vec<(String, u64)>>,
    pub error: Option<AttrValue>,
    pub is_pending: bool,
}

/// `round` grows with every run that may have changed what there is.
#[hook]
pub fn use_known(session: &Rc<Session>, round: u32) -> Known {
    // The views are made once a file; where they cannot be, the rest is still there.
    let is_made = use_state_eq(|| false);
    {
        let is_made = is_made.setter();
        let session = session.clone();
        use_effect_with(session.id, move |_| {
            let busy = Busy::start();
            spawn_local(async move {
                drop(session.helper_views.made(&session.engine).await);
                is_made.set(true);
                drop(busy);
            });
        });
    }
    let tables = use_later_query(session, (*is_made).then(|| format!("{} -- {round}", catalog::tables_sql()).into()));
    let functions = use_later_query(session, (*is_made).then(|| catalog::functions_sql().into()));
    let keys = use_later_query(session, Some(attribute_keys::keys_sql(session.totals.spans).into()));
    let at = |table: &Option<Rc<crate::engine::Table>>| table.as_ref().map(|table| Rc::as_ptr(table) as usize);
    let found = {
        let (table, session) = (tables.table.clone(), session.clone());
        use_memo(at(&tables.table), move |_| {
            let read = table.map(|table| catalog::read(&table, session.totals.spans, session.traces.len() as u64));
            read.and_then(Result::ok).map(Rc::new).unwrap_or_default()
        })
    };
    let known_keys = {
        let table = keys.table.clone();
        use_memo(at(&keys.table), move |_| Rc::new(table.and_then(|table| attribute_keys::read(&table).ok()).unwrap_or_default()))
    };
    let names = {
        let (found, known_keys, table) = ((*found).clone(), (*known_keys).clone(), functions.table.clone());
        use_memo((at(&tables.table), at(&functions.table), at(&keys.table)), move |_| {
            let functions = table.and_then(|table| catalog::read_functions(&table).ok()).unwrap_or_default();
            Rc::new(catalog::names(&found, functions, &known_keys))
        })
    };
    Known {
        catalog: (*found).clone(),
        names: (*names).clone(),
        keys: (*known_keys).clone(),
        error: tables.error.as_ref().map(|error| error.to_string().into()),
        is_pending: tables.table.is_none() && tables.error.is_none(),
    }
}
