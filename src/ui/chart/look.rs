//! Colours and fonts of a chart as plain values, taken from the stylesheet of the theme in force.

use std::collections::HashMap;

use plotters::style::RGBColor;

use crate::{browser::canvas, core::chart::panel::Ink};

/// Colours that every chart needs besides those of its series.
const FRAME: [Ink; 8] = ["--text-1", "--text-3", "--axis", "--grid", "--line-strong", "--bg-1", "--bg-2", "--error-solid"];
/// The ramp of a heat map, from empty to full.
pub const RAMP: [Ink; 6] = ["--heat-0", "--heat-1", "--heat-2", "--heat-3", "--heat-4", "--heat-5"];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub(super) inks: HashMap<Ink, (u8, u8, u8)>,
    /// Families, as in CSS.
    pub font: String,
}

impl Look {
    /// As the page looks now.
    pub fn read(inks: impl IntoIterator<Item = Ink>) -> Self {
        let read = |ink: Ink| (ink, parsed(&canvas::token(ink)).unwrap_or_default());
        Self { inks: FRAME.into_iter().chain(RAMP).chain(inks).map(read).collect(), font: canvas::font("").trim().to_owned() }
    }

    pub fn ink(&self, ink: Ink) -> RGBColor {
        let (red, green, blue) = self.inks.get(ink).copied().unwrap_or_default();
        RGBColor(red, green, blue)
    }
}

/// A computed colour: "rgb(63, 74, 92)", "rgba(63, 74, 92, 0.5)", "color(srgb 0.2 0.3 0.4)". Its opacity is left out.
fn parsed(css: &str) -> Option<(u8, u8, u8)> {
    let (kind, rest) = css.split_once('(')?;
    let is_shares = kind == "color";
    let mut numbers = rest.split([',', ' ', '/', ')']).filter_map(|part| part.trim().parse::<f64>().ok());
    // The cast saturates.
    let mut next = || numbers.next().map(|number| (if is_shares { number * 255.0 } else { number }).round() as u8);
    Some((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computed_colours_are_read() {
        assert_eq!(parsed("rgb(63, 74, 92)"), Some((63, 74, 92)));
        assert_eq!(parsed("rgba(63, 74, 300, 0.5)"), Some((63, 74, 255)));
        assert_eq!(parsed("rgb(63 74 92 / 50%)"), Some((63, 74, 92)));
        assert_eq!(parsed("color(srgb 1 0.5 0 / 0.2)"), Some((255, 128, 0)));
        assert_eq!((parsed("red"), parsed("rgb()"), parsed("")), (None, None, None));
    }
}
