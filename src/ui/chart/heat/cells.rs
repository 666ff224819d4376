//! The cells of a heat map as a table: for those who do not see it, and for machines.

use std::rc::Rc;

use yew::prelude::*;

use super::super::table::use_later;
use crate::core::{
    chart::{
        columns::Columns,
        grid::{Cell, Grid},
    },
    units,
};

/// More rows would hold up the page; the rows of the map as a whole follow them.
const MOST_ROWS: usize = 1_000;

#[derive(Properties, PartialEq)]
pub struct CellTableProps {
    pub testid: AttrValue,
    pub caption: AttrValue,
    pub columns: Columns,
    pub grid: Rc<Grid>,
    pub bands_ns: Rc<Vec<(i64, i64)>>,
    pub shown: bool,
}

/// Cells that are not empty, and the histogram of all.
#[component]
pub fn CellTable(props: &CellTableProps) -> Html {
    let CellTableProps { testid, caption, columns, grid, bands_ns, shown } = props;
    let is_late = use_later();
    if !is_late && !shown {
        return Html::default();
    }
    let band = |row: usize| bands_ns.get(row).copied().unwrap_or_default();
    let figures = |(from_ns, to_ns): (i64, i64), count: u64, marked: u64| {
        html! {
            <>
                <td class="num" data-col="from_duration_ns" data-value={from_ns.to_string()}>{ units::duration(from_ns) }</td>
                <td class="num" data-col="to_duration_ns" data-value={to_ns.to_string()}>{ units::duration(to_ns) }</td>
                <td class="num" data-col="count" data-value={count.to_string()}>{ units::count(count) }</td>
                <td class="num" data-col="errors" data-value={marked.to_string()}>{ units::count(marked) }</td>
            </>
        }
    };
    let cell = |cell: &Cell| {
        html! {
            <tr key={format!("{} {}", cell.column, cell.row)} data-column={cell.column.to_string()} data-row={cell.row.to_string()}>
                <th scope="row" data-col="start_ns" data-value={columns.start_ns(cell.column).to_string()}>{ columns.label(cell.column) }</th>{ figures(band(cell.row), cell.count, cell.marked) }
            </tr>
        }
    };
    let sums = grid.row_sums();
    let left_out = grid.cells.len().saturating_sub(MOST_ROWS);
    html! {
        <div class={if *shown { "ch-t scroll" } else { "vh ch-vh" }} tabindex={shown.then_some("0")}>
            <table class="tbl" data-testid={testid} data-cells={grid.cells.len().to_string()}>
                <caption class="vh">{ caption }</caption>
                <thead><tr><th scope="col">{ "Time" }</th><th scope="col" class="num">{ "From" }</th><th scope="col" class="num">{ "To" }</th><th scope="col" class="num">{ "Count" }</th><th scope="col" class="num">{ "Errors" }</th></tr></thead>
                <tbody>{ for grid.cells.iter().take(MOST_ROWS).map(cell) }</tbody>
                <tfoot>
                    if left_out > 0 { <tr><td colspan="5">{ format!("{} are not listed; the sums below hold them", units::counted(left_out as u64, "cell")) }</td></tr> }
                    { for sums.iter().enumerate().map(|(row, (count, marked))| html! { <tr data-band={row.to_string()}><th scope="row">{ "All times" }</th>{ figures(band(row), *count, *marked) }</tr> }) }
                </tfoot>
            </table>
        </div>
    }
}
