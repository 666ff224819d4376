//! One group as a row of the table.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        groups::{
            columns::Column,
            figures::Figures,
            model::{NO_VALUE, Row},
            trend::{HEIGHT, Line, WIDTH},
        },
        params::{GroupKey, GroupValue},
    },
    data::{OwnTime, TableData},
    focus_table,
    names::{Colours, named},
};
use crate::ui::icon::Icon;

/// The id of a row's element.
pub fn row_element_id(row: Row) -> String {
    match row.child {
        Some(child) => format!("stat-{}-{child}", row.group),
        None => format!("stat-{}", row.group),
    }
}

#[derive(Properties, PartialEq)]
pub struct GroupRowProps {
    pub data: TableData,
    pub index: usize,
    pub row: Row,
    pub columns: Rc<Vec<Column>>,
    pub line: Option<Rc<Line>>,
    pub colours: Colours,
    pub own: OwnTime,
    /// Groups have a second level.
    pub has_second: bool,
    pub is_chosen: bool,
    pub is_active: bool,
    pub onchoose: Callback<Option<GroupKey>>,
    pub ontoggle: Callback<(GroupValue, bool)>,
}

#[component]
pub fn GroupRow(props: &GroupRowProps) -> Html {
    let GroupRowProps { data, index, row, columns, colours, .. } = props;
    let row = *row;
    let grouping = &data.grouping;
    let (group, dimension) = match row.child {
        Some(child) => (data.children.get(child), grouping.second.as_ref().unwrap_or(&grouping.first)),
        None => (data.groups.get(row.group), &grouping.first),
    };
    let (Some(group), Some(key)) = (group, data.rows.key(*index, &data.groups, &data.children)) else { return Html::default() };
    let figures = &group.figures;
    let mark = colours.class(dimension, group.value.as_deref(), group.service.as_deref());
    let can_open = props.has_second && row.child.is_none();
    let onclick = {
        let (onchoose, key) = (props.onchoose.clone(), key.clone());
        Callback::from(move |_: MouseEvent| {
            onchoose.emit(Some(key.clone()));
            focus_table();
        })
    };
    let ontoggle = {
        let (ontoggle, value) = (props.ontoggle.clone(), key.first.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            ontoggle.emit((value.clone(), !row.is_open));
            focus_table();
        })
    };
    let below = grouping.second.as_ref().map(|second| second.label().to_lowercase()).unwrap_or_default();
    html! {
        <tr id={row_element_id(row)} class={classes!(row.child.map(|_| "subrow"), props.is_active.then_some("at"))} aria-level={if row.child.is_some() { "2" } else { "1" }} aria-rowindex={(index + 1).to_string()}
            aria-posinset={row.place.to_string()} aria-setsize={row.of.to_string()} aria-expanded={can_open.then(|| row.is_open.to_string())} aria-selected={props.is_chosen.to_string()}
            data-group={group.label().to_owned()} data-parent={row.child.map(|_| key.first.clone().unwrap_or_else(|| NO_VALUE.to_owned()))} {onclick}>
            <th scope="row" data-col="name" data-value={group.value.as_deref().unwrap_or_default().to_owned()}>
                <div class="gname">
                    if can_open {
                        <button type="button" class="tw" tabindex="-1" aria-label={format!("{} by {below}", if row.is_open { "Close" } else { "Open" })} onclick={ontoggle}><Icon name={if row.is_open { "down" } else { "right" }} class="xs" /></button>
                    } else {
                        <span class="tw"></span>
                    }
                    { named(dimension, group.value.as_deref(), group.service.as_deref(), mark.as_ref()) }
                    if row.is_waiting { <span class="busy late"><i class="spin"></i></span> }
                </div>
            </th>
            { for columns.iter().map(|column| cell(props, *column, figures, mark.as_ref().map(|(colour, _)| colour.clone()))) }
        </tr>
    }
}

fn cell(props: &GroupRowProps, column: Column, figures: &Figures, colour: Option<Classes>) -> Html {
    let value = figures.get(column).map(|figure| figure.print()).unwrap_or_default();
    let heat = props.data.rows.heat.filter(|heat| heat.column == column).map(|heat| format!("h{}", heat.step(figures)));
    let (shown, title) = (figures.show(column), figures.show_full(column));
    let content = match column {
        Column::Trend => {
            let line = props.line.as_deref();
            return html! {
                <td data-col={column.slug()} data-value={line.map(|line| line.value.clone())} title={line.map(|line| line.words.clone())}>
                    if let Some(line) = line { { sparkline(line) } }
                </td>
            };
        }
        Column::Own => {
            let missing = matches!(props.own, OwnTime::Working(_)) && figures.own_ms.is_none();
            return html! {
                <td class={classes!("num", "selfc", heat)} data-col={column.slug()} data-value={value} title={if missing { Some("Own time is being worked out".to_owned()) } else { title }}>
                    <i class={colour.unwrap_or_else(|| classes!("c0"))} style={format!("--w:{:.4}", props.data.rows.own_bar(figures))}></i><span class={missing.then_some("dim")}>{ if missing { "…".to_owned() } else { shown } }</span>
                </td>
            };
        }
        Column::Errors if figures.errors > 0 => html! { <span class="err">{ shown }</span> },
        Column::Errors => html! { <span class="dim">{ shown }</span> },
        Column::ErrorPct => match figures.error_rate_step() {
            0 => html! { <span class="dim">{ shown }</span> },
            step => html! { <span class={format!("rt r{step}")}>{ shown }</span> },
        },
        _ => html! { { shown } },
    };
    let title = if figures.get(column).is_none() { Some(missing_because(column, figures).to_owned()) } else { title };
    html! { <td class={classes!("num", heat)} data-col={column.slug()} data-value={value} {title}>{ content }</td> }
}

fn missing_because(column: Column, figures: &Figures) -> &'static str {
    match column {
        Column::Stddev if figures.count == 1 => "One span has no deviation",
        _ => "The spans of the group have no time",
    }
}

fn sparkline(line: &Line) -> Html {
    html! {
        <svg class="sp" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} role="img" aria-label={line.words.clone()}>
            <polyline points={line.points.clone()} />
            { for line.failed.iter().map(|(x, y)| html! { <circle cx={x.to_string()} cy={y.to_string()} r="2" class="spe" /> }) }
        </svg>
    }
}
