//! Rate, errors and duration of the chosen subject over time, or one small chart for each of several.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        panels::{self, Measured},
        params::RedParams,
        query::Question,
    },
    data::{Found, subject_name},
    set_params,
};
use crate::{
    core::{calendar, red::selection::Selection},
    state::{
        scope::edit,
        store::{Nav, Store},
    },
    ui::{chart::stack::ChartStack, menu::MenuItem, segments::Segments},
};

#[derive(Properties, PartialEq)]
pub struct ChartsProps {
    pub store: Store,
    /// Name of the open file.
    pub file: AttrValue,
    pub found: Found,
    pub params: RedParams,
    pub onmark: Callback<Option<Selection>>,
    pub onrange: Callback<Option<(i64, i64)>>,
}

#[component]
pub fn Charts(props: &ChartsProps) -> Html {
    let ChartsProps { store, found, params, onmark, onrange, .. } = props;
    let (measured, is_log) = (params.small, params.is_log);
    // Ranges of the address that a drag has left behind.
    let before = use_mut_ref(Vec::<(Option<i64>, Option<i64>)>::new);
    let is_many = params.many;
    let read = if is_many { found.many.question.clone() } else { found.series.question.clone() };
    let (series, many) = (found.series.value.clone(), found.many.value.clone());
    let key = (
        series.as_ref().map(|series| Rc::as_ptr(series) as usize),
        many.as_ref().map(|many| Rc::as_ptr(many) as usize),
        read.clone(),
        params.limits,
        is_many,
        measured,
        is_log,
    );
    let shown = use_memo(key, move |(_, _, read, limits, is_many, measured, is_log)| {
        let question = read.as_ref()?;
        let (buckets, rated_ns) = (question.buckets, question.buckets.rated_ns(question.window));
        let (panels, figures) = match (is_many, series, many) {
            (false, Some(series), _) => (panels::panels(&series, rated_ns, *limits, *is_log), panels::figures(&series)),
            (true, _, Some(many)) => (panels::small_panels(&many, rated_ns, *limits, *measured), Vec::new()),
            _ => return None,
        };
        Some((panels::columns(buckets), Rc::new(panels), Rc::new(figures)))
    });
    let onzoom = {
        let (store, window, before) = (store.clone(), read.as_ref().map(|question| question.window), before.clone());
        Callback::from(move |(from_ns, to_ns): (i64, i64)| {
            let Some(window) = window else { return };
            let present = (store.url.from_ns, store.url.to_ns);
            before.borrow_mut().push(present);
            // Buckets reach beyond the ends of what is in view; there the range stays as it was.
            let from = if from_ns <= window.from_ns { present.0 } else { Some(from_ns) };
            let to = if to_ns > window.to_ns { present.1 } else { Some(to_ns) };
            edit::set_range(&store, Nav::Push, from, to);
        })
    };
    let onback = {
        let store = store.clone();
        Callback::from(move |()| {
            let (from_ns, to_ns) = before.borrow_mut().pop().unwrap_or_default();
            edit::set_range(&store, Nav::Push, from_ns, to_ns);
        })
    };
    let onlist = onmark.reform(|(from_ns, to_ns)| Some(Selection { from_ns, to_ns, durations_ns: None }));
    let ontoggle = {
        let store = store.clone();
        Callback::from(move |(_, series): (Rc<str>, Rc<str>)| {
            set_params(&store, Nav::Replace, move |params| params.hidden = panels::toggled(&params.hidden, &series));
        })
    };
    let onmeasure = {
        let store = store.clone();
        Callback::from(move |slug: &'static str| {
            set_params(&store, Nav::Replace, move |params| params.small = Measured::from_slug(slug).unwrap_or_default());
        })
    };
    let scale = MenuItem {
        label: "Durations on a logarithmic axis".into(),
        checked: Some(is_log),
        onpick: Some({
            let store = store.clone();
            Callback::from(move |()| set_params(&store, Nav::Replace, move |params| params.is_log = !is_log))
        }),
        ..MenuItem::default()
    };
    let ontable = {
        let store = store.clone();
        Callback::from(move |is_on: bool| set_params(&store, Nav::Replace, move |params| params.figures = is_on))
    };
    let Some((columns, lines, figures)) = (*shown).clone() else {
        return html! { <section class="card charts-c" aria-label="Charts"><p class="red-none"><span class="busy late" role="status"><i class="spin"></i>{ "working it out" }</span></p></section> };
    };
    let listed = params.selection.and_then(|mark| columns.within(mark.from_ns, mark.to_ns));
    let name = read.as_ref().map_or_else(|| "All spans".to_owned(), |question| subject_name(question));
    let is_stale = if is_many { found.many.is_stale } else { found.series.is_stale };
    let heading = read.as_ref().map(|question| heading(&props.file, question)).unwrap_or_default();
    let label = if is_many { "Charts of each".to_owned() } else { format!("Rate, errors and duration: {name}") };
    html! {
        <section class={classes!("card", "charts-c", is_stale.then_some("busy-old"))} aria-label={label.clone()} data-step-ns={columns.step_ns.to_string()}>
            if is_many {
                <div class="card-h"><h2>{ "Each on its own" }</h2><span class="cap cut">{ format!("{}, all on the same axes", measured.words()) }</span><span class="grow"></span>
                    <Segments name="red-measured" label="Small charts of" choices={Measured::ALL.map(|measured| (measured.slug(), measured.label().into())).to_vec()} chosen={measured.slug()} onchoose={onmeasure} />
                </div>
            }
            <ChartStack id="red-charts" {label} table={if is_many { "red-many" } else { "red-series" }} file={format!("charts {}", file_name(&name))} {heading} with_table={params.figures} {ontable} {columns} hidden={panels::hidden(&lines, &params.hidden)}
                panels={lines} {figures} {is_many} more={if is_many { Vec::new() } else { vec![scale] }} {listed} {ontoggle} {onzoom} {onlist} {onback} onreset={onrange.reform(|()| None)} />
        </section>
    }
}

/// The line above a picture: which file, of what, from when to when.
pub fn heading(file: &str, question: &Question) -> String {
    let short = |text: &str| -> String {
        let is_long = text.chars().count() > 40;
        text.chars().take(if is_long { 39 } else { 40 }).chain(is_long.then_some('…')).collect()
    };
    let window = question.window;
    format!(
        "{} · {} · {} – {}",
        short(file),
        short(&subject_name(question)),
        calendar::instant(window.from_ns),
        calendar::instant_zoned(window.to_ns)
    )
}

/// A name of the data as a part of a file's name.
pub fn file_name(name: &str) -> String {
    let plain = |character: char| if character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ' ') { character } else { '_' };
    name.chars().take(60).map(plain).collect()
}
