//! The tabs while the mode is shown: kept in the browser, the shown one's text in the address.
//!
//! A text of an address that this page did not write itself came with a link: it gets a tab of its own, and nothing runs.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use gloo::{events::EventListener, timers::callback::Timeout};
use yew::prelude::*;

use crate::{
    browser::storage,
    modes::{
        ModeProps,
        sql::{
            params::{MOST_LINKED_BYTES, SQL, SqlParams},
            tabs::{self, Tabs},
        },
    },
    state::{
        busy::Busy,
        store::{Nav, Store, go},
    },
};

/// What this browser tab wrote into its address last. When the page is left while somebody types, the address lags behind the text that is kept,
/// and must not be taken for a link after a reload.
const LINKED_KEY: &str = "sql-linked";

/// Typing settles this long before it is kept.
const SETTLE_MS: u32 = 250;

pub type Change = Box<dyn FnOnce(&mut Tabs)>;

/// What was run of a tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ran {
    /// The whole text of the editor then.
    pub editor: String,
    /// The statements, as they stand in the history; empty for what is not kept there.
    pub statements: String,
    /// The first rows of a table, which is no part of the text.
    pub is_preview: bool,
    /// Whether the run stands in the history.
    pub is_noted: bool,
}

/// What the mode remembers while the file is open, whichever mode is shown.
#[derive(Default)]
pub struct Remembered {
    /// Texts that this page wrote into the address.
    written: RefCell<HashSet<String>>,
    pub ran: RefCell<HashMap<String, Ran>>,
    /// `shown_spans` was made, of this condition.
    pub shown_made: RefCell<Option<String>>,
}

/// The tabs, and what changes them.
#[derive(Clone, PartialEq)]
pub struct Desk {
    pub tabs: Rc<Tabs>,
    pub change: Callback<Change>,
    /// The tab whose text came with a link and has not been run.
    pub linked: Option<String>,
    pub seen: Callback<()>,
}

impl Desk {
    pub fn change(&self, change: impl FnOnce(&mut Tabs) + 'static) {
        self.change.emit(Box::new(change));
    }

    /// A tab with this text: the one that has it already, else a new one.
    pub fn open(&self, name: &str, text: &str) {
        let (name, text) = (name.to_owned(), text.to_owned());
        self.change(move |tabs| show(tabs, &name, text));
    }
}

fn show(tabs: &mut Tabs, name: &str, text: String) {
    let known = tabs.list.iter().find(|tab| tab.text.trim() == text.trim()).map(|tab| tab.id.clone());
    match known {
        Some(id) => tabs.activate(&id),
        None => drop(tabs.open(name, text)),
    }
}

#[hook]
pub fn use_desk(props: &ModeProps) -> Desk {
    let ModeProps { session, store, .. } = props;
    let remembered = session.kept.of::<Remembered>();
    let linked = use_state_eq(|| None::<String>);
    let first = {
        let (remembered, store) = (remembered.clone(), store.clone());
        use_memo((), move |()| {
            remembered.written.borrow_mut().extend(storage::read_of_tab(LINKED_KEY));
            let kept = Tabs::parse(&storage::read(tabs::STORAGE_KEY).unwrap_or_default());
            let mut tabs = kept.clone();
            let asked = arrive(&mut tabs, &store, &remembered);
            (tabs, asked, kept)
        })
    };
    let latest = use_mut_ref(|| first.0.clone());
    // What is kept, as this page knows it.
    let base = use_mut_ref(|| first.2.clone());
    let shown = use_state_eq(|| Rc::new(first.0.clone()));
    {
        let (linked, first) = (linked.setter(), first.clone());
        use_effect_with((), move |()| linked.set(first.1.clone()));
    }
    let store_now = use_mut_ref(|| store.clone());
    *store_now.borrow_mut() = store.clone();
    let waiting = use_mut_ref(|| None::<Timeout>);
    let change = {
        let (latest, base, shown, store_now, waiting, remembered) =
            (latest.clone(), base.clone(), shown.setter(), store_now.clone(), waiting.clone(), remembered.clone());
        use_callback((), move |change: Change, ()| {
            let before = latest.borrow().clone();
            change(&mut latest.borrow_mut());
            let now = latest.borrow().clone();
            if now == before {
                return;
            }
            if now.list.len() != before.list.len() {
                // At once, so that another page gives its next tab another number.
                keep(&latest, &base);
            }
            shown.set(Rc::new(latest.borrow().clone()));
            let (latest, base, shown, store_now, remembered, busy) =
                (latest.clone(), base.clone(), shown.clone(), store_now.clone(), remembered.clone(), Busy::start());
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                keep(&latest, &base);
                let tabs = latest.borrow().clone();
                let store = store_now.borrow().clone();
                write(&tabs, &store, &remembered);
                shown.set(Rc::new(tabs));
                drop(busy);
            }));
        })
    };
    // What is shown first is in the address too; leaving keeps what was typed last.
    {
        let (latest, base, shown, waiting, store, remembered) =
            (latest.clone(), base.clone(), shown.setter(), waiting.clone(), store.clone(), remembered.clone());
        let is_new = first.1.is_some();
        use_effect_with((), move |()| {
            write(&latest.borrow(), &store, &remembered);
            if is_new {
                keep(&latest, &base);
            }
            let keep_typed = {
                let (latest, base) = (latest.clone(), base.clone());
                move || {
                    if waiting.borrow_mut().take().is_some() {
                        keep(&latest, &base);
                    }
                }
            };
            // What another page changes is here too.
            let elsewhere = storage::on_change(move || {
                let Some(theirs) = storage::read(tabs::STORAGE_KEY).map(|text| Tabs::parse(&text)) else { return };
                let merged = latest.borrow().merged(&base.borrow(), &theirs);
                *base.borrow_mut() = theirs;
                *latest.borrow_mut() = merged.clone();
                shown.set(Rc::new(merged));
            });
            let on_page_left = keep_typed.clone();
            let leaving = EventListener::new(&gloo::utils::window(), "pagehide", move |_| on_page_left());
            move || {
                drop((leaving, elsewhere));
                keep_typed();
            }
        });
    }
    // A link that is followed, or Back, while the mode is shown.
    {
        let (change, store, linked, remembered) = (change.clone(), store.clone(), linked.setter(), remembered.clone());
        let arrivals = use_mut_ref(|| store.arrivals);
        use_effect_with(store.arrivals, move |now| {
            if arrivals.replace(*now) == *now {
                return;
            }
            change.emit(Box::new(move |tabs| {
                let asked = arrive(tabs, &store, &remembered);
                if asked.is_some() {
                    linked.set(asked);
                } else {
                    write(tabs, &store, &remembered);
                }
            }));
        });
    }
    let seen = {
        let linked = linked.setter();
        use_callback((), move |(), ()| linked.set(None))
    };
    let linked = (*linked).clone().filter(|id| shown.get(id).is_some());
    Desk { tabs: (*shown).clone(), change, linked, seen }
}

/// Shows what the address asks for. The tab of a text that is new to this page.
fn arrive(tabs: &mut Tabs, store: &Store, remembered: &Remembered) -> Option<String> {
    let text = SqlParams::read(&store.url.params).sql?;
    if remembered.written.borrow().contains(&text) {
        return None;
    }
    let is_known = tabs.list.iter().any(|tab| tab.text.trim() == text.trim());
    show(tabs, "", text);
    (!is_known).then(|| tabs.active().id.clone())
}

/// With what another page has kept since.
fn keep(latest: &RefCell<Tabs>, base: &RefCell<Tabs>) {
    let theirs = storage::read(tabs::STORAGE_KEY).map(|text| Tabs::parse(&text));
    let tabs = match theirs {
        Some(theirs) => latest.borrow().merged(&base.borrow(), &theirs),
        None => latest.borrow().clone(),
    };
    let text = tabs.print();
    storage::write(tabs::STORAGE_KEY, &text);
    // As it is kept: texts that are too long are not.
    *base.borrow_mut() = Tabs::parse(&text);
    *latest.borrow_mut() = tabs;
}

fn write(tabs: &Tabs, store: &Store, remembered: &Remembered) {
    let text = tabs.active().text.clone();
    if text.len() <= MOST_LINKED_BYTES {
        remembered.written.borrow_mut().insert(text.clone());
        storage::write_of_tab(LINKED_KEY, &text);
    }
    go(store, Nav::Replace, move |url| {
        let mut params = SqlParams::read(&url.params);
        if url.params.get(SQL).map(String::as_str).unwrap_or_default() == text {
            return;
        }
        params.sql = Some(text);
        params.write(&mut url.params);
    });
}
