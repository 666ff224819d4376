//! The modes of the viewer. `MODES` is the one list: tabs, keys, addresses, help and tests derive from it.
//!
//! A mode is a folder here, two lines below and a stylesheet. A mode never uses another mode; what two of them need belongs to `core`, `state` or `ui`.

pub mod configuration;
pub mod dependencies;
pub mod guide;
pub mod red;
pub mod sql;
pub mod statistics;
pub mod timeline;

use std::rc::Rc;

use yew::prelude::*;

use crate::state::{scope::ScopeState, session::Session, store::Store, url::UrlState};

/// What a mode gets: the open file, the store with the address, and what of the file is in scope.
#[derive(Clone, Properties, PartialEq)]
pub struct ModeProps {
    pub session: Rc<Session>,
    pub store: Store,
    /// Which spans the page speaks of.
    pub scope: ScopeState,
}

/// A mode, as the shell knows it.
pub struct ModeInfo {
    /// The word in the address.
    pub slug: &'static str,
    /// The full name: what assistive technology reads.
    pub name: &'static str,
    /// The name on the tab.
    pub short: &'static str,
    pub icon: &'static str,
    /// One sentence for the help.
    pub about: &'static str,
    /// The mode's own keys and what they do.
    pub keys: &'static [(&'static str, &'static str)],
    /// What the mode will ask of an address first, if that can be known before the file is open: it is asked ahead, while the file's own
    /// questions run, and kept.
    pub first_question: fn(&UrlState) -> Option<String>,
    pub view: fn(&ModeProps) -> Html,
}

/// In the order of the tabs; the number keys follow it.
pub const MODES: &[ModeInfo] =
    &[timeline::MODE, statistics::MODE, red::MODE, dependencies::MODE, sql::MODE, configuration::MODE, guide::MODE];

/// Keys of the page itself, in every mode, and what they do.
pub const EVERYWHERE: &[(&str, &str)] = &[
    ("1 … 7", "a mode"),
    ("/", "filter"),
    ("Ctrl Z", "undo the last change of the filter"),
    ("Ctrl Shift L", "make a link to what is shown"),
    ("O", "open a file"),
    ("T", "switch the theme"),
    ("?", "the list of keys"),
    ("Esc", "close, cancel"),
    ("Tab", "next control"),
];

/// The mode of an address; the first one when the address names none that exists.
pub fn mode(slug: &str) -> &'static ModeInfo {
    const FIRST: &ModeInfo = &MODES[0];
    MODES.iter().find(|mode| mode.slug == slug).unwrap_or(FIRST)
}

/// Modes that keep no formatted text: they are drawn anew with the store, and the reader's focus stays where a preference is changed.
const WRITTEN_ANEW: &[&str] = &["configuration"];

/// What makes a panel another one: its mode, the file, and how times and durations are written, because most views keep texts from one
/// drawing to the next.
pub fn panel_key(mode: &ModeInfo, session: &Session, store: &Store) -> String {
    let written = if WRITTEN_ANEW.contains(&mode.slug) { String::new() } else { store.preferences.print() };
    // The text that is being typed stays when a statement has taken the database with it.
    let file = if mode.slug == sql::MODE.slug { session.line } else { session.id };
    format!("{}-{file}-{written}", mode.slug)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_one_list_names_every_mode_once_and_in_full() {
        let slugs: BTreeSet<&str> = MODES.iter().map(|mode| mode.slug).collect();
        assert_eq!(slugs.len(), MODES.len());
        for info in MODES {
            assert!(info.slug.chars().all(|character| character.is_ascii_lowercase()), "{}: its slug stands in addresses", info.name);
            assert!(!info.name.is_empty() && !info.short.is_empty() && info.about.ends_with('.'), "{}", info.slug);
            assert!(info.keys.iter().all(|(keys, what)| !keys.is_empty() && !what.is_empty()), "{}", info.slug);
            assert_eq!(mode(info.slug).slug, info.slug);
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/modes").join(info.slug);
            assert!(folder.is_dir(), "{} lives in a folder of its name", info.slug);
        }
    }

    #[test]
    fn an_address_with_an_unknown_mode_shows_the_first() {
        assert_eq!(mode("no-such-mode").slug, MODES[0].slug);
    }
}
