//! The spans of the trace as a table of any length, sorted by any column.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        frames,
        model::TraceModel,
        tables::{self, Column, Sort},
    },
    Choice,
    list::slot_class,
    row,
};
use crate::{
    browser::document,
    core::{
        colour::{Kind, Slots},
        span_set::SpanSet,
        units,
    },
    state::{
        session::Session,
        store::{Nav, Store, go},
    },
    ui::{
        icon::Icon,
        virtual_list::{RowView, VirtualList},
    },
};

/// The mode's own key in the address.
const SORT: &str = "ssort";
/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 24;
const COLUMNS: [(Column, &str); 9] = [
    (Column::Name, "Name"),
    (Column::Service, "Service"),
    (Column::Agent, "Agent"),
    (Column::Start, "Start"),
    (Column::Total, "Duration"),
    (Column::Own, "Own"),
    (Column::Share, "Share"),
    (Column::Status, "Status"),
    (Column::Depth, "Depth"),
];

/// In the place of a time that the file does not have.
const NONE: &str = "–";

#[derive(Properties, PartialEq)]
pub struct SpanTableProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    /// Only these have lines.
    pub only: Option<Rc<SpanSet>>,
    pub chosen: Option<u32>,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn SpanTable(props: &SpanTableProps) -> Html {
    let SpanTableProps { session, store, model, only, chosen, agent_slots, onchoose } = props;
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let columns = COLUMNS.map(|(column, _)| column);
    let sort = store.url.params.get(SORT).and_then(|text| Sort::read(text, &columns));
    let sort = sort.unwrap_or(Sort { column: Column::Start, descending: false });
    let order = use_memo((model.clone(), sort, only.clone()), |(model, sort, only)| {
        let mut order = tables::span_order(model, *sort);
        order.retain(|span| only.as_ref().is_none_or(|only| only.contains(*span)));
        order
    });
    let work_ns = *use_memo(model.clone(), |model| frames::work_ns(model));
    let active = {
        let (order, chosen) = (order.clone(), *chosen);
        *use_memo((Rc::as_ptr(&order) as usize, chosen), move |_| chosen.and_then(|chosen| order.iter().position(|span| *span == chosen)))
    };
    let press = {
        let store = store.clone();
        Callback::from(move |column: Column| {
            let next = sort.pressed(column).print();
            go(&store, Nav::Replace, move |url| drop(url.params.insert(SORT.to_owned(), next)));
        })
    };
    let row = {
        let (session, slots, onchoose, order) = (session.clone(), agent_slots.clone(), onchoose.clone(), order.clone());
        use_memo(
            (model.clone(), Rc::as_ptr(&order) as usize, *chosen, slots.clone(), onchoose.clone()),
            move |(model, _, chosen, slots, _)| {
                let (model, chosen, slots) = (model.clone(), *chosen, slots.clone());
                RowView::new(move |index, style| {
                    let Some(span) = order.get(index).copied() else { return Html::default() };
                    html! {
                        <SpanLine key={span} session={session.clone()} model={model.clone()} slots={slots.clone()} {index} {span} {work_ns} selected={chosen == Some(span)} {style} onchoose={onchoose.clone()} />
                    }
                })
            },
        )
    };
    let row_id = {
        let order = order.clone();
        Callback::from(move |index: usize| order.get(index).map(|span| format!("span-line-{span}")).unwrap_or_default())
    };
    let onmove = {
        let (order, onchoose) = (order.clone(), onchoose.clone());
        Callback::from(move |index: usize| {
            if let Some(span) = order.get(index) {
                onchoose.emit((*span, false));
            }
        })
    };
    html! {
        <div class="spanv">
            <div class="sp-h" role="table" aria-label="Columns of the spans"><div role="row" class="sp-row">
                { for COLUMNS.iter().map(|(column, label)| {
                    let column = *column;
                    html! {
                        <span role="columnheader" class={class_of(column)} aria-sort={sort.aria(column)} data-col={column.slug()}>
                            <button type="button" onclick={press.reform(move |_: MouseEvent| column)}>{ *label }
                                if sort.column == column { <Icon name={if sort.descending { "sortdesc" } else { "up" }} class="xs" /> }
                            </button>
                        </span>
                    }
                }) }
            </div></div>
            <VirtualList id="trace-spans" role="grid" testid="trace-spans" class="sp-rows" label={format!("{} of this trace", units::counted(order.len() as u64, "span"))}
                count={order.len()} row_px={*row_px} {active} {row_id} row={(*row).clone()} {onmove} />
        </div>
    }
}

/// Amounts stand right; the rest has a class for the widths of small pages.
fn class_of(column: Column) -> Classes {
    let amount = matches!(column, Column::Start | Column::Total | Column::Own | Column::Share | Column::Depth);
    classes!(format!("sp-{}", column.slug()), amount.then_some("num"))
}

#[derive(Properties, PartialEq)]
struct SpanLineProps {
    session: Rc<Session>,
    model: Rc<TraceModel>,
    slots: Rc<Slots>,
    index: usize,
    span: u32,
    /// Own time of the whole trace, ns.
    work_ns: i64,
    selected: bool,
    style: AttrValue,
    onchoose: Callback<Choice>,
}

#[component]
fn SpanLine(props: &SpanLineProps) -> Html {
    let SpanLineProps { session, model, slots, index, work_ns, selected, .. } = props;
    let number = props.span;
    let Some(span) = model.span(number) else { return Html::default() };
    let onclick = props.onchoose.reform(move |_: MouseEvent| (number, true));
    let (duration_ns, own_ns) = (span.duration_ns(), model.self_ns(number));
    let trace_start_ns = model.tree.start_ns;
    let depth = model.tree.depth.get(number as usize).copied().unwrap_or(0);
    let cell = |column: Column, value: String, title: Option<String>, content: Html| {
        html! { <span role="gridcell" class={class_of(column)} data-col={column.slug()} data-value={value} {title}>{ content }</span> }
    };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let status = if span.is_error { "error" } else { "ok" };
    html! {
        <div role="row" id={format!("span-line-{number}")} class={classes!("sp-row", row::span_class(session, &span))} aria-selected={selected.to_string()} aria-rowindex={(index + 1).to_string()}
            data-span-id={span.span_id.to_owned()} style={props.style.clone()} {onclick}>
            { cell(Column::Name, text(Some(span.name)), None, html! { <><i class="sw"></i>{ row::name(span.name, span.service, span.operation) }</> }) }
            { cell(Column::Service, text(span.service), Some(text(span.service)), html! { { text(span.service) } }) }
            { cell(Column::Agent, text(span.agent), Some(text(span.agent)), html! {
                if let Some(agent) = span.agent { <span class={classes!("ag", "bare", slot_class(slots, Kind::Agent, agent))}><i></i><span>{ agent }</span></span> }
            }) }
            { cell(Column::Start, span.start_ns.to_string(), Some(units::moment_full(span.start_ns, trace_start_ns)), html! { { if span.lacks_time { NONE.to_owned() } else { units::moment(span.start_ns, trace_start_ns) } } }) }
            { cell(Column::Total, duration_ns.to_string(), Some(units::duration_full(duration_ns)), html! { { if span.lacks_time { NONE.to_owned() } else { units::duration(duration_ns) } } }) }
            { cell(Column::Own, own_ns.to_string(), Some(units::duration_full(own_ns)), html! { { units::duration(own_ns) } }) }
            if span.is_waiting() {
                { cell(Column::Share, "0".to_owned(), Some("It waits for agents: its own time is not counted as work".to_owned()), html! { <span class="dim">{ "waits" }</span> }) }
            } else {
                { cell(Column::Share, frames::percent(own_ns, *work_ns).to_string(), None, html! { { units::percent(own_ns.unsigned_abs(), work_ns.unsigned_abs()) } }) }
            }
            { cell(Column::Status, status.to_owned(), None, html! {
                if span.is_error { <span class="err sp-err"><Icon name="err" class="s err" />{ "Error" }</span> } else { <span class="dim">{ "Ok" }</span> }
            }) }
            { cell(Column::Depth, depth.to_string(), None, html! { { units::count(u64::from(depth)) } }) }
        </div>
    }
}
