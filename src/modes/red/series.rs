//! Answers by bucket as series and as the heat map, and the series as rows of a table. Pure.

use std::rc::Rc;

use super::figures::natural;
use crate::{
    core::{
        export::{Cell, Sheet},
        fast_map::FastMap,
        red::{
            buckets::{Buckets, Window},
            heat::HeatMap,
            series::{Point, Series, per_s},
        },
    },
    engine::{Table, TableError},
    state::dimension::GroupValue,
};

struct Points<'a> {
    bucket: crate::engine::table::Ints<'a>,
    count: crate::engine::table::Ints<'a>,
    errors: crate::engine::table::Ints<'a>,
    percentiles: [crate::engine::table::Floats<'a>; 3],
}

impl<'a> Points<'a> {
    fn of(table: &'a Table) -> Result<Self, TableError> {
        Ok(Self {
            bucket: table.ints("bucket")?,
            count: table.ints("count")?,
            errors: table.ints("errors")?,
            percentiles: [table.floats("p50_ms")?, table.floats("p95_ms")?, table.floats("p99_ms")?],
        })
    }

    fn get(&self, row: usize) -> Option<(usize, Point)> {
        let [p50_ms, p95_ms, p99_ms] = self.percentiles.map(|column| column.get(row).filter(|ms| ms.is_finite()));
        let bucket = self.bucket.get(row).and_then(|bucket| usize::try_from(bucket).ok())?;
        Some((bucket, Point { calls: natural(self.count.get(row)), errors: natural(self.errors.get(row)), p50_ms, p95_ms, p99_ms }))
    }
}

/// One subject; what lies outside of the buckets is left out.
///
/// # Errors
/// When the answer is another one.
pub fn read_series(name: &str, buckets: Buckets, table: &Table) -> Result<Series, TableError> {
    let points = Points::of(table)?;
    let mut series = Series::empty(name.into(), buckets.count);
    for (bucket, point) in (0..table.rows()).filter_map(|row| points.get(row)) {
        if let Some(place) = series.points.get_mut(bucket) {
            *place = point;
        }
    }
    Ok(series)
}

/// Some groups, in the order of `wanted`: each with its name.
///
/// # Errors
/// When the answer is another one.
pub fn read_many(wanted: &[(GroupValue, Rc<str>)], buckets: Buckets, table: &Table) -> Result<Vec<Series>, TableError> {
    let (points, values) = (Points::of(table)?, table.texts("g")?);
    let mut all: Vec<Series> = wanted.iter().map(|(_, name)| Series::empty(name.clone(), buckets.count)).collect();
    let places: FastMap<Option<&str>, usize> = wanted.iter().enumerate().map(|(at, (value, _))| (value.as_deref(), at)).collect();
    for row in 0..table.rows() {
        let place = places.get(&values.get(row)).and_then(|at| all.get_mut(*at)).zip(points.get(row));
        if let Some((series, (bucket, point))) = place
            && let Some(place) = series.points.get_mut(bucket)
        {
            *place = point;
        }
    }
    Ok(all)
}

/// # Errors
/// When the answer is another one.
pub fn read_heat(buckets: Buckets, table: &Table) -> Result<HeatMap, TableError> {
    let (bucket, band) = (table.ints("bucket")?, table.ints("band")?);
    let (count, errors) = (table.ints("count")?, table.ints("errors")?);
    let cell = |row: usize| {
        let column = usize::try_from(bucket.get(row)?).ok()?;
        Some((column, band.get(row)?, natural(count.get(row)), natural(errors.get(row))))
    };
    Ok(HeatMap::of(buckets, (0..table.rows()).filter_map(cell)))
}

/// The figures of the charts as a file: a row a bucket of each series.
pub fn sheet(all: &[Series], buckets: Buckets, window: Window) -> Sheet {
    let columns = ["series", "from_ns", "to_ns", "count", "rate_per_s", "errors", "error_pct", "p50_ms", "p95_ms", "p99_ms"];
    let int = |value: u64| Cell::Int(i64::try_from(value).unwrap_or(i64::MAX));
    let float = |value: Option<f64>| value.map_or(Cell::Null, Cell::Float);
    let rated_ns = buckets.rated_ns(window);
    let mut rows = Vec::new();
    for series in all {
        for (bucket, point) in series.points.iter().enumerate() {
            rows.push(vec![
                Cell::Text(series.name.to_string()),
                Cell::Int(buckets.start_ns(bucket)),
                Cell::Int(buckets.end_ns(bucket)),
                int(point.calls),
                float(per_s(point.calls, rated_ns)),
                int(point.errors),
                float(point.error_pct()),
                float(point.p50_ms),
                float(point.p95_ms),
                float(point.p99_ms),
            ]);
        }
    }
    Sheet { columns: columns.map(str::to_owned).to_vec(), rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    const BUCKETS: Buckets = Buckets { from_ns: 0, step_ns: 1_000_000_000, count: 3 };

    fn table() -> Table {
        let floats = || Column::floats([Some(1.0), Some(f64::NAN), Some(3.0)]);
        Table::new(vec![
            ("g".to_owned(), Column::texts([Some("a"), None, Some("other")])),
            ("bucket".to_owned(), Column::ints([Some(2), Some(0), Some(7)])),
            ("band".to_owned(), Column::ints([Some(24), Some(25), Some(24)])),
            ("count".to_owned(), Column::ints([Some(4), Some(1), Some(9)])),
            ("errors".to_owned(), Column::ints([Some(1), Some(0), Some(9)])),
            ("p50_ms".to_owned(), floats()),
            ("p95_ms".to_owned(), floats()),
            ("p99_ms".to_owned(), floats()),
        ])
    }

    #[test]
    fn empty_buckets_are_zero_and_a_gap() {
        let series = read_series("all", BUCKETS, &table()).unwrap();
        assert_eq!((series.points.len(), series.calls(), series.points[1]), (3, 5, Point::default()));
        assert_eq!((series.points[2].p95_ms, series.points[0].p95_ms), (Some(1.0), None));
        let sheet = sheet(&[series], BUCKETS, Window { from_ns: 0, to_ns: 2_500_000_000 });
        assert_eq!(sheet.rows.len(), 3);
        assert_eq!(
            sheet.rows[2][1..7],
            [Cell::Int(2_000_000_000), Cell::Int(3_000_000_000), Cell::Int(4), Cell::Float(4.0), Cell::Int(1), Cell::Float(25.0)]
        );
        assert_eq!((&sheet.rows[1][6], &sheet.rows[1][7]), (&Cell::Null, &Cell::Null));
    }

    #[test]
    fn many_series_are_those_that_were_wanted() {
        let wanted = [(Some("a".to_owned()), Rc::from("a")), (None, Rc::from("—")), (Some("idle".to_owned()), Rc::from("idle"))];
        let all = read_many(&wanted, BUCKETS, &table()).unwrap();
        assert_eq!(all.iter().map(Series::calls).collect::<Vec<_>>(), [4, 1, 0]);
    }

    #[test]
    fn cells_outside_of_the_buckets_are_left_out() {
        let map = read_heat(BUCKETS, &table()).unwrap();
        assert_eq!((map.cells.len(), map.bands_ns.len(), map.most()), (2, 2, 4));
    }
}
