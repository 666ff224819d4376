//! A graph to look around in: drag or use the wheel to pan and zoom, drag nodes, point at them, walk from node to node by the arrow keys.
//!
//! Panning and zooming change one transform; nodes and edges are drawn again only when they themselves change. The whole graph is one stop
//! of the Tab key and names its active node. Knows no traces: what boxes and lines say comes in with the scene.

mod minimap;
mod parts;

use std::rc::Rc;

use gloo::{
    events::{EventListener, EventListenerOptions},
    timers::callback::Timeout,
};
use yew::prelude::*;

use self::{
    minimap::Minimap,
    parts::{Hot, Parts},
};
use super::icon::Icon;
use crate::{
    browser::{document, resize::SizeWatch},
    core::graph_view::{
        Bounds, Place,
        camera::{Camera, Clear},
        near::{self, Side},
        scene::Scene,
    },
};

/// One turn of the wheel by 100 px zooms by this factor.
const WHEEL_FACTOR: f64 = 1.25;
const BUTTON_FACTOR: f64 = 1.35;
/// Narrower views have the zoom buttons at the foot; the stylesheet knows the same width.
const NARROW_PX: f64 = 600.0;
const REVEAL_MARGIN_PX: f64 = 24.0;
/// A press that moves less is a click.
const CLICK_PX: f64 = 4.0;
/// Texts are drawn sharply again when the movement has come to rest.
const SETTLE_MS: u32 = 160;
/// Of more lines than this the patterns are left out from afar: they are slow to paint.
const MANY_EDGES: usize = 400;
/// From so many nodes on there is an overview, and where the graph is larger than the view.
const MINIMAP_FROM: usize = 14;

/// Compared by identity.
#[derive(Clone)]
pub struct SharedScene(pub Rc<Scene>);

impl PartialEq for SharedScene {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Part of a scene, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Node(usize),
    Edge(usize),
}

impl Target {
    /// As written in `data-hit`.
    fn read(text: &str) -> Option<Self> {
        let (kind, number) = text.split_at_checked(1)?;
        let number = number.parse().ok()?;
        match kind {
            "n" => Some(Self::Node(number)),
            "e" => Some(Self::Edge(number)),
            _ => None,
        }
    }

    /// Of what lies under the pointer.
    fn under(event: &Event) -> Option<Self> {
        let element = event.target_dyn_into::<web_sys::Element>()?.closest("[data-hit]").ok().flatten()?;
        Self::read(&element.get_attribute("data-hit")?)
    }
}

#[derive(Properties, PartialEq)]
pub struct GraphViewProps {
    /// Of the element with the focus; nodes are `{id}-n{number}`.
    pub id: &'static str,
    pub testid: &'static str,
    pub scene: SharedScene,
    pub label: AttrValue,
    /// Another number shows all of the graph.
    pub fit: u32,
    /// Another number begins anew: all of the graph where it can be read then, else its busiest part.
    pub fresh: u32,
    /// Told of the size of the view.
    pub onview: Callback<(f64, f64)>,
    pub picked: Option<Target>,
    /// The node that the arrow keys are on.
    pub active: Option<usize>,
    /// Edges to be seen at once, by their numbers.
    pub marked: Rc<Vec<usize>>,
    /// Nodes that a search has found.
    pub found: Rc<Vec<usize>>,
    pub onpick: Callback<Option<Target>>,
    pub onactive: Callback<usize>,
    /// A node was dragged on by so much.
    pub ondrag: Callback<(usize, Place)>,
    /// Keys that are not the graph's own. Whether the key meant something.
    pub onkey: Callback<KeyboardEvent, bool>,
}

/// What pressing the pointer began.
#[derive(Clone, Copy)]
struct Press {
    on: Option<Target>,
    at: Place,
    last: Place,
    is_drag: bool,
}

/// As of the last event, which may be newer than the last picture.
#[derive(Clone, Copy)]
struct Now {
    camera: Camera,
    bounds: Bounds,
    view: (f64, f64),
}

/// What lies over a view of this size at its edges: the zoom buttons.
pub fn clear_of((width, _): (f64, f64)) -> Clear {
    match width < NARROW_PX {
        true => Clear { left: 10.0, top: 10.0, right: 10.0, bottom: 48.0 },
        false => Clear { left: 54.0, top: 14.0, right: 16.0, bottom: 14.0 },
    }
}

/// The part that is in view.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Start,
    All,
    At(Camera),
}

#[component]
pub fn GraphView(props: &GraphViewProps) -> Html {
    let (id, scene) = (props.id, &props.scene);
    let element = use_node_ref();
    let view = use_state(|| (0.0_f64, 0.0_f64));
    let camera = use_state(|| Look::Start);
    let hover = use_state(|| None::<Target>);
    let is_moving = use_state(|| false);
    let settle = use_mut_ref(|| None::<Timeout>);
    let press = use_mut_ref(|| None::<Press>);
    let bounds = *use_memo(scene.clone(), |scene| scene.0.bounds());
    let latest_onview = use_mut_ref(|| props.onview.clone());
    *latest_onview.borrow_mut() = props.onview.clone();
    let start = *use_memo((scene.clone(), *view), |(scene, view)| Camera::start(bounds, *view, clear_of(*view), &scene.0.weights()));
    let shown = match *camera {
        Look::Start => start,
        Look::All => Camera::fit(bounds, *view, clear_of(*view)),
        Look::At(camera) => camera,
    };
    let now = use_mut_ref(|| Now { camera: shown, bounds, view: *view });
    *now.borrow_mut() = Now { camera: shown, bounds, view: *view };

    {
        let (element, view, onview) = (element.clone(), view.setter(), latest_onview.clone());
        use_effect_with((), move |()| {
            let element = element.cast::<web_sys::Element>();
            let watch = element.and_then(|element| {
                SizeWatch::start(&element, move |width, height| {
                    view.set((width, height));
                    let onview = onview.borrow().clone();
                    onview.emit((width, height));
                })
            });
            move || drop(watch)
        });
    }
    {
        let (camera, hover) = (camera.setter(), hover.setter());
        let known = use_mut_ref(|| (props.fresh, props.fit));
        use_effect_with((props.fit, props.fresh), move |(fit, fresh)| {
            let mut known = known.borrow_mut();
            if known.0 != *fresh {
                camera.set(Look::Start);
            } else if known.1 != *fit {
                camera.set(Look::All);
            }
            *known = (*fresh, *fit);
            hover.set(None);
        });
    }
    // The camera goes somewhere: some of the graph stays in view.
    let go = {
        let (now, camera, is_moving) = (now.clone(), camera.setter(), is_moving.setter());
        use_callback((), move |wanted: Camera, ()| {
            let mut now = now.borrow_mut();
            now.camera = wanted.kept_near(now.bounds, now.view);
            camera.set(Look::At(now.camera));
            is_moving.set(true);
            let is_moving = is_moving.clone();
            *settle.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || is_moving.set(false)));
        })
    };
    // The active node comes into view when it changes.
    {
        let (go, now, scene) = (go.clone(), now.clone(), scene.clone());
        use_effect_with(props.active, move |active| {
            let node = active.and_then(|number| scene.0.nodes.get(number).cloned());
            if let Some(node) = node {
                let Now { camera, view, .. } = *now.borrow();
                let revealed = camera.revealing(node.bounds, view, REVEAL_MARGIN_PX);
                if view.0 > 0.0 && revealed != camera {
                    go.emit(revealed);
                }
            }
        });
    }
    {
        let (element, now, go) = (element.clone(), now.clone(), go.clone());
        use_effect_with((), move |()| {
            let listener = element.cast::<web_sys::Element>().map(|element| {
                let place = element.clone();
                EventListener::new_with_options(&element, "wheel", EventListenerOptions::enable_prevent_default(), move |event| {
                    let Some(wheel) = document::as_wheel(event).filter(|wheel| !document::scrolls_around(wheel)) else { return };
                    event.prevent_default();
                    let at = document::pointer_in(wheel, &place);
                    let camera = now.borrow().camera;
                    // Lines and pages are told by the mode; a line is about 16 px.
                    let px = wheel.delta_y() * if wheel.delta_mode() == 0 { 1.0 } else { 16.0 };
                    go.emit(match wheel.shift_key() {
                        true => camera.panned(-px, 0.0),
                        false => camera.zoomed(WHEEL_FACTOR.powf(-px.clamp(-600.0, 600.0) / 100.0), at),
                    });
                })
            });
            move || drop(listener)
        });
    }
    let zoom = |factor: f64| {
        let (now, go) = (now.clone(), go.clone());
        Callback::from(move |_: MouseEvent| {
            let Now { camera, view: (width, height), .. } = *now.borrow();
            go.emit(camera.zoomed(factor, (width / 2.0, height / 2.0)));
        })
    };
    let fit = {
        let camera = camera.setter();
        Callback::from(move |_: MouseEvent| camera.set(Look::All))
    };
    let onpointerdown = {
        let (element, press) = (element.clone(), press.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(element) = element.cast::<web_sys::Element>().filter(|_| event.button() == 0) else { return };
            let at = document::pointer_in(&event, &element);
            *press.borrow_mut() = Some(Press { on: Target::under(&event), at, last: at, is_drag: false });
        })
    };
    let onpointermove = {
        let (element, press, now, go, ondrag, camera) =
            (element.clone(), press.clone(), now.clone(), go.clone(), props.ondrag.clone(), camera.setter());
        Callback::from(move |event: PointerEvent| {
            let mut press = press.borrow_mut();
            let (Some(press), Some(element)) = (press.as_mut(), element.cast::<web_sys::Element>()) else { return };
            let (x, y) = document::pointer_in(&event, &element);
            if !press.is_drag {
                if (x - press.at.0).hypot(y - press.at.1) < CLICK_PX {
                    return;
                }
                press.is_drag = true;
                // Refused only for a pointer that has already gone.
                drop(element.set_pointer_capture(event.pointer_id()));
            }
            let (dx, dy) = (x - press.last.0, y - press.last.1);
            press.last = (x, y);
            let present = now.borrow().camera;
            match press.on {
                Some(Target::Node(number)) => {
                    // All of a growing graph would be shown smaller and smaller.
                    camera.set(Look::At(present));
                    ondrag.emit((number, (dx / present.scale, dy / present.scale)));
                }
                _ => go.emit(present.panned(dx, dy)),
            }
        })
    };
    let onpointerup = {
        let (press, onpick) = (press.clone(), props.onpick.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some(press) = press.take().filter(|press| !press.is_drag) {
                onpick.emit(press.on);
            }
        })
    };
    let onpointercancel = Callback::from(move |_: PointerEvent| *press.borrow_mut() = None);
    let onpointerover = {
        let hover = hover.clone();
        Callback::from(move |event: PointerEvent| {
            let target = Target::under(&event);
            if *hover != target {
                hover.set(target);
            }
        })
    };
    let onpointerleave = {
        let hover = hover.setter();
        Callback::from(move |_: PointerEvent| hover.set(None))
    };
    let onkeydown = {
        let (scene, active, onactive, onpick, onkey) =
            (scene.clone(), props.active, props.onactive.clone(), props.onpick.clone(), props.onkey.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let key = event.key();
            let next = match (Side::of_key(&key), active) {
                (Some(_), None) => (!scene.0.nodes.is_empty()).then_some(0),
                (Some(side), Some(active)) => Some(near::nearest(&scene.0.centres(), active, side).unwrap_or(active)),
                (None, _) if key == "Home" => Some(0),
                (None, _) if key == "End" => scene.0.nodes.len().checked_sub(1),
                _ => None,
            };
            let is_known = match (next, key.as_str(), active) {
                (Some(next), ..) => {
                    onactive.emit(next);
                    true
                }
                (None, "Enter" | " ", Some(active)) => {
                    onpick.emit(Some(Target::Node(active)));
                    true
                }
                _ => onkey.emit(event.clone()),
            };
            if is_known {
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let onmap = {
        let (now, go) = (now.clone(), go.clone());
        use_callback((), move |at: Place, ()| {
            let Now { camera, view, .. } = *now.borrow();
            go.emit(camera.centred(at, view));
        })
    };
    let seen = shown.in_view(*view);
    let is_partly_seen = seen.left > bounds.left || seen.top > bounds.top || seen.right < bounds.right || seen.bottom < bounds.bottom;
    let has_map = view.0 > 420.0 && view.1 > 220.0 && (scene.0.nodes.len() >= MINIMAP_FROM || (is_partly_seen && scene.0.nodes.len() > 1));
    let class = classes!(
        "gwrap",
        is_moving.then_some("moving"),
        shown.is_far().then_some("far"),
        (scene.0.edges.len() > MANY_EDGES).then_some("many")
    );
    html! {
        <div {class} ref={element} data-testid={props.testid} data-nodes={scene.0.nodes.len().to_string()} data-edges={scene.0.edges.len().to_string()}
            {onpointermove} {onpointerup} {onpointercancel} {onpointerleave}>
            <div {id} class="gfield" role="listbox" tabindex="0" aria-label={props.label.clone()} aria-activedescendant={props.active.map(|number| format!("{id}-n{number}"))}
                {onkeydown} {onpointerdown} {onpointerover}>
                if view.0 > 0.0 {
                    <svg class="graph" width="1" height="1" style={shown.css()} role="presentation">
                        <Parts {id} scene={scene.clone()} picked={props.picked} active={props.active} found={props.found.clone()} marked={props.marked.clone()} />
                    </svg>
                    // On a layer of its own: what is pointed at changes without the rest being painted again.
                    <svg class="graph above" width="1" height="1" style={shown.css()} aria-hidden="true"><Hot scene={scene.clone()} hover={*hover} /></svg>
                }
            </div>
            <div class="zoom pop" role="toolbar" aria-label="Zoom">
                <button type="button" class="icon-btn sm" aria-label="Zoom in" title="Zoom in (wheel)" onclick={zoom(BUTTON_FACTOR)}><Icon name="plus" class="s" /></button>
                <button type="button" class="icon-btn sm" aria-label="Zoom out" title="Zoom out (wheel)" onclick={zoom(1.0 / BUTTON_FACTOR)}><Icon name="minus" class="s" /></button>
                <button type="button" class="icon-btn sm" aria-label="Fit" title="Fit (0)" data-testid="graph-fit" onclick={fit}><Icon name="fit" class="s" /></button>
            </div>
            if has_map {
                <Minimap scene={scene.clone()} {bounds} {seen} ongo={onmap} />
            }
        </div>
    }
}
