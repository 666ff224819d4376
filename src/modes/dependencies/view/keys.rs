//! The mode's keys outside of the graph itself. `MODE.keys` lists all of them for the help.

use gloo::events::EventListener;
use yew::prelude::*;

use crate::{browser::document, state::store::Store};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Focus,
    MoreHops,
    FewerHops,
    NextCycle,
    Hide,
    /// A service into its operations.
    Open,
    Fit,
    Leave,
}

impl Ask {
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "f" | "F" => Some(Self::Focus),
            "+" | "=" => Some(Self::MoreHops),
            "-" | "−" => Some(Self::FewerHops),
            "c" | "C" => Some(Self::NextCycle),
            "h" | "H" => Some(Self::Hide),
            "e" | "E" => Some(Self::Open),
            "0" => Some(Self::Fit),
            "Escape" => Some(Self::Leave),
            _ => None,
        }
    }
}

/// They work when no text field has the focus. `does` answers whether the key meant something.
#[hook]
pub fn use_keys(store: &Store, does: &Callback<Ask, bool>) {
    let latest = use_mut_ref(|| (store.clone(), does.clone()));
    *latest.borrow_mut() = (store.clone(), does.clone());
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() || document::typing() {
                return;
            }
            let (store, does) = latest.borrow().clone();
            let ask = Ask::of_key(&event.key()).filter(|_| !store.help_open);
            if ask.is_some_and(|ask| does.emit(ask)) {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}
