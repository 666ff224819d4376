//! A heat map over time and duration: cells on a canvas, marks where something failed, a histogram of the rows beside them, and a box that
//! pointer or keys draw.
//!
//! Cells are drawn by the browser's own rectangles, one path a colour: a chart of thousands of shapes would take plotters too long. The box
//! and what it reads are elements above the canvas and are moved without a rendering.

mod cells;
mod frame;

use std::rc::Rc;

use yew::prelude::*;

use self::{cells::CellTable, frame::Frame};
use super::{
    export::{Format, Sheet},
    look::{Look, RAMP},
    stack::use_looks,
};
use crate::{
    browser::{canvas::Canvas2d, document, resize::SizeWatch},
    core::{
        chart::{
            columns::Columns,
            grid::{Area, BoxWish, Grid, level},
            scale::ValueAxis,
        },
        units,
    },
    ui::menu::{MenuButton, MenuItem},
};

#[derive(Properties, PartialEq)]
pub struct HeatMapProps {
    pub id: AttrValue,
    pub title: AttrValue,
    /// Handle of the table of all cells.
    pub table: AttrValue,
    /// Name of a saved picture, without its ending.
    pub file: AttrValue,
    /// What stands above a saved picture: of what it is, from which file and when.
    pub heading: AttrValue,
    /// The cells as a table in the place of the map.
    pub with_table: bool,
    pub ontable: Callback<bool>,
    /// What is counted, one of it: "span".
    pub noun: &'static str,
    pub columns: Columns,
    pub grid: Rc<Grid>,
    /// Durations of the rows from below, `[from, to)` in ns.
    pub bands_ns: Rc<Vec<(i64, i64)>>,
    /// Over the rows.
    pub axis: Rc<ValueAxis>,
    /// The box whose content is shown elsewhere.
    #[prop_or_default]
    pub listed: Option<Area>,
    pub onlist: Callback<Area>,
    /// Nothing is to be listed any more.
    pub onclear: Callback<()>,
    pub onback: Callback<()>,
    pub onreset: Callback<()>,
}

/// Width that the histogram right of the map is drawn with, CSS px; where the stylesheet has less room it is squeezed.
const SIDE_PX: f64 = 72.0;
const TIME_GAP_PX: f64 = 72.0;
/// A count as long as this has no room for the zero before it.
const SHORT_SUM: usize = 4;

#[component]
pub fn HeatMap(props: &HeatMapProps) -> Html {
    let HeatMapProps { id, title, table, file, heading, with_table, ontable, noun, columns, grid, bands_ns, axis, listed, .. } = props;
    let (columns, noun, with_table) = (*columns, *noun, *with_table);
    let looks = use_looks();
    let look = use_memo(looks, |_| Look::read([]));
    let size = use_state(|| (0.0_f64, 0.0_f64));
    let (holder, canvas, bars) = (use_node_ref(), use_node_ref(), use_node_ref());
    {
        let (holder, size) = (holder.clone(), size.setter());
        use_effect_with((), move |()| {
            let watch = holder
                .cast::<web_sys::Element>()
                .and_then(|holder| SizeWatch::start(&holder, move |width, height| size.set((width, height))));
            move || drop(watch)
        });
    }
    {
        let (canvas, bars) = (canvas.clone(), bars.clone());
        use_effect_with((grid.clone(), *size, look.clone(), looks), move |(grid, (width_px, height_px), look, _)| {
            if let Some(canvas) = canvas.cast::<web_sys::Element>().as_ref().and_then(Canvas2d::of) {
                draw_cells(&canvas, (*width_px, *height_px), grid, look);
            }
            if let Some(canvas) = bars.cast::<web_sys::Element>().as_ref().and_then(Canvas2d::of) {
                draw_sums(&canvas, (SIDE_PX, *height_px), grid, look);
            }
        });
    }
    let frame = use_mut_ref(Frame::default);
    let (chosen, reading, root) = (use_node_ref(), use_node_ref(), use_node_ref());
    {
        let (frame, chosen, reading, root) = (frame.clone(), chosen.clone(), reading.clone(), root.clone());
        use_effect_with((grid.clone(), bands_ns.clone(), columns, *listed), move |(grid, bands_ns, columns, listed)| {
            frame.borrow_mut().renew((&root, &chosen, &reading), *columns, grid.clone(), bands_ns.clone(), (*listed, noun));
        });
    }
    let place = {
        let holder = holder.clone();
        move |event: &PointerEvent| holder.cast::<web_sys::Element>().map(|holder| document::pointer_share(event, &holder))
    };
    let onpointerdown = {
        let (frame, place) = (frame.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((across, down)) = place(&event).filter(|_| event.button() == 0) {
                frame.borrow_mut().pressed(across, 1.0 - down);
            }
        })
    };
    let onpointermove = {
        let (frame, place) = (frame.clone(), place);
        Callback::from(move |event: PointerEvent| {
            if let Some((across, down)) = place(&event) {
                frame.borrow_mut().moved(across, 1.0 - down);
            }
        })
    };
    let onpointerup = {
        let (frame, onlist) = (frame.clone(), props.onlist.clone());
        Callback::from(move |_: PointerEvent| {
            let area = frame.borrow_mut().released();
            if let Some(area) = area {
                onlist.emit(area);
            }
        })
    };
    let left = {
        let frame = frame.clone();
        Callback::from(move |_: PointerEvent| frame.borrow_mut().left())
    };
    let ondblclick = props.onback.reform(|_: MouseEvent| ());
    let onkeydown = {
        let (frame, onlist, onclear, onreset) = (frame, props.onlist.clone(), props.onclear.clone(), props.onreset.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || document::typing() {
                return;
            }
            let wish = frame.borrow_mut().key(&event.key(), event.shift_key());
            match wish {
                BoxWish::Nothing => return,
                BoxWish::Moved => {}
                BoxWish::List(area) => onlist.emit(area),
                BoxWish::Clear => onclear.emit(()),
                BoxWish::Reset => onreset.emit(()),
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let items = {
        let (grid, axis, look, file) = (grid.clone(), axis.clone(), look.clone(), file.clone());
        let (title, heading, ontable) = (title.clone(), heading.clone(), ontable.clone());
        Callback::from(move |()| {
            let picture = |label: &'static str, format: Format| {
                let (grid, axis, look, file) = (grid.clone(), axis.clone(), look.clone(), file.clone());
                let (title, heading) = (title.clone(), heading.clone());
                let onpick = Callback::from(move |()| {
                    Sheet::Heat { heading: &heading, title: &title, columns, grid: &grid, axis: &axis }.save(&file, format, &look);
                });
                MenuItem { label: label.into(), onpick: Some(onpick), ..MenuItem::default() }
            };
            let show = MenuItem {
                label: "Show as table".into(),
                closes: true,
                checked: Some(with_table),
                onpick: Some(ontable.reform(move |()| !with_table)),
                ..MenuItem::default()
            };
            vec![show, picture("Picture as PNG", Format::Png), picture("Picture as SVG", Format::Svg)]
        })
    };
    let (width_px, height_px) = *size;
    let most = grid.most();
    let marks = axis.as_ref().clone().thinned(height_px, 16.0).marks;
    let sums = grid.row_sums();
    let longest = sums.iter().map(|(count, _)| *count).max().unwrap_or(0);
    let (total, failed) = sums.into_iter().fold((0_u64, 0_u64), |sum, row| (sum.0.saturating_add(row.0), sum.1.saturating_add(row.1)));
    let kept = listed.map(|area| {
        let (count, _) = grid.within(area);
        let side = if columns.left(area.columns.1 + 1) > 0.7 { "left" } else { "right" };
        html! { <i class="hsel kept" style={frame::place(area, columns, grid.rows)} data-label={units::counted(count, noun)} data-side={side}></i> }
    });
    // Always one child, or the canvas before it would be taken for another one and made anew, empty.
    let kept = kept.unwrap_or_default();
    let sentence = format!("{title}: {}, {}, by time and duration", units::counted(total, noun), units::counted(failed, "error"));
    html! {
        <section class={classes!("card", "hm", with_table.then_some("as-table"))} aria-label={title.clone()}>
            <div class="card-h">
                <h2>{ title.clone() }</h2><span class="now cut" ref={reading} data-read="cell" role="status"></span><span class="cap cut hm-hint">{ format!("drag to select {noun}s") }</span><span class="grow"></span>
                if most > 0 {
                    <span class="hl" aria-label={format!("Shades from 1 to {} in a cell", units::counted(most, noun))} role="img"><small>{ "1" }</small>{ for (1..=5).map(|shade| html! { <i class={format!("q{shade}")}></i> }) }<small>{ units::count_short(most) }</small><i class="hm-dot"></i><small>{ "error" }</small></span>
                }
                <MenuButton id={format!("{id}-more")} icon="more" label="Picture and table" title="Picture and table" {items} />
            </div>
            <div class="hm-b" id={id.clone()} data-testid={id.clone()} role="group" aria-label={sentence.clone()} aria-describedby={format!("{id}-keys")} tabindex="0"
                data-columns={columns.count.to_string()} data-rows={grid.rows.to_string()} ref={root} {onkeydown}>
                <div class="ch-y" aria-hidden="true">{ for marks.iter().map(|(share, text)| html! { <span style={format!("bottom:{:.2}%", share * 100.0)}>{ text.clone() }</span> }) }</div>
                <div class="hm-p" ref={holder} {onpointerdown} {onpointermove} {onpointerup} onpointerleave={left.clone()} onpointercancel={left} {ondblclick}>
                    <canvas ref={canvas} role="img" aria-label={sentence}></canvas>
                    { kept }<i class="hsel" ref={chosen}></i>
                    if grid.cells.is_empty() { <span class="ch-none">{ "Nothing in this time" }</span> }
                </div>
                <canvas class="hm-s" ref={bars} role="img" aria-label={format!("Histogram of durations of {}", units::counted(total, noun))}></canvas>
                <div class="ax" aria-hidden="true">{ for columns.marks(width_px, TIME_GAP_PX).into_iter().map(|(share, text)| html! { <span class={(share * width_px < 24.0).then_some("first")} style={format!("left:{:.2}%", share * 100.0)}>{ text }</span> }) }</div>
                <small class="ax hm-sum" title={format!("The longest bar is {}", units::counted(longest, noun))}>if units::count_short(longest).chars().count() < SHORT_SUM { <span>{ "0" }</span> }<span>{ units::count_short(longest) }<i>{ format!(" {noun}{}", if longest == 1 { "" } else { "s" }) }</i></span></small>
            </div>
            <p class="vh" id={format!("{id}-keys")}>{ "Arrow keys move from cell to cell, with Shift they draw a box. Enter lists what is in it, Escape lets go of it." }</p>
            <CellTable testid={table.clone()} caption={title.clone()} {columns} grid={grid.clone()} bands_ns={bands_ns.clone()} shown={with_table} />
        </section>
    }
}

/// Cells by their shade, then the marks of what failed.
fn draw_cells(canvas: &Canvas2d, (width_px, height_px): (f64, f64), grid: &Grid, look: &Look) {
    canvas.fit(width_px, height_px);
    let (cell_px, row_px) = (width_px / grid.columns.max(1) as f64, height_px / grid.rows.max(1) as f64);
    let most = grid.most();
    let (gap_x, gap_y) = (if cell_px > 4.0 { 1.0 } else { 0.0 }, if row_px > 4.0 { 1.0 } else { 0.0 });
    for (shade, ink) in RAMP.iter().enumerate().skip(1) {
        let colour = look.ink(ink);
        canvas.fill(&format!("rgb({},{},{})", colour.0, colour.1, colour.2));
        canvas.begin();
        for cell in grid.cells.iter().filter(|cell| level(cell.count, most) == shade) {
            let (left, right) = ((cell.column as f64 * cell_px).round(), ((cell.column + 1) as f64 * cell_px).round());
            let (top, foot) = ((height_px - (cell.row + 1) as f64 * row_px).round(), (height_px - cell.row as f64 * row_px).round());
            canvas.rect(left, top, (right - left - gap_x).max(1.0), (foot - top - gap_y).max(1.0));
        }
        canvas.fill_path();
    }
    // Small where cells are, and where few of many failed: a map full of errors must still show its cells.
    let largest_px = (cell_px.min(row_px) / 2.0 - 1.0).clamp(1.5, 3.0);
    for (ink, halo_px) in [("--bg-1", 1.2), ("--error-solid", 0.0)] {
        let colour = look.ink(ink);
        canvas.fill(&format!("rgb({},{},{})", colour.0, colour.1, colour.2));
        canvas.begin();
        for cell in grid.cells.iter().filter(|cell| cell.marked > 0) {
            let share = (cell.marked as f64 / cell.count.max(1) as f64).min(1.0).sqrt();
            let radius_px = (largest_px * (0.3 + 0.7 * share)).max(1.0) + halo_px * share.max(0.3);
            let (x, y) = ((cell.column as f64 + 0.5) * cell_px, height_px - (cell.row as f64 + 0.5) * row_px);
            canvas.move_to(x + radius_px, y);
            canvas.circle(x, y, radius_px);
        }
        canvas.fill_path();
    }
}

/// The histogram beside the map: a bar a row, with its errors at its foot.
fn draw_sums(canvas: &Canvas2d, (width_px, height_px): (f64, f64), grid: &Grid, look: &Look) {
    canvas.fit(width_px, height_px);
    let sums = grid.row_sums();
    let longest = sums.iter().map(|(count, _)| *count).max().unwrap_or(0).max(1) as f64;
    let row_px = height_px / grid.rows.max(1) as f64;
    let gap_px = if row_px > 4.0 { 1.0 } else { 0.0 };
    for (ink, is_marked) in [("--heat-4", false), ("--error-solid", true)] {
        let colour = look.ink(ink);
        canvas.fill(&format!("rgb({},{},{})", colour.0, colour.1, colour.2));
        for (row, (count, marked)) in sums.iter().enumerate() {
            let value = if is_marked { *marked } else { *count };
            if value > 0 {
                let (top, foot) = ((height_px - (row + 1) as f64 * row_px).round(), (height_px - row as f64 * row_px).round());
                let height = (foot - top - gap_px).max(1.0);
                // Errors lie in the lower half, so that both lengths are seen.
                let (top, height) = if is_marked { (top + height / 2.0, height / 2.0) } else { (top, height) };
                canvas.fill_rect(0.0, top, (value as f64 / longest * width_px).max(1.0), height);
            }
        }
    }
}
