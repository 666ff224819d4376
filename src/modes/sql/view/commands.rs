//! What can be done with the query that is shown, by button and by key.

use std::rc::Rc;

use yew::platform::spawn_local;

use super::desk::{Desk, Ran, Remembered};
use crate::{
    core::{sql_format, sql_script},
    engine::EngineError,
    modes::sql::{
        catalog::{SHOWN, shown_sql},
        history::Entry,
        params::SqlParams,
        runs::{Limits, Runs, Statement},
        tabs::QueryTab,
    },
    state::{busy::Busy, scope::Scope, session::Session},
    ui::editor::EditorHandle,
};

/// All that a command needs, of the present drawing.
#[derive(Clone)]
pub struct Commands {
    pub session: Rc<Session>,
    pub scope: Rc<Scope>,
    pub desk: Desk,
    pub tab: QueryTab,
    pub runs: Runs,
    pub params: SqlParams,
    pub handle: EditorHandle,
    pub history: Rc<Vec<Entry>>,
    /// How far back the history is shown in the editor, and what stood there before.
    pub walk: Rc<std::cell::RefCell<Option<(usize, String)>>>,
}

/// What is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// What is selected, else the statement at the caret.
    Here,
    All,
    Plan {
        analyze: bool,
    },
}

impl Commands {
    /// The statements, with their places in the editor's text.
    fn statements(&self, what: What) -> Vec<Statement> {
        let text = self.tab.text.as_str();
        let statement = |range: std::ops::Range<usize>, offset: usize| Statement {
            sql: text.get(range.start + offset..range.end + offset).unwrap_or("").to_owned(),
            start: range.start + offset,
        };
        if what == What::All {
            return sql_script::statements(text).into_iter().map(|range| statement(range, 0)).collect();
        }
        let (from, to) = self.handle.selection();
        let selected = text.get(from..to).filter(|selected| !selected.trim().is_empty());
        match selected {
            Some(selected) => sql_script::statements(selected).into_iter().map(|range| statement(range, from)).collect(),
            None => sql_script::statement_at(text, from).into_iter().map(|range| statement(range, 0)).collect(),
        }
    }

    pub fn run(&self, what: What) {
        let mut statements = self.statements(what);
        if matches!(what, What::Plan { .. }) {
            statements.truncate(1);
        }
        if statements.is_empty() {
            return;
        }
        // All of it with its comments, or the statements that were chosen.
        let text = match sql_script::statements(&self.tab.text).len() == statements.len() {
            true => self.tab.text.trim().to_owned(),
            false => statements.iter().map(|statement| statement.sql.as_str()).collect::<Vec<_>>().join(";\n"),
        };
        let ran = Ran { editor: self.tab.text.clone(), statements: text, ..Ran::default() };
        self.start(ran, statements, what);
    }

    /// A statement that is not of the editor: the first rows of a table.
    pub fn preview(&self, sql: String) {
        let ran = Ran { editor: self.tab.text.clone(), is_preview: true, ..Ran::default() };
        self.start(ran, vec![Statement { sql, start: 0 }], What::All);
    }

    fn start(&self, ran: Ran, statements: Vec<Statement>, what: What) {
        self.desk.seen.emit(());
        self.walk.replace(None);
        let remembered = self.session.kept.of::<Remembered>();
        let limits = Limits { rows: self.params.rows, seconds: self.params.seconds };
        let (runs, id, session, scope) = (self.runs.clone(), self.tab.id.clone(), self.session.clone(), self.scope.clone());
        let names_shown = statements.iter().any(|statement| sql_script::mentions(&statement.sql, SHOWN));
        let begin = move |remembered: &Remembered| {
            remembered.ran.borrow_mut().insert(id, ran);
            match what {
                What::Plan { analyze } => {
                    if let Some(statement) = statements.into_iter().next() {
                        runs.explain(statement, analyze);
                    }
                }
                _ => runs.start(statements, limits),
            }
        };
        let busy = Busy::start();
        spawn_local(async move {
            // What cannot be made is missed by the statement that names it, in DuckDB's words.
            drop(session.helper_views.made(&session.engine).await);
            if names_shown {
                drop(make_shown(&session, &scope, &remembered).await);
            }
            begin(&remembered);
            drop(busy);
        });
    }

    pub fn format(&self) {
        let (from, to) = self.handle.selection();
        let text = self.tab.text.as_str();
        match text.get(from..to).filter(|selected| !selected.trim().is_empty()) {
            Some(selected) => self.handle.insert(sql_format::format(selected).trim_end()),
            None => self.handle.replace(&sql_format::format(text)),
        }
    }

    /// Another text of the history in the place of what is written; the newest step brings that back.
    pub fn walk(&self, older: bool) {
        let mut walk = self.walk.borrow_mut();
        let next = match (&*walk, older) {
            (None, true) => Some(0),
            (None, false) => return,
            (Some((at, _)), true) => Some((at + 1).min(self.history.len().saturating_sub(1))),
            (Some((at, _)), false) => at.checked_sub(1),
        };
        let before = walk.take().map_or_else(|| self.tab.text.clone(), |(_, before)| before);
        match next.and_then(|at| Some((at, self.history.get(at)?))) {
            Some((at, entry)) => {
                self.handle.replace(&entry.text);
                *walk = Some((at, before));
            }
            None => self.handle.replace(&before),
        }
    }
}

/// Makes the view of what the filter lets through anew.
pub async fn make_shown(session: &Session, scope: &Scope, remembered: &Remembered) -> Result<(), EngineError> {
    let sql = shown_sql(scope);
    session.engine.query_first(&sql).await?;
    remembered.shown_made.replace(Some(sql));
    Ok(())
}
