//! The plan of a statement as a tree: what is done with how many rows, and where the time goes.

use yew::prelude::*;

use crate::{
    core::units,
    modes::sql::results::plan::{Explained, Step},
};

#[derive(Properties, PartialEq)]
pub struct PlanViewProps {
    pub plan: std::rc::Rc<Explained>,
}

#[component]
pub fn PlanView(props: &PlanViewProps) -> Html {
    let plan = match &*props.plan {
        Explained::Text(text) => return html! { <div class="scroll"><pre class="sec sqr-text" data-testid="sql-plan">{ text }</pre></div> },
        Explained::Tree(plan) => plan,
    };
    let ran = plan.time_ms.is_some();
    html! {
        <div class="scroll">
            <table class="tbl sqr-plan" data-testid="sql-plan" role="treegrid" aria-label="Plan" data-count={plan.steps.len().to_string()}>
                <thead><tr><th scope="col">{ "Step" }</th><th scope="col" class="sqr-what">{ "On what" }</th>
                    <th scope="col" class="num">{ if ran { "Rows" } else { "Rows expected" } }</th>
                    if ran { <th scope="col" class="num">{ "Time" }</th><th scope="col" class="sqr-share">{ "Share" }</th> }
                </tr></thead>
                <tbody>{ for plan.steps.iter().enumerate().map(|(at, step)| html! { <tr key={at} role="row" aria-level={(step.depth + 1).to_string()}>{ cells(step, ran) }</tr> }) }</tbody>
            </table>
        </div>
    }
}

fn cells(step: &Step, ran: bool) -> Html {
    let details: Vec<String> = step.details.iter().map(|(name, what)| format!("{name}: {what}")).collect();
    let full = details.join("\n");
    let rows = if ran { step.rows } else { step.estimate };
    let expected = step.estimate.filter(|_| ran).map(|estimate| format!("{} expected", units::count(estimate)));
    let time = step.time_ms.map(|time_ms| (time_ms, units::duration((time_ms * 1e6).round() as i64)));
    html! {
        <>
            <td data-col="step" data-value={step.name.clone()} style={format!("padding-left:{}px", 8 + step.depth * 16)}><b class="mono">{ &step.name }</b></td>
            <td class="cut sqr-what" data-col="details" data-value={full.clone()} title={full}>{ details.join(" · ") }</td>
            <td class="num" data-col="rows" data-value={rows.map(|rows| rows.to_string())} title={expected}>{ rows.map(units::count).unwrap_or_default() }</td>
            if ran {
                <td class="num" data-col="time_ms" data-value={time.as_ref().map(|(time_ms, _)| time_ms.to_string())}>{ time.map(|(_, text)| text) }</td>
                <td data-col="share" data-value={step.share.to_string()}><span class="sqr-bar" title={format!("{:.1} %", step.share * 100.0)}><i style={format!("width:{:.2}%", step.share * 100.0)}></i></span></td>
            }
        </>
    }
}
