//! How much ran at a time: the number of intervals that are open, as a step function of time.
//!
//! An interval is open from its start up to, not including, its end; one without length is never open. Must not know what the intervals
//! are: own work of spans and executions of agents are counted alike.

use super::self_time::Interval;
use super::trace_tree::TraceTree;

/// A count over time, in nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concurrency {
    /// From the earliest start to the latest end, intervals without length included.
    pub extent: Interval,
    /// Times at which the count changes, ascending.
    times: Vec<i64>,
    /// The greatest count of a range of steps: a binary tree over the steps in order of time, its leaves in the second half.
    greatest: Vec<u32>,
    total_ns: i128,
    busy_ns: i64,
}

impl Concurrency {
    /// How many spans of a trace did own work at a time, over the whole trace.
    #[must_use]
    pub fn of_self_times(tree: &TraceTree) -> Self {
        let mut changes = Changes::default();
        for span in 0..u32::try_from(tree.len()).unwrap_or(u32::MAX) {
            tree.each_self_section(span, |section| changes.add(section));
        }
        Self::of_changes(changes, Interval { start_ns: tree.start_ns, end_ns: tree.end_ns })
    }

    /// How many of some intervals were open at a time, over all of them.
    #[must_use]
    pub fn of_intervals(intervals: impl IntoIterator<Item = Interval>) -> Self {
        let mut changes = Changes::default();
        let mut extent: Option<Interval> = None;
        for interval in intervals {
            let Interval { start_ns, end_ns } = Interval::of_span(interval.start_ns, interval.end_ns);
            let whole = extent.unwrap_or(Interval { start_ns, end_ns });
            extent = Some(Interval { start_ns: whole.start_ns.min(start_ns), end_ns: whole.end_ns.max(end_ns) });
            changes.add(interval);
        }
        Self::of_changes(changes, extent.unwrap_or_default())
    }

    fn of_changes(mut changes: Changes, extent: Interval) -> Self {
        changes.starts.sort_unstable();
        changes.ends.sort_unstable();
        let (mut starts, mut ends) = (changes.starts.iter().copied().peekable(), changes.ends.iter().copied().peekable());
        let mut times: Vec<i64> = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        let (mut open, mut total_ns, mut busy_ns) = (0_u32, 0_i128, 0_i64);
        // Every start has its end, so ends run out last.
        while let Some(time_ns) = ends.peek().map(|end| starts.peek().map_or(*end, |start| *start.min(end))) {
            if let Some(&before_ns) = times.last()
                && open > 0
            {
                let length = i128::from(time_ns) - i128::from(before_ns);
                total_ns += length * i128::from(open);
                busy_ns = busy_ns.saturating_add(time_ns.saturating_sub(before_ns));
            }
            while starts.next_if_eq(&time_ns).is_some() {
                open = open.saturating_add(1);
            }
            while ends.next_if_eq(&time_ns).is_some() {
                open = open.saturating_sub(1);
            }
            times.push(time_ns);
            counts.push(open);
        }
        Self { extent, greatest: greatest_tree(&counts), times, total_ns, busy_ns }
    }

    /// The greatest count; 0 when nothing was ever open.
    #[must_use]
    pub fn peak(&self) -> u32 {
        // The first node stands over all steps.
        self.greatest.get(1).copied().unwrap_or(0)
    }

    /// When the peak is first reached; `None` when nothing was ever open.
    #[must_use]
    pub fn peak_at_ns(&self) -> Option<i64> {
        let peak = self.peak();
        let first = self.steps().iter().position(|&count| count == peak)?;
        self.times.get(first).copied()
    }

    /// Sum of the lengths of all intervals in nanoseconds.
    #[must_use]
    pub fn work_ns(&self) -> i64 {
        i64::try_from(self.total_ns).unwrap_or(i64::MAX)
    }

    /// Time in which at least one interval was open, in nanoseconds.
    #[must_use]
    pub fn busy_ns(&self) -> i64 {
        self.busy_ns
    }

    /// The mean count over the extent: sum of all lengths / extent, which over a trace's own times is its parallelism. 0 without an extent.
    #[must_use]
    pub fn parallelism(&self) -> f64 {
        ratio(self.total_ns, i128::from(self.extent.end_ns) - i128::from(self.extent.start_ns))
    }

    /// The mean count over the time in which anything was open; 0 when nothing was.
    #[must_use]
    pub fn average_when_busy(&self) -> f64 {
        ratio(self.total_ns, i128::from(self.busy_ns))
    }

    /// The count at a moment. O(log n).
    #[must_use]
    pub fn at_ns(&self, time_ns: i64) -> u32 {
        let past = self.times.partition_point(|&time| time <= time_ns);
        past.checked_sub(1).and_then(|step| self.steps().get(step).copied()).unwrap_or(0)
    }

    /// The greatest count in each of `buckets` equal parts of a range, for a lane of that many pixels. O(buckets · log n).
    ///
    /// A part shorter than a nanosecond, also of a range without length, has the count at its start.
    #[must_use]
    pub fn sampled(&self, from_ns: i64, to_ns: i64, buckets: usize) -> Vec<u32> {
        let length = (i128::from(to_ns) - i128::from(from_ns)).max(0);
        let edge = |bucket: usize| {
            let offset = length * bucket as i128 / buckets.max(1) as i128;
            i64::try_from(i128::from(from_ns) + offset).unwrap_or(i64::MAX)
        };
        let before = |time_ns: i64| self.times.partition_point(|&time| time < time_ns);
        let mut samples = Vec::with_capacity(buckets);
        for bucket in 0..buckets {
            let (start_ns, end_ns) = (edge(bucket), edge(bucket + 1));
            let first = self.times.partition_point(|&time| time <= start_ns);
            samples.push(self.at_ns(start_ns).max(self.greatest_of(first, before(end_ns))));
        }
        samples
    }

    /// The counts from each of `times` on.
    fn steps(&self) -> &[u32] {
        self.greatest.get(self.greatest.len() / 2..).unwrap_or(&[])
    }

    /// The greatest count of the steps `first..end`; 0 for none.
    fn greatest_of(&self, first: usize, end: usize) -> u32 {
        let leaves = self.times.len();
        let (mut from, mut to) = (first + leaves, end + leaves);
        let mut greatest = 0;
        let node = |index: usize| self.greatest.get(index).copied().unwrap_or(0);
        while from < to {
            if from % 2 == 1 {
                greatest = greatest.max(node(from));
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                greatest = greatest.max(node(to));
            }
            from /= 2;
            to /= 2;
        }
        greatest
    }
}

impl Default for Concurrency {
    fn default() -> Self {
        Self::of_changes(Changes::default(), Interval::default())
    }
}

/// Node `i` is the greater one of nodes `2i` and `2i + 1`; the leaves are `len..2 · len`.
fn greatest_tree(leaves: &[u32]) -> Vec<u32> {
    let mut tree = vec![0; leaves.len()];
    tree.extend_from_slice(leaves);
    for node in (1..leaves.len()).rev() {
        let below = |index: usize| tree.get(index).copied().unwrap_or(0);
        let greater = below(2 * node).max(below(2 * node + 1));
        if let Some(entry) = tree.get_mut(node) {
            *entry = greater;
        }
    }
    tree
}

/// Starts and ends of intervals that have a length.
#[derive(Default)]
struct Changes {
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Changes {
    fn add(&mut self, interval: Interval) {
        if interval.end_ns > interval.start_ns {
            self.starts.push(interval.start_ns);
            self.ends.push(interval.end_ns);
        }
    }
}

fn ratio(part: i128, whole: i128) -> f64 {
    if whole <= 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace_tree::SpanInput;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn at(start: i64, end: i64) -> Interval {
        Interval { start_ns: start, end_ns: end }
    }

    #[test]
    fn nothing_has_no_peak() {
        for none in [Concurrency::default(), Concurrency::of_intervals([at(5, 5)]), Concurrency::of_self_times(&TraceTree::default())] {
            assert_eq!((none.peak(), none.peak_at_ns(), none.work_ns(), none.busy_ns()), (0, None, 0, 0));
            assert_eq!((none.parallelism(), none.average_when_busy()), (0.0, 0.0));
            assert_eq!(none.sampled(0, 100, 3), [0, 0, 0]);
        }
        assert_eq!(Concurrency::of_intervals([at(9, 3)]).extent, at(9, 9), "an interval that ends before it starts has no length");
    }

    #[test]
    fn counts_what_is_open() {
        let count = Concurrency::of_intervals([at(0, 10), at(10, 30), at(20, 40), at(20, 25), at(50, 60), at(80, 80)]);
        assert_eq!((count.peak(), count.peak_at_ns()), (3, Some(20)));
        assert_eq!(count.extent, at(0, 80));
        assert_eq!([0, 9, 10, 19, 20, 24, 25, 30, 40, 49, 50, 60, -1].map(|ns| count.at_ns(ns)), [1, 1, 1, 1, 3, 3, 2, 1, 0, 0, 1, 0, 0]);
        assert_eq!((count.work_ns(), count.busy_ns()), (65, 50));
        assert_eq!((count.parallelism(), count.average_when_busy()), (65.0 / 80.0, 1.3));
        assert_eq!(count.sampled(0, 80, 4), [1, 3, 1, 0]);
        assert_eq!(count.sampled(40, 50, 2), [0, 0], "what starts at the end of a range is not in it");
        assert_eq!(count.sampled(24, 26, 8), [3, 3, 3, 3, 2, 2, 2, 2], "parts of less than a nanosecond");
        assert_eq!((count.sampled(20, 20, 2), count.sampled(0, 80, 0)), (vec![3, 3], vec![]));
    }

    #[test]
    fn spans_count_while_they_work_themselves() {
        let span = |span_id, parent_id, start_ns, end_ns| SpanInput { span_id, parent_id, start_ns, end_ns, is_error: false };
        let (tree, _) = TraceTree::build(&[
            span("root", None, 0, 100),
            span("a", Some("root"), 10, 50),
            span("b", Some("root"), 20, 60),
            span("late", Some("a"), 110, 200),
        ]);
        let count = Concurrency::of_self_times(&tree);
        assert_eq!((count.peak(), count.peak_at_ns()), (2, Some(20)));
        assert_eq!(count.work_ns(), 220, "the sum of all self times");
        assert_eq!(count.parallelism(), 1.1);
        assert_eq!(count.busy_ns(), 190);
    }

    #[test]
    fn stands_the_ends_of_the_range_of_time() {
        let all = at(i64::MIN, i64::MAX);
        let count = Concurrency::of_intervals([all, all]);
        assert_eq!((count.peak(), count.work_ns(), count.busy_ns()), (2, i64::MAX, i64::MAX));
        assert_eq!(count.sampled(i64::MIN, i64::MAX, 3), [2, 2, 2]);
        assert_eq!(count.sampled(i64::MAX, i64::MIN, 1), [0]);
    }

    #[test]
    fn many_intervals_are_sampled_quickly() {
        let count = Concurrency::of_intervals((0..200_000).map(|index| at(index * 3, index * 3 + 4 + index % 7)));
        let started = Instant::now();
        for _ in 0..100 {
            assert_eq!(count.sampled(0, 600_000, 1_000).len(), 1_000);
        }
        let took = started.elapsed();
        println!("100 lanes of 1,000 buckets over 200,000 intervals: {took:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn equals_counting_at_every_nanosecond(
            intervals in prop::collection::vec((0_i64..60, -2_i64..30), 0..20), from in -10_i64..80, length in 0_i64..60, buckets in 1_usize..40,
        ) {
            let intervals: Vec<Interval> = intervals.into_iter().map(|(start, length)| at(start, start + length)).collect();
            let naive = |ns: i64| intervals.iter().filter(|open| open.start_ns <= ns && ns < open.end_ns).count() as u32;
            let count = Concurrency::of_intervals(intervals.iter().copied());
            for ns in -10..100 {
                prop_assert_eq!(count.at_ns(ns), naive(ns), "at {}", ns);
            }
            let peak = (-10..100).map(naive).max().unwrap();
            prop_assert_eq!(count.peak(), peak);
            prop_assert_eq!(count.peak_at_ns(), (-10..100).find(|&ns| peak > 0 && naive(ns) == peak));
            prop_assert_eq!(count.work_ns(), (-10..100).map(|ns| i64::from(naive(ns))).sum::<i64>());
            prop_assert_eq!(count.busy_ns(), (-10..100).filter(|&ns| naive(ns) > 0).count() as i64);
            let samples = count.sampled(from, from + length, buckets);
            prop_assert_eq!(samples.len(), buckets);
            for (bucket, sample) in samples.into_iter().enumerate() {
                let edge = |bucket: usize| from + length * bucket as i64 / buckets as i64;
                let (start, end) = (edge(bucket), edge(bucket + 1).max(edge(bucket) + 1));
                prop_assert_eq!(sample, (start..end).map(naive).max().unwrap());
            }
        }

        #[test]
        fn own_work_of_a_trace_sums_to_its_self_times(spans in prop::collection::vec((0_usize..12, 0_i64..50, 0_i64..40), 1..12)) {
            let ids: Vec<String> = (0..spans.len()).map(|index| index.to_string()).collect();
            let parent = |parent: usize| ids.get(parent).map(String::as_str);
            let inputs: Vec<SpanInput<'_>> = spans.iter().zip(&ids)
                .map(|(&(above, start_ns, length), span_id)| SpanInput { span_id, parent_id: parent(above), start_ns, end_ns: start_ns + length, is_error: false })
                .collect();
            let (tree, _) = TraceTree::build(&inputs);
            let count = Concurrency::of_self_times(&tree);
            prop_assert_eq!(count.work_ns(), tree.self_ns.iter().sum::<i64>());
            prop_assert!(count.peak() as usize <= spans.len());
            prop_assert!((count.parallelism() - count.work_ns() as f64 / (tree.end_ns - tree.start_ns).max(1) as f64).abs() < 1e-9);
        }
    }
}
