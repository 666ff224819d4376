//! A JSON value as a tree: containers open and close, long texts fold, numbers stand as stored. Many rows are drawn as they come into view.

use std::{collections::HashSet, rc::Rc};

use gloo::timers::future::TimeoutFuture;
use yew::{platform::spawn_local, prelude::*};

use super::{
    copy::CopyButton,
    icon::Icon,
    virtual_list::{RowView, VirtualList},
};
use crate::{
    browser::document,
    core::{
        json_rows::{self, JsonRow, OPEN_DEPTH},
        json_text,
        json_tree::{Kind, Node},
        units,
    },
};

/// More rows than this are not all put into the document.
const ROWS_AT_ONCE: usize = 300;
/// Bytes of a big text that are read before the page gets a turn.
const SLICE_BYTES: usize = 300_000;
/// As often as `json_tree` unwraps.
const MAX_LAYERS: u8 = 8;
/// `--row-h` where the stylesheet is not there.
const ROW_PX: u32 = 20;

#[derive(Properties, PartialEq)]
pub struct JsonViewProps {
    pub value: Rc<Node>,
    pub label: AttrValue,
    /// How many levels are open at first.
    #[prop_or(OPEN_DEPTH)]
    pub open_depth: u32,
}

#[component]
pub fn JsonView(props: &JsonViewProps) -> Html {
    let toggled = use_state(HashSet::<u64>::new);
    let active = use_state(|| None::<usize>);
    let rows = use_memo((props.value.clone(), (*toggled).clone(), props.open_depth), |(value, toggled, depth)| {
        json_rows::rows(value, toggled, *depth)
    });
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
    if rows.len() <= ROWS_AT_ONCE {
        return html! {
            <div class="json mono" role="tree" aria-label={props.label.clone()}>
                { for rows.iter().map(|row| line(row, &props.value, &toggle, None)) }
            </div>
        };
    }
    let row = {
        let (rows, value) = (rows.clone(), props.value.clone());
        RowView::new(move |at, style| rows.get(at).map(|row| line(row, &value, &toggle, Some(style))).unwrap_or_default())
    };
    let onmove = {
        let active = active.setter();
        Callback::from(move |at| active.set(Some(at)))
    };
    let row_id = {
        let rows = rows.clone();
        Callback::from(move |at: usize| rows.get(at).map(line_id).unwrap_or_default())
    };
    html! {
        <VirtualList id="json-rows" role="tree" label={props.label.clone()} testid="json" class="json mono" count={rows.len()}
            row_px={document::token_px("--json-row", ROW_PX)} active={*active} {row_id} {row} {onmove} />
    }
}

fn line_id(row: &JsonRow) -> String {
    format!("j{:x}", row.path_id)
}

/// `style` places the row in a virtual list, where every row has one line.
fn line(row: &JsonRow, value: &Node, toggle: &Callback<u64>, style: Option<AttrValue>) -> Html {
    let path = row.path_id;
    let onclick = toggle.reform(move |_: MouseEvent| path);
    let container = matches!(row.kind, Kind::Object(_) | Kind::Array(_));
    let place = style.map(|style| format!("{style};")).unwrap_or_default();
    let id = (!place.is_empty()).then(|| line_id(row));
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
        <div key={path.to_string()} {id} class="jl" role="treeitem" aria-level={(row.depth + 1).to_string()} aria-posinset={row.pos_in_set.to_string()} aria-setsize={row.set_size.to_string()}
            aria-expanded={row.expandable.then(|| row.expanded.to_string())} style={format!("{place}--n:{}", row.depth)}>
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

#[derive(Properties, PartialEq)]
pub struct BigJsonProps {
    /// A JSON value as text.
    pub raw: Rc<str>,
    pub label: AttrValue,
}

/// A value of megabytes: read in slices while the page goes on.
#[component]
pub fn BigJson(props: &BigJsonProps) -> Html {
    let read = use_state(|| None::<Rc<Node>>);
    {
        let read = read.setter();
        use_effect_with(props.raw.clone(), move |raw| {
            let (raw, wanted) = (raw.clone(), Rc::new(()));
            let watched = Rc::downgrade(&wanted);
            read.set(None);
            spawn_local(async move {
                let goes_on = || watched.upgrade().is_some();
                if let Some(node) = read_in_slices(raw, goes_on).await {
                    read.set(Some(Rc::new(node)));
                }
            });
            // Reading stops when the value is no longer shown.
            move || drop(wanted)
        });
    }
    match &*read {
        Some(value) => html! { <JsonView value={value.clone()} label={props.label.clone()} open_depth={1} /> },
        None => {
            html! { <div class="sec"><span class="busy" role="status"><i class="spin"></i>{ format!("Reading {}", units::bytes(props.raw.len() as u64)) }</span></div> }
        }
    }
}

/// `None` when nobody waits any more.
async fn read_in_slices(raw: Rc<str>, goes_on: impl Fn() -> bool) -> Option<Node> {
    let mut text = raw;
    let mut decoded = 0_u8;
    loop {
        TimeoutFuture::new(0).await;
        let as_text =
            |text: &Rc<str>| Node { kind: Kind::String, text: text.to_string(), decoded: decoded.saturating_sub(1), ..Node::default() };
        match text.trim_start().chars().next() {
            Some('"') if decoded < MAX_LAYERS => match serde_json::from_str::<String>(&text) {
                Ok(inner) => {
                    text = inner.into();
                    decoded += 1;
                }
                Err(_) => return Some(as_text(&text)),
            },
            Some('{' | '[') => break,
            _ => return Some(as_text(&text)),
        }
        if !goes_on() {
            return None;
        }
    }
    if !json_text::is_json(&text) {
        return Some(Node { kind: Kind::String, text: text.to_string(), decoded: decoded.saturating_sub(1), ..Node::default() });
    }
    let mut reading = json_text::Reading::default();
    loop {
        TimeoutFuture::new(0).await;
        if !goes_on() {
            return None;
        }
        match reading.step(&text, SLICE_BYTES) {
            None => {}
            Some(Ok(node)) => return Some(Node { decoded, ..node }),
            Some(Err(problem)) => {
                return Some(Node { kind: Kind::String, text: text.to_string(), problem: Some(problem), ..Node::default() });
            }
        }
    }
}
