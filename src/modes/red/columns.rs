//! The columns of the tables: their words in addresses and cells, their heads, and how a sort by them begins. Pure.

use crate::core::display::{self, Units};
pub use crate::core::order::Direction;

/// What is said of a group of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Name,
    Health,
    Rate,
    Count,
    Errors,
    ErrorPct,
    P50,
    P95,
    P99,
    /// Spans over time.
    Calls,
    /// p95 over time.
    Line,
    /// Own time against the largest of all rows.
    Impact,
}

impl Column {
    /// Of the table with a row a card.
    pub const OF_GROUPS: [Self; 10] =
        [Self::Name, Self::Health, Self::Calls, Self::Rate, Self::Count, Self::Errors, Self::ErrorPct, Self::P50, Self::P95, Self::P99];
    /// Of the table of operations.
    pub const OF_OPERATIONS: [Self; 12] = [
        Self::Name,
        Self::Calls,
        Self::Rate,
        Self::Count,
        Self::Errors,
        Self::ErrorPct,
        Self::P50,
        Self::P95,
        Self::P99,
        Self::Line,
        Self::Impact,
        Self::Health,
    ];

    /// The word in the address and in `data-col`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Health => "health",
            Self::Rate => "rate_per_s",
            Self::Count => "count",
            Self::Errors => "errors",
            Self::ErrorPct => "error_pct",
            Self::P50 => "p50_ms",
            Self::P95 => "p95_ms",
            Self::P99 => "p99_ms",
            Self::Calls => "calls_trend",
            Self::Line => "p95_trend",
            Self::Impact => "impact",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::OF_OPERATIONS.into_iter().find(|column| column.slug() == slug)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Health => "Limits",
            Self::Rate => "Rate",
            Self::Count => "Spans",
            Self::Errors => "Errors",
            Self::ErrorPct => "Error %",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Calls => "Rate over time",
            Self::Line => "p95 over time",
            Self::Impact => "Impact",
        }
    }

    /// The title of its head.
    pub fn about(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Health => "Whether error rate and p95 keep within the limits",
            Self::Rate => "Spans by the length of the time range in view",
            Self::Count => "Number of spans",
            Self::Errors => "Spans that failed",
            Self::ErrorPct => "Failed spans per hundred",
            Self::P50 => "Half of the spans took no longer",
            Self::P95 => "95 of 100 spans took no longer",
            Self::P99 => "99 of 100 spans took no longer",
            Self::Calls => "Spans in equal parts of the time range, failed ones in red",
            Self::Line => "p95 in equal parts of the time range",
            Self::Impact => "Own time as a share of the largest in this table",
        }
    }

    pub fn is_sortable(self) -> bool {
        !matches!(self, Self::Calls | Self::Line)
    }

    pub fn is_number(self) -> bool {
        !matches!(self, Self::Name | Self::Health | Self::Calls | Self::Line)
    }

    fn first_direction(self) -> Direction {
        if self == Self::Name { Direction::Ascending } else { Direction::Descending }
    }

    /// The sort after a press on its head.
    pub fn pressed(self, sort: Option<(Self, Direction)>) -> (Self, Direction) {
        match sort {
            Some((column, direction)) if column == self => (self, direction.reversed()),
            _ => (self, self.first_direction()),
        }
    }

    /// In the table.
    pub fn width_px(self) -> u32 {
        match self {
            Self::Name => 200,
            Self::Health => 96,
            Self::Calls | Self::Line | Self::Impact => 112,
            // In one unit for all, durations have as many digits as they need.
            _ if display::present().units != Units::Automatic => 112,
            _ => 84,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_lead_back() {
        for column in Column::OF_OPERATIONS.into_iter().chain(Column::OF_GROUPS) {
            assert_eq!(Column::from_slug(column.slug()), Some(column));
        }
        assert_eq!(Column::from_slug("none"), None);
    }

    #[test]
    fn presses_sort_and_turn_round() {
        let once = Column::P95.pressed(None);
        assert_eq!(once, (Column::P95, Direction::Descending));
        assert_eq!(Column::P95.pressed(Some(once)), (Column::P95, Direction::Ascending));
        assert_eq!(Column::Name.pressed(Some(once)), (Column::Name, Direction::Ascending));
    }
}
