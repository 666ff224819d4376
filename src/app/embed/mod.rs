//! The page as a part of another page: a head of one line, the mode, and the conversation with the page around it.
//!
//! It takes nothing of the reader's own: no focus, no key or wheel from the page around it, no file from their disk, no kept theme or sizes.

mod host;
pub mod offer;
mod prompt;
mod start;

use std::rc::Rc;

use yew::prelude::*;

pub use self::{
    host::{HostView, use_host},
    start::use_start,
};
use self::{
    offer::{has_tabs, not_offered, offered},
    prompt::Prompt,
    start::{Poster, is_waiting},
};
use super::{OpenerHandle, filter_bar::ScopeNotice, shell::notices};
use crate::{
    browser::{document, history},
    core::{sql::quote_text, units},
    import::problem::Problem,
    modes::{self, ModeInfo, ModeProps, guide, timeline},
    state::{
        queries::use_later_query,
        scope::use_scope,
        session::Session,
        store::{Action, Nav, Opening, Store, go},
        url::{SourceRef, UrlState},
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct EmbedProps {
    pub store: Store,
    pub opener: OpenerHandle,
    pub started: bool,
    pub onstart: Callback<()>,
    pub host: HostView,
}

#[component]
pub fn EmbedPage(props: &EmbedProps) -> Html {
    let EmbedProps { store, started, host, .. } = props;
    use_within();
    let body = match (&store.session, &store.opening, &store.problem) {
        (_, Some(opening), _) => progress(opening),
        (_, None, Some(problem)) => failure(store, problem),
        (Some(session), ..) => html! { <View store={store.clone()} session={session.clone()} /> },
        _ if is_waiting(store, *started) => html! { <Poster store={store.clone()} onstart={props.onstart.clone()} /> },
        _ if store.url.mode == guide::MODE.slug => {
            html! { <main class="view" id="main" tabindex="-1"><guide::Guide store={store.clone()} /></main> }
        }
        _ => empty(&store.url),
    };
    html! {
        <div class="emb" data-testid="embed">
            <Head store={store.clone()} />
            { body }
            if let Some(asked) = &host.asked {
                <Prompt asked={asked.clone()} onanswer={host.onanswer.clone()} />
            }
        </div>
    }
}

/// Tells the stylesheet whether the reader is at work in here: only then do rows take the wheel.
#[hook]
fn use_within() {
    use_effect_with((), |()| {
        let show = || match document::is_elsewhere() {
            true => document::remove_root_attribute("data-within"),
            false => document::set_root_attribute("data-within", "true"),
        };
        show();
        let listeners = ["focus", "blur", "pointerdown"].map(|name| document::on_window(name, move |_| document::after_paint(show)));
        move || drop(listeners)
    });
}

#[derive(Properties, PartialEq)]
struct HeadProps {
    store: Store,
}

/// What is shown, its figures, the modes, the way to the page in full.
#[component]
fn Head(props: &HeadProps) -> Html {
    let store = &props.store;
    let mode = modes::mode(&store.url.mode);
    // The file before may still be open behind the message that another one could not be.
    let facts = store.session.as_ref().filter(|_| store.problem.is_none()).map(|session| facts_of(store, session, mode));
    let title =
        store.url.frame.title.clone().or_else(|| facts.as_ref().map(|facts| facts.name.clone())).unwrap_or_else(|| "Spandeck".to_owned());
    let full = format!("{}{}", history::page_address(), store.url.in_full().print());
    let filter =
        store.url.filter.clone().or_else(|| (store.url.from_ns.is_some() || store.url.to_ns.is_some()).then(|| "A time range".to_owned()));
    let has_errors = facts.as_ref().is_some_and(|facts| facts.errors > 0);
    html! {
        <header class="emh">
            if has_errors {
                <span role="img" aria-label="Failed" title="There are errors"><Icon name="err" class="err" /></span>
            }
            <h1 class="cut" title={title.clone()}>{ title }</h1>
            if let Some(facts) = facts {
                <span class="emf" data-testid="embed-facts" data-spans={facts.spans.to_string()} data-errors={facts.errors.to_string()}>
                    if let Some(duration_ns) = facts.duration_ns {
                        <b>{ units::duration(duration_ns) }</b>
                    }
                    <span class="m1">{ units::counted(facts.spans, "span") }</span>
                    if let (Some(trace_id), Some(session)) = (facts.trace_id, &store.session) {
                        <AgentRuns session={session.clone()} {trace_id} />
                    }
                    if facts.errors > 0 {
                        <span class="err">{ units::counted(facts.errors, "error") }</span>
                    }
                </span>
            }
            if let Some(filter) = filter {
                <span class="badge" data-testid="embed-filter" title={format!("Filtered: {filter}")}><Icon name="filter" class="xs" /><span class="m1">{ "Filtered" }</span></span>
            }
            <span class="grow"></span>
            if has_tabs(&store.url) {
                { tabs(store, mode) }
            }
            <a class="btn sm" data-testid="embed-open" href={full} target="_blank" rel="noopener" title="Open in full, in a new tab" aria-label="Open in full, in a new tab"><Icon name="ext" class="s" /><span class="m1" aria-hidden="true">{ "Open" }</span></a>
        </header>
    }
}

/// Figures of the trace that the Timeline shows; of the file in the other modes.
struct Facts {
    name: String,
    trace_id: Option<String>,
    duration_ns: Option<i64>,
    spans: u64,
    errors: u64,
}

fn facts_of(store: &Store, session: &Session, mode: &ModeInfo) -> Facts {
    let trace = store.url.trace.as_deref().filter(|_| mode.slug == timeline::MODE.slug);
    match trace.and_then(|id| session.traces.find(id)).and_then(|number| session.traces.get(number)) {
        Some(trace) => Facts {
            name: Some(trace.name).filter(|name| !name.is_empty()).unwrap_or("(no name)").to_owned(),
            trace_id: Some(trace.trace_id.to_owned()),
            duration_ns: Some(trace.duration_ns()),
            spans: trace.spans,
            errors: trace.errors,
        },
        None => Facts {
            name: session.name.clone(),
            trace_id: None,
            duration_ns: None,
            spans: session.totals.spans,
            errors: session.totals.errors,
        },
    }
}

#[derive(Properties, PartialEq)]
struct AgentRunsProps {
    session: Rc<Session>,
    trace_id: String,
}

/// How many agent runs a trace has. Counted after the picture.
#[component]
fn AgentRuns(props: &AgentRunsProps) -> Html {
    let sql = format!("SELECT count(*) AS runs FROM main.agent_runs WHERE trace_id = {}", quote_text(&props.trace_id));
    let answer = use_later_query(&props.session, Some(sql.as_str().into()));
    let runs = answer.of(&sql).and_then(|table| table.ints("runs").ok()?.get(0)).and_then(|runs| u64::try_from(runs).ok());
    match runs.filter(|runs| *runs > 0) {
        Some(runs) => html! { <span class="m1">{ units::counted(runs, "agent run") }</span> },
        None => Html::default(),
    }
}

fn tabs(store: &Store, current: &'static ModeInfo) -> Html {
    let offered = offered(&store.url);
    let choose = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            go(&store, Nav::Push, move |url| url.mode = slug.to_owned());
            document::focus(&format!("#tab-{slug}"));
        })
    };
    let onkeydown = {
        let (choose, offered) = (choose.clone(), offered.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = offered.iter().position(|mode| mode.slug == current.slug).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % offered.len(),
                "ArrowLeft" => (at + offered.len() - 1) % offered.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(mode) = offered.get(next) {
                choose.emit(mode.slug);
            }
        })
    };
    html! {
        <div class="seg" role="tablist" aria-label="Modes" {onkeydown}>
            { for offered.iter().map(|mode| {
                let (slug, selected) = (mode.slug, mode.slug == current.slug);
                html! {
                    <button type="button" role="tab" key={slug} id={format!("tab-{slug}")} aria-controls="panel" aria-label={mode.name} title={mode.name} aria-selected={selected.to_string()}
                        tabindex={if selected { "0" } else { "-1" }} onclick={choose.reform(move |_: MouseEvent| slug)}><Icon name={mode.icon} class="s" /></button>
                }
            }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ViewProps {
    store: Store,
    session: Rc<Session>,
}

/// The mode of the address, if the frame offers it.
#[component]
fn View(props: &ViewProps) -> Html {
    let ViewProps { store, session } = props;
    let scope = use_scope(session, store);
    let mode = modes::mode(&store.url.mode);
    if let Some(missing) = not_offered(&store.url) {
        return elsewhere(store, missing);
    }
    html! {
        <>
            <div class="under">{ notices(store) }<ScopeNotice session={session.clone()} store={store.clone()} scope={scope.clone()} /></div>
            <main class="view" id="main" tabindex="-1">
                <div class="panel" id="panel" role={if has_tabs(&store.url) { "tabpanel" } else { "region" }} aria-label={mode.name} key={modes::panel_key(mode, session, store)}>
                    { (mode.view)(&ModeProps { session: session.clone(), store: store.clone(), scope }) }
                </div>
            </main>
        </>
    }
}

/// A link of the view led to a mode that this frame does not have.
fn elsewhere(store: &Store, missing: &'static ModeInfo) -> Html {
    let back = offered(&store.url).first().copied();
    let full = format!("{}{}", history::page_address(), store.url.in_full().print());
    let store = store.clone();
    html! {
        <main class="view" id="main" tabindex="-1"><div class="empty" role="status" data-testid="embed-elsewhere"><Icon name={missing.icon} /><b>{ format!("{} is not part of this frame", missing.name) }</b>
            <div class="note-a"><a class="btn primary" href={full} target="_blank" rel="noopener"><Icon name="ext" class="s" />{ "Open in full" }</a>
            if let Some(back) = back {
                <button type="button" class="btn" onclick={Callback::from(move |_: MouseEvent| go(&store, Nav::Replace, move |url| url.mode = back.slug.to_owned()))}>{ format!("Back to {}", back.name) }</button>
            }
            </div></div></main>
    }
}

fn progress(opening: &Opening) -> Html {
    let percent = f64::from(opening.permille) / 10.0;
    let now = opening.steps.iter().rev().find(|step| !step.done).map(|step| format!("{} {}", step.label, step.detail)).unwrap_or_default();
    html! {
        <main class="view" id="main" tabindex="-1"><div class="empty" data-testid="opening"><b class="cut">{ opening.name.clone() }</b>
            <div class="pg" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{percent:.0}")} aria-valuetext={now.clone()} aria-label="Opening"><i style={format!("width:{percent:.1}%")}></i></div>
            <p class="dim">{ now }</p></div></main>
    }
}

fn failure(store: &Store, problem: &Rc<Problem>) -> Html {
    let full = format!("{}{}", history::page_address(), store.url.in_full().print());
    let dismiss = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::DismissProblem))
    };
    html! {
        <main class="view" id="main" tabindex="-1"><div class="empty failed" role="alert" data-testid="error" data-code={problem.code}><Icon name="err" class="err" /><b>{ problem.title.clone() }</b><p>{ problem.message.clone() }</p>
            <div class="note-a"><a class="btn" href={full} target="_blank" rel="noopener"><Icon name="ext" class="s" />{ "Open in full" }</a>
            if store.session.is_some() {
                <button type="button" class="btn" onclick={dismiss}>{ "Back to the open file" }</button>
            }
            </div></div></main>
    }
}

/// Nothing is open, and nothing can be opened from here.
fn empty(url: &UrlState) -> Html {
    let words = match &url.source {
        Some(SourceRef::File { name, .. }) => {
            html! { <><b>{ "A file on somebody’s own disk" }</b><p>{ "This view belongs to " }<bdi>{ name.clone() }</bdi>{ ". Open it in full and choose that file there." }</p></> }
        }
        _ => html! { <><b>{ "No trace yet" }</b><p>{ "The page around this frame has not said what to show." }</p></> },
    };
    html! { <main class="view" id="main" tabindex="-1"><div class="empty" role="status" data-testid="embed-empty"><Icon name="timeline" />{ words }</div></main> }
}
