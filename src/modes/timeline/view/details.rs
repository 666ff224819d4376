//! The details of the chosen span: asks for its payload, shows it in tabs.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{detail::SpanDetail, model::TraceModel, params::DetailsTab, query},
    Choice,
    events::Events,
    io::Io,
    lineage::use_lineage,
    links::Links,
    list::slot_class,
    overview::Overview,
    payload::{Attributes, Raw},
    row, set_params,
};
use crate::{
    core::{
        colour::{Kind, Slots},
        display::{self, Times},
        units,
    },
    state::{
        queries::use_query,
        session::Session,
        store::{Action, Nav, Panes, Store},
    },
    ui::{
        copy::CopyButton,
        icon::Icon,
        tabs::{Tab, Tabs},
    },
};

/// The spans that are executions of agents.
const AGENT_RUN: &str = "Agent.execute";

const NO_TIME: &str = "The file has no start or no end of this span";

#[derive(Properties, PartialEq)]
pub struct DetailsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    /// The span's trace where it is not the model's: a journey holds spans of several.
    #[prop_or_default]
    pub trace_id: Option<Rc<str>>,
    pub span: u32,
    pub tab: DetailsTab,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn Details(props: &DetailsProps) -> Html {
    let DetailsProps { session, store, model, span, tab, .. } = props;
    let chosen = model.span(*span);
    let trace_id: Rc<str> = props.trace_id.clone().unwrap_or_else(|| model.trace_id.as_str().into());
    let sql: Option<Rc<str>> = chosen.map(|chosen| query::span_sql(&trace_id, chosen.span_id).into());
    let answer = use_query(session, sql.clone());
    let current = sql.as_deref().and_then(|sql| answer.of(sql)).cloned();
    let ordinal = model.ordinal(*span);
    let detail = use_memo((current.clone().map(|table| Rc::as_ptr(&table) as usize), ordinal), move |_| {
        current.map(|table| SpanDetail::new(&table, ordinal).map(|detail| detail.map(Rc::new)))
    });
    let is_run = chosen.is_some_and(|chosen| chosen.name == AGENT_RUN);
    let lineage = use_lineage(session, (is_run && *tab == DetailsTab::Overview).then(|| trace_id.clone()));
    let Some(chosen) = chosen else {
        return html! { <aside class="pane details" aria-label="Span details" data-testid="span-details"></aside> };
    };

    let panes = store.panes;
    let close = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::SetPanes(Panes { details_open: false, ..panes })))
    };
    let onselect = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            set_params(&store, Nav::Replace, move |params| params.tab = DetailsTab::from_slug(slug).unwrap_or_default())
        })
    };
    let starts = match units::moment(chosen.start_ns, model.tree.start_ns) {
        _ if chosen.start_ns == model.tree.start_ns && display::present().times == Times::Relative => "starts the trace".to_owned(),
        moment => format!("starts {moment}"),
    };
    let colour = row::span_class(session, &chosen);
    let (found, error) = match detail.as_ref() {
        Some(Ok(Some(detail))) => (Some(detail.clone()), None),
        Some(Ok(None)) => (None, Some("The span is not in the file any more.".to_owned())),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, answer.error.as_ref().map(ToString::to_string)),
    };
    let agent = found.as_ref().and_then(|detail| detail.agent());
    let count = |of: fn(&SpanDetail) -> usize| found.as_ref().map(|detail| of(detail));
    let failed = found.as_ref().is_some_and(|detail| detail.events.iter().any(|event| event.exception.is_some()));
    let tabs = DetailsTab::ALL
        .into_iter()
        .map(|tab| Tab {
            slug: tab.slug(),
            label: match tab {
                DetailsTab::Overview => "Overview",
                DetailsTab::Io => "I/O",
                DetailsTab::Links => "Links",
                DetailsTab::Attributes => "Attributes",
                DetailsTab::Events => "Events",
                DetailsTab::Raw => "Raw",
            },
            count: match tab {
                DetailsTab::Attributes => count(|detail| detail.attributes.len()),
                DetailsTab::Events => count(|detail| detail.events.len()),
                DetailsTab::Links => count(|detail| detail.links.len()).filter(|links| *links > 0),
                DetailsTab::Overview | DetailsTab::Io | DetailsTab::Raw => None,
            },
            error: tab == DetailsTab::Events && failed,
        })
        .collect::<Vec<_>>();
    let body = match (&found, &error) {
        (Some(detail), _) => match tab {
            DetailsTab::Overview => {
                html! {
                    <Overview session={session.clone()} store={store.clone()} model={model.clone()} trace_id={trace_id.clone()} span={*span} detail={detail.clone()}
                        lineage={lineage} agent_slots={props.agent_slots.clone()} onchoose={props.onchoose.clone()} onselect={onselect.clone()} />
                }
            }
            DetailsTab::Io => html! {
                <Io key={chosen.span_id.to_owned()} detail={detail.clone()} is_error={chosen.is_error} agent_slots={props.agent_slots.clone()} onselect={onselect.clone()} />
            },
            DetailsTab::Links => {
                html! { <Links session={session.clone()} store={store.clone()} detail={detail.clone()} {is_run} onselect={onselect.clone()} /> }
            }
            DetailsTab::Attributes => html! { <Attributes key={chosen.span_id.to_owned()} detail={detail.clone()} /> },
            DetailsTab::Events => {
                html! { <Events key={chosen.span_id.to_owned()} session={session.clone()} store={store.clone()} trace_id={AttrValue::from(trace_id.to_string())} detail={detail.clone()} start_ns={chosen.start_ns} /> }
            }
            DetailsTab::Raw => html! { <Raw detail={detail.clone()} /> },
        },
        (None, Some(error)) => {
            let answer = answer.clone();
            html! {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div><b>{ "This span could not be read" }</b><p>{ error.clone() }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={Callback::from(move |_| answer.retry())}>{ "Try again" }</button></div></div></div>
            }
        }
        (None, None) => html! { <div class="sec"><span class="busy" role="status"><i class="spin"></i>{ "Reading the span" }</span></div> },
    };
    html! {
        <aside class={classes!("pane", "details", panes.details_open.then_some("open"), store.url.span.is_some().then_some("chosen"))} id="details" aria-label="Span details" data-testid="span-details" data-span-id={chosen.span_id.to_owned()}>
            <div class="dh">
                <div class="dh-1">
                    <i class={classes!("sw", colour)}></i>
                    <h2 class="nmh">{ row::name(chosen.name, chosen.service, chosen.operation) }</h2>
                    if let Some(agent) = &agent {
                        <span class={classes!("ag", slot_class(&props.agent_slots, Kind::Agent, agent))} title={format!("Agent {agent}")}><i></i><span>{ agent }</span></span>
                    }
                    <span class="grow"></span>
                    <button type="button" class="icon-btn sm" aria-label="Close details" title="Close details (])" onclick={close}><Icon name="x" class="s" /></button>
                </div>
                <div class="dh-2">
                    if chosen.is_error {
                        <span class="badge e"><Icon name="err" />{ "ERROR" }</span>
                    }
                    <b data-col="duration_ns" data-value={chosen.duration_ns().to_string()} title={if chosen.lacks_time { NO_TIME.to_owned() } else { units::duration_full(chosen.duration_ns()) }}>{ if chosen.lacks_time { "no duration".to_owned() } else { units::duration(chosen.duration_ns()) } }</b>
                    <span class="dim" title={units::moment_full(chosen.start_ns, model.tree.start_ns)}>{ starts }</span>
                    <span class="grow"></span>
                    <code class="dim cut" title={chosen.span_id.to_owned()}>{ chosen.span_id }</code><CopyButton text={chosen.span_id.to_owned()} label="Copy span_id" />
                </div>
            </div>
            <Tabs name="details" label="Span details" {tabs} selected={tab.slug()} {onselect} />
            <div class="scroll" id="details-panel" role="tabpanel" aria-labelledby={format!("details-tab-{}", tab.slug())} tabindex="0">{ body }</div>
        </aside>
    }
}
