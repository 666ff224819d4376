//! Own time by frame: a table of the trace's names.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    super::{
        frames::{self, FrameName, FrameNames},
        model::{SpanRow, TraceModel},
        tables::{self, Column, Sort},
    },
    Choice, row,
};
use crate::{
    core::{flame::NameSum, span_set::SpanSet, units},
    state::{
        session::Session,
        store::{Nav, Store, go},
    },
    ui::icon::Icon,
};

const SORT: &str = "fsort";
const COLUMNS: [(Column, &str); 5] =
    [(Column::Name, "Frame"), (Column::Count, "Count"), (Column::Total, "Total"), (Column::Own, "Own"), (Column::Share, "Share")];
/// Rows that are in the document before the reader asks for more.
const ROWS_AT_FIRST: usize = 100;
const ROWS_MORE: usize = 500;

#[derive(Properties, PartialEq)]
pub struct FrameTableProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    pub hidden: Option<Rc<SpanSet>>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn FrameTable(props: &FrameTableProps) -> Html {
    let FrameTableProps { session, store, model, hidden, onchoose } = props;
    let columns = COLUMNS.map(|(column, _)| column);
    let sort = store.url.params.get(SORT).and_then(|text| Sort::read(text, &columns));
    let sort = sort.unwrap_or(Sort { column: Column::Own, descending: true });
    let sums = use_memo((model.clone(), hidden.clone()), |(model, hidden)| {
        let names = FrameNames::new(&[(model, hidden.as_deref())], false);
        let sums = frames::by_name(model, &names);
        (names, sums, frames::work_ns(model))
    });
    let rows = use_memo((Rc::as_ptr(&sums) as usize, sort), {
        let sums = sums.clone();
        move |(_, sort)| tables::name_order(&sums.0, &sums.1, *sort)
    });
    let shown = use_state(|| (String::new(), ROWS_AT_FIRST));
    let limit = if shown.0 == model.trace_id { shown.1 } else { ROWS_AT_FIRST };
    let press = {
        let store = store.clone();
        Callback::from(move |column: Column| {
            let next = sort.pressed(column).print();
            go(&store, Nav::Replace, move |url| drop(url.params.insert(SORT.to_owned(), next)));
        })
    };
    let more = {
        let (shown, trace_id) = (shown.setter(), model.trace_id.clone());
        Callback::from(move |_: MouseEvent| shown.set((trace_id.clone(), limit.saturating_add(ROWS_MORE))))
    };
    let (names, _, work_ns) = &*sums;
    let left_out = hidden.as_ref().map_or(0, |hidden| hidden.len());
    let caption = units::counted(model.facts.spans.saturating_sub(left_out) as u64, "span");
    let caption = if left_out > 0 { format!("{caption}, {} left out", units::counted(left_out as u64, "hook")) } else { caption };
    let largest_ns = rows.iter().map(|row| row.own_ns).max().unwrap_or(0);
    html! {
        <>
        <div class="pane-h"><h2>{ "Own time by frame" }</h2><span class="cap" data-testid="flame-spans">{ caption }</span></div>
        <div class="scroll fl-scroll" tabindex="0" role="region" aria-label="Own time by frame"><table class="tbl" data-testid="flame-table" data-count={rows.len().to_string()}>
            <thead><tr>
                { for COLUMNS.iter().map(|(column, label)| {
                    let (column, num) = (*column, *column != Column::Name);
                    html! {
                        <th scope="col" class={num.then_some("num")} aria-sort={sort.aria(column)} data-col={column.slug()}>
                            <button type="button" onclick={press.reform(move |_: MouseEvent| column)}>{ *label }
                                if sort.column == column { <Icon name={if sort.descending { "sortdesc" } else { "up" }} /> }
                            </button>
                        </th>
                    }
                }) }
                <th class="fl-bar"><span class="vh">{ "Share as a bar" }</span></th>
            </tr></thead>
            <tbody>
                { for rows.iter().take(limit).map(|sum| {
                    let name = names.get(sum.key);
                    line(session, sum, name, *work_ns, largest_ns, onchoose)
                }) }
            </tbody>
        </table>
        if rows.len() > limit {
            <p class="fl-more"><button type="button" class="btn sm" onclick={more}>{ format!("Show more of {} frames", units::count(rows.len() as u64)) }</button></p>
        }
        </div>
        </>
    }
}

fn line(session: &Session, sum: &NameSum, name: Option<&FrameName>, work_ns: i64, largest_ns: i64, onchoose: &Callback<Choice>) -> Html {
    let Some(name) = name else { return Html::default() };
    let span = sum.slowest;
    let onclick = onchoose.reform(move |_: MouseEvent| (span, true));
    let class = classes!(row::span_class(session, &as_row(name)));
    let bar = format!("width:{:.2}%", frames::percent(sum.own_ns, largest_ns));
    html! {
        <tr key={sum.key} {class}>
            <td data-col="name" data-value={name.name.clone()}><button type="button" class="fl-name" title={format!("{}: go to the longest", name.name)} {onclick}><i class="sw"></i>{ row::name(&name.name, name.service.as_deref(), name.operation.as_deref()) }</button></td>
            <td class="num" data-col="count" data-value={sum.count.to_string()}>
                if sum.errors > 0 { <span class="err fl-err" title={units::counted(sum.errors, "error")}><Icon name="err" class="xs err" />{ units::count_short(sum.errors) }</span> }
                { units::count(sum.count) }
            </td>
            <td class="num" data-col="total" data-value={sum.total_ns.to_string()} title={units::duration_full(sum.total_ns)}>{ units::duration(sum.total_ns) }</td>
            <td class="num" data-col="own" data-value={sum.own_ns.to_string()} title={units::duration_full(sum.own_ns)}>{ units::duration(sum.own_ns) }</td>
            <td class="num" data-col="share" data-value={frames::percent(sum.own_ns, work_ns).to_string()}>{ units::percent(sum.own_ns.unsigned_abs(), work_ns.unsigned_abs()) }</td>
            <td class="fl-bar" aria-hidden="true"><div class="mbar"><i style={bar}></i></div></td>
        </tr>
    }
}

/// As much of a span as its colour depends on.
pub fn as_row(name: &FrameName) -> SpanRow<'_> {
    SpanRow {
        span_id: "",
        name: &name.name,
        service: name.service.as_deref(),
        operation: name.operation.as_deref(),
        agent: name.agent.as_deref(),
        start_ns: 0,
        end_ns: 0,
        is_error: false,
        lacks_time: false,
        is_workflow: name.is_workflow,
        kind: None,
        status: None,
        trace_id: None,
    }
}
