//! One section of the critical path as a row of its table.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        super::model::TraceModel,
        list::slot_class,
        row::{name, span_class},
    },
    percent, percent_value,
};
use crate::{
    core::{
        colour::{Kind, Slots},
        critical_path::{Section, SectionKind},
        time_axis::TimeScale,
        units,
    },
    state::session::Session,
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct PathRowProps {
    pub session: Rc<Session>,
    pub model: Rc<TraceModel>,
    pub agent_slots: Rc<Slots>,
    /// Place among the rows.
    pub index: usize,
    /// Index of the section in the path.
    pub number: u32,
    pub section: Section,
    /// Length of the whole path in nanoseconds.
    pub path_ns: i64,
    pub selected: bool,
    /// Its span is the chosen one, by this section or another.
    pub same_span: bool,
    pub style: AttrValue,
    pub onchoose: Callback<(u32, bool)>,
}

#[component]
pub fn PathRow(props: &PathRowProps) -> Html {
    let PathRowProps { session, model, agent_slots, number, section, path_ns, .. } = props;
    let (number, section) = (*number, *section);
    let Some(span) = model.span(section.span) else { return Html::default() };
    let waits = section.kind == SectionKind::Wait;
    let colour = span_class(session, &span);
    let onclick = props.onchoose.reform(move |_: MouseEvent| (number, true));
    let length_ns = section.length_ns();
    let duration = units::duration(length_ns);
    let moment = |ns: i64| units::moment(ns, model.tree.start_ns);
    let (start, end) = (moment(section.start_ns), moment(section.end_ns));
    let share = percent(length_ns, *path_ns);
    let scale = TimeScale { start_ns: model.tree.start_ns, end_ns: model.tree.end_ns, width_px: 100.0 };
    let place =
        format!("left:{:.3}%;width:{:.3}%", scale.x_percent(section.start_ns), scale.width_percent_of(section.start_ns, section.end_ns));
    let agent = span.agent.map(|agent| format!(", {agent}")).unwrap_or_default();
    let spoken = if waits {
        format!("Waits {duration} for {}{agent}, from {start}, {share} of the path", span.name)
    } else {
        format!("{}{agent}, own work {duration}, from {start}, {share} of the path", span.name)
    };
    html! {
        <div role="row" class={classes!("cpv-r", waits.then_some("wait"), props.same_span.then_some("same"))} id={format!("section-{number}")} aria-rowindex={(props.index + 1).to_string()}
            aria-selected={props.selected.to_string()} aria-label={spoken.clone()} data-span-id={span.span_id.to_owned()} style={props.style.clone()} {onclick}>
            <span role="gridcell" class="num c-start" data-col="start_ns" data-value={section.start_ns.to_string()} title={units::instant_full(section.start_ns)}>{ start }</span>
            <span role="gridcell" class="num c-end" data-col="end_ns" data-value={section.end_ns.to_string()} title={units::instant_full(section.end_ns)}>{ end }</span>
            <span role="gridcell" class="c-name" data-col="name" data-value={span.name.to_owned()} title={waits.then(|| spoken.clone())}>
                if waits {
                    <Icon name="clock" class="s" /><span class="cpv-w">{ "waits for" }</span>
                } else {
                    <i class={classes!("sw", colour.clone())}></i>
                }
                { name(span.name, span.service, span.operation) }
                if let Some(agent) = span.agent {
                    <span class={classes!("ag", slot_class(agent_slots, Kind::Agent, agent))} title={format!("Agent {agent}")}><i></i><span>{ agent }</span></span>
                }
                if span.is_error {
                    <span title="Error" role="img" aria-label="Error"><Icon name="err" class="s err" /></span>
                }
            </span>
            <span role="gridcell" class="cut c-service" data-col="service" data-value={span.service.unwrap_or_default().to_owned()}>{ span.service.unwrap_or(units::MISSING).to_owned() }</span>
            <span role="gridcell" class="c-kind" data-col="kind" data-value={if waits { "wait" } else { "self" }}>{ if waits { "wait" } else { "own work" } }</span>
            <span role="gridcell" class="num c-dur" data-col="duration_ns" data-value={length_ns.to_string()} title={units::duration_full(length_ns)}>{ duration.clone() }</span>
            <span role="gridcell" class="num" data-col="share" data-value={percent_value(length_ns, *path_ns)}>{ share }</span>
            <span role="gridcell" class="c-lane" aria-hidden="true"><i class={colour} style={place}></i></span>
            <span role="gridcell" class="c-id" data-col="span_id" data-value={span.span_id.to_owned()} title={span.span_id.to_owned()}><code>{ span.span_id.chars().take(8).collect::<String>() }</code></span>
        </div>
    }
}
