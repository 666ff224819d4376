//! What the filter leaves: live counts of spans, traces, services and errors, and how long counting took.

use std::rc::Rc;

use yew::prelude::*;

use super::{Card, Column, Section};
use crate::{
    browser::document,
    core::units,
    modes::{
        ModeProps,
        configuration::{figures, query},
    },
    state::queries::use_later_query,
    ui::icon::Icon,
};

pub const SECTION: Section = Section {
    slug: "result",
    title: "Result",
    icon: "target",
    column: Column::Side,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <Preview ..props.clone() /> },
};

#[component]
fn Preview(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    // From the change of the address to its counts.
    // (What the page was opened with had to wait for the file, so it is not measured.)
    let asked = (store.url.filter.clone(), store.url.from_ns, store.url.to_ns);
    let since = use_mut_ref(|| (asked.clone(), None::<f64>));
    let took = use_state(|| None::<f64>);
    {
        let (since, took) = (since.clone(), took.setter());
        use_effect_with((asked, scope.is_counting), move |(asked, is_counting)| {
            let mut since = since.borrow_mut();
            if since.0 != *asked {
                *since = (asked.clone(), Some(document::now_ms()));
            }
            if !is_counting && let Some(start) = since.1.take() {
                took.set(Some(figures::elapsed_ms(start, document::now_ms())));
            }
        });
    }
    let left = use_later_query(session, Some(query::services_left_sql(&scope.scope).into()));
    let left = use_memo(left.table.clone().map(|table| Rc::as_ptr(&table) as usize), |_| {
        left.table.as_ref().and_then(|table| query::services_left(table))
    });
    let totals = &session.totals;
    let counts = scope.counts.as_ref();
    let (spans, traces, errors) =
        counts.map_or((totals.spans, session.traces.len() as u64, totals.errors), |counts| (counts.spans, counts.traces, counts.errors));
    let out = totals.spans.saturating_sub(spans);
    let missing = || units::MISSING.to_owned();
    let live = match (scope.is_counting, *took) {
        (true, _) => html! { <span class="badge">{ "counting…" }</span> },
        (false, Some(ms)) => {
            html! { <span class="badge k" data-testid="counted-in" data-value={format!("{ms:.0}")} title="From the change of the filter to its counts"><Icon name="check" />{ format!("live, {ms:.0} ms") }</span> }
        }
        (false, None) => html! { <span class="badge k"><Icon name="check" />{ "live" }</span> },
    };
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} head={live}>
            <div class={classes!("prev", scope.is_counting.then_some("busy-old"))} data-testid="preview" data-spans={spans.to_string()} data-traces={traces.to_string()} data-errors={errors.to_string()}>
                <p class="pv-n" aria-live="polite"><b>{ units::count(spans) }</b><span>{ format!("of {} spans", units::count(totals.spans)) }</span></p>
                <div class="stackb" role="img" aria-label={format!("{} shown, {} filtered out", units::count(spans), units::count(out))}><i class="s-on" style={format!("flex:{spans}")}></i><i class="s-f" style={format!("flex:{out}")}></i></div>
                <p class="split-k"><span><i class="lgx s-on"></i>{ "shown " }<b>{ units::count(spans) }</b></span><span><i class="lgx s-f"></i>{ "filtered out " }<b>{ units::count(out) }</b></span></p>
                <dl class="pv">
                    <div><dt>{ "Traces" }</dt><dd>{ format!("{} of {}", units::count(traces), units::count(session.traces.len() as u64)) }</dd></div>
                    <div><dt>{ "Services" }</dt><dd data-col="services" data-value={left.map(|left| left.services.to_string())}>{ left.map_or_else(missing, |left| format!("{} of {}", units::count(left.services), units::count(session.services.len() as u64))) }</dd></div>
                    <div><dt>{ "Errors kept" }</dt><dd class={classes!((errors > 0).then_some("err"))}>{ format!("{} of {}", units::count(errors), units::count(totals.errors)) }</dd></div>
                    <div><dt>{ "Time covered" }</dt><dd>{ left.and_then(|left| figures::covered(left, totals.start_ns, totals.end_ns)).unwrap_or_else(missing) }</dd></div>
                </dl>
                if let Some(failure) = &scope.failure {
                    <div class="note e" role="alert"><Icon name="err" /><div>{ failure.clone() }</div></div>
                }
            </div>
        </Card>
    }
}
