//! An editor for SQL: the code editor where it can be loaded, a plain text area where it cannot, and until it is there.
//!
//! Places are bytes of the text. The owner holds the texts and says what could be typed next; must not know what they are about.

mod handle;

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

pub use self::handle::EditorHandle;
use self::handle::Target;
use crate::{
    browser::code_editor::{self, Calls, CodeEditor, Start},
    core::{
        sql_complete::Completion,
        sql_script::{byte_of_utf16, utf16_of_byte},
    },
};

/// What is wrong with the text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub start: usize,
    pub end: usize,
    pub message: String,
}

#[derive(Properties, PartialEq)]
pub struct EditorProps {
    pub testid: &'static str,
    pub label: AttrValue,
    /// How to leave it, and its keys.
    pub description: AttrValue,
    pub placeholder: AttrValue,
    /// Of the text: another name is another text, with an undo of its own.
    pub name: AttrValue,
    pub text: AttrValue,
    pub mark: Option<Mark>,
    /// Keys as CodeMirror writes them, and the commands that they stand for.
    pub keys: &'static [(&'static str, &'static str)],
    /// By which the owner writes into it.
    pub handle: EditorHandle,
    /// Of a text and a byte of it.
    pub complete: Callback<(String, usize), Completion>,
    pub onchange: Callback<String>,
    pub oncommand: Callback<AttrValue>,
    /// Held while the code editor is loaded.
    pub hold: Callback<(), Rc<dyn std::any::Any>>,
}

/// Whether the code editor is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loaded {
    NotYet,
    Code,
    /// The text area stays.
    Failed,
}

#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let (host, area) = (use_node_ref(), use_node_ref());
    let loaded = use_state_eq(|| Loaded::NotYet);
    // What the editor's calls find: they live longer than one drawing.
    let latest =
        use_mut_ref(|| (props.onchange.clone(), props.oncommand.clone(), props.complete.clone(), props.text.clone(), props.name.clone()));
    *latest.borrow_mut() =
        (props.onchange.clone(), props.oncommand.clone(), props.complete.clone(), props.text.clone(), props.name.clone());
    let handle = props.handle.clone();
    {
        let (area, onchange) = (area.clone(), latest.clone());
        let is_code = *loaded == Loaded::Code;
        let handle = handle.clone();
        use_effect_with(is_code, move |is_code| {
            if !is_code {
                handle.set(Some(Target::Area(area, Rc::new(move |text| onchange.borrow().0.emit(text)))));
            }
        });
    }
    {
        let (host, area, loaded, latest, handle) = (host.clone(), area.clone(), loaded.setter(), latest.clone(), handle.clone());
        let (label, description, placeholder, testid, keys) =
            (props.label.clone(), props.description.clone(), props.placeholder.clone(), props.testid, props.keys);
        let hold = props.hold.clone();
        use_effect_with((), move |()| {
            let busy = hold.emit(());
            let is_there = Rc::new(std::cell::Cell::new(true));
            let still = is_there.clone();
            let leaving = handle.clone();
            spawn_local(async move {
                let module = code_editor::load().await;
                let host = host.cast::<web_sys::Element>().filter(|_| still.get());
                let Some((module, host)) = module.zip(host) else {
                    if still.get() {
                        loaded.set(Loaded::Failed);
                    }
                    return drop(busy);
                };
                let (text, name) = (latest.borrow().3.clone(), latest.borrow().4.clone());
                let area = area.cast::<web_sys::HtmlTextAreaElement>();
                // What was typed meanwhile is in the area before it is anywhere else.
                let text = area.as_ref().map_or_else(|| text.to_string(), web_sys::HtmlTextAreaElement::value);
                let selection = area.as_ref().map_or((0, 0), handle::selection_of);
                let had_focus = area.as_ref().is_some_and(|_| crate::browser::document::focus_is(&format!("[data-testid={testid}]")));
                let start = Start {
                    name: &name,
                    text: &text,
                    selection,
                    label: &label,
                    description: &description,
                    placeholder: &placeholder,
                    testid,
                    keys,
                };
                handle.typed(&text);
                handle.moved(byte_of_utf16(&text, selection.0), byte_of_utf16(&text, selection.1));
                match CodeEditor::start(&module, &host, &start, &calls(&latest, &handle)) {
                    Some(editor) => {
                        let editor = Rc::new(editor);
                        if had_focus {
                            editor.focus();
                        }
                        handle.set(Some(Target::Code(editor)));
                        loaded.set(Loaded::Code);
                    }
                    None => loaded.set(Loaded::Failed),
                }
                drop(busy);
            });
            move || {
                is_there.set(false);
                leaving.set(None);
            }
        });
    }
    // Before the mark, which is of this text.
    {
        let handle = handle.clone();
        use_effect_with((props.name.clone(), props.text.clone(), *loaded), move |(name, text, _)| handle.show(name, text));
    }
    {
        let handle = handle.clone();
        let text = props.text.clone();
        use_effect_with((props.mark.clone(), props.name.clone(), *loaded), move |(mark, _, _)| match mark {
            Some(mark) => handle.mark(utf16_of_byte(&text, mark.start), utf16_of_byte(&text, mark.end), &mark.message),
            None => handle.mark(0, 0, ""),
        });
    }
    let oninput = {
        let onchange = props.onchange.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<web_sys::HtmlTextAreaElement>() {
                onchange.emit(area.value());
            }
        })
    };
    let onkeydown = {
        let (keys, oncommand) = (props.keys, props.oncommand.clone());
        Callback::from(move |event: KeyboardEvent| {
            if let Some((_, command)) = keys.iter().find(|(key, _)| handle::fits(key, &event)) {
                event.prevent_default();
                event.stop_propagation();
                oncommand.emit(AttrValue::Static(command));
            }
        })
    };
    let is_code = *loaded == Loaded::Code;
    html! {
        <div class="editor" data-editor={match *loaded { Loaded::NotYet => "loading", Loaded::Code => "code", Loaded::Failed => "plain" }}>
            <div class="editor-h" ref={host} hidden={!is_code}></div>
            if !is_code {
                <textarea class="editor-t" ref={area} data-testid={props.testid} aria-label={props.label.clone()} placeholder={props.placeholder.clone()} value={props.text.clone()}
                    autocomplete="off" autocapitalize="off" spellcheck="false" {oninput} {onkeydown} />
            }
        </div>
    }
}

type Latest = Rc<std::cell::RefCell<(Callback<String>, Callback<AttrValue>, Callback<(String, usize), Completion>, AttrValue, AttrValue)>>;

fn calls(latest: &Latest, handle: &EditorHandle) -> Calls {
    let (changed, complete, command) = (latest.clone(), latest.clone(), latest.clone());
    let (handle, typed) = (handle.clone(), handle.clone());
    Calls {
        changed: Rc::new(move |text| {
            typed.typed(&text);
            let onchange = changed.borrow().0.clone();
            onchange.emit(text);
        }),
        moved: Rc::new(move |from, to| handle.moved_utf16(from, to)),
        complete: Rc::new(move |text, at| {
            let complete = complete.borrow().2.clone();
            let completion = complete.emit((text.clone(), byte_of_utf16(&text, at)));
            choices(&text, &completion)
        }),
        command: Rc::new(move |name| {
            let oncommand = command.borrow().1.clone();
            oncommand.emit(name.into());
        }),
    }
}

/// As the module reads them.
fn choices(text: &str, completion: &Completion) -> String {
    let options: Vec<serde_json::Value> = completion
        .choices
        .iter()
        .map(|choice| {
            serde_json::json!({
                "label": choice.label, "apply": choice.apply, "type": choice.kind.word(), "detail": choice.detail, "info": choice.about, "boost": choice.rank,
            })
        })
        .collect();
    let (from, to) = (utf16_of_byte(text, completion.range.start), utf16_of_byte(text, completion.range.end));
    serde_json::json!({ "from": from, "to": to, "options": options }).to_string()
}
