//! The mode's keys and what they do. `MODE.keys` in the mode's `mod.rs` lists them for the help.

use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use super::{
    super::params::{PICK, TimelineParams, TraceView},
    Choice,
    find_bar::{self, FindState},
    put_choice, set_params,
    trace::Trace,
};
use crate::{
    browser::document,
    state::{
        session::Session,
        store::{Action, Nav, Panes, Store, go},
    },
};

/// The mode's keys. They work when no text field has the focus.
#[hook]
pub fn use_keys(keys: Keys) {
    let latest = use_mut_ref(|| None::<Keys>);
    *latest.borrow_mut() = Some(keys);
    use_effect_with((), move |()| {
        let listener: EventListener = document::on_key(move |event| {
            let plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || (document::typing() && event.key() != "Escape"));
            if plain && latest.borrow().as_ref().is_some_and(|keys| keys.press(&event.key())) {
                event.prevent_default();
            }
        });
        move || drop(listener)
    });
}

/// What the keys act on, as of the last picture.
pub struct Keys {
    pub store: Store,
    pub session: Rc<Session>,
    pub order: Rc<Vec<u32>>,
    pub trace: Option<Rc<Trace>>,
    pub find: FindState,
    pub chosen: Option<u32>,
    pub choose: Callback<Choice>,
    pub params: TimelineParams,
    /// The section of the critical path that was stepped to last.
    pub path_at: UseStateHandle<Option<u32>>,
}

impl Keys {
    /// Whether the key means something here.
    fn press(&self, key: &str) -> bool {
        let panes = self.store.panes;
        match key {
            "j" | "J" => self.step(1),
            "k" | "K" => self.step(-1),
            "e" | "E" => {
                let next = self.trace.as_ref().and_then(|trace| trace.model.next_error(self.chosen, key == "E"));
                if let Some(span) = next {
                    self.choose.emit((span, true));
                }
            }
            "m" | "M" => document::focus("#trace-find"),
            "n" | "N" => {
                let next = self.trace.as_ref().and_then(|trace| find_bar::step(&trace.model, &self.find, self.chosen, key == "N"));
                if let Some(span) = next {
                    self.choose.emit((span, false));
                }
            }
            "h" | "H" => self.set(|params| params.show_hooks = !params.show_hooks),
            "p" | "P" => self.set(|params| params.show_path = !params.show_path),
            "l" | "L" => self.set(|params| params.show_flow = !params.show_flow),
            "x" | "X" => self.set(|params| params.fold_gaps = !params.fold_gaps),
            "g" | "G" => {
                self.go_to(|params| params.view = if params.view == TraceView::Flame { TraceView::Waterfall } else { TraceView::Flame })
            }
            "f" | "F" => self.make_root(),
            "Delete" => document::click("#hide-trace"),
            "y" | "Y" => document::click("#copy-link"),
            "c" | "C" if self.params.journey.is_none() => {
                self.go_to(|params| params.compare = if params.compare.is_some() { None } else { Some(PICK.to_owned()) })
            }
            "." | "," => self.step_path(key == ","),
            "Escape" if panes.list_drawer => {
                self.store.dispatch(Action::SetPanes(Panes { list_drawer: false, ..panes }));
                document::focus(".th-1 button");
            }
            // Over the rows of a part of another page they are a sheet.
            "Escape" if self.store.url.embed && panes.details_open => {
                self.store.dispatch(Action::SetPanes(Panes { details_open: false, ..panes }));
                document::focus("#embed-details");
            }
            "[" => self.store.dispatch(Action::SetPanes(Panes { list_open: !panes.list_open, list_drawer: !panes.list_drawer, ..panes })),
            "]" => self.store.dispatch(Action::SetPanes(Panes { details_open: !panes.details_open, ..panes })),
            _ => return false,
        }
        true
    }

    fn set(&self, change: impl FnOnce(&mut TimelineParams) + 'static) {
        set_params(&self.store, Nav::Replace, change);
    }

    /// Another view: Back leads to the one before.
    fn go_to(&self, change: impl FnOnce(&mut TimelineParams) + 'static) {
        set_params(&self.store, Nav::Push, change);
    }

    /// The chosen span stands for the trace, or the whole trace does again.
    fn make_root(&self) {
        let span_id =
            self.trace.as_ref().zip(self.chosen).and_then(|(trace, span)| trace.model.span(span).map(|row| row.span_id.to_owned()));
        self.go_to(move |params| params.root = if params.root == span_id { None } else { span_id });
    }

    /// Along the critical path that is on display, by time. A span may have several sections, so the last step is remembered.
    fn step_path(&self, backwards: bool) {
        let Some(trace) = &self.trace else { return };
        let path = trace.shown_path(&self.params);
        let span_at = |index: u32| path.sections.get(index as usize).map(|section| section.span);
        let last = self.path_at.filter(|index| span_at(*index) == self.chosen);
        let here = last.or_else(|| path.place_of(&trace.model.tree, self.chosen?, backwards));
        if let Some((index, span)) = path.step(here, backwards).and_then(|index| Some((index, span_at(index)?))) {
            self.path_at.set(Some(index));
            self.choose.emit((span, false));
        }
    }

    fn step(&self, by: isize) {
        let (session, order) = (self.session.clone(), self.order.clone());
        // From the trace that the address names by now: keys come faster than pictures.
        go(&self.store, Nav::Push, move |url| {
            let number = url.trace.as_deref().and_then(|id| session.traces.find(id));
            let at = number.and_then(|number| order.iter().position(|other| *other == number));
            let next = at.map_or(Some(0), |at| at.checked_add_signed(by));
            if let Some(trace) = next.and_then(|next| order.get(next)).and_then(|number| session.traces.get(*number)) {
                put_choice(url, trace.trace_id.to_owned(), None);
            }
        });
    }
}
