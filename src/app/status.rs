//! The status bar: what holds for the whole page, told once.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::{memory, zone},
    core::units,
    state::{
        memory::use_database_bytes,
        preferences::{Preferences, ZoneChoice},
        session::Session,
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct StatusBarProps {
    pub session: Rc<Session>,
    pub preferences: Preferences,
}

#[component]
pub fn StatusBar(props: &StatusBarProps) -> Html {
    let StatusBarProps { session, preferences } = props;
    let database = use_database_bytes(session);
    let page = memory::page_bytes();
    let times = match preferences.zone {
        ZoneChoice::Utc => "Times in UTC".to_owned(),
        ZoneChoice::Local => zone::name().map_or_else(|| "Times in your time zone".to_owned(), |name| format!("Times in {name}")),
    };
    html! {
        <footer class="status">
            <span class="ok"><Icon name="shield" />{ "Local only: the file never leaves this tab" }</span>
            <span>{ format!("DuckDB {}", session.engine_version.trim_start_matches('v')) }</span>
            <span>{ format!("Opened in {}", units::duration((session.opened_in_ms * 1e6) as i64)) }</span>
            <span class="grow"></span>
            if let Some(database) = database {
                <span data-testid="memory" data-value={database.saturating_add(page).to_string()} title={format!("The database has {}, the page {} of the browser's memory", units::bytes(database), units::bytes(page))}>{ format!("Memory {}", units::bytes(database.saturating_add(page))) }</span>
            }
            <span data-testid="zone">{ times }</span><span>{ "Press " }<kbd>{ "?" }</kbd>{ " for shortcuts" }</span>
        </footer>
    }
}
