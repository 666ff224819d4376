//! What the store implies outside of it: the document's attributes, the address, keys, drops.

use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Timeout};
use wasm_bindgen::JsCast;
use yew::{platform::spawn_local, prelude::*};

use super::{OpenerHandle, embed, kept::theme_word, opening, switch_theme, unknown_mode};
use crate::{
    browser::{
        document, download, files, history,
        offline::{self, Offline},
    },
    state::{
        store::{Action, Nav, Notice, NoticeKind, Store, go},
        url,
    },
};

/// Long after the page has been painted, and soon enough for the first choice of a file.
const FETCH_AHEAD_AFTER_MS: u32 = 3_000;

/// Mirrors phase, theme and title in the document.
#[hook]
pub fn use_document(store: &Store) {
    // The shell's effects come after those of what it holds.
    let drawing = store.drawing.clone();
    use_effect(move || drawing.end());
    use_effect_with(store.phase(), |phase| document::set_root_attribute("data-phase", phase.word()));
    use_effect_with(store.theme(), |theme| match theme {
        Some(theme) => document::set_root_attribute("data-theme", theme_word(*theme)),
        None => document::remove_root_attribute("data-theme"),
    });
    use_effect_with(store.url.embed, |embed| match embed {
        true => document::set_root_attribute("data-embed", "true"),
        false => document::remove_root_attribute("data-embed"),
    });
    let mode = crate::modes::mode(&store.url.mode).short;
    use_effect_with(store.session.as_ref().map(|session| (session.name.clone(), mode)), |open| match open {
        Some((name, mode)) => document::set_title(&format!("{mode} · {name} · Spandeck")),
        None => document::set_title("Spandeck"),
    });
}

/// Keeps the address and the store the same, and opens what the address names, once it has `started`.
#[hook]
pub fn use_address(store: &Store, opener: &OpenerHandle, started: bool) {
    {
        let dispatcher = store.dispatcher();
        use_effect_with((), move |()| {
            let listeners = history::on_change(move |fragment| {
                let (mut address, warnings) = url::parse(&fragment);
                embed::offer::settle(&mut address);
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
        let beneath = store.beneath.clone();
        // Back belongs to the page around this one.
        let keeps_history = !store.url.embed;
        use_effect_with((store.url.print(), store.entries), move |(printed, entries)| {
            let new_entry = written.replace(*entries) != *entries && keeps_history;
            if let (true, Some((_, beneath))) = (new_entry, beneath.filter(|(above, _)| above == entries)) {
                history::write(&beneath.print(), false);
                history::write(printed, true);
                return;
            }
            // Back and Forward bring what is in the address already; so does a hand-written address of another spelling.
            if url::parse(&history::fragment()).0.print() != *printed {
                history::write(printed, new_entry);
            }
        });
    }
    {
        let (opener, store) = (opener.clone(), store.clone());
        use_effect_with((store.url.source.clone(), started), move |(source, started)| {
            let open = store.session.as_ref().map(|session| &session.source);
            match source {
                Some(source) if open != Some(source) && *started => opener.follow(source),
                None if store.session.is_some() => {
                    opener.close();
                    store.dispatch(Action::CloseFile);
                }
                _ => {}
            }
        });
    }
}

/// A mode asks for another file: it cannot open one itself.
#[hook]
pub fn use_asked_file(store: &Store, opener: &OpenerHandle) {
    let opener = opener.clone();
    use_effect_with(store.file_asked, move |asked| {
        if *asked > 0 {
            choose_file(&opener);
        }
    });
}

/// Once the page has been idle for a while, all of it is kept for times without network; where that cannot be, what opening a file will need is
/// fetched ahead. A newer version is told of, and taken when the reader says so.
#[hook]
pub fn use_fetch_ahead(store: &Store) {
    let is_kept = use_state(|| None::<bool>);
    {
        let (is_kept, dispatcher) = (is_kept.setter(), store.dispatcher());
        // A part of another page keeps nothing, and loads nothing that may never be wanted.
        use_effect_with(store.url.embed, move |is_embedded| {
            let watch = (!is_embedded).then(|| {
                offline::watch(move |state| {
                    if state == Offline::Update {
                        let text =
                            "A newer version of this page is ready. After a reload a file of your own has to be chosen again.".to_owned();
                        dispatcher.dispatch(Action::Tell(Notice { kind: NoticeKind::Update, text }));
                    }
                })
            });
            let settle = move || spawn_local(async move { is_kept.set(Some(offline::settle().await)) });
            let timeout = (!is_embedded).then(|| Timeout::new(FETCH_AHEAD_AFTER_MS, settle));
            move || drop((watch, timeout))
        });
    }
    let is_waiting = store.session.is_none() && store.opening.is_none();
    use_effect_with(is_waiting && *is_kept == Some(false), |fetch| {
        if *fetch {
            spawn_local(async {
                for url in opening::needed_files() {
                    download::ahead(&url).await;
                }
            });
        }
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
                    () if store.mapping_open => store.dispatch(Action::ShowMapping(false)),
                    () if store.share_open => store.dispatch(Action::ShowShare(false)),
                    () if store.opening.is_some() => opener.cancel(),
                    () if store.problem.is_some() => store.dispatch(Action::DismissProblem),
                    () => return,
                }
                event.prevent_default();
                return;
            }
            let is_undo = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && event.key().eq_ignore_ascii_case("z");
            if is_undo && !document::typing() && store.session.is_some() {
                event.prevent_default();
                store.dispatch(Action::UndoNarrowing);
                return;
            }
            let is_share = (event.ctrl_key() || event.meta_key()) && event.shift_key() && event.key().eq_ignore_ascii_case("l");
            if is_share && store.session.is_some() && !store.mapping_open {
                event.prevent_default();
                store.dispatch(Action::ShowShare(!store.share_open));
                return;
            }
            let is_covered = store.mapping_open || store.share_open;
            if event.ctrl_key() || event.alt_key() || event.meta_key() || document::typing() || is_covered {
                return;
            }
            let modes = embed::offer::offered(&store.url);
            let number = event.key().parse::<usize>().ok().and_then(|number| number.checked_sub(1)).and_then(|at| modes.get(at).copied());
            match (event.key().as_str(), number) {
                (_, Some(mode)) if store.session.is_some() => go(&store, Nav::Push, |url| url.mode = mode.slug.to_owned()),
                ("?", _) => store.dispatch(Action::ShowHelp(!store.help_open)),
                // The rest needs what a part of another page does not have: its own files, its own theme, the filter's field.
                _ if store.url.embed => return,
                ("o" | "O", _) => choose_file(&opener),
                ("t" | "T", _) => switch_theme(&store),
                ("/", _) if store.session.is_some() => document::focus("[data-testid=filter]"),
                ("q" | "Q", _) if store.session.is_some() || super::guide_page::is_asked_for(&store) => {
                    document::focus("[data-testid=search]")
                }
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

/// A mode asks for a file to compare with: it cannot open one itself.
#[hook]
pub fn use_second_file(store: &Store, opener: &OpenerHandle) {
    let opener = opener.clone();
    use_effect_with(store.second_asked, move |asked| {
        if *asked == 0 {
            return;
        }
        spawn_local(async move {
            match files::pick().await {
                files::Picked::Files(files) => opener.open_beside(files),
                files::Picked::Nothing => {}
                files::Picked::Unsupported => document::click("#second-input"),
            }
        });
    });
}

/// Files dropped anywhere. Returns whether some are being dragged over the page. A part of another page takes none (`embed`): what the reader
/// has is for pages that they opened themselves.
#[hook]
pub fn use_drop(opener: &OpenerHandle, embed: bool) -> bool {
    let dragging = use_state(|| false);
    let (opener, dragging_set) = (opener.clone(), dragging.setter());
    use_effect_with(embed, move |embed| {
        let embed = *embed;
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
                            dragging.set(!embed);
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
                        // Also where it is not taken: the browser would leave the page for the file.
                        event.prevent_default();
                        if embed {
                            return;
                        }
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
