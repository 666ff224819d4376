//! The comparison's figures as a reader sees them. Pure.

use super::model::{Column, Measure, Part, Unit};
use crate::core::units::{self, MISSING, NO_BREAK_SPACE};

/// Longer durations are not said in ns.
const MOST_NS: f64 = 9e18;

/// A figure; a difference has its sign.
pub fn figure(column: Column, value: Option<f64>) -> String {
    let Some(value) = value else { return MISSING.to_owned() };
    let signed = |text: String| if value > 0.0 { format!("+{text}") } else { text };
    match column {
        Column::Name => String::new(),
        Column::Added | Column::AddedOwn => signed(duration(value)),
        Column::Of(_, Part::Change) => percent(value, true),
        Column::Of(measure, part) => {
            let is_difference = part == Part::Difference;
            match measure.unit() {
                Unit::Percent => percent(value, is_difference).replace('%', if is_difference { "pp" } else { "%" }),
                Unit::Spans => {
                    let count = units::count(value.abs() as u64);
                    if is_difference { signed(if value < 0.0 { format!("−{count}") } else { count }) } else { count }
                }
                Unit::Milliseconds => {
                    let text = duration(value);
                    if is_difference { signed(text) } else { text }
                }
            }
        }
    }
}

/// The same unrounded, for a title; `None` where the cell says it all.
pub fn full(column: Column, value: Option<f64>) -> Option<String> {
    let value = value?;
    match column {
        Column::Name => None,
        Column::Of(_, Part::Change) => Some(format!("{value} %")),
        Column::Of(measure, part) => match measure.unit() {
            Unit::Spans => None,
            Unit::Percent if part == Part::Difference => Some(format!("{value} percentage points")),
            Unit::Percent => Some(format!("{value} %")),
            Unit::Milliseconds => Some(format!("{value} ms")),
        },
        Column::Added | Column::AddedOwn => Some(format!("{value} ms")),
    }
}

/// Why a figure is missing.
pub fn why_missing(column: Column) -> &'static str {
    match column {
        Column::Of(_, Part::Change) => "Nothing to divide by: A has none of it",
        Column::Of(Measure::Own, _) | Column::AddedOwn => "Own time is not worked out, or there are no spans",
        _ => "No spans on this side, or none with a duration",
    }
}

/// Whether more of it is worse.
pub fn is_cost(column: Column) -> bool {
    match column {
        Column::Added | Column::AddedOwn => true,
        Column::Of(measure, Part::Difference | Part::Change) => measure != Measure::Count,
        _ => false,
    }
}

fn duration(ms: f64) -> String {
    units::duration((ms * 1e6).clamp(-MOST_NS, MOST_NS).round() as i64)
}

/// Three digits; a plain 0 without sign.
fn percent(value: f64, is_signed: bool) -> String {
    let size = value.abs();
    let text = match size {
        _ if size < 0.005 => "0".to_owned(),
        _ if size >= 999_999.5 => return format!("{}>{NO_BREAK_SPACE}999,999{NO_BREAK_SPACE}%", if value < 0.0 { "−" } else { "" }),
        _ if size >= 99.95 => units::count(size.round() as u64),
        _ if size >= 9.995 => format!("{size:.1}"),
        _ => format!("{size:.2}"),
    };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    let sign = match value {
        _ if text == "0" => "",
        _ if value < 0.0 => "−",
        _ if is_signed => "+",
        _ => "",
    };
    format!("{sign}{text}{NO_BREAK_SPACE}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_units_and_differences_signs() {
        let said = |slug: &str, value: f64| figure(Column::from_slug(slug).unwrap(), Some(value)).replace(NO_BREAK_SPACE, " ");
        assert_eq!(said("p95_a_ms", 1.5), "1.50 ms");
        assert_eq!(said("p95_diff_ms", 1.5), "+1.50 ms");
        assert_eq!(said("added_ms", -1500.0), "−1.50 s");
        assert_eq!(said("count_a", 1234.0), "1,234");
        assert_eq!(said("count_diff", -1234.0), "−1,234");
        assert_eq!(said("count_diff", 0.0), "0");
        assert_eq!(said("error_a_pct", 12.5), "12.5 %");
        assert_eq!(said("error_diff_pct", 1.0), "+1 pp");
        assert_eq!(said("p95_change_pct", -33.333), "−33.3 %");
        assert_eq!(said("p95_change_pct", 250.4), "+250 %");
        assert_eq!(said("p95_change_pct", 0.001), "0 %");
        assert_eq!(said("p95_change_pct", 1e12), "> 999,999 %");
        assert_eq!(figure(Column::Added, None), MISSING);
        assert!(!said("total_b_ms", 1e300).contains('-'), "beyond what a duration can hold");
    }
}
