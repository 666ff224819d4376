//! Filters: a row for each condition, built by hand. The filter of the address is the only truth; only rows that are begun are kept here.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Card, Column, Section,
    condition::Condition,
    counting::{present_filter, use_counts},
};
use crate::{
    browser::document,
    core::filter::{Node, TextField},
    modes::{
        ModeProps,
        configuration::{
            address,
            builder::{Field, Item, Placed, Rows, Simple},
        },
    },
    state::store::{Action, Nav, go},
    ui::{copy::CopyButton, icon::Icon, segments::Segments},
};

pub const SECTION: Section = Section {
    slug: "filters",
    title: "Filters",
    icon: "filter",
    column: Column::Main,
    count: |props| Some((props.scope.scope.parts().len() as u64, "Conditions in force")).filter(|(count, _)| *count > 0),
    reset: |store| go(store, Nav::Push, address::clear),
    view: |props| html! { <Filters ..props.clone() /> },
};

/// Places the focus after the next drawing.
#[derive(Clone, PartialEq)]
enum Focus {
    Row(usize),
    Add,
}

#[component]
fn Filters(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let drafts = use_state(Vec::<Placed>::new);
    let focus = use_mut_ref(|| None::<Focus>);
    let filter = present_filter(props);
    let rows = Rc::new(address::read_rows(&store.url.params, &filter, &drafts));

    let nodes: Vec<Node> = rows.rows.iter().filter_map(|row| row.item.node().cloned()).collect();
    let counts = use_counts(session, &scope.scope, nodes);
    let mut counts = counts.into_iter();

    {
        let focus = focus.clone();
        use_effect(move || match focus.borrow_mut().take() {
            Some(Focus::Row(place)) => document::focus(&format!("#cond-{place} select")),
            Some(Focus::Add) => document::focus("#add-condition"),
            None => {}
        });
    }
    let edit = {
        let (store, drafts) = (store.clone(), drafts.setter());
        Callback::from(move |next: Rows| {
            drafts.set(next.drafts());
            go(&store, Nav::Push, move |url| address::write_rows(url, &next));
        })
    };
    let add = {
        let (rows, edit, focus) = (rows.clone(), edit.clone(), focus.clone());
        Callback::from(move |item: Item| {
            *focus.borrow_mut() = Some(Focus::Row(rows.rows.len()));
            edit.emit(rows.with(usize::MAX, item));
        })
    };
    let add_condition = add.reform(|_: MouseEvent| Item::of(Simple::new(Field::Text(TextField::Service))));
    let add_group = add.reform(|_: MouseEvent| Item::DraftText(String::new()));
    let undo = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::UndoNarrowing))
    };
    // Undo by keys is the page's own.
    use_effect_with((), |()| {
        let listener = document::on_key(|event| {
            let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if is_plain && !event.default_prevented() && !document::typing() && event.key().eq_ignore_ascii_case("n") {
                event.prevent_default();
                document::click("#add-condition");
            }
        });
        move || drop(listener)
    });
    let clear = {
        let (store, drafts) = (store.clone(), drafts.setter());
        Callback::from(move |_: MouseEvent| {
            drafts.set(Vec::new());
            go(&store, Nav::Push, |url| {
                address::write_rows(url, &Rows::default());
            });
        })
    };
    let set_any = {
        let (rows, edit) = (rows.clone(), edit.clone());
        Callback::from(move |word: &'static str| edit.emit(rows.matching_any(word == "any")))
    };
    let text = filter.print();
    let head = html! {
        <>
            <button type="button" class="btn sm ghost" disabled={store.narrowings.is_empty()} title="Undo the last change of the filter (Ctrl Z)" onclick={undo}><Icon name="history" class="s" />{ "Undo" }</button>
            <button type="button" class="btn sm ghost" disabled={rows.rows.is_empty()} title="Remove all conditions" onclick={clear}><Icon name="x" class="s" />{ "Clear" }</button>
        </>
    };
    let count = rows.rows.len();
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} {head} beside={html! {
            <><span class="cap">{ "match" }</span>
            <Segments name="match" label="Which conditions must hold" choices={vec![("all", "all".into()), ("any", "any".into())]} chosen={if rows.any { "any" } else { "all" }} onchoose={set_any} />
            <span class="cap">{ "of these" }</span></>
        }}>
            if let Some(error) = &scope.error {
                <div class="note w" role="status"><Icon name="warn" /><div>{ format!("The filter of the address cannot be read: {} These are the conditions in force.", error.message) }</div></div>
            }
            <ul class="conds" data-testid="conditions" data-count={count.to_string()}>
                { for rows.rows.iter().enumerate().map(|(place, row)| {
                    let matches = row.item.node().and_then(|_| counts.next().flatten());
                    let onitem = {
                        let (rows, edit) = (rows.clone(), edit.clone());
                        Callback::from(move |item: Item| edit.emit(rows.with(place, item)))
                    };
                    let onremove = {
                        let (rows, edit, focus) = (rows.clone(), edit.clone(), focus.clone());
                        Callback::from(move |()| {
                            *focus.borrow_mut() = Some(Focus::Add);
                            edit.emit(rows.without(place));
                        })
                    };
                    let onswitch = {
                        let (rows, edit) = (rows.clone(), edit.clone());
                        Callback::from(move |()| edit.emit(rows.switched(place)))
                    };
                    // Another number of rows makes all of them anew: what is typed in one never ends up in its neighbour.
                    html! { <Condition key={format!("{count}-{place}")} {place} row={row.clone()} session={session.clone()} {matches} {onitem} {onremove} {onswitch} /> }
                }) }
            </ul>
            if rows.rows.is_empty() {
                <p class="cf-p dim">{ "No conditions: every span of the file is shown." }</p>
            }
            <div class="cf-f"><button type="button" class="btn sm" id="add-condition" title="New condition (N)" onclick={add_condition}><Icon name="plus" class="s" />{ "Condition" }</button>
                <button type="button" class="btn sm" title="Several conditions in brackets" onclick={add_group}><Icon name="plus" class="s" />{ "Group" }</button>
                <span class="grow"></span><code class="ftext cut" data-testid="filter-text" data-value={text.clone()} title={text.clone()}>{ text.clone() }</code>
                if !text.is_empty() {
                    <CopyButton text={text} label="Copy the filter" />
                }
            </div>
        </Card>
    }
}
