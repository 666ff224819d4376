//! The panel beside the graph: cycles, what is chosen, bottlenecks, what changed.

mod behind_panel;
mod bottleneck_panel;
mod changes_panel;
mod chosen;
mod cycles;
mod rounds;
mod whole;

use std::rc::Rc;

use yew::prelude::*;

use self::{
    bottleneck_panel::BottleneckPanel,
    changes_panel::ChangesPanel,
    chosen::{EdgePanel, NodePanel},
    cycles::CyclePanel,
};
use super::{
    super::{
        drawn::{Chosen, find_picked},
        params::{DependencyParams, GraphKind, Picked, Tab},
        rows::Subject,
    },
    names::Palette,
    set_params,
    tables::SharedSubject,
};
use crate::{
    modes::ModeProps,
    state::store::Nav,
    ui::{
        icon::Icon,
        tabs::{Tab as TabHead, Tabs},
    },
};

#[derive(Properties, PartialEq)]
pub struct SideProps {
    pub mode: ModeProps,
    pub params: DependencyParams,
    pub kind: GraphKind,
    /// The part of the graph that is looked at.
    pub subject: SharedSubject,
    pub palette: Palette,
    pub onpick: Callback<Option<Picked>>,
    pub onclose: Callback<MouseEvent>,
}

/// The tab in force.
pub fn tab_of(params: &DependencyParams) -> Tab {
    params.tab.unwrap_or(match params.picked {
        Some(Picked::Node(_) | Picked::Edge { .. }) => Tab::Chosen,
        _ => Tab::Cycles,
    })
}

#[component]
pub fn Side(props: &SideProps) -> Html {
    let SideProps { mode, params, kind, subject, palette, onpick, .. } = props;
    let subject: &Rc<Subject> = &subject.0;
    let tab = tab_of(params);
    let onselect = {
        let store = mode.store.clone();
        Callback::from(move |slug: &'static str| {
            let tab = Tab::from_slug(slug);
            set_params(&store, Nav::Replace, move |params| params.tab = tab);
        })
    };
    let tabs: Vec<TabHead> = Tab::ALL
        .iter()
        .map(|tab| TabHead {
            slug: tab.slug(),
            label: tab.label(),
            count: (*tab == Tab::Cycles).then(|| subject.cycles.len()),
            error: false,
        })
        .collect();
    let chosen = params.picked.as_ref().and_then(|picked| find_picked(&subject.graph, picked));
    let body = match tab {
        Tab::Cycles => {
            html! { <CyclePanel mode={mode.clone()} params={params.clone()} kind={*kind} subject={props.subject.clone()} palette={palette.clone()} onpick={onpick.clone()} /> }
        }
        Tab::Chosen => match chosen {
            Some(Chosen::Node(node)) => {
                html! { <NodePanel mode={mode.clone()} params={params.clone()} kind={*kind} subject={props.subject.clone()} palette={palette.clone()} {node} onpick={onpick.clone()} /> }
            }
            Some(Chosen::Edge(edge)) => {
                html! { <EdgePanel mode={mode.clone()} params={params.clone()} kind={*kind} subject={props.subject.clone()} palette={palette.clone()} {edge} onpick={onpick.clone()} /> }
            }
            None if matches!(&params.picked, Some(Picked::Node(_) | Picked::Edge { .. })) => {
                html! { <div class="empty" role="status" data-testid="dependency-gone"><b>{ "Not in the graph" }</b><p>{ "What the link chooses is not in this graph, or the filter, the time range or the focus leave it out." }</p></div> }
            }
            None => {
                html! { <div class="empty"><b>{ "Nothing is chosen" }</b><p>{ "Choose a node or an edge in the graph or in the table to see what is behind it." }</p></div> }
            }
        },
        Tab::Changes => {
            html! { <ChangesPanel mode={mode.clone()} params={params.clone()} kind={*kind} palette={palette.clone()} onpick={onpick.clone()} /> }
        }
        Tab::Bottlenecks => {
            html! { <BottleneckPanel mode={mode.clone()} kind={*kind} subject={props.subject.clone()} palette={palette.clone()} onpick={onpick.clone()} /> }
        }
    };
    html! {
        <aside class="pane dside" aria-label="Cycles and selection" data-testid="dependency-side">
            <div class="dside-h">
                <Tabs name="depside" label="Panel" {tabs} selected={tab.slug()} {onselect} />
                <button type="button" class="icon-btn sm only-narrow" aria-label="Close" title="Close (Esc)" onclick={props.onclose.clone()}><Icon name="x" class="s" /></button>
            </div>
            <div id="depside-panel" class="scroll" role="tabpanel" tabindex="0" aria-labelledby={format!("depside-tab-{}", tab.slug())}>{ body }</div>
        </aside>
    }
}
