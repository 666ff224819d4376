//! The head of the chosen trace: its name, its figures, what is odd about it.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        params::{PICK, TimelineParams, TraceView},
        query,
    },
    Choice, set_params,
    trace::Trace,
};
use crate::{
    browser::{document, history, save},
    core::{calendar, units},
    engine::ExportFormat,
    state::{
        exports::{Source, use_export},
        session::Session,
        store::{Action, Nav, Panes, Store, go},
    },
    ui::{copy::CopyButton, export_menu::ExportMenu, icon::Icon, menu::MenuItem},
};

/// In the place of a figure that is being counted.
const COUNTING: &str = "…";

#[derive(Properties, PartialEq)]
pub struct HeadProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub params: TimelineParams,
    pub trace: Rc<Trace>,
    pub stale: bool,
    pub onchoose: Callback<Choice>,
    /// Hides the trace with this id.
    pub onhide: Callback<String>,
}

#[component]
pub fn Head(props: &HeadProps) -> Html {
    let HeadProps { session, store, params, trace, .. } = props;
    let model = &trace.model;
    let panes = store.panes;
    let work = trace.work.as_deref();
    let row = session.traces.find(&model.trace_id).and_then(|number| session.traces.get(number));
    let name = match &params.journey {
        Some(_) => format!("Journey through {}", units::counted(model.traces().len() as u64, "trace")),
        None => row.map(|trace| trace.name).filter(|name| !name.is_empty()).unwrap_or("(no name)").to_owned(),
    };
    let duration_ns = model.tree.end_ns.saturating_sub(model.tree.start_ns);
    let facts = model.facts;
    let show_list = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::SetPanes(Panes { list_open: true, list_drawer: true, ..panes })))
    };
    let leave_journey = {
        let (store, model) = (store.clone(), model.clone());
        Callback::from(move |_: MouseEvent| {
            // To the trace of the chosen span. Looked for when it is asked for: the search goes through all spans.
            let of_span = store.url.span.as_deref().and_then(|span_id| model.find(span_id)).map(|span| model.trace_of(span).to_owned());
            let first = of_span.or_else(|| model.traces().into_iter().next());
            go(&store, Nav::Push, move |url| {
                let mut params = TimelineParams::read(&url.params);
                params.forget_trace();
                params.write(&mut url.params);
                url.trace = first.or(url.trace.take());
            });
        })
    };
    let hide = {
        let id = model.trace_id.clone();
        props.onhide.reform(move |_: MouseEvent| id.to_string())
    };
    let compare = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            set_params(&store, Nav::Push, |params| params.compare = if params.compare.is_some() { None } else { Some(PICK.to_owned()) })
        })
    };
    let hidden = if params.show_hooks { 0 } else { trace.noise.spans.len() };
    let id_label = if params.journey.is_some() { "Copy correlation_id" } else { "Copy trace_id" };
    html! {
        <div class="th">
            <div class="th-1">
                <button type="button" class={classes!("btn", panes.list_open.then_some("only-narrow"))} aria-controls="tracelist" title="Traces ([)" onclick={show_list}><Icon name="left" class="s" />{ "Traces" }</button>
                if facts.errors > 0 {
                    <span role="img" aria-label="Failed" title="This trace has errors"><Icon name="err" class="err" /></span>
                }
                <h1 class="cut" title={name.clone()} tabindex="-1">{ name }</h1>
                <code class="dim tid" title={model.trace_id.clone()}>{ model.trace_id.chars().take(12).collect::<String>() }</code>
                <CopyButton text={model.trace_id.clone()} label={id_label} />
                if params.journey.is_some() {
                    <button type="button" class="btn sm" onclick={leave_journey}>{ "Back to one trace" }</button>
                }
                <span class="grow"></span>
                if props.stale {
                    <span class="busy" role="status"><i class="spin"></i><span class="vh">{ "Loading" }</span></span>
                }
                { views(store, params.view) }
                if params.journey.is_none() {
                    <button type="button" class={classes!("btn", "compare", params.compare.is_some().then_some("on"))} aria-pressed={params.compare.is_some().to_string()} title="Compare with another trace (C)" onclick={compare}><Icon name="compare" /><span>{ "Compare" }</span></button>
                }
                if params.journey.is_none() {
                    <button type="button" class="icon-btn" id="hide-trace" aria-label="Hide this trace" title="Hide this trace in every mode (Del); Configuration, Hidden spans shows it again" onclick={hide}><Icon name="eyeoff" class="s" /></button>
                }
                <ExportButton session={session.clone()} trace={trace.clone()} />
                <CopyButton id="copy-link" text={format!("{}{}", history::page_address(), store.url.print())} label="Copy a link to this view (Y)" icon="link" />
            </div>
            <dl class="facts">
                <div><dt>{ "Duration" }</dt><dd data-col="duration_ns" data-value={duration_ns.to_string()} title={units::duration_full(duration_ns)}>{ units::duration(duration_ns) }</dd></div>
                if let Some(agents) = &trace.agents {
                    <div title="Time in which at least one agent ran"><dt>{ "Busy" }</dt><dd data-col="busy_ns" data-value={agents.busy_ns().to_string()}>{ units::duration(agents.busy_ns()) }</dd></div>
                    <div title="Time in which no agent ran"><dt>{ "Scheduling gaps" }</dt><dd data-col="gaps_ns" data-value={duration_ns.saturating_sub(agents.busy_ns()).to_string()}>{ units::duration(duration_ns.saturating_sub(agents.busy_ns())) }</dd></div>
                }
                <div><dt>{ "Spans" }</dt><dd data-col="spans" data-value={facts.spans.to_string()}>{ units::count(facts.spans as u64) }if hidden > 0 { <span class="dim">{ format!(" ({} folded)", units::count(hidden as u64)) }</span> }</dd></div>
                <div><dt>{ "Agent runs" }</dt><dd data-col="agent_runs" data-value={facts.agent_runs.to_string()}>{ units::count(facts.agent_runs as u64) }</dd></div>
                <div title="The longest chain of work and waiting: what decided when the trace finished"><dt>{ "Critical path" }</dt><dd data-col="critical_path_ns" data-value={trace.path.length_ns().to_string()}>{ units::duration(trace.path.length_ns()) }</dd></div>
                <div title="Most spans at work at one time"><dt>{ "Peak parallel" }</dt><dd data-col="peak_concurrency" data-value={work.map(|work| work.peak().to_string())}>{ work.map_or_else(|| COUNTING.to_owned(), |work| units::count(u64::from(work.peak()))) }</dd></div>
                <div title="Own time of all spans, divided by the duration"><dt>{ "Parallelism" }</dt><dd data-col="parallelism" data-value={work.map(|work| work.parallelism().to_string())}>{ work.map_or_else(|| COUNTING.to_owned(), |work| format!("{:.2}", work.parallelism())) }</dd></div>
                <div><dt>{ "Errors" }</dt><dd class={(facts.errors > 0).then_some("err")} data-col="errors" data-value={facts.errors.to_string()}>{ units::count(facts.errors as u64) }</dd></div>
                <div><dt>{ "Started" }</dt><dd data-col="start_ns" data-value={model.tree.start_ns.to_string()} title={calendar::instant_full(model.tree.start_ns)}>{ calendar::time_of_day(model.tree.start_ns) }</dd></div>
            </dl>
            if !model.warnings.is_empty() {
                <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><span>
                    { for model.warnings.iter().map(|(words, span)| {
                        let show = span.map(|span| {
                            let onchoose = props.onchoose.clone();
                            html! { <button type="button" class="lk" onclick={Callback::from(move |_: MouseEvent| onchoose.emit((span, true)))}>{ "Go to the first" }</button> }
                        });
                        html! { <span class="warn-1">{ words.clone() }{ ". " }{ show }</span> }
                    }) }
                </span></div>
            }
        </div>
    }
}

/// The ways to look at the trace.
fn views(store: &Store, current: TraceView) -> Html {
    let onkeydown = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = TraceView::ALL.iter().position(|view| *view == current).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % TraceView::ALL.len(),
                "ArrowLeft" => (at + TraceView::ALL.len() - 1) % TraceView::ALL.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(view) = TraceView::ALL.get(next).copied() {
                set_params(&store, Nav::Replace, move |params| params.view = view);
                document::focus(&format!("#view-{}", view.slug()));
            }
        })
    };
    html! {
        <div class="seg" role="tablist" aria-label="View of the trace" {onkeydown}>
            { for TraceView::ALL.into_iter().map(|view| {
                let store = store.clone();
                let onclick = Callback::from(move |_: MouseEvent| set_params(&store, Nav::Push, move |params| params.view = view));
                let (icon, name) = match view {
                    TraceView::Waterfall => ("timeline", "Waterfall"),
                    TraceView::Flame => ("flame", "Flame graph"),
                    TraceView::Spans => ("table", "Spans"),
                    TraceView::Path => ("bolt", "Critical path"),
                };
                let selected = view == current;
                html! {
                    <button type="button" role="tab" key={view.slug()} id={format!("view-{}", view.slug())} aria-selected={selected.to_string()} aria-label={name} title={name} tabindex={if selected { "0" } else { "-1" }} {onclick}>
                        <Icon name={icon} class="s" /><span>{ name }</span>
                    </button>
                }
            }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ExportProps {
    session: Rc<Session>,
    trace: Rc<Trace>,
}

/// The trace as a file: everything the opened file holds of it.
#[component]
fn ExportButton(props: &ExportProps) -> Html {
    let ExportProps { session, trace } = props;
    let export = use_export(session, "download", save::file);
    let (traces, stem) = (trace.model.traces(), format!("trace-{}", trace.model.trace_id));
    let otlp = {
        let (export, engine, traces, stem) = (export.clone(), session.engine.clone(), traces.clone(), format!("{stem}.otlp"));
        Callback::from(move |()| {
            let table = engine.query(&query::export_sql(&traces));
            let document = async move { Ok(query::otlp_document(&table.await?)?) };
            export.start(ExportFormat::Json, &stem, Source::Text(Box::pin(document)));
        })
    };
    let more = vec![MenuItem { label: "OTLP JSON".into(), onpick: Some(otlp), ..MenuItem::default() }];
    let onpick = export.onpick(stem, move || Source::Sql(query::rows_sql(&traces)));
    html! { <ExportMenu id="download" label="Download this trace" compact=true progress={export.progress.clone()} {more} {onpick} oncancel={export.oncancel()} /> }
}
