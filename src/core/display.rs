//! How times and durations are written: in which time zone, in which unit, counted from where. The reader's choice.
//!
//! One setting a thread, because formatting is called everywhere and from deep inside of what is drawn. The page sets it before it draws
//! anything, and draws all of it again when it changes. It may only change texts for the reader: what is computed, sorted, asked of the
//! engine, exported or kept in `data-value` must not know it.

use std::cell::Cell;

/// The time zone of every date and time of day.
#[derive(Clone, Copy, Debug, Default)]
pub enum Zone {
    #[default]
    Utc,
    /// The reader's own: seconds east of Greenwich at an instant (nanoseconds since 1970). The browser knows them, with every change to and
    /// from daylight saving time.
    Local(fn(i64) -> i32),
}

/// The unit of durations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Units {
    /// Each in the unit that fits it.
    #[default]
    Automatic,
    Milliseconds,
    Seconds,
}

/// How a moment within a trace is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// Its distance from the trace's start.
    #[default]
    Relative,
    /// The time of day.
    Absolute,
}

/// All of it. The default is what tests and exports get.
#[derive(Clone, Copy, Debug, Default)]
pub struct Display {
    pub zone: Zone,
    pub units: Units,
    pub times: Times,
}

thread_local! {
    static PRESENT: Cell<Display> = const { Cell::new(Display { zone: Zone::Utc, units: Units::Automatic, times: Times::Relative }) };
}

/// The setting in force.
#[must_use]
pub fn present() -> Display {
    PRESENT.get()
}

/// From now on everything is written so.
pub fn set(display: Display) {
    PRESENT.set(display);
}

/// Runs with a setting and puts the one before back.
#[cfg(test)]
pub fn with<T>(display: Display, run: impl FnOnce() -> T) -> T {
    struct Back(Display);
    impl Drop for Back {
        fn drop(&mut self) {
            set(self.0);
        }
    }
    let _back = Back(PRESENT.replace(display));
    run()
}
