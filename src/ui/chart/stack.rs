//! Charts below each other on one time axis, with one crosshair and one selection over all of them.
//!
//! The crosshair is moved by setting a style of its own, and what it reads was written beforehand: a pointer
//! that moves renders nothing and draws nothing.

mod legend;
mod overlay;
mod plot;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use self::{
    legend::Legend,
    overlay::{Overlay, ReadOut},
    plot::Plot,
};
use super::{
    export::{Format, Sheet},
    look::Look,
    paint,
    table::SeriesTable,
};
use crate::{
    browser::{canvas, document},
    core::chart::{
        columns::Columns,
        panel::{Figure, Hidden, Panel, Readings},
        pick::Wish,
        picture::Picture,
    },
    ui::menu::{MenuButton, MenuItem},
};

/// Where the pointer means something: over a plot.
const LANE: &str = ".ch-o";
/// The second click of a double one comes within so many milliseconds.
const DOUBLE_MS: u32 = 260;

#[derive(Properties, PartialEq)]
pub struct ChartStackProps {
    /// Of the element; ids and handles of its parts begin with it.
    pub id: AttrValue,
    pub label: AttrValue,
    /// Handle of the table of all figures.
    pub table: AttrValue,
    /// Name of a saved picture, without its ending.
    pub file: AttrValue,
    /// What stands above a saved picture: of what it is, from which file and when.
    pub heading: AttrValue,
    /// The figures are shown as a table too.
    pub with_table: bool,
    pub ontable: Callback<bool>,
    pub columns: Columns,
    pub panels: Rc<Vec<Panel>>,
    /// More of the columns, for the table.
    #[prop_or_default]
    pub figures: Rc<Vec<Figure>>,
    /// Lines of the menu before those of every stack.
    #[prop_or_default]
    pub more: Vec<MenuItem>,
    /// Side by side where there is room, each with its own times.
    #[prop_or_default]
    pub is_many: bool,
    /// Series that are switched off.
    #[prop_or_default]
    pub hidden: Hidden,
    /// A series is to be switched off, or on again: panel and series.
    pub ontoggle: Callback<(Rc<str>, Rc<str>)>,
    /// Columns whose content is shown elsewhere, first and last.
    #[prop_or_default]
    pub listed: Option<(usize, usize)>,
    /// These nanoseconds are to be the whole axis, `[from, to)`.
    pub onzoom: Callback<(i64, i64)>,
    /// What starts within these nanoseconds is to be listed.
    pub onlist: Callback<(i64, i64)>,
    /// The axis before.
    pub onback: Callback<()>,
    /// The whole axis.
    pub onreset: Callback<()>,
}

/// Changes whenever the theme or the pixel ratio does.
#[hook]
pub fn use_looks() -> u32 {
    let looks = use_state(|| 0_u32);
    let setter = looks.clone();
    use_effect_with((), move |()| {
        let round = Rc::new(std::cell::Cell::new(0_u32));
        let again = move || {
            round.set(round.get().wrapping_add(1));
            setter.set(round.get());
        };
        let theme = canvas::on_theme_change(again.clone());
        // Zooming the page changes the pixel ratio.
        let resized = document::on_window("resize", move |_| again());
        move || drop((theme, resized))
    });
    *looks
}

#[component]
pub fn ChartStack(props: &ChartStackProps) -> Html {
    let ChartStackProps {
        id, label, table, file, heading, with_table, ontable, columns, panels, figures, hidden, ontoggle, listed, ..
    } = props;
    let (columns, is_many, with_table) = (*columns, props.is_many, *with_table);
    let looks = use_looks();
    let look = use_memo((looks, inks(panels)), |(_, inks)| Look::read(inks.iter().copied()));
    // Labels of all charts take as much space as the widest of them, so that columns stand above each other.
    let gutter_px = *use_memo((panels.clone(), columns, hidden.clone()), |(panels, columns, hidden)| {
        let pictures: Vec<Picture> = panels.iter().map(|panel| Picture::of(panel, *columns, hidden, 100.0)).collect();
        paint::gutter_px(pictures.iter().map(|picture| &picture.axis))
    });
    let readings = use_memo((columns, panels.clone()), |(columns, panels)| Readings::of(*columns, panels));
    let shape: Vec<usize> = panels.iter().map(|panel| panel.series.len()).collect();
    let outs = use_memo(shape, |shape| shape.iter().map(|series| ReadOut::new(*series)).collect::<Vec<_>>());
    let (root, spoken) = (use_node_ref(), use_node_ref());
    let overlay = use_mut_ref(Overlay::default);
    {
        // Other figures below a crosshair that stays where it is.
        let (overlay, root, readings, outs) = (overlay.clone(), root.clone(), readings.clone(), outs.clone());
        use_effect_with((readings, outs), move |(readings, outs)| {
            overlay.borrow_mut().renew(&root, columns, readings.clone(), outs.clone());
        });
    }
    let act = {
        let (onzoom, onlist, onreset) = (props.onzoom.clone(), props.onlist.clone(), props.onreset.clone());
        move |wish: Wish| match wish {
            Wish::Zoom(first, last) => onzoom.emit(columns.range_ns(first, last)),
            Wish::List(first, last) => onlist.emit(columns.range_ns(first, last)),
            Wish::Reset => onreset.emit(()),
            Wish::Moved | Wish::Nothing => {}
        }
    };
    // A click may be the first half of a double one, which means something else.
    let late = use_mut_ref(|| None::<Timeout>);
    let onpointerdown = {
        let overlay = overlay.clone();
        Callback::from(move |event: PointerEvent| {
            // Buttons of the legend lie within the charts too.
            if let Some(lane) = document::closest(&event, LANE).filter(|_| event.button() == 0) {
                let (share, _) = document::pointer_share(&event, &lane);
                overlay.borrow_mut().pressed(share, event.client_x());
            }
        })
    };
    let onpointermove = {
        let overlay = overlay.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some(lane) = document::closest(&event, LANE) {
                let (share, _) = document::pointer_share(&event, &lane);
                overlay.borrow_mut().moved(share, event.client_x());
            } else {
                overlay.borrow_mut().left();
            }
        })
    };
    let onpointerup = {
        let (overlay, act, late) = (overlay.clone(), act.clone(), late.clone());
        Callback::from(move |_: PointerEvent| {
            let wish = overlay.borrow_mut().released();
            match wish {
                Wish::List(..) => {
                    let act = act.clone();
                    *late.borrow_mut() = Some(Timeout::new(DOUBLE_MS, move || act(wish)));
                }
                _ => act(wish),
            }
        })
    };
    let onpointerleave = {
        let overlay = overlay.clone();
        Callback::from(move |_: PointerEvent| overlay.borrow_mut().left())
    };
    let onpointercancel = {
        let overlay = overlay.clone();
        Callback::from(move |_: PointerEvent| overlay.borrow_mut().cancelled())
    };
    let ondblclick = {
        let onback = props.onback.clone();
        Callback::from(move |event: MouseEvent| {
            if document::closest(&event, LANE).is_some() {
                late.borrow_mut().take();
                onback.emit(());
            }
        })
    };
    let onkeydown = {
        let (overlay, spoken, panels, readings) = (overlay, spoken.clone(), panels.clone(), readings);
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || document::typing() {
                return;
            }
            let wish = overlay.borrow_mut().key(&event.key(), event.shift_key());
            if wish == Wish::Nothing {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
            let at = overlay.borrow().at();
            if let (Some(element), Some(at)) = (spoken.cast::<web_sys::Element>(), at) {
                element.set_text_content(Some(&readings.sentence(&panels, at)));
            }
            act(wish);
        })
    };
    let items = {
        let more = props.more.clone();
        let (panels, hidden, look, file, heading, ontable) =
            (panels.clone(), hidden.clone(), look.clone(), file.clone(), heading.clone(), ontable.clone());
        Callback::from(move |()| {
            let picture = |label: &'static str, format: Format| {
                let (panels, hidden, look, file, heading) = (panels.clone(), hidden.clone(), look.clone(), file.clone(), heading.clone());
                let onpick = Callback::from(move |()| {
                    Sheet::Stack { heading: &heading, columns, panels: &panels, hidden: &hidden }.save(&file, format, &look);
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
            let own = [show, picture("Picture as PNG", Format::Png), picture("Picture as SVG", Format::Svg)];
            more.iter().cloned().chain(own).collect::<Vec<MenuItem>>()
        })
    };
    let band = listed.map(|(first, last)| {
        let (left, right) = (columns.left(first) * 100.0, 100.0 - columns.left(last + 1) * 100.0);
        html! { <i class="ch-sel" style={format!("left:{left:.3}%;right:{right:.3}%")}></i> }
    });
    let band = band.unwrap_or_default();
    let last = panels.len().saturating_sub(1);
    let most_series = panels.iter().map(|panel| panel.series.len()).max().unwrap_or(0);
    let figure = |(number, panel): (usize, &Panel)| {
        let out = outs.get(number).cloned().unwrap_or_default();
        let (cross, choice) = (out.cross.clone(), out.choice.clone());
        html! {
            <figure class="ch" key={panel.key.to_string()} style={format!("flex-grow:{}", panel.weight.max(1))} data-panel={panel.key.to_string()}>
                <figcaption>
                    <b title={panel.title.to_string()}>{ panel.title.to_string() }</b><span class="cap cut">{ panel.note.to_string() }</span>
                    <Legend panel={Rc::new(panel.clone())} hidden={hidden.clone()} {out} ontoggle={ontoggle.clone()} />
                    if number == 0 {
                        <MenuButton id={format!("{id}-more")} icon="more" label="Picture and table" title="Picture and table" items={items.clone()} />
                    }
                </figcaption>
                <div class="ch-b">
                    <Plot panel={Rc::new(panel.clone())} {columns} hidden={hidden.clone()} {gutter_px} has_times={is_many || number == last} look={look.clone()} {looks} />
                    <div class={classes!("ch-o", (is_many || number == last).then_some("with-times"))}>
                        { band.clone() }<i class="ch-drag" ref={choice}></i><i class="ch-x" ref={cross}></i>
                    </div>
                </div>
            </figure>
        }
    };
    html! {
        <div class="chs" style={format!("--gutter:{gutter_px}px")}>
            <div class={classes!("charts", is_many.then_some("many"))} style={format!("--n:{most_series}")} id={id.clone()} data-testid={id.clone()} role="group" aria-label={label.clone()} aria-describedby={format!("{id}-keys")} tabindex="0"
                data-columns={columns.count.to_string()} ref={root}
                {onpointerdown} {onpointermove} {onpointerup} {onpointerleave} {onpointercancel} {ondblclick} {onkeydown}>
                { for panels.iter().enumerate().map(figure) }
            </div>
            <p class="vh" id={format!("{id}-keys")}>{ "Arrow keys move the crosshair, with Shift they choose a range. Enter lists its spans, Z makes it the time range, 0 shows all times." }</p>
            <p class="vh" role="status" ref={spoken}></p>
            <SeriesTable testid={table.clone()} caption={label.clone()} {columns} panels={panels.clone()} figures={figures.clone()} shown={with_table} />
        </div>
    }
}

/// Colours of the series, to be read from the stylesheet.
fn inks(panels: &[Panel]) -> Vec<&'static str> {
    let of = |panel: &Panel| -> Vec<&'static str> {
        panel.series.iter().map(|series| series.ink).chain(panel.thresholds.iter().map(|threshold| threshold.ink)).collect()
    };
    let mut inks: Vec<&'static str> = panels.iter().flat_map(of).collect();
    inks.sort_unstable();
    inks.dedup();
    inks
}
