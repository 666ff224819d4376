//! One row of the grid, drawn once and left alone while it stays in view.

use std::rc::Rc;

use yew::prelude::*;

use super::head::cell_id;
use crate::{
    engine::result::{CellKind, ResultColumn},
    modes::sql::{
        results::{
            cell,
            links::{IdColumns, Target},
            result_set::{ResultSet, Value},
        },
        runs::run::Run,
    },
    state::{links::timeline_address, url::UrlState},
};

/// A value in the document is cut at so many bytes; the inspector has all of it.
const VALUE_BYTES: usize = 100_000;

/// What all rows share.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub columns: Vec<ResultColumn>,
    pub ids: IdColumns,
    /// Links lead from here.
    pub url: UrlState,
}

#[derive(Properties)]
pub struct GridRowProps {
    pub run: Rc<Run>,
    /// Among the rows shown.
    pub place: usize,
    /// Of the result.
    pub row: usize,
    /// Columns in view.
    pub first: usize,
    pub end: usize,
    pub look: Rc<Look>,
    /// The active cell's column, if it is in this row.
    pub active: Option<usize>,
}

impl PartialEq for GridRowProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.run, &other.run)
            && Rc::ptr_eq(&self.look, &other.look)
            && (self.place, self.row, self.first, self.end, self.active) == (other.place, other.row, other.first, other.end, other.active)
    }
}

#[component]
pub fn GridRow(props: &GridRowProps) -> Html {
    let GridRowProps { run, place, row, first, end, look, active } = props;
    let set = run.result.borrow();
    html! {
        <tr aria-rowindex={(place + 1).to_string()} class={active.map(|_| "act")}>
            <td class="rn" role="rowheader">{ row + 1 }</td>
            if *first > 0 { <td class="sqr-side"></td> }
            { for (*first..*end).map(|column| draw(&set, look, (*place, *row, column), *active == Some(column))) }
            if *end < look.columns.len() { <td class="sqr-side"></td> }
        </tr>
    }
}

fn draw(set: &ResultSet, look: &Look, (place, row, column): (usize, usize, usize), is_active: bool) -> Html {
    let Some(known) = look.columns.get(column) else { return Html::default() };
    let value = set.value(column, row);
    let (shown, full) = match value {
        Some(value) => (cell::shown(known.kind, value).into_owned(), Some(cut(cell::text(known.kind, value)))),
        None => (cell::NULL.to_owned(), None),
    };
    // A list or an object, also where its type is text only.
    let is_json = match (known.kind, value) {
        (CellKind::Json, Some(_)) => true,
        (CellKind::Text, Some(Value::Text(text))) => text.starts_with(['{', '[']),
        _ => false,
    };
    let class = match (known.kind, value) {
        (_, None) => "null",
        _ if is_json => "json",
        (CellKind::Blob | CellKind::Word, _) => "mono",
        (kind, _) if cell::is_number(kind) => "num",
        _ => "",
    };
    let linked = value.and_then(|_| look.ids.target(set, column, row));
    let inner = match linked {
        None => html! { { shown } },
        Some(Target::Trace(id)) => {
            html! { <a class="mono" href={timeline_address(&look.url, &id, "")} title="Open in the Timeline" tabindex="-1">{ shown }</a> }
        }
        Some(Target::Span { trace_id, span_id }) => {
            html! { <a class="mono" href={timeline_address(&look.url, &trace_id, &span_id)} title="Open in the Timeline" tabindex="-1">{ shown }</a> }
        }
        Some(Target::SpanAlone(id)) => {
            html! { <button type="button" class="sqr-lk mono" data-span={id} title="Find its trace and open it in the Timeline" tabindex="-1">{ shown }</button> }
        }
    };
    html! {
        <td key={column} id={cell_id(place, column)} role="gridcell" aria-colindex={(column + 1).to_string()} aria-selected={is_active.then_some("true")} class={classes!(class, is_active.then_some("cur"))}
            data-col={known.name.clone()} data-c={column.to_string()} data-r={place.to_string()} data-null={value.is_none().then_some("true")} data-value={full} data-json={is_json.then_some("true")}>{ inner }</td>
    }
}

fn cut(mut text: String) -> String {
    if text.len() > VALUE_BYTES {
        let mut end = VALUE_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}
