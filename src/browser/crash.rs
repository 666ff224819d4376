//! The last resort: a panic ends the page's program, so a part of index.html that needs no program says what happened and offers a reload.

use gloo::utils::document;

/// From now on a panic shows the crash note. Its button is wired by index.html's own script, which still runs when this program does not.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        let what = info
            .payload()
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| info.payload().downcast_ref::<String>().cloned())
            .unwrap_or_default();
        if let Some(element) = document().get_element_by_id("crash-what") {
            element.set_text_content(Some(&format!("{what} ({place})")));
        }
        if let Some(element) = document().get_element_by_id("crash") {
            drop(element.set_attribute("data-testid", "error"));
            drop(element.remove_attribute("hidden"));
        }
        super::document::set_root_attribute("data-phase", "error");
        super::document::set_root_attribute("data-busy", "false");
        web_sys::console::error_1(&format!("{what} at {place}").into());
    }));
}
