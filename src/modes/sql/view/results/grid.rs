//! The rows as a grid: only what is in view is in the document, rows and, where there are many, columns.
//!
//! The table has the focus and names the active cell by `aria-activedescendant`.

use std::{ops::Range, rc::Rc};

use web_sys::Element;
use yew::prelude::*;

use super::{
    head,
    row::{GridRow, Look},
    slices::{Profiles, Shown},
};
use crate::{
    browser::{document, resize::SizeWatch},
    core::list_window::ListGeometry,
    modes::sql::{
        results::{cell, order::SortColumn, result_set::ResultSet},
        runs::run::Run,
    },
};

/// `--row-h` where the stylesheet is not there.
const ROW_PX: u32 = 28;
/// Rows and columns drawn beyond the edges.
const OVERSCAN: usize = 8;
const OVERSCAN_COLUMNS: usize = 2;
/// With no more columns all of them are in the document.
const COLUMNS_AT_ONCE: usize = 30;
/// Of the column of row numbers.
const NUMBERS_PX: i32 = 56;
const LEAST_PX: i32 = 48;
/// A column is not made wider than this without being asked.
const MOST_PX: i32 = 340;
/// Rows that say how wide a column must be.
const MEASURED_ROWS: usize = 40;
const LETTER_PX: usize = 7;
const CELL_PX: usize = 24;

/// A cell: its place among the rows shown, and its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub place: usize,
    pub column: usize,
}

#[derive(Properties, PartialEq)]
pub struct GridProps {
    pub run: Rc<Run>,
    /// Rows so far.
    pub rows: usize,
    pub is_over: bool,
    pub shown: Shown,
    pub sort: Vec<SortColumn>,
    pub look: Rc<Look>,
    pub profiles: Profiles,
    pub active: Option<At>,
    pub onactive: Callback<At>,
    /// A column and whether it is added to those that sort already.
    pub onsort: Callback<(usize, bool)>,
    /// A cell is to be seen in full; of none, its column.
    pub oninspect: Callback<(Option<At>, usize)>,
    pub oncopy: Callback<At>,
    /// A span whose trace must be looked up.
    pub onfollow: Callback<String>,
    /// The last column that was in view.
    pub onseen: Callback<usize>,
}

/// How wide columns are at first, by what stands in them.
fn widths(set: &ResultSet) -> Vec<i32> {
    let width = |at: usize| {
        let column = set.columns.get(at);
        let head = column.map_or(0, |column| column.name.chars().count().max(column.type_name.chars().count().min(24)) + 2);
        let cells = (0..set.rows().min(MEASURED_ROWS)).filter_map(|row| set.value(at, row));
        let longest = cells.map(|value| cell::shown(set.kind(at), value).chars().count()).max().unwrap_or(0);
        i32::try_from(head.max(longest) * LETTER_PX + CELL_PX).unwrap_or(MOST_PX).clamp(LEAST_PX + 40, MOST_PX)
    };
    (0..set.columns.len()).map(width).collect()
}

/// The columns that lie within some px of a row.
fn columns_within(widths: &[i32], from_px: i32, to_px: i32) -> Range<usize> {
    if widths.len() <= COLUMNS_AT_ONCE {
        return 0..widths.len();
    }
    let mut left = 0;
    let (mut first, mut end) = (widths.len(), 0);
    for (at, width) in widths.iter().enumerate() {
        if left + width > from_px && left < to_px {
            first = first.min(at);
            end = at + 1;
        }
        left += width;
    }
    first.min(end).saturating_sub(OVERSCAN_COLUMNS)..(end + OVERSCAN_COLUMNS).min(widths.len())
}

#[component]
pub fn Grid(props: &GridProps) -> Html {
    let GridProps { run, rows, shown, sort, look, profiles, active, .. } = props;
    let (scroller, thead) = (use_node_ref(), use_node_ref());
    let scroll = use_state(|| (0.0_f64, 0_i32));
    let view = use_state(|| (0_u32, 0_i32));
    let own_widths = use_state(Vec::<Option<i32>>::new);
    // Another density draws the whole panel anew.
    let row_px = *use_memo((), |()| document::token_px("--row", ROW_PX));
    let count = shown.count(*rows);
    let geometry = ListGeometry { row_height_px: row_px, count, viewport_px: view.0 };
    // Once the first rows are there, widths stay: later ones must not move what is read.
    let measured = use_memo((*rows > 0, look.columns.len()), |_| widths(&run.result.borrow()));
    let widths: Rc<Vec<i32>> = {
        let own = &*own_widths;
        Rc::new(measured.iter().enumerate().map(|(at, width)| own.get(at).copied().flatten().unwrap_or(*width)).collect())
    };
    {
        let (scroller, thead, view) = (scroller.clone(), thead.clone(), view.setter());
        use_effect_with(look.columns.len(), move |_| {
            let watch = scroller.cast::<Element>().and_then(|element| {
                let inner = element.clone();
                SizeWatch::start(&element, move |_, _| {
                    let head_px = thead.cast::<Element>().map_or(0, |head| head.client_height());
                    view.set((u32::try_from(inner.client_height() - head_px).unwrap_or(0), inner.client_width()));
                })
            });
            move || drop(watch)
        });
    }
    // The active cell comes into view when it changes, not when the reader scrolls it away.
    {
        let (scroller, widths) = (scroller.clone(), widths.clone());
        use_effect_with((*active, *view), move |(active, (viewport, _))| {
            let (Some(at), Some(element)) = (*active, scroller.cast::<Element>()) else { return };
            if *viewport == 0 {
                return;
            }
            if let Some(top) = geometry.scroll_to_reveal(at.place, f64::from(element.scroll_top())) {
                element.set_scroll_top(top.round() as i32);
            }
            let left: i32 = widths.iter().take(at.column).sum();
            let right = left + widths.get(at.column).copied().unwrap_or(0);
            let room = element.client_width() - NUMBERS_PX;
            if left < element.scroll_left() {
                element.set_scroll_left(left);
            } else if right > element.scroll_left() + room {
                element.set_scroll_left((right - room).min(left));
            }
        });
    }
    let onscroll = {
        let scroll = scroll.setter();
        Callback::from(move |event: Event| {
            if let Some(element) = event.target_dyn_into::<Element>() {
                scroll.set((f64::from(element.scroll_top()), element.scroll_left()));
            }
        })
    };
    let seen = columns_within(&widths, scroll.1, scroll.1 + view.1);
    use_effect_with((seen.end, props.onseen.clone()), |(end, onseen)| onseen.emit(*end));
    // Keys may come faster than they are drawn.
    let latest = use_mut_ref(|| None::<At>);
    *latest.borrow_mut() = *active;
    let onkeydown = {
        let (latest, columns, onactive, oninspect, oncopy) =
            (latest.clone(), look.columns.len(), props.onactive.clone(), props.oninspect.clone(), props.oncopy.clone());
        Callback::from(move |event: KeyboardEvent| {
            let is_own = event.target_dyn_into::<Element>().is_some_and(|target| target.id() == head::GRID_ID);
            if !is_own || event.alt_key() || count == 0 || columns == 0 {
                return;
            }
            let active = *latest.borrow();
            let (ctrl, at) = (event.ctrl_key() || event.meta_key(), active.unwrap_or(At { place: 0, column: 0 }));
            let (last, last_column, page) = (count - 1, columns - 1, geometry.page_rows());
            let next = match event.key().as_str() {
                "ArrowDown" => At { place: active.map_or(0, |at| at.place + 1).min(last), ..at },
                "ArrowUp" => At { place: at.place.saturating_sub(1), ..at },
                "ArrowRight" => At { column: active.map_or(0, |at| at.column + 1).min(last_column), ..at },
                "ArrowLeft" => At { column: at.column.saturating_sub(1), ..at },
                "Home" if ctrl => At { place: 0, column: 0 },
                "End" if ctrl => At { place: last, column: last_column },
                "Home" => At { column: 0, ..at },
                "End" => At { column: last_column, ..at },
                "PageDown" => At { place: (at.place + page).min(last), ..at },
                "PageUp" => At { place: at.place.saturating_sub(page), ..at },
                "Enter" => {
                    oninspect.emit((Some(at), at.column));
                    at
                }
                "c" | "C" if ctrl && active.is_some() => {
                    oncopy.emit(at);
                    at
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            latest.replace(Some(next));
            onactive.emit(next);
        })
    };
    let cell_of = |event: &Event| -> Option<At> {
        let cell = document::closest(event, "td[data-c]")?;
        Some(At { place: cell.get_attribute("data-r")?.parse().ok()?, column: cell.get_attribute("data-c")?.parse().ok()? })
    };
    let onclick = {
        let (onactive, oninspect, onfollow) = (props.onactive.clone(), props.oninspect.clone(), props.onfollow.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(link) = document::closest(&event, "[data-span]") {
                onfollow.emit(link.get_attribute("data-span").unwrap_or_default());
                return;
            }
            if document::closest(&event, "a").is_some() {
                return;
            }
            if let Some(at) = cell_of(&event) {
                onactive.emit(at);
                if document::closest(&event, "td[data-json]").is_some() {
                    oninspect.emit((Some(at), at.column));
                }
            }
        })
    };
    let ondblclick = {
        let oninspect = props.oninspect.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(at) = cell_of(&event) {
                oninspect.emit((Some(at), at.column));
            }
        })
    };
    let onwidth = {
        let own_widths = own_widths.clone();
        Callback::from(move |(column, width): (usize, i32)| {
            let mut widths = (*own_widths).clone();
            if widths.len() <= column {
                widths.resize(column + 1, None);
            }
            if let Some(own) = widths.get_mut(column) {
                *own = Some(width.clamp(LEAST_PX, 2_000));
            }
            own_widths.set(widths);
        })
    };
    let window = geometry.window(scroll.0, OVERSCAN);
    let above_px = window.offset_px.max(0.0);
    let below_px = (window.total_px - above_px - window.rows.len() as f64 * f64::from(row_px)).max(0.0);
    let spacer = |px: f64| html! { <tbody class="vspacer" aria-hidden="true"><tr style={format!("height:{px}px")}></tr></tbody> };
    let draw = |place: usize| {
        shown.row(place).map(|row| {
            html! {
                <GridRow key={place} run={run.clone()} {place} {row} first={seen.start} end={seen.end} look={look.clone()} active={active.filter(|at| at.place == place).map(|at| at.column)} />
            }
        })
    };
    // The active row out of view is in the document all the same, for those who hear the page.
    let apart = active.map(|at| at.place).filter(|place| *place < count && !window.rows.contains(place));
    let side_px = |columns: Range<usize>| widths.get(columns).map_or(0, |widths| widths.iter().sum::<i32>());
    let (left_px, right_px) = (side_px(0..seen.start), side_px(seen.end..widths.len()));
    let whole_px = NUMBERS_PX + widths.iter().sum::<i32>();
    html! {
        <div ref={scroller} class="scroll sqr-scroll" {onscroll}>
            <table id={head::GRID_ID} class="tbl sqr-grid" role="grid" tabindex="0" aria-label="Result" data-testid="sql-result" data-count={count.to_string()}
                aria-rowcount={count.to_string()} aria-colcount={look.columns.len().to_string()}
                aria-activedescendant={active.filter(|at| at.place < count).map(|at| head::cell_id(at.place, at.column))}
                style={format!("width:max(100%,{whole_px}px)")} {onkeydown} {onclick} {ondblclick}>
                <colgroup>
                    <col style={format!("width:{NUMBERS_PX}px")} />
                    if left_px > 0 { <col style={format!("width:{left_px}px")} /> }
                    { for seen.clone().map(|at| html! { <col key={at} style={format!("width:{}px", widths.get(at).copied().unwrap_or(LEAST_PX))} /> }) }
                    if right_px > 0 { <col style={format!("width:{right_px}px")} /> }
                </colgroup>
                <thead ref={thead}><tr>
                    <th class="rn" aria-label="Row"></th>
                    if left_px > 0 { <th class="sqr-side"></th> }
                    { for seen.clone().filter_map(|at| look.columns.get(at).map(|column| {
                        let sorted = sort.iter().position(|sorted| sorted.column == at);
                        let direction = sorted.and_then(|at| sort.get(at)).map(|sorted| sorted.direction);
                        let number = sorted.filter(|_| sort.len() > 1).map(|at| at + 1);
                        html! { <head::Head key={at} {at} column={column.clone()} {direction} {number} profile={profiles.of(at).map(head::Figures)} width={widths.get(at).copied().unwrap_or(LEAST_PX)}
                            onsort={props.onsort.clone()} onwidth={onwidth.clone()} oninspect={props.oninspect.reform(|column: usize| (None, column))} /> }
                    })) }
                    if right_px > 0 { <th class="sqr-side"></th> }
                </tr></thead>
                { spacer(above_px) }
                <tbody class="vbody">{ for window.rows.clone().filter_map(draw) }</tbody>
                { spacer(below_px) }
                <tbody class="apart">{ for apart.and_then(draw) }</tbody>
            </table>
            if count == 0 && props.is_over { <p class="sqr-none">{ if *rows == 0 { "The statement gave no rows." } else { "No row has this text." } }</p> }
        </div>
    }
}
