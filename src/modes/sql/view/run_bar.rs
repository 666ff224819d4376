//! The bar below the editor: run, cancel, explain, format, save, the limits, a clean database.

use std::rc::Rc;

use yew::prelude::*;

use super::super::params::{ROW_LIMITS, SqlParams, TIME_LIMITS, print_limit};
use crate::{
    core::units,
    modes::sql::runs::Runs,
    state::store::{Nav, Store, go},
    ui::{
        icon::Icon,
        menu::{MenuButton, MenuItem},
        picker::{PickOption, Picker},
    },
};

#[derive(Properties, PartialEq)]
pub struct RunBarProps {
    pub store: Store,
    pub params: SqlParams,
    pub runs: Runs,
    pub is_empty: bool,
    pub oncommand: Callback<AttrValue>,
}

#[component]
pub fn RunBar(props: &RunBarProps) -> Html {
    let RunBarProps { store, params, runs, is_empty, oncommand } = props;
    let command = |name: &'static str| oncommand.reform(move |_: MouseEvent| AttrValue::Static(name));
    let is_running = runs.is_running();
    let more = {
        let (oncommand, is_empty, is_running) = (oncommand.clone(), *is_empty, is_running);
        Callback::from(move |()| {
            let item = |label: &'static str, name: &'static str, key: Option<&'static str>, is_there: bool| MenuItem {
                label: label.into(),
                key,
                onpick: is_there.then(|| oncommand.reform(move |()| AttrValue::Static(name))),
                checked: None,
                closes: false,
            };
            let can_run = !is_empty && !is_running;
            vec![
                item("Run all statements", "run-all", Some("Ctrl Shift Enter"), can_run),
                item("Explain", "explain", None, can_run),
                item("Explain analyze: runs it and measures", "analyze", None, can_run),
                item("Format", "format", Some("Ctrl Shift F"), !is_empty),
                item("Save under a name…", "save", Some("Ctrl S"), !is_empty),
                item("Rename the query…", "rename", Some("F2"), true),
                item("Reset: a clean database…", "reset", None, !is_running),
            ]
        })
    };
    let rows = use_memo((), |()| {
        let option = |limit: &Option<usize>| PickOption { value: print_limit(*limit).into(), label: row_words(*limit).into(), note: None };
        Rc::new(ROW_LIMITS.iter().map(option).collect::<Vec<_>>())
    });
    let seconds = use_memo((), |()| {
        let option = |limit: &Option<u32>| PickOption { value: print_limit(*limit).into(), label: time_words(*limit).into(), note: None };
        Rc::new(TIME_LIMITS.iter().map(option).collect::<Vec<_>>())
    });
    let onrows = set_limit(store, |params, limit| params.rows = limit.parse().ok());
    let onseconds = set_limit(store, |params, limit| params.seconds = limit.parse().ok());
    html! {
        <div class="ed-t" role="toolbar" aria-label="Run">
            <button type="button" class="btn primary" data-testid="sql-run" disabled={*is_empty || is_running} title="Run the statement at the caret, or what is selected (Ctrl Enter); all with Shift" onclick={command("run")}><Icon name="play" />{ "Run" }<kbd aria-hidden="true">{ "Ctrl" }</kbd><kbd aria-hidden="true">{ "↵" }</kbd></button>
            <button type="button" class="btn" data-testid="sql-cancel" disabled={!is_running} title="Cancel (Ctrl .)" onclick={command("cancel")}><Icon name="stop" />{ "Cancel" }</button>
            <button type="button" class="btn wide" disabled={*is_empty || is_running} title="How DuckDB would do it, without doing it" onclick={command("explain")}>{ "Explain" }</button>
            <button type="button" class="btn wide" disabled={*is_empty} title="An even layout (Ctrl Shift F)" onclick={command("format")}><Icon name="code" />{ "Format" }</button>
            <button type="button" class="btn wide" disabled={*is_empty} title="Save under a name (Ctrl S)" onclick={command("save")}><Icon name="save" />{ "Save" }</button>
            <MenuButton id="sql-more" icon="more" label="More to do with the query" title="More" items={more} />
            if is_running { <span class="busy" role="status" data-testid="sql-elapsed"><i class="spin"></i>{ runs.elapsed() }</span> }
            <span class="grow"></span>
            <span class="cap">{ "Row limit" }</span>
            <Picker id="sql-rows" label="Row limit" text={row_words(params.rows)} title="At most so many rows of each result are taken" options={(*rows).clone()} chosen={AttrValue::from(print_limit(params.rows))} onpick={onrows} />
            <span class="cap">{ "Time limit" }</span>
            <Picker id="sql-seconds" label="Time limit" text={time_words(params.seconds)} title="A statement that takes longer is ended" options={(*seconds).clone()} chosen={AttrValue::from(print_limit(params.seconds))} onpick={onseconds} />
        </div>
    }
}

fn set_limit(store: &Store, change: fn(&mut SqlParams, &str)) -> Callback<AttrValue> {
    let store = store.clone();
    Callback::from(move |limit: AttrValue| {
        go(&store, Nav::Replace, move |url| {
            let mut params = SqlParams::read(&url.params);
            change(&mut params, &limit);
            params.write(&mut url.params);
        });
    })
}

fn row_words(limit: Option<usize>) -> String {
    limit.map_or_else(|| "all".to_owned(), |rows| units::count(rows as u64))
}

fn time_words(limit: Option<u32>) -> String {
    match limit {
        None => "none".to_owned(),
        Some(seconds) if seconds >= 60 && seconds.is_multiple_of(60) => format!("{}\u{a0}min", seconds / 60),
        Some(seconds) => format!("{seconds}\u{a0}s"),
    }
}
