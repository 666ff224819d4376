//! Which rows of a long table are here, and which to ask for next. Pure.
//!
//! Rows are kept in windows of [`ROWS`]; of two kinds, since what is fast to get must not wait for what is slow. At most [`KEPT`] windows
//! are kept, so that scrolling back is instant and memory does not grow with the table.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use super::model::{Light, Rest};

/// Rows of a window.
pub const ROWS: usize = 128;
/// Windows that are kept.
const KEPT: usize = 64;
/// Rows beyond either edge of the view that belong to it: lists draw some.
const MARGIN: usize = 8;
/// Windows that are asked ahead in the direction of scrolling.
const AHEAD: usize = 3;

/// Which half of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Light,
    Rest,
}

#[derive(Clone, Debug, Default)]
struct Window {
    lights: Option<Rc<Vec<Light>>>,
    rests: Option<Rc<Vec<Rest>>>,
    /// The rests lack columns that have been worked out since.
    is_old: bool,
    /// When it was in view last.
    used: u64,
}

/// What is here of a table of `count` rows.
#[derive(Clone, Debug, Default)]
pub struct Windows {
    count: usize,
    windows: BTreeMap<usize, Window>,
    view: Range<usize>,
    goes_up: bool,
    clock: u64,
    /// First row of the last view whose rows were all here.
    whole: Option<usize>,
}

impl Windows {
    pub fn new(count: usize) -> Self {
        Self { count, ..Self::default() }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The reader looks at these rows now.
    pub fn look(&mut self, rows: Range<usize>) {
        let rows = rows.start.min(self.count)..rows.end.min(self.count);
        if rows.start != self.view.start {
            self.goes_up = rows.start < self.view.start;
        }
        self.view = rows;
        self.clock += 1;
        let clock = self.clock;
        for at in self.seen() {
            if let Some(window) = self.windows.get_mut(&at) {
                window.used = clock;
            }
        }
    }

    pub fn view(&self) -> Range<usize> {
        self.view.clone()
    }

    fn has(&self, row: usize) -> bool {
        self.windows.get(&(row / ROWS)).is_some_and(|window| window.lights.is_some())
    }

    /// Where nothing of `seen` is here yet: the first row of what was whole before, to be shown in its place, so that a dragged scroll bar
    /// never leads through blank paper.
    pub fn stand_in(&mut self, seen: &Range<usize>) -> Option<usize> {
        if seen.is_empty() || seen.clone().any(|row| self.has(row)) {
            self.keep_whole(seen);
            return None;
        }
        self.whole.filter(|first| self.has(*first))
    }

    fn keep_whole(&mut self, rows: &Range<usize>) {
        if !rows.is_empty() && rows.clone().all(|row| self.has(row)) {
            self.whole = Some(rows.start);
        }
    }

    /// Windows in view.
    fn seen(&self) -> Range<usize> {
        self.view.start.saturating_sub(MARGIN) / ROWS..(self.view.end + MARGIN).min(self.count).div_ceil(ROWS)
    }

    fn rows_of(&self, windows: Range<usize>) -> Range<usize> {
        windows.start * ROWS..(windows.end * ROWS).min(self.count)
    }

    fn lacks(&self, at: usize, half: Half) -> bool {
        let window = self.windows.get(&at);
        match half {
            Half::Light => window.is_none_or(|window| window.lights.is_none()),
            Half::Rest => window.is_none_or(|window| window.rests.is_none() || window.is_old),
        }
    }

    /// The rows to ask for next: what lacks in view as one range, else the next window in the direction of scrolling, else nothing.
    pub fn next(&self, half: Half) -> Option<Range<usize>> {
        if self.count == 0 || self.view.is_empty() {
            return None;
        }
        let seen = self.seen();
        let mut lacking = seen.clone().filter(|at| self.lacks(*at, half));
        if let Some(first) = lacking.next() {
            let last = lacking.next_back().unwrap_or(first);
            return Some(self.rows_of(first..last + 1));
        }
        let all = self.count.div_ceil(ROWS);
        let ahead: Vec<usize> = match self.goes_up {
            true => (seen.start.saturating_sub(AHEAD)..seen.start).rev().collect(),
            false => (seen.end..(seen.end + AHEAD).min(all)).collect(),
        };
        ahead.into_iter().find(|at| self.lacks(*at, half)).map(|at| self.rows_of(at..at + 1))
    }

    /// Keeps the answer to a question for `rows`, which was asked when the reader looked at `view`.
    pub fn put_lights(&mut self, rows: &Range<usize>, view: &Range<usize>, found: Vec<(usize, Light)>) {
        let clock = self.clock;
        for (at, lights) in by_window(rows, found) {
            let window = self.windows.entry(at).or_default();
            (window.lights, window.used) = (Some(lights), clock);
        }
        self.keep_whole(view);
        self.forget();
    }

    /// The same for the other half. `is_old` where columns have been worked out since it was asked.
    pub fn put_rests(&mut self, rows: &Range<usize>, found: Vec<(usize, Rest)>, is_old: bool) {
        for (at, rests) in by_window(rows, found) {
            let window = self.windows.entry(at).or_default();
            (window.rests, window.is_old) = (Some(rests), is_old);
        }
        self.forget();
    }

    /// More columns have been worked out: rests are asked again, and stay until then.
    pub fn age_rests(&mut self) {
        for window in self.windows.values_mut() {
            window.is_old = true;
        }
    }

    /// Drops the windows that nobody looked at for longest.
    fn forget(&mut self) {
        let near = self.seen();
        let near = near.start.saturating_sub(AHEAD)..near.end + AHEAD;
        while self.windows.len() > KEPT {
            let oldest = self.windows.iter().filter(|(at, _)| !near.contains(at)).min_by_key(|(_, window)| window.used).map(|(at, _)| *at);
            let Some(oldest) = oldest else { return };
            self.windows.remove(&oldest);
        }
    }

    /// The window that a row belongs to, and its place there. Shared, so that rows that did not change are not drawn again.
    pub fn lights_of(&self, row: usize) -> Option<(Rc<Vec<Light>>, usize)> {
        Some((self.windows.get(&(row / ROWS))?.lights.clone()?, row % ROWS))
    }

    pub fn rests_of(&self, row: usize) -> Option<(Rc<Vec<Rest>>, usize)> {
        Some((self.windows.get(&(row / ROWS))?.rests.clone()?, row % ROWS))
    }
}

/// Rows that come in order, a list for each window. A row that the answer lacks is empty.
fn by_window<T: Clone + Default>(rows: &Range<usize>, found: Vec<(usize, T)>) -> Vec<(usize, Rc<Vec<T>>)> {
    let mut lists: BTreeMap<usize, Vec<T>> = BTreeMap::new();
    let mut start = rows.start;
    while start < rows.end {
        let end = ((start / ROWS + 1) * ROWS).min(rows.end);
        lists.insert(start / ROWS, vec![T::default(); end - start]);
        start = end;
    }
    for (row, value) in found {
        if let Some(slot) = lists.get_mut(&(row / ROWS)).and_then(|list| list.get_mut(row % ROWS)) {
            *slot = value;
        }
    }
    lists.into_iter().map(|(at, list)| (at, Rc::new(list))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(windows: &mut Windows, rows: &Range<usize>) {
        let found = rows.clone().map(|row| (row, Light { start_ns: Some(row as i64), ..Light::default() })).collect();
        let view = windows.view();
        windows.put_lights(rows, &view, found);
    }

    #[test]
    fn what_is_in_view_comes_first_then_what_lies_ahead() {
        let mut windows = Windows::new(1000);
        assert_eq!(windows.next(Half::Light), None, "nobody looks yet");
        windows.look(100..140);
        assert_eq!(windows.next(Half::Light), Some(0..256), "both windows in one question");
        answer(&mut windows, &(0..256));
        assert_eq!(windows.next(Half::Light), Some(256..384));
        assert_eq!(windows.next(Half::Rest), Some(0..256), "the other half has its own way");
        for rows in [256..384, 384..512, 512..640] {
            assert_eq!(windows.next(Half::Light), Some(rows.clone()));
            answer(&mut windows, &rows);
        }
        assert_eq!(windows.next(Half::Light), None);
        windows.look(990..1000);
        assert_eq!(windows.next(Half::Light), Some(896..1000), "the last window ends with the table");
        answer(&mut windows, &(896..1000));
        windows.look(980..998);
        assert_eq!(windows.next(Half::Light), Some(768..896), "upwards");
        assert_eq!(windows.lights_of(999).map(|(list, at)| (list[at].start_ns, list.len())), Some((Some(999), 104)));
    }

    #[test]
    fn memory_does_not_grow_and_what_is_seen_stays() {
        let mut windows = Windows::new(10_000_000);
        for step in 0..500 {
            windows.look(step * 5000..step * 5000 + 40);
            while let Some(rows) = windows.next(Half::Light) {
                answer(&mut windows, &rows);
            }
        }
        assert!(windows.windows.len() <= KEPT);
        assert!(windows.lights_of(499 * 5000).is_some());
        assert!(windows.lights_of(498 * 5000).is_some(), "scrolling back is instant");
        assert!(windows.lights_of(0).is_none());
    }

    #[test]
    fn what_was_whole_stands_in_for_what_is_not_here_at_all() {
        let mut windows = Windows::new(10_000);
        windows.look(100..140);
        assert_eq!(windows.stand_in(&(100..140)), None, "there is nothing yet");
        answer(&mut windows, &(0..256));
        assert_eq!(windows.stand_in(&(110..150)), None);
        assert_eq!(windows.stand_in(&(240..280)), None, "a part is here: rows are where they belong");
        assert_eq!(windows.stand_in(&(5000..5040)), Some(110));
        windows.look(5000..5040);
        windows.look(7000..7040);
        let found = (4992..5120).map(|row| (row, Light::default())).collect();
        windows.put_lights(&(4992..5120), &(5000..5040), found);
        assert_eq!(windows.stand_in(&(7000..7040)), Some(5000), "an answer that comes late is shown until the next one");
    }

    #[test]
    fn more_columns_are_asked_for_while_the_old_ones_stay() {
        let mut windows = Windows::new(50);
        windows.look(0..40);
        windows.put_rests(&(0..50), vec![(3, Rest { agent: Some("a".into()), ..Rest::default() })], false);
        assert_eq!(windows.next(Half::Rest), None);
        windows.age_rests();
        assert_eq!(windows.next(Half::Rest), Some(0..50));
        assert!(windows.rests_of(3).is_some_and(|(list, at)| list[at].agent.is_some()));
    }

    #[test]
    fn an_empty_table_asks_for_nothing() {
        let mut windows = Windows::new(0);
        windows.look(0..40);
        assert_eq!(windows.next(Half::Light), None);
    }
}
