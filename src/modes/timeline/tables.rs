//! The order of the rows in the tables of frames and of spans. Pure.

use std::cmp::Reverse;

use super::{
    frames::{self, FrameNames},
    model::TraceModel,
};
use crate::core::{flame::NameSum, order::sort_by_key};

/// A column of the tables of frames and of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Name,
    Service,
    Agent,
    Count,
    Start,
    Total,
    Own,
    Share,
    Status,
    Depth,
}

impl Column {
    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Count => "count",
            Self::Start => "start",
            Self::Total => "total",
            Self::Own => "own",
            Self::Share => "share",
            Self::Status => "status",
            Self::Depth => "depth",
        }
    }

    /// Texts and starts are wanted from the beginning, amounts from the largest.
    fn descends_first(self) -> bool {
        !matches!(self, Self::Name | Self::Service | Self::Agent | Self::Start | Self::Depth)
    }
}

/// How a table is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Sort {
    /// After a press on a column's head.
    #[must_use]
    pub fn pressed(self, column: Column) -> Self {
        let descending = if self.column == column { !self.descending } else { column.descends_first() };
        Self { column, descending }
    }

    /// `own` or `-own`, among some columns.
    pub fn read(text: &str, columns: &[Column]) -> Option<Self> {
        let (slug, descending) = text.strip_prefix('-').map_or((text, false), |slug| (slug, true));
        columns.iter().find(|column| column.slug() == slug).map(|column| Self { column: *column, descending })
    }

    pub fn print(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.slug())
    }

    /// The value of `aria-sort` at a column.
    pub fn aria(self, column: Column) -> Option<&'static str> {
        (self.column == column).then_some(if self.descending { "descending" } else { "ascending" })
    }
}

/// All spans of the trace in an order; what is equal keeps the order of reading.
pub fn span_order(model: &TraceModel, sort: Sort) -> Vec<u32> {
    let mut order: Vec<u32> = model.tree.preorder.iter().copied().filter(|span| (*span as usize) < model.facts.spans).collect();
    let text = |span: u32, column: Column| {
        let row = model.span(span);
        row.and_then(|row| match column {
            Column::Service => row.service,
            Column::Agent => row.agent,
            _ => Some(row.name),
        })
        .unwrap_or_default()
    };
    let number = |span: u32| {
        let row = model.span(span);
        match sort.column {
            Column::Start => row.map_or(0, |row| row.start_ns),
            Column::Total => row.map_or(0, |row| row.duration_ns()),
            Column::Own => model.self_ns(span),
            Column::Share => frames::span_work_ns(model, span),
            Column::Status => row.map_or(0, |row| i64::from(row.is_error)),
            Column::Depth => i64::from(model.tree.depth.get(span as usize).copied().unwrap_or(0)),
            _ => 0,
        }
    };
    let is_text = matches!(sort.column, Column::Name | Column::Service | Column::Agent);
    match (is_text, sort.descending) {
        (true, false) => sort_by_key(&mut order, |span| text(*span, sort.column)),
        (true, true) => sort_by_key(&mut order, |span| Reverse(text(*span, sort.column))),
        (false, false) => sort_by_key(&mut order, |span| number(*span)),
        (false, true) => sort_by_key(&mut order, |span| Reverse(number(*span))),
    }
    order
}

/// Names with their sums in an order; what is equal keeps the order of own time.
pub fn name_order(names: &FrameNames, sums: &[NameSum], sort: Sort) -> Vec<NameSum> {
    let mut order = sums.to_vec();
    let text = |sum: &NameSum| names.get(sum.key).map(|name| name.name.as_str()).unwrap_or_default();
    let number = |sum: &NameSum| match sort.column {
        Column::Count => i64::try_from(sum.count).unwrap_or(i64::MAX),
        Column::Total => sum.total_ns,
        _ => sum.own_ns,
    };
    match (sort.column, sort.descending) {
        (Column::Name, false) => sort_by_key(&mut order, text),
        (Column::Name, true) => sort_by_key(&mut order, |sum| Reverse(text(sum))),
        (_, false) => sort_by_key(&mut order, number),
        (_, true) => sort_by_key(&mut order, |sum| Reverse(number(sum))),
    }
    order
}
