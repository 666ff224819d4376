//! Time range: a brush over spans and errors, ready ranges, and both ends to the nanosecond. It writes the address and keeps nothing but the
//! part of the file that the picture shows.

use std::rc::Rc;

use yew::prelude::*;

use super::{Card, Column, Section};
use crate::{
    browser::document,
    core::{
        calendar,
        time_brush::{Brush, Drag, Extent, Handle, Step},
        units,
    },
    modes::{
        ModeProps,
        configuration::instants::{self, Reference},
    },
    state::{
        queries::use_later_query,
        scope::edit,
        store::Nav,
        time_histogram::{Buckets, Histogram},
    },
    ui::icon::Icon,
};

pub const SECTION: Section = Section {
    slug: "time",
    title: "Time range",
    icon: "clock",
    column: Column::Side,
    count: |_| None,
    reset: |store| edit::set_range(store, Nav::Push, None, None),
    view: |props| html! { <TimeRange ..props.clone() /> },
};

/// Bars of the picture.
const BARS: usize = 120;
/// Size of the picture in its own units; it is stretched over the card.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 64.0;

/// How far the reader's clock is ahead of UTC.
fn zone_ns(at_ns: i64) -> i64 {
    -calendar::clock_origin_ns(at_ns)
}

#[component]
fn TimeRange(props: &ModeProps) -> Html {
    let ModeProps { session, store, .. } = props;
    let (Some(start_ns), Some(end_ns)) = (session.totals.start_ns, session.totals.end_ns) else {
        return html! { <Card slug={SECTION.slug} title={SECTION.title}><p class="cf-p dim">{ "The file has no times." }</p></Card> };
    };
    html! { <Ranged scope_props={props.clone()} whole={(start_ns, end_ns)} trace={store.url.trace.clone()} /> }
}

/// A range as the address has it, and whether it deserves an entry of its own.
type Change = (Nav, (Option<i64>, Option<i64>));

#[derive(Properties, PartialEq)]
struct RangedProps {
    scope_props: ModeProps,
    whole: (i64, i64),
    trace: Option<String>,
}

#[component]
fn Ranged(props: &RangedProps) -> Html {
    let ModeProps { session, store, scope } = &props.scope_props;
    let whole = Extent::of(props.whole.0, props.whole.1);
    let shown = use_state(|| whole);
    let axis = *shown;
    let (from_ns, to_ns) = (store.url.from_ns, store.url.to_ns);
    let buckets = Buckets::over(axis, BARS);
    let answer = use_later_query(session, Some(buckets.sql(&scope.scope).into()));
    // The bars of an earlier filter stay while the next ones are asked for.
    let histogram = use_memo((answer.table.clone().map(|table| Rc::as_ptr(&table) as usize), answer.question.clone()), |_| {
        answer.of(&buckets.sql(&scope.scope)).and_then(|table| buckets.read(table).ok())
    });
    let last = use_mut_ref(|| None::<Histogram>);
    if let Some(histogram) = histogram.as_ref() {
        *last.borrow_mut() = Some(histogram.clone());
    }
    let drawn = last.borrow().clone().filter(|histogram| histogram.buckets.extent == axis);

    let set = {
        let store = store.clone();
        Callback::from(move |(nav, range): (Nav, (Option<i64>, Option<i64>))| edit::set_range(&store, nav, range.0, range.1))
    };
    let trace = props.trace.as_deref().and_then(|id| session.traces.find(id)).and_then(|number| session.traces.get(number));
    let trace = trace.map(|trace| Extent::of(trace.start_ns, trace.end_ns));
    // A file that is shorter has no such range of its own.
    let last_of = |ns: i64| {
        let from = Some(whole.end_ns.saturating_sub(ns)).filter(|from| *from > whole.start_ns)?;
        Some((Some(from), None::<i64>))
    };
    let ready = [
        ("all", "Whole file", Some((None, None))),
        ("5min", "Last 5 min", last_of(300_000_000_000)),
        ("1h", "Last hour", last_of(3_600_000_000_000)),
        ("trace", "This trace", trace.map(|trace| Brush::of(whole, Some(trace.start_ns), Some(trace.end_ns)).to_url(whole))),
    ];
    let presets = ready.into_iter().map(|(slug, label, range)| {
        let is_on = range == Some((from_ns, to_ns));
        let onclick = set.reform(move |_: MouseEvent| (Nav::Push, range.unwrap_or_default()));
        html! { <button type="button" key={slug} data-range={slug} aria-pressed={is_on.to_string()} disabled={range.is_none()} {onclick}>{ label }</button> }
    });
    let range = Brush::of(whole, from_ns, to_ns);
    let zoom = {
        let shown = shown.setter();
        Callback::from(move |extent: Extent| shown.set(extent))
    };
    let length = units::duration(i64::try_from(range.length_ns()).unwrap_or(i64::MAX));
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} head={html! {
            <>
                <button type="button" class="icon-btn sm" aria-label="Show the chosen range only" title="Show the chosen range only" disabled={range.is_whole()} onclick={zoom.reform(move |_: MouseEvent| range.zoom_target(whole))}><Icon name="search" class="s" /></button>
                <button type="button" class="icon-btn sm" aria-label="Show the whole file" title="Show the whole file" disabled={axis == whole} onclick={zoom.reform(move |_: MouseEvent| whole)}><Icon name="fit" class="s" /></button>
            </>
        }}>
            <div class="cf-seg"><div class="seg" role="group" aria-label="Ready ranges">{ for presets }</div></div>
            <BrushView axis={axis} {whole} {from_ns} {to_ns} histogram={drawn} onrange={set.clone()} />
            <Ends {whole} {from_ns} {to_ns} onrange={set} />
            <p class="cf-p dim" data-testid="range-length">{ if range.is_whole() { format!("{length}, the whole file") } else { format!("{length} of the file") } }</p>
        </Card>
    }
}

#[derive(Properties, PartialEq)]
struct BrushViewProps {
    axis: Extent,
    whole: Extent,
    from_ns: Option<i64>,
    to_ns: Option<i64>,
    histogram: Option<Histogram>,
    onrange: Callback<Change>,
}

#[component]
fn BrushView(props: &BrushViewProps) -> Html {
    let BrushViewProps { axis, whole, from_ns, to_ns, histogram, onrange } = props;
    let (axis, whole) = (*axis, *whole);
    let element = use_node_ref();
    let drag = use_mut_ref(|| None::<Drag>);
    // The range while it is dragged.
    let live = use_state(|| None::<Brush>);
    let given = Brush::of(axis, *from_ns, *to_ns);
    let brush = live.unwrap_or(given);
    let onpointer = {
        let (element, drag, live, onrange) = (element.clone(), drag.clone(), live.setter(), onrange.clone());
        let (from_ns, to_ns) = (*from_ns, *to_ns);
        Callback::from(move |event: PointerEvent| {
            let Some(target) = element.cast::<web_sys::Element>() else { return };
            let width = target.get_bounding_client_rect().width();
            let kind = event.type_();
            if kind == "pointerdown" && event.button() != 0 {
                return;
            }
            let x = document::pointer_x(&event, &target);
            match kind.as_str() {
                "pointerdown" => *drag.borrow_mut() = Some(Drag::start(given, width, x)),
                "pointermove" => {
                    if let Some(drag) = *drag.borrow() {
                        live.set(drag.to(x));
                    }
                }
                "pointerup" => {
                    let done = drag.borrow_mut().take().and_then(|drag| drag.to(x));
                    live.set(None);
                    if let Some(done) = done {
                        onrange.emit((Nav::Push, done.to_url_from(whole, from_ns, to_ns)));
                    }
                }
                _ => {
                    drag.borrow_mut().take();
                    live.set(None);
                }
            }
        })
    };
    let slider = |handle: Handle, label: &'static str, testid: &'static str| {
        let at_ns = brush.at(handle);
        let onrange = onrange.clone();
        let (from_ns, to_ns) = (*from_ns, *to_ns);
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let Some(step) = Step::of_key(&event.key(), event.shift_key()) else { return };
            event.prevent_default();
            event.stop_propagation();
            onrange.emit((Nav::Replace, given.stepped(handle, step).to_url_from(whole, from_ns, to_ns)));
        });
        html! {
            <i role="slider" tabindex="0" data-testid={testid} aria-label={label} aria-valuemin="0" aria-valuemax="1000" aria-valuenow={brush.permille(handle).to_string()} aria-valuetext={calendar::instant(at_ns)}
                data-value={at_ns.to_string()} style={format!("left:{:.3}%", brush.percent(handle))} {onkeydown}></i>
        }
    };
    let bars = histogram.as_ref().map(|histogram| histogram.bars(WIDTH, HEIGHT)).unwrap_or_default();
    let marks = axis.clock_marks(4);
    html! {
        <div class="cf-brush">
            <div class="cf-histo" ref={element} data-testid="time-range" onpointerdown={onpointer.clone()} onpointermove={onpointer.clone()} onpointerup={onpointer.clone()} onpointercancel={onpointer}>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { for bars.iter().map(|bar| html! {
                        <>
                            <rect class="hb" x={format!("{:.2}", bar.x_px)} y={format!("{:.2}", bar.top_px)} width={format!("{:.2}", bar.width_px)} height={format!("{:.2}", bar.height_px)} />
                            if bar.error_height_px > 0.0 {
                                <rect class="hbe" x={format!("{:.2}", bar.x_px)} y={format!("{:.2}", HEIGHT - bar.error_height_px)} width={format!("{:.2}", bar.width_px)} height={format!("{:.2}", bar.error_height_px)} />
                            }
                        </>
                    }) }
                </svg>
                <div class="cf-rng" style={format!("left:{:.3}%;right:{:.3}%", brush.percent(Handle::From), brush.percent_right(Handle::To))}></div>
                { slider(Handle::From, "Start of the time range", "time-from") }
                { slider(Handle::To, "End of the time range", "time-to") }
            </div>
            <div class="brush-ax" aria-hidden="true">{ for marks.iter().map(|(at, label)| html! { <span key={label.clone()} style={format!("left:{at:.2}%")}>{ label.clone() }</span> }) }</div>
            if let Some(histogram) = histogram {
                <table class="vh" data-testid="time-histogram"><caption>{ "Spans and errors by their start" }</caption>
                    <thead><tr><th scope="col">{ "From" }</th><th scope="col">{ "Spans" }</th><th scope="col">{ "Errors" }</th></tr></thead>
                    <tbody>{ for bars.iter().map(|bar| {
                        let (spans, errors) = histogram.of(bar.bucket);
                        let start = histogram.buckets.start_ns(bar.bucket);
                        html! { <tr key={bar.bucket}><td data-col="from" data-value={start.to_string()}>{ calendar::instant(start) }</td><td data-col="spans" data-value={spans.to_string()}>{ units::count(spans) }</td><td data-col="errors" data-value={errors.to_string()}>{ units::count(errors) }</td></tr> }
                    }) }</tbody>
                </table>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct EndsProps {
    whole: Extent,
    from_ns: Option<i64>,
    to_ns: Option<i64>,
    onrange: Callback<Change>,
}

/// Both ends as text. An empty field is the file's own end.
#[component]
fn Ends(props: &EndsProps) -> Html {
    let EndsProps { whole, from_ns, to_ns, onrange } = props;
    let drafts = use_state(|| (None::<String>, None::<String>));
    // Which end is wrong, both where they do not go together.
    let error = use_state(|| None::<(Option<Handle>, String)>);
    {
        let (drafts, error) = (drafts.setter(), error.setter());
        use_effect_with((*from_ns, *to_ns), move |_| {
            drafts.set((None, None));
            error.set(None);
        });
    }
    let zone_ns = zone_ns(whole.start_ns);
    let reference = Reference { start_ns: whole.start_ns, end_ns: whole.end_ns, zone_ns };
    let commit = {
        let (drafts, error, onrange) = (drafts.clone(), error.setter(), onrange.clone());
        let (from_ns, to_ns) = (*from_ns, *to_ns);
        Callback::from(move |()| {
            let read = |draft: &Option<String>, given: Option<i64>| match draft.as_deref().map(str::trim) {
                None => Ok(given),
                Some("") => Ok(None),
                Some(text) => instants::read(text, reference).map(Some),
            };
            let range = read(&drafts.0, from_ns).map_err(|words| (Some(Handle::From), words)).and_then(|from| {
                let to = read(&drafts.1, to_ns).map_err(|words| (Some(Handle::To), words))?;
                instants::check_range(from, to).map(|()| (from, to)).map_err(|words| (None, words))
            });
            match range {
                Ok(range) if range != (from_ns, to_ns) => onrange.emit((Nav::Push, range)),
                Ok(_) => {
                    error.set(None);
                    drafts.set((None, None));
                }
                Err(wrong) => error.set(Some(wrong)),
            }
        })
    };
    let field = |is_from: bool, label: &'static str, given: Option<i64>, own: i64| {
        let draft = if is_from { drafts.0.clone() } else { drafts.1.clone() };
        let value = draft.unwrap_or_else(|| given.map(|ns| instants::written(ns, zone_ns)).unwrap_or_default());
        let drafts = drafts.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                let text = Some(input.value());
                drafts.set(if is_from { (text, drafts.1.clone()) } else { (drafts.0.clone(), text) });
            }
        });
        let own_handle = if is_from { Handle::From } else { Handle::To };
        let is_wrong = error.as_ref().is_some_and(|(end, _)| end.is_none_or(|end| end == own_handle));
        let commit_on_enter = commit.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                commit_on_enter.emit(());
            }
        });
        html! {
            <input class="in mono" aria-label={label} placeholder={instants::written(own, zone_ns)} title={format!("{label}. {}", instants::HELP)} spellcheck="false" autocomplete="off" {value}
                aria-invalid={is_wrong.to_string()} aria-describedby={is_wrong.then_some("range-error")} {oninput} {onkeydown} onblur={commit.reform(|_: FocusEvent| ())} />
        }
    };
    html! {
        <>
            <div class="trg">{ field(true, "Start", *from_ns, whole.start_ns) }<span class="dim">{ "to" }</span>{ field(false, "End", *to_ns, whole.end_ns) }</div>
            if let Some((_, words)) = &*error {
                <p class="field-e cf-p" id="range-error" role="alert">{ words.clone() }</p>
            }
        </>
    }
}
