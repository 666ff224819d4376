//! The tables behind the graph. All three are in the document; one of them is seen.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        params::{DependencyParams, Order, Picked, TableKind},
        rows::{self, Column, Subject, Value},
    },
    names::Palette,
    set_params,
};
use crate::{
    browser::document,
    core::units,
    state::store::{Nav, Store},
    ui::{icon::Icon, segments::Segments, virtual_list::RowView, virtual_table::VirtualTable},
};

const ROW_PX: u32 = 26;
/// Of the table that is seen.
const TABLE_ID: &str = "dependency-table";
/// Of a table that is not seen, so many rows are in the document.
const UNSEEN_ROWS: usize = 300;
/// Longer tables have only their rows in view in the document.
const VIRTUAL_FROM: usize = 200;

/// Compared by identity of what it shares.
#[derive(Clone)]
pub struct SharedSubject(pub Rc<Subject>);

impl PartialEq for SharedSubject {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
pub struct TablesProps {
    pub store: Store,
    pub params: DependencyParams,
    pub subject: SharedSubject,
    pub palette: Palette,
    pub is_stale: bool,
    /// What the rows are, in words.
    pub about: AttrValue,
    /// The chosen row of the table of edges, of nodes and of cycles.
    pub chosen: [Option<usize>; 3],
    pub onpick: Callback<Option<Picked>>,
    /// At the right end of the head.
    #[prop_or_default]
    pub children: Html,
}

fn testid(table: TableKind) -> &'static str {
    match table {
        TableKind::Edges => "dependency-edges",
        TableKind::Nodes => "dependency-nodes",
        TableKind::Cycles => "dependency-cycles",
    }
}

fn index_of(table: TableKind) -> usize {
    TableKind::ALL.iter().position(|each| *each == table).unwrap_or(0)
}

#[component]
pub fn Tables(props: &TablesProps) -> Html {
    let TablesProps { store, params, subject, palette, about, chosen, onpick, .. } = props;
    let choices = TableKind::ALL.iter().map(|table| {
        let label = format!("{} {}", table.label(), units::count(subject.0.count(*table) as u64));
        (table.slug(), AttrValue::from(label))
    });
    let onchoose = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            let table = TableKind::from_slug(slug).unwrap_or(TableKind::Edges);
            set_params(&store, Nav::Replace, move |params| params.table = table);
        })
    };
    html! {
        <>
            <div class="pane-h edh">
                <Segments name="deptable" label="Table" choices={choices.collect::<Vec<_>>()} chosen={params.table.slug()} {onchoose} />
                <span class="cap cut">{ about.clone() }</span><span class="grow"></span>
                { props.children.clone() }
            </div>
            { for TableKind::ALL.iter().map(|table| {
                let is_seen = *table == params.table;
                let order = params.order_of(*table).cloned();
                html! {
                    <div key={table.slug()} class={if is_seen { "edt" } else { "vh" }}>
                        <OneTable store={store.clone()} table={*table} {is_seen} {order} subject={subject.clone()} palette={palette.clone()} is_stale={props.is_stale}
                            chosen={chosen.get(index_of(*table)).copied().flatten()} onpick={onpick.clone()} />
                    </div>
                }
            }) }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OneTableProps {
    store: Store,
    table: TableKind,
    is_seen: bool,
    order: Option<Order>,
    subject: SharedSubject,
    palette: Palette,
    is_stale: bool,
    chosen: Option<usize>,
    onpick: Callback<Option<Picked>>,
}

#[component]
fn OneTable(props: &OneTableProps) -> Html {
    let OneTableProps { store, table, is_seen, order, subject, palette, chosen, onpick, .. } = props;
    let (table, is_seen, chosen) = (*table, *is_seen, *chosen);
    let order = order.clone().unwrap_or_else(rows::default_order);
    let columns = use_memo((subject.clone(), table), |(subject, table)| subject.0.columns(*table));
    let shown = use_memo((subject.clone(), table, order.clone()), |(subject, table, order)| subject.0.order(*table, order));
    let most = *use_memo((subject.clone(), table), |(subject, table)| subject.0.most_calls(*table));
    // The row that the arrow keys are on.
    let active = use_state(|| None::<usize>);
    let at = (*active).or_else(|| chosen.and_then(|chosen| shown.iter().position(|row| *row == chosen)));
    let draw = {
        let key = (subject.clone(), columns.clone(), shown.clone(), palette.clone(), chosen, at);
        let onpick = onpick.clone();
        use_memo(key, move |(subject, columns, shown, palette, chosen, at)| {
            let (subject, columns, shown, palette, chosen, at) =
                (subject.clone(), columns.clone(), shown.clone(), palette.clone(), *chosen, *at);
            RowView::new(move |place, _| {
                let Some(row) = shown.get(place).copied() else { return Html::default() };
                let onclick = {
                    let (onpick, subject) = (onpick.clone(), subject.clone());
                    Callback::from(move |_: MouseEvent| onpick.emit(subject.0.picked(table, row)))
                };
                html! {
                    <tr key={row} id={row_id(table, row)} class={classes!((at == Some(place)).then_some("at"))} aria-selected={(chosen == Some(row)).to_string()} aria-rowindex={(place + 1).to_string()} {onclick}>
                        { for columns.iter().map(|column| cell(&subject.0, &palette, table, row, *column, most)) }
                    </tr>
                }
            })
        })
    };
    let onsort = {
        let (store, order) = (store.clone(), order.clone());
        Callback::from(move |column: Column| {
            let order = order.clone();
            set_params(&store, Nav::Replace, move |params| params.press_head(table, column.slug(), column.is_number(), Some(&order)));
        })
    };
    let head = html! {
        <tr>{ for columns.iter().map(|column| head_cell(*column, &order, is_seen, &onsort)) }</tr>
    };
    let label = format!("{}, by {}", table.label(), order.column);
    let onmove = {
        let active = active.setter();
        Callback::from(move |place: usize| active.set(Some(place)))
    };
    let onkey = {
        let (shown, subject, onpick) = (shown.clone(), subject.clone(), onpick.clone());
        Callback::from(move |event: KeyboardEvent| {
            let row = at.and_then(|at| shown.get(at).copied());
            match (event.key().as_str(), row) {
                ("Enter" | " ", Some(row)) => onpick.emit(subject.0.picked(table, row)),
                _ => return false,
            }
            true
        })
    };
    if !is_seen || shown.len() < VIRTUAL_FROM {
        let count = shown.len();
        let active_id = at.filter(|_| is_seen).and_then(|at| shown.get(at)).map(|row| row_id(table, *row));
        let onkeydown = {
            let shown = shown.clone();
            Callback::from(move |event: KeyboardEvent| {
                let is_own = event.target_dyn_into::<web_sys::Element>().is_some_and(|target| target.id() == TABLE_ID);
                if !is_own || event.ctrl_key() || event.alt_key() || event.meta_key() {
                    return;
                }
                let next = moved(event.key().as_str(), at, count);
                if let Some(next) = next {
                    onmove.emit(next);
                    if let Some(row) = shown.get(next) {
                        document::reveal(&row_id(table, *row));
                    }
                }
                if next.is_some() || onkey.emit(event.clone()) {
                    event.prevent_default();
                    event.stop_propagation();
                }
            })
        };

        let limit = if is_seen { VIRTUAL_FROM } else { UNSEEN_ROWS };
        return html! {
            <div class="scroll">
                <table id={is_seen.then_some(TABLE_ID)} class={classes!("tbl", "edges", props.is_stale.then_some("busy-old"))} role={is_seen.then_some("grid")} tabindex={is_seen.then_some("0")} aria-activedescendant={active_id} {onkeydown} data-testid={testid(table)} data-count={shown.len().to_string()} aria-label={label}>
                    <thead>{ head }</thead>
                    <tbody>{ for (0..shown.len().min(limit)).map(|place| draw.draw(place)) }</tbody>
                </table>
                if shown.is_empty() { <p class="none">{ nothing(table) }</p> }
            </div>
        };
    }
    let id_of = {
        let shown = shown.clone();
        Callback::from(move |place: usize| shown.get(place).map(|row| row_id(table, *row)).unwrap_or_default())
    };
    let colgroup = html! { <colgroup>{ for columns.iter().map(|column| html! { <col style={format!("width:{}px", column.width_px())} /> }) }</colgroup> };
    let width_px = columns.iter().map(|column| column.width_px()).sum::<u32>();
    html! {
        <VirtualTable id={TABLE_ID} role="grid" testid={testid(table)} class={classes!("edges", "fixed", props.is_stale.then_some("busy-old"))} {label} count={shown.len()} row_px={ROW_PX}
            min_width_px={width_px} {colgroup} {head} active={at} row_id={id_of} row={(*draw).clone()} {onmove} {onkey} />
    }
}

/// The row that a key leads to.
fn moved(key: &str, at: Option<usize>, count: usize) -> Option<usize> {
    const PAGE: usize = 8;
    let last = count.checked_sub(1)?;
    let here = at.unwrap_or(0);
    let next = match key {
        "ArrowDown" => at.map_or(0, |at| at + 1),
        "ArrowUp" => here.saturating_sub(1),
        "Home" => 0,
        "End" => last,
        "PageDown" => here + PAGE,
        "PageUp" => here.saturating_sub(PAGE),
        _ => return None,
    };
    Some(next.min(last))
}

fn row_id(table: TableKind, row: usize) -> String {
    format!("dep-{}-{row}", table.slug())
}

fn nothing(table: TableKind) -> &'static str {
    match table {
        TableKind::Edges => "No calls between them.",
        TableKind::Nodes => "No nodes.",
        TableKind::Cycles => "Nothing goes round in circles here.",
    }
}

fn head_cell(column: Column, order: &Order, is_seen: bool, onsort: &Callback<Column>) -> Html {
    let sorted = (order.column == column.slug()).then_some(if order.is_descending { "descending" } else { "ascending" });
    let onclick = onsort.reform(move |_: MouseEvent| column);
    html! {
        <th scope="col" class={classes!(column.is_number().then_some("num"))} data-col={column.slug()} aria-sort={sorted}>
            if column.is_sortable() && is_seen {
                <button type="button" {onclick}>{ column.label() }if let Some(way) = sorted { <Icon name={if way == "descending" { "sortdesc" } else { "up" }} /> }</button>
            } else {
                { column.label() }
            }
        </th>
    }
}

fn cell(subject: &Subject, palette: &Palette, table: TableKind, row: usize, column: Column, most: u64) -> Html {
    let value = subject.value(table, row, column);
    let (printed, shown) = (value.print(), value.show());
    let node = match (table, column) {
        (TableKind::Edges, Column::Source) => subject.graph.edges.get(row).map(|edge| edge.source),
        (TableKind::Edges, Column::Target) => subject.graph.edges.get(row).map(|edge| edge.target),
        (TableKind::Nodes, Column::Name) => Some(row),
        _ => None,
    };
    let content = match (column, &value) {
        _ if node.is_some() => node.map(|node| palette.named_at(&subject.graph, node)).unwrap_or_default(),
        (Column::Calls, Value::Count(calls)) => {
            let style = format!("--w:{:.4}", super::super::drawn::ratio(*calls, most));
            html! { <><i class="c0" {style}></i><span>{ shown }</span></> }
        }
        (Column::Errors, Value::Count(0)) | (_, Value::None) => html! { <span class="dim">{ shown }</span> },
        (Column::Errors, _) => html! { <span class="err">{ shown }</span> },
        (Column::ErrorPct, _) => match subject.rate_step(table, row) {
            0 => html! { <span class="dim">{ shown }</span> },
            step => html! { <span class={format!("rt r{step}")}>{ shown }</span> },
        },
        (Column::Mark, _) => html! { <span class="badge a"><Icon name="cycle" />{ shown }</span> },
        _ => html! { { shown } },
    };
    let content = if column == Column::Mark && value == Value::None { Html::default() } else { content };
    let is_first = matches!(column, Column::Source | Column::Name | Column::Members);
    let class = classes!(column.is_number().then_some("num"), (column == Column::Calls).then_some("selfc"));
    match is_first {
        true => html! { <th scope="row" data-col={column.slug()} data-value={printed}>{ content }</th> },
        false => html! { <td {class} data-col={column.slug()} data-value={printed}>{ content }</td> },
    }
}
