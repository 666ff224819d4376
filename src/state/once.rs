//! Work in the engine that is done once a file, by whoever asks first, while the others wait for it: two statements that make the same table side
//! by side hinder each other.

use std::cell::RefCell;

use futures::{FutureExt, future::Shared};

use crate::engine::{EngineError, LocalFuture};

type Outcome = Result<(), EngineError>;

/// Whether it is done, or under way.
#[derive(Default)]
pub struct Once(RefCell<Option<Shared<LocalFuture<Outcome>>>>);

impl Once {
    /// Returns when the work is done. It goes on when whoever asked first has left.
    ///
    /// # Errors
    /// What the engine says; the next one begins again.
    pub async fn done(&self, work: impl FnOnce() -> LocalFuture<Outcome>) -> Outcome {
        let under_way = self.0.borrow_mut().get_or_insert_with(|| work().shared()).clone();
        let outcome = under_way.await;
        if outcome.is_err() {
            *self.0.borrow_mut() = None;
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc};

    use futures::future::join;

    use super::*;

    #[test]
    fn it_is_done_once_and_begun_again_after_a_failure() {
        let (once, times) = (Once::default(), Rc::new(Cell::new(0)));
        let work = |outcome: Outcome| {
            let times = times.clone();
            move || -> LocalFuture<Outcome> {
                Box::pin(async move {
                    times.set(times.get() + 1);
                    outcome
                })
            }
        };
        assert_eq!(once.done(work(Err(EngineError::Cancelled))).now_or_never(), Some(Err(EngineError::Cancelled)));
        let (one, other) = join(once.done(work(Ok(()))), once.done(work(Ok(())))).now_or_never().unwrap();
        assert_eq!((one, other, times.get()), (Ok(()), Ok(()), 2));
        // Whoever asked first has left.
        let left = Once::default();
        drop(left.done(work(Ok(()))));
        assert_eq!(left.done(work(Ok(()))).now_or_never().unwrap(), Ok(()));
        assert_eq!(times.get(), 3);
    }
}
