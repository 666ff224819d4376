//! The latency heat map: the buckets of time, crossed with bands of duration in equal steps of the logarithm.

use super::buckets::Buckets;

/// Bands from one power of ten to the next.
pub const BANDS_PER_DECADE: u32 = 4;
/// Shorter durations share the lowest band: below it clocks say little.
pub const LEAST_NS: i64 = 1_000;
/// The number of the band that begins at [`LEAST_NS`].
pub const LOWEST_BAND: i64 = 12;
/// The last band that ends within `i64`.
pub const HIGHEST_BAND: i64 = 75;

/// Spans that start in a bucket and last as long as a band says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatCell {
    pub column: usize,
    /// Place in `bands_ns`, from below.
    pub band: usize,
    pub count: u64,
    pub errors: u64,
}

/// Cells that are not empty, by column and band.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    pub buckets: Buckets,
    /// First nanosecond of a band and the one behind its last, from the shortest durations to the longest, without gaps.
    pub bands_ns: Vec<(i64, i64)>,
    pub cells: Vec<HeatCell>,
}

/// First nanosecond of a band by its number: 10^(number / 4), and 0 for the lowest.
#[must_use]
pub fn band_from_ns(number: i64) -> i64 {
    if number <= LOWEST_BAND {
        return 0;
    }
    let exponent = number.min(HIGHEST_BAND + 1) as f64 / f64::from(BANDS_PER_DECADE);
    // The cast saturates.
    10_f64.powf(exponent).ceil() as i64
}

/// The number of the band of a duration.
#[must_use]
pub fn band_of(duration_ns: i64) -> i64 {
    let number = (duration_ns.max(LEAST_NS) as f64).log10() * f64::from(BANDS_PER_DECADE);
    (number.floor() as i64).clamp(LOWEST_BAND, HIGHEST_BAND)
}

impl HeatMap {
    /// Of cells as (bucket, number of the band, spans, errors); what lies outside the buckets is left out.
    #[must_use]
    pub fn of(buckets: Buckets, found: impl IntoIterator<Item = (usize, i64, u64, u64)>) -> Self {
        let mut found: Vec<(usize, i64, u64, u64)> = found
            .into_iter()
            .filter(|(column, _, count, _)| *column < buckets.count && *count > 0)
            .map(|(column, number, count, errors)| (column, number.clamp(LOWEST_BAND, HIGHEST_BAND), count, errors))
            .collect();
        found.sort_unstable_by_key(|(column, number, ..)| (*column, *number));
        let low = found.iter().map(|(_, number, ..)| *number).min();
        let high = found.iter().map(|(_, number, ..)| *number).max();
        let (Some(low), Some(high)) = (low, high) else { return Self { buckets, bands_ns: Vec::new(), cells: Vec::new() } };
        let bands_ns = (low..=high).map(|number| (band_from_ns(number), band_from_ns(number + 1))).collect();
        let cell = |(column, number, count, errors): (usize, i64, u64, u64)| HeatCell {
            column,
            band: usize::try_from(number - low).unwrap_or(0),
            count,
            errors,
        };
        Self { buckets, bands_ns, cells: found.into_iter().map(cell).collect() }
    }

    /// Spans of the fullest cell.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.cells.iter().map(|cell| cell.count).max().unwrap_or(0)
    }

    /// Spans and errors of each band over all buckets: the histogram of durations beside the map.
    #[must_use]
    pub fn histogram(&self) -> Vec<(u64, u64)> {
        let mut bands = vec![(0_u64, 0_u64); self.bands_ns.len()];
        for cell in &self.cells {
            if let Some((spans, errors)) = bands.get_mut(cell.band) {
                *spans = spans.saturating_add(cell.count);
                *errors = errors.saturating_add(cell.errors);
            }
        }
        bands
    }

    /// Spans and errors of the cells that lie within these columns and bands, ends included.
    #[must_use]
    pub fn within(&self, columns: (usize, usize), bands: (usize, usize)) -> (u64, u64) {
        let inside = |cell: &&HeatCell| (columns.0..=columns.1).contains(&cell.column) && (bands.0..=bands.1).contains(&cell.band);
        self.cells.iter().filter(inside).fold((0, 0), |(spans, errors), cell| (spans + cell.count, errors + cell.errors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BUCKETS: Buckets = Buckets { from_ns: 0, step_ns: 10, count: 3 };

    #[test]
    fn bands_are_quarters_of_a_power_of_ten() {
        assert_eq!((band_of(0), band_of(999), band_of(1_000), band_of(1_779)), (12, 12, 12, 13));
        assert_eq!((band_of(999_999), band_of(1_000_000), band_of(10_000_000)), (23, 24, 28));
        assert_eq!((band_from_ns(24), band_from_ns(12), band_from_ns(13)), (1_000_000, 0, 1_779));
    }

    #[test]
    fn cells_stand_on_the_bands_that_are_needed() {
        let map = HeatMap::of(BUCKETS, [(1, 24, 5, 1), (0, 26, 2, 0), (9, 24, 1, 0), (2, 30, 0, 0)]);
        assert_eq!((map.bands_ns.len(), map.bands_ns[0].0, map.cells.len(), map.most()), (3, 1_000_000, 2, 5));
        assert_eq!(map.cells[0], HeatCell { column: 0, band: 2, count: 2, errors: 0 });
        assert_eq!(map.histogram(), [(5, 1), (0, 0), (2, 0)]);
        assert_eq!((map.within((0, 1), (0, 1)), map.within((0, 2), (0, 2))), ((5, 1), (7, 1)));
        assert!(HeatMap::of(BUCKETS, []).bands_ns.is_empty());
    }

    proptest! {
        #[test]
        fn a_duration_lies_within_its_band(duration in 0_i64..1_000_000_000_000_000) {
            let number = band_of(duration);
            prop_assert!(band_from_ns(number) <= duration && duration < band_from_ns(number + 1), "{} {}", duration, number);
        }
    }
}
