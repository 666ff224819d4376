//! The latency heat map: when and how long, with a box whose spans are listed.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{panels, params::RedParams},
    charts::{file_name, heading},
    data::{Found, subject_name},
    set_params,
};
use crate::{
    core::{
        chart::grid::{Area, duration_axis},
        red::selection::Selection,
    },
    state::store::{Nav, Store},
    ui::chart::heat::HeatMap,
};

#[derive(Properties, PartialEq)]
pub struct HeatProps {
    pub store: Store,
    /// Name of the open file.
    pub file: AttrValue,
    pub found: Found,
    pub params: RedParams,
    pub onmark: Callback<Option<Selection>>,
    pub onrange: Callback<Option<(i64, i64)>>,
}

#[component]
pub fn Heat(props: &HeatProps) -> Html {
    let HeatProps { store, found, params, onmark, onrange, .. } = props;
    let map = found.heat.value.clone();
    let shown = use_memo(map.as_ref().map(|map| Rc::as_ptr(map) as usize), {
        let map = map.clone();
        move |_| {
            let map = map?;
            Some((Rc::new(panels::grid(&map)), Rc::new(map.bands_ns.clone()), Rc::new(duration_axis(&map.bands_ns))))
        }
    });
    let (Some(map), Some((grid, bands_ns, axis))) = (map, (*shown).clone()) else {
        return html! { <section class="card hm" aria-label="Latency heat map"><div class="card-h"><h2>{ "Latency heat map" }</h2></div>
        if let Some(error) = &found.heat.error { <p class="red-none">{ error.clone() }</p> } else { <p class="red-none"><span class="busy late" role="status"><i class="spin"></i>{ "working it out" }</span></p> }</section> };
    };
    let listed = params.selection.as_ref().and_then(|mark| panels::area_of(&map, mark));
    let columns = panels::columns(map.buckets);
    let onlist = {
        let onmark = onmark.clone();
        Callback::from(move |area: Area| onmark.emit(panels::selection_of(&map, area)))
    };
    let ontable = {
        let store = store.clone();
        Callback::from(move |is_on: bool| set_params(&store, Nav::Replace, move |params| params.cells = is_on))
    };
    let heading = found.heat.question.as_ref().map(|question| heading(&props.file, question)).unwrap_or_default();
    let name = found.heat.question.as_ref().map_or_else(|| "All spans".to_owned(), |question| subject_name(question));
    html! {
        <div class={classes!("hm-w", found.heat.is_stale.then_some("busy-old"))}>
            <HeatMap id="red-heat" title="Latency heat map" table="red-heat-cells" file={format!("heat map {}", file_name(&name))} {heading} with_table={params.cells} {ontable} noun="span" {columns} {grid} {bands_ns} {axis} {listed}
                {onlist} onclear={onmark.reform(|()| None)} onback={onrange.reform(|()| None)} onreset={onrange.reform(|()| None)} />
        </div>
    }
}
