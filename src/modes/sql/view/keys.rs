//! The mode's keys outside of the editor. `MODE.keys` lists all of them for the help.

use gloo::events::EventListener;
use yew::prelude::*;

use crate::browser::document;

/// Keys of the editor as CodeMirror writes them, and the commands that they stand for.
pub const EDITOR: &[(&str, &str)] = &[
    ("Mod-Enter", "run"),
    ("Mod-Shift-Enter", "run-all"),
    ("Mod-.", "cancel"),
    ("Mod-s", "save"),
    ("Mod-Shift-f", "format"),
    ("Alt-ArrowUp", "older"),
    ("Alt-ArrowDown", "newer"),
];

/// Run, cancel and save work wherever the focus is; E goes to the editor.
#[hook]
pub fn use_keys(oncommand: &Callback<AttrValue>, is_help_open: bool) {
    let latest = use_mut_ref(|| (oncommand.clone(), is_help_open));
    *latest.borrow_mut() = (oncommand.clone(), is_help_open);
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            let (oncommand, is_help_open) = latest.borrow().clone();
            if event.default_prevented() || is_help_open {
                return;
            }
            let with_control = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            let command = match (event.key().as_str(), with_control, event.shift_key()) {
                ("Enter", true, false) => "run",
                ("Enter", true, true) => "run-all",
                (".", true, false) => "cancel",
                ("s" | "S", true, false) => "save",
                ("e" | "E", false, _) if !event.alt_key() && !document::typing() => "focus",
                _ => return,
            };
            event.prevent_default();
            oncommand.emit(AttrValue::Static(command));
        });
        move || drop(listener)
    });
}
