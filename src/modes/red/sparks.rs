//! Small lines over time: spans as bars with the failed ones at their foot, p95 as a line. Pure.

use std::rc::Rc;

use super::{
    figures::{natural, ns_of_ms},
    query::TREND_PARTS,
};
use crate::{
    core::{fast_map::FastMap, units},
    engine::{Table, TableError},
};

/// The box of a small line.
pub const WIDTH: f64 = 96.0;
pub const HEIGHT: f64 = 20.0;

/// A bar: x, y, width, height.
pub type Bar = [f64; 4];

/// A group over time, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spark {
    pub bars: Vec<Bar>,
    pub failed: Vec<Bar>,
    /// p95 as `points` of a line; one for each stretch without a gap.
    pub lines: Vec<String>,
    /// Spans of each part, for `data-value`.
    pub calls: String,
    /// p95 in ms of each part, those without spans empty.
    pub p95: String,
    pub words: String,
}

/// By value of the group.
pub type Sparks = FastMap<Option<Rc<str>>, Rc<Spark>>;

#[derive(Clone, Copy, Default)]
struct Part {
    count: u64,
    errors: u64,
    p95_ms: Option<f64>,
}

/// # Errors
/// When the answer is another one.
pub fn read(table: &Table) -> Result<Sparks, TableError> {
    let (values, part) = (table.texts("g")?, table.ints("part")?);
    let (count, errors, p95) = (table.ints("count")?, table.ints("errors")?, table.floats("p95_ms")?);
    let mut found: FastMap<Option<Rc<str>>, [Part; TREND_PARTS]> = FastMap::default();
    for row in 0..table.rows() {
        let parts = found.entry(values.get(row).map(Rc::from)).or_insert([Part::default(); TREND_PARTS]);
        // The last instant of the window belongs to its last part.
        let place = part.get(row).and_then(|part| usize::try_from(part).ok()).filter(|part| *part <= TREND_PARTS);
        if let Some(here) = place.and_then(|part| parts.get_mut(part.min(TREND_PARTS - 1))) {
            here.count = here.count.saturating_add(natural(count.get(row)));
            here.errors = here.errors.saturating_add(natural(errors.get(row)));
            here.p95_ms = p95.get(row).filter(|ms| ms.is_finite()).or(here.p95_ms);
        }
    }
    Ok(found.into_iter().map(|(value, parts)| (value, Rc::new(spark(&parts)))).collect())
}

fn spark(parts: &[Part; TREND_PARTS]) -> Spark {
    let step = WIDTH / TREND_PARTS as f64;
    let most = parts.iter().map(|part| part.count).max().unwrap_or(0).max(1) as f64;
    let bar = |place: usize, spans: u64| {
        let height = (spans as f64 / most * HEIGHT).max(1.5);
        [place as f64 * step + 0.3, HEIGHT - height, step - 0.6, height]
    };
    let filled = || parts.iter().enumerate().filter(|(_, part)| part.count > 0);
    let values = || parts.iter().filter_map(|part| part.p95_ms);
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), ms| (low.min(ms), high.max(ms)));
    let point = |place: usize, ms: f64| {
        let share = if high > low { (ms - low) / (high - low) } else { 0.5 };
        ((place as f64 + 0.5) * step, HEIGHT - 3.0 - share * (HEIGHT - 6.0))
    };
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut is_open = false;
    for (place, part) in parts.iter().enumerate() {
        match part.p95_ms {
            None => is_open = false,
            Some(ms) => {
                let at = point(place, ms);
                match lines.last_mut().filter(|_| is_open) {
                    Some(line) => line.push(at),
                    None => lines.push(vec![at]),
                }
                is_open = true;
            }
        }
    }
    let errors = parts.iter().filter(|part| part.errors > 0).count();
    let failing = match errors {
        0 => String::new(),
        several => format!(", errors in {several} of {TREND_PARTS} parts of the time"),
    };
    let spans = units::counted(parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.count)), "span");
    let durations = match low <= high {
        true => format!(", p95 from {} to {}", units::duration(ns_of_ms(low)), units::duration(ns_of_ms(high))),
        false => String::new(),
    };
    Spark {
        bars: filled().map(|(place, part)| bar(place, part.count)).collect(),
        failed: filled().filter(|(_, part)| part.errors > 0).map(|(place, part)| bar(place, part.errors)).collect(),
        lines: lines.into_iter().map(|line| stroke(&line)).collect(),
        calls: joined(parts.iter().map(|part| part.count.to_string())),
        p95: joined(parts.iter().map(|part| part.p95_ms.map(|ms| ms.to_string()).unwrap_or_default())),
        words: format!("{spans}{failing}{durations}"),
    }
}

/// One point alone is a short stroke.
fn stroke(line: &[(f64, f64)]) -> String {
    let text = |(x, y): &(f64, f64)| format!("{x:.1},{y:.1}");
    match line {
        [(x, y)] => format!("{:.1},{y:.1} {:.1},{y:.1}", x - 1.2, x + 1.2),
        several => several.iter().map(text).collect::<Vec<_>>().join(" "),
    }
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn parts_without_spans_are_gaps() {
        let ints = |values: [i64; 4]| Column::ints(values.map(Some));
        let table = Table::new(vec![
            ("g".to_owned(), Column::texts([Some("a"), Some("a"), Some("a"), None])),
            ("part".to_owned(), ints([0, 1, 31, 32])),
            ("count".to_owned(), ints([4, 2, 1, 1])),
            ("errors".to_owned(), ints([0, 2, 0, 0])),
            ("p95_ms".to_owned(), Column::floats([Some(2.0), Some(10.0), Some(6.0), None])),
        ]);
        let sparks = read(&table).unwrap();
        let spark = &sparks[&Some(Rc::from("a"))];
        assert_eq!((spark.bars.len(), spark.failed.len(), spark.lines.len()), (3, 1, 2));
        assert_eq!(spark.lines[0], "1.5,17.0 4.5,3.0");
        assert_eq!(spark.bars[0], [0.3, 0.0, 2.4, 20.0]);
        assert!(spark.calls.starts_with("4,2,0,") && spark.p95.ends_with(",6"));
        assert_eq!(spark.words.replace('\u{a0}', " "), "7 spans, errors in 1 of 32 parts of the time, p95 from 2.00 ms to 10.0 ms");
        assert_eq!(sparks[&None].bars[0][0], 31.0 * 3.0 + 0.3, "the last instant is in the last part");
    }
}
