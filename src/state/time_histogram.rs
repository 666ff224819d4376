//! How many spans, and how many failed ones, start in each part of a stretch of time: the question, its answer as numbers, the numbers as
//! bars. For every brush of the page; the axis and its handles are `core::time_brush`.
//!
//! Pure: SQL text and the reading of its answer. The time range of a scope does not count here: the brush shows what it could be.

use super::scope::Scope;
use crate::{
    core::{time_axis::round_step_at_least, time_brush::Extent},
    engine::{Table, TableError},
};

/// Parts of an axis on round instants: all of one width, the first and the last may reach beyond the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    pub extent: Extent,
    pub width_ns: i64,
    pub count: usize,
    /// Start of the first one; may lie before the first instant that fits `i64`.
    first_ns: i128,
}

impl Buckets {
    /// At most so many of them, or three, over an axis, each as round a stretch of time as a ruler's step.
    #[must_use]
    pub fn over(extent: Extent, most: usize) -> Self {
        let most = i128::try_from(most.max(3)).unwrap_or(3);
        let length = extent.length_ns().max(1);
        // One more than fits may be cut by the ends.
        let least = i64::try_from((length + most - 2) / (most - 1)).unwrap_or(i64::MAX).max(1);
        // Where no round step is that long, it is not round.
        let width = i128::from(round_step_at_least(least).max(least));
        let first_ns = i128::from(extent.start_ns).div_euclid(width) * width;
        let count = (i128::from(extent.end_ns) - first_ns + width - 1).div_euclid(width).max(1);
        Self { extent, width_ns: i64::try_from(width).unwrap_or(i64::MAX), count: usize::try_from(count).unwrap_or(1), first_ns }
    }

    /// `bucket`, `spans`, `errors` of the scope at any time, for buckets that are not empty.
    #[must_use]
    pub fn sql(&self, scope: &Scope) -> String {
        let Extent { start_ns, end_ns } = self.extent;
        let scope = scope.at_any_time();
        // The last nanosecond of i64 has none behind it.
        let end = if end_ns == i64::MAX { String::new() } else { format!(" AND start_time < {end_ns}") };
        let and = if scope.is_everything() { "WHERE" } else { "AND" };
        // Wide numbers are many times slower: only where plain ones could overflow.
        let fits = i64::try_from(self.first_ns).is_ok() && i64::try_from(i128::from(end_ns) - self.first_ns).is_ok();
        let start = if fits { "start_time" } else { "start_time::HUGEINT" };
        format!(
            "SELECT (({start} - ({})) // {})::INTEGER AS bucket, count(*) AS spans, count(*) FILTER (WHERE status_code = 'ERROR') AS errors \
             {} {and} start_time >= ({start_ns}){end} GROUP BY bucket",
            self.first_ns,
            self.width_ns,
            scope.from_where(&[])
        )
    }

    /// # Errors
    /// When the answer is not one of [`Buckets::sql`].
    pub fn read(&self, table: &Table) -> Result<Histogram, TableError> {
        let (numbers, spans, errors) = (table.ints("bucket")?, table.ints("spans")?, table.ints("errors")?);
        let natural = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
        let mut histogram = Histogram::empty(*self);
        for row in 0..table.rows() {
            let Some(at) = numbers.get(row).and_then(|number| usize::try_from(number).ok()) else { continue };
            if let (Some(here), Some(failed)) = (histogram.spans.get_mut(at), histogram.errors.get_mut(at)) {
                (*here, *failed) = (natural(spans.get(row)), natural(errors.get(row)));
            }
        }
        Ok(histogram)
    }

    /// First instant of a bucket, held within the axis.
    #[must_use]
    pub fn start_ns(&self, bucket: usize) -> i64 {
        self.edge_ns(bucket)
    }

    /// The instant behind its last one, held within the axis.
    #[must_use]
    pub fn end_ns(&self, bucket: usize) -> i64 {
        self.edge_ns(bucket.saturating_add(1))
    }

    fn edge_ns(&self, number: usize) -> i64 {
        let number = i128::try_from(number).unwrap_or(i128::from(i64::MAX)).min(i128::from(i64::MAX));
        let at = self.first_ns + number * i128::from(self.width_ns);
        let held = at.max(i128::from(self.extent.start_ns)).min(i128::from(self.extent.end_ns));
        i64::try_from(held).unwrap_or(self.extent.end_ns)
    }
}

/// The answer: one number per bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    pub buckets: Buckets,
    pub spans: Vec<u64>,
    pub errors: Vec<u64>,
}

/// A bar, in px from the top left corner of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub bucket: usize,
    pub x_px: f64,
    pub width_px: f64,
    pub top_px: f64,
    pub height_px: f64,
    /// The part at its foot that failed.
    pub error_height_px: f64,
}

/// Between two bars.
const GAP_PX: f64 = 1.0;
/// No bar that stands for something is lower.
const LEAST_HEIGHT_PX: f64 = 1.5;

impl Histogram {
    #[must_use]
    pub fn empty(buckets: Buckets) -> Self {
        Self { buckets, spans: vec![0; buckets.count], errors: vec![0; buckets.count] }
    }

    /// Spans and errors of a bucket.
    #[must_use]
    pub fn of(&self, bucket: usize) -> (u64, u64) {
        (self.spans.get(bucket).copied().unwrap_or(0), self.errors.get(bucket).copied().unwrap_or(0))
    }

    /// Spans of the fullest bucket.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.spans.iter().copied().max().unwrap_or(0)
    }

    /// The bars of buckets that are not empty. Heights go with the square root, so that a bucket of few spans is seen beside one of
    /// thousands.
    #[must_use]
    pub fn bars(&self, width_px: f64, height_px: f64) -> Vec<Bar> {
        let most = self.most();
        if most == 0 || !(width_px > 0.0 && height_px > 0.0) {
            return Vec::new();
        }
        let scale = self.buckets.extent.scale(width_px);
        let tallest = (most as f64).sqrt();
        let filled = self.spans.iter().zip(&self.errors).enumerate().filter(|(_, (spans, _))| **spans > 0);
        filled
            .map(|(bucket, (spans, errors))| {
                let (left, right) = (scale.x_px(self.buckets.start_ns(bucket)), scale.x_px(self.buckets.end_ns(bucket)));
                let height = ((*spans as f64).sqrt() / tallest * height_px).max(LEAST_HEIGHT_PX).min(height_px);
                let failed = match errors {
                    0 => 0.0,
                    errors => (*errors as f64 / *spans as f64 * height).max(LEAST_HEIGHT_PX).min(height),
                };
                let gap = if right - left > 3.0 * GAP_PX { GAP_PX } else { 0.0 };
                Bar {
                    bucket,
                    x_px: left,
                    width_px: (right - left - gap).max(0.5),
                    top_px: height_px - height,
                    height_px: height,
                    error_height_px: failed,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::filter::Filter, engine::Column};
    use proptest::prelude::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn buckets_are_round_and_cover_the_axis() {
        let buckets = Buckets::over(Extent { start_ns: 61 * S, end_ns: 3_599 * S }, 100);
        assert_eq!(buckets.width_ns, 60 * S);
        assert_eq!((buckets.start_ns(0), buckets.end_ns(0)), (61 * S, 120 * S), "the first is cut by the axis");
        assert_eq!((buckets.count, buckets.end_ns(buckets.count - 1)), (59, 3_599 * S));
    }

    #[test]
    fn the_question_is_of_all_times_and_of_plain_numbers_where_they_do() {
        let buckets = Buckets::over(Extent { start_ns: 100 * S, end_ns: 200 * S }, 20);
        let scope = Scope { filter: Filter::parse("service:A").unwrap(), from_ns: Some(7), to_ns: Some(9) };
        let sql = buckets.sql(&scope);
        assert!(!sql.contains("HUGEINT") && !sql.contains("start_time >= 7"), "{sql}");
        assert!(sql.contains("AND start_time >= (100000000000) AND start_time < 200000000000 GROUP BY bucket"), "{sql}");
        assert!(buckets.sql(&Scope::default()).contains("FROM main.spans WHERE start_time >="));
        let all = Buckets::over(Extent::of(i64::MIN, i64::MAX), 50);
        assert!(all.sql(&Scope::default()).contains("start_time::HUGEINT"));
        assert!(!all.sql(&Scope::default()).contains("start_time <"), "the last instant has none behind it");
    }

    #[test]
    fn an_answer_becomes_bars() {
        let buckets = Buckets::over(Extent { start_ns: 0, end_ns: 10 * S }, 11);
        assert_eq!(buckets.count, 10);
        let table = Table::new(vec![
            ("bucket".to_owned(), Column::ints([Some(3), Some(9), Some(77), None])),
            ("spans".to_owned(), Column::ints([Some(100), Some(25), Some(5), Some(5)])),
            ("errors".to_owned(), Column::ints([Some(0), Some(5), Some(5), Some(5)])),
        ]);
        let histogram = buckets.read(&table).unwrap();
        assert_eq!((histogram.most(), histogram.spans.iter().sum::<u64>()), (100, 125), "what lies outside is left out");
        let bars = histogram.bars(100.0, 20.0);
        assert_eq!(bars.len(), 2);
        assert_eq!((bars[0].x_px, bars[0].width_px, bars[0].top_px, bars[0].error_height_px), (30.0, 9.0, 0.0, 0.0));
        assert_eq!((bars[1].height_px, bars[1].error_height_px), (10.0, 2.0));
        assert!(histogram.bars(0.0, 20.0).is_empty());
        assert!(Histogram::empty(buckets).bars(100.0, 20.0).is_empty());
        assert!(buckets.read(&Table::default()).is_err());
    }

    proptest! {
        #[test]
        fn every_instant_of_the_axis_has_one_bucket(one in any::<i64>(), other in any::<i64>(), most in 3_usize..400) {
            let extent = Extent::of(one, other);
            let buckets = Buckets::over(extent, most);
            prop_assert!(buckets.count >= 1 && buckets.count <= most, "{} of {most}", buckets.count);
            prop_assert_eq!((buckets.start_ns(0), buckets.end_ns(buckets.count - 1)), (extent.start_ns, extent.end_ns));
            for bucket in 1..buckets.count {
                prop_assert_eq!(buckets.start_ns(bucket), buckets.end_ns(bucket - 1));
                prop_assert!(buckets.start_ns(bucket) < buckets.end_ns(bucket));
            }
        }
    }
}
