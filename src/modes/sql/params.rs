//! What of the SQL mode stands in the address: the text of the tab, and the limits where they are not the usual ones.
//!
//! Reading never fails. A text in an address is shown and never run unasked; that is the view's to keep.

use std::collections::BTreeMap;

/// The key of the text.
pub const SQL: &str = "sql";
const ROWS: &str = "rows";
const SECONDS: &str = "secs";

/// Longer texts are left out of the address: browsers and chat programs cut addresses. Compressed, SQL is a fifth to a third as long.
pub const MOST_LINKED_BYTES: usize = 20_000;
/// Longer ones in an address are not taken.
const MOST_READ_BYTES: usize = 200_000;

pub const ROW_LIMITS: [Option<usize>; 6] = [Some(100), Some(1_000), Some(10_000), Some(100_000), Some(1_000_000), None];
pub const TIME_LIMITS: [Option<u32>; 6] = [Some(5), Some(10), Some(30), Some(60), Some(300), None];

/// The mode's part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlParams {
    /// Of the tab that is shown; `None` where there is none, or where it is too long for an address.
    pub sql: Option<String>,
    /// At most so many rows of each result; `None` for all.
    pub rows: Option<usize>,
    /// A statement may take so long; `None` for as long as it takes.
    pub seconds: Option<u32>,
}

impl Default for SqlParams {
    fn default() -> Self {
        Self { sql: None, rows: Some(10_000), seconds: Some(30) }
    }
}

impl SqlParams {
    /// Odd limits are the usual ones.
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let usual = Self::default();
        let text = params.get(SQL).filter(|text| !text.trim().is_empty() && text.len() <= MOST_READ_BYTES);
        Self {
            sql: text.map(|text| text.replace("\r\n", "\n")),
            rows: read_limit(params.get(ROWS), usual.rows),
            seconds: read_limit(params.get(SECONDS), usual.seconds),
        }
    }

    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let usual = Self::default();
        let mut put = |key: &str, value: Option<String>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value)),
            None => drop(params.remove(key)),
        };
        put(SQL, self.sql.clone().filter(|text| !text.trim().is_empty() && text.len() <= MOST_LINKED_BYTES));
        put(ROWS, (self.rows != usual.rows).then(|| print_limit(self.rows)));
        put(SECONDS, (self.seconds != usual.seconds).then(|| print_limit(self.seconds)));
    }
}

fn read_limit<N: std::str::FromStr + PartialOrd + From<u8>>(text: Option<&String>, usual: Option<N>) -> Option<N> {
    match text.map(String::as_str) {
        None => usual,
        Some("all") => None,
        Some(text) => text.parse().ok().filter(|number| *number > N::from(0)).or(usual),
    }
}

/// A limit as a word: `all` for none.
pub fn print_limit<N: ToString>(limit: Option<N>) -> String {
    limit.map_or_else(|| "all".to_owned(), |limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> SqlParams {
        SqlParams::read(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_is_usual_stands_in_no_address() {
        let mut params = BTreeMap::from([("rows".to_owned(), "5".to_owned()), ("other".to_owned(), "x".to_owned())]);
        SqlParams::default().write(&mut params);
        assert_eq!(params.into_iter().collect::<Vec<_>>(), [("other".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn odd_limits_are_the_usual_ones() {
        let odd = read(&[("rows", "-3"), ("secs", "soon"), ("sql", " \n ")]);
        assert_eq!(odd, SqlParams::default());
        assert_eq!(read(&[("rows", "all"), ("secs", "7")]), SqlParams { sql: None, rows: None, seconds: Some(7) });
        assert_eq!(read(&[("rows", "0")]).rows, Some(10_000));
    }

    #[test]
    fn an_address_keeps_a_text_of_reasonable_length() {
        let written = |text: String| {
            let mut params = BTreeMap::new();
            SqlParams { sql: Some(text), rows: None, ..SqlParams::default() }.write(&mut params);
            SqlParams::read(&params)
        };
        assert_eq!(written("SELECT 1".to_owned()), SqlParams { sql: Some("SELECT 1".to_owned()), rows: None, seconds: Some(30) });
        assert_eq!(written("x".repeat(MOST_LINKED_BYTES + 1)).sql, None);
    }
}
