//! Overview: what failed, where the time went, where the span stands among its kind, what caused it, who it is.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        detail::SpanDetail,
        model::{SpanRow, TraceModel},
        params::TimelineParams,
        runs,
        standing::{BARS, Kin, Standing, split_by_service, standing_sql},
    },
    Choice,
    lineage::{LineageAnswer, LineageSection},
    list::slot_class,
    row::span_class,
};
use crate::{
    core::{
        calendar,
        colour::{Kind, Slots},
        units,
    },
    state::{
        queries::use_later_query,
        session::Session,
        store::{Nav, Store, go},
    },
    ui::{copy::CopyButton, icon::Icon},
};

/// In a file of more spans the traces of a correlation id are not counted unasked: that reads every attribute.
const COUNTED_SPANS: u64 = 300_000;
/// More ancestors fold in the middle.
const ANCESTORS_SHOWN: usize = 5;

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    pub trace_id: Rc<str>,
    pub span: u32,
    pub detail: Rc<SpanDetail>,
    pub lineage: LineageAnswer,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
    /// Opens another tab.
    pub onselect: Callback<&'static str>,
}

#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let OverviewProps { session, model, span, detail, .. } = props;
    let Some(row) = model.span(*span) else { return Html::default() };
    let agent = detail.agent();
    html! {
        <>
            { failure(props, &row) }
            <Time session={session.clone()} model={model.clone()} span={*span} agent={agent.clone().map(AttrValue::from)} agents_known={!props.agent_slots.is_empty()} />
            if agent.is_some() || row.name == "Agent.execute" {
                <LineageSection key={format!("{}{}", props.trace_id, row.span_id)} store={props.store.clone()} model={model.clone()} trace_id={props.trace_id.clone()} span_id={row.span_id.to_owned()}
                    answer={props.lineage.clone()} agent_slots={props.agent_slots.clone()} onchoose={props.onchoose.clone()} />
            }
            <Identity session={session.clone()} store={props.store.clone()} model={model.clone()} span={*span} detail={detail.clone()} onchoose={props.onchoose.clone()} />
        </>
    }
}

/// A button that chooses another span of the trace.
fn choose(onchoose: &Callback<Choice>, span: u32, words: Html, title: &str) -> Html {
    html! { <button type="button" class="lk" title={title.to_owned()} onclick={onchoose.reform(move |_: MouseEvent| (span, true))}>{ words }</button> }
}

/// The deepest failed span below one, the earliest of several, and how many levels down it is.
fn root_cause(model: &TraceModel, span: u32) -> Option<(u32, u32)> {
    if !model.has_error_below(span) {
        return None;
    }
    let depth = |of: u32| model.tree.depth.get(of as usize).copied().unwrap_or(0);
    let place = |of: u32| model.tree.preorder_pos.get(of as usize).copied().unwrap_or(0);
    let end = place(span).saturating_add(model.tree.subtree_size.get(span as usize).copied().unwrap_or(1));
    let mut deepest: Option<u32> = None;
    let mut here = span;
    while let Some(failed) = model.next_error(Some(here), false).filter(|failed| place(here) < place(*failed) && place(*failed) < end) {
        if deepest.is_none_or(|known| depth(failed) > depth(known)) {
            deepest = Some(failed);
        }
        here = failed;
    }
    deepest.map(|deepest| (deepest, depth(deepest).saturating_sub(depth(span))))
}

fn failure(props: &OverviewProps, row: &SpanRow<'_>) -> Html {
    let detail = &props.detail;
    let exception = detail.events.iter().find_map(|event| event.exception.as_ref());
    let cause = root_cause(&props.model, props.span);
    if !row.is_error && detail.status_description.is_none() && cause.is_none() {
        return Html::default();
    }
    let headline = exception.and_then(|exception| exception.kind.clone()).unwrap_or_else(|| match (row.is_error, cause) {
        (true, _) => "Error".to_owned(),
        (false, Some(_)) if detail.status_description.is_none() => "A span below failed".to_owned(),
        (false, _) => "Status".to_owned(),
    });
    let message = exception.and_then(|exception| exception.message.clone()).or_else(|| detail.status_description.clone());
    let link = cause.and_then(|(span, levels)| {
        let below = props.model.span(span)?;
        let name = below.operation.filter(|name| !name.is_empty()).unwrap_or(below.name);
        let words = html! { <><Icon name="down" class="xs" />{ format!("Root cause: {name}, {} down", units::counted(u64::from(levels), "level")) }</> };
        Some(choose(&props.onchoose, span, words, below.name))
    });
    html! {
        <div class="sec"><div class={classes!("note", if row.is_error { "e" } else { "i0" })}><Icon name={if row.is_error { "err" } else if cause.is_some() { "errh" } else { "info" }} /><div>
            <b>{ headline }</b>
            if let Some(message) = message {
                <p class="mono wrapm">{ message }</p>
            }
            <div class="note-a">
                { link }
                if exception.is_some() {
                    <button type="button" class="lk" onclick={props.onselect.reform(|_: MouseEvent| "events")}>{ "Stack trace" }</button>
                }
            </div>
        </div></div></div>
    }
}

#[derive(Properties, PartialEq)]
struct TimeProps {
    session: Rc<Session>,
    model: Rc<TraceModel>,
    span: u32,
    agent: Option<AttrValue>,
    /// The file's agents have been gathered.
    agents_known: bool,
}

#[component]
fn Time(props: &TimeProps) -> Html {
    let TimeProps { session, model, span, agent, .. } = props;
    let parts = use_memo((model.clone(), *span), |(model, span)| {
        let interval = |of: u32| model.tree.interval.get(of as usize).copied().unwrap_or_default();
        let children = model.tree.children(*span).iter().map(|&child| (interval(child), model.span(child).and_then(|row| row.service)));
        let parts = split_by_service(interval(*span), children);
        parts.into_iter().map(|(service, ns)| (service.map(str::to_owned), ns)).collect::<Vec<_>>()
    });
    let row = model.span(*span);
    let duration_ns = row.as_ref().map_or(0, |row| row.duration_ns().max(0));
    let sql: Option<Rc<str>> = row.as_ref().and_then(|row| {
        let kin = match agent.as_deref() {
            Some(agent) => props.agents_known.then_some(Kin::Agent(agent))?,
            None => Kin::Name(row.name),
        };
        Some(standing_sql(kin, duration_ns).into())
    });
    let answer = use_later_query(session, sql.clone());
    let standing = sql.as_deref().and_then(|sql| answer.of(sql)).and_then(|table| Standing::new(table).ok().flatten());
    let Some(row) = row else { return Html::default() };
    let self_ns = model.self_ns(*span);
    let colour = span_class(session, &row);
    let class_of = |service: &Option<String>| {
        service.as_deref().map_or_else(|| classes!("c0"), |name| slot_class(&session.service_slots, Kind::Service, name))
    };
    let name_of = |service: &Option<String>| service.clone().unwrap_or_else(|| "no service".to_owned());
    let spoken: Vec<String> = parts.iter().map(|(service, ns)| format!("{} {}", name_of(service), units::duration(*ns))).collect();
    html! {
        <div class="sec">
            <h3>{ "Time" }</h3>
            <div class="split" role="img" aria-label={format!("Own {}{}{}", units::duration(self_ns), if spoken.is_empty() { "" } else { ", " }, spoken.join(", "))}>
                <i class={colour.clone()} style={format!("flex:{self_ns}")}></i>
                { for parts.iter().map(|(service, ns)| html! { <i class={classes!("kid", class_of(service))} style={format!("flex:{ns}")}></i> }) }
            </div>
            <div class="split-k">
                <span><i class={classes!("sw", colour)}></i>{ "own " }<b data-col="self_ns" data-value={self_ns.to_string()} title={units::duration_full(self_ns)}>{ units::duration(self_ns) }</b></span>
                { for parts.iter().map(|(service, ns)| html! {
                    <span><i class={classes!("sw", class_of(service))}></i>{ name_of(service) }{ " " }<b data-col="service_ns" data-value={ns.to_string()} title={units::duration_full(*ns)}>{ units::duration(*ns) }</b></span>
                }) }
            </div>
            if let Some(standing) = standing {
                { histogram(&standing, agent.as_deref(), row.name) }
            }
        </div>
    }
}

/// On a logarithmic scale; nothing where the span has no kin but itself.
fn histogram(standing: &Standing, agent: Option<&str>, name: &str) -> Html {
    if standing.kin < 2 {
        return html! { <p class="dist-ax dim">{ match agent { Some(agent) => html! { <>{ "The only run of " }<bdi>{ agent.to_owned() }</bdi>{ " in this file" }</> }, None => html! { <>{ "The only " }<bdi>{ name.to_owned() }</bdi>{ " in this file" }</> } } }</p> };
    }
    let kin = match agent {
        Some(agent) => format!("{} {agent} runs", units::count(standing.kin)),
        None => units::counted(standing.kin, "span"),
    };
    let words = match standing.shorter {
        0 => format!("none of {kin} was shorter"),
        shorter => format!("slower than {} of {kin}", units::percent(shorter, standing.kin)),
    };
    let bar = |at: usize| {
        let height = standing.height_percent(at) * 0.28;
        let class = if standing.own == Some(at) { "hbs" } else { "hb" };
        html! { <rect x={(at * 20 + 1).to_string()} y={format!("{:.1}", 30.0 - height)} width="18" height={format!("{height:.1}")} {class} /> }
    };
    html! {
        <div class="dist" data-testid="standing" data-kin={standing.kin.to_string()} data-shorter={standing.shorter.to_string()}>
            <svg viewBox="0 0 280 30" preserveAspectRatio="none" role="img" aria-label={format!("Durations of {kin} on a logarithmic scale; this one is {words}")}>{ for (0..BARS).map(bar) }</svg>
            <div class="dist-ax"><span title="Shortest">{ units::duration(standing.low_ns) }</span><span title={if agent.is_some() { "Runs of this agent in the whole file".to_owned() } else { format!("Spans named {name} in the whole file") }}>{ "this run: " }{ words }</span><span title="Longest">{ units::duration(standing.high_ns) }</span></div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct IdentityProps {
    session: Rc<Session>,
    store: Store,
    model: Rc<TraceModel>,
    span: u32,
    detail: Rc<SpanDetail>,
    onchoose: Callback<Choice>,
}

#[component]
fn Identity(props: &IdentityProps) -> Html {
    let IdentityProps { session, model, span, detail, .. } = props;
    let correlation = detail.attribute("correlation_id").filter(|id| id != "None");
    let counted = session.totals.spans <= COUNTED_SPANS;
    let facts = use_later_query(session, correlation.as_deref().filter(|_| counted).map(|id| runs::journey_facts_sql(id).into()));
    let Some(row) = model.span(*span) else { return Html::default() };
    let fact = |name: &str| facts.table.as_ref().filter(|_| !facts.pending).and_then(|table| table.ints(name).ok()?.get(0));
    let duration_ns = row.duration_ns().max(0);
    let trace_ns = model.tree.end_ns.saturating_sub(model.tree.start_ns);
    let copied =
        |value: &str, key: &str| html! { <>{ value.to_owned() }<CopyButton text={value.to_owned()} label={format!("Copy {key}")} /></> };
    let journey = |id: &str| {
        let (store, id) = (props.store.clone(), id.to_owned());
        Callback::from(move |_: MouseEvent| {
            let id = id.clone();
            go(&store, Nav::Push, |url| {
                url.trace = None;
                url.span = None;
                let mut params = TimelineParams::read(&url.params);
                params.forget_trace();
                params.journey = Some(id);
                params.write(&mut url.params);
            });
        })
    };
    let place = |ns: i64| units::percent(u64::try_from(ns).unwrap_or(0), u64::try_from(trace_ns).unwrap_or(0));
    html! {
        <div class="sec">
            <h3>{ "Identity" }</h3>
            <dl class="kv">
                <dt>{ "Name" }</dt><dd>{ row.name.to_owned() }</dd>
                if let Some(service) = row.service {
                    <dt>{ "Service" }</dt><dd>{ service.to_owned() }</dd>
                }
                if let Some(id) = &correlation {
                    <dt>{ "Correlation" }</dt><dd><span class="mono">{ copied(id, "correlation_id") }</span>{ " " }
                        <button type="button" class="lk" data-testid="journey" data-value={fact("traces").map(|traces| traces.to_string())} title="Show every span with this correlation id" onclick={journey(id)}>
                            { match fact("traces").and_then(|traces| u64::try_from(traces).ok()) { Some(traces) => format!("in {}", units::counted(traces, "trace")), None => "follow it".to_owned() } }
                        </button>
                    </dd>
                }
                if let Some(task) = detail.attribute("task_id") {
                    <dt>{ "Task" }</dt><dd class="mono">{ copied(&task, "task_id") }</dd>
                }
                <dt>{ "Parents" }</dt><dd><Ancestors model={model.clone()} span={*span} onchoose={props.onchoose.clone()} /></dd>
                <dt>{ "Children" }</dt><dd>{ units::count(model.tree.children(*span).len() as u64) }</dd>
                <dt>{ "Status" }</dt><dd>{ detail.status.clone() }if let Some(words) = &detail.status_description { <span class="dim wrapm">{ " " }{ crate::core::json_rows::preview(words, 200).text }</span> }</dd>
                if detail.column("start_time").is_some() {
                    <dt>{ "Started" }</dt><dd title={calendar::instant_full(row.start_ns)}>{ calendar::instant_zoned(row.start_ns) }</dd>
                } else {
                    <dt>{ "Started" }</dt><dd class="dim">{ "not recorded" }</dd>
                }
                if row.lacks_time {
                    <dt>{ "Duration" }</dt><dd class="dim">{ "unknown: the file has no start or no end of this span" }</dd>
                } else {
                    <dt>{ "Duration" }</dt><dd class="num-l">{ units::duration_full(duration_ns) }<span class="dim">{ format!(" {} of the trace", place(duration_ns)) }</span></dd>
                }
                <dt>{ "Own time" }</dt><dd class="num-l">{ units::duration_full(model.self_ns(*span)) }<span class="dim">{ format!(" {} of the trace", place(model.self_ns(*span))) }</span></dd>
                if let Some(kind) = &detail.kind {
                    <dt>{ "Kind" }</dt><dd>{ kind.clone() }</dd>
                }
            </dl>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AncestorsProps {
    model: Rc<TraceModel>,
    span: u32,
    onchoose: Callback<Choice>,
}

/// From the root down to the parent; the middle of a long line folds.
#[component]
fn Ancestors(props: &AncestorsProps) -> Html {
    let AncestorsProps { model, span, onchoose } = props;
    let whole = use_state(|| false);
    let above: Vec<u32> = model.tree.ancestors(*span).collect();
    let Some(row) = model.span(*span).filter(|_| !above.is_empty()) else {
        let words = match model.span(*span) {
            Some(row) if row.trace_id.is_some() => "none in this journey",
            _ if model.marks(*span).orphan => "not in this trace",
            _ => "none: a root",
        };
        return html! { <span class="dim">{ words }</span> };
    };
    let folded = if *whole { 0 } else { above.len().saturating_sub(ANCESTORS_SHOWN) };
    let item = |at: usize, ancestor: u32| {
        let Some(there) = model.span(ancestor) else { return Html::default() };
        // How long ago the parent had ended: ordinary on a blackboard.
        let late_ns = row.start_ns.saturating_sub(there.end_ns);
        html! {
            <li>{ choose(onchoose, ancestor, html! { there.name.to_owned() }, there.name) }if at == 0 && late_ns > 0 { <span class="dim">{ format!(" ended {} earlier", units::duration(late_ns)) }</span> }</li>
        }
    };
    let unfold = Callback::from({
        let whole = whole.setter();
        move |_: MouseEvent| whole.set(true)
    });
    let shown = above.iter().copied().enumerate().rev();
    let (first, rest): (Vec<_>, Vec<_>) = shown.partition(|(at, _)| at + 1 == above.len());
    html! {
        <ol class="anc">
            { for first.into_iter().map(|(at, ancestor)| item(at, ancestor)) }
            if folded > 0 {
                <li><button type="button" class="lk dim" onclick={unfold}>{ format!("{} more", units::count(folded as u64)) }</button></li>
            }
            { for rest.into_iter().skip(folded).map(|(at, ancestor)| item(at, ancestor)) }
        </ol>
    }
}
