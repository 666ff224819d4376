//! Behind a chart's title: which line is which, buttons to switch them off, and what the crosshair reads.

use std::rc::Rc;

use yew::prelude::*;

use super::overlay::ReadOut;
use crate::core::chart::panel::{Dash, Form, Hidden, Mark, Panel, Series};

#[derive(Properties, PartialEq)]
pub struct LegendProps {
    pub panel: Rc<Panel>,
    pub hidden: Hidden,
    /// Its elements are written into from outside; they have no content of their own.
    pub out: ReadOut,
    /// Panel and series.
    pub ontoggle: Callback<(Rc<str>, Rc<str>)>,
}

#[component]
pub fn Legend(props: &LegendProps) -> Html {
    let LegendProps { panel, hidden, out, ontoggle } = props;
    // One series alone is what the title says.
    let is_one = panel.series.len() == 1;
    let entry = |(number, series): (usize, &Series)| {
        let is_on = !hidden.has(&panel.key, &series.key);
        let node = out.values.get(number).cloned().unwrap_or_default();
        let onclick = {
            let (ontoggle, names) = (ontoggle.clone(), (panel.key.clone(), series.key.clone()));
            Callback::from(move |_: MouseEvent| ontoggle.emit(names.clone()))
        };
        let title = if is_on { format!("Hide {}", series.name) } else { format!("Show {}", series.name) };
        html! {
            <span class={classes!("kx", (!is_on).then_some("off"), (series.ink == "--error-solid").then_some("is-err"))} key={series.key.to_string()}>
                if !is_one {
                    <button type="button" aria-pressed={is_on.to_string()} {title} data-series={series.key.to_string()} {onclick}>{ swatch(series) }{ series.name.to_string() }</button>
                }
                <b ref={node} data-read={series.key.to_string()}></b>
            </span>
        }
    };
    html! {
        <span class="now"><span class="ch-time" ref={out.time.clone()} data-read="time"></span>{ for panel.series.iter().enumerate().map(entry) }<span ref={out.detail.clone()} data-read="detail"></span></span>
    }
}

/// A piece of the line with what stands for a value alone, or a block.
fn swatch(series: &Series) -> Html {
    let colour = format!("color:var({})", series.ink);
    match series.mark {
        Mark::Line { dash, width_px, .. } => {
            let dashes = match dash {
                Dash::Solid => None,
                Dash::Dashed => Some("5 2"),
                Dash::Dotted => Some("2 2"),
            };
            let alone = match dash.alone() {
                Form::Dot => html! { <circle cx="10" cy="6" r="2.5" /> },
                Form::Diamond => html! { <path d="M10 2l4 4-4 4-4-4z"></path> },
                Form::Triangle => html! { <path d="M10 1.5l4.5 7.5h-9z"></path> },
            };
            html! { <svg class="kx-s" viewBox="0 0 20 12" style={colour} aria-hidden="true"><path d="M0 6h20" stroke-width={width_px.max(1.5).to_string()} stroke-dasharray={dashes}></path>{ alone }</svg> }
        }
        Mark::Feet => html! { <i class="kx-b striped" style={colour}></i> },
        Mark::Bars { .. } => html! { <i class="kx-b soft" style={colour}></i> },
        Mark::Dots => html! { <i class="kx-b round" style={colour}></i> },
    }
}
