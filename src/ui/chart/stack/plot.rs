//! The canvas of one chart. It is drawn when its data, its size or the theme changes, and at no other time.

use std::rc::Rc;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::super::{
    look::Look,
    paint::{FOOT_PX, HEAD_PX, Measure},
    surface,
};
use crate::{
    browser::resize::SizeWatch,
    core::chart::{
        columns::Columns,
        panel::{Hidden, Panel},
        picture::Picture,
    },
};

/// Between two times below the last chart.
pub const TIME_GAP_PX: f64 = 72.0;

#[derive(Properties, PartialEq)]
pub struct PlotProps {
    pub panel: Rc<Panel>,
    pub columns: Columns,
    pub hidden: Hidden,
    pub gutter_px: f64,
    pub has_times: bool,
    pub look: Rc<Look>,
    /// Another number: draw again, the screen may have other px.
    pub looks: u32,
}

#[component]
pub fn Plot(props: &PlotProps) -> Html {
    let PlotProps { panel, columns, hidden, gutter_px, has_times, look, looks } = props;
    let (columns, gutter_px, has_times) = (*columns, *gutter_px, *has_times);
    let size = use_state(|| (0.0_f64, 0.0_f64));
    let (holder, canvas) = (use_node_ref(), use_node_ref());
    {
        let (holder, size) = (holder.clone(), size.setter());
        use_effect_with((), move |()| {
            let watch = holder
                .cast::<web_sys::Element>()
                .and_then(|holder| SizeWatch::start(&holder, move |width, height| size.set((width, height))));
            move || drop(watch)
        });
    }
    let (width_px, height_px) = *size;
    let foot_px = if has_times { FOOT_PX } else { 0.0 };
    let plot_px = (height_px - HEAD_PX - foot_px).max(0.0);
    let picture = use_memo((panel.clone(), columns, hidden.clone(), plot_px), |(panel, columns, hidden, plot_px)| {
        Picture::of(panel, *columns, hidden, *plot_px)
    });
    let is_empty = picture.is_empty();
    {
        let canvas = canvas.clone();
        let key = (picture, *size, gutter_px, has_times, look.clone(), *looks, columns);
        use_effect_with(key, move |(picture, size, gutter_px, _, look, _, columns)| {
            let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else { return };
            let times = if has_times { columns.marks(width_px - gutter_px, TIME_GAP_PX) } else { Vec::new() };
            let measure = Measure { ratio: 1.0, font: 1.0, gutter_px: *gutter_px, foot_px };
            surface::draw(&canvas, *size, picture, &times, measure, look);
        });
    }
    html! {
        <div class="ch-p" ref={holder}>
            <canvas ref={canvas} role="img" aria-label={panel.sentence(columns)}></canvas>
            if is_empty { <span class="ch-none">{ panel.nothing }</span> }
        </div>
    }
}
