//! The head of the chosen trace: its name, its figures, what is odd about it.

use std::rc::Rc;

use yew::prelude::*;

use super::{super::model::TraceModel, Choice};
use crate::{
    core::{calendar, units},
    state::{
        session::Session,
        store::{Action, Panes, Store},
    },
    ui::{copy::CopyButton, icon::Icon},
};

#[derive(Properties, PartialEq)]
pub struct HeadProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    pub stale: bool,
    pub onchoose: Callback<Choice>,
}

#[component]
pub fn Head(props: &HeadProps) -> Html {
    let HeadProps { session, store, model, .. } = props;
    let panes = store.panes;
    let trace = session.traces.find(&model.trace_id).and_then(|number| session.traces.get(number));
    let name = trace.map(|trace| trace.name).unwrap_or_default().to_owned();
    let duration_ns = model.tree.end_ns.saturating_sub(model.tree.start_ns);
    let facts = model.facts;
    let show_list = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::SetPanes(Panes { list_open: true, list_drawer: true, ..panes })))
    };
    html! {
        <div class="th">
            <div class="th-1">
                <button type="button" class={classes!("btn", panes.list_open.then_some("only-narrow"))} aria-controls="tracelist" title="Traces ([)" onclick={show_list}><Icon name="left" class="s" />{ "Traces" }</button>
                if facts.errors > 0 {
                    <span role="img" aria-label="Failed" title="This trace has errors"><Icon name="err" class="err" /></span>
                }
                <h1 class="cut" title={name.clone()} tabindex="-1">{ if name.is_empty() { "(no name)".to_owned() } else { name } }</h1>
                <code class="dim tid" title={model.trace_id.clone()}>{ model.trace_id.chars().take(12).collect::<String>() }</code>
                <CopyButton text={model.trace_id.clone()} label="Copy trace_id" />
                <span class="grow"></span>
                if props.stale {
                    <span class="busy" role="status"><i class="spin"></i><span class="vh">{ "Loading" }</span></span>
                }
            </div>
            <dl class="facts">
                <div><dt>{ "Duration" }</dt><dd data-col="duration_ns" data-value={duration_ns.to_string()} title={units::duration_full(duration_ns)}>{ units::duration(duration_ns) }</dd></div>
                <div><dt>{ "Spans" }</dt><dd data-col="spans" data-value={facts.spans.to_string()}>{ units::count(facts.spans as u64) }</dd></div>
                <div><dt>{ "Agent runs" }</dt><dd data-col="agent_runs" data-value={facts.agent_runs.to_string()}>{ units::count(facts.agent_runs as u64) }</dd></div>
                <div><dt>{ "Services" }</dt><dd data-col="services" data-value={facts.services.to_string()}>{ units::count(facts.services as u64) }</dd></div>
                <div><dt>{ "Errors" }</dt><dd class={(facts.errors > 0).then_some("err")} data-col="errors" data-value={facts.errors.to_string()}>{ units::count(facts.errors as u64) }</dd></div>
                <div><dt>{ "Started" }</dt><dd data-col="start_ns" data-value={model.tree.start_ns.to_string()} title={calendar::instant_full(model.tree.start_ns)}>{ format!("{} UTC", calendar::instant(model.tree.start_ns)) }</dd></div>
            </dl>
            if !model.warnings.is_empty() {
                <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><span>
                    { for model.warnings.iter().map(|(words, span)| {
                        let show = span.map(|span| {
                            let onchoose = props.onchoose.clone();
                            html! { <button type="button" class="lk" onclick={Callback::from(move |_: MouseEvent| onchoose.emit((span, true)))}>{ "Go to the first" }</button> }
                        });
                        html! { <span class="warn-1">{ words.clone() }{ ". " }{ show }</span> }
                    }) }
                </span></div>
            }
        </div>
    }
}
