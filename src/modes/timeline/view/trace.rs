//! The trace that is shown, put together from its answers: spans first, then what they do, their events and the artifacts between them.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    model::{self, EventMarks, Roles, TraceModel},
    params::{TimelineParams, TraceView},
    query, runs,
    scene::FlowEnds,
};
use crate::{
    core::{
        concurrency::Concurrency,
        critical_path::CriticalPath,
        folded_time::FoldedTime,
        lineage::{self, Lineage},
        noise::{Noise, NoiseRules},
    },
    state::{
        queries::{Answer, use_later_query, use_query},
        session::Session,
    },
};

/// Idle gaps of this share of the trace and more can be folded.
const GAP_SHARE: f64 = 0.05;

/// A trace with everything that follows from its spans. Shared and never changed.
pub struct Trace {
    pub model: Rc<TraceModel>,
    pub path: Rc<CriticalPath>,
    /// The path with polling spans looked through; `None` where nothing polls.
    pub through: Option<Rc<CriticalPath>>,
    /// Own work at a time; counted after the first picture.
    pub work: Option<Rc<Concurrency>>,
    /// Runs of agents at a time; `None` in a trace without agents.
    pub agents: Option<Rc<Concurrency>>,
    pub noise: Rc<Noise>,
    /// Time with its idle gaps folded.
    pub folded: Rc<FoldedTime>,
    pub plain: Rc<FoldedTime>,
}

impl Trace {
    /// The critical path that the view shows: the waterfall draws the one that looks through polling spans where there is one.
    pub fn shown_path(&self, params: &TimelineParams) -> Rc<CriticalPath> {
        let through = self.through.as_ref().filter(|_| params.through || params.view != TraceView::Path);
        through.unwrap_or(&self.path).clone()
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model && Rc::ptr_eq(&self.noise, &other.noise)
    }
}

/// What the trace's questions have given so far.
#[derive(Clone)]
pub struct Found {
    pub trace: Option<Rc<Trace>>,
    pub events: Option<Rc<EventMarks>>,
    /// Artifacts between the agent runs that are shown.
    pub flows: Rc<Vec<FlowEnds>>,
    /// The question for the spans, for its state and for another try.
    pub spans: Answer,
    pub error: Option<String>,
}

/// Asks for a trace, or for the journey of a correlation id in its place. While the next one is on its way, the one before stays.
#[hook]
pub fn use_trace(session: &Rc<Session>, trace_id: Option<String>, params: &TimelineParams, rules: &Rc<NoiseRules>) -> Found {
    // Of a journey the id is the correlation's.
    let journey_sql: Option<Rc<str>> = params.journey.as_deref().map(|correlation| runs::journey_sql(correlation).into());
    let (id, sql): (Option<String>, Option<Rc<str>>) = match &journey_sql {
        Some(sql) => (params.journey.clone(), Some(sql.clone())),
        None => (trace_id.clone(), trace_id.as_deref().map(|id| query::spans_sql(id).into())),
    };
    let spans = use_query(session, sql.clone());
    let shown_id = use_mut_ref(String::new);
    if let (Some(id), Some(sql)) = (&id, &sql)
        && spans.of(sql).is_some()
    {
        shown_id.borrow_mut().clone_from(id);
    }
    let shown = shown_id.borrow().clone();
    // A journey's answer has the correlated spans of whole traces; which of them belong to it is found here.
    let table = {
        let answer = spans.table.clone().filter(|_| sql.is_some());
        let is_journey = spans.question.as_deref().is_some_and(|question| Some(question) == journey_sql.as_deref());
        use_memo((session.id, answer.clone().map(|table| Rc::as_ptr(&table) as usize), is_journey), move |_| match answer {
            Some(answer) if is_journey => runs::journey_table(&answer).map(|table| Some(Rc::new(table))),
            answer => Ok(answer),
        })
    };
    let bare = {
        let table = (*table).clone();
        let key = table.as_ref().ok().cloned().flatten().map(|table| Rc::as_ptr(&table) as usize);
        use_memo((session.id, key, shown.clone()), move |_| {
            table.transpose().map(|table| table.and_then(|table| TraceModel::new(&shown, table)).map(Rc::new))
        })
    };
    let (bare, error) = match bare.as_ref() {
        Some(Ok(model)) => (Some(model.clone()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };

    // After the first picture: the rest is asked for the trace that is shown.
    let shown_trace = bare.as_ref().map(|model| model.traces());
    let of_shown = |sql: fn(&[String], bool) -> String| -> Option<Rc<str>> {
        shown_trace.as_ref().map(|traces| sql(traces, session.agents_anywhere).into())
    };
    let roles = use_later_query(session, of_shown(query::roles_sql));
    let events = use_later_query(session, of_shown(|traces, _| query::events_sql(traces)));
    let model = {
        let (bare, table) = (bare.clone(), roles.table.clone().filter(|_| !roles.pending));
        use_memo((bare.clone(), table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |_| {
            let bare = bare?;
            match table.and_then(|table| Roles::new(&bare, &table).ok()) {
                Some(roles) => Some(Rc::new(bare.with_roles(Rc::new(roles)))),
                None => Some(bare),
            }
        })
    };
    // What follows from the spans alone is computed once, not again when their roles arrive.
    let path = use_memo(bare.clone(), |bare| bare.as_ref().map(|model| Rc::new(CriticalPath::of_trace(&model.tree, &model.call_kinds()))));
    let is_pictured = !roles.pending && (roles.table.is_some() || roles.error.is_some());
    let work = use_memo((bare.clone(), is_pictured), |(bare, is_pictured)| {
        bare.as_ref().filter(|_| *is_pictured).map(|model| Rc::new(Concurrency::of_self_times(&model.tree)))
    });
    let trace = use_memo(((*model).clone(), rules.clone(), is_pictured), |(model, rules, _)| {
        let model = model.clone()?;
        let (runs, pollers) = (model.agent_intervals(), model.pollers());
        let through = || Rc::new(CriticalPath::of_trace_without(&model.tree, &model.call_kinds(), &pollers));
        let (start_ns, end_ns) = (model.tree.start_ns, model.tree.end_ns);
        Some(Rc::new(Trace {
            path: (*path).clone()?,
            through: (!pollers.is_empty() && !runs.is_empty()).then(through),
            work: (*work).clone(),
            agents: (!runs.is_empty()).then(|| Rc::new(Concurrency::of_intervals(runs))),
            noise: Rc::new(model.noise(rules)),
            folded: Rc::new(FoldedTime::new(start_ns, end_ns, model.busy().into_iter(), GAP_SHARE)),
            plain: Rc::new(FoldedTime::plain(start_ns, end_ns)),
            model,
        }))
    });
    let events = {
        let table = events.table.clone().filter(|_| !events.pending);
        use_memo((bare.clone(), table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |(bare, _)| {
            bare.as_ref().zip(table).and_then(|(bare, table)| model::event_marks(bare, &table).ok()).map(Rc::new)
        })
    };
    let flows = use_flows(session, trace.as_ref().as_ref());
    Found { trace: (*trace).clone(), flows, events: (*events).clone(), spans, error }
}

/// The ways of artifacts between the spans that are shown, asked when their agents are known.
#[hook]
fn use_flows(session: &Rc<Session>, trace: Option<&Rc<Trace>>) -> Rc<Vec<FlowEnds>> {
    let with_agents = trace.filter(|trace| trace.agents.is_some());
    let answer = use_later_query(session, with_agents.map(|trace| runs::runs_of_traces_sql(&trace.model.traces()).into()));
    let table = answer.table.clone().filter(|_| !answer.pending);
    let key = (with_agents.cloned(), table.as_ref().map(|table| Rc::as_ptr(table) as usize));
    use_memo(key, move |(trace, _)| {
        let (Some(trace), Some(runs)) = (trace, table.and_then(|table| runs::read_runs(&table).ok())) else { return Vec::new() };
        let spans = trace.model.agent_spans();
        let lineage = Lineage::new(runs);
        let ends = |flow: lineage::Flow<'_>| {
            let span = |run: &lineage::Run| spans.get(&(run.trace_id.as_str(), run.span_id.as_str())).copied();
            Some(FlowEnds { from_span: span(flow.from)?, to_span: span(flow.to)? })
        };
        lineage.flows().into_iter().filter_map(ends).collect()
    })
}
