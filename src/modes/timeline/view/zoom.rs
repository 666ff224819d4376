//! The part of the trace in view: from the address, by wheel, drag and keys; written back when the reader pauses.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::set_params;
use crate::{
    browser::document,
    core::folded_time::{FoldedTime, TimeAxis},
    state::{
        busy::Busy,
        store::{Nav, Store},
    },
};

/// A wheel or a drag settles this long before the address follows: browsers refuse a flood of addresses.
const SETTLE_MS: u32 = 200;
/// One turn of the wheel by 100 px zooms by this factor.
const WHEEL_FACTOR: f64 = 1.25;
const KEY_FACTOR: f64 = 1.5;
/// A key pans by this share of the width, with Shift by the other.
const PAN_SHARE: f64 = 0.1;
const PAN_SHARE_FAR: f64 = 0.5;
/// Room on either side of a span that is zoomed to, as a share of its length.
const FIT_MARGIN: i64 = 20;

/// A wanted window in ns since 1970; `None` is the whole trace.
pub type Window = Option<(i64, i64)>;

#[derive(Clone)]
pub struct Zoom {
    pub axis: TimeAxis,
    /// All of the trace over the same width.
    pub whole: TimeAxis,
    pub set: Callback<Window>,
}

/// `from_address` is the window in ns from the trace's start; `id` names the trace, whose window is forgotten with it.
#[hook]
pub fn use_zoom(store: &Store, id: &str, fold: &Rc<FoldedTime>, from_address: Option<(i64, i64)>, width_px: f64) -> Zoom {
    // The reader's own window until the address has it.
    let live = use_state(|| None::<(String, Window)>);
    let waiting = use_mut_ref(|| None::<Timeout>);
    let start_ns = fold.start_ns();
    let asked = from_address.map(|(from, to)| (start_ns.saturating_add(from), start_ns.saturating_add(to)));
    let window = live.as_ref().filter(|(of, _)| of == id).map_or(asked, |(_, window)| *window);
    let set = {
        let (store, live, id) = (store.clone(), live.setter(), id.to_owned());
        Callback::from(move |wanted: Window| {
            live.set(Some((id.clone(), wanted)));
            let (store, live, busy) = (store.clone(), live.clone(), Busy::start());
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                let offsets = wanted.map(|(from, to)| (from.saturating_sub(start_ns), to.saturating_sub(start_ns)));
                set_params(&store, Nav::Replace, move |params| params.zoom = offsets);
                live.set(None);
                drop(busy);
            }));
        })
    };
    let axis = TimeAxis::new(fold.clone(), window, width_px);
    let whole = TimeAxis::new(fold.clone(), None, width_px);
    Zoom { axis, whole, set }
}

impl Zoom {
    fn go(&self, (from, to): (i64, i64)) {
        let next = TimeAxis::new(self.axis.fold().clone(), Some((from, to)), self.axis.width_px());
        self.set.emit((!next.is_whole()).then_some((from, to)));
    }

    /// A stretch of time with some room around it fills the width.
    pub fn fit(&self, from_ns: i64, to_ns: i64) {
        let margin = (to_ns.saturating_sub(from_ns) / FIT_MARGIN).max(1_000);
        self.go((from_ns.saturating_sub(margin), to_ns.saturating_add(margin)));
    }

    pub fn reset(&self) {
        self.set.emit(None);
    }

    /// With Ctrl, Cmd or Alt the wheel zooms about the pointer, with Shift or sideways it pans. Returns whether it did.
    pub fn wheel(&self, event: &WheelEvent, at_px: impl FnOnce() -> f64) -> bool {
        let sideways = event.delta_x().abs() > event.delta_y().abs();
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            // Lines and pages are told by the mode; a line is about 16 px.
            let px = event.delta_y() * if event.delta_mode() == 0 { 1.0 } else { 16.0 };
            self.go(self.axis.zoomed(WHEEL_FACTOR.powf(-px.clamp(-600.0, 600.0) / 100.0), at_px()));
            return true;
        }
        if (sideways || event.shift_key()) && !self.axis.is_whole() {
            self.go(self.axis.panned(if sideways { event.delta_x() } else { event.delta_y() }));
            return true;
        }
        false
    }

    /// `about_px` is what keys zoom about. Returns whether the key means something here.
    pub fn key(&self, event: &KeyboardEvent, about_px: f64) -> bool {
        let pan = self.axis.width_px() * if event.shift_key() { PAN_SHARE_FAR } else { PAN_SHARE };
        match event.key().as_str() {
            "w" | "W" => self.go(self.axis.zoomed(KEY_FACTOR, about_px)),
            "s" | "S" => self.go(self.axis.zoomed(1.0 / KEY_FACTOR, about_px)),
            "a" | "A" if !self.axis.is_whole() => self.go(self.axis.panned(-pan)),
            "d" | "D" if !self.axis.is_whole() => self.go(self.axis.panned(pan)),
            "a" | "A" | "d" | "D" => {}
            "0" => self.reset(),
            _ => return false,
        }
        true
    }
}

/// The zoom's keys, wherever the focus is outside of text fields.
#[hook]
pub fn use_zoom_keys(zoom: &Zoom, about_px: f64) {
    let latest = use_mut_ref(|| None::<(Zoom, f64)>);
    *latest.borrow_mut() = Some((zoom.clone(), about_px));
    use_effect_with((), move |()| {
        let listener = document::on_key(move |event| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || document::typing() {
                return;
            }
            let latest = latest.borrow().clone();
            if latest.is_some_and(|(zoom, about_px)| zoom.key(event, about_px)) {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}

#[derive(Properties, PartialEq)]
pub struct RulerProps {
    pub axis: TimeAxis,
    pub origin_ns: i64,
    pub onfit: Callback<(i64, i64)>,
    pub onreset: Callback<()>,
    pub lane: NodeRef,
}

/// Ruler labels need this much room.
const TICK_GAP_PX: f64 = 64.0;
/// Width of a digit of the ruler's labels.
const LABEL_CHAR_PX: f64 = 6.5;
/// A drag shorter than this is a click.
const CLICK_PX: f64 = 4.0;

/// The ruler: drag over it to zoom to a stretch, double-click for the whole trace.
#[component]
pub fn Ruler(props: &RulerProps) -> Html {
    let drag = use_state(|| None::<(f64, f64)>);
    let axis = &props.axis;
    // Events are listened for at the page's root, so the lane itself is asked for its place.
    let place = {
        let lane = props.lane.clone();
        move |event: &PointerEvent| lane.cast::<web_sys::Element>().map(|lane| document::pointer_x(event, &lane))
    };
    let onpointerdown = {
        let (drag, place) = (drag.setter(), place.clone());
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            drag.set(place(&event).map(|x| (x, x)));
        })
    };
    let onpointermove = {
        let drag = drag.clone();
        Callback::from(move |event: PointerEvent| {
            if let (Some((from, _)), Some(x)) = (*drag, place(&event)) {
                drag.set(Some((from, x)));
            }
        })
    };
    let release = {
        let (drag, axis, onfit) = (drag.clone(), axis.clone(), props.onfit.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some((from, to)) = drag.filter(|(from, to)| (from - to).abs() >= CLICK_PX) {
                onfit.emit((axis.ns_at_px(from.min(to)), axis.ns_at_px(from.max(to))));
            }
            drag.set(None);
        })
    };
    let cancel = {
        let drag = drag.setter();
        Callback::from(move |_: PointerEvent| drag.set(None))
    };
    let reset = props.onreset.reform(|_: MouseEvent| ());
    html! {
        <div class="ruler" aria-hidden="true" data-testid="ruler" title="Drag to zoom, double-click for the whole trace">
            <div class="lane" ref={props.lane.clone()} {onpointerdown} {onpointermove} onpointerup={release} onpointercancel={cancel} ondblclick={reset}>
                { for axis.labelled_ticks(props.origin_ns, TICK_GAP_PX, LABEL_CHAR_PX).into_iter().map(|(x, tick)| html! { <span style={format!("left:{x:.1}px")}>{ tick.label }</span> }) }
                if let Some((from, to)) = *drag {
                    <i class="ruler-sel" style={format!("left:{:.1}px;width:{:.1}px", from.min(to), (from - to).abs())}></i>
                }
            </div>
        </div>
    }
}

/// The lines below the ruler's marks and the folded gaps.
pub fn grid(axis: &TimeAxis, origin_ns: i64) -> Html {
    html! {
        <div class="wgrid" aria-hidden="true"><div class="lane">
            { for axis.labelled_ticks(origin_ns, TICK_GAP_PX, LABEL_CHAR_PX).into_iter().map(|(x, _)| html! { <i style={format!("left:{x:.1}px")}></i> }) }
            { for axis.break_marks().into_iter().map(|(from, to, gap)| html! {
                <b class="brk" style={format!("left:{from:.1}px;width:{:.1}px", to - from)} title={format!("{} without work", crate::core::units::duration(gap.length_ns()))}></b>
            }) }
        </div></div>
    }
}
