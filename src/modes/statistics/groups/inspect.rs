//! What is asked of one group, and what the answers say: how its durations are spread, the slowest spans, the failing ones by their message, own
//! time by agent. Pure.

use super::{
    super::params::GroupKey,
    figures::{Figures, ns_of_ms},
    query::Grouping,
};
use crate::{
    core::units,
    engine::{Table, TableError},
    state::extras::Extra,
};

/// Bars of the histogram.
pub const BARS: usize = 18;
const SLOWEST: usize = 5;
const MESSAGES: usize = 20;
const LINKS: usize = 6;
const AGENTS: usize = 12;
/// Durations below this stand in the first bar: they have no logarithm that helps.
const LEAST_MS: f64 = 1e-6;

/// The scale of the histogram: from the shortest to the longest span, in equal steps of the logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogScale {
    low_ln: f64,
    high_ln: f64,
}

impl LogScale {
    /// `None` for a group without durations.
    pub fn of(figures: &Figures) -> Option<Self> {
        let (low, high) = figures.min_ms.zip(figures.max_ms).filter(|(low, high)| low.is_finite() && high.is_finite())?;
        Some(Self { low_ln: low.max(LEAST_MS).ln(), high_ln: high.max(LEAST_MS).ln() })
    }

    /// Where a duration stands, per hundred of the width.
    pub fn place_pct(self, ms: f64) -> f64 {
        let range = self.high_ln - self.low_ln;
        if range <= 0.0 {
            return 50.0;
        }
        (100.0 * (ms.max(LEAST_MS).ln() - self.low_ln) / range).clamp(0.0, 100.0)
    }

    /// A label right of a mark would leave the picture.
    pub fn is_near_end(self, ms: f64) -> bool {
        self.place_pct(ms) > 91.0
    }

    /// Marks so close to each other that their labels would touch.
    pub fn is_crowded(self, marks: &[Option<f64>]) -> bool {
        let places: Vec<f64> = marks.iter().flatten().map(|ms| self.place_pct(*ms)).collect();
        let is_close = places.windows(2).any(|pair| matches!(pair, [one, other] if (other - one).abs() < 9.0));
        is_close || marks.iter().flatten().any(|ms| self.is_near_end(*ms))
    }

    fn at(self, share: f64) -> f64 {
        (self.low_ln + (self.high_ln - self.low_ln) * share).exp()
    }

    /// Where a bar begins, ms.
    pub fn bar_from_ms(self, bar: usize) -> f64 {
        self.at(bar as f64 / BARS as f64)
    }

    /// What stands below the histogram, from left to right.
    pub fn axis(self) -> Vec<String> {
        let label = |share: f64| units::duration(ns_of_ms(self.at(share)));
        if self.high_ln - self.low_ln <= 0.0 {
            return vec![label(0.0)];
        }
        [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(label).to_vec()
    }

    pub fn histogram_sql(self, grouping: &Grouping, key: &GroupKey) -> String {
        let range = (self.high_ln - self.low_ln).max(f64::MIN_POSITIVE);
        format!(
            "SELECT least({last}, greatest(0, floor((ln(greatest(duration_ms::DOUBLE, {LEAST_MS})) - ({low})) / {range} * {BARS})))::INTEGER AS bar, count(*) AS spans {from} GROUP BY 1 ORDER BY 1",
            last = BARS - 1,
            low = self.low_ln,
            from = grouping.from_where(&[], Some(&format!("{} AND duration_ms IS NOT NULL", grouping.group_condition(key)))),
        )
    }
}

/// Spans by bar.
///
/// # Errors
/// When the answer is another one.
pub fn read_bars(table: &Table) -> Result<[u64; BARS], TableError> {
    let (bars, spans) = (table.ints("bar")?, table.ints("spans")?);
    let mut counts = [0; BARS];
    for row in 0..table.rows() {
        let bar = bars.get(row).and_then(|bar| usize::try_from(bar).ok()).and_then(|bar| counts.get_mut(bar));
        if let Some(bar) = bar {
            *bar = natural(spans.get(row));
        }
    }
    Ok(counts)
}

/// The bars as boxes in a picture of this size: x, y, width, height. A bar with spans is never too low to be seen.
pub fn bar_boxes(bars: &[u64; BARS], width: f64, height: f64) -> Vec<[f64; 4]> {
    let most = bars.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = width / BARS as f64;
    let boxes = bars.iter().enumerate().filter(|(_, spans)| **spans > 0).map(|(at, spans)| {
        let high = (*spans as f64 / most * (height - 8.0)).max(2.0);
        [at as f64 * step + 0.75, height - high, step - 1.5, high]
    });
    boxes.collect()
}

fn natural(value: Option<i64>) -> u64 {
    value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
}

/// A span that a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    pub trace_id: String,
    pub span_id: String,
    pub name: String,
    pub start_ns: Option<i64>,
    pub duration_ms: Option<f64>,
}

/// The longest spans of a group, the longest first.
pub fn slowest_sql(grouping: &Grouping, key: &GroupKey) -> String {
    format!(
        "SELECT trace_id, span_id, coalesce(name, '') AS name, start_time, duration_ms::DOUBLE AS duration_ms {} ORDER BY duration_ms DESC NULLS LAST, start_time, span_id LIMIT {SLOWEST}",
        grouping.from_where(&[], Some(&grouping.group_condition(key)))
    )
}

/// # Errors
/// When the answer is another one.
pub fn read_exemplars(table: &Table) -> Result<Vec<Exemplar>, TableError> {
    let (traces, spans, names) = (table.texts("trace_id")?, table.texts("span_id")?, table.texts("name")?);
    let (starts, durations) = (table.ints("start_time")?, table.floats("duration_ms")?);
    Ok((0..table.rows())
        .map(|row| Exemplar {
            trace_id: traces.text(row).to_owned(),
            span_id: spans.text(row).to_owned(),
            name: names.text(row).to_owned(),
            start_ns: starts.get(row),
            duration_ms: durations.get(row),
        })
        .collect())
}

/// Failing spans that say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// `None` where the spans say nothing.
    pub message: Option<String>,
    pub spans: u64,
    /// Trace and span ids of the newest few.
    pub examples: Vec<(String, String)>,
}

pub fn failures_sql(grouping: &Grouping, key: &GroupKey) -> String {
    let from = grouping.from_where(&[], Some(&format!("{} AND status_code = 'ERROR'", grouping.group_condition(key))));
    format!(
        "WITH failing AS MATERIALIZED (SELECT trace_id, span_id, start_time, nullif(status_description, '') AS message {from}), \
         messages AS (SELECT message, count(*) AS spans, row_number() OVER (ORDER BY count(*) DESC, message) AS place, count(*) OVER () AS messages FROM failing GROUP BY message), \
         newest AS (SELECT *, row_number() OVER (PARTITION BY message ORDER BY start_time DESC, span_id) AS nth FROM failing) \
         SELECT m.message, m.spans, m.messages, n.trace_id, n.span_id FROM messages m JOIN newest n ON n.message IS NOT DISTINCT FROM m.message \
         WHERE m.place <= {MESSAGES} AND n.nth <= {LINKS} ORDER BY m.place, n.nth"
    )
}

/// The failures and how many different messages there are.
///
/// # Errors
/// When the answer is another one.
pub fn read_failures(table: &Table) -> Result<(Vec<Failure>, u64), TableError> {
    let (messages, spans, all) = (table.texts("message")?, table.ints("spans")?, table.ints("messages")?);
    let (trace_ids, span_ids) = (table.texts("trace_id")?, table.texts("span_id")?);
    let mut failures: Vec<Failure> = Vec::new();
    for row in 0..table.rows() {
        let message = messages.get(row).map(str::to_owned);
        let example = (trace_ids.text(row).to_owned(), span_ids.text(row).to_owned());
        match failures.last_mut().filter(|last| last.message == message) {
            Some(last) => last.examples.push(example),
            None => failures.push(Failure { message, spans: natural(spans.get(row)), examples: vec![example] }),
        }
    }
    Ok((failures, natural(all.get(0))))
}

/// Own time and spans of an agent; asked when agents and own time are worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentShare {
    /// `None`: spans of no agent.
    pub agent: Option<String>,
    pub own_ns: i64,
    pub spans: u64,
    /// Of the largest, per hundred.
    pub bar_pct: f64,
}

pub fn agents_sql(grouping: &Grouping, key: &GroupKey) -> String {
    let (agent, own) = (Extra::AGENT.column(), Extra::SELF_TIME.column());
    format!(
        "SELECT {agent} AS agent, sum({own}) AS own_ns, count(*) AS spans {} GROUP BY 1 ORDER BY own_ns DESC NULLS LAST, agent LIMIT {AGENTS}",
        grouping.from_where(&[Extra::AGENT, Extra::SELF_TIME], Some(&grouping.group_condition(key)))
    )
}

/// Empty where the spans have no agent or a single one: there is nothing to compare.
///
/// # Errors
/// When the answer is another one.
pub fn read_agents(table: &Table) -> Result<Vec<AgentShare>, TableError> {
    let (agents, own, spans) = (table.texts("agent")?, table.ints("own_ns")?, table.ints("spans")?);
    let largest = (0..table.rows()).filter_map(|row| own.get(row)).max().unwrap_or(0).max(1);
    let shares: Vec<AgentShare> = (0..table.rows())
        .map(|row| {
            let own_ns = own.get(row).unwrap_or(0);
            AgentShare {
                agent: agents.get(row).map(str::to_owned),
                own_ns,
                spans: natural(spans.get(row)),
                bar_pct: (100.0 * own_ns as f64 / largest as f64).clamp(0.0, 100.0),
            }
        })
        .collect();
    Ok(if shares.iter().filter(|share| share.agent.is_some()).count() > 1 { shares } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Column, modes::statistics::grouping::Dimension, state::scope::Scope};

    fn grouping() -> Grouping {
        Grouping { scope: Scope::default(), first: Dimension::Service, second: None, with_own: false }
    }

    fn key() -> GroupKey {
        GroupKey { first: Some("a".into()), second: None }
    }

    fn scale(min: f64, max: f64) -> LogScale {
        LogScale::of(&Figures { min_ms: Some(min), max_ms: Some(max), ..Figures::default() }).unwrap()
    }

    #[test]
    fn the_scale_is_one_of_logarithms() {
        let scale = scale(1.0, 1_000.0);
        assert_eq!(scale.axis().join("|").replace('\u{a0}', " "), "1.00 ms|10.0 ms|100 ms|1.00 s");
        assert!((scale.place_pct(10.0) - 100.0 / 3.0).abs() < 1e-9);
        assert_eq!((scale.place_pct(0.0), scale.place_pct(1e9)), (0.0, 100.0));
        assert!((scale.bar_from_ms(6) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn equal_and_zero_durations_have_a_scale_too() {
        let same = scale(5.0, 5.0);
        assert_eq!((same.place_pct(5.0), same.axis().len()), (50.0, 1));
        assert!(scale(0.0, 0.0).histogram_sql(&grouping(), &key()).contains("WHERE true AND (service = 'a') AND duration_ms IS NOT NULL"));
        assert_eq!(LogScale::of(&Figures::default()), None);
    }

    #[test]
    fn failures_go_by_their_message() {
        let texts = |values: [Option<&str>; 3]| Column::texts(values);
        let table = Table::new(vec![
            ("message".to_owned(), texts([None, None, Some("late")])),
            ("spans".to_owned(), Column::ints([Some(7), Some(7), Some(1)])),
            ("messages".to_owned(), Column::ints([Some(2), Some(2), Some(2)])),
            ("trace_id".to_owned(), texts([Some("t1"), Some("t2"), Some("t1")])),
            ("span_id".to_owned(), texts([Some("s1"), Some("s2"), Some("s3")])),
        ]);
        let (failures, messages) = read_failures(&table).unwrap();
        assert_eq!((failures.len(), messages, failures[0].examples.len(), failures[1].spans), (2, 2, 2, 1));
        assert_eq!(failures[1].message.as_deref(), Some("late"));
        assert!(failures_sql(&grouping(), &key()).contains("(service = 'a') AND status_code = 'ERROR'"));
    }

    #[test]
    fn a_single_agent_is_not_compared() {
        let table = |agents: [Option<&str>; 2]| {
            Table::new(vec![
                ("agent".to_owned(), Column::texts(agents)),
                ("own_ns".to_owned(), Column::ints([Some(40), Some(10)])),
                ("spans".to_owned(), Column::ints([Some(1), Some(1)])),
            ])
        };
        assert_eq!(read_agents(&table([Some("a"), None])).unwrap(), []);
        let shares = read_agents(&table([Some("a"), Some("b")])).unwrap();
        assert_eq!((shares[0].bar_pct, shares[1].bar_pct), (100.0, 25.0));
        assert!(agents_sql(&grouping(), &key()).contains("POSITIONAL JOIN spandeck.\"x:agent\""));
    }
}
