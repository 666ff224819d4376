//! The chosen group beside the table: what can be done with it, and what is known of its spans.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::{
    super::{
        groups::{
            figures::Figures,
            inspect::{self, LogScale},
            model::NO_VALUE,
            query::Grouping,
        },
        params::{GroupKey, StatisticsParams},
    },
    data::TableData,
    names::{Colours, named},
    sections,
};
use crate::{
    core::filter::Node,
    state::{
        extras::{Extra, store::use_extras},
        links::timeline_address,
        queries::{Answer, use_later_query, use_query},
        scope::{Scope, edit},
        session::Session,
        store::Store,
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    pub session: Rc<Session>,
    pub store: Store,
    /// The page's own scope, which "Only this" and "Hide" change.
    pub scope: Rc<Scope>,
    pub params: StatisticsParams,
    pub data: TableData,
    pub chosen: GroupKey,
    pub colours: Colours,
    pub is_own_ready: bool,
    pub onclose: Callback<MouseEvent>,
}

/// The group as a condition of the filter.
fn condition(grouping: &Grouping, key: &GroupKey) -> Option<Node> {
    let mut parts = vec![grouping.first.condition(key.first.as_deref())];
    if let (Some(second), Some(value)) = (&grouping.second, &key.second) {
        parts.push(second.condition(value.as_deref()));
    }
    Node::all(parts)
}

/// Asked in the order in which a reader looks.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let InspectorProps { session, store, scope, params, data, chosen, colours, .. } = props;
    let grouping = data.grouping.clone();
    let figures: Option<Figures> = data.figures(chosen).cloned();
    let scale = figures.as_ref().and_then(LogScale::of);
    let ask = |sql: String| Some(Rc::<str>::from(sql));
    let slowest = use_query(session, figures.as_ref().and_then(|_| ask(inspect::slowest_sql(&grouping, chosen))));
    let bars = use_later_query(session, scale.and_then(|scale| ask(scale.histogram_sql(&grouping, chosen))));
    let failures = use_later_query(
        session,
        figures.as_ref().filter(|figures| figures.errors > 0).and_then(|_| ask(inspect::failures_sql(&grouping, chosen))),
    );
    let by_agent = use_memo((), |()| BTreeSet::from([Extra::AGENT, Extra::SELF_TIME]));
    let by_agent = use_extras(session, &by_agent, false);
    let agents =
        use_later_query(session, figures.as_ref().filter(|_| by_agent.is_ready).and_then(|_| ask(inspect::agents_sql(&grouping, chosen))));

    let dimension = match (&chosen.second, &grouping.second) {
        (Some(_), Some(second)) => second,
        _ => &grouping.first,
    };
    let value = chosen.second.as_ref().unwrap_or(&chosen.first);
    let service = data.service(chosen);
    let mark = colours.class(dimension, value.as_deref(), service.as_deref());
    let colour = mark.as_ref().map_or_else(|| classes!("c0"), |(colour, _)| colour.clone());
    let exemplars = read(&slowest, inspect::read_exemplars);
    let in_timeline =
        exemplars.as_ref().and_then(|spans| spans.first()).map(|span| timeline_address(&store.url, &span.trace_id, &span.span_id));
    let add = |is_negated: bool| {
        let (store, scope, node) = (store.clone(), scope.clone(), condition(&grouping, chosen));
        Callback::from(move |_: MouseEvent| {
            if let Some(node) = node.clone() {
                edit::add(&store, &scope, if is_negated { node.negate() } else { node });
            }
        })
    };
    let is_stale = slowest.pending && slowest.table.is_some();
    html! {
        <aside class="pane insp" aria-label={format!("Group {}", value.as_deref().unwrap_or("without a value"))} data-testid="statistics-inspector" data-group={value.clone().unwrap_or_else(|| NO_VALUE.to_owned())}>
            <div class="dh">
                <div class="dh-1">
                    <h2>{ named(dimension, value.as_deref(), service.as_deref(), mark.as_ref()) }</h2><span class="grow"></span>
                    <button type="button" class="icon-btn sm" aria-label="Close" title="Close (Esc)" onclick={props.onclose.clone()}><Icon name="x" class="s" /></button>
                </div>
                if chosen.second.is_some() {
                    <div class="dh-2"><span class="dim">{ "in" }</span>{ named(&grouping.first, chosen.first.as_deref(), data.groups.find(&chosen.first).and_then(|group| group.service.clone()).as_deref(), None) }</div>
                }
                <div class="insp-a">
                    if let Some(href) = in_timeline {
                        <a class="btn sm" {href} title="The slowest span in its trace"><Icon name="timeline" class="s" />{ "Show in Timeline" }</a>
                    } else {
                        <button type="button" class="btn sm" disabled=true><Icon name="timeline" class="s" />{ "Show in Timeline" }</button>
                    }
                    <button type="button" class="btn sm" title="The filter lets only these spans through" onclick={add(false)}><Icon name="filter" class="s" />{ "Only this" }</button>
                    <button type="button" class="btn sm" title="The filter leaves these spans out" onclick={add(true)}><Icon name="eyeoff" class="s" />{ "Hide" }</button>
                </div>
            </div>
            <div class={classes!("scroll", is_stale.then_some("busy-old"))}>
                if let Some(figures) = &figures {
                    { error_note(&slowest).or_else(|| error_note(&bars)).or_else(|| error_note(&failures)).or_else(|| error_note(&agents)).unwrap_or_default() }
                    if let Some(scale) = scale {
                        { sections::durations(figures, scale, read(&bars, inspect::read_bars), &colour) }
                    } else {
                        <div class="sec"><p class="sub">{ "The spans of this group have no time." }</p></div>
                    }
                    { sections::slowest(session, store, figures.count, exemplars.as_deref()) }
                    { sections::by_agent(colours, &read(&agents, inspect::read_agents).unwrap_or_default()) }
                    { sections::failures(store, figures.errors, read(&failures, inspect::read_failures)) }
                } else {
                    <div class="sec"><p class="sub">{ if params.open.contains(&chosen.first) || chosen.second.is_none() { "No span of this group is in scope." } else { "Open the group in the table to see the one below it." } }</p></div>
                }
            </div>
        </aside>
    }
}

fn read<T>(answer: &Answer, read: impl Fn(&crate::engine::Table) -> Result<T, crate::engine::TableError>) -> Option<T> {
    answer.table.as_ref().and_then(|table| read(table).ok())
}

fn error_note(answer: &Answer) -> Option<Html> {
    let (error, answer) = (answer.error.clone()?, answer.clone());
    Some(html! {
        <div class="note e" role="alert"><Icon name="err" /><div><b>{ "This could not be worked out" }</b><p>{ error.to_string() }</p>
            <div class="note-a"><button type="button" class="lk" onclick={Callback::from(move |_: MouseEvent| answer.retry())}>{ "Try again" }</button></div></div></div>
    })
}
