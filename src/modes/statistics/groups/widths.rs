//! How wide each column must be for what stands in it: a figure is read whole or not at all. Pure.
//!
//! Texts are measured by their characters, a hair too wide: fonts are the page's business.

use super::{
    columns::{Column, Measure},
    figures::Figures,
};

/// Around the text of a cell.
const PADDING_PX: u32 = 18;

/// One width a column, none less than the column's own, so that a table does not jump from one answer to the next.
pub fn widths_px<'a>(columns: &[Column], figures: impl Iterator<Item = &'a Figures> + Clone) -> Vec<u32> {
    columns.iter().map(|column| width_px(*column, figures.clone())).collect()
}

fn width_px<'a>(column: Column, figures: impl Iterator<Item = &'a Figures>) -> u32 {
    let least = column.width_px();
    if !matches!(column.measure(), Measure::Count | Measure::Milliseconds) {
        return least;
    }
    // In one unit the longest texts are those of the largest figure and of the one nearest to nothing; units that change with the figure have
    // bounds of their own, which these two come near enough.
    let (mut small, mut large) = (None::<(f64, &Figures)>, None::<(f64, &Figures)>);
    for one in figures {
        let Some(value) = one.get(column).map(|figure| figure.as_f64()).filter(|value| *value > 0.0) else { continue };
        if small.is_none_or(|(least, _)| value < least) {
            small = Some((value, one));
        }
        if large.is_none_or(|(most, _)| value > most) {
            large = Some((value, one));
        }
    }
    let widest = [small, large].into_iter().flatten().map(|(_, figures)| text_px(&figures.show(column))).max().unwrap_or(0);
    least.max(widest.saturating_add(PADDING_PX))
}

/// At the size of the table's text, in the bold of the totals.
fn text_px(text: &str) -> u32 {
    let of = |character: char| match character {
        ',' | '.' | ' ' | '\u{a0}' | 'i' => 4,
        'm' => 11,
        _ => 7,
    };
    text.chars().map(of).sum::<u32>() * 57 / 50
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::display::{self, Display, Units};

    fn group(ms: f64) -> Figures {
        Figures { count: 3, p95_ms: Some(ms), own_ms: Some(ms), ..Figures::default() }
    }

    #[test]
    fn a_column_is_as_wide_as_the_chosen_unit_needs() {
        let columns = [Column::Count, Column::P95, Column::Trend];
        let groups = [group(15_493.0), group(12.0), group(0.000_412)];
        let least: Vec<u32> = columns.iter().map(|column| column.width_px()).collect();
        let wide = |units, groups: &[Figures]| {
            display::set(Display { units, ..Display::default() });
            let widths = widths_px(&columns, groups.iter());
            display::set(Display::default());
            widths
        };
        assert_eq!(wide(Units::Automatic, &groups), least, "as drawn for three digits and a unit");
        let milliseconds = wide(Units::Milliseconds, &[group(1_234_567.0), group(12.0)]);
        assert!(milliseconds[1] > least[1], "1,230,000 ms does not fit {}", least[1]);
        assert_eq!((milliseconds[0], milliseconds[2]), (least[0], least[2]));
        assert!(wide(Units::Seconds, &groups)[1] > least[1], "0.000000412 s is long, too");
        assert_eq!(widths_px(&columns, [].iter()), least);
    }
}
