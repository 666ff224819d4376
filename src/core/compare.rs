//! Two traces side by side: their frames matched by the path of their names.
//!
//! Iterative, O(n log n) in the number of frames. Must not know names: both traces have been merged under one numbering of them.

use std::cmp::{Ordering, Reverse};

use super::fast_map::FastMap;
use super::flame::{Merged, MergedFrame};
use super::order::sort_by_key;
use super::units;

/// What one of the traces has of a path. Sums in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    pub count: u64,
    pub errors: u64,
    pub total_ns: i64,
    pub own_ns: i64,
    /// The earliest span, and the longest, as indices in their trace.
    pub first: u32,
    pub slowest: u32,
}

impl From<&MergedFrame> for Side {
    fn from(frame: &MergedFrame) -> Self {
        Self {
            count: frame.count,
            errors: frame.errors,
            total_ns: frame.total_ns,
            own_ns: frame.own_ns,
            first: frame.first,
            slowest: frame.slowest,
        }
    }
}

/// A path of names that at least one of the traces has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub depth: u32,
    /// The number of the path's last name.
    pub key: u32,
    /// Its number in the second trace where that is another one: two single roots are matched whatever their names.
    pub key_b: Option<u32>,
    pub a: Option<Side>,
    pub b: Option<Side>,
    /// Number of rows from this one on that are its subtree, itself included.
    pub subtree: u32,
}

impl Pair {
    /// How much more total time the second trace has; negative where it has less.
    #[must_use]
    pub fn total_difference_ns(&self) -> i64 {
        of(self.b, |side| side.total_ns).saturating_sub(of(self.a, |side| side.total_ns))
    }

    /// How much more own time the second trace has.
    #[must_use]
    pub fn own_difference_ns(&self) -> i64 {
        of(self.b, |side| side.own_ns).saturating_sub(of(self.a, |side| side.own_ns))
    }

    /// Whether both traces have it, the same number of times.
    #[must_use]
    pub fn same_count(&self) -> bool {
        self.a.zip(self.b).is_some_and(|(a, b)| a.count == b.count)
    }
}

fn of(side: Option<Side>, value: impl Fn(Side) -> i64) -> i64 {
    side.map_or(0, value)
}

/// How much more the second value is than the first: "+12.5 %", "−30 %", "0 %". `None` where the first is nothing.
#[must_use]
pub fn change_percent(a: i64, b: i64) -> Option<String> {
    let whole = u64::try_from(a).ok().filter(|whole| *whole > 0)?;
    let share = units::percent(b.abs_diff(a), whole);
    Some(match b.cmp(&a) {
        Ordering::Less => format!("−{share}"),
        Ordering::Equal => share,
        Ordering::Greater => format!("+{share}"),
    })
}

/// A difference in time with its sign: "+1.20 s", "−38.0 ms"; "0" where there is none.
#[must_use]
pub fn change(difference_ns: i64) -> String {
    if difference_ns == 0 { "0".to_owned() } else { units::offset(difference_ns) }
}

/// A difference in numbers with its sign: "+3", "−1,204"; "0" where there is none.
#[must_use]
pub fn change_count(difference: i64) -> String {
    let sign = match difference.cmp(&0) {
        Ordering::Less => "−",
        Ordering::Equal => "",
        Ordering::Greater => "+",
    };
    format!("{sign}{}", units::count(difference.unsigned_abs()))
}

/// How far the two traces are of one shape, in words.
#[must_use]
pub fn structure_words(comparison: &Comparison) -> String {
    let Comparison { only_a, only_b, other_count, .. } = *comparison;
    let roots = if comparison.roots_differ { "; the names of the roots differ" } else { "" };
    let paths = units::counted(comparison.paths(), "path");
    if only_a == 0 && only_b == 0 && other_count == 0 {
        return format!("{paths}, the same ones in both traces, each as often{roots}");
    }
    let parts = [(only_a, "only in A"), (only_b, "only in B"), (other_count, "not as often in both")];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, words)| format!("{} {words}", units::count(*number))).collect();
    format!("{paths}: {}{roots}", parts.join(", "))
}

/// The stretch of a bar that grows from the middle, to the right for more and to the left for less: left edge and width in percent.
#[must_use]
pub fn bar_percent(difference_ns: i64, largest_ns: i64) -> (f64, f64) {
    if largest_ns <= 0 {
        return (50.0, 0.0);
    }
    let width = (difference_ns.saturating_abs() as f64 / largest_ns as f64).min(1.0) * 50.0;
    (if difference_ns < 0 { 50.0 - width } else { 50.0 }, width)
}

/// Sums of one trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub spans: u64,
    pub errors: u64,
    /// Own time of all spans.
    pub work_ns: i64,
}

/// Two traces matched path by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Parents before children.
    pub pairs: Vec<Pair>,
    pub a: Total,
    pub b: Total,
    /// Paths that only the first, or only the second trace has.
    pub only_a: u64,
    pub only_b: u64,
    /// Paths that both have, but not the same number of times.
    pub other_count: u64,
    /// The roots were matched although their names differ.
    pub roots_differ: bool,
    /// The largest of all differences in total time, as a magnitude.
    pub largest_total_difference_ns: i64,
    pub largest_own_difference_ns: i64,
}

/// In which order siblings stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the first trace did them; what only the second one has follows.
    #[default]
    Time,
    /// The largest difference in total time first.
    TotalDifference,
    /// The largest difference in own time first.
    OwnDifference,
}

impl Comparison {
    #[must_use]
    pub fn new(a: &Merged, b: &Merged, order: Order) -> Self {
        let mut comparison = Self { a: total(a), b: total(b), ..Self::default() };
        let mut to_visit = Vec::new();
        push_children(a, b, None, None, 0, order, &mut to_visit);
        while let Some(next) = to_visit.pop() {
            comparison.count(&next.pair);
            comparison.pairs.push(next.pair);
            push_children(a, b, next.in_a, next.in_b, next.pair.depth + 1, order, &mut to_visit);
        }
        comparison.measure_subtrees();
        comparison
    }

    /// Paths that both traces have, or one of them.
    #[must_use]
    pub fn paths(&self) -> u64 {
        self.pairs.len() as u64
    }

    fn count(&mut self, pair: &Pair) {
        match (pair.a, pair.b) {
            (Some(_), None) => self.only_a += 1,
            (None, Some(_)) => self.only_b += 1,
            _ => self.other_count += u64::from(!pair.same_count()),
        }
        self.roots_differ |= pair.key_b.is_some();
        let magnitude = |difference: i64| difference.saturating_abs();
        self.largest_total_difference_ns = self.largest_total_difference_ns.max(magnitude(pair.total_difference_ns()));
        self.largest_own_difference_ns = self.largest_own_difference_ns.max(magnitude(pair.own_difference_ns()));
    }

    /// From the end: a row's subtree goes on as long as rows are deeper than it.
    fn measure_subtrees(&mut self) {
        // Sizes of the finished subtrees to the right, nearest last, with their depths.
        let mut open: Vec<(u32, u32)> = Vec::new();
        for pair in self.pairs.iter_mut().rev() {
            while let Some(&(depth, subtree)) = open.last().filter(|(depth, _)| *depth > pair.depth) {
                debug_assert!(depth == pair.depth + 1, "a child is one level down");
                pair.subtree += subtree;
                open.pop();
            }
            open.push((pair.depth, pair.subtree));
        }
    }
}

fn total(merged: &Merged) -> Total {
    Total { spans: merged.spans, errors: merged.frames.iter().map(|frame| frame.errors).sum(), work_ns: merged.work_ns }
}

struct Visit {
    pair: Pair,
    in_a: Option<u32>,
    in_b: Option<u32>,
}

/// Pushes the children of a path, matched by key, so that they are popped in their order. A parent that one trace lacks (`None` below
/// the top) has no children there.
fn push_children(a: &Merged, b: &Merged, in_a: Option<u32>, in_b: Option<u32>, depth: u32, order: Order, to_visit: &mut Vec<Visit>) {
    let mut found: Vec<Visit> = Vec::new();
    let mut place_of: FastMap<u32, usize> = FastMap::default();
    let has = |parent: Option<u32>| depth == 0 || parent.is_some();
    if has(in_a) {
        for (index, frame) in a.children(in_a) {
            place_of.insert(frame.key, found.len());
            let pair = Pair { depth, key: frame.key, a: Some(frame.into()), b: None, key_b: None, subtree: 1 };
            found.push(Visit { pair, in_a: Some(index), in_b: None });
        }
    }
    if has(in_b) {
        let single_root = depth == 0 && found.len() == 1 && b.children(None).nth(1).is_none();
        for (index, frame) in b.children(in_b) {
            let place = if single_root { Some(&0) } else { place_of.get(&frame.key) };
            match place.and_then(|place| found.get_mut(*place)) {
                Some(visit) => {
                    (visit.pair.b, visit.in_b) = (Some(frame.into()), Some(index));
                    visit.pair.key_b = Some(frame.key).filter(|key| *key != visit.pair.key);
                }
                None => {
                    let pair = Pair { depth, key: frame.key, a: None, b: Some(frame.into()), key_b: None, subtree: 1 };
                    found.push(Visit { pair, in_a: None, in_b: Some(index) });
                }
            }
        }
    }
    let by_time = |pair: &Pair| (pair.a.is_none(), pair.a.or(pair.b).map(|side| side.first));
    // Reversed, because the last one pushed is the first one popped.
    let difference = |pair: &Pair| match order {
        Order::Time => 0,
        Order::TotalDifference => pair.total_difference_ns().saturating_abs(),
        Order::OwnDifference => pair.own_difference_ns().saturating_abs(),
    };
    sort_by_key(&mut found, |visit| (difference(&visit.pair), Reverse(by_time(&visit.pair))));
    to_visit.append(&mut found);
}

#[cfg(test)]
mod tests {
    use super::super::flame::Traits;
    use super::super::trace_tree::{SpanInput, TraceTree};
    use super::*;
    use proptest::prelude::*;

    /// parent, start, length, key
    type Line = (Option<usize>, i64, i64, u32);

    fn merged(lines: &[Line]) -> Merged {
        let ids: Vec<String> = (0..lines.len()).map(|index| format!("{index:04}")).collect();
        let spans: Vec<SpanInput<'_>> = (0..lines.len())
            .map(|index| {
                let (parent, start, length, _) = lines[index];
                let parent_id = parent.map(|parent| ids[parent].as_str());
                SpanInput { span_id: &ids[index], parent_id, start_ns: start, end_ns: start + length, is_error: index % 3 == 2 }
            })
            .collect();
        let (tree, _) = TraceTree::build(&spans);
        Merged::by_path(&tree, |span| Some(lines[span as usize].3), |span| Traits { is_error: span % 3 == 2, waits: false })
    }

    #[test]
    fn paths_are_matched_and_what_is_missing_is_counted() {
        let a = merged(&[(None, 0, 100, 1), (Some(0), 0, 40, 2), (Some(0), 50, 10, 3), (Some(1), 5, 10, 4)]);
        let b = merged(&[(None, 0, 150, 1), (Some(0), 0, 40, 2), (Some(0), 50, 70, 2), (Some(0), 130, 5, 5)]);
        let comparison = Comparison::new(&a, &b, Order::Time);
        let rows: Vec<_> = comparison.pairs.iter().map(|pair| (pair.depth, pair.key, pair.total_difference_ns(), pair.subtree)).collect();
        assert_eq!(rows, [(0, 1, 50, 5), (1, 2, 70, 2), (2, 4, -10, 1), (1, 3, -10, 1), (1, 5, 5, 1)]);
        assert_eq!((comparison.only_a, comparison.only_b, comparison.other_count), (2, 1, 1));
        assert_eq!((comparison.a.work_ns, comparison.b.work_ns, comparison.largest_total_difference_ns), (100, 150, 70));
        assert_eq!(structure_words(&comparison), "5 paths: 2 only in A, 1 only in B, 1 not as often in both");
        assert_eq!(structure_words(&Comparison::new(&a, &a, Order::Time)), "4 paths, the same ones in both traces, each as often");
        let sorted = Comparison::new(&a, &b, Order::TotalDifference);
        assert_eq!(sorted.pairs.iter().map(|pair| pair.key).collect::<Vec<_>>(), [1, 2, 4, 3, 5]);
        assert_eq!(Comparison::new(&Merged::default(), &Merged::default(), Order::Time), Comparison::default());
    }

    #[test]
    fn single_roots_are_matched_whatever_their_names() {
        let (a, b) = (merged(&[(None, 0, 100, 1), (Some(0), 0, 40, 3)]), merged(&[(None, 0, 90, 2), (Some(0), 0, 50, 3)]));
        let comparison = Comparison::new(&a, &b, Order::Time);
        assert_eq!(comparison.pairs.iter().map(|pair| (pair.key, pair.key_b)).collect::<Vec<_>>(), [(1, Some(2)), (3, None)]);
        assert!(comparison.roots_differ && comparison.only_a == 0 && structure_words(&comparison).ends_with("differ"));
        let two = merged(&[(None, 0, 100, 2), (None, 0, 40, 3)]);
        assert_eq!(Comparison::new(&a, &two, Order::Time).pairs.len(), 4);
    }

    #[test]
    fn changes_are_signed() {
        let plain = |text: Option<String>| text.map(|text| text.replace(units::NO_BREAK_SPACE, " "));
        assert_eq!(plain(change_percent(200, 250)).as_deref(), Some("+25 %"));
        assert_eq!(plain(change_percent(200, 0)).as_deref(), Some("−100 %"));
        assert_eq!((plain(change_percent(200, 200)).as_deref(), change_percent(0, 5), change_percent(-1, 5)), (Some("0 %"), None, None));
        assert_eq!((change(0).as_str(), change(-412).replace(units::NO_BREAK_SPACE, " ").as_str()), ("0", "−412 ns"));
        assert_eq!((change_count(-1_204), change_count(0), change_count(3)), ("−1,204".to_owned(), "0".to_owned(), "+3".to_owned()));
        assert_eq!((bar_percent(-5, 10), bar_percent(10, 10), bar_percent(0, 0)), ((25.0, 25.0), (50.0, 50.0), (50.0, 0.0)));
    }

    #[test]
    fn a_long_chain_is_compared_without_a_stack() {
        let lines: Vec<Line> = (0..50_000).map(|index: usize| (index.checked_sub(1), 0, 100_000, 1)).collect();
        let chain = merged(&lines);
        let comparison = Comparison::new(&chain, &chain, Order::OwnDifference);
        assert_eq!((comparison.paths(), comparison.pairs[0].subtree, comparison.only_a), (50_000, 50_000, 0));
    }

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0_i64..50, 0_i64..50, 0_u32..4), 0..40).prop_map(|drawn| {
            let mut lines: Vec<Line> = Vec::new();
            for (parent, root, start, length, key) in drawn {
                let parent = (!lines.is_empty() && !root).then(|| parent.index(lines.len()));
                lines.push((parent, start, length, key));
            }
            lines
        })
    }

    proptest! {
        #[test]
        fn sums_are_kept_and_swapping_changes_the_signs_only(one in lines(), other in lines(), by in 0..3) {
            let order = [Order::Time, Order::TotalDifference, Order::OwnDifference][by as usize];
            let (a, b) = (merged(&one), merged(&other));
            let forth = Comparison::new(&a, &b, order);
            let back = Comparison::new(&b, &a, order);
            for (merged, side) in [(&a, (|pair: &Pair| pair.a) as fn(&Pair) -> Option<Side>), (&b, |pair: &Pair| pair.b)] {
                let sides: Vec<Side> = forth.pairs.iter().filter_map(side).collect();
                prop_assert_eq!(sides.len(), merged.frames.len());
                prop_assert_eq!(sides.iter().map(|side| side.count).sum::<u64>(), merged.spans);
                prop_assert_eq!(sides.iter().map(|side| side.own_ns).sum::<i64>(), merged.work_ns);
            }
            prop_assert_eq!(forth.pairs.iter().map(Pair::own_difference_ns).sum::<i64>(), b.work_ns - a.work_ns);
            prop_assert_eq!((forth.a, forth.b, forth.only_a, forth.only_b, forth.other_count), (back.b, back.a, back.only_b, back.only_a, back.other_count));
            let signed = |comparison: &Comparison, sign: i64| {
                let mut rows: Vec<_> = comparison.pairs.iter().map(|pair| (pair.depth, pair.key.min(pair.key_b.unwrap_or(u32::MAX)), pair.subtree, sign * pair.total_difference_ns(), sign * pair.own_difference_ns())).collect();
                rows.sort_unstable();
                rows
            };
            prop_assert_eq!(forth.roots_differ, back.roots_differ);
            prop_assert_eq!(signed(&forth, 1), signed(&back, -1));
            prop_assert!(forth.pairs.windows(2).all(|pair| pair[1].depth <= pair[0].depth + 1));
            let same = Comparison::new(&a, &a, order);
            prop_assert_eq!((same.only_a, same.only_b, same.other_count, same.largest_total_difference_ns, same.largest_own_difference_ns), (0, 0, 0, 0, 0));
        }
    }
}
