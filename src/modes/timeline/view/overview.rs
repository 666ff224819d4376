//! Overview: what failed, where the time went, who the span is.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{detail::SpanDetail, model::TraceModel},
    Choice,
    row::span_class,
};
use crate::{
    core::{calendar, time_axis::TimeScale, units},
    state::session::Session,
    ui::{copy::CopyButton, icon::Icon},
};

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub session: Rc<Session>,
    pub model: Rc<TraceModel>,
    pub span: u32,
    pub detail: Rc<SpanDetail>,
    pub onchoose: Callback<Choice>,
    /// Opens another tab.
    pub onselect: Callback<&'static str>,
}

#[component]
pub fn Overview(props: &OverviewProps) -> Html {
    let OverviewProps { session, model, span, detail, .. } = props;
    let Some(row) = model.span(*span) else { return Html::default() };
    let (duration_ns, self_ns) = (row.duration_ns().max(0), model.self_ns(*span));
    let exception = detail.events.iter().find_map(|event| event.exception.as_ref());
    let failed = row.is_error || detail.status_description.is_some();
    let headline = exception
        .and_then(|exception| exception.kind.clone())
        .unwrap_or_else(|| if row.is_error { "Error".to_owned() } else { "Status".to_owned() });
    let message = exception.and_then(|exception| exception.message.clone()).or_else(|| detail.status_description.clone());
    let own_percent = TimeScale { start_ns: 0, end_ns: duration_ns, width_px: 100.0 }.width_percent_of(0, self_ns);
    let colour = span_class(session, &row);
    let parent = model.tree.parent_of(*span);
    let go = |to: u32, words: String| {
        let onchoose = props.onchoose.clone();
        html! { <button type="button" class="lk" onclick={Callback::from(move |_: MouseEvent| onchoose.emit((to, true)))}>{ words }</button> }
    };
    let copied = |key: &'static str, label: &'static str| {
        detail.attribute(key).map(|value| html! { <><dt>{ label }</dt><dd class="mono">{ value.to_owned() }<CopyButton text={value.to_owned()} label={format!("Copy {key}")} /></dd></> })
    };
    html! {
        <>
            if failed {
                <div class="sec"><div class={classes!("note", if row.is_error { "e" } else { "i0" })}><Icon name={if row.is_error { "err" } else { "info" }} /><div>
                    <b>{ headline }</b>
                    if let Some(message) = message {
                        <p class="mono wrapm">{ message }</p>
                    }
                    if exception.is_some() {
                        <div class="note-a"><button type="button" class="lk" onclick={props.onselect.reform(|_: MouseEvent| "events")}>{ "Stack trace" }</button></div>
                    }
                </div></div></div>
            }
            <div class="sec">
                <h3>{ "Time" }</h3>
                <div class="split" role="img" aria-label={format!("Own time {} of {}", units::duration(self_ns), units::duration(duration_ns))}>
                    <i class={colour.clone()} style={format!("flex:{own_percent:.3}")}></i><i class="rest" style={format!("flex:{:.3}", 100.0 - own_percent)}></i>
                </div>
                <div class="split-k">
                    <span><i class={classes!("sw", colour)}></i>{ "own " }<b data-col="self_ns" data-value={self_ns.to_string()} title={units::duration_full(self_ns)}>{ units::duration(self_ns) }</b></span>
                    <span><i class="sw rest"></i>{ "in children " }<b>{ units::duration(duration_ns.saturating_sub(self_ns)) }</b></span>
                </div>
            </div>
            <div class="sec">
                <h3>{ "Identity" }</h3>
                <dl class="kv">
                    <dt>{ "Name" }</dt><dd>{ row.name.to_owned() }</dd>
                    if let Some(service) = row.service {
                        <dt>{ "Service" }</dt><dd>{ service.to_owned() }</dd>
                    }
                    <dt>{ "Status" }</dt><dd>{ detail.status.clone() }</dd>
                    { copied("correlation_id", "Correlation") }
                    { copied("task_id", "Task") }
                    <dt>{ "Parent" }</dt><dd>{ match parent.and_then(|parent| model.span(parent).map(|row| (parent, row))) {
                        Some((parent, above)) => {
                            let late = row.start_ns.saturating_sub(above.end_ns);
                            html! { <>{ go(parent, above.name.to_owned()) }if late > 0 { <span class="dim">{ format!(" ended {} earlier", units::duration(late)) }</span> }</> }
                        }
                        None if model.marks(*span).orphan => html! { <span class="dim">{ "not in this trace" }</span> },
                        None => html! { <span class="dim">{ "none: a root" }</span> },
                    } }</dd>
                    <dt>{ "Children" }</dt><dd>{ units::count(model.tree.children(*span).len() as u64) }</dd>
                    <dt>{ "Started" }</dt><dd title={calendar::instant_full(row.start_ns)}>{ format!("{} UTC", calendar::instant(row.start_ns)) }</dd>
                    <dt>{ "Duration" }</dt><dd class="num-l">{ units::duration_full(duration_ns) }</dd>
                    if let Some(kind) = &detail.kind {
                        <dt>{ "Kind" }</dt><dd>{ kind.clone() }</dd>
                    }
                </dl>
            </div>
        </>
    }
}
