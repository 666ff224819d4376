//! An objective: what the reader asks for, how much of its error budget is burnt, and the minutes that broke it.

use yew::prelude::*;

use super::{
    super::minutes::{self, Broken, LISTED},
    data::Read,
    limits::{Amount, LimitField},
    set_params,
};
use crate::{
    core::{
        red::{
            selection::Selection,
            slo::Slo,
            thresholds::{print_ms, print_number},
        },
        units,
    },
    modes::red::{minutes::Kept, query::MINUTE_NS},
    state::store::{Nav, Store},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ObjectiveProps {
    pub store: Store,
    pub slo: Slo,
    pub found: Read<Kept>,
    /// A minute is marked: its spans are listed.
    pub onmark: Callback<Option<Selection>>,
}

#[component]
pub fn Objective(props: &ObjectiveProps) -> Html {
    let ObjectiveProps { store, slo, found, onmark } = props;
    let slo = *slo;
    let set = |change: fn(&mut Slo, f64)| {
        let store = store.clone();
        Callback::from(move |value: Option<f64>| {
            if let Some(value) = value {
                set_params(&store, Nav::Replace, move |params| change(&mut params.slo, value));
            }
        })
    };
    let retry = found.retry.reform(|_: MouseEvent| ());
    let form = html! {
        <div class="slo-f" role="group" aria-label="Objective">
            <LimitField id="slo-fast" label="Share of spans" value={format!("{} %", print_number(slo.fast_pct))} amount={Amount::Share} is_needed={true} onset={set(|slo, value| slo.fast_pct = value)} />
            <span>{ "of spans take less than" }</span>
            <LimitField id="slo-under" label="Duration" value={print_ms(slo.under_ms)} amount={Amount::Duration} is_needed={true} onset={set(|slo, value| slo.under_ms = value)} />
            <span>{ "and at most" }</span>
            <LimitField id="slo-errors" label="Share of failed spans" value={format!("{} %", print_number(slo.error_pct))} amount={Amount::Share} is_needed={true} onset={set(|slo, value| slo.error_pct = value)} />
            <span>{ "fail." }</span>
        </div>
    };
    let body = if let Some(error) = &found.error {
        html! {
            <div class="note e" role="alert"><Icon name="err" /><div><b>{ "This could not be worked out" }</b><p>{ error.clone() }</p>
                <div class="note-a"><button type="button" class="lk" onclick={retry}>{ "Try again" }</button></div></div></div>
        }
    } else if let Some(kept) = &found.value {
        body(kept, slo, onmark)
    } else {
        super::waiting()
    };
    html! { <div class={classes!("scroll", "slo", found.is_stale.then_some("busy-old"))} tabindex="0">{ form }{ body }</div> }
}

fn body(kept: &Kept, slo: Slo, onmark: &Callback<Option<Selection>>) -> Html {
    let budget = |id: &'static str, name: &str, burnt: Option<f64>, bad: u64, allowed_pct: f64| {
        let (text, is_over) = minutes::budget(burnt, bad);
        html! {
            <div class={classes!("bud", is_over.then_some("over"))} data-testid={id} data-value={burnt.map(|pct| pct.to_string())}>
                <span class="bud-h"><b>{ name.to_owned() }</b><span class={classes!("badge", if is_over { "e" } else { "k" })}><Icon name={if is_over { "err" } else { "ok" }} />{ if is_over { "Broken" } else { "Kept" } }</span></span>
                <span class="bud-v">{ text }<small>{ " of the budget burnt" }</small></span>
                <span class="bud-b" aria-hidden="true"><i style={format!("width:{:.2}%", minutes::bar_pct(burnt, bad))}></i></span>
                <small>{ format!("{} of {}, allowed {}", units::count(bad), units::counted(kept.calls, "span"), minutes::percent(allowed_pct)) }</small>
            </div>
        }
    };
    let line = |broken: &Broken| {
        let minute = broken.minute;
        let onclick = {
            let selection = Selection { from_ns: minute.start_ns, to_ns: minute.start_ns.saturating_add(MINUTE_NS), durations_ns: None };
            onmark.reform(move |_: MouseEvent| Some(selection))
        };
        html! {
            <tr key={minute.start_ns.to_string()}>
                <th scope="row" data-col="minute" data-value={minute.start_ns.to_string()}><button type="button" class="lk" title="List its spans" {onclick}>{ minutes::label(minute.start_ns) }</button></th>
                <td class="num" data-col="count" data-value={minute.calls.to_string()}>{ units::count(minute.calls) }</td>
                <td class={classes!("num", broken.by_errors.then_some("err"))} data-col="errors" data-value={minute.errors.to_string()}>{ units::count(minute.errors) }</td>
                <td class={classes!("num", broken.by_errors.then_some("err"))} data-col="error_pct">{ units::percent(minute.errors, minute.calls) }</td>
                <td class={classes!("num", broken.by_slow.then_some("err"))} data-col="slow" data-value={minute.slow.to_string()}>{ units::count(minute.slow) }</td>
                <td class={classes!("num", broken.by_slow.then_some("err"))} data-col="slow_pct">{ units::percent(minute.slow, minute.calls) }</td>
            </tr>
        }
    };
    let more = kept.broken.len().saturating_sub(LISTED) as u64;
    let verdict = match kept.broken.len() as u64 {
        0 => format!("None of {} broke the objective.", units::counted(kept.minutes, "minute")),
        broken => format!("{} of {} broke the objective, the worst first:", units::count(broken), units::counted(kept.minutes, "minute")),
    };
    html! {
        <>
            <div class="buds">
                { budget("slo-slow-burnt", "Durations", kept.burnt.slow_pct, kept.slow, slo.slow_pct()) }
                { budget("slo-errors-burnt", "Errors", kept.burnt.errors_pct, kept.errors, slo.error_pct) }
            </div>
            <div class="slo-m">
            <p class="slo-t" data-testid="slo-verdict" data-value={kept.broken.len().to_string()}>{ verdict }</p>
            if !kept.broken.is_empty() {
                <table class="tbl" data-testid="red-minutes" data-count={kept.broken.len().to_string()}>
                    <thead><tr><th scope="col">{ "Minute" }</th><th scope="col" class="num">{ "Spans" }</th><th scope="col" class="num">{ "Failed" }</th><th scope="col" class="num">{ "Error %" }</th><th scope="col" class="num">{ "Slow" }</th><th scope="col" class="num">{ "Slow %" }</th></tr></thead>
                    <tbody>{ for kept.broken.iter().take(LISTED).map(line) }</tbody>
                </table>
            }
            if more > 0 { <p class="red-none">{ format!("{} more in the export.", units::count(more)) }</p> }
            </div>
        </>
    }
}
