//! The filter as rows: one for each condition that must hold (or of which one must), each with a field, an operator and a value. Rows that are
//! switched off stay in the list and leave the filter; rows without a value wait outside of it.
//!
//! What a row cannot take apart it keeps as it is: no edit of one row changes or loses another.

mod row;
#[cfg(test)]
mod tests;

pub use self::row::{FIELDS, Field, Operator, Simple, Value, parse_number, parse_time, pattern_text, time_text};
use crate::core::filter::{Filter, Node};

/// What stands in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A condition or a group.
    Known(Node),
    /// Begun, without a value yet.
    Draft(Simple),
    /// A group that is being written.
    DraftText(String),
}

impl Item {
    pub fn of(simple: Simple) -> Self {
        match simple.node() {
            Some(node) => Self::Known(node),
            None => Self::Draft(simple),
        }
    }

    /// The row taken apart; `None` for groups and for what has to be shown as text.
    pub fn simple(&self) -> Option<Simple> {
        match self {
            Self::Known(node) => Simple::of(node),
            Self::Draft(simple) => Some(simple.clone()),
            Self::DraftText(_) => None,
        }
    }

    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Known(node) => Some(node),
            Self::Draft(_) | Self::DraftText(_) => None,
        }
    }

    /// As it would stand alone in a filter.
    pub fn text(&self) -> String {
        match self {
            Self::Known(node) => print_node(node),
            Self::Draft(_) => String::new(),
            Self::DraftText(text) => text.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub item: Item,
    pub is_on: bool,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// One of the rows must hold, not all of them.
    pub any: bool,
    pub rows: Vec<Row>,
}

/// A row that the filter does not hold, and its place in the list.
pub type Placed = (usize, Item);

pub fn print_node(node: &Node) -> String {
    Filter { root: Some(node.clone()) }.print()
}

/// One condition or group of a text; `None` for a text that says nothing.
///
/// # Errors
/// The parser's words.
pub fn parse_node(text: &str) -> Result<Option<Node>, crate::core::filter::FilterError> {
    Ok(Filter::parse(text)?.root)
}

impl Rows {
    /// `off` and `matching` as [`Rows::off`] and [`Rows::matching`] wrote them; what cannot be read of them is passed over. `drafts` are the
    /// page's own.
    pub fn read(filter: &Filter, off: &str, matching: &str, drafts: &[Placed]) -> Self {
        let (any, nodes) = match (&filter.root, matching) {
            (Some(Node::And(nodes)), _) => (false, nodes.clone()),
            (Some(root @ Node::Or(_)), "all") => (false, vec![root.clone()]),
            (Some(Node::Or(nodes)), _) => (true, nodes.clone()),
            (Some(node), _) => (matching == "any", vec![node.clone()]),
            (None, _) => (matching == "any", Vec::new()),
        };
        let mut rows: Vec<Row> = nodes.into_iter().map(|node| Row { item: Item::Known(node), is_on: true }).collect();
        let is_draft = |item: &Item| item.node().is_none();
        let switched_off = off.lines().filter_map(|line| {
            let (place, text) = line.split_once(' ')?;
            Some((place.parse().ok()?, Row { item: Item::Known(parse_node(text).ok()??), is_on: false }))
        });
        let begun = drafts.iter().filter(|(_, item)| is_draft(item)).map(|(place, item)| (*place, Row { item: item.clone(), is_on: true }));
        let mut others: Vec<(usize, Row)> = switched_off.chain(begun).collect();
        crate::core::order::sort_by_key(&mut others, |(place, _)| *place);
        for (place, row) in others {
            rows.insert(place.min(rows.len()), row);
        }
        Self { any, rows }
    }

    /// The filter of the rows that are on.
    pub fn filter(&self) -> Filter {
        let nodes = self.rows.iter().filter(|row| row.is_on).filter_map(|row| row.item.node().cloned()).collect();
        Filter { root: if self.any { Node::any(nodes) } else { Node::all(nodes) } }
    }

    /// The rows that are switched off, for the address: a line each, with its place.
    pub fn off(&self) -> Option<String> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| !row.is_on);
        let lines: Vec<String> =
            rows.filter_map(|(place, row)| row.item.node().map(|node| format!("{place} {}", print_node(node)))).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// For the address, where the filter alone does not tell whether all or any must hold.
    pub fn matching(&self) -> Option<&'static str> {
        match (self.any, &self.filter().root) {
            (false, Some(Node::Or(_))) => Some("all"),
            (true, Some(Node::Or(_))) | (false, _) => None,
            (true, _) => Some("any"),
        }
    }

    /// The rows that are begun.
    pub fn drafts(&self) -> Vec<Placed> {
        let rows = self.rows.iter().enumerate().filter(|(_, row)| row.item.node().is_none());
        rows.map(|(place, row)| (place, row.item.clone())).collect()
    }

    #[must_use]
    pub fn with(&self, place: usize, item: Item) -> Self {
        let mut next = self.clone();
        match next.rows.get_mut(place) {
            Some(row) => row.item = item,
            None => next.rows.push(Row { item, is_on: true }),
        }
        next
    }

    #[must_use]
    pub fn without(&self, place: usize) -> Self {
        let mut next = self.clone();
        if place < next.rows.len() {
            next.rows.remove(place);
        }
        next
    }

    #[must_use]
    pub fn switched(&self, place: usize) -> Self {
        let mut next = self.clone();
        if let Some(row) = next.rows.get_mut(place) {
            row.is_on = !row.is_on;
        }
        next
    }

    #[must_use]
    pub fn matching_any(&self, any: bool) -> Self {
        Self { any, ..self.clone() }
    }
}
