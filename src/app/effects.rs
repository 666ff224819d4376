//! What the store implies outside of it: the document's attributes, the address, keys, drops.

use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast;
use yew::{platform::spawn_local, prelude::*};

use super::{OpenerHandle, PANES_KEY, opening, switch_theme, theme_word, unknown_mode};
use crate::{
    browser::{document, download, files, history, storage},
    modes::MODES,
    state::{
        busy,
        store::{Action, Nav, Notice, NoticeKind, Store, go},
        url,
    },
};

/// Long after the page has been painted, and soon enough for the first choice of a file.
const FETCH_AHEAD_AFTER_MS: u32 = 3_000;

/// Mirrors phase, work under way, theme and title in the document.
#[hook]
pub fn use_document(store: &Store) {
    use_effect_with((), |()| {
        // Idle is told after a frame has been drawn, and only if it still holds.
        let tell_idle = || {
            document::after_paint(|| {
                if !busy::is_busy() {
                    document::set_root_attribute("data-busy", "false");
                }
            });
        };
        busy::listen(move |busy| {
            if busy {
                document::set_root_attribute("data-busy", "true");
            } else {
                tell_idle();
            }
        });
        tell_idle();
    });
    use_effect_with(store.phase(), |phase| document::set_root_attribute("data-phase", phase.word()));
    use_effect_with(store.theme(), |theme| match theme {
        Some(theme) => document::set_root_attribute("data-theme", theme_word(*theme)),
        None => document::remove_root_attribute("data-theme"),
    });
    let mode = crate::modes::mode(&store.url.mode).short;
    use_effect_with(store.session.as_ref().map(|session| (session.name.clone(), mode)), |open| match open {
        Some((name, mode)) => document::set_title(&format!("{mode} · {name} · Spandeck")),
        None => document::set_title("Spandeck"),
    });
    use_effect_with(store.panes, |panes| storage::write(PANES_KEY, &panes.print()));
}

/// Keeps the address and the store the same, and opens what the address names.
#[hook]
pub fn use_address(store: &Store, opener: &OpenerHandle) {
    {
        let dispatcher = store.dispatcher();
        use_effect_with((), move |()| {
            let listeners = history::on_change(move |fragment| {
                let (address, warnings) = url::parse(&fragment);
                let unknown = unknown_mode(&address.mode);
                dispatcher.dispatch(Action::Go(address, Nav::Browser));
                for text in warnings.iter().map(ToString::to_string).chain(unknown) {
                    dispatcher.dispatch(Action::Tell(Notice { kind: NoticeKind::Warning, text }));
                }
            });
            move || drop(listeners)
        });
    }
    {
        let written = use_mut_ref(|| 0_u32);
        let entries = store.entries;
        use_effect_with(store.url.print(), move |printed| {
            let new_entry = written.replace(entries) != entries;
            // Back and Forward bring what is in the address already; so does a hand-written address of another spelling.
            if url::parse(&history::fragment()).0.print() != *printed {
                history::write(printed, new_entry);
            }
        });
    }
    {
        let (opener, store) = (opener.clone(), store.clone());
        use_effect_with(store.url.source.clone(), move |source| {
            let open = store.session.as_ref().map(|session| &session.source);
            match source {
                Some(source) if open != Some(source) => opener.follow(source),
                None if store.session.is_some() => {
                    opener.close();
                    store.dispatch(Action::CloseFile);
                }
                _ => {}
            }
        });
    }
}

/// Once the page has been idle for a while, what opening a file will need is fetched ahead: the first file opens sooner, and without network.
#[hook]
pub fn use_fetch_ahead(store: &Store) {
    let waiting = store.session.is_none() && store.opening.is_none();
    use_effect_with(waiting, |waiting| {
        let timeout = waiting.then(|| {
            Timeout::new(FETCH_AHEAD_AFTER_MS, || {
                spawn_local(async {
                    for url in opening::needed_files() {
                        download::ahead(&url).await;
                    }
                });
            })
        });
        move || drop(timeout)
    });
}

/// Keys that work everywhere outside text fields.
#[hook]
pub fn use_keys(store: &Store, opener: &OpenerHandle) {
    let latest = use_mut_ref(|| store.clone());
    *latest.borrow_mut() = store.clone();
    let opener = opener.clone();
    use_effect_with((), move |()| {
        let listener = document::on_key(move |event| {
            let store = latest.borrow().clone();
            if event.key() == "Escape" {
                match () {
                    () if store.help_open => store.dispatch(Action::ShowHelp(false)),
                    () if store.opening.is_some() => opener.cancel(),
                    () if store.problem.is_some() => store.dispatch(Action::DismissProblem),
                    () => return,
                }
                event.prevent_default();
                return;
            }
            if event.ctrl_key() || event.alt_key() || event.meta_key() || document::typing() {
                return;
            }
            let number = event.key().parse::<usize>().ok().and_then(|number| number.checked_sub(1)).and_then(|at| MODES.get(at));
            match (event.key().as_str(), number) {
                (_, Some(mode)) if store.session.is_some() => go(&store, Nav::Push, |url| url.mode = mode.slug.to_owned()),
                ("o" | "O", _) => choose_file(&opener),
                ("t" | "T", _) => switch_theme(&store),
                ("?", _) => store.dispatch(Action::ShowHelp(!store.help_open)),
                ("/", _) if store.session.is_some() => document::focus("[data-testid=search]"),
                _ => return,
            }
            event.prevent_default();
        });
        move || drop(listener)
    });
}

/// The browser's picker that gives handles, else the plain one.
pub fn choose_file(opener: &OpenerHandle) {
    let opener = opener.clone();
    spawn_local(async move {
        match files::pick().await {
            files::Picked::Files(files) => opener.open_local(files),
            files::Picked::Nothing => {}
            files::Picked::Unsupported => document::click("#file-input"),
        }
    });
}

/// Files dropped anywhere. Returns whether some are being dragged over the page.
#[hook]
pub fn use_drop(opener: &OpenerHandle) -> bool {
    let dragging = use_state(|| false);
    let (opener, dragging_set) = (opener.clone(), dragging.setter());
    use_effect_with((), move |()| {
        let transfer = |event: &web_sys::Event| event.dyn_ref::<web_sys::DragEvent>().and_then(web_sys::DragEvent::data_transfer);
        // Enter and leave come for every element under the pointer; only their balance tells.
        let depth = Rc::new(std::cell::Cell::new(0_i32));
        let listen = |name: &'static str, handle: Box<dyn Fn(&web_sys::Event)>| document::on_window(name, handle);
        let listeners: [EventListener; 4] = [
            {
                let (depth, dragging) = (depth.clone(), dragging_set.clone());
                listen(
                    "dragenter",
                    Box::new(move |event| {
                        if files::carries_files(transfer(event).as_ref()) {
                            event.prevent_default();
                            depth.set(depth.get() + 1);
                            dragging.set(true);
                        }
                    }),
                )
            },
            listen(
                "dragover",
                Box::new(move |event| {
                    if files::carries_files(transfer(event).as_ref()) {
                        event.prevent_default();
                    }
                }),
            ),
            {
                let (depth, dragging) = (depth.clone(), dragging_set.clone());
                listen(
                    "dragleave",
                    Box::new(move |_| {
                        depth.set((depth.get() - 1).max(0));
                        if depth.get() == 0 {
                            dragging.set(false);
                        }
                    }),
                )
            },
            {
                let (depth, dragging, opener) = (depth.clone(), dragging_set.clone(), opener.clone());
                listen(
                    "drop",
                    Box::new(move |event| {
                        depth.set(0);
                        dragging.set(false);
                        let Some(transfer) = transfer(event) else { return };
                        if !files::carries_files(Some(&transfer)) {
                            return;
                        }
                        event.prevent_default();
                        let (opener, dropped) = (opener.clone(), files::from_drop(&transfer));
                        spawn_local(async move { opener.open_local(dropped.await) });
                    }),
                )
            },
        ];
        move || drop(listeners)
    });
    *dragging
}
