//! Which columns the table has, and their order: a list with checks, and buttons that move a column.

use yew::prelude::*;

use super::{super::groups::columns::Column, set_columns};
use crate::{browser::document, state::store::Store, ui::icon::Icon};

#[derive(Properties, PartialEq)]
pub struct ColumnsMenuProps {
    pub store: Store,
    pub columns: Vec<Column>,
}

#[component]
pub fn ColumnsMenu(props: &ColumnsMenuProps) -> Html {
    let ColumnsMenuProps { store, columns } = props;
    let open = use_state(|| false);
    use_effect_with(*open, |open| {
        if *open {
            document::focus("#columns-list input");
        }
    });
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if *open && event.key() == "Escape" {
                open.set(false);
                document::focus("#columns-menu");
                event.prevent_default();
                event.stop_propagation();
            }
        })
    };
    let onfocusout = {
        let open = open.clone();
        Callback::from(move |event: FocusEvent| {
            if document::focus_leaves(&event, ".menu-of:has(#columns-menu)") {
                open.set(false);
            }
        })
    };
    let change = |next: Vec<Column>| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_columns(&store, next.clone()))
    };
    let line = |column: Column| {
        let at = columns.iter().position(|shown| *shown == column);
        let next: Vec<Column> = match at {
            Some(_) => columns.iter().copied().filter(|shown| *shown != column).collect(),
            None => columns.iter().copied().chain([column]).collect(),
        };
        let is_last_one = at.is_some() && columns.len() == 1;
        let moved = |by: isize| {
            let (at, to) = at.and_then(|at| Some((at, at.checked_add_signed(by).filter(|to| *to < columns.len())?)))?;
            let mut next = columns.clone();
            next.swap(at, to);
            Some(next)
        };
        let step = |by: isize, icon: &'static str, words: &str| {
            let next = moved(by);
            html! { <button type="button" class="icon-btn sm" aria-label={format!("Move {} {words}", column.label())} title={format!("Move {words}")} disabled={next.is_none()} onclick={next.map(change)}><Icon name={icon} class="s" /></button> }
        };
        html! {
            <li key={column.slug()}>
                <label title={column.about()}><input type="checkbox" checked={at.is_some()} disabled={is_last_one} data-col={column.slug()} onclick={change(next)} />{ column.label() }</label>
                { step(-1, "up", "up") }{ step(1, "down", "down") }
            </li>
        }
    };
    let hidden = Column::CHOICES.into_iter().filter(|column| !columns.contains(column));
    html! {
        <div class="menu-of" {onkeydown} {onfocusout}>
            <button type="button" id="columns-menu" class="btn" aria-haspopup="dialog" aria-expanded={open.to_string()} onclick={toggle}><Icon name="columns" />{ "Columns" }</button>
            if *open {
                <div class="menu pop cols-m" id="columns-list" role="dialog" aria-label="Columns">
                    <ul>{ for columns.iter().copied().chain(hidden).map(line) }</ul>
                    <button type="button" class="btn sm ghost" disabled={*columns == Column::DEFAULT} onclick={change(Column::DEFAULT.to_vec())}>{ "As it was at first" }</button>
                </div>
            }
        </div>
    }
}
