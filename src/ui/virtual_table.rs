//! A real table of any length: only the rows in view are in the document, between two spacers. Head and foot stick to its edges, so the
//! columns stay together however it is scrolled.
//!
//! The table has the focus and names the active row by `aria-activedescendant`, as `virtual_list` does. Fields and buttons in its head keep
//! their own keys.

use yew::prelude::*;

use super::virtual_list::RowView;
use crate::{browser::resize::SizeWatch, core::list_window::ListGeometry};

/// Rows drawn beyond either edge, so that a fast wheel does not show blank paper.
const OVERSCAN: usize = 8;

#[derive(Properties, PartialEq)]
pub struct VirtualTableProps {
    pub id: &'static str,
    /// `grid` or `treegrid`.
    pub role: &'static str,
    pub label: AttrValue,
    pub testid: &'static str,
    #[prop_or_default]
    pub class: Classes,
    pub count: usize,
    pub row_px: u32,
    /// The least width of all columns together.
    pub min_width_px: u32,
    /// A `<colgroup>`, the `<tr>` of the head and of the foot.
    pub colgroup: Html,
    pub head: Html,
    #[prop_or_default]
    pub foot: Option<Html>,
    /// Announced as active and kept in view.
    #[prop_or_default]
    pub active: Option<usize>,
    /// The id of a row's element, by its index.
    pub row_id: Callback<usize, String>,
    /// Draws a keyed `<tr>`; the style is empty or hides the row.
    pub row: RowView,
    /// Arrow keys, Home, End, Page Up and Page Down choose another row.
    pub onmove: Callback<usize>,
    /// Other keys on the table itself. Whether the key meant something.
    #[prop_or_default]
    pub onkey: Option<Callback<KeyboardEvent, bool>>,
    /// First and last row in view, after every scroll.
    #[prop_or_default]
    pub onview: Option<Callback<(usize, usize)>>,
}

#[component]
pub fn VirtualTable(props: &VirtualTableProps) -> Html {
    let (scroller, head, foot) = (use_node_ref(), use_node_ref(), use_node_ref());
    let scroll_px = use_state(|| 0.0_f64);
    // Between head and foot.
    let viewport_px = use_state(|| 0_u32);
    let geometry = ListGeometry { row_height_px: props.row_px, count: props.count, viewport_px: *viewport_px };
    {
        let (scroller, head, foot, viewport_px) = (scroller.clone(), head.clone(), foot.clone(), viewport_px.setter());
        // A foot that comes or goes changes the room as well.
        use_effect_with(props.foot.is_some(), move |_| {
            let height = |part: &NodeRef| part.cast::<web_sys::Element>().map_or(0, |part| part.client_height());
            let watch = scroller.cast::<web_sys::Element>().and_then(|element| {
                let inner = element.clone();
                SizeWatch::start(&element, move |_, _| {
                    let left = inner.client_height() - height(&head) - height(&foot);
                    viewport_px.set(u32::try_from(left).unwrap_or(0));
                })
            });
            move || drop(watch)
        });
    }
    // The active row comes into view when it changes, not when the reader scrolls it away.
    {
        let scroller = scroller.clone();
        use_effect_with((props.active, *viewport_px), move |(active, viewport)| {
            if let (Some(active), Some(element)) = (*active, scroller.cast::<web_sys::Element>())
                && *viewport > 0
                && let Some(top) = geometry.scroll_to_reveal(active, f64::from(element.scroll_top()))
            {
                let far = (top - f64::from(element.scroll_top())).abs() > f64::from(*viewport) / 2.0;
                let top = if far { geometry.scroll_to_centre(active) } else { top };
                element.set_scroll_top(top.round() as i32);
            }
        });
    }
    let onscroll = {
        let scroll_px = scroll_px.setter();
        Callback::from(move |event: Event| {
            if let Some(element) = event.target_dyn_into::<web_sys::Element>() {
                scroll_px.set(f64::from(element.scroll_top()));
            }
        })
    };
    let onkeydown = {
        let (id, active, count, onmove, onkey) = (props.id, props.active, props.count, props.onmove.clone(), props.onkey.clone());
        Callback::from(move |event: KeyboardEvent| {
            let is_own = event.target_dyn_into::<web_sys::Element>().is_some_and(|target| target.id() == id);
            if !is_own || event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let (at, page) = (active.unwrap_or(0), geometry.page_rows());
            let next = match event.key().as_str() {
                _ if count == 0 => None,
                "ArrowDown" => Some(active.map_or(0, |at| at.saturating_add(1))),
                "ArrowUp" => Some(at.saturating_sub(1)),
                "Home" => Some(0),
                "End" => Some(count.saturating_sub(1)),
                "PageDown" => Some(at.saturating_add(page)),
                "PageUp" => Some(at.saturating_sub(page)),
                _ => None,
            };
            let is_known = match next {
                Some(next) => {
                    onmove.emit(next.min(count.saturating_sub(1)));
                    true
                }
                None => onkey.as_ref().is_some_and(|onkey| onkey.emit(event.clone())),
            };
            if is_known {
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let window = geometry.window(*scroll_px, OVERSCAN);
    let seen = geometry.window(*scroll_px, 0).rows;
    use_effect_with((seen.start, seen.end, props.count, props.onview.clone()), |(first, end, _, onview)| {
        if let Some(onview) = onview {
            onview.emit((*first, *end));
        }
    });
    let rows: Html = window.rows.clone().map(|row| props.row.draw(row)).collect();
    // The active row out of view is in the document all the same, for those who hear the page.
    let apart = props.active.filter(|active| *active < props.count && !window.rows.contains(active));
    let apart: Html = apart.into_iter().map(|row| props.row.draw(row)).collect();
    let above_px = window.offset_px.max(0.0);
    let rows_px = window.rows.len() as f64 * f64::from(props.row_px);
    let below_px = (window.total_px - above_px - rows_px).max(0.0);
    let spacer = |px: f64| {
        // Without cells: nobody who reads the table finds a row that is none.
        html! { <tbody class="vspacer" aria-hidden="true"><tr style={format!("height:{px}px")}></tr></tbody> }
    };
    html! {
        <div ref={scroller} class="scroll vtable" {onscroll}>
            <table id={props.id} class={classes!("tbl", props.class.clone())} role={props.role} tabindex="0" aria-label={props.label.clone()} data-testid={props.testid}
                data-count={props.count.to_string()} aria-rowcount={props.count.to_string()} aria-activedescendant={props.active.filter(|active| *active < props.count).map(|active| props.row_id.emit(active))}
                style={format!("min-width:{}px", props.min_width_px)} {onkeydown}>
                { props.colgroup.clone() }
                <thead ref={head}>{ props.head.clone() }</thead>
                { spacer(above_px) }
                <tbody class="vbody">{ rows }</tbody>
                { spacer(below_px) }
                <tbody class="apart">{ apart }</tbody>
                if let Some(row) = &props.foot {
                    <tfoot ref={foot}>{ row.clone() }</tfoot>
                }
            </table>
        </div>
    }
}
