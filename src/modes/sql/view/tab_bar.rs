//! The tabs of queries: which runs and how long, close, rename, a new one.

use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use crate::{
    browser::document,
    modes::sql::{
        history::{Entry, Outcome},
        runs::{Runs, run::End, use_runs},
        tabs::{MOST, QueryTab},
        view::desk::Remembered,
    },
    state::session::Session,
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct TabBarProps {
    pub session: Rc<Session>,
    pub desk: Desk,
    /// The side panel as a drawer.
    pub ondrawer: Callback<()>,
    /// A run has ended.
    pub onran: Callback<Entry>,
    pub onclose: Callback<String>,
    /// The name that is written at present.
    pub renaming: Option<String>,
    pub onrename: Callback<Option<String>>,
    /// The filter or the time range leaves something out.
    pub is_filtered: bool,
}

#[component]
pub fn TabBar(props: &TabBarProps) -> Html {
    let TabBarProps { session, desk, ondrawer, onran, onclose, renaming, onrename, is_filtered } = props;
    let onkeydown = {
        let (desk, onclose, onrename) = (desk.clone(), onclose.clone(), onrename.clone());
        Callback::from(move |event: KeyboardEvent| {
            if document::focus_is(".qtabs input") {
                return;
            }
            match event.key().as_str() {
                "ArrowRight" => desk.change(|tabs| tabs.step(true)),
                "ArrowLeft" => desk.change(|tabs| tabs.step(false)),
                "Delete" => onclose.emit(desk.tabs.active().id.clone()),
                "F2" => onrename.emit(Some(desk.tabs.active().id.clone())),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    // The focus follows the arrow keys.
    use_effect_with(desk.tabs.active().id.clone(), |id| {
        if document::focus_is(".qtabs [role=tab]") {
            document::focus(&format!("#qtab-{id}"));
        }
    });
    let new = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|tabs| drop(tabs.open("", String::new())));
        })
    };
    html! {
        <div class="qtabs-r">
            <button type="button" class="icon-btn sm sql-drawer-b" aria-label="Schema, templates, history and saved queries" title="Schema, templates, history and saved queries" onclick={ondrawer.reform(|_: MouseEvent| ())}><Icon name="columns" class="s" /></button>
            // Beside each tab stands the button that closes it, which a list of tabs may not hold: it owns its tabs by their ids.
            <div class="qtabs" data-testid="sql-tabs" {onkeydown}>
                <span role="tablist" aria-label="Queries" aria-owns={desk.tabs.list.iter().map(|tab| format!("qtab-{}", tab.id)).collect::<Vec<_>>().join(" ")}></span>
                { for desk.tabs.list.iter().map(|tab| html! {
                    <TabItem key={tab.id.clone()} session={session.clone()} tab={tab.clone()} desk={desk.clone()} is_active={tab.id == desk.tabs.active().id} is_renaming={renaming.as_ref() == Some(&tab.id)}
                        onran={onran.clone()} onclose={onclose.clone()} onrename={onrename.clone()} />
                }) }
            </div>
            <button type="button" class="icon-btn sm" id="sql-new" aria-label="New query" title="New query" disabled={desk.tabs.list.len() >= MOST} onclick={new}><Icon name="plus" class="s" /></button>
            <span class="grow"></span>
            if *is_filtered {
                <span class="cap qtabs-cap" title="The table spans is never filtered" data-testid="sql-filtered">{ "the filter applies to the view shown_spans" }</span>
            } else {
                <span class="cap qtabs-cap" title="Statements can read the open file and change nothing in it, reach no other file and no network">{ "read-only, sandboxed" }</span>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct TabItemProps {
    session: Rc<Session>,
    tab: QueryTab,
    desk: Desk,
    is_active: bool,
    is_renaming: bool,
    onran: Callback<Entry>,
    onclose: Callback<String>,
    onrename: Callback<Option<String>>,
}

#[component]
fn TabItem(props: &TabItemProps) -> Html {
    let TabItemProps { session, tab, desk, is_active, is_renaming, onran, onclose, onrename } = props;
    let runs = use_runs(session, &tab.id);
    let is_running = runs.is_running();
    {
        let (session, onran, id, runs) = (session.clone(), onran.clone(), tab.id.clone(), runs.clone());
        use_effect_with((is_running, runs.number()), move |(is_running, _)| {
            let remembered = session.kept.of::<Remembered>();
            let noted = match remembered.ran.borrow_mut().get_mut(&id).filter(|ran| !*is_running && !ran.is_noted) {
                Some(ran) => {
                    ran.is_noted = true;
                    Some(ran.statements.clone())
                }
                None => None,
            };
            if let Some(entry) = noted.and_then(|text| entry(text, &runs)) {
                onran.emit(entry);
            }
        });
    }
    let select = {
        let (desk, id) = (desk.clone(), tab.id.clone());
        Callback::from(move |_: MouseEvent| {
            let id = id.clone();
            desk.change(move |tabs| tabs.activate(&id));
        })
    };
    let rename = {
        let (onrename, id) = (onrename.clone(), tab.id.clone());
        Callback::from(move |_: MouseEvent| onrename.emit(Some(id.clone())))
    };
    let end = {
        let (runs, onclose, id) = (runs.clone(), onclose.clone(), tab.id.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            match runs.is_running() {
                true => runs.cancel(),
                false => {
                    runs.forget();
                    onclose.emit(id.clone());
                }
            }
        })
    };
    let title = tab.title();
    if *is_renaming {
        return html! { <Renaming tab={tab.clone()} desk={desk.clone()} onrename={onrename.clone()} /> };
    }
    let end_label = if is_running { format!("Cancel {title}") } else { format!("Close {title}") };
    html! {
        <div class={classes!("qtab", is_active.then_some("on"))} role="presentation" ondblclick={rename}>
            <button type="button" role="tab" id={format!("qtab-{}", tab.id)} aria-selected={is_active.to_string()} aria-controls="sql-query" tabindex={if *is_active { "0" } else { "-1" }}
                title={format!("{title} (F2 renames, Del closes)")} onclick={select}>
                if is_running { <i class="spin"></i> }
                <span class="cut">{ title }</span>
                if is_running { <span class="dim num">{ runs.elapsed() }</span> }
            </button>
            <button type="button" class="qtab-x" tabindex="-1" aria-label={end_label.clone()} title={end_label} onclick={end}><Icon name={if is_running { "stop" } else { "x" }} class="xs" /></button>
        </div>
    }
}

/// What is kept of a run that has ended.
fn entry(text: String, runs: &Runs) -> Option<Entry> {
    let all = runs.all();
    if text.is_empty() || all.is_empty() {
        return None;
    }
    let ends: Vec<End> = all.iter().map(|run| run.end()).collect();
    let outcome = if ends.iter().any(|end| matches!(end, End::Failed(_))) {
        Outcome::Failed
    } else if ends.contains(&End::Cancelled) {
        Outcome::Cancelled
    } else if ends.iter().all(|end| *end == End::Whole) {
        Outcome::Done
    } else {
        Outcome::Cut
    };
    Some(Entry {
        text,
        at_ms: document::date_ms().max(0.0) as u64,
        took_ms: runs.elapsed_ms().max(0.0) as u64,
        rows: all.iter().map(|run| run.rows() as u64).sum(),
        outcome,
    })
}

#[derive(Properties, PartialEq)]
struct RenamingProps {
    tab: QueryTab,
    desk: Desk,
    onrename: Callback<Option<String>>,
}

#[component]
fn Renaming(props: &RenamingProps) -> Html {
    let typed = use_mut_ref(|| Some(props.tab.title()));
    use_effect_with((), |()| document::focus("#qtab-name"));
    let finish = {
        let (typed, desk, id, onrename) = (typed.clone(), props.desk.clone(), props.tab.id.clone(), props.onrename.clone());
        Callback::from(move |is_wanted: bool| {
            // Leaving the field comes after Enter and Escape too.
            let Some(name) = typed.borrow_mut().take() else { return };
            let id = id.clone();
            if is_wanted {
                desk.change(move |tabs| tabs.rename(&id, &name));
            }
            onrename.emit(None);
        })
    };
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                *typed.borrow_mut() = Some(input.value());
            }
        })
    };
    let onkeydown = {
        let (finish, id) = (finish.clone(), props.tab.id.clone());
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            let is_wanted = event.key() == "Enter";
            if is_wanted || event.key() == "Escape" {
                event.prevent_default();
                finish.emit(is_wanted);
                let id = id.clone();
                document::after_paint(move || document::focus(&format!("#qtab-{id}")));
            }
        })
    };
    html! {
        <div class="qtab on" role="presentation"><input class="in" id="qtab-name" aria-label="Name of the query" autocomplete="off" value={props.tab.title()} {oninput} {onkeydown} onblur={finish.reform(|_: FocusEvent| true)} /></div>
    }
}
