//! Whether anything is under way: queries, an import, typing that has not yet been answered. `app` mirrors it in `<html data-busy>`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

type Listener = Rc<dyn Fn(bool)>;

thread_local! {
    static PENDING: Cell<u32> = const { Cell::new(0) };
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
}

/// Work under way, until it is dropped.
#[derive(Debug)]
pub struct Busy(());

impl Busy {
    pub fn start() -> Self {
        let before = PENDING.with(|pending| pending.replace(pending.get() + 1));
        if before == 0 {
            tell(true);
        }
        Self(())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let before = PENDING.with(|pending| pending.replace(pending.get().saturating_sub(1)));
        if before == 1 {
            tell(false);
        }
    }
}

/// Whether the newest change is on the page. Drawing it, and beginning what follows from it, may take longer than the frames that idleness is told
/// after. Any two are equal: it is no part of what is shown.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The number of the newest change, busy until it is drawn. One for all copies: a copy of an earlier state may live on in a callback.
    newest: Rc<RefCell<Option<(u32, Busy)>>>,
    number: u32,
}

impl Drawing {
    /// Another change comes after this one.
    #[must_use]
    pub fn next(&self) -> Self {
        let number = self.number.wrapping_add(1);
        let mut newest = self.newest.borrow_mut();
        let busy = newest.take().map_or_else(Busy::start, |(_, busy)| busy);
        *newest = Some((number, busy));
        Self { newest: self.newest.clone(), number }
    }

    /// This change is drawn, and the effects have run.
    pub fn end(&self) {
        let ended = self.newest.borrow_mut().take_if(|(number, _)| *number == self.number);
        drop(ended);
    }
}

impl PartialEq for Drawing {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

pub fn is_busy() -> bool {
    PENDING.with(|pending| pending.get() > 0)
}

/// Hears of every change between idle and busy until it is dropped.
pub struct Listening(Listener);

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENERS.with(|listeners| listeners.borrow_mut().retain(|known| !Rc::ptr_eq(known, &self.0)));
    }
}

/// `told` hears of every change between idle and busy.
#[must_use = "it hears until it is dropped"]
pub fn listen(told: impl Fn(bool) + 'static) -> Listening {
    let told: Listener = Rc::new(told);
    LISTENERS.with(|listeners| listeners.borrow_mut().push(told.clone()));
    Listening(told)
}

fn tell(busy: bool) {
    // A listener may end its own listening, or begin work.
    let listeners = LISTENERS.with(|listeners| listeners.borrow().clone());
    for told in listeners {
        told(busy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_under_way_until_the_newest_is_drawn() {
        let first = Drawing::default().next();
        assert!(is_busy());
        let second = first.next();
        first.end();
        assert!(is_busy(), "what was drawn is not the newest");
        second.clone().end();
        assert!(!is_busy());
        second.end();
        second.next().end();
        assert!(!is_busy());
    }

    #[test]
    fn the_page_is_busy_until_the_last_piece_of_work_ends() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let log = heard.clone();
        let listening = listen(move |busy| log.borrow_mut().push(busy));
        let first = Busy::start();
        let second = Busy::start();
        drop(first);
        assert!(is_busy());
        drop(second);
        assert!(!is_busy());
        assert_eq!(*heard.borrow(), [true, false]);
        drop(listening);
        drop(Busy::start());
        assert_eq!(heard.borrow().len(), 2, "nobody listens any more");
    }
}
