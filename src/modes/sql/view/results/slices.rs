//! Work over very many rows, done in slices between which the page goes on: the order of rows, the rows that are searched for, the figures
//! of columns.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use gloo::timers::future::TimeoutFuture;
use yew::{platform::spawn_local, prelude::*};

use crate::{
    browser::document,
    modes::sql::{
        results::{
            find::Finding,
            order::{SortColumn, Sorting},
            profile::{Profile, Profiling},
        },
        runs::run::Run,
    },
    state::busy::Busy,
};

/// The page is given a turn after this time.
const SLICE_MS: f64 = 12.0;
/// Rows of a step: none takes longer than a slice.
const STEP_ROWS: usize = 8_192;
/// The figures of longer results are not waited for: they come while the reader reads.
const AWAITED_ROWS: usize = 100_000;

/// Does steps until one gives something; `None` once nobody waits any more.
pub async fn in_slices<T>(wanted: &Weak<()>, mut step: impl FnMut() -> Option<T>) -> Option<T> {
    loop {
        let began_ms = document::now_ms();
        while document::now_ms() - began_ms < SLICE_MS {
            if let Some(done) = step() {
                return Some(done);
            }
        }
        TimeoutFuture::new(0).await;
        wanted.upgrade()?;
    }
}

/// Which rows are shown, in which order; all of them as they came without one.
#[derive(Clone, Default)]
pub struct Shown {
    pub rows: Option<Rc<Vec<u32>>>,
    /// Another order is on its way.
    pub is_late: bool,
}

impl Shown {
    pub fn count(&self, all: usize) -> usize {
        self.rows.as_ref().map_or(all, |rows| rows.len())
    }

    /// The row of the result that is shown in a place.
    pub fn row(&self, place: usize) -> Option<usize> {
        match &self.rows {
            Some(rows) => rows.get(place).map(|row| *row as usize),
            None => Some(place),
        }
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.rows, &other.rows) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same && self.is_late == other.is_late
    }
}

/// The rows of a result that is complete, searched and sorted.
#[hook]
pub fn use_shown(run: &Rc<Run>, is_over: bool, sort: &[SortColumn], needle: &str) -> Shown {
    let shown = use_state(Shown::default);
    {
        let (shown, run) = (shown.clone(), run.clone());
        use_effect_with((is_over, sort.to_vec(), needle.trim().to_owned()), move |(is_over, sort, needle)| {
            let wanted = Rc::new(());
            let is_plain = !is_over || (sort.is_empty() && needle.is_empty());
            if is_plain {
                shown.set(Shown::default());
            } else {
                shown.set(Shown { is_late: true, ..(*shown).clone() });
                let (wanted, sort, needle, busy) = (Rc::downgrade(&wanted), sort.clone(), needle.clone(), Busy::start());
                spawn_local(async move {
                    if let Some(rows) = found(&run, &wanted, sort, &needle).await {
                        shown.set(Shown { rows: Some(Rc::new(rows)), is_late: false });
                    }
                    drop(busy);
                });
            }
            move || drop(wanted)
        });
    }
    (*shown).clone()
}

async fn found(run: &Rc<Run>, wanted: &Weak<()>, sort: Vec<SortColumn>, needle: &str) -> Option<Vec<u32>> {
    let rows = if needle.is_empty() {
        (0..u32::try_from(run.rows()).unwrap_or(u32::MAX)).collect()
    } else {
        let mut finding = Finding::new(needle);
        in_slices(wanted, || finding.step(&run.result.borrow(), STEP_ROWS)).await?
    };
    let mut sorting = Sorting::new(sort, rows);
    in_slices(wanted, || sorting.step(&run.result.borrow(), STEP_ROWS)).await
}

/// Figures of columns, as far as they are known.
#[derive(Clone, Default)]
pub struct Profiles {
    known: Rc<RefCell<BTreeMap<usize, Rc<Profile>>>>,
    version: usize,
}

impl PartialEq for Profiles {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.known, &other.known) && self.version == other.version
    }
}

impl Profiles {
    pub fn of(&self, column: usize) -> Option<Rc<Profile>> {
        self.known.borrow().get(&column).cloned()
    }
}

/// The figures of the first so many columns of a result that is complete.
#[hook]
pub fn use_profiles(run: &Rc<Run>, is_over: bool, columns: usize) -> Profiles {
    let profiles = use_state(Profiles::default);
    {
        let (profiles, run) = (profiles.clone(), run.clone());
        use_effect_with((is_over, columns), move |(is_over, columns)| {
            let wanted = Rc::new(());
            if *is_over {
                let (watched, columns, known) = (Rc::downgrade(&wanted), *columns, profiles.known.clone());
                let busy = (run.rows() <= AWAITED_ROWS).then(Busy::start);
                spawn_local(async move {
                    for column in 0..columns {
                        if known.borrow().contains_key(&column) {
                            continue;
                        }
                        let mut profiling = Profiling::new(column);
                        let Some(profile) = in_slices(&watched, || profiling.step(&run.result.borrow(), STEP_ROWS)).await else { break };
                        let version = {
                            let mut known = known.borrow_mut();
                            known.insert(column, Rc::new(profile));
                            known.len()
                        };
                        profiles.set(Profiles { known: known.clone(), version });
                    }
                    drop(busy);
                });
            }
            move || drop(wanted)
        });
    }
    (*profiles).clone()
}
