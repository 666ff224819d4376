//! The spans behind a mark in a chart, each with the way to its trace.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        exemplars::{self, Exemplar},
        figures::show_ms,
        query::EXEMPLARS,
    },
    data::Marked,
    names::{Colours, named},
    set_range,
};
use crate::{
    core::{calendar, units},
    state::{dimension::Dimension, links::timeline_address, scope::Scope, store::Store},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ExemplarListProps {
    pub store: Store,
    pub scope: Rc<Scope>,
    pub marked: Marked,
    pub colours: Colours,
    pub failed_first: bool,
    pub onorder: Callback<bool>,
    pub onclear: Callback<()>,
}

#[component]
pub fn ExemplarList(props: &ExemplarListProps) -> Html {
    let ExemplarListProps { store, marked, colours, failed_first, .. } = props;
    let Some(selection) = marked.selection else {
        return html! {
            <section class="card exm" aria-label="Spans behind the charts">
                <div class="card-h"><h2>{ "Selected spans" }</h2></div>
                <p class="red-none">{ "Draw a box in the heat map, or choose a bar or a point of a chart: its spans are listed here." }</p>
            </section>
        };
    };
    let (count, errors) = marked.count.unwrap_or_default();
    let onrange = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_range(&store, Some((selection.from_ns, selection.to_ns))))
    };
    let onorder = {
        let first = !*failed_first;
        props.onorder.reform(move |_: MouseEvent| first)
    };
    let onclear = props.onclear.reform(|_: MouseEvent| ());
    let spans = marked.spans.value.clone().unwrap_or_default();
    let has_agents = spans.iter().any(|span| span.agent.is_some());
    let line = |span: &Exemplar| {
        let mark = Some((colours.of_service(span.service.as_deref()), false));
        html! {
            <tr key={format!("{} {} {:?}", span.trace_id, span.span_id, span.start_ns)}>
                <td data-col="trace_id" data-value={span.trace_id.clone()}><a class="mono" href={timeline_address(&store.url, &span.trace_id, &span.span_id)} title={format!("Span {} of trace {} in the Timeline", span.span_id, span.trace_id)}>{ short(&span.trace_id) }</a></td>
                <td class="cut" data-col="name" data-value={span.name.clone()}>
                    if span.failed { <span class="err" role="img" aria-label="Failed" title="Failed"><Icon name="err" class="xs" /></span> }
                    { named(&Dimension::Operation, span.name.as_deref(), span.service.as_deref(), mark.as_ref()) }
                </td>
                if has_agents { <td class="ex-ag cut" data-col="agent" data-value={span.agent.clone()}>if let Some(agent) = &span.agent { <span class={classes!("ag", "bare", colours.of_agent(agent))}><i></i><span>{ agent.clone() }</span></span> }</td> }
                <td class="num" data-col="duration_ms" data-value={span.duration_ms.map(|ms| ms.to_string())}><b>{ show_ms(span.duration_ms) }</b></td>
                <td class="num dim ex-at" data-col="start_time" data-value={span.start_ns.map(|at| at.to_string())} title={span.start_ns.map(calendar::instant_full)}>{ span.start_ns.map_or_else(|| units::MISSING.to_owned(), calendar::time_of_day) }</td>
            </tr>
        }
    };
    html! {
        <section class="card exm" aria-label="Selected spans">
            <div class="card-h">
                <h2>{ "Selected spans" }</h2>
                if marked.count.is_some() { <span class="badge a" data-testid="red-marked" data-value={count.to_string()} title={format!("{}, {} failed", units::counted(count, "span"), units::count(errors))}>{ units::count_short(count) }</span> }
                <span class="cap cut" title={exemplars::words(&selection)}>{ exemplars::words(&selection) }</span><span class="grow"></span>
                <button type="button" class="btn sm ghost" aria-pressed={failed_first.to_string()} title="Failed spans before slower ones" onclick={onorder}><Icon name="err" class="s" />{ "Failed first" }</button>
                <button type="button" class="btn sm ghost" title="The page speaks of this time only" onclick={onrange}><Icon name="clock" class="s" />{ "Only this time" }</button>
                <button type="button" class="icon-btn sm" aria-label="Take the mark away" title="Take the mark away (Esc)" onclick={onclear}><Icon name="x" class="s" /></button>
            </div>
            if let Some(error) = &marked.spans.error {
                <div class="note e" role="alert"><Icon name="err" /><span>{ error.clone() }</span></div>
            }
            if spans.is_empty() && !marked.spans.is_stale {
                <p class="red-none">{ "No span of these is in view." }</p>
            } else {
                <div class={classes!("scroll", marked.spans.is_stale.then_some("busy-old"))} tabindex="0">
                    <table class="tbl ex" data-testid="red-exemplars" data-count={spans.len().to_string()}>
                        <thead><tr><th scope="col">{ "Trace" }</th><th scope="col">{ "Operation" }</th>if has_agents { <th scope="col" class="ex-ag">{ "Agent" }</th> }<th scope="col" class="num" aria-sort="descending">{ "Duration" }</th><th scope="col" class="num ex-at">{ "Started" }</th></tr></thead>
                        <tbody>{ for spans.iter().map(line) }</tbody>
                    </table>
                    if count > EXEMPLARS as u64 { <p class="red-none">{ format!("The {} slowest of {}.", units::count(EXEMPLARS as u64), units::count(count)) }</p> }
                </div>
            }
        </section>
    }
}

fn short(id: &str) -> String {
    id.chars().take(8).collect()
}
