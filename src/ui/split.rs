//! The line between two panes: drag it, or focus it and use the arrow keys.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SplitterProps {
    /// Width of the pane that it sizes, or height, in px.
    pub value: i32,
    pub min: i32,
    pub max: i32,
    /// The pane lies right of the line, so dragging left makes it wider.
    #[prop_or_default]
    pub reversed: bool,
    /// The line lies across: the pane above it has a height.
    #[prop_or_default]
    pub across: bool,
    pub label: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    /// A wanted width; the owner clamps it.
    pub onresize: Callback<i32>,
}

const KEY_STEP_PX: i32 = 16;

#[component]
pub fn Splitter(props: &SplitterProps) -> Html {
    // Where the drag began: pointer x and the pane's width then.
    let grip = use_mut_ref(|| None::<(i32, i32)>);
    let sign = if props.reversed { -1 } else { 1 };
    let across = props.across;
    let place = move |event: &PointerEvent| if across { event.client_y() } else { event.client_x() };
    let onpointerdown = {
        let (grip, value) = (grip.clone(), props.value);
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if let Some(element) = event.target_dyn_into::<web_sys::Element>() {
                // Refused only for a pointer that has already gone.
                drop(element.set_pointer_capture(event.pointer_id()));
            }
            *grip.borrow_mut() = Some((place(&event), value));
        })
    };
    let onpointermove = {
        let (grip, onresize) = (grip.clone(), props.onresize.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from_x, width)) = *grip.borrow() {
                onresize.emit(width + sign * (place(&event) - from_x));
            }
        })
    };
    let release = Callback::from(move |_: PointerEvent| *grip.borrow_mut() = None);
    let onkeydown = {
        let (value, min, max, onresize) = (props.value, props.min, props.max, props.onresize.clone());
        Callback::from(move |event: KeyboardEvent| {
            let wanted = match event.key().as_str() {
                "ArrowLeft" | "ArrowUp" if across == (event.key() == "ArrowUp") => value - sign * KEY_STEP_PX,
                "ArrowRight" | "ArrowDown" if across == (event.key() == "ArrowDown") => value + sign * KEY_STEP_PX,
                "Home" => min,
                "End" => max,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            onresize.emit(wanted);
        })
    };
    html! {
        <div class={classes!("wsplit", across.then_some("across"), props.class.clone())} role="separator" aria-orientation={if across { "horizontal" } else { "vertical" }} tabindex="0" aria-label={props.label.clone()}
            aria-valuenow={props.value.to_string()} aria-valuemin={props.min.to_string()} aria-valuemax={props.max.to_string()}
            {onpointerdown} {onpointermove} onpointerup={release.clone()} onpointercancel={release} {onkeydown} />
    }
}
