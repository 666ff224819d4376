//! Artifact lineage of an agent run: why it ran, back to the origin, and what it caused.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{model::TraceModel, runs},
    Choice,
    list::slot_class,
};
use crate::{
    core::{
        colour::{Kind, Slots},
        lineage::{ArtifactRef, Cause, ChainEnd, Lineage, Producer, Run, Why},
        units,
    },
    state::{
        queries::use_later_query,
        session::Session,
        store::{Nav, Store, go},
    },
    ui::icon::Icon,
};

/// A longer list is shown in part at first: so many from its beginning and its end.
const ENDS_SHOWN: (usize, usize) = (3, 9);

/// What is known of a lineage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineageAnswer {
    pub lineage: Option<Rc<Lineage>>,
    /// Why the runs of the trace could not be read.
    pub error: Option<AttrValue>,
}

/// The runs of a trace as far as they are known: at first the trace's own, then those of other traces that belong with them. Nothing is asked
/// while `trace_id` is `None`.
#[hook]
pub fn use_lineage(session: &Rc<Session>, trace_id: Option<Rc<str>>) -> LineageAnswer {
    let own_sql: Option<Rc<str>> = trace_id.as_deref().map(|id| runs::runs_of_traces_sql(&[id.to_owned()]).into());
    let own = use_later_query(session, own_sql.clone());
    let own_table = own_sql.as_deref().and_then(|sql| own.of(sql)).cloned();
    let own_runs = use_memo((session.id, own_table.as_ref().map(|table| Rc::as_ptr(table) as usize)), move |_| {
        own_table.as_ref().and_then(|table| runs::read_runs(table).ok())
    });
    let related_sql: Option<Rc<str>> = match (trace_id.as_deref(), own_runs.as_ref()) {
        // A file of one trace has no others.
        (Some(id), Some(found)) if session.traces.len() > 1 => runs::related_runs_sql(id, &runs::ids_of(found)).map(Into::into),
        _ => None,
    };
    let related = use_later_query(session, related_sql.clone());
    let related_table = related_sql.as_deref().and_then(|sql| related.of(sql)).cloned();
    let key = (session.id, own_sql, related_table.as_ref().map(|table| Rc::as_ptr(table) as usize), own_runs.is_some());
    let lineage = use_memo(key, move |_| {
        let all = related_table.as_ref().and_then(|table| runs::read_runs(table).ok());
        all.or_else(|| (*own_runs).clone()).map(|runs| Rc::new(Lineage::new(runs)))
    });
    LineageAnswer { lineage: (*lineage).clone(), error: own.error.as_ref().map(|error| error.to_string().into()) }
}

/// Goes to the span of a run, in this trace or another.
#[derive(Clone, PartialEq)]
struct Way {
    store: Store,
    model: Rc<TraceModel>,
    onchoose: Callback<Choice>,
}

impl Way {
    fn to(&self, run: &Run) -> Callback<MouseEvent> {
        let (way, trace_id, span_id) = (self.clone(), run.trace_id.clone(), run.span_id.clone());
        Callback::from(move |_| match way.model.find(&span_id) {
            Some(span) if way.model.trace_id == trace_id => way.onchoose.emit((span, true)),
            _ => {
                let (trace_id, span_id) = (trace_id.clone(), span_id.clone());
                go(&way.store, Nav::Push, move |url| {
                    url.trace = Some(trace_id);
                    url.span = Some(span_id);
                });
            }
        })
    }
}

#[derive(Properties, PartialEq)]
pub struct LineageSectionProps {
    pub store: Store,
    pub model: Rc<TraceModel>,
    pub trace_id: Rc<str>,
    pub span_id: AttrValue,
    pub answer: LineageAnswer,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn LineageSection(props: &LineageSectionProps) -> Html {
    let whole = use_state(|| false);
    if let Some(error) = &props.answer.error {
        return html! { <div class="sec"><h3>{ "Artifact lineage" }</h3><div class="note e" role="alert"><Icon name="err" /><span>{ "The artifacts of this trace could not be read. " }{ error.clone() }</span></div></div> };
    }
    let Some(lineage) = &props.answer.lineage else {
        return html! { <div class="sec"><h3>{ "Artifact lineage" }</h3><span class="busy" role="status"><i class="spin"></i>{ "Reading the artifacts" }</span></div> };
    };
    let Some(run) = lineage.find(&props.trace_id, &props.span_id) else { return Html::default() };
    let way = Way { store: props.store.clone(), model: props.model.clone(), onchoose: props.onchoose.clone() };
    let drawing = Drawing { lineage, slots: &props.agent_slots, trace_id: &props.trace_id, way: &way };
    let why = lineage.why(run);
    let mut chain = drawing.chain(&why);
    let effects = drawing.effects(run);
    let hidden = |count: usize| if *whole { 0 } else { count.saturating_sub(ENDS_SHOWN.0 + ENDS_SHOWN.1) };
    let more = |hidden: usize| {
        let whole = whole.setter();
        html! { <li class="more"><button type="button" class="lk" onclick={Callback::from(move |_: MouseEvent| whole.set(true))}>{ format!("{} more", units::count(hidden as u64)) }</button></li> }
    };
    let chain_hidden = hidden(chain.len());
    if chain_hidden > 0 {
        chain.splice(ENDS_SHOWN.0..ENDS_SHOWN.0 + chain_hidden, [more(chain_hidden)]);
    }
    let (effects_count, effects_hidden) = (effects.len(), hidden(effects.len()));
    html! {
        <>
            <div class="sec" data-testid="lineage">
                <h3>{ "Artifact lineage" }<span class="dim">{ "why this agent ran" }</span></h3>
                <ol class="lineage">{ for chain }</ol>
            </div>
            <div class="sec" data-testid="caused">
                <h3>{ "What it caused" }<span class="dim">{ if effects_count > 0 { units::counted(effects_count as u64, "run") } else { String::new() } }</span></h3>
                if effects_count == 0 {
                    <p class="sub">{ if lineage.run(run).is_some_and(|run| run.outputs.is_empty()) { "It published nothing." } else { "No run in this file consumed what it published." } }</p>
                } else {
                    <ol class="lineage tree">{ for effects.into_iter().take(effects_count - effects_hidden) }if effects_hidden > 0 { { more(effects_hidden) } }</ol>
                }
            </div>
        </>
    }
}

struct Drawing<'a> {
    lineage: &'a Lineage,
    slots: &'a Slots,
    trace_id: &'a str,
    way: &'a Way,
}

impl Drawing<'_> {
    /// From the origin down to the run itself.
    fn chain(&self, why: &Why) -> Vec<Html> {
        let mut rows: Vec<Html> = Vec::new();
        match why.end {
            ChainEnd::Origin => {}
            ChainEnd::Circle => rows.push(html! { <li class="more dim">{ "The chain goes round in a circle from here" }</li> }),
            ChainEnd::TooLong => rows.push(html! { <li class="more dim">{ "The chain goes further back" }</li> }),
        }
        let last = why.steps.first();
        // "#2" where the chain has several artifacts of one type.
        let types: Vec<&str> = why
            .steps
            .iter()
            .rev()
            .filter_map(|step| self.artifact(step.run, step.trigger?))
            .map(|artifact| artifact.type_name.as_str())
            .collect();
        let mut place = 0;
        for step in why.steps.iter().rev() {
            let Some(trigger) = step.trigger else { continue };
            let Some(artifact) = self.artifact(step.run, trigger) else { continue };
            let same = |to: usize| types.iter().take(to).filter(|name| **name == artifact.type_name).count();
            let number = (same(types.len()) > 1).then(|| format!(" #{}", same(place + 1)));
            place += 1;
            let is_last = last.is_some_and(|last| last.run == step.run);
            rows.push(self.cause(
                artifact,
                trigger,
                number,
                if is_last { "used" } else { "" },
                if is_last { 0 } else { step.beside.len() },
            ));
            if is_last {
                rows.extend(
                    step.beside
                        .iter()
                        .filter_map(|cause| Some(self.cause(self.artifact(step.run, *cause)?, *cause, None, "used beside", 0))),
                );
            }
        }
        if let Some(run) = last.and_then(|step| self.lineage.run(step.run)) {
            rows.push(self.itself(run));
        }
        rows
    }

    fn artifact(&self, run: u32, cause: Cause) -> Option<&ArtifactRef> {
        self.lineage.artifact(run, cause.input)
    }

    fn cause(&self, artifact: &ArtifactRef, cause: Cause, number: Option<String>, class: &'static str, beside: usize) -> Html {
        let producer = cause.producer.run().and_then(|run| self.lineage.run(run));
        let what = html! { <span class="li-n">{ type_or_id(artifact) }{ number }</span> };
        let by = artifact.produced_by.as_deref().or_else(|| producer.and_then(|run| run.agent.as_deref()));
        let notes = html! {
            <>
                if matches!(cause.producer, Producer::Run { inferred: true, .. }) {
                    <span class="badge" title="The file does not say which run published this artifact: this one fits by agent and time">{ "inferred" }</span>
                }
                if cause.producer == Producer::Unknown {
                    <span class="dim" title="No run in this file published this artifact">{ "run not in this file" }</span>
                }
                if beside > 0 {
                    <span class="dim" title="Further artifacts that the same run consumed">{ format!("+{beside}") }</span>
                }
            </>
        };
        let body = html! { <>{ what }{ self.agent(by) }{ notes }</> };
        self.row(producer, class, 0, body)
    }

    /// The run whose lineage this is.
    fn itself(&self, run: &Run) -> Html {
        let published: Vec<String> = run.outputs.iter().map(type_or_id).collect();
        html! {
            <li class={if run.is_error { "now e" } else { "now" }} aria-current="true" data-span-id={run.span_id.clone()} data-trace-id={run.trace_id.clone()}>
                if published.is_empty() {
                    <span class={classes!("li-n", run.is_error.then_some("err"))}>if run.is_error { <Icon name="err" class="xs err" />{ " " } }{ "no output" }</span>
                } else {
                    <span class="li-n">{ published.join(", ") }</span>
                }
                { self.agent(run.agent.as_deref()) }
                <span class="dim">{ "this run" }</span>
            </li>
        }
    }

    fn effects(&self, run: u32) -> Vec<Html> {
        let caused = self.lineage.caused(run);
        let rows = caused.effects.iter().filter_map(|effect| {
            let run = self.lineage.run(effect.run)?;
            let artifact = self.lineage.artifact(effect.run, effect.input)?;
            let body = html! {
                <>
                    <span class="li-n">{ self.agent(run.agent.as_deref()) }</span>
                    <span class="dim">{ format!("ran on {}", type_or_id(artifact)) }</span>
                    if run.is_error {
                        <span title="Error" role="img" aria-label="Error"><Icon name="err" class="xs err" /></span>
                    }
                </>
            };
            Some(self.row(Some(run), "", effect.depth.saturating_sub(1), body))
        });
        let cut = caused.cut.then(|| html! { <li class="more dim">{ "and more" }</li> });
        rows.chain(cut).collect()
    }

    /// A step: a button where its run is in the file.
    fn row(&self, run: Option<&Run>, class: &'static str, indent: u32, body: Html) -> Html {
        let style = (indent > 0).then(|| format!("--n:{}", indent.min(8)));
        let Some(run) = run else { return html! { <li {class} {style}>{ body }</li> } };
        html! {
            <li class={class} {style}>
                <button type="button" class="li-b" data-span-id={run.span_id.clone()} data-trace-id={run.trace_id.clone()} title="Go to this run" onclick={self.way.to(run)}>
                    { body }
                    if run.trace_id != self.trace_id {
                        <span class="badge">{ "other trace" }</span>
                    }
                </button>
            </li>
        }
    }

    fn agent(&self, name: Option<&str>) -> Html {
        match name {
            Some(name) if crate::core::lineage::is_outside(name) => {
                html! { <span class="ag bare"><i class="outside"></i><span>{ name.to_owned() }</span></span> }
            }
            Some(name) => {
                html! { <span class={classes!("ag", "bare", slot_class(self.slots, Kind::Agent, name))}><i></i><span>{ name.to_owned() }</span></span> }
            }
            None => html! { <span class="dim">{ "no agent named" }</span> },
        }
    }
}

fn type_or_id(artifact: &ArtifactRef) -> String {
    match artifact.type_name.as_str() {
        "" => artifact.id.chars().take(8).collect(),
        name => name.to_owned(),
    }
}
