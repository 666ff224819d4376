//! A group over time: p95 in equal parts of the time in scope, and in which of them spans failed. Asked for the groups in view only. Pure.

use super::{
    super::params::{GroupKey, GroupValue},
    figures::ns_of_ms,
    query::{Grouping, is_any_of},
};
use crate::{
    core::{fast_map::FastMap, units},
    engine::{Table, TableError},
};

/// Parts of the time in scope.
pub const PARTS: usize = 24;
/// The line's own box.
pub const WIDTH: f64 = 92.0;
pub const HEIGHT: f64 = 20.0;

/// p95 and errors of one part that has spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// From 0 to [`PARTS`].
    pub place: usize,
    pub p95_ms: f64,
    pub errors: u64,
}

/// What was asked of which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from_ns: i64,
    /// Behind the last start.
    pub to_ns: i64,
}

impl Span {
    fn part_ns(self) -> i64 {
        let parts = PARTS as i64;
        self.to_ns.saturating_sub(self.from_ns).saturating_add(parts - 1).div_euclid(parts).max(1)
    }
}

/// The statements for some groups: one for those of the first level, one for those below.
pub fn trend_sql(grouping: &Grouping, time: Span, keys: &[GroupKey]) -> Vec<String> {
    let first = grouping.first.expression();
    // A start at the other end of all time is too far away to be told in nanoseconds.
    let part = format!("least({}, greatest(0, coalesce(TRY((start_time - ({})) // {}), 0)))", PARTS - 1, time.from_ns, time.part_ns());
    let figures = "quantile_cont(duration_ms::DOUBLE, 0.95) AS p95_ms, count(*) FILTER (WHERE status_code = 'ERROR') AS errors";
    let mut statements = Vec::new();
    let above: Vec<&GroupValue> = keys.iter().filter(|key| key.second.is_none()).map(|key| &key.first).collect();
    if !above.is_empty() {
        let condition = is_any_of(&first, above.into_iter().map(Option::as_deref));
        statements.push(format!(
            "SELECT {first} AS g, NULL::VARCHAR AS h, 0 AS level, {part} AS part, {figures} {} GROUP BY 1, 4",
            grouping.from_where(&[], Some(&condition))
        ));
    }
    let below: Vec<&GroupKey> = keys.iter().filter(|key| key.second.is_some()).collect();
    if let (Some(second), false) = (&grouping.second, below.is_empty()) {
        let mut parents: Vec<&GroupValue> = below.iter().map(|key| &key.first).collect();
        parents.dedup();
        let second_expression = second.expression();
        let parents = is_any_of(&first, parents.into_iter().map(Option::as_deref));
        let children = is_any_of(&second_expression, below.iter().filter_map(|key| key.second.as_ref()).map(Option::as_deref));
        statements.push(format!(
            "SELECT {first} AS g, {second_expression} AS h, 1 AS level, {part} AS part, {figures} {} GROUP BY 1, 2, 4",
            grouping.from_where(&[], Some(&format!("{parents} AND {children}")))
        ));
    }
    statements
}

/// Adds the groups of an answer.
///
/// # Errors
/// When the answer is another one.
pub fn read_into(found: &mut FastMap<GroupKey, Vec<Part>>, table: &Table) -> Result<(), TableError> {
    let (g, h, level, part) = (table.texts("g")?, table.texts("h")?, table.ints("level")?, table.ints("part")?);
    let (p95, errors) = (table.floats("p95_ms")?, table.ints("errors")?);
    for row in 0..table.rows() {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let key = GroupKey { first: owned(g.get(row)), second: (level.get(row) == Some(1)).then(|| owned(h.get(row))) };
        let place = part.get(row).and_then(|place| usize::try_from(place).ok());
        if let (Some(place), Some(p95_ms)) = (place, p95.get(row)) {
            let errors = errors.get(row).and_then(|errors| u64::try_from(errors).ok()).unwrap_or(0);
            found.entry(key).or_default().push(Part { place, p95_ms, errors });
        }
    }
    for parts in found.values_mut() {
        parts.sort_unstable_by_key(|part| part.place);
    }
    Ok(())
}

/// A line with dots, in [`WIDTH`] by [`HEIGHT`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// As `points` of a polyline.
    pub points: String,
    /// Where spans failed.
    pub failed: Vec<(f64, f64)>,
    /// In words.
    pub words: String,
    /// p95 in ms of all parts, those without spans empty, for `data-value`.
    pub value: String,
}

pub fn line(parts: &[Part]) -> Line {
    let values = || parts.iter().map(|part| part.p95_ms).filter(|value| value.is_finite());
    let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return Line { words: "No span of the group has a time".to_owned(), ..Line::default() };
    }
    let x = |part: &Part| part.place as f64 * WIDTH / (PARTS - 1) as f64;
    let y = |part: &Part| {
        let share = if high > low { (part.p95_ms - low) / (high - low) } else { 0.5 };
        HEIGHT - 3.0 - share * (HEIGHT - 6.0)
    };
    let mut points: Vec<String> = parts.iter().map(|part| format!("{:.1},{:.1}", x(part), y(part))).collect();
    // One part alone is a short stroke.
    if let (1, Some(only)) = (parts.len(), parts.first()) {
        points.push(format!("{:.1},{:.1}", if x(only) + 3.0 > WIDTH { x(only) - 3.0 } else { x(only) + 3.0 }, y(only)));
    }
    let failed: Vec<(f64, f64)> =
        parts.iter().filter(|part| part.errors > 0).map(|part| (x(part).clamp(2.0, WIDTH - 2.0), y(part))).collect();
    let errors = match failed.len() {
        0 => String::new(),
        several => format!(", errors in {several} of {PARTS} parts of the time"),
    };
    let words = format!("p95 from {} to {}{errors}", units::duration(ns_of_ms(low)), units::duration(ns_of_ms(high)));
    let at = |place| parts.iter().find(|part| part.place == place).map(|part| part.p95_ms.to_string()).unwrap_or_default();
    Line { points: points.join(" "), failed, words, value: (0..PARTS).map(at).collect::<Vec<_>>().join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Column, modes::statistics::grouping::Dimension, state::scope::Scope};

    #[test]
    fn two_levels_are_two_statements() {
        let grouping = Grouping { scope: Scope::default(), first: Dimension::Operation, second: Some(Dimension::Service), with_own: true };
        let key = |first: &str, second: Option<GroupValue>| GroupKey { first: Some(first.into()), second };
        let time = Span { from_ns: 1_000, to_ns: 1_240 };
        let statements = trend_sql(&grouping, time, &[key("a", None), key("b", Some(None)), key("b", Some(Some("x".into())))]);
        assert_eq!(statements.len(), 2);
        assert!(
            statements[0].contains("least(23, greatest(0, coalesce(TRY((start_time - (1000)) // 10), 0))) AS part")
                && statements[0].contains("(name = 'a')"),
            "{}",
            statements[0]
        );
        assert!(statements[1].contains("(name = 'b') AND (service = 'x' OR service IS NULL) GROUP BY 1, 2, 4"), "{}", statements[1]);
        assert!(!statements[0].contains("self_ns"));
        assert_eq!(trend_sql(&grouping, time, &[]), Vec::<String>::new());
    }

    #[test]
    fn a_time_of_any_length_has_parts() {
        assert_eq!(Span { from_ns: i64::MIN, to_ns: i64::MAX }.part_ns(), i64::MAX / 24);
        assert_eq!(Span { from_ns: 5, to_ns: 5 }.part_ns(), 1);
    }

    #[test]
    fn an_answer_becomes_lines() {
        let ints = |values: [i64; 3]| Column::ints(values.map(Some));
        let table = Table::new(vec![
            ("g".to_owned(), Column::texts([Some("a"), Some("a"), None])),
            ("h".to_owned(), Column::texts([None, None, None])),
            ("level".to_owned(), ints([0, 0, 1])),
            ("part".to_owned(), ints([23, 0, 4])),
            ("p95_ms".to_owned(), Column::floats([Some(10.0), Some(2.0), Some(1.0)])),
            ("errors".to_owned(), ints([1, 0, 0])),
        ]);
        let mut found = FastMap::default();
        read_into(&mut found, &table).unwrap();
        let drawn = line(&found[&GroupKey { first: Some("a".into()), second: None }]);
        assert_eq!(drawn.points, "0.0,17.0 92.0,3.0");
        assert_eq!(drawn.failed, [(90.0, 3.0)]);
        assert_eq!(drawn.words.replace('\u{a0}', " "), "p95 from 2.00 ms to 10.0 ms, errors in 1 of 24 parts of the time");
        assert!(drawn.value.starts_with("2,,") && drawn.value.ends_with(",10"));
        assert!(found.contains_key(&GroupKey { first: None, second: Some(None) }));
        assert_eq!(line(&[]).points, "");
    }
}
