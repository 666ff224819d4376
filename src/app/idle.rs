//! Tells in the document whether work is under way: `<html data-busy>`. Whoever waits for the page (tests, scripts, the embedding page) waits for it.
//!
//! An answer that has arrived is not yet on the page: drawing it takes as long as it takes, in pieces, and what follows from it is asked only then.
//! Idle is told after a component has itself been drawn a few times, one after another, with nothing under way: whatever was to be drawn before it
//! is, and so is what that led to.

use std::cell::Cell;

use yew::prelude::*;

use crate::{browser::document, state::busy};

/// A change leads to an effect, which may lead to a change and to an effect again.
const QUIET_ROUNDS: u32 = 3;

/// Where the telling is.
#[derive(Clone, Copy, PartialEq)]
struct Rounds {
    /// How often work began or ended: rounds that began before do not count.
    change: u32,
    left: u32,
}

#[component]
pub fn IdleMark() -> Html {
    let update = use_force_update();
    let rounds = use_memo((), |()| Cell::new(Rounds { change: 0, left: QUIET_ROUNDS }));
    {
        let (update, rounds) = (update.clone(), rounds.clone());
        use_effect_with((), move |()| {
            let listening = busy::listen(move |is_busy| {
                rounds.set(Rounds { change: rounds.get().change.wrapping_add(1), left: QUIET_ROUNDS });
                if is_busy {
                    document::set_root_attribute("data-busy", "true");
                } else {
                    update.force_update();
                }
            });
            move || drop(listening)
        });
    }
    use_effect(move || {
        let Rounds { change, left } = rounds.get();
        if busy::is_busy() || left == 0 {
            return;
        }
        let next = Rounds { change, left: left - 1 };
        rounds.set(next);
        if next.left == 0 {
            document::set_root_attribute("data-busy", "false");
            return;
        }
        document::after_paint(move || {
            if rounds.get() == next {
                update.force_update();
            }
        });
    });
    Html::default()
}
