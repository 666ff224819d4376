//! The frame around every mode: app bar with the file and the tabs, notices, the mode itself, the status bar.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    OpenerHandle,
    effects::choose_file,
    filter_bar::{FilterBar, ScopeNotice},
    start::Mark,
    status::StatusBar,
    switch_theme,
};
use crate::{
    browser::{document, offline},
    core::{calendar, units},
    modes::{self, MODES, ModeInfo, ModeProps, guide},
    state::{
        preferences::Preferences,
        scope::use_scope,
        session::Session,
        sharing,
        store::{Action, Nav, NoticeKind, Store, go},
        url::{SourceRef, UrlState},
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ShellProps {
    pub store: Store,
    pub session: Rc<Session>,
    pub opener: OpenerHandle,
}

#[component]
pub fn Shell(props: &ShellProps) -> Html {
    let ShellProps { store, session, opener } = props;
    let mode = modes::mode(&store.url.mode);
    let scope = use_scope(session, store);
    let leave = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go(&store, Nav::Push, |url| *url = UrlState { theme: url.theme, ..UrlState::default() });
        })
    };
    let theme = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| switch_theme(&store))
    };
    let help = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowHelp(true)))
    };
    let share = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::ShowShare(true)))
    };
    let open = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| choose_file(&opener))
    };
    html! {
        <div class="app">
            <header class="appbar">
                <a class="brand" href="#" aria-label="Spandeck, start page" title="Start page" onclick={leave}><Mark /></a>
                <FileChip session={session.clone()} preferences={store.preferences} onopen={open} />
                { tabs(store, mode.slug) }
                <div class="appbar-end">
                    <button type="button" id="share" class="btn" data-testid="share" aria-haspopup="dialog" title="Make a link to this view, or of this trace (Ctrl Shift L)" onclick={share}><Icon name="share" /><span class="label">{ "Share" }</span></button>
                    { guide_of(store, mode) }
                    <button type="button" class="icon-btn" aria-label="Switch theme" title="Switch theme (T)" onclick={theme}><Icon name="theme" /></button>
                    <button type="button" class="icon-btn" aria-label="Shortcuts and help" title="Shortcuts and help (?)" onclick={help}><Icon name="kbd" /></button>
                </div>
            </header>
            <FilterBar session={session.clone()} store={store.clone()} scope={scope.clone()} />
            <div class="under">{ notices(store) }<ScopeNotice session={session.clone()} store={store.clone()} scope={scope.clone()} /></div>
            <main class="view" id="main" tabindex="-1">
                <div class="panel" id="panel" role="tabpanel" aria-labelledby={format!("tab-{}", mode.slug)} key={modes::panel_key(mode, session, store)}>
                    { (mode.view)(&ModeProps { session: session.clone(), store: store.clone(), scope: scope.clone() }) }
                </div>
            </main>
            <StatusBar session={session.clone()} preferences={store.preferences} />
        </div>
    }
}

/// What the mode in view is for, in the Guide.
fn guide_of(store: &Store, mode: &'static ModeInfo) -> Html {
    if mode.slug == guide::MODE.slug {
        return Html::default();
    }
    let store = store.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        go(&store, Nav::Push, |url| {
            url.mode = guide::MODE.slug.to_owned();
            url.params.insert(guide::SECTION.to_owned(), mode.slug.to_owned());
        });
    });
    let label = format!("Guide to {}", mode.name);
    html! { <button type="button" class="icon-btn" data-testid="mode-guide" aria-label={label.clone()} title={label} {onclick}><Icon name="help" /></button> }
}

#[derive(Properties, PartialEq)]
struct FileChipProps {
    session: Rc<Session>,
    /// Its times are written anew when they change.
    preferences: Preferences,
    onopen: Callback<MouseEvent>,
}

#[component]
fn FileChip(props: &FileChipProps) -> Html {
    let session = &props.session;
    let totals = session.totals;
    let traces = session.traces.len() as u64;
    let range = totals.start_ns.zip(totals.end_ns).map(|(start, end)| calendar::time_range(start, end));
    let mut facts = [(totals.spans, "span"), (traces, "trace"), (session.services.len() as u64, "service")]
        .map(|(value, noun)| units::counted(value, noun))
        .join(" · ");
    if let Some(range) = range {
        facts.push_str(&format!(" · {range}"));
    }
    // Whoever follows a link must see whose file it shows.
    let host = match &session.source {
        SourceRef::Url(url) => sharing::host_of(&document::resolve(url)).map(str::to_owned),
        _ => None,
    };
    let from = host.as_ref().map(|host| format!(" from {host}")).unwrap_or_default();
    let zone = totals.start_ns.map(|start| format!(" {}", calendar::zone_mark(start))).unwrap_or_default();
    let size = session.size.map(|size| format!(", {}", units::bytes(size))).unwrap_or_default();
    html! {
        <button type="button" class="filechip" title={format!("{}{from}{size}: {facts}{zone}. Open another file (O)", session.name)} data-testid="file-chip" data-spans={totals.spans.to_string()}
            data-traces={traces.to_string()} data-services={session.services.len().to_string()} data-errors={totals.errors.to_string()} onclick={props.onopen.clone()}>
            <Icon name={if matches!(session.source, SourceRef::Data(_)) { "link" } else { "db" }} /><span><b>{ session.name.clone() }if let Some(host) = host { <i class="host" data-col="host">{ format!(" {host}") }</i> }</b><small>{ facts }</small></span><Icon name="down" class="dim" />
        </button>
    }
}

fn tabs(store: &Store, current: &'static str) -> Html {
    let choose = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            go(&store, Nav::Push, move |url| url.mode = slug.to_owned());
            document::focus(&format!("#tab-{slug}"));
        })
    };
    let onkeydown = {
        let choose = choose.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = MODES.iter().position(|mode| mode.slug == current).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % MODES.len(),
                "ArrowLeft" => (at + MODES.len() - 1) % MODES.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(mode) = MODES.get(next) {
                choose.emit(mode.slug);
            }
        })
    };
    html! {
        <div class="modes" role="tablist" aria-label="Modes" {onkeydown}>
            { for MODES.iter().enumerate().map(|(at, mode)| {
                let (choose, slug, selected) = (choose.clone(), mode.slug, mode.slug == current);
                let onclick = Callback::from(move |event: MouseEvent| {
                    event.prevent_default();
                    choose.emit(slug);
                });
                html! {
                    <a role="tab" key={slug} id={format!("tab-{slug}")} href={format!("#/{slug}")} aria-controls="panel" aria-label={mode.name} aria-selected={selected.to_string()}
                        tabindex={if selected { "0" } else { "-1" }} title={format!("{} ({})", mode.name, at + 1)} {onclick}>
                        <Icon name={mode.icon} /><span>{ mode.short }</span><kbd aria-hidden="true" data-key={(at + 1).to_string()}></kbd>
                    </a>
                }
            }) }
        </div>
    }
}

/// Lines about the file, the link or the database, each until it is dismissed.
pub fn notices(store: &Store) -> Html {
    if store.notices.is_empty() {
        return Html::default();
    }
    html! {
        <div class="notices">
            { for store.notices.iter().enumerate().map(|(at, notice)| {
                let (class, icon, role) = match notice.kind {
                    NoticeKind::Info => ("note i0", "info", "status"),
                    NoticeKind::Warning => ("note w", "warn", "status"),
                    NoticeKind::Error => ("note e", "err", "alert"),
                    NoticeKind::Update => ("note i0", "info", "status"),
                };
                let store = store.clone();
                let dismiss = Callback::from(move |_: MouseEvent| store.dispatch(Action::DismissNotice(at)));
                html! {
                    <div {class} {role} data-testid="notice" key={notice.text.clone()}><Icon name={icon} /><span class="grow">{ notice.text.clone() }</span>
                        if notice.kind == NoticeKind::Update {
                            <button type="button" class="btn sm" data-testid="take-update" onclick={Callback::from(|_: MouseEvent| offline::take_update())}>{ "Reload" }</button>
                        }
                        <button type="button" class="icon-btn sm" aria-label="Dismiss" title="Dismiss" onclick={dismiss}><Icon name="x" class="s" /></button></div>
                }
            }) }
        </div>
    }
}
