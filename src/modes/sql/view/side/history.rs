//! What was run before, to be found and opened again.

use std::rc::Rc;

use yew::prelude::*;

use super::{super::desk::Desk, Find};
use crate::{
    core::{calendar, units},
    modes::sql::history::{self, Entry, Outcome},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct HistoryProps {
    pub desk: Desk,
    pub history: Rc<Vec<Entry>>,
    pub onhistory: Callback<Vec<Entry>>,
}

#[component]
pub fn History(props: &HistoryProps) -> Html {
    let HistoryProps { desk, history, onhistory } = props;
    let looked_for = use_state(String::new);
    let cleared = use_state(|| None::<Rc<Vec<Entry>>>);
    let clear = {
        let (history, onhistory, cleared) = (history.clone(), onhistory.clone(), cleared.setter());
        Callback::from(move |_: MouseEvent| {
            cleared.set(Some(history.clone()));
            onhistory.emit(Vec::new());
        })
    };
    let undo = {
        let (history, onhistory, cleared) = (history.clone(), onhistory.clone(), cleared.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(before) = &*cleared {
                // What was run since stays in front.
                onhistory.emit(history.iter().rev().fold((**before).clone(), |all, entry| history::with(&all, entry.clone())));
            }
            cleared.set(None);
        })
    };
    let item = |(at, entry): (usize, &Entry)| {
        let open = {
            let (desk, text) = (desk.clone(), entry.text.clone());
            Callback::from(move |_: MouseEvent| desk.open("", &text))
        };
        let (icon, class) = match entry.outcome {
            Outcome::Done => ("ok", "s ok"),
            Outcome::Cut => ("warn", "s warn"),
            Outcome::Cancelled => ("stop", "s"),
            Outcome::Failed => ("err", "s err"),
        };
        let when = calendar::instant(i64::try_from(entry.at_ms).unwrap_or(0).saturating_mul(1_000_000));
        let took = units::duration(i64::try_from(entry.took_ms).unwrap_or(0).saturating_mul(1_000_000));
        let facts = match entry.outcome {
            Outcome::Done | Outcome::Cut => format!("{when} · {} · {took}", units::counted(entry.rows, "row")),
            outcome => format!("{when} · {} · {took}", outcome.word()),
        };
        html! {
            <li key={format!("{at}-{}", entry.at_ms)}><button type="button" class="tpl-b" title={entry.text.clone()} data-testid="sql-history-entry" data-outcome={entry.outcome.word()} onclick={open}>
                <Icon name={icon} {class} /><span><code class="hist-t">{ first_lines(&entry.text) }</code><small>{ facts }</small></span>
            </button></li>
        }
    };
    let found = history::found(history, &looked_for);
    html! {
        <>
            <Find id="sql-find-history" label="Find what was run" text={(*looked_for).clone()} onchange={Callback::from({ let looked_for = looked_for.setter(); move |text| looked_for.set(text) })} />
            <div class="scroll" data-testid="sql-history">
                <ul class="tpl">{ for found.iter().enumerate().map(|(at, entry)| item((at, entry))) }</ul>
                if found.is_empty() {
                    <p class="sql-none">{ if history.is_empty() { "Nothing was run yet. What you run is kept here, in this browser." } else { "Nothing that was run holds these words." } }</p>
                }
                if !history.is_empty() {
                    <div class="sql-side-f"><button type="button" class="btn sm ghost" onclick={clear}><Icon name="trash" class="s" />{ "Clear the history" }</button></div>
                } else if cleared.is_some() {
                    <div class="sql-side-f" role="status">{ "The history is cleared. " }<button type="button" class="lk" onclick={undo}>{ "Undo" }</button></div>
                }
            </div>
        </>
    }
}

/// Enough to know a statement by.
fn first_lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join("\n")
}
