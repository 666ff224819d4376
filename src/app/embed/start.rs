//! The poster: a frame loads nothing of what it shows until it is seen, or until its poster is pressed.

use yew::prelude::*;

use crate::{
    browser::{document, visible::SightWatch},
    state::{
        frame::Start,
        store::Store,
        url::{SourceRef, UrlState},
    },
    ui::icon::Icon,
};

/// Whether what the address names may be loaded. A page of its own loads at once.
#[hook]
pub fn use_start(store: &Store) -> UseStateHandle<bool> {
    let start = store.url.frame.start;
    let started = use_state(|| !store.url.embed || start == Start::Now);
    {
        let (set, waits) = (started.setter(), !*started && start == Start::Visible);
        use_effect_with(waits, move |waits| {
            let set_started = set.clone();
            let root = document::element("app").filter(|_| *waits);
            let watch = root.as_ref().map(|root| SightWatch::start(root, move || set_started.set(true)));
            // A browser that cannot tell loads at once.
            if matches!(watch, Some(None)) {
                set.set(true);
            }
            move || drop(watch)
        });
    }
    started
}

/// Whether the poster stands for what is to be loaded.
pub fn is_waiting(store: &Store, started: bool) -> bool {
    !started
        && store.session.is_none()
        && store.opening.is_none()
        && matches!(store.url.source, Some(SourceRef::Url(_) | SourceRef::Sample(_)))
}

#[derive(Properties, PartialEq)]
pub struct PosterProps {
    pub store: Store,
    pub onstart: Callback<()>,
}

#[component]
pub fn Poster(props: &PosterProps) -> Html {
    let url = &props.store.url;
    let title = url.frame.title.clone().unwrap_or_else(|| "Trace viewer".to_owned());
    let onclick = props.onstart.reform(|_: MouseEvent| ());
    html! {
        <button type="button" class="poster" data-testid="embed-start" {onclick}>
            <span class="poster-i"><Icon name="play" /></span>
            <b>{ title }</b>
            <span class="dim">{ what(url) }</span>
            <span class="cap">{ "Press to load it" }</span>
        </button>
    }
}

/// What would be loaded, in a line.
fn what(url: &UrlState) -> String {
    match &url.source {
        Some(SourceRef::Url(url)) => {
            let path = url.split(['?', '#']).next().unwrap_or(url);
            path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(url).to_owned()
        }
        Some(SourceRef::Sample(_)) => "The sample".to_owned(),
        Some(SourceRef::File { name, .. }) => name.clone(),
        Some(SourceRef::Data(_)) => "The trace in the link".to_owned(),
        None => String::new(),
    }
}
