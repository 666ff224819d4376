//! Who has which share of the critical path: a small table with bars, by service or by operation.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        super::model::TraceModel,
        list::slot_class,
        row::{name, span_class},
    },
    percent, percent_value,
};
use crate::{
    core::{
        colour::Kind,
        critical_path::{CriticalPath, Share},
        time_axis::TimeScale,
        units,
    },
    state::session::Session,
    ui::icon::Icon,
};

/// So many rows are shown until the reader asks for the others.
const SHOWN: usize = 5;
/// And so many then; what comes after them is hardly on the path.
const SHOWN_AT_MOST: usize = 200;

/// One row of the table.
#[derive(Clone, PartialEq)]
pub struct ShareRow {
    pub name: String,
    pub service: Option<String>,
    pub operation: Option<String>,
    pub colour: Classes,
    pub share: Share<()>,
    pub path_ns: i64,
}

pub fn service_shares(session: &Session, model: &TraceModel, path: &CriticalPath) -> Vec<ShareRow> {
    let rows = path.shares(|span| model.span(span).and_then(|span| span.service));
    let row = |share: Share<Option<&str>>| ShareRow {
        name: share.key.unwrap_or("(no service)").to_owned(),
        service: None,
        operation: None,
        colour: share.key.map_or_else(|| classes!("c0"), |service| slot_class(&session.service_slots, Kind::Service, service)),
        share: without_key(&share),
        path_ns: path.length_ns(),
    };
    rows.into_iter().map(row).collect()
}

pub fn operation_shares(session: &Session, model: &TraceModel, path: &CriticalPath) -> Vec<ShareRow> {
    let rows = path.shares(|span| model.span(span).map(|span| (span.name, span.service)));
    let row = |share: Share<Option<(&str, Option<&str>)>>| {
        let longest = path.sections.get(share.longest as usize).and_then(|section| model.span(section.span));
        ShareRow {
            name: share.key.map(|(name, _)| name).unwrap_or_default().to_owned(),
            service: longest.and_then(|span| span.service).map(str::to_owned),
            operation: longest.and_then(|span| span.operation).map(str::to_owned),
            colour: longest.map_or_else(|| classes!("c0"), |span| span_class(session, &span)),
            share: without_key(&share),
            path_ns: path.length_ns(),
        }
    };
    rows.into_iter().map(row).collect()
}

fn without_key<K>(share: &Share<K>) -> Share<()> {
    Share { key: (), self_ns: share.self_ns, wait_ns: share.wait_ns, sections: share.sections, longest: share.longest }
}

#[derive(Properties, PartialEq)]
pub struct ShareTableProps {
    /// What a row stands for: head of the first column.
    pub title: &'static str,
    pub testid: &'static str,
    pub shares: Rc<Vec<ShareRow>>,
    /// Takes the index of a section.
    pub onchoose: Callback<(u32, bool)>,
}

#[component]
pub fn ShareTable(props: &ShareTableProps) -> Html {
    let all = use_state(|| false);
    let most = props.shares.len().min(SHOWN_AT_MOST);
    let shown = if *all { most } else { SHOWN };
    let onall = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(!*all))
    };
    let more = match (units::count(most as u64), units::count(props.shares.len() as u64)) {
        (most, all) if most == all => format!("Show all {all}"),
        (most, all) => format!("Show the first {most} of {all}"),
    };
    html! {
        <div class="cpv-t">
            <div class={classes!("cpv-tt", all.then_some("all"))}><table class="tbl" data-testid={props.testid} data-count={props.shares.len().to_string()}>
                <thead><tr>
                    <th scope="col">{ props.title }</th><th scope="col" class="c-bar"><span class="vh">{ "Own work and waits" }</span></th>
                    <th scope="col" class="num">{ "On the path" }</th><th scope="col" class="num">{ "Share" }</th><th scope="col" class="num">{ "Sections" }</th>
                </tr></thead>
                <tbody>{ for props.shares.iter().take(shown).map(|row| share_row(row, &props.onchoose)) }</tbody>
            </table></div>
            if props.shares.len() > SHOWN {
                <button type="button" class="lk" aria-expanded={all.to_string()} onclick={onall}>
                    { if *all { "Show fewer".to_owned() } else { more } }<Icon name={if *all { "up" } else { "down" }} class="xs" />
                </button>
            }
        </div>
    }
}

fn share_row(row: &ShareRow, onchoose: &Callback<(u32, bool)>) -> Html {
    let ShareRow { share, path_ns, colour, .. } = row;
    let longest = share.longest;
    let onclick = onchoose.reform(move |_: MouseEvent| (longest, true));
    let scale = TimeScale { start_ns: 0, end_ns: *path_ns, width_px: 100.0 };
    let width = |ns: i64| format!("width:{:.2}%", scale.width_percent_of(0, ns));
    let whole_ns = share.whole_ns();
    let parts = format!("own work {}, waits {}", units::duration(share.self_ns), units::duration(share.wait_ns));
    html! {
        <tr>
            <td class="c-name" data-col="name" data-value={row.name.clone()}><button type="button" title="Go to its longest section" {onclick}>
                <i class={classes!("sw", colour.clone())}></i>{ name(&row.name, row.service.as_deref(), row.operation.as_deref()) }
            </button></td>
            <td class="c-bar" title={parts.clone()}><span class="vh">{ parts }</span><span class="cpv-b" aria-hidden="true">
                <i class={classes!(colour.clone())} style={width(share.self_ns)}></i><i class={classes!("w", colour.clone())} style={width(share.wait_ns)}></i>
            </span></td>
            <td class="num" data-col="duration_ns" data-value={whole_ns.to_string()} title={units::duration_full(whole_ns)}>{ units::duration(whole_ns) }</td>
            <td class="num" data-col="share" data-value={percent_value(whole_ns, *path_ns)}>{ percent(whole_ns, *path_ns) }</td>
            <td class="num" data-col="sections" data-value={share.sections.to_string()}>{ units::count(share.sections) }</td>
        </tr>
    }
}
