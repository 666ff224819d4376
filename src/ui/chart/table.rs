//! The figures of a stack of charts as a table: for those who do not see the picture, and for machines.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser::document,
    core::{
        calendar,
        chart::{
            columns::Columns,
            panel::{Figure, Panel, reading},
        },
    },
};

#[derive(Properties, PartialEq)]
pub struct SeriesTableProps {
    pub testid: AttrValue,
    pub caption: AttrValue,
    pub columns: Columns,
    pub panels: Rc<Vec<Panel>>,
    pub figures: Rc<Vec<Figure>>,
    /// For everybody, not for screen readers only.
    pub shown: bool,
}

/// A row a column of the charts, a cell a series. It comes after the picture, which it must not hold up.
#[component]
pub fn SeriesTable(props: &SeriesTableProps) -> Html {
    let SeriesTableProps { testid, caption, columns, panels, figures, shown } = props;
    let is_late = use_later();
    if !is_late && !shown {
        return Html::default();
    }
    let series = || panels.iter().flat_map(|panel| panel.series.iter().map(move |series| (panel, series)));
    let row = |column: usize| {
        let start_ns = columns.start_ns(column);
        html! {
            <tr key={column}>
                <th scope="row" data-col="start_ns" data-value={start_ns.to_string()}>{ if *shown { columns.label(column) } else { calendar::instant(start_ns) } }</th>
                { for series().map(|(panel, series)| {
                    let (written, full) = reading(panel.unit, series.value(column));
                    html! { <td class="num" data-col={series.key.to_string()} data-value={full}>{ written }</td> }
                }) }
                { for figures.iter().map(|figure| {
                    let (written, full) = reading(figure.unit, figure.values.get(column).copied().flatten());
                    html! { <td class="num" data-col={figure.key.to_string()} data-value={full}>{ written }</td> }
                }) }
            </tr>
        }
    };
    html! {
        <div class={if *shown { "ch-t scroll" } else { "vh ch-vh" }} tabindex={shown.then_some("0")}>
            <table class="tbl" data-testid={testid} data-count={columns.count.to_string()} data-step-ns={columns.step_ns.to_string()}>
                <caption class="vh">{ caption }</caption>
                <thead><tr><th scope="col">{ "Time" }</th>{ for series().map(|(panel, series)| html! {
                    <th scope="col" class="num">{ if panel.series.len() > 1 { format!("{} {}", panel.title, series.name) } else { panel.title.to_string() } }</th>
                }) }{ for figures.iter().map(|figure| html! { <th scope="col" class="num">{ figure.name.to_string() }</th> }) }</tr></thead>
                <tbody>{ for (0..columns.count).map(row) }</tbody>
            </table>
        </div>
    }
}

/// False until the page has been painted once.
#[hook]
pub fn use_later() -> bool {
    let is_late = use_state(|| false);
    let later = is_late.setter();
    use_effect_with((), move |()| document::after_paint(move || later.set(true)));
    *is_late
}
