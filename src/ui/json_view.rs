//! A JSON value as a tree: open and close, long texts folded, numbers exactly as stored, values copied whole.

use std::{collections::HashSet, rc::Rc};

use yew::prelude::*;

use super::{copy::CopyButton, icon::Icon};
use crate::core::{
    json_rows::{self, JsonRow, OPEN_DEPTH},
    json_tree::{Kind, Node},
    units,
};

/// Rows shown before "show more": a value may have a million entries.
const FIRST_ROWS: usize = 300;

#[derive(Properties, PartialEq)]
pub struct JsonViewProps {
    pub label: AttrValue,
    pub value: Rc<Node>,
}

#[component]
pub fn JsonView(props: &JsonViewProps) -> Html {
    let toggled = use_state(HashSet::<u64>::new);
    let limit = use_state(|| FIRST_ROWS);
    let rows = use_memo((props.value.clone(), (*toggled).clone()), |(value, toggled)| json_rows::rows(value, toggled, OPEN_DEPTH));
    let toggle = {
        let toggled = toggled.clone();
        Callback::from(move |path: u64| {
            let mut next = (*toggled).clone();
            if !next.remove(&path) {
                next.insert(path);
            }
            toggled.set(next);
        })
    };
    let hidden = rows.len().saturating_sub(*limit);
    let more = {
        let limit = limit.clone();
        Callback::from(move |_: MouseEvent| limit.set(limit.saturating_mul(4)))
    };
    html! {
        <div class="json mono" role="tree" aria-label={props.label.clone()}>
            { for rows.iter().take(*limit).map(|row| line(row, &props.value, &toggle)) }
            if hidden > 0 {
                <button type="button" class="jmore" onclick={more}>{ format!("show more of {} further rows", units::count(hidden as u64)) }</button>
            }
        </div>
    }
}

fn line(row: &JsonRow, value: &Node, toggle: &Callback<u64>) -> Html {
    let path = row.path_id;
    let onclick = toggle.reform(move |_: MouseEvent| path);
    let container = matches!(row.kind, Kind::Object(_) | Kind::Array(_));
    let (class, shown) = match row.kind {
        Kind::Object(_) => ("jc", format!("{{ {} }}", row.preview)),
        Kind::Array(_) => ("jc", format!("[ {} ]", row.preview)),
        Kind::String if row.expanded => (
            "js",
            format!("\"{}\"", json_rows::find(value, path).map(|node| json_rows::preview(&node.text, usize::MAX).text).unwrap_or_default()),
        ),
        Kind::String => ("js", format!("\"{}{}\"", row.preview, if row.more_chars > 0 { "…" } else { "" })),
        Kind::Number => ("jn", row.preview.clone()),
        Kind::Bool | Kind::Null => ("jc", row.preview.clone()),
    };
    html! {
        <div key={path.to_string()} class="jl" role="treeitem" aria-level={(row.depth + 1).to_string()} aria-posinset={row.pos_in_set.to_string()} aria-setsize={row.set_size.to_string()}
            aria-expanded={row.expandable.then(|| row.expanded.to_string())} style={format!("--n:{}", row.depth)}>
            if container && row.expandable {
                <button type="button" class="jt" aria-label={format!("{} {}", if row.expanded { "Collapse" } else { "Expand" }, row.key)} onclick={onclick.clone()}><Icon name={if row.expanded { "down" } else { "right" }} class="xs" /></button>
            } else {
                <span class="jt"></span>
            }
            if !row.key.is_empty() {
                <span class="jk">{ row.key.clone() }</span>{ ": " }
            }
            <span {class}>{ shown }</span>
            if row.decoded > 0 {
                <span class="badge" title="Stored as JSON text inside a text">{ "decoded" }</span>
            }
            if row.problem.is_some() {
                <span class="badge w" title="The text looks like JSON and is not">{ "not JSON" }</span>
            }
            if !container && row.expandable {
                <button type="button" class="jmore" {onclick}>{ if row.expanded { "show less".to_owned() } else { format!("show {} more characters", units::count(row.more_chars as u64)) } }</button>
                <CopyButton text={json_rows::find(value, path).map(|node| node.text.clone()).unwrap_or_default()} label="Copy the whole text" />
            }
        </div>
    }
}
