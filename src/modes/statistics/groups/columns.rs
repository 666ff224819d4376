//! The columns of the table of groups: their words in the address, on the page and in the cells, and how a sort by them begins. Pure.

pub use crate::core::order::Direction;

/// What is said of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The group itself: always the first column.
    Name,
    Count,
    Errors,
    ErrorPct,
    Total,
    Share,
    Own,
    Min,
    Mean,
    P50,
    P90,
    P95,
    P99,
    Max,
    Stddev,
    First,
    Last,
    /// p95 over time, as a line.
    Trend,
}

/// What the numbers of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Text,
    Count,
    /// Per hundred.
    Percent,
    /// Milliseconds, as DuckDB gives them.
    Milliseconds,
    /// Nanoseconds since 1970.
    Instant,
    Line,
}

impl Column {
    /// All that a reader can choose, in the order of the menu.
    pub const CHOICES: [Self; 17] = [
        Self::Count,
        Self::Errors,
        Self::ErrorPct,
        Self::Total,
        Self::Share,
        Self::Own,
        Self::Min,
        Self::Mean,
        Self::P50,
        Self::P90,
        Self::P95,
        Self::P99,
        Self::Max,
        Self::Stddev,
        Self::First,
        Self::Last,
        Self::Trend,
    ];

    /// Shown until the reader chooses.
    pub const DEFAULT: [Self; 10] =
        [Self::Count, Self::Errors, Self::ErrorPct, Self::Total, Self::Own, Self::P50, Self::P95, Self::P99, Self::Max, Self::Trend];

    /// The word in the address and in `data-col`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Count => "count",
            Self::Errors => "errors",
            Self::ErrorPct => "error_pct",
            Self::Total => "total_ms",
            Self::Share => "share_pct",
            Self::Own => "self_ms",
            Self::Min => "min_ms",
            Self::Mean => "mean_ms",
            Self::P50 => "p50_ms",
            Self::P90 => "p90_ms",
            Self::P95 => "p95_ms",
            Self::P99 => "p99_ms",
            Self::Max => "max_ms",
            Self::Stddev => "stddev_ms",
            Self::First => "first_ns",
            Self::Last => "last_ns",
            Self::Trend => "trend",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        std::iter::once(Self::Name).chain(Self::CHOICES).find(|column| column.slug() == slug)
    }

    /// The word in the head of the table.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Count => "Count",
            Self::Errors => "Errors",
            Self::ErrorPct => "Error %",
            Self::Total => "Total",
            Self::Share => "Share",
            Self::Own => "Own time",
            Self::Min => "Min",
            Self::Mean => "Mean",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Max => "Max",
            Self::Stddev => "Std. dev.",
            Self::First => "First seen",
            Self::Last => "Last seen",
            Self::Trend => "p95 over time",
        }
    }

    /// What the figure is, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::Name => "What the spans of the group have in common",
            Self::Count => "Number of spans",
            Self::Errors => "Spans with the status error",
            Self::ErrorPct => "Spans with the status error, of a hundred",
            Self::Total => "Sum of the durations; children run inside their parents, so totals of groups overlap",
            Self::Share => "Of the sum of all durations in scope",
            Self::Own => "Sum of the time that no child of the span covers",
            Self::Min => "The shortest span",
            Self::Mean => "Arithmetic mean of the durations",
            Self::P50 => "Half of the spans are not longer (exact, interpolated)",
            Self::P90 => "90 % of the spans are not longer (exact, interpolated)",
            Self::P95 => "95 % of the spans are not longer (exact, interpolated)",
            Self::P99 => "99 % of the spans are not longer (exact, interpolated)",
            Self::Max => "The longest span",
            Self::Stddev => "Standard deviation of the durations (of a sample)",
            Self::First => "Start of the first span",
            Self::Last => "Start of the last span",
            Self::Trend => "p95 in 24 parts of the time in scope; a red dot where spans failed",
        }
    }

    pub fn measure(self) -> Measure {
        match self {
            Self::Name => Measure::Text,
            Self::Count | Self::Errors => Measure::Count,
            Self::ErrorPct | Self::Share => Measure::Percent,
            Self::First | Self::Last => Measure::Instant,
            Self::Trend => Measure::Line,
            _ => Measure::Milliseconds,
        }
    }

    /// A column of the table that can be sorted by.
    pub fn is_sortable(self) -> bool {
        self != Self::Trend
    }

    /// A bound can be put on its numbers.
    pub fn has_bounds(self) -> bool {
        self.has_heat() || self.measure() == Measure::Instant
    }

    /// Cells can be coloured by it.
    pub fn has_heat(self) -> bool {
        matches!(self.measure(), Measure::Count | Measure::Percent | Measure::Milliseconds)
    }

    /// The first press sorts names and times upwards, figures from the largest.
    pub fn first_direction(self) -> Direction {
        match self.measure() {
            Measure::Text | Measure::Instant => Direction::Ascending,
            _ => Direction::Descending,
        }
    }

    /// Room in the table.
    pub fn width_px(self) -> u32 {
        match self {
            Self::Name => 200,
            Self::Count => 70,
            Self::Errors => 66,
            Self::ErrorPct | Self::Share => 92,
            Self::Total => 92,
            Self::Own => 104,
            Self::Stddev => 80,
            Self::First | Self::Last => 112,
            Self::Trend => 108,
            _ => 72,
        }
    }
}

/// A press on a head: alone it sorts by this column or turns it round; with Shift it is one level more, turned round, and then gone.
#[must_use]
pub fn pressed(sort: &[(Column, Direction)], column: Column, is_added: bool) -> Vec<(Column, Direction)> {
    let present = sort.iter().position(|(other, _)| *other == column);
    let first = column.first_direction();
    if !is_added {
        let next = match sort {
            [(only, direction)] if *only == column => direction.reversed(),
            _ => first,
        };
        return vec![(column, next)];
    }
    let mut next = sort.to_vec();
    match present.and_then(|at| next.get(at).copied().map(|level| (at, level))) {
        None => next.push((column, first)),
        Some((at, (_, direction))) if direction == first => {
            if let Some(level) = next.get_mut(at) {
                level.1 = direction.reversed();
            }
        }
        Some((at, _)) => drop(next.remove(at)),
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_lead_back_and_are_the_names_of_cells() {
        for column in Column::CHOICES {
            assert_eq!(Column::from_slug(column.slug()), Some(column));
        }
        assert_eq!(Column::from_slug("name"), Some(Column::Name));
        assert_eq!(Column::from_slug(""), None);
    }

    #[test]
    fn presses_sort_turn_round_and_add_levels() {
        use Direction::{Ascending, Descending};
        let one = pressed(&[], Column::Count, false);
        assert_eq!(one, [(Column::Count, Descending)]);
        assert_eq!(pressed(&one, Column::Count, false), [(Column::Count, Ascending)]);
        assert_eq!(pressed(&one, Column::Name, false), [(Column::Name, Ascending)]);
        let two = pressed(&one, Column::Name, true);
        assert_eq!(two, [(Column::Count, Descending), (Column::Name, Ascending)]);
        let turned = pressed(&two, Column::Name, true);
        assert_eq!(turned, [(Column::Count, Descending), (Column::Name, Descending)]);
        assert_eq!(pressed(&turned, Column::Name, true), one);
    }
}
