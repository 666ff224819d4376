//! By which the owner of an editor writes into it, and knows where its caret is.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use yew::prelude::*;

use crate::{
    browser::code_editor::CodeEditor,
    core::sql_script::{byte_of_utf16, utf16_of_byte},
};

/// What is there to write into.
pub(super) enum Target {
    Code(Rc<CodeEditor>),
    /// The text area, and who is told of what was written.
    Area(NodeRef, Rc<dyn Fn(String)>),
}

#[derive(Default)]
struct Shared {
    target: RefCell<Option<Target>>,
    /// Bytes of the text.
    selection: Cell<(usize, usize)>,
    /// What the code editor holds.
    text: RefCell<String>,
}

/// Clones are the same editor.
#[derive(Clone, Default)]
pub struct EditorHandle(Rc<Shared>);

impl PartialEq for EditorHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl EditorHandle {
    /// Over what is selected; the focus goes there.
    pub fn insert(&self, text: &str) {
        self.with(
            |code| code.insert(text),
            |area, told| {
                let (value, (from, to)) = (area.value(), selection_of(area));
                let (from, to) = (byte_of_utf16(&value, from), byte_of_utf16(&value, to));
                let written = format!("{}{text}{}", value.get(..from).unwrap_or(""), value.get(to..).unwrap_or(""));
                let caret = u32::try_from(utf16_of_byte(&written, from + text.len())).unwrap_or(u32::MAX);
                area.set_value(&written);
                drop(area.set_selection_range(caret, caret));
                drop(area.focus());
                told(written);
            },
        );
    }

    /// Over all of it.
    pub fn replace(&self, text: &str) {
        self.with(
            |code| code.replace(text),
            |area, told| {
                area.set_value(text);
                told(text.to_owned());
            },
        );
    }

    pub fn focus(&self) {
        self.with(CodeEditor::focus, |area, _| drop(area.focus()));
    }

    /// Shows a place of the text, in bytes.
    pub fn select(&self, text: &str, from: usize, to: usize) {
        let (from, to) = (utf16_of_byte(text, from), utf16_of_byte(text, to));
        self.with(
            |code| code.select(from, to),
            |area, _| {
                drop(area.focus());
                let units = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                drop(area.set_selection_range(units(from), units(to)));
            },
        );
    }

    /// Opens the list of what could be typed next.
    pub fn suggest(&self) {
        self.with(CodeEditor::suggest, |_, _| ());
    }

    /// In bytes of the text; equal ends are a caret.
    pub fn selection(&self) -> (usize, usize) {
        if let Some(Target::Area(node, _)) = &*self.0.target.borrow()
            && let Some(area) = node.cast::<web_sys::HtmlTextAreaElement>()
        {
            let (text, (from, to)) = (area.value(), selection_of(&area));
            return (byte_of_utf16(&text, from), byte_of_utf16(&text, to));
        }
        self.0.selection.get()
    }

    /// What is written by now, which may be newer than what was drawn last; `None` where there is no editor.
    pub fn text(&self) -> Option<String> {
        match &*self.0.target.borrow() {
            Some(Target::Area(node, _)) => node.cast::<web_sys::HtmlTextAreaElement>().map(|area| area.value()),
            Some(Target::Code(_)) => Some(self.0.text.borrow().clone()),
            None => None,
        }
    }

    pub(super) fn set(&self, target: Option<Target>) {
        // Dropped outside of the borrow: the editor's end calls nothing, but its own drop may.
        let before = self.0.target.replace(target);
        drop(before);
    }

    pub(super) fn show(&self, name: &str, text: &str) {
        text.clone_into(&mut self.0.text.borrow_mut());
        self.with(|code| code.show(name, text), |_, _| ());
    }

    pub(super) fn mark(&self, from: usize, to: usize, message: &str) {
        self.with(|code| code.mark(from, to, message), |_, _| ());
    }

    pub(super) fn typed(&self, text: &str) {
        text.clone_into(&mut self.0.text.borrow_mut());
    }

    pub(super) fn moved(&self, from: usize, to: usize) {
        self.0.selection.set((from, to));
    }

    pub(super) fn moved_utf16(&self, from: usize, to: usize) {
        let text = self.0.text.borrow();
        self.0.selection.set((byte_of_utf16(&text, from), byte_of_utf16(&text, to)));
    }

    fn with(&self, code: impl FnOnce(&CodeEditor), area: impl FnOnce(&web_sys::HtmlTextAreaElement, &dyn Fn(String))) {
        // Writing calls back at once, so nothing may be borrowed meanwhile.
        let (editor, plain) = match &*self.0.target.borrow() {
            Some(Target::Code(editor)) => (Some(editor.clone()), None),
            Some(Target::Area(node, told)) => (None, node.cast::<web_sys::HtmlTextAreaElement>().map(|node| (node, told.clone()))),
            None => (None, None),
        };
        if let Some(editor) = editor {
            code(&editor);
        }
        if let Some((node, told)) = plain {
            area(&node, &*told);
        }
    }
}

/// In UTF-16 units.
pub(super) fn selection_of(area: &web_sys::HtmlTextAreaElement) -> (usize, usize) {
    let at = |place: Option<u32>| place.unwrap_or(0) as usize;
    (at(area.selection_start().ok().flatten()), at(area.selection_end().ok().flatten()))
}

/// Whether a key is the one that CodeMirror writes so: `Mod-Shift-f`.
pub(super) fn fits(key: &str, event: &KeyboardEvent) -> bool {
    let mut parts: Vec<&str> = key.split('-').collect();
    let last = parts.pop().unwrap_or("");
    let has = |part: &str| parts.contains(&part);
    let main = event.ctrl_key() || event.meta_key();
    event.key().eq_ignore_ascii_case(last) && has("Mod") == main && has("Shift") == event.shift_key() && has("Alt") == event.alt_key()
}
