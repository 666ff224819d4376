//! The waterfall: minimap and ruler above, the rows of the tree below, keys of a tree grid.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use yew::prelude::*;

use super::{
    super::{
        model::EventMarks,
        scene::{FlowEnds, FlowLine, Flows},
    },
    Choice,
    bars::{Bars, BarsInput},
    minimap::{ConcurrencyLane, Minimap},
    row::{HooksRow, WaterfallRow},
    trace::Trace,
    zoom::{self, Ruler, Zoom, use_zoom, use_zoom_keys},
};
use crate::{
    browser::{document, resize::SizeWatch},
    core::{
        colour::Slots,
        noise,
        span_set::SpanSet,
        tree_rows::{self, Row, RowKind, Shown, VisibleRows},
        units,
    },
    state::{session::Session, store::Store},
    ui::{
        icon::Icon,
        split::Splitter,
        virtual_list::{LayerView, RowPlace, RowView, VirtualList},
    },
};

/// Row height where the stylesheet does not say (it does: by density, and more for fingers).
const ROW_PX: u32 = 24;
/// Left of the lane; `--padl` of the stylesheet.
const PAD_PX: f64 = 8.0;

/// Which parts of the tree are closed and which hooks are open. The reader's, for as long as the trace is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folds {
    pub collapsed: SpanSet,
    /// Parents whose hooks have rows of their own.
    pub opened: SpanSet,
}

/// What is asked of the picture.
#[derive(Clone, PartialEq)]
pub struct Look {
    pub show_hooks: bool,
    pub show_path: bool,
    pub show_flow: bool,
    pub fold_gaps: bool,
    pub zoom: Option<(i64, i64)>,
    /// The span that stands for the trace.
    pub root: Option<u32>,
    /// Matches of the search; other rows are weaker.
    pub matches: Option<Rc<SpanSet>>,
    /// Only these have rows.
    pub only: Option<Rc<SpanSet>>,
}

#[derive(Properties, PartialEq)]
pub struct WaterfallProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub trace: Rc<Trace>,
    pub events: Option<Rc<EventMarks>>,
    pub flows: Rc<Vec<FlowEnds>>,
    pub look: Look,
    pub chosen: Option<u32>,
    pub folds: Rc<Folds>,
    /// The next trace is on its way; this is the one before.
    pub stale: bool,
    pub names_px: Option<i32>,
    pub agent_slots: Rc<Slots>,
    /// Search and switches, left of the minimap.
    pub children: Html,
    pub onchoose: Callback<Choice>,
    pub onfold: Callback<Rc<Folds>>,
    pub onresize: Callback<i32>,
}

/// What decides the rows, together.
#[derive(Clone)]
struct View {
    trace: Rc<Trace>,
    folds: Rc<Folds>,
    look: Look,
}

impl View {
    fn shown(&self) -> Shown<'_> {
        Shown {
            collapsed: Some(&self.folds.collapsed),
            hooks: (!self.look.show_hooks).then_some((&*self.trace.noise, &self.folds.opened)),
            only: self.look.only.as_deref(),
            root: self.look.root,
        }
    }
}

#[component]
pub fn Waterfall(props: &WaterfallProps) -> Html {
    let WaterfallProps { session, trace, chosen, folds, look, .. } = props;
    let model = &trace.model;
    let view = View { trace: trace.clone(), folds: folds.clone(), look: look.clone() };
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let rows = use_memo((trace.clone(), folds.clone(), look.show_hooks, look.only.clone(), look.root), |_| {
        VisibleRows::new(&model.tree, view.shown())
    });

    let lane = use_node_ref();
    let lane_px = use_state(|| 0.0_f64);
    let bars_px = use_state(|| 0.0_f64);
    {
        let (lane, lane_px, bars_px) = (lane.clone(), lane_px.setter(), bars_px.setter());
        use_effect_with((), move |()| {
            let element = lane.cast::<web_sys::Element>();
            let watch = element.and_then(|element| {
                let ruler = element.parent_element();
                SizeWatch::start(&element, move |width, _| {
                    lane_px.set(width);
                    // Whole pixels: a canvas of a fraction more than its element is blurred.
                    bars_px.set(ruler.as_ref().map_or(width, |ruler| f64::from(ruler.client_width())));
                })
            });
            move || drop(watch)
        });
    }
    let fold = if look.fold_gaps { &trace.folded } else { &trace.plain };
    let zoom = use_zoom(&props.store, &model.trace_id, fold, look.zoom, *lane_px);
    let start_ns = model.tree.start_ns;

    let flows = {
        let shown = view.shown();
        use_memo((rows.clone(), props.flows.clone(), look.show_flow), |_| {
            let flows = if look.show_flow { props.flows.as_slice() } else { &[] };
            let line = |flow: &FlowEnds| {
                let row = |span| rows.row_that_holds(&model.tree, shown, span);
                let end = |span: u32| model.tree.interval.get(span as usize).copied();
                let (from_row, to_row) = (row(flow.from_span)?, row(flow.to_span)?);
                Some(FlowLine {
                    from_row,
                    to_row,
                    from_ns: end(flow.from_span)?.end_ns,
                    to_ns: end(flow.to_span)?.start_ns,
                    from_span: flow.from_span,
                    to_span: flow.to_span,
                })
            };
            Flows::new(flows.iter().filter_map(line).filter(|line| line.from_row != line.to_row).collect())
        })
    };
    let input = BarsInput {
        session: session.clone(),
        trace: trace.clone(),
        rows: rows.clone(),
        axis: zoom.axis.clone(),
        events: props.events.clone(),
        flows,
        show_path: look.show_path,
        chosen: *chosen,
        matches: look.matches.clone(),
        pad_px: PAD_PX,
        width_px: *bars_px,
        row_px: f64::from(*row_px),
    };
    let layer = use_memo(input, |input| {
        let input = input.clone();
        LayerView::new(move |window| html! { <Bars input={input.clone()} window={window.clone()} /> })
    });

    // Another trace begins at its first row.
    use_effect_with((model.trace_id.clone(), chosen.is_some()), |(_, is_chosen)| {
        if let Some(list) = document::element("waterfall").filter(|_| !is_chosen) {
            list.set_scroll_top(0);
        }
    });
    let ontoggle = use_callback((folds.clone(), props.onfold.clone()), |(kind, span): (RowKind, u32), (folds, onfold)| {
        let mut folds = (**folds).clone();
        let set = if kind == RowKind::Hooks { &mut folds.opened } else { &mut folds.collapsed };
        if !set.remove(span) {
            set.insert(span);
        }
        onfold.emit(Rc::new(folds));
    });
    let body = use_node_ref();
    use_wheel(&body, &zoom);
    // Keys zoom about the chosen span where it is in view.
    let centre_ns = chosen.and_then(|span| model.tree.interval.get(span as usize)).map(|own| own.start_ns.midpoint(own.end_ns));
    let centre_px = centre_ns.map(|at| zoom.axis.x_px(at)).filter(|x| (0.0..=*lane_px).contains(x)).unwrap_or(*lane_px / 2.0);
    use_zoom_keys(&zoom, centre_px);
    let onfit = {
        let (zoom, model) = (zoom.clone(), model.clone());
        Callback::from(move |span: u32| {
            if let Some(interval) = model.tree.interval.get(span as usize) {
                zoom.fit(interval.start_ns, interval.end_ns);
            }
        })
    };
    let row = {
        let deps = (
            trace.clone(),
            rows.clone(),
            *chosen,
            props.agent_slots.clone(),
            props.onchoose.clone(),
            ontoggle.clone(),
            look.matches.clone(),
        );
        let (session, onfit) = (session.clone(), onfit.clone());
        use_memo(deps, move |(trace, rows, chosen, slots, onchoose, ontoggle, matches)| {
            let (trace, rows, chosen, slots) = (trace.clone(), rows.clone(), *chosen, slots.clone());
            let (onchoose, ontoggle, matches) = (onchoose.clone(), ontoggle.clone(), matches.clone());
            RowView::in_slots(move |index, RowPlace { style, slot }| {
                let Some(row) = rows.rows.get(index).copied() else { return Html::default() };
                if row.kind == RowKind::Hooks {
                    return html! { <HooksRow key={slot} trace={trace.clone()} {index} {row} {style} ontoggle={ontoggle.clone()} /> };
                }
                let dimmed = matches.as_ref().is_some_and(|matches| !matches.contains(row.span));
                html! {
                    <WaterfallRow key={slot} session={session.clone()} model={trace.model.clone()} agent_slots={slots.clone()} {index} {row} {dimmed}
                        selected={chosen == Some(row.span)} {style} onchoose={onchoose.clone()} ontoggle={ontoggle.clone()} onfit={onfit.clone()} />
                }
            })
        })
    };
    // A span behind a closed row of hooks is at that row.
    let active = chosen.and_then(|span| rows.row_that_holds(&model.tree, view.shown(), span));
    let row_id = {
        let rows = rows.clone();
        Callback::from(move |index: usize| rows.rows.get(index).map(|row| element_id(row.kind, row.span)).unwrap_or_default())
    };
    let onmove = {
        let (rows, onchoose) = (rows.clone(), props.onchoose.clone());
        Callback::from(move |index: usize| {
            // An opened row of hooks names the same span as the row below it: arrows pass it.
            let is_opened = |at: usize| rows.rows.get(at).is_some_and(|row| row.kind == RowKind::Hooks && row.expanded);
            let index = match (is_opened(index), active) {
                (true, Some(active)) if index < active => index.saturating_sub(1),
                (true, _) => index + 1,
                (false, _) => index,
            };
            if let Some(row) = rows.rows.get(index) {
                onchoose.emit((row.span, false));
            }
        })
    };
    let onkeydown = {
        let keys = TreeKeys {
            view: view.clone(),
            chosen: *chosen,
            rows: rows.clone(),
            onchoose: props.onchoose.clone(),
            onfold: props.onfold.clone(),
        };
        let zoom = zoom.clone();
        Callback::from(move |event: KeyboardEvent| {
            if keys.press(&zoom, &event) {
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let shown_rows = match (rows.len() as u64, model.facts.spans as u64) {
        (shown, all) if shown == all => String::new(),
        (shown, all) => format!("{} of {} rows", units::count(shown), units::count(all)),
    };
    let (lane_what, counts) = match &trace.agents {
        Some(agents) => ("Agents running", Some(agents.clone())),
        None => ("Spans at work", trace.work.clone()),
    };
    let short_id: String = model.trace_id.chars().take(8).collect();
    let window = zoom.axis.window_ns();
    let onrange = {
        let zoom = zoom.clone();
        Callback::from(move |(from, to): (i64, i64)| zoom.set.emit(Some((from, to))))
    };
    html! {
        <div class={classes!("water", props.stale.then_some("busy-old"))} style={super::widths(&[("--wn", props.names_px)])} {onkeydown}>
            <div class="wh">
                <div class="wh-l">
                    { props.children.clone() }
                    <div class="wh-cols"><span>{ "Span" }</span><span class="grow"></span><span class="cap" role="status">{ shown_rows }</span><span class="cap lane-what" title="At work at the same time, on average while anything was at work">{ match &counts { Some(counts) => format!("{lane_what}, mean {:.1}", counts.average_when_busy()), None => lane_what.to_owned() } }</span></div>
                </div>
                <div class="wh-r">
                    <Minimap session={session.clone()} trace={trace.clone()} whole={zoom.whole.clone()} {window} onzoom={zoom.set.clone()} />
                    if let Some(counts) = counts {
                        <ConcurrencyLane what={lane_what} {counts} axis={zoom.axis.clone()} />
                    } else {
                        <div class="ccw"></div>
                    }
                    <Ruler axis={zoom.axis.clone()} origin_ns={start_ns} onfit={onrange} onreset={zoom.set.reform(|()| None)} {lane} />
                </div>
            </div>
            <div class="wbody" ref={body}>
                { zoom::grid(&zoom.axis, start_ns) }
                <VirtualList id="waterfall" role="treegrid" testid="waterfall" class="wrows" label={format!("Spans of trace {short_id}")} count={rows.len()} row_px={*row_px}
                    {active} {row_id} row={(*row).clone()} layer={(*layer).clone()} {onmove} />
            </div>
            <div class="legend" aria-label="Legend">
                <span><i class="lgd self"></i>{ "own time" }</span><span><i class="lgd child"></i>{ "in children" }</span>
                if look.show_path {
                    <span><i class="lgd crit"></i>{ format!("critical path {}", units::duration(trace.path.length_ns())) }</span>
                }
                if look.show_flow && !props.flows.is_empty() {
                    <span><i class="lgd flow"></i>{ "artifact flow" }</span>
                }
                <span><i class="lgd tl3"></i>{ "async after parent" }</span><span><i class="lgd dia2"></i>{ "event" }</span>
                <span><Icon name="err" class="xs err" />{ "error" }</span><span><Icon name="errh" class="xs err" />{ "error below" }</span>
            </div>
            <Splitter label="Width of the names" value={props.names_px.unwrap_or(312)} min={120} max={720} onresize={props.onresize.clone()} />
        </div>
    }
}

/// The id of a row's element.
pub fn element_id(kind: RowKind, span: u32) -> String {
    match kind {
        RowKind::Span => format!("span-{span}"),
        RowKind::Hooks => format!("hooks-{span}"),
    }
}

/// The wheel with a modifier zooms; it must not scroll the page's text size with it, so the listener is not passive.
#[hook]
fn use_wheel(body: &NodeRef, zoom: &Zoom) {
    let latest = use_mut_ref(|| None::<Zoom>);
    *latest.borrow_mut() = Some(zoom.clone());
    let body = body.clone();
    use_effect_with((), move |()| {
        let listener = body.cast::<web_sys::Element>().map(|element| {
            let target = element.clone();
            EventListener::new_with_options(&element, "wheel", EventListenerOptions::enable_prevent_default(), move |event| {
                let Some(event) = document::as_wheel(event) else { return };
                let Some(zoom) = latest.borrow().clone() else { return };
                // Asked only where it counts: while rows scroll, measuring lays the page out in the middle of a frame.
                let at_px = || {
                    // The lane ends where the rows' right padding begins, so its left edge follows from the element's right one.
                    let right = target.get_bounding_client_rect().right();
                    let lane_left =
                        target.query_selector(".wgrid .lane").ok().flatten().map_or(right, |lane| lane.get_bounding_client_rect().left());
                    f64::from(event.client_x()) - lane_left
                };
                if zoom.wheel(event, at_px) {
                    event.prevent_default();
                }
            })
        });
        move || drop(listener)
    });
}

/// The keys of the tree and what they change.
struct TreeKeys {
    view: View,
    chosen: Option<u32>,
    rows: Rc<VisibleRows>,
    onchoose: Callback<Choice>,
    onfold: Callback<Rc<Folds>>,
}

impl TreeKeys {
    fn fold(&self, change: impl FnOnce(&mut Folds)) {
        let mut folds = (*self.view.folds).clone();
        change(&mut folds);
        self.onfold.emit(Rc::new(folds));
    }

    fn toggle(&self, row: Row) {
        let holder = noise::holder(&self.view.trace.model.tree, row.span);
        self.fold(|folds| {
            let (set, member) = match row.kind {
                RowKind::Hooks => (&mut folds.opened, holder),
                RowKind::Span => (&mut folds.collapsed, row.span),
            };
            if !set.remove(member) {
                set.insert(member);
            }
        });
    }

    /// The parent whose opened hooks a row belongs to.
    fn opened_hooks(&self, row: Row) -> Option<u32> {
        let (noise, opened) = self.view.shown().hooks?;
        let parent = noise.group_of(&self.view.trace.model.tree, row.span)?;
        opened.contains(parent).then_some(parent)
    }

    /// Whether the key means something in the tree.
    fn press(&self, zoom: &Zoom, event: &KeyboardEvent) -> bool {
        // A button in the head has its own Enter and Space.
        let on_button = matches!(event.key().as_str(), "Enter" | " ") && !document::focus_is("#waterfall");
        if event.ctrl_key() || event.meta_key() || on_button || document::typing() {
            return false;
        }
        let tree = &self.view.trace.model.tree;
        if event.alt_key() {
            let digit = event.code().strip_prefix("Digit").and_then(|digit| digit.parse::<u32>().ok());
            let Some(level) = digit.and_then(|digit| digit.checked_sub(1)) else { return false };
            self.fold(|folds| folds.collapsed = tree_rows::collapse_to_depth(tree, level));
            return true;
        }
        let at = self.chosen.and_then(|span| self.rows.row_that_holds(tree, self.view.shown(), span));
        let row = at.and_then(|at| self.rows.rows.get(at)).copied();
        match (event.key().as_str(), row) {
            ("ArrowLeft", _) if event.shift_key() => self.fold(|folds| folds.collapsed = tree_rows::collapse_to_depth(tree, 0)),
            ("ArrowRight", _) if event.shift_key() => self.fold(|folds| folds.collapsed = SpanSet::default()),
            ("*", Some(row)) => self.fold(|folds| tree_rows::set_subtree_collapsed(tree, row.span, false, &mut folds.collapsed)),
            ("-", Some(row)) => self.fold(|folds| tree_rows::set_subtree_collapsed(tree, row.span, true, &mut folds.collapsed)),
            ("ArrowLeft", Some(row)) if row.expanded => self.toggle(row),
            ("ArrowLeft", Some(row)) => match (self.opened_hooks(row), tree.parent_of(row.span).filter(|_| row.depth > 0)) {
                (Some(parent), _) => self.fold(|folds| {
                    folds.opened.remove(parent);
                }),
                (None, Some(parent)) => self.onchoose.emit((parent, false)),
                (None, None) => {}
            },
            ("ArrowRight", Some(row)) if row.has_children && !row.expanded => self.toggle(row),
            ("ArrowRight", Some(row)) if row.kind == RowKind::Span => {
                if let Some(child) = tree.children(row.span).first() {
                    self.onchoose.emit((*child, false));
                }
            }
            ("Enter" | " ", Some(row)) if row.kind == RowKind::Hooks => self.toggle(row),
            (" ", Some(row)) if row.has_children => self.toggle(row),
            ("Enter", Some(row)) => self.onchoose.emit((row.span, true)),
            ("z" | "Z", Some(row)) => {
                if let Some(interval) = tree.interval.get(row.span as usize) {
                    zoom.fit(interval.start_ns, interval.end_ns);
                }
            }
            _ => return false,
        }
        true
    }
}
