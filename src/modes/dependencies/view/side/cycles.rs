//! The cycles: who takes part, one way round, how often it was gone, and whether that is meant to be.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        super::{
            drawn::{self, ring_keys},
            params::{DependencyParams, GraphKind, Picked},
            question::Walks,
        },
        names::Palette,
        set_params,
        tables::SharedSubject,
    },
    rounds::{RoundsOf, Runaways},
};
use crate::{
    core::{graph::Edge, units},
    modes::ModeProps,
    state::store::Nav,
    ui::icon::Icon,
};

/// So many cycles are listed; the table has all of them.
const LISTED: usize = 50;
/// Of so many the rounds are counted at once; of the others when they are chosen.
const COUNTED: usize = 4;
/// So many names of a way round.
const NAMES: usize = 12;

#[derive(Properties, PartialEq)]
pub struct CyclePanelProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub subject: SharedSubject,
    pub palette: Palette,
    pub onpick: Callback<Option<Picked>>,
}

#[component]
pub fn CyclePanel(props: &CyclePanelProps) -> Html {
    let CyclePanelProps { mode, params, kind, subject, .. } = props;
    let subject = &subject.0;
    let all = drawn::rings(&subject.cycles);
    let runaways = if matches!(kind, GraphKind::Agents | GraphKind::Artifacts) {
        html! { <Runaways mode={mode.clone()} params={params.clone()} kind={*kind} /> }
    } else {
        Html::default()
    };
    if all.is_empty() {
        return html! {
            <>
                <div class="empty fit-c"><Icon name="cycle" /><b>{ "No cycle" }</b><p>{ format!("The {} in view call each other without going round in circles.", drawn::members_noun(*kind)) }</p></div>
                { runaways }
            </>
        };
    }
    let expected = all.iter().filter(|(_, ring)| params.is_expected(&ring_keys(&subject.graph, ring))).count();
    let title = drawn::cycle_words(&subject.cycles, *kind);
    let ways = (all.len() > subject.cycles.len()).then(|| format!("{} ways round them are listed. ", units::count(all.len() as u64)));
    html! {
        <>
            <div class="sec tight"><div class="note w"><Icon name="cycle" /><div>
                <b>{ title }</b>
                <p class="sub">{ ways.unwrap_or_default() }{ if expected > 0 { format!("{expected} marked as expected. Watch the round counts of the others.") } else { "Feedback loops can be intended. Watch the round counts.".to_owned() } }</p>
            </div></div></div>
            <ul class="cyl" aria-label="Cycles" data-testid="dependency-cycle-list">{ for all.iter().take(LISTED).enumerate().map(|(place, (cycle, ring))| entry(props, place, *cycle, ring)) }</ul>
            if all.len() > LISTED { <div class="sec"><p class="sub">{ format!("and {} more ways round", units::count((all.len() - LISTED) as u64)) }</p></div> }
            { runaways }
        </>
    }
}

fn entry(props: &CyclePanelProps, place: usize, cycle: usize, ring: &[usize]) -> Html {
    let CyclePanelProps { mode, params, kind, subject, palette, onpick } = props;
    let graph = &subject.0.graph;
    let keys = ring_keys(graph, ring);
    let is_chosen = matches!(&params.picked, Some(Picked::Cycle(chosen)) if *chosen == keys);
    let is_expected = params.is_expected(&keys);
    let onclick = {
        let (onpick, keys) = (onpick.clone(), keys.clone());
        Callback::from(move |_: MouseEvent| onpick.emit(Some(Picked::Cycle(keys.clone()))))
    };
    let onexpect = {
        let (store, keys) = (mode.store.clone(), keys.clone());
        Callback::from(move |_: MouseEvent| {
            let keys = keys.clone();
            set_params(&store, Nav::Replace, move |params| params.toggle_expected(&keys));
        })
    };
    let edges = drawn::ring_edges(graph, &keys);
    let sum = |of: fn(&Edge) -> u64| edges.iter().filter_map(|edge| graph.edges.get(*edge)).map(of).sum::<u64>();
    let (calls, errors) = (sum(|edge| edge.calls), sum(|edge| edge.errors));
    let round: Vec<usize> = ring.iter().chain(ring.first()).copied().collect();
    let beyond = round.len().saturating_sub(NAMES);
    let names: Vec<String> = ring.iter().filter_map(|at| graph.nodes.get(*at)).map(|node| node.name.to_string()).collect();
    // Rounds of every cycle of a large graph would keep the engine busy for long.
    let has_rounds = is_chosen || place < COUNTED;
    let walked = Walks::of(*kind).and_then(|walks| walks.members(graph, ring));
    let members = subject.0.cycles.get(cycle).map(|cycle| cycle.members.as_slice()).filter(|members| members.len() > ring.len());
    html! {
        <li key={keys.join("\n")} class={classes!("cy", is_chosen.then_some("on"), is_expected.then_some("ok"))} data-ring={names.join(",")}>
            <button type="button" class="cy-p" aria-pressed={is_chosen.to_string()} title="Show it in the graph (C)" {onclick}>
                { for round.iter().take(NAMES).enumerate().map(|(place, at)| html! {
                    <>if place > 0 { <span class="arr">{ "→" }</span> }{ palette.named_at(graph, *at) }</>
                }) }
                if beyond > 0 { <span class="dim">{ format!("→ {beyond} more") }</span> }
            </button>
            <dl class="cy-f">
                <div><dt>{ "Calls" }</dt><dd data-col="calls" data-value={calls.to_string()}>{ units::count(calls) }</dd></div>
                if errors > 0 { <div><dt>{ "Errors" }</dt><dd class="err">{ units::count(errors) }</dd></div> }
            </dl>
            if let Some(members) = members {
                <p class="sub cy-m" data-testid="dependency-cycle-members" data-count={members.len().to_string()}><span>{ format!("Group of {}: ", units::count(members.len() as u64)) }</span>
                    { for members.iter().take(NAMES).map(|at| palette.named_at(graph, *at)) }
                    if members.len() > NAMES { <span>{ format!("and {} more in the table of cycles", units::count((members.len() - NAMES) as u64)) }</span> }
                </p>
            }
            if let Some(walked) = walked {
                if has_rounds {
                    <RoundsOf mode={mode.clone()} kind={*kind} ring={Rc::new(walked)} has_traces={is_chosen} />
                } else {
                    <p class="sub" data-testid="dependency-uncounted">{ "Choose it to count its returns and list its traces." }</p>
                }
            } else {
                <p class="sub" data-testid="dependency-uncounted">{ "Returns are counted between whole services, and between agents: not with operations or bundles in the way." }</p>
            }
            <div class="cy-a">
                if is_expected { <span class="badge k"><Icon name="check" />{ "expected" }</span> }
                <span class="grow"></span>
                <button type="button" class="lk" onclick={onexpect}>{ if is_expected { "Not expected" } else { "Mark as expected" } }</button>
            </div>
        </li>
    }
}
