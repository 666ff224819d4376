//! How often a cycle really went round: in how many traces, how many times, what that took. Agents that ran too often.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    super::{
        drawn::ratio,
        model::{
            agents::{self, RUNAWAY_BY_OTHERS, RUNAWAY_HINT, Runaway},
            rings::Rounds,
        },
        params::{DependencyParams, GraphKind, MOST_NUMBER},
        query::rings,
        question::{Question, Walks, trace_numbers},
    },
    links::{short, timeline_address},
    set_params,
};
use super::whole::WholeField;
use crate::{
    core::units,
    modes::ModeProps,
    state::{extras::store::use_extras, queries::use_later_query, store::Nav},
    ui::icon::Icon,
};

/// Traces that are named.
const LINKS: usize = 8;

#[derive(Properties, PartialEq)]
pub struct RoundsOfProps {
    pub mode: ModeProps,
    pub kind: GraphKind,
    /// Names of the members, each step to the next.
    pub ring: Rc<Vec<String>>,
    /// The traces are listed.
    pub has_traces: bool,
}

#[component]
pub fn RoundsOf(props: &RoundsOfProps) -> Html {
    let RoundsOfProps { mode, kind, ring, has_traces } = props;
    let (session, scope) = (&mode.session, &mode.scope.scope);
    let walks = Walks::of(*kind);
    let extras = use_memo((scope.clone(), *kind), |(scope, kind)| Question::new(scope, *kind, &[], false).extras());
    let is_ready = use_extras(session, &extras, false).is_ready;
    let traces_sql = use_memo((scope.clone(), walks, ring.clone(), is_ready), |(scope, walks, ring, is_ready)| {
        walks.filter(|_| *is_ready).map(|walks| Rc::<str>::from(walks.traces_sql(scope, ring)))
    });
    let traces = use_later_query(session, (*traces_sql).clone());
    let found = traces_sql.as_deref().and_then(|sql| traces.of(sql)).cloned();
    let steps_sql = use_memo((found.as_ref().map(|table| Rc::as_ptr(table) as usize), walks, ring.clone()), |(_, walks, ring)| {
        let numbers = found.as_ref().map(|table| trace_numbers(table)).filter(|numbers| !numbers.is_empty())?;
        walks.map(|walks| Rc::<str>::from(walks.steps_sql(&numbers, ring)))
    });
    let steps = use_later_query(session, (*steps_sql).clone());
    let table = steps_sql.as_deref().and_then(|sql| steps.of(sql)).cloned();
    let key = (table.as_ref().map(|table| Rc::as_ptr(table) as usize), ring.clone());
    let rounds = use_memo(key, |(_, ring)| walks.zip(table.as_ref()).and_then(|(walks, table)| walks.read(table, ring).ok()));
    let Some(_) = walks else { return Html::default() };
    if let Some(error) = traces.error.or(steps.error) {
        return html! { <p class="sub err">{ format!("The rounds could not be counted: {error}") }</p> };
    }
    let is_none = found.as_ref().is_some_and(|table| table.rows() == 0);
    match rounds.as_ref() {
        None if is_none => html! { <p class="sub">{ "No trace goes all the way round: the calls are of different traces." }</p> },
        None => html! { <span class="busy late"><i class="spin"></i>{ "counting rounds" }</span> },
        Some(rounds) if rounds.traces.is_empty() => {
            html! { <p class="sub">{ "No trace goes all the way round: the calls are of different runs." }</p> }
        }
        Some(rounds) => shown(mode, rounds, *has_traces),
    }
}

fn shown(mode: &ModeProps, rounds: &Rounds, has_traces: bool) -> Html {
    let histogram = rounds.histogram();
    let most = histogram.iter().map(|(_, traces)| *traces).max().unwrap_or(1);
    let url = &mode.store.url;
    html! {
        <>
            <div class="cy-f"><dl data-testid="dependency-rounds">
                <div><dt>{ "Returns" }</dt><dd data-col="returns" data-value={rounds.returns.to_string()}>{ units::count(rounds.returns) }</dd></div>
                <div><dt>{ "Traces" }</dt><dd data-col="traces" data-value={rounds.traces.len().to_string()}>{ units::count(rounds.traces.len() as u64) }</dd></div>
                <div><dt>{ "Most rounds" }</dt><dd data-col="most_rounds" data-value={rounds.most_rounds.to_string()}>{ units::count(rounds.most_rounds) }</dd></div>
                <div><dt>{ "Time added" }</dt><dd data-col="added_ns" data-value={rounds.added_ns.to_string()}>{ units::duration(rounds.added_ns) }</dd></div>
                </dl><div class="cy-h" role="img" aria-label={histogram.iter().map(|(rounds, traces)| format!("{} with {}", units::counted(*traces, "trace"), units::counted(*rounds, "round"))).collect::<Vec<_>>().join(", ")}>
                    { for histogram.iter().take(12).map(|(rounds, traces)| html! { <i style={format!("height:{:.0}%", 100.0 * ratio(*traces, most))} title={format!("{}: {}", units::counted(*rounds, "round"), units::counted(*traces, "trace"))}></i> }) }
                </div>
            </div>
            if let Some(longest) = rounds.traces.first() {
                <div class="cy-a"><a href={timeline_address(url, &longest.trace_id, &longest.span_id)} title={format!("Trace {}, {}", longest.trace_id, units::counted(longest.most_rounds, "round"))}>{ "Longest trace" }</a>
                    if rounds.looked_at >= rings::TRACE_LIMIT as u64 { <span class="dim">{ format!("the {} busiest traces were looked at", units::count(rounds.looked_at)) }</span> }
                </div>
            }
            if has_traces {
                <ul class="slow" data-testid="dependency-cycle-traces">
                    { for rounds.traces.iter().take(LINKS).map(|trace| html! {
                        <li key={trace.trace_id.clone()} data-trace-id={trace.trace_id.clone()}><a class="mono" href={timeline_address(url, &trace.trace_id, &trace.span_id)} title={format!("Trace {} in the Timeline", trace.trace_id)}>{ short(&trace.trace_id) }</a><span class="cut dim">{ units::counted(trace.most_rounds, "round") }</span><b>{ units::duration(trace.added_ns) }</b></li>
                    }) }
                </ul>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct RunawaysProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
}

/// Agents that ran more often in one trace than the reader allows.
#[component]
pub fn Runaways(props: &RunawaysProps) -> Html {
    let RunawaysProps { mode, params, kind } = props;
    let (session, scope) = (&mode.session, &mode.scope.scope);
    let extras = use_memo((scope.clone(), *kind), |(scope, kind)| Question::new(scope, *kind, &[], false).extras());
    let is_ready = use_extras(session, &extras, false).is_ready;
    let sql = use_memo((scope.clone(), params.runaway, is_ready), |(scope, runaway, is_ready)| {
        is_ready.then(|| Rc::<str>::from(rings::runaways_sql(scope, *runaway)))
    });
    let answer = use_later_query(session, (*sql).clone());
    let found: Option<Vec<Runaway>> = answer.table.as_ref().and_then(|table| agents::runaways(table).ok());
    let onset = {
        let store = mode.store.clone();
        Callback::from(move |runs: u32| set_params(&store, Nav::Replace, move |params| params.runaway = runs))
    };
    let feeds_itself = found.iter().flatten().any(|runaway| runaway.fed_itself > 0);
    html! {
        <div class="sec" data-testid="dependency-runaways">
            <h3>{ "Runaway loops" }if let Some(found) = &found { <span class={classes!("badge", (!found.is_empty()).then_some("w"))}>{ units::count(found.len() as u64) }</span> }</h3>
            <div class="dep-f"><label class="cap" for="dep-runs">{ "More than" }</label><WholeField id="dep-runs" value={params.runaway} most={MOST_NUMBER} {onset} /><span class="cap">{ "runs of an agent in one trace" }</span></div>
            if let Some(error) = &answer.error { <p class="sub err">{ error.to_string() }</p> }
            if let Some(found) = &found {
                if found.is_empty() { <p class="sub">{ "No agent ran so often in one trace." }</p> }
                <ul class="slow">
                    { for found.iter().take(LINKS * 3).map(|runaway| html! {
                        <li data-agent={runaway.agent.clone()} data-runs={runaway.runs.to_string()}>
                            <a class="mono" href={timeline_address(&mode.store.url, &runaway.trace_id, "")} title={format!("Trace {} in the Timeline", runaway.trace_id)}>{ short(&runaway.trace_id) }</a>
                            <span class="cut" title={runaway.agent.clone()}>{ runaway.agent.clone() }if runaway.fed_itself > 0 { <span class="dim">{ format!(", {} after its own artifact", units::count(runaway.fed_itself)) }</span> }</span>
                            <b>{ units::counted(runaway.runs, "run") }</b>
                        </li>
                    }) }
                </ul>
                if !found.is_empty() { <div class="note i0"><Icon name="info" /><p>{ if feeds_itself { RUNAWAY_HINT } else { RUNAWAY_BY_OTHERS } }</p></div> }
            }
        </div>
    }
}
