//! What the table shows: the questions of a grouping, their answers as rows, how far own time is. Hooks only.

use std::{collections::BTreeSet, rc::Rc};

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::super::{
    groups::{
        columns::{Column, Direction},
        figures::Figures,
        model::{self, Children, Groups, Rows, Wanted},
        query::{self, Grouping},
        trend::{self, Line, Part, Span},
    },
    params::{GroupKey, StatScope, StatisticsParams},
};
use crate::{
    core::{fast_map::FastMap, units},
    modes::ModeProps,
    state::{
        busy::Busy,
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        queries::{Answer, use_later_query, use_query},
        session::Session,
    },
};

/// Scrolling has come to rest.
const SETTLE_MS: u32 = 150;

/// The rows with what they are numbers of. Compared by identity: an answer may hold many groups.
#[derive(Clone)]
pub struct TableData {
    pub grouping: Rc<Grouping>,
    pub groups: Rc<Groups>,
    pub children: Rc<Children>,
    pub rows: Rc<Rows>,
}

impl PartialEq for TableData {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.grouping, &other.grouping)
            && Rc::ptr_eq(&self.groups, &other.groups)
            && Rc::ptr_eq(&self.children, &other.children)
            && Rc::ptr_eq(&self.rows, &other.rows)
    }
}

impl TableData {
    /// The figures of a group, if it is there.
    pub fn figures(&self, key: &GroupKey) -> Option<&Figures> {
        let group = match &key.second {
            None => self.groups.find(&key.first),
            Some(second) => self.children.find(&key.first, second),
        };
        group.map(|group| &group.figures)
    }

    /// The service of an operation's group.
    pub fn service(&self, key: &GroupKey) -> Option<Rc<str>> {
        let group = match &key.second {
            None => self.groups.find(&key.first),
            Some(second) => self.children.find(&key.first, second),
        };
        group.and_then(|group| group.service.clone())
    }
}

/// How far own time is.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnTime {
    Ready,
    /// In words.
    Working(String),
    Failed(String),
}

/// Everything that the table is drawn from.
#[derive(Clone, PartialEq)]
pub struct Found {
    /// `None` until the first answer.
    pub data: Option<TableData>,
    pub sort: Rc<Vec<(Column, Direction)>>,
    pub totals: Rc<Figures>,
    /// The percentiles of the total are not there: why.
    pub no_totals: Option<&'static str>,
    pub is_stale: bool,
    pub own: OwnTime,
    /// A column that must be worked out before the question can be asked, in words.
    pub waits_for: Option<String>,
    pub error: Option<String>,
    pub retry: Callback<()>,
}

fn percent_of(permille: u32) -> String {
    units::percent(u64::from(permille / 10), 100)
}

fn words_of(progress: &Progress) -> Option<String> {
    progress.working.as_ref().map(|(extra, permille)| format!("working out {}, {}", extra.label(), percent_of(*permille)))
}

/// Asks for the groups and, of the opened ones, for those below.
#[hook]
pub fn use_groups(props: &ModeProps, params: &StatisticsParams) -> Found {
    let ModeProps { session, store, scope } = props;
    let has_own_column = params.columns.contains(&Column::Own) || params.sort.iter().any(|(column, _)| *column == Column::Own);
    let own_wanted = use_memo(has_own_column, |has_own| has_own.then_some(Extra::SELF_TIME).into_iter().collect::<BTreeSet<Extra>>());
    let own = use_extras(session, &own_wanted, false);
    let trace = store.url.trace.clone().filter(|_| params.scope == StatScope::Trace);
    let wanted = use_memo(
        (scope.scope.clone(), params.scope.clone(), trace, params.first.clone(), params.second.clone(), own.is_ready && has_own_column),
        |(scope, by, trace, first, second, with_own)| {
            let scope = query::narrowed(scope, by, trace.as_deref());
            Rc::new(Grouping { scope, first: first.clone(), second: second.clone(), with_own: *with_own })
        },
    );
    let extras = use_memo(wanted.clone(), |wanted| wanted.extras());
    let progress = use_extras(session, &extras, true);
    // What was asked last stays until the next one has its columns.
    let asked = use_mut_ref(|| (session.id, None::<Rc<Grouping>>));
    let asked = {
        let mut asked = asked.borrow_mut();
        if progress.is_ready {
            *asked = (session.id, Some((*wanted).clone()));
        } else if asked.0 != session.id {
            *asked = (session.id, None);
        }
        asked.1.clone()
    };
    let question = use_memo(asked.clone(), |asked| asked.as_ref().map(|asked| Rc::<str>::from(asked.groups_sql())));
    let answer = use_query(session, (*question).clone());
    let current = question.as_deref().and_then(|sql| answer.of(sql)).cloned();
    // The table that is shown, with the grouping that it answers.
    let shown = use_mut_ref(|| (session.id, None::<(Rc<Grouping>, usize, Result<Rc<Groups>, String>)>));
    let shown = {
        let mut shown = shown.borrow_mut();
        if shown.0 != session.id {
            *shown = (session.id, None);
        }
        if let (Some(table), Some(grouping)) = (&current, &asked) {
            let place = Rc::as_ptr(table) as usize;
            if !shown.1.as_ref().is_some_and(|(known, at, _)| *at == place && Rc::ptr_eq(known, grouping)) {
                let groups = Groups::read(table).map(Rc::new).map_err(|error| error.to_string());
                shown.1 = Some((grouping.clone(), place, groups));
            }
        }
        shown.1.clone()
    };
    let groups: Option<Rc<Groups>> = shown.as_ref().and_then(|(_, _, groups)| groups.as_ref().ok().cloned());
    let grouping = shown.as_ref().map(|(grouping, ..)| grouping.clone());

    let below = use_memo((asked.clone(), params.open.clone()), |(asked, open)| {
        asked.as_ref().and_then(|asked| asked.children_sql(open)).map(Rc::<str>::from)
    });
    let below = use_query(session, (*below).clone());
    let children = {
        let (table, groups) = (below.table.clone(), groups.clone());
        let key = (table.as_ref().map(|table| Rc::as_ptr(table) as usize), groups.as_ref().map(|groups| Rc::as_ptr(groups) as usize));
        use_memo(key, move |_| {
            let read = table.as_ref().zip(groups.as_ref()).map(|(table, groups)| Children::read(table, groups));
            match read {
                Some(Ok(children)) => Ok(Rc::new(children)),
                Some(Err(error)) => Err(error.to_string()),
                None => Ok(Rc::default()),
            }
        })
    };
    let children_now: Rc<Children> = children.as_ref().as_ref().ok().cloned().unwrap_or_default();

    let has_own = groups.as_ref().is_some_and(|groups| groups.has_own);
    let sort = use_memo((params.sort.clone(), has_own), |(sort, has_own)| model::sort_in_force(sort, *has_own));
    let rows = {
        let wanted = Wanted {
            names: params.names.clone(),
            bounds: Wanted::bounds_of(&params.bounds),
            sort: (*sort).clone(),
            open: params.open.clone(),
            has_second: params.second.is_some(),
        };
        let (groups, children) = (groups.clone(), children_now.clone());
        let key = (groups.as_ref().map(|groups| Rc::as_ptr(groups) as usize), Rc::as_ptr(&children) as usize, wanted, params.heat);
        use_memo(key, move |(_, _, wanted, heat)| {
            groups.as_ref().map(|groups| Rows::build(groups, &children, wanted, *heat)).unwrap_or_default()
        })
    };
    let data =
        grouping.zip(groups.clone()).map(|(grouping, groups)| TableData { grouping, groups, children: children_now, rows: rows.clone() });

    // Of exactly the groups that are shown.
    let total_question = {
        let data = data.clone();
        use_memo(data.clone(), move |_| {
            let data = data.as_ref().filter(|data| !data.groups.is_cut)?;
            data.grouping.totals_sql(data.rows.shown_values(&data.groups).as_shown()).map(Rc::<str>::from)
        })
    };
    let total_answer = use_later_query(session, (*total_question).clone());
    let totals = {
        let (data, table) = (data.clone(), total_question.as_deref().and_then(|sql| total_answer.of(sql)).cloned());
        let key = (data.clone(), table.as_ref().map(|table| Rc::as_ptr(table) as usize));
        use_memo(key, move |_| {
            let sums = data.as_ref().map(|data| data.rows.sums(&data.groups)).unwrap_or_default();
            match &table {
                Some(table) => model::with_totals(sums.clone(), table).unwrap_or(sums),
                None => sums,
            }
        })
    };
    let no_totals = match &data {
        Some(data) if data.groups.is_cut => Some("Not all groups are shown"),
        Some(_) if total_question.is_none() => Some("Too many groups are shown to ask for them together"),
        Some(_) if total_answer.error.is_some() => Some("This could not be worked out"),
        _ => None,
    };
    let is_answered = own.is_ready && !answer.pending && asked.as_ref().is_some_and(|asked| asked.with_own);
    let own = match (has_own || is_answered, &own.error) {
        (true, _) => OwnTime::Ready,
        (false, Some(error)) => OwnTime::Failed(error.to_string()),
        (false, None) => OwnTime::Working(match &own.working {
            Some((Extra::Of(_), permille)) => format!("working out… {}", percent_of(*permille)),
            _ => "working out…".to_owned(),
        }),
    };
    let read_error =
        shown.as_ref().and_then(|(_, _, groups)| groups.as_ref().err().cloned()).or_else(|| children.as_ref().as_ref().err().cloned());
    let error = progress.error.as_ref().map(ToString::to_string).or_else(|| error_of(&answer)).or_else(|| error_of(&below)).or(read_error);
    let retry = {
        let (session, extras, answer, below) = (session.clone(), extras.clone(), answer.clone(), below.clone());
        Callback::from(move |()| {
            for extra in extras.iter() {
                session.extras.retry(extra);
            }
            answer.retry();
            below.retry();
        })
    };
    Found {
        is_stale: answer.pending || below.pending || !progress.is_ready,
        waits_for: if progress.is_ready { None } else { words_of(&progress) },
        data,
        sort,
        totals,
        no_totals,
        own,
        error,
        retry,
    }
}

fn error_of(answer: &Answer) -> Option<String> {
    answer.error.as_ref().map(ToString::to_string)
}

/// Lines of the groups that were in view; `None` of a line: the group has no spans with a time.
pub type Lines = Rc<FastMap<GroupKey, Rc<Line>>>;

/// Lines over time for the rows in view, asked when scrolling has come to rest, kept as long as the grouping is the same.
#[hook]
pub fn use_trends(
    session: &Rc<Session>,
    data: Option<&TableData>,
    trace: Option<&str>,
    is_wanted: bool,
) -> (Lines, Callback<(usize, usize)>) {
    let lines = use_state(|| (None::<(u32, Rc<str>)>, Lines::default()));
    let view = use_state(|| (0_usize, 0_usize));
    let settle = use_mut_ref(|| None::<Timeout>);
    let onview = {
        let view = view.setter();
        use_callback((), move |range: (usize, usize), ()| {
            let (view, busy) = (view.clone(), Busy::start());
            *settle.borrow_mut() = Some(Timeout::new(SETTLE_MS, move || {
                view.set(range);
                drop(busy);
            }));
        })
    };
    let grouping = data.map(|data| data.grouping.clone());
    // Own time is no part of it: its coming asks nothing again.
    let of: Option<(u32, Rc<str>)> = grouping.as_ref().map(|grouping| {
        let second = grouping.second.as_ref().map(|second| second.slug()).unwrap_or_default();
        (session.id, format!("{}\n{second}\n{}", grouping.first.slug(), grouping.scope.from_where(&[])).into())
    });
    let known = if lines.0 == of { lines.1.clone() } else { Lines::default() };
    let missing: Vec<GroupKey> = match data.filter(|_| is_wanted) {
        None => Vec::new(),
        Some(data) => (view.0..view.1)
            .filter_map(|at| data.rows.key(at, &data.groups, &data.children))
            .filter(|key| !known.contains_key(key))
            .collect(),
    };
    let time = time_of(session, grouping.as_deref(), trace);
    let statements: Rc<Vec<Rc<str>>> = {
        let grouping = grouping.clone();
        use_memo((of.clone(), missing.clone(), time), move |(_, missing, time)| {
            let statements = grouping.as_ref().zip(*time).map(|(grouping, time)| trend::trend_sql(grouping, time, missing));
            statements.unwrap_or_default().into_iter().map(Rc::from).collect()
        })
    };
    let first = use_later_query(session, statements.first().cloned());
    let second = use_later_query(session, statements.get(1).cloned());
    let answered = |answer: &Answer, at: usize| statements.get(at).is_none_or(|sql| answer.of(sql).is_some());
    let is_answered = !statements.is_empty() && answered(&first, 0) && answered(&second, 1);
    {
        let (lines, tables) = (lines.setter(), [first.table.clone(), second.table.clone()]);
        use_effect_with((is_answered, statements.clone()), move |(is_answered, _)| {
            if !*is_answered {
                return;
            }
            let mut found: FastMap<GroupKey, Vec<Part>> = FastMap::default();
            for table in tables.iter().flatten() {
                // An answer of another shape is no line.
                drop(trend::read_into(&mut found, table));
            }
            let mut all = (*known).clone();
            for key in missing {
                let parts = found.remove(&key).unwrap_or_default();
                all.insert(key, Rc::new(trend::line(&parts)));
            }
            lines.set((of, Rc::new(all)));
        });
    }
    (if is_wanted { lines.1.clone() } else { Lines::default() }, onview)
}

/// The time that lines go over: the range of the scope, of a trace its own, else the file's.
fn time_of(session: &Session, grouping: Option<&Grouping>, trace: Option<&str>) -> Option<Span> {
    let scope = &grouping?.scope;
    let trace = trace.and_then(|id| session.traces.find(id)).and_then(|number| session.traces.get(number));
    let (from, to) = trace.map(|trace| (trace.start_ns, trace.end_ns)).or(session.totals.start_ns.zip(session.totals.end_ns))?;
    Some(Span { from_ns: scope.from_ns.unwrap_or(from), to_ns: scope.to_ns.unwrap_or(to) })
}
