//! The line above the grid: search in the rows, copies, and the rows as the page's filter.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::{grid::At, row::Look, slices::Shown};
use crate::{
    browser::clipboard,
    core::{filter::Filter, units},
    modes::sql::{
        results::copy::{self, Form},
        runs::run::Run,
    },
    state::store::{Nav, Store, go},
    ui::{
        icon::Icon,
        menu::{MenuButton, MenuItem},
    },
};

/// Rows that are copied together; a file takes more.
const COPIED_ROWS: usize = 100_000;

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub store: Store,
    pub run: Rc<Run>,
    pub rows: usize,
    pub is_over: bool,
    pub shown: Shown,
    pub look: Rc<Look>,
    pub active: Option<At>,
    pub needle: String,
    pub onneedle: Callback<String>,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { store, run, rows, is_over, shown, look, active, needle, onneedle } = props;
    let said = use_state(|| None::<String>);
    let count = shown.count(*rows);
    let oninput = {
        let onneedle = onneedle.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                onneedle.emit(input.value());
            }
        })
    };
    let take = {
        let said = said.setter();
        move |what: String, text: String| {
            let said = said.clone();
            spawn_local(async move {
                let copied = clipboard::copy(&text).await;
                said.set(Some(if copied { format!("Copied {what}") } else { "The browser does not allow copying here".to_owned() }));
            });
        }
    };
    let items = {
        let (run, shown, active, columns, take) = (run.clone(), shown.clone(), *active, look.columns.len(), take.clone());
        Callback::from(move |()| {
            let item = |label: &str, key: Option<&'static str>, is_there: bool, text: Rc<dyn Fn() -> String>| {
                let (take, what) = (take.clone(), label.to_lowercase());
                let onpick = Callback::from(move |()| take(what.clone(), text()));
                MenuItem { label: label.to_owned().into(), key, onpick: is_there.then_some(onpick), ..MenuItem::default() }
            };
            let all: Vec<usize> = (0..columns).collect();
            let many = |form: Form, columns: Vec<usize>, places: std::ops::Range<usize>| -> Rc<dyn Fn() -> String> {
                let (run, shown) = (run.clone(), shown.clone());
                Rc::new(move || {
                    copy::rows(&run.result.borrow(), form, columns.clone(), places.clone().filter_map(|place| shown.row(place)))
                })
            };
            let at = active.unwrap_or(At { place: 0, column: 0 });
            let cell: Rc<dyn Fn() -> String> = {
                let (run, shown) = (run.clone(), shown.clone());
                Rc::new(move || shown.row(at.place).map(|row| copy::value(&run.result.borrow(), at.column, row)).unwrap_or_default())
            };
            let (row, most) = (at.place..at.place + 1, 0..count.min(COPIED_ROWS));
            let is_active = active.is_some();
            vec![
                item("Cell", Some("Ctrl C"), is_active, cell),
                item("Row as TSV", None, is_active, many(Form::Tsv, all.clone(), row.clone())),
                item("Row as JSON", None, is_active, many(Form::NdJson, all.clone(), row)),
                item("Column", None, is_active, many(Form::Tsv, vec![at.column], most.clone())),
                item("All rows as TSV", None, count > 0, many(Form::Tsv, all.clone(), most.clone())),
                item("All rows as JSON", None, count > 0, many(Form::Json, all.clone(), most.clone())),
                item("All rows as Markdown", None, count > 0, many(Form::Markdown, all, most)),
            ]
        })
    };
    let onspans = {
        let (store, run, shown, look, said) = (store.clone(), run.clone(), shown.clone(), look.clone(), said.setter());
        Callback::from(move |_: MouseEvent| {
            let set = run.result.borrow();
            let Some((text, ids, is_all)) = look.ids.filter(&set, (0..count).filter_map(|place| shown.row(place))) else {
                said.set(Some("There is no id of a trace or span in these rows.".to_owned()));
                return;
            };
            let Ok(filter) = Filter::parse(&text) else { return };
            let most = if is_all { String::new() } else { format!(" (the first {ids})") };
            said.set(Some(format!("The filter is now these {}{most}.", units::counted(ids as u64, "id"))));
            go(&store, Nav::Push, move |url| url.filter = Some(filter.print()));
        })
    };
    html! {
        <div class="sqr-tools">
            <div class="inwrap sqr-find"><Icon name="search" class="s" /><input class="in" type="search" data-testid="sql-find" placeholder="Find in the rows" aria-label="Find in the rows" disabled={!is_over} value={needle.clone()} {oninput} /></div>
            if !needle.trim().is_empty() || shown.is_late {
                <span class="cap" role="status">if shown.is_late { <i class="spin"></i> } else { { format!("{} of {}", units::count(count as u64), units::count(*rows as u64)) } }</span>
            }
            <span class="grow"></span>
            if let Some(said) = &*said { <span class="cap cut" role="status" data-testid="sql-said">{ said }</span> }
            if !look.ids.is_empty() {
                <button type="button" class="btn sm" data-testid="sql-show-spans" aria-label="Show these spans" title="Makes the traces or spans of these rows the filter of every mode" onclick={onspans}><Icon name="filter" class="s" /><span class="sqr-w">{ "Show these spans" }</span></button>
            }
            <MenuButton id="sql-copy" icon="copy" label="Copy" title="Copy cell, row, column or all rows" words={AttrValue::from("Copy")} {items} />
        </div>
    }
}
