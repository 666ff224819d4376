//! The page: the shell around the modes, opening files, and every effect that the store implies.
//!
//! The only layer that uses all the others. It holds no arithmetic and no SQL about spans.

mod arrival;
mod cards;
mod effects;
mod embed;
mod filter_bar;
mod guide_page;
mod help;
mod idle;
mod importer;
mod kept;
mod look;
mod mapping;
mod opener;
mod opening;
mod picker;
mod progress;
mod share;
mod shell;
mod start;
mod status;

use std::rc::Rc;

use yew::prelude::*;

use self::{embed::EmbedPage, opener::Opener, shell::Shell, start::StartPage};
use crate::{
    browser::{crash, document, history},
    modes::MODES,
    state::{
        store::{Action, Notice, NoticeKind, Panes, State},
        url::{self, Theme},
    },
    ui::icon::Icon,
};

/// Starts the page.
pub fn mount() {
    crash::install();
    // The crash note in index.html stays outside of what Yew owns.
    match document::element("app") {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

/// What to say of an address whose mode this page does not have; the first one is shown instead.
fn unknown_mode(slug: &str) -> Option<String> {
    let known = slug.is_empty() || MODES.iter().any(|mode| mode.slug == slug);
    (!known).then(|| format!("This page has no mode called “{slug}”. {} is shown instead.", crate::modes::mode(slug).name))
}

fn first_state() -> State {
    let (mut address, warnings) = url::parse(&history::fragment());
    embed::offer::settle(&mut address);
    let mut state = State::new(address, None, Panes::default());
    kept::restore(&mut state);
    let unknown = unknown_mode(&state.url.mode);
    state.notices =
        warnings.iter().map(ToString::to_string).chain(unknown).map(|text| Notice { kind: NoticeKind::Warning, text }).collect();
    state
}

#[component]
fn App() -> Html {
    let store = use_reducer(first_state);
    let opener = use_memo((), |()| Opener::new(store.dispatcher()));
    let started = embed::use_start(&store);
    kept::use_display(&store);
    kept::use_kept(&store, &opener);
    effects::use_document(&store);
    effects::use_address(&store, &opener, *started);
    effects::use_asked_file(&store, &opener);
    effects::use_keys(&store, &opener);
    effects::use_fetch_ahead(&store);
    arrival::use_arrival(&store);
    effects::use_second_file(&store, &opener);
    let dragging = effects::use_drop(&opener, store.url.embed);
    let host = embed::use_host(&store, &opener, &started);

    let onfiles = {
        let opener = opener.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                opener.open_local(crate::browser::files::from_list(input.files()));
                // The same file may be chosen again.
                input.set_value("");
            }
        })
    };
    let onsecond = {
        let opener = opener.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                opener.open_beside(crate::browser::files::from_list(input.files()));
                input.set_value("");
            }
        })
    };
    let onstart = {
        let started = started.setter();
        Callback::from(move |()| started.set(true))
    };
    let is_opening = store.opening.as_ref().is_some_and(|opening| !opening.is_quiet);
    let busy_card = !store.url.embed && store.session.is_some() && (is_opening || store.problem.is_some());
    html! {
        <>
            <a class="skip" href="#main" onclick={Callback::from(|event: MouseEvent| { event.prevent_default(); document::focus("#main"); })}>{ "Skip to the view" }</a>
            <input id="file-input" class="vh" type="file" multiple=true tabindex="-1" aria-label="Open a trace file" data-testid="file-input" onchange={onfiles} />
            <input id="second-input" class="vh" type="file" multiple=true tabindex="-1" aria-label="Open a file to compare with" data-testid="second-file-input" onchange={onsecond} />
            if store.url.embed {
                <EmbedPage store={store.clone()} opener={opener.clone()} started={*started} {onstart} {host} />
            } else if let Some(session) = &store.session {
                <Shell store={store.clone()} session={session.clone()} opener={opener.clone()} />
            } else if guide_page::is_asked_for(&store) {
                <guide_page::GuidePage store={store.clone()} opener={opener.clone()} />
            } else {
                <StartPage store={store.clone()} opener={opener.clone()} dragging={dragging} />
            }
            if busy_card {
                <div class="cover"><div class="cover-c"><cards::Progress store={store.clone()} opener={opener.clone()} /></div></div>
            }
            if dragging && store.session.is_some() {
                <div class="dropveil" aria-hidden="true"><div><Icon name="file" /><b>{ "Drop to open" }</b><span>{ "The open file stays until the new one is there." }</span></div></div>
            }
            if let Some(session) = store.session.as_ref().filter(|_| store.mapping_open) {
                <mapping::MappingDialog store={store.clone()} session={session.clone()} opener={opener.clone()} />
            }
            if let Some(session) = store.session.as_ref().filter(|_| store.share_open) {
                <share::ShareDialog store={store.clone()} session={session.clone()} />
            }
            if store.help_open {
                <help::Help store={store.clone()} />
            }
            <idle::IdleMark />
        </>
    }
}

/// Shared by the pages that offer the theme switch: the opposite of what is seen now.
fn switch_theme(store: &crate::state::store::Store) {
    let dark = store.theme().map_or_else(document::system_is_dark, |theme| theme == Theme::Dark);
    let next = if dark { Theme::Light } else { Theme::Dark };
    store.dispatch(Action::SetTheme(Some(next)));
}

/// Shared by every component that opens something.
type OpenerHandle = Rc<Rc<Opener>>;
