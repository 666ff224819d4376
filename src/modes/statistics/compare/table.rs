//! The groups of both sides as a table: figures of A and B, what changed, and spans that stand for a group.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::{
    super::{grouping::Dimension, params::GroupValue, spans::to_span},
    model::{Column, Comparison, Measure, Pair, Part, Presence, Sort},
    params::CompareParams,
    query,
    sides::Side,
    view::edit,
    words,
};
use crate::{
    browser::save,
    core::units,
    state::{
        exports::{Source, use_export},
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        queries::{Answer, use_query},
        session::Session,
        store::{Nav, Store},
        url::UrlState,
    },
    ui::{export_menu::ExportMenu, icon::Icon},
};

/// Rows that are in the document before the reader asks for more.
const ROWS_AT_FIRST: usize = 200;
const ROWS_MORE: usize = 500;

#[derive(Properties, PartialEq)]
pub struct CompareTableProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub a: Side,
    pub b: Side,
    pub first: Dimension,
    pub second: Option<Dimension>,
    pub params: CompareParams,
}

/// A side's answer, and what it waits for.
struct Asked {
    sql: Option<Rc<str>>,
    answer: Answer,
    progress: Progress,
}

impl Asked {
    fn table(&self) -> Option<&Rc<crate::engine::Table>> {
        self.sql.as_deref().and_then(|sql| self.answer.of(sql))
    }

    fn error(&self) -> Option<String> {
        self.progress.error.as_ref().or(self.answer.error.as_ref()).map(ToString::to_string)
    }
}

#[hook]
fn use_own_time(session: &Rc<Session>) -> Progress {
    let own = use_memo((), |()| BTreeSet::from([Extra::SELF_TIME]));
    use_extras(session, &own, false)
}

#[hook]
fn use_side(side: &Side, first: &Dimension, second: Option<&Dimension>, with_own: bool) -> Asked {
    let key = (side.scope.clone(), first.clone(), second.cloned());
    let needed = use_memo(key.clone(), |(scope, first, second)| query::extras_of(scope, first, second.as_ref()));
    let progress = use_extras(&side.session, &needed, true);
    let sql = use_memo((key, with_own), |((scope, first, second), with_own)| {
        Rc::<str>::from(query::figures_sql(scope, first, second.as_ref(), *with_own))
    });
    let sql = progress.is_ready.then(|| (*sql).clone());
    let answer = use_query(&side.session, sql.clone());
    Asked { sql, answer, progress }
}

#[component]
pub fn CompareTable(props: &CompareTableProps) -> Html {
    let CompareTableProps { session, store, a, b, first, second, params } = props;
    let (own_a, own_b) = (use_own_time(&a.session), use_own_time(&b.session));
    let has_own = own_a.is_ready && own_b.is_ready;
    let asked_a = use_side(a, first, second.as_ref(), has_own);
    let asked_b = use_side(b, first, second.as_ref(), has_own);
    let tables = asked_a.table().cloned().zip(asked_b.table().cloned());
    let key = tables.as_ref().map(|(a, b)| (Rc::as_ptr(a) as usize, Rc::as_ptr(b) as usize));
    let made = use_memo((key, second.is_some(), has_own), |(_, has_second, has_own)| {
        let (a, b) = tables?;
        Some(Comparison::new(&a, &b, *has_second, *has_own, query::GROUP_LIMIT).map(Rc::new).map_err(|error| error.to_string()))
    });
    let last = use_mut_ref(|| None::<(Rc<Comparison>, Option<String>)>);
    if let Some(Ok(comparison)) = &*made {
        *last.borrow_mut() = Some((comparison.clone(), second.as_ref().map(Dimension::slug)));
    }
    // The figures before stay while the next ones are worked out, unless they are of other levels.
    let shown = last.borrow().clone().filter(|(_, level)| *level == second.as_ref().map(Dimension::slug)).map(|(comparison, _)| comparison);
    let order = use_memo((shown.as_ref().map(|shown| Rc::as_ptr(shown) as usize), params.sort), |(_, sort)| {
        shown.as_ref().map(|comparison| comparison.order(*sort)).unwrap_or_default()
    });
    let more = use_state(|| 0_usize);
    let limit = ROWS_AT_FIRST.saturating_add(more.saturating_mul(ROWS_MORE));
    let onmore = {
        let more = more.clone();
        Callback::from(move |_: MouseEvent| more.set(more.saturating_add(1)))
    };
    let error =
        asked_a.error().or_else(|| asked_b.error()).or_else(|| made.as_ref().as_ref().and_then(|made| made.as_ref().err().cloned()));
    let retry = {
        let (a, b) = (asked_a.answer.clone(), asked_b.answer.clone());
        Callback::from(move |_: MouseEvent| {
            a.retry();
            b.retry();
        })
    };
    let press = {
        let (store, sort) = (store.clone(), params.sort);
        Callback::from(move |column: Column| edit(&store, Nav::Replace, move |params| params.sort = sort.pressed(column)))
    };
    let choose = {
        let (store, chosen) = (store.clone(), params.chosen.clone());
        Callback::from(move |key: (GroupValue, Option<GroupValue>)| {
            let next = (chosen.as_ref() != Some(&key)).then_some(key);
            edit(&store, Nav::Replace, move |params| params.chosen = next);
        })
    };
    let waits = [&asked_a.progress, &asked_b.progress, &own_a, &own_b].into_iter().find_map(|progress| progress.working.clone());
    let columns = shown.as_ref().map(|shown| shown.columns(&params.measures)).unwrap_or_default();
    let export = use_export(session, "export-compare", save::file);
    let onpick = {
        let (shown, order, measures) = (shown.clone(), order.clone(), params.measures.clone());
        let (first, second) = (first.slug(), second.as_ref().map(Dimension::slug));
        export.onpick("comparison", move || {
            Source::Sheet(shown.as_ref().map(|shown| shown.sheet(&order, &measures, &first, second.as_deref())).unwrap_or_default())
        })
    };
    let name = match second {
        Some(second) => format!("{}, then {}", first.label(), second.label().to_lowercase()),
        None => first.label().to_owned(),
    };
    html! {
        <>
            if let Some(words) = error {
                <div class="note e" role="alert" data-testid="error"><Icon name="err" /><div><b>{ "The sides could not be compared" }</b><p>{ words }</p>
                    <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div></div></div>
            }
            <div class="cg-sum" role="status">
                { side_words("A", a, shown.as_ref().map(|shown| shown.count_a)) }
                { side_words("B", b, shown.as_ref().map(|shown| shown.count_b)) }
                if let Some(shown) = &shown {
                    <span class="cap" data-testid="compare-new">{ new_words(shown) }</span>
                    <span class="cap" data-testid="compare-scale">{ shown.scale_words() }</span>
                }
                if let Some((extra, permille)) = waits {
                    <span class="busy"><i class="spin"></i>{ format!("Working out {}, {}", extra.label(), units::percent(u64::from(permille), 1000)) }</span>
                }
                <span class="grow"></span>
                <ExportMenu id="export-compare" progress={export.progress.clone()} {onpick} oncancel={export.oncancel()} />
            </div>
            if let Some(shown) = &shown {
                if shown.is_cut {
                    <div class="note w"><Icon name="warn" /><span>{ format!("A side has more than {} groups; those with the most spans are compared, and a group that is called new or vanished may only be rare.", units::count(query::GROUP_LIMIT as u64)) }</span></div>
                }
                <div class={classes!("scroll", "cg-scroll", key.is_none().then_some("busy-old"))} tabindex="0" role="region" aria-label="Groups of A and B">
                    <table class="tbl cg-t" data-testid="compare" data-count={shown.pairs.len().to_string()} aria-label={format!("{} of A and B by {name}", units::counted(shown.pairs.len() as u64, "group"))}>
                        { heads(&name, &columns, &params.measures, shown, params.sort, &press) }
                        <tbody>
                            { for order.iter().take(limit).filter_map(|at| shown.pairs.get(*at as usize)).map(|pair| {
                                let is_chosen = params.chosen.as_ref() == Some(&pair.key());
                                row(shown, pair, &columns, is_chosen, &choose, || html! {
                                    <Exemplars session={session.clone()} url={Rc::new(store.url.clone())} a={a.clone()} b={b.clone()} first={first.clone()} second={second.clone()} pair={pair.clone()} />
                                })
                            }) }
                        </tbody>
                    </table>
                    if shown.pairs.is_empty() {
                        <div class="empty" role="status"><b>{ "No span on either side" }</b></div>
                    }
                    if order.len() > limit {
                        <p class="cg-more"><button type="button" class="btn sm" onclick={onmore}>{ format!("Show more of {} groups", units::count(order.len() as u64)) }</button></p>
                    }
                </div>
            }
        </>
    }
}

fn side_words(name: &'static str, side: &Side, count: Option<u64>) -> Html {
    html! {
        <span class="cg-s"><b class={classes!("cg-side", name.to_lowercase())}>{ name }</b><span class="cut" title={side.label.clone()}>{ side.label.clone() }</span>
            if let Some(count) = count { <span class="cap" data-col={format!("spans_{}", name.to_lowercase())} data-value={count.to_string()}>{ units::counted(count, "span") }</span> }</span>
    }
}

fn new_words(comparison: &Comparison) -> String {
    let (new, vanished) = comparison.new_and_vanished();
    let groups = units::counted(comparison.pairs.len() as u64, "group");
    format!("{groups}, {} new, {} vanished", units::count(new as u64), units::count(vanished as u64))
}

fn heads(name: &str, columns: &[Column], measures: &[Measure], shown: &Comparison, sort: Sort, press: &Callback<Column>) -> Html {
    let added_title = format!(
        "B's total time less A's, the latter as if A had as many spans as B (× {:.3}). What takes more time than its share of the traffic explains is positive: slower, or called more often.",
        shown.scale()
    );
    let head = |column: Column, label: &'static str, title: Option<String>, class: Classes| {
        let aria_sort = (sort.column == column).then_some(if sort.descending { "descending" } else { "ascending" });
        html! {
            <th scope="col" {class} aria-sort={aria_sort} data-col={column.slug()}>
                <button type="button" {title} onclick={press.reform(move |_: MouseEvent| column)}>{ label }
                    if sort.column == column { <Icon name={if sort.descending { "sortdesc" } else { "up" }} /> }
                </button>
            </th>
        }
    };
    let own = shown.has_own;
    html! {
        <thead>
            <tr><th class="cg-n"></th><th colspan={if own { "2" } else { "1" }} class="cg-g">{ "Added time" }</th>
                { for measures.iter().filter(|measure| **measure != Measure::Own || own).map(|measure| html! { <th colspan="4" scope="colgroup" class="cg-g">{ measure.label() }</th> }) }
            </tr>
            <tr>
                <th scope="col" class="cg-n" aria-sort={(sort.column == Column::Name).then_some(if sort.descending { "descending" } else { "ascending" })} data-col="name">
                    <button type="button" onclick={press.reform(|_: MouseEvent| Column::Name)}>{ name.to_owned() }
                        if sort.column == Column::Name { <Icon name={if sort.descending { "sortdesc" } else { "up" }} /> }
                    </button></th>
                { for columns.iter().map(|column| match column {
                    Column::Added => head(*column, "total", Some(added_title.clone()), classes!("num", "cg-first")),
                    Column::AddedOwn => head(*column, "own", Some(format!("The same of own time. {added_title}")), classes!("num")),
                    Column::Of(_, part) => {
                        let (label, title) = match part {
                            Part::A => ("A", None),
                            Part::B => ("B", None),
                            Part::Difference => ("B − A", Some("B less A".to_owned())),
                            Part::Change => ("%", Some("B less A, in hundred parts of A".to_owned())),
                        };
                        head(*column, label, title, classes!("num", (*part == Part::A).then_some("cg-first")))
                    }
                    Column::Name => Html::default(),
                }) }
            </tr>
        </thead>
    }
}

type Key = (GroupValue, Option<GroupValue>);

fn row(
    shown: &Comparison,
    pair: &Pair,
    columns: &[Column],
    is_chosen: bool,
    choose: &Callback<Key>,
    exemplars: impl FnOnce() -> Html,
) -> Html {
    let key = pair.key();
    let label = |value: &GroupValue| value.clone().unwrap_or_else(|| "(none)".to_owned());
    let name = match &pair.second {
        Some(second) => format!("{} › {}", label(&pair.first), label(second)),
        None => label(&pair.first),
    };
    let presence = match pair.presence() {
        Presence::Both => "both",
        Presence::New => "new",
        Presence::Vanished => "vanished",
    };
    let onclick = choose.reform(move |_: MouseEvent| key.clone());
    let span = columns.len().saturating_add(1).to_string();
    html! {
        <>
            <tr aria-selected={is_chosen.to_string()} data-presence={presence} class={pair.is_uncertain().then_some("few")}>
                <th scope="row" class="cg-n" data-col="name" data-value={name.clone()}><div>
                    <button type="button" class="cg-b" aria-expanded={is_chosen.to_string()} title={name.clone()} {onclick}><Icon name={if is_chosen { "down" } else { "right" }} class="xs" /><span class="cut">{ name }</span></button>
                    { match pair.presence() {
                        Presence::New => html! { <span class="badge a" title="Only B has spans of it">{ "new" }</span> },
                        Presence::Vanished => html! { <span class="badge" title="Only A has spans of it">{ "vanished" }</span> },
                        Presence::Both => Html::default(),
                    } }
                    if pair.is_uncertain() {
                        <span class="badge" title={format!("Fewer than {} spans on a side: its figures are uncertain", super::model::FEW_SPANS)}>{ "few" }</span>
                    }
                </div></th>
                { for columns.iter().map(|column| cell(shown, pair, *column)) }
            </tr>
            if is_chosen {
                <tr class="cg-ex"><td colspan={span}>{ exemplars() }</td></tr>
            }
        </>
    }
}

fn cell(shown: &Comparison, pair: &Pair, column: Column) -> Html {
    let value = shown.value(pair, column);
    let sign = value.filter(|_| words::is_cost(column)).map(|value| {
        if value > 0.0 {
            "worse"
        } else if value < 0.0 {
            "better"
        } else {
            ""
        }
    });
    let is_first = matches!(column, Column::Added | Column::Of(_, Part::A));
    let title = if value.is_none() { Some(words::why_missing(column).to_owned()) } else { words::full(column, value) };
    let text = value.map(|value| value.to_string()).unwrap_or_default();
    html! { <td class={classes!("num", sign, is_first.then_some("cg-first"))} data-col={column.slug()} data-value={text} {title}>{ words::figure(column, value) }</td> }
}

#[derive(Properties, PartialEq)]
struct ExemplarsProps {
    session: Rc<Session>,
    url: Rc<UrlState>,
    a: Side,
    b: Side,
    first: Dimension,
    second: Option<Dimension>,
    pair: Pair,
}

/// Spans that stand for a group on either side, each a link to the Timeline.
#[component]
fn Exemplars(props: &ExemplarsProps) -> Html {
    let ExemplarsProps { a, b, first, second, pair, .. } = props;
    let ask = |side: &Side, figures: bool| {
        figures.then(|| Rc::<str>::from(query::exemplars_sql(&query::group_scope(&side.scope, first, second.as_ref(), &pair.key()))))
    };
    let (of_a, of_b) = (use_query(&a.session, ask(a, pair.a.is_some())), use_query(&b.session, ask(b, pair.b.is_some())));
    let side = |name: &'static str, side: &Side, answer: &Answer, is_there: bool| {
        html! {
            <div class="cg-ex-s" data-side={name}><b class={classes!("cg-side", name.to_lowercase())}>{ name }</b>
                if !is_there {
                    <span class="dim">{ "no spans" }</span>
                } else if let Some(error) = &answer.error {
                    <span class="field-e">{ error.to_string() }</span>
                } else if let Some(table) = answer.table.as_ref().filter(|_| !answer.pending) {
                    { for (0..table.rows()).filter_map(|row| exemplar(props, side, table, row)) }
                } else {
                    <span class="busy">{ "Looking for its spans" }</span>
                }
            </div>
        }
    };
    html! { <div class="cg-exs">{ side("A", a, &of_a, pair.a.is_some()) }{ side("B", b, &of_b, pair.b.is_some()) }</div> }
}

fn exemplar(props: &ExemplarsProps, side: &Side, table: &crate::engine::Table, row: usize) -> Option<Html> {
    let what = table.texts("what").ok()?.get(row)?.to_owned();
    let (trace, span) = (table.texts("trace_id").ok()?.get(row)?, table.texts("span_id").ok()?.get(row));
    let duration = table.ints("duration_ns").ok()?.get(row).map_or_else(|| units::MISSING.to_owned(), units::duration);
    let url = match side.session.id == props.session.id {
        true => to_span(&props.url, trace, span),
        // Of the other file nothing that the address says of this one holds.
        false => {
            to_span(&UrlState { source: Some(side.session.source.clone()), theme: props.url.theme, ..UrlState::default() }, trace, span)
        }
    };
    let label = match what.as_str() {
        "median" => "Median",
        "p95" => "p95",
        _ => "Slowest",
    };
    Some(
        html! { <a key={what} href={url.print()} data-span-id={span.unwrap_or_default().to_owned()} title={format!("{label}: show in the Timeline, trace {trace}")}>{ label }{ " " }<b>{ duration }</b></a> },
    )
}
