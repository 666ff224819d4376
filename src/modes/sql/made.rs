//! What the reader made in the database in memory, so that it can be made again, or named as lost, when the database had to be started again.
//!
//! Must not ask the engine what there is: when it matters, the engine is gone.

use std::{cell::RefCell, rc::Rc};

use super::view::show_again;
use crate::{
    core::sql_made::{Change, Kind, change},
    engine::result::Flow,
    state::session::Session,
};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Thing {
    kind: Kind,
    name: String,
    /// The statements that made it, and the session that they ran in.
    sqls: Vec<String>,
    tab: String,
}

/// All that is there now, oldest first; kept with the open file.
#[derive(Default)]
pub struct Made {
    things: RefCell<Vec<Thing>>,
}

impl Made {
    /// Takes note of a statement that ended well.
    pub fn note(&self, tab: &str, sql: &str) {
        let mut things = self.things.borrow_mut();
        match change(sql) {
            Some(Change::Made { kind, name, .. }) => {
                things.retain(|thing| !is(thing, &name));
                things.push(Thing { kind, name, sqls: vec![sql.to_owned()], tab: tab.to_owned() });
            }
            Some(Change::Dropped { name }) => {
                let within = format!("{}.", name.to_lowercase());
                things.retain(|thing| !is(thing, &name) && !thing.name.to_lowercase().starts_with(&within));
            }
            Some(Change::Renamed { from, to }) => {
                if let Some(thing) = things.iter_mut().find(|thing| is(thing, &from)) {
                    thing.name = to;
                    thing.sqls.push(sql.to_owned());
                }
            }
            None => (),
        }
    }

    /// The database is clean.
    pub fn clear(&self) {
        self.things.borrow_mut().clear();
    }

    /// Whether there is a table that would be lost with the database.
    pub fn has_tables(&self) -> bool {
        self.things.borrow().iter().any(|thing| thing.kind == Kind::Table)
    }
}

fn is(thing: &Thing, name: &str) -> bool {
    thing.name.eq_ignore_ascii_case(name)
}

/// Makes again what can be made again, in a database that was started anew. What the reader should know of it, in a sentence.
pub async fn revive(session: &Rc<Session>) -> Option<String> {
    let made = session.kept.of::<Made>();
    let things = made.things.take();
    let (tables, mut others): (Vec<Thing>, Vec<Thing>) = things.into_iter().partition(|thing| thing.kind == Kind::Table);
    if !others.is_empty() {
        // Without them some of it cannot be made, and is named then.
        drop(session.helper_views.made(&session.engine).await);
    }
    show_again(session).await;
    let mut again = Vec::new();
    // A view may need another one that was made anew after it.
    loop {
        let before = others.len();
        let mut left = Vec::new();
        for thing in others {
            let mut is_made = true;
            for sql in &thing.sqls {
                is_made = is_made && session.engine.run_statement(&thing.tab, sql, Rc::new(|_| Flow::More)).await.is_ok();
            }
            if is_made { again.push(thing) } else { left.push(thing) }
        }
        others = left;
        if others.is_empty() || others.len() == before {
            break;
        }
    }
    let sentence = sentence(&names(&tables), &names(&again), &names(&others));
    made.things.replace(again);
    sentence
}

fn names(things: &[Thing]) -> Vec<String> {
    things.iter().map(|thing| thing.name.clone()).collect()
}

/// So many names are written out.
const MOST_NAMED: usize = 8;

fn sentence(tables: &[String], again: &[String], lost: &[String]) -> Option<String> {
    let listed = |names: &[String]| {
        let more = names.len().saturating_sub(MOST_NAMED);
        let shown = names.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    let are = |names: &[String], one: &str, several: &str| if names.len() == 1 { one.to_owned() } else { several.to_owned() };
    let mut parts = Vec::new();
    if !tables.is_empty() {
        parts.push(format!("{} {} gone: {}.", are(tables, "Your table", "Your tables"), are(tables, "is", "are"), listed(tables)));
    }
    if !lost.is_empty() {
        parts.push(format!("What needed what is gone could not be made again: {}.", listed(lost)));
    }
    if !again.is_empty() {
        parts.push(format!("{} made again: {}.", are(again, "This was", "These were"), listed(again)));
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(made: &Made) -> Vec<String> {
        names(&made.things.borrow())
    }

    #[test]
    fn what_is_there_is_known() {
        let made = Made::default();
        for sql in [
            "CREATE VIEW v AS FROM spans",
            "CREATE TABLE t AS SELECT 1",
            "CREATE OR REPLACE VIEW V AS FROM t",
            "SELECT 1",
            "CREATE SCHEMA s",
            "CREATE TABLE s.a (x INT)",
        ] {
            made.note("q1", sql);
        }
        assert_eq!(all(&made), ["t", "V", "s", "s.a"]);
        made.note("q1", "ALTER TABLE T RENAME TO u");
        made.note("q1", "DROP SCHEMA s CASCADE");
        assert_eq!(all(&made), ["u", "V"]);
        assert!(made.has_tables());
        made.note("q1", "DROP TABLE u");
        assert!(!made.has_tables());
    }

    #[test]
    fn the_reader_hears_what_is_gone_by_name() {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(sentence(&[], &[], &[]), None);
        assert_eq!(sentence(&names(&["t"]), &names(&["v", "w"]), &[]).unwrap(), "Your table is gone: t. These were made again: v, w.");
        assert_eq!(
            sentence(&names(&["a", "b"]), &[], &names(&["v"])).unwrap(),
            "Your tables are gone: a, b. What needed what is gone could not be made again: v."
        );
        let many: Vec<String> = (0..10).map(|number| format!("t{number}")).collect();
        assert!(sentence(&many, &[], &[]).unwrap().ends_with("t7 and 2 more."));
    }
}
