//! Beside the grid: one value in full, or the figures of a column.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    head::{self, Figures},
    slices::Shown,
};
use crate::{
    core::{calendar, json_tree::Node, units},
    engine::result::CellKind,
    modes::sql::{
        results::{cell, copy, profile::Profile, result_set::ResultSet},
        runs::run::Run,
    },
    ui::{
        copy::CopyButton,
        icon::Icon,
        json_view::{BigJson, JsonView},
    },
};

/// A larger JSON value is read in slices.
const BIG_JSON_BYTES: usize = 200_000;
/// Of a text that is put into the document.
const TEXT_CHARS: usize = 200_000;

#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    pub run: Rc<Run>,
    pub shown: Shown,
    /// The place of the value among the rows shown; without one the column is meant.
    pub place: Option<usize>,
    pub column: usize,
    pub profile: Option<Figures>,
    pub onclose: Callback<()>,
}

#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let InspectorProps { run, shown, place, column, profile, onclose } = props;
    let set = run.result.borrow();
    let Some(known) = set.columns.get(*column).cloned() else { return Html::default() };
    let row = place.and_then(|place| shown.row(place)).filter(|row| *row < set.rows());
    let close = onclose.reform(|_: MouseEvent| ());
    let onkeydown = {
        let onclose = onclose.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                onclose.emit(());
            }
        })
    };
    let body = match row {
        Some(row) => value(&set, *column, row),
        None => match profile {
            Some(Figures(profile)) => figures(&set, *column, profile),
            None => html! { <p class="sec"><span class="busy" role="status"><i class="spin"></i>{ "working it out" }</span></p> },
        },
    };
    html! {
        <aside class="pane sqr-insp" aria-label={if row.is_some() { "Value" } else { "Figures of the column" }} data-testid="sql-inspector" {onkeydown}>
            <div class="sqr-insp-h">
                <b class="cut" title={known.name.clone()}>{ &known.name }</b><small class="cut" title={known.type_name.clone()}>{ &known.type_name }</small>
                <span class="grow"></span>
                if let Some(row) = row {
                    <small>{ format!("row {}", units::count(row as u64 + 1)) }</small>
                    <CopyButton text={copy::value(&set, *column, row)} label="Copy the value" />
                }
                <button type="button" class="icon-btn sm" aria-label="Close" title="Close" onclick={close}><Icon name="x" class="s" /></button>
            </div>
            <div class="scroll">{ body }</div>
        </aside>
    }
}

fn value(set: &ResultSet, column: usize, row: usize) -> Html {
    let kind = set.kind(column);
    let Some(found) = set.value(column, row) else { return html! { <p class="sec null">{ cell::NULL }</p> } };
    let text = cell::text(kind, found);
    let looks_like_json = kind == CellKind::Json || (kind == CellKind::Text && text.trim_start().starts_with(['{', '[']));
    if looks_like_json {
        if text.len() > BIG_JSON_BYTES {
            return html! { <BigJson raw={Rc::<str>::from(text)} label="Value" /> };
        }
        let node = Node::parse(&text);
        if !node.is_invalid() {
            return html! { <div class="sec"><JsonView value={Rc::new(node)} label="Value" /></div> };
        }
    }
    let instant = cell::instant_ns(kind, found).filter(|_| matches!(kind, CellKind::Timestamp { .. }));
    let digits = text.len();
    let shown: String = text.chars().take(TEXT_CHARS).collect();
    let is_cut = shown.len() < text.len();
    html! {
        <>
            <pre class="sec sqr-text" data-testid="sql-value">{ shown }</pre>
            if is_cut { <p class="sec">{ format!("The first {} characters; Copy takes all of it.", units::count(TEXT_CHARS as u64)) }</p> }
            <dl class="kv sec">
                if let Some(at_ns) = instant {
                    <dt>{ if matches!(kind, CellKind::Timestamp { zoned: true, .. }) { "In your time" } else { "Taken as UTC" } }</dt><dd>{ calendar::instant_full(at_ns) }</dd>
                    <dt>{ "Nanoseconds" }</dt><dd class="mono">{ at_ns }</dd>
                }
                if kind == CellKind::Blob { <dt>{ "Size" }</dt><dd>{ units::bytes(digits as u64 / 2) }</dd> }
                if kind == CellKind::Text { <dt>{ "Length" }</dt><dd>{ units::counted(text.chars().count() as u64, "character") }</dd> }
            </dl>
        </>
    }
}

fn figures(set: &ResultSet, column: usize, profile: &Profile) -> Html {
    let kind = set.kind(column);
    let at = |row: Option<usize>| row.and_then(|row| set.value(column, row)).map(|value| cell::shown(kind, value).into_owned());
    let number = |value: Option<f64>| {
        value.map(|value| cell::shown(CellKind::Float, crate::modes::sql::results::result_set::Value::Float(value)).into_owned())
    };
    let line = |name: &'static str, key: &'static str, text: Option<String>| {
        text.map(|text| html! { <><dt>{ name }</dt><dd data-col={key} data-value={text.clone()}>{ text }</dd></> })
    };
    let rows = profile.rows as u64;
    html! {
        <>
            if !profile.bins.is_empty() { <div class="sec sqr-spread">{ head::bars(&profile.bins, (240.0, 48.0)) }</div> }
            <dl class="kv sec" data-testid="sql-column">
                { for line("Rows", "rows", Some(units::count(rows))) }
                { for line("NULL", "nulls", Some(format!("{} ({})", units::count(profile.nulls as u64), units::percent(profile.nulls as u64, rows)))) }
                { for line("Values", "distinct", Some(head::distinct(profile))) }
                { for line("Least", "least", at(profile.least)) }
                { for line("Most", "most", at(profile.most)) }
                { for line("Mean", "mean", number(profile.mean)) }
                { for line("Median", "median", number(profile.median)) }
            </dl>
            if !profile.top.is_empty() {
                <section class="sec"><h3>{ "Most frequent" }</h3>
                    <ol class="sqr-top">{ for profile.top.iter().map(|(row, count)| html! {
                        <li><span class="cut">{ at(Some(*row)).unwrap_or_default() }</span><span class="num">{ units::count(*count as u64) }</span><span class="num dim">{ units::percent(*count as u64, rows) }</span></li>
                    }) }</ol>
                </section>
            }
        </>
    }
}
