//! How the reader wants the page to look and to write: kept by this browser, never part of a link. The theme is not here, because a link may
//! set it.

use crate::core::display::{Display, Times, Units, Zone};

/// Height of rows and controls; the stylesheet knows the sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Compact,
    Comfortable,
}

/// Whose clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZoneChoice {
    #[default]
    Utc,
    /// The zone that the reader's system is set to.
    Local,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub density: Density,
    pub zone: ZoneChoice,
    pub times: Times,
    pub units: Units,
}

/// The choices of one preference with their words: in the browser's storage, and on the page.
pub type Choices<T, const N: usize> = [(T, &'static str, &'static str); N];

pub const DENSITIES: Choices<Density, 2> = [(Density::Compact, "compact", "Compact"), (Density::Comfortable, "comfortable", "Comfortable")];
pub const ZONES: Choices<ZoneChoice, 2> = [(ZoneChoice::Utc, "utc", "UTC"), (ZoneChoice::Local, "local", "Local")];
pub const TIMES: Choices<Times, 2> = [(Times::Relative, "relative", "Relative"), (Times::Absolute, "absolute", "Absolute")];
pub const UNITS: Choices<Units, 3> = [
    (Units::Automatic, "automatic", "Automatic"),
    (Units::Milliseconds, "milliseconds", "Milliseconds"),
    (Units::Seconds, "seconds", "Seconds"),
];

/// The word of a choice.
pub fn word_of<T: PartialEq, const N: usize>(choices: &Choices<T, N>, choice: &T) -> &'static str {
    choices.iter().find(|(known, ..)| known == choice).map_or("", |(_, word, _)| word)
}

/// The choice of a word; a word that is not known leaves it as it is by default.
pub fn choice_of<T: Copy + Default, const N: usize>(choices: &Choices<T, N>, word: &str) -> T {
    choices.iter().find(|(_, known, _)| *known == word).map(|(choice, ..)| *choice).unwrap_or_default()
}

impl Preferences {
    /// `density=compact zone=utc times=relative units=automatic`, as kept in the browser.
    pub fn print(&self) -> String {
        format!(
            "density={} zone={} times={} units={}",
            word_of(&DENSITIES, &self.density),
            word_of(&ZONES, &self.zone),
            word_of(&TIMES, &self.times),
            word_of(&UNITS, &self.units)
        )
    }

    /// What is missing or unreadable is at its default and spoils nothing else; what a newer version wrote besides is passed over.
    pub fn parse(text: &str) -> Self {
        let mut preferences = Self::default();
        for (key, word) in text.split_whitespace().filter_map(|part| part.split_once('=')) {
            match key {
                "density" => preferences.density = choice_of(&DENSITIES, word),
                "zone" => preferences.zone = choice_of(&ZONES, word),
                "times" => preferences.times = choice_of(&TIMES, word),
                "units" => preferences.units = choice_of(&UNITS, word),
                _ => {}
            }
        }
        preferences
    }

    /// How times and durations are written then. `local` tells the reader's zone: seconds east of Greenwich at an instant.
    pub fn display(&self, local: fn(i64) -> i32) -> Display {
        let zone = match self.zone {
            ZoneChoice::Utc => Zone::Utc,
            ZoneChoice::Local => Zone::Local(local),
        };
        Display { zone, units: self.units, times: self.times }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_survive() {
        for (density, ..) in DENSITIES {
            for (zone, ..) in ZONES {
                for (times, ..) in TIMES {
                    for (units, ..) in UNITS {
                        let preferences = Preferences { density, zone, times, units };
                        assert_eq!(Preferences::parse(&preferences.print()), preferences);
                    }
                }
            }
        }
    }

    #[test]
    fn whatever_the_storage_holds_gives_preferences() {
        let local = Preferences { zone: ZoneChoice::Local, ..Preferences::default() };
        assert_eq!(Preferences::parse("zone=local"), local);
        assert_eq!(Preferences::parse("  colour=loud density=huge units= zone=local = x times"), local);
        for text in ["", "null", "{\"zone\": \"local\"}", "zone", "280 0 0 1 1"] {
            assert_eq!(Preferences::parse(text), Preferences::default(), "{text}");
        }
    }

    #[test]
    fn only_the_local_zone_asks_for_offsets() {
        let offset: fn(i64) -> i32 = |_| 7_200;
        assert!(matches!(Preferences::default().display(offset).zone, Zone::Utc));
        let local = Preferences { zone: ZoneChoice::Local, ..Preferences::default() }.display(offset);
        assert!(matches!(local.zone, Zone::Local(known) if known(0) == 7_200));
    }
}
