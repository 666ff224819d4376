//! How far an opening is, told to the store. Knows the bar and its steps, not what is being opened.

use std::cell::RefCell;

use yew::prelude::UseReducerDispatcher;

use crate::{
    browser::document,
    core::units,
    state::{
        busy::Busy,
        store::{Action, Opening, State, Step},
    },
};

/// Tells the store how far the opening is. The page counts as busy while it lives.
pub struct Reporter {
    dispatcher: UseReducerDispatcher<State>,
    opening: RefCell<Opening>,
    started_ms: f64,
    step_ms: RefCell<f64>,
    _busy: Busy,
}

impl Reporter {
    pub fn new(dispatcher: UseReducerDispatcher<State>, id: u32, name: String, size: Option<u64>, is_quiet: bool) -> Self {
        let opening = Opening { id, name, size, steps: Vec::new(), permille: 0, is_quiet };
        dispatcher.dispatch(Action::OpenStarted(opening.clone()));
        document::mark("spandeck:open-start");
        let now_ms = document::now_ms();
        Self { dispatcher, opening: RefCell::new(opening), started_ms: now_ms, step_ms: RefCell::new(now_ms), _busy: Busy::start() }
    }

    pub fn id(&self) -> u32 {
        self.opening.borrow().id
    }

    pub fn elapsed_ms(&self) -> f64 {
        document::now_ms() - self.started_ms
    }

    pub fn begin(&self, label: &str) {
        self.finish();
        *self.step_ms.borrow_mut() = document::now_ms();
        self.change(|opening| opening.steps.push(Step { label: label.to_owned(), detail: String::new(), done: false }));
    }

    pub fn detail(&self, detail: String, permille: u32) {
        self.change(|opening| {
            opening.permille = permille.max(opening.permille);
            if let Some(step) = opening.steps.last_mut() {
                step.detail = detail;
            }
        });
    }

    pub fn finish(&self) {
        let took_ns = ((document::now_ms() - *self.step_ms.borrow()) * 1e6) as i64;
        self.change(|opening| {
            if let Some(step) = opening.steps.last_mut().filter(|step| !step.done) {
                step.done = true;
                step.detail = units::duration(took_ns);
            }
        });
    }

    pub fn size(&self, size: u64) {
        self.change(|opening| opening.size = Some(size));
    }

    fn change(&self, change: impl FnOnce(&mut Opening)) {
        change(&mut self.opening.borrow_mut());
        self.dispatcher.dispatch(Action::OpenProgress(self.opening.borrow().clone()));
    }
}

/// Part `done` of `whole`, laid between two marks of the bar.
pub fn between(from: u32, to: u32, done: u64, whole: u64) -> u32 {
    let share = u64::from(to.saturating_sub(from)).saturating_mul(done.min(whole)) / whole.max(1);
    from.saturating_add(u32::try_from(share).unwrap_or(0))
}
