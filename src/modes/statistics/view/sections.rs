//! What is known of a group, section by section. Every picture has its table behind it.

use yew::prelude::*;

use super::{
    super::groups::{
        figures::{Figures, ns_of_ms},
        inspect::{self, AgentShare, BARS, Exemplar, Failure, LogScale},
        model::NO_VALUE,
    },
    names::{Colours, slot_class},
};
use crate::{
    core::{calendar, colour::Kind, units},
    state::{links::timeline_address, session::Session, store::Store},
    ui::icon::Icon,
};

/// The histogram in its own units.
const WIDTH: usize = 284;
const HEIGHT: f64 = 92.0;

fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

pub fn durations(figures: &Figures, scale: LogScale, bars: Option<[u64; BARS]>, colour: &Classes) -> Html {
    let marks = [("p50", figures.p50_ms), ("p95", figures.p95_ms), ("p99", figures.p99_ms)];
    let axis = scale.axis();
    let drawn = bars.map(|bars| inspect_bars(&bars)).unwrap_or_default();
    html! {
        <div class="sec"><h3>{ "Durations" }<span class="dim">{ format!("{}, log scale", units::counted(figures.count, "span")) }</span></h3>
            <div class={classes!("dbox", scale.is_crowded(&marks.map(|(_, ms)| ms)).then_some("crowded"))}>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for drawn.iter().map(|(x, y, width, height)| html! { <rect x={x.clone()} y={y.clone()} width={width.clone()} height={height.clone()} class={classes!(colour.clone(), "f")} /> }) }
                </svg>
                { for marks.into_iter().filter_map(|(name, ms)| Some(html! {
                    <i class={classes!("pm", scale.is_near_end(ms?).then_some("end"))} style={format!("left:{:.2}%", scale.place_pct(ms?))} title={format!("{name} {}", units::duration(ns_of_ms(ms?)))}><b>{ name }</b></i>
                })) }
            </div>
            <div class="dist-ax">{ for axis.into_iter().map(|label| html! { <span>{ label }</span> }) }</div>
            <div class="vh"><table data-testid="statistics-histogram"><caption>{ "Durations of the group" }</caption>
                <thead><tr><th scope="col">{ "From" }</th><th scope="col">{ "Spans" }</th></tr></thead>
                <tbody>
                    { for bars.into_iter().flatten().enumerate().map(|(bar, spans)| {
                        let from_ms = scale.bar_from_ms(bar);
                        html! { <tr><td data-col="from_ms" data-value={from_ms.to_string()}>{ units::duration(ns_of_ms(from_ms)) }</td><td data-col="spans" data-value={spans.to_string()}>{ units::count(spans) }</td></tr> }
                    }) }
                    { for marks.into_iter().filter_map(|(name, ms)| Some(html! { <tr><th scope="row">{ name }</th><td data-col={format!("{name}_ms")} data-value={ms?.to_string()}>{ units::duration(ns_of_ms(ms?)) }</td></tr> })) }
                </tbody></table></div>
        </div>
    }
}

fn inspect_bars(bars: &[u64; BARS]) -> Vec<(String, String, String, String)> {
    inspect::bar_boxes(bars, WIDTH as f64, HEIGHT)
        .into_iter()
        .map(|[x, y, width, height]| (format!("{x:.2}"), format!("{y:.1}"), format!("{width:.2}"), format!("{height:.1}")))
        .collect()
}

pub fn slowest(session: &Session, store: &Store, count: u64, spans: Option<&[Exemplar]>) -> Html {
    let shown = spans.map_or(0, |spans| spans.len() as u64);
    let line = |span: &Exemplar| {
        let trace = session.traces.find(&span.trace_id).and_then(|number| session.traces.get(number));
        let name = trace.map_or_else(|| span.name.clone(), |trace| trace.name.to_owned());
        let at = span.start_ns.map(calendar::time_of_day).unwrap_or_default();
        let at = at.split('.').next().unwrap_or_default().to_owned();
        let duration = span.duration_ms.map_or_else(|| units::MISSING.to_owned(), |ms| units::duration(ns_of_ms(ms)));
        html! {
            <li data-span-id={span.span_id.clone()} data-trace-id={span.trace_id.clone()}>
                <a class="mono" href={timeline_address(&store.url, &span.trace_id, &span.span_id)} title={format!("Span {} in the Timeline", span.span_id)}>{ short(&span.span_id) }</a>
                <span class="cut dim" title={format!("{name}, {}", span.start_ns.map(units::instant).unwrap_or_default())}>{ format!("{name} {at}") }</span>
                <b data-col="duration_ms" data-value={span.duration_ms.map(|ms| ms.to_string())}>{ duration }</b>
            </li>
        }
    };
    html! {
        <div class="sec"><h3>{ "Slowest" }<span class="dim">{ format!("{} of {}", units::count(shown), units::count(count)) }</span></h3>
            <ul class="slow" data-testid="statistics-slowest">{ for spans.into_iter().flatten().map(line) }</ul>
        </div>
    }
}

pub fn by_agent(colours: &Colours, shares: &[AgentShare]) -> Html {
    if shares.is_empty() {
        return Html::default();
    }
    let line = |share: &AgentShare| {
        let colour = share.agent.as_deref().map_or_else(|| classes!("c0"), |agent| slot_class(&colours.agents, Kind::Agent, agent));
        let name = share.agent.clone().unwrap_or_else(|| NO_VALUE.to_owned());
        html! {
            <li title={format!("{name}: {} of {}", units::duration_full(share.own_ns), units::counted(share.spans, "span"))}>
                <span class={classes!("ag", "bare", colour.clone())}><i></i><span>{ name.clone() }</span></span>
                <span class={classes!("mbar", colour)}><i style={format!("width:{:.2}%", share.bar_pct)}></i></span>
                <b data-col="self_ns" data-value={share.own_ns.to_string()}>{ units::duration(share.own_ns) }</b>
            </li>
        }
    };
    html! { <div class="sec"><h3>{ "Own time by agent" }</h3><ul class="shares" data-testid="statistics-agents">{ for shares.iter().map(line) }</ul></div> }
}

pub fn failures(store: &Store, errors: u64, found: Option<(Vec<Failure>, u64)>) -> Html {
    let Some((failures, messages)) = found.filter(|_| errors > 0) else { return Html::default() };
    let note = |failure: &Failure| {
        let more = failure.spans.saturating_sub(failure.examples.len() as u64);
        html! {
            <div class="note e" data-spans={failure.spans.to_string()}><Icon name="err" /><div>
                <b>{ units::counted(failure.spans, "span") }</b>
                <p class={classes!("wrapm", failure.message.as_ref().map_or("dim", |_| "mono"))} data-col="message">{ failure.message.clone().unwrap_or_else(|| "The spans say nothing of their error.".to_owned()) }</p>
                <div class="note-a">
                    { for failure.examples.iter().map(|(trace_id, span_id)| html! { <a class="lk mono" href={timeline_address(&store.url, trace_id, span_id)} title={format!("Span {span_id} in the Timeline")}>{ short(span_id) }</a> }) }
                    if more > 0 { <span class="dim">{ format!("and {} more", units::count(more)) }</span> }
                </div>
            </div></div>
        }
    };
    html! {
        <div class="sec"><h3>{ "Errors" }<span class="dim">{ format!("{}, {}", units::counted(errors, "span"), units::counted(messages, "message")) }</span></h3>
            <div class="fails" data-testid="statistics-failures">{ for failures.iter().map(note) }</div>
        </div>
    }
}
