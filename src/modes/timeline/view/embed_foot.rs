//! The chosen span in one line, below the rows of a view that is a part of another page. Its details open over the rows.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{detail::SpanDetail, model::TraceModel, query},
    list::slot_class,
    row::span_class,
};
use crate::{
    core::{
        colour::{Kind, Slots},
        span_name, units,
    },
    state::{
        queries::use_query,
        session::Session,
        store::{Action, Panes, Store},
    },
};

#[derive(Properties, PartialEq)]
pub struct EmbedFootProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    /// The chosen span, or the root.
    pub span: u32,
    pub agent_slots: Rc<Slots>,
}

#[component]
pub fn EmbedFoot(props: &EmbedFootProps) -> Html {
    let EmbedFootProps { session, store, model, span, agent_slots } = props;
    let row = model.span(*span);
    // Only a failed span has more to say than its row. The details ask the same, and get the answer that is kept.
    let failed = row.filter(|row| row.is_error);
    let sql: Option<Rc<str>> = failed.map(|row| query::span_sql(model.trace_of(*span), row.span_id).into());
    let answer = use_query(session, sql.clone());
    let current = sql.as_deref().and_then(|sql| answer.of(sql)).cloned();
    let why = current.and_then(|table| SpanDetail::new(&table, model.ordinal(*span)).ok().flatten()).and_then(|detail| why(&detail));
    let Some(row) = row else { return Html::default() };
    let panes = store.panes;
    let details = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::SetPanes(Panes { details_open: !panes.details_open, ..panes })))
    };
    let parts = span_name::split_name(row.name, row.service, row.operation);
    html! {
        <footer class="emd" data-testid="embed-foot" data-span-id={row.span_id.to_owned()}>
            if let Some(agent) = row.agent {
                <i class={classes!("agdot", slot_class(agent_slots, Kind::Agent, agent))}></i><b class="cut">{ agent }</b><span class="m1 dim">{ row.name }</span>
            } else {
                <i class={classes!("sw", span_class(session, &row))}></i><b class="cut" title={row.name.to_owned()}>{ if parts.method.is_empty() { "(no name)" } else { parts.method } }</b>
            }
            if !row.lacks_time {
                <b class="num">{ units::duration(row.duration_ns()) }</b>
            }
            if row.is_error {
                <span class="err cut" title={why.clone()}>{ why.unwrap_or_else(|| "Error".to_owned()) }</span>
            }
            <span class="grow"></span>
            <button type="button" class="btn sm ghost" id="embed-details" aria-expanded={panes.details_open.to_string()} aria-controls="details" title="Details (])" onclick={details}>{ "Details" }</button>
        </footer>
    }
}

/// The exception, else what the status says.
fn why(detail: &SpanDetail) -> Option<String> {
    let exception = detail.events.iter().find_map(|event| event.exception.as_ref());
    let words = exception.and_then(|exception| match (&exception.kind, &exception.message) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (Some(words), None) | (None, Some(words)) => Some(words.clone()),
        (None, None) => None,
    });
    words.or_else(|| detail.status_description.clone()).filter(|words| !words.is_empty())
}
