//! Nodes by their share of the time on critical paths. The list grows while trace after trace is looked at.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    super::{
        drawn,
        model::bottlenecks::{Bottleneck, Paths},
        params::{GraphKind, Picked},
        query::path,
        question::paths_by,
    },
    links::timeline_address,
    names::Palette,
    tables::SharedSubject,
};
use crate::{
    core::{graph::Graph, units},
    modes::ModeProps,
    state::{
        extras::{Extra, store::use_extras},
        queries::use_later_query,
    },
};

const LISTED: usize = 40;
/// Spans that lie in no execution of an agent.
const OUTSIDE: &str = "outside of agents";

#[derive(Properties, PartialEq)]
pub struct BottleneckPanelProps {
    pub mode: ModeProps,
    pub kind: GraphKind,
    pub subject: SharedSubject,
    pub palette: Palette,
    pub onpick: Callback<Option<Picked>>,
}

/// The paths so far, and how many slices they are of.
#[derive(Clone, Default, PartialEq)]
struct Done {
    of: usize,
    slices: usize,
    paths: Rc<Paths>,
}

#[component]
pub fn BottleneckPanel(props: &BottleneckPanelProps) -> Html {
    let BottleneckPanelProps { mode, kind, .. } = props;
    let (session, scope) = (&mode.session, &mode.scope.scope);
    let by = paths_by(*kind);
    let extras = use_memo((scope.clone(), by), |(scope, by)| {
        let mut all = scope.extras();
        all.insert(Extra::TraceNo);
        if *by == path::By::Agent {
            all.insert(Extra::AGENT);
        }
        all
    });
    let is_ready = use_extras(session, &extras, false).is_ready;
    let traces_sql = use_memo((scope.clone(), is_ready), |(scope, is_ready)| is_ready.then(|| Rc::<str>::from(path::traces_sql(scope))));
    let traces = use_later_query(session, (*traces_sql).clone());
    let table = traces_sql.as_deref().and_then(|sql| traces.of(sql)).cloned();
    let slices = use_memo((table.as_ref().map(|table| Rc::as_ptr(table) as usize), by), |_| {
        let read = table.as_ref().and_then(|table| Some((table.rows(), table.ints("trace_no").ok()?, table.ints("spans").ok()?)));
        let traces = read.into_iter().flat_map(|(rows, numbers, spans)| {
            (0..rows).filter_map(move |row| Some((u32::try_from(numbers.get(row)?).ok()?, u64::try_from(spans.get(row)?).ok()?)))
        });
        path::slices(traces)
    });
    let done = use_state(Done::default);
    let identity = Rc::as_ptr(&slices) as usize;
    let here = if done.of == identity { (*done).clone() } else { Done { of: identity, ..Done::default() } };
    let sql = use_memo((slices.clone(), here.slices, by), |(slices, at, by)| {
        slices.slices.get(*at).map(|slice| Rc::<str>::from(path::spans_sql(slice, *by)))
    });
    let answer = use_later_query(session, (*sql).clone());
    {
        let (done, here, table) = (done.setter(), here.clone(), sql.as_deref().and_then(|sql| answer.of(sql)).cloned());
        use_effect_with((here.slices, identity, table.as_ref().map(|table| Rc::as_ptr(table) as usize)), move |_| {
            if let Some(table) = table {
                let mut paths = (*here.paths).clone();
                // An answer of another shape adds nothing.
                drop(paths.add(&table));
                done.set(Done { of: here.of, slices: here.slices + 1, paths: Rc::new(paths) });
            }
        });
    }
    let paths = here.paths.clone();
    let ranked = use_memo(Rc::as_ptr(&paths) as usize, |_| paths.ranked());
    let is_working = table.is_none() || here.slices < slices.slices.len();
    let error = traces.error.or(answer.error);
    html! {
        <>
            <div class="sec">
                <p class="sub">{ "Share of the time that decided when traces finished: own time of a node on the critical path, and waiting for it." }</p>
                <p class="sub">{ format!("{} looked at", units::counted(paths.traces, "trace")) }{ if slices.left_out > 0 { format!("; {} shorter ones are left out.", units::count(slices.left_out)) } else { ".".to_owned() } }</p>
                if let Some(error) = &error { <p class="sub err">{ error.to_string() }</p> } else if is_working { <span class="busy late"><i class="spin"></i>{ "looking at critical paths" }</span> }
            </div>
            <ol class="shares bott" data-testid="dependency-bottlenecks">{ for ranked.iter().take(LISTED).map(|one| line(props, one, paths.all_ns)) }</ol>
            if !is_working && ranked.is_empty() { <div class="empty"><b>{ "No critical path" }</b><p>{ "No trace in view has spans with a time." }</p></div> }
        </>
    }
}

fn find(graph: &Graph, name: &str) -> Option<usize> {
    graph.nodes.iter().position(|node| &*node.name == name)
}

fn line(props: &BottleneckPanelProps, one: &Bottleneck, all_ns: i64) -> Html {
    let BottleneckPanelProps { mode, subject, palette, onpick, .. } = props;
    let graph = &subject.0.graph;
    let node = one.node.as_deref().and_then(|name| find(graph, name));
    let name = one.node.clone().unwrap_or_else(|| OUTSIDE.to_owned());
    let share = one.share(all_ns);
    let trace = mode.session.traces.get(one.longest_trace_no).map(|trace| trace.trace_id.to_owned());
    let shown = match node {
        Some(node) => {
            let picked = drawn::pick_node(graph, node);
            let onclick = onpick.reform(move |_: MouseEvent| picked.clone());
            html! { <button type="button" class="lk plain" {onclick}>{ palette.named_at(graph, node) }</button> }
        }
        None => {
            html! { <span class="dn"><span class="dim" title={name.clone()}>{ if name.is_empty() { "(no service)".to_owned() } else { name.clone() } }</span></span> }
        }
    };
    html! {
        <li key={name.clone()} data-node={one.node.clone()} data-share={share.to_string()}>
            if one.node.is_none() { <p class="sub">{ "Spans that belong to no agent's run: publishing, the workflow and its components, and the time in which they waited for agents of other traces." }</p> }
            <div class="bott-1">{ shown }<b>{ drawn::share(share) }</b></div>
            <span class="mbar c9"><i style={format!("width:{:.2}%", 100.0 * share)}></i></span>
            <div class="bott-2">{ format!("{} own, {} waiting, {}", units::duration(one.self_ns), units::duration(one.wait_ns), units::counted(one.traces, "trace")) }
                if let Some(trace) = trace { <a href={timeline_address(&mode.store.url, &trace, "")} title={format!("Trace {trace}: {} of its path", units::duration(one.longest_ns))}>{ "Longest" }</a> }
            </div>
        </li>
    }
}
