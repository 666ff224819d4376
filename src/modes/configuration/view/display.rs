//! Display: the look of the page and how it writes times and durations. Everything takes effect at once.

use yew::prelude::*;

use super::{Card, Column, Section, setting};
use crate::{
    browser::zone,
    core::{calendar, units},
    modes::ModeProps,
    state::{
        preferences::{Choices, DENSITIES, Preferences, TIMES, UNITS, ZONES, choice_of, word_of},
        store::{Action, Store},
        url::Theme,
    },
    ui::segments::Segments,
};

pub const SECTION: Section = Section {
    slug: "display",
    title: "Display",
    icon: "theme",
    column: Column::Side,
    count: |_| None,
    reset: |store| {
        store.dispatch(Action::SetTheme(None));
        store.dispatch(Action::SetPreferences(Preferences::default()));
    },
    view: |props| html! { <Display ..props.clone() /> },
};

const THEMES: [(Option<Theme>, &str, &str); 3] =
    [(None, "system", "System"), (Some(Theme::Light), "light", "Light"), (Some(Theme::Dark), "dark", "Dark")];

#[component]
fn Display(props: &ModeProps) -> Html {
    let ModeProps { session, store, .. } = props;
    let preferences = store.preferences;
    // The reader's own zone by its name, unless that is the name of the other choice.
    let local = zone::name().filter(|name| !name.ends_with("UTC")).map(AttrValue::from);
    let zones = words(&ZONES).into_iter().map(|(word, shown)| match &local {
        Some(name) if word == "local" => (word, name.clone()),
        _ => (word, shown),
    });
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="kept in this browser">
            { setting("Theme", html! {
                <Segments name="theme" label="Theme" choices={words(&THEMES)} chosen={word_of(&THEMES, &store.theme())}
                    onchoose={choose(store, |_, word| Action::SetTheme(choice_of(&THEMES, word)))} />
            }) }
            { setting("Density", html! {
                <Segments name="density" label="Density" choices={words(&DENSITIES)} chosen={word_of(&DENSITIES, &preferences.density)}
                    onchoose={choose(store, |now, word| Action::SetPreferences(Preferences { density: choice_of(&DENSITIES, word), ..now }))} />
            }) }
            { setting("Time zone", html! {
                <Segments name="zone" label="Time zone" choices={zones.collect::<Vec<_>>()} chosen={word_of(&ZONES, &preferences.zone)}
                    onchoose={choose(store, |now, word| Action::SetPreferences(Preferences { zone: choice_of(&ZONES, word), ..now }))} />
            }) }
            { setting("Times in a trace", html! {
                <Segments name="times" label="Times in a trace" choices={words(&TIMES)} chosen={word_of(&TIMES, &preferences.times)}
                    onchoose={choose(store, |now, word| Action::SetPreferences(Preferences { times: choice_of(&TIMES, word), ..now }))} />
            }) }
            { setting("Durations", html! {
                <Segments name="units" label="Durations" choices={words(&UNITS)} chosen={word_of(&UNITS, &preferences.units)}
                    onchoose={choose(store, |now, word| Action::SetPreferences(Preferences { units: choice_of(&UNITS, word), ..now }))} />
            }) }
            if let Some(start_ns) = session.totals.start_ns {
                // The same functions as everywhere, on the file that is open.
                <dl class="kv cf-ex" data-testid="example">
                    <dt>{ "First span" }</dt><dd data-col="start_ns" data-value={start_ns.to_string()}>{ calendar::instant_zoned(start_ns) }</dd>
                    <dt>{ "Slowest trace" }</dt><dd data-col="duration_ns" data-value={session.totals.slowest_ns.to_string()}>{ units::duration(session.totals.slowest_ns) }
                        <span class="dim">{ format!(" its end: {}", units::moment(start_ns.saturating_add(session.totals.slowest_ns), start_ns)) }</span></dd>
                </dl>
            }
        </Card>
    }
}

fn words<T, const N: usize>(choices: &Choices<T, N>) -> Vec<(&'static str, AttrValue)> {
    choices.iter().map(|(_, word, shown)| (*word, AttrValue::from(*shown))).collect()
}

/// Turns a word into an action on the preferences as they are then.
fn choose(store: &Store, action: fn(Preferences, &'static str) -> Action) -> Callback<&'static str> {
    let store = store.clone();
    Callback::from(move |word| store.dispatch(action(store.preferences, word)))
}
