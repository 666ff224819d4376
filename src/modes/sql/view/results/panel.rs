//! One statement's result: how it stands, and its rows, chart or plan.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::{
    chart::ChartView,
    exports::ResultExport,
    grid::{At, Grid},
    head::Figures,
    inspector::Inspector,
    plan::PlanView,
    row::Look,
    slices::{use_profiles, use_shown},
    tools::Tools,
};
use crate::{
    browser::{clipboard, document},
    core::{sql::quote_text, units},
    modes::sql::{
        results::{copy, links::IdColumns, order, plan},
        runs::run::{self, End, Run},
    },
    state::{
        busy::Busy,
        links::lead_to_timeline,
        session::Session,
        store::{Nav, Store, go},
    },
    ui::icon::Icon,
};

/// Columns whose figures are worked out before they are scrolled to.
const PROFILED: usize = 24;

#[derive(Properties, PartialEq)]
pub struct PanelProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub tab: AttrValue,
    pub run: Rc<Run>,
    /// Rows so far.
    pub rows: usize,
    pub end: End,
    pub elapsed_ms: f64,
    pub changed_since: bool,
}

const GRID: &str = "grid";
const CHART: &str = "chart";
const PLAN: &str = "plan";

#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let PanelProps { session, store, tab, run, rows, end, elapsed_ms, changed_since } = props;
    let sort = use_state(|| run.look.borrow().sort.clone());
    let needle = use_state(|| run.look.borrow().needle.clone());
    let active = use_state(|| None::<At>);
    // Of a cell its place; of a column none.
    let inspected = use_state(|| None::<(Option<usize>, usize)>);
    let seen = use_state_eq(|| 0_usize);
    let chosen = use_state(|| run.look.borrow().view);
    {
        let run = run.clone();
        use_effect_with(((*sort).clone(), (*needle).clone(), *chosen), move |(sort, needle, view)| {
            let mut look = run.look.borrow_mut();
            (look.sort, look.needle, look.view) = (sort.clone(), needle.clone(), *view);
        });
    }
    // The id of a span that the file does not have.
    let lost = use_state(|| None::<String>);
    let is_over = end.is_over();
    let columns = run.result.borrow().columns.len();
    let shown = use_shown(run, is_over, &sort, &needle);
    let inspected_column = inspected.map_or(0, |(_, column)| column + 1);
    let profiles = use_profiles(run, is_over, columns.min(PROFILED.max(*seen).max(inspected_column)));
    let plan = use_memo((is_over, columns), |_| if is_over { plan::of_result(&run.result.borrow()).map(Rc::new) } else { None });
    let look = use_memo((columns, store.url.clone()), |(_, url)| {
        let set = run.result.borrow();
        Look { columns: set.columns.clone(), ids: IdColumns::of(&set), url: url.clone() }
    });
    let onsort = {
        let (sort, active) = (sort.clone(), active.setter());
        Callback::from(move |(column, more): (usize, bool)| {
            active.set(None);
            sort.set(order::pressed(&sort, column, more));
        })
    };
    let onneedle = {
        let (needle, active) = (needle.setter(), active.setter());
        Callback::from(move |text: String| {
            active.set(None);
            needle.set(text);
        })
    };
    let onactive = {
        let (active, inspected) = (active.setter(), inspected.clone());
        Callback::from(move |at: At| {
            active.set(Some(at));
            // An open inspector follows.
            if inspected.is_some() {
                inspected.set(Some((Some(at.place), at.column)));
            }
        })
    };
    let oninspect = {
        let inspected = inspected.setter();
        Callback::from(move |(at, column): (Option<At>, usize)| inspected.set(Some((at.map(|at| at.place), column))))
    };
    let onclose = {
        let inspected = inspected.setter();
        Callback::from(move |()| {
            inspected.set(None);
            document::focus(&format!("#{}", super::head::GRID_ID));
        })
    };
    let oncopy = {
        let (run, shown) = (run.clone(), shown.clone());
        Callback::from(move |at: At| {
            if let Some(row) = shown.row(at.place) {
                let text = copy::value(&run.result.borrow(), at.column, row);
                spawn_local(async move {
                    // Refused where the page may not write to the clipboard: the menu says so.
                    let _ = clipboard::copy(&text).await;
                });
            }
        })
    };
    let onfollow = {
        let (session, store, lost) = (session.clone(), store.clone(), lost.setter());
        Callback::from(move |span_id: String| follow(session.clone(), store.clone(), lost.clone(), span_id))
    };
    let onseen = {
        let seen = seen.clone();
        Callback::from(move |end: usize| {
            if end > *seen {
                seen.set(end);
            }
        })
    };
    let plan = (*plan).clone();
    let view = (*chosen).unwrap_or(if plan.is_some() { PLAN } else { GRID });
    let has_rows = columns > 0;
    let tab_button = |slug: &'static str, label: &'static str, icon: &'static str, is_there: bool| {
        let is_here = view == slug;
        let onclick = {
            let chosen = chosen.setter();
            Callback::from(move |_: MouseEvent| chosen.set(Some(slug)))
        };
        html! {
            <button type="button" role="tab" id={format!("sql-view-{slug}")} aria-label={label} aria-selected={is_here.to_string()} disabled={!is_there} tabindex={if is_here { "0" } else { "-1" }} {onclick}><Icon name={icon} class="s" /><span>{ label }</span></button>
        }
    };
    let onkeydown = {
        let chosen = chosen.setter();
        let views: Vec<&'static str> =
            [(GRID, has_rows), (CHART, has_rows), (PLAN, plan.is_some())].into_iter().filter(|(_, is)| *is).map(|(slug, _)| slug).collect();
        Callback::from(move |event: KeyboardEvent| {
            let (at, count) = (views.iter().position(|slug| *slug == view).unwrap_or(0), views.len().max(1));
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % count,
                "ArrowLeft" => (at + count - 1) % count,
                _ => return,
            };
            if let Some(slug) = views.get(next) {
                event.prevent_default();
                event.stop_propagation();
                chosen.set(Some(*slug));
                document::focus(&format!("#sql-view-{slug}"));
            }
        })
    };
    let body = match view {
        CHART if has_rows => html! { <ChartView run={run.clone()} rows={*rows} shown={shown.clone()} file={session.name.clone()} /> },
        PLAN => match &plan {
            Some(plan) => html! { <PlanView plan={plan.clone()} /> },
            None => html! { <p class="empty">{ "The plan is shown for EXPLAIN and EXPLAIN ANALYZE: press Explain." }</p> },
        },
        _ if has_rows => html! {
            <>
                <Tools store={store.clone()} run={run.clone()} rows={*rows} {is_over} shown={shown.clone()} look={look.clone()} active={*active} needle={(*needle).clone()} {onneedle} />
                <div class="sqr-body">
                    <Grid run={run.clone()} rows={*rows} {is_over} shown={shown.clone()} sort={(*sort).clone()} look={look.clone()} profiles={profiles.clone()} active={*active}
                        {onactive} {onsort} {oninspect} {oncopy} {onfollow} {onseen} />
                    if let Some((place, column)) = *inspected {
                        <Inspector run={run.clone()} shown={shown.clone()} {place} {column} profile={profiles.of(column).map(Figures)} {onclose} />
                    }
                </div>
            </>
        },
        _ => Html::default(),
    };
    html! {
        <div class="sqr-one" data-rows={rows.to_string()}>
            <div class="tabs sqr-h">
                <div class="sqr-views" role="tablist" aria-label="Result as" {onkeydown}>
                    { tab_button(GRID, "Grid", "table", has_rows) }{ tab_button(CHART, "Chart", "chart", has_rows) }{ tab_button(PLAN, "Plan", "deps", plan.is_some()) }
                </div>
                <span class="grow"></span>
                if *changed_since && is_over { <span class="badge w">{ "query changed since" }</span> }
                { status(end, *rows, columns, *elapsed_ms) }
                if has_rows { <ResultExport session={session.clone()} {tab} run={run.clone()} is_whole={matches!(end, End::Whole)} {is_over} shown={shown.clone()} sort={(*sort).clone()} /> }
            </div>
            { said(end) }
            if let Some(id) = &*lost { <div class="note w sqr-err"><Icon name="warn" /><span role="status">{ format!("No span of the file has the id {id}.") }</span></div> }
            { body }
        </div>
    }
}

/// Rows, columns and time.
fn status(end: &End, rows: usize, columns: usize, elapsed_ms: f64) -> Html {
    let rows_text = units::counted(rows as u64, "row");
    match end {
        End::Waiting => html! { <span class="sqr-stat">{ "waits for the statement before it" }</span> },
        End::Running => html! {
            <span class="sqr-stat" data-testid="sql-progress" data-rows={rows.to_string()}><i class="spin"></i><b>{ run::seconds(elapsed_ms) }</b>if rows > 0 { { format!(", {rows_text} so far") } }</span>
        },
        End::Failed(_) | End::Skipped => Html::default(),
        end => {
            let time = units::duration((elapsed_ms * 1e6).round() as i64);
            let (icon, class) = if matches!(end, End::Whole) { ("ok", "ok") } else { ("warn", "warn") };
            html! {
                <span class="sqr-stat" role="status" data-testid="sql-status" data-rows={rows.to_string()} data-ms={format!("{elapsed_ms:.1}")}>
                    <Icon name={icon} class={classes!("s", class)} />
                    if columns > 0 { <span><b>{ rows_text }</b><span class="sqr-w">{ format!(", {}", units::counted(columns as u64, "column")) }</span>{ " in " }<b>{ time }</b></span> } else { <span>{ "Done in " }<b>{ time }</b></span> }
                </span>
            }
        }
    }
}

/// An error in full, or why the rows are not all.
fn said(end: &End) -> Html {
    match end {
        End::Failed(failure) => html! {
            <div class="note e sqr-err"><Icon name="err" /><pre role="alert" data-testid="sql-error">{ &failure.message }</pre></div>
        },
        end => end
            .sentence()
            .map(|sentence| html! { <div class="note w sqr-err"><Icon name="warn" /><span role="status" data-testid="sql-limit">{ sentence }</span></div> })
            .unwrap_or_default(),
    }
}

/// Opens a span of which the result holds no trace.
fn follow(session: Rc<Session>, store: Store, lost: UseStateSetter<Option<String>>, span_id: String) {
    let busy = Busy::start();
    spawn_local(async move {
        let sql = format!("SELECT trace_id FROM spans WHERE span_id = {} LIMIT 1", quote_text(&span_id));
        let answer = session.engine.query_first(&sql).await;
        let trace_id = answer.ok().and_then(|table| table.texts("trace_id").ok().and_then(|texts| texts.get(0).map(str::to_owned)));
        match trace_id {
            Some(trace_id) => go(&store, Nav::Push, move |url| lead_to_timeline(url, &trace_id, &span_id)),
            None => lost.set(Some(span_id)),
        }
        drop(busy);
    });
}
