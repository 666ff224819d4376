//! The start page: drop, choose, paste an address, the sample, files opened before.

use yew::{platform::spawn_local, prelude::*};

use super::{OpenerHandle, cards, effects::choose_file, look::SAMPLES, shell::notices, switch_theme};
use crate::{
    browser::{
        files,
        recents::{self, Recent},
    },
    core::{calendar, units},
    modes::guide,
    state::{
        store::{Action, Nav, Notice, NoticeKind, Store, go},
        url::{SourceRef, UrlState, check_source_url},
    },
    ui::{copy::CopyButton, icon::Icon},
};

const RECORD: &str = "export FLOCK_AUTO_TRACE=true FLOCK_TRACE_FILE=true\npython pipeline.py";

#[derive(Properties, PartialEq)]
pub struct StartPageProps {
    pub store: Store,
    pub opener: OpenerHandle,
    /// Files are being dragged over the page.
    pub dragging: bool,
}

#[component]
pub fn StartPage(props: &StartPageProps) -> Html {
    let StartPageProps { store, opener, dragging } = props;
    let waiting_card = store.opening.is_some() || store.problem.is_some();
    let wanted = match &store.url.source {
        Some(SourceRef::File { name, .. }) if !waiting_card => Some(name.clone()),
        _ => None,
    };
    let choose = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| choose_file(&opener))
    };
    let sample = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| opener.open_sample(SAMPLES[0]))
    };
    let theme = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| switch_theme(&store))
    };
    let help = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowHelp(true)))
    };
    let guide = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go(&store, Nav::Push, |url| *url = UrlState { mode: guide::MODE.slug.to_owned(), theme: url.theme, ..UrlState::default() });
        })
    };
    html! {
        <div class="startp">
            <header class="appbar">
                <span class="brand"><Mark /></span><b>{ "Spandeck" }</b><span class="grow"></span>
                <a class="btn ghost" href={format!("#/{}", guide::MODE.slug)} onclick={guide}><Icon name="guide" />{ "Guide" }</a>
                <button type="button" class="icon-btn" aria-label="Switch theme" title="Switch theme (T)" onclick={theme}><Icon name="theme" /></button>
                <button type="button" class="icon-btn" aria-label="Shortcuts and help" title="Shortcuts and help (?)" onclick={help}><Icon name="kbd" /></button>
            </header>
            <main class="stw" id="main" tabindex="-1">
                <h1>{ "See what your agents did, and why" }</h1>
                <p class="lead">{ "Traces of multi-agent runs and of anything else that writes spans. Everything runs in this tab." }</p>
                { notices(store) }
                if let Some(name) = wanted {
                    <div class="notices"><div class="note i0" role="status" data-testid="notice"><Icon name="info" class="dim" /><span class="grow">{ "This link belongs to " }<b>{ name }</b>{ ". Open that file and the view goes where the link says." }</span></div></div>
                }
                if waiting_card {
                    <cards::Progress store={store.clone()} opener={opener.clone()} />
                } else {
                    <section class={classes!("dz", dragging.then_some("over"))} id="drop" aria-label="Open a file">
                        <Art />
                        <p class="dz-t">if *dragging { <b>{ "Drop to open" }</b> } else { { "Drop a " }<b>{ ".duckdb" }</b>{ ", " }<b>{ ".parquet" }</b>{ " or OTLP file here" } }</p>
                        <p class="dim">{ "a database with its " }<code>{ ".wal" }</code>{ " if there is one. Jaeger and Zipkin JSON open too, also in gzip, zstd, zip or tar." }</p>
                        <div class="dz-b">
                            <button type="button" class="btn primary lg" onclick={choose}><Icon name="file" />{ "Choose a file " }<kbd>{ "O" }</kbd></button>
                            <button type="button" class="btn lg" onclick={sample.clone()}><Icon name="play" />{ "Open the sample" }</button>
                        </div>
                        <UrlForm store={store.clone()} opener={opener.clone()} />
                    </section>
                }
                <div class="stg">
                    <Recents store={store.clone()} opener={opener.clone()} />
                    <section class="card" aria-label="Sample"><div class="card-h"><h2>{ "Sample and export" }</h2></div>
                        <button type="button" class="rec smp" onclick={sample}><span class="smp-i"><Icon name="bolt" /></span><span><b>{ "Content review" }</b><small>{ "7 agents, a feedback loop, failed runs: 725 spans of Flock" }</small></span><span class="grow"></span><Icon name="right" class="dim" /></button>
                        <div class="snip"><div class="cap">{ "Record a run with Flock, then drop " }<code>{ ".flock/traces.duckdb" }</code></div><pre>{ RECORD }</pre><CopyButton text={RECORD} label="Copy" /></div>
                    </section>
                </div>
                <ul class="facts3">
                    <li><Icon name="shield" /><span><b>{ "Stays on your machine" }</b>{ "No upload, no account, no tracking." }</span></li>
                    <li><Icon name="bolt" /><span><b>{ "Built for big files" }</b>{ "A database is read in place, never copied." }</span></li>
                    <li><Icon name="link" /><span><b>{ "Links that hold" }</b>{ "Trace and span are in the address, by their ids." }</span></li>
                </ul>
            </main>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PartProps {
    store: Store,
    opener: OpenerHandle,
}

#[component]
fn UrlForm(props: &PartProps) -> Html {
    let refused = use_state(|| None::<String>);
    let input = use_node_ref();
    let onsubmit = {
        let (input, opener, refused) = (input.clone(), props.opener.clone(), refused.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = input.cast::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            match check_source_url(typed.trim()) {
                Ok(url) if url.contains(['/', '.']) && !typed.trim().contains(char::is_whitespace) => {
                    refused.set(None);
                    opener.open_url(url);
                }
                Ok(_) => refused.set(Some("This is not an address. Paste that of a trace file.".to_owned())),
                Err(_) => {
                    refused.set(Some("Only http and https addresses can be opened. Files on this computer: drop them here.".to_owned()))
                }
            }
        })
    };
    html! {
        <form class="dz-url" novalidate=true {onsubmit}>
            <div class="inwrap"><Icon name="link" class="s" /><input ref={input} class="in" type="url" aria-label="Address of a file" data-testid="url" aria-describedby="url-e" aria-invalid={refused.is_some().then_some("true")} placeholder="or paste the address of a file: https://…" autocomplete="off" spellcheck="false" /></div>
            <button class="btn">{ "Open" }</button>
            if let Some(words) = &*refused {
                <p class="field-e" id="url-e" role="alert"><Icon name="err" class="xs err" />{ words.clone() }</p>
            }
        </form>
    }
}

/// Files whose handles the browser let us keep. Nothing is shown where it does not.
#[component]
fn Recents(props: &PartProps) -> Html {
    let PartProps { store, opener } = props;
    let recents = use_state(Vec::<Recent>::new);
    {
        let recents = recents.setter();
        use_effect_with((), move |()| spawn_local(async move { recents.set(recents::list().await) }));
    }
    if recents.is_empty() {
        return Html::default();
    }
    let clear = {
        let recents = recents.setter();
        Callback::from(move |_: MouseEvent| {
            let recents = recents.clone();
            spawn_local(async move {
                recents::clear().await;
                recents.set(Vec::new());
            });
        })
    };
    let open = |recent: &Recent| {
        let (opener, store, recent) = (opener.clone(), store.clone(), recent.clone());
        Callback::from(move |_: MouseEvent| {
            let (opener, store, recent) = (opener.clone(), store.clone(), recent.clone());
            spawn_local(async move {
                match files::from_handle(&recent.handle).await {
                    Some(file) => opener.open_local(vec![file]),
                    None => store.dispatch(Action::Tell(Notice {
                        kind: NoticeKind::Warning,
                        text: format!(
                            "{} could not be opened: it was moved or removed, or the browser was not allowed to read it. Choose it again.",
                            recent.name
                        ),
                    })),
                }
            });
        })
    };
    html! {
        <section class="card" aria-label="Recent files" data-testid="recents"><div class="card-h"><h2>{ "Recent" }</h2><span class="cap">{ "in this browser" }</span><span class="grow"></span><button type="button" class="btn sm ghost" onclick={clear}>{ "Clear" }</button></div>
            <ul class="recs">{ for recents.iter().map(|recent| html! {
                <li key={recent.name.clone()}><button type="button" class="rec" onclick={open(recent)}><Icon name="db" /><span><b>{ recent.name.clone() }</b>
                    <small>{ format!("{}, {}", units::counted(recent.spans, "span"), units::counted(recent.traces, "trace")) }</small></span><span class="grow"></span>
                    <small class="num">{ units::bytes(recent.size) }<br />{ calendar::instant(opened_ns(recent.opened_ms)).split('.').next().unwrap_or_default().to_owned() }</small></button></li>
            }) }</ul>
        </section>
    }
}

fn opened_ns(opened_ms: f64) -> i64 {
    (opened_ms as i64).saturating_mul(1_000_000)
}

/// The product's mark.
#[component]
pub fn Mark() -> Html {
    html! { <svg viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="5" fill="var(--accent-solid)" /><path d="M4.5 6h6M7.5 10h7M11 14h4.5" stroke="#fff" stroke-width="2" stroke-linecap="round" /></svg> }
}

#[component]
fn Art() -> Html {
    let bars = [
        (6, 4, 220, "c9 f pale"),
        (6, 4, 26, "c9 f"),
        (30, 20, 58, "c7 f"),
        (98, 20, 50, "c2 f"),
        (98, 36, 32, "c2 f"),
        (158, 36, 42, "c10 f"),
        (206, 52, 20, "c4 f"),
    ];
    html! {
        <svg class="dz-art" viewBox="0 0 232 64" aria-hidden="true">
            { for bars.into_iter().map(|(x, y, width, class)| html! { <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height="8" rx="2" {class} /> }) }
            <path d="M88 24h9M92.5 24v16h4.5M148 24h4.5v16h4.5M200 40h3v16h2.5" class="dz-l" />
        </svg>
    }
}
