//! Two times compared: which edges are new, which are gone, which have become slower.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    super::{
        changes::{self, Changed, Kind},
        drawn::{duration_ms, key_of},
        params::{Compare, DependencyParams, GraphKind, MOST_NUMBER, Picked},
    },
    data::use_graph,
    names::Palette,
    set_params,
};
use super::whole::WholeField;
use crate::{
    core::{graph::Graph, units},
    modes::ModeProps,
    state::store::Nav,
    ui::{
        icon::Icon,
        picker::{PickOption, Picker},
    },
};

const BEFORE: &str = "before";
const RANGE: &str = "range";
const KEEP: &str = "keep";
/// Of each kind so many are listed.
const LISTED: usize = 40;

#[derive(Properties, PartialEq)]
pub struct ChangesPanelProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub palette: Palette,
    pub onpick: Callback<Option<Picked>>,
}

#[component]
pub fn ChangesPanel(props: &ChangesPanelProps) -> Html {
    let ChangesPanelProps { mode, params, kind, .. } = props;
    let (session, scope) = (&mode.session, &mode.scope.scope);
    let with = params.compare.unwrap_or(Compare::Before);
    let extent = session.totals.start_ns.zip(session.totals.end_ns);
    let pair = use_memo((scope.clone(), extent, with), |(scope, extent, with)| {
        changes::scopes(scope, *extent, *with).map(|(before, now)| (Rc::new(before), Rc::new(now)))
    });
    let (before_scope, now_scope) = pair.as_ref().clone().unzip();
    let before = use_graph(session, before_scope.as_ref(), Some(*kind), &params.opened);
    let now = use_graph(session, now_scope.as_ref(), Some(*kind), &params.opened);
    let graphs = before.graph.clone().zip(now.graph.clone());
    let key = graphs.as_ref().map(|(before, now)| (Rc::as_ptr(before) as usize, Rc::as_ptr(now) as usize));
    let found = use_memo((key, params.slower_pct), |(_, slower_pct)| {
        graphs.as_ref().map(|(before, now)| changes::find(before, now, *slower_pct)).unwrap_or_default()
    });
    let option = |value: &'static str, label: String| PickOption { value: value.into(), label: label.into(), note: None };
    let mut options = vec![option(BEFORE, changes::label(scope, Compare::Before))];
    if let Compare::Range { .. } = with {
        options.push(option(RANGE, changes::label(scope, with)));
    }
    let present = scope.from_ns.zip(scope.to_ns);
    if let Some((from_ns, to_ns)) = present.filter(|(from_ns, to_ns)| with != (Compare::Range { from_ns: *from_ns, to_ns: *to_ns })) {
        options.push(option(KEEP, format!("keep {} and compare others with it", units::time_range(from_ns, to_ns))));
    }
    let onpick = {
        let store = mode.store.clone();
        Callback::from(move |value: AttrValue| {
            let next = match (value.as_str(), present) {
                (BEFORE, _) => None,
                (KEEP, Some((from_ns, to_ns))) => Some(Compare::Range { from_ns, to_ns }),
                _ => return,
            };
            set_params(&store, Nav::Replace, move |params| params.compare = next);
        })
    };
    let onslower = {
        let store = mode.store.clone();
        Callback::from(move |pct: u32| set_params(&store, Nav::Replace, move |params| params.slower_pct = pct))
    };
    let chosen: AttrValue = if matches!(with, Compare::Before) { BEFORE.into() } else { RANGE.into() };
    let is_working = pair.is_some() && (before.is_stale || now.is_stale);
    let times = pair.as_ref().as_ref().map(|(before, now)| changes::times(before, now));
    html! {
        <>
            <div class="sec">
                <div class="dep-f"><span class="cap">{ "Compare with" }</span>
                    <Picker id="dep-compare" label="Compare the time in view with" text={changes::label(scope, with)} options={Rc::new(options)} chosen={Some(chosen)} {onpick} />
                </div>
                <div class="dep-f"><label class="cap" for="dep-slower">{ "Slower is p95 by more than" }</label><WholeField id="dep-slower" value={params.slower_pct} most={MOST_NUMBER} onset={onslower} /><span class="cap">{ "%" }</span></div>
                if let Some(times) = times {
                    <dl class="kv">{ for ["Before", "Now"].into_iter().zip(times).map(|(label, time)| html! { <><dt>{ label }</dt><dd>{ time }</dd></> }) }</dl>
                    if present.is_none() {
                        <p class="sub">{ "To compare other times: choose a time range, keep it in this list, then choose another range." }</p>
                    }
                } else {
                    <p class="sub">{ "The file has no times to compare." }</p>
                }
                if is_working { <span class="busy late"><i class="spin"></i>{ "counting calls" }</span> }
            </div>
            if let Some(error) = before.error.or(now.error) { <div class="note e" role="alert"><Icon name="err" /><span>{ error }</span></div> }
            if let Some((before, now)) = &graphs {
                { for Kind::ALL.iter().map(|kind| list(props, *kind, &found, before, now)) }
            }
        </>
    }
}

fn list(props: &ChangesPanelProps, kind: Kind, found: &[Changed], before: &Graph, now: &Graph) -> Html {
    let ChangesPanelProps { palette, onpick, .. } = props;
    let all: Vec<&Changed> = found.iter().filter(|changed| changed.kind == kind).collect();
    let line = |changed: &&Changed| {
        let (graph, at) = match (changed.now, changed.before) {
            (Some(at), _) => (now, at),
            (None, Some(at)) => (before, at),
            (None, None) => return None,
        };
        let edge = graph.edges.get(at)?;
        let key = |at: usize| graph.nodes.get(at).map(key_of);
        let picked = Picked::Edge { source: key(edge.source)?, target: key(edge.target)?, label: edge.label.as_deref().map(str::to_owned) };
        let onclick = onpick.reform(move |_: MouseEvent| Some(picked.clone()));
        let old = changed.before.and_then(|at| before.edges.get(at)).and_then(|edge| edge.p95_ms);
        let figure = match (kind, old, edge.p95_ms) {
            (Kind::Slower, Some(old), Some(new)) => format!("{} → {}", duration_ms(old), duration_ms(new)),
            _ => units::counted(edge.calls, "call"),
        };
        Some(html! {
            <li data-change={kind.slug()}><button type="button" class="lk plain" {onclick}>{ palette.named_at(graph, edge.source) }<span class="arr">{ "→" }</span>{ palette.named_at(graph, edge.target) }</button><b>{ figure }</b></li>
        })
    };
    html! {
        <div class="sec"><h3>{ kind.label() }<span class="badge">{ units::count(all.len() as u64) }</span></h3>
            if all.is_empty() { <p class="sub">{ "None." }</p> }
            <ul class="eds" data-testid={format!("dependency-{}", kind.slug())} data-count={all.len().to_string()}>{ for all.iter().take(LISTED).filter_map(line) }</ul>
        </div>
    }
}
