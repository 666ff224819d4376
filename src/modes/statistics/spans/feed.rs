//! The rows of one order while the reader scrolls: asks the engine for what is in view, and for what will be. One question of each half is
//! under way at a time; the next one is chosen by what is in view then, so that a dragged scroll bar never leaves questions behind it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    ops::Range,
    rc::Rc,
};

use yew::{Callback, platform::spawn_local};

use super::{
    model::{self, Light, Rest},
    orders::OrderTable,
    query,
    windows::{Half, Windows},
};
use crate::{
    engine::EngineError,
    state::{busy::Busy, extras::Extra, session::Session},
};

pub struct Feed {
    session: Rc<Session>,
    /// Rows of the order, be they here or not.
    pub count: usize,
    /// Tells this feed from others.
    pub id: u32,
    /// Where rows are read; at first perhaps of the first rows alone.
    table: Cell<OrderTable>,
    windows: RefCell<Windows>,
    ready: RefCell<Rc<BTreeSet<Extra>>>,
    /// By half: light, rest.
    running: [Cell<bool>; 2],
    /// Another order is wanted: what is here stays, nothing more is asked.
    is_closed: Cell<bool>,
    pub error: RefCell<Option<EngineError>>,
    changed: Callback<()>,
}

impl Feed {
    /// `count` rows, of which `table` has the first.
    pub fn new(session: Rc<Session>, table: OrderTable, count: usize, changed: Callback<()>) -> Rc<Self> {
        Rc::new(Self {
            session,
            count,
            id: table.number,
            table: Cell::new(table),
            windows: RefCell::new(Windows::new(count)),
            ready: RefCell::default(),
            running: Default::default(),
            is_closed: Cell::new(false),
            error: RefCell::default(),
            changed,
        })
    }

    /// Fetches the first rows before anybody sees the feed: those of the order before stay in view until then.
    pub async fn begin(self: &Rc<Self>, rows: Range<usize>) {
        self.windows.borrow_mut().look(rows);
        let [light, _] = &self.running;
        light.set(true);
        if let Some(rows) = self.next(Half::Light)
            && let Err(error) = self.ask(Half::Light, rows).await
        {
            *self.error.borrow_mut() = Some(error);
        }
        light.set(false);
        self.go_on();
    }

    /// The reader looks at these rows.
    pub fn look(self: &Rc<Self>, rows: Range<usize>) {
        self.windows.borrow_mut().look(rows);
        self.go_on();
    }

    /// Columns that can be asked for.
    pub fn set_ready(self: &Rc<Self>, ready: &Rc<BTreeSet<Extra>>) {
        if **self.ready.borrow() != **ready {
            *self.ready.borrow_mut() = ready.clone();
            self.windows.borrow_mut().age_rests();
            self.go_on();
        }
    }

    pub fn close(&self) {
        self.is_closed.set(true);
    }

    /// The table has all rows, and they are still asked for.
    pub fn is_complete(&self) -> bool {
        self.table.get().count >= self.count && !self.is_closed.get()
    }

    /// All rows are there now, or will never be.
    pub fn complete(self: &Rc<Self>, table: Result<OrderTable, EngineError>) {
        match table {
            Ok(table) => {
                self.table.set(table);
                self.go_on();
            }
            Err(EngineError::Cancelled) => {}
            Err(error) => {
                *self.error.borrow_mut() = Some(error);
                self.changed.emit(());
            }
        }
    }

    /// The rows to ask for next, as far as the table goes.
    fn next(&self, half: Half) -> Option<Range<usize>> {
        let reach = self.table.get().count;
        self.windows.borrow().next(half).filter(|rows| !self.is_closed.get() && rows.end <= reach)
    }

    /// Asks again after an error.
    pub fn retry(self: &Rc<Self>) {
        *self.error.borrow_mut() = None;
        self.go_on();
    }

    /// The first row to show in place of rows of which none is here.
    pub fn stand_in(&self, seen: &Range<usize>) -> Option<usize> {
        self.windows.borrow_mut().stand_in(seen)
    }

    pub fn light(&self, row: usize) -> Option<(Rc<Vec<Light>>, usize)> {
        self.windows.borrow().lights_of(row)
    }

    pub fn rest(&self, row: usize) -> Option<(Rc<Vec<Rest>>, usize)> {
        self.windows.borrow().rests_of(row)
    }

    fn go_on(self: &Rc<Self>) {
        for (half, running) in [Half::Light, Half::Rest].into_iter().zip(&self.running) {
            if self.next(half).is_some() && !running.replace(true) {
                let feed = self.clone();
                spawn_local(async move { feed.run(half).await });
            }
        }
    }

    async fn run(self: Rc<Self>, half: Half) {
        let busy = Busy::start();
        while let Some(rows) = self.next(half).filter(|_| self.error.borrow().is_none()) {
            if let Err(error) = self.ask(half, rows).await {
                // Of a closed feed nobody asks any more; its table may be gone.
                if !self.is_closed.get() {
                    *self.error.borrow_mut() = Some(error);
                }
            }
            self.changed.emit(());
        }
        let [light, rest] = &self.running;
        match half {
            Half::Light => light.set(false),
            Half::Rest => rest.set(false),
        }
        drop(busy);
    }

    async fn ask(&self, half: Half, rows: Range<usize>) -> Result<(), EngineError> {
        let engine = &self.session.engine;
        match half {
            Half::Light => {
                let view = self.windows.borrow().view();
                let table = engine.query(&query::light_sql(self.table.get().number, &rows)).await?;
                self.windows.borrow_mut().put_lights(&rows, &view, model::lights(&table)?);
            }
            Half::Rest => {
                let ready = self.ready.borrow().clone();
                let table = engine.query_later(&query::rest_sql(self.table.get().number, &rows, &ready)).await?;
                let is_old = !Rc::ptr_eq(&ready, &self.ready.borrow());
                self.windows.borrow_mut().put_rests(&rows, model::rests(&table)?, is_old);
            }
        }
        Ok(())
    }

    /// The ids of a row, for a reader who is faster than the feed.
    pub async fn ids(&self, row: usize) -> Result<Option<Rest>, EngineError> {
        if let Some((list, at)) = self.rest(row) {
            return Ok(list.get(at).cloned());
        }
        let sql = query::rest_sql(self.table.get().number, &(row..row.saturating_add(1)), &BTreeSet::new());
        let table = self.session.engine.query(&sql).await?;
        Ok(model::rests(&table)?.into_iter().next().map(|(_, rest)| rest))
    }
}
