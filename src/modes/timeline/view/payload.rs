//! What a span carries: attributes as trees, events with their stack traces, the record as stored.

use std::{collections::HashSet, rc::Rc};

use yew::prelude::*;

use super::super::detail::SpanDetail;
use crate::{
    core::{
        events::Event,
        json_rows::{FOLD_CHARS, preview},
        json_tree::{Kind, Node},
        units,
    },
    ui::{copy::CopyButton, icon::Icon, json_view::JsonView},
};

#[derive(Properties, PartialEq)]
pub struct PayloadProps {
    pub detail: Rc<SpanDetail>,
}

#[component]
pub fn Attributes(props: &PayloadProps) -> Html {
    let detail = &props.detail;
    let wanted = use_state(String::new);
    let open = use_state(|| detail.attributes.iter().position(|node| !node.children.is_empty()).into_iter().collect::<HashSet<usize>>());
    let oninput = {
        let wanted = wanted.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                wanted.set(input.value());
            }
        })
    };
    if let Some(text) = &detail.odd_attributes {
        return html! { <div class="sec"><div class="note w"><Icon name="warn" /><span>{ "The attributes of this span are not a JSON object. This is what the file holds:" }</span></div><pre class="rawp">{ text.clone() }</pre></div> };
    }
    if detail.attributes.is_empty() {
        return html! { <div class="empty"><p>{ "No attributes were recorded on this span." }</p></div> };
    }
    let needle = wanted.to_lowercase();
    let shown =
        detail.attributes.iter().enumerate().filter(|(_, node)| {
            needle.is_empty() || node.key.to_lowercase().contains(&needle) || node.text.to_lowercase().contains(&needle)
        });
    let rows: Vec<Html> = shown.map(|(at, node)| attribute(at, node, &open)).collect();
    html! {
        <>
            <div class="io-h"><div class="inwrap grow"><Icon name="search" class="s" /><input class="in" type="search" placeholder="Filter attributes" aria-label="Filter attributes" value={(*wanted).clone()} {oninput} /></div></div>
            if rows.is_empty() {
                <div class="empty"><p>{ "No attribute matches." }</p></div>
            }
            <table class="tbl at" data-testid="attributes"><tbody>{ for rows }</tbody></table>
        </>
    }
}

fn attribute(at: usize, node: &Node, open: &UseStateHandle<HashSet<usize>>) -> Html {
    let long = node.text.chars().nth(FOLD_CHARS / 3).is_some() || node.text.contains('\n');
    let expandable = !node.children.is_empty() || long;
    let is_open = expandable && open.contains(&at);
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
    let summary = match node.kind {
        Kind::Object(keys) => format!("{{ {} {} }}", units::count(keys as u64), if keys == 1 { "key" } else { "keys" }),
        Kind::Array(items) => format!("[ {} {} ]", units::count(items as u64), if items == 1 { "item" } else { "items" }),
        _ => preview(&node.text, FOLD_CHARS).text,
    };
    html! {
        <>
            <tr key={format!("{at}")} class={is_open.then_some("open")}>
                <th scope="row" title={node.key.clone()}>{ node.key.clone() }</th>
                <td data-col={node.key.clone()}><div class="at-v">
                    <code class="cut" title={summary.clone()}>{ summary }</code>
                    if node.decoded > 0 {
                        <span class="badge" title="Stored as JSON text inside a text">{ "decoded" }</span>
                    }
                    if expandable {
                        <button type="button" class="lk" aria-expanded={is_open.to_string()} onclick={toggle}>{ if is_open { "close" } else if node.children.is_empty() { "text" } else { "json" } }</button>
                    } else {
                        <CopyButton text={node.text.clone()} label={format!("Copy {}", node.key)} />
                    }
                </div></td>
            </tr>
            if is_open {
                <tr key={format!("{at}-open")} class="at-open"><td colspan="2"><JsonView label={node.key.clone()} value={Rc::new(node.clone())} /></td></tr>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct EventsProps {
    pub detail: Rc<SpanDetail>,
    /// Start of the span, to which the events' times are relative.
    pub start_ns: i64,
}

#[component]
pub fn Events(props: &EventsProps) -> Html {
    let detail = &props.detail;
    let status = detail
        .status_description
        .as_ref()
        .map(|text| html! { <div class="sec"><h3>{ "Status" }</h3><p class="mono wrapm">{ text.clone() }</p></div> });
    html! {
        <>
            if detail.events.is_empty() {
                <div class="empty"><p>{ "No events were recorded on this span." }</p></div>
            }
            { for detail.events.iter().map(|event| event_card(event, props.start_ns)) }
            { for detail.event_warnings.iter().map(|warning| html! { <div class="sec"><div class="note w"><Icon name="warn" /><span>{ warning.clone() }</span></div></div> }) }
            { status }
        </>
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
                    <span class="dim" title={units::duration_full(at.saturating_sub(start_ns))}>{ units::offset(at.saturating_sub(start_ns)) }</span>
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
                    <div class="stack-h"><b>{ "Stack trace" }</b><span class="grow"></span><CopyButton text={stack.clone()} label="Copy stack trace" /></div>
                    <pre class="stack" tabindex="0" aria-label="Stack trace">{ stack.clone() }</pre>
                }
            }
            if !others.is_empty() {
                <JsonView label={format!("Attributes of {}", event.name)} value={Rc::new(Node { kind: Kind::Object(others.len()), children: others.into_iter().map(|(_, node)| node.clone()).collect(), ..Node::default() })} />
            }
        </div>
    }
}

#[component]
pub fn Raw(props: &PayloadProps) -> Html {
    let detail = &props.detail;
    html! {
        <div class="sec" data-testid="raw">
            <div class="raw-h"><b>{ "Columns as stored" }</b><span class="grow"></span><CopyButton text={detail.to_json()} label="Copy as JSON" words="Copy as JSON" /></div>
            <dl class="kv raw">
                { for detail.columns.iter().map(|(name, value)| html! {
                    <><dt class="mono">{ name.clone() }</dt><dd class="mono wrapm" data-col={name.clone()}>{ match value {
                        Some(value) => folded(value),
                        None => html! { <span class="dim">{ "NULL" }</span> },
                    } }</dd></>
                }) }
            </dl>
            if let Some(resource) = &detail.resource {
                <h3>{ "Resource" }</h3><JsonView label="resource" value={Rc::new(resource.clone())} />
            }
            if let Some(links) = &detail.links {
                <h3>{ "Links" }</h3><JsonView label="links" value={Rc::new(links.clone())} />
            }
        </div>
    }
}

/// A stored text may be a megabyte: the beginning, and the whole for the clipboard.
fn folded(value: &str) -> Html {
    let shown = preview(value, 2_000);
    html! {
        <>
            { shown.text }
            if shown.more_chars > 0 {
                <span class="dim">{ format!(" … {} more characters", units::count(shown.more_chars as u64)) }</span><CopyButton text={value.to_owned()} label="Copy the whole value" />
            }
        </>
    }
}
