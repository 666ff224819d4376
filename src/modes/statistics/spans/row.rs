//! One row of the plain table. A row whose values are still asked for is blank, and after a moment shows that it waits.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::{
    super::groups::model::NO_VALUE,
    model::{Light, Rest},
    params::Column,
};
use crate::{
    core::{
        calendar,
        colour::{Kind, Slot},
        span_name::split_name,
        units,
    },
    state::{session::Session, url::UrlState},
    ui::icon::Icon,
};

/// The mode that shows a span among the others of its trace.
const TIMELINE: &str = "timeline";
const ERROR: &str = "ERROR";

/// A value of a window that is shared by its rows; the same one is the same, whatever it holds.
pub struct Piece<T>(pub Option<(Rc<Vec<T>>, usize)>);

impl<T> PartialEq for Piece<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some((one, at)), Some((other, other_at))) => Rc::ptr_eq(one, other) && at == other_at,
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T> Piece<T> {
    fn get(&self) -> Option<&T> {
        self.0.as_ref().and_then(|(list, at)| list.get(*at))
    }
}

/// The span in the Timeline, with everything else of the present address.
pub fn to_span(url: &UrlState, trace_id: &str, span_id: Option<&str>) -> UrlState {
    UrlState { mode: TIMELINE.to_owned(), trace: Some(trace_id.to_owned()), span: span_id.map(str::to_owned), ..url.clone() }
}

/// The id of a row's element.
pub fn row_id(row: usize) -> String {
    format!("span-row-{row}")
}

#[derive(Properties, PartialEq)]
pub struct SpanRowProps {
    pub session: Rc<Session>,
    pub url: Rc<UrlState>,
    /// Place in the order.
    pub row: usize,
    pub light: Piece<Light>,
    pub rest: Piece<Rest>,
    pub is_active: bool,
    /// Names of traces.
    pub roots: Rc<BTreeSet<String>>,
    pub style: AttrValue,
    /// The reader leaves for the span's trace.
    pub onopen: Callback<usize>,
}

#[component]
pub fn SpanRow(props: &SpanRowProps) -> Html {
    let SpanRowProps { session, url, row, .. } = props;
    let (id, rowindex, selected) = (row_id(*row), (row + 1).to_string(), props.is_active.to_string());
    let Some(light) = props.light.get() else {
        return html! {
            <div role="row" class="sr wait" {id} aria-rowindex={rowindex} aria-selected={selected} aria-busy="true" style={props.style.clone()}><span role="gridcell"></span></div>
        };
    };
    let rest = props.rest.get();
    let name = light.name.as_deref().unwrap_or("(no name)");
    let service = light.service.as_deref();
    let href = rest.and_then(|rest| rest.trace_id.as_deref().map(|trace| to_span(url, trace, rest.span_id.as_deref()).print()));
    let is_error = light.status.as_deref() == Some(ERROR);
    // As among the groups: what begins a trace has the colour of roots, unless its class says otherwise.
    let is_root = light.name.as_deref().is_some_and(|name| props.roots.contains(name) && split_name(name, service, None).class.is_none());
    let color = if is_root {
        Some(classes!("cr"))
    } else {
        service.map(|service| slot_class(session.service_slots.get(service), Kind::Service, service))
    };
    html! {
        <div role="row" class="sr" {id} aria-rowindex={rowindex} aria-selected={selected} data-span-id={rest.and_then(|rest| rest.span_id.as_deref()).map(str::to_owned)}
            title={title(light, rest)} style={props.style.clone()}>
            { cell(Column::Name, light.name.as_deref(), html! { <a tabindex="-1" {href} onclick={props.onopen.reform({ let row = *row; move |_: MouseEvent| row })}><i class={classes!("sw", color)}></i><span class="cut">{ name }</span></a> }) }
            { cell(Column::Service, service, text(Some(service.unwrap_or(NO_VALUE)))) }
            { cell(Column::Agent, rest.and_then(|rest| rest.agent.as_deref()), html! {
                if let Some(agent) = rest.and_then(|rest| rest.agent.as_deref()) {
                    <span class={classes!("ag", "bare", slot_class(None, Kind::Agent, agent))}><i></i><span>{ agent }</span></span>
                } else if rest.is_some_and(|rest| rest.knows_agent) {
                    <span class="dim">{ NO_VALUE }</span>
                }
            }) }
            { cell(Column::Start, light.start_ns.map(|ns| ns.to_string()).as_deref(), text(Some(&light.start_ns.map_or_else(|| units::MISSING.to_owned(), calendar::instant)))) }
            { cell(Column::Duration, light.duration_ms.as_deref(), text(Some(&duration(light.duration_ns)))) }
            { cell(Column::Own, rest.and_then(|rest| rest.self_ms.as_deref()), text(rest.filter(|rest| rest.knows_own).map(|rest| duration(rest.self_ns)).as_deref())) }
            { cell(Column::Status, light.status.as_deref(), html! {
                if is_error { <span class="err"><Icon name="err" class="s err" />{ "Error" }</span> } else { <span class="dim">{ status_word(light.status.as_deref()) }</span> }
            }) }
            { cell(Column::Trace, rest.and_then(|rest| rest.trace_id.as_deref()), html! { <code>{ rest.and_then(|rest| rest.trace_id.as_deref()).unwrap_or_default().chars().take(8).collect::<String>() }</code> }) }
        </div>
    }
}

fn cell(column: Column, value: Option<&str>, content: Html) -> Html {
    html! { <span role="gridcell" class={class_of(column)} data-col={column.slug()} data-value={value.unwrap_or_default().to_owned()}>{ content }</span> }
}

fn text(text: Option<&str>) -> Html {
    html! { { text.unwrap_or_default().to_owned() } }
}

/// Amounts stand right; the rest has a class for its width.
pub fn class_of(column: Column) -> Classes {
    classes!(format!("sr-{}", column.slug()), column.is_amount().then_some("num"))
}

fn duration(ns: Option<i64>) -> String {
    ns.map_or_else(|| units::MISSING.to_owned(), units::duration)
}

fn status_word(status: Option<&str>) -> &str {
    match status {
        Some("OK") => "Ok",
        Some("UNSET") | None => "Unset",
        Some(other) => other,
    }
}

/// What the cells cut or round.
fn title(light: &Light, rest: Option<&Rest>) -> String {
    let mut lines = vec![light.name.as_deref().unwrap_or("(no name)").to_owned()];
    lines.extend(light.service.as_deref().map(|service| format!("Service {service}")));
    lines.extend(light.start_ns.map(|ns| format!("Start {}", calendar::instant_full(ns))));
    lines.extend(light.duration_ns.map(|ns| format!("Duration {}", units::duration_full(ns))));
    lines.extend(rest.and_then(|rest| rest.self_ns).map(|ns| format!("Own time {}", units::duration_full(ns))));
    lines.extend(rest.and_then(|rest| rest.trace_id.as_deref()).map(|id| format!("Trace {id}")));
    lines.join("\n")
}

/// The class that carries a name's colour.
fn slot_class(slot: Option<Slot>, kind: Kind, name: &str) -> Classes {
    let slot = slot.unwrap_or_else(|| Slot::of_name(kind, name));
    classes!(format!("c{}", slot.number), slot.striped.then_some("stripe"))
}
