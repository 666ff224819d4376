//! Status and duration: three switches, and a range on a histogram over the logarithm of durations.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Card, Column, Section,
    counting::{present_filter, present_parts},
};
use crate::{
    browser::document,
    core::{filter::Status, units},
    modes::{
        ModeProps,
        configuration::{
            builder::{parse_time, time_text},
            figures::{self, DurationRange, Durations},
            query,
        },
    },
    state::{
        queries::use_later_query,
        scope::{edit, of_parts, parts_of},
        store::{Nav, Store},
    },
};

pub const SECTION: Section = Section {
    slug: "duration",
    title: "Status and duration",
    icon: "chart",
    column: Column::Main,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <StatusAndDuration ..props.clone() /> },
};

#[component]
fn StatusAndDuration(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let statuses = use_later_query(session, Some(query::statuses_sql(&query::without_status(&scope.scope)).into()));
    let durations_sql = query::durations_sql(&scope.scope);
    let durations = use_later_query(session, Some(durations_sql.into()));
    let histogram = use_memo(durations.table.clone().map(|table| Rc::as_ptr(&table) as usize), |_| {
        durations.table.as_ref().and_then(|table| Durations::read(table).ok()).unwrap_or_default()
    });
    let counted = statuses.table.as_ref().and_then(|table| query::values(table).ok()).unwrap_or_default();
    let parts = present_parts(props);
    let shown = figures::statuses(&parts);
    let switch = |status: Status| {
        let is_on = shown.contains(&status);
        let figures = counted.iter().find(|line| line.value.as_deref() == Some(status.code()));
        let (spans, others) = figures.map_or((0, 0), |line| (line.spans, line.shown));
        let title =
            format!("{} that the other conditions let through, {} in the file", units::counted(others, "span"), units::count(spans));
        let onclick = {
            let (store, filter, shown) = (store.clone(), present_filter(props), shown.clone());
            Callback::from(move |_: MouseEvent| {
                let next: Vec<Status> = Status::ALL.into_iter().filter(|other| shown.contains(other) != (*other == status)).collect();
                edit::set_filter(&store, Nav::Push, &of_parts(figures::with_statuses(&parts_of(&filter), &next)));
            })
        };
        html! {
            <button type="button" class="sw-toggle" key={status.word()} role="switch" aria-checked={is_on.to_string()} data-testid={format!("status-{}", status.word())} data-spans={spans.to_string()} data-shown={others.to_string()} {title} {onclick}>
                <i></i>{ match status { Status::Ok => "OK", Status::Error => "Error", Status::Unset => "Unset" } }<span class="dim">{ units::count(others) }</span></button>
        }
    };
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="of what the other conditions let through">
            <div class="cf-st" role="group" aria-label="Status">{ for Status::ALL.into_iter().map(switch) }</div>
            <Range store={store.clone()} parts_text={present_filter(props).print()} histogram={(*histogram).clone()} />
        </Card>
    }
}

#[derive(Properties, PartialEq)]
struct RangeProps {
    store: Store,
    /// The filter, as text: its parts are read from it.
    parts_text: String,
    histogram: Durations,
}

#[component]
fn Range(props: &RangeProps) -> Html {
    let RangeProps { store, parts_text, histogram } = props;
    let element = use_node_ref();
    let start = use_mut_ref(|| None::<f64>);
    let live = use_state(|| None::<DurationRange>);
    let parts =
        use_memo(parts_text.clone(), |text| crate::core::filter::Filter::parse(text).map(|filter| parts_of(&filter)).unwrap_or_default());
    let (least_ns, below_ns) = figures::bounds(&parts);
    let given = DurationRange { least_ns, below_ns };
    let range = live.unwrap_or(given);
    let set = {
        let (store, parts) = (store.clone(), parts.clone());
        Callback::from(move |(nav, range): (Nav, DurationRange)| {
            edit::set_filter(&store, nav, &of_parts(figures::with_bounds(&parts, range.least_ns, range.below_ns)));
        })
    };
    let onpointer = {
        let (element, start, live, set, histogram) = (element.clone(), start.clone(), live.setter(), set.clone(), histogram.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(target) = element.cast::<web_sys::Element>() else { return };
            if event.type_() == "pointerdown" && event.button() != 0 {
                return;
            }
            let percent = figures::percent_at(document::pointer_x(&event, &target), target.get_bounding_client_rect().width());
            let range = |from: f64| histogram.dragged(from, percent);
            match event.type_().as_str() {
                "pointerdown" => *start.borrow_mut() = Some(percent),
                "pointermove" => {
                    if let Some(from) = *start.borrow() {
                        live.set(range(from));
                    }
                }
                "pointerup" => {
                    let done = start.borrow_mut().take().and_then(range);
                    live.set(None);
                    if let Some(done) = done {
                        set.emit((Nav::Push, done));
                    }
                }
                _ => {
                    start.borrow_mut().take();
                    live.set(None);
                }
            }
        })
    };
    let slider = |is_least: bool| {
        let at = histogram.handle_percent(range, is_least);
        let (set, histogram) = (set.clone(), histogram.clone());
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let steps = match (event.key().as_str(), event.shift_key()) {
                ("ArrowLeft" | "ArrowDown", far) => {
                    if far {
                        -4
                    } else {
                        -1
                    }
                }
                ("ArrowRight" | "ArrowUp", far) => {
                    if far {
                        4
                    } else {
                        1
                    }
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            set.emit((Nav::Replace, histogram.stepped(given, is_least, steps)));
        });
        let bound = if is_least { range.least_ns } else { range.below_ns };
        let words = bound.map_or_else(|| if is_least { "no least".to_owned() } else { "no most".to_owned() }, units::duration);
        html! {
            <i role="slider" tabindex="0" aria-label={if is_least { "Shortest duration" } else { "Longest duration" }} data-testid={if is_least { "duration-from" } else { "duration-to" }}
                aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{at:.0}")} aria-valuetext={words} style={format!("left:{at:.2}%")} {onkeydown}></i>
        }
    };
    let bars = histogram.bars();
    let nothing = figures::nothing_between(least_ns, below_ns);
    html! {
        <>
            <div class="cf-brush">
                <div class="cf-histo" ref={element} data-testid="duration-brush" onpointerdown={onpointer.clone()} onpointermove={onpointer.clone()} onpointerup={onpointer.clone()} onpointercancel={onpointer}>
                    <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                        { for bars.iter().map(|bar| html! {
                            <>
                                <rect class="hb" x={format!("{:.2}", bar.x)} y={format!("{:.2}", 100.0 - bar.height)} width={format!("{:.2}", bar.width)} height={format!("{:.2}", bar.height)} />
                                if bar.error_height > 0.0 {
                                    <rect class="hbe" x={format!("{:.2}", bar.x)} y={format!("{:.2}", 100.0 - bar.error_height)} width={format!("{:.2}", bar.width)} height={format!("{:.2}", bar.error_height)} />
                                }
                            </>
                        }) }
                    </svg>
                    <div class="cf-rng" style={format!("left:{:.2}%;right:{:.2}%", histogram.handle_percent(range, true), histogram.handle_percent_right(range))}></div>
                    { slider(true) }{ slider(false) }
                </div>
                <div class="brush-ax" aria-hidden="true">{ for histogram.marks().iter().map(|mark| html! { <span key={mark.ns} style={mark.style()}>{ mark.label() }</span> }) }</div>
                <table class="vh" data-testid="duration-histogram"><caption>{ "Spans and errors by duration" }</caption>
                    <thead><tr><th scope="col">{ "From" }</th><th scope="col">{ "Spans" }</th><th scope="col">{ "Errors" }</th></tr></thead>
                    <tbody>{ for bars.iter().map(|bar| html! {
                        <tr key={bar.step.bucket}><td data-col="from" data-value={figures::edge_ns(bar.step.bucket).to_string()}>{ units::duration(figures::edge_ns(bar.step.bucket)) }</td>
                            <td data-col="spans" data-value={bar.step.spans.to_string()}>{ units::count(bar.step.spans) }</td><td data-col="errors" data-value={bar.step.errors.to_string()}>{ units::count(bar.step.errors) }</td></tr>
                    }) }</tbody>
                </table>
            </div>
            <div class="trg">
                <Bound label="At least" value={least_ns} is_wrong={nothing.is_some()} onset={{ let set = set.clone(); Callback::from(move |ns| set.emit((Nav::Push, DurationRange { least_ns: ns, ..given }))) }} />
                <span class="dim">{ "to less than" }</span>
                <Bound label="Less than" value={below_ns} is_wrong={nothing.is_some()} onset={Callback::from(move |ns| set.emit((Nav::Push, DurationRange { below_ns: ns, ..given })))} />
            </div>
            if let Some(words) = nothing {
                <p class="field-e cf-p" id="duration-error" role="alert">{ words }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct BoundProps {
    label: &'static str,
    value: Option<i64>,
    /// It does not go together with the other end.
    is_wrong: bool,
    onset: Callback<Option<i64>>,
}

/// One end as text; empty for none.
#[component]
fn Bound(props: &BoundProps) -> Html {
    let BoundProps { label, value, is_wrong, onset } = props;
    let draft = use_state(|| None::<String>);
    {
        let draft = draft.setter();
        use_effect_with(*value, move |_| draft.set(None));
    }
    let text = (*draft).clone().unwrap_or_else(|| value.map(time_text).unwrap_or_default());
    let read = |text: &str| if text.trim().is_empty() { Ok(None) } else { parse_time(text).map(Some) };
    let error = draft.as_ref().and_then(|text| read(text).err());
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                draft.set(Some(input.value()));
            }
        })
    };
    let commit = {
        let (draft, onset, value) = (draft.clone(), onset.clone(), *value);
        Callback::from(move |()| {
            if let Some(Ok(ns)) = draft.as_ref().map(|text| read(text)) {
                draft.set(None);
                if ns != value {
                    onset.emit(ns);
                }
            }
        })
    };
    let onkeydown = {
        let commit = commit.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                commit.emit(());
            }
        })
    };
    html! {
        <span class="cf-bd"><input class="in" aria-label={*label} placeholder="any" spellcheck="false" autocomplete="off" value={text} aria-invalid={(*is_wrong || error.is_some()).to_string()} aria-describedby={is_wrong.then_some("duration-error")} {oninput} {onkeydown} onblur={commit.reform(|_: FocusEvent| ())} />
            if let Some(error) = error {
                <span class="field-e" role="alert">{ error }</span>
            }
        </span>
    }
}
