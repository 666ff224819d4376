//! Link: the whole address of a view, with what it carries coloured, counted and left out as wanted.

use yew::prelude::*;

use super::{Card, Column, Section, condition::select};
use crate::{
    browser::history,
    core::units,
    modes::{
        MODES, ModeProps,
        configuration::address::{self, Carried, Kind},
    },
    state::url::SourceRef,
    ui::{copy::CopyButton, icon::Icon},
};

pub const SECTION: Section = Section {
    slug: "link",
    title: "Link",
    icon: "link",
    column: Column::Main,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <Link ..props.clone() /> },
};

fn class_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Place => "u0",
        Kind::Selection => "u2",
        Kind::Filter => "u3",
        Kind::Times => "u4",
        Kind::Other => "u1",
    }
}

#[component]
fn Link(props: &ModeProps) -> Html {
    let store = &props.store;
    let carried = use_state(Carried::default);
    let mode = use_state(|| MODES.first().map_or("", |mode| mode.slug).to_owned());
    let linked = address::linked(&store.url, &mode, *carried, None);
    let parts = address::parts(&history::page_address(), &linked.print());
    let text: String = parts.iter().map(|(_, text)| text.as_str()).collect();
    let choices: Vec<(&'static str, &'static str)> = MODES.iter().map(|mode| (mode.slug, mode.name)).collect();
    let onmode = {
        let mode = mode.setter();
        Callback::from(move |slug: String| mode.set(slug))
    };
    let check = |label: &'static str, is_on: bool, next: Carried| {
        let carried = carried.setter();
        let onchange = Callback::from(move |_: Event| carried.set(next));
        html! { <label><input type="checkbox" checked={is_on} {onchange} />{ label }</label> }
    };
    let now = *carried;
    let holds_trace = matches!(store.url.source, Some(SourceRef::Data(_)));
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} beside={select("Mode that the link opens", "cf-fs", &choices, &mode, onmode)} head={html! {
            <><span class="cap" data-testid="link-length">{ format!("{} characters, {}", units::count(text.chars().count() as u64), if holds_trace { "holds the trace itself" } else { "holds no span data" }) }</span><CopyButton text={text.clone()} label="Copy the link" words="Copy" /></>
        }}>
            <p class="url mono" data-testid="link" data-value={text}>{ for parts.iter().enumerate().map(|(at, (kind, text))| html! { <span key={at} class={class_of(*kind)}>{ text.clone() }</span> }) }</p>
            <div class="checks">
                { check("Mode and selection", now.selection, Carried { selection: !now.selection, ..now }) }
                { check("Filters", now.filters, Carried { filters: !now.filters, ..now }) }
                { check("Time range", now.times, Carried { times: !now.times, ..now }) }
            </div>
            if let Some(SourceRef::File { name, .. }) = &store.url.source {
                <div class="note i0"><Icon name="info" /><div>{ format!("The link does not carry the file: who opens it is asked for {name}.") }</div></div>
            }
        </Card>
    }
}
