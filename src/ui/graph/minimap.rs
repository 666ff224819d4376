//! All of the graph in small, with the part that is in view; a press goes there.

use yew::prelude::*;

use super::SharedScene;
use crate::{
    browser::document,
    core::graph_view::{Bounds, Place, camera::Overview},
};

#[derive(Properties, PartialEq)]
pub struct MinimapProps {
    pub scene: SharedScene,
    pub bounds: Bounds,
    /// The part in view.
    pub seen: Bounds,
    /// A place of the picture is to be in the middle.
    pub ongo: Callback<Place>,
}

#[component]
pub fn Minimap(props: &MinimapProps) -> Html {
    let MinimapProps { scene, bounds, seen, .. } = props;
    let is_pressed = use_mut_ref(|| false);
    let path = use_memo(scene.clone(), |scene| AttrValue::from(scene.0.overview()));
    let overview = Overview::of(*bounds);
    let go = {
        let ongo = props.ongo.clone();
        move |event: &PointerEvent| {
            if let Some(element) = event.current_target().and_then(|target| document::as_element(&target)) {
                ongo.emit(overview.to_picture(document::pointer_in(event, &element)));
            }
        }
    };
    let onpointerdown = {
        let (is_pressed, go) = (is_pressed.clone(), go.clone());
        Callback::from(move |event: PointerEvent| {
            event.stop_propagation();
            *is_pressed.borrow_mut() = true;
            go(&event);
        })
    };
    let onpointermove = {
        let is_pressed = is_pressed.clone();
        Callback::from(move |event: PointerEvent| {
            if *is_pressed.borrow() && event.buttons() != 0 {
                event.stop_propagation();
                go(&event);
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *is_pressed.borrow_mut() = false);
    let (width, height) = overview.size();
    let part = overview.part(*seen);
    html! {
        <svg class="gmap pop" width={format!("{width:.0}")} height={format!("{height:.0}")} aria-hidden="true" data-testid="graph-minimap" {onpointerdown} {onpointermove} {onpointerup}>
            <g transform={overview.transform()}><path class="gm-n" d={(*path).clone()} /></g>
            <rect class="gm-v" x={format!("{:.1}", part.left)} y={format!("{:.1}", part.top)} width={format!("{:.1}", part.width())} height={format!("{:.1}", part.height())} rx="2" />
        </svg>
    }
}
