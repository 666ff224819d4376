//! The page: the shell around the modes, opening files, and every effect that the store implies.
//!
//! The only layer that uses all the others. It holds no arithmetic and no SQL about spans.

mod cards;
mod effects;
mod help;
mod importer;
mod opener;
mod opening;
mod picker;
mod progress;
mod shell;
mod start;

use std::rc::Rc;

use yew::prelude::*;

use self::{opener::Opener, shell::Shell, start::StartPage};
use crate::{
    browser::{crash, document, history, storage},
    modes::MODES,
    state::{
        store::{Action, Notice, NoticeKind, Panes, State},
        url::{self, Theme},
    },
    ui::icon::Icon,
};

const THEME_KEY: &str = "theme";
const PANES_KEY: &str = "panes";

/// Starts the page.
pub fn mount() {
    crash::install();
    // The crash note in index.html stays outside of what Yew owns.
    match document::element("app") {
        Some(root) => yew::Renderer::<App>::with_root(root).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// What to say of an address whose mode this page does not have; the first one is shown instead.
fn unknown_mode(slug: &str) -> Option<String> {
    let known = slug.is_empty() || MODES.iter().any(|mode| mode.slug == slug);
    (!known).then(|| format!("This page has no mode called “{slug}”. {} is shown instead.", crate::modes::mode(slug).name))
}

fn first_state() -> State {
    let (address, warnings) = url::parse(&history::fragment());
    let theme = match storage::read(THEME_KEY).as_deref() {
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        _ => None,
    };
    let panes = storage::read(PANES_KEY).map(|text| Panes::parse(&text)).unwrap_or_default();
    let mut state = State::new(address, theme, panes);
    let unknown = unknown_mode(&state.url.mode);
    state.notices =
        warnings.iter().map(ToString::to_string).chain(unknown).map(|text| Notice { kind: NoticeKind::Warning, text }).collect();
    state
}

#[component]
fn App() -> Html {
    let store = use_reducer(first_state);
    let opener = use_memo((), |()| Opener::new(store.dispatcher()));
    effects::use_document(&store);
    effects::use_address(&store, &opener);
    effects::use_keys(&store, &opener);
    effects::use_fetch_ahead(&store);
    let dragging = effects::use_drop(&opener);

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
    let busy_card = store.session.is_some() && (store.opening.is_some() || store.problem.is_some());
    html! {
        <>
            <a class="skip" href="#main" onclick={Callback::from(|event: MouseEvent| { event.prevent_default(); document::focus("#main"); })}>{ "Skip to the view" }</a>
            <input id="file-input" class="vh" type="file" multiple=true tabindex="-1" aria-label="Open a trace file" data-testid="file-input" onchange={onfiles} />
            if let Some(session) = &store.session {
                <Shell store={store.clone()} session={session.clone()} opener={opener.clone()} />
            } else {
                <StartPage store={store.clone()} opener={opener.clone()} dragging={dragging} />
            }
            if busy_card {
                <div class="cover"><div class="cover-c"><cards::Progress store={store.clone()} opener={opener.clone()} /></div></div>
            }
            if dragging && store.session.is_some() {
                <div class="dropveil" aria-hidden="true"><div><Icon name="file" /><b>{ "Drop to open" }</b><span>{ "The open file stays until the new one is there." }</span></div></div>
            }
            if store.help_open {
                <help::Help store={store.clone()} />
            }
        </>
    }
}

/// Shared by the pages that offer the theme switch: the opposite of what is seen now.
fn switch_theme(store: &crate::state::store::Store) {
    let dark = store.theme().map_or_else(document::system_is_dark, |theme| theme == Theme::Dark);
    let next = if dark { Theme::Light } else { Theme::Dark };
    storage::write(THEME_KEY, theme_word(next));
    store.dispatch(Action::SetTheme(Some(next)));
}

/// Shared by every component that opens something.
type OpenerHandle = Rc<Rc<Opener>>;
