//! An engine that answers from a list, for tests of views and queries without a browser. Never linked into the page: nothing there names it.

use std::{cell::RefCell, rc::Rc};

use super::{
    Engine, EngineError, ExportFormat, FileParts, LocalFuture, Table,
    result::{Flow, ResultPart, RunEnd},
};

/// Answers the first entry whose fragment occurs in the statement; anything else is an SQL error that quotes the statement.
#[derive(Clone, Default)]
pub struct FakeEngine {
    answers: Vec<(String, Result<Table, EngineError>)>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl FakeEngine {
    pub fn answer(mut self, fragment: &str, answer: Result<Table, EngineError>) -> Self {
        self.answers.push((fragment.to_owned(), answer));
        self
    }

    /// The statements so far, oldest first.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }
}

impl Engine for FakeEngine {
    fn query(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        self.asked.borrow_mut().push(sql.to_owned());
        let answer = self.answers.iter().find(|(fragment, _)| sql.contains(fragment.as_str())).map(|(_, answer)| answer.clone());
        let answer = answer.unwrap_or_else(|| Err(EngineError::Sql(format!("no answer was prepared for: {sql}"))));
        Box::pin(std::future::ready(answer))
    }

    fn query_first(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        self.query(sql)
    }

    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        self.query(sql)
    }

    /// Gives no rows; what a result looks like is tested where it is shown.
    fn run_statement(&self, _session: &str, sql: &str, _take: Rc<dyn Fn(ResultPart) -> Flow>) -> LocalFuture<Result<RunEnd, EngineError>> {
        self.asked.borrow_mut().push(sql.to_owned());
        Box::pin(std::future::ready(Ok(RunEnd::default())))
    }

    fn end_if_stuck(&self, _patience_ms: u32) -> LocalFuture<bool> {
        Box::pin(std::future::ready(true))
    }

    fn memory(&self) -> LocalFuture<Result<u64, EngineError>> {
        Box::pin(std::future::ready(Ok(64_000_000)))
    }

    /// Tests of views look at what is asked; what a file holds is tested where it is written.
    fn export(
        &self,
        _session: Option<&str>,
        sql: &str,
        _format: ExportFormat,
        on_progress: Rc<dyn Fn(u64)>,
    ) -> LocalFuture<Result<FileParts, EngineError>> {
        self.asked.borrow_mut().push(sql.to_owned());
        on_progress(1);
        Box::pin(std::future::ready(Ok(FileParts::default())))
    }

    fn reset_reader(&self, _own_schema: &str, _own: &[&str]) -> LocalFuture<Result<(), EngineError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
