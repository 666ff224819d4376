//! What the browser keeps of how the page looks, and the other open tabs that follow: theme, preferences, widths of panes.

use yew::prelude::*;

use super::OpenerHandle;
use crate::{
    browser::{document, storage, zone},
    core::display,
    state::{
        preferences::{DENSITIES, Preferences, TIMES, UNITS, word_of},
        store::{Action, Panes, State, Store},
        url::Theme,
    },
};

const THEME_KEY: &str = "theme";
const PANES_KEY: &str = "panes";
const PREFERENCES_KEY: &str = "preferences";

pub fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

fn read_theme() -> Option<Theme> {
    match storage::read(THEME_KEY).as_deref() {
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        _ => None,
    }
}

fn read_preferences() -> Preferences {
    storage::read(PREFERENCES_KEY).map(|text| Preferences::parse(&text)).unwrap_or_default()
}

/// What an earlier visit left, put into the first state. A part of another page looks as that page wants, and has one pane.
pub fn restore(state: &mut State) {
    state.preferences = read_preferences();
    if state.url.embed {
        state.panes = Panes { list_open: false, details_open: false, ..Panes::default() };
        return;
    }
    state.theme = read_theme();
    state.panes = storage::read(PANES_KEY).map(|text| Panes::parse(&text)).unwrap_or_default();
}

/// The way of writing and the density that the preferences ask for. Before anything below is drawn: rows read their height from the
/// stylesheet as they are drawn.
#[hook]
pub fn use_display(store: &Store) {
    use_memo((store.preferences, store.url.embed), |(preferences, embed)| {
        display::set(preferences.display(zone::offset_s));
        // The stylesheet makes room: for higher rows, for times of day, for many digits.
        document::set_root_attribute("data-density", if *embed { "embed" } else { word_of(&DENSITIES, &preferences.density) });
        document::set_root_attribute("data-times", word_of(&TIMES, &preferences.times));
        document::set_root_attribute("data-units", word_of(&UNITS, &preferences.units));
    });
}

/// Keeps what the reader chooses and takes over what another tab has chosen. Only a choice of this tab is written: one that came from the
/// storage may have been followed by the next already.
#[hook]
pub fn use_kept(store: &Store, opener: &OpenerHandle) {
    let known = use_mut_ref(|| (store.theme, store.preferences));
    let embed = store.url.embed;
    {
        let known = known.clone();
        use_effect_with((store.theme, store.preferences), move |(theme, preferences)| {
            let (kept_theme, kept_preferences) = known.replace((*theme, *preferences));
            if kept_theme != *theme && !embed {
                storage::keep(THEME_KEY, theme.map(theme_word));
            }
            if kept_preferences != *preferences {
                let is_default = *preferences == Preferences::default();
                storage::keep(PREFERENCES_KEY, (!is_default).then(|| preferences.print()).as_deref());
            }
        });
    }
    {
        let dispatcher = store.dispatcher();
        use_effect_with((), move |()| {
            let listener = storage::on_change(move || {
                let (theme, preferences) = (if embed { None } else { read_theme() }, read_preferences());
                let (known_theme, known_preferences) = known.replace((theme, preferences));
                if known_theme != theme {
                    dispatcher.dispatch(Action::SetTheme(theme));
                }
                if known_preferences != preferences {
                    dispatcher.dispatch(Action::SetPreferences(preferences));
                }
            });
            move || drop(listener)
        });
    }
    use_effect_with(store.panes, move |panes| {
        if embed {
            return;
        }
        storage::keep(PANES_KEY, (*panes != Panes::default()).then(|| panes.print()).as_deref());
    });
    {
        let opener = opener.clone();
        use_effect_with(store.cleared, move |cleared| {
            if *cleared > 0 {
                opener.forget_engine();
            }
        });
    }
}
