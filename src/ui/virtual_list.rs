//! A list of any length: only the rows in view are in the document.
//!
//! The scrolling element has the focus and names the active row by `aria-activedescendant`, so scrolling a row away never loses the focus.
//! The active row stays in the document even when it is out of view.

use std::{ops::Range, rc::Rc};

use yew::prelude::*;

use crate::{
    browser::resize::SizeWatch,
    core::list_window::{ListGeometry, ListWindow},
};

/// Rows drawn beyond either edge, so that a fast wheel does not show blank paper.
const OVERSCAN: usize = 8;

/// Rows of a stretched list are placed from the last multiple of this: a browser places nothing exactly that is millions of pixels away.
const ROWS_OF_A_BASE: usize = 1000;

/// Where a row of a virtual list is drawn.
#[derive(Clone, Debug, Default)]
pub struct RowPlace {
    /// Puts it in its place.
    pub style: AttrValue,
    /// No two rows in the document have the same. A row that scrolls into view has that of one that left: keyed by it, rows are written into elements
    /// that are there, which is cheaper than making them.
    pub slot: usize,
}

/// Draws one row. A keyed component, so that rows that stay are left alone.
#[derive(Clone)]
pub struct RowView(Rc<dyn Fn(usize, RowPlace) -> Html>);

impl RowView {
    /// `draw` gets the row's index and the style that puts it in its place.
    pub fn new(draw: impl Fn(usize, AttrValue) -> Html + 'static) -> Self {
        Self::in_slots(move |row, place| draw(row, place.style))
    }

    pub fn in_slots(draw: impl Fn(usize, RowPlace) -> Html + 'static) -> Self {
        Self(Rc::new(draw))
    }

    /// A row outside of a virtual list.
    pub fn draw(&self, row: usize) -> Html {
        (self.0)(row, RowPlace { slot: row, ..RowPlace::default() })
    }
}

impl PartialEq for RowView {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Draws what lies behind or above the rows, for the rows that are in the document.
#[derive(Clone)]
pub struct LayerView(Rc<dyn Fn(&ListWindow) -> Html>);

impl LayerView {
    pub fn new(draw: impl Fn(&ListWindow) -> Html + 'static) -> Self {
        Self(Rc::new(draw))
    }
}

impl PartialEq for LayerView {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

type FindStandIn = dyn Fn(&Range<usize>) -> Option<usize>;

/// Where rows come late: for the rows in view, the first of those that are drawn in their places meanwhile.
#[derive(Clone)]
pub struct StandIn(Rc<FindStandIn>);

impl StandIn {
    pub fn new(find: impl Fn(&Range<usize>) -> Option<usize> + 'static) -> Self {
        Self(Rc::new(find))
    }
}

impl PartialEq for StandIn {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
pub struct VirtualListProps {
    pub id: &'static str,
    /// `listbox`, `grid`, `treegrid` or `tree`.
    pub role: &'static str,
    pub label: AttrValue,
    pub testid: &'static str,
    #[prop_or_default]
    pub class: Classes,
    pub count: usize,
    pub row_px: u32,
    /// The chosen row: announced as active and kept in view.
    #[prop_or_default]
    pub active: Option<usize>,
    /// The id of a row's element, by its index.
    pub row_id: Callback<usize, String>,
    pub row: RowView,
    #[prop_or_default]
    pub stand_in: Option<StandIn>,
    /// Scrolls with the rows.
    #[prop_or_default]
    pub layer: Option<LayerView>,
    /// Arrow keys, Home, End, Page Up and Page Down choose another row.
    pub onmove: Callback<usize>,
    /// First and last row in view, after every scroll.
    #[prop_or_default]
    pub onview: Option<Callback<(usize, usize)>>,
    /// The id of what belongs to the list and stands outside of it, such as heads of columns.
    #[prop_or_default]
    pub owns: Option<&'static str>,
}

#[component]
pub fn VirtualList(props: &VirtualListProps) -> Html {
    let element = use_node_ref();
    let scroll_px = use_state(|| 0.0_f64);
    let viewport_px = use_state(|| 0_u32);
    let rows = use_node_ref();
    let drawn_at = use_mut_ref(DrawnAt::default);
    let slots = use_mut_ref(|| 0_usize);
    let geometry = ListGeometry { row_height_px: props.row_px, count: props.count, viewport_px: *viewport_px };

    {
        let (element, viewport_px) = (element.clone(), viewport_px.setter());
        use_effect_with((), move |()| {
            let watch = element
                .cast::<web_sys::Element>()
                .and_then(|element| SizeWatch::start(&element, move |_, height| viewport_px.set(height.round().max(0.0) as u32)));
            move || drop(watch)
        });
    }
    // The chosen row comes into view when it changes, not when the reader scrolls it away.
    {
        let element = element.clone();
        use_effect_with((props.active, props.count, *viewport_px), move |(active, _, viewport)| {
            if let (Some(active), Some(list)) = (*active, element.cast::<web_sys::Element>())
                && *viewport > 0
                && let Some(top) = geometry.scroll_to_reveal(active, f64::from(list.scroll_top()))
            {
                // A near row moves as little as possible; one from a link or a search is shown with what is around it.
                let far = (top - f64::from(list.scroll_top())).abs() > f64::from(*viewport) / 2.0;
                let top = if far { geometry.scroll_to_centre(active) } else { top };
                list.set_scroll_top(top.round() as i32);
            }
        });
    }
    let onscroll = {
        let (scroll_px, rows, drawn, has_no_layer) = (scroll_px.setter(), rows.clone(), drawn_at.clone(), props.layer.is_none());
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<web_sys::Element>() {
                let top_px = f64::from(list.scroll_top());
                if has_no_layer {
                    carry_along(&rows, *drawn.borrow(), top_px, f64::from(list.client_height()));
                }
                scroll_px.set(top_px);
            }
        })
    };
    let onkeydown = {
        let (active, count, onmove) = (props.active, props.count, props.onmove.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || count == 0 {
                return;
            }
            let (at, last, page) = (active.unwrap_or(0), count - 1, geometry.page_rows());
            let next = match event.key().as_str() {
                "ArrowDown" => active.map_or(0, |at| at.saturating_add(1)),
                "ArrowUp" => at.saturating_sub(1),
                "Home" => 0,
                "End" => last,
                "PageDown" => at.saturating_add(page),
                "PageUp" => at.saturating_sub(page),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            onmove.emit(next.min(last));
        })
    };

    let window = geometry.window(*scroll_px, OVERSCAN);
    let seen = geometry.window(*scroll_px, 0).rows;
    use_effect_with((seen.start, seen.end, props.count, props.onview.clone()), |(first, end, _, onview)| {
        if let Some(onview) = onview {
            onview.emit((*first, *end));
        }
    });
    // In a stretched list every scroll moves every row. It is their common element that moves, so that rows that stay are left alone.
    let base = if window.is_stretched { window.rows.start / ROWS_OF_A_BASE * ROWS_OF_A_BASE } else { 0 };
    *drawn_at.borrow_mut() = DrawnAt {
        scroll_px: *scroll_px,
        start_px: window.offset_px,
        end_px: window.offset_px + window.rows.len() as f64 * f64::from(props.row_px),
    };
    let px = |rows: f64| rows * f64::from(props.row_px);
    let slots = {
        let mut most = slots.borrow_mut();
        *most = (*most).max(window.rows.len());
        *most
    };
    let draw = |row: usize, at: usize| {
        let style = format!("transform:translateY({}px)", px(at as f64 - base as f64));
        (props.row.0)(row, RowPlace { style: style.into(), slot: row.checked_rem(slots).unwrap_or_default() })
    };
    let moved_px = if window.is_stretched { window.offset_px - px(window.rows.start as f64 - base as f64) } else { 0.0 };
    // Names its first row, so that other rows are another style and `carry_along` is undone. In a comment: a property of our own would be inherited,
    // and another value of it the style of all rows worked out anew.
    let moved = AttrValue::from(format!("transform:translateY({moved_px}px);/*{}*/", window.rows.start));
    // What is drawn in the place of a row: the row itself, or one as far from its stand-in as it is from the first in view.
    let stand_in = props.stand_in.as_ref().and_then(|stand_in| (stand_in.0)(&seen));
    let drawn = |row: usize| match stand_in {
        None => Some(row),
        Some(first) => row.checked_add(first)?.checked_sub(seen.start).filter(|row| *row < props.count),
    };
    // The active row out of view is drawn all the same, for those who hear the page.
    let apart = props.active.filter(|active| *active < props.count && !window.rows.clone().any(|row| drawn(row) == Some(*active)));
    // One list of keyed rows and nothing else beside them: a row that stays in view is not drawn again.
    let hidden = apart.map(|active| (props.row.0)(active, RowPlace { style: "visibility:hidden".into(), slot: slots }));
    let drawn_rows: Html = window.rows.clone().filter_map(|row| Some(draw(drawn(row)?, row))).chain(hidden).collect();
    html! {
        <div ref={element} id={props.id} class={classes!("vlist", props.class.clone())} role={props.role} tabindex="0" aria-label={props.label.clone()}
            aria-owns={props.owns} aria-activedescendant={props.active.map(|active| props.row_id.emit(active))} data-testid={props.testid} data-count={props.count.to_string()}
            aria-rowcount={matches!(props.role, "treegrid" | "grid").then(|| props.count.to_string())} {onscroll} {onkeydown}>
            <div class="vspace" role="presentation" style={format!("height:{}px", window.total_px)}>
                <div ref={rows} class="vrows" role="presentation" style={moved}>{ drawn_rows }</div>
                { props.layer.as_ref().map(|layer| (layer.0)(&window)) }
            </div>
        </div>
    }
}

/// Where the rows in the document were placed.
#[derive(Clone, Copy, Default)]
struct DrawnAt {
    scroll_px: f64,
    start_px: f64,
    end_px: f64,
}

/// Drawing follows a dragged scroll bar a frame or more behind. Until then rows of which none is in view any more stand where they stood before, so
/// that the reader never sees blank paper.
fn carry_along(rows: &NodeRef, drawn: DrawnAt, top_px: f64, viewport_px: f64) {
    let Some(style) = rows.cast::<web_sys::HtmlElement>().map(|rows| rows.style()) else { return };
    let is_in_view = top_px < drawn.end_px && top_px + viewport_px > drawn.start_px;
    // Neither can fail: both are plain properties of an element that is there.
    let _ = match is_in_view {
        true => style.remove_property("translate").map(drop),
        false => style.set_property("translate", &format!("0 {}px", top_px - drawn.scroll_px)),
    };
}
