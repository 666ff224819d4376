//! The mode's keys outside of the table. `MODE.keys` lists all of them for the help.

use gloo::events::EventListener;
use yew::prelude::*;

use super::{super::params::StatisticsParams, focus_table, set_params};
use crate::{
    browser::document,
    state::store::{Nav, Store},
};

/// They work when no text field has the focus; Escape also there.
#[hook]
pub fn use_keys(store: &Store, params: &StatisticsParams) {
    let latest = use_mut_ref(|| (store.clone(), params.chosen.is_some()));
    *latest.borrow_mut() = (store.clone(), params.chosen.is_some());
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
                return;
            }
            let (store, has_chosen) = latest.borrow().clone();
            match event.key().as_str() {
                "g" | "G" if !document::typing() => document::focus(".by-seg [role=radio][aria-checked=true]"),
                "Escape" if has_chosen && !store.help_open && !document::typing() => {
                    set_params(&store, Nav::Push, |params| params.chosen = None);
                    focus_table();
                }
                _ => return,
            }
            event.prevent_default();
        });
        move || drop(listener)
    });
}
