//! The critical path as a summary and a table: how long it is, who has which share of it, and its sections one by one.
//!
//! Must not compute the path, `core::critical_path` does.

mod row;
mod shares;

use std::rc::Rc;

use yew::prelude::*;

use self::{
    row::PathRow,
    shares::{ShareTable, operation_shares, service_shares},
};
use super::{super::model::TraceModel, Choice};
use crate::{
    browser::document,
    core::{
        colour::Slots,
        concurrency::Concurrency,
        critical_path::{CriticalPath, SectionKind},
        time_axis::TimeScale,
        units,
    },
    state::session::Session,
    ui::{
        icon::Icon,
        virtual_list::{RowView, VirtualList},
    },
};

/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 24;

#[derive(Properties, PartialEq)]
pub struct CriticalPathViewProps {
    pub session: Rc<Session>,
    pub model: Rc<TraceModel>,
    pub path: Rc<CriticalPath>,
    /// Of the own work of all spans.
    /// `None` while it is being counted.
    pub concurrency: Option<Rc<Concurrency>>,
    pub chosen: Option<u32>,
    /// A span may have several sections: the one that was clicked or stepped to last is the active one.
    pub at: Option<u32>,
    pub onat: Callback<u32>,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn CriticalPathView(props: &CriticalPathViewProps) -> Html {
    let CriticalPathViewProps { session, model, path, chosen, onchoose, .. } = props;
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let longest_first = use_state(|| false);
    let order = use_memo((path.clone(), *longest_first), |(path, longest_first)| {
        if *longest_first { path.longest_first() } else { (0_u32..).zip(&path.sections).map(|(index, _)| index).collect() }
    });
    let span_of = |section: u32| path.sections.get(section as usize).map(|section| section.span);
    let active_section =
        chosen.and_then(|span| props.at.filter(|section| span_of(*section) == Some(span)).or_else(|| main_section(path, span)));
    let active = active_section.and_then(|section| order.iter().position(|other| *other == section));
    let choose = {
        use_callback(
            (path.clone(), onchoose.clone(), props.onat.clone()),
            move |(section, by_click): (u32, bool), (path, onchoose, onat)| {
                if let Some(span) = path.sections.get(section as usize).map(|section| section.span) {
                    onat.emit(section);
                    onchoose.emit((span, by_click));
                }
            },
        )
    };
    let row = {
        let (session, slots, choose) = (session.clone(), props.agent_slots.clone(), choose.clone());
        use_memo((model.clone(), path.clone(), order.clone(), active_section, *chosen, slots.clone(), choose.clone()), move |deps| {
            let (model, path, order, active, chosen, ..) = deps.clone();
            RowView::new(move |index, style| {
                let Some(number) = order.get(index).copied() else { return Html::default() };
                let Some(section) = path.sections.get(number as usize).copied() else { return Html::default() };
                html! {
                    <PathRow key={number} session={session.clone()} model={model.clone()} agent_slots={slots.clone()} {index} {number} {section}
                        path_ns={path.length_ns()} selected={active == Some(number)} same_span={chosen == Some(section.span)} {style} onchoose={choose.clone()} />
                }
            })
        })
    };
    let services = use_memo((model.clone(), path.clone(), session.id), |(model, path, _)| service_shares(session, model, path));
    let operations = use_memo((model.clone(), path.clone(), session.id), |(model, path, _)| operation_shares(session, model, path));

    if model.tree.is_empty() {
        return html! { <div class="empty" data-testid="notice"><Icon name="route" /><b>{ "This trace has no spans" }</b><p>{ "A critical path needs at least one." }</p></div> };
    }
    if path.sections.is_empty() {
        return html! {
            <div class="empty" data-testid="notice"><Icon name="route" /><b>{ "The critical path has no length" }</b>
                <p>{ "Every span that it could lead through ends at the moment it starts, so no work and no wait decided when the trace finished." }</p>
            </div>
        };
    }
    let row_id = {
        let order = order.clone();
        Callback::from(move |index: usize| order.get(index).map(|section| format!("section-{section}")).unwrap_or_default())
    };
    let onmove = {
        let (order, choose) = (order.clone(), choose.clone());
        Callback::from(move |index: usize| {
            if let Some(section) = order.get(index) {
                choose.emit((*section, false));
            }
        })
    };
    let sort = |wanted: bool, label: &'static str, col: &'static str| {
        let onclick = {
            let longest_first = longest_first.setter();
            Callback::from(move |_: MouseEvent| longest_first.set(wanted))
        };
        let on = *longest_first == wanted;
        let title = if wanted { "Longest first" } else { "In order of time" };
        html! {
            <span class={classes!(col, "num")}><button type="button" aria-pressed={on.to_string()} {title} {onclick}>{ label }
                if on { <Icon name={if wanted { "down" } else { "up" }} class="xs" /> }
            </button></span>
        }
    };
    let count = path.sections.len();
    html! {
        <section class="cpv" aria-label="Critical path">
            { summary(model, path, props.concurrency.as_deref()) }
            { words(model, path, &choose) }
            <div class="cpv-sh">
                <ShareTable title="Service" testid="path-services" shares={services} onchoose={choose.clone()} />
                <ShareTable title="Operation" testid="path-operations" shares={operations} onchoose={choose.clone()} />
            </div>
            <div class="cpv-list">
                <div class="cpv-r cpv-head">
                    { sort(false, "Start", "c-start") }<span class="num c-end">{ "End" }</span><span>{ "Section" }</span><span class="c-service">{ "Service" }</span>
                    <span class="c-kind">{ "Kind" }</span>{ sort(true, "Duration", "c-dur") }<span class="num">{ "Share" }</span>
                    <span class="c-lane">{ "In the trace" }</span><span class="c-id">{ "Span id" }</span>
                </div>
                <VirtualList id="path-sections" role="grid" testid="critical-path" {count} row_px={*row_px} {active} {row_id} row={(*row).clone()} {onmove}
                    label={format!("Critical path, {}, {}", units::counted(count as u64, "section"), if *longest_first { "longest first" } else { "in order of time" })} />
            </div>
        </section>
    }
}

/// The section that stands for a span that was chosen elsewhere: its longest work, else the longest wait for it.
fn main_section(path: &CriticalPath, span: u32) -> Option<u32> {
    let rank = |index: &u32| path.sections.get(*index as usize).map(|section| (section.kind == SectionKind::SelfTime, section.length_ns()));
    path.indices_of(span).iter().rev().copied().max_by_key(rank)
}

/// A part of a whole in percent, for figures that are never negative. What is hardly there is not given digit by digit.
fn percent(part_ns: i64, whole_ns: i64) -> String {
    if part_ns > 0 && part_ns < whole_ns / 10_000 {
        return format!("<{}", units::percent(1, 10_000));
    }
    units::percent(part_ns.unsigned_abs(), whole_ns.unsigned_abs())
}

/// The same unrounded and without a unit.
fn percent_value(part_ns: i64, whole_ns: i64) -> String {
    TimeScale { start_ns: 0, end_ns: whole_ns, width_px: 100.0 }.width_percent_of(0, part_ns).to_string()
}

fn summary(model: &TraceModel, path: &CriticalPath, concurrency: Option<&Concurrency>) -> Html {
    let trace_ns = model.tree.end_ns.saturating_sub(model.tree.start_ns);
    let time = |label: &'static str, col: &'static str, ns: i64, share: String| {
        html! {
            <div><dt>{ label }</dt><dd data-col={col} data-value={ns.to_string()} title={units::duration_full(ns)}>{ units::duration(ns) }<span class="dim">{ format!(" {share}") }</span></dd></div>
        }
    };
    let length_ns = path.length_ns();
    html! {
        <dl class="facts cpv-facts" data-testid="path-summary">
            { time("Critical path", "length_ns", length_ns, format!("{} of the trace", percent(length_ns, trace_ns))) }
            { time("Own work on it", "work_ns", path.work_ns(), percent(path.work_ns(), length_ns)) }
            { time("Waits on it", "wait_ns", path.wait_ns(), percent(path.wait_ns(), length_ns)) }
            <div><dt>{ "Sections" }</dt><dd data-col="sections" data-value={path.sections.len().to_string()}>{ units::count(path.sections.len() as u64) }
                <span class="dim">{ format!(" on {}", units::counted(path.spans() as u64, "span")) }</span></dd></div>
            { for concurrency.map(|concurrency| at_once(model, concurrency)) }
        </dl>
    }
}

/// How many spans worked at once.
fn at_once(model: &TraceModel, concurrency: &Concurrency) -> Html {
    let parallelism = concurrency.parallelism();
    let (mean, busy) = (format!("{parallelism:.2}"), format!("{:.2}", concurrency.average_when_busy()));
    let peak_at = concurrency.peak_at_ns().map(|peak_ns| units::moment(peak_ns, model.tree.start_ns));
    html! {
        <>
            <div title="Most spans that did their own work at the same moment"><dt>{ "Peak at once" }</dt><dd data-col="peak" data-value={concurrency.peak().to_string()}>{ units::count(u64::from(concurrency.peak())) }
                if let Some(peak_at) = peak_at {
                    <span class="dim">{ format!(" first at {peak_at}") }</span>
                }
            </dd></div>
            <div title="Own work of all spans divided by the length of the trace: how many worked at once on average"><dt>{ "Parallelism" }</dt>
                <dd data-col="parallelism" data-value={parallelism.to_string()}>{ mean.clone() }
                if busy != mean {
                    <span class="dim">{ format!(", {busy} while busy") }</span>
                }
            </dd></div>
        </>
    }
}

/// What a critical path is, and what it waited for most.
fn words(model: &TraceModel, path: &CriticalPath, choose: &Callback<(u32, bool)>) -> Html {
    let longest = path.longest_wait().and_then(|index| path.sections.get(index as usize).map(|section| (index, *section)));
    let waits = longest.map(|(index, section)| {
        let span = model.span(section.span);
        let name = span.map_or("(no name)", |span| span.name).to_owned();
        let agent = span.and_then(|span| span.agent).map(|agent| format!(" ({agent})")).unwrap_or_default();
        let onclick = choose.reform(move |_: MouseEvent| (index, true));
        html! {
            <>
                { format!(" For {} nothing on it ran; the longest wait is ", units::duration(path.wait_ns())) }
                <button type="button" class="lk" {onclick}>{ format!("{} for {name}{agent}", units::duration(section.length_ns())) }</button>{ "." }
            </>
        }
    });
    html! {
        <p class="cpv-words">
            { "The chain of work and waits that decided when the trace finished. Only a shorter section of it lets the trace finish earlier." }
            { waits.unwrap_or_else(|| html! { " Nothing on it waited." }) }
        </p>
    }
}
