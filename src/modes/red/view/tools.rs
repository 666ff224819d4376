//! The line above the cards: what they are of, which spans count, how long a bucket is, the limits, what leaves as a file.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::params::{RedParams, Which},
    data::Found,
    exports::ExportFigures,
    limits::Limits,
    set_params,
};
use crate::{
    browser::document,
    core::{
        red::buckets::{Buckets, print_step, read_step, step_label},
        units,
    },
    state::{
        attribute_keys::{AttributeKeys, use_attribute_keys},
        dimension::Dimension,
        session::Session,
        store::{Nav, Store},
    },
    ui::{
        picker::{PickOption, Picker},
        segments::Segments,
        working::Working,
    },
};

/// What cards are of with one press.
const BUTTONS: [Dimension; 3] = [Dimension::Service, Dimension::Agent, Dimension::Operation];
/// What the list beside them begins with.
const MORE: [Dimension; 3] = [Dimension::Workflow, Dimension::Kind, Dimension::Status];
const AUTO: &str = "auto";

/// Several of them: "Services".
pub fn cards_label(by: &Dimension) -> String {
    match by {
        Dimension::Service => "Services".to_owned(),
        Dimension::Agent => "Agents".to_owned(),
        Dimension::Operation => "By operation".to_owned(),
        Dimension::Workflow => "Workflows".to_owned(),
        other => format!("By {}", other.label()),
    }
}

fn button_label(by: &Dimension) -> &'static str {
    match by {
        Dimension::Service => "Services",
        Dimension::Agent => "Agents",
        _ => "Operations",
    }
}

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub params: RedParams,
    pub found: Found,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { session, store, params, found } = props;
    let AttributeKeys { keys, remark, onopen } = use_attribute_keys(session);
    let option = |dimension: &Dimension, note: Option<String>| PickOption {
        value: dimension.slug().into(),
        label: dimension.label().to_owned().into(),
        note: note.map(AttrValue::from),
    };
    let others = {
        let mut options: Vec<PickOption> = MORE.iter().map(|dimension| option(dimension, None)).collect();
        options.extend(keys.iter().map(|(key, spans)| option(&Dimension::Attribute(key.clone()), Some(units::count_short(*spans)))));
        Rc::new(options)
    };
    let onby = {
        let store = store.clone();
        Callback::from(move |slug: AttrValue| {
            if let Some(by) = Dimension::from_slug(&slug) {
                set_params(&store, Nav::Push, move |params| params.cards_by(by));
            }
        })
    };
    let onwhich = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            if let Some(which) = Which::from_slug(slug) {
                set_params(&store, Nav::Push, move |params| params.which = which);
            }
        })
    };
    let onstep = {
        let store = store.clone();
        Callback::from(move |text: AttrValue| set_params(&store, Nav::Push, move |params| params.step_ns = read_step(&text)))
    };
    let onmany = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Push, |params| params.many = !params.many))
    };
    let onarrow = Callback::from(|event: KeyboardEvent| {
        let next = match event.key().as_str() {
            _ if document::focus_is(".red-by .pick *") => return,
            "ArrowRight" | "ArrowDown" => NEXT,
            "ArrowLeft" | "ArrowUp" => PREVIOUS,
            _ => return,
        };
        document::focus(next);
        event.prevent_default();
        event.stop_propagation();
    });
    let window = found.question.as_ref().map(|question| question.window);
    let shown = found.question.as_ref().map(|question| question.buckets);
    let steps = window.map_or_else(Vec::new, Buckets::choices);
    let step = shown.map(|buckets| step_label(buckets.step_ns)).unwrap_or_default();
    let step_text = if params.step_ns.is_some() || step.is_empty() { step } else { format!("{step}, auto") };
    let step_options = {
        let mut options = vec![PickOption { value: AUTO.into(), label: "Automatic".into(), note: None }];
        options.extend(steps.iter().map(|buckets| PickOption {
            value: print_step(buckets.step_ns).into(),
            label: step_label(buckets.step_ns).into(),
            note: Some(units::counted(buckets.count as u64, "bucket").into()),
        }));
        Rc::new(options)
    };
    let is_button = BUTTONS.contains(&params.by);
    let which = Which::ALL.map(|which| (which.slug(), AttrValue::from(which.label()))).to_vec();
    html! {
        <div class="tool">
            <div class="seg by-seg red-by" role="radiogroup" aria-label="Cards of" onkeydown={onarrow}>
                { for BUTTONS.iter().map(|dimension| {
                    let slug: AttrValue = dimension.slug().into();
                    let is_chosen = *dimension == params.by;
                    html! { <button type="button" role="radio" aria-checked={is_chosen.to_string()} tabindex={if is_chosen { "0" } else { "-1" }} title={is_chosen.then_some("Cards of (G)")} onclick={onby.reform(move |_: MouseEvent| slug.clone())}>{ button_label(dimension) }</button> }
                }) }
                <Picker id="cards-by" label="Cards of something else" class="pick-b" radio={Some(!is_button)} text={if is_button { "Other".to_owned() } else { params.by.label().to_owned() }}
                    options={others} chosen={Some(AttrValue::from(params.by.slug()))} remark={remark.map(AttrValue::from)} onpick={onby.clone()} {onopen} />
            </div>
            <Segments name="red-which" label="Which spans" choices={which} chosen={params.which.slug()} onchoose={onwhich} />
            <span class="cap">{ "Bucket" }</span>
            <Picker id="red-bucket" label="Bucket" text={step_text} options={step_options} chosen={Some(AttrValue::from(params.step_ns.map_or_else(|| AUTO.to_owned(), print_step)))} onpick={onstep} />
            <button type="button" class="sw-toggle" role="switch" aria-checked={params.many.to_string()} title="A small chart for each of the first cards" onclick={onmany}><i></i>{ "Small charts" }</button>
            if found.is_stale && found.cards.is_some() { <Working words={found.waits_for.clone()} /> }
            <span class="grow"></span>
            <Limits store={store.clone()} limits={params.limits} />
            <ExportFigures session={session.clone()} params={params.clone()} found={found.clone()} />
        </div>
    }
}

const NEXT: &str = ".red-by > button:focus + button, .red-by > button:focus + .menu-of > button, .red-by:has(> .menu-of > button:focus) > button:first-child";
const PREVIOUS: &str = ".red-by > button:has(+ button:focus), .red-by > button:has(+ .menu-of > button:focus), .red-by:has(> button:first-child:focus) > .menu-of > button";
