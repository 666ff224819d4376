//! The order of the plain table, as it stands in the address. Pure.

use std::collections::BTreeMap;

/// The order's key in the address.
pub const SORT: &str = "rs";

/// A column of the plain table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Service,
    Agent,
    Start,
    Duration,
    Own,
    Status,
    Trace,
}

impl Column {
    /// As they stand in the table.
    pub const ALL: [Self; 8] = [Self::Name, Self::Service, Self::Agent, Self::Start, Self::Duration, Self::Own, Self::Status, Self::Trace];

    /// The word in the address and in `data-col`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Start => "start_ns",
            Self::Duration => "duration_ms",
            Self::Own => "self_ms",
            Self::Status => "status",
            Self::Trace => "trace_id",
        }
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Service => "Service",
            Self::Agent => "Agent",
            Self::Start => "Start",
            Self::Duration => "Duration",
            Self::Own => "Own time",
            Self::Status => "Status",
            Self::Trace => "Trace",
        }
    }

    pub fn is_amount(self) -> bool {
        matches!(self, Self::Start | Self::Duration | Self::Own)
    }

    fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.slug() == slug)
    }
}

/// One column that rows are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub column: Column,
    pub descending: bool,
}

impl Key {
    /// As a first press on the column's head wants it: texts from A, amounts from the largest.
    fn first(column: Column) -> Self {
        Self { column, descending: column.is_amount() }
    }

    fn turned(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

/// By what rows are ordered, the most important first; never empty, no column twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort(Vec<Key>);

impl Default for Sort {
    /// The newest span first, as in the list of traces.
    fn default() -> Self {
        Self(vec![Key::first(Column::Start)])
    }
}

impl Sort {
    /// Its key in the address.
    pub const KEY: &str = SORT;

    /// Whether a part of an order is understood.
    pub fn knows(part: &str) -> bool {
        Column::from_slug(part.strip_prefix('-').unwrap_or(part)).is_some()
    }

    /// What the address asks for; what is not understood of it is left out.
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let mut keys: Vec<Key> = Vec::new();
        for part in params.get(SORT).map(String::as_str).unwrap_or_default().split(',') {
            let (slug, descending) = part.strip_prefix('-').map_or((part, false), |slug| (slug, true));
            if let Some(column) = Column::from_slug(slug).filter(|column| keys.iter().all(|key| key.column != *column)) {
                keys.push(Key { column, descending });
            }
        }
        if keys.is_empty() { Self::default() } else { Self(keys) }
    }

    /// Writes it into an address; the default is left out.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        match *self == Self::default() {
            true => drop(params.remove(SORT)),
            false => drop(params.insert(SORT.to_owned(), self.print())),
        }
    }

    /// `name,-duration_ms`
    pub fn print(&self) -> String {
        let key = |key: &Key| format!("{}{}", if key.descending { "-" } else { "" }, key.column.slug());
        self.0.iter().map(key).collect::<Vec<_>>().join(",")
    }

    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    pub fn has(&self, column: Column) -> bool {
        self.0.iter().any(|key| key.column == column)
    }

    /// After a press on a column's head. `is_more` (Shift is held) keeps the other columns: a new one is added behind them, one that is
    /// there turns round and then goes.
    #[must_use]
    pub fn pressed(&self, column: Column, is_more: bool) -> Self {
        let present = self.0.iter().position(|key| key.column == column);
        let mut keys = self.0.clone();
        match (is_more, present.and_then(|at| keys.get_mut(at))) {
            (false, Some(key)) if self.0.len() == 1 => return Self(vec![key.turned()]),
            (false, _) => return Self(vec![Key::first(column)]),
            (true, Some(key)) if *key == Key::first(column) => *key = key.turned(),
            (true, Some(_)) if self.0.len() == 1 => return Self(vec![Key::first(column)]),
            (true, Some(_)) => keys.retain(|key| key.column != column),
            (true, None) => keys.push(Key::first(column)),
        }
        Self(keys)
    }

    /// Place among several keys (from 1), and direction.
    pub fn place(&self, column: Column) -> Option<(usize, bool)> {
        self.0.iter().zip(1..).find(|(key, _)| key.column == column).map(|(key, place)| (place, key.descending))
    }

    /// The order in words, for those who hear the page.
    pub fn words(&self) -> String {
        let word = |key: &Key| {
            let how = match (key.column, key.descending) {
                (Column::Start, true) => "newest first",
                (Column::Start, false) => "oldest first",
                (column, true) if column.is_amount() => "longest first",
                (column, false) if column.is_amount() => "shortest first",
                (_, true) => "from Z to A",
                (_, false) => "from A to Z",
            };
            match key.column {
                Column::Start => how.to_owned(),
                column => format!("{} {how}", column.label().to_lowercase()),
            }
        };
        self.0.iter().map(word).collect::<Vec<_>>().join(", then ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sort {
        Sort::read(&BTreeMap::from([(SORT.to_owned(), text.to_owned())]))
    }

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for text in ["name", "-duration_ms,name", "service,-start_ns,trace_id"] {
            assert_eq!(read(text).print(), text);
        }
        assert_eq!(read("nonsense,,-name,name").print(), "-name");
        assert_eq!(read(""), Sort::default());
        let mut params = BTreeMap::from([(SORT.to_owned(), "name".to_owned())]);
        Sort::default().write(&mut params);
        assert!(params.is_empty(), "the default is not written");
    }

    #[test]
    fn presses_turn_add_and_take_away() {
        let sort = Sort::default().pressed(Column::Name, false);
        assert_eq!(sort.print(), "name");
        assert_eq!(sort.pressed(Column::Name, false).print(), "-name");
        let both = sort.pressed(Column::Duration, true);
        assert_eq!(both.print(), "name,-duration_ms");
        assert_eq!(both.pressed(Column::Duration, true).print(), "name,duration_ms");
        assert_eq!(both.pressed(Column::Duration, true).pressed(Column::Duration, true).print(), "name");
        assert_eq!(both.pressed(Column::Duration, false).print(), "-duration_ms", "alone again");
        assert_eq!(sort.pressed(Column::Name, true).pressed(Column::Name, true).print(), "name", "one column always stays");
    }

    #[test]
    fn the_order_can_be_said() {
        assert_eq!(read("-start_ns").words(), "newest first");
        assert_eq!(read("name,-self_ms").words(), "name from A to Z, then own time longest first");
    }
}
