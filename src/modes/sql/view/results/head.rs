//! The head of a column: name, type and what its values are like, how it sorts, and its edge to drag.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    core::{order::Direction, units},
    engine::result::ResultColumn,
    modes::sql::results::{
        cell,
        profile::{BINS, Distinct, Profile},
    },
    ui::icon::Icon,
};

/// Of the table.
pub const GRID_ID: &str = "sql-grid";

pub fn cell_id(place: usize, column: usize) -> String {
    format!("sql-cell-{place}-{column}")
}

/// Figures that are shared.
#[derive(Clone)]
pub struct Figures(pub Rc<Profile>);

impl PartialEq for Figures {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// How many different values, in words.
pub fn distinct(profile: &Profile) -> String {
    match profile.distinct {
        Some(Distinct::Exactly(number)) => format!("{} distinct", units::count(number as u64)),
        Some(Distinct::About(number)) => format!("about {} distinct", units::count_short(number as u64)),
        None => String::new(),
    }
}

#[derive(Properties, PartialEq)]
pub struct HeadProps {
    pub at: usize,
    pub column: ResultColumn,
    pub direction: Option<Direction>,
    /// Its place among several that sort.
    pub number: Option<usize>,
    pub profile: Option<Figures>,
    pub width: i32,
    pub onsort: Callback<(usize, bool)>,
    pub onwidth: Callback<(usize, i32)>,
    pub oninspect: Callback<usize>,
}

#[component]
pub fn Head(props: &HeadProps) -> Html {
    let HeadProps { at, column, direction, number, profile, width, .. } = props;
    let (at, width) = (*at, *width);
    let dragged = use_mut_ref(|| None::<(i32, i32)>);
    let onsort = props.onsort.reform(move |event: MouseEvent| (at, event.shift_key()));
    let oninspect = props.oninspect.reform(move |_: MouseEvent| at);
    let onpointerdown = {
        let dragged = dragged.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if let Some(edge) = event.target_dyn_into::<web_sys::Element>() {
                // A pointer that has left already cannot be held.
                drop(edge.set_pointer_capture(event.pointer_id()));
            }
            *dragged.borrow_mut() = Some((event.client_x(), width));
        })
    };
    let onpointermove = {
        let (dragged, onwidth) = (dragged.clone(), props.onwidth.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from_x, from_px)) = *dragged.borrow() {
                onwidth.emit((at, from_px + event.client_x() - from_x));
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *dragged.borrow_mut() = None);
    let is_number = cell::is_number(column.kind);
    let title = format!("{} {}: sort; with Shift besides others", column.name, column.type_name);
    html! {
        <th scope="col" class={classes!(is_number.then_some("num"))} aria-sort={direction.map(Direction::word)} aria-colindex={(at + 1).to_string()} data-col={column.name.clone()} data-type={column.type_name.clone()}
            data-distinct={profile.as_ref().and_then(|profile| profile.0.distinct).map(|distinct| match distinct { Distinct::Exactly(number) | Distinct::About(number) => number.to_string() })}>
            <button type="button" class="sqr-name" {title} onclick={onsort}>
                <span class="cut">{ if column.name.is_empty() { "(no name)" } else { &column.name } }</span>
                if let Some(direction) = direction {
                    <span class={classes!("sqr-dir", (*direction == Direction::Ascending).then_some("up"))}><Icon name="sortdesc" /></span>
                    if let Some(number) = number { <sup>{ number }</sup> }
                }
            </button>
            <small class="cut" title={column.type_name.clone()}>{ &column.type_name }</small>
            <button type="button" class="sqr-fig" aria-label={format!("Figures of {}", column.name)} title={format!("Figures of {}", column.name)} onclick={oninspect}>
                if let Some(Figures(profile)) = profile {
                    if profile.bins.is_empty() { { distinct(profile) } } else { { bars(&profile.bins, (60.0, 12.0)) } }
                } else {
                    { "…" }
                }
            </button>
            <span class="sqr-edge" aria-hidden="true" {onpointerdown} {onpointermove} {onpointerup}></span>
        </th>
    }
}

/// A small histogram.
pub fn bars(bins: &[u32], (width, height): (f64, f64)) -> Html {
    let most = f64::from(bins.iter().copied().max().unwrap_or(1).max(1));
    let step = width / bins.len().max(BINS.min(1)) as f64;
    html! {
        <svg class="sqr-bars" viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none" aria-hidden="true">
            { for bins.iter().enumerate().filter(|(_, count)| **count > 0).map(|(at, count)| {
                let tall = (f64::from(*count) / most * (height - 1.0)).max(0.8);
                html! { <rect x={format!("{:.2}", at as f64 * step + 0.3)} y={format!("{:.2}", height - tall)} width={format!("{:.2}", step - 0.6)} height={format!("{tall:.2}")} /> }
            }) }
        </svg>
    }
}
