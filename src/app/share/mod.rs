//! The dialog that makes links: to the view, or with the trace in them; what they contain in words, and the ways to hand them on.

mod hand_on;
mod payload;

use std::rc::Rc;

use yew::prelude::*;

use self::{
    hand_on::HandOn,
    payload::{PayloadChoice, use_packed},
};
use crate::{
    browser::{document, history},
    core::shared_trace::redact::Redaction,
    modes::{self, timeline},
    state::{
        session::Session,
        sharing::{self, Carried},
        store::{Action, Store},
        traces::Lookup,
        url::SourceRef,
    },
    ui::{icon::Icon, segments::Segments},
};

/// All of the page but the dialog.
const BEHIND: [&str; 2] = [".app", ".skip"];

/// What the link leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    File,
    Trace,
}

#[derive(Properties, PartialEq)]
pub struct ShareDialogProps {
    pub store: Store,
    pub session: Rc<Session>,
}

#[component]
pub fn ShareDialog(props: &ShareDialogProps) -> Html {
    let ShareDialogProps { store, session } = props;
    // Tab stays in the dialog; when it is gone the focus is where it was.
    use_effect_with((), |()| {
        BEHIND.iter().for_each(|part| document::set_inert(part, true));
        document::focus("#share-close");
        || {
            BEHIND.iter().for_each(|part| document::set_inert(part, false));
            document::focus("#share");
        }
    });
    let what = use_state(|| What::File);
    let carried = use_state(Carried::default);
    let redaction = use_state(Redaction::default);
    let trace = store.url.trace.as_deref().and_then(|id| match session.traces.lookup(id) {
        Lookup::One(number) => session.traces.get(number),
        Lookup::None | Lookup::Several(_) => None,
    });
    let trace_id = trace.map(|trace| trace.trace_id);
    let with_trace = *what == What::Trace && trace.is_some();
    let packed = use_packed(session, trace.filter(|_| with_trace), &redaction);

    let own = sharing::shared(&store.url, if trace.is_some() { *carried } else { Carried::View }, trace_id, timeline::MODE.slug);
    let address = match (with_trace, packed.as_fitting()) {
        (false, _) => Some(own),
        (true, Some(text)) => Some(sharing::with_data(own, text)),
        (true, None) => None,
    };
    let onclose = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowShare(false)))
    };
    let onwhat = {
        let what = what.setter();
        Callback::from(move |word: &'static str| what.set(if word == "trace" { What::Trace } else { What::File }))
    };
    let oncarried = {
        let carried = carried.setter();
        Callback::from(move |word: &'static str| carried.set(Carried::from_slug(word).unwrap_or_default()))
    };
    let onredaction = {
        let redaction = redaction.setter();
        Callback::from(move |next: Redaction| redaction.set(next))
    };
    let kinds: Vec<(&'static str, AttrValue)> = vec![("file", "A link to this view".into()), ("trace", "This trace as a link".into())];
    let kept: Vec<(&'static str, AttrValue)> =
        vec![(Carried::View.slug(), "With my filters".into()), (Carried::TraceOnly.slug(), "At this trace only".into())];
    let lines = address.as_ref().map(|url| {
        let host = match &url.source {
            Some(SourceRef::Url(file)) => foreign_host(file),
            _ => None,
        };
        sharing::words(url, modes::mode(&url.mode).name, trace.map(|trace| trace.name), host.as_deref())
    });
    html! {
        <div class="cover" onclick={onclose.clone()}>
            <section class="dlg pop share" role="dialog" aria-modal="true" aria-labelledby="share-h" data-testid="share-dialog" onclick={Callback::from(|event: MouseEvent| event.stop_propagation())}>
                <header><Icon name="share" /><h2 id="share-h">{ "Share" }</h2><span class="grow"></span>
                    <button type="button" id="share-close" class="icon-btn" aria-label="Close" title="Close (Esc)" onclick={onclose}><Icon name="x" /></button></header>
                <div class="sh">
                    <div class="sh-k">
                        <Segments name="share-what" label="What the link leads to" choices={kinds} chosen={if *what == What::Trace { "trace" } else { "file" }} onchoose={onwhat} />
                        if trace.is_some() {
                            <Segments name="share-carried" label="What goes along" choices={kept} chosen={carried.slug()} onchoose={oncarried} />
                        }
                    </div>
                    if *what == What::Trace && trace.is_none() {
                        <div class="note i0" role="status"><Icon name="info" /><span>{ "No trace is chosen. Choose one in the Timeline, then it can go into a link." }</span></div>
                    }
                    if let Some(trace) = trace.filter(|_| with_trace) {
                        <PayloadChoice session={session.clone()} trace_id={trace.trace_id.to_owned()} title={trace.name.to_owned()} packed={packed.clone()} redaction={(*redaction).clone()} onchange={onredaction} />
                    }
                    if let (Some(url), Some(lines)) = (address, lines) {
                        <ul class="sh-w" data-testid="share-words">{ for lines.into_iter().map(|line| html! { <li key={line.clone()}>{ line }</li> }) }
                            if with_trace && !redaction.words().is_empty() {
                                <li>{ format!("Left out: {}.", redaction.words()) }</li>
                            }
                            <li class="dim">{ "What stands behind # stays in the browser: no server is sent it." }</li></ul>
                        <HandOn {url} page={history::page_address()} title={trace.map_or_else(|| session.name.clone(), |trace| trace.name.to_owned())} />
                    }
                </div>
            </section>
        </div>
    }
}

/// Where a file lies, unless that is where the page lies.
fn foreign_host(file: &str) -> Option<String> {
    let absolute = document::resolve(file);
    let host = sharing::host_of(&absolute)?;
    (sharing::host_of(&history::page_address()) != Some(host)).then(|| host.to_owned())
}
