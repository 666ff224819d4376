//! One row of the waterfall: guides, name and agent; its bar is on the canvas, its figures are in the row's attributes and words.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::model::{SpanRow, TraceModel},
    Choice,
    list::slot_class,
    trace::Trace,
    waterfall::element_id,
};
use crate::{
    core::{
        colour::{Kind, Slots},
        noise, span_name,
        tree_rows::{Row, RowKind},
        units,
    },
    state::session::Session,
    ui::icon::Icon,
};

/// Beyond this many levels the indent stops growing; the level is still told to assistive technology.
const GUIDES_SHOWN: u32 = 24;

#[derive(Properties, PartialEq)]
pub struct WaterfallRowProps {
    pub session: Rc<Session>,
    pub model: Rc<TraceModel>,
    pub agent_slots: Rc<Slots>,
    /// Place among the visible rows.
    pub index: usize,
    pub row: Row,
    pub selected: bool,
    /// It does not match the search.
    pub dimmed: bool,
    pub style: AttrValue,
    /// Collapses or expands; a click anywhere else chooses the span.
    pub ontoggle: Callback<(RowKind, u32)>,
    pub onchoose: Callback<Choice>,
    /// A double click on the bar: the span fills the width.
    pub onfit: Callback<u32>,
}

/// A component of its own, so that a row is drawn once and not for every step of a scroll.
#[component]
pub fn WaterfallRow(props: &WaterfallRowProps) -> Html {
    let WaterfallRowProps { session, model, agent_slots, index, row, selected, .. } = props;
    let row = *row;
    let Some(span) = model.span(row.span) else { return Html::default() };
    let onchoose = props.onchoose.reform(move |_: MouseEvent| (row.span, true));
    let ontoggle = props.ontoggle.reform(move |event: MouseEvent| {
        event.stop_propagation();
        (RowKind::Span, row.span)
    });
    let onfit = props.onfit.reform(move |_: MouseEvent| row.span);
    let style = props.style.clone();
    let colour = span_class(session, &span);
    let duration_ns = span.duration_ns();
    let duration = units::duration(duration_ns);
    let marks = model.marks(row.span);
    let error_below = !span.is_error && model.has_error_below(row.span);
    let odd = odd_words(&marks, span.lacks_time);
    html! {
        <div role="row" class={classes!("wr", colour, (!odd.is_empty()).then_some("odd"), props.dimmed.then_some("nomatch"))} id={element_id(RowKind::Span, row.span)} aria-level={(row.depth + 1).to_string()}
            aria-posinset={row.pos_in_set.to_string()} aria-setsize={row.set_size.to_string()} aria-rowindex={(index + 1).to_string()}
            aria-expanded={row.has_children.then(|| row.expanded.to_string())} aria-selected={selected.to_string()}
            data-span-id={span.span_id.to_owned()} data-start-ns={span.start_ns.to_string()} data-duration-ns={duration_ns.to_string()} data-self-ns={model.self_ns(row.span).to_string()}
            aria-label={spoken(&span, &duration, &units::moment(span.start_ns, model.tree.start_ns), error_below)} {style} onclick={onchoose}>
            <div role="gridcell" class="wn">
                { for (0..row.depth.min(GUIDES_SHOWN)).map(|level| guide(row, level)) }
                if row.has_children {
                    <button type="button" class="tw" tabindex="-1" aria-label={if row.expanded { "Collapse" } else { "Expand" }} onclick={ontoggle}><Icon name={if row.expanded { "down" } else { "right" }} class="xs" /></button>
                } else {
                    <span class="tw"></span>
                }
                <i class="sw"></i>
                { name(span.name, span.service, span.operation) }
                if row.has_children && !row.expanded {
                    <span class="kids" title="Spans below">{ units::count_short(u64::from(model.tree.subtree_size.get(row.span as usize).copied().unwrap_or(1).saturating_sub(1))) }</span>
                }
                if let Some(agent) = span.agent {
                    <span class={classes!("ag", slot_class(agent_slots, Kind::Agent, agent))} title={format!("Agent {agent}")}><i></i><span>{ agent }</span></span>
                }
                if span.is_workflow {
                    <span class="badge">{ "workflow" }</span>
                }
                <span class="grow"></span>
                if !odd.is_empty() {
                    <span class="odd-mark" title={odd.clone()} role="img" aria-label={odd}><Icon name="warn" class="s" /></span>
                }
                if span.is_error {
                    <span title="Error" role="img" aria-label="Error"><Icon name="err" class="s err" /></span>
                } else if error_below {
                    <span title="Error in a span below" role="img" aria-label="Error in a span below"><Icon name="errh" class="s err" /></span>
                }
            </div>
            <div role="gridcell" class="wb" title={format!("{}, own {}", units::duration_full(duration_ns), units::duration_full(model.self_ns(row.span)))} ondblclick={onfit}></div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct HooksRowProps {
    pub trace: Rc<Trace>,
    pub index: usize,
    pub row: Row,
    pub style: AttrValue,
    pub ontoggle: Callback<(RowKind, u32)>,
}

/// The framework hooks below one parent, as one row that opens in place.
#[component]
pub fn HooksRow(props: &HooksRowProps) -> Html {
    let HooksRowProps { trace, index, row, .. } = props;
    let row = *row;
    let parent = noise::holder(&trace.model.tree, row.span);
    let Some(group) = trace.noise.group(parent) else { return Html::default() };
    let (count, state) = group.words(row.expanded);
    let onclick = props.ontoggle.reform(move |_: MouseEvent| (RowKind::Hooks, parent));
    html! {
        <div role="row" class="wr hookrow" id={element_id(RowKind::Hooks, row.span)} aria-level={(row.depth + 1).to_string()} aria-posinset={row.pos_in_set.to_string()}
            aria-setsize={row.set_size.to_string()} aria-rowindex={(index + 1).to_string()} aria-expanded={row.expanded.to_string()} aria-selected="false"
            data-hooks={group.spans.to_string()} data-hooks-ns={group.total_ns.to_string()} aria-label={format!("{count} {state}")} style={props.style.clone()} {onclick}>
            <div role="gridcell" class="wn">
                { for (0..row.depth.min(GUIDES_SHOWN)).map(|level| guide(row, level)) }
                <span class="tw"><Icon name={if row.expanded { "down" } else { "right" }} class="xs" /></span>
                <span class="hk"><b>{ count }</b>{ " " }{ state }</span>
            </div>
            <div role="gridcell" class="wb"></div>
        </div>
    }
}

/// The class that carries a span's colour: its service's, or that of workflow roots.
pub fn span_class(session: &Session, span: &SpanRow<'_>) -> Classes {
    if span.is_workflow {
        return classes!("cr");
    }
    span.service.map_or_else(|| classes!("c0"), |service| slot_class(&session.service_slots, Kind::Service, service))
}

/// A class that gives way and a method that never does.
pub fn name(name: &str, service: Option<&str>, operation: Option<&str>) -> Html {
    let parts = span_name::split_name(name, service, operation);
    let shown = if parts.method.is_empty() { "(no name)" } else { parts.method };
    html! {
        <span class="nm" title={name.to_owned()}>
            if let Some(class) = parts.class {
                <span class="nm-s">{ class }</span><span class="nm-o"><span class="dot">{ "." }</span>{ shown }</span>
            } else {
                <span class="nm-o whole">{ shown }</span>
            }
        </span>
    }
}

/// A line only where a sibling of that level follows; the last one turns to the row.
fn guide(row: Row, level: u32) -> Html {
    let goes_on = level < 64 && row.guides & (1 << level) != 0;
    let own = level + 1 == row.depth.min(GUIDES_SHOWN);
    let class = match (own, goes_on) {
        (true, true) => classes!("gd", "g", "last"),
        (true, false) => classes!("gd", "e", "last"),
        (false, true) => classes!("gd", "g"),
        (false, false) => classes!("gd", "n"),
    };
    html! { <i aria-hidden="true" {class}></i> }
}

fn spoken(span: &SpanRow<'_>, duration: &str, moment: &str, error_below: bool) -> String {
    let mut words = span.name.replace('.', " ");
    if let Some(agent) = span.agent {
        words.push_str(&format!(", {agent}"));
    }
    words.push_str(&format!(", {duration}, starts at {moment}"));
    if span.is_error {
        words.push_str(", error");
    } else if error_below {
        words.push_str(", error below");
    }
    words
}

fn odd_words(marks: &crate::core::trace_tree::SpanMarks, lacks_time: bool) -> String {
    let words = [
        (lacks_time, "the file has no start or no end of it"),
        (marks.orphan, "its parent is not in this trace"),
        (marks.duplicate_id, "another span has the same id"),
        (marks.cycle_cut, "a circle of parents was cut here"),
        (marks.negative_duration, "it ends before it starts"),
        (marks.starts_before_parent, "it starts before its parent"),
    ];
    words.iter().filter(|(set, _)| *set).map(|(_, words)| *words).collect::<Vec<_>>().join("; ")
}
