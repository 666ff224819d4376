//! The mode's keys outside of its parts. `MODE.keys` lists all of them for the help.

use gloo::events::EventListener;
use yew::prelude::*;

use super::{super::params::RedParams, set_params, set_range};
use crate::{
    browser::document,
    state::store::{Nav, Store},
};

/// They work when no text field has the focus.
#[hook]
pub fn use_keys(store: &Store, params: &RedParams) {
    let latest = use_mut_ref(|| (store.clone(), params.selection.is_some()));
    *latest.borrow_mut() = (store.clone(), params.selection.is_some());
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() || document::typing() {
                return;
            }
            let (store, has_mark) = latest.borrow().clone();
            match event.key().as_str() {
                "g" | "G" => document::focus(".red-by [role=radio][aria-checked=true]"),
                "0" if store.url.from_ns.is_some() || store.url.to_ns.is_some() => set_range(&store, None),
                "Escape" if has_mark && !store.help_open => set_params(&store, Nav::Push, |params| params.selection = None),
                _ => return,
            }
            event.prevent_default();
        });
        move || drop(listener)
    });
}
