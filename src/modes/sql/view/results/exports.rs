//! A result as a file. Where all rows were kept, text files hold them as they are shown, searched and sorted; else the statement runs once
//! more for the file, whole, where it ran before.

use std::rc::Rc;

use yew::prelude::*;

use super::slices::{Shown, in_slices};
use crate::{
    browser::save,
    core::export::ExportFormat,
    engine::EngineError,
    modes::sql::{
        results::{
            copy::{Form, Writing},
            order::SortColumn,
        },
        runs::run::{self, Run},
    },
    state::{
        exports::{Source, use_export},
        session::Session,
    },
    ui::export_menu::ExportMenu,
};

/// Rows that are written in a step.
const STEP_ROWS: usize = 500;
/// A longer text may not find room in the page: the engine's writer makes it.
const TEXT_BYTES: usize = 64_000_000;

#[derive(Properties, PartialEq)]
pub struct ResultExportProps {
    pub session: Rc<Session>,
    pub tab: AttrValue,
    pub run: Rc<Run>,
    /// All rows of the statement are there.
    pub is_whole: bool,
    pub is_over: bool,
    pub shown: Shown,
    pub sort: Vec<SortColumn>,
}

#[component]
pub fn ResultExport(props: &ResultExportProps) -> Html {
    let ResultExportProps { session, tab, run, is_whole, is_over, shown, sort } = props;
    let export = use_export(session, "sql-result", save::file);
    let onpick = {
        let (export, tab, run, shown, sort) = (export.clone(), tab.clone(), run.clone(), shown.clone(), sort.clone());
        let from_page = *is_whole && run.result.borrow().bytes() <= TEXT_BYTES;
        Callback::from(move |format: ExportFormat| {
            let source = match Form::of(format).filter(|_| from_page) {
                Some(form) => {
                    let (run, shown) = (run.clone(), shown.clone());
                    Source::Text(Box::pin(async move { Ok::<_, EngineError>(written(&run, &shown, form).await) }))
                }
                None => Source::Statement { session: Rc::from(tab.as_str()), sql: run::sorted(&run.statement.sql, &sort) },
            };
            export.start(format, "result", source);
        })
    };
    let label = if *is_whole { "Export the rows" } else { "Export all rows: the statement runs once more" };
    let formats = vec![ExportFormat::NdJson, ExportFormat::Parquet, ExportFormat::Arrow, ExportFormat::Markdown];
    html! {
        if *is_over {
            <ExportMenu id="export-sql" {label} progress={export.progress.clone()} {formats} {onpick} oncancel={export.oncancel()} />
        }
    }
}

async fn written(run: &Run, shown: &Shown, form: Form) -> String {
    // The export itself ends the future where it is no longer wanted.
    let wanted = Rc::new(());
    let watched = Rc::downgrade(&wanted);
    let mut out = String::new();
    let columns = (0..run.result.borrow().columns.len()).collect();
    let mut writing = Some(Writing::start(&mut out, &run.result.borrow(), form, columns));
    let (mut place, count) = (0, shown.count(run.rows()));
    let done = in_slices(&watched, || {
        let set = run.result.borrow();
        let end = (place + STEP_ROWS).min(count);
        if let Some(writing) = &mut writing {
            for row in (place..end).filter_map(|place| shown.row(place)) {
                writing.push(&mut out, &set, row);
            }
        }
        place = end;
        (place == count).then(|| writing.take()).flatten().map(|writing| writing.end(&mut out))
    });
    let _ = done.await;
    out
}
