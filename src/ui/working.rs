//! A spinner beside what is being worked out.

use gloo::timers::callback::Interval;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct WorkingProps {
    #[prop_or_default]
    pub words: Option<String>,
}

/// After a second with the seconds. The stylesheet keeps it out of sight for the first moments.
#[component]
pub fn Working(props: &WorkingProps) -> Html {
    let seconds = use_state(|| 0_u32);
    {
        let seconds = seconds.setter();
        let count = std::cell::Cell::new(0_u32);
        use_effect_with((), move |()| {
            let interval = Interval::new(1_000, move || {
                count.set(count.get().saturating_add(1));
                seconds.set(count.get());
            });
            move || drop(interval)
        });
    }
    html! {
        <span class="busy late" role="status"><i class="spin"></i>{ props.words.clone().unwrap_or_default() }if *seconds > 0 { { format!(" {} s", *seconds) } }</span>
    }
}
