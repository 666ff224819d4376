//! What the Guide says, section by section. Pure data; it must say nothing that the page does not do.

mod examples;
mod files;
mod help;
mod modes;
mod pictures;
mod reference;
mod start;
mod stories;
mod terms;

use super::block::{Example, Section};

pub use examples::EXAMPLES;

/// In the order of the contents.
pub const SECTIONS: &[&Section] = &[
    &start::OPEN,
    &start::MODEL,
    &files::FLOCK,
    &files::OTHERS,
    &modes::TIMELINE,
    &modes::STATISTICS,
    &modes::RED,
    &modes::DEPENDENCIES,
    &modes::SQL,
    &modes::CONFIGURATION,
    &modes::GUIDE,
    &stories::SLOW,
    &stories::LOOP,
    &stories::CASCADE,
    &stories::WHY,
    &stories::CHANGE,
    &stories::JOURNEY,
    &reference::EXAMPLES,
    &terms::TERMS,
    &reference::FILTER,
    &reference::TEMPLATES,
    &reference::KEYS,
    &reference::LINKS,
    &files::FORMATS,
    &reference::HOSTING,
    &reference::EMBEDDING,
    &reference::PRIVACY,
    &reference::LIMITS,
    &help::TROUBLE,
];

pub fn example(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}
