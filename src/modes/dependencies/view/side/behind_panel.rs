//! What stands behind the chosen edge: operations, how long they took, spans to open.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    super::{
        behind::{self, HEIGHT, Histogram, WIDTH},
        drawn::duration_ms,
        params::GraphKind,
        question::Question,
    },
    data::words_of,
    links::{short, timeline_address},
    tables::SharedSubject,
};
use crate::{
    core::{calendar, units},
    modes::ModeProps,
    state::{extras::store::use_extras, queries::use_later_query},
};

/// Pairs of operations that are listed.
const PAIRS: usize = 12;

#[derive(Properties, PartialEq)]
pub struct BehindEdgeProps {
    pub mode: ModeProps,
    pub kind: GraphKind,
    pub opened: Vec<String>,
    pub subject: SharedSubject,
    pub edge: usize,
}

#[component]
pub fn BehindEdge(props: &BehindEdgeProps) -> Html {
    let BehindEdgeProps { mode, kind, opened, subject, edge } = props;
    let session = &mode.session;
    let question =
        use_memo((mode.scope.scope.clone(), *kind, opened.clone()), |(scope, kind, opened)| Question::new(scope, *kind, opened, false));
    let extras = use_memo(question.clone(), |question| question.extras_behind());
    let progress = use_extras(session, &extras, true);
    let statements = use_memo((question.clone(), subject.clone(), *edge, progress.is_ready), |(question, subject, edge, is_ready)| {
        let behind = question.behind(&subject.0.graph, *edge).filter(|_| *is_ready)?;
        Some([behind.operations_sql(), behind.histogram_sql(), behind.exemplars_sql()].map(Rc::<str>::from))
    });
    let statement = |at: usize| statements.as_ref().as_ref().and_then(|all| all.get(at)).cloned();
    let (pairs, bars, spans) =
        (use_later_query(session, statement(0)), use_later_query(session, statement(1)), use_later_query(session, statement(2)));
    let error = progress.error.as_ref().or(pairs.error.as_ref()).or(bars.error.as_ref()).or(spans.error.as_ref()).map(ToString::to_string);
    let is_old = pairs.pending || bars.pending || spans.pending;
    let table = |answer: &crate::state::queries::Answer| answer.table.clone();
    let noun = if matches!(kind, GraphKind::Agents | GraphKind::Artifacts) { "Artifacts and agents" } else { "Operations" };
    html! {
        <div class={classes!(is_old.then_some("busy-old"))}>
            if let Some(error) = error { <div class="note e" role="alert"><span>{ error }</span></div> }
            if let Some(words) = words_of(&progress) { <div class="sec"><span class="busy late"><i class="spin"></i>{ words }</span></div> }
            if let Some(histogram) = table(&bars).and_then(|table| behind::read_histogram(&table).ok()) { { durations(&histogram) } }
            if let Some(pairs) = table(&pairs).and_then(|table| behind::read_pairs(&table).ok()) {
                <div class="sec"><h3>{ noun }<span class="badge">{ units::count(pairs.len() as u64) }</span></h3>
                    <div class="scrollx"><table class="tbl ops2" data-testid="dependency-operations"><thead><tr><th scope="col">{ "Caller" }</th><th scope="col">{ "Called" }</th><th scope="col" class="num">{ "Calls" }</th><th scope="col" class="num">{ "Errors" }</th><th scope="col" class="num">{ "p95" }</th></tr></thead>
                        <tbody>{ for pairs.iter().take(PAIRS).map(|pair| html! {
                            <tr>
                                <td data-col="caller" data-value={pair.caller.clone()} title={pair.caller.clone()}>{ pair.caller.clone() }</td><td data-col="callee" data-value={pair.callee.clone()} title={pair.callee.clone()}>{ pair.callee.clone() }</td>
                                <td class="num" data-col="calls" data-value={pair.calls.to_string()}>{ units::count(pair.calls) }</td>
                                <td class={classes!("num", if pair.errors > 0 { "err" } else { "dim" })} data-col="errors" data-value={pair.errors.to_string()}>{ units::count(pair.errors) }</td>
                                <td class="num" data-col="p95_ms" data-value={pair.p95_ms.map(|ms| ms.to_string())}>{ pair.p95_ms.map_or_else(|| units::MISSING.to_owned(), duration_ms) }</td>
                            </tr>
                        }) }</tbody></table></div>
                    if pairs.len() > PAIRS { <p class="sub">{ format!("and {} more", units::count((pairs.len() - PAIRS) as u64)) }</p> }
                </div>
            }
            if let Some(spans) = table(&spans).and_then(|table| behind::read_exemplars(&table).ok()) {
                <div class="sec"><h3>{ "Exemplar traces" }<span class="dim">{ "failed first, then the slowest" }</span></h3>
                    <ul class="slow" data-testid="dependency-exemplars">{ for spans.iter().map(|span| html! {
                        <li data-trace-id={span.trace_id.clone()} data-span-id={span.span_id.clone()}>
                            <a class="mono" href={timeline_address(&mode.store.url, &span.trace_id, &span.span_id)} title={format!("Span {} in the Timeline", span.span_id)}>{ short(&span.trace_id) }</a>
                            <span class="cut dim" title={span.callee.clone()}>{ format!("{} {}", span.callee, span.start_ns.map(calendar::time_of_day).unwrap_or_default().split('.').next().unwrap_or_default()) }</span>
                            <b class={classes!(span.is_error.then_some("err"))}>{ if span.is_error { "failed, " } else { "" } }{ span.duration_ms.map_or_else(|| units::MISSING.to_owned(), duration_ms) }</b>
                        </li>
                    }) }</ul>
                </div>
            }
        </div>
    }
}

fn durations(histogram: &Histogram) -> Html {
    let (first, last) = (histogram.bars.first(), histogram.bars.last());
    html! {
        <div class="sec"><h3>{ "Durations" }<span class="dim">{ "log scale" }</span></h3>
            if let Some((first, last)) = first.zip(last) {
                <svg class="hist" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for histogram.bars.iter().map(|bar| {
                        let [x, y, width, height] = bar.place.map(|length| format!("{length:.1}"));
                        let [error_y, error_height] = bar.failed.map(|length| format!("{length:.1}"));
                        html! { <><rect class="hb" x={x.clone()} {y} width={width.clone()} {height} /><rect class="hbe" {x} y={error_y} {width} height={error_height} /></> }
                    }) }
                </svg>
                <div class="dist-ax"><span>{ duration_ms(first.from_ms) }</span><span>{ duration_ms(last.to_ms) }</span></div>
            }
            if histogram.no_length > 0 { <p class="sub">{ format!("{} took no time.", units::counted(histogram.no_length, "call")) }</p> }
            <div class="vh"><table data-testid="dependency-histogram"><caption>{ "Durations of the edge" }</caption><thead><tr><th scope="col">{ "From" }</th><th scope="col">{ "Calls" }</th><th scope="col">{ "Errors" }</th></tr></thead>
                <tbody>{ for histogram.bars.iter().map(|bar| html! { <tr><td data-col="from_ms" data-value={bar.from_ms.to_string()}>{ duration_ms(bar.from_ms) }</td><td data-col="calls" data-value={bar.calls.to_string()}>{ units::count(bar.calls) }</td><td data-col="errors" data-value={bar.errors.to_string()}>{ units::count(bar.errors) }</td></tr> }) }</tbody></table></div>
        </div>
    }
}
