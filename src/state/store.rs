//! The one store: what is asked (the address), what is open, what goes wrong, how it looks. The reducer is pure but for marking the page busy; `app` does what it
//! implies.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    busy::Drawing,
    preferences::Preferences,
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
    /// The file that is open, again: nothing covers the page meanwhile.
    pub is_quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Info,
    Warning,
    Error,
    /// A newer version of the page waits for a reload.
    Update,
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

/// The filter and the time range of an address: what undo brings back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    pub filter: Option<String>,
    pub from_ns: Option<i64>,
    pub to_ns: Option<i64>,
}

impl Narrowing {
    pub fn of(url: &UrlState) -> Self {
        Self { filter: url.filter.clone(), from_ns: url.from_ns, to_ns: url.to_ns }
    }

    fn put(self, url: &mut UrlState) {
        (url.filter, url.from_ns, url.to_ns) = (self.filter, self.from_ns, self.to_ns);
    }
}

/// So many filters can be taken back.
const UNDO_STEPS: usize = 50;

#[derive(Clone, PartialEq)]
pub struct State {
    pub url: UrlState,
    /// Grows with every address that deserves a history entry of its own. A count, because several changes may come before one is written.
    pub entries: u32,
    /// What the entry below the one of this number is to say, where typing was written over it.
    pub beneath: Option<(u32, Rc<UrlState>)>,
    pub session: Option<Rc<Session>>,
    pub opening: Option<Opening>,
    pub problem: Option<Rc<Problem>>,
    pub notices: Vec<Notice>,
    /// The reader's choice; `None` follows the system.
    pub theme: Option<Theme>,
    pub panes: Panes,
    pub preferences: Preferences,
    pub help_open: bool,
    /// The dialog that makes links lies over the open file.
    pub share_open: bool,
    /// A file that is held beside the open one, to compare with.
    pub second: Option<Rc<Session>>,
    /// Grows whenever somebody asks for such a file; `app` opens it.
    pub second_asked: u32,
    /// Grows when the reader comes to an address that the page did not make: by a link, by hand, by Back.
    pub arrivals: u32,
    /// Earlier filters and time ranges of this file, the newest last.
    pub narrowings: Vec<Narrowing>,
    /// The last change of the filter was one of a row of small ones: typing, dragging.
    narrowing_goes_on: bool,
    /// The choice of table and columns lies over the open file.
    pub mapping_open: bool,
    /// How often the reader has asked for another file from within a mode.
    pub file_asked: u32,
    /// The page holds the compiled database program for the next file.
    pub engine_kept: bool,
    /// How often what the browser keeps was cleared.
    pub cleared: u32,
    /// Ended by whoever draws the page.
    pub drawing: Drawing,
}

pub enum Action {
    /// Go somewhere within the page.
    Go(UrlState, Nav),
    /// Change the address as it is when the action arrives; nothing happens when it stays the same.
    Edit(Nav, Box<dyn FnOnce(&mut UrlState)>),
    /// Ends the typing of a filter: `text` gets an entry of its own, and the entry that the typing was written over says `before` again.
    CommitFilter {
        text: Option<String>,
        before: Option<String>,
    },
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
    SetPreferences(Preferences),
    ShowHelp(bool),
    /// The dialog that makes links, for the open file.
    ShowShare(bool),
    /// Brings the filter and the time range before the last change back.
    UndoNarrowing,
    /// Asks the reader for a file to compare with.
    AskSecondFile,
    SecondOpened(Rc<Session>),
    CloseSecond,
    /// The choice of table and columns for the open file.
    ShowMapping(bool),
    /// Let the reader choose another file.
    AskForFile,
    /// The browser's storage is empty: what was read from it goes too.
    LocalDataCleared,
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
        Self {
            url,
            entries: 0,
            beneath: None,
            session: None,
            opening: None,
            problem: None,
            notices: Vec::new(),
            theme,
            panes,
            help_open: false,
            share_open: false,
            arrivals: 0,
            second: None,
            second_asked: 0,
            narrowings: Vec::new(),
            narrowing_goes_on: false,
            preferences: Preferences::default(),
            mapping_open: false,
            file_asked: 0,
            engine_kept: false,
            cleared: 0,
            drawing: Drawing::default(),
        }
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

    /// Keeps what the filter was before a change; of a row of small changes only what was before the first.
    fn keep_narrowing(&mut self, before: &UrlState, nav: Nav) {
        let (old, new) = (Narrowing::of(before), Narrowing::of(&self.url));
        if old == new || before.source != self.url.source {
            self.narrowing_goes_on &= old != new;
            return;
        }
        if nav == Nav::Replace && self.narrowing_goes_on && self.narrowings.last() == Some(&new) {
            // Back where the row began: there is nothing to take back.
            self.narrowings.pop();
            self.narrowing_goes_on = false;
            return;
        }
        if nav != Nav::Replace || !self.narrowing_goes_on {
            self.narrowings.push(old);
            let excess = self.narrowings.len().saturating_sub(UNDO_STEPS);
            self.narrowings.drain(..excess);
        }
        self.narrowing_goes_on = nav == Nav::Replace;
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
                next.arrivals = next.arrivals.wrapping_add(u32::from(nav == Nav::Browser));
                if nav == Nav::Browser {
                    next.share_open = false;
                    // What was said of the address before does not hold for this one.
                    next.notices.retain(|notice| notice.kind != NoticeKind::Warning);
                } else {
                    next.keep_narrowing(&self.url, nav);
                }
            }
            Action::Edit(nav, change) => {
                change(&mut next.url);
                if next.url == self.url {
                    return self;
                }
                next.count(nav);
                next.keep_narrowing(&self.url, nav);
            }
            Action::CommitFilter { text, before } => {
                next.url.filter.clone_from(&text);
                if next.url == self.url && text == before {
                    return self;
                }
                next.keep_narrowing(&self.url, Nav::Replace);
                next.narrowing_goes_on = false;
                if text != before {
                    next.count(Nav::Push);
                    next.beneath = Some((next.entries, Rc::new(UrlState { filter: before, ..self.url.clone() })));
                }
            }
            Action::UndoNarrowing => {
                if let Some(before) = next.narrowings.pop() {
                    before.put(&mut next.url);
                    next.narrowing_goes_on = false;
                    next.count(Nav::Push);
                }
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
                next.narrowings.clear();
                next.second = None;
                land(&mut next, &session);
                next.session = Some(session);
                next.opening = None;
                next.problem = None;
                next.mapping_open = false;
                next.engine_kept = true;
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
                next.second = None;
                next.opening = None;
                next.problem = None;
                next.mapping_open = false;
                next.share_open = false;
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
            Action::SetPreferences(preferences) => next.preferences = preferences,
            Action::ShowHelp(open) => next.help_open = open,
            Action::ShowShare(open) => next.share_open = open && next.session.is_some(),
            Action::AskSecondFile => next.second_asked = next.second_asked.wrapping_add(1),
            Action::SecondOpened(session) => {
                next.second = Some(session);
                next.opening = None;
                next.problem = None;
            }
            Action::CloseSecond => next.second = None,
            Action::ShowMapping(open) => next.mapping_open = open && next.session.is_some(),
            Action::AskForFile => next.file_asked = next.file_asked.wrapping_add(1),
            Action::LocalDataCleared => {
                next.theme = None;
                next.panes = Panes::default();
                next.preferences = Preferences::default();
                next.engine_kept = false;
                next.cleared = next.cleared.wrapping_add(1);
            }
        }
        next.drawing = self.drawing.next();
        Rc::new(next)
    }
}

/// The address after a file was opened. What a link said of this very file stays; what was said of another one goes.
fn land(next: &mut State, session: &Session) {
    let same = match (&next.url.source, &session.source) {
        (None, _) => true,
        // The same bytes under another name are what the link was made for.
        (Some(SourceRef::File { name: asked, fingerprint: wanted }), SourceRef::File { name, fingerprint })
            if asked == name || (wanted.is_some() && wanted == fingerprint) =>
        {
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
        false => UrlState {
            mode: next.url.mode.clone(),
            theme: next.url.theme,
            embed: next.url.embed,
            frame: next.url.frame.clone(),
            ..UrlState::default()
        },
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
    // The same file may be read in another way now.
    let told_before = next.session.as_ref().map(|before| before.mapping_notes.clone()).unwrap_or_default();
    next.notices.retain(|notice| !told_before.contains(&notice.text));
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
    use crate::state::preferences::Density;

    fn state() -> Rc<State> {
        Rc::new(State::new(UrlState::default(), None, Panes::default()))
    }

    fn opening(id: u32) -> Opening {
        Opening { id, name: "a.duckdb".into(), size: None, steps: Vec::new(), permille: 0, is_quiet: false }
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
        let kinds = [NoticeKind::Info, NoticeKind::Warning];
        let told = kinds
            .map(|kind| Notice { kind, text: "x".into() })
            .into_iter()
            .fold(self::state(), |state, notice| state.reduce(Action::Tell(notice)));
        let left = told.reduce(Action::Go(UrlState::default(), Nav::Browser)).notices.clone();
        assert_eq!(left.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Info]);
    }

    #[test]
    fn a_filter_can_be_taken_back() {
        let edit = |state: Rc<State>, nav, text: &'static str| {
            state.reduce(Action::Edit(nav, Box::new(move |url| url.filter = Some(text.to_owned()))))
        };
        let state = edit(state(), Nav::Push, "a");
        // Typing is one step.
        let state = edit(edit(edit(state, Nav::Replace, "a b"), Nav::Replace, "a bc"), Nav::Replace, "a bcd");
        let state = edit(state, Nav::Push, "x");
        let filter = |state: &Rc<State>| state.url.filter.clone();
        let state = state.reduce(Action::UndoNarrowing);
        assert_eq!(filter(&state).as_deref(), Some("a bcd"));
        let state = state.reduce(Action::UndoNarrowing);
        assert_eq!(filter(&state).as_deref(), Some("a"));
        let state = state.reduce(Action::UndoNarrowing).reduce(Action::UndoNarrowing);
        assert_eq!(filter(&state), None);
    }

    #[test]
    fn a_typed_filter_is_one_entry_and_one_step_back() {
        let typed = |state: Rc<State>, text: &'static str| {
            state
                .reduce(Action::Edit(Nav::Replace, Box::new(move |url| url.filter = Some(text.to_owned()).filter(|text| !text.is_empty()))))
        };
        let commit = |state: Rc<State>, text: Option<&str>, before: Option<&str>| {
            state.reduce(Action::CommitFilter { text: text.map(str::to_owned), before: before.map(str::to_owned) })
        };
        let state = commit(typed(typed(state(), "s"), "status:error"), Some("status:error"), None);
        assert_eq!((state.entries, state.narrowings.len()), (1, 1));
        assert_eq!(state.beneath.as_ref().map(|(entry, url)| (*entry, url.filter.clone())), Some((1, None)), "Back leads to no filter");
        let again = commit(state.clone(), Some("status:error"), Some("status:error"));
        assert!(Rc::ptr_eq(&state, &again), "leaving the field after Enter changes nothing");
        // Discarded: what was there before the typing is there again, without an entry and without a step.
        let state = commit(typed(state, "status:error du"), Some("status:error"), Some("status:error"));
        assert_eq!((state.url.filter.as_deref(), state.entries, state.narrowings.len()), (Some("status:error"), 1, 1));
        assert_eq!(state.reduce(Action::UndoNarrowing).url.filter, None);
    }

    #[test]
    fn clearing_brings_the_defaults_back() {
        let comfortable = Preferences { density: Density::Comfortable, ..Preferences::default() };
        let state = state().reduce(Action::SetPreferences(comfortable)).reduce(Action::SetTheme(Some(Theme::Dark)));
        let state = state.reduce(Action::SetPanes(Panes { list_open: false, ..Panes::default() }));
        assert_eq!(state.preferences, comfortable);
        let state = state.reduce(Action::LocalDataCleared);
        assert_eq!((state.preferences, state.theme, state.panes, state.cleared), (Preferences::default(), None, Panes::default(), 1));
    }

    #[test]
    fn columns_are_chosen_of_an_open_file_only() {
        assert!(!state().reduce(Action::ShowMapping(true)).mapping_open);
    }

    #[test]
    fn pane_widths_survive_and_stay_usable() {
        let panes = Panes::default().with_width(Pane::List, 9).with_width(Pane::Names, 400);
        assert_eq!((panes.list_px, panes.names_px, panes.details_px), (Some(180), Some(400), None));
        assert_eq!(Panes::parse(&panes.print()), panes);
        assert_eq!(Panes::parse("1 2 x"), Panes::default());
    }
}
