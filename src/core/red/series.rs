//! What happens to one subject (a service, an agent, everything) bucket by bucket.

use std::rc::Rc;

/// One bucket. The percentiles are exact, of the spans that start in it, and missing where there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub calls: u64,
    pub errors: u64,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
}

impl Point {
    /// Errors per hundred calls; `None` without calls.
    #[must_use]
    pub fn error_pct(&self) -> Option<f64> {
        (self.calls > 0).then(|| 100.0 * self.errors as f64 / self.calls as f64)
    }
}

/// Events a second; `rated_ns` is what [`super::buckets::Buckets::rated_ns`] says.
#[must_use]
pub fn per_s(events: u64, rated_ns: Option<i64>) -> Option<f64> {
    rated_ns.filter(|ns| *ns > 0).map(|ns| events as f64 * 1e9 / ns as f64)
}

/// A point for every bucket, the empty ones too.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: Rc<str>,
    pub points: Vec<Point>,
}

impl Series {
    #[must_use]
    pub fn empty(name: Rc<str>, buckets: usize) -> Self {
        Self { name, points: vec![Point::default(); buckets] }
    }

    #[must_use]
    pub fn calls(&self) -> u64 {
        self.points.iter().fold(0, |sum, point| sum.saturating_add(point.calls))
    }

    /// Calls of the fullest bucket.
    #[must_use]
    pub fn most_calls(&self) -> u64 {
        self.points.iter().map(|point| point.calls).max().unwrap_or(0)
    }
}
