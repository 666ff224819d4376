//! What the mode shows: the questions, their answers read once, what is still being worked out. Hooks only.

use std::{collections::BTreeSet, ops::Deref, rc::Rc};

use yew::prelude::*;

use super::super::{
    exemplars::{self, Exemplar},
    failures::Failures,
    figures::{self, Group, Groups, Measure},
    minutes::{self, Kept},
    params::{Below, RedParams, Which},
    query::{Question, Trends},
    series,
    sparks::{self, Sparks},
};
use crate::{
    core::{
        red::{
            buckets::{Buckets, Window},
            heat::HeatMap,
            selection::Selection,
            series::Series,
        },
        units,
    },
    engine::{Table, TableError},
    modes::ModeProps,
    state::{
        dimension::GroupValue,
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        queries::{use_later_query, use_query},
        session::Session,
    },
};

/// Cards that are shown, and groups that have a small chart of their own.
pub const CARDS: usize = 24;
pub const MANY: usize = 12;
/// Rows that have small lines: those with the most spans.
const SPARKS: usize = 1_000;

/// What was read from one answer: the same only as long as it is the same answer, without looking into it.
pub struct Same<T>(Rc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// An answer that was read, with what it answers. An earlier one stays while the next is under way.
pub struct Read<T> {
    pub value: Option<Rc<T>>,
    pub question: Option<Rc<Question>>,
    pub is_stale: bool,
    pub error: Option<String>,
    pub retry: Callback<()>,
}

impl<T> Clone for Read<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            question: self.question.clone(),
            is_stale: self.is_stale,
            error: self.error.clone(),
            retry: self.retry.clone(),
        }
    }
}

impl<T> PartialEq for Read<T> {
    fn eq(&self, other: &Self) -> bool {
        let is_same = match (&self.value, &other.value) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        is_same && self.is_stale == other.is_stale && self.error == other.error && self.question == other.question
    }
}

impl<T> Read<T> {
    /// What is made of the value.
    fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Read<U> {
        Read {
            value: self.value.as_deref().map(make).map(Rc::new),
            question: self.question.clone(),
            is_stale: self.is_stale,
            error: self.error.clone(),
            retry: self.retry.clone(),
        }
    }
}

/// When an answer is wanted.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// The reader waits for it.
    Now,
    /// It completes what is there.
    Later,
}

/// The statement, its answer, and how far it is.
struct Last<T> {
    sql: Rc<str>,
    question: Rc<Question>,
    value: Result<Rc<T>, String>,
}

/// Asks for `sql` (nothing while it is `None`) and reads each answer once.
#[hook]
fn use_read<T: 'static>(
    session: &Rc<Session>,
    question: Option<&Rc<Question>>,
    sql: Option<String>,
    when: When,
    read: impl FnOnce(&Question, &Table) -> Result<T, TableError>,
) -> Read<T> {
    let sql: Option<Rc<str>> = sql.map(Rc::from);
    let now = use_query(session, sql.clone().filter(|_| when == When::Now));
    let later = use_later_query(session, sql.clone().filter(|_| when == When::Later));
    let answer = if when == When::Now { now } else { later };
    let kept = use_mut_ref(|| (session.id, None::<Last<T>>));
    let mut kept = kept.borrow_mut();
    if kept.0 != session.id {
        *kept = (session.id, None);
    }
    if let (Some(sql), Some(question)) = (&sql, question)
        && let Some(table) = answer.of(sql)
        && kept.1.as_ref().is_none_or(|kept| kept.sql != *sql)
    {
        let value = read(question, table).map(Rc::new).map_err(|error| error.to_string());
        kept.1 = Some(Last { sql: sql.clone(), question: question.clone(), value });
    }
    let retry = {
        let answer = answer.clone();
        Callback::from(move |()| answer.retry())
    };
    let read_error = kept.1.as_ref().and_then(|kept| kept.value.as_ref().err().cloned());
    Read {
        value: kept.1.as_ref().and_then(|kept| kept.value.as_ref().ok().cloned()),
        question: kept.1.as_ref().map(|kept| kept.question.clone()),
        is_stale: answer.pending,
        error: answer.error.as_ref().map(ToString::to_string).or(read_error),
        retry,
    }
}

/// The cards, in order, and what they are measured by.
#[derive(Clone, PartialEq)]
pub struct Cards {
    pub groups: Same<Groups>,
    /// Numbers of the groups, what is worst first.
    pub worst: Rc<Vec<u32>>,
    /// In the order of the table.
    pub order: Rc<Vec<u32>>,
    pub measure: Measure,
}

impl Cards {
    pub fn shown(&self) -> impl Iterator<Item = &Group> {
        self.worst.iter().take(CARDS).filter_map(|at| self.groups.get(*at))
    }
}

/// The operations of the subject, in order.
#[derive(Clone, PartialEq)]
pub struct Operations {
    pub groups: Same<Groups>,
    pub order: Rc<Vec<u32>>,
    pub measure: Measure,
}

/// Everything that the page is drawn from.
#[derive(Clone, PartialEq)]
pub struct Found {
    /// What is asked for at present; `None` until its columns are there for the first time.
    pub question: Option<Rc<Question>>,
    pub cards: Option<Cards>,
    /// Figures of all spans, as a list of one.
    pub total: Read<Groups>,
    pub series: Read<Series>,
    /// Small multiples: a series a shown card.
    pub many: Read<Vec<Series>>,
    pub heat: Read<HeatMap>,
    pub operations: Option<Operations>,
    pub failures: Read<Failures>,
    pub kept: Read<Kept>,
    pub card_sparks: Same<Sparks>,
    pub all_spark: Same<Sparks>,
    pub operation_sparks: Same<Sparks>,
    pub is_stale: bool,
    pub are_operations_stale: bool,
    /// A column that must be worked out before the question can be asked, in words.
    pub waits_for: Option<String>,
    /// How far own time is, in words; `None` when it is there.
    pub own_waits: Option<String>,
    pub error: Option<String>,
    pub retry: Callback<()>,
}

fn words_of(progress: &Progress) -> Option<String> {
    let (extra, permille) = progress.working.as_ref()?;
    Some(format!("working out {}, {}", extra.label(), units::percent(u64::from(permille / 10), 100)))
}

/// The time range in view: that of the address, else the file's own.
fn window_of(props: &ModeProps) -> Window {
    let (totals, scope) = (&props.session.totals, &props.scope.scope);
    let from_ns = scope.from_ns.or(totals.start_ns).unwrap_or(0);
    Window { from_ns, to_ns: scope.to_ns.or(totals.end_ns).unwrap_or(from_ns).max(from_ns) }
}

/// The name of what the charts are of, with the spans that count where not all do.
pub fn subject_name(question: &Question) -> String {
    let which = question.which;
    match &question.subject {
        None => which.all().to_owned(),
        Some(value) => {
            let name = match value {
                None => format!("Without {}", question.by.label().to_lowercase()),
                Some(value) => figures::label(Some(value)).into_owned(),
            };
            if which == Which::All { name } else { format!("{name}, {}", which.label().to_lowercase()) }
        }
    }
}

/// Asks in the order in which a reader looks.
#[hook]
pub fn use_red(props: &ModeProps, params: &RedParams) -> Found {
    let ModeProps { session, scope, .. } = props;
    let window = window_of(props);
    let wanted = use_memo(
        (scope.scope.clone(), params.which, params.by.clone(), params.subject.clone(), window, params.step_ns),
        |(scope, which, by, subject, window, step_ns)| {
            Rc::new(Question {
                scope: (**scope).clone(),
                which: *which,
                by: by.clone(),
                subject: subject.clone(),
                window: *window,
                buckets: Buckets::over(*window, *step_ns),
            })
        },
    );
    let extras = use_memo(wanted.clone(), |wanted| wanted.extras());
    let progress = use_extras(session, &extras, true);
    // What was asked last stays until the next one has its columns.
    let asked = use_mut_ref(|| (session.id, None::<Rc<Question>>));
    let asked = {
        let mut asked = asked.borrow_mut();
        if progress.is_ready {
            *asked = (session.id, Some((*wanted).clone()));
        } else if asked.0 != session.id {
            *asked = (session.id, None);
        }
        asked.1.clone()
    };
    let question = asked.as_ref();
    let groups = use_read(session, question, question.map(|question| question.groups_sql()), When::Now, |_, table| Groups::read(table));
    let series = use_read(session, question, question.map(|question| question.series_sql()), When::Now, |question, table| {
        series::read_series(&subject_name(question), question.buckets, table)
    });

    let cards = {
        let measure =
            groups.question.as_ref().map(|question| Measure { window: question.window, limits: params.limits, largest_own_ms: 0.0 });
        let list = groups.value.clone();
        let key = (list.as_ref().map(|list| Rc::as_ptr(list) as usize), measure, params.sort);
        use_memo(key, move |(_, measure, sort)| {
            let (groups, measure) = (list?, (*measure)?);
            let worst = Rc::new(groups.order(None, &measure));
            let order = if sort.is_some() { Rc::new(groups.order(*sort, &measure)) } else { worst.clone() };
            Some(Cards { groups: Same(groups), worst, order, measure })
        })
    };
    let cards: Option<Cards> = (*cards).clone();

    // Operations, with own time as soon as it is there.
    let shows_operations = params.below == Below::Operations;
    let own_wanted = use_memo(shows_operations, |shown| shown.then_some(Extra::SELF_TIME).into_iter().collect::<BTreeSet<Extra>>());
    let own = use_extras(session, &own_wanted, false);
    let has_own = own.is_ready && shows_operations;
    let operations_sql = question.filter(|_| shows_operations).map(|question| question.operations_sql(has_own));
    let operations_read = use_read(session, question, operations_sql, When::Now, |_, table| Groups::read(table));
    let operations = {
        let list = operations_read.value.clone();
        let measure = operations_read.question.as_ref().map(|question| Measure {
            window: question.window,
            limits: params.limits,
            largest_own_ms: list.as_ref().map_or(0.0, |list| list.largest_own_ms()),
        });
        let key = (list.as_ref().map(|list| Rc::as_ptr(list) as usize), measure, params.operations_sort);
        use_memo(key, move |(_, measure, sort)| {
            let (groups, measure) = (list?, (*measure)?);
            let order = Rc::new(groups.order(super::super::figures::operations_sort(*sort, groups.has_own()), &measure));
            Some(Operations { groups: Same(groups), order, measure })
        })
    };

    // One card of many: it must not hold up the others.
    let total = use_read(session, question, question.map(|question| question.total_sql()), When::Later, |_, table| Groups::read(table));
    let heat = use_read(session, question, question.map(|question| question.heat_sql()), When::Later, |question, table| {
        series::read_heat(question.buckets, table)
    });
    let all_trend =
        use_read(session, question, question.map(|question| question.all_trend_sql()), When::Later, |_, table| sparks::read(table));
    let values = |groups: Option<&Rc<Groups>>| -> Vec<GroupValue> {
        groups.map(|groups| groups.groups.iter().take(SPARKS).map(Group::owned_value).collect()).unwrap_or_default()
    };
    let trends_sql = |of: Trends, groups: &Read<Groups>| {
        let question = question.filter(|_| !groups.is_stale)?;
        let values = values(groups.value.as_ref());
        (!values.is_empty()).then(|| question.trends_sql(of, &values))
    };
    let card_trends = use_read(session, question, trends_sql(Trends::Cards, &groups), When::Later, |_, table| sparks::read(table));
    let operation_trends =
        use_read(session, question, trends_sql(Trends::Operations, &operations_read), When::Later, |_, table| sparks::read(table));
    let wanted_many: Vec<(GroupValue, Rc<str>)> = cards
        .as_ref()
        .filter(|_| params.many && !groups.is_stale)
        .map(|cards| cards.shown().take(MANY).map(|group| (group.owned_value(), Rc::from(&*group.label()))).collect())
        .unwrap_or_default();
    let many_sql = question.filter(|_| !wanted_many.is_empty()).map(|question| {
        let values: Vec<GroupValue> = wanted_many.iter().map(|(value, _)| value.clone()).collect();
        question.many_sql(&values)
    });
    let many =
        use_read(session, question, many_sql, When::Later, |question, table| series::read_many(&wanted_many, question.buckets, table));
    let failures_sql = question.filter(|_| params.below == Below::Exceptions).map(|question| question.failures_sql());
    let failures = use_read(session, question, failures_sql, When::Later, |_, table| Failures::read(table));
    let minutes_sql = question.filter(|_| params.below == Below::Objective).map(|question| question.minutes_sql(params.slo));
    let minutes = use_read(session, question, minutes_sql, When::Later, |_, table| minutes::read(table));
    // Only one of the objective's three numbers is in the statement.
    let kept = use_memo((minutes.clone(), params.slo), |(minutes, slo)| minutes.map(|minutes| Kept::of(*slo, minutes)));

    let error = progress
        .error
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| groups.error.clone())
        .or_else(|| total.error.clone())
        .or_else(|| series.error.clone())
        .or_else(|| operations_read.error.clone())
        .or_else(|| heat.error.clone());
    let retry = {
        let (session, extras) = (session.clone(), extras.clone());
        let again = [&groups.retry, &total.retry, &series.retry, &operations_read.retry, &heat.retry].map(Clone::clone);
        Callback::from(move |()| {
            for extra in extras.iter() {
                session.extras.retry(extra);
            }
            for retry in &again {
                retry.emit(());
            }
        })
    };
    let none = use_memo((), |()| Sparks::default());
    let sparks_of = |read: &Read<Sparks>| Same(read.value.clone().unwrap_or_else(|| none.clone()));
    Found {
        question: asked.clone(),
        is_stale: groups.is_stale || series.is_stale || !progress.is_ready,
        are_operations_stale: operations_read.is_stale,
        waits_for: if progress.is_ready { None } else { words_of(&progress) },
        own_waits: if has_own && operations_read.value.as_ref().is_some_and(|groups| groups.has_own()) {
            None
        } else {
            own.error
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| Some(words_of(&own).unwrap_or_else(|| "working out own time".to_owned())))
        },
        card_sparks: sparks_of(&card_trends),
        all_spark: sparks_of(&all_trend),
        operation_sparks: sparks_of(&operation_trends),
        cards,
        total,
        series,
        many,
        heat,
        operations: (*operations).clone(),
        failures,
        kept: (*kept).clone(),
        error,
        retry,
    }
}

/// The spans of a mark.
#[derive(Clone, PartialEq)]
pub struct Marked {
    pub selection: Option<Selection>,
    pub count: Option<(u64, u64)>,
    pub spans: Read<Vec<Exemplar>>,
}

#[hook]
pub fn use_marked(session: &Rc<Session>, question: Option<&Rc<Question>>, selection: Option<Selection>, failed_first: bool) -> Marked {
    let wanted = use_memo(selection.is_some(), |wanted| wanted.then_some(Extra::AGENT).into_iter().collect::<BTreeSet<Extra>>());
    let agents = use_extras(session, &wanted, false);
    let with_agent = agents.is_ready && selection.is_some();
    let asked = question.zip(selection);
    let spans_sql = asked.map(|(question, selection)| question.exemplars_sql(&selection, failed_first, with_agent));
    let spans = use_read(session, question, spans_sql, When::Now, |_, table| exemplars::read(table));
    let count_sql = asked.map(|(question, selection)| question.marked_sql(&selection));
    let count = use_read(session, question, count_sql, When::Now, |_, table| exemplars::read_count(table));
    Marked { selection, count: count.value.as_deref().copied(), spans }
}
