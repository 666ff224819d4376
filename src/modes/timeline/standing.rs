//! Where a span's time went, and where it stands among the spans of its kind in the whole file. Pure.

use crate::{
    core::{order::sort_by_key, self_time::Interval, sql::quote_text},
    engine::{Table, TableError},
};

/// Bars of the histogram.
pub const BARS: usize = 14;

/// What a span is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kin<'a> {
    /// The runs of an agent. Only after the file's agents have been gathered.
    Agent(&'a str),
    /// The spans of this name.
    Name(&'a str),
}

/// Durations of all kin on a logarithmic scale: bar, spans in it, whether one of them is as long as this span; and in every row how many
/// kin there are, how many are shorter, the shortest and the longest, in ns.
pub fn standing_sql(kin: Kin<'_>, duration_ns: i64) -> String {
    let own_ns = duration_ns.max(0);
    let of_kin = match kin {
        Kin::Agent(agent) => format!("main.agent_runs WHERE agent = {}", quote_text(agent)),
        Kin::Name(name) => format!("main.spans WHERE name = {}", quote_text(name)),
    };
    let last = BARS - 1;
    format!(
        "WITH kin AS MATERIALIZED (SELECT greatest(coalesce(end_time, start_time) - start_time, 0) AS ns FROM {of_kin} AND start_time IS NOT NULL), \
         whole AS (SELECT count(*) AS kin, count(*) FILTER (WHERE ns < {own_ns}) AS shorter, min(ns) AS low, max(ns) AS high FROM kin) \
         SELECT CASE WHEN high > low THEN greatest(0, least({last}, floor({BARS} * (ln(ns + 1) - ln(low + 1)) / (ln(high + 1) - ln(low + 1)))::BIGINT)) ELSE 0 END::BIGINT AS bar, \
         count(*)::BIGINT AS spans, max(CASE WHEN ns = {own_ns} THEN 1 ELSE 0 END)::BIGINT AS has_own, any_value(kin)::BIGINT AS kin, \
         any_value(shorter)::BIGINT AS shorter, any_value(low)::BIGINT AS low, any_value(high)::BIGINT AS high FROM kin, whole GROUP BY bar ORDER BY bar"
    )
}

/// Durations in ns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Spans of each bar, from short to long.
    pub bars: [u64; BARS],
    /// The bar that this span is in.
    pub own: Option<usize>,
    pub kin: u64,
    pub shorter: u64,
    pub low_ns: i64,
    pub high_ns: i64,
}

impl Standing {
    /// `None` where there are no kin.
    ///
    /// # Errors
    /// When the answer is not one of [`standing_sql`].
    pub fn new(table: &Table) -> Result<Option<Self>, TableError> {
        let (bars, spans, own) = (table.ints("bar")?, table.ints("spans")?, table.ints("has_own")?);
        let first = |name: &str| -> Result<i64, TableError> { Ok(table.ints(name)?.get(0).unwrap_or(0)) };
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        let mut standing = Self {
            kin: count(first("kin")?),
            shorter: count(first("shorter")?),
            low_ns: first("low")?,
            high_ns: first("high")?,
            ..Self::default()
        };
        for row in 0..table.rows() {
            let Some(at) = bars.get(row).and_then(|bar| usize::try_from(bar).ok()) else { continue };
            if let Some(bar) = standing.bars.get_mut(at) {
                *bar = count(spans.get(row).unwrap_or(0));
            }
            if own.get(row) == Some(1) {
                standing.own = Some(at);
            }
        }
        Ok((standing.kin > 0).then_some(standing))
    }

    /// The height of a bar, where the highest has 100. A filled bar is never invisible.
    pub fn height_percent(&self, bar: usize) -> f64 {
        let highest = self.bars.iter().copied().max().unwrap_or(0).max(1);
        let spans = self.bars.get(bar).copied().unwrap_or(0);
        if spans == 0 { 0.0 } else { (spans as f64 / highest as f64 * 100.0).max(4.0) }
    }
}

/// A span's time by service: stretches of the span during which a child ran, each counted for the child that ran first. With the span's own
/// time they add up to its length exactly. `children` in order of start; most time first.
pub fn split_by_service<'a>(
    span: Interval,
    children: impl IntoIterator<Item = (Interval, Option<&'a str>)>,
) -> Vec<(Option<&'a str>, i64)> {
    let mut parts: Vec<(Option<&'a str>, i64)> = Vec::new();
    let mut reached_ns = span.start_ns;
    for (child, service) in children {
        if reached_ns >= span.end_ns {
            break;
        }
        let (from_ns, to_ns) = (child.start_ns.max(reached_ns), child.end_ns.min(span.end_ns));
        if to_ns <= from_ns {
            continue;
        }
        reached_ns = to_ns;
        let length_ns = to_ns.saturating_sub(from_ns);
        match parts.iter_mut().find(|(known, _)| *known == service) {
            Some((_, ns)) => *ns = ns.saturating_add(length_ns),
            None => parts.push((service, length_ns)),
        }
    }
    sort_by_key(&mut parts, |(_, ns)| std::cmp::Reverse(*ns));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::self_time::self_time_ns, engine::Column};
    use proptest::prelude::*;

    #[test]
    fn an_answer_becomes_bars() {
        let ints = |name: &str, values: [i64; 2]| (name.to_owned(), Column::ints(values.map(Some)));
        let table = Table::new(vec![
            ints("bar", [0, 13]),
            ints("spans", [30, 10]),
            ints("has_own", [0, 1]),
            ints("kin", [40, 40]),
            ints("shorter", [31, 31]),
            ints("low", [5, 5]),
            ints("high", [99, 99]),
        ]);
        let standing = Standing::new(&table).unwrap().unwrap();
        assert_eq!((standing.bars[0], standing.bars[13], standing.own, standing.kin, standing.shorter), (30, 10, Some(13), 40, 31));
        assert_eq!((standing.height_percent(0), standing.height_percent(5)), (100.0, 0.0));
        assert!(Standing::new(&Table::default()).is_err());
    }

    #[test]
    fn names_are_quoted() {
        assert!(standing_sql(Kin::Name("a'b"), -5).contains("name = 'a''b'"));
        assert!(standing_sql(Kin::Agent("x"), 5).contains("main.agent_runs WHERE agent = 'x'"));
    }

    proptest! {
        #[test]
        fn parts_and_own_time_are_the_whole(start in 0_i64..50, length in 0_i64..60,
            mut children in prop::collection::vec((-20_i64..120, 0_i64..60, prop::option::of("[abc]")), 0..10)) {
            children.sort_by_key(|child| child.0);
            let span = Interval { start_ns: start, end_ns: start + length };
            let interval = |child: &(i64, i64, Option<String>)| Interval { start_ns: child.0, end_ns: child.0 + child.1 };
            let parts = split_by_service(span, children.iter().map(|child| (interval(child), child.2.as_deref())));
            let own = self_time_ns(span, children.iter().map(interval));
            prop_assert_eq!(parts.iter().map(|(_, ns)| ns).sum::<i64>() + own, length);
            prop_assert!(parts.iter().all(|(_, ns)| *ns > 0));
        }
    }
}
