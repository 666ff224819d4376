//! Two traces side by side: the paths of their names, how often each was gone, and where the time differs.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        frames::{self, FrameName, FrameNames},
        model::{Roles, TraceModel},
        others,
        params::{PICK, TimelineParams},
        query,
    },
    flame::Choices,
    row,
};
use crate::{
    browser::document,
    core::{
        calendar,
        compare::{self, Comparison, Order, Pair, Side},
        noise::NoiseRules,
        units,
    },
    state::{
        queries::use_query,
        session::Session,
        store::{Nav, Store, go},
        traces::TraceRow,
    },
    ui::{
        icon::Icon,
        virtual_list::{RowView, VirtualList},
    },
};

/// The mode's own keys in the address.
const ORDER: &str = "corder";
const BY: &str = "cby";
const ORDERS: [(&str, &str); 2] = [("time", "As they ran"), ("difference", "Largest difference")];
const AMOUNTS: [(&str, &str); 2] = [("total", "Total time"), ("own", "Own time")];
/// Row height where the stylesheet does not say.
const ROW_PX: u32 = 24;
/// Traces that are offered at once.
const OFFERED: usize = 12;
/// Beyond this many levels the indent stops growing.
const LEVELS_SHOWN: u32 = 16;

#[derive(Properties, PartialEq)]
pub struct CompareViewProps {
    pub session: Rc<Session>,
    pub store: Store,
    /// The trace that is chosen in the list: A.
    pub model: Rc<TraceModel>,
    /// Id of the trace to compare it with: B.
    pub other: AttrValue,
    /// The rules for hooks, where hooks are folded away.
    #[prop_or_default]
    pub rules: Option<Rc<NoiseRules>>,
}

#[component]
pub fn CompareView(props: &CompareViewProps) -> Html {
    let CompareViewProps { session, store, model, other, rules } = props;
    let choosing = use_state(|| false);
    let found = session.traces.find(other).and_then(|number| session.traces.get(number));
    let other_id = found.map(|trace| trace.trace_id.to_owned());
    let sql: Option<Rc<str>> = other_id.as_deref().map(|id| query::spans_sql(id).into());
    let answer = use_query(session, sql.clone());
    let table = sql.as_deref().and_then(|sql| answer.of(sql)).cloned();
    // Agents are part of a path's name, so both sides must know theirs.
    let roles = use_query(session, other_id.clone().map(|id| query::roles_sql(&[id], session.agents_anywhere).into()));
    let roles = roles.table.clone().filter(|_| !roles.pending);
    let key = (session.id, other_id.clone(), [&table, &roles].map(|table| table.as_ref().map(|table| Rc::as_ptr(table) as usize)));
    let second = use_memo(key, {
        let other_id = other_id.clone();
        move |_| {
            let (id, table, roles) = (other_id?, table?, roles?);
            let model = TraceModel::new(&id, table);
            Some(model.and_then(|model| Ok(Rc::new(model.with_roles(Rc::new(Roles::new(&model, &roles)?))))))
        }
    });
    let (second, second_error) = match second.as_ref() {
        Some(Ok(model)) => (Some(model.clone()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let param = |key: &str| store.url.params.get(key).map(String::as_str).unwrap_or_default();
    let (by_difference, by_own) = (param(ORDER) == "difference", param(BY) == "own");

    let close = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| super::set_params(&store, Nav::Push, |params| params.compare = None))
    };
    let swap = {
        let (store, own, other) = (store.clone(), model.trace_id.clone(), other_id.clone());
        Callback::from(move |_: MouseEvent| {
            let (Some(other), own) = (other.clone(), own.clone()) else { return };
            go(&store, Nav::Push, move |url| {
                url.trace = Some(other);
                url.span = None;
                edit(&mut url.params, |params| params.compare = Some(own));
            });
        })
    };
    let take = {
        let (store, choosing) = (store.clone(), choosing.setter());
        Callback::from(move |trace_id: String| {
            choosing.set(false);
            super::set_params(&store, Nav::Push, |params| params.compare = Some(trace_id));
        })
    };
    // A click on a side leaves the comparison for that span.
    let visit = {
        let store = store.clone();
        Callback::from(move |(trace_id, span_id): (String, String)| {
            go(&store, Nav::Push, move |url| {
                url.trace = Some(trace_id);
                url.span = Some(span_id);
                edit(&mut url.params, TimelineParams::forget_trace);
            });
        })
    };
    let own = session.traces.find(&model.trace_id).and_then(|number| session.traces.get(number));
    let retry = answer.clone();
    let error = answer.error.as_ref().map(ToString::to_string).or(second_error);
    html! {
        <section class="cmpv" data-testid="compare" aria-label="Comparison of two traces">
            <div class="fl-tools">
                <h2>{ "Compare" }</h2>
                <Choices label="Order" name={ORDER} store={store.clone()} selected={usize::from(by_difference)} items={ORDERS.to_vec()} />
                <Choices label="Time" name={BY} store={store.clone()} selected={usize::from(by_own)} items={AMOUNTS.to_vec()} />
                <span class="grow"></span>
                <button type="button" class="btn sm" disabled={other_id.is_none()} onclick={swap}>{ "Swap" }</button>
                <button type="button" class="icon-btn sm" aria-label="Close the comparison" title="Close the comparison" onclick={close}><Icon name="x" class="s" /></button>
            </div>
            <div class="cmp-ab">
                <Named letter="A" name={own.map(|trace| trace.name.to_owned()).unwrap_or_default()} trace_id={model.trace_id.clone()} started={calendar::instant(model.tree.start_ns)} />
                if let Some(trace) = found.filter(|_| !*choosing) {
                    <Named letter="B" name={trace.name.to_owned()} trace_id={trace.trace_id.to_owned()} started={calendar::instant(trace.start_ns)} />
                    <button type="button" class="btn sm" onclick={let choosing = choosing.setter(); Callback::from(move |_: MouseEvent| choosing.set(true))}>{ "Another trace" }</button>
                }
            </div>
            if found.is_none() && other != PICK {
                <div class="note w" role="status" data-testid="notice"><Icon name="warn" /><div><b>{ "This file has no such trace" }</b><p>{ "The link names " }<code>{ other.to_string() }</code>{ ". Choose another one below." }</p></div></div>
            }
            if *choosing || found.is_none() {
                <Chooser session={session.clone()} trace_id={model.trace_id.clone()} ontake={take} />
            } else if let Some(error) = error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div>
                    <b>{ "The spans of the other trace could not be read" }</b><p>{ error }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={Callback::from(move |_| retry.retry())}>{ "Try again" }</button></div>
                </div></div>
            } else if let Some(second) = second {
                <Compared session={session.clone()} a={model.clone()} b={second} rules={rules.clone()} {by_difference} {by_own} onvisit={visit} />
            } else {
                <div class="empty" role="status"><span class="busy"><i class="spin"></i></span><b>{ "Reading the other trace" }</b></div>
            }
        </section>
    }
}

/// Changes the mode's keys of an address.
fn edit(map: &mut std::collections::BTreeMap<String, String>, change: impl FnOnce(&mut TimelineParams)) {
    let mut params = TimelineParams::read(map);
    change(&mut params);
    params.write(map);
}

#[derive(Properties, PartialEq)]
struct NamedProps {
    letter: &'static str,
    name: String,
    trace_id: String,
    started: String,
}

#[component]
fn Named(props: &NamedProps) -> Html {
    let NamedProps { letter, name, trace_id, started } = props;
    html! {
        <div class="cmp-n" data-side={*letter} data-trace-id={trace_id.clone()}>
            <span class="badge">{ *letter }</span><b class="cut" title={name.clone()}>{ if name.is_empty() { "(no name)" } else { name.as_str() } }</b>
            <code class="dim" title={trace_id.clone()}>{ trace_id.chars().take(8).collect::<String>() }</code><span class="dim cut">{ started.clone() }</span>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ChooserProps {
    session: Rc<Session>,
    trace_id: String,
    ontake: Callback<String>,
}

/// Traces to compare with: those of the same name first, others by their name or the beginning of their id.
#[component]
fn Chooser(props: &ChooserProps) -> Html {
    let ChooserProps { session, trace_id, ontake } = props;
    let text = use_state(String::new);
    let offered = use_memo((session.id, trace_id.clone(), (*text).clone()), {
        let session = session.clone();
        move |(_, trace_id, text)| others::candidates(&session.traces, trace_id, text, OFFERED)
    });
    let oninput = {
        let text = text.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                text.set(input.value());
            }
        })
    };
    use_effect_with((), |()| document::focus("[data-testid=compare-search]"));
    let onkeydown = {
        let (ontake, first) =
            (ontake.clone(), offered.first().and_then(|number| session.traces.get(*number)).map(|trace| trace.trace_id.to_owned()));
        Callback::from(move |event: KeyboardEvent| {
            if let Some(first) = first.as_ref().filter(|_| event.key() == "Enter" && !event.is_composing()) {
                ontake.emit(first.clone());
                event.prevent_default();
            }
        })
    };
    let own_name = session.traces.find(trace_id).and_then(|number| session.traces.get(number)).map(|trace| trace.name);
    let line = |trace: TraceRow<'_>| {
        let id = trace.trace_id.to_owned();
        let onclick = ontake.reform(move |_: MouseEvent| id.clone());
        html! {
            <li key={trace.trace_id.to_owned()}><button type="button" class="cmp-t" data-trace-id={trace.trace_id.to_owned()} {onclick}>
                <b class="cut">{ if trace.name.is_empty() { "(no name)" } else { trace.name } }</b>
                if Some(trace.name) == own_name { <span class="badge">{ "same name" }</span> }
                <span class="grow"></span>
                if trace.errors > 0 { <span class="err">{ units::counted(trace.errors, "error") }</span> }
                <span>{ units::duration(trace.duration_ns()) }</span><span class="dim">{ calendar::instant(trace.start_ns) }</span><code class="dim">{ trace.trace_id.chars().take(8).collect::<String>() }</code>
            </button></li>
        }
    };
    html! {
        <div class="cmp-choose">
            <div class="inwrap"><Icon name="search" class="s" /><input class="in" type="search" data-testid="compare-search" aria-label="Search the other trace" placeholder="Name or beginning of an id" value={(*text).clone()} {oninput} {onkeydown} autocomplete="off" spellcheck="false" /></div>
            if offered.is_empty() {
                <p class="cap" role="status">{ "No other trace matches. Searched are names and the beginnings of ids." }</p>
            }
            <ul data-testid="compare-candidates" aria-label="Traces to compare with">{ for offered.iter().filter_map(|number| session.traces.get(*number)).map(line) }</ul>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ComparedProps {
    session: Rc<Session>,
    a: Rc<TraceModel>,
    b: Rc<TraceModel>,
    rules: Option<Rc<NoiseRules>>,
    by_difference: bool,
    by_own: bool,
    /// Trace id and span id.
    onvisit: Callback<(String, String)>,
}

struct Compare {
    /// Hooks of both traces that were left out.
    left_out: usize,
    /// Work of the whole traces, hooks included, ns.
    work_ns: (i64, i64),
    names: FrameNames,
    comparison: Comparison,
}

#[component]
fn Compared(props: &ComparedProps) -> Html {
    let ComparedProps { session, a, b, rules, by_difference, by_own, onvisit } = props;
    let row_px = use_memo((), |()| document::token_px("--h-row", ROW_PX));
    let key = (a.clone(), b.clone(), *by_difference, *by_own, rules.clone());
    let compared = use_memo(key, |(a, b, by_difference, by_own, rules)| {
        let noise = |model: &TraceModel| rules.as_ref().map(|rules| model.noise(rules).spans).unwrap_or_default();
        let (noise_a, noise_b) = (noise(a), noise(b));
        let names = FrameNames::new(&[(a, Some(&noise_a)), (b, Some(&noise_b))], true);
        let order = match (by_difference, by_own) {
            (false, _) => Order::Time,
            (true, false) => Order::TotalDifference,
            (true, true) => Order::OwnDifference,
        };
        let comparison = Comparison::new(&frames::merged(a, &names, 0), &frames::merged(b, &names, 1), order);
        Compare { left_out: noise_a.len() + noise_b.len(), work_ns: (frames::work_ns(a), frames::work_ns(b)), names, comparison }
    });
    let active = use_state(|| None::<usize>);
    {
        let active = active.setter();
        use_effect_with((Rc::as_ptr(&compared) as usize, *by_own), move |_| active.set(None));
    }
    let row = {
        let (session, a, b, compared, onvisit) = (session.clone(), a.clone(), b.clone(), compared.clone(), onvisit.clone());
        use_memo((Rc::as_ptr(&compared) as usize, *by_own, *active, onvisit.clone()), move |(_, by_own, active, _)| {
            let (by_own, active) = (*by_own, *active);
            let largest_ns = match by_own {
                true => compared.comparison.largest_own_difference_ns,
                false => compared.comparison.largest_total_difference_ns,
            };
            RowView::new(move |index, style| {
                let Some(pair) = compared.comparison.pairs.get(index).copied() else { return Html::default() };
                let Some(name) = compared.names.get(pair.key).cloned() else { return Html::default() };
                let name_b = pair.key_b.and_then(|key| compared.names.get(key)).map(|name| name.name.clone());
                html! {
                    <PairLine key={index} session={session.clone()} a={a.clone()} b={b.clone()} {index} {pair} {name} {name_b} {largest_ns} {by_own} selected={active == Some(index)} {style} onvisit={onvisit.clone()} />
                }
            })
        })
    };
    let comparison = &compared.comparison;
    let extent_ns = |model: &TraceModel| model.tree.end_ns.saturating_sub(model.tree.start_ns);
    let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let totals = [
        ("duration_ns", "Duration", extent_ns(a), extent_ns(b), true),
        ("work_ns", "Work", compared.work_ns.0, compared.work_ns.1, true),
        ("spans", "Spans", count(a.facts.spans), count(b.facts.spans), false),
        ("errors", "Errors", count(a.facts.errors), count(b.facts.errors), false),
    ];
    let show = |value: i64, is_time: bool| if is_time { units::duration(value) } else { units::count(value.unsigned_abs()) };
    html! {
        <>
        <div class="cmp-sum">
            <table class="tbl" data-testid="compare-totals">
                <thead><tr><th scope="col">{ "Whole trace" }</th><th scope="col" class="num">{ "A" }</th><th scope="col" class="num">{ "B" }</th><th scope="col" class="num">{ "B minus A" }</th><th scope="col" class="num">{ "Change" }</th></tr></thead>
                <tbody>{ for totals.iter().map(|(slug, label, first, second, is_time)| {
                    let difference = second.saturating_sub(*first);
                    html! { <tr key={*slug} data-row={*slug}><th scope="row">{ *label }</th>
                        <td class="num" data-col="a" data-value={first.to_string()}>{ show(*first, *is_time) }</td><td class="num" data-col="b" data-value={second.to_string()}>{ show(*second, *is_time) }</td>
                        <td class="num" data-col="difference" data-value={difference.to_string()}>{ if *is_time { compare::change(difference) } else { compare::change_count(difference) } }</td>
                        <td class="num">{ compare::change_percent(*first, *second).unwrap_or_else(|| units::MISSING.to_owned()) }</td></tr> }
                }) }</tbody>
            </table>
            <p class="cap" role="status" data-testid="compare-structure" data-only-a={comparison.only_a.to_string()} data-only-b={comparison.only_b.to_string()} data-other-count={comparison.other_count.to_string()} data-paths={comparison.paths().to_string()}>
                { compare::structure_words(comparison) }
                if compared.left_out > 0 { { format!(". {} left out.", units::counted(compared.left_out as u64, "hook")) } }
            </p>
        </div>
        <div class="cp-h" role="table" aria-label="Columns of the comparison"><div role="row" class="cp-row">
            <span role="columnheader" class="cp-name">{ "Path" }</span><span role="columnheader" class="num">{ "Spans A" }</span><span role="columnheader" class="num">{ "Spans B" }</span>
            <span role="columnheader" class="num">{ "A" }</span><span role="columnheader" class="num">{ "B" }</span><span role="columnheader" class="num">{ "B minus A" }</span><span role="columnheader" class="num cp-pc">{ "Change" }</span>
            <span role="columnheader" class="cp-bar"><span class="vh">{ "Difference as a bar" }</span></span>
        </div></div>
        <VirtualList id="compare-rows" role="treegrid" testid="compare-rows" class="cp-rows" label={format!("{} of both traces", units::counted(comparison.paths(), "path"))} count={comparison.pairs.len()} row_px={*row_px}
            active={*active} row_id={Callback::from(|index: usize| format!("pair-{index}"))} row={(*row).clone()} onmove={let active = active.setter(); Callback::from(move |index: usize| active.set(Some(index)))} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct PairLineProps {
    session: Rc<Session>,
    a: Rc<TraceModel>,
    b: Rc<TraceModel>,
    index: usize,
    pair: Pair,
    name: FrameName,
    /// The root's name in B where it is another.
    name_b: Option<String>,
    largest_ns: i64,
    by_own: bool,
    selected: bool,
    style: AttrValue,
    onvisit: Callback<(String, String)>,
}

#[component]
fn PairLine(props: &PairLineProps) -> Html {
    let PairLineProps { session, a, b, index, pair, name, largest_ns, by_own, selected, .. } = props;
    let time_ns = |side: Option<Side>| side.map(|side| if *by_own { side.own_ns } else { side.total_ns });
    let (a_ns, b_ns) = (time_ns(pair.a).unwrap_or(0), time_ns(pair.b).unwrap_or(0));
    let difference_ns = if *by_own { pair.own_difference_ns() } else { pair.total_difference_ns() };
    let visit = |model: &Rc<TraceModel>, side: Option<Side>| {
        let target = side.and_then(|side| Some((model.trace_id.clone(), model.span(side.slowest)?.span_id.to_owned())));
        target.map(|target| props.onvisit.reform(move |_: MouseEvent| target.clone()))
    };
    let time = |letter: &'static str, model: &Rc<TraceModel>, side: Option<Side>| {
        let time_ns = time_ns(side);
        html! {
            <span role="gridcell" class="num" data-col={format!("time_{}", letter.to_lowercase())} data-value={time_ns.map(|ns| ns.to_string())}>
                if let (Some(ns), Some(onclick)) = (time_ns, visit(model, side)) {
                    <button type="button" class="lk" title={format!("{}: go to the longest span in {letter}", units::duration_full(ns))} {onclick}>{ units::duration(ns) }</button>
                } else {
                    <span class="dim" title={format!("Not in {letter}")}>{ units::MISSING }</span>
                }
            </span>
        }
    };
    let count = |letter: &'static str, side: Option<Side>| {
        html! {
            <span role="gridcell" class="num" data-col={format!("count_{}", letter.to_lowercase())} data-value={side.map_or(0, |side| side.count).to_string()}>
                if side.is_some_and(|side| side.errors > 0) { <span class="err" title={units::counted(side.map_or(0, |side| side.errors), "error")}><Icon name="err" class="xs err" /></span> }
                { side.map_or_else(|| units::MISSING.to_owned(), |side| units::count_short(side.count)) }
            </span>
        }
    };
    let (left, width) = compare::bar_percent(difference_ns, *largest_ns);
    let only = match (pair.a, pair.b) {
        (Some(_), None) => Some("only in A"),
        (None, Some(_)) => Some("only in B"),
        _ => None,
    };
    let more = difference_ns > 0;
    html! {
        <div role="row" id={format!("pair-{index}")} class={classes!("cp-row", row::span_class(session, &super::flame::as_row(name)), (!pair.same_count()).then_some("differs"))} aria-level={(pair.depth + 1).to_string()}
            aria-rowindex={(index + 1).to_string()} aria-selected={selected.to_string()} style={props.style.clone()} data-only={only.map(|only| only.replace("only in ", ""))}>
            <span role="gridcell" class="cp-name" data-col="name" data-value={name.name.clone()} style={format!("--level:{}", pair.depth.min(LEVELS_SHOWN))}>
                <i class="sw"></i>{ row::name(&name.name, name.service.as_deref(), name.operation.as_deref()) }
                if let Some(agent) = &name.agent { <span class="cap cut">{ agent }</span> }
                if let Some(name_b) = &props.name_b { <span class="cap cut" title={name_b.clone()}>{ format!("B: {name_b}") }</span> }
                if let Some(only) = only { <span class="badge">{ only }</span> }
            </span>
            { count("A", pair.a) }{ count("B", pair.b) }{ time("A", a, pair.a) }{ time("B", b, pair.b) }
            <span role="gridcell" class="num" data-col="difference" data-value={difference_ns.to_string()} title={units::duration_full(difference_ns)}>{ compare::change(difference_ns) }</span>
            <span role="gridcell" class="num cp-pc" data-col="change">{ compare::change_percent(a_ns, b_ns).unwrap_or_else(|| units::MISSING.to_owned()) }</span>
            <span role="gridcell" class="cp-bar" aria-hidden="true"><i class={if more { "more" } else { "less" }} style={format!("left:{left:.2}%;width:{width:.2}%")}></i></span>
        </div>
    }
}
