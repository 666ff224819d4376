//! An objective held against every minute: the budget that was burnt, and the minutes that broke it. Pure.

use super::{figures::natural, query::MINUTE_NS};
use crate::{
    core::{
        calendar,
        export::{Cell, Sheet},
        order::sort_by_key,
        red::slo::{Burnt, Minute, Slo},
        units,
    },
    engine::{Table, TableError},
};

/// Minutes that are listed.
pub const LISTED: usize = 500;

/// A minute that broke the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Broken {
    pub minute: Minute,
    pub by_errors: bool,
    pub by_slow: bool,
}

/// What became of an objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    pub calls: u64,
    pub errors: u64,
    pub slow: u64,
    pub burnt: Burnt,
    /// Minutes with spans.
    pub minutes: u64,
    /// Those that broke it: the most failed and slow spans first.
    pub broken: Vec<Broken>,
}

/// # Errors
/// When the answer is another one.
pub fn read(table: &Table) -> Result<Vec<Minute>, TableError> {
    let (minutes, count) = (table.ints("minute")?, table.ints("count")?);
    let (errors, slow) = (table.ints("errors")?, table.ints("slow")?);
    let minute = |row: usize| Minute {
        start_ns: minutes.get(row).unwrap_or(0).saturating_mul(MINUTE_NS),
        calls: natural(count.get(row)),
        errors: natural(errors.get(row)),
        slow: natural(slow.get(row)),
    };
    Ok((0..table.rows()).map(minute).collect())
}

impl Kept {
    pub fn of(slo: Slo, minutes: &[Minute]) -> Self {
        let mut kept = Self::default();
        for minute in minutes.iter().copied() {
            kept.calls = kept.calls.saturating_add(minute.calls);
            kept.errors = kept.errors.saturating_add(minute.errors);
            kept.slow = kept.slow.saturating_add(minute.slow);
            kept.minutes += 1;
            let (by_errors, by_slow) = slo.broken(&minute);
            if by_errors || by_slow {
                kept.broken.push(Broken { minute, by_errors, by_slow });
            }
        }
        kept.burnt = slo.burnt(kept.calls, kept.errors, kept.slow);
        sort_by_key(&mut kept.broken, |broken| {
            let bad = broken.minute.errors.saturating_add(broken.minute.slow);
            (std::cmp::Reverse(bad), broken.minute.start_ns)
        });
        kept
    }

    pub fn sheet(&self) -> Sheet {
        let int = |value: u64| Cell::Int(i64::try_from(value).unwrap_or(i64::MAX));
        let row = |broken: &Broken| {
            let Minute { start_ns, calls, errors, slow } = broken.minute;
            vec![Cell::Int(start_ns), int(calls), int(errors), int(slow), Cell::Bool(broken.by_errors), Cell::Bool(broken.by_slow)]
        };
        Sheet {
            columns: ["minute_ns", "count", "errors", "slow", "broken_by_errors", "broken_by_slow"].map(str::to_owned).to_vec(),
            rows: self.broken.iter().map(row).collect(),
        }
    }
}

/// A share of a budget as a reader sees it, and whether it is more than there was.
pub fn budget(burnt_pct: Option<f64>, bad: u64) -> (String, bool) {
    match burnt_pct {
        Some(pct) => (percent(pct), pct > 100.0),
        // Nothing was allowed, and something happened.
        None if bad > 0 => ("All".to_owned(), true),
        None => ("None".to_owned(), false),
    }
}

/// The minute that begins at an instant: it has no seconds to tell.
pub fn label(start_ns: i64) -> String {
    calendar::clock_mark(start_ns, MINUTE_NS, true)
}

/// The width of a bar of what is burnt, per hundred of its room.
pub fn bar_pct(burnt_pct: Option<f64>, bad: u64) -> f64 {
    burnt_pct.map_or(if bad > 0 { 100.0 } else { 0.0 }, |pct| pct.clamp(0.0, 100.0))
}

/// A share that is no quotient of counts.
pub fn percent(per_hundred: f64) -> String {
    const WHOLE: u64 = 1_000_000;
    if !per_hundred.is_finite() || per_hundred < 0.0 {
        return units::MISSING.to_owned();
    }
    units::percent((per_hundred / 100.0 * WHOLE as f64).round() as u64, WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn minutes_that_broke_it_are_found() {
        let ints = |values: [i64; 3]| Column::ints(values.map(Some));
        let table = Table::new(vec![
            ("minute".to_owned(), ints([1, 2, 4])),
            ("count".to_owned(), ints([100, 100, 100])),
            ("errors".to_owned(), ints([0, 2, 1])),
            ("slow".to_owned(), ints([1, 1, 5])),
        ]);
        let minutes = read(&table).unwrap();
        let kept = Kept::of(Slo::default(), &minutes);
        assert!(Kept::of(Slo { error_pct: 3.0, fast_pct: 90.0, ..Slo::default() }, &minutes).broken.is_empty());
        assert_eq!((kept.calls, kept.errors, kept.slow, kept.minutes, kept.broken.len()), (300, 3, 7, 3, 2));
        assert_eq!((kept.burnt.errors_pct, kept.burnt.slow_pct.map(f64::round)), (Some(100.0), Some(233.0)));
        assert_eq!((kept.broken[0].minute.start_ns, kept.broken[0].by_errors, kept.broken[0].by_slow), (240_000_000_000, false, true));
        assert_eq!(kept.sheet().rows.len(), 2);
        assert_eq!(budget(Some(233.3), 7), ("233\u{a0}%".to_owned(), true));
        assert_eq!((budget(None, 1).1, budget(None, 0).0.as_str()), (true, "None"));
        assert_eq!(label(240_000_000_000), "1 Jan 00:04");
        assert_eq!((bar_pct(Some(233.0), 7), bar_pct(None, 0)), (100.0, 0.0));
    }
}
