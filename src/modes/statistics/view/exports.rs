//! What is shown, as a file: the groups, or the rows of the plain table.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::{
    super::{
        grouping::Dimension,
        params::StatisticsParams,
        spans::{params::Sort, query},
    },
    data::TableData,
};
use crate::{
    browser::save,
    state::{
        exports::{Source, use_export},
        extras::{Extra, store::use_extras},
        scope::Scope,
        session::Session,
        store::Store,
    },
    ui::export_menu::ExportMenu,
};

#[derive(Properties, PartialEq)]
pub struct ExportGroupsProps {
    pub session: Rc<Session>,
    pub params: StatisticsParams,
    pub data: TableData,
}

#[component]
pub fn ExportGroups(props: &ExportGroupsProps) -> Html {
    let export = use_export(&props.session, "export-groups", save::file);
    let (data, params) = (props.data.clone(), props.params.clone());
    let onpick = export.onpick(format!("statistics-by-{}", file_word(&params.first)), move || {
        let second = params.second.as_ref().map(Dimension::slug);
        Source::Sheet(data.rows.sheet(&data.groups, &data.children, &params.columns, &params.first.slug(), second.as_deref()))
    });
    html! { <ExportMenu id="export-groups" progress={export.progress.clone()} {onpick} oncancel={export.oncancel()} /> }
}

/// A word that may stand in the name of a file.
fn file_word(dimension: &Dimension) -> String {
    dimension.slug().chars().map(|character| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' }).collect()
}

#[derive(Properties, PartialEq)]
pub struct ExportSpansProps {
    pub session: Rc<Session>,
    pub store: Store,
    pub scope: Rc<Scope>,
}

#[component]
pub fn ExportSpans(props: &ExportSpansProps) -> Html {
    let ExportSpansProps { session, store, scope } = props;
    let export = use_export(session, "export-spans", save::file);
    let each = [Extra::AGENT, Extra::SELF_TIME, Extra::TraceNo];
    // Only listens: the table itself asks for what it shows.
    let none = use_memo((), |()| BTreeSet::new());
    use_extras(session, &none, false);
    let ready: Vec<Extra> = session.extras.ready_of(&each);
    let (scope, params) = (scope.clone(), store.url.params.clone());
    let onpick =
        export.onpick("spans", move || Source::Sql(query::export_sql(&scope, &Sort::read(&params), &ready.iter().cloned().collect())));
    html! { <ExportMenu id="export-spans" progress={export.progress.clone()} {onpick} oncancel={export.oncancel()} /> }
}
