//! A result as a chart: what could be drawn of it, and the picture with the table behind it. Must not draw (`ui::chart` does).

use super::{
    cell,
    result_set::{ResultSet, Value},
};
use crate::{
    core::chart::{
        columns::Columns,
        panel::{Dash, Form, Ink},
        picture::{Bar, Picture, Shape},
        scale::{Unit, ValueAxis},
    },
    engine::result::CellKind,
};

/// Bars side by side; more would be lines.
const MOST_BARS: usize = 60;
/// Points of a line: each stretch of rows gives its least and its most.
const MOST_POINTS: usize = 4_000;
const MOST_DOTS: usize = 10_000;
/// Columns of a histogram.
const HISTOGRAM_BINS: usize = 40;
/// Values drawn together.
pub const MOST_SERIES: usize = 6;
/// Of a column's width, what is left free between two bars.
const BAR_GAP: f64 = 0.16;
/// Parts of the axis of values.
const PARTS: usize = 5;
/// A whole number above this is taken for nanoseconds since 1970 where its column is named like a time: 2001.
const NANOSECONDS: f64 = 1e18;
const LETTER_PX: f64 = 6.4;
const GAP_PX: f64 = 76.0;
/// Rows of the table behind the picture.
const MOST_ROWS: usize = 1_000;

pub const INKS: [Ink; MOST_SERIES] = ["--s9", "--s2", "--s6", "--s11", "--s7", "--s12"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Line,
    Bar,
    Scatter,
    Histogram,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Line, Self::Bar, Self::Scatter, Self::Histogram];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Bar => "bar",
            Self::Scatter => "scatter",
            Self::Histogram => "histogram",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Line => "Line",
            Self::Bar => "Bars",
            Self::Scatter => "Scatter",
            Self::Histogram => "Histogram",
        }
    }

    pub fn of(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// What is drawn of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub kind: Kind,
    /// Across; the rows' numbers without one.
    pub x: Option<usize>,
    /// Upwards.
    pub ys: Vec<usize>,
}

/// A chart, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub picture: Picture,
    pub across: Across,
    /// Names and colours of what is drawn.
    pub series: Vec<(String, Ink)>,
    /// Of the table: what stands across, then a column a series.
    pub head: String,
    pub rows: Vec<(String, Vec<Option<f64>>)>,
    /// What is not drawn, in a sentence.
    pub note: Option<String>,
}

/// What stands below the picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Across {
    Names(Vec<String>),
    Times(Columns),
    Values(Vec<(f64, String)>),
}

impl Across {
    /// Marks for a width: their places as shares of it.
    pub fn marks(&self, width_px: f64) -> Vec<(f64, String)> {
        match self {
            Self::Times(columns) => columns.marks(width_px, GAP_PX),
            Self::Values(marks) => apart(marks.clone(), width_px),
            Self::Names(names) => {
                let step_px = width_px / names.len().max(1) as f64;
                let letters = ((step_px - 8.0) / LETTER_PX).max(0.0) as usize;
                let marks = names.iter().enumerate().map(|(at, name)| {
                    // Where bars are narrow, some of them have their name, and it may reach as far as the gap to the next.
                    let letters = letters.max(10);
                    let cut: String = if name.chars().count() > letters {
                        name.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
                    } else {
                        name.clone()
                    };
                    ((at as f64 + 0.5) / names.len() as f64, cut)
                });
                apart(marks.collect(), width_px)
            }
        }
    }
}

/// Only marks whose words do not touch.
fn apart(marks: Vec<(f64, String)>, width_px: f64) -> Vec<(f64, String)> {
    let mut end = f64::NEG_INFINITY;
    marks
        .into_iter()
        .filter(|(share, words)| {
            let half = words.chars().count() as f64 * LETTER_PX / 2.0;
            let fits = share * width_px - half >= end;
            if fits {
                end = share * width_px + half + 8.0;
            }
            fits
        })
        .collect()
}

/// Whether a column holds instants: by its type, or as nanoseconds by its name and its values.
pub fn is_instant(set: &ResultSet, column: usize) -> bool {
    let Some(known) = set.columns.get(column) else { return false };
    let name = known.name.to_lowercase();
    let named = name.ends_with("_time") || name.ends_with("_ns") || name == "time";
    let first = (0..set.rows().min(100)).find_map(|row| set.value(column, row));
    let large = matches!(first, Some(Value::Int(value)) if value as f64 > NANOSECONDS);
    cell::is_time(known.kind) || (known.kind == CellKind::Int && named && large)
}

fn is_measure(set: &ResultSet, column: usize) -> bool {
    cell::is_number(set.kind(column)) && !is_instant(set, column)
}

/// Columns that can stand upwards.
pub fn measures(set: &ResultSet) -> Vec<usize> {
    (0..set.columns.len()).filter(|column| is_measure(set, *column)).collect()
}

/// What suits a result best; `None` where there is no number in it.
pub fn suggestion(set: &ResultSet) -> Option<Choice> {
    let numbers = measures(set);
    let first = *numbers.first()?;
    let time = (0..set.columns.len()).find(|column| is_instant(set, *column));
    let text = (0..set.columns.len()).find(|column| matches!(set.kind(*column), CellKind::Text | CellKind::Word | CellKind::Bool));
    let ys = |x: usize| numbers.iter().copied().filter(|column| *column != x).take(1).collect::<Vec<_>>();
    Some(match (time, text, numbers.get(1)) {
        (Some(time), ..) => Choice { kind: Kind::Line, x: Some(time), ys: ys(time) },
        (None, Some(text), _) => Choice { kind: Kind::Bar, x: Some(text), ys: ys(text) },
        (None, None, Some(second)) => Choice { kind: Kind::Scatter, x: Some(first), ys: vec![*second] },
        (None, None, None) => Choice { kind: Kind::Histogram, x: None, ys: vec![first] },
    })
}

/// Rows as they are shown, by their place.
pub type Rows<'a> = &'a dyn Fn(usize) -> Option<usize>;

/// Draws a choice of the first `count` rows.
pub fn draw(set: &ResultSet, choice: &Choice, rows: Rows<'_>, count: usize) -> Option<Chart> {
    let ys: Vec<usize> = choice.ys.iter().copied().filter(|column| cell::is_number(set.kind(*column))).take(MOST_SERIES).collect();
    if ys.is_empty() || count == 0 {
        return None;
    }
    let chart = match choice.kind {
        Kind::Histogram => histogram(set, *ys.first()?, rows, count)?,
        Kind::Bar => bars(set, choice.x, &ys, rows, count),
        Kind::Line | Kind::Scatter => points(set, choice, &ys, rows, count)?,
    };
    Some(chart)
}

fn name(set: &ResultSet, column: usize) -> String {
    set.columns.get(column).map(|column| column.name.clone()).unwrap_or_default()
}

fn series(set: &ResultSet, ys: &[usize]) -> Vec<(String, Ink)> {
    ys.iter().zip(INKS).map(|(column, ink)| (name(set, *column), ink)).collect()
}

fn number(set: &ResultSet, column: usize, row: usize) -> Option<f64> {
    set.value(column, row).and_then(|value| cell::number(set.kind(column), value))
}

/// Milliseconds where all columns say so by their names.
fn unit(set: &ResultSet, ys: &[usize]) -> Unit {
    if ys.iter().all(|column| name(set, *column).ends_with("_ms")) { Unit::Milliseconds } else { Unit::Plain }
}

fn label(set: &ResultSet, column: Option<usize>, row: usize) -> String {
    let Some(column) = column else { return (row + 1).to_string() };
    set.value(column, row).map_or_else(|| cell::NULL.to_owned(), |value| cell::shown(set.kind(column), value).into_owned())
}

fn head(set: &ResultSet, x: Option<usize>) -> String {
    x.map_or_else(|| "Row".to_owned(), |column| name(set, column))
}

fn bars(set: &ResultSet, x: Option<usize>, ys: &[usize], rows: Rows<'_>, count: usize) -> Chart {
    let drawn: Vec<usize> = (0..count.min(MOST_BARS)).filter_map(rows).collect();
    let values: Vec<Vec<Option<f64>>> = ys.iter().map(|column| drawn.iter().map(|row| number(set, *column, *row)).collect()).collect();
    let axis = ValueAxis::linear(unit(set, ys), values.iter().flatten().copied().flatten(), true, PARTS);
    let zero = axis.scale.share(0.0);
    let (step, own) = (1.0 / drawn.len().max(1) as f64, (1.0 - BAR_GAP) / drawn.len().max(1) as f64 / ys.len() as f64);
    let shapes = values.iter().zip(INKS).enumerate().map(|(number, (values, ink))| {
        let bar = |(at, value): (usize, &Option<f64>)| {
            let share = axis.scale.share((*value)?);
            let left = at as f64 * step + step * BAR_GAP / 2.0 + own * number as f64;
            Some(Bar { left, right: left + own, low: zero.min(share), high: zero.max(share) })
        };
        Shape::Bars { ink, alpha: 0.9, is_striped: false, bars: values.iter().enumerate().filter_map(bar).collect() }
    });
    let shapes = shapes.collect();
    let names: Vec<String> = drawn.iter().map(|row| label(set, x, *row)).collect();
    let rows = names
        .iter()
        .enumerate()
        .map(|(at, name)| (name.clone(), values.iter().map(|values| values.get(at).copied().flatten()).collect()))
        .collect();
    let note = (count > MOST_BARS).then(|| format!("The first {MOST_BARS} of {count} rows: sort or limit the result for others."));
    Chart { picture: Picture { axis, shapes }, across: Across::Names(names), series: series(set, ys), head: head(set, x), rows, note }
}

fn points(set: &ResultSet, choice: &Choice, ys: &[usize], rows: Rows<'_>, count: usize) -> Option<Chart> {
    let x_of = |row: usize, place: usize| match choice.x {
        None => Some(place as f64),
        Some(x) if cell::is_number(set.kind(x)) || cell::is_time(set.kind(x)) => number(set, x, row),
        Some(_) => Some(place as f64),
    };
    let mut found: Vec<(f64, usize)> = (0..count).filter_map(|place| rows(place).and_then(|row| Some((x_of(row, place)?, row)))).collect();
    let is_line = choice.kind == Kind::Line;
    if is_line {
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
    }
    let most = if is_line { MOST_POINTS } else { MOST_DOTS };
    let all = found.len();
    let note = if all > most && is_line {
        found = least_and_most(set, &found, *ys.first()?);
        Some(format!("{all} rows in {} points: the least and the most of each stretch.", found.len()))
    } else if all > most {
        let step = all.div_ceil(most);
        found = found.into_iter().step_by(step).collect();
        Some(format!("Every {step}th of {all} rows."))
    } else {
        None
    };
    let (from, to) =
        (found.iter().map(|(x, _)| *x).fold(f64::INFINITY, f64::min), found.iter().map(|(x, _)| *x).fold(f64::NEG_INFINITY, f64::max));
    let (x_share, across): (Box<dyn Fn(f64) -> f64>, Across) = match choice.x {
        Some(x) if is_instant(set, x) => {
            let unit_ns = match set.kind(x) {
                CellKind::Timestamp { unit_ns, .. } => unit_ns,
                CellKind::Date => 86_400_000_000_000,
                _ => 1,
            };
            // The casts saturate.
            let (from_ns, to_ns) = (((from as i64).saturating_mul(unit_ns)), ((to as i64).saturating_mul(unit_ns)));
            let step_ns = (to_ns.saturating_sub(from_ns) / 100).max(1);
            let width = (to - from).max(f64::MIN_POSITIVE);
            (Box::new(move |x| ((x - from) / width).clamp(0.0, 1.0)), Across::Times(Columns { from_ns, step_ns, count: 100 }))
        }
        Some(x) if cell::is_number(set.kind(x)) => {
            let axis = ValueAxis::linear(unit(set, &[x]), [from, to], false, 8);
            let scale = axis.scale;
            (Box::new(move |x| scale.share(x)), Across::Values(axis.marks))
        }
        x => {
            let names = found.iter().map(|(_, row)| label(set, x, *row)).collect();
            let width = found.len().max(1) as f64;
            (Box::new(move |place| (place + 0.5) / width), Across::Names(names))
        }
    };
    let value = |column: usize, row: usize| number(set, column, row);
    let axis = ValueAxis::linear(
        unit(set, ys),
        ys.iter().flat_map(|column| found.iter().filter_map(|(_, row)| value(*column, *row))),
        false,
        PARTS,
    );
    let mut shapes = Vec::new();
    for (column, ink) in ys.iter().zip(INKS) {
        let points = found.iter().map(|(x, row)| value(*column, *row).map(|value| (x_share(*x), axis.scale.share(value))));
        if is_line {
            for piece in points.collect::<Vec<_>>().split(Option::is_none) {
                let points: Vec<(f64, f64)> = piece.iter().copied().flatten().collect();
                match points.len() {
                    0 => (),
                    1 => shapes.push(Shape::Dots { ink, form: Form::Dot, points }),
                    _ => shapes.push(Shape::Line { ink, width_px: 1.5, dash: Dash::Solid, points }),
                }
            }
        } else {
            shapes.push(Shape::Dots { ink, form: Form::Dot, points: points.flatten().collect() });
        }
    }
    let rows = found
        .iter()
        .take(MOST_ROWS)
        .map(|(_, row)| (label(set, choice.x, *row), ys.iter().map(|column| value(*column, *row)).collect()))
        .collect();
    Some(Chart { picture: Picture { axis, shapes }, across, series: series(set, ys), head: head(set, choice.x), rows, note })
}

/// Of each stretch of many points the two that reach furthest.
fn least_and_most(set: &ResultSet, points: &[(f64, usize)], column: usize) -> Vec<(f64, usize)> {
    let stretch = points.len().div_ceil(MOST_POINTS / 2).max(1);
    let mut kept = Vec::new();
    for piece in points.chunks(stretch) {
        let valued = || piece.iter().enumerate().filter_map(|(at, (_, row))| number(set, column, *row).map(|value| (at, value)));
        let least = valued().min_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at);
        let most = valued().max_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at);
        let mut places: Vec<usize> = least.into_iter().chain(most).collect();
        places.sort_unstable();
        places.dedup();
        kept.extend(places.into_iter().filter_map(|at| piece.get(at).copied()));
    }
    kept
}

fn histogram(set: &ResultSet, column: usize, rows: Rows<'_>, count: usize) -> Option<Chart> {
    let values: Vec<f64> = (0..count).filter_map(|place| number(set, column, rows(place)?)).collect();
    let (from, to) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), value| (from.min(*value), to.max(*value)));
    if values.is_empty() {
        return None;
    }
    let across = ValueAxis::linear(unit(set, &[column]), [from, to], false, 8);
    let scale = across.scale;
    let mut bins = [0_u32; HISTOGRAM_BINS];
    for value in &values {
        let at = (scale.share(*value) * HISTOGRAM_BINS as f64) as usize;
        if let Some(bin) = bins.get_mut(at.min(HISTOGRAM_BINS - 1)) {
            *bin += 1;
        }
    }
    let axis = ValueAxis::linear(Unit::Count, bins.iter().map(|count| f64::from(*count)), true, PARTS);
    let place = |at: usize| at as f64 / HISTOGRAM_BINS as f64;
    let bar = |(at, count): (usize, &u32)| {
        (*count > 0).then(|| Bar { left: place(at), right: place(at + 1) - 0.002, low: 0.0, high: axis.scale.share(f64::from(*count)) })
    };
    let bars = bins.iter().enumerate().filter_map(bar).collect();
    let ink = INKS[0];
    let unit = unit(set, &[column]);
    let words = |at: usize| format!("{} to {}", unit.write(scale.value(place(at))), unit.write(scale.value(place(at + 1))));
    let rows = bins.iter().enumerate().map(|(at, count)| (words(at), vec![Some(f64::from(*count))])).collect();
    let shapes = vec![Shape::Bars { ink, alpha: 0.9, is_striped: false, bars }];
    Some(Chart {
        picture: Picture { axis, shapes },
        across: Across::Values(across.marks),
        series: vec![("rows".to_owned(), ink)],
        head: name(set, column),
        rows,
        note: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Column, result::ResultColumn};

    fn set(columns: Vec<(&str, CellKind, Column)>) -> ResultSet {
        let known = columns.iter().map(|(name, kind, _)| ResultColumn { name: (*name).to_owned(), type_name: String::new(), kind: *kind });
        let mut set = ResultSet::of(known.collect());
        set.push(columns.into_iter().map(|(_, _, column)| column).collect(), None);
        set
    }

    fn ints(values: &[i64]) -> Column {
        Column::ints(values.iter().map(|value| Some(*value)))
    }

    fn drawn(set: &ResultSet, choice: &Choice) -> Chart {
        draw(set, choice, &|place| (place < set.rows()).then_some(place), set.rows()).unwrap()
    }

    #[test]
    fn the_first_choice_suits_the_columns() {
        let stamps = CellKind::Timestamp { unit_ns: 1_000, zoned: false };
        let choose = |columns| suggestion(&set(columns)).map(|choice| (choice.kind, choice.x, choice.ys));
        let text = || Column::texts([Some("a"), Some("b")]);
        assert_eq!(
            choose(vec![("agent", CellKind::Text, text()), ("n", CellKind::Int, ints(&[1, 2]))]),
            Some((Kind::Bar, Some(0), vec![1]))
        );
        assert_eq!(
            choose(vec![("n", CellKind::Int, ints(&[1, 2])), ("t", stamps, ints(&[1, 2])), ("agent", CellKind::Text, text())]),
            Some((Kind::Line, Some(1), vec![0]))
        );
        let nanoseconds = ints(&[1_772_438_400_000_000_000, 1_772_438_400_000_000_001]);
        assert_eq!(
            choose(vec![("start_time", CellKind::Int, nanoseconds), ("n", CellKind::Int, ints(&[1, 2]))]),
            Some((Kind::Line, Some(0), vec![1]))
        );
        assert_eq!(
            choose(vec![("a", CellKind::Int, ints(&[1])), ("b", CellKind::Int, ints(&[1]))]),
            Some((Kind::Scatter, Some(0), vec![1]))
        );
        assert_eq!(choose(vec![("a", CellKind::Int, ints(&[1]))]), Some((Kind::Histogram, None, vec![0])));
        assert_eq!(choose(vec![("agent", CellKind::Text, text())]), None);
    }

    #[test]
    fn bars_stand_on_zero_with_their_names() {
        let set = set(vec![("agent", CellKind::Text, Column::texts([Some("a"), None])), ("n", CellKind::Int, ints(&[10, -10]))]);
        let chart = drawn(&set, &Choice { kind: Kind::Bar, x: Some(0), ys: vec![1] });
        assert_eq!(chart.rows, [("a".to_owned(), vec![Some(10.0)]), ("NULL".to_owned(), vec![Some(-10.0)])]);
        let Shape::Bars { bars, .. } = &chart.picture.shapes[0] else { panic!() };
        assert_eq!((bars[0].low, bars[0].high, bars[1].low, bars[1].high), (0.5, 1.0, 0.0, 0.5));
        assert_eq!(chart.across.marks(400.0), [(0.25, "a".to_owned()), (0.75, "NULL".to_owned())]);
    }

    #[test]
    fn lines_are_in_order_and_keep_their_peaks() {
        let set = set(vec![("x", CellKind::Int, ints(&[3, 1, 2])), ("y", CellKind::Int, ints(&[30, 10, 20]))]);
        let chart = drawn(&set, &Choice { kind: Kind::Line, x: Some(0), ys: vec![1] });
        let Shape::Line { points, .. } = &chart.picture.shapes[0] else { panic!() };
        assert!(points.is_sorted_by(|one, other| one.0 < other.0 && one.1 < other.1));
        let many = self::set(vec![("y", CellKind::Int, ints(&(0..100_000).map(|at| i64::from(at == 77_777)).collect::<Vec<_>>()))]);
        let chart = drawn(&many, &Choice { kind: Kind::Line, x: None, ys: vec![0] });
        let Shape::Line { points, .. } = &chart.picture.shapes[0] else { panic!() };
        assert!(points.len() <= MOST_POINTS && points.iter().any(|point| point.1 > 0.9));
        assert!(chart.note.is_some());
    }

    #[test]
    fn a_histogram_counts_all_rows() {
        let set = set(vec![("y", CellKind::Int, ints(&(0..1000).collect::<Vec<_>>()))]);
        let chart = drawn(&set, &Choice { kind: Kind::Histogram, x: None, ys: vec![0] });
        assert_eq!(chart.rows.iter().filter_map(|(_, values)| values[0]).sum::<f64>(), 1000.0);
        assert_eq!(chart.rows.len(), HISTOGRAM_BINS);
    }

    #[test]
    fn nothing_is_drawn_of_no_numbers() {
        let set = set(vec![("agent", CellKind::Text, Column::texts([Some("a")]))]);
        assert_eq!(draw(&set, &Choice { kind: Kind::Bar, x: Some(0), ys: vec![0] }, &|place| Some(place), 1), None);
        assert_eq!(draw(&set, &Choice { kind: Kind::Line, x: None, ys: Vec::new() }, &|place| Some(place), 1), None);
    }
}
