//! Figures of a column: how many values, how many different ones, the least, the most, how they are spread. Worked out in steps.

use std::hash::BuildHasher as _;

use super::{
    cell, keys,
    result_set::{ResultSet, Value},
};
use crate::{core::fast_map::FastMap, engine::result::CellKind};

/// Different values that are counted one by one; beyond, their number is estimated.
const COUNTED: usize = 1 << 17;
/// Values that the estimate rests on: it is off by about 1 / √(their number), 2 %.
const KEPT_HASHES: usize = 2_048;
/// Of the small histogram.
pub const BINS: usize = 12;
const TOP: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    Exactly(usize),
    About(usize),
}

/// What is known of a column. Rows stand for their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    pub rows: usize,
    pub nulls: usize,
    pub distinct: Option<Distinct>,
    pub least: Option<usize>,
    pub most: Option<usize>,
    /// Of numbers only.
    pub mean: Option<f64>,
    pub median: Option<f64>,
    /// Values of each of [`BINS`] equal stretches from the least to the most; empty where that means nothing.
    pub bins: Vec<u32>,
    /// The most frequent values that are there more than once: a row that has it, and how many there are.
    pub top: Vec<(usize, usize)>,
}

/// A column that is being looked at.
pub struct Profiling {
    column: usize,
    next: usize,
    profile: Profile,
    numbers: Vec<f64>,
    sum: f64,
    counts: FastMap<u64, (u32, u32)>,
    hashes: Smallest,
    is_scanned: bool,
}

impl Profiling {
    pub fn new(column: usize) -> Self {
        Self {
            column,
            next: 0,
            profile: Profile::default(),
            numbers: Vec::new(),
            sum: 0.0,
            counts: FastMap::default(),
            hashes: Smallest::default(),
            is_scanned: false,
        }
    }

    /// Goes on for about `budget` rows. The figures, once all rows are looked at.
    pub fn step(&mut self, set: &ResultSet, budget: usize) -> Option<Profile> {
        if self.is_scanned {
            return Some(self.finish(set));
        }
        let kind = set.kind(self.column);
        let end = self.next.saturating_add(budget);
        if let Some(stretch) = set.stretch(self.column, self.next) {
            for (row, value) in stretch.values(end) {
                match value {
                    Some(value) => self.take(set, kind, row, value),
                    None => self.profile.nulls += 1,
                }
            }
            self.next = stretch.end.min(end);
        }
        self.is_scanned = self.next >= set.rows();
        None
    }

    fn take(&mut self, set: &ResultSet, kind: CellKind, row: usize, value: Value<'_>) {
        let beats = |known: Option<usize>, order: std::cmp::Ordering| {
            known.and_then(|known| set.value(self.column, known)).is_none_or(|known| keys::compare(kind, value, known) == order)
        };
        let (is_less, is_more) =
            (beats(self.profile.least, std::cmp::Ordering::Less), beats(self.profile.most, std::cmp::Ordering::Greater));
        if is_less {
            self.profile.least = Some(row);
        }
        if is_more {
            self.profile.most = Some(row);
        }
        if let Some(number) = cell::number(kind, value) {
            self.numbers.push(number);
            self.sum += number;
        }
        let hash = match value {
            Value::Int(value) => self.counts.hasher().hash_one(value),
            Value::Float(_) | Value::Bool(_) => self.counts.hasher().hash_one(keys::head(kind, value)),
            Value::Text(text) => self.counts.hasher().hash_one(text),
        };
        if self.hashes.has_begun {
            self.hashes.take(hash);
            return;
        }
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.counts.entry(hash).or_insert((row, 0)).1 += 1;
        if self.counts.len() > COUNTED {
            self.hashes.has_begun = true;
            for hash in self.counts.keys() {
                self.hashes.take(*hash);
            }
            self.counts = FastMap::with_hasher(self.counts.hasher().clone());
        }
    }

    fn finish(&mut self, set: &ResultSet) -> Profile {
        let mut profile = std::mem::take(&mut self.profile);
        profile.rows = set.rows();
        let kind = set.kind(self.column);
        profile.distinct =
            Some(if self.hashes.has_begun { Distinct::About(self.hashes.estimate()) } else { Distinct::Exactly(self.counts.len()) });
        let mut top: Vec<(usize, usize)> =
            self.counts.values().filter(|(_, count)| *count > 1).map(|(row, count)| (*row as usize, *count as usize)).collect();
        let most_first = |one: &(usize, usize), other: &(usize, usize)| other.1.cmp(&one.1).then(one.0.cmp(&other.0));
        if top.len() > TOP {
            top.select_nth_unstable_by(TOP, most_first);
            top.truncate(TOP);
        }
        top.sort_unstable_by(most_first);
        profile.top = top;
        if cell::is_number(kind) && !self.numbers.is_empty() {
            profile.mean = Some(self.sum / self.numbers.len() as f64);
        }
        profile.bins = bins(&self.numbers);
        if cell::is_number(kind) {
            profile.median = median(&mut self.numbers);
        }
        self.numbers = Vec::new();
        profile
    }
}

fn bins(numbers: &[f64]) -> Vec<u32> {
    let (least, most) =
        numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), number| (least.min(*number), most.max(*number)));
    let width = most / 2.0 - least / 2.0;
    if width <= 0.0 || !width.is_finite() {
        return Vec::new();
    }
    let mut bins = vec![0_u32; BINS];
    for number in numbers {
        // The cast saturates.
        let at = ((number / 2.0 - least / 2.0) / width * BINS as f64) as usize;
        if let Some(bin) = bins.get_mut(at.min(BINS - 1)) {
            *bin += 1;
        }
    }
    bins
}

/// Of an even number of values, what lies in the middle of the two in the middle.
fn median(numbers: &mut [f64]) -> Option<f64> {
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return None;
    }
    let is_even = numbers.len().is_multiple_of(2);
    let (below, upper, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = if is_even { below.iter().copied().max_by(f64::total_cmp) } else { None };
    Some(lower.map_or(*upper, |lower| lower / 2.0 + *upper / 2.0))
}

/// The smallest of many hashes, each once: how thick they lie says how many there are.
#[derive(Default)]
struct Smallest {
    has_begun: bool,
    kept: std::collections::BTreeSet<u64>,
}

impl Smallest {
    fn take(&mut self, hash: u64) {
        let is_full = self.kept.len() >= KEPT_HASHES;
        if is_full && self.kept.last().is_some_and(|last| *last <= hash) {
            return;
        }
        if self.kept.insert(hash) && is_full {
            self.kept.pop_last();
        }
    }

    fn estimate(&self) -> usize {
        let last = self.kept.last().copied().unwrap_or(u64::MAX) as f64 / u64::MAX as f64;
        // The cast saturates.
        ((self.kept.len().saturating_sub(1)) as f64 / last).round() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Column, result::ResultColumn};

    fn profile(kind: CellKind, parts: Vec<Column>) -> Profile {
        let mut set = ResultSet::of(vec![ResultColumn { name: "a".to_owned(), type_name: String::new(), kind }]);
        for part in parts {
            set.push(vec![part], None);
        }
        let mut profiling = Profiling::new(0);
        loop {
            if let Some(profile) = profiling.step(&set, 1_000) {
                return profile;
            }
        }
    }

    #[test]
    fn numbers_have_all_figures() {
        let profile = profile(CellKind::Int, vec![Column::ints([Some(4), None, Some(-2)]), Column::ints([Some(4), Some(10), None])]);
        assert_eq!((profile.rows, profile.nulls, profile.distinct), (6, 2, Some(Distinct::Exactly(3))));
        assert_eq!((profile.least, profile.most), (Some(2), Some(4)));
        assert_eq!((profile.mean, profile.median), (Some(4.0), Some(4.0)));
        assert_eq!(profile.top, [(0, 2)]);
        assert_eq!(profile.bins, [1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn texts_and_nothing() {
        let texts = profile(CellKind::Text, vec![Column::texts([Some("b"), Some("a"), Some("b")])]);
        assert_eq!((texts.least, texts.most, texts.mean, texts.bins.len()), (Some(1), Some(0), None, 0));
        let none = profile(CellKind::Float, vec![Column::floats([None, None])]);
        assert_eq!((none.nulls, none.distinct, none.least, none.median), (2, Some(Distinct::Exactly(0)), None, None));
        assert_eq!(profile(CellKind::Int, Vec::new()).rows, 0);
        let broken = profile(CellKind::Float, vec![Column::floats([Some(f64::NAN), Some(f64::INFINITY), Some(f64::MAX), Some(f64::MIN)])]);
        assert_eq!(broken.bins.iter().sum::<u32>(), 2);
    }

    #[test]
    fn very_many_different_values_are_estimated() {
        let profile = profile(
            CellKind::Int,
            (0..40).map(|part| Column::ints((part * 10_000..(part + 1) * 10_000).map(|value| Some(value / 2)))).collect(),
        );
        let Some(Distinct::About(about)) = profile.distinct else { panic!("{:?}", profile.distinct) };
        assert!((180_000..220_000).contains(&about), "{about}");
        assert!(profile.top.is_empty());
    }
}
