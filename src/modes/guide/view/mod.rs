//! The frame: contents and search at the left, the text, the keyboard at the right. Reachable without an open file, too.

mod blocks;
mod contents;
mod example;
mod keyboard;
mod picture;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::{platform::spawn_local, prelude::*};

use self::{blocks::Text, contents::Contents, keyboard::Keyboard};
use super::{
    SECTION,
    block::Example,
    content::{SECTIONS, example},
    search::{places, words},
};
use crate::{
    browser::document,
    core::templates::{fill, template},
    state::{
        busy::Busy,
        links::ToRun,
        session::Session,
        store::{Nav, Store, go},
        url::{FIRST_SAMPLE, SourceRef, UrlState},
    },
};

/// What scrolls the text.
const SCROLLER: &str = ".gdc";
/// Above a place that is jumped to.
const MARGIN_PX: f64 = 14.0;
/// A place counts as reached when it is at most this far below the top.
const REACHED_PX: f64 = 90.0;
/// The address follows the reader's scrolling when they rest.
const REST_MS: u32 = 150;
/// The key of the address under which the SQL mode takes a statement.
const SQL: &str = "sql";

#[derive(Properties, PartialEq)]
pub struct GuideProps {
    pub store: Store,
    /// The open file; examples run on the sample without one.
    #[prop_or_default]
    pub session: Option<Rc<Session>>,
}

/// Ids in the document have this before them, so that they are nobody else's.
fn dom_id(id: &str) -> String {
    format!("g-{id}")
}

#[component]
pub fn Guide(props: &GuideProps) -> Html {
    let latest = use_mut_ref(|| (props.store.clone(), props.session.clone()));
    *latest.borrow_mut() = (props.store.clone(), props.session.clone());
    let places = use_memo((), |()| places());
    let query = use_state(String::new);
    let marked = use_memo((*query).clone(), |query| words(query).into_iter().filter(|word| word.chars().count() > 1).collect::<Vec<_>>());
    // An example that the open file has nothing for.
    let missing = use_state(|| None::<&'static str>);
    // The place that the text stands at, and how far it is scrolled for it where the page did that.
    let scrolled = use_mut_ref(|| (None::<&'static str>, 0));

    let known = |id: &str| places.iter().map(|place| place.id).find(|known| *known == id);
    let asked = props.store.url.params.get(SECTION).and_then(|id| known(id));
    {
        let scrolled = scrolled.clone();
        use_effect_with(asked, move |asked| {
            let Some(id) = asked.filter(|id| scrolled.borrow().0 != Some(id)) else { return };
            document::scroll_to(SCROLLER, &dom_id(id), MARGIN_PX);
            *scrolled.borrow_mut() = (Some(id), document::scroll_top(SCROLLER));
        });
    }
    // Closed parts are printed open.
    use_effect_with((), |()| {
        let listener = document::on_window("beforeprint", |_| document::open_all(".gdc details"));
        move || drop(listener)
    });
    let jump = {
        let (latest, scrolled) = (latest.clone(), scrolled.clone());
        use_callback((), move |id: &'static str, ()| {
            document::scroll_to(SCROLLER, &dom_id(id), MARGIN_PX);
            *scrolled.borrow_mut() = (Some(id), document::scroll_top(SCROLLER));
            let store = latest.borrow().0.clone();
            go(&store, Nav::Push, move |url| drop(url.params.insert(SECTION.to_owned(), id.to_owned())));
            document::focus(&format!("#{}", dom_id(id)));
        })
    };
    let run = {
        let (latest, missing) = (latest.clone(), missing.setter());
        use_callback((), move |id: &'static str, ()| {
            let (store, session) = latest.borrow().clone();
            missing.set(None);
            if let Some(example) = example(id) {
                run_example(example, &store, session, missing.clone());
            }
        })
    };
    let try_filter = {
        let latest = latest.clone();
        use_callback((), move |filter: &'static str, ()| {
            let (store, session) = latest.borrow().clone();
            let url = UrlState { filter: Some(filter.to_owned()), mode: "timeline".to_owned(), ..start(&store.url, session.is_some()) };
            go(&store, Nav::Push, move |now| *now = url);
        })
    };
    let resting = use_mut_ref(|| None::<Timeout>);
    let onscroll = {
        let (latest, scrolled, ids) = (latest.clone(), scrolled.clone(), places.clone());
        Callback::from(move |_: Event| {
            let (latest, scrolled, ids) = (latest.clone(), scrolled.clone(), ids.clone());
            *resting.borrow_mut() = Some(Timeout::new(REST_MS, move || {
                // A place near the end cannot stand at the top: the text is at it all the same.
                if document::scroll_top(SCROLLER) == scrolled.borrow().1 {
                    return;
                }
                let reached = document::reached(SCROLLER, "[data-place]", REACHED_PX);
                let reached = reached.and_then(|id| ids.iter().map(|place| place.id).find(|known| dom_id(known) == id));
                let Some(id) = reached.filter(|id| scrolled.borrow().0 != Some(id)) else { return };
                *scrolled.borrow_mut() = (Some(id), -1);
                let store = latest.borrow().0.clone();
                go(&store, Nav::Replace, move |url| drop(url.params.insert(SECTION.to_owned(), id.to_owned())));
            }));
        })
    };
    let search = {
        let query = query.setter();
        use_callback((), move |text: String, ()| query.set(text))
    };
    let current = asked.and_then(section_of).unwrap_or(SECTIONS.first().map_or("", |section| section.id));
    html! {
        <div class="gdm" data-testid="guide" data-section={current}>
            <Contents places={places.clone()} query={(*query).clone()} {current} {search} jump={jump.clone()} />
            <div class="gdc" {onscroll}><div class="gdw">
                <h1 class="vh" tabindex="-1">{ "Guide" }</h1>
                <Text marked={marked} open={asked} missing={*missing} on_sample={props.session.is_none()} {jump} {run} {try_filter} />
            </div></div>
            <Keyboard />
        </div>
    }
}

/// The section that a place stands in.
fn section_of(id: &'static str) -> Option<&'static str> {
    let mut current = None;
    for place in super::search::places() {
        if place.section.is_empty() {
            current = Some(place.id);
        }
        if place.id == id {
            return current;
        }
    }
    None
}

/// The address that an example starts from: the file that is open, or the sample.
fn start(url: &UrlState, is_open: bool) -> UrlState {
    let source = if is_open { url.source.clone() } else { Some(SourceRef::Sample(FIRST_SAMPLE.to_owned())) };
    UrlState { source, theme: url.theme, embed: url.embed, frame: url.frame.clone(), ..UrlState::default() }
}

fn run_example(example: &'static Example, store: &Store, session: Option<Rc<Session>>, missing: UseStateSetter<Option<&'static str>>) {
    let from = start(&store.url, session.is_some());
    let store = store.clone();
    let open = session.clone();
    let leave = move |mut found: Vec<(String, String)>| {
        if let Some(sql) = example.template.and_then(template).and_then(|template| fill(template, &Default::default()).ok()) {
            // Without a file the statement waits in the editor until the sample is there and the reader has seen it.
            if let Some(session) = &open {
                session.kept.of::<ToRun>().ask(sql.clone());
            }
            found.push((SQL.to_owned(), sql));
        }
        let url = example.address(&from, &found);
        go(&store, Nav::Push, move |now| *now = url);
    };
    let (Some(aim), Some(session)) = (example.aim, session) else { return leave(example.in_sample()) };
    let busy = Busy::start();
    spawn_local(async move {
        let found = session.engine.query(aim.sql).await.ok().map(|table| {
            let value = |name: &String| Some((name.clone(), table.display(name, 0)?));
            table.names().iter().filter_map(value).collect::<Vec<_>>()
        });
        match found.filter(|found| !found.is_empty()) {
            Some(found) => leave(found),
            None => missing.set(Some(example.id)),
        }
        drop(busy);
    });
}
