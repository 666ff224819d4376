//! Choosing by hand which table holds the spans and which column is which. The rules are the mapping's; this only shows them.

use std::rc::Rc;

use yew::prelude::*;

use super::opening::{self, Chosen};
use crate::{
    core::units,
    import::mapping::{ColumnMapping, Field, Source, TableInfo},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct PickerProps {
    /// The file's name.
    pub file: AttrValue,
    pub tables: Rc<Vec<TableInfo>>,
    /// What is chosen at first; the first table as it is recognised without it.
    #[prop_or_default]
    pub present: Option<Chosen>,
    /// The words of the button that applies the choice.
    pub action: AttrValue,
    pub onpick: Callback<Chosen>,
}

#[component]
pub fn Picker(props: &PickerProps) -> Html {
    let PickerProps { tables, present, .. } = props;
    let of_table = {
        let present = present.clone();
        move |table: &TableInfo| match &present {
            Some(present) if present.table == *table => present.columns.clone(),
            _ => ColumnMapping::of_table(table),
        }
    };
    let chosen = use_state(|| present.as_ref().and_then(|present| tables.iter().position(|table| *table == present.table)).unwrap_or(0));
    let table = tables.get(*chosen).cloned().unwrap_or_default();
    let columns = use_state(|| of_table(&table));
    let lacking = columns.lacks();
    let choose_table = {
        let (tables, chosen, columns) = (tables.clone(), chosen.clone(), columns.clone());
        move |at: usize| {
            let (tables, chosen, columns, of_table) = (tables.clone(), chosen.clone(), columns.clone(), of_table.clone());
            Callback::from(move |_: Event| {
                chosen.set(at);
                if let Some(table) = tables.get(at) {
                    columns.set(of_table(table));
                }
            })
        }
    };
    let open = {
        let (onpick, table, columns) = (props.onpick.clone(), table.clone(), columns.clone());
        Callback::from(move |_: MouseEvent| onpick.emit(Chosen { table: table.clone(), columns: (*columns).clone() }))
    };
    let words: Vec<&str> = lacking.iter().map(|field| field.column()).collect();
    html! {
        <>
            <p class="sub">{ "Choose the table and say where each field is. The file itself is not changed." }</p>
            <div class="pick" data-testid="picker">
                <fieldset class="pk" aria-label="Table">
                    <div class="pk-h">{ format!("{} {}", tables.len(), if tables.len() == 1 { "table" } else { "tables" }) }</div>
                    <div class="pk-t">
                        { for tables.iter().enumerate().map(|(at, table)| html! {
                            <label key={at}><input type="radio" name="table" checked={at == *chosen} onchange={choose_table(at)} /><span>
                                <b class="cut" title={opening::label_of(table, &props.file)}>{ opening::label_of(table, &props.file) }</b>
                                <small>{ match table.row_estimate {
                                    Some(rows) => format!("{} rows, {} columns", units::count(rows), table.columns.len()),
                                    None => format!("{} columns", table.columns.len()),
                                } }</small>
                            </span></label>
                        }) }
                    </div>
                </fieldset>
                <div class="pk" role="group" aria-label="Columns">
                    <div class="pk-h">{ "Field and its column" }</div>
                    <div class="pk-f">{ for Field::ALL.into_iter().map(|field| field_row(field, &table, &columns, &lacking)) }</div>
                </div>
            </div>
            <div class="dz-b l">
                <button type="button" class="btn primary" disabled={!lacking.is_empty()} onclick={open}>{ props.action.clone() }</button>
                if !lacking.is_empty() {
                    <span class="dim" role="status">{ format!("Still needed: {}", words.join(", ")) }</span>
                }
            </div>
        </>
    }
}

fn field_row(field: Field, table: &TableInfo, columns: &UseStateHandle<ColumnMapping>, lacking: &[Field]) -> Html {
    let current = match columns.fields.get(&field) {
        Some(Source::Column(source)) => source.column.as_str(),
        _ => "",
    };
    let onchange = {
        let (columns, table) = (columns.clone(), table.clone());
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() else { return };
            let name = select.value();
            let mut next = (*columns).clone();
            next.assign(field, table.columns.iter().find(|column| column.name == name));
            columns.set(next);
        })
    };
    let id = format!("map-{}", field.column());
    let missing = lacking.contains(&field);
    html! {
        <div class="pk-r" key={field.column()}>
            <label for={id.clone()}><code>{ field.column() }</code>
                if missing {
                    <span class="req">{ "needed" }</span>
                }
            </label>
            <span class="selwrap"><select class="sel" {id} aria-invalid={missing.then_some("true")} {onchange}>
                <option value="" selected={current.is_empty()}>{ "–" }</option>
                { for table.columns.iter().map(|column| html! { <option value={column.name.clone()} selected={column.name == current}>{ column.name.clone() }</option> }) }
            </select><Icon name="down" class="xs" /></span>
            <code class="dim">{ table.columns.iter().find(|column| column.name == current).map(|column| column.duckdb_type.clone()).unwrap_or_default() }</code>
        </div>
    }
}
