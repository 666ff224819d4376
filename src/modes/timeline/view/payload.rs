//! What a span carries, as stored: attributes, the pinned ones first, and the raw record.

use std::{
    collections::{BTreeSet, HashSet},
    rc::Rc,
};

use yew::prelude::*;

use super::super::detail::{Attribute, SpanDetail};
use crate::{
    browser::storage,
    core::{
        json_rows::{FOLD_CHARS, preview},
        json_tree::{Kind, Node},
        order::sort_by_key,
        units,
    },
    ui::{
        copy::CopyButton,
        icon::Icon,
        json_view::{BigJson, JsonView},
    },
};

/// Where the pinned keys are kept: a JSON list.
const PINNED: &str = "pinned";
/// A column with more characters is shown by its beginning.
const COLUMN_CHARS: usize = 2_000;
/// More attributes are not drawn at first.
const SHOWN: usize = 300;

#[derive(Properties, PartialEq)]
pub struct PayloadProps {
    pub detail: Rc<SpanDetail>,
}

fn read_pinned() -> BTreeSet<String> {
    storage::read(PINNED).and_then(|text| serde_json::from_str::<Vec<String>>(&text).ok()).unwrap_or_default().into_iter().collect()
}

#[component]
pub fn Attributes(props: &PayloadProps) -> Html {
    let detail = &props.detail;
    let wanted = use_state(String::new);
    let pinned = use_state(read_pinned);
    let shown = use_state(|| SHOWN);
    let open = use_state(|| {
        let first = detail.attributes.iter().position(|attribute| !attribute.is_big() && !attribute.node().children.is_empty());
        first.into_iter().collect::<HashSet<usize>>()
    });
    let oninput = {
        let wanted = wanted.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                wanted.set(input.value());
            }
        })
    };
    if let Some(text) = &detail.odd_attributes {
        return html! { <div class="sec"><div class="note w"><Icon name="warn" /><span>{ "The attributes of this span are not a JSON object. This is what the file holds:" }</span></div><pre class="rawp">{ folded(text) }</pre></div> };
    }
    if detail.attributes.is_empty() {
        return html! { <div class="empty"><p>{ "No attributes were recorded on this span." }</p></div> };
    }
    let onpin = {
        let pinned = pinned.clone();
        Callback::from(move |key: String| {
            let mut next = (*pinned).clone();
            if !next.remove(&key) {
                next.insert(key);
            }
            storage::write(PINNED, &serde_json::Value::from(next.iter().cloned().collect::<Vec<_>>()).to_string());
            pinned.set(next);
        })
    };
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |at: usize| {
            let mut next = (*open).clone();
            if !next.remove(&at) {
                next.insert(at);
            }
            open.set(next);
        })
    };
    let needle = wanted.to_lowercase();
    let mut found: Vec<(usize, &Attribute)> =
        detail.attributes.iter().enumerate().filter(|(_, attribute)| attribute.matches(&needle)).collect();
    sort_by_key(&mut found, |(at, attribute)| (!pinned.contains(&attribute.key), *at));
    let hidden = found.len().saturating_sub(*shown);
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(shown.saturating_mul(4)))
    };
    let is_pinned = |attribute: &Attribute| pinned.contains(&attribute.key);
    html! {
        <>
            <div class="io-h"><div class="inwrap grow"><Icon name="search" class="s" /><input class="in" type="search" placeholder="Filter attributes" aria-label="Filter attributes" value={(*wanted).clone()} {oninput} /></div><CopyButton text={AttrValue::from(detail.column("attributes").unwrap_or_default().to_owned())} label="Copy all attributes as JSON" words="Copy all" /></div>
            if found.is_empty() {
                <div class="empty"><p>{ "No attribute matches." }</p></div>
            }
            <table class="tbl at" data-testid="attributes"><tbody>{ for found.iter().take(*shown).map(|&(at, attribute)| row(at, attribute, open.contains(&at), is_pinned(attribute), &ontoggle, &onpin)) }</tbody></table>
            if hidden > 0 {
                <div class="sec"><button type="button" class="lk" onclick={more}>{ format!("Show more of {} further attributes", units::count(hidden as u64)) }</button></div>
            }
        </>
    }
}

/// What a value looks like in one line, whether it can be opened, and by which word.
fn summary(attribute: &Attribute) -> (String, Option<&'static str>) {
    if attribute.is_big() {
        return (format!("{} {}", units::bytes(attribute.raw.len() as u64), preview(attribute.head(), FOLD_CHARS).text), Some("json"));
    }
    let node = attribute.node();
    let long = node.text.chars().nth(FOLD_CHARS / 3).is_some() || node.text.contains('\n');
    match node.kind {
        Kind::Object(keys) => (format!("{{ {} }}", units::counted(keys as u64, "key")), (keys > 0).then_some("json")),
        Kind::Array(items) => (format!("[ {} ]", units::counted(items as u64, "item")), (items > 0).then_some("json")),
        _ => (preview(&node.text, FOLD_CHARS).text, long.then_some("text")),
    }
}

fn row(at: usize, attribute: &Attribute, open: bool, pinned: bool, ontoggle: &Callback<usize>, onpin: &Callback<String>) -> Html {
    let (summary, word) = summary(attribute);
    let is_open = open && word.is_some();
    let key = attribute.key.clone();
    let decoded = !attribute.is_big() && attribute.node().decoded > 0;
    let pin = if pinned { "Unpin" } else { "Pin to the top" };
    let copied = if attribute.is_big() { AttrValue::from(attribute.raw.clone()) } else { copy_of(&attribute.node()) };
    html! {
        <>
            <tr key={format!("{at}")} class={is_open.then_some("open")}>
                <th scope="row" title={key.clone()}>{ key.clone() }</th>
                <td data-col={key.clone()}><div class="at-v">
                    <code class="cut" title={summary.clone()}>{ summary }</code>
                    if decoded {
                        <span class="badge" title="Stored as JSON text inside a text">{ "decoded" }</span>
                    }
                    if let Some(word) = word {
                        <button type="button" class="lk" aria-expanded={is_open.to_string()} onclick={ontoggle.reform(move |_: MouseEvent| at)}>{ if is_open { "close" } else { word } }</button>
                    }
                    <span class="grow"></span>
                    <CopyButton text={copied} label={format!("Copy {key}")} />
                    <button type="button" class="icon-btn sm pin" aria-label={format!("{pin}: {key}")} title={pin} aria-pressed={pinned.to_string()} onclick={let key = key.clone(); onpin.reform(move |_: MouseEvent| key.clone())}><Icon name="star" class="s" /></button>
                </div></td>
            </tr>
            if is_open {
                <tr key={format!("{at}-open")} class="at-open"><td colspan="2">
                    if attribute.is_big() {
                        <BigJson label={key} raw={attribute.raw.clone()} />
                    } else {
                        <JsonView label={key} value={attribute.node()} />
                    }
                </td></tr>
            }
        </>
    }
}

fn copy_of(node: &Node) -> AttrValue {
    if node.children.is_empty() { node.text.clone().into() } else { super::super::detail::to_json(node).into() }
}

#[component]
pub fn Raw(props: &PayloadProps) -> Html {
    let detail = &props.detail;
    html! {
        <div class="sec" data-testid="raw">
            <div class="raw-h"><b>{ "Columns as stored" }</b><span class="grow"></span><CopyButton text={AttrValue::from(detail.to_json())} label="Copy as JSON" words="Copy as JSON" /></div>
            <dl class="kv raw">
                { for detail.columns.iter().map(|(name, value)| html! {
                    <><dt class="mono">{ name.clone() }</dt><dd class="mono wrapm" data-col={name.clone()}>{ match value {
                        Some(value) => folded(value),
                        None => html! { <span class="dim">{ "NULL" }</span> },
                    } }</dd></>
                }) }
            </dl>
            if let Some(resource) = &detail.resource {
                <h3>{ "Resource" }</h3><JsonView label="resource" value={resource.clone()} />
            }
        </div>
    }
}

/// A stored text may be a megabyte: the beginning, and the whole for the clipboard.
fn folded(value: &str) -> Html {
    let shown = preview(value, COLUMN_CHARS);
    html! {
        <>
            { shown.text }
            if shown.more_chars > 0 {
                <span class="dim">{ format!(" … {} more characters", units::count(shown.more_chars as u64)) }</span><CopyButton text={value.to_owned()} label="Copy the whole value" />
            }
        </>
    }
}
