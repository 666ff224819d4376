//! The modes of the viewer. `MODES` is the one list: tabs, keys, addresses, help and tests derive from it.
//!
//! A mode is a folder here, two lines below and a stylesheet. A mode never uses another mode; what two of them need belongs to `core`, `state` or `ui`.

pub mod timeline;

use std::rc::Rc;

use yew::prelude::*;

use crate::state::{session::Session, store::Store};

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
    pub view: fn(&ModeProps) -> Html,
}

/// In the order of the tabs; the number keys follow it.
pub const MODES: &[ModeInfo] = &[timeline::MODE];

/// The mode of an address; the first one when the address names none that exists.
pub fn mode(slug: &str) -> &'static ModeInfo {
    const FIRST: &ModeInfo = &MODES[0];
    MODES.iter().find(|mode| mode.slug == slug).unwrap_or(FIRST)
}
