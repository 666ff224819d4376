//! What went into a span and what came out: artifacts as cards, other values as trees.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        detail::{self, Artifact, Attribute, SpanDetail},
        runs::parse_instant,
    },
    list::slot_class,
};
use crate::{
    core::{
        calendar,
        colour::{Kind as ColourKind, Slots},
        json_tree::{Kind, Node},
        lineage::{is_outside, short_type},
        units,
    },
    ui::{
        copy::CopyButton,
        icon::Icon,
        json_view::{BigJson, JsonView},
    },
};

const INPUT: &str = "input.";
const ARTIFACTS: &str = "input.artifacts";
const OUTPUT: &str = "output.value";
/// More cards are not drawn at first.
const SHOWN: usize = 20;
/// Levels that are open in a card: the fields of the payload.
const OPEN_DEPTH: u32 = 1;

#[derive(Properties, PartialEq)]
pub struct IoProps {
    pub detail: Rc<SpanDetail>,
    pub is_error: bool,
    pub agent_slots: Rc<Slots>,
    /// Opens another tab.
    pub onselect: Callback<&'static str>,
}

#[component]
pub fn Io(props: &IoProps) -> Html {
    let IoProps { detail, is_error, .. } = props;
    let input = detail.find(ARTIFACTS);
    let output = detail.find(OUTPUT);
    let others: Vec<&Attribute> =
        detail.attributes.iter().filter(|attribute| attribute.key.starts_with(INPUT) && attribute.key != ARTIFACTS).collect();
    if input.is_none() && output.is_none() && others.is_empty() && !is_error {
        return html! { <div class="empty" data-testid="io"><p>{ "No input or output was recorded on this span." }</p></div> };
    }
    let names: Vec<&str> = others.iter().map(|attribute| attribute.key.strip_prefix(INPUT).unwrap_or(&attribute.key)).collect();
    let has_output = output.is_some_and(|output| output.is_big() || !is_nothing(&output.node()));
    let exception = detail.events.iter().any(|event| event.exception.is_some());
    html! {
        <div data-testid="io">
            if let Some(input) = input {
                <Side title="Input" attribute_key={ARTIFACTS} detail={detail.clone()} agent_slots={props.agent_slots.clone()} nothing={is_empty(input)} />
            }
            if has_output {
                <Side title="Output" attribute_key={OUTPUT} detail={detail.clone()} agent_slots={props.agent_slots.clone()} nothing={false} />
            } else {
                <div class="io-h"><b>{ "Output" }</b></div>
                <div class="io"><div class="note i0"><Icon name="info" class="dim" /><span>
                    if *is_error {
                        { "No output: the span ended with an error. " }
                        if exception {
                            <button type="button" class="lk" onclick={props.onselect.reform(|_: MouseEvent| "events")}>{ "Show the exception" }</button>
                        }
                    } else if output.is_some() {
                        { "Nothing was returned." }
                    } else {
                        { "No output was recorded." }
                    }
                </span></div></div>
            }
            if !others.is_empty() {
                <div class="io-h"><b>{ if input.is_some() { "Other inputs" } else { "Inputs" } }</b><span class="cap cut">{ names.join(", ") }</span></div>
                <div class="io">{ for others.iter().map(|attribute| value_card(attribute)) }</div>
            }
        </div>
    }
}

fn is_nothing(node: &Node) -> bool {
    matches!(node.kind, Kind::Null) || (node.kind == Kind::String && matches!(node.text.as_str(), "" | "null" | "None"))
}

fn is_empty(attribute: &Attribute) -> bool {
    !attribute.is_big() && (is_nothing(&attribute.node()) || attribute.node().kind == Kind::Array(0))
}

#[derive(Properties, PartialEq)]
struct SideProps {
    title: &'static str,
    attribute_key: &'static str,
    detail: Rc<SpanDetail>,
    agent_slots: Rc<Slots>,
    nothing: bool,
}

/// A value that should be a list of artifacts.
#[component]
fn Side(props: &SideProps) -> Html {
    let shown = use_state(|| SHOWN);
    let artifacts = use_memo((props.detail.clone(), props.attribute_key), |(detail, key)| {
        let attribute = detail.find(key).filter(|attribute| !attribute.is_big());
        attribute.and_then(|attribute| detail::artifacts(&attribute.node()).map(|found| (found, attribute.node().decoded > 0)))
    });
    let head = |cap: String| html! { <div class="io-h"><b>{ props.title }</b><span class="cap">{ cap }</span></div> };
    if props.nothing {
        return html! { <>{ head(String::new()) }<div class="io"><div class="note i0"><Icon name="info" class="dim" /><span>{ "No artifacts." }</span></div></div></> };
    }
    match artifacts.as_ref() {
        Some((found, decoded)) => {
            let bytes: usize = found.iter().map(|artifact| artifact.bytes).sum();
            let hidden = found.len().saturating_sub(*shown);
            let more = {
                let shown = shown.clone();
                Callback::from(move |_: MouseEvent| shown.set(shown.saturating_mul(4)))
            };
            html! {
                <>
                    { head(format!("{}, {}", units::counted(found.len() as u64, "artifact"), units::bytes(bytes as u64))) }
                    <div class="io">
                        { for found.iter().take(*shown).enumerate().map(|(at, artifact)| card(at, artifact, *decoded, &props.agent_slots)) }
                        if hidden > 0 {
                            <button type="button" class="lk" onclick={more}>{ format!("Show more of {} further artifacts", units::count(hidden as u64)) }</button>
                        }
                    </div>
                </>
            }
        }
        None => match props.detail.find(props.attribute_key) {
            Some(attribute) => html! { <>{ head(String::new()) }<div class="io">{ value_card(attribute) }</div></> },
            None => Html::default(),
        },
    }
}

fn card(at: usize, artifact: &Artifact, decoded: bool, slots: &Slots) -> Html {
    let created = artifact
        .created_at
        .as_deref()
        .map(|text| (text.to_owned(), parse_instant(text).map_or_else(|| text.to_owned(), calendar::time_of_day)));
    html! {
        <article class="art" key={at} data-artifact-id={artifact.id.clone()}>
            <header><span class="art-t cut">{ if artifact.type_name.is_empty() { "Artifact" } else { &artifact.type_name } }</span>{ producer(artifact.produced_by.as_deref(), slots) }<span class="grow"></span>
                <span class="cap" title={format!("{} bytes of payload", units::count(artifact.bytes as u64))}>{ units::bytes(artifact.bytes as u64) }</span>
                <CopyButton text={detail::to_json(&artifact.payload)} label="Copy JSON" />
            </header>
            <div class="art-m"><code class="cut" title={artifact.id.clone()}>{ artifact.id.clone() }</code>
                if let Some(version) = &artifact.version {
                    <span class="badge">{ format!("v{version}") }</span>
                }
                if let Some(visibility) = &artifact.visibility {
                    <span class="badge">{ visibility.to_lowercase() }</span>
                }
                { for artifact.tags.iter().take(6).map(|tag| html! { <span class="badge" title="Tag">{ tag.clone() }</span> }) }
                if decoded {
                    <span class="badge" title="Stored as JSON text inside a text">{ "decoded" }</span>
                }
                if let Some((stored, shown)) = created {
                    <span class="dim" title={stored}>{ shown }</span>
                }
            </div>
            <JsonView label={format!("{} payload", artifact.type_name)} value={artifact.payload.clone()} open_depth={OPEN_DEPTH} />
        </article>
    }
}

fn producer(name: Option<&str>, slots: &Slots) -> Html {
    match name {
        Some(name) if is_outside(name) => {
            html! { <span class="ag" title="Published from outside of the agents"><i class="outside"></i><span>{ name.to_owned() }</span></span> }
        }
        Some(name) => {
            html! { <span class={classes!("ag", slot_class(slots, ColourKind::Agent, name))} title={format!("Published by {name}")}><i></i><span>{ name.to_owned() }</span></span> }
        }
        None => Html::default(),
    }
}

/// An input or output that is no list of artifacts.
fn value_card(attribute: &Attribute) -> Html {
    let name = attribute.key.strip_prefix(INPUT).unwrap_or(if attribute.key == OUTPUT { "value" } else { &attribute.key }).to_owned();
    let size = html! { <span class="cap">{ units::bytes(attribute.raw.len() as u64) }</span> };
    let (class, copy, body) = if attribute.is_big() {
        (None, AttrValue::from(attribute.raw.clone()), html! { <BigJson raw={attribute.raw.clone()} label={name.clone()} /> })
    } else {
        let node = attribute.node();
        let class = node.child("__class__").map(|class| short_type(&class.text).to_owned());
        let copy = AttrValue::from(if node.children.is_empty() { node.text.clone() } else { detail::to_json(&node) });
        let decoded = (node.decoded > 0 && !node.children.is_empty())
            .then(|| html! { <span class="badge" title="Stored as JSON text inside a text">{ "decoded" }</span> });
        let shown = Rc::new(Node { key: String::new(), decoded: 0, ..(*node).clone() });
        (
            class,
            copy,
            html! { <>{ decoded.map(|badge| html! { <div class="art-m">{ badge }</div> }) }<JsonView label={name.clone()} value={shown} open_depth={OPEN_DEPTH} /></> },
        )
    };
    html! {
        <article class="art" key={attribute.key.clone()} data-col={attribute.key.clone()}>
            <header><span class="art-t cut">{ name }</span>if let Some(class) = class { <span class="dim cut">{ class }</span> }<span class="grow"></span>{ size }<CopyButton text={copy} label="Copy the value" /></header>
            { body }
        </article>
    }
}
