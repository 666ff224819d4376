//! The waterfall: ruler above, the rows of the tree below, keys of a tree grid.

use std::{collections::HashSet, rc::Rc};

use yew::prelude::*;

use super::{super::model::TraceModel, Choice, row::WaterfallRow};
use crate::{
    browser::{document, resize::SizeWatch},
    core::{
        colour::Slots,
        time_axis::Tick,
        tree_rows::{self, VisibleRows},
        units,
    },
    state::session::Session,
    ui::{
        icon::Icon,
        split::Splitter,
        virtual_list::{RowView, VirtualList},
    },
};

/// Row height where the stylesheet does not say (it does: by density, and more for fingers).
const ROW_PX: u32 = 24;
/// Labels longer than this many characters ("1 min 43 s") need the wider margin at the right.
const LONG_LABEL: usize = 8;
/// Ruler labels need this much room.
const TICK_GAP_PX: f64 = 64.0;

#[derive(Properties, PartialEq)]
pub struct WaterfallProps {
    pub session: Rc<Session>,
    pub model: Rc<TraceModel>,
    pub chosen: Option<u32>,
    pub collapsed: Rc<HashSet<u32>>,
    /// The next trace is on its way; this is the one before.
    pub stale: bool,
    pub names_px: Option<i32>,
    pub agent_slots: Rc<Slots>,
    pub onchoose: Callback<Choice>,
    pub oncollapse: Callback<Rc<HashSet<u32>>>,
    pub onresize: Callback<i32>,
}

#[component]
pub fn Waterfall(props: &WaterfallProps) -> Html {
    let WaterfallProps { session, model, chosen, collapsed, .. } = props;
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let rows = use_memo((model.clone(), collapsed.clone()), |(model, collapsed)| VisibleRows::new(&model.tree, collapsed));

    let ruler = use_node_ref();
    let lane_px = use_state(|| 0.0_f64);
    {
        let (ruler, lane_px) = (ruler.clone(), lane_px.setter());
        use_effect_with((), move |()| {
            let watch = ruler.cast::<web_sys::Element>().and_then(|element| SizeWatch::start(&element, move |width, _| lane_px.set(width)));
            move || drop(watch)
        });
    }
    let scale = model.scale(*lane_px);
    let ticks: Vec<(f64, Tick)> =
        scale.ticks(model.tree.start_ns, TICK_GAP_PX).into_iter().map(|tick| (scale.x_percent(tick.at_ns), tick)).collect();

    let toggle = {
        let (collapsed, oncollapse) = (collapsed.clone(), props.oncollapse.clone());
        Callback::from(move |span: u32| {
            let mut next = (*collapsed).clone();
            if !next.remove(&span) {
                next.insert(span);
            }
            oncollapse.emit(Rc::new(next));
        })
    };
    let collapse_all = {
        let (model, oncollapse) = (model.clone(), props.oncollapse.clone());
        Callback::from(move |()| oncollapse.emit(Rc::new(tree_rows::collapse_to_depth(&model.tree, 0))))
    };
    let expand_all = props.oncollapse.reform(|()| Rc::new(HashSet::new()));

    let row = {
        let (session, slots, onchoose, toggle) = (session.clone(), props.agent_slots.clone(), props.onchoose.clone(), toggle.clone());
        use_memo((model.clone(), rows.clone(), *chosen, slots.clone(), onchoose.clone()), move |(model, rows, chosen, slots, _)| {
            let (model, rows, chosen, slots) = (model.clone(), rows.clone(), *chosen, slots.clone());
            RowView::new(move |index, style| {
                let Some(row) = rows.rows.get(index).copied() else { return Html::default() };
                html! {
                    <WaterfallRow key={row.span} session={session.clone()} model={model.clone()} agent_slots={slots.clone()} {index} {row}
                        selected={chosen == Some(row.span)} {style} onchoose={onchoose.clone()} ontoggle={toggle.clone()} />
                }
            })
        })
    };
    let active = chosen.and_then(|span| rows.row_of_span(&model.tree, span));
    let row_id = {
        let rows = rows.clone();
        Callback::from(move |index: usize| rows.rows.get(index).map(|row| format!("span-{}", row.span)).unwrap_or_default())
    };
    let onmove = {
        let (rows, onchoose) = (rows.clone(), props.onchoose.clone());
        Callback::from(move |index: usize| {
            if let Some(row) = rows.rows.get(index) {
                onchoose.emit((row.span, false));
            }
        })
    };
    let onkeydown = {
        let (model, rows, chosen, toggle, onchoose) = (model.clone(), rows.clone(), *chosen, toggle.clone(), props.onchoose.clone());
        let (collapse_all, expand_all) = (collapse_all.clone(), expand_all.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() || document::typing() {
                return;
            }
            let row = chosen.and_then(|span| rows.row_of_span(&model.tree, span)).and_then(|at| rows.rows.get(at)).copied();
            match (event.key().as_str(), row) {
                ("ArrowLeft", _) if event.shift_key() => collapse_all.emit(()),
                ("ArrowRight", _) if event.shift_key() => expand_all.emit(()),
                ("ArrowLeft", Some(row)) if row.expanded => toggle.emit(row.span),
                ("ArrowLeft", Some(row)) => {
                    if let Some(parent) = model.tree.parent_of(row.span) {
                        onchoose.emit((parent, false));
                    }
                }
                ("ArrowRight", Some(row)) if row.has_children && !row.expanded => toggle.emit(row.span),
                ("ArrowRight", Some(row)) => {
                    if let Some(child) = model.tree.children(row.span).first() {
                        onchoose.emit((*child, false));
                    }
                }
                ("Enter" | " ", Some(row)) if row.has_children => toggle.emit(row.span),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let shown_rows = match (rows.len() as u64, model.facts.spans as u64) {
        (shown, all) if shown == all => String::new(),
        (shown, all) => format!("{} of {} rows", units::count(shown), units::count(all)),
    };
    let long_label = units::duration(model.tree.end_ns.saturating_sub(model.tree.start_ns)).chars().count() > LONG_LABEL;
    let short_id: String = model.trace_id.chars().take(8).collect();
    html! {
        <div class={classes!("water", props.stale.then_some("busy-old"))} style={super::widths(&[("--wn", props.names_px), ("--padr", long_label.then_some(72))])} {onkeydown}>
            <div class="wh one">
                <div class="wh-l">
                    <div class="wh-tools" role="toolbar" aria-label="Waterfall">
                        <span class="wh-cols">{ "Span" }</span><span class="grow"></span><span class="cap" role="status">{ shown_rows }</span>
                        <button type="button" class="icon-btn sm" aria-label="Collapse all" title="Collapse all (Shift ←)" onclick={collapse_all.reform(|_: MouseEvent| ())}><Icon name="collapse" class="s" /></button>
                        <button type="button" class="icon-btn sm" aria-label="Expand all" title="Expand all (Shift →)" onclick={expand_all.reform(|_: MouseEvent| ())}><Icon name="expand" class="s" /></button>
                    </div>
                </div>
                <div class="wh-r">
                    <div class="ruler" aria-hidden="true"><div class="lane" ref={ruler}>
                        { for ticks.iter().map(|(left, tick)| html! { <span style={format!("left:{left:.3}%")}>{ tick.label.clone() }</span> }) }
                    </div></div>
                </div>
            </div>
            <div class="wbody">
                <div class="wgrid" aria-hidden="true"><div class="lane">{ for ticks.iter().map(|(left, _)| html! { <i style={format!("left:{left:.3}%")}></i> }) }</div></div>
                <VirtualList id="waterfall" role="treegrid" testid="waterfall" class="wrows" label={format!("Spans of trace {short_id}")} count={rows.len()} row_px={*row_px}
                    {active} {row_id} row={(*row).clone()} {onmove} />
            </div>
            <Splitter label="Width of the names" value={props.names_px.unwrap_or(312)} min={120} max={720} onresize={props.onresize.clone()} />
            <div class="legend" aria-label="Legend">
                <span><i class="lgd self"></i>{ "own time" }</span><span><i class="lgd child"></i>{ "in children" }</span>
                <span><Icon name="err" class="xs err" />{ "error" }</span><span><Icon name="errh" class="xs err" />{ "error below" }</span>
            </div>
        </div>
    }
}
