//! The engine's tables of the plain table's orders: which there are, and the making of those that are wanted.
//!
//! They belong to the open file, not to a view: an order that was just left is there again at once. Of a long order the first rows are made by
//! themselves, because they are ready several times sooner than all of it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use yew::platform::spawn_local;

use super::{query, windows::ROWS};
use crate::{
    engine::EngineError,
    state::{once::Once, session::Session},
};

/// Orders that are kept: the present one and the one before.
const KEPT: usize = 2;

/// First rows of an order that are made by themselves: whole windows.
const FIRST_ROWS: usize = 2 * ROWS;

/// A table of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderTable {
    pub number: u32,
    /// Rows.
    pub count: usize,
}

#[derive(Default)]
struct Orders {
    session: u32,
    codes: Once,
    made: RefCell<VecDeque<(String, OrderTable)>>,
    next: Cell<u32>,
    /// The table of first rows that was made last.
    first: Cell<Option<u32>>,
    /// The row from which the reader left for its trace, and its order.
    left: RefCell<Option<(String, usize)>>,
}

impl Orders {
    fn number(&self) -> u32 {
        self.next.replace(self.next.get().wrapping_add(1))
    }
}

thread_local! {
    static ORDERS: RefCell<Rc<Orders>> = RefCell::default();
}

/// Of this file; those of another one went with its database.
fn orders_of(session: &Session) -> Rc<Orders> {
    ORDERS.with_borrow_mut(|orders| {
        if orders.session != session.id {
            *orders = Rc::new(Orders { session: session.id, ..Orders::default() });
        }
        orders.clone()
    })
}

/// The reader leaves the order at this row.
pub fn leave(session: &Session, order_sql: &str, row: usize) {
    *orders_of(session).left.borrow_mut() = Some((order_sql.to_owned(), row));
}

/// Where the reader left this order, said once.
pub fn left_at(session: &Session, order_sql: &str) -> Option<usize> {
    let orders = orders_of(session);
    let left = orders.left.borrow_mut().take();
    left.filter(|(order, _)| order == order_sql).map(|(_, row)| row)
}

/// The rows to begin with: the table of an order where it is there already, or made quickly; otherwise one of its first rows alone. `total` is how
/// many rows the order will have, where that is known. Answers with that number too.
pub async fn begin(session: &Rc<Session>, order_sql: &str, total: Option<usize>) -> Result<(OrderTable, usize), EngineError> {
    let orders = orders_of(session);
    let is_made = orders.made.borrow().iter().any(|(sql, _)| sql == order_sql);
    let Some(total) = total.filter(|total| *total > FIRST_ROWS && !is_made) else {
        return table_of(session, order_sql).await.map(|table| (table, table.count));
    };
    make_codes(session, &orders).await?;
    let number = orders.number();
    session.engine.query(&query::create_order_sql(number, &query::first_rows_sql(order_sql, FIRST_ROWS))).await?;
    if let Some(old) = orders.first.replace(Some(number)) {
        drop_later(session, old);
    }
    Ok((OrderTable { number, count: FIRST_ROWS }, total))
}

/// The table of an order, made where there is none. Other questions go before its making.
pub async fn table_of(session: &Rc<Session>, order_sql: &str) -> Result<OrderTable, EngineError> {
    let orders = orders_of(session);
    let known = orders.made.borrow().iter().position(|(sql, _)| sql == order_sql);
    if let Some(entry) = known.and_then(|at| orders.made.borrow_mut().remove(at)) {
        let table = entry.1;
        orders.made.borrow_mut().push_back(entry);
        return Ok(table);
    }
    make_codes(session, &orders).await?;
    let number = orders.number();
    session.engine.query_later(&query::create_order_sql(number, order_sql)).await?;
    let rows = session.engine.query(&query::count_sql(number)).await?.ints("rows")?.get(0);
    let table = OrderTable { number, count: rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0) };
    let mut made = orders.made.borrow_mut();
    made.push_back((order_sql.to_owned(), table));
    while made.len() > KEPT
        && let Some((_, old)) = made.pop_front()
    {
        drop_later(session, old.number);
    }
    Ok(table)
}

async fn make_codes(session: &Session, orders: &Orders) -> Result<(), EngineError> {
    let make = || {
        let engine = session.engine.clone();
        Box::pin(async move {
            for sql in query::codes_sql() {
                engine.query(&sql).await?;
            }
            Ok(())
        }) as _
    };
    orders.codes.done(make).await
}

fn drop_later(session: &Session, number: u32) {
    let dropped = session.engine.query_later(&query::drop_order_sql(number));
    spawn_local(async move { drop(dropped.await) });
}
