//! Above the rows: the whole trace small, with the window in view to drag, and what ran at a time.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        minimap,
        scene::{Ink, Pen},
    },
    bars::{CanvasPen, use_theme},
    trace::Trace,
};
use crate::{
    browser::{canvas::Canvas2d, document},
    core::{concurrency::Concurrency, folded_time::TimeAxis, units},
    state::session::Session,
};

const MAP_PX: f64 = 37.0;
const LANE_PX: f64 = 18.0;
/// A press this near to an edge of the window takes the edge.
const EDGE_PX: f64 = 6.0;
/// A drag shorter than this is a click.
const CLICK_PX: f64 = 4.0;
/// Arrow keys move an edge of the window by these shares of the whole.
const STEP: f64 = 0.01;
const FAR_STEP: f64 = 0.1;

#[derive(Properties, PartialEq)]
pub struct MinimapProps {
    pub session: Rc<Session>,
    pub trace: Rc<Trace>,
    /// Shows all of the trace.
    pub whole: TimeAxis,
    /// The window in view, ns since 1970.
    pub window: (i64, i64),
    /// A wanted window; `None` is the whole trace.
    pub onzoom: Callback<Option<(i64, i64)>>,
}

#[derive(Clone, Copy)]
enum Grip {
    /// A new window from here.
    New(f64),
    /// The window moves with the pointer: its left and right edge at the beginning, and where the pointer was.
    Move(f64, f64, f64),
    /// The other edge stays here.
    Edge(f64),
}

#[component]
pub fn Minimap(props: &MinimapProps) -> Html {
    let MinimapProps { whole, window, onzoom, .. } = props;
    let theme = use_theme();
    let map = use_node_ref();
    {
        let (map, session) = (map.clone(), props.session.clone());
        use_effect_with((props.trace.clone(), whole.clone(), theme), move |(trace, whole, _)| {
            let Some(canvas) = map.cast::<web_sys::Element>().as_ref().and_then(Canvas2d::of) else { return };
            let mut pen = CanvasPen::new(canvas, Rc::default());
            pen.begin(whole.width_px(), MAP_PX);
            let step = MAP_PX / f64::from(minimap::ROWS);
            for run in minimap::runs(&trace.model, &session.service_slots, whole) {
                pen.rect(run.ink, run.from_px, f64::from(run.row) * step + 1.0, run.to_px - run.from_px, 2.0);
            }
        });
    }
    let grip = use_mut_ref(|| None::<Grip>);
    let (left, right) = (whole.x_px(window.0), whole.x_px(window.1));
    let span_px = whole.width_px();
    let shows_all = left <= 0.5 && right >= span_px - 0.5;
    let send = {
        let (whole, onzoom) = (whole.clone(), onzoom.clone());
        move |from: f64, to: f64| {
            let (from, to) = (from.min(to).max(0.0), from.max(to).min(whole.width_px()));
            let all = from <= 0.5 && to >= whole.width_px() - 0.5;
            onzoom.emit((!all).then(|| (whole.ns_at_px(from), whole.ns_at_px(to))));
        }
    };
    // Events are listened for at the page's root, so the lane itself is asked for its place.
    let lane = use_node_ref();
    let place = {
        let lane = lane.clone();
        move |event: &PointerEvent| lane.cast::<web_sys::Element>().map(|lane| document::pointer_x(event, &lane))
    };
    let onpointerdown = {
        let (grip, place) = (grip.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(x) = place(&event) else { return };
            event.prevent_default();
            let near = |edge: f64| (x - edge).abs() <= EDGE_PX;
            *grip.borrow_mut() = Some(match () {
                () if shows_all => Grip::New(x),
                () if near(left) => Grip::Edge(right),
                () if near(right) => Grip::Edge(left),
                () if (left..=right).contains(&x) => Grip::Move(left, right, x),
                () => Grip::New(x),
            });
        })
    };
    let onpointermove = {
        let (grip, send) = (grip.clone(), send.clone());
        Callback::from(move |event: PointerEvent| {
            let (Some(grip), Some(x)) = (*grip.borrow(), place(&event)) else { return };
            match grip {
                Grip::New(from) if (x - from).abs() < CLICK_PX => {}
                Grip::New(from) | Grip::Edge(from) => send(from, x),
                Grip::Move(left, right, from) => {
                    let by = (x - from).clamp(-left, span_px - right);
                    send(left + by, right + by);
                }
            }
        })
    };
    let release = Callback::from(move |_: PointerEvent| *grip.borrow_mut() = None);
    let reset = onzoom.reform(|_: MouseEvent| None);
    let slider = |name: &'static str, at: f64, other: f64| {
        let send = send.clone();
        let start_ns = props.trace.model.tree.start_ns;
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let step = span_px * if event.shift_key() { FAR_STEP } else { STEP };
            let to = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => at - step,
                "ArrowRight" | "ArrowUp" => at + step,
                "Home" => 0.0,
                "End" => span_px,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            send(to.clamp(0.0, span_px), other);
        });
        let moment = units::moment(whole.ns_at_px(at), start_ns);
        html! {
            <i role="slider" tabindex="0" aria-label={name} aria-valuemin="0" aria-valuemax="100" aria-valuenow={percent(at, span_px)} aria-valuetext={moment} {onkeydown}></i>
        }
    };
    html! {
        <div class="mmw" role="group" aria-label="Part of the trace in view" data-testid="minimap">
            <div class="lane" ref={lane} {onpointerdown} {onpointermove} onpointerup={release.clone()} onpointercancel={release} ondblclick={reset}>
                <canvas ref={map} class="mm" aria-hidden="true" style={format!("width:{span_px}px;height:{MAP_PX}px")}></canvas>
                if !shows_all {
                    <div class="mm-off" style={format!("left:0;width:{:.1}px", left.max(0.0))}></div>
                    <div class="mm-off" style={format!("left:{right:.1}px;right:0")}></div>
                }
                <div class={classes!("brush", shows_all.then_some("all"))} style={format!("left:{left:.1}px;width:{:.1}px", (right - left).max(2.0))}>
                    { slider("Start of the part in view", left, right) }
                    { slider("End of the part in view", right, left) }
                </div>
            </div>
        </div>
    }
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.0}", part / whole * 100.0) } else { "0".to_owned() }
}

#[derive(Properties, PartialEq)]
pub struct LaneProps {
    pub what: AttrValue,
    pub counts: Rc<Concurrency>,
    pub axis: TimeAxis,
}

/// How many ran at a time, as steps over the axis of the rows.
#[component]
pub fn ConcurrencyLane(props: &LaneProps) -> Html {
    let theme = use_theme();
    let element = use_node_ref();
    {
        let (element, counts) = (element.clone(), props.counts.clone());
        use_effect_with((props.axis.clone(), Rc::as_ptr(&props.counts) as usize, theme), move |(axis, _, _)| {
            let Some(canvas) = element.cast::<web_sys::Element>().as_ref().and_then(Canvas2d::of) else { return };
            let mut pen = CanvasPen::new(canvas, Rc::default());
            pen.begin(axis.width_px(), LANE_PX);
            let points = lane_points(&counts, axis);
            let mut closed = points.clone();
            closed.push((axis.width_px(), LANE_PX));
            closed.push((0.0, LANE_PX));
            pen.area(Ink::Noise, 0.38, &closed);
            pen.outline(Ink::Noise, &points);
        });
    }
    let peak = props.counts.peak();
    let title = format!("{}: at most {peak} at a time, {:.1} on average", props.what, props.counts.average_when_busy());
    html! {
        <div class="ccw" data-testid="concurrency" data-peak={peak.to_string()} data-average={format!("{:.4}", props.counts.average_when_busy())} title={title.clone()}>
            <div class="lane"><canvas ref={element} class="cc" role="img" aria-label={title} style={format!("width:{}px;height:{LANE_PX}px", props.axis.width_px())}></canvas></div>
            <span class="ccn">{ format!("peak {}", units::count_short(u64::from(peak))) }</span>
        </div>
    }
}

/// The upper edge of the lane, two points a pixel at most.
fn lane_points(counts: &Concurrency, axis: &TimeAxis) -> Vec<(f64, f64)> {
    let peak = f64::from(counts.peak().max(1));
    let columns = axis.width_px().max(0.0) as u32;
    let mut points = Vec::with_capacity(columns as usize * 2);
    for column in 0..columns {
        let (from, to) = (axis.ns_at_px(f64::from(column)), axis.ns_at_px(f64::from(column) + 1.0));
        let most = counts.sampled(from, to, 1).first().copied().unwrap_or(0);
        let y = LANE_PX - 1.0 - f64::from(most) / peak * (LANE_PX - 3.0);
        if points.last().is_none_or(|(_, before)| *before != y) {
            if let Some((_, before)) = points.last().copied() {
                points.push((f64::from(column), before));
            }
            points.push((f64::from(column), y));
        }
    }
    if let Some((_, y)) = points.last().copied() {
        points.push((axis.width_px(), y));
    }
    points
}
