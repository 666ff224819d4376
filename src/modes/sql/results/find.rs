//! Rows of which some value contains a text, capitals or not, found in steps.

use super::{cell, result_set::ResultSet};

/// A search under way.
pub struct Finding {
    needle: String,
    next: usize,
    found: Vec<u32>,
    text: String,
}

impl Finding {
    pub fn new(needle: &str) -> Self {
        Self { needle: needle.trim().to_lowercase(), next: 0, found: Vec::new(), text: String::new() }
    }

    /// Goes on for about `budget` values. The rows, once all are looked at.
    pub fn step(&mut self, set: &ResultSet, budget: usize) -> Option<Vec<u32>> {
        let rows = (budget / set.columns.len().max(1)).max(1);
        let end = self.next.saturating_add(rows).min(set.rows());
        for row in self.next..end {
            let fits = (0..set.columns.len()).any(|column| {
                set.value(column, row).is_some_and(|value| {
                    self.text.clear();
                    match value {
                        super::result_set::Value::Text(text) => contains(text, &self.needle, &mut self.text),
                        value => {
                            cell::push(&mut self.text, set.kind(column), value);
                            self.text.contains(&self.needle)
                        }
                    }
                })
            });
            if fits {
                self.found.push(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        self.next = end;
        (end == set.rows()).then(|| std::mem::take(&mut self.found))
    }
}

/// `needle` is in small letters. `room` is empty and used as it likes.
fn contains(text: &str, needle: &str, room: &mut String) -> bool {
    if needle.is_ascii() {
        let needle = needle.as_bytes();
        let Some((first, rest)) = needle.split_first() else { return true };
        let mut left = text.as_bytes();
        while let Some(at) = left.iter().position(|byte| byte.eq_ignore_ascii_case(first)) {
            left = left.get(at + 1..).unwrap_or_default();
            if left.get(..rest.len()).is_some_and(|next| next.eq_ignore_ascii_case(rest)) {
                return true;
            }
        }
        return false;
    }
    room.extend(text.chars().flat_map(char::to_lowercase));
    room.contains(needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{
        Column,
        result::{CellKind, ResultColumn},
    };

    #[test]
    fn any_value_counts_capitals_or_not() {
        let column = |kind| ResultColumn { name: "a".to_owned(), type_name: String::new(), kind };
        let mut set = ResultSet::of(vec![column(CellKind::Date), column(CellKind::Text)]);
        set.push(vec![Column::ints([Some(0), None, Some(1)]), Column::texts([Some("aWRIter"), Some("ÉCRIT"), None])], None);
        let found = |needle: &str| {
            let mut finding = Finding::new(needle);
            loop {
                if let Some(found) = finding.step(&set, 1) {
                    return found;
                }
            }
        };
        assert_eq!(found("Writ"), [0]);
        assert_eq!(found(" écrit"), [1]);
        assert_eq!(found("1970-01-0"), [0, 2]);
        assert_eq!(found("null"), [0_u32; 0]);
        assert_eq!(found(""), [0, 1, 2]);
    }
}
