//! Exceptions by type and message.

use yew::prelude::*;

use super::{
    super::{
        failures::{Failure, Failures},
        query::FAILURES,
    },
    data::Read,
};
use crate::{
    core::{calendar, units},
    state::{links::timeline_address, store::Store},
    ui::icon::Icon,
};

/// Rows in the document.
const ROWS: usize = 300;

#[derive(Properties, PartialEq)]
pub struct ExceptionsProps {
    pub store: Store,
    pub found: Read<Failures>,
}

#[component]
pub fn Exceptions(props: &ExceptionsProps) -> Html {
    let Read { value, is_stale, error, retry, .. } = &props.found;
    let retry = retry.reform(|_: MouseEvent| ());
    if let Some(error) = error {
        return html! {
            <div class="note e" role="alert"><Icon name="err" /><div><b>{ "The exceptions could not be read" }</b><p>{ error.clone() }</p>
                <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div></div></div>
        };
    }
    let Some(found) = value else { return super::waiting() };
    if found.failures.is_empty() && !is_stale {
        return html! { <p class="red-none">{ "No span in view failed or recorded an exception." }</p> };
    }
    let time = |at: Option<i64>| at.map_or_else(|| units::MISSING.to_owned(), calendar::time_of_day);
    let line = |failure: &Failure| {
        html! {
            <tr key={format!("{:?} {:?}", failure.kind, failure.message)}>
                <th scope="row" class="cut" data-col="type" data-value={failure.kind.clone()} title={failure.kind.clone()}>{ failure.kind.clone().unwrap_or_else(|| "no exception recorded".to_owned()) }</th>
                <td class="cut" data-col="message" data-value={failure.message.clone()} title={failure.message.clone()}>{ failure.message.clone().unwrap_or_else(|| units::MISSING.to_owned()) }</td>
                <td class="num" data-col="spans" data-value={failure.spans.to_string()}>{ units::count(failure.spans) }</td>
                <td class="num" data-col="traces" data-value={failure.traces.to_string()}>{ units::count(failure.traces) }</td>
                <td class="num dim" data-col="first_ns" data-value={failure.first_ns.map(|at| at.to_string())} title={failure.first_ns.map(calendar::instant_full)}>{ time(failure.first_ns) }</td>
                <td class="num dim" data-col="last_ns" data-value={failure.last_ns.map(|at| at.to_string())} title={failure.last_ns.map(calendar::instant_full)}>{ time(failure.last_ns) }</td>
                <td data-col="examples" data-value={failure.examples.iter().map(|(_, span)| span.as_str()).collect::<Vec<_>>().join(",")}>
                    { for failure.examples.iter().map(|(trace, span)| html! { <a class="lk mono" href={timeline_address(&props.store.url, trace, span)} title={format!("Span {span} in the Timeline")}>{ span.chars().take(8).collect::<String>() }</a> }) }
                </td>
            </tr>
        }
    };
    let more = found.failures.len().saturating_sub(ROWS) as u64;
    html! {
        <div class={classes!("scroll", is_stale.then_some("busy-old"))} tabindex="0">
            if found.is_cut {
                <div class="note w" role="status"><Icon name="warn" /><span>{ format!("Only {} spans with errors were read; a shorter time range or a filter shows the others.", units::count(FAILURES as u64)) }</span></div>
            }
            <table class="tbl failt" data-testid="red-exceptions" data-count={found.failures.len().to_string()}>
                <thead><tr><th scope="col">{ "Type" }</th><th scope="col">{ "Message" }</th><th scope="col" class="num" aria-sort="descending">{ "Spans" }</th><th scope="col" class="num">{ "Traces" }</th><th scope="col" class="num">{ "First" }</th><th scope="col" class="num">{ "Last" }</th><th scope="col">{ "Latest spans" }</th></tr></thead>
                <tbody>{ for found.failures.iter().take(ROWS).map(line) }</tbody>
            </table>
            if more > 0 { <p class="red-none">{ format!("{} more in the export.", units::count(more)) }</p> }
        </div>
    }
}
