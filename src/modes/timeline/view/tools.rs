//! The switches of the waterfall: what is collapsed, and what is drawn.

use std::rc::Rc;

use yew::prelude::*;

use super::{super::params::TimelineParams, noise_rules::NoiseRules, set_params, trace::Trace, waterfall::Folds};
use crate::{
    core::{noise, span_set::SpanSet, tree_rows, units},
    state::store::{Nav, Store},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub store: Store,
    pub params: TimelineParams,
    pub trace: Rc<Trace>,
    pub has_flows: bool,
    pub folds: Rc<Folds>,
    pub onfold: Callback<Rc<Folds>>,
    pub rules: Rc<noise::NoiseRules>,
    /// The text of new rules; `None` for the defaults.
    pub onrules: Callback<Option<String>>,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let ToolsProps { store, params, trace, folds, .. } = props;
    let collapse = {
        let (trace, folds) = (trace.clone(), folds.clone());
        props.onfold.reform(move |_: MouseEvent| {
            Rc::new(Folds { collapsed: tree_rows::collapse_to_depth(&trace.model.tree, 0), ..(*folds).clone() })
        })
    };
    let expand = {
        let folds = folds.clone();
        props.onfold.reform(move |_: MouseEvent| Rc::new(Folds { collapsed: SpanSet::default(), ..(*folds).clone() }))
    };
    let switch = |icon: &'static str, label: String, key: &'static str, on: bool, change: fn(&mut TimelineParams)| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, change));
        html! {
            <button type="button" class={classes!("icon-btn", "sm", on.then_some("on"))} role="switch" aria-checked={on.to_string()} aria-label={label.clone()} title={format!("{label} ({key})")} {onclick}><Icon name={icon} class="s" /></button>
        }
    };
    let hooks = trace.noise.spans.len();
    let editing = use_state(|| false);
    let edit = {
        let editing = editing.clone();
        Callback::from(move |_: MouseEvent| editing.set(!*editing))
    };
    let close = {
        let editing = editing.setter();
        Callback::from(move |()| editing.set(false))
    };
    let whole = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, |params| params.zoom = None))
    };
    let folded: Vec<(String, usize)> =
        props.rules.rules().iter().zip(&trace.noise.by_rule).map(|(rule, spans)| (rule.to_string(), *spans)).collect();
    html! {
        <div class="wh-tools" role="toolbar" aria-label="Waterfall">
            <button type="button" class="icon-btn sm" aria-label="Collapse all" title="Collapse all (Shift ←)" onclick={collapse}><Icon name="collapse" class="s" /></button>
            <button type="button" class="icon-btn sm" aria-label="Expand all" title="Expand all (Shift →)" onclick={expand}><Icon name="expand" class="s" /></button>
            <span class="sepv"></span>
            { switch("eyeoff", format!("Fold {}", units::counted(hooks as u64, "framework hook")), "H", !params.show_hooks, |params| params.show_hooks = !params.show_hooks) }
            if props.has_flows {
                { switch("route", "Artifact flow".to_owned(), "L", params.show_flow, |params| params.show_flow = !params.show_flow) }
            }
            { switch("bolt", format!("Critical path, {}", units::duration(trace.path.length_ns())), "P", params.show_path, |params| params.show_path = !params.show_path) }
            if !trace.folded.breaks().is_empty() {
                { switch("clock", format!("Fold {}", units::counted(trace.folded.breaks().len() as u64, "idle gap")), "X", params.fold_gaps, |params| params.fold_gaps = !params.fold_gaps) }
            }
            <button type="button" class="icon-btn sm" aria-label="Rules for framework hooks" title="Rules for framework hooks" aria-expanded={editing.to_string()} onclick={edit}><Icon name="config" class="s" /></button>
            if params.zoom.is_some() {
                <button type="button" class="icon-btn sm" aria-label="Show the whole trace" title="Show the whole trace (0)" onclick={whole}><Icon name="fit" class="s" /></button>
            }
            <span class="grow"></span>
            if *editing {
                <NoiseRules text={props.rules.print()} {folded} onchange={props.onrules.clone()} onclose={close} />
            }
        </div>
    }
}
