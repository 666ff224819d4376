//! The flame graph: frames on a canvas, their figures under the pointer, and a table of own times below.

mod paint;
mod table;

use std::{cell::RefCell, rc::Rc};

use yew::prelude::*;

pub use self::table::as_row;
use self::{paint::Painter, table::FrameTable};
use super::{
    super::{
        frames::{self, Figures, FrameName, FrameNames, Graph, Layout, Step, Tile, Weight},
        model::TraceModel,
    },
    Choice,
};
use crate::{
    browser::{canvas, document, resize::SizeWatch},
    core::{colour::Slots, span_set::SpanSet, units},
    state::{
        session::Session,
        store::{Nav, Store, go},
    },
};

/// The mode's own keys in the address.
const LAYOUT: &str = "flame";
const WEIGHT: &str = "by";
/// Height of a row with the gap below it, px, where the stylesheet does not say.
const ROW_PX: u32 = 26;
/// The tip keeps this far from the pointer, px.
const TIP_GAP_PX: i32 = 14;

#[derive(Properties, PartialEq)]
pub struct FlameGraphProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub model: Rc<TraceModel>,
    pub chosen: Option<u32>,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
    /// Spans without a frame of their own: folded hooks, what the page's filter leaves out.
    #[prop_or_default]
    pub hidden: Option<Rc<SpanSet>>,
}

/// What the graph shows: equal while nothing of it has changed.
struct Shown {
    graph: Graph,
    names: FrameNames,
    work_ns: i64,
}

/// Where the pointer is, in px of the window, and over what.
#[derive(Clone, Copy, PartialEq)]
struct Hover {
    frame: u32,
    x: i32,
    y: i32,
}

#[component]
pub fn FlameGraph(props: &FlameGraphProps) -> Html {
    let FlameGraphProps { session, store, model, chosen, agent_slots, onchoose, hidden } = props;
    let param = |key: &str| store.url.params.get(key).map(String::as_str).unwrap_or_default();
    let (layout, weight) = (Layout::from_slug(param(LAYOUT)), Weight::from_slug(param(WEIGHT)));
    let shown = use_memo((model.clone(), layout, weight, hidden.clone()), |(model, layout, weight, hidden)| {
        let names = FrameNames::new(&[(model, hidden.as_deref())], true);
        Shown { graph: Graph::new(model, &names, *layout, *weight), names, work_ns: frames::work_ns(model) }
    });
    // Frames are numbered anew when another graph is shown.
    let key = format!(
        "{} {} {} {} {}",
        model.trace_id,
        layout as u8,
        weight as u8,
        shown.names.len(),
        hidden.as_ref().map_or(0, |hidden| hidden.len())
    );
    let zooms = use_keyed(&key, Vec::<u32>::new);
    let focus = use_keyed(&key, || None::<u32>);
    let hover = use_keyed(&key, || None::<Hover>);
    // Another span chosen elsewhere takes the focus with it.
    let stands_for = |frame: &u32| shown.graph.figures_light(model, &shown.names, *frame).map(|figures| figures.span);
    let (zoom, focused) = (zooms.value.last().copied(), focus.value.filter(|frame| chosen.is_some() && stands_for(frame) == *chosen));
    let current = focused.or_else(|| chosen.and_then(|span| shown.graph.frame_of(&model.tree, &shown.names, span)));

    let row_px = *use_memo((), |()| f64::from(document::token_px("--flame-row", ROW_PX)));
    let (element, canvas_ref) = (use_node_ref(), use_node_ref());
    let size = use_state(|| (0.0_f64, 0.0_f64));
    let scroll_px = use_state(|| 0.0_f64);
    let looks = use_state(|| 0_u32);
    {
        let (element, size, looks) = (element.clone(), size.setter(), looks.clone());
        use_effect_with((), move |()| {
            let watch = element
                .cast::<web_sys::Element>()
                .and_then(|element| SizeWatch::start(&element, move |width, height| size.set((width, height))));
            let round = Rc::new(std::cell::Cell::new(*looks));
            let again = move || {
                round.set(round.get().wrapping_add(1));
                looks.set(round.get());
            };
            let theme = canvas::on_theme_change(again.clone());
            // Zooming the page changes the pixel ratio.
            let resized = document::on_window("resize", move |_| again());
            move || drop((watch, theme, resized))
        });
    }
    {
        // Another graph begins at its top.
        let element = element.clone();
        use_effect_with(key, move |_| {
            if let Some(element) = element.cast::<web_sys::Element>() {
                element.set_scroll_top(0);
            }
        });
    }
    let (width_px, height_px) = *size;
    let tiles = use_memo((Rc::as_ptr(&shown) as usize, zoom, *size, *scroll_px), {
        let (shown, model, scroll_px) = (shown.clone(), model.clone(), *scroll_px);
        move |_| shown.graph.tiles(&model.tree, zoom, width_px, rows_in_view(scroll_px, height_px, row_px))
    });
    let painter = use_mut_ref(|| None::<Painter>);
    {
        let (canvas_ref, shown, model, tiles) = (canvas_ref.clone(), shown.clone(), model.clone(), tiles.clone());
        let (session, slots, hovered, scroll_px) = (session.clone(), agent_slots.clone(), hover.value.map(|hover| hover.frame), *scroll_px);
        let key = (Rc::as_ptr(&tiles) as usize, *looks, current, hovered, slots.clone());
        use_effect_with(key, move |_| {
            let mut painter = painter.borrow_mut();
            if painter.is_none() {
                *painter = canvas_ref.cast::<web_sys::Element>().and_then(|element| Painter::new(&element));
            }
            if let Some(painter) = painter.as_mut() {
                let scene = paint::Scene {
                    shown: &shown,
                    model: &model,
                    session: &session,
                    agent_slots: &slots,
                    tiles: &tiles,
                    current,
                    hovered,
                    row_px,
                };
                painter.paint(&scene, (width_px, height_px), scroll_px);
            }
        });
    }

    let zoom_to = {
        let (zooms, shown, model) = (zooms.clone(), shown.clone(), model.clone());
        Callback::from(move |frame: u32| {
            let mut next: Vec<u32> =
                zooms.value.iter().copied().filter(|above| *above != frame && shown.graph.holds(&model.tree, *above, frame)).collect();
            // The frame that everything is below means everything.
            if shown.graph.step(&model.tree, Some(frame), Step::Above).is_some()
                || shown.graph.step(&model.tree, Some(frame), Step::After).is_some()
            {
                next.push(frame);
            }
            zooms.set(next);
        })
    };
    let focus_on = {
        let (focus, zooms, shown, model, element, onchoose) =
            (focus.clone(), zooms.clone(), shown.clone(), model.clone(), element.clone(), onchoose.clone());
        Callback::from(move |(frame, clicked): (u32, bool)| {
            focus.set(Some(frame));
            let seen = |zoomed: u32| shown.graph.holds(&model.tree, zoomed, frame) || shown.graph.holds(&model.tree, frame, zoomed);
            if !clicked && zooms.value.last().is_some_and(|zoomed| !seen(*zoomed)) {
                zooms.set(Vec::new());
            }
            reveal(&element, shown.graph.row_of(frame), row_px);
            if let Some(figures) = shown.graph.figures(&model, &shown.names, frame) {
                onchoose.emit((figures.span, clicked));
            }
        })
    };
    let under_pointer = {
        let (tiles, scroll_px) = (tiles.clone(), *scroll_px);
        move |event: &MouseEvent| -> Option<Tile> {
            let row = ((f64::from(event.offset_y()) + scroll_px) / row_px).max(0.0) as u32;
            frames::tile_at(&tiles, row, f64::from(event.offset_x()))
        }
    };
    let onmousemove = {
        let (hover, under_pointer) = (hover.clone(), under_pointer.clone());
        Callback::from(move |event: MouseEvent| {
            hover.set(under_pointer(&event).map(|tile| Hover { frame: tile.frame, x: event.client_x(), y: event.client_y() }));
        })
    };
    let onmouseleave = {
        let hover = hover.clone();
        Callback::from(move |_: MouseEvent| hover.set(None))
    };
    let onclick = {
        let (zoom_to, focus_on) = (zoom_to.clone(), focus_on.clone());
        Callback::from(move |event: MouseEvent| {
            if let Some(tile) = under_pointer(&event) {
                zoom_to.emit(tile.frame);
                focus_on.emit((tile.frame, true));
            }
        })
    };
    let onkeydown = {
        let (zooms, shown, model, zoom_to, focus_on) = (zooms.clone(), shown.clone(), model.clone(), zoom_to.clone(), focus_on.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let step = match event.key().as_str() {
                "ArrowUp" => Step::Above,
                "ArrowDown" => Step::Below,
                "ArrowLeft" => Step::Before,
                "ArrowRight" => Step::After,
                "Home" => Step::First,
                "Enter" | " " => {
                    if let Some(frame) = current {
                        event.prevent_default();
                        zoom_to.emit(frame);
                    }
                    return;
                }
                "Escape" if !zooms.value.is_empty() => {
                    event.prevent_default();
                    event.stop_propagation();
                    let mut next = zooms.value.clone();
                    next.pop();
                    zooms.set(next);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(frame) = shown.graph.step(&model.tree, current, step) {
                focus_on.emit((frame, false));
            }
        })
    };
    let onscroll = {
        let scroll_px = scroll_px.setter();
        Callback::from(move |event: Event| {
            if let Some(element) = event.target_dyn_into::<web_sys::Element>() {
                scroll_px.set(f64::from(element.scroll_top()));
            }
        })
    };
    let whole = {
        let zooms = zooms.clone();
        Callback::from(move |_: MouseEvent| zooms.set(Vec::new()))
    };

    let figures = |frame: u32| {
        let figures = shown.graph.figures(model, &shown.names, frame)?;
        Some((figures, shown.names.get(figures.key)?.clone()))
    };
    let graph_px = shown.graph.rows() as f64 * row_px;
    let label = match layout {
        Layout::Merged => "Flame graph, merged by name",
        Layout::Time => "Flame graph, in time order",
    };
    let spoken = current.and_then(|frame| figures(frame).map(|(figures, name)| (frame, figures, name)));
    html! {
        <div class="flamev" data-testid="flame">
            <div class="fl-tools">
                <Choices label="Layout" name={LAYOUT} store={store.clone()} selected={layout as usize} items={Layout::ALL.map(|(_, slug, label)| (slug, label)).to_vec()} />
                <Choices label="Weight" name={WEIGHT} store={store.clone()} selected={weight as usize} disabled={layout == Layout::Time} items={Weight::ALL.map(|(_, slug, label)| (slug, label)).to_vec()} />
                <span class="grow"></span>
                if zoom.is_some() {
                    <button type="button" class="btn sm" onclick={whole}>{ "Show everything" }</button>
                } else {
                    <span class="cap">{ "Click a frame to zoom, Esc to go back" }</span>
                }
            </div>
            <div ref={element} class="flame" role="tree" tabindex="0" aria-label={label} aria-activedescendant={spoken.as_ref().map(|(frame, ..)| format!("flame-{frame}"))}
                style={format!("--graph:{graph_px}px")} data-rows={shown.graph.rows().to_string()} data-tiles={tiles.len().to_string()} data-zoom={zoom.map(|zoom| zoom.to_string())} {onkeydown} {onscroll}>
                <canvas ref={canvas_ref} aria-hidden="true" style={format!("width:{width_px}px;height:{height_px}px")} {onmousemove} {onmouseleave} {onclick}></canvas>
                <div aria-hidden="true" style={format!("height:{}px", (graph_px - height_px).max(0.0))}></div>
                if let Some((frame, figures, name)) = spoken {
                    <div class="vh" id={format!("flame-{frame}")} role="treeitem" aria-selected="true" aria-level={(figures.depth + 1).to_string()}
                        data-testid="flame-frame" data-frame={name.name.clone()} data-count={figures.count.to_string()} data-total-ns={figures.total_ns.to_string()} data-own-ns={figures.own_ns.to_string()} data-work-ns={figures.work_ns.to_string()}>
                        { words(&figures, &name, shown.work_ns) }
                    </div>
                }
            </div>
            if let Some((hover, (figures, name))) = hover.value.and_then(|hover| Some((hover, figures(hover.frame)?))) {
                <Tip x={hover.x} y={hover.y} {figures} {name} work_ns={shown.work_ns} />
            }
            <FrameTable session={session.clone()} model={model.clone()} store={store.clone()} hidden={hidden.clone()} onchoose={onchoose.clone()} />
        </div>
    }
}

/// Which rows are in view, one more at either edge.
fn rows_in_view(scroll_px: f64, height_px: f64, row_px: f64) -> std::ops::Range<u32> {
    let first = (scroll_px / row_px).floor().max(1.0) as u32 - 1;
    first..((scroll_px + height_px) / row_px).ceil().max(0.0) as u32 + 1
}

/// Scrolls as little as shows a row.
fn reveal(element: &NodeRef, row: u32, row_px: f64) {
    let Some(element) = element.cast::<web_sys::Element>() else { return };
    let (top, bottom) = (f64::from(row) * row_px, f64::from(row + 1) * row_px);
    let (from, height) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    if top < from {
        element.set_scroll_top(top as i32);
    } else if bottom > from + height {
        element.set_scroll_top((bottom - height).ceil() as i32);
    }
}

/// A value that belongs to a key and begins anew with another one.
struct Keyed<T> {
    value: T,
    key: String,
    setter: UseStateSetter<(String, T)>,
}

impl<T: Clone> Clone for Keyed<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), key: self.key.clone(), setter: self.setter.clone() }
    }
}

impl<T: PartialEq> Keyed<T> {
    fn set(&self, value: T) {
        if value != self.value {
            self.setter.set((self.key.clone(), value));
        }
    }
}

#[hook]
fn use_keyed<T: Clone + 'static>(key: &str, first: impl Fn() -> T) -> Keyed<T> {
    let state = use_state(|| (key.to_owned(), first()));
    let value = if state.0 == key { state.1.clone() } else { first() };
    Keyed { value, key: key.to_owned(), setter: state.setter() }
}

/// A frame in words, for those who hear the page.
fn words(figures: &Figures, name: &FrameName, work_ns: i64) -> String {
    let Figures { count, errors, total_ns, own_ns, work_ns: own_work_ns, .. } = *figures;
    let agent = name.agent.as_ref().map(|agent| format!("{agent}, ")).unwrap_or_default();
    let share = units::percent(own_work_ns.unsigned_abs(), work_ns.unsigned_abs());
    let errors = if errors > 0 { format!(", {}", units::counted(errors, "error")) } else { String::new() };
    format!(
        "{agent}{}, {}, total {}, own {}, {share} of all work{errors}",
        name.name,
        units::counted(count, "span"),
        units::duration(total_ns),
        units::duration(own_ns)
    )
}

#[derive(Properties, PartialEq)]
struct TipProps {
    x: i32,
    y: i32,
    figures: Figures,
    name: FrameName,
    work_ns: i64,
}

/// The figures of the frame under the pointer. It never takes the pointer itself.
#[component]
fn Tip(props: &TipProps) -> Html {
    let TipProps { x, y, figures, name, work_ns } = props;
    let rows = [
        ("Spans", units::count(figures.count)),
        ("Total", units::duration_full(figures.total_ns)),
        ("Own", units::duration_full(figures.own_ns)),
        ("Work below and own", units::duration_full(figures.work_ns)),
        ("Share of all work", units::percent(figures.work_ns.unsigned_abs(), work_ns.unsigned_abs())),
        ("Spans below and own", units::count(figures.spans)),
    ];
    html! {
        <div class="fl-tip" role="presentation" data-testid="flame-tip" style={format!("--x:{}px;--y:{}px", x + TIP_GAP_PX, y + TIP_GAP_PX)}>
            <b>{ if name.name.is_empty() { "(no name)" } else { name.name.as_str() } }</b>
            if let Some(agent) = &name.agent {
                <span class="sub">{ format!("Agent {agent}") }</span>
            }
            if name.waits {
                <span class="sub">{ "Waits for agents: its own time is not counted as work" }</span>
            }
            <dl>{ for rows.iter().map(|(label, value)| html! { <div><dt>{ *label }</dt><dd>{ value.clone() }</dd></div> }) }</dl>
            if figures.errors > 0 {
                <span class="err">{ units::counted(figures.errors, "error") }</span>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct ChoicesProps {
    pub label: &'static str,
    /// The key in the address.
    pub name: &'static str,
    pub store: Store,
    pub selected: usize,
    #[prop_or_default]
    pub disabled: bool,
    /// Word in the address and on the page; the first one is what the address leaves out.
    pub items: Vec<(&'static str, &'static str)>,
}

/// One of a few, kept in the address.
#[component]
pub fn Choices(props: &ChoicesProps) -> Html {
    let ChoicesProps { label, name, store, selected, disabled, items } = props;
    let group = use_memo((), |()| RefCell::new(NodeRef::default()));
    let node = group.borrow().clone();
    let choose = {
        let (store, name, slugs) = (store.clone(), *name, items.iter().map(|(slug, _)| *slug).collect::<Vec<_>>());
        Callback::from(move |at: usize| {
            let slug = slugs.get(at).copied().filter(|_| at > 0);
            go(&store, Nav::Replace, move |url| match slug {
                Some(slug) => drop(url.params.insert(name.to_owned(), slug.to_owned())),
                None => drop(url.params.remove(name)),
            });
        })
    };
    let onkeydown = {
        let (choose, selected, count, node) = (choose.clone(), *selected, items.len().max(1), node.clone());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (selected + 1) % count,
                "ArrowLeft" | "ArrowUp" => (selected + count - 1) % count,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            choose.emit(next);
            let button = node.cast::<web_sys::Element>().and_then(|group| group.children().item(u32::try_from(next).unwrap_or(0)));
            if let Some(id) = button.map(|button| button.id()) {
                document::focus(&format!("#{id}"));
            }
        })
    };
    html! {
        <div ref={node} class="seg" role="radiogroup" aria-label={*label} aria-disabled={disabled.then_some("true")} {onkeydown}>
            { for items.iter().enumerate().map(|(at, (slug, text))| {
                let checked = at == *selected;
                html! { <button type="button" role="radio" key={*slug} id={format!("{name}-{slug}")} disabled={*disabled} aria-checked={checked.to_string()} tabindex={if checked { "0" } else { "-1" }} onclick={choose.reform(move |_: MouseEvent| at)}>{ *text }</button> }
            }) }
        </div>
    }
}
