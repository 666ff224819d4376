//! The table of groups: head, virtual rows, totals, and the keys within.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        groups::{
            columns::{self, Column, Direction},
            figures::Figures,
            model::{self, Row},
            widths::widths_px,
        },
        params::{GroupKey, GroupValue, StatisticsParams},
    },
    data::{Lines, OwnTime, TableData},
    head::{column_heads, filter_row},
    names::Colours,
    row::{GroupRow, row_element_id},
    set_params,
};
use crate::{
    browser::document,
    state::store::{Nav, Store},
    ui::{virtual_list::RowView, virtual_table::VirtualTable},
};

/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 27;

#[derive(Properties, PartialEq)]
pub struct GroupTableProps {
    pub store: Store,
    pub params: StatisticsParams,
    pub data: TableData,
    pub sort: Rc<Vec<(Column, Direction)>>,
    pub totals: Rc<Figures>,
    /// Why percentiles of the total are missing.
    pub no_totals: Option<&'static str>,
    pub own: OwnTime,
    pub lines: Lines,
    pub colours: Colours,
    pub is_stale: bool,
    pub active: Option<GroupKey>,
    pub onactive: Callback<GroupKey>,
    pub onchoose: Callback<Option<GroupKey>>,
    /// Opens a group or closes it.
    pub ontoggle: Callback<(GroupValue, bool)>,
    pub onview: Callback<(usize, usize)>,
}

#[component]
pub fn GroupTable(props: &GroupTableProps) -> Html {
    let GroupTableProps { store, params, data, sort, colours, own, .. } = props;
    let row_px = use_memo((), |()| document::token_px("--stat-row", ROW_PX));
    let shown_columns = use_memo(params.columns.clone(), |columns| columns.clone());
    let active = {
        let (data, active) = (data.clone(), props.active.clone());
        *use_memo((data.clone(), active.clone()), move |_| {
            active.as_ref().and_then(|key| data.rows.find(key, &data.groups, &data.children))
        })
    };
    let chosen = {
        let (data, chosen) = (data.clone(), params.chosen.clone());
        *use_memo((data.clone(), chosen.clone()), move |_| {
            // A group below a closed one is not marked in its place.
            chosen.as_ref().and_then(|key| {
                data.rows
                    .find(key, &data.groups, &data.children)
                    .filter(|at| data.rows.key(*at, &data.groups, &data.children).as_ref() == Some(key))
            })
        })
    };
    let row = {
        let key = (data.clone(), shown_columns.clone(), chosen, active, props.lines.clone(), colours.clone(), own.clone());
        let (onchoose, ontoggle, has_second) = (props.onchoose.clone(), props.ontoggle.clone(), params.second.is_some());
        use_memo((key, has_second), move |((data, columns, chosen, active, lines, colours, own), has_second)| {
            let (data, columns, chosen, active, lines, colours, own, has_second) =
                (data.clone(), columns.clone(), *chosen, *active, lines.clone(), colours.clone(), own.clone(), *has_second);
            RowView::new(move |index, _| {
                let Some(row) = data.rows.get(index) else { return Html::default() };
                let line = data.rows.key(index, &data.groups, &data.children).and_then(|key| lines.get(&key).cloned());
                html! {
                    <GroupRow key={row_element_id(row)} data={data.clone()} {index} {row} columns={columns.clone()} {line} colours={colours.clone()} own={own.clone()} {has_second}
                        is_chosen={chosen == Some(index)} is_active={active == Some(index)} onchoose={onchoose.clone()} ontoggle={ontoggle.clone()} />
                }
            })
        })
    };
    let row_id = {
        let rows = data.rows.clone();
        Callback::from(move |at: usize| rows.get(at).map(row_element_id).unwrap_or_default())
    };
    let onmove = {
        let (data, onactive) = (data.clone(), props.onactive.clone());
        Callback::from(move |at: usize| {
            if let Some(key) = data.rows.key(at, &data.groups, &data.children) {
                onactive.emit(key);
            }
        })
    };
    let onkey = {
        let (data, onactive, onchoose, ontoggle) = (data.clone(), props.onactive.clone(), props.onchoose.clone(), props.ontoggle.clone());
        let has_second = params.second.is_some();
        Callback::from(move |event: KeyboardEvent| {
            let here: Option<(Row, GroupKey)> =
                active.and_then(|at| Some((data.rows.get(at)?, data.rows.key(at, &data.groups, &data.children)?)));
            match (event.key().as_str(), here) {
                ("Enter" | " ", Some((_, key))) => onchoose.emit(Some(key)),
                ("ArrowRight", Some((row, key))) if has_second && row.child.is_none() && !row.is_open => ontoggle.emit((key.first, true)),
                ("ArrowRight", Some((row, _))) if row.is_open => {
                    let below = active.and_then(|at| data.rows.key(at.saturating_add(1), &data.groups, &data.children));
                    if let Some(key) = below.filter(|key| key.second.is_some()) {
                        onactive.emit(key);
                    }
                }
                ("ArrowLeft", Some((row, key))) if row.is_open => ontoggle.emit((key.first, false)),
                ("ArrowLeft", Some((row, key))) if row.child.is_some() => onactive.emit(GroupKey { second: None, ..key }),
                ("s" | "S", _) => {
                    // The sorted column may be one that is not shown.
                    document::focus("#statistics-table thead button");
                    document::focus("#statistics-table th[aria-sort] button");
                }
                _ => return false,
            }
            true
        })
    };
    let onsort = {
        let (store, sort, has_own) = (store.clone(), sort.clone(), data.groups.has_own);
        Callback::from(move |(column, is_added): (Column, bool)| {
            // What stands in for own time until it is known is turned round as own time.
            let present: Vec<(Column, Direction)> = sort.to_vec();
            set_params(&store, Nav::Replace, move |params| {
                let from = if params.sort.is_empty() || has_own { present } else { params.sort.clone() };
                params.sort = columns::pressed(&from, column, is_added);
            });
        })
    };
    let name = match &params.second {
        Some(second) => format!("{}, then {}", params.first.label(), second.label().to_lowercase()),
        None => params.first.label().to_owned(),
    };
    let widths = {
        let (data, totals) = (data.clone(), props.totals.clone());
        use_memo((shown_columns.clone(), data.clone(), totals.clone()), move |(columns, ..)| {
            let groups = data.groups.groups.iter().chain(&data.children.groups).map(|group| &group.figures);
            widths_px(columns, groups.chain([&*totals]))
        })
    };
    let colgroup = html! {
        <colgroup><col />{ for widths.iter().map(|width| html! { <col style={format!("width:{width}px")} /> }) }</colgroup>
    };
    let head = html! { <>{ column_heads(&name, &shown_columns, sort, own, &onsort) }{ filter_row(store, params, &shown_columns) }</> };
    let foot = foot(props);
    let label = model::caption(&data.groups, &data.rows, &params.first, sort);
    let width_px = widths.iter().sum::<u32>();
    html! {
        <VirtualTable id="statistics-table" role="treegrid" testid="statistics" class={classes!("stat", props.is_stale.then_some("busy-old"))} {label} count={data.rows.rows.len()} row_px={*row_px}
            min_width_px={width_px + Column::Name.width_px()} {colgroup} {head} {foot} {active} {row_id} row={(*row).clone()} {onmove} {onkey} onview={props.onview.clone()} />
    }
}

/// The totals of the groups that are shown.
fn foot(props: &GroupTableProps) -> Html {
    let GroupTableProps { params, data, totals, no_totals, own, .. } = props;
    let shown = model::counted(&data.groups, &data.rows.shown, &params.first);
    let cell = |column: Column| {
        if column == Column::Trend {
            return html! { <td data-col={column.slug()}></td> };
        }
        let figure = totals.get(column);
        let because = model::no_total_because(column).or(if figure.is_none() {
            if column == Column::Own && *own != OwnTime::Ready { Some("Own time is being worked out") } else { *no_totals }
        } else {
            None
        });
        html! {
            <td class={classes!("num", (column == Column::Errors && totals.errors > 0).then_some("err"), because.map(|_| "dim"))} data-col={column.slug()} data-value={figure.map(|figure| figure.print())}
                title={because.map(AttrValue::from).or_else(|| totals.show_full(column).map(AttrValue::from))}>{ totals.show(column) }</td>
        }
    };
    html! {
        <tr data-testid="statistics-totals"><th scope="row" data-col="name" title={shown.clone()}>{ shown }</th>{ for params.columns.iter().map(|column| cell(*column)) }</tr>
    }
}
