//! The time range of every mode: a small histogram of the spans that the filter lets through, over all of the file, with two handles.
//!
//! While a handle is dragged the range is this component's own; the address gets it when the pointer lets go.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::{document, resize::SizeWatch},
    core::{
        calendar,
        time_brush::{Brush, Extent, Handle, Step},
        units,
    },
    state::{
        queries::use_later_query,
        scope::{Scope, edit},
        session::Session,
        store::{Nav, Store},
        time_histogram::{Bar, Buckets},
    },
    ui::icon::Icon,
};

const BUCKETS: usize = 84;
const HEIGHT_PX: f64 = 26.0;
/// A handle is taken hold of so far from its middle.
const EDGE_PX: f64 = 6.0;
/// A shorter drag is a click.
const CLICK_PX: f64 = 3.0;
/// A letter of the labels under the axis is so wide, rather less than more.
const LETTER_PX: f64 = 6.2;

#[derive(Properties, PartialEq)]
pub struct TimeBrushProps {
    pub session: Rc<Session>,
    pub store: Store,
    /// In force.
    pub scope: Rc<Scope>,
}

#[derive(Clone, Copy)]
enum Grip {
    /// A new range from here.
    New(f64),
    End(Handle),
    Move(Brush, f64),
}

#[component]
pub fn TimeBrush(props: &TimeBrushProps) -> Html {
    let TimeBrushProps { session, store, scope } = props;
    let width_px = use_state(|| 0.0_f64);
    let lane = use_node_ref();
    {
        let (lane, width) = (lane.clone(), width_px.setter());
        use_effect_with((), move |()| {
            let watch = lane.cast::<web_sys::Element>().and_then(|lane| SizeWatch::start(&lane, move |px, _| width.set(px)));
            move || drop(watch)
        });
    }
    let whole = session.totals.start_ns.zip(session.totals.end_ns).map(|(start, end)| Extent::of(start, end));
    let buckets = use_memo(whole, |whole| whole.map(|whole| Buckets::over(whole, BUCKETS)));
    let sql = use_memo((buckets.clone(), scope.filter.clone()), {
        let scope = scope.clone();
        move |(buckets, _)| buckets.as_ref().as_ref().map(|buckets| Rc::<str>::from(buckets.sql(&scope)))
    });
    let answer = use_later_query(session, (*sql).clone());
    let histogram = use_memo((answer.table.as_ref().map(|table| Rc::as_ptr(table) as usize), buckets.clone()), {
        let table = answer.table.clone();
        move |(_, buckets)| buckets.as_ref().as_ref().zip(table).and_then(|(buckets, table)| buckets.read(&table).ok())
    });
    let bars = use_memo((histogram.clone(), *width_px), |(histogram, width_px)| {
        histogram.as_ref().as_ref().map(|histogram| histogram.bars(*width_px, HEIGHT_PX)).unwrap_or_default()
    });

    let dragged = use_state(|| None::<Brush>);
    let grip = use_mut_ref(|| None::<Grip>);
    let Some(whole) = whole else { return Html::default() };
    let present = Brush::of(whole, store.url.from_ns, store.url.to_ns);
    let brush = dragged.unwrap_or(present);
    let width = *width_px;
    let place = {
        let lane = lane.clone();
        move |event: &PointerEvent| lane.cast::<web_sys::Element>().map(|lane| document::pointer_x(event, &lane))
    };
    let x_of = move |handle: Handle| brush.percent(handle) / 100.0 * width;
    let onpointerdown = {
        let (grip, place) = (grip.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(x) = place(&event).filter(|_| event.button() == 0) else { return };
            event.prevent_default();
            let near = |handle: Handle| (x - x_of(handle)).abs() <= EDGE_PX;
            *grip.borrow_mut() = Some(match () {
                () if brush.is_whole() => Grip::New(x),
                () if near(Handle::From) => Grip::End(Handle::From),
                () if near(Handle::To) => Grip::End(Handle::To),
                () if (x_of(Handle::From)..=x_of(Handle::To)).contains(&x) => Grip::Move(brush, x),
                () => Grip::New(x),
            });
        })
    };
    let onpointermove = {
        let (grip, dragged) = (grip.clone(), dragged.clone());
        Callback::from(move |event: PointerEvent| {
            let (Some(grip), Some(x)) = (*grip.borrow(), place(&event)) else { return };
            dragged.set(match grip {
                Grip::New(from) if (x - from).abs() < CLICK_PX => None,
                Grip::New(from) => Some(Brush::dragged(whole, width, from, x)),
                Grip::End(handle) => Some(brush.pulled(handle, width, x)),
                Grip::Move(start, from) => Some(start.shifted(width, x - from)),
            });
        })
    };
    let commit = {
        let store = store.clone();
        move |nav: Nav, brush: Brush| {
            let (from, to) = brush.to_url(whole);
            edit::set_range(&store, nav, from, to);
        }
    };
    let release = {
        let (grip, dragged, commit) = (grip, dragged.clone(), commit.clone());
        Callback::from(move |_: PointerEvent| {
            *grip.borrow_mut() = None;
            if let Some(brush) = *dragged {
                commit(Nav::Push, brush);
                dragged.set(None);
            }
        })
    };
    let reset = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| edit::set_range(&store, Nav::Push, None, None))
    };
    let slider = |handle: Handle, label: &'static str| {
        let commit = commit.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let Some(step) = Step::of_key(&event.key(), event.shift_key()) else { return };
            event.prevent_default();
            event.stop_propagation();
            commit(Nav::Replace, present.stepped(handle, step));
        });
        let testid = if handle == Handle::From { "range-from" } else { "range-to" };
        html! {
            <i role="slider" tabindex="0" aria-label={label} aria-valuemin="0" aria-valuemax="1000" aria-valuenow={brush.permille(handle).to_string()}
                aria-valuetext={calendar::instant(brush.at(handle))} data-testid={testid} data-value={brush.at(handle).to_string()} {onkeydown}></i>
        }
    };
    let (left, right) = (brush.percent(Handle::From), brush.percent(Handle::To));
    let is_whole = brush.is_whole();
    let total: u64 = histogram.as_ref().as_ref().map_or(0, |histogram| histogram.spans.iter().sum());
    let failed: u64 = histogram.as_ref().as_ref().map_or(0, |histogram| histogram.errors.iter().sum());
    let label = format!("{} over time, {}", units::counted(total, "span"), units::counted(failed, "error"));
    html! {
        <>
            <div class="brushbox" role="group" aria-label="Time range" data-testid="time-brush" title={format!("{} to {}. Drag to choose a range, double-click for all.", calendar::instant(brush.from_ns), calendar::instant(brush.to_ns))}>
                <div class="brush-l" ref={lane} {onpointerdown} {onpointermove} onpointerup={release.clone()} onpointercancel={release} ondblclick={reset.clone()}>
                    <svg class="histo" viewBox={format!("0 0 {width:.1} {HEIGHT_PX}")} preserveAspectRatio="none" role="img" aria-label={label}>
                        <path class="hb" d={path(&bars, false)}></path><path class="hbe" d={path(&bars, true)}></path>
                    </svg>
                    if !is_whole {
                        <div class="mm-off" style={format!("left:0;width:{left:.3}%")}></div>
                        <div class="mm-off" style={format!("left:{right:.3}%;right:0")}></div>
                    }
                    <div class={classes!("brush", is_whole.then_some("all"))} style={format!("left:{left:.3}%;right:{:.3}%", 100.0 - right)}>
                        { slider(Handle::From, "Start of the time range") }{ slider(Handle::To, "End of the time range") }
                    </div>
                </div>
                <div class="brush-ax" aria-hidden="true">{ for whole.marks_within(width, LETTER_PX).into_iter().map(|(at_px, text)| html! { <span key={text.clone()} style={format!("left:{at_px:.1}px")}>{ text }</span> }) }</div>
            </div>
            <button type="button" class="icon-btn" aria-label="Show all times" title="Show all times" data-testid="range-reset" disabled={is_whole} onclick={reset}><Icon name="fit" /></button>
        </>
    }
}

/// All bars, or their failed feet, as one path.
fn path(bars: &[Bar], failed: bool) -> String {
    let floor = |bar: &Bar| bar.top_px + bar.height_px;
    bars.iter()
        .filter(|bar| !failed || bar.error_height_px > 0.0)
        .map(|bar| {
            let (top, height) = if failed { (floor(bar) - bar.error_height_px, bar.error_height_px) } else { (bar.top_px, bar.height_px) };
            format!("M{:.1} {top:.1}h{:.1}v{height:.1}h-{:.1}z", bar.x_px, bar.width_px, bar.width_px)
        })
        .collect()
}
