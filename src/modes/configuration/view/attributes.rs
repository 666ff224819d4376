//! Attributes: choose a key, see its frequent values, narrow the filter by them. Nothing is read before a key is asked for.

use std::rc::Rc;

use yew::prelude::*;

use super::{Card, Column, Section, counting::present_parts, suggest::Suggest};
use crate::{
    core::{filter::Node, units},
    modes::{
        ModeProps,
        configuration::{choices, query},
    },
    state::{
        extras::{Extra, store::use_extras},
        queries::use_later_query,
        scope::{edit, of_parts},
        store::Nav,
    },
    ui::icon::Icon,
};

pub const SECTION: Section = Section {
    slug: "attributes",
    title: "Attributes",
    icon: "key",
    column: Column::Main,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <Attributes ..props.clone() /> },
};

/// Values that are listed of an attribute.
const MOST_VALUES: usize = 40;

#[component]
fn Attributes(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let key = use_state(String::new);
    let wants_keys = use_state(|| false);
    let spans = session.totals.spans;
    let keys = use_later_query(session, wants_keys.then(|| query::attribute_keys_sql(spans).into()));
    let options = use_memo(keys.table.clone().map(|table| Rc::as_ptr(&table) as usize), |_| {
        keys.table.as_ref().map(|table| Rc::new(query::suggestions(table)))
    });
    let extra = Extra::attribute(&key);
    let extras =
        use_memo((*key).clone(), |key| std::iter::once(key).filter(|key| !key.is_empty()).map(|key| Extra::attribute(key)).collect());
    let progress = use_extras(session, &extras, true);
    let question =
        (!key.is_empty() && progress.is_ready).then(|| query::values_sql(&extra.column(), Some(&extra), &scope.scope, MOST_VALUES).into());
    let answer = use_later_query(session, question);
    let lines = answer.table.as_ref().and_then(|table| query::values(table).ok()).unwrap_or_default();
    let parts = present_parts(props);
    let hidden = choices::hidden_values(&parts, &key);
    let put = {
        let store = store.clone();
        Callback::from(move |parts: Vec<Node>| edit::set_filter(&store, Nav::Push, &of_parts(parts)))
    };
    let with = |node: Option<Node>| {
        let parts = choices::with_attribute(&parts, &key, node);
        put.reform(move |_: MouseEvent| parts.clone())
    };
    let onpick = {
        let key = key.setter();
        Callback::from(move |(text, _): (String, bool)| key.set(text.trim().to_owned()))
    };
    let onwant = {
        let wants_keys = wants_keys.setter();
        Callback::from(move |()| wants_keys.set(true))
    };
    let sampled = query::sample_of(spans);
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about={if sampled < spans { format!("keys of {} spans from all over the file", units::count(sampled)) } else { String::new() }}>
            <div class="cf-tools"><Suggest id="attribute-key" class="cf-key mono" label="Key of an attribute" placeholder="Choose a key" value={(*key).clone()} options={(*options).clone()} {onwant} {onpick} />
                <span class="grow"></span>
                <button type="button" class="btn sm" disabled={key.is_empty()} onclick={with(Some(choices::attribute_exists(&key)))}>{ "Exists" }</button>
                <button type="button" class="btn sm" disabled={key.is_empty()} onclick={with(Some(choices::attribute_exists(&key).negate()))}>{ "Is missing" }</button>
                <button type="button" class="btn sm ghost" disabled={key.is_empty()} onclick={with(None)}>{ "Any" }</button></div>
            if let Some(error) = progress.error.as_ref().or(answer.error.as_ref()) {
                <div class="note e" role="alert"><Icon name="err" /><div>{ error.to_string() }</div></div>
            }
            if key.is_empty() {
                <p class="cf-p dim">{ "The values of a key and how often each occurs are shown here once one is chosen." }</p>
            } else if answer.table.is_none() {
                <p class="cf-p dim" role="status">{ progress.working.as_ref().map_or_else(|| "Counting…".to_owned(), |(extra, permille)| format!("Reading {}, {} %", extra.label(), permille / 10)) }</p>
            } else {
                <div class="cf-t"><table class="tbl" data-testid="attribute-values">
                    <thead><tr><th scope="col">{ "Value" }</th><th scope="col"></th><th scope="col" class="num">{ "Errors" }</th><th scope="col" class="num">{ "In scope" }</th><th scope="col" class="num">{ "Spans" }</th></tr></thead>
                    <tbody>{ for lines.iter().map(|line| {
                        let value = line.value.clone();
                        let shown = value.clone().unwrap_or_else(|| "— (no value)".to_owned());
                        let is_hidden = value.as_ref().is_some_and(|value| hidden.contains(value));
                        let only = match &value {
                            Some(value) => choices::attribute_is(&key, std::slice::from_ref(value)),
                            None => Some(choices::attribute_exists(&key).negate()),
                        };
                        let hide = match &value {
                            Some(value) => choices::attribute_toggled(&parts, &key, value),
                            None => choices::with_attribute(&parts, &key, Some(choices::attribute_exists(&key))),
                        };
                        html! {
                            <tr key={value.clone().unwrap_or_default()} class={classes!(is_hidden.then_some("off"))}><td class="cf-av" data-col="value" data-value={value.clone()} title={shown.clone()}><code class="cut">{ shown }</code></td>
                                <td class="num"><button type="button" class="lk" onclick={with(only)}>{ "only" }</button>{ " " }<button type="button" class="lk" onclick={put.reform(move |_: MouseEvent| hide.clone())}>{ if is_hidden { "show" } else { "hide" } }</button></td>
                                <td class="num err" data-col="errors" data-value={line.errors.to_string()}>{ if line.errors > 0 { units::count(line.errors) } else { String::new() } }</td>
                                <td class="num" data-col="shown" data-value={line.shown.to_string()}>{ units::count(line.shown) }</td>
                                <td class="num dim" data-col="spans" data-value={line.spans.to_string()}>{ units::count(line.spans) }</td></tr>
                        }
                    }) }</tbody>
                </table></div>
                if lines.len() == MOST_VALUES {
                    <p class="cf-p dim">{ format!("The {MOST_VALUES} most frequent values.") }</p>
                }
            }
        </Card>
    }
}
