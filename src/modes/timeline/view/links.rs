//! Links to other spans that the exporter recorded.

use std::rc::Rc;

use yew::prelude::*;

use super::super::detail::{Link, SpanDetail};
use crate::{
    core::units,
    state::{
        session::Session,
        store::{Nav, Store, go},
    },
    ui::{copy::CopyButton, icon::Icon, json_view::JsonView},
};

/// More links are not listed.
const SHOWN: usize = 200;

#[derive(Properties, PartialEq)]
pub struct LinksProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub detail: Rc<SpanDetail>,
    /// The span is an agent's run: artifacts tell what it belongs to.
    pub is_run: bool,
    pub onselect: Callback<&'static str>,
}

#[component]
pub fn Links(props: &LinksProps) -> Html {
    let detail = &props.detail;
    html! {
        <div data-testid="links">
            if detail.links.is_empty() {
                <div class="empty"><p>{ "No links were recorded on this span." }</p>
                    if props.is_run {
                        <p>{ "The artifacts that connect it to other runs are in " }<button type="button" class="lk" onclick={props.onselect.reform(|_: MouseEvent| "overview")}>{ "Overview" }</button>{ "." }</p>
                    }
                </div>
            } else {
                <div class="sec"><h3>{ "Linked spans" }<span class="dim">{ units::count(detail.links.len() as u64) }</span></h3>
                    <ul class="links">{ for detail.links.iter().take(SHOWN).map(|link| item(props, link)) }</ul>
                    if detail.links.len() > SHOWN {
                        <p class="sub">{ format!("{} more are in Raw.", units::count((detail.links.len() - SHOWN) as u64)) }</p>
                    }
                </div>
            }
            if let Some(odd) = &detail.odd_links {
                <div class="sec"><div class="note w"><Icon name="warn" /><span>{ "The links of this span are not a list of span ids. This is what the file holds:" }</span></div>
                    <JsonView label="links" value={Rc::new(odd.clone())} /></div>
            }
        </div>
    }
}

fn item(props: &LinksProps, link: &Link) -> Html {
    let trace = props.session.traces.find(&link.trace_id).and_then(|number| props.session.traces.get(number));
    let short = |id: &str| id.chars().take(8).collect::<String>();
    let words =
        format!("{} / {}", short(&link.trace_id), if link.span_id.is_empty() { "any span".to_owned() } else { short(&link.span_id) });
    let onclick = {
        let (store, link) = (props.store.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            let link = link.clone();
            go(&store, Nav::Push, move |url| {
                url.trace = Some(link.trace_id);
                url.span = Some(link.span_id).filter(|id| !id.is_empty());
            });
        })
    };
    html! {
        <li data-trace-id={link.trace_id.clone()} data-span-id={link.span_id.clone()}>
            <div class="links-1">
                if let Some(trace) = trace {
                    <button type="button" class="lk mono" title={format!("Go to span {}", link.span_id)} {onclick}>{ words }</button><span class="cut">{ trace.name.to_owned() }</span>
                } else {
                    <code title={format!("{} {}", link.trace_id, link.span_id)}>{ words }</code><span class="dim">{ "not in this file" }</span>
                }
                <span class="grow"></span>
                <CopyButton text={format!("{} {}", link.trace_id, link.span_id)} label="Copy trace_id and span_id" />
            </div>
            if let Some(attributes) = &link.attributes {
                <JsonView label="Attributes of the link" value={Rc::new(attributes.clone())} />
            }
        </li>
    }
}
