//! A list of any length: only the rows in view are in the document.
//!
//! The scrolling element has the focus and names the active row by `aria-activedescendant`, so scrolling a row away never loses the focus.
//! The active row stays in the document even when it is out of view.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::resize::SizeWatch,
    core::list_window::{ListGeometry, ListWindow},
};

/// Rows drawn beyond either edge, so that a fast wheel does not show blank paper.
const OVERSCAN: usize = 8;

/// Draws one row: its index and the style that puts it in its place. A keyed component, so that rows that stay are left alone.
#[derive(Clone)]
pub struct RowView(Rc<dyn Fn(usize, AttrValue) -> Html>);

impl RowView {
    pub fn new(draw: impl Fn(usize, AttrValue) -> Html + 'static) -> Self {
        Self(Rc::new(draw))
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
    /// Scrolls with the rows.
    #[prop_or_default]
    pub layer: Option<LayerView>,
    /// Arrow keys, Home, End, Page Up and Page Down choose another row.
    pub onmove: Callback<usize>,
    /// First and last row in view, after every scroll.
    #[prop_or_default]
    pub onview: Option<Callback<(usize, usize)>>,
}

#[component]
pub fn VirtualList(props: &VirtualListProps) -> Html {
    let element = use_node_ref();
    let scroll_px = use_state(|| 0.0_f64);
    let viewport_px = use_state(|| 0_u32);
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
        let scroll_px = scroll_px.setter();
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<web_sys::Element>() {
                scroll_px.set(f64::from(list.scroll_top()));
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
    let place = |row: usize| {
        let from_first = row as f64 - window.rows.start as f64;
        AttrValue::from(format!("transform:translateY({}px)", window.offset_px + from_first * f64::from(props.row_px)))
    };
    // The active row out of view is drawn all the same, for those who hear the page.
    let apart = props.active.filter(|active| *active < props.count && !window.rows.contains(active));
    // One list of keyed rows and nothing else beside them: a row that stays in view is not drawn again.
    let hidden = apart.map(|active| (props.row.0)(active, AttrValue::from("visibility:hidden")));
    let rows: Html = window.rows.clone().map(|row| (props.row.0)(row, place(row))).chain(hidden).collect();
    html! {
        <div ref={element} id={props.id} class={classes!("vlist", props.class.clone())} role={props.role} tabindex="0" aria-label={props.label.clone()}
            aria-activedescendant={props.active.map(|active| props.row_id.emit(active))} data-testid={props.testid} data-count={props.count.to_string()}
            aria-rowcount={matches!(props.role, "treegrid" | "grid").then(|| props.count.to_string())} {onscroll} {onkeydown}>
            <div class="vspace" role="presentation" style={format!("height:{}px", window.total_px)}>
                <div class="vrows" role="presentation">{ rows }</div>
                { props.layer.as_ref().map(|layer| (layer.0)(&window)) }
            </div>
        </div>
    }
}
