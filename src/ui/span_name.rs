//! A name with the colour of what it names.

use yew::prelude::*;

use crate::core::{
    colour::{Kind, Slot, Slots},
    span_name::SpanName,
};

/// The class that carries a name's colour; a name that the file's list does not hold (yet) has the colour of its own hash.
pub fn slot_class(slots: &Slots, kind: Kind, name: &str) -> Classes {
    let slot = slots.get(name).unwrap_or_else(|| Slot::of_name(kind, name));
    classes!(format!("c{}", slot.number), slot.striped.then_some("stripe"))
}

/// The mark, a circle for agents, and the name in its two parts; `value` is the whole name, `None` where spans have none.
pub fn marked_name(parts: SpanName<'_>, value: Option<&str>, mark: Option<&(Classes, bool)>) -> Html {
    let empty = if parts.method.is_empty() { "(empty)" } else { parts.method };
    html! {
        <>
            if let Some((colour, is_agent)) = mark { <i class={classes!(if *is_agent { "agdot" } else { "sw" }, colour.clone())}></i> }
            <span class={classes!("nm", value.is_none().then_some("dim"))} title={value.unwrap_or("Spans without a value").to_owned()}>
                if let Some(class) = parts.class {
                    <span class="nm-s">{ class }</span><span class="nm-o"><span class="dot">{ "." }</span>{ empty }</span>
                } else {
                    <span class="nm-o whole">{ empty }</span>
                }
            </span>
        </>
    }
}
