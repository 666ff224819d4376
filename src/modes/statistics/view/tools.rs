//! The line above the table: by what spans are grouped, in which scope, what is coloured, which columns there are.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        grouping::Dimension,
        groups::columns::Column,
        params::{StatScope, StatisticsParams},
    },
    columns_menu::ColumnsMenu,
    set_params,
};
use crate::{
    browser::document,
    core::{order::sort_by_key, units},
    state::{
        attribute_keys::{AttributeKeys, use_attribute_keys},
        session::Session,
        store::{Nav, Store},
    },
    ui::{
        picker::{PickOption, Picker},
        working::Working,
    },
};

/// In the list of second dimensions and of coloured columns.
const NONE: &str = "none";
const ALL: &str = "all";
const TRACE: &str = "trace";
const WORKFLOW: &str = "workflow:";
/// What is compared at first.
const COMPARE: &str = "time";
/// Groupings with a button of their own.
const BUTTONS: [Dimension; 3] = [Dimension::Service, Dimension::Operation, Dimension::Agent];

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub params: StatisticsParams,
    /// Traces with spans in the page's scope.
    pub traces: Option<u64>,
    /// Earlier rows stand there while the next are worked out.
    pub is_stale: bool,
    pub waits_for: Option<String>,
    /// At the end of the line.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { session, store, params, .. } = props;
    let keys = use_key_options(session);
    let onfirst = {
        let store = store.clone();
        Callback::from(move |slug: AttrValue| {
            if let Some(first) = Dimension::from_slug(&slug) {
                set_params(&store, Nav::Push, move |params| params.group_by(first));
            }
        })
    };
    let onsecond = {
        let store = store.clone();
        Callback::from(move |slug: AttrValue| {
            let second = Dimension::from_slug(&slug);
            set_params(&store, Nav::Push, move |params| params.then_by(second));
        })
    };
    let onscope = {
        let store = store.clone();
        Callback::from(move |value: AttrValue| {
            let scope = match value.as_str() {
                TRACE => StatScope::Trace,
                other => other.strip_prefix(WORKFLOW).map_or(StatScope::All, |name| StatScope::Workflow(name.to_owned())),
            };
            set_params(&store, Nav::Push, move |params| params.scope = scope);
        })
    };
    let onheat = {
        let store = store.clone();
        Callback::from(move |slug: AttrValue| {
            let heat = Column::from_slug(&slug);
            set_params(&store, Nav::Replace, move |params| params.heat = heat);
        })
    };
    let onraw = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Push, |params| params.raw = !params.raw))
    };
    let oncompare = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            set_params(&store, Nav::Push, |params| {
                params.compare = if params.raw || params.compare.is_none() { Some(COMPARE.to_owned()) } else { None };
                params.raw = false;
            });
        })
    };
    let is_button = BUTTONS.contains(&params.first);
    let others = {
        let mut options: Vec<PickOption> = Dimension::PLAIN
            .into_iter()
            .filter(|dimension| !BUTTONS.contains(dimension))
            .map(|dimension| option(&dimension, None))
            .collect();
        options.extend(keys.options.iter().cloned());
        Rc::new(options)
    };
    let seconds = {
        let mut options = vec![PickOption { value: NONE.into(), label: "Nothing".into(), note: None }];
        options.extend(Dimension::PLAIN.iter().filter(|dimension| **dimension != params.first).map(|dimension| option(dimension, None)));
        options.extend(keys.options.iter().filter(|option| option.value != params.first.slug()).cloned());
        Rc::new(options)
    };
    let heats = {
        let mut options = vec![PickOption { value: NONE.into(), label: "Nothing".into(), note: None }];
        let columns = params.columns.iter().filter(|column| column.has_heat());
        options.extend(columns.map(|column| PickOption { value: column.slug().into(), label: column.label().into(), note: None }));
        Rc::new(options)
    };
    let scopes = use_memo((session.id, store.url.trace.clone(), props.traces), |(_, trace, traces)| {
        Rc::new(scopes(session, trace.as_deref(), traces.unwrap_or(session.traces.len() as u64)))
    });
    let scope_value: AttrValue = match &params.scope {
        StatScope::Trace if store.url.trace.is_some() => TRACE.into(),
        StatScope::Workflow(name) => format!("{WORKFLOW}{name}").into(),
        _ => ALL.into(),
    };
    let scope_text = scopes.iter().find(|option| option.value == scope_value).map(|option| option.label.clone());
    let scope_text = scope_text.unwrap_or_else(|| match &params.scope {
        StatScope::Workflow(name) => name.clone().into(),
        _ => "All traces".into(),
    });
    let onarrow = Callback::from(|event: KeyboardEvent| {
        // The arrows walk through the buttons as in any group of radio buttons.
        let next = match event.key().as_str() {
            _ if document::focus_is(".by-seg .pick *") => return,
            "ArrowRight" | "ArrowDown" => NEXT,
            "ArrowLeft" | "ArrowUp" => PREVIOUS,
            _ => return,
        };
        document::focus(next);
        event.prevent_default();
        event.stop_propagation();
    });
    html! {
        <div class="tool">
            if !params.raw {
            <span class="cap">{ "Group by" }</span>
            <div class="seg by-seg" role="radiogroup" aria-label="Group by" onkeydown={onarrow}>
                { for BUTTONS.iter().map(|dimension| {
                    let slug: AttrValue = dimension.slug().into();
                    let is_chosen = *dimension == params.first;
                    html! { <button type="button" role="radio" aria-checked={is_chosen.to_string()} tabindex={if is_chosen { "0" } else { "-1" }} title={is_chosen.then_some("Group by (G)")} onclick={onfirst.reform(move |_: MouseEvent| slug.clone())}>{ dimension.label().to_owned() }</button> }
                }) }
                <Picker id="by-attribute" label="Group by an attribute" class="pick-b" radio={Some(!is_button)} text={if is_button { "Attribute".to_owned() } else { params.first.label().to_owned() }}
                    options={others} chosen={Some(AttrValue::from(params.first.slug()))} remark={keys.remark.clone()} onpick={onfirst.clone()} onopen={keys.onopen.clone()} />
            </div>
            <span class="cap">{ "then" }</span>
            <Picker id="then-by" label="Then by" text={params.second.as_ref().map_or("Nothing", |second| second.label()).to_owned()} options={seconds}
                chosen={Some(AttrValue::from(params.second.as_ref().map_or_else(|| NONE.to_owned(), Dimension::slug)))} remark={keys.remark.clone()} onpick={onsecond} onopen={keys.onopen.clone()} />
            }
            <span class="cap">{ "in" }</span>
            <Picker id="stat-scope" label="In" text={scope_text} options={(*scopes).clone()} chosen={Some(scope_value)} onpick={onscope} />
            if props.is_stale { <Working words={props.waits_for.clone()} /> }
            <span class="grow"></span>
            if !params.raw && params.compare.is_none() {
            <span class="cap">{ "Heat" }</span>
            <Picker id="heat-of" label="Heat" text={params.heat.map_or("Nothing", Column::label)} options={heats} chosen={Some(AttrValue::from(params.heat.map_or(NONE, Column::slug)))} onpick={onheat} />
            <ColumnsMenu store={store.clone()} columns={params.columns.clone()} />
            }
            { switch("Raw spans", "Every span in a row of its own", params.raw, onraw) }
            { switch("Compare", "Two sets of spans side by side", !params.raw && params.compare.is_some(), oncompare) }
            { props.children.clone() }
        </div>
    }
}

fn switch(label: &'static str, title: &'static str, is_on: bool, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="sw-toggle" role="switch" aria-checked={is_on.to_string()} {title} {onclick}><i></i>{ label }</button> }
}

const NEXT: &str = ".by-seg > button:focus + button, .by-seg > button:focus + .menu-of > button, .by-seg:has(> .menu-of > button:focus) > button:first-child";
const PREVIOUS: &str = ".by-seg > button:has(+ button:focus), .by-seg > button:has(+ .menu-of > button:focus), .by-seg:has(> button:first-child:focus) > .menu-of > button";

fn option(dimension: &Dimension, note: Option<String>) -> PickOption {
    PickOption { value: dimension.slug().into(), label: dimension.label().to_owned().into(), note: note.map(AttrValue::from) }
}

/// Everything, the trace of the address, and the workflows with the number of their traces.
fn scopes(session: &Session, trace: Option<&str>, in_scope: u64) -> Vec<PickOption> {
    let all = session.traces.len() as u64;
    let label = if in_scope == all { format!("All {}", units::counted(all, "trace")) } else { units::counted(in_scope, "trace") };
    let mut options = vec![PickOption { value: ALL.into(), label: label.into(), note: None }];
    let trace = trace.and_then(|id| session.traces.find(id)).and_then(|number| session.traces.get(number));
    if let Some(trace) = trace {
        let id: String = trace.trace_id.chars().take(8).collect();
        options.push(PickOption {
            value: TRACE.into(),
            label: format!("Trace {id} {}", trace.name).into(),
            note: Some(units::counted(trace.spans, "span").into()),
        });
    }
    let mut workflows = std::collections::BTreeMap::<&str, u64>::new();
    for trace in (0_u32..).map_while(|number| session.traces.get(number)) {
        *workflows.entry(trace.name).or_default() += 1;
    }
    let mut workflows: Vec<(&str, u64)> = workflows.into_iter().filter(|(name, _)| !name.is_empty()).collect();
    sort_by_key(&mut workflows, |(_, traces)| std::cmp::Reverse(*traces));
    options.extend(workflows.into_iter().map(|(name, traces)| PickOption {
        value: format!("{WORKFLOW}{name}").into(),
        label: name.to_owned().into(),
        note: Some(units::counted(traces, "trace").into()),
    }));
    options
}

struct KeyOptions {
    options: Rc<Vec<PickOption>>,
    remark: Option<AttrValue>,
    onopen: Callback<()>,
}

#[hook]
fn use_key_options(session: &Rc<Session>) -> KeyOptions {
    let AttributeKeys { keys, remark, onopen } = use_attribute_keys(session);
    let options = use_memo(keys, |keys| {
        let line = |(key, spans): &(String, u64)| option(&Dimension::Attribute(key.clone()), Some(units::count_short(*spans)));
        Rc::new(keys.iter().map(line).collect::<Vec<_>>())
    });
    KeyOptions { options: (*options).clone(), remark: remark.map(AttrValue::from), onopen }
}
