//! Whether anything is under way: queries, an import, typing that has not yet been answered. `app` mirrors it in `<html data-busy>`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

type Listener = Rc<dyn Fn(bool)>;

thread_local! {
    static PENDING: Cell<u32> = const { Cell::new(0) };
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
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

pub fn is_busy() -> bool {
    PENDING.with(|pending| pending.get() > 0)
}

/// `told` hears of every change between idle and busy. One listener: the page.
pub fn listen(told: impl Fn(bool) + 'static) {
    LISTENER.with(|listener| *listener.borrow_mut() = Some(Rc::new(told)));
}

fn tell(busy: bool) {
    let listener = LISTENER.with(|listener| listener.borrow().clone());
    if let Some(listener) = listener {
        listener(busy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_busy_until_the_last_piece_of_work_ends() {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let log = heard.clone();
        listen(move |busy| log.borrow_mut().push(busy));
        let first = Busy::start();
        let second = Busy::start();
        drop(first);
        assert!(is_busy());
        drop(second);
        assert!(!is_busy());
        assert_eq!(*heard.borrow(), [true, false]);
    }
}
