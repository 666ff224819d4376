//! The modes of the viewer. `MODES` is the one list: tabs, keys, addresses, help and tests derive from it.
//!
//! A mode is a folder here, two lines below and a stylesheet. A mode never uses another mode; what two of them need belongs to `core`, `state` or `ui`.

pub mod timeline;

use std::rc::Rc;

use yew::prelude::*;

use crate::state::{session::Session, store::Store, url::UrlState};

/// What a mode gets: the open file, and the store with the address.
#[derive(Clone, Properties, PartialEq)]
pub struct ModeProps {
    pub session: Rc<Session>,
    pub store: Store,
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
pub const MODES: &[ModeInfo] = &[timeline::MODE];

/// The mode of an address; the first one when the address names none that exists.
pub fn mode(slug: &str) -> &'static ModeInfo {
    const FIRST: &ModeInfo = &MODES[0];
    MODES.iter().find(|mode| mode.slug == slug).unwrap_or(FIRST)
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
