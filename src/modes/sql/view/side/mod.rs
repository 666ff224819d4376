//! The panel beside the editor: what can be named, templates, what was run, what was saved.

mod history;
mod saved;
mod schema;
mod templates;

use std::rc::Rc;

use yew::prelude::*;

use self::{history::History, saved::SavedQueries, schema::Schema, templates::Templates};
use super::{desk::Desk, names::Known};
use crate::{
    modes::sql::history::Entry,
    state::session::Session,
    ui::{
        editor::EditorHandle,
        icon::Icon,
        tabs::{Tab, Tabs},
    },
};

#[derive(Properties, PartialEq)]
pub struct SideProps {
    pub session: Rc<Session>,
    pub desk: Desk,
    pub handle: EditorHandle,
    pub known: Known,
    pub panel: &'static str,
    pub onpanel: Callback<&'static str>,
    pub history: Rc<Vec<Entry>>,
    pub onhistory: Callback<Vec<Entry>>,
    /// The query that is shown is to be saved.
    pub save_asked: bool,
    pub onasked: Callback<()>,
    /// The first rows of a table are to be shown.
    pub onpreview: Callback<String>,
    /// A statement is to be opened and run.
    pub onrun: Callback<(String, String)>,
    pub onclose: Callback<()>,
}

#[component]
pub fn Side(props: &SideProps) -> Html {
    let SideProps { session, desk, handle, known, panel, onpanel, history, onhistory, save_asked, onasked, onpreview, onrun, onclose } =
        props;
    let tab = |slug: &'static str, label: &'static str, count: Option<usize>| Tab { slug, label, count, error: false };
    let tabs = vec![
        tab("schema", "Schema", None),
        tab("templates", "Templates", None),
        tab("history", "History", (!history.is_empty()).then_some(history.len())),
        tab("saved", "Saved", None),
    ];
    let body = match *panel {
        "templates" => html! { <Templates session={session.clone()} desk={desk.clone()} onrun={onrun.clone()} /> },
        "history" => html! { <History desk={desk.clone()} history={history.clone()} {onhistory} /> },
        "saved" => html! { <SavedQueries desk={desk.clone()} save_asked={*save_asked} onasked={onasked.clone()} /> },
        _ => html! { <Schema session={session.clone()} handle={handle.clone()} known={known.clone()} onpreview={onpreview.clone()} /> },
    };
    let onkeydown = {
        let onclose = onclose.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.default_prevented() {
                onclose.emit(());
            }
        })
    };
    html! {
        <aside class="pane sql-side" aria-label="Schema, templates, history and saved queries" {onkeydown}>
            <div class="sql-side-h">
                <Tabs name="sqlside" label="Schema, templates, history, saved" {tabs} selected={*panel} onselect={onpanel.clone()} />
                <button type="button" class="icon-btn sm sql-drawer-x" aria-label="Close the panel" title="Close" onclick={onclose.reform(|_: MouseEvent| ())}><Icon name="x" class="s" /></button>
            </div>
            <div class="sql-side-b" role="tabpanel" id="sqlside-panel" aria-labelledby={format!("sqlside-tab-{panel}")}>{ body }</div>
        </aside>
    }
}

/// A field that searches a list.
#[derive(Properties, PartialEq)]
struct FindProps {
    id: &'static str,
    label: &'static str,
    text: AttrValue,
    onchange: Callback<String>,
}

#[component]
fn Find(props: &FindProps) -> Html {
    let oninput = props
        .onchange
        .reform(|event: InputEvent| event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default());
    html! {
        <div class="sql-find"><div class="inwrap"><Icon name="search" class="s" />
            <input class="in" type="search" id={props.id} placeholder={props.label} aria-label={props.label} autocomplete="off" spellcheck="false" value={props.text.clone()} {oninput} />
        </div></div>
    }
}
