//! What is typed into a field that takes effect when it is left. It must not know what the field means.

use yew::prelude::*;

/// The field's text, and what keeps it.
pub struct Draft {
    /// What was typed, otherwise the value.
    pub text: String,
    pub oninput: Callback<InputEvent>,
    /// The field shows the value again, also where that has not changed.
    pub forget: Callback<()>,
}

/// The draft of a field whose value is `value`. Without it whatever draws the field again while the reader types (an answer that comes) would
/// put the value in the place of what was typed. Another value, by the link or by Back, replaces what was typed.
#[hook]
pub fn use_draft(value: String) -> Draft {
    let typed = use_state(|| None::<(String, String)>);
    let text = typed.as_ref().filter(|(of, _)| *of == value).map_or_else(|| value.clone(), |(_, text)| text.clone());
    let forget = {
        let typed = typed.setter();
        Callback::from(move |()| typed.set(None))
    };
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                typed.set(Some((value.clone(), input.value())));
            }
        })
    };
    Draft { text, oninput, forget }
}
