//! Rows in the order of several columns, worked out in steps: a million rows take longer than the page may stand still.
//!
//! Stable; NULLs are last whatever the direction.

use std::{cmp::Ordering, mem};

use super::{
    keys,
    result_set::{ResultSet, Value},
};
use crate::core::{fast_map::FastMap, order::Direction};

/// Texts that occur again and again are put in order once each, and rows then by their numbers.
const MOST_WORDS: usize = 4_096;

/// Rows that are sorted in one go, before what is sorted is merged.
const CHUNK: usize = 16_384;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortColumn {
    pub column: usize,
    pub direction: Direction,
}

/// The columns that rows are sorted by, the first one first. A click sorts by one alone and turns it round the second time; `more` adds one.
pub fn pressed(sort: &[SortColumn], column: usize, more: bool) -> Vec<SortColumn> {
    let known = sort.iter().find(|sorted| sorted.column == column).map(|sorted| sorted.direction);
    let next = match known {
        None => Some(Direction::Ascending),
        Some(Direction::Ascending) => Some(Direction::Descending),
        // The third press gives the rows as they came.
        Some(Direction::Descending) => None,
    };
    let mut columns: Vec<SortColumn> = if more { sort.to_vec() } else { Vec::new() };
    let at = columns.iter().position(|sorted| sorted.column == column);
    match (at.and_then(|at| columns.get_mut(at)), next) {
        (Some(sorted), Some(direction)) => sorted.direction = direction,
        (Some(_), None) => columns.retain(|sorted| sorted.column != column),
        (None, Some(direction)) => columns.push(SortColumn { column, direction }),
        (None, None) => (),
    }
    columns
}

/// A row and what it is sorted by first.
#[derive(Clone, Copy)]
struct Entry {
    head: u64,
    row: u32,
}

/// Sorting under way.
pub struct Sorting {
    by: Vec<SortColumn>,
    source: Vec<u32>,
    taken: usize,
    entries: Vec<Entry>,
    /// Rows without a value in the first column.
    nulls: Vec<u32>,
    phase: Phase,
    heads: HeadKind,
}

/// What equal heads mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeadKind {
    /// That depends on the type.
    Plain,
    /// Equal texts where the head says so.
    Tails,
    /// Equal texts.
    Ranks,
}

enum Phase {
    /// The texts of the first column are looked at, to know how to tell them apart quickly.
    Survey(Survey),
    Read(Heads),
    Chunks {
        next: usize,
    },
    Merge {
        width: usize,
        merge: Merge,
        into: Vec<Entry>,
    },
    Nulls(Option<Box<Sorting>>),
}

/// What is known of the texts of a column.
#[derive(Default)]
struct Survey {
    /// The first text, and how many of its bytes all others begin with.
    first: Option<String>,
    shared: usize,
    /// Each text with its number, and the number of each row, while there are few.
    words: FastMap<Box<str>, u32>,
    codes: Vec<u32>,
    is_many: bool,
}

/// What the first column is sorted by before its values are compared.
enum Heads {
    /// By type.
    Plain,
    /// Bytes of a text from this one on.
    Tails(usize),
    /// The place of each row's text among all texts, NULL as it comes.
    Ranks(Vec<u32>),
}

/// Two sorted runs that become one, and how far they are.
#[derive(Clone, Copy, Default)]
struct Merge {
    left: usize,
    left_end: usize,
    right: usize,
    right_end: usize,
}

impl Sorting {
    /// Puts `source` in order; where values are equal its own order stays if it is that of the rows.
    pub fn new(by: Vec<SortColumn>, source: Vec<u32>) -> Self {
        Self {
            by,
            taken: 0,
            entries: Vec::with_capacity(source.len()),
            source,
            nulls: Vec::new(),
            phase: Phase::Survey(Survey::default()),
            heads: HeadKind::Plain,
        }
    }

    /// Goes on for about `budget` rows. The order, once it is found.
    pub fn step(&mut self, set: &ResultSet, budget: usize) -> Option<Vec<u32>> {
        let Some(first) = self.by.first().copied() else { return Some(mem::take(&mut self.source)) };
        match &mut self.phase {
            Phase::Survey(survey) => {
                let end = self.taken.saturating_add(budget).min(self.source.len());
                let is_text = keys::is_plain_text(set.kind(first.column));
                if is_text {
                    for row in self.source.get(self.taken..end).unwrap_or_default() {
                        survey.take(set.value(first.column, *row as usize));
                    }
                    self.taken = end;
                    if end < self.source.len() {
                        return None;
                    }
                }
                self.taken = 0;
                let heads = if is_text { mem::take(survey).heads() } else { Heads::Plain };
                self.heads = match heads {
                    Heads::Plain => HeadKind::Plain,
                    Heads::Tails(_) => HeadKind::Tails,
                    Heads::Ranks(_) => HeadKind::Ranks,
                };
                self.phase = Phase::Read(heads);
                None
            }
            Phase::Read(heads) => {
                let kind = set.kind(first.column);
                let end = self.taken.saturating_add(budget).min(self.source.len());
                for (at, row) in self.source.get(self.taken..end).unwrap_or_default().iter().enumerate() {
                    match set.value(first.column, *row as usize) {
                        Some(value) => {
                            let head = match (&*heads, value) {
                                (Heads::Tails(from), Value::Text(text)) => keys::text_head(text, *from),
                                (Heads::Ranks(ranks), _) => ranks.get(self.taken + at).copied().unwrap_or(0).into(),
                                _ => keys::head(kind, value),
                            };
                            let head = if first.direction == Direction::Descending { !head } else { head };
                            self.entries.push(Entry { head, row: *row });
                        }
                        None => self.nulls.push(*row),
                    }
                }
                self.taken = end;
                if end == self.source.len() {
                    self.source = Vec::new();
                    self.phase = Phase::Chunks { next: 0 };
                }
                None
            }
            Phase::Chunks { next } => {
                let end = next.saturating_add(CHUNK).min(self.entries.len());
                let order = Order::new(set, &self.by, self.heads);
                if let Some(chunk) = self.entries.get_mut(*next..end) {
                    chunk.sort_unstable_by(|one, other| order.compare(*one, *other));
                }
                *next = end;
                if end == self.entries.len() {
                    self.phase = Phase::Merge { width: CHUNK, merge: Merge::default(), into: Vec::new() };
                }
                None
            }
            Phase::Merge { width, merge, into } => {
                if *width >= self.entries.len() {
                    let rest: Vec<SortColumn> = self.by.iter().skip(1).copied().collect();
                    let nulls = (!rest.is_empty() && !self.nulls.is_empty()).then(|| Box::new(Self::new(rest, mem::take(&mut self.nulls))));
                    self.phase = Phase::Nulls(nulls);
                    return None;
                }
                if into.capacity() == 0 {
                    *into = Vec::with_capacity(self.entries.len());
                }
                merge_some(&self.entries, into, merge, *width, budget, &Order::new(set, &self.by, self.heads));
                if into.len() == self.entries.len() {
                    mem::swap(&mut self.entries, into);
                    into.clear();
                    (*width, *merge) = (width.saturating_mul(2), Merge::default());
                }
                None
            }
            Phase::Nulls(sorting) => {
                if let Some(sorting) = sorting {
                    self.nulls = sorting.step(set, budget)?;
                }
                let entries = mem::take(&mut self.entries);
                Some(entries.into_iter().map(|entry| entry.row).chain(mem::take(&mut self.nulls)).collect())
            }
        }
    }
}

fn merge_some(from: &[Entry], into: &mut Vec<Entry>, merge: &mut Merge, width: usize, budget: usize, order: &Order<'_>) {
    let end = into.len().saturating_add(budget).min(from.len());
    while into.len() < end {
        if merge.left == merge.left_end && merge.right == merge.right_end {
            let start = into.len();
            let middle = (start + width).min(from.len());
            *merge = Merge { left: start, left_end: middle, right: middle, right_end: (middle + width).min(from.len()) };
        }
        let left = from.get(merge.left).filter(|_| merge.left < merge.left_end);
        let right = from.get(merge.right).filter(|_| merge.right < merge.right_end);
        let takes_left = match (left, right) {
            (Some(left), Some(right)) => order.compare(*left, *right) != Ordering::Greater,
            (left, _) => left.is_some(),
        };
        let Some(entry) = (if takes_left { left } else { right }) else { return };
        into.push(*entry);
        if takes_left {
            merge.left += 1;
        } else {
            merge.right += 1;
        }
    }
}

impl Survey {
    fn take(&mut self, value: Option<Value<'_>>) {
        let text = match value {
            Some(Value::Text(text)) => text,
            _ => {
                if !self.is_many {
                    self.codes.push(0);
                }
                return;
            }
        };
        match &self.first {
            None => {
                self.shared = text.len();
                self.first = Some(text.to_owned());
            }
            Some(first) => {
                let same = |shared: usize| first.as_bytes().get(..shared) == text.as_bytes().get(..shared) && shared <= text.len();
                if !same(self.shared) {
                    self.shared = first.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
                }
            }
        }
        if self.is_many {
            return;
        }
        let code = match self.words.get(text) {
            Some(code) => *code,
            None if self.words.len() < MOST_WORDS => {
                let code = self.words.len() as u32;
                self.words.insert(text.into(), code);
                code
            }
            None => {
                self.is_many = true;
                (self.words, self.codes) = (FastMap::default(), Vec::new());
                return;
            }
        };
        self.codes.push(code);
    }

    fn heads(self) -> Heads {
        if self.is_many {
            return Heads::Tails(self.shared);
        }
        let mut words: Vec<(Box<str>, u32)> = self.words.into_iter().collect();
        words.sort_unstable();
        let mut ranks = vec![0_u32; words.len()];
        for (rank, (_, code)) in (0_u32..).zip(&words) {
            if let Some(place) = ranks.get_mut(*code as usize) {
                *place = rank;
            }
        }
        Heads::Ranks(self.codes.into_iter().map(|code| ranks.get(code as usize).copied().unwrap_or(0)).collect())
    }
}

struct Order<'a> {
    set: &'a ResultSet,
    by: &'a [SortColumn],
    is_exact: bool,
    /// Heads that are those of texts, turned round or not.
    tails: Option<Direction>,
}

impl<'a> Order<'a> {
    fn new(set: &'a ResultSet, by: &'a [SortColumn], heads: HeadKind) -> Self {
        let first = by.first();
        let is_exact = heads == HeadKind::Ranks || first.is_some_and(|first| keys::is_exact(set.kind(first.column)));
        Self { set, by, is_exact, tails: first.filter(|_| heads == HeadKind::Tails).map(|first| first.direction) }
    }

    /// Whether rows with this head have the same value in the first column.
    fn is_exact(&self, head: u64) -> bool {
        match self.tails {
            Some(direction) => keys::is_whole_text(if direction == Direction::Descending { !head } else { head }),
            None => self.is_exact,
        }
    }

    fn compare(&self, one: Entry, other: Entry) -> Ordering {
        one.head.cmp(&other.head).then_with(|| {
            let columns = self.by.iter().skip(usize::from(self.is_exact(one.head)));
            let mut found = columns.map(|sorted| self.compare_by(*sorted, one.row, other.row));
            found.find(|order| *order != Ordering::Equal).unwrap_or_else(|| one.row.cmp(&other.row))
        })
    }

    fn compare_by(&self, sorted: SortColumn, one: u32, other: u32) -> Ordering {
        let value = |row: u32| -> Option<Value<'_>> { self.set.value(sorted.column, row as usize) };
        match (value(one), value(other)) {
            (Some(one), Some(other)) => {
                let order = keys::compare(self.set.kind(sorted.column), one, other);
                if sorted.direction == Direction::Descending { order.reverse() } else { order }
            }
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::{
            Column,
            result::{CellKind, ResultColumn},
        },
        modes::sql::results::result_set::ResultSet,
    };
    use proptest::prelude::*;

    const UP: Direction = Direction::Ascending;
    const DOWN: Direction = Direction::Descending;

    fn sorted(set: &ResultSet, by: &[(usize, Direction)], budget: usize) -> Vec<u32> {
        let by = by.iter().map(|(column, direction)| SortColumn { column: *column, direction: *direction }).collect();
        let mut sorting = Sorting::new(by, (0..set.rows() as u32).collect());
        loop {
            if let Some(order) = sorting.step(set, budget) {
                return order;
            }
        }
    }

    fn set(rows: &[(Option<i64>, Option<String>)]) -> ResultSet {
        let column = |kind| ResultColumn { name: "a".to_owned(), type_name: String::new(), kind };
        let mut set = ResultSet::of(vec![column(CellKind::Int), column(CellKind::Text)]);
        for part in rows.chunks(3) {
            set.push(vec![Column::ints(part.iter().map(|row| row.0)), Column::texts(part.iter().map(|row| row.1.as_deref()))], None);
        }
        set
    }

    #[test]
    fn nulls_are_last_in_both_directions() {
        let rows = [(Some(2), "b"), (None, "a"), (Some(1), "c"), (None, "d"), (Some(2), "a")]
            .map(|(number, text)| (number, Some(text.to_owned())));
        let set = set(&rows);
        assert_eq!(sorted(&set, &[(0, UP)], 2), [2, 0, 4, 1, 3]);
        assert_eq!(sorted(&set, &[(0, DOWN)], 2), [0, 4, 2, 1, 3]);
        assert_eq!(sorted(&set, &[(0, DOWN), (1, UP)], 2), [4, 0, 2, 1, 3]);
        assert_eq!(sorted(&set, &[(0, UP), (1, DOWN)], 2), [2, 0, 4, 3, 1]);
        assert_eq!(sorted(&set, &[], 2), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn presses_turn_a_column_round_and_let_it_go() {
        let by = |columns: &[(usize, Direction)]| {
            columns.iter().map(|(column, direction)| SortColumn { column: *column, direction: *direction }).collect::<Vec<_>>()
        };
        assert_eq!(pressed(&[], 1, false), by(&[(1, UP)]));
        assert_eq!(pressed(&by(&[(1, UP)]), 1, false), by(&[(1, DOWN)]));
        assert_eq!(pressed(&by(&[(1, DOWN)]), 1, false), by(&[]));
        assert_eq!(pressed(&by(&[(1, UP)]), 0, true), by(&[(1, UP), (0, UP)]));
        assert_eq!(pressed(&by(&[(1, UP), (0, DOWN)]), 0, true), by(&[(1, UP)]));
        assert_eq!(pressed(&by(&[(1, UP), (0, DOWN)]), 2, false), by(&[(2, UP)]));
    }

    #[test]
    fn many_rows_are_merged() {
        let rows: Vec<_> = (0..70_000_i64)
            .map(|row| ((row % 7 != 0).then_some(row * 7919 % 1000), Some(format!("{:08}{}", row % 10, row * 31 % 97))))
            .collect();
        let set = set(&rows);
        for by in [vec![(0, DOWN)], vec![(1, UP), (0, DOWN)]] {
            let mut expected: Vec<u32> = (0..set.rows() as u32).collect();
            expected.sort_by(|one, other| {
                by.iter().fold(Ordering::Equal, |order, (column, direction)| {
                    order.then_with(|| {
                        let key = |row: u32| {
                            (
                                if *column == 0 { rows[row as usize].0 } else { None },
                                if *column == 1 { rows[row as usize].1.clone() } else { None },
                            )
                        };
                        let (one, other) = (key(*one), key(*other));
                        let is_null = |key: &(Option<i64>, Option<String>)| key.0.is_none() && key.1.is_none();
                        let plain = if *direction == DOWN { other.cmp(&one) } else { one.cmp(&other) };
                        if is_null(&one) || is_null(&other) { is_null(&one).cmp(&is_null(&other)) } else { plain }
                    })
                })
            });
            assert!(sorted(&set, &by, 10_000) == expected, "{by:?}");
        }
    }

    proptest! {
        #[test]
        fn the_order_holds_every_row_once(rows in prop::collection::vec((any::<Option<i64>>(), any::<Option<String>>()), 0..60), budget in 1_usize..9) {
            let set = set(&rows);
            let mut order = sorted(&set, &[(1, DOWN), (0, UP)], budget);
            order.sort_unstable();
            prop_assert_eq!(order, (0..rows.len() as u32).collect::<Vec<_>>());
        }
    }
}
