//! What a link asks of the file that it meets: presets by name, services, times and traces that the file may not have. Told once for each
//! arrival.

use yew::prelude::*;

use crate::{
    browser::storage,
    core::units,
    modes,
    state::{
        presets,
        scope::check::scope_check,
        store::{Action, Nav, Notice, NoticeKind, Store},
        traces::{Lookup, TraceIndex},
        url::UrlState,
    },
};

/// Ids that are listed where several begin in the same way.
const LISTED: usize = 5;

/// A short id becomes the whole one. What to say where it cannot: the Timeline, which shows traces, says it itself.
fn resolve_trace(url: &mut UrlState, traces: &TraceIndex, mode: &str) -> Option<String> {
    let id = url.trace.clone()?;
    let found = match traces.lookup(&id) {
        Lookup::One(_) => {
            url.trace = traces.complete(&id);
            return None;
        }
        _ if mode == modes::timeline::MODE.slug => return None,
        Lookup::None => return Some(format!("This file has no trace {id}, which the link names.")),
        Lookup::Several(found) => found,
    };
    let ids: Vec<&str> = found.iter().take(LISTED).filter_map(|number| Some(traces.get(*number)?.trace_id)).collect();
    let more = if found.len() > LISTED { " …" } else { "" };
    Some(format!(
        "{} traces of this file begin with {id}: {}{more}. The Timeline lists them.",
        units::count(found.len() as u64),
        ids.join(", ")
    ))
}

/// Looks at the address when a file has opened and when the reader comes to another address of it.
#[hook]
pub fn use_arrival(store: &Store) {
    let latest = use_mut_ref(|| store.clone());
    *latest.borrow_mut() = store.clone();
    let session = store.session.as_ref().map(|session| session.id);
    use_effect_with((session, store.arrivals), move |_| {
        let store = latest.borrow().clone();
        let Some(session) = store.session.clone() else { return };
        let saved = presets::parse(&storage::read(presets::STORAGE_KEY).unwrap_or_default()).0;
        let (mut url, words) = presets::resolve(&store.url, &saved);
        let mut notices = scope_check(&url, &session.services);
        notices.extend(words);
        notices.extend(resolve_trace(&mut url, &session.traces, modes::mode(&store.url.mode).slug));
        if url != store.url {
            store.dispatch(Action::Go(url, Nav::Replace));
        }
        for text in notices {
            store.dispatch(Action::Tell(Notice { kind: NoticeKind::Warning, text }));
        }
    });
}
