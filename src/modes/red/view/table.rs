//! Groups with their figures as a table that can be put in order: a row a card, or a row an operation.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        columns::{Column, Direction},
        figures::{Group, Groups, Measure, error_step},
        sparks::Sparks,
    },
    cards::health_badge,
    data::{Cards, Same},
    names::{Colours, named},
    spark,
};
use crate::{
    browser::document,
    state::dimension::{Dimension, GroupValue},
    ui::{icon::Icon, virtual_list::RowView, virtual_table::VirtualTable},
};

/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 27;
/// Rows of the table that is only heard.
const HEARD: usize = 200;

#[derive(Properties, PartialEq)]
pub struct FigureTableProps {
    pub id: &'static str,
    pub testid: &'static str,
    pub dimension: Dimension,
    pub columns: Vec<Column>,
    pub groups: Same<Groups>,
    pub order: Rc<Vec<u32>>,
    pub measure: Measure,
    pub sort: Option<(Column, Direction)>,
    pub sparks: Same<Sparks>,
    pub colours: Colours,
    pub chosen: Option<GroupValue>,
    pub is_stale: bool,
    /// What own time waits for.
    pub waits: Option<String>,
    pub onchoose: Callback<GroupValue>,
    pub onsort: Callback<Column>,
}

#[component]
pub fn FigureTable(props: &FigureTableProps) -> Html {
    let FigureTableProps { id, testid, dimension, columns, groups, order, measure, sort, .. } = props;
    let row_px = *use_memo((), |()| document::token_px("--stat-row", ROW_PX));
    let active = use_state(|| None::<u32>);
    let chosen = props
        .chosen
        .as_ref()
        .and_then(|value| groups.groups.iter().position(|group| group.is(value)))
        .and_then(|at| u32::try_from(at).ok());
    let place = (*active).or(chosen).and_then(|at| order.iter().position(|other| *other == at));
    let (id, testid) = (*id, *testid);
    let row = {
        let key = (
            (groups.clone(), order.clone(), *measure, columns.clone()),
            (props.sparks.clone(), props.colours.clone(), dimension.clone(), chosen, place, props.waits.clone()),
        );
        let (groups, order, columns, measure) = (groups.clone(), order.clone(), columns.clone(), *measure);
        let (sparks, colours, dimension, waits, onchoose) =
            (props.sparks.clone(), props.colours.clone(), dimension.clone(), props.waits.clone(), props.onchoose.clone());
        use_memo(key, move |_| {
            RowView::new(move |index, _| {
                let Some(at) = order.get(index).copied() else { return Html::default() };
                let Some(group) = groups.get(at) else { return Html::default() };
                let onclick = {
                    let (onchoose, value) = (onchoose.clone(), group.owned_value());
                    Callback::from(move |_: MouseEvent| onchoose.emit(value.clone()))
                };
                let mark = colours.class(&dimension, group.value.as_deref(), group.service.as_deref());
                let cells = columns.iter().skip(1).map(|column| {
                    let colour = mark.as_ref().map(|(colour, _)| colour.clone());
                    cell(group, *column, &measure, &sparks, colour, waits.as_deref())
                });
                html! {
                    <tr key={at} id={format!("{id}-{at}")} class={classes!((place == Some(index)).then_some("at"))} aria-rowindex={(index + 1).to_string()} aria-selected={(chosen == Some(at)).to_string()} data-group={group.label().into_owned()} {onclick}>
                        <th scope="row" data-col="name" data-value={group.owned_value().unwrap_or_default()}><div class="gname">{ named(&dimension, group.value.as_deref(), group.service.as_deref(), mark.as_ref()) }</div></th>
                        { for cells }
                    </tr>
                }
            })
        })
    };
    let row_id = {
        let order = order.clone();
        Callback::from(move |at: usize| order.get(at).map(|at| format!("{id}-{at}")).unwrap_or_default())
    };
    let onmove = {
        let (order, active) = (order.clone(), active.setter());
        Callback::from(move |at: usize| active.set(order.get(at).copied()))
    };
    let onkey = {
        let (groups, order, onchoose) = (groups.clone(), order.clone(), props.onchoose.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" | " " => {
                if let Some(group) = place.and_then(|place| order.get(place)).and_then(|at| groups.get(*at)) {
                    onchoose.emit(group.owned_value());
                }
                true
            }
            _ => false,
        })
    };
    let head = columns.iter().map(|column| {
        let (column, direction) = (*column, sort.filter(|(sorted, _)| sorted == column).map(|(_, direction)| direction));
        let onclick = props.onsort.reform(move |_: MouseEvent| column);
        let label = if column == Column::Name { dimension.label().to_owned() } else { column.label().to_owned() };
        html! {
            <th scope="col" class={column.is_number().then_some("num")} aria-sort={direction.map(Direction::word)} data-col={column.slug()}>
                if column.is_sortable() {
                    <button type="button" title={format!("{}. Press to sort", column.about())} {onclick}>{ label }
                        if let Some(direction) = direction { <Icon name={if direction == Direction::Descending { "sortdesc" } else { "up" }} class="xs" /> }
                    </button>
                } else {
                    <span title={column.about()}>{ label }</span>
                }
            </th>
        }
    });
    let head = html! { <tr>{ for head }</tr> };
    let colgroup = html! { <colgroup><col />{ for columns.iter().skip(1).map(|column| html! { <col style={format!("width:{}px", column.width_px())} /> }) }</colgroup> };
    let sorted = match sort {
        None => "what is worst first".to_owned(),
        Some((column, direction)) => format!("by {}, {}", column.label(), direction.word()),
    };
    let label = format!("{}, {sorted}", dimension.counted(order.len() as u64));
    html! {
        <VirtualTable {id} role="grid" {testid} class={classes!("stat", "ops", props.is_stale.then_some("busy-old"))} {label} count={order.len()} {row_px}
            min_width_px={columns.iter().map(|column| column.width_px()).sum::<u32>()} {colgroup} {head} active={place} {row_id} row={(*row).clone()} {onmove} {onkey} />
    }
}

fn cell(group: &Group, column: Column, measure: &Measure, sparks: &Sparks, colour: Option<Classes>, waits: Option<&str>) -> Html {
    let figures = &group.figures;
    let spark = sparks.get(&group.value).map(|spark| &**spark);
    let value = figures.print(column, measure);
    let shown = figures.show(column, measure);
    let title = figures.about(column, measure);
    match column {
        Column::Calls => {
            html! { <td data-col={column.slug()} data-value={spark.map(|spark| spark.calls.clone())} title={spark.map(|spark| spark.words.clone())}>if let Some(spark) = spark { { spark::bars(spark) } }</td> }
        }
        Column::Line => {
            html! { <td data-col={column.slug()} data-value={spark.map(|spark| spark.p95.clone())} title={spark.map(|spark| spark.words.clone())}>if let Some(spark) = spark { { spark::line(spark) } }</td> }
        }
        Column::Health => html! { <td data-col={column.slug()} data-value={value}>{ health_badge(figures.health(measure.limits)) }</td> },
        Column::Impact => {
            let is_missing = figures.own_ms.is_none() && waits.is_some();
            html! {
                <td class="num selfc" data-col={column.slug()} data-value={value} title={if is_missing { waits.map(str::to_owned) } else { title }}>
                    <i class={colour.unwrap_or_else(|| classes!("c0"))} style={format!("--w:{:.4}", figures.get(column, measure).unwrap_or(0.0))}></i><span class={is_missing.then_some("dim")}>{ if is_missing { "…".to_owned() } else { shown } }</span>
                </td>
            }
        }
        Column::ErrorPct | Column::Errors => {
            let content = match error_step(figures.errors, figures.count) {
                0 => html! { <span class="dim">{ shown }</span> },
                step if column == Column::ErrorPct => html! { <span class={format!("rt r{step}")}>{ shown }</span> },
                _ => html! { <span class="err">{ shown }</span> },
            };
            html! { <td class="num" data-col={column.slug()} data-value={value} {title}>{ content }</td> }
        }
        _ => html! { <td class="num" data-col={column.slug()} data-value={value} {title}>{ shown }</td> },
    }
}

#[derive(Properties, PartialEq)]
pub struct HiddenTableProps {
    pub testid: &'static str,
    pub caption: String,
    pub name: String,
    pub cards: Cards,
}

/// The figures of the cards for those who hear the page, and for machines; the first rows of many.
#[component]
pub fn HiddenTable(props: &HiddenTableProps) -> Html {
    let Cards { groups, order, measure, .. } = &props.cards;
    let columns = || Column::OF_GROUPS.into_iter().filter(|column| !matches!(column, Column::Name | Column::Calls));
    html! {
        <div class="vh">
            <table data-testid={props.testid} data-count={order.len().to_string()}>
                <caption>{ props.caption.clone() }</caption>
                <thead><tr><th scope="col" data-col="name">{ props.name.clone() }</th>{ for columns().map(|column| html! { <th scope="col" data-col={column.slug()}>{ column.label() }</th> }) }</tr></thead>
                <tbody>
                    { for order.iter().take(HEARD).filter_map(|at| groups.get(*at)).map(|group| html! {
                        <tr data-group={group.label().into_owned()}><th scope="row" data-col="name" data-value={group.owned_value().unwrap_or_default()}>{ group.label().into_owned() }</th>
                            { for columns().map(|column| html! { <td data-col={column.slug()} data-value={group.figures.print(column, measure)}>{ group.figures.show(column, measure) }</td> }) }</tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
