//! What is shown, as a file: the table in view, the figures of the charts, and OpenMetrics text.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        columns::Column,
        params::{Below, RedParams},
        series,
    },
    data::Found,
};
use crate::{
    browser::save,
    core::{
        export::{ExportFormat, Sheet},
        red::openmetrics,
    },
    engine::FileParts,
    state::{
        dimension::Dimension,
        exports::{Source, use_export},
        session::Session,
    },
    ui::{export_menu::ExportMenu, menu::MenuItem},
};

#[derive(Properties, PartialEq)]
pub struct ExportFiguresProps {
    pub session: Rc<Session>,
    pub params: RedParams,
    pub found: Found,
}

/// The table in view; `None` while it is being worked out.
fn table(found: &Found, params: &RedParams) -> Option<Sheet> {
    match params.below {
        Below::Operations => {
            let operations = found.operations.as_ref()?;
            Some(operations.groups.sheet(&operations.order, &Column::OF_OPERATIONS, "operation", &operations.measure))
        }
        Below::Groups => groups(found, params),
        Below::Exceptions => Some(found.failures.value.as_ref()?.sheet()),
        Below::Objective => Some(found.kept.value.as_ref()?.sheet()),
    }
}

fn groups(found: &Found, params: &RedParams) -> Option<Sheet> {
    let cards = found.cards.as_ref()?;
    Some(cards.groups.sheet(&cards.order, &Column::OF_GROUPS, &params.by.slug(), &cards.measure))
}

fn all_series(found: &Found, params: &RedParams) -> Option<Sheet> {
    let many = found.many.value.as_ref().filter(|_| params.many);
    let (all, question) = match many {
        Some(many) => (many.as_slice(), found.many.question.as_ref()?),
        None => (std::slice::from_ref(&**found.series.value.as_ref()?), found.series.question.as_ref()?),
    };
    Some(series::sheet(all, question.buckets, question.window))
}

fn metrics(found: &Found, params: &RedParams) -> Option<String> {
    let cards = found.cards.as_ref()?;
    let window = cards.measure.window;
    Some(openmetrics::write(&params.by.slug(), window.length_s(), &cards.groups.samples(&cards.order, window)))
}

/// A word that may stand in the name of a file.
fn file_word(dimension: &Dimension) -> String {
    dimension.slug().chars().map(|character| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' }).collect()
}

#[component]
pub fn ExportFigures(props: &ExportFiguresProps) -> Html {
    let ExportFiguresProps { session, params, found } = props;
    let export = use_export(session, "export-red", save::file);
    let (stem, what) = match params.below {
        Below::Operations => ("red-operations".to_owned(), "operations"),
        Below::Groups => (format!("red-by-{}", file_word(&params.by)), "cards"),
        Below::Exceptions => ("red-exceptions".to_owned(), "exceptions"),
        Below::Objective => ("red-minutes".to_owned(), "minutes"),
    };
    let item = |label: &'static str, stem: String, source: fn(&Found, &RedParams) -> Option<Sheet>| {
        let is_there = source(found, params).is_some();
        let (export, found, params) = (export.clone(), found.clone(), params.clone());
        let pick = Callback::from(move |()| {
            if let Some(sheet) = source(&found, &params) {
                export.start(ExportFormat::Csv { bom: false }, &stem, Source::Sheet(sheet));
            }
        });
        MenuItem { label: label.into(), onpick: is_there.then_some(pick), ..MenuItem::default() }
    };
    let by = format!("red-by-{}", file_word(&params.by));
    let onmetrics = {
        let (found, params, name) = (found.clone(), params.clone(), format!("{by}.txt"));
        Callback::from(move |()| {
            if let Some(text) = metrics(&found, &params) {
                save::file(&name, &FileParts::of_kind(&text, openmetrics::MIME));
            }
        })
    };
    let more = vec![
        item("Charts as CSV", "red-series".to_owned(), all_series),
        item("Cards as CSV", by, groups),
        MenuItem { label: "Cards as OpenMetrics".into(), onpick: found.cards.is_some().then_some(onmetrics), ..MenuItem::default() },
    ];
    let onpick = {
        let (found, params) = (found.clone(), params.clone());
        export.onpick(stem, move || Source::Sheet(table(&found, &params).unwrap_or_default()))
    };
    html! { <ExportMenu id="export-red" label={format!("Export the table of {what}, the charts or the cards")} {more} progress={export.progress.clone()} {onpick} oncancel={export.oncancel()} /> }
}
