//! The comparison on the page: what A and B are, and the groups of both.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::grouping::Dimension,
    model::Measure,
    moment,
    params::{CompareParams, SideFilter, SplitBy},
    sides::{self, NoSides},
    table::CompareTable,
};
use crate::{
    browser::storage,
    core::{calendar, filter::Filter, units},
    state::{
        presets,
        scope::Scope,
        session::Session,
        store::{Action, Nav, Store, go},
    },
    ui::{
        draft::{Draft, use_draft},
        icon::Icon,
    },
};

/// The list of the presets' filters, for both fields.
const PRESETS: &str = "compare-presets";

const SPLITS: [(SplitBy, &str, &str); 3] = [
    (SplitBy::Moment(None), "Before and after", "Spans that start before a moment, and those that start from then on"),
    (SplitBy::Filters, "Two filters", "Spans that each of two filters lets through"),
    (SplitBy::File, "Another file", "The spans of this file, and those of another one"),
];

#[derive(Properties, PartialEq)]
pub struct CompareGroupsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub scope: Rc<Scope>,
    pub first: Dimension,
    pub second: Option<Dimension>,
}

/// Changes the comparison in the address.
pub fn edit(store: &Store, nav: Nav, change: impl FnOnce(&mut CompareParams) + 'static) {
    go(store, nav, move |url| {
        let mut params = CompareParams::read(&url.params);
        change(&mut params);
        params.write(&mut url.params);
    });
}

#[component]
pub fn CompareGroups(props: &CompareGroupsProps) -> Html {
    let CompareGroupsProps { session, store, scope, first, second } = props;
    let params = CompareParams::read(&store.url.params);
    let key = (session.id, store.second.as_ref().map(|second| second.id), scope.clone(), params.split, params.a.clone(), params.b.clone());
    let found = use_memo(key, |_| sides::sides_of(&params, session, store.second.as_ref(), scope));
    let is_same = |split: SplitBy| std::mem::discriminant(&split) == std::mem::discriminant(&params.split);
    let measure = |measure: Measure| {
        let is_on = params.measures.contains(&measure);
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| edit(&store, Nav::Replace, move |params| params.toggle(measure)));
        html! { <button type="button" class="btn sm" aria-pressed={is_on.to_string()} {onclick}>{ measure.label() }</button> }
    };
    html! {
        <section class="cg" aria-label="Comparison">
            <div class="cg-tool">
                <span class="cap">{ "Compare" }</span>
                <div class="seg" role="radiogroup" aria-label="What is compared">
                    { for SPLITS.iter().map(|(split, label, title)| {
                        let (store, split) = (store.clone(), *split);
                        let onclick = Callback::from(move |_: MouseEvent| edit(&store, Nav::Push, move |params| params.split = split));
                        html! { <button type="button" role="radio" aria-checked={is_same(split).to_string()} title={*title} {onclick}>{ *label }</button> }
                    }) }
                </div>
                <span class="grow"></span>
                <div class="cg-ms" role="group" aria-label="Figures">{ for Measure::ALL.into_iter().map(measure) }</div>
            </div>
            { match params.split {
                SplitBy::Moment(at) => html! { <MomentPicker store={store.clone()} range={sides::range_of(session, scope).map(|range| (range.start, range.end))} {at} /> },
                SplitBy::Filters => html! { <FilterPair store={store.clone()} a={params.a.clone()} b={params.b.clone()} /> },
                SplitBy::File => second_file(store),
            } }
            { match &*found {
                Ok([a, b]) => html! { <CompareTable session={session.clone()} store={store.clone()} a={a.clone()} b={b.clone()} first={first.clone()} second={second.clone()} {params} /> },
                Err(NoSides::NoSecondFile) => html! { <div class="empty" role="status"><Icon name="compare" /><b>{ "Open a file to compare with" }</b>
                    <p>{ "It is held beside this one, and is asked the same. The filter is for both; the time range is for this file alone." }</p></div> },
                Err(NoSides::NoTimes) => html! { <div class="empty" role="status"><b>{ "No span in scope says when it started" }</b><p>{ "There is no moment to split them at." }</p></div> },
                Err(NoSides::Filter(side, words)) => html! { <div class="note w" role="alert"><Icon name="warn" /><span>{ format!("The filter of {side} cannot be read: {words}") }</span></div> },
            } }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct MomentPickerProps {
    store: Store,
    /// First nanosecond, and the first behind the range.
    range: Option<(i64, i64)>,
    at: Option<i64>,
}

/// A slider for the hand, and a field for those who know the moment. The address follows when the slider is let go.
#[component]
fn MomentPicker(props: &MomentPickerProps) -> Html {
    let dragged = use_state(|| None::<i64>);
    let wrong = use_state(|| false);
    let at = props.range.map(|(start, end)| dragged.or(props.at).unwrap_or_else(|| moment::middle(&(start..end))).clamp(start, end));
    let draft = use_draft(at.map(moment::print).unwrap_or_default());
    let (Some((start, end)), Some(at)) = (props.range, at) else { return Html::default() };
    let range = start..end;
    let of_event = move |value: &str| value.parse().ok().map(|step| moment::of_step(&(start..end), step));
    let oninput = {
        let dragged = dragged.setter();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<web_sys::HtmlInputElement>();
            dragged.set(input.and_then(|input| of_event(&input.value())));
        })
    };
    let put = {
        let (store, dragged, wrong, forget) = (props.store.clone(), dragged.setter(), wrong.setter(), draft.forget.clone());
        Callback::from(move |moment_ns: Option<i64>| {
            dragged.set(None);
            forget.emit(());
            wrong.set(false);
            edit(&store, Nav::Push, move |params| params.split = SplitBy::Moment(moment_ns));
        })
    };
    let onslide = {
        let put = put.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                put.emit(of_event(&input.value()));
            }
        })
    };
    let ontype = {
        let (put, wrong) = (put.clone(), wrong.setter());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            match (input.value().trim(), moment::read(&input.value(), start)) {
                ("", _) => put.emit(None),
                (_, Some(moment_ns)) => put.emit(Some(moment_ns)),
                (_, None) => wrong.set(true),
            }
        })
    };
    html! {
        <div class="cg-when">
            <span class="cap num">{ calendar::time_of_day(start) }</span>
            <input type="range" min="0" max={moment::STEPS.to_string()} value={moment::step_of(&range, at).to_string()} data-testid="compare-slider" aria-label="Moment between A and B"
                aria-valuetext={calendar::instant(at)} {oninput} onchange={onslide} />
            <span class="cap num">{ calendar::time_of_day(end) }</span>
            <label><span class="cap">{ "Moment, UTC" }</span>
                <input class="in" type="text" data-testid="compare-moment" value={draft.text} aria-invalid={wrong.to_string()} oninput={draft.oninput} onchange={ontype} autocomplete="off" spellcheck="false" /></label>
            if *wrong {
                <span class="field-e" role="alert">{ "Write it as 2026-11-22 09:31:12.5" }</span>
            }
            <button type="button" class="btn sm ghost" disabled={props.at.is_none()} onclick={put.reform(|_: MouseEvent| None)}>{ "Middle" }</button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct FilterPairProps {
    store: Store,
    a: SideFilter,
    b: SideFilter,
}

#[component]
fn FilterPair(props: &FilterPairProps) -> Html {
    let presets = use_memo((), |()| {
        let kept = presets::parse(&storage::read(presets::STORAGE_KEY).unwrap_or_default()).0;
        kept.into_iter().chain(presets::built_in()).collect::<Vec<_>>()
    });
    let (draft_a, draft_b) = (use_draft(props.a.text.clone()), use_draft(props.b.text.clone()));
    let field = |name: &'static str, testid: &'static str, side: &SideFilter, draft: Draft, put: fn(&mut CompareParams, SideFilter)| {
        let onchange = {
            let (store, presets) = (props.store.clone(), presets.clone());
            Callback::from(move |event: Event| {
                if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                    let side = SideFilter::of_words(&input.value(), &presets);
                    // The field shows the filter that the name stands for, also where that is the one it had.
                    draft.forget.emit(());
                    edit(&store, Nav::Push, move |params| put(params, side));
                }
            })
        };
        let any_time = {
            let (store, side) = (props.store.clone(), SideFilter { from_ns: None, to_ns: None, ..side.clone() });
            Callback::from(move |_: MouseEvent| {
                let side = side.clone();
                edit(&store, Nav::Push, move |params| put(params, side));
            })
        };
        let is_wrong = Filter::parse(&side.text).is_err();
        html! {
            <>
                <label><b class={classes!("cg-side", name.to_lowercase())}>{ name }</b>
                    <input class="in" type="search" data-testid={testid} aria-label={format!("Filter of {name}")} placeholder="agent:writer  status:error, or a preset" value={draft.text}
                        aria-invalid={is_wrong.to_string()} oninput={draft.oninput} {onchange} list={PRESETS} autocomplete="off" spellcheck="false" /></label>
                if let Some(words) = sides::range_words(side.from_ns, side.to_ns) {
                    <span class="chip" data-testid={format!("{testid}-range")}>{ words }
                        <button type="button" class="chip-x" aria-label={format!("{name} at any time")} onclick={any_time}><Icon name="x" class="xs" /></button></span>
                }
            </>
        }
    };
    let swap = {
        let store = props.store.clone();
        Callback::from(move |_: MouseEvent| edit(&store, Nav::Push, |params| std::mem::swap(&mut params.a, &mut params.b)))
    };
    html! {
        <div class="cg-filters">
            { field("A", "compare-a", &props.a, draft_a, |params, side| params.a = side) }
            { field("B", "compare-b", &props.b, draft_b, |params, side| params.b = side) }
            <button type="button" class="btn sm ghost" onclick={swap}>{ "Swap" }</button>
            <span class="cap">{ "Beside the filter and the time range of the page; a preset brings its own of both" }</span>
            <datalist id={PRESETS}>{ for presets.iter().map(|preset| html! { <option value={preset.name.clone()}>{ preset.filter.clone() }</option> }) }</datalist>
        </div>
    }
}

fn second_file(store: &Store) -> Html {
    let ask = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::AskSecondFile))
    };
    let close = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::CloseSecond))
    };
    html! {
        <div class="cg-files">
            if let Some(second) = &store.second {
                <b class="cg-side b">{ "B" }</b><Icon name="db" class="s" /><span class="cut" title={second.name.clone()}>{ second.name.clone() }</span>
                <span class="cap">{ format!("{} · {}", units::counted(second.totals.spans, "span"), units::counted(second.traces.len() as u64, "trace")) }</span>
                <button type="button" class="btn sm" onclick={ask}>{ "Open another" }</button>
                <button type="button" class="btn sm ghost" onclick={close}>{ "Close it" }</button>
            } else {
                <button type="button" class="btn" data-testid="compare-open" onclick={ask}><Icon name="file" class="s" />{ "Open a file" }</button>
            }
        </div>
    }
}
