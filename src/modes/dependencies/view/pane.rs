//! The graph on the page: nodes where the reader has dragged them, the legend, what is not drawn.

use std::{collections::BTreeMap, rc::Rc};

use yew::prelude::*;

use super::{
    super::{
        drawn::{self, Chosen, find_picked, pick_edge, pick_node},
        params::{BUNDLES, DEFAULT_TOP, DependencyParams, GraphKind, Picked, TOPS, Tint},
        pipeline::{Drawn, Laid},
    },
    set_params,
};
use crate::{
    core::{graph_view::Place, units},
    state::store::{Nav, Store},
    ui::{
        graph::{GraphView, SharedScene, Target},
        icon::Icon,
        picker::{PickOption, Picker},
    },
};

/// Compared by identity of what it shares.
#[derive(Clone)]
pub struct SharedDrawn(pub Rc<Drawn>);

impl PartialEq for SharedDrawn {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
pub struct GraphPaneProps {
    pub store: Store,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub drawn: SharedDrawn,
    pub laid: Laid,
    /// As laid out.
    pub scene: SharedScene,
    /// Another number begins anew with this graph.
    pub fresh: u32,
    /// Another number shows all of it.
    pub fit: u32,
    /// Told of the size of the view.
    pub onview: Callback<(f64, f64)>,
    /// Key of the node that the arrow keys are on.
    pub active: Option<AttrValue>,
    /// Keys of nodes that the search finds.
    pub found: Rc<Vec<String>>,
    pub is_stale: bool,
    pub onactive: Callback<Option<AttrValue>>,
    pub onpick: Callback<Option<Picked>>,
    /// Told of the scene with dragged nodes in their places: exports show what the reader sees.
    pub onscene: Callback<SharedScene>,
}

#[component]
pub fn GraphPane(props: &GraphPaneProps) -> Html {
    let GraphPaneProps { store, params, kind, drawn, scene, active, found, onpick, .. } = props;
    // How far nodes were dragged, by their keys: they stay there when figures change.
    let moved = use_state(BTreeMap::<Rc<str>, Place>::new);
    let drag = use_mut_ref(BTreeMap::<Rc<str>, Place>::new);
    let placed = use_memo((scene.clone(), (*moved).clone()), |(scene, moved)| {
        let by: Vec<(usize, Place)> = scene.0.nodes.iter().filter_map(|node| Some((node.number, *moved.get(&node.text.key)?))).collect();
        SharedScene(if by.is_empty() { scene.0.clone() } else { Rc::new(scene.0.with_moved(&by)) })
    });
    use_effect_with((*placed).clone(), {
        let onscene = props.onscene.clone();
        move |placed| onscene.emit(placed.clone())
    });
    use_effect_with((props.fit, props.fresh), {
        let (drag, moved) = (drag.clone(), moved.setter());
        move |_| {
            drag.borrow_mut().clear();
            moved.set(BTreeMap::new());
        }
    });
    let ondrag = {
        let (scene, moved) = (scene.clone(), moved.setter());
        Callback::from(move |(number, (dx, dy)): (usize, Place)| {
            let Some(node) = scene.0.nodes.get(number) else { return };
            let mut all = drag.borrow_mut();
            let place = all.entry(node.text.key.clone()).or_default();
            *place = (place.0 + dx, place.1 + dy);
            moved.set(all.clone());
        })
    };
    let graph = drawn.0.graph.clone();
    let picked = params.picked.as_ref().and_then(|picked| find_picked(&graph, picked)).map(|chosen| match chosen {
        Chosen::Node(node) => Target::Node(node),
        Chosen::Edge(edge) => Target::Edge(edge),
    });
    let marked = use_memo((drawn.clone(), params.picked.clone()), |(drawn, picked)| {
        let drawn = &drawn.0;
        match picked {
            Some(Picked::Cycle(keys)) => drawn::ring_edges(&drawn.graph, keys),
            _ => Vec::new(),
        }
    });
    let number_of = |key: &str| placed.0.nodes.iter().find(|node| &*node.text.key == key).map(|node| node.number);
    let active_number = active.as_ref().and_then(|key| number_of(key));
    let found: Rc<Vec<usize>> = Rc::new(found.iter().filter_map(|key| number_of(key)).collect());
    let onactive = {
        let (placed, onactive) = (placed.clone(), props.onactive.clone());
        Callback::from(move |number: usize| {
            onactive.emit(placed.0.nodes.get(number).map(|node| AttrValue::from(node.text.key.to_string())))
        })
    };
    let onhit = {
        let (graph, onpick, onactive) = (graph.clone(), onpick.clone(), onactive.clone());
        Callback::from(move |target: Option<Target>| match target {
            Some(Target::Node(number)) => {
                onactive.emit(number);
                onpick.emit(pick_node(&graph, number));
            }
            Some(Target::Edge(number)) => onpick.emit(pick_edge(&graph, number)),
            None => onpick.emit(None),
        })
    };
    let label = format!(
        "{}. Arrow keys go from node to node, Enter shows details.",
        drawn::caption(&drawn.0.subject.graph, &drawn.0.subject.cycles, *kind, drawn.0.strong)
    );
    let onkey = Callback::from(|_: KeyboardEvent| false);
    html! {
        <>
        { left_out(store, params, &drawn.0, &props.laid) }
        <div class={classes!("gbox", props.is_stale.then_some("busy-old"))}>
            <GraphView id="dep-graph" testid="dependency-graph" scene={(*placed).clone()} {label} fit={props.fit} fresh={props.fresh} onview={props.onview.clone()} {picked} active={active_number} {marked} {found} onpick={onhit} {onactive} {ondrag} {onkey} />
            { legend(params, &drawn.0) }
        </div>
        </>
    }
}

fn legend(params: &DependencyParams, drawn: &Drawn) -> Html {
    let has_back = drawn.is_back.iter().any(|back| *back);
    let has_label = drawn.graph.edges.iter().any(|edge| edge.label.is_some());
    html! {
        <div class="glegend" aria-hidden="true">
            if params.tint == Tint::ErrorRate {
                <span><b>{ "Errors" }</b></span>
                <span><i class="ln r0"></i>{ "none" }</span><span><i class="ln r1"></i>{ "under 1 %" }</span><span><i class="ln r2"></i>{ "under 5 %" }</span><span><i class="ln r3"></i>{ "5 % or more" }</span>
            }
            if params.tint == Tint::P95 {
                <span><b>{ "p95" }</b></span>
                <span><i class="ln h1"></i><i class="ln h2"></i><i class="ln h3"></i><i class="ln h4"></i><i class="ln h5"></i>{ "short to long" }</span>
            }
            if has_back { <span><i class="ln bk"></i>{ "back edge" }</span> }
            <span class="gbars"><i class="own"></i>{ "own time" }<i class="fail"></i>{ "errors" }</span>
            <span class="dim">{ if has_label { "label: artifact, calls, errors" } else { "label: calls, errors" } }</span>
        </div>
    }
}

/// What is not drawn, and how many nodes are.
fn left_out(store: &Store, params: &DependencyParams, drawn: &Drawn, laid: &Laid) -> Html {
    let remark = laid.remark();
    if drawn.left_out.is_empty() && remark.is_none() && params.bundle.is_none() {
        return Html::default();
    }
    let bundle_name = |end: Option<char>| end.map_or_else(|| "no bundles".to_owned(), |end| format!("bundles by {end}"));
    let bundles: Vec<PickOption> = std::iter::once(None)
        .chain(BUNDLES.map(Some))
        .map(|end| PickOption { value: end.map(String::from).unwrap_or_default().into(), label: bundle_name(end).into(), note: None })
        .collect();
    let onbundle = {
        let store = store.clone();
        Callback::from(move |value: AttrValue| {
            let end = value.chars().next();
            set_params(&store, Nav::Replace, move |params| params.bundle = end);
        })
    };
    let mut tops: Vec<u32> = TOPS.to_vec();
    if !tops.contains(&params.top) {
        tops.push(params.top);
    }
    let options = tops.iter().map(|top| PickOption {
        value: top.to_string().into(),
        label: format!("{} nodes", units::count(u64::from(*top))).into(),
        note: None,
    });
    let onpick = {
        let store = store.clone();
        Callback::from(move |value: AttrValue| {
            let top = value.parse().unwrap_or(DEFAULT_TOP);
            set_params(&store, Nav::Replace, move |params| params.top = top);
        })
    };
    html! {
        <div class="gleft note i0" role="status" data-testid="dependency-left-out"><Icon name="info" />
            <span>{ drawn.left_out.iter().map(String::as_str).chain(remark).collect::<Vec<_>>().join(" ") }</span>
            if !drawn.left_out.is_empty() || params.bundle.is_some() {
                <Picker id="dep-bundle" class={classes!("sel", "sm")} label="Which nodes are drawn as one" text={bundle_name(params.bundle)} options={Rc::new(bundles)} chosen={Some(AttrValue::from(params.bundle.map(String::from).unwrap_or_default()))} onpick={onbundle} />
                <Picker id="dep-top" class={classes!("sel", "sm")} label="How many nodes are drawn" text={format!("{} nodes", units::count(u64::from(params.top)))} options={Rc::new(options.collect::<Vec<_>>())} chosen={Some(AttrValue::from(params.top.to_string()))} {onpick} />
            }
        </div>
    }
}
