//! The code editor that the build puts beside the page (`src/ui/editor/editor.mjs`), loaded when it is first asked for.
//!
//! Places are in UTF-16 units here, as JavaScript counts them. Must not know what is edited.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::Element;

use super::document;

#[wasm_bindgen(module = "/src/browser/load.js")]
extern "C" {
    #[wasm_bindgen(js_name = loadModule, catch)]
    async fn load_module(url: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type SqlEditor;

    #[wasm_bindgen(method)]
    fn show(this: &SqlEditor, name: &str, text: &str);
    #[wasm_bindgen(method)]
    fn insert(this: &SqlEditor, text: &str);
    #[wasm_bindgen(method)]
    fn replace(this: &SqlEditor, text: &str);
    #[wasm_bindgen(method)]
    fn mark(this: &SqlEditor, from: usize, to: usize, message: &str);
    #[wasm_bindgen(method)]
    fn select(this: &SqlEditor, from: usize, to: usize);
    #[wasm_bindgen(method)]
    fn suggest(this: &SqlEditor);
    #[wasm_bindgen(method)]
    fn focus(this: &SqlEditor);
    #[wasm_bindgen(method)]
    fn destroy(this: &SqlEditor);
}

/// The program of the editor.
pub struct Module(Function);

/// `None` where it cannot be loaded; the next call tries again.
pub async fn load() -> Option<Module> {
    let module = load_module(&document::asset_url("spandeck-editor", "")).await.ok()?;
    Reflect::get(&module, &"SqlEditor".into()).ok()?.dyn_into().ok().map(Module)
}

/// What is to be edited, and how it is called.
pub struct Start<'a> {
    /// Of the text; see [`CodeEditor::show`].
    pub name: &'a str,
    pub text: &'a str,
    pub selection: (usize, usize),
    pub label: &'a str,
    pub description: &'a str,
    pub placeholder: &'a str,
    pub testid: &'a str,
    /// Keys as CodeMirror writes them, and the commands that they stand for.
    pub keys: &'a [(&'a str, &'a str)],
}

/// What the editor calls.
#[derive(Clone)]
pub struct Calls {
    pub changed: Rc<dyn Fn(String)>,
    pub moved: Rc<dyn Fn(usize, usize)>,
    /// Gives JSON; see the module's `Caller`.
    pub complete: Rc<dyn Fn(String, usize) -> String>,
    pub command: Rc<dyn Fn(String)>,
}

/// An editor in an element, until it is dropped.
pub struct CodeEditor {
    editor: SqlEditor,
    _changed: Closure<dyn Fn(String)>,
    _moved: Closure<dyn Fn(usize, usize)>,
    _complete: Closure<dyn Fn(String, usize) -> String>,
    _command: Closure<dyn Fn(String) -> bool>,
}

impl CodeEditor {
    /// `None` where the module is not what it should be.
    pub fn start(module: &Module, host: &Element, start: &Start, calls: &Calls) -> Option<Self> {
        let keys = object(start.keys.iter().map(|(key, command)| (*key, JsValue::from_str(command))));
        let fields = object([
            ("name", start.name.into()),
            ("text", start.text.into()),
            ("from", JsValue::from(start.selection.0 as f64)),
            ("to", JsValue::from(start.selection.1 as f64)),
            ("label", start.label.into()),
            ("description", start.description.into()),
            ("placeholder", start.placeholder.into()),
            ("testid", start.testid.into()),
            ("keys", keys.into()),
        ]);
        let Calls { changed, moved, complete, command } = calls.clone();
        let changed = Closure::<dyn Fn(String)>::new(move |text| changed(text));
        let moved = Closure::<dyn Fn(usize, usize)>::new(move |from, to| moved(from, to));
        let complete = Closure::<dyn Fn(String, usize) -> String>::new(move |text, at| complete(text, at));
        let command = Closure::<dyn Fn(String) -> bool>::new(move |name| {
            command(name);
            true
        });
        let caller = object([
            ("changed", changed.as_ref().clone()),
            ("moved", moved.as_ref().clone()),
            ("complete", complete.as_ref().clone()),
            ("command", command.as_ref().clone()),
        ]);
        let arguments = Array::of3(host, &fields, &caller);
        let editor = Reflect::construct(&module.0, &arguments).ok()?.unchecked_into();
        Some(Self { editor, _changed: changed, _moved: moved, _complete: complete, _command: command })
    }

    /// Shows a text by its name. One that was shown before keeps its undo and its selection.
    pub fn show(&self, name: &str, text: &str) {
        self.editor.show(name, text);
    }

    /// Over what is selected.
    pub fn insert(&self, text: &str) {
        self.editor.insert(text);
    }

    /// Over all of it, as one step of undo.
    pub fn replace(&self, text: &str) {
        self.editor.replace(text);
    }

    /// Says what is wrong from one place to another; nothing with an empty message.
    pub fn mark(&self, from: usize, to: usize, message: &str) {
        self.editor.mark(from, to, message);
    }

    pub fn select(&self, from: usize, to: usize) {
        self.editor.select(from, to);
    }

    pub fn suggest(&self) {
        self.editor.suggest();
    }

    pub fn focus(&self) {
        self.editor.focus();
    }
}

impl Drop for CodeEditor {
    fn drop(&mut self) {
        self.editor.destroy();
    }
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> Object {
    let object = Object::new();
    for (key, value) in fields {
        drop(Reflect::set(&object, &key.into(), &value));
    }
    object
}
