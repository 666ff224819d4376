//! Events of a span; exceptions with a stack trace whose library frames fold.

use std::{collections::HashSet, rc::Rc};

use yew::prelude::*;

use super::{
    super::{
        detail::SpanDetail,
        same_error::{read_failures, same_error_sql},
    },
    choose_span,
};
use crate::{
    core::{
        calendar,
        events::Event,
        json_tree::{Kind, Node},
        stack_trace::{self, Part},
        units,
    },
    state::{
        queries::use_later_query,
        session::Session,
        store::{Nav, Store},
    },
    ui::{copy::CopyButton, icon::Icon, json_view::JsonView},
};

/// More events are not listed at first.
const SHOWN: usize = 100;

#[derive(Properties, PartialEq)]
pub struct EventsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub trace_id: AttrValue,
    pub detail: Rc<SpanDetail>,
    /// Start of the span, to which the events' times are relative.
    pub start_ns: i64,
}

#[component]
pub fn Events(props: &EventsProps) -> Html {
    let detail = &props.detail;
    let shown = use_state(|| SHOWN);
    let hidden = detail.events.len().saturating_sub(*shown);
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(shown.saturating_mul(4)))
    };
    html! {
        <div data-testid="events">
            if detail.events.is_empty() {
                <div class="empty"><p>{ "No events were recorded on this span." }</p></div>
            }
            { for detail.events.iter().take(*shown).map(|event| event_card(event, props.start_ns)) }
            if hidden > 0 {
                <div class="sec"><button type="button" class="lk" onclick={more}>{ format!("Show more of {} further events", units::count(hidden as u64)) }</button></div>
            }
            if let Some(kind) = detail.events.iter().find_map(|event| event.exception.as_ref()?.kind.clone()) {
                <SameError session={props.session.clone()} store={props.store.clone()} {kind} trace_id={props.trace_id.clone()} />
            }
            { for detail.event_warnings.iter().map(|warning| html! { <div class="sec"><div class="note w"><Icon name="warn" /><span>{ warning.clone() }</span></div></div> }) }
            if let Some(status) = &detail.status_description {
                <div class="sec"><h3>{ "Status" }</h3><p class="mono wrapm">{ status.clone() }</p></div>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SameErrorProps {
    session: Rc<Session>,
    store: Store,
    /// The exception's type.
    kind: AttrValue,
    trace_id: AttrValue,
}

/// Spans of other traces that failed in the same way.
#[component]
fn SameError(props: &SameErrorProps) -> Html {
    let answer = use_later_query(&props.session, Some(same_error_sql(&props.kind, &props.trace_id).into()));
    let table = answer.table.clone().filter(|_| !answer.pending);
    let failures = use_memo(table.map(|table| (Rc::as_ptr(&table) as usize, table)), |table| {
        table.as_ref().and_then(|(_, table)| read_failures(table).ok())
    });
    let Some(failures) = failures.as_ref() else { return Html::default() };
    let item = |failure: &super::super::same_error::Failure| {
        let onclick = {
            let (store, trace_id, span_id) = (props.store.clone(), failure.trace_id.clone(), failure.span_id.clone());
            Callback::from(move |_: MouseEvent| choose_span(&store, Nav::Push, &trace_id, Some(&span_id)))
        };
        let short: String = failure.trace_id.chars().take(8).collect();
        html! {
            <li key={format!("{}/{}", failure.trace_id, failure.span_id)}>
                <button type="button" class="lk mono" title={format!("Go to span {} of trace {}", failure.span_id, failure.trace_id)} {onclick}>{ short }</button>
                <span class="cut" title={failure.message.clone()}>{ failure.message.clone() }</span>
                if let Some(start_ns) = failure.start_ns {
                    <span class="dim" title={calendar::instant_full(start_ns)}>{ calendar::time_of_day(start_ns) }</span>
                }
            </li>
        }
    };
    html! {
        <div class="sec" data-testid="same-error"><h3>{ "Same error elsewhere" }<span class="dim">{ match failures.spans {
                0 => "in no other trace of this file".to_owned(),
                spans => format!("{} in {}", units::counted(spans, "span"), units::counted(failures.traces, "trace")),
            } }</span></h3>
            if !failures.listed.is_empty() {
                <ul class="same">{ for failures.listed.iter().map(item) }</ul>
            }
        </div>
    }
}

fn event_card(event: &Event, start_ns: i64) -> Html {
    let exception = event.exception.as_ref();
    let others: Vec<&(String, Node)> =
        event.attributes.iter().filter(|(key, _)| exception.is_none() || !key.starts_with("exception.")).collect();
    html! {
        <div class="sec">
            <div class="ev-h"><i class={classes!("dia", "st", exception.is_some().then_some("ex"))}></i><b>{ event.name.clone() }</b>
                if let Some(at) = event.timestamp_ns {
                    <span class="dim" title={units::moment_full(at, start_ns)}>{ units::moment(at, start_ns) }</span>
                }
                <span class="grow"></span>
                if event.times_recorded > 1 {
                    <span class="badge" title="Records that are equal apart from their time">{ if event.times_recorded == 2 { "recorded twice, shown once".to_owned() } else { format!("recorded {} times, shown once", event.times_recorded) } }</span>
                }
            </div>
            if let Some(exception) = exception {
                <dl class="kv">
                    <dt>{ "Type" }</dt><dd class="mono">{ exception.kind.clone().unwrap_or_else(|| "–".to_owned()) }</dd>
                    <dt>{ "Message" }</dt><dd class="mono wrapm">{ exception.message.clone().unwrap_or_else(|| "–".to_owned()) }</dd>
                    if let Some(escaped) = exception.escaped {
                        <dt>{ "Escaped" }</dt><dd class="mono">{ escaped.to_string() }</dd>
                    }
                </dl>
                if let Some(stack) = &exception.stacktrace {
                    <Stack text={stack.clone()} />
                }
            }
            if !others.is_empty() {
                <JsonView label={format!("Attributes of {}", event.name)} value={Rc::new(Node { kind: Kind::Object(others.len()), children: others.into_iter().map(|(_, node)| node.clone()).collect(), ..Node::default() })} />
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct StackProps {
    text: AttrValue,
}

#[component]
fn Stack(props: &StackProps) -> Html {
    let raw = use_state(|| false);
    let open = use_state(HashSet::<usize>::new);
    let parts = stack_trace::parts(&props.text);
    let foldable = parts.iter().any(|part| matches!(part, Part::Library { .. }));
    let onraw = {
        let raw = raw.clone();
        Callback::from(move |_: MouseEvent| raw.set(!*raw))
    };
    html! {
        <>
            <div class="stack-h"><b>{ "Stack trace" }</b><span class="grow"></span>
                if foldable {
                    <button type="button" class="btn sm ghost" aria-pressed={raw.to_string()} title="The stack trace as recorded" onclick={onraw}>{ "Raw" }</button>
                }
                <CopyButton text={props.text.clone()} label="Copy stack trace" />
            </div>
            <pre class="stack" tabindex="0" aria-label="Stack trace">
                if *raw {
                    { props.text.clone() }
                } else {
                    { for parts.iter().enumerate().map(|(at, part)| stack_part(at, part, &open)) }
                }
            </pre>
        </>
    }
}

fn stack_part(at: usize, part: &Part<'_>, open: &UseStateHandle<HashSet<usize>>) -> Html {
    match part {
        Part::Text(text) => html! { (*text).to_owned() },
        Part::Error(text) => html! { <span class="err">{ (*text).to_owned() }</span> },
        Part::Own { before, function, after } => {
            html! { <span class="own">{ (*before).to_owned() }<b>{ (*function).to_owned() }</b>{ without_carets(after) }</span> }
        }
        Part::Library { frames, packages, text } => {
            let is_open = open.contains(&at);
            let toggle = {
                let open = open.clone();
                Callback::from(move |_: MouseEvent| {
                    let mut next = (*open).clone();
                    if !next.remove(&at) {
                        next.insert(at);
                    }
                    open.set(next);
                })
            };
            let words = format!(
                "{} {} in {}",
                units::counted(*frames as u64, "frame"),
                if is_open { "shown" } else { "hidden" },
                packages.join(", ")
            );
            html! {
                <>
                    { "  " }<button type="button" class="jmore" aria-expanded={is_open.to_string()} onclick={toggle}>{ words }</button>{ "\n" }
                    if is_open {
                        <span class="frames">{ (*text).to_owned() }</span>
                    }
                </>
            }
        }
    }
}

/// Lines that only point at a part of the line above are noise where lines wrap; "Raw" has them.
fn without_carets(text: &str) -> String {
    let points = |line: &str| !line.trim().is_empty() && line.trim().chars().all(|character| matches!(character, '^' | '~'));
    text.split_inclusive('\n').filter(|line| !points(line)).collect()
}
