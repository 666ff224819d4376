//! Data: the open file, what it holds, how its columns are read, and what it takes of the memory.

use std::rc::Rc;

use yew::prelude::*;

use super::{Card, Column, Section};
use crate::{
    browser::memory,
    core::{calendar, units},
    modes::ModeProps,
    state::{
        memory::use_database_bytes,
        queries::use_later_query,
        reading::{FieldLine, FieldState, Reading},
        session::Session,
        store::{Action, Nav, Store, go},
        traces,
        url::{SourceRef, UrlState},
    },
    ui::icon::Icon,
};

pub const SECTION: Section = Section {
    slug: "data",
    title: "Data",
    icon: "db",
    column: Column::Main,
    count: |props| Some((props.session.reading.warnings.len() as u64, "Warnings of the import")).filter(|(count, _)| *count > 0),
    reset: |_| (),
    view: |props| html! { <Data ..props.clone() /> },
};

/// In the place of a figure that is being counted.
const COUNTING: &str = "…";

#[component]
fn Data(props: &ModeProps) -> Html {
    let ModeProps { session, store, .. } = props;
    let database = use_database_bytes(session);
    let agents = use_later_query(session, Some(traces::AGENTS_SQL.into()));
    let reading = &session.reading;
    let open = dispatching(store, || Action::AskForFile);
    let change = dispatching(store, || Action::ShowMapping(true));
    let close = {
        let store = store.clone();
        // As the way to the start page does: without a file in the address none is open.
        Callback::from(move |_: MouseEvent| go(&store, Nav::Push, |url| *url = UrlState { theme: url.theme, ..UrlState::default() }))
    };
    let head = html! {
        <>
            <button type="button" class="btn sm ghost" title="Open another file (O)" onclick={open}><Icon name="file" class="s" />{ "Open another" }</button>
            <button type="button" class="btn sm ghost" title="Back to the start page" onclick={close}><Icon name="x" class="s" />{ "Close file" }</button>
        </>
    };
    let agents = match (&agents.table, &agents.error) {
        (Some(table), _) => units::count(table.rows() as u64),
        (None, Some(_)) => units::MISSING.to_owned(),
        (None, None) => COUNTING.to_owned(),
    };
    let page = memory::page_bytes();
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} {head}>
            <div class="cf-2">
                <dl class="kv dt" data-testid="data-file">
                    <dt>{ "File" }</dt><dd data-col="name" data-value={session.name.clone()}>{ session.name.clone() }
                        if let Some(size) = session.size {
                            <span class="dim" data-col="size" data-value={size.to_string()} title={format!("{} bytes", units::count(size))}>{ format!(" {}", units::bytes(size)) }</span>
                        }
                    </dd>
                    if let SourceRef::Url(url) = &session.source {
                        <dt>{ "Address" }</dt><dd class="mono" data-col="url">{ url.clone() }</dd>
                    }
                    <dt>{ "Format" }</dt><dd data-col="format" data-value={reading.format.clone()}>{ reading.format.clone() }</dd>
                    <dt>{ "Opened" }</dt><dd>{ format!("in {} by DuckDB {}", units::duration((session.opened_in_ms * 1e6) as i64), session.engine_version.trim_start_matches('v')) }</dd>
                    <dt>{ "Memory" }</dt><dd>{ match database {
                        Some(database) => html! { <><span data-col="database_bytes" data-value={database.to_string()}>{ format!("{} database", units::bytes(database)) }</span>{ ", " }<span data-col="page_bytes" data-value={page.to_string()}>{ format!("{} page", units::bytes(page)) }</span></> },
                        None => html! { COUNTING },
                    } }</dd>
                </dl>
                { holds(session, agents) }
            </div>
            if !reading.warnings.is_empty() {
                <div class="note w" role="status"><Icon name="warn" /><div>{ for reading.warnings.iter().map(|words| html! { <p>{ words.clone() }</p> }) }</div></div>
            }
            <div class="cf-h"><h3>{ "Table and columns" }</h3><code class="cut" data-col="table" data-value={reading.table_label.clone()} title={reading.table_label.clone()}>{ reading.table_label.clone() }</code>
                <span class="badge">{ if reading.by_hand { "chosen by hand" } else { "recognised" } }</span>
                <span class="grow"></span>
                <button type="button" class="btn sm" id="change-mapping" aria-haspopup="dialog" title="Choose table and columns by hand" onclick={change}><Icon name="edit" class="s" />{ "Change…" }</button></div>
            { mapping(reading) }
        </Card>
    }
}

fn dispatching(store: &Store, action: fn() -> Action) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| store.dispatch(action()))
}

/// How much of everything, and from when to when.
fn holds(session: &Rc<Session>, agents: String) -> Html {
    let totals = session.totals;
    let range = totals.start_ns.zip(totals.end_ns);
    html! {
        <dl class="kv dt" data-testid="data-holds">
            <dt>{ "Spans" }</dt><dd data-col="spans" data-value={totals.spans.to_string()}>{ units::count(totals.spans) }
                if totals.errors > 0 {
                    <span class="dim">{ format!(" {}", units::counted(totals.errors, "error")) }</span>
                }
            </dd>
            <dt>{ "Traces" }</dt><dd data-col="traces" data-value={session.traces.len().to_string()}>{ units::count(session.traces.len() as u64) }</dd>
            <dt>{ "Services" }</dt><dd data-col="services" data-value={session.services.len().to_string()}>{ units::count(session.services.len() as u64) }</dd>
            <dt>{ "Agents" }</dt><dd data-col="agents">{ agents }</dd>
            if let Some((start_ns, end_ns)) = range {
                <dt>{ "Time" }</dt><dd title={format!("{} to {}", calendar::instant_full(start_ns), calendar::instant_full(end_ns))}>{ format!("{} {}", calendar::time_range(start_ns, end_ns), calendar::zone_mark(end_ns)) }</dd>
            }
        </dl>
    }
}

/// Field by field: the column, or how it is made, or that it is missing.
fn mapping(reading: &Reading) -> Html {
    let row = |line: FieldLine| {
        let (class, words) = match line.state {
            FieldState::Column => ("dim", "column"),
            FieldState::Guess => ("badge w", "unit guessed"),
            FieldState::Derived => ("badge a", "derived"),
            FieldState::Missing => ("badge", "missing"),
        };
        html! {
            <tr key={line.field}><th scope="row" data-col="field" data-value={line.field}><code>{ line.field }</code></th>
                <td class="cf-from" data-col="from" data-value={line.from.clone().unwrap_or_default()}>{ match (&line.from, line.state) {
                    (Some(from), FieldState::Derived) => html! { { from.clone() } },
                    (Some(from), _) => html! { <><code>{ from.clone() }</code>if !line.remark.is_empty() { <span class="dim">{ format!(" {}", line.remark) }</span> }</> },
                    (None, _) => html! { <span class="dim">{ "not in the file: empty for every span" }</span> },
                } }</td>
                <td class="num" data-col="state" data-value={words}><span {class}>{ words }</span></td></tr>
        }
    };
    let unused = reading.unused();
    html! {
        <>
            <div class="cf-t"><table class="tbl" data-testid="mapping">
                <thead><tr><th scope="col">{ "Field" }</th><th scope="col">{ "Read from" }</th><th scope="col" class="num">{ "How" }</th></tr></thead>
                <tbody>{ for reading.fields().into_iter().map(row) }</tbody>
            </table></div>
            if !unused.is_empty() {
                <p class="cf-p dim" data-testid="unused">{ format!("Not read, but there for SQL: {}", unused.join(", ")) }</p>
            }
        </>
    }
}
