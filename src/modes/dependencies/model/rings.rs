//! In which traces a cycle really goes round, how often, and what that took.
//!
//! A walk along causes (from parent to child, from who made an artifact to who took it) steps from each member of the ring to the next. It
//! has come round once when it reaches the member at which it began after a step for every member: that is a return.

use crate::{
    core::{
        fast_map::FastMap,
        lineage::{ArtifactRef, Lineage, Run},
        order::sort_by_key,
        trace_tree::{SpanInput, TraceTree},
    },
    engine::{Table, TableError},
    modes::dependencies::query::BY_FAILURE,
};

/// A trace in which the ring went round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundTrace {
    pub trace_no: u32,
    pub trace_id: String,
    /// Times that a walk came back to where it began.
    pub returns: u64,
    /// The most times that one walk came round.
    pub most_rounds: u64,
    /// What the walk with the most rounds took since it was first where it began.
    pub added_ns: i64,
    /// The span with which that walk came round last.
    pub span_id: String,
}

/// All of them, the most rounds first, then the most time added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    pub traces: Vec<RoundTrace>,
    pub returns: u64,
    pub most_rounds: u64,
    pub added_ns: i64,
    /// Traces that were looked at, whether or not the ring went round in them.
    pub looked_at: u64,
}

impl Rounds {
    fn of(mut traces: Vec<RoundTrace>, looked_at: u64) -> Self {
        sort_by_key(&mut traces, |trace| std::cmp::Reverse((trace.most_rounds, trace.added_ns)));
        Self {
            returns: traces.iter().map(|trace| trace.returns).sum(),
            most_rounds: traces.iter().map(|trace| trace.most_rounds).max().unwrap_or(0),
            added_ns: traces.iter().fold(0, |sum, trace| sum.saturating_add(trace.added_ns)),
            looked_at,
            traces,
        }
    }

    /// How many traces had so many rounds, from one round on.
    #[must_use]
    pub fn histogram(&self) -> Vec<(u64, u64)> {
        let mut bars: std::collections::BTreeMap<u64, u64> = std::collections::BTreeMap::new();
        for trace in &self.traces {
            *bars.entry(trace.most_rounds).or_default() += 1;
        }
        bars.into_iter().collect()
    }
}

/// A walk that has reached a place of the ring.
#[derive(Clone, Copy, Debug)]
struct Walk {
    /// The member that it is at.
    place: usize,
    steps: u64,
    /// From when on time is added: when that ended with which it began; where it was still running then, when it first came round.
    from_ns: i64,
    /// Services: the latest end since it first came round.
    last_ns: i64,
}

/// The rounds of one trace while they are counted.
#[derive(Default)]
struct Count {
    returns: u64,
    best: u64,
    added_ns: i64,
    span: Option<usize>,
}

impl Count {
    /// A walk has taken a step.
    fn stepped(&mut self, walk: Walk, members: usize, added_ns: i64, span: usize) {
        let members = u64::try_from(members).unwrap_or(u64::MAX).max(1);
        let rounds = walk.steps / members;
        if rounds == 0 || !walk.steps.is_multiple_of(members) {
            return;
        }
        self.returns += 1;
        let added_ns = added_ns.max(0);
        if (rounds, added_ns) > (self.best, self.added_ns) {
            (self.best, self.added_ns, self.span) = (rounds, added_ns, Some(span));
        }
    }
}

/// The rows of a table by `trace_no`, in order of their appearance.
fn by_trace(table: &Table) -> Result<Vec<(u32, Vec<usize>)>, TableError> {
    let numbers = table.ints("trace_no")?;
    let mut places: FastMap<u32, usize> = FastMap::default();
    let mut groups: Vec<(u32, Vec<usize>)> = Vec::new();
    for row in 0..table.rows() {
        let Some(number) = numbers.get(row).and_then(|number| u32::try_from(number).ok()) else { continue };
        let next = groups.len();
        let place = *places.entry(number).or_insert(next);
        if place == next {
            groups.push((number, Vec::new()));
        }
        if let Some((_, rows)) = groups.get_mut(place) {
            rows.push(row);
        }
    }
    Ok(groups)
}

/// Rounds of a ring of services: an answer to `query::rings::spans_sql`. A walk leads from a span down to a child of the next member, through
/// children of the same one; whatever else comes between ends it. Time is added from the end of the first span on, as with agents; where calls
/// are nested, from the start of the first return, and by all that runs below it.
///
/// # Errors
/// When the answer is not to this question.
pub fn of_services(table: &Table, ring: &[String]) -> Result<Rounds, TableError> {
    let (traces, spans, parents, nodes) =
        (table.texts("trace_id")?, table.texts("span_id")?, table.texts("parent_id")?, table.texts("node")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    let place_of = |row: usize| ring.iter().position(|member| member == nodes.text(row));
    let groups = by_trace(table)?;
    let looked_at = groups.len() as u64;
    let mut found = Vec::new();
    for (trace_no, rows) in groups {
        let inputs: Vec<SpanInput<'_>> = rows
            .iter()
            .map(|&row| {
                let start_ns = starts.get(row).unwrap_or(0);
                SpanInput {
                    span_id: spans.text(row),
                    parent_id: parents.get(row),
                    start_ns,
                    end_ns: ends.get(row).unwrap_or(start_ns),
                    is_error: false,
                }
            })
            .collect();
        let (tree, _) = TraceTree::build(&inputs);
        let mut walks: Vec<Option<Walk>> = vec![None; rows.len()];
        let mut count = Count::default();
        for &span in &tree.preorder {
            let span = span as usize;
            let Some(place) = rows.get(span).and_then(|row| place_of(*row)) else { continue };
            let above = tree.parent.get(span).copied().flatten().and_then(|parent| walks.get(parent as usize).copied().flatten());
            let interval = tree.interval.get(span).copied().unwrap_or_default();
            let members = ring.len() as u64;
            let is_next = |walk: &Walk| (walk.place + 1) % ring.len().max(1) == place;
            let walk = match above {
                // A ring of one goes round with every call.
                Some(walk) if is_next(&walk) => {
                    let is_first = walk.steps + 1 == members;
                    let walk = Walk {
                        place,
                        steps: walk.steps + 1,
                        from_ns: if is_first { walk.from_ns.min(interval.start_ns) } else { walk.from_ns },
                        last_ns: if is_first { interval.end_ns } else { walk.last_ns.max(interval.end_ns) },
                    };
                    count.stepped(walk, ring.len(), walk.last_ns.saturating_sub(walk.from_ns), span);
                    walk
                }
                Some(walk) if walk.place == place => walk,
                _ => Walk { place, steps: 0, from_ns: interval.end_ns, last_ns: interval.end_ns },
            };
            if let Some(slot) = walks.get_mut(span) {
                *slot = Some(walk);
            }
        }
        found.extend(finish(count, trace_no, |span| rows.get(span).map(|row| (traces.text(*row).to_owned(), spans.text(*row).to_owned()))));
    }
    Ok(Rounds::of(found, looked_at))
}

fn finish(count: Count, trace_no: u32, ids: impl Fn(usize) -> Option<(String, String)>) -> Option<RoundTrace> {
    let (trace_id, span_id) = ids(count.span?)?;
    Some(RoundTrace { trace_no, trace_id, returns: count.returns, most_rounds: count.best, added_ns: count.added_ns, span_id })
}

/// Rounds of a ring of agents: an answer to `query::rings::runs_sql`. A walk leads from an execution to one that took an artifact which it
/// published (or must have published, as far as its times tell).
///
/// # Errors
/// When the answer is not to this question.
pub fn of_agents(table: &Table, ring: &[String]) -> Result<Rounds, TableError> {
    let groups = by_trace(table)?;
    let looked_at = groups.len() as u64;
    let mut found = Vec::new();
    for (trace_no, rows) in groups {
        let lineage = Lineage::new(runs(table, &rows)?);
        let all = lineage.runs();
        let mut order: Vec<u32> = (0_u32..).zip(all).map(|(run, _)| run).collect();
        sort_by_key(&mut order, |run| all.get(*run as usize).map(|run| run.start_ns));
        let mut walks: Vec<Option<Walk>> = vec![None; all.len()];
        let mut count = Count::default();
        for run in order {
            let Some(own) = lineage.run(run) else { continue };
            let name = own.agent.as_deref().unwrap_or_default();
            let Some(place) = ring.iter().position(|member| member == name) else { continue };
            // The longest walk that leads here; causes come later in time only where clocks disagree, and are passed over.
            let causes = lineage.causes(run);
            let before = causes
                .iter()
                .filter_map(|cause| walks.get(cause.producer.run()? as usize).copied().flatten())
                .filter(|walk| (walk.place + 1) % ring.len().max(1) == place)
                .max_by_key(|walk| (walk.steps, std::cmp::Reverse(walk.from_ns)));
            let walk = match before {
                Some(walk) => Walk { place, steps: walk.steps + 1, ..walk },
                None => Walk { place, steps: 0, from_ns: own.end_ns, last_ns: own.end_ns },
            };
            if before.is_some() {
                count.stepped(walk, ring.len(), own.end_ns.saturating_sub(walk.from_ns), run as usize);
            }
            if let Some(slot) = walks.get_mut(run as usize) {
                *slot = Some(walk);
            }
        }
        found.extend(finish(count, trace_no, |run| all.get(run).map(|run| (run.trace_id.clone(), run.span_id.clone()))));
    }
    Ok(Rounds::of(found, looked_at))
}

/// The runs of some rows, each run's rows one after the other.
fn runs(table: &Table, rows: &[usize]) -> Result<Vec<Run>, TableError> {
    let text = |name| table.texts(name);
    let (traces, spans, agents, statuses) = (text("trace_id")?, text("span_id")?, text("agent")?, text("status_code")?);
    let (starts, ends) = (table.ints("start_time")?, table.ints("end_time")?);
    let (sides, ids, types, producers) = (text("side")?, text("artifact_id")?, text("artifact_type")?, text("produced_by")?);
    let created = table.ints("created_ns")?;
    let mut runs: Vec<Run> = Vec::new();
    for &row in rows {
        let start_ns = starts.get(row).unwrap_or(0);
        if !runs.last().is_some_and(|run| run.span_id == spans.text(row) && run.start_ns == start_ns) {
            runs.push(Run {
                trace_id: traces.text(row).to_owned(),
                span_id: spans.text(row).to_owned(),
                agent: agents.get(row).map(str::to_owned),
                start_ns,
                end_ns: ends.get(row).unwrap_or(start_ns),
                is_error: statuses.get(row) == Some("ERROR"),
                inputs: Vec::new(),
                outputs: Vec::new(),
            });
        }
        let (Some(run), Some(side)) = (runs.last_mut(), sides.get(row)) else { continue };
        let artifact = ArtifactRef {
            id: ids.text(row).to_owned(),
            type_name: types.text(row).to_owned(),
            produced_by: producers.get(row).map(|maker| maker.strip_prefix(BY_FAILURE).unwrap_or(maker).to_owned()),
            created_ns: created.get(row),
            correlation_id: None,
        };
        if side == "in" { run.inputs.push(artifact) } else { run.outputs.push(artifact) }
    }
    Ok(runs)
}

#[cfg(test)]
mod tests;
