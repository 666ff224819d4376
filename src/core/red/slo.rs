//! A service level objective, the share of its error budget that the spans in view have burnt, and the minutes that broke it.

/// So many per hundred spans are faster than a limit, and so many at most fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slo {
    /// Per hundred spans, above 0 and below 100.
    pub fast_pct: f64,
    pub under_ms: f64,
    /// Per hundred spans.
    pub error_pct: f64,
}

impl Default for Slo {
    fn default() -> Self {
        Self { fast_pct: 99.0, under_ms: 2_000.0, error_pct: 1.0 }
    }
}

/// Spans of a stretch of time, and those of them that break the objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    pub start_ns: i64,
    pub calls: u64,
    pub errors: u64,
    /// Not faster than the limit.
    pub slow: u64,
}

/// Per hundred of what was allowed; `None` where nothing was called or nothing is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Burnt {
    pub errors_pct: Option<f64>,
    pub slow_pct: Option<f64>,
}

impl Slo {
    /// What the objective leaves for slow spans, per hundred.
    #[must_use]
    pub fn slow_pct(self) -> f64 {
        (100.0 - self.fast_pct).max(0.0)
    }

    #[must_use]
    pub fn burnt(self, calls: u64, errors: u64, slow: u64) -> Burnt {
        let of = |bad: u64, allowed_pct: f64| {
            let allowed = calls as f64 * allowed_pct / 100.0;
            match () {
                () if calls == 0 => None,
                () if allowed > 0.0 => Some(100.0 * bad as f64 / allowed),
                () if bad == 0 => Some(0.0),
                () => None,
            }
        };
        Burnt { errors_pct: of(errors, self.error_pct), slow_pct: of(slow, self.slow_pct()) }
    }

    /// Whether a minute alone is worse than the objective: by its errors, by its slow spans.
    #[must_use]
    pub fn broken(self, minute: &Minute) -> (bool, bool) {
        let is_over = |bad: u64, allowed_pct: f64| bad as f64 * 100.0 > minute.calls as f64 * allowed_pct;
        (is_over(minute.errors, self.error_pct), is_over(minute.slow, self.slow_pct()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_what_the_objective_allows() {
        let slo = Slo::default();
        let burnt = slo.burnt(1_000, 5, 20);
        assert_eq!((burnt.errors_pct, burnt.slow_pct), (Some(50.0), Some(200.0)));
        assert_eq!(slo.burnt(0, 0, 0), Burnt::default());
        let none = Slo { error_pct: 0.0, ..slo };
        assert_eq!((none.burnt(10, 0, 0).errors_pct, none.burnt(10, 1, 0).errors_pct), (Some(0.0), None));
    }

    #[test]
    fn a_minute_breaks_it_by_either() {
        let slo = Slo::default();
        let minute = |calls, errors, slow| Minute { start_ns: 0, calls, errors, slow };
        assert_eq!(slo.broken(&minute(100, 1, 1)), (false, false));
        assert_eq!(slo.broken(&minute(100, 2, 1)), (true, false));
        assert_eq!(slo.broken(&minute(10, 0, 1)), (false, true));
        assert_eq!(slo.broken(&minute(0, 0, 0)), (false, false));
    }
}
