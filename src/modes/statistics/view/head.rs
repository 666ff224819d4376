//! The head of the table: buttons that sort, and below them a field a column that narrows.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{
    super::{
        groups::{
            bounds::{self, Bound},
            columns::{Column, Direction, Measure},
        },
        params::StatisticsParams,
    },
    data::OwnTime,
    focus_table, set_params,
};
use crate::{
    browser::document,
    state::{
        busy::Busy,
        store::{Nav, Store},
    },
    ui::icon::Icon,
};

/// The reader has stopped typing.
const SETTLE_MS: u32 = 200;

/// The row of heads; `name` is what the first column holds.
pub fn column_heads(
    name: &str,
    columns: &[Column],
    sort: &[(Column, Direction)],
    own: &OwnTime,
    onsort: &Callback<(Column, bool)>,
) -> Html {
    let head = |column: Column, label: String| {
        let level = sort.iter().position(|(other, _)| *other == column);
        let direction = level.and_then(|level| sort.get(level)).map(|(_, direction)| *direction);
        let onclick = onsort.reform(move |event: MouseEvent| (column, event.shift_key()));
        let onkeydown = {
            let onsort = onsort.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.ctrl_key() || event.alt_key() || event.meta_key() {
                    return;
                }
                match event.key().as_str() {
                    "s" | "S" => onsort.emit((column, event.shift_key())),
                    "ArrowRight" => document::focus("#statistics-table thead th:has(button:focus) + th button"),
                    "ArrowLeft" => document::focus("#statistics-table thead th:has(+ th button:focus) button"),
                    "ArrowDown" => focus_table(),
                    _ => return,
                }
                event.prevent_default();
                event.stop_propagation();
            })
        };
        let waits = match own {
            OwnTime::Working(words) if column == Column::Own => Some(words.clone()),
            OwnTime::Failed(error) if column == Column::Own => Some(format!("could not be worked out: {error}")),
            _ => None,
        };
        let title = format!("{}. Press to sort (S), with Shift as one level more", column.about());
        html! {
            <th scope="col" class={(column != Column::Name && column != Column::Trend).then_some("num")} aria-sort={direction.map(Direction::word)} data-col={column.slug()}>
                if column.is_sortable() {
                    <button type="button" {title} {onclick} {onkeydown}>{ label }
                        if let Some(direction) = direction { <Icon name={if direction == Direction::Descending { "sortdesc" } else { "up" }} class="xs" /> }
                        if let Some(level) = level.filter(|_| sort.len() > 1) { <sup title="Level of the sort">{ level + 1 }</sup> }
                    </button>
                    if let Some(waits) = waits { <span class="own-w" role="status">{ waits }</span> }
                } else {
                    <span title={column.about()}>{ label }</span>
                }
            </th>
        }
    };
    html! {
        <tr>{ head(Column::Name, name.to_owned()) }{ for columns.iter().map(|column| head(*column, column.label().to_owned())) }</tr>
    }
}

/// The row of fields.
pub fn filter_row(store: &Store, params: &StatisticsParams, columns: &[Column]) -> Html {
    let onnames = {
        let store = store.clone();
        Callback::from(move |text: String| {
            let names = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            set_params(&store, Nav::Replace, move |params| params.names = names);
        })
    };
    let narrows = params.names.is_some() || !params.bounds.is_empty();
    let field = |column: Column| {
        if !column.has_bounds() {
            return html! { <th></th> };
        }
        let value = params.bounds.get(&column).cloned().unwrap_or_default();
        let measure = Some(column.measure());
        let placeholder = if column.measure() == Measure::Instant { ">" } else { "≥" };
        let onset = {
            let store = store.clone();
            Callback::from(move |text: String| {
                let text = text.trim().to_owned();
                set_params(&store, Nav::Replace, move |params| {
                    if text.is_empty() {
                        params.bounds.remove(&column);
                    } else {
                        params.bounds.insert(column, text);
                    }
                });
            })
        };
        html! {
            <th class="num"><FilterField class={classes!("in", "cf", (!value.is_empty()).then_some("on"))} label={format!("Filter {}", column.label())} {placeholder} title={bounds::help(column.measure())} {value} {measure} {narrows} {onset} /></th>
        }
    };
    html! {
        <tr class="frow">
            <th><div class="inwrap"><Icon name="search" class="s" /><FilterField class="in" label="Filter names" placeholder="Filter names" title="Names that contain this" value={params.names.clone().unwrap_or_default()} measure={None::<Measure>} {narrows} onset={onnames} /></div></th>
            { for columns.iter().map(|column| field(*column)) }
        </tr>
    }
}

#[derive(Properties, PartialEq)]
struct FilterFieldProps {
    class: Classes,
    label: AttrValue,
    placeholder: &'static str,
    title: &'static str,
    value: AttrValue,
    /// What is bounded; `None` where any text will do.
    measure: Option<Measure>,
    /// Any field of the row is in force.
    narrows: bool,
    onset: Callback<String>,
}

/// Whether a text cannot be put into the address.
fn is_bad(text: &str, measure: Option<Measure>) -> bool {
    measure.is_some_and(|measure| !text.trim().is_empty() && Bound::read(text, measure).is_none())
}

/// Its text is the reader's own while they type; the address follows when they pause. A text that is no bound stays here with what is wrong, and
/// the last good one stays in force.
#[component]
fn FilterField(props: &FilterFieldProps) -> Html {
    let typed = use_state(|| None::<String>);
    let settling = use_state(|| false);
    let waiting = use_mut_ref(|| None::<Timeout>);
    // All filters of the columns were taken away together: what could not be read goes with them.
    {
        let typed = typed.setter();
        use_effect_with(props.narrows, move |narrows| {
            if !*narrows {
                typed.set(None);
            }
        });
    }
    let measure = props.measure;
    let is_bad_in_link = is_bad(&props.value, measure);
    let oninput = {
        let (typed, settling, onset) = (typed.clone(), settling.setter(), props.onset.clone());
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            let text = input.value();
            typed.set(Some(text.clone()));
            settling.set(true);
            let (onset, typed, settling, busy) = (onset.clone(), typed.setter(), settling.clone(), Busy::start());
            *waiting.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                settling.set(false);
                if !is_bad(&text, measure) {
                    onset.emit(text);
                    typed.set(None);
                }
                drop(busy);
            }));
        })
    };
    let shown = (*typed).clone().map_or_else(|| props.value.clone(), AttrValue::from);
    let problem = measure.filter(|_| !*settling && is_bad(&shown, measure)).map(bounds::help);
    let onkeydown = {
        let (onset, has_value, typed, is_wrong) = (props.onset.clone(), !props.value.is_empty(), typed.setter(), problem.is_some());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            // First what is wrong goes, and the last good one is seen again; one of a link has none before it.
            "Escape" if is_wrong && has_value && !is_bad_in_link => {
                typed.set(None);
                event.prevent_default();
                event.stop_propagation();
            }
            "Escape" if has_value || is_wrong => {
                typed.set(None);
                onset.emit(String::new());
                event.prevent_default();
                event.stop_propagation();
            }
            "Enter" | "Escape" => {
                focus_table();
                event.prevent_default();
                event.stop_propagation();
            }
            _ => {}
        })
    };
    let error_id = problem.map(|_| AttrValue::from(format!("{}-error", props.label.to_lowercase().replace([' ', '.', '%'], "-"))));
    html! {
        <>
            <input class={props.class.clone()} type="text" aria-label={props.label.clone()} placeholder={props.placeholder} title={props.title} value={shown} aria-invalid={problem.map(|_| "true")} aria-describedby={error_id.clone()}
                autocomplete="off" spellcheck="false" {oninput} {onkeydown} />
            if let Some(words) = problem {
                <span class="cf-e" id={error_id} role="alert">{ words }</span>
            }
        </>
    }
}
