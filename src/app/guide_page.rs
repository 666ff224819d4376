//! The Guide without an open file: the same text below the bar of the start page, with ways to open one.

use yew::prelude::*;

use super::{OpenerHandle, effects::choose_file, look::SAMPLES, shell::notices, start::Mark, switch_theme};
use crate::{
    modes::guide::Guide,
    state::{
        store::{Action, Nav, Store, go},
        url::UrlState,
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct GuidePageProps {
    pub store: Store,
    pub opener: OpenerHandle,
}

/// Whether the page shows it: nothing is open or on its way, and the address asks for it.
pub fn is_asked_for(store: &Store) -> bool {
    store.session.is_none() && store.opening.is_none() && store.problem.is_none() && store.url.mode == crate::modes::guide::MODE.slug
}

#[component]
pub fn GuidePage(props: &GuidePageProps) -> Html {
    let GuidePageProps { store, opener } = props;
    let leave = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go(&store, Nav::Push, |url| *url = UrlState { theme: url.theme, ..UrlState::default() });
        })
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
    html! {
        <div class="gdp">
            <header class="appbar">
                <a class="brand" href="#" aria-label="Spandeck, start page" title="Start page" onclick={leave}><Mark /></a><b class="label">{ "Guide" }</b><span class="grow"></span>
                <button type="button" class="btn" aria-label="Choose a file" title="Choose a file (O)" onclick={choose}><Icon name="file" /><span>{ "Choose a file" }</span></button>
                <button type="button" class="btn" aria-label="Open the sample" title="Open the sample" onclick={sample}><Icon name="play" /><span>{ "Open the sample" }</span></button>
                <button type="button" class="icon-btn" aria-label="Switch theme" title="Switch theme (T)" onclick={theme}><Icon name="theme" /></button>
                <button type="button" class="icon-btn" aria-label="Shortcuts and help" title="Shortcuts and help (?)" onclick={help}><Icon name="kbd" /></button>
            </header>
            { notices(store) }
            <main class="view" id="main" tabindex="-1"><Guide store={store.clone()} /></main>
        </div>
    }
}
