//! An engine that answers from a list, for tests of views and queries without a browser. Never linked into the page: nothing there names it.

use std::{cell::RefCell, rc::Rc};

use super::{Engine, EngineError, LocalFuture, Table};

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

    fn query_later(&self, sql: &str) -> LocalFuture<Result<Table, EngineError>> {
        self.query(sql)
    }

    /// Tests of views look at what is asked; what a Parquet file holds is tested where it is written.
    fn parquet(&self, sql: &str) -> LocalFuture<Result<Vec<Vec<u8>>, EngineError>> {
        self.asked.borrow_mut().push(sql.to_owned());
        Box::pin(std::future::ready(Ok(vec![b"PAR1".to_vec()])))
    }
}
