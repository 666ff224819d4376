//! A run of statements as it stands: what each of them has given so far and how it ended. Must not run them (`super` does).

use std::{cell::RefCell, rc::Rc};

use super::place;
use crate::{
    core::{order::Direction, units},
    engine::EngineError,
    modes::sql::results::{chart::Choice, order::SortColumn, result_set::ResultSet},
};

/// Bytes of rows that are kept of all tabs together: a browser gives a page about four times as much.
pub const MAX_BYTES: usize = 800_000_000;

/// A statement, and the byte of the editor's text where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub start: usize,
}

/// How far a statement may go. `None`: as far as the memory goes, as long as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub rows: Option<usize>,
    pub seconds: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: Some(10_000), seconds: Some(30) }
    }
}

/// A statement that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its number in the run, from 0.
    pub statement: usize,
    /// DuckDB's words.
    pub message: String,
    /// The byte of the editor's text that they point at.
    pub at: Option<usize>,
}

/// How a statement stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// It waits for those before it.
    #[default]
    Waiting,
    Running,
    /// All rows came.
    Whole,
    /// There are more rows than the limit allows.
    RowLimit(usize),
    /// There are more rows than the page can keep.
    Memory,
    /// It took longer than so many seconds.
    TimeLimit(u32),
    Cancelled,
    Failed(Failure),
    /// One before it failed or was ended.
    Skipped,
}

impl End {
    /// How an answer that is none stands: cancelled, failed.
    pub fn of_error(error: &EngineError, statement: &Statement, number: usize) -> Self {
        match error {
            EngineError::Cancelled => Self::Cancelled,
            error => {
                let message = error.to_string();
                let at = place::of_error(&statement.sql, &message).map(|at| statement.start + at);
                Self::Failed(Failure { statement: number, message, at })
            }
        }
    }

    /// Whether the statements behind it run.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Whole | Self::RowLimit(_) | Self::Memory)
    }

    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }

    /// What the reader should know of the rows, in a sentence.
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::RowLimit(rows) => format!("The row limit was reached: these are the first {} rows.", units::count(*rows as u64)),
            Self::Memory => {
                format!(
                    "There are more rows than the page can keep: it stopped at {}. An export holds all of them.",
                    units::bytes(MAX_BYTES as u64)
                )
            }
            Self::TimeLimit(seconds) => {
                format!("The time limit of {seconds} s was reached: the statement was ended and these rows are not all.")
            }
            Self::Cancelled => "Cancelled: the rows are not all.".to_owned(),
            Self::Skipped => "Not run, because a statement before it did not end well.".to_owned(),
            _ => return None,
        })
    }
}

/// What is known of one statement of a run.
#[derive(Debug)]
pub struct Run {
    pub statement: Statement,
    /// What was sent, where that is more than the statement: its plan is asked for.
    pub sent: String,
    pub end: RefCell<End>,
    pub began_ms: RefCell<f64>,
    /// From its beginning to its end.
    pub took_ms: RefCell<f64>,
    pub result: RefCell<ResultSet>,
    /// How the reader looks at the rows: it stays while another mode is shown.
    pub look: RefCell<Look>,
}

/// What the reader has chosen of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub sort: Vec<SortColumn>,
    /// What is searched for in the rows.
    pub needle: String,
    /// Grid, chart or plan, where the reader chose.
    pub view: Option<&'static str>,
    pub chart: Option<Choice>,
}

/// Two are the same only if they are one.
impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Run {
    pub fn new(statement: Statement, sent: String) -> Rc<Self> {
        Rc::new(Self {
            statement,
            sent,
            end: RefCell::default(),
            began_ms: RefCell::default(),
            took_ms: RefCell::default(),
            result: RefCell::default(),
            look: RefCell::default(),
        })
    }

    pub fn rows(&self) -> usize {
        self.result.borrow().rows()
    }

    pub fn end(&self) -> End {
        self.end.borrow().clone()
    }
}

/// The first words of a statement, without comments before it.
pub fn first_words(sql: &str, most: usize) -> String {
    let lines = sql.lines().map(str::trim).filter(|line| !line.starts_with("--"));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).take(most).collect();
    let text = words.join(" ");
    if text.chars().count() > most { text.chars().take(most.saturating_sub(1)).chain(['…']).collect() } else { text }
}

/// A query with its rows in the order of some columns; any other statement as it is.
pub fn sorted(sql: &str, sort: &[SortColumn]) -> String {
    let first = first_words(sql, 8).to_uppercase();
    let is_query = ["SELECT", "WITH", "FROM", "VALUES", "("].iter().any(|word| first.starts_with(word));
    if sort.is_empty() || !is_query {
        return sql.to_owned();
    }
    let inner = sql.trim_end_matches(|character: char| character.is_whitespace() || character == ';');
    let columns = sort.iter().map(|sorted| {
        format!("{} {} NULLS LAST", sorted.column + 1, if sorted.direction == Direction::Descending { "DESC" } else { "ASC" })
    });
    format!("SELECT * FROM (\n{inner}\n) ORDER BY {}", columns.collect::<Vec<_>>().join(", "))
}

/// Time as the reader reads it: "0.4 s" while it runs would flicker in more digits.
pub fn seconds(elapsed_ms: f64) -> String {
    format!("{:.1} s", elapsed_ms.max(0.0) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_named_by_their_first_words() {
        assert_eq!(first_words("-- what\n  SELECT  a,\n b FROM spans", 14), "SELECT a, b F…");
        assert_eq!(first_words("SELECT 1", 28), "SELECT 1");
    }

    #[test]
    fn queries_are_put_in_order_and_nothing_else() {
        let sort = [SortColumn { column: 1, direction: Direction::Descending }, SortColumn { column: 0, direction: Direction::Ascending }];
        assert_eq!(
            sorted("SELECT a, b FROM t -- all\n;", &sort),
            "SELECT * FROM (\nSELECT a, b FROM t -- all\n) ORDER BY 2 DESC NULLS LAST, 1 ASC NULLS LAST"
        );
        assert_eq!(sorted("SHOW TABLES", &sort), "SHOW TABLES");
        assert_eq!(sorted("SELECT 1;", &[]), "SELECT 1;");
    }

    #[test]
    fn an_end_that_is_not_whole_says_why() {
        assert!(End::RowLimit(10_000).sentence().is_some_and(|sentence| sentence.contains("10,000")));
        assert!(End::TimeLimit(30).sentence().is_some_and(|sentence| sentence.contains("30 s")));
        assert_eq!(End::Whole.sentence(), None);
        assert!(End::Memory.goes_on() && !End::Cancelled.goes_on() && !End::Running.is_over());
        let statement = Statement { sql: "SELECT nme".to_owned(), start: 100 };
        let error = EngineError::Sql("Binder Error: x\n\nLINE 1: SELECT nme\n               ^".to_owned());
        let End::Failed(failure) = End::of_error(&error, &statement, 2) else { panic!() };
        assert_eq!((failure.statement, failure.at), (2, Some(107)));
        assert_eq!(End::of_error(&EngineError::Cancelled, &statement, 0), End::Cancelled);
    }
}
