//! Everything below the run bar: what the statements gave, as rows, as a chart, as a plan.

mod chart;
mod exports;
mod grid;
mod head;
mod inspector;
mod panel;
mod plan;
mod row;
mod slices;
mod tools;

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::document,
    core::units,
    modes::sql::runs::{
        Runs,
        run::{self, End, Run},
    },
    state::{session::Session, store::Store},
};

#[derive(Properties, PartialEq)]
pub struct ResultsProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub runs: Runs,
    /// The text of the editor is no longer what ran.
    pub changed_since: bool,
}

#[component]
pub fn Results(props: &ResultsProps) -> Html {
    let ResultsProps { session, store, runs, changed_since } = props;
    let all = runs.all();
    let number = runs.number();
    let at = runs.chosen().unwrap_or_else(|| foremost(&all)).min(all.len().saturating_sub(1));
    let onchoose = {
        let runs = runs.clone();
        Callback::from(move |at: usize| runs.choose(at))
    };
    let Some(run) = all.get(at) else {
        return html! {
            <section class="sqr" aria-label="Result"><p class="empty">{ "Run a statement to see its rows here. Ctrl and Enter runs the one at the cursor." }</p></section>
        };
    };
    let elapsed_ms = if runs.is_running() && *run.end.borrow() == End::Running {
        document::now_ms() - *run.began_ms.borrow()
    } else {
        *run.took_ms.borrow()
    };
    html! {
        <section class="sqr" aria-label="Result" data-testid="sql-results" data-running={runs.is_running().to_string()} data-statements={all.len().to_string()}>
            if all.len() > 1 { <Strip runs={runs.clone()} {at} {onchoose} /> }
            <panel::Panel key={format!("{number}-{at}")} session={session.clone()} store={store.clone()} tab={AttrValue::from(runs.tab().to_string())} run={run.clone()}
                rows={run.rows()} end={run.end()} {elapsed_ms} changed_since={*changed_since} />
        </section>
    }
}

/// What the reader wants to see first: what failed, what runs, else the last with rows.
fn foremost(all: &[Rc<Run>]) -> usize {
    let is = |wanted: &dyn Fn(&End) -> bool| all.iter().position(|run| wanted(&run.end.borrow()));
    is(&|end| matches!(end, End::Failed(_)))
        .or_else(|| is(&|end| matches!(end, End::Running)))
        .or_else(|| all.iter().rposition(|run| !run.result.borrow().columns.is_empty()))
        .unwrap_or(all.len().saturating_sub(1))
}

#[derive(Properties, PartialEq)]
struct StripProps {
    runs: Runs,
    at: usize,
    onchoose: Callback<usize>,
}

/// The statements of the run, one a tab.
#[component]
fn Strip(props: &StripProps) -> Html {
    let all = props.runs.all();
    let onkeydown = {
        let (at, count, onchoose) = (props.at, all.len(), props.onchoose.clone());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % count.max(1),
                "ArrowLeft" => (at + count.saturating_sub(1)) % count.max(1),
                "Home" => 0,
                "End" => count.saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            onchoose.emit(next);
            document::focus(&format!("#sql-statement-{next}"));
        })
    };
    html! {
        <div class="sqr-strip" role="tablist" aria-label="Statements" {onkeydown}>
            { for all.iter().enumerate().map(|(number, run)| {
                let is_here = number == props.at;
                let end = run.end();
                let (class, note) = match &end {
                    End::Waiting => ("dim", "waits".to_owned()),
                    End::Running => ("", "runs".to_owned()),
                    End::Failed(_) => ("err", "failed".to_owned()),
                    End::Cancelled => ("dim", "cancelled".to_owned()),
                    End::TimeLimit(_) => ("dim", "time limit".to_owned()),
                    End::Skipped => ("dim", "not run".to_owned()),
                    End::Whole | End::RowLimit(_) | End::Memory => {
                        let time = units::duration((*run.took_ms.borrow() * 1e6).round() as i64);
                        let rows = if run.result.borrow().columns.is_empty() { "done".to_owned() } else { units::counted(run.rows() as u64, "row") };
                        ("dim", format!("{rows}, {time}"))
                    }
                };
                html! {
                    <button type="button" role="tab" key={number} id={format!("sql-statement-{number}")} aria-selected={is_here.to_string()} tabindex={if is_here { "0" } else { "-1" }} title={run.statement.sql.clone()}
                        onclick={props.onchoose.reform(move |_: MouseEvent| number)}>
                        <b>{ number + 1 }</b><span class="cut mono">{ run::first_words(&run.statement.sql, 28) }</span><small {class}>{ note }</small>
                    </button>
                }
            }) }
        </div>
    }
}
