//! Results on their way into a file, as a hook. An export belongs to the open file, not to the view that began it: who goes to another mode
//! and comes back finds it still running, and may still cancel it. Opening another file ends it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use futures::future::{AbortHandle, Abortable};
use yew::{platform::spawn_local, prelude::*};

use super::{busy::Busy, session::Session};
use crate::{
    core::export::{ExportProgress, Sheet},
    engine::{EngineError, ExportFormat, FileParts, LocalFuture},
};

/// Where a file's content comes from.
pub enum Source {
    /// The rows of a statement, however many.
    Sql(String),
    /// The rows of a statement of the reader's own, where the statements of its session run.
    Statement { session: Rc<str>, sql: String },
    /// A small table that the page made.
    Sheet(Sheet),
    /// The text of a file that is still being made.
    Text(LocalFuture<Result<String, EngineError>>),
}

/// Hands a file to the browser under a name: `browser::save::file`. Whether it was taken.
pub type Save = fn(&str, &FileParts) -> bool;

/// The exports of one open file, each under the id of its menu.
#[derive(Default)]
pub struct Exports(RefCell<HashMap<&'static str, Rc<Job>>>);

impl Exports {
    fn job(&self, id: &'static str) -> Rc<Job> {
        self.0.borrow_mut().entry(id).or_default().clone()
    }
}

#[derive(Default)]
struct Job {
    progress: RefCell<ExportProgress>,
    abort: RefCell<Option<AbortHandle>>,
    /// The view that shows it.
    shown: RefCell<Option<UseStateSetter<ExportProgress>>>,
}

impl Job {
    fn is_running(&self) -> bool {
        matches!(*self.progress.borrow(), ExportProgress::Running { .. })
    }

    fn tell(&self, progress: ExportProgress) {
        self.progress.replace(progress.clone());
        if let Some(shown) = &*self.shown.borrow() {
            shown.set(progress);
        }
    }
}

/// One menu's export: at most one at a time.
#[derive(Clone)]
pub struct Export {
    pub progress: ExportProgress,
    session: Rc<Session>,
    job: Rc<Job>,
    save: Save,
}

impl Export {
    /// Begins a file `stem.csv`, `stem.json` or whatever its format is called; does nothing while another is under way.
    pub fn start(&self, format: ExportFormat, stem: &str, source: Source) {
        if self.job.is_running() {
            return;
        }
        let (abort, registration) = AbortHandle::new_pair();
        self.job.abort.replace(Some(abort));
        self.job.tell(ExportProgress::Running { rows: 0 });
        let name = format!("{stem}.{}", format.extension());
        let making = make(&self.session, self.job.clone(), format, source);
        let (job, save, busy) = (self.job.clone(), self.save, Busy::start());
        spawn_local(async move {
            // Aborted: dropping the future cancels in the engine and in the writer.
            let made = Abortable::new(making, registration).await;
            job.tell(match made {
                Err(_) | Ok(Err(EngineError::Cancelled)) => ExportProgress::Idle,
                Ok(Ok(file)) if save(&name, &file) => ExportProgress::Saved,
                Ok(Ok(_)) => ExportProgress::Failed("The browser does not allow saving files here.".to_owned()),
                Ok(Err(error)) => ExportProgress::Failed(error.to_string()),
            });
            drop(busy);
        });
    }

    /// For the menu: starts with what `source` gives once a format is chosen.
    pub fn onpick(&self, stem: impl Into<String>, source: impl Fn() -> Source + 'static) -> Callback<ExportFormat> {
        let (export, stem) = (self.clone(), stem.into());
        Callback::from(move |format| export.start(format, &stem, source()))
    }

    /// For the menu: ends what is under way, or takes back what was said about a failure.
    pub fn oncancel(&self) -> Callback<()> {
        let job = self.job.clone();
        Callback::from(move |()| match job.abort.borrow_mut().take() {
            Some(abort) if job.is_running() => abort.abort(),
            _ => job.tell(ExportProgress::Idle),
        })
    }
}

/// The export of the menu with this id.
#[hook]
pub fn use_export(session: &Rc<Session>, id: &'static str, save: Save) -> Export {
    let job = use_memo((session.clone(), id), |(session, id)| session.exports.job(id));
    let shown = use_state(ExportProgress::default);
    {
        let (job, shown) = (job.clone(), shown.setter());
        use_effect_with((session.id, id), move |_| {
            shown.set(job.progress.borrow().clone());
            job.shown.replace(Some(shown));
            move || drop(job.shown.take())
        });
    }
    Export { progress: (*shown).clone(), session: session.clone(), job: (*job).clone(), save }
}

fn make(session: &Session, job: Rc<Job>, format: ExportFormat, source: Source) -> LocalFuture<Result<FileParts, EngineError>> {
    let telling = move |rows| job.tell(ExportProgress::Running { rows });
    match source {
        Source::Sql(sql) => session.engine.export(None, &sql, format, Rc::new(telling)),
        Source::Statement { session: own, sql } => session.engine.export(Some(&own), &sql, format, Rc::new(telling)),
        Source::Sheet(sheet) if !matches!(format, ExportFormat::Csv { .. } | ExportFormat::Json) => {
            session.engine.export(None, &sheet.to_sql(), format, Rc::new(telling))
        }
        Source::Sheet(sheet) => Box::pin(async move {
            let text =
                sheet.text(format).ok_or_else(|| EngineError::Io("A table of the page cannot be saved in this format.".to_owned()))?;
            Ok(FileParts::of_text(&text, format))
        }),
        Source::Text(text) => Box::pin(async move { Ok(FileParts::of_text(&text.await?, format)) }),
    }
}
