//! The one store: what is asked (the address), what is open, what goes wrong, how it looks. The reducer is pure; `app` does what it implies.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    session::Session,
    url::{SourceRef, Theme, UrlState},
};
use crate::import::problem::Problem;

/// How the present address came about, so that `app` knows what to write into the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// It is what the browser shows already.
    Browser,
    /// A new entry: mode, trace, selection.
    Push,
    /// Over the present entry: typing, zoom, scroll, defaults that were filled in.
    Replace,
}

/// A step of opening a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub label: String,
    /// A count or a size beside the label; of a finished step the time it took.
    pub detail: String,
    pub done: bool,
}

/// A file on its way in.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    pub id: u32,
    pub name: String,
    pub size: Option<u64>,
    pub steps: Vec<Step>,
    /// Parts in a thousand of the whole way.
    pub permille: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Info,
    Warning,
    Error,
}

/// A line below the app bar, until it is dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
}

/// Widths and open drawers; kept per browser, never in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panes {
    /// `None` until the reader drags: the stylesheet then chooses by the size of the page.
    pub list_px: Option<i32>,
    pub names_px: Option<i32>,
    pub details_px: Option<i32>,
    pub list_open: bool,
    pub details_open: bool,
    /// The list as a drawer on narrow pages.
    pub list_drawer: bool,
}

impl Default for Panes {
    fn default() -> Self {
        Self { list_px: None, names_px: None, details_px: None, list_open: true, details_open: true, list_drawer: false }
    }
}

/// Which pane a width belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    List,
    Names,
    Details,
}

impl Panes {
    /// Keeps every pane usable: no width below its smallest, none above what leaves room for the bars.
    pub fn with_width(mut self, pane: Pane, px: i32) -> Self {
        match pane {
            Pane::List => self.list_px = Some(px.clamp(180, 520)),
            Pane::Names => self.names_px = Some(px.clamp(120, 720)),
            Pane::Details => self.details_px = Some(px.clamp(260, 800)),
        }
        self
    }

    /// `list names details list_open details_open`, as kept in the browser; 0 for a width that was never chosen.
    pub fn print(&self) -> String {
        let px = |width: Option<i32>| width.unwrap_or(0);
        format!(
            "{} {} {} {} {}",
            px(self.list_px),
            px(self.names_px),
            px(self.details_px),
            u8::from(self.list_open),
            u8::from(self.details_open)
        )
    }

    /// Anything unreadable gives the default.
    pub fn parse(text: &str) -> Self {
        let numbers: Option<Vec<i32>> = text.split(' ').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[list, names, details, list_open, details_open]) => {
                let base = Self { list_open: list_open != 0, details_open: details_open != 0, ..Self::default() };
                let widths = [(Pane::List, list), (Pane::Names, names), (Pane::Details, details)];
                widths.into_iter().filter(|(_, px)| *px > 0).fold(base, |panes, (pane, px)| panes.with_width(pane, px))
            }
            _ => Self::default(),
        }
    }
}

#[derive(Clone, PartialEq)]
pub struct State {
    pub url: UrlState,
    /// Grows with every address that deserves a history entry of its own. A count, because several changes may come before one is written.
    pub entries: u32,
    pub session: Option<Rc<Session>>,
    pub opening: Option<Opening>,
    pub problem: Option<Rc<Problem>>,
    pub notices: Vec<Notice>,
    /// The reader's choice; `None` follows the system.
    pub theme: Option<Theme>,
    pub panes: Panes,
    pub help_open: bool,
}

pub enum Action {
    /// Go somewhere within the page.
    Go(UrlState, Nav),
    /// Change the address as it is when the action arrives; nothing happens when it stays the same.
    Edit(Nav, Box<dyn FnOnce(&mut UrlState)>),
    OpenStarted(Opening),
    /// Ignored unless it is about the present opening.
    OpenProgress(Opening),
    /// The reducer decides what of the address still holds for this file.
    Opened(Rc<Session>),
    /// The number of the opening that failed, and why.
    OpenFailed(u32, Rc<Problem>),
    OpenCancelled,
    DismissProblem,
    CloseFile,
    Tell(Notice),
    DismissNotice(usize),
    SetTheme(Option<Theme>),
    SetPanes(Panes),
    ShowHelp(bool),
}

/// The lifecycle that `<html data-phase>` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Empty,
    Loading,
    Ready,
    Error,
}

impl Phase {
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Error => "error",
        }
    }
}

impl State {
    pub fn new(url: UrlState, theme: Option<Theme>, panes: Panes) -> Self {
        Self { url, entries: 0, session: None, opening: None, problem: None, notices: Vec::new(), theme, panes, help_open: false }
    }

    pub fn phase(&self) -> Phase {
        match (&self.opening, &self.problem, &self.session) {
            (Some(_), ..) => Phase::Loading,
            (None, _, Some(_)) => Phase::Ready,
            (None, Some(_), None) => Phase::Error,
            (None, None, None) => Phase::Empty,
        }
    }

    fn count(&mut self, nav: Nav) {
        if nav == Nav::Push {
            self.entries = self.entries.wrapping_add(1);
        }
    }

    /// The theme in force: the link's, else the reader's, else the system's (`None`).
    pub fn theme(&self) -> Option<Theme> {
        self.url.theme.or(self.theme)
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Go(url, nav) => {
                next.url = url;
                next.count(nav);
            }
            Action::Edit(nav, change) => {
                change(&mut next.url);
                if next.url == self.url {
                    return self;
                }
                next.count(nav);
            }
            Action::OpenStarted(opening) => {
                next.opening = Some(opening);
                next.problem = None;
            }
            Action::OpenProgress(opening) => {
                if next.opening.as_ref().is_some_and(|present| present.id == opening.id) {
                    next.opening = Some(opening);
                }
            }
            Action::Opened(session) => {
                land(&mut next, &session);
                next.session = Some(session);
                next.opening = None;
                next.problem = None;
            }
            Action::OpenFailed(id, problem) => {
                if next.opening.as_ref().is_none_or(|present| present.id == id) {
                    next.opening = None;
                    next.problem = Some(problem);
                }
            }
            Action::OpenCancelled => next.opening = None,
            Action::DismissProblem => next.problem = None,
            Action::CloseFile => {
                next.session = None;
                next.opening = None;
                next.problem = None;
                next.notices.clear();
            }
            Action::Tell(notice) => {
                if !next.notices.contains(&notice) {
                    next.notices.push(notice);
                }
            }
            Action::DismissNotice(at) => {
                if at < next.notices.len() {
                    next.notices.remove(at);
                }
            }
            Action::SetTheme(theme) => {
                next.theme = theme;
                // The reader's click outranks the link that brought them here.
                next.url.theme = None;
            }
            Action::SetPanes(panes) => next.panes = panes,
            Action::ShowHelp(open) => next.help_open = open,
        }
        Rc::new(next)
    }
}

/// The address after a file was opened. What a link said of this very file stays; what was said of another one goes.
fn land(next: &mut State, session: &Session) {
    let same = match (&next.url.source, &session.source) {
        (None, _) => true,
        (Some(SourceRef::File { name: asked, fingerprint: wanted }), SourceRef::File { name, fingerprint }) if asked == name => {
            if wanted.is_some() && wanted != fingerprint {
                let text = format!("The link was made for another file called {name}. What it names may not be in this one.");
                next.notices.push(Notice { kind: NoticeKind::Warning, text });
            }
            true
        }
        (Some(asked), opened) => asked == opened,
    };
    let mut url = match same {
        true => next.url.clone(),
        false => UrlState { mode: next.url.mode.clone(), theme: next.url.theme, embed: next.url.embed, ..UrlState::default() },
    };
    if !same {
        next.notices.clear();
        // Without a file open, the address still says what a link asked for.
        if let (None, Some(SourceRef::File { name, .. })) = (&next.session, &next.url.source) {
            let text = format!("This is not {name}, which the link was made for: its trace and span are left out.");
            next.notices.push(Notice { kind: NoticeKind::Warning, text });
        }
    }
    url.source = Some(session.source.clone());
    if url != next.url {
        // Back leads to the start page, or to the file before.
        next.count(if same && next.url.source.is_some() { Nav::Replace } else { Nav::Push });
        next.url = url;
    }
    next.notices.extend(session.mapping_notes.iter().map(|text| Notice { kind: NoticeKind::Info, text: text.clone() }));
}

/// The store as components get it.
pub type Store = UseReducerHandle<State>;

/// Changes the address.
pub fn go(store: &Store, nav: Nav, change: impl FnOnce(&mut UrlState) + 'static) {
    store.dispatch(Action::Edit(nav, Box::new(change)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Rc<State> {
        Rc::new(State::new(UrlState::default(), None, Panes::default()))
    }

    fn opening(id: u32) -> Opening {
        Opening { id, name: "a.duckdb".into(), size: None, steps: Vec::new(), permille: 0 }
    }

    #[test]
    fn phases_follow_the_opening() {
        let state = state();
        assert_eq!(state.phase(), Phase::Empty);
        let state = state.reduce(Action::OpenStarted(opening(1)));
        assert_eq!(state.phase(), Phase::Loading);
        let state = state.reduce(Action::OpenFailed(1, Rc::new(Problem::empty("a.duckdb"))));
        assert_eq!(state.phase(), Phase::Error);
        assert_eq!(state.reduce(Action::DismissProblem).phase(), Phase::Empty);
    }

    #[test]
    fn news_of_an_earlier_opening_is_ignored() {
        let state = state().reduce(Action::OpenStarted(opening(2)));
        let state = state.reduce(Action::OpenProgress(Opening { permille: 900, ..opening(1) }));
        let state = state.reduce(Action::OpenFailed(1, Rc::new(Problem::empty("old"))));
        assert_eq!(state.opening, Some(opening(2)));
        assert_eq!(state.problem, None);
    }

    #[test]
    fn the_same_notice_is_told_once() {
        let notice = Notice { kind: NoticeKind::Info, text: "x".into() };
        let state = state().reduce(Action::Tell(notice.clone())).reduce(Action::Tell(notice));
        assert_eq!(state.notices.len(), 1);
        assert!(state.reduce(Action::DismissNotice(0)).notices.is_empty());
    }

    #[test]
    fn pane_widths_survive_and_stay_usable() {
        let panes = Panes::default().with_width(Pane::List, 9).with_width(Pane::Names, 400);
        assert_eq!((panes.list_px, panes.names_px, panes.details_px), (Some(180), Some(400), None));
        assert_eq!(Panes::parse(&panes.print()), panes);
        assert_eq!(Panes::parse("1 2 x"), Panes::default());
    }
}
