//! The tree of what can be named: arrows walk it, a click or Enter writes into the editor, Shift Enter shows the first rows.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use yew::prelude::*;

use super::{super::names::Known, Find};
use crate::{
    browser::document,
    modes::sql::catalog::{self, Row, RowKind},
    state::{queries::use_later_query, session::Session},
    ui::{editor::EditorHandle, icon::Icon},
};

#[derive(Properties, PartialEq)]
pub struct SchemaProps {
    pub session: Rc<Session>,
    pub handle: EditorHandle,
    pub known: Known,
    pub onpreview: Callback<String>,
}

/// What was opened and counted, for as long as the file is open.
#[derive(Default)]
struct Seen(RefCell<Option<Opened>>);

/// Rows of the tree that are open, and how many rows each table has.
type Opened = (BTreeSet<String>, BTreeMap<String, u64>);

#[component]
pub fn Schema(props: &SchemaProps) -> Html {
    let SchemaProps { session, handle, known, onpreview } = props;
    let seen = session.kept.of::<Seen>();
    let before = seen.0.borrow().clone();
    let open = use_state(|| before.clone().map_or_else(|| BTreeSet::from(["t:spans".to_owned()]), |(open, _)| open));
    let counts = use_state(|| before.map(|(_, counts)| counts).unwrap_or_default());
    *seen.0.borrow_mut() = Some(((*open).clone(), (*counts).clone()));
    let looked_for = use_state(String::new);
    let here = use_state(|| 0_usize);
    let rows = catalog::rows(&known.catalog, &known.keys, &counts, &open, &looked_for);
    // A key may come before the page has drawn what the one before it did.
    let live = use_mut_ref(|| ((*open).clone(), 0_usize));
    *live.borrow_mut() = ((*open).clone(), *here);

    // Views that are open are counted, one after the other.
    let uncounted = known.catalog.entries.iter().find(|entry| {
        entry.rows.is_none()
            && !counts.contains_key(&entry.table.written)
            && entry.table.written != catalog::SHOWN
            && open.contains(&format!("t:{}", entry.table.written))
    });
    let wanted = uncounted.map(|entry| entry.table.written.clone());
    let sql: Option<Rc<str>> = wanted.as_deref().map(|written| catalog::count_sql(written).into());
    let answer = use_later_query(session, sql.clone());
    {
        let counts = counts.clone();
        let count = sql
            .as_ref()
            .and_then(|sql| answer.of(sql))
            .and_then(|table| table.ints("row_count").ok()?.get(0))
            .and_then(|count| u64::try_from(count).ok());
        use_effect_with((wanted, count), move |(wanted, count)| {
            if let (Some(written), Some(count)) = (wanted, count) {
                let mut next = (*counts).clone();
                next.insert(written.clone(), *count);
                counts.set(next);
            }
        });
    }

    let toggle = {
        let (open, live) = (open.setter(), live.clone());
        Callback::from(move |id: String| {
            let mut next = live.borrow().0.clone();
            if !next.remove(&id) {
                next.insert(id);
            }
            live.borrow_mut().0.clone_from(&next);
            open.set(next);
        })
    };
    let act = {
        let (handle, toggle, onpreview) = (handle.clone(), toggle.clone(), onpreview.clone());
        Callback::from(move |(row, is_preview): (Row, bool)| match row.kind {
            RowKind::Heading => {}
            RowKind::More => toggle.emit(row.id),
            RowKind::Table if is_preview => onpreview.emit(row.written),
            _ => handle.insert(&row.written),
        })
    };
    let onkeydown = {
        let (here, toggle, act, live) = (here.setter(), toggle.clone(), act.clone(), live.clone());
        let (known, counts, looked_for) = (known.clone(), counts.clone(), looked_for.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let (open, at) = live.borrow().clone();
            let rows = catalog::rows(&known.catalog, &known.keys, &counts, &open, &looked_for);
            let at = place(&rows, at);
            let last = rows.len().saturating_sub(1);
            let row = rows.get(at).cloned();
            let next = match event.key().as_str() {
                "ArrowDown" => step(&rows, at, true),
                "ArrowUp" => step(&rows, at, false),
                "Home" => step(&rows, 0, true).min(1),
                "End" => last,
                "PageDown" => (at + 12).min(last),
                "PageUp" => at.saturating_sub(12).max(1),
                "ArrowRight" => match row {
                    Some(Row { open: Some(false), id, .. }) => {
                        toggle.emit(id);
                        at
                    }
                    Some(Row { open: Some(true), .. }) => (at + 1).min(last),
                    _ => at,
                },
                "ArrowLeft" => match row {
                    Some(Row { open: Some(true), id, .. }) => {
                        toggle.emit(id);
                        at
                    }
                    Some(row) => rows.iter().take(at).rposition(|other| other.level > 0 && other.level < row.level).unwrap_or(at),
                    None => at,
                },
                "Enter" => {
                    if let Some(row) = row {
                        act.emit((row, event.shift_key()));
                    }
                    at
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            live.borrow_mut().1 = next;
            here.set(next);
            document::after_paint(move || document::reveal(&format!("sql-tree-{next}")));
        })
    };
    let find = {
        let (looked_for, here) = (looked_for.setter(), here.setter());
        Callback::from(move |text| {
            here.set(1);
            looked_for.set(text);
        })
    };
    let at = place(&rows, *here);
    let line = |number: usize, row: &Row| draw(number, row, number == at, &here, &toggle, &act);
    html! {
        <>
            <Find id="sql-find" label="Find a table, column or attribute" text={(*looked_for).clone()} onchange={find} />
            if let Some(error) = &known.error {
                <div class="note e" role="alert"><Icon name="err" /><div>{ error.clone() }</div></div>
            }
            <div class="scroll tree" role="tree" tabindex="0" aria-label="Tables and columns. Enter writes into the editor, Shift Enter shows the first rows." data-testid="sql-tree"
                aria-activedescendant={rows.get(at).map(|_| format!("sql-tree-{at}"))} {onkeydown}>
                { for rows.iter().enumerate().map(|(number, row)| line(number, row)) }
                if known.is_pending {
                    <p class="sql-none"><span class="busy"><i class="spin"></i>{ "reading what there is" }</span></p>
                } else if rows.is_empty() {
                    <p class="sql-none">{ if looked_for.is_empty() { "There is no table." } else { "Nothing is called so." } }</p>
                }
            </div>
        </>
    }
}

/// The row that is meant: one that is there, and no heading.
fn place(rows: &[Row], at: usize) -> usize {
    let at = at.min(rows.len().saturating_sub(1));
    if rows.get(at).is_some_and(|row| row.kind == RowKind::Heading) { step(rows, at, true) } else { at }
}

/// The next row that is no heading.
fn step(rows: &[Row], at: usize, forward: bool) -> usize {
    let fits = |place: &usize| rows.get(*place).is_some_and(|row| row.kind != RowKind::Heading);
    let found = if forward { (at + 1..rows.len()).find(fits) } else { (0..at).rev().find(fits) };
    found.unwrap_or(at)
}

fn draw(
    number: usize,
    row: &Row,
    is_here: bool,
    here: &UseStateHandle<usize>,
    toggle: &Callback<String>,
    act: &Callback<(Row, bool)>,
) -> Html {
    if row.kind == RowKind::Heading {
        return html! { <div class="cap tcap" key={row.id.clone()} role="presentation">{ row.label.clone() }</div> };
    }
    let press = |is_preview: bool| {
        let (act, row, here) = (act.clone(), row.clone(), here.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            here.set(number);
            act.emit((row.clone(), is_preview));
        })
    };
    let fold = {
        let (toggle, id, here) = (toggle.clone(), row.id.clone(), here.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            here.set(number);
            toggle.emit(id.clone());
        })
    };
    let word = match row.kind {
        RowKind::Table => "table",
        RowKind::Column => "column",
        RowKind::Key => "key",
        _ => "more",
    };
    let hint = match row.kind {
        RowKind::Table | RowKind::Column | RowKind::Key if row.about.is_empty() => {
            format!("{} {}. Click: into the editor.", row.label, row.note)
        }
        RowKind::Table | RowKind::Column | RowKind::Key => format!("{} {}. {} Click: into the editor.", row.label, row.note, row.about),
        _ => String::new(),
    };
    html! {
        <div role="treeitem" key={row.id.clone()} id={format!("sql-tree-{number}")} class={classes!(word, is_here.then_some("here"))} aria-level={row.level.to_string()} aria-expanded={row.open.map(|open| open.to_string())}
            aria-selected={is_here.to_string()} aria-label={format!("{} {} {}", row.label, row.note, row.about)} data-name={row.label.clone()} title={hint} onclick={press(false)}>
            if let Some(open) = row.open {
                <span class="tw" aria-hidden="true" onclick={fold}><Icon name={if open { "down" } else { "right" }} class="xs" /></span>
            } else {
                <span class="tw" aria-hidden="true">if row.kind == RowKind::Column && matches!(row.label.as_str(), "trace_id" | "span_id") { <Icon name="key" class="xs" /> }</span>
            }
            if row.kind == RowKind::Table { <Icon name="table" class="s" /> }
            <span class="cut">{ row.label.clone() }</span>
            if row.kind == RowKind::Table {
                <span class="tp" aria-hidden="true" title="Show the first 100 rows (Shift Enter)" onclick={press(true)}><Icon name="play" class="xs" /></span>
            }
            { " " }<span class="ty">{ row.note.clone() }</span>
        </div>
    }
}
