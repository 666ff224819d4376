//! Services, operations and agents as lists: counts of the file and of what is in scope, a box for each that follows the filter, "only", "hide".

use std::rc::Rc;

use yew::prelude::*;

use super::{Card, Column, Section, counting::present_parts};
use crate::{
    core::{
        colour::Slot,
        filter::{Filter, Node, TextField},
        units,
    },
    modes::{
        ModeProps,
        configuration::{
            choices::{self, Change},
            query::{self, Valued},
        },
    },
    state::{
        extras::{Extra, store::use_extras},
        queries::use_later_query,
        scope::{of_parts, parts_of},
        store::{Nav, Store, go},
    },
    ui::{
        icon::Icon,
        tabs::{Tab, Tabs},
        virtual_list::{RowView, VirtualList},
    },
};

pub const SECTION: Section = Section {
    slug: "values",
    title: "Services, agents",
    icon: "columns",
    column: Column::Main,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <Lists ..props.clone() /> },
};

const ROW_PX: u32 = 28;
/// Longer lists scroll.
const ROWS_SHOWN: usize = 8;
/// Values that are read of a field.
const MOST_VALUES: usize = 20_000;

const FIELDS: [(TextField, &str, &str); 3] = [
    (TextField::Service, "services", "Services"),
    (TextField::Operation, "operations", "Operations"),
    (TextField::Agent, "agents", "Agents"),
];

#[component]
fn Lists(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let tab = use_state(|| "services");
    let find = use_state(String::new);
    let field = FIELDS.iter().find(|(_, slug, _)| *slug == *tab).map_or(TextField::Service, |(field, ..)| *field);
    let source = query::value_column(field);
    let extras = use_memo(source.clone(), |source| {
        source.iter().filter_map(|(_, extra)| extra.clone()).collect::<std::collections::BTreeSet<Extra>>()
    });
    let progress = use_extras(session, &extras, false);
    let question = source
        .filter(|_| progress.is_ready)
        .map(|(column, extra)| query::values_sql(&column, extra.as_ref(), &scope.scope, MOST_VALUES).into());
    let answer = use_later_query(session, question);
    let key = (*tab, answer.table.clone().map(|table| Rc::as_ptr(&table) as usize));
    let all: Rc<Vec<Valued>> = use_memo(key, |_| answer.table.as_ref().and_then(|table| query::values(table).ok()).unwrap_or_default());
    let parts = present_parts(props);
    let entries: Vec<Option<&str>> = all.iter().map(|line| line.value.as_deref()).collect();
    let checked = choices::checked(&parts, field, &entries);
    let needle = find.trim().to_lowercase();
    let found: Rc<Vec<(Valued, bool)>> = Rc::new(
        all.iter()
            .zip(checked)
            .filter(|(line, _)| needle.is_empty() || line.value.as_deref().is_some_and(|value| value.to_lowercase().contains(&needle)))
            .map(|(line, is_on)| (line.clone(), is_on))
            .collect(),
    );
    let change = {
        let (store, parts, all) = (store.clone(), parts.clone(), all.clone());
        Callback::from(move |change: Change| put(&store, &parts, field, &all, &change))
    };
    let tabs: Vec<Tab> = FIELDS
        .iter()
        .map(|(_, slug, label)| Tab { slug, label, count: (*slug == *tab && answer.table.is_some()).then_some(all.len()), error: false })
        .collect();
    let onselect = {
        let (tab, find) = (tab.setter(), find.setter());
        Callback::from(move |slug: &'static str| {
            tab.set(slug);
            find.set(String::new());
        })
    };
    let onfind = {
        let find = find.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                find.set(input.value());
            }
        })
    };
    let is_narrowed = choices::is_narrowed(&parts, field);
    let waits = answer.table.is_none() && answer.error.is_none();
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="spans of the file, and of what the filter lets through">
            <Tabs name="values" label="Lists" {tabs} selected={*tab} {onselect} />
            <div id="values-panel" role="tabpanel" aria-labelledby={format!("values-tab-{}", *tab)}>
                <div class="cf-tools"><span class="inwrap"><Icon name="search" class="s" /><input class="in" type="search" aria-label={format!("Search the {}", *tab)} placeholder="Search" value={(*find).clone()} oninput={onfind} /></span>
                    <span class="grow"></span>
                    <button type="button" class="btn sm" disabled={!is_narrowed} onclick={change.reform(|_: MouseEvent| Change::All)}>{ "All" }</button>
                    <button type="button" class="btn sm" onclick={change.reform(|_: MouseEvent| Change::None)}>{ "None" }</button></div>
                if let Some(error) = &answer.error {
                    <div class="note e" role="alert"><Icon name="err" /><div>{ error.to_string() }</div></div>
                }
                if waits {
                    <p class="cf-p dim" role="status">{ progress.working.as_ref().map_or_else(|| "Counting…".to_owned(), |(extra, permille)| format!("Reading {}, {} %", extra.label(), permille / 10)) }</p>
                } else if found.is_empty() {
                    <p class="cf-p dim">{ if needle.is_empty() { format!("The file names no {}.", *tab) } else { format!("No {} match this text.", *tab) } }</p>
                } else {
                    <ValueList lines={found} {field} total={session.totals.spans} slots={session.service_slots.clone()} onchange={change} />
                }
            </div>
        </Card>
    }
}

/// Changes the filter as it is when the change arrives: rows may have been drawn for an earlier one. `parts` where the address holds none that
/// can be read.
fn put(store: &Store, parts: &[Node], field: TextField, all: &Rc<Vec<Valued>>, change: &Change) {
    let (parts, all, change) = (parts.to_vec(), all.clone(), change.clone());
    go(store, Nav::Push, move |url| {
        let present = Filter::parse(url.filter.as_deref().unwrap_or_default()).map(|filter| parts_of(&filter));
        let entries: Vec<Option<&str>> = all.iter().map(|line| line.value.as_deref()).collect();
        let next = of_parts(choices::changed(&present.unwrap_or(parts), field, &entries, &change)).print();
        url.filter = Some(next).filter(|text| !text.is_empty());
    });
}

#[derive(Properties, PartialEq)]
struct ValueListProps {
    lines: Rc<Vec<(Valued, bool)>>,
    field: TextField,
    total: u64,
    slots: crate::core::colour::Slots,
    onchange: Callback<Change>,
}

/// The lines; keys on the chosen one: Space its box, O only, H hide.
#[component]
fn ValueList(props: &ValueListProps) -> Html {
    let ValueListProps { lines, field, total, slots, onchange } = props;
    let active = use_state(|| None::<usize>);
    let row = {
        let (lines, field, total, slots, onchange, chosen, set) =
            (lines.clone(), *field, *total, slots.clone(), onchange.clone(), *active, active.setter());
        use_memo((lines.clone(), field, chosen, onchange.clone()), move |_| {
            RowView::new(move |at, style| {
                let Some((line, is_on)) = lines.get(at) else { return Html::default() };
                let slot = line.value.as_deref().and_then(|value| slots.get(value)).filter(|_| field == TextField::Service);
                let onchoose = {
                    let set = set.clone();
                    Callback::from(move |()| set.set(Some(at)))
                };
                html! { <ValueRow key={line.value.clone().unwrap_or_default()} {at} {style} line={line.clone()} is_on={*is_on} is_active={chosen == Some(at)} {total} {slot} onchange={onchange.clone()} {onchoose} /> }
            })
        })
    };
    let onmove = {
        let active = active.setter();
        Callback::from(move |at: usize| active.set(Some(at)))
    };
    let onkeydown = {
        let (lines, active, onchange) = (lines.clone(), *active, onchange.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let Some((line, is_on)) = active.and_then(|at| lines.get(at)) else { return };
            let value = line.value.clone();
            let change = match event.key().as_str() {
                " " | "Enter" if *is_on => Change::Hide(value),
                " " | "Enter" => Change::Show(value),
                "o" | "O" => Change::Only(value),
                "h" | "H" => Change::Hide(value),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            onchange.emit(change);
        })
    };
    let height = ROW_PX as usize * lines.len().min(ROWS_SHOWN);
    html! {
        <div class="cf-list" style={format!("height:{height}px;--row-h:{ROW_PX}px")} {onkeydown}>
            <VirtualList id="value-list" role="grid" label="Values. Space switches one, O shows only it, H hides it" testid="value-list" count={lines.len()} row_px={ROW_PX} active={*active}
                row_id={Callback::from(|at: usize| format!("value-{at}"))} row={(*row).clone()} {onmove} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ValueRowProps {
    at: usize,
    style: AttrValue,
    line: Valued,
    is_on: bool,
    is_active: bool,
    total: u64,
    slot: Option<Slot>,
    onchange: Callback<Change>,
    onchoose: Callback<()>,
}

#[component]
fn ValueRow(props: &ValueRowProps) -> Html {
    let ValueRowProps { at, style, line, is_on, is_active, total, slot, onchange, onchoose } = props;
    let value = line.value.clone();
    let press = |change: Change| onchange.reform(move |_: MouseEvent| change.clone());
    let toggle = if *is_on { Change::Hide(value.clone()) } else { Change::Show(value.clone()) };
    let shown = value.clone().unwrap_or_else(|| "— (no value)".to_owned());
    html! {
        <div class={classes!("cf-v", (!is_on).then_some("off"))} id={format!("value-{at}")} role="row" aria-rowindex={(at + 1).to_string()} aria-selected={is_active.to_string()} style={style.clone()} data-testid="value" data-on={is_on.to_string()} onclick={onchoose.reform(|_: MouseEvent| ())}>
            <span role="gridcell"><button type="button" role="checkbox" tabindex="-1" class="cf-box" aria-checked={is_on.to_string()} aria-label={shown.clone()} onclick={press(toggle)}><Icon name="check" class="s" /></button></span>
            <span role="gridcell" class="cf-vn" data-col="value" data-value={value.clone()} title={shown.clone()}>
                if let Some(slot) = slot { <i class={classes!("sw", format!("c{}", slot.number), slot.striped.then_some("stripe"))} aria-hidden="true"></i> }
                <span class="cut">{ shown }</span></span>
            <span role="gridcell" class="cf-va"><button type="button" class="lk" tabindex="-1" title="Nothing but this (O)" onclick={press(Change::Only(value.clone()))}>{ "only" }</button>
                <button type="button" class="lk" tabindex="-1" title="Everything but this (H)" onclick={press(Change::Hide(value))}>{ "hide" }</button></span>
            <span role="gridcell" class="num err" data-col="errors" data-value={line.shown_errors.to_string()} title={format!("Errors in scope; {} in the file", units::count(line.errors))}>{ if line.shown_errors > 0 { units::count_short(line.shown_errors) } else { String::new() } }</span>
            <span role="gridcell" class="num" data-col="shown" data-value={line.shown.to_string()} title="Spans in scope"><b>{ units::count_short(line.shown) }</b></span>
            <span role="gridcell" class="num dim" data-col="spans" data-value={line.spans.to_string()} title="Spans of the file">{ units::count_short(line.spans) }</span>
            <super::condition::MatchBar part={line.spans} total={*total} />
        </div>
    }
}
